"""The STIX reader, on small handmade bundles and on damaged ones."""

import pytest
from hypothesis import given

from coverage.catalog.enterprise import enterprise_catalog
from coverage.catalog.facts import read_facts, write_facts
from coverage.catalog.model import Attack, Tactic, Technique
from coverage.catalog.stix import attack_from_bundle
from coverage.errors import CatalogError
from tests.catalog.bundles import bundle, collection, matrix, revoked_by, small_bundle, tactic, technique
from tests.catalog.damage import JSON, damaged

MATRIX, TACTIC, TECHNIQUE = 0, 2, 3
"""The places of objects in the small bundle."""

EXECUTION, IMPACT = Tactic("TA0002", "execution", "Execution"), Tactic("TA0040", "impact", "Impact")
FIRST = Technique("T1001", "First", ("TA0040",))
SECOND = Technique("T1002", "Second", ("TA0002", "TA0040"), ("Linux", "Windows"))
SUB = Technique("T1002.001", "Sub", ("TA0002",), ("Linux",))


def read(*more, version="9.9"):
    return attack_from_bundle(small_bundle(*more), version=version)


def changed(place, **fields):
    """The small bundle with the object at `place` changed; a field that is None is removed."""
    damaged = small_bundle()
    item = damaged["objects"][place] | fields
    damaged["objects"][place] = {name: value for name, value in item.items() if value is not None}
    return damaged


def test_the_facts_of_a_bundle():
    assert read() == Attack(
        version="9.9",
        tactics=(IMPACT, EXECUTION),
        techniques={"T1001": FIRST, "T1002": SECOND, "T1002.001": SUB},
        revoked={"T1003": "T1002"},
        deprecated={"T1004": "Older"},
    )


# The version.


def test_a_bundle_with_a_collection_says_its_version():
    assert attack_from_bundle(small_bundle(collection("17.1"))).version == "17.1"


def test_a_version_that_the_caller_names_comes_first():
    assert attack_from_bundle(small_bundle(collection("17.1")), version="18.0").version == "18.0"


@pytest.mark.parametrize("more", [(), (collection(None),), (collection(""),), (collection(17.1),), (collection({}),)])
def test_a_bundle_that_does_not_say_its_version_needs_one(more):
    with pytest.raises(CatalogError, match="does not say its ATT&CK version"):
        attack_from_bundle(small_bundle(*more))


@pytest.mark.parametrize("version", ["../../etc/passwd", "a/b", "18.1\n", "latest", "١٨", "1" * 100, "\ud800"])
def test_a_version_that_no_file_should_be_named_after_is_refused(version):
    for attempt in (
        lambda: attack_from_bundle(small_bundle(), version=version),
        lambda: attack_from_bundle(small_bundle(collection(version))),
    ):
        with pytest.raises(CatalogError, match=r"is not an ATT&CK version such as 19\.1\.$") as error:
            attempt()
        assert len(str(error.value)) < 120


# What is no Enterprise ATT&CK.


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        "bundle",
        7,
        {"type": "bundle"},
        {"type": "bundle", "objects": None},
        {"type": "bundle", "objects": {"a": 1}},
        {"type": "report", "objects": []},
        {"objects": []},
        [small_bundle()],
    ],
)
def test_what_is_no_bundle(document):
    with pytest.raises(CatalogError, match="not a STIX bundle"):
        attack_from_bundle(document, version="9.9")


@pytest.mark.parametrize(
    "objects",
    [
        [],
        [None, 1, "text", [], {}],
        [matrix()],
        [tactic("TA0002", "execution", "Execution")],
        [technique("T1002", "Second", "execution")],
        [tactic("TA0002", "execution", "Execution"), technique("T1002", "Second", "impact")],
        [tactic("TA0002", "execution", "Execution"), technique("T1002", "Second", "execution", revoked=True)],
        [tactic("TA0002", "execution", "Execution"), technique("T1002.001", "Orphan", "execution")],
    ],
)
def test_a_bundle_without_tactics_or_techniques(objects):
    with pytest.raises(CatalogError, match="holds no tactics or no techniques"):
        attack_from_bundle(bundle(*objects), version="9.9")


@pytest.mark.parametrize("domain", ["mobile-attack", "ics-attack"])
def test_another_domain_is_named_and_refused(domain):
    with pytest.raises(CatalogError, match=f"{domain}.*enterprise-attack"):
        attack_from_bundle(changed(MATRIX, **matrix("impact", domain=domain)), version="9.9")


