"""Corrections of guessed columns, and how a link writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.sources.corrections import NO_CORRECTIONS, Corrections, read_corrections
from coverage.sources.header import ColumnMapping, columns_of

HEADER = ["Tactics and techniques", "Name", "Severity"]


def test_a_correction_takes_the_place_of_the_guess():
    assert columns_of(HEADER, NO_CORRECTIONS) == ColumnMapping(
        name="Name", severity="Severity", tactics=("Tactics and techniques",)
    )
    corrections = NO_CORRECTIONS.choose(HEADER, "techniques", (0,)).choose(HEADER, "severity", ())
    assert columns_of(HEADER, corrections) == ColumnMapping(name="Name", techniques=("Tactics and techniques",))


def test_a_column_that_is_chosen_twice_is_used_twice():
    corrections = NO_CORRECTIONS.choose(HEADER, "techniques", (0, 1)).choose(HEADER, "name", (0,))
    mapping = columns_of(HEADER, corrections)
    assert (mapping.techniques, mapping.name, mapping.tactics) == (("Tactics and techniques", "Name"), HEADER[0], ())


def test_a_correction_is_for_all_tables_with_the_same_columns_and_for_no_other():
    corrections = NO_CORRECTIONS.choose(HEADER, "name", (2,))
    assert columns_of(["", *HEADER, ""], corrections).name == "Severity"
    assert columns_of([*HEADER, "More"], corrections).name == "Name"
    assert corrections.forget([*HEADER, "More"]) == corrections
    assert corrections.forget(HEADER) == NO_CORRECTIONS


def test_a_link_says_it_in_a_few_characters():
    corrections = NO_CORRECTIONS.choose(HEADER, "techniques", (0, 2)).choose(HEADER, "name", ())
    assert str(corrections).partition(".")[2] == "name.techniques-0-2"
    assert read_corrections(str(corrections)) == corrections
    assert str(NO_CORRECTIONS) == ""
    assert read_corrections("") == NO_CORRECTIONS


@pytest.mark.parametrize(
    "text",
    [
        *("x", "a" * 9, "1b535fb5", "1b535fb5.", "1b535fb5.name-", "1b535fb5.name-9999", "1b535fb5.Name"),
        *("1b535fb5.name-٣", "1b535fb5.name," * 200),
    ],
)
def test_what_makes_no_sense_is_no_correction(text):
    assert read_corrections(text) is None


def test_a_place_or_a_field_that_is_not_there_corrects_nothing():
    corrections = (
        NO_CORRECTIONS.choose(HEADER, "techniques", (0,)).choose(HEADER, "name", (9,)).choose(HEADER, "x", (1,))
    )
    assert columns_of(HEADER, corrections) == ColumnMapping(severity="Severity", techniques=(HEADER[0],))


FIELDS = ["techniques", "tactics", "name", "rule_id", "severity", "enabled", "logsource", "updated_at", "nonsense"]
NAMES = st.lists(st.text(max_size=8), max_size=6, unique=True)
CHOICES = st.lists(st.tuples(st.sampled_from(FIELDS), st.lists(st.integers(0, 8), max_size=3)), max_size=5)


@given(NAMES, CHOICES)
def test_any_corrections_come_back_from_a_link(names, choices):
    corrections: Corrections = NO_CORRECTIONS
    for field, places in choices:
        corrections = corrections.choose(names, field, tuple(places))
    assert read_corrections(str(corrections)) == corrections


@given(st.text() | st.from_regex(r"[0-9a-f]{8}(\.[a-z]+(-\d)*)*", fullmatch=True))
def test_any_text_of_a_link_is_understood_or_refused(text):
    read = read_corrections(text)
    assert read is None or read_corrections(str(read)) == Corrections({k: v for k, v in read.tables.items() if v})
