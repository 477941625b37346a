"""The ATT&CK versions at hand: shipped ones, and those that the user stored."""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coverage.catalog import (
    CATALOGS,
    available_versions,
    default_version,
    facts_file,
    load_catalog,
    load_context,
    stored_problems,
)
from coverage.catalog.context import Entity
from coverage.catalog.facts import write_facts
from coverage.catalog.files import SHIPPED_FOLDER, context_path, facts_path, stored_folder
from coverage.catalog.save import save
from coverage.catalog.stix import attack_from_bundle, context_from_bundle
from coverage.errors import CatalogError
from tests.catalog.bundles import relation, small_bundle, technique, thing

GROUP = thing("intrusion-set", "G0001", "A group")
USED = (GROUP, relation(GROUP, "uses", {"id": "attack-pattern--T1002"}))


def store(version, *more):
    """Store the small bundle, and `more`, as a version; returns the path of its facts."""
    document = small_bundle(*USED, *more)
    attack = attack_from_bundle(document, version=version)
    return save(stored_folder(), attack, context_from_bundle(document, attack))


def test_the_shipped_versions_are_at_hand_where_nothing_is_stored():
    assert available_versions() == ("19.1", "18.1")
    assert default_version() == "19.1"
    assert stored_problems() == ()


def test_a_stored_version_is_at_hand_and_the_newest_is_the_default():
    for version in ("20.0", "9.1", "10.0"):
        store(version)
    assert available_versions() == ("20.0", "19.1", "18.1", "10.0", "9.1")
    assert default_version() == "20.0"
    for name in CATALOGS:
        assert load_catalog(name).attack.version == "20.0"
        assert load_catalog(name, "9.1").attack.version == "9.1"
        assert load_catalog(name, "19.1").attack.version == "19.1"
    assert load_catalog("enterprise").attack.techniques.keys() == {"T1001", "T1002", "T1002.001"}


def test_a_stored_version_goes_before_the_shipped_one_as_long_as_it_is_there():
    shipped = load_catalog("enterprise", "19.1")
    path = store("19.1")
    assert available_versions() == ("19.1", "18.1")
    assert len(load_catalog("enterprise", "19.1").attack.techniques) == 3
    path.unlink()
    assert load_catalog("enterprise", "19.1") is shipped


def test_a_catalog_is_the_same_object_until_its_file_is_replaced():
    store("20.0")
    before, file = load_catalog("enterprise"), facts_file("20.0")
    assert load_catalog("enterprise") is before
    assert facts_file("20.0") == file
    store("20.0", technique("T1009", "New", "impact"))
    after = load_catalog("enterprise")
    assert facts_file("20.0") != file
    assert "T1009" in after.attack.techniques
    assert "T1009" not in before.attack.techniques


def test_a_version_that_is_not_at_hand_is_refused_with_those_that_are():
    store("20.0")
    with pytest.raises(CatalogError, match=r"no ATT&CK version '21\.0' here; choose one of 20\.0, 19\.1, 18\.1\.$"):
        load_catalog("enterprise", "21.0")


def _truncate(path):
    path.write_bytes(path.read_bytes()[:-200])


def _replace_by_folder(path):
    path.unlink()
    path.mkdir()


def _replace_by_pipe(path):
    path.unlink()
    os.mkfifo(path)


def _replace_by_link(path):
    path.unlink()
    path.symlink_to("nowhere")


def _rename(path):
    path.write_text(path.read_text(encoding="utf-8").replace('"20.0"', '"20.1"'), encoding="utf-8")


def _grow(path):
    with path.open("ab") as stream:
        stream.truncate(6_000_000)


def _remove_techniques(path):
    start = path.read_text(encoding="utf-8").partition('"techniques"')[0]
    path.write_text(start + '"techniques":[]}', encoding="utf-8")


