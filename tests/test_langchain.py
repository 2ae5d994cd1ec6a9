"""The index and the bot as other LangChain programs use them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.documents import Document
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableConfig, RunnableGenerator, RunnableLambda
from langchain_tests.integration_tests import RetrieversIntegrationTests

from bot.answering.bot import Bot
from bot.classifiers.calibration import probes
from bot.errors import Cancelled, ModelFailed, QuestionEmpty, UsageError
from bot.langchain import AnswerChain, ArticleRetriever, to_turns
from bot.model.line import WaitingLine
from bot.model.messages import stream_words
from bot.types import Answer, Cancellation, EvidenceReady, Model, Prompt, Status, Turn, Words
from bot.wording import worded
from index import Article, Filters, Index

QUESTION = "When did pier 3 of the harbour open?"
ARTICLES = [
    Article(
        f"a{number}",
        f"Pier {number}",
        f"Pier {number} of the harbour opened in 19{number}0. It has a crane.",
        outlet="Harbour Gazette" if number % 2 else "Island Weekly",
    )
    for number in range(1, 8)
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index.open(tmp_path_factory.mktemp("langchain") / "store") as opened:
        opened.add(ARTICLES)
        yield opened


@pytest.fixture(scope="module")
def chain(index: Index) -> AnswerChain:
    return chain_of(index)


def chain_of(index: Index, *models: Model) -> AnswerChain:
    """One that always answers: whether to is asked elsewhere."""
    return AnswerChain(Bot(index, *models, strictness=0.0))


# The retriever


class TestRetriever(RetrieversIntegrationTests):
    """LangChain's own tests of a retriever, all of them."""

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


def test_filters_limit_what_is_found(index: Index) -> None:
    weekly = Filters(outlet=("Island Weekly",))
    limited = ArticleRetriever(index=index, filters=weekly)
    for found in (
        limited.invoke(QUESTION),
        ArticleRetriever(index=index).invoke(QUESTION, filters=weekly),
        asyncio.run(limited.ainvoke(QUESTION)),
    ):
        assert {each.metadata["outlet"] for each in found} == {"Island Weekly"}


def test_what_a_question_names_is_heeded_unless_it_is_not_to_be(index: Index) -> None:
    asked = "Which pier opened, only in the Island Weekly?"
    for limits, outlets in (
        ({}, {"Island Weekly"}),
        ({"ignore": ("Island Weekly",)}, {"Island Weekly", "Harbour Gazette"}),
        ({"understand": False}, {"Island Weekly", "Harbour Gazette"}),
    ):
        found = ArticleRetriever(index=index, **limits).invoke(asked)
        assert {each.metadata["outlet"] for each in found} == outlets


# The bot as a runnable


def test_the_bot_is_a_runnable(chain: AnswerChain) -> None:
    answer = chain.invoke(QUESTION)
    assert (answer.status, "1930" in answer.text) == (Status.ANSWERED, True)
    events = list(chain.stream(QUESTION))
    assert isinstance(events[0], EvidenceReady)
    assert isinstance(events[-1], Answer)
    assert events[-1].text == answer.text


async def test_it_is_an_asynchronous_one_too(chain: AnswerChain) -> None:
    answer = await chain.ainvoke(QUESTION)
    assert "1930" in answer.text
    events = [event async for event in chain.astream(QUESTION)]
    assert [type(event) for event in events] == [EvidenceReady, Words, Answer]


def test_a_question_may_come_with_its_history_and_filters(chain: AnswerChain) -> None:
    follow_up = "And when did it open?"
    told = "Pier 3 has a crane."
    for history in (
        [Turn("What has pier 3 of the harbour?", told)],
        [{"question": "What has pier 3 of the harbour?", "answer_text": told}],
        [HumanMessage("What has pier 3 of the harbour?"), AIMessage(told)],
    ):
        answer = chain.invoke({"question": follow_up, "history": history})
        assert "1930" in answer.text
    answer = chain.invoke({"question": QUESTION, "filters": {"outlet": ["Island Weekly"]}})
    assert answer.filters == Filters(outlet=("Island Weekly",))


