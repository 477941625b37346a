"""Where the Detection Rules API is: its address, what of it may be shown, and what belongs to it."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from coverage.errors import SourceError

_PATH = "/api/v1/detection-rules"
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The address of the API's list of rules, without its secrets.

    `shown` may stand in messages: it has neither user name and password nor the query. `basic` is the value of an
    Authorization header made of the user name and password in the URL, None where it has none.
    """

    shown: str
    query: tuple[tuple[str, str], ...] = ()
    basic: str | None = None

    @classmethod
    def parse(cls, base_url: str) -> Endpoint:
        """The endpoint below a base URL; raises SourceError for anything but a usable http(s) URL."""
        try:
            parts = urlsplit(base_url.strip())
            # With an @ behind the host, the host is a part of a password that holds a slash.
            server = None if "@" in parts.path else _server(parts)
        except ValueError:
            server = None
        if server is None:
            # The text is not repeated: what is wrong with it may sit between a password and a host.
            raise SourceError("The address of the API is no URL that starts with http:// or https:// and names a host.")
        path = parts.path.rstrip("/").removesuffix(_PATH).removesuffix("/api/v1")
        return cls(
            shown=f"{server}{path}{_PATH}/",
            query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
            basic=_basic(parts),
        )

    def url(self, **parameters: int) -> str:
        """The address to ask, with these parameters beside those that the base URL brought."""
        kept = [(name, value) for name, value in self.query if name not in parameters]
        return f"{self.shown}?{urlencode([*kept, *parameters.items()])}"

    def own(self, url: str) -> str | None:
        """A URL that an answer names, None where it belongs to another origin.

        It is put together anew on this endpoint's server, so that no two readers of URLs can take its host for
        different ones and a token for another server.
        """
        server = origin(self.shown)
        if server is None or origin(url) != server:
            return None
        parts = urlsplit(url)
        return f"{server}/{parts.path.lstrip('/')}" + (f"?{parts.query}" if parts.query else "")


def origin(url: str) -> str | None:
    """Scheme, host and port of an http(s) URL (`https://api.example.com`), None for any other text."""
    try:
        return _server(urlsplit(url))
    except ValueError:
        return None


def _server(parts: SplitResult) -> str | None:
    """The origin of a URL; raises ValueError where its port is none."""
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = "" if parts.port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def _basic(parts: SplitResult) -> str | None:
    if not parts.username and not parts.password:
        return None
    pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    return f"Basic {b64encode(pair.encode()).decode('ascii')}"
