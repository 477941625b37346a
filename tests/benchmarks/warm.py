"""A load of a folder in which nothing changed, and one in which one file did: `read_path` in a process that is running.

Beside the metadata of all its files, and beside the first load. The first load of a process has to unpack the cache,
further ones know what was in it; both are warm. What starts before and what counts afterwards is not part of it, see
`score` for that.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from coverage.sources import remembered
from coverage.sources.library import read_path
from tests.benchmarks.bare.metadata import look
from tests.benchmarks.libraries import unpacked
from tests.benchmarks.measure import Result, interleaved

_ROUNDS = 15
_SETTLED = 2.1  # s until the files' stamps are believed


def run() -> Iterator[Result]:
    for name in ("sigma", "elastic"):
        with unpacked(name) as (library, cache), pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_CACHE_HOME", str(cache))
            yield from _results(name, library, cache)


def _results(name: str, library: Path, cache: Path) -> Iterator[Result]:
    time.sleep(_SETTLED)
    rules = read_path(library)
    one = next(path for path in library.rglob("*") if path.suffix in (".yml", ".toml"))
    content = one.read_bytes()

    def load() -> None:
        assert read_path(library) == rules

    def cold() -> float:
        shutil.rmtree(cache)
        return _milliseconds(load)

    def unpacking() -> float:
        remembered._unpacked.cache_clear()
        return _milliseconds(load)

    def changed() -> float:
        one.write_bytes(content + b"\n")
        milliseconds = _milliseconds(load)
        one.write_bytes(content)
        return milliseconds

    def settled() -> float:
        time.sleep(_SETTLED)
        return _milliseconds(load)  # the file that was changed is believed from now on

    found = interleaved(
        {
            "cold": cold,
            "unpacking": unpacking,
            "warm": lambda: _milliseconds(load),
            "metadata": lambda: _milliseconds(lambda: look(str(library))),
            "changed": changed,
            "settled": settled,
        },
        _ROUNDS,
    )
    beside = f"os.scandir and stat of {look(str(library)):,} files"
    for when, key in (("again in one process", "warm"), ("in a new process", "unpacking")):
        what = f"{name}, nothing changed, {when}"
        yield Result(what, found[key], beside, found["metadata"], "ratio at most 3")
        yield Result(what, found[key], "nothing cached", found["cold"], "ratio at most 0.25")
    yield Result(f"{name}, one file changed", found["changed"], "nothing cached", found["cold"], "none")


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - started)
