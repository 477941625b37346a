"""A folder or a file of rules, of which only what changed since the last time is read.

A file is unchanged where its stamp is. Where the stamp is another one its content tells: what was read is remembered by
the digest of the file. Git's rule holds for a file that changed about when it was read: it can have changed once more
under the same stamp, so its stamp proves nothing.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from io import BufferedReader
from pathlib import Path
from typing import NamedTuple, Self

from coverage.model import Progress
from coverage.sources.cache import Cached, Saved
from coverage.sources.corrections import Corrections
from coverage.sources.entries import Entry, Intake
from coverage.sources.folders import Stamp, folder_files, read_files, stamp_of
from coverage.sources.packing import NONSENSE, Reading, joined, pack, unpack, unpack_all
from coverage.sources.parallel import read_all
from coverage.sources.text import printable

_MARGIN = 2_000_000_000  # ns; no file system's clock is coarser
_WITHOUT_REFERENCES = 2  # a version of marshal in which equal values are written alike
_MOST_RULES = 300_000  # that are remembered of one source


def _is_before(stamp: Stamp, trusted_before: int) -> bool:
    """Whether a file was as it is well before this moment."""
    _, modified, changed, _ = stamp
    return modified < trusted_before and changed < trusted_before


class _Folder(NamedTuple):
    """What is remembered of a folder's files, by path and stamp, and by content; the stamps can be trusted."""

    by_stamp: dict[tuple[str, Stamp], tuple[str, Reading]]
    by_digest: dict[str, Reading]

    @classmethod
    def of(cls, saved: list[Saved]) -> Self:
        """What was saved; nothing where it makes no sense."""
        try:
            (_, trusted_before), packed, (paths, stamps, digests) = (each.value() for each in saved)
            read = list(zip(digests, unpack(packed), strict=True))
            files = zip(paths, stamps, strict=True)
            known = zip(files, read, strict=True)
            return cls({key: value for key, value in known if _is_before(key[1], trusted_before)}, dict(read))
        except NONSENSE:
            return cls({}, {})


def read_folder(root: Path, intake: Intake, progress: Progress, corrections: Corrections) -> Reading:
    """What is read of all files of a folder, in the order of their paths.

    Raises SourceError if the folder cannot be opened or holds no file at all.
    """
    trusted_before = time.time_ns() - _MARGIN
    files = folder_files(root, intake)
    cached = Cached(f"folder {root.absolute()} {intake.limits} {corrections}")
    with cached.load() as saved:
        if (unchanged := _unchanged(files, saved)) is not None:
            progress(len(files), len(files))
            return unchanged
        known = _Folder.of(saved)
    found = {key[0]: known.by_stamp[key] for key in files.items() if key in known.by_stamp}
    others = [path for path in files if path not in found]
    reused = len(found)
    new: list[tuple[str, str]] = []

    def unknown() -> Iterator[Entry]:
        for path, data in read_files(root, others, intake):
            origin = printable(path)
            digest = hashlib.sha256(origin.encode() + b"\0" + data).hexdigest()
            if digest in known.by_digest:
                found[path] = digest, known.by_digest[digest]
            else:
                new.append((path, digest))
                yield Entry(origin, data)

    readings = read_all(
        unknown(),
        corrections,
        expected=sum(files[path][0] for path in others),
        progress=lambda done: progress(len(found) + done, len(files)),
    )
    progress(len(files), len(files))
    found |= {path: (digest, reading) for (path, digest), reading in zip(new, readings, strict=True)}
    kept = {path: stamp for path, stamp in files.items() if path in found}  # of the others the intake knows
    digests, readings = [found[path][0] for path in kept], [found[path][1] for path in kept]
    # What visitors correct is theirs; kept, it would in the end take the place of what the operator's sources brought.
    is_new = not corrections.tables and (len(found) > reused or reused < len(known.by_stamp))
    if is_new and sum(len(rules) for rules, _ in readings) <= _MOST_RULES:
        is_settled = all(_is_before(stamp, trusted_before) for stamp in kept.values())
        listing = _listing(kept) if is_settled else None
        cached.save([listing, trusted_before], pack(readings), [list(kept), list(kept.values()), digests])
    return joined(readings)


def _unchanged(files: dict[str, Stamp], saved: list[Saved]) -> Reading | None:
    """What was read of a folder's files if they were the same files, and none can have changed; else None."""
    try:
        listing, _ = saved[0].value()
        if listing is not None and listing == _listing(files):
            return _unpacked(saved[1])
    except NONSENSE:
        pass
    return None


@lru_cache(maxsize=2)
def _unpacked(packed: Saved) -> Reading:
    """What was saved; a server reads the same again and again."""
    return unpack_all(packed.value())


def read_single(
    path: Path, stream: BufferedReader, intake: Intake, read: Callable[[], Reading], corrections: Corrections
) -> Reading:
    """What `read` makes of an open file, and what it tells the intake; where it raises, nothing is remembered."""
    trusted_before = time.time_ns() - _MARGIN
    stamp = stamp_of(os.fstat(stream.fileno()))
    cached = Cached(f"file {path.absolute()} {intake.limits} {corrections}")
    try:
        with cached.load() as (head, packed):
            old_stamp, old_digest, told, old_trusted_before = head.value()
            is_same = old_stamp == stamp and _is_before(stamp, old_trusted_before)
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
        if stamp_of(os.fstat(stream.fileno())) != stamp:  # it changed while it was read
            return reading
    if not corrections.tables and len(reading[0]) <= _MOST_RULES:
        cached.save([stamp, digest, intake.told(), trusted_before], pack([reading]))
    return reading


def _listing(files: dict[str, Stamp]) -> str:
    """A digest of the files' paths and stamps."""
    return hashlib.sha256(marshal.dumps([*files.items()], _WITHOUT_REFERENCES)).hexdigest()


def _digest(stream: BufferedReader) -> str:
    stream.seek(0)
    digest = hashlib.file_digest(stream, "sha256").hexdigest()
    stream.seek(0)
    return digest
