"""Answers with a shape: what they rest on, their order, and their blocks as each surface shows them."""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot import Bot
from bot.answering.flow import EvidencePool
from bot.answering.overview.shape import cells, parts
from bot.answering.overview.survey import Salience, by_source, calibrations, chosen, decision, foreign, on_subject
from bot.answering.write.draft import EXPLAINING
from bot.classifiers.comparison import sides
from bot.evaluate.own import attributes
from bot.evaluate.types import Assertion, JudgedReply
from bot.history.export import as_markdown  # type: ignore[attr-defined]
from bot.history.reread import answer_of
from bot.model import Model
from bot.render.text import rows, to_json, verbatim
from bot.types import Answer, Block, Cancellation, Evidence, Intent, Length, Prompt, State, Status, Turn
from bot.web.blocks import shaped
from index import Article, Index
from index.text.sentence import sentences
from index.types import Filters, Kind

FERRY = Article(
    "ferry",
    "The ferry of Marlow and the bridge",
    "The ferry of Marlow sank on 3 March 1974. The harbour of Marlow closed in May 1974. A new ferry began to sail on "
    "1 June 1980. The ferry of Marlow carries 300 people. In Marlow nobody was surprised.",
    outlet="Marlow Post",
    published=date(2020, 5, 4),
)
BRIDGE = Article(
    "bridge",
    "The bridge of Marlow opens",
    "The bridge of Marlow opened on 2 July 1999. The bridge of Marlow carries 9,000 cars a day. Its builder was paid "
    "40 million euros. The bridge of Marlow was closed on 1 June for repairs.",
    outlet="Marlow Gazette",
    published=date(2021, 2, 3),
)
ARTICLES = {each.id: each for each in (FERRY, BRIDGE)}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    found = Index.open(tmp_path_factory.mktemp("broad") / "store")
    found.add(ARTICLES.values())
    return found


@pytest.fixture(scope="module")
def bot(index: Index) -> Bot:
    return Bot(index)


def evidence(article: Article, text: str, score: float = 0.5) -> Evidence:
    start = article.text.index(text)
    return Evidence(article.id, start, start + len(text), text, score)


def test_a_timeline_is_in_the_order_of_the_days_that_its_sentences_name(bot: Bot) -> None:
    answer = bot.answer("Give me a timeline of the ferry and the bridge of Marlow")
    assert answer.request is Intent.TIMELINE
    assert {each.kind for each in answer.blocks} == {"event"}
    days = [each.day for each in answer.blocks]
    assert days == sorted(days)
    assert ("1974-03-03", "3 March 1974") in {(each.day, each.label) for each in answer.blocks}
    assert answer.text.startswith("3 March 1974: The ferry of Marlow sank")


def test_without_the_day_of_its_article_yesterday_is_no_day() -> None:
    article = Article("bridge", "The bridge", "The bridge of Marlow closed yesterday.")
    assert [each.day for each in parts(Intent.TIMELINE, [evidence(article, article.text)], {article.id: article})] == [
        ""
    ]


@pytest.mark.parametrize(
    ("published", "day"), [(date(2021, 2, 3), "2020-12-01"), (date(2021, 11, 3), "2021-12-01"), (None, "")]
)
def test_a_day_without_a_year_is_the_nearest_to_the_article(published: date | None, day: str) -> None:
    article = Article("bridge", "The bridge", "The bridge of Marlow closes on 1 December.", published=published)
    told = parts(Intent.TIMELINE, [evidence(article, article.text)], {article.id: article})
    assert [each.day for each in told] == [day]


