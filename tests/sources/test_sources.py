"""A SOURCE by its name: what is read, what is shown of it, and several as one."""

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.errors import SourceError
from coverage.model import Issue, IssueKind, RuleSet
from coverage.sources import SAMPLE, join_rulesets, read_source, shown_source
from tests.detection_api import DetectionApi, make_rules
from tests.rules import rule

SECRET = "s3cret"


# Reading.


def test_the_word_sample_is_the_sample_data():
    ruleset = read_source(SAMPLE)
    assert ruleset.sample
    assert len(ruleset.rules) == 372


@pytest.mark.parametrize("as_file", [True, False], ids=["file", "folder"])
def test_a_path_is_a_file_or_a_folder(tmp_path, as_file):
    path = tmp_path / "rules.json"
    path.write_text(json.dumps(make_rules(5)), encoding="utf-8")
    ruleset = read_source(str(path if as_file else tmp_path))
    assert len(ruleset.rules) == 5
    assert not ruleset.sample


@pytest.mark.parametrize("scheme", ["http", "HTTP"])
def test_an_http_url_is_the_api_and_gets_the_token(scheme):
    said = []
    with DetectionApi(make_rules(5), token=SECRET) as api:
        address = api.url.replace("http", scheme)
        ruleset = read_source(address, token=SECRET, progress=lambda done, _total: said.append(done))
    assert len(ruleset.rules) == 5
    assert said == [5]


@pytest.mark.parametrize("scheme", ["ftp", "file", "s3", "postgres"])
def test_an_unknown_scheme_is_one_sentence_without_the_address(scheme):
    with pytest.raises(SourceError) as failed:
        read_source(f"{scheme}://user:{SECRET}@example.org/rules")
    message = str(failed.value)
    assert message.startswith(f"Rules cannot be read from {scheme}:// addresses;")
    assert SECRET not in message


def test_what_does_not_exist_is_named(tmp_path):
    missing = tmp_path / "missing"
    with pytest.raises(SourceError) as failed:
        read_source(str(missing))
    assert str(failed.value) == f"{missing} does not exist."


# Showing.


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("rules/windows", "rules/windows"),
        ("C:\\rules @ work", "C:\\rules @ work"),
        ("sample", "sample"),
        ("https://api.example.org", "https://api.example.org"),
        ("http://api.example.org:8080/base/?token=s3cret#s3cret", "http://api.example.org:8080/base/"),
        ("https://user:s3cret@api.example.org/x", "https://api.example.org/x"),
        ("https://s3cret@[::1]:8080/", "https://[::1]:8080/"),
        ("https://user:s3@cret@api.example.org/", "https://api.example.org/"),
        ("postgresql+psycopg://user:s3cret@db/rules", "postgresql+psycopg://db/rules"),
        ("postgresql+psycopg://user:s3@cret/w@db/rules", "postgresql+psycopg://…"),
        ("postgresql+psycopg://user@db:5432/rules?password=s3cret", "postgresql+psycopg://db:5432/rules"),
        ("sqlite:///rules.db", "sqlite:///rules.db"),
        ("https://[::1", "https://…"),
        ("https://user:s3/cret@api.example.org/", "https://…"),
        ("https://user:1/s3cret@api.example.org/", "https://…"),
        ("https://user:s3?cret@api.example.org/", "https://…"),
        ("https://user:1#s3cret@api.example.org/", "https://…"),
        ("https://api.example.org:port/", "https://…"),
    ],
)
def test_a_source_is_shown_without_its_secrets(source, shown):
    assert shown_source(source) == shown


@given(user=st.text(), password=st.text(), query=st.text())
def test_no_well_formed_url_shows_a_secret(user, password, query):
    url = f"https://{quote(user, safe='')}:{quote(password, safe='')}@example.org/path?token={quote(query, safe='')}"
    assert shown_source(url) == "https://example.org/path"


@given(st.text())
def test_no_password_is_shown_however_it_is_written(password):
    assert shown_source(f"https://user:{password}@example.org") in ("https://example.org", "https://…")


@given(st.text())
def test_every_text_can_be_shown(text):
    assert isinstance(shown_source(text), str)
    assert isinstance(shown_source(f"https://{text}"), str)


# Joining.


def test_several_sources_are_one_set_in_their_order():
    one, two, three = rule(), rule(), rule()
    first_issue = Issue(IssueKind.UNREADABLE, "", "a.yml", "The file is empty.")
    second_issue = Issue(IssueKind.NO_NAME, two.rule_id, "b.yml", "The rule has no name.")
    joined = join_rulesets(
        [
            RuleSet((one,), (first_issue,), doubts=("A doubt.",), notes=("A note.",)),
            RuleSet((two, three), (second_issue,), doubts=("Another doubt.",), notes=("Another note.",)),
        ]
    )
    assert joined == RuleSet(
        (one, two, three),
        (first_issue, second_issue),
        doubts=("A doubt.", "Another doubt."),
        notes=("A note.", "Another note."),
    )


def test_nothing_joined_is_nothing():
    assert join_rulesets([]) == RuleSet()


@pytest.mark.parametrize("parts", [(True, False), (False, True), (True, True), (False, False), (True,), (False,)])
def test_a_set_is_sample_data_as_soon_as_a_part_is(parts):
    joined = join_rulesets([RuleSet((rule(),), sample=sample) for sample in parts])
    assert joined.sample is any(parts)


@pytest.mark.parametrize(("enabled", "kept"), [((True, True), 0), ((False, False), 0), ((False, True), 1)])
def test_of_two_rules_with_one_id_one_counts_and_an_issue_names_both(enabled, kept):
    pair = [
        rule(rule_id="r", origin=origin, enabled=state)
        for origin, state in zip(("a.yml", "b.yml"), enabled, strict=True)
    ]
    joined = join_rulesets([RuleSet((one,)) for one in pair])
    assert joined.rules == (pair[kept],)
    (issue,) = joined.issues
    assert (issue.kind, issue.where) == (IssueKind.DUPLICATE_ID, pair[1 - kept].origin)
    assert pair[kept].origin in issue.message


def test_rules_without_ids_of_two_sources_do_not_take_each_other_s_place(tmp_path):
    record = {"name": "No id", "severity": "low", "mitre_tactic": "Impact", "mitre_technique_id": "T1486"}
    rulesets = []
    for name in ("one", "two", "three"):
        path = tmp_path / name / "rules.json"
        path.parent.mkdir()
        path.write_text(json.dumps([record, record]), encoding="utf-8")
        rulesets.append(read_source(str(path)))
    joined = join_rulesets(rulesets)
    ids = [one.rule_id for one in joined.rules]
    assert len(set(ids)) == len(ids) == 6
    assert {issue.kind for issue in joined.issues} == {IssueKind.NO_ID}
    assert [issue.rule for issue in joined.issues] == ids
    assert ids[:2] == ["rules.json#1", "rules.json#2"]
