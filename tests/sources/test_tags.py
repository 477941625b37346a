"""Texts that name tactics and techniques among other words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.sources.tags import ids_in


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
