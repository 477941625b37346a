"""Workbooks: sheets, cells, and archives that were made to do damage."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook, load_workbook

from coverage.model import Issue, IssueKind, RuleSet, Severity
from coverage.sources import xlsx_table
from coverage.sources.documents import read_document
from coverage.sources.heads import tables_in
from coverage.sources.library import read_path, read_uploads
from tests.sources.rule_files import written, zip_of

ORIGIN = "rules.xlsx"
HEADER = ["Rule ID", "Name", "Severity", "Enabled", "Tactic", "Technique ID", "Last Updated"]
ROW = [7, "A rule", "High", True, "Execution", "T1059.001, T1003", datetime(2026, 1, 31)]  # noqa: DTZ001  as Excel has it


def workbook(**sheets):
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def changed(data, **parts):
    """The workbook with other contents of some parts, named by their last name before the dot."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return zip_of({name: parts.get(name.rpartition("/")[2].partition(".")[0], old) for name, old in files.items()})


def read(data):
    return read_document(data, ORIGIN)


def test_the_first_sheet_with_techniques_is_read():
    rules, issues = read(workbook(Empty=[], Rules=[HEADER, ROW, []]))
    (rule,) = rules
    assert (rule.rule_id, rule.name, rule.severity, rule.enabled) == ("7", "A rule", Severity.HIGH, True)
    assert (rule.tactics, rule.techniques) == (("Execution",), ("T1059.001", "T1003"))
    assert (rule.updated_at, rule.source, rule.origin) == ("2026-01-31T00:00:00", "Table", ORIGIN)
    assert issues == []


def test_the_sheets_with_the_same_header_are_read_and_say_which_they_are():
    rules, issues = read(workbook(A=[HEADER, ROW, []], B=[["Customer B"], HEADER, [8, *ROW[1:]], ["", *ROW[1:]]]))
    assert [(rule.rule_id, rule.origin) for rule in rules] == [
        ("7", ORIGIN),
        ("8", f"{ORIGIN}#B"),
        (f"{ORIGIN}#B#4", f"{ORIGIN}#B"),
    ]
    assert [issue.where for issue in issues] == [f"{ORIGIN}#B#4"]
    assert ORIGIN in tables_in(RuleSet(tuple(rules[1:])))


def test_the_name_of_a_sheet_is_as_a_file_s_is_shown():
    rules, _ = read(workbook(**{"A": [HEADER, ROW], "B\u202e": [HEADER, [8, *ROW[1:]]]}))
    assert rules[1].origin == f"{ORIGIN}#B\N{REPLACEMENT CHARACTER}"


def test_sheets_that_are_passed_over_are_named():
    reference = [["Technique ID", "Name"], ["T1003", "A technique, and no rule"]]
    rules, issues = read(workbook(About=[["Nothing"]], Rules=[HEADER, ROW], Reference=reference))
    assert len(rules) == 1
    assert issues == [
        Issue(IssueKind.NOT_A_RULE, "", ORIGIN, f'The sheet "{title}" has {lacks}, so it is passed over; {advice}.')
        for title, lacks in (("About", "no column for techniques"), ("Reference", "another header"))
        for advice in ["saved on its own it can be read"]
    ]


def test_a_hidden_sheet_is_none():
    book = load_workbook(io.BytesIO(workbook(Lists=[HEADER, ROW], Rules=[HEADER, [8, *ROW[1:]]])))
    book["Lists"].sheet_state = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)
    (rule,), issues = read(buffer.getvalue())
    assert (rule.rule_id, issues) == ("8", [])


def test_a_workbook_is_no_archive_of_rules(tmp_path):
    data = workbook(Rules=[HEADER, ROW])
    written(tmp_path, {"rules.xlsx": data, "folder/rules.xlsx": data, "x.zip": zip_of({"a/rules.xlsx": data})})
    for ruleset in (
        read_path(tmp_path / "rules.xlsx"),
        read_path(tmp_path / "folder"),
        read_path(tmp_path / "x.zip"),
        read_uploads([("rules.xlsx", data)]),
    ):
        assert [rule.rule_id for rule in ruleset.rules] == ["7"]
        assert ruleset.issues == ()


def test_without_techniques_the_columns_of_all_sheets_are_named():
    message = 'The table has no column for techniques (its columns: "Name", "Owner", "Other").'
    data = workbook(A=[["Name", "Owner"]], B=[["Other"]])
    assert read(data) == ([], [Issue(IssueKind.NOT_A_RULE, "", ORIGIN, message)])


def test_a_row_far_down_is_read_and_the_blank_ones_above_it_are_not_counted():
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>Technique</t></is></c></row>'
        '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>T1059</t></is></c></row></sheetData></worksheet>'
    )
    rules, _ = read(changed(workbook(Rules=[HEADER]), sheet1=sheet.encode()))
    assert [(rule.rule_id, rule.techniques) for rule in rules] == [(f"{ORIGIN}#1048576", ("T1059",))]


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(xlsx_table, "_LONGEST", 50_000)
    data = changed(workbook(Rules=[HEADER, ROW]), sheet1=b"<a/>" + b" " * 100_000)
    rules, (issue,) = read(data)
    assert rules == []
    assert (issue.kind, issue.where) == (IssueKind.UNREADABLE, ORIGIN)
    assert issue.message.startswith("The workbook unpacks to more than ")


def test_a_part_of_which_a_tree_is_made_has_a_limit_of_its_own():
    (issue,) = read(changed(workbook(Rules=[HEADER, ROW]), styles=b"<a>" * 2_000_000))[1]
    assert issue.kind is IssueKind.UNREADABLE


def test_methods_that_unpack_without_a_limit_are_refused():
    with zipfile.ZipFile(io.BytesIO(workbook(Rules=[HEADER, ROW]))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    (issue,) = read(zip_of(files, method=zipfile.ZIP_BZIP2))[1]
    assert issue.message == "The workbook is packed in a way that is not supported."


BOMB = b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><x>&b;</x>'


@pytest.mark.filterwarnings("ignore:Workbook contains no stylesheet")
@pytest.mark.parametrize("part", ["workbook", "sheet1", "sharedStrings", "styles", "[Content_Types]"])
@pytest.mark.parametrize("content", [b"", b"<a", b"<a/>", b"\0" * 100, BOMB])
def test_damaged_parts_give_issues(part, content):
    rules, issues = read(changed(workbook(Rules=[HEADER, ROW]), **{part: content}))
    assert rules or issues
    assert all(issue.message.endswith(".") for issue in issues)


def test_a_cut_off_workbook_is_binary():
    assert read(workbook(Rules=[HEADER, ROW])[:500])[0] == []
