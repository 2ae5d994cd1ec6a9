"""Who somebody is and what something is."""

from __future__ import annotations

import pytest

from bot.question.define import introduces, name_asked


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Who was John Q. Sample?", "John Q. Sample"),
        ("Who is Ludwig van Muster?", "Ludwig van Muster"),
        ("What's the Bank of Vellmar?", "Bank of Vellmar"),
        ("What are the Five Wells?", "Five Wells"),
        ("What is VWB-3", "VWB-3"),
        ("what is a water board?", "water board"),
        ("who is ann example", "ann example"),
        ("What is it?", ""),
        ("what is it", ""),
        ("Who is the President?", ""),
        ("Who is Ann Example married to?", ""),
        ("What is the capital of Vellmar?", ""),
        ("what is the capital of vellmar", ""),
        ("What is the difference between Ann Example and Ben Sample?", ""),
        ("Is Ann Example a judge?", ""),
        ("谁是杨进？", ""),
    ],
)
def test_the_name_of_whom_it_is_asked_who_that_is(question: str, name: str) -> None:
    assert name_asked(question) == name


@pytest.mark.parametrize(
    ("text", "name", "well"),
    [
        ("Ann Example (born in 1901) was a judge.", "Ann Example", 1.0),
        ("Ann Example, 47, is the head of the board.", "Example", 1.0),
        ("Ann Example was elected in May.", "Ann Example", 0.0),
        ("The note describes Ann Example as a judge of the high court.", "Ann Example", 1.0),
        ("The towns signed the Vellmar Pact, a treaty on water.", "Vellmar Pact", 1.0),
        ("In Vellmar, the mayor spoke.", "Vellmar", 0.0),
        ("Ann Example, the Northland foreign minister, spoke.", "Ann Example", 1.0),
        ("Ann Example, mayor of Vellmar, spoke.", "Example", 1.0),
        ("Ann Example, the Northland and Ben Sample met.", "Ann Example", 0.0),
        ("In May the board met in Vellmar, the seat of the county.", "Vellmar", 1.0),
        ("Northland President Ann Example met him.", "Example", 0.8),
        ("Northland's ambassador in Eastquay, Ann Example, met him.", "Ann Example", 0.8),
        ("The mayor met Ann Example.", "Ann Example", 0.0),
        ("The Northland Medium-Range Pact, known as the NMP, ended.", "NMP", 0.5),
        ("The NMP (Northland Medium-Range Pact) ended.", "NMP", 0.5),
        ("The clerk, who is ill, left.", "WHO", 0.0),
        ("A water board is a council of well owners.", "water board", 1.0),
        ("Water boards met.", "water board", 0.0),
        ("Ann Example called the board a joke.", "Ann Example", 0.0),
    ],
)
def test_how_well_a_sentence_says_who_or_what_it_is(text: str, name: str, well: float) -> None:
    assert introduces(text, name) == well


@pytest.mark.parametrize("text", ["A " * 50_000, "Ann " * 20_000, "The president of a, " * 5_000 + "Ann, the one."])
def test_a_text_of_any_length_is_read_at_once(text: str) -> None:
    assert introduces(text, "Ann Example") == 0.0
