"""The app as a user starts it, on a free port of this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self
from urllib.error import URLError
from urllib.request import urlopen

from tests.shared import ROOT

_SETTINGS = (
    *("THREATOPS_API_URL", "THREATOPS_API_TOKEN", "COVERAGE_SOURCE", "COVERAGE_MAX_AGE"),
    *("COVERAGE_SQL_TABLE", "COVERAGE_SQL_COLUMNS"),
)
_PATIENCE = 60  # seconds


class AppServer:
    """`streamlit run` in a process of its own; a context manager.

    `settings` are the operator's environment variables; those of the machine are not passed on. `log` is what the
    server has said, for messages of failing tests and to see that it says no secret.
    """

    def __init__(self, settings: Mapping[str, str], log: Path, *, script: Path = ROOT / "app.py") -> None:
        self.settings = settings
        self._log = log
        self._script = script
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def __enter__(self) -> Self:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        environment = {name: value for name, value in os.environ.items() if name not in _SETTINGS}
        command = [sys.executable, "-m", "streamlit", "run", self._script.name, f"--server.port={port}"]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*command, "--server.address=127.0.0.1"],
                cwd=self._script.parent,
                env=environment | dict(self.settings),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait()
        return self

    def __exit__(self, *exception: object) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(timeout=20)

    @property
    def log(self) -> str:
        """What the server has written so far."""
        return self._log.read_text(errors="replace")

    def _wait(self) -> None:
        assert self._process is not None
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            try:
                with urlopen(f"{self.url}/_stcore/health", timeout=5):
                    return
            except (URLError, OSError):
                if self._process.poll() is not None:
                    break
                time.sleep(0.1)
        self.__exit__()
        raise RuntimeError(f"The app did not start:\n{self.log}")
