"""The web page without a browser: text to markup, how a conversation goes, and what the server says over HTTP."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from threading import Event, Thread
from time import sleep
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.bot import Bot
from bot.errors import ModelFailed, Reason, ShownError
from bot.history import History
from bot.history.file import FILE, NOT_KEPT
from bot.render.html.markup import Marked, marked, safe
from bot.render.html.prose import blocks, prose
from bot.render.html.words import ENGLISH, PageWording
from bot.render.text import address
from bot.service.service import Slots
from bot.suggestions.examples import QUESTIONS, examples
from bot.types import (
    Answer,
    Cancellation,
    Citation,
    Evidence,
    Intent,
    Judgement,
    Model,
    Near,
    Prompt,
    Sentence,
    State,
    Status,
    Timings,
    Turn,
    Usage,
    moved,
)
from bot.web import chat, keeping, panel, reader
from bot.web.changes import buttons
from bot.web.conversation import (
    ChatState,
    Exchange,
    converse,
    deleted,
    new_place,
    recalled,
    reconsider,
)
from bot.web.opening import Opening
from bot.web.running import Running
from bot.web.shared import known_of
from index.errors import ArticleMissing, StoreMissing
from index.fingerprint import version
from index.index import Index
from index.types import Article, Hit, Hits, Passage
from tests.conftest import answering
from tests.small_news import ARTICLES, BRIDGE, HOSTILE, TRAM

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from tests.conftest import WordEmbeddings

REOPENED = "The old bridge in Vellmar reopened on 3 May 2021 after two years of repairs."
QUESTION = "When did the old bridge in Vellmar reopen?"

texts = st.text(max_size=200) | st.lists(
    st.sampled_from(
        ("<", ">", "&", '"', "'", "\n", "\r", "\t", "\n\n", "![x](http://e/x.png)", "<img src=x>", "$$", "`")
    )
).map("".join)


class Markup(HTMLParser):
    """The elements, the text and the marked text of some markup."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.marked: list[str] = []
        self._open: list[str] = []
        self._classes: list[str] = []
        self._words: list[tuple[str, list[str]]] = []  # of the text, and the classes that they are in
        self.feed(markup)
        self.close()
        assert self._open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        self._open.append(tag)
        self._classes.append(f"{attributes.get('class') or ''} {tag}")
        if tag == "mark":
            self.marked.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        self._classes.pop()

    def handle_data(self, data: str) -> None:
        self.text += data
        self._words.append((data, " ".join(self._classes).split()))
        if "mark" in self._open:
            self.marked[-1] += data

    def tags(self) -> set[str]:
        return {tag for tag, _ in self.elements}

    def inside(self, name: str) -> str:
        """The text of all elements of a class, but for the numbers in it."""
        return "".join(words for words, classes in self._words if name in classes and "sup" not in classes)

    def links(self) -> list[str | None]:
        return [attributes.get("href") for tag, attributes in self.elements if tag == "a"]


def as_read(text: str) -> str:
    """`text` as HTML can say it at all: without what no character reference stands for."""
    return Markup(f"<p>{safe(text)}</p>").text


# Text to markup


@given(texts)
def test_text_never_becomes_markup_and_stays_on_one_line(text: str) -> None:
    found = Markup(f'<p title="{safe(text)}">{safe(text)}</p>')
    assert [tag for tag, _ in found.elements] == ["p"]
    assert found.elements[0][1].keys() == {"title"}
    assert len(safe(text).splitlines()) <= 1


@given(
    st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t"), max_size=200)
)
def test_text_is_read_as_it_was_written(text: str) -> None:
    assert as_read(text) == text


@given(texts, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60))))
def test_marking_leaves_the_text_as_it_is(text: str, spans: list[tuple[int, int]]) -> None:
    found = Markup(f"<p>{marked(text, [Marked(start, end) for start, end in spans])}</p>")
    assert found.text == as_read(text)
    assert found.tags() <= {"p", "mark"}


@given(
    st.text("ab <&\n", min_size=1, max_size=30),
    st.lists(st.tuples(st.integers(-3, 33), st.integers(-3, 33)), max_size=6),
)
def test_each_of_the_ranges_that_overlap_has_its_own_mark_of_exactly_its_text(
    text: str, spans: list[tuple[int, int]]
) -> None:
    found = Markup(marked(text, [Marked(*span, f"<sup>{n}</sup>", f"r{n}", "all") for n, span in enumerate(spans)]))
    for n, (start, end) in enumerate(spans):
        assert found.inside(f"r{n}") == text[max(start, 0) : max(min(end, len(text)), 0)]
        ids = [each for tag, each in found.elements if tag == "mark" and each.get("id") == f"r{n}"]
        assert len(ids) == bool(found.inside(f"r{n}"))


ARTICLE = """## The cost

It was *high*: 4.2 million euros.
- a third more
* than planned
  and agreed

---
#5 was the first. -10 degrees
1. Then this."""


def test_the_signs_of_headings_lists_and_rules_are_not_shown() -> None:
    found = Markup(prose(ARTICLE))
    assert [(tag, each["class"]) for tag, each in found.elements] == [
        *(("p", "words heading"), ("p", "words"), ("p", "words item"), ("p", "words item"), ("p", "words")),
    ]
    assert found.text == (
        "The costIt was *high*: 4.2 million euros.a third morethan planned\n  and agreed"
        "#5 was the first. -10 degrees\n1. Then this."
    )


lines = st.lists(
    st.builds(
        "{}{}{}".format,
        st.sampled_from(("", "", "# ", "### ", "- ", "* ", "  - ", "• ", "---", "1. ", "#", "-")),
        st.text("ab <&*#-", max_size=12),
        st.sampled_from(("\n", "\n\n", "")),
    ),
    max_size=8,
).map("".join)


