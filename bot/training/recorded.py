"""A model whose replies are kept on disk, by its prompt: what is done with a draft can be measured again in seconds."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from bot.answering.bot import Bot
from bot.types import Cancellation, Model, Prompt

Kept = TypeVar("Kept")


class KeptReplies:
    """The replies of one model. A reply that is not kept is asked for to its end, and kept."""

    def __init__(self, model: Model, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{model.name.replace('/', '_')}.jsonl"
        self._known: dict[str, Any] = {}
        if self._path.exists():
            rows = map(json.loads, self._path.read_text(encoding="utf-8").splitlines())
            self._known = {row["key"]: row["reply"] for row in rows}
        if model.cite:
            raise TypeError("A model that cites by itself cannot be recorded.")
        self._model = model

    def model(self) -> Model:
        """The model, with the kept replies before its own."""
        model = self._model
        return replace(
            model,
            complete=self._complete,
            read=self._read if model.read else None,
            reply=self._reply if model.reply else None,
        )

    def _complete(self, prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[str]:
        yield from self._of("complete", prompt, lambda: _plain(self._model.complete(prompt, cancel)))

    def _reply(
        self, prompt: Prompt, question: str, adapter: Path, cancel: Cancellation | None = None, /
    ) -> Generator[str]:
        reply = self._model.reply
        assert reply
        yield from self._of("reply", prompt, lambda: _plain(reply(prompt, question, adapter, cancel)))

    def _read(
        self, prompt: Prompt, question: str, layer: int, adapter: Path, cancel: Cancellation | None = None, /
    ) -> Sequence[float]:
        read = self._model.read
        assert read
        return self._of(
            f"read {layer}", prompt, lambda: list(map(float, read(prompt, question, layer, adapter, cancel)))
        )

    def _of(self, kind: str, prompt: Prompt, ask: Callable[[], Kept]) -> Kept:
        told = json.dumps([kind, prompt.system, prompt.user, prompt.examples, prompt.question])
        key = sha256(told.encode()).hexdigest()
        if key not in self._known:
            self._known[key] = ask()
            with self._path.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps({"key": key, "reply": self._known[key]}) + "\n")
        kept: Kept = self._known[key]
        return kept


def recorded(bot: Bot, folder: Path) -> Bot:
    """The bot, with the replies of its models kept in a folder."""
    bot._models = tuple(KeptReplies(each, folder).model() for each in bot._models)
    return bot


def _plain(words: Generator[str]) -> list[str]:
    with closing(words) as pieces:
        return list(pieces)
