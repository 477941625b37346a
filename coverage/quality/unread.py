"""Files of which no rule, or not every rule, could be read."""

from __future__ import annotations

from collections.abc import Iterable

from coverage.model import Issue, IssueKind


def unread_files(issues: Iterable[Issue]) -> frozenset[tuple[str, str]]:
    """The (feed, path) of each file that the issues name as a whole; one of its rules or rows alone does not count."""
    return frozenset(
        (issue.feed, issue.where)
        for issue in issues
        if issue.kind in (IssueKind.UNREADABLE, IssueKind.NOT_A_RULE) and not issue.rule and "#" not in issue.where
    )
