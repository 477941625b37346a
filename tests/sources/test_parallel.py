"""Files read by helper processes beside this one: the same rules in the same order, whatever becomes of the helpers."""

import subprocess
import sys

import pytest

from coverage.sources import helper_process, parallel
from coverage.sources.corrections import NO_CORRECTIONS
from coverage.sources.documents import read_document
from coverage.sources.entries import Entry
from coverage.sources.library import read_path
from coverage.sources.parallel import read_all
from tests.shared import shared
from tests.sources.rule_files import elastic, sigma

ENTRIES = [
    Entry("empty.yml", b""),
    *(Entry(f"{number}.yml", sigma(str(number))) for number in range(150)),
    Entry("binary.yml", b"\0"),
    *(Entry(f"{number}.toml", elastic(str(number))) for number in range(150)),
    Entry("large.yml", sigma("large") + b"#" * 600_000),
]


@pytest.fixture
def processes(monkeypatch):
    """The helpers that were started; there are two for any work, and they get little at a time.

    None is a fork, because the tests' process is large and may have threads; see `test_helper_process`.
    """
    started = []
    monkeypatch.setattr(helper_process, "_can_fork", lambda: False)

    class Process(subprocess.Popen):
        def __init__(self, *args, **options):
            started.append(self)
            super().__init__(*args, **options)

    monkeypatch.setattr(subprocess, "Popen", Process)
    monkeypatch.setattr(parallel, "_ENOUGH", 1)
    monkeypatch.setattr(parallel, "_MOST_FILES", 7)
    monkeypatch.setattr(parallel, "_cores", lambda: 3)
    return started


HERE = []


@pytest.fixture(autouse=True)
def _watch(monkeypatch):
    """Note which files are read in this process."""

    def read_here(data, origin, corrections):
        HERE.append(origin)
        return read_document(data, origin, corrections)

    HERE.clear()
    monkeypatch.setattr(parallel, "read_document", read_here)


def results(progress=lambda _: None, entries=ENTRIES, corrections=NO_CORRECTIONS):
    return read_all(iter(entries), corrections, expected=None, progress=progress)


EXPECTED = [read_document(entry.data, entry.origin) for entry in ENTRIES]


def test_helpers_read_what_this_process_would_read_in_the_same_order(processes):
    assert results() == EXPECTED
    assert len(processes) == 2
    assert len(HERE) < len(ENTRIES)
    assert "large.yml" in HERE  # to send it would take as long as to read it
    assert all(process.returncode is not None for process in processes)


def test_little_work_starts_no_helper(processes, monkeypatch):
    monkeypatch.setattr(parallel, "_ENOUGH", 10_000_000)
    assert results() == EXPECTED
    assert processes == []
    read_all(iter(ENTRIES), NO_CORRECTIONS, expected=10_000_000, progress=lambda _: None)
    assert len(processes) == 2


def test_with_corrected_columns_all_is_read_here(processes):
    columns = ["Ids", "Other"]
    table = Entry("table.csv", b"Ids,Other\n,T1059\nT1055,T1003\n")
    found = results(entries=[*ENTRIES, table], corrections=NO_CORRECTIONS.choose(columns, "techniques", (1,)))
    assert found[:-1] == EXPECTED
    assert [rule.techniques for rule in found[-1][0]] == [("T1059",), ("T1003",)]
    assert processes == []


def test_one_large_file_starts_no_helper(processes):
    large = ENTRIES[-1]
    assert results(entries=[large]) == EXPECTED[-1:]
    assert processes == []


def test_on_one_core_there_is_no_helper(processes, monkeypatch):
    monkeypatch.setattr(parallel, "_cores", lambda: 1)
    assert results() == EXPECTED
    assert processes == []


@pytest.mark.usefixtures("processes")
def test_progress_counts_every_file_once():
    told = []
    results(told.append)
    assert told == sorted(told)
    assert told[-1] == len(ENTRIES)


@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize(
    "start",
    [
        "raise SystemExit",  # at once
        "import sys; sys.stdin.buffer.read(9); raise SystemExit",  # with work in hand
        "import sys; sys.stdout.write('x'); sys.stdout.flush(); raise SystemExit",  # in the middle of an answer
    ],
)
def test_what_a_helper_that_ends_had_in_hand_is_read_here(monkeypatch, start):
    monkeypatch.setattr(helper_process, "_START", start)
    told = []
    assert results(told.append) == EXPECTED
    assert told[-1] == len(ENTRIES)
    assert len(HERE) == len(ENTRIES)


@pytest.mark.usefixtures("processes")
def test_where_no_helper_can_be_started_all_is_read_here(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    assert results() == EXPECTED
    assert len(HERE) == len(ENTRIES)


class Stop(BaseException):
    """As Streamlit ends a script."""


@pytest.mark.parametrize("at", [1, 100])
def test_helpers_end_where_the_progress_stops_the_load(processes, at):
    def stop(done):
        if done >= at:
            raise Stop

    with pytest.raises(Stop):
        results(stop)
    assert len(processes) == 2
    assert all(process.returncode is not None for process in processes)


def test_helpers_end_where_the_entries_fail(processes):
    def entries():
        yield from ENTRIES[:100]
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011  the very same
        results(entries=entries())
    assert all(process.returncode is not None for process in processes)


@pytest.mark.parametrize("library", ["sigma", "elastic"])
def test_every_rule_of_the_public_libraries_is_the_same_from_helpers(library, processes, monkeypatch, cache_home):
    archive = shared(f"rules/{library}.tar.gz")
    monkeypatch.setattr(parallel, "_MOST_FILES", 100)
    found = read_path(archive)
    assert len(processes) == 2
    monkeypatch.setattr(parallel, "_cores", lambda: 1)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache_home / "another"))
    assert read_path(archive) == found
    assert len(processes) == 2
