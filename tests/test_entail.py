"""A model of inference tells whether quotes say a sentence: a tiny one, made here with weights by chance."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_cite import ARTICLES, REPORT, evidence_of
from test_rerank import make_cross_encoder

from bot.cite import cite
from bot.config import read
from bot.cross_encoder import CrossEntailment, named_entailment
from bot.errors import EntailmentMissing
from bot.types import State
from index.types import Article

OWN = "The harbour of Brightsea closes on 4 May 2020."


def named(folder: Path, labels: list[str]) -> CrossEntailment:
    """The cross-encoder with these labels."""
    from transformers import AutoConfig

    made = make_cross_encoder(folder, len(labels))
    config = AutoConfig.from_pretrained(made)
    config.id2label = dict(enumerate(labels))
    config.label2id = {label: place for place, label in enumerate(labels)}
    config.save_pretrained(made)
    return CrossEntailment(str(made))


@pytest.mark.slow
def test_of_several_labels_the_share_of_entailment_is_taken(tmp_path: Path) -> None:
    pair = "The ferry sails.", "The tram rings."
    first = named(tmp_path / "first", ["contradiction", "entailment", "neutral"])(*pair)
    last = named(tmp_path / "last", ["contradiction", "neutral", "entailment"])(*pair)
    rest = named(tmp_path / "rest", ["Entailment", "contradiction", "neutral"])(*pair)
    assert first + last + rest == pytest.approx(1, abs=1e-4)
    assert len({first, last, rest}) == 3


@pytest.mark.slow
def test_a_single_score_is_taken_for_its_log_odds(tmp_path: Path) -> None:
    assert 0 < CrossEntailment(str(make_cross_encoder(tmp_path / "one")))("The ferry sails.", "The tram rings.") < 1


@pytest.mark.slow
def test_a_model_that_cannot_be_used_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for model, reason in (
        (CrossEntailment(str(tmp_path / "empty")), "cannot be used"),
        (named(tmp_path / "other", ["yes", "no"]), r"none of its labels \(yes, no\) is called entailment"),
    ):
        with pytest.raises(EntailmentMissing, match=reason):
            model("The ferry sails.", "The tram rings.")


@pytest.mark.parametrize(("probability", "told"), [(0.4, OWN), (0.6, "Brightsea's harbour closes on 4 May 2020.")])
def test_the_quote_takes_the_place_of_a_sentence_that_it_is_found_not_to_say(probability: float, told: str) -> None:
    heard = []

    def entails(premise: str, hypothesis: str) -> float:
        heard.append((premise, hypothesis))
        return probability

    words = "Brightsea's harbour closes on 4 May 2020."
    answer = cite(words, "What closes?", evidence_of(REPORT), (), ARTICLES, entails=entails)
    assert [each.text for each in answer.sentences] == [told]
    assert answer.sentences[0].state is State.SUPPORTED
    assert heard == [(OWN, words)]
    heard.clear()
    cite(OWN, "What closes?", evidence_of(REPORT), (), ARTICLES, entails=entails)
    assert not heard  # its own words need nobody's word


@pytest.mark.parametrize(("probability", "proved"), [(0.4, 0.0), (0.6, 1.0)])
def test_a_yes_that_is_doubted_is_no_proof_that_there_is_an_answer(probability: float, proved: float) -> None:
    text = "The paper's new owner did not care for the strip of comics, which is still drawn. It began in 1950."
    article = Article("strip", "A comic strip", text)
    words, asked = "Yes, the strip is still drawn.", "Is the strip still drawn?"
    answer = cite(words, asked, evidence_of(article), (), {"strip": article}, entails=lambda *_: probability)
    assert [each.text for each in answer.sentences] == [text.split(". ")[0] + "."]
    assert answer.proved == proved


SHOW = "Number 7 is an oil. The painting will go on show in the tower on 6 September. The mayor praised it."
DISPLAY = "When will The Ferry go on display?"


@pytest.mark.parametrize(
    ("asked", "words", "probability", "proved"),
    [
        (DISPLAY, "The Ferry will be displayed from 6 September.", 0.8, True),
        (DISPLAY, "The Ferry will be displayed from 6 September.", 0.7, False),
        (DISPLAY, "The Ferry will be displayed from 7 September.", 0.8, False),
        (DISPLAY, "The Ferry will be displayed in Oslo from 6 September.", 0.8, False),
        (DISPLAY, "The Ferry was displayed on 6 September.", 0.8, False),
        (DISPLAY, "The Ferry will not be displayed from 6 September.", 0.8, False),
        ("When will Picture 7 go on display?", "Picture 7 will be displayed from 6 September.", 0.8, True),
        ("When will Picture 8 go on display?", "Picture 8 will be displayed from 6 September.", 0.8, False),
        (DISPLAY, "The Ferry will be displayed once it is dry.", 0.8, False),  # nothing of what it adds is there
        ("Will The Ferry go on display in September?", "It will be displayed on 6 September.", 0.8, False),
    ],
)
def test_what_is_meant_proves_other_words_that_it_clearly_says_and_nothing_speaks_against(
    asked: str, words: str, probability: float, *, proved: bool
) -> None:
    article = Article("ferry", "The Ferry by Ann Example", SHOW)
    evidence = evidence_of(article)
    answer = cite(words, asked, evidence, (), {"ferry": article}, entails=lambda *_: probability, meant=evidence[1:2])
    assert (answer.proved == probability) is proved
    assert [each.quote for each in answer.citations] == ([evidence[1].text] if proved else [])


def test_none_is_the_default_and_one_can_be_named() -> None:
    assert named_entailment(read({}, {}).entailment) is None
    found = named_entailment(read({}, {"BYLINE_ENTAILMENT": "some/model"}).entailment)
    assert found is not None
    assert found.name == "some/model"
