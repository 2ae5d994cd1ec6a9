"""What docs/api.md shows is there: its routes and fields. `test_clients.py` runs its commands."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

from bot.api import app
from tests.api_server import service_of
from tests.conftest import answering
from tests.conversations import town

PAGE = (Path(__file__).parent.parent / "docs" / "api.md").read_text(encoding="utf-8")
BLOCKS = [dedent(block).strip() for block in re.findall(r"(?:^(?: {4}.*)?\n)+", PAGE, re.MULTILINE)]
CALLS = [call for block in BLOCKS for call in block.split("\n\n") if call.startswith("curl ")]


def test_each_route_has_a_call() -> None:
    shown = {re.search(r"\$BYLINE_ADDRESS(/[a-z]+(?:/completions)?)", call)[1] for call in CALLS}  # type: ignore[index]
    assert shown == {"/ask", "/search", "/verify", "/models", "/responses", "/chat/completions", "/articles", "/gaps"}


def test_the_fields_and_the_routes_shown_are_those_there_are(tmp_path: Path) -> None:
    with town(tmp_path) as index:
        document = app(service_of(answering(index))).openapi()
    table = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    shown = {field for cell in table for field in re.findall(r"`(\w+)`", cell)}
    assert shown == set(document["components"]["schemas"]["AskBody"]["properties"])
    named = {f"/v1/{path}" for path in re.findall(r"`/v1/([a-z/]+)`", PAGE)}
    assert named - {"/v1/docs"} <= set(document["paths"])
