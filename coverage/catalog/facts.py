"""The compact data file of one ATT&CK version: written by the builder, read at every start."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from coverage.catalog.model import Attack, Tactic, Technique

DATA = Path(__file__).parent / "data"

SHIPPED = ("19.1", "18.1")
"""The ATT&CK versions whose facts are part of the project, the newest first."""

NOTICE = (
    "© 2026 The MITRE Corporation. "
    "This work is reproduced and distributed with the permission of The MITRE Corporation."
)


def write_facts(attack: Attack) -> str:
    """The data file's text: JSON, one technique a line so that two versions can be compared by eye."""
    platforms = sorted({name for technique in attack.techniques.values() for name in technique.platforms})
    rows = [
        [t.id, t.name, list(t.tactics), [platforms.index(name) for name in t.platforms]]
        for t in attack.techniques.values()
    ]
    parts = {
        "notice": _compact(NOTICE),
        "attack_version": _compact(attack.version),
        "tactics": _compact([[t.id, t.shortname, t.name] for t in attack.tactics]),
        "platforms": _compact(platforms),
        "revoked": _compact(dict(attack.revoked)),
        "deprecated": _compact(dict(attack.deprecated)),
        "techniques": "[\n" + ",\n".join(_compact(row) for row in rows) + "\n]",
    }
    return "{\n" + ",\n".join(f"{_compact(name)}:{text}" for name, text in parts.items()) + "\n}\n"


def read_facts(text: str) -> Attack:
    """The facts that `write_facts` wrote."""
    data = json.loads(text)
    platforms = data["platforms"]
    return Attack(
        version=data["attack_version"],
        tactics=tuple(Tactic(*row) for row in data["tactics"]),
        techniques={
            row[0]: Technique(row[0], row[1], tuple(row[2]), tuple(platforms[place] for place in row[3]))
            for row in data["techniques"]
        },
        revoked=data["revoked"],
        deprecated=data["deprecated"],
    )


@cache
def shipped_attack(version: str) -> Attack:
    """The facts of a shipped version (one of `SHIPPED`)."""
    return read_facts((DATA / f"enterprise-{version}.json").read_text(encoding="utf-8"))


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
