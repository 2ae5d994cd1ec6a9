"""How many, how large, how long, how old, in which year: whether words give the figure that was asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.claim import Sort, Term, read
from bot.figures import YEAR, counting
from bot.wording import NAME
from index.words import ORDINALS, WEEKDAY, content_terms


def _which(nouns: str) -> str:
    """What asks for one of them: "what price", "what was the price of", and no "what was the share issue"."""
    of = r"(?=\W*$| (?:of|for|in|per|at|on)\b)"
    return rf"\b(?:what|which) (?:(?:{nouns})\b|(?:is|was|are|were) the (?:{nouns})\b{of})"


def _looked_up(nouns: str) -> str:
    """What looks one of them up without asking, after two words at least that say of what: "bay ferry price"; and no
    "opportunity cost", "Vincent Price" or "theory of price"."""
    asks = (
        r"(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|did|do|does|has|have|can|will|list|explain|"
        r"define|describe|tell|about)\b"
    )
    return rf"\A\W*(?!{asks})(?:[\w'’.&-]+ ){{2,6}}(?<! of )(?<! the )(?-i:{nouns})\W*\Z"


_PRICE = rf"{_which('price|fee|salary')}|{_looked_up('price|cost|fee|salary')}"
_FIGURE_ASKED = re.compile(
    r"\bhow (?:(?P<many>(?P<number>many)(?P<of_it> of)?|much)|(?P<old>old)|"
    r"(?P<size>large|big|tall|high|far|deep|wide|heavy|fast))\b|"
    r"(?<!\w )\bhow (?P<long>long)\b(?! ago)|"
    rf"(?P<share>{_which('percentage|share|proportion|fraction')})|{_PRICE}|"
    rf"{_looked_up('population|revenue|profit|turnover|turnout|release date')}|"
    r"\b(?:what|which) (?P<age>age)(?= (?:is|was|are|were|did|do|does|can|must|should|may|will|would|had|has)\b)|"
    r"\b(?:what|which) (?:is|was|are|were) the (?P<people>population)\b|"
    r"\b(?:what|which) (?:year(?P<years>s)?|date|day|number|population)\b",
    re.IGNORECASE,
)
_DAY_ASKED = re.compile(r"\b(?:what|which) day\b", re.IGNORECASE)
_WEEKDAY = re.compile(rf"\b{WEEKDAY}s?\b")
# Of an animal, a plant or a beard, which has a length, and no duration.
_LENGTH_ASKED = re.compile(
    r"\bhow long (?:do|does|did|can|could|will|would) (?![^?]*\btakes?\b)[^?]*\b(?:get|grow)\W*\Z", re.IGNORECASE
)
_LENGTH = re.compile(
    r"\b(?:(?:kilo|centi|milli)?met(?:re|er)s?|[kcm]?m|feet|foot|ft|inch(?:es)?|yards?|miles?|long(?:er|est)?)\b|"
    r"\d['’\"”]",
    re.IGNORECASE,
)
_LASTS_ASKED = re.compile(
    r"\bhow long (?:did|does|do|will|would|has|had|have|can)\b[^?]* (?:take|last|stay)\b", re.IGNORECASE
)
_WEIGHT_ASKED = re.compile(r"\bhow (?:heavy\b|much (?:do|does|did) [^?]* weigh\b)", re.IGNORECASE)
_WEIGHT = re.compile(
    r"(?:\b|\d)(?:[km]?g|kilo\w*|grams?|tons?|tonnes?|lbs?|pounds?|ounces?|oz|stones?|carats?)\b|\bweigh", re.IGNORECASE
)
_WAY_ASKED = re.compile(r"\bhow far\b", re.IGNORECASE)
_WAY = re.compile(
    r"(?:\b|\d)(?:[kcm]?m|kilomet\w+|met(?:re|er)s?|miles?|mi|feet|foot|ft|yards?|inch(?:es)?|leagues?|light|blocks?|degrees?|"
    r"(?<!an )hours?|minutes?|days?|walk\w*|dr[io]ve|steps?|stops?|parsecs?|au|astronomical|nautical|"
    r"halfway|way)\b|%|per ?cent",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"%|\bper ?cent|\bpercent|\bout of\b|\b(?:in|of) (?:every )?(?:\d|two|three|four|five|six|seven|eight|nine|ten)|"
    r"\d[ -]?(?:in|to|/)[ -]?\d|\b(?:share|portion|proportion|fraction|ratio|rate)|\d/\d",
    re.IGNORECASE,
)
_COUNT = r"(?:\d[\d.,]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty)"
_MEASURE = (
    r"(?:second|minute|hour|day|week|month|year|decade|(?:kilo)?met(?:re|er)|mile|tonne|kilogram|hectare|acre|inche?)s?"
)
_MEASURED = re.compile(rf"\b{_COUNT}[ -](?:{_MEASURE}|km|kg|feet|centur(?:y|ies))\b", re.IGNORECASE)
_MEASURE_ASKED = re.compile(rf"\bhow many (?:[\w-]+ ){{0,4}}(?:{_MEASURE}|km|kg|feet|centuries)\b", re.IGNORECASE)
# What other words than those of the question say after a length.
_WAYS = {"tall": "long|wide|across|deep", "wide": "long|high|tall|deep", "deep": "long|wide|high|tall|across"}
_WAYS["high"] = _WAYS["tall"]
_MONEY_ASKED = re.compile(rf"{_PRICE}|\bhow much (?:money\b|[^?]{{0,90}}\b(?:costs?|pays?|paid)\b)", re.IGNORECASE)
_MONEY = re.compile(
    r"[$€£¥₹]|\b(?:dollar|euro|pound|cent|yuan|renminbi|yen|rupee|rou?ble|franc|mark|peso|crown|krone|krona|zloty|lira|"
    r"shilling|livre|ducat|guilder|florin|peseta|dinar|dirham|riyal|shekel|rand|baht)s?\b|"
    r"\b(?:pence|free|nothing|USD|EUR|GBP|per ?cent|(?:m|b|tr)illion)\b|%",
    re.IGNORECASE,
)
_A_SUM = re.compile(r"[$€£¥₹] ?\d[\d.,]*(?: ?(?:thousand|(?:m|b|tr)illion|m|bn)\b)?")
_OF_MONEY = re.compile(
    r"\bhow many (?:\w+ ){0,2}(?:dollar|euro|pound|cent|yuan|yen|rupee|rou?ble|franc|(?:m|b|tr)illion)",
    re.IGNORECASE,
)
# Sums that are not each other.
_REVENUE, _PROFIT = r"(?:revenues?|turnover)", r"(?:profits?|(?:net|operating) income|earnings)"
_SUM = rf"(?:{_REVENUE}|{_PROFIT})"
_SUM_ASKED = re.compile(
    rf"\bhow much (?:\w+ )?({_SUM})\b|\bwhat (?:is|was|were) (?:[^?]{{1,40}} )?({_SUM})\b|"
    rf"\A[^?]* ({_SUM})\b(?: (?:for|in|q[1-4]|\d)[^?]*)?\W*\Z",
    re.IGNORECASE,
)
# What a figure counts that is no money.
_NO_MONEY = re.compile(
    r"[ -]?(?:square )?(?:acres?|hectares?|km|kilomet\w+|miles?|met(?:re|er)s?|m|feet|people|persons|years?|months?|"
    r"weeks?|days?|hours?|minutes?|[ap]\.?m|tonnes?|tons?|kg|kilograms?)\b",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"\b(?:since|until|till|from .+ to|between .+ and|as long as|always|never|forever|permanent\w*|indefinite\w*|"
    r"life(?:time|long)?|through\w*|brief\w*|still|ever|centur(?:y|ies)|feet|foot|(?:second|minute|hour|day|"
    r"(?:fort|over)?night|week|month|year|decade|season|term|summer|winter|generation|page|(?:kilo)?met(?:re|er)|mile)s?)"
    r"\b|\d ?[–-] ?\d",
    re.IGNORECASE,
)
_ERA = re.compile(
    r"\b(?:since|until|till|(?:\d+|[a-z]+teen)th[- ]centur(?:y|ies)|\d{3,4}s)\b|\d ?[–-] ?\d", re.IGNORECASE
)
_FAR_ASKED = re.compile(r"\bhow (?:far|many (?:\w+ )?(?:miles|kilomet\w+|met(?:re|er)s|leagues))\b", re.IGNORECASE)
_DISTANCE = re.compile(  # from something else, which is no size
    r"\d[\d.,]* ?(?:km|kilomet(?:re|er)s?|mi|miles?|m|met(?:re|er)s?|leagues)\b(?: \([^()]*\))? "
    r"(?:(?:north|south|east|west)[\w-]*|from|away|off|outside|up|down)\b",
    re.IGNORECASE,
)
_AGE = re.compile(
    r"\b(?:aged?|born|old|built|found\w*|establish\w*|since|dat(?:e|es|ing)|(?:is|was|turn(?:s|ed)) \d{1,3}|"
    r"(?:year|centur|decade)\w*|"
    r"(?:at|over|under|before) (?:\d{1,3}|[a-z]+teen|six|seven|eight|nine|ten|eleven|twelve)\b(?! ?(?:[%:]|per\b))|"
    r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)[ -](?:month|week|day)s?)\b",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"\W*(?:(?:about|around|almost|nearly|over|only|just) )?\d{1,3}(?:[.,]\d+)?\W*"
)  # a number, and no more
_OLD = re.compile(rf"\b\d+[ -]years?[ -]old (?:[a-z-]+ ){{0,3}}(?P<who>{NAME})")
# Of a country or a town, which is less than all of it.
_PART = (
    r"(?:[Nn]orth|[Ss]outh|[Ee]ast|[Ww]est|[Cc]ent(?:er|re)|[Oo]utskirts|[Ss]uburbs|[Pp]arts?|[Hh]alf|[Aa]reas?) "
    r"(?:of )?|"
    r"(?:[Nn]orthern|[Ss]outhern|[Ee]astern|[Ww]estern|[Nn]orth-?\w+|[Ss]outh-?\w+|[Cc]entral|[Rr]ural|[Uu]rban|"
    r"[Uu]pper|[Ll]ower|[Ii]nner|[Oo]uter) "
)
_INSTALMENT = (
    rf"(?:{'|'.join(ORDINALS[:10])}|final|last|latest|opening|\d+(?:st|nd|rd|th)) "
    r"(?:season|series|volume|part|half|round|leg|phase|quarter) of (?:[\w’'-]+ ){0,5}[\"“‘']?"
)
_SOME = re.compile(
    r"\b(?:an?(?! (?:estimated|approximate|average|overall|combined|total|population|number|area|rate|further)\b)|"
    r"one|no|none|no ?one|nobody|nothing|free|little|all|every|half|both|several|many|most|few|fewer|"
    r"majority|minority|dozens?|"
    r"hundreds|thousands|millions|billions|single|once|twice|pair|couple|\w+fold|doubl\w+|tripl\w+|"
    r"(?:third|quarter|fifth|sixth|seventh|eighth|ninth|tenth)s?)\b",
    re.IGNORECASE,
)


_SAY_THE_SAME = (
    frozenset(("no", "none", "no one", "nobody", "nothing", "not", "never")),
    frozenset(("one", "once", "only", "single", "sole")),
    frozenset(("two", "both", "twice")),
)


def figure_given(words: str, new: Sequence[Term], question: str) -> bool | None:
    """Whether an answer has the figure that was asked for, or a word that tells as much, among the `new` terms, which
    the question has not; None where it asks for none.

    >>> def given(words: str, question: str) -> bool | None:
    ...     return figure_given(words, read(words).terms, question)
    >>> given("It has 30 acres.", "How large is it?"), given("It lies in the north.", "How large is it?")
    (True, False)
    >>> given("It came out in 2017.", "How long is it?"), given("It ran for weeks.", "How long did it run?")
    (False, True)
    >>> given("She lost to the 22-year-old Ben.", "How old is Ann?"), given("Born in 1969.", "How old is Ann?")
    (False, True)
    >>> given("It has 30 acres.", "What price did it fetch?"), given("It fetched £30.", "What price did it fetch?")
    (False, True)
    >>> given("They get 30 years old.", "How long do pikes get?"), given("An estimated people.", "How many are there?")
    (False, False)
    >>> given("It took $30 million.", "How many boats has it?"), given("It sails on 4 May.", "bay ferry price")
    (False, False)
    """
    asked = _FIGURE_ASKED.search(question)
    if not asked:
        return None
    if _LENGTH_ASKED.search(question) and not _LENGTH.search(words):
        return False
    if _LASTS_ASKED.search(question) and _LENGTH.search(words) and not _SPAN.search(_LENGTH.sub("", words)):
        return False
    if (asked["many"] and _SOME.search(words)) or (asked["long"] and _SPAN.search(words)):
        return True
    if asked["share"] and _SOME.search(words):
        return True
    if _DAY_ASKED.search(question) and _WEEKDAY.search(words):
        return True
    if _MONEY_ASKED.search(question) and not _priced(words):
        return False
    if asked["share"] and not (_SHARE.search(words) or _BARE.fullmatch(words)):
        return False
    if _of_another_measure(words, question) and not _BARE.fullmatch(words):
        return False
    if (
        (asked["old"] or asked["age"])
        and not _BARE.fullmatch(words)
        and (not _AGE.search(words) or _of_another_age(words, question))
    ):
        return False
    known = [term for term in new if term.sort.numeric]
    if asked["years"] and not _ERA.search(words):
        known = [term for term in known if term.sort is Sort.YEAR][1:]  # two of them at least
    if asked["many"] or asked["size"] or asked["long"]:
        sums = asked["number"] and not _OF_MONEY.search(question)
        told = _A_SUM.sub("", words) if sums else words
        told = _of_one_measure(told, asked["size"] or "")
        if asked["number"] and not _MEASURE_ASKED.search(question):
            told = _MEASURED.sub("", told)
        sized = told if _FAR_ASKED.search(question) else _DISTANCE.sub("", told)
        counts = {term for figure in counting(sized) for term in figure.terms}
        known = [term for term in known if term.text in counts]
    if asked["people"] or (asked["number"] and not asked["of_it"]):
        known = [term for term in known if term.sort is not Sort.PERCENT]
    return bool(known)


def _of_another_measure(words: str, question: str) -> bool:
    """Whether a weight or a way was asked for, and words have nothing that measures one."""
    return any(
        asked.search(question) and not told.search(words)
        for asked, told in ((_WEIGHT_ASKED, _WEIGHT), (_WAY_ASKED, _WAY))
    )


def _of_one_measure(told: str, asked: str) -> str:
    """What is told without the figures that measure another way than the one asked for: how long a tall one is.

    >>> _of_one_measure("It is 20 m long and 8 m high.", "high")
    'It is and 8 m high.'
    """
    others = _WAYS.get(asked.lower())
    if not others:
        return told
    length = rf" (?:[kc]?m|feet|ft|(?:kilo)?met(?:re|er)s?|miles?)(?: \([^()]{{1,40}}\))? (?:{others})\b"
    return re.sub(rf" ?\b{_COUNT}(?:{length}|[ -](?:kg|tonnes?|tons?|lbs?)\b)", "", told, flags=re.IGNORECASE)


def asks_a_figure(question: str) -> bool:
    """Whether a figure is asked for, also without a word that asks: "vellmar ferry net income 2023".

    >>> asks_a_figure("How old is it?"), asks_a_figure("vellmar ferry net income 2023"), asks_a_figure("Who left?")
    (True, True, False)
    """
    return bool(_FIGURE_ASKED.search(question) or _SUM_ASKED.search(question))


def _priced(words: str) -> bool:
    """Whether words may tell a price: in money, or in a figure that counts nothing else."""
    sums = (each for each in counting(words) if not re.fullmatch(YEAR, words[each.start : each.end]))
    return bool(_MONEY.search(words)) or any(not _NO_MONEY.match(words, each.end) for each in sums)


def of_another_sum(question: str, quotes: Sequence[str]) -> bool:
    """Whether revenue was asked for, and the quotes only tell of sums that are profit, or the other way round.

    >>> of_another_sum("How much revenue did it make?", ["It made $394 million in operating income."])
    True
    >>> of_another_sum("How much revenue did it make?", ["It made $394 million."])
    False
    """
    asked = _SUM_ASKED.search(question)
    if not asked:
        return False
    noun = next(filter(None, asked.groups()))
    revenue, profit = (re.compile(rf"\b{words}\b", re.IGNORECASE) for words in (_REVENUE, _PROFIT))
    own, other = (revenue, profit) if revenue.fullmatch(noun) else (profit, revenue)
    told = [quote for quote in quotes if _A_SUM.search(quote)]
    return bool(told) and all(map(other.search, told)) and not any(map(own.search, quotes))


def _how_many(question: str) -> re.Match[str] | None:
    """Where it asks how many or how much."""
    asked = _FIGURE_ASKED.search(question)
    return asked if asked and asked["many"] else None


def estimates(words: str, question: str, quotes: Sequence[str]) -> bool:
    """Whether it was asked how many, and the answer only says so in a word such as "several", which no quote has."""
    if not _how_many(question) or counting(words):
        return False
    said = {found[0].lower() for found in _SOME.finditer(words)} - {"a", "an"}
    said |= {other for alike in _SAY_THE_SAME if said & alike for other in alike}
    return bool(said) and not any(re.search(rf"\b{word}\b", quote, re.IGNORECASE) for word in said for quote in quotes)


def _of_another_age(words: str, question: str) -> bool:
    """Whether each age that stands before a name is that of another one than the question names."""
    old = read(question).vocabulary
    whose = [content_terms(found["who"]) for found in _OLD.finditer(words)]
    return bool(whose) and all(old.isdisjoint(name) for name in whose)


def counts_a_part(question: str, quotes: Sequence[str]) -> bool:
    """Whether it was asked how many there are of something, and the quotes count it only in a part of what a name of
    the question stands for: as many live in the north of that country.

    >>> counts_a_part("How many people live in Northland?", ["In eastern Northland 40 million people live in caves."])
    True
    >>> counts_a_part("How many people live in eastern Northland?", ["In eastern Northland 40 million people live."])
    False
    >>> counts_a_part("How many episodes did “Tide” have?", ["The fourth season of the series “Tide” had 13 episodes."])
    True
    """
    asked = _how_many(question)
    return asked is not None and tells_of_a_part(question, re.findall(NAME, question[asked.end() :]), quotes)


def tells_of_a_part(question: str, names: Iterable[str], quotes: Sequence[str]) -> bool:
    """Whether the quotes tell of no more than a part of what one of the names stands for, and the question does not ask
    for that part."""
    for name in names:
        whole, part = (
            rf"\b{before}{re.escape(name)}\b" for before in ("", f"(?:(?:{_PART})(?:the )?|(?i:{_INSTALMENT}))")
        )
        told = [quote for quote in quotes if re.search(whole, quote)] if not re.search(part, question) else []
        if told and all(len(re.findall(part, quote)) == len(re.findall(whole, quote)) for quote in told):
            return True
    return False
