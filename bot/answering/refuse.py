"""Refusals, for when the articles do not say: calmly, with what was looked for and the nearest articles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise

from bot.types import Near, Reason, joined
from bot.wording import reply
from index.text.figures import values
from index.text.sentence import sentences
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
    for named, words in _runs(question):
        yield from _parts(words) if named else map(_bare, filter(values, words))


def names(text: str) -> Iterator[str]:
    """The names in a text in Latin script: runs of words with a capital that no sentence begins with.

    A possessive `'s` at the end of a name is left out.

    >>> list(names("The mayor of New York met Ines Brandt, Ada Lind. He is Dr. Lind's brother."))
    ['New York', 'Ines Brandt', 'Ada Lind', 'Dr. Lind']
    """
    for named, words in _runs(text):
        if named:
            yield from (each.removesuffix("'s").removesuffix("’s") for each in _parts(words))


def _runs(text: str) -> Iterator[tuple[bool, list[str]]]:
    """The words of each sentence in runs: of names, and of all else."""
    for span in sentences(text):
        words = text[span.start : span.end].split()
        for named, run in groupby(pairwise(("", *words)), key=lambda pair: _names_something(*pair)):
            yield named, [word for _, word in run]


def _parts(words: Sequence[str]) -> Iterator[str]:
    """The names of a run, which commas part."""
    yield from filter(None, map(_bare, " ".join(words).split(",")))


def _bare(word: str) -> str:
    return word.strip(f" {_AROUND}")


def _names_something(before: str, word: str) -> bool:
    """Whether a word has a capital, behind its first letter where no word of the sentence is before it."""
    letters = word.strip(_AROUND)[not before :]
    return any(letter.isupper() for letter in letters)


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
