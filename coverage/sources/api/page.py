"""What one answer says: its records, and what it tells about those that did not come with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeGuard
from urllib.parse import urljoin

from requests.utils import parse_header_links

from coverage.sources.records import records_in

# There is no one standard; these are the names that the frameworks for such APIs use.
_ENVELOPES = ("meta", "pagination", "page_info", "links", "_links")
_TOTALS = ("total", "total_count", "totalCount", "total_items", "totalItems", "count")
_LINKS = ("next", "next_url", "nextUrl", "next_link", "nextLink", "next_page", "nextPage", "next_page_url")
_FLAGS = ("has_next", "hasNext", "has_more", "hasMore", "has_next_page", "hasNextPage", "next_cursor", "nextCursor")
_SIZES = ("limit", "page_size", "pageSize", "per_page", "perPage", "size")
_COUNT = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: its records and what it says about the others.

    `total` is the number of all records, `more` whether there are others behind these, `next_url` the absolute
    address of the next page (of any origin), `size` the number of records that the API says it gives at most; each
    is None where the answer does not say.
    """

    records: list[object]
    total: int | None = None
    more: bool | None = None
    next_url: str | None = None
    size: int | None = None


def read_page(document: object, headers: Mapping[str, str], url: str) -> Page | None:
    """The page in an answer that came from `url`, None where the document holds no list of records."""
    records = records_in(document)
    if records is None:
        return None
    told = list(_told(document))
    links = _values(told, _LINKS)
    header = _header_link(headers.get("Link", ""))
    signs = [*links, *_values(told, _FLAGS), *([header] if header else [])]
    return Page(
        records=records,
        total=_total(told, headers, len(records)),
        more=any(signs) if signs else None,
        next_url=_next_url([header, *links], url),
        size=next((size for size in _values(told, _SIZES) if _is_count(size)), None),
    )


def _told(document: object) -> Iterator[Mapping[str, object]]:
    """The objects of an answer that tell about the answer: itself and its envelopes."""
    if isinstance(document, dict):
        yield document
        for name in _ENVELOPES:
            if isinstance(document.get(name), dict):
                yield document[name]


def _values(told: list[Mapping[str, object]], names: tuple[str, ...]) -> list[object]:
    return [fields[name] for fields in told for name in names if name in fields]


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _total(told: list[Mapping[str, object]], headers: Mapping[str, str], came: int) -> int | None:
    """The number of all records; one below those that came is no total, whatever its name."""
    for fields in told:
        for name in _TOTALS:
            value = fields.get(name)
            # A count of exactly what came may be the count of this page.
            if _is_count(value) and (value > came or (value == came and name != "count")):
                return value
    header = headers.get("X-Total-Count", "")
    return int(header) if _COUNT.fullmatch(header) and int(header) >= came else None


def _header_link(header: str) -> str:
    return next((link["url"] for link in parse_header_links(header) if link.get("rel") == "next"), "")


def _next_url(links: list[object], url: str) -> str | None:
    for link in links:
        address = link.get("href") if isinstance(link, dict) else link
        if isinstance(address, str) and ("/" in address or "?" in address):  # else a page number or a cursor
            try:
                return urljoin(url, address)
            except ValueError:
                continue
    return None
