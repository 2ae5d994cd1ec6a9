"""Evidence to words: by a model that is shown nothing else, or without one, in the articles' own sentences."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Mapping, Sequence
from itertools import groupby

from bot.attribute import day
from bot.orders import orders
from bot.stages import Found
from bot.types import Cited, Evidence, Excerpt
from index.sentence import ended, sentences
from index.types import Article, Span
from index.words import chinese

_AHEAD = 10  # characters after a sentence that tell whether it has ended there: "at 5 p.m." goes on before "Monday"
_SECOND = 0.9  # a further sentence is given where its score is this share of the best one's
_MARK = re.compile(r"\s*\[\d+(?:\s*,\s*\d+)*\]")
# A link or an image of Markdown. A client that shows one would ask its address for it, and so tell what stands in that.
_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\]\([^()\n]{0,2000}\)")
_LIST_SIGN = re.compile(r"\A(?:[-*•]\s+|\d{1,2}[.)]\s+(?=\D))")


def extract(found: Found) -> Generator[str]:
    """The best sentence, and a second one of its article that is nearly as good, verbatim, best first."""
    best = sorted(_whole(found), key=lambda each: -each.score)[:2]
    for sentence in best:
        if sentence.article_id == best[0].article_id and sentence.score >= _SECOND * best[0].score:
            yield Cited(sentence.text, (sentence,))


def around(found: Found) -> list[Evidence]:
    """What was chosen of the article of the best sentence, in reading order."""
    whole = _whole(found)
    first = max(whole, key=lambda each: each.score, default=None)
    return [each for each in whole if first and each.article_id == first.article_id]


def best(found: Found) -> Evidence | None:
    """The sentence that answers most likely, by the judge, then by its score."""
    return max(_whole(found), key=lambda each: (found.answers.get(each, 0.0), each.score), default=None)


def _whole(found: Found) -> list[Evidence]:
    """Those of the chosen that end as sentences do: others can be no quote."""
    return [each for each in found.chosen if ended(each.text)]


def written(words: Iterable[str]) -> Generator[str]:
    """The sentences of what is written, each as soon as it has ended, without marks and the signs of lists.

    >>> list(written(["It left [1]. ", "It will", " come back. -"]))
    ['It left.', 'It will come back.']
    """
    unread = ""
    cited: list[tuple[int, Evidence]] = []  # and after how many characters of `unread`
    for piece in words:
        unread += piece
        cited += [(len(unread), each) for each in Cited.by(piece)]
        spans = sentences(unread)
        ended = [span for span in spans[:-1] if len(unread) - span.end >= _AHEAD]
        yield from _sentences(unread, ended, cited)
        if ended:
            begin = spans[len(ended)].start
            unread, cited = unread[begin:], [(end - begin, each) for end, each in cited if end > begin]
    yield from _sentences(unread, sentences(unread), cited)


def _sentences(text: str, spans: Iterable[Span], cited: Sequence[tuple[int, Evidence]]) -> Generator[str]:
    """The sentences of the text, each with what was cited between its start and its end, or a space after it."""
    for span in spans:
        evidence = dict.fromkeys(each for end, each in cited if span.start < end <= span.end + 1)
        if sentence := plain(text[span.start : span.end]):
            yield Cited(sentence, tuple(evidence)) if evidence else sentence


def strip_marks(text: str) -> str:
    """`text` without the marks that a model may have written by itself.

    >>> strip_marks("It left [1, 2].")
    'It left.'
    """
    return _MARK.sub("", text)


def plain(sentence: str) -> str:
    """A sentence on one line, without marks, addresses of links, and the signs of lists and stress; empty where it has
    no letter or digit.

    >>> plain("2. It **left** [1]."), plain("---"), plain("![Gone](https://a.example/?q=all) it is.")
    ('It left.', '', 'Gone it is.')
    """
    words = " ".join(_LIST_SIGN.sub("", strip_marks(_LINK.sub(r"\1", sentence)).replace("**", "").strip()).split())
    return words if any(map(str.isalnum, words)) else ""


def language_of(question: str) -> str:
    """The language to answer in, as a model is told it."""
    return "Chinese" if chinese(question) else "the language of the question"


def excerpts(evidence: Sequence[Evidence], articles: Mapping[str, Article]) -> tuple[Excerpt, ...]:
    """The evidence by article, in its order."""
    return tuple(
        Excerpt(heading(articles[article_id]), articles[article_id].url or article_id, tuple(group))
        for article_id, group in groupby(evidence, key=lambda each: each.article_id)
    )


def in_words(shown: Iterable[Excerpt]) -> str:
    """The excerpts as a model reads them: each article's facts on a line, its sentences below."""
    return "\n\n".join(f"{each.heading}\n{' '.join(one.text for one in each.sentences)}" for each in shown)


def heading(article: Article) -> str:
    """Who says it, where and when: `[Opinion by Yang Jin, Global Times, 15 July 2020: "China-Russia ties …"]`.

    A title, an author or an outlet that gives an order is left out."""
    kind = (article.kind or "article").capitalize()
    author, outlet, title = (_told(each) for each in (article.author, article.outlet, article.title))
    by = f"{kind} by {author}" if author else kind
    facts = ", ".join(part for part in (by, outlet, day(article.day)) if part)
    return f'[{facts}: "{title}"]' if title else f"[{facts}]"


def _told(fact: str | None) -> str | None:
    return fact if fact and not orders(fact) else None
