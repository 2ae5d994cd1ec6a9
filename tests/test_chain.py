"""The next model takes over where one fails before it has spoken, and the answer says so."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

import pytest

from bot.answering.bot import Bot
from bot.classifiers.calibration import probes
from bot.errors import Cancelled, ModelFailed
from bot.model.chain import Chain
from bot.render.references import whole
from bot.render.text import to_json
from bot.slack.blocks import replies
from bot.slack.words import SlackWords
from bot.types import Answer, Cancellation, Model, Prompt, Status, Turn, Words
from bot.web.chat import finished
from bot.wording import worded
from index import Article, Index
from tests.conftest import answering

QUESTION = "When did the bridge of Varnholm reopen?"
BRIDGE = Article("bridge", "The bridge", "The bridge of Varnholm reopened on 3 May 2021. It is 90 metres long.")
GOOD = "It reopened on 3 May 2021."


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index.open(tmp_path_factory.mktemp("chain") / "store") as opened:
        opened.add([BRIDGE])
        yield opened


def speaks(name: str, *pieces: str, asked: list[str] | None = None) -> Model:
    """A model that says so, and keeps in `asked` what it was asked."""

    def complete(prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[str]:  # noqa: ARG001
        if asked is not None:
            asked.append(prompt.user)
        yield from pieces

    return Model(name, complete)


def fails(name: str, *before: str, error: Exception | None = None, asked: list[str] | None = None) -> Model:
    """A model that fails when it has said what comes `before`."""
    speaking = speaks(name, *before, asked=asked)

    def complete(prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[str]:
        yield from speaking.complete(prompt, cancel)
        raise error or ModelFailed(f"The model {name} is broken.")

    return Model(name, complete)


def test_the_next_model_takes_over_and_the_answer_says_why(index: Index) -> None:
    answer = Bot(index, fails("a"), speaks("b", GOOD), speaks("c", "Never.")).answer(QUESTION)
    assert (answer.status, answer.model) == (Status.ANSWERED, "b")
    assert worded(answer.notice) == "The model a is broken. So b took over."
    for shown in (whole(answer), to_json(answer)["notice"], finished(1, answer), str(replies(answer, SlackWords()))):
        assert worded(answer.notice) in shown


def test_the_first_model_that_works_needs_no_remark(index: Index) -> None:
    answer = Bot(index, speaks("a", GOOD), speaks("b", "Never.")).answer(QUESTION)
    assert (answer.model, answer.notice) == ("a", None)


def test_a_refusal_says_so_too(index: Index) -> None:
    chain = answering(index, fails("a"), speaks("b", "Not in the articles."), strictness=0.0)  # so that b is asked
    answer = chain.answer("Who paid for the new lamps?")
    assert (answer.status, answer.model) == (Status.REFUSED, "b")
    assert worded(answer.notice) == "The model a is broken. So b took over."


def test_quoted_sentences_are_the_last_resort(index: Index) -> None:
    answer = Bot(index, fails("a"), fails("b"), quotes=True).answer(QUESTION)
    assert (answer.status, answer.model) == (Status.ANSWERED, "extractive")
    assert "3 May 2021" in answer.text
    assert worded(answer.notice) == "The model a is broken. The model b is broken. So extractive took over."


def test_a_chain_that_fails_as_a_whole_is_a_failure_that_names_each(index: Index) -> None:
    answer = Bot(index, fails("a"), fails("b")).answer(QUESTION)
    assert (answer.status, worded(answer.reason)) == (Status.FAILED, "The model a is broken. The model b is broken.")


def test_after_its_first_sentence_a_model_that_fails_leaves_what_it_said(index: Index) -> None:
    events = list(Bot(index, fails("a", f"{GOOD} It is 90 metres"), speaks("b", GOOD)).stream(QUESTION))
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert (answer.status, answer.model, worded(answer.reason)) == (Status.PARTIAL, "a", "The model a is broken.")
    assert [event.text for event in events if isinstance(event, Words)] == [GOOD]


def test_what_was_not_shown_yet_is_no_reason_to_stay_with_a_model_that_fails(index: Index) -> None:
    events = list(Bot(index, fails("a", "It re"), speaks("b", GOOD)).stream(QUESTION))
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert (answer.status, answer.model) == (Status.ANSWERED, "b")
    assert [event.text for event in events if isinstance(event, Words)] == [GOOD]


@pytest.mark.parametrize("error", [Cancelled(), ZeroDivisionError("a mistake of ours")])
def test_what_is_no_failure_of_a_model_is_not_passed_on(index: Index, error: Exception) -> None:
    with pytest.raises(type(error)):
        Bot(index, fails("a", error=error), speaks("b", GOOD)).answer(QUESTION)


def test_a_model_that_failed_is_not_asked_again_for_the_same_question(index: Index) -> None:
    """The one that rewrote the follow-up answers it; the next question starts with the first."""
    asked_a: list[str] = []
    asked_b: list[str] = []
    bot = Bot(index, fails("a", asked=asked_a), speaks("b", GOOD, asked=asked_b))
    answer = bot.answer("When did it reopen?", [Turn("Is the bridge of Varnholm open?", "Yes.")])
    assert (answer.model, len(asked_a)) == ("b", 1)
    assert len(asked_b) > 1
    bot.answer(QUESTION)
    assert len(asked_a) == 2


def test_without_a_model_that_works_a_follow_up_is_taken_with_the_question_before_it(index: Index) -> None:
    bot = Bot(index, fails("a"), quotes=True)
    answer = bot.answer("When did it reopen?", [Turn("Is the bridge of Varnholm open?", "Yes.")])
    assert (answer.status, answer.model) == (Status.ANSWERED, "extractive")
    assert "3 May 2021" in answer.text


def test_of_a_question_that_a_model_words_only_the_first_line_is_waited_for() -> None:
    stopped: list[bool] = []

    def complete(prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[str]:  # noqa: ARG001
        try:
            yield " \n"
            while True:
                yield "When did the bridge of Varnholm reopen?\n"
        finally:
            stopped.append(True)

    assert list(Chain([fails("a"), Model("b", complete)]).line(Prompt("", ""))) == [
        "When did the bridge of Varnholm reopen?"
    ]
    assert stopped == [True]


def test_closing_the_stream_stops_the_second_model_too(index: Index) -> None:
    stopped: list[bool] = []

    def complete(prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[str]:  # noqa: ARG001
        try:
            while True:
                yield "It reopened. "
        finally:
            stopped.append(True)

    events = Bot(index, fails("a"), Model("b", complete)).stream(QUESTION)
    while not isinstance(next(events), Words):
        pass
    events.close()
    assert stopped == [True]


def test_a_model_elsewhere_is_not_asked_to_warm_up(index: Index) -> None:
    asked: list[str] = []
    [(name, probe)] = probes().items()

    def read(prompt: Prompt, *_: object) -> Sequence[float]:
        asked.append(prompt.user)
        return [0.0] * len(probe.weights)

    here = replace(speaks(name), read=read)
    Bot(index, replace(here, remote=True)).warm()
    assert asked == []
    Bot(index, here).warm()
    assert len(asked) == 1
