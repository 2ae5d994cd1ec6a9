"""Whether quotes entail a sentence, told by a cross-encoder trained on inference. Off unless one is named."""

from __future__ import annotations

from threading import Lock
from typing import Any

from bot.errors import EntailmentMissing
from index.quiet import quiet


class CrossEntailment:
    """A cross-encoder of sentence-transformers by its name or folder, loaded when it is first used.

    Of several labels one has to be called after entailment; a single score is taken for its log-odds.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._loading = Lock()
        self._using = Lock()  # the tokenizer is not made for several threads
        self._model: Any = None
        self._label: int | None = None

    def __call__(self, premise: str, hypothesis: str) -> float:
        """How likely it is, in [0, 1], that the premise says what the hypothesis does. Raises EntailmentMissing."""
        with self._loading:
            if self._model is None:
                self._model, self._label = self._load()
        with self._using:
            found = self._model.predict([(premise, hypothesis)], activation_fn=_shares, show_progress_bar=False)[0]
        return float(found if self._label is None else found[self._label])

    def _load(self) -> tuple[Any, int | None]:
        quiet()
        from sentence_transformers import CrossEncoder

        try:
            model = CrossEncoder(self.name, device="cpu")
        except (OSError, ValueError) as error:
            raise EntailmentMissing(self.name, str(error).splitlines()[0]) from error
        if model.num_labels == 1:
            return model, None
        labels = {str(label).lower(): place for place, label in model.config.id2label.items()}
        for label, place in labels.items():
            if label.startswith("entail"):
                return model, int(place)
        raise EntailmentMissing(self.name, f"none of its labels ({', '.join(labels)}) is called entailment")


def _shares(logits: Any) -> Any:
    return logits.sigmoid() if logits.shape[-1] == 1 or logits.ndim < 2 else logits.softmax(dim=-1)


def named_entailment(name: str | None) -> CrossEntailment | None:
    """The cross-encoder of a name or folder."""
    return CrossEntailment(name) if name else None