def test_a_day_is_written_in_the_language_of_the_reply() -> None:
    chosen = [evidence(FERRY, "The harbour of Marlow closed in May 1974.")]
    chosen += [evidence(BRIDGE, "The bridge of Marlow opened on 2 July 1999.")]
    told = [parts(Intent.TIMELINE, chosen, ARTICLES, language) for language in ("en", "de", "fr", "zh")]
    assert [tuple(each.label for each in labels) for labels in told] == [
        ("May 1974", "2 July 1999"),
        ("Mai 1974", "2. Juli 1999"),
        ("mai 1974", "2 juillet 1999"),
        ("1974年5月", "1999年7月2日"),
    ]


def test_a_sentence_without_a_day_is_no_event() -> None:
    undated, dated = "The ferry of Marlow carries 300 people.", "The harbour of Marlow closed in May 1974."
    told = parts(Intent.TIMELINE, [evidence(FERRY, each) for each in (undated, dated)], ARTICLES)
    assert [(each.kind, each.evidence[0].text) for each in told] == [("event", dated)]
    assert [each.kind for each in parts(Intent.TIMELINE, [evidence(FERRY, undated)], ARTICLES)] == ["bullet"]


def test_a_timeline_has_only_days_that_its_sentences_state(bot: Bot) -> None:
    answer = bot.answer("Give me a timeline of the ferry and the bridge of Marlow")
    told = {each.day: answer.sentences[each.sentences[0]].text for each in answer.blocks}
    assert len(told) == 5
    assert all(day.split("-")[0] in text or "1 June" in text for day, text in told.items())


def test_a_month_stands_as_a_month() -> None:
    told = parts(Intent.TIMELINE, [evidence(FERRY, "The harbour of Marlow closed in May 1974.")], ARTICLES)
    assert [(each.day, each.label) for each in told] == [("1974-05", "May 1974")]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("A bridge that nobody may cross would be worse.", ""),
        ("They march and may cross.", ""),
        ("It opened yesterday.", "2021-02-02"),
        ("It opened on Monday.", "2021-02-01"),
        ("It opens tomorrow.", "2021-02-04"),
        ("It was begun last month.", "2021-01"),
        ("大桥去年通车。", "2020"),
        ("It opened last week.", ""),
        ("It opens in 2022, the council said on Monday.", "2022"),
        ("It opens in August.", ""),
        ("It reopens in May.", "2021-05"),
        ("It closed in may 1974.", "1974-05"),
        ("The bridge was opened on 3 August 1889.", "1889-08-03"),
        ("The bridge was opened on August 3, 1889.", "1889-08-03"),
        ("The bridge was begun in May 1889.", "1889-05"),
        ("大桥于1889年8月3日通车。", "1889-08-03"),
    ],
)
def test_a_day_keeps_its_own_year_and_a_verb_is_no_month(text: str, day: str) -> None:
    article = Article("bridge", "The bridge", text, published=date(2021, 2, 3))
    told = parts(Intent.TIMELINE, [evidence(article, text)], {article.id: article})
    assert [each.day for each in told] == [day]


def test_an_overview_has_bullets_by_article(bot: Bot) -> None:
    answer = bot.answer("Tell me about the ferry and the bridge of Marlow")
    assert {each.kind for each in answer.blocks} == {"bullet"}
    marks = {each.mark: each.article_id for each in answer.citations}
    for block in answer.blocks:
        said = [answer.sentences[place] for place in block.sentences]
        assert len({marks[mark] for each in said for mark in each.citations}) == 1
    assert set(marks.values()) == set(ARTICLES)


