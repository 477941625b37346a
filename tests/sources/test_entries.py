"""What of a folder is read, what is passed over, and how much at most."""

from __future__ import annotations

import os

import pytest

from coverage.errors import SourceError
from coverage.model import Issue, IssueKind
from coverage.sources.entries import DEFAULT_LIMITS, Intake, Limits, file_name
from coverage.sources.folders import folder_files, read_files
from coverage.sources.library import read_path
from tests.sources.rule_files import sigma, written


def origins(ruleset):
    return [rule.origin for rule in ruleset.rules]


def refused(origin, message):
    return Issue(IssueKind.UNREADABLE, "", origin, message)


def test_all_candidates_of_a_folder_and_its_sub_folders_are_read(tmp_path):
    names = ["b.yml", "a/z.YAML", "a/b/c/d.yml", "ä.yml", ".hidden.yml", "a b.yml"]
    ruleset = read_path(written(tmp_path, {name: sigma(name) for name in names}))
    assert origins(ruleset) == sorted(names)
    assert (ruleset.issues, ruleset.doubts, ruleset.notes) == ((), (), ())


def test_candidates_come_in_the_order_of_their_paths(tmp_path):
    names = [f"{folder}/{number}.yml" for folder in "cab" for number in (10, 9, 1)]
    intake = Intake(DEFAULT_LIMITS)
    files = folder_files(written(tmp_path, dict.fromkeys(names, b"x")), intake)
    assert [*files] == sorted(names)


@pytest.mark.parametrize(
    ("names", "note"),
    [
        (["README.md"], "1 other file was passed over (md 1)."),
        (["LICENSE", "a/b.TXT", "c.txt"], "3 other files were passed over (txt 2, no suffix 1)."),
        (["._a.yml", ".gitignore"], "2 other files were passed over (no suffix 1, yml 1)."),
        ([".git/config.yml", ".git/b.yml"], "1 folder was passed over (.git)."),
        (["__MACOSX/a.yml", "x/.git/a.yml"], "2 folders were passed over (.git, __MACOSX)."),
        ([".git/a.yml", "a.md"], "1 other file and 1 folder were passed over (md 1, .git)."),
        ([f"{kind}.{kind}" for kind in "abcdef"], "6 other files were passed over (a 1, b 1, c 1, d 1, e 1, …)."),
        (["a." + "x" * 100], f"1 other file was passed over ({'x' * 20} 1)."),
    ],
)
def test_what_is_no_candidate_is_passed_over_and_counted(tmp_path, names, note):
    ruleset = read_path(written(tmp_path, {"r.yml": sigma(), **dict.fromkeys(names, b"x")}))
    assert origins(ruleset) == ["r.yml"]
    assert ruleset.issues == ()
    assert ruleset.notes == (note,)


def test_a_folder_of_other_files_has_no_rules_and_a_note(tmp_path):
    ruleset = read_path(written(tmp_path, {"README.md": b"x"}))
    assert ruleset.rules == ()
    assert ruleset.notes == ("1 other file was passed over (md 1).",)


