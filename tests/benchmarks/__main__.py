"""Run the benchmarks, all of them or those that are named."""

from __future__ import annotations

import argparse
import inspect

import pytest

from tests.benchmarks import click, expand, million, paint, recalculate, score, share, visitors
from tests.benchmarks.measure import machine, report

BENCHMARKS = {
    module.__name__.rpartition(".")[2]: module
    for module in (score, million, click, paint, expand, recalculate, share, visitors)
}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all without one")
    names = parser.parse_args(arguments).names or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; choose of {', '.join(BENCHMARKS)}")
    print(machine())
    for name in names:
        benchmark = BENCHMARKS[name]
        print(f"\n{name}: {inspect.getdoc(benchmark)}", flush=True)
        try:
            for result in benchmark.run():
                print(report(result), flush=True)
        except pytest.skip.Exception as missing:  # how tests/shared.py says that an input is not there
            print(f"  NOT MEASURED: {missing.msg}", flush=True)
    print(f"\n{machine()}")


if __name__ == "__main__":
    main()
