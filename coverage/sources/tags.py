"""Texts that name a tactic and a technique, or an id among words: `TA0005:T1562.001`, `T1078-valid-accounts`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from coverage.ids import technique_id

# Not a part of a longer word or number: T1562.01 is a mistake, and says nothing about T1562.
_ID = re.compile(
    r"(?<![a-z0-9])(?:(?:(?P<tactic>ta\d{4})|(?P<technique>t\d{4}(?:[./]\d{3})?))(?![a-z0-9]|[./]\d)|ta?\d[a-z0-9./]*)",
    re.IGNORECASE | re.ASCII,
)
_PREFIXES = ("attack.", "mitre_", "tactic:")  # of Sigma, of Falco, of Elastic and Datadog


def ids_in(texts: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ids of tactics and of techniques in texts, in their order and each once.

    A mistyped id, and a text without any, is taken for a technique as it is written, so that the mapping can say what
    is wrong with it.
    """
    tactics: dict[str, None] = {}
    techniques: dict[str, None] = {}
    for text in texts:
        found = list(_ID.finditer(text))
        for match in found:
            if match["tactic"]:
                tactics[match["tactic"].upper()] = None
            else:
                techniques[technique_id(match[0]) or match[0].rstrip("./")] = None
        if not found:
            techniques[text.strip()] = None
    return tuple(tactics), tuple(techniques)


def other_tags(texts: Iterable[str]) -> tuple[str, ...]:
    """The tags that say nothing of ATT&CK, in their order and each once."""
    found = (text.strip() for text in texts)
    return tuple(dict.fromkeys(text for text in found if text and not _is_attack(text)))


def _is_attack(tag: str) -> bool:
    named = any(match["tactic"] or match["technique"] for match in _ID.finditer(tag))
    return named or tag.lower().startswith(_PREFIXES)


def technique_ids(texts: Iterable[str]) -> tuple[str, ...]:
    """The ids of techniques in texts that may also give their names, which count only where there is no id.

    What has a digit but is no id was meant as one, so it is kept as it is written.
    """
    _, named = ids_in(texts)
    if any(technique_id(text) for text in named):
        return tuple(text for text in named if any(map(str.isdigit, text)))
    return named