def test_a_bullet_names_the_author_of_an_opinion_in_full_once_and_briefly_after(tmp_path: Path) -> None:
    opinion = replace(BRIDGE, author="Ann Example", kind=Kind.OPINION)
    with Index.open(tmp_path / "store") as index:
        index.add([FERRY, opinion])
        *events, answer = Bot(index).stream("Tell me about the ferry and the bridge of Marlow")
        only = Bot(index).answer("Tell me about the bridge of Marlow", filters=Filters(article=(opinion.id,)))
    assert isinstance(answer, Answer)
    voice = "According to Ann Example (opinion, Marlow Gazette, 3 February 2021): "
    marks = {each.mark for each in answer.citations if each.article_id == opinion.id}
    bullets = [[answer.sentences[place] for place in each.sentences] for each in answer.blocks]
    voiced = [each for each in bullets if set(each[0].citations) <= marks]
    assert any(len(each) > 1 for each in voiced)
    first, *after = [one.text for each in voiced for one in each]
    assert first.startswith(voice)
    assert all(each.startswith("Ann Example: ") for each in after)
    assert all(answer.text[each.start : each.end] == each.text for each in answer.sentences)
    assert all(each.state is State.SUPPORTED and each.citations for each in answer.sentences)
    assert "".join(getattr(each, "text", "") for each in events) == "".join(_without_marks(answer))
    again = answer_of(json.loads(json.dumps(to_json(answer))))
    assert (again.sentences, again.text) == (answer.sentences, answer.text)
    assert all(verbatim(each, answer.citations) for each in answer.sentences)
    named = Assertion("attributes", "Ann Example", False, "attributes")
    assert attributes(JudgedReply(only, {}), named).holds
    silent = replace(only.sentences[1], text=only.sentences[1].text.removeprefix("Ann Example: "))
    assert not attributes(JudgedReply(replace(only, sentences=(only.sentences[0], silent)), {}), named).holds


@pytest.mark.parametrize(("score", "first"), [(0.3, "bridge"), (0.1, "ferry")])
def test_of_articles_that_matter_as_much_the_newest_comes_first_in_an_overview(score: float, first: str) -> None:
    ferry = evidence(FERRY, "The ferry of Marlow carries 300 people.", 0.5)
    bridge = evidence(BRIDGE, "The bridge of Marlow opened on 2 July 1999.", score)
    assert parts(Intent.OVERVIEW, [ferry, bridge], ARTICLES)[0].evidence[0].article_id == first
    assert parts(Intent.LIST, [ferry, bridge], ARTICLES)[0].evidence[0].article_id == "ferry"


def test_every_sentence_of_a_broad_answer_is_proved_and_stands_in_the_text(bot: Bot) -> None:
    for request in (Intent.OVERVIEW, Intent.LIST, Intent.TIMELINE, Intent.COMPARISON, Intent.POSITIONS):
        answer = bot.answer("The ferry of Marlow and the bridge of Marlow", request=request)
        assert answer.request is request
        assert answer.sentences
        assert all(each.state is State.SUPPORTED and each.citations for each in answer.sentences)
        assert all(answer.text[each.start : each.end] == each.text for each in answer.sentences)
        assert all(ARTICLES[each.article_id].text[each.start : each.end] == each.quote for each in answer.citations)
        assert sorted(place for each in answer.blocks for place in each.sentences) == list(range(len(answer.sentences)))


def test_a_comparison_has_a_column_a_side(bot: Bot) -> None:
    answer = bot.answer("How do the ferry and the bridge compare?", request=Intent.COMPARISON)
    assert [each.label for each in answer.blocks[:2]] == ["ferry", "bridge"]
    marks = {each.mark: each.article_id for each in answer.citations}
    assert all(
        marks[mark] == block.label
        for block in answer.blocks
        for place in block.sentences
        for mark in answer.sentences[place].citations
    )


