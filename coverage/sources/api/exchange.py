"""One request and its reply, within bounds of time and size that hold whatever the server does."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import requests

_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; `body` is unpacked, and empty where the status is no success."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class LateError(Exception):
    """The reply was not there in time."""


class TooLargeError(Exception):
    """The reply is larger than allowed."""


class Exchange(threading.Thread):
    """A GET in a thread that can be left behind.

    A socket's time-outs begin anew with every byte and do not cover the look-up of a name, so they cannot keep a
    deadline. The thread is a daemon: it does not keep the process from its end.
    """

    def __init__(self, session: requests.Session, url: str, *, timeout: tuple[float, float], max_bytes: int) -> None:
        super().__init__(name="detection-rules-api", daemon=True)
        self._session = session
        self._url = url
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._response: requests.Response | None = None
        self._outcome: Reply | Exception | None = None

    def reply(self, seconds: float) -> Reply:
        """The reply; raises what requests raised, TooLargeError, or LateError after so many seconds."""
        self.start()
        self.join(seconds)
        if isinstance(self._outcome, Reply):
            return self._outcome
        if self._outcome is not None:
            raise self._outcome
        if self._response is not None:
            with suppress(Exception):  # it may come to its end by itself in this moment
                self._response.raw.shutdown()
        raise LateError

    def run(self) -> None:
        try:
            self._outcome = self._get()
        except Exception as error:  # noqa: BLE001 - `reply` raises it, in the thread that asked
            self._outcome = error

    def _get(self) -> Reply:
        with self._session.get(self._url, stream=True, timeout=self._timeout) as response:
            self._response = response
            return Reply(response.status_code, response.headers, self._body(response) if response.ok else b"")

    def _body(self, response: requests.Response) -> bytes:
        chunks: list[bytes] = []
        left = self._max_bytes
        for chunk in response.iter_content(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise TooLargeError
            chunks.append(chunk)
        return b"".join(chunks)
