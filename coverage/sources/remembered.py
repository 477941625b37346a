"""A folder or a file of rules, of which only what changed since the last time is read.

A file is unchanged where its stamp is. Where the stamp is another one its content tells: what was read is remembered by
the digest of the file. Git's rule holds for a file that changed about when it was read: it can have changed once more
under the same stamp, so its stamp proves nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from array import array
from collections.abc import Callable, Iterator
from functools import lru_cache
from io import BufferedReader
from pathlib import Path
from typing import NamedTuple, Self

from coverage.model import Progress
from coverage.sources.cache import Cached
from coverage.sources.corrections import Corrections
from coverage.sources.entries import Entry, Intake
from coverage.sources.folders import File, folder_files, read_files
from coverage.sources.packing import NONSENSE, Reading, joined, pack, unpack, unpack_all
from coverage.sources.parallel import read_all

_MARGIN = 2_000_000_000  # ns; no file system's clock is coarser
_2_64 = 2**64
_MOST_RULES = 300_000  # that are remembered of one source


class _Stamp(NamedTuple):
    """What a file's metadata say of its content: another content has another stamp, but for changes at one moment."""

    size: int
    modified_ns: int
    changed_ns: int
    inode: int

    def is_before(self, trusted_before: int) -> bool:
        """Whether the file was as it is well before this moment."""
        return max(self.modified_ns, self.changed_ns) < trusted_before


class _Folder(NamedTuple):
    """What is remembered of a folder's files, by path and stamp, and by content; the stamps can be trusted."""

    by_stamp: dict[tuple[str, _Stamp], tuple[str, Reading]]
    by_digest: dict[str, Reading]

    @classmethod
    def of(cls, saved: list[bytes]) -> Self:
        """What was saved; nothing where it makes no sense."""
        try:
            (_, trusted_before), packed, (paths, stamps, digests) = map(json.loads, saved)
            read = list(zip(digests, unpack(packed), strict=True))
            files = zip(paths, map(_Stamp, *stamps), strict=True)
            known = zip(files, read, strict=True)
            return cls({key: value for key, value in known if key[1].is_before(trusted_before)}, dict(read))
        except NONSENSE:
            return cls({}, {})


def read_folder(root: Path, intake: Intake, progress: Progress, corrections: Corrections) -> Reading:
    """What is read of all files of a folder, in the order of their paths.

    Raises SourceError if the folder cannot be opened or holds no file at all.
    """
    trusted_before = time.time_ns() - _MARGIN
    files = folder_files(root, intake)
    cached = Cached(f"folder {root.absolute()} {intake.limits} {corrections}")
    saved = cached.load()
    if (unchanged := _unchanged(files, saved)) is not None:
        progress(len(files), len(files))
        return unchanged
    known = _Folder.of(saved)
    found = {file: known.by_stamp[key] for file in files if (key := _key(file)) in known.by_stamp}
    others = [file for file in files if file not in found]
    reused = len(found)
    new: list[tuple[File, str]] = []

    def unknown() -> Iterator[Entry]:
        for file, data in read_files(others, intake):
            digest = hashlib.sha256(file.origin.encode() + b"\0" + data).hexdigest()
            if digest in known.by_digest:
                found[file] = digest, known.by_digest[digest]
            else:
                new.append((file, digest))
                yield Entry(file.origin, data)

    readings = read_all(
        unknown(),
        corrections,
        expected=sum(file.status.st_size for file in others),
        progress=lambda done: progress(len(found) + done, len(files)),
    )
    progress(len(files), len(files))
    found |= {file: (digest, reading) for (file, digest), reading in zip(new, readings, strict=True)}
    kept = [file for file in files if file in found]  # of the others the intake knows
    digests, readings = [found[file][0] for file in kept], [found[file][1] for file in kept]
    # What visitors correct is theirs; kept, it would in the end take the place of what the operator's sources brought.
    is_new = not corrections.tables and (len(found) > reused or reused < len(known.by_stamp))
    if is_new and sum(len(rules) for rules, _ in readings) <= _MOST_RULES:
        paths, stamps = [file.path for file in kept], _columns(kept)
        cached.save([_listing(kept, stamps), trusted_before], pack(readings), [paths, stamps, digests])
    return joined(readings)


def _unchanged(files: list[File], saved: list[bytes]) -> Reading | None:
    """What was read of a folder's files if they were the same files, and none can have changed; else None."""
    try:
        listing, trusted_before = json.loads(saved[0])
        stamps = _columns(files)
        newest = max(map(max, stamps[1:3])) if files else 0
        if newest < trusted_before and listing == _listing(files, stamps):
            return _unpacked(saved[1])
    except NONSENSE:
        pass
    return None


@lru_cache(maxsize=2)
def _unpacked(packed: bytes) -> Reading:
    """What was saved as JSON; a server reads the same again and again."""
    return unpack_all(json.loads(packed))


def read_single(
    path: Path, stream: BufferedReader, intake: Intake, read: Callable[[], Reading], corrections: Corrections
) -> Reading:
    """What `read` makes of an open file, and what it tells the intake; where it raises, nothing is remembered."""
    trusted_before = time.time_ns() - _MARGIN
    stamp = _stamp(os.fstat(stream.fileno()))
    cached = Cached(f"file {path.absolute()} {intake.limits} {corrections}")
    try:
        head, packed = cached.load()
        old_stamp, old_digest, told, old_trusted_before = json.loads(head)
        is_same = _Stamp(*old_stamp) == stamp and stamp.is_before(old_trusted_before)
        digest = old_digest if is_same else _digest(stream)
        reading = _unpacked(packed) if digest == old_digest else None
        if reading is not None:
            intake.recall(told)
    except NONSENSE:
        is_same, digest, reading = False, _digest(stream), None
    if is_same and reading is not None:
        return reading
    if reading is None:
        reading = read()
        if _stamp(os.fstat(stream.fileno())) != stamp:  # it changed while it was read
            return reading
    if not corrections.tables and len(reading[0]) <= _MOST_RULES:
        cached.save([stamp, digest, intake.told(), trusted_before], pack([reading]))
    return reading


def _key(file: File) -> tuple[str, _Stamp]:
    return file.path, _stamp(file.status)


def _listing(files: list[File], stamps: list[list[int]]) -> str:
    """A digest of the files' paths and stamps."""
    digest = hashlib.sha256("\0".join([file.path for file in files]).encode(errors="surrogatepass"))
    for column in stamps:
        digest.update(array("Q", [number % _2_64 for number in column]))
    return digest.hexdigest()


def _columns(files: list[File]) -> list[list[int]]:
    """The stamps of files, a column for each field."""
    found = [file.status for file in files]
    return [
        [status.st_size for status in found],
        [status.st_mtime_ns for status in found],
        [status.st_ctime_ns for status in found],
        [status.st_ino for status in found],
    ]


def _stamp(status: os.stat_result) -> _Stamp:
    return _Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def _digest(stream: BufferedReader) -> str:
    stream.seek(0)
    digest = hashlib.file_digest(stream, "sha256").hexdigest()
    stream.seek(0)
    return digest
