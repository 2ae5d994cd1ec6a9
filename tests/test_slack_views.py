"""What goes to Slack: answers, checks, the home and forms, each within Slack's limits and inert."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.errors import QuestionTooLong, Reason
from bot.history import Record
from bot.history.feedback import Feedback, Flaw
from bot.history.since import ALTERED
from bot.slack import blocks
from bot.slack.blocks import SlackMessage, replies, tail, writing
from bot.slack.check import begun_view, report_view, said_view
from bot.slack.choices import channel_of, channel_view, limits, settings_of, settings_summary, settings_view
from bot.slack.elements import DOING
from bot.slack.home import home
from bot.slack.modal import feedback_of, feedback_view, quote_view
from bot.slack.settings import LANGUAGES, Answering, ChannelSettings
from bot.slack.text import escaped, inert, linked, markdown, shortened
from bot.slack.watches import watch_list
from bot.slack.words import SlackWords
from bot.types import Answer, Citation, EvidenceReady, Near, Report, Sentence, State, Status, Words
from bot.types import Block as Shaped
from bot.wording import worded
from index.types import Article, Filters, Hit, Hits, Kind, Passage, Understood
from tests.fake_slack_limits import message_refusal, update_refusal, view_refusal
from tests.random_answers import HOSTILE, LONG, answers, citations, prose, reports, text

WORDS = SlackWords()
CLAIM = "The United States gave notice on 6 July 2020."
CITATION = Citation(
    *(1, "a", 0, 29, "It gave notice on 6 July 2020", "Notice to the WHO", "Yang Jin", "Global Times"),
    published=datetime(2020, 7, 15, 13, 3, 40),
    kind=Kind.OPINION,
    url="https://example.org/who?a=1&b=2",
)
SAID = Sentence(CLAIM, 0, len(CLAIM), State.SUPPORTED, support=0.9, citations=(1,))
ANSWERED = Answer("Who left?", Status.ANSWERED, f"{CLAIM} [1]", "m", (SAID,), (CITATION,))
NEAR = Near("b", "The 75th Assembly", author="Ana Ruiz", outlet="The Courier", published=date(2020, 5, 20))
REFUSED = Answer(
    *("Who left?", Status.REFUSED, "The articles do not say.", "m"),
    nearest=(NEAR,),
    reason=Reason(text="Not found: left."),
)


@dataclass(frozen=True)
class Watch:
    id: str
    question: str
    every: str = "daily"
    made: datetime = datetime(2026, 11, 3, tzinfo=UTC)
    paused: bool = False
    failure: str | None = None


# What Slack makes of a payload


def texts(value: Any) -> Iterator[str]:
    """What a person reads of blocks, in order: a text each run, link, text object and option."""
    if isinstance(value, Mapping):
        if isinstance(value.get("text"), str):
            yield bare(value["text"]) if value.get("type") == "mrkdwn" else value["text"]
            return
        for name, each in value.items():
            yield from texts(each) if name not in ("value", "private_metadata") else ()
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts(each)


def bare(mrkdwn: str) -> str:
    found = re.sub(r"<[^>|]*\|([^>]*)>", r"\1", mrkdwn).replace("*", "")
    return found.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def shown(*messages: SlackMessage) -> str:
    return "\n".join("".join(texts(block)) for message in messages for block in message.blocks)


def live(value: Any) -> Iterator[str]:
    """What Slack acts on: links, and whatever markup there is in mrkdwn."""
    if isinstance(value, Mapping):
        if value.get("type") == "link":
            yield value["url"]
        if value.get("type") == "mrkdwn":
            assert value["verbatim"] is True
            yield from re.findall(r"<([^>]*)>", value["text"])
            plain = re.sub(r"<[^>|]*\||>|^\*\[\d+\]\* ", "", value["text"])
            yield from re.findall(r"[*_~`<]", plain)
        for each in value.values():
            yield from live(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from live(each)


def check_message(message: SlackMessage) -> None:
    post = {"channel": "C", "ts": "1.1", "text": message.text, "blocks": list(message.blocks)}
    assert message_refusal(post) is None
    assert update_refusal(post) is None
    for block in message.blocks:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()
    assert not set("<>") & set(message.text)
    check_inert(message.blocks)


def check_view(view: Mapping[str, Any]) -> None:
    assert view_refusal(view) is None
    View(**view).validate_json()
    check_inert(view["blocks"])


def check_inert(value: Any) -> None:
    for found in live(value):
        assert re.fullmatch(r"https?://(example\.org/|\[)[^\s<>|]*(\|.*)?", found, re.DOTALL), found
    assert not re.search("[\u202a-\u202e\u2066\u2067\x00-\x08\x0b-\x1f\ud800-\udfff]", "".join(texts(value)))


def words_only(said: str) -> str:
    """Letters and signs without white space and what nobody sees, so that line breaks do not matter."""
    return "".join(inert(said).split()).replace("\u2068", "").replace("\u2069", "")


slow = settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))


# Answers


def test_an_answer_shows_its_sentences_with_linked_marks_and_its_sources() -> None:
    (message,) = replies(ANSWERED, WORDS)
    check_message(message)
    assert shown(message) == (
        f"{CLAIM} [1]\n[1] Notice to the WHO —“It gave notice on 6 July 2020” · "
        "Yang Jin, Global Times, 15 July 2020, opinion"
    )
    assert message.text == f"{CLAIM} [1]"
    body, source = message.blocks
    assert body["elements"][0]["elements"][-1] == {"type": "link", "text": "[1]", "url": CITATION.url}
    assert source["elements"][0]["text"] == "*[1]* <https://example.org/who?a=1&amp;b=2|Notice to the WHO> —"


def bold(value: Any) -> list[str]:
    """The runs of rich text in bold."""
    if isinstance(value, Mapping):
        own = [value["text"]] if value.get("style") == {"bold": True} else []
        return own + [one for each in value.values() for one in bold(each)]
    return [one for each in value for one in bold(each)] if isinstance(value, list | tuple) else []


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        (CLAIM, ["United States", "6 July 2020"]),
        (f"{'Long ago it was said. ' * 300}{CLAIM}", ["United States", "6 July 2020"]),  # in pieces
        (f"{CLAIM} {'Long ago it was said. ' * 300}{CLAIM}", ["United States", "6 July 2020"] * 2),
        ("6 July 2020, said דנה.", []),  # text from right to left stays whole
    ],
)
def test_the_words_that_answer_are_bold_and_nothing_else_changes(claim: str, words: list[str]) -> None:
    spans = tuple(each.span() for each in re.finditer("United States|6 July 2020", claim))
    plain = replace(SAID, text=claim, end=len(claim))
    before, after = (
        replies(replace(ANSWERED, sentences=(each,)), WORDS) for each in (plain, replace(plain, answering=spans))
    )
    for message in after:
        check_message(message)
    assert bold([each.blocks for each in after]) == words
    assert [(each.text, shown(each)) for each in after] == [(each.text, shown(each)) for each in before]


def test_an_article_without_an_address_has_a_mark_without_a_link() -> None:
    (message,) = replies(replace(ANSWERED, citations=(replace(CITATION, url=None),)), WORDS)
    assert list(live(message.blocks)) == []
    assert shown(message).startswith(f"{CLAIM} [1]\n[1] Notice to the WHO")


def test_a_kept_answer_can_be_judged_and_its_quotes_be_seen_in_their_article() -> None:
    (message,) = replies(ANSWERED, WORDS, key="k7", shareable=True)
    check_message(message)
    select, share, feedback = message.blocks[-3:]
    assert [each["value"] for each in select["elements"][0]["options"]] == ["k7:1"]
    assert (share["elements"][0]["action_id"], share["elements"][0]["value"]) == ("share", "k7")
    buttons = feedback["elements"][0]
    assert (buttons["positive_button"]["value"], buttons["negative_button"]["value"]) == ("good:k7", "bad:k7")


def test_a_refusal_says_so_and_why_and_names_the_nearest_articles() -> None:
    (message,) = replies(REFUSED, WORDS)
    check_message(message)
    assert shown(message).splitlines() == [
        "The articles do not say.",
        "Not found: left.",
        "• The 75th Assembly —Ana Ruiz, The Courier, 20 May 2020",
        "Ask in other words, or read one of these articles.",
    ]


def test_a_failure_is_never_an_answer() -> None:
    (message,) = replies(
        replace(ANSWERED, status=Status.FAILED, reason=Reason(text="The model gave no words.")), WORDS, key="k1"
    )
    assert shown(message) == "No answer: something failed.\nThe model gave no words."
    (german,) = replies(replace(ANSWERED, status=Status.FAILED, reason=None), SlackWords("de"))
    assert shown(german) == "Keine Antwort: etwas ist fehlgeschlagen.\nDer Grund ist nicht bekannt."


def test_a_sentence_that_no_article_supports_is_marked_and_a_notice_is_told() -> None:
    guess = Sentence("More will follow.", 50, 67, State.UNSUPPORTED)
    named = Understood("in <July>", 9, 18, Filters(since=date(2020, 7, 1), until=date(2020, 7, 31)))
    answer = replace(
        ANSWERED,
        sentences=(SAID, guess),
        hits=Hits(understood=(named,)),
        searched="Who left the WHO?",
        notice=Reason(text="Slow."),
    )
    lines = shown(*replies(answer, WORDS)).splitlines()
    assert lines[0] == f"{CLAIM} [1] More will follow. (⚠ Nothing in the articles says this.)"
    assert lines[2:] == [
        "Searched for: “Who left the WHO?”",
        "Understood: “in <July>”: July 2020, preferred.",
        "Slow.",
    ]


def of_kind(kind: Any, *labels: str, count: int | None = None, said: str = "It left.") -> Answer:
    """An answer with a block for each label, or `count` times the labels."""
    number = count or len(labels)
    made = tuple(Sentence(said, 0, 0, State.SUPPORTED, citations=(1,)) for _ in range(number))
    shape = tuple(Shaped(kind, (place,), labels[place % len(labels)]) for place in range(number))
    return replace(ANSWERED, sentences=made, shape=shape)


def test_a_timeline_is_a_list_with_each_day_once_and_in_bold() -> None:
    (message,) = replies(of_kind("event", "6 July 2020", "6 July 2020", "May 2021"), WORDS)
    check_message(message)
    listed = message.blocks[0]["elements"][0]
    assert listed["type"] == "rich_text_list"
    assert ["".join(texts(each)) for each in listed["elements"]] == [
        "6 July 2020  It left. [1] It left. [1]",
        "May 2021  It left. [1]",
    ]
    assert listed["elements"][0]["elements"][0]["style"] == {"bold": True}


def test_a_comparison_is_a_table_with_a_column_for_each_side() -> None:
    (message,) = replies(of_kind("row", "Sweden", "Norway", count=3), WORDS)
    check_message(message)
    table = message.blocks[0]
    assert [["".join(texts(cell)) for cell in row] for row in table["rows"]] == [
        ["Sweden", "Norway"],
        ["It left. [1]", "It left. [1]"],
        ["It left. [1]", "–"],
    ]


@pytest.mark.parametrize(("count", "said"), [(220, "It left."), (8, "It left and came back. " * 100)])
def test_a_comparison_that_is_too_large_for_a_table_is_a_list_by_side(count: int, said: str) -> None:
    messages = replies(of_kind("row", "Sweden", "Norway", count=count, said=said.strip()), WORDS)
    for message in messages:
        check_message(message)
    assert not any(block["type"] == "table" for message in messages for block in message.blocks)
    assert shown(*messages).count(said.strip()) == count
    assert [shown(*messages).count(each) for each in ("Sweden", "Norway")] == [1, 1]


def test_a_long_answer_goes_on_in_more_messages_each_with_the_sources_that_it_cites() -> None:
    cited = tuple(replace(CITATION, mark=mark) for mark in range(1, 81))
    made = tuple(Sentence(LONG, 0, 0, State.SUPPORTED, citations=(mark,)) for mark in range(1, 81, 4))
    messages = replies(replace(ANSWERED, sentences=made, citations=cited), WORDS, key="k3")
    assert len(messages) > 5
    for message in messages:
        check_message(message)
        sources = "".join(each["elements"][0]["text"] for each in message.blocks if each["type"] == "context")
        in_text = re.findall(r"\[\d+\]", "".join(texts([b for b in message.blocks if b["type"] == "rich_text"])))
        assert all(f"*{mark}*" in sources for mark in in_text)
    assert words_only(LONG * 20) in re.sub(r"\[\d+\]", "", words_only("".join(body_of(messages))))
    assert sum(each["type"] == "context_actions" for message in messages for each in message.blocks) == 1


def test_a_message_has_no_more_blocks_than_slack_takes() -> None:
    cited = tuple(Citation(mark, "a", 0, 1, "It.", "T") for mark in range(1, 61))
    made = tuple(Sentence("It.", 0, 0, State.SUPPORTED, citations=(mark,)) for mark in range(1, 61))
    messages = replies(replace(ANSWERED, sentences=made, citations=cited), WORDS)
    assert len(messages) == 2
    for message in messages:
        check_message(message)


def test_each_of_two_tables_has_its_message() -> None:
    answer = of_kind("row", "Sweden", "Norway", count=6)
    between = Shaped("paragraph", (2,))
    messages = replies(replace(answer, shape=(*answer.shape[:2], between, *answer.shape[4:])), WORDS)
    for message in messages:
        check_message(message)
    assert [[block["type"] for block in message.blocks].count("table") for message in messages] == [1, 1]


def body_of(messages: Sequence[SlackMessage]) -> Iterator[str]:
    yield from ("".join(texts(b)) for m in messages for b in m.blocks if b["type"] in ("rich_text", "table"))


@slow
@given(answers(), st.sampled_from(LANGUAGES), st.sampled_from([None, "0123456789abcdef"]), st.booleans())
def test_every_answer_stays_within_slacks_limits_and_is_inert(
    answer: Answer, language: str, key: str | None, shareable: bool
) -> None:
    for message in (
        *replies(answer, SlackWords(language), key=key, shareable=shareable),
        *tail(answer, SlackWords(language), key=key),
    ):
        check_message(message)


@slow
@given(answers())
def test_what_a_person_reads_is_the_text_of_the_answer(answer: Answer) -> None:
    if answer.status is Status.FAILED:
        return
    read = words_only("".join(body_of(replies(answer, WORDS))))
    if not answer.sentences:
        assert words_only(answer.said) == read
    places = sorted(range(len(answer.sentences)), key=lambda place: _column(answer, place, read))
    for place in places:
        assert words_only(answer.sentences[place].text) in read
    marks = {mark for each in answer.sentences for mark in each.citations}
    assert all(f"[{mark}]" in read for mark in marks)


def _column(answer: Answer, place: int, read: str) -> int:
    return read.find(words_only(answer.sentences[place].text))


@settings(deadline=None, max_examples=6, suppress_health_check=list(HealthCheck))
@given(answers(most_citations=90, most_sentences=120))
def test_an_answer_of_many_sentences_and_sources_loses_none(answer: Answer) -> None:
    messages = replies(answer, WORDS, key="k1")
    for message in messages:
        check_message(message)
    sources = [b["elements"][0]["text"] for m in messages for b in m.blocks if b["type"] == "context"]
    if answer.status is not Status.FAILED:
        assert all(any(each.startswith(f"*[{c.mark}]*") for each in sources) for c in answer.citations)


# While an answer is made


def test_the_first_messages_say_what_is_done_and_name_the_nearest_articles() -> None:
    found = EvidenceReady(Hits((Hit(Passage("a", 0, 1, "x"), 1, 1, 1), Hit(Passage("a", 2, 3, "y"), 1, 1, 1))), ())
    message = blocks.reading(found, [Article("a", "<!channel> *The* port", "…")], WORDS)
    check_message(message)
    assert shown(message) == "Reading 2 passages of 1 articles…\n• <!channel> *The* port"
    assert shown(blocks.searching(SlackWords("es"))) == "Buscando en los artículos…"


def test_an_answer_in_the_making_has_each_sentence_with_its_marks() -> None:
    message = writing([Words(CLAIM, (CITATION,)), Words(" It came back."), Words("\n- Then it left.")], WORDS)
    check_message(message)
    assert shown(message) == f"{CLAIM} [1] It came back.\n- Then it left.\nWriting the answer…"


@slow
@given(st.lists(st.builds(Words, prose, citations(2)), max_size=12))
def test_an_answer_in_the_making_stays_within_slacks_limits(said: list[Words]) -> None:
    check_message(writing(said, WORDS))


@pytest.mark.parametrize("hostile", [*HOSTILE, LONG])
def test_nothing_of_a_streamed_sentence_is_markdown(hostile: str) -> None:
    streamed = markdown(Words(hostile))
    assert not re.search(r"<[!@#]|\]\(|https?://|www\.|(?<!\\)(?:[*_`~|#<>\[\]@]|:(?=[^\s\d]))", streamed)
    assert "\n" not in streamed.strip("\n")
    unescaped = re.sub(r"\\(.)", r"\1", streamed)
    assert words_only(unescaped) == words_only(hostile)


def test_a_streamed_sentence_brings_its_marks_as_whole_links() -> None:
    plain = replace(CITATION, mark=2, url=None)
    assert markdown(Words(" It left.", (CITATION, plain))) == (
        " It left. [[1]](https://example.org/who?a=1&b=2)\\[2\\]"
    )
    assert markdown(Words("\n- It left.")) == "\n- It left."
    evil = replace(CITATION, url='https://example.org/")[x](https://evil.example')
    assert markdown(Words("It left.", (evil,))).endswith(
        "[[1]](https://example.org/%22%29%5Bx%5D%28https://evil.example)"
    )


@pytest.mark.parametrize(
    ("words", "streamed"),
    [
        (Words(" It sank in *May* 1974.", (), ((13, 16), (18, 22))), " It sank in \\***May**\\* **1974**."),
        (Words("\n- 4.2\tmillion,  they say.", (), ((3, 14),)), "\n- **4.2 million**, they say."),
        (Words("1. May", (), ((3, 6),)), "1\\. **May**"),
        (Words(" May, said דנה.", (), ((1, 4),)), " \u2068May, said דנה.\u2069"),
    ],
)
def test_the_words_that_answer_are_bold_in_a_stream(words: Words, streamed: str) -> None:
    assert markdown(words) == streamed


@given(prose, st.data())
def test_bold_words_are_all_that_is_markdown_in_a_streamed_sentence(said: str, data: st.DataObject) -> None:
    spans = [each.span() for each in re.finditer(r"[^\W_]+(?:[.,'’-][^\W_]+)*", said)]
    chosen = sorted(data.draw(st.sets(st.sampled_from(spans), max_size=3))) if spans else []
    written = markdown(Words(said, (), tuple(chosen)))
    assert words_only(re.sub(r"\\(.)|\*\*", r"\1", written)) == words_only(
        re.sub(r"\\(.)", r"\1", markdown(Words(said)))
    )


# Checks


def report(count: int = 3, total: int = 3) -> Report:
    states = (State.SUPPORTED, State.CONTRADICTED, State.UNSUPPORTED)
    made = tuple(Sentence("It left.", 0, 8, states[n % 3], citations=(1,) if n % 3 < 2 else ()) for n in range(count))
    return Report("It left." * total, total, made, (CITATION,))


def test_a_check_shows_each_sentence_with_its_state_its_marks_and_its_quotes() -> None:
    view = report_view(report(), WORDS)
    check_view(view)
    lines = ["".join(texts(each)) for each in view["blocks"]]
    assert lines[0] == "1 supported, 1 contradicted, 1 not found"
    quoted = "[1] “It gave notice on 6 July 2020” — Notice to the WHO, Yang Jin, Global Times, 15 July 2020, opinion"
    assert lines[1:] == [
        f"✓ supported  It left. [1]{quoted}",
        f"✗ contradicted  It left. [1]{quoted}",
        "? not found  It left.",
    ]


def test_a_check_that_goes_on_says_how_far_it_is() -> None:
    going, done = report_view(report(2, 7), WORDS)["blocks"], report_view(report(), WORDS)["blocks"]
    assert next(texts(going)) == "2 of 7 sentences are judged."
    assert (going[0]["block_id"], "block_id" in done[0]) == (DOING, False)


def test_a_modal_that_cannot_hold_a_check_says_so() -> None:
    view = report_view(report(400, 400), WORDS)
    check_view(view)
    assert "The first 90 of 400 sentences are shown here." in list(texts(view["blocks"]))


@slow
@given(reports(), st.sampled_from(LANGUAGES))
def test_every_check_stays_within_slacks_limits_and_is_inert(made: Report, language: str) -> None:
    check_view(report_view(made, SlackWords(language)))


# The home, watches and forms


def record(number: int, question: str, answer: Answer | None) -> Record:
    return Record(number, question, datetime(2026, 11, 20, tzinfo=UTC), answer)


def test_the_home_shows_what_to_ask_what_was_answered_and_what_was_not() -> None:
    recent = [record(1, "Who left?", ANSWERED), record(2, "Who won?", REFUSED), record(3, "And?", None)]
    view = home(WORDS, articles=1200, suggested=["Who came?"], recent=recent, watches=[Watch("w", "What of the WHO?")])  # type: ignore[list-item]
    check_view(view)
    lines = ["".join(texts(each)) for each in view["blocks"]]
    assert "I have read 1,200 articles." in lines
    assert lines[lines.index("Who left?") + 1] == f"{CLAIM} · 1 citation · 20 November 2026"
    assert lines[lines.index("Who won?") + 1] == "the articles do not say · 20 November 2026"
    assert lines[lines.index("And?") + 1] == "stopped · 20 November 2026"
    assert lines.index("Not answered yet") < lines.index("Who won?")
    buttons = {each["action_id"]: each["value"] for each in elements(view["blocks"]) if each.get("action_id")}
    assert (buttons["home_ask"], buttons["watch_pause"], buttons["watch_delete"]) == ("Who came?", "w", "w")
    assert "open_settings" in buttons


def test_the_home_shows_a_shared_answer_once() -> None:
    recent = [record(2, "Who  left?", ANSWERED), record(1, "Who left?", ANSWERED)]
    lines = ["".join(texts(each)) for each in home(WORDS, articles=3, recent=recent)["blocks"]]
    assert sum("left?" in each for each in lines) == 1


def elements(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, Mapping):
        yield dict(value)
        value = list(value.values())
    if isinstance(value, list | tuple):
        for each in value:
            yield from elements(each)


WATCHES = st.builds(Watch, st.just("w"), prose, st.sampled_from(["daily", "weekly"]), paused=st.booleans())


@slow
@given(
    st.lists(prose, max_size=8),
    st.lists(st.tuples(prose, st.none() | answers()), max_size=20),
    st.lists(
        st.builds(Watch, st.just("w"), prose, st.sampled_from(["daily", "weekly"]), paused=st.booleans()), max_size=30
    ),
    st.sampled_from(LANGUAGES),
)
def test_every_home_stays_within_slacks_limits_and_is_inert(
    suggested: list[str], asked: list[tuple[str, Answer | None]], watches: list[Watch], language: str
) -> None:
    words = SlackWords(language)
    recent = [record(number, *each) for number, each in enumerate(asked)]
    check_view(home(words, articles=3, suggested=suggested, recent=recent, watches=watches))  # type: ignore[arg-type]
    messages = watch_list(watches, words)  # type: ignore[arg-type]
    for message in messages:
        check_message(message)
    assert sum(each.get("action_id") == "watch_delete" for m in messages for each in elements(m.blocks)) == len(watches)


def test_a_paused_watch_is_resumed_and_none_says_how_to_begin() -> None:
    (message,) = watch_list([Watch("w1", "Who left?", paused=True)], WORDS)  # type: ignore[list-item]
    assert shown(message).startswith("Who left?\ndaily, since 3 November 2026; paused\nResumeDelete")
    assert "“Who left?” is asked no more." in shown(message)
    assert [each["action_id"] for each in message.blocks[-1]["elements"]] == ["watch_resume", "watch_delete"]
    assert "/ask watch" in shown(*watch_list([], SlackWords("de")))


def test_a_quote_stands_in_bold_amid_its_article() -> None:
    view = quote_view(CITATION, "Before. ", " After.", ALTERED, WORDS)
    check_view(view)
    title, passage, changed = view["blocks"]
    assert [each["text"] for each in passage["elements"][0]["elements"]] == ["Before. ", CITATION.quote, " After."]
    assert passage["elements"][0]["elements"][1]["style"] == {"bold": True}
    assert "".join(texts(title)).startswith("Notice to the WHO")
    assert list(texts(changed)) == [worded(ALTERED)]


@slow
@given(citations(1), prose, prose, st.sampled_from(LANGUAGES))
def test_every_quote_is_shown_whole_within_slacks_limits(
    cited: tuple[Citation, ...], before: str, after: str, language: str
) -> None:
    for each in cited:
        view = quote_view(each, before, after, None, SlackWords(language))
        check_view(view)
        assert words_only(each.quote) in words_only("".join(texts(view["blocks"])))


def sent(view: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """The state of a form that is sent as it was shown, but for `changes`."""
    state: dict[str, Any] = {}
    for block in view["blocks"]:
        element = block["element"]
        value = {
            "selected_option": element.get("initial_option"),
            "selected_options": element.get("initial_options", []),
            "selected_date": element.get("initial_date"),
            "value": None,
        } | changes.get(block["block_id"], {})
        state[block["block_id"]] = {element["action_id"]: value}
    return state


CHOICES = st.builds(
    ChannelSettings,
    st.sampled_from(Answering),
    st.builds(
        Filters,
        outlet=st.lists(text.filter(lambda each: len(each) < 100), max_size=3, unique=True).map(tuple),
        author=st.just(("Ana",)),
        kind=st.lists(st.sampled_from(Kind), max_size=3, unique=True).map(tuple),
        since=st.none() | st.just(date(2020, 7, 1)),
        collection=st.lists(st.sampled_from(["who", "arms"]), max_size=2, unique=True).map(tuple),
    ),
    st.sampled_from([None, *LANGUAGES]),
    st.booleans(),
)


@slow
@given(CHOICES, st.sampled_from(LANGUAGES), st.lists(text, max_size=130, unique=True))
def test_settings_that_are_sent_as_they_were_shown_are_the_same(
    chosen: ChannelSettings, language: str, outlets: list[str]
) -> None:
    words = SlackWords(language)
    view = settings_view(chosen, "C1", words, collections=["who", "arms", "port"], outlets=outlets)
    check_view(view)
    assert settings_of(sent(view), chosen) == chosen
    assert json.loads(view["private_metadata"]) == {"channel": "C1"}
    check_view(said_view(settings_summary(chosen, words), words))


def test_a_channels_settings_are_told_in_words() -> None:
    chosen = ChannelSettings(Answering.CITED, Filters(outlet=("Wired",), since=date(2020, 7, 1)), "zh", True)
    assert settings_summary(chosen, WORDS).splitlines() == [
        "• When I answer: Every question, but only with citations",
        "• Only outlet Wired, since 1 July 2020",
        "• Language of my own words: 中文",
        "• Only the person who asked sees the answer",
    ]
    assert limits(Filters(), SlackWords("de")) == "Alle Artikel"


def test_outlets_that_do_not_fit_are_counted_and_those_that_are_chosen_are_offered() -> None:
    view = settings_view(
        ChannelSettings(filters=Filters(outlet=("Z",))), "C1", WORDS, outlets=[f"Outlet {n}" for n in range(150)]
    )
    check_view(view)
    (found,) = (each for each in view["blocks"] if each["block_id"] == "outlets")
    assert found["element"]["options"][0]["value"] == "Z"
    assert found["hint"]["text"] == "51 more outlets do not fit in here."


def test_a_channel_is_asked_for_where_none_is_known() -> None:
    view = channel_view(WORDS)
    check_view(view)
    assert channel_of(sent(view, channel={"selected_conversation": "C7"})) == "C7"


@pytest.mark.parametrize("language", LANGUAGES)
def test_feedback_comes_back_as_it_was_given(language: str) -> None:
    about = {"number": 7, "team": "T", "channel": "C", "root": "17.1"}
    view = feedback_view(about, SlackWords(language))  # type: ignore[arg-type]
    check_view(view)
    assert json.loads(view["private_metadata"]) == about
    chosen = view["blocks"][0]["element"]["options"][1:3]
    state = sent(view, reasons={"selected_options": chosen}, note={"value": "No."})
    assert feedback_of(state) == Feedback(False, (Flaw.SOURCE, Flaw.MISSING), "No.")
    assert feedback_of(sent(view)) == Feedback(False)


PLAIN: tuple[Callable[[SlackWords], SlackMessage], ...] = (
    lambda words: blocks.sentence(blocks.help_text(words)),
    lambda words: blocks.mishap("a1b2c3", words),
    lambda words: blocks.error(QuestionTooLong(3000, 2000), words),
    lambda _: blocks.sentence(LONG * 5),
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("made", PLAIN)
def test_plain_words_stay_within_slacks_limits(made: Callable[[SlackWords], SlackMessage], language: str) -> None:
    check_message(made(SlackWords(language)))
    check_view(begun_view(SlackWords(language)))


# Texts


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
        ("https://example.org/\u202egpj", "T"),
        ("https://example.org/" + "a" * 600, "T"),
        ("", "T"),
        (None, "T"),
    ],
)
def test_only_a_web_address_is_linked(url: str | None, link: str) -> None:
    assert linked("T", url) == link


TEXTS = st.text(st.sampled_from("ab <>&\n中"), max_size=400) | st.text(max_size=200)


@given(TEXTS, st.integers(20, 200))
def test_a_shortened_text_fits_and_is_a_beginning(said: str, limit: int) -> None:
    for size in (len, lambda each: len(escaped(each).encode(errors="replace"))):
        short = shortened(said, limit, size)
        assert size(short) <= limit
        assert said == short or said.startswith(short.removesuffix("…"))


@given(TEXTS)
def test_an_escaped_text_has_no_markup_and_loses_nothing(said: str) -> None:
    assert not set("<>") & set(escaped(said))
    assert escaped(said).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == said
