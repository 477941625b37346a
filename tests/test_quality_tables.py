"""The frames of rule quality: their columns and types, and what a row says."""

import pytest

from coverage.model import Severity
from coverage.quality.cells import fragile_cells, low_cells
from coverage.quality.duplicates import Duplicate, Likeness
from coverage.quality.stale import StaleTag
from coverage.quality.unmapped import Reason, UnmappedRule
from coverage.quality_tables import duplicate_table, fragile_table, low_table, stale_table, unmapped_table
from coverage.resolution import Standing
from tests.rules import coverage_of, rule

RULE = rule(
    "T1110",
    "x",
    tactics=("Impact",),
    rule_id="r-1",
    name="A name",
    origin="a.yml",
    logsource="aws",
    feed="B",
    severity=Severity.LOW,
)


def test_an_unmapped_rule_is_a_row():
    (row,) = unmapped_table([UnmappedRule(RULE, Reason.NO_TACTIC, "Why.")]).to_dict("records")
    assert row == {
        "reason": "no tactic",
        "why": "Why.",
        "name": "A name",
        "severity": "low",
        "techniques": "T1110, x",
        "tactics": "Impact",
        "logsource": "aws",
        "feed": "B",
        "origin": "a.yml",
        "rule_id": "r-1",
        "count": 1,
    }


@pytest.mark.parametrize(
    ("standing", "new", "since", "row"),
    [
        (Standing.REPLACED, ("T1685",), "19.0", ("revoked", "T1685", "19.0")),
        (Standing.IMPLIED, ("T1685", "T1686"), None, ("revoked", "T1685, T1686", "unknown")),
        (Standing.LOST, (), "19.0", ("revoked", "", "19.0")),
        (Standing.DEPRECATED, (), None, ("deprecated", "", "")),
        (Standing.UNKNOWN, (), None, ("unknown", "", "")),
    ],
)
def test_a_stale_tag_is_a_row(standing, new, since, row):
    (found,) = stale_table([StaleTag(RULE, "T1562", standing, new, since)]).to_dict("records")
    assert (found.pop("standing"), found.pop("new_id"), found.pop("since")) == row
    assert found == {
        "name": "A name",
        "tag": "T1562",
        "state": "enabled",
        "feed": "B",
        "origin": "a.yml",
        "rule_id": "r-1",
        "count": 1,
    }


def test_a_fragile_cell_is_a_row_with_its_rule():
    twice = rule("T1047", "T1486", rule_id="r-2", logsource=None)
    table = fragile_table(fragile_cells(coverage_of(RULE, twice, rule("T1110", enabled=False, count=7))))
    assert table["technique_id"].tolist() == ["T1047", "T1486", "T1110"]
    assert table["alone_in"].tolist() == [2, 2, 1]
    assert table["logsource"].tolist() == ["", "", "aws"]
    assert table.iloc[2].to_dict() == {
        "name": "A name",
        "severity": "low",
        "technique_id": "T1110",
        "technique": "Brute Force",
        "tactic": "Credential Access",
        "logsource": "aws",
        "feed": "B",
        "origin": "a.yml",
        "rule_id": "r-1",
        "alone_in": 1,
        "disabled": 7,
    }


def test_a_cell_of_low_severity_is_a_row_with_its_first_rules():
    others = [rule("T1110", name=f"b{n}", severity=Severity.INFORMATIONAL, count=10) for n in range(9)]
    (row,) = low_table(low_cells(coverage_of(RULE, *others))).to_dict("records")
    assert row == {
        "technique_id": "T1110",
        "technique": "Brute Force",
        "tactic": "Credential Access",
        "level": "full",
        "severity": "low",
        "names": "A name; b0; b1; b2; b3; …",
        "rules": 91,
        "disabled": 0,
    }


def test_a_duplicate_is_a_row_with_the_place_of_both():
    (row,) = duplicate_table([Duplicate(Likeness.NAME, "r-9", "b.yml", "C", RULE)]).to_dict("records")
    assert row["likeness"] == "same name and tags"
    assert (row["rule_id"], row["origin"], row["feed"]) == ("r-9", "b.yml", "C")
    assert (row["original_id"], row["original_origin"], row["original_feed"]) == ("r-1", "a.yml", "B")


HOSTILE = rule("T1110", name="n" * 10_000, rule_id="=1\ud800", origin="@o", severity=Severity.LOW)
ENTRIES = {
    unmapped_table: (UnmappedRule(HOSTILE, Reason.NO_TECHNIQUE, "w"), {"count"}),
    stale_table: (StaleTag(HOSTILE, "T1089", Standing.REPLACED, ("T1685",), None), {"count"}),
    fragile_table: (coverage_of(HOSTILE).cells["TA0006", "T1110"], {"alone_in", "disabled"}),
    low_table: (coverage_of(HOSTILE).cells["TA0006", "T1110"], {"rules", "disabled"}),
    duplicate_table: (Duplicate(Likeness.ID, "x", "y", "z", HOSTILE), set()),
}


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("table", ENTRIES, ids=lambda table: table.__name__)
def test_columns_have_their_types_however_many_rows_there_are_and_texts_are_cut(table, number):
    entry, numbers = ENTRIES[table]
    frame = table([entry] * number)
    assert {name for name, dtype in frame.dtypes.items() if str(dtype) == "int64"} == numbers
    texts = frame[[name for name, dtype in frame.dtypes.items() if str(dtype) == "str"]]
    assert set(texts.columns) | numbers == set(frame.columns)
    assert len(frame) == number
    for column in texts:
        assert (texts[column].str.len() <= 500).all()
        texts[column].str.encode("utf-8")  # no halves of surrogate pairs
