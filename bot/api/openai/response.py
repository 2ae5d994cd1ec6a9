"""A response in the shape of Open Responses, and the events that tell it as it is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from bot.api.errors import Problem
from bot.api.openai.citing import beside, counted, spans_after, spoken, url_citation, url_citations
from bot.service.asking import Answered
from bot.types import Answer, Words

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """The parts of a response that are known before its answer."""

    id: str
    created_at: int  # seconds since 1970
    model: str
    previous_response_id: str | None = None
    instructions: str | None = None
    metadata: dict[str, str] | None = None
    store: bool = True
    ignored: tuple[str, ...] = ()  # fields that had no effect

    @property
    def item_id(self) -> str:
        return f"msg_{self.id.partition('_')[2]}"

    def json(self) -> dict[str, Any]:
        """The head as JSON, to be kept; `ResponseHead(**json)` reads it."""
        return {**asdict(self), "ignored": list(self.ignored)}


def begun(head: ResponseHead) -> dict[str, Any]:
    """The response while it is written."""
    return {
        "id": head.id,
        "object": "response",
        "created_at": head.created_at,
        "completed_at": None,
        "status": "in_progress",
        "error": None,
        "incomplete_details": None,
        "instructions": head.instructions,
        "max_output_tokens": None,
        "model": head.model,
        "output": [],
        "parallel_tool_calls": False,
        "previous_response_id": head.previous_response_id,
        "reasoning": {"effort": None, "summary": None},
        "store": head.store,
        "temperature": None,
        "text": {"format": {"type": "text"}},
        "tool_choice": "none",
        "tools": [],
        "top_p": None,
        "truncation": "disabled",
        "usage": None,
        "user": None,
        "metadata": head.metadata or {},
    }


def completed(head: ResponseHead, answer: Answer) -> dict[str, Any]:
    """The response at its end; `metadata` has the status of the answer too."""
    return {
        **begun(head),
        "completed_at": head.created_at + round(answer.timings.total or 0),
        "status": "completed",
        "output": [_item(head, "completed", [_part(answer.text, url_citations(answer))])],
        "usage": counted(answer.usage, "input", "output"),
        "metadata": {**(head.metadata or {}), "byline_status": str(answer.status)},
        **beside(answer, head.ignored),
    }


def failed(head: ResponseHead, problem: Problem) -> dict[str, Any]:
    """The response that came to nothing."""
    code = "rate_limit_exceeded" if problem.status == 429 else "server_error"
    return {**begun(head), "status": "failed", "error": {"code": code, "message": problem.message}}


class Writer:
    """The events of one response, numbered from 0. What it has written is the text of the answer so far."""

    def __init__(self, head: ResponseHead) -> None:
        self._head = head
        self._number = 0
        self._written = ""
        self._annotated = 0

    def begin(self) -> Iterator[Event]:
        whole, place = begun(self._head), self._place
        yield self._event("response.created", response=whole)
        yield self._event("response.in_progress", response=whole)
        yield self._event("response.output_item.added", output_index=0, item=_item(self._head, "in_progress", []))
        yield self._event("response.content_part.added", **place, part=_part("", []))

    def say(self, words: Words) -> Iterator[Event]:
        """A sentence, then the annotations of its marks."""
        end = len(self._written) + len(words.text)
        yield self._delta(spoken(words))
        for each in spans_after(end, words.citations):
            added, index = url_citation(*each), self._annotated
            self._annotated += 1
            yield self._event(
                "response.output_text.annotation.added", **self._place, annotation=added, annotation_index=index
            )

    def end(self, ended: Answered) -> Iterator[Event]:
        """The rest of the text that is not written yet, then everything as it is in the end."""
        text, place = ended.answer.text, self._place
        if rest := text.removeprefix(self._written):
            yield self._delta(rest)
        whole = completed(self._head, ended.answer)
        [item] = whole["output"]
        [part] = item["content"]
        yield self._event("response.output_text.done", **place, text=text, logprobs=[])
        yield self._event("response.content_part.done", **place, part=part)
        yield self._event("response.output_item.done", output_index=0, item=item)
        yield self._event("response.completed", response=whole)

    def fail(self, problem: Problem) -> Iterator[Event]:
        yield self._event("response.failed", response=failed(self._head, problem))

    @property
    def _place(self) -> dict[str, Any]:
        return {"item_id": self._head.item_id, "output_index": 0, "content_index": 0}

    def _delta(self, text: str) -> Event:
        self._written += text
        return self._event("response.output_text.delta", **self._place, delta=text, logprobs=[])

    def _event(self, kind: str, **data: Any) -> Event:
        self._number += 1
        return {"type": kind, "sequence_number": self._number - 1, **data}


def _item(head: ResponseHead, status: str, content: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": head.item_id, "type": "message", "status": status, "role": "assistant", "content": content}


def _part(text: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": found, "logprobs": []}