@given(lines, st.integers(0, 60), st.integers(0, 60))
def test_what_is_marked_in_prose_is_what_stands_at_those_places(text: str, start: int, end: int) -> None:
    found = Markup(prose(text, [Marked(start, end, "<sup>7</sup>", "one", "all")]))
    spans = [(max(each.start, start), min(each.end, end)) for each in blocks(text)]
    expected = [text[first:last] for first, last in spans if first < last]
    assert found.marked == expected
    marks = [each for tag, each in found.elements if tag == "mark"]
    assert [each.get("id") for each in marks] == ["one", *[None] * len(marks)][: len(marks)]
    assert found.text.count("7") == bool(marks)


@given(lines)
def test_prose_leaves_out_nothing_but_signs_and_space(text: str) -> None:
    place = 0
    for block in blocks(text):
        assert not text[place : block.start].strip(" \n#-*•_=~")
        assert block.start < block.end
        place = block.end
    assert not text[place:].strip(" \n#-*•_=~")


def test_a_passage_is_shown_without_signs_and_its_quote_is_where_it_was() -> None:
    text = "## The cost\n\n- The repairs cost 4.2 million euros.\n- Nobody knows why."
    quote = "The repairs cost 4.2 million euros."
    start = 100 + text.index(quote)
    citation = Citation(1, BRIDGE.id, start, start + len(quote), quote, BRIDGE.title)
    hit = Hit(Passage(BRIDGE.id, 100, 100 + len(text), text), 1.0, 0.0, 0.0)
    found = Markup(panel.proof(1, replace(PARTIAL, citations=(citation,), hits=Hits((hit,)))))
    assert found.marked == [quote]
    assert "The cost1The repairs cost 4.2 million euros.Nobody knows why." in found.text
    assert "li" not in found.tags()


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://example.org/a?b=c", True),
        ("http://example.org", True),
        ("javascript:alert(1)", False),
        ("data:text/html,<script>", False),
        ("//example.org/a", False),
        ("https:///nowhere", False),
        ("http://[broken", False),
        ("", False),
        (None, False),
    ],
)
def test_only_a_web_address_becomes_a_link(url: str | None, kept: bool) -> None:
    assert (address(url) == url) if kept else (address(url) is None)


# An answer to markup


def quoted(mark: int, start: int, end: int) -> Citation:
    return Citation(
        mark, BRIDGE.id, start, end, BRIDGE.text[start:end], BRIDGE.title, BRIDGE.author, BRIDGE.outlet,
        BRIDGE.published, kind=BRIDGE.kind, url=BRIDGE.url,
    )  # fmt: skip


def hit(start: int, end: int) -> Hit:
    return Hit(Passage(BRIDGE.id, start, end, BRIDGE.text[start:end]), 1.0, 1.0, 1.0)


FIRST, SECOND = quoted(1, 0, len(REOPENED)), quoted(2, len(REOPENED) + 1, BRIDGE.text.index("\n"))
WHOLE = hit(0, len(BRIDGE.text))
PARTIAL = Answer(
    question=QUESTION,
    status=Status.PARTIAL,
    text="It reopened in 2021. [1][2] Everybody was glad.",
    model="scripted",
    sentences=(
        Sentence("It reopened in 2021.", 0, 20, State.SUPPORTED, support=1.0, citations=(1, 2)),
        Sentence("Everybody was glad.", 28, 47, State.UNSUPPORTED, Reason(text="Nothing in the articles says this.")),
    ),
    citations=(FIRST, SECOND),
    hits=Hits((WHOLE,)),
    timings=Timings(total=1.25),
)


def test_an_answer_has_a_link_for_each_mark_and_tells_what_nothing_supports() -> None:
    found = Markup(chat.finished(3, PARTIAL))
    assert found.links() == ["#proof-3-1", "#proof-3-2"]
    assert found.text.startswith("It reopened in 2021. [1] [2] Everybody was glad.")
    assert "Everybody was glad. why?Nothing in the articles says this." in found.text
    assert ("span", {"class": "unsupported"}) in found.elements
    assert chat.effort(PARTIAL, ENGLISH) == "scripted · 1.2 s · 1 passage"


@pytest.mark.parametrize(("cost", "told"), [(0.0, ""), (None, ""), (0.00361, " · $0.0036"), (1.234, " · $1.23")])
def test_an_answer_tells_its_tokens_and_what_is_known_of_their_cost(cost: float | None, told: str) -> None:
    answer = replace(PARTIAL, usage=Usage(read=4_000, cached=580, written=101, cost=cost))
    assert chat.effort(answer, ENGLISH) == f"scripted · 1.2 s · 1 passage · 4,580 tokens read, 101 written{told}"


@given(texts, st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60)), max_size=5))
def test_bold_words_of_a_sentence_leave_its_text_as_it_is(text: str, spans: list[tuple[int, int]]) -> None:
    said = Sentence(text, 0, len(text), State.SUPPORTED, citations=(1,), answering=tuple(spans))
    plain, bold = (
        chat.finished(3, replace(PARTIAL, sentences=(each,))) for each in (replace(said, answering=()), said)
    )
    assert Markup(bold).text == Markup(plain).text
    assert re.sub('<strong class="answering">|</strong>', "", bold) == plain
    assert len(bold.splitlines()) <= 1


