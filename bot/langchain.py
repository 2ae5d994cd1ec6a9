"""Byline for other LangChain programs: the index as a retriever, the bot as a runnable."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping, Sequence
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any, cast

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.messages import BaseMessage
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig, RunnableGenerator, RunnableLambda, RunnableSequence
from langchain_core.runnables.config import get_config_list
from pydantic import ConfigDict, ValidationError, field_validator

from bot.answering.bot import Bot
from bot.answering.flow import Flow
from bot.errors import UsageError
from bot.render.text import article_json
from bot.runtime.threads import awaited
from bot.service.fields import KnownFields
from bot.types import Answer, Event, Turn
from index.errors import ArticleMissing
from index.invalid import told
from index.types import Filters

if TYPE_CHECKING:
    from langchain_core.runnables.graph import Graph

    from index.index import Index
    from index.types import Hit

Input = str | Mapping[str, Any]  # a question, or a dict of what `ChainInput` has
Configs = RunnableConfig | list[RunnableConfig] | None


class ArticleRetriever(BaseRetriever):
    """The passages of an index as documents, best first. The text is the passage; the metadata are the article's facts,
    the offsets and the score in [0, 1]. All but the `index` is as in `Index.search`, and may be given with a call
    too."""

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


class ChainInput(KnownFields):
    """A question and what it comes with. The history may be LangChain's messages too."""

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

    It is a sequence of named steps: callbacks and tracing see a run for each, with the calls of the model below it.
    """

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self.steps = RunnableSequence[Input, Event](
            RunnableLambda(self._begin, name="begin"),
            *(_step(*each) for each in bot.pipeline.steps),
            _streaming_step("answer", bot.pipeline.answer),
            name=type(self).__name__,
        )

    def invoke(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        *_, answer = self.stream(input, config, **kwargs)  # the sequence would add the events up
        return cast("Answer", answer)

    async def ainvoke(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        """A task that is cancelled stops the work, not only its own waiting."""
        *_, answer = [event async for event in self.astream(input, config, **kwargs)]
        return cast("Answer", answer)

    def stream(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Event]:
        yield from self.steps.stream(input, config, **kwargs)

    async def astream(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> AsyncIterator[Event]:
        async for event in self.steps.astream(input, config, **kwargs):
            yield event

    def batch(
        self, inputs: list[Input], config: Configs = None, *, return_exceptions: bool = False, **kwargs: Any
    ) -> list[Event]:
        """The Answers, made one after the other unless `config` has a `max_concurrency`.

        The model of this machine serves one call at a time. What it has read of a question is lost when another comes
        between.
        """
        configs = _in_turn(config, len(inputs))
        return super().batch(inputs, configs, return_exceptions=return_exceptions, **kwargs)

    async def abatch(
        self, inputs: list[Input], config: Configs = None, *, return_exceptions: bool = False, **kwargs: Any
    ) -> list[Event]:
        """Same as `batch`."""
        configs = _in_turn(config, len(inputs))
        return await super().abatch(inputs, configs, return_exceptions=return_exceptions, **kwargs)

    def get_graph(self, config: RunnableConfig | None = None) -> Graph:
        """The graph of the steps."""
        return self.steps.get_graph(config)

    def _begin(self, input: Input, **options: Any) -> Flow:
        return self._bot.begin(**_arguments(input), **options)


def _step(name: str, step: Callable[[Flow], Flow]) -> Runnable[Flow, Flow]:
    """A step of the bot as a runnable. Where it is awaited, it has a thread of its own."""

    async def in_thread(flow: Flow) -> Flow:
        [stepped] = [each async for each in awaited((step(each) for each in (flow,)), flow.asked.cancel)]
        return stepped

    return RunnableLambda(step, in_thread, name=name)


def _streaming_step(name: str, step: Callable[[Flow], Generator[Event]]) -> Runnable[Flow, Event]:
    """The last step, which gives events as they come."""

    def events(flows: Iterator[Flow]) -> Iterator[Event]:
        for flow in flows:
            yield from step(flow)

    async def in_thread(flows: AsyncIterator[Flow]) -> AsyncIterator[Event]:
        async for flow in flows:
            async with aclosing(awaited(step(flow), flow.asked.cancel)) as each:
                async for event in each:
                    yield event

    return RunnableGenerator(events, in_thread, name=name)


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
    """The arguments of `Bot.begin`. Raises UsageError."""
    try:
        return dict(ChainInput.model_validate({"question": input} if isinstance(input, str) else input))
    except ValidationError as error:
        raise UsageError(
            f"The question cannot be read: {told(error.errors()[0])}. "
            "Give its words, or a dict with `question` and, where wanted, `filters` and `history`. A history has turns "
            "such as {'question': '…', 'answer_text': '…'}, or LangChain's messages."
        ) from error


def _in_turn(config: Configs, count: int) -> list[RunnableConfig]:
    alone = RunnableConfig(max_concurrency=1)
    return [cast("RunnableConfig", {**alone, **each}) for each in get_config_list(config, count)]


def _documents(index: Index, hits: Sequence[Hit]) -> Iterator[Document]:
    """Without the passages of articles that were removed since the search."""
    for hit in hits:
        passage = hit.passage
        with suppress(ArticleMissing):
            facts = article_json(index.article(passage.article_id))
            place = {"start": passage.start, "end": passage.end, "score": hit.score}
            yield Document(page_content=passage.text, metadata={**facts, **place})
