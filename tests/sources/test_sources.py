"""A SOURCE by its name: what is read, and what is shown of it."""

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.errors import SourceError
from coverage.sources import SAMPLE, read_source, shown_source
from tests.detection_api import DetectionApi, make_rules

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