def test_the_words_that_answer_are_bold_in_the_answer_and_in_its_quote() -> None:
    words, lead = [(REOPENED.index("3 May"), REOPENED.index(" after")), (0, 3)][::-1], "Tom Okafor: "
    said = Sentence(
        f"{lead}{REOPENED}", 0, len(lead) + len(REOPENED), State.SUPPORTED, citations=(1,),
        answering=moved(words, len(lead)),
    )  # fmt: skip
    answer = replace(PARTIAL, sentences=(said,))
    for drawn in (chat.finished(3, answer), panel.proof(3, answer)):
        assert re.findall('<strong class="answering">(.*?)</strong>', drawn) == ["The", "3 May 2021"]
        assert REOPENED in Markup(drawn).text
    found = Markup(panel.proof(3, answer))
    assert found.marked == [FIRST.quote, SECOND.quote]
    assert found.inside("proof-3-1") == REOPENED
    alone = Markup(panel.proof(3, replace(answer, hits=Hits())))
    assert alone.inside("answering") == "The3 May 2021"


def test_what_was_judged_is_folded_away_below_the_answer() -> None:
    judged = (
        Judgement("prove", "supported", "<b>It</b> reopened\nin 2021.", 0.91, 0.5),
        Judgement("decide", "answerable", QUESTION, 0.8, 0.43),
    )
    shown = Exchange(3, QUESTION, "", answer=replace(PARTIAL, trace=judged), copied="")
    markup = keeping.row(shown)
    found = Markup(markup)
    lines = (
        "prove: “<b>It</b> reopened in 2021.” is supported with 0.91 (0.50 is needed)"
        f"decide: the articles answer “{QUESTION}” with probability 0.80; 0.43 is needed"
    )
    assert found.inside("fold") == f"{lines}scripted · 1.2 s · 1 passage"
    assert ("div", {"class": "fold", "id": "reasons-3-told"}) in found.elements
    assert "b" not in found.tags()
    assert "\n" not in markup
    chinese = Markup(keeping.row(shown, PageWording("zh"))).inside("fold")
    assert chinese.startswith("核对：“<b>It</b> reopened in 2021.”得到支持的概率为 0.91，需要 0.50")
    refused = Answer(QUESTION, Status.REFUSED, "The articles do not say.", "m", trace=judged[1:])
    assert Markup(keeping.row(replace(shown, answer=refused))).inside("fold").startswith("decide:")
    assert "reasons" not in keeping.row(replace(shown, answer=PARTIAL))
    assert keeping.row(replace(shown, copied=None)) == ""  # it is not shown yet


def test_a_sentence_that_stands_in_for_others_says_so_and_what_was_left_out_is_told() -> None:
    reason = "The words of the article: no sentence of the model's was used."
    left_out = "Left out, since an article says otherwise: “It is <shut>.”"
    quoted = Sentence("“It reopened.”", 0, 14, State.SUPPORTED, Reason("quoted"), 1.0, (1,))
    answer = replace(PARTIAL, sentences=(quoted,), reason=Reason(text=left_out))
    found = Markup(chat.finished(3, answer))
    assert found.text.startswith(f"“It reopened.” [1] ({reason}){left_out}")
    assert found.inside("small") == f"({reason})"
    assert "why" not in " ".join(str(each.get("class")) for _, each in found.elements)
    assert "这是文章的原话" in Markup(chat.finished(3, answer, PageWording("zh"))).text


def test_the_marks_lead_to_the_exact_quotes() -> None:
    found = Markup(panel.proof(3, PARTIAL))
    assert found.marked == [FIRST.quote, SECOND.quote]
    assert [attributes["id"] for tag, attributes in found.elements if tag == "mark"] == ["proof-3-1", "proof-3-2"]
    for word in (BRIDGE.title, "Tom Okafor, Vellmar Courier, 4 May 2021", "report", "Original at news.example"):
        assert word in found.text


def test_quotes_of_one_passage_are_shown_in_it_once() -> None:
    assert panel.proof(1, PARTIAL).count("<blockquote") == 1


def test_a_quote_that_no_passage_holds_is_shown_by_itself() -> None:
    answer = Answer(QUESTION, Status.ANSWERED, "", "scripted", citations=(SECOND,), hits=Hits((hit(0, 20),)))
    assert Markup(panel.proof(1, answer)).marked == [SECOND.quote]


def test_passages_show_their_evidence_at_once_and_fold_away_what_has_none() -> None:
    sentence = Evidence(BRIDGE.id, 0, len(REOPENED), REOPENED)
    other = Hit(Passage(TRAM.id, 0, 20, TRAM.text[:20]), 0.5, 0.5, 0.5)
    markup = panel.found(1, Hits((WHOLE, other)), [sentence], {BRIDGE.id: BRIDGE, TRAM.id: TRAM})
    assert Markup(markup).inside("evidence") == REOPENED
    assert Markup(markup).marked == []  # nothing is cited yet
    assert markup.index(BRIDGE.text[:10]) < markup.index("<details") < markup.index(TRAM.text[:10])


def test_the_panel_shows_the_newest_proof_first_and_open() -> None:
    shown = panel.panel(
        [panel.Section("older", "<p>a</p>"), panel.Section("newer", "<p>b</p>"), panel.Section("no", "")]
    )
    assert [attributes for tag, attributes in Markup(shown).elements if tag == "details"] == [
        {"class": "turn", "open": None},
        {"class": "turn"},
    ]
    assert shown.index("newer") < shown.index("older")


