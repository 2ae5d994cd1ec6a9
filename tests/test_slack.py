"""The Slack bot: the real Bolt app, over a real websocket, with a small Slack on loopback."""

from __future__ import annotations

import logging
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from threading import Event as Signal
from threading import Timer
from typing import Any

import pytest
import yaml
from fake_slack import (
    APP_TOKEN,
    BOT,
    BOT_TOKEN,
    PERSON,
    TEAM,
    Failure,
    FakeSlack,
    live_markup,
    message_refusal,
    mrkdwn,
    shown,
)
from hypothesis import given
from hypothesis import strategies as st

from bot import Bot
from bot.errors import ModelFailed, ShownError
from bot.history import History
from bot.history.file import FILE
from bot.slack import Pool, build_app, connected, serve
from bot.slack.blocks import BUSY, HELP, escaped, linked, reply, shortened
from bot.slack.errors import CredentialsConflict
from bot.slack.memory import Seen, place_of
from bot.slack.message import Thread, plain
from bot.types import Answer, Citation, Event, EvidenceReady, Near, Sentence, State, Status, Turn, Words
from index import Article, Index
from index.types import Filters, Hits, Kind, Understood

QUESTION = "Who left the WHO?"
CLAIM = "The United States gave notice on 6 July 2020."
CITATION = Citation(
    mark=1,
    article_id="a",
    start=0,
    end=29,
    quote="It gave notice on 6 July 2020",
    title="Notice to the WHO",
    author="Yang Jin",
    outlet="Global Times",
    published=datetime(2020, 7, 15, 13, 3, 40),
    kind=Kind.OPINION,
    url="https://example.org/who?a=1&b=2",
)
ANSWERED = Answer(
    question=QUESTION,
    status=Status.ANSWERED,
    text=f"{CLAIM} [1]",
    model="scripted",
    sentences=(Sentence(CLAIM, 0, len(CLAIM), State.SUPPORTED, support=0.9, citations=(1,)),),
    citations=(CITATION,),
)
NEAR = Near("b", "The 75th World Health Assembly", author="Ana Ruiz", outlet="The Courier", published=date(2020, 5, 20))
REFUSED = Answer(
    question=QUESTION,
    status=Status.REFUSED,
    text="The articles do not say. The nearest ones are listed below.",
    model="scripted",
    nearest=(NEAR,),
    reason="Looked for and not found beside the rest: left.",
)
FAILED = Answer(QUESTION, Status.FAILED, CLAIM, "scripted", reason="The model gave no words.")


@dataclass
class Script:
    """A stream that gives the same events to every question, and keeps what it was asked."""

    answer: Answer = ANSWERED
    error: Exception | None = None
    asked: list[tuple[str, tuple[Turn, ...]]] = field(default_factory=list)

    def __call__(self, question: str, history: Sequence[Turn]) -> Iterator[Event]:
        self.asked.append((question, tuple(history)))
        yield EvidenceReady(Hits(), ())
        if self.error is not None:
            raise self.error
        yield Words(self.answer.text)
        yield self.answer

    @property
    def questions(self) -> list[str]:
        return [question for question, _ in self.asked]


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        yield slack


@contextmanager
def running(
    slack: FakeSlack, stream: Callable[..., Iterator[Event]], waiting: int = 8, history: History | None = None
) -> Iterator[None]:
    """The bot, connected. On leaving, everything that it took is answered."""
    with Pool(workers=1, waiting=waiting) as pool:
        app = build_app(stream, BOT_TOKEN, pool, history, base_url=slack.url)
        with connected(app, APP_TOKEN):
            yield


def as_sent(answer: Answer) -> dict[str, Any]:
    """The message of an answer, which Slack would take."""
    message = reply(answer)
    post = {"channel": "C", "text": message.text, "blocks": message.blocks}
    assert message_refusal(post) is None
    return post


def test_a_mention_gets_a_cited_answer_in_its_thread(slack: FakeSlack) -> None:
    script = Script()
    with running(slack, script):
        slack.mention(QUESTION, ts="17.1")
        post = slack.post()
    assert script.questions == [QUESTION]
    assert (post["channel"], post["thread_ts"]) == ("CNEWS", "17.1")
    assert shown(post) == (
        "The United States gave notice on 6 July 2020. [1]\n"
        "[1] Notice to the WHO — “It gave notice on 6 July 2020”\n"
        "Yang Jin, Global Times, 15 July 2020, opinion"
    )
    assert mrkdwn(post)[1].startswith("*[1]* <https://example.org/who?a=1&amp;b=2|Notice to the WHO> — ")
    assert post["text"] == f"{CLAIM} [1]"
    assert (post["unfurl_links"], post["unfurl_media"]) == (False, False)


