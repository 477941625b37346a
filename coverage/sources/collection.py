"""Python's collector of cyclic garbage, called less often while many objects are made that stay."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_USUAL = gc.get_threshold()
_RARE = 100_000  # new objects; some 30 MB, should all be garbage


@contextmanager
def rare_collection() -> Iterator[None]:
    """Inside, collect a hundred times less often: each time all rules that were read so far are looked through.

    Of loads that overlap, the first that ends makes it usual again for all.
    """
    gc.set_threshold(max(_RARE, _USUAL[0]))
    try:
        yield
    finally:
        gc.set_threshold(*_USUAL)
