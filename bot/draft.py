"""What a model makes of a question and its evidence: what it shows before it speaks, what it writes, and what it says
of that when it sees it again beside its quotes."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from bot import calibrate, cite, decide, prompt, write
from bot.calibrate import Probe
from bot.stages import Draft, Expected, Found, proof_of
from bot.types import Probability, Prompt

if TYPE_CHECKING:
    from bot.model import Model


@dataclass(frozen=True, slots=True)
class Drafter:
    """The prompts, the probes by the names of their models, and what joins in what supports a sentence."""

    answer: prompt.PromptFile
    check: prompt.PromptFile
    answerable: str  # asks beforehand whether there is an answer
    probes: Mapping[str, Probe]
    entails: cite.Entails | None = None

    @classmethod
    def load(cls, folder: Path, entails: cite.Entails | None = None) -> Self:
        """With the prompts of the folder. Raises PromptInvalid."""
        answer, check, examples, answerable = (
            (folder / name).read_text(encoding="utf-8")
            for name in ("answer.md", "check.md", "check.examples.json", "answerable.md")
        )
        return cls(
            prompt.parse("answer.md", answer, ("question", "evidence", "language")),
            prompt.parse("check.md", check, ("question", "evidence", "answer")).with_examples(json.loads(examples)),
            answerable.strip(),
            calibrate.probes(),
            entails,
        )

    def expects(self, found: Found, model: Model | None) -> Expected:
        """What the model makes of the question: as it is probed while it reads the prompt, which is kept for the
        answer, or as it says itself."""
        if not model:
            return Expected()
        request = self.request(found)
        probe = self.probes.get(model.name)
        if probe and model.read:
            return Expected(probe.log_odds(model.read(request, found.question, probe.layer, probe.adapter)))
        if model.check or not model.probability:
            return Expected()
        asked = Prompt(request.system, f"{request.user}\n\n{self.answerable}")
        return Expected(says=model.probability(asked))

    def words(self, found: Found, model: Model) -> Generator[str, None, None]:
        """What the model writes, with the adapter that it was probed with."""
        request, probe = self.request(found), self.probes.get(model.name)
        if probe and model.reply:
            return model.reply(request, found.question, probe.adapter)
        return model.complete(request)

    def draft(self, found: Found, words: str, *, strict: bool = False) -> Draft:
        """The words with their proof."""
        cited = self.cited(found, words, strict=strict)
        return Draft(words.strip(), cited, proof_of(words, found.question, cited))

    def again(self, found: Found, model: Model, *, strict: bool = False) -> Draft | None:
        """What the model writes that is shown the best sentence alone; None where it finds no answer there."""
        words = "".join(self.words(replace(found, chosen=write.best(found.chosen)), model))
        return None if decide.declines(words) else self.draft(found, words, strict=strict)

    def checked(self, found: Found, draft: Draft, check: Probability) -> Draft:
        """The draft, with what its model says that sees the words beside their quotes alone, where it sees what it
        overlooks among all the evidence; where nothing is quoted, beside the best sentence."""
        quotes = write.quotes(draft.cited.citations) or write.best(found.chosen)
        shown = write.excerpts(quotes, found.articles)
        filled = self.check.fill({"evidence": shown, "question": found.question, "answer": draft.words})
        return replace(draft, says=check(filled))

    def cited(self, found: Found, words: str, *, strict: bool = False) -> cite.Cited:
        """The sentences of the words, each with its quotes."""
        others = [each for each in found.sentences if each not in found.chosen]
        return cite.cite(
            words, found.question, found.chosen, others, found.articles, strict=strict, entails=self.entails
        )

    def request(self, found: Found) -> Prompt:
        """The prompt for an answer."""
        return self.answer.fill(
            {
                "question": found.question,
                "evidence": write.excerpts(found.chosen, found.articles),
                "language": write.language_of(found.question),
            }
        )

    def warm(self, model: Model) -> None:
        """Has the model read its standing instructions and examples."""
        self.expects(Found("warm up"), model)
        if model.check:
            model.check(self.check.fill(dict.fromkeys(("evidence", "question", "answer"), "warm up")))
