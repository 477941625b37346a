"""The shipped data files."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.catalog import SHIPPED
from coverage.catalog.facts import read_facts, write_facts
from coverage.catalog.files import SHIPPED_FOLDER, context_path, facts_path, versions_in
from coverage.catalog.model import Attack, Tactic, Technique
from coverage.catalog.stix import attack_from_bundle
from coverage.errors import CatalogError
from tests.catalog.bundles import small_bundle

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
    revoked_since=st.dictionaries(TEXT, st.sampled_from(["7.0", "19.0"]) | TEXT, max_size=4),
)


WHOLE = write_facts(
    replace(attack_from_bundle(small_bundle(), version="9.9"), revoked_since={"T1003": "9.0", "T0999": "7.0"})
)


@given(ATTACKS)
def test_what_is_written_is_read_again(attack):
    assert read_facts(write_facts(attack)) == attack


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
        WHOLE.replace('"tactics":[', '"tactics":7,"more":['),
        WHOLE.replace('"TA0040"', "7"),
        WHOLE.replace('"Second"', '["Second"]'),
        WHOLE.replace('"Second"', r'"Sec\ud800ond"'),
        WHOLE.replace("[0,1]", "[0,9]"),
        WHOLE.replace("[0,1]", '["Linux"]'),
        WHOLE.replace('"T1003":"T1002"', '"T1003":null'),
        WHOLE.replace('{"T1004":"Older"}', '["T1004"]'),
        WHOLE.replace('{"7.0":["T0999"],"9.0":["T1003"]}', "null"),
        WHOLE.replace('"9.0":["T1003"]', '"9.0":"T1003"'),
        WHOLE.replace('"9.0":["T1003"]', '"9.0":[1003]'),
    ],
)
def test_damaged_facts_are_refused(content):
    assert content != WHOLE
    with pytest.raises(CatalogError):
        read_facts(content)


def test_facts_that_were_stored_before_they_said_since_when_ids_are_revoked_are_read_without_it():
    old = re.sub(r'"revoked_since":.*\n', "", WHOLE)
    assert "revoked_since" not in old
    assert read_facts(old) == replace(read_facts(WHOLE), revoked_since={})


@pytest.mark.parametrize("version", SHIPPED)
def test_a_shipped_file_is_as_the_builder_writes_it(version):
    text = facts_path(SHIPPED_FOLDER, version).read_text(encoding="utf-8")
    assert write_facts(read_facts(text)) == text


def test_every_data_file_is_shipped():
    assert sorted(versions_in(SHIPPED_FOLDER)) == sorted(SHIPPED)
    files = {path(SHIPPED_FOLDER, version) for path in (facts_path, context_path) for version in SHIPPED}
    assert set(SHIPPED_FOLDER.glob("*.json")) == files


@pytest.mark.parametrize("version", SHIPPED)
def test_a_shipped_file_carries_mitre_s_notice_and_no_descriptions(version):
    data = json.loads(facts_path(SHIPPED_FOLDER, version).read_text(encoding="utf-8"))
    assert "The MITRE Corporation" in data["notice"]
    assert set(data) == {
        "notice",
        "attack_version",
        "tactics",
        "platforms",
        "revoked",
        "revoked_since",
        "deprecated",
        "techniques",
    }
    assert all(len(row) == 4 for row in data["techniques"])
