"""How the files of a source are read again once the columns of its tables are corrected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from coverage.model import Progress, RuleSet
from coverage.shelf import Files
from coverage.sources.corrections import NO_CORRECTIONS, Corrections
from coverage.sources.heads import TableHead, path_heads, upload_heads
from coverage.sources.library import read_path, read_uploads


@dataclass(frozen=True, slots=True)
class Tables:
    """`read` reads the whole source with corrections; `heads` the tables' heads, of all files or of those named."""

    read: Callable[[Corrections, Progress], RuleSet]
    heads: Callable[[Corrections, frozenset[str] | None], tuple[TableHead, ...]]

    def guessed(self, progress: Progress) -> RuleSet:
        """What the source brings with all columns as they are guessed."""
        return self.read(NO_CORRECTIONS, progress)


def upload_tables(files: Files) -> Tables:
    """The tables of an upload."""
    return Tables(
        lambda corrections, progress: read_uploads(files, corrections=corrections, progress=progress),
        lambda corrections, only: upload_heads(files, corrections, only),
    )


def path_tables(path: Path) -> Tables:
    """The tables of a folder, a file or an archive of the operator."""
    return Tables(
        lambda corrections, progress: read_path(path, corrections=corrections, progress=progress),
        lambda corrections, only: path_heads(path, corrections, only),
    )
