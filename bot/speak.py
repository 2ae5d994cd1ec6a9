"""Evidence to proved sentences: decide, write, prove, look for a newer article that says otherwise.

A sentence is given when it is proved and the question is found to be answered; what has been given is not taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from bot import conflict, evidence, prompt, write
from bot.calibrate import Adapted, Calibration
from bot.cite import Page
from bot.decide import REFUSAL, Decider, Decision, Signals, decider, far, signals
from bot.errors import Cancelled, ModelFailed
from bot.prove import Proof, Shelf, claimed
from bot.refuse import silent
from bot.stages import Asked, Found
from bot.types import Block, Cancellation, Cited, Event, Judgement, Length, Prompt, State, Words
from index.sentence import sentences

if TYPE_CHECKING:
    from bot.judge import Judge
    from bot.model import Model

APART = "(the search results above)"  # in the place of excerpts that a model is given apart
QUOTED = "The words of the article: no sentence of the model's was used."


@dataclass(slots=True)
class Spoken:
    """What was said so far, and what was judged."""

    page: Page
    blocks: list[Block] = field(default_factory=list)  # of an answer with a shape
    judgements: list[Judgement] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)  # the parts of the question that the articles do not answer
    contradicted: list[str] = field(default_factory=list)  # sentences that were left out
    said: set[str] = field(default_factory=set)  # as they were before they were attributed or dated
    failure: str | None = None  # why the model broke off

    @property
    def refuses(self) -> bool:
        return not any(each.state is State.SUPPORTED for each in self.page.sentences)

    @property
    def whole(self) -> bool:
        supported = all(each.state is State.SUPPORTED for each in self.page.sentences)
        return supported and not self.absent and not self.contradicted and not self.failure

    @property
    def silent(self) -> str | None:
        return silent(self.absent)

    @property
    def reason(self) -> str | None:
        """What was left out, what the articles do not say, and why the model broke off; None where nothing."""
        left_out = [f"Left out, since an article says otherwise: “{each}”" for each in self.contradicted]
        return " ".join(filter(None, (self.silent, *left_out, self.failure))) or None

    @property
    def trace(self) -> tuple[Judgement, ...]:
        return tuple(self.judgements)


@dataclass(frozen=True, slots=True)
class Speaker:
    """The prompt, the judge, the probes by the names of their models, and the calibrations by their names."""

    prompt: prompt.PromptFile
    judge: Judge
    probes: Mapping[str, Adapted]
    calibrations: Mapping[str, Calibration]

    @classmethod
    def load(
        cls, folder: Path, judge: Judge, probes: Mapping[str, Adapted], calibrations: Mapping[str, Calibration]
    ) -> Self:
        """With the prompt of the folder. Raises PromptInvalid."""
        return cls(prompt.read(folder / "answer.md", ("question", "evidence", "language")), judge, probes, calibrations)

    def speak(self, asked: Asked, found: Found) -> Generator[Event, None, Spoken]:
        """The sentences by the first model of the chain that does not fail before it has proved one; what one that
        fails later has proved stays. Raises ModelFailed, Cancelled."""
        return (yield from by_one_model(asked, found, partial(self._all, asked, found)))

    def warm(self, model: Model) -> None:
        """Has the model read its standing instructions."""
        found = Found("warm up")
        if self._signals(found, model) is None:
            with closing(model.complete(self.request(found))) as words:
                next(words, None)

    def signals(self, found: Found, model: Model | None) -> Signals:
        """What speaks for an answer before it is written; a model reads nothing that is far from the question."""
        seen = signals(found)
        return seen if far(seen) else replace(seen, probed=self._signals(found, model))

    def _signals(self, found: Found, model: Model | None) -> float | None:
        """The log-odds of an answer that the model's probe sees, where it has one."""
        probe = self.probes.get(model.name) if model else None
        if not probe or not model or not model.read:
            return None
        return probe.log_odds(model.read(self.request(found), found.question, probe.layer, probe.adapter))

    def said(self, found: Found, model: Model | None, cancel: Cancellation | None = None) -> Generator[str]:
        """The sentences that the model writes, as they end; without one, the best ones of the articles. Raises
        Cancelled, also within a sentence."""
        if not model:
            yield from write.extract(found)
            return
        with closing(self.words(found, model)) as words:
            yield from write.written(_until(words, cancel))

    def words(self, found: Found, model: Model) -> Generator[str]:
        """What the model writes, with the adapter that it was probed with."""
        probe = self.probes.get(model.name)
        if probe and model.reply:
            return model.reply(self.request(found), found.question, probe.adapter)
        return model.complete(self.request(found))

    def request(self, found: Found) -> Prompt:
        """The prompt for an answer."""
        excerpts = write.excerpts(found.chosen, found.articles)
        values = {"question": found.question, "language": write.language_of(found.question)}
        prompt = self.prompt.fill({**values, "evidence": write.in_words(excerpts)})
        apart = self.prompt.fill({**values, "evidence": APART}).user
        return replace(prompt, excerpts=excerpts, question=apart)

    def decider(self, asked: Asked, found: Found) -> Decider:
        """The calibration for the model whose turn it is."""
        model = asked.chain.model
        way = "quoted" if not model else "probed" if model.read and model.name in self.probes else "written"
        return decider(self.calibrations, way, found.readable, asked.least)

    def shelf(self, asked: Asked, found: Found) -> Shelf:
        return Shelf(self.judge, found.sentences, found.articles, asked.cancel)

    def _parts(self, asked: Asked, found: Found) -> Iterable[Found]:
        """What was found, for each of several questions in the question."""
        parts = questions(found.question)
        if len(parts) < 2 or found.question != asked.question:  # of a follow-up the first one is only the earlier one
            yield found
            return
        for question in parts:
            again, answers = evidence.judged(question, found.scored, self.judge, asked.cancel)
            chosen = evidence.choose(again, asked.budget)
            weights = evidence.of_part(found.weights, question)
            yield replace(
                found, question=question, sentences=tuple(again), chosen=chosen, answers=answers, weights=weights
            )

    def _all(self, asked: Asked, found: Found, spoken: Spoken) -> Generator[Event]:
        for part in self._parts(asked, found):
            answered = yield from self._part(asked, part, spoken)
            if not answered:
                spoken.absent.append(part.question)

    def _part(self, asked: Asked, found: Found, spoken: Spoken) -> Generator[Event, None, bool]:
        """The sentences that answer one question; gives whether there are any."""
        model, decides = asked.chain.model, self.decider(asked, found)
        seen, shelf = signals(found), self.shelf(asked, found)
        if not found.chosen or (far(seen) and decides.threshold > 0):  # no model need read it
            spoken.judgements.append(Decision(0.0, decides.threshold or 1.0).judgement(found.question))
            return False
        seen = replace(seen, probed=self._signals(found, model))
        foreseen = decides.best(seen)
        if not foreseen.answers:
            spoken.judgements.append(foreseen.judgement(found.question))
            return False
        pending: list[tuple[str, Proof]] = []
        answered = False
        with closing(self.said(found, model, asked.cancel)) as said:
            for sentence in said:
                if declines(sentence):
                    break
                proof = shelf.prove(sentence, found.question, Cited.by(sentence))
                spoken.judgements.extend(proof.trace)
                pending.append((sentence, proof))
                if not answered and proof.state is State.SUPPORTED:
                    answered = self._answers(found.question, sentence, proof, seen, decides, spoken)
                if answered:
                    yield from self._give(asked, found, pending, spoken)
                    pending.clear()
                    if asked.length is Length.SHORTER:
                        break
        if answered:
            yield from self._around(asked, found, spoken)
            return True
        spoken.contradicted += [sentence for sentence, proof in pending if proof.state is State.CONTRADICTED]
        return (yield from self._quoted(asked, found, seen, spoken))

    def _around(self, asked: Asked, found: Found, spoken: Spoken) -> Generator[Event]:
        """Of a longer answer, what else was chosen of the article that answers best."""
        told = {(each.article_id, each.start) for each in spoken.page.citations}
        for each in write.around(found) if asked.length is Length.LONGER else ():
            if (each.article_id, each.start) not in told:
                yield from self._supported(asked, found, each.text, Proof(State.SUPPORTED, 1.0, (each,)), spoken)

    def _answers(
        self, question: str, sentence: str, proof: Proof, seen: Signals, decides: Decider, spoken: Spoken
    ) -> bool:
        """Whether the question is answered, now that a sentence is proved."""
        (relevant,) = self.judge.answers(question, [claimed(sentence, question)])
        decision = decides.decide(seen.of_draft(proof.support, relevant))
        spoken.judgements.append(decision.judgement(question))
        return decision.answers

    def _quoted(self, asked: Asked, found: Found, seen: Signals, spoken: Spoken) -> Generator[Event, None, bool]:
        """The best sentence of the evidence in the place of a draft without support; gives whether it answers, which is
        decided as without a model."""
        best = write.best(found)
        if not asked.chain.model or not best or best.text.casefold() in spoken.said:
            return False
        relevant = found.answers.get(best, 0.0)
        decision = decider(self.calibrations, "quoted", found.readable, asked.least).decide(
            seen.of_draft(1.0, relevant)
        )
        told = Judgement("evidence", "answers", best.text, round(relevant, 3), self.judge.thresholds.answers)
        spoken.judgements.extend((told, decision.judgement(found.question)))
        if not (told.passed and decision.answers):
            return False
        spoken.said.add(best.text.casefold())
        yield from self._supported(asked, found, best.text, Proof(State.SUPPORTED, 1.0, (best,), QUOTED), spoken)
        return True

    def _give(
        self, asked: Asked, found: Found, pending: Sequence[tuple[str, Proof]], spoken: Spoken
    ) -> Generator[Event]:
        """The sentences that are due, each on the page and in words."""
        for sentence, proof in pending:
            if sentence.casefold() in spoken.said:
                continue
            spoken.said.add(sentence.casefold())
            if proof.state is State.SUPPORTED:
                yield from self._supported(asked, found, sentence, proof, spoken)
            elif proof.state is State.CONTRADICTED:
                spoken.contradicted.append(sentence)
            elif not asked.strict:
                yield from self._say(asked, spoken.page.marked(sentence, proof), spoken)

    def _supported(self, asked: Asked, found: Found, sentence: str, proof: Proof, spoken: Spoken) -> Generator[Event]:
        """The sentence, after the newer one that says otherwise, both with their days, where there is one. One that is
        quoted in the place of a draft stands between quotation marks."""
        rival = conflict.newer(claimed(sentence, found.question), proof.quotes, found, self.judge, asked.cancel)
        spoken.judgements.extend(rival.trace)
        if rival.sentence and rival.sentence.text.casefold() not in spoken.said:
            spoken.said.add(rival.sentence.text.casefold())
            own = Proof(State.SUPPORTED, 1.0, (rival.sentence,))
            yield from self._say(asked, spoken.page.supported(rival.sentence.text, own, with_day=True), spoken)
        shown = f"“{sentence}”" if proof.reason else sentence
        told = spoken.page.supported(shown, proof, with_day=rival.sentence is not None)
        yield from self._say(asked, told, spoken)

    def _say(self, asked: Asked, told: str, spoken: Spoken) -> Generator[Event]:
        asked.clock.mark("first_token")
        yield Words(told if len(spoken.page.sentences) == 1 else f" {told}", spoken.page.last_cited)


def by_one_model(
    asked: Asked, found: Found, say: Callable[[Spoken], Generator[Event]]
) -> Generator[Event, None, Spoken]:
    """What is said by the first model of the chain that does not fail before it has proved a sentence; what one that
    fails later has proved stays. Raises ModelFailed, Cancelled."""
    while True:
        spoken = Spoken(Page(found.articles))
        try:
            yield from say(spoken)
            return spoken
        except ModelFailed as error:
            if spoken.page.sentences:
                spoken.failure = str(error)
                return spoken
            asked.chain.pass_on(error)


def questions(text: str) -> list[str]:
    """The questions of a text, each after what stands before it.

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


def _until(words: Iterable[str], cancel: Cancellation | None) -> Generator[str]:
    """The words as they come. Raises Cancelled."""
    for piece in words:
        if cancel and cancel.is_set():
            raise Cancelled
        yield piece


def declines(sentence: str) -> bool:
    """Whether a model says, as it was asked to, that it finds no answer."""
    return sentence.casefold().startswith(REFUSAL.rstrip(".").casefold())
