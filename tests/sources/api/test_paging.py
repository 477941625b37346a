from __future__ import annotations

from dataclasses import replace

import pytest

from coverage.errors import SourceError
from coverage.model import IssueKind
from coverage.sources.api import fetch
from tests.detection_api import DetectionApi, body, make_rules, status

PARAMETERS = ("offset", "skip", "page", "page0")
LINKS = ("next", "cursor")

SHIFTED = (
    "Of the API's rules, 1 came on more than one page; each counts once, "
    "but the rules may have changed while they were read."
)


def ids(ruleset):
    return [rule.rule_id for rule in ruleset.rules]


def all_ids(api):
    return [rule["id"] for rule in api.rules]


@pytest.mark.parametrize("cap", [None, 400])
@pytest.mark.parametrize("shape", ["array", "items"])
@pytest.mark.parametrize("paging", [*PARAMETERS, *LINKS])
def test_all_pages_are_read_in_order_whatever_the_way(paging, shape, cap, quick):
    with DetectionApi(make_rules(2500), shape=shape, paging=paging, cap=cap, total=True) as api:
        ruleset = fetch(api.url, limits=quick)
    assert ids(ruleset) == all_ids(api)
    assert (ruleset.issues, ruleset.doubts) == ((), ())


@pytest.mark.parametrize("number", [700, 1000])
@pytest.mark.parametrize(("shape", "total"), [("array", False), ("items", True)])
def test_a_page_of_ids_that_another_tenant_has_too_is_a_new_one(number, shape, total, quick):
    rules = [rule | {"tenant_id": tenant} for tenant in ("a", "b", "c") for rule in make_rules(number)]
    with DetectionApi(rules, shape=shape, paging="offset", total=total) as api:
        ruleset = fetch(api.url, limits=quick)
    assert [rule.tenant for rule in ruleset.rules] == ["a"] * number + ["b"] * number + ["c"] * number
    assert (ruleset.issues, ruleset.doubts) == ((), ())


@pytest.mark.parametrize("count", [2500, 2000])
@pytest.mark.parametrize("paging", PARAMETERS)
def test_without_a_total_a_short_or_an_empty_page_is_the_end(paging, count, quick):
    with DetectionApi(make_rules(count), paging=paging) as api:
        ruleset = fetch(api.url, limits=quick)
    assert ids(ruleset) == all_ids(api)
    assert ruleset.doubts == ()


@pytest.mark.parametrize("paging", LINKS)
@pytest.mark.parametrize("shape", ["array", "data"])
def test_without_a_total_links_are_followed_to_their_end(paging, shape, quick):
    with DetectionApi(make_rules(250), shape=shape, paging=paging, cap=70) as api:
        assert ids(fetch(api.url, limits=quick)) == all_ids(api)
    assert len(api.requests) == 4


def test_a_stated_total_that_came_needs_no_second_question(quick):
    with DetectionApi(make_rules(1000), shape="items", total=True) as api:
        ruleset = fetch(api.url, limits=quick)
    assert (len(ruleset.rules), ruleset.doubts, len(api.requests)) == (1000, (), 1)


def test_an_empty_second_page_proves_the_end(quick):
    with DetectionApi(make_rules(1000), paging="offset") as api:
        ruleset = fetch(api.url, limits=quick)
    assert (len(ruleset.rules), ruleset.doubts, len(api.requests)) == (1000, (), 2)


def test_a_full_page_without_any_way_on_leaves_a_note(quick):
    with DetectionApi(make_rules(1000)) as api:
        ruleset = fetch(api.url, limits=quick)
    assert len(ruleset.rules) == 1000
    sentence = "The API gave 1,000 rules and does not show that these are all; any others do not count."
    assert ruleset.doubts == (sentence,)


def test_a_total_without_any_way_on_leaves_a_note_with_the_counts(quick):
    with DetectionApi(make_rules(2500), shape="items", total=True) as api:
        ruleset = fetch(api.url, limits=quick)
    assert len(ruleset.rules) == 1000
    assert ruleset.issues == ()
    assert ruleset.doubts == ("The API says it has 2,500 rules but gave 1,000; the others do not count.",)


def test_a_total_that_is_never_reached_leaves_a_note(quick):
    with DetectionApi(make_rules(1200), shape="items", paging="offset", total=1300) as api:
        ruleset = fetch(api.url, limits=quick)
    assert ids(ruleset) == all_ids(api)
    assert ruleset.doubts == ("The API says it has 1,300 rules but gave 1,200; the others do not count.",)


