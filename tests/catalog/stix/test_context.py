"""What a bundle says around a technique: who uses it, what mitigates it, which logs show it."""

from collections import defaultdict

import pytest
from hypothesis import given

from coverage.catalog import SHIPPED
from coverage.catalog.context import AttackContext, Entity, LogSource, TechniqueContext
from coverage.catalog.context_facts import read_context, write_context
from coverage.catalog.stix import attack_from_bundle, context_from_bundle
from coverage.errors import CatalogError
from tests.catalog.bundles import analytic, relation, small_bundle, strategy, technique, thing
from tests.catalog.damage import damaged
from tests.catalog.official import official_bundle

FIRST = technique("T1001", "First", "impact")
SECOND = technique("T1002", "Second", "execution", "impact")
SUB = technique("T1002.001", "Sub", "execution")
REVOKED = technique("T1003", "Old", "execution", revoked=True)
DEPRECATED = technique("T1004", "Older", "execution", x_mitre_deprecated=True)

GROUP = thing("intrusion-set", "G0001", "A group")
OTHER_GROUP = thing("intrusion-set", "G0002", "Another group")
MALWARE = thing("malware", "S0001", "A worm")
TOOL = thing("tool", "S0002", "A tool")
CAMPAIGN = thing("campaign", "C0001", "A campaign")
MITIGATION = thing("course-of-action", "M1001", "A mitigation")
PROCESS = thing("x-mitre-data-component", "DC0032", "Process Creation")
FLOW = thing("x-mitre-data-component", "DC0078", "Network Traffic Flow")
ON_WINDOWS = analytic("AN0001", (PROCESS, "Security", "4688"), (FLOW, "Sysmon", "3"))
ON_LINUX = analytic("AN0002", (PROCESS, "auditd", "execve"), (PROCESS, "Security", "4688"))
STRATEGY = strategy("DET0001", ON_WINDOWS, ON_LINUX)
ALL = (GROUP, OTHER_GROUP, MALWARE, TOOL, CAMPAIGN, MITIGATION, PROCESS, FLOW, ON_WINDOWS, ON_LINUX, STRATEGY)

USED_BY_GROUP = relation(GROUP, "uses", SECOND)
DETECTED = relation(STRATEGY, "detects", SECOND)
RELATIONS = (
    USED_BY_GROUP,
    relation(OTHER_GROUP, "uses", SECOND),
    relation(MALWARE, "uses", SECOND),
    relation(TOOL, "uses", SECOND),
    relation(CAMPAIGN, "uses", SECOND),
    relation(MITIGATION, "mitigates", SECOND),
    DETECTED,
    relation(TOOL, "uses", SUB),
)

A_GROUP, ANOTHER_GROUP = Entity("G0001", "A group"), Entity("G0002", "Another group")
CREATION, TRAFFIC = Entity("DC0032", "Process Creation"), Entity("DC0078", "Network Traffic Flow")


def context_of(*more):
    """The context of the small bundle and `more`."""
    document = small_bundle(*more)
    return context_from_bundle(document, attack_from_bundle(document, version="9.9"))


def test_the_context_of_a_technique():
    assert context_of(*ALL, *RELATIONS) == AttackContext(
        "9.9",
        {
            "T1002": TechniqueContext(
                groups=(A_GROUP, ANOTHER_GROUP),
                software=(Entity("S0001", "A worm"), Entity("S0002", "A tool")),
                campaigns=(Entity("C0001", "A campaign"),),
                mitigations=(Entity("M1001", "A mitigation"),),
                log_sources=(
                    LogSource(CREATION, "Security", "4688"),
                    LogSource(CREATION, "auditd", "execve"),
                    LogSource(TRAFFIC, "Sysmon", "3"),
                ),
            ),
            "T1002.001": TechniqueContext(software=(Entity("S0002", "A tool"),)),
        },
    )


def test_of_a_technique_that_nothing_is_stated_of_the_context_is_empty():
    context = context_of(*ALL, *RELATIONS)
    assert context.of("T1001") == context.of("T9999") == TechniqueContext()
    assert context.of("T1002.001").software == (Entity("S0002", "A tool"),)


def test_all_entities_and_log_sources_of_a_version():
    context = context_of(*ALL, *RELATIONS, relation(GROUP, "uses", FIRST))
    assert context.every(lambda known: known.groups) == (A_GROUP, ANOTHER_GROUP)
    assert [source.channel for source in context.every(lambda known: known.log_sources)] == ["4688", "execve", "3"]


