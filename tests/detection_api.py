"""A Detection Rules API over real HTTP, whose rules, paging and failures can be changed while it runs.

    with DetectionApi(rules=make_rules(372), shape="items") as api:
        api.fail("500", times=2)
        fetch(api.url)
        api.requests[-1].query

By hand: `python -m tests.detection_api --port 8000 --rules 1000`.
"""

from __future__ import annotations

import argparse
import base64
import json
import shutil
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self
from urllib.parse import parse_qs, urlencode, urlsplit

PATH = "/api/v1/detection-rules/"

SHAPES = ("array", "items", "data")
# The parameter that moves on: `page` counts from 1, `page0` from 0, `next` gives links, `cursor` opaque ones.
PAGINGS = ("none", "offset", "skip", "page", "page0", "next", "cursor")

_TAGS = (
    ("Initial Access", "T1566"),
    ("Execution", "T1059.001"),
    ("Persistence", "T1547.001"),
    ("Privilege Escalation", "T1055"),
    ("Defense Evasion", "T1027"),
    ("Credential Access", "T1003"),
    ("Discovery", "T1082"),
    ("Lateral Movement", "T1021"),
    ("Collection", "T1005"),
    ("Command & Control", "T1071"),
    ("Exfiltration", "T1567"),
    ("Impact", "T1486"),
)
_SEVERITIES = ("critical", "high", "medium", "low")


def make_rules(count: int) -> list[object]:
    """So many rules as the API has them, always the same ones; every seventh is disabled."""
    rules: list[object] = []
    for number in range(count):
        tactic, technique = _TAGS[number % len(_TAGS)]
        rules.append(
            {
                "id": f"00000000-0000-4000-8000-{number:012d}",
                "name": f"{tactic} by {technique}, rule {number + 1}",
                "severity": _SEVERITIES[number % len(_SEVERITIES)],
                "mitre_tactic": tactic,
                "mitre_technique_id": technique,
                "enabled": number % 7 != 6,
                "tenant_id": f"tenant-{number % 3}",
                "updated_at": "2026-01-15T08:30:00Z",
            }
        )
    return rules


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request as it came."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]


