"""Rule libraries: a folder, a file, an archive or uploads, file by file read by `coverage.sources.documents`."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from operator import attrgetter
from pathlib import Path
from typing import BinaryIO

from coverage.errors import SourceError
from coverage.model import Progress, RuleSet, RuleSetBuilder, no_progress
from coverage.sources.collection import rare_collection
from coverage.sources.corrections import NO_CORRECTIONS, Corrections
from coverage.sources.entries import (
    DEFAULT_LIMITS,
    Batch,
    Entry,
    Intake,
    Limits,
    file_name,
    read_bounded,
    reason,
)
from coverage.sources.kinds import COUNTED_NOTE
from coverage.sources.packing import Reading, joined
from coverage.sources.parallel import read_all
from coverage.sources.remembered import read_folder, read_single
from coverage.sources.text import UnreadableError, printable


def read_path(
    path: Path,
    *,
    progress: Progress = no_progress,
    limits: Limits = DEFAULT_LIMITS,
    corrections: Corrections = NO_CORRECTIONS,
) -> RuleSet:
    """The rules of a folder, a single file, or a zip, tar or tar.gz archive.

    A set without rules is returned as it is if there were files; raises SourceError where nothing can be read.
    """
    intake = Intake(limits)
    shown = printable(str(path))
    try:
        if path.is_dir():
            with rare_collection():
                return _rule_set(read_folder(path, intake, progress, corrections), intake)
        if not path.is_file():
            raise SourceError(f"{shown} {'is neither a file nor a folder' if path.exists() else 'does not exist'}.")
        with path.open("rb") as stream, rare_collection():
            return _rule_set(
                read_single(
                    path,
                    stream,
                    intake,
                    lambda: _read(file_batch(str(path), stream, intake), progress, corrections),
                    corrections,
                ),
                intake,
            )
    except OSError as error:
        raise SourceError(f"{shown} cannot be read: {reason(error)}.") from error


def read_uploads(
    files: Iterable[tuple[str, bytes]],
    *,
    progress: Progress = no_progress,
    limits: Limits = DEFAULT_LIMITS,
    corrections: Corrections = NO_CORRECTIONS,
) -> RuleSet:
    """The rules of uploaded files, given as names and contents; each may be a rule file or an archive.

    Nothing is written to the disk. Never raises: an upload that cannot be read is an issue.
    """
    uploads = list(files)
    intake = Intake(limits)
    with rare_collection():
        return _rule_set(_read(Batch(upload_entries(uploads, intake), None), progress, corrections), intake)


def _read(batch: Batch, progress: Progress, corrections: Corrections) -> Reading:
    readings = read_all(
        batch.entries, corrections, expected=batch.size, progress=lambda done: progress(done, batch.total)
    )
    progress(len(readings), len(readings))
    return joined(readings)


def _rule_set(reading: Reading, intake: Intake) -> RuleSet:
    found, issues = reading
    # The order inside an archive is chance; of two rules with one id the same one must count every time.
    rules = sorted(found, key=attrgetter("origin"))
    builder = RuleSetBuilder()
    builder.extend(rules, issues + intake.issues)
    builder.issues.sort(key=lambda issue: issue.where.partition("#")[0])
    builder.doubts += intake.doubts
    if any(rule.is_kind for rule in rules):
        builder.notes.append(COUNTED_NOTE)
    if note := intake.note():
        builder.notes.append(note)
    return builder.build()


def file_batch(path: str, stream: BinaryIO, intake: Intake, prefix: str = "") -> Batch:
    """What a single file brings: itself, whatever its name, or what it is an archive of."""
    from coverage.sources.archives import archive_batch  # noqa: PLC0415  a folder does not need it

    batch = archive_batch(path, stream, intake, prefix)
    if batch is not None:
        return batch
    origin = printable(file_name(path))
    try:
        return Batch(iter([Entry(origin, read_bounded(stream.read, intake.limit(path)))]), 1)
    except UnreadableError as error:
        intake.refuse(origin, str(error))
        return Batch(iter(()), 0)


def upload_entries(uploads: Iterable[tuple[str, bytes]], intake: Intake) -> Iterator[Entry]:
    """The files of an upload, given as names and contents, and those inside its archives."""
    uploads = list(uploads)
    for name, data in uploads:
        # Of several archives, a path inside says which one only together with the archive's name.
        prefix = f"{printable(file_name(name))}/" if len(uploads) > 1 else ""
        try:
            yield from file_batch(name, io.BytesIO(data), intake, prefix).entries
        except SourceError as error:
            intake.refuse(printable(file_name(name)), str(error))
