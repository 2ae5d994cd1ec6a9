"""What a native stream is told beside its sentences: what is being done, as tasks, and what stands at its end."""

from __future__ import annotations

from typing import Any

from bot.slack.text import markdown_escaped
from bot.slack.words import SlackWords
from bot.types import Answer, EvidenceReady

Chunk = dict[str, Any]

SEARCH, PROOF = "search", "proof"  # the ids of the tasks


def begun(words: SlackWords) -> list[Chunk]:
    """With which a stream begins: the articles are searched."""
    return [_task(SEARCH, words("task.search"), "in_progress")]


def found(event: EvidenceReady, words: SlackWords) -> list[Chunk]:
    """How many passages were found, and that the answer is being proved by them."""
    articles = len({hit.passage.article_id for hit in event.hits})
    amount = words("task.found", passages=len(event.hits), articles=articles)
    return [
        _task(SEARCH, words("task.search"), "complete", output=amount),
        _task(PROOF, words("task.proof"), "in_progress"),
    ]


def said(text: str) -> list[Chunk]:
    """Markdown that is appended."""
    return [{"type": "markdown_text", "text": text}] if text else []


def ended(answer: Answer, words: SlackWords, *, streamed: bool) -> list[Chunk]:
    """With which a stream ends: the text of an answer of which nothing was `streamed`, and that everything is done."""
    return [*([] if streamed else said(markdown_escaped(answer.said))), *_all(words, "complete")]


def broken(words: SlackWords) -> list[Chunk]:
    """With which a stream ends that has no answer."""
    return _all(words, "error")


def _all(words: SlackWords, status: str) -> list[Chunk]:
    return [_task(SEARCH, words("task.search"), "complete"), _task(PROOF, words("task.proof"), status)]


def _task(task_id: str, title: str, status: str, **more: Any) -> Chunk:
    return {"type": "task_update", "id": task_id, "title": title, "status": status, **more}
