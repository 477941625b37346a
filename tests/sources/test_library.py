"""Rule libraries as a whole: formats, encodings, uploads, what cannot be read, and what holds for all of them."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.errors import SourceError
from coverage.model import Issue, IssueKind, RuleSet
from coverage.sources import documents
from coverage.sources.documents import read_document
from coverage.sources.entries import Limits
from coverage.sources.kinds import COUNTED_NOTE
from coverage.sources.library import read_path, read_uploads
from tests.sources.rule_files import elastic, sigma, tar_of, written, zip_of

RECORD = {"id": "j-1", "name": "A record", "severity": "low", "mitre_tactic": "Impact", "mitre_technique_id": "T1486"}


def api(*records, shape=lambda records: records):
    return json.dumps(shape(list(records))).encode()


def summary(ruleset):
    return [(rule.rule_id, rule.source, rule.origin) for rule in ruleset.rules]


def messages(issues):
    return [(issue.kind, issue.where, issue.message) for issue in issues]


def error_of(path):
    with pytest.raises(SourceError) as error:
        read_path(path)
    return str(error.value)


# Formats.

SPLUNK = b"name: A\nid: r\nstatus: production\ntype: TTP\nsearch: x\ntags: {mitre_attack_id: [T1059], risk_score: 50}\n"
SENTINEL = b"id: r\nname: A\nseverity: High\nquery: x\nkind: NRT\ntactics: [Impact]\nrelevantTechniques: [T1486]\n"
PANTHER = (
    b"AnalysisType: rule\nRuleID: r\nDisplayName: A\nEnabled: true\nSeverity: Low\nReports: {MITRE ATT&CK: [T1]}\n"
)
FALCO = b"- macro: m\n  condition: x\n- rule: r\n  condition: m\n  priority: INFO\n  tags: [T1059]\n"
DATADOG = {"id": "r", "name": "A", "isEnabled": True, "cases": [{"status": "low"}], "tags": ["technique:T1078-x"]}
YARAL = b'// rule x\nrule r {\nmeta:\nseverity = "Low"\ntechnique = "T1059"\nevents:\n$e.a = /}/\ncondition:\n$e\n}\n'
WAZUH = (
    b'<group name="x,">\n<rule id="r" level="5"><description>A</description><mitre><id>T1</id></mitre></rule>\n</group>'
)
CSV = b"id;name;severity;tactic;technique\nr;A;low;Impact;T1486\n"
FORMATS = [
    (sigma("r"), "Sigma"),
    (elastic("r"), "Elastic"),
    (api(RECORD | {"id": "r"}), "JSON"),
    (SPLUNK, "Splunk"),
    (SENTINEL, "Sentinel"),
    (PANTHER, "Panther"),
    (FALCO, "Falco"),
    (json.dumps(DATADOG).encode(), "Datadog"),
    (YARAL, "Chronicle"),
    (WAZUH, "Wazuh"),
    (CSV, "Table"),
]


@pytest.mark.parametrize(("data", "source"), FORMATS)
@pytest.mark.parametrize("name", ["r.yml", "r.toml", "r.json", "r.xml", "r.csv", "r.yaral"])
def test_the_contents_of_a_file_tell_its_format_and_not_its_name(data, source, name, tmp_path):
    ruleset = read_path(written(tmp_path, {name: data}))
    assert summary(ruleset) == [("r", source, name)]
    assert ruleset.issues == ()


def test_a_folder_can_hold_every_format(tmp_path):
    files = {"a.yml": sigma("a"), "b.toml": elastic("b"), "c.json": api(RECORD, RECORD | {"id": "j-2"})}
    assert summary(read_path(written(tmp_path, files))) == [
        ("a", "Sigma", "a.yml"),
        ("b", "Elastic", "b.toml"),
        ("j-1", "JSON", "c.json"),
        ("j-2", "JSON", "c.json"),
    ]


def test_one_file_can_hold_documents_of_several_formats():
    rules, issues = read_document(b"---\n".join([sigma("s"), SPLUNK, b"a: b\n", PANTHER, FALCO]), "r.yml")
    assert [rule.source for rule in rules] == ["Sigma", "Splunk", "Panther", "Falco"]
    assert [issue.kind for issue in issues] == [IssueKind.NOT_A_RULE]


@pytest.mark.parametrize(
    "shape",
    [lambda records: records, lambda records: {"items": records, "total": 1}, lambda records: {"data": records}],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_json_is_read_in_each_shape_of_the_api(shape, indent):
    rules, issues = read_document(json.dumps(shape([RECORD]), indent=indent).encode(), "r.json")
    assert [(rule.rule_id, rule.techniques, rule.tactics) for rule in rules] == [("j-1", ("T1486",), ("Impact",))]
    assert issues == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "The file holds no rules."),
        ("{}", "The file holds no rules."),
        ('{"items": []}', "The file holds no rules."),
        ('{"error": "x", "status": 500}', 'The file holds no list of rules (its fields: "error", "status").'),
        ('["a"]', "Record 1 is no object but a text."),
        ("[[1]]", "Record 1 is no object but a list."),
    ],
)
def test_json_without_rules_is_said_to_have_none(text, message):
    rules, (issue,) = read_document(text.encode(), "r.json")
    assert rules == []
    assert (issue.kind, issue.message) == (IssueKind.NOT_A_RULE, message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"id": "a"},\n{"id": }]', "The file is not valid JSON (line 2: Expecting value)."),
        ('{"items": [', "The file is not valid JSON (line 1: Expecting value)."),
        ("[", "The file is not valid JSON (line 1: Expecting value)."),
        ("{\n", "The file is not valid JSON (line 2: Expecting property name enclosed in double quotes)."),
        ('{"id": "a"}\n{"id": "b"}\n', "The file is not valid JSON (line 2: Extra data)."),
        ('[{"id": ' + "1" * 10_000 + "}]", "The file holds a number of thousands of digits."),
        ("[" * 200_000, "The file is nested too deeply."),
        ('{"a":' * 200_000, "The file is nested too deeply."),
    ],
)
def test_broken_json_is_refused_with_its_line(text, message):
    assert read_document(text.encode(), "r.json") == ([], [Issue(IssueKind.UNREADABLE, "", "r.json", message)])


def test_more_records_than_are_listed_are_counted(monkeypatch):
    monkeypatch.setattr(documents, "LISTED", 2)
    data = api(*(RECORD | {"id": str(number)} for number in range(4)))
    (rule,), issues = read_document(data, "r.json")
    assert (rule.count, rule.is_kind, rule.origin, issues) == (4, True, "r.json, 4 rules", [])
    assert read_uploads([("r.json", data)]).notes == (COUNTED_NOTE,)


# Encodings.


@pytest.mark.parametrize("data", [data for data, _ in FORMATS])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_changes_nothing(data, encoding):
    assert read_document(data.decode().encode(encoding), "r") == read_document(data, "r")


@pytest.mark.parametrize("data", [data for data, _ in FORMATS])
def test_windows_line_ends_change_nothing(data):
    assert read_document(data.replace(b"\n", b"\r\n"), "r") == read_document(data, "r")


def test_a_file_that_is_not_utf_8_is_read_and_said_to_be_a_guess():
    rules, issues = read_document(sigma("a", title="Kör").decode().encode("cp1252"), "a.yml")
    assert [rule.name for rule in rules] == ["Kör"]
    message = "The file is not UTF-8; it was read as Windows-1252, and some letters may be wrong."
    assert issues == [Issue(IssueKind.WRONG_ENCODING, "a", "a.yml", message)]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The file is empty."),
        (b"\n \n", "The file is empty."),
        (b"# nothing\n", "The file is empty but for comments."),
        (b"\x7fELF\0\0", "The file is binary, not text."),
        (b"\xff\xfe\x00", "The file starts as UTF-16 text, but it is not valid UTF-16."),
    ],
)
def test_what_is_no_text_does_not_stop_the_others(tmp_path, data, message):
    ruleset = read_path(written(tmp_path, {"a.yml": data, "b.yml": sigma("b")}))
    assert summary(ruleset) == [("b", "Sigma", "b.yml")]
    assert messages(ruleset.issues) == [(IssueKind.UNREADABLE, "a.yml", message)]


# Several files.


def test_issues_come_in_the_order_of_the_files(tmp_path):
    files = {"c.yml": b"", "a.yml": sigma("a", level=...), "b.yml": b"- x\n", "d.yml": b"#" * 1000}
    ruleset = read_path(written(tmp_path, files), limits=Limits(file_bytes=999))
    assert [(issue.where, issue.kind) for issue in ruleset.issues] == [
        ("a.yml", IssueKind.NO_SEVERITY),
        ("b.yml", IssueKind.NOT_A_RULE),
        ("c.yml", IssueKind.UNREADABLE),
        ("d.yml", IssueKind.UNREADABLE),
    ]


def test_of_two_rules_with_one_id_the_first_by_path_counts_wherever_they_lie(tmp_path):
    files = {"b.yml": sigma("r", title="b"), "a.yml": sigma("r", title="a")}
    issue = Issue(
        IssueKind.DUPLICATE_ID, "r", "b.yml", "The id is used twice; the rule in a.yml counts, this one does not."
    )
    for ruleset in (
        read_path(written(tmp_path, files)),
        read_uploads([("x.zip", zip_of(files))]),
        read_uploads(files.items()),
    ):
        assert [rule.name for rule in ruleset.rules] == ["a"]
        assert ruleset.issues == (issue,)


def test_of_two_rules_with_one_id_the_enabled_one_counts(tmp_path):
    files = {"a.yml": sigma("r", status="deprecated"), "b.yml": sigma("r")}
    assert [rule.origin for rule in read_path(written(tmp_path, files)).rules] == ["b.yml"]


def test_progress_is_told_on_the_way_and_at_the_end(tmp_path):
    told = []
    written(tmp_path, {f"{number}.yml": sigma(str(number)) for number in range(250)})
    read_path(tmp_path, progress=lambda done, total: told.append((done, total)))
    assert list(dict.fromkeys(told)) == [(100, 250), (200, 250), (250, 250)]


# One path.


def test_a_single_file_is_read_whatever_its_name(tmp_path):
    written(tmp_path, {"rule.txt": sigma("a"), "rule": elastic("b")})
    assert summary(read_path(tmp_path / "rule.txt")) == [("a", "Sigma", "rule.txt")]
    assert summary(read_path(tmp_path / "rule")) == [("b", "Elastic", "rule")]


def test_a_single_file_without_a_rule_is_a_set_of_issues(tmp_path):
    written(tmp_path, {"a.yml": b"", "b.yml": b"#" * 1000})
    assert messages(read_path(tmp_path / "a.yml").issues) == [(IssueKind.UNREADABLE, "a.yml", "The file is empty.")]
    (issue,) = read_path(tmp_path / "b.yml", limits=Limits(file_bytes=999)).issues
    assert issue.message == "The file is larger than 999 bytes and was not read."


def test_a_path_that_is_no_file_and_no_folder_cannot_be_read(tmp_path):
    assert error_of(tmp_path / "a.yml") == f"{tmp_path}/a.yml does not exist."
    os.mkfifo(tmp_path / "pipe")
    assert error_of(tmp_path / "pipe") == f"{tmp_path}/pipe is neither a file nor a folder."
    long = tmp_path / ("x" * 300)
    assert error_of(long) == f"{long} cannot be read: file name too long."
    (tmp_path / "circle").symlink_to("circle")
    assert error_of(tmp_path / "circle").startswith(f"{tmp_path}/circle ")
    assert error_of(Path("a\0b\udcff")) == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER} does not exist."


# Uploads.


def test_uploads_are_rule_files_and_archives():
    ruleset = read_uploads(
        [
            ("C:\\Users\\me\\a.yml", sigma("a")),
            ("x.zip", zip_of({"rules/b.yml": sigma("b")})),
            ("y.tar.gz", tar_of({"rules/b.yml": elastic("c"), "LICENSE": b""}, "w:gz")),
            ("records.json", api(RECORD)),
        ]
    )
    assert summary(ruleset) == [
        ("a", "Sigma", "a.yml"),
        ("j-1", "JSON", "records.json"),
        ("b", "Sigma", "x.zip/rules/b.yml"),
        ("c", "Elastic", "y.tar.gz/rules/b.yml"),
    ]
    assert ruleset.issues == ()
    assert ruleset.notes == ("1 other file was passed over (no suffix 1).",)


def test_of_one_upload_the_paths_inside_say_enough():
    assert summary(read_uploads([("x.zip", zip_of({"rules/b.yml": sigma("b")}))])) == [("b", "Sigma", "rules/b.yml")]


def test_an_upload_that_cannot_be_read_does_not_stop_the_others():
    ruleset = read_uploads(
        [
            ("a.zip", b"no archive"),
            ("b.tar.gz", b""),
            ("c.zip", zip_of({})),
            ("d.yml", b"#" * 2000),
            ("e.png", b"\x89PNG\0"),
            ("f.yml", sigma("f")),
        ],
        limits=Limits(file_bytes=1000),
    )
    assert summary(ruleset) == [("f", "Sigma", "f.yml")]
    assert messages(ruleset.issues) == [
        (IssueKind.UNREADABLE, "a.zip", "The archive a.zip is damaged or cut off, or no zip at all."),
        (IssueKind.UNREADABLE, "b.tar.gz", "The archive b.tar.gz is empty."),
        (IssueKind.UNREADABLE, "c.zip", "The archive c.zip holds no files."),
        (IssueKind.UNREADABLE, "d.yml", "The file is larger than 1,000 bytes and was not read."),
        (IssueKind.UNREADABLE, "e.png", "The file is binary, not text."),
    ]


def test_no_uploads_are_no_rules():
    assert read_uploads([]) == RuleSet()


# Properties.


def check(rules, issues):
    """What holds for every document: something is said of it, in sentences and with texts that can be written."""
    assert rules or issues
    repr(rules).encode()
    for rule in rules:
        for text in (rule.rule_id, rule.name, rule.logsource, *(rule.tactics or ()), *rule.techniques):
            (text or "").encode()
    for issue in issues:
        issue.message.encode()
        assert issue.message.endswith(".")
        assert "\n" not in issue.message
        assert len(issue.message) < 400


@given(st.binary(max_size=200))
def test_any_bytes_are_rules_or_issues(data):
    check(*read_document(data, "r.yml"))


@given(st.text(max_size=100), st.sampled_from(["utf-8", "utf-16", "utf-32", "utf-8-sig"]))
def test_any_text_is_rules_or_issues(text, encoding):
    check(*read_document(text.encode(encoding), "r.yml"))


YAML = ["title: ", "id: ", "level: high\n", "tags:", "\n- ", "status: ", "detection: {}\n", "action: global\n", "---\n"]
YAML += ["attack.t1059", "&a ", "*a", "<<: ", "|\n  ", "null", "1059", "[", "]", "{", "}", ", ", '"', "\\ud800", "\n"]
TOML = ["[rule]\n", "[metadata]\n", "[[rule.threat]]\n", "rule_id = ", "name = ", "maturity = ", "severity = ", '"x"\n']
TOML += ["'production'\n", "framework = 'MITRE ATT&CK'\n", "tactic = {", "technique = [", "id = ", "}\n", "]\n", "1\n"]
JSON = ['{"items": ', "[", "]", "{", "}", ", ", '"id": ', '"name": ', '"mitre_techniques": ', '"T1059"', "1e9", "null"]


OTHER_YAML = ["AnalysisType: rule\n", "Reports: ", "{MITRE ATT&CK: ", "RuleID: ", "search: x\n", "type: TTP\n"]
OTHER_YAML += ["- rule: ", "append: true\n", "override: ", "  tags: ", "tactics: ", "severity: ", "[T1059]\n", "null\n"]
OTHER_YAML += ["relevantTechniques: ", "queryFrequency: 1d\n", "query: x\n", "tags: ", "rba: ", "x\n", "---\n", "- "]
OTHER_YAML += ["&a ", "*a\n", "  "]
OTHER_JSON = [
    '{"isEnabled": true, ',
    '"cases": ',
    '"tags": ',
    '"techniques": ',
    '"techniqueID": ',
    '"score": ',
    '"domain": ',
]
OTHER_JSON += ['{"type": "x/alertRules", ', '"properties": ', '"resources": ', '"technique": ', '"x"', "1e999", "null"]
OTHER_JSON += ["[", "]", "{", "}", ", "]
TEXT = ["rule a {\n", "meta:", "events:", "condition:", "technique", " = ", '"', "`", "/", "//", "/*", "*/", "}"]
TEXT += ["$mitre_x", "T1059", "\n"]
XML = ["<", ">", "<rule id='1' level='3'>", "</rule>", "<mitre>", "<id>", "T1059", "</id>", "</mitre>", "<!--", "-->"]
XML += ["<group name='x'>", "</group>", "<description>", "</description>", "<![CDATA[", "]]>", "<!DOCTYPE x>"]
XML += ["&", "\\", "\n"]
ROWS = ["id", "technique", "name", "enabled", ",", ";", "\t", '"', "\n", "T1059", "sep=;\r\n", "yes", ""]
PIECES = {"YAML": YAML, "TOML": TOML, "JSON": JSON, "other YAML": OTHER_YAML, "other JSON": OTHER_JSON}
PIECES |= {"YARA-L": TEXT, "XML": XML, "CSV": ROWS}


@pytest.mark.parametrize("pieces", PIECES.values(), ids=PIECES)
@given(data=st.data())
def test_any_pieces_of_a_format_are_rules_or_issues(pieces, data):
    text = "".join(data.draw(st.lists(st.sampled_from(pieces), max_size=20)))
    name = data.draw(st.sampled_from(["r.yml", "r.csv"]))
    check(*read_document(text.encode(), name))


@given(st.sampled_from(FORMATS), st.integers(0, 400), st.integers(0, 20), st.binary(max_size=4))
def test_any_change_to_a_rule_gives_rules_or_issues(rule, place, removed, inserted):
    data, _ = rule
    check(*read_document(data[:place] + inserted + data[place + removed :], "r.yml"))


CONTENTS = st.sampled_from(
    [
        *(data for data, _ in FORMATS),
        *(sigma(str(number), status=status) for number in range(3) for status in ("stable", "deprecated")),
        sigma(id=...) + b"---\n" + sigma(id=..., level="urgent"),
        sigma(title="Kör").decode().encode("cp1252"),
        api(RECORD, 7, {"id": "j-1"}),
        elastic("e-2", rule_id=...),
        b"",
        b"a: [",
        b"\0",
        b"#" * 2000,
    ]
)
NAMES = st.builds(
    lambda folders, name, suffix: "/".join([*folders, name + suffix]),
    st.lists(st.sampled_from(["rules", "b", "ü x", ".git"]), max_size=2),
    st.sampled_from(["a", "z", "é.1"]),
    st.sampled_from([".yml", ".TOML", ".json", ".md", ""]).map(lambda suffix: "-file" + suffix),
)


@given(st.dictionaries(NAMES, CONTENTS, min_size=1, max_size=6))
def test_a_zip_and_a_tar_gz_are_read_as_the_folder_is(files):
    limits = Limits(file_bytes=1000)
    with tempfile.TemporaryDirectory() as place:
        folder = written(Path(place) / "folder", files)
        archives = written(Path(place), {"x.zip": zip_of(files), "x.tar.gz": tar_of(files, "w:gz")})
        if all(".git/" in name for name in files):
            assert error_of(folder) == f"The folder {folder} holds no files."
            return
        ruleset = read_path(folder, limits=limits)
        assert read_path(archives / "x.zip", limits=limits) == ruleset
        assert read_path(archives / "x.tar.gz", limits=limits) == ruleset


@given(st.dictionaries(NAMES, CONTENTS, min_size=1, max_size=6))
def test_every_file_is_a_rule_an_issue_or_in_the_note(files):
    ruleset = read_uploads([("x.zip", zip_of(files))])
    said = {rule.origin for rule in ruleset.rules} | {issue.where.partition("#")[0] for issue in ruleset.issues}
    for name in set(files) - said:
        assert ".git/" in name or name.endswith(("file", ".md"))
        assert ruleset.notes
