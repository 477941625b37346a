"""What all benchmarks share: interleaved repetitions, medians and their report, and the machine."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from statistics import median

Measure = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Result:
    """One figure of the product beside its floor or peer, each measured so many times in one run."""

    what: str
    values: list[float]
    peer: str
    peer_values: list[float]
    target: str
    unit: str = "ms"


def interleaved(measures: Mapping[str, Measure], rounds: int) -> dict[str, list[float]]:
    """Measure A B A B …, so that what else the machine does meets all of them alike."""
    found: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            found[name].append(measure())
    return found


def report(result: Result) -> str:
    """The product, its peer, and both together: medians with the least and the most, and their ratios.

    On a machine with other work the least are the surest: nothing makes a thing faster than it is.
    """
    ours, theirs = median(result.values), median(result.peer_values)
    least = min(result.peer_values)
    ratio = f"ratio {ours / theirs:.2f} (of the least {min(result.values) / least:.2f})" if least else "no ratio"
    unit, rounds = result.unit, len(result.values)
    return (
        f"  {result.what}\n"
        f"    measured {_spread(result.values)} {unit}\n"
        f"    beside   {_spread(result.peer_values)} {unit}  {result.peer}\n"
        f"    {ratio}, difference {ours - theirs:,.1f} {unit}; {rounds} rounds; target: {result.target}"
    )


def _spread(values: list[float]) -> str:
    return f"{median(values):>10,.1f} [{min(values):,.1f} … {max(values):,.1f}]"


def machine() -> str:
    """The machine and how busy it is now, where it tells."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
    packages = ", ".join(f"{name} {version(name)}" for name in ("streamlit", "plotly"))
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {load} (1, 5, 15 min); "
        f"Python {platform.python_version()}, {packages}"
    )
