"""What was read before is not read again; what changed is; and the rules are always those of a first load."""

import os
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coverage.model import IssueKind
from coverage.sources import parallel, remembered
from coverage.sources.cache import Cached, cache_folder
from coverage.sources.corrections import NO_CORRECTIONS
from coverage.sources.entries import Limits
from coverage.sources.library import read_path, read_uploads
from tests.shared import shared
from tests.sources.rule_files import elastic, sigma, tar_of, written, zip_of

FILES = {
    "a.yml": sigma("a"),
    "b/b.yml": sigma("b", level="severe"),
    "b/c.toml": elastic("c"),
    "broken.yml": b"title: [",
    "README.md": b"",
    "large.yml": b"#" * 5000,
    "twice.yml": sigma("a"),
}
LIMITS = Limits(file_bytes=4000)


@pytest.fixture
def parsed(monkeypatch):
    """The files that are parsed, by their paths; what they were before the load is trusted at once."""
    found = []

    def read(data, origin, corrections):
        found.append(origin)
        return read_document(data, origin, corrections)

    read_document = parallel.read_document
    monkeypatch.setattr(parallel, "read_document", read)
    monkeypatch.setattr(remembered, "_MARGIN", -3_600_000_000_000)
    return found


@pytest.fixture
def opened(monkeypatch):
    """The files of a folder whose content is looked at."""
    found = []

    def read(root, paths, intake):
        for path, data in read_files(root, paths, intake):
            found.append(path)
            yield path, data

    read_files = remembered.read_files
    monkeypatch.setattr(remembered, "read_files", read)
    return found


def load(path):
    return read_path(path, limits=LIMITS)


def load_afresh(path):
    shutil.rmtree(cache_folder(), ignore_errors=True)
    return load(path)


def test_an_unchanged_folder_is_not_read_again(tmp_path, parsed, opened):
    written(tmp_path, FILES)
    first = load(tmp_path)
    assert "b/c.toml" in parsed
    parsed.clear()
    opened.clear()
    assert load(tmp_path) == first
    assert parsed == opened == []
    assert {issue.kind for issue in first.issues} >= {IssueKind.UNREADABLE, IssueKind.DUPLICATE_ID}
    assert first.notes


def test_a_changed_file_changes_its_own_rules_alone(tmp_path, parsed):
    before = load(written(tmp_path, FILES))
    parsed.clear()
    written(tmp_path, {"a.yml": sigma("new")})
    after = load(tmp_path)
    assert parsed == ["a.yml"]
    assert after == load_afresh(tmp_path)
    changed = {rule.origin for rule in {*before.rules} ^ {*after.rules}}
    assert changed == {"a.yml", "twice.yml"}  # the second has an id of its own now


def test_a_file_that_was_only_touched_or_copied_over_itself_is_not_parsed_again(tmp_path, parsed, opened):
    before = load(written(tmp_path, FILES))
    parsed.clear()
    opened.clear()
    os.utime(tmp_path / "a.yml", (1, 1))
    written(tmp_path, {"b/b.yml": FILES["b/b.yml"]})
    assert load(tmp_path) == before
    assert sorted(opened) == ["a.yml", "b/b.yml"]
    assert parsed == []


