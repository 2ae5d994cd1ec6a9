"""The proof of one sentence: the exact words of articles that support it.

How much quotes carry of a sentence is told by `bot.entailment.support`. A sentence that says little by itself ("1973.",
"Yes.") claims what was asked, with that for an answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from bot.attribute import day, days_of, speaks_for_somebody
from bot.disagreement.disagree import WHETHER, dated
from bot.entailment import link
from bot.entailment.aim import only_aimed, only_together
from bot.entailment.owner import holder_left_out
from bot.entailment.support import (
    Piece,
    added,
    adds,
    certain,
    disprove,
    foretell,
    measure,
    opposed,
    pieces_of,
    plainly,
    scattered,
    shared,
    silent,
    turned,
    undone,
    unjudged,
    unnamed,
)
from bot.entailment.support import prove as best_of
from bot.evidence import leans_back, stated, title
from bot.language.claim import Claim, numbered, read, together
from bot.language.comparison import uncompared
from bot.language.duration import otherwise_lasting
from bot.language.extent import misplaced
from bot.language.moment import needs_day, otherwise_told, terms_of_days
from bot.language.ordinal import another_in_line
from bot.language.speaker import going_on, in_the_mouth_of, named_in, others_say, report, spoken
from bot.language.speech import Report, all_speech
from bot.language.superlative import overreaches
from bot.language.wording import carried, carries, light, opposites, stands, synonyms
from bot.question import reason
from bot.question.define import WHO, otherwise_spelled_out
from bot.question.either import offers, unranked
from bot.question.whether import best_telling, main_clause
from bot.types import Evidence
from index.types import Article
from index.words import chinese, terms

THRESHOLD = 0.5  # below it a sentence counts as unsupported; see `tests/bench/support.py` for what that lets through

EVEN = 0.5  # the probability that quotes say a sentence, below which it is doubted
# The same, from which on they prove it in other words. Of 27 drafts for the fit half of SQuAD 2.0 that had no proof by
# their words it is reached by 18: 4 of these were taken from a sentence that clearly answers alone, and all are right;
# of the 14 others one is.
CLEARLY = 0.75

SURE = 0.8  # from here on no further tier is looked at

Entails = Callable[[str, str], float]
"""How likely it is, in [0, 1], that the first text says what the second one says."""

_GAIN = 0.15  # what a further quote has to add to the coverage to be worth citing
_ASKED = 0.3  # how much a quote's share of the question's terms counts, beside the sentence's, for the first one
_WORTH = 0.1  # how much more support is worth leaving the chosen evidence for, and a report for an opinion
_GAP = 20  # characters between two sentences, at most
_FRAGMENT = 4  # terms, at most, of a sentence that is read together with the question
_READ = 200  # sentences of the articles that are read for proof, where the passages have none; about 0.1 s
_ROOT = re.compile(r"\b[^\W\d_]{4,5}|\d+")
_OF_A_DAY = re.compile(
    r"\b(?:as of|according to|publish\w*|report\w*|said|says|told|wrote|writes|dated|article)\b|截至|报道|发表|表示|称",
    re.IGNORECASE,
)
# What may tell of who says something in an article, or writes it; and what its author says of himself.
_CREDITS = re.compile(
    r"\b(?:according to|said|says|told|tells|wr(?:ote|ites|itten) (?:that|about|in|for|on|by|of)|argu\w+|believ\w+|"
    r"think\w*|thought|opinion|(?:article|piece|column|editorial|report|review|text|story|interview)s?"
    # and no "report Example Times counted"
    r"(?=\W*$|[,.;:]| (?:about|appear\w*|are|by|call\w*|claim\w*|describ\w*|explain\w*|for|from|in|is|of|on|publish\w*|"
    r"that|was|were|which)\b))\b|"
    r"作者|写|文章|评论|社论|表示|称|说|认为",
    re.IGNORECASE,
)
_OWN = re.compile(r"\b(?:I|[Ww]e|[Mm]y|[Oo]ur|me|us)\b|我")
_YES = re.compile(r"\W*(?:yes[,.;:]?\s+|(?:是的|[对對])[，。；]\s*)(?=\w)", re.IGNORECASE)
_ANYTHING = frozenset(
    terms("anything something everything anyone someone anybody somebody ever yet already still really actually indeed")
)
_NO = re.compile(r"\W*(?:no|nope|不|不是|[没沒]有|否)(?:\W+|\Z)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Proof:
    """The quotes for one sentence, best first, and how much of it they carry together."""

    support: float = 0.0
    quotes: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of an answer with its proof; `lead` is written before it where articles disagree. One that is in the
    place of what was `doubted` is no proof of that."""

    sentence: str
    proof: Proof
    lead: str = ""
    doubted: bool = False


