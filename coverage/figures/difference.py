"""A comparison -> the difference matrix: what became better, worse, new or gone, tile by tile."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from coverage.compare import CellDifference, Comparison
from coverage.figures.grid import Grid, Header, Tile
from coverage.figures.palette import TileColours
from coverage.figures.text import escaped
from coverage.score import Level, TechniqueCoverage, Totals


class Trend(StrEnum):
    """What became of a cell; `MORE` and `FEWER` rules leave its level as it was."""

    BETTER = "better"
    MORE = "more"
    SAME = "same"
    FEWER = "fewer"
    WORSE = "worse"
    NEW = "new"
    GONE = "gone"


TREND_WORDS = {
    Trend.BETTER: "Better level",
    Trend.MORE: "More rules",
    Trend.SAME: "As before",
    Trend.FEWER: "Fewer rules",
    Trend.WORSE: "Worse level",
    Trend.NEW: "Cell only after",
    Trend.GONE: "Cell only before",
}
# What tells the trends apart without colour.
_SIGNS = {
    Trend.BETTER: "▲ ",
    Trend.MORE: "△ ",
    Trend.SAME: "",
    Trend.FEWER: "▽ ",
    Trend.WORSE: "▼ ",
    Trend.NEW: "new: ",
    Trend.GONE: "gone: ",
}
_RANK = (Level.NONE, Level.PARTIAL, Level.FULL)


def trend(cell: CellDifference) -> Trend:
    """The trend of a cell that differs."""
    if cell.before is None or cell.after is None:
        return Trend.NEW if cell.before is None else Trend.GONE
    before, after = (_RANK.index(state.level) for state in (cell.before, cell.after))
    if before != after:
        return Trend.BETTER if after > before else Trend.WORSE
    return Trend.MORE if cell.after.rule_count > cell.before.rule_count else Trend.FEWER


def trend_colours(*, colour_blind_safe: bool, dark: bool) -> dict[Trend, TileColours]:
    """Strong colours for levels that changed, faint ones of the same kind for numbers.

    The safe ones are of Okabe and Ito, https://jfly.uni-koeln.de/color/.
    """
    same = TileColours("#1e293b", "#cbd5e1") if dark else TileColours("#e2e8f0", "#334155")
    if colour_blind_safe:
        better, worse, new, gone = "#56b4e9", "#d55e00", "#f0e442", "#cc79a7"
        more = TileColours("#123a52", "#e2e8f0") if dark else TileColours("#d6ecfa", "#0f172a")
        fewer = TileColours("#4a2408", "#e2e8f0") if dark else TileColours("#fbe3d0", "#0f172a")
    else:
        better, worse, new, gone = "#22c55e", "#f87171", "#60a5fa", "#c084fc"
        more = TileColours("#14442a", "#e2e8f0") if dark else TileColours("#dcfce7", "#0f172a")
        fewer = TileColours("#4c1d1d", "#e2e8f0") if dark else TileColours("#fee2e2", "#0f172a")
    ink = "#0b1220"
    return {
        Trend.BETTER: TileColours(better, ink),
        Trend.MORE: more,
        Trend.SAME: same,
        Trend.FEWER: fewer,
        Trend.WORSE: TileColours(worse, ink),
        Trend.NEW: TileColours(new, ink),
        Trend.GONE: TileColours(gone, ink),
    }


def difference_grid(comparison: Comparison, colours: Mapping[Trend, TileColours]) -> Grid:
    """The matrix after, with the cells and columns that only the matrix before has at their ends.

    A tile shows its number of rules, "before → after" where it differs; a click returns (tactic id, technique id).
    """
    differing = {(cell.tactic.id, cell.technique_id): cell for cell in comparison.cells}
    columns = {column.tactic.id: column.tactic for column in comparison.after.tactics}
    columns = {column.tactic.id: column.tactic for column in comparison.before.tactics} | columns
    order = [column.tactic.id for column in comparison.after.tactics]
    order += [tactic for tactic in columns if tactic not in order]
    tiles: list[Tile] = []
    for number, tactic in enumerate(order):
        keys = [key for key in (*comparison.after.cells, *comparison.before.cells) if key[0] == tactic]
        for row, key in enumerate(dict.fromkeys(keys)):
            cell = differing.get(key)
            shown = comparison.after.cells.get(key) or comparison.before.cells[key]
            tiles.append(_same(shown, number, row) if cell is None else _different(cell, number, row))
    totals_before = {column.tactic.id: column.totals for column in comparison.before.tactics}
    totals_after = {column.tactic.id: column.totals for column in comparison.after.tactics}
    return Grid(
        headers=tuple(
            Header(columns[each].name, f"{_percent(totals_before.get(each))} → {_percent(totals_after.get(each))}")
            for each in order
        ),
        tiles=tuple(tiles),
        colours={str(kind): fill for kind, fill in colours.items()},
    )


def _percent(totals: Totals | None) -> str:
    return "–" if totals is None or totals.percent is None else f"{totals.percent} %"


def _same(cell: TechniqueCoverage, column: int, row: int) -> Tile:
    rules = f"{cell.rule_count:,} rule{'s' * (cell.rule_count != 1)}"
    return Tile(
        column=column,
        row=row,
        kind=str(Trend.SAME),
        name=cell.technique_name,
        number=f"{cell.rule_count:,}",
        hover=f"{_title(cell)}<br>{cell.level.value} · {rules}, as before",
        click=(cell.tactic.id, cell.technique_id),
    )


def _different(cell: CellDifference, column: int, row: int) -> Tile:
    kind = trend(cell)
    counts = [f"{state.rule_count:,}" for state in (cell.before, cell.after) if state is not None]
    levels = [f"{state.level.value} ({state.rule_count:,})" for state in (cell.before, cell.after) if state is not None]
    return Tile(
        column=column,
        row=row,
        kind=str(kind),
        name=cell.technique_name,
        number=_SIGNS[kind] + " → ".join(counts),
        hover="<br>".join(
            [
                _title(cell),
                f"{TREND_WORDS[kind]}: {' → '.join(levels)}",
                *(f"{reason.cause.value}: {escaped(_cut(reason.sentence))}" for reason in cell.causes),
            ]
        ),
        click=(cell.tactic.id, cell.technique_id),
    )


def _title(cell: TechniqueCoverage | CellDifference) -> str:
    return f"<b>{escaped(cell.technique_name)}</b><br>{cell.technique_id} · {escaped(cell.tactic.name)}"


def _cut(sentence: str, most: int = 160) -> str:
    return sentence if len(sentence) <= most else sentence[: most - 1] + "…"
