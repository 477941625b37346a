"""Texts that name tactics and techniques among other words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.sources.tags import ids_in, other_tags


@pytest.mark.parametrize(
    ("texts", "tactics", "techniques"),
    [
        (["TA0005:T1562.001"], ("TA0005",), ("T1562.001",)),
        (["ta0005: t1562/001"], ("TA0005",), ("T1562.001",)),
        (["T1078-valid-accounts"], (), ("T1078",)),
        (["T1078_valid_accounts"], (), ("T1078",)),
        (["T1110.003 - Password Spraying"], (), ("T1110.003",)),
        (["https://attack.mitre.org/techniques/T1562/008/"], (), ("T1562.008",)),
        (["T1059 and T1003", "T1059"], (), ("T1059", "T1003")),
        (["T1562.01"], (), ("T1562.01",)),
        (["T15620"], (), ("T15620",)),
        (["T1562.0011"], (), ("T1562.0011",)),
        (["xT1562"], (), ("xT1562",)),
        (["TA0005:T15"], ("TA0005",), ("T15",)),
        (["TA05:T1003"], (), ("TA05", "T1003")),
        ([" Brute Force "], (), ("Brute Force",)),
        ([], (), ()),
    ],
)
def test_ids_are_found_among_other_words(texts, tactics, techniques):
    assert ids_in(texts) == (tactics, techniques)


@given(st.lists(st.text(max_size=20)))
def test_every_text_leaves_something_unless_it_names_an_id(texts):
    tactics, techniques = ids_in(texts)
    assert bool(tactics or techniques) is bool(texts)


@pytest.mark.parametrize(
    "tag",
    [
        *("attack.t1059", "attack.g0007", "ATTACK.Execution", "mitre_execution", "Tactic: Execution", "tactic:x", ""),
        *("T1059", "T1110.003 - Password Spraying", "https://attack.mitre.org/tactics/TA0005/", " "),
    ],
)
def test_what_says_something_of_attack_is_no_other_tag(tag):
    assert other_tags([tag, "cve.2021-44228"]) == ("cve.2021-44228",)


def test_other_tags_come_in_their_order_and_each_once():
    tags = ["Domain: Endpoint", " OS: Windows ", "OS: Windows", "t3.large", "detection.emerging-threats"]
    assert other_tags(tags) == ("Domain: Endpoint", "OS: Windows", "t3.large", "detection.emerging-threats")
