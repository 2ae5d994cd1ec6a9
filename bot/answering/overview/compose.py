"""A broad request to proved sentences, part by part: quoted from the articles, or written by a model.

The model reads a batch of parts at a time. A part without a proved sentence of the model is quoted. Only remote models
write. A model of this machine took 90 seconds for an overview that reads no better than its quotes.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Self

from bot.answering import evidence
from bot.answering.flow import Asked, EvidencePool
from bot.answering.overview import survey as breadth
from bot.answering.overview.shape import AnswerPart
from bot.answering.prove import ClaimVerifier, Proof
from bot.answering.write import draft as write
from bot.answering.write.generate import Draft, declines
from bot.model import prompt
from bot.types import Block, Event, Evidence, Prompt, State, Words

if TYPE_CHECKING:
    from bot.judge import Judge
    from bot.model import Model

Proved = tuple[str, Proof]


@dataclass(frozen=True, slots=True)
class Composer:
    """The prompt for a few parts, and the judge."""

    prompt: prompt.PromptFile
    judge: Judge

    @classmethod
    def load(cls, folder: Path, judge: Judge) -> Self:
        """A composer with the prompt of the folder. Raises PromptInvalid."""
        return cls(prompt.read(folder / "broad.md", ("request", "evidence", "language")), judge)

    def compose(
        self, asked: Asked, found: EvidencePool, parts: Sequence[AnswerPart], spoken: Draft
    ) -> Generator[Event]:
        """The parts in their order; none, if the articles do not answer the request. Raises ModelFailed, Cancelled."""
        decided = breadth.decision(found, asked.options.strictness, asked.attempt)
        spoken.decided(decided, found.question)
        if not decided.answers:
            return
        for some in self._batches(asked, parts):
            for part, told in zip(some, self._told(asked, found, some, spoken), strict=True):
                yield from _say(asked, part, told, spoken)

    def _batches(self, asked: Asked, parts: Sequence[AnswerPart]) -> Iterator[list[AnswerPart]]:
        """The parts in batches within the token budget of the model; one batch if no model writes."""
        model = _writer(asked)
        if not model:
            yield list(parts)
            return
        some: list[AnswerPart] = []
        for part in parts:
            if some and _tokens([*some, part]) > model.budget:
                yield some
                some = []
            some.append(part)
        if some:
            yield some

    def _told(
        self, asked: Asked, found: EvidencePool, parts: Sequence[AnswerPart], spoken: Draft
    ) -> list[list[Proved]]:
        """The proved sentences of each part: written by the model, else quoted."""
        told: list[list[Proved]] = [[] for _ in parts]
        for sentence, proof in self._written(asked, found, parts, spoken):
            places = [place for place, part in enumerate(parts) if set(proof.quotes) & set(part.evidence)]
            if places:
                told[places[0]].append((sentence, proof))
        return [each or _quoted(part) for each, part in zip(told, parts, strict=True)]

    def _written(
        self, asked: Asked, found: EvidencePool, parts: Sequence[AnswerPart], spoken: Draft
    ) -> Iterator[Proved]:
        """The supported sentences that the model writes about the parts, with their proofs. Raises ModelFailed."""
        model = _writer(asked)
        given = list(dict.fromkeys(chain.from_iterable(part.evidence for part in parts)))
        if not model or not given:
            return
        shelf = ClaimVerifier(self.judge, given, found.articles, asked.cancel)
        with closing(model.complete(self._request(found, given))) as words:
            for sentence in write.written(words):
                if declines(sentence):
                    return
                proof = shelf.prove(sentence, "", given)
                spoken.judgements.extend(proof.trace)
                if proof.state is State.SUPPORTED:
                    yield sentence, proof

    def _request(self, found: EvidencePool, given: Sequence[Evidence]) -> Prompt:
        excerpts = write.excerpts(given, found.articles)
        values = {"request": found.question, "language": write.language_of(found.question)}
        return self.prompt.fill({**values, "evidence": write.in_words(excerpts)})


def _writer(asked: Asked) -> Model | None:
    model = asked.chain.model
    return model if model and model.remote else None


def _tokens(parts: Sequence[AnswerPart]) -> int:
    return sum(evidence.tokens(each.text) for part in parts for each in part.evidence)


def _quoted(part: AnswerPart) -> list[Proved]:
    return [(each.text, Proof(State.SUPPORTED, 1.0, (each,))) for each in part.evidence]


def _say(asked: Asked, part: AnswerPart, told: Sequence[Proved], spoken: Draft) -> Generator[Event]:
    """Gives the sentences of one part and adds its block. Repeated sentences are left out."""
    first = len(spoken.page.sentences)
    for sentence, proof in told:
        if sentence.casefold() not in spoken.said:
            spoken.said.add(sentence.casefold())
            lead = part.lead if len(spoken.page.sentences) == first else None
            gap = spoken.page.gap(lead)
            words = spoken.page.supported(sentence, proof, lead=lead)
            asked.clock.mark("first_token")
            yield Words(f"{gap}{words}", spoken.page.last_cited)
    places = tuple(range(first, len(spoken.page.sentences)))
    if places:
        spoken.blocks.append(Block(part.kind, places, part.label, part.day))
