"""The Slack bot: the real Bolt app and the real SDK, by both transports, with a small Slack on loopback."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from bot import Bot
from bot.errors import Cancelled, ModelFailed
from bot.history import Owner, Place
from bot.history.feedback import Flaw, everybodys
from bot.history.file import FILE
from bot.slack.answering import Answerer, shown
from bot.slack.command import WantedCommand, read
from bot.slack.delivery import Throttle
from bot.slack.message import plain
from bot.slack.news import Notifier
from bot.slack.pace import SlackRateLimit
from bot.slack.service import SlackService
from bot.slack.settings import Allowed, Answering, ChannelSettings
from bot.slack.store import SlackJob, SlackJobKind
from bot.types import Block, Cancellation, Turn, Words
from bot.wording import worded
from index import Article, Index
from index.types import Filters
from tests.fake_slack import BOT, PERSON, TEAM, Failure, FakeSlack
from tests.slack_service import (
    ANSWERED,
    CITATION,
    CLAIM,
    FAILED,
    QUESTION,
    QUOTE,
    REFUSED,
    Script,
    filled,
    over,
    service_of,
)

BOTH = pytest.mark.parametrize("transport", ["socket", "http"])


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        yield slack


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with filled(tmp_path_factory.mktemp("news")) as index:
        yield index


@pytest.fixture
def service(slack: FakeSlack, index: Index, tmp_path: Path) -> Callable[..., SlackService]:
    def service(stream: Any = None, **changes: Any) -> SlackService:
        return service_of(slack, tmp_path, index, stream or Script(), **changes)

    return service


def told(message: Mapping[str, Any]) -> str:
    """All words of a message or a view, in order."""
    return " ".join([str(message.get("text") or "").replace("\\", ""), *_texts(message.get("blocks", ()))])


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            if name == "text" and isinstance(each, str):
                yield each
            else:
                yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


def answered(slack: FakeSlack, channel: str = "CNEWS", count: int = 1, viewer: str | None = None) -> dict[str, Any]:
    """The last of the bot's messages in a channel, once so many of them show an answer or say why there is none."""

    def done() -> bool:
        found = slack.from_bot(channel, viewer)
        return len(found) >= count and not any("…" in told(each) for each in found)

    slack.wait(done, f"message {count} in {channel}")
    return slack.from_bot(channel, viewer)[-1]


# Questions


@BOTH
def test_a_mention_gets_a_cited_answer_in_its_thread(
    slack: FakeSlack, service: Callable[..., SlackService], transport: str
) -> None:
    script = Script()
    with over(slack, service(script), transport):
        slack.mention(QUESTION, ts="17.1")
        message = answered(slack)
    assert script.questions == [QUESTION]
    assert (message["channel"], message["thread_ts"]) == ("CNEWS", "17.1")
    assert all(each in told(message) for each in (CLAIM, QUOTE, CITATION.title, "Tom Okafor", "4 May 2021"))
    assert slack.refused == []


def test_everybody_in_a_channel_sees_a_message_at_once_and_the_answer_grow(
    slack: FakeSlack, service: Callable[..., SlackService]
) -> None:
    go_on = Event()
    with over(slack, service(Script(before=lambda _: go_on.wait(60))), "socket"):
        slack.mention(QUESTION)
        slack.wait(lambda: slack.calls_of("chat.update"), "what was found")
        (reading,) = slack.from_bot("CNEWS", "UOTHER")
        go_on.set()
        message = answered(slack, viewer="UOTHER")
    assert "1 passage" in told(reading)
    assert CITATION.title in told(reading)
    assert message["ts"] == reading["ts"]
    assert CLAIM in told(message)
    assert not slack.calls_of("chat.startStream")


@BOTH
@pytest.mark.parametrize(("thread", "root"), [({}, "18.1"), ({"thread_ts": "17.9"}, "17.9")])
def test_a_direct_message_is_streamed_in_its_thread(
    slack: FakeSlack, service: Callable[..., SlackService], transport: str, thread: dict[str, str], root: str
) -> None:
    with over(slack, service(), transport):
        slack.direct(QUESTION, ts="18.1", **thread)
        slack.wait(lambda: slack.calls_of("chat.stopStream"), "the end of the stream")
    (message,) = slack.from_bot("DPERSON")
    assert message["thread_ts"] == root
    chunks = [chunk for call in slack.calls if "Stream" in call.method for chunk in call.args.get("chunks", ())]
    tasks = [(each["id"], each["status"]) for each in chunks if each["type"] == "task_update"]
    assert tasks[:3] == [("search", "in_progress"), ("search", "complete"), ("proof", "in_progress")]
    assert tasks[-1] == ("proof", "complete")
    said = "".join(each["text"] for each in chunks if each["type"] == "markdown_text")
    assert said.replace("\\", "") == f"{CLAIM} [[1]](https://news.example/bridge)"
    assert QUOTE in told(message)
    assert slack.session("DPERSON", root) == "active"
    assert slack.refused == []


