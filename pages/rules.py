"""The Rules page: every rule with its mapping, and everything that is wrong with one."""

from coverage.ui.banner import draw_banner
from coverage.ui.duplicates import draw_duplicates
from coverage.ui.frame import frame
from coverage.ui.rules import draw_issues, draw_rewrites, draw_rules

view = frame("Rules", "Detection rules", ":material/rule:")
draw_banner(view)
draw_rules(view)
draw_duplicates(view)
draw_rewrites(view)
draw_issues(view)
