"""The heads of tables, and tables that are read with corrections."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage.model import IssueKind
from coverage.sources import heads as heads_module
from coverage.sources import table
from coverage.sources.corrections import NO_CORRECTIONS
from coverage.sources.heads import path_heads, tables_in, upload_heads
from coverage.sources.library import read_path, read_uploads
from coverage.sources.table import ColumnMapping
from tests.sources.rule_files import tar_of, zip_of
from tests.sources.test_xlsx_table import workbook

COLUMNS = ("Rule", "Mapping", "Prio")
ROWS = [["First", "T1059", "high"], ["Second", "T1003, T1047", "low"], ["Third", "T1047", "low"]]
CSV = b'Rule,Mapping,Prio\nFirst,T1059,high\nSecond,"T1003, T1047",low\nThird,T1047,low\n'
JSON = json.dumps([dict(zip(COLUMNS, row, strict=True)) for row in ROWS]).encode()
XLSX = workbook(Notes=[["Nothing"]], Rules=[["Our rules"], COLUMNS, *ROWS])
FILES = {"t.csv": CSV, "t.json": JSON, "t.xlsx": XLSX}
SIGMA = b"title: x\nid: y\nlevel: high\ntags: [attack.t1047]\ndetection: {a: b}\n"
CHOSEN = NO_CORRECTIONS.choose(COLUMNS, "techniques", (1,)).choose(COLUMNS, "severity", (2,))

each_format = pytest.mark.parametrize("name", FILES)


@each_format
def test_a_head_has_the_columns_the_guess_and_the_first_cells(name):
    (head,) = upload_heads([(name, FILES[name])], NO_CORRECTIONS)
    assert (head.origin, head.columns) == (name, COLUMNS)
    assert head.mapping == ColumnMapping(name="Rule")
    assert dict(head.samples) == {
        "Rule": ("First", "Second", "Third"),
        "Mapping": ("T1059", "T1003, T1047", "T1047"),
        "Prio": ("high", "low"),
    }


@each_format
def test_a_table_is_read_with_the_columns_that_were_chosen(name):
    files = [(name, FILES[name])]
    assert not any(rule.techniques for rule in read_uploads(files).rules)
    ruleset = read_uploads(files, corrections=CHOSEN)
    assert [rule.techniques for rule in ruleset.rules] == [("T1059",), ("T1003", "T1047"), ("T1047",)]
    assert [str(rule.severity) for rule in ruleset.rules] == ["high", "low", "low"]
    (head,) = upload_heads(files, CHOSEN)
    assert head.mapping == ColumnMapping(name="Rule", severity="Prio", techniques=("Mapping",))


@each_format
@pytest.mark.parametrize("pack", [zip_of, tar_of, None])
def test_tables_are_found_in_folders_and_archives_by_what_reading_them_brought(tmp_path, name, pack):
    files = {f"a/{name}": FILES[name], "b.yml": SIGMA}
    path = tmp_path / "rules.bin"
    if pack is None:
        (path / "a").mkdir(parents=True)
        for each, data in files.items():
            (path / each).write_bytes(data)
    else:
        path.write_bytes(pack(files))
    only = tables_in(read_path(path))
    assert only == {f"a/{name}"}
    (head,) = path_heads(path, NO_CORRECTIONS, only)
    assert (head.origin, head.columns) == (f"a/{name}", COLUMNS)
    assert [each.columns for each in path_heads(path, NO_CORRECTIONS)] == [COLUMNS]
    assert len(read_path(path, corrections=CHOSEN).rules) == 4


def test_a_library_without_tables_is_not_read_for_their_heads(tmp_path, monkeypatch):
    (tmp_path / "a.yml").write_bytes(SIGMA)
    assert tables_in(read_path(tmp_path)) == frozenset()
    monkeypatch.setattr(heads_module, "decode", None)
    assert path_heads(tmp_path, NO_CORRECTIONS, frozenset()) == ()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.yml", SIGMA),
        ("a.json", b'[{"id": 1, "mitre_technique_id": "T1047"}]'),
        ("a.json", b'{"name": "x", "domain": "enterprise-attack", "techniques": []}'),
        ("a.json", b"[[]]"),
        ("a.json", b"[{"),
        ("a.csv", b""),
        ("a.csv", b",,\n,,\n"),
        ("a.csv", b"\xff\x00\x01"),
        ("a.xml", b"<group></group>"),
        ("a.xlsx", XLSX[:200]),
        ("a.xlsx", zip_of({"xl/workbook.xml": b"<"})),
        ("a.zip", zip_of({"b.yml": SIGMA})),
    ],
)
def test_what_is_no_table_has_no_head(name, data):
    assert upload_heads([(name, data)], NO_CORRECTIONS) == ()


def test_what_is_no_table_in_a_library_is_not_looked_at_again(tmp_path):
    (tmp_path / "a.yml").write_bytes(SIGMA)
    (tmp_path / "b.yml").write_bytes(b"title: [unclosed")
    (tmp_path / "c.csv").write_bytes(CSV)
    assert tables_in(read_path(tmp_path)) == {"c.csv"}


def test_a_table_whose_rules_were_only_counted_has_a_head(tmp_path, monkeypatch):
    monkeypatch.setattr(table, "LISTED", 2)
    (tmp_path / "big, b.csv").write_bytes(CSV.replace(b"Mapping", b"Technique"))
    ruleset = read_path(tmp_path)
    assert any(rule.origin.startswith("big, b.csv, ") for rule in ruleset.rules)
    (head,) = path_heads(tmp_path, NO_CORRECTIONS, tables_in(ruleset))
    assert head.origin == "big, b.csv"


def test_a_path_that_cannot_be_read_has_no_heads(tmp_path):
    assert path_heads(tmp_path / "missing", NO_CORRECTIONS) == ()
    assert path_heads(tmp_path, NO_CORRECTIONS) == ()


def test_cells_are_cut_and_those_of_lists_joined():
    rows = [{"a": ["T1059", ["T1003", None]], "b": "x" * 100, "c": 7, "": "unnamed"}, {"d": "late"}]
    (head,) = upload_heads([("t.json", json.dumps(rows).encode())], NO_CORRECTIONS)
    assert head.columns == ("a", "b", "c", "d")
    assert dict(head.samples) == {"a": ("T1059, T1003",), "b": ("x" * 40 + "…",), "c": ("7",), "d": ("late",)}


CELLS = st.text(max_size=6) | st.sampled_from(["T1059", "high", "yes", "TA0002", "=x", "\ud800"])
PLACES = st.dictionaries(
    st.sampled_from(["techniques", "tactics", "name", "rule_id", "severity", "enabled", "logsource", "updated_at"]),
    st.lists(st.integers(0, 5), max_size=3),
)


@settings(max_examples=60)
@given(st.lists(CELLS, min_size=1, max_size=4, unique=True), st.lists(st.lists(CELLS, max_size=5), max_size=4), PLACES)
def test_no_correction_raises_and_no_row_is_lost(header, rows, places):
    records = [dict.fromkeys(header, "x"), *(dict(zip(header, row, strict=False)) for row in rows)]
    files = [("t.json", json.dumps(records).encode())]
    for head in upload_heads(files, NO_CORRECTIONS):
        corrections = NO_CORRECTIONS
        for field, chosen in places.items():
            corrections = corrections.choose(head.columns, field, tuple(chosen))
        ruleset = read_uploads(files, corrections=corrections)
        (corrected,) = upload_heads(files, corrections)
        assert corrected.columns == head.columns
        if corrected.mapping.techniques:
            repeated = sum(issue.kind is IssueKind.DUPLICATE_ID for issue in ruleset.issues)
            filled = sum(any(cell.strip() for cell in record.values()) for record in records)
            assert len(ruleset.rules) + repeated == filled
