"""Evidence to a draft: by a model that reads the evidence alone, or by the articles' own sentences."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Mapping, Sequence
from itertools import groupby

from bot.answering.attribute import day
from bot.answering.evidence import asserts
from bot.answering.flow import EvidencePool
from bot.classifiers.injection import is_injection
from bot.types import Cited, Evidence, Excerpt
from index.text.sentence import sentences
from index.text.words import chinese
from index.types import Article, Span

EXPLAINING = 5  # sentences of an explanation, at most
AHEAD = 10  # characters that show whether a sentence has ended: "at 5 p.m." goes on before "Monday"
_SECOND = 0.9  # the least share of the best score for a second sentence; .8 quotes 2 answers of 100 more, and 7 others
_MARK = re.compile(r"\s*\\?\[\d+(?:\s*,\s*\d+)*\\?\]")  # its brackets escaped, perhaps, as in Markdown
# A link or an image of Markdown. A client that shows an image requests its address, and so discloses the words in it.
_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\]\([^()\n]{0,2000}\)")
_LIST_SIGN = re.compile(r"\A(?:[-*•]\s+|\d{1,2}[.)]\s+(?=\D))")


def extract(found: EvidencePool) -> Generator[Cited]:
    """The best sentence verbatim, then the second best, if it is of the same article and nearly as good."""
    best = sorted(_quotable(found), key=lambda each: -each.score)[:2]
    for sentence in best:
        if sentence.article_id == best[0].article_id and sentence.score >= _SECOND * best[0].score:
            yield Cited(sentence.text, (sentence,))


def around(found: EvidencePool) -> list[Evidence]:
    """The chosen sentences of the best sentence's article, in reading order."""
    whole = _quotable(found)
    first = max(whole, key=lambda each: each.score, default=None)
    return [each for each in whole if first and each.article_id == first.article_id]


def explaining(near: Sequence[Evidence], answers: Mapping[Evidence, float]) -> list[Evidence]:
    """The `EXPLAINING` likeliest answers of some sentences, in their order."""
    likeliest = sorted(near, key=lambda each: -answers[each])[:EXPLAINING]
    return [each for each in near if each in likeliest]


def best(found: EvidencePool) -> Evidence | None:
    """The likeliest answer: the chosen sentence with the highest probability, then score."""
    return max(_quotable(found), key=lambda each: (found.answers.get(each, 0.0), each.score), default=None)


def _quotable(found: EvidencePool) -> list[Evidence]:
    """The chosen sentences that may be a quote."""
    return [each for each in found.chosen if asserts(each.text)]


def written(words: Iterable[str]) -> Generator[str]:
    """The sentences of a model's words, each once it has ended, without marks and list signs.

    >>> list(written(["It left [1]. ", "It will", " come back. -"]))
    ['It left.', 'It will come back.']
    """
    yield from (sentence.words for sentence, _ in drafted(map(Cited, words)))


def drafted(words: Iterable[Cited]) -> Generator[tuple[Cited, int | None]]:
    """The sentences as `written` gives them, each with the number of all sentences; None until the words have ended.

    >>> words = map(Cited, ["It left [1]. It will", " come back. It did."])
    >>> [(sentence.words, count) for sentence, count in drafted(words)]
    [('It left.', None), ('It will come back.', 3), ('It did.', 3)]
    """
    unread, given = "", 0
    cited: list[tuple[int, Evidence]] = []  # with their positions: characters of `unread`
    for piece in words:
        unread += piece.words
        cited += [(len(unread), each) for each in piece.evidence]
        spans = sentences(unread)
        ended = [span for span in spans[:-1] if len(unread) - span.end >= AHEAD]
        for sentence in _sentences(unread, ended, cited):
            given += 1
            yield sentence, None
        if ended:
            begin = spans[len(ended)].start
            unread, cited = unread[begin:], [(end - begin, each) for end, each in cited if end > begin]
    last = list(_sentences(unread, sentences(unread), cited))
    yield from ((sentence, given + len(last)) for sentence in last)


def _sentences(text: str, spans: Iterable[Span], cited: Sequence[tuple[int, Evidence]]) -> Generator[Cited]:
    """The sentences of the text, each with the evidence cited within it or one character after it."""
    for span in spans:
        evidence = dict.fromkeys(each for end, each in cited if span.start < end <= span.end + 1)
        if sentence := plain(text[span.start : span.end]):
            yield Cited(sentence, tuple(evidence))


def strip_marks(text: str) -> str:
    """`text` without the marks that a model may have written by itself.

    >>> strip_marks("It left [1, 2].")
    'It left.'
    """
    return _MARK.sub("", text)


def plain(sentence: str) -> str:
    """A sentence on one line, without marks, link addresses, list signs and stress.

    Empty where it has no letter or digit.

    >>> plain("2. It **left** [1]."), plain("---"), plain("![Gone](https://a.example/?q=all) it is.")
    ('It left.', '', 'Gone it is.')
    """
    words = _LIST_SIGN.sub("", strip_marks(unstressed(sentence))).strip()
    return words if any(map(str.isalnum, words)) else ""


def unstressed(sentence: str) -> str:
    """A sentence on one line, without link addresses and stress."""
    return " ".join(_LINK.sub(r"\1", sentence).replace("**", "").split())


def language_of(question: str) -> str:
    """The language of the answer, as the prompt names it."""
    return "Chinese" if chinese(question) else "the language of the question"


def excerpts(evidence: Sequence[Evidence], articles: Mapping[str, Article]) -> tuple[Excerpt, ...]:
    """The evidence by article, in its order."""
    return tuple(
        Excerpt(heading(articles[article_id]), articles[article_id].url or article_id, tuple(group))
        for article_id, group in groupby(evidence, key=lambda each: each.article_id)
    )


def in_words(shown: Iterable[Excerpt]) -> str:
    """The excerpts as text of the prompt: a line of facts for each article, its sentences below."""
    return "\n\n".join(f"{each.heading}\n{' '.join(one.text for one in each.sentences)}" for each in shown)


def heading(article: Article) -> str:
    """Who says it, where and when: `[Opinion by Yang Jin, Global Times, 15 July 2020: "China-Russia ties …"]`.

    A title, an author or an outlet that gives an order is left out.
    """
    kind = (article.kind or "article").capitalize()
    author, outlet, title = (unless_injection(each) for each in (article.author, article.outlet, article.title))
    by = f"{kind} by {author}" if author else kind
    facts = ", ".join(part for part in (by, outlet, day(article.day)) if part)
    return f'[{facts}: "{title}"]' if title else f"[{facts}]"


def unless_injection(fact: str | None) -> str:
    """A fact of an article, unless it gives an order to whoever answers; else empty."""
    return fact if fact and not is_injection(fact) else ""
