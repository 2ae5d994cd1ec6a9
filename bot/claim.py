"""What a sentence claims: its terms, which of them are names and figures, what it denies and what it only plans."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import islice, pairwise

from bot.figures import Bound, Figure, figures
from bot.wording import light, same
from index.script import simplified
from index.words import CAPITAL, SAYING, acronyms, chinese_names, content_terms, tagged, terms

_REACH = 4  # content terms that a denial or a plan reaches, in its own clause
_DISPOSED = 40  # characters after 将, in which the thing and what is done to it stand
_CLAUSE = 200  # characters of a clause in which these stand
_BESIDE = 2  # terms on either side by which the place of a name or a figure is known...
_FAR = 40  # ...and among how many these are looked for

# One name for a war that is written in many ways, of which "I" alone would be no word to compare.
_WORLD_WAR = re.compile(
    r"\b(?:(?P<ordinal>First|1st|Second|2nd) World War(?! (?:II?|[12]|One|Two)\b)|"
    r"(?:WW|World War)[ -]?(?P<number>II?|[12]|One|Two)(?![,.]?\d))\b",
    re.IGNORECASE,
)
# Bodies, wars and banks that Chinese names in full or in short.
_IN_SHORT = {
    "世界卫生组织": "世卫组织",
    "世界贸易组织": "世贸组织",
    "北大西洋公约组织": "北约",
    "欧洲联盟": "欧盟",
    "第二次世界大战": "二战",
    "第一次世界大战": "一战",
    "美国联邦储备委员会": "美联储",
    "美国联邦储备系统": "美联储",
    "中国人民银行": "中国央行",
    "联合国安全理事会": "联合国安理会",
    "国际货币基金组织": "IMF",
    "东南亚国家联盟": "东盟",
    "石油输出国组织": "欧佩克",
}
_IN_FULL = re.compile("|".join(_IN_SHORT))
_HOW_MUCH = re.compile(r"有?多(?=[长高大远重深宽](?![\u4e00-\u9fff]))")  # "有多高？"
# Words of Chinese that English leaves to its function words: they count, deny, bound or point, and name nothing.
_POINTING = frozenset(
    "该 此 本 本次 这位 那位 这种 那种 这个 那个 这名 已 已经 曾 共 约 大约 大概 近 逾 超 超过 至少 不到 "
    "不足 达 余 名 位 没有 没 "
    "未 尚未 不 并未 并非 从未 未能 毫无 尚无 无人 由 亦 仍 均 至今 目前 左右 "
    "以上 以下 是否 能否 有没有 不是 不会 不能".split()
)
_NO_TERMS = SAYING | _POINTING
_HAN = re.compile(r"[\u4e00-\u9fff]")
_DENIAL = re.compile(
    r"\b(?:not(?! (?:only|just|merely)\b|[^.,;]{0,40}\buntil\b)|no longer|no(?! (?:fewer|less|more|later) than\b)|"
    r"never|neither|nor|none|nobody|nothing|without|cannot|unable to|(?:fail|refuse|decline)(?:s|d|ed)? to)\b|n['’]t\b|"
    r"不再|(?<!不得)不(?![仅过同久断少但止论管满得足到幸安错禁料明等愧妨惜息朽高低超多下]|得不)|不得(?!不)|"
    r"没有?(?![收落])|未(?![来婚知])|并非|绝非|无法|无[人一权罪需意证](?!例外)|毫无|[尚暂并从]无|拒绝|难以",
    re.IGNORECASE,
)
_PLAN = re.compile(
    r"\b(?:will|would|(?-i:may)|might|can|could|should|if|unless|whether|"
    r"(?:plan|promise|pledge|vow|expect|intend|hope|want|threaten|propose|consider|aim|agree|seek)"
    r"(?:s|d|ed|ned|ning|ing)? to|"
    r"(?:promise|pledge|vow|agree)(?:s|d|ed)? (?:at|by|during|in|last|on|this|under|with) [^.,;:]{1,60}? to(?= [a-z])|"
    r"(?:advise|ask|demand|invite|instruct|order|press|request|tell|told|urge)(?:s|d|ed)?(?: [^.,;:]{1,60}?)? to|"
    r"(?:is|are|was|were|be) (?:due |set |likely |about )?to)\b|"
    r"\b(?:of|without|against|(?:reason|plan|notice|hope|chance|proposal)s? for)(?= \w+ing\b)|"
    r"将(?![军领士来近])|(?<![的该此项])计划(?![的，。获被])|拟(?![人声])|可能|承诺|预计|考虑|如果|一旦|打算|准备|有望|即将|"
    r"试图|企图|力[图争]|争取|威胁|扬言|同意|面临|旨在|许诺|倘若|假如|就(?=[^，。；]{2,20}(?:谈判|磋商|协商|讨论))",
    re.IGNORECASE,
)
_DISOWNED = re.compile(
    r"\b(?:den(?:y|ies|ied|ying) (?:that|having|being|any|ever)|rul(?:e|es|ed|ing) out|(?:cleared|acquitted) of|"
    r"call(?:s|ed|ing)? off|"
    r"(?:reject|dismiss|den(?:y|ied)|refut)\w* (?:[\w-]+ )?(?:report|claim|allegation|rumour)s? (?:that|of)|"
    r"no (?:evidence|proof|sign|indication|suggestion|truth)(?: to suggest| in (?:the )?\w+)? that|"
    r"(?:wrongly|falsely|mistakenly) (?:believ|claim|report|assum|think|said|say|stat)\w*(?: that)?|"
    r"(?:myth|rumour) that)\b|"
    r"(?:没有|未|[并尚暂]无|缺乏|毫无)(?:发现|找到|看到|任何)?(?=[^，。；]{1,30}(?:证据|迹象|依据))",
    re.IGNORECASE,
)
# What only may be, was to be, was meant to be or is asked, and what once was.
_PERHAPS = re.compile(
    r"\b(?:(?:could|might|would|(?-i:may))\b(?! not\b)|(?<!, )whether(?! or not)\b|"
    r"(?:plan|promise|pledge|vow|intend|hope|want|threaten|propose|consider|aim|seek)(?:s|d|ed|ned|ning|ing)? to\b|"
    r"(?:was|were|supposed|meant|expected|likely) to\b|"
    r"(?:former(?:ly)?|one-?time|ex(?=-)|no longer|(?:was|were|held|had|led|ran|[a-z]+ed)(?=[^.;,]{1,60} until\b))\b)|"
    # what one used to do, and no tool that is used to do something
    r"(?:\A|[.;,] ?|\b(?:who|which|that|he|she|it|they|and|but) )"
    r"(?:(?!(?:is|are|was|were|be) )[\w’'-]+ ){0,4}?used to\b|(?<!不)可能|"
    r"(?<![的该此项])计划(?![的，。获被])|拟(?![人声])|考虑|打算|准备(?!金)|有望|试图|企图|力[图争]|争取|威胁(?!论)|扬言|同意|面临|"
    r"如果|一旦|倘若|假如|或将|预[计期]|就(?=[^，。；]{2,20}(?:谈判|磋商|协商|讨论))",
    re.IGNORECASE,
)
# What somebody only hopes for or demands.
_WISHED = re.compile(
    r"\b(?:(?:demand|insist|request|propose|recommend|ask|urg)\w*\b[^.;]{1,120}? be(?= \w+(?:ed|en|t)\b)|"
    r"(?:hope|wish|demand|fear|propose|request)(?:s|d|ed)? (?:[^.,;:]{0,30}? )?that|"
    r"(?:hope|fear)(?:s|d|ed)?(?= (?:the|an?|it|they|he|she|his|her|their|its)\b)|"
    r"call(?:s|ed|ing)? (?:up)?on [^.,;:]{1,60}? to)\b|"
    r"希望|要求|呼吁|敦促|请求|建议|主张",
    re.IGNORECASE,
)
_COMING = re.compile(r"\b(?:will|would|shall|(?:is|are) (?:going )?to)\b|将(?![军领士来近])", re.IGNORECASE)
# On what something hangs that will be.
_CONDITION = re.compile(
    r"\b(?:unless|provided that|on condition that|(?<!as )(?<!even )(?<!asked )(?<!know )(?<!see )if(?! any))\b|"
    r"(?:\A|[.;] )Should [^,.;?]+,|"
    r"如果|除非|一旦|倘若|假如|(?<![^，。；])若(?!干)",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:was|were|been|had|did|became|began|bought|broke|brought|built|came|caught|chose|drew|drove|fell|flew|fought|"
    r"found|gave|got|grew|held|kept|killed|knew|led|left|lost|made|meant|met|paid|ran|rose|sank|sent|shot|sold|spent|spoke|"
    r"stole|stood|struck|swore|took|taught|threw|went|withdrew|won|wrote|"
    r"(?-i:(?!need|exceed|proceed|succeed|hundred|speed)[a-z]\w+ed))\b|"
    # and no name: "United"
    r"(?<![为除])了(?!解)"
    r"|已(?!知)|曾(?!祖|孙)|(?<![超通经不])过(?![去程度渡敏滤境剩关分于半])",
    re.IGNORECASE,
)
_REPORT = re.compile(
    r"\b(?:(?:accuse|announce|argue|believe|declare|insist|state|warn)[sd]?|(?:call|claim|report|allege)(?:s|ed|d)?|"
    r"said|says|told|tells|wrote|writes|den(?:ies|ied)|according to|held that)\b|表示|称|说|认为|宣布|指责|否认",
    re.IGNORECASE,
)
_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being) (?:\w+ly )?\w+(?:ed|en|t|d|n|ght)\b[^.;]{0,40}? by\b|被|由")
_BORDER = re.compile(r"[;!?()—]|(?<!\d)[,:–]|[,:–](?!\d)| but | and | or |\.(?:\s|\Z)|[，；。：！？]")
_LISTING = frozenset(("and", "or"))
_OPENS = re.compile(r"(?:\A|[.!?:\"“]\s*)\Z")
# How something is done, between "not" and what is not done: "not generally given".
_HOW = re.compile(r"\s*\w{3,20}(?:ably|actly|ally|antly|arily|edly|ently|ibly|irely|ively|larly|ously|tely)\b")
# What somebody does not say is not thereby denied.
_UNSAID = re.compile(
    r"\s*(?:yet |ever |even )?(?:mention|say|said|tell|told|discuss|address|comment|explain|specify|know|describe|"
    r"report|confirm|announce|reveal|disclose|deny)(?:s|ed)?\b|提[到及]?|说|透露|证实|知道|解释|评论",
    re.IGNORECASE,
)
_CAPITAL = re.compile(rf"\W*{CAPITAL}")
_AFTER = re.compile(r" ?([a-z]+|[\u4e00-\u9fff]{1,12})")  # Chinese is segmented by what stands further on
_RUN = re.compile(rf"{CAPITAL}[\w’'-]+(?: {CAPITAL}[\w’'-]+)+")
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
        found = frozenset(term for done in _PAST.finditer(self.texts[0]) for term in content_terms(done[0]))
        return found.intersection(self.plain)

    @property
    def denies(self) -> bool:
        """Whether a word for a denial is said of anything but that somebody says something. Few texts are asked."""
        return any(
            not _UNSAID.match(text, _after(text, match.end()))
            for text in self.texts
            for match in _DENIAL.finditer(text)
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
    text = _IN_FULL.sub(lambda found: _IN_SHORT[found[0]], simplified(_WORLD_WAR.sub(_world_war, text)))
    text = _HOW_MUCH.sub("", text)
    text = _disposed(text) if "将" in text else text
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
        denied=_scope(_DENIAL, text),
        disowned=_scope(_DISOWNED, text),
        planned=_scope(_PLAN, text),
        perhaps=_scope(_PERHAPS, text),
        wished=_scope(_WISHED, text),
        coming=bool(_COMING.search(text)),
        conditional=bool(_CONDITION.search(text)),
        past=bool(_PAST.search(text)),
        reports=bool(_REPORT.search(text)),
        passive=bool(_PASSIVE.search(text)),
        beside=_beside(found),
        counted=tuple(_counted(text)),
        pairs=frozenset(pair for run in _RUN.findall(text) for pair in pairwise(content_terms(run))),
        peoples=tuple(_peoples(text)),
        owners=frozenset(pair for owned in _OWNED.findall(text) for pair in pairwise(content_terms(owned)[:2])),
        doers=frozenset(_doers(text, {term.text for term in own if term.sort.nominal})),
    )


def _world_war(found: re.Match[str]) -> str:
    first = (found["ordinal"] or found["number"]).lower() in ("first", "1st", "i", "1", "one")
    return f"World War {'WWI' if first else 'WWII'}"


def _disposed(text: str) -> str:
    """A text in Chinese with 把 for each 将 that stands for it, before a thing and what is done to that.

    >>> _disposed("央行将利率上调。"), _disposed("央行将上调利率。")
    ('央行把利率上调。', '央行将上调利率。')
    """
    place = -1
    while (place := text.find("将", place + 1)) >= 0:
        clause = _BORDER.split(text[place + 1 : place + _DISPOSED])[0]
        (thing, *rest) = [sort for _, sort in tagged(clause)] or [""]
        if thing[:1] in ("n", "r", "j", "m") and any(sort == "v" for sort in rest) and "vn" not in rest[:1]:
            text = f"{text[:place]}把{text[place + 1 :]}"
    return text


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
        clause = _terms(near[: border.start()] if border else near)
        after = [term.text for term in clause if term.text not in _NO_TERMS][:_REACH]
        heads.update(after[:1])
        if _HAN.search(match[0]):  # "plans next year to raise": the verb may stand behind when and where
            own = near[: border.start()] if border else near
            heads.update([word for word, sort in tagged(own) if sort == "v" and word in after][:1])
        reach.update(after)
    return Scope(frozenset(heads), frozenset(reach))


def _after(text: str, place: int) -> int:
    """The place, or the end of the word there that tells how something is done."""
    how = _HOW.match(text, place)
    return how.end() if how else place


@lru_cache(maxsize=4_096)
def _clauses(text: str) -> tuple[Clause, ...]:
    parts = _BORDER.split(text)
    terms_of = ((part, frozenset(term.text for term in _terms(part) if term.text not in _NO_TERMS)) for part in parts)
    return tuple(Clause(own, _scope(_DENIAL, part).reach & own) for part, own in terms_of if own)


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
