"""A follow-up to a question that stands alone, only where it needs the history.

A logistic regression over the question's words and n-grams tells whether it does (`bot/classifiers/follow_up.npz`).
`tests/bench/fit_follow_up.py` fits and measures it. A model writes the two questions as one. Its rewrite is kept if
code finds it faithful. Otherwise the earlier question is put before the follow-up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from bot.classifiers.calibration import probability
from bot.config import shipped
from bot.model.chain import first_line
from bot.model.prompt import PromptFile, read
from bot.types import Prompt, Turn
from index.text.sentence import sentences
from index.text.words import carries_meaning, chinese, chinese_names, content_terms, terms

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bot.classifiers.features import Ngrams

Complete = Callable[[Prompt], Iterator[str]]

WEIGHTS = Path(__file__).parent.parent / "classifiers" / "follow_up.npz"
OF_NGRAMS = 1.5  # the weight of the n-grams; a signal weighs 1
LONGEST = 300  # characters of a question that a model wrote
ANSWER = 200  # characters of the last answer in the prompt
INVENTED = 1  # words of the rewrite alone, at most: "league" for "How many teams?"
MARKUP = frozenset("<>{}[]`|\\")
SORTS = ("NAME", "FIGURE", "KNOWN", "NEW")
SHORT = 3  # letters of a short word, at most
_MARK = re.compile(r"\[(\d{1,3})\]")
EARLIER = 3  # questions put together, at most, the follow-up included: the judge reads a limited length


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
    """The question, rewritten with `history` if it needs it.

    Turns may lack an answer. A question that `corrects` the last one always needs it. Without a model (`complete`
    None), or if its rewrite is not faithful, the earlier question is put before the question.

    >>> condense("How long is it?", [Turn("What is the Great Wall of China made of?")])
    'What is the Great Wall of China made of? How long is it?'
    """
    turns = [turn for turn in history if content_terms(turn.question)]
    asked = [turn.question for turn in turns]
    if not asked or not (corrects or needs_history(question, asked)):
        return question
    earlier = _with_earlier(asked)
    if complete is not None:
        last_answer = turns[-1].answer_text[:ANSWER]
        written = first_line(complete(_prompt(earlier, last_answer, question)))
        if faithful(written, question, earlier, last_answer):
            return written
    return _concatenated(earlier, question)


def marks(question: str, turns: Sequence[Turn]) -> dict[str, str]:
    """The marks in a question, such as `[2]`, and the article ids that they cite in the last cited answer.

    >>> marks("What does [2] say of it?", [Turn("Who left?", "Two did. [1][2]", cited=((1, "a"), (2, "b")))])
    {'[2]': 'b'}
    """
    cited = dict(next((turn.cited for turn in reversed(turns) if turn.cited), ()))
    found = ((mark[0], int(mark[1])) for mark in _MARK.finditer(question))
    return {written: cited[number] for written, number in found if number in cited}


def with_titles(question: str, titles: Mapping[str, str]) -> str:
    """The question with titles in place of its marks.

    >>> with_titles("Compare [2] and [3].", {"[2]": "The port"})
    'Compare “The port” and [3].'
    """
    return _MARK.sub(lambda mark: f"“{titles[mark[0]]}”" if mark[0] in titles else mark[0], question)


def needs_history(question: str, asked: Sequence[str]) -> bool:
    """Whether a question needs the earlier questions (`asked`) to be understood.

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
    """The n-grams and the signals of a question, as hashed features with values."""
    import numpy as np

    from bot.classifiers.features import Ngrams, bucket, ngrams

    of_words, signal_names = ngrams(question), signals(question, asked)
    buckets = np.array([bucket(f"signal {each}") for each in signal_names], dtype=np.int64)
    values = np.concatenate([of_words.values * OF_NGRAMS, np.ones(len(signal_names))])
    return Ngrams(np.concatenate([of_words.buckets, buckets]), values)


