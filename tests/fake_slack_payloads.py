"""The payloads that Slack sends to an app, as pure functions: docs.slack.dev/reference/interaction-payloads."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

APP = "AFAKE"


class Kind(StrEnum):
    """The kinds of a Socket Mode envelope; over HTTP they differ in their encoding."""

    EVENT = "events_api"
    COMMAND = "slash_commands"
    INTERACTIVE = "interactive"


class Signature(StrEnum):
    """What is wrong with the signature of a request."""

    VALID = "valid"
    WRONG = "wrong"
    OLD = "old"
    MISSING = "missing"
    UNREADABLE = "unreadable"  # its time is no number


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """An app's answer to one delivery; `payload` is what it answered with."""

    kind: Kind
    payload: Any = None
    status: int = 200
    attempt: int = 0


def person(user: str, team: str) -> dict[str, Any]:
    return {"id": user, "username": user.lower(), "name": user.lower(), "team_id": team}


def interaction(kind: str, user: str, team: str, **more: Any) -> dict[str, Any]:
    facts = {"type": kind, "team": {"id": team, "domain": "newsroom"}, "user": person(user, team), "api_app_id": APP}
    return facts | {"token": "old", "enterprise": None, "is_enterprise_install": False} | more


def command_fields(command: str, text: str, channel: str, user: str, team: str, **more: str) -> dict[str, Any]:
    place = {"team_id": team, "team_domain": "newsroom", "channel_id": channel, "channel_name": channel.lower()}
    who = {"user_id": user, "user_name": user.lower(), "api_app_id": APP, "is_enterprise_install": "false"}
    return place | who | {"command": command, "text": text, "token": "old"} | more


def action_of(blocks: Any, action_id: str, value: Any) -> dict[str, Any]:
    """The action of an element among blocks, as a person takes it; an AssertionError where there is no such element."""
    found = [
        (block, element)
        for block in blocks
        for element in elements_of(block)
        if element.get("action_id") == action_id and value in (None, *_values(element))
    ]
    assert found, f"no element {action_id!r} with the value {value!r} in {blocks}"
    block, element = found[0]
    action = {"type": element["type"], "action_id": action_id, "block_id": block["block_id"], "action_ts": "1.1"}
    options = options_of(element)
    if options:
        chosen = next(option for option in options if value in (None, option["value"]))
        many = element["type"] == "checkboxes" or element["type"].startswith("multi_")
        return action | ({"selected_options": [chosen]} if many else {"selected_option": chosen})
    text = {"text": element["text"]} if "text" in element else {}
    return action | text | {"value": value if value is not None else next(iter(_values(element)), None)}


def elements_of(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "action_id" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from elements_of(item)


def options_of(element: Mapping[str, Any]) -> list[dict[str, Any]]:
    groups = element.get("option_groups") or []
    return [*element.get("options", ()), *(option for group in groups for option in group["options"])]


def _values(element: Mapping[str, Any]) -> list[str]:
    buttons = (element.get("positive_button"), element.get("negative_button"), element, *options_of(element))
    return [button["value"] for button in buttons if button and "value" in button]


def body_of(kind: Kind, payload: Mapping[str, Any]) -> tuple[str, str]:
    """The body and the content type of an HTTP request."""
    if kind is Kind.EVENT:
        return json.dumps(payload), "application/json"
    form = payload if kind is Kind.COMMAND else {"payload": json.dumps(payload)}
    return urlencode(form), "application/x-www-form-urlencoded"


def signed(body: str, secret: str, signature: Signature = Signature.VALID) -> dict[str, str]:
    """The headers of a signature: docs.slack.dev/authentication/verifying-requests-from-slack."""
    if signature is Signature.MISSING:
        return {}
    sent = int(time.time()) - (600 if signature is Signature.OLD else 0)
    key = "another secret" if signature is Signature.WRONG else secret
    digest = hmac.new(key.encode(), f"v0:{sent}:{body}".encode(), hashlib.sha256).hexdigest()
    stamp = "abc" if signature is Signature.UNREADABLE else str(sent)
    return {"x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={digest}"}
