"""Tables as text: delimiters, quotes, encodings, and what is no table."""

from __future__ import annotations

import pytest

from coverage.model import Issue, IssueKind
from coverage.sources import csv_table, documents
from coverage.sources.documents import read_document
from coverage.sources.entries import Limits
from coverage.sources.library import read_path
from tests.sources.rule_files import sigma, written

ORIGIN = "rules.csv"


def table(delimiter=",", ends="\n"):
    rows = [
        ["Rule ID", "Name", "Severity", "Technique"],
        ["1", '"A rule, or two; ""quoted"""', "High", '"T1059, T1003"'],
        ["2", '"Two\nlines"', "Low", "T1547.001"],
    ]
    return ends.join(delimiter.join(row) for row in rows) + ends


def read(text, origin=ORIGIN):
    return read_document(text if isinstance(text, bytes) else text.encode(), origin)


def summary(text, origin=ORIGIN):
    rules, issues = read(text, origin)
    return [(rule.rule_id, rule.name, rule.techniques) for rule in rules], issues


EXPECTED = [("1", 'A rule, or two; "quoted"', ("T1059", "T1003")), ("2", "Two\nlines", ("T1547.001",))]


@pytest.mark.parametrize("origin", [ORIGIN, "rules.txt", "rules.yml"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_the_delimiter_is_found_and_the_contents_tell_the_format(delimiter, ends, origin):
    assert summary(table(delimiter, ends), origin) == (EXPECTED, [])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_changes_nothing(encoding):
    assert summary(table().encode(encoding)) == (EXPECTED, [])


@pytest.mark.parametrize("above", ["My rules, exported 2026, by SOC", "Rules | all, of them", "Rules"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_title_above_the_header_says_nothing_of_the_delimiter(above, delimiter):
    assert summary(above + "\r\n\r\n" + table(delimiter, "\r\n"), "rules.csv") == (EXPECTED, [])


def test_excel_s_line_on_the_delimiter_is_believed():
    assert summary("sep=;\r\n" + table(";")) == (EXPECTED, [])


def test_files_of_the_suffixes_are_candidates(tmp_path):
    files = {"a.csv": table().encode(), "b.tsv": b"id\ttechnique\n3\tT1059\n", "c.yml": sigma("s")}
    assert [rule.rule_id for rule in read_path(written(tmp_path, files)).rules] == ["1", "2", "3", "s"]


def test_a_table_of_one_column_is_one():
    assert summary("Technique\nT1059\n\nT1003\n")[0] == [
        ("rules.csv#2", "rules.csv#2", ("T1059",)),
        ("rules.csv#4", "rules.csv#4", ("T1003",)),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Name,Owner\nA,x\n", 'The table has no column for techniques (its columns: "Name", "Owner").'),
        ("Name\nA\n", 'The table has no column for techniques (its columns: "Name").'),
        (",,\n1,2,3\n", 'The table has no column for techniques (its columns: "1", "2", "3").'),
        (",,\n", "The table has no column for techniques (it has no columns at all)."),
    ],
)
def test_a_table_without_techniques_names_its_columns(text, message):
    assert read(text) == ([], [Issue(IssueKind.NOT_A_RULE, "", ORIGIN, message)])


def test_of_many_columns_the_first_are_named():
    (issue,) = read(",".join(f"{'x' * 100}{number}" for number in range(50)) + "\n")[1]
    assert len(issue.message) < 400
    assert issue.message.endswith(", …).")


@pytest.mark.parametrize("text", ["a, b\n", "title, x\n- y\n", "The quick, brown fox\n"])
def test_other_texts_with_commas_are_no_tables(text):
    rules, (issue,) = read(text, "r.yml")
    assert rules == []
    assert "table" not in issue.message


def test_a_rule_in_a_file_of_the_suffix_is_read_as_what_it_is():
    (rule,), issues = read(sigma("s"))
    assert rule.source == "Sigma"
    assert issues == []


def test_rows_after_a_broken_one_do_not_count_and_that_is_said():
    rules, issues = read("id,technique,name,severity\n1,T1059,x,low\n2,T1059,x," + "y" * 200_000 + "\n3,T1003,x,low\n")
    assert [rule.rule_id for rule in rules] == ["1"]
    message = "The table is not valid CSV at line 3; the rows after that do not count."
    assert issues == [Issue(IssueKind.UNREADABLE, "", ORIGIN, message)]


def test_a_first_line_without_end_takes_no_time_for_each_comma():
    rules, issues = read("a" + "," * 300_000 + ":", "r.yml")
    assert rules == []
    assert issues


def test_a_header_without_end_is_no_table_or_an_issue():
    for origin in (ORIGIN, "r.yml"):
        rules, issues = read("technique," + "x" * 200_000, origin)
        assert rules == []
        assert issues


@pytest.mark.parametrize("text", ["," * 5_000, '"\n",' * 5_000], ids=["one line", "quoted lines"])
def test_a_row_without_an_end_is_read_no_further(monkeypatch, text):
    monkeypatch.setattr(csv_table, "_LONGEST_ROW", 1_000)
    rules, issues = read(f"Technique,x\nT1059,x\n{text}\nT1003,x\n")
    assert [rule.techniques for rule in rules] == [("T1059",)]
    assert issues[-1].message.startswith("The table is not valid CSV at line ")


@pytest.mark.parametrize("start", ['[{"technique": "T1059"}]', "technique: [T1059]", "technique = 'T1059'"])
def test_what_is_as_large_as_only_a_table_may_be_is_read_as_one(monkeypatch, start):
    monkeypatch.setattr(documents, "DEFAULT_LIMITS", Limits(file_bytes=100, json_bytes=100))
    rules, (issue,) = read(start + "\n" + " " * 100, "rules.CSV")
    assert rules == []
    assert issue.message.startswith("The table has ")
