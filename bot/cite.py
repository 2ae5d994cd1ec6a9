"""Words to proof: each sentence of an answer is matched to the exact words of an article that support it.

Support is the share of what a sentence claims that its quotes carry, in [0, 1]. What a sentence claims is its content
terms, weighted by how much each can be wrong: a number or a name more than another word. A number or a name that the
quotes do not carry, or a denial on one side only, makes the claim another claim, whatever else the two share.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from bot.attribute import attribute, day, speaks_for_somebody
from bot.types import Citation, Evidence, Sentence, State
from index.fingerprint import version
from index.sentence import sentences as spans_of
from index.types import Article
from index.words import SAYING, acronyms, content_terms, terms, vocabulary

THRESHOLD = 0.6  # below it a sentence counts as unsupported
QUOTES = 3  # at most, a sentence

_GAIN = 0.12  # what a further quote has to add to the support to be worth citing
_TRIED = 12  # pieces of evidence that are looked at for a further quote
_NAME, _NUMBER, _WORD = 1.5, 2.0, 1.0  # weights of terms
_NUMBER_MISSING, _NAME_MISSING, _DENIAL_DIFFERS = 0.4, 0.7, 0.4  # what support is multiplied by
_RELATED = 0.7  # what a word of the same family carries: withdrew, withdrawal
_ASKED = 0.3  # how much a quote's share of the question's terms counts beside its support when quotes are ranked
_MARK = re.compile(r"\s*\[\d+(?:\s*,\s*\d+)*\]")
_NAME_TOKEN = re.compile(r"\b[A-Z][\w.-]+")
_DENIALS = re.compile(
    r"\b(?:not|no|never|neither|nor|none|nobody|nothing|without|cannot)\b|n['’]t\b|不|没有|未|并非|无法", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a sentence claims: its weighted terms, which of them are names and numbers, and whether it denies."""

    weights: Mapping[str, float]
    names: frozenset[str]
    numbers: frozenset[str]
    spelled: Mapping[str, tuple[str, ...]]  # the acronyms of its names
    denies: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """The quotes for one sentence, best first, and how much of it they carry together."""

    support: float
    quotes: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Cited:
    """An answer's text with its marks, its sentences and its citations."""

    text: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]


def support(claim: str, sentences: Sequence[str]) -> float:
    """How much of `claim` the sentences carry together, in [0, 1]; 0 where either says nothing.

    >>> support("The notice came on 6 July 2020.", ["The notice was given on 6 July 2020."]) >= THRESHOLD
    True
    >>> support("The notice came on 7 July 2020.", ["The notice was given on 6 July 2020."]) >= THRESHOLD
    False
    """
    return _support(read(claim), sentences)


def strip_marks(text: str) -> str:
    """`text` without the marks that a model may have written by itself.

    >>> strip_marks("It left [1, 2].")
    'It left.'
    """
    return _MARK.sub("", text)


def said(words: str) -> list[str]:
    """The sentences of `words`, without marks; one that was said before is left out."""
    clean = strip_marks(words)
    found = [" ".join(clean[span.start : span.end].split()) for span in spans_of(clean)]
    first: dict[str, str] = {}
    for sentence in found:
        first.setdefault(sentence.casefold(), sentence)
    return list(first.values())


def cite(
    words: str,
    question: str,
    evidence: Sequence[Evidence],
    others: Sequence[Evidence],
    articles: Mapping[str, Article],
    *,
    strict: bool = False,
) -> Cited:
    """The sentences of `words` with their proof: from `evidence`, else from `others` (the rest of what was found).

    A sentence whose support stays below `THRESHOLD` is marked as unsupported, or left out where `strict`. What rests
    on opinion alone says whose it is. `articles` are those of `evidence` and `others`, by id.
    """
    facts = {article_id: facts_of(article) for article_id, article in articles.items()}
    page = _Page()
    for sentence in said(words):
        proof = prove(sentence, question, evidence, facts)
        if proof.support < THRESHOLD and others:
            proof = max(proof, prove(sentence, question, others, facts), key=lambda each: each.support)
        if proof.support >= THRESHOLD:
            page.supported(sentence, proof, articles)
        elif not strict:
            page.unsupported(sentence, proof)
    return page.cited()


def facts_of(article: Article) -> str:
    """What an article says of itself, as one text: a sentence's names and dates may come from here."""
    days = (day(article.published), day(article.published, "zh"), day(article.as_of), day(article.as_of, "zh"))
    parts = (article.title, article.author, article.outlet, *days)
    return ". ".join(part for part in parts if part)


def prove(sentence: str, question: str, evidence: Sequence[Evidence], facts: Mapping[str, str]) -> Proof:
    """The one to three pieces of evidence that carry `sentence`; none where nothing does.

    `facts` is what an article says of itself, by article id: it carries names and dates of a sentence, but is not
    quoted. A sentence with no terms of its own ("Yes.") claims what was asked.
    """
    asked = read(question)
    claim = read(sentence)
    if not claim.weights:
        claim = asked
    ranked = _ranked(claim, asked, evidence, facts)[:_TRIED]
    quotes: tuple[Evidence, ...] = ()
    best = 0.0
    while ranked and len(quotes) < QUOTES and best <= 1 - _GAIN:
        tried = [(_together(claim, (*quotes, piece), facts), piece) for piece in ranked]
        value, piece = max(tried, key=lambda pair: pair[0])  # the better ranked of equal ones
        if quotes and value < best + _GAIN:
            break
        quotes, best = (*quotes, piece), value
        ranked.remove(piece)
    return Proof(best, quotes)


