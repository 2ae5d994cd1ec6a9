"""The pipeline on one screen: question -> hits -> evidence -> decision -> words -> proof -> answer."""

from __future__ import annotations

import json
from collections.abc import Collection, Generator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from bot import calibrate, cite, decide, evidence, prompt, refuse, reply, write
from bot.condense import condense
from bot.config import Config, shipped
from bot.errors import Cancelled, ModelFailed, QuestionEmpty, QuestionTooLong, ShownError, UsageError
from bot.model.chain import Chain
from bot.parts import parts
from bot.stages import Asked, Clock, Draft, Expected, Found, proof_of
from bot.types import (
    Answer,
    Cancellation,
    Event,
    EvidenceReady,
    Probability,
    Prompt,
    State,
    Status,
    Turn,
    Words,
)
from index.errors import ArticleMissing, StoreMissing
from index.types import Article, Filters, Hits

if TYPE_CHECKING:
    from bot.model import Model
    from index.index import Index

PASSAGES = 10
BUDGET = 250  # tokens of evidence without a model
LONGEST = 2_000  # characters of a question


class Bot:
    """Answers questions about the articles of an index. Several threads may ask at once."""

    def __init__(
        self,
        index: Index,
        *models: Model,
        quotes: bool = False,
        notice: str | None = None,
        strictness: float | None = None,
        entails: cite.Entails | None = None,
    ) -> None:
        """The `models` are tried in order; with `quotes`, or without a model, the articles' own sentences are the last
        resort. `notice` is to be shown to the person; `strictness` is that of `stream`, where none is given there;
        `entails` joins in what supports a sentence."""
        self.index = index
        self.notice = notice
        self._models, self._quotes = models, quotes
        self._strictness = strictness
        self._entails = entails
        self._answer_prompt, self._check_prompt, self._answerable = _prompts(shipped("prompts"))
        self._calibrations = calibrate.load()
        self._probes = calibrate.probes()

    @classmethod
    def open(cls, store: str | Path = "data/store", model: str | None = None, config: Config | None = None) -> Self:
        """Raises StoreMissing where there is no store, ModelUnknown or ModelMissing for a model that cannot be had."""
        from bot.entail import named_entailment
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
        return cls(
            index,
            *opened.models,
            quotes=opened.quotes,
            notice=opened.notice,
            strictness=settings.strictness,
            entails=named_entailment(settings.entailment),
        )

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
        strictness: float | None = None,
    ) -> Answer:
        for event in self.stream(
            question,
            history,
            filters,
            ignore=ignore,
            understand=understand,
            strict=strict,
            strictness=strictness,
        ):
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
        strictness: float | None = None,
        cancel: Cancellation | None = None,
    ) -> Generator[Event]:
        """`EvidenceReady`, then `Words` as they are written, then the `Answer`.

        Closing the generator stops the work; `cancel` does too, from any thread and while the prompt is being read.
        `ignore` and `understand` are those of `Index.search`: what the question names and is not to be heeded.
        `strict` leaves out what no article supports instead of marking it; `strictness` is the probability, in [0, 1],
        that the articles answer, below which it refuses (None: the calibration's). A failing model or store gives an
        Answer with the status `failed`. Raises QuestionEmpty, QuestionTooLong, or Cancelled.
        """
        stop = cancel or Cancellation()
        chain = Chain([_stoppable(model, stop) for model in self._models], self._quotes)
        least = self._strictness if strictness is None else strictness
        asked = Asked(checked(question), chain, Clock(), strict, least)
        found = None
        try:
            whole = condense(asked.question, history, chain.complete if chain.model else None)
            hits = self.index.search(whole, PASSAGES, filters, ignore=ignore, understand=understand)
            found = self._find(whole, hits, chain.model.budget if chain.model else BUDGET, asked.clock)
            yield EvidenceReady(found.hits, found.chosen)
            yield from self._speak(asked, found)
        except (Cancelled, UsageError):
            raise
        except ShownError as error:
            yield self._failed(asked, found, str(error))

    def warm(self) -> None:
        """Loads what the first question would wait for: the embedder, and a model of this machine with its standing
        instructions and examples. Raises what they raise."""
        self.index.search("warm up", 1)
        first = self._models[0] if self._models else None
        if first and not first.remote:
            self._expects(Found("warm up"), first)
        if first and (check := first.check):
            check(self._check_prompt.fill(dict.fromkeys(("evidence", "question", "answer"), "warm up")))

    def close(self) -> None:
        self.index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _find(self, question: str, searched: Hits, budget: int, clock: Clock) -> Found:
        hits, articles = self._present(searched)
        clock.mark("search")
        weights = evidence.question_weights(question, self.index.rarity)
        embed = self.index.embed if self.index.reads(question) else None
        sentences = evidence.scored(question, weights, hits, embed)
        chosen = evidence.choose(sentences, budget)
        clock.mark("evidence")
        return Found(question, hits, tuple(sentences), chosen, weights, articles)

    def _present(self, hits: Hits) -> tuple[Hits, dict[str, Article]]:
        """The hits and their articles, by id, without what was removed since the search."""
        articles: dict[str, Article] = {}
        for article_id in dict.fromkeys(hit.passage.article_id for hit in hits):
            with suppress(ArticleMissing):
                articles[article_id] = self.index.article(article_id)
        return replace(hits, items=tuple(hit for hit in hits if hit.passage.article_id in articles)), articles

    def _speak(self, asked: Asked, found: Found) -> Generator[Event]:
        """The words and the answer of the first in the chain that does not fail before it has spoken."""
        while True:
            spoke = False
            try:
                with closing(self._write(asked, found, asked.chain.model)) as events:
                    for event in events:
                        spoke = True
                        yield event
                return
            except ModelFailed as error:
                if spoke:
                    raise
                asked.chain.pass_on(error)

    def _write(self, asked: Asked, found: Found, model: Model | None) -> Generator[Event]:
        """The words as they come, where nothing can take them back, and the answer."""
        whole = parts(found.question)
        shown: dict[str, decide.Signals] = {}
        for part in whole:
            about = self._about(part, found)
            shown[part] = about.signals(self._expects(about, model))
        foreseen = {part: self._foreseen(part, shown[part], asked) for part in whole}
        known = tuple(part for part in whole if foreseen[part] is not False)
        if not known:
            yield self._refused(asked, found)
            return
        answered = found if known == whole else replace(found, question=" ".join(known))
        sure = all(foreseen[part] for part in known)
        pieces: list[str] = []
        with closing(self._words(answered, model) if model else write.extract(found.chosen)) as words:
            for piece in write.held(words, decide.REFUSAL):
                pieces.append(piece)
                if sure:
                    asked.clock.mark("first_token")
                    yield Words(piece)
        absent = tuple(part for part in whole if part not in known)
        answer = self._finished(asked, answered, "".join(pieces), absent, [shown[part] for part in known], sure)
        if not sure and answer.status is not Status.REFUSED:
            asked.clock.mark("first_token")
            yield Words(cite.strip_marks(answer.text))
        yield answer

    def _about(self, part: str, found: Found) -> Found:
        """What was found, for one of the questions in the question."""
        if part == found.question:
            return found
        return replace(found, question=part, weights=evidence.question_weights(part, self.index.rarity))

    def _foreseen(self, part: str, shown: decide.Signals, asked: Asked) -> bool | None:
        """The decision where nothing that is seen of the words can change it; None where it hangs on them."""
        model = asked.chain.model
        if model and model.check and shown.probed is None:
            return None
        return decide.foreseen(part, shown, self._calibrations, asked.least)

    def _decision(self, asked: Asked, found: Found, shown: Sequence[decide.Signals], draft: Draft) -> decide.Decision:
        """That of the part of the question which the draft answers best."""
        decisions = [decide.decide(found.question, draft.seen(each), self._calibrations, asked.least) for each in shown]
        return max(decisions, key=lambda each: each.confidence)

    def _expects(self, found: Found, model: Model | None) -> Expected:
        """What the model makes of the question: as it is probed while it reads the prompt, which is kept for the
        answer, or as it says itself."""
        if not model:
            return Expected()
        request = self._request(found)
        probe = self._probes.get(model.name)
        if probe and model.read:
            return Expected(probe.log_odds(model.read(request, found.question, probe.layer, probe.adapter)))
        if model.check or not model.probability:
            return Expected()
        asked = Prompt(request.system, f"{request.user}\n\n{self._answerable}")
        return Expected(says=model.probability(asked))

    def _words(self, found: Found, model: Model) -> Generator[str, None, None]:
        """What the model writes, with the adapter that it was probed with."""
        request, probe = self._request(found), self._probes.get(model.name)
        if probe and model.reply:
            return model.reply(request, found.question, probe.adapter)
        return model.complete(request)

    def _check_request(self, found: Found, draft: Draft) -> Prompt:
        """The words beside their quotes alone, where a model sees what it overlooks among all the evidence; where
        nothing is quoted, beside the best sentence."""
        quotes = write.quotes(draft.cited.citations) or write.best(found.chosen)
        return self._check_prompt.fill(
            {"evidence": write.excerpts(quotes, found.articles), "question": found.question, "answer": draft.words}
        )

    def _request(self, found: Found) -> Prompt:
        return self._answer_prompt.fill(
            {
                "question": found.question,
                "evidence": write.excerpts(found.chosen, found.articles),
                "language": write.language_of(found.question),
            }
        )

    def _finished(
        self,
        asked: Asked,
        found: Found,
        words: str,
        absent: Sequence[str],
        shown: Sequence[decide.Signals],
        sure: bool,
    ) -> Answer:
        """The answer of the words, or of better ones; `absent` are the questions in the question that the articles do
        not answer, and `shown` is what was seen of the others. Where a model only says the question again, or what no
        article says, the articles' own sentence takes its place, if there still is likely to be an answer."""
        if decide.declines(words) or not found.chosen:
            return self._refused(asked, found)
        first = self._draft(found, words, strict=asked.strict)
        draft = first if sure and first.proved >= cite.THRESHOLD else self._weighed(asked, found, first, shown)
        decision = self._decision(asked, found, shown, draft)
        if not sure and not decision.answers:
            return self._refused(asked, found)
        cited = draft.cited
        if draft.proved < cite.THRESHOLD and all(each.probed is not None for each in shown):
            own = "".join(write.extract(found.chosen))
            if reply.evades(own, found.question):
                return self._refused(asked, found)
            cited = self._cited(found, own, strict=asked.strict)
        if not any(each.state is State.SUPPORTED for each in cited.sentences):
            return self._refused(asked, found)
        whole = not absent and all(each.state is State.SUPPORTED for each in cited.sentences)
        silent = refuse.silent(absent)
        return replace(
            self._answer(asked, found),
            status=Status.ANSWERED if whole else Status.PARTIAL,
            text=f"{cited.text} {silent}" if silent else cited.text,
            sentences=cited.sentences,
            citations=cited.citations,
            reason=silent,
        )

    def _weighed(self, asked: Asked, found: Found, first: Draft, shown: Sequence[decide.Signals]) -> Draft:
        """The draft, with what its model says of it where its proof leaves a doubt; where that leaves one too, it or
        another draft, whichever is the likelier answer. A model elsewhere is not asked that often."""
        model = asked.chain.model
        if not model or not model.check:
            return first

        def weight(draft: Draft) -> decide.Weight:
            confidence = self._decision(asked, found, shown, draft).confidence
            return decide.Weight(draft.proved >= cite.THRESHOLD, confidence)

        if all(each.probed is not None for each in shown) and decide.beyond_doubt(weight(first), asked.least):
            return first
        checked = self._checked(found, first, model.check)
        weighed = weight(checked)
        if decide.beyond_doubt(weighed, asked.least) or len(shown) > 1:  # one sentence does not answer two questions
            return checked
        second = self._again(found, model, strict=asked.strict)
        if not second:
            return checked
        again = self._checked(found, second, model.check)
        return again if decide.better(weighed, weight(again)) else checked

    def _again(self, found: Found, model: Model, *, strict: bool = False) -> Draft | None:
        """What the model writes that is shown the best sentence alone; None where it finds no answer there."""
        alone = replace(found, chosen=write.best(found.chosen))
        words = "".join(self._words(alone, model))
        return None if decide.declines(words) else self._draft(found, words, strict=strict)

    def _draft(self, found: Found, words: str, *, strict: bool = False) -> Draft:
        cited = self._cited(found, words, strict=strict)
        return Draft(words.strip(), cited, proof_of(words, found.question, cited))

    def _checked(self, found: Found, draft: Draft, check: Probability) -> Draft:
        return replace(draft, says=check(self._check_request(found, draft)))

    def _cited(self, found: Found, words: str, *, strict: bool = False) -> cite.Cited:
        others = [each for each in found.sentences if each not in found.chosen]
        return cite.cite(
            words, found.question, found.chosen, others, found.articles, strict=strict, entails=self._entails
        )

    def _refused(self, asked: Asked, found: Found) -> Answer:
        nearest = refuse.nearest(found.hits, found.articles)
        absent = decide.missing(found.question, found.weights, found.chosen, found.facts)
        return replace(
            self._answer(asked, found),
            status=Status.REFUSED,
            text=refuse.sentence(asked.question, nearest),
            nearest=nearest,
            reason=refuse.reason(found.question, absent),
        )

    def _failed(self, asked: Asked, found: Found | None, reason: str) -> Answer:
        return replace(self._answer(asked, found), status=Status.FAILED, reason=reason)

    def _answer(self, asked: Asked, found: Found | None) -> Answer:
        """What all answers to a question have, whatever becomes of it."""
        return Answer(
            question=asked.question,
            status=Status.FAILED,
            text="",
            model=asked.chain.name,
            notice=asked.chain.notice,
            evidence=found.chosen if found else (),
            hits=found.hits if found else Hits(),
            timings=asked.clock.timings(),
        )


