"""`attack update`, as a command and from real servers."""

import gzip
import json
import os
import subprocess
import sys

import pytest

from coverage.catalog import SHIPPED, available_versions, load_catalog, load_context
from coverage.catalog.files import SHIPPED_FOLDER, context_path, facts_path, stored_folder
from coverage.cli import main
from coverage.cli.attack import OFFICIAL
from tests.catalog.bundles import (
    bundle,
    collection,
    matrix,
    relation,
    revoked_by,
    small_bundle,
    tactic,
    technique,
    thing,
)
from tests.detection_api import DetectionApi, body, redirect, status
from tests.shared import ROOT, shared

GROUP = thing("intrusion-set", "G0001", "A group")
MORE = (collection("20.0"), GROUP, relation(GROUP, "uses", {"id": "attack-pattern--T1002"}))
DOCUMENT = small_bundle(*MORE)
BUNDLE = json.dumps(DOCUMENT).encode()
COUNTS = "2 tactics, 2 techniques, 1 sub-techniques, 1 groups, 0 software, 0 campaigns, 0 mitigations, 0 log sources"


@pytest.fixture
def server():
    with DetectionApi() as api:
        api.fail(body(BUNDLE))
        yield api


def update(*arguments):
    return main(["attack", "update", *map(str, arguments)])


