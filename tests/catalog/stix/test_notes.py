"""What is wrong with a bundle that can be read all the same."""

import pytest

from coverage.catalog import SHIPPED
from coverage.catalog.stix import attack_from_bundle, notes_on_bundle
from tests.catalog.bundles import revoked_by, small_bundle, technique
from tests.catalog.official import official_bundle


def notes_on(*more):
    document = small_bundle(*more)
    return notes_on_bundle(document, attack_from_bundle(document, version="9.9"))


def test_there_is_nothing_to_say_of_a_whole_bundle():
    assert notes_on() == ()


@pytest.mark.parametrize("version", SHIPPED)
def test_there_is_nothing_to_say_of_the_official_bundles(version):
    bundle = official_bundle(version)
    assert notes_on_bundle(bundle, attack_from_bundle(bundle)) == ()


def test_relations_without_an_end_are_counted():
    (note,) = notes_on(revoked_by("T1003", "T8888"), revoked_by("T8888", "T1002"), {"type": "relationship", "id": "r"})
    assert note == "Relationships with objects that the bundle does not hold are left out (3)."


def test_entries_that_are_no_objects_are_counted():
    (note,) = notes_on(None, 7, [], {}, {"id": 7})
    assert note == "Entries of the bundle that are no STIX objects are left out (5)."


def test_revoked_ids_in_a_circle_are_named():
    old = [technique(f"T200{number}", "Old", revoked=True) for number in range(7)]
    circle = [revoked_by(f"T200{number}", f"T200{(number + 1) % 7}") for number in range(7)]
    (note,) = notes_on(*old, *circle)
    assert note.endswith("in a circle and count nowhere: T2000, T2001, T2002, T2003, T2004, ….")
    (note,) = notes_on(old[0], revoked_by("T2000", "T2000"))
    assert note.endswith("in a circle and count nowhere: T2000.")
