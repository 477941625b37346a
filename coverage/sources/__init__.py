"""Sources: one file each, text in, rules and issues out. A SOURCE is named by one string."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from coverage.model import IssueKind, Progress, RuleSet, RuleSetBuilder, no_progress
from coverage.sources.sql.names import SqlNames

SAMPLE = "sample"
"""The SOURCE that names the built-in sample data."""


def is_api(source: str) -> bool:
    """Whether a SOURCE is the base URL of a Detection Rules API."""
    return source.lower().startswith(("http://", "https://"))


def is_database(source: str) -> bool:
    """Whether a SOURCE is the SQLAlchemy URL of a database: every address that is not an API's."""
    return "://" in source and not is_api(source)


def shown_source(source: str) -> str:
    """A SOURCE as it may be shown: a URL without user, password and query, or its scheme alone where it is unclear."""
    if "://" not in source:
        return source
    try:
        parts = urlsplit(source)
        # A password with a slash, ? or # in it looks like a host with a wrong port, and like a path with an @.
        is_clear = parts.port != 0 and "@" not in parts.path + parts.query + parts.fragment
    except ValueError:
        is_clear = False
    if not is_clear:
        return f"{source.partition('://')[0]}://…"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def read_source(
    source: str, *, token: str | None = None, names: SqlNames | None = None, progress: Progress = no_progress
) -> RuleSet:
    """Read the rules of a SOURCE.

    It is a folder, a file, an archive, the base URL of a Detection Rules API, which gets the `token`, or the SQLAlchemy
    URL of a database, whose table and columns `names` tells. The word `sample` stands for the built-in sample data.

    Raises SourceError, in one sentence, for what cannot be read at all.
    """
    if source == SAMPLE:
        from coverage.sources.sample import sample_rules  # noqa: PLC0415  needed by few

        return sample_rules()
    if is_api(source):
        from coverage.sources.api import fetch  # noqa: PLC0415  requests costs what a folder does not need

        return fetch(source, token=token, progress=progress)
    if is_database(source):
        from coverage.sources.sql.read import read_database  # noqa: PLC0415  SQLAlchemy costs what others do not need

        return read_database(source, names=names, progress=progress)
    from coverage.sources.library import read_path  # noqa: PLC0415  PyYAML costs what an API does not need

    return read_path(Path(source), progress=progress)


def join_rulesets(rulesets: list[RuleSet]) -> RuleSet:
    """Several sources as one set: of two rules with one id the enabled one counts, else the first.

    An id that stands in for a missing one is a place in its source, and another source may have that place, too; so it
    is with ids of rules that were only counted. From the second source on such ids get the source's number.
    """
    if len(rulesets) == 1:
        return rulesets[0]
    builder = RuleSetBuilder()
    for number, ruleset in enumerate(rulesets, start=1):
        without_id = {issue.rule for issue in ruleset.issues if issue.kind is IssueKind.NO_ID}
        if any(rule.count > 1 for rule in ruleset.rules):
            without_id |= {rule.rule_id for rule in ruleset.rules}
        ids = {stand_in: f"{stand_in} (source {number})" for stand_in in without_id if number > 1}
        builder.extend(
            (replace(rule, rule_id=ids.get(rule.rule_id, rule.rule_id)) for rule in ruleset.rules),
            (replace(issue, rule=ids.get(issue.rule, issue.rule)) for issue in ruleset.issues),
        )
        builder.doubts.extend(ruleset.doubts)
        builder.notes.extend(ruleset.notes)
    return replace(builder.build(), sample=any(ruleset.sample for ruleset in rulesets))
