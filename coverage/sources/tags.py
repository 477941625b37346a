"""Texts that name a tactic and a technique, or an id among words: `TA0005:T1562.001`, `T1078-valid-accounts`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from coverage.ids import technique_id

# Not a part of a longer word or number: T1562.01 is a mistake, and says nothing about T1562.
_ID = re.compile(
    r"(?<![a-z0-9])(?:(?:(?P<tactic>ta\d{4})|(?P<technique>t\d{4}(?:[./]\d{3})?))(?![a-z0-9]|[./]\d)|ta?\d[a-z0-9./]*)",
    re.IGNORECASE | re.ASCII,
)
_PREFIXES = ("attack.", "mitre_", "tactic:")  # of Sigma, of Falco, of Elastic and Datadog
# A table repeats the same few texts, so what is in them is remembered; long ones are words, and no two are the same.
_REMEMBERED = 10_000
_LONGEST = 80


def ids_in(texts: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ids of tactics and of techniques in texts, in their order and each once.

    A mistyped id, and a text without any, is taken for a technique as it is written, so that the mapping can say what
    is wrong with it.
    """
    found = [_ids_in(text) if len(text) <= _LONGEST else _ids_in.__wrapped__(text) for text in texts]
    tactics = dict.fromkeys(tactic for named, _ in found for tactic in named)
    techniques = dict.fromkeys(technique for _, named in found for technique in named)
    return tuple(tactics), tuple(techniques)


@lru_cache(_REMEMBERED)
def _ids_in(text: str) -> tuple[list[str], list[str]]:
    tactics: list[str] = []
    techniques: list[str] = []
    found = list(_ID.finditer(text))
    for match in found:
        if match["tactic"]:
            tactics.append(match["tactic"].upper())
        else:
            techniques.append(technique_id(match[0]) or match[0].rstrip("./"))
    return tactics, techniques if found else [text.strip()]


def other_tags(texts: Iterable[str]) -> tuple[str, ...]:
    """The tags that say nothing of ATT&CK, in their order and each once."""
    found = (text.strip() for text in texts)
    return tuple(dict.fromkeys(text for text in found if text and not _is_attack(text)))


def _is_attack(tag: str) -> bool:
    named = any(match["tactic"] or match["technique"] for match in _ID.finditer(tag))
    return named or tag.lower().startswith(_PREFIXES)


def tags_in(texts: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """As `ids_in`, of texts that may also give the names of techniques, which count only where there is no id.

    What has a digit but is no id was meant as one, so it is kept as it is written.
    """
    tactics, named = ids_in(texts)
    if any(technique_id(text) for text in named):
        return tactics, tuple(text for text in named if any(map(str.isdigit, text)))
    return tactics, named
