"""The files of a folder: found with what tells a changed one from an unchanged one, and read one by one."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from coverage.errors import SourceError
from coverage.sources.entries import Intake, read_bounded, reason
from coverage.sources.text import UnreadableError, printable


class File(NamedTuple):
    """A candidate: its path inside the folder as it can be shown, its path, and its metadata."""

    origin: str
    path: str
    status: os.stat_result


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
        for entry in _scan(root, folder, intake):
            name = entry.name
            if _is_folder(entry):
                if intake.wants_folder(name, linked=entry.is_symlink()):
                    folders.append(f"{folder}{name}/")
                continue
            files += 1
            if files > intake.limits.files:
                message = f"The folder holds more than {intake.limits.files:,} files; the others were not read."
                intake.doubt(".", message)
                return _sorted(found)
            if not intake.wants(name):
                continue
            origin = printable(folder + name)
            if (status := _status(entry)) is not None:
                found.append(File(origin, entry.path, status))
            else:
                intake.refuse(origin, "This is no regular file, or a link that leads nowhere.")
    if not files and not intake.issues:
        raise SourceError(f"The folder {printable(str(root))} holds no files.")
    return _sorted(found)


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


def _scan(root: Path, folder: str, intake: Intake) -> list[os.DirEntry[str]]:
    """What a folder inside the root holds, nothing where it cannot be opened; raises SourceError if it is the root."""
    try:
        with os.scandir(os.path.join(root, folder)) as entries:  # noqa: PTH118  Path would add up over a library
            return [*entries]
    except OSError as error:
        if not folder:
            raise SourceError(f"The folder {printable(str(root))} cannot be opened: {reason(error)}.") from error
        intake.refuse(printable(folder.rstrip("/")), f"The folder cannot be opened: {reason(error)}.")
        return []


def _sorted(files: list[File]) -> list[File]:
    return sorted(files, key=attrgetter("path"))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _status(entry: os.DirEntry[str]) -> os.stat_result | None:
    """The metadata of a regular file, or of the one that a link leads to; None where there is none to be seen."""
    try:
        status = entry.stat()
    except OSError:
        return None
    return status if stat.S_ISREG(status.st_mode) else None
