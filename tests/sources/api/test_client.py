"""What the client asks, sends, follows and tries again, and what it says where there is no answer."""

from __future__ import annotations

import gzip
from dataclasses import replace

import pytest

from coverage.errors import SourceError
from coverage.sources.api import fetch
from tests.detection_api import DetectionApi, body, make_rules, redirect, status

TOKEN = "s3cret-token"


@pytest.fixture
def waits(monkeypatch):
    """The seconds that the client waits between tries; it only notes them."""
    noted: list[float] = []
    monkeypatch.setattr("coverage.sources.api.client.time.sleep", noted.append)
    return noted


def sentence(url: str, limits, token: str | None = None) -> str:
    """The message of the SourceError that reading this API ends with; it never has a secret in it."""
    with pytest.raises(SourceError) as failed:
        fetch(url, token=token, limits=limits)
    message = str(failed.value)
    assert "s3cret" not in message
    assert message.endswith(".")
    assert "\n" not in message
    return message


def address(api: DetectionApi) -> str:
    return f"{api.url}/api/v1/detection-rules/"


# Credentials


def test_the_token_is_sent_as_a_bearer_token(api, quick):
    api.token = TOKEN
    assert len(fetch(api.url, token=f" {TOKEN}\n", limits=quick).rules) == 3
    assert api.requests[0].headers["Authorization"] == f"Bearer {TOKEN}"


def test_user_and_password_of_the_url_are_sent_unless_there_is_a_token(api, quick):
    url = api.url.replace("//", "//user:s3cret@")
    fetch(url, limits=quick)
    fetch(url, token=TOKEN, limits=quick)
    assert [request.headers["Authorization"] for request in api.requests] == [
        "Basic dXNlcjpzM2NyZXQ=",
        f"Bearer {TOKEN}",
    ]