def test_a_folder_without_files_cannot_be_read(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    with pytest.raises(SourceError) as error:
        read_path(tmp_path)
    assert str(error.value) == f"The folder {tmp_path} holds no files."


# Links, and what is no file.


def test_linked_files_are_followed_and_linked_folders_are_not(tmp_path):
    rules, elsewhere = tmp_path / "rules", tmp_path / "elsewhere"
    written(rules, {"a.yml": sigma("a")})
    written(elsewhere, {"b.yml": sigma("b"), "c/d.yml": sigma("d")})
    (rules / "b.yml").symlink_to(elsewhere / "b.yml")
    (rules / "c").symlink_to(elsewhere / "c")
    ruleset = read_path(rules)
    assert origins(ruleset) == ["a.yml", "b.yml"]
    assert ruleset.notes == ("1 folder was passed over (c).",)


def test_links_that_lead_nowhere_or_in_circles_do_not_stop_the_others(tmp_path):
    written(tmp_path, {"a.yml": sigma("a"), "z/a.yml": sigma("b")})
    (tmp_path / "b.yml").symlink_to("missing.yml")
    (tmp_path / "c.yml").symlink_to("c.yml")
    (tmp_path / "d").symlink_to("d")
    (tmp_path / "z" / "up").symlink_to(tmp_path)
    ruleset = read_path(tmp_path)
    assert origins(ruleset) == ["a.yml", "z/a.yml"]
    message = "This is no regular file, or a link that leads nowhere."
    assert ruleset.issues == (refused("b.yml", message), refused("c.yml", message))


def test_a_pipe_is_not_waited_for(tmp_path):
    written(tmp_path, {"a.yml": sigma("a")})
    os.mkfifo(tmp_path / "b.yml")
    ruleset = read_path(tmp_path)
    assert origins(ruleset) == ["a.yml"]
    assert [issue.where for issue in ruleset.issues] == ["b.yml"]


def test_a_file_that_is_gone_when_it_is_read_does_not_stop_the_others(tmp_path):
    intake = Intake(DEFAULT_LIMITS)
    files = folder_files(written(tmp_path, {"a.yml": b"a", "b.yml": b"b", "c.yml": b"c"}), intake)
    (tmp_path / "b.yml").unlink()
    assert [*read_files(tmp_path, files, intake)] == [("a.yml", b"a"), ("c.yml", b"c")]
    assert intake.issues == [refused("b.yml", "The file cannot be read: no such file or directory.")]


def test_a_folder_that_cannot_be_opened_does_not_stop_the_others(tmp_path):
    written(tmp_path, {"a.yml": sigma("a"), "z/a.yml": sigma("b")})
    # A path of more than 4,096 characters can be made step by step, but not opened at once.
    name = "d" * 200
    folder = os.open(tmp_path, os.O_RDONLY)
    for _ in range(25):
        os.mkdir(name, dir_fd=folder)
        inside = os.open(name, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = inside
    os.close(folder)
    ruleset = read_path(tmp_path)
    assert origins(ruleset) == ["a.yml", "z/a.yml"]
    (issue,) = ruleset.issues
    assert issue.where.startswith(f"{name}/{name}/")
    assert issue.message == "The folder cannot be opened: file name too long."


def test_a_name_that_is_no_text_can_still_be_shown(tmp_path):
    with open(os.path.join(os.fsencode(tmp_path), b"a\xff.yml"), "wb") as file:  # noqa: PTH118, PTH123  a name of bytes
        file.write(sigma(id=...))
    ruleset = read_path(tmp_path)
    assert origins(ruleset) == ["a\N{REPLACEMENT CHARACTER}.yml"]
    repr(ruleset).encode()


# Limits.


def test_a_file_that_is_too_large_does_not_stop_the_others(tmp_path):
    written(tmp_path, {"a.yml": sigma("a"), "b.yml": b"#" * 501, "c.json": b" " * 999 + b"[", "d.json": b" " * 2001})
    written(tmp_path, {"e.csv": b"id,technique\n1,T1059\n" + b"\n" * 900, "f.TSV": b" " * 1001})
    ruleset = read_path(tmp_path, limits=Limits(file_bytes=500, json_bytes=2000, table_bytes=1000))
    assert origins(ruleset) == ["a.yml", "e.csv"]
    told = [(issue.where, issue.message) for issue in ruleset.issues if issue.kind is IssueKind.UNREADABLE]
    assert told == [
        ("b.yml", "The file is larger than 500 bytes and was not read."),
        ("c.json", "The file is not valid JSON (line 1: Expecting value)."),
        ("d.json", "The file is larger than 2,000 bytes and was not read."),
        ("f.TSV", "The file is larger than 1,000 bytes and was not read."),
    ]


def test_a_limit_of_megabytes_is_said_in_megabytes(tmp_path):
    with (tmp_path / "a.yml").open("wb") as file:
        file.truncate(DEFAULT_LIMITS.file_bytes + 1)
    (issue,) = read_path(tmp_path).issues
    assert issue == refused("a.yml", "The file is larger than 20 MB and was not read.")


def test_of_too_many_files_the_first_are_read_and_a_doubt_is_left(tmp_path):
    written(tmp_path, {f"{number}.yml": sigma(str(number)) for number in range(5)} | {"a.md": b"", "b.md": b""})
    ruleset = read_path(tmp_path, limits=Limits(files=4))
    assert 2 <= len(ruleset.rules) <= 4
    message = "The folder holds more than 4 files; the others were not read."
    assert ruleset.issues == (refused(".", message),)
    assert ruleset.doubts == (message,)
    assert read_path(tmp_path, limits=Limits(files=7)).doubts == ()


def test_the_name_of_a_file_is_the_end_of_its_path_on_any_system():
    assert file_name("a/b.yml") == file_name("C:\\a\\b.yml") == file_name("b.yml") == "b.yml"
