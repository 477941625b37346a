"""Text from bytes whose encoding nobody states."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from itertools import islice

from coverage.errors import CoverageError

# The UTF-32 mark starts with the UTF-16 one, so it comes first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")


TOO_LONG_NUMBER = "The file holds a number of thousands of digits."
"""Why a file is not read that Python's parsers end with a bare ValueError."""


class UnreadableError(CoverageError):
    """One document cannot be read; the message says why in one sentence, and the caller knows where."""


def decode(data: bytes) -> tuple[str, bool]:
    """The text of a file, and whether it had to be guessed.

    A byte order mark is believed, everything else is UTF-8. What is not UTF-8 but looks like text is read as
    Windows-1252, which is a guess. Raises UnreadableError for an empty or binary file.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return _checked(data.decode(encoding)), False
            except UnicodeDecodeError:
                name = encoding.removesuffix("-sig").upper()
                raise UnreadableError(f"The file starts as {name} text, but it is not valid {name}.") from None
    try:
        return _checked(data.decode()), False
    except UnicodeDecodeError:
        if _CONTROL.search(data):
            raise UnreadableError("The file is binary, not text.") from None
        return _checked(data.decode("cp1252", "replace")), True


def printable(name: str) -> str:
    """A file's name as it can be shown and written as UTF-8: what cannot becomes the replacement character."""
    if name.isprintable():
        return name
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in name)


def quoted(text: str, longest: int = 60) -> str:
    """A value from a file as a message repeats it: on one line, and not all of a long one."""
    return f'"{cut(printable(" ".join(text[: 4 * longest].split())), longest)}"'


def cut(text: str, longest: int) -> str:
    """No more than so many characters of a text, and a sign that there are more."""
    return f"{text[:longest]}…" if len(text) > longest else text


def first_names(names: Iterable[str]) -> str:
    """What a document that is no rule holds instead, as a message lists it; "" if it holds nothing."""
    return ", ".join(quoted(name, 30) for name in islice(names, 3))


def _checked(text: str) -> str:
    if "\0" in text:
        raise UnreadableError("The file is binary, not text.")
    if not text or text.isspace():
        raise UnreadableError("The file is empty.")
    return text
