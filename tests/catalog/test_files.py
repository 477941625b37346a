"""Facts files on the disk."""

import os
import threading

import pytest

from coverage.catalog.files import FactsFile, context_path, facts_path, replace_files, stored_folder, versions_in
from coverage.errors import CatalogError


def test_the_user_s_versions_lie_in_the_user_s_data_directory(data_home):
    assert stored_folder().is_relative_to(data_home)
    assert not stored_folder().exists()


def test_the_versions_of_a_folder_are_those_of_its_facts_files(tmp_path):
    for name in ("enterprise-20.0.json", "enterprise-9.1.json", "context-8.0.json", ".enterprise-7.0.json.tmp", "more"):
        (tmp_path / name).write_text("")
    assert versions_in(tmp_path) == ["20.0", "9.1"]
    assert versions_in(tmp_path / "missing") == []


def test_a_replaced_file_is_another_one_even_with_the_same_size_and_time(tmp_path):
    path = tmp_path / "facts.json"
    replace_files({path: "one"})
    os.utime(path, (1, 1))
    before = FactsFile.at(path)
    assert FactsFile.at(path) == before
    replace_files({path: "two"})
    os.utime(path, (1, 1))
    assert FactsFile.at(path) != before
    assert FactsFile.at(path).text() == "two"


def test_what_cannot_be_a_facts_file_is_refused(tmp_path):
    with (tmp_path / "huge").open("wb") as stream:
        stream.truncate(6_000_000)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("nowhere")
    for path in (tmp_path, tmp_path / "missing", tmp_path / "huge", tmp_path / "pipe", tmp_path / "link"):
        with pytest.raises(CatalogError, match=path.name):
            FactsFile.at(path)


def test_files_are_written_into_a_folder_that_is_made_for_them(tmp_path):
    folder = tmp_path / "new" / "folder"
    replace_files({context_path(folder, "9.9"): "context", facts_path(folder, "9.9"): "Ünïcode\n"})
    assert facts_path(folder, "9.9").read_bytes() == "Ünïcode\n".encode()
    assert sorted(path.name for path in folder.iterdir()) == ["context-9.9.json", "enterprise-9.9.json"]


def test_where_one_file_cannot_be_written_all_stay_as_they_were(tmp_path):
    kept, blocked = tmp_path / "one.json", tmp_path / "no folder" / "two.json"
    kept.write_text("old")
    (tmp_path / "no folder").write_text("")
    with pytest.raises(OSError, match="no folder"):
        replace_files({kept: "new", blocked: "new"})
    assert kept.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["no folder", "one.json"]


def test_whoever_reads_meanwhile_sees_a_whole_file(tmp_path):
    path = tmp_path / "facts.json"
    contents = {letter * 300_000 for letter in "ab"}
    replace_files({path: "a" * 300_000})
    done = threading.Event()

    def write():
        for _ in range(40):
            for content in contents:
                replace_files({path: content})
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = set()
    while not done.is_set():
        seen.add(FactsFile.at(path).text())
    writer.join()
    assert seen <= contents