class DetectionApi:
    """The server; a context manager. Every attribute can be set while it runs.

    `shape` is one of SHAPES, `paging` one of PAGINGS. `cap` is the most rules that one answer holds, `total` whether
    answers state the number of all rules (an int states that number). `token` is the bearer token that is asked for.
    `envelope` is added to answers that are objects. `headers` to all answers.
    """

    def __init__(
        self,
        rules: Iterable[object] = (),
        *,
        shape: str = "array",
        paging: str = "none",
        cap: int | None = None,
        total: bool | int = False,
        token: str | None = None,
        port: int = 0,
        tls: bool = False,
    ) -> None:
        self.rules = list(rules)
        self.shape = shape
        self.paging = paging
        self.cap = cap
        self.total = total
        self.token = token
        self.envelope: dict[str, object] = {}
        self.headers: dict[str, str] = {}
        self.link_base = PATH  # where `next` links lead; a relative path or another address altogether
        self.on_request: Callable[[int], None] | None = None  # called with the number of the request, from 1
        self.requests: list[Recorded] = []
        self._failure: Failure | None = None
        self._failures_left: int | None = None
        self._lock = threading.Lock()
        self._port = port
        self._tls = tls
        self._server: _Server | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The base URL, e.g. `http://127.0.0.1:40123`."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Listen, on the same port as before if it was stopped."""
        self._server = _Server(self, self._port, tls=self._tls)
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.005,), daemon=True).start()

    def stop(self) -> None:
        """Refuse connections from now on, and let go of those that are held up."""
        if self._server is not None:
            self._server.let_go.set()
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def fail(self, failure: str | Failure, *, times: int | None = None) -> None:
        """Fail in one of FAILURES, a status as text, or a way of one's own; so many times, or until `recover`."""
        if isinstance(failure, str):
            failure = FAILURES[failure] if failure in FAILURES else status(int(failure))
        with self._lock:
            self._failure, self._failures_left = failure, times

    def recover(self) -> None:
        """Answer again."""
        with self._lock:
            self._failure = None

    def _next_failure(self) -> Failure | None:
        with self._lock:
            if self._failure is None or self._failures_left == 0:
                return None
            if self._failures_left is not None:
                self._failures_left -= 1
            return self._failure

    def _good_answer(self, query: dict[str, str]) -> tuple[object, dict[str, str]]:
        """Document and headers; what an array has no room for goes into the headers."""
        size = min(int(query.get("limit", 100)), self.cap or sys.maxsize)
        start = self._start(query, size)
        records = self.rules[start : start + size]
        more = start + size < len(self.rules)
        total = len(self.rules) if self.total is True else self.total
        link = self._link(query, start + size) if more and self.paging in ("next", "cursor") else None
        if self.shape == "array":
            headers = {"Link": f'<{link}>; rel="next"'} if link else {}
            return records, headers if total is False else {**headers, "X-Total-Count": str(total)}
        document: dict[str, object] = {self.shape: records, **self.envelope}
        if total is not False:
            document["total"] = total
        if self.paging in ("next", "cursor"):
            document["next"] = link
        return document, {}

    def _start(self, query: dict[str, str], size: int) -> int:
        if self.paging in ("offset", "skip"):
            return int(query.get(self.paging, 0))
        if self.paging == "page":
            return (max(int(query.get("page", 1)), 1) - 1) * size
        if self.paging == "page0":
            return int(query.get("page", 0)) * size
        if self.paging == "next":
            return int(query.get("after", 0))
        if self.paging == "cursor":
            return int(base64.urlsafe_b64decode(query["cursor"])) if "cursor" in query else 0
        return 0

    def _link(self, query: dict[str, str], start: int) -> str:
        if self.paging == "cursor":
            position = {"cursor": base64.urlsafe_b64encode(str(start).encode()).decode()}
        else:
            position = {"after": str(start)}
        return f"{self.link_base}?{urlencode({**query, **position})}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, api: DetectionApi, port: int, *, tls: bool) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.api = api
        self.let_go = threading.Event()
        self.context = self_signed_context() if tls else None

    def finish_request(self, request, client_address):
        # The handshake belongs into the connection's own thread: a client that breaks it off must not end the server.
        if self.context is not None:
            request.settimeout(5)
            request = self.context.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, request, client_address):
        """Say nothing of clients that hang up: that is what many tests are about."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits for the client's delayed acknowledgement
    server: _Server

    def do_GET(self) -> None:
        api = self.server.api
        if self.server.let_go.is_set():  # stopped, but this connection was kept alive
            self.close_connection = True
            return
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        api.requests.append(Recorded(parts.path, query, dict(self.headers)))
        if api.on_request is not None:
            api.on_request(len(api.requests))
        failure = api._next_failure()
        if failure is not None:
            failure(self)
        elif parts.path != PATH:
            self.answer(404, {"detail": "Not Found"})
        elif api.token is not None and self.headers.get("Authorization") != f"Bearer {api.token}":
            self.answer(401, {"detail": "Not authenticated"})
        else:
            self.answer(200, *api._good_answer(query))

    def answer(self, code: int, document: object, headers: dict[str, str] | None = None) -> None:
        self.send(code, json.dumps(document).encode(), {"Content-Type": "application/json", **(headers or {})})

    def send(self, code: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(code)
        for name, value in {"Content-Length": str(len(body)), **self.server.api.headers, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


Failure = Callable[[_Handler], None]
"""A way to fail: answers, or does not answer, one request."""


def status(code: int, headers: dict[str, str] | None = None) -> Failure:
    """An error status, with headers such as Retry-After or Location."""
    return lambda handler: handler.answer(code, {"detail": "made to fail"}, headers)


def body(content: bytes, headers: dict[str, str] | None = None) -> Failure:
    """A success with this content."""
    return lambda handler: handler.send(200, content, {"Content-Type": "application/json", **(headers or {})})


def redirect(location: str, code: int = 307) -> Failure:
    """A redirect."""
    return status(code, {"Location": location})


def huge(megabytes: int = 50) -> Failure:
    """An answer of so many megabytes: an array of rules with long descriptions."""

    def fail(handler: _Handler) -> None:
        rule = {"id": "0", "name": "Huge", "severity": "low", "description": "x" * 99_000}
        records = [{**rule, "id": str(number)} for number in range(megabytes * 10 + megabytes)]
        handler.answer(200, records)

    return fail


def _hang(handler: _Handler) -> None:
    handler.server.let_go.wait(60)
    handler.close_connection = True


def _drip(handler: _Handler) -> None:
    """A good status and headers, then now and then a byte, without an end."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    with suppress(OSError):
        while not handler.server.let_go.wait(0.02):
            handler.wfile.write(b" ")
    handler.close_connection = True


