from __future__ import annotations

import shutil
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests

from coverage.errors import SourceError
from coverage.sources.api import failure, fetch
from tests.detection_api import DetectionApi

AT = "https://api.example.com/api/v1/detection-rules/"


def raised(url: str, limits) -> str:
    with pytest.raises(SourceError) as failed:
        fetch(url, limits=limits)
    return str(failed.value)


def test_an_unknown_host_is_named_and_asked_for_once(quick, monkeypatch):
    asked: list[object] = []

    def unknown(host, *_args, **_options):
        asked.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert raised("https://api.example.com", quick) == (
        f"The host name in {AT} is not known; check the address and the name service."
    )
    assert asked == ["api.example.com"]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command makes the certificate")
def test_a_certificate_that_nobody_trusts_is_named(quick):
    with DetectionApi(tls=True) as api:
        assert raised(api.url, quick) == (
            f"The certificate of {api.url}/api/v1/detection-rules/ is not trusted; "
            "check the address, or set REQUESTS_CA_BUNDLE to its authority's file."
        )
        assert api.requests == []


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command makes the certificate")
def test_http_to_a_server_that_speaks_https_is_a_broken_connection(quick):
    with DetectionApi(tls=True) as api:
        assert "broke off" in raised(api.url.replace("https:", "http:"), quick)


def test_https_to_a_server_that_does_not_speak_it_is_named(api, quick):
    url = api.url.replace("http:", "https:")
    assert raised(url, quick) == (
        f"No secure connection to {url}/api/v1/detection-rules/ can be made; check that the server speaks https there."
    )


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "host name", "exa%zzmple", "*.example"])
def test_a_host_that_is_no_name_is_a_sentence(host, quick, monkeypatch):
    def unknown(*_args, **_options):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    message = raised(f"http://{host}", quick)
    assert message.startswith(("No request to http://", "The host name in http://"))


def test_a_missing_file_of_certificates_is_named(quick, monkeypatch, tmp_path):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    assert raised("https://api.example.com", quick) == (
        f"The certificates to check {AT} against cannot be read; check REQUESTS_CA_BUNDLE."
    )


def test_an_answer_that_cannot_be_unpacked_is_named(api, quick):
    api.headers = {"Content-Encoding": "gzip"}
    assert raised(api.url, quick) == (
        f"The answer of {api.url}/api/v1/detection-rules/ is packed in a way that cannot be read; check the server."
    )


def test_errors_of_the_program_are_not_taken_for_errors_of_a_connection():
    assert failure.of_connection(TypeError("a mistake of ours"), AT) is None
    assert failure.of_connection(requests.RequestException("s3cret"), AT) is not None


@pytest.mark.parametrize(
    ("header", "wait"),
    [("7", 7.0), (" 0 ", 0.0), ("", None), ("soon", None), ("-5", None), ("nan", None), ("9" * 5000, None)],
)
def test_retry_after_in_seconds(header, wait):
    error = failure.of_status(429, {"Retry-After": header}, AT, with_credentials=False)
    assert error.wait == wait
    assert error.passing


def test_retry_after_as_a_date():
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    past = format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True)
    naive = "Mon, 01 Jan 2024 00:00:00 -0000"
    waits = [
        failure.of_status(503, {"Retry-After": date}, AT, with_credentials=False).wait for date in (soon, past, naive)
    ]
    assert waits[0] == pytest.approx(90, abs=30)
    assert waits[1:] == [0.0, 0.0]
