"""One load for all visitors, the last good rules kept through failures, and the same under many threads."""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from coverage.errors import SourceError
from coverage.model import Issue, IssueKind, RuleSet
from coverage.store import RuleStore, SourceState
from tests.rules import rule

START = datetime(2026, 3, 1, tzinfo=UTC)
A, B = RuleSet((rule("T1003"),)), RuleSet((rule("T1486"), rule("T1566")))


class Clock:
    """A clock that moves on by a second whenever it is asked, and knows how often it was."""

    def __init__(self):
        self.asked = 0
        self._lock = threading.Lock()

    def __call__(self):
        with self._lock:
            self.asked += 1
            return START + timedelta(seconds=self.asked)

    def wait_until_asked(self, times):
        ends = time.monotonic() + 30
        while self.asked < times:
            assert time.monotonic() < ends, f"the clock was asked {self.asked} times, not {times}"
            time.sleep(0.001)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(clock):
    return RuleStore(clock)


def give(ruleset):
    return lambda _progress: ruleset


def fail(error):
    def read(_progress):
        raise error

    return read


def load(store, read, *, key="source", share=True):
    return store.load(key, read, since=None if share else store._clock())


# One load.


def test_a_source_that_was_never_loaded_has_no_rules_and_no_age(store, clock):
    state = store.state("source")
    assert state == SourceState()
    assert state.age(clock()) == float("inf")


def test_a_load_brings_rules_and_says_when_and_how_long(store, clock):
    state = load(store, give(A))
    assert state.good.ruleset is A
    assert (state.before, state.failure) == (None, None)
    assert state.started_at < state.ended_at == state.good.loaded_at
    assert state.good.seconds == 1
    assert store.state("source") == state
    assert state.age(clock()) == 1


def test_who_waits_is_told_what_the_reader_reports(store):
    said = []
    heard = threading.Event()

    def hear(done, total):
        said.append((done, total))
        if done:
            heard.set()

    def read(progress):
        progress(1, 2)
        assert heard.wait(30)
        return A

    store.load("source", read, progress=hear)
    assert said[-1] == (1, 2)


def test_each_load_remembers_the_one_before(store):
    first = load(store, give(A))
    second = load(store, give(B))
    assert (second.good.ruleset, second.before) == (B, first.good)
    assert load(store, give(B)).before == second.good


def test_equal_rules_keep_their_serial_and_others_get_a_new_one(store):
    first = load(store, give(A)).good
    again = load(store, give(RuleSet(A.rules))).good
    other = load(store, give(B)).good
    assert first.serial == again.serial != other.serial
    assert first.loaded_at < again.loaded_at
    assert load(store, give(A)).good.serial not in (first.serial, other.serial)


def test_the_serial_stays_through_a_failure(store):
    serial = load(store, give(A)).good.serial
    load(store, fail(SourceError("Down.")))
    assert load(store, give(A)).good.serial == serial


def test_no_two_sources_share_a_serial(store):
    assert load(store, give(A), key="one").good.serial != load(store, give(A), key="two").good.serial
    assert load(RuleStore(), give(A)).good.serial != load(RuleStore(), give(A)).good.serial


# Failures.


def test_a_failure_keeps_the_last_good_rules_and_says_why(store):
    good = load(store, give(A))
    failed = load(store, fail(SourceError("The API is down.")))
    assert (failed.good, failed.before) == (good.good, good.before)
    assert failed.failure.reason == "The API is down."
    assert failed.failure.failed_at == failed.ended_at > good.ended_at
    assert store.state("source") == failed


def test_a_failure_is_over_with_the_next_good_load(store):
    load(store, fail(SourceError("Down.")))
    state = load(store, give(A))
    assert (state.failure, state.good.ruleset) == (None, A)


def test_a_first_load_that_fails_leaves_no_rules(store):
    state = load(store, fail(SourceError("Down.")))
    assert (state.good, state.before, state.failure.reason) == (None, None, "Down.")


def test_an_unexpected_error_becomes_a_clear_reason_and_is_logged(store, caplog):
    load(store, give(A))
    with caplog.at_level(logging.ERROR):
        state = load(store, fail(ZeroDivisionError("inner workings")))
    assert state.good.ruleset is A
    assert "unexpected error" in state.failure.reason
    assert "inner workings" not in state.failure.reason
    assert "ZeroDivisionError: inner workings" in caplog.text


def test_a_known_error_is_not_logged_as_a_mistake(store, caplog):
    load(store, fail(SourceError("Down.")))
    assert caplog.text == ""


def test_a_load_that_is_broken_off_changes_nothing_and_locks_nobody_out(store):
    before = load(store, give(A))
    with pytest.raises(KeyboardInterrupt):
        load(store, fail(KeyboardInterrupt()))
    assert store.state("source") == before
    assert load(store, give(B)).good.ruleset is B


def issues(number):
    return tuple(Issue(IssueKind.UNREADABLE, "", f"{place}.yml", "The file is empty.") for place in range(number))


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (0, "The source has no rules."),
        (1, "The source has no readable rule; 0.yml: The file is empty."),
        (2, "The source has no readable rule; 0.yml: The file is empty. It has one more issue."),
        (1235, "The source has no readable rule; 0.yml: The file is empty. It has 1,234 more issues."),
    ],
)
def test_a_source_without_rules_is_a_failure_that_keeps_the_last_good_ones(store, found, reason):
    load(store, give(A))
    state = load(store, give(RuleSet(issues=issues(found))))
    assert (state.good.ruleset, state.failure.reason) == (A, reason)


