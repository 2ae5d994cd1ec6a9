"""A real PostgreSQL for tests: one cluster of each process of pytest, and a database of its own for each test."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import pytest

_PLACES = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), Path("/usr/local/bin"), Path("/usr/bin")]
BINARIES = next((place for place in _PLACES if (place / "initdb").exists()), None)
LACKS = "PostgreSQL is not installed here"


class Cluster:
    """A server on a port of loopback that is its own, with its files in a folder that goes with it."""

    def __init__(self, folder: Path) -> None:
        assert BINARIES is not None
        self._binaries = BINARIES
        self.data = folder / "data"
        self._numbers = count(1)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        if os.getuid() == 0:  # PostgreSQL does not run as root
            shutil.chown(folder, _OTHER, _OTHER)
        self._run("initdb", "-D", str(self.data), "-U", "byline", "--auth=trust", "-E", "UTF8", "--no-sync")

    def start(self) -> None:
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= "
            "-c fsync=off -c full_page_writes=off -c max_connections=60"
        )
        log = str(self.data.with_name("log"))
        self._run("pg_ctl", "-D", str(self.data), "-w", "-t", "120", "-l", log, "-o", options, "start")

    def stop(self) -> None:
        """Whoever is connected loses the connection."""
        self._run("pg_ctl", "-D", str(self.data), "-w", "-t", "120", "-m", "fast", "stop")

    def kill(self) -> None:
        """As a machine loses its power. What was connected is gone when this ends."""
        postmaster = int((self.data / "postmaster.pid").read_text().split()[0])
        backends = [process for process in _processes() if _parent(process) == postmaster]
        for process in (postmaster, *backends):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        while any(_parent(process) is not None for process in (postmaster, *backends)):
            time.sleep(0.02)

    def database(self) -> str:
        """The URL of a new, empty database."""
        name = f"test_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name}")
        return f"postgresql://byline@127.0.0.1:{self.port}/{name}"

    def copy_of(self, url: str) -> str:
        """The URL of a new database with all that is in another, to which nobody is connected."""
        name = f"test_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {url.rpartition('/')[2]}")
        return f"postgresql://byline@127.0.0.1:{self.port}/{name}"

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        import psycopg

        address = f"postgresql://byline@127.0.0.1:{self.port}/{database}"
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._binaries / program), *arguments]
        if os.getuid() == 0:
            command = ["setpriv", f"--reuid={_OTHER}", f"--regid={_OTHER}", "--clear-groups", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", env={"LC_ALL": "C", "PATH": os.defpath})


_OTHER = "postgres"


def _processes() -> list[int]:
    return [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]


def _parent(process: int) -> int | None:
    """None for a process that has ended, also where nobody has asked yet how it did."""
    try:
        state, parent = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[:2]
    except OSError:
        return None
    return None if state == "Z" else int(parent)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A server that runs until the end. Skips where PostgreSQL is not installed."""
    if BINARIES is None:
        pytest.skip(LACKS)
    folder = Path(tempfile.mkdtemp(prefix="byline-postgres-"))  # not pytest's, which only its own user may enter
    folder.chmod(0o755)
    try:
        made = Cluster(folder)
        made.start()
        try:
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def forget(url: str) -> None:
    """Closes this process's connections to a database, so that those of many tests are not too many."""
    from index.sql import _engines

    for key in [key for key in _engines if key[:2] == (os.getpid(), url)]:
        _engines.pop(key).dispose()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    with cluster() as running:
        yield running


@pytest.fixture
def database_url(postgres: Cluster) -> Iterator[str]:
    """An empty database of the test's own."""
    url = postgres.database()
    yield url
    forget(url)
