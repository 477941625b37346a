"""A helper that is a fork of a process without other threads: it answers like any other, and is gone in the end."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from coverage.sources import helper_process
from coverage.sources.documents import read_document
from coverage.sources.helper_process import start_helper
from coverage.sources.packing import unpack
from coverage.sources.pipes import receive, send
from tests.shared import ROOT
from tests.sources.rule_files import sigma

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="helpers are forks on Linux alone")

# In a process of its own, which has no threads.
_BEGIN = """
import os
from coverage.sources import helper_process, parallel
from coverage.sources.corrections import NO_CORRECTIONS
from coverage.sources.documents import read_document
from coverage.sources.entries import Entry
from tests.sources.rule_files import sigma

parallel._ENOUGH, parallel._MOST_FILES, parallel._cores = 1, 7, lambda: 3
forks, fork = [], os.fork
def noted():
    forks.append(fork())
    return forks[-1]
os.fork = noted
entries = [Entry(f"{number}.yml", sigma(str(number))) for number in range(300)]
expected = [read_document(entry.data, entry.origin) for entry in entries]
here = []
def read_here(data, origin, corrections):
    here.append(origin)
    return read_document(data, origin, corrections)
parallel.read_document = read_here
"""
_END = """
assert len(forks) == 2, forks
try:
    os.waitpid(-1, 0)
except ChildProcessError:
    print("all are gone", len(here))
"""
_READ = """
assert parallel.read_all(iter(entries), NO_CORRECTIONS, expected=None, progress=lambda _: None) == expected
"""


def said(*code):
    """What a new process prints that runs the code."""
    command = [sys.executable, "-c", "".join(code)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout


def test_forks_read_what_this_process_would_read():
    gone, _, here = said(_BEGIN, _READ, _END).rpartition(" ")
    assert gone == "all are gone"
    assert int(here) < 300


@pytest.mark.parametrize("end", ["os._exit(0)", "1 / 0"])
def test_what_a_fork_that_ends_had_in_hand_is_read_here(end):
    serve = f"""
def serve(requests, answers):
    requests.read(9)
    {end}
helper_process.serve = serve
"""
    assert said(_BEGIN, serve, _READ, _END) == "all are gone 300\n"


def test_forks_end_where_the_load_is_stopped():
    stop = """
def stop(done):
    raise KeyboardInterrupt
try:
    parallel.read_all(iter(entries), NO_CORRECTIONS, expected=None, progress=stop)
except KeyboardInterrupt:
    pass
"""
    assert said(_BEGIN, stop, _END).startswith("all are gone")


def test_where_no_fork_is_possible_all_is_read_here():
    refuse = """
def fork():
    forks.extend("ab")
    raise BlockingIOError(11, "Resource temporarily unavailable")
os.fork = fork
"""
    assert said(_BEGIN, refuse, _READ, _END) == "all are gone 300\n"


def test_a_process_with_threads_is_not_forked():
    ask = """
from threading import Event, Thread
from coverage.sources.helper_process import _can_fork
print(_can_fork())
event = Event()
Thread(target=event.wait).start()
print(_can_fork())
event.set()
"""
    assert said(ask) == "True\nFalse\n"


def test_a_process_that_ignores_the_end_of_its_children_is_not_forked():
    ask = """
import signal
from coverage.sources.helper_process import _can_fork
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print(_can_fork())
"""
    assert said(ask) == "False\n"


def test_a_fork_whose_answers_nobody_takes_any_more_ends():
    leave = """
import os
from coverage.sources.helper_process import start_helper
from coverage.sources.pipes import send
helper = start_helper()
table = b"id,technique\\n" + b",T1059\\n" * 5000  # the answers are larger: each row has an issue
for number in range(20):
    send(helper.requests, (number, [("a.csv", table)]))
print(helper._pid, flush=True)
os._exit(0)
"""
    status = Path("/proc", said(leave).strip(), "stat")
    ends = time.monotonic() + 30
    while status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() < ends, "it waits for ever"
        time.sleep(0.05)


def test_where_the_threads_cannot_be_counted_there_is_no_fork(monkeypatch):
    def hidden(_):
        raise PermissionError

    monkeypatch.setattr("os.listdir", hidden)
    assert not helper_process._can_fork()


def test_a_fresh_interpreter_answers_the_same(monkeypatch):
    monkeypatch.setattr(helper_process, "_can_fork", lambda: False)
    helper = start_helper()
    send(helper.requests, (7, [("a.yml", sigma("a"))]))
    number, packed = receive(helper.answers)
    helper.end()
    helper.requests.close()
    helper.answers.close()
    assert number == 7
    assert unpack(packed) == [read_document(sigma("a"), "a.yml")]
