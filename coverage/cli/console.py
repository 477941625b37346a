"""How every command speaks: results on stdout, messages on stderr, an error in one line."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"error: {message} (see {self.prog} --help)\n")


def say(message: str) -> None:
    """Print a message on stderr."""
    print(message, file=sys.stderr)
