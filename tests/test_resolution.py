"""What the ids that one rule names stand for."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.catalog import load_catalog
from coverage.ids import parent_id
from coverage.resolution import Resolved, Standing, resolve

ATTACK = load_catalog("enterprise", "19.1").attack


def standing(*ids, attack=ATTACK):
    """The ids with what became of them, and what they stand for."""
    return [(each.id, each.standing.name, *each.meant) for each in resolve(attack, ids)]


@pytest.mark.parametrize(
    ("technique", "became"),
    [
        ("T1059", ("ACTIVE", "T1059")),
        ("T1059.001", ("ACTIVE", "T1059.001")),
        ("T1562.004", ("REPLACED", "T1686")),
        ("T1150", ("REPLACED", "T1647")),  # over two links
        ("T1562", ("REPLACED", "T1685")),
        ("T1064", ("DEPRECATED",)),
        ("T1059.999", ("UNKNOWN",)),
    ],
)
def test_an_id_by_itself(technique, became):
    assert standing(technique) == [(technique, *became)]


def test_each_id_once_and_in_their_order():
    assert [each.id for each in resolve(ATTACK, iter(["T1685", "T1089", "T1059", "T1089"]))] == [
        "T1685",
        "T1089",
        "T1059",
    ]


def test_a_revoked_parent_stands_for_what_its_sub_techniques_beside_it_stand_for():
    assert standing("T1562", "T1562.004") == [("T1562", "IMPLIED", "T1686"), ("T1562.004", "REPLACED", "T1686")]
    assert standing("T1562.008", "T1562.001", "T1562")[-1] == ("T1562", "IMPLIED", "T1685.002", "T1685")
    assert standing("T1562", "T1562.001", "T1562.006")[0] == ("T1562", "IMPLIED", "T1685")


def test_a_sub_technique_of_another_or_one_that_does_not_exist_implies_nothing():
    assert standing("T1562", "T1059.001")[0] == ("T1562", "REPLACED", "T1685")
    assert standing("T1562", "T1562.999")[0] == ("T1562", "REPLACED", "T1685")


def test_an_active_sub_technique_of_a_revoked_parent_stands_for_both():
    attack = replace(
        ATTACK,
        techniques={key: value for key, value in ATTACK.techniques.items() if key != "T1059"},
        revoked={**ATTACK.revoked, "T1059": "T1106"},
    )
    assert standing("T1059", "T1059.001", attack=attack) == [
        ("T1059", "IMPLIED", "T1059.001"),
        ("T1059.001", "ACTIVE", "T1059.001"),
    ]


@pytest.mark.parametrize("end", ["T9001", "T1064", "T9999"])
def test_what_is_replaced_by_nothing_that_is_active_is_lost(end):
    attack = replace(ATTACK, revoked={"T9001": end, "T9001.001": "T9001", "T9002": "T9001"})
    assert standing("T9002", attack=attack) == [("T9002", "LOST")]
    # What is implied adds nothing, also where its sub-technique ends nowhere.
    assert standing("T9001", "T9001.001", attack=attack) == [("T9001", "IMPLIED"), ("T9001.001", "LOST")]


@pytest.mark.parametrize("each", Standing)
def test_three_of_the_standings_are_of_revoked_ids(each):
    assert each.is_revoked == (each in {Standing.REPLACED, Standing.IMPLIED, Standing.LOST})


IDS = sorted(
    {*ATTACK.revoked, *ATTACK.deprecated, *(parent_id(each) or each for each in ATTACK.techniques), "T1562.999"}
)


@given(st.lists(st.sampled_from(IDS) | st.sampled_from([each for each in IDS if each.startswith("T1562")]), max_size=8))
def test_every_id_stands_for_active_ones_only_and_an_implied_one_adds_none(ids):
    resolved = resolve(ATTACK, ids)
    assert [each.id for each in resolved] == list(dict.fromkeys(ids))
    for each in resolved:
        assert isinstance(each, Resolved)
        assert ATTACK.techniques.keys() >= set(each.meant)
        assert each.standing.is_revoked == (each.id in ATTACK.revoked)
        assert bool(each.meant) == (each.standing in {Standing.ACTIVE, Standing.REPLACED, Standing.IMPLIED})
    others = {meant for each in resolved if each.standing is not Standing.IMPLIED for meant in each.meant}
    assert others == {meant for each in resolved for meant in each.meant}