def test_a_stream_that_expires_is_mended_by_an_update(slack: FakeSlack, service: Callable[..., SlackService]) -> None:
    with over(slack, service(Script(before=lambda _: slack.pass_time(400))), "socket"):
        slack.direct(QUESTION)
        slack.wait(lambda: slack.calls_of("chat.update"), "an update")
    (message,) = slack.from_bot("DPERSON")
    assert CLAIM in told(message)
    assert QUOTE in told(message)


@pytest.mark.parametrize("error", ["channel_type_not_supported", "missing_scope"])
def test_where_streams_are_refused_a_message_is_updated(
    slack: FakeSlack, service: Callable[..., SlackService], error: str
) -> None:
    slack.fail_next("chat.startStream", Failure(error))
    with over(slack, service(), "socket"):
        slack.direct(QUESTION)
        message = answered(slack, "DPERSON")
    assert CLAIM in told(message)


def test_where_updates_are_refused_too_one_message_says_all(
    slack: FakeSlack, service: Callable[..., SlackService]
) -> None:
    slack.fail_next("chat.update", Failure("cant_update_message"), times=9)
    with over(slack, service(), "socket"):
        slack.mention(QUESTION)
        slack.wait(lambda: len(slack.from_bot("CNEWS")) == 2, "the answer")
    assert CLAIM in told(slack.from_bot("CNEWS")[-1])


def test_a_comparison_is_a_table_in_a_direct_message_too(
    slack: FakeSlack, service: Callable[..., SlackService]
) -> None:
    shape = (Block("row", (0,), "Vellmar"), Block("row", (0,), "Elsewhere"))
    with over(slack, service(Script(replace(ANSWERED, shape=shape))), "socket"):
        slack.direct(QUESTION)
        slack.wait(lambda: slack.calls_of("chat.update"), "the table")
    (message,) = slack.from_bot("DPERSON")
    assert "table" in [each["type"] for each in message["blocks"]]
    assert slack.refused == []


def test_words_that_a_stream_did_not_take_come_with_the_next(
    slack: FakeSlack, service: Callable[..., SlackService]
) -> None:
    slack.fail_next("chat.appendStream", Failure("ratelimited", 429, {"Retry-After": "1"}), times=2)
    with over(slack, service(), "socket"):
        slack.direct(QUESTION)
        slack.wait(lambda: slack.calls_of("chat.stopStream"), "the end of the stream")
    (message,) = slack.from_bot("DPERSON")
    assert CLAIM in told(message)
    assert message["tasks"]["search"]["status"] == "complete"


@BOTH
def test_the_stop_button_ends_an_answer(slack: FakeSlack, service: Callable[..., SlackService], transport: str) -> None:
    def wait(cancel: Cancellation | None) -> None:
        assert cancel
        begun.set()
        while not cancel.is_set():
            time.sleep(0.01)
        raise Cancelled

    begun = Event()
    with over(slack, service(Script(before=wait)), transport):
        slack.direct(QUESTION)
        assert begun.wait(60)
        slack.stop(slack.from_bot("DPERSON")[0])
        slack.wait(lambda: slack.calls_of("chat.stopStream"), "the end of the stream")
    assert "Stopped." in told(slack.from_bot("DPERSON")[0])


def test_what_no_person_wrote_to_the_bot_is_left_alone(slack: FakeSlack, service: Callable[..., SlackService]) -> None:
    script = Script()
    with over(slack, service(script), "socket"):
        for changes in (
            {"bot_id": "BOTHER"},
            {"user": BOT},
            {"bot_id": "BBOT", "user": None},
            {"subtype": "message_changed"},
            {"subtype": "message_deleted"},
            {"subtype": "bot_message"},
            {"edited": {"user": PERSON, "ts": "1.1"}},
            {"channel_type": "channel"},
            {"channel_type": "mpim"},
        ):
            slack.direct(f"Not for the bot: {changes}", **changes)
        for changes in ({"bot_id": "BOTHER"}, {"user": BOT}, {"edited": {"user": PERSON, "ts": "1.1"}}):
            slack.mention(f"Not for the bot: {changes}", **changes)
        slack.mention(QUESTION)
        answered(slack)
    assert script.questions == [QUESTION]