@pytest.mark.usefixtures("parsed")
def test_a_change_that_hides_its_time_is_seen(tmp_path):
    load(written(tmp_path, FILES))
    path = tmp_path / "a.yml"
    status = path.stat()
    path.write_bytes(FILES["a.yml"].replace(b"id: a", b"id: z"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert "z" in {rule.rule_id for rule in load(tmp_path).rules}


def test_the_stamp_of_a_file_that_was_changed_when_it_was_read_proves_nothing(tmp_path, parsed, opened, monkeypatch):
    monkeypatch.setattr(remembered, "_MARGIN", 2_000_000_000)
    before = load(written(tmp_path, FILES))
    parsed.clear()
    opened.clear()
    assert load(tmp_path) == before
    assert sorted(opened) == ["a.yml", "b/b.yml", "b/c.toml", "broken.yml", "twice.yml"]
    assert parsed == []


def test_files_that_come_go_and_move_are_seen(tmp_path, parsed):
    load(written(tmp_path, FILES))
    parsed.clear()
    (tmp_path / "a.yml").unlink()
    (tmp_path / "b").rename(tmp_path / "d")
    written(tmp_path, {"c.yml": sigma("c2")})
    after = load(tmp_path)
    assert sorted(parsed) == ["c.yml", "d/b.yml", "d/c.toml"]
    assert after == load_afresh(tmp_path)


def test_files_that_are_gone_are_forgotten(tmp_path, parsed):
    load(written(tmp_path, FILES))
    (tmp_path / "a.yml").unlink()
    load(tmp_path)
    parsed.clear()
    written(tmp_path, {"a.yml": FILES["a.yml"]})
    load(tmp_path)
    assert parsed == ["a.yml"]


@pytest.mark.usefixtures("parsed")
def test_other_limits_are_another_load(tmp_path):
    written(tmp_path, FILES)
    assert [issue.where for issue in load(tmp_path).issues if "larger" in issue.message] == ["large.yml"]
    assert not [issue for issue in read_path(tmp_path).issues if "larger" in issue.message]


@pytest.mark.usefixtures("parsed")
def test_files_without_rules_are_remembered_too(tmp_path, opened):
    written(tmp_path, {"broken.yml": b"title: ["})
    first = load(tmp_path)
    opened.clear()
    assert load(tmp_path) == first
    assert (first.rules, opened) == ((), [])


@pytest.mark.usefixtures("parsed")
def test_progress_ends_with_all_files_whatever_was_read(tmp_path):
    written(tmp_path, FILES)
    for _ in range(2):
        told = []
        read_path(tmp_path, progress=lambda done, total, told=told: told.append((done, total)))
        assert told[-1] == (6, 6)
        assert told == sorted(told)


@pytest.mark.parametrize("damage", [b"", b"{}", b"x" * 3000])
def test_a_damaged_cache_is_a_first_load(tmp_path, parsed, damage):
    first = load(written(tmp_path, FILES))
    (path,) = cache_folder().iterdir()
    path.write_bytes(damage)
    parsed.clear()
    assert load(tmp_path) == first
    assert len(parsed) == 5
    parsed.clear()
    assert load(tmp_path) == first
    assert parsed == []


@pytest.mark.parametrize(
    "nonsense",
    [
        [],
        [None, None, None],
        [[None, 0], [], []],
        [["", 0, 0], [], []],
        [[0, 2**80], [[[]] * 12, [], [], [], []], [[], [[]] * 4, []]],
        [["", 2**80], [[[]] * 12, [], [], [1], [0]], [["x"], [[1], [2], [3], ["a"]], ["d"]]],
    ],
)
def test_nonsense_in_the_cache_is_a_first_load(tmp_path, monkeypatch, nonsense):
    first = load(written(tmp_path, FILES))
    other = Cached("nonsense")
    other.save(*nonsense)
    load_any = Cached.load
    monkeypatch.setattr(Cached, "load", lambda _: load_any(other))
    assert load(tmp_path) == first


# Archives and single files.


@pytest.mark.parametrize(("name", "pack"), [("a.zip", zip_of), ("a.tar.gz", lambda files: tar_of(files, "w:gz"))])
def test_an_unchanged_archive_is_not_unpacked_again(tmp_path, parsed, name, pack):
    archive = tmp_path / name
    archive.write_bytes(pack({**FILES, ".git/x.yml": b"x", "../out.yml": b"x"}))
    first = load(archive)
    assert first.issues
    assert first.notes
    parsed.clear()
    assert load(archive) == first
    os.utime(archive, (1, 1))
    assert load(archive) == first
    assert parsed == []
    archive.write_bytes(pack({"a.yml": sigma("new")}))
    assert [rule.rule_id for rule in load(archive).rules] == ["new"]


@pytest.mark.usefixtures("parsed")
def test_an_archive_that_is_cut_off_says_so_again(tmp_path):
    archive = tmp_path / "a.tar.gz"
    archive.write_bytes(tar_of({f"{number}.yml": os.urandom(3000) for number in range(20)}, "w:gz")[:-20_000])
    first = load(archive)
    assert first.doubts
    assert load(archive) == first


@pytest.mark.usefixtures("parsed")
def test_an_archive_that_changes_while_it_is_read_is_not_remembered(tmp_path, monkeypatch):
    archive = tmp_path / "a.zip"
    archive.write_bytes(zip_of({"a.yml": sigma("old")}))
    read = parallel.read_document

    def slowly(data, origin, corrections):
        archive.touch()
        return read(data, origin, corrections)

    monkeypatch.setattr(parallel, "read_document", slowly)
    load(archive)
    assert not cache_folder().exists()


@pytest.mark.usefixtures("parsed")
def test_uploads_are_never_written_to_the_disk():
    read_uploads([("a.zip", zip_of(FILES)), ("a.yml", sigma("a"))])
    assert not cache_folder().exists()


# Whatever happens.

NAMES = st.sampled_from(["a.yml", "b.yml", "c/a.yml", "c/d.toml", "e.json"])
CONTENTS = st.sampled_from([sigma("1"), sigma("2"), elastic("1"), b"[", b"", None])


@pytest.mark.usefixtures("parsed")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.lists(st.dictionaries(NAMES, CONTENTS, max_size=4), min_size=2, max_size=4))
def test_whatever_changes_the_rules_are_those_of_a_first_load(tmp_path_factory, steps):
    folder = written(tmp_path_factory.mktemp("library"), {"always.yml": sigma("always")})
    for step in steps:
        written(folder, {name: data for name, data in step.items() if data is not None})
        for name in [name for name, data in step.items() if data is None]:
            (folder / name).unlink(missing_ok=True)
        found = load(folder)
        kept = shutil.move(cache_folder(), folder.with_name(f"{folder.name}.cache"))
        assert found == load(folder)
        shutil.rmtree(cache_folder())
        shutil.move(kept, cache_folder())


@pytest.mark.parametrize("name", ["sigma", "elastic"])
def test_the_public_libraries_are_the_same_from_the_cache(name, parsed):
    archive = shared(f"rules/{name}.tar.gz")
    first = read_path(archive)
    parsed.clear()
    assert read_path(archive) == first
    assert parsed == []


def test_corrected_columns_do_not_change_what_is_remembered(tmp_path, parsed):
    written(tmp_path, {"t.csv": b"technique,other\nT1055,T1003\n"})
    corrections = NO_CORRECTIONS.choose(["technique", "other"], "techniques", (1,))

    def techniques(chosen):
        return [rule.techniques for rule in read_path(tmp_path, corrections=chosen).rules]

    for _ in range(2):
        assert techniques(NO_CORRECTIONS) == [("T1055",)]
        assert techniques(corrections) == [("T1003",)]
    assert parsed == ["t.csv"] * 3  # what visitors correct is not kept
