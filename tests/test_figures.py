"""The matrix as a figure: its geometry, its texts, and its colours."""

import html
import json
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.figures import COLUMN_WIDTH, matrix_figure, palette, text_width, wrap
from coverage.mapping import Match
from coverage.score import Level
from tests.rules import ENTERPRISE, THREATOPS, coverage_of, rule

LIGHT = palette(colour_blind_safe=False, dark=False)
SIZE = 10  # pixels; the smallest text that the matrix shows
RULES = [
    *(rule("T1566", tactics=("Initial Access",)) for _ in range(3)),
    rule("T1059.001", tactics=("Execution",)),
    rule("T1486", tactics=("Impact",), enabled=False),
]
COVERAGES = {
    "threatops": coverage_of(*RULES, catalog=THREATOPS),
    "enterprise": coverage_of(*RULES),
    "exact": coverage_of(*RULES, match=Match.EXACT),
    "no rules": coverage_of(catalog=THREATOPS),
}
EACH = pytest.mark.parametrize("coverage", COVERAGES.values(), ids=COVERAGES)


def bars(figure):
    """Each bar as (x, y from, y to, width, level, text, customdata, hover text)."""
    for trace in figure.data:
        if trace.type == "bar":
            for x, base, height, text, data, hover in zip(
                trace.x, trace.base, trace.y, trace.text, trace.customdata, trace.hovertext, strict=True
            ):
                yield x, base, base + height, trace.width, Level(trace.name), text, tuple(data), hover


def bar_of(figure, tactic, technique):
    (found,) = (bar for bar in bars(figure) if bar[6] == (tactic, technique))
    return found


def heat_map(figure):
    (found,) = (trace for trace in figure.data if trace.type == "heatmap")
    return found


# Geometry.


@EACH
def test_every_cell_has_exactly_one_bar_that_names_it(coverage):
    found = [data for *_, data, _ in bars(matrix_figure(coverage, LIGHT))]
    assert sorted(found) == sorted(coverage.cells)


@EACH
def test_each_bar_lies_on_exactly_the_heat_map_cell_of_its_place_and_level(coverage):
    figure = matrix_figure(coverage, LIGHT)
    cells = heat_map(figure).z
    order = [Level.NONE, Level.PARTIAL, Level.FULL]
    places = {}
    for x, top, bottom, width, level, _, (tactic, technique), _ in bars(figure):
        row = round((top + bottom) / 2)
        assert (top, bottom, width) == (row - 0.5, row + 0.5, 1)
        assert coverage.tactics[x].tactic.id == tactic
        assert coverage.tactics[x].techniques[row].technique_id == technique
        assert coverage.cells[tactic, technique].level is level
        places[row, x] = order.index(level)
    drawn = {(row, x): value for row, line in enumerate(cells) for x, value in enumerate(line) if value is not None}
    assert places == drawn


@EACH
def test_the_axes_end_where_the_cells_do(coverage):
    figure = matrix_figure(coverage, LIGHT)
    rows = max(len(column.techniques) for column in coverage.tactics)
    assert tuple(figure.layout.xaxis.range) == (-0.5, len(coverage.tactics) - 0.5)
    assert tuple(figure.layout.yaxis.range) == (rows - 0.5, -0.5)  # the first row on top
    assert len(heat_map(figure).z) == rows
    assert {len(line) for line in heat_map(figure).z} == {len(coverage.tactics)}


@pytest.mark.parametrize(("name", "columns", "cells"), [("threatops", 12, 67), ("enterprise", 15, 254)])
def test_the_matrix_is_whole(name, columns, cells):
    figure = matrix_figure(COVERAGES[name], LIGHT)
    assert len(figure.layout.xaxis.ticktext) == columns
    assert sum(1 for _ in bars(figure)) == cells


@EACH
def test_a_row_is_high_enough_for_the_lines_of_its_texts(coverage):
    figure = matrix_figure(coverage, LIGHT)
    lines = max(text.count("<br>") + 1 for *_, text, _, _ in bars(figure))
    rows = len(heat_map(figure).z)
    assert (figure.layout.height - figure.layout.margin.t) / rows >= lines * SIZE * 1.2


