"""Another judge by name: a cross-encoder of sentence-transformers that was trained on inference."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Any

from bot.errors import Cancelled, JudgeMissing
from bot.judge.judgement import LEAST, Logits, Pairs, log_odds
from bot.types import Cancellation
from index.quiet import quiet

_BATCH = 16


class NamedEncoder:
    """A model by its name or folder, loaded when it is first used.

    Of several labels one is called after entailment and one may be after contradiction; a single score is taken for
    the log-odds of support. Whether a text answers a question it tells as whether the text supports the question.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._loading = Lock()
        self._using = Lock()  # the tokenizer is not made for several threads
        self._model: Any = None
        self._places: tuple[int, int | None] | None = None  # of the labels; None: a single score

    def entailment(self, pairs: Pairs, cancel: Cancellation | None = None) -> Sequence[Logits | None]:
        """Raises JudgeMissing."""
        return [Logits(*each) for each in self._log_odds(pairs, cancel)]

    def answers(self, pairs: Pairs, cancel: Cancellation | None = None) -> Sequence[Logits | None]:
        """Raises JudgeMissing."""
        turned = [(text, question) for question, text in pairs]
        return [Logits(answers=supported) for supported, _ in self._log_odds(turned, cancel)]

    def _log_odds(self, pairs: Pairs, cancel: Cancellation | None) -> list[tuple[float, float]]:
        with self._loading:
            if self._model is None:
                self._model, self._places = self._load()
        found: list[tuple[float, float]] = []
        for start in range(0, len(pairs), _BATCH):
            if cancel and cancel.is_set():
                raise Cancelled
            with self._using:
                told = self._model.predict(
                    list(pairs[start : start + _BATCH]), activation_fn=_shares, show_progress_bar=False
                )
            found += [self._told(each) for each in told]
        return found

    def _told(self, shares: Any) -> tuple[float, float]:
        if self._places is None:
            return log_odds(float(shares)), 0.0
        supports, contradicts = self._places
        supported = float(shares[supports])
        contradicted = float(shares[contradicts]) if contradicts is not None else 0.0
        rest = max(1 - supported, LEAST)
        return log_odds(supported), log_odds(contradicted / rest)

    def _load(self) -> tuple[Any, tuple[int, int | None] | None]:
        quiet()
        from sentence_transformers import CrossEncoder

        try:
            model = CrossEncoder(self.name, device="cpu")
        except (OSError, ValueError) as error:
            raise JudgeMissing(self.name, str(error).splitlines()[0]) from error
        if model.num_labels == 1:
            return model, None
        labels = {str(label).lower(): int(place) for place, label in model.config.id2label.items()}
        supports = next((place for label, place in labels.items() if label.startswith("entail")), None)
        if supports is None:
            raise JudgeMissing(self.name, f"none of its labels ({', '.join(labels)}) is called entailment")
        return model, (supports, next((place for label, place in labels.items() if label.startswith("contra")), None))


def _shares(logits: Any) -> Any:
    return logits.sigmoid() if logits.shape[-1] == 1 or logits.ndim < 2 else logits.softmax(dim=-1)
