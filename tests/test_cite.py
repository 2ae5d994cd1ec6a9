"""The text of an answer with its marks, its sentences at their offsets, and its quotes."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answering.cite import AnswerBuilder, support
from bot.answering.evidence import stated
from bot.answering.prove import NOTHING, Proof
from bot.answering.write.draft import strip_marks
from bot.errors import Reason
from bot.types import Evidence, State
from index.fingerprint import version
from index.types import Article, Kind

REPORT = Article(
    "report",
    "The harbour closes",
    "The harbour of Brightsea closes on 4 May 2020. The council voted by 7 to 2. It costs 3.5 million crowns.",
    outlet="Harbour Gazette",
    published=date(2020, 4, 1),
    kind=Kind.REPORT,
    url="https://gazette.example/harbour",
)
OPINION = Article(
    "opinion",
    "No car park",
    "Closing the harbour will ruin Brightsea. 港口关闭了。",
    author="Ann Example",
    published=date(2020, 4, 2),
    kind=Kind.OPINION,
)
ARTICLES = {each.id: each for each in (REPORT, OPINION)}
QUOTES = [each for article in ARTICLES.values() for each in stated(article.id, article.text)]
CLOSES, VOTED, COSTS, RUINS, CHINESE = QUOTES


def proved(*quotes: int, support: float = 0.8) -> Proof:
    return Proof(State.SUPPORTED, support, tuple(QUOTES[place] for place in quotes))


UNPROVED = Proof(State.UNSUPPORTED, 0.2, (), NOTHING)


def test_a_mark_stands_for_a_quote_and_the_same_quote_has_the_same_mark() -> None:
    page = AnswerBuilder(ARTICLES)
    page.supported("It closes, and they voted.", proved(1, 0))
    page.marked("Pigs fly.", UNPROVED)
    page.supported("They voted.", proved(1))
    page.supported("It is dear.", proved(2))
    assert page.text == "It closes, and they voted. [1][2] Pigs fly. They voted. [1] It is dear. [3]"
    assert [(each.mark, each.quote) for each in page.citations] == [
        (1, VOTED.text),
        (2, CLOSES.text),
        (3, COSTS.text),
    ]


def test_a_citation_has_the_exact_words_and_the_facts_of_its_article() -> None:
    page = AnswerBuilder(ARTICLES)
    page.supported("It closes.", proved(0))
    [citation] = page.citations
    assert REPORT.text[citation.start : citation.end] == citation.quote
    assert citation.version == version(REPORT.text)
    for fact in ("title", "author", "outlet", "published", "as_of", "kind", "url"):
        assert getattr(citation, fact) == getattr(REPORT, fact)


def test_a_sentence_has_its_state_its_support_and_its_reason() -> None:
    page = AnswerBuilder(ARTICLES)
    page.supported("It closes.", replace(proved(0, support=0.81239), reason=Reason(text="Quoted.")))
    page.marked("Pigs fly.", UNPROVED)
    told = [(each.state, each.support, each.reason, each.citations) for each in page.sentences]
    assert told == [(State.SUPPORTED, 0.812, Reason(text="Quoted."), (1,)), (State.UNSUPPORTED, 0.2, NOTHING, ())]


def test_what_is_said_is_given_as_it_reads_with_whose_view_it_is_or_its_day() -> None:
    page = AnswerBuilder(ARTICLES)
    for told, reads in (
        (page.supported("It closes.", proved(0)), "It closes."),
        (page.supported("It closes.", proved(0), with_day=True), "As of 1 April 2020 (Harbour Gazette): It closes."),
        (
            page.supported("It is a ruin.", proved(3), with_day=True),
            "According to Ann Example (opinion, 2 April 2020): It is a ruin.",
        ),
        (page.supported("港口关闭了。", proved(4)), "Ann Example：港口关闭了。"),
        (page.marked("Pigs fly.", UNPROVED), "Pigs fly."),
    ):
        assert told == reads
        assert reads in page.text


@pytest.mark.parametrize("with_day", [False, True])
@pytest.mark.parametrize("unsure", [False, True])
def test_the_words_that_answer_are_where_they_stand_behind_what_is_put_before(with_day: bool, unsure: bool) -> None:
    page = AnswerBuilder(ARTICLES)
    for quote, proof in ((CLOSES, proved(0)), (RUINS, proved(3)), (CHINESE, proved(4))):
        page.supported(quote.text, proof, with_day=with_day, unsure=unsure, answering=[(0, 2), (3, 5)])
        [*_, told] = page.sentences
        assert [told.text[start:end] for start, end in told.answering] == [quote.text[:2], quote.text[3:5]]
        assert page.text[told.start : told.end] == told.text


def test_an_author_is_named_in_full_once_in_a_run_of_sentences_and_briefly_after() -> None:
    page, voice = AnswerBuilder(ARTICLES), "According to Ann Example (opinion, 2 April 2020): "
    told = [
        page.supported("It is a ruin.", proved(3), lead="- "),
        page.supported("It is a shame.", proved(3)),
        page.supported("It is over.", proved(3), lead="- "),
        page.supported("It closes.", proved(0)),
        page.supported("It is lost.", proved(3)),
        page.marked("Pigs fly.", UNPROVED),
        page.supported("It is gone.", proved(3)),
        page.supported("It is past.", proved(3), with_day=True),
    ]
    leads = (voice, "Ann Example: ", "Ann Example: ", "", voice, "", voice, voice)
    said = "ruin|a shame|over|closes|lost|fly|gone|past"
    assert [re.sub(rf"\w+ (is )?(a )?({said})\.", "", each) for each in told] == list(leads)
    assert [page.text[each.start : each.end] for each in page.sentences] == told
    assert [each.citations for each in page.sentences] == [(1,), (1,), (1,), (2,), (1,), (), (1,), (1,)]


@pytest.mark.parametrize(
    ("text", "stated", "lead"),
    [
        ("Die Schließung ruiniert die ganze Stadt.", None, "Laut Ann Example (Meinung, 2. April 2020): "),
        ("El cierre arruinará toda la ciudad.", None, "Según Ann Example (opinión, 2 de abril de 2020): "),
        ("La fermeture ruinera toute la ville.", None, "Selon Ann Example (opinion, 2 avril 2020) : "),
        ("关闭港口会毁掉整个城市。", None, "据Ann Example（评论，2020年4月2日）："),
        ("Ruin.", "de", "Laut Ann Example (Meinung, 2. April 2020): "),  # a quote, as its article states
        ("La chiusura rovinerà la città.", "it", "According to Ann Example (opinion, 2 April 2020): "),
        ("Закрытие погубит город.", None, "According to Ann Example (opinion, 2 April 2020): "),
    ],
)
def test_a_quote_is_attributed_in_its_own_language(text: str, stated: str | None, lead: str) -> None:
    article = replace(OPINION, text=text, language=stated)
    [quote] = stated_of(article)
    proof = Proof(State.SUPPORTED, 1.0, (quote,))
    assert AnswerBuilder({article.id: article}).supported(text, proof) == f"{lead}{text}"
    assert AnswerBuilder({article.id: article}).supported(f"“{text}”", proof) == f"{lead}“{text}”"


def test_other_words_than_those_of_the_article_are_attributed_in_their_language() -> None:
    article = replace(OPINION, language="de")
    told = AnswerBuilder({article.id: article}).supported("The whole city will be a ruin.", proved(3))
    assert told.startswith("According to Ann Example")


def stated_of(article: Article) -> list[Evidence]:
    return [Evidence(article.id, 0, len(article.text), article.text)]


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.sampled_from(["It is so.", "他走了。", "A “b” c!"]), st.sets(st.integers(0, 4), max_size=3)),
        max_size=6,
    )
)
def test_each_sentence_stands_in_the_text_at_its_offsets(said: list[tuple[str, set[int]]]) -> None:
    page, told = AnswerBuilder(ARTICLES), []
    for text, quotes in said:
        proof = proved(*quotes)
        told.append(page.supported(text, proof) if quotes else page.marked(text, UNPROVED))
    assert [page.text[each.start : each.end] for each in page.sentences] == told
    assert strip_marks(page.text) == " ".join(told)
    assert [each.mark for each in page.citations] == list(range(1, len(page.citations) + 1))
    assert {mark for each in page.sentences for mark in each.citations} == {each.mark for each in page.citations}


# How well sentences support a claim


@pytest.mark.parametrize("claim", [CLOSES.text, "The council voted by 7 to 2", CHINESE.text])
def test_a_claim_that_is_one_of_the_sentences_is_wholly_supported(claim: str) -> None:
    assert support(claim, [each.text for each in QUOTES]) == 1


@pytest.mark.parametrize(
    ("claim", "sentences"),
    [("The harbour closes.", []), ("", [CLOSES.text]), ("", [""]), ("Pigs fly over Westport.", [CLOSES.text])],
)
def test_nothing_is_no_support(claim: str, sentences: list[str]) -> None:
    assert support(claim, sentences) == 0


def test_another_figure_is_less_support() -> None:
    claim = "The harbour of Brightsea closes on {} May 2020, then."
    assert support(claim.format(5), [CLOSES.text]) < support(claim.format(4), [CLOSES.text])


def test_a_sentence_without_a_full_stop_may_support_a_claim() -> None:
    assert support("The council voted 7 to 2.", ["The council voted by 7 to 2"]) > 0


@settings(max_examples=30)
@given(st.text(max_size=40), st.lists(st.text(max_size=40), max_size=3))
def test_support_is_a_share(claim: str, sentences: list[str]) -> None:
    assert 0 <= support(claim, sentences) <= 1
