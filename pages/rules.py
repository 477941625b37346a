"""The Rules page: every rule with its mapping, what there is to mend, and everything that is wrong with one."""

from coverage.ui.banner import draw_banner
from coverage.ui.detail import draw_detail, open_linked_detail
from coverage.ui.frame import frame
from coverage.ui.rule_lists import draw_lists

view = frame("Rules", "Detection rules", ":material/rule:")
open_linked_detail(view)
draw_detail(view)
draw_banner(view)
draw_lists(view)
