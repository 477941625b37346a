"""The public rule libraries, unpacked, and programs that are run on them in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.shared import ROOT, shared


@contextmanager
def unpacked(name: str) -> Iterator[tuple[Path, Path]]:
    """The folder of a library, and the home of a cache, which is another folder."""
    archive_path = shared(f"rules/{name}.tar.gz")
    with TemporaryDirectory() as folder:
        library, cache = Path(folder, "library"), Path(folder, "cache")
        with tarfile.open(archive_path) as archive:
            archive.extractall(library, filter="data")
        yield library, cache


def output(arguments: list[str], cache: Path) -> str:
    """What Python prints with these arguments."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment | {"XDG_CACHE_HOME": str(cache)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    ).stdout


def milliseconds(arguments: list[str], cache: Path) -> float:
    """How long Python takes with these arguments, from a cold process to its end."""
    started = time.perf_counter()
    output(arguments, cache)
    return 1000 * (time.perf_counter() - started)
