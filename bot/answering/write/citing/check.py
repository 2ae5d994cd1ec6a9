"""A statement held against the sentences that it cites, as far as code is sure: numbers, figures, dates, names.

It reads no meaning. The figures and dates of a statement stand in its quotes, or in what their articles say of
themselves; one more sentence of a cited article is added where it has the missing one. Names are held to the whole
article, and only where both are in one language: a name has other forms in another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from bot.answering.attribute import days_of, facts_of
from bot.answering.overview.shape import resolved
from bot.answering.prove import FIGURES, Proof, everywhere, whole, without_names
from bot.answering.write.citing.reply import Statement
from bot.classifiers.intent import language
from bot.types import Evidence, Judgement, Reason, State
from index.text.figures import missing, read
from index.text.names import names, runs
from index.text.periods.dates import PartialDate
from index.text.words import acronyms, content_terms, vocabulary
from index.types import Article

UNCITED = Reason("uncited")
UNKNOWN = Reason("unknown_numbers")
NAMES = Reason("names")
_FIGURE = re.compile(r"\d+")
_PREFIX = 4  # letters that forms of one name share: "China", "Chinese"


def checked(statement: Statement, articles: Mapping[str, Article]) -> Proof:
    """The proof by the cited sentences: supported, or unsupported with the reason. `articles` has theirs by id."""
    text, quotes = statement.text, list(statement.cited)
    if not quotes:
        return Proof(reason=UNKNOWN if statement.unknown else UNCITED)
    lacking = _lacking(text, quotes, articles)
    if lacking and (further := _with_figures(text, lacking, quotes, articles)):
        quotes.append(further)
        lacking = _lacking(text, quotes, articles)
    absent: list[str] = []
    if not lacking and _same_language(text, quotes, articles):
        unnamed = [each for each in _names(text) if not _named(each, _said(quotes, articles), text)]
        if unnamed and (further := _with_name(unnamed[0], quotes, articles)):
            quotes.append(further)
        absent = [each for each in _names(text) if not _somewhere(each, quotes, articles, text)]
    trace = (
        Judgement("prove", "figures", text, 0.0 if lacking else 1.0, 1.0),
        *([Judgement("prove", "names", text, 0.0 if absent else 1.0, 1.0)] if not lacking else []),
    )
    ordered = tuple(
        sorted(quotes, key=lambda each: (quotes[0].article_id != each.article_id, each.article_id, each.start))
    )
    if lacking or absent:
        return Proof(State.UNSUPPORTED, 0.0, ordered, FIGURES if lacking else NAMES, trace)
    return Proof(State.SUPPORTED, 1.0, ordered, trace=trace)


def _cited(quotes: Iterable[Evidence], articles: Mapping[str, Article]) -> list[Article]:
    return [articles[each] for each in dict.fromkeys(quote.article_id for quote in quotes)]


def _lacking(text: str, quotes: Sequence[Evidence], articles: Mapping[str, Article]) -> frozenset[str]:
    """The figures and dates of a text that its quotes and the days of their articles lack.

    Where quotes state a day, a text with one day has it from there, and not from the publication.
    """
    cited, said = _cited(quotes, articles), " . ".join(each.text for each in quotes)
    for article in cited:
        text = without_names(text, article)
    days = [day for quote in quotes for day in _days_told(quote.text, articles[quote.article_id])]
    if not _days(said) or len(_days(text)) > 1:
        days += [day for article in cited for day in days_of(article)]
    titles = " . ".join(article.title for article in cited)  # the model reads them above each sentence
    return missing(text, f"{said} . {titles}", days)


def certain(text: str, articles: Mapping[str, Article], quotes: Sequence[Evidence]) -> bool:
    """Whether a figure that the quotes lack is written in digits. A number word may be a reader's own count: "the two".

    >>> quote = Evidence("a", 0, 20, "He came and she left.")
    >>> article = Article("a", "T", quote.text)
    >>> [certain(text, {"a": article}, [quote]) for text in ("The two came.", "It was in 2021.")]
    [False, True]
    """
    return any(_FIGURE.findall(each) and _written(each, text) for each in _lacking(text, quotes, articles))


def _written(figure: str, text: str) -> bool:
    """Whether a lacking figure, as `missing` writes it, stands in a text in digits."""
    return any(int(number) in map(int, _FIGURE.findall(text)) for number in _FIGURE.findall(figure))


def _days(text: str) -> list[PartialDate]:
    return [each for each in read(text).dates if each.day]


def _days_told(quote: str, article: Article) -> Iterator[date]:
    """The first days of what a quote tells from the day of its article ("yesterday", "last month")."""
    yield from (date(*(*when, 1, 1)[:3]) for when in resolved(quote, article.day))


def _with_figures(
    text: str, lacking: frozenset[str], quotes: Sequence[Evidence], articles: Mapping[str, Article]
) -> Evidence | None:
    """The sentence of a cited article with most of the lacking figures and a word of the text, the nearest one."""
    wanted = frozenset(content_terms(text))
    found = {
        each: len(lacking - missing(text, each.text, _days_told(each.text, article), article.title))
        for article in _cited(quotes, articles)
        for each in whole(article)
        if each not in quotes and wanted & vocabulary(each.text)
    }
    best = max(found, key=lambda each: (found[each], -_distance(each, quotes)), default=None)
    return best if best and found[best] else None


def _with_name(name: str, quotes: Sequence[Evidence], articles: Mapping[str, Article]) -> Evidence | None:
    """The sentence of a cited article, nearest to a cited one, that has the name."""
    wanted = frozenset(content_terms(name))
    having = (each for article in _cited(quotes, articles) for each in whole(article) if wanted & vocabulary(each.text))
    return min(having, key=lambda each: _distance(each, quotes), default=None)


def _distance(sentence: Evidence, quotes: Iterable[Evidence]) -> int:
    """Characters to the nearest quote of the same article."""
    return min(abs(each.start - sentence.start) for each in quotes if each.article_id == sentence.article_id)


def _names(text: str) -> Iterator[str]:
    """The names of a text. What a sentence begins with counts if it has two words."""
    found = dict.fromkeys(names(text, language(text)))
    longer = (run for named, run in runs(text, first=True) if named and len(content_terms(run)) > 1)
    yield from found if language(text) == "de" else dict.fromkeys((*found, *longer))


def _said(quotes: Sequence[Evidence], articles: Mapping[str, Article]) -> str:
    return " . ".join((*(each.text for each in quotes), *map(facts_of, _cited(quotes, articles))))


def _named(name: str, said: str, text: str) -> bool:
    """Whether what is said has a word of a name."""
    return any(_has(term, vocabulary(said, acronyms(text))) for term in content_terms(name))


def _somewhere(name: str, quotes: Sequence[Evidence], articles: Mapping[str, Article], text: str) -> bool:
    """Whether one of the cited articles has every word of a name."""
    spelled = tuple(acronyms(text).items())
    return any(
        all(_has(term, everywhere(article, spelled)) for term in content_terms(name))
        for article in _cited(quotes, articles)
    )


def _has(term: str, there: frozenset[str]) -> bool:
    """Whether a term, or another form of it, is among some.

    >>> _has("chines", frozenset({"china"})), _has("pope", frozenset({"huawei"}))
    (True, False)
    """
    return term in there or (len(term) > _PREFIX and any(each.startswith(term[:_PREFIX]) for each in there))


def _same_language(text: str, quotes: Sequence[Evidence], articles: Mapping[str, Article]) -> bool:
    written = language(text)
    return all((articles[each.article_id].language or language(each.text)) == written for each in quotes)
