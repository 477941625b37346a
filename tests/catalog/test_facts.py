"""The shipped data files."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.catalog.facts import DATA, SHIPPED, read_facts, write_facts
from coverage.catalog.model import Attack, Tactic, Technique

TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
TEXTS = st.lists(TEXT, max_size=3, unique=True).map(lambda texts: tuple(sorted(texts)))
ATTACKS = st.builds(
    Attack,
    version=TEXT,
    tactics=st.lists(st.builds(Tactic, TEXT, TEXT, TEXT), max_size=3).map(tuple),
    techniques=st.lists(st.builds(Technique, id=TEXT, name=TEXT, tactics=TEXTS, platforms=TEXTS), max_size=4).map(
        lambda techniques: {technique.id: technique for technique in techniques}
    ),
    revoked=st.dictionaries(TEXT, TEXT, max_size=3),
    deprecated=st.dictionaries(TEXT, TEXT, max_size=3),
)


@given(ATTACKS)
def test_what_is_written_is_read_again(attack):
    assert read_facts(write_facts(attack)) == attack


@pytest.mark.parametrize("version", SHIPPED)
def test_a_shipped_file_is_as_the_builder_writes_it(version):
    text = (DATA / f"enterprise-{version}.json").read_text(encoding="utf-8")
    assert write_facts(read_facts(text)) == text


def test_every_data_file_is_shipped():
    assert {path.name for path in DATA.glob("*.json")} == {f"enterprise-{version}.json" for version in SHIPPED}


@pytest.mark.parametrize("version", SHIPPED)
def test_a_shipped_file_carries_mitre_s_notice_and_no_descriptions(version):
    data = json.loads((DATA / f"enterprise-{version}.json").read_text(encoding="utf-8"))
    assert "The MITRE Corporation" in data["notice"]
    assert set(data) == {"notice", "attack_version", "tactics", "platforms", "revoked", "deprecated", "techniques"}
    assert all(len(row) == 4 for row in data["techniques"])