def test_a_server_that_keeps_to_a_usual_smaller_page_is_found_out(quick):
    with DetectionApi(make_rules(1234), paging="skip", cap=500) as api:
        assert ids(fetch(api.url, limits=quick)) == all_ids(api)


def test_a_library_of_a_usual_page_size_is_no_reason_for_a_note(quick):
    with DetectionApi(make_rules(100)) as api:
        assert fetch(api.url, limits=quick).doubts == ()


def test_a_size_that_the_answer_states_is_a_full_page(quick):
    with DetectionApi(make_rules(150), shape="items", paging="page", cap=33) as api:
        api.envelope = {"page": 1, "size": 33}
        assert ids(fetch(api.url, limits=quick)) == all_ids(api)


@pytest.mark.parametrize("envelope", [{"has_next": True}, {"next_cursor": "opaque"}, {"next_page": 2}])
def test_a_sign_of_more_is_followed_by_parameters(envelope, quick):
    with DetectionApi(make_rules(70), shape="items", paging="offset", cap=30) as api:
        api.envelope = envelope
        ruleset = fetch(api.url, limits=quick)
    assert ids(ruleset) == all_ids(api)


def test_a_full_page_that_says_it_is_the_last_is_the_last(quick):
    with DetectionApi(make_rules(1000), shape="items") as api:
        api.envelope = {"has_more": False}
        assert fetch(api.url, limits=quick).doubts == ()
    assert len(api.requests) == 1


def test_a_link_to_another_origin_is_not_followed_and_gets_no_token(quick):
    with DetectionApi(make_rules(9)) as other, DetectionApi(make_rules(9), shape="items", paging="next", cap=4) as api:
        api.link_base = f"{other.url}/api/v1/detection-rules/"
        ruleset = fetch(api.url, token="s3cret", limits=quick)
    assert other.requests == []
    assert len(ruleset.rules) == 4
    assert ruleset.doubts == ("The API gave 4 rules and does not show that these are all; any others do not count.",)


def test_behind_a_foreign_link_the_parameters_are_tried(quick):
    with DetectionApi(make_rules(9), shape="items", paging="offset", cap=4, total=True) as api:
        api.envelope = {"next": "http://internal.example/api/v1/detection-rules/?offset=4"}
        assert ids(fetch(api.url, limits=quick)) == all_ids(api)


def test_a_link_that_leads_to_its_own_page_ends(quick):
    with DetectionApi(make_rules(9), shape="items", cap=4) as api:
        api.envelope = {"next": "/api/v1/detection-rules/?limit=1000"}
        ruleset = fetch(api.url, limits=quick)
    assert len(ruleset.rules) == 4
    assert len(api.requests) == 6  # the first page, the link, and each parameter until it is found to be none
    assert len(ruleset.doubts) == 1


def test_reading_stops_after_the_last_allowed_page(quick):
    with DetectionApi(make_rules(90), shape="items", paging="offset", cap=10, total=True) as api:
        ruleset = fetch(api.url, limits=replace(quick, max_pages=4))
    assert len(api.requests) == 4
    assert ruleset.doubts == ("The API says it has 90 rules but gave 40; reading stopped after 4 pages.",)


def test_reading_that_stops_without_a_total_leaves_a_note(quick):
    with DetectionApi(make_rules(1000), paging="offset", cap=100) as api:
        ruleset = fetch(api.url, limits=replace(quick, max_pages=3))
    assert ruleset.doubts == (
        "The API gave 300 rules and does not show that these are all; reading stopped after 3 pages.",
    )


def test_an_empty_page_in_a_chain_of_links_is_not_its_end(quick):
    empty = body(b'{"items": [], "next": "/api/v1/detection-rules/?limit=1000&after=4"}')
    with DetectionApi(make_rules(9), shape="items", paging="next", cap=4) as api:
        api.on_request = lambda number: api.fail(empty, times=1) if number == 2 else None
        assert ids(fetch(api.url, limits=quick)) == all_ids(api)


def test_a_chain_of_links_that_leaves_the_origin_leaves_a_note(quick):
    def lead_away(number):
        if number == 2:
            api.link_base = "http://internal.example/api/v1/detection-rules/"

    with DetectionApi(make_rules(12), shape="items", paging="next", cap=4) as api:
        api.on_request = lead_away
        ruleset = fetch(api.url, limits=quick)
    assert ruleset.doubts == ("The API gave 8 rules and does not show that these are all; any others do not count.",)


