"""Very many rows of one table that are read one by one, of which only the kinds are kept, and how many are of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable

from coverage.model import Issue, Rule
from coverage.sources.cells import Reading
from coverage.sources.kinds import Kinds


class Counted:
    """Counts as many rows as would count if each were listed.

    Of the rows of one tenant with one id the first that is enabled counts, else the first. Of the rows of several
    tenants with one id, name and tags one counts; see `Kind.standing` for which.
    """

    def __init__(self, table: str, source: str) -> None:
        self._kinds = Kinds(table, source)
        self._rows: Counter[Reading] = Counter()
        self._duplicates: Counter[Reading] = Counter()
        self._kept: dict[tuple[str, str | None], tuple[Reading, str]] = {}
        self._texts: dict[str, str] = {}

    def add(self, reading: Reading, rule_id: str | None, tenant: str | None, name: str | None) -> None:
        """Count a row. Without an id it is no other row's duplicate or copy; without a name its id stands for it."""
        self._rows[reading] += 1
        if rule_id is None:
            return
        known = self._texts.setdefault
        key = (known(rule_id, rule_id), tenant if tenant is None else known(tenant, tenant))
        row = (reading, known(name, name) if name else key[0])
        kept = self._kept.setdefault(key, row)
        if kept is row:
            return
        dropped = row
        if reading.kind.enabled and not kept[0].kind.enabled:
            self._kept[key], dropped = row, kept
        self._duplicates[dropped[0]] += 1

    def read(self) -> tuple[list[Rule], list[Issue]]:
        """A rule with its count for each kind, and what is wrong with them."""
        copies = self._copies()
        for reading, count in self._rows.items():
            self._kinds.add(
                reading.kind, reading.problems, count, duplicates=self._duplicates[reading], copies=copies[reading]
            )
        return self._kinds.rules(), self._kinds.issues()

    def _copies(self) -> Counter[Reading]:
        found: Counter[Reading] = Counter()
        counting: dict[Hashable, Reading] = {}
        for (rule_id, _), (reading, name) in self._kept.items():
            identity = (rule_id, name.casefold(), reading.kind.tactics, reading.kind.techniques)
            kept = counting.setdefault(identity, reading)
            if reading.kind.standing < kept.kind.standing:
                counting[identity] = reading
            found[reading] += 1
        found.subtract(counting.values())
        return found
