"""Whether to answer: the signals, their calibration, and the questions in a question."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import WordEmbeddings

from bot import calibrate
from bot.decide import REFUSAL, Signals, decide, declines, foreseen, missing, names_of, signals
from bot.evidence import choose, question_weights, scored
from bot.question.parts import parts
from bot.write import held
from index.types import Hit, Passage

TEXT = "The harbour of Brightsea closes on 4 May 2020. The council voted by 7 to 2. Nobody asked the fishers."
HITS = [Hit(Passage("harbour", 0, len(TEXT), TEXT), 0.8, 1.0, 0.8)]
FILE = calibrate.load()


def found_for(question: str, probed: float | None = None) -> Signals:
    weights = question_weights(question, lambda terms: [1.0 for _ in terms])
    evidence = choose(scored(question, weights, HITS, WordEmbeddings().embed), 250)
    found = signals(question, weights, evidence, {"harbour": "Ann Example"}, HITS)
    return replace(found, probed=probed)


@pytest.mark.parametrize(
    ("words", "refuses"),
    [
        ("Not in the articles.", True),
        ("No in the articles.", True),
        ("The excerpts do not mention NATO.", True),
        ("There is no information about that.", True),
        ("文章中没有提到。", True),
        ("The articles of the treaty bind both.", False),
        ("No. The harbour stays open.", False),
        ("The council did not ask the fishers.", False),
    ],
)
def test_a_models_own_refusal_is_understood(words: str, refuses: bool) -> None:
    assert declines(words) is refuses


def test_the_refusal_that_the_prompt_asks_for_is_one_and_the_prompt_asks_for_it() -> None:
    assert declines(REFUSAL)
    assert REFUSAL in (Path(__file__).parents[1] / "prompts" / "answer.md").read_text(encoding="utf-8")


def test_names_and_numbers_are_what_an_answer_cannot_do_without() -> None:
    assert names_of("What does Ann Example say of the NATO summit in 2018?") == {"ann", "exampl", "nato", "2018"}


def test_signals_count_what_the_evidence_and_its_articles_facts_have() -> None:
    question = "What does Ann Example say about Brightsea and NATO?"
    assert found_for(question).names == pytest.approx(3 / 4)
    weights = question_weights(question, lambda terms: [1.0 for _ in terms])
    evidence = choose(scored(question, weights, HITS, WordEmbeddings().embed), 250)
    assert missing(question, weights, evidence, {"harbour": "Ann Example"}) == ("nato",)


@pytest.mark.parametrize("question", ["When does the harbour of Brightsea close?", "布赖特西港何时关闭？"])
def test_a_question_is_answered_where_the_probe_sees_an_answer_and_refused_where_it_sees_none(question: str) -> None:
    asked = "When does the harbour of Brightsea close?"
    assert decide(question, found_for(asked, 6.0), FILE).answers
    assert not decide(question, found_for(asked, -6.0), FILE).answers
    confidences = [decide(question, found_for(asked, probed), FILE).confidence for probed in (-6.0, 0.0, 6.0)]
    assert confidences == sorted(confidences)


def test_without_a_model_more_of_the_question_found_makes_an_answer_likelier() -> None:
    nothing, all_of_it = (Signals(share, share, share, share, share) for share in (0.0, 1.0))
    assert decide("Who?", nothing, FILE).confidence < decide("Who?", all_of_it, FILE).confidence


def test_strictness_is_the_probability_from_which_on_an_answer_is_given() -> None:
    found = found_for("When does the harbour of Brightsea close?", 0.5)
    confidence = decide("When?", found, FILE).confidence
    assert 0 < confidence < 1
    assert decide("When?", found, FILE, confidence).answers
    assert not decide("When?", found, FILE, confidence + 1e-6).answers


def test_a_model_that_says_only_yes_or_no_is_taken_by_its_word() -> None:
    found = replace(found_for("When does the harbour of Brightsea close?"), says=0.7)
    assert decide("When?", found, FILE).confidence == 0.7
    assert not decide("When?", found, FILE, 0.8).answers


def test_what_a_model_makes_of_the_quotes_alone_weighs() -> None:
    found = replace(found_for("When does the harbour of Brightsea close?", 0.0), proved=0.9)
    confidences = [decide("When?", replace(found, quoted=odds), FILE).confidence for odds in (-6.0, -1.0, 1.0, 6.0)]
    assert confidences == sorted(confidences)
    assert 0 < confidences[0] < 0.5 < confidences[-1] < 1
    chinese = [decide("何时？", replace(found, quoted=odds), FILE).confidence for odds in (-6.0, 6.0)]
    assert chinese[0] == chinese[1]


@pytest.mark.parametrize(
    ("probed", "strictness", "decision"),
    [(-9.0, None, False), (9.0, None, True), (0.0, None, None), (0.0, 0.0, None), (9.0, 1.0, False)],
)
def test_what_hangs_on_the_words_is_not_decided_before(
    probed: float, strictness: float | None, decision: bool | None
) -> None:
    found = found_for("When does the harbour of Brightsea close?", probed)
    assert foreseen("When?", found, FILE, strictness) is decision


def test_every_calibration_is_of_signals_that_are_found_and_says_how_well_it_does() -> None:
    written = json.loads(calibrate.FILE.read_text(encoding="utf-8"))
    assert set(written) == {"probed-en", "checked-en", "probed-zh", "extractive-en", "extractive-zh"}
    known = replace(found_for("When?", 0.5), quoted=0.5).named()
    for name, each in written.items():
        assert set(each["weights"]) <= set(known), name
        assert each["figures"], name
        assert each["fitted on"], name


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Who won the war and when did it end?", ["Who won the war?", "When did it end?"]),
        ("What did both sign, and who else took part?", ["What did both sign?", "Who else took part?"]),
        ("What is the capital? How many people live there?", ["What is the capital?", "How many people live there?"]),
        ("谁签署了协议，以及何时生效？", ["谁签署了协议？", "何时生效？"]),
        ("大桥何时开放？维修花了多少钱？", ["大桥何时开放？", "维修花了多少钱？"]),
        ("Who built it and why?", ["Who built it and why?"]),
        ("How many died and where?", ["How many died and where?"]),
        ("What time and where is the meeting?", ["What time and where is the meeting?"]),
        ("Which town was she born in and where she died?", ["Which town was she born in and where she died?"]),
        ("Which treaty did China and Russia sign?", ["Which treaty did China and Russia sign?"]),
        ("?", ["?"]),
    ],
)
def test_several_questions_in_one_are_told_apart(question: str, asked: list[str]) -> None:
    assert list(parts(question)) == asked


def test_no_word_of_a_refusal_is_given_before_it_is_known_to_be_none() -> None:
    assert list(held(["Not", " in the", " articles", "."], REFUSAL)) == [REFUSAL]
    assert list(held(["Not", " in the", " harbour", "."], REFUSAL)) == ["Not in the harbour", "."]
    assert list(held([], REFUSAL)) == []