@pytest.mark.parametrize("code", [400, 404, 422])
def test_a_server_that_refuses_a_parameter_is_asked_in_another_way(code, quick):
    with DetectionApi(make_rules(9), shape="items", paging="skip", cap=4, total=True) as api:
        api.on_request = lambda number: api.fail(status(code), times=1) if number == 2 else None
        assert ids(fetch(api.url, limits=quick)) == all_ids(api)


def test_a_server_that_fails_over_unknown_parameters_loses_no_rules(quick):
    with DetectionApi(make_rules(1000)) as api:
        api.on_request = lambda number: api.fail("500") if number == 2 else None
        ruleset = fetch(api.url, limits=quick)
    assert len(ruleset.rules) == 1000
    assert len(ruleset.doubts) == 1


@pytest.mark.parametrize("failure", ["500", "401", "404", "429", "truncated", "no rules", "hang up"])
def test_a_part_of_the_rules_is_not_taken_for_the_whole(failure, quick):
    with DetectionApi(make_rules(9), shape="items", paging="offset", cap=3, total=True) as api:
        api.on_request = lambda number: api.fail(failure) if number == 3 else None
        with pytest.raises(SourceError, match=r"/api/v1/detection-rules/ "):
            fetch(api.url, token="s3cret", limits=quick)


def test_a_failing_second_page_of_a_stated_total_is_a_failure(quick):
    with DetectionApi(make_rules(9), shape="items", paging="offset", cap=3, total=True) as api:
        api.on_request = lambda number: api.fail("500") if number == 2 else None
        with pytest.raises(SourceError, match="fails with a server error"):
            fetch(api.url, limits=quick)


def test_pages_that_overlap_count_each_rule_once_and_leave_a_note(quick):
    def insert_one(number):
        if number == 2:  # a new rule at the top moves one of the first page onto the second
            api.rules.insert(0, {**make_rules(1)[0], "id": "new"})

    with DetectionApi(make_rules(2500), shape="items", paging="offset", total=True) as api:
        api.on_request = insert_one
        ruleset = fetch(api.url, limits=quick)
    assert sorted(ids(ruleset)) == sorted(set(all_ids(api)) - {"new"})
    assert ruleset.issues == ()
    assert ruleset.doubts == (
        "The API says it has 2,501 rules but gave 2,500; the others do not count.",
        SHIFTED,
    )


def test_records_without_ids_are_told_apart_by_what_they_say(quick):
    with DetectionApi([{"name": f"Rule {number}"} for number in range(9)], shape="items", cap=4, total=True) as api:
        assert len(fetch(api.url, limits=quick).rules) == 4
        api.paging = "page"
        ruleset = fetch(api.url, limits=quick)
    assert [rule.rule_id for rule in ruleset.rules] == [f"detection-rules#{number}" for number in range(1, 10)]


def test_two_rules_with_one_id_on_two_pages_are_a_mistake_of_the_library(quick):
    rules = [*make_rules(5), {**make_rules(1)[0], "name": "Another"}, *make_rules(8)[5:]]
    with DetectionApi(rules, shape="items", paging="offset", cap=4) as api:
        api.total = True
        ruleset = fetch(api.url, limits=quick)
    assert len(ruleset.rules) == 8
    assert [issue.kind for issue in ruleset.issues] == [IssueKind.DUPLICATE_ID]


def test_a_record_that_is_nested_almost_too_deeply_does_not_stop_the_others(quick):
    deep = b'{"id": "deep", "name": "Deep", "x": ' + b"[" * 900 + b"]" * 900 + b"}"
    with DetectionApi(make_rules(3)) as api:
        api.fail(body(b'{"has_more": true, "items": [' + deep + b', {"id": "2", "name": "Flat"}]}'))
        assert ids(fetch(api.url, limits=quick)) == ["deep", "2"]


def test_progress_is_told_after_each_page(quick):
    told = []
    with DetectionApi(make_rules(25), shape="items", paging="offset", cap=10, total=True) as api:
        fetch(api.url, limits=quick, progress=lambda done, total: told.append((done, total)))
    assert told == [(10, 25), (20, 25), (25, 25)]
