"""One load in a thread of its own: who waits for it can leave at any time, and it ends when nobody waits any more.

A database that counts, or an API that thinks, says nothing for a long time, and whoever waits can do something else.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from threading import Event, Lock, Thread
from typing import Generic, TypeVar

from coverage.model import Progress

_BEAT = 0.1  # s between two words to who waits
_GRACE = 1.0  # s in which somebody may come back, as who reloads the page or clicks elsewhere on it does

_Found = TypeVar("_Found")


class _AbandonedError(BaseException):
    """Nobody waits any more; no reader of rules catches this."""


class Attempt(Generic[_Found]):
    """Does some work; `end` gets what was found, or None where it was broken off, before anybody is told of the end.

    `error` is what the work raised, if it did.
    """

    def __init__(
        self, work: Callable[[Progress], _Found], end: Callable[[_Found | None], None], started_at: datetime
    ) -> None:
        self.started_at = started_at
        self.error: BaseException | None = None
        self._work = work
        self._end = end
        self._lock = Lock()
        self._watchers = 0
        self._unwatched_since = time.monotonic()
        self._found: _Found | None = None
        self._told: tuple[int, int | None] = 0, None
        self._over = Event()
        Thread(target=self._run, name="load", daemon=True).start()

    def wait(self, progress: Progress, *, keeps: bool) -> _Found | None:
        """What was found, once it is over; None where it was broken off.

        `progress` is told how far it is, ten times a second, and may raise an exception to wait no longer. The work
        goes on as long as somebody waits who `keeps` it.
        """
        if keeps:
            self._watch(1)
        try:
            while not self._over.wait(_BEAT):
                progress(*self._told)
            return self._found
        finally:
            if keeps:
                self._watch(-1)

    def _watch(self, more: int) -> None:
        with self._lock:
            self._watchers += more
            self._unwatched_since = time.monotonic()

    def _is_abandoned(self) -> bool:
        with self._lock:
            return not self._watchers and time.monotonic() - self._unwatched_since > _GRACE

    def _tell(self, done: int, total: int | None) -> None:
        self._told = done, total
        if self._is_abandoned():
            raise _AbandonedError

    def _run(self) -> None:
        try:
            found = self._work(self._tell)
            self._found = None if self._is_abandoned() else found
        except _AbandonedError:
            pass
        except BaseException as error:  # noqa: BLE001  whoever began it gets it
            self.error = error
        finally:
            self._end(self._found)
            self._over.set()
