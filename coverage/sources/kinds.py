"""Very many rules of one table as kinds: those that share tags, severity and state are one `Rule` with a count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from coverage.model import SEVERITY_ORDER, Issue, IssueKind, Rule, Severity, duplicate_message

LISTED = 100_000
"""How many rules of one table are listed each by itself; of more than that, the kinds are counted."""

COUNTED_NOTE = (
    f"A table has more than {LISTED:,} rules, so they were counted: those with the same tags, severity and state are "
    "one row, and their names and ids are not listed."
)

COPIES_MESSAGE = "Other tenants have the same rules, by id, name and tags; each rule counts once."


class Kind(NamedTuple):
    """All that says where a rule counts; the fields are those of `Rule`."""

    tactics: tuple[str, ...] | None
    techniques: tuple[str, ...]
    severity: Severity
    enabled: bool

    @property
    def standing(self) -> tuple[bool, int]:
        """The least of several copies of a rule counts: an enabled one before others, then the most severe."""
        return not self.enabled, SEVERITY_ORDER[self.severity]


class Kinds:
    """Counts the rules of each kind in one table, and what is wrong with them.

    `table` is its name as it is shown, and `source` that of the rules.
    """

    def __init__(self, table: str, source: str) -> None:
        self._table = table
        self._source = source
        self._counts: Counter[Kind] = Counter()
        self._copies = 0
        self._wrong: Counter[tuple[Kind, IssueKind, str]] = Counter()

    def __len__(self) -> int:
        return len(self._counts)

    def add(
        self,
        kind: Kind,
        problems: Iterable[tuple[IssueKind, str]],
        count: int,
        *,
        duplicates: int = 0,
        copies: int = 0,
    ) -> None:
        """Count rules of one kind with the same problems, all but the `duplicates` and the `copies` among them.

        Duplicates have the id of another rule of their tenant, and copies are another tenant's rule once more: the
        other rule counts.
        """
        self._counts[kind] += count - duplicates - copies
        self._copies += copies
        for what, message in problems:
            self._wrong[kind, what, message] += count
        if duplicates:
            self._wrong[kind, IssueKind.DUPLICATE_ID, duplicate_message(self._table)] += duplicates

    def rules(self) -> list[Rule]:
        """A rule with its count for each kind, in the order of their ids.

        An id is made of the tags, so that it is the same in the next load.
        """
        rules = (self._rule(kind, count) for kind, count in self._counts.items() if count)
        return sorted(rules, key=lambda rule: rule.rule_id)

    def issues(self) -> list[Issue]:
        """What is wrong, once for each kind; the place says with how many of its rules."""
        issues = [
            Issue(what, self._id(kind), self._place(count), message)
            for (kind, what, message), count in self._wrong.items()
        ]
        if self._copies:
            issues.append(Issue(IssueKind.DUPLICATE_ID, "", self._place(self._copies), COPIES_MESSAGE))
        return sorted(issues, key=lambda issue: (issue.rule, issue.kind, issue.message))

    def _rule(self, kind: Kind, count: int) -> Rule:
        tags = ", ".join((*kind.techniques, *(kind.tactics or ())))
        return Rule(
            rule_id=self._id(kind),
            name=f"{_rules(count)} tagged {tags}" if tags else f"{_rules(count)} without tags",
            severity=kind.severity,
            enabled=kind.enabled,
            tactics=kind.tactics,
            techniques=kind.techniques,
            source=self._source,
            origin=self._place(count),
            count=count,
            is_kind=True,
        )

    def _id(self, kind: Kind) -> str:
        """A name for one kind; neither of the separators can be in a tag, at which tags are told apart."""
        techniques, tactics = ", ".join(kind.techniques), ", ".join(kind.tactics or ())
        state = "enabled" if kind.enabled else "disabled"
        return f"{self._table}: {techniques} | {tactics} | {kind.severity} | {state}"

    def _place(self, count: int) -> str:
        return f"{self._table}, {_rules(count)}"


def _rules(count: int) -> str:
    return "1 rule" if count == 1 else f"{count:,} rules"
