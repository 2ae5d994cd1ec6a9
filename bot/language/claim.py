"""What a sentence claims: its terms, which of them are names and figures, what it denies and what it only plans."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import islice, pairwise

from bot.language.figures import Bound, Figure, figures
from bot.language.modality import (
    COMING,
    CONDITION,
    DENIAL,
    DISOWNED,
    PASSIVE,
    PAST,
    PERHAPS,
    PLAN,
    REPORT,
    UNSAID,
    WISHED,
)
from bot.language.normalise import normalised
from bot.language.wording import light, same
from index.script import HAN
from index.words import (
    CAPITAL,
    FUNCTION_WORDS,
    MONTHS,
    SAYING,
    acronyms,
    chinese_names,
    content_terms,
    tagged,
    terms,
)

_REACH = 4  # content terms that a denial or a plan reaches, in its own clause
_CLAUSE = 200  # characters of a clause in which these stand
_BESIDE = 2  # terms on either side by which the place of a name or a figure is known...
_FAR = 40  # ...and among how many these are looked for

# Words of Chinese that English leaves to its function words: they count, deny, bound or point, and name nothing.
_POINTING = frozenset(
    "该 此 本 本次 这位 那位 这种 那种 这个 那个 这名 已 已经 曾 共 约 大约 大概 近 逾 超 超过 至少 不到 "
    "不足 达 余 名 位 没有 没 "
    "未 尚未 不 并未 并非 从未 未能 毫无 尚无 无人 由 亦 仍 均 至今 目前 左右 "
    "以上 以下 是否 能否 有没有 不是 不会 不能".split()
)
_NO_TERMS = SAYING | _POINTING
# Of a plan with one of these, what is undergone is planned too, if it is not said besides: "They could face a fine."
_UNDERGOES = frozenset(terms("face impose incur receive risk suffer"))
_BORDER = re.compile(r"[;!?()—]|(?<!\d)[,:–]|[,:–](?!\d)| but | and | or |\.(?:\s|\Z)|[，；。：！？]")
_LISTING = frozenset(("and", "or"))
_OPENS = re.compile(r"(?:\A|[.!?:\"“]\s*)\Z")
# How something is done, between "not" and what is not done: "not generally given".
_HOW = re.compile(r"\s*\w{3,20}(?:ably|actly|ally|antly|arily|edly|ently|ibly|irely|ively|larly|ously|tely)\b")
_CAPITAL = re.compile(rf"\W*{CAPITAL}")
_AFTER = re.compile(r" ?([a-z]+|[\u4e00-\u9fff]{1,12})")  # Chinese is segmented by what stands further on
_RUN = re.compile(rf"{CAPITAL}[\w’'-]+(?: {CAPITAL}[\w’'-]+)+")
# "Article 34"; and no "May 4", "Since 2001", "About 34", "Some 34 million".
_NOT_NUMBERED = "|".join((*MONTHS, *FUNCTION_WORDS, "about", "some", "nearly", "over", "almost", "around"))
_NUMBERED = re.compile(
    rf"(?<![\w.])(?!(?i:{_NOT_NUMBERED})\b){CAPITAL}[\w’'-]+ (?!1\d{{3}}|20\d\d)(\d{{1,4}})\b"
    r"(?![.,:/-]?\d| ?%| (?:per|million|billion|thousand))"
)
_OWNED = re.compile(r"\b[^\W\d_]+(?:['’]s|s['’]) [^\W\d_]+")
_OF_A_PEOPLE = re.compile(rf"\b({CAPITAL}[a-z]+(?:an|ese|ish|ch|i|se)) ([a-z]+)")
_OWNER = re.compile(r"['’]s?\Z")
# Names, more of them in a list or with where they are from, and the word or two after them: "China and Russia signed",
# "Chinese troops crossed", "King Olaf of Norway won". Where something is does nothing: "the embassy in Oslo opened".
_DOERS = re.compile(
    rf"(?<!\b[Ii]n )(?<!\b[Aa]t )(?P<names>\b{CAPITAL}[\w’'-]*"
    rf"(?:(?:,? (?:and |or |of |from )?(?:the )?){CAPITAL}[\w’'-]*){{0,9}})"
    r"(?P<deed>(?: [a-z-]+){1,2})\b"
)
_COMMON = re.compile(  # how words end that are names of nobody
    r"(?:ing|ed|ly|s|tion|sion|ment|ness|ity|[ae]ncy|[ae]nce|ary|ous|al|ive|ic|ism|[ai]ble|ful|less)\Z"
)


class Sort(StrEnum):
    """What a term is; the two that tell apart are names and figures."""

    WORD = "word"
    LIGHT = "light"  # a word that says little
    OPENING = "opening"  # a word with the capital of a sentence's beginning: it may be a name
    NAME = "name"
    ACRONYM = "acronym"  # of three letters or more; "US" is a name
    NUMBER = "number"
    PERCENT = "percent"
    YEAR = "year"
    MONTH = "month"
    DAY = "day"  # of a month

    @property
    def numeric(self) -> bool:
        return self in _NUMERIC

    @property
    def temporal(self) -> bool:
        """Whether it says when."""
        return self in _TEMPORAL

    @property
    def nominal(self) -> bool:
        return self in _NOMINAL


_TEMPORAL = frozenset({Sort.YEAR, Sort.MONTH, Sort.DAY})
_NUMERIC = _TEMPORAL | {Sort.NUMBER, Sort.PERCENT}
_NOMINAL = frozenset({Sort.NAME, Sort.ACRONYM, Sort.OPENING})


@dataclass(frozen=True, slots=True)
class Term:
    """A stemmed word or a figure in its normal form."""

    text: str
    sort: Sort
    bound: Bound | None = None


Beside = tuple[frozenset[str], frozenset[str]]  # the terms before and those after


@dataclass(frozen=True, slots=True)
class Scope:
    """What the words for a denial, or for a plan, are said of."""

    heads: frozenset[str]  # the terms right after them
    reach: frozenset[str]  # those and the next ones of their clause

    def joined(self, other: Scope) -> Scope:
        return Scope(self.heads | other.heads, self.reach | other.reach)


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence between two marks or "and", "or", "but"."""

    terms: frozenset[str]
    denied: frozenset[str]  # those of them that a word for a denial is said of


