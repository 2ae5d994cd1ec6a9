"""The models of a service: embedders by their names and one judge, each behind a queue that joins requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from bot.errors import UsageError
from bot.inference.batching import Batcher, tokens
from bot.judge import Logits, Scorer, scorer
from index.embed import MiniLM, named

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.embed import Embedder, Precision

Task = Literal["entailment", "answers"]
Pair = tuple[Task, str, str]
Embedding = tuple["NDArray[np.float32]", int]  # (dim,), and the word pieces that were read


class ModelNotServed(UsageError):
    def __init__(self, name: str, served: Sequence[str]) -> None:
        super().__init__(f"There is no model {name!r} here. There are {', '.join(served)}.")


@dataclass(frozen=True, slots=True)
class Models:
    """Loaded when they are first asked, or by `warm`."""

    embedders: Mapping[str, Embedder]  # the first is the one that was chosen
    judge: Scorer | None  # None: it knows the coverage of words alone, which replicas have themselves
    queues: Mapping[str, Batcher[str, Embedding]] = field(init=False)  # by the name of the embedder
    counts: Mapping[str, Batcher[str, int]] = field(init=False)  # of word pieces, by the name of the embedder
    pairs: Batcher[Pair, Logits | None] | None = field(init=False)

    def __post_init__(self) -> None:
        queues = {name: Batcher(embedding(embedder), tokens) for name, embedder in self.embedders.items()}
        object.__setattr__(self, "queues", queues)
        counts = {name: Batcher(embedder.count, tokens) for name, embedder in self.embedders.items()}
        object.__setattr__(self, "counts", counts)
        judge = self.judge and Batcher(judging(self.judge), lambda pair: tokens(*pair[1:]))
        object.__setattr__(self, "pairs", judge)

    @classmethod
    def of(cls, embedder: str, precision: Precision | None, judge: str | None) -> Models:
        """The embedder and the judge of the settings; beside them MiniLM, which reads the questions of all replicas."""
        chosen = named(embedder, precision)
        return cls({embedder: chosen} | ({} if embedder == MiniLM.name else {MiniLM.name: MiniLM()}), scorer(judge))

    def warm(self) -> None:
        """Loads them. Raises EmbedderMissing, JudgeMissing."""
        for embedder in self.embedders.values():
            embedder.embed(["warm up"])
        if self.judge:
            self.judge.answers([("warm up", "warm up")])

    def embedder(self, name: str) -> Embedder:
        """Raises ModelNotServed."""
        if name not in self.embedders:
            raise ModelNotServed(name, list(self.embedders))
        return self.embedders[name]

    def listed(self) -> list[dict[str, Any]]:
        """The models as `/v1/models` lists them; `max_model_len` counts the pieces at both ends, too."""
        return [
            {
                **_listed(name, "embed"),
                "dimension": each.dimension,
                "limit": each.limit,
                "max_model_len": each.limit + 2,
            }
            | {"precision": each.precision}
            for name, each in self.embedders.items()
        ] + ([_listed(self.judge.name, "judge")] if self.judge else [])

    def batchers(self) -> Mapping[str, Batcher[Any, Any]]:
        """All queues, by the names of their models."""
        judge = {self.judge.name: self.pairs} if self.judge and self.pairs else {}
        counts = {f"{name} tokenizer": queue for name, queue in self.counts.items()}
        return {**self.queues, **counts, **judge}

    async def close(self) -> None:
        for each in self.batchers().values():
            await each.close()


def _listed(name: str, task: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "byline", "task": task}


def embedding(embedder: Embedder) -> Callable[[Sequence[str]], Sequence[Embedding]]:
    def run(texts: Sequence[str]) -> Sequence[Embedding]:
        counts = (min(each, embedder.limit) for each in embedder.count(texts))
        return list(zip(embedder.embed(texts), counts, strict=True))

    return run


def judging(judge: Scorer) -> Callable[[Sequence[Pair]], Sequence[Logits | None]]:
    """The pairs of both tasks in one run."""

    def run(pairs: Sequence[Pair]) -> Sequence[Logits | None]:
        asks = {"entailment": judge.entailment, "answers": judge.answers}
        told: dict[int, Logits | None] = {}
        for task, ask in asks.items():
            places = [place for place, each in enumerate(pairs) if each[0] == task]
            if places:
                told.update(zip(places, ask([pairs[place][1:] for place in places]), strict=True))
        return [told[place] for place in range(len(pairs))]

    return run
