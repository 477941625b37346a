from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage.model import Issue, IssueKind, Rule, Severity
from coverage.sources.records import records_in, rules_from_records

RECORD = {
    "id": "r-1",
    "name": "Credentials from LSASS",
    "severity": "high",
    "mitre_tactic": "Credential Access",
    "mitre_technique_id": "T1003.001",
    "enabled": True,
}


def read(*records: object, **options: bool) -> tuple[list[Rule], list[Issue]]:
    return rules_from_records(records, source="ThreatOps API", where="rules.json", **options)


def read_one(**fields: object) -> tuple[Rule, list[tuple[IssueKind, str]]]:
    """The one rule of RECORD with these fields changed, and its issues; a field that is ... is taken away."""
    record = {name: value for name, value in {**RECORD, **fields}.items() if value is not ...}
    (rule,), issues = read(record)
    assert {(issue.rule, issue.where) for issue in issues} <= {(rule.rule_id, "rules.json#1")}
    return rule, [(issue.kind, issue.message) for issue in issues]


def test_a_whole_record_becomes_a_rule_without_issues():
    record = RECORD | {"tenant_id": "acme", "updated_at": "2026-01-15T08:30:00Z", "logsource": "windows/security"}
    assert read(record) == (
        [
            Rule(
                rule_id="r-1",
                name="Credentials from LSASS",
                severity=Severity.HIGH,
                enabled=True,
                tactics=("Credential Access",),
                techniques=("T1003.001",),
                source="ThreatOps API",
                origin="rules.json",
                logsource="windows/security",
                tenant="acme",
                updated_at="2026-01-15T08:30:00Z",
            )
        ],
        [],
    )


def test_the_origin_is_the_place_or_the_id():
    assert [rule.origin for rule in read(RECORD)[0]] == ["rules.json"]
    assert [rule.origin for rule in read(RECORD, origin_is_id=True)[0]] == ["r-1"]


@pytest.mark.parametrize(
    ("document", "records"),
    [
        ([1, 2], [1, 2]),
        ([], []),
        ({"items": [1]}, [1]),
        ({"data": [2]}, [2]),
        ({"items": None, "data": [2]}, [2]),
        ({"items": {"a": 1}}, None),
        ({"detail": "Not found"}, None),
        ("text", None),
        (None, None),
    ],
)
def test_records_are_found_in_each_of_the_three_shapes(document, records):
    assert records_in(document) == records


@pytest.mark.parametrize(
    ("fields", "techniques"),
    [
        ({"mitre_technique_id": "T1003"}, ("T1003",)),
        ({"mitre_technique_id": ..., "mitre_techniques": ["T1003", "T1059"]}, ("T1003", "T1059")),
        ({"mitre_technique_id": "T1059", "mitre_techniques": ["T1003", "T1059"]}, ("T1059", "T1003")),
        ({"mitre_technique_id": "T1059", "mitre_technique_ids": ["T1003"]}, ("T1059", "T1003")),
        ({"mitre_technique_id": ["T1003", None, ["T1059", ["T1021"]]]}, ("T1003", "T1059", "T1021")),
        ({"mitre_technique_id": "T1059, T1003;T1021|T1055\nT1027,"}, ("T1059", "T1003", "T1021", "T1055", "T1027")),
        ({"mitre_technique_id": None}, ()),
        ({"mitre_technique_id": "  "}, ()),
        ({"mitre_technique_id": ..., "mitre_techniques": []}, ()),
    ],
)
def test_techniques_of_all_fields_count_once_and_in_order(fields, techniques):
    rule, issues = read_one(**fields)
    assert rule.techniques == techniques
    assert issues == []