# Several sources.


def test_sources_do_not_know_of_each_other(store):
    load(store, give(A), key="one")
    load(store, fail(SourceError("Down.")), key="two")
    assert (store.state("one").good.ruleset, store.state("one").failure) == (A, None)
    assert store.state("two").good is None


def test_of_many_sources_the_least_recently_used_is_forgotten():
    store = RuleStore(keep=2)
    for key in ("one", "two"):
        load(store, give(A), key=key)
    store.state("one")
    load(store, give(B), key="three")
    assert [key for key in ("one", "two", "three") if store.peek(key)] == ["one", "three"]


def test_without_a_bound_every_source_is_remembered(store):
    for number in range(100):
        load(store, give(A), key=str(number))
    assert all(store.peek(str(number)) for number in range(100))


def test_to_peek_makes_no_room_for_a_source():
    store = RuleStore(keep=2)
    good = load(store, give(A), key="one").good
    assert store.peek("two") is None
    load(store, give(B), key="three")
    assert store.peek("one") == good


def test_to_peek_shows_the_last_good_load_through_a_failure(store):
    good = load(store, give(A)).good
    load(store, fail(SourceError("Down.")))
    assert store.peek("source") == good


# Many threads.


def together(number, work):
    """The results of `work`, done by so many threads at once."""
    with ThreadPoolExecutor(number) as pool:
        return [future.result(60) for future in [pool.submit(work) for _ in range(number)]]


class Slow:
    """A source that waits, in its first load, until all other threads ask too; `loads` counts."""

    def __init__(self, clock, threads):
        self.loads = 0
        self.running = 0
        self._clock, self._threads = clock, threads

    def __call__(self, _progress):
        self.running += 1
        assert self.running == 1, "two loads of one source at a time"
        self.loads += 1
        # Each thread asks for the time when it comes, and the one that loads once more.
        self._clock.wait_until_asked(self._threads + 1)
        self.running -= 1
        return A


def test_ten_visitors_at_once_share_one_load(store, clock):
    read = Slow(clock, 10)
    states = together(10, lambda: load(store, read))
    assert read.loads == 1
    assert all(state is states[0] for state in states)
    assert states[0].good.ruleset is A


def test_a_load_that_began_before_is_not_enough_for_who_asks_for_a_new_one(store, clock):
    read = Slow(clock, 10)
    states = together(10, lambda: load(store, read, share=False))
    assert read.loads == 2  # the one under way, and one that all who waited share
    assert {state.failure for state in states} == {None}
    assert len({state.started_at for state in states}) == 2


def test_ten_visitors_at_once_share_a_failure_too(store, clock):
    attempts = []

    def read(_progress):
        attempts.append(1)
        clock.wait_until_asked(11)
        raise SourceError("Down.")

    states = together(10, lambda: load(store, read))
    assert len(attempts) == 1
    assert {state.failure.reason for state in states} == {"Down."}


def test_a_load_that_began_after_it_was_asked_for_is_enough(store, clock):
    asked_at = clock()
    begun, go_on = threading.Event(), threading.Event()

    def read(_progress):
        begun.set()
        assert go_on.wait(30)
        return A

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(load, store, read)
        assert begun.wait(30)
        again = pool.submit(store.load, "source", give(B), since=asked_at)
        go_on.set()
        assert one.result(30) is again.result(30)
    assert store.load("source", give(B), since=asked_at).good.ruleset is A
    assert load(store, give(B), share=False).good.ruleset is B


def test_who_stops_waiting_changes_nothing_and_locks_nobody_out(store):
    before = load(store, give(A))

    class Leave(BaseException):
        pass

    def leave(_done, _total):
        raise Leave

    def read(progress):
        while True:
            progress(1, None)
            time.sleep(0.01)

    with pytest.raises(Leave):
        store.load("source", read, progress=leave)
    assert store.state("source") == before
    assert load(store, give(B), share=False).good.ruleset is B


@pytest.mark.parametrize("share", [True, False])
def test_a_load_that_is_over_is_not_enough_for_who_comes_later(store, share):
    first = load(store, give(A), share=share)
    assert load(store, give(A), share=share).started_at > first.ended_at


def test_two_sources_load_at_the_same_time(store):
    both = threading.Barrier(2, timeout=30)

    def read(_progress):
        both.wait()  # broken unless the other load is under way as well
        return A

    keys = iter(["one", "two"])
    states = together(2, lambda: load(store, read, key=next(keys)))
    assert [state.failure for state in states] == [None, None]


def test_what_is_known_can_be_asked_while_a_load_is_under_way(store):
    known = load(store, give(A))
    asked, go_on = threading.Event(), threading.Event()

    def read(_progress):
        asked.set()
        assert go_on.wait(30)
        return B

    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(load, store, read)
        assert asked.wait(30)
        assert store.state("source") == known
        assert store.peek("source") == known.good
        go_on.set()
        assert loading.result(30).good.ruleset is B
