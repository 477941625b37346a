"""The files of an archive as (origin, bytes). Nothing is ever unpacked to the disk."""

from __future__ import annotations

import gzip
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from lzma import LZMAError
from typing import IO, cast

from coverage.errors import SourceError
from coverage.sources.entries import Batch, Entry, Intake, Readable, file_name, megabytes, read_bounded
from coverage.sources.text import UnreadableError, printable

_ZIP_MARKS = (b"PK\3\4", b"PK\5\6", b"PK\7\x08")
_ZIP_SUFFIXES = (".zip",)
_TAR_SUFFIXES = (".tar", ".tgz", ".tar.gz")
_ARCHIVE_SUFFIXES = _ZIP_SUFFIXES + _TAR_SUFFIXES
HEAD_BYTES = 512
"""How many of an archive's first bytes tell what it is."""

# What the standard library raises on damaged archives, and on those that were made to do damage.
_DAMAGE = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    LZMAError,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    ArithmeticError,
    RuntimeError,  # among them NotImplementedError and RecursionError
)
_ENCRYPTED = 0x1


def is_archive(name: str, head: bytes) -> bool:
    """Whether a file is an archive, by its first `HEAD_BYTES`, or else by its name."""
    return _is_zip(name, head) or _is_gzip(head) or head[257:262] == b"ustar" or name.lower().endswith(_TAR_SUFFIXES)


def archive_batch(name: str, stream: IO[bytes], intake: Intake, prefix: str = "") -> Batch:
    """The candidates in a zip, tar or tar.gz; the `prefix` goes before their paths.

    Raises SourceError, at once or from the iterator, if nothing at all can be read from it.
    """
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    archive = _Archive(name, prefix, intake)
    if not head:
        raise SourceError(f"The archive {name} is empty.")
    if _is_zip(name, head):
        return archive.zip_batch(stream)
    return Batch(archive.tar_entries(stream, gzipped=_is_gzip(head)), None)


def _is_zip(name: str, head: bytes) -> bool:
    return head.startswith(_ZIP_MARKS) or (name.lower().endswith(_ZIP_SUFFIXES) and not _is_gzip(head))


def _is_gzip(head: bytes) -> bool:
    return head.startswith(b"\x1f\x8b")


def _member_name(name: str) -> str | None:
    """A member's path in its normal form, None if it leads outside the archive."""
    path = name.replace("\\", "/")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if path.startswith("/") or re.match("[A-Za-z]:", path) or ".." in parts or not parts:
        return None
    return "/".join(parts)


class _TooMuchError(Exception):
    """The archive unpacks to more than the limit."""


class _Budget:
    """A stream that ends with an error after so many bytes: what an archive says of its own size proves nothing."""

    def __init__(self, stream: Readable, left: int) -> None:
        self.stream = stream
        self.left = left

    def read(self, size: int, /) -> bytes:
        data = self.stream.read(size)
        self.left -= len(data)
        if self.left < 0:
            raise _TooMuchError
        return data