def test_a_refusal_says_why_and_what_is_nearest() -> None:
    near = (
        Near("https://e.org/a?b=<c>", "Near one", url="https://example.org/a"),
        Near("b", "Near two", url="javascript:alert(1)"),
    )
    refused = Answer(
        QUESTION, Status.REFUSED, "The articles do not say.", "m", nearest=near, reason=Reason(text="Not found: tram.")
    )
    found = Markup(chat.finished(1, refused))
    for words in ("The articles do not say.", "Not found: tram.", "Near one", "Near two"):
        assert words in found.text
    read = "#read-1-0-https%3A%2F%2Fe.org%2Fa%3Fb%3D%3Cc%3E"
    assert found.links() == [read, "https://example.org/a", "#read-1-0-b"]
    assert reader.request(f"5{read}") == reader.ReadRequest(5, 1, 0, "https://e.org/a?b=<c>")


def test_a_failure_is_shown_as_a_failure() -> None:
    failed = Answer(QUESTION, Status.FAILED, "", "m", reason=Reason(text="The model does not answer."))
    found = Markup(chat.finished(1, failed))
    assert found.text == "No answer: something failed.The model does not answer."
    assert ("div", {"class": "failed", "role": "alert"}) in found.elements


def test_hostile_facts_and_words_become_nothing_but_text() -> None:
    hostile = Hit(Passage(HOSTILE.id, 0, len(HOSTILE.text), HOSTILE.text), 1.0, 1.0, 1.0)
    everything = [
        panel.panel([panel.Section(HOSTILE.text, panel.found(1, [hostile], [], {HOSTILE.id: HOSTILE}))]),
        chat.question(HOSTILE.text),
        chat.writing(HOSTILE.text),
        chat.failed(HOSTILE.text),
        chat.stopped(HOSTILE.text),
        chat.finished(
            1,
            Answer(
                *("q", Status.REFUSED, HOSTILE.text, HOSTILE.text),
                reason=Reason(text=HOSTILE.text),
                trace=(Judgement(HOSTILE.text, HOSTILE.text, HOSTILE.text, 0.5, 0.4),),
            ),
        ),
    ]
    for markup in everything:
        found = Markup(markup)
        assert found.tags() <= {
            "details",
            "summary",
            "section",
            "h2",
            "h3",
            "p",
            "span",
            "blockquote",
            "div",
            "strong",
            "a",
            "ul",
            "li",
        }
        assert "\n" not in markup
        assert HOSTILE.text in found.text


# A whole article to markup


def test_all_quotes_of_an_article_are_marked_in_it_also_across_paragraphs() -> None:
    across = quoted(3, BRIDGE.text.index("The repairs"), BRIDGE.text.index(" Buses"))
    answer = replace(PARTIAL, citations=(FIRST, across))
    found = Markup(reader.pane(reader.ReadRequest(1, 1, 3, BRIDGE.id), answer, {BRIDGE.id: BRIDGE}.__getitem__))
    assert found.marked == [FIRST.quote, *across.quote.split("\n\n")]
    marks = [(each.get("id"), each.get("class")) for tag, each in found.elements if tag == "mark"]
    assert marks == [("quoted-1", "quoted-1"), ("quoted-3", "quoted-3 current"), (None, "quoted-3 current")]
    assert found.links() == [BRIDGE.url, "/?article=bridge", "#quoted-1", "#quoted-3"]


@pytest.mark.parametrize(("start", "end"), [(8, 24), (8, len(REOPENED) + 40), (0, 24), (60, len(REOPENED))])
def test_a_quote_inside_another_or_beyond_its_end_is_led_to_by_its_own_mark(start: int, end: int) -> None:
    other = quoted(2, start, end)
    answer = replace(PARTIAL, citations=(FIRST, other))
    links = [each for each in Markup(chat.finished(1, answer)).links() if each]
    assert links == ["#proof-1-1", "#proof-1-2"]
    beside = Markup(panel.proof(1, answer))
    pane = Markup(reader.pane(reader.ReadRequest(1, 1, 2, BRIDGE.id), answer, {BRIDGE.id: BRIDGE}.__getitem__))
    for found, name in ((beside, "proof-1"), (pane, "quoted")):
        ids = [each["id"] for _, each in found.elements if (each.get("id") or "").startswith(name)]
        assert sorted(map(str, ids)) == [f"{name}-1", f"{name}-2"]
        assert (found.inside(f"{name}-1"), found.inside(f"{name}-2")) == (FIRST.quote, other.quote)
    assert pane.inside("current") == other.quote


def test_a_heading_of_an_article_is_one() -> None:
    article = replace(BRIDGE, text="## The cost\n\nIt was high.\n\n#5 was the first.")
    found = Markup(reader.pane(reader.ReadRequest(1, 1, 0, BRIDGE.id), None, lambda _: article))
    assert [tag for tag, each in found.elements if "words" in (each.get("class") or "")] == ["h3", "p", "p"]
    assert found.text.endswith("The costIt was high.#5 was the first.")


def test_a_quote_is_found_where_it_stands_now_and_told_of_where_it_is_gone() -> None:
    later = replace(BRIDGE, text=f"An update. {BRIDGE.text[: BRIDGE.text.index('The repairs')]}")
    answer = replace(PARTIAL, citations=tuple(replace(each, version=version(BRIDGE.text)) for each in (FIRST, SECOND)))
    found = Markup(reader.pane(reader.ReadRequest(1, 1, 1, BRIDGE.id), answer, lambda _: later))
    assert found.marked == [FIRST.quote]
    assert "The article has changed since it was quoted. This was quoted:" in found.text
    assert f"“{SECOND.quote}”" in found.text
    assert found.links() == [BRIDGE.url, "/?article=bridge", "#quoted-1"]


def test_an_article_that_is_gone_and_was_not_quoted_is_missing() -> None:
    def missing(article_id: str) -> Article:
        raise ArticleMissing(article_id)

    with pytest.raises(ArticleMissing):
        reader.pane(reader.ReadRequest(1, 1, 0, TRAM.id), PARTIAL, missing)


