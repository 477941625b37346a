"""`attack update`: store the catalog of another ATT&CK version."""

from __future__ import annotations

import argparse

from coverage.catalog.files import stored_folder
from coverage.cli.bundles import read_attack
from coverage.cli.console import Parser, write

OFFICIAL = (
    "https://raw.githubusercontent.com/mitre-attack/attack-stix-data/master/enterprise-attack/enterprise-attack.json"
)
"""Where MITRE publishes the newest version."""


def add_command(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add the command to the command line's parser."""
    command = commands.add_parser("attack", help="manage the ATT&CK versions at hand", allow_abbrev=False)
    parts = command.add_subparsers(title="commands", required=True, metavar="COMMAND")
    update = parts.add_parser(
        "update",
        help="store an official Enterprise STIX bundle as a further version, by default MITRE's newest",
        allow_abbrev=False,
    )
    update.add_argument(
        "--from",
        dest="source",
        default=OFFICIAL,
        metavar="FILE|URL",
        help="the bundle, plain or gzip; default: %(default)s",
    )
    update.add_argument(
        "--as", dest="version", metavar="VERSION", help="its ATT&CK version, where it does not tell it itself"
    )
    update.set_defaults(run=_update)


def _update(options: argparse.Namespace) -> int:
    from coverage.catalog.save import save  # noqa: PLC0415  needed by this command alone
    from coverage.catalog.stix import context_from_bundle  # noqa: PLC0415  as above

    document, attack = read_attack(options.source, options.version)
    context = context_from_bundle(document, attack)
    path = save(stored_folder(), attack, context)
    sub_techniques = sum(technique.parent is not None for technique in attack.techniques.values())
    counts = {
        "tactics": len(attack.tactics),
        "techniques": len(attack.techniques) - sub_techniques,
        "sub-techniques": sub_techniques,
        "groups": len(context.every(lambda known: known.groups)),
        "software": len(context.every(lambda known: known.software)),
        "campaigns": len(context.every(lambda known: known.campaigns)),
        "mitigations": len(context.every(lambda known: known.mitigations)),
        "log sources": len(context.every(lambda known: known.log_sources)),
    }
    counted = ", ".join(f"{number:,} {name}" for name, number in counts.items())
    write(f"Stored ATT&CK {attack.version} ({counted}) in {path}", what="result")
    return 0
