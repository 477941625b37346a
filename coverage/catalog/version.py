"""The numbers of ATT&CK versions."""

from __future__ import annotations

import re
from collections.abc import Iterable

# The version becomes part of a file's name.
_VERSION = re.compile(r"\d[\w.\-]{0,19}", re.ASCII)
_NUMBERS = re.compile(r"\d+(?:\.\d+)*", re.ASCII)


def is_version(text: str) -> bool:
    """Whether a text can be an ATT&CK version: `19.1`, or `19.1-own` for one's own edition."""
    return _VERSION.fullmatch(text) is not None


def newest_first(versions: Iterable[str]) -> tuple[str, ...]:
    """Versions by their numbers, `10.0` before `9.1`; of one number, an own edition before MITRE's."""

    def age(version: str) -> tuple[tuple[int, ...], str]:
        numbers = _NUMBERS.match(version)
        return tuple(map(int, numbers.group().split("."))) if numbers else (), version

    return tuple(sorted(versions, key=age, reverse=True))
