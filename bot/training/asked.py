"""Questions that answers are measured on with their gold answers, and the articles that each is asked of.

A set is cut in two halves by CRC-32 (`in_fitting_half`): settings are fitted on one, answers reported on
the other. In squad2 the paragraph decides, so that all its questions are in one half; elsewhere the question's id. The
first half is cut once more: on two thirds of it models are trained, and on what these do with the rest settings are
fitted.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from math import ceil
from pathlib import Path
from typing import Any, Literal
from zlib import crc32

from bot.config import shipped
from bot.evaluate.read import read_suite
from bot.training.sets import BENCH, DATA, articles, in_fitting_half, rows
from index import Article
from index.load import read
from index.text.words import chinese

EVERYDAY, CURIOUS = (BENCH / f"{name}.jsonl" for name in ("everyday", "curious"))
TOGETHER = 8  # passages of a shelf
PASSAGES = DATA / "passages.jsonl"
SEEDS, EVAL = shipped("seeds"), shipped("prompts") / "eval"
UNANSWERED = ("unanswerable", "near topic")  # kinds of scripted prompts
Half = Literal["train", "fit", "other", "all"]


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question and what is known of its answer."""

    id: str
    text: str
    answerable: bool
    spans: tuple[
        str, ...
    ] = ()  # short answers as the article words them, each right; none where a set has only long ones
    gold: str | None = None  # the id of the article that answers it
    half_by: str = ""  # the id by whose CRC-32 it is in a half
    part: Half | None = None  # where the set itself says in which part it is

    def within(self, half: Half) -> bool:
        """Whether it is in a half, or in a part of the first one."""
        return half in ("all", self.part or half_of(self.half_by))


@dataclass(frozen=True, slots=True)
class GoldSet:
    """Articles that are an index of their own, and what is asked of them."""

    articles: tuple[Article, ...]
    questions: tuple[GoldQuestion, ...]


def shelves(data: Path, name: str, number: int, seed: int, half: Half) -> list[GoldSet]:
    """`number` answerable questions and as many unanswerable ones, in turn, on their shelves.

    A smaller number draws the first of what a larger one draws.
    """
    whole = SETS[name](data / name)
    drawn = draw([each for shelf in whole for each in shelf.questions if each.within(half)], number, seed)
    places = {each.id: place for place, each in enumerate(drawn)}
    kept = [
        GoldSet(shelf.articles, tuple(sorted((each for each in shelf.questions if each.id in places), key=_by(places))))
        for shelf in whole
    ]
    return sorted((shelf for shelf in kept if shelf.questions), key=lambda shelf: places[shelf.questions[0].id])


def draw(questions: Sequence[GoldQuestion], number: int, seed: int) -> list[GoldQuestion]:
    """At most `number` answerable and `number` unanswerable questions, in turn."""
    drawn = []
    for answerable in (True, False):
        some = [each for each in questions if each.answerable is answerable]
        random.Random(seed).shuffle(some)
        drawn.append(some[:number])
    longest = max(map(len, drawn))
    return [each[place] for place in range(longest) for each in drawn if place < len(each)]


def half_of(half_by: str) -> Half:
    """The part of a set that the id is in.

    >>> half_of("a"), half_of("d"), half_of("e")
    ('other', 'train', 'fit')
    """
    if not in_fitting_half(half_by):
        return "other"
    return "fit" if crc32(f"within {half_by}".encode()) % 3 == 0 else "train"


def scripted() -> GoldSet:
    """The questions of prompts/eval that are asked in English of seeds/ alone, after no other one. What has a false
    premise is left out: a refusal and a denial are both right."""
    suites = [suite for file in sorted(EVAL.glob("*.yaml")) if (suite := read_suite(file)).articles == (SEEDS,)]
    questions = (
        GoldQuestion(f"{suite.path.stem}/{place}", case.question, case.kind not in UNANSWERED)
        for suite in suites
        for place, case in enumerate(suite.cases)
        if not (case.history or case.kind == "false premise" or chinese(case.question))
    )
    return GoldSet(tuple(each for each in read([str(SEEDS)]) if isinstance(each, Article)), tuple(questions))


def _by(places: dict[str, int]) -> Callable[[GoldQuestion], int]:
    return lambda asked: places[asked.id]


def _squad2(folder: Path) -> list[GoldSet]:
    questions = (
        GoldQuestion(
            row["_id"],
            row["text"],
            row["answerable"],
            tuple(row["answers"]) if row["answerable"] else (),
            row["paragraph"] if row["answerable"] else None,
            row["paragraph"],
        )
        for row in rows(folder / "questions.jsonl")
    )
    return [GoldSet(tuple(_corpus(folder)), tuple(questions))]