def facts_of(article: Article) -> str:
    """What an article says of itself, as one text: a sentence's names and dates may come from here."""
    return ". ".join([article.title, *_credits(article), *_days(article)])


def _credits(article: Article) -> list[str]:
    """Who wrote an article, and where."""
    return [fact for fact in (article.author, article.outlet) if fact]


def _days(article: Article) -> list[str]:
    """When it was written, and of when it is."""
    days = (article.published, article.as_of)
    return [written for each in days for written in (day(each), day(each, "zh")) if written]


def supported(told: Told) -> bool:
    return told.proof.support >= THRESHOLD


def support(claim: str, sentences: Sequence[str]) -> float:
    """How much of `claim` the sentences carry together, in [0, 1]; 0 where either says nothing, or what they say is
    another claim."""
    return 0.0 if another(claim, sentences) else best_of(read(claim), pieces_of(sentences))[0]


def another(
    sentence: str, quotes: Sequence[str], known: frozenset[str] = frozenset(), titles: Sequence[str] = ()
) -> bool:
    """Whether a sentence makes another claim of what quotes say, by the way in which it joins their words: another
    speaker's, a reason, an effect, a rank, a comparison, a time, or where something is. The terms `known` name the
    authors and outlets of the quotes, which have `titles`.

    >>> another("It closed because of silt.", ["It closed in May, full of silt."])
    True
    """
    return bool(quotes) and (
        others_say(sentence, quotes, known)
        or reason.unreasoned(sentence, quotes)
        or link.turned(sentence, quotes)
        or only_aimed(sentence, quotes)
        or only_together(sentence, quotes)
        or otherwise_spelled_out(sentence, quotes)
        or overreaches(sentence, [*quotes, *titles])
        or misplaced(sentence, quotes)
        or otherwise_lasting(sentence, quotes)
        or otherwise_told(sentence, quotes)
        or another_in_line(sentence, " ".join(quotes))
        or uncompared(sentence, quotes)
    )


