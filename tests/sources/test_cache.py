"""The cache on the disk: what is saved is loaded, what cannot be trusted is not, and nothing that fails is an error."""

import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coverage.sources import cache
from coverage.sources.cache import Cached, cache_folder


def values(cached):
    """What is loaded, nothing where any of it cannot be trusted."""
    try:
        with cached.load() as saved:
            return [each.value() for each in saved]
    except ValueError:
        return []


def saved(name="a", *content):
    cached = Cached(name)
    cached.save(*(content or ({"a": [1, None, "\n\u20ac"]}, [])))
    return cached


def only_file():
    (path,) = cache_folder().iterdir()
    return path


def test_what_is_saved_last_is_loaded():
    assert values(Cached("a")) == []
    cached = saved("a", [1], "first")
    assert values(cached) == [[1], "first"]
    cached.save([2])
    assert values(Cached("a")) == [[2]]
    assert values(Cached("b")) == []
    assert only_file().suffix == ".rules"


def test_nobody_else_can_look_into_it(cache_home):
    saved()
    assert cache_folder() == cache_home / "attack-coverage" / "rules"
    assert cache_folder().stat().st_mode & 0o777 == 0o700
    assert only_file().stat().st_mode & 0o777 == 0o600


def test_a_folder_that_others_can_look_into_is_closed():
    cache_folder().mkdir(parents=True)
    cache_folder().chmod(0o777)
    assert values(saved())
    assert cache_folder().stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("rights", [0o620, 0o602, 0o666])
def test_a_file_that_others_can_write_is_not_believed(rights):
    cached = saved()
    only_file().chmod(rights)
    assert values(cached) == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file away")
def test_what_belongs_to_somebody_else_is_neither_believed_nor_written():
    cached = saved()
    os.chown(only_file(), 4242, 4242)
    assert values(cached) == []
    os.chown(cache_folder(), 4242, 4242)
    cached.save("new")
    assert values(cached) == []


def test_a_link_is_not_followed(tmp_path):
    cached = saved()
    moved = only_file().rename(tmp_path / "elsewhere.rules")
    cached._path().symlink_to(moved)
    assert values(cached) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 10**6), what=st.binary(max_size=3), much=st.integers(0, 5))
def test_a_damaged_file_is_as_good_as_none(at, what, much):
    cached = saved()
    data = only_file().read_bytes()
    at %= len(data) + 1
    damaged = data[:at] + what + data[at + much :]
    before = values(cached)
    only_file().write_bytes(damaged)
    assert values(cached) in ([], before)
    in_values = at > data.index(b"\n")  # a blank in the line before them changes nothing
    if in_values and damaged[: len(data)] != data:
        assert values(cached) == []


@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"\xff\xfe", b"0" * 64, b"{}\n{}", b"[1]\n", b'[["0", -9]]\n', b'[["0", 1e99]]\n', b'[["0", 2]]\n{}'],
)
def test_any_other_file_is_as_good_as_none(data):
    cached = saved()
    only_file().write_bytes(data)
    assert values(cached) == []


def test_only_what_is_asked_for_is_read():
    cached = saved("a", "good", "x" * 100)
    path = only_file()
    path.write_bytes(path.read_bytes().replace(b"xx", b"yy"))
    with cached.load() as (first, second):
        assert first.value() == "good"
        with pytest.raises(ValueError, match="damaged"):
            second.value()


def test_what_was_opened_stays_though_it_is_replaced_or_deleted():
    cached = saved("a", "before")
    with cached.load() as (before,):
        cached.save("after")
        assert values(cached) == ["after"]
        only_file().unlink()
        assert before.value() == "before"
    with pytest.raises(ValueError, match="closed"):
        before.value()


def test_values_with_one_content_are_equal():
    with saved("a", [1], "x").load() as one, saved("b", [1], "y").load() as other:
        assert one[0] == other[0]
        assert hash(one[0]) == hash(other[0])
        assert one[1] != other[1]


def test_another_version_of_the_program_does_not_see_it(monkeypatch):
    cached = saved()
    monkeypatch.setattr(cache, "_program", lambda: "another")
    assert values(cached) == []
    cached.save("new")
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache_folder().parents[1]))


def test_the_version_is_told_by_the_readers_text(tmp_path, monkeypatch):
    (tmp_path / "sources").mkdir()
    for name in ("ids.py", "model.py", "sources/sigma.py"):
        (tmp_path / name).write_text("a = 1\n")
    monkeypatch.setattr(cache, "_PRODUCT", tmp_path)
    program = cache._program.__wrapped__
    before = program()
    assert program() == before
    (tmp_path / "sources" / "sigma.py").write_text("a = 2\n")
    assert program() != before


@pytest.mark.parametrize("home", ["/dev/null", "/proc/no"])
def test_where_nothing_can_be_written_nothing_is_cached(monkeypatch, home):
    monkeypatch.setattr(cache, "cache_folder", lambda: cache.Path(home) / "rules")
    assert values(saved()) == []


def test_a_disk_that_is_full_leaves_what_was_there(monkeypatch):
    cached = saved("a", "before")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    cached.save("after")
    assert values(cached) == ["before"]
    assert only_file()


def test_what_is_too_large_is_not_kept(monkeypatch):
    monkeypatch.setattr(cache, "_LARGEST", 100)
    assert values(saved("a", "x" * 90)) == ["x" * 90]
    assert values(saved("b", "x" * 100)) == []


def test_of_many_those_that_were_used_least_recently_are_deleted(monkeypatch):
    long_ago = time.time() - 10_000
    for number in range(3):
        path = saved(str(number), "x" * 50)._path()
        os.utime(path, (long_ago + number, long_ago + number))
    assert values(Cached("0")) == ["x" * 50]  # used now
    monkeypatch.setattr(cache, "_MOST", 320)
    saved("3", "x" * 50)
    assert [bool(values(Cached(str(number)))) for number in range(4)] == [True, False, False, True]


def test_what_another_process_never_finished_is_deleted_in_the_end():
    saved()
    left, new = cache_folder() / "left", cache_folder() / "new"
    for path in (left, new):
        path.touch()
    os.utime(left, (0, 0))
    saved()
    assert (left.exists(), new.exists()) == (False, True)


def test_many_can_save_and_load_at_once():
    def work(number):
        cached = Cached("a")
        cached.save([number] * 1000, number)
        return values(cached)

    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(work, range(64)):
            content, number = found
            assert content == [number] * 1000
    assert only_file()