@BOTH
def test_an_event_that_slack_sends_again_is_answered_once(
    slack: FakeSlack, service: Callable[..., SlackService], transport: str
) -> None:
    script = Script()
    with over(slack, service(script), transport):
        event = slack.mention(QUESTION)
        for attempt in (1, 2, 3):
            slack.deliver(event, attempt)
        answered(slack)
    with over(slack, service(script), transport):
        slack.deliver(event, 3)
        slack.mention("And China?", ts="20.1")
        answered(slack, count=2)
    assert script.questions == [QUESTION, "And China?"]


def test_a_follow_up_carries_what_was_said_in_its_thread(
    slack: FakeSlack, service: Callable[..., SlackService]
) -> None:
    script = Script()
    with over(slack, service(script), "socket", count=1):
        slack.mention(QUESTION, ts="17.1")
        answered(slack)
        slack.mention("And when?", thread_ts="17.1")
        slack.mention("Another thread", ts="19.1")
        answered(slack, count=3)
        slack.mention("Another channel", thread_ts="17.1", channel="COTHER")
        answered(slack, "COTHER")
    said = (Turn.of(QUESTION, ANSWERED),)
    assert [each[:2] for each in script.asked] == [
        (QUESTION, ()),
        ("And when?", said),
        ("Another thread", ()),
        ("Another channel", ()),
    ]


def test_what_the_history_does_not_know_of_a_thread_is_read_in_slack(
    slack: FakeSlack, service: Callable[..., SlackService]
) -> None:
    script = Script()
    with over(slack, service(script), "socket"):
        root = slack.mention(QUESTION)["event"]["ts"]
        answered(slack)
    for each in service().history.everybodys():
        service().history.delete(each.place)
    with over(slack, service(script), "socket"):
        slack.mention("And when?", thread_ts=root)
        answered(slack, count=2)
    (turn,) = script.asked[-1][1]
    assert turn.question == QUESTION
    assert CLAIM in turn.answer_text


@pytest.mark.parametrize(
    ("error", "reason"),
    [(ModelFailed("The model says no."), "The model says no."), (KeyError("x"), "Something broke.")],
)
def test_what_broke_is_kept_without_an_answer(
    slack: FakeSlack, service: Callable[..., SlackService], error: Exception, reason: str
) -> None:
    here = service(Script(error=error))
    with over(slack, here, "socket"):
        slack.mention(QUESTION, ts="17.1")
        answered(slack)
    (record,) = here.history.records(Place(Owner("slack", f"{TEAM}/CNEWS"), "17.1"))
    assert record.answer is not None
    assert worded(record.answer.reason) == reason


@pytest.mark.parametrize("channel", ["CNEWS", "DPERSON"])
def test_a_bug_leaves_a_reference_and_its_traceback_in_the_log(
    slack: FakeSlack, service: Callable[..., SlackService], caplog: pytest.LogCaptureFixture, channel: str
) -> None:
    with over(slack, service(Script(error=KeyError("hidden cause"))), "socket"):
        (slack.direct if channel == "DPERSON" else slack.mention)(QUESTION)
        slack.wait(lambda: "ref" in "".join(map(told, slack.from_bot(channel))), "a reference")
    message = told(slack.from_bot(channel)[0])
    (reference,) = set(re.findall(r"ref (\w{6})", message))
    assert "hidden cause" not in message
    assert f"ref {reference}" in caplog.text
    assert "KeyError: 'hidden cause'" in caplog.text


@pytest.mark.parametrize(("answer", "said"), [(REFUSED, "do not say"), (FAILED, "The model gave no words.")])
@pytest.mark.parametrize("channel", ["CNEWS", "DPERSON"])
def test_a_refusal_and_a_failure_are_told_as_such(
    slack: FakeSlack, service: Callable[..., SlackService], answer: Any, said: str, channel: str
) -> None:
    with over(slack, service(Script(answer)), "socket"):
        (slack.direct if channel == "DPERSON" else slack.mention)(QUESTION)
        slack.wait(lambda: said in "".join(map(told, slack.from_bot(channel))), said)
    assert slack.refused == []


def test_an_empty_mention_says_what_to_do(slack: FakeSlack, service: Callable[..., SlackService]) -> None:
    script = Script()
    with over(slack, service(script), "socket"):
        slack.mention("?!")
        slack.wait(lambda: slack.from_bot("CNEWS", PERSON), "help")
    assert "/ask QUESTION" in told(slack.from_bot("CNEWS", PERSON)[0])
    assert slack.from_bot("CNEWS", "UOTHER") == []
    assert script.questions == []


