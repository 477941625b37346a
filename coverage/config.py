"""What the operator configures: the environment first, `.streamlit/secrets.toml` second."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from coverage.errors import CoverageError
from coverage.sources import is_api
from coverage.sources.named import NamedSource, named_sources
from coverage.sources.sql.names import SqlNames, read_names

DEFAULT_MAX_AGE = 60.0
_SECRETS = Path(".streamlit") / "secrets.toml"


@dataclass(frozen=True, slots=True)
class Config:
    """The configuration; the token, and the addresses that may hold a password, are kept out of every representation.

    `max_age` is the age in seconds from which Streamlit's own rerun loads the rules again.
    """

    api_url: str | None = field(default=None, repr=False)
    api_token: str | None = field(default=None, repr=False)
    sources: tuple[NamedSource, ...] = ()
    max_age: float = DEFAULT_MAX_AGE
    sql_names: SqlNames = field(default_factory=SqlNames)

    def token_for(self, address: str, sources: Iterable[str]) -> str | None:
        """The token for one of the sources: for the server of THREATOPS_API_URL, else for the only API's; no other."""
        apis = [self.api_url] if self.api_url else filter(is_api, sources)
        servers = {_server(api) for api in apis}
        return self.api_token if servers == {_server(address)} else None


def load_config() -> Config:
    """The configuration of this process; raises CoverageError where it cannot be read."""
    return read_config(os.environ, read_secrets(_SECRETS))


def read_config(environ: Mapping[str, str], secrets: Mapping[str, Any]) -> Config:
    """The configuration; empty values count as not set.

    Raises CoverageError if COVERAGE_MAX_AGE is no number of seconds, COVERAGE_SQL_COLUMNS names no columns,
    COVERAGE_SOURCE has a label twice, or a secret is neither a value nor a list of texts.
    """

    def setting(name: str) -> str | None:
        return environ.get(name, "").strip() or _secret(name, secrets.get(name, "")).strip() or None

    max_age = setting("COVERAGE_MAX_AGE")
    try:
        seconds = DEFAULT_MAX_AGE if max_age is None else float(max_age)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise CoverageError(f"COVERAGE_MAX_AGE is {max_age!r}; it must be a number of seconds.")
    return Config(
        api_url=setting("THREATOPS_API_URL"),
        api_token=setting("THREATOPS_API_TOKEN"),
        sources=named_sources(filter(str.strip, (setting("COVERAGE_SOURCE") or "").splitlines())),
        max_age=seconds,
        sql_names=read_names(setting("COVERAGE_SQL_TABLE"), setting("COVERAGE_SQL_COLUMNS")),
    )


def _server(address: str) -> tuple[str, str]:
    """The scheme and the place of an address, without a user and a password; text that is no address is its own."""
    try:
        parts = urlsplit(address)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return "", address
    return parts.scheme, f"{parts.hostname}:{port}"


def _secret(name: str, value: object) -> str:
    """A value of the secrets file as the environment would have it: one entry of a list a line."""
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        return "\n".join(value)
    if isinstance(value, dict | list):
        raise CoverageError(f"{name} in the secrets file must be a text or a list of texts.")
    return str(value)


def read_secrets(path: Path) -> dict[str, Any]:
    """The top level of a secrets file; empty where there is none.

    Raises CoverageError for a file that is there and cannot be read; its content is never repeated.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        raise CoverageError(f"The secrets file {path} cannot be read as TOML.") from None
