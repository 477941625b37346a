"""What was read before, in the user's cache directory; it may be deleted at any time.

A cache never stops a load: whatever is wrong with it, the rules are read as if there were none.
"""

from __future__ import annotations

import hashlib
import json
import marshal
import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO

from platformdirs import user_cache_path

_LARGEST = 64_000_000  # bytes of one file
_MOST = 256_000_000  # bytes of all
_HEAD = 1_000  # bytes of the line that has the digests and sizes of what follows
_ABANDONED = 3600.0  # seconds after which nobody is writing a file any more
_SUFFIX = ".rules"
_PRODUCT = Path(__file__).parents[1]
_PARSERS = ("yaml", "tomli", "openpyxl", "defusedxml")


def cache_folder() -> Path:
    """Where the cache is, e.g. `~/.cache/attack-coverage/rules`; it need not be there."""
    return user_cache_path("attack-coverage", appauthor=False) / "rules"


@dataclass(frozen=True, slots=True)
class Saved:
    """One value that was saved, which is read from the disk when it is asked for; equal where the contents are."""

    digest: str
    stream: BinaryIO = field(compare=False)
    start: int = field(compare=False)
    size: int = field(compare=False)

    def value(self) -> Any:  # noqa: ANN401  any of these types
        """What was saved; raises ValueError where it is damaged, and after the file was closed."""
        try:
            self.stream.seek(self.start)
            content = self.stream.read(self.size)
        except OSError as error:
            raise ValueError("it cannot be read") from error
        if _digest(content) != self.digest:
            raise ValueError("it is damaged")
        # The user's own file, written by this program in the same version, and as it was written.
        return marshal.loads(content)  # noqa: S302


class Cached:
    """What is remembered of one thing that was read: some values made of lists, tuples, texts and numbers.

    `name` is the thing's, with all that what was read depends on besides its content and the program.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    @contextmanager
    def load(self) -> Iterator[list[Saved]]:
        """The values that were saved last; none where there are none, or none that can be trusted.

        Inside the context they can be read, also when others are saved meanwhile.
        """
        with ExitStack() as opened:
            try:
                path = self._path()
                saved = _values(opened.enter_context(_open_own(path)))
                # Of many, those that are used are kept.
                if time.time() - path.stat().st_mtime > _ABANDONED:
                    os.utime(path)
            except (OSError, ValueError, TypeError):
                saved = []
            yield saved

    def save(self, *values: Any) -> None:  # noqa: ANN401  any of these types
        """Keep some values in place of those before, unless they are too large or the disk does not take them."""
        contents = [marshal.dumps(value) for value in values]
        if sum(map(len, contents)) > _LARGEST:
            return
        head = json.dumps([(_digest(content), len(content)) for content in contents]).encode()
        try:
            path = self._path()
            _make_own(path.parent)
            unfinished = path.with_name(f"{path.name}.{os.urandom(8).hex()}")
            try:
                descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with open(descriptor, "wb") as stream:  # noqa: PTH123  of a descriptor
                    stream.writelines([head, b"\n", *contents])
                unfinished.replace(path)
            except OSError:
                with suppress(OSError):
                    unfinished.unlink()
                raise
            _tidy(path.parent)
        except OSError:  # a full disk, or a folder that is not the user's: the next load reads again
            pass

    def _path(self) -> Path:
        return cache_folder() / f"{_digest(f'{_program()} {self._name}'.encode(errors='surrogateescape'))}{_SUFFIX}"


def _values(stream: BinaryIO) -> list[Saved]:
    """The values in a file; raises ValueError or TypeError where it does not begin with their digests and sizes."""
    head = stream.readline(_HEAD)
    found = []
    start = len(head)
    for digest, size in json.loads(head):
        found.append(Saved(str(digest), stream, start, min(int(size), _LARGEST)))
        start += int(size)
    return found


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


def _open_own(path: Path) -> BinaryIO:
    """A file to read. Raises OSError where it is not there, or not the user's own, whom nobody else can write for."""
    stream = open(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb")  # noqa: PTH123, SIM115  the caller's
    status = os.fstat(stream.fileno())
    if stat.S_ISREG(status.st_mode) and _is_own(status):
        return stream
    stream.close()
    raise PermissionError(f"{path} is not the user's own.")


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
            if path.suffix == _SUFFIX:
                files.append((status.st_mtime, status.st_size, path))
            elif time.time() - status.st_mtime > _ABANDONED:
                path.unlink()
    left = _MOST
    for _, size, path in sorted(files, reverse=True):
        left -= size
        if left < 0:
            with suppress(OSError):
                path.unlink()
