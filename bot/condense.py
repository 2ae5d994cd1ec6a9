"""A follow-up to a question of its own, only where it needs the history."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from bot.types import Prompt, Turn
from index.words import content_terms

Complete = Callable[[Prompt], Iterator[str]]

# Words that point back to something said before.
_POINTS_BACK = re.compile(
    r"\b(?:it|its|they|them|their|he|him|his|she|her|this|that|these|those|there|then|one|ones|both|same|former|latter)\b"
    r"|^(?:and|but|so|also|or|what about|how about|why|when|where|who|how)\b\W*(?:\w+\W*){0,3}$"
    r"|[他她它]们?|这|那|呢[？?]?$",
    re.IGNORECASE,
)
_SYSTEM = (
    "Rewrite the last question so that it can be understood without the conversation. Replace words such as it, they "
    "or he by the names they stand for. Keep all else. Reply with the question only."
)


def condense(question: str, history: Sequence[Turn], complete: Complete | None = None) -> str:
    """The question with what it takes from `history` named; the question itself where it stands alone.

    Without a model (`complete` None), or where the model's words keep neither the question's nor the history's
    terms, the last question is put before this one. Turns without an answer are fine.
    """
    if not history or not needs_history(question):
        return question
    plain = f"{history[-1].question} {question}"
    if complete is None:
        return plain
    rewritten = "".join(complete(_prompt(question, history[-3:]))).strip().splitlines()
    return rewritten[0] if rewritten and _faithful(rewritten[0], question, history) else plain


def needs_history(question: str) -> bool:
    """Whether the question points back, or has too few terms of its own to stand alone.

    >>> needs_history("When does it take effect?"), needs_history("Who leads the World Health Organization?")
    (True, False)
    """
    return bool(_POINTS_BACK.search(question)) or len(content_terms(question)) < 2


def _faithful(rewritten: str, question: str, history: Sequence[Turn]) -> bool:
    """It keeps the question's terms, and adds only terms of the history."""
    own, new = set(content_terms(question)), set(content_terms(rewritten))
    told = {term for turn in history for term in content_terms(f"{turn.question} {turn.answer_text}")}
    return len(own & new) >= 0.5 * len(own) and len(new - own - told) <= 2


def _prompt(question: str, history: Sequence[Turn]) -> Prompt:
    told = "\n".join(f"Q: {turn.question}\nA: {turn.answer_text[:300]}" for turn in history)
    return Prompt(_SYSTEM, f"Conversation:\n{told}\n\nLast question: {question}")
