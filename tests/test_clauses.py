"""The questions that one sentence holds, by the shipped weights."""

from __future__ import annotations

import pytest

from bot.classifiers.decomposition import questions


@pytest.mark.parametrize(
    ("first", "joint", "second"),
    [
        ("How much did the lock at Ferrow cost", ", and ", "who paid for it?"),
        ("Who runs the ferry", " and ", "how many people does it carry?"),
        ("Wie lang ist der Tunnel", " und ", "wann wird er eröffnet?"),
        ("¿Cuánto costó el puente", " y ", "quién lo construyó?"),
        ("Combien a coûté la piscine", " et ", "quand a-t-elle ouvert ?"),
        ("大桥花了多少钱", "，", "什么时候通车？"),
    ],
)
def test_two_questions_of_one_sentence_are_told_apart(first: str, joint: str, second: str) -> None:
    assert questions(f"{first}{joint}{second}") == [first, second]


@pytest.mark.parametrize(
    "question",
    [
        "What did the mayor and the council say about trams and buses?",
        "When and where did the ferry sink?",
        "In 2023, how many ships called at the port?",
        "Was sagen Stadt und Land zur neuen Bahn?",
        "¿Qué dicen el alcalde y los vecinos?",
        "Que disent le ministre et les syndicats ?",
        "市长和议会说了什么？",
        "?",
        "",
    ],
)
def test_one_question_stays_whole(question: str) -> None:
    assert questions(question) == [question]
