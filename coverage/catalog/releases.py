"""The releases of ATT&CK, by which bundles and what stands in them are dated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from coverage.catalog.version import newest_first

RELEASES: Mapping[str, date] = {
    "6.0": date(2019, 10, 24),
    "7.0": date(2020, 7, 8),
    "8.0": date(2020, 10, 27),
    "9.0": date(2021, 4, 29),
    "10.0": date(2021, 10, 21),
    "11.0": date(2022, 4, 25),
    "12.0": date(2022, 10, 25),
    "13.0": date(2023, 4, 25),
    "14.0": date(2023, 10, 31),
    "15.0": date(2024, 4, 23),
    "16.0": date(2024, 10, 31),
    "17.0": date(2025, 4, 22),
    "18.0": date(2025, 10, 28),
    "18.1": date(2025, 11, 13),
    "19.0": date(2026, 4, 28),
    "19.1": date(2026, 5, 12),
}
"""Release days, the oldest first: https://attack.mitre.org/resources/versions/

The minor releases before 18.1 are not among them, for they fall into the months in which MITRE prepares the next major
one: 6.3 came out on 9 March 2020, amid the days on which the ids that 7.0 revokes were marked.
"""

_FIRST = next(iter(RELEASES.values()))


def release_with(day: date, newest: str) -> str | None:
    """The first release that can hold what MITRE wrote on a day and a bundle of the version `newest` holds.

    None for a day up to the first release of the table, before which the releases are not known.
    """
    if day <= _FIRST:
        return None
    dated = next((version for version, released in RELEASES.items() if day <= released), newest)
    # What a bundle holds was released with it at the latest, also where it is of a minor release or an own edition.
    return newest_first((dated, newest))[-1]