class _Archive:
    """One archive while it is read."""

    def __init__(self, name: str, prefix: str, intake: Intake) -> None:
        self.name = name
        self.prefix = prefix
        self.intake = intake
        self.files = 0

    def zip_batch(self, stream: IO[bytes]) -> Batch:
        try:
            archive = zipfile.ZipFile(stream)
            members = archive.infolist()
        except _DAMAGE as error:
            raise SourceError(f"The archive {self.name} is damaged or cut off, or no zip at all.") from error
        wanted: list[tuple[str, zipfile.ZipInfo]] = []
        locked = 0
        for member in members:
            if member.is_dir():
                continue
            if self._is_beyond_limit():
                break
            kind = stat.S_IFMT(member.external_attr >> 16)
            origin = self._origin(member.filename, is_file=kind in (0, stat.S_IFREG))
            if origin is None:
                continue
            if member.flag_bits & _ENCRYPTED:
                locked += 1
            else:
                wanted.append((origin, member))
        if locked:
            sentence = "is protected with a password; unpack it and load its files"
            if not wanted:
                raise SourceError(f"The archive {self.name} {sentence}.")
            self._refuse(f"The archive {sentence}: {locked:,} of them were not read.")
        self._raise_if_empty()
        return Batch(self._zip_entries(archive, wanted), len(wanted))

    def _zip_entries(self, archive: zipfile.ZipFile, wanted: list[tuple[str, zipfile.ZipInfo]]) -> Iterator[Entry]:
        left = self.intake.limits.archive_bytes
        with archive:
            for origin, member in wanted:
                try:
                    with archive.open(member) as stream:
                        budget = _Budget(stream, left)
                        try:
                            data = read_bounded(budget, self.intake.limit(origin))
                        finally:
                            left = budget.left
                except UnreadableError as error:
                    self.intake.refuse(origin, str(error))
                except _TooMuchError:
                    self._refuse_rest()
                    return
                except _DAMAGE:
                    message = "The file is damaged in the archive, or packed in a way that is not supported."
                    self.intake.refuse(origin, message)
                else:
                    yield Entry(origin, data)

    def tar_entries(self, stream: IO[bytes], *, gzipped: bool) -> Iterator[Entry]:
        unpacked: Readable = gzip.GzipFile(fileobj=stream) if gzipped else stream
        budget = _Budget(unpacked, self.intake.limits.archive_bytes)
        try:
            # As a stream ("r|"): the budget then sees every byte that is unpacked, those of skipped members too.
            with tarfile.open(fileobj=cast("IO[bytes]", budget), mode="r|") as archive:
                yield from self._members(archive)
        except _TooMuchError:
            self._refuse_rest()
        except _DAMAGE as error:
            if not self.files:
                message = f"The archive {self.name} is damaged or cut off, or no tar at all."
                raise SourceError(message) from error
            self._refuse("The archive is damaged or cut off; the files before that place were read.")
        self._raise_if_empty()

    def _members(self, archive: tarfile.TarFile) -> Iterator[Entry]:
        while (member := archive.next()) is not None:
            if member.isdir():
                continue
            if self._is_beyond_limit():
                return
            origin = self._origin(member.name, is_file=member.isreg() and not member.issparse())
            content = archive.extractfile(member) if origin else None
            if origin is None or content is None:
                continue
            try:
                data = read_bounded(content, self.intake.limit(origin))
            except UnreadableError as error:
                self.intake.refuse(origin, str(error))
            else:
                yield Entry(origin, data)

    def _is_beyond_limit(self) -> bool:
        """Count one more file; True, with an issue, where that is one too many."""
        self.files += 1
        self.intake.files += 1
        if self.files <= self.intake.limits.files:
            return False
        self._refuse(f"The archive holds more than {self.intake.limits.files:,} files; the others were not read.")
        return True

    def _origin(self, raw_name: str, *, is_file: bool) -> str | None:
        """Where a member comes from if it is to be read, else None, and the intake knows why."""
        name = _member_name(raw_name)
        if name is None:
            shown = self.prefix + printable(raw_name)
            self.intake.refuse(shown, "The path leads outside the archive, so the file was refused.")
            return None
        origin = self.prefix + printable(name)
        if not is_file:
            self.intake.refuse(origin, "This is a link, a device or the like, not a file, so it was refused.")
            return None
        *folders, file_name = name.split("/")
        if not all(self.intake.wants_folder(folder) for folder in folders):
            return None
        if file_name.lower().endswith(_ARCHIVE_SUFFIXES):
            self.intake.refuse(origin, "An archive inside an archive is not opened; load it as a source of its own.")
            return None
        return origin if self.intake.wants(file_name) else None

    def _raise_if_empty(self) -> None:
        if not self.files:
            raise SourceError(f"The archive {self.name} holds no files.")

    def _refuse_rest(self) -> None:
        limit = megabytes(self.intake.limits.archive_bytes)
        self._refuse(f"The archive unpacks to more than {limit}; the rest of it was not read.")

    def _refuse(self, message: str) -> None:
        self.intake.refuse(printable(file_name(self.name)), message)
