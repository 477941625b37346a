"""A frame's rules: listed or counted, every figure is the same."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.mapping import Match
from coverage.model import Issue, IssueKind, Severity
from coverage.score import Settings, score
from coverage.sources import frame as frame_module
from coverage.sources.frame import read_frame
from coverage.sources.header import ColumnMapping
from coverage.sources.kinds import COPIES_MESSAGE, COUNTED_NOTE
from tests.rules import ENTERPRISE, THREATOPS, figures

TAGS = ("T1059.001", "T1059", " t1003 ", "attack.t1053.005", "TA0002:T1562.001", "T1562", "T1086", "T9999", "words", "")
NOTHING = (None, float("nan"), pd.NA, pd.NaT)
texts = st.sampled_from(TAGS)
joined = st.lists(texts, max_size=3).map(", ".join)
odd = st.sampled_from((*NOTHING, 1, True, 1.0, 0, 1059.5, {"a": 1}, {"b"}, ("T1003",), pd.Timestamp(2026, 1, 2)))
lists = st.lists(texts | odd | st.lists(texts, max_size=2), max_size=3)
tags = joined | lists | lists.map(lambda values: np.array(values, dtype=object)) | odd
tactics = st.sampled_from(("Execution", "execution, Persistence", "Stealth", "Nonsense", "", *NOTHING)) | odd
severities = st.sampled_from(("high", "High ", "crit", "low", "none such", "", 1, True, 1.0, None, ["high"]))
states = st.sampled_from((True, False, "yes", "disabled", "perhaps", "", 1, 0.0, None, float("nan"), ["x"]))
ids = st.sampled_from(("a", "b", " a", "c", "1", 1, 1.0, True, "", None, float("nan"), ("a",)))
tenants = st.sampled_from(("t1", " t1", "t2", 3, "", None))
names = st.sampled_from(("Name", "NAME ", "Another", "a", None))
rows = st.tuples(ids, severities, tactics, tags, states, st.sampled_from(("note", "", None)))
COLUMNS = ("id", "severity", "tactic", "techniques", "enabled", "remark")
BOTH = (Settings(), Settings(match=Match.EXACT, potential=True, severities=frozenset({Severity.HIGH})))


def by_kind(issues):
    """How often there is each issue; one of a counted rule says of how many it is."""
    counts = dict.fromkeys(IssueKind, 0)
    for issue in issues:
        number = issue.where.rpartition(", ")[2].split()[0] if ", " in issue.where else "1"
        if issue.message != COPIES_MESSAGE:  # a note says so where rules are listed
            counts[issue.kind] += int(number.replace(",", ""))
    left_out = {IssueKind.NO_ID, IssueKind.NO_NAME}  # a kind has neither, and needs none
    return {kind: count for kind, count in counts.items() if kind not in left_out}


def without_ids(issues):
    """The issues but for those on ids that are no text, which a kind has not."""
    return [issue for issue in issues if not issue.message.startswith("The field id ")]


def same_figures(frame, mapping=None, settings=BOTH):
    listed = read_frame(frame, mapping, where="t", listed=len(frame))
    counted = read_frame(frame, mapping, where="t", listed=-1)
    assert listed.rule_count == counted.rule_count + score(listed, ENTERPRISE).rule_counts.copies
    if listed.rules:
        assert by_kind(without_ids(listed.issues)) == by_kind(counted.issues)
    for catalog in (THREATOPS, ENTERPRISE):
        for each in settings:
            of_listed, of_counted = (score(ruleset, catalog, each) for ruleset in (listed, counted))
            assert figures(of_counted) == figures(of_listed)
    return listed, counted


@given(st.lists(rows, min_size=1, max_size=30))
def test_every_figure_is_the_same_row_by_row_and_counted(values):
    same_figures(pd.DataFrame(values, columns=COLUMNS, dtype=object))


@given(st.lists(st.tuples(ids, tenants, names, tags, states), min_size=1, max_size=30))
def test_of_rules_of_tenants_as_many_count_when_they_are_counted(values):
    frame = pd.DataFrame(values, columns=["id", "tenant", "name", "techniques", "enabled"], dtype=object)
    same_figures(frame)


@given(st.lists(st.tuples(ids, tenants, severities, joined, states), min_size=1, max_size=30))
def test_copies_of_one_rule_may_differ_in_severity_and_state(values):
    frame = pd.DataFrame(values, columns=["id", "tenant", "severity", "techniques", "enabled"], dtype=object)
    same_figures(frame, settings=[Settings(), Settings(potential=True)])


def test_the_copies_of_tenants_count_once_and_that_is_said():
    frame = pd.DataFrame(
        {
            "id": ["1", "1", "1", "2", "2", "3"],
            "tenant": ["a", "b", "c", "a", "b", "a"],
            "name": ["One", "ONE", "Another", "Two", "Two", "Three"],
            "technique": ["T1059"] * 6,
            "severity": ["low", "high", "low", "low", "high", "low"],
            "enabled": [True, True, True, True, False, True],
        }
    )
    _, counted = same_figures(frame, settings=[Settings()])
    assert [(rule.rule_id, rule.count) for rule in counted.rules] == [
        ("t: T1059 |  | high | enabled", 1),
        ("t: T1059 |  | low | enabled", 3),
    ]
    assert counted.issues == (Issue(IssueKind.DUPLICATE_ID, "", "t, 2 rules", COPIES_MESSAGE),)


@given(st.lists(st.tuples(st.sampled_from("abc "), st.sampled_from(["low", "LOW", None]), joined), min_size=1))
def test_columns_of_text_are_counted_like_those_of_anything(values):
    frame = pd.DataFrame(values, columns=["id", "severity", "techniques"])
    same_figures(frame)
    same_figures(frame.astype("category"))


@pytest.mark.parametrize("dtype", ["Int64", "float64", "boolean", "object"])
def test_states_and_ids_may_have_any_type_of_column(dtype):
    frame = pd.DataFrame({"id": pd.array([1, 0, 1, None], dtype=dtype), "technique": ["T1059", "T1003", "T1059", ""]})
    frame["enabled"] = frame["id"]
    same_figures(frame)


@pytest.mark.parametrize("dtype", ["str", "string", "string[python]", "string[pyarrow]", "category", "object"])
def test_ids_are_the_same_with_and_without_space_around_them_in_any_column_of_texts(dtype):
    _, counted = same_figures(
        pd.DataFrame({"technique": ["T1486"] * 3, "id": pd.Series(["1", " 1", "2"], dtype=dtype)})
    )
    assert counted.rule_count == 2


def test_an_id_may_be_half_of_a_surrogate_pair():
    ids = pd.Series(["a\ud800", "b", "b"], dtype=object)
    _, counted = same_figures(pd.DataFrame({"technique": ["T1486"] * 3, "id": ids}))
    assert counted.rule_count == 2


def test_codes_that_do_not_fit_together_are_made_smaller(monkeypatch):
    monkeypatch.setattr(frame_module, "_LARGEST", 3)
    frame = pd.DataFrame(
        {
            "technique": ["T1059", "T1003", "T1059"],
            "tactic": ["Execution", "x", "Impact"],
            "severity": ["low", "", "low"],
        }
    )
    _, counted = same_figures(frame)
    assert len(counted.rules) == 3


def test_more_rows_than_are_listed_are_counted_and_that_is_said():
    frame = pd.DataFrame({"id": [1, 2, 3], "technique": ["T1059"] * 3, "level": ["low", "Low", "high"]})
    counted = read_frame(frame, where="big", listed=2)
    assert [(rule.rule_id, rule.name, rule.origin, rule.count) for rule in counted.rules] == [
        ("big: T1059 |  | high | enabled", "1 rule tagged T1059", "big, 1 rule", 1),
        ("big: T1059 |  | low | enabled", "2 rules tagged T1059", "big, 2 rules", 2),
    ]
    assert (counted.notes, counted.issues) == ((COUNTED_NOTE,), ())
    assert read_frame(frame, listed=3).notes == ()


def test_of_two_rows_with_one_id_the_enabled_one_counts():
    frame = pd.DataFrame(
        {
            "id": ["a", "b", " a ", "a", "b"],
            "technique": ["T1059", "T1003", "T1003", "T1110", "T1486"],
            "enabled": [False, True, True, True, False],
        }
    )
    _, counted = same_figures(frame)
    assert [(rule.techniques, rule.count) for rule in counted.rules] == [(("T1003",), 2)]
    assert [issue.kind for issue in counted.issues].count(IssueKind.DUPLICATE_ID) == 3


def test_the_mapping_may_be_given_and_name_columns_that_are_not_there():
    frame = pd.DataFrame({"a": ["T1059"], "b": ["Execution"]})
    _, counted = same_figures(frame, ColumnMapping(techniques=("a",), tactics=("b",), severity="c", rule_id="d"))
    assert [(rule.techniques, rule.tactics) for rule in counted.rules] == [(("T1059",), ("Execution",))]


def test_without_a_column_for_techniques_there_is_one_issue():
    message = 'The table has no column for techniques (its columns: "a", "1").'
    assert read_frame(pd.DataFrame({"a": [1], 1: [2]}), where="t").issues == (
        Issue(IssueKind.NOT_A_RULE, "", "t", message),
    )


def test_columns_of_one_name_are_told_apart_and_the_frame_stays_as_it_is():
    frame = pd.DataFrame([["T1059", "T1003"]], columns=["Technique", "Technique"])
    before = frame.copy(deep=True)
    _, counted = same_figures(frame)
    assert counted.rules[0].techniques == ("T1059", "T1003")
    pd.testing.assert_frame_equal(frame, before)