@dataclass(frozen=True, slots=True)
class Claim:
    """A text as it was read. Words that only say that something is said are left out of its terms."""

    terms: tuple[Term, ...]  # each once, in order
    vocabulary: frozenset[str]  # what it can carry: its terms, the months of its days, the acronyms it spells out
    order: tuple[str, ...]  # all of its words but "and" and "or"; none where it was put together of two texts
    words: frozenset[str]  # all of its words, function words too
    spelled: Mapping[str, tuple[str, ...]]  # the acronyms of its names
    texts: tuple[str, ...]  # as it was read: two where it was put together of two
    denied: Scope
    disowned: Scope  # what somebody denies, gives up or is cleared of
    planned: Scope  # what will be, may be, or is promised
    perhaps: Scope  # what only may be, or once was
    wished: Scope  # what is only hoped for or demanded
    coming: bool  # whether it tells what will be
    conditional: bool  # whether it names a condition
    past: bool  # whether anything in it is said to have been
    reports: bool  # whether it tells what somebody says
    passive: bool  # whether it says by whom something is done
    beside: Mapping[str, Beside]  # each name and each figure with the terms nearest to it
    counted: tuple[tuple[str, str], ...]  # numbers with the plain word right after each
    pairs: frozenset[tuple[str, str]]  # names that stand side by side
    owners: frozenset[tuple[str, str]]  # whose, and the word after that: "Triton's daughters"
    peoples: tuple[tuple[str, str], ...]  # each country with the word after its people's name: "Chinese soldiers"
    doers: frozenset[tuple[str, str]]  # a name with each of the two words after it: what it may be that it does

    @property
    def plain(self) -> list[str]:
        """Its words that are no names or figures, and do not say little."""
        return [term.text for term in self.terms if term.sort is Sort.WORD]

    @property
    def names(self) -> frozenset[str]:
        """Those of its terms that are names, or may be."""
        return frozenset(term.text for term in self.terms if term.sort.nominal)

    @property
    def days(self) -> frozenset[str]:
        """Those of its terms that say when, and the months of its days."""
        when = frozenset(term.text for term in self.terms if term.sort.temporal)
        return when | {month_of(day) for day in when if "-" in day}

    @property
    def deeds(self) -> frozenset[str]:
        """Those of its plain words by which it tells that something was done."""
        found = frozenset(term for done in PAST.finditer(self.texts[0]) for term in content_terms(done[0]))
        return found.intersection(self.plain)

    @property
    def denies(self) -> bool:
        """Whether a word for a denial is said of anything but that somebody says something. Few texts are asked."""
        return any(
            not UNSAID.match(text, _after(text, match.end())) for text in self.texts for match in DENIAL.finditer(text)
        )

    @property
    def clauses(self) -> Iterator[Clause]:
        """Those that have any terms. They are read when they are asked for: few texts deny anything."""
        return (clause for text in self.texts for clause in _clauses(text))


