"""How every command speaks: results on stdout, messages on stderr, an error in one line."""

from __future__ import annotations

import argparse
import os
import sys
from typing import NoReturn

from coverage.errors import CoverageError
from coverage.sources.text import printable


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        say(f"error: {message} (see {self.prog} --help)")
        self.exit(2)


def say(message: str) -> None:
    """Print a message on stderr, whatever characters it repeats from elsewhere."""
    print(printable(message), file=sys.stderr)


def write(text: str, *, what: str) -> None:
    """Print a result on stdout; `what` it is.

    Raises CoverageError where it cannot be written, and BrokenPipeError where its reader went away.
    """
    try:
        print(text, flush=True)
    except OSError as error:
        # What is left in the buffer cannot be written either, and Python would complain of it once more on exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise
        raise CoverageError(f"The {what} cannot be written: {error.strerror}.") from error
