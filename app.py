"""The Coverage page, in the specification's order."""

import streamlit as st

from coverage.ui.banner import draw_banner
from coverage.ui.cards import draw_cards, draw_tactic_bars
from coverage.ui.detail import open_linked_detail
from coverage.ui.frame import frame
from coverage.ui.gap_cards import draw_gaps
from coverage.ui.matrix import draw_matrix

view = frame("Coverage", "MITRE ATT&CK Coverage", ":material/grid_on:")
open_linked_detail(view)
draw_banner(view)
above_matrix = st.container()
draw_matrix(view)  # before what is above it, because it takes the browser longest
with above_matrix:
    draw_cards(view)
    draw_tactic_bars(view)
draw_gaps(view)
