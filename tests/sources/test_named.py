"""Several SOURCEs: what is a label and what an address, and what a source without a label is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.errors import CoverageError
from coverage.sources.named import named_sources


def labels(*texts):
    return [named.label for named in named_sources(texts)]


@pytest.mark.parametrize(
    ("text", "label", "address"),
    [
        ("Customer A = /srv/a", "Customer A", "/srv/a"),
        ("  Customer A   =   /srv/a  ", "Customer A", "/srv/a"),
        ("A = https://user:s3cret@example.org/?q = 1", "A", "https://user:s3cret@example.org/?q = 1"),
        ("A = /srv/a = b", "A", "/srv/a = b"),
        ("Kunde Ä=1 = rules", "Kunde Ä=1", "rules"),
    ],
)
def test_a_label_ends_at_the_first_equals_sign_between_spaces(text, label, address):
    (named,) = named_sources([text])
    assert (named.label, named.address, named.is_labelled) == (label, address, True)


@pytest.mark.parametrize(
    "text",
    [
        "/srv/a",
        "/srv/a = b",
        "./a = b",
        r"C:\a = b",
        "a=b",
        "https://example.org/?a=b",
        "postgresql://user:pass = word@host/db?options=-c",
        " = /srv/a",
        "A = ",
    ],
)
def test_what_else_has_an_equals_sign_is_an_address(text):
    (named,) = named_sources([text])
    assert (named.address, named.is_labelled) == (text.strip(), False)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["/srv/sigma", "/srv/elastic.zip"], ["sigma", "elastic.zip"]),
        (["/srv/sigma/rules", "/srv/elastic/rules/"], ["sigma/rules", "elastic/rules"]),
        (["/a/x/rules", "/b/x/rules", "/srv/y"], ["a/x/rules", "b/x/rules", "y"]),
        (["/srv/Rules", "/opt/rules"], ["srv/Rules", "opt/rules"]),
        (["rules", "rules", "rules"], ["rules", "rules (2)", "rules (3)"]),
        (["https://user:s3cret@siem.example.org/", "sqlite:////srv/rules.db"], ["siem.example.org", "rules.db"]),
        (["postgresql://u:s3cret@one/soc", "postgresql://u:s3cret@two/soc"], ["one/soc", "two/soc"]),
        (["rules = /srv/a", "/srv/rules"], ["rules", "srv/rules"]),
        (["postgresql://u:s3/cret@host/db"], ["postgresql"]),
        (["."], ["."]),
        (["/", ""], ["/", "."]),
        ([], []),
    ],
)
def test_a_source_without_a_label_gets_what_tells_its_address_from_the_others(texts, expected):
    assert labels(*texts) == expected


def test_two_equal_labels_are_refused_and_no_address_is_said():
    with pytest.raises(CoverageError) as refusal:
        named_sources(["Customer A = https://u:s3cret@a.example.org", "customer a = /srv/b"])
    assert str(refusal.value) == "Two sources are labelled 'Customer A'; each needs a label of its own."


def test_an_address_is_in_no_representation():
    assert "s3cret" not in repr(named_sources(["A = https://u:s3cret@example.org"]))


@given(st.lists(st.text(max_size=80), max_size=6))
def test_labels_are_unique_short_and_printable_whatever_the_addresses(texts):
    try:
        found = labels(*texts)
    except CoverageError:
        return
    assert len({label.casefold() for label in found}) == len(found) == len(texts)
    assert all(label.isprintable() and label and len(label) <= 64 for label in found)


@pytest.mark.parametrize("label", ["EMEA/APAC", "Customer <b>A</b>"])
def test_a_label_of_a_url_may_have_a_slash(label):
    (source,) = named_sources([f"{label} = postgresql://user:secret@host/db"])
    assert (source.label, source.address) == (label, "postgresql://user:secret@host/db")


def test_a_url_with_an_equals_sign_in_it_is_no_label():
    (source,) = named_sources(["http://host/a = http://other"])
    assert (source.is_labelled, source.address) == (False, "http://host/a = http://other")
