"""Whatever programs send, only errors for people come: the readers of requests, on what hypothesis makes up."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given as giving
from hypothesis import strategies as made
from pydantic import ValidationError

from bot.api.articles import Sent
from bot.api.bodies import AskBody, SearchBody, VerifyBody
from bot.api.openai.chat import ChatBody, before
from bot.api.openai.messages import question_of
from bot.api.openai.responses import ResponseBody
from bot.api.openai.turns import cited, paired
from bot.errors import ShownError
from bot.mcp.resources import id_of
from bot.mcp.server import arguments_of
from bot.mcp.tools import TOOLS
from bot.service import paging
from bot.service.middleware import token_of
from index.load import given

Reader = Callable[[bytes], None]


def bodies(sent: bytes) -> None:
    """What the API's routes are sent."""
    for body in (AskBody, SearchBody, VerifyBody):
        with suppress(ValidationError):
            body.model_validate_json(sent)
    with suppress(ValidationError):
        for article in Sent.model_validate_json(sent).articles:
            given(article, "text")


def messages(sent: bytes) -> None:
    """What OpenAI's shapes are sent, and the talk in it."""
    for shape in (ChatBody, ResponseBody):
        with suppress(ValidationError, ShownError):
            body: Any = shape.model_validate_json(sent)
            question_of(body.messages)
            for _, said in paired(body.messages):
                _ = said and list(cited(said))


def calls(sent: bytes) -> None:
    """What MCP's tools are called with."""
    with suppress(ValueError, RecursionError):
        arguments = json.loads(sent)
        for tool in TOOLS:
            with suppress(ShownError):
                arguments_of(tool, arguments if isinstance(arguments, dict) else {"query": arguments})


def words(sent: bytes) -> None:
    """Headers, places in lists, addresses of resources, stops."""
    text = sent.decode("utf-8", "replace")
    assert (token := token_of([(b"authorization", sent)])) == token.strip()
    place = paging.read(text)
    assert place is None or paging.read(paging.written(place) or "") == place
    with suppress(ShownError):
        id_of(text)
    stops = [each for each in text[:40].split("|") if each]
    assert text.startswith(before(stops, text, whole=True))
    assert before(stops, text, whole=True).startswith(before(stops, text, whole=False))


NAMES = made.sampled_from(
    "question query text messages input role user assistant content annotations type url_citation message output_text "
    "start_index end_index url article_id byline model filters outlet since collection articles id published".split()
)
VALUES: Any = made.recursive(
    made.none() | made.booleans() | made.integers() | made.text() | NAMES,
    lambda inner: made.lists(inner) | made.dictionaries(NAMES | made.text(), inner),
    max_leaves=20,
)
SENT = made.binary() | made.dictionaries(NAMES, VALUES).map(lambda value: json.dumps(value).encode())

READERS: dict[str, Reader] = {each.__name__: each for each in (bodies, messages, calls, words)}


@pytest.mark.parametrize("reader", READERS)
@giving(sent=SENT)
def test_nothing_that_is_sent_breaks_a_reader(reader: str, sent: bytes) -> None:
    READERS[reader](sent)
