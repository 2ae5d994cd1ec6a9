"""The citing writer: one call, sentence by sentence; what the model says is checked and marked, and never replaced."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from bot.answering.decide import REFUSAL
from bot.answering.flow import Asked, EvidencePool, Flow
from bot.answering.overview.shape import readable
from bot.answering.prove import FIGURES, ClaimVerifier, Proof
from bot.answering.write.citing.check import certain, checked
from bot.answering.write.citing.context import Context, context
from bot.answering.write.citing.parts import Parts
from bot.answering.write.citing.reply import Statement, queries, statements
from bot.answering.write.citing.second_look import STANDING, CitedClaim, Finding, SecondLook, judgement
from bot.answering.write.draft import language_of, strip_marks
from bot.answering.write.generate import Draft, declines, uncited
from bot.errors import ModelFailed
from bot.model import prompt
from bot.types import (
    Block,
    Cited,
    Event,
    EvidenceReady,
    Judgement,
    Prompt,
    Reason,
    SearchedAgain,
    State,
    Turn,
    Verify,
    Verifying,
    Words,
)

if TYPE_CHECKING:
    from bot.judge import Judge
    from bot.model import Model

SearchAgain = Callable[[Sequence[str]], EvidencePool]

TURNS = 3  # of the conversation that the model reads
TURN = 600  # characters of each answer of these
LEAST = 1_000  # tokens of evidence below which whole passages make no sense
APART = "(the search results above)"  # of a model that takes the passages apart


@dataclass(slots=True)
class _Said:
    """A statement with its proof as it stands."""

    statement: Statement
    proof: Proof
    state: State
    reason: Reason | None
    support: float
    certain: bool = False  # code is sure that it is not supported: no second look finds a figure that is not there

    @property
    def claim(self) -> CitedClaim:
        return CitedClaim(self.statement.text, self.proof.quotes)


@dataclass(frozen=True, slots=True)
class CitingWriter:
    """The prompts, the judge, and who looks a second time."""

    prompt: prompt.PromptFile
    parts: Parts
    second_look: SecondLook
    judge: Judge
    verify: Verify = "model"
    verify_model: Model | None = None  # None: the model that wrote

    @classmethod
    def load(cls, folder: Path, judge: Judge, verify: Verify, verify_model: Model | None) -> Self:
        """A writer with the prompts of the folder. Raises PromptInvalid."""
        names = ("question", "passages", "history", "language", "form", "search", "kind", "proof")
        asking = prompt.read(folder / "citing.md", names)
        return cls(asking, Parts.read(folder / "citing.toml"), SecondLook.load(folder), judge, verify, verify_model)

    def write(
        self, flow: Flow, found: EvidencePool, model: Model, search_again: SearchAgain, spoken: Draft
    ) -> Generator[Event]:
        """The statements of the model, each as soon as its numbers are there. Raises ModelFailed, Cancelled."""
        asked = flow.asked
        read = self.context(found, model)
        words = self._words(flow, read, model, first=True)
        named, rest = queries(words)
        if named:
            words.close()
            yield SearchedAgain(named)
            found = search_again(named)
            spoken.widen(found, named)
            yield EvidenceReady(found.hits, found.chosen)
            read = self.context(found, model)
            words = self._words(flow, read, model, first=False)
            rest = iter(words)
        writing = _Writing(asked, found, spoken, self.judge, self.verify, flow.reply)
        with closing(words):
            for statement in _without_refusal(statements(rest, read.numbered)):
                yield from writing.say(statement)
        if writing.said and self.verify == "model":
            yield Verifying()
            self._look_again(flow, found, model, writing)
        yield from writing.finish()

    def context(self, found: EvidencePool, model: Model) -> Context:
        """The text that the model reads for a question."""
        return context(found.hits, found.articles, max(model.budget, LEAST))

    def request(self, flow: Flow, read: Context, *, first: bool, native: bool = False) -> Prompt:
        """The prompt for an answer; only the `first` one may be answered with queries.

        A model with citations of its own (`native`) is given the passages apart.
        """
        options, part = flow.options, self.parts
        way = "native" if native else "numbered"
        values = {
            "question": flow.whole if flow.leans else flow.asked.question,
            "history": _history(flow.history, part("history", "lead")),
            "language": language_of(flow.asked.question),
            "form": f"{part('form', options.request or 'any')} {part('length', options.length)}".strip(),
            "search": part("search") if first else "",
            "kind": part("passages", way),
            "proof": part("proof", way),
        }
        request = self.prompt.fill({**values, "passages": APART if native else read.text})
        return replace(request, excerpts=read.excerpts, question=request.user)

    def _words(self, flow: Flow, read: Context, model: Model, *, first: bool) -> Generator[Cited]:
        request = self.request(flow, read, first=first, native=model.cite is not None)
        return model.cite(request) if model.cite else uncited(model.complete(request))

    def _look_again(self, flow: Flow, found: EvidencePool, model: Model, writing: _Writing) -> None:
        """Sets the states by the verdicts of the second look. If it fails, they stay, and the answer says so."""
        claims = [each.claim for each in writing.said]
        question = flow.whole if flow.leans else flow.asked.question
        try:
            told = self.second_look.verdicts(
                self.verify_model or model, question, claims, found.articles, flow.asked.cancel
            )
        except ModelFailed as error:
            writing.spoken.notice = Reason.of("second_look_failed", language=flow.reply, reason=error.whole)
            return
        for place, verdict in told.items():
            writing.judged(place, verdict)
        if missed := len(claims) - len(told):
            writing.spoken.notice = Reason.of("second_look_missed", language=flow.reply, count=missed)


@dataclass(slots=True)
class _Writing:
    """An answer while it is written. A strict one is given at its end, when all is checked."""

    asked: Asked
    found: EvidencePool
    spoken: Draft
    judge: Judge
    verify: Verify
    language: str  # of Byline's own words
    said: list[_Said] = field(default_factory=list)

    def say(self, statement: Statement) -> Generator[Event]:
        """Checks a statement, and gives it unless the answer is strict."""
        each = self._checked(statement)
        self.spoken.judgements.extend(each.proof.trace)
        self.said.append(each)
        if not self.asked.options.strict:
            yield from self._give(each, begins=statement.begins)

    def judged(self, place: int, verdict: Finding) -> None:
        """Sets the state of a statement by a verdict."""
        each = self.said[place]
        self.spoken.judgements.append(judgement(each.claim, verdict))
        if each.certain and verdict in (Finding.SUPPORTED, Finding.ABOUT):
            return
        if verdict is Finding.SUPPORTED and not each.proof.quotes:
            return  # nothing to support it
        if verdict is Finding.ABOUT and each.proof.quotes:
            return
        each.state, each.reason, each.support = STANDING[verdict]
        if not self.asked.options.strict:
            self.spoken.page.restate(place, each.state, each.reason, each.support)

    def finish(self) -> Generator[Event]:
        """Gives a strict answer: what is supported, and what is about the articles, if anything is supported."""
        if not self.asked.options.strict:
            return
        kept = [each for each in self.said if each.state in (State.SUPPORTED, State.ABOUT)]
        self.spoken.unproved = len(kept) < len(self.said)
        if any(each.state is State.SUPPORTED for each in kept):
            begins = False  # a block whose first sentence is left out begins with the next one
            for each in self.said:
                begins = begins or each.statement.begins
                if each in kept:
                    yield from self._give(each, begins=begins)
                    begins = False

    def _checked(self, statement: Statement) -> _Said:
        if statement.about:
            return _Said(statement, Proof(State.ABOUT), State.ABOUT, None, 0.0)
        proof = checked(statement, self.found.articles)
        if not proof.quotes:
            proof = self._looked_up(statement, proof)
        elif self.verify == "judge" and proof.state is State.SUPPORTED:
            proof = self._read_by_judge(statement, proof)
        sure = proof.reason == FIGURES and certain(statement.text, self.found.articles, proof.quotes)
        return _Said(statement, proof, proof.state, proof.reason, proof.support, sure)

    def _looked_up(self, statement: Statement, uncited_proof: Proof) -> Proof:
        """The proof of a statement without a citation, by the claim verifier; it may only add quotes."""
        verifier = ClaimVerifier(self.judge, self.found.sentences, self.found.articles, self.asked.cancel)
        proof = verifier.prove(statement.text, self.found.question)
        if proof.state is State.SUPPORTED:
            return proof
        return Proof(reason=uncited_proof.reason, support=proof.support, trace=proof.trace)

    def _read_by_judge(self, statement: Statement, proof: Proof) -> Proof:
        """The proof as the judge marks it."""
        text = " ".join(each.text for each in proof.quotes)
        (read,) = self.judge.entail_pairs([(text, statement.text)], self.asked.cancel)
        limit = self.judge.thresholds.supported
        told = Judgement("prove", "supported", statement.text, round(read.supported, 3), limit)
        state, reason = (State.SUPPORTED, None) if told.passed else (State.UNSUPPORTED, Reason("not_in_quotes"))
        return Proof(state, told.score, proof.quotes, reason, (*proof.trace, told))

    def _give(self, each: _Said, *, begins: bool) -> Generator[Event]:
        """A statement at its place in the text."""
        page, statement = self.spoken.page, each.statement
        label = statement.label or _day(statement.day, self.language)
        begins, place = begins or not self.spoken.blocks, len(page.sentences)
        lead = ("- " if statement.kind == "bullet" else f"{label}: " if label else "") if begins else None
        gap = page.gap(lead)
        proof = Proof(each.state, each.support, each.proof.quotes, each.reason)
        text = page.stated(statement.text, proof, lead=lead, attributed=statement.kind != "row")
        if begins:
            self.spoken.blocks.append(Block(statement.kind, (place,), label, statement.day))
        else:
            *before, last = self.spoken.blocks
            self.spoken.blocks = [*before, Block(last.kind, (*last.sentences, place), last.label, last.day)]
        self.asked.clock.mark("first_token")
        yield Words(f"{gap}{text}", page.last_cited)


def _day(written: str, language: str) -> str:
    """A day, a month or a year as people read it; as it is written where it cannot be.

    >>> _day("2020-06-15", "en"), _day("2020-06", "en"), _day("2020-13", "en"), _day("", "en")
    ('15 June 2020', 'June 2020', '2020-13', '')
    """
    try:
        return readable(tuple(map(int, written.split("-"))), language) if written else ""
    except ValueError:
        return written


def _without_refusal(said: Generator[Statement]) -> Generator[Statement]:
    """The statements; none of a reply that refuses. A refusal before an answer is a statement about the articles."""
    refusal: Statement | None = None
    with closing(said):
        for each in said:
            if not refusal and declines(each.text):
                refusal = each
                continue
            if refusal:
                yield Statement(refusal.text, about=True)
                refusal = None
            yield each


def _history(turns: Sequence[Turn], lead: str) -> str:
    """The last turns of the conversation, for what a question refers to; they are no evidence."""
    told = [
        f"Question: {each.question}\nAnswer: {strip_marks(each.answer_text)[:TURN] or REFUSAL}"
        for each in turns[-TURNS:]
    ]
    return "\n\n".join([lead, *told]) if told else ""
