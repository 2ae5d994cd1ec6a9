"""What a model makes of a question and its evidence: what it shows before it speaks, what it writes, and what it then
makes of the quotes alone."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from bot import calibrate, cite, decide, prompt, write
from bot.calibrate import Adapted, Probe
from bot.decide import Signals
from bot.disagreement.revised import rivals
from bot.evidence import heading as no_sentence
from bot.evidence import named_before
from bot.relevance import selection
from bot.stages import Draft, Found, proof_of, replaced
from bot.types import Evidence, Prompt, Read
from index.words import acronyms, chinese

if TYPE_CHECKING:
    from bot.model import Model

# Of 37 questions of SQuAD 2.0 whose answer is in the evidence, all have it in one of the four best sentences, 35 in one
# of the three best. The model reads each in about a second; of 88 others it has read 1.75 where there is an answer, and
# 3.7 where there is none, when one likely answers, and chooses as after all four for 86.
LOOKED_AT = 4
RIVALS = 3  # newer sentences, at most, that the model reads to see whether they tell otherwise


@dataclass(frozen=True, slots=True)
class Drafter:
    """The prompts, and the probes by the names of their models."""

    answer: prompt.PromptFile
    check: prompt.PromptFile
    answerable: str  # asks beforehand whether there is an answer
    entail: prompt.PromptFile
    probes: Mapping[str, Adapted]
    entailing: Mapping[str, Probe]
    named: cite.Entails | None = None  # tells instead of the model whether quotes say a sentence

    @classmethod
    def load(cls, folder: Path, named: cite.Entails | None = None) -> Self:
        """With the prompts of the folder. Raises PromptInvalid."""
        return cls(
            prompt.read(folder / "answer.md", ("question", "evidence", "language")),
            prompt.read(folder / "check.md", ("question", "evidence", "answer")),
            (folder / "answerable.md").read_text(encoding="utf-8").strip(),
            prompt.read(folder / "entail.md", ("text", "claim")),
            calibrate.probes(),
            calibrate.entailment(),
            named,
        )

    def signals(self, found: Found, model: Model | None) -> Signals:
        """What speaks for an answer before it is written; a model reads nothing that is far from the question."""
        shown = found.signals()
        return shown if not model or decide.far(shown) else self._expected(found, shown, model)

    def _expected(self, found: Found, shown: Signals, model: Model) -> Signals:
        """With what the model makes of the question: as it is probed while it reads the prompt, which is kept for the
        answer, or as it says itself."""
        probe = self.probes.get(model.name)
        if probe and model.read:
            return replace(shown, probed=self._probed(found, probe, model.read))
        if model.check or not model.probability:
            return shown
        request = self.request(found)
        asked = Prompt(request.system, f"{request.user}\n\n{self.answerable}")
        return replace(shown, says=model.probability(asked))

    def words(self, found: Found, model: Model) -> Generator[str, None, None]:
        """What the model writes, with the adapter that it was probed with."""
        request, probe = self.request(found), self.probes.get(model.name)
        if probe and model.reply:
            return model.reply(request, found.question, probe.adapter)
        return model.complete(request)

    def draft(self, found: Found, words: str, model: Model | None, *, strict: bool = False) -> Draft:
        """The words with their proof."""
        cited = self.cited(found, words, model, strict=strict)
        return Draft(words.strip(), cited, proof_of(words, found, cited))

    def looked_into(self, found: Found, draft: Draft, model: Model, *, strict: bool = False) -> tuple[Found, Draft]:
        """The draft, checked where the articles' own words stand in for it, and, where it then has no proof, what was
        found with what is seen of the best sentences, one of which may prove it in other words. Of a model that is not
        probed both as they are."""
        if self._sees_alone(found, model) and replaced(draft.words, draft.cited):
            draft = self.checked(found, draft, model)
            found = replace(found, alone=_alone(found, draft))
        if draft.proved >= cite.THRESHOLD:
            return found, draft
        found = self.looked_at(found, draft.words, model)
        return found, self._in_other_words(found, draft, model, strict=strict)

    def looked_at(self, found: Found, words: str, model: Model) -> Found:
        """With the log-odds of an answer that the probe sees where the model reads one of some sentences alone, after
        the one that it leans on, until one likely answers: first the one that the words were taken from, then the best
        ones. As it is where that is not known to tell."""
        probe = self._sees_alone(found, model)
        if not probe or not model.read:
            return found
        sentences = [each for each in found.chosen if not no_sentence(each.text)]
        taken = selection.pointed_at(words, found.question, sentences)
        alone = dict(found.alone)
        for each in sorted(sentences, key=lambda each: (each != taken, -each.score))[:LOOKED_AT]:
            if any(map(decide.likely, alone.values())):
                break
            if each not in alone:
                alone[each] = self._probed_alone(found, write.best(found.chosen, (each,)), probe, model.read)
        return replace(found, alone=alone, pointed_at=taken)

    def _in_other_words(self, found: Found, draft: Draft, model: Model, *, strict: bool) -> Draft:
        """The draft, with the sentence that it was taken from for its proof, where a probe sees clearly that this one
        answers alone, and another one that it says the draft."""
        taken = found.pointed_at
        if not taken or not decide.likely(found.alone.get(taken, 0.0)):
            return draft
        meant = write.best(found.chosen, (taken,))
        cited = self.cited(found, draft.words, model, strict=strict, meant=meant)
        proved = 0.0 if replaced(draft.words, cited) else proof_of(draft.words, found, cited)
        return replace(draft, cited=cited, proved=proved, meant=meant) if proved >= cite.THRESHOLD else draft

    def likeliest_alone(self, found: Found, model: Model) -> str:
        """The sentence in which the probe sees clearly that it answers, alone; empty where there is none."""
        alone = self.looked_at(found, "", model).alone
        return next((each.text for each, log_odds in alone.items() if decide.likely(log_odds)), "")

    def again(self, found: Found, model: Model, *, strict: bool = False) -> Draft | None:
        """What the model writes that is shown the likeliest sentence alone, or the best one, checked; None where it
        finds no answer there, or a probe sees none in its quotes."""
        words = "".join(self.words(replace(found, chosen=_best(found)), model))
        if decide.declines(words):
            return None
        draft = self.checked(found, self.draft(found, words, model, strict=strict), model)
        return None if draft.quoted is not None and draft.quoted < decide.NONE_SEEN else draft

    def checked(self, found: Found, draft: Draft, model: Model) -> Draft:
        """The draft, with what its model makes of its quotes alone, where it sees what it overlooks among all the
        evidence; where nothing is quoted, of the likeliest sentence. One that is probed reads the question once more
        beside them, but for Chinese; another one is asked whether they say that the words answer it."""
        if draft.quoted is not None:
            return draft
        quotes = write.quotes(draft.cited.citations) or _best(found)
        if self.probes.get(model.name) and model.read:
            return self._beside(found, draft, quotes, model)
        if not model.check:
            return draft
        shown = write.excerpts(quotes, found.articles)
        filled = self.check.fill({"evidence": shown, "question": found.question, "answer": draft.words})
        return replace(draft, says=model.check(filled))

    def _beside(self, found: Found, draft: Draft, quotes: Sequence[Evidence], model: Model) -> Draft:
        """The draft, with the log-odds of an answer in its quotes alone, where they tell. The articles' own words that
        stand in for it are no proof where a probe sees none in them, and tell what was asked where it sees one
        clearly."""
        probe = self._sees_alone(found, model)
        if not probe or not model.read:
            return draft
        seen = {_texts(write.best(found.chosen, (each,))): log_odds for each, log_odds in found.alone.items()}
        log_odds = seen.get(_texts(quotes))
        if log_odds is None:
            log_odds = self._probed_alone(found, quotes, probe, model.read)
        checked = replace(draft, quoted=log_odds)
        if not replaced(draft.words, draft.cited):
            return checked
        if log_odds < decide.NONE_SEEN:
            return replace(checked, proved=0.0)
        shown = replace(found, alone={**found.alone, quotes[0]: log_odds}) if len(quotes) == 1 else found
        return replace(checked, proved=proof_of(draft.words, shown, draft.cited))

    def _sees_alone(self, found: Found, model: Model) -> Adapted | None:
        """The probe that tells whether a sentence answers alone. In Chinese it was not seen to."""
        return self.probes.get(model.name) if model.read and not chinese(found.question) else None

    def instead(
        self, found: Found, draft: Draft, meant: Sequence[Evidence], model: Model | None, *, strict: bool = False
    ) -> Draft | None:
        """What is given of a draft without a proof: the sentences that it means. None where they are no answer."""
        own = " ".join(each.text for each in meant)
        cited = self.cited(found, own, model, strict=strict)
        return replace(draft, words=own, cited=cited) if proof_of(own, found, cited) >= cite.THRESHOLD else None

    def brought_up_to_date(self, found: Found, draft: Draft, model: Model | None, *, strict: bool = False) -> Draft:
        """The draft, after the newer sentence that tells otherwise what it tells, where a probe sees the answer in that
        one too; less will do where both give it in the same unit."""
        probe = self._sees_alone(found, model) if model else None
        if not probe or not model or not model.read:
            return draft
        quotes = write.quotes(draft.cited.citations)
        for rival in rivals(found.question, quotes, found.sentences, found.articles)[:RIVALS]:
            shown = replace(found, chosen=(rival.sentence,))
            log_odds = self._probed(shown, probe, model.read)
            if decide.likely(log_odds) or (rival.same_unit and log_odds >= decide.NONE_SEEN):
                cited = self.cited(found, draft.words, model, strict=strict, meant=draft.meant, newer=rival.sentence)
                return replace(draft, cited=cited)
        return draft

    def cited(
        self,
        found: Found,
        words: str,
        model: Model | None,
        *,
        strict: bool = False,
        meant: Sequence[Evidence] = (),
        newer: Evidence | None = None,
    ) -> cite.Cited:
        """The sentences of the words, each with its quotes; see `cite.cite`."""
        others = [each for each in found.sentences if each not in found.chosen]
        return cite.cite(
            words,
            found.question,
            found.chosen,
            others,
            found.articles,
            strict=strict,
            entails=self._entails(model),
            meant=meant,
            newer=newer,
        )

    def _entails(self, model: Model | None) -> cite.Entails | None:
        """What tells whether quotes say a sentence: what was named, or what a probe sees in the model when it reads
        both. None for a model that shows nothing of itself."""
        probe, hidden = (self.entailing.get(model.name), model.hidden) if model else (None, None)
        if self.named or not probe or not hidden:
            return self.named

        def entails(premise: str, hypothesis: str) -> float:
            if chinese(hypothesis):  # the probe has not learnt any
                return 1.0
            output = hidden(self.entail.fill({"text": premise, "claim": hypothesis}), probe.layer)
            return calibrate.probability(probe.log_odds(output))

        return entails

    def request(self, found: Found) -> Prompt:
        """The prompt for an answer."""
        return self.answer.fill(
            {
                "question": found.question,
                "evidence": write.excerpts(found.chosen, found.articles),
                "language": write.language_of(found.question),
            }
        )

    def _probed_alone(self, found: Found, quotes: Sequence[Evidence], probe: Adapted, read: Read) -> float:
        """The log-odds of an answer in quotes alone; where the probe sees none there, those beside the sentence before
        them that names what the question does and they do not, where that is more."""
        log_odds = self._probed(replace(found, chosen=tuple(quotes)), probe, read)
        if log_odds >= decide.NONE_SEEN:
            return log_odds
        names, spelled = decide.names_of(found.question), acronyms(found.question)
        before = named_before(quotes, names, spelled, found.sentences)
        if not before:
            return log_odds
        return max(log_odds, self._probed(replace(found, chosen=(before, *quotes)), probe, read))

    def _probed(self, found: Found, probe: Adapted, read: Read) -> float:
        """The log-odds of an answer that the probe sees in a model which has read what was chosen."""
        return probe.log_odds(read(self.request(found), found.question, probe.layer, probe.adapter))

    def warm(self, model: Model) -> None:
        """Has the model read its standing instructions and examples."""
        nothing = Found("warm up")
        self._expected(nothing, nothing.signals(), model)
        if entails := self._entails(model):
            entails("warm up", "warm up")
        if model.check and model.name not in self.probes:
            model.check(self.check.fill(dict.fromkeys(("evidence", "question", "answer"), "warm up")))


def _alone(found: Found, draft: Draft) -> dict[Evidence, float]:
    """The log-odds of the one sentence that is quoted; nothing where there are several."""
    if draft.quoted is None or len(draft.cited.citations) != 1:
        return {}
    quote = draft.cited.citations[0]
    of_it = [each for each in found.chosen if each.article_id == quote.article_id and quote.quote in each.text]
    return dict.fromkeys(of_it, draft.quoted)


def _best(found: Found) -> tuple[Evidence, ...]:
    """The likeliest sentence, or the one that carries most of the question, after the one that it leans on."""
    likeliest = found.likeliest()
    return write.best(found.chosen, (likeliest,) if likeliest else ())


def _texts(evidence: Sequence[Evidence]) -> tuple[str, ...]:
    return tuple(each.text for each in evidence)
