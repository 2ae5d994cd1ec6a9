"""English sentences to questions: who did what, when, how many, why, where, and who said so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.inquire.verbs import ALONE, BASES, FINITE, HELPERS, SAID, participle
from index.words import CAPITAL, MONTHS, WEEKDAY

_LONGEST = 18  # words of a question

_MONTH = f"(?:{'|'.join(MONTHS)})"
_DATE = (
    rf"(?:on (?:\d{{1,2}} {_MONTH} \d{{4}}|{_MONTH} \d{{1,2}}, \d{{4}})|in (?:{_MONTH} )?(?:19|20)\d\d)"
    r"(?![-–\d])(?! (?:and|to|or)\b)"
)
_AFTER_NAMES = frozenset(
    (*FINITE, *"and or to for in on at by from with of as had that because if but over during".split())
)
_LED = re.compile(rf"^{_DATE},? ", re.IGNORECASE)
_DATED = re.compile(rf" ?\b{_DATE}")
_NAME = (
    rf"(?:{CAPITAL}[\w’'&-]*|[0-9]+[A-Z]\w*)"
    rf"(?: (?:(?:of|for|and) (?:the )?)?(?:{CAPITAL}[\w’'&-]*|[0-9]+[A-Z]?\w*))*"
)
_NAMES = re.compile(rf"(?<![\w’'])(?:the )?(?P<name>{_NAME})")
_ROLE = (
    r"(?:minister|secretary|president|director|spokes(?:man|woman|person)|ambassador|mayor|chief|chair(?:man|woman)?|"
    r"founder|author|analyst|professor|researcher|economist|lawyer|attorney|judge|senator|governor|coach|CEO|"
    r"executive|leader|head|commissioner|adviser|officer|general|editor|scientist|chancellor|king|queen|prince|"
    r"princess|singer|actor|actress|writer|journalist|physicist|engineer|historian|captain|fellow)"
)
_INTRODUCED = re.compile(
    rf"^(?P<name>[A-Z][a-z’'-]+ [A-Z][\w’'-]+(?: [A-Z][\w’'-]+)?)(?:,| is| was) (?:the|an?) [^,.;]{{0,60}}\b{_ROLE}\b"
)
_NAMED = re.compile(
    rf"^The [^,.;]{{0,40}}\b{_ROLE}\b[^,.;]{{0,40}}, (?P<name>[A-Z][a-z’'-]+ [A-Z][\w’'-]+(?: [A-Z][\w’'-]+)?),"
)
_DEFINED = re.compile(
    r"^(?P<name>The (?:[A-Z][\w’'-]+ ?(?:of |and |for )?(?:the )?){2,5}(?<! )|[A-Z]{2,}) is (?:an?|the) "
    r"(?:[a-z-]+ ){0,4}"
    r"(?:agency|agreement|alliance|area|association|body|company|court|currency|forum|fund|institute|island|language|"
    r"law|mountain|museum|network|newspaper|organi[sz]ation|park|party|pipeline|project|region|river|service|system|"
    r"theory|treaty|union|university)\b"
)
_BODIES = frozenset(
    "Agency Association Bank Board Business Center Centre Commission Committee Company Council Court Department "
    "Foundation Fund Group House Institute Ministry Office Organization Party Service Society State Street Times "
    "Union University".split()
)
_POINTING = re.compile(
    r"\b(?:I|we|us|you|he|she|him|his|her|hers|they|them|this|that|these|those|my|our|your|here|there|it|its|their|"
    r"itself|themselves|former|latter|also|then|once|thus|however|still|again|already|now|later|earlier|instead|such|same|others?|yesterday|today|tomorrow|"
    rf"{WEEKDAY})\b",
    re.IGNORECASE,
)
_STOPS = re.compile(r" [,.]|[\"“”‘:;()\[\]…?!—–|/]|\b[A-Z]\.|n['’]t\b|\b(?:not|never|no)\b")
_ENDS = re.compile(
    r",? (?:which|who|whom|whose|because|while|although|though|but|as|after|before|when|where|if|so)\b|, |[;:]| [–—-] "
)
_BRACKETED = re.compile(r" \([^()]*\)")
_LASTED = re.compile(r"\b(?:days?|weeks?|months?|years?|hours?|minutes?)$")
_VAGUE = re.compile(rf"\d{{1,2}} {_MONTH}.*|(?:an?|the|some|more|most|all)? ?[a-z-]+")
_NUMBER = (
    r"(?:(?:about|around|some|nearly|almost|over|roughly|more than|at least|up to|an estimated) )?(?P<number>\d[\d,.]*)"
)
_COUNTED = re.compile(
    rf"^{_NUMBER} (?P<noun>(?:[A-Za-z-]+ ){{0,2}}[a-z]{{2,}}s|people|men|women|children)\b(?P<tail>.*)$"
)
_SHARE = re.compile(rf"^{_NUMBER} ?(?:percent|per cent|%) of (?P<whole>.+)$")
_MONEY = re.compile(
    r"^(?:(?:about|around|some|nearly|almost|over|roughly|more than|at least|up to) )?"
    r"(?:[$€£]\d[\d,.]*(?: ?(?:million|billion|trillion))?|\d[\d,.]* (?:(?:million|billion|trillion) )?"
    r"(?:dollars|euros|pounds|yuan|roubles|yen))\b(?P<tail>.*)$"
)
_TAIL = re.compile(r"^(?: (?:in|at|on|for|from|to|by|with|during|per)\b.*)?$")
_UNITS = frozenset(
    "years months weeks days hours minutes percents others times thousand million billion trillion".split()
)


def names(sentence: str) -> tuple[str, ...]:
    """The name of several words that a sentence is about, with its "the"."""
    found = _ABOUT.match(sentence)
    if not found or " " not in found["name"] or not _worth(found["name"]):
        return ()
    if _NO_NAME.search(found["name"]) or not _whole(found["after"]):
        return ()
    if not found["the"] and set(found["name"].split()) & _BODIES:
        return ()  # bodies have their "the"
    return (f"{'the ' if found['the'] else ''}{found['name']}",)


_ABOUT = re.compile(
    rf"^(?:(?:After|At|Before|By|During|For|From|In|On|Since|Until) [^,]{{0,60}}, )?(?P<the>[Tt]he )?"
    rf"(?P<name>{_NAME})(?P<after>(?:, (?:which|who|the|an?)\b| (?:{'|'.join(sorted(FINITE))})\b).*)$"
)
_NO_NAME = re.compile(
    rf"^(?:I|Mr|Mrs|Ms|Dr|Sir|CEO|Chief|Secretary|President|Prime|Minister|Chancellor|Senator|Judge)\b|\b{_MONTH}\b|^\d"
    r"|\b(?:I|And|The|A|and|Minister|Ambassador|CEO)\b| \d+$|['’]s\b"
)


@dataclass(frozen=True, slots=True)
class _Clause:
    """Who did what: `subject verb rest`, and when, if the sentence says so."""

    subject: str
    verb: str  # as it is written
    rest: str  # without the day
    dated: bool
    reason: bool  # whether it says why
    led: str = ""  # the day, where it stood in front of it


def questions(text: str, author: str | None) -> Iterator[str]:
    """What an English sentence answers; `author` is who speaks in it, where its article speaks for somebody."""
    introduced = _INTRODUCED.match(text) or _NAMED.match(text)
    if introduced and not set(introduced["name"].split()) & (_BODIES | _COMMON):
        yield f"Who is {introduced['name']}?"
    if (found := _DEFINED.match(text)) and _worth(found["name"]):
        yield f"What is {_small(found['name'])}?"
    body = text.rstrip(".")
    if author and (name := _last_name(body, author)):
        yield f"What does {author} say about {name}?"
    saying = re.match(rf"^(?P<who>[^,]+?) (?P<said>{'|'.join(SAID)})(?: {_DATE})? that (?P<what>.+)$", body)
    if saying:
        yield from _told(saying["who"], saying["said"], saying["what"])
        body = saying["what"][0].upper() + saying["what"][1:]
    clause = _clause(body)
    if clause:
        for question in (*_counting(clause), *_dating(clause), *_giving(clause), *_placing(clause), *_doing(clause)):
            if len(question.split()) <= _LONGEST:
                yield question


def _told(who: str, said: str, what: str) -> Iterator[str]:
    """What somebody said about something that has a name."""
    name = _last_name(what, who)
    if name and _subject(who) and not _STOPS.search(who):
        yield f"What {SAID[said]} {_small(who)} say about {name}?"


def _last_name(text: str, but: str) -> str | None:
    """The longest name in a text, with its "the"; no single word, which may be anything, and none of `but`."""
    found = [
        each for each in _NAMES.finditer(text) if (each.start() or " " in each["name"]) and _whole(text[each.end() :])
    ]
    others = (each[0] for each in found if each["name"] not in but and not {*each["name"].split()} & {*but.split()})
    return max(filter(_worth, others), key=len, default=None)


def _whole(after: str) -> bool:
    """Whether a name ends there, by what comes after it: of "the Galwan river" it does not, and "American" is none."""
    word = re.match(r"\s*([\w’'-]*)", after)
    if after.startswith(", ") and after[2:3].isupper():
        return False  # it may go on, as "the Secretary of State for Digital, Culture, Media and Sport"
    return not after or not after.startswith(" ") or (word is not None and word[1] in _AFTER_NAMES)


def _worth(name: str) -> bool:
    bare = name.removeprefix("the ")
    return len(bare) > 3 and not re.fullmatch(rf"{_MONTH}(?: \d+)?|[\d ]+|.*['’]s?", bare)


def _clause(body: str) -> _Clause | None:
    """A plain sentence taken apart; None where there is more to it."""
    body = _BRACKETED.sub("", body)
    led = _LED.match(body)
    rest = body[led.end() :] if led else body
    words = rest.split(" ")
    place = next((number for number, word in enumerate(words) if word in FINITE), 0)
    subject, verb, tail = " ".join(words[:place]), words[place], " ".join(words[place + 1 :])
    kept = _cut(tail)
    if kept is None or not _subject(subject) or _STOPS.search(f"{subject} {kept}"):
        return None
    dates = _DATED.findall(kept)
    if len(dates) > (0 if led else 1):
        return None
    tail = _DATED.sub("", kept).strip()
    further = tail.split()[1 if verb in ("is", "are", "was", "were") else 0 :]
    if set(further) & FINITE or re.match(r"(?:by|to|that|about(?! \d))\b", tail):
        return None
    reason = bool(re.search(r"\bbecause\b", body))
    return _Clause(_small(subject), verb, tail, bool(led or dates), reason, led[0].strip(" ,") if led else "")


def _cut(tail: str) -> str | None:
    """What stands before the first clause that is added; None where it may be a list."""
    found = _ENDS.search(f"{tail} ")
    if found is None:
        return tail
    after = tail[found.end() :]
    if found[0].strip(" ,") == "as" or (
        found[0].strip() in ("after", "before") and _LASTED.search(tail[: found.start()])
    ):
        return None
    added = found[0] != ", " or re.match(
        r"(?:an?|the|its|their|with|according|including|down|up|ahead|[a-z]+ing)\b", after
    )
    in_a_list = re.search(r"\b(?:and|or)\b", "".join(after.split(",")[: 1 if added else 3]))
    return None if in_a_list else tail[: found.start()]


def _subject(text: str) -> bool:
    """Whether it says by itself whom it means."""
    words = text.split(" ")
    if not text or len(words) > 9 or "," in text or _POINTING.search(text):
        return False
    if set(words) & {"who", "which", "whose", "when", "but", "if", "as", "than", "because"}:
        return False
    if words[0] in _SMALL:
        return any(word[:1].isupper() for word in words[1:])
    if len(words) == 1 or (words[1][:1].islower() and words[1] != "and"):
        return words[0][1:2].isupper() or (
            _proper(words[0]) and (len(words) == 1 or bool(_OF_A_PEOPLE.search(words[0])))
        )
    return words[0][:1].isupper()


def _proper(word: str) -> bool:
    """Whether a capitalised word alone is a name, as far as can be told: no plural and no common opening."""
    return word[:1].isupper() and len(word) > 3 and not word.endswith(("s", "ly", "ing", "ed")) and word not in _COMMON


_SMALL = frozenset(
    "The A An Both Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Fifteen Twenty Thirty Forty Fifty".split()
)
_OF_A_PEOPLE = re.compile(r"(?:an|ish|ese|ch|i|['’]s)$")
_COMMON = frozenset(
    "After Another As At Before Both By Congress During Each Earlier Either Every Everybody Everyone Everything "
    "For From Half If In Later Many Meanwhile Most Neither Nobody None Nothing Officials On Once Parliament "
    "People Police Several Since Some Someone What When Where While".split()
)


def _small(subject: str) -> str:
    """A subject in the middle of a sentence."""
    first, _, rest = subject.partition(" ")
    return f"{first.lower()} {rest}" if first in _SMALL else subject


def _specific(text: str) -> bool:
    """Whether something is named in what was done."""
    return any(_worth(each["name"]) and _whole(text[each.end() :]) for each in _NAMES.finditer(text))


def _dating(clause: _Clause) -> Iterator[str]:
    if not clause.dated or _POINTING.search(clause.rest.replace("its ", "").replace("their ", "")):
        return
    if clause.verb in ("was", "were"):
        if participle(clause.rest.split(" ")[0]):
            yield f"When {clause.verb} {clause.subject} {clause.rest}?"
    elif (
        clause.verb in BASES
        and clause.verb not in ("had", "became")
        and (not _VAGUE.fullmatch(clause.rest) if clause.rest else clause.verb in ALONE)
    ):
        yield f"When did {clause.subject} {BASES[clause.verb]} {clause.rest}".rstrip() + "?"


def _giving(clause: _Clause) -> Iterator[str]:
    """Why it was done, and who did what was done to the subject."""
    if (
        clause.reason
        and clause.verb in BASES
        and clause.rest
        and not _POINTING.search(clause.rest)
        and not clause.rest[0].isdigit()
    ):
        yield f"Why did {clause.subject} {BASES[clause.verb]} {clause.rest}?"
    by = re.match(
        r"^(?P<done>[a-z]+ed|built|led|made|bought|sold|held|won|rebuilt|taught) by (?P<who>.+)$", clause.rest
    )
    if clause.verb in ("was", "were") and by and by["done"] in BASES and _specific(by["who"]):
        yield f"Who {by['done']} {clause.subject}?"


def _placing(clause: _Clause) -> Iterator[str]:
    """Where it was, where the sentence says so with a name."""
    found = re.match(rf"^(?P<done>{_PLACED}) (?:in|at) (?:the )?{_NAME}$", clause.rest)
    if clause.verb in ("was", "were", "is", "are") and found:
        yield f"Where {clause.verb} {clause.subject} {found['done']}?"


_PLACED = "(?:born|held|signed|built|buried|based|located|educated|published|headquartered|found)"


def _counting(clause: _Clause) -> Iterator[str]:
    helper = HELPERS.get(clause.verb) or ("did" if clause.verb in BASES else None)
    if not helper or _POINTING.search(clause.rest):
        return
    base = "have" if clause.verb in HELPERS else BASES[clause.verb]
    asked = f"{helper} {clause.subject} {base}"
    when = f" {clause.led[0].lower()}{clause.led[1:]}" if clause.led else ""
    if found := _MONEY.match(clause.rest):
        if _TAIL.match(found["tail"]):
            yield f"How much {asked}{found['tail']}{when}?"
    elif found := _SHARE.match(clause.rest):
        yield f"What share of {found['whole']} {asked}{when}?"
    elif (
        (found := _COUNTED.match(clause.rest))
        and not _UNITS & set(found["noun"].split())
        and _TAIL.match(found["tail"])
    ):
        yield f"How many {found['noun']} {asked}{found['tail']}{when}?"


def _doing(clause: _Clause) -> Iterator[str]:
    """Who did it, where what was done is named."""
    if clause.verb not in BASES or clause.verb in (
        "had",
        "became",
        "cost",
        "came",
        "died",
        "last",
        "lasted",
        "began",
        "fell",
        "rose",
        "met",
    ):
        return
    alone = re.fullmatch(rf"(?:the )?{_NAME}", clause.subject) and " and " not in clause.subject
    if alone and _specific(clause.rest) and not _POINTING.search(clause.rest + " it" * (" and " in clause.rest)):
        yield f"Who {clause.verb} {clause.rest}?"