def _drip_headers(handler: _Handler) -> None:
    """Now and then a byte of a header, without an end."""
    with suppress(OSError):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while not handler.server.let_go.wait(0.02):
            handler.wfile.write(b"x")
    handler.close_connection = True


def _hang_up(handler: _Handler) -> None:
    handler.close_connection = True


def _break_off(handler: _Handler) -> None:
    """Half of the answer that was announced, then the end of the connection."""
    handler.send(200, b'[{"id": "1"', {"Content-Length": "1000"})
    handler.close_connection = True


FAILURES: dict[str, Failure] = {
    "html": body(b"<!doctype html><title>Sign in</title>", {"Content-Type": "text/html"}),
    "truncated": body(json.dumps(make_rules(2)).encode()[:-20]),
    "not json": body(b"rules: none"),
    "not utf-8": body('[{"id": "1", "name": "Künstlich"}]'.encode("latin-1")),
    "nested": body(b"[" * 200_000 + b"]" * 200_000),
    "nothing": body(b""),
    "no rules": body(b'{"detail": "no list here"}'),
    "huge": huge(),
    "hang": _hang,
    "drip": _drip,
    "drip headers": _drip_headers,
    "hang up": _hang_up,
    "break off": _break_off,
}
"""Ways to fail by name; a status as text ("500") is one, too."""


def self_signed_context() -> ssl.SSLContext:
    """TLS with a certificate that nobody trusts, made now; raises FileNotFoundError without the openssl command."""
    openssl = shutil.which("openssl")
    if openssl is None:
        raise FileNotFoundError("the openssl command is not installed")
    with TemporaryDirectory() as folder:
        key, certificate = Path(folder, "key.pem"), Path(folder, "certificate.pem")
        command = [
            openssl,
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
        ]
        command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
        subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True, timeout=30)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
    return context


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.detection_api", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--rules", type=int, default=372, help="the number of rules")
    parser.add_argument("--shape", choices=SHAPES, default="array")
    parser.add_argument("--paging", choices=PAGINGS, default="none")
    parser.add_argument("--cap", type=int, help="the most rules in one answer")
    parser.add_argument("--total", action="store_true", help="state the number of all rules")
    parser.add_argument("--token", help="the bearer token to ask for")
    parser.add_argument("--tls", action="store_true", help="speak https, with a certificate that nobody trusts")
    parser.add_argument(
        "--fail", choices=[*FAILURES, "401", "403", "404", "429", "500"], help="fail always, in this way"
    )
    options = parser.parse_args(arguments)
    api = DetectionApi(
        make_rules(options.rules),
        shape=options.shape,
        paging=options.paging,
        cap=options.cap,
        total=options.total,
        token=options.token,
        port=options.port,
        tls=options.tls,
    )
    if options.fail is not None:
        api.fail(options.fail)
    with api, suppress(KeyboardInterrupt):
        sys.stdout.write(f"{api.url}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
