"""The fields of one rule, read from values as JSON has them, with what is wrong with each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from coverage.model import Issue, IssueKind, Severity
from coverage.sources.text import quoted

SEVERITIES = {severity.value: severity for severity in Severity} | {"info": Severity.INFORMATIONAL}
"""The severities by the words for them in lower case."""

TRUE_WORDS, FALSE_WORDS = ("true", "t", "yes", "y", "on", "1"), ("false", "f", "no", "n", "off", "0")
"""What says in a text, in lower case, that a rule is enabled or is not."""

_SEPARATOR = re.compile(r"[,;|\n]")
_LONGEST_KNOWN = 80  # characters of a text whose parts are remembered
_LONGEST_NUMBER = 128  # bits; a number beyond it is no id, and Python refuses to write the very long ones


class Fields:
    """One rule's fields while they are read; `problems` collects what is wrong with them."""

    def __init__(self, values: Mapping[Any, object]) -> None:
        self.values = values
        self.problems: list[tuple[IssueKind, str]] = []

    def rule_id(self, stand_in: str, *names: str) -> str:
        """The id that the first of the fields states, else the stand-in."""
        found = self.text(*names)
        if found is not None:
            return found
        self.problem(IssueKind.NO_ID, f"The rule has no {names[0]}; {stand_in} stands in for it.")
        return stand_in

    def name(self, stand_in: str, *names: str) -> str:
        """The name that the first of the fields states, else the stand-in, which is the rule's id."""
        found = self.text(*names)
        if found is not None:
            return found
        self.problem(IssueKind.NO_NAME, f"The rule has no {names[0]}; its id stands in for it.")
        return stand_in

    def severity(self, name: str = "severity", known: Mapping[str, Severity] = SEVERITIES) -> Severity:
        """The severity by the word for it in any case, `UNKNOWN` where there is none or it is not `known`."""
        found = self.text(name)
        if found is None:
            self.problem(IssueKind.NO_SEVERITY, f"The rule states no {name}.")
            return Severity.UNKNOWN
        severity = known.get(found.casefold())
        if severity is None:
            message = f"The {name} {quoted(found)} is not one that the product knows."
            self.problem(IssueKind.NO_SEVERITY, message)
            return Severity.UNKNOWN
        return severity

    def flag(self, name: str) -> bool:
        """Whether the rule is active: yes where it does not say, no where what it says cannot be understood.

        A rule that counts by mistake shows coverage that is not there, which is worse than one that is missing.
        """
        value = self.values.get(name, True)
        if isinstance(value, bool):
            return value
        if isinstance(value, int | float) and value in (0, 1):
            return value == 1
        word = value.strip().casefold() if isinstance(value, str) else ""
        if word in TRUE_WORDS or word in FALSE_WORDS:
            return word in TRUE_WORDS
        shown = quoted(value) if isinstance(value, str) else kind_of(value)
        self.problem(
            IssueKind.WRONG_TYPE,
            f"The field {name} is {shown}, neither true nor false, so the rule is treated as disabled.",
        )
        return False

    def text(self, *names: str) -> str | None:
        """The first of the fields that states a text, without space around it; a whole number counts as one."""
        for name in names:
            value = self.values.get(name)
            if isinstance(value, str):
                if text := value.strip():
                    return clean(text)
            elif isinstance(value, int) and not isinstance(value, bool) and value.bit_length() <= _LONGEST_NUMBER:
                return str(value)
            elif value is not None:
                self.problem(IssueKind.WRONG_TYPE, f"The field {name} is no text but {kind_of(value)}; it is ignored.")
        return None

    def texts(self, *names: str) -> tuple[str, ...]:
        """All texts of the fields, in their order and each once, from lists, nested lists and joined texts alike."""
        found: dict[str, None] = {}
        for name in names:
            wrong = 0
            for value in flat(self.values.get(name)):
                if isinstance(value, str):
                    found.update(_parts(value) if len(value) <= _LONGEST_KNOWN else _parts.__wrapped__(value))
                else:
                    wrong += 1
            if wrong:
                what = "an entry that is" if wrong == 1 else f"{wrong:,} entries that are"
                self.problem(IssueKind.WRONG_TYPE, f"The field {name} has {what} no text; the rest of it counts.")
        return tuple(found)

    def part(self, name: str) -> Mapping[Any, object]:
        """The mapping in a field, an empty one where there is none."""
        value = self.values.get(name)
        if isinstance(value, Mapping):
            return value
        if value is not None:
            self.problem(IssueKind.WRONG_TYPE, f"The field {name} is no mapping but {kind_of(value)}; it is ignored.")
        return {}

    def problem(self, kind: IssueKind, message: str) -> None:
        """Note one thing that is wrong."""
        self.problems.append((kind, message))

    def issues(self, rule_id: str, where: str) -> list[Issue]:
        """What is wrong, as issues of a rule, each once."""
        return [Issue(kind, rule_id, where, message) for kind, message in dict.fromkeys(self.problems)]


def flat(value: object) -> Iterator[object]:
    """The values inside lists of any depth, without nulls; a stack, because depth comes from outside."""
    stack = [value]
    while stack:
        value = stack.pop()
        if isinstance(value, list | tuple):
            stack.extend(reversed(value))
        elif value is not None:
            yield value


@lru_cache(10_000)
def _parts(text: str) -> dict[str, None]:
    """The parts of a joined text, each once; the same few texts of tags are in very many rules."""
    parts = (part.strip() for part in _SEPARATOR.split(clean(text)))
    return {part: None for part in parts if part}


def clean(text: str) -> str:
    """The text with halves of surrogate pairs replaced: JSON can escape them, and no file or screen can hold them."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def kind_of(value: object) -> str:
    """What a value is, in words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, list | tuple):
        return "a list"
    return "an object" if isinstance(value, Mapping) else "something else"
