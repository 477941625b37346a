"""Several SOURCEs beside each other, each with a label that tells it from the others: `Customer A = /srv/a`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from coverage.errors import CoverageError
from coverage.sources import shown_source
from coverage.sources.text import printable

_LONGEST = 60  # characters of a label


@dataclass(frozen=True, slots=True)
class NamedSource:
    """A SOURCE and its label, which is fit to be shown; the address may hold a password."""

    label: str
    address: str = field(repr=False)
    is_labelled: bool = False


def named_sources(texts: Iterable[str]) -> tuple[NamedSource, ...]:
    """The sources that texts name, each a SOURCE or `label = SOURCE`, in their order.

    Those without a label get the end of their address, as much of it as tells them apart. Raises CoverageError where
    two have one label.
    """
    parts = [_split(text.strip()) for text in texts]
    stated = [label for label, _ in parts if label]
    twice = next((label for label, number in Counter(map(str.casefold, stated)).items() if number > 1), None)
    if twice is not None:
        shown = next(label for label in stated if label.casefold() == twice)
        raise CoverageError(f"Two sources are labelled {shown!r}; each needs a label of its own.")
    derived = iter(_derived([address for label, address in parts if not label], {label.casefold() for label in stated}))
    return tuple(NamedSource(label or next(derived), address, bool(label)) for label, address in parts)


def _split(text: str) -> tuple[str, str]:
    """The label, "" if there is none, and the address.

    A label ends at the first " = ", with spaces, which no URL has in it. What is before it in a path has a slash; for a
    relative path `./a = b` has one, too. Before a URL it is a label all the same.
    """
    label, equals, address = text.partition(" = ")
    is_path = any(sign in label for sign in ("/", "\\")) and ("://" in label or "://" not in address)
    if not equals or not label.strip() or not address.strip() or is_path:
        return "", text
    return printable(label.strip())[:_LONGEST], address.strip()


def _derived(addresses: list[str], taken: set[str]) -> list[str]:
    """The last part of each address, and parts before it until no two are alike; then a number."""
    parts = [_parts(address) for address in addresses]
    lengths = [1] * len(parts)
    while True:
        labels = ["/".join(words[-length:]) for words, length in zip(parts, lengths, strict=True)]
        counts = Counter(map(str.casefold, labels))
        longer = [
            place
            for place, label in enumerate(labels)
            if (counts[label.casefold()] > 1 or label.casefold() in taken) and lengths[place] < len(parts[place])
        ]
        if not longer:
            break
        for place in longer:
            lengths[place] += 1
    found: list[str] = []
    for label in labels:
        short, number = label if len(label) <= _LONGEST else f"…{label[1 - _LONGEST :]}", 1
        unique = short
        while unique.casefold() in taken:
            number += 1
            unique = f"{short} ({number})"
        taken.add(unique.casefold())
        found.append(unique)
    return found


def _parts(address: str) -> list[str]:
    shown = printable(shown_source(address))
    scheme, _, place = shown.rpartition("://")
    if place == "…":  # what it is remains unsaid, because a password may be in it
        return [scheme]
    return [part for part in place.replace("\\", "/").split("/") if part] or [shown or "."]
