"""The manifest that `byline slack manifest` prints: Slack would take it, and it asks for nothing without a reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.cli import main
from bot.slack.errors import PublicAddressInvalid
from bot.slack.manifest import CHECK, EVENTS, EVENTS_PATH, REDIRECT_PATH, SCOPES, manifest, written

SCHEMA = json.loads((Path(__file__).parent / "slack_manifest.schema.json").read_text(encoding="utf-8"))
PUBLIC = "https://byline.example"

# The scope that each event needs, as its page at docs.slack.dev/reference/events has it; None where it needs none.
NEEDED = {
    "agent_session_stopped": "assistant:write",
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "app_uninstalled": None,
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "reaction_added": "reactions:read",
    "tokens_revoked": None,
}


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as end:
        main(["slack", "manifest", *arguments])
    return end.value.code or 0, *capsys.readouterr()


@pytest.mark.parametrize("public", [None, PUBLIC, f"{PUBLIC}:8443/under/a/path/"])
def test_slack_would_take_it(public: str | None) -> None:
    jsonschema.validate(manifest(public), SCHEMA)


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("features", "assistant_view"), {"assistant_description": "x"}),
        (("features", "agent_view", "description"), "x"),
        (("features", "agent_view", "agent_description"), "x" * 301),
        (("display_information", "name"), "x" * 36),
        (("settings", "socket_mode"), True),
    ],
)
def test_the_schema_finds_mistakes(where: tuple[str, ...], value: object) -> None:
    made = manifest()
    place: dict[str, Any] = made
    for name in where[:-1]:
        place = place[name]
    place[where[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(made, SCHEMA)


def test_it_is_an_agent_with_a_command_a_shortcut_and_a_home() -> None:
    features = manifest()["features"]
    assert features["agent_view"]["agent_description"]
    assert 1 <= len(features["agent_view"]["suggested_prompts"]) <= 4
    assert [each["command"] for each in features["slash_commands"]] == ["/ask"]
    [shortcut] = features["shortcuts"]
    assert (shortcut["type"], shortcut["callback_id"]) == ("message", CHECK)
    assert len(shortcut["name"]) <= 24  # Slack's own limit
    home = features["app_home"]
    assert (home["home_tab_enabled"], home["messages_tab_enabled"]) == (True, True)
    assert not home["messages_tab_read_only_enabled"]
    assert manifest()["settings"]["interactivity"]["is_enabled"]


def test_each_event_has_its_scope() -> None:
    assert NEEDED.keys() == EVENTS.keys()
    assert {scope for scope in NEEDED.values() if scope} <= SCOPES.keys()


def test_socket_mode_names_no_address() -> None:
    made = manifest()
    assert made["settings"]["socket_mode_enabled"] is True
    assert "http" not in json.dumps(made)


def test_over_http_everything_leads_to_the_public_address() -> None:
    made = manifest(f"{PUBLIC}/x/")
    settings = made["settings"]
    assert settings["socket_mode_enabled"] is False
    assert made["oauth_config"]["redirect_urls"] == [f"{PUBLIC}/x{REDIRECT_PATH}"]
    events = f"{PUBLIC}/x{EVENTS_PATH}"
    assert settings["event_subscriptions"]["request_url"] == events
    assert settings["interactivity"]["request_url"] == events
    assert [each["url"] for each in made["features"]["slash_commands"]] == [events]


@pytest.mark.parametrize(
    "given",
    [
        *("", "byline.example", "http://byline.example", "https://", "https:///x", "ftp://byline.example"),
        *("https://byline.example?x=1", "https://byline.example#x", "https://a@byline.example", "https://[::1"),
        *("https://byline.example/\nx: y", "https://byline.example/a b"),
    ],
)
def test_where_slack_cannot_reach_byline_is_told(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PublicAddressInvalid):
        manifest(given)
    code, out, err = printed(capsys, "--http", given)
    assert (code, out) == (2, "")
    assert "such as https://byline.example" in err


@pytest.mark.parametrize("arguments", [(), ("--http", PUBLIC)])
def test_what_is_printed_is_the_manifest(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    expected = manifest(*arguments[1:])
    code, text, err = printed(capsys, *arguments)
    assert (code, err) == (0, "")
    assert yaml.safe_load(text) == expected
    code, text, err = printed(capsys, *arguments, "--json")
    assert (code, err) == (0, "")
    assert json.loads(text) == expected


def test_each_scope_and_event_stands_beside_its_reason() -> None:
    lines = written(manifest()).splitlines()
    for name, reason in _reasons():
        assert any(line.strip() == f"- {name} # {reason}" for line in lines)


def _reasons() -> Iterator[tuple[str, str]]:
    yield from SCOPES.items()
    yield from EVENTS.items()