@pytest.mark.parametrize("text", ["", "#read-1-1-a", "1#read-1-1-", "1#read-x-1-a", "1#proof-1-1", "9" * 5000])
def test_what_asks_for_no_article_is_not_heeded(text: str) -> None:
    assert reader.request(text) is None


# A conversation

Says = Callable[[], Iterator[str]]


def model(says: Says) -> Model:
    def complete(prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[str]:  # noqa: ARG001
        yield from says()

    return Model("scripted", complete)


@pytest.fixture
def index(tmp_path: Path, words: WordEmbeddings) -> Iterator[Index]:
    with Index.open(tmp_path / "store", embedder=words) as opened:
        opened.add(ARTICLES)
        yield opened


def opened(bot: Bot) -> Opening:
    opening = Opening(lambda: bot)
    opening.begin()
    opening.bot()
    return opening


def talk(opening: Opening, *questions: str, history: History | None = None) -> list[list[ChatState]]:
    """The steps of each answer."""
    steps: list[list[ChatState]] = [[ChatState()]]
    for question in questions:
        steps.append(list(converse(opening, history or History.in_memory(), question, steps[-1][-1])))
    return steps[1:]


def test_evidence_comes_before_words_and_words_before_the_answer(index: Index) -> None:
    [steps] = talk(
        opened(Bot(index, model(lambda: iter(["The bridge reopened ", "on 3 May 2021. ", "Nine whales wept."])))),
        QUESTION,
    )
    shown = list(dict.fromkeys((Markup(each.exchanges[0].shown).text, bool(each.exchanges[0].proof)) for each in steps))
    assert shown[0] == ("Searching the articles…", False)
    assert shown[1][0].startswith("Reading ")
    assert shown[1][1]
    more = "Writing, and proving each sentence…"
    assert shown[2][0].startswith("Writing. Proving sentence 1…Nearest passage")
    assert [text for text, _ in shown[3:6]] == [
        f"The bridge reopened on 3 May 2021.{more}",
        "The bridge reopened on 3 May 2021.Proving sentence 2 of 2…",
        f"The bridge reopened on 3 May 2021. Nine whales wept.{more}",
    ]
    assert shown[6][0].startswith("The bridge reopened on 3 May 2021. [1]")
    assert [each.answering for each in steps] == [True] * (len(steps) - 1) + [False]
    assert REOPENED in Markup(steps[-1].exchanges[0].proof).marked


def test_the_next_question_knows_the_answers_before_it(index: Index) -> None:
    bot = Listening(index)
    *_, last = talk(opened(bot), QUESTION, "Who won the 2018 World Cup?", "Who is the mayor of Vellmar?")
    assert [each.number for each in last[-1].exchanges] == [1, 2, 3]
    said = [(turn.question, turn.answer_text) for turn in bot.heard[2]]
    assert said == [(QUESTION, f"{REOPENED} [1]"), ("Who won the 2018 World Cup?", "")]


class Listening(Bot):
    """A bot that keeps the turns which each question came with."""

    def __init__(self, *parts):  # type: ignore[no-untyped-def]
        super().__init__(*parts)
        self.heard: list[Sequence[Turn]] = []

    def stream(self, question, history=(), *rest, **named):  # type: ignore[no-untyped-def]
        self.heard.append(history)
        return super().stream(question, history, *rest, **named)


def raising(error: Exception) -> Says:
    def says() -> Iterator[str]:
        yield "The bridge reopened "
        raise error

    return says


def test_a_model_that_fails_halfway_leaves_a_failure_and_the_next_question_works(index: Index) -> None:
    bot = answering(index, model(raising(ModelFailed("The model does not answer."))))
    [steps, again] = talk(opened(bot), QUESTION, "Who won the 2018 World Cup?")
    assert Markup(steps[-1].exchanges[0].shown).text == "No answer: something failed.The model does not answer."
    assert steps[-1].exchanges[0].said == ""
    assert "do not say" in again[-1].exchanges[1].shown


def test_a_bug_goes_to_the_log_with_its_traceback_and_to_the_person_as_a_reference(
    index: Index, caplog: pytest.LogCaptureFixture
) -> None:
    [steps] = talk(opened(Bot(index, model(raising(ZeroDivisionError("a secret"))))), QUESTION)
    text = Markup(steps[-1].exchanges[0].shown).text
    assert not steps[-1].answering
    assert "a secret" not in text
    reference = re.search(r"\(ref [0-9a-f]{6}\)", text)
    assert reference is not None
    [record] = [record for record in caplog.records if reference[0] in record.getMessage()]
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], ZeroDivisionError)


@pytest.mark.parametrize(
    ("question", "draft", "notice"), [("  ", "", ENGLISH("page.nothing_asked")), ("w" * 3000, "w" * 3000, "3,000")]
)
def test_a_question_that_cannot_be_taken_goes_back_for_mending(
    index: Index, question: str, draft: str, notice: str
) -> None:
    [steps] = talk(opened(Bot(index)), question)
    assert steps[-1].exchanges == ()
    assert (steps[-1].draft, notice in steps[-1].notice) == (draft, True)
    assert not steps[-1].answering