@pytest.mark.parametrize(
    ("kill_chain", "domain"), [("mitre-mobile-attack", "mobile-attack"), ("mitre-ics-attack", "ics-attack")]
)
def test_another_domain_is_named_even_where_the_bundle_has_no_matrix(kill_chain, domain):
    of_other_domain = bundle(
        tactic("TA0041", "execution", "Execution"),
        technique("T1603", "Scheduled Task/Job", "execution", kill_chain=kill_chain),
    )
    with pytest.raises(CatalogError, match=f"{domain}.*enterprise-attack"):
        attack_from_bundle(of_other_domain)


def test_the_name_of_a_domain_is_shown_in_short():
    with pytest.raises(CatalogError) as error:
        attack_from_bundle(changed(MATRIX, **matrix(domain="x" * 10_000)), version="9.9")
    assert len(str(error.value)) < 200


def test_a_withdrawn_matrix_of_another_domain_does_not_matter():
    old = matrix(domain="pre-attack") | {"id": "x-mitre-matrix--2", "x_mitre_deprecated": True}
    assert read(old) == read()


# Tactics.


@pytest.mark.parametrize(
    "damage",
    [{"tactic_refs": None}, {"tactic_refs": 7}, {"tactic_refs": [None, ["x"], {}]}, {"type": "x-other"}],
)
def test_without_the_order_of_the_matrix_tactics_stay_in_that_of_the_file(damage):
    assert attack_from_bundle(changed(MATRIX, **damage), version="9.9").tactics == (EXECUTION, IMPACT)


def test_a_tactic_that_the_matrix_does_not_list_comes_last():
    found = attack_from_bundle(changed(MATRIX, **matrix("gone", "impact")), version="9.9")
    assert found.tactics == (IMPACT, EXECUTION)


def test_a_matrix_that_does_not_say_its_domain_still_gives_the_order():
    assert attack_from_bundle(changed(MATRIX, external_references=None), version="9.9") == read()


@pytest.mark.parametrize(
    "damage",
    [
        {"revoked": True},
        {"x_mitre_deprecated": True},
        {"external_references": []},
        {"x_mitre_shortname": None},
        {"x_mitre_shortname": 5},
    ],
)
def test_a_tactic_that_is_withdrawn_or_lacks_what_it_must_have_is_left_out(damage):
    found = attack_from_bundle(changed(TACTIC, **damage), version="9.9")
    assert found.tactics == (EXECUTION,)
    assert found.techniques["T1002"].tactics == ("TA0002",)


def test_a_tactic_without_a_name_is_called_by_its_short_one():
    found = attack_from_bundle(changed(TACTIC, name=None), version="9.9")
    assert found.tactics[0] == Tactic("TA0040", "impact", "impact")


def test_a_tactic_that_is_listed_or_given_twice_is_one_column():
    twice = changed(MATRIX, **matrix("impact", "impact", "execution"))
    twice["objects"].append(tactic("TA0040", "impact", "Impact") | {"id": "x-mitre-tactic--again"})
    assert attack_from_bundle(twice, version="9.9") == read()


# Techniques.


@pytest.mark.parametrize(
    "external_references",
    [
        None,
        7,
        [],
        ["T1002"],
        [{"external_id": "T1002"}],
        [{"source_name": "capec", "external_id": "T1002"}],
        [{"source_name": "mitre-attack"}],
        [{"source_name": "mitre-attack", "external_id": 1002}],
        [{"source_name": "mitre-attack", "external_id": "CAPEC-1"}],
        [{"source_name": ["mitre-attack"], "external_id": "T1002"}],
    ],
)
def test_a_technique_without_an_attack_id_is_left_out(external_references):
    found = attack_from_bundle(changed(TECHNIQUE, external_references=external_references), version="9.9")
    assert found.techniques == {"T1001": FIRST, "T1002.001": SUB}


@pytest.mark.parametrize("name", [None, "", 7, ["Second"]])
def test_a_technique_without_a_name_is_called_by_its_id(name):
    assert attack_from_bundle(changed(TECHNIQUE, name=name), version="9.9").techniques["T1002"].name == "T1002"


@pytest.mark.parametrize(
    "kill_chain_phases",
    [None, 7, "execution", [None, "execution", {}], [{"kill_chain_name": "mitre-attack", "phase_name": ["execution"]}]],
)
def test_a_technique_without_readable_tactics_is_known_and_in_no_column(kill_chain_phases):
    found = attack_from_bundle(changed(TECHNIQUE, kill_chain_phases=kill_chain_phases), version="9.9")
    assert found.techniques["T1002"].tactics == ()
    assert ("TA0002", "T1002") not in enterprise_catalog(found).cells


def test_only_phases_of_the_attack_kill_chain_are_tactics():
    phases = [
        {"kill_chain_name": "lockheed", "phase_name": "impact"},
        {"kill_chain_name": "mitre-attack", "phase_name": "execution"},
        {"kill_chain_name": "mitre-attack", "phase_name": "execution"},
    ]
    found = attack_from_bundle(changed(TECHNIQUE, kill_chain_phases=phases), version="9.9")
    assert found.techniques["T1002"].tactics == ("TA0002",)


