"""What was read before, in the user's cache directory; it may be deleted at any time.

A cache never stops a load: whatever is wrong with it, the rules are read as if there were none.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
import time
from contextlib import suppress
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from platformdirs import user_cache_path

_LARGEST = 64_000_000  # bytes of one file
_MOST = 256_000_000  # bytes of all
_ABANDONED = 3600.0  # seconds after which nobody is writing a file any more
_PRODUCT = Path(__file__).parents[1]
_PARSERS = ("yaml", "tomli", "openpyxl", "defusedxml")


def cache_folder() -> Path:
    """Where the cache is, e.g. `~/.cache/attack-coverage/rules`; it need not be there."""
    return user_cache_path("attack-coverage", appauthor=False) / "rules"


class Cached:
    """What is remembered of one thing that was read: some values of the types of JSON, each parsed when it is needed.

    `name` is the thing's, with all that what was read depends on besides its content and the program.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def load(self) -> list[bytes]:
        """The values that were saved last, as JSON; none where there are none, or none that can be trusted."""
        try:
            path = self._path()
            data = _read_own(path)
            checksum, _, content = data.partition(b"\n")
            if checksum != _digest(content).encode():
                return []
            # Of many, those that are used are kept.
            if time.time() - path.stat().st_mtime > _ABANDONED:
                os.utime(path)
        except OSError:
            return []
        return content.split(b"\n")

    def save(self, *values: object) -> None:
        """Keep values in place of those before, unless they are too large or the disk does not take them."""
        content = "\n".join(json.dumps(value, separators=(",", ":")) for value in values).encode()
        if len(content) > _LARGEST:
            return
        try:
            path = self._path()
            _make_own(path.parent)
            unfinished = path.with_name(f"{path.name}.{os.urandom(8).hex()}")
            try:
                descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with open(descriptor, "wb") as stream:  # noqa: PTH123  of a descriptor
                    stream.write(_digest(content).encode() + b"\n" + content)
                unfinished.replace(path)
            except OSError:
                with suppress(OSError):
                    unfinished.unlink()
                raise
            _tidy(path.parent)
        except OSError:  # a full disk, or a folder that is not the user's: the next load reads again
            pass

    def _path(self) -> Path:
        return cache_folder() / f"{_digest(f'{_program()} {self._name}'.encode(errors='surrogateescape'))}.json"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@lru_cache(maxsize=1)
def _program() -> str:
    """What tells one version of the readers from another: their own text, and which parsers are installed."""
    digest = hashlib.sha256(sys.version.encode())
    for path in [*sorted((_PRODUCT / "sources").glob("*.py")), _PRODUCT / "ids.py", _PRODUCT / "model.py"]:
        digest.update(path.read_bytes())
    for name in _PARSERS:
        spec = find_spec(name)
        if spec is not None and spec.origin is not None:
            status = Path(spec.origin).stat()
            digest.update(f"{spec.origin} {status.st_size} {status.st_mtime_ns}".encode())
    return digest.hexdigest()


def _read_own(path: Path) -> bytes:
    """A file's content. Raises OSError where it is not there, or not the user's own, whom nobody else can write for."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    with open(descriptor, "rb") as stream:  # noqa: PTH123  of a descriptor
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST + 100 or not _is_own(status):
            raise PermissionError(f"{path} is not the user's own.")
        return stream.read()


def _make_own(folder: Path) -> None:
    """Make a folder that nobody else can look into; raises OSError where that cannot be done."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or not _is_own(status, others=0):
        raise PermissionError(f"{folder} is not the user's own.")
    if stat.S_IMODE(status.st_mode) != 0o700:
        folder.chmod(0o700)


def _is_own(status: os.stat_result, others: int = stat.S_IWGRP | stat.S_IWOTH) -> bool:
    """Whether a file is the user's and gives others none of these rights; where there are no users, every file is."""
    return not hasattr(os, "geteuid") or (status.st_uid == os.geteuid() and not status.st_mode & others)


def _tidy(folder: Path) -> None:
    """Delete what was used least recently beyond the most that is kept, and what was never finished."""
    files = []
    for path in folder.iterdir():
        with suppress(OSError):  # another process is tidying, too
            status = path.stat()
            if path.suffix == ".json":
                files.append((status.st_mtime, status.st_size, path))
            elif time.time() - status.st_mtime > _ABANDONED:
                path.unlink()
    left = _MOST
    for _, size, path in sorted(files, reverse=True):
        left -= size
        if left < 0:
            with suppress(OSError):
                path.unlink()
