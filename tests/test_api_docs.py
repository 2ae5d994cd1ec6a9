"""What docs/api.md shows works: its commands by curl, its Python by OpenAI's client, its fields and routes exist."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import httpx
import pytest

from bot.principal import Principal
from bot.users import Role
from tests.api_server import events_of, service_of, serving
from tests.conftest import answering
from tests.conversations import BRIDGE_QUOTE, town

PAGE = (Path(__file__).parent.parent / "docs" / "api.md").read_text(encoding="utf-8")
BLOCKS = [dedent(block).strip() for block in re.findall(r"(?:^(?: {4}.*)?\n)+", PAGE, re.MULTILINE)]
CALLS = [call for block in BLOCKS for call in block.split("\n\n") if call.startswith("curl ")]
KEY = "byl_example"


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with (
        town(tmp_path_factory.mktemp("docs")) as index,
        serving(service_of(answering(index)), {KEY: Principal("editor", Role.EDITOR)}) as address,
    ):
        yield {**os.environ, "BYLINE_ADDRESS": address, "BYLINE_API_KEY": KEY}


def run(environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("call", CALLS)
def test_a_call_by_curl_is_answered(environment: dict[str, str], call: str) -> None:
    said = run(environment, "sh", "-c", call)
    if "-sN" in call:
        assert [name for name, _, _ in events_of(said)] == ["evidence", "words", "answer"]
    else:
        assert not json.loads(said).get("error")
        answers = not any(each in call for each in ("/models", "/articles", "/gaps"))
        assert not answers or BRIDGE_QUOTE[:40] in said


def test_each_route_has_a_call() -> None:
    shown = {re.search(r"\$BYLINE_ADDRESS(/[a-z]+(?:/completions)?)", call)[1] for call in CALLS}  # type: ignore[index]
    assert shown == {"/ask", "/search", "/verify", "/models", "/responses", "/chat/completions", "/articles", "/gaps"}


def test_the_python_prints_the_marks(environment: dict[str, str]) -> None:
    [example] = [block for block in BLOCKS if "from openai import" in block]
    printed = run(environment, sys.executable, "-c", f"import os\n{example}")
    assert printed == "[1] Vellmar's old bridge reopens https://news.example/bridge\n"


def test_the_fields_and_the_routes_shown_are_those_there_are(environment: dict[str, str]) -> None:
    document = httpx.get(f"{environment['BYLINE_ADDRESS']}/openapi.json", timeout=60).json()
    table = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    shown = {field for cell in table for field in re.findall(r"`(\w+)`", cell)}
    assert shown == set(document["components"]["schemas"]["AskBody"]["properties"])
    named = {f"/v1/{path}" for path in re.findall(r"`/v1/([a-z/]+)`", PAGE)}
    assert named - {"/v1/docs"} <= set(document["paths"])
