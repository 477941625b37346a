"""A bundle's bytes over real HTTP, from servers that fail in every way."""

import gzip
import socket
import time
import tracemalloc
from contextlib import suppress

import pytest

from coverage.download import DownloadLimits, _redirected, download, shown_url
from coverage.errors import CatalogError
from tests.detection_api import FAILURES, DetectionApi, body, redirect, status

FILE = b'{"type": "bundle", "objects": []}' * 1000
URL_IS_WRONG = "is no URL that starts with http"


@pytest.fixture
def server():
    with DetectionApi() as api:
        api.fail(body(FILE))
        yield api


def refusal(url, **limits):
    """The one sentence with which a download is refused."""
    with pytest.raises(CatalogError) as error:
        download(url, DownloadLimits(**limits))
    sentence = str(error.value)
    assert sentence.endswith(".")
    assert sentence.isprintable()
    return sentence


def chunked(content, *, times, pause=0.0, encoding=None):
    """An answer of unknown length, now and then a chunk."""

    def fail(handler):
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        if encoding is not None:
            handler.send_header("Content-Encoding", encoding)
        handler.end_headers()
        with suppress(OSError):
            for _ in range(times):
                handler.wfile.write(b"%x\r\n%s\r\n" % (len(content), content))
                if handler.server.let_go.wait(pause):
                    break
            handler.wfile.write(b"0\r\n\r\n")

    return fail


@pytest.mark.parametrize(
    "answer",
    [
        body(FILE),
        body(FILE, {"Content-Type": "text/plain"}),
        body(gzip.compress(FILE), {"Content-Encoding": "gzip"}),
        chunked(FILE[:33], times=1000),
    ],
)
def test_a_file_is_fetched_however_it_is_sent(server, answer):
    server.fail(answer)
    assert download(f"{server.url}/enterprise-attack.json") == FILE


def test_a_gzip_file_stays_as_it_is(server):
    packed = gzip.compress(FILE)
    server.fail(body(packed))
    assert download(f"{server.url}/enterprise-attack.json.gz") == packed


@pytest.mark.parametrize("location", ["/other.json", "other.json", "?version=2"])
def test_redirects_are_followed(server, location):
    def moved_once(handler):
        (body(FILE) if len(server.requests) > 1 else redirect(location, 302))(handler)

    server.fail(moved_once)
    assert download(f"{server.url}/bundle.json") == FILE


def test_redirects_to_another_server_are_followed(server):
    with DetectionApi() as other:
        other.fail(redirect(f"{server.url}/bundle.json", 301))
        assert download(f"{other.url}/bundle.json") == FILE


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/bundle.json",
        "data:application/json,{}",
        "http://[::1",
        "http://h:x",
    ],
)
def test_redirects_to_anything_but_a_web_address_are_refused(server, location):
    server.fail(redirect(location))
    assert "redirects to what is no http:// or https:// address" in refusal(f"{server.url}/bundle.json")
    assert len(server.requests) == 1


def test_a_redirect_from_https_to_http_is_refused():
    moved = ("https://example.org/a.json", "http://example.org/a.json", "https://example.org/a.json")
    with pytest.raises(CatalogError, match="redirects from https to http"):
        _redirected(*moved)


def test_redirects_in_a_circle_end(server):
    server.fail(redirect("/bundle.json"))
    assert "redirects in a circle" in refusal(f"{server.url}/bundle.json")
    assert len(server.requests) == 6


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410, 429, 500, 503, 304, 300])
def test_any_other_status_than_success_is_said(server, code):
    server.fail(status(code))
    assert f"{server.url}/bundle.json cannot be fetched: the server answers with status {code}" in refusal(
        f"{server.url}/bundle.json"
    )


def test_what_says_itself_that_it_is_too_large_is_not_read(server):
    server.fail(body(b"", {"Content-Length": "200000000"}))
    assert "larger than 150 MB" in refusal(f"{server.url}/bundle.json", read_timeout=30.0)


@pytest.mark.parametrize(
    "answer",
    [
        chunked(b" " * 100_000, times=1_000_000),
        body(gzip.compress(b" " * 50_000_000), {"Content-Encoding": "gzip"}),
        chunked(gzip.compress(b" " * 50_000_000), times=1, encoding="gzip"),
    ],
    ids=["endless", "packed", "packed in a chunk"],
)
def test_what_turns_out_to_be_too_large_does_not_fill_the_memory(server, answer):
    server.fail(answer)
    tracemalloc.start()
    try:
        assert "larger than 1 MB" in refusal(f"{server.url}/bundle.json", max_bytes=1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("failure", ["hang", "drip", "drip headers"])
def test_a_server_that_takes_its_time_is_left_at_the_deadline(server, failure):
    server.fail(failure)
    assert "cannot be fetched within 0.5 seconds" in refusal(f"{server.url}/bundle.json", deadline=0.5)


def test_redirects_do_not_begin_the_deadline_anew(server):
    def slow(handler):
        time.sleep(0.2)
        redirect("/bundle.json")(handler)

    server.fail(slow)
    assert "within 0.5 seconds" in refusal(f"{server.url}/bundle.json", deadline=0.5)


def test_a_server_that_says_nothing_is_left_at_the_read_time_out(server):
    server.fail("hang")
    assert "does not answer in time" in refusal(f"{server.url}/bundle.json", read_timeout=0.2)


@pytest.mark.parametrize("failure", ["hang up", "break off"])
def test_a_connection_that_breaks_off_is_said(server, failure):
    server.fail(FAILURES[failure])
    assert "broke off" in refusal(f"{server.url}/bundle.json")


def test_a_refused_connection_is_said():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    assert "the connection is refused" in refusal(f"http://127.0.0.1:{port}/bundle.json")


def test_an_unknown_host_is_said():
    assert "the host name is not known" in refusal("http://bundle.invalid/bundle.json")


def test_what_is_packed_wrong_is_said(server):
    server.fail(body(b"not packed", {"Content-Encoding": "gzip"}))
    assert "packed in a way that cannot be read" in refusal(f"{server.url}/bundle.json")


@pytest.mark.parametrize(
    "url",
    ["", "file:///etc/passwd", "ftp://example.org/a", "http://", "http://h:x/a", "http://[::1", "//h/a", "http:///a"],
)
def test_what_is_no_web_address_is_refused(url):
    assert URL_IS_WRONG in refusal(url)


def test_no_secret_of_an_address_is_shown(server):
    server.fail(status(404))
    secret = server.url.replace("://", "://user:geheim@")
    assert "geheim" not in refusal(f"{secret}/bundle.json?token=geheim#geheim")
    server.fail(redirect("ftp://user:geheim@127.0.0.1/"))
    assert "geheim" not in refusal(f"{secret}/bundle.json?token=geheim")
    assert shown_url("https://user:geheim@example.org:8443/a.json?token=geheim") == "https://example.org:8443/a.json"
