"""Reads an official ATT&CK Enterprise bundle (STIX 2.0 or 2.1) into the facts that the product uses.

Format: https://github.com/mitre-attack/attack-stix-data/blob/master/USAGE.md
"""

from __future__ import annotations

from coverage.catalog.stix.attack import attack_from_bundle
from coverage.catalog.stix.context import context_from_bundle
from coverage.catalog.stix.notes import notes_on_bundle

__all__ = ["attack_from_bundle", "context_from_bundle", "notes_on_bundle"]
