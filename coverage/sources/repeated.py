"""Of very many rows, which are only counted, those that name a rule which another row has: duplicates and copies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable

from coverage.sources.cells import Reading


class Repeated:
    """Which rows would not count if each were listed, by what was read of them.

    `duplicates` are those whose id another row of their tenant has, of which the first that is enabled counts, else the
    first.
    """

    def __init__(self) -> None:
        self.duplicates: Counter[Reading] = Counter()
        self._kept: dict[tuple[str, str | None], tuple[Reading, str]] = {}
        self._texts: dict[str, str] = {}

    def add(self, rule_id: str, tenant: str | None, name: str, reading: Reading) -> None:
        """Note a row that states an id."""
        known = self._texts.setdefault
        key = (known(rule_id, rule_id), tenant if tenant is None else known(tenant, tenant))
        row = (reading, known(name, name))
        kept = self._kept.setdefault(key, row)
        if kept is row:
            return
        dropped = row
        if reading.kind.enabled and not kept[0].kind.enabled:
            self._kept[key], dropped = row, kept
        self.duplicates[dropped[0]] += 1

    def copies(self) -> Counter[Reading]:
        """Those whose rule another tenant has with the same id, name and tags; see `Kind.standing` for which counts."""
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
