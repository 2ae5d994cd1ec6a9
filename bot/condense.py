"""A follow-up to a question of its own, only where it needs the history.

Whether it does is told by a logistic regression over the question's words and n-grams (`bot/follow_up.npz`, fitted and
measured by `tests/bench/fit_follow_up.py`). A model words the two questions as one. Its words are taken where code is
sure that they are faithful. Otherwise the earlier question is put before the follow-up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from bot.calibrate import probability
from bot.config import shipped
from bot.model.chain import first_line
from bot.prompt import PromptFile, read
from bot.types import Prompt, Turn
from index.sentence import sentences
from index.words import carries_meaning, chinese, chinese_names, content_terms, terms

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bot.ngrams import Ngrams

Complete = Callable[[Prompt], Iterator[str]]

WEIGHTS = Path(__file__).with_name("follow_up.npz")
OF_NGRAMS = 1.5  # how much the n-grams of a question weigh beside the signals
LONGEST = 300  # characters of a question that a model wrote
TOLD = 200  # characters of the last answer that a model sees
INVENTED = 1  # words that nobody said, at most: "league" for "How many teams?"
MARKUP = frozenset("<>{}[]`|\\")
SORTS = ("NAME", "FIGURE", "KNOWN", "NEW")
SHORT = 3  # letters
_MARK = re.compile(r"\[(\d{1,3})\]")
EARLIER = 3  # questions of the history that are put before a follow-up, at most: a judge reads only so far


@dataclass(frozen=True, slots=True)
class Need:
    """A logistic regression over `features`: does a question need the history?"""

    weights: NDArray[np.float64]  # (bot.ngrams.BUCKETS,)
    bias: float
    threshold: float = 0.5

    def probability(self, found: Ngrams) -> float:
        return probability(self.bias + float(found.values @ self.weights[found.buckets]))


def condense(
    question: str, history: Sequence[Turn], complete: Complete | None = None, *, corrects: bool = False
) -> str:
    """The question with what it takes from `history`; the question itself where it stands alone.

    Turns without an answer are fine. One that `corrects` the question before always needs it. Without a model
    (`complete` None), or where its words are not faithful, the earlier question is put before it.

    >>> condense("How long is it?", [Turn("What is the Great Wall of China made of?")])
    'What is the Great Wall of China made of? How long is it?'
    """
    turns = [turn for turn in history if content_terms(turn.question)]
    asked = [turn.question for turn in turns]
    if not asked or not (corrects or needs_history(question, asked)):
        return question
    earlier = _whole(asked)
    if complete is not None:
        told = turns[-1].answer_text[:TOLD]
        written = first_line(complete(_prompt(earlier, told, question)))
        if faithful(written, question, earlier, told):
            return written
    return _joined(earlier, question)


def marks(question: str, turns: Sequence[Turn]) -> dict[str, str]:
    """The marks that a question names, such as `[2]`, with the ids of the articles of the last answer that has any.

    >>> marks("What does [2] say of it?", [Turn("Who left?", "Two did. [1][2]", cited=((1, "a"), (2, "b")))])
    {'[2]': 'b'}
    """
    cited = dict(next((turn.cited for turn in reversed(turns) if turn.cited), ()))
    found = ((mark[0], int(mark[1])) for mark in _MARK.finditer(question))
    return {written: cited[number] for written, number in found if number in cited}


def needs_history(question: str, asked: Sequence[str]) -> bool:
    """Whether a question is not understood without those `asked` before it.

    >>> needs_history("When does it start?", ["What is the Tour de France?"]), needs_history("Why?", [])
    (True, False)
    """
    need = shipped_need()
    return bool(asked) and need.probability(features(question, asked)) >= need.threshold


@cache
def shipped_need() -> Need:
    import numpy as np

    with np.load(WEIGHTS) as kept:
        return Need(kept["weights"] * float(kept["scale"]), float(kept["bias"]), float(kept["threshold"]))


def features(question: str, asked: Sequence[str]) -> Ngrams:
    """The n-grams of a question and what else it shows of its need, as hashed features with their values."""
    import numpy as np

    from bot.ngrams import Ngrams, bucket, ngrams

    own, seen = ngrams(question), signals(question, asked)
    buckets = np.array([bucket(f"signal {each}") for each in seen], dtype=np.int64)
    values = np.concatenate([own.values * OF_NGRAMS, np.ones(len(seen))])
    return Ngrams(np.concatenate([own.buckets, buckets]), values)


def signals(question: str, asked: Sequence[str]) -> tuple[str, ...]:
    """What a question shows of its need: its words, pairs of them, their sorts, and how many it has of each sort."""
    words = terms(question)
    known = {term for each in asked for term in content_terms(each)}
    names = _names(question, 1)
    sorts = [_sort(word, names, known) for word in words]
    lines = ["^", *words, "$"], ["^", *sorts, "$"]
    found = [f"{first} {second}" for line in lines for first, second in pairwise(line)]
    before = 0
    for word, sort in zip(words, sorts, strict=True):
        found += [word, f"{word} after {min(before, 2)}"]
        before += sort != word
    found += [f"{min(sorts.count(sort), 3)} {sort}" for sort in SORTS]
    found += [f"{min(before, 6)} of meaning", f"{min(len(words), 12)} words"]
    found += ["?"] if question.rstrip().endswith(("?", "？")) else []
    return tuple(dict.fromkeys(found))


def _sort(word: str, names: frozenset[str], known: set[str]) -> str:
    """The sort of a word that carries meaning; a function word or a short one, as most are in any language, itself."""
    if not carries_meaning(word) or (len(word) <= SHORT and word.isascii() and word.islower()):
        return word
    if word[0].isdigit():
        return "FIGURE"
    if word in names:
        return "NAME"
    return "KNOWN" if word in known else "NEW"


def _names(text: str, first: int = 0) -> frozenset[str]:
    """The terms of the words with a capital, from the `first` word on, and of the names in Chinese."""
    capitalised = [word for word in text.split()[first:] if word.lstrip("(“\"'«")[:1].isupper()]
    return frozenset(content_terms(" ".join([*capitalised, *chinese_names(text)])))


def faithful(written: str, question: str, earlier: str, told: str = "") -> bool:
    """Whether what a model wrote is the follow-up and the earlier question as one question, and nothing else.

    It adds words of the earlier question, or names of the answer that was `told`, and keeps two thirds of those of the
    follow-up. Of one that has only function words, it keeps half, and two thirds of the earlier question.

    >>> faithful("How long is the Great Wall of China?", "How long is it?", "What is the Great Wall of China made of?")
    True
    >>> faithful("The Great Wall of China is long.", "How long is it?", "What is the Great Wall of China made of?")
    False
    """
    new, own, before = (set(content_terms(text)) for text in (written, question, earlier))
    invented = new - own - before - _names(told)
    bare = not own and len(set(terms(question)) - set(terms(written))) > len(set(terms(question))) // 2
    return (
        plain_line(written)
        and written.endswith(("?", "？"))
        and chinese(written) == chinese(question)
        and bool(new - own - invented)
        and len((own or before) - new) <= len(own or before) // 3
        and not bare
        and len(invented) <= INVENTED
        and not any(term[0].isdigit() for term in invented)
    )


def plain_line(written: str, most: int = 1) -> bool:
    """Whether what a model wrote is short, of one to `most` sentences, without markup and addresses."""
    short = len(written) <= LONGEST and 0 < len(sentences(written)) <= most
    return short and not MARKUP.intersection(written) and "://" not in written


def _whole(asked: Sequence[str]) -> str:
    """The last question, with those just before it that it needs, at most `EARLIER`."""
    begin = len(asked) - 1
    while begin and len(asked) - begin < EARLIER and needs_history(asked[begin], asked[:begin]):
        begin -= 1
    return reduce(_joined, asked[begin:])


def _joined(earlier: str, question: str) -> str:
    return f"{earlier}{question}" if earlier.endswith("？") else f"{earlier} {question}"


def _prompt(earlier: str, told: str, question: str) -> Prompt:
    """Raises PromptInvalid."""
    return _file().fill({"earlier": earlier, "answer": " ".join(told.split()), "question": question})


@cache
def _file() -> PromptFile:
    return read(shipped("prompts") / "condense.md", ("earlier", "answer", "question"))