def test_what_was_understood_from_the_question_is_said() -> None:
    named = Understood("in <July>", 9, 18, Filters(since=date(2020, 7, 1), until=date(2020, 7, 31)))
    answer = replace(ANSWERED, hits=Hits(understood=(named,)))
    *_, last = shown(as_sent(answer)).splitlines()
    assert last == "Understood: “in <July>”: 1 July 2020 to 31 July 2020, preferred."


@pytest.mark.parametrize(("thread", "root"), [({}, "18.1"), ({"thread_ts": "17.9"}, "17.9")])
def test_a_direct_message_is_answered_in_its_thread(slack: FakeSlack, thread: dict[str, str], root: str) -> None:
    with running(slack, Script()):
        slack.direct(QUESTION, ts="18.1", **thread)
        post = slack.post()
    assert (post["channel"], post["thread_ts"]) == ("DPERSON", root)
    assert CITATION.quote in shown(post)


def test_a_person_sees_what_the_bot_is_doing(slack: FakeSlack) -> None:
    with running(slack, Script()):
        slack.mention(QUESTION, ts="17.1")
    statuses = [call.args for call in slack.calls_of("assistant.threads.setStatus")]
    assert [status["status"] for status in statuses] == ["is searching the articles…", "is writing the answer…"]
    assert {(status["channel_id"], status["thread_ts"]) for status in statuses} == {("CNEWS", "17.1")}


def test_an_app_that_may_not_set_a_status_answers_all_the_same(slack: FakeSlack) -> None:
    slack.fail_next("assistant.threads.setStatus", Failure("missing_scope"), times=2)
    with running(slack, Script()):
        slack.mention(QUESTION)
    assert CITATION.quote in shown(slack.post())


def test_what_no_person_wrote_to_the_bot_is_left_alone(slack: FakeSlack) -> None:
    script = Script()
    with running(slack, script):
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
        slack.direct(QUESTION)
    assert script.questions == [QUESTION]
    assert len(slack.posts) == 1


def test_an_event_that_slack_sends_again_is_answered_once(slack: FakeSlack) -> None:
    script = Script()
    with running(slack, script):
        event = slack.mention(QUESTION)
        for attempt in (1, 2, 3):
            slack.deliver(event, attempt)
    assert script.questions == [QUESTION]
    assert len(slack.posts) == 1


def test_a_retry_that_comes_first_is_answered(slack: FakeSlack) -> None:
    """After a restart it may be the only one that arrives."""
    with running(slack, Script()):
        slack.mention(QUESTION)
        event = slack.mention("And China?")
    again = Script()
    with running(slack, again):
        slack.deliver(event, attempt=2)
    assert again.questions == ["And China?"]


def test_a_follow_up_carries_what_was_said_in_its_thread(slack: FakeSlack) -> None:
    script = Script()
    with running(slack, script):
        slack.mention(QUESTION, ts="17.1")
        slack.post(1)
        slack.mention("And when?", thread_ts="17.1")
        slack.mention("Another thread", ts="19.1")
        slack.mention("Another channel", thread_ts="17.1", channel="COTHER")
    said = (Turn.of(QUESTION, ANSWERED),)
    assert script.asked == [(QUESTION, ()), ("And when?", said), ("Another thread", ()), ("Another channel", ())]


@pytest.mark.parametrize("answer", [REFUSED, FAILED])
def test_what_was_not_answered_is_remembered_without_an_answer(slack: FakeSlack, answer: Answer) -> None:
    script = Script(answer)
    with running(slack, script):
        slack.direct(QUESTION, ts="17.1")
        slack.post(1)
        slack.direct("And China?", thread_ts="17.1")
    assert script.asked[1] == ("And China?", (Turn.of(QUESTION, answer),))


def test_a_follow_up_is_understood_by_a_bot_that_was_started_again(slack: FakeSlack, tmp_path: Path) -> None:
    with running(slack, Script(), history=History(tmp_path / FILE, 90)):
        slack.mention(QUESTION, ts="17.1")
        slack.direct("Who else?", ts="18.1")
    again = Script()
    with running(slack, again, history=History(tmp_path / FILE, 90)):
        slack.mention("And when?", thread_ts="17.1")
        slack.mention("And there?", thread_ts="17.1", channel="COTHER")
    assert again.asked == [("And when?", (Turn.of(QUESTION, ANSWERED),)), ("And there?", ())]


