"""A helper process with a pipe each way: a fork of this process where that is safe, else a fresh interpreter.

A fork is there at once and has all modules, but one of a process with threads, as a server is, can hang. No worker of
`multiprocessing`, whose start takes as long as reading a library of rules does.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import IO, Protocol, cast

from coverage.sources.helper import serve

PIPE = 1_048_576
"""The bytes that wait in a pipe without blocking who writes, where the system allows to say so."""

_START = "import sys; sys.path[:] = sys.argv[1:]; from coverage.sources.helper import main; main()"


class HelperProcess(Protocol):
    """What takes requests and gives answers, in the form of `coverage.sources.pipes`."""

    requests: IO[bytes]
    answers: IO[bytes]

    def end(self) -> None:
        """Stop it, whatever it does, and wait until it is gone; the pipes stay open."""


def start_helper() -> HelperProcess:
    """Start a helper process; raises OSError where that cannot be done."""
    return _Fork() if _can_fork() else _Interpreter()


def _can_fork() -> bool:
    """Whether this process has no other thread, also none that Python does not know of, and can wait for its children.

    A program that started this one may have it ignore that they end.
    """
    if sys.platform != "linux" or signal.getsignal(signal.SIGCHLD) is not signal.SIG_DFL:
        return False
    try:
        return len(os.listdir("/proc/self/task")) == 1  # noqa: PTH208  of names alone
    except OSError:
        return False


class _Fork:
    def __init__(self) -> None:
        self.requests: IO[bytes]
        self.answers: IO[bytes]
        request_end, self.requests = _pipe()
        self.answers, answer_end = _pipe()
        self._pid = os.fork()
        if self._pid == 0:
            try:
                # Else it would see neither the end of its requests nor that nobody reads its answers any more.
                self.requests.close()
                self.answers.close()
                serve(request_end, answer_end)
            finally:
                os._exit(1)
        request_end.close()
        answer_end.close()

    def end(self) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)


class _Interpreter:
    def __init__(self) -> None:
        import subprocess  # noqa: PLC0415  a small library needs no helper

        flags = ["-I", "-S", "-B"] if sys.dont_write_bytecode else ["-I", "-S"]
        command = [sys.executable, *flags, "-c", _START, *sys.path]
        self._process = subprocess.Popen(  # noqa: S603  ourselves
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, pipesize=PIPE
        )
        self.requests = cast("IO[bytes]", self._process.stdin)
        self.answers = cast("IO[bytes]", self._process.stdout)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


def _pipe() -> tuple[IO[bytes], IO[bytes]]:
    import fcntl  # noqa: PLC0415  Windows has none

    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, PIPE)
    return open(reading, "rb"), open(writing, "wb")  # noqa: PTH123  of descriptors
