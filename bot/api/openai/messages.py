"""Messages as programs send them, and the question in them. Only text can be asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.answering.verify import LONGEST
from bot.api.bodies import AnswerOptions
from bot.errors import UsageError
from index.types import Filters

MANY = 1_000  # messages, and parts of one
SAID = 20  # fields that are told to have had no effect, at most


class QuestionMissing(UsageError):
    def __init__(self) -> None:
        super().__init__("The last message is the question: give it the role `user`.")


def only_objects(values: Any) -> Any:
    """The objects of a list. What is none, or no list, is nothing to us, and no reason to refuse a message."""
    return [each for each in values if isinstance(each, dict)] if isinstance(values, list) else []


# As our own answers have them; of other models, whatever these have.
Annotations = Annotated[tuple[dict[str, Any], ...], BeforeValidator(only_objects), Field(max_length=MANY)]


class Part(BaseModel):
    type: Literal["text", "input_text", "output_text"]
    text: str = Field(max_length=LONGEST)
    annotations: Annotations = ()


class Message(BaseModel):
    role: Literal["user", "assistant", "system", "developer"]
    type: Literal["message"] = "message"
    content: Annotated[str, Field(max_length=LONGEST)] | Annotated[tuple[Part, ...], Field(max_length=MANY)] | None = (
        None
    )
    annotations: Annotations = ()

    @property
    def cited(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The annotations of the message and of its parts, each beside the text whose places it counts."""
        yield from ((self.text, each) for each in self.annotations)
        if not isinstance(self.content, str):
            yield from ((part.text, each) for part in self.content or () for each in part.annotations)

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
    byline: AnswerOptions = Field(default_factory=AnswerOptions, description="Byline's own options, as of `/v1/ask`.")

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


def instructs(messages: Iterable[Message]) -> bool:
    """Whether some of the messages are instructions, which nobody heeds here: the articles answer."""
    return any(each.role in ("system", "developer") for each in messages)