SOURCES = (
    Article("a", "The bridge", "The bridge costs 31 million. The Herald says that the bridge costs more.",
            outlet="The Marlow Gazette", author="Ann Example"),
    Article("b", "The bridge", "The bridge costs 40 million. The Gazette wrote that the bridge costs 31 million.",
            outlet="Marlow Herald", author="Ben Example"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("sides_", "told"),
    [
        (("Gazette", "Herald"), ["a", "b"]),
        (("the Marlow Gazette", "Marlow Herald"), ["a", "b"]),
        (("Ben Example", "ann example"), ["b", "a"]),
        (("Gazette", "mayor"), ["a", ""]),
        (("Example", "Herald"), ["a", ""]),  # an article of both sides belongs to neither
        (("bridge", "ferry"), []),
        (("Marlow", "bridge"), []),  # a name's last words name it, its first do not
    ],
)
def test_a_column_of_an_outlet_or_an_author_has_only_their_own_sentences(
    sides_: tuple[str, ...], told: list[str]
) -> None:
    articles = {each.id: each for each in SOURCES}
    scored = tuple(
        Evidence(each.id, span.start, span.end, each.text[span.start : span.end], 0.5)
        for each in SOURCES
        for span in sentences(each.text)
    )
    columns = by_source(EvidencePool("", scored=scored, articles=articles), sides_, 16)
    assert [",".join(sorted({each.article_id for each in column})) for column in columns.values()] == told


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("How do the Gazette and the Herald differ on the bridge?", {("Gazette", "a"), ("Herald", "b")}),
        ("Compare Ann Example and Ben Example on the bridge", {("Ann Example", "a"), ("Ben Example", "b")}),
    ],
)
def test_an_answer_sets_two_sources_side_by_side(tmp_path: Path, question: str, told: set[tuple[str, str]]) -> None:
    with Index.open(tmp_path / "store") as index:
        index.add(SOURCES)
        answer = Bot(index).answer(question)
    marks = {each.mark: each.article_id for each in answer.citations}
    assert {(each.label, marks[answer.sentences[each.sentences[0]].citations[0]]) for each in answer.blocks} == told


@pytest.mark.parametrize(
    "request_", ["Give me a timeline of Marlow", "Summarise the articles about Marlow", "An overview of Marlow, please"]
)
def test_a_subject_that_all_articles_have_is_found(bot: Bot, request_: str) -> None:
    answer = bot.answer(request_)
    assert {each.article_id for each in answer.citations} == set(ARTICLES)


def test_a_request_about_something_else_is_refused(bot: Bot) -> None:
    answer = bot.answer("Summarise the research on coral reefs and gene editing")
    assert answer.status is Status.REFUSED
    assert not answer.blocks


@pytest.mark.parametrize(
    ("question", "stated", "expected"),
    [
        ("Was ist aus der Fähre von Marlow geworden?", "en", True),
        ("Was ist aus der Fähre von Marlow geworden?", "de", False),
        ("What became of the ferry of Marlow?", "en", False),
        ("Was ist aus der Fähre von Marlow geworden?", None, False),
    ],
)
def test_a_request_is_foreign_where_all_articles_state_other_languages(
    question: str, stated: str | None, expected: bool
) -> None:
    articles = {each.id: replace(each, language=stated) for each in ARTICLES.values()}
    assert foreign(question, articles) is expected


def test_a_foreign_request_is_decided_by_its_own_fit() -> None:
    decided = [decision(EvidencePool("Was ist aus Marlow geworden?", foreign=each)).threshold for each in (False, True)]
    assert decided == [calibrations()[f"answerable-{name}"].threshold for name in ("read", "foreign")]


def test_positions_need_names_more_and_figures_less() -> None:
    plain = replace(Salience(*[0.5] * 10), figures=0.0, names=0.0)
    confidence = calibrations()["salience"].confidence

    def gain(request: Intent, seen: Salience) -> float:
        return confidence(seen.named(request)) - confidence(plain.named(request))

    named, figured = replace(plain, names=0.5), replace(plain, figures=1.0)
    assert gain(Intent.POSITIONS, named) > gain(Intent.OVERVIEW, named)
    assert gain(Intent.POSITIONS, figured) < gain(Intent.OVERVIEW, figured)


def test_the_words_of_the_stream_are_the_text_without_marks(bot: Bot) -> None:
    *events, answer = bot.stream("Give me a timeline of the ferry of Marlow")
    assert isinstance(answer, Answer)
    said = "".join(getattr(each, "text", "") for each in events)
    assert said == "".join(part for part in _without_marks(answer))