DAMAGE = {
    "empty": lambda path: path.write_bytes(b""),
    "no JSON": lambda path: path.write_bytes(b"facts"),
    "another JSON": lambda path: path.write_bytes(b'{"rules": []}'),
    "binary": lambda path: path.write_bytes(bytes(range(256))),
    "truncated": _truncate,
    "a folder": _replace_by_folder,
    "a pipe": _replace_by_pipe,
    "a link to nowhere": _replace_by_link,
    "another version": _rename,
    "too large": _grow,
    "no techniques": _remove_techniques,
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_version_is_not_offered_and_naming_it_says_why(damage):
    store("9.1")
    path = store("20.0")
    damage(path)
    assert available_versions() == ("19.1", "18.1", "9.1")
    assert load_catalog("enterprise").attack.version == "19.1"
    (problem,) = stored_problems()
    assert problem.startswith(f"{path} holds no readable facts of ATT&CK 20.0")
    with pytest.raises(CatalogError) as error:
        load_catalog("enterprise", "20.0")
    assert str(error.value) == problem
    if path.is_dir():
        path.rmdir()
    store("20.0")
    assert default_version() == "20.0"
    assert stored_problems() == ()


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_where_a_stored_version_is_damaged_the_shipped_one_takes_its_place(damage):
    path = store("19.1")
    damage(path)
    if damage is not _rename:
        assert len(load_catalog("enterprise", "19.1").attack.techniques) == 697
        assert len(stored_problems()) == 1


def test_a_folder_that_cannot_be_read_takes_nothing_away():
    stored_folder().parent.mkdir(parents=True)
    stored_folder().write_text("no folder")
    assert available_versions() == ("19.1", "18.1")
    (problem,) = stored_problems()
    assert str(stored_folder()) in problem


def test_a_file_whose_name_holds_no_version_is_said_and_breaks_nothing():
    path = store("20.0")
    path.rename(facts_path(stored_folder(), "own"))
    assert available_versions() == ("19.1", "18.1")
    assert len(stored_problems()) == 1


WHOLE = write_facts(attack_from_bundle(small_bundle(), version="20.0")).encode()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=20)
    | st.tuples(st.integers(0, len(WHOLE)), st.binary(max_size=5)).map(
        lambda change: WHOLE[: change[0]] + change[1] + WHOLE[change[0] + len(change[1]) :]
    )
)
def test_whatever_a_stored_file_holds_every_version_that_is_offered_works(content):
    path = facts_path(stored_folder(), "20.0")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_bytes(content)
    for version in available_versions():
        for name in CATALOGS:
            catalog = load_catalog(name, version)
            assert catalog.attack.version == version
            assert isinstance(catalog.cells, frozenset)
            assert catalog.tactics_named("execution") is not None or version == "20.0"
    assert default_version() in ("19.1", "20.0")


# The context.


def test_the_context_of_a_stored_version_lies_beside_it():
    store("20.0")
    context = load_context()
    assert context.version == "20.0"
    assert context.of("T1002").groups == (Entity("G0001", "A group"),)
    assert load_context("20.0") is context
    assert load_context("19.1").version == "19.1"


def test_a_replaced_context_is_seen():
    store("20.0")
    before = load_context("20.0")
    store("20.0", relation(GROUP, "uses", {"id": "attack-pattern--T1001"}))
    assert before.of("T1001").groups == ()
    assert load_context("20.0").of("T1001").groups == (Entity("G0001", "A group"),)


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), _truncate, _rename, _grow, _replace_by_folder])
def test_a_version_whose_context_is_damaged_can_be_counted_and_asking_for_its_context_says_why(damage):
    store("20.0")
    damage(context_path(stored_folder(), "20.0"))
    assert load_catalog("enterprise").attack.version == "20.0"
    with pytest.raises(CatalogError, match=r"context-20\.0\.json holds no readable context of ATT&CK 20\.0; .*\.$"):
        load_context()


def test_where_the_context_of_a_stored_version_is_damaged_the_shipped_one_takes_its_place():
    store("19.1")
    context_path(stored_folder(), "19.1").write_text("damaged")
    assert len(load_context("19.1").techniques) == 697


def test_a_version_that_is_not_at_hand_has_no_context():
    with pytest.raises(CatalogError, match="choose one of"):
        load_context("21.0")


# Storing.


def test_what_is_stored_has_the_format_of_what_is_shipped():
    attack, context = load_catalog("enterprise", "18.1").attack, load_context("18.1")
    save(stored_folder(), attack, context)
    for path in (facts_path, context_path):
        assert path(stored_folder(), "18.1").read_bytes() == path(SHIPPED_FOLDER, "18.1").read_bytes()


def test_a_folder_that_cannot_be_made_is_said_in_one_sentence(data_home):
    data_home.write_text("no folder")
    with pytest.raises(CatalogError, match=r"^ATT&CK 20\.0 cannot be stored in .*: .*\.$"):
        store("20.0")