def verdict_value(message: Mapping[str, Any], verdict: str) -> str:
    """The value of a feedback button below an answer."""
    buttons = message["blocks"][-1]["elements"][0]
    values = (buttons[f"{each}_button"]["value"] for each in ("positive", "negative"))
    return next(each for each in values if each.startswith(verdict))


# Commands


@BOTH
def test_a_command_is_answered_for_its_person_alone_and_shared_by_a_button(
    slack: FakeSlack, service: Callable[..., SlackService], transport: str
) -> None:
    with over(slack, service(), transport):
        given = slack.command("/ask", QUESTION)
        slack.wait(lambda: any(CLAIM in told(each) for each in slack.from_bot("CNEWS", PERSON)), "the answer")
        (message,) = (each for each in slack.from_bot("CNEWS", PERSON) if CLAIM in told(each))
        assert slack.from_bot("CNEWS", "UOTHER") == []
        slack.click(message, "share")
        slack.wait(lambda: slack.from_bot("CNEWS", "UOTHER"), "the answer for all")
        (shared,) = slack.from_bot("CNEWS", "UOTHER")
        slack.click(shared, "feedback", verdict_value(shared, "good"), user="UOTHER")
    assert given.payload
    assert all(each in told(shared) for each in (CLAIM, QUOTE, QUESTION, f"<@{PERSON}>"))
    assert slack.refused == []


def test_what_one_person_asked_by_a_command_is_shown_to_no_other(
    slack: FakeSlack, service: Callable[..., SlackService]
) -> None:
    here = service()
    with over(slack, here, "socket"):
        slack.command("/ask", QUESTION)
        slack.wait(lambda: any(CLAIM in told(each) for each in slack.from_bot("CNEWS", PERSON)), "the answer")
        (message,) = (each for each in slack.from_bot("CNEWS", PERSON) if CLAIM in told(each))
        slack.click(message, "share", user="UOTHER")
        slack.wait(lambda: slack.from_bot("CNEWS", "UOTHER"), "that it is not there")
    assert CLAIM not in "".join(map(told, slack.from_bot("CNEWS", "UOTHER")))


def test_a_deleted_answer_leads_to_no_other(slack: FakeSlack, service: Callable[..., SlackService]) -> None:
    here = service()
    with over(slack, here, "socket"):
        slack.mention(QUESTION, ts="17.1")
        first = answered(slack)
        for each in here.history.everybodys():
            here.history.delete(each.place)
        slack.mention("Another question?", ts="18.1")
        answered(slack, count=2)
        slack.click(first, "quote")
        slack.wait(lambda: slack.modal(), "the modal")
    assert QUOTE not in told(slack.modal() or {})
    assert "not kept" in told(slack.modal() or {})


@BOTH
def test_a_command_is_acknowledged_while_the_model_is_busy(
    slack: FakeSlack, service: Callable[..., SlackService], transport: str
) -> None:
    go_on = Event()
    with over(slack, service(Script(before=lambda _: go_on.wait())), transport):
        try:
            for number in range(30):
                slack.mention(f"Question {number}?", ts=f"2{number}.1", user=f"U{number}")
            # raises where one is not acknowledged
            given = [slack.command("/ask", f"Question {number}?", user=f"V{number}") for number in range(10)]
        finally:
            go_on.set()
    assert [each.status for each in given] == [200] * 10


def test_help_says_what_can_be_asked(slack: FakeSlack, service: Callable[..., SlackService]) -> None:
    with over(slack, service(), "socket"):
        for text in ("", "help", "HELP"):
            given = slack.command("/ask", text)
            assert given.payload
            assert "/ask watch QUESTION daily" in told(given.payload)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("settings for exports", WantedCommand.ANSWER),
        ("help wanted ads", WantedCommand.ANSWER),
        ("watch daily", WantedCommand.WATCHES),
    ],
)
def test_a_question_that_begins_like_a_command_is_a_question(text: str, wanted: WantedCommand) -> None:
    assert read(text).wanted is wanted


# Settings


@BOTH
def test_a_channel_is_answered_as_it_chose(
    slack: FakeSlack, service: Callable[..., SlackService], transport: str
) -> None:
    script, here = Script(), service()
    here = replace(here, stream=script)
    with over(slack, here, transport):
        slack.command("/ask", "settings")
        slack.wait(lambda: slack.modal(), "the form")
        view = slack.modal()
        assert view
        chosen = {
            "answering": {"answering": {"selected_option": {"value": "every"}}},
            "outlets": {"outlets": {"selected_options": [{"value": "Vellmar Courier"}]}},
            "language": {"language": {"selected_option": {"value": "de"}}},
            "privacy": {"privacy": {"selected_options": []}},
        }
        slack.submit(view, chosen)
        slack.say(QUESTION)
        message = answered(slack)
    settings = here.settings(TEAM, "CNEWS")
    assert settings == ChannelSettings(Answering.EVERY, Filters(outlet=("Vellmar Courier",)), "de")
    assert script.asked == [(QUESTION, (), Filters(outlet=("Vellmar Courier",)))]
    assert CLAIM in told(message)


