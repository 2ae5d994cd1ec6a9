"""Clients as programs have them, against `byline serve` in a process of its own, with a real key."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
import yaml

from bot.api.openai.models import BYLINE
from tests.api_server import events_of
from tests.mcp_server import ERAS, client
from tests.real_server import Served, real_server
from tests.serving import QUESTION, QUOTE
from tests.small_news import BRIDGE
from tests.test_api_docs import BLOCKS, CALLS
from tests.test_mcp_docs import SERVED, blocks
from tests.test_promptfoo import evaluated, of

TEXT = f"{QUOTE} [1]"
TRAM = "What should the town council of Vellmar do about the tram?"
MESSAGES: Any = [{"role": "user", "content": QUESTION}]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with real_server(tmp_path_factory.mktemp("served")) as found:
        yield found


def sdk(served: Served, key: str | None = None) -> openai.OpenAI:
    return openai.OpenAI(base_url=served.api, api_key=key or served.key, max_retries=0, timeout=300)


# OpenAI's client


def test_a_response_is_read_whole_and_as_a_stream(served: Served) -> None:
    responses = sdk(served).responses
    once = responses.create(model=BYLINE, input=QUESTION)
    with responses.stream(model=BYLINE, input=QUESTION) as stream:
        pieces = [event.delta for event in stream if event.type == "response.output_text.delta"]
        last = stream.get_final_response()
    assert once.output_text == last.output_text == "".join(pieces) == TEXT
    [spans, streamed] = [[each.to_dict() for each in found.output[0].content[0].annotations] for found in (once, last)]  # type: ignore[index, union-attr]
    assert spans == streamed != []
    assert responses.create(model=BYLINE, input="When was that?", previous_response_id=once.id).output_text == TEXT


def test_a_completion_is_read_whole_and_as_a_stream(served: Served) -> None:
    completions = sdk(served).chat.completions
    once = completions.create(model=BYLINE, messages=MESSAGES)
    with completions.stream(model=BYLINE, messages=MESSAGES) as stream:
        for _ in stream:
            pass
        last = stream.get_final_completion()
    assert once.choices[0].message.content == last.choices[0].message.content == TEXT
    assert once.choices[0].message.annotations == last.choices[0].message.annotations
    assert once.to_dict()["citations"] == [each["address"] for each in once.to_dict()["sources"]]  # type: ignore[attr-defined]


def test_a_key_decides_what_is_answered(served: Served) -> None:
    whole, scoped = sdk(served), sdk(served, served.scoped)
    assert "rebuild the tram" in whole.responses.create(model=BYLINE, input=TRAM).output_text
    assert scoped.responses.create(model=BYLINE, input=TRAM).to_dict()["byline"]["status"] == "refused"  # type: ignore[index]
    assert [each.id for each in scoped.models.list()] == [BYLINE, f"{BYLINE}/Bridges"]
    with pytest.raises(openai.AuthenticationError, match="none of this server's"):
        sdk(served, "byl_0_wrong").models.list()


@pytest.mark.parametrize("of_responses", [False, True])
def test_langchain_reads_the_same_whole_and_as_a_stream(served: Served, of_responses: bool) -> None:
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    key = SecretStr(served.key)
    model = ChatOpenAI(
        model=BYLINE, base_url=served.api, api_key=key, use_responses_api=of_responses, max_retries=0, timeout=300
    )
    assert model.invoke(QUESTION).text == "".join(str(each.text) for each in model.stream(QUESTION)) == TEXT


def test_promptfoo_asks_by_its_provider_for_openai(served: Served, tmp_path: Path) -> None:
    command = os.environ.get("BYLINE_PROMPTFOO")
    if not command:
        pytest.skip("promptfoo is not here: BYLINE_PROMPTFOO does not say how to start it")
    test = {"vars": {"question": QUESTION}, "assert": [of("contains", "3 May 2021 after two years")]}
    suite = {
        "prompts": ["{{question}}"],
        "providers": [{"id": f"openai:chat:{BYLINE}", "config": {"apiBaseUrl": served.api, "apiKey": served.key}}],
        "tests": [test, {"vars": {"question": "Who is king?"}, "assert": [of("contains", "3 May 2021")]}],
    }
    (tmp_path / "served.yaml").write_text(yaml.safe_dump(suite), encoding="utf-8")
    assert evaluated(tmp_path, command, "served") == {QUESTION: (True, 1), "Who is king?": (False, 0)}


# MCP's client


@pytest.mark.parametrize("era", ERAS)
async def test_the_client_of_mcp_asks_and_reads_with_a_key(served: Served, era: str) -> None:
    async with client(served.mcp, era, served.key) as asked, client(served.mcp, era, served.scoped) as scoped:
        answer = await asked.call_tool("ask", {"question": QUESTION})
        refused = await scoped.call_tool("ask", {"question": TRAM})
        [resource] = (await scoped.list_resources()).resources
        [content] = (await scoped.read_resource(resource.uri)).contents
    assert answer.structured_content is not None
    assert (answer.is_error, answer.structured_content["text"]) == (False, TEXT)
    assert refused.structured_content is not None
    assert refused.structured_content["status"] == "refused"
    assert (resource.name, BRIDGE.text in content.text) == (BRIDGE.id, True)  # type: ignore[union-attr]


def test_without_a_key_both_surfaces_refuse_in_their_form(served: Served) -> None:
    api, mcp = (httpx.post(address, json={}, timeout=60) for address in (f"{served.api}/ask", served.mcp))
    assert (api.status_code, mcp.status_code) == (401, 401)
    assert (api.json()["error"]["code"], mcp.json()["error"]) == ("invalid_api_key", "invalid_token")


# What the documents show


def run(served: Served, *command: str) -> str:
    settings = {"BYLINE_ADDRESS": served.api, "BYLINE_API_KEY": served.key}
    done = subprocess.run(
        command, env={**os.environ, **settings}, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


needs_curl = pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl here (apt install curl)")


@needs_curl
@pytest.mark.parametrize("call", CALLS)
def test_a_call_of_the_api_is_answered(served: Served, call: str) -> None:
    said = run(served, "sh", "-c", call)
    if "-sN" in call:
        assert [name for name, _, _ in events_of(said)] == ["evidence", "words", "answer"]
    else:
        assert not json.loads(said).get("error")
        answers = not any(each in call for each in ("/models", "/articles", "/gaps"))
        assert not answers or QUOTE[:40] in said


def test_the_python_of_the_api_prints_the_marks(served: Served) -> None:
    [example] = [block for block in BLOCKS if "from openai import" in block]
    printed = run(served, sys.executable, "-c", f"import os\n{example}")
    assert printed == "[1] Vellmar's old bridge reopens https://news.example/bridge\n"


@needs_curl
def test_the_call_of_mcp_finds_passages(served: Served) -> None:
    """The document stands for a server on one's own machine, where no key is needed."""
    [call] = blocks("sh")
    assert SERVED in call
    keyed = call.replace(SERVED, served.mcp).replace("curl -s ", f'curl -s -H "Authorization: Bearer {served.key}" ')
    result = json.loads(run(served, "sh", "-c", keyed))["result"]
    assert next(each["id"] for each in result["structuredContent"]["articles"]) == BRIDGE.id