def _without_marks(answer: Answer) -> Generator[str]:
    place = 0
    for each in answer.sentences:
        before = answer.text[place : each.start]
        yield before[before.rindex("]") + 1 :] if "]" in before else before
        yield each.text
        place = each.end


def test_a_model_elsewhere_writes_and_is_proved(index: Index) -> None:
    asked: list[str] = []

    def complete(prompt: Prompt, _: Cancellation | None = None, /) -> Generator[str]:
        asked.append(prompt.user)
        yield "- The bridge of Marlow opened on 2 July 1999. "
        yield "- The bridge of Marlow was sold to a circus in 1950. "

    answer = Bot(index, Model("elsewhere", complete, budget=1500, remote=True)).answer(
        "Tell me about the bridge of Marlow"
    )
    assert len(asked) == 1
    assert "Bridge" in asked[0] or "bridge" in asked[0]
    texts = [each.text for each in answer.sentences]
    assert "The bridge of Marlow opened on 2 July 1999." in texts
    assert not any("circus" in each for each in texts)
    assert all(each.state is State.SUPPORTED for each in answer.sentences)


def test_a_model_of_this_machine_is_not_asked(index: Index) -> None:
    def complete(prompt: Prompt, _: Cancellation | None = None, /) -> Generator[str]:
        raise AssertionError(prompt)
        yield ""

    answer = Bot(index, Model("here", complete)).answer("Tell me about the bridge of Marlow")
    assert answer.status is Status.ANSWERED


def test_an_answer_with_a_shape_comes_back_as_it_was(bot: Bot) -> None:
    answer = bot.answer("Give me a timeline of the ferry of Marlow")
    again = answer_of(json.loads(json.dumps(to_json(answer))))
    assert again.blocks == answer.blocks
    assert again.request is Intent.TIMELINE


def test_unlikely_sentences_and_repetitions_are_left_out() -> None:
    first, second = evidence(FERRY, "The ferry of Marlow carries 300 people.", 0.4), evidence(FERRY, "In Marlow", 0.01)
    same = replace(first, article_id="copy", score=0.3)
    assert chosen([second, same, first], 5) == (first,)


def test_cells_of_a_row_stand_side_by_side() -> None:
    one, other = (
        evidence(FERRY, "The ferry of Marlow carries 300 people."),
        evidence(BRIDGE, "The bridge of Marlow opened"),
    )
    told = cells({"ferry": [one, one], "bridge": [other]})
    assert [each.label for each in told] == ["ferry", "bridge", "ferry"]
    blocks = [Block(each.kind, (place,), each.label) for place, each in enumerate(told)]
    assert [list(row) for row in rows(blocks)] == [["ferry", "bridge"], ["ferry"]]
    assert shaped(blocks, ["a", "b", "c"]) == (
        '<table class="answer"><thead><tr><th scope="col" dir="auto">ferry</th><th scope="col" dir="auto">bridge</th>'
        '</tr></thead><tbody><tr><td dir="auto">a</td><td dir="auto">b</td></tr><tr><td dir="auto">c</td><td></td></tr>'
        "</tbody></table>"
    )


def test_labels_are_no_markup() -> None:
    drawn = shaped([Block("event", (0,), "<b>", '"x'), Block("row", (0,), "<i>")], ["said"])
    assert "<b>" not in drawn
    assert "<i>" not in drawn
    assert as_markdown("*") != "*"


@pytest.mark.parametrize(
    ("request_", "named"),
    [
        ("Compare the US and Russian arsenals", ("US", "Russian")),
        ("India's version of the Galwan clash versus China's version", ("India", "China")),
        ("How do Nord Stream 2 and Power of Siberia compare?", ("Nord Stream 2", "Power of Siberia")),
        ("", ()),
        ("?", ()),
        ("how do the two candidates differ on immigration", ()),
        ("Table comparing sodium-ion and lithium batteries as described in the articles", ()),  # unlikely, and wrong
    ],
)
def test_the_sides_of_a_comparison_are_found(request_: str, named: tuple[str, ...]) -> None:
    assert sides(request_) == named


