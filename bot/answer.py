"""The pipeline on one screen: question -> hits -> evidence -> decision -> words -> proof -> answer."""

from __future__ import annotations

from collections.abc import Collection, Generator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from bot import calibrate, cite, decide, refuse, write
from bot.condense import condense
from bot.config import Config, shipped
from bot.draft import Drafter
from bot.errors import Cancelled, ModelFailed, QuestionEmpty, QuestionTooLong, ShownError, UsageError
from bot.find import about, find
from bot.language.capital import spelled_out
from bot.model.chain import Chain
from bot.question.parts import parts
from bot.relevance import reply, selection
from bot.stages import Asked, Clock, Draft, Found
from bot.types import (
    Answer,
    Cancellation,
    Event,
    Evidence,
    EvidenceReady,
    State,
    Status,
    Turn,
    Words,
)
from index.errors import StoreMissing
from index.types import Filters, Hits

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
        `entails` tells whether quotes say a sentence, instead of the model itself."""
        self.index = index
        self.notice = notice
        self._models, self._quotes = models, quotes
        self._strictness = strictness
        self._drafter = Drafter.load(shipped("prompts"), entails)
        self._calibrations = calibrate.load()

    @classmethod
    def open(cls, store: str | Path = "data/store", model: str | None = None, config: Config | None = None) -> Self:
        """Raises StoreMissing where there is no store, ModelUnknown or ModelMissing for a model that cannot be had."""
        from bot.cross_encoder import named_entailment
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

    @property
    def loads(self) -> bool:
        """Whether the model that is asked first is one of this machine, so that it is loaded before it answers."""
        return bool(self._models) and not self._models[0].remote

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
            meant = spelled_out(whole, [hit.passage.text for hit in hits]) if understand else whole
            if meant != whole:
                hits = self.index.search(meant, PASSAGES, filters, ignore=ignore, understand=understand)
            found = find(self.index, meant, hits, chain.model.budget if chain.model else BUDGET, asked.clock)
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
        if self.loads:
            self._drafter.warm(self._models[0])

    def close(self) -> None:
        self.index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

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
        if refuse.made_up(found.question):
            yield self._refused(asked, found)
            return
        whole = parts(found.question)
        shown: dict[str, decide.Signals] = {}
        for part in whole:
            shown[part] = self._drafter.signals(about(self.index, part, found), model)
        foreseen = {part: self._foreseen(part, shown[part], asked) for part in whole}
        known = tuple(part for part in whole if foreseen[part] is not False)
        if not known:
            yield self._refused(asked, found)
            return
        answered = found if known == whole else replace(found, question=" ".join(known))
        sure = model is not None and all(foreseen[part] for part in known)
        pieces: list[str] = []
        with closing(self._drafter.words(answered, model) if model else write.extract(found.chosen)) as words:
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

    def _foreseen(self, part: str, shown: decide.Signals, asked: Asked) -> bool | None:
        """The decision where nothing that is seen of the words can change it; None where it hangs on them."""
        model = asked.chain.model
        if model and model.check and shown.probed is None and not decide.far(shown):
            return None
        return decide.foreseen(part, shown, self._calibrations, asked.least)

    def _decision(self, asked: Asked, found: Found, shown: Sequence[decide.Signals], draft: Draft) -> decide.Decision:
        """That of the part of the question which the draft answers best."""
        decisions = [decide.decide(found.question, draft.seen(each), self._calibrations, asked.least) for each in shown]
        return max(decisions, key=lambda each: each.confidence)

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
        article says, the sentence that it means takes its place, if there still is likely to be an answer."""
        if decide.declines(words):
            words, sure = self._told_after_all(asked, found, one=len(shown) == 1), False
        if not words or not found.chosen:
            return self._refused(asked, found)
        first = self._drafter.draft(found, words, asked.chain.model, strict=asked.strict)
        if asked.chain.model and len(shown) == 1:  # one sentence does not answer two questions
            found, first = self._drafter.looked_into(found, first, asked.chain.model, strict=asked.strict)
        draft = first if sure and first.proved >= cite.THRESHOLD else self._weighed(asked, found, first, shown)
        decision = self._decision(asked, found, shown, draft)
        if not sure and not decision.answers:
            return self._refused(asked, found)
        if draft.proved < cite.THRESHOLD and (not asked.chain.model or all(each.probed is not None for each in shown)):
            meant = _meant(found, draft, decision, sure)
            given = (
                self._drafter.instead(found, draft, meant, asked.chain.model, strict=asked.strict) if meant else None
            )
            if not given:
                return self._refused(asked, found)
            draft = given
        if not any(each.state is State.SUPPORTED for each in draft.cited.sentences):
            return self._refused(asked, found)
        if len(shown) == 1:
            draft = self._drafter.brought_up_to_date(found, draft, asked.chain.model, strict=asked.strict)
        cited = draft.cited
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

    def _told_after_all(self, asked: Asked, found: Found, *, one: bool) -> str:
        """The sentence that answers though the model says that none does; empty where there is none, or it was not
        asked `one` question alone. Those that come so far mostly have one: of some 500, the model wrote that to 5 with
        an answer, and to none without."""
        model = asked.chain.model
        told = selection.tells_so(found.question, found.chosen, found.days)
        return told or (self._drafter.likeliest_alone(found, model) if model and one else "")

    def _weighed(self, asked: Asked, found: Found, first: Draft, shown: Sequence[decide.Signals]) -> Draft:
        """The draft, with what its model makes of its quotes where there is a doubt; where it has no proof, it or
        another draft, whichever is the likelier answer. A model elsewhere is not asked that often."""
        model = asked.chain.model
        if not model or not model.check:
            return first

        def weight(draft: Draft) -> decide.Weight:
            confidence = self._decision(asked, found, shown, draft).confidence
            return decide.Weight(draft.proved >= cite.THRESHOLD, confidence)

        if all(each.probed is not None for each in shown) and decide.beyond_doubt(weight(first), asked.least):
            return first
        checked = self._drafter.checked(found, first, model)
        weighed = weight(checked)
        if weighed.proved or len(shown) > 1:
            return checked
        second = self._drafter.again(found, model, strict=asked.strict)
        if not second:
            return checked
        return second if decide.better(weighed, weight(second)) else checked

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


