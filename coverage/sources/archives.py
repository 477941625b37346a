"""The files of an archive as (origin, bytes). Nothing is ever unpacked to the disk."""

from __future__ import annotations

import gzip
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Protocol, Self, cast

from coverage.errors import SourceError
from coverage.sources.entries import Batch, Entry, Intake, file_name, megabytes, read_bounded
from coverage.sources.text import UnreadableError, printable

_ZIP_MARKS = (b"PK\3\4", b"PK\5\6", b"PK\7\x08")
_WORKBOOK = "xl/workbook.xml"
_GZIP_MARK = b"\x1f\x8b"
_TAR_MARK = b"ustar"
_TAR_MARK_AT = 257
_ZIP_SUFFIX = ".zip"
_TAR_SUFFIXES = (".tar", ".tgz", ".tar.gz")
_ARCHIVE_SUFFIXES = (_ZIP_SUFFIX, *_TAR_SUFFIXES)

# What the standard library raises on damaged archives, and on those that were made to do damage.
_DAMAGE = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    ArithmeticError,
    RuntimeError,  # among them NotImplementedError and RecursionError
)
_ENCRYPTED = 0x1
# zipfile unpacks with the other methods as much as comes at once: 4 kB of bzip2 can become gigabytes.
_ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# tarfile reads a header with all of its extensions at once, and copies the fields that all members share to each.
_LONGEST_HEADER = 1024 * 1024
_MOST_SHARED_FIELDS = 100


def archive_batch(name: str, stream: IO[bytes], intake: Intake, prefix: str = "") -> Batch | None:
    """The candidates in a zip, tar or tar.gz, None if the file is none of rules; the `prefix` goes before their paths.

    A workbook of Excel is a zip, too, and is read as a file.

    What the file is shows in its first bytes, or else in its name. Raises SourceError, at once or from the iterator, if
    nothing at all can be read from the archive.
    """
    head = stream.read(_TAR_MARK_AT + len(_TAR_MARK))
    stream.seek(0)
    archive = _Archive(name, prefix, intake)
    if not head and name.lower().endswith(_ARCHIVE_SUFFIXES):
        raise SourceError(f"The archive {archive.name} is empty.")
    if head.startswith(_ZIP_MARKS):
        return archive.zip_batch(stream)
    if head.startswith(_GZIP_MARK):
        return Batch(archive.tar_entries(gzip.GzipFile(fileobj=stream)), None)
    if head.endswith(_TAR_MARK) or name.lower().endswith(_TAR_SUFFIXES):
        return Batch(archive.tar_entries(stream), None)
    return archive.zip_batch(stream) if name.lower().endswith(_ZIP_SUFFIX) else None


def _member_name(name: str) -> str | None:
    """A member's path in its normal form, None if it leads outside the archive."""
    path = name.replace("\\", "/")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if path.startswith("/") or re.match("[A-Za-z]:", path) or ".." in parts or not parts:
        return None
    return "/".join(parts)


class _Readable(Protocol):
    """The one method of a binary file that is used here."""

    def read(self, size: int, /) -> bytes: ...


class _TooMuchError(Exception):
    """The archive unpacks to more than the limit."""


class _Budget:
    """A stream that ends with an error after `most` bytes: what an archive says of its own size proves nothing.

    A tar has a second limit, `header_end`: the next header must have ended before that many bytes were read.
    """

    stream: _Readable

    def __init__(self, most: int) -> None:
        self.most = most
        self.used = 0
        self.header_end = most

    def read(self, size: int, /) -> bytes:
        data = self.stream.read(size)
        self.used += len(data)
        if self.used > self.most:
            raise _TooMuchError
        if self.used > self.header_end:
            raise tarfile.ReadError("endless header")
        return data