@pytest.mark.parametrize("request_", [Intent.SHORT, Intent.EXPLANATION, Intent.OVERVIEW])
def test_an_answer_is_as_long_as_the_person_chooses(bot: Bot, request_: Intent) -> None:
    question = "Why did the harbour of Marlow close?"
    shorter, usual, longer = (
        bot.answer(question, request=request_, length=each).sentences
        for each in (Length.SHORTER, Length.USUAL, Length.LONGER)
    )
    assert 0 < len(shorter) <= len(usual) <= len(longer)
    assert {each.text for each in shorter} <= {each.text for each in longer}
    assert all(each.state is State.SUPPORTED and each.citations for each in longer)
    if request_ is not Intent.OVERVIEW:
        assert len(shorter) == 1 < len(longer)
    assert (len(usual) == len(longer)) is (request_ is not Intent.SHORT)


def test_a_longer_answer_says_no_sentence_twice(bot: Bot) -> None:
    texts = [each.text for each in bot.answer("When did the ferry of Marlow sink?", length=Length.LONGER).sentences]
    assert len(texts) == len(set(texts)) > 1


def test_a_mark_of_the_last_answer_stands_for_its_article(bot: Bot) -> None:
    first = bot.answer("Tell me about Marlow", request=Intent.OVERVIEW)
    cited = next(each for each in first.citations if each.article_id == BRIDGE.id)
    told = [Turn.of(first.question, first), Turn.of("thanks", bot.answer("thanks"))]
    answer = bot.answer(f"How many cars a day does [{cited.mark}] count?", told)
    assert answer.filters.article == ()  # no choice of the person's for the next question
    assert BRIDGE.title in (answer.searched or "")
    assert {each.article_id for each in answer.citations} == {BRIDGE.id}
    assert {hit.passage.article_id for hit in answer.hits} == {BRIDGE.id}
    assert "[99]" in (bot.answer("How many cars a day does [99] count?", told).searched or "[99]")
    gone = Turn.of(first.question, replace(first, citations=(replace(cited, mark=1, article_id="gone"),)))
    assert bot.answer("How many cars a day does [1] count?", [gone]).status is not Status.FAILED


def test_an_explanation_has_fewer_sentences_than_a_longer_answer(tmp_path: Path) -> None:
    text = "The harbour of Marlow closed because its mouth was full of sand. " + " ".join(
        f"The harbour of Marlow had {number} boats in the year {1960 + number}." for number in range(2, 12)
    )
    with Index.open(tmp_path / "store") as index:
        index.add([Article("harbour", "The harbour of Marlow", text)])
        usual, longer = (
            Bot(index).answer("Why did the harbour of Marlow close?", request=Intent.EXPLANATION, length=each)
            for each in (Length.USUAL, Length.LONGER)
        )
    assert usual.sentences[0].text.startswith("The harbour of Marlow closed because")
    assert len(usual.sentences) == EXPLAINING < len(longer.sentences)


def test_a_sentence_of_an_article_about_something_else_is_left_out() -> None:
    sank, burnt = (Article(key, f"The {key}", "It was lost.", outlet="Courier") for key in ("ferry", "mill"))
    told = [evidence(each, "It was lost.", 0.5) for each in (sank, burnt)]
    shares = {"ferri": 0.9, "lost": 0.1}
    kept = on_subject(told, "What was lost with the ferry?", shares, {"ferry": sank, "mill": burnt})
    assert [each.article_id for each in kept] == ["ferry"]
    in_german = replace(burnt, language="de")
    assert on_subject(told, "What was lost with the ferry?", shares, {"ferry": sank, "mill": in_german}) == told
