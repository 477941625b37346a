"""A bundle's JSON document from its bytes or its file, gzipped or not."""

from __future__ import annotations

import gzip
import json
import zlib
from io import BytesIO
from pathlib import Path

from coverage.errors import CatalogError

MOST_BYTES = 150_000_000
"""The size of a bundle, packed or not, from which it is refused; that of 19.1 has 47 MB."""

_MOST_VALUES = 5_000_000  # 19.1 has 0.8 million; the shortest ones take twenty times their size in the memory


def read_bundle(path: Path, *, most_bytes: int = MOST_BYTES) -> object:
    """The document in a file. Raises CatalogError, in one sentence with the path."""
    try:
        if path.is_dir():
            raise CatalogError(f"{path} is a folder and no bundle.")
        if not path.is_file():
            raise CatalogError(f"{path} is no file." if path.exists() else f"{path} does not exist.")
        with path.open("rb") as stream:
            data = stream.read(most_bytes + 1) if path.stat().st_size <= most_bytes else None
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise CatalogError(f"{path} cannot be read: {reason}.") from error
    if data is None:
        raise too_large(str(path), most_bytes)
    return parse_bundle(data, str(path), most_bytes=most_bytes)


def parse_bundle(data: bytes, shown: str, *, most_bytes: int = MOST_BYTES) -> object:
    """The document in a file's bytes. Raises CatalogError, in one sentence that calls the file as `shown`."""
    if data[:2] == b"\x1f\x8b":
        try:
            # Read no further than that: a few packed bytes can unpack to any size.
            data = gzip.GzipFile(fileobj=BytesIO(data)).read(most_bytes + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise CatalogError(f"{shown} is damaged or cut off: it cannot be unpacked as gzip.") from error
    if len(data) > most_bytes:
        raise too_large(shown, most_bytes)
    if sum(map(data.count, (b",", b"{", b"["))) > _MOST_VALUES:
        raise CatalogError(f"{shown} holds more than {_MOST_VALUES:,} values and is not read as a bundle.")
    try:
        return json.loads(data)
    except json.JSONDecodeError as error:
        raise CatalogError(_no_json(data, error, shown)) from error
    except UnicodeDecodeError as error:
        raise CatalogError(f"{shown} is no JSON: it is not text in UTF-8.") from error
    except RecursionError as error:
        raise CatalogError(f"{shown} is nested too deeply to be a bundle.") from error
    except ValueError as error:  # Python refuses whole numbers of more than some thousand digits
        raise CatalogError(f"{shown} has a number that is too long to be read.") from error


def too_large(shown: str, most_bytes: int) -> CatalogError:
    """The error for a bundle beyond the limit."""
    return CatalogError(f"{shown} is larger than {most_bytes / 1_000_000:,.3g} MB and is not read as a bundle.")


def _no_json(data: bytes, error: json.JSONDecodeError, shown: str) -> str:
    start = data[:1000].lstrip()
    if not start:
        return f"{shown} is empty."
    if start.startswith(b"<"):
        return f"{shown} is a web page or XML and no JSON bundle."
    return (
        f"{shown} is no JSON: it ends or goes wrong at line {error.lineno:,}, character {error.colno:,}; "
        "it may be cut off."
    )
