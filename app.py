"""The Coverage page, in the specification's order."""

from coverage.ui.banner import draw_banner
from coverage.ui.cards import draw_cards, draw_tactic_bars
from coverage.ui.detail import draw_detail
from coverage.ui.frame import frame
from coverage.ui.gap_cards import draw_gaps
from coverage.ui.matrix import draw_matrix

view = frame("Coverage", "MITRE ATT&CK Coverage", ":material/grid_on:")
draw_detail(view)  # lies over the page; first, because whoever clicked a cell waits for it
draw_banner(view)
draw_cards(view)
draw_tactic_bars(view)
draw_matrix(view)
draw_gaps(view)
