"""The Coverage page as a visitor uses it: by what it shows, where it is clicked, and the element keys."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

# A cell's middle in the window, after it was scrolled into view; null where the matrix has no such cell.
_CELL = """
([technique, tactic, matrix]) => {
    const frame = document.querySelector(`.st-key-${matrix}`), plot = frame.querySelector('.js-plotly-plot');
    for (const trace of plot._fullData.filter(trace => trace.customdata)) {
        const place = trace.customdata.findIndex(
            ([inTactic, id]) => id === technique && (tactic ? inTactic === tactic : inTactic !== 'expand'));
        if (place < 0) continue;
        const {xaxis, yaxis} = plot._fullLayout;
        // A cell has one point in its middle, or two as far from it.
        const own = trace.x.filter((_, point) => trace.y[point] === trace.y[place]
            && trace.customdata[point].join() === trace.customdata[place].join()
            && Math.round(trace.x[point]) === Math.round(trace.x[place]));
        const middle = trace.base ? trace.x[place] : own.reduce((sum, each) => sum + each, 0) / own.length;
        const x = xaxis._offset + xaxis.d2p(middle);
        const y = yaxis._offset + yaxis.d2p(trace.base ? trace.base[place] + 0.5 : trace.y[place]);
        frame.scrollLeft = x - frame.clientWidth / 2;
        const main = document.querySelector('[data-testid="stMain"]');
        const above = plot.getBoundingClientRect().top + y - main.clientHeight / 2;
        if (Math.abs(above) > main.clientHeight / 3) main.scrollTop += above;
        const box = plot.getBoundingClientRect();
        const left = Math.round(middle) - 0.5;
        const width = 2 * (xaxis.d2p(middle) - xaxis.d2p(left)), height = yaxis.d2p(1) - yaxis.d2p(0);
        return {x: box.left + x, y: box.top + y, width, height};
    }
    return null;
}
"""
# Clicks one cell after the other, as fast as Plotly follows, and returns the last one whose click reached the matrix:
# the others met the detail, which was open by then.
_QUICK_CLICKS = """
async (cells) => {
    let last = null;
    for (const {technique, x, y} of cells) {
        const at = {clientX: x, clientY: y, bubbles: true, view: window, detail: 1};
        document.elementFromPoint(x, y).dispatchEvent(new MouseEvent('mousemove', at));
        await new Promise(done => setTimeout(done, 60));
        const target = document.elementFromPoint(x, y);
        if (!target.closest('.st-key-matrix') || document.querySelector('[role=dialog]')) break;
        target.dispatchEvent(new MouseEvent('mousedown', at));
        document.elementFromPoint(x, y).dispatchEvent(new MouseEvent('mouseup', at));
        last = technique;
    }
    return last;
}
"""
_DRAWN = "matrix => document.querySelector(`.st-key-${matrix} .js-plotly-plot`)?._fullData?.length > 0"
_TILES = "() => document.querySelectorAll('.st-key-matrix .cov-tile').length"
_HOVER_PAUSE = 60  # ms; Plotly looks under the mouse at most every 50 ms, and no hand is faster


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
        cell = self.page.evaluate(_CELL, [technique, tactic, matrix])
        assert cell is not None, f"no cell {technique} {tactic}"
        x, y = cell["x"] + right * cell["width"] / 2, cell["y"] + down * cell["height"] / 2
        self.page.mouse.move(x, y)
        self.page.wait_for_timeout(_HOVER_PAUSE)
        self.page.mouse.click(x, y)

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
        self.page.wait_for_timeout(300)  # the matrix is drawn anew
        self.wait_for_matrix()

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
