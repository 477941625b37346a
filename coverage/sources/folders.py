"""The files of a folder: found with what tells a changed one from an unchanged one, and read one by one."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from coverage.errors import SourceError
from coverage.sources.entries import Intake, read_bounded, reason
from coverage.sources.text import UnreadableError, printable

_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0)

Stamp = tuple[int, int, int, int]
"""What a file's metadata say of its content: its size, the times in ns of the last change of its content and of its
metadata, and its inode. Another content has another stamp, but for changes at one moment.
"""


def folder_files(root: Path, intake: Intake) -> dict[str, Stamp]:
    """The candidates in a folder and its sub-folders, by their paths inside it, which are sorted and have "/".

    Linked files are followed, linked folders are not: they can lead around in circles. Raises SourceError if the folder
    cannot be opened or holds no file at all.
    """
    found: list[tuple[str, Stamp]] = []
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
                return dict(sorted(found))
            if not intake.wants(name):
                continue
            path = folder + name
            if (stamp := _stamp(entry)) is not None:
                found.append((path, stamp))
            else:
                intake.refuse(printable(path), "This is no regular file, or a link that leads nowhere.")
    if not files and not intake.issues:
        raise SourceError(f"The folder {printable(str(root))} holds no files.")
    return dict(sorted(found))


def read_files(root: Path, paths: Iterable[str], intake: Intake) -> Iterator[tuple[str, bytes]]:
    """Each file of a folder that can be read with its contents; of the others the intake knows why."""
    for path in paths:
        try:
            # A file object takes longer than the file.
            descriptor = os.open(os.path.join(root, path), _READ)  # noqa: PTH118  as below
            try:
                data = read_bounded(partial(os.read, descriptor), intake.limit(path))
            finally:
                os.close(descriptor)
        except OSError as error:
            intake.refuse(printable(path), f"The file cannot be read: {reason(error)}.")
        except UnreadableError as error:
            intake.refuse(printable(path), str(error))
        else:
            yield path, data


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


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _stamp(entry: os.DirEntry[str]) -> Stamp | None:
    """The stamp of a regular file, or of the one that a link leads to; None where there is none to be seen."""
    try:
        status = entry.stat()
    except OSError:
        return None
    return stamp_of(status) if stat.S_ISREG(status.st_mode) else None


def stamp_of(status: os.stat_result) -> Stamp:
    """The stamp in a file's metadata."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
