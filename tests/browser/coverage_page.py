"""The Coverage page as a visitor uses it: by what it shows, where it is clicked, and the element keys."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

# A cell's middle in the window, after it was scrolled into view; null where the matrix has no such cell.
_CELL = """
async ([technique, tactic, matrix]) => {
    const frame = document.querySelector(`.st-key-${matrix}`);
    const cell = [...frame.querySelectorAll('[data-cell]')].find(({dataset}) => {
        const [inTactic, id] = dataset.cell.split('/');
        return id === technique && (tactic ? inTactic === tactic : inTactic !== 'expand');
    });
    if (!cell) return null;
    const main = document.querySelector('[data-testid="stMain"]');
    // What is in a row out of sight has no place of its own, only the row has one.
    const above = cell.parentElement.getBoundingClientRect().top - main.clientHeight / 2;
    if (Math.abs(above) > main.clientHeight / 3) main.scrollTop += above;
    cell.scrollIntoView({block: 'nearest', inline: 'center'});
    // The headers follow a scroll one frame later.
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    const {left, top, width, height} = cell.getBoundingClientRect();
    return {x: left + width / 2, y: top + height / 2, width, height};
}
"""
# Clicks one cell after the other and returns the last one whose click reached the matrix: the others met the detail,
# which was open by then.
_QUICK_CLICKS = """
async (cells) => {
    let last = null;
    for (const {technique, x, y} of cells) {
        const at = {clientX: x, clientY: y, bubbles: true, view: window, detail: 1, pointerId: 1};
        const target = document.elementFromPoint(x, y);
        if (!target.closest('.st-key-matrix') || document.querySelector('[role=dialog]')) break;
        target.dispatchEvent(new PointerEvent('pointerdown', at));
        target.dispatchEvent(new MouseEvent('mousedown', at));
        document.elementFromPoint(x, y).dispatchEvent(new PointerEvent('pointerup', at));
        document.elementFromPoint(x, y).dispatchEvent(new MouseEvent('mouseup', at));
        last = technique;
        await new Promise(done => setTimeout(done, 60));
    }
    return last;
}
"""
_DRAWN = """
matrix => document.querySelector(`.st-key-${matrix} .js-plotly-plot`)?._fullData?.length > 0
    && document.querySelector(`.st-key-${matrix} .cov-words`)
"""
_TILES = "() => document.querySelectorAll('.st-key-matrix .cov-tile').length"


class CoveragePage:
    """One browser tab."""

    def __init__(self, page: Page, base: str) -> None:
        self.page = page
        self.base = base

    def open(self, query: str = "") -> None:
        """Open the Coverage page and wait until the matrix is there."""
        self.page.goto(f"{self.base}/{query}")
        self.wait_for_matrix()

    def settle(self) -> None:
        """Wait until the server has nothing more to say."""
        self.page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', state="attached")

    def wait_for_matrix(self, matrix: str = "matrix") -> None:
        """Wait until a matrix can be clicked."""
        self.page.wait_for_function(_DRAWN, arg=matrix)
        self.settle()
        self.page.wait_for_function(_DRAWN, arg=matrix)

    def key(self, name: str) -> Locator:
        """The element of one key."""
        return self.page.locator(f".st-key-{name}")

    @property
    def dialog(self) -> Locator:
        """The technique detail."""
        return self.page.get_by_role("dialog")

    def expect_in_address(self, part: str, *, there: bool = True) -> None:
        """Wait until the address bar's URL has this in it, or has it no longer."""
        self.page.wait_for_function("([part, there]) => location.href.includes(part) === there", arg=[part, there])

    def click_cell(
        self, technique: str, tactic: str = "", *, right: float = 0, down: float = 0, matrix: str = "matrix"
    ) -> None:
        """Click in a cell; `right` and `down` lead from its middle, in halves of its size.

        With "expand" for a tactic it is the strip beside the technique's first cell.
        """
        cell = self._cell(technique, tactic, matrix)
        self.page.mouse.click(cell["x"] + right * cell["width"] / 2, cell["y"] + down * cell["height"] / 2)

    def hover_cell(self, technique: str, tactic: str = "", *, matrix: str = "matrix") -> None:
        """Put the mouse over a cell."""
        cell = self._cell(technique, tactic, matrix)
        self.page.mouse.move(cell["x"], cell["y"])

    def _cell(self, technique: str, tactic: str, matrix: str) -> dict[str, float]:
        cell: dict[str, float] | None = self.page.evaluate(_CELL, [technique, tactic, matrix])
        assert cell is not None, f"no cell {technique} {tactic}"
        return cell

    def tiles(self) -> int:
        """How many tiles the matrix shows."""
        return int(self.page.evaluate(_TILES))

    def wait_for_tiles(self, number: int) -> None:
        """Wait until the matrix shows so many tiles."""
        self.page.wait_for_function(f"number => ({_TILES})() === number", arg=number)
        self.wait_for_matrix()

    def click_cells_quickly(self, techniques: list[str]) -> str:
        """Click cells of neighbouring columns faster than the page can follow; returns the last one that it got."""
        for _ in range(2):  # the first round scrolls
            cells = [
                self.page.evaluate(_CELL, [technique, "", "matrix"]) | {"technique": technique}
                for technique in techniques
            ]
        return str(self.page.evaluate(_QUICK_CLICKS, cells))

    def close_dialog(self) -> None:
        """Close the detail with the Escape key."""
        self.page.keyboard.press("Escape")
        self.expect_no_dialog()

    def expect_dialog(self, *texts: str) -> None:
        """Wait for the detail to show these texts."""
        for text in texts:
            expect(self.dialog).to_contain_text(text)

    def expect_no_dialog(self) -> None:
        """Wait for the detail to be gone, and for the matrix to be clickable again."""
        expect(self.dialog).to_have_count(0)
        self.expect_in_address("technique=", there=False)
        self.page.wait_for_timeout(300)  # the focus goes back to where it was, and the page scrolls there
        self.settle()

    def press_r(self) -> None:
        """Rerun the page with Streamlit's own key, which does nothing while a field has the focus."""
        self.page.evaluate("document.activeElement.blur()")
        self.page.keyboard.press("r")
        self.page.wait_for_timeout(300)
        self.settle()

    def choose(self, key: str, label: str) -> None:
        """Choose in a select box, which is scrolled to first, because a menu closes when its page scrolls."""
        self.key(key).scroll_into_view_if_needed()
        self.key(key).locator("input").click()
        self.page.get_by_role("option", name=label, exact=True).click()
        self.settle()

    def choose_more(self, key: str, label: str) -> None:
        """Choose one more in a field that takes several."""
        self.choose(key, label)
        self.page.keyboard.press("Escape")
        self.settle()
