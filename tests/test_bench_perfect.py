"""How human answers are made wrong, and what is counted as given. The measurement itself needs the measuring set."""

from __future__ import annotations

from random import Random

import pytest

from bot.types import Answer, Citation, Sentence, State, Status
from index import Article
from tests.bench.perfect import (
    CHANGES,
    Human,
    denied,
    exchanged,
    naming,
    other_date,
    other_number,
    others,
    supported,
    words,
    wrong,
)

PASSAGE = "Billy Flynn was cast by Bob Bogle in Cuba on June 19, 2009, with two others."
ARTICLES = {"one": Article("one", "Play", PASSAGE), "two": Article("two", "Peru", "Zhu Xi went to Peru.")}


@pytest.mark.parametrize(
    ("change", "sentence", "made"),
    [
        (other_number, "It had two to 300.", {"It had ⟦two⟧ to 300.", "It had two to ⟦300⟧."}),
        (other_number, "It was more than 300 feet high in 1961.", set()),
        (other_date, "It was on 9 June 2009.", {"It was on 9 ⟦June⟧ 2009.", "It was on 9 June ⟦2009⟧."}),
        (other_date, "They may march before 2009.", set()),
        (naming([PASSAGE, "Zhu Xi"]), "Billy Flynn left.", {"⟦Billy Flynn⟧ left."}),
        (naming([PASSAGE]), "The Cuban Missile Crisis ended.", set()),
        (denied, "It is red.", {"It ⟦is⟧ red."}),
        (denied, "It may rain.", set()),
        (exchanged, "Bob Bogle and Billy Flynn left.", set()),
    ],
)  # fmt: skip
def test_one_place_is_changed(change, sentence: str, made: set[str]) -> None:  # type: ignore[no-untyped-def]
    found = set()
    for each in change(sentence, PASSAGE, Random(1)):
        before, after = each.text[: each.start], each.text[each.end :]
        assert each.text != sentence
        assert sentence.startswith(before)
        assert sentence.endswith(after)
        found.add(f"{before}⟦{sentence[len(before) : len(sentence) - len(after)]}⟧{after}")
    assert found == made


@pytest.mark.parametrize(
    ("change", "sentence", "text"),
    [
        (denied, "It was not red.", "It was red."),
        (denied, "It doesn't rain.", "It does rain."),
        (exchanged, "Billy Flynn beat Bob Bogle.", "Bob Bogle beat Billy Flynn."),
        (exchanged, "The temple was built by a prince.", "A prince was built by the temple."),
        (naming(["Zhu Xi", "Peru", "Cuba"]), "It is in the United States.", "It is in Peru."),
    ],
)
def test_it_is_changed_into(change, sentence: str, text: str) -> None:  # type: ignore[no-untyped-def]
    assert [each.text for each in change(sentence, PASSAGE, Random(1))] == [text]


def test_what_is_put_in_stands_nowhere_in_the_passage_nor_in_the_answer() -> None:
    human = Human("one", "Who was cast?", ("Billy Flynn was cast in Cuba on June 19, 2009.", "No."))
    for kind in CHANGES:
        for each in wrong(kind, [human], ARTICLES, 1):
            assert each.place == 0
            assert supported(each.changed.place(), answer((each.text(), State.SUPPORTED))) is not None
            assert supported(each.changed.place(), answer((human.text(), State.SUPPORTED))) is None
            assert supported(each.changed.place(), answer((PASSAGE, State.SUPPORTED))) is None


def test_the_other_answer_is_about_another_article() -> None:
    humans = [Human("one", "Who?", ()), Human("one", "When?", ()), Human("two", "Where?", ())]
    assert [(one.id, other.id) for one, other in others(humans, ARTICLES)] == [("one", "two")] * 2 + [("two", "one")]


def answer(*sentences: tuple[str, State]) -> Answer:
    return Answer(
        question="Who?",
        status=Status.ANSWERED,
        text="",
        model="scripted",
        sentences=tuple(
            Sentence(text, 0, 0, state, citations=(mark,)) for mark, (text, state) in enumerate(sentences, 1)
        ),
        citations=tuple(Citation(mark, str(mark), 0, 0, text, "") for mark, (text, _) in enumerate(sentences, 1)),
    )


@pytest.mark.parametrize(
    ("sentence", "cited"),
    [
        ("It is red.", ["1"]),
        ("It is red. And old", ["1", "2"]),  # one sentence, which the bot took for two
        ("And old; it fell.", None),
        ("It fell.", None),
        ("It is blue.", None),
    ],
)
def test_words_are_given_where_all_of_them_are_supported(sentence: str, cited: list[str] | None) -> None:
    given = answer(("It is red.", State.SUPPORTED), ("And old.", State.SUPPORTED), ("It fell.", State.UNSUPPORTED))
    found = supported(words(sentence), given)
    assert (found if found is None else [each.article_id for each in found]) == cited
