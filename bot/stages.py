"""What one step of an answer hands to the next: what was asked, what was found, what a model wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from time import perf_counter
from typing import TYPE_CHECKING

from bot import cite, decide
from bot.attribute import days_of
from bot.relevance import reply, selection
from bot.relevance.matter import off_the_matter, paragraph_to
from bot.relevance.stray import strays
from bot.types import Evidence, State, Timings
from index.types import Article, Hits

if TYPE_CHECKING:
    from bot.model.chain import Chain


# What the log-odds of a probe count beside the score of a sentence. Of 44 questions of SQuAD 2.0 the answer is in the
# sentence of the best score for 32, of the best log-odds for 34, of the best of both for 35; so it is from 0.1 to 0.2.
_SEEN = 0.15
# What it counts that a draft was taken from a sentence. Of 24 everyday questions about new articles that had got
# another one, or none, 5 are answered at .3, from sentences that share few words with them and say "it" of what they
# name. At .4 it outweighs the difference in score, .32, where a probe saw no answer in either.
_TAKEN = 0.4


class Clock:
    """Seconds from the question to the first time that something happened."""

    def __init__(self) -> None:
        self._start = perf_counter()
        self._marks: dict[str, float] = {}

    def mark(self, name: str) -> None:
        self._marks.setdefault(name, round(perf_counter() - self._start, 3))

    def timings(self) -> Timings:
        self.mark("total")
        return Timings(**self._marks)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was put, and how it is to be answered."""

    question: str
    chain: Chain
    clock: Clock
    strict: bool  # leave out the sentences that no article supports
    least: float | None  # how probable it has to be that the articles answer; None: as was measured to be best


@dataclass(frozen=True, slots=True)
class Found:
    """What a question's search gave: the sentences of its hits, those chosen, and their articles."""

    question: str  # as it was searched for: a follow-up with what it takes from the history
    hits: Hits = field(default_factory=Hits)
    sentences: tuple[Evidence, ...] = ()
    chosen: tuple[Evidence, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)  # the question's terms and their shares
    articles: Mapping[str, Article] = field(default_factory=dict)  # those of `sentences`, by id
    alone: Mapping[Evidence, float] = field(default_factory=dict)  # see `Drafter.looked_at`
    pointed_at: Evidence | None = None  # the sentence that a draft without a proof was taken from

    def signals(self) -> decide.Signals:
        """What speaks for an answer before a model has read it."""
        return decide.signals(self.question, self.weights, self.chosen, self.facts, self.hits)

    def likeliest(self) -> Evidence | None:
        """The sentence that tells who does what was asked; else, or where a probe sees no answer in it, and one in
        another, of those that it has looked at alone, the one that answers most likely. None where neither is."""
        telling = selection.telling(self.question, self.chosen, self.days)
        best = max(self.alone, key=self._likelihood, default=None)
        misled = telling and best and self.alone.get(telling, 0.0) < decide.NONE_SEEN and self.alone[best] >= 0
        return best if misled else telling or best

    def answers_alone(self, sentence: Evidence) -> bool:
        """Whether a probe sees clearly that a sentence that was looked at answers, alone; of the one that the draft was
        taken from, rather than not: two see the same."""
        log_odds = self.alone[sentence]
        return decide.likely(log_odds) or (sentence == self.pointed_at and log_odds >= 0)

    def _likelihood(self, sentence: Evidence) -> float:
        """How likely it answers, of those that were looked at alone; how surely one does not is no matter. That a draft
        was taken from it counts, but where the probe sees none in this one alone."""
        least = decide.NONE_SEEN
        seen = self.alone[sentence] >= least or max(self.alone.values()) < least
        taken = _TAKEN if sentence == self.pointed_at and seen else 0.0
        return sentence.score + taken + _SEEN * max(self.alone[sentence], decide.NONE_SEEN)

    @property
    def days(self) -> dict[str, date]:
        """The days of the articles that have one, by id."""
        return days_of(self.articles)

    @property
    def facts(self) -> dict[str, str]:
        """What the articles of the chosen sentences say of themselves, by id."""
        return {each.article_id: cite.facts_of(self.articles[each.article_id]) for each in self.chosen}


@dataclass(frozen=True, slots=True)
class Draft:
    """What was written, and its proof."""

    words: str
    cited: cite.Cited
    proved: float  # the support of its best sentence, in [0, 1]; 0 where it does not answer, as `proof_of` says
    quoted: float | None = None  # the log-odds of an answer by a probe inside the model, when it reads the quotes alone
    says: float | None = None  # the probability, in [0, 1], that it answers, as a model says that is not probed
    meant: tuple[Evidence, ...] = ()  # what proves it in other words

    def seen(self, shown: decide.Signals) -> decide.Signals:
        """What was seen before it was written, with what is seen of it."""
        says = shown.says if self.says is None else self.says
        return replace(shown, proved=self.proved, quoted=self.quoted, says=says)


def proof_of(words: str, found: Found, cited: cite.Cited) -> float:
    """The support of the best sentence of an answer, in [0, 1]; 0 where it only says the question again, or not what
    was asked for, passes over the sentence that tells it, or tells of another year or another one, or of another matter
    than it was asked what somebody says about. So it is where the articles' own words that take its place do not say
    what was asked for; whether something is so they may say in other words, where a probe sees the answer in them."""
    own = cite.strip_marks(cited.text)
    shown = {words.strip(), own}  # one text, but where the articles' own words stand in
    quotes = [each.quote for each in cited.citations]
    stands_in = any(quote in own for quote in quotes)
    told = any(each.text in own and found.answers_alone(each) for each in found.alone)
    ids = {each.article_id for each in cited.citations}
    facts = [cite.facts_of(found.articles[each]) for each in ids]
    about = [paragraph_to(found.articles[each.article_id], each.end) for each in cited.citations] + facts
    known = facts + [each.text for each in found.sentences if each.article_id in ids]
    others = [each.text for each in found.sentences if each.article_id not in ids]
    answers = not (
        reply.echoes(words, found.question)
        or any(reply.evades(each, found.question) for each in shown)
        or selection.passes_over(words, quotes, found.question, found.chosen, found.days)
        or off_the_matter(found.question, about)
        or strays(words, found.question, quotes, known, others)
        or (stands_in and not told and selection.leaves_open(own, found.question))
        or (stands_in and own != words.strip() and reply.explains_nothing(own, found.question))
    )
    return cited.proved if answers else 0.0


def replaced(words: str, cited: cite.Cited) -> bool:
    """Whether nothing is given of what a model wrote: the articles' own words stand in for all of it."""
    given = [each for each in cited.sentences if each.state is State.SUPPORTED]
    quotes, written = [each.quote for each in cited.citations], cite.said(words)
    return bool(given) and all(
        any(quote in each.text for quote in quotes) and not any(one in each.text for one in written) for each in given
    )
