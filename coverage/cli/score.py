"""`score SOURCE...`: the coverage of rules as one JSON document on stdout."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from typing import Any

from coverage.catalog import CATALOGS
from coverage.cli.bundles import chosen_catalog
from coverage.cli.console import Parser, say, write
from coverage.config import load_config
from coverage.errors import SourceError
from coverage.join import join
from coverage.mapping import Match
from coverage.report import score_document
from coverage.score import Settings, score
from coverage.sources import read_source, shown_source
from coverage.sources.named import named_sources

_ISSUES_SAID = 20


def add_command(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add the command to the command line's parser."""
    command = commands.add_parser("score", help="print the coverage of rules as one JSON document", allow_abbrev=False)
    command.add_argument(
        "sources",
        nargs="+",
        metavar="SOURCE",
        help="a folder, a file, a .zip or .tar.gz of rules, the base URL of a Detection Rules API, or a database's "
        "URL; each of several may have a label: 'Customer A = rules/a'",
    )
    names = tuple(CATALOGS)
    command.add_argument("--catalog", choices=names, default=names[0], help="default: %(default)s")
    command.add_argument(
        "--attack",
        metavar="VERSION|FILE|URL",
        help="an ATT&CK version at hand, or a STIX bundle to read for this run; default: the newest version at hand",
    )
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
    command.set_defaults(run=_run)


def _positive(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 up")
    return number


def _run(options: argparse.Namespace) -> int:
    catalog = chosen_catalog(options.catalog, options.attack)
    config = load_config()
    sources = named_sources(options.sources)
    addresses = [source.address for source in sources]
    found = {
        source.label: read_source(
            source.address, token=config.token_for(source.address, addresses), names=config.sql_names
        )
        for source in sources
    }
    ruleset = join(found) if len(found) > 1 else next(iter(found.values()))
    for sentence in ruleset.doubts + ruleset.notes:
        say(f"note: {sentence}")
    if not ruleset.rules:
        # The issues say why, and they would be lost with the document.
        for issue in ruleset.issues[:_ISSUES_SAID]:
            say(": ".join(filter(None, (issue.feed, issue.where, issue.message))))
        if len(ruleset.issues) > _ISSUES_SAID:
            say(f"note: {len(ruleset.issues) - _ISSUES_SAID:,} more issues")
        shown = ", ".join(shown_source(source.address) for source in sources)
        raise SourceError(f"No rule could be read from {shown}.")
    coverage = score(ruleset, catalog, Settings(match=Match(options.match), full=options.full))
    document = score_document(coverage, generated_at=datetime.now(UTC), sample_data=ruleset.sample)
    write(_text(document), what="document")
    if coverage.issues:
        say(f"note: {len(coverage.issues)} issues; the document lists them")
    return 0


def _text(document: dict[str, Any]) -> str:
    """The document, a line for each value and each entry of a list; to indent it more takes longer than to score."""
    parts = (f"{json.dumps(name)}: {_value(value)}" for name, value in document.items())
    return "{\n" + ",\n".join(parts) + "\n}"


def _value(value: object) -> str:
    if not isinstance(value, list) or not value:
        return json.dumps(value)
    return "[\n" + ",\n".join(map(json.dumps, value)) + "\n]"
