"""What goes wrong with an API, as one sentence for a person: what, where, and what to do.

The text of the errors of requests is never shown: it repeats addresses with the secrets in them.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests
from urllib3.exceptions import HTTPError, LocationValueError, NameResolutionError, ReadTimeoutError

from coverage.errors import SourceError

_SECONDS = re.compile(r"[0-9]{1,9}")

_CONNECTION_ERRORS = (requests.RequestException, HTTPError, OSError, ValueError)
# The first that fits one of an error's causes is what it means; the last column says whether to ask again.
_MEANINGS: tuple[tuple[tuple[type[BaseException], ...], str, bool], ...] = (
    (
        (requests.exceptions.ProxyError,),
        "The proxy on the way to {at} does not work; check HTTP_PROXY, HTTPS_PROXY and NO_PROXY.",
        False,
    ),
    (
        (NameResolutionError,),
        "The host name in {at} is not known; check the address and the name service.",
        False,
    ),
    (
        (ssl.SSLCertVerificationError,),
        "The certificate of {at} is not trusted; check the address, or set REQUESTS_CA_BUNDLE to its authority's file.",
        False,
    ),
    (
        (ssl.SSLError, requests.exceptions.SSLError),
        "No secure connection to {at} can be made; check that the server speaks https there.",
        False,
    ),
    (
        (requests.exceptions.Timeout, ReadTimeoutError, TimeoutError),
        "The API at {at} did not answer in time; check that it runs, or try again later.",
        False,
    ),
    (
        (ConnectionRefusedError,),
        "The API at {at} refuses the connection; check the address and that it runs.",
        True,
    ),
    (
        (requests.exceptions.ContentDecodingError,),
        "The answer of {at} is packed in a way that cannot be read; check the server.",
        False,
    ),
    (
        (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, LocationValueError, UnicodeError),
        "No request to {at} can be made; check the address and the proxy settings.",
        False,
    ),
)


class ApiError(SourceError):
    """A question without an answer; `status` is the HTTP status where the API refused it.

    `passing` says that the same question may be answered in a moment, `wait` after how many seconds if known.
    """

    def __init__(
        self, message: str, *, status: int | None = None, passing: bool = False, wait: float | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.passing = passing
        self.wait = wait


def of_connection(error: Exception, at: str) -> ApiError | None:
    """What an error of requests means; `at` is the address to show. None where it is no error of a connection."""
    if not isinstance(error, _CONNECTION_ERRORS):
        return None
    causes = list(_causes(error))
    for kinds, message, passing in _MEANINGS:
        if any(isinstance(cause, kinds) for cause in causes):
            return ApiError(message.format(at=at), passing=passing)
    if not isinstance(error, requests.RequestException | HTTPError):  # the one that requests does not wrap
        return ApiError(f"The certificates to check {at} against cannot be read; check REQUESTS_CA_BUNDLE.")
    return ApiError(
        f"The connection to {at} broke off before the whole answer was there; check the address and that it runs.",
        passing=True,
    )


def of_status(status: int, headers: Mapping[str, str], at: str, *, with_credentials: bool) -> ApiError:
    """What a status that is no success means."""
    passing = status == 429 or status >= 500
    wait = _retry_after(headers.get("Retry-After", "")) if passing else None
    if status == 401 and with_credentials:
        message = f"The API at {at} does not accept the token (401); check THREATOPS_API_TOKEN."
    elif status == 401:
        message = f"The API at {at} asks for a token (401); set THREATOPS_API_TOKEN, and THREATOPS_API_URL to it."
    elif status == 403:
        message = f"The API at {at} denies access (403); check that the token may read detection rules."
    elif status == 404:
        message = f"There is no Detection Rules API at {at} (404); check the address."
    elif status == 429:
        when = "later" if wait is None else f"in {max(wait, 1):,.0f} seconds"
        message = f"The API at {at} has had too many requests (429); try again {when}."
    elif status >= 500:
        message = f"The API at {at} fails with a server error ({status}); see its log, or try again later."
    else:
        message = f"The API at {at} answers with status {status} instead of rules; check the address."
    return ApiError(message, status=status, passing=passing, wait=wait)


def _retry_after(header: str) -> float | None:
    """The seconds that a Retry-After header asks for, as a number or as a date; None where it does neither."""
    header = header.strip()
    if _SECONDS.fullmatch(header):
        return float(header)
    try:
        date = parsedate_to_datetime(header)
    except ValueError:
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max((date - datetime.now(UTC)).total_seconds(), 0.0)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and those that it came from: requests wraps the errors of urllib3, which wrap the socket's."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
