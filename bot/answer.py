"""The pipeline on one screen: question -> hits -> evidence -> decision -> words -> proof -> answer."""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Self

from bot import cite, decide, evidence, prompt, refuse, write
from bot.condense import condense
from bot.config import Config, shipped
from bot.errors import Cancelled, ModelFailed, QuestionEmpty, QuestionTooLong, ShownError, UsageError
from bot.model.chain import Chain
from bot.types import Answer, Cancellation, Event, Evidence, EvidenceReady, Prompt, State, Status, Timings, Turn, Words
from index.errors import ArticleMissing, StoreMissing
from index.types import Article, Filters, Hits

if TYPE_CHECKING:
    from bot.model import Model
    from index.index import Index

PASSAGES = 10
BUDGET = 250  # tokens of evidence; a CPU reads about 110 a second
LONGEST = 2_000  # characters of a question


@dataclass(frozen=True, slots=True)
class Found:
    """What a question's search gave: the sentences of its hits, those chosen, and their articles."""

    hits: Hits
    sentences: tuple[Evidence, ...]
    chosen: tuple[Evidence, ...]
    weights: Mapping[str, float]  # the question's terms and their shares
    articles: Mapping[str, Article]  # those of `sentences`, by id

    @property
    def facts(self) -> dict[str, str]:
        """What the articles of the chosen sentences say of themselves, by id."""
        return {each.article_id: cite.facts_of(self.articles[each.article_id]) for each in self.chosen}


