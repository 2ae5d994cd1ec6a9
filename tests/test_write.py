"""Evidence to words: what a model reads, its sentences as they end, and the best ones without a model."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answering.flow import EvidencePool
from bot.answering.write.draft import (
    EXPLAINING,
    best,
    drafted,
    excerpts,
    explaining,
    extract,
    in_words,
    language_of,
    strip_marks,
    written,
)
from bot.types import Cited, Evidence
from index.types import Article, Kind

SENTENCES = (
    "The harbour closed [1].",
    "It will not open again [1, 2].",
    "Fees rose by 3.5 percent.",
    "He left at 5 p.m. Monday.",
    "**Gen. J. Smith** of the U.S. Treasury paid.",
    "The U.S. left, see No. 5.",
    "“Why?” she asked.",
    "She said: “It is over.”",
    "Is it?",
    "他们离开了[1]。",
    "“他走了。”他说，然后停了。",
)
JOINED = st.lists(st.sampled_from(SENTENCES), max_size=4).flatmap(
    lambda chosen: st.sampled_from([" ", "\n", "\n\n", "\n- ", "\n2. "]).map(lambda by: by.join(chosen))
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It left [1]. It will come back [2, 3].", ["It left.", "It will come back."]),
        ("It left. [1][2] It stayed.", ["It left.", "It stayed."]),
        ("- It **left**.\n- It came.\n• It stayed.", ["It left.", "It came.", "It stayed."]),
        ("1. It left.\n2. It came.\n\n3) It stayed.", ["It left.", "It came.", "It stayed."]),
        ("**Answer:** It left.", ["Answer: It left."]),
        ("12 ships left. 3.5 percent stayed.", ["12 ships left.", "3.5 percent stayed."]),
        ("Gen. Smith left the U.S. Army on 5 May.", ["Gen. Smith left the U.S. Army on 5 May."]),
        ("It  left\nfor good.", ["It left for good."]),
        ("他走了。她来了[1]。", ["他走了。", "她来了。"]),
        ("---\n[1]\n- \n**", []),
        ("", []),
        ("It left", ["It left"]),
    ],
)
def test_what_is_written_is_told_in_sentences_without_marks_and_signs(text: str, said: list[str]) -> None:
    assert list(written([text])) == said


@settings(max_examples=150)
@given(JOINED, st.data())
def test_sentences_are_the_same_however_the_words_come(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)))))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    said = list(written(pieces))
    assert said == list(written([text]))
    assert not any("[" in each or "*" in each or "\n" in each for each in said)


def test_a_sentence_is_given_before_the_next_has_ended() -> None:
    read: list[str] = []

    def words() -> Iterator[str]:
        for each in ("The harbour", " closed. It ", "will not open again for", " years", ". Nobody", " asked."):
            read.append(each)
            yield each

    told = written(words())
    assert next(told) == "The harbour closed."
    assert "years" not in "".join(read)
    assert list(told) == ["It will not open again for years.", "Nobody asked."]


def test_how_many_sentences_there_are_is_known_as_soon_as_the_words_have_ended() -> None:
    assert list(drafted(map(Cited, ["It closed in 2019. It stays", " shut for now. It", " sank."]))) == [
        (Cited("It closed in 2019."), None),
        (Cited("It stays shut for now."), 3),
        (Cited("It sank."), 3),
    ]
    assert list(drafted([Cited("It closed [1]. ---")])) == [(Cited("It closed."), 1)]
    assert list(drafted([])) == []


def test_marks_are_taken_out_and_nothing_else_in_brackets() -> None:
    assert strip_marks("It left [1], [2][3]; it [sic] came [4, 5].") == "It left,; it [sic] came."


# Without a model


def piece(text: str, score: float, start: int = 0) -> Evidence:
    return Evidence("a", start, start + len(text), text, score)


@pytest.mark.parametrize(
    ("scores", "said"),
    [((0.9, 0.5, 0.1), [0]), ((0.5, 0.9, 0.85), [1, 2]), ((0.8, 0.8, 0.8), [0, 1]), ((), [])],
)
def test_the_best_sentence_is_quoted_and_one_that_is_nearly_as_good(scores: tuple[float, ...], said: list[int]) -> None:
    pieces = [piece(f"Sentence {place} is here.", score) for place, score in enumerate(scores)]
    assert list(extract(EvidencePool("Who?", chosen=tuple(pieces)))) == [
        Cited(pieces[place].text, (pieces[place],)) for place in said
    ]


@pytest.mark.parametrize(
    "texts",
    [
        ("It was signed by Barack Obama Jr.", "Medvedev came, too."),
        ("He left.[12]", "She stayed!"),
        ("She said “it is over.”", "Nobody listened."),
    ],
)
def test_quoted_sentences_are_told_one_by_one_and_to_the_letter(texts: tuple[str, str]) -> None:
    found = EvidencePool("Who?", chosen=tuple(piece(text, 0.9 - place / 100) for place, text in enumerate(texts)))
    assert [each.words for each in extract(found)] == list(texts)


def test_the_sentence_that_answers_most_likely_is_the_best_whatever_its_score() -> None:
    one, two, three = piece("One.", 0.9), piece("Two.", 0.3), piece("Three.", 0.4)
    found = EvidencePool("Who?", chosen=(one, two, three), answers={one: 0.1, two: 0.8, three: 0.8})
    assert best(found) == three
    assert best(EvidencePool("Who?", chosen=(one, two))) == one
    assert best(EvidencePool("Who?")) is None


def test_an_explanation_is_the_likeliest_sentences_in_their_order() -> None:
    near = [piece("He left.", 0.5, 9 * place) for place in range(EXPLAINING + 2)]
    likely = dict(zip(near, (0.1, 0.9, 0.8, 0.0, 0.7, 0.6, 0.5), strict=True))
    assert explaining(near, likely) == [near[place] for place in (1, 2, 4, 5, 6)]
    assert explaining([], {}) == []


def test_a_sentence_has_what_the_model_cited_for_it() -> None:
    one, two = Evidence("a", 0, 5, "One."), Evidence("a", 6, 9, "Two.")
    words = [
        Cited("It left "),
        Cited("in May."),
        Cited("", (one,)),
        Cited(" It came back"),
        Cited(" in June", (two,)),
        Cited(". Then it"),
        Cited(" sank."),
    ]
    assert [sentence for sentence, _ in drafted(words)] == [
        Cited("It left in May.", (one,)),
        Cited("It came back in June.", (two,)),
        Cited("Then it sank."),
    ]


# What a model reads


def test_a_model_reads_each_articles_facts_above_its_sentences() -> None:
    articles = {
        "a": Article(
            "a", "Ties", "…", author="Yang Jin", outlet="Gazette", published=date(2020, 7, 15), kind=Kind.OPINION
        ),
        "b": Article("b", "The harbour", "…"),
    }
    evidence = [Evidence("a", 0, 5, "One."), Evidence("a", 6, 9, "Two."), Evidence("b", 0, 5, "Three.")]
    assert in_words(excerpts(evidence, articles)) == (
        '[Opinion by Yang Jin, Gazette, 15 July 2020: "Ties"]\nOne. Two.\n\n[Article: "The harbour"]\nThree.'
    )


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Who left?", "the language of the question"),
        ("谁离开了？", "Chinese"),
        ("Wer ging?", "the language of the question"),
    ],
)
def test_the_language_to_answer_in_is_that_of_the_question(question: str, language: str) -> None:
    assert language_of(question) == language
