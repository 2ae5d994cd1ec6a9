"""Refusals, for when the articles do not say: calmly, with what was looked for and the nearest articles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.types import Near, Reason, Sentence, State, joined
from bot.wording import reply
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


def too_strict(strictness: float | None, language: str = "en") -> Reason:
    """The reason of a refusal by the person's own strictness, in [0, 1], alone."""
    return Reason.of("too_strict", language=language, strictness=str(strictness))


def silent(absent: Sequence[str], language: str = "en") -> Reason | None:
    """The questions that the articles do not answer; None if there are none."""
    if not absent:
        return None
    return Reason.of("silent", language=language, questions=tuple(_quotation(each, language) for each in absent))


def partial(
    silent: Reason | None,
    strict: Reason | None,
    contradicted: Sequence[str],
    failure: Reason | None,
    language: str = "en",
    *,
    unsure: bool = False,
) -> Reason | None:
    """Why an answer is not whole: an `unsure` sentence, questions without an answer, the strictness, what was left out,
    the model's failure. None if it is whole."""
    nearly = Reason.of("nearly", language=language) if unsure else None
    left_out = [Reason.of("left_out", language=language, sentence=_quotation(each, language)) for each in contradicted]
    return joined(nearly, silent, strict, *left_out, failure, language=language)


def marked(sentences: Sequence[Sentence], language: str = "en") -> Reason | None:
    """Why an answer whose sentences are marked is not whole: what is unproved, and what the articles lack."""
    states = {each.state for each in sentences}
    unproved = states & {State.UNSUPPORTED, State.CONTRADICTED}
    return joined(
        Reason.of("none_proved" if State.SUPPORTED not in states else "some_unproved", language=language)
        if unproved
        else None,
        Reason.of("answers_in_part", language=language) if State.ABOUT in states else None,
        language=language,
    )


def _quotation(text: str, language: str) -> Reason:
    return Reason.of("quotation", language=language, text=text)


def reason(question: str, missing: Sequence[str], language: str = "en") -> Reason | None:
    """Why the articles that were found do not answer: the names and figures of the question that they lack.

    `missing` has the terms of the question that no article has. None if the question has no word to look for, or if the
    missing terms name nothing.

    >>> reason("Who governs Brazil?", ("govern", "brazil"))
    Reason(name='absent', parameters=(('names', ('Brazil',)),), language='en', text='')
    >>> reason("List the countries.", ("list", "countri"))
    """
    if not content_terms(question):
        return None
    absent = dict.fromkeys(each for each in _things(question) if set(terms(each)) & set(missing))
    if absent:
        return Reason.of("absent", language=language, names=tuple(absent))
    if missing:
        return None
    read = (word for word, _ in tagged(question)) if chinese(question) else _words(question)
    looked_for = dict.fromkeys(word for word in read if content_terms(word))
    return Reason.of("unanswering", language=language, words=tuple(looked_for))


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
