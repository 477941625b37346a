"""The ATT&CK versions at hand: those that are part of the project, and those that the user stored."""

from __future__ import annotations

from functools import lru_cache

from coverage.catalog.facts import read_facts
from coverage.catalog.files import SHIPPED_FOLDER, FactsFile, facts_path, stored_folder, versions_in
from coverage.catalog.model import Attack
from coverage.catalog.version import newest_first
from coverage.errors import CatalogError

SHIPPED = ("19.1", "18.1")
"""The ATT&CK versions whose facts are part of the project, the newest first."""


def available_versions() -> tuple[str, ...]:
    """The versions that can be loaded, shipped and stored, the newest first."""
    return newest_first({*SHIPPED, *_stored()[0]})


def default_version() -> str:
    """The newest version at hand: whoever stored a newer one wants it."""
    return available_versions()[0]


def stored_problems() -> tuple[str, ...]:
    """One sentence on each stored version that is damaged and therefore passed over."""
    return tuple(_stored()[1].values())


def facts_file(version: str) -> FactsFile:
    """The file that a version's facts come from, the stored one before the shipped one.

    It is another value as soon as another file takes its place. Raises CatalogError for a version that is not at hand.
    """
    stored, problems = _stored()
    if version in stored:
        return stored[version]
    if version in SHIPPED:
        return FactsFile.at(facts_path(SHIPPED_FOLDER, version))
    if version in problems:
        raise CatalogError(problems[version])
    raise CatalogError(
        f"There is no ATT&CK version {version[:40]!r} here; choose one of {', '.join(available_versions())}."
    )


@lru_cache(maxsize=32)
def attack_in(file: FactsFile) -> Attack:
    """The facts in a file, read once. Raises CatalogError."""
    return read_facts(file.text())


@lru_cache(maxsize=32)
def _holds(file: FactsFile, version: str) -> bool:
    """Whether a file can be used as the facts of a version; a damaged one is not read again and again."""
    try:
        attack = attack_in(file)
    except CatalogError:
        return False
    return attack.version == version and bool(attack.techniques)


def _stored() -> tuple[dict[str, FactsFile], dict[str, str]]:
    """The user's own versions that can be read, and a sentence on each of those that cannot."""
    folder = stored_folder()
    found: dict[str, FactsFile] = {}
    problems: dict[str, str] = {}
    try:
        versions = versions_in(folder)
    except OSError:
        return {}, {"": f"The stored ATT&CK versions in {folder} cannot be read."}
    for version in versions:
        path = facts_path(folder, version)
        try:
            file = FactsFile.at(path)
        except CatalogError:
            file = None
        if file is not None and _holds(file, version):
            found[version] = file
        else:
            problems[version] = (
                f"{path} holds no readable facts of ATT&CK {version[:40]}, so it is passed over; "
                "`python -m coverage attack update` stores them again."
            )
    return found, problems
