"""The objects of a bundle, and their fields with whatever a damaged file may hold in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from coverage.errors import CatalogError
from coverage.ids import technique_id

Item = Mapping[str, Any]
"""One STIX object."""

_ATTACK = "mitre-attack"


class Bundle:
    """The objects of one bundle; what is no object, or has no id, is only counted (`unreadable`)."""

    def __init__(self, document: object) -> None:
        """Raises CatalogError for a document that is no bundle."""
        fields = document if isinstance(document, dict) else {}
        objects = fields.get("objects") if fields.get("type") == "bundle" else None
        if not isinstance(objects, list):
            raise CatalogError("The file is not a STIX bundle: it has no list of objects.")
        self.objects: tuple[Item, ...] = tuple(
            item for item in objects if isinstance(item, dict) and isinstance(item.get("id"), str)
        )
        self.unreadable = len(objects) - len(self.objects)
        self.by_id: Mapping[str, Item] = {item["id"]: item for item in self.objects}

    def of_type(self, kind: str) -> Iterator[Item]:
        """The objects of a type, withdrawn ones among them."""
        return (item for item in self.objects if item.get("type") == kind)

    def get(self, reference: object) -> Item | None:
        """The object that a reference names, None if the bundle does not hold it."""
        return self.by_id.get(text(reference))

    def relations(self, kind: str) -> Iterator[tuple[Item, Item, Item]]:
        """Each relationship of a type, its source and its target; without those withdrawn or that lack an end."""
        for item in self.of_type("relationship"):
            if item.get("relationship_type") != kind or is_withdrawn(item):
                continue
            source, target = self.get(item.get("source_ref")), self.get(item.get("target_ref"))
            if source is not None and target is not None:
                yield item, source, target


def is_withdrawn(item: Item) -> bool:
    """Whether MITRE revoked or deprecated the object."""
    return bool(item.get("revoked") or item.get("x_mitre_deprecated"))


def attack_id(item: Item) -> str:
    """The object's ATT&CK id, e.g. `G0016`; empty where it has none."""
    for reference in listed(item.get("external_references")):
        if isinstance(reference, Mapping) and reference.get("source_name") == _ATTACK:
            return text(reference.get("external_id"))
    return ""


def technique_of(item: Item) -> str | None:
    """The id of a technique in the product's form, None for any other object."""
    return technique_id(attack_id(item)) if item.get("type") == "attack-pattern" else None


def text(value: object) -> str:
    """A field's text; empty where it is missing or of another type."""
    # JSON can escape half a surrogate pair, which no file and no page can hold.
    return value.encode(errors="replace").decode() if isinstance(value, str) else ""


def day(value: object) -> date | None:
    """The day of a timestamp; None where it is missing or broken."""
    try:
        return date.fromisoformat(text(value)[:10])
    except ValueError:
        return None


def listed(value: object) -> list[Any]:
    """A field's list; empty where it is missing or of another type."""
    return value if isinstance(value, list) else []
