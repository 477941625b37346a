"""How rules write ATT&CK ids and tactics, and the one form that the product uses."""

from __future__ import annotations

import re
from functools import lru_cache

# The forms of the field: T1059.001, t1059/001, attack.t1059.001, and the address of a page of attack.mitre.org.
_TECHNIQUE = re.compile(
    r"(?:attack\.|https?://attack\.mitre\.org/techniques/)?t(\d{4})(?:[./](\d{3}))?/?", re.IGNORECASE | re.ASCII
)
_TACTIC_ID = re.compile(r"(?:attack\.|https?://attack\.mitre\.org/tactics/)?ta(\d{4})/?", re.IGNORECASE | re.ASCII)
# Software, groups, campaigns, mitigations, data sources, data components, detection strategies, analytics: ATT&CK
# ids, but of no technique. `cve.2021.44228` and the like are Sigma tags of another name space.
_OTHER_ID = re.compile(r"(?:attack\.)?(?:s|g|c|m|ds|dc|det|an)\d{4}|cve[.\-].*", re.IGNORECASE | re.ASCII)
# The words of a name without spaces, as Microsoft writes it; nobody writes "dEFENSE eVASION".
_INNER_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
# A set of rules repeats the same few texts, so what they mean is remembered; longer ones are not of ATT&CK.
_REMEMBERED = 10_000
_LONGEST = 80


def technique_id(text: str) -> str | None:
    """The canonical id (`T1059.001`) of a technique as a rule writes it, or None if it is no technique id."""
    text = text.strip()
    return _technique_id(text) if len(text) <= _LONGEST else None


@lru_cache(_REMEMBERED)
def _technique_id(text: str) -> str | None:
    match = _TECHNIQUE.fullmatch(text)
    if match is None:
        return None
    technique, sub_technique = match.groups()
    return f"T{technique}.{sub_technique}" if sub_technique else f"T{technique}"


def is_other_id(text: str) -> bool:
    """Whether a tag names something that is no technique and no mistake (software, group, CVE, …)."""
    return _OTHER_ID.fullmatch(text.strip()) is not None


def parent_id(technique: str) -> str | None:
    """The parent of a canonical sub-technique id, None for a technique."""
    parent, dot, _ = technique.partition(".")
    return parent if dot else None


def tactic_key(text: str) -> str:
    """A tactic as a rule writes it, in the form in which tactics are compared.

    `Command & Control`, `command_and_control`, `attack.command-and-control`, `CommandAndControl` are one key; a tactic
    id (`ta0011`, or its address) becomes `ta0011`.
    """
    return _tactic_key(text) if len(text) <= _LONGEST else _tactic_key.__wrapped__(text)


@lru_cache(_REMEMBERED)
def _tactic_key(text: str) -> str:
    match = _TACTIC_ID.fullmatch(text.strip())
    if match is not None:
        return f"ta{match.group(1)}"
    key = _INNER_CAPITAL.sub(" ", text).casefold().strip().removeprefix("attack.").replace("&", " and ")
    return " ".join(re.split(r"[\s_\-]+", key.strip()))
