"""The chunks of a native stream: its tasks of progress, its text, and its end."""

from __future__ import annotations

from typing import Any

from bot.slack.text import markdown_escaped
from bot.slack.words import SlackWords
from bot.types import Answer, EvidenceReady

Chunk = dict[str, Any]

SEARCH, PROOF = "search", "proof"  # the ids of the tasks


def search_started(words: SlackWords) -> list[Chunk]:
    """The chunks at the beginning of a stream: the task of the search."""
    return [_task(SEARCH, words("task.search"), "in_progress")]


def search_done(event: EvidenceReady, words: SlackWords) -> list[Chunk]:
    """The number of passages, and the task of the proof."""
    articles = len(event.hits.article_ids)
    amount = words("task.found", passages=len(event.hits), articles=articles)
    return [
        _task(SEARCH, words("task.search"), "complete", output=amount),
        _task(PROOF, words("task.proof"), "in_progress"),
    ]


def text(markdown: str) -> list[Chunk]:
    """A chunk of Markdown; none for an empty text."""
    return [{"type": "markdown_text", "text": markdown}] if markdown else []


def finished(answer: Answer, words: SlackWords, *, streamed: bool) -> list[Chunk]:
    """The chunks at the end of a stream. The text of the answer is among them, if nothing was `streamed`."""
    return [*([] if streamed else text(markdown_escaped(answer.said))), *_all(words, "complete")]


def failed(words: SlackWords) -> list[Chunk]:
    """The chunks at the end of a stream without an answer."""
    return _all(words, "error")


def _all(words: SlackWords, status: str) -> list[Chunk]:
    return [_task(SEARCH, words("task.search"), "complete"), _task(PROOF, words("task.proof"), status)]


def _task(task_id: str, title: str, status: str, **more: Any) -> Chunk:
    return {"type": "task_update", "id": task_id, "title": title, "status": status, **more}
