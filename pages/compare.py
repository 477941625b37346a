"""The Compare page: the same rules under two catalogs, or two rule sets, with the cause of each difference."""

from coverage.ui.banner import draw_banner
from coverage.ui.compare import draw_comparison
from coverage.ui.detail import draw_detail, open_linked_detail
from coverage.ui.frame import frame

view = frame("Compare", "Compare coverage", ":material/difference:")
open_linked_detail(view)
draw_detail(view)
draw_banner(view)
draw_comparison(view)
