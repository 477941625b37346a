"""Makes the shipped facts files from official bundles.

`python -m coverage.catalog.build BUNDLE.json[.gz] [--as 19.1]`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from coverage.catalog.bundle import read_bundle
from coverage.catalog.files import SHIPPED_FOLDER
from coverage.catalog.save import save
from coverage.catalog.stix import attack_from_bundle, context_from_bundle
from coverage.errors import CatalogError


def main(arguments: list[str] | None = None) -> int:
    """Write both files of one version into `data/`; 0 when done, 2 with one line on stderr when not."""
    parser = argparse.ArgumentParser(prog="python -m coverage.catalog.build", description=__doc__)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--as", dest="version", help="the bundle's ATT&CK version, where it does not tell it")
    options = parser.parse_args(arguments)
    try:
        document = read_bundle(options.bundle)
        attack = attack_from_bundle(document, version=options.version, name=options.bundle.name)
        path = save(SHIPPED_FOLDER, attack, context_from_bundle(document, attack))
    except CatalogError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stderr.write(f"{path.name}: {len(attack.techniques)} techniques and sub-techniques\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
