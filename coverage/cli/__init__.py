"""The command line: the same core as the page, without a screen. One module a command.

Exit codes: 0 done, 2 wrong usage or nothing readable. An error is one line on stderr.
"""

from __future__ import annotations

from coverage.cli import attack, score
from coverage.cli.console import Parser, say
from coverage.errors import CoverageError

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except CoverageError as error:
        say(f"error: {error}")
    except BrokenPipeError:  # the reader of stdout has seen enough
        pass
    except KeyboardInterrupt:
        say("error: interrupted")
    return 2


def _parser() -> Parser:
    parser = Parser(
        prog="python -m coverage", description="MITRE ATT&CK coverage of detection rules", allow_abbrev=False
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    score.add_command(commands)
    attack.add_command(commands)
    return parser
