"""The fake Slack itself, with the real slack_sdk client and the real Bolt app over both transports."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import jsonschema
import pytest
import yaml
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.starlette import SlackRequestHandler
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.oauth.installation_store import FileInstallationStore
from slack_sdk.oauth.state_store import FileOAuthStateStore
from slack_sdk.webhook import WebhookClient
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.fake_slack import (
    APP_TOKEN,
    BOT,
    BOT_TOKEN,
    CLIENT_ID,
    CLIENT_SECRET,
    PERSON,
    SIGNING_SECRET,
    TEAM,
    FakeSlack,
    Kind,
    Signature,
    blocks_refusal,
    live_markdown,
    live_markup,
    message_refusal,
    refusal,
    response_refusal,
    shown,
    update_refusal,
    view_refusal,
)
from tests.loopback import running

Block = dict[str, Any]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def section(text: str = "A", **more: Any) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}, **more}


def button(action_id: str = "share", text: str = "Share", value: str = "7", **more: Any) -> Block:
    return {"type": "button", "action_id": action_id, "text": plain(text), "value": value, **more}


def actions(*elements: Block, **more: Any) -> Block:
    return {"type": "actions", "elements": list(elements), **more}


def select(count: int = 2, text: str = "One", value: str = "7:", **more: Any) -> Block:
    options = [{"text": plain(text), "value": f"{value}{number}"} for number in range(count)]
    return {"type": "static_select", "action_id": "quote", "placeholder": plain("Quote"), "options": options, **more}


def feedback(text: str = "Good", value: str = "good:7") -> Block:
    good, bad = {"text": plain(text), "value": value}, {"text": plain("Bad"), "value": "bad:7"}
    buttons = {"action_id": "feedback", "positive_button": good, "negative_button": bad}
    return {"type": "context_actions", "elements": [{"type": "feedback_buttons", **buttons}]}


def table(rows: int = 2, columns: int = 2, text: str = "a") -> Block:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": text}] * columns for _ in range(rows)]}


def context(count: int = 1) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": "a"}] * count}


def note(**more: Any) -> Block:
    element = {"type": "plain_text_input", "action_id": "note", "multiline": True}
    return {"type": "input", "block_id": "note", "label": plain("Note"), "element": element, **more}


def modal(*blocks: Block, **more: Any) -> Block:
    return {"type": "modal", "title": plain("Quote"), "blocks": list(blocks or (section(),)), **more}


def markdown(count: int) -> Block:
    return {"type": "markdown", "text": "m" * count}


@pytest.mark.parametrize(
    "blocks",
    [
        [section("a" * 3000), {"type": "divider"}, {"type": "header", "text": plain("h" * 150)}],
        [section()] * 50,
        [markdown(6000), markdown(6000)],
        [context(10), feedback("g" * 75, "v" * 2000)],
        [actions(*(button(f"b{number}", "t" * 75, "v" * 2000) for number in range(25)))],
        [actions(button("a" * 255, url="https://example.org/a?b=1&c=2"), block_id="b" * 255)],
        [section(accessory=select(100, "o" * 75, "v" * 147))],
        [table(100, 20), section()],
        [section(accessory=select(initial_option={"text": plain("One"), "value": "7:1"}))],
        [{"type": "task_card", "task_id": "1", "title": "Searching", "status": "complete"}],
    ],
)
def test_blocks_at_the_limits_are_taken(blocks: list[Block]) -> None:
    assert blocks_refusal(blocks) is None


@pytest.mark.parametrize(
    ("blocks", "reason"),
    [
        ([section("a" * 3001)], "3000"),
        ([section("")], "1 to 3000"),
        ([section()] * 51, "50 blocks"),
        ([{"type": "header", "text": plain("h" * 151)}], "150"),
        ([{"type": "header", "text": {"type": "mrkdwn", "text": "h"}}], "plain_text"),
        ([markdown(6000), markdown(6001)], "markdown"),
        ([markdown(0)], "text attribute must be specified"),
        ([context(11)], "10"),
        ([context(0)], "needs elements"),
        ([{"type": "context", "elements": [button()]}], "unsupported element"),
        ([feedback("g" * 76)], "75"),
        ([feedback(value="v" * 2001)], "2000"),
        ([{"type": "context_actions", "elements": feedback()["elements"] * 6}], "5"),
        ([actions(*(button(f"b{number}") for number in range(26)))], "25"),
        ([actions(button(), button())], "action_id is not unique"),
        ([actions(button("a" * 256))], "255"),
        ([actions(button(text="t" * 76))], "75"),
        ([actions(button(value="v" * 2001))], "2000"),
        ([actions(button(url="javascript:alert(1)"))], "not an address"),
        ([actions(button(disabled=True))], "unknown field"),
        ([actions(button(style="green"))], "slack_sdk refuses"),
        ([actions(feedback()["elements"][0])], "unsupported element"),
        ([section(block_id="a"), section(block_id="a")], "block_id is not unique"),
        ([section(block_id="b" * 256)], "255"),
        ([section(accessory=select(101))], "100"),
        ([section(accessory=select(0))], "options"),
        ([section(accessory=select(text="o" * 76))], "75"),
        ([section(accessory=select(value="v" * 150))], "150"),
        ([section(accessory=select(initial_option={"text": plain("None"), "value": "x"}))], "initial option"),
        ([section(fields=[{"type": "mrkdwn", "text": "f" * 2001}])], "2000"),
        ([section(colour="red")], "unknown field"),
        ([{"type": "section", "text": {"type": "plain_text", "text": "a", "verbatim": True}}], "slack_sdk refuses"),
        ([{"type": "section"}], "text or fields"),
        ([table(101)], "100 rows"),
        ([table(1, 21)], "20 cells"),
        ([table(100, 20, "a" * 6)], "10000"),
        ([table(text="")], "a cell needs a text"),
        ([table(), table()], "only_one_table_allowed"),
        ([{"type": "citation", "text": "a"}], "unsupported type"),
        ([{"text": "a"}], "unsupported type"),
        (["a"], "unsupported type"),
        ({"type": "divider"}, "no array"),
    ],
)
def test_blocks_beyond_a_limit_are_refused_with_the_reason(blocks: Any, reason: str) -> None:
    refused = blocks_refusal(blocks)
    assert refused is not None
    assert refused.error == "invalid_blocks"
    assert reason in refused.reason


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"channel": "C", "text": "a"}, None),
        ({"text": "a"}, "channel_not_found"),
        ({"channel": "C"}, "no_text"),
        ({"channel": "C", "text": "a" * 40_001}, "msg_too_long"),
        ({"channel": "C", "markdown_text": "a" * 12_001}, "msg_too_long"),
        ({"channel": "C", "markdown_text": "a", "text": "a"}, "markdown_text_conflict"),
        ({"channel": "C", "blocks": [section("a" * 3000)] * 4}, None),
        ({"channel": "C", "blocks": [section("a" * 2650)] * 5}, "msg_blocks_too_long"),
        ({"channel": "C", "text": "a", "metadata": {"a": 1}}, "invalid_metadata_format"),
        ({"channel": "C", "text": "a", "thread_ts": 1.5}, "invalid_arguments"),
    ],
)
def test_a_message_is_held_against_its_limits(args: Block, error: str | None) -> None:
    refused = message_refusal(args)
    assert (refused.error if refused else None) == error


@pytest.mark.parametrize(
    ("text", "error"),
    [("a" * 4000, None), ("a" * 4001, "msg_too_long"), ("中" * 1334, "msg_too_long"), ("&amp;" * 801, "msg_too_long")],
)
def test_the_text_of_an_update_is_counted_in_bytes_of_escaped_text(text: str, error: str | None) -> None:
    refused = update_refusal({"channel": "C", "ts": "1.1", "text": text})
    assert (refused.error if refused else None) == error


@pytest.mark.parametrize(
    "view",
    [
        modal(section(), private_metadata="p" * 3000, callback_id="c" * 255, close=plain("c" * 24)),
        modal(note(), submit=plain("Send")),
        modal(*[section()] * 100),
        {"type": "home", "blocks": [section(), actions(button())]},
    ],
)
def test_a_view_at_the_limits_is_taken(view: Block) -> None:
    assert view_refusal(view) is None


@pytest.mark.parametrize(
    ("view", "reason"),
    [
        (modal(*[section()] * 101), "100 blocks"),
        (modal() | {"blocks": []}, "needs blocks"),
        (modal(title=plain("t" * 25)), "24"),
        (modal(title={"type": "mrkdwn", "text": "t"}), "plain_text"),
        (modal(submit=plain("s" * 25)), "24"),
        (modal(private_metadata="p" * 3001), "3000"),
        (modal(callback_id="c" * 256), "255"),
        (modal(note()), "needs submit"),
        (modal(markdown(1)), "unsupported type in a modal"),
        (modal(table()), "unsupported type in a modal"),
        (modal(colour="red"), "unknown field of a modal"),
        ({"type": "home", "title": plain("t"), "blocks": [section()]}, "unknown field of a home"),
        ({"type": "home", "blocks": [feedback()]}, "unsupported type in a home"),
        ({"type": "window", "blocks": [section()]}, "unsupported type of view"),
    ],
)
def test_a_view_beyond_a_limit_is_refused_with_the_reason(view: Block, reason: str) -> None:
    refused = view_refusal(view)
    assert refused is not None
    assert reason in refused.reason


TASK = {"type": "task_update", "id": "1", "title": "Searching", "status": "in_progress"}
IN_CHANNEL = {"recipient_team_id": TEAM, "recipient_user_id": PERSON}


@pytest.mark.parametrize(
    ("method", "args", "error"),
    [
        ("chat.startStream", {"channel": "D", "thread_ts": "1.1"}, None),
        ("chat.startStream", {"channel": "D"}, "invalid_arguments"),
        ("chat.startStream", {"channel": "C"} | IN_CHANNEL, None),
        ("chat.startStream", {"channel": "C", "recipient_user_id": PERSON}, "missing_recipient_team_id"),
        ("chat.startStream", {"channel": "C", "recipient_team_id": TEAM}, "missing_recipient_user_id"),
        ("chat.appendStream", {"channel": "D", "ts": "1", "chunks": [TASK]}, None),
        ("chat.appendStream", {"channel": "D", "ts": "1"}, "no_text"),
        ("chat.appendStream", {"channel": "D", "ts": "1", "markdown_text": "a" * 12_001}, "msg_too_long"),
        ("chat.appendStream", {"channel": "D", "ts": "1", "chunks": [TASK | {"status": "done"}]}, "invalid_chunks"),
        ("chat.appendStream", {"channel": "D", "ts": "1", "chunks": [TASK | {"details": "d" * 257}]}, "invalid_chunks"),
        ("chat.appendStream", {"channel": "D", "ts": "1", "chunks": [{"type": "text", "text": "a"}]}, "invalid_chunks"),
        (
            "chat.appendStream",
            {"channel": "D", "ts": "1", "chunks": [TASK | {"sources": [{"url": "a"}]}]},
            "invalid_chunks",
        ),
        ("chat.stopStream", {"channel": "D", "ts": "1", "blocks": [section()] * 51}, "invalid_blocks"),
        ("chat.stopStream", {"channel": "D", "ts": "1", "session_status": "done"}, "invalid_arguments"),
        (
            "assistant.threads.setSuggestedPrompts",
            {"channel_id": "D", "prompts": [{"title": "a"}]},
            "invalid_arguments",
        ),
        ("assistant.threads.setStatus", {"channel_id": "D", "thread_ts": "1", "status": ""}, None),
        ("assistant.threads.setStatus", {"channel_id": "D", "status": ""}, "invalid_arguments"),
        ("agents.sessions.setStatus", {"channel_id": "D", "status": "done"}, "invalid_arguments"),
        ("agents.sessions.rename", {"channel_id": "D", "title": "t" * 201}, "invalid_arguments"),
        ("views.open", {"view": modal()}, "invalid_trigger_id"),
    ],
)
def test_a_method_is_held_against_its_arguments(method: str, args: Block, error: str | None) -> None:
    refused = refusal(method, args)
    assert (refused.error if refused else None) == error


def test_a_payload_for_a_response_url_is_held_against_a_messages_limits() -> None:
    assert response_refusal({"text": "a", "response_type": "in_channel"}) is None
    assert response_refusal({"delete_original": True}) is None
    assert response_refusal({"text": "a", "response_type": "public"}) is not None
    assert response_refusal({"blocks": [section("")]}) is not None


@pytest.mark.parametrize(
    ("text", "live"),
    [
        ("A claim [[1]](https://example.org/a) &lt;!here&gt;", ["https://example.org/a"]),
        (r"A \[title\](https://example.org/a)", ["https://example.org/a)"]),
        ("<!channel> and @everyone", ["!channel", "@everyone"]),
        ("Nothing", []),
    ],
)
def test_live_markup_of_markdown_is_found(text: str, live: list[str]) -> None:
    assert list(live_markdown(text)) == live
    assert list(live_markup({"text": "", "blocks": [{"type": "markdown", "text": text}]})) == live


# The Web API, through slack_sdk's client


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        yield slack


def client_of(slack: FakeSlack, token: str = BOT_TOKEN) -> WebClient:
    return WebClient(token=token, base_url=slack.url)


def error_of(call: Callable[..., Any], **args: Any) -> str:
    with pytest.raises(SlackApiError) as raised:
        call(**args)
    return str(raised.value.response["error"])


def test_a_message_is_posted_updated_and_deleted(slack: FakeSlack) -> None:
    client = client_of(slack)
    ts = client.chat_postMessage(channel="CNEWS", text="Reading", thread_ts="17.1")["ts"]
    client.chat_update(channel="CNEWS", ts=ts, text="Answer", blocks=[section("Answer")])
    [message] = slack.messages("CNEWS")
    assert (message["text"], shown(message), message["edits"], message["thread_ts"]) == ("Answer", "Answer", 1, "17.1")
    assert client.chat_getPermalink(channel="CNEWS", message_ts=ts)["permalink"].startswith("https://")
    client.reactions_add(channel="CNEWS", name="eyes", timestamp=ts)
    assert error_of(client.reactions_add, channel="CNEWS", name="eyes", timestamp=ts) == "already_reacted"
    client.chat_delete(channel="CNEWS", ts=ts)
    assert slack.messages("CNEWS") == []
    assert error_of(client.chat_update, channel="CNEWS", ts=ts, text="a") == "message_not_found"


def test_a_refusal_says_which_block_is_at_fault(slack: FakeSlack) -> None:
    with pytest.raises(SlackApiError) as raised:
        client_of(slack).chat_postMessage(channel="CNEWS", text="a", blocks=[section(), section("a" * 3001)])
    assert raised.value.response["error"] == "invalid_blocks"
    assert "/blocks/1" in raised.value.response["response_metadata"]["messages"][0]
    assert error_of(client_of(slack).blocks_validate, blocks=[section("")]) == "invalid_blocks"
    assert client_of(slack).blocks_validate(blocks=[section()])["ok"]


def test_an_ephemeral_message_is_seen_by_one_person_and_cannot_be_updated(slack: FakeSlack) -> None:
    client = client_of(slack)
    ts = client.chat_postEphemeral(channel="CNEWS", user=PERSON, text="For you")["message_ts"]
    assert [message["text"] for message in slack.messages("CNEWS", PERSON)] == ["For you"]
    assert slack.messages("CNEWS", "UOTHER") == []
    assert error_of(client.chat_update, channel="CNEWS", ts=ts, text="a") == "message_not_found"


def test_a_stream_in_a_channel_is_seen_by_others_only_once_it_stops(slack: FakeSlack) -> None:
    stream = client_of(slack).chat_stream(channel="CNEWS", thread_ts="17.1", buffer_size=1, **IN_CHANNEL)
    stream.append(markdown_text="First. ")
    stream.append(markdown_text="Second.", chunks=[TASK])
    [live], [others] = slack.messages("CNEWS", PERSON), slack.messages("CNEWS", "UOTHER")
    assert (live["text"], others["text"]) == ("First. Second.", "First. ")
    assert live["tasks"]["1"]["title"] == "Searching"
    assert slack.session("CNEWS", "17.1") == "processing"
    stream.stop(blocks=[section("Sources")], session_status="active")
    [others] = slack.messages("CNEWS", "UOTHER")
    assert (others["text"], shown(others)) == ("First. Second.", "Sources")
    assert slack.session("CNEWS", "17.1") == "active"


def test_an_expired_stream_takes_nothing_more_and_can_be_updated(slack: FakeSlack) -> None:
    client = client_of(slack)
    stream = client.chat_stream(channel="DPERSON", thread_ts="17.1", buffer_size=1)
    stream.append(markdown_text="First.")
    assert error_of(client.chat_update, channel="DPERSON", ts=stream.ts, text="a") == "streaming_state_conflict"
    slack.pass_time(299)
    stream.append(markdown_text="Second.")
    slack.pass_time(1)
    assert error_of(stream.append, markdown_text="Third.") == "message_not_in_streaming_state"
    assert error_of(stream.stop) == "message_not_in_streaming_state"
    client.chat_update(channel="DPERSON", ts=str(stream.ts), text="All of it.")
    assert slack.messages("DPERSON")[0]["text"] == "All of it."


def test_tokens_scopes_and_channels_are_checked(slack: FakeSlack) -> None:
    other = slack.install("TOTHER", scopes=["chat:write"])
    client, stranger = client_of(slack), client_of(slack, other.token)
    assert stranger.auth_test()["team_id"] == "TOTHER"
    assert error_of(client_of(slack, "xoxb-none").auth_test) == "invalid_auth"
    assert error_of(stranger.users_info, user=PERSON) == "missing_scope"
    assert error_of(stranger.conversations_history, channel="CNEWS") == "missing_scope"
    assert error_of(client.chat_postMessage, channel="CNONE", text="a") == "channel_not_found"
    slack.join("CAWAY", member=False)
    assert error_of(client.chat_postMessage, channel="CAWAY", text="a") == "not_in_channel"
    assert error_of(client.api_call, api_method="chat.shout") == "unknown_method"
    client.chat_postMessage(channel=PERSON, text="Hello")
    assert [message["text"] for message in slack.messages("DPERSON")] == ["Hello"]
    stranger.auth_revoke()
    assert error_of(stranger.auth_test) == "token_revoked"
    assert client.auth_test()["user_id"] == BOT


def test_threads_and_people_can_be_read(slack: FakeSlack) -> None:
    client = client_of(slack)
    roots = [client.chat_postMessage(channel="CNEWS", text=f"Root {number}")["ts"] for number in range(3)]
    client.chat_postMessage(channel="CNEWS", text="Reply", thread_ts=roots[0])
    client.chat_postEphemeral(channel="CNEWS", user=PERSON, text="Hidden", thread_ts=roots[0])
    thread = client.conversations_replies(channel="CNEWS", ts=roots[0])["messages"]
    assert [message["text"] for message in thread] == ["Root 0", "Reply"]
    assert thread[0]["bot_id"] == "BBOT"
    pages = client.conversations_history(channel="CNEWS", limit=2)
    assert [[message["text"] for message in page["messages"]] for page in pages] == [["Root 2", "Root 1"], ["Root 0"]]
    one = client.conversations_history(channel="CNEWS", latest=roots[1], inclusive=True, limit=1)["messages"]
    assert [message["text"] for message in one] == ["Root 1"]
    assert error_of(client.conversations_replies, channel="CNEWS", ts="9.9") == "thread_not_found"
    slack.state.locales[PERSON] = "de-DE"
    assert client.users_info(user=PERSON, include_locale=True)["user"]["locale"] == "de-DE"
    assert client.conversations_info(channel="DPERSON")["channel"]["is_im"]


def test_a_status_is_cleared_by_the_next_message_and_prompts_are_kept(slack: FakeSlack) -> None:
    client = client_of(slack)
    client.assistant_threads_setStatus(channel_id="DPERSON", thread_ts="17.1", status="is searching…")
    assert slack.status("DPERSON", "17.1") == "is searching…"
    client.chat_postMessage(channel="DPERSON", thread_ts="17.1", text="Answer")
    assert slack.status("DPERSON", "17.1") is None
    client.assistant_threads_setSuggestedPrompts(channel_id="DPERSON", prompts=[{"title": "A", "message": "A?"}])
    assert slack.state.prompts[TEAM, "DPERSON"] == [{"title": "A", "message": "A?"}]
    assert error_of(client.agents_sessions_rename, channel_id="DPERSON", title="T") == "session_not_found"
    client.agents_sessions_setStatus(channel_id="DPERSON", status="processing", title="T")
    client.agents_sessions_rename(channel_id="DPERSON", title="U")
    assert slack.session("DPERSON", "") == "processing"


def test_a_trigger_is_good_once_and_for_three_seconds(slack: FakeSlack) -> None:
    client = client_of(slack)
    first, second = (slack.state.trigger(PERSON, TEAM, 3.0) for _ in range(2))
    view = client.views_open(trigger_id=first, view=modal())["view"]
    assert error_of(client.views_open, trigger_id=first, view=modal()) == "exchanged_trigger_id"
    slack.pass_time(3)
    assert error_of(client.views_open, trigger_id=second, view=modal()) == "expired_trigger_id"
    assert error_of(client.views_open, trigger_id="none", view=modal()) == "invalid_trigger_id"
    client.views_update(view_id=view["id"], hash=view["hash"], view=modal(section("Longer")))
    late = {"view_id": view["id"], "hash": view["hash"], "view": modal()}
    assert error_of(client.views_update, **late) == "hash_conflict"
    assert error_of(client.views_update, view_id="V0", view=modal()) == "not_found"
    shown_now = slack.modal()
    assert shown_now is not None
    assert shown(shown_now) == "Quote\nLonger".removeprefix("Quote\n")


def test_modals_are_stacked_three_deep(slack: FakeSlack) -> None:
    client = client_of(slack)
    triggers = [slack.state.trigger(PERSON, TEAM, 3.0) for _ in range(4)]
    client.views_open(trigger_id=triggers[0], view=modal())
    for trigger in triggers[1:3]:
        client.views_push(trigger_id=trigger, view=modal())
    assert error_of(client.views_push, trigger_id=triggers[3], view=modal()) == "push_limit_reached"


def test_a_response_url_serves_five_times_and_thirty_minutes(slack: FakeSlack) -> None:
    hook = WebhookClient(slack._reply_to(TEAM, "CNEWS", PERSON))
    assert hook.send(text="For you").status_code == 200
    assert hook.send(text="For all", response_type="in_channel").status_code == 200
    assert [message["text"] for message in slack.messages("CNEWS", "UOTHER")] == ["For all"]
    assert hook.send(blocks=[section("")]).status_code == 400
    for _ in range(3):
        assert hook.send(text="More").status_code == 200
    assert (hook.send(text="Too much").status_code, slack.calls[-1].error) == (404, "used_url")
    late = WebhookClient(slack._reply_to(TEAM, "CNEWS", PERSON))
    slack.pass_time(1800)
    assert (late.send(text="Late").status_code, slack.calls[-1].error) == (404, "expired_url")


def test_a_response_url_replaces_and_deletes_its_message(slack: FakeSlack) -> None:
    ts = client_of(slack).chat_postEphemeral(channel="CNEWS", user=PERSON, text="Before")["message_ts"]
    hook = WebhookClient(slack._reply_to(TEAM, "CNEWS", PERSON, ts))
    hook.send(text="After", replace_original=True)
    assert [message["text"] for message in slack.messages("CNEWS", PERSON)] == ["After"]
    hook.send(delete_original=True)
    assert slack.messages("CNEWS", PERSON) == []


def test_rates_are_in_force_by_workspace_and_channel() -> None:
    with FakeSlack(limits=True) as slack:
        client, other = client_of(slack), client_of(slack, slack.install("TOTHER").token)
        for _ in range(5):
            client.chat_postMessage(channel="CNEWS", text="a")
        with pytest.raises(SlackApiError) as raised:
            client.chat_postMessage(channel="CNEWS", text="a")
        assert (raised.value.response.status_code, raised.value.response["error"]) == (429, "ratelimited")
        assert raised.value.response.headers["Retry-After"] == "1"
        client.chat_postMessage(channel="COTHER", text="a")
        other.chat_postMessage(channel="CNEWS", text="a")
        slack.pass_time(1)
        client.chat_postMessage(channel="CNEWS", text="a")
        assert len(slack.posts) == 8


def test_a_client_that_waits_as_told_gets_through() -> None:
    with FakeSlack(limits=True, speed=60.0) as slack:
        client = client_of(slack)
        client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=3))
        slack.state._buckets["chat.update", TEAM] = (0.0, slack._now())
        ts = client.chat_postMessage(channel="CNEWS", text="a")["ts"]
        client.chat_update(channel="CNEWS", ts=ts, text="b")
        assert [call.error for call in slack.calls_of("chat.update")][-1] is None


# Bolt, over both transports


def app_of(slack: FakeSlack, **more: Any) -> App:
    """An app which answers everything that a person can do with what it was."""
    app = App(client=client_of(slack), signing_secret=SIGNING_SECRET, token_verification_enabled=False, **more)

    @app.event("app_mention")
    @app.event("message")
    def hear(event: Block, say: Any) -> None:
        say(f"heard {event['text']}", thread_ts=event["ts"])

    @app.event("reaction_added")
    @app.event("agent_session_stopped")
    def note_event(event: Block, client: WebClient) -> None:
        client.chat_postMessage(channel="COTHER", text=event["type"])

    @app.event("app_home_opened")
    def show_home(event: Block, client: WebClient) -> None:
        client.views_publish(
            user_id=event["user"], view={"type": "home", "blocks": [section("Home"), actions(button())]}
        )

    @app.command("/ask")
    def ask(ack: Any, respond: Any, command: Block) -> None:
        ack("Searching")
        respond(text=command["text"], blocks=[section(command["text"]), actions(button()), section(accessory=select())])

    @app.action("share")
    def share(ack: Any, respond: Any, action: Block) -> None:
        ack()
        respond(text=f"shared {action['value']}", response_type="in_channel", replace_original=False)

    @app.action("quote")
    def quote(ack: Any, body: Block, action: Block, client: WebClient) -> None:
        ack()
        view = modal(note(), submit=plain("Send"), callback_id="feedback")
        client.views_open(
            trigger_id=body["trigger_id"], view=view | {"private_metadata": action["selected_option"]["value"]}
        )

    @app.view("feedback")
    def take(ack: Any, view: Block) -> None:
        written = view["state"]["values"]["note"]["note"]["value"]
        ack() if written else ack(response_action="errors", errors={"note": "Write a note."})

    @app.shortcut("check_message")
    def check(ack: Any, shortcut: Block, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=shortcut["trigger_id"], view=modal(section(shortcut["message"]["text"])))

    return app


@contextmanager
def over_socket(slack: FakeSlack) -> Iterator[App]:
    app = app_of(slack)
    handler = SocketModeHandler(app, APP_TOKEN)
    handler.connect()
    try:
        yield app
    finally:
        handler.close()


@contextmanager
def served(app: App) -> Iterator[str]:
    """The address of the app over HTTP."""

    async def handle(request: Request) -> Response:
        body = await request.body()
        if request.method == "GET":
            return await SlackRequestHandler(app).handle(request)
        # `SlackRequestHandler` dispatches on the event loop, where one slow listener would hold up all requests.
        return to_starlette_response(await run_in_threadpool(app.dispatch, to_bolt_request(request, body)))

    paths = {"/slack/events": "POST", "/slack/install": "GET", "/slack/oauth_redirect": "GET"}
    routes = [Route(path, handle, methods=[method]) for path, method in paths.items()]
    with running(Starlette(routes=routes), timeout_graceful_shutdown=None) as address:
        yield address


@contextmanager
def over_http(slack: FakeSlack) -> Iterator[App]:
    app = app_of(slack)
    with served(app) as address:
        slack.http(f"{address}/slack/events", SIGNING_SECRET)
        yield app


Transport = Callable[[FakeSlack], Any]


@pytest.mark.parametrize("transport", [over_socket, over_http])
def test_all_that_people_do_reaches_the_app_and_its_answers_are_seen(slack: FakeSlack, transport: Transport) -> None:
    def until(count: int) -> list[dict[str, Any]]:
        slack.wait(lambda: len(slack.from_bot("CNEWS", PERSON)) >= count, f"{count} messages")
        return slack.from_bot("CNEWS", PERSON)

    with transport(slack):
        slack.mention("who left?", ts="17.1")
        [heard] = until(1)
        assert (heard["text"], heard["thread_ts"]) == (f"heard <@{BOT}> who left?", "17.1")
        slack.command("/ask", "who left?")
        answer, at_once = sorted(until(3)[1:], key=lambda message: message["text"] == "Searching")
        assert (at_once["text"], answer["text"], answer["only"]) == ("Searching", "who left?", PERSON)
        slack.click(answer, "share")
        assert until(4)[-1]["text"] == "shared 7"
        slack.click(answer, "quote", "7:1")
        slack.wait(slack.modal, "a modal")
        view = slack.modal()
        assert view is not None
        assert view["private_metadata"] == "7:1"
        refused = slack.submit(view, {"note": {"note": {"type": "plain_text_input", "value": None}}})
        assert refused.payload["response_action"] == "errors"
        slack.submit(view, {"note": {"note": {"type": "plain_text_input", "value": "Fine"}}})
        assert slack.modal() is None
        slack.shortcut(heard)
        slack.wait(slack.modal, "a modal")
        assert shown(slack.modal() or {}) == heard["text"]
        slack.open_home()
        slack.wait(slack.home, "a home")
        assert shown(slack.home() or {}) == "Home\nShare"
        slack.react(heard)
        slack.stop(heard)
        slack.wait(lambda: len(slack.messages("COTHER")) == 2, "two events")
    assert {message["text"] for message in slack.messages("COTHER")} == {"reaction_added", "agent_session_stopped"}
    assert slack.refused == []
    assert {Kind.EVENT, Kind.COMMAND, Kind.INTERACTIVE} == {given.kind for given in slack.acknowledgements}


def test_an_app_is_reached_again_after_it_was_asked_to_reconnect(slack: FakeSlack) -> None:
    with over_socket(slack):
        slack.mention("one")
        slack.disconnect()
        slack.wait(lambda: len(slack.calls_of("apps.connections.open")) == 2, "a second connection")
        slack.wait(lambda: slack.connections == 1, "one connection")
        slack.mention("two")
        slack.post(2)


def test_an_event_that_is_not_acknowledged_is_sent_again_with_its_number() -> None:
    attempts: list[str | None] = []
    with FakeSlack(retries=5, ack_timeout=2.0) as slack:
        app = App(client=client_of(slack), signing_secret=SIGNING_SECRET, token_verification_enabled=False)
        released = Event()

        @app.middleware
        def hold(request: Any, next: Callable[[], Any]) -> Any:
            attempts.append(request.headers.get("x-slack-retry-num", [None])[0])
            if len(attempts) == 1:
                assert released.wait(60)
            return next()

        app.event("app_mention")(lambda: None)
        with served(app) as address:
            slack.http(f"{address}/slack/events")
            slack.mention("one")
            released.set()
    assert attempts[:2] == [None, "1"]


@pytest.mark.parametrize("signature", [Signature.WRONG, Signature.OLD, Signature.MISSING])
def test_a_request_without_a_good_signature_is_refused(slack: FakeSlack, signature: Signature) -> None:
    with over_http(slack):
        event = {"type": "event_callback", "team_id": TEAM, "event": {"type": "app_mention", "text": "a", "ts": "1.1"}}
        assert slack.request(Kind.EVENT, event, signature=signature).status_code == 401
        assert slack.verify_url().json() == {"challenge": "a challenge"}
    assert slack.posts == []


def test_an_app_is_installed_over_oauth_answers_there_and_is_uninstalled(slack: FakeSlack, tmp_path: Path) -> None:
    store = FileInstallationStore(base_dir=str(tmp_path / "installations"), client_id=CLIENT_ID)
    settings = OAuthSettings(
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        scopes=["chat:write", "app_mentions:read"],
        authorization_url=slack.authorize_url,
        installation_store=store,
        state_store=FileOAuthStateStore(expiration_seconds=600, base_dir=str(tmp_path / "states")),
    )
    app = App(client=WebClient(base_url=slack.url), signing_secret=SIGNING_SECRET, oauth_settings=settings)
    app.event("app_mention")(lambda event, say: say(f"heard {event['text']}"))
    app.enable_token_revocation_listeners()
    slack.installing = "TOTHER"
    with served(app) as address, httpx.Client(trust_env=False) as browser:
        slack.redirect_url = f"{address}/slack/oauth_redirect"
        page = browser.get(f"{address}/slack/install")
        cookie = page.headers["set-cookie"].partition(";")[0]  # Secure, so that no client sends it back to loopback
        link = page.text.split(f'href="{slack.authorize_url}')[1].split('"')[0].replace("&amp;", "&")
        back = browser.get(slack.authorize_url + link).headers["location"]
        assert browser.get(back, headers={"cookie": cookie}).status_code == 200
        slack.http(f"{address}/slack/events")
        slack.mention("one", team="TOTHER")
        slack.wait(lambda: slack.from_bot("CNEWS", team="TOTHER"), "an answer")
        slack.uninstall("TOTHER")
        slack.wait(lambda: store.find_bot(enterprise_id=None, team_id="TOTHER") is None, "the token to be forgotten")
    assert slack.calls_of("oauth.v2.access")[0].error is None


def test_a_code_is_good_once(slack: FakeSlack) -> None:
    scopes = frozenset({"chat:write"})
    code, asked = slack.state.code("TOTHER", None, scopes), {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    access = WebClient(base_url=slack.url).oauth_v2_access
    assert error_of(access, code=code, client_id="9.9", client_secret=CLIENT_SECRET) == "invalid_client_id"
    assert error_of(access, code=code, client_id=CLIENT_ID, client_secret="no") == "bad_client_secret"
    assert access(code=code, **asked)["team"]["id"] == "TOTHER"
    assert error_of(access, code=code, **asked) == "code_already_used"
    late = slack.state.code("TOTHER", None, scopes)
    slack.pass_time(600)
    assert error_of(access, code=late, **asked) == "invalid_code"


# The manifest's schema

SCHEMA = json.loads((Path(__file__).parent / "slack_manifest.schema.json").read_text(encoding="utf-8"))
MANIFEST = yaml.safe_load("""
_metadata: {major_version: 2}
display_information: {name: Byline, description: Answers questions., background_color: "#0000AA"}
features:
  app_home: {home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false}
  agent_view: {agent_description: Ask a question., suggested_prompts: [{title: Who, message: "Who left?"}]}
  bot_user: {display_name: byline, always_online: false}
  shortcuts: [{name: Check this, callback_id: check_message, description: Checks a message., type: message}]
  slash_commands: [{command: /ask, description: Asks., usage_hint: a question, url: "https://example.org/slack/events"}]