@lru_cache(maxsize=16_384)
def read(text: str) -> Claim:
    """What `text` claims.

    >>> claim = read("The council did not sell 200 boats to Westport.")
    >>> [(term.text, str(term.sort)) for term in claim.terms]
    [('council', 'word'), ('sell', 'word'), ('200', 'number'), ('boat', 'word'), ('westport', 'name')]
    >>> sorted(claim.denied.heads), sorted(claim.denied.reach)
    (['sell'], ['200', 'boat', 'sell', 'westport'])
    """
    text = normalised(text)
    found = [term for term in _terms(text) if term.text not in _NO_TERMS]
    once = {term.text: term for term in reversed(found)}
    own = tuple(once[name] for name in dict.fromkeys(term.text for term in found))
    months = {month_of(term.text) for term in own if term.sort is Sort.DAY}
    spelled, words = acronyms(text), terms(text)
    return Claim(
        terms=own,
        vocabulary=frozenset(once) | months | set(spelled),
        order=tuple(word for word in words if word not in _LISTING),
        words=frozenset(words),
        spelled=spelled,
        texts=(text,),
        denied=_scope(DENIAL, text),
        disowned=_scope(DISOWNED, text),
        planned=_scope(PLAN, text),
        perhaps=_scope(PERHAPS, text),
        wished=_scope(WISHED, text),
        coming=bool(COMING.search(text)),
        conditional=bool(CONDITION.search(text)),
        past=bool(PAST.search(text)),
        reports=bool(REPORT.search(text)),
        passive=bool(PASSIVE.search(text)),
        beside=_beside(found),
        counted=tuple(_counted(text)),
        pairs=frozenset(pair for run in _RUN.findall(text) for pair in pairwise(content_terms(run))),
        peoples=tuple(_peoples(text)),
        owners=frozenset(pair for owned in _OWNED.findall(text) for pair in pairwise(content_terms(owned)[:2])),
        doers=frozenset(_doers(text, {term.text for term in own if term.sort.nominal})),
    )


def together(answer: Claim, question: Claim) -> Claim:
    """What a short answer claims: what it says of what was asked, whose words count as light ones beside its own."""
    if not answer.terms:
        return question
    own = {term.text for term in answer.terms}
    asked = [
        term if term.sort.numeric or term.sort in (Sort.NAME, Sort.ACRONYM) else Term(term.text, Sort.LIGHT)
        for term in question.terms
        if term.text not in own
    ]
    return replace(
        answer,
        terms=(*answer.terms, *asked),
        vocabulary=answer.vocabulary | question.vocabulary,
        order=answer.order,
        words=answer.words | question.words,
        spelled={**question.spelled, **answer.spelled},
        texts=(*answer.texts, *question.texts),
        denied=answer.denied.joined(question.denied),
        planned=answer.planned.joined(question.planned),
        past=answer.past or question.past,
    )


def numbered(text: str) -> frozenset[str]:
    """The numbers that are part of a name: a sentence may leave them to the one before it, as it does with names.

    >>> sorted(numbered("In May 2004 Article 34 and Apollo 11 cost 80 million, and in Vellmar 7 died."))
    ['11', '34', '7']
    """
    found = (match[1] for match in _NUMBERED.finditer(normalised(text)))
    return frozenset(term for number in found for term in content_terms(number))


def month_of(day: str) -> str:
    """
    >>> month_of("7-15")
    '7-'
    """
    return day.partition("-")[0] + "-"


def _terms(text: str) -> Iterator[Term]:
    place = 0
    names = chinese_names(text)
    for figure in figures(text):
        yield from _words(text, place, figure.start, names)
        yield from (Term(term, _sort_of(term, figure), figure.bound) for term in figure.terms)
        place = figure.end
    yield from _words(text, place, len(text), names)


def _counted(text: str) -> Iterator[tuple[str, str]]:
    for figure in figures(text):
        after = None if text[: figure.start].endswith(("-", "–")) else _AFTER.match(text, figure.end)
        words = content_terms(after[1])[:1] if after else []
        numbers = [term for term in figure.terms if _sort_of(term, figure) is Sort.NUMBER]
        yield from ((number, word) for number in numbers for word in words if word not in light())


def _peoples(text: str) -> Iterator[tuple[str, str]]:
    for found in _OF_A_PEOPLE.finditer(text):
        name, thing = (content_terms(each)[:1] for each in found.groups())
        if name and thing and same(name[0]):
            yield min(name[0], *same(name[0])), thing[0]


