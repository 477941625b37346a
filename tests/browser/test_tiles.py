"""`tiles.js` in Chromium, without Streamlit: the words that it draws, and the clicks that it passes on."""

from dataclasses import replace
from pathlib import Path

import pytest

import coverage.ui.tiles
from coverage.figures.grid import GUTTER, HEADER_HEIGHT, ROW_HEIGHT
from coverage.ui.tiles import drawn
from tests.figures.grids import COLOURS, grid

_UI = Path(coverage.ui.tiles.__file__).parent
_FRAME = """
<div data-testid="stMain" style="height: 650px; overflow: auto">
  <div style="height: 300px"></div>
  <div data-testid="stVerticalBlock" class="st-key-matrix_grid" style="width: 900px; height: 460px">
    <div class="st-key-matrix_words"></div>
  </div>
  <div style="height: 2000px"></div>
</div>
"""
_DRAW = """
async ([code, data]) => {
    const {default: draw} = await import(URL.createObjectURL(new Blob([code], {type: 'text/javascript'})));
    const parentElement = document.querySelector('.st-key-matrix_words');
    window.clicks = [];
    window.draw = data => draw({data, parentElement, setTriggerValue: (name, value) => clicks.push([name, ...value])});
    window.end = window.draw(data);
}
"""
_CODE = (_UI / "tiles.js").read_text(encoding="utf-8")
_HOSTILE = '<script>alert(1)</script> "quoted" & <b>bold</b>'
# Three columns; the second has one tile with two inner ones, and one without a handle.
_GRID = grid([0, None], [2, None], [None, 1])
_WIDTH = 300  # pixels of a column


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1000, "height": 700})
    page = context.new_page()
    page.set_content(_FRAME)
    page.add_style_tag(path=_UI / "style.css")
    page.add_style_tag(content="body { margin: 0; }")
    yield page
    context.close()


def draw(page, made):
    page.evaluate(_DRAW, [_CODE, drawn(made).words])


def texts(page, kind):
    return page.evaluate("kind => [...document.querySelectorAll(kind)].map(each => each.textContent)", kind)


def point(page, column, row):
    """The window's coordinates of a place in columns and rows, e.g. (0.5, 0.5) is the middle of the first tile."""
    top = page.evaluate("document.querySelector('.cov-words').getBoundingClientRect().top")
    return column * _WIDTH, top + HEADER_HEIGHT + row * ROW_HEIGHT


def clicks(page):
    return page.evaluate("clicks.splice(0)")


def test_every_word_lies_in_its_tile(page):
    draw(page, _GRID)
    assert texts(page, ".cov-tile") == [f"{row[0]}1" for row in by_rows()]
    assert texts(page, ".cov-head") == ["column 0", "column 1", "column 2"]
    boxes = page.evaluate(
        "[...document.querySelectorAll('.cov-tile')].map(each => each.getBoundingClientRect()).map(({x, y}) => [x, y])"
    )
    for (name, column, row), box in zip(by_rows(), boxes, strict=True):
        assert box == pytest.approx(point(page, column, row), abs=1), name


def by_rows():
    tiles = sorted(_GRID.tiles, key=lambda tile: (tile.row, tile.column))
    return [(tile.name, tile.column, tile.row) for tile in tiles]


def test_words_have_the_ink_of_their_kind_and_inner_tiles_a_stripe(page):
    draw(page, _GRID)
    for tile in _GRID.tiles:
        ink, stripe = page.evaluate(
            "cell => { const style = getComputedStyle(document.querySelector(`[data-cell='${cell}']`));"
            " return [style.color, style.borderLeftWidth]; }",
            "/".join(tile.click),
        )
        expected = COLOURS[tile.kind].text
        assert ink == "rgb({}, {}, {})".format(*(int(expected[place : place + 2], 16) for place in (1, 3, 5)))
        assert (stripe != "0px") == tile.inner


def test_a_name_may_break_after_its_slashes_and_is_the_same_text(page):
    made = grid([None])
    draw(page, replace(made, tiles=(replace(made.tiles[0], name="Deobfuscate/Decode/Files"),)))
    assert texts(page, ".cov-tile span") == ["Deobfuscate/Decode/Files"]
    inner = page.evaluate("document.querySelector('.cov-tile span').innerHTML")
    assert inner == "Deobfuscate/<wbr>Decode/<wbr>Files"


def test_hostile_names_are_text(page):
    made = grid([0])
    hostile = replace(
        made,
        headers=tuple(replace(each, name=_HOSTILE, below=_HOSTILE) for each in made.headers),
        tiles=tuple(replace(each, name=_HOSTILE, number=_HOSTILE) for each in made.tiles),
        handles=tuple(replace(each, sign=_HOSTILE, hover=_HOSTILE) for each in made.handles),
    )
    draw(page, hostile)
    assert texts(page, ".cov-tile") == texts(page, ".cov-head") == [_HOSTILE * 2]
    assert texts(page, ".cov-handle") == [_HOSTILE]
    assert page.get_by_title(_HOSTILE).count() == 1
    assert page.evaluate("document.querySelectorAll('.cov-words script, .cov-words b b').length") == 0


