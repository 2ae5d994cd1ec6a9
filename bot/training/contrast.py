"""Contrast pairs made of any texts: a sentence beside its text, and the same sentence made wrong in one place.

After MiniCheck (arXiv:2404.10774: drop a sentence, and the claim loses its support), FactCG (arXiv:2501.17144: change
one edge of what is told) and TinyLettuce (typed errors). This makes data for training; nothing here runs in an answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import NamedTuple

from index.text.sentence import sentences

NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}\b(?: [A-Z][a-z]+\b)*")
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


_TAKEN = re.compile(  # a sentence in the passive: who or what, the verb, by whom
    r"^((?:The|A|An|Its|Their|His|Her) [\w'’ -]{2,50}?|(?!(?:He|She|It|They|We|This|These|There|Who)\b)"
    r"[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){0,4}) (was|were) "
    r"(\w+ed|built|made|won|led|held|sold|bought|brought|found|taught|told|lost|sent|put|set|hit|written|taken|given"
    r"|chosen|sung|shown|driven|beaten|drawn|known|begun|run) by "
    r"((?:the |a |an |his |her |its |their )?[a-zA-ZÀ-ž][\w'’-]*(?: [\w'’-]+){0,5}?)"
    r"(?=[,.;:(]| (?:in|on|at|and|for|to|as|after|before|who|which|that|during|from|with|when|while|under|between|until"
    r"|since|about|against|through|because|over|into)\b)"
)
_FIGURE = re.compile(
    r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?![\w,.]*\d)|\b(?:once|twice|two|three|four|five|six|seven|eight|nine|ten|twelve)\b"
)
_SAID = re.compile(  # a subject, and what is said of it
    r"^(?!(?:He|She|It|They|We|I|You|This|That|These|Those|There|Who|What|If|When|While|But|And)\b)"
    r"([A-Z][^,;:.()]{2,60}?) ((?:was|were|is|are|has|had|will|won|lost|became|began|made|took|received) .+)$"
)
_IRREGULAR = dict(
    pair.split("/")
    for pair in (
        "written/wrote taken/took given/gave chosen/chose sung/sang shown/showed driven/drove beaten/beat drawn/drew "
        "known/knew begun/began run/ran"
    ).split()
)
_ASIDE = re.compile(r" \([^()]*\)|(?<=\w), (?:who|which|where) [^,.;]{5,80},(?= [a-z])")
_OPENING = re.compile(
    r"^(?:In|On|At|By|After|Before|During|Since|Until|With|For|As|When|While) [^,]{3,60}, (?=[a-zA-Z])"
)
_ATTRIBUTE = re.compile(
    r"(?<=\b[Tt]he |\b[Ii]ts |\b[Hh]is )(?:old|new|large|small|big|young|major|famous|popular|local|important|modern"
    r"|ancient|long|short|small|traditional|annual|huge|little) (?=[a-z])"
)
_HEDGE = re.compile(
    r"(?<= )(?:alleged|former|proposed|planned|suspected|attempted|potential|possible|failed|unsuccessful|unfinished"
    r"|allegedly|reportedly|possibly|probably|nearly|almost|partly|may have|might have|could have|planned to|hoped to"
    r"|tried to|refused to|failed to|threatened to|offered to|promised to|agreed to) (?=[a-z])"
)
# What is left out without harm of a sentence that tells of something: not of one that denies or limits it.
_LIMITED = re.compile(
    r"\b(?:not|no|never|none|nor|neither|without|few|fewer|only|until|unless|if|whether|except|may|might|could|would"
    r"|cannot|hardly|rarely|less|all|every|most|refused|failed|denied|first|last|second|\w{3,}est)\b|n't\b",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?<=[a-z0-9]) (?:(?:after|during|following|because|when|while|since|despite|amid|alongside|throughout)"
    r" [^.,;:]{4,80}|(?:in|on|in early|in late) (?:[A-Z][a-z]+ )?\d[^.,;:]{0,30})(?=\.$)"
)
_PLACED = re.compile(
    r"(?<=[a-z]) (?:in|at|near|of|from) (?:the )?[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*"
    r"(?= (?:was|were|is|are|has|had|\w+ed)\b)"
)
_ADVERB = re.compile(
    r"(?<= )(?:also|still|then|soon|later|eventually|finally|quickly|slowly|officially|publicly|originally|initially"
    r"|subsequently|currently|recently|widely|highly|successfully|formally|immediately|directly|heavily|strongly"
    r"|significantly|severely|completely|fully|briefly|jointly|unanimously|narrowly) (?=[a-z])"
)
_SECOND = re.compile(
    r"(?<=[a-z0-9]),? (?:and|but) (?:was|were|had|has|is|are|then|later|also|\w+ed(?! by))\b[^.]{3,}(?=\.$)"
)


class Contrast(NamedTuple):
    """A claim beside a text; `label` is that of entailment, or `not` where it is refuted or left open."""

    kind: str
    premise: str
    claim: str
    label: str


Change = Callable[[str, Random, Sequence[str]], str | None]


class ContrastPlace(NamedTuple):
    """A sentence, those of its text, and the title of that; an empty one where it has none."""

    sentence: str
    text: list[str]
    title: str


def contrasts(texts: Mapping[str, str], each: int, seed: int) -> Iterator[Contrast]:
    """At most `each` pairs of a kind, shuffled, of texts with their titles. Premises are the sentence alone, amid its
    text, or after its title, as a claim is proved."""
    random = Random(seed)
    found = [
        ContrastPlace(one, part, texts[text])
        for text in texts
        for part in (split(text),)
        for one in part
        if _plain(one)
    ]
    random.shuffle(found)
    common = {word for place in found for word in re.findall(r"\b[a-z]+\b", place.sentence)}
    names = sorted({name for place in found for name in NAME.findall(place.sentence)} - set(map(str.title, common)))
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
    others = sorted({name for question, _ in pairs for name in NAME.findall(question)})
    kinds = ("name", "number", "opposite", "names swapped")
    number = 0
    for question, text in random.sample(pairs, len(pairs)):
        if number == most:
            return
        names = [name for name in NAME.findall(text) if name not in question] or others
        made = [(kind, CHANGES[kind](question, random, names)) for kind in kinds]
        possible = [(kind, other) for kind, other in made if other and other != question]
        if possible:
            kind, other = random.choice(possible)
            yield Contrast(f"question: {kind}", text, other, "not")
            number += 1


def _of_kind(
    kind: str, label: str, found: Sequence[ContrastPlace], names: Sequence[str], each: int, random: Random
) -> Iterator[Contrast]:
    number = 0
    for place in random.sample(found, len(found)):
        one, part = place.sentence, place.text
        if number == each:
            return
        beside = [each for each in part if each != one]
        claim = CHANGES[kind](one, random, beside if kind in OF_TEXT else names)
        if not claim or (claim == one and kind != "copied"):
            continue
        amid = _amid(place, random)
        if label != "supported" and claim in amid:
            continue
        yield Contrast(kind, amid, claim, label)
        number += 1
        if kind in ("copied", "shortened") and len(part) > 2 and random.random() < 0.5:
            yield Contrast("dropped", " ".join(beside), claim, "not_supported")


def _amid(place: ContrastPlace, random: Random) -> str:
    """The sentence alone, with up to two neighbours on either side, or with up to two others of its text; in four of
    ten cases after the title."""
    here = place.text.index(place.sentence)
    if random.random() < 0.3:
        chosen = {here, *random.sample(range(len(place.text)), min(2, len(place.text)))}
        said = [place.text[each] for each in sorted(chosen)]
    else:
        said = place.text[max(0, here - random.randint(0, 2)) : here + 1 + random.randint(0, 2)]
    titled = place.title and random.random() < 0.4
    return " ".join([f"{place.title}.", *said] if titled else said)


def commonest_name(text: str) -> str:
    """The likely subject of a text without a title; empty where it names nothing."""
    return max(Counter(NAME.findall(text)).items(), key=lambda each: each[1], default=("", 0))[0]


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
    found, name = list(NAME.finditer(text)), random.choice(names)
    return _exchanged(text, random, found, lambda _: name) if found and name not in text else None


def _swapped(text: str, random: Random, names: Sequence[str]) -> str | None:
    """Two names exchanged, but where they only stand in a list."""
    del names
    found = list(NAME.finditer(text))
    if len(found) < 2:
        return None
    one, other = sorted(random.sample(found, 2), key=lambda place: place.start())
    between = text[one.end() : other.start()]
    if one[0] == other[0] or re.fullmatch(r"(?:,| and| or|, and) ?", between):
        return None
    return text[: one.start()] + other[0] + between + one[0] + text[other.end() :]


def _figure_of_text(text: str, random: Random, others: Sequence[str]) -> str | None:
    """A figure of another sentence of the text in the place of one of this."""
    mine = list(_FIGURE.finditer(text))
    theirs = sorted({one for other in others for one in _FIGURE.findall(other)} - {one[0] for one in mine})
    return _exchanged(text, random, mine, lambda _: random.choice(theirs)) if theirs else None


def _name_of_text(text: str, random: Random, others: Sequence[str]) -> str | None:
    """A name of another sentence of the text in the place of one of this."""
    theirs = sorted({name for other in others for name in NAME.findall(other) if name not in text})
    return _exchanged(text, random, list(NAME.finditer(text)), lambda _: random.choice(theirs)) if theirs else None


def _mixed_up(text: str, random: Random, others: Sequence[str]) -> str | None:
    """A statement of another sentence about its subject, said of the subject of this."""
    mine = _SAID.match(text)
    theirs = [found for other in others for found in (_SAID.match(other),) if found and mine and found[1] != mine[1]]
    return f"{mine[1]} {random.choice(theirs)[2]}" if mine and theirs else None


def _subject_swapped(text: str, random: Random, names: Sequence[str]) -> str | None:
    """The name that begins the sentence exchanged with a later one."""
    del random
    first = re.match(r"[A-Z][a-z]{2,}(?: [A-Z][a-z]+)*(?= [a-z]+)", text)
    later = [found for found in NAME.finditer(text) if first and found.start() > first.end() + 3]
    if not first or first[0] not in names or not later or later[0][0] == first[0]:
        return None
    other = later[0]
    return other[0] + text[first.end() : other.start()] + first[0] + text[other.end() :]


def _turned(said: Callable[[re.Match[str]], str]) -> Change:
    """A passive sentence said in another way."""

    def change(text: str, random: Random, names: Sequence[str]) -> str | None:
        del random, names
        found = _TAKEN.match(text)
        return said(found) if found else None

    return change


def _past(participle: str) -> str:
    return _IRREGULAR.get(participle, participle)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    """With a small article."""
    first, _, rest = text.partition(" ")
    return f"{first.lower()} {rest}" if first in ("The", "A", "An", "Its", "Their", "His", "Her") else text


def _without(pattern: re.Pattern[str]) -> Change:
    """The text without one place of a pattern."""

    def change(text: str, random: Random, names: Sequence[str]) -> str | None:
        del names
        found = list(pattern.finditer(text))
        if not found:
            return None
        place = random.choice(found)
        return _upper(text[: place.start()] + text[place.end() :])

    return change


def _plainly(pattern: re.Pattern[str]) -> Change:
    """Same as `_without`, for a text that neither denies nor limits anything. At least four words remain."""
    change = _without(pattern)

    def plainly(text: str, random: Random, names: Sequence[str]) -> str | None:
        left = None if _LIMITED.search(text) else change(text, random, names)
        return left if left and len(left.split()) > 3 else None

    return plainly


def _condensed(text: str, random: Random, names: Sequence[str]) -> str | None:
    """Two or three things left out, as somebody does who tells of it in short."""
    left, done = text, 0
    for kind in random.sample(LEFT_OUT, len(LEFT_OUT)):
        shorter = CHANGES[kind](left, random, names)
        if shorter and done < 3:
            left, done = shorter, done + 1
    return left if done > 1 else None


def _condensed_wrong(text: str, random: Random, names: Sequence[str]) -> str | None:
    left = _condensed(text, random, names)
    wrong = [CHANGES[kind](left, random, names) for kind in WRONG] if left else []
    possible = [each for each in wrong if each and each != left]
    return random.choice(possible) if possible else None


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
    """The sentence as a possibility or a plan."""
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
    "figure of the text": _figure_of_text,
    "name of the text": _name_of_text,
    "mixed up": _mixed_up,
    "active": _turned(lambda it: f"{_upper(it[4])} {_past(it[3])} {_lower(it[1])}."),
    "active wrong": _turned(lambda it: f"{it[1]} {_past(it[3])} {it[4]}."),
    "passive wrong": _turned(lambda it: f"{_upper(it[4])} {it[2]} {it[3]} by {_lower(it[1])}{it.string[it.end() :]}"),
    "without an aside": _without(_ASIDE),
    "without the opening": _without(_OPENING),
    "without an attribute": _without(_ATTRIBUTE),
    "without a hedge": _without(_HEDGE),
    "without the closing": _plainly(_CLOSING),
    "without a place": _plainly(_PLACED),
    "without an adverb": _plainly(_ADVERB),
    "without a second deed": _plainly(_SECOND),
    "condensed": _condensed,
    "condensed, wrong": _condensed_wrong,
    "denied": _denied,
    "opposite": _opposite,
    "planned": _planned,
    "unit": _another_of(
        "days weeks months years hours minutes", "metres feet miles kilometres", "dollars euros pounds"
    ),
    "share": _another_of("all most some many several few"),
    "preposition": _another_of("to from", "for against", "above below", "over under"),
}
LEFT_OUT = [kind for kind in CHANGES if kind.startswith("without") and kind != "without a hedge"] + ["shortened"]
OF_TEXT = ("figure of the text", "name of the text", "mixed up")  # these look at the other sentences of the text
WRONG = ("number", "month", "name", "names swapped", "who and whom", "denied", "opposite", "planned")
KINDS = {  # the label, and how many times as many there are: about as many are supported as are not
    "copied": ("supported", 6),
    "shortened": ("supported", 6),
    "active": ("supported", 2),
    "active wrong": ("not", 2),
    "passive wrong": ("not", 2),
    "without an aside": ("supported", 2),
    "without the opening": ("supported", 2),
    "without an attribute": ("supported", 1),
    "without the closing": ("supported", 2),
    "without a place": ("supported", 1),
    "without an adverb": ("supported", 1),
    "without a second deed": ("supported", 2),
    "condensed": ("supported", 6),
    "condensed, wrong": ("not", 4),
    "without a hedge": ("not", 1),
    "number": ("contradicted", 1),
    "month": ("contradicted", 1),
    "name": ("not", 2),
    "names swapped": ("not", 3),
    "who and whom": ("not", 4),
    "figure of the text": ("not", 2),
    "name of the text": ("not", 2),
    "mixed up": ("not", 2),
    "denied": ("contradicted", 2),
    "opposite": ("not", 1),
    "planned": ("not", 1),
    "unit": ("contradicted", 1),
    "share": ("not", 1),
    "preposition": ("not", 1),
}
