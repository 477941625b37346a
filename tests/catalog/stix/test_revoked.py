"""Since which version an id is revoked, by the day on which MITRE named its replacement."""

import pytest

from coverage.catalog import SHIPPED, load_catalog
from coverage.catalog.releases import RELEASES
from coverage.catalog.stix import attack_from_bundle
from coverage.catalog.version import newest_first
from tests.catalog.bundles import revoked_by, small_bundle, technique


def since(*links, version="19.1"):
    """The versions by id, of links (old id, new id, stamp) in a bundle of a version."""
    old = {link[0] for link in links} - {"T1003"}
    objects = [technique(each, "Old", "impact", revoked=True) for each in sorted(old)]
    relations = [revoked_by(old, new, created=stamp) for old, new, stamp in links]
    return attack_from_bundle(small_bundle(*objects, *relations), version=version).revoked_since


@pytest.mark.parametrize(
    ("stamp", "version"),
    [
        ("2020-03-20T19:58:31.668Z", "7.0"),
        ("2020-07-08T23:59:59.999Z", "7.0"),
        ("2026-04-14", "19.0"),
        ("2026-06-01T00:00:00.000Z", "19.1"),
    ],
)
def test_an_id_is_revoked_since_the_first_release_from_the_day_of_its_relationship_on(stamp, version):
    assert since(("T1005", "T1002", stamp)) == {"T1005": version}


@pytest.mark.parametrize(
    "stamp", [None, "", 7, {}, ["2020-03-20"], "soon", "20.03.2020", "2020-13-01", "2020-3-20T00:00:00Z", "2018-01-17"]
)
def test_without_a_stamp_of_known_releases_it_is_not_told(stamp):
    assert since(("T1005", "T1002", stamp), ("T1006", "T1002", "2020-03-20")) == {"T1006": "7.0"}


def test_a_bundle_tells_no_version_after_its_own():
    assert since(("T1005", "T1002", "2026-04-14"), version="18.1") == {"T1005": "18.1"}


def test_in_a_chain_each_id_has_the_version_of_its_own_link():
    assert since(("T1005", "T1006", "2020-03-20"), ("T1006", "T1002", "2025-04-02")) == {
        "T1005": "7.0",
        "T1006": "17.0",
    }


def test_a_link_to_what_was_revoked_already_was_written_anew_and_tells_nothing():
    assert since(("T1005", "T1006", "2022-04-22"), ("T1006", "T1002", "2022-04-20")) == {"T1006": "11.0"}
    assert since(("T1005", "T1006", "2022-04-22"), ("T1006", "T1002", "2022-04-22")) == {
        "T1005": "11.0",
        "T1006": "11.0",
    }
    assert since(("T1005", "T1006", "2022-04-22"), ("T1006", "T1002", None)) == {"T1005": "11.0"}


def test_of_two_replacements_the_one_that_counts_tells_the_version():
    links = ("T1005", "T1001", "2020-03-20"), ("T1005", "T1002", "2025-04-02")
    assert since(*links) == {"T1005": "17.0"}
    assert since(*reversed(links)) == {"T1005": "7.0"}


def test_what_is_not_revoked_has_no_version():
    stamped = revoked_by("T1002", "T1001", created="2020-03-20"), revoked_by("T1004", "T1001", created="2020-03-20")
    assert attack_from_bundle(small_bundle(*stamped), version="19.1").revoked_since == {}


# What is shipped.


@pytest.mark.parametrize(
    ("technique", "version"),
    [
        ("T1086", "7.0"),
        ("T1089", "7.0"),  # whose replacement is another one since 19.0
        ("T1073", "7.0"),  # whose replacement was revoked in turn in 17.0
        ("T1574.002", "17.0"),
        ("T1053.001", "11.0"),
        ("T1547.011", "11.0"),
        ("T1150", None),
        ("T1162", None),
    ],
)
@pytest.mark.parametrize("attack_version", SHIPPED)
def test_what_the_shipped_facts_know(attack_version, technique, version):
    attack = load_catalog("enterprise", attack_version).attack
    assert technique in attack.revoked
    assert attack.revoked_since.get(technique) == version


def test_what_19_revoked_is_what_18_did_not():
    old, new = (load_catalog("enterprise", version).attack for version in ("18.1", "19.1"))
    in_19 = {technique for technique, version in new.revoked_since.items() if version == "19.0"}
    assert in_19 == new.revoked.keys() - old.revoked.keys()
    assert {"T1562", "T1562.001", "T1070.001", "T1656", "T1672"} <= in_19
    assert {old: since for old, since in new.revoked_since.items() if old not in in_19} == old.revoked_since


@pytest.mark.parametrize("attack_version", SHIPPED)
def test_the_versions_of_the_shipped_facts_are_releases_up_to_their_own(attack_version):
    attack = load_catalog("enterprise", attack_version).attack
    assert attack.revoked_since.keys() <= attack.revoked.keys()
    for version in set(attack.revoked_since.values()):
        assert version in RELEASES
        assert newest_first((version, attack_version))[0] == attack_version
