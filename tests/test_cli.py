"""The command line as other programs use it: one JSON document on stdout, messages on stderr, an exit code."""

import json
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from coverage.catalog import load_catalog
from coverage.cli import main
from coverage.mapping import Match
from coverage.report import score_document
from coverage.score import Settings, score
from coverage.sources import read_source
from tests.detection_api import DetectionApi, make_rules
from tests.shared import ROOT

SECRET = "s3cret-value"


@pytest.fixture(autouse=True)
def _no_configuration(monkeypatch):
    """Nothing of the machine's own configuration."""
    for name in ("THREATOPS_API_TOKEN", "COVERAGE_SQL_TABLE", "COVERAGE_SQL_COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run(capsys):
    """Run the command line in this process: its exit code, stdout and stderr."""

    def run(*arguments):
        code = None
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stopped:
            code = stopped.code
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return run


@pytest.fixture
def document(run):
    """The document that `score` prints, which it must do without failing."""

    def document(*arguments):
        code, out, err = run("score", *arguments)
        assert code == 0, err
        return json.loads(out)

    return document


@pytest.fixture
def refused(run):
    """The one line with which a command fails."""

    def refused(*arguments):
        code, out, err = run(*arguments)
        assert (code, out) == (2, "")
        assert err.startswith("error: ")
        assert err.count("\n") == 1
        return err.removeprefix("error: ").rstrip("\n")

    return refused


@pytest.fixture
def library(tmp_path):
    """A folder of twelve rules, one a tactic, without a fault."""
    folder = tmp_path / "library"
    folder.mkdir()
    write_rules(folder / "rules.json", *make_rules(12))
    return folder


def write_rules(path, *records):
    path.write_text(json.dumps(records), encoding="utf-8")
    return path


def record(rule_id, technique, tactic="Execution", **fields):
    return {
        "id": rule_id,
        "name": f"Rule {rule_id}",
        "severity": "high",
        "mitre_tactic": tactic,
        "mitre_technique_id": technique,
        **fields,
    }


def started(*arguments, **options):
    """`python -m coverage` as a process of its own, whose stdout is buffered as it is in a shell."""
    return started_python("-m", "coverage", *arguments, **options)


def started_python(*arguments, stdout=subprocess.PIPE, **environment):
    command = [sys.executable, *map(str, arguments)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "", **environment}
    return subprocess.run(
        command, cwd=ROOT, env=environment, check=False, timeout=60, stdout=stdout, stderr=subprocess.PIPE, text=True
    )


def closed_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


# The document.


def test_score_prints_one_document_and_nothing_else(library):
    done = started("score", library)
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert document["rules"] == {"read": 12, "enabled": 11, "disabled": 1, "counted": 11}
    assert document["catalog"] == {"name": "threatops", "attack_version": "19.1"}
    assert document["settings"] == {"match": "rollup", "full": 3}
    assert document["sample_data"] is False
    at = datetime.fromisoformat(document["generated_at"])
    assert timedelta(0) <= datetime.now(UTC) - at < timedelta(minutes=5)


@pytest.mark.parametrize(
    ("options", "catalog", "settings"),
    [
        ("", ("threatops", "19.1"), Settings()),
        ("--catalog threatops --match rollup --full 3", ("threatops", "19.1"), Settings()),
        ("--catalog enterprise", ("enterprise", "19.1"), Settings()),
        ("--catalog enterprise --attack 18.1", ("enterprise", "18.1"), Settings()),
        ("--attack 18.1", ("threatops", "18.1"), Settings()),
        ("--match exact", ("threatops", "19.1"), Settings(match=Match.EXACT)),
        ("--full 1", ("threatops", "19.1"), Settings(full=1)),
        ("--full=1000", ("threatops", "19.1"), Settings(full=1000)),
    ],
)
def test_the_options_are_those_of_the_core(document, library, options, catalog, settings):
    found = document(library, *options.split())
    coverage = score(read_source(str(library)), load_catalog(*catalog), settings)
    at = datetime.fromisoformat(found["generated_at"])
    assert found == score_document(coverage, generated_at=at, sample_data=False)


def level_of(document, technique):
    return {
        cell["coverage"]
        for column in document["tactics"]
        for cell in column["techniques"]
        if cell["technique_id"] == technique
    }


def test_exact_does_not_roll_up(document, library):
    assert level_of(document(library), "T1059") == {"partial"}
    assert level_of(document(library, "--match", "exact"), "T1059") == {"none"}
    assert level_of(document(library, "--match", "exact"), "T1059.001") == {"partial"}


def test_full_is_a_threshold(document, library):
    assert document(library, "--full", "1")["overall"]["partial_techniques"] == 0
    assert document(library, "--full", "1")["overall"]["covered_techniques"] > 0
    assert document(library, "--full", "2")["overall"]["covered_techniques"] == 0


def test_attack_decides_which_ids_are_known(document, tmp_path):
    path = write_rules(tmp_path / "rules.json", record("r", "T1562.001", "Defense Evasion"))
    kinds = {
        version: [issue["kind"] for issue in document(path, "--catalog", "enterprise", "--attack", version)["issues"]]
        for version in ("18.1", "19.1")
    }
    assert kinds == {"18.1": [], "19.1": ["revoked_id"]}


def test_issues_are_in_the_document_and_announced_on_stderr(run, library):
    (library / "broken.yml").write_text("title: [", encoding="utf-8")
    code, out, err = run("score", library)
    (issue,) = json.loads(out)["issues"]
    assert (issue["kind"], issue["where"]) == ("unreadable", "broken.yml")
    assert (code, err) == (0, "note: 1 issues; the document lists them\n")


# Sources.


def test_several_sources_are_joined(document, tmp_path):
    one = write_rules(tmp_path / "one.json", record("a", "T1059"), record("b", "T1059", enabled=False))
    two = write_rules(tmp_path / "two.json", record("b", "T1059"), record("c", "T9999"))
    found = document(f"Customer A = {one}", two)
    assert found["rules"] == {"read": 4, "enabled": 3, "disabled": 0, "counted": 2, "copies": 1}
    (issue,) = found["issues"]
    assert (issue["source"], issue["rule"], issue["kind"]) == ("two.json", "c", "unknown_id")
    assert found["sample_data"] is False


def test_what_several_sources_share_is_said(run, tmp_path):
    one = write_rules(tmp_path / "one.json", record("a", "T1059"), record("b", "T1059"))
    two = write_rules(tmp_path / "two.json", record("a", "T1059"), record("b", "T1047"))
    _, _, err = run("score", one, two)
    assert "note: 1 rule is in more than one source, with the same id, name and tags; it counts once.\n" in err
    assert "note: 1 id stands for different rules in different sources; each of these rules counts.\n" in err


def test_two_sources_of_one_label_are_refused(refused, library):
    line = refused("score", f"A = {library}", f"a = {library}")
    assert line == "Two sources are labelled 'A'; each needs a label of its own."


def test_one_source_with_a_label_is_as_without(document, library):
    alone, with_label = (document(source)["rules"] for source in (library, f"A = {library}"))
    assert alone == with_label


def test_one_source_that_cannot_be_read_stops_the_others(refused, library, tmp_path):
    assert refused("score", library, tmp_path / "missing") == f"{tmp_path / 'missing'} does not exist."


def test_sample_data_is_stamped_as_such(document, library):
    alone = document("sample")
    assert (alone["sample_data"], alone["rules"]["read"]) == (True, 372)
    assert document(library, "sample")["sample_data"] is True


def test_the_api_is_read_with_the_token_of_the_environment(document, monkeypatch):
    monkeypatch.setenv("THREATOPS_API_TOKEN", SECRET)
    with DetectionApi(make_rules(24), token=SECRET) as api:
        found = document(api.url)
    assert found["rules"]["read"] == 24
    assert api.requests[0].headers["Authorization"] == f"Bearer {SECRET}"


def test_no_other_api_gets_the_token(document, monkeypatch):
    with DetectionApi(make_rules(24), token=SECRET) as api, DetectionApi(make_rules(12)) as other:
        monkeypatch.setenv("THREATOPS_API_TOKEN", SECRET)
        monkeypatch.setenv("THREATOPS_API_URL", api.url)
        document(f"One = {api.url}", f"Other = {other.url}")
    assert {request.headers["Authorization"] for request in api.requests} == {f"Bearer {SECRET}"}
    assert not any("Authorization" in request.headers for request in other.requests)


def test_without_a_token_none_is_sent(document):
    with DetectionApi(make_rules(24)) as api:
        document(api.url)
    assert "Authorization" not in api.requests[0].headers


def test_the_api_is_read_by_a_process_of_its_own(library):
    with DetectionApi(make_rules(24), token=SECRET, shape="items") as api:
        done = started("score", api.url, library, THREATOPS_API_TOKEN=SECRET)
    assert (done.returncode, json.loads(done.stdout)["rules"]["read"]) == (0, 36)
    assert SECRET not in done.stdout + done.stderr


def test_a_doubt_about_the_rules_is_said_on_stderr(run):
    with DetectionApi(make_rules(50), total=80) as api:  # it says 80 and gives 50, whatever it is asked
        code, out, err = run("score", api.url)
    assert (code, json.loads(out)["rules"]["read"]) == (0, 50)
    assert err.startswith("note: The API says it has 80 rules but gave 50")


# Secrets.


@pytest.mark.parametrize("failure", ["401", "403", "404", "html", "truncated"])
def test_no_failure_of_the_api_shows_the_token_or_the_password(refused, monkeypatch, failure):
    monkeypatch.setenv("THREATOPS_API_TOKEN", SECRET)
    with DetectionApi(make_rules(3)) as api:
        api.fail(failure)
        line = refused("score", api.url.replace("//", f"//user:{SECRET}@") + f"?key={SECRET}")
        assert api.url in line
    assert SECRET not in line


def test_an_api_without_rules_is_named_without_its_secrets(refused):
    with DetectionApi([]) as api:
        line = refused("score", api.url.replace("//", f"//user:{SECRET}@") + f"?key={SECRET}")
    assert line == f"No rule could be read from {api.url}."


def test_a_token_is_no_argument(refused, library):
    assert "--token" in refused("score", library, "--token", "x")


# Wrong usage, and nothing readable.


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "COMMAND"),
        (("score",), "SOURCE"),
        (("count", "sample"), "count"),
        (("score", "sample", "--unknown"), "--unknown"),
        (("score", "sample", "--cat", "enterprise"), "--cat"),  # abbreviations would break with the next option
        (("score", "sample", "--catalog", "mobile"), "mobile"),
        (("score", "sample", "--attack", "17"), "17"),
        (("score", "sample", "--match", "fuzzy"), "fuzzy"),
        (("score", "sample", "--full", "0"), "'0' is not a whole number from 1 up"),
        (("score", "sample", "--full", "-1"), "--full"),
        (("score", "sample", "--full", "2.5"), "'2.5'"),
        (("score", "sample", "--full", "many"), "'many'"),
        (("score", "sample", "--full", "9" * 5000), "--full"),
        (("score", "sample", "--full"), "--full"),
        (("score", "sample", "--un\nknown"), "known"),
        (("score", "missing/folder"), "missing/folder does not exist."),
        (("score", "two\nlines \x1b[31m"), "does not exist."),
        (("score", "x" * 300), "cannot be read"),
        (("score", f"ftp://user:{SECRET}@example.org"), "ftp://"),
        (("score", f"https://user:{SECRET}@[::1"), "names a host"),
        (("score", "http://"), "names a host"),
    ],
)
def test_a_wrong_use_is_one_line_that_names_what_is_wrong(refused, arguments, said):
    line = refused(*arguments)
    assert said in line
    assert SECRET not in line
    assert line.isprintable()