def _doers(text: str, names: set[str]) -> Iterator[tuple[str, str]]:
    for found in _DOERS.finditer(text):
        deeds = [term for term in content_terms(found["deed"]) if term not in light()]
        yield from ((name, deed) for name in names.intersection(content_terms(found["names"])) for deed in deeds)


def _sort_of(term: str, figure: Figure) -> Sort:
    if figure.percent:
        return Sort.PERCENT
    if "-" in term:
        return Sort.MONTH if term.endswith("-") else Sort.DAY
    plain = figure.bound is None and not figure.no_year
    year = figure.value is None or (term.isdigit() and 1000 <= int(term) <= 2100 and plain)
    return Sort.YEAR if year else Sort.NUMBER


def _words(text: str, start: int, end: int, names: frozenset[str]) -> Iterator[Term]:
    for found in re.finditer(r"\S+", text[start:end]):
        word, place = found[0], start + found.start()
        for term in content_terms(word):
            yield Term(term, Sort.NAME if term in names else _sort_of_word(word, term, text, place))


def _sort_of_word(word: str, term: str, text: str, place: int) -> Sort:
    if not _CAPITAL.match(word):
        return Sort.LIGHT if term in light() else Sort.WORD
    bare = word.strip("().,:;\"'“”‘’")
    if bare.isupper() and len(bare) > 1:
        return Sort.ACRONYM if len(bare) > 2 else Sort.NAME
    if not _OPENS.search(text[max(0, place - 4) : place]):
        return Sort.NAME
    owner = _OWNER.sub("", bare)
    if term in light() or (owner == bare and _COMMON.search(bare)):
        return Sort.WORD
    before_a_name = re.match(rf"\s+{CAPITAL}", text[place + len(word) : place + len(word) + 3])
    return Sort.NAME if before_a_name else Sort.OPENING


def _scope(pattern: re.Pattern[str], text: str) -> Scope:
    """What the places that the pattern finds are said of."""
    heads, reach = set[str](), set[str]()
    for match in pattern.finditer(text):
        start = _after(text, match.end())
        near = text[start : start + _CLAUSE]
        border = _BORDER.search(near)
        after, verb = _reached(near[: border.start()] if border else near)
        heads.update(after[:1])
        if len(after) > 1 and after[0] in _UNDERGOES and _said_once(after[1], text):
            heads.add(after[1])
        if HAN.search(match[0]):  # "plans next year to raise": the verb may stand behind when and where
            heads.update(verb)
        reach.update(after)
    return Scope(frozenset(heads), frozenset(reach))


def _said_once(term: str, text: str) -> bool:
    """Whether a text has a term once, but for names: that of a law has what it is about."""
    return content_terms(" ".join(word for word in text.split() if not word[0].isupper())).count(term) == 1


@lru_cache(maxsize=4_096)  # a word may be one for a plan and for what only may be
def _reached(clause: str) -> tuple[list[str], list[str]]:
    """The first content terms of a clause, and which of them is its first verb in Chinese."""
    after = [term.text for term in _terms(clause) if term.text not in _NO_TERMS][:_REACH]
    verbs = (word for word, sort in tagged(clause) if sort == "v" and word in after) if HAN.search(clause) else ()
    return after, list(verbs)[:1]


def _after(text: str, place: int) -> int:
    """The place, or the end of the word there that tells how something is done."""
    how = _HOW.match(text, place)
    return how.end() if how else place


@lru_cache(maxsize=4_096)
def _clauses(text: str) -> tuple[Clause, ...]:
    parts = _BORDER.split(text)
    terms_of = ((part, frozenset(term.text for term in _terms(part) if term.text not in _NO_TERMS)) for part in parts)
    return tuple(Clause(own, _scope(DENIAL, part).reach & own) for part, own in terms_of if own)


def _beside(found: Sequence[Term]) -> dict[str, Beside]:
    """For each name the nearest words on either side, for each figure the nearest words and names."""
    beside: dict[str, Beside] = {}
    for place, term in enumerate(found):
        if not (term.sort.nominal or term.sort.numeric):
            continue
        apart = _NUMERIC | _NOMINAL if term.sort.nominal else _NUMERIC
        before, after = (
            frozenset(islice((found[at].text for at in side if found[at].sort not in apart), _BESIDE))
            for side in (range(place - 1, max(-1, place - _FAR), -1), range(place + 1, min(len(found), place + _FAR)))
        )
        earlier = beside.get(term.text, (frozenset(), frozenset()))
        beside[term.text] = (earlier[0] | before, earlier[1] | after)
    return beside
