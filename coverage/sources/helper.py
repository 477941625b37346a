"""A helper process of `coverage.sources.parallel`: reads the files that it is given until there are no more."""

from __future__ import annotations

import gc
import os
import sys
from queue import SimpleQueue
from threading import Thread
from typing import Any

from coverage.sources.documents import read_document
from coverage.sources.packing import pack
from coverage.sources.pipes import receive, send


def main() -> None:
    """Read from stdin and answer on stdout."""
    requests: SimpleQueue[Any] = SimpleQueue()
    # A thread of its own takes what comes, so that neither side waits for the other to read first.
    Thread(target=_listen, args=(requests,), daemon=True).start()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sys.stdout = sys.stderr
    gc.set_threshold(100_000)  # it keeps nothing, and ends soon
    try:
        while (request := requests.get()) is not None:
            number, chunk = request
            send(answers, (number, pack(read_document(data, origin) for origin, data in chunk)))
    except (OSError, KeyboardInterrupt):
        pass  # the load is over
    os._exit(0)  # what the answers' buffer holds reaches nobody


def _listen(requests: SimpleQueue[Any]) -> None:
    try:
        while True:
            requests.put(receive(sys.stdin.buffer))
    except (EOFError, OSError):
        requests.put(None)
