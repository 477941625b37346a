"""Very many records of the Detection Rules API's shape in one file, of which only the kinds are kept."""

from __future__ import annotations

from collections.abc import Iterable

from coverage.model import Issue, IssueKind, Rule
from coverage.sources.cells import Once, Reading
from coverage.sources.counted import Counted
from coverage.sources.kinds import Kind
from coverage.sources.records import rules_from_records

_OF_LISTED = frozenset({IssueKind.NO_ID, IssueKind.NO_NAME})  # a kind has neither, and needs none


def counted_records(records: Iterable[object], *, source: str, where: str) -> tuple[list[Rule], list[Issue]]:
    """A rule with a count for each kind of very many records, see `coverage.sources.kinds`; never raises."""
    counted = Counted(where, source)
    reading_of: Once[tuple[Kind, tuple[tuple[IssueKind, str], ...]], Reading] = Once(lambda found: Reading(*found))
    others: list[Issue] = []
    for number, record in enumerate(records, start=1):
        rules, issues = rules_from_records([record], source=source, where=where, first=number)
        if not rules:
            others += issues
        for rule in rules:
            kinds = {issue.kind for issue in issues}
            problems = tuple((issue.kind, issue.message) for issue in issues if issue.kind not in _OF_LISTED)
            reading = reading_of((Kind(rule.tactics, rule.techniques, rule.severity, rule.enabled), problems))
            counted.add(reading, None if IssueKind.NO_ID in kinds else rule.rule_id, rule.tenant, rule.name)
    found, wrong = counted.read()
    return found, wrong + others
