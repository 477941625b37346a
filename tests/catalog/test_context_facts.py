"""The second facts file: the context of a version."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.catalog import SHIPPED, load_catalog, load_context
from coverage.catalog.context import AttackContext, Entity, LogSource, TechniqueContext
from coverage.catalog.context_facts import read_context, write_context
from coverage.catalog.files import SHIPPED_FOLDER, context_path
from coverage.errors import CatalogError

TEXT = st.text(st.characters(codec="utf-8"), max_size=6)
ENTITY = st.builds(Entity, TEXT, TEXT)
LOG_SOURCE = st.builds(LogSource, ENTITY, TEXT, TEXT)


def some(values):
    return st.lists(values, max_size=3, unique=True).map(lambda found: tuple(sorted(found)))


TECHNIQUE = st.builds(TechniqueContext, some(ENTITY), some(ENTITY), some(ENTITY), some(ENTITY), some(LOG_SOURCE))
CONTEXTS = st.builds(AttackContext, version=TEXT, techniques=st.dictionaries(TEXT, TECHNIQUE, max_size=4))


@given(CONTEXTS)
def test_what_is_written_is_read_again(context):
    assert read_context(write_context(context)) == context


A_GROUP, A_COMPONENT = Entity("G0001", "A group"), Entity("DC0032", "Process Creation")
A_TECHNIQUE = TechniqueContext(groups=(A_GROUP,), log_sources=(LogSource(A_COMPONENT, "Security", "4688"),))
WHOLE = write_context(AttackContext("9.9", {"T1002": A_TECHNIQUE}))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "no JSON",
        "null",
        "[]",
        "{}",
        "[" * 100_000,
        WHOLE[: len(WHOLE) // 2],
        WHOLE.replace('"groups"', '"group"'),
        WHOLE.replace('["G0001","A group"]', '["G0001"]'),
        WHOLE.replace('["G0001","A group"]', '["G0001",7]'),
        WHOLE.replace('[0,"Security"', '[1,"Security"'),
        WHOLE.replace('"Security"', "null"),
        WHOLE.replace('["T1002",[0]', '["T1002",[1]'),
        WHOLE.replace('["T1002",[0],', '["T1002",'),
        WHOLE.replace('["T1002",[0]', '["T1002",[0],[]'),
        WHOLE.replace('"T1002"', '["T1002"]'),
    ],
)
def test_a_damaged_context_is_refused(content):
    assert content != WHOLE
    with pytest.raises(CatalogError):
        read_context(content)


@pytest.mark.parametrize("version", SHIPPED)
def test_a_shipped_file_is_small_carries_mitre_s_notice_and_no_descriptions(version):
    path = context_path(SHIPPED_FOLDER, version)
    assert path.stat().st_size < 500_000
    data = json.loads(path.read_text(encoding="utf-8"))
    assert "The MITRE Corporation" in data["notice"]
    entities = ("groups", "software", "campaigns", "mitigations", "components")
    assert set(data) == {"notice", "attack_version", *entities, "log_sources", "techniques"}
    assert all(len(entity) == 2 and len(entity[1]) < 80 for name in entities for entity in data[name])


@pytest.mark.parametrize(
    ("version", "sizes"), [("19.1", (170, 821, 55, 44, 98, 2484)), ("18.1", (168, 784, 51, 44, 97, 2473))]
)
def test_the_size_of_the_shipped_contexts(version, sizes):
    context = load_context(version)
    log_sources = context.every(lambda known: known.log_sources)
    assert context.version == version
    assert sizes == (
        len(context.every(lambda known: known.groups)),
        len(context.every(lambda known: known.software)),
        len(context.every(lambda known: known.campaigns)),
        len(context.every(lambda known: known.mitigations)),
        len({source.component for source in log_sources}),
        len(log_sources),
    )


@pytest.mark.parametrize(("version", "without"), [("19.1", 45), ("18.1", 41)])
def test_only_techniques_outside_the_victim_s_reach_have_no_log_sources(version, without):
    techniques = load_catalog("enterprise", version).attack.techniques
    context = load_context(version)
    assert context.techniques.keys() <= techniques.keys()
    found = [known for technique, known in techniques.items() if not context.of(technique).log_sources]
    assert len(found) == without
    assert {tactic for known in found for tactic in known.tactics} == {"TA0042", "TA0043"}


def test_well_known_facts():
    known = load_context("19.1").of("T1003.001")
    assert Entity("S0002", "Mimikatz") in known.software
    assert Entity("M1043", "Credential Access Protection") in known.mitigations
    assert Entity("DC0035", "Process Access") in {source.component for source in known.log_sources}
