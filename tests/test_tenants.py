"""Rules of several tenants in one source: each is there for its tenant, and what they have in common counts once."""

from dataclasses import replace

import pytest

from coverage.changes import rule_changes
from coverage.compare import compare
from coverage.filters import RuleFilter
from coverage.join import join
from coverage.model import IssueKind, RuleSetBuilder
from coverage.quality.duplicates import Likeness, duplicates
from coverage.score import Settings, score
from coverage.sources.records import rules_from_records
from tests.rules import ENTERPRISE, rule

ONE = rule("T1486", rule_id="1", tenant="a")
SAME = replace(ONE, tenant="b", name=ONE.name.upper())
OTHER = replace(ONE, tenant="b", name="Another rule")


def built(*rules):
    builder = RuleSetBuilder()
    builder.extend(rules, ())
    return builder.build()


def cell(ruleset, **settings):
    (found,) = score(ruleset, ENTERPRISE, Settings(**settings)).of_technique("T1486")
    return found


def of_tenant(name):
    return RuleFilter(tenants=frozenset({name}))


def test_a_rule_that_two_tenants_have_is_there_for_both_and_counts_once():
    found = built(ONE, SAME)
    assert [each.tenant for each in found.rules] == ["a", "b"]
    assert len({each.key for each in found.rules}) == 2
    assert found.issues == ()
    assert found.notes == (
        "1 rule is there for more than one tenant, with the same id, name and tags; it counts once.",
    )
    assert cell(found).rule_count == 1
    assert len(cell(found).rules) == 2
    counts = score(found, ENTERPRISE).rule_counts
    assert (counts.read, counts.enabled, counts.counted, counts.copies) == (2, 1, 1, 1)


@pytest.mark.parametrize("tenant", ["a", "b"])
def test_under_a_filter_for_one_tenant_its_own_rule_counts(tenant):
    (counting,) = cell(built(ONE, SAME), only=of_tenant(tenant)).rules
    assert (counting.tenant, counting.count) == (tenant, 1)


def test_of_a_rule_that_two_tenants_have_the_enabled_one_counts():
    found = built(replace(ONE, enabled=False), SAME)
    assert [each.tenant for each in cell(found).rules if each.count] == ["b"]
    assert cell(found, only=of_tenant("a")).rule_count == 0


@pytest.mark.parametrize("order", [1, -1])
def test_the_rule_of_no_tenant_counts_where_a_tenant_disabled_its_copy(order):
    found = built(*[replace(ONE, tenant=None), replace(ONE, enabled=False)][::order])
    assert [each.tenant for each in cell(found).rules if each.count] == [None]
    assert cell(found, only=of_tenant("a")).rule_count == 0


def test_rules_of_tenants_that_share_no_more_than_the_id_all_count():
    found = built(ONE, OTHER)
    assert found.notes == ()
    assert cell(found).rule_count == 2


def test_of_one_tenant_an_id_that_is_there_twice_is_still_an_issue():
    found = built(ONE, SAME, replace(ONE, name="Once more"))
    assert len(found.rules) == 2
    assert [issue.kind for issue in found.issues] == [IssueKind.DUPLICATE_ID]
    (listed,) = duplicates(found.rules, found.issues)
    assert (listed.likeness, listed.original.rule_id) == (Likeness.ID, "1")


def test_an_id_of_one_tenant_alone_says_nothing_of_tenants():
    (alone, _) = built(ONE, rule("T1003", tenant="b")).rules
    assert alone == ONE
    assert alone.key == ("", "a", "1")


def test_the_duplicate_of_a_tenant_has_its_original_there():
    found = built(ONE, SAME, replace(SAME, origin="again.yml"))
    (listed,) = duplicates(found.rules, found.issues)
    assert (listed.origin, listed.original.tenant) == ("again.yml", "b")
    of_a = [each for each in found.rules if each.tenant == "a"]
    assert duplicates(of_a, found.issues) == ()


