"""Settings of the whole test suite."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
from hypothesis import settings

from tests.postgres import PostgresServer, programs

# A slow machine is no failure, so no example has a deadline.
settings.register_profile("project", deadline=None, print_blob=True)
settings.load_profile("project")

# No test sees the ATT&CK versions that a developer stored. Some modules load catalogs as soon as they are imported, so
# this cannot wait for a fixture.
_HOMES = TemporaryDirectory(prefix="attack-coverage-")
os.environ["XDG_DATA_HOME"] = os.environ["XDG_CACHE_HOME"] = _HOMES.name


@pytest.fixture(autouse=True)
def data_home(monkeypatch):
    """A user's data directory of the test's own; it is not there until something is stored."""
    home = Path(_HOMES.name) / uuid4().hex
    monkeypatch.setenv("XDG_DATA_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def cache_home(monkeypatch):
    """A user's cache directory of the test's own; it is not there until something is cached."""
    home = Path(_HOMES.name) / uuid4().hex
    monkeypatch.setenv("XDG_CACHE_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL server for all tests; each makes a database of its own in it."""
    place = programs()
    if place is None:
        reason = "PostgreSQL's server programs are not on this machine"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with PostgresServer(place) as server:
        yield server
