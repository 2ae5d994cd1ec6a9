"""A sentence to its proof: the exact words of an article that support it, or that contradict it.

The judge reads the likeliest sentences alone, then, where none of them supports the whole claim, up to three of one
article together, after its title where that helps. A fragment has to be supported by itself and after its question: by
itself any mention would prove it, after its question the question's words would. Two guards stand beside the judge: the
figures and dates of a claim stand in its quotes or in the facts of their article, and of each name of several words the
article has at least one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import exp
from typing import TYPE_CHECKING

from bot.answering.attribute import days_of, facts_of
from bot.answering.evidence import asserts, stated, title
from bot.answering.write.draft import strip_marks
from bot.classifiers.injection import is_injection
from bot.judge.coverage import rarity
from bot.types import Cancellation, Evidence, Judgement, Reason, State
from index.text.figures import missing
from index.text.names import runs
from index.text.words import acronyms, content_terms, vocabulary
from index.types import Article

if TYPE_CHECKING:
    from bot.judge import Judge

READ = 8  # sentences that the judge reads alone for a claim
QUOTES = 3  # at most, of one claim
GROUPS = 3  # articles whose sentences are read together
_SURE = 0.9  # the support from which on no further sentence is read: it saves pairs, and changes no proof of 120
# What each further sentence takes from the log-odds of support: of many groups one is likely to seem to support a false
# claim. Of 1,933 claims beside whole articles 0.5 lets through a fifth fewer of the false ones, for as many right ones;
# 0.3 keeps more sentences that need two.
_FURTHER = 0.3
# Words, numbers and quotation marks: what is quoted in an article is not what it says.
_BARE = re.compile(r"\w+(?:[.,’']\w+)*|[“”„\"«»「」『』]")
_FRAGMENT = 4  # content terms below which a sentence is read after the question, too
_SHARED = 0.15  # the share of a claim's weighted terms that a sentence has to have, or it says nothing of the claim


@dataclass(frozen=True, slots=True)
class Proof:
    """The result of the proof of a claim. A supported one has one to three quotes, of one article, in reading order."""

    state: State = State.UNSUPPORTED
    support: float = 0.0  # in [0, 1]
    quotes: tuple[Evidence, ...] = ()
    reason: Reason | None = None  # why it is not supported, or why it is quoted
    trace: tuple[Judgement, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class ClaimVerifier:
    """The sentences that may prove a claim: those found first, then all of their articles."""

    judge: Judge
    found: Sequence[Evidence]
    articles: Mapping[str, Article]
    cancel: Cancellation | None = None

    def prove(self, sentence: str, question: str = "", cited: Sequence[Evidence] = ()) -> Proof:
        """The best proof of a sentence. What a model `cited` for it is read first, and judged like all else. Raises
        Cancelled."""
        claims = claims_of(sentence, question)
        claim = claims[0]
        given = [each for each in cited if each.article_id in self.articles and asserts(each.text)]
        # A fragment may stand anywhere, and so may a bare yes or no.
        among = (*given, *self.found) if claim == sentence and content_terms(sentence) else given
        if same := next((each for each in among if _same(sentence, each.text) and asserts(each.text)), None):
            certain = Judgement("prove", "supported", claim, 1.0, self.judge.thresholds.supported)
            return Proof(State.SUPPORTED, 1.0, (same,), trace=(certain,))
        first = self._proof(sentence, claims, self.found, given)
        if first.state is State.SUPPORTED:
            return first
        known = {(each.article_id, each.start, each.end) for each in self.found}
        rest = [each for each in self._whole() if (each.article_id, each.start, each.end) not in known]
        second = self._proof(sentence, claims, rest) if rest else Proof(reason=NOTHING)
        best = max(first, second, key=_standing)
        return replace(best, trace=first.trace + second.trace)

    def _whole(self) -> Iterator[Evidence]:
        """All sentences of the articles but for their titles."""
        for article in self.articles.values():
            yield from whole(article)

    def _proof(
        self, sentence: str, claims: Sequence[str], among: Sequence[Evidence], cited: Sequence[Evidence] = ()
    ) -> Proof:
        """The proof of a sentence, by what the judge makes of its claims."""
        claim = claims[0]
        likely = ranked_by_words(claim, among, {key: each.title for key, each in self.articles.items()})
        ranked = list(dict.fromkeys((*cited, *likely)))[:READ]
        groups: list[tuple[Evidence, ...]] = [(each,) for each in ranked]
        told = dict(zip(groups, self._entailed(claims, map(_text, groups)), strict=True))
        best = max(told, key=lambda group: told[group][0], default=())
        if best and (told[best][0] < _SURE or self._lacks(sentence, best)):
            titled = self._titled(claim, list(_together(claim, ranked)))
            further = {group: title for group, title in titled.items() if title or group not in told}
            found = self._entailed(claims, (_text(group, title) for group, title in further.items()))
            for group, (support, contradicted) in zip(further, found, strict=True):
                read = (_of_group(support, len(group)), contradicted)
                told[group] = max(read, told.get(group, read))
            best = max(told, key=lambda group: self._worth(sentence, group, told[group][0]))
        return self._decided(sentence, claim, best, told)

    def _titled(self, claim: str, groups: Sequence[tuple[Evidence, ...]]) -> dict[tuple[Evidence, ...], str]:
        """The groups, each with the title of its article where that has a term of the claim that the group lacks, gives
        no order, and does not say the whole claim by itself: a title can be no quote."""
        wanted, spelled = frozenset(content_terms(claim)), _spelled(claim)
        titles = {}
        for group in groups:
            named = self.articles[group[0].article_id].title
            lacking = wanted.difference(*(terms_of(each.text, spelled) for each in group))
            titles[group] = named if lacking & terms_of(named, spelled) and not is_injection(named) else ""
        read = list(dict.fromkeys(filter(None, titles.values())))
        told = dict(zip(read, self._entailed((claim,), read), strict=True))
        limit = self.judge.thresholds.supported
        return {group: title if title and told[title][0] < limit else "" for group, title in titles.items()}

    def _worth(self, sentence: str, group: Sequence[Evidence], support: float) -> tuple[bool, float]:
        """Figures before support."""
        supported = support >= self.judge.thresholds.supported
        return supported and not self._lacks(sentence, group), support

    def _decided(
        self,
        sentence: str,
        claim: str,
        best: tuple[Evidence, ...],
        told: Mapping[tuple[Evidence, ...], tuple[float, float]],
    ) -> Proof:
        limits = self.judge.thresholds
        if not best:
            return Proof(reason=NOTHING, trace=(Judgement("prove", "supported", claim, 0.0, limits.supported),))
        support = told[best][0]
        trace = [Judgement("prove", "supported", claim, round(support, 3), limits.supported)]
        reason = NOTHING
        if support >= limits.supported:
            absent = self._lacking(sentence, best)
            trace.append(Judgement("prove", "figures", claim, 0.0 if absent else 1.0, 1.0))
            if not absent and not self._strange(sentence, best):
                return Proof(State.SUPPORTED, round(support, 3), best, trace=tuple(trace))
            reason = FIGURES if absent else NOTHING
        against = max(told, key=lambda group: told[group][1])
        contradicted = told[against][1]
        trace.append(Judgement("prove", "contradicted", claim, round(contradicted, 3), limits.contradicted))
        if contradicted >= limits.contradicted:
            return Proof(State.CONTRADICTED, round(support, 3), against, OTHERWISE, tuple(trace))
        return Proof(State.UNSUPPORTED, round(support, 3), (), reason, tuple(trace))

    def _entailed(self, claims: Sequence[str], texts: Iterable[str]) -> list[tuple[float, float]]:
        """By each text: the least probability of support of the claims, and that of a contradiction of the first."""
        pairs = [(text, claim) for text in texts for claim in claims]
        told = self.judge.entail_pairs(pairs, self.cancel)
        by_text = [told[place : place + len(claims)] for place in range(0, len(told), len(claims))]
        return [(min(each.supported for each in read), read[0].contradicted) for read in by_text]

    def _lacks(self, sentence: str, group: Sequence[Evidence]) -> bool:
        """Whether a figure of a sentence is not in the quotes, or a name not in their article."""
        return bool(self._lacking(sentence, group)) or self._strange(sentence, group)

    def _strange(self, sentence: str, group: Sequence[Evidence]) -> bool:
        """Whether a name of a sentence is not in the article of the quotes."""
        return any(strange_names(sentence, self.articles[group[0].article_id]))

    def _lacking(self, sentence: str, group: Sequence[Evidence]) -> frozenset[str]:
        """The figures of a sentence that its quotes lack. A date may be of their article; a title counts nothing."""
        article = self.articles[group[0].article_id]
        quotes = " . ".join(each.text for each in group)
        return missing(without_names(sentence, article), quotes, days_of(article), article.title)


def strange_names(sentence: str, article: Article) -> Iterator[str]:
    """The names of two words and more of which an article has no word, neither in its text nor in its facts.

    >>> article = Article("a", "The mill", "The mill burnt down in Orlau.", author="Ida Holm")
    >>> list(strange_names("Ida Holm saw the Old Mill, Max Stein, and Ida.", article))
    ['Max Stein']
    """
    for named, run in runs(sentence, first=True):
        terms = frozenset(content_terms(run))
        if named and len(terms) > 1 and not terms & everywhere(article, _spelled(sentence)):
            yield run


def without_names(sentence: str, article: Article) -> str:
    """A sentence without the names of its article's author and outlet, which may hold a number: "Channel 4".

    >>> without_names("France 24 counts 3 ships.", Article("a", "T", "…", outlet="France 24"))
    ' counts 3 ships.'
    """
    for name in filter(None, (article.author, article.outlet)):
        sentence = sentence.replace(name, "")
    return sentence


NOTHING = Reason("unsupported")
FIGURES = Reason("figures")
OTHERWISE = Reason("otherwise")


def ranked_by_words(claim: str, among: Sequence[Evidence], titles: Mapping[str, str] | None = None) -> list[Evidence]:
    """The sentences with at least `_SHARED` of a claim's terms, weighted by rarity, the fullest first. What the title
    of their article has counts half."""
    weights = {term: rarity(term) for term in content_terms(claim)}
    total = sum(weights.values()) or 1.0
    spelled = _spelled(claim)

    def share(there: Collection[str]) -> float:
        return sum(weight for term, weight in weights.items() if term in there) / total

    scores = {}
    for each in among:
        if asserts(each.text):
            own = terms_of(each.text, spelled)
            named = terms_of(titles[each.article_id], spelled) - own if titles else frozenset()
            scores[each] = (share(own), share(own) + share(named) / 2)
    kept = [each for each, (alone, _) in scores.items() if alone >= _SHARED]
    return sorted(kept, key=lambda each: -scores[each][1])


def _together(claim: str, ranked: Sequence[Evidence]) -> Iterator[tuple[Evidence, ...]]:
    """Groups of one to three sentences of one article: the best one, with those that have most of what it lacks."""
    wanted = frozenset(content_terms(claim))
    spelled = _spelled(claim)
    for article_id in list(dict.fromkeys(each.article_id for each in ranked))[:GROUPS]:
        own = [each for each in ranked if each.article_id == article_id]
        group, rest = own[:1], own[1:]
        yield tuple(group)
        while rest and len(group) < QUOTES:
            lacking = wanted.difference(*(terms_of(each.text, spelled) for each in group))
            further = max(rest, key=lambda each: sum(rarity(term) for term in lacking & terms_of(each.text, spelled)))
            if not lacking & terms_of(further.text, spelled):
                break
            group = sorted([*group, further], key=lambda each: each.start)
            rest = [each for each in rest if each != further]
            yield tuple(group)


def _of_group(support: float, sentences: int) -> float:
    """The support by a group of sentences, in [0, 1].

    >>> _of_group(0.7, 1), round(_of_group(0.7, 3), 2)
    (0.7, 0.56)
    """
    against = (1 - support) * exp(_FURTHER * (sentences - 1))
    return support / (support + against)


def _text(group: Sequence[Evidence], title: str = "") -> str:
    """The sentences of a group as the judge reads them, after a title where there is one."""
    return " ".join([*([f"{title}."] if title else []), *(each.text for each in group)])


def _spelled(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(acronyms(text).items())


@lru_cache(maxsize=8192)
def terms_of(text: str, spelled: tuple[tuple[str, tuple[str, ...]], ...] = ()) -> frozenset[str]:
    """The vocabulary of a text, read once."""
    return vocabulary(text, dict(spelled))


@lru_cache(maxsize=256)
def whole(article: Article) -> tuple[Evidence, ...]:
    """All sentences of an article but for its title."""
    return tuple(each for each in stated(article.id, article.text) if not title(each.text, article.title))


@lru_cache(maxsize=256)
def everywhere(article: Article, spelled: tuple[tuple[str, tuple[str, ...]], ...] = ()) -> frozenset[str]:
    """The vocabulary of an article, with what it says of itself."""
    return vocabulary(f"{article.text} . {facts_of(article)}", dict(spelled))


def claimed(sentence: str, question: str) -> str:
    """The sentence; a fragment after the question that it answers."""
    return claims_of(sentence, question)[0]


def claims_of(sentence: str, question: str) -> tuple[str, ...]:
    """The claims that have to be supported: the sentence, or a fragment after its question, and by itself.

    >>> claims_of("In Orlau.", "Where is it?"), claims_of("No.", "Is it in Orlau?")
    (('Where is it? In Orlau.', 'In Orlau.'), ('Is it in Orlau? No.', 'No.'))
    """
    entire = len(content_terms(sentence)) >= _FRAGMENT or not question
    return (sentence,) if entire else (f"{question} {sentence}", sentence)


def _standing(proof: Proof) -> tuple[int, float]:
    order = (State.UNSUPPORTED, State.CONTRADICTED, State.SUPPORTED)
    return 2 * order.index(proof.state) + (proof.reason == FIGURES), proof.support


def _same(claim: str, text: str) -> bool:
    """Whether a claim is a sentence of the article, but for capitals, spaces and punctuation.

    >>> _same("it sank, 5.2 miles off", "It sank 5.2 miles off."), _same("It did sink.", "It did not sink.")
    (True, False)
    """
    return bool(claim) and _bare(claim) == _bare(text)


def _bare(text: str) -> list[str]:
    return _BARE.findall(strip_marks(text).casefold())
