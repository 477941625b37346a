"""Which ATT&CK version a bundle is.

The first of these that tells it counts:

1. The bundle's own `x-mitre-collection` object (MITRE's repository attack-stix-data).
2. Its name, if that is MITRE's: `enterprise-attack-18.1.json`, or an address with the tag `ATT&CK-v18.1`.
3. The newest `modified` stamp of its objects, if it lies in the last week before a known release. MITRE stamps objects
   up to the very day: the newest ones of 18.1 are a day older than the release, those of 19.1 are of its day.

Where 2 and 3 contradict each other, neither is believed.
"""

from __future__ import annotations

import re
from datetime import timedelta

from coverage.catalog.releases import RELEASES
from coverage.catalog.stix.objects import Bundle, day, text
from coverage.errors import CatalogError

_IN_NAME = re.compile(r"(?:enterprise-attack-|ATT(?:&|%26)CK-v)(\d{1,3}\.\d{1,3})(?!\d)", re.ASCII)
_DATED = ("18.0", "18.1", "19.0", "19.1")
"""The releases that the newest stamp tells; an older bundle may be of a minor release, whose days are not known."""

_EVE = timedelta(days=7)
_HOW_TO_NAME = "call its file as MITRE does, e.g. enterprise-attack-19.1.json, or say `attack update --as 19.1`"


def version_of(bundle: Bundle, name: str) -> str:
    """The version by the rule above; `name` is the file's or a URL. Raises CatalogError where nothing tells it."""
    for item in bundle.of_type("x-mitre-collection"):
        if stated := text(item.get("x_mitre_version")):
            return stated
    named, dated = _in_name(name), _by_date(bundle)
    if named and dated and named != dated:
        raise CatalogError(
            f"The bundle is ATT&CK {named} by its name and {dated} by its newest object; {_HOW_TO_NAME}."
        )
    version = named or dated
    if version is not None:
        return version
    raise CatalogError(f"The bundle does not say its ATT&CK version; {_HOW_TO_NAME}.")


def _in_name(name: str) -> str | None:
    found = _IN_NAME.findall(name)
    return found[-1] if found else None


def _by_date(bundle: Bundle) -> str | None:
    newest = day(max((text(item.get("modified"))[:10] for item in bundle.objects), default=""))
    if newest is None:
        return None
    return next((version for version in _DATED if RELEASES[version] - _EVE <= newest <= RELEASES[version]), None)