@pytest.mark.parametrize(
    ("answering", "answer", "posts"),
    [
        (Answering.MENTIONED, ANSWERED, 0),
        (Answering.EVERY, ANSWERED, 1),
        (Answering.EVERY, REFUSED, 1),
        (Answering.CITED, ANSWERED, 1),
        (Answering.CITED, REFUSED, 0),
        (Answering.CITED, FAILED, 0),
    ],
)
def test_what_nobody_asked_byline_is_answered_where_the_channel_wants_it(
    slack: FakeSlack, service: Callable[..., SlackService], answering: Answering, answer: Any, posts: int
) -> None:
    here = service(Script(answer), usual=ChannelSettings(answering))
    with over(slack, here, "socket", count=1):
        slack.say(QUESTION)
        slack.mention("Who is there?", ts="99.1")
        answered(slack, count=posts + 1)
    assert len(slack.from_bot("CNEWS")) == posts + 1


def test_small_talk_that_nobody_meant_for_byline_is_left_alone(
    slack: FakeSlack, service: Callable[..., SlackService]
) -> None:
    script = Script()
    with over(slack, service(script, usual=ChannelSettings(Answering.EVERY)), "socket", count=1):
        slack.say("Thank you so much!")
        slack.say(QUESTION)
        answered(slack)
    assert script.questions == [QUESTION]


def test_an_ephemeral_channel_shows_an_answer_to_its_person_alone(
    slack: FakeSlack, service: Callable[..., SlackService]
) -> None:
    with over(slack, service(usual=ChannelSettings(ephemeral=True)), "socket"):
        slack.mention(QUESTION)
        assert CLAIM in told(answered(slack, viewer=PERSON))
    assert slack.from_bot("CNEWS", "UOTHER") == []


def test_only_those_who_may_ask_are_answered_and_the_others_are_told(
    slack: FakeSlack, service: Callable[..., SlackService]
) -> None:
    script = Script()
    allowed = Allowed(channels=frozenset({"CNEWS"}), people=frozenset({PERSON}))
    with over(slack, service(script, allowed=allowed), "socket"):
        slack.mention("In the wrong channel?", channel="COTHER")
        slack.mention("By the wrong person?", user="UOTHER")
        given = slack.command("/ask", "By the wrong person?", user="UOTHER")
        slack.wait(lambda: slack.from_bot("COTHER", PERSON) and slack.from_bot("CNEWS", "UOTHER"), "both told")
        slack.direct(QUESTION)
        slack.wait(lambda: slack.calls_of("chat.stopStream"), "an answer")
    assert given.payload
    assert "may not" in told(given.payload)
    assert "may not" in told(slack.from_bot("COTHER", PERSON)[0])
    assert script.questions == [QUESTION]


def test_only_admins_change_the_settings(slack: FakeSlack, service: Callable[..., SlackService]) -> None:
    here = service(allowed=Allowed(admins=frozenset({"UADMIN"})))
    with over(slack, here, "socket"):
        for person in (PERSON, "UADMIN"):
            slack.command("/ask", "settings", user=person)
            slack.wait(lambda person=person: slack.modal(person), "a modal")
    shown = [(slack.modal(each) or {})["callback_id"] for each in (PERSON, "UADMIN")]
    assert shown == ["report", "settings"]


def test_a_person_who_asks_much_is_asked_to_wait(slack: FakeSlack, service: Callable[..., SlackService]) -> None:
    script = Script()
    with over(slack, service(script, pace=SlackRateLimit(2, 100)), "socket"):
        for number in range(3):
            slack.direct(f"Question {number}?", ts=f"2{number}.1")
        slack.wait(lambda: len(slack.from_bot("DPERSON")) == 3, "three messages")
    assert sum("Ask again in" in told(each) for each in slack.from_bot("DPERSON")) == 1
    assert len(script.questions) == 2


# Answers that are there


@BOTH
def test_a_quote_is_shown_in_its_article(
    slack: FakeSlack, service: Callable[..., SlackService], transport: str
) -> None:
    with over(slack, service(), transport):
        slack.mention(QUESTION)
        slack.click(answered(slack), "quote")
        slack.wait(lambda: slack.modal(), "the modal")
    view = slack.modal()
    assert view
    assert QUOTE in told(view)
    assert "The repairs of the bridge cost" in told(view)


