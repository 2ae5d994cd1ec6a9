"""The names that bylines are made of: people, outlets, sections."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.types import Kind

_SECTIONS = {
    Kind.OPINION: (
        "opinion|opinions|op-ed|op-eds|comment|commentary|commentaries|comment is free|viewpoint|viewpoints|view|views|"
        "column|columns|columnist|columnists|perspective|perspectives|guest essay|guest column|letters|ideas|voices|"
        "letter to the editor|letters to the editor|opinion & analysis|观点|评论|时评|专栏|言论|国际观察|大家谈"
    ),
    Kind.EDITORIAL: (
        "editorial|editorials|leader|leaders|leading article|our view|the editorial board|社论|社评|本报评论员"
    ),
    Kind.ANALYSIS: "analysis|news analysis|explainer|explained|in depth|in-depth|backgrounder|分析|深度|解读|解析",
    Kind.INTERVIEW: "interview|interviews|q&a|q & a|the interview|专访|访谈|对话",
    Kind.RELEASE: (
        "press release|press releases|news release|news releases|media release|media releases|for immediate release|"
        "新闻稿|新闻发布"
    ),
}
_KIND = {name: kind for kind, names in _SECTIONS.items() for name in names.split("|")}
# Those whose names do not say that they are outlets.
_OUTLETS = frozenset(
    (
        "reuters|associated press|the associated press|ap|afp|agence france-presse|xinhua|tass|itar-tass|interfax|"
        "ria novosti|sputnik|bloomberg|dpa|ani|pti|ians|kyodo|yonhap|anadolu|efe|ansa|upi|cnn|bbc|npr|cgtn|"
        "cnbc|politico|axios|the guardian|the economist|the atlantic|al jazeera|the conversation|foreign policy|"
        "foreign affairs|the diplomat|the hindu"
    ).split("|")
)
_OUTLET = re.compile(
    r"\b(?:News|Newspaper|Newswire|Times|Post|Daily|Weekly|Press|Herald|Gazette|Journal|Tribune|Agency|Today|Network|"
    r"Radio|TV|Television|Magazine|Review|Chronicle|Observer|Telegraph|Mail|Globe|Standard|Examiner|Independent|"
    r"Inquirer|Bulletin|Courier|Register|Monitor|Wire|Sentinel|Dispatch|Mercury|Argus|Echo|Broadcasting|Zeitung|Monde|"
    r"Online)\b"
)
_NAME = re.compile(r"(?!.*\d{4})[\w.&'’ -]+")
_OUTLET_ZH = re.compile(r"[\w·]{1,12}(?:报|社|网|新闻|周刊|杂志|电视台|广播|电台|在线|客户端|时报|晚报|日报)")
_JOINING = frozenset("of the and & de der du la".split())
_CHINESE_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]+(?:·[\u4e00-\u9fff]+)+")
_PARTICLES = frozenset("de da di del della do dos das du van von der den ter la le bin ibn al el y e zu".split())
_NAME_WORD = re.compile(r"(?:[dlO]['’]|al-|el-)?[^\W\d_a-z][\w.’'-]*")
_NOT_NAMES = frozenset(
    "the a an and or but in on at to of for all my our your his her their this that these those what why how who when "
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december spring summer autumn winter popular land sea air contrast comparison "
    "law".split()
)
_BOARD = re.compile(r"(?:the )?editorial board", re.IGNORECASE)
_ROLE = re.compile(
    r"(?:staff|agencies|agency|wires?|our|special|foreign|chief|senior|diplomatic|political|defen[cs]e|business|"
    r"associate|contributing|executive|deputy|world|news|guest|economics|security|science|health|environment|\s)*"
    r"(?:staff|agencies|wires?|writers?|reporters?|correspondents?|editors?|columnists?|contributors?|journalists?|"
    r"analysts?|bureau|desk)(?:\s(?:in|at|for)\s.*)?|special to .*|in [A-Z].*|综合",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*(?:[,;、，&]|\band\b|\bwith\b|和)\s*")
_TAIL = re.compile(r"\s+(?:in|at|for|of)\s+.*|\s*[(（].*[)）]|\s*@\w+|['’]s\s.*")


def section(text: str) -> Kind | None:
    """The kind of text that a section's name stands for, also at the end of a trail such as "Home > World > Opinion".

    >>> section("VIEWPOINT"), section("Home > World > Analysis"), section("World")
    (<Kind.OPINION: 'opinion'>, <Kind.ANALYSIS: 'analysis'>, None)
    """
    parts = re.split(r"\s*[>»›/,，、]\s*", text.strip(" :：[]【】*").casefold())
    return next((_KIND[part] for part in reversed(parts) if part in _KIND), None)


def outlet(text: str) -> bool:
    """Whether `text` reads as the name of a newspaper, an agency, a broadcaster.

    >>> outlet("Global Times"), outlet("环球时报"), outlet("Yang Jin")
    (True, True, False)
    """
    words = text.split()
    if not _NAME.fullmatch(text):
        return False
    if text.casefold() in _OUTLETS or _OUTLET_ZH.fullmatch(text):
        return True
    return (
        len(words) <= 6 and bool(_OUTLET.search(text)) and all(word in _JOINING or word[:1].isupper() for word in words)
    )


def person(text: str) -> bool:
    """Whether `text` reads as the name of one person, or of an editorial board.

    >>> [person(name) for name in ("Yang Jin", "J. R. Smith", "Ursula von der Leyen", "杨进", "Monday", "all accounts")]
    [True, True, True, True, False, False]
    """
    if _CHINESE_NAME.fullmatch(text) or _BOARD.fullmatch(text):
        return True
    words = text.split()
    named = [word for word in words if word not in _PARTICLES]
    return (
        1 <= len(named) <= len(words) <= 6
        and all(_NAME_WORD.fullmatch(word) for word in named)
        and not any(word.casefold() in _NOT_NAMES for word in (named if len(named) == 1 else named[:1]))
    )


def board(text: str) -> bool:
    return bool(_BOARD.fullmatch(text))


def credited(text: str) -> tuple[list[str], str | None] | None:
    """The people and the outlet in what follows "By"; None if the text is anything else.

    >>> credited("A. Example and B. Sample, Harbour Gazette"), credited("all accounts")
    ((['A. Example', 'B. Sample'], 'Harbour Gazette'), None)
    """
    people: list[str] = []
    where: str | None = None
    for part in filter(None, (part.strip(" .") if part[-3:-2] != "." else part for part in _AND.split(text.strip()))):
        name = _TAIL.sub("", part)
        if _ROLE.fullmatch(part):
            continue
        if outlet(part) and not board(part):
            where = where or part
        elif outlet(name) and not board(name):
            where = where or name
        elif person(name):
            people.append(name)
            place = re.search(r"\sfor\s(.+)", part)
            where = where or (place[1] if place and outlet(place[1]) else None)
        else:
            return None
    return (people, where) if people or where or _ROLE.fullmatch(text.strip()) else None


def joined(names: Sequence[str]) -> str:
    """Names as a byline prints them.

    >>> joined(["A. Example", "B. Sample", "C. Model"]), joined(["杨进", "李明"])
    ('A. Example, B. Sample and C. Model', '杨进、李明')
    """
    if all(_CHINESE_NAME.fullmatch(name) for name in names):
        return "、".join(names)
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
