"""Files read on all cores, where there are enough of them: helper processes beside this one, which reads files too."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Any, Self

from coverage.sources.corrections import Corrections
from coverage.sources.documents import read_document
from coverage.sources.entries import Entry
from coverage.sources.helper_process import PIPE, HelperProcess, start_helper
from coverage.sources.packing import Reading, unpack
from coverage.sources.pipes import receive, send

Chunk = list[Entry]

_CHUNK = 100_000  # bytes, some milliseconds of work
_MOST_FILES = 100  # of a chunk
_ENOUGH = 1_500_000  # bytes from which helpers are worth their start
_AHEAD = 3  # chunks that a helper has, so that it never waits for the next
_MOST_GIVEN = PIPE // _AHEAD - 65_536  # bytes of a chunk; one larger file is read here
_MOST_HELPERS = 7


def read_all(
    entries: Iterable[Entry],
    corrections: Corrections,
    *,
    expected: int | None,
    progress: Callable[[int], None],
) -> list[Reading]:
    """What `read_document` makes of each entry, in their order; with corrections all are read by this process.

    `expected` is the size of all in bytes, if it is known. `progress` gets the number of those that are done; where it
    or the entries raise an exception, the helpers end.
    """
    done = 0
    size = 0
    found: dict[int, list[Reading]] = {}

    def read(chunk: Chunk) -> list[Reading]:
        return [read_document(entry.data, entry.origin, corrections) for entry in chunk]

    def keep(number: int, readings: list[Reading]) -> None:
        nonlocal done
        found[number] = readings
        done += len(readings)
        progress(done)

    with _Helpers() as helpers:
        for number, chunk in enumerate(_chunks(entries)):
            length = sum(len(entry.data) for entry in chunk)
            size += length
            is_small = length <= _MOST_GIVEN
            if is_small and max(size, expected or 0) >= _ENOUGH and not corrections.tables:
                helpers.start()
            if not (is_small and helpers.take(number, chunk)):
                keep(number, read(chunk))
            for other, readings in helpers.finished():
                keep(other, readings)
        for number, chunk, answer in helpers.rest():
            keep(number, read(chunk) if answer is None else answer)
    return [reading for number in sorted(found) for reading in found[number]]


def _chunks(entries: Iterable[Entry]) -> Iterator[Chunk]:
    chunk: Chunk = []
    size = 0
    for entry in entries:
        chunk.append(entry)
        size += len(entry.data)
        if size >= _CHUNK or len(chunk) == _MOST_FILES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


class _Helper:
    """One process that reads files; its answers go to a queue, as (itself, number of the chunk, packed readings).

    (itself, None, None) is the last one where the process ends by itself, which it never should.
    """

    def __init__(self, process: HelperProcess, answers: SimpleQueue[tuple[_Helper, int | None, Any]]) -> None:
        self.chunks: dict[int, Chunk] = {}
        self._process = process
        self._answers = answers
        self._thread = Thread(target=self._listen, daemon=True)
        self._thread.start()

    def give(self, number: int, chunk: Chunk) -> None:
        self.chunks[number] = chunk
        with suppress(OSError):  # where it has ended, which the listener tells
            send(self._process.requests, (number, [tuple(entry) for entry in chunk]))

    def end(self) -> None:
        self._process.end()
        self._thread.join()
        for stream in (self._process.requests, self._process.answers):
            with suppress(OSError):  # what was written last reaches nobody
                stream.close()

    def _listen(self) -> None:
        try:
            while True:
                self._answers.put((self, *receive(self._process.answers)))
        except (EOFError, ValueError, TypeError):  # the latter where something else was written to its stdout
            self._answers.put((self, None, None))


class _Helpers:
    """The helpers of one load; none until they are started."""

    def __init__(self) -> None:
        self._helpers: list[_Helper] = []
        self._started = False
        self._answers: SimpleQueue[tuple[_Helper, int | None, Any]] = SimpleQueue()
        self._lost: dict[int, Chunk] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for helper in self._helpers:
            helper.end()

    def start(self) -> None:
        """Start one for each core but that of this process; where that cannot be done, there are fewer."""
        if self._started:
            return
        self._started = True
        processes: list[HelperProcess] = []
        with suppress(OSError):
            processes.extend(start_helper() for _ in range(min(_cores() - 1, _MOST_HELPERS)))
        # All are there before the first thread is, with which no other could be a fork.
        self._helpers = [_Helper(process, self._answers) for process in processes]

    def take(self, number: int, chunk: Chunk) -> bool:
        """Give a chunk to a helper that has not enough to do; False where there is none."""
        for helper in self._helpers:
            if len(helper.chunks) < _AHEAD:
                helper.give(number, chunk)
                return True
        return False

    def finished(self) -> Iterator[tuple[int, list[Reading]]]:
        """The chunks that were finished meanwhile."""
        while not self._answers.empty():
            yield from self._answer()

    def rest(self) -> Iterator[tuple[int, Chunk, list[Reading] | None]]:
        """The chunks that are still under way, and, without readings, those whose helper ended."""
        while any(helper.chunks for helper in self._helpers):
            for number, readings in self._answer():
                yield number, [], readings
        for number, chunk in self._lost.items():
            yield number, chunk, None

    def _answer(self) -> Iterator[tuple[int, list[Reading]]]:
        helper, number, packed = self._answers.get()
        if number is None:
            self._lost |= helper.chunks
            helper.chunks.clear()
            helper.end()
            self._helpers.remove(helper)
        else:
            del helper.chunks[number]
            yield number, unpack(packed)
