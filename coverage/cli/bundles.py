"""The ATT&CK bundle, or the version at hand, that a command is told to use."""

from __future__ import annotations

from pathlib import Path

from coverage.catalog import CATALOGS, Attack, Catalog, available_versions, load_catalog, stored_problems
from coverage.catalog.version import is_version
from coverage.cli.console import say
from coverage.errors import CatalogError


def read_attack(place: str, version: str | None = None) -> tuple[object, Attack]:
    """A bundle's document and its facts, from a file or a URL; `version` is its ATT&CK version where the user says it.

    What of it is damaged and left out is said on stderr. Raises CatalogError, in one sentence that names the place.
    """
    from coverage.catalog.stix import attack_from_bundle, notes_on_bundle  # noqa: PLC0415  needed by few

    document, shown, name = _read(place)
    try:
        attack = attack_from_bundle(document, version=version, name=name)
    except CatalogError as error:
        raise CatalogError(f"{shown}: {error}") from error
    for note in notes_on_bundle(document, attack):
        say(f"note: {note}")
    return document, attack


def chosen_catalog(name: str, wanted: str | None) -> Catalog:
    """The catalog over a version at hand, by default the newest, or over a bundle that is read for this run alone.

    Raises CatalogError.
    """
    if wanted is not None and _is_place(wanted):
        return CATALOGS[name](read_attack(wanted)[1])
    catalog = load_catalog(name, wanted)
    for problem in stored_problems():
        say(f"note: {problem}")
    return catalog


def _is_place(wanted: str) -> bool:
    """Whether a text names a bundle; a version at hand goes before a file of that name."""
    return wanted not in available_versions() and ("://" in wanted or not is_version(wanted) or Path(wanted).exists())


def _read(place: str) -> tuple[object, str, str]:
    """The document at a place, the place as it may be shown, and the name that may tell the version."""
    from coverage.catalog.bundle import parse_bundle, read_bundle  # noqa: PLC0415  needed by few

    if "://" not in place:
        return read_bundle(Path(place)), place, Path(place).name
    from coverage.download import download, shown_url  # noqa: PLC0415  requests costs what a file does not need

    shown = shown_url(place)
    return parse_bundle(download(place), shown), shown, shown
