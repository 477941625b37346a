"""Writes the two facts files of an ATT&CK version."""

from __future__ import annotations

from pathlib import Path

from coverage.catalog.context import AttackContext
from coverage.catalog.context_facts import write_context
from coverage.catalog.facts import write_facts
from coverage.catalog.files import context_path, facts_path, replace_files
from coverage.catalog.model import Attack
from coverage.errors import CatalogError


def save(folder: Path, attack: Attack, context: AttackContext) -> Path:
    """Write both files into a folder, in place of those of the same version; returns the first one's path.

    Raises CatalogError where they cannot be written; what was there stays.
    """
    path = facts_path(folder, attack.version)
    # A version is at hand when its first file is, so that one comes last.
    contents = {context_path(folder, context.version): write_context(context), path: write_facts(attack)}
    try:
        replace_files(contents)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise CatalogError(f"ATT&CK {attack.version} cannot be stored in {folder}: {reason}.") from error
    return path
