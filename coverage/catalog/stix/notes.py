"""What is wrong with a bundle that can be read all the same."""

from __future__ import annotations

from coverage.catalog.model import Attack
from coverage.catalog.stix.objects import Bundle


def notes_on_bundle(document: object, attack: Attack) -> tuple[str, ...]:
    """One sentence each on what of the bundle was left out because it is damaged; `attack` was read from it."""
    bundle = Bundle(document)
    loose = sum(
        bundle.get(item.get("source_ref")) is None or bundle.get(item.get("target_ref")) is None
        for item in bundle.of_type("relationship")
    )
    circular = [technique for technique in attack.revoked if attack.replacement(technique) is None]
    notes: list[str] = []
    if bundle.unreadable:
        notes.append(f"Entries of the bundle that are no STIX objects are left out ({bundle.unreadable:,}).")
    if loose:
        notes.append(f"Relationships with objects that the bundle does not hold are left out ({loose:,}).")
    if circular:
        shown = ", ".join(circular[:5]) + (", …" if len(circular) > 5 else "")
        notes.append(f"The replacements of revoked ids lead in a circle and count nowhere: {shown}.")
    return tuple(notes)