def _clapnq(folder: Path) -> list[GoldSet]:
    """ClapNQ: its answers are long, so that no span can be looked for; a question has the id of its article."""
    questions = (
        GoldQuestion(
            row["_id"], row["text"], row["answerable"], (), row["_id"] if row["answerable"] else None, row["_id"]
        )
        for row in rows(folder / "questions.jsonl")
    )
    return [GoldSet(tuple(_corpus(folder)), tuple(questions))]


def _nomiracl(folder: Path) -> list[GoldSet]:
    """The ten passages of a question are all its articles; which of them answer it is not told."""
    return [
        GoldSet(
            tuple(_titled(f"{row['id']}/{place}", context) for place, context in enumerate(row["contexts"])),
            (GoldQuestion(row["id"], row["question"], row["answerable"], half_by=row["id"]),),
        )
        for row in rows(folder / "questions.jsonl")
    ]


def _curious(folder: Path) -> list[GoldSet]:
    """Other questions on the ten passages of those of NoMIRACL, those of this repository: of a hand that had read the
    passages, as of people who have not. They are in the half of the question that the passages were found for."""
    asked = defaultdict(list)
    for place, row in enumerate(rows(CURIOUS)):
        asked[row["shelf"]].append((f"curious/{place}", row))
    shelves = []
    for shelf in _nomiracl(folder.with_name("nomiracl")):
        (found_for,) = shelf.questions
        questions = (  # what has no answer names no passage, and needs none
            _told(place, row, shelf.articles[row.get("context", 0)], found_for.id) for place, row in asked[found_for.id]
        )
        shelves.append(replace(shelf, questions=tuple(questions)))
    return shelves


def _told(question_id: str, row: dict[str, Any], article: Article, half_by: str) -> GoldQuestion:
    """A question of this repository, and what answers it in an article: from its first to its last character."""
    if not row["answerable"]:
        return GoldQuestion(question_id, row["question"], False, half_by=half_by)
    return GoldQuestion(question_id, row["question"], True, (article.text[slice(*row["answer"])],), article.id, half_by)


def _multihop_rag(folder: Path) -> list[GoldSet]:
    """Questions across articles, which a reader answers with a yes, a name or a time: no span is looked for."""
    questions = (
        GoldQuestion(row["_id"], row["text"], row["question_type"] != "null_query", half_by=row["_id"])
        for row in rows(folder / "queries.jsonl")
    )
    return [GoldSet(tuple(articles(folder.parent, folder.name)), tuple(questions))]


def _everyday(folder: Path) -> list[GoldSet]:
    """Questions in everyday words, those of this repository, on the articles of the sets that they are about: those
    that answer one, or come near to it."""
    asked = list(rows(EVERYDAY))
    data, wanted = folder.parent, {each["set"]: {row["article"] for row in asked} for each in asked}
    shelves = []
    for name, ids in wanted.items():
        whole = _corpus(data / name) if name == "squad2" else articles(data, name)
        own = {each.id: each for each in whole if each.id in ids}
        questions = (
            _told(f"{name}/{place}", row, own[row["article"]], row["article"])
            for place, row in enumerate(asked)
            if row["set"] == name
        )
        shelves.append(GoldSet(tuple(own.values()), tuple(questions)))
    return shelves


def _passages(folder: Path) -> list[GoldSet]:
    """Questions on the passages of this repository, which name little of what they are about: so each shelf holds few
    passages, of several fields."""
    del folder
    written = list(rows(PASSAGES))
    number = ceil(len(written) / TOGETHER)
    shelves = []
    for at in range(number):
        articles, asked = zip(*map(_asked_of, written[at::number]), strict=True)
        shelves.append(GoldSet(articles, tuple(chain.from_iterable(asked))))
    return shelves


def _asked_of(row: dict[str, Any]) -> tuple[Article, tuple[GoldQuestion, ...]]:
    article = Article(row["title"], row["title"], " ".join(row["sentences"]), published=date.fromisoformat(row["day"]))
    return article, tuple(
        GoldQuestion(
            f"{row['title']}/{number}",
            each["text"],
            bool(each["by"]),
            tuple(row["sentences"][place] for place in each["by"]),
            row["title"] if each["by"] else None,
            part=row["part"],
        )
        for number, each in enumerate(row["questions"])
    )


def _corpus(folder: Path) -> Iterator[Article]:
    for row in rows(folder / "corpus.jsonl"):
        yield Article(row["_id"], row["title"], row["text"])


def _titled(article_id: str, context: str) -> Article:
    title, _, text = context.partition(": ")
    return Article(article_id, title, text)


SETS: dict[str, Any] = {
    "squad2": _squad2,
    "nomiracl": _nomiracl,
    "clapnq": _clapnq,
    "multihop_rag": _multihop_rag,
    "everyday": _everyday,
    "curious": _curious,
    "passages": _passages,
}