def command(*arguments, **environment):
    """The command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "coverage", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("content", [BUNDLE, gzip.compress(BUNDLE)], ids=["plain", "gzip"])
def test_a_file_is_stored_and_one_line_says_what_and_where(tmp_path, content):
    (tmp_path / "bundle").write_bytes(content)
    done = command("attack", "update", "--from", tmp_path / "bundle")
    path = facts_path(stored_folder(), "20.0")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"Stored ATT&CK 20.0 ({COUNTS}) in {path}\n"
    assert available_versions() == ("20.0", *SHIPPED)
    assert load_context("20.0").of("T1002").groups


@pytest.mark.parametrize("version", SHIPPED)
def test_the_official_bundle_is_stored_as_what_is_shipped(version):
    assert update("--from", shared(f"attack/enterprise-attack-{version}.json.gz")) == 0
    for path in (facts_path, context_path):
        assert path(stored_folder(), version).read_bytes() == path(SHIPPED_FOLDER, version).read_bytes()


@pytest.mark.parametrize(
    "answer",
    [
        body(BUNDLE),
        body(gzip.compress(BUNDLE)),
        body(gzip.compress(BUNDLE), {"Content-Encoding": "gzip"}),
        body(BUNDLE, {"Content-Type": "text/plain; charset=utf-8"}),
    ],
    ids=["plain", "gzip", "gzip on the way", "as GitHub sends it"],
)
def test_a_url_is_stored(server, capsys, answer):
    server.fail(answer)
    assert update("--from", f"{server.url}/enterprise-attack/enterprise-attack.json") == 0
    assert capsys.readouterr().out.startswith(f"Stored ATT&CK 20.0 ({COUNTS}) in ")
    assert available_versions()[0] == "20.0"


def test_by_default_mitre_s_own_address_is_asked():
    dead_end = "http://127.0.0.1:9"
    done = command("attack", "update", HTTPS_PROXY=dead_end, https_proxy=dead_end, NO_PROXY="", no_proxy="")
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {OFFICIAL} cannot be fetched: the proxy")
    assert OFFICIAL.startswith("https://raw.githubusercontent.com/mitre-attack/attack-stix-data/")


def test_an_update_of_the_same_version_replaces_it_also_for_whoever_has_it_loaded(tmp_path):
    (tmp_path / "bundle.json").write_bytes(BUNDLE)
    assert update("--from", tmp_path / "bundle.json") == 0
    assert "T1009" not in load_catalog("enterprise").attack.techniques
    (tmp_path / "bundle.json").write_text(json.dumps(small_bundle(*MORE, technique("T1009", "New", "impact"))))
    assert update("--from", tmp_path / "bundle.json") == 0
    assert "T1009" in load_catalog("enterprise").attack.techniques
    assert len(list(stored_folder().iterdir())) == 2


@pytest.mark.parametrize(
    ("name", "arguments", "version"),
    [
        ("enterprise-attack-17.1.json", [], "17.1"),
        ("bundle.json", ["--as", "17.1"], "17.1"),
        ("enterprise-attack-17.1.json", ["--as", "17.1-own"], "17.1-own"),
    ],
)
def test_the_version_of_a_bundle_that_does_not_say_it(tmp_path, name, arguments, version):
    (tmp_path / name).write_text(json.dumps(small_bundle()))
    assert update("--from", tmp_path / name, *arguments) == 0
    assert available_versions() == (*SHIPPED, version)


def test_the_version_in_a_url(server):
    server.fail(body(json.dumps(small_bundle()).encode()))
    assert update("--from", f"{server.url}/enterprise-attack-17.1.json?token=1") == 0
    assert available_versions() == (*SHIPPED, "17.1")


@pytest.mark.parametrize(
    ("more", "note"),
    [
        ([revoked_by("T1003", "T8888")], "objects that the bundle does not hold are left out (1)"),
        ([technique("T2001", "Old", revoked=True), revoked_by("T2001", "T2001")], "lead in a circle"),
        ([None], "no STIX objects are left out (1)"),
    ],
)
def test_what_is_damaged_in_a_bundle_is_said_and_the_rest_is_stored(tmp_path, capsys, more, note):
    (tmp_path / "bundle.json").write_text(json.dumps(small_bundle(*MORE, *more)))
    assert update("--from", tmp_path / "bundle.json") == 0
    said = capsys.readouterr()
    assert said.out.count("\n") == 1
    assert said.err.startswith("note: ")
    assert note in said.err
    assert available_versions()[0] == "20.0"


def of_domain(domain):
    return bundle(
        collection("20.0"),
        matrix("impact", domain=domain),
        tactic("TA0040", "impact", "Impact"),
        technique("T1001", "First", "impact", kill_chain=domain.replace("-attack", "").join(("mitre-", "-attack"))),
    )


BAD = {
    "empty": (b"", "is empty"),
    "truncated": (BUNDLE[:-100], "is no JSON"),
    "truncated gzip": (gzip.compress(BUNDLE)[:-100], "damaged or cut off"),
    "no JSON": (b"techniques: none", "is no JSON"),
    "no STIX": (b'{"rules": []}', "not a STIX bundle"),
    "a list": (json.dumps([DOCUMENT]).encode(), "not a STIX bundle"),
    "no techniques": (json.dumps(bundle(collection("20.0"))).encode(), "no techniques of Enterprise"),
    "mobile": (json.dumps(of_domain("mobile-attack")).encode(), "of the domain 'mobile-attack'"),
    "ics": (json.dumps(of_domain("ics-attack")).encode(), "of the domain 'ics-attack'"),
    "a web page": (b"<!doctype html><title>Sign in</title>", "is a web page"),
    "no version": (json.dumps(small_bundle()).encode(), "does not say its ATT&CK version; call its file"),
    "a bad version": (json.dumps(small_bundle(collection("../../x"))).encode(), "is not an ATT&CK version"),
}


def refused(capsys, *arguments):
    """The one line with which an update is refused; what was at hand stays at hand."""
    before = {path: path.read_bytes() for path in stored_folder().iterdir()}
    assert update(*arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert said.err.endswith(".\n")
    assert said.err.count("\n") == 1
    assert {path: path.read_bytes() for path in stored_folder().iterdir()} == before
    return said.err


@pytest.fixture
def at_hand(tmp_path, capsys):
    """A version that is stored already."""
    (tmp_path / "before.json").write_bytes(BUNDLE)
    assert update("--from", tmp_path / "before.json") == 0
    capsys.readouterr()


@pytest.mark.usefixtures("at_hand")
@pytest.mark.parametrize(("content", "why"), BAD.values(), ids=BAD)
def test_a_bad_file_is_one_line_and_what_was_there_stays(tmp_path, capsys, content, why):
    (tmp_path / "bad.json").write_bytes(content)
    error = refused(capsys, "--from", tmp_path / "bad.json")
    assert str(tmp_path / "bad.json") in error
    assert why in error


@pytest.mark.usefixtures("at_hand")
@pytest.mark.parametrize(("content", "why"), BAD.values(), ids=BAD)
def test_a_bad_answer_is_one_line_and_what_was_there_stays(server, capsys, content, why):
    server.fail(body(content))
    error = refused(capsys, "--from", f"{server.url}/bad.json")
    assert f"{server.url}/bad.json" in error
    assert why in error


@pytest.mark.usefixtures("at_hand")
@pytest.mark.parametrize(
    ("failure", "why"),
    [
        (status(404), "answers with status 404"),
        (status(500), "answers with status 500"),
        (redirect("file:///etc/passwd"), "redirects to what is no http"),
        (body(b"", {"Content-Length": "200000000"}), "larger than 150 MB"),
    ],
)
def test_a_failing_server_is_one_line_and_what_was_there_stays(server, capsys, failure, why):
    server.fail(failure)
    error = refused(capsys, "--from", f"{server.url}/bad.json")
    assert f"{server.url}/bad.json" in error
    assert why in error


@pytest.mark.usefixtures("at_hand")
def test_a_server_that_is_not_there_is_one_line(server, capsys):
    server.stop()
    assert "the connection is refused" in refused(capsys, "--from", f"{server.url}/bad.json")


@pytest.mark.usefixtures("at_hand")
@pytest.mark.parametrize("place", ["missing.json", ".", "file:///etc/passwd", "ftp://example.org/a", "http://", ""])
def test_a_place_that_is_none_is_one_line(capsys, place):
    refused(capsys, "--from", place)


@pytest.mark.usefixtures("at_hand")
def test_a_version_that_is_none_is_one_line(tmp_path, capsys):
    assert "'../../x' is not an ATT&CK version" in refused(
        capsys, "--from", tmp_path / "before.json", "--as", "../../x"
    )


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path, data_home):
    data_home.write_text("no folder")
    (tmp_path / "bundle.json").write_bytes(BUNDLE)
    done = command("attack", "update", "--from", tmp_path / "bundle.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ATT&CK 20.0 cannot be stored in ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [["attack"], ["attack", "updates"], ["attack", "update", "--form", "x"]])
def test_wrong_usage_is_one_line(capsys, arguments):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