@BOTH
def test_feedback_is_kept_with_its_answer_and_its_reasons(
    slack: FakeSlack, service: Callable[..., SlackService], transport: str
) -> None:
    here = service()
    with over(slack, here, transport):
        slack.mention(QUESTION)
        message = answered(slack)
        slack.click(message, "feedback", verdict_value(message, "good"))
        slack.wait(lambda: everybodys(here.history), "feedback")
        assert everybodys(here.history)[0].feedback.good
        slack.click(message, "feedback", verdict_value(message, "bad"))
        slack.wait(lambda: slack.modal(), "the form")
        reasons = {"reasons": {"reasons": {"selected_options": [{"value": "source"}]}}}
        slack.submit(slack.modal() or {}, reasons | {"note": {"note": {"value": "Another day."}}})
        slack.wait(lambda: everybodys(here.history)[0].feedback.note, "the note")
    (given,) = everybodys(here.history)
    assert (given.surface, given.feedback.good, given.feedback.reasons) == ("slack", False, (Flaw.SOURCE,))


@BOTH
def test_a_reaction_is_feedback_for_the_answer_of_its_message_alone(
    slack: FakeSlack, service: Callable[..., SlackService], transport: str
) -> None:
    here = service()
    with over(slack, here, transport):
        slack.mention(QUESTION)
        message = answered(slack)
        slack.react(slack.messages("CNEWS")[0], "-1")
        slack.react(message, "eyes")
        slack.react(message, "thumbsup::skin-tone-3")
        slack.wait(lambda: everybodys(here.history), "feedback")
    assert [each.feedback.good for each in everybodys(here.history)] == [True]


@BOTH
def test_a_message_is_checked_in_a_modal(
    slack: FakeSlack, service: Callable[..., SlackService], transport: str
) -> None:
    with over(slack, service(), transport):
        slack.say(CLAIM, ts="31.1")
        given = slack.shortcut(slack.messages("CNEWS")[0])
        slack.wait(lambda: QUOTE in told(slack.modal() or {}), "the report")
    assert given.status == 200
    assert CLAIM in told(slack.modal() or {})
    assert slack.refused == []


@pytest.mark.parametrize("answer", [REFUSED, FAILED])
def test_where_an_answer_has_no_sentence_there_is_nothing_to_check(
    slack: FakeSlack, service: Callable[..., SlackService], answer: Any
) -> None:
    with over(slack, service(Script(answer)), "socket"):
        slack.mention(QUESTION)
        slack.shortcut(answered(slack))
        slack.wait(lambda: "claims nothing that could be checked" in told(slack.modal() or {}), "the reason")
    assert slack.refused == []


@BOTH
def test_the_home_suggests_asks_and_lists(
    slack: FakeSlack, service: Callable[..., SlackService], transport: str
) -> None:
    script = Script()
    with over(slack, service(script), transport):
        slack.open_home()
        slack.wait(lambda: slack.home(), "the home")
        home = slack.home()
        assert home
        assert QUESTION in told(home)
        slack.click(home, "home_ask", QUESTION)
        slack.wait(lambda: slack.calls_of("chat.stopStream"), "an answer")
        slack.open_home()
        slack.wait(lambda: CLAIM in told(slack.home() or {}), "the answer on the home")
        slack.open_home("messages")
        slack.wait(lambda: slack.calls_of("assistant.threads.setSuggestedPrompts"), "prompts")
    assert script.questions == [QUESTION]
    assert slack.refused == []


def test_an_answer_is_shown_to_nobody_who_was_not_there(slack: FakeSlack, service: Callable[..., SlackService]) -> None:
    with over(slack, service(), "socket"):
        slack.direct(QUESTION)
        slack.wait(lambda: slack.calls_of("chat.stopStream"), "an answer")
        message = dict(slack.from_bot("DPERSON")[0]) | {"channel": "CNEWS"}
        slack.click(message, "quote", user="UOTHER")
        slack.wait(lambda: slack.modal("UOTHER"), "the modal")
        slack.open_home(user="UOTHER")
        slack.wait(lambda: slack.home("UOTHER"), "the home")
    assert QUOTE not in told(slack.modal("UOTHER") or {})
    assert CLAIM not in told(slack.home("UOTHER") or {})


# Standing questions


