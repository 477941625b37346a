"""How facts are written to a file, and checked when they are read: compact JSON with one row a line.

Two versions can be compared line by line, and MITRE's notice goes wherever the facts go.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from coverage.errors import CatalogError

NOTICE = (
    "© 2026 The MITRE Corporation. "
    "This work is reproduced and distributed with the permission of The MITRE Corporation."
)


def write_document(version: str, parts: Mapping[str, str]) -> str:
    """The file's text; `parts` are named and written already, by `compact` or `rows`."""
    head = {"notice": compact(NOTICE), "attack_version": compact(version)}
    return "{\n" + ",\n".join(f"{compact(name)}:{part}" for name, part in {**head, **parts}.items()) + "\n}\n"


def compact(value: object) -> str:
    """A value on one line."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def rows(values: Iterable[object]) -> str:
    """A list with one value a line."""
    return "[\n" + ",\n".join(map(compact, values)) + "\n]"


@contextmanager
def damage_told() -> Iterator[None]:
    """Turns what goes wrong with damaged facts into a CatalogError; the caller knows which file it was."""
    try:
        yield
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise CatalogError("The facts are damaged.") from error


def text(value: Any) -> str:  # noqa: ANN401  whatever a file holds
    """The value if it is a text that can be written again; raises TypeError or ValueError."""
    if not isinstance(value, str):
        raise TypeError
    value.encode()
    return value


def texts(values: Any) -> tuple[str, ...]:  # noqa: ANN401  as above
    """The values of a list of texts; raises as `text` does."""
    if not isinstance(values, list | tuple):
        raise TypeError
    return tuple(map(text, values))
