"""The command line on the Sigma library, from a cold process to the printed document.

Beside a script that does nothing but parse the same files with PyYAML's fast loader.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml

from tests.benchmarks.measure import Result, interleaved
from tests.shared import ROOT, shared

_ROUNDS = 7
_BARE = Path(__file__).parent / "bare" / "parse.py"


def run() -> Iterator[Result]:
    library = shared("rules/sigma.tar.gz")
    if not hasattr(yaml, "CSafeLoader"):
        pytest.skip("this PyYAML was built without libyaml, so there is no CSafeLoader to compare with")
    with TemporaryDirectory() as folder:
        with tarfile.open(library) as archive:
            archive.extractall(folder, filter="data")
        ours, theirs = ["-m", "coverage", "score", folder], [str(_BARE), folder]
        read = json.loads(_output(ours))["rules"]["read"]  # these runs also write the bytecode caches
        parsed = int(_output(theirs))
        found = interleaved({"ours": lambda: _milliseconds(ours), "theirs": lambda: _milliseconds(theirs)}, _ROUNDS)
    yield Result(
        f"python -m coverage score, {read:,} rules",
        found["ours"],
        f"yaml.CSafeLoader alone, {parsed:,} files",
        found["theirs"],
        "ratio at most 1.3",
    )


def _output(arguments: list[str]) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    ).stdout


def _milliseconds(arguments: list[str]) -> float:
    started = time.perf_counter()
    _output(arguments)
    return 1000 * (time.perf_counter() - started)
