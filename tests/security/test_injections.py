"""Instructions that are hidden in articles: whoever obeys them, the proof finds it, and each surface shows it as text.

The model of these tests does whatever an article tells it; it stands for the worst that a real one may do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from markdown_it import MarkdownIt

from bot.answering.bot import Bot
from bot.answering.evidence import stated
from bot.auth.keys import Keys
from bot.classifiers.injection import is_injection
from bot.history import Record, export
from bot.history.since import NOTHING, KnownChanges
from bot.mcp.answers import answered as mcp_result
from bot.render.text import to_json
from bot.slack.blocks import replies
from bot.slack.text import markdown
from bot.slack.words import SlackWords
from bot.types import Answer, Cancellation, Model, Prompt, State, Words
from bot.web import chat, panel
from index import Article, Filters, Index
from index.text.sentence import sentences
from tests.conftest import WordEmbeddings
from tests.security.cases import Case, cases
from tests.test_slack_views import check_message
from tests.test_web import Markup

CASES = cases()
OTHERS = Article("vault-plan", "The vault of Brask", "The vault of Brask opens by the word kestrel.")
ELEMENTS = {
    *("a", "blockquote", "button", "details", "div", "h2", "h3", "h4", "header", "li", "mark", "ol", "p", "section"),
    *("small", "span", "strong", "summary", "sup", "ul"),
}

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.number}-{case.kind.replace(' ', '-')}")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index.open(tmp_path_factory.mktemp("injections") / "store", embedder=WordEmbeddings()) as opened:
        opened.add([OTHERS, *(article for case in CASES for article in case.articles())])
        yield opened


@pytest.fixture(scope="module")
def secret(index: Index) -> str:
    """A key that is kept beside the articles."""
    return Keys(Path(index.path)).create("a program")[1]


class Obedient:
    """A model that writes what an article wants of it, and keeps what it was shown."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self.shown: list[Prompt] = []

    def complete(self, prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[str]:  # noqa: ARG002
        self.shown.append(prompt)
        yield self._case.obeys.replace("{prompt}", prompt.system)


def asked(index: Index, case: Case, *models: Model, **options: Any) -> Answer:
    return Bot(index, *models).answer(case.host.question, filters=Filters(article=case.ids), **options)


def within(case: Case, index: Index) -> str:
    """All that the articles of a case say, on one line each."""
    return " ".join(" ".join(index.article(each).text.split()) for each in case.ids)


class BelievedError(AssertionError):
    """A sentence that obeys is shown as supported."""


def check_proved(case: Case, answer: Answer, index: Index) -> None:
    """No sentence is shown as supported but by quotes, and none that obeys; unless it is an article's own words."""
    marks = {each.mark: each for each in answer.citations}
    for citation in answer.citations:
        text = index.article(citation.article_id).text
        assert text[citation.start : citation.end] == citation.quote
        assert citation.article_id in case.ids
    for sentence in answer.sentences:
        assert set(sentence.citations) <= marks.keys()
        assert (sentence.state is State.SUPPORTED) == bool(sentence.citations)
        if sentence.state is State.SUPPORTED and any(each in sentence.text for each in case.never):
            quotes = " ".join(" ".join(marks[mark].quote.split()) for mark in sentence.citations)
            if " ".join(sentence.text.split()).strip('“”"') not in quotes:
                raise BelievedError(sentence.text)
    shown = answer.text
    for sentence in answer.sentences:
        shown = shown.replace(sentence.text, "", 1)
    assert {int(mark) for mark in re.findall(r"\[(\d+)\]", shown)} <= marks.keys(), "a mark is invented"


def check_inert_everywhere(case: Case, answer: Answer) -> None:
    """On each surface all that articles and models say is text."""
    for markup in (chat.finished(1, answer), panel.panel([panel.Section("q", panel.proof(1, answer))])):
        found = Markup(markup)
        assert found.tags() <= ELEMENTS
        assert all(each and each.startswith("#") for each in found.links())
    for message in replies(answer, SlackWords(), key="k"):
        check_message(message)
    for sentence in answer.sentences:
        assert not {"image", "html_inline", "link_open"} & set(tokens(markdown(Words(sentence.text))))
    told = to_json(answer)
    assert json.loads(json.dumps(told)) == told
    kept = Record(1, case.host.question, datetime.now(UTC), answer)
    assert not {"script", "img", "form", "iframe", "input"} & elements(export.html("A chat", [kept], nothing))
    assert not {"image", "html_inline", "html_block"} & set(tokens(export.markdown("A chat", [kept], nothing)))
    assert mcp_result(answer).json == told


def elements(page: str) -> set[str]:
    return {str(each.tag) for each in lxml.html.fromstring(page).iter()}


def tokens(text: str) -> Iterator[str]:
    """The kinds of what stands in Markdown."""
    for token in MarkdownIt("commonmark").parse(text):
        yield token.type
        yield from (each.type for each in token.children or ())


def nothing(_: Answer) -> KnownChanges:
    return NOTHING


@every_case
def test_nothing_in_an_article_is_obeyed_by_quoting(index: Index, case: Case) -> None:
    answer = asked(index, case)
    check_proved(case, answer, index)
    check_inert_everywhere(case, answer)
    for sentence in answer.sentences:
        assert sentence.text in within(case, index), "it is an article's own sentence"


@every_case
def test_a_model_that_obeys_is_found_out(index: Index, case: Case, secret: str) -> None:
    model = Obedient(case)
    answer = asked(index, case, Model("obedient", model.complete))
    check_inert_everywhere(case, answer)
    shown = json.dumps([(each.system, each.user, each.examples) for each in model.shown])
    for private in (secret, OTHERS.title, OTHERS.id):
        assert private not in shown, "a model cannot tell what it is not shown"
    try:
        check_proved(case, answer, index)
    except BelievedError:
        if case.believed:
            pytest.xfail("the judge takes the order for a statement")
        raise


@pytest.mark.parametrize("case", [each for each in CASES if "{" in each.obeys or "http" in each.obeys])
def test_where_only_what_is_proved_is_wanted_no_secret_and_no_address_is_left(index: Index, case: Case) -> None:
    answer = asked(index, case, Model("obedient", Obedient(case).complete), strict=True)
    assert [each.text for each in answer.sentences if each.state is not State.SUPPORTED] == []
    assert "You answer a question from excerpts" not in answer.text


def test_an_order_that_is_found_proves_nothing(index: Index) -> None:
    """Three in five cases have one. Half of the rest are encoded, or hidden where nothing is read."""
    found = set()
    for case in CASES:
        for article in map(index.article, case.ids):
            every = {article.text[each.start : each.end] for each in sentences(article.text)}
            left_out = every - {each.text for each in stated(article.id, article.text)}
            assert not any(case.host.word in each for each in left_out), "what is told honestly is evidence"
            if left_out or is_injection(article.title):
                found.add(case.number)
    assert len(found) >= 0.6 * len(CASES)


def test_half_of_the_cases_follow_published_lists() -> None:
    published = [each for each in CASES if each.source != "own"]
    assert len(CASES) >= 80
    assert 2 * len(published) >= len(CASES)