@pytest.mark.parametrize("right", [0.01, 0.5, 0.84])
@pytest.mark.parametrize("down", [0.02, 0.5, 0.98])
def test_a_click_anywhere_in_a_tile_reaches_it_and_in_a_handle_that(page, right, down):
    draw(page, _GRID)
    for tile in _GRID.tiles:
        page.mouse.click(*point(page, tile.column + right, tile.row + down))
        assert clicks(page) == [["clicked", *tile.click]]
    for handle in _GRID.handles:
        for row in range(handle.row, handle.row + handle.rows):
            page.mouse.click(*point(page, handle.column + 1 - GUTTER * (1 - right), row + down))
            assert clicks(page) == [["clicked", *handle.click]]


def test_beside_a_tile_without_a_handle_a_click_reaches_the_tile(page):
    draw(page, _GRID)
    page.mouse.click(*point(page, 0.95, 1.5))
    assert clicks(page) == [["clicked", "tile", "0/1"]]


def test_a_click_in_an_empty_place_or_on_a_header_reaches_nothing(page):
    draw(page, _GRID)
    for column, row in [(0.5, 2.5), (0.95, 3.5), (2.5, 3.5), (1.5, -0.5)]:
        page.mouse.click(*point(page, column, row))
    assert clicks(page) == []


def test_only_a_press_and_a_release_of_the_first_button_in_one_tile_are_a_click(page):
    draw(page, _GRID)
    page.mouse.click(*point(page, 0.5, 0.5), button="right")
    page.mouse.move(*point(page, 0.5, 0.5))
    page.mouse.down()
    page.mouse.move(*point(page, 1.5, 0.5))
    page.mouse.up()
    assert clicks(page) == []


def test_what_lies_over_the_matrix_keeps_its_clicks(page):
    draw(page, _GRID)
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<div style=\"position: fixed; inset: 0; z-index: 9\"></div>')"
    )
    page.mouse.click(*point(page, 0.5, 0.5))
    assert clicks(page) == []


def test_a_quick_second_click_is_meant_for_the_matrix_though_the_detail_has_opened_over_it(page):
    draw(page, _GRID)
    page.evaluate(
        "addEventListener('pointerup', () => document.body.insertAdjacentHTML('beforeend',"
        ' \'<div class="stDialog" style="position: fixed; inset: 0; z-index: 9"></div>\'), {once: true})'
    )
    page.evaluate("window.outside = 0; document.addEventListener('click', () => { outside++; })")
    page.mouse.click(*point(page, 0.5, 0.5))
    page.mouse.click(*point(page, 1.5, 0.5))
    assert clicks(page) == [["clicked", "tile", "0/0"], ["clicked", "tile", "1/0"]]
    page.evaluate("outside = 0")
    page.wait_for_timeout(500)
    page.mouse.click(*point(page, 0.5, 0.5))  # to close the detail
    assert clicks(page) == []
    assert page.evaluate("outside") == 1


def test_drawn_again_the_words_are_new_and_a_click_counts_once(page):
    draw(page, _GRID)
    page.evaluate("data => { end = draw(data); }", drawn(grid([None], [None], [None])).words)
    assert texts(page, ".cov-tile") == ["0/01", "1/01", "2/01"]
    page.mouse.click(*point(page, 1.5, 0.5))
    page.mouse.click(*point(page, 1.5, 1.5))
    assert clicks(page) == [["clicked", "tile", "1/0"]]


def test_after_its_end_no_click_is_passed_on(page):
    draw(page, _GRID)
    page.evaluate("end()")
    page.mouse.click(*point(page, 0.5, 0.5))
    assert clicks(page) == []


def test_the_headers_stay_in_sight_and_take_the_clicks_on_them(page):
    draw(page, _GRID)
    heads = "document.querySelector('.cov-heads').getBoundingClientRect().top"
    frame = "Math.round(document.querySelector('.cov-words').getBoundingClientRect().top)"
    assert page.evaluate(heads) == page.evaluate(frame) == 300
    for scrolled, top in [(400, 0), (300 + 2000, None), (100, 200)]:
        page.evaluate("scrolled => { document.querySelector('[data-testid=stMain]').scrollTop = scrolled; }", scrolled)
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        if top is None:  # never below the matrix
            assert page.evaluate(heads) < 0
            continue
        assert page.evaluate(heads) == top
        page.mouse.click(150, top + 30)
        assert clicks(page) == []


def test_the_frame_is_as_wide_as_the_words_need_it(page):
    draw(page, _GRID)
    width = page.evaluate("document.querySelector('.st-key-matrix_grid').style.minWidth")
    assert width == f"{_GRID.least_width}px"
