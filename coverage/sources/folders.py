"""The files of a folder: found with what tells a changed one from an unchanged one, and read one by one."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from coverage.errors import SourceError
from coverage.sources.entries import Intake, read_bounded, reason
from coverage.sources.text import UnreadableError, printable


class Stamp(NamedTuple):
    """What a file's metadata says of its content: another content has another stamp, but for changes at one moment."""

    size: int
    modified_ns: int
    changed_ns: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """The stamp of a file whose metadata these are."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


class File(NamedTuple):
    """A candidate: its path inside the folder as it can be shown, its path, and its stamp."""

    origin: str
    path: str
    stamp: Stamp


def folder_files(root: Path, intake: Intake) -> list[File]:
    """The candidates in a folder and its sub-folders, sorted by path.

    Linked files are followed, linked folders are not: they can lead around in circles. Raises SourceError if the folder
    cannot be opened or holds no file at all.
    """
    found: list[File] = []
    files = 0
    folders = [""]
    while folders:
        folder = folders.pop()
        place = os.path.join(root, folder)  # noqa: PTH118  a Path for each of thousands of files takes too long
        try:
            with os.scandir(place) as scan:
                entries = [*scan]
        except OSError as error:
            if not folder:
                raise SourceError(f"The folder {printable(str(root))} cannot be opened: {reason(error)}.") from error
            intake.refuse(printable(folder.rstrip("/")), f"The folder cannot be opened: {reason(error)}.")
            continue
        for entry in entries:
            name = entry.name
            if _is_folder(entry):
                if intake.wants_folder(name, linked=entry.is_symlink()):
                    folders.append(f"{folder}{name}/")
                continue
            files += 1
            if files > intake.limits.files:
                message = f"The folder holds more than {intake.limits.files:,} files; the others were not read."
                intake.doubt(".", message)
                return sorted(found)
            if intake.wants(name):
                found.extend(_file(printable(folder + name), entry, intake))
    if not files and not intake.issues:
        raise SourceError(f"The folder {printable(str(root))} holds no files.")
    return sorted(found)


def read_files(files: Iterable[File], intake: Intake) -> Iterator[tuple[File, bytes]]:
    """Each file that can be read with its contents; of the others the intake knows why."""
    for file in files:
        try:
            with open(file.path, "rb", buffering=0) as stream:  # noqa: PTH123  as above
                data = read_bounded(stream, intake.limit(file.path))
        except OSError as error:
            intake.refuse(file.origin, f"The file cannot be read: {reason(error)}.")
        except UnreadableError as error:
            intake.refuse(file.origin, str(error))
        else:
            yield file, data


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _file(origin: str, entry: os.DirEntry[str], intake: Intake) -> Iterator[File]:
    """The file, unless it is refused."""
    try:
        status = entry.stat()
    except OSError:  # as where the folder's rights forbid to look
        status = None
    if status is not None and stat.S_ISREG(status.st_mode):
        yield File(origin, entry.path, Stamp.of(status))
    else:
        intake.refuse(origin, "This is no regular file, or a link that leads nowhere.")