def _meant(found: Found, draft: Draft, decision: decide.Decision, sure: bool) -> tuple[Evidence, ...]:
    """The likeliest sentence, or the one that a draft without a proof was taken from, after the one that it leans on.
    Where it was taken from none, and none tells who does what was asked, or where a probe sees rather none than an
    answer in another one than that, though the articles were not sure to have one, they have to be likely enough to
    answer: else, or where the sentence does not say who does that, nothing."""
    telling = selection.telling(found.question, found.chosen, found.days)
    source = telling or selection.source(draft.words, found.question, found.chosen)
    if not source and decision.confidence < decide.LIKELY:
        return ()
    taken = found.likeliest() or source
    log_odds = found.alone.get(taken, 0.0) if taken else 0.0
    pointed_at = taken == found.pointed_at and log_odds >= decide.NONE_SEEN
    if taken and not sure and not pointed_at and decision.confidence < decide.needed(log_odds):
        return ()
    meant = write.best(found.chosen, (taken,) if taken else ())
    return () if reply.omits((each.text for each in meant), found.question) else meant


def _stoppable(model: Model, cancel: Cancellation) -> Model:
    """The model for one question, which `cancel` stops."""
    probability, read, answer, check = model.probability, model.read, model.reply, model.check
    hidden = model.hidden
    return replace(
        model,
        complete=lambda prompt, _=None: model.complete(prompt, cancel),
        probability=(lambda prompt, _=None: probability(prompt, cancel)) if probability else None,
        read=(lambda prompt, question, layer, adapter, _=None: read(prompt, question, layer, adapter, cancel))
        if read
        else None,
        reply=(lambda prompt, question, adapter, _=None: answer(prompt, question, adapter, cancel)) if answer else None,
        check=(lambda prompt, _=None: check(prompt, cancel)) if check else None,
        hidden=(lambda prompt, layer, _=None: hidden(prompt, layer, cancel)) if hidden else None,
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
