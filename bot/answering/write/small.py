"""A draft to the sentence of the evidence that says it, and the words of that sentence that answer.

A small model writes well enough to point, and not well enough to be quoted: what it adds to the question stands in one
of the sentences that it was shown, and its own sentence may still say something else. So its draft is never shown. Of
48 answerable questions of SQuAD 2.0 that nothing was fitted on, the draft holds the answer in 34, the sentence that it
points to in 37, and the quotes by which the judge proves it in 28 (`tests.bench.proofs`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.answering.evidence import asserts
from bot.answering.flow import EvidencePool
from bot.answering.prove import strange_names
from bot.judge.coverage import rarity
from bot.types import Evidence
from index.text.figures import in_digits
from index.text.words import acronyms, carries_meaning, content_terms, vocabulary

# The weight of what a draft adds to the question, beside what it repeats of it. One and three point to the same.
ADDED = 2.0
_WORD = re.compile(r"[^\W_]+(?:[.,'’-][^\W_]+)*")
_BETWEEN = 2  # function words that may stand between two words that answer, and then answer with them


@dataclass(frozen=True, slots=True)
class Pointed:
    """The sentence of the evidence that says most of a draft. Both shares are weighted by rarity, in [0, 1]."""

    quote: Evidence
    added: float  # of the draft's terms that the question lacks; 0 where it adds none
    repeated: float  # of its other terms, by the sentence or the title of its article
    words: tuple[tuple[int, int], ...]  # spans of the quote that say what the draft adds


def pointed(draft: str, found: EvidencePool) -> Pointed | None:
    """The sentence that says most of a draft, of those that its writer was shown; None where none has a word of it.

    Among equals the first one. The judge's probability of an answer decides where a draft adds nothing, as a plain yes.
    Numbers are compared as digits, acronyms with what they stand for. An article without a word of a name of the
    question is passed over.

    >>> from index.types import Article
    >>> town = Article("a", "The mill", "The mill burnt down. It was built in 1931 by Ida Holm.")
    >>> shown = (Evidence("a", 0, 20, "The mill burnt down."), Evidence("a", 21, 54, town.text[21:]))
    >>> found = EvidencePool("Who built it?", chosen=shown, articles={"a": town})
    >>> quote = pointed("The mill was built by Ida Holm.", found)
    >>> quote.quote.text, [quote.quote.text[start:end] for start, end in quote.words]
    ('It was built in 1931 by Ida Holm.', ['Ida Holm'])
    """
    asked, said = terms(found.question), terms(draft)
    added = [each for each in said if each not in asked]
    repeated = [each for each in said if each in asked]
    spelled = acronyms(f"{found.question} . {draft}")
    about = {key for key, article in found.articles.items() if not any(strange_names(found.question, article))}
    best, most = None, 0.0
    for each in found.chosen:
        if not asserts(each.text) or each.article_id not in about:
            continue
        there = vocabulary(in_digits(each.text), spelled)
        named = there | vocabulary(in_digits(found.articles[each.article_id].title), spelled)
        shares = _share(added, there), _share(repeated, named)
        weight = ADDED * shares[0] + shares[1]
        if weight and (weight := weight + found.answers.get(each, 0.0)) > most:
            best, most = Pointed(each, *shares, ()), weight
    return best and replace(best, words=tuple(_spans(best.quote.text, frozenset(added))))


def names_subject(quote: Evidence, found: EvidencePool) -> bool:
    """Whether a sentence has the question's rarest term, and its article a word of each name of the question.

    >>> from index.types import Article
    >>> mill = Article("a", "The mill", "It burnt down. The mill burnt down.")
    >>> found = EvidencePool("Did the mill burn?", weights={"mill": 0.7, "burn": 0.3}, articles={"a": mill})
    >>> [names_subject(Evidence("a", 0, len(text), text), found) for text in ("It burnt down.", "The mill burnt down.")]
    [False, True]
    """
    rarest = max(found.weights, key=lambda term: found.weights[term], default=None)
    named = rarest is None or rarest in vocabulary(quote.text, acronyms(found.question))
    return named and not any(strange_names(found.question, found.articles[quote.article_id]))


def terms(text: str) -> tuple[str, ...]:
    """The content terms of a text in their order, numbers in digits, each once."""
    return tuple(dict.fromkeys(content_terms(in_digits(text))))


def _share(some: Sequence[str], there: Collection[str]) -> float:
    """The weight of the terms that are there; 0 without terms."""
    total = sum(map(rarity, some))
    return sum(rarity(each) for each in some if each in there) / total if total else 0.0


def _spans(text: str, wanted: frozenset[str]) -> Iterator[tuple[int, int]]:
    """The words with a wanted term, joined where only a few function words stand between."""
    begin = end = None
    skipped = 0
    for word in _WORD.finditer(text):
        if wanted.intersection(terms(word[0])):
            if begin is None:
                begin = word.start()
            end, skipped = word.end(), 0
            continue
        skipped += 1
        if begin is not None and end is not None and (carries_meaning(word[0].lower()) or skipped > _BETWEEN):
            yield begin, end
            begin = None
    if begin is not None and end is not None:
        yield begin, end