def test_tactics_come_from_both_fields_and_are_empty_where_there_are_none():
    assert read_one(mitre_tactics=["Execution", "Credential Access"])[0].tactics == ("Credential Access", "Execution")
    assert read_one(mitre_tactic=...)[0].tactics == ()


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (["T1003", 1059], "an entry that is"),
        (["T1003", 1059, {"id": "T1021"}, False], "3 entries that are"),
    ],
)
def test_a_technique_of_the_wrong_type_is_passed_over_and_said(value, what):
    rule, issues = read_one(mitre_technique_id=..., mitre_techniques=value)
    assert rule.techniques == ("T1003",)
    assert issues == [(IssueKind.WRONG_TYPE, f"The field mitre_techniques has {what} no text; the rest of it counts.")]


@pytest.mark.parametrize(
    ("value", "enabled"),
    [
        (True, True),
        (False, False),
        ("true", True),
        (" FALSE ", False),
        (1, True),
        (0, False),
        ("1", True),
        ("Y", True),
        ("f", False),
        (..., True),
    ],
)
def test_enabled_is_read_from_truth_values_their_names_and_missing_ones(value, enabled):
    rule, issues = read_one(enabled=value)
    assert rule.enabled is enabled
    assert issues == []


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "null"), ("maybe", '"maybe"'), (2, "a number"), ([True], "a list"), ({}, "an object")]
)
def test_a_rule_with_an_enabled_that_cannot_be_understood_does_not_count(value, shown):
    rule, issues = read_one(enabled=value)
    assert not rule.enabled
    message = f"The field enabled is {shown}, neither true nor false, so the rule is treated as disabled."
    assert issues == [(IssueKind.WRONG_TYPE, message)]


@pytest.mark.parametrize(
    ("value", "severity"),
    [("CRITICAL", "critical"), (" Medium ", "medium"), ("info", "informational"), ("informational", "informational")],
)
def test_severities_are_read_in_any_case(value, severity):
    rule, issues = read_one(severity=value)
    assert rule.severity == severity
    assert issues == []


@pytest.mark.parametrize(
    ("value", "kinds"),
    [
        (..., [IssueKind.NO_SEVERITY]),
        (None, [IssueKind.NO_SEVERITY]),
        ("sev-1", [IssueKind.NO_SEVERITY]),
        (["high"], [IssueKind.WRONG_TYPE, IssueKind.NO_SEVERITY]),
    ],
)
def test_a_severity_that_is_none_is_unknown_and_said(value, kinds):
    rule, issues = read_one(severity=value)
    assert rule.severity is Severity.UNKNOWN
    assert [kind for kind, _ in issues] == kinds


def test_a_very_long_wrong_value_is_cut_in_its_message():
    (_, message) = read_one(severity="x" * 10_000)[1][0]
    assert message == f'The severity "{"x" * 60}…" is not one that the product knows.'


@pytest.mark.parametrize("value", [..., None, "", "  "])
def test_a_rule_without_an_id_gets_one_from_its_place(value):
    rule, issues = read_one(id=value)
    assert rule.rule_id == "rules.json#1"
    assert issues == [(IssueKind.NO_ID, "The rule has no id; rules.json#1 stands in for it.")]


def test_ids_are_numbers_or_texts_and_nothing_else():
    assert read_one(id=42)[0].rule_id == "42"
    assert read_one(id=" r-2 ")[0].rule_id == "r-2"
    rule, issues = read_one(id=True)
    assert rule.rule_id == "rules.json#1"
    assert [kind for kind, _ in issues] == [IssueKind.WRONG_TYPE, IssueKind.NO_ID]
    assert read_one(id=10**5000)[0].rule_id == "rules.json#1"  # Python does not write numbers of that length


def test_the_title_and_then_the_id_stand_in_for_a_name():
    assert read_one(name=..., title="By title") == (read_one(name="By title")[0], [])
    rule, issues = read_one(name=None)
    assert rule.name == "r-1"
    assert issues == [(IssueKind.NO_NAME, "The rule has no name; its id stands in for it.")]


def test_long_and_odd_names_are_kept_as_they_are():
    for name in ("x" * 10_000, "<script>alert(1)</script>", "名前 \u202e rule"):
        assert read_one(name=name) == (read_one(name=name)[0], [])
        assert read_one(name=name)[0].name == name


