"""The files of a rule library as (origin, bytes), whether they lie in a folder or in an archive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, NamedTuple

from coverage.model import Issue, IssueKind
from coverage.sources.text import UnreadableError, printable

_MB = 1024 * 1024
_RULE_SUFFIXES = (".yml", ".yaml", ".toml", ".json", ".xml", ".yaral", ".csv", ".tsv", ".xlsx")
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
    """The candidates of a source, read one by one.

    `total` is their number, and `size` about what they have in bytes, where it is known before the end.

    Reading them raises SourceError where nothing at all can be read.
    """

    entries: Iterator[Entry]
    total: int | None
    size: int | None = None


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
        # The first is most of a library; the second takes ten times as long.
        if name.endswith(_RULE_SUFFIXES) and name[0] != ".":
            return True
        suffix = PurePath(name).suffix.lower()
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

    def told(self) -> list[object]:
        """All that it was told, as lists, texts and numbers."""
        issues = [(issue.kind.value, issue.rule, issue.where, issue.message) for issue in self.issues]
        return [issues, self.doubts, dict(self._passed), sorted(self._folders)]

    def recall(self, told: list[Any]) -> None:
        """Be told the same; raises ValueError or TypeError, with nothing changed, for what it cannot have been told."""
        issues, doubts, passed, folders = told
        recalled = [Issue(IssueKind(kind), *map(str, texts)) for kind, *texts in issues]
        self.issues, self.doubts = recalled, [*map(str, doubts)]
        self._passed, self._folders = Counter(passed), {*map(str, folders)}

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


def read_bounded(read: Callable[[int], bytes], limit: int) -> bytes:
    """All bytes that `read` gives; raises UnreadableError as soon as there are more than `limit`."""
    chunks, size = [], 0
    while chunk := read(_CHUNK):
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
