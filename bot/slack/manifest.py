"""The manifest of the Slack app: its scopes and events, each with a reason.

Methods and events with their scopes: https://docs.slack.dev/reference. The fields, version 2:
https://github.com/slackapi/manifest-schema.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from bot.slack.errors import PublicAddressInvalid

EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH = "/slack/events", "/slack/install", "/slack/oauth_redirect"
COMMAND = "/ask"
CHECK = "check_message"  # the callback ID of the message shortcut

# Scopes with their reasons. The home, modals, and the events of a removal need no scope.
SCOPES = {
    "app_mentions:read": "app_mention: questions that mention the bot",
    "assistant:write": "assistant.threads.setSuggestedPrompts: questions to begin with; agent_view needs it, too",
    "channels:history": "message.channels and conversations.replies: every question of a channel, and its threads",
    "chat:write": "chat.postMessage, chat.update, chat.startStream, agents.sessions.setStatus: the answers",
    "commands": "/ask, and the message shortcut",
    "groups:history": "message.groups and conversations.replies: the same in private channels",
    "im:history": "message.im: direct messages",
    "reactions:read": "reaction_added: a reaction to an answer is feedback",
}
EVENTS = {
    "agent_session_stopped": "the stop button",
    "app_home_opened": "the home tab, and questions to begin with",
    "app_mention": "a question that mentions the bot",
    "app_uninstalled": "the workspace's tokens are deleted",
    "message.channels": "only for channels that are set to have every question answered",
    "message.groups": "the same in private channels",
    "message.im": "direct messages",
    "reaction_added": "feedback",
    "tokens_revoked": "the tokens are deleted",
}
_ABOUT = "Answers questions about a body of articles, and proves every sentence with exact quotes."
_PROMPTS = {  # initial prompts; the app later sets questions about the articles
    "What is here": "What are the articles about?",
    "What is new": "Which articles are the newest?",
    "What you can do": "What can you do?",
}
_HEAD = """\
# A Slack app for Byline. On https://api.slack.com/apps: Create New App, From a manifest; choose the workspace, paste
# this, create it. docs/slack.md has the next steps.
"""


def manifest(public: str | None = None) -> dict[str, Any]:
    """The manifest for Socket Mode; with `public`, the https address of Byline for Slack, for HTTP.

    Raises PublicAddressInvalid.
    """
    base = None if public is None else _base(public)
    events = {"request_url": f"{base}{EVENTS_PATH}"} if base else {}
    redirect = {"redirect_urls": [f"{base}{REDIRECT_PATH}"]} if base else {}
    return {
        "_metadata": {"major_version": 2},
        "display_information": {"name": "Byline", "description": _ABOUT, "background_color": "#1f2933"},
        "features": _features({"url": f"{base}{EVENTS_PATH}"} if base else {}),
        "oauth_config": {**redirect, "scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**events, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **events},
            "org_deploy_enabled": False,
            "socket_mode_enabled": base is None,
            "token_rotation_enabled": False,  # Slack never lets it be turned off again
        },
    }


def written(manifest: dict[str, Any]) -> str:
    """The manifest in YAML, with the reason beside each scope and event."""
    import yaml

    text = yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True, width=120)
    for name, reason in (SCOPES | EVENTS).items():
        text = text.replace(f"- {name}\n", f"- {name} # {reason}\n")
    return _HEAD + text


def _features(reached: dict[str, str]) -> dict[str, Any]:
    return {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": "byline", "always_online": False},
        "agent_view": {
            "agent_description": f"{_ABOUT} Where the articles do not say, it says so.",
            "suggested_prompts": [{"title": title, "message": message} for title, message in _PROMPTS.items()],
        },
        "slash_commands": [
            {
                "command": COMMAND,
                "description": "Ask the articles; only you see the answer, and may share it",
                "usage_hint": "QUESTION | settings | watch QUESTION daily | help",
                "should_escape": True,
                **reached,
            }
        ],
        "shortcuts": [
            {
                "name": "Check with the articles",  # at most 24 characters
                "type": "message",
                "callback_id": CHECK,
                "description": "Check this against the articles: each sentence supported, contradicted or not found",
            }
        ],
    }


def _base(public: str) -> str:
    try:
        parts = urlsplit(public)
        usable = parts.scheme == "https" and parts.hostname and not (parts.query or parts.fragment or parts.username)
    except ValueError:
        usable = False
    if not usable or not public.isprintable() or " " in public:
        raise PublicAddressInvalid(public)
    return public.rstrip("/")
