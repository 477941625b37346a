"""The lists of rule quality as pandas frames; texts are cut like those of `coverage.tables`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import pandas as pd

from coverage.model import Rule, count_rules
from coverage.quality.cells import holder
from coverage.quality.duplicates import Duplicate
from coverage.quality.stale import StaleTag
from coverage.quality.unmapped import UnmappedRule
from coverage.score import TechniqueCoverage
from coverage.tables import cell_text

_MOST_NAMES = 5


def unmapped_table(rules: Iterable[UnmappedRule]) -> pd.DataFrame:
    """One row a rule.

    Columns: reason, why, name, severity, techniques, tactics, logsource, feed, origin, rule_id (str), and count, the
    number of rules that it stands for (int64).
    """
    texts = ["reason", "why", "name", "severity", "techniques", "tactics", "logsource", "feed", "origin", "rule_id"]
    rows = ((each.reason, each.sentence, *_words(each.rule), *_source(each.rule), each.rule.count) for each in rules)
    return _frame(rows, texts, ["count"])


def stale_table(tags: Iterable[StaleTag]) -> pd.DataFrame:
    """One row a tag of a rule.

    Columns: standing (revoked, deprecated or unknown), name, tag, new_id, since, state (enabled or disabled), feed,
    origin, rule_id (str), and count as above (int64). new_id lists all ids to write instead, "" where there is none;
    since is the version that revoked the id, "unknown" where that is not known, "" where it is not revoked.
    """
    texts = ["standing", "name", "tag", "new_id", "since", "state", "feed", "origin", "rule_id"]
    rows = (
        (
            "revoked" if each.standing.is_revoked else each.standing.value,
            each.rule.name,
            each.tag,
            ", ".join(each.new),
            (each.since or "unknown") if each.standing.is_revoked else "",
            "enabled" if each.rule.enabled else "disabled",
            *_source(each.rule),
            each.rule.count,
        )
        for each in tags
    )
    return _frame(rows, texts, ["count"])


def fragile_table(cells: Sequence[TechniqueCoverage]) -> pd.DataFrame:
    """One row a cell with the one rule that holds it.

    Columns: name, severity, technique_id, technique, tactic, logsource, feed, origin, rule_id (str), alone_in, the
    number of cells that the rule alone holds, and disabled, the number of disabled rules that would count here (int64).
    """
    rules = [holder(cell) for cell in cells]
    held = Counter(rule.key for rule in rules)
    texts = ["name", "severity", "technique_id", "technique", "tactic", "logsource", "feed", "origin", "rule_id"]
    rows = (
        (
            rule.name,
            rule.severity,
            *_place(cell),
            rule.logsource,
            *_source(rule),
            held[rule.key],
            count_rules(cell.disabled),
        )
        for cell, rule in zip(cells, rules, strict=True)
    )
    return _frame(rows, texts, ["alone_in", "disabled"])


def low_table(cells: Iterable[TechniqueCoverage]) -> pd.DataFrame:
    """One row a cell.

    Columns: technique_id, technique, tactic, level, severity, the highest of its rules, names, the first of them (str),
    rules, their number, and disabled, the number of disabled rules that would count here (int64).
    """
    texts = ["technique_id", "technique", "tactic", "level", "severity", "names"]
    rows = (
        (
            *_place(cell),
            cell.level,
            cell.rules[0].severity,
            "; ".join(rule.name for rule in cell.rules[:_MOST_NAMES]) + "; …" * (len(cell.rules) > _MOST_NAMES),
            cell.rule_count,
            count_rules(cell.disabled),
        )
        for cell in cells
    )
    return _frame(rows, texts, ["rules", "disabled"])


def duplicate_table(found: Iterable[Duplicate]) -> pd.DataFrame:
    """One row a rule that repeats another.

    Columns, all str: likeness; name, severity, techniques, tactics and logsource of the original; feed, origin and
    rule_id of the repetition; original_feed, original_origin and original_id.
    """
    texts = ["likeness", "name", "severity", "techniques", "tactics", "logsource"]
    rows = (
        (
            each.likeness,
            *_words(each.original),
            *(each.feed, each.origin, each.rule_id),
            *_source(each.original),
        )
        for each in found
    )
    places = ["feed", "origin", "rule_id", "original_feed", "original_origin", "original_id"]
    return _frame(rows, [*texts, *places], [])


def _words(rule: Rule) -> tuple[str | None, ...]:
    tags = (", ".join(rule.techniques), ", ".join(rule.tactics or ()))
    return (rule.name, rule.severity, *tags, rule.logsource)


def _source(rule: Rule) -> tuple[str, str, str]:
    return (rule.feed, rule.origin, rule.rule_id)


def _place(cell: TechniqueCoverage) -> tuple[str, str, str]:
    return (cell.technique_id, cell.technique_name, cell.tactic.name)


def _frame(rows: Iterable[tuple[str | int | None, ...]], texts: list[str], numbers: list[str]) -> pd.DataFrame:
    """Rows of texts with numbers behind them as a frame that has its types also where it is empty."""
    cut = [
        tuple(each if isinstance(each, int) else cell_text(None if each is None else str(each)) for each in row)
        for row in rows
    ]
    types = dict.fromkeys(texts, "str") | dict.fromkeys(numbers, "int64")
    return pd.DataFrame(cut, columns=[*texts, *numbers]).astype(types)