def test_what_a_question_names_can_be_left_unheeded_and_heeded_again(index: Index) -> None:
    opening, history = opened(Bot(index)), History.in_memory()
    question = "According to the Vellmar Courier, when did the old bridge in Vellmar reopen?"
    *_, first = converse(opening, history, question, ChatState())
    [outlet] = first.named
    assert (outlet.fact, outlet.values, first.exchanges[-1].ignored) == ("outlet", ("Vellmar Courier",), ())
    *_, second = reconsider(opening, history, [outlet], first)
    assert [each.question for each in second.exchanges] == [question, question]
    assert (second.named, second.exchanges[-1].understood) == ((outlet,), ())
    *_, third = reconsider(opening, history, [], second)
    assert (third.named, third.exchanges[-1].ignored) == ((outlet,), ())
    assert third.place is not None
    assert [each.words for each in recalled(history, third.place).named] == [outlet.words]


def test_nothing_is_asked_again_where_nothing_was_asked() -> None:
    assert list(reconsider(Opening(Bot), History.in_memory(), [], ChatState())) == []  # type: ignore[arg-type]


def test_stopping_ends_the_model_and_keeps_what_was_written_as_unchecked(index: Index) -> None:
    ended = Event()

    def says() -> Iterator[str]:
        try:
            yield "The bridge reopened on 3 May 2021. It goes "
            while True:
                yield "on and on "
        finally:
            ended.set()

    history = History.in_memory()
    steps = converse(opened(Bot(index, model(says))), history, QUESTION, ChatState())
    written = next(each for each in steps if "3 May 2021" in each.exchanges[0].said)
    steps.close()
    assert ended.is_set()
    stopped = written.stopped()
    assert not stopped.answering
    assert stopped.exchanges[0].said == ""
    told = "The bridge reopened on 3 May 2021.Stopped before it was checked against the articles."
    assert Markup(stopped.exchanges[0].shown).text == told
    assert stopped.stopped() is stopped
    assert stopped.place is not None
    assert [(each.question, each.status) for each in history.records(stopped.place)] == [(QUESTION, "stopped")]


def test_a_stopped_answer_gives_its_slot_to_the_question_that_waits() -> None:
    running, ended = Running(slots := Slots(1)), [Event(), Event()]
    working, let_go = Event(), Event()

    def first(before: ChatState, _: Cancellation) -> Generator[ChatState]:
        working.set()
        let_go.wait(60)  # as a model that does not hear of its end at once
        yield before
        ended[0].set()

    def second(before: ChatState, cancel: Cancellation) -> Generator[ChatState]:
        assert not cancel.is_set()
        yield replace(before, notice="the second")
        ended[1].set()

    run = running.begin(ChatState(), first)
    assert working.wait(60)
    assert running.add(run, QUESTION, second)
    assert running.stop(run.place) is run
    assert [each.question for each in run.latest.queue] == [QUESTION]
    let_go.set()
    assert ended[1].wait(60)
    assert slots.close(60)
    assert running.at(run.place) is None
    assert not ended[0].is_set()
    assert (run.latest.notice, run.latest.queue, run.over) == ("the second", (), True)
    assert slots.refused == 0


def test_a_question_that_comes_while_the_bot_is_opened_waits_and_says_so(index: Index) -> None:
    let = Event()

    def open_bot() -> Bot:
        let.wait(60)
        return Bot(index)

    opening = Opening(open_bot)
    steps = converse(opening, History.in_memory(), QUESTION, ChatState())
    assert "Loading the articles" in next(steps).exchanges[0].shown  # not even begun
    opening.begin()
    assert "Loading the articles" in next(steps).exchanges[0].shown
    let.set()
    assert REOPENED in (list(steps)[-1].exchanges[0].copied or "")


def loading(loaded: Event, index: Index, *models: Model) -> Bot:
    """A bot that is warm once `loaded` is set."""

    class Loading(Bot):
        def warm(self) -> None:
            loaded.wait(60)

    return Loading(index, *models)


def test_evidence_is_shown_while_the_model_is_still_being_loaded(index: Index) -> None:
    loaded = Event()
    opening = opened(loading(loaded, index, model(lambda: iter(["The bridge reopened on 3 May 2021."]))))
    steps = converse(opening, History.in_memory(), QUESTION, ChatState())
    found = next(each.exchanges[0] for each in steps if each.exchanges[0].proof)
    assert "model is still being loaded" in found.shown
    assert opening.done
    assert not opening.warm
    loaded.set()
    assert REOPENED in (list(steps)[-1].exchanges[0].copied or "")


def test_without_a_model_nothing_is_said_to_be_loaded(index: Index) -> None:
    loaded = Event()
    opening = opened(loading(loaded, index))
    shown = [step.exchanges[0].shown for step in converse(opening, History.in_memory(), QUESTION, ChatState())]
    loaded.set()
    assert not any("still being loaded" in each for each in shown)
    assert REOPENED in shown[-1]


def test_a_model_that_cannot_be_loaded_ends_the_opening(index: Index) -> None:
    class Broken(Bot):
        def warm(self) -> None:
            raise ShownError("The model is damaged.")

    told = Event()
    opening = Opening(lambda: Broken(index))
    opening.begin(told.set)
    assert told.wait(60)
    assert opening.warm
    assert str(opening.error) == "The model is damaged."


def test_a_bot_that_cannot_be_opened_is_told_to_whoever_asks(caplog: pytest.LogCaptureFixture) -> None:
    def open_bot() -> Bot:
        raise ShownError("The store is damaged.")

    told = Event()
    opening = Opening(open_bot)
    opening.begin(told.set)
    assert told.wait(60)
    [steps] = talk(opening, QUESTION)
    assert "The store is damaged." in steps[-1].exchanges[0].shown
    assert not caplog.records


# Kept, shown again, deleted