def test_only_what_is_stated_of_the_very_technique_counts():
    context = context_of(
        *ALL,
        relation(CAMPAIGN, "uses", FIRST),
        relation(CAMPAIGN, "attributed-to", GROUP),
        relation(GROUP, "uses", MALWARE),
        relation(MALWARE, "uses", SUB),
    )
    assert context.techniques == {
        "T1001": TechniqueContext(campaigns=(Entity("C0001", "A campaign"),)),
        "T1002.001": TechniqueContext(software=(Entity("S0001", "A worm"),)),
    }


def test_before_version_18_data_components_detect_a_technique_themselves():
    unnumbered = thing("x-mitre-data-component", "DC0032", "Process Creation", external_references=[])
    context = context_of(unnumbered, relation(unnumbered, "detects", SECOND))
    assert context.of("T1002").log_sources == (LogSource(Entity("", "Process Creation"), "", ""),)


@pytest.mark.parametrize("withdrawn", [{"revoked": True}, {"x_mitre_deprecated": True}])
@pytest.mark.parametrize(
    ("objects", "place"),
    [
        ((GROUP, USED_BY_GROUP), 0),
        ((GROUP, USED_BY_GROUP), 1),
        ((MITIGATION, relation(MITIGATION, "mitigates", SECOND)), 0),
        ((PROCESS, FLOW, ON_WINDOWS, ON_LINUX, STRATEGY, DETECTED), 4),
        ((PROCESS, FLOW, ON_WINDOWS, ON_LINUX, STRATEGY, DETECTED), 5),
    ],
)
def test_what_is_withdrawn_is_left_out(objects, place, withdrawn):
    assert context_of(*objects).techniques
    assert context_of(*objects[:place], {**objects[place], **withdrawn}, *objects[place + 1 :]).techniques == {}


@pytest.mark.parametrize("withdrawn", [{"revoked": True}, {"x_mitre_deprecated": True}])
def test_a_withdrawn_analytic_or_data_component_takes_its_log_sources_with_it(withdrawn):
    def sources(*objects):
        return [source.name for source in context_of(*objects, STRATEGY, DETECTED).of("T1002").log_sources]

    assert sources(PROCESS, FLOW, ON_WINDOWS, ON_LINUX) == ["Security", "auditd", "Sysmon"]
    assert sources(PROCESS, FLOW, ON_WINDOWS, {**ON_LINUX, **withdrawn}) == ["Security", "Sysmon"]
    assert sources({**PROCESS, **withdrawn}, FLOW, ON_WINDOWS, ON_LINUX) == ["Sysmon"]


@pytest.mark.parametrize("target", [REVOKED, DEPRECATED, {**SECOND, "id": "attack-pattern--gone"}])
def test_relations_to_techniques_that_are_withdrawn_or_missing_are_left_out(target):
    assert context_of(*ALL, relation(GROUP, "uses", target), relation(STRATEGY, "detects", target)).techniques == {}


@pytest.mark.parametrize("withdrawn", [{"revoked": True}, {"x_mitre_deprecated": True}])
def test_what_is_stated_of_a_withdrawn_object_is_not_passed_on_to_the_one_that_has_its_id_now(withdrawn):
    old = {**SECOND, "id": "attack-pattern--old", **withdrawn}
    assert context_of(GROUP, old, relation(GROUP, "uses", old)).techniques == {}


@pytest.mark.parametrize(
    "more",
    [
        [USED_BY_GROUP],
        [GROUP, {**USED_BY_GROUP, "target_ref": None}],
        [GROUP, {**USED_BY_GROUP, "source_ref": ["intrusion-set--G0001"]}],
        [GROUP, {**USED_BY_GROUP, "relationship_type": "mitigates"}],
        [GROUP, {**USED_BY_GROUP, "type": "sighting"}],
        [{**GROUP, "type": "x-other"}, USED_BY_GROUP],
        [{**GROUP, "external_references": None, "name": None}, USED_BY_GROUP],
        [MITIGATION, relation(MITIGATION, "uses", SECOND)],
        [STRATEGY, DETECTED],
        [{**STRATEGY, "x_mitre_analytic_refs": "x-mitre-analytic--AN0001"}, ON_WINDOWS, PROCESS, DETECTED],
        [STRATEGY, ON_WINDOWS, DETECTED],
        [STRATEGY, {**ON_WINDOWS, "x_mitre_log_source_references": [None, 7, {}]}, PROCESS, DETECTED],
    ],
)
def test_what_leads_nowhere_or_is_damaged_is_left_out(more):
    assert context_of(*more).techniques == {}