def test_space_around_what_is_stated_says_nothing():
    padded, plain = read_one(name=" A ", tenant_id=" a\n"), read_one(name="A", tenant_id="a")
    assert padded == plain
    assert (padded[0].name, padded[0].tenant) == ("A", "a")


def test_halves_of_surrogate_pairs_are_replaced():
    rule, _ = read_one(name="broken \ud800 name", mitre_technique_id="T1003\udc00")
    assert rule.name == "broken ? name"
    assert rule.techniques == ("T1003?",)


@pytest.mark.parametrize(
    ("fields", "logsource"),
    [
        ({"log_source": "windows"}, "windows"),
        (
            {"logsource": {"category": "process_creation", "product": "windows", "service": None}},
            "windows/process_creation",
        ),
        ({"logsource": ["edr", "dns"]}, "edr, dns"),
        ({"logsource": None, "log_source": "edr"}, "edr"),
        ({}, None),
    ],
)
def test_the_log_source_is_a_text_sigmas_object_or_a_list(fields, logsource):
    rule, issues = read_one(**fields)
    assert rule.logsource == logsource
    assert issues == []


def test_the_tenant_has_two_names():
    assert read_one(tenant="acme")[0].tenant == "acme"
    assert read_one(tenant_id=7)[0].tenant == "7"


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (None, "Record 2 is no object but null."),
        ("text", "Record 2 is no object but a text."),
        ([RECORD], "Record 2 is no object but a list."),
        (3.5, "Record 2 is no object but a number."),
        ({}, "Record 2 has none of the fields of a rule: no id, no name, no tactic, no technique."),
        ({"error": "x"}, "Record 2 has none of the fields of a rule: no id, no name, no tactic, no technique."),
    ],
)
def test_what_is_no_rule_is_said_and_does_not_stop_the_others(record, message):
    rules, issues = read(RECORD, record, RECORD | {"id": "r-3"})
    assert [rule.rule_id for rule in rules] == ["r-1", "r-3"]
    assert issues == [Issue(IssueKind.NOT_A_RULE, "", "rules.json#2", message)]


def test_deep_lists_are_read_without_recursion():
    nested: list[object] = ["T1003"]
    for _ in range(100_000):
        nested = [nested]
    assert read_one(mitre_technique_id=nested)[0].techniques == ("T1003",)


ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=20)
ANY_VALUE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | ANY_TEXT
    | st.sampled_from(["true", "high", "T1003, T1059"]),
    lambda values: st.lists(values, max_size=4) | st.dictionaries(ANY_TEXT, values, max_size=4),
    max_leaves=8,
)
FIELDS = [
    *RECORD,
    "title",
    "mitre_tactics",
    "mitre_techniques",
    "mitre_technique_ids",
    "tenant",
    "updated_at",
    "logsource",
]
ANY_RECORD = ANY_VALUE | st.dictionaries(st.sampled_from(FIELDS) | ANY_TEXT, ANY_VALUE)


@settings(deadline=None)
@given(st.lists(ANY_RECORD, max_size=5))
def test_every_record_is_a_rule_or_an_issue_and_every_text_can_be_written(records):
    rules, issues = read(*records)
    no_rules = [issue for issue in issues if issue.kind is IssueKind.NOT_A_RULE]
    assert len(rules) + len(no_rules) == len(records)
    for rule in rules:
        assert rule.rule_id
        assert rule.name
        assert rule.tactics is not None
        assert len(set(rule.techniques)) == len(rule.techniques)
    repr(rules).encode()
    for text in [text for rule in rules for text in (rule.rule_id, rule.name, *rule.tactics, *rule.techniques)]:
        text.encode()
    for issue in issues:
        assert issue.message.endswith(".")
        issue.message.encode()


@pytest.mark.parametrize("tags", [["lab", "attack.t1059", "lab"], "lab, T1059", "lab"])
def test_tags_are_those_that_say_nothing_of_attack(tags):
    assert read_one(tags=tags)[0].tags == ("lab",)