@pytest.fixture
def _netrc(tmp_path, monkeypatch):
    """A .netrc file with other credentials for the API's host."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))


@pytest.mark.usefixtures("_netrc")
@pytest.mark.parametrize(("token", "sent"), [(TOKEN, f"Bearer {TOKEN}"), (None, None), ("", None)])
def test_a_netrc_file_neither_replaces_nor_adds_credentials(api, quick, token, sent):
    api.fail(redirect("/api/v1/detection-rules/?limit=1000"), times=1)
    fetch(api.url, token=token, limits=quick)
    assert [request.headers.get("Authorization") for request in api.requests] == [sent, sent]


@pytest.mark.parametrize("token", ["s3cret\nX-Header: 1", "s3cret–dash", "s3cret\x00"])
def test_a_token_that_cannot_be_sent_is_refused_before_anything_is(api, quick, token):
    message = sentence(api.url, quick, token)
    assert message == "The API token has characters that cannot be sent; check THREATOPS_API_TOKEN."
    assert api.requests == []


def test_a_missing_token_and_a_wrong_one_are_told_apart(api, quick):
    api.token = TOKEN
    advice = "set THREATOPS_API_TOKEN, and THREATOPS_API_URL to it"
    assert sentence(api.url, quick) == f"The API at {address(api)} asks for a token (401); {advice}."
    assert sentence(api.url, quick, "s3cret-but-wrong") == (
        f"The API at {address(api)} does not accept the token (401); check THREATOPS_API_TOKEN."
    )
    assert len(api.requests) == 2


# Redirects


def test_redirects_on_the_same_origin_are_followed_with_the_token(api, quick):
    api.token = TOKEN
    api.fail(redirect("/api/v1/detection-rules/?limit=1000&moved=1", 308), times=1)
    assert len(fetch(api.url, token=TOKEN, limits=quick).rules) == 3
    assert api.requests[1].query == {"limit": "1000", "moved": "1"}


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_origin_is_not_followed(api, quick, code):
    with DetectionApi(make_rules(3)) as other:
        api.fail(redirect(f"{other.url}/api/v1/detection-rules/?session=s3cret", code))
        message = sentence(api.url, quick, TOKEN)
    assert other.requests == []
    assert message == (
        f"The API at {address(api)} redirects to another server, {other.url}, and is not followed there; "
        "if that is the right one, set its address."
    )


@pytest.mark.parametrize("location", ["http://[::1", "mailto:s3cret@example.com", "//user:s3cret@/"])
def test_a_redirect_to_nowhere_is_not_followed(api, quick, location):
    api.fail(redirect(location))
    assert "redirects to another server, which has no valid address" in sentence(api.url, quick)


def test_a_circle_of_redirects_ends(api, quick):
    api.fail(redirect("/api/v1/detection-rules/?limit=1000"))
    assert sentence(api.url, quick) == f"The API at {address(api)} redirects in a circle; check its address."
    assert len(api.requests) == 6


def test_a_redirect_without_a_target_is_an_odd_status(api, quick):
    api.fail("302")
    assert "answers with status 302 instead of rules" in sentence(api.url, quick)


# Trying again


@pytest.mark.parametrize("failure", ["429", "500", "502", "503", "hang up", "break off"])
def test_failures_that_may_pass_are_tried_again(api, quick, waits, failure):
    api.fail(failure, times=2)
    assert len(fetch(api.url, limits=quick).rules) == 3
    assert len(api.requests) == 3
    assert waits == [0.001, 0.002]


@pytest.mark.parametrize("failure", ["500", "429", "hang up", "break off"])
def test_failures_that_do_not_pass_end_after_the_last_try(api, quick, waits, failure):
    api.fail(failure)
    sentence(api.url, quick)
    assert len(api.requests) == 4
    assert waits == [0.001, 0.002, 0.004]


@pytest.mark.parametrize("failure", ["400", "401", "403", "404", "410", "422", "html", "truncated", "no rules", "hang"])
def test_failures_that_will_not_pass_are_not_tried_again(api, quick, waits, failure):
    api.fail(failure)
    sentence(api.url, replace(quick, read_timeout=0.2))
    assert len(api.requests) == 1
    assert waits == []


def test_a_refused_connection_is_tried_again(quick, waits):
    with DetectionApi() as api:
        url = api.url
    assert sentence(url, quick) == (
        f"The API at {url}/api/v1/detection-rules/ refuses the connection; check the address and that it runs."
    )
    assert len(waits) == 3


def test_an_api_that_comes_back_is_read(quick, monkeypatch):
    with DetectionApi(make_rules(3)) as api:
        api.stop()
        monkeypatch.setattr("coverage.sources.api.client.time.sleep", lambda _: api.start())
        assert len(fetch(api.url, limits=quick).rules) == 3


@pytest.mark.parametrize("code", [429, 503])
def test_the_wait_that_the_api_asks_for_is_kept(api, quick, waits, code):
    api.fail(status(code, {"Retry-After": "2"}), times=1)
    assert len(fetch(api.url, limits=quick).rules) == 3
    assert waits == [2.0]


def test_a_longer_wait_than_allowed_ends_at_once(api, quick, waits):
    api.fail(status(429, {"Retry-After": "3600"}))
    assert sentence(api.url, quick) == (
        f"The API at {address(api)} has had too many requests (429); try again in 3,600 seconds."
    )
    assert (len(api.requests), waits) == (1, [])


def test_a_wait_beyond_the_deadline_ends_at_once(api, quick, waits):
    api.fail("500")
    sentence(api.url, replace(quick, backoff=31, longest_wait=60))
    assert (len(api.requests), waits) == (1, [])


# Answers that are none


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        ("html", "The answer of {at} is a web page and no JSON; check the address, or for a log-in page in between."),
        (
            "truncated",
            "The answer of {at} is broken JSON: it ends or goes wrong at character 491 of 494; check the server.",
        ),
        (
            "not json",
            "The answer of {at} is broken JSON: it ends or goes wrong at character 1 of 11; check the server.",
        ),
        ("not utf-8", "The answer of {at} is not text in UTF-8; check the address."),
        ("nested", "The answer of {at} is nested too deeply to be a list of rules; check the address."),
        ("nothing", "The answer of {at} is empty; check the address and the server's log."),
        (
            "no rules",
            "The answer of {at} holds no list of rules, neither as an array nor in items or data; check the address.",
        ),
        (
            "hang up",
            "The connection to {at} broke off before the whole answer was there; check the address and that it runs.",
        ),
        (
            "break off",
            "The connection to {at} broke off before the whole answer was there; check the address and that it runs.",
        ),
        ("403", "The API at {at} denies access (403); check that the token may read detection rules."),
        ("404", "There is no Detection Rules API at {at} (404); check the address."),
        ("429", "The API at {at} has had too many requests (429); try again later."),
        ("500", "The API at {at} fails with a server error (500); see its log, or try again later."),
        ("418", "The API at {at} answers with status 418 instead of rules; check the address."),
    ],
)
def test_each_failure_has_its_sentence(api, quick, failure, message):
    api.fail(failure)
    url = api.url.replace("//", "//user:s3cret-password@") + "?key=s3cret-key"
    assert sentence(url, quick, TOKEN) == message.format(at=address(api))


def test_a_web_page_without_its_type_and_a_number_without_an_end_are_named(api, quick):
    api.fail(body(b"\n <html>"))
    assert "is a web page" in sentence(api.url, quick)
    api.fail(body(b'[{"id": ' + b"9" * 10_000 + b"}]"))
    assert "has a number that is too long" in sentence(api.url, quick)


def test_a_byte_order_mark_and_compression_are_no_obstacle(api, quick):
    api.fail(body(b'\xef\xbb\xbf[{"id": "1"}]'), times=1)
    assert len(fetch(api.url, limits=quick).rules) == 1
    api.fail(body(gzip.compress(b'[{"id": "1"}]'), {"Content-Encoding": "gzip"}), times=1)
    assert len(fetch(api.url, limits=quick).rules) == 1


def test_a_connection_error_keeps_no_secret_of_a_proxy(quick, monkeypatch):
    with DetectionApi() as api:
        closed = api.url
    monkeypatch.setenv("http_proxy", closed.replace("//", "//user:s3cret@"))
    assert sentence("http://api.example.com", quick) == (
        "The proxy on the way to http://api.example.com/api/v1/detection-rules/ does not work; "
        "check HTTP_PROXY, HTTPS_PROXY and NO_PROXY."
    )
