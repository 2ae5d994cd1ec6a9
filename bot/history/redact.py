"""An answer without removed articles: without their words, their facts, and the sentences that cite them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from bot.types import Answer, Reason, Sentence, State, Status
from bot.wording.facts import line
from index.types import Hits

REMOVED = "[An article was removed, and with it what rested on it.]"
REASON = Reason("removed")

_MARKS = re.compile(r" ?(?:\[\d+\])+")
_WORD = re.compile(r"\w+")
_LONG = 12  # characters; a shorter text may be a coincidence


def rests_on(answer: Answer, article_ids: Collection[str]) -> bool:
    """Whether an answer has content of these articles."""
    used = {
        *(each.article_id for each in answer.citations),
        *(each.article_id for each in answer.evidence),
        *(each.article_id for each in answer.nearest),
        *answer.hits.article_ids,
        *answer.filters.article,
    }
    return not used.isdisjoint(article_ids)


def words_of(answer: Answer, article_ids: Collection[str]) -> tuple[str, ...]:
    """The sentences of these articles in the evidence and the citations of an answer."""
    quotes = [each.quote for each in answer.citations if each.article_id in article_ids]
    return tuple(dict.fromkeys((*quotes, *(each.text for each in answer.evidence if each.article_id in article_ids))))


def says(text: str, quotes: Iterable[str]) -> bool:
    """Whether a text contains a quote or is a part of one, regardless of spaces, case and punctuation.

    >>> says("It's said that THE PORT  will open in May!", ["The port will open in May."]), says("Yes.", ["Yes, no."])
    (True, False)
    """
    words = _words(text)
    return any(_within(quote, words) or _within(words, quote) for quote in map(_words, quotes))


def without(answer: Answer, article_ids: Collection[str]) -> Answer:
    """The answer without these articles. A sentence that cites or repeats one is replaced by `REMOVED`.

    The other sentences keep their marks. The trace and a partial answer's reason are dropped: they may repeat articles.

    >>> from bot.types import Citation
    >>> told = Sentence("It is shut.", 0, 11, State.SUPPORTED, citations=(1,))
    >>> quoted = Citation(1, "port", 5, 16, "It is shut.", "Port news")
    >>> answer = Answer("Is it?", Status.ANSWERED, "It is shut. [1]", "scripted", (told,), (quoted,))
    >>> without(answer, {"port"}).text
    '[An article was removed, and with it what rested on it.]'
    """
    quotes = words_of(answer, article_ids)
    gone = {each.mark for each in answer.citations if each.article_id in article_ids}
    sentences: list[Sentence] = []
    text, place = "", 0
    for sentence in answer.sentences:
        text += answer.text[place : sentence.start]
        place = sentence.end
        if gone & set(sentence.citations) or says(sentence.text, quotes):
            sentence = Sentence(REMOVED, 0, 0, State.UNSUPPORTED, REASON)
            if marks := _MARKS.match(answer.text, place):
                place = marks.end()
        sentences.append(replace(sentence, start=len(text), end=len(text) + len(sentence.text)))
        text += sentence.text
    rest = answer.text[place:]
    for each in answer.nearest:
        if each.article_id in article_ids:
            rest = rest.replace(f"\n- {line(each)}", "")  # as the library's reply lists it
    cited = {mark for each in sentences for mark in each.citations}
    return replace(
        answer,
        text=text + (REMOVED if says(rest, quotes) else rest),
        sentences=tuple(sentences),
        citations=tuple(each for each in answer.citations if each.mark in cited),
        evidence=tuple(each for each in answer.evidence if each.article_id not in article_ids),
        hits=Hits(
            tuple(hit for hit in answer.hits if hit.passage.article_id not in article_ids),
            replace(answer.filters, article=tuple(each for each in answer.filters.article if each not in article_ids)),
            answer.hits.understood,
        ),
        nearest=tuple(each for each in answer.nearest if each.article_id not in article_ids),
        searched=None,  # it may have the title of an article
        reason=None if answer.status is Status.PARTIAL else answer.reason,
        trace=(),
    )


def _within(part: str, whole: str) -> bool:
    return len(part) >= _LONG and part in whole


def _words(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "
