"""Evidence to proved sentences: decide, write, prove, look for a newer article that says otherwise.

A sentence is given once it is proved and the question is judged to be answered. A given sentence is never taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from bot.answering import conflict, evidence
from bot.answering.cite import AnswerBuilder
from bot.answering.decide import REFUSAL, Decider, Decision, Signals, decider, far, signals
from bot.answering.flow import Asked, EvidencePool
from bot.answering.prove import ClaimVerifier, Proof, claimed
from bot.answering.write import draft as write
from bot.answering.write.small import Pointed, names_subject, pointed
from bot.classifiers import decomposition
from bot.classifiers.calibration import Adapted, Calibration
from bot.errors import Cancelled, ModelFailed
from bot.model import prompt
from bot.types import (
    Block,
    Cancellation,
    Cited,
    Event,
    Evidence,
    Judgement,
    Length,
    Prompt,
    Proving,
    Reason,
    State,
    Words,
    moved,
)
from index.text.sentence import sentences

if TYPE_CHECKING:
    from bot.judge import Judge
    from bot.model import Model

APART = "(the search results above)"  # in the prompt of a model that takes the excerpts apart
QUOTED = Reason("quoted")


@dataclass(slots=True)
class Draft:
    """The answer so far, and the judgements made for it."""

    page: AnswerBuilder
    blocks: list[Block] = field(default_factory=list)  # of the answer to a broad request
    judgements: list[Judgement] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)  # the parts of the question that the articles do not answer
    contradicted: list[str] = field(default_factory=list)  # sentences that were left out
    said: set[str] = field(default_factory=set)  # casefolded, before attribution and day are added
    failure: Reason | None = None  # the error by which the model broke off
    unsure: bool = False  # whether a sentence is only said to be of the nearest passage
    unproved: bool = False  # whether a strict answer leaves out what is not proved
    notice: Reason | None = None  # what a person should know of how the answer was checked
    searched_again: tuple[str, ...] = ()  # the queries that the model named
    found: EvidencePool | None = None  # the evidence with that of these queries
    withheld: set[str] = field(default_factory=set)  # what only the person's own strictness refused at some step

    def decided(self, decision: Decision, question: str) -> None:
        self.judgements.append(decision.judgement(question))
        if decision.withheld:
            self.withheld.add(question)

    def widen(self, found: EvidencePool, queries: tuple[str, ...]) -> None:
        """Goes on with more evidence, before the first sentence."""
        self.page, self.found, self.searched_again = AnswerBuilder(found.articles), found, queries

    @property
    def refuses(self) -> bool:
        """Whether nothing is said but, perhaps, what the articles lack."""
        return all(each.state is State.ABOUT for each in self.page.sentences)

    @property
    def whole(self) -> bool:
        supported = all(each.state is State.SUPPORTED for each in self.page.sentences)
        return supported and not (self.absent or self.contradicted or self.failure or self.unsure or self.unproved)

    @property
    def too_strict(self) -> bool:
        """Whether only the person's own strictness refused what stays without an answer."""
        return bool(self.withheld if self.refuses else self.withheld.intersection(self.absent))

    @property
    def trace(self) -> tuple[Judgement, ...]:
        return tuple(self.judgements)


@dataclass(frozen=True, slots=True)
class AnswerWriter:
    """The prompt, the judge, the probes by name of the model, and the calibrations by name."""

    prompt: prompt.PromptFile
    judge: Judge
    probes: Mapping[str, Adapted]
    calibrations: Mapping[str, Calibration]

    @classmethod
    def load(
        cls, folder: Path, judge: Judge, probes: Mapping[str, Adapted], calibrations: Mapping[str, Calibration]
    ) -> Self:
        """A speaker with the prompt of the folder. Raises PromptInvalid."""
        return cls(prompt.read(folder / "answer.md", ("question", "evidence", "language")), judge, probes, calibrations)

    def warm(self, model: Model) -> None:
        """Makes the model read its standing instructions."""
        found = EvidencePool("warm up")
        if self._signals(found, model) is None:
            with closing(model.complete(self.request(found))) as words:
                next(words, None)

    def signals(self, found: EvidencePool, model: Model | None) -> Signals:
        """The signals for an answer before a draft. A model does not read evidence that is far from the question."""
        prior = signals(found)
        return prior if far(prior) else replace(prior, probed=self._signals(found, model))

    def _signals(self, found: EvidencePool, model: Model | None) -> float | None:
        """The log-odds of an answer by the probe of the model; None without a probe."""
        probe = self.probes.get(model.name) if model else None
        if not probe or not model or not model.read:
            return None
        return probe.log_odds(model.read(self.request(found), found.question, probe.layer, probe.adapter))

    def drafted(
        self, found: EvidencePool, model: Model | None, cancel: Cancellation | None = None
    ) -> Generator[tuple[Cited, int | None]]:
        """The sentences of the model, each once it ends; without a model, the best sentences of the articles.

        Beside each stands the number of all sentences; None while the model writes. Raises Cancelled, also within a
        sentence.
        """
        if not model:
            quotes = list(write.extract(found))
            yield from ((quote, len(quotes)) for quote in quotes)
            return
        with closing(self.words(found, model)) as words:
            yield from write.drafted(_until(words, cancel))

    def words(self, found: EvidencePool, model: Model) -> Generator[Cited]:
        """The words of the model, with the adapter of its probe, and with what it cites by itself."""
        probe, request = self.probes.get(model.name), self.request(found)
        if model.cite:
            return model.cite(request)
        if probe and model.reply:
            return uncited(model.reply(request, found.question, probe.adapter))
        return uncited(model.complete(request))

    def request(self, found: EvidencePool) -> Prompt:
        """The prompt for an answer."""
        excerpts = write.excerpts(found.chosen, found.articles)
        values = {"question": found.question, "language": write.language_of(found.question)}
        prompt = self.prompt.fill({**values, "evidence": write.in_words(excerpts)})
        apart = self.prompt.fill({**values, "evidence": APART}).user
        return replace(prompt, excerpts=excerpts, question=apart)

    def decider(self, asked: Asked, found: EvidencePool) -> Decider:
        """The calibration for the current model of the chain."""
        model = asked.chain.model
        mode = "quoted" if not model else "probed" if model.read and model.name in self.probes else "written"
        return decider(self.calibrations, mode, found.readable, asked.options.strictness, asked.attempt)

    def shelf(self, asked: Asked, found: EvidencePool) -> ClaimVerifier:
        return ClaimVerifier(self.judge, found.sentences, found.articles, asked.cancel)

    def _parts(self, asked: Asked, found: EvidencePool) -> Iterable[EvidencePool]:
        """The evidence of each single question, where the question holds several."""
        for question in _questions(asked, found.question):
            if question == found.question:
                yield found
                continue
            rescored, answers = evidence.judged(question, found.scored, found.articles, self.judge, asked.cancel)
            chosen = evidence.choose(rescored, asked.budget)
            weights = evidence.of_part(found.weights, question)
            yield replace(
                found, question=question, sentences=tuple(rescored), chosen=chosen, answers=answers, weights=weights
            )

    def speak(self, asked: Asked, found: EvidencePool, spoken: Draft) -> Generator[Event]:
        """The proved sentences of an answer. Raises ModelFailed, Cancelled."""
        for part in self._parts(asked, found):
            answered = yield from self._part(asked, part, spoken)
            if not answered:
                spoken.absent.append(part.question)

    def _part(self, asked: Asked, found: EvidencePool, spoken: Draft) -> Generator[Event, None, bool]:
        """The sentences that answer one question. Returns whether there are any."""
        model, decides = asked.chain.model, self.decider(asked, found)
        prior, shelf = signals(found), self.shelf(asked, found)
        if not found.chosen or (far(prior) and decides.threshold > 0):  # refused without a model
            spoken.judgements.append(Decision(0.0, decides.threshold or 1.0).judgement(found.question))
            return False
        prior = replace(prior, probed=self._signals(found, model))
        foreseen = decides.best(prior)
        if not (foreseen.answers or (foreseen.nearly and not asked.options.strict)):
            spoken.decided(foreseen, found.question)
            return False
        if model and model.small:
            return (yield from self._pointed(asked, found, model, prior, spoken))
        pending: list[tuple[str, Proof]] = []
        answered = declined = False
        with closing(self.drafted(found, model, asked.cancel)) as draft:
            for number, (cited, count) in enumerate(draft, 1):
                sentence = cited.words
                if declined := declines(sentence):
                    break
                if asked.progress:
                    yield Proving(number, count)
                proof = shelf.prove(sentence, found.question, cited.evidence)
                spoken.judgements.extend(proof.trace)
                pending.append((sentence, proof))
                if not answered and proof.state is State.SUPPORTED:
                    answered = self._answers(found.question, sentence, proof, prior, decides, spoken)
                if answered:
                    yield from self._flush(asked, found, pending, spoken)
                    pending.clear()
                    if asked.options.length is Length.SHORTER:
                        break
        if answered:
            yield from self._further(asked, found, spoken)
            return True
        spoken.contradicted += [sentence for sentence, proof in pending if proof.state is State.CONTRADICTED]
        return False if declined else (yield from self._extractive_fallback(asked, found, prior, spoken))

    def _pointed(
        self, asked: Asked, found: EvidencePool, model: Model, prior: Signals, spoken: Draft
    ) -> Generator[Event, None, bool]:
        """The sentences of the articles that say what a small model drafts. Returns whether there are any.

        Of a draft that may not answer, the likeliest one is said to be of the nearest passage, unless strict.
        """
        decides, answered = self.decider(asked, found), False
        likely: list[tuple[float, Pointed]] = []
        with closing(self.drafted(found, model, asked.cancel)) as draft:
            for sentence in (cited.words for cited, _ in draft):
                if declines(sentence):
                    break
                if not (quote := pointed(sentence, found)):
                    continue
                spoken.judgements.append(Judgement("write", "pointed", sentence, round(quote.added, 3), 0.0))
                if not answered:
                    decision = decides.decide(self.of_quote(prior, quote, found, asked.cancel))
                    spoken.decided(decision, found.question)
                    answered = decision.answers
                    likely += [(decision.confidence, quote)] if decision.nearly and not asked.options.strict else []
                if answered:
                    yield from self._quote(asked, found, quote, spoken)
                    if asked.options.length is Length.SHORTER:
                        break
        if answered:
            yield from self._further(asked, found, spoken)
        elif likely:
            spoken.unsure = True
            yield from self._quote(asked, found, max(likely, key=lambda each: each[0])[1], spoken, unsure=True)
        return answered or bool(likely)

    def of_quote(
        self, prior: Signals, quote: Pointed, found: EvidencePool, cancel: Cancellation | None = None
    ) -> Signals:
        """The signals with those of the sentence that a draft points to. Raises Cancelled."""
        relevant = found.answers.get(quote.quote)
        if relevant is None:
            (relevant,) = self.judge.answers(found.question, [evidence.told(quote.quote, found.articles)], cancel)
        return prior.of_quote(quote.added, quote.repeated, relevant)

    def _quote(
        self, asked: Asked, found: EvidencePool, quote: Pointed, spoken: Draft, *, unsure: bool = False
    ) -> Generator[Event]:
        """A sentence of an article, once. An `unsure` one has no rival."""
        text = quote.quote.text
        if text.casefold() in spoken.said:
            return
        spoken.said.add(text.casefold())
        proof = Proof(State.SUPPORTED, 1.0, (quote.quote,))
        if unsure:
            yield from self._say(asked, spoken.page.supported(text, proof, unsure=True, answering=quote.words), spoken)
        else:
            yield from self._supported(asked, found, text, proof, spoken, quote.words)

    def _further(self, asked: Asked, found: EvidencePool, spoken: Draft) -> Generator[Event]:
        """The other sentences of the best article: those that explain, or for a longer answer all chosen ones."""
        further = write.around(found) if asked.explains or asked.options.length is Length.LONGER else []
        further = self._explaining(asked, found, further) if asked.explains else further
        cited = {(each.article_id, each.start) for each in spoken.page.citations}
        for each in further:
            if (each.article_id, each.start) not in cited:
                yield from self._flush(asked, found, [(each.text, Proof(State.SUPPORTED, 1.0, (each,)))], spoken)

    def _explaining(self, asked: Asked, found: EvidencePool, near: Sequence[Evidence]) -> list[Evidence]:
        """The likeliest answers of the sentences. The judge reads those that it has not read: a reason has few of the
        question's words. Raises Cancelled."""
        unread = [each for each in near if each not in found.answers]
        texts = [evidence.told(each, found.articles) for each in unread]
        read = self.judge.answers(found.question, texts, asked.cancel)
        return write.explaining(near, {**found.answers, **dict(zip(unread, read, strict=True))})

    def _answers(
        self, question: str, sentence: str, proof: Proof, prior: Signals, decides: Decider, spoken: Draft
    ) -> bool:
        """Whether the question is answered, judged with a proved sentence of the draft."""
        (relevant,) = self.judge.answers(question, [claimed(sentence, question)])
        decision = decides.decide(prior.of_draft(proof.support, relevant))
        spoken.decided(decision, question)
        return decision.answers

    def _extractive_fallback(
        self, asked: Asked, found: EvidencePool, prior: Signals, spoken: Draft
    ) -> Generator[Event, None, bool]:
        """The best sentence of the evidence in place of an unsupported draft. Returns whether it answers.

        It names the question's own subject. The decision is by the calibration for answers without a model.
        """
        best = write.best(found)
        if not asked.chain.model or not best or best.text.casefold() in spoken.said or not names_subject(best, found):
            return False
        relevant = found.answers.get(best, 0.0)
        decides = decider(self.calibrations, "quoted", found.readable, asked.options.strictness, asked.attempt)
        decision = decides.decide(prior.of_draft(1.0, relevant))
        judgement = Judgement("evidence", "answers", best.text, round(relevant, 3), self.judge.thresholds.answers)
        spoken.judgements.append(judgement)
        spoken.decided(decision, found.question)
        if not (judgement.passed and decision.answers):
            return False
        spoken.said.add(best.text.casefold())
        yield from self._supported(asked, found, best.text, Proof(State.SUPPORTED, 1.0, (best,), QUOTED), spoken)
        return True

    def _flush(
        self, asked: Asked, found: EvidencePool, pending: Sequence[tuple[str, Proof]], spoken: Draft
    ) -> Generator[Event]:
        """Gives the pending sentences. Unsupported sentences are left out where strict, contradicted ones always."""
        for sentence, proof in pending:
            if sentence.casefold() in spoken.said:
                continue
            spoken.said.add(sentence.casefold())
            if proof.state is State.SUPPORTED:
                yield from self._supported(asked, found, sentence, proof, spoken)
            elif proof.state is State.CONTRADICTED:
                spoken.contradicted.append(sentence)
            elif not asked.options.strict:
                yield from self._say(asked, spoken.page.marked(sentence, proof), spoken)

    def _supported(
        self,
        asked: Asked,
        found: EvidencePool,
        sentence: str,
        proof: Proof,
        spoken: Draft,
        answering: Sequence[tuple[int, int]] = (),
    ) -> Generator[Event]:
        """A supported sentence. If a sentence of another article says otherwise, both have their days, the newer first.

        A quote in place of a draft stands between quotation marks.
        """
        rival = conflict.otherwise(claimed(sentence, found.question), proof.quotes, found, self.judge, asked.cancel)
        spoken.judgements.extend(rival.trace)
        told = [(f"“{sentence}”" if proof.reason else sentence, proof, answering)]
        other = rival.sentence
        if other and other.text.casefold() not in spoken.said:
            spoken.said.add(other.text.casefold())
            place = 0 if conflict.later(other, proof.quotes, found.articles) else 1
            told.insert(place, (other.text, Proof(State.SUPPORTED, 1.0, (other,)), ()))
        for text, each, spans in told:
            with_day = other is not None or conflict.of_a_day(each.quotes, found.articles)
            said = spoken.page.supported(text, each, with_day=with_day, answering=spans)
            yield from self._say(asked, said, spoken)

    def _say(self, asked: Asked, text: str, spoken: Draft) -> Generator[Event]:
        asked.clock.mark("first_token")
        *before, sentence = spoken.page.sentences
        gap = " " if before else ""
        yield Words(f"{gap}{text}", spoken.page.last_cited, moved(sentence.answering, len(gap)))


