"""Which sentences of what was found are shown."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from conftest import WordEmbeddings

from bot.evidence import candidates, choose, coverage, heading, leans_back, present, question_weights, scored, tokens
from bot.types import Evidence
from index.types import Hit, Passage
from index.words import acronyms, vocabulary

TEXT = (
    "The harbour of Brightsea closes on 4 May 2020. It will not open again. The council voted by 7 to 2.\n\n"
    "Fishing boats may land at Eastquay. Nobody asked the fishers."
)


def hit(start: int = 0, end: int = len(TEXT), score: float = 0.8) -> Hit:
    return Hit(Passage("harbour", start, end, TEXT[start:end]), score, 1.0, score)


def rarity(terms: Sequence[str]) -> list[float]:
    return [1.0 for _ in terms]


def evidence_for(question: str, budget: int = 250) -> tuple[Evidence, ...]:
    return choose(scored(question, question_weights(question, rarity), [hit()], WordEmbeddings().embed), budget)


def test_evidence_is_whole_sentences_of_the_article_at_their_offsets() -> None:
    for each in evidence_for("When does the harbour of Brightsea close?"):
        assert TEXT[each.start : each.end] == each.text
        assert each.text.endswith(".")


def test_the_sentence_that_the_question_is_about_has_the_best_score() -> None:
    best = max(evidence_for("When does the harbour of Brightsea close?"), key=lambda each: each.score)
    assert best.text == "The harbour of Brightsea closes on 4 May 2020."


def test_evidence_keeps_to_its_budget_and_to_reading_order() -> None:
    chosen = evidence_for("How did the council vote on the harbour?", budget=30)
    assert 0 < sum(tokens(each.text) for each in chosen) <= 30
    assert [each.start for each in chosen] == sorted(each.start for each in chosen)


def test_a_sentence_that_leans_back_brings_the_one_before_it() -> None:
    chosen = evidence_for("Will it open again?", budget=25)
    assert [each.text for each in chosen][:2] == [
        "The harbour of Brightsea closes on 4 May 2020.",
        "It will not open again.",
    ]
    assert leans_back("The keeper before her was Ben Sample.")
    assert leans_back("The latter was the keeper.")
    assert not leans_back("The keeper of the light was Ben Sample.")


@pytest.mark.parametrize("text", ["He left.[12]", "„Er ging.“", "他走了。」", "**It is over.**", "He left.²"])
def test_a_sentence_with_a_note_or_a_quote_at_its_end_is_no_heading(text: str) -> None:
    assert not heading(text)


def test_how_many_is_asked_for_a_figure_of_that() -> None:
    weights = question_weights("How many boats has Eastquay?", rarity)
    assert sorted(weights) == ["#", "#boat", "boat", "eastquay"]
    assert sum(weights.values()) == pytest.approx(1)
    counted, other, none = (
        coverage(weights, present(text, {}))
        for text in (
            "Eastquay has 59 fishing boats.",
            "Of the boats of Eastquay 12 percent leak.",
            "Eastquay has boats.",
        )
    )
    assert counted > other > none


def test_a_heading_that_tells_nothing_is_not_shown() -> None:
    text = "What is said\n\nThe harbour of Brightsea closes on 4 May 2020.\n\nThe harbour\n\nNobody asked the fishers."
    found = [Hit(Passage("harbour", 0, len(text), text), 0.8, 1.0, 0.8)]
    question = "When does the harbour of Brightsea close?"
    chosen = choose(scored(question, question_weights(question, rarity), found, WordEmbeddings().embed), 250)
    assert "What is said" not in [each.text for each in chosen]
    assert "The harbour of Brightsea closes on 4 May 2020." in [each.text for each in chosen]


def test_who_somebody_is_is_told_by_the_sentence_that_introduces_them() -> None:
    text = "Ann Example spoke of Ann Example. The mayor of Vellmar, Ann Example, left early. Ann Example waved."
    found = [Hit(Passage("ann", 0, len(text), text), 0.8, 1.0, 0.8)]
    sentences = scored("Who is Ann Example?", {"ann": 0.5, "exampl": 0.5}, found, WordEmbeddings().embed)
    assert max(sentences, key=lambda each: each.score).text == "The mayor of Vellmar, Ann Example, left early."


def test_the_best_sentence_is_shown_even_where_it_is_longer_than_the_budget() -> None:
    assert len(evidence_for("When does the harbour of Brightsea close?", budget=1)) == 1


def test_passages_that_overlap_give_each_sentence_once() -> None:
    found = candidates([hit(), hit(0, 47)])
    assert len({each.start for each, _ in found}) == len(found)


def test_a_question_without_content_has_no_weights() -> None:
    assert question_weights("What is it?", rarity) == {}


def test_an_acronym_is_covered_by_the_name_it_stands_for() -> None:
    assert coverage({"WHO": 1.0}, vocabulary("The World Health Organization met.")) == 1.0


def test_a_sentence_near_a_better_one_is_preferred_to_one_that_stands_alone() -> None:
    near, best, alone = (
        Evidence(name, start, start + 40, f"{name} {start} " + "x" * 30, score)
        for name, start, score in (("a", 0, 0.4), ("a", 50, 0.9), ("b", 0, 0.5))
    )
    assert choose([near, best, alone], budget=20) == (near, best)


def test_two_names_with_the_same_initials_are_not_one() -> None:
    assert not {"world", "cup"} & vocabulary("The WHO Constitution has no such clause.", acronyms("the 2018 World Cup"))


def test_the_words_of_a_text_without_spaces_are_found_at_once() -> None:
    """Each of its capitals may begin a run of capitalised words: it took minutes."""
    assert vocabulary("A-" * 100_000 + "pier") == {"pier"}
