"""Prompts to LangChain messages and back, and the words of a chat model."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any, cast

from bot.errors import Cancelled
from bot.types import Cancellation, Evidence, Prompt

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel
    from langchain_core.messages import BaseMessage


def to_messages(prompt: Prompt) -> list[BaseMessage]:
    """The prompt as messages; empty standing instructions are left out."""
    from langchain_core.messages import HumanMessage

    return [*_before(prompt), HumanMessage(prompt.user)]


def to_citing_messages(prompt: Prompt) -> list[BaseMessage]:
    """The prompt for Anthropic's models: excerpts as search results, one sentence a block, cited by number.

    https://platform.claude.com/docs/en/build-with-claude/search-results
    """
    from langchain_core.messages import HumanMessage

    results: list[str | dict[str, Any]] = [
        {
            "type": "search_result",
            "source": each.source,
            "title": each.heading,
            "content": [{"type": "text", "text": sentence.text} for sentence in each.sentences],
            "citations": {"enabled": True},
        }
        for each in prompt.excerpts
    ]
    return [*_before(prompt), HumanMessage([*results, {"type": "text", "text": prompt.question}])]


def citations(chunk: BaseMessage, prompt: Prompt) -> tuple[Evidence, ...]:
    """The evidence that a chunk of a citing model's answer cites; empty for unknown numbers."""
    blocks = [each for each in chunk.content if isinstance(each, dict)]
    named = [one for block in blocks for one in block.get("citations") or () if isinstance(one, dict)]
    return tuple(each for one in named for each in _named(one, prompt))


def _named(citation: Mapping[str, Any], prompt: Prompt) -> tuple[Evidence, ...]:
    places = [citation.get(name) for name in ("search_result_index", "start_block_index", "end_block_index")]
    result, start, end = (each if isinstance(each, int) and each >= 0 else None for each in places)
    if result is None or start is None or end is None or result >= len(prompt.excerpts):
        return ()
    return prompt.excerpts[result].sentences[start:end]


def _before(prompt: Prompt) -> list[BaseMessage]:
    """The messages before the request: standing instructions and examples."""
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

    system: list[BaseMessage] = [SystemMessage(prompt.system)] if prompt.system else []
    examples = (message for user, reply in prompt.examples for message in (HumanMessage(user), AIMessage(reply)))
    return [*system, *examples]


def stream_words(
    chat: BaseChatModel, prompt: Prompt, cancelled: Cancellation, /, **options: Any
) -> Generator[str, None, None]:
    """The words of the answer as they come, none empty. Closing it closes the stream of the chat model.

    Raises Cancelled.
    """
    chunks = cast("Generator[Any, None, None]", chat.stream(to_messages(prompt), **options))
    with closing(chunks):
        for chunk in chunks:
            if cancelled.is_set():
                raise Cancelled
            if chunk.text:
                yield str(chunk.text)