@pytest.mark.parametrize(
    ("fields", "entity"),
    [
        ({"name": None}, Entity("G0001", "G0001")),
        ({"external_references": 7}, Entity("", "A group")),
        ({"name": " A\ud800 group "}, Entity("G0001", "A? group")),
    ],
)
def test_what_is_readable_of_an_entity_is_kept(fields, entity):
    assert context_of({**GROUP, **fields}, USED_BY_GROUP).of("T1002").groups == (entity,)


@pytest.mark.parametrize(
    ("name", "channel", "source"),
    [
        ("HTTP ", " GET\n", ("HTTP", "GET")),
        (None, 7, ("", "")),
        ("Sysmon", None, ("Sysmon", "")),
    ],
)
def test_what_is_readable_of_a_log_source_is_kept(name, channel, source):
    logs = analytic("AN0001", (PROCESS, name, channel))
    context = context_of(PROCESS, logs, strategy("DET0001", logs), DETECTED)
    assert context.of("T1002").log_sources == (LogSource(CREATION, *source),)


def test_what_is_stated_twice_is_listed_once():
    twice = [dict(item) for item in RELATIONS for _ in range(2)]
    assert context_of(*ALL, *twice) == context_of(*ALL, *RELATIONS)


def test_what_is_no_bundle_is_refused():
    with pytest.raises(CatalogError, match="not a STIX bundle"):
        context_from_bundle([], attack_from_bundle(small_bundle(), version="9.9"))


WHOLE = small_bundle(*ALL, *RELATIONS)


@given(damaged(WHOLE))
def test_a_damaged_bundle_gives_a_context_that_can_be_written(document):
    try:
        attack = attack_from_bundle(document, version="9.9")
    except CatalogError:
        return
    context = context_from_bundle(document, attack)
    assert context.techniques.keys() <= attack.techniques.keys()
    text = write_context(context)
    assert read_context(text) == context
    assert text.encode().decode() == text


# The official bundles, counted once more by separate code.


@pytest.mark.parametrize("version", SHIPPED)
def test_the_official_context_is_what_separate_code_counts(version):
    document = official_bundle(version)
    context = context_from_bundle(document, attack_from_bundle(document))
    found = {
        technique: {
            "groups": {entity.id for entity in known.groups},
            "software": {entity.id for entity in known.software},
            "campaigns": {entity.id for entity in known.campaigns},
            "mitigations": {entity.id for entity in known.mitigations},
            "logs": {(source.component.id, source.name, source.channel) for source in known.log_sources},
        }
        for technique, known in context.techniques.items()
    }
    assert found == _counted(document["objects"])


def _counted(objects):
    active = {item["id"]: item for item in objects if not (item.get("revoked") or item.get("x_mitre_deprecated"))}

    def number(reference):
        listed = active[reference]["external_references"]
        return next(entry["external_id"] for entry in listed if entry["source_name"] == "mitre-attack")

    fields = {
        "intrusion-set": "groups",
        "malware": "software",
        "tool": "software",
        "campaign": "campaigns",
        "course-of-action": "mitigations",
    }
    counted = defaultdict(
        lambda: {field: set() for field in ("groups", "software", "campaigns", "mitigations", "logs")}
    )
    for item in active.values():
        if item["type"] != "relationship" or not item["target_ref"].startswith("attack-pattern--"):
            continue
        source, target = item["source_ref"], item["target_ref"]
        if source not in active or target not in active:
            continue
        kind = source.partition("--")[0]
        if kind in fields:
            counted[number(target)][fields[kind]].add(number(source))
        elif kind == "x-mitre-detection-strategy":
            for reference in active[source]["x_mitre_analytic_refs"]:
                for log in active[reference].get("x_mitre_log_source_references", ()):
                    component = number(log["x_mitre_data_component_ref"])
                    counted[number(target)]["logs"].add((component, log["name"].strip(), log["channel"].strip()))
    return dict(counted)
