"""JSON documents of any kind, and documents that are damaged in places."""

from __future__ import annotations

import copy

from hypothesis import strategies as st

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def places(value, path=()):
    """The path of every value inside a JSON document."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield (*path, key)
        yield from places(inner, (*path, key))


def at(document, path):
    for key in path:
        document = document[key]
    return document


@st.composite
def damaged(draw, whole):
    """The document with some values replaced by others, from another place or from nowhere."""
    document = copy.deepcopy(whole)
    elsewhere = st.sampled_from(list(places(whole))).map(lambda path: copy.deepcopy(at(whole, path)))
    for path in draw(st.lists(st.sampled_from(list(places(whole))), max_size=5)):
        try:
            at(document, path[:-1])[path[-1]] = draw(JSON | elsewhere)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier replacement took this place away
    return document
