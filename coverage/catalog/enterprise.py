"""The catalog `enterprise`: all tactics and techniques of one ATT&CK version."""

from __future__ import annotations

from coverage.catalog.model import Attack, Catalog, ColumnsFrom


def enterprise_catalog(attack: Attack) -> Catalog:
    """ATT&CK's own matrix: its order of tactics, techniques by name as on attack.mitre.org."""
    by_name = sorted(
        (t for t in attack.techniques.values() if t.parent is None), key=lambda t: (t.name.casefold(), t.id)
    )
    return Catalog(
        name="enterprise",
        title=f"Enterprise ATT&CK {attack.version}",
        attack=attack,
        tactics=attack.tactics,
        columns={tactic.id: tuple(t.id for t in by_name if tactic.id in t.tactics) for tactic in attack.tactics},
        names={technique.id: technique.name for technique in attack.techniques.values()},
        columns_from=ColumnsFrom.TECHNIQUE,
        shows_sub_techniques=True,
    )
