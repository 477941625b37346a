"""The least Streamlit page that redraws a heat-map of 697 cells at the click of a button."""

import plotly.graph_objects as go
import streamlit as st

drawn = st.session_state.setdefault("drawn", 0)


def draw_again() -> None:
    st.session_state.drawn += 1


st.button("Redraw", key="redraw", on_click=draw_again)
levels = [[(x + y + drawn) % 3 if 15 * y + x < 697 else None for x in range(15)] for y in range(47)]
figure = go.Figure(go.Heatmap(z=levels, showscale=False))
figure.update_layout(height=60 * len(levels))
st.plotly_chart(figure, key="matrix")
