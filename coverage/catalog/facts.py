"""The facts file of one ATT&CK version: tactics, techniques, and what replaced the revoked ones."""

from __future__ import annotations

import json
from collections.abc import Mapping

from coverage.catalog.factfile import compact, damage_told, rows, text, texts, write_document
from coverage.catalog.model import Attack, Tactic, Technique


def write_facts(attack: Attack) -> str:
    """The facts as a file's text."""
    platforms = sorted({name for technique in attack.techniques.values() for name in technique.platforms})
    return write_document(
        attack.version,
        {
            "tactics": compact([[t.id, t.shortname, t.name] for t in attack.tactics]),
            "platforms": compact(platforms),
            "revoked": compact(dict(attack.revoked)),
            "revoked_since": compact(_by_version(attack.revoked_since)),
            "deprecated": compact(dict(attack.deprecated)),
            "techniques": rows(
                [t.id, t.name, list(t.tactics), [platforms.index(name) for name in t.platforms]]
                for t in attack.techniques.values()
            ),
        },
    )


def read_facts(content: str) -> Attack:
    """The facts that `write_facts` wrote. Raises CatalogError for any other text."""
    with damage_told():
        data = json.loads(content)
        platforms = texts(data["platforms"])
        return Attack(
            version=text(data["attack_version"]),
            tactics=tuple(Tactic(*texts(row)) for row in data["tactics"]),
            techniques={
                text(row[0]): Technique(
                    row[0], text(row[1]), texts(row[2]), tuple(platforms[place] for place in row[3])
                )
                for row in data["techniques"]
            },
            revoked={text(old): text(new) for old, new in data["revoked"].items()},
            deprecated={text(old): text(name) for old, name in data["deprecated"].items()},
            # Files that were stored before there was this part are without it.
            revoked_since={
                old: text(version) for version, ids in data.get("revoked_since", {}).items() for old in texts(ids)
            },
        )


def _by_version(revoked_since: Mapping[str, str]) -> dict[str, list[str]]:
    """The ids of each version, both in the order of the ids."""
    found: dict[str, list[str]] = {}
    for old, version in sorted(revoked_since.items()):
        found.setdefault(version, []).append(old)
    return found
