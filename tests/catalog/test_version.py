"""The numbers of ATT&CK versions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.catalog.version import is_version, newest_first


def test_versions_go_by_their_numbers_and_not_by_their_letters():
    assert newest_first(["9.1", "19.1", "10.0", "19.0", "2", "19.1-own", "20.0"]) == (
        "20.0",
        "19.1-own",
        "19.1",
        "19.0",
        "10.0",
        "9.1",
        "2",
    )


@pytest.mark.parametrize("text", ["19.1", "19", "8.2", "19.1-own", "1" * 20])
def test_what_can_be_a_version(text):
    assert is_version(text)


@pytest.mark.parametrize("text", ["", "latest", "v19.1", "../19.1", "19/1", "19.1\n", "١٨", "1" * 21, "-1", " 19.1"])
def test_what_cannot_be_a_version(text):
    assert not is_version(text)


@given(st.lists(st.from_regex(r"\d[\w.\-]{0,9}", fullmatch=True) | st.text(max_size=3)))
def test_the_order_of_any_texts_does_not_depend_on_how_they_come(versions):
    assert newest_first(versions) == newest_first(reversed(versions))
    assert sorted(newest_first(versions)) == sorted(versions)
