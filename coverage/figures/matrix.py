"""Coverage -> the matrix: one column a tactic, one tile a technique."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from coverage.figures.grid import Grid, Handle, Header, Tile
from coverage.figures.palette import Palette
from coverage.figures.text import escaped
from coverage.model import count_rules
from coverage.score import Coverage, Level, TechniqueCoverage

EXPAND = "expand"
"""What a click on a handle returns before the technique's id, in place of a tactic's."""


def matrix_grid(coverage: Coverage, colours: Palette, expanded: Collection[str] = ()) -> Grid:
    """The matrix; below each technique that is `expanded` (ids) its sub-techniques, marked by a stripe.

    A click returns (tactic id, technique id), or (`EXPAND`, technique id) on the handle of one that has sub-techniques.
    """
    tiles: list[Tile] = []
    handles: list[Handle] = []
    for number, column in enumerate(coverage.tactics):
        row = 0
        for cell in column.techniques:
            shown = cell.sub_techniques if cell.technique_id in expanded else ()
            tiles.append(_tile(cell, number, row, inner=False))
            tiles += [_tile(sub, number, row + 1 + place, inner=True) for place, sub in enumerate(shown)]
            if cell.sub_techniques:
                handles.append(_handle(cell, number, row, len(shown)))
            row += 1 + len(shown)
    return Grid(
        headers=tuple(
            Header(column.tactic.name, f"{column.totals.full}/{column.totals.total}") for column in coverage.tactics
        ),
        tiles=tuple(tiles),
        colours={str(level): colours.levels[level] for level in _ORDER},
        handles=tuple(handles),
    )


_ORDER = (Level.NONE, Level.PARTIAL, Level.FULL)


def expandable(coverage: Coverage) -> frozenset[str]:
    """The ids of the techniques whose sub-techniques the matrix can show."""
    return frozenset(cell.technique_id for cell in coverage.cells.values() if cell.sub_techniques)


def _tile(cell: TechniqueCoverage, column: int, row: int, *, inner: bool) -> Tile:
    return Tile(
        column=column,
        row=row,
        kind=str(cell.level),
        name=cell.technique_name,
        number=f"{cell.rule_count:,}",
        hover="<br>".join(_hover(cell)),
        click=(cell.tactic.id, cell.technique_id),
        inner=inner,
    )


def _handle(cell: TechniqueCoverage, column: int, row: int, shown: int) -> Handle:
    number = len(cell.sub_techniques)
    return Handle(
        column=column,
        row=row,
        rows=1 + shown,
        sign="−" if shown else "+",
        hover=f"{'Hide' if shown else 'Show'} {number} sub-technique{'s' * (number > 1)} of {cell.technique_id}",
        click=(EXPAND, cell.technique_id),
    )


def _hover(cell: TechniqueCoverage) -> Iterator[str]:
    yield f"<b>{escaped(cell.technique_name)}</b>"
    yield f"{cell.technique_id} · {escaped(cell.tactic.name)}"
    rules = f"{cell.rule_count:,} rule{'s' * (cell.rule_count != 1)}"
    yield f"{cell.level.value} · {rules}"
    if disabled := count_rules(cell.disabled):
        yield f"{cell.potential_level.value} with {disabled:,} disabled"
    if cell.sub_techniques:
        covered = sum(sub.level is not Level.NONE for sub in cell.sub_techniques)
        of_all = f"{covered} of {len(cell.sub_techniques)} sub-techniques"
        yield f"{of_all}, {rules}, {cell.direct:,} of them on the parent itself"