@pytest.mark.parametrize(
    ("platforms", "read_as"),
    [(None, ()), (7, ()), ("Linux", ()), (["Windows", 7, None, ["x"], "Linux", "Linux", ""], ("Linux", "Windows"))],
)
def test_what_is_readable_of_the_platforms_is_kept(platforms, read_as):
    found = attack_from_bundle(changed(TECHNIQUE, x_mitre_platforms=platforms), version="9.9")
    assert found.techniques["T1002"].platforms == read_as


def test_half_a_surrogate_pair_does_not_reach_the_facts():
    found = attack_from_bundle(changed(TECHNIQUE, name="Sec\ud800ond", x_mitre_platforms=["\udfff"]), version="9.9")
    assert found.techniques["T1002"].name == "Sec?ond"
    assert found.techniques["T1002"].platforms == ("?",)


def test_a_sub_technique_whose_parent_is_missing_breaks_nothing():
    found = read(technique("T1077.001", "Orphan", "impact"))
    assert found.techniques["T1077.001"].parent == "T1077"
    assert ("TA0040", "T1077.001") not in enterprise_catalog(found).cells


# Revoked and deprecated.


def test_a_chain_of_revoked_ids_is_kept_as_it_is():
    found = read(technique("T1005", "Oldest", revoked=True), revoked_by("T1005", "T1003"))
    assert found.revoked == {"T1003": "T1002", "T1005": "T1003"}
    assert found.replacement("T1005") == "T1002"


@pytest.mark.parametrize(
    "relations",
    [
        [revoked_by("T1005", "T1006"), revoked_by("T1006", "T1005")],
        [revoked_by("T1005", "T1005"), revoked_by("T1006", "T1005")],
    ],
)
def test_replacements_in_a_circle_end_at_no_active_technique(relations):
    found = read(technique("T1005", "A", revoked=True), technique("T1006", "B", revoked=True), *relations)
    assert found.replacement("T1005") is None
    assert found.replacement("T1006") is None


@pytest.mark.parametrize(
    "relation",
    [
        revoked_by("T1005", "T8888"),
        revoked_by("T8888", "T1002"),
        revoked_by("T1005", "T1002") | {"target_ref": None},
        revoked_by("T1005", "T1002") | {"target_ref": ["attack-pattern--T1002"]},
        revoked_by("T1005", "T1002") | {"source_ref": {}},
        revoked_by("T1005", "T1002") | {"relationship_type": "uses"},
        revoked_by("T1005", "T1002") | {"type": "sighting"},
        revoked_by("T1005", "T1002") | {"revoked": True},
        revoked_by("T1005", "T1002") | {"x_mitre_deprecated": True},
        {"type": "relationship", "id": "relationship--1", "relationship_type": "revoked-by"},
    ],
)
def test_a_revoked_id_without_a_readable_replacement_counts_as_deprecated(relation):
    found = read(technique("T1005", "Lost", "impact", revoked=True), relation)
    assert found.revoked == {"T1003": "T1002"}
    assert found.deprecated == {"T1004": "Older", "T1005": "Lost"}


def test_a_relation_alone_revokes_nothing():
    found = read(revoked_by("T1002", "T1002.001"), revoked_by("T1004", "T1002"))
    assert found == read()


@pytest.mark.parametrize("withdrawn", [{"revoked": True}, {"x_mitre_deprecated": True}])
def test_an_id_that_lives_on_under_another_object_is_active(withdrawn):
    old = technique("T1002", "Old second", "impact", **withdrawn) | {"id": "attack-pattern--old"}
    relation = revoked_by("old", "T1002.001")
    assert read(old, relation) == read()


# Damage.

WHOLE = small_bundle(collection(), technique("T1005", "Oldest", revoked=True), revoked_by("T1005", "T1003"))


@given(JSON)
def test_no_json_document_raises_anything_but_a_catalog_error(document):
    with pytest.raises(CatalogError):
        attack_from_bundle(document)


@given(damaged(WHOLE))
def test_a_damaged_bundle_is_refused_in_one_sentence_or_gives_facts_that_work(document):
    try:
        attack = attack_from_bundle(document)
    except CatalogError as error:
        message = str(error)
        assert message.endswith(".")
        assert message.isprintable()
        return
    text = write_facts(attack)
    assert read_facts(text) == attack
    assert text.encode().decode() == text
    catalog = enterprise_catalog(attack)
    assert len(set(catalog.columns)) == len(catalog.tactics)
    assert catalog.cells
    assert attack.techniques.keys().isdisjoint({**attack.revoked, **attack.deprecated})
