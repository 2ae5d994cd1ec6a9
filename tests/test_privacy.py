"""Byline talks to nobody: whatever a command or the web page connects to is on this machine.

Connections are seen twice: by Python's audit events, and, for libraries that are not written in Python, by a proxy that
every one of them is told to use.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest

from index.quiet import DEFAULTS, FORCED
from tests.serving import CHROMIUM, NO_CHROMIUM, browsing

ROOT = Path(__file__).parent.parent
QUESTION = "Who confirmed that the United States gave notice of leaving the WHO?"
LOOPBACK = re.compile(r"127\.\d+\.\d+\.\d+|::1|localhost|0\.0\.0\.0|::")

# Runs in each Python before anything else. An address of the local kind (a path) leaves the machine as little.
RECORDER = """
import os, sys

def record(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = arguments[0]
    else:
        return
    if host is not None:
        host = host.decode() if isinstance(host, bytes) else host
        with open(os.environ["RECORD"], "a") as file:
            file.write(f"{event} {host}\\n")

sys.addaudithook(record)
"""


class Recording:
    """The environment for a command whose connections are recorded, and the record."""

    def __init__(self, folder: Path, proxy: Proxy) -> None:
        self.folder = folder
        self._record = folder / "record"
        self._proxy = proxy
        (folder / "recorder").mkdir()
        (folder / "recorder" / "sitecustomize.py").write_text(RECORDER)
        through = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), proxy.address)
        direct = {"no_proxy": "127.0.0.1,localhost"}
        both = through | direct
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("BYLINE_", "SLACK_"))},
            **both,
            **{name.upper(): value for name, value in both.items()},
            "HOME": str(folder),
            "PYTHONPATH": f"{folder / 'recorder'}{os.pathsep}{ROOT}",
            "RECORD": str(self._record),
        }
        for switch in FORCED | DEFAULTS:
            self.environment.pop(switch, None)  # Byline sets them, not the person

    def hosts(self) -> set[str]:
        """Every host that was connected to or looked up, the ones behind the proxy too."""
        lines = self._record.read_text().splitlines() if self._record.exists() else []
        return {line.partition(" ")[2] for line in lines} | self._proxy.asked

    def outside(self) -> set[str]:
        return {host for host in self.hosts() if not LOOPBACK.fullmatch(host)}


class Proxy:
    """A proxy that brings nobody anywhere and keeps the first line of what it is asked."""

    def __init__(self) -> None:
        self.asked: set[str] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # closed
                return
            with connection:
                self.asked.add(connection.recv(1000).decode(errors="replace").partition("\r\n")[0])

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def recording(tmp_path: Path) -> Iterator[Recording]:
    proxy = Proxy()
    yield Recording(tmp_path, proxy)
    proxy.close()


def byline(recording: Recording, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", *arguments, "--store", "S"]
    return subprocess.run(
        command, cwd=recording.folder, env=recording.environment, capture_output=True, text=True, timeout=300
    )


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recording]:
    """The shipped articles are indexed, and what that connected to is recorded too."""
    proxy = Proxy()
    recording = Recording(tmp_path_factory.mktemp("indexed"), proxy)
    assert byline(recording, "index", "--shipped").returncode == 0
    yield recording
    proxy.close()


@contextmanager
def chat(recording: Recording) -> Iterator[str]:
    """The address of a running web chat."""
    command = [sys.executable, "-m", "bot", "chat", "--port", "0", "--store", "S", "--model", "extractive"]
    process = subprocess.Popen(
        command, cwd=recording.folder, env=recording.environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+:\d+", process.stdout.readline())
        assert found
        yield found[0]
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)


@pytest.mark.parametrize(
    ("program", "found"),
    [
        ("import socket; socket.getaddrinfo('nowhere.invalid', 80)", "nowhere.invalid"),
        ("import socket; socket.create_connection(('192.0.2.1', 80), timeout=0.01)", "192.0.2.1"),
        (
            "import urllib.request; urllib.request.urlopen('http://nowhere.invalid/')",
            "GET http://nowhere.invalid/ HTTP/1.1",
        ),
        ("import httpx; httpx.get('https://nowhere.invalid/')", "CONNECT nowhere.invalid:443 HTTP/1.1"),
    ],
)
def test_a_connection_to_somebody_would_be_seen(recording: Recording, program: str, found: str) -> None:
    subprocess.run([sys.executable, "-c", program], env=recording.environment, capture_output=True, timeout=60)
    assert found in recording.outside()


@pytest.mark.slow
def test_index_search_and_ask_talk_to_nobody(indexed: Recording) -> None:
    assert byline(indexed, "search", QUESTION).returncode == 0
    assert byline(indexed, "doctor").returncode == 0
    asked = byline(indexed, "ask", QUESTION, "--model", "extractive", "--json")
    assert json.loads(asked.stdout)["status"] == "answered"
    assert indexed.outside() == set()


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)
def test_the_web_page_and_its_server_talk_to_nobody_else(indexed: Recording) -> None:
    asked: list[str] = []
    with chat(indexed) as address, browsing() as browser:
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        page.get_by_role("textbox").first.fill(QUESTION)
        page.keyboard.press("Enter")
        page.get_by_text("Dujarric").first.wait_for(timeout=60_000)
    assert {urlsplit(url).netloc for url in asked if not url.startswith(("data:", "blob:"))} == {
        urlsplit(address).netloc
    }
    assert indexed.outside() == set()
