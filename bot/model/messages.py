"""Prompts to LangChain messages and back, and the words of a chat model."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any, cast

from bot.errors import Cancelled
from bot.types import Cancellation, Prompt

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel
    from langchain_core.messages import BaseMessage


def to_messages(prompt: Prompt) -> list[BaseMessage]:
    """The prompt as messages; standing instructions that are empty are left out."""
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

    system: list[BaseMessage] = [SystemMessage(prompt.system)] if prompt.system else []
    examples = (message for user, reply in prompt.examples for message in (HumanMessage(user), AIMessage(reply)))
    return [*system, *examples, HumanMessage(prompt.user)]


def to_prompt(messages: Sequence[BaseMessage]) -> Prompt:
    """The prompt that `to_messages` made these messages of."""
    system = "".join(message.text for message in messages if message.type == "system")
    *turns, user = (message.text for message in messages if message.type != "system")
    return Prompt(system, user, tuple(zip(turns[::2], turns[1::2], strict=True)))


def stream_words(
    chat: BaseChatModel, prompt: Prompt, cancelled: Cancellation, /, **options: Any
) -> Generator[str, None, None]:
    """The words of the answer as they come, nothing empty. Closing this closes the chat model's stream."""
    chunks = cast("Generator[Any, None, None]", chat.stream(to_messages(prompt), **options))
    with closing(chunks):
        for chunk in chunks:
            if cancelled.is_set():
                raise Cancelled
            if chunk.text:
                yield str(chunk.text)