@BOTH
def test_what_new_articles_say_is_posted_once(
    slack: FakeSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transport: str
) -> None:
    with filled(tmp_path / "own") as index, Bot(index) as bot:
        here = service_of(slack, tmp_path, index, bot.stream, bot=bot)
        with over(slack, here, transport):
            slack.command("/ask", "watch When did the ferry of Vellmar sink? daily")
            slack.wait(lambda: slack.from_bot("CNEWS", "UOTHER"), "the words that it is watched")
            days = iter(range(2, 99, 2))
            monkeypatch.setattr(here.watches, "_clock", lambda: datetime.now(UTC) + timedelta(days=next(days)))
            notifier = Notifier(here)
            notifier.look()
            (said,) = slack.from_bot("CNEWS", "UOTHER")
            assert "is a standing question" in told(said)
            index.add([Article("ferry", "A ferry sinks", "The ferry of Vellmar sank on 2 May 2022.", language="en")])
            notifier.look()
            notifier.look()
            _, posted = slack.from_bot("CNEWS", "UOTHER")
            assert "The ferry of Vellmar sank on 2 May 2022" in told(posted)
            assert "When did the ferry" in told(slack.command("/ask", "watch").payload or {})
            slack.click(slack.from_bot("CNEWS", PERSON)[-1], "watch_pause")
            slack.wait(lambda: here.watches.list(_place())[0].paused, "the pause")
            slack.wait(lambda: "Resume" in told(slack.from_bot("CNEWS", PERSON)[-1]), "the list anew")
            slack.click(slack.from_bot("CNEWS", PERSON)[-1], "watch_delete")
            slack.wait(lambda: not here.watches.list(_place()), "the end of the watch")


def test_a_watch_says_how_often_and_a_second_one_where_the_first_is(
    slack: FakeSlack, service: Callable[..., SlackService]
) -> None:
    with over(slack, service(), "socket"):
        slack.command("/ask", "watch What about the river? monthly")
        slack.wait(lambda: len(slack.from_bot("CNEWS", PERSON)) == 2, "the words that it is watched, and the list")
        said, _ = slack.from_bot("CNEWS", PERSON)
        assert told(said).endswith(
            "“What about the river? monthly” is a standing question here, daily. I post what new articles say about it."
        )
        slack.command("/ask", "watch What about the river? monthly")
        slack.wait(lambda: len(slack.from_bot("CNEWS", PERSON)) == 3, "the refusal")
        assert "delete it first: `/ask watch` lists it" in told(slack.from_bot("CNEWS", PERSON)[-1])


