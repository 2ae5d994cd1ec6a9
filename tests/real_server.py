"""`byline serve` in a process of its own, as an operator starts it, with the keys of a program that edits and of one
that reads."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bot.auth.keys import Keys
from bot.auth.users import Role
from index.index import Index
from tests.loopback import wait_until_ready
from tests.small_news import ARTICLES, BRIDGE

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Served:
    """Where a server is, and the secrets of its keys."""

    address: str
    key: str  # of an editor
    scoped: str  # of a reader of the collection `Bridges`

    @property
    def api(self) -> str:
        return f"{self.address}/v1"

    @property
    def mcp(self) -> str:
        return f"{self.address}/mcp"


@contextmanager
def process(*command: str, **named: Any) -> Iterator[subprocess.Popen[str]]:
    started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **named)
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def address_of(started: subprocess.Popen[str]) -> str:
    """The address of a server, as it says it."""
    assert started.stdout is not None
    for line in started.stdout:
        if found := re.search(r"Byline is on (http://\S+)\. ", line):
            return found[1]
    raise AssertionError(f"it ended: {started.communicate()}")


@contextmanager
def real_server(folder: Path) -> Iterator[Served]:
    """The server of a small town's articles, once it is ready. Nobody is let in without a key."""
    store = folder / "data" / "store"
    with Index.open(store) as opened:
        opened.add(ARTICLES)
        opened.add_to_collection("Bridges", [BRIDGE.id])
    keys = Keys(store)
    _, editor = keys.create("editor", Role.EDITOR, questions_a_minute=10_000)
    _, scoped = keys.create("scoped", collections=("Bridges",), questions_a_minute=10_000)
    settings = {"PYTHONPATH": str(ROOT), "BYLINE_ALLOWED_HOSTS": "byline.example"}  # no longer this machine's alone
    command = (sys.executable, "-m", "bot", "serve", "--model", "extractive", "--port", "0")
    with process(*command, cwd=folder, env={**os.environ, **settings}) as started:
        address = address_of(started)
        with httpx.Client(base_url=address, timeout=60) as client:
            wait_until_ready(client, lambda: started.poll() is None)
        yield Served(address, editor, scoped)
