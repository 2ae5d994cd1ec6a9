"""Passages: spans of whole sentences within the embedder's limit, that hold the whole text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from index.embed import MiniLM, minilm_folder
from index.ingest.chunk import split
from index.text.sentence import sentences
from index.types import Passage

Count = Callable[[Sequence[str]], list[int]]


def words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def characters(texts: Sequence[str]) -> list[int]:
    return [len(text) for text in texts]


def lower_together(texts: Sequence[str]) -> list[int]:
    """A count that does not add up: a run of letters counts more than its parts."""
    return [sum(len(run) + len(run) // 3 for run in re.findall(r"\S+", text)) for text in texts]


def shown(passages: Sequence[Passage]) -> list[str]:
    return [passage.text for passage in passages]


TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(
        st.sampled_from(
            ["Putin said so. ", "the talks, ", "failed. ", "\n\n", "## ", "- ", "中俄关系。", "x" * 30, "😀", " ", "No"]
        ),
        max_size=60,
    ).map("".join),
)
COUNTS = st.sampled_from([words, characters, lower_together])


@given(TEXTS, st.integers(1, 40), COUNTS)
def test_a_passage_is_a_span_within_the_limit(text: str, limit: int, count: Count) -> None:
    for passage in split("a", text, limit, count):
        assert text[passage.start : passage.end] == passage.text == passage.text.strip() != ""
        assert count([passage.text])[0] <= limit or len(passage.text) == 1


@given(TEXTS, st.integers(1, 40), COUNTS)
def test_the_passages_hold_the_whole_text_once_and_in_order(text: str, limit: int, count: Count) -> None:
    passages = split("a", text, limit, count)
    assert all(one.end <= other.start for one, other in pairwise(passages))
    assert "".join("".join(shown(passages)).split()) == "".join(text.split())


@given(TEXTS, st.integers(8, 40))
def test_a_sentence_that_fits_is_in_one_passage(text: str, limit: int) -> None:
    passages = split("a", text, limit, words)
    for sentence in sentences(text):
        marks_and_text = text[sentence.start - 8 if sentence.start > 8 else 0 : sentence.end]
        if words([marks_and_text])[0] <= limit:
            assert any(passage.start <= sentence.start and sentence.end <= passage.end for passage in passages)


def test_a_passage_rather_ends_with_a_paragraph_than_with_a_sentence() -> None:
    first, second = "One two three. Four five six.", "Seven eight nine. Ten eleven twelve."
    assert shown(split("a", f"{first}\n\n{second}", 10, words)) == [first, second]


def test_a_tiny_last_passage_is_balanced() -> None:
    text = " ".join(f"Sentence {number} has five words." for number in range(5))
    assert words(shown(split("a", text, 20, words))) in ([10, 15], [15, 10])


def test_a_heading_goes_with_its_text() -> None:
    before, heading, after = "One two three four five.", "## Heading", "Six seven eight nine ten.\n\nEleven twelve."
    passages = split("a", f"{before}\n\n{heading}\n\n{after}", 9, words)
    assert shown(passages) == [before, f"{heading}\n\n{after}"]


def test_a_sentence_over_the_limit_is_cut_after_a_clause() -> None:
    text = "Because the talks in Vienna had failed, the two sides left without a date for others."
    assert shown(split("a", text, 10, words)) == [text[:39], text[40:]]
    assert text[38] == ","


def test_without_a_clause_it_is_cut_between_words_and_a_word_between_characters() -> None:
    assert shown(split("a", "one two three fourteen five six", 3, words)) == ["one two three", "fourteen five six"]
    assert shown(split("a", "abcdefgh", 4, characters)) == ["abcd", "efgh"]


def test_nothing_gives_no_passage_and_a_limit_has_to_be_positive() -> None:
    assert split("a", " \n\n ", 5, words) == ()
    with pytest.raises(ValueError, match="limit"):
        split("a", "text", 0, words)


def test_the_counting_is_done_in_few_calls_of_many_sentences() -> None:
    calls: list[int] = []

    def counted(texts: Sequence[str]) -> list[int]:
        calls.append(len(texts))
        return words(texts)

    split("a", " ".join(f"Sentence {number} has five words." for number in range(500)), 20, counted)
    assert len(calls) == 2
    calls.clear()
    split("a", "word " * 3000, 20, counted)
    assert len(calls) < 12


ADVERSARIAL = {
    "no spaces": "x" * 30_000,
    "a long word": "antidisestablishmentarianism" * 400,
    "emoji": "😀👩‍👩‍👧‍👦" * 2_000,
    "Chinese": "中国和俄罗斯在国际事务中密切协调，反对单边主义，维护全球战略稳定。" * 300,
    "Chinese without stops": "中国和俄罗斯在国际事务中密切协调" * 600,
    "punctuation": "!?.,;:-–—()[]{}\"'" * 1_000,
    "dots": "." * 10_000,
    "digits": "1234567890" * 2_000,
    "lines": "a\n" * 4_000,
    "headings": "## A\n\n" * 1_000,
    "rare letters": "ﷺḀ̵̛͎ж́Ω≈ç√∫" * 1_000,
    "zero width": "a\u200b" * 5_000,
    "words": "Strategic stability " * 3_000,
    "prose": 'The U.S. has withdrawn from the treaty, Mr. Smith said. "No," he added.\n\n' * 300,
}


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_no_passage_is_longer_than_what_minilm_reads(name: str) -> None:
    text, embedder = ADVERSARIAL[name], MiniLM()
    tokenizer = Tokenizer.from_file(str(minilm_folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    passages = split("a", text, embedder.limit, embedder.count)
    assert max(len(read.ids) for read in tokenizer.encode_batch(shown(passages))) <= 256  # two of them special ones
    assert "".join("".join(shown(passages)).split()) == "".join(text.split())
    assert all(text[passage.start : passage.end] == passage.text for passage in passages)
