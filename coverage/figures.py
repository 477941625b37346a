"""Coverage -> `go.Figure`: the matrix. Builders return a figure and draw nothing."""

from __future__ import annotations

import html
from dataclasses import dataclass
from itertools import chain

import plotly.graph_objects as go

from coverage.score import Coverage, Level, TechniqueCoverage

COLUMN_WIDTH = 84
"""The least width of a column in pixels; below it the matrix scrolls sideways."""

_TEXT_SIZE = 10
_LINE_HEIGHT = 12.5
_MOST_LINES = 3
_HEADER_HEIGHT = 66
_GAP = 2
_LEVELS = (Level.NONE, Level.PARTIAL, Level.FULL)
# Widths in em of the theme's font (Source Sans), rounded up: text must never be wider than its cell.
_NARROW, _WIDE, _OTHER = ("fijlrt.,'/-() I", 0.34), ("mwMW&@", 0.86), 0.54


@dataclass(frozen=True, slots=True)
class LevelColours:
    """Fill and text colour of one level; the text has a contrast of at least 4.5:1 on the fill (WCAG AA)."""

    fill: str
    text: str


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of the levels on a light or a dark page, and those of the bars from good to bad."""

    levels: dict[Level, LevelColours]
    good: str
    fair: str
    bad: str


_NO_RULES = {False: LevelColours("#e2e8f0", "#334155"), True: LevelColours("#1e293b", "#cbd5e1")}


def palette(*, colour_blind_safe: bool, dark: bool) -> Palette:
    """The specification's green, yellow and grey, or blue, yellow and grey for every kind of colour vision.

    The second palette is of Okabe and Ito, https://jfly.uni-koeln.de/color/.
    """
    if colour_blind_safe:
        return Palette(
            {
                Level.FULL: LevelColours("#0072b2", "#ffffff"),
                Level.PARTIAL: LevelColours("#f0e442", "#1c1917"),
                Level.NONE: _NO_RULES[dark],
            },
            good="#0072b2",
            fair="#f0e442",
            bad="#d55e00",
        )
    return Palette(
        {
            Level.FULL: LevelColours("#22c55e", "#052e16"),
            Level.PARTIAL: LevelColours("#facc15", "#422006"),
            Level.NONE: _NO_RULES[dark],
        },
        good="#22c55e",
        fair="#eab308",
        bad="#ef4444",
    )


def matrix_figure(coverage: Coverage, colours: Palette) -> go.Figure:
    """The matrix: one column a tactic, one cell a technique, at least `COLUMN_WIDTH` pixels a column.

    A heat-map draws the cells. It cannot be clicked in Streamlit, so a transparent bar of the same geometry lies on
    each cell, carries its text, and returns (tactic id, technique id) as `customdata`. There is one trace of bars a
    level because only a whole trace keeps its text colour while another cell is selected.
    """
    columns = [column.techniques for column in coverage.tactics]
    rows = max((len(column) for column in columns), default=0)
    figure = go.Figure()
    if rows:
        figure.add_trace(_cells(columns, rows, colours))
        for level in _LEVELS:
            figure.add_trace(_click_areas(columns, level, colours.levels[level]))
    lines = max((_name(cell).count("<br>") + 1 for cell in chain(*columns)), default=1)
    row_height = round((lines + 1) * _LINE_HEIGHT) + 8
    figure.update_layout(
        barmode="overlay",
        bargap=0,
        clickmode="event+select",
        dragmode=False,
        hovermode="closest",
        showlegend=False,
        height=_HEADER_HEIGHT + rows * row_height,
        margin={"l": 0, "r": 0, "t": _HEADER_HEIGHT, "b": 0, "pad": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hoverlabel={"align": "left"},
    )
    axis = {"fixedrange": True, "showgrid": False, "zeroline": False, "showline": False, "ticks": ""}
    figure.update_xaxes(
        **axis,
        side="top",
        range=[-0.5, len(columns) - 0.5],
        tickvals=list(range(len(columns))),
        ticktext=[_header(column.tactic.name, column.totals.full, column.totals.total) for column in coverage.tactics],
        tickangle=0,
        tickfont={"size": _TEXT_SIZE},
        automargin=False,
    )
    # Without a range of its own Plotly pads the axis, and clicks in the first row hit nothing.
    figure.update_yaxes(**axis, range=[rows - 0.5, -0.5], showticklabels=False)
    return figure


def _cells(columns: list[tuple[TechniqueCoverage, ...]], rows: int, colours: Palette) -> go.Heatmap:
    levels: list[list[int | None]] = [
        [_LEVELS.index(column[row].level) if row < len(column) else None for column in columns] for row in range(rows)
    ]
    steps = [(place / 3, colours.levels[level].fill) for place, level in enumerate(_LEVELS)]
    ends = [((place + 1) / 3, colours.levels[level].fill) for place, level in enumerate(_LEVELS)]
    return go.Heatmap(
        z=levels,
        zmin=-0.5,
        zmax=2.5,
        colorscale=[stop for pair in zip(steps, ends, strict=True) for stop in pair],
        showscale=False,
        xgap=_GAP,
        ygap=_GAP,
        hoverinfo="skip",
    )


def _click_areas(columns: list[tuple[TechniqueCoverage, ...]], level: Level, colours: LevelColours) -> go.Bar:
    found = [
        (x, row, cell) for x, column in enumerate(columns) for row, cell in enumerate(column) if cell.level is level
    ]
    text = {"size": _TEXT_SIZE, "color": colours.text}
    clear = {"marker": {"opacity": 1}, "textfont": {"color": colours.text}}
    return go.Bar(
        name=level.value,
        x=[x for x, _, _ in found],
        y=[1] * len(found),
        base=[row - 0.5 for _, row, _ in found],
        width=1,
        marker={"color": "rgba(0,0,0,0)", "line": {"width": 0}},
        text=[f"{_name(cell)}<br><b>{cell.rule_count}</b>" for _, _, cell in found],
        textposition="inside",
        insidetextanchor="middle",
        insidetextfont=text,
        textfont=text,
        textangle=0,
        selected=clear,
        unselected=clear,
        customdata=[[cell.tactic.id, cell.technique_id] for _, _, cell in found],
        hovertext=[_hover(cell) for _, _, cell in found],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _header(name: str, full: int, total: int) -> str:
    lines = "<br>".join(_escaped(line) for line in wrap(name, COLUMN_WIDTH - 4, _TEXT_SIZE, bold=True))
    return f"<b>{lines}</b><br>{full}/{total}"


def _name(cell: TechniqueCoverage) -> str:
    lines = wrap(cell.technique_name, COLUMN_WIDTH - 2 * _GAP - 4, _TEXT_SIZE)
    return "<br>".join(_escaped(line) for line in lines)


def _hover(cell: TechniqueCoverage) -> str:
    rules = "rule" if cell.rule_count == 1 else "rules"
    parts = [
        f"<b>{_escaped(cell.technique_name)}</b>",
        f"{cell.technique_id} · {_escaped(cell.tactic.name)}",
        f"{cell.level.value} · {cell.rule_count} {rules}",
    ]
    if cell.disabled:
        parts.append(f"{cell.potential_level.value} with {len(cell.disabled)} disabled")
    if cell.sub_techniques:
        covered = sum(sub.level is not Level.NONE for sub in cell.sub_techniques)
        parts.append(f"{covered} of {len(cell.sub_techniques)} sub-techniques have rules")
    return "<br>".join(parts)


def _escaped(text: str) -> str:
    """A text inside Plotly's own small HTML, which knows no `&quot;`."""
    return html.escape(text, quote=False)


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a text in pixels, estimated from above for the theme's font at `size` pixels."""
    em = 0.0
    for character in text:
        if character in _NARROW[0]:
            em += _NARROW[1]
        elif character in _WIDE[0]:
            em += _WIDE[1]
        else:
            em += 0.66 if character.isupper() else _OTHER
    return em * size * (1.06 if bold else 1)


def wrap(text: str, width: float, size: float, *, bold: bool = False, most_lines: int = _MOST_LINES) -> list[str]:
    """A text as lines that are no wider than `width` pixels; what is over `most_lines` is cut with an ellipsis."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and text_width((line + piece).rstrip(), size, bold=bold) > width:
            lines.append(line.rstrip())
            line = piece
        else:
            line += piece
    lines.append(line.rstrip())
    if len(lines) > most_lines:
        lines = [*lines[: most_lines - 1], lines[most_lines - 1] + "…"]
    return [_cut(each, width, size, bold=bold) for each in lines]


def _pieces(text: str) -> list[str]:
    """The text in pieces after each of which a line may end: spaces, slashes, hyphens."""
    pieces = [""]
    for character in text:
        pieces[-1] += character
        if character in " /-":
            pieces.append("")
    return [piece for piece in pieces if piece]


def _cut(line: str, width: float, size: float, *, bold: bool) -> str:
    if text_width(line, size, bold=bold) <= width:
        return line
    while line and text_width(line + "…", size, bold=bold) > width:
        line = line[:-1]
    return line.rstrip("… ") + "…"