def test_rules_that_another_tenant_takes_are_new_there_and_the_others_as_before():
    mine = [replace(ONE, rule_id=str(number)) for number in range(3)]
    before, after = built(*mine), built(*mine, *(replace(each, tenant="b") for each in mine))
    changes = rule_changes(before, after)
    assert ([each.tenant for each in changes.added], changes.removed, changes.changed) == (["b"] * 3, (), ())
    changes = rule_changes(after, before)
    assert (changes.added, [each.tenant for each in changes.removed], changes.changed) == ((), ["b"] * 3, ())


def test_a_rule_that_went_to_another_tenant_is_a_changed_one():
    changes = rule_changes(built(ONE), built(replace(ONE, tenant="b")))
    assert (changes.added, changes.removed, [each.tenant for each in changes.changed]) == ((), (), ["b"])


def compared(before, after):
    """What `compare` says of the cells that differ."""
    sides = [score(ruleset, ENTERPRISE) for ruleset in (before, after)]
    found = compare(*sides, rules_before=before, rules_after=after)
    return {cell.technique_id: [reason.sentence for reason in cell.causes] for cell in found.cells}


def test_compare_takes_the_copies_of_tenants_for_one_rule():
    new = replace(ONE, rule_id="2", name="New")
    assert compared(built(ONE), built(ONE, SAME)) == {}
    assert compared(built(ONE), built(ONE, SAME, new)) == {"T1486": ["1 rule is new."]}
    assert compared(built(ONE, SAME, new), built(replace(SAME, tenant="c"))) == {"T1486": ["1 rule is gone."]}
    off = [replace(each, enabled=False) for each in (ONE, SAME)]
    assert compared(built(ONE, SAME), built(*off)) == {"T1486": ["1 rule is disabled now."]}
    assert compared(built(ONE, SAME), built(off[0], SAME)) == {}


def test_compare_tells_rules_of_tenants_apart_that_share_no_more_than_the_id():
    (said,) = compared(built(ONE, SAME), built(ONE, OTHER))["T1486"]
    assert said == "1 rule is no longer a copy of another source's or tenant's."
    assert compared(built(ONE), built(ONE, OTHER)) == {"T1486": ["1 rule is new."]}


def test_compare_holds_a_library_against_what_tenants_took_of_it():
    gone = rule("T1486", rule_id="9")
    library = built(replace(ONE, tenant=None), gone)
    assert compared(library, built(ONE, SAME)) == {"T1486": ["1 rule is gone."]}


def test_what_tenants_have_in_common_is_no_duplicate():
    found = built(ONE, SAME, replace(OTHER, tenant="c"))
    assert duplicates(found.rules, found.issues) == ()


def test_what_tenants_took_from_a_library_is_a_copy_once():
    library = built(replace(ONE, tenant=None))
    joined = join({"Library": library, "Tenants": built(ONE, SAME, replace(OTHER, tenant="c"))})
    assert cell(joined).rule_count == 2  # the other rule of the same id is one of its own
    assert cell(joined, only=of_tenant("b")).rule_count == 1
    found = duplicates(joined.rules, joined.issues)
    assert [(each.likeness, each.original.feed) for each in found] == [
        (Likeness.COPY, "Library"),
        (Likeness.SHARED_ID, "Library"),
    ]
    assert any("more than one source" in note for note in joined.notes)
    assert any("more than one tenant" in note for note in joined.notes)


def test_records_with_a_row_for_each_tenant():
    records = [
        {"id": "1", "name": "A", "severity": "high", "mitre_technique_id": "T1486", "tenant_id": tenant}
        | {"mitre_tactic": "Impact"}
        for tenant in ("a", "b", "b")
    ]
    rules, _ = rules_from_records(records, source="Database", where="detection_rules")
    found = built(*rules)
    assert [each.tenant for each in found.rules] == ["a", "b"]
    assert cell(found).rule_count == 1
