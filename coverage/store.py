"""The rules of one server: each source is loaded once for all visitors, and its last good rules are kept."""

from __future__ import annotations

import itertools
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from coverage.attempt import Attempt
from coverage.errors import CoverageError
from coverage.model import Progress, RuleSet, no_progress

_LOG = logging.getLogger(__name__)

Read = Callable[[Progress], RuleSet]
Clock = Callable[[], datetime]
_serials = itertools.count(1)


def new_serial() -> int:
    """A number that no other load of this server has."""
    return next(_serials)


def utc_now() -> datetime:
    """The clock of a running server."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Load:
    """One successful load. `serial` names the rules: two loads with equal rules share it."""

    ruleset: RuleSet
    serial: int
    loaded_at: datetime
    seconds: float


@dataclass(frozen=True, slots=True)
class Failure:
    """The last load failed: why, in one sentence."""

    reason: str
    failed_at: datetime


@dataclass(frozen=True, slots=True)
class SourceState:
    """What the server knows of one source.

    `good` is the last load that brought rules, `before` the one before it; `failure` is set while the newest
    attempt failed. `started_at` and `ended_at` are those of the newest attempt.
    """

    good: Load | None = None
    before: Load | None = None
    failure: Failure | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None

    def age(self, now: datetime) -> float:
        """Seconds since the newest attempt ended, infinite where there was none."""
        return float("inf") if self.ended_at is None else (now - self.ended_at).total_seconds()


@dataclass(slots=True)
class _Slot:
    state: SourceState = field(default_factory=SourceState)
    attempt: Attempt[SourceState] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class RuleStore:
    """Loads sources and remembers their rules. Safe for many threads; one load a source at a time.

    At most `keep` sources are remembered, the least recently used goes first; all of them where it is None.
    """

    def __init__(self, clock: Clock = utc_now, keep: int | None = None) -> None:
        self._clock = clock
        self._keep = keep
        self._slots: OrderedDict[str, _Slot] = OrderedDict()
        self._guard = threading.Lock()

    def state(self, key: str) -> SourceState:
        """What is known of a source, without loading it."""
        return self._slot(key).state

    def peek(self, key: str) -> Load | None:
        """The last good load of a source, if it is remembered; asking does not make room for it."""
        with self._guard:
            slot = self._slots.get(key)
        return slot.state.good if slot is not None else None

    def load(
        self,
        key: str,
        read: Read,
        *,
        progress: Progress = no_progress,
        since: datetime | None = None,
    ) -> SourceState:
        """Load a source and return its new state; a failure becomes part of the state, never an exception.

        A load that is under way at the time of the call is waited for and is enough, but with `since` only one that
        started after that. What `progress` raises ends the call, and also the load, with nothing changed, unless others
        wait for it.
        """
        slot = self._slot(key)
        after = since or self._clock()
        while True:
            with slot.lock:
                done = slot.state.ended_at if since is None else slot.state.started_at
                if done is not None and done > after:
                    return slot.state
                is_own = slot.attempt is None
                if slot.attempt is None:
                    slot.attempt = self._begun(slot, read)
                attempt = slot.attempt
            is_enough = since is None or is_own or attempt.started_at > since
            state = attempt.wait(progress, keeps=is_enough)
            if is_own and attempt.error is not None:
                raise attempt.error
            if is_enough and state is not None:
                return state

    def _begun(self, slot: _Slot, read: Read) -> Attempt[SourceState]:
        before, started_at = slot.state, self._clock()

        def end(state: SourceState | None) -> None:
            with slot.lock:
                slot.attempt = None
                slot.state = state or before

        return Attempt(lambda progress: self._attempt(before, started_at, read, progress), end, started_at)

    def _slot(self, key: str) -> _Slot:
        with self._guard:
            slot = self._slots.setdefault(key, _Slot())
            self._slots.move_to_end(key)
            while self._keep is not None and len(self._slots) > self._keep:
                self._slots.popitem(last=False)
            return slot

    def _attempt(self, state: SourceState, started_at: datetime, read: Read, progress: Progress) -> SourceState:
        try:
            ruleset = read(progress)
            reason = None if ruleset.rules else _no_rules(ruleset)
        except CoverageError as error:
            reason = str(error)
        except Exception:  # noqa: BLE001  the last resort of a page that must not show a traceback
            _LOG.exception("Unexpected error while loading rules")
            reason = "The rules could not be read because of an unexpected error; the server's log has the details."
        ended_at = self._clock()
        if reason is not None:
            return replace(state, failure=Failure(reason, ended_at), started_at=started_at, ended_at=ended_at)
        same = state.good is not None and state.good.ruleset == ruleset
        load = Load(
            ruleset=ruleset,
            serial=state.good.serial if same and state.good is not None else new_serial(),
            loaded_at=ended_at,
            seconds=(ended_at - started_at).total_seconds(),
        )
        return SourceState(good=load, before=state.good, started_at=started_at, ended_at=ended_at)


def _no_rules(ruleset: RuleSet) -> str:
    if not ruleset.issues:
        return "The source has no rules."
    first, others = ruleset.issues[0], len(ruleset.issues) - 1
    what = "one more issue" if others == 1 else f"{others:,} more issues"
    more = f" It has {what}." if others else ""
    return f"The source has no readable rule; {first.where}: {first.message}{more}"