def test_news_that_cannot_be_kept_are_posted_once(
    slack: FakeSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with filled(tmp_path / "own") as index, Bot(index) as bot:
        here = service_of(slack, tmp_path, index, bot.stream, bot=bot)
        with over(slack, here, "socket"):
            slack.command("/ask", "watch When did the ferry of Vellmar sink? daily")
            slack.wait(lambda: slack.from_bot("CNEWS", "UOTHER"), "the words that it is watched")
        days = iter(range(2, 99, 2))
        monkeypatch.setattr(here.watches, "_clock", lambda: datetime.now(UTC) + timedelta(days=next(days)))
        index.add([Article("ferry", "A ferry sinks", "The ferry of Vellmar sank on 2 May 2022.", language="en")])
        (tmp_path / FILE).write_bytes(b"no history" * 1_000)
        for _ in range(2):
            Notifier(here).look()
        _, posted = slack.from_bot("CNEWS", "UOTHER")
        assert "The ferry of Vellmar sank on 2 May 2022" in told(posted)


def _place() -> Place:
    return Place(Owner("slack", f"{TEAM}/CNEWS"), "")


# Under load, and after a crash


@BOTH
def test_of_200_questions_in_a_burst_each_is_answered_or_told_to_wait_and_none_twice(
    slack: FakeSlack, service: Callable[..., SlackService], transport: str
) -> None:
    script = Script()
    asked = [(f"U{person}", f"Question {number} of {person}?") for person in range(50) for number in range(4)]
    with over(slack, service(script, pace=SlackRateLimit(3, 1_000)), transport):
        for number, (person, question) in enumerate(asked):
            event = slack.mention(question, user=person, ts=f"{1000 + number}.1")
            if number % 3 == 0:
                slack.deliver(event, 1)
        slack.wait(lambda: len(slack.calls_of("chat.postMessage")) == 150, "150 answers begun")
        slack.wait(lambda: len(slack.calls_of("chat.postEphemeral")) == 50, "50 told to wait")
    assert len(script.questions) == len(set(script.questions)) == 150
    roots = [message["thread_ts"] for message in slack.from_bot("CNEWS") if CLAIM in told(message)]
    assert len(roots) == len(set(roots)) == 150


def test_a_question_whose_process_died_is_answered_once_in_the_message_that_it_left(
    slack: FakeSlack, service: Callable[..., SlackService]
) -> None:
    here = service()
    job = SlackJob("Ev1", SlackJobKind.QUESTION, TEAM, "CNEWS", "17.1", PERSON, QUESTION, ts="17.1")
    here.store.put(job)
    taken = here.store.take("dead", light=False)
    assert taken
    left = here.client(TEAM, "").chat_postMessage(channel="CNEWS", thread_ts="17.1", text="Searching…")["ts"]  # type: ignore[union-attr]
    here.store.shown(job.id, left)
    Answerer(here).do(replace(job, message=left), Cancellation())
    (message,) = slack.from_bot("CNEWS")
    assert message["ts"] == left
    assert CLAIM in told(message)


def test_a_question_that_ended_each_process_is_told_to_be_given_up(
    slack: FakeSlack, service: Callable[..., SlackService]
) -> None:
    script = Script()
    job = SlackJob("Ev1", SlackJobKind.QUESTION, TEAM, "CNEWS", "17.1", PERSON, QUESTION, ts="17.1", given_up=True)
    Answerer(service(script)).do(job, Cancellation())
    (message,) = slack.from_bot("CNEWS")
    assert "ref" in told(message)
    assert script.questions == []


def test_an_uninstalled_workspace_leaves_nothing_also_of_an_answer_that_is_being_made(
    slack: FakeSlack, service: Callable[..., SlackService]
) -> None:
    def wait(cancel: Cancellation | None) -> None:
        begun.set()
        while not (cancel and cancel.is_set()):
            time.sleep(0.01)
        raise Cancelled

    begun = Event()
    here = service(Script())
    with over(slack, here, "socket"):
        slack.mention(QUESTION)
        answered(slack)
        slack.command("/ask", "watch Who left? daily")
        slack.wait(lambda: here.watches.list(_place()), "the watch")
    with over(slack, replace(here, stream=Script(before=wait)), "socket"):
        slack.mention("And when?", ts="1700000050.1")
        assert begun.wait(60)
        slack.send({"type": "app_uninstalled"})
        slack.wait(lambda: not here.watches.list(_place()), "the end of the watch")
    assert here.history.everybodys() == ()
    assert here.store.answers_to(TEAM, PERSON, 9) == ()


def test_a_message_that_is_checked_while_the_judge_breaks_says_so(
    slack: FakeSlack, service: Callable[..., SlackService]
) -> None:
    def broken(*_: Any) -> Any:
        raise KeyError("hidden")

    with over(slack, service(verify=broken), "socket"):
        slack.say(CLAIM, ts="31.1")
        slack.shortcut(slack.messages("CNEWS")[0])
        slack.wait(lambda: "ref" in told(slack.modal() or {}), "the reference")
    assert "hidden" not in told(slack.modal() or {})


# Parts


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("<@UBOT> who left?", "who left?"),
        ("<@UBOT>: who left?", "who left?"),
        ("hey <@UBOT> who   left?", "hey who left?"),
        ("what does <@U2|ada> say in <#C1|news>?", "what does ada say in #news?"),
        ("is <https://example.org/a?b&amp;c|this> so, &lt;sure&gt;?", "is this so, <sure>?"),
        ("<!here> who left?", "who left?"),
    ],
)
def test_a_question_is_what_the_person_sees(text: str, question: str) -> None:
    assert plain(text, "UBOT") == question


def test_a_stream_without_an_answer_is_a_bug() -> None:
    class Nothing:
        def show_sentence(self, words: Words) -> None: ...

    with pytest.raises(RuntimeError):
        shown(iter([Words("Half an")]), Nothing())  # type: ignore[arg-type]


def test_a_throttle_makes_the_last_call_of_several_and_none_after_it_is_closed() -> None:
    now, made, due = [0.0], list[int](), Event()
    throttle = Throttle(0.05, lambda: now[0])
    now[0] = 1.0
    throttle(lambda: made.append(1))
    throttle(lambda: made.append(2))
    throttle(lambda: (made.append(3), due.set()))
    assert made == [1]
    now[0] = 2.0
    assert due.wait(60)
    assert made == [1, 3]
    throttle.close()
    now[0] = 3.0
    throttle(lambda: made.append(4))
    assert made == [1, 3]


def test_the_log_of_a_whole_answer_holds_no_token(
    slack: FakeSlack, service: Callable[..., SlackService], caplog: pytest.LogCaptureFixture
) -> None:
    from bot.slack.logs import hide_secrets

    hide_secrets()
    caplog.set_level(logging.DEBUG)
    with over(slack, service(), "socket"):
        slack.mention(QUESTION)
        answered(slack)
    assert "xoxb-" not in caplog.text
    assert "xapp-" not in caplog.text
