"""Grids that tests make up."""

from coverage.figures import Grid, TileColours
from coverage.figures.grid import Handle, Header, Tile

COLOURS = {
    "first": TileColours("#110000", "#ff1111"),
    "second": TileColours("#001100", "#11ff11"),
    "third": TileColours("#000011", "#1111ff"),
}


def grid(*columns):
    """A grid whose columns are made of tiles: None is one without a handle, a number has as many inner ones below.

    Tiles are named "column/row"; a click on one returns ("tile", its name), on its handle ("handle", its name).
    """
    tiles, handles = [], []
    kinds = list(COLOURS)
    for number, column in enumerate(columns):
        row = 0
        for shown in column:
            for inner in range(1 + (shown or 0)):
                name = f"{number}/{row + inner}"
                kind = kinds[(number + row + inner) % 3]
                tiles.append(Tile(number, row + inner, kind, name, "1", f"at {name}", ("tile", name), inner=inner > 0))
            if shown is not None:
                beside = f"{number}/{row}"
                handles.append(Handle(number, row, 1 + shown, "+", f"beside {beside}", ("handle", beside)))
            row += 1 + (shown or 0)
    headers = tuple(Header(f"column {number}", "") for number in range(len(columns)))
    return Grid(headers, tuple(tiles), COLOURS, tuple(handles))
