"""Which column of a table holds what, by its header; what a person corrects is in `test_corrections`."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.sources.header import ColumnMapping, guess_columns


@pytest.mark.parametrize(
    "header",
    [
        ["ID", "Name", "Severity", "Enabled", "Tactics", "Techniques"],
        ["rule_id", "RULE NAME", "level", "status", "mitre_tactic", "MITRE ATT&CK Technique ID"],
        ["Rule ID", "title", "Priority", "Is Active", "ATT&CK Tactic(s)", "ATT&CK"],
        ["uuid", "Use Case", "criticality", "state", "TacticID", "mitre"],
        ["key", "displayName", "Sev", "isEnabled", "kill chain tactic", "TTPs"],
    ],
)
def test_columns_are_guessed_in_any_way_to_write_them(header):
    rule_id, name, severity, enabled, tactic, technique = header
    assert guess_columns(header) == ColumnMapping(
        rule_id=rule_id, name=name, severity=severity, enabled=enabled, tactics=(tactic,), techniques=(technique,)
    )


def test_several_columns_can_name_techniques_and_tactics():
    header = ["Technique", "Sub-Technique", "technique_url", "Technique Count", "Tactic 1", "Tactic 2"]
    mapping = guess_columns(header)
    assert mapping.techniques == ("Technique", "Sub-Technique")
    assert mapping.tactics == ("Tactic 1", "Tactic 2")


def test_the_more_telling_of_two_columns_counts():
    mapping = guess_columns(["Risk", "Rule", "Severity", "Rule Name", "Last Modified", "Data Source"])
    assert (mapping.name, mapping.severity) == ("Rule Name", "Severity")
    assert (mapping.logsource, mapping.updated_at) == ("Data Source", "Last Modified")


@pytest.mark.parametrize(
    ("tenant", "tags"), [("tenant_id", "Tags"), ("Customer Name", "rule-tags"), ("Organisation", "Labels")]
)
def test_tenants_and_tags_are_guessed_too(tenant, tags):
    mapping = guess_columns(["Technique", tenant, tags])
    assert (mapping.tenant, mapping.tags) == (tenant, (tags,))


def test_a_header_that_says_nothing_maps_nothing():
    assert guess_columns(["a", "", "b"]) == ColumnMapping()


@given(st.lists(st.text(max_size=12)))
def test_no_column_is_taken_for_two_things(header):
    mapping = guess_columns(header)
    found = [getattr(mapping, field.name) for field in fields(mapping)]
    used = [name for value in found for name in (value if isinstance(value, tuple) else filter(None, [value]))]
    assert len(used) == len(set(used))
    assert set(used) <= set(header)
