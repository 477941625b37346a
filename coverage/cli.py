"""The command line: the same core as the page, without a screen.

Exit codes: 0 done, 2 wrong usage or nothing readable. An error is one line on stderr.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import UTC, datetime
from typing import Any, NoReturn

from coverage.catalog import CATALOGS, SHIPPED, load_catalog
from coverage.errors import CoverageError, SourceError
from coverage.mapping import Match
from coverage.report import score_document
from coverage.score import Settings, score
from coverage.sources import join_rulesets, read_source, shown_source
from coverage.sources.text import printable

_ISSUES_SAID = 20


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        _say(f"error: {message} (see {self.prog} --help)")
        self.exit(2)


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except CoverageError as error:
        _say(f"error: {error}")
    except BrokenPipeError:  # the reader of stdout has seen enough
        pass
    except KeyboardInterrupt:
        _say("error: interrupted")
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m coverage", description="MITRE ATT&CK coverage of detection rules", allow_abbrev=False
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    command = commands.add_parser("score", help="print the coverage of rules as one JSON document", allow_abbrev=False)
    command.add_argument(
        "sources",
        nargs="+",
        metavar="SOURCE",
        help="a folder, a file, a .zip or .tar.gz of rules, or the base URL of a Detection Rules API",
    )
    names = tuple(CATALOGS)
    command.add_argument("--catalog", choices=names, default=names[0], help="default: %(default)s")
    command.add_argument("--attack", choices=SHIPPED, default=SHIPPED[0], help="ATT&CK version, default: %(default)s")
    command.add_argument(
        "--match", choices=tuple(map(str, Match)), default=str(Match.ROLLUP), help="default: %(default)s"
    )
    command.add_argument(
        "--full",
        type=_positive,
        default=Settings().full,
        metavar="N",
        help="rules from which a technique is fully covered, default: %(default)s",
    )
    command.set_defaults(run=_score)
    return parser


def _positive(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 up")
    return number


def _score(options: argparse.Namespace) -> int:
    token = os.environ.get("THREATOPS_API_TOKEN") or None
    ruleset = join_rulesets([read_source(source, token=token) for source in options.sources])
    for sentence in ruleset.doubts + ruleset.notes:
        _say(f"note: {sentence}")
    if not ruleset.rules:
        # The issues say why, and they would be lost with the document.
        for issue in ruleset.issues[:_ISSUES_SAID]:
            _say(f"{issue.where}: {issue.message}")
        if len(ruleset.issues) > _ISSUES_SAID:
            _say(f"note: {len(ruleset.issues) - _ISSUES_SAID:,} more issues")
        shown = ", ".join(shown_source(source) for source in options.sources)
        raise SourceError(f"No rule could be read from {shown}.")
    coverage = score(
        ruleset,
        load_catalog(options.catalog, options.attack),
        Settings(match=Match(options.match), full=options.full),
    )
    document = score_document(coverage, generated_at=datetime.now(UTC), sample_data=ruleset.sample)
    _print(document)
    if coverage.issues:
        _say(f"note: {len(coverage.issues)} issues; the document lists them")
    return 0


def _print(document: dict[str, Any]) -> None:
    try:
        print(json.dumps(document, indent=2), flush=True)
    except OSError as error:
        # What is left in the buffer cannot be written either, and Python would complain of it once more on exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise
        raise CoverageError(f"The document cannot be written: {error.strerror}.") from error


def _say(message: str) -> None:
    print(printable(message), file=sys.stderr)
