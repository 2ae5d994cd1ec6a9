"""How well `bot.cite.support` tells what sentences say from what they do not: claims of four kinds, and one table each.

WiCE and SciFact are claims that people checked against a page and an abstract. The others are made here of SQuAD's
paragraphs: sentences of which one thing was changed, and questions joined with their answer, or with another one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from zlib import crc32

from bot.cite import THRESHOLD, support
from bot.language.figures import figures
from index.sentence import sentences
from tests.bench.asked import Half, half_of
from tests.bench.table import table

SEED = 4
EACH = 300  # claims of each change, and of questions

_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}(?: [A-Z][a-z]+)*")
_HELPING = re.compile(r"\b(?:is|was|are|were|has|have|had|can|could|will|would|did|does|do)\b(?! not\b)")
_MONTHS = "January February March April May June July August September October November December".split()
_OPPOSITES = dict(
    pair.split("/")
    for pair in (
        "increased/decreased decreased/increased higher/lower lower/higher more/less most/least least/most first/last "
        "last/first won/lost lost/won rose/fell fell/rose largest/smallest smallest/largest large/small small/large "
        "before/after after/before early/late late/early north/south south/north east/west west/east accepted/rejected "
        "rejected/accepted allowed/banned supported/opposed opposed/supported began/ended old/new new/old high/low "
        "low/high strong/weak weak/strong male/female female/male"
    ).split()
)
_DEEDS = "painted measured visited ignored hired mocked buried feared".split()
_ASKS = re.compile(
    r"^(?:in |on |at |by |for |to |of |from )?(?:what|which|who|whom|whose|when|where|how many|how much|how)\b"
    r"(?: (?:year|years|date|day|month|century|percentage|amount|number|type|kind|name|city|country|person|people)\b)?",
    re.IGNORECASE,
)
_HELPS = re.compile(r"^\s*(?:did|does|do|is|was|are|were)\b")


class Case(NamedTuple):
    """A claim beside sentences, and whether they support it."""

    kind: str
    label: str
    supported: bool
    claim: str
    sentences: Sequence[str]

    @property
    def fitted(self) -> bool:
        """Whether it is of the half on which weights are fitted."""
        return crc32(self.claim.encode()) % 2 == 0


def report(data: Path) -> str:
    found = [(case, support(case.claim, case.sentences)) for case in cases(data)]
    return f"## Support\n\n{_ranked(found)}\n\n{_passed(found)}"


def cases(data: Path) -> list[Case]:
    return [*wice(data), *scifact(data), *changed(data), *asked(data)]


def auroc(found: Iterable[tuple[bool, float]]) -> float:
    """How often what is supported has more support than what is not; a tie counts half.

    >>> auroc([(True, 0.9), (True, 0.4), (False, 0.4), (False, 0.1)])
    0.875
    """
    pairs = list(found)
    right, wrong = [value for good, value in pairs if good], [value for good, value in pairs if not good]
    wins = sum((one > other) + (one == other) / 2 for one in right for other in wrong)
    return wins / (len(right) * len(wrong))


def wice(data: Path) -> Iterator[Case]:
    """Supported, against what is supported in part or not at all."""
    for row in rows(data / "wice" / "claims.jsonl"):
        yield Case("wice", row["label"], row["label"] == "supported", row["claim"], row["evidence"])


def scifact(data: Path) -> Iterator[Case]:
    """Supported by the abstract, against contradicted by it or neither."""
    texts = {row["_id"]: f"{row['title']}\n\n{row['text']}" for row in rows(data / "scifact" / "corpus.jsonl")}
    seen = set()
    for row in rows(data / "scifact" / "claims_dev_verification.jsonl"):
        about = row["doc_id"] or row["cited"][0]
        if (row["id"], about) not in seen:
            seen.add((row["id"], about))
            yield Case("scifact", row["label"], row["label"] == "SUPPORT", row["claim"], _split(texts[about]))


def changed(data: Path, each: int = EACH) -> Iterator[Case]:
    """Sentences with one thing changed beside what they were, alone and in their paragraph; and some only shortened."""
    random = Random(SEED)
    found = plain(data, random)
    for label, one, part, claim in altered(found, dict.fromkeys(CHANGES, each), random):
        yield Case("alone", label, label == "shortened", claim, [one])
        yield Case("among others", label, label == "shortened", claim, part)
    done = [one for one, _ in found if re.search(r"\b(?:was|were)\b", one)][:each]
    for one in done:
        yield Case("alone", "only planned", False, one, [re.sub(r"\b(?:was|were)\b", "will be", one)])


def plain(data: Path, random: Random, half: Half = "all") -> list[tuple[str, list[str]]]:
    """Sentences of squad2 that can be read alone, each with its paragraph, shuffled."""
    parts = [part for name, part in _paragraphs(data).items() if half in ("all", half_of(name))]
    found = [(one, part) for part in parts for one in part if _plain(one)]
    random.shuffle(found)
    return found


def altered(
    found: Sequence[tuple[str, list[str]]], each: Mapping[str, int], random: Random
) -> Iterator[tuple[str, str, list[str], str]]:
    """The label of a change, a sentence, its paragraph, and what the change makes of it: as many of `each` label."""
    names = sorted({name for one, _ in found for name in _NAME.findall(one)})
    for label, number in each.items():
        made = ((one, part, CHANGES[label](one, random, names)) for one, part in found)
        yield from [(label, one, part, claim) for one, part, claim in made if claim and claim != one][:number]


def asked(data: Path, each: int = EACH) -> Iterator[Case]:
    """Questions as sentences with their answers, and with that of another question about the same paragraph."""
    random = Random(SEED)
    paragraphs = _paragraphs(data)
    questions = [row for row in rows(data / "squad2" / "questions.jsonl") if row["answerable"]]
    random.shuffle(questions)
    others: dict[str, list[dict[str, Any]]] = {}
    for row in questions:
        others.setdefault(row["paragraph"], []).append(row)
    for row in questions[:each]:
        yield Case("asked", "right", True, answered(row["text"], row["answers"][0]), paragraphs[row["paragraph"]])
        likely = [other for other in others[row["paragraph"]] if _alike(row["answers"], other["answers"])]
        if likely:
            wrong = random.choice(likely)["answers"][0]
            yield Case(
                "asked", "of another question", False, answered(row["text"], wrong), paragraphs[row["paragraph"]]
            )


Change = Callable[[str, Random, Sequence[str]], str | None]


def _other_number(text: str, random: Random, names: Sequence[str]) -> str | None:
    del names
    digits = [place.start() for place in re.finditer(r"\d", text)]
    numbers = [figure for figure in figures(text) if figure.value is not None]
    inside = [place for place in digits if any(figure.start <= place < figure.end for figure in numbers)]
    if not inside:
        return None
    place = random.choice(inside)
    return text[:place] + random.choice([one for one in "123456789" if one != text[place]]) + text[place + 1 :]


def _other_month(text: str, random: Random, names: Sequence[str]) -> str | None:
    del names
    dates = [figure for figure in figures(text) if figure.month and _MONTHS[figure.month - 1] in text]
    if not dates:
        return None
    month = _MONTHS[(random.choice(dates).month or 1) - 1]
    return text.replace(month, random.choice([other for other in _MONTHS if other != month]), 1)


def _other_name(text: str, random: Random, names: Sequence[str]) -> str | None:
    found, name = list(_NAME.finditer(text)), random.choice(names)
    if not found or name in text:
        return None
    return _exchanged(text, random, found, lambda _: name)


def _swapped_names(text: str, random: Random, names: Sequence[str]) -> str | None:
    del names
    found = list(_NAME.finditer(text))
    if len(found) < 2:
        return None
    one, other = sorted(random.sample(found, 2), key=lambda place: place.start())
    between = text[one.end() : other.start()]
    if one[0] == other[0] or re.fullmatch(r"(?:,| and| or|, and) ?", between):
        return None
    return text[: one.start()] + other[0] + between + one[0] + text[other.end() :]


def _denied(text: str, random: Random, names: Sequence[str]) -> str | None:
    del random, names
    if re.search(r"\bnot\b", text):
        return re.sub(r"\bnot ", "", text, count=1)
    found = _HELPING.search(text)
    return f"{text[: found.end()]} not{text[found.end() :]}" if found else None


def _opposite(text: str, random: Random, names: Sequence[str]) -> str | None:
    del names
    found = [word for word in re.finditer(r"\w+", text) if word[0] in _OPPOSITES]
    return _exchanged(text, random, found, _OPPOSITES.__getitem__)


def _other_unit(text: str, random: Random, names: Sequence[str]) -> str | None:
    return _UNITS(text, random, names) if re.search(r"\d", text) else None


def _another_of(*groups: str) -> Change:
    """One word in the place of another one of its group."""
    others = {word: [each for each in group.split() if each != word] for group in groups for word in group.split()}

    def change(text: str, random: Random, names: Sequence[str]) -> str | None:
        del names
        found = [word for word in re.finditer(r"\w+", text) if word[0] in others]
        return _exchanged(text, random, found, lambda word: random.choice(others[word]))

    return change


_UNITS = _another_of("days weeks months years hours minutes", "metres feet miles km", "dollars euros")


def _other_deed(text: str, random: Random, names: Sequence[str]) -> str | None:
    del names
    found = [word for word in re.finditer(r"(?<= )[a-z]+ed\b", text) if word[0] not in _DEEDS]
    return _exchanged(text, random, found, lambda _: random.choice(_DEEDS))


def _exchanged(text: str, random: Random, found: Sequence[re.Match[str]], other: Callable[[str], str]) -> str | None:
    """The text with another word for one of those found; None where none was."""
    if not found:
        return None
    word = random.choice(found)
    return text[: word.start()] + other(word[0]) + text[word.end() :]


def _shortened(text: str, random: Random, names: Sequence[str]) -> str | None:
    del names
    ends = [found.start() for found in re.finditer(r", ", text) if found.start() > 30]
    return f"{text[: random.choice(ends)]}." if ends else None


CHANGES: dict[str, Change] = {
    "another number": _other_number,
    "another month": _other_month,
    "another name": _other_name,
    "names swapped": _swapped_names,
    "denied": _denied,
    "the opposite": _opposite,
    "another unit": _other_unit,
    "another share": _another_of("all most some many several"),
    "another way": _another_of("to from", "for against", "with without", "above below"),
    "another deed": _other_deed,
    "shortened": _shortened,
}


def _ranked(found: Sequence[tuple[Case, float]]) -> str:
    rows = []
    for kind in ("wice", "scifact", "asked"):
        parts = [
            [(case.supported, value) for case, value in found if case.kind == kind and case.fitted in halves]
            for halves in ((True, False), (True,), (False,))
        ]
        rows.append([kind, len(parts[0]), *(f"{auroc(part):.3f}" for part in parts)])
    return table(["set", "claims", "AUROC", "of the half that is fitted on", "of the other half"], rows)


def _passed(found: Sequence[tuple[Case, float]]) -> str:
    groups = dict.fromkeys((case.kind, case.label) for case, _ in found)
    rows = []
    for kind, label in groups:
        values = [(case, value) for case, value in found if (case.kind, case.label) == (kind, label)]
        kept = [value >= THRESHOLD for case, value in values if not case.fitted]
        rows.append([kind, label, "yes" if values[0][0].supported else "no", len(kept), f"{sum(kept) / len(kept):.2f}"])
    return table(["set", "claims", "supported", "of the other half", f"share at {THRESHOLD} or more"], rows)


def _plain(sentence: str) -> bool:
    return 8 <= len(sentence.split()) <= 35 and sentence[0].isupper() and sentence.endswith(".")


def answered(question: str, answer: str) -> str:
    """The question as a sentence that has the answer in the place of what is asked."""
    asks = _ASKS.match(question.strip())
    rest = question.strip().rstrip("?").strip()[asks.end() if asks else 0 :]
    return f"{answer} {_HELPS.sub('', rest).strip()}."


def _alike(answers: Sequence[str], others: Sequence[str]) -> bool:
    """Whether one could be taken for the other: both numbers or both names, as long, and no word in common."""
    one, other = answers[0], others[0]
    shapes = [(each[0].isdigit(), each[0].isupper(), min(len(each.split()), 4)) for each in (one, other)]
    words = [{word for each in group for word in each.lower().split()} for group in (answers, others)]
    return shapes[0] == shapes[1] and words[0].isdisjoint(words[1])


def _paragraphs(data: Path) -> dict[str, list[str]]:
    return {row["_id"]: _split(row["text"]) for row in rows(data / "squad2" / "corpus.jsonl")}


def _split(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text)]


def rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