def test_a_conversation_comes_back_as_it_was_shown(index: Index, tmp_path: Path) -> None:
    path = tmp_path / FILE
    bot = Bot(index, model(lambda: iter(["The bridge reopened on 3 May 2021. Nine whales were seen under it."])))
    questions = (QUESTION, "Who won the 2018 World Cup?", "What did the repairs of the bridge cost?")
    last = talk(opened(bot), *questions, history=History(path, 90))[-1][-1]
    assert last.place is not None
    again = recalled(History(path, 90), last.place, known_of(opened(bot)))
    shown, kept = (
        [replace(each, proof="", answer=None) for each in conversation.exchanges] for conversation in (last, again)
    )
    assert kept == shown
    quotes, kept_quotes = (
        [each.answer and each.answer.citations for each in conversation.exchanges] for conversation in (last, again)
    )
    assert kept_quotes == quotes
    proofs = [Markup(each.proof).marked for each in last.exchanges if 'class="mark"' in each.shown]
    assert [Markup(each.proof).marked for each in again.exchanges if 'class="mark"' in each.shown] == proofs != []
    assert (again.answering, again.notice, again.place) == (False, "", last.place)


def test_what_failed_or_was_stopped_comes_back_as_that(index: Index) -> None:
    history, place = History.in_memory(), new_place()
    failing = Bot(index, model(raising(ModelFailed("The model does not answer."))))
    list(converse(opened(failing), history, QUESTION, ChatState(place=place)))
    steps = converse(opened(Bot(index)), history, QUESTION, ChatState(place=place))
    next(steps)
    steps.close()
    shown = [Markup(each.shown).text for each in recalled(history, place).exchanges]
    assert shown == ["No answer: something failed.The model does not answer.", "Stopped."]


def test_a_question_that_is_tried_again_is_asked_as_the_first_time(index: Index) -> None:
    bot = Listening(index, model(raising(ModelFailed("The model does not answer."))))
    talk(opened(bot), QUESTION, "And the cost of it?", "And the cost of it?")
    assert [[turn.question for turn in turns] for turns in bot.heard] == [[], [QUESTION], [QUESTION]]


def test_another_chat_of_the_same_browser_is_another_conversation_of_the_same_owner(index: Index) -> None:
    history = History.in_memory()
    first = talk(opened(Bot(index)), QUESTION, history=history)[-1][-1]
    second = list(converse(opened(Bot(index)), history, "And the tram?", first.again()))[-1]
    assert first.place is not None
    assert second.place is not None
    assert (first.place.owner, len(second.exchanges)) == (second.place.owner, 1)
    assert len(history.conversations(first.place.owner)) == 2
    assert new_place().owner != new_place().owner


def test_a_deleted_chat_starts_anew_and_leaves_nothing_also_while_it_is_answered(index: Index) -> None:
    history = History.in_memory()
    steps = converse(opened(Bot(index)), history, QUESTION, ChatState())
    halfway = next(steps)
    after = deleted(history, halfway)
    steps.close()
    assert (after.exchanges, after.notice, history.everybodys()) == ((), ENGLISH("page.deleted"), ())
    assert after.place not in (None, halfway.place)
    assert deleted(history, after).notice == ""  # there is nothing to be deleted


def test_what_cannot_be_read_kept_or_deleted_is_said_and_the_answer_given(index: Index, tmp_path: Path) -> None:
    history = History(tmp_path / FILE, 90)
    (tmp_path / FILE).write_bytes(b"no database" * 1000)
    last = talk(opened(Bot(index)), QUESTION, history=history)[-1][-1]
    shown = Markup(last.exchanges[0].shown).text
    assert REOPENED in shown
    assert "This is not kept, so a later question will not know of it." in shown
    assert last.place is not None
    assert "cannot be read" in recalled(history, last.place).notice
    for conversation in (last, replace(last, answering=True)):
        not_deleted = deleted(history, conversation)
        assert (len(not_deleted.exchanges), not_deleted.answering) == (1, False)
        assert "cannot be read" in not_deleted.notice


def test_who_only_reads_is_not_told_why_nothing_is_kept(index: Index, tmp_path: Path) -> None:
    history = History(tmp_path / FILE, 90)
    (tmp_path / FILE).write_bytes(b"no database" * 1000)
    reader = ChatState(words=PageWording(plain=True))
    last = list(converse(opened(Bot(index)), history, QUESTION, reader))[-1]
    shown = Markup(last.exchanges[0].shown).text
    assert f"This is not kept, so a later question will not know of it. {NOT_KEPT.text}" in shown
    assert last.place is not None
    for said in (shown, recalled(history, last.place, words=reader.words).notice, deleted(history, last).notice):
        assert NOT_KEPT.text in said
        assert FILE not in said


def test_examples_are_offered_for_articles_that_are_there() -> None:
    question, article_id = QUESTIONS[1]
    assert examples(lambda each: each == article_id) == [question]
    assert len(examples(lambda _: True)) == 4
    assert examples(lambda _: False) == []


def test_every_example_is_about_a_shipped_article() -> None:
    seeds = Path(__file__).parent.parent / "seeds"
    assert [article_id for _, article_id in QUESTIONS if not (seeds / f"{article_id}.md").is_file()] == []


# The server


@pytest.fixture
def gate() -> Iterator[Event]:
    """Set, to let the bot be opened."""
    event = Event()
    yield event
    event.set()


@pytest.fixture
def client(index: Index, gate: Event) -> Iterator[TestClient]:
    from fastapi.testclient import TestClient

    from bot.web import build_app

    def open_bot() -> Bot:
        gate.wait(60)
        return Bot(index)

    with TestClient(build_app(open_bot)) as opened:
        yield opened


def status(client: TestClient, expected: str) -> dict[str, str]:
    """What /healthz says, at the latest when it says what is expected or after ten seconds."""
    for _ in range(100):
        said: dict[str, str] = client.get("/healthz").json()
        if said["status"] == expected:
            break
        sleep(0.1)
    return said


