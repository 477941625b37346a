"""Rules and issues as pandas frames, for tables and downloads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from coverage.compare import CellDifference
from coverage.model import Issue, Rule
from coverage.score import Coverage

_MOST_CHARACTERS = 500
# What a spreadsheet takes for a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def rule_table(rules: Sequence[Rule], coverage: Coverage | None = None) -> pd.DataFrame:
    """One row a rule.

    Columns: rule_id, name, severity, tactics, techniques, logsource, tags, tenant, source (the format), feed, origin,
    updated_at (all str, "" where a rule has none), enabled (bool), count (int64), the number of rules that it stands
    for; with a coverage also cells (int64), the number of cells in which the rule counts or would count if it were
    enabled. Texts are cut after 500 characters.
    """
    rows = [
        {
            "rule_id": cell_text(rule.rule_id),
            "name": cell_text(rule.name),
            "severity": str(rule.severity),
            "enabled": rule.enabled,
            "tactics": cell_text(", ".join(rule.tactics or ())),
            "techniques": cell_text(", ".join(rule.techniques)),
            "logsource": cell_text(rule.logsource),
            "tags": cell_text(", ".join(rule.tags)),
            "tenant": cell_text(rule.tenant),
            "source": cell_text(rule.source),
            "feed": cell_text(rule.feed),
            "origin": cell_text(rule.origin),
            "updated_at": cell_text(rule.updated_at),
            "count": rule.count,
        }
        for rule in rules
    ]
    frame = pd.DataFrame(rows, columns=list(_RULE_COLUMNS)).astype(_RULE_COLUMNS)
    if coverage is not None:
        counts = [len(coverage.cells_by_rule.get(rule.key, ())) for rule in rules]
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
    "tags": "str",
    "tenant": "str",
    "source": "str",
    "feed": "str",
    "origin": "str",
    "updated_at": "str",
    "count": "int64",
}


def issue_table(issues: Iterable[Issue]) -> pd.DataFrame:
    """One row an issue. Columns, all str: kind, rule, where, message, feed; cut like those of a rule."""
    rows = [tuple(map(cell_text, (issue.kind, issue.rule, issue.where, issue.message, issue.feed))) for issue in issues]
    return pd.DataFrame(rows, columns=["kind", "rule", "where", "message", "feed"]).astype("str")


def difference_table(cells: Iterable[CellDifference]) -> pd.DataFrame:
    """One row a cell that differs, in the order given; texts cut as above.

    Columns: tactic, technique_id, technique, level_before, level_after, causes, explanation (str, "" for the levels
    where a side has no such cell), rules_before, rules_after (Int64, missing likewise).
    """
    rows = [
        (
            cell.tactic.name,
            cell.technique_id,
            cell.technique_name,
            str(cell.before.level) if cell.before else "",
            str(cell.after.level) if cell.after else "",
            ", ".join(reason.cause for reason in cell.causes),
            " ".join(reason.sentence for reason in cell.causes),
            cell.before.rule_count if cell.before else None,
            cell.after.rule_count if cell.after else None,
        )
        for cell in cells
    ]
    texts = ["tactic", "technique_id", "technique", "level_before", "level_after", "causes", "explanation"]
    counts = ["rules_before", "rules_after"]
    frame = pd.DataFrame([(*map(cell_text, row[:7]), *row[7:]) for row in rows], columns=[*texts, *counts])
    return frame.astype(dict.fromkeys(texts, "str") | dict.fromkeys(counts, "Int64"))


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """A frame as CSV for a spreadsheet: UTF-8 with a mark, and no text that it would run as a formula.

    Rows end as RFC 4180 says, which also makes the writer quote a lone carriage return inside a text: unquoted it
    would begin a row, and behind it a formula.
    """
    safe = frame.copy()
    for column in safe.columns[safe.dtypes == "str"]:
        risky = safe[column].str.startswith(_FORMULA_STARTS)
        safe.loc[risky, column] = "'" + safe.loc[risky, column]
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def cell_text(text: str | None) -> str:
    """A cell's text: cut, and without halves of surrogate pairs, which no column and no file can hold."""
    shown = (text or "")[:_MOST_CHARACTERS]
    return shown if shown.isascii() else shown.encode("utf-8", "replace").decode("utf-8")
