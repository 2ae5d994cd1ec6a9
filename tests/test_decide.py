"""Whether to answer: the signals, their calibration, and what a decision rests on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.decide import REFUSAL, Decider, Signals, decider, far, missing, signals
from bot.answering.evidence import choose, judged, question_weights, scored
from bot.answering.flow import EvidencePool
from bot.classifiers import calibration as calibrate
from bot.classifiers import fitted
from bot.classifiers.calibration import Calibration
from index.types import Article, Hit, Hits, Passage
from tests.conftest import DECIDES, WordEmbeddings, scripted_judge

TEXT = "The harbour of Brightsea closes on 4 May 2020. The council voted by 7 to 2. Nobody asked the fishers."
HARBOUR = Article("harbour", "The harbour", TEXT, author="Ann Example")
HITS = Hits((Hit(Passage("harbour", 0, len(TEXT), TEXT), 0.8, 1.0, 0.8),))
NOTHING = Signals(0.0, 0.0, 0.0, 0.0, 0.0)
SHARE = st.floats(0, 1)
SIGNALS = st.builds(Signals, *[SHARE] * 5, probed=st.none() | st.floats(-9, 9), proved=SHARE, relevant=SHARE)


def found_for(question: str) -> EvidencePool:
    weights = question_weights(question, lambda terms: [1.0 for _ in terms])
    sentences, answers = judged(
        question, scored(question, weights, HITS, WordEmbeddings().embed), {"harbour": HARBOUR}, scripted_judge()
    )
    chosen = choose(sentences, 250)
    return EvidencePool(question, HITS, (), tuple(sentences), chosen, answers, weights, {"harbour": HARBOUR})


def test_signals_are_what_was_found_for_the_question() -> None:
    seen = signals(found_for("What does Ann Example say of the harbour of Brightsea and NATO?"))
    assert seen.coverage == pytest.approx(4 / 5)  # the author is among its facts
    assert seen.together == pytest.approx(2 / 5)
    assert (seen.found, seen.probed, seen.proved, seen.relevant) == (0.8, None, 0.0, 0.0)
    assert signals(found_for("When does the harbour of Brightsea close?")).answers == pytest.approx(1, abs=1e-3)
    assert signals(EvidencePool("Who?")) == NOTHING


def test_the_signals_of_what_was_written_are_the_others_with_its_own() -> None:
    seen = signals(found_for("When does the harbour close?"))
    assert seen.of_draft(0.7, 0.6) == replace(seen, proved=0.7, relevant=0.6)
    assert "probed" not in seen.named()
    assert replace(seen, probed=-1.0).named()["probed"] == -1.0


def test_words_of_the_question_that_are_nowhere_are_told_in_its_order() -> None:
    found = found_for("Did NATO ask Ann Example about the whales of Brightsea?")
    assert missing(found, ["harbour"]) == ("nato", "whale")


def test_a_word_that_only_the_rest_of_the_nearest_article_has_is_not_told_as_absent() -> None:
    found = found_for("What did NATO say about whales?")
    longer = replace(HARBOUR, text=f"{TEXT} NATO kept its silence.")
    elsewhere = replace(found, articles={"harbour": longer})
    assert missing(elsewhere, []) == ("nato", "whale")
    assert missing(elsewhere, ["harbour"]) == ("whale",)


@given(SIGNALS, st.sampled_from(sorted(DECIDES)), st.none() | SHARE)
def test_a_decision_is_a_probability_held_against_a_threshold(
    seen: Signals, name: str, strictness: float | None
) -> None:
    way, language = name.split("-")
    decides = decider(DECIDES, way, language == "read", strictness)
    seen = replace(seen, probed=seen.probed or 0.0)
    decision = decides.decide(seen)
    assert 0 <= decision.confidence <= 1
    assert decision.threshold == (0.5 if strictness is None else strictness)
    assert decision.answers is (decision.confidence >= decision.threshold)
    assert decides.best(seen).confidence >= decision.confidence
    assert decides.best(seen) == decides.decide(seen.of_draft(1.0, 1.0))
    judgement = decision.judgement("Who?")
    assert (judgement.step, judgement.task, judgement.text) == ("decide", "answerable", "Who?")
    assert judgement.score == pytest.approx(decision.confidence, abs=1e-3)


@pytest.mark.parametrize(("readable", "bias"), [(True, 1.0), (False, -1.0)])
def test_a_question_that_the_embedder_cannot_read_has_a_calibration_of_its_own(readable: bool, bias: float) -> None:
    by_name = {f"quoted-{each}": Calibration(bias, {}, 0.5) for each, bias in (("read", 1.0), ("unread", -1.0))}
    assert decider(by_name, "quoted", readable).calibration.bias == bias


def test_strictness_is_the_probability_from_which_on_an_answer_is_given() -> None:
    calibration = Calibration(0.0, {"answers": 1.0}, 0.9)
    confidence = calibration.confidence({"answers": 0.5})
    seen = replace(NOTHING, answers=0.5)
    assert not Decider(calibration).decide(seen).answers
    assert Decider(calibration, confidence).decide(seen).answers
    assert not Decider(calibration, confidence + 1e-6).decide(seen).answers
    assert Decider(calibration, 0.0).decide(NOTHING).answers
    assert not Decider(calibration, confidence, attempt=2).decide(seen).answers


def test_what_only_the_persons_own_threshold_refuses_is_withheld() -> None:
    calibration = Calibration(0.0, {"answers": 1.0}, 0.2)
    seen = replace(NOTHING, answers=0.5)
    confidence = calibration.confidence(seen.named())
    assert Decider(calibration, confidence + 1e-6).decide(seen).withheld
    assert not Decider(calibration, confidence).decide(seen).withheld  # it answers
    assert not Decider(replace(calibration, threshold=0.99)).decide(seen).withheld
    assert not Decider(replace(calibration, threshold=0.98), 0.99).decide(seen).withheld


@pytest.mark.parametrize(
    ("seen", "is_far"),
    [
        (NOTHING, True),
        (replace(NOTHING, score=0.15, found=0.9), True),
        (replace(NOTHING, score=0.5), False),  # in sense
        (replace(NOTHING, coverage=0.2), False),  # in words
    ],
)
def test_what_shares_neither_words_nor_sense_with_a_question_is_far_from_it(seen: Signals, is_far: bool) -> None:
    assert far(seen) is is_far


def test_every_shipped_calibration_is_of_signals_that_are_there_and_none_speaks_against_an_answer() -> None:
    written = fitted.load("calibration").regressions
    assert set(written) == {f"{way}-{each}" for way in ("probed", "written", "quoted") for each in ("read", "unread")}
    known = set(replace(NOTHING, probed=0.0).named())
    for name, each in written.items():
        signals_of = known if name.startswith("probed") else known - {"probed"}
        assert set(each["weights"]) <= signals_of, name
        assert min(each["weights"].values()) >= 0, name  # or `Decider.best` is not the best
        assert 0 < fitted.load("calibration").threshold(name) < 1, name
    assert set(calibrate.calibrations()) == set(written)


def test_the_prompt_asks_for_the_refusal_that_is_understood() -> None:
    assert REFUSAL in (Path(__file__).parents[1] / "prompts" / "answer.md").read_text(encoding="utf-8")