def by_one_model(
    asked: Asked, found: EvidencePool, say: Callable[[Draft], Generator[Event]]
) -> Generator[Event, None, Draft]:
    """The answer by the first model of the chain that proves a sentence.

    If a model fails before that, the next one begins again. If it fails later, its proved sentences stay. Raises
    ModelFailed where no model is left, Cancelled.
    """
    while True:
        spoken = Draft(AnswerBuilder(found.articles))
        try:
            yield from say(spoken)
            return spoken
        except ModelFailed as error:
            if spoken.page.sentences:
                spoken.failure = error.whole
                return spoken
            asked.chain.pass_on(error)


def questions(text: str) -> list[str]:
    """The questions of a text, each with the statements before it.

    >>> questions("The bridge opened in 1974. Who built it? How long is it?")
    ['The bridge opened in 1974. Who built it?', 'How long is it?']
    """
    found, before = [], ""
    for span in sentences(text):
        before = f"{before} {text[span.start : span.end]}".strip()
        if before.endswith(("?", "？")):
            found.append(before)
            before = ""
    return found


def _questions(asked: Asked, searched: str) -> list[str]:
    """The single questions to answer, of the question as it was searched for.

    Where a follow-up was searched for after the earlier question, that one only helps to find. A correction asks it
    again. A model reads all that one sentence asks; without a model it is answered one by one.
    """
    follows = searched != asked.question
    if follows and (asked.corrects or not searched.endswith(asked.question)):
        return [searched]
    single = questions(asked.question)
    if not asked.chain.model:
        single = [part for each in single for part in decomposition.questions(each)]
    return single if len(single) > 1 else [asked.question]


def uncited(words: Generator[str]) -> Generator[Cited]:
    with closing(words):
        yield from map(Cited, words)


def _until(words: Iterable[Cited], cancel: Cancellation | None) -> Generator[Cited]:
    """The words, until cancelled. Raises Cancelled."""
    for piece in words:
        if cancel and cancel.is_set():
            raise Cancelled
        yield piece


def declines(sentence: str) -> bool:
    """Whether a sentence is the refusal that the prompt asks for where the evidence has no answer."""
    return sentence.casefold().startswith(REFUSAL.rstrip(".").casefold())
