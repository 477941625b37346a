"""The errors that a user may see: one clear sentence each, never a traceback."""


class CoverageError(Exception):
    """Base of every error whose message is meant for the user: one sentence, no secret in it."""


class SourceError(CoverageError):
    """A source could not be read at all; the message names what and where."""


class CatalogError(CoverageError):
    """A catalog could not be loaded or built."""