@pytest.mark.parametrize(
    ("error", "reason"),
    [(ModelFailed("The model says no."), "The model says no."), (KeyError("x"), "Something broke.")],
)
def test_what_broke_is_kept_without_an_answer(slack: FakeSlack, error: Exception, reason: str) -> None:
    history = History.in_memory()
    with running(slack, Script(error=error), history=history):
        slack.mention(QUESTION, ts="17.1")
    [record] = history.records(place_of(Thread(TEAM, "CNEWS", "17.1")))
    assert record.answer is not None
    assert (record.status, record.answer.reason) == ("failed", reason)


def test_an_answer_that_cannot_be_kept_is_given_with_a_notice(slack: FakeSlack, tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with running(slack, Script(), history=History(tmp_path / FILE, 90)):
        slack.mention(QUESTION)
    answer, *_, notice = shown(slack.post()).splitlines()
    assert answer == ANSWERED.text
    assert notice.startswith("This is not kept, so a later question will not know of it.")


def test_an_empty_mention_says_what_to_do(slack: FakeSlack) -> None:
    script = Script()
    with running(slack, script):
        for text in ("", "  ", "?!"):
            slack.mention(text, ts="17.1")
    assert script.questions == []
    assert [(shown(post), post["thread_ts"]) for post in slack.posts] == [(HELP, "17.1")] * 3


def test_a_refusal_says_so_and_lists_the_nearest_articles(slack: FakeSlack) -> None:
    with running(slack, Script(REFUSED)):
        slack.mention(QUESTION)
    assert shown(slack.post()) == (
        "The articles do not say. The nearest ones are listed below.\n"
        "Looked for and not found beside the rest: left.\n"
        "• The 75th World Health Assembly — Ana Ruiz, The Courier, 20 May 2020"
    )


def test_a_failure_is_shown_as_a_failure(slack: FakeSlack) -> None:
    with running(slack, Script(FAILED)):
        slack.mention(QUESTION)
    assert shown(slack.post()) == "This failed, so there is no answer: The model gave no words."
    assert CLAIM not in str(slack.post())


def test_an_error_for_the_person_is_shown_as_it_is(slack: FakeSlack) -> None:
    with running(slack, Script(error=ModelFailed("The model server at <host> says no."))):
        slack.mention(QUESTION)
    assert shown(slack.post()) == "The model server at <host> says no."


def test_a_bug_leaves_a_reference_in_the_thread_and_its_traceback_in_the_log(
    slack: FakeSlack, caplog: pytest.LogCaptureFixture
) -> None:
    with running(slack, Script(error=ZeroDivisionError("a secret of the inside"))):
        slack.mention(QUESTION, ts="17.1")
    post = slack.post()
    reference = re.match(r"Something broke \(ref ([0-9a-f]{6})\)\. ", shown(post))
    assert reference is not None
    assert post["thread_ts"] == "17.1"
    assert "secret" not in str(post)
    (record,) = (record for record in caplog.records if reference[1] in record.getMessage())
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError


def test_a_stream_without_an_answer_is_a_bug(slack: FakeSlack) -> None:
    with running(slack, lambda *_: iter([Words("Half an")])):
        slack.mention(QUESTION)
    assert shown(slack.post()).startswith("Something broke (ref ")


def test_a_full_line_says_so_at_once(slack: FakeSlack) -> None:
    started, released = Signal(), Signal()

    def slow(*_: object) -> Iterator[Event]:
        started.set()
        assert released.wait(20)
        yield ANSWERED

    with running(slack, slow, waiting=0):
        slack.mention(QUESTION)
        assert started.wait(20)
        slack.mention("And China?", ts="17.2")
        busy = slack.post(1)
        released.set()
    assert (shown(busy), busy["thread_ts"]) == (BUSY, "17.2")
    assert CITATION.quote in shown(slack.post(2))


def test_slow_answers_hold_up_no_acknowledgement(slack: FakeSlack) -> None:
    released = Signal()

    def slow(*_: object) -> Iterator[Event]:
        assert released.wait(20)
        yield ANSWERED

    with running(slack, slow, waiting=30):
        for number in range(15):
            slack.mention(f"Question {number}")  # returns with the acknowledgement
        assert slack.posts == []
        released.set()
    assert len(slack.posts) == 15


def test_a_rate_limit_is_waited_out(slack: FakeSlack) -> None:
    slack.fail_next("chat.postMessage", Failure("ratelimited", 429, {"Retry-After": "0"}), times=2)
    with running(slack, Script()):
        slack.mention(QUESTION)
    assert [call.error for call in slack.calls_of("chat.postMessage")] == ["ratelimited", "ratelimited", None]
    assert CITATION.quote in shown(slack.post())


def test_an_answer_that_slack_does_not_take_leaves_a_reference(slack: FakeSlack) -> None:
    slack.fail_next("chat.postMessage", Failure("invalid_blocks"))
    with running(slack, Script()):
        slack.mention(QUESTION)
    assert shown(slack.post()).startswith("Something broke (ref ")


HOSTILE = "<!channel> <@U1> <#C1> <https://evil.example|click> &lt;!here&gt; @everyone https://evil.example"


def test_the_text_of_an_article_is_inert(slack: FakeSlack) -> None:
    citation = replace(
        CITATION, quote=HOSTILE, title=HOSTILE, author=HOSTILE, outlet=HOSTILE, url="https://example.org/|x><!channel>"
    )
    with running(slack, Script(replace(ANSWERED, text=f"{HOSTILE} [1]", sentences=(), citations=(citation,)))):
        slack.mention(QUESTION)
    post = slack.post()
    title = escaped(HOSTILE)[:20]
    (link,) = live_markup(post)
    assert link.startswith(f"https://example.org/%7Cx%3E%3C!channel%3E|{title}")
    assert f"“{HOSTILE}”" in shown(post)


@pytest.mark.parametrize("answer", [REFUSED, FAILED])
def test_the_text_of_a_refusal_or_a_failure_is_inert(slack: FakeSlack, answer: Answer) -> None:
    nearest = (replace(NEAR, title=HOSTILE, author=HOSTILE),)
    with running(slack, Script(replace(answer, reason=HOSTILE, nearest=nearest))):
        slack.mention(QUESTION)
    assert list(live_markup(slack.post())) == []
    assert HOSTILE in shown(slack.post())


def test_a_sentence_that_no_article_supports_is_marked(slack: FakeSlack) -> None:
    guess = "More will follow."
    start = len(CLAIM) + 5
    unsupported = Sentence(guess, start, start + len(guess), State.UNSUPPORTED, "Nothing in the articles says this.")
    text = f"{CLAIM} [1] {guess} {CLAIM} [1]"
    answer = replace(ANSWERED, status=Status.PARTIAL, text=text, sentences=(*ANSWERED.sentences, unsupported))
    with running(slack, Script(answer)):
        slack.mention(QUESTION)
    marked = f"{CLAIM} [1] {guess} (⚠ Nothing in the articles says this.) {CLAIM} [1]"
    assert shown(slack.post()).splitlines()[0] == slack.post()["text"] == marked


def test_a_sentence_that_stands_in_for_others_says_so_and_what_was_left_out_is_told() -> None:
    stands_in = replace(ANSWERED.sentences[0], reason="The words of the article.")
    silent, left_out = "The articles do not say: “Why?”", "Left out, since an article says otherwise: “It stayed.”"
    answer = replace(
        ANSWERED,
        status=Status.PARTIAL,
        text=f"{ANSWERED.text} {silent}",
        sentences=(stands_in,),
        reason=f"{silent} {left_out}",
    )
    lines = shown(as_sent(answer)).splitlines()
    assert lines[:2] == [f"{CLAIM} (The words of the article.) [1] {silent}", left_out]


@pytest.mark.parametrize(("sentences", "quotes"), [(3000, 3), (20, 80), (600, 12), (1, 1)])
def test_long_quotes_are_shortened_at_a_space_and_none_is_left_out_unsaid(sentences: int, quotes: int) -> None:
    quote = "Officials said & wrote that it was <so>. " * 200
    citations = tuple(replace(CITATION, mark=number, quote=quote) for number in range(1, quotes + 1))
    text = shown(as_sent(replace(ANSWERED, text="A & B differ here. " * sentences, sentences=(), citations=citations)))
    shown_quotes = re.findall(r"“(.*)…”", text)
    assert all(len(each) > 50 and quote.startswith(f"{each} ") for each in shown_quotes)
    left = re.search(r"… and (\d+) more\.$", text)
    assert len(shown_quotes) + (int(left[1]) if left else 0) == quotes


def test_a_question_in_slack_is_answered_from_the_articles(slack: FakeSlack, tmp_path: Path) -> None:
    """All of it: a tiny index with the real store and embedder, and the real bot without a language model."""
    quote = (
        "The United States told the United Nations on 6 July 2020 that it would leave the World Health Organization."
    )
    article = Article(
        "who", "Notice to the WHO", f"{quote} The notice takes effect after one year.", outlet="The Courier"
    )
    with Index.open(tmp_path) as index:
        index.add([article])
    with Bot.open(tmp_path, model="extractive") as bot, running(slack, bot.stream):
        slack.mention(
            "When did the United States give notice that it would leave the World Health Organization?", ts="17.1"
        )
        slack.direct("Who won the 2018 World Cup?", ts="18.1")
        answered, refused = slack.post(1), slack.post(2)
    assert answered["thread_ts"] == "17.1"
    assert shown(answered) == f"{quote} [1]\n[1] Notice to the WHO — “{quote}”\nThe Courier"
    assert refused["thread_ts"] == "18.1"
    assert shown(refused).startswith("The articles do not say.")
    assert shown(refused).endswith("• Notice to the WHO — The Courier")


def test_leaving_a_pool_waits_for_all_that_it_took() -> None:
    done: list[int] = []
    gate = Signal()
    with Pool(workers=1, waiting=2) as pool:
        for number in range(4):
            pool.submit(lambda number=number: done.append(number) if gate.wait(20) else None)
        Timer(0.2, gate.set).start()
    assert done == [0, 1, 2]


@pytest.mark.timeout(60)
def test_a_bot_that_is_interrupted_ends_what_it_began(slack: FakeSlack) -> None:
    """`serve`, as the command line runs it: in a process of its own, ended with Ctrl-C."""
    code = (
        "import sys, time\n"
        "from bot.slack import serve\n"
        "from test_slack import ANSWERED\n"
        "def stream(question, history):\n"
        "    print('asked', flush=True)\n"
        "    time.sleep(0.5)\n"
        "    yield ANSWERED\n"
        "serve(stream, *sys.argv[1:3], ready=lambda words: print(words, flush=True), base_url=sys.argv[3])\n"
    )
    paths = f"{Path(__file__).parent}:{Path(__file__).parent.parent}"
    process = subprocess.Popen(
        [sys.executable, "-c", code, BOT_TOKEN, APP_TOKEN, slack.url],
        env={"PYTHONPATH": paths, "PATH": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == (
            "Connected to Slack as @byline in Newsroom. Mention it or write to it. Stop with Ctrl-C.\n"
        )
        slack.mention(QUESTION)
        assert process.stdout.readline() == "asked\n"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
        assert (process.returncode, errors) == (0, "")
        assert CITATION.quote in shown(slack.post())
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    ("bot_token", "app_token", "says"),
    [
        (None, APP_TOKEN, "Set SLACK_BOT_TOKEN to the one that begins with xoxb-"),
        ("", APP_TOKEN, "Set SLACK_BOT_TOKEN to the one that begins with xoxb-"),
        (BOT_TOKEN, None, "Set SLACK_APP_TOKEN to the one that begins with xapp-"),
        (APP_TOKEN, BOT_TOKEN, "SLACK_BOT_TOKEN does not hold the bot token"),
        (BOT_TOKEN, BOT_TOKEN, "SLACK_APP_TOKEN does not hold the app-level token"),
        ("xoxb-old", APP_TOKEN, "Slack refuses the bot token (invalid_auth). Set SLACK_BOT_TOKEN"),
        (BOT_TOKEN, "xapp-old", "Slack refuses the app-level token (invalid_auth). Set SLACK_APP_TOKEN"),
    ],
)
def test_a_missing_or_mistaken_token_names_the_variable_to_set(
    slack: FakeSlack, bot_token: str | None, app_token: str | None, says: str
) -> None:
    with pytest.raises(ShownError) as raised:
        serve(Script(), bot_token, app_token, base_url=slack.url)
    assert says in str(raised.value)
    assert not any(token and token in str(raised.value) for token in (bot_token, app_token))


def test_a_slack_that_cannot_be_reached_is_said_to_be() -> None:
    with pytest.raises(ShownError, match=r"^Slack cannot be reached: .*refused"):
        serve(Script(), BOT_TOKEN, APP_TOKEN, base_url="http://127.0.0.1:9/api/")


def test_without_slacks_packages_the_error_is_the_line_that_installs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "slack_bolt", None)
    with pytest.raises(ShownError, match=re.escape("`pip install 'byline[slack]'`")):
        serve(Script(), BOT_TOKEN, APP_TOKEN)


def test_credentials_that_bolt_would_use_instead_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "s")
    with pytest.raises(CredentialsConflict), Pool() as pool:
        build_app(Script(), BOT_TOKEN, pool)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (f"<@{BOT}> who left?", "who left?"),
        (f"<@{BOT}|byline>, who left?", "who left?"),
        (f"Hey <@{BOT}> who\nleft?", "Hey who left?"),
        ("What did AT&amp;T &lt;say&gt;?", "What did AT&T <say>?"),
        ("What is &amp;lt;?", "What is &lt;?"),
        ("Read <https://example.org/a?b=1&amp;c=2>", "Read https://example.org/a?b=1&c=2"),
        ("Read <https://example.org|the page>", "Read the page"),
        ("Write to <mailto:a@example.org|a@example.org>", "Write to a@example.org"),
        ("In <#C1|news>, <!here> what does <@U2|ana> or <@U3> say?", "In #news, what does ana or say?"),
        ("<!subteam^S1|@desk> 3 < 4", "@desk 3 < 4"),
        (f"<@{BOT}>", ""),
    ],
)
def test_a_question_is_what_the_person_sees(text: str, question: str) -> None:
    assert plain(text, BOT) == question


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://example.org/a?b=1&c=2", "<https://example.org/a?b=1&amp;c=2|T>"),
        ("http://example.org/a|b>c<d", "<http://example.org/a%7Cb%3Ec%3Cd|T>"),
        ("javascript:alert(1)", "T"),
        ("file:///etc/passwd", "T"),
        ("javascript://example.org/%0aalert(1)", "T"),
        ("seeds/a.md", "T"),
        ("https://", "T"),
        ("https://[::1", "T"),
        ("https://example.org/a b", "T"),
        ("https://example.org/" + "a" * 600, "T"),
        ("", "T"),
        (None, "T"),
    ],
)
def test_only_a_web_address_is_linked(url: str | None, link: str) -> None:
    assert linked("T", url) == link


