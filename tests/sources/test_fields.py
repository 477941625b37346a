"""The fields of one rule: what a reader of any format gets from them, and what is said of the wrong ones."""

from __future__ import annotations

import pytest

from coverage.model import Issue, IssueKind, Severity
from coverage.sources.fields import Fields


def test_the_first_field_that_states_an_id_gives_it():
    fields = Fields({"RuleID": " ", "PolicyID": 7})
    assert fields.rule_id("a.yml", "RuleID", "PolicyID") == "7"
    assert fields.problems == []


def test_what_stands_in_is_said_once():
    fields = Fields({})
    assert [fields.rule_id("a.yml", "RuleID") for _ in range(2)] == ["a.yml", "a.yml"]
    message = "The rule has no RuleID; a.yml stands in for it."
    assert fields.issues("a.yml", "here") == [Issue(IssueKind.NO_ID, "a.yml", "here", message)]


def test_severities_can_have_words_of_their_own():
    fields = Fields({"priority": "Notice"})
    assert fields.severity("priority", {"notice": Severity.LOW}) is Severity.LOW
    assert fields.severity("priority") is Severity.UNKNOWN
    message = 'The priority "Notice" is not one that the product knows.'
    assert fields.problems == [(IssueKind.NO_SEVERITY, message)]


@pytest.mark.parametrize(
    ("value", "part", "messages"),
    [
        ({"a": 1}, {"a": 1}, []),
        (None, {}, []),
        (..., {}, []),
        ([{"a": 1}], {}, ["The field tags is no mapping but a list; it is ignored."]),
        ("a", {}, ["The field tags is no mapping but a text; it is ignored."]),
    ],
)
def test_a_mapping_in_a_field_is_one_or_an_issue(value, part, messages):
    fields = Fields({} if value is ... else {"tags": value})
    assert fields.part("tags") == part
    assert fields.problems == [(IssueKind.WRONG_TYPE, message) for message in messages]


def test_texts_of_several_fields_come_each_once():
    fields = Fields({"a": ["x, y", ["z"]], "b": "y;w|v", "c": None})
    assert fields.texts("a", "b", "c", "d") == ("x", "y", "z", "w", "v")
    assert fields.problems == []
