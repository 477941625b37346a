"""A frame with a row for each rule, up to a million of them -> coverage; beside pandas, which only counts the tags.

Time is the processor's. The rules are those of a library of 6,000 that tenants deploy, where not said otherwise: tags
of the Enterprise matrix, few of them frequent. Every text is an object of its own, as a reader of files makes them.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coverage.catalog import load_catalog
from coverage.score import Coverage, score
from coverage.sources.frame import read_frame
from tests.benchmarks.measure import Result, interleaved
from tests.shared import ROOT

_MILLION = 1_000_000
_SIZES = (10_000, 30_000, 100_000, 300_000, _MILLION)
_LIBRARY = 6_000  # as many as Sigma and Elastic have together
_ROUNDS = 5
_SKEW = 0.8  # of Zipf's law
_ENTERPRISE = load_catalog("enterprise", "19.1")
_TAGS = "mitre_techniques"
_SEVERITIES = ("critical", "high", "medium", "low")


def run() -> Iterator[Result]:
    for rules, of_library, copies, rounds in (
        ("a library at tenants", True, False, _ROUNDS),
        ("a library at tenants with its ids, so that one of the copies counts", True, True, _ROUNDS),
        ("nearly each a kind", False, False, 1),
    ):
        lists = made_frame(_MILLION, of_library=of_library, copies=copies)
        texts = lists.assign(**{_TAGS: lists[_TAGS].str.join(",")})
        for frame, tags, bare in ((lists, "lists", _exploded), (texts, "comma-joined texts", _split)):
            what = f"{_MILLION:,} rules, tags as {tags}; {rules}, {len(read_frame(frame).rules):,} kinds"
            yield _timed(what, frame, bare, rounds)
        del lists, texts, frame
        if not copies:
            yield _memory(rules, of_library=of_library)
    yield from _curve()


def _timed(what: str, frame: pd.DataFrame, bare: Callable[[pd.DataFrame], object], rounds: int) -> Result:
    found = interleaved(
        {"ours": lambda: _milliseconds(_coverage, frame), "bare": lambda: _milliseconds(bare, frame)}, rounds
    )
    return Result(what, found["ours"], "value_counts of the exploded tags", found["bare"], "ratio at most 3")


def _memory(rules: str, *, of_library: bool) -> Result:
    """In a process of its own: the frame, and the frame with the most that is held at once while it is scored."""
    if not Path("/proc/self/clear_refs").exists():
        pytest.skip("this system does not tell the most memory that a process had (VmHWM)")
    command = [sys.executable, "-m", __name__, "library" if of_library else "single"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    most, size = json.loads(done.stdout)
    return Result(
        f"memory at most, {rules}", [most], "frame.memory_usage(deep=True)", [size], "ratio at most 4", unit="MB"
    )


def _curve() -> Iterator[Result]:
    """The cost of sets of several sizes, also as a table for the README."""
    rows = ["| rules | seconds | µs a rule |", "| ---: | ---: | ---: |"]
    for size in _SIZES:
        result = _timed(f"{size:,} rules, tags as lists", made_frame(size), _exploded, _ROUNDS)
        least = min(result.values) / 1000
        rows.append(f"| {size:,} | {least:.2f} | {1_000_000 * least / size:.1f} |")
        yield result
    print("\n".join(rows))


def made_frame(size: int, *, of_library: bool = True, copies: bool = False) -> pd.DataFrame:
    """Rules of a library that tenants have deployed, with other ids or as `copies`, or each with tags of its own."""
    random = np.random.default_rng(size)
    different = min(_LIBRARY, size) if of_library else size
    techniques = random.permutation(sorted(_ENTERPRISE.attack.techniques))
    tactics = [tactic.name for tactic in _ENTERPRISE.tactics]
    counts = random.integers(1, 5, different)
    drawn = techniques[_zipf(random, len(techniques), counts.sum())].tolist()
    ends = np.cumsum(counts).tolist()
    tags = [drawn[end - count : end] for end, count in zip(ends, counts.tolist(), strict=True)]
    tactic = random.integers(len(tactics), size=different)
    severity = random.integers(len(_SEVERITIES), size=different)
    picked = _zipf(random, different, size) if of_library else np.arange(size)
    named = picked.tolist() if copies else range(size)
    own = json.loads(json.dumps([tags[rule] for rule in picked.tolist()]))
    return pd.DataFrame(
        {
            "id": [f"rule-{number:07}" for number in named],
            "name": [f"Detection of behaviour {number}" for number in named],
            "severity": [_SEVERITIES[number] for number in severity[picked].tolist()],
            "mitre_tactic": [tactics[number] for number in tactic[picked].tolist()],
            _TAGS: own,
            "enabled": random.random(size) < 0.85,
            "tenant_id": [f"tenant-{number}" for number in random.integers(300, size=size).tolist()],
        }
    )


def _zipf(random: np.random.Generator, size: int, count: int) -> np.ndarray:
    weights = 1 / np.arange(1, size + 1) ** _SKEW
    return random.choice(size, size=count, p=weights / weights.sum())


def _coverage(frame: pd.DataFrame) -> Coverage:
    return score(read_frame(frame), _ENTERPRISE)


def _exploded(frame: pd.DataFrame) -> object:
    return frame[_TAGS].explode().value_counts()


def _split(frame: pd.DataFrame) -> object:
    return frame[_TAGS].str.split(",").explode().value_counts()


def _milliseconds(function: Callable[[pd.DataFrame], object], frame: pd.DataFrame) -> float:
    gc.collect()
    started = time.process_time()
    function(frame)
    return 1000 * (time.process_time() - started)


def _memory_of(name: str) -> tuple[float, float]:
    """The most memory while a frame is scored, with the frame, and the frame alone; in MB."""
    frame = made_frame(_MILLION, of_library=name == "library")
    size = frame.memory_usage(deep=True).sum() / 1e6
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # from here on VmHWM is the most since now
    before = _status("VmRSS")
    _coverage(frame)
    return size + _status("VmHWM") - before, size


def _status(name: str) -> float:
    return int(Path("/proc/self/status").read_text().partition(f"{name}:")[2].split()[0]) * 1024 / 1e6


if __name__ == "__main__":
    print(json.dumps(_memory_of(sys.argv[1])))