def _stoppable(model: Model, cancel: Cancellation) -> Model:
    """The model for one question, which `cancel` stops."""
    probability, read, answer, check = model.probability, model.read, model.reply, model.check
    return replace(
        model,
        complete=lambda prompt, _=None: model.complete(prompt, cancel),
        probability=(lambda prompt, _=None: probability(prompt, cancel)) if probability else None,
        read=(lambda prompt, question, layer, adapter, _=None: read(prompt, question, layer, adapter, cancel))
        if read
        else None,
        reply=(lambda prompt, question, adapter, _=None: answer(prompt, question, adapter, cancel)) if answer else None,
        check=(lambda prompt, _=None: check(prompt, cancel)) if check else None,
    )


def checked(question: str) -> str:
    """The question on one line. Raises QuestionEmpty, QuestionTooLong.

    >>> checked("  Who  left? ")
    'Who left?'
    """
    asked = " ".join(question.encode(errors="replace").decode().split())  # half a surrogate pair is no letter
    if not any(character.isalnum() for character in asked):
        raise QuestionEmpty
    if len(asked) > LONGEST:
        raise QuestionTooLong(len(asked), LONGEST)
    return asked


def _prompts(folder: Path) -> tuple[prompt.PromptFile, prompt.PromptFile, str]:
    """The prompts for an answer and for its check, and the request that asks beforehand whether there is an answer.
    Raises PromptInvalid."""
    answer, check, examples, answerable = (
        (folder / name).read_text(encoding="utf-8")
        for name in ("answer.md", "check.md", "check.examples.json", "answerable.md")
    )
    return (
        prompt.parse("answer.md", answer, ("question", "evidence", "language")),
        prompt.parse("check.md", check, ("question", "evidence", "answer")).with_examples(json.loads(examples)),
        answerable.strip(),
    )
