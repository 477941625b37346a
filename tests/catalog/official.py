"""MITRE's official bundles beside the repository."""

from __future__ import annotations

from functools import cache

from coverage.catalog.bundle import read_bundle
from tests.shared import shared


@cache
def official_bundle(version):
    """The document of a shipped version's bundle, read once; it must not be changed."""
    return read_bundle(shared(f"attack/enterprise-attack-{version}.json.gz"))
