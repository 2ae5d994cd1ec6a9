"""Contrast pairs made of any texts: a sentence beside its text, and the same sentence made wrong in one place.

After MiniCheck (arXiv:2404.10774: drop a sentence, and the claim loses its support), FactCG (arXiv:2501.17144: change
one edge of what is told) and TinyLettuce (typed errors). This makes data for training; nothing here runs in an answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import NamedTuple

from index.sentence import sentences

_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}\b(?: [A-Z][a-z]+\b)*")
_HELPING = re.compile(r"\b(?:is|was|are|were|has|have|had|can|could|will|would|did|does|do)\b(?! not\b)")
_PAST = re.compile(r"\b(was|were|is|are)\b")
_MONTHS = "January February March April May June July August September October November December".split()
_OPPOSITES = dict(
    pair.split("/")
    for pair in (
        "increased/decreased decreased/increased higher/lower lower/higher more/fewer most/least least/most first/last "
        "last/first won/lost lost/won rose/fell fell/rose largest/smallest smallest/largest large/small small/large "
        "before/after after/before early/late late/early north/south south/north east/west west/east accepted/rejected "
        "rejected/accepted allowed/banned supported/opposed opposed/supported began/ended ended/began old/new new/old "
        "high/low low/high strong/weak weak/strong male/female female/male always/never never/always with/without "
        "opened/closed closed/opened joined/left best/worst worst/best success/failure failed/succeeded"
    ).split()
)


class Contrast(NamedTuple):
    """A claim beside a text; `label` is that of entailment, or `not` where it is refuted or left open."""

    kind: str
    premise: str
    claim: str
    label: str


Change = Callable[[str, Random, Sequence[str]], str | None]


def contrasts(texts: Sequence[str], each: int, seed: int) -> Iterator[Contrast]:
    """At most `each` pairs of a kind, shuffled. Premises are the sentence alone, or amid its text."""
    random = Random(seed)
    found = [(one, part) for part in map(split, texts) for one in part if _plain(one)]
    random.shuffle(found)
    names = sorted({name for one, _ in found for name in _NAME.findall(one)})
    made = [
        pair
        for kind, (label, times) in KINDS.items()
        for pair in _of_kind(kind, label, found, names, each * times, random)
    ]
    random.shuffle(made)
    yield from made


def questions(pairs: Sequence[tuple[str, str]], most: int, seed: int) -> Iterator[Contrast]:
    """Questions with another name, figure or opposite in the place of one of theirs, beside the text that answered."""
    random = Random(seed)
    others = sorted({name for question, _ in pairs for name in _NAME.findall(question)})
    kinds = ("name", "number", "opposite", "names swapped")
    number = 0
    for question, text in random.sample(pairs, len(pairs)):
        if number == most:
            return
        names = [name for name in _NAME.findall(text) if name not in question] or others
        made = [(kind, CHANGES[kind](question, random, names)) for kind in kinds]
        possible = [(kind, other) for kind, other in made if other and other != question]
        if possible:
            kind, other = random.choice(possible)
            yield Contrast(f"question: {kind}", text, other, "not")
            number += 1


def _of_kind(
    kind: str, label: str, found: Sequence[tuple[str, list[str]]], names: Sequence[str], each: int, random: Random
) -> Iterator[Contrast]:
    number = 0
    for one, part in random.sample(found, len(found)):
        if number == each:
            return
        claim = CHANGES[kind](one, random, names)
        if not claim or (claim == one and kind != "copied"):
            continue
        amid = _amid(one, part, random)
        if label != "supported" and claim in amid:
            continue
        yield Contrast(kind, amid, claim, label)
        number += 1
        if kind in ("copied", "shortened") and len(part) > 2 and random.random() < 0.5:
            rest = " ".join(each for each in part if each != one)
            yield Contrast("dropped", rest, claim, "not_supported")


def _amid(one: str, part: Sequence[str], random: Random) -> str:
    """The sentence alone, or with up to two of its neighbours on either side."""
    place = part.index(one)
    return " ".join(part[max(0, place - random.randint(0, 2)) : place + 1 + random.randint(0, 2)])


def split(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text)]


def _plain(sentence: str) -> bool:
    return 7 <= len(sentence.split()) <= 35 and sentence[0].isupper() and sentence.endswith(".")


def _copied(text: str, random: Random, names: Sequence[str]) -> str | None:
    del random, names
    return text


def _shortened(text: str, random: Random, names: Sequence[str]) -> str | None:
    del names
    ends = [found.start() for found in re.finditer(r", (?:which|who|where|and|but|after|with)\b", text)]
    ends = [end for end in ends if end > 30]
    return f"{text[: random.choice(ends)]}." if ends else None


def _other_number(text: str, random: Random, names: Sequence[str]) -> str | None:
    del names
    digits = [place.start() for place in re.finditer(r"\d", text)]
    if not digits:
        return None
    place = random.choice(digits)
    return text[:place] + random.choice([one for one in "123456789" if one != text[place]]) + text[place + 1 :]


def _other_month(text: str, random: Random, names: Sequence[str]) -> str | None:
    del names
    there = [month for month in _MONTHS if re.search(rf"\b{month}\b", text)]
    if not there:
        return None
    month = random.choice(there)
    return text.replace(month, random.choice([other for other in _MONTHS if other != month]), 1)


def _other_name(text: str, random: Random, names: Sequence[str]) -> str | None:
    found, name = list(_NAME.finditer(text)), random.choice(names)
    return _exchanged(text, random, found, lambda _: name) if found and name not in text else None


def _swapped(text: str, random: Random, names: Sequence[str]) -> str | None:
    """Two names exchanged, but where they only stand in a list."""
    del names
    found = list(_NAME.finditer(text))
    if len(found) < 2:
        return None
    one, other = sorted(random.sample(found, 2), key=lambda place: place.start())
    between = text[one.end() : other.start()]
    if one[0] == other[0] or re.fullmatch(r"(?:,| and| or|, and) ?", between):
        return None
    return text[: one.start()] + other[0] + between + one[0] + text[other.end() :]


def _subject_swapped(text: str, random: Random, names: Sequence[str]) -> str | None:
    """The name that begins the sentence exchanged with a later one."""
    del random, names
    first = re.match(r"[A-Z][a-z]{2,}(?: [A-Z][a-z]+)*(?= [a-z]+)", text)
    later = [found for found in _NAME.finditer(text) if first and found.start() > first.end() + 3]
    if not first or not later or later[0][0] == first[0]:
        return None
    other = later[0]
    return other[0] + text[first.end() : other.start()] + first[0] + text[other.end() :]


def _denied(text: str, random: Random, names: Sequence[str]) -> str | None:
    del names
    if re.search(r"\bnot\b", text):
        return re.sub(r"\bnot ", "", text, count=1)
    found = list(_HELPING.finditer(text))
    if not found:
        return None
    place = random.choice(found)
    return f"{text[: place.end()]} {random.choice(('not', 'not', 'never', 'no longer'))}{text[place.end() :]}"


def _opposite(text: str, random: Random, names: Sequence[str]) -> str | None:
    del names
    found = [word for word in re.finditer(r"\w+", text) if word[0] in _OPPOSITES]
    return _exchanged(text, random, found, _OPPOSITES.__getitem__)


def _planned(text: str, random: Random, names: Sequence[str]) -> str | None:
    """As something that may be, or is meant to be."""
    del names
    may = random.choice(("may be", "could be", "was planned to be", "is expected to be"))
    found = list(_PAST.finditer(text))
    return _exchanged(text, random, found, lambda _: may) if found else None


def _another_of(*groups: str) -> Change:
    """One word in the place of another one of its group."""
    others = {word: [each for each in group.split() if each != word] for group in groups for word in group.split()}

    def change(text: str, random: Random, names: Sequence[str]) -> str | None:
        del names
        found = [word for word in re.finditer(r"\w+", text) if word[0] in others]
        return _exchanged(text, random, found, lambda word: random.choice(others[word]))

    return change


def _exchanged(text: str, random: Random, found: Sequence[re.Match[str]], other: Callable[[str], str]) -> str | None:
    """The text with another word for one of those found; None where none was."""
    if not found:
        return None
    word = random.choice(found)
    return text[: word.start()] + other(word[0]) + text[word.end() :]


CHANGES: dict[str, Change] = {
    "copied": _copied,
    "shortened": _shortened,
    "number": _other_number,
    "month": _other_month,
    "name": _other_name,
    "names swapped": _swapped,
    "who and whom": _subject_swapped,
    "denied": _denied,
    "opposite": _opposite,
    "planned": _planned,
    "unit": _another_of(
        "days weeks months years hours minutes", "metres feet miles kilometres", "dollars euros pounds"
    ),
    "share": _another_of("all most some many several few"),
    "preposition": _another_of("to from", "for against", "above below", "over under"),
}
KINDS = {  # the label, and how many times as many there are: about as many are supported as are not
    "copied": ("supported", 6),
    "shortened": ("supported", 5),
    "number": ("contradicted", 1),
    "month": ("contradicted", 1),
    "name": ("not", 2),
    "names swapped": ("not", 2),
    "who and whom": ("not", 2),
    "denied": ("contradicted", 2),
    "opposite": ("not", 1),
    "planned": ("not", 1),
    "unit": ("contradicted", 1),
    "share": ("not", 1),
    "preposition": ("not", 1),
}
