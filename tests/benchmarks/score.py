"""The command line on the public libraries, from a cold process to the printed document, with nothing cached.

Beside a script that does nothing but parse the same files, in one process: with PyYAML's fast loader, or with tomllib.
attack-mapper 0.4.1, of which uv installs the package, reads Sigma alone.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import yaml

from tests.benchmarks.libraries import milliseconds, output, unpacked
from tests.benchmarks.measure import Measure, Result, interleaved

_ROUNDS = 7
_BARE = Path(__file__).parent / "bare"
_PEER = ["run", "--no-project", "--with", "attack-mapper==0.4.1", "attack-mapper"]
_START_PEER = """
import subprocess, sys
subprocess.run(["uv", *sys.argv[1:]], check=True, stdout=subprocess.DEVNULL)
"""


def run() -> Iterator[Result]:
    if not hasattr(yaml, "CSafeLoader"):
        pytest.skip("this PyYAML was built without libyaml, so there is no CSafeLoader to compare with")
    yield from _results("sigma", "yaml.CSafeLoader", "parse.py")
    yield from _results("elastic", "tomllib", "parse_toml.py")


def _results(name: str, parser: str, script: str) -> Iterator[Result]:
    with unpacked(name) as (library, cache):
        arguments = ["-m", "coverage", "score", str(library), "--catalog", "enterprise"]
        bare = [str(_BARE / script), str(library)]
        read = json.loads(output(arguments, cache))["rules"]["read"]  # these runs also write the bytecode caches
        parsed = int(output(bare, cache))

        def cold() -> float:
            shutil.rmtree(cache)
            return milliseconds(arguments, cache)

        measures: dict[str, Measure] = {
            "cold": cold,
            "bare": partial(milliseconds, bare, cache),
            "warm": partial(milliseconds, arguments, cache),
        }
        peer = ["-c", _START_PEER, *_PEER, "--quiet", "--json", str(cache.with_name("peer.json")), str(library)]
        if name == "sigma" and _works(peer, cache):
            measures["peer"] = partial(milliseconds, peer, cache)
        found = interleaved(measures, _ROUNDS)
    what = f"python -m coverage score, {read:,} rules of {name}"
    beside = f"{parser} alone, {parsed:,} files"
    yield Result(f"{what}, nothing cached", found["cold"], beside, found["bare"], "ratio at most 0.7")
    yield Result(f"{what}, all cached", found["warm"], beside, found["bare"], "none: it is mostly start and score")
    if "peer" in found:
        yield Result(
            f"{what}, nothing cached", found["cold"], "attack-mapper 0.4.1", found["peer"], "ratio at most 0.067 (1/15)"
        )


def _works(arguments: list[str], cache: Path) -> bool:
    """Whether the peer can be installed and run here."""
    try:
        output(arguments, cache)
    except (subprocess.CalledProcessError, FileNotFoundError):
        print("  NOT MEASURED: attack-mapper 0.4.1, which cannot be installed here", flush=True)
        return False
    return True
