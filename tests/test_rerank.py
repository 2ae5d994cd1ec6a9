"""A cross-encoder reads the best hits again: a tiny one, made here with weights by chance."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from index import Article, Filters, Hit, Index, Passage, RerankerMissing
from index.search.rerank import READ, CrossReader, named_reranker, rerank
from tests.conftest import WordEmbeddings

WORDS = "[PAD] [UNK] [CLS] [SEP] [MASK] harbour ferry tram bridge walrus sleeps sails rings opens what who .".split()


def make_cross_encoder(folder: Path, labels: int = 1) -> Path:
    """A BERT of one layer with weights by chance, and a vocabulary of a few words."""
    import torch
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from tokenizers.processors import BertProcessing
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    torch.manual_seed(1)
    words = Tokenizer(WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="[UNK]"))
    words.pre_tokenizer = Whitespace()
    words.post_processor = BertProcessing(("[SEP]", WORDS.index("[SEP]")), ("[CLS]", WORDS.index("[CLS]")))
    PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    ).save_pretrained(folder)
    config = BertConfig(  # type: ignore[call-arg]
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=64,
        initializer_range=0.5,
        num_labels=labels,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_cross_encoder(tmp_path_factory.mktemp("reranker") / "tiny")


@pytest.fixture
def articles() -> list[Article]:
    said = ("The ferry sails.", "The tram rings.", "The walrus sleeps.", "The bridge opens.", "A harbour.")
    return [Article(f"a{number}", "", f"{text} What of it.") for number, text in enumerate(said)]


@pytest.mark.slow
def test_the_order_is_the_rerankers(
    tmp_path: Path, words: WordEmbeddings, folder: Path, articles: list[Article]
) -> None:
    with Index.open(tmp_path / "store", embedder=words) as plain:
        plain.add(articles)
        before = plain.search("what ferry")
    with Index.open(tmp_path / "store", embedder=words, reranker=str(folder)) as index:
        hits = index.search("what ferry")
        assert index.reranker is not None
        scores = list(index.reranker.scores("what ferry", [hit.passage.text for hit in hits]))
    assert {hit.passage for hit in hits} == {hit.passage for hit in before}
    assert {hit.reranked for hit in before} == {None}
    assert [hit.reranked for hit in hits] == pytest.approx(scores)
    assert [hit.score for hit in hits] == pytest.approx(scores)
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) > 1
    assert all(0 < score < 1 for score in scores)


@pytest.mark.slow
def test_a_reranker_that_cannot_be_used_is_told_in_a_sentence(tmp_path: Path, articles: list[Article]) -> None:
    (tmp_path / "empty").mkdir()
    several = make_cross_encoder(tmp_path / "several", labels=3)
    for name, reason in (
        (tmp_path / "empty", "cannot be loaded"),
        (several, "it gives 3 scores a passage and not one"),
    ):
        with Index.open(tmp_path / "store", embedder=WordEmbeddings(), reranker=str(name)) as index:
            index.add(articles)
            with pytest.raises(RerankerMissing, match=reason) as raised:
                index.search("what ferry")
            assert str(name) in str(raised.value)


def test_nothing_is_loaded_before_a_search_and_none_is_the_default(tmp_path: Path, articles: list[Article]) -> None:
    with Index.open(tmp_path / "store", embedder=WordEmbeddings(), reranker="no/such-model") as index:
        index.add(articles)
        assert len(index.search("")) == 0
    assert named_reranker(None) is None
    assert CrossReader("no/such-model").scores("anything", []) == []


class Shortest:
    """Likes short passages."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        del question
        return [1 / len(text) for text in texts]


def hit(name: str, score: float, text: str, named: int = 0) -> Hit:
    return Hit(Passage(name, 0, len(text), text), score, 0.0, 0.0, named)


def test_the_best_are_read_again_and_the_rest_stay_behind_them_in_their_order() -> None:
    hits = [hit(f"{number:02}", 1 - number / 100, "x" * (READ + 10 - number)) for number in range(READ + 10)]
    found = rerank(Shortest(), "?", hits)
    assert [one.passage.article_id for one in found[:READ]] == [f"{number:02}" for number in reversed(range(READ))]
    assert [one.passage.article_id for one in found[READ:]] == [f"{number:02}" for number in range(READ, READ + 10)]
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert {one.reranked is None for one in found[READ:]} == {True}
    assert rerank(Shortest(), "?", []) == ()


def test_what_the_question_names_still_counts() -> None:
    found = rerank(Shortest(), "?", [hit("a", 0.9, "xx"), hit("b", 0.5, "xxx", named=1)])
    assert [one.passage.article_id for one in found] == ["b", "a"]
    assert [one.reranked for one in found] == pytest.approx([1 / 3, 1 / 2])


@pytest.mark.slow
def test_filters_and_articles_of_a_search_are_as_without_it(
    tmp_path: Path, words: WordEmbeddings, folder: Path, articles: list[Article]
) -> None:
    with Index.open(tmp_path / "store", embedder=words, reranker=CrossReader(str(folder))) as index:
        index.add([*articles, Article("named", "", "The ferry sails far.", outlet="Vellmar Courier")])
        hits = index.search("what ferry", filters=Filters(outlet=("vellmar courier",)))
        assert [one.passage.article_id for one in hits] == ["named"]
