"""What is said when the articles do not say: calmly, with what was looked for and the nearest articles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.types import Near
from bot.wording.talk import reply
from index.text.figures import values
from index.text.names import runs
from index.text.words import chinese, chinese_names, content_terms, tagged, terms
from index.types import Article, Hits

NEAREST = 3
_AROUND = "?!.,;:\"'“”‘’„«»¿¡()"  # the marks that may stand around a word


def nearest(hits: Hits, articles: Mapping[str, Article]) -> tuple[Near, ...]:
    """The articles of the best hits, best first, at most three."""
    return tuple(near(articles[article_id]) for article_id in hits.article_ids[:NEAREST])


def sentence(near: Sequence[Near], language: str = "en", unsure: bool = False) -> str:
    """The refusal; the surfaces list the nearest articles below it. An `unsure` one was due to the strictness alone."""
    return reply("unsure" if unsure else "refused_near" if near else "refused", language)


def too_strict(strictness: float | None, language: str = "en") -> str:
    """The reason of a refusal by the person's own strictness, in [0, 1], alone."""
    return reply("too_strict", language).format(strictness=strictness)


def silent(absent: Sequence[str], language: str = "en") -> str | None:
    """The sentence about the questions that the articles do not answer; None if there are none."""
    if not absent:
        return None
    quoted = [reply("quoted", language).format(text=each) for each in absent]
    return reply("silent", language).format(questions=reply("between", language).join(quoted))


def partial(
    silent: str | None,
    strict: str | None,
    contradicted: Sequence[str],
    failure: str | None,
    language: str = "en",
    *,
    unsure: bool = False,
) -> str | None:
    """Why an answer is not whole: an `unsure` sentence, questions without an answer, the strictness, what was left out,
    the model's failure. None if it is whole."""
    nearly = reply("nearly", language) if unsure else None
    left_out = [
        reply("left_out", language).format(sentence=reply("quoted", language).format(text=each))
        for each in contradicted
    ]
    return reply("between", language).join(filter(None, (nearly, silent, strict, *left_out, failure))) or None


def reason(question: str, missing: Sequence[str], language: str = "en") -> str | None:
    """Why the articles that were found do not answer: the names and figures of the question that they lack.

    `missing` has the terms of the question that no article has. None if the question has no word to look for, or if the
    missing terms name nothing.

    >>> reason("Who governs Brazil?", ("govern", "brazil"))
    'Not found in the articles nearest to the question: Brazil.'
    >>> reason("List the countries.", ("list", "countri"))
    """
    if not content_terms(question):
        return None
    absent = dict.fromkeys(each for each in _things(question) if set(terms(each)) & set(missing))
    comma = reply("comma", language)
    if absent:
        return reply("absent", language).format(names=comma.join(absent))
    if missing:
        return None
    read = (word for word, _ in tagged(question)) if chinese(question) else _words(question)
    looked_for = comma.join(dict.fromkeys(word for word in read if content_terms(word)))
    return reply("unanswering", language).format(words=looked_for)


def _words(question: str) -> list[str]:
    return [word.strip(_AROUND) for word in question.split()]


def _things(question: str) -> Iterator[str]:
    """The names and figures of a question. In Chinese the tagger finds names."""
    if chinese(question):
        yield from (word for word, _ in tagged(question) if word in chinese_names(question) or values(word))
        return
    for named, run in runs(question):  # in German its nouns, too: the articles lack them, whatever they name
        yield from [run] if named else filter(values, run.split())


def near(article: Article) -> Near:
    return Near(
        article.id,
        article.title,
        article.author,
        article.outlet,
        article.published,
        article.as_of,
        article.kind,
        article.url,
    )