class Bot:
    """Answers questions about the articles of an index. Several threads may ask at once."""

    def __init__(self, index: Index, *models: Model, quotes: bool = False, notice: str | None = None) -> None:
        """The `models` are tried in order; with `quotes`, or without a model, the articles' own sentences are the last
        resort. `notice` is to be shown to the person."""
        self.index = index
        self.notice = notice
        self._models, self._quotes = models, quotes
        self._answer_prompt, self._check = _prompts(shipped("prompts"))

    @classmethod
    def open(cls, store: str | Path = "data/store", model: str | None = None, config: Config | None = None) -> Self:
        """Raises StoreMissing where there is no store, ModelUnknown or ModelMissing for a model that cannot be had."""
        from bot.model import open_model
        from index.embed import named
        from index.index import Index

        settings = config or Config()
        if not Index.exists(store):
            raise StoreMissing(Path(store))
        opened = open_model(
            model or settings.model, url=settings.model_url, key=settings.model_key, timeout=settings.model_timeout
        )
        embedder = named(settings.embedder, settings.precision)
        index = Index.open(store, embedder=embedder, url=settings.store_url, reranker=settings.reranker)
        return cls(index, *opened.models, quotes=opened.quotes, notice=opened.notice)

    @property
    def model(self) -> str:
        """The name of the one that is asked first."""
        return Chain(self._models).name

    def waiting(self) -> int:
        """How many callers wait for the models."""
        return sum(model.waiting() for model in self._models)

    def answer(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters = Filters(),
        *,
        ignore: Collection[str] = (),
        understand: bool = True,
        strict: bool = False,
    ) -> Answer:
        for event in self.stream(question, history, filters, ignore=ignore, understand=understand, strict=strict):
            if isinstance(event, Answer):
                return event
        raise AssertionError("a stream ends with its answer")

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters = Filters(),
        *,
        ignore: Collection[str] = (),
        understand: bool = True,
        strict: bool = False,
        cancel: Cancellation | None = None,
    ) -> Generator[Event]:
        """`EvidenceReady`, then `Words` as they are written, then the `Answer`.

        Closing the generator stops the work; `cancel` does too, from any thread and while the prompt is being read.
        `ignore` and `understand` are those of `Index.search`: what the question names and is not to be heeded.
        `strict` leaves out what no article supports instead of marking it. A failing model or store gives an Answer
        with the status `failed`. Raises QuestionEmpty, QuestionTooLong, or Cancelled.
        """
        clock = _Clock()
        asked = _checked(question)
        stop = cancel or Cancellation()
        chain = Chain([_stoppable(model, stop) for model in self._models], self._quotes)
        found = None
        try:
            whole = condense(asked, history, chain.complete if chain.model else None)
            hits = self.index.search(whole, PASSAGES, filters, ignore=ignore, understand=understand)
            found = self._find(whole, hits, clock)
            yield EvidenceReady(found.hits, found.chosen)
            yield from self._speak(asked, found, chain, clock, strict)
        except (Cancelled, UsageError):
            raise
        except ShownError as error:
            yield self._failed(asked, found, chain, str(error), clock)

    def warm(self) -> None:
        """Loads what the first question would wait for: the embedder, and a model of this machine with its standing
        instructions. Raises what they raise."""
        self.index.search("warm up", 1)
        first = self._models[0] if self._models else None
        if first and first.probability and not first.remote:
            first.probability(Prompt(self._answer_prompt.system, self._check))

    def close(self) -> None:
        self.index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _find(self, question: str, searched: Hits, clock: _Clock) -> Found:
        hits, articles = self._present(searched)
        clock.mark("search")
        weights = evidence.question_weights(question, self.index.rarity)
        sentences = evidence.scored(question, weights, hits, self.index.embed)
        chosen = evidence.choose(sentences, BUDGET)
        clock.mark("evidence")
        return Found(hits, tuple(sentences), chosen, weights, articles)

    def _present(self, hits: Hits) -> tuple[Hits, dict[str, Article]]:
        """The hits and their articles, by id, without what was removed since the search."""
        articles: dict[str, Article] = {}
        for article_id in dict.fromkeys(hit.passage.article_id for hit in hits):
            with suppress(ArticleMissing):
                articles[article_id] = self.index.article(article_id)
        return replace(hits, items=tuple(hit for hit in hits if hit.passage.article_id in articles)), articles

    def _speak(self, question: str, found: Found, chain: Chain, clock: _Clock, strict: bool) -> Generator[Event]:
        """The words and the answer of the first in the chain that does not fail before it has spoken."""
        while True:
            spoke = False
            try:
                with closing(self._write(question, found, chain, clock, strict)) as events:
                    for event in events:
                        spoke = True
                        yield event
                return
            except ModelFailed as error:
                if spoke:
                    raise
                chain.pass_on(error)

    def _write(self, question: str, found: Found, chain: Chain, clock: _Clock, strict: bool) -> Generator[Event]:
        model = chain.model
        request = self._answer_prompt.fill(
            {
                "question": question,
                "evidence": write.excerpts(found.chosen, found.articles),
                "language": write.language_of(question),
            }
        )
        decision = decide.decide(
            decide.signals(question, found.weights, found.chosen, found.facts, self._says(request, model))
        )
        if not decision.answers:
            yield self._refused(question, found, chain, clock)
            return
        pieces: list[str] = []
        with closing(model.complete(request) if model else write.extract(found.chosen)) as words:
            for piece in words:
                clock.mark("first_token")
                pieces.append(piece)
                yield Words(piece)
        yield self._finished(question, found, chain, "".join(pieces), clock, strict)

    def _says(self, request: Prompt, model: Model | None) -> float | None:
        """The model's probability that the evidence answers the question, read over the prompt that will be cached."""
        if not model or not model.probability:
            return None
        return model.probability(Prompt(request.system, f"{request.user}\n\n{self._check}"))

    def _finished(self, question: str, found: Found, chain: Chain, words: str, clock: _Clock, strict: bool) -> Answer:
        others = [each for each in found.sentences if each not in found.chosen]
        cited = cite.cite(words, question, found.chosen, others, found.articles, strict=strict)
        if decide.declines(words) or not any(each.state is State.SUPPORTED for each in cited.sentences):
            return self._refused(question, found, chain, clock)
        whole = all(each.state is State.SUPPORTED for each in cited.sentences)
        return Answer(
            question=question,
            status=Status.ANSWERED if whole else Status.PARTIAL,
            text=cited.text,
            model=chain.name,
            notice=chain.notice,
            sentences=cited.sentences,
            citations=cited.citations,
            evidence=found.chosen,
            hits=found.hits,
            timings=clock.timings(),
        )

    def _refused(self, question: str, found: Found, chain: Chain, clock: _Clock) -> Answer:
        nearest = refuse.nearest(found.hits, found.articles)
        absent = decide.missing(question, found.weights, found.chosen, found.facts)
        return Answer(
            question=question,
            status=Status.REFUSED,
            text=refuse.sentence(question, nearest),
            model=chain.name,
            notice=chain.notice,
            evidence=found.chosen,
            hits=found.hits,
            nearest=nearest,
            reason=refuse.reason(question, absent),
            timings=clock.timings(),
        )

    def _failed(self, question: str, found: Found | None, chain: Chain, reason: str, clock: _Clock) -> Answer:
        return Answer(
            question=question,
            status=Status.FAILED,
            text="",
            model=chain.name,
            notice=chain.notice,
            evidence=found.chosen if found else (),
            hits=found.hits if found else Hits(),
            reason=reason,
            timings=clock.timings(),
        )


class _Clock:
    """Seconds from the question to the first time that something happened."""

    def __init__(self) -> None:
        self._start = perf_counter()
        self._marks: dict[str, float] = {}

    def mark(self, name: str) -> None:
        self._marks.setdefault(name, round(perf_counter() - self._start, 3))

    def timings(self) -> Timings:
        self.mark("total")
        return Timings(**self._marks)


def _stoppable(model: Model, cancel: Cancellation) -> Model:
    """The model for one question, which `cancel` stops."""
    probability = model.probability
    return replace(
        model,
        complete=lambda prompt, _=None: model.complete(prompt, cancel),
        probability=(lambda prompt, _=None: probability(prompt, cancel)) if probability else None,
    )


def _checked(question: str) -> str:
    asked = " ".join(question.encode(errors="replace").decode().split())  # half a surrogate pair is no letter
    if not any(character.isalnum() for character in asked):
        raise QuestionEmpty
    if len(asked) > LONGEST:
        raise QuestionTooLong(len(asked), LONGEST)
    return asked


def _prompts(folder: Path) -> tuple[prompt.PromptFile, str]:
    """The prompts for an answer and for the check that there is one. Raises PromptInvalid."""
    answer = (folder / "answer.md").read_text(encoding="utf-8")
    check = (folder / "check.md").read_text(encoding="utf-8")
    return prompt.parse("answer.md", answer, ("question", "evidence", "language")), check.strip()