TEXTS = st.text(st.sampled_from("ab <>&\n中"), max_size=400) | st.text(max_size=200)


@given(TEXTS, st.integers(20, 200))
def test_a_shortened_text_fits_and_is_a_beginning(text: str, limit: int) -> None:
    short = shortened(text, limit)
    assert len(escaped(short)) <= limit
    assert text == short or text.startswith(short.removesuffix("…"))


@given(TEXTS)
def test_an_escaped_text_has_no_markup_and_loses_nothing(text: str) -> None:
    assert not set("<>") & set(escaped(text))
    assert escaped(text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


@given(TEXTS, TEXTS, st.integers(1, 70))
def test_no_answer_leaves_slacks_limits(text: str, quote: str, quotes: int) -> None:
    citations = tuple(replace(CITATION, mark=mark, quote=quote, author=text, title=quote) for mark in range(quotes))
    as_sent(replace(ANSWERED, text=text * 60 + CLAIM, sentences=(), citations=citations))


def test_a_key_is_new_again_after_its_time() -> None:
    times = iter([0.0, 1.0, 599.0, 600.0, 601.0])
    seen = Seen(seconds=600, clock=lambda: next(times))
    assert [seen.first(key) for key in "abaab"] == [True, True, False, True, True]


def test_the_manifest_asks_for_what_the_bot_uses_and_no_more() -> None:
    import bot.slack

    manifest = yaml.safe_load((Path(bot.slack.__file__).parent / "manifest.yaml").read_text(encoding="utf-8"))
    assert manifest["oauth_config"]["scopes"] == {
        "bot": ["app_mentions:read", "assistant:write", "chat:write", "im:history"]
    }
    assert manifest["settings"]["event_subscriptions"] == {"bot_events": ["app_mention", "message.im"]}
    assert manifest["settings"]["socket_mode_enabled"]
    assert manifest["features"]["app_home"]["messages_tab_enabled"]
    assert not manifest["features"]["app_home"]["messages_tab_read_only_enabled"]
    assert len(manifest["features"]["agent_view"]["agent_description"]) <= 300
    assert len(manifest["display_information"]["description"]) <= 140
