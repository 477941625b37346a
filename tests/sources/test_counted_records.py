"""Very many records: every figure is the one that they give when each is listed."""

from hypothesis import given
from hypothesis import strategies as st

from coverage.model import Issue, IssueKind, RuleSetBuilder
from coverage.score import Settings, score
from coverage.sources.counted_records import counted_records
from coverage.sources.records import rules_from_records
from tests.rules import ENTERPRISE, THREATOPS, figures

records = st.fixed_dictionaries(
    {"mitre_tactic": st.sampled_from(("Execution", "Impact", None))},
    optional={
        "id": st.sampled_from(("a", " a", "b", 1, "1", "", None, ["x"])),
        "name": st.sampled_from(("A", "a", "B", "", None)),
        "tenant_id": st.sampled_from(("t", "u", "", None)),
        "mitre_technique_id": st.sampled_from(("T1059", "T1059.001", "T1086", "T9999", "", None, 7)),
        "severity": st.sampled_from(("high", "low", "none such", None)),
        "enabled": st.sampled_from((True, False, "true", "perhaps", None)),
    },
) | st.sampled_from(({}, {"error": "no rule"}, None, "text", 5))


@given(st.lists(records))
def test_every_figure_is_the_same_listed_and_counted(found):
    sets = []
    for read in (rules_from_records, counted_records):
        builder = RuleSetBuilder()
        builder.extend(*read(found, source="JSON", where="r.json"))
        sets.append(builder.build())
    for catalog in (THREATOPS, ENTERPRISE):
        for settings in (Settings(), Settings(potential=True)):
            listed, counted = (figures(score(each, catalog, settings)) for each in sets)
            assert counted == listed


def test_what_is_no_rule_is_an_issue_with_its_place():
    assert counted_records([{"id": 1}, None], source="JSON", where="r.json")[1][-1:] == [
        Issue(IssueKind.NOT_A_RULE, "", "r.json#2", "Record 2 is no object but null.")
    ]
