"""The files of a rule library as (origin, bytes), whether they lie in a folder or in an archive."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from coverage.errors import SourceError
from coverage.model import Issue, IssueKind
from coverage.sources.text import UnreadableError, printable

_MB = 1024 * 1024
_RULE_SUFFIXES = frozenset({".yml", ".yaml", ".toml", ".json", ".xml", ".yaral", ".csv", ".tsv", ".xlsx"})
TABLE_SUFFIXES = (".csv", ".tsv")
"""Of the names of tables as text."""

_CHUNK = 64 * 1024
_MOST_KINDS = 5  # that the note on passed-over files names


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a library is read. The sizes are in bytes, unpacked."""

    file_bytes: int = 20 * _MB
    json_bytes: int = 50 * _MB  # one export can hold a whole library
    table_bytes: int = 200 * _MB  # of texts, which are read row by row; a million rules take 150
    archive_bytes: int = 500 * _MB
    files: int = 100_000  # of a folder or an archive, candidates or not


DEFAULT_LIMITS = Limits()


class Entry(NamedTuple):
    """One file: its path inside the source, with "/", and its contents."""

    origin: str
    data: bytes


class Batch(NamedTuple):
    """The candidates of a source, read one by one; `total` is their number where it is known before the end.

    Reading them raises SourceError where nothing at all can be read.
    """

    entries: Iterator[Entry]
    total: int | None


class Readable(Protocol):
    """The one method of a binary file that is used here."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(slots=True)
class Intake:
    """Decides what is read, and remembers what was not.

    `issues` are files that were refused, `doubts` say where the rest of a source was not read, and `note()` is on files
    that are no candidates.
    """

    limits: Limits
    issues: list[Issue] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    _passed: Counter[str] = field(default_factory=Counter)
    _folders: set[str] = field(default_factory=set)

    def refuse(self, origin: str, message: str) -> None:
        """Note that a file was not read, and why."""
        self.issues.append(Issue(IssueKind.UNREADABLE, "", origin, message))

    def doubt(self, origin: str, message: str) -> None:
        """Note that part of a source was not read without a name for each of its files, and why."""
        self.refuse(origin, message)
        self.doubts.append(message)

    def wants(self, name: str) -> bool:
        """Whether a file of this name (without folders) is a candidate; if not, it is counted for the note."""
        suffix = os.path.splitext(name)[1].lower()  # noqa: PTH122  a Path for each file of a library takes too long
        if suffix in _RULE_SUFFIXES and not name.startswith("._"):  # "._x" is macOS' metadata of x
            return True
        self._passed[printable(suffix.removeprefix(".")[:20]) or "no suffix"] += 1
        return False

    def wants_folder(self, name: str, *, linked: bool = False) -> bool:
        """Whether a folder is entered; if not, it is named in the note."""
        if linked or name.startswith(".") or name == "__MACOSX":
            self._folders.add(printable(name))
            return False
        return True

    def limit(self, name: str) -> int:
        """The most bytes that a file of this name may have."""
        lower = name.lower()
        if lower.endswith(TABLE_SUFFIXES):
            return self.limits.table_bytes
        return self.limits.json_bytes if lower.endswith(".json") else self.limits.file_bytes

    def note(self) -> str | None:
        """One sentence on what was passed over, None if nothing was."""
        files, folders = self._passed.total(), len(self._folders)
        if not files and not folders:
            return None
        counted = []
        if files:
            counted.append("1 other file" if files == 1 else f"{files:,} other files")
        if folders:
            counted.append("1 folder" if folders == 1 else f"{folders:,} folders")
        kinds = [
            f"{kind} {number:,}" for kind, number in sorted(self._passed.items(), key=lambda kind: (-kind[1], kind))
        ]
        kinds += sorted(self._folders)
        shown = ", ".join(kinds[:_MOST_KINDS] + ["…"] * (len(kinds) > _MOST_KINDS))
        return f"{' and '.join(counted)} {'was' if files + folders == 1 else 'were'} passed over ({shown})."


def read_bounded(stream: Readable, limit: int) -> bytes:
    """All bytes of a stream; raises UnreadableError as soon as there are more than `limit`."""
    chunks, size = [], 0
    while chunk := stream.read(_CHUNK):
        chunks.append(chunk)
        size += len(chunk)
        if size > limit:
            raise UnreadableError(f"The file is larger than {megabytes(limit)} and was not read.")
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def megabytes(size: int) -> str:
    """A limit in words."""
    return f"{size / _MB:,.0f} MB" if size >= _MB else f"{size:,} bytes"


def file_name(path: str) -> str:
    """The last part of a path of any system; browsers send names of all of them."""
    return path.replace("\\", "/").rpartition("/")[2]


def reason(error: OSError) -> str:
    """Why the system refuses, in the middle of a sentence."""
    return (error.strerror or type(error).__name__).lower()


def folder_batch(root: Path, intake: Intake) -> Batch:
    """The candidates in a folder and its sub-folders, sorted by path.

    Raises SourceError if the folder cannot be opened or holds no file at all.
    """
    found = _candidates(root, intake)
    return Batch(_files(found, intake), len(found))


def _files(found: list[tuple[str, Path]], intake: Intake) -> Iterator[Entry]:
    for origin, path in found:
        try:
            with path.open("rb", buffering=0) as stream:
                data = read_bounded(stream, intake.limit(path.name))
        except OSError as error:
            intake.refuse(origin, f"The file cannot be read: {reason(error)}.")
        except UnreadableError as error:
            intake.refuse(origin, str(error))
        else:
            yield Entry(origin, data)


def _candidates(root: Path, intake: Intake) -> list[tuple[str, Path]]:
    """Origin and path of each candidate, sorted.

    Linked files are followed, linked folders are not: they can lead around in circles.
    """

    def refuse_folder(error: OSError) -> None:
        folder = Path(error.filename)
        if folder == root:
            raise SourceError(f"The folder {printable(str(root))} cannot be opened: {reason(error)}.") from error
        origin = printable(folder.relative_to(root).as_posix())
        intake.refuse(origin, f"The folder cannot be opened: {reason(error)}.")

    found: list[tuple[str, Path]] = []
    files = 0
    for place, folders, names in os.walk(root, onerror=refuse_folder):
        folder = Path(place)
        # The functions of os.path, because those of Path raise where the folder's rights forbid to look.
        folders[:] = [name for name in folders if intake.wants_folder(name, linked=os.path.islink(folder / name))]  # noqa: PTH114
        for name in names:
            files += 1
            if files > intake.limits.files:
                message = f"The folder holds more than {intake.limits.files:,} files; the others were not read."
                intake.doubt(".", message)
                return sorted(found)
            if not intake.wants(name):
                continue
            path = folder / name
            origin = printable(path.relative_to(root).as_posix())
            if os.path.isfile(path):  # noqa: PTH113
                found.append((origin, path))
            else:
                intake.refuse(origin, "This is no regular file, or a link that leads nowhere.")
    if not files and not intake.issues:
        raise SourceError(f"The folder {printable(str(root))} holds no files.")
    return sorted(found)
