"""The facts of ATT&CK as values: what a revoked id stands for."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.catalog.model import Attack, Technique


def attack(revoked):
    return Attack("9.9", (), {}, revoked, {})


@pytest.mark.parametrize(
    ("technique", "replacement"),
    [
        ("active", "active"),
        ("old", "active"),
        ("older", "active"),
        ("lost", "unknown"),
        ("self", None),
        ("one", None),
        ("two", None),
        ("into", None),
    ],
)
def test_a_revoked_id_stands_for_the_end_of_its_chain_and_for_nothing_where_there_is_none(technique, replacement):
    revoked = {"old": "active", "older": "old", "lost": "unknown"}
    circles = {"self": "self", "one": "two", "two": "one", "into": "one"}
    assert attack(revoked | circles).replacement(technique) == replacement


@pytest.mark.parametrize(
    ("technique", "meant"),
    [("active", "active"), ("old", "active"), ("lost", None), ("self", None), ("unknown", None)],
)
def test_an_id_means_the_active_one_at_the_end_of_its_chain_if_there_is_one(technique, meant):
    active = {"active": Technique("active", "Active", ())}
    facts = replace(attack({"old": "active", "lost": "unknown", "self": "self"}), techniques=active)
    assert facts.meant(technique) == meant


# Few ids, so that chains and circles are the rule.
IDS = st.sampled_from([f"T{number}" for number in range(8)])
REVOKED = st.dictionaries(IDS, IDS)


@given(REVOKED, IDS)
def test_what_a_revoked_id_stands_for_is_never_revoked_and_stands_for_itself(revoked, technique):
    facts = attack(revoked)
    replacement = facts.replacement(technique)
    assert replacement not in revoked
    assert replacement is None or facts.replacement(replacement) == replacement
    assert technique in revoked or replacement == technique


@given(REVOKED, IDS)
def test_every_id_on_the_way_stands_for_the_same(revoked, technique):
    facts = attack(revoked)
    if technique in revoked:
        assert facts.replacement(technique) == facts.replacement(revoked[technique])


def test_a_chain_of_any_length_is_followed():
    facts = attack({f"T{number}": f"T{number + 1}" for number in range(100_000)})
    assert facts.replacement("T0") == "T100000"