def test_messages_are_turns() -> None:
    system, asked, told = SystemMessage("Be kind."), HumanMessage("Who?"), AIMessage("Ann.")
    assert to_turns([system, asked, told, HumanMessage("Why?")]) == (Turn("Who?", "Ann."), Turn("Why?"))
    assert to_turns([told, asked, AIMessage("Let me see."), told]) == (Turn("Who?", "Ann."),)


@pytest.mark.parametrize(
    "asked", [{}, {"question": 3}, {"question": "Who?", "limits": 3}, {"question": "Who?", "history": 3}]
)
def test_what_is_no_question_is_the_callers_mistake(chain: AnswerChain, asked: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=r"a dict with `question`.* A history has turns such as .*'answer_text'"):
        chain.invoke(asked)


async def test_an_empty_question_is_the_callers_mistake(chain: AnswerChain) -> None:
    with pytest.raises(QuestionEmpty):
        chain.invoke("")
    with pytest.raises(QuestionEmpty):
        await chain.ainvoke("")


def test_the_options_of_the_bot_may_be_given_with_a_call(index: Index) -> None:
    made_up = Model(
        "m", lambda *_: speak("Pier 3 of the harbour opened in 1930.", " The mayor of Geneva wept for nine days.")
    )
    answers = [chain_of(index, made_up).invoke(QUESTION, strict=strict) for strict in (False, True)]
    assert [len(answer.sentences) for answer in answers] == [2, 1]


def test_it_goes_together_with_other_runnables(chain: AnswerChain) -> None:
    """And gets its question whole where it comes in pieces."""

    def letters(_: Iterator[str]) -> Iterator[str]:
        yield from QUESTION

    whole = RunnableGenerator(letters) | chain | RunnableLambda(lambda answer: answer.text)
    assert "1930" in "".join(whole.stream("go"))
    assert "1930" in whole.invoke("go")


# What callbacks and tracing see

STEPS = ["begin", "classify", "rewrite", "search", "evidence", "answer"]
FOLLOW_UP = {"question": "When did it open?", "history": [Turn("What has pier 3 of the harbour?", "It has a crane.")]}


class Watching(BaseCallbackHandler):
    """Keeps the names of the runs in the order of their beginnings, each below its parent's, and what came out."""

    run_inline = True

    def __init__(self) -> None:
        self.paths: dict[Any, tuple[str, ...]] = {}
        self.out: dict[str, Any] = {}

    def on_chain_start(self, *_: Any, run_id: Any, parent_run_id: Any = None, name: str = "", **__: Any) -> None:
        self.paths[run_id] = (*self.paths.get(parent_run_id, ()), name)

    def on_chat_model_start(self, *_: Any, run_id: Any, parent_run_id: Any = None, **__: Any) -> None:
        self.on_chain_start(run_id=run_id, parent_run_id=parent_run_id, name="model")

    def on_chain_end(self, outputs: Any, *, run_id: Any, **_: Any) -> None:
        self.out["/".join(self.paths[run_id])] = outputs

    @property
    def seen(self) -> list[str]:
        return ["/".join(path) for path in self.paths.values()]


async def ask(chain: AnswerChain, way: str, asked: Any, config: RunnableConfig) -> None:
    match way:
        case "invoke":
            chain.invoke(asked, config)
        case "stream":
            list(chain.stream(asked, config))
        case "batch":
            chain.batch([asked], config)
        case "ainvoke":
            await chain.ainvoke(asked, config)
        case "astream":
            [event async for event in chain.astream(asked, config)]
        case "abatch":
            await chain.abatch([asked], config)


every_way = pytest.mark.parametrize("way", ["invoke", "stream", "batch", "ainvoke", "astream", "abatch"])


