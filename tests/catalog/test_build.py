"""The builder of the shipped data files."""

import gzip
import json

import pytest

from coverage.catalog import build
from coverage.catalog.facts import DATA, SHIPPED, read_facts, write_facts
from coverage.catalog.stix import attack_from_bundle
from coverage.errors import CatalogError
from tests.catalog.bundles import collection, small_bundle
from tests.shared import shared

WHOLE = json.dumps(small_bundle(collection("9.9"))).encode()


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A folder that takes the place of the shipped data."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setattr(build, "DATA", folder)
    return folder


@pytest.mark.parametrize("version", SHIPPED)
def test_the_shipped_data_is_what_the_builder_makes_of_the_official_bundle(version):
    bundle = build.read_bundle(shared(f"attack/enterprise-attack-{version}.json.gz"))
    made = write_facts(attack_from_bundle(bundle, version=version))
    assert made == (DATA / f"enterprise-{version}.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("content", [WHOLE, gzip.compress(WHOLE)], ids=["plain", "gzipped"])
def test_a_bundle_is_read_gzipped_or_not(tmp_path, content):
    (tmp_path / "bundle").write_bytes(content)
    assert build.read_bundle(tmp_path / "bundle") == json.loads(WHOLE)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no JSON",
        b"\xff\xfe\x00",
        WHOLE[: len(WHOLE) // 2],
        gzip.compress(WHOLE)[:-20],
        gzip.compress(WHOLE)[:5],
        gzip.compress(WHOLE)[:30] + b"\xff" * 30 + gzip.compress(WHOLE)[60:],
        gzip.compress(b"no JSON"),
        b"[" * 100_000,
        b'{"a": ' + b"1" * 10_000 + b"}",
    ],
    ids=[
        "empty",
        "no JSON",
        "no text",
        "truncated",
        "truncated gzip",
        "header only",
        "damaged gzip",
        "gzip of no JSON",
        "deep",
        "endless number",
    ],
)
def test_a_file_that_is_no_json_is_refused_by_name(tmp_path, content):
    (tmp_path / "bundle.json").write_bytes(content)
    with pytest.raises(CatalogError, match=r"bundle\.json is not a readable JSON bundle: .*\.$"):
        build.read_bundle(tmp_path / "bundle.json")


def test_a_missing_file_and_a_folder_are_refused_by_name(tmp_path):
    for path in (tmp_path / "missing.json", tmp_path):
        with pytest.raises(CatalogError, match=path.name):
            build.read_bundle(path)


def test_the_builder_writes_the_facts_under_the_version_s_name(tmp_path, data, capsys):
    (tmp_path / "bundle.json").write_bytes(WHOLE)
    assert build.main([str(tmp_path / "bundle.json")]) == 0
    text = (data / "enterprise-9.9.json").read_text(encoding="utf-8")
    assert read_facts(text) == attack_from_bundle(json.loads(WHOLE))
    assert "enterprise-9.9.json" in capsys.readouterr().err


def test_the_version_can_be_named(tmp_path, data):
    (tmp_path / "bundle.json").write_text(json.dumps(small_bundle()))
    assert build.main([str(tmp_path / "bundle.json"), "--attack-version", "8.8"]) == 0
    assert [path.name for path in data.iterdir()] == ["enterprise-8.8.json"]


@pytest.mark.parametrize(
    "arguments", [["missing.json"], ["bundle.json"], ["bundle.json", "--attack-version", "../../evil"]]
)
def test_what_cannot_be_built_is_one_line_and_writes_nothing(tmp_path, data, capsys, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bundle.json").write_text(json.dumps(small_bundle()))
    assert build.main(arguments) == 2
    error = capsys.readouterr().err
    assert error.endswith(".\n")
    assert error.count("\n") == 1
    assert list(data.iterdir()) == []
    assert not list(tmp_path.glob("**/*evil*"))
