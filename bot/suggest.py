"""Questions to go on with, and to begin with. Each was asked beforehand, and its article answered it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from bot.types import Answer, Status
from index.types import Article
from index.words import chinese

FOLLOW_UPS = 3
OPENERS = 4
TRIED = 8  # questions that are tried for follow-ups, at most; each takes about as long as a search
TRIED_AT_FIRST = 16
LONGEST = 120  # characters of a title: a button holds no longer one

Answers = Callable[[str], Answer]  # without a language model


def follow_ups(
    answer: Answer, asked: Sequence[str], articles: Mapping[str, Article], answers: Answers
) -> tuple[str, ...]:
    """At most three questions about articles that were found and are not cited, nearest first, in the language of the
    question.

    None of them is one that was `asked`. `articles` are those of the answer's hits, by id.
    """
    cited = {each.article_id for each in answer.citations}
    near = dict.fromkeys(hit.passage.article_id for hit in answer.hits)
    further = [articles[each] for each in near if each not in cited]
    fitting = [each for each in further if chinese(each.title) == chinese(answer.question)]
    return tuple(_answered(fitting, [*asked, answer.question], answers, FOLLOW_UPS, TRIED))


def openers(articles: Iterable[Article], answers: Answers) -> tuple[str, ...]:
    """Up to four questions, each about an article that answers it."""
    return tuple(_answered(articles, [], answers, OPENERS, TRIED_AT_FIRST))


def about(article: Article) -> str:
    """What to ask about an article.

    >>> about(Article("a", "Who left", "…")), about(Article("b", "两国签署条约", "…"))
    ('What does “Who left” say?', '《两国签署条约》说了什么？')
    """
    title = " ".join(article.title.split())
    return f"《{title}》说了什么？" if chinese(title) else f"What does “{title}” say?"


def _answered(
    articles: Iterable[Article], asked: Sequence[str], answers: Answers, most: int, tries: int
) -> Iterator[str]:
    """The first questions that are new and that their articles answer."""
    known = {each.casefold() for each in asked}
    found = 0
    for article in articles:
        question = about(article)
        if not 0 < len(article.title) <= LONGEST or question.casefold() in known:
            continue
        known.add(question.casefold())
        if _cites(answers(question), article):
            yield question
            found += 1
        tries -= 1
        if found == most or not tries:
            return


def _cites(answer: Answer, article: Article) -> bool:
    return answer.status is Status.ANSWERED and any(each.article_id == article.id for each in answer.citations)
