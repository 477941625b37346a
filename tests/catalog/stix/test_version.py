"""Which ATT&CK version a bundle is."""

import pytest

from coverage.catalog import SHIPPED
from coverage.catalog.stix import attack_from_bundle
from coverage.errors import CatalogError
from tests.catalog.bundles import collection, small_bundle, thing
from tests.catalog.official import official_bundle

REPOSITORY = "https://raw.githubusercontent.com/mitre/cti"


def changed_on(*stamps):
    """The small bundle with further objects that were changed at these times."""
    more = (thing("campaign", f"C{number:04}", "A campaign", modified=stamp) for number, stamp in enumerate(stamps))
    return small_bundle(*more)


def version_of(document, name=""):
    return attack_from_bundle(document, name=name).version


@pytest.mark.parametrize("version", SHIPPED)
def test_the_official_bundles_without_a_collection_tell_it_by_their_newest_objects(version):
    bundle = official_bundle(version)
    assert not [item for item in bundle["objects"] if item["type"] == "x-mitre-collection"]
    assert version_of(bundle) == version
    assert version_of(bundle, "enterprise-attack.json") == version


def test_the_bundle_s_own_word_goes_before_all():
    document = changed_on("2026-05-12T16:34:50.698Z")
    document["objects"].append(collection("17.1"))
    assert version_of(document, "enterprise-attack-18.1.json") == "17.1"


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("enterprise-attack-18.1.json", "18.1"),
        ("enterprise-attack-9.0.json.gz", "9.0"),
        ("https://example.org/enterprise-attack/enterprise-attack-17.1.json", "17.1"),
        (f"{REPOSITORY}/ATT%26CK-v16.1/enterprise-attack/enterprise-attack.json", "16.1"),
        (f"{REPOSITORY}/ATT&CK-v16.1/enterprise-attack/enterprise-attack.json", "16.1"),
        ("enterprise-attack-17.0 and enterprise-attack-17.1.json", "17.1"),
    ],
)
def test_a_name_of_mitre_s_kind_tells_it(name, version):
    assert version_of(small_bundle(), name) == version


@pytest.mark.parametrize(
    "name", ["", "enterprise-attack.json", "mobile-attack-18.1.json", "18.1.json", "enterprise-attack-18.json"]
)
def test_any_other_name_tells_nothing(name):
    with pytest.raises(CatalogError, match=r"does not say its ATT&CK version; .*--as"):
        version_of(small_bundle(), name)


@pytest.mark.parametrize(
    ("stamps", "version"),
    [
        (["2025-11-12T22:03:39.105Z"], "18.1"),
        (["2025-11-13T00:00:00.000Z"], "18.1"),
        (["2018-01-17T12:56:55.080Z", "2026-05-12T16:34:50.698Z", "2025-11-12T22:03:39.105Z"], "19.1"),
        (["2026-04-28"], "19.0"),
        (["2025-10-21"], "18.0"),
        (["2026-05-12T16:34:50.698Z", None, 7, ""], "19.1"),
    ],
)
def test_the_newest_stamp_of_the_week_before_a_release_tells_it(stamps, version):
    assert version_of(changed_on(*stamps)) == version


@pytest.mark.parametrize(
    "stamp",
    [
        "2025-11-14",
        "2025-11-05",
        "2026-04-29",
        "2026-05-13",
        "2030-01-01",
        "soon",
        "",
        "2025-04-22",  # the day of 17.0, which may be the newest stamp of 17.1 too
        "2020-07-08",
    ],
)
def test_any_other_stamp_tells_nothing(stamp):
    with pytest.raises(CatalogError, match="does not say its ATT&CK version"):
        version_of(changed_on("2019-01-01", stamp))


def test_a_name_and_a_stamp_that_contradict_each_other_are_not_believed():
    with pytest.raises(CatalogError, match=r"18\.1 by its name and 19\.1 by its newest object; .*--as"):
        version_of(changed_on("2026-05-12"), "enterprise-attack-18.1.json")
    assert (
        attack_from_bundle(changed_on("2026-05-12"), version="20.0", name="enterprise-attack-18.1.json").version
        == "20.0"
    )
