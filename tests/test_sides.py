"""Whose word a question asks for, who gives it, and that an answer has the word of each."""

from __future__ import annotations

from datetime import date

import pytest
from test_cite import evidence_of

from bot.cite import cite
from bot.language.speaker import voice
from bot.question.sides import sides_of
from index.types import Article

TEXT = (
    "The harbour of Brightsea closed on 4 May 2020. The council of Brightsea said in March that the town needs a new "
    "pier. Eastquay and Brightsea give different accounts of how the harbour was lost. Eastquay said that Brightsea "
    "had sold it. The mayor of Brightsea said that the silt had filled it. By Westport's count, 40 boats were lost."
)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Who lost it, according to Eastquay and according to Brightsea?", [["eastquay"], ["brightsea"]]),
        ("According to Eastquay and Brightsea, who lost it?", [["eastquay"], ["brightsea"]]),
        ("Who lost it in the view of Eastquay and in that of Brightsea?", [["eastquay"], []]),
        ("How many were lost, by Eastquay's count and by Westport's?", [["eastquay"], ["westport"]]),
        ("What do the council and the mayor say about it?", [["council"], ["mayor"]]),
        ("How do both Eastquay and Brightsea explain it?", [["eastquay"], ["brightsea"]]),
        ("据东港和据西港，谁关闭了港口？", [["东港"], ["西港"]]),
        ("What did Eastquay and Brightsea sign?", []),
        ("What do Eastquay and Brightsea have in common?", []),
        ("According to Eastquay, what did the council and the mayor sign?", []),
        ("Who lost it?", []),
    ],
)
def test_those_whose_word_is_asked_for_are_read_from_the_question(question: str, names: list[list[str]]) -> None:
    found = [sorted(name) for name in sides_of(question).names]
    assert len(found) == len(names)
    assert all(set(name) <= set(own) for name, own in zip(names, found, strict=True))


@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        ("The mayor told reporters on 4 May that it was lost.", "The mayor"),
        ("The bank put the loss at 40 boats.", "The bank"),
        ("By Westport's count, 40 boats were lost.", "Westport"),
        ("A third was lost, by the count of the bank.", "the bank"),
        ("Eastquay told Brightsea to close it.", ""),
        ("Eastquay sold it.", ""),
    ],
)
def test_a_sentence_tells_the_word_of_whom_it_names_for_it(sentence: str, speaker: str) -> None:
    assert voice(sentence) == speaker


def told(words: str, question: str, text: str = TEXT) -> list[str]:
    article = Article("one", "The harbour of Brightsea", text, published=date(2020, 6, 1))
    return [each.text for each in cite(words, question, evidence_of(article), (), {"one": article}).sentences]


def test_the_word_of_each_side_is_told_from_where_they_are_set_apart() -> None:
    words = "The harbour of Brightsea closed on 4 May 2020."
    question = "Who lost the harbour, according to Eastquay and according to Brightsea?"
    assert told(words, question) == [
        "Eastquay said that Brightsea had sold it.",
        "The mayor of Brightsea said that the silt had filled it.",
    ]


def test_a_side_that_is_told_is_not_told_again() -> None:
    question = "Who lost the harbour, according to Eastquay and according to Brightsea?"
    answer = told("Eastquay said that Brightsea had sold it.", question)
    assert answer == [
        "Eastquay said that Brightsea had sold it.",
        "The mayor of Brightsea said that the silt had filled it.",
    ]


def test_two_who_say_it_in_one_sentence_have_their_word() -> None:
    closed, lost = (
        "The harbour of Brightsea closed in May.",
        "Eastquay and Westport said that Brightsea lost the harbour.",
    )
    question = "Who lost the harbour, according to Eastquay and according to Westport?"
    assert told(closed, question, f"{closed} {lost}") == [lost]


def test_nobody_is_heard_whom_the_articles_do_not_quote() -> None:
    question = "Who lost the harbour, according to Northisle and according to Southisle?"
    assert len(told("The harbour of Brightsea closed on 4 May 2020.", question)) == 1


def test_no_side_is_told_where_nothing_is_proved() -> None:
    question = "Who lost the harbour, according to Eastquay and according to Brightsea?"
    assert told("Geneva wept in 1848.", question) == ["Geneva wept in 1848."]


JUDGED = (
    "The Coastal League ended on 4 May 2020. Brightsea left it first. Eastquay said that Brightsea had violated the "
    "rules of the Coastal League until its end. The League had nine members. It met in Westport. Its seat was there. "
    "Brightsea denied that it had broken the Coastal League."
)


def test_a_judgement_that_was_asked_for_is_told_as_whose_it_is_and_with_the_denial_of_the_accused() -> None:
    words = "The Coastal League ended on 4 May 2020."
    assert told(words, "Who is to blame for the end of the Coastal League?", JUDGED)[1:] == [
        "Eastquay said that Brightsea had violated the rules of the Coastal League until its end.",
        "Brightsea denied that it had broken the Coastal League.",
    ]
    assert told(words, "When was the end of the Coastal League?", JUDGED) == [words]


def test_what_somebody_denies_of_another_matter_is_not_told() -> None:
    text = (
        "The note describes Ann Example as a fellow of the Harbour Institute of Brightsea. The seat is in Westport. It "
        "was cold. Nobody met. Ann Example said that Brightsea rejected the demand that Westport join the pact."
    )
    words = "Ann Example works at the Harbour Institute of Brightsea."
    assert len(told(words, "Where does Ann Example work?", text)) == 1
