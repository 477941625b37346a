"""Makes the shipped data files from official bundles.

`python -m coverage.catalog.build BUNDLE.json[.gz] [--attack-version 19.1]`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import zlib
from pathlib import Path

from coverage.catalog.facts import DATA, write_facts
from coverage.catalog.stix import attack_from_bundle
from coverage.errors import CatalogError


def read_bundle(path: Path) -> object:
    """The JSON document in a file, gzipped or not. Raises CatalogError."""
    try:
        data = path.read_bytes()
        return json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
    except (OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
        raise CatalogError(f"{path} is not a readable JSON bundle: {error}.") from error


def main(arguments: list[str] | None = None) -> int:
    """Write `data/enterprise-VERSION.json`; 0 when done, 2 with one line on stderr when not."""
    parser = argparse.ArgumentParser(prog="python -m coverage.catalog.build", description=__doc__)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--attack-version", help="where the bundle does not say it")
    options = parser.parse_args(arguments)
    try:
        attack = attack_from_bundle(read_bundle(options.bundle), version=options.attack_version)
    except CatalogError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    target = DATA / f"enterprise-{attack.version}.json"
    target.write_text(write_facts(attack), encoding="utf-8")
    sys.stderr.write(f"{target.name}: {len(attack.techniques)} techniques and sub-techniques\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
