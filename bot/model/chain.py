"""The models that one question may be asked, in their order."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing

from bot.errors import ModelFailed
from bot.types import Model, Prompt

EXTRACTIVE = "extractive"


class Chain:
    """The models of one question: one that fails before it has spoken gives its place to the next, for good.

    With `quotes`, or without models, the articles' own sentences come last.
    """

    def __init__(self, models: Sequence[Model], quotes: bool = False) -> None:
        self._left: deque[Model | None] = deque([*models, None] if quotes or not models else models)
        self._failures: list[str] = []

    @property
    def model(self) -> Model | None:
        """The one whose turn it is; None where the articles' own sentences are to speak."""
        return self._left[0]

    @property
    def name(self) -> str:
        return self.model.name if self.model else EXTRACTIVE

    @property
    def notice(self) -> str | None:
        """Why those before did not speak; None where there were none."""
        return " ".join([*self._failures, f"So {self.name} took over."]) if self._failures else None

    def pass_on(self, error: ModelFailed) -> None:
        """The next one's turn. Raises ModelFailed, with every failure, where there is no next one."""
        if len(self._left) == 1:
            raise ModelFailed(" ".join([*self._failures, str(error)])) from error
        self._failures.append(str(error))
        self._left.popleft()

    def line(self, prompt: Prompt) -> Generator[str]:
        """The first line of the first model that does not fail; none where it is not a model's turn. Raises
        ModelFailed."""
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
    """The first line that is not empty; the rest is not waited for."""
    written = ""
    for piece in words:
        written += piece
        if "\n" in written.lstrip():
            break
    return written.strip().partition("\n")[0].strip()
