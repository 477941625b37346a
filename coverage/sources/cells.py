"""What the cells of a table mean, whatever brought them; what many rows repeat is read once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Generic, TypeVar

from coverage.model import IssueKind, Severity
from coverage.sources.fields import SEVERITIES, Fields
from coverage.sources.kinds import Kind
from coverage.sources.tags import tags_in

_WORDS = SEVERITIES | {
    "crit": Severity.CRITICAL,
    "very high": Severity.CRITICAL,
    "med": Severity.MEDIUM,
    "moderate": Severity.MEDIUM,
    "information": Severity.INFORMATIONAL,
}
_ON = frozenset({"enabled", "active", "production", "prod", "stable", "live", "deployed", "released"})
_OFF = frozenset({"disabled", "inactive", "deprecated", "retired", "draft", "development"})
_OFF |= {"unsupported", "planned", "paused", "not deployed"}

_Texts = tuple[str, ...]
_Problems = tuple[tuple[IssueKind, str], ...]
_Tags = tuple[_Texts | None, _Texts, _Problems]
_Key = TypeVar("_Key")
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """The kind of rule that a row is, and what is wrong with the cells that say so; one object for equal cells."""

    kind: Kind
    problems: _Problems


class KindReader:
    """Reads the kinds of rules out of rows, by the names of the columns; None and () where a table has none."""

    def __init__(
        self, *, tactics: tuple[str, ...], techniques: tuple[str, ...], severity: str | None, enabled: str | None
    ) -> None:
        self._columns = (*techniques, *tactics, severity, enabled)
        self._techniques = len(techniques)
        self._has_state = enabled is not None
        self._reading = Once(self._read)
        self._tags_in = Once(self._read_tags)
        self._techniques_in = Once(_read_techniques)
        self._tactics_in = Once(_read_tactics)
        self._severity_in = Once(_read_severity)
        self._state_in = Once(_read_state)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns that say what kind of rule a row is, each once."""
        return tuple(dict.fromkeys(name for name in self._columns if name is not None))

    def read(self, cells: Mapping[str, object]) -> Reading:
        """The kind of one row, whose cells are as `cell` gives them; a blank one may be missing."""
        values = [cells.get(name) if name is not None else None for name in self._columns]
        return self._reading((type(values[-2]), *values))  # 1 is equal to True, and means another severity

    def _read(self, values: tuple[Any, ...]) -> Reading:
        kind, *tags, severity, enabled = values
        tactics, techniques, problems = self._tags_in(tuple(tags))
        level, unknown = self._severity_in((kind, severity))
        is_on, unclear = self._state_in(enabled) if self._has_state else (True, ())
        return Reading(Kind(tactics, techniques, level, is_on), problems + unknown + unclear)

    def _read_tags(self, cells: tuple[Any, ...]) -> _Tags:
        named, techniques, wrong = self._techniques_in(cells[: self._techniques])
        columns = cells[self._techniques :]
        texts, unclear = self._tactics_in(columns)
        tactics = dict.fromkeys((*texts, *named))
        return tuple(tactics) if tactics or columns else None, techniques, wrong + unclear


def cell(value: object) -> object:
    """A cell's value: "" for an empty one, dates as texts, whole numbers as such."""
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _read_techniques(cells: tuple[Any, ...]) -> tuple[_Texts, _Texts, _Problems]:
    """The tactics and the techniques that the cells for techniques name."""
    fields = Fields({"techniques": cells})
    return *tags_in(fields.texts("techniques")), tuple(fields.problems)


def _read_tactics(cells: tuple[Any, ...]) -> tuple[_Texts, _Problems]:
    fields = Fields({"tactics": cells})
    return fields.texts("tactics"), tuple(fields.problems)


def _read_severity(typed: tuple[type, object]) -> tuple[Severity, _Problems]:
    fields = Fields({"severity": typed[1]})
    return fields.severity("severity", _WORDS), tuple(fields.problems)


def _read_state(value: object) -> tuple[bool, _Problems]:
    fields = Fields({"enabled": _switch(value)})
    return fields.flag("enabled"), tuple(fields.problems)


def _switch(value: object) -> object:
    word = value.casefold() if isinstance(value, str) else ""
    return True if word in _ON else False if word in _OFF else value


class Once(Generic[_Key, _Found]):
    """A function that is asked once for each key."""

    def __init__(self, read: Callable[[_Key], _Found]) -> None:
        self._read = read
        self._known: dict[_Key, _Found] = {}

    def __call__(self, key: _Key) -> _Found:
        try:
            return self._known[key]
        except KeyError:
            found = self._known[key] = self._read(key)
            return found
        except TypeError:  # JSON has cells that are lists or objects, and these have no hash
            return self._read(key)