@every_way
async def test_callbacks_see_each_step_in_order_and_the_answer(chain: AnswerChain, way: str) -> None:
    watching = Watching()
    await ask(chain, way, QUESTION, RunnableConfig(callbacks=[watching]))
    assert watching.seen == ["AnswerChain", *(f"AnswerChain/{step}" for step in STEPS)]
    assert set(watching.out) == set(watching.seen)
    assert isinstance(watching.out["AnswerChain"], Answer)
    assert watching.out["AnswerChain"] is watching.out["AnswerChain/answer"]


@every_way
async def test_callbacks_see_what_a_step_asks_the_model(index: Index, way: str) -> None:
    replies = ["When did pier 3 of the harbour open?", "Pier 3 of the harbour opened in 1930."]
    chat = FakeListChatModel(responses=replies)
    model = Model("fake", lambda prompt, cancel=None: stream_words(chat, prompt, cancel or Cancellation()))
    watching = Watching()
    await ask(chain_of(index, model), way, FOLLOW_UP, RunnableConfig(callbacks=[watching]))
    assert [path for path in watching.seen if path.endswith("model")] == [
        "AnswerChain/rewrite/model",
        "AnswerChain/answer/model",
    ]
    assert "1930" in watching.out["AnswerChain"].text


def test_a_run_may_have_a_name_of_its_own(chain: AnswerChain) -> None:
    watching = Watching()
    chain.invoke(QUESTION, RunnableConfig(callbacks=[watching], run_name="harbour"))
    assert watching.seen == ["harbour", *(f"harbour/{step}" for step in STEPS)]


def test_the_steps_can_be_drawn(chain: AnswerChain) -> None:
    assert [node.name for node in chain.get_graph().nodes.values()][1:-1] == STEPS


# Several at once, and the model that serves one at a time


def speak(*pieces: str) -> Generator[str]:
    yield from pieces


NAME, PROBE = next(iter(probes().items()))