@EACH
def test_a_figure_can_be_written_as_json(coverage):
    document = json.loads(matrix_figure(coverage, LIGHT).to_json())
    assert sorted({trace["type"] for trace in document["data"]}) == ["bar", "heatmap"]


@pytest.mark.parametrize("catalog", [THREATOPS, ENTERPRISE], ids=["threatops", "enterprise"])
@pytest.mark.parametrize("with_tactics", [True, False], ids=["no techniques", "no tactics"])
def test_a_catalog_without_cells_is_an_empty_figure(catalog, with_tactics):
    tactics = catalog.tactics if with_tactics else ()
    empty = replace(catalog, tactics=tactics, columns={tactic.id: () for tactic in tactics})
    figure = matrix_figure(coverage_of(*RULES, catalog=empty), LIGHT)
    assert len(figure.data) == 0
    assert figure.layout.height > 0
    assert [text.rpartition("<br>")[2] for text in figure.layout.xaxis.ticktext] == ["0/0"] * len(tactics)
    json.loads(figure.to_json())


# Texts.


def lines_of(text):
    """The lines of a cell or a header as they are drawn."""
    return [html.unescape(line) for line in text.replace("<b>", "").replace("</b>", "").split("<br>")]


@EACH
def test_each_cell_shows_its_name_and_its_number_of_rules(coverage):
    for *_, text, key, _ in bars(matrix_figure(coverage, LIGHT)):
        cell = coverage.cells[key]
        *name, count = lines_of(text)
        assert count == str(cell.rule_count)
        start = "".join(name).partition("…")[0]
        assert cell.technique_name.replace(" ", "").startswith(start.replace(" ", ""))
        assert start


@EACH
def test_every_line_fits_its_column(coverage):
    figure = matrix_figure(coverage, LIGHT)
    for *_, text, _, _ in bars(figure):
        assert max(text_width(line, SIZE) for line in lines_of(text)) < COLUMN_WIDTH
    for text in figure.layout.xaxis.ticktext:
        *name, _ = lines_of(text)
        assert max(text_width(line, SIZE, bold=True) for line in name) < COLUMN_WIDTH


def test_a_header_shows_the_tactic_and_how_many_of_its_techniques_are_fully_covered():
    headers = matrix_figure(COVERAGES["threatops"], LIGHT).layout.xaxis.ticktext
    shown = [(" ".join(name).casefold(), fraction) for *name, fraction in map(lines_of, headers)]
    assert shown[0] == ("initial access", "1/6")
    assert shown[9] == ("command & control", "0/6")


def test_who_points_at_a_cell_reads_what_it_is():
    figure = matrix_figure(COVERAGES["enterprise"], LIGHT)
    assert bar_of(figure, "TA0001", "T1566")[7].split("<br>") == [
        "<b>Phishing</b>",
        "T1566 · Initial Access",
        "full · 3 rules",
        "0 of 4 sub-techniques have rules",
    ]
    assert "partial · 1 rule<br>1 of" in bar_of(figure, "TA0002", "T1059")[7]
    assert bar_of(figure, "TA0040", "T1486")[7].endswith("none · 0 rules<br>partial with 1 disabled")


HOSTILE = '<script>alert(1)</script><br>"quoted" & <b>bold</b>'


def test_a_hostile_name_is_text():
    names = {**THREATOPS.names, "T1566": HOSTILE}
    tactics = (replace(THREATOPS.tactics[0], name=HOSTILE), *THREATOPS.tactics[1:])
    figure = matrix_figure(coverage_of(*RULES, catalog=replace(THREATOPS, names=names, tactics=tactics)), LIGHT)
    *_, text, _, hover = bar_of(figure, "TA0001", "T1566")
    header = figure.layout.xaxis.ticktext[0]
    for shown in (text, hover, header):
        left = shown
        for own in ("<b>", "</b>", "<br>"):
            left = left.replace(own, "")
        assert "<" not in left
    assert "&lt;script&gt;" in text
    assert html.escape(HOSTILE, quote=False) in hover
    assert "&quot;" not in text + hover + header  # Plotly would show it as it stands


