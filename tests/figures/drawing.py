"""What the figure of a grid shows, read back from its traces, and what a click in it reaches."""

from dataclasses import dataclass
from math import hypot, inf

from coverage.figures.grid import ROW_HEIGHT


@dataclass(frozen=True)
class Point:
    """A point that can be clicked; `x` and `y` are in columns and rows, `trace` is the name of its trace."""

    x: float
    y: float
    trace: str
    hover: str
    click: tuple[str, str]

    @property
    def place(self):
        return round(self.x), self.y


def points(figure):
    """All points of all traces."""
    return [
        Point(x, y, trace.name, hover, tuple(click))
        for trace in figure.data
        if trace.type == "scatter"
        for x, y, click, hover in zip(
            trace.x, trace.y, trace.customdata, trace.hovertext or [""] * len(trace.x), strict=True
        )
    ]


def heat_map(figure):
    (found,) = (trace for trace in figure.data if trace.type == "heatmap")
    return found


def fill_at(figure, x, y):
    """The colour that the heat-map has at a place, in columns and rows."""
    cells = heat_map(figure)
    value = cells.z[round(y)][round((x - cells.x0) / cells.dx)]
    place = (value - cells.zmin) / (cells.zmax - cells.zmin)
    below = [colour for stop, colour in cells.colorscale if stop <= place][-1]
    above = next(colour for stop, colour in cells.colorscale if stop >= place)
    assert below == above  # no shade between two colours
    return below


def clicked(figure, x, y, column_width):
    """What a click at a place (in columns and rows) returns where columns are so many pixels wide; None for nothing.

    `hoverPoints` of Plotly's scatter traces: by `hovermode="closest"` the nearest point in pixels, of all traces, up to
    `hoverdistance`, which is endless at -1.
    """
    assert figure.layout.hovermode == "closest"
    reach = figure.layout.hoverdistance

    def distance(point):
        return hypot((point.x - x) * column_width, (point.y - y) * ROW_HEIGHT)

    nearest = min(points(figure), key=distance)
    return nearest.click if distance(nearest) <= (inf if reach == -1 else reach) else None
