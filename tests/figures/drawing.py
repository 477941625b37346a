"""What the figure of a grid shows, read back from its trace."""


def heat_map(figure):
    (found,) = figure.data
    assert found.type == "heatmap"
    return found


def fill_at(figure, column, row):
    """The colour that the heat-map has at a place; None where it has none."""
    cells = heat_map(figure)
    value = cells.z[row][column]
    if value is None:
        return None
    place = (value - cells.zmin) / (cells.zmax - cells.zmin)
    below = [colour for stop, colour in cells.colorscale if stop <= place][-1]
    above = next(colour for stop, colour in cells.colorscale if stop >= place)
    assert below == above  # no shade between two colours
    return below
