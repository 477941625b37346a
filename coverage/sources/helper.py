"""What a helper process of `coverage.sources.parallel` does: it reads the files that it is given."""

from __future__ import annotations

import gc
import os
import sys
from queue import SimpleQueue
from threading import Thread
from typing import IO, Any, NoReturn

from coverage.sources.documents import read_document
from coverage.sources.packing import pack
from coverage.sources.pipes import receive, send


def main() -> NoReturn:
    """Read from stdin and answer on stdout."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sys.stdout = sys.stderr
    serve(sys.stdin.buffer, answers)


def serve(requests: IO[bytes], answers: IO[bytes]) -> NoReturn:
    """Answer the requests until they end, and with them this process."""
    waiting: SimpleQueue[Any] = SimpleQueue()
    # A thread of its own takes what comes, so that neither side waits for the other to read first.
    Thread(target=_listen, args=(requests, waiting), daemon=True).start()
    gc.set_threshold(100_000)  # it keeps nothing, and ends soon
    try:
        while (request := waiting.get()) is not None:
            number, chunk = request
            send(answers, (number, pack(read_document(data, origin) for origin, data in chunk)))
    except (OSError, KeyboardInterrupt):
        pass  # the load is over
    os._exit(0)  # what the answers' buffer holds reaches nobody


def _listen(requests: IO[bytes], waiting: SimpleQueue[Any]) -> None:
    try:
        while True:
            waiting.put(receive(requests))
    except (EOFError, OSError):
        waiting.put(None)
