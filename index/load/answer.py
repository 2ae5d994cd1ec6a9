"""Answers of servers, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from email.utils import parsedate_to_datetime
from http import HTTPStatus

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PASSING = frozenset({429, 502, 503, 504})  # what a server answers that may answer otherwise soon
_A_WEEK = 7 * 24 * 3600  # seconds; who asks for more is not to be taken at the word


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An answer to one request; its `data` only where the status is 200."""

    address: str
    status: int
    headers: Mapping[str, str]  # their names in lower case
    data: bytes = field(default=b"", repr=False)
    private: bool = False  # whether it came from this machine or a private network


def asked_wait(answer: HttpAnswer) -> float:
    """The seconds that a server asks to wait; 0 where it asks nothing. It may state a time on its own clock."""
    asked = answer.headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked)
    try:
        now = parsedate_to_datetime(answer.headers.get("date", ""))
        return (parsedate_to_datetime(asked) - now).total_seconds()
    except (TypeError, ValueError, IndexError):
        return 0


def content(headers: Mapping[str, str]) -> tuple[str | None, str | None]:
    """The content type and the charset of an answer."""
    if not (stated := headers.get("content-type")):
        return None, None
    message = Message()
    message["Content-Type"] = stated
    charset = message.get_param("charset")
    return message.get_content_type(), charset.strip() if isinstance(charset, str) else None


def named(status: int) -> str:
    """
    >>> named(404), named(299)
    ('404 (Not Found)', '299')
    """
    return f"{status} ({HTTPStatus(status).phrase})" if status in set(HTTPStatus) else str(status)


def in_words(answer: HttpAnswer) -> str:
    """The meaning of an answer without content, for a person."""
    name = named(answer.status)
    match answer.status:
        case 401 | 402 | 403 | 407 | 451:
            return f"Its server does not show it to programs: {name}. Save the page as a file and index that."
        case 404 | 410:
            return f"There is nothing at this address: {name}. Check it."
        case 429 | 503 if 0 < (seconds := asked_wait(answer)) < _A_WEEK:
            return f"Its server wants to be left alone: {name}. Try again in {seconds:,.0f} seconds."
        case 429:
            return f"Its server wants to be left alone: {name}. Try again later."
        case status if status >= 500:
            return f"Its server failed: {name}. Try again later."
        case _:
            return f"Its server answered {name}, which gives nothing to read. Check the address."
