"""Material beside the repository that is too large, or not free enough, to be part of it."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
"""The root of the repository."""

_SHARED = ROOT.parent / "shared"


def shared(name: str) -> Path:
    """A file in `../shared`; the test that asks for it is skipped on a machine that has only a clone."""
    path = _SHARED / name
    if not path.exists():
        pytest.skip(f"../shared/{name} is not on this machine; it is not part of the repository")
    return path
