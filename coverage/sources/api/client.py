"""One question to the API and its answer as a JSON document, or one sentence about why there is none."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import requests
from requests.auth import AuthBase

from coverage.errors import SourceError
from coverage.sources.api import failure
from coverage.sources.api.endpoint import Endpoint, origin
from coverage.sources.api.exchange import Exchange, LateError, Reply, TooLargeError
from coverage.sources.api.failure import ApiError

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class ApiLimits:
    """How much of time, size and patience one load of the API gets; times are in seconds.

    `deadline` bounds the load as a whole, `longest_wait` one wait between two tries. `max_bytes` bounds one answer
    and `max_total_bytes` all of them, unpacked. `page_size` is the number of rules that are asked for at once.
    """

    page_size: int = 1000
    max_pages: int = 200
    max_bytes: int = 100_000_000
    max_total_bytes: int = 400_000_000
    connect_timeout: float = 5.0
    read_timeout: float = 30.0
    deadline: float = 120.0
    retries: int = 3
    backoff: float = 0.5
    longest_wait: float = 30.0


DEFAULT_LIMITS = ApiLimits()


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON document, the headers it came with, and the address that gave it in the end."""

    document: object
    headers: Mapping[str, str]
    url: str


class ApiClient:
    """A connection to one endpoint, for one load; a context manager."""

    def __init__(self, endpoint: Endpoint, *, token: str | None, limits: ApiLimits) -> None:
        """Raises SourceError where the token cannot be sent at all."""
        self._endpoint = endpoint
        self._limits = limits
        self._ends = time.monotonic() + limits.deadline
        self._bytes_left = limits.max_total_bytes
        self._credentials = _bearer(token) or endpoint.basic
        self._session = _Session()
        self._session.auth = _Authorization(self._credentials)
        self._session.headers.update({"Accept": "application/json", "User-Agent": "attack-coverage"})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()

    def get(self, url: str) -> Answer:
        """The answer to a GET of `url`, asked for again where the failure may pass; raises ApiError."""
        for attempt in count():
            try:
                return self._follow(url)
            except ApiError as error:
                wait = error.wait if error.wait is not None else self._limits.backoff * 2**attempt
                patience = min(self._limits.longest_wait, self._left())
                if not error.passing or attempt >= self._limits.retries or wait > patience:
                    raise
                time.sleep(wait)
        raise AssertionError  # the count above has no end

    def _left(self) -> float:
        return self._ends - time.monotonic()

    def _follow(self, url: str) -> Answer:
        """The answer at the end of redirects, which stay on the same origin."""
        for _ in range(_MOST_REDIRECTS + 1):
            reply = self._exchange(url)
            if reply.status in _REDIRECTS and "Location" in reply.headers:
                url = self._redirected(url, reply.headers["Location"])
                continue
            if not 200 <= reply.status < 300:
                raise failure.of_status(
                    reply.status,
                    reply.headers,
                    self._endpoint.shown,
                    with_credentials=self._credentials is not None,
                )
            return Answer(self._document(reply), reply.headers, url)
        raise ApiError(f"The API at {self._endpoint.shown} redirects in a circle; check its address.")

    def _redirected(self, url: str, location: str) -> str:
        """The address that a redirect leads to; the rules of another origin are not those of this API."""
        try:
            target = urljoin(url, location)
        except ValueError:
            target = ""
        own = self._endpoint.own(target)
        if own is None:
            other = origin(target) or "which has no valid address"
            raise ApiError(
                f"The API at {self._endpoint.shown} redirects to another server, {other}, and is not followed there; "
                "if that is the right one, set its address."
            )
        return own

    def _exchange(self, url: str) -> Reply:
        at, limits, left = self._endpoint.shown, self._limits, self._left()
        late = ApiError(f"The API at {at} did not give its rules within {limits.deadline:g} seconds; try again later.")
        if left <= 0:
            raise late
        most = min(limits.max_bytes, self._bytes_left)
        timeout = (min(limits.connect_timeout, left), min(limits.read_timeout, left))
        try:
            reply = Exchange(self._session, url, timeout=timeout, max_bytes=most).reply(left)
        except LateError:
            raise late from None
        except TooLargeError:
            raise ApiError(
                f"The answer of {at} is larger than {most / 1_000_000:,.3g} MB and is not read; check the address."
            ) from None
        except Exception as error:
            known = failure.of_connection(error, at)
            if known is None:
                raise
            raise known from None
        self._bytes_left -= len(reply.body)
        return reply

    def _document(self, reply: Reply) -> object:
        at = self._endpoint.shown
        text = ""
        try:
            text = reply.body.decode("utf-8-sig")
            return json.loads(text)
        except UnicodeDecodeError:
            message = f"The answer of {at} is not text in UTF-8; check the address."
        except json.JSONDecodeError as error:
            message = _not_json(reply, text, error.pos, at)
        except RecursionError:
            message = f"The answer of {at} is nested too deeply to be a list of rules; check the address."
        except ValueError:  # Python refuses whole numbers of more than some thousand digits
            message = f"The answer of {at} has a number that is too long to be read; check the server."
        raise ApiError(message)


class _Session(requests.Session):
    """Leaves redirects alone: requests reads their bodies, however long, and lets a .netrc file replace the token."""

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002 - the name is requests' own
        return None


class _Authorization(AuthBase):
    """Sends the configured credentials or none; requests asks no .netrc file as long as it has one of these."""

    def __init__(self, value: str | None) -> None:
        self._value = value

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._value is not None:
            request.headers["Authorization"] = self._value
        return request


def _bearer(token: str | None) -> str | None:
    token = (token or "").strip()
    if not token:
        return None
    if not (token.isascii() and token.isprintable()):
        raise SourceError("The API token has characters that cannot be sent; check THREATOPS_API_TOKEN.")
    return f"Bearer {token}"


def _not_json(reply: Reply, text: str, position: int, at: str) -> str:
    if not text.strip():
        return f"The answer of {at} is empty; check the address and the server's log."
    if "html" in reply.headers.get("Content-Type", "").lower() or text.lstrip().startswith("<"):
        return f"The answer of {at} is a web page and no JSON; check the address, or for a log-in page in between."
    return (
        f"The answer of {at} is broken JSON: it ends or goes wrong at character {position + 1:,} of {len(text):,}; "
        "check the server."
    )
