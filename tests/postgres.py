"""A real PostgreSQL server for tests, started from the machine's own programs on a free port of this host."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from tempfile import mkdtemp
from typing import Self
from urllib.parse import quote

import psycopg
from psycopg import sql

OWNER, PASSWORD = "owner", "pass/w@rd:%?#"
"""The server's superuser; the password holds whatever an address must have percent-encoded."""

SOC_RULES = (
    "CREATE TABLE soc_rules (id INT, name TEXT, severity TEXT, mitre_tactic TEXT, attack_ids TEXT[], is_active BOOL)",
    "INSERT INTO soc_rules SELECT n, 'Rule', 'high', 'Execution', '{T1059.001}', n > 1 FROM generate_series(1, 4) AS n",
)
SOC_NAMES = {
    "COVERAGE_SQL_TABLE": "soc_rules",
    "COVERAGE_SQL_COLUMNS": "mitre_technique_id=attack_ids,enabled=is_active",
}
"""A table of four rules that an operator has named otherwise, and the settings that say so."""


def programs() -> Path | None:
    """The folder of PostgreSQL's server programs; Debian keeps them out of PATH."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "postgres").exists()), None)


class PostgresServer:
    """A server with an empty cluster, from `with` to its end; `address` is what the product is given."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.folder = Path(mkdtemp(prefix="attack-coverage-postgres-"))
        # PostgreSQL refuses to run as root.
        self.user = "nobody" if os.geteuid() == 0 else None
        if self.user:
            shutil.chown(self.folder, self.user)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def __enter__(self) -> Self:
        secret = self.folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        data = self.folder / "data"
        options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", f"--pwfile={secret}"]
        made = subprocess.run(
            [self.place / "initdb", "-D", data, "-U", OWNER, *options],
            user=self.user,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stderr
        self.log = (self.folder / "log").open("wb")
        self.process = subprocess.Popen(
            [self.place / "postgres", "-D", data, "-p", str(self.port), "-h", "127.0.0.1", "-k", self.folder, "-F"],
            user=self.user,
            cwd=self.folder,
            stdout=self.log,
            stderr=self.log,
        )
        for _ in range(600):
            try:
                self.connect().close()
            except psycopg.OperationalError:
                assert self.process.poll() is None, (self.folder / "log").read_text()
                time.sleep(0.05)
            else:
                return self
        self.__exit__()
        raise TimeoutError("PostgreSQL does not start")

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(2)  # SIGINT: end now, and orderly
        self.process.wait(60)
        self.log.close()
        shutil.rmtree(self.folder)

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """The superuser's own connection; each statement counts at once."""
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=OWNER, password=PASSWORD, dbname=database, autocommit=True
        )

    def address(self, database: str = "postgres", user: str = OWNER, password: str = PASSWORD) -> str:
        """An address as an operator writes it."""
        secret = quote(password, safe="")
        return f"postgresql+psycopg://{user}:{secret}@127.0.0.1:{self.port}/{database}"

    def database(self, name: str, *statements: str) -> str:
        """A new database, filled with these statements; its address."""
        with self.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        with self.connect(name) as connection:
            for statement in statements:
                connection.execute(statement)
        return self.address(name)