@dataclass
class OneAtATime:
    """A model with a line of callers as the local one has, and with its name, so that it is probed, too. It keeps for
    whom it worked, in order."""

    line: WaitingLine = field(default_factory=WaitingLine)
    worked_for: list[str] = field(default_factory=list)
    longest: int = 0  # the line
    seconds: float = 0.0  # that a call takes
    endless: bool = False
    fails: str = "nothing"

    def read(self, prompt: Prompt, *given: Any) -> list[float]:
        """What the probe takes for an answer that is there."""
        with self.line.turn(given[-1] or Cancellation()):
            self.note(self.number(prompt))
        return [10 * weight / sum(each * each for each in PROBE.weights) for weight in PROBE.weights]

    def reply(self, prompt: Prompt, *given: Any) -> Generator[str]:
        return self.complete(prompt, given[-1])

    def complete(self, prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[str]:
        number = self.number(prompt)
        with self.line.turn(cancel or Cancellation()):
            self.note(number)
            if number == self.fails:
                raise ModelFailed("The model is broken.")
            yield f"Pier {number} of the harbour opened in 19{number}0."
            if self.endless:
                yield " It has a crane and"  # so that the sentence before has ended
            while self.endless:
                if cancel and cancel.is_set():
                    raise Cancelled
                sleep(0.005)

    def number(self, prompt: Prompt) -> str:
        return prompt.user.lower().split("pier ")[-1][0]

    def note(self, number: str) -> None:
        self.worked_for.append(number)
        sleep(self.seconds)
        self.longest = max(self.longest, len(self.line))

    def chain(self, index: Index) -> AnswerChain:
        model = Model(NAME, self.complete, lambda: len(self.line), read=self.read, reply=self.reply)
        return chain_of(index, model)


QUESTIONS = [f"When did pier {number} of the harbour open?" for number in range(1, 8)]
YEARS = [f"19{number}0" for number in range(1, 8)]


async def a_batch(chain: AnswerChain, way: str, config: RunnableConfig | None = None) -> list[Any]:
    if way == "batch":
        return chain.batch(list(QUESTIONS), config)
    return await chain.abatch(list(QUESTIONS), config)


@pytest.mark.parametrize("way", ["batch", "abatch"])
async def test_a_batch_asks_in_order_and_leaves_a_question_to_the_model_until_it_is_answered(
    index: Index, way: str
) -> None:
    """Both calls of a question come together, so that the second finds read what the first has read; and nobody else
    who wants the model waits behind the whole batch."""
    model = OneAtATime()
    answers = await a_batch(model.chain(index), way)
    assert [year in answer.text for year, answer in zip(YEARS, answers, strict=True)] == [True] * 7
    assert model.worked_for == [number for number in "1234567" for _ in range(2)]
    assert model.longest == 1


@pytest.mark.parametrize("way", ["batch", "abatch"])
async def test_a_batch_may_ask_at_once_and_every_answer_is_its_questions(index: Index, way: str) -> None:
    model = OneAtATime(seconds=0.1)
    answers = await a_batch(model.chain(index), way, RunnableConfig(max_concurrency=7))
    assert [year in answer.text for year, answer in zip(YEARS, answers, strict=True)] == [True] * 7
    assert model.longest > 1


async def test_more_tasks_than_a_pool_has_threads_do_not_block_each_other(index: Index) -> None:
    """Those who wait for the model must not keep the one who has it from going on."""
    chain = OneAtATime(seconds=0.01).chain(index)
    answers = await asyncio.wait_for(asyncio.gather(*(chain.ainvoke(QUESTIONS[at % 7]) for at in range(42))), 300)
    assert all(YEARS[at % 7] in answer.text for at, answer in enumerate(answers))


@pytest.mark.parametrize("way", ["batch", "abatch"])
async def test_one_failure_in_a_batch_is_that_questions_answer(index: Index, way: str) -> None:
    answers = await a_batch(OneAtATime(fails="3").chain(index), way)
    assert [answer.status for answer in answers].count(Status.ANSWERED) == 6
    assert (answers[2].status, worded(answers[2].reason)) == (Status.FAILED, "The model is broken.")


async def test_a_mistake_in_a_batch_can_be_given_in_the_place_of_its_answer(chain: AnswerChain) -> None:
    asked = [QUESTION, ""]
    for answers in (
        chain.batch(list(asked), return_exceptions=True),
        await chain.abatch(list(asked), return_exceptions=True),
    ):
        assert [type(each) for each in answers] == [Answer, QuestionEmpty]


# Stopping


def wait_for(true: Callable[[], bool]) -> None:
    end = monotonic() + 60
    while not true():
        assert monotonic() < end, "it never came true"
        sleep(0.005)


def test_closing_the_stream_lets_the_model_go(index: Index) -> None:
    model = OneAtATime(endless=True)
    events = model.chain(index).stream(QUESTION)
    while not isinstance(next(events), Words):
        pass
    assert len(model.line) == 1
    events.close()  # type: ignore[attr-defined]
    assert len(model.line) == 0


async def test_leaving_an_asynchronous_stream_lets_the_model_go(index: Index) -> None:
    model = OneAtATime(endless=True)
    async for event in model.chain(index).astream(QUESTION):
        if isinstance(event, Words):
            break
    await asyncio.to_thread(wait_for, lambda: len(model.line) == 0)


async def test_a_task_that_is_cancelled_stops_the_work(index: Index) -> None:
    model = OneAtATime(endless=True)
    task = asyncio.create_task(model.chain(index).ainvoke(QUESTION))
    await asyncio.to_thread(wait_for, lambda: len(model.worked_for) == 2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.to_thread(wait_for, lambda: len(model.line) == 0)


async def test_a_task_that_is_cancelled_stops_the_work_in_any_step(index: Index) -> None:
    model = OneAtATime(endless=True)
    task = asyncio.create_task(
        model.chain(index).ainvoke({"question": "How long is it?", "history": [Turn(QUESTION, "In 1930.")]})
    )
    await asyncio.to_thread(wait_for, lambda: len(model.line) == 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.to_thread(wait_for, lambda: len(model.line) == 0)
