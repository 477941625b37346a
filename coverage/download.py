"""An ATT&CK bundle's bytes from an http(s) address, within bounds of time and size that hold whatever a server does.

Importing this module imports requests.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError, LocationValueError, NameResolutionError, ReadTimeoutError

from coverage.catalog.bundle import MOST_BYTES, too_large
from coverage.errors import CatalogError
from coverage.sources.api.endpoint import origin
from coverage.sources.api.exchange import Exchange, LateError, Reply, TooLargeError
from coverage.sources.text import printable

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5

_CONNECTION_ERRORS = (requests.RequestException, HTTPError, OSError, ValueError)
# The first that fits one of an error's causes is what it means. The text of the errors of requests is never shown: it
# repeats addresses with the secrets in them.
_MEANINGS: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((requests.exceptions.ProxyError,), "the proxy on the way does not work (HTTP_PROXY, HTTPS_PROXY, NO_PROXY)"),
    ((NameResolutionError,), "the host name is not known"),
    ((ssl.SSLCertVerificationError,), "the certificate is not trusted (REQUESTS_CA_BUNDLE names more authorities)"),
    ((ssl.SSLError, requests.exceptions.SSLError), "no secure connection can be made"),
    ((requests.exceptions.Timeout, ReadTimeoutError, TimeoutError), "the server does not answer in time"),
    ((ConnectionRefusedError,), "the connection is refused"),
    ((requests.exceptions.ContentDecodingError,), "the answer is packed in a way that cannot be read"),
    (
        (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, LocationValueError, UnicodeError),
        "no request can be made to this address",
    ),
)


@dataclass(frozen=True, slots=True)
class DownloadLimits:
    """Times in seconds, of which `deadline` bounds the download as a whole; the size in bytes, unpacked."""

    max_bytes: int = MOST_BYTES
    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    deadline: float = 300.0


DEFAULT_LIMITS = DownloadLimits()


def download(url: str, limits: DownloadLimits = DEFAULT_LIMITS) -> bytes:
    """The file at an address. Redirects are followed to http(s), and from https to https alone.

    Raises CatalogError, in one sentence without the user, password and query of an address.
    """
    shown = shown_url(url)
    ends = time.monotonic() + limits.deadline
    with _Session(limits.max_bytes) as session:
        for _ in range(_MOST_REDIRECTS + 1):
            try:
                reply = _reply(session, url, limits, ends - time.monotonic())
            except TooLargeError:
                raise too_large(shown, limits.max_bytes) from None
            except LateError:
                raise CatalogError(f"{shown} cannot be fetched within {limits.deadline:g} seconds.") from None
            except _CONNECTION_ERRORS as error:
                raise CatalogError(f"{shown} cannot be fetched: {_meaning(error)}.") from None
            if reply.status in _REDIRECTS and "Location" in reply.headers:
                url = _redirected(url, reply.headers["Location"], shown)
                continue
            if not 200 <= reply.status < 300:
                raise CatalogError(f"{shown} cannot be fetched: the server answers with status {reply.status}.")
            return reply.body
    raise CatalogError(f"{shown} cannot be fetched: it redirects in a circle.")


def shown_url(url: str) -> str:
    """An address as it may be shown. Raises CatalogError for what is no http(s) address."""
    server = origin(url)
    if server is None:
        # The text is not repeated: what is wrong with it may sit between a password and a host.
        raise CatalogError("The address of the bundle is no URL that starts with http:// or https:// and names a host.")
    return server + printable(urlsplit(url).path)


class _Session(requests.Session):
    """Leaves redirects to the caller, and refuses what says itself that it is too large before any of it is read."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__()
        self.headers["User-Agent"] = "attack-coverage"
        self.hooks["response"] = [self._measure]
        self._max_bytes = max_bytes

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002 - the name is requests' own
        return None

    def _measure(self, response: requests.Response, **_: object) -> None:
        size = response.headers.get("Content-Length", "")
        if size.isdecimal() and int(size) > self._max_bytes:
            raise TooLargeError


def _reply(session: requests.Session, url: str, limits: DownloadLimits, left: float) -> Reply:
    if left <= 0:
        raise LateError
    timeout = (limits.connect_timeout, limits.read_timeout)
    return Exchange(session, url, timeout=timeout, max_bytes=limits.max_bytes).reply(left)


def _redirected(url: str, location: str, shown: str) -> str:
    try:
        target = urljoin(url, location)
    except ValueError:
        target = ""
    server = origin(target)
    if server is None:
        raise CatalogError(f"{shown} cannot be fetched: it redirects to what is no http:// or https:// address.")
    if url.lower().startswith("https:") and server.startswith("http:"):
        raise CatalogError(f"{shown} cannot be fetched: it redirects from https to http.")
    return target


def _meaning(error: BaseException) -> str:
    causes = list(_causes(error))
    for kinds, meaning in _MEANINGS:
        if any(isinstance(cause, kinds) for cause in causes):
            return meaning
    return "the connection broke off before the whole file was there"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and those that it came from: requests wraps the errors of urllib3, which wrap the socket's."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