def read(text: str) -> Claim:
    """What `text` claims."""
    own = [term for term in dict.fromkeys(content_terms(text)) if term not in SAYING]
    numbers = frozenset(term for term in own if any(character.isdigit() for character in term))
    capitalised = {term for word in _NAME_TOKEN.findall(_after_first_word(text)) for term in terms(word)}
    names = frozenset(own) & capitalised - numbers
    weights = {term: _NUMBER if term in numbers else _NAME if term in names else _WORD for term in own}
    return Claim(weights, names, numbers, acronyms(text), bool(_DENIALS.search(text)))


class _Page:
    """An answer while it is put together: text so far, and each quote's mark."""

    def __init__(self) -> None:
        self._text = ""
        self._last: Article | None = None
        self._sentences: list[Sentence] = []
        self._citations: dict[tuple[str, int, int], Citation] = {}

    def supported(self, sentence: str, proof: Proof, articles: Mapping[str, Article]) -> None:
        rests_on = [articles[quote.article_id] for quote in proof.quotes]
        marks = tuple(sorted({self._mark(quote, articles[quote.article_id]) for quote in proof.quotes}))
        again = rests_on[0] is self._last
        self._last = rests_on[0] if all(map(speaks_for_somebody, rests_on)) else None  # said where and when
        self._add(attribute(sentence, rests_on, again=again), State.SUPPORTED, proof.support, marks=marks)

    def unsupported(self, sentence: str, proof: Proof) -> None:
        reason = "The articles say only part of this." if proof.support else "Nothing in the articles says this."
        self._add(sentence, State.UNSUPPORTED, proof.support, reason=reason)

    def cited(self) -> Cited:
        return Cited(self._text, tuple(self._sentences), tuple(self._citations.values()))

    def _add(
        self, text: str, state: State, support: float, *, marks: tuple[int, ...] = (), reason: str | None = None
    ) -> None:
        before = f"{self._text} " if self._text else ""
        end = len(before) + len(text)
        self._sentences.append(Sentence(text, len(before), end, state, reason, round(support, 3), marks))
        self._text = before + text + (" " if marks else "") + "".join(f"[{mark}]" for mark in marks)

    def _mark(self, quote: Evidence, article: Article) -> int:
        key = (quote.article_id, quote.start, quote.end)
        if key not in self._citations:
            self._citations[key] = Citation(
                mark=len(self._citations) + 1,
                article_id=quote.article_id,
                start=quote.start,
                end=quote.end,
                quote=quote.text,
                title=article.title,
                author=article.author,
                outlet=article.outlet,
                published=article.published,
                as_of=article.as_of,
                kind=article.kind,
                url=article.url,
                version=version(article.text),
            )
        return self._citations[key].mark


def _ranked(claim: Claim, asked: Claim, evidence: Sequence[Evidence], facts: Mapping[str, str]) -> list[Evidence]:
    """The evidence that carries anything of the claim by itself, best first."""
    bearing = [piece for piece in evidence if _carried(claim, [piece.text])]
    return sorted(
        bearing,
        key=lambda piece: (
            -_support(claim, [piece.text, facts[piece.article_id]]) - _ASKED * _carried(asked, [piece.text])
        ),
    )


def _together(claim: Claim, quotes: Sequence[Evidence], facts: Mapping[str, str]) -> float:
    return _support(claim, [each.text for each in quotes] + [facts[each.article_id] for each in quotes])


def _support(claim: Claim, quotes: Sequence[str]) -> float:
    carried = _carried(claim, quotes)
    if not carried:
        return 0.0
    present = _vocabulary(claim, quotes)
    if claim.numbers - present:
        carried *= _NUMBER_MISSING
    if any(not _carries(present, name) for name in claim.names):
        carried *= _NAME_MISSING
    if claim.denies != bool(_DENIALS.search(quotes[0])):
        carried *= _DENIAL_DIFFERS
    return carried


def _carried(claim: Claim, quotes: Sequence[str]) -> float:
    """The weighted share of the claim's terms that the quotes have."""
    total = sum(claim.weights.values())
    if not total:
        return 0.0
    present = _vocabulary(claim, quotes)
    return sum(weight * _carries(present, term) for term, weight in claim.weights.items()) / total


def _vocabulary(claim: Claim, quotes: Iterable[str]) -> frozenset[str]:
    return frozenset[str]().union(*(vocabulary(quote, claim.spelled) for quote in quotes))


def _carries(present: frozenset[str], term: str) -> float:
    if term in present:
        return 1.0
    return _RELATED if any(_related(term, other) for other in present) else 0.0


def _related(term: str, other: str) -> bool:
    """Whether two stems share a beginning of five letters or more, and most of the longer one."""
    if term[:4] != other[:4] or not term.isalpha():
        return False
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(term, other, strict=False)))
    return shared >= max(5, 0.6 * max(len(term), len(other)))


def _after_first_word(text: str) -> str:
    """`text` without the capital that opens a sentence, which makes no name; an acronym is one anywhere."""
    first, _, rest = text.partition(" ")
    return text if first.isupper() and len(first) > 1 else rest
