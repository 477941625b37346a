"""The least Streamlit page with a heat-map whose cells open a dialog; `columns` in its URL are the cells a column."""

import plotly.graph_objects as go
import streamlit as st


@st.dialog("Detail")
def detail(tactic: str, technique: str) -> None:
    st.write(f"Cell {technique} of {tactic}")


columns = [int(count) for count in st.query_params["columns"].split(",")]
cells = [(x, y) for x, count in enumerate(columns) for y in range(count)]
levels = [[(x + y) % 3 if y < count else None for x, count in enumerate(columns)] for y in range(max(columns))]
areas = {"x": [x for x, _ in cells], "y": [1] * len(cells), "base": [y - 0.5 for _, y in cells], "width": 1}
figure = go.Figure(
    [
        go.Heatmap(z=levels, showscale=False, hoverinfo="skip"),
        # A heat-map by itself cannot be clicked in Streamlit.
        go.Bar(areas, marker_color="rgba(0,0,0,0)", customdata=[[f"A{x}", f"C{x}.{y}"] for x, y in cells]),
    ]
)
figure.update_layout(barmode="overlay", height=60 * max(columns))
state = st.plotly_chart(figure, key="matrix", on_select="rerun", selection_mode="points")
if state.selection.points:
    detail(*state.selection.points[-1]["customdata"])
