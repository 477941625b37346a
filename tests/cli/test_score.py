"""`score --attack`: an ATT&CK version at hand, or a bundle for one run."""

import json

import pytest

from coverage.catalog import available_versions
from coverage.catalog.files import facts_path, stored_folder
from coverage.cli import main
from tests.catalog.bundles import collection, small_bundle
from tests.detection_api import DetectionApi, body

RULE = {
    "id": "r1",
    "name": "A rule",
    "severity": "high",
    "enabled": True,
    "mitre_tactic": "Execution",
    "mitre_technique_id": "T1003",
}
BUNDLE = json.dumps(small_bundle(collection("20.0"))).encode()


@pytest.fixture
def rules(tmp_path):
    path = tmp_path / "rules.json"
    path.write_text(json.dumps([RULE]))
    return path


@pytest.fixture
def bundle(tmp_path):
    path = tmp_path / "bundle.json"
    path.write_bytes(BUNDLE)
    return path


def score(capsys, rules, *arguments, catalog="enterprise"):
    """The document of the rules, and what was said beside it."""
    assert main(["score", str(rules), "--catalog", catalog, *map(str, arguments)]) == 0
    said = capsys.readouterr()
    return json.loads(said.out), said.err


def refusal(capsys, rules, attack):
    assert main(["score", str(rules), "--attack", str(attack)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert said.err.endswith(".\n")
    assert said.err.count("\n") == 1
    return said.err


@pytest.mark.parametrize(("arguments", "version"), [([], "19.1"), (["--attack", "18.1"], "18.1")])
def test_a_version_at_hand_is_used_by_default_the_newest(capsys, rules, arguments, version):
    document, _ = score(capsys, rules, *arguments)
    assert document["catalog"] == {"name": "enterprise", "attack_version": version}


def test_a_stored_version_is_used_and_is_the_default_where_it_is_the_newest(capsys, rules, bundle):
    assert main(["attack", "update", "--from", str(bundle)]) == 0
    capsys.readouterr()
    for arguments in ([], ["--attack", "20.0"]):
        document, _ = score(capsys, rules, *arguments)
        assert document["catalog"]["attack_version"] == "20.0"
        assert [tactic["tactic_id"] for tactic in document["tactics"]] == ["TA0040", "TA0002"]


@pytest.mark.parametrize("catalog", ["enterprise", "threatops"])
def test_a_bundle_s_file_is_used_for_this_run_and_not_stored(capsys, rules, bundle, catalog):
    document, said = score(capsys, rules, "--attack", bundle, catalog=catalog)
    assert document["catalog"] == {"name": catalog, "attack_version": "20.0"}
    # T1003 is revoked there, and not in the shipped versions.
    assert [issue["kind"] for issue in document["issues"]] == ["revoked_id"]
    assert said == "note: 1 issues; the document lists them\n"
    assert available_versions() == ("19.1", "18.1")
    assert not stored_folder().exists()


def test_a_bundle_s_url_is_used_for_this_run_and_not_stored(capsys, rules):
    with DetectionApi() as server:
        server.fail(body(BUNDLE))
        document, _ = score(capsys, rules, "--attack", f"{server.url}/bundle.json")
    assert document["catalog"]["attack_version"] == "20.0"
    assert not stored_folder().exists()


def test_a_bundle_s_file_may_begin_with_a_digit(capsys, rules, bundle, monkeypatch):
    path = bundle.rename(bundle.with_name("2026.json"))
    monkeypatch.chdir(path.parent)
    document, _ = score(capsys, rules, "--attack", path.name)
    assert document["catalog"]["attack_version"] == "20.0"


def test_a_version_at_hand_goes_before_a_file_of_that_name(capsys, rules, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "18.1").write_bytes(BUNDLE)
    document, _ = score(capsys, rules, "--attack", "18.1")
    assert document["catalog"]["attack_version"] == "18.1"
    document, _ = score(capsys, rules, "--attack", "./18.1")
    assert document["catalog"]["attack_version"] == "20.0"


@pytest.mark.parametrize(
    ("attack", "why"),
    [
        ("7", "no ATT&CK version '7' here; choose one of 19.1, 18.1"),
        ("bundle.json", "bundle.json does not exist"),
        ("latest", "latest does not exist"),
        ("file:///etc/passwd", "no URL that starts with http"),
        ("http://127.0.0.1:9/bundle.json", "http://127.0.0.1:9/bundle.json cannot be fetched"),
    ],
)
def test_what_is_neither_version_nor_bundle_is_one_line(capsys, rules, attack, why):
    assert why in refusal(capsys, rules, attack)


def test_a_file_that_is_no_bundle_is_one_line(capsys, rules):
    assert f"{rules}: The file is not a STIX bundle" in refusal(capsys, rules, rules)


def test_a_stored_version_that_is_damaged_is_said_and_the_newest_good_one_is_used(capsys, rules, bundle):
    assert main(["attack", "update", "--from", str(bundle)]) == 0
    facts_path(stored_folder(), "20.0").write_text("damaged")
    capsys.readouterr()
    document, said = score(capsys, rules)
    assert document["catalog"]["attack_version"] == "19.1"
    assert said.startswith(f"note: {facts_path(stored_folder(), '20.0')} holds no readable facts of ATT&CK 20.0")


def test_naming_a_stored_version_that_is_damaged_is_an_error(capsys, rules, bundle):
    assert main(["attack", "update", "--from", str(bundle)]) == 0
    facts_path(stored_folder(), "20.0").write_text("damaged")
    capsys.readouterr()
    assert "holds no readable facts of ATT&CK 20.0" in refusal(capsys, rules, "20.0")
