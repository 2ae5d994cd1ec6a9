"""Proved sentences to an answer: its text with marks, its sentences and its citations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from bot.answering.attribute import attribute, dated, names_speaker, nearest
from bot.answering.prove import FIGURES, OTHERWISE, ClaimVerifier, Proof
from bot.classifiers.intent import LANGUAGES, language
from bot.types import Citation, Evidence, Reason, Sentence, State, moved
from index.fingerprint import version
from index.text.sentence import ended
from index.text.words import chinese
from index.types import Article

if TYPE_CHECKING:
    from bot.judge import Judge

CLAIMED = "claimed"  # the article that sentences without one are taken for


def support(claim: str, sentences: Sequence[str]) -> float:
    """How well the best quotes of some sentences support a claim, in [0, 1], by the shipped judge. Sentences that
    contradict it, or lack a figure of it, do not."""
    found: list[Evidence] = []
    for sentence in sentences:
        start = found[-1].end + 1 if found else 0
        text = sentence if ended(sentence) else f"{sentence}."  # what is given as a sentence is no heading
        found.append(Evidence(CLAIMED, start, start + len(text), text))
    proof = ClaimVerifier(_judge(), found, {CLAIMED: Article(CLAIMED, "", "")}).prove(claim)
    return 0.0 if proof.reason in (FIGURES, OTHERWISE) else proof.support


def _language(text: str, quotes: Sequence[Evidence], articles: Sequence[Article]) -> str:
    """The language of the words around a sentence, one of `bot.classifiers.intent.LANGUAGES`; English around any other.

    It is what the article of a quote states, else what the sentence shows. Chinese always shows.
    """
    quoted = not chinese(text) and any(each.text in text for each in quotes)
    stated = next((each.language for each in articles if quoted and each.language), None)
    spoken = stated or language(text)
    return spoken if spoken in LANGUAGES else "en"


@cache
def _judge() -> Judge:
    from bot.judge import Judge

    return Judge.load()


class Marks:
    """The citations of a text while it grows: equal quotes share a mark, and marks count from 1 in order."""

    def __init__(self) -> None:
        self._citations: dict[tuple[str, int, int], Citation] = {}

    @property
    def citations(self) -> tuple[Citation, ...]:
        return tuple(self._citations.values())

    def of(self, quotes: Iterable[Evidence], articles: Mapping[str, Article]) -> tuple[int, ...]:
        """The marks of some quotes, ascending; `articles` has theirs by id."""
        return tuple(sorted({self._of(quote, articles[quote.article_id]) for quote in quotes}))

    def _of(self, quote: Evidence, article: Article) -> int:
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


class AnswerBuilder:
    """An answer while it is put together: the text so far, and each quote's mark."""

    def __init__(self, articles: Mapping[str, Article]) -> None:
        self.text = ""
        self._articles = articles
        self._sentences: list[Sentence] = []
        self._marks = Marks()
        self._sources: tuple[str, ...] = ()  # the ids of the articles of the last sentence

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        return tuple(self._sentences)

    @property
    def citations(self) -> tuple[Citation, ...]:
        return self._marks.citations

    @property
    def last_cited(self) -> tuple[Citation, ...]:
        """The citations of the last sentence."""
        marks = self._sentences[-1].citations if self._sentences else ()
        return tuple(self.citations[mark - 1] for mark in marks)

    def gap(self, lead: str | None = None) -> str:
        """The space before the next sentence: a blank, or a new line and the `lead` of a block."""
        if lead is None:
            return " " if self.text else ""
        return f"\n{lead}" if self.text else lead

    def supported(
        self,
        text: str,
        proof: Proof,
        *,
        with_day: bool = False,
        unsure: bool = False,
        lead: str | None = None,
        answering: Sequence[tuple[int, int]] = (),
    ) -> str:
        """Adds a sentence with its marks, after its attribution or with its day; gives it as it then reads.

        A sentence with a `lead` begins a block. The attribution is short after a sentence of the same articles. An
        `unsure` one is said to be of the nearest passage. `answering` are the spans of `text` that answer.
        """
        marks = self._marks.of(proof.quotes, self._articles)
        sources = tuple(dict.fromkeys(quote.article_id for quote in proof.quotes))
        articles = [self._articles[each] for each in sources]
        spoken = _language(text, proof.quotes, articles)
        told = attribute(text, articles, spoken, again=sources == self._sources and not with_day)
        self._sources = sources
        if with_day and told == text and articles[0].day:
            told = dated(text, articles[0], spoken)
        if unsure:
            told = nearest(spoken) + told
        spans = moved(answering, len(told) - len(text))
        self._add(Sentence(told, 0, 0, State.SUPPORTED, proof.reason, round(proof.support, 3), marks, spans), lead)
        return told

    def marked(self, text: str, proof: Proof) -> str:
        """Adds a sentence that is not supported."""
        self._sources = ()
        self._add(Sentence(text, 0, 0, State.UNSUPPORTED, proof.reason, round(proof.support, 3)))
        return text

    def stated(self, text: str, proof: Proof, *, lead: str | None = None, attributed: bool = True) -> str:
        """Adds a statement of a model that cites, in any state, with its quotes; gives it as it then reads.

        If it is `attributed`, and does not name who speaks, its attribution stands before it.
        """
        marks = self._marks.of(proof.quotes, self._articles)
        articles = [self._articles[each] for each in dict.fromkeys(quote.article_id for quote in proof.quotes)]
        told = text
        if attributed and not any(names_speaker(text, each) for each in articles):
            told = attribute(text, articles, _language(text, proof.quotes, articles))
        self._add(Sentence(told, 0, 0, proof.state, proof.reason, round(proof.support, 3), marks), lead)
        return told

    def restate(self, place: int, state: State, reason: Reason | None, support: float) -> None:
        """Gives a sentence another state; its text stays."""
        self._sentences[place] = replace(self._sentences[place], state=state, reason=reason, support=support)

    def _add(self, sentence: Sentence, lead: str | None = None) -> None:
        before = f"{self.text}{self.gap(lead)}"
        start, end = len(before), len(before) + len(sentence.text)
        marks = "".join(f"[{mark}]" for mark in sentence.citations)
        self.text = before + sentence.text + (f" {marks}" if marks else "")
        self._sentences.append(replace(sentence, start=start, end=end))
