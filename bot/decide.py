"""Whether the evidence answers the question: from what a model shows while it reads, and from what it then wrote.

Before it writes: it reads the question with an adapter that was trained for that, and two thirds of the way through its
layers, where the answer would begin, a linear probe sees whether there is one. What is written has its proof or not,
which tells as well, since a model finds an answer to every question, and of one that has none the articles do not carry
it. Where that leaves a doubt, the model reads the question once more, beside the quotes of its words alone, where it
sees what it overlooked among all the evidence, and the probe sees it again; where it sees nothing there, also beside
the sentence before them that names what they go on about. What has no proof is written once more, from the sentence
that is likeliest to answer alone, and the better draft counts.
`bot.calibrate` weighs all this; `tests/bench/fit_decision.py` fits and says how well it tells.

For a model that was not probed nothing was fitted, and it is taken by its word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.calibrate import Calibration, probability
from bot.evidence import coverage, present
from bot.types import Evidence
from index.types import Hit
from index.words import CAPITAL, SAYING, acronyms, chinese, chinese_names, content_terms

# What a model says where it finds no answer; the first is what the prompt asks for.
_DECLINES = re.compile(
    r"^\W*(?:not? in the (?:articles|excerpts)|"
    r"(?:the|these) (?:provided )?(?:articles?|excerpts?|texts?|passages?|context) "
    r"(?:do|does)(?: not|n['’]t) "
    r"|there is no (?:information|mention)|(?:i am|i['’]m) (?:sorry|unable)|i (?:do not|don['’]t|cannot|can['’]t) "
    r"|文章中?(?:没有|未)|不在文章|抱歉|无法(?:确定|回答))",
    re.IGNORECASE,
)
REFUSAL = "Not in the articles."  # what prompts/answer.md asks for
# The confidence from which on words are said as they are written, before their proof is seen. Of 143 questions of the
# fit half of SQuAD 2.0, those at .70 to .75 were answered in the end, 12 of 12 that have an answer and 5 of 5 that
# have none; of those at .65 to .70, 8 of 8 and 2 of 5.
_SURE = 0.7
# The confidence from which on a proved draft is beyond doubt, and the likeliest sentence takes the place of a draft
# that no sentence has.
LIKELY = 0.75
# The score below which a sentence without a term of the question has nothing to do with it: of the answerable questions
# of `tests/bench/fit_decision.py` none is below .4, and typed nonsense about the shipped articles is at .05 to .17.
_FAR = 0.2
# The log-odds in a sentence or in quotes alone, below which a probe sees no answer there. News leaves to other
# sentences when and where something was, so that some of the right ones are at -1.
NONE_SEEN = -1.0
# The confidence from which on the likeliest sentence stands in for a draft without a proof, though a probe sees rather
# no answer in it alone.
_STANDS_IN = 0.55
_MARGIN = 0.05  # by which another draft has to be likelier than the first, which was written from more
_NAMES = re.compile(rf"(?<!^)\b{CAPITAL}[\w.-]+")


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for an answer."""

    coverage: float  # the share of the question's weighted terms in the evidence and its articles' facts, in [0, 1]
    together: float  # the same for the best single sentence
    names: float  # the share of the question's names and numbers found there; 1 where it has none
    score: float  # of the best sentence, in [0, 1]
    found: float  # the score of the best hit, in [0, 1]
    probed: float | None = None  # the log-odds of an answer by a probe inside the model, where it shows that
    proved: float = 0.0  # the support of the best sentence of what was written, in [0, 1]
    quoted: float | None = None  # the log-odds by the same probe, of the quotes of what was written alone
    says: float | None = None  # the model's own probability, in [0, 1], of "yes, it is answered", where it was asked

    def named(self) -> dict[str, float]:
        """The signals by name."""
        named = {name: getattr(self, name) for name in ("coverage", "together", "names", "score", "found")}
        if self.probed is not None:
            named["probed"] = self.probed
            named["proved"] = self.proved
        if self.quoted is not None:
            named["quoted"] = self.quoted
        return named