@given(text=st.text(), width=st.floats(20, 200), size=st.floats(6, 20), bold=st.booleans())
def test_no_line_is_wider_than_its_place_and_nothing_is_lost_without_a_sign(text, width, size, bold):
    text = text.replace("…", "")
    lines = wrap(text, width, size, bold=bold)
    assert 1 <= len(lines) <= 3
    assert all(text_width(line, size, bold=bold) <= width for line in lines)
    if not any("…" in line for line in lines):
        assert "".join("".join(lines).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Phishing", ["Phishing"]),
        ("", [""]),
        ("Command & Scripting Interpreter", ["Command &", "Scripting", "Interpreter"]),
        ("Boot/Logon Autostart", ["Boot/Logon", "Autostart"]),
        ("Non-Standard Port", ["Non-Standard", "Port"]),
        ("x" * 100, ["x" * 12 + "…"]),
        ("one two three four five six seven eight nine ten", ["one two three", "four five six", "seven eight…"]),
    ],
)
def test_lines_end_after_spaces_slashes_and_hyphens(text, lines):
    assert wrap(text, 74, SIZE) == lines


# Colours.

PALETTES = {
    f"{'safe' if safe else 'usual'}, {'dark' if dark else 'light'}": palette(colour_blind_safe=safe, dark=dark)
    for safe in (False, True)
    for dark in (False, True)
}
EACH_PALETTE = pytest.mark.parametrize("colours", PALETTES.values(), ids=PALETTES)


def linear(colour):
    """Red, green and blue of `#rrggbb` as light, 0 to 1 (sRGB's transfer function)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def times(matrix, vector):
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def contrast(one, other):
    """The contrast ratio of WCAG, 1 to 21: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    darker, lighter = sorted(times([(0.2126, 0.7152, 0.0722)], linear(colour))[0] for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_contrast_of_black_and_white_is_21():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)


@EACH_PALETTE
@pytest.mark.parametrize("level", Level)
def test_text_can_be_read_on_every_fill(colours, level):
    assert contrast(colours.levels[level].fill, colours.levels[level].text) >= 4.5


# What a colour looks like without one kind of cone: Machado, Oliveira and Fernandes 2009, severity 1.
VISION = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))


def lab(colour, vision):
    """CIE L*a*b* under D65, in which distances are about as large as they look; 2.3 is just noticeable."""
    seen = [min(max(part, 0), 1) for part in times(VISION[vision], linear(colour))]
    x, y, z = (
        value ** (1 / 3) if value > 216 / 24389 else (841 / 108) * value + 4 / 29
        for value in (part / sum(row) for part, row in zip(times(_XYZ, seen), _XYZ, strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("vision", VISION)
def test_the_safe_levels_differ_for_every_kind_of_colour_vision(vision, dark):
    levels = palette(colour_blind_safe=True, dark=dark).levels
    for one, other in combinations([lab(colours.fill, vision) for colours in levels.values()], 2):
        assert sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 > 20


@EACH_PALETTE
def test_each_level_is_drawn_in_its_colours(colours):
    figure = matrix_figure(COVERAGES["threatops"], colours)
    cells = heat_map(figure)
    for value, level in enumerate((Level.NONE, Level.PARTIAL, Level.FULL)):
        place = (value - cells.zmin) / (cells.zmax - cells.zmin)
        below = [colour for stop, colour in cells.colorscale if stop <= place][-1]
        above = next(colour for stop, colour in cells.colorscale if stop >= place)
        assert below == above == colours.levels[level].fill
    for trace in figure.data:
        if trace.type == "bar":
            colour = colours.levels[Level(trace.name)].text
            shown = (trace.insidetextfont.color, trace.selected.textfont.color, trace.unselected.textfont.color)
            assert set(shown) == {colour}
