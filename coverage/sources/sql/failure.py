"""What goes wrong with a database, as one sentence for a person: what, where, and what to do.

The texts of drivers are read for what they mean and never shown: they repeat addresses, statements and values.
"""

from __future__ import annotations

import re

from sqlalchemy.exc import DBAPIError, NoSuchModuleError

from coverage.errors import SourceError

# The first that fits an error's SQLSTATE and text is what it means. PostgreSQL's drivers give no SQLSTATE for a
# connection that was not made.
_CONNECTION = (
    (
        r"resolve host|translate host|name or service not known",
        "The host name in {at} is not known; check it.",
    ),
    (r"connection refused", "The database at {at} refuses the connection; check the address and that it runs."),
    (
        r"timeout expired|timed out",
        "The database at {at} did not answer within {seconds} seconds; check that it runs, or try again later.",
    ),
    (
        r"28P01|28000|authentication failed|no password supplied|access denied|not permitted to log in|no pg_hba",
        "The database at {at} does not let the user in; check the user and the password in its address.",
    ),
    (r"3D000|database .* does not exist|unknown database", "There is no database of that name at {at}."),
    (
        r"too many (clients|connections)|connection slots",
        "The database at {at} has no connection left; try later.",
    ),
    (r"invalid .*(option|value)", "An option in the address of {at} is not one that the driver knows."),
    (r"\bssl\b", "No secure connection to {at} can be made; check sslmode in its address."),
)
_STATEMENT = (
    (
        r"57014|^ interrupted$",
        "The database at {at} took longer than {seconds} seconds for an answer; try again later.",
    ),
    (r"42501|permission denied", "The user of {at} may not read the table; let it SELECT from it."),
    (r"57P0\d|^08|closed|terminat", "The connection to {at} broke off before all rules were read; try again later."),
    (r"22021", "The database at {at} holds text that is not UTF-8."),
    (r"not a database", "{at} is no SQLite database."),
    (r"disk image is malformed|disk i/o", "{at} is damaged; SQLite cannot read it."),
    (r"unable to open", "{at} cannot be opened; check who may read it, and its folder."),
    (r"locked", "{at} is locked by another program; try again later."),
)


def malformed(at: str) -> SourceError:
    """An address that cannot be taken apart, or only by chance."""
    return SourceError(
        f"The database address {at} is malformed; write driver://user:password@host:port/database, and in the user and "
        "the password %40 for @, %3A for :, %2F for /, %3F for ?, %23 for # and %25 for %."
    )


def of_connection(error: Exception, scheme: str, at: str, seconds: int) -> SourceError:
    """Why there is no connection; `at` is the address to show, `seconds` are those that were waited."""
    if isinstance(error, NoSuchModuleError):
        return SourceError(
            f"Rules cannot be read from {scheme}:// addresses; name a folder, a file, an http(s) URL, or a database "
            "whose SQLAlchemy driver is installed, e.g. postgresql+psycopg://…"
        )
    if isinstance(error, ModuleNotFoundError):
        return SourceError(
            f"The driver for {scheme}:// addresses is not installed on this server: the Python module {error.name}."
        )
    return _meaning(error, _CONNECTION + _STATEMENT, at, seconds)


def of_statement(error: Exception, at: str, seconds: int) -> SourceError:
    """Why a question to the database has no answer."""
    return _meaning(error, _STATEMENT, at, seconds)


def _meaning(error: Exception, meanings: tuple[tuple[str, str], ...], at: str, seconds: int) -> SourceError:
    original = error.orig if isinstance(error, DBAPIError) else error
    state = str(getattr(original, "sqlstate", None) or "")
    text = f"{state} {original}"
    for pattern, message in meanings:
        if re.search(pattern, text, re.IGNORECASE):
            return SourceError(message.format(at=at, seconds=seconds))
    kind = f"{type(original).__name__} {state}".strip()
    return SourceError(f"The database at {at} cannot be read ({kind}); its own log may say why.")