@pytest.mark.parametrize(
    "arguments", [(), ("score", "missing"), ("score", "sample", "--full", "0"), ("score", b"\xff")]
)
def test_a_process_that_fails_has_no_traceback(arguments):
    done = started(*map(os.fsdecode, arguments))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1


def test_a_refused_connection_is_one_line(refused, monkeypatch):
    monkeypatch.setattr("coverage.sources.api.client.time.sleep", lambda _seconds: None)
    port = closed_port()
    line = refused("score", f"http://user:{SECRET}@127.0.0.1:{port}")
    assert f"http://127.0.0.1:{port}/" in line
    assert "refuses the connection" in line
    assert SECRET not in line


def test_an_empty_folder_is_one_line(refused, tmp_path):
    assert str(tmp_path) in refused("score", tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
def test_a_pipe_is_not_waited_for(refused, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert refused("score", tmp_path / "pipe").endswith("is neither a file nor a folder.")


@pytest.fixture
def unreadable(tmp_path):
    folder = tmp_path / "unreadable"
    folder.mkdir(mode=0)
    yield folder
    folder.chmod(0o700)


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root can read every folder")
def test_a_folder_that_cannot_be_read_is_one_line(refused, unreadable):
    line = refused("score", unreadable)
    assert str(unreadable) in line
    assert "permission denied" in line.casefold()


def test_where_no_rule_can_be_read_the_issues_say_why(run, tmp_path):
    for number in range(23):
        (tmp_path / f"{number:02}.yml").write_text("title: [", encoding="utf-8")
    code, out, err = run("score", tmp_path)
    *issues, more, error = err.splitlines()
    assert (code, out) == (2, "")
    assert [line.partition(":")[0] for line in issues] == [f"{number:02}.yml" for number in range(20)]
    assert more == "note: 3 more issues"
    assert error == f"error: No rule could be read from {tmp_path}."


def test_an_interruption_is_one_line(refused, monkeypatch, library):
    def interrupted(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("coverage.sources.library.read_path", interrupted)
    assert refused("score", library) == "interrupted"


# Help.


@pytest.mark.parametrize(("arguments", "said"), [(("--help",), "score"), (("score", "--help"), "--catalog")])
def test_help_is_no_failure(run, arguments, said):
    code, out, err = run(*arguments)
    assert (code, err) == (0, "")
    assert said in out


# A stdout that does not take the document.


@pytest.mark.parametrize("source", ["library", "sample"])
def test_a_reader_that_went_away_is_no_traceback(library, source):
    read_end, write_end = os.pipe()
    os.close(read_end)
    with os.fdopen(write_end, "wb") as stdout:
        done = started("score", library if source == "library" else source, "--catalog", "enterprise", stdout=stdout)
    assert (done.returncode, done.stderr) == (2, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full here")
def test_a_full_disk_is_one_line(library):
    with Path("/dev/full").open("wb") as stdout:
        done = started("score", library, stdout=stdout)
    assert done.returncode == 2
    assert done.stderr == "error: The document cannot be written: No space left on device.\n"


def test_a_disk_that_is_full_at_the_very_end_is_one_line(library, tmp_path):
    pytest.importorskip("resource")
    script = """
import resource, sys
from coverage.cli import main
most = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
sys.exit(main(sys.argv[2:]))
"""
    whole = len(started("score", library).stdout)
    with (tmp_path / "score.json").open("wb") as stdout:
        done = started_python("-c", script, whole - 1, "score", library, stdout=stdout)
    assert done.returncode == 2
    assert done.stderr == "error: The document cannot be written: File too large.\n"


def test_output_can_be_read_whatever_the_names_and_the_locale(tmp_path):
    path = write_rules(tmp_path / "rules.json", record("r", "T1059", name="名前 \u202e \ud800 rule"))
    done = started("score", path, LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, "")
    names = [
        rule["name"]
        for column in json.loads(done.stdout)["tactics"]
        for cell in column["techniques"]
        for rule in cell["rules"]
    ]
    assert names == ["名前 \u202e ? rule"]