def signals(question: str, asked: Sequence[str]) -> tuple[str, ...]:
    """The signals of a need for history: words, sorts of words, pairs of both, and counts by sort."""
    words = terms(question)
    known = {term for each in asked for term in content_terms(each)}
    names = _names(question, 1)
    sorts = [_sort(word, names, known) for word in words]
    lines = ["^", *words, "$"], ["^", *sorts, "$"]
    found = [f"{first} {second}" for line in lines for first, second in pairwise(line)]
    content_words = 0
    for word, sort in zip(words, sorts, strict=True):
        found += [word, f"{word} after {min(content_words, 2)}"]
        content_words += sort != word
    found += [f"{min(sorts.count(sort), 3)} {sort}" for sort in SORTS]
    found += [f"{min(content_words, 6)} of meaning", f"{min(len(words), 12)} words"]
    found += ["?"] if question.rstrip().endswith(("?", "？")) else []
    return tuple(dict.fromkeys(found))


def _sort(word: str, names: frozenset[str], known: set[str]) -> str:
    """The sort of a content word; a function word or a short word is its own sort."""
    if not carries_meaning(word) or (len(word) <= SHORT and word.isascii() and word.islower()):
        return word
    if word[0].isdigit():
        return "FIGURE"
    if word in names:
        return "NAME"
    return "KNOWN" if word in known else "NEW"


def _names(text: str, first: int = 0) -> frozenset[str]:
    """The terms of capitalised words, from the `first` word on, and of names in Chinese."""
    capitalised = [word for word in text.split()[first:] if word.lstrip("(“\"'«")[:1].isupper()]
    return frozenset(content_terms(" ".join([*capitalised, *chinese_names(text)])))


def faithful(written: str, question: str, earlier: str, last_answer: str = "") -> bool:
    """Whether a model's rewrite joins the follow-up and the earlier question, and adds nothing else.

    It has to add terms of the earlier question, or names of `last_answer`. It has to keep two thirds of the
    follow-up's content terms. If the follow-up has none, it keeps half of its words, and two thirds of the earlier
    question's content terms.

    >>> faithful("How long is the Great Wall of China?", "How long is it?", "What is the Great Wall of China made of?")
    True
    >>> faithful("The Great Wall of China is long.", "How long is it?", "What is the Great Wall of China made of?")
    False
    """
    of_rewrite, of_question, of_earlier = (set(content_terms(text)) for text in (written, question, earlier))
    invented = of_rewrite - of_question - of_earlier - _names(last_answer)
    bare = not of_question and len(set(terms(question)) - set(terms(written))) > len(set(terms(question))) // 2
    return (
        plain_line(written)
        and written.endswith(("?", "？"))
        and chinese(written) == chinese(question)
        and bool(of_rewrite - of_question - invented)
        and len((of_question or of_earlier) - of_rewrite) <= len(of_question or of_earlier) // 3
        and not bare
        and len(invented) <= INVENTED
        and not any(term[0].isdigit() for term in invented)
    )


def plain_line(written: str, most: int = 1) -> bool:
    """Whether a model's line is short: one to `most` sentences, without markup and addresses."""
    short = len(written) <= LONGEST and 0 < len(sentences(written)) <= most
    return short and not MARKUP.intersection(written) and "://" not in written


def _with_earlier(asked: Sequence[str]) -> str:
    """The last question, after the questions that it needs; at most `EARLIER` together."""
    begin = len(asked) - 1
    while begin and len(asked) - begin < EARLIER and needs_history(asked[begin], asked[:begin]):
        begin -= 1
    return reduce(_concatenated, asked[begin:])


def _concatenated(earlier: str, question: str) -> str:
    return f"{earlier}{question}" if earlier.endswith("？") else f"{earlier} {question}"


def _prompt(earlier: str, told: str, question: str) -> Prompt:
    """The prompt for a rewrite. Raises PromptInvalid."""
    return _file().fill({"earlier": earlier, "answer": " ".join(told.split()), "question": question})


@cache
def _file() -> PromptFile:
    return read(shipped("prompts") / "condense.md", ("earlier", "answer", "question"))
