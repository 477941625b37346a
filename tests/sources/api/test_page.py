from __future__ import annotations

import pytest

from coverage.sources.api.page import Page, read_page

URL = "https://api.example.com/api/v1/detection-rules/?limit=2"


def read(document: object, **headers: str) -> Page | None:
    return read_page(document, {name.replace("_", "-"): value for name, value in headers.items()}, URL)


def test_an_array_says_nothing_about_itself():
    assert read([{"id": 1}]) == Page([{"id": 1}])


def test_a_document_without_a_list_is_no_page():
    assert read({"detail": "x"}) is None


@pytest.mark.parametrize(
    ("fields", "total"),
    [
        ({"total": 7}, 7),
        ({"total": 2}, 2),
        ({"count": 7}, 7),
        ({"count": 2}, None),  # may be the count of this page
        ({"count": 2, "total": 7}, 7),
        ({"total": 1}, None),  # fewer than came
        ({"total": "7"}, None),
        ({"total": True}, None),
        ({"meta": {"total_count": 7}}, 7),
        ({"pagination": {"totalItems": 7}}, 7),
    ],
)
def test_the_total_has_many_names(fields, total):
    page = read({"items": [1, 2], **fields})
    assert page is not None
    assert page.total == total


@pytest.mark.parametrize(("header", "total"), [("7", 7), ("1", None), ("many", None), ("-1", None), ("9" * 5000, None)])
def test_an_array_may_state_its_total_in_a_header(header, total):
    page = read([1, 2], X_Total_Count=header)
    assert page is not None
    assert page.total == total


@pytest.mark.parametrize(
    ("fields", "more"),
    [
        ({}, None),
        ({"next": None}, False),
        ({"next": "/x?page=2"}, True),
        ({"next_page": 2}, True),
        ({"has_next": False}, False),
        ({"hasMore": True}, True),
        ({"next": None, "next_cursor": "abc"}, True),
        ({"links": {"next": ""}}, False),
    ],
)
def test_an_answer_may_say_whether_there_are_more(fields, more):
    page = read({"data": [1, 2], **fields})
    assert page is not None
    assert page.more is more


@pytest.mark.parametrize(
    ("fields", "next_url"),
    [
        ({"next": "?page=2"}, "https://api.example.com/api/v1/detection-rules/?page=2"),
        ({"next": "/other?page=2"}, "https://api.example.com/other?page=2"),
        ({"next": "https://evil.example/x"}, "https://evil.example/x"),
        ({"_links": {"next": {"href": "/x?y"}}}, "https://api.example.com/x?y"),
        ({"next": "opaque"}, None),
        ({"next": 2}, None),
        ({"next": "https://[::1"}, None),
    ],
)
def test_a_link_to_the_next_page_is_made_absolute(fields, next_url):
    page = read({"items": [1, 2], **fields})
    assert page is not None
    assert page.next_url == next_url


def test_the_link_header_is_a_link_too():
    page = read([1, 2], Link='</x?page=1>; rel="prev", </x?page=3>; rel="next"')
    assert page is not None
    assert (page.next_url, page.more) == ("https://api.example.com/x?page=3", True)


def test_the_size_that_the_api_keeps_to_is_read():
    page = read({"items": [1, 2], "size": 2})
    assert page is not None
    assert page.size == 2
