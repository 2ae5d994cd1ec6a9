"""Questions for an empty page: of what the store knows without a model. Each was asked beforehand, and was answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TypeVar

from bot.answering.rewrite import plain_line
from bot.classifiers.intent import LANGUAGES
from bot.types import Answer, Status
from bot.wording import Wording, reply
from index.text.names import names
from index.text.periods.dates import partial_dates
from index.text.words import chinese, content_terms
from index.types import Article

OPENERS = 4
LONGEST = 120  # characters of a question, or of a title: a button holds no more
TRIED = 3  # questions of a form but that of titles, at most
TRIED_OF_TITLES = 16

Answers = Callable[[str], Answer]  # without a language model
Key = TypeVar("Key", str, date)


@dataclass(frozen=True, slots=True)
class Opener:
    """A question, and the ids of the articles that it is about."""

    question: str
    articles: frozenset[str]

    def answered(self, answers: Answers) -> bool:
        """Whether its answer is whole and cites one of its articles."""
        answer = answers(self.question)
        return answer.status is Status.ANSWERED and any(each.article_id in self.articles for each in answer.citations)


def openers(articles: Iterable[Article], answers: Answers) -> tuple[str, ...]:
    """Up to four questions that the articles answer: of an author or outlet, a subject and a month, then of titles."""
    read = list(articles)
    found: list[str] = []
    for form in (by_name, by_subject, by_month):
        found += _answered(islice(form(read), TRIED), answers, 1)
    found += _answered(islice(by_title(read), TRIED_OF_TITLES), answers, OPENERS - len(found))
    return tuple(found)


def about(article: Article) -> str:
    """The question about an article by its title, in the language of the article.

    >>> about(Article("a", "Who left", "…")), about(Article("b", "两国签署条约", "…"))
    ('What does “Who left” say?', '《两国签署条约》说了什么？')
    """
    return reply("opener_title", _language(article)).format(title=" ".join(article.title.split()))


def by_title(articles: Sequence[Article]) -> Iterator[Opener]:
    """A question for each title that fits a button; none twice."""
    seen = set[str]()
    for article in articles:
        question = about(article)
        if 0 < len(article.title) <= LONGEST and question.casefold() not in seen:
            seen.add(question.casefold())
            yield Opener(question, frozenset({article.id}))


def by_name(articles: Sequence[Article]) -> Iterator[Opener]:
    """Openers about authors, then outlets, the commonest first. One of more than half of the articles tells nothing."""
    for written in ([each.author for each in articles], [each.outlet for each in articles]):
        for name, own in _groups(zip(written, articles, strict=True)):
            if 2 * len(own) <= len(articles):
                yield from _opener("opener_name", own, name=name)


def by_subject(articles: Sequence[Article]) -> Iterator[Opener]:
    """Openers about names that at least two titles have, the commonest first."""
    for name, own in _groups((name, each) for each in articles for name in subjects(each)):
        if len(own) > 1:
            yield from _opener("opener_subject", own, name=name)


def by_month(articles: Sequence[Article]) -> Iterator[Opener]:
    """Openers about months, that of most articles first."""
    months = (each.day and each.day.replace(day=1) for each in articles)
    for month, own in _groups(zip(months, articles, strict=True)):
        yield from _opener("opener_month", own, month=month)


def subjects(article: Article) -> list[str]:
    """The names in a title: in Latin script those that the text has within its sentences, too; no day and no figure."""
    if chinese(article.title):
        return sorted({*names(article.title)})
    titled = {
        name for name in names(article.text, article.language) if content_terms(name) and _has_word(article.title, name)
    }
    return sorted(each for each in titled if not any(map(str.isdigit, each)) and not any(partial_dates(each)))


def _has_word(text: str, name: str) -> bool:
    before, found, after = text.partition(name)
    return bool(found) and not before[-1:].isalnum() and not after[:1].isalnum()


def _groups(keyed: Iterable[tuple[Key | None, Article]]) -> list[tuple[Key, list[Article]]]:
    """The articles by their keys, the largest group first; without those that have no key."""
    groups: dict[Key, list[Article]] = {}
    for key, article in keyed:
        if key:
            groups.setdefault(key, []).append(article)
    return sorted(groups.items(), key=lambda group: -len(group[1]))


def _opener(form: str, articles: Sequence[Article], *, name: str = "", month: date | None = None) -> Iterator[Opener]:
    """The question of a form in the language of most of its articles; none where it fits no button."""
    languages = [_language(each) for each in articles]
    language = max(languages, key=languages.count)
    question = reply(form, language).format(name=name, month=Wording(language).month(month) if month else "")
    if len(question) <= LONGEST and plain_line(question):
        yield Opener(question, frozenset(each.id for each in articles))


def _language(article: Article) -> str:
    if chinese(article.title):
        return "zh"
    return article.language if article.language in LANGUAGES and article.language != "zh" else "en"


def _answered(tried: Iterable[Opener], answers: Answers, most: int) -> Iterator[str]:
    return islice((each.question for each in tried if each.answered(answers)), most)
