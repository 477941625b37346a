"""The bounds of time and size that hold whatever the server does."""

from __future__ import annotations

import gzip
import socket
import threading
from dataclasses import replace

import pytest

from coverage.errors import SourceError
from coverage.sources.api import fetch
from tests.detection_api import body, huge


def test_an_answer_of_fifty_megabytes_is_read(api, quick):
    api.fail("huge")
    assert len(fetch(api.url, limits=quick).rules) == 550


@pytest.mark.parametrize(
    "failure",
    [huge(2), body(gzip.compress(b" " * 2_000_000), {"Content-Encoding": "gzip"})],
    ids=["plain", "packed"],
)
def test_an_answer_over_the_limit_is_not_read(api, quick, failure):
    api.fail(failure)
    with pytest.raises(SourceError) as failed:
        fetch(api.url, limits=replace(quick, max_bytes=1_500_000))
    assert str(failed.value) == (
        f"The answer of {api.url}/api/v1/detection-rules/ is larger than 1.5 MB and is not read; check the address."
    )


def test_all_answers_together_have_a_limit_too(api, quick):
    api.paging, api.total = "offset", True
    api.rules = [{"id": str(number), "name": "x" * 100_000} for number in range(30)]
    api.cap = 5
    with pytest.raises(SourceError, match="is larger than"):
        fetch(api.url, limits=replace(quick, max_total_bytes=2_000_000))


@pytest.mark.parametrize("failure", ["drip", "drip headers"])
def test_a_server_that_sends_a_byte_now_and_then_is_left_at_the_deadline(api, quick, failure):
    api.fail(failure)
    with pytest.raises(SourceError) as failed:
        fetch(api.url, limits=replace(quick, deadline=0.4))
    assert str(failed.value) == (
        f"The API at {api.url}/api/v1/detection-rules/ did not give its rules within 0.4 seconds; try again later."
    )


def test_the_thread_of_a_dripping_answer_ends_with_the_deadline(api, quick):
    api.fail("drip")
    before = set(threading.enumerate())
    with pytest.raises(SourceError):
        fetch(api.url, limits=replace(quick, deadline=0.4))
    for thread in set(threading.enumerate()) - before:
        if thread.name == "detection-rules-api":
            thread.join(10)
            assert not thread.is_alive()


def test_a_server_that_does_not_answer_is_left_at_the_read_time_out(api, quick):
    api.fail("hang")
    with pytest.raises(SourceError) as failed:
        fetch(api.url, limits=replace(quick, read_timeout=0.2))
    assert str(failed.value) == (
        f"The API at {api.url}/api/v1/detection-rules/ did not answer in time; check that it runs, or try again later."
    )


def test_a_name_service_that_does_not_answer_is_left_at_the_deadline(quick, monkeypatch):
    answer = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer.wait(10) and [])
    with pytest.raises(SourceError, match=r"did not give its rules within 0\.2 seconds"):
        fetch("http://api.example.com", limits=replace(quick, deadline=0.2))
    answer.set()


def test_the_deadline_is_for_all_pages_together(api, quick):
    api.paging, api.cap, api.total = "offset", 1, True
    api.on_request = lambda _: threading.Event().wait(0.6)
    with pytest.raises(SourceError, match="did not give its rules within"):
        fetch(api.url, limits=replace(quick, deadline=1.0))
