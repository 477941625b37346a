"""The builder of the shipped facts files."""

import json

import pytest

from coverage.catalog import SHIPPED, build
from coverage.catalog.facts import read_facts
from coverage.catalog.files import SHIPPED_FOLDER, context_path, facts_path
from coverage.catalog.stix import attack_from_bundle
from tests.catalog.bundles import collection, small_bundle
from tests.shared import shared

WHOLE = small_bundle(collection("9.9"))


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A folder that takes the place of the shipped data."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setattr(build, "SHIPPED_FOLDER", folder)
    return folder


@pytest.mark.parametrize("version", SHIPPED)
def test_the_shipped_data_is_what_the_builder_makes_of_the_official_bundle(data, version):
    assert build.main([str(shared(f"attack/enterprise-attack-{version}.json.gz"))]) == 0
    for path in (facts_path, context_path):
        assert path(data, version).read_bytes() == path(SHIPPED_FOLDER, version).read_bytes()
    assert len(list(data.iterdir())) == 2


def test_the_builder_writes_the_facts_under_the_version_s_name(tmp_path, data, capsys):
    (tmp_path / "bundle.json").write_text(json.dumps(WHOLE))
    assert build.main([str(tmp_path / "bundle.json")]) == 0
    text = (data / "enterprise-9.9.json").read_text(encoding="utf-8")
    assert read_facts(text) == attack_from_bundle(WHOLE)
    assert "enterprise-9.9.json" in capsys.readouterr().err


def test_the_version_can_be_named(tmp_path, data):
    (tmp_path / "bundle.json").write_text(json.dumps(small_bundle()))
    assert build.main([str(tmp_path / "bundle.json"), "--as", "8.8"]) == 0
    assert sorted(path.name for path in data.iterdir()) == ["context-8.8.json", "enterprise-8.8.json"]


@pytest.mark.parametrize("arguments", [["missing.json"], ["bundle.json"], ["bundle.json", "--as", "../../evil"]])
def test_what_cannot_be_built_is_one_line_and_writes_nothing(tmp_path, data, capsys, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bundle.json").write_text(json.dumps(small_bundle()))
    assert build.main(arguments) == 2
    error = capsys.readouterr().err
    assert error.endswith(".\n")
    assert error.count("\n") == 1
    assert list(data.iterdir()) == []
    assert not list(tmp_path.glob("**/*evil*"))
