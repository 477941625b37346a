"""What a person corrects in the columns of tables that were guessed; short enough for a link.

A correction is for every table with the same header, so that it also fits the next export of the same list.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_TABLE = re.compile(r"[0-9a-f]{8}(?:\.[a-z_]{1,20}(?:-\d{1,3})*)+", re.ASCII)
_MOST_CHARACTERS = 2_000

Choice = tuple[int, ...]
"""The places of the columns that are chosen for one field, counted from 0; () for none."""


@dataclass(frozen=True, slots=True)
class Corrections:
    """The choices for each field that is corrected, by the signature of the header that they are for."""

    tables: Mapping[str, Mapping[str, Choice]] = field(default_factory=dict)

    def of(self, columns: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """The columns that are chosen for the corrected fields of a table with these columns."""
        choices = self.tables.get(_signature(columns), {})
        return {
            name: tuple(columns[place] for place in choice if place < len(columns)) for name, choice in choices.items()
        }

    def choose(self, columns: Sequence[str], name: str, choice: Choice) -> Corrections:
        """These corrections with another choice for one field of the tables with these columns."""
        table = _signature(columns)
        return Corrections({**self.tables, table: {**self.tables.get(table, {}), name: choice}})

    def forget(self, columns: Sequence[str]) -> Corrections:
        """These corrections without those of the tables with these columns."""
        table = _signature(columns)
        return Corrections({each: choices for each, choices in self.tables.items() if each != table})

    def __str__(self) -> str:
        """As a link says it: `<signature>.<field>-<place>-<place>.<field>,<signature>…`."""
        return ",".join(
            ".".join((table, *("-".join((name, *map(str, choice))) for name, choice in sorted(choices.items()))))
            for table, choices in sorted(self.tables.items())
            if choices
        )


NO_CORRECTIONS = Corrections()
"""All columns as they are guessed."""


def read_corrections(text: str) -> Corrections | None:
    """What a link says, None for what makes no sense; a field or a place that does not exist corrects nothing."""
    if len(text) > _MOST_CHARACTERS:
        return None
    tables: dict[str, dict[str, Choice]] = {}
    for part in filter(None, text.split(",")):
        if not _TABLE.fullmatch(part):
            return None
        table, *choices = part.split(".")
        named = (choice.split("-") for choice in choices)
        tables[table] = {name: tuple(map(int, places)) for name, *places in named}
    return Corrections(tables)


def _signature(columns: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(columns).encode(errors="surrogatepass")).hexdigest()[:8]
