"""The best hits read again, each beside the question, by a cross-encoder or a service. Off unless one is named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from threading import Lock
from typing import Any, Protocol

from index.errors import RerankerMissing
from index.quiet import quiet
from index.search.fusion import lifted, ordered
from index.search.rerank_provider import ServedReranker, served_elsewhere
from index.types import Hit

READ = 30  # hits that are read again; a cross-encoder of 6 layers takes about 0.4 s for them on two cores


class Reranker(Protocol):
    """A model that reads a question and a passage together. Several threads may call it at once."""

    def scores(self, question: str, texts: Sequence[str]) -> Iterable[float]:
        """How well each text answers the question, in [0, 1]."""
        ...


class CrossReader:
    """A cross-encoder of sentence-transformers by its name or folder, loaded when it is first used."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._loading = Lock()
        self._using = Lock()  # the tokenizer is not made for several threads
        self._model: Any = None

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """Raises RerankerMissing."""
        if not texts:
            return []
        model = self._loaded()
        pairs = [(question, text) for text in texts]
        with self._using:
            found = model.predict(pairs, activation_fn=_sigmoid, show_progress_bar=False)
        return [float(score) for score in found]

    def _loaded(self) -> Any:
        with self._loading:
            if self._model is None:
                self._model = self._load()
        return self._model

    def _load(self) -> Any:
        quiet()
        from sentence_transformers import CrossEncoder

        try:
            model = CrossEncoder(self.name, device="cpu")
        except (OSError, ValueError) as error:
            raise RerankerMissing(self.name, str(error).splitlines()[0]) from error
        if model.num_labels != 1:
            raise RerankerMissing(self.name, f"it gives {model.num_labels} scores a passage and not one")
        return model


def _sigmoid(logits: Any) -> Any:
    return logits.sigmoid()


def named_reranker(name: str | Reranker | None, url: str | None = None, key: str | None = None) -> Reranker | None:
    """The reranker of a name: a provider's such as `cohere:rerank-v3.5`, one at a `url`, else a cross-encoder."""
    if not isinstance(name, str):
        return name
    return ServedReranker(name, url, key) if served_elsewhere(name, url) else CrossReader(name)


def rerank(reranker: Reranker, question: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Hits, of which the best are in the order of the reranker's scores, and the rest behind them.

    What the question names counts as before.
    """
    best, rest = hits[:READ], hits[READ:]
    scores = reranker.scores(question, [hit.passage.text for hit in best])
    read = ordered(
        replace(hit, score=lifted(score, hit.named), reranked=score) for hit, score in zip(best, scores, strict=True)
    )
    floor = min((hit.score for hit in read), default=1.0)
    return (*read, *(replace(hit, score=hit.score * floor) for hit in rest))
