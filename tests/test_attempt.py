"""A load in a thread of its own: who waits is told, may leave and come back, and it ends when nobody waits."""

import time
from datetime import UTC, datetime
from threading import Event, Thread

import pytest

from coverage import attempt
from coverage.attempt import Attempt


class Work:
    """Says and does what a test wants, step by step; `ended` is what the attempt gave in the end."""

    def __init__(self):
        self.go_on = Event()
        self.ended = []
        self.was_over = Event()
        self.told = 0

    def __call__(self, progress):
        while not self.go_on.wait(0.002):
            self.told += 1
            progress(self.told, None)
        return "rules"

    def end(self, found):
        self.ended.append(found)
        self.was_over.set()


class Silent(Work):
    """Says nothing until it may go on."""

    def __call__(self, _progress):
        assert self.go_on.wait(30)
        return "rules"


class Leave(BaseException):
    """As Streamlit ends a script."""


def leave(_done, _total):
    raise Leave


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(attempt, "_BEAT", 0.005)
    monkeypatch.setattr(attempt, "_GRACE", 0.05)


def started(work, end):
    return Attempt(work, end, datetime.now(UTC))


def waits(begun, progress=lambda *_: None, *, keeps=True):
    """A thread that waits."""
    thread = Thread(target=begun.wait, args=(progress,), kwargs={"keeps": keeps})
    thread.start()
    return thread


def test_who_waits_is_told_though_the_work_is_silent():
    work = Silent()
    said = []

    def progress(done, total):
        said.append((done, total))
        if len(said) == 3:
            work.go_on.set()

    found = started(work, work.end).wait(progress, keeps=True)
    assert set(said) == {(0, None)}
    assert [found] == work.ended == ["rules"]


def test_who_waits_is_told_how_far_the_work_is():
    work = Work()
    said = []

    def progress(done, total):
        said.append((done, total))
        if done > 3:
            work.go_on.set()

    started(work, work.end).wait(progress, keeps=True)
    assert said == sorted(said)
    assert said[-1][0] > 3


def test_of_work_that_is_over_at_once_nothing_is_said():
    said = []
    started(lambda _progress: "rules", lambda _: None).wait(lambda *told: said.append(told), keeps=True)
    assert said == []


def test_it_ends_when_nobody_waits_any_more():
    work = Work()
    with pytest.raises(Leave):
        started(work, work.end).wait(leave, keeps=True)
    assert work.was_over.wait(30)
    assert work.ended == [None]


def test_it_ends_where_nobody_ever_waits():
    work = Work()
    started(work, work.end)
    assert work.was_over.wait(30)
    assert work.ended == [None]


def test_what_nobody_waited_for_is_thrown_away():
    work = Silent()
    with pytest.raises(Leave):
        started(work, work.end).wait(leave, keeps=True)
    time.sleep(0.1)
    work.go_on.set()
    assert work.was_over.wait(30)
    assert work.ended == [None]


def test_who_comes_back_soon_finds_it_going_on(monkeypatch):
    monkeypatch.setattr(attempt, "_GRACE", 30)
    work = Work()
    begun = started(work, work.end)
    with pytest.raises(Leave):
        begun.wait(leave, keeps=True)
    again = waits(begun)
    work.go_on.set()
    again.join(30)
    assert work.ended == ["rules"]


def test_it_goes_on_for_the_others():
    work = Work()
    begun = started(work, work.end)
    other = waits(begun)
    with pytest.raises(Leave):
        begun.wait(leave, keeps=True)
    time.sleep(0.1)
    assert work.ended == []
    work.go_on.set()
    other.join(30)
    assert work.ended == ["rules"]


def test_who_only_waits_for_its_end_does_not_keep_it():
    work = Work()
    waits(started(work, work.end), keeps=False).join(30)
    assert work.ended == [None]


@pytest.mark.parametrize("error", [ZeroDivisionError(), KeyboardInterrupt()])
def test_an_error_is_kept_for_who_began_it(error):
    ended = []

    def work(_progress):
        raise error

    begun = started(work, ended.append)
    begun.wait(lambda *_: None, keeps=True)
    assert begun.error is error
    assert ended == [None]