class Weight(NamedTuple):
    """What a draft is worth; of two the greater one is worth more."""

    proved: bool
    confidence: float  # the probability, in [0, 1], that it answers


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether to answer, and the probability, in [0, 1], that the articles do."""

    answers: bool
    confidence: float


def decide(
    question: str, found: Signals, calibrations: Mapping[str, Calibration], strictness: float | None = None
) -> Decision:
    """`strictness` is the probability from which on an answer is given; None takes the calibration's.

    A model that shows no more than its yes or no is taken by its word: nothing was fitted for it.
    """
    if found.says is not None and found.probed is None:
        return Decision(found.says >= (0.5 if strictness is None else strictness), found.says)
    calibration = calibrations[_way(question, found)]
    confidence = calibration.confidence(found.named())
    return Decision(confidence >= (calibration.threshold if strictness is None else strictness), confidence)


def _way(question: str, found: Signals) -> str:
    """The name of the calibration. In Chinese the quotes alone were not seen to tell more."""
    if chinese(question):
        return "extractive-zh" if found.probed is None else "probed-zh"
    if found.probed is None:
        return "extractive-en"
    return "probed-en" if found.quoted is None else "checked-en"


def far(found: Signals) -> bool:
    """Whether what was found has nothing to do with the question, in words or in sense: no model need read it."""
    return found.coverage == 0 and found.score < _FAR


def foreseen(
    question: str, found: Signals, calibrations: Mapping[str, Calibration], strictness: float | None = None
) -> bool | None:
    """The decision before anything is written: to refuse where no proof can change it, to answer where none is needed;
    None where it hangs on what will be written."""
    if found.says is not None:
        return decide(question, found, calibrations, strictness).answers
    return foreseen_of(found.named(), calibrations[_way(question, found)], strictness)


def foreseen_of(named: Mapping[str, float], calibration: Calibration, strictness: float | None = None) -> bool | None:
    """The same, of signals by name."""
    least = calibration.threshold if strictness is None else strictness
    without, proved = (calibration.confidence({**named, "proved": share}) for share in (0.0, 1.0))
    if proved < least:
        return False
    return True if without >= max(least, _SURE) or without == proved else None


def needed(log_odds: float) -> float:
    """The confidence from which on a sentence stands in for a draft without a proof, by the log-odds of an answer that
    a probe sees in it alone.

    >>> needed(0.3), needed(-0.5), needed(-1.5)
    (0.0, 0.55, 0.75)
    """
    return LIKELY if log_odds < NONE_SEEN else _STANDS_IN if log_odds < 0 else 0.0


def likely(log_odds: float) -> bool:
    """Whether a probe sees clearly that a sentence answers, alone. Of 78 questions of SQuAD 2.0 the likeliest sentence
    does so for 35 of 39 with an answer, and for 5 of 39 without; rather than not, for 37 and 10.

    >>> likely(1.2), likely(1.0)
    (True, False)
    """
    return probability(log_odds) >= LIKELY


def beyond_doubt(draft: Weight, strictness: float | None = None) -> bool:
    """Whether nothing more is to be seen of a draft before it is given.

    >>> beyond_doubt(Weight(True, 0.8)), beyond_doubt(Weight(False, 0.9)), beyond_doubt(Weight(True, 0.8), 0.9)
    (True, False, False)
    """
    return draft >= Weight(True, max(LIKELY, strictness or 0.0))


def better(first: Weight, second: Weight) -> bool:
    """Whether the second of two drafts is to be given.

    >>> better(Weight(False, 0.9), Weight(True, 0.5)), better(Weight(True, 0.6), Weight(True, 0.62))
    (True, False)
    """
    return second > Weight(first.proved, first.confidence + _MARGIN)


def signals(
    question: str,
    weights: Mapping[str, float],
    evidence: Sequence[Evidence],
    facts: Mapping[str, str],
    hits: Sequence[Hit],
) -> Signals:
    """Those of what was found. `weights` are the question's terms with their shares; `facts` what each article says of
    itself, by id."""
    spelled = acronyms(question)
    everything = _everything(question, evidence, facts)
    names = names_of(question)
    return Signals(
        coverage=coverage(weights, everything),
        together=max((coverage(weights, present(each.text, spelled)) for each in evidence), default=0.0),
        names=len(names & everything) / len(names) if names else 1.0,
        score=max((each.score for each in evidence), default=0.0),
        found=max((hit.score for hit in hits), default=0.0),
    )


def declines(words: str) -> bool:
    """Whether a model's words say that it found no answer.

    >>> declines("Not in the articles.")
    True
    >>> declines("The United States left on 6 July 2021.")
    False
    """
    return bool(_DECLINES.match(words))


def names_of(question: str) -> frozenset[str]:
    """The question's terms that are names or numbers: what an answer cannot do without.

    In a question typed without capitals any term may be a name.
    """
    if question.islower():
        return frozenset(term for term in content_terms(question) if term not in SAYING)
    capitalised = (term for word in _NAMES.findall(question) for term in content_terms(word))
    numbers = (term for term in content_terms(question) if term[0].isdigit())
    return frozenset((*capitalised, *numbers, *(chinese_names(question) & {*content_terms(question)})))


def missing(
    question: str, weights: Iterable[str], evidence: Sequence[Evidence], facts: Mapping[str, str]
) -> tuple[str, ...]:
    """The question's terms, in its order, that neither the evidence nor the facts of its articles have."""
    everything = _everything(question, evidence, facts)
    return tuple(term for term in weights if term not in everything)


def _everything(question: str, evidence: Sequence[Evidence], facts: Mapping[str, str]) -> frozenset[str]:
    """The vocabulary of the evidence and of its articles' facts."""
    return present(" . ".join([*(each.text for each in evidence), *facts.values()]), acronyms(question))
