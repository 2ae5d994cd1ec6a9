from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_tests.integration_tests import RetrieversIntegrationTests

from bot.answer import Bot
from bot.langchain import AnswerChain, ArticleRetriever
from bot.types import Answer, EvidenceReady, Status
from index import Article, Index

ARTICLES = [
    Article(f"a{number}", f"Pier {number}", f"Pier {number} of the harbour opened in 19{number}0. It has a crane.")
    for number in range(1, 8)
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index.open(tmp_path_factory.mktemp("langchain") / "store") as opened:
        opened.add(ARTICLES)
        yield opened


class TestRetriever(RetrieversIntegrationTests):
    """LangChain's own tests of a retriever."""

    @pytest.fixture(autouse=True)
    def _index(self, index: Index) -> None:
        ArticleRetrieverHere.opened = index

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return ArticleRetrieverHere

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"index": ArticleRetrieverHere.opened}

    @property
    def retriever_query_example(self) -> str:
        return "When did a pier of the harbour open?"


class ArticleRetrieverHere(ArticleRetriever):
    opened: Any = None


def test_a_document_is_a_passage_with_its_articles_facts(index: Index) -> None:
    found: list[Document] = ArticleRetriever(index=index, k=1).invoke("When did pier 3 open?")
    assert [(each.metadata["id"], each.metadata["title"]) for each in found] == [("a3", "Pier 3")]
    start, end = found[0].metadata["start"], found[0].metadata["end"]
    assert index.article("a3").text[start:end] == found[0].page_content


def test_the_bot_is_a_runnable(index: Index) -> None:
    chain = AnswerChain(Bot(index))
    answer = chain.invoke("When did pier 3 of the harbour open?")
    assert (answer.status, "1930" in answer.text) == (Status.ANSWERED, True)
    events = list(chain.stream("When did pier 3 of the harbour open?"))
    assert isinstance(events[0], EvidenceReady)
    assert isinstance(events[-1], Answer)
    assert [each.text for each in chain.batch(["When did pier 3 of the harbour open?"])] == [answer.text]