oauth_config:
  redirect_urls: ["https://example.org/slack/oauth_redirect"]
  scopes: {bot: ["app_mentions:read", "assistant:write", commands, "im:history"]}
settings:
  event_subscriptions:
    request_url: https://example.org/slack/events
    bot_events: [agent_session_stopped, app_mention, message.im]
  interactivity: {is_enabled: true, request_url: "https://example.org/slack/events"}
  org_deploy_enabled: false
  socket_mode_enabled: false
  token_rotation_enabled: false
""")


def test_a_full_manifest_is_taken() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(MANIFEST, SCHEMA)


def changed(path: str, value: Any) -> Any:
    manifest = json.loads(json.dumps(MANIFEST))
    *parents, name = path.split("/")
    place = manifest
    for parent in parents:
        place = place[int(parent)] if parent.isdigit() else place[parent]
    if value is None:
        del place[name]
    else:
        place[name] = value
    return manifest


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("settings/socket_mode_enable", True),
        ("features/agent_view/description", "a"),
        ("features/agent_view/agent_description", "a" * 301),
        ("features/agent_view/suggested_prompts", [{"title": "a", "message": "b"}] * 5),
        ("features/assistant_view", {"assistant_description": "a"}),
        ("features/slash_commands/0/command", "ask"),
        ("features/slash_commands/0/url", None),
        ("features/shortcuts/0/type", "messages"),
        ("features/shortcuts/0/name", "n" * 25),
        ("settings/interactivity/request_url", None),
        ("settings/event_subscriptions/request_url", None),
        ("settings/event_subscriptions/bot_events", ["App Mention"]),
        ("oauth_config/scopes/bots", []),
        ("display_information/name", None),
        ("display_information/description", "d" * 141),
        ("_metadata/major_version", 1),
    ],
)
def test_a_manifest_with_a_mistake_is_refused(path: str, value: Any) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(changed(path, value), SCHEMA)


def test_over_socket_mode_a_manifest_needs_no_addresses() -> None:
    manifest = changed("settings/socket_mode_enabled", True)
    del manifest["features"]["slash_commands"][0]["url"]
    del manifest["settings"]["event_subscriptions"]["request_url"]
    del manifest["settings"]["interactivity"]["request_url"]
    jsonschema.validate(manifest, SCHEMA)
