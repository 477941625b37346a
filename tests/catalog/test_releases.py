"""The releases of ATT&CK, and which of them first held what was written on a day."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.catalog import SHIPPED
from coverage.catalog.releases import RELEASES, release_with
from coverage.catalog.version import is_version, newest_first


def test_releases_are_in_order_and_the_shipped_ones_are_among_them():
    assert list(RELEASES) == list(reversed(newest_first(RELEASES)))
    days = list(RELEASES.values())
    assert days == sorted(set(days))
    assert RELEASES.keys() >= set(SHIPPED)
    assert all(map(is_version, RELEASES))


@pytest.mark.parametrize(
    ("day", "version"),
    [
        ("2019-10-25", "7.0"),
        ("2020-01-14", "7.0"),  # months before, and before 6.3 came out
        ("2020-07-08", "7.0"),
        ("2020-07-09", "8.0"),
        ("2022-04-16", "11.0"),
        ("2025-04-02", "17.0"),
        ("2025-10-29", "18.1"),
        ("2026-04-14", "19.0"),
        ("2026-05-12", "19.1"),
    ],
)
def test_what_was_written_on_a_day_came_with_the_first_release_from_that_day_on(day, version):
    assert release_with(date.fromisoformat(day), "19.1") == version


@pytest.mark.parametrize(
    ("day", "newest"),
    [
        ("2026-05-13", "19.1"),  # after the newest release that is known
        ("2027-04-01", "20.0"),
        ("2027-04-01", "20.0-own"),
        ("2025-05-01", "17.1"),  # a minor release, whose day is not known
        ("2026-04-14", "18.1-own"),
    ],
)
def test_what_a_bundle_holds_is_never_of_a_version_after_its_own(day, newest):
    assert release_with(date.fromisoformat(day), newest) == newest


@pytest.mark.parametrize("day", ["0001-01-01", "1970-01-01", "2019-04-30", "2019-10-24"])
def test_the_release_of_a_day_before_those_that_are_known_is_unknown(day):
    assert release_with(date.fromisoformat(day), "19.1") is None


@given(st.dates(), st.dates(), st.sampled_from([*RELEASES, "17.1", "20.0", "19.1-own"]))
def test_a_later_day_has_no_earlier_release(one, other, newest):
    first, second = (release_with(day, newest) for day in sorted((one, other)))
    assert first is None or newest_first((first, second))[0] == second
