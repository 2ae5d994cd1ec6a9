"""The models for one question, in order of preference."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing

from bot.errors import ModelFailed
from bot.types import Model, Prompt, Reason

EXTRACTIVE = "extractive"


class Chain:
    """The models of one question. `pass_on` drops a failed model for the next one.

    With `quotes`, or without models, the articles' own sentences come last.
    """

    def __init__(self, models: Sequence[Model], quotes: bool = False) -> None:
        self._left: deque[Model | None] = deque([*models, None] if quotes or not models else models)
        self._failures: list[str] = []

    @property
    def model(self) -> Model | None:
        """The current model; None for the articles' own sentences."""
        return self._left[0]

    @property
    def name(self) -> str:
        return self.model.name if self.model else EXTRACTIVE

    @property
    def notice(self) -> Reason | None:
        """Why earlier models were dropped; None without any."""
        failed = Reason(text=" ".join(self._failures))
        return Reason.of("took_over", reason=failed, model=self.name) if self._failures else None

    def pass_on(self, error: ModelFailed) -> None:
        """Drops the current model. Raises ModelFailed, with every failure, if none is left."""
        if len(self._left) == 1:
            raise ModelFailed(" ".join([*self._failures, str(error)])) from error
        self._failures.append(str(error))
        self._left.popleft()

    def line(self, prompt: Prompt) -> Generator[str]:
        """The first line of the first model that does not fail; nothing without a model. Raises ModelFailed."""
        while model := self.model:
            try:
                with closing(model.complete(prompt)) as words:
                    line = first_line(words)
            except ModelFailed as error:
                self.pass_on(error)
            else:
                yield line
                return


def first_line(words: Iterable[str]) -> str:
    """The first line that is not empty, without waiting for the rest."""
    written = ""
    for piece in words:
        written += piece
        if "\n" in written.lstrip():
            break
    return written.strip().partition("\n")[0].strip()
