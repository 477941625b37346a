"""What each of fifty visitors adds to the memory of a server with the Sigma library, beside a bare page's visitors.

A visitor is a connection that asks for the page as Streamlit's frontend does, takes all of it, has it drawn a second
time and stays; the server cannot tell it from a browser, of which fifty do not fit on a small machine. Memory is what
the server's process has for itself (USS), after visitors that have come and gone have filled what all share.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from tests.benchmarks.browser import BARE_PAGE, BARE_SETTINGS, matrices
from tests.benchmarks.measure import Result
from tests.browser.app_server import AppServer
from tests.shared import shared

_VISITORS = 50
_STEPS = (1, 10, _VISITORS)
_BEFORE = 5  # visitors; also the memory of the threads that serve them is one that all share
_READINGS = 4  # of which the least counts: what is given back takes a while
_APART = 2.0  # seconds
_KEPT = 130  # seconds; Streamlit keeps a session for two minutes after its visitor has left
_PATIENCE = 60  # seconds
_PAGES = {
    "Coverage page, ThreatOps": ("", "catalog=threatops"),
    "Coverage page, Enterprise": ("", "catalog=enterprise"),
    "Rules page, Enterprise": ("rules", "catalog=enterprise"),
    "Compare page, Enterprise": ("compare", "catalog=enterprise"),
}
_BARE = "the bare page with as many cells"


class Visitor:
    """One open page, as Streamlit's frontend holds it; a context manager."""

    def __init__(self, app: AppServer, page: str, query: str) -> None:
        address = f"{app.url.replace('http', 'ws', 1)}/_stcore/stream"
        self._asked = BackMsg()
        self._asked.rerun_script.page_name = page
        self._asked.rerun_script.query_string = query
        self._connection = connect(address, subprotocols=["streamlit"], max_size=None, open_timeout=_PATIENCE)

    def __enter__(self) -> Self:
        self._socket = self._connection.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.__exit__(None, None, None)

    def draw(self) -> int:
        """Have the whole page drawn, and return its size in bytes."""
        self._socket.send(self._asked.SerializeToString())
        size = 0
        while True:
            data = self._socket.recv(timeout=_PATIENCE)
            size += len(data)
            message = ForwardMsg.FromString(data)
            kind = message.WhichOneof("type")
            if kind == "script_finished":
                assert message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
                return size
            assert kind != "delta" or message.delta.new_element.WhichOneof("type") != "exception"


def run() -> Iterator[Result]:
    if not Path("/proc/self/smaps_rollup").exists():
        pytest.skip("this system has no /proc/<pid>/smaps_rollup, which tells what a process has for itself")
    library = {"COVERAGE_SOURCE": str(shared("rules/sigma.tar.gz"))}
    *_, largest = matrices()
    bare, _ = _added(BARE_SETTINGS, "", largest.bare_query.removeprefix("?"), script=BARE_PAGE)
    for name, (page, query) in _PAGES.items():
        ours, size = _added(library, page, query)
        for step, megabytes in ours.items():
            target = "at most 2 MB a visitor" if step.startswith("each") else "little"
            yield Result(f"{name} ({size:.1f} MB), {step}", [megabytes], _BARE, [bare[step]], target, "MB")


def _added(settings: dict[str, str], page: str, query: str, **script: Path) -> tuple[dict[str, float], float]:
    """MB more than before for each of so many visitors, and for all after they have left; MB of the page itself."""
    with TemporaryDirectory() as folder, AppServer(settings, Path(folder) / "app.log", **script) as app:
        with ExitStack() as first:
            for _ in range(_BEFORE):
                first.enter_context(Visitor(app, page, query)).draw()
        before = _own_memory(app)
        found = {}
        with ExitStack() as visitors:
            for number in range(1, _VISITORS + 1):
                visitor = visitors.enter_context(Visitor(app, page, query))
                visitor.draw()
                size = visitor.draw()
                if number in _STEPS:
                    found[f"each of {number}"] = (_own_memory(app) - before) / number
        time.sleep(_KEPT)
        with Visitor(app, page, query) as last:  # whose coming ends what is kept no longer
            last.draw()
        found[f"all of {_VISITORS} after they have left"] = _own_memory(app) - before
        return found, size / 1e6


def _own_memory(app: AppServer) -> float:
    """What the server's process has for itself (USS), in MB."""
    readings = []
    for _ in range(_READINGS):
        time.sleep(_APART)
        lines = Path(f"/proc/{app._process.pid}/smaps_rollup").read_text().splitlines()
        readings.append(sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) * 1024 / 1e6)
    return min(readings)
