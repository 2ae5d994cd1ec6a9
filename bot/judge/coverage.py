"""The baseline of the judge, a page of code: the words of one text that another one has, weighted by rarity.

On sources that nothing was fitted on it tells support about as well as all the hand-written rules that it replaced
(docs/measured.md). It stands beside the encoder's logits in the calibration, and alone where the encoder cannot read a
language.
"""

from __future__ import annotations

from functools import cache
from math import log

from index.text.figures import missing
from index.text.words import acronyms, content_terms, vocabulary

_FIRST = 1996  # the place of the commonest word, "the", in the vocabulary of BERT; words follow by frequency


def coverage(claim: str, text: str) -> float:
    """The share of the claim's terms that the text has, weighted by their rarity, in [0, 1]; 1 where it has none.

    >>> coverage("The harbour closed.", "The harbour was closed in 1974.")
    1.0
    >>> 0 < coverage("The harbour of Brightsea closed.", "The harbour was closed in 1974.") < 1
    True
    """
    weights = {term: rarity(term) for term in content_terms(claim)}
    total = sum(weights.values())
    there = vocabulary(text, acronyms(f"{claim} . {text}"))
    return sum(weight for term, weight in weights.items() if term in there) / total if total else 1.0


def rarest_missing(claim: str, text: str) -> float:
    """The rarity, in [0, 1], of the claim's rarest term that the text lacks; 0 where it lacks none."""
    there = vocabulary(text, acronyms(f"{claim} . {text}"))
    return max((rarity(term) for term in content_terms(claim) if term not in there), default=0.0)


def figures_missing(claim: str, text: str) -> float:
    """1 where the text lacks a figure of the claim, else 0."""
    return float(bool(missing(claim, text)))


def rarity(term: str) -> float:
    """In [0, 1], by the term's rank among the words of BERT's vocabulary; 1 for a term that is not one of them.

    >>> rarity("govern") < rarity("treati") < rarity("pickawillany")
    True
    """
    ranks, last = _ranks()
    rank = ranks.get(term)
    return 1.0 if rank is None else log(2 + rank) / log(2 + last)


@cache
def _ranks() -> tuple[dict[str, int], int]:
    """Each term's best rank, counted from 0, and the last one."""
    from tokenizers import Tokenizer

    from index.embed import minilm_folder

    words = Tokenizer.from_file(str(minilm_folder() / "tokenizer.json")).get_vocab()
    ranked = sorted((place - _FIRST, word) for word, place in words.items() if place >= _FIRST and word.isalnum())
    found: dict[str, int] = {}
    for rank, word in ranked:
        for term in content_terms(word):
            found.setdefault(term, rank)
    return found, ranked[-1][0]
