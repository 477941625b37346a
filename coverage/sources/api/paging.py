"""Asking until all records are there, whatever way of paging the API has."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from coverage.errors import SourceError
from coverage.model import Progress
from coverage.sources.api.client import ApiClient, ApiLimits
from coverage.sources.api.endpoint import Endpoint
from coverage.sources.api.failure import ApiError
from coverage.sources.api.page import Page, read_page

# Servers that keep to smaller pages than they are asked for, and say nothing of it, usually keep to one of these.
_USUAL_SIZES = frozenset({20, 25, 50, 100, 200, 250, 500})
_PARAMETER_REFUSED = frozenset({400, 404, 405, 422})


def read_all(
    client: ApiClient, endpoint: Endpoint, *, progress: Progress, limits: ApiLimits
) -> tuple[list[object], list[str]]:
    """All records that the API gives, each once and in its order, and the doubts whether these are all.

    Raises SourceError where an answer holds no list of records, or the API fails before all that it has promised
    are there: a part that looks like the whole would show gaps that are none.
    """
    reader = _Reader(client, endpoint, progress, limits)
    reader.read()
    return reader.records, reader.doubts()


class _Reader:
    """What has come so far, and how to ask for the rest."""

    def __init__(self, client: ApiClient, endpoint: Endpoint, progress: Progress, limits: ApiLimits) -> None:
        self.records: list[object] = []
        self.received = 0  # counts those that came twice, too: it is where the next page begins
        self.endpoint = endpoint
        self.limits = limits
        self._client = client
        self._progress = progress
        self._pages = 0
        self._total: int | None = None
        self._repeated = 0
        self._open = False  # whether there may be more
        self._keys: set[object] = set()
        self._written: set[int] = set()

    def read(self) -> None:
        first = self._ask(self.endpoint.url(limit=self.limits.page_size))
        self._keep(first, first.records)
        if self._may_go_on(first):
            self._open = self._promised(first) or self._is_full(first)
            self._remember(first)
            any(self._follow(way, first) for way in _WAYS)

    def doubts(self) -> list[str]:
        """One sentence for each thing that makes it doubtful whether `records` are all and unchanged."""
        doubts = []
        came = len(self.records)
        stopped = f"reading stopped after {self._pages:,} pages" if self._is_stopped() else None
        if self._total is not None and came < self._total:
            end = stopped or "the others do not count"
            doubts.append(f"The API says it has {self._total:,} rules but gave {came:,}; {end}.")
        elif self._open:
            end = stopped or "any others do not count"
            doubts.append(f"The API gave {came:,} rules and does not show that these are all; {end}.")
        if self._repeated:
            doubts.append(
                f"Of the API's rules, {self._repeated:,} came on more than one page; "
                "each counts once, but the rules may have changed while they were read."
            )
        return doubts

    def _may_go_on(self, first: Page) -> bool:
        if self._promised(first):
            return True
        if self._total is not None or first.more is False:
            return False
        return self._is_full(first) or len(first.records) in _USUAL_SIZES

    def _promised(self, page: Page) -> bool:
        """Whether the API itself says that there are more than came."""
        return len(self.records) < self._total if self._total is not None else page.more is True

    def _is_full(self, page: Page) -> bool:
        return len(page.records) in (self.limits.page_size, page.size)

    def _is_stopped(self) -> bool:
        return self._pages >= self.limits.max_pages

    def _follow(self, way: _Way, first: Page) -> bool:
        """Ask for page after page in one way; whether it is a way that this API has, and so the others are none."""
        page, works = first, False
        for number in count(1):
            url = way(self, page, number)
            if url is None:
                return self._end(page, works=works)
            if self._is_stopped():
                return True
            answer = self._try(url, first, works=works)
            if answer is None:
                return False
            page = answer
            if self._take(page):
                self._open = works = True
                if self._is_last(page, first):
                    return self._end(page, works=True)
            elif not _may_be_barren(way, page, number):
                # The first page again, or nothing although there is more, shows that the API does not know this way.
                return self._end(page, works=works or not (page.records or self._promised(first)))
        raise AssertionError  # the count above has no end

    def _end(self, page: Page, *, works: bool) -> bool:
        if works:
            self._open = page.more is True
        return works

    def _try(self, url: str, first: Page, *, works: bool) -> Page | None:
        """The page, None where the API refuses such a question; raises where it fails."""
        try:
            return self._ask(url)
        except ApiError as error:
            # A server that fails over a parameter that it does not know loses nothing, unless it owes records.
            is_owing = works or self._promised(first)
            if not works and error.status in _PARAMETER_REFUSED:
                return None
            if not is_owing and error.status is not None and error.status >= 500:
                return None
            raise

    def _is_last(self, page: Page, first: Page) -> bool:
        if self._total is not None:
            return len(self.records) >= self._total
        if page.more is not None:
            return not page.more
        return len(page.records) < len(first.records)

    def _ask(self, url: str) -> Page:
        answer = self._client.get(url)
        self._pages += 1
        page = read_page(answer.document, answer.headers, answer.url)
        if page is None:
            raise SourceError(
                f"The answer of {self.endpoint.shown} holds no list of rules, "
                "neither as an array nor in items or data; check the address."
            )
        return page

    def _take(self, page: Page) -> bool:
        """Keep what is new on a page; False, and nothing kept, where every record is of an id that came before."""
        if all(_key(record) in self._keys for record in page.records):
            return False
        # Twice the same on different pages is paging that overlaps; twice on one page is a mistake of the library.
        self._keep(page, [record for record in page.records if _writing(record) not in self._written])
        self._remember(page)
        return True

    def _keep(self, page: Page, records: list[object]) -> None:
        self.records.extend(records)
        self.received += len(page.records)
        self._repeated += len(page.records) - len(records)
        self._total = page.total if page.total is not None else self._total
        self._progress(len(self.records), self._total)

    def _remember(self, page: Page) -> None:
        self._keys.update(_key(record) for record in page.records)
        self._written.update(_writing(record) for record in page.records)


def _may_be_barren(way: _Way, page: Page, number: int) -> bool:
    """Whether a page without anything new is no end: an empty link in a chain, or the first page by its number.

    Some servers filter after they have cut pages; some count pages from 0, and others from 1.
    """
    return (way is _by_link and not page.records and page.next_url is not None) or (way is _by_number and number == 1)


def _key(record: object) -> object:
    """What tells one rule from another: its id, which several tenants may have, else all that it says."""
    found = record.get("id") if isinstance(record, dict) else None
    if not isinstance(record, dict) or not isinstance(found, str | int):
        return _writing(record)
    tenant = record.get("tenant_id") or record.get("tenant")
    return found, tenant if isinstance(tenant, str | int) else None


def _writing(record: object) -> int:
    """Stands for the record as a whole; one server writes one record always in the same way."""
    try:
        return hash(repr(record))
    except RecursionError:  # nested so deeply that it could just be read
        return id(record)


_Way = Callable[[_Reader, Page, int], str | None]
"""How to ask for the page after this one, which is the n-th to be asked for in this way; None where it cannot."""


def _by_link(reader: _Reader, page: Page, number: int) -> str | None:  # noqa: ARG001 - a `_Way`
    return reader.endpoint.own(page.next_url) if page.next_url else None


def _by_offset(reader: _Reader, page: Page, number: int) -> str:  # noqa: ARG001 - a `_Way`
    return reader.endpoint.url(limit=reader.limits.page_size, offset=reader.received)


def _by_skip(reader: _Reader, page: Page, number: int) -> str:  # noqa: ARG001 - a `_Way`
    return reader.endpoint.url(limit=reader.limits.page_size, skip=reader.received)


def _by_number(reader: _Reader, page: Page, number: int) -> str:  # noqa: ARG001 - a `_Way`
    return reader.endpoint.url(limit=reader.limits.page_size, page=number)


_WAYS: tuple[_Way, ...] = (_by_link, _by_offset, _by_skip, _by_number)
