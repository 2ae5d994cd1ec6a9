"""Words to proof: each sentence of an answer is matched to the exact words of an article that support it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.attribute import attribute
from bot.complete import complete
from bot.language.claim import read
from bot.proof import THRESHOLD, Entails, Proof, Shelf, Told, facts_of, support, supported
from bot.spelling import spelled_as
from bot.types import Citation, Evidence, Sentence, State
from index.fingerprint import version
from index.sentence import sentences as spans_of
from index.types import Article

__all__ = ["THRESHOLD", "Cited", "Entails", "Proof", "cite", "facts_of", "said", "strip_marks", "support"]

_MARK = re.compile(r"\s*\[\d+(?:\s*,\s*\d+)*\]")
_SIGN = re.compile(
    r"\A(?:\d{1,2}[.)]\s+(?=\D)|(?:Answer|答案|回答)\s*[:：]\s*|"
    r"(?:According to|Based on|As stated in) (?:the|these|this) (?:\w+ )?(?:excerpt|article|text|passage|context)s?"
    r"(?: provided)?,\s*|"
    r"(?:The|These|This) (?:\w+ )?excerpts? (?:indicate|mention|note|say|state|suggest)s? that\s+|"
    r"(?:根据|据)(?:上述|所给|以上)?(?:摘录|文章|文本)[，,]\s*)"
)


@dataclass(frozen=True, slots=True)
class Cited:
    """An answer's text with its marks, its sentences and its citations."""

    text: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    proved: float  # the support of the best sentence, in [0, 1], apart from what is in the place of a doubted one


def strip_marks(text: str) -> str:
    """`text` without the marks that a model may have written by itself.

    >>> strip_marks("It left [1, 2].")
    'It left.'
    """
    return _MARK.sub("", text)


def said(words: str) -> list[str]:
    """The sentences of `words`, without marks and the signs of lists; one that adds nothing to one before it is left
    out, and one that announces the next one is joined with it.

    >>> said("It closes on 4 May [1]. It closes. IT CLOSES ON 4 MAY. The reasons are:\\n1. Silt.\\n2. Silt.")
    ['It closes on 4 May.', 'The reasons are: Silt.']
    >>> said("The excerpt states that boats left.")
    ['Boats left.']
    """
    clean = strip_marks(words).replace("**", "")
    found: list[str] = []
    lead = ""
    for span in spans_of(clean):
        sentence = lead + _begun(" ".join(clean[span.start : span.end].split()))
        lead = f"{sentence} " if sentence.endswith((":", "：")) else ""
        if not lead and not any(_repeats(sentence, earlier) for earlier in found):
            found.append(sentence)
    return [*found, lead.strip()] if lead else found


def _begun(sentence: str) -> str:
    """A sentence without the sign of a list, and without a model's words for what it was shown."""
    sign = _SIGN.match(sentence)
    return sentence[sign.end() :][:1].upper() + sentence[sign.end() + 1 :] if sign else sentence


def _repeats(sentence: str, earlier: str) -> bool:
    if sentence.casefold() == earlier.casefold():
        return True
    one, other = read(sentence), read(earlier)
    adds = {term.text for term in one.terms} - {term.text for term in other.terms}
    return bool(one.terms) and not adds and one.denied.heads == other.denied.heads


def cite(
    words: str,
    question: str,
    evidence: Sequence[Evidence],
    others: Sequence[Evidence],
    articles: Mapping[str, Article],
    *,
    strict: bool = False,
    entails: Entails | None = None,
    meant: Sequence[Evidence] = (),
    newer: Evidence | None = None,
) -> Cited:
    """The sentences of `words` with their proof: from `evidence`, else also from `others` (the rest of what was
    found), else from any sentence of `articles`.

    A sentence whose support stays below `THRESHOLD` is marked as unsupported, or left out where `strict`. What rests
    on opinion alone says whose it is. `articles` are those of `evidence` and `others`, by id. With `entails`, the
    article's own sentence takes the place of one that it doubts, and the `meant` sentences prove what it clearly finds
    them to say in other words. What is `newer` is told first, beside them.
    """
    given = [each.text for each in evidence]
    own, asked = (spelled_as(text, given) for text in (words, question))
    shelf = Shelf(asked, evidence, others, articles, entails)
    page = _Page(articles)
    sentences = complete(asked, [shelf.told(sentence, meant) for sentence in said(own)], shelf, newer)
    for told in sentences:
        if supported(told):
            page.supported(told, shelf.voices(told.sentence, told.proof))
        elif not strict:
            page.unsupported(told)
    return page.cited(max((told.proof.support for told in sentences if not told.doubted), default=0.0))


class _Page:
    """An answer while it is put together: text so far, and each quote's mark."""

    def __init__(self, articles: Mapping[str, Article]) -> None:
        self._text = ""
        self._articles = articles
        self._last: Sequence[Article] = ()
        self._sentences: list[Sentence] = []
        self._citations: dict[tuple[str, int, int], Citation] = {}

    def supported(self, told: Told, voices: Sequence[Article]) -> None:
        marks = tuple(sorted({self._mark(quote) for quote in told.proof.quotes}))
        again = bool(voices) and voices == self._last
        self._last = voices  # said where and when
        sentence = told.lead + attribute(told.sentence, voices, again=again, placed=bool(told.lead))
        self._add(sentence, State.SUPPORTED, told.proof.support, marks=marks)

    def unsupported(self, told: Told) -> None:
        reason = "The articles say only part of this." if told.proof.support else "Nothing in the articles says this."
        self._add(told.sentence, State.UNSUPPORTED, told.proof.support, reason=reason)

    def cited(self, proved: float) -> Cited:
        return Cited(self._text, tuple(self._sentences), tuple(self._citations.values()), round(proved, 3))

    def _add(
        self, text: str, state: State, support: float, *, marks: tuple[int, ...] = (), reason: str | None = None
    ) -> None:
        before = f"{self._text} " if self._text else ""
        end = len(before) + len(text)
        self._sentences.append(Sentence(text, len(before), end, state, reason, round(support, 3), marks))
        self._text = before + text + (" " if marks else "") + "".join(f"[{mark}]" for mark in marks)

    def _mark(self, quote: Evidence) -> int:
        article = self._articles[quote.article_id]
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
