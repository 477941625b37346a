"""A load of a folder in which nothing changed, and one in which one file did: `read_path`, in a new process and again.

Beside the metadata of all its files, in a new process where the load is, and beside the first load. The first load of
a process has to unpack the cache, further ones know what was in it; both are warm. What starts before and what counts
afterwards is not part of it, see `score` for that.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from coverage.sources.library import read_path
from tests.benchmarks.bare.metadata import look
from tests.benchmarks.libraries import output, unpacked
from tests.benchmarks.measure import Result, interleaved

_ROUNDS = 15
_IN_A_NEW_PROCESS = """
import sys, time
from pathlib import Path
from coverage.sources.library import read_path
from tests.benchmarks.bare.metadata import look
started = time.perf_counter()
{work}(Path(sys.argv[1]))
print(1000 * (time.perf_counter() - started))
"""
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

    def load() -> float:
        started = time.perf_counter()
        found = read_path(library)
        milliseconds = 1000 * (time.perf_counter() - started)
        assert found == rules
        return milliseconds

    def cold() -> float:
        shutil.rmtree(cache)
        return load()

    def new_process(work: str) -> float:
        return float(output(["-c", _IN_A_NEW_PROCESS.format(work=work), str(library)], cache))

    def metadata() -> float:
        started = time.perf_counter()
        look(library)
        return 1000 * (time.perf_counter() - started)

    def changed() -> float:
        one.write_bytes(content + b"\n")
        milliseconds = load()
        one.write_bytes(content)
        return milliseconds

    def settled() -> float:
        time.sleep(_SETTLED)
        return load()  # the file that was changed is believed from now on

    found = interleaved(
        {
            "cold": cold,
            "again": load,
            "metadata again": metadata,
            "changed": changed,
            "settled": settled,
            "first": partial(new_process, "read_path"),
            "metadata first": partial(new_process, "look"),
        },
        _ROUNDS,
    )
    beside = f"os.scandir and stat of {look(library):,} files"
    for when, key in (("again in one process", "again"), ("in a new process", "first")):
        what = f"{name}, nothing changed, {when}"
        yield Result(what, found[key], beside, found[f"metadata {key}"], "ratio at most 3")
        yield Result(what, found[key], "nothing cached", found["cold"], "ratio at most 0.25")
    yield Result(f"{name}, one file changed", found["changed"], "nothing cached", found["cold"], "none")
