"""Byline for other LangChain programs: the index as a retriever, the bot as a runnable."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any, cast

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.messages import BaseMessage
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.config import get_config_list
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from bot.answer import Bot
from bot.errors import UsageError
from bot.model.stream import awaited
from bot.render import article_json
from bot.types import Answer, Cancellation, Event, Turn
from index.errors import ArticleMissing
from index.types import Filters

if TYPE_CHECKING:
    from index.index import Index
    from index.types import Hit

Input = str | Mapping[str, Any]  # a question, or a dict of what `Asked` has
Configs = RunnableConfig | list[RunnableConfig] | None


class ArticleRetriever(BaseRetriever):
    """The passages of an index as documents, best first: the text is the passage, the metadata the article's facts, the
    offsets and the score in [0, 1]. All but the `index` is as in `Index.search`, and may be given with a call too."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    index: Any  # an `Index`; LangChain's models cannot hold a type that is not loaded yet
    k: int = 10
    filters: Filters = Filters()
    ignore: tuple[str, ...] = ()
    understand: bool = True

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002  (LangChain passes it)
        **given: Any,
    ) -> list[Document]:
        own = {"k": self.k, "filters": self.filters, "ignore": self.ignore, "understand": self.understand}
        return list(_documents(self.index, self.index.search(query, **(own | given))))


class Asked(BaseModel):
    """A question and what it comes with. The history may be LangChain's messages too."""

    model_config = ConfigDict(extra="forbid")

    question: str
    history: tuple[Turn, ...] = ()
    filters: Filters = Filters()

    @field_validator("history", mode="before")
    @classmethod
    def _turns(cls, history: Any) -> Any:
        messages = isinstance(history, Sequence) and all(isinstance(each, BaseMessage) for each in history)
        return to_turns(history) if messages else history


class AnswerChain(Runnable[Input, Event]):
    """The whole pipeline as a runnable: `invoke` gives the Answer, `stream` its events, the Answer last.

    The input is a question, or a dict with `question` and, where wanted, `history` and `filters`; a call may have the
    options of `Bot.stream`. What fails is an Answer with the status `failed`. Raises UsageError.
    """

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    def invoke(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        return cast("Answer", self._call_with_config(self._answer, input, config, **kwargs))

    async def ainvoke(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        return cast("Answer", await self._acall_with_config(self._aanswer, input, config, **kwargs))

    def stream(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Event]:
        yield from self._transform_stream_with_config(iter([input]), self._events, config, **kwargs)

    async def astream(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> AsyncIterator[Event]:
        async for event in self._atransform_stream_with_config(_once(input), self._aevents, config, **kwargs):
            yield event

    def batch(
        self, inputs: list[Input], config: Configs = None, *, return_exceptions: bool = False, **kwargs: Any
    ) -> list[Event]:
        """The Answers, made one after the other unless `config` has a `max_concurrency`: the model of this machine
        serves one call at a time, and what it has read of a question is lost when another comes between."""
        configs = _in_turn(config, len(inputs))
        return super().batch(inputs, configs, return_exceptions=return_exceptions, **kwargs)

    async def abatch(
        self, inputs: list[Input], config: Configs = None, *, return_exceptions: bool = False, **kwargs: Any
    ) -> list[Event]:
        """As `batch`."""
        configs = _in_turn(config, len(inputs))
        return await super().abatch(inputs, configs, return_exceptions=return_exceptions, **kwargs)

    def _answer(self, input: Input, **options: Any) -> Event:
        *_, answer = self._events(iter([input]), **options)
        return answer

    async def _aanswer(self, input: Input, **options: Any) -> Event:
        return [event async for event in self._aevents(_once(input), **options)][-1]

    def _events(self, inputs: Iterator[Input], **options: Any) -> Iterator[Event]:
        for input in inputs:
            yield from self._bot.stream(**_arguments(input), **options)

    async def _aevents(self, inputs: AsyncIterator[Input], **options: Any) -> AsyncIterator[Event]:
        """As `_events`. A task that is cancelled stops the work, not only its own waiting."""
        async for input in inputs:
            cancel = Cancellation()
            events = self._bot.stream(**_arguments(input), cancel=cancel, **options)
            async with aclosing(awaited(events, cancel)) as each:
                async for event in each:
                    yield event


def to_turns(messages: Sequence[BaseMessage]) -> tuple[Turn, ...]:
    """Each question of a person, with what was said to it last."""
    turns: list[Turn] = []
    for message in messages:
        if message.type == "human":
            turns.append(Turn(str(message.text)))
        elif message.type == "ai" and turns:
            turns[-1] = Turn(turns[-1].question, str(message.text))
    return tuple(turns)


def _arguments(input: Input) -> dict[str, Any]:
    """Those of `Bot.stream`. Raises UsageError."""
    try:
        return dict(Asked.model_validate({"question": input} if isinstance(input, str) else input))
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(
            f"The question cannot be read: {'.'.join(map(str, first['loc']))}: {first['msg']}. "
            "Give its words, or a dict with `question` and, where wanted, `history` and `filters`."
        ) from error


def _in_turn(config: Configs, count: int) -> list[RunnableConfig]:
    alone = RunnableConfig(max_concurrency=1)
    return [cast("RunnableConfig", {**alone, **each}) for each in get_config_list(config, count)]


async def _once(input: Input) -> AsyncIterator[Input]:
    yield input


def _documents(index: Index, hits: Sequence[Hit]) -> Iterator[Document]:
    """Without the passages of articles that were removed since the search."""
    for hit in hits:
        passage = hit.passage
        with suppress(ArticleMissing):
            facts = article_json(index.article(passage.article_id))
            place = {"start": passage.start, "end": passage.end, "score": hit.score}
            yield Document(page_content=passage.text, metadata={**facts, **place})
