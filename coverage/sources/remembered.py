"""A folder or a file of rules, of which only what changed since the last time is read.

A file is unchanged where its stamp is. Where the stamp is another one its content tells: what was read is remembered by
the digest of the file. Git's rule holds for a file that changed about when it was read: it can have changed once more
under the same stamp, so its stamp proves nothing.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import Any, NamedTuple, Self

from coverage.model import Progress
from coverage.sources.cache import Cached
from coverage.sources.entries import Entry, Intake
from coverage.sources.folders import File, Stamp, folder_files, read_files
from coverage.sources.packing import NONSENSE, Reading, pack, unpack
from coverage.sources.parallel import read_all

_MARGIN = 2_000_000_000  # ns; no file system's clock is coarser
_MOST_RULES = 300_000  # that are remembered of one source


class _Folder(NamedTuple):
    """What is remembered of a folder, a column for each fact of its files, and for each field of their stamps."""

    paths: list[str]
    stamps: list[list[int]]
    digests: list[str]
    readings: list[Reading]
    trusted_before: int

    @classmethod
    def load(cls, cached: Cached) -> Self | None:
        """What was saved, None where that is nothing or makes no sense."""
        try:
            paths, stamps, digests, packed, trusted_before = cached.load()
            readings = unpack(packed)
            lengths = [len(column) for column in (paths, digests, readings, *stamps)]
        except NONSENSE:
            return None
        makes_sense = lengths == [len(paths)] * (3 + len(Stamp._fields))
        return cls(paths, stamps, digests, readings, trusted_before) if makes_sense else None

    def is_exactly(self, files: list[File]) -> bool:
        """Whether these are the files, and none can have changed."""
        return (
            self.paths == [file.path for file in files]
            and self.stamps == _columns(files)
            and (not files or _is_trusted(Stamp(*map(max, self.stamps)), self.trusted_before))
        )

    def unchanged(self) -> dict[tuple[str, Stamp], tuple[str, Reading]]:
        """The digest and the reading of each file whose stamp can be trusted, by its path and its stamp."""
        files = zip(self.paths, map(Stamp, *self.stamps), self.digests, self.readings, strict=True)
        return {
            (path, stamp): (digest, reading)
            for path, stamp, digest, reading in files
            if _is_trusted(stamp, self.trusted_before)
        }


def read_folder(root: Path, intake: Intake, read: Callable[[bytes, str], Reading], progress: Progress) -> list[Reading]:
    """What `read` makes of each file of a folder, in the order of their paths.

    Raises SourceError if the folder cannot be opened or holds no file at all.
    """
    trusted_before = time.time_ns() - _MARGIN
    files = folder_files(root, intake)
    cached = Cached(f"folder {root.absolute()} {intake.limits}")
    known = _Folder.load(cached)
    if known is not None and known.is_exactly(files):
        return known.readings
    unchanged = known.unchanged() if known else {}
    by_digest = dict(zip(known.digests, known.readings, strict=True)) if known else {}
    found = {file: unchanged[file.path, file.stamp] for file in files if (file.path, file.stamp) in unchanged}
    others = [file for file in files if file not in found]
    new: list[tuple[File, str]] = []

    def unknown() -> Iterator[Entry]:
        for file, data in read_files(others, intake):
            digest = hashlib.sha256(file.origin.encode() + b"\0" + data).hexdigest()
            if digest in by_digest:
                found[file] = digest, by_digest[digest]
            else:
                new.append((file, digest))
                yield Entry(file.origin, data)

    fresh = read_all(
        unknown(),
        read,
        expected=sum(file.stamp.size for file in others),
        progress=lambda done: progress(len(found) + done, len(files)),
    )
    found |= {file: (digest, reading) for (file, digest), reading in zip(new, fresh, strict=True)}
    kept = [file for file in files if file in found]  # of the others the intake knows
    digests, readings = [found[file][0] for file in kept], [found[file][1] for file in kept]
    if _are_few(readings):
        cached.save([[file.path for file in kept], _columns(kept), digests, pack(readings), trusted_before])
    return readings


def read_single(path: Path, stream: BufferedReader, intake: Intake, read: Callable[[], list[Reading]]) -> list[Reading]:
    """What `read` makes of an open file, and what it tells the intake; where it raises, nothing is remembered."""
    trusted_before = time.time_ns() - _MARGIN
    stamp = _stamp(stream)
    cached = Cached(f"file {path.absolute()} {intake.limits}")
    saved: Any = cached.load()
    try:
        old_stamp, old_digest, packed, told, old_trusted_before = saved
        is_same = Stamp(*old_stamp) == stamp and _is_trusted(stamp, old_trusted_before)
        digest = old_digest if is_same else _digest(stream)
        readings = unpack(packed) if digest == old_digest else None
        if readings is not None:
            intake.recall(told)
    except NONSENSE:
        is_same, digest, readings = False, _digest(stream), None
    if is_same and readings is not None:
        return readings
    if readings is None:
        readings = read()
        if _stamp(stream) != stamp:  # it changed while it was read
            return readings
    if _are_few(readings):
        cached.save([stamp, digest, pack(readings), intake.told(), trusted_before])
    return readings


def _columns(files: list[File]) -> list[list[int]]:
    return [*map(list, zip(*(file.stamp for file in files), strict=True))] or [[] for _ in Stamp._fields]


def _is_trusted(stamp: Stamp, trusted_before: int) -> bool:
    return max(stamp.modified_ns, stamp.changed_ns) < trusted_before


def _are_few(readings: list[Reading]) -> bool:
    return sum(len(rules) for rules, _ in readings) <= _MOST_RULES


def _stamp(stream: BufferedReader) -> Stamp:
    return Stamp.of(os.fstat(stream.fileno()))


def _digest(stream: BufferedReader) -> str:
    stream.seek(0)
    digest = hashlib.file_digest(stream, "sha256").hexdigest()
    stream.seek(0)
    return digest