class _Header(tarfile.TarInfo):
    """A member's header; tarfile takes a damaged or a cut one for the end of the archive, here it is an error."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        try:
            return super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if buf.count(0) == tarfile.BLOCKSIZE:  # the mark of the end
                raise
            raise tarfile.ReadError("damaged header") from error


class _Archive:
    """One archive while it is read."""

    def __init__(self, name: str, prefix: str, intake: Intake) -> None:
        self.name = printable(name)
        self.file_name = printable(file_name(name))
        self.prefix = prefix
        self.intake = intake
        self.files = 0

    def zip_batch(self, stream: IO[bytes]) -> Batch | None:
        try:
            archive = zipfile.ZipFile(stream)
            members = archive.infolist()
        except _DAMAGE as error:
            raise SourceError(f"The archive {self.name} is damaged or cut off, or no zip at all.") from error
        if any(member.filename == _WORKBOOK for member in members):
            stream.seek(0)
            return None
        wanted: list[tuple[str, zipfile.ZipInfo]] = []
        locked = 0
        for member in members:
            if member.filename.endswith("/"):
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
        if locked and not wanted:
            raise SourceError(f"The archive {self.name} is protected with a password; unpack it and load its files.")
        if locked:
            self._doubt(f"keeps {locked:,} of its files under a password; unpack it and load its files")
        self._raise_if_empty()
        return Batch(self._zip_entries(archive, wanted), len(wanted))

    def _zip_entries(self, archive: zipfile.ZipFile, wanted: list[tuple[str, zipfile.ZipInfo]]) -> Iterator[Entry]:
        budget = _Budget(self.intake.limits.archive_bytes)
        for origin, member in wanted:
            if member.compress_type not in _ZIP_METHODS:
                self.intake.refuse(origin, "The file is packed in a way that is not supported.")
                continue
            try:
                with archive.open(member) as budget.stream:
                    data = read_bounded(budget.read, self.intake.limit(origin))
            except UnreadableError as error:
                self.intake.refuse(origin, str(error))
            except _TooMuchError:
                self._doubt_rest()
                return
            except _DAMAGE:
                self.intake.refuse(origin, "The file is damaged in the archive.")
            else:
                yield Entry(origin, data)

    def tar_entries(self, stream: _Readable) -> Iterator[Entry]:
        budget = _Budget(self.intake.limits.archive_bytes)
        budget.stream = stream
        budget.header_end = _LONGEST_HEADER
        try:
            # As a stream ("r|"): the budget then sees every byte that is unpacked, those of skipped members too.
            with tarfile.open(fileobj=cast("IO[bytes]", budget), mode="r|", tarinfo=_Header) as archive:
                yield from self._members(archive, budget)
        except _TooMuchError:
            self._doubt_rest()
            return
        except _DAMAGE as error:
            if not self.files:
                raise SourceError(f"The archive {self.name} is damaged or cut off, or no tar at all.") from error
            self._doubt("is damaged or cut off; the files before that place were read")
        self._raise_if_empty()

    def _members(self, archive: tarfile.TarFile, budget: _Budget) -> Iterator[Entry]:
        while (member := archive.next()) is not None:
            archive.members.clear()  # type: ignore[attr-defined]  # it would keep every header
            budget.header_end = archive.offset + _LONGEST_HEADER
            if len(archive.pax_headers) > _MOST_SHARED_FIELDS:
                raise tarfile.ReadError("too many shared fields")
            if member.isdir():
                continue
            if self._is_beyond_limit():
                return
            origin = self._origin(member.name, is_file=member.isreg() and not member.issparse())
            content = archive.extractfile(member) if origin else None
            if origin is None or content is None:
                continue
            try:
                data = read_bounded(content.read, self.intake.limit(origin))
            except UnreadableError as error:
                self.intake.refuse(origin, str(error))
            else:
                yield Entry(origin, data)

    def _is_beyond_limit(self) -> bool:
        """Count one more file; True, with a doubt, where that is one too many."""
        self.files += 1
        if self.files <= self.intake.limits.files:
            return False
        self._doubt(f"holds more than {self.intake.limits.files:,} files; the others were not read")
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
        *folders, last = name.split("/")
        if not all(self.intake.wants_folder(folder) for folder in folders):
            return None
        if last.lower().endswith(_ARCHIVE_SUFFIXES):
            self.intake.refuse(origin, "An archive inside an archive is not opened; load it as a source of its own.")
            return None
        return origin if self.intake.wants(last) else None

    def _raise_if_empty(self) -> None:
        if not self.files:
            raise SourceError(f"The archive {self.name} holds no files.")

    def _doubt_rest(self) -> None:
        limit = megabytes(self.intake.limits.archive_bytes)
        self._doubt(f"unpacks to more than {limit}; the rest of it was not read")

    def _doubt(self, what: str) -> None:
        self.intake.doubt(self.file_name, f"The archive {self.file_name} {what}.")
