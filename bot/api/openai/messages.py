"""Messages as programs send them to questions and earlier turns. Only text can be asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.api.bodies import Options
from bot.errors import UsageError
from bot.history.exchange import TURNS
from bot.types import Turn
from bot.verify import LONGEST
from index.types import Filters

MANY = 1_000  # messages, and parts of one
SAID = 20  # fields that are told to have had no effect, at most


class QuestionMissing(UsageError):
    def __init__(self) -> None:
        super().__init__("The last message is the question: give it the role `user`.")


class Part(BaseModel):
    type: Literal["text", "input_text", "output_text"]
    text: str = Field(max_length=LONGEST)


class Message(BaseModel):
    role: Literal["user", "assistant", "system", "developer"]
    type: Literal["message"] = "message"
    content: Annotated[str, Field(max_length=LONGEST)] | Annotated[tuple[Part, ...], Field(max_length=MANY)] | None = (
        None
    )

    @property
    def text(self) -> str:
        if isinstance(self.content, str):
            return self.content
        return "\n".join(part.text for part in self.content or ())


Messages = Annotated[tuple[Message, ...], Field(min_length=1, max_length=MANY)]


class Body(BaseModel):
    """What both of OpenAI's shapes take. What has no effect here is told in the reply."""

    model_config = ConfigDict(extra="allow")

    model: str = Field(default="byline", max_length=300, description="`byline`, or `byline/NAME` for a collection.")
    stream: bool | None = False
    byline: Options = Field(default_factory=Options, description="Byline's own options, as of `/v1/ask`.")

    @property
    def without_effect(self) -> list[str]:
        """The fields that were given and change nothing."""
        return sorted(name for name, value in (self.model_extra or {}).items() if value is not None)[:SAID]


def within(filters: Filters, model: Filters) -> Filters:
    """The filters within the collection that a model stands for. Raises UsageError where they name another."""
    if not model.collection:
        return filters
    if filters.collection and filters.collection != model.collection:
        raise UsageError("The model names one collection and the filters another. Leave one out.")
    return replace(filters, collection=model.collection)


def question_of(messages: Sequence[Message]) -> str:
    """The text of the last message. Raises QuestionMissing."""
    if messages[-1].role != "user":
        raise QuestionMissing
    return messages[-1].text


def turns_of(messages: Sequence[Message]) -> tuple[Turn, ...]:
    """Each earlier question, with what was said to it last, at most `TURNS`.

    >>> asked = [Message(role="user", content="Who left?"), Message(role="assistant", content="Two did. [1]")]
    >>> turns_of([*asked, Message(role="user", content="And when?")])[0].answer_text
    'Two did. [1]'
    """
    return tuple(_turns(messages[:-1]))[-TURNS:]


def instructs(messages: Iterable[Message]) -> bool:
    """Whether some of the messages are instructions, which nobody heeds here: the articles answer."""
    return any(each.role in ("system", "developer") for each in messages)


def _turns(messages: Sequence[Message]) -> Iterator[Turn]:
    turn: Turn | None = None
    for message in messages:
        if message.role == "user":
            if turn:
                yield turn
            turn = Turn(message.text)
        elif message.role == "assistant" and turn:
            turn = Turn(turn.question, message.text)
    if turn:
        yield turn
