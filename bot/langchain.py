"""Byline for other LangChain programs: the index as a retriever, the bot as a runnable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig
from pydantic import ConfigDict

from bot.answer import Bot
from bot.render import article_json
from bot.types import Answer, Event

if TYPE_CHECKING:
    from index.index import Index
    from index.types import Hit


class ArticleRetriever(BaseRetriever):
    """The passages of an index as documents: the text is the passage, the metadata the article's facts, the offsets
    and the score in [0, 1]."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    index: Any  # an `Index`; LangChain's models cannot hold a type that is not loaded yet
    k: int = 10

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002  (LangChain passes it)
        k: int | None = None,
    ) -> list[Document]:
        index: Index = self.index
        return [_document(index, hit) for hit in index.search(query, k or self.k)]


class AnswerChain(Runnable[str, Event]):
    """The whole pipeline as a runnable: `invoke` gives the Answer, `stream` its events."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    def invoke(self, input: str, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        return cast("Answer", self._call_with_config(self._bot.answer, input, config, **kwargs))

    def stream(self, input: str, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Event]:  # noqa: ARG002
        yield from self._bot.stream(input, **kwargs)


def _document(index: Index, hit: Hit) -> Document:
    passage = hit.passage
    facts = article_json(index.article(passage.article_id))
    return Document(
        page_content=passage.text,
        metadata={**facts, "start": passage.start, "end": passage.end, "score": hit.score},
    )
