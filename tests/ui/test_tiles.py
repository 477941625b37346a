"""The words over a matrix: every header and tile, in the lattice of its figure, and nothing that is not text."""

from dataclasses import replace
from html.parser import HTMLParser

from coverage.figures import expandable, matrix_grid, palette
from coverage.ui.tiles import drawn
from tests.rules import ENTERPRISE, THREATOPS, coverage_of, rule

LIGHT = palette(colour_blind_safe=False, dark=False)
HOSTILE = '<script>alert(1)</script> "quoted" & <b>bold</b>'


class Words(HTMLParser):
    """The elements that lie in the lattice: (class, place, text). Headers lie in row -1, from the left."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.found, self.row, self.heads = set(), [], -2, 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        attrs = dict(attrs)
        kind = attrs.get("class", "").split(" ")[0]
        self.row += kind == "cov-row"
        if kind == "cov-head":
            self.found.append([kind, (self.heads, self.row), ""])
            self.heads += 1
        elif kind in ("cov-tile", "cov-handle"):
            self.found.append([kind, (int(attrs["style"].removeprefix("grid-column: ")) - 1, self.row), ""])

    def handle_data(self, data):
        if self.found:
            self.found[-1][2] += data

    def of(self, kind):
        return {place: text for each, place, text in self.found if each == kind}


def test_every_tile_header_and_handle_has_its_words_at_its_place():
    coverage = coverage_of(rule("T1059.001"))
    grid = matrix_grid(coverage, LIGHT, expandable(coverage))
    words = Words(drawn(grid, page=LIGHT.page).words)
    assert words.of("cov-tile") == {(tile.column, tile.row): tile.name + tile.number for tile in grid.tiles}
    assert words.of("cov-handle") == {(handle.column, handle.row): handle.sign for handle in grid.handles}
    assert words.of("cov-head") == {
        (column, -1): header.name + header.below for column, header in enumerate(grid.headers)
    }
    assert len(words.of("cov-tile")) == 872


def test_each_kind_of_tile_has_its_own_colour_of_text():
    grid = matrix_grid(coverage_of(rule("T1059"), catalog=THREATOPS), LIGHT)
    words = drawn(grid, page=LIGHT.page).words
    for number, colours in enumerate(grid.colours.values()):
        assert f".cov-kind-{number} {{ color: {colours.text}; }}" in words


def test_hostile_names_are_text():
    tactics = tuple(replace(tactic, name=HOSTILE) for tactic in ENTERPRISE.tactics)
    catalog = replace(ENTERPRISE, tactics=tactics, names=dict.fromkeys(ENTERPRISE.names, HOSTILE))
    words = Words(drawn(matrix_grid(coverage_of(catalog=catalog), LIGHT), page=LIGHT.page).words)
    assert words.tags <= {"style", "div", "span", "b", "wbr"}
    assert set(words.of("cov-tile").values()) == {f"{HOSTILE}0"}
