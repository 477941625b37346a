"""Rules and issues as pandas frames, for tables and downloads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from coverage.model import Issue, Rule
from coverage.score import Coverage

_MOST_CHARACTERS = 500
# What a spreadsheet takes for a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def rule_table(rules: Sequence[Rule], coverage: Coverage | None = None) -> pd.DataFrame:
    """One row a rule.

    Columns: rule_id, name, severity, tactics, techniques, logsource, tenant, source, origin, updated_at (all str, ""
    where a rule has none), enabled (bool); with a coverage also cells (int64), the number of cells in which the rule
    counts or would count if it were enabled. Texts are cut after 500 characters.
    """
    rows = [
        {
            "rule_id": rule.rule_id,
            "name": rule.name,
            "severity": str(rule.severity),
            "enabled": rule.enabled,
            "tactics": ", ".join(rule.tactics or ()),
            "techniques": ", ".join(rule.techniques),
            "logsource": rule.logsource or "",
            "tenant": rule.tenant or "",
            "source": rule.source,
            "origin": rule.origin,
            "updated_at": rule.updated_at or "",
        }
        for rule in rules
    ]
    frame = pd.DataFrame(rows, columns=list(_RULE_COLUMNS)).astype(_RULE_COLUMNS)
    for column in frame.columns[frame.dtypes == "str"]:
        frame[column] = frame[column].str.slice(0, _MOST_CHARACTERS)
    if coverage is not None:
        counts = [len(coverage.cells_by_rule.get(rule.rule_id, ())) for rule in rules]
        frame["cells"] = pd.Series(counts, dtype="int64")
    return frame


_RULE_COLUMNS = {
    "rule_id": "str",
    "name": "str",
    "severity": "str",
    "enabled": "bool",
    "tactics": "str",
    "techniques": "str",
    "logsource": "str",
    "tenant": "str",
    "source": "str",
    "origin": "str",
    "updated_at": "str",
}


def issue_table(issues: Iterable[Issue]) -> pd.DataFrame:
    """One row an issue. Columns, all str: kind, rule, where, message."""
    rows = [(str(issue.kind), issue.rule, issue.where, issue.message) for issue in issues]
    return pd.DataFrame(rows, columns=["kind", "rule", "where", "message"]).astype("str")


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """A frame as CSV for a spreadsheet: UTF-8 with a mark, and no text that it would run as a formula."""
    safe = frame.copy()
    for column in safe.columns[safe.dtypes == "str"]:
        risky = safe[column].str.startswith(_FORMULA_STARTS)
        safe.loc[risky, column] = "'" + safe.loc[risky, column]
    return safe.to_csv(index=False).encode("utf-8-sig", errors="replace")