def test_the_page_is_there_before_the_bot_is_and_health_tells_which(client: TestClient, gate: Event) -> None:
    assert client.get("/healthz").json() == {"status": "starting"}
    page = client.get("/")
    assert page.status_code == 200
    assert "Byline" in page.text
    gate.set()
    assert status(client, "ready") == {"status": "ready"}


def test_health_is_ready_once_the_model_is_loaded(index: Index, gate: Event) -> None:
    from fastapi.testclient import TestClient

    from bot.web import build_app

    loading = Event()

    class Loading(Bot):
        def warm(self) -> None:
            loading.set()
            gate.wait(60)

    with TestClient(build_app(lambda: Loading(index))) as client:
        assert loading.wait(60)
        assert client.get("/healthz").json() == {"status": "starting"}
        gate.set()
        assert status(client, "ready") == {"status": "ready"}


def test_the_page_has_its_own_mark(client: TestClient) -> None:
    assert '<link rel="icon" href="mark.svg" type="image/svg+xml">' in client.get("/config").json()["head"]
    mark = client.get("/mark.svg")
    assert mark.headers["content-type"].startswith("image/svg+xml")
    assert mark.text.startswith("<svg ")


def test_other_sites_get_nothing_and_the_page_may_load_nothing_from_them(client: TestClient) -> None:
    foreign = {"origin": "https://evil.example", "host": "byline.example"}
    for path in ("/", "/config", "/healthz"):
        response = client.get(path, headers=foreign)
        assert "access-control-allow-origin" not in response.headers
        assert "access-control-allow-credentials" not in response.headers
        assert response.headers["content-security-policy"].startswith("default-src 'self'; script-src 'self'")
    asked = {**foreign, "access-control-request-method": "POST"}
    assert client.options("/gradio_api/queue/join", headers=asked).status_code == 400


def test_the_inline_scripts_of_the_page_may_run_and_no_others(client: TestClient) -> None:
    page = client.get("/", headers={"accept": "text/html", "accept-encoding": "gzip, br"})
    assert page.headers["content-encoding"] == "gzip"
    assert len(page.content) > 5 * int(page.headers["content-length"])
    rule = page.headers["content-security-policy"].split("; ")[1]
    inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", page.text, re.DOTALL)
    hashes = [f"'sha256-{b64encode(sha256(each.encode()).digest()).decode()}'" for each in inline]
    assert inline
    assert set(rule.split()) == {"script-src", "'self'", *hashes}


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({"origin": "https://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://testserver.evil.example"}, False),
        ({"origin": "http://testserver"}, True),
        ({"origin": "https://byline.example", "x-forwarded-host": "byline.example"}, True),
        ({}, True),
    ],
)
def test_what_changes_something_is_taken_from_the_page_itself_only(
    client: TestClient, headers: dict[str, str], taken: bool
) -> None:
    response = client.post("/gradio_api/queue/join", json={}, headers=headers)
    assert (response.status_code != 403) is taken
    assert ("only from its own address" in response.text) is not taken


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/monitoring/summary"])
def test_nothing_is_offered_that_nobody_asked_for(client: TestClient, path: str) -> None:
    assert client.get(path).status_code in (403, 404)


def test_the_functions_of_the_page_are_no_public_interface(client: TestClient) -> None:
    assert client.get("/gradio_api/info").json()["named_endpoints"] == {}
    config = client.get("/config").json()
    assert config["footer_links"] == []
    assert config.get("analytics_enabled") is False


def test_serving_ends_with_the_reason_where_the_bot_cannot_be_opened(tmp_path: Path) -> None:
    from bot.web import serve

    said: list[str] = []
    with pytest.raises(StoreMissing):
        serve(lambda: Bot.open(tmp_path / "none"), "127.0.0.1", 0, ready=said.append)
    assert len(said) == 1


def test_a_port_that_is_taken_is_said_to_be() -> None:
    from bot.web import serve

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ShownError, match=f"127.0.0.1:{port}: Address already in use"):
            serve(lambda: pytest.fail("it was opened"), "127.0.0.1", port)


def test_serving_prints_the_address_and_ends_at_an_interrupt(index: Index) -> None:
    from bot.web import serve

    pages: list[int] = []

    def visit(address: str) -> None:
        with urlopen(address) as page:
            pages.append(page.status)
        signal.raise_signal(signal.SIGINT)

    def ready(sentence: str) -> None:
        address = next(word.rstrip(".") for word in sentence.split() if word.startswith("http://127.0.0.1:"))
        Thread(target=visit, args=(address,), daemon=True).start()

    serve(lambda: Bot(index), "127.0.0.1", 0, ready=ready)
    assert pages == [200]


def test_importing_the_web_package_loads_no_vendor() -> None:
    program = "import sys, bot.web; print({'gradio', 'fastapi', 'uvicorn', 'torch'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("request_", "status", "seen"),
    [
        (Intent.SMALLTALK, Status.ANSWERED, False),
        (Intent.COMPLAINT, Status.ANSWERED, False),
        (Intent.SMALLTALK, Status.FAILED, True),
        (Intent.LIBRARY, Status.ANSWERED, True),
        (Intent.SHORT, Status.REFUSED, True),
    ],
)
def test_nothing_is_offered_to_be_asked_again_under_talk(request_: Intent, status: Status, seen: bool) -> None:
    last = Exchange(1, "Hello", "", answer=Answer("Hello", status, "", "extractive", request=request_))
    assert [each.visible for each in buttons(ChatState((last,)))[-2:]] == [seen, False]
