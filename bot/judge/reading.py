"""How a long text is read: a small encoder tells one sentence from another well, and little of a page at once.

Of five sources that nothing was fitted on, the log-odds of the likeliest sentence tell support better than those of
the whole text (docs/measured.md); SummaC (arXiv:2111.09525) and MiniCheck (arXiv:2404.10774) read alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from bot.judge.coverage import coverage
from bot.judge.judgement import Logits, Pairs, Scorer
from bot.types import Cancellation
from index.text.sentence import sentences

LONG = 90  # words from which on a text is read by its sentences
ALONE = 4  # sentences that are read alone
TOGETHER = 2  # the first of them, which are read together, too


def readings(text: str, other: str) -> tuple[str, ...]:
    """The text; of a long one the sentences that share most with the claim or question, alone and together.

    >>> readings("The bridge reopened in May.", "When did it reopen?")
    ('The bridge reopened in May.',)
    """
    if len(text.split()) <= LONG:
        return (text,)
    parts = [text[span.start : span.end] for span in sentences(text)]
    best = sorted(range(len(parts)), key=lambda place: -coverage(other, parts[place]))[:ALONE]
    together = " ".join(parts[place] for place in sorted(best[:TOGETHER]))
    return tuple(dict.fromkeys((*(parts[place] for place in best), together))) or (text,)


def entailment_of(scorer: Scorer, pairs: Pairs, cancel: Cancellation | None = None) -> list[Logits | None]:
    """The logits of each (text, claim), by the readings of the text. Raises Cancelled."""
    parts = [[(part, claim) for part in readings(text, claim)] for text, claim in pairs]
    return _gathered(parts, scorer.entailment(_flat(parts), cancel))


def answers_of(scorer: Scorer, pairs: Pairs, cancel: Cancellation | None = None) -> list[Logits | None]:
    """The logits of each (question, text), by the readings of the text. Raises Cancelled."""
    parts = [[(question, part) for part in readings(text, question)] for question, text in pairs]
    return _gathered(parts, scorer.answers(_flat(parts), cancel))


def _flat(parts: Sequence[Pairs]) -> list[tuple[str, str]]:
    return [pair for each in parts for pair in each]


def _gathered(parts: Sequence[Pairs], told: Sequence[Logits | None]) -> list[Logits | None]:
    """The likeliest of the readings of each text."""
    left = iter(told)
    return [likeliest(tuple(islice(left, len(each)))) for each in parts]


def likeliest(told: Sequence[Logits | None]) -> Logits | None:
    """The greatest of each log-odds over the readings of a text; None where none could be read."""
    read = [each for each in told if each is not None]
    if not read:
        return None
    return Logits(*(max(getattr(each, name) for each in read) for name in Logits.__slots__))
