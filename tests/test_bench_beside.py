"""How systems are counted side by side, and the writer that they share. The measurements need the measuring sets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.answering.decide import REFUSAL
from bot.training.asked import GoldQuestion
from bot.types import State, Status
from index import Article, Index
from tests.bench.beside import Asked, Result, counted, recall, result, sentences
from tests.bench.overlap import FORMS, Source, Writer, cited, covered, form_of, reply, second_look, sources
from tests.bench.perfect import Human
from tests.bench.said import as_answer
from tests.bench.scores import Reply
from tests.bench.scripted import Told, ask, rows, states
from tests.bench.stock import REQUEST, SYSTEM
from tests.conftest import WordEmbeddings

BRIDGE = Article("bridge", "The bridge", "The bridge opened in 1974. It is 300 metres long. Cars pay a toll.")
MILL = Article("mill", "The mill", "The mill burned down in 1901. A potter lives there now.")
ARTICLES = {each.id: each for each in (BRIDGE, MILL)}
TEXTS = {each.id: each.text for each in ARTICLES.values()}
WHEN = "when did the bridge open"
SAID = ("The bridge was opened in 1974.", "It is 300 metres long.")
NEVER = "who painted the ceiling"
STOCK = f"{SYSTEM}\n{REQUEST}".format(
    passages=f"[1] {MILL.title}\n{MILL.text}\n\n[2] {BRIDGE.title}\n{BRIDGE.text}", question=WHEN
)
ENGINE = (
    "Please provide an answer based solely on the provided sources. For example:\nSource 1:\nThe sky is red.\n"
    "Below are several numbered sources of information:\n------\n"
    f"Source 1:\n{BRIDGE.text}\n\n\nSource 2:\n{MILL.text}\n\n------\nQuery: {WHEN}\nAnswer: "
)
BYLINE = (
    f"{FORMS[0].known}.\nPassages:\n\nArticle: “The mill”\n[1] The mill burned down in 1901. [2] A potter lives "
    "there now."
    "\n\nArticle: “The bridge”\n[3] The bridge opened in 1974. [4] It is 300 metres long.\n[…]\n"
    "[5] Cars pay a toll (3)."
    f"\n\nQuestion: {WHEN}"
)


# The writer


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        (BYLINE, "The bridge was opened in 1974 [3]. It is 300 metres long [4]."),
        (STOCK, "The bridge was opened in 1974 [2]. It is 300 metres long [2]."),
        (ENGINE, "The bridge was opened in 1974 [1]. It is 300 metres long [1]."),
    ],
)
def test_one_writer_cites_the_sources_of_every_prompt(prompt: str, said: str) -> None:
    assert reply(prompt, {WHEN: SAID}) == said


@pytest.mark.parametrize(
    ("prompt", "refusal"),
    [(BYLINE, REFUSAL), (STOCK, "I don't know."), (ENGINE, "The sources do not answer the question.")],
)
def test_what_the_sources_lack_is_refused_as_each_prompt_asks(prompt: str, refusal: str) -> None:
    assert reply(prompt, {WHEN: ()}) == refusal
    assert reply(prompt, {WHEN: ("Nobody painted that ceiling.",)}) == refusal


def test_sources_are_read_with_their_articles() -> None:
    read = sources(BYLINE, form_of(BYLINE))
    assert [(each.number, each.text) for each in read][3:] == [
        (4, "It is 300 metres long."),
        (5, "Cars pay a toll (3)."),
    ]
    assert [each.article for each in read] == [1, 1, 2, 2, 2]


def test_further_sources_are_of_the_same_article_and_add_words() -> None:
    found = [
        Source(1, "The mill burned in 1901.", 1),
        Source(2, "The mill stands empty.", 1),
        Source(3, "A toll.", 1),
        Source(4, "A potter is there.", 2),
    ]
    chosen = cited("The mill burned in 1901, pays a toll and has a potter.", found)
    assert [each.number for each in chosen] == [1, 3]
    assert covered("The mill has a potter.", found) == 0.5


def test_a_second_look_goes_by_shared_words() -> None:
    text = (
        "Question: q\n\n1. The mill burned.\n   > The mill burned down.\n\n2. It was sold.\n   (no quote)\n\n"
        "3. A potter, a painter and a smith left.\n   > A potter left."
    )
    assert second_look(text) == "1 supported\n2 not\n3 supported"
    assert second_look("1. A potter, a painter, a smith sang.\n   > A potter left.") == "1 part"


# A scripted writer, and what Byline loses of its answers


@pytest.fixture
def index(tmp_path: Path, words: WordEmbeddings) -> Iterator[Index]:
    with Index.open(tmp_path / "store", embedder=words) as opened:
        opened.add(ARTICLES.values())
        yield opened


def test_a_persons_answer_is_shown_as_it_is(index: Index) -> None:
    told = ask(index, Human("bridge", WHEN, SAID), ARTICLES, "off")
    assert (told.present, told.refused, told.lost) == (True, False, [])
    assert states([told]) == {"supported": 2}


def test_what_is_dropped_refused_and_marked_is_counted(index: Index) -> None:
    kept = ask(index, Human("bridge", WHEN, SAID), ARTICLES, "off")
    wrong = ask(index, Human("bridge", WHEN, ("The bridge opened in 1975.",)), ARTICLES, "off")
    dropped = Told(Human("bridge", WHEN, (*SAID, "It is red.")), kept.answer, True)
    refused = ask(index, Human("bridge", WHEN, (REFUSAL,)), ARTICLES, "off")
    absent = Told(kept.human, kept.answer, False)
    assert (dropped.lost, refused.answer.status) == (["It is red."], Status.REFUSED)
    shares = {
        name: (sum(row.counted), len(row.counted))
        for name, row in rows([kept, wrong, dropped, refused, absent]).items()
    }
    assert shares == {"kept": (5, 7), "refused": (1, 4), "supported": (4, 5), "absent": (1, 5), "failed": (0, 5)}
    assert wrong.answer.sentences[0].state is State.UNSUPPORTED


# The systems side by side


def test_recall_counts_each_token_as_often_as_it_stands_there() -> None:
    assert recall("no", "No, no!") == 0.5
    assert recall("The toll is high.", "a toll") == 1
    assert recall("", "a toll") == 0


def of(question: GoldQuestion, given: dict[str, Any], *answers: str, read: int = 100) -> Result:
    return Result(Asked(question, answers), Reply(question, given), 0.5, read)


def test_figures_are_counted_by_system() -> None:
    when, never = GoldQuestion("1", WHEN, True, (), "bridge"), GoldQuestion("2", NEVER, False)
    passages = [{"article_id": "mill", "characters": 50}, {"article_id": "bridge", "characters": 70}]
    quote = {"mark": 1, "article_id": "bridge", "start": 0, "end": 26, "quote": "The bridge opened in 1974."}
    said = [{"text": "In 1974.", "state": "supported", "citations": [1]}]
    byline = {"status": "answered", "text": "In 1974 [1].", "sentences": said, "citations": [quote]}
    figures = {
        name: {what.split(",")[0].split(":")[0]: cell.split(" ")[0] for what, cell in counted(some, TEXTS).items()}
        for name, some in {
            "quoting": [of(when, byline, "1974"), of(never, as_answer("I don't know.", []), read=300)],
            "numbering": [
                of(when, as_answer("In 1974 [1].", passages), "1974"),
                of(never, as_answer("Ann [2].", passages)),
            ],
            "wrong": [of(when, {**byline, "citations": [{**quote, "start": 1}]}, "In 1975 or so")],
        }.items()
    }
    assert [each["right"] for each in figures.values()] == ["1/1", "1/1", "0/1"]
    assert [each["cites the right passage"] for each in figures.values()] == ["1/1", "0/1", "1/1"]
    assert [each["sentences with an exact quote"] for each in figures.values()] == ["1/1", "0/1", "0/1"]
    assert [each["characters cited for a sentence"] for each in figures.values()] == ["26", "50", "26"]
    assert figures["quoting"]["tokens read a question"] == "200"


def test_the_right_passage_may_be_its_twin() -> None:
    asked = GoldQuestion("1", WHEN, True, (), "bridge")
    given = as_answer("In 1974 [1].", [{"article_id": "copy", "characters": 70}])
    cell = counted([of(asked, given, "1974")], {**TEXTS, "copy": BRIDGE.text})[
        "cites the right passage, of the answers"
    ]
    assert cell.startswith("1/1")


def test_refusals_are_counted_apart_for_questions_without_an_answer() -> None:
    when, never = GoldQuestion("1", WHEN, True, (), "bridge"), GoldQuestion("2", NEVER, False)
    refusal = as_answer(FORMS[2].refusal, [])
    figures = counted([of(when, refusal, "1974"), of(never, refusal), of(never, as_answer("Ann.", []))], TEXTS)
    assert figures["refused, of the answerable"].startswith("1/1")
    assert figures["refused, of the unanswerable"].startswith("1/2")


def test_the_seconds_and_tokens_of_a_system_are_those_of_one_question() -> None:
    asked = Asked(GoldQuestion("1", WHEN, True, (), "bridge"), SAID)
    writer = Writer(sentences([Asked(asked.question, (" ".join(SAID),))]))
    results = [result(asked, lambda _: as_answer(writer(STOCK), []), writer) for _ in range(2)]
    assert [each.read for each in results] == [-(-len(STOCK) // 4)] * 2
    assert all(each.seconds >= 0 and each.right for each in results)
