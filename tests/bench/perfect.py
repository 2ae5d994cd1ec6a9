"""A perfect model, and one that errs in one place: `python -m tests.bench.perfect --data DIR [--n N] [--show KIND]`.

A scripted model says what people wrote. The people are those of ClapNQ, the index holds the set's 300 articles. What
the bot refuses or does not give as supported is its own loss, for these answers are right. Then the model says the
same answers with one sentence changed, which makes it wrong, and the bot should not give that sentence as supported.
At last the model says the answer to a question about another article.

A changed word never stands in the passage. The changes share no code with those of the training data, and the names
were sorted into kinds by hand. A share is printed with its 95 % interval (Wilson). With `--show` the answers behind a
row are printed too: a sentence that was not kept or wrongly passed, and the quotes of its citations. A refusal lets no
wrong sentence pass either, so the last column counts only the changes of sentences that are kept when they are right.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby, islice, pairwise
from math import sqrt
from pathlib import Path
from random import Random
from statistics import fmean as mean
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, NamedTuple

from bot import Bot
from bot.training.sets import rows
from bot.training.table import table
from bot.types import Answer, Cancellation, Citation, Model, Prompt, Sentence, State, Status
from bot.wording import worded
from index import Article, Index

SEED = 20261201
PEOPLE = 2  # answers of one question, at most: four questions have seven
SHORTEST = 4  # words of a sentence that is counted: a mere "No." claims nothing alone
AROUND = 4  # words beside the changed ones that tell them from others

# --- texts -----------------------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """The text as it is usually printed; that of ClapNQ is cut into words.

    >>> plain("He did n't , `` as he said '' , go ( on June 19 , 2009 ) to Canada 's well - known hills .")
    'He didn\\'t, "as he said", go (on June 19, 2009) to Canada\\'s well-known hills.'
    >>> plain("It was sold from 1961 -- 89 at US $ 499 ( 25 % less ) .")
    'It was sold from 1961–89 at US $499 (25% less).'
    """
    text = " ".join(re.sub(r"(?<=\w) - (?=\w)", "-", text).split())
    text = re.sub(r"\s*''", '"', re.sub(r"``\s*", '"', text)).replace("`", "'")
    text = re.sub(r" ?-- ?", " – ", re.sub(r"(?<=\d) ?-- ?(?=\d)", "–", text))
    text = re.sub(r"\s+(?=[,.;:!?)\]%]|n't\b|'(?:s|d|m|re|ve|ll)\b)", "", text)
    return re.sub(r"([(\[]|[$€£](?= \d))\s+", r"\1", text).strip()


_END = re.compile(r"""[.!?]["')]*\s+(?=["'(]*[A-ZÀ-Þ0-9])""")
_NO_END = re.compile(r"(?:\b[A-Z]|\b(?:Dr|Mr|Mrs|St|Jr|Sr|vs|etc|c|e\.g|i\.e|approx|\w No)|\.[a-zA-Z])$")


def split(text: str) -> list[str]:
    """
    >>> split('It was General Ulysses S. Grant of the U.S. Army. "He won." Then he left.')
    ['It was General Ulysses S. Grant of the U.S. Army.', '"He won."', 'Then he left.']
    """
    ends = [found.end() for found in _END.finditer(text) if not _NO_END.search(text[: found.start()])]
    return [text[start:end].strip() for start, end in pairwise([0, *ends, len(text)])]


def words(text: str) -> list[str]:
    """
    >>> words("Canada's 3,100 posts")
    ['canada', 's', '3', '100', 'posts']
    """
    return re.findall(r"\w+", text.casefold())


def within(some: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether the words stand in the others, one after another."""
    return f" {' '.join(some)} " in f" {' '.join(whole)} "


# --- what is made wrong ----------------------------------------------------------------------------------------------


class Changed(NamedTuple):
    """A sentence made wrong in one place: between two offsets."""

    text: str
    start: int
    end: int

    def place(self) -> list[str]:
        """The words of the place, with some of their neighbours."""
        before, there, after = (
            words(part) for part in (self.text[: self.start], self.text[self.start : self.end], self.text[self.end :])
        )
        return [*before[-AROUND:], *there, *after[:AROUND]]


Change = Callable[[str, str, Random], Iterator[Changed]]  # of a sentence, beside its passage

_MONTHS = "January February March April May June July August September October November December".split()
_MONTH = rf"(?:{'|'.join(_MONTHS)})"
_FIGURE = re.compile(
    r"(?<![\w.,–-])(?<![$€£]\d)(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?=(?:st|nd|rd|th)?(?!\w)(?![.,]\d))"
)
_YEAR = re.compile(
    r"(?<![\w.,$€£])(?:1\d|20)\d\d(?=s?(?!\w))(?![.,]\d)|(?<![\w.,])\d{1,3}(?= (?:BC|AD|CE)\b)|(?<=\bAD )\d{1,3}\b"
)
_BOUND = re.compile(
    r"\b(?:than|least|most|up to|over|under|above|below|nearly|almost|early as|late as|before|after|by|prior to|"
    r"or)\s+\S?$",
    re.IGNORECASE,
)
_NUMERALS = "two three four five six seven eight nine ten eleven twelve".split()
_NUMERAL = re.compile(rf"(?<![\w-])(?:{'|'.join(_NUMERALS)})(?![\w-])")


def other_number(sentence: str, passage: str, random: Random) -> Iterator[Changed]:
    """Another number in figures or in a word. A year is a date; what is more than a number is so than others too."""
    years = {found.start() for found in _YEAR.finditer(sentence)}
    places = [
        found
        for pattern in (_FIGURE, _NUMERAL)
        for found in pattern.finditer(sentence)
        if found.start() not in years and not _BOUND.search(sentence[: found.start()])
    ]
    yield from _one_of(places, sentence, passage, random, _number)


def _number(number: str, around: tuple[str, str], random: Random) -> str:
    if number in _NUMERALS:
        return random.choice(_NUMERALS)
    before, after = around
    if re.search(rf"{_MONTH} $", before) or re.match(rf"(?:st|nd|rd|th)? (?:of )?{_MONTH}", after):
        return str(_with_ending(random, after, 28))
    if re.match("st|nd|rd|th", after):
        return str(_with_ending(random, after, 30))
    return "".join(random.choice("123456789") if each.isdigit() else each for each in number)


def _with_ending(random: Random, after: str, last: int) -> int:
    """A number whose ordinal ends as what comes after the old one."""
    ending = (re.match("st|nd|rd|th", after) or [""])[0]
    return random.choice([each for each in range(2, last + 1) if not ending or ending == _ending(each)])


def _ending(number: int) -> str:
    """
    >>> [_ending(number) for number in (1, 2, 3, 4, 11, 21)]
    ['st', 'nd', 'rd', 'th', 'th', 'st']
    """
    return "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def other_date(sentence: str, passage: str, random: Random) -> Iterator[Changed]:
    """Another month or year."""
    months = re.finditer(
        rf"(?<![\w-]){_MONTH}(?= \d)|(?<=\d ){_MONTH}\b|(?<=\b[Ii]n ){_MONTH}\b|(?<=\b[Oo]f ){_MONTH}\b", sentence
    )
    places = [found for found in (*months, *_YEAR.finditer(sentence)) if not _BOUND.search(sentence[: found.start()])]
    yield from _one_of(places, sentence, passage, random, _date)


def _date(date: str, around: tuple[str, str], random: Random) -> str:
    if date in _MONTHS:
        return random.choice(_MONTHS)
    step = 10 if around[1].startswith("s") else 1
    away = random.choice([-1, 1]) * step * random.randint(1 if step == 10 else 3, 4 if step == 10 else 30)
    return str(min(max(int(date) + away, 2), 2026 - step))


def _one_of(
    places: Sequence[re.Match[str]],
    sentence: str,
    passage: str,
    random: Random,
    other: Callable[[str, tuple[str, str], Random], str],
) -> Iterator[Changed]:
    """Another one, which is not in the passage in any way, in one of the places that the passage has too."""
    there = set(words(passage))
    numerals = {numeral for place, numeral in enumerate(_NUMERALS, 2) if str(place) in there}
    figures = {str(place) for place, numeral in enumerate(_NUMERALS, 2) if numeral in there}
    for place in random.sample(places, len(places)):
        before, after = sentence[: place.start()], sentence[place.end() :]
        for _ in range(50):
            new = other(place[0], (before, after), random)
            if new != place[0] and new not in numerals | figures and not _stands(new, passage):
                yield Changed(f"{before}{new}{after}", place.start(), place.start() + len(new))
                break


def _stands(new: str, passage: str) -> bool:
    return re.search(rf"(?<![\w.,]){re.escape(new)}(?:s|st|nd|rd|th)?(?!\w)", passage, re.IGNORECASE) is not None


# Of the answers and the articles, sorted by hand. Those after the stroke are exchanged for one before it, but never put
# in: they have a part or a whole among the others (England, Britain).
KINDS = {
    "person": (
        "Alan Bergman, Albert Camus, Aly Raisman, Amycus Carrow, Andrei Sakharov, Ban Gu, Barry Gibb, Ben Jonson, "
        "Beverly Cleary, Bi Sheng, Bill Clinton, Billy Flynn, Bob Bogle, Bob Dylan, Béla Schick, "
        "Camilla Luddington, Carly Simon, Casey Jon Deidrick, Chad DiMera, Charles Chamberland, Charles Dickens, "
        "Chuck Palahniuk, Clayton Nocross, Corey Taylor, Cui Shu, Daniel Handler, David Gilmour, Derek Cha, "
        "Dilip Joshi, Dmitri Ivanovsky, Dolores Umbridge, Doris Lessing, Edmund Spenser, Eleanor Velasco Thornton, "
        "Emmanuel Macron, Eric Northman, Erich Maria Remarque, Ernst Mayr, Evelyn Ryan, Fannie Flagg, "
        "Frederick Douglass, Friedrich Loeffler, Fulgencio Batista, Gaius Charles, Gene Wilder, George Clooney, "
        "George Homans, George Orwell, Gig Young, Gilderoy Lockhart, Harold Kelley, Harvey Korman, Heath Ledger, "
        "Heather Brooks, Hedley Lamarr, Ian Smith, Ibn Saud, Ingo Rademacher, James Corden, James Francis Thorpe, "
        "Jane Asher, Jeff Trachta, Jerrika Hinton, Jessica Jones, Jessica Tandy, Jim Carrey, Jo Wilson, "
        "Johannes Gutenberg, John Keats, John Thibaut, John Wayne, Johnny Carson, Jonas Bronck, Jonathan Cheban, "
        "Jordan Thorpe, Kathy Bates, Ken Kesey, Kenneth McKenzie, Kevin Malone, Khloé Kardashian, Kylie Jenner, "
        "Lamar Odom, Lauryn Hill, Leah Murphy, Louis Pasteur, Madeline Kahn, Malika Haqq, Marilyn Bergman, "
        "Marlene Dietrich, Martinus Beijerinck, Marvin Hamlisch, Mary Shelley, Maurice Gibb, Michael Logan, "
        "Mick Jagger, Paul Frosch, Paul Kagame, Paul McCartney, Peter Parker, Quirinus Quirrell, Remus Lupin, "
        "Richard Pryor, Rick James, Rob Kardashian, Roger Waters, Russell Simmons, Sam Walton, Sarah Newlin, "
        "Scott Disick, Severus Snape, Shane Ross, Simone Biles, Sofia Coppola, Spike Jonze, Stephanie Edwards, "
        "Stephen Crane, Tessa Ferrer, Thomas Pynchon, Tina Majorino, Virginia Woolf, Warren Beatty, "
        "Wendell Stanley, William Blake, William Horman, Winsor Harmon, Zhu Xi | Brigitte Marie-Claude Macron, "
        "Bruce Jenner, Caitlyn Jenner, Dick Turpin, Jim Thorpe"
    ),
    "one name": (
        "Ballard, Bassanio, Batista, Bronck, Confucius, Coubertin, Dawson, Diana, Dumbledore, Dwight, Evelyn, "
        "Gandalf, Glumdalclitch, Gulliver, Hephaestus, Hipparchus, Homans, Idgie, Jamie, Jessica, Juliet, "
        "Justinian, Kendall, Kourtney, Macron, Maggie, Mercutio, Montagu, Pam, Portia, Rihanna, Romeo, Rosaline, "
        "Saruman, Schick, Shakespeare, Shylock, Sookie, Stuyvesant, Thorne, Toby, Truman, Tybalt, Voldemort, "
        "Walton, Wilder, Æthelstan | Brody, Caitlyn, Canute, Eric, Gutenberg, Hale, Harrison, Heather, Jimmy, "
        "Joey, Kim, Kris, Leah, Michael, Ninny, Rick, Ruth, Sarah, Khloé, Khloe, Newlin"
    ),
    "country": (
        "Afghanistan, Australia, Austria, Barbados, Belgium, Brazil, Bulgaria, Cameroon, Chile, Colombia, Croatia, "
        "Cuba, Cyprus, Ecuador, Egypt, Finland, France, Greece, Haiti, Honduras, Iceland, Iraq, Ireland, Israel, "
        "Italy, Jamaica, Japan, Kazakhstan, Kenya, Lebanon, Luxembourg, Malta, Mexico, Nigeria, Norway, Oman, "
        "Pakistan, Peru, Philippines, Poland, Portugal, Romania, Rwanda, Saudi Arabia, Spain, Sweden, Switzerland, "
        "Syria, Turkey, Venezuela, Vietnam, Yemen, Zimbabwe | Britain, Canada, China, East Germany, England, "
        "Germany, Great Britain, Holland, India, Netherlands, Russia, Soviet Union, UK, US, U.S., United Kingdom, "
        "United States, Dutch Republic"
    ),
    "state": (
        "Alabama, Alaska, Arkansas, California, Connecticut, Florida, Hawaii, Illinois, Indiana, Kentucky, "
        "Louisiana, Maine, Maryland, Massachusetts, Missouri, New Hampshire, New Jersey, North Carolina, Oklahoma, "
        "Oregon, Pennsylvania, Tennessee, Texas, Wisconsin |"
    ),
    "town": (
        "Athens, Atlanta, Banbridge, Bangor, Barcelona, Beijing, Boston, Bristol, Brussels, Calcutta, Caracas, "
        "Charles City, Claremore, Dallas, Dubrovnik, Edinburgh, Galveston, Halifax, Havana, Hopkinsville, Karachi, "
        "Knutsford, Las Vegas, Manchester, Milan, Paris, Philadelphia, Port-au-Prince, Quito, Richmond, "
        "Santa Rosa, Sarajevo, Seattle, Sikeston, Toulon, Trenton, Zürich | Berlin, Constantinople, Greenwich, "
        "Herculaneum, London, New Amsterdam, New York City, New York, Pompeii, Wellington, West Hills, Marloes"
    ),
    "county": (
        "Cheshire, Cornwall, Devon, Lancashire, Pembrokeshire, Yorkshire | Burnet County, Delaware County, "
        "Schoharie County"
    ),
    "nation": (
        "Belgian, Brazilian, Canadian, Chinese, Cuban, French, German, Greek, Hawaiian, Italian, Japanese, "
        "Mexican, Norwegian, Polish, Spanish, Swedish | American, Arab, British, Dutch, English, Indian, Roman, "
        "Russian, African, European"
    ),
    "tribe": "Cherokee, Chickasaw, Choctaw, Muscogee, Ponca, Sauk, Seminole, Xhosa |",
    "broadcaster": "CBS, MTV, NBC, TNT, VH1 |",
    "league": "NBA, NHL, NFL | NCAA, National Football League",
    "publisher": "Crunchyroll, Funimation, Nickelodeon, Toonami | Adult Swim",
    "continent": "Africa, Asia, South America | Europe, North America",
    "water": "Arctic Ocean, Atlantic Ocean, Pacific Ocean, Caribbean Sea, Mediterranean Sea, Red Sea, Arabian Sea |",
    "river": (
        "Colorado River, Delaware River, Harlem River, Mississippi River, Penobscot River | West Branch, East Branch"
    ),
    "mountain": (
        "Krakatoa, Mauna Kea, Mount Jefferson, Mount Logan, Mount Mitchell, Mount Pinatubo, Vesuvius | "
        "Mount Saint Helens"
    ),
    "act": (
        "Burton Act, Cuban Democracy Act, Customs Act, Indian Removal Act, Molasses Act, Quartering Act | "
        "Townshend Acts, Export Enhancement Act, Foreign Assistance Act"
    ),
    "god": "Athena, Juno, Jupiter, Zeus |",
    "dynasty": "Liao, Qing, Jin, Han |",
}


def _sorted_names() -> Iterator[tuple[str, str, bool]]:
    for kind, listed in KINDS.items():
        for given, part in zip((True, False), listed.split("|"), strict=True):
            yield from ((name.strip(), kind, given) for name in part.split(",") if name.strip())


_KIND = {name: kind for name, kind, _ in _sorted_names()}
_GIVEN = {kind: tuple(name for name, of, given in _sorted_names() if given and of == kind) for kind in KINDS}
_NAMES = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, sorted(_KIND, key=len, reverse=True)))})(?![\w-])")
_WITH_THE = (
    "United States",
    "United Kingdom",
    "Netherlands",
    "Philippines",
    "Soviet Union",
    "U.S.",
    "US",
    "UK",
    "Dutch Republic",
)
_OPENS = "The In On At By As When After Before During Both And But For From Actor Actress President King".split()


def named(sentence: str) -> list[re.Match[str]]:
    """The names of a kind that are no part of a longer name.

    >>> [found[0] for found in named("In Paris the French read of the American Civil War and Ben Jonson.")]
    ['Paris', 'French', 'Ben Jonson']
    """
    return [found for found in _NAMES.finditer(sentence) if _alone(sentence, found)]


def _alone(sentence: str, found: re.Match[str]) -> bool:
    before, after = sentence[: found.start()], sentence[found.end() :]
    last = re.search(r"(\S+) $", before)
    first_word = last is None or last[1] in _OPENS
    return (first_word or not re.search(r"[A-ZÀ-Þ][\w.’']* $", before)) and not re.match(
        r" (?:[A-ZÀ-Þ$]|of [A-Z])", after
    )


def naming(articles: Sequence[str]) -> Change:
    """The change of a name for one of the same kind that stands in the articles."""
    stand = {name for name in _KIND if any(name in text for text in articles)}

    def other_name(sentence: str, passage: str, random: Random) -> Iterator[Changed]:
        found = named(sentence)
        there = set(words(passage))
        for place in random.sample(found, len(found)):
            others = [each for each in _GIVEN[_KIND[place[0]]] if each in stand and not there & set(words(each))]
            if others:
                new = random.choice(others)
                start = place.start() - (
                    4 if place[0] in _WITH_THE and sentence[: place.start()].endswith("the ") else 0
                )
                yield Changed(sentence[:start] + new + sentence[place.end() :], start, start + len(new))

    return other_name


_NOT = re.compile(r"(?<=\w) (?:not|never)\b(?! (?:only|necessarily|just|until))|(?<=[a-z])n't\b|(?<=\bcan)not\b")
_OR_NOT = re.compile(r"\bor(?: may| are| is)?$")
_HELPING = re.compile(
    r"\b(?:is|was|are|were|would|will|can|could|must|should|does|did|"
    r"(?:has|have|had)(?= (?:been|become|\w+ed|\w+en|given)\b))\b"
    r"(?! (?:not|never|only|no|neither|nor|also|sometimes|then|now|they) ?\b)(?! of the people)(?![,?])"
)
_SHORT = {
    "is": "isn't",
    "was": "wasn't",
    "are": "aren't",
    "were": "weren't",
    "did": "didn't",
    "does": "doesn't",
    "can": "cannot",
}


def denied(sentence: str, passage: str, random: Random) -> Iterator[Changed]:
    """A negation taken out; where there is none, put in."""
    del passage
    out = [found for found in _NOT.finditer(sentence) if not _OR_NOT.search(sentence[: found.start()])]
    for place in random.sample(out, len(out)):
        text = sentence[: place.start()] + sentence[place.end() :]
        yield Changed(text.replace(" ca ", " can ").replace(" wo ", " will "), place.start(), place.start())
    helping = [] if out else list(_HELPING.finditer(sentence))
    for place in random.sample(helping, len(helping)):
        new = random.choice([f"{place[0]} not", _SHORT.get(place[0], f"{place[0]} never")])
        yield Changed(
            sentence[: place.start()] + new + sentence[place.end() :], place.start(), place.start() + len(new)
        )


_CAPITALS = re.compile(r"(?<![\w'’-])[A-ZÀ-Þ][\w’-]*[a-z][\w’-]*(?: (?:[A-ZÀ-Þ]\.|[A-ZÀ-Þ][\w’-]+))*(?![\w-])")
_NO_NAME = frozenset(
    "Sunday King Parliament Rights House Market Field Social Bill Duty War World President Senate Messier Highway "
    "Minié Brownist Praesepe Celtiberian Segovia Celtic Indo-European Civil Musca Half-Sack Act Alastor Manners Hindu "
    "Arabic Native Fox Parr Hart Night-useful P-doped N-doped Trail Cha Muslim-majority Hindu-majority Shakespeare "
    "Atlantic Harvey Rely Expo Hill Men Rule Pinto".split()
)
_LINK = re.compile(r"\W*(?:(?:and|or|nor|&|with|as well as|both|also|the|a|his|her|then)\W*)*")
_MUTUAL = re.compile(
    r"\b(?:and|or|between|with|like|called|named|known as|formerly|former|merge|bordered|accompanied|near|becam?e|"
    r"brother|friend|cousin)\b|[();:\"]|^,? ?\S*, [^,]*$",
    re.IGNORECASE,
)
_TWINS = frozenset(["Holland", "Netherlands", "NFL", "National Football League"])  # of each other
_HUMAN, _PLACE = ("person", "one name"), ("country", "state", "town", "county")


def exchanged(sentence: str, passage: str, random: Random) -> Iterator[Changed]:
    """Two names, or who does something and what it is done to, each in the other's place."""
    del passage
    pairs = [*_name_pairs(sentence), *_agents(sentence)]
    for (start, end), (second, last) in random.sample(pairs, len(pairs)):
        one, between, other = sentence[start:end], sentence[end:second], sentence[second:last]
        if not words(sentence[:start]):
            one, other = _lower(one), other[:1].upper() + other[1:]
        yield Changed(sentence[:start] + other + between + one + sentence[last:], start, last)


def _lower(one: str) -> str:
    """What began a sentence, within one: a name as it was.

    >>> _lower("The temple"), _lower("Jonas Bronck")
    ('the temple', 'Jonas Bronck')
    """
    name = _NAMES.match(one) or re.fullmatch(r"[A-ZÀ-Þ][\w’'-]+(?: [A-ZÀ-Þ][\w’'-]+)*", one)
    return one if name and not re.match(r"(?:The|An?) ", one) else one[:1].lower() + one[1:]


Span = tuple[int, int]


def _name_pairs(sentence: str) -> Iterator[tuple[Span, Span]]:
    """Two names of a kind, or two whose kind is not known, of which one does not just stand beside the other."""
    known = {found.span(): _broad(_KIND[found[0]]) for found in named(sentence)}
    unknown = {span: "" for span in _capitals(sentence) if not any(_overlap(span, other) for other in known)}
    kinds = known | unknown
    for one, other in pairwise(sorted(kinds)):
        between = sentence[one[1] : other[0]]
        same = sentence[slice(*one)] == sentence[slice(*other)]
        twins = {sentence[slice(*one)], sentence[slice(*other)]} <= _TWINS
        if kinds[one] == kinds[other] and not same and not twins and len(between) < 80 and not _mutual(between):
            yield one, other


def _broad(kind: str) -> str:
    return "human" if kind in _HUMAN else "place" if kind in _PLACE else kind


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _capitals(sentence: str) -> Iterator[Span]:
    for found in _CAPITALS.finditer(sentence):
        part = re.search(r"[A-Z][\w-]* (?:of|and|de) (?:the )?$", sentence[: found.start()])
        whole = part or re.match(r" (?:of|and|de) (?:the )?[A-Z]|'s? [A-Z]|\. ", sentence[found.end() :])
        if found.start() and not whole and not _NO_NAME & set(found[0].split()) and not re.search(_MONTH, found[0]):
            yield found.span()


def _mutual(between: str) -> bool:
    """Whether neither does anything to the other, or both do the same: a list, an alias."""
    return bool(_LINK.fullmatch(between) or _MUTUAL.search(between))


_BE = r"(?:is|was|are|were|be|being|been|has|have|had|must|can|could|will|now|then)"
_DONE = (
    r"(?!bordered|accompanied|followed|born)"
    r"(?:\w+ed|written|run|made|led|built|held|won|given|taken|shown|found|caught|done)"
)
_THE = r"(?:the|an?|his|her|its|their|some)"
_DONE_TO = rf"(?:(?i:{_THE})|[A-ZÀ-Þ][\w-]*)(?: [\w-]+){{0,4}}?"
_STOP = r"(?:is|are|was|were|has|had|that|who|which|in|on|at|for|to|as|than)"
_DOING = rf"(?:{_THE} )?[\w-]+(?: (?!{_STOP}\b)[\w-]+){{0,3}}?"
_NEXT = r"[,.;)]| (?:of|from|and|during|with|after|because|while|since)\b"
_PASSIVE = re.compile(
    rf"(?:^|(?<=\W))(?P<one>{_DONE_TO})(?:,? which)?(?: {_BE})* (?:\w+ly )?(?:first )?{_DONE} by "
    rf"(?P<other>{_DOING})(?={_NEXT}| {_STOP}\b|$)"
)


_NO_AGENT = re.compile(
    r"\b(?:[Ii]t|[HhSs]he|[Tt]hey|[Tt]his|which|that|of|and|to|in|without)$|"
    r"\b(?:is|was|are|were|when|that|if|enter|through|account)\b"
)


def _agents(sentence: str) -> Iterator[tuple[Span, Span]]:
    """What something is done to, and by whom."""
    for found in _PASSIVE.finditer(sentence):
        one = found["one"]
        if not _NO_AGENT.search(one) and not _NO_AGENT.search(found["other"]):
            yield found.span("one"), found.span("other")


class Kind(NamedTuple):
    """A way to make sentences wrong."""

    what: str
    goal: float  # the share that may pass
    most: int  # changes of one sentence
    make: Callable[[Sequence[str]], Change]  # of the articles' texts


CHANGES = {
    "number": Kind("another number", 0.02, 3, lambda _: other_number),
    "date": Kind("another month or year", 0.05, 3, lambda _: other_date),
    "name": Kind("another name of the same kind", 0.08, 1, naming),
    "denial": Kind("a negation put in or taken out", 0.08, 1, lambda _: denied),
    "who": Kind("who and whom exchanged", 0.15, 3, lambda _: exchanged),
}

# --- what is asked ---------------------------------------------------------------------------------------------------


class Human(NamedTuple):
    """What a person answered, in sentences."""

    id: str  # of the question, and of the article that answers it
    question: str
    sentences: tuple[str, ...]

    def text(self, instead: dict[int, str] | None = None) -> str:
        return " ".join((instead or {}).get(place, each) for place, each in enumerate(self.sentences))

    def counted(self) -> Iterator[tuple[int, str]]:
        return ((place, each) for place, each in enumerate(self.sentences) if len(words(each)) >= SHORTEST)


class Wrong(NamedTuple):
    """A human answer of which one sentence was changed."""

    human: Human
    place: int
    changed: Changed

    def text(self) -> str:
        return self.human.text({self.place: self.changed.text})


def read_humans(folder: Path, number: int, seed: int) -> list[list[Human]]:
    """What people answered to the first questions of a draw, by question."""
    asked = [row for row in rows(folder / "questions.jsonl") if row["answerable"]]
    Random(seed).shuffle(asked)
    return [list(_humans(row)) for row in asked[:number]]


def _humans(row: dict[str, Any]) -> Iterator[Human]:
    texts = {" ".join(words(text)): text for text in map(plain, row["answers"])}
    for text in list(texts.values())[:PEOPLE]:
        yield Human(row["_id"], row["text"], tuple(split(text)))


def read_articles(folder: Path) -> dict[str, Article]:
    return {
        row["_id"]: Article(row["_id"], plain(row["title"]), plain(row["text"]))
        for row in rows(folder / "corpus.jsonl")
    }


def wrong(kind: str, humans: Sequence[Human], articles: dict[str, Article], seed: int) -> Iterator[Wrong]:
    """The answers made wrong; each sentence is changed once, though two people wrote it."""
    most, known = CHANGES[kind].most, set()
    change = CHANGES[kind].make([article.text for article in articles.values()])
    for human in humans:
        passage, whole = articles[human.id].text, words(human.text())
        for place, sentence in human.counted():
            if (human.id, *words(sentence)) in known:
                continue
            known.add((human.id, *words(sentence)))
            made = change(sentence, passage, Random(f"{seed} {kind} {sentence}"))
            new = (each for each in made if not any(within(each.place(), old) for old in (words(passage), whole)))
            yield from (Wrong(human, place, each) for each in islice(new, most))


def others(humans: Sequence[Human], articles: dict[str, Article]) -> Iterator[tuple[Human, Human]]:
    """Each one, and one who answered a question about another article."""
    for place, human in enumerate(humans):
        following = [*humans[place + 1 :], *humans[:place]]
        other = next((each for each in following if articles[each.id].title != articles[human.id].title), None)
        if other:
            yield human, other


class Scripted:
    """A model elsewhere that says `text`, whatever it is asked."""

    text = ""

    def complete(self, prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[str]:
        del prompt, cancel
        yield from re.findall(r"\S+\s*", self.text)

    def model(self) -> Model:
        return Model("scripted", self.complete, remote=True)


# --- what is counted -------------------------------------------------------------------------------------------------


def supported(some: Sequence[str], answer: Answer) -> tuple[Citation, ...] | None:
    """The citations of the sentences in which these words are given as supported; None where they are not."""
    for run in _runs(answer.sentences):
        told = [(word, sentence) for sentence in run for word in words(sentence.text)]
        for start in range(len(told) - len(some) + 1):
            part = told[start : start + len(some)]
            if [word for word, _ in part] == list(some):
                marks = {mark for _, sentence in part for mark in sentence.citations}
                return tuple(each for each in answer.citations if each.mark in marks)
    return None


def _runs(sentences: Sequence[Sentence]) -> Iterator[list[Sentence]]:
    """Neighbours that are supported: what is one sentence here may be two there."""
    for is_supported, run in groupby(sentences, key=lambda each: each.state is State.SUPPORTED):
        if is_supported:
            yield list(run)


@dataclass
class Row:
    """A share, and what is to be seen behind it."""

    what: str
    goal: str
    counted: list[bool] = field(default_factory=list)
    of_kept: list[bool] = field(default_factory=list)  # those whose right sentence was kept
    shown: list[str] = field(default_factory=list)

    def count(self, counts: bool, shown: str = "", *, kept: bool = False) -> None:
        self.counted.append(counts)
        if kept:
            self.of_kept.append(counts)
        if shown and (counts or not self.goal.startswith("≤")):
            self.shown.append(shown)

    def cells(self) -> list[str]:
        if not self.counted:
            return [self.what, "0", "", "", self.goal, ""]
        low, high = interval(sum(self.counted), len(self.counted))
        kept = f"{mean(self.of_kept):.3f} of {len(self.of_kept)}" if self.of_kept else ""
        share = f"{mean(self.counted):.3f}"
        return [self.what, str(len(self.counted)), share, f"{low:.3f}–{high:.3f}", self.goal, kept]


def interval(counted: int, number: int) -> tuple[float, float]:
    """The 95 % interval of a share, after Wilson (1927).

    >>> [round(each, 3) for each in interval(0, 100)], [round(each, 3) for each in interval(50, 100)]
    ([0.0, 0.037], [0.404, 0.596])
    """
    z = 1.959964
    share, over = counted / number, 1 + z * z / number
    middle = (share + z * z / (2 * number)) / over
    half = z * sqrt(share * (1 - share) / number + z * z / (4 * number * number)) / over
    return max(0.0, middle - half), min(1.0, middle + half)


def new_rows() -> dict[str, Row]:
    return {
        "refused": Row("right answers: refused", "≤ .03"),
        "kept": Row("their sentences: kept and supported", "≥ .95"),
        "told": Row("the same, of answers that were not refused", ""),
        "cited": Row("sentences kept: cited from the right passage", "≥ .95"),
        **{
            name: Row(f"{kind.what}: given as supported", f"≤ {kind.goal:.2f}".replace("0.", "."))
            for name, kind in CHANGES.items()
        },
        "other": Row("answers to another question: given as supported", "≤ .05"),
        "failed": Row("all that was asked: failed", "≤ 0"),
    }


def count(data: Path, number: int, seed: int, found: dict[str, Row]) -> None:
    """Asks everything, one question after another, and fills the rows."""
    articles, people = read_articles(data / "clapnq"), read_humans(data / "clapnq", number, seed)
    humans = [human for some in people for human in some]
    made = {kind: list(wrong(kind, humans, articles, seed)) for kind in CHANGES}
    pairs = list(others([some[0] for some in people], articles))
    with TemporaryDirectory() as store, Index.open(store) as index:
        _progress(f"indexing {len(articles)} articles")
        index.add(articles.values())
        ask = _asking(index, len(humans) + sum(map(len, made.values())) + len(pairs), found["failed"])
        kept: set[tuple[str, str]] = set()
        for human in humans:
            if answer := ask(human.question, human.text()):
                passage = articles[human.id].text
                kept |= {(human.id, sentence) for sentence in _count_right(human, answer, passage, found)}
        for kind, some in made.items():
            for each in some:
                if answer := ask(each.human.question, each.text()):
                    _count_wrong(each, answer, found[kind], kept)
        for human, other in pairs:
            if answer := ask(human.question, other.text()):
                told = any(supported(words(each), answer) is not None for _, each in other.counted())
                found["other"].count(told, _shown(human.question, answer.text, answer.citations))


Ask = Callable[[str, str], Answer | None]  # a question and what the model says; None where that failed


def _asking(index: Index, whole: int, failed: Row) -> Ask:
    script = Scripted()
    bot, started = Bot(index, script.model()), perf_counter()

    def ask(question: str, text: str) -> Answer | None:
        script.text = text
        answer = bot.answer(question)
        fails = answer.status is Status.FAILED
        failed.count(fails, f"{question}\n  {worded(answer.reason)}")
        done = len(failed.counted)
        if done % 20 == 0 or done == whole:
            _progress(f"{done} of {whole}, {(perf_counter() - started) / done:.2f} s a question")
        return None if fails else answer

    return ask


def _count_right(human: Human, answer: Answer, passage: str, found: dict[str, Row]) -> Iterator[str]:
    """Counts, and gives the sentences that were kept."""
    refused = answer.status is Status.REFUSED
    found["refused"].count(refused, _shown(human.question, f"{human.text()}\n  {worded(answer.reason)}"))
    for _, sentence in human.counted():
        citations = supported(words(sentence), answer)
        found["kept"].count(
            citations is not None, "" if citations is not None else _shown_lost(human, sentence, answer)
        )
        if not refused:
            found["told"].count(citations is not None)
        if citations is not None:
            right = any(each.article_id == human.id or _twin(each.quote, passage) for each in citations)
            found["cited"].count(right, "" if right else _shown(human.question, sentence, citations))
            yield sentence


def _twin(quote: str, passage: str) -> bool:
    """Whether the quote stands in the right passage too: some articles of the set are there twice."""
    return within(words(quote), words(passage))


def _count_wrong(wrong: Wrong, answer: Answer, row: Row, kept: set[tuple[str, str]]) -> None:
    passed = supported(wrong.changed.place(), answer)
    was = wrong.human.sentences[wrong.place]
    text, start, end = wrong.changed
    marked = f"{text[:start]}⟦{text[start:end]}⟧{text[end:]}\n  was: {was}"
    row.count(
        passed is not None, _shown(wrong.human.question, marked, passed or ()), kept=(wrong.human.id, was) in kept
    )


def _shown(question: str, text: str, citations: Sequence[Citation] = ()) -> str:
    return "\n".join([question, f"  {text}", *(f"    > {each.title}: {each.quote}" for each in citations)])


def _shown_lost(human: Human, sentence: str, answer: Answer) -> str:
    """A right sentence, and what became of it."""
    some = set(words(sentence))
    near = max(answer.sentences, key=lambda each: len(some & set(words(each.text))), default=None)
    if answer.status is Status.REFUSED or near is None:
        return _shown(human.question, f"{sentence}\n  {answer.status}: {worded(answer.reason)}")
    said = "" if words(near.text) == words(sentence) else f": {near.text}"
    citations = [each for each in answer.citations if each.mark in near.citations]
    became = f"{near.state}, {near.support:.2f}, {worded(near.reason)}{said}"
    return _shown(human.question, f"{sentence}\n  {became}", citations)


def _progress(line: str) -> None:
    sys.stderr.write(f"\r\x1b[K{line}" if sys.stderr.isatty() else f"{line}\n")
    sys.stderr.flush()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.perfect", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the measuring sets")
    parser.add_argument(
        "--n", type=int, default=150, help="questions, at most; a smaller number draws the first of these"
    )
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument(
        "--show", choices=[*new_rows(), "all"], action="append", default=[], help="print what is behind a row"
    )
    asked = parser.parse_args()
    found = new_rows()
    with suppress(KeyboardInterrupt):  # Ctrl-C prints what was counted so far
        count(asked.data, asked.n, asked.seed, found)
    head = ["what", "number", "share", "95 %", "goal", "of those kept when right"]
    sys.stdout.write(f"\n{table(head, (row.cells() for row in found.values()))}\n")
    for kind, row in found.items():
        if {kind, "all"} & set(asked.show):
            sys.stdout.write(f"\n## {kind}: {len(row.shown)}\n\n" + "".join(f"- {each}\n" for each in row.shown))


if __name__ == "__main__":
    main()
