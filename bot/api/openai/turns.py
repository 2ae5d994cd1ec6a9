"""Earlier turns as a program sends them back, with the articles that their marks stand for.

An answer that was kept tells it; else the annotations that came with its message. A mark of which neither tells stays
a mark without an article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import unquote

from bot.api.openai.citing import SCHEME
from bot.api.openai.messages import Message
from bot.auth.principal import Principal
from bot.errors import ShownError
from bot.history import responses
from bot.history.conversations import TURNS
from bot.service.asking import owner_of
from bot.service.service import Service
from bot.types import Turn

_MARK = re.compile(r"\[(\d{1,3})\]", re.ASCII)
KIND = "url_citation"


def turns_of(service: Service, principal: Principal, messages: Sequence[Message]) -> tuple[Turn, ...]:
    """Each question before the last message, with what was said to it last, at most `TURNS`."""
    pairs = tuple(paired(messages[:-1]))[-TURNS:]
    return tuple(_turn(service, principal, question, said) for question, said in pairs)


def paired(messages: Sequence[Message]) -> Iterator[tuple[str, Message | None]]:
    """Each question, and the last message that answers it.

    >>> asked = [Message(role="user", content="Who left?"), Message(role="assistant", content="Two did. [1]")]
    >>> [(question, said.text) for question, said in paired(asked)]
    [('Who left?', 'Two did. [1]')]
    """
    question, said = None, None
    for message in messages:
        if message.role == "user":
            if question is not None:
                yield question, said
            question, said = message.text, None
        elif message.role == "assistant" and question is not None:
            said = message
    if question is not None:
        yield question, said


def cited(message: Message) -> Iterator[tuple[int, str]]:
    """The marks of a message and the ids of their articles, as its annotations tell.

    >>> flat = {"type": "url_citation", "start_index": 5, "end_index": 8, "url": "byline:a%20b"}
    >>> list(cited(Message(role="assistant", content="Two. [1]", annotations=[flat])))
    [(1, 'a b')]
    """
    for text, annotation in message.cited:
        told = annotation.get(KIND, annotation)  # nested in a completion, flat in a response
        if annotation.get("type") == KIND and isinstance(told, dict):
            mark, article_id = _mark(text, told), _article_id(told)
            if mark and article_id:
                yield mark, article_id


def _turn(service: Service, principal: Principal, question: str, said: Message | None) -> Turn:
    text = said.text if said else ""
    if said is None or not text:
        return Turn(question)
    with suppress(ShownError):  # what was kept cannot be read now: the message tells what it can
        if kept := responses.said(service.history, owner_of(principal), text):
            return Turn.of(question, kept)
    told = dict(cited(said))  # one of each mark, before any article is looked up
    known = ((mark, each) for mark, each in told.items() if _readable(service, principal, each))
    return Turn(question, text, cited=tuple(known))


def _mark(text: str, told: dict[str, Any]) -> int | None:
    start, end = told.get("start_index"), told.get("end_index")
    if not (isinstance(start, int) and isinstance(end, int)):
        return None
    found = _MARK.fullmatch(text[max(0, start) : max(0, end)])
    return int(found[1]) if found else None


def _article_id(told: dict[str, Any]) -> str | None:
    """By our own field; of a client that keeps only OpenAI's, by the address."""
    named, url = told.get("article_id"), told.get("url")
    if isinstance(named, str):
        return named
    return unquote(url.removeprefix(SCHEME)) if isinstance(url, str) else None


def _readable(service: Service, principal: Principal, article_id: str) -> bool:
    """Whether there is such an article for them. Whoever sends a message could write any name into it."""
    with suppress(ShownError):
        service.article(principal, article_id)
        return True
    return False
