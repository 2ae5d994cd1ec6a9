"""What a conversation is about."""

from __future__ import annotations

import pytest

from bot.follow_up.subject import subject
from bot.types import Turn


@pytest.mark.parametrize(
    ("question", "answer", "about"),
    [
        ("Who leads the council?", "Ursula von der Leyen leads it.", "Ursula von der Leyen, council"),
        ("Who is Greta Thunberg?", "Greta Thunberg is a Swedish activist.", "Greta Thunberg"),
        ("When was Mandela freed?", "Mandela left Robben Island in 1982.", "Mandela"),
        ("What did Mandela win?", "He won the Nobel Prize.", "Mandela"),
        ("When did Merkel resign?", "In December 2021.", "Merkel"),
        ("What happened at the bank?", "Ada Lovelace was dismissed.", "Ada Lovelace, bank"),
        ("Who runs the bank?", "Bo Sample argues (Gazette, 4 May 2020) that Ada Lovelace does.", "Ada Lovelace, bank"),
        ("Who runs the bank now?", "As of 4 May 2020 (Harbour Gazette): Ada Lovelace runs it.", "Ada Lovelace, bank"),
        (
            "Who runs the bank?",
            "Bo argues (Gazette, 4 May 2020): “He left it to his heir, Ada Lovelace, in 1842.”",
            "Ada Lovelace, bank",
        ),
        ("What of the bank?", "Bo Sample argues (Gazette, 4 May 2020) that it is Ada Lovelace's.", "Bo Sample, bank"),
    ],
)
def test_he_or_she_is_nobody_whom_the_answer_only_mentions(question: str, answer: str, about: str) -> None:
    assert subject("Where does she live?", [Turn(question, answer)]) == about


@pytest.mark.parametrize(
    ("question", "answer", "asked", "about"),
    [
        (
            "Which treaty did Ada and Bo sign?",
            "They signed New START in Rome.",
            "How long is it?",
            "New START, Ada and Bo",
        ),
        ("Which teams met?", "Spain and England met.", "Where did they play?", "Spain, England, teams"),
        ("What did Dowden announce?", "That Britain bars Huawei.", "When is its ban due?", "Britain, Huawei, Dowden"),
        ("Which year did Oslo build the tower?", "Bergen did, in 1985.", "How high is it?", "Oslo"),
        ("Who built the tower?", "Ada Lovelace built it in Rome.", "How high is it?", "tower"),
        ("Who counted boats?", "American sails fell, said Ada Lovelace.", "What did he find?", "Ada Lovelace, boats"),
    ],
)
def test_it_is_what_was_asked_for(question: str, answer: str, asked: str, about: str) -> None:
    assert subject(asked, [Turn(question, answer)]) == about


def test_a_name_in_chinese_is_taken_with_its_dot() -> None:
    history = [Turn("谁赢得了大选？", "唐纳德·特朗普赢得了大选。")]
    assert subject("他多大？", history).startswith("唐纳德·特朗普，")


def test_he_or_she_is_of_the_last_turn_that_may_name_a_person() -> None:
    turns = [Turn("Who heads the ECB?", "Christine Lagarde."), Turn("What is inflation?", "A rise of prices.")]
    assert subject("When does she leave?", turns).startswith("Christine Lagarde, ")
    assert subject("When was it low?", turns) == "inflation"


def test_a_date_is_not_what_a_question_is_about_and_a_verb_is_no_part_of_a_name() -> None:
    assert subject("Which one was the largest?", [Turn("Which banks failed in March 2023?")]) == "banks"
    assert subject("Why is that?", [Turn("Does the EU ban glyphosate?")]) == "EU"


def test_the_subject_is_that_of_the_last_question_which_named_one() -> None:
    turns = [
        Turn("What is the Treaty of Rome?"),
        Turn("Who signed it?"),
        Turn("Who leads the World Bank?"),
        Turn("Why?"),
    ]
    assert subject("Who signed it?", turns[:1]) == "Treaty of Rome"
    assert subject("When did it start?", turns[:2]) == "Treaty of Rome"
    assert subject("When did it start?", turns) == "World Bank"


@pytest.mark.parametrize(
    ("earlier", "about"),
    [
        ("When did the Rosetta probe land on the comet?", "Rosetta probe"),
        ("Why did the Boeing plane crash in Kenya?", "Boeing plane"),
        ("When did the EU ban oil?", "EU"),
        ("When did the Danish embassy in Oslo close?", "Danish embassy in Oslo"),
    ],
)
def test_what_stands_between_a_name_and_a_verb_without_an_object_is_part_of_the_name(earlier: str, about: str) -> None:
    assert subject("Who saw it?", [Turn(earlier)]) == about


def test_what_kind_is_asked_for_outweighs_no_name() -> None:
    assert "OpenAI" in subject("它值多少钱？", [Turn("哪些公司投资了OpenAI？")])