class Shelf:
    """What the sentences of one answer may rest on."""

    def __init__(
        self,
        question: str,
        evidence: Sequence[Evidence],
        others: Sequence[Evidence],
        articles: Mapping[str, Article],
        entails: Entails | None,
    ) -> None:
        self.asked = read(question)
        self._main = main_clause(question)
        self._whether = bool(WHETHER.search(question)) and not offers(question)
        self._tiers = [[*evidence], [*evidence, *others]]
        self._written = {_bare(each.text) for each in self._tiers[1] if read(each.text).plain}
        self.articles = articles
        self._entails = entails
        self._split: dict[str, list[Evidence]] = {}
        self._told_by: dict[Evidence, frozenset[str]] = {}
        self._credits = {article.id: read(". ".join(_credits(article))).vocabulary for article in articles.values()}
        self._days = {article.id: read(". ".join(_days(article))).vocabulary for article in articles.values()}
        self._context = {
            article.id: read(article.title).vocabulary.union(
                *(read(piece.text).vocabulary for piece in self._tiers[1] if piece.article_id == article.id)
            )
            for article in articles.values()
        }

    def told(self, sentence: str, meant: Sequence[Evidence] = ()) -> Told:
        """A sentence with its proof, which may be in other words by what is `meant`. The article's own words take the
        place of one that tells as done what was only planned, of one that tells what was asked about as done in a word
        that no quote has for it, of one that the quotes are found not to say, and of a yes that no quote says in its
        own voice: small models say yes too easily. So they do where it was asked whether something is so, and it tells
        that of something else, or affirms a denial. What quotes only report is told in the mouth that they put it
        in."""
        sentence = self._without_yes(sentence)
        told = Told(sentence, self.prove(sentence))
        if not supported(told):
            return self._plan(sentence) or (self._reworded(sentence, meant) if meant else None) or told
        yes = self._bare_yes(sentence, told.proof)
        quote = self._tells_whether(told.proof.quotes) if yes else self._telling(sentence, told.proof)
        if not quote:
            return Told(sentence, Proof())
        doubted = self._doubted(told)
        if yes or doubted or self._undone(told) or (self._whether and self._beside_it(told, quote)):
            return replace(self.own_words(quote), doubted=doubted)
        return self._spoken(told)

    def _reworded(self, sentence: str, meant: Sequence[Evidence]) -> Told | None:
        """A sentence with the ones that it was taken from, where these are clearly found to say it, though in other
        words, and have half of what it adds to the question; None where they have not, or anything speaks against it.
        Whether something is so is not told so: a model that reads both takes a no for a yes too easily."""
        own = read(sentence)
        new = added(own, self.asked)
        has = frozenset[str]().union(*(read(each.text).vocabulary for each in meant))
        if not self._entails or self._whether or not new or carried(has, new) < len(new) / 2:
            return None
        pieces = [self.piece(each, dated=bool(_OF_A_DAY.search(sentence))) for each in meant]
        named = numbered(self.asked.texts[0]).intersection(*(piece.context for piece in pieces))
        claim = replace(own, terms=tuple(term for term in own.terms if term.text not in named))
        if opposed(claim, pieces) or self._otherwise(sentence, meant, pieces):
            return None
        found = self._entails(self._read_together(meant, sentence), sentence)
        return self._spoken(Told(sentence, Proof(found, _needed(own, meant)))) if found >= CLEARLY else None

    def _without_yes(self, sentence: str) -> str:
        """The sentence, without a yes where it then says the contrary ("Yes, it allowed it" to whether it banned it, or
        "Yes, it refused to"), or has no word for something that was asked: whether it was forced to, "Yes, it may"."""
        found = _YES.match(sentence) if self._whether else None
        if not found:
            return sentence
        said, rest = read(sentence).vocabulary, sentence[found.end() :]
        denies = read(rest).denied.heads and not self.asked.denied.heads
        unsaid = [term for term in self._main.plain if not stands(said, term)]
        open_left = any(term not in light() | _ANYTHING for term in unsaid)
        contrary = any(said & opposites(word) for term in unsaid for word in (term, *synonyms(term)))
        return rest[0].upper() + rest[1:] if denies or open_left or contrary else sentence

    def _doubted(self, told: Told) -> bool:
        """Whether the quotes, read with what they leave to others to say, are found not to say the sentence."""
        quotes = told.proof.quotes
        if not self._entails or any(told.sentence.rstrip(".。") in quote.text for quote in quotes):
            return False
        return self._entails(self._read_together(quotes, told.sentence), told.sentence) < EVEN

    def _read_together(self, quotes: Sequence[Evidence], sentence: str) -> str:
        """Quotes as they are read by what tells whether they say a sentence."""
        return " ".join(self._read_alone(quote, sentence) for quote in quotes)

    def _read_alone(self, quote: Evidence, sentence: str) -> str:
        """A quote, after its article's facts where the claim may be theirs, and after the sentence that it leans on, or
        that has the names which the claim has and the quote has not."""
        article = self.articles[quote.article_id]
        facts = self._speaks(quote) or needs_day(quote.text) or _OF_A_DAY.search(sentence)
        lead = self._lead(quote) if self._leans(quote) else self._naming(quote, read(sentence))
        return " ".join(each for each in (f"{facts_of(article)}." if facts else "", lead, quote.text) if each)

    def _naming(self, quote: Evidence, claim: Claim) -> str:
        """The last sentence before a quote with a name of the claim that the quote lacks; empty where there is none."""
        vocabulary = read(quote.text).vocabulary
        missing = {name for name in claim.names if not carries(vocabulary, name)}
        earlier = self.before(quote) if missing else []
        return next((each.text for each in reversed(earlier) if missing & read(each.text).vocabulary), "")

    def prove(self, sentence: str) -> Proof:
        """The best proof; a further tier's where it is clearly better, and of opinion, a report's where it is about as
        good."""
        best, where = Proof(), self._tiers[0]
        for tier in (*self._tiers, None):
            pieces = _likely(sentence, self._everything) if tier is None else tier
            proof = self._proof(sentence, pieces)
            if proof.support > best.support + (_WORTH if best.support >= THRESHOLD else 0):
                best, where = proof, pieces
            if best.support >= SURE:
                break
        return self._reported(sentence, best, where) if best.support >= THRESHOLD else best

    def before(self, quote: Evidence) -> list[Evidence]:
        """The sentences before it in its article."""
        return [each for each in self.whole(quote.article_id) if each.end <= quote.start]

    def _last(self, quote: Evidence) -> Evidence | None:
        """The sentence just before it."""
        return next(reversed(self.before(quote)), None)

    def _lead(self, quote: Evidence) -> str:
        """The words of the sentence just before it; empty where there is none."""
        last = self._last(quote)
        return last.text if last else ""

    def _leans(self, quote: Evidence) -> bool:
        """Whether it leans on the sentence before it, of which it may be a further part."""
        return leans_back(quote.text) or self._goes_on(quote)

    def _goes_on(self, quote: Evidence) -> bool:
        """Whether a semicolon parts it from what stands before it."""
        before = self.articles[quote.article_id].text[max(0, quote.start - _GAP) : quote.start]
        return before.rstrip().endswith(("；", ";"))

    def _spoken(self, told: Told) -> Told:
        """What is told, in the mouth of whom its quotes report, where it rests on reports of somebody's words."""
        quotes = told.proof.quotes
        reports = {quote: said for quote in quotes if not self._speaks(quote) and (said := self._report(quote))}
        if not reports or spoken(told.sentence):
            return told
        plain = [quote for quote in quotes if quote not in reports]
        if plain and self._proof(told.sentence, plain).support >= told.proof.support - _WORTH:
            return told
        quote, said = next(iter(reports.items()))
        if plain and self._proof(told.sentence, [quote]).support < THRESHOLD:
            return told
        if self._repeats(told.sentence, quote, said):
            return replace(told, sentence=in_the_mouth_of(said, told.sentence))
        return self.own_words(quote)

    def _report(self, quote: Evidence) -> Report | None:
        """What a quote reports, as further words of a speech too, before which the paragraph says whose it is."""
        start = self.articles[quote.article_id].text.rfind("\n", 0, quote.start)
        paragraph = [each.text for each in self.before(quote) if each.end > start]
        told = next((each for each in reversed(paragraph) if not all_speech(each)), "")
        return going_on(told, quote.text) or report(quote.text)

    def _repeats(self, sentence: str, quote: Evidence, said: Report) -> bool:
        """Whether a sentence says only what the quote puts into somebody's mouth, and can be put there as well."""
        own, content = read(sentence), read(said.content).vocabulary
        lead = read(quote.text).vocabulary - content
        return (
            bool(said.lead)
            and not named_in(said, own.vocabulary)
            and not any(
                carries(lead, term.text) and not carries(content, term.text)
                for term in own.terms
                if not term.sort.numeric
            )
        )

    def _bare_yes(self, sentence: str, proof: Proof) -> bool:
        """Whether a sentence only says the question again, as something that is so, and no quote says it plainly."""
        if not self._whether or _NO.match(sentence):
            return False
        plain = any(plainly(self.asked, self.piece(quote)) for quote in proof.quotes)
        return not plain and not adds(read(sentence), self.asked)

    def _tells_whether(self, quotes: Sequence[Evidence]) -> Evidence | None:
        """Of the quotes, and all else that was chosen, the sentence that tells best whether it is so."""
        return best_telling(self.asked.texts[0], (*quotes, *self._tiers[0]), days_of(self.articles))

    def _undone(self, told: Told) -> bool:
        """Whether it tells what was asked about as done in a word that no quote has for it."""
        return undone(read(told.sentence), self.asked, [self._tells(each) for each in told.proof.quotes])

    def _beside_it(self, told: Told, quote: Evidence) -> bool:
        """Whether what is told, most of it by the quote, is not whether it is so."""
        return self._passes_over(told.sentence, quote) or self._affirms_a_denial(told.sentence, told.proof)

    def _passes_over(self, sentence: str, quote: Evidence) -> bool:
        """Whether a sentence leaves out a word of whether something is so that its quote has, and has another one of
        the quote's instead: it tells that of something else."""
        said, told = read(sentence), read(quote.text)
        left_out = [
            term for term in self._main.plain if stands(told.vocabulary, term) and not stands(said.vocabulary, term)
        ]
        instead = [
            term for term in said.plain if carries(told.vocabulary, term) and not stands(self.asked.vocabulary, term)
        ]
        return bool(left_out and instead)

    def _affirms_a_denial(self, sentence: str, proof: Proof) -> bool:
        """Whether a sentence denies nothing, and each of its quotes something that it does not tell of."""
        own = read(sentence)
        return not own.denies and all(
            said.denies and not carried(own.vocabulary, said.denied.heads)
            for said in (read(quote.text) for quote in proof.quotes)
        )

    def _telling(self, sentence: str, proof: Proof) -> Evidence:
        """Of its quotes the one that has most of what a sentence adds to the question."""
        new = added(read(sentence), self.asked)
        return max(proof.quotes, key=lambda quote: carried(read(quote.text).vocabulary, new))

    @property
    def found(self) -> Sequence[Evidence]:
        """All sentences of what was found."""
        return self._tiers[-1]

    def own_words(self, piece: Evidence, lead: str = "") -> Told:
        """A sentence of an article, as it stands there: its own proof."""
        return Told(piece.text, Proof(1.0, (piece,)), lead)

    def _plan(self, sentence: str) -> Told | None:
        pieces = self._tiers[0]
        support, places = foretell(self._claim(sentence), [self.piece(each) for each in pieces])
        if support < THRESHOLD:
            return None
        plan = pieces[places[0]]
        if self._whether and (better := self._tells_whether((plan,))) not in (None, plan):
            return self.own_words(better)
        return self.own_words(plan, dated(self.articles[plan.article_id], tongue(plan.text)))

    def voices(self, sentence: str, proof: Proof) -> list[Article]:
        """The articles whose words a sentence is: where reports alone carry it they are nobody's, and this is empty."""
        speaking = [quote for quote in proof.quotes if self._speaks(quote)]
        reports = [quote for quote in proof.quotes if quote not in speaking]
        if not speaking or (reports and self._proof(sentence, reports).support >= proof.support - _WORTH):
            return []
        return [self.articles[article_id] for article_id in dict.fromkeys(quote.article_id for quote in speaking)]

    def _reported(self, sentence: str, best: Proof, pieces: Sequence[Evidence]) -> Proof:
        if not any(map(self._speaks, best.quotes)):
            return best
        report = self._proof(sentence, [piece for piece in pieces if not self._speaks(piece)])
        return report if report.support >= max(THRESHOLD, best.support - _WORTH) else best

    def _speaks(self, quote: Evidence) -> bool:
        return speaks_for_somebody(self.articles[quote.article_id])

    def _proof(self, sentence: str, evidence: Sequence[Evidence]) -> Proof:
        dated = bool(_OF_A_DAY.search(sentence))
        credited = bool(_CREDITS.search(sentence)) or spoken(sentence)
        pieces = [self.piece(each, dated=dated, credited=credited) for each in evidence]
        own, claim = read(sentence), self._claim(sentence)
        find = disprove if not own.terms and _NO.fullmatch(sentence) else self._carried
        support, places = find(claim, pieces)
        best = [pieces[place] for place in places]
        if claim is not own and own.terms and best:  # what was asked is no proof of the answer
            support *= measure(own, best).coverage
        quotes = tuple(evidence[place] for place in places)
        if (self._whether and silent(own, best)) or self._otherwise(sentence, quotes, best):
            return Proof()  # so "Yes, A left B" is no guess
        return Proof() if scattered(own, self.asked, [*map(self._tells, quotes)]) else Proof(support, quotes)

    def _otherwise(self, sentence: str, quotes: Sequence[Evidence], pieces: Sequence[Piece]) -> bool:
        """Whether a sentence makes another claim of what its quotes say, whatever words they share; or judges for them,
        or adds to the question what none of them has."""
        own, question, words = read(sentence), self.asked.texts[0], [quote.text for quote in quotes]
        known = frozenset[str]().union(*(self._credits[quote.article_id] for quote in quotes))
        titles = [self.articles[quote.article_id].title for quote in quotes]
        told = [read(each) for each in words]
        has = [*map(self._tells, quotes), *(piece.facts for piece in pieces)]
        return (
            unjudged(own, pieces)
            or another(sentence, words, known, titles)
            or unranked(question, sentence, words)
            or bool(WHO.match(question) and holder_left_out(own, told))
            or (not self._whether and turned(own, self._main, told))
            or unnamed(own, self.asked, has, whether=self._whether)
        )

    def _tells(self, quote: Evidence) -> frozenset[str]:
        """The vocabulary of a quote, of its article's title, and of the sentence that it leans on."""
        if quote not in self._told_by:
            title = self.articles[quote.article_id].title
            lead = self._lead(quote) if self._leans(quote) else ""
            self._told_by[quote] = read(quote.text).vocabulary | read(title).vocabulary | read(lead).vocabulary
        return self._told_by[quote]

    def _claim(self, sentence: str) -> Claim:
        own = read(sentence)
        whole = len(own.terms) > _FRAGMENT or _bare(sentence) in self._written
        return own if whole else together(own, self.asked)

    def _carried(self, claim: Claim, pieces: Sequence[Piece]) -> tuple[float, tuple[int, ...]]:
        liked = [_ASKED * shared(self.asked, piece) for piece in pieces]
        names = {term.text for term in claim.terms if certain(term)} & added(claim, self.asked)
        asked = [term.text for term in claim.terms if carries(self.asked.vocabulary, term.text)]
        about = (carried(piece.said.vocabulary, asked) >= len(asked) / 2 for piece in pieces)
        return best_of(claim, pieces, liked, _GAIN, [names if each else () for each in about])

    def piece(self, evidence: Evidence, *, dated: bool = False, credited: bool = True) -> Piece:
        """A sentence with what its article says of itself. The article's day is no day of what it tells, but of a
        claim that is `dated`: what is so as of a day; a sentence that tells its own from there has that one. Nor is
        its author one who does what a report tells of others, where the claim is not `credited`: about who says
        something."""
        article_id = evidence.article_id
        facts = self._when(evidence)
        if dated:
            facts |= self._days[article_id]
        if credited or self._speaks(evidence) or _OWN.search(evidence.text):
            facts |= self._credits[article_id]
        if self._goes_on(evidence):
            facts |= read(self._lead(evidence)).days
        return Piece(read(evidence.text), facts, self._context[article_id], article_id)

    def _when(self, evidence: Evidence) -> frozenset[str]:
        """The day or the year that a sentence leaves to the day of its article."""
        day = self.articles[evidence.article_id].day
        return terms_of_days(evidence.text, day) if day else frozenset()

    @cached_property
    def _everything(self) -> list[Evidence]:
        return [sentence for article_id in self.articles for sentence in self.whole(article_id)]

    def whole(self, article_id: str) -> Sequence[Evidence]:
        """All sentences of an article but for its title; it is split once."""
        if article_id not in self._split:
            article = self.articles[article_id]
            whole = stated(article_id, article.text)
            self._split[article_id] = [each for each in whole if not title(each.text, article.title)]
        return self._split[article_id]


def _needed(claim: Claim, meant: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Of the sentences that a claim was taken from, the one with most of it, and those that have what it lacks."""
    words = [term.text for term in claim.terms]
    has = {each: read(each.text).vocabulary for each in meant}
    most = max(meant, key=lambda each: carried(has[each], words))
    lacking = [word for word in words if not carries(has[most], word)]
    return tuple(each for each in meant if each is most or carried(has[each], lacking))


def _bare(sentence: str) -> str:
    return sentence.rstrip(" .。")


def _likely(sentence: str, pieces: Sequence[Evidence]) -> list[Evidence]:
    """The pieces that share the beginnings of most words with a sentence: as many as can be read at once."""
    words = sentence.lower()
    roots = {*_ROOT.findall(words), *(words[at : at + 2] for at in range(len(words)) if chinese(words[at : at + 2]))}
    shared = {piece: sum(root in piece.text.lower() for root in roots) for piece in pieces}
    return sorted((piece for piece in pieces if shared[piece]), key=lambda piece: -shared[piece])[:_READ]


def tongue(sentence: str) -> str:
    return "zh" if chinese(sentence) else "en"
