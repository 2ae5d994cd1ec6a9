"""Two runs, case by case: improvements, regressions, and their significance. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import comb
from typing import Any

from bot.evaluate.record import EvaluationRecord, RecordedCase
from bot.evaluate.types import Verdict

SIGNIFICANT = 0.05

Key = tuple[str, tuple[str, ...], str, int]  # suite, history, question, and the number of earlier cases with the same


class CaseChange(StrEnum):
    BETTER = "better"  # passes, and did not
    WORSE = "worse"  # does not pass, and did: a regression
    SAME = "same"
    NEW = "new"  # only this run asked it
    GONE = "gone"  # only the earlier run asked it


@dataclass(frozen=True, slots=True)
class Pair:
    """A case in two runs; None for a run without it."""

    before: RecordedCase | None
    now: RecordedCase | None

    @property
    def asked(self) -> tuple[bool, bool]:
        """Whether each run asked the case. A skipped case is neither better nor worse."""
        return _asked(self.before), _asked(self.now)

    @property
    def change(self) -> CaseChange:
        before, now = self.asked
        if before != now:
            return CaseChange.GONE if before else CaseChange.NEW
        if _passes(self.before) == _passes(self.now):
            return CaseChange.SAME
        return CaseChange.BETTER if _passes(self.now) else CaseChange.WORSE

    @property
    def assertions_changed(self) -> bool:
        """Whether both runs judged the case, and by other assertions."""
        before, now = (each.assertions if each else None for each in (self.before, self.now))
        return before is not None and now is not None and before != now

    @property
    def same_answer(self) -> bool:
        """Whether both runs had the same answers."""
        before, now = (each.texts if each else frozenset[str]() for each in (self.before, self.now))
        return bool(before) and before == now


@dataclass(frozen=True, slots=True)
class Comparison:
    """The cases of this run in its order, then the cases of the earlier run alone."""

    before: EvaluationRecord
    pairs: tuple[Pair, ...]

    @property
    def counts(self) -> Mapping[CaseChange, int]:
        return Counter(pair.change for pair in self.pairs)

    @property
    def regressions(self) -> tuple[Pair, ...]:
        return tuple(pair for pair in self.pairs if pair.change is CaseChange.WORSE)

    @property
    def p(self) -> float:
        return mcnemar(self.counts[CaseChange.BETTER], self.counts[CaseChange.WORSE])


def compare(before: EvaluationRecord, now: EvaluationRecord) -> Comparison:
    """Pairs the cases by suite, history and question; repeated cases in their order."""
    earlier, later = _keyed(before.cases), _keyed(now.cases)
    gone = (Pair(entry, None) for key, entry in earlier.items() if key not in later and _asked(entry))
    return Comparison(before, (*(Pair(earlier.get(key), entry) for key, entry in later.items()), *gone))


def mcnemar(better: int, worse: int) -> float:
    """The probability, in [0, 1], of a difference at least as large where neither run is better: two-sided and exact.

    Q. McNemar, 1947, https://doi.org/10.1007/BF02295996. Only the changed pairs count, and each could as well have
    changed the other way. With n = better + worse, the probability is 2 · Σ C(n, i) / 2ⁿ, at most 1. The sum is for i
    from 0 to the smaller count.

    >>> mcnemar(1, 7), mcnemar(0, 0)
    (0.0703125, 1.0)
    """
    changed = better + worse
    tail = sum(comb(changed, i) for i in range(min(better, worse) + 1))
    return min(1.0, float(Fraction(2 * tail, 2**changed)))


def told(comparison: Comparison) -> Iterator[str]:
    """The counts of changes, their significance, and the regressions, a line each."""
    yield f"Since the baseline of {comparison.before.run.started}: {counted(comparison)}."
    yield meaning(comparison)
    for pair in comparison.regressions:
        if pair.now:
            yield f"WORSE {pair.now.suite}: {asked(pair.now)} ({verdicts(pair)})"


def counted(comparison: Comparison) -> str:
    return ", ".join(f"{comparison.counts[change]} {change}" for change in CaseChange)


def meaning(comparison: Comparison) -> str:
    """A sentence on the significance of the difference."""
    counts = comparison.counts
    changed = counts[CaseChange.BETTER] + counts[CaseChange.WORSE]
    both = sum(all(pair.asked) for pair in comparison.pairs)
    if not changed:
        return f"Asked by both runs: {both}; none changed."
    could = "is unlikely to be" if comparison.p < SIGNIFICANT else "could well be"
    return (
        f"Asked by both runs: {both}; {changed} changed, and the difference {could} chance"
        f" (exact McNemar test, p = {comparison.p:.2g})."
    )


def to_json(comparison: Comparison) -> dict[str, Any]:
    """The counts, the test, and the changed cases, for the JSON report."""
    return {
        **{str(change): comparison.counts[change] for change in CaseChange},
        "p": comparison.p,
        "meaning": meaning(comparison),
        "cases": [_changed(pair) for pair in comparison.pairs if pair.change is not CaseChange.SAME],
    }


def verdicts(pair: Pair) -> str:
    """The verdicts of a case that both runs asked, and what of it is not the bot's doing."""
    assert pair.before, "a changed case was asked before"
    assert pair.now, "a changed case is asked now"
    told = f"{pair.before.verdict} before, {pair.now.verdict} now"
    notes = {"its assertions changed": pair.assertions_changed, "the same answer": pair.same_answer}
    return "; ".join((told, *(note for note, holds in notes.items() if holds)))


def asked(entry: RecordedCase) -> str:
    return " / ".join((*entry.history, entry.question))


def _changed(pair: Pair) -> dict[str, Any]:
    entry = pair.now or pair.before
    assert entry
    return {
        "suite": entry.suite,
        "history": list(entry.history),
        "question": entry.question,
        "change": str(pair.change),
        "before": str(pair.before.verdict) if pair.before else None,
        "now": str(pair.now.verdict) if pair.now else None,
        "assertions_changed": pair.assertions_changed,
        "same_answer": pair.same_answer,
    }


def _asked(entry: RecordedCase | None) -> bool:
    return entry is not None and entry.verdict is not Verdict.SKIPPED


def _passes(entry: RecordedCase | None) -> bool:
    return entry is not None and entry.verdict is Verdict.PASSED


def _keyed(entries: Iterable[RecordedCase]) -> dict[Key, RecordedCase]:
    by_key: dict[Key, RecordedCase] = {}
    repeats: Counter[tuple[str, tuple[str, ...], str]] = Counter()
    for entry in entries:
        identity = (entry.suite, entry.history, entry.question)
        by_key[(*identity, repeats[identity])] = entry
        repeats[identity] += 1
    return by_key
