"""Whose words they are: what rests on opinion alone is said, in the text, to be somebody's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from bot.language.figures import figures
from bot.language.opening import common, continued
from index.script import simplified
from index.types import Article, Kind
from index.words import CAPITAL, MONTHS, SAYING, chinese, content_terms

# Kinds that speak for somebody: the verb that says so in English and Chinese, and what a piece of it is called.
_VOICES = {
    Kind.OPINION: ("argue", "认为", "An opinion piece", "一篇评论"),
    Kind.EDITORIAL: ("argue", "认为", "An editorial", "一篇社论"),
    Kind.INTERVIEW: ("say", "表示", "An interview", "一篇访谈"),
    Kind.RELEASE: ("say", "表示", "A release", "一份声明"),
}
_FOR_OTHERS = (Kind.INTERVIEW, Kind.RELEASE)  # kinds whose author writes down what others say

_SAYS = (
    r"(?:(?:acknowledge|add|admit|advise|allege|argue|assert|believe|call|caution|claim|conclude|consider|contend|"
    r"criticise|criticize|demand|describe|emphasise|emphasize|expect|explain|fear|insist|maintain|note|predict|propose|"
    r"say|see|state|stress|suggest|view|voice|warn|think|write)(?:s|d|ed)?|said|saw|thought|wrote|point(?:s|ed) out)\b"
)
# What else tells of a view; a pronoun before it may well be somebody else's.
_FEELS = (
    r"(?:(?:accuse|advocate|appeal|ask|blame|compare|complain|concede|deplore|doubt|hope|lament|object|observe|praise|"
    r"question|recommend|regret|remark|urge|want|welcome|wonder)(?:s|d|ed)?|den(?:ies|ied)|favou?rs|opposes|rejects|"
    r"(?:is|are|was|were) (?:of the opinion|certain|convinced|sure|worried))\b"
)
_PIECE = (
    r"(?:newspaper|article|(?:opinion )?piece|text|op-ed|editorial|interview|(?:press )?release|statement|"
    r"commentary|column|essay|letter)"
)
_PIECES = re.compile(r"\b(?:column|editorial|essay|interview|letter|newspaper|release|statement)\Z")  # one of many
_PERSON = r"(?:[Tt]he|[Tt]his) (?:author|writer|columnist|commentator|critic|reviewer)"
_PRONOUN = re.compile(rf"(?P<who>He|She|They|It)(?: also)? {_SAYS}")
_NAME = rf"{CAPITAL}[\w’'-]*(?: {CAPITAL}[\w’'-]*)*"
_REPLY = re.compile(r"(?:Yes|No)\b[,.:;]?\s+(?=\S)")
# What joins a sentence to the one before it, and stands before who says it.
_JOINS = re.compile(
    r"(?:(?:But|And|Yet(?! another\b)),?|(?:Also|As a result|For example|For instance|Furthermore|Hence|However|"
    r"In addition|In contrast|Instead|Meanwhile|Moreover|Nevertheless|Nonetheless|On the other hand|So|Still|Therefore|"
    r"Thus),)\s+(?=\S)"
)
_BIDS = re.compile(r"(?:Do not|Don['’]t|Never mind|Please|Let(?:['’]s)?|Imagine|Consider|Remember|Forget|Beware)\b")
_I = re.compile(r"(?:\A|\b[a-z][\w’'-]* |[,;:(] )I(?=['’]| [a-z])|\b(?:[Mm]y|me|myself)\b")  # no "World War I"
_WE = re.compile(r"\b(?:[Ww]e|[Oo]urs?|us|ourselves)\b")
_QUOTED = re.compile(r"[“\"][^“”\"]*[”\"]")
_DEGREE = r"(?=(?:Jr|Sr|I{2,3}|IV|Ph\.?D|M\.?D|M\.?[AP]|MBA|[BCMO]BE|[KQ]C|FRS|Esq)\b)"  # goes on with a name
# Between two authors. Of one word on both sides, or with "of" before it, "and" is within the name of a body.
_BETWEEN = re.compile(rf"\s*(?:[;、；，/]|,(?!\s*{_DEGREE}))\s*(?:(?:and|&)\s+)?|\s+(?:and|&)\s+")
_BODY = re.compile(r"\S+ & \S+|[^,;]*\b(?:of|for)\b[^,;]* (?:and|&) [^,;]*")
_SEVERAL = re.compile(r"(?i:\b(?:editors|readers|staff|writers))\Z")  # who are named as one, but speak as many
_CHINESE_REPLY = re.compile(r"(?:是的|不是|是|不|[没沒]有|[对對])[，,。]\s*(?=\S)")
_CHINESE_SAYS = "(?:认为|以为|表示|指出|称|说|写道|强调|主张|相信|预计|批评|警告|坦言|直言|呼吁|质疑|建议|感叹)"
# Of what somebody says in his own release or interview. Who that is, it says by itself.
_BODIES = (
    r"(?:agency|airline|association|bank|charity|club|commission|committee|company|council|department|embassy|firm|"
    r"foundation|government|group|institute|ministry|office|organi[sz]ation|party|police|union|university|"
    r"ambassador|chairman|chairwoman|chief|director|founder|governor|leader|mayor|minister|president|professor|"
    r"secretary|senator|spokes(?:man|person|woman))"
)
_SOMEBODY = rf"(?:(?!(?:I|We)\b){_NAME}|The (?:[\w-]+ )?{_BODIES})"
_OTHERS_SPEAK = (
    rf"^(?P<who>{_SOMEBODY}) (?:{_SAYS}|told [^,.;]{{2,60}}?(?= that\b))",
    r"^According to (?P<who>(?:the |an? )?[^,.;]{2,60})(?=,)",
)
_CHINESE_PERSON = "(?:(?:这位|该|本文)?(?:作者|笔者))"
_CHINESE_PIECE = "(?:文章|该文|本文|文中|评论(?![员家区者])|社论|社评|时评|述评|专栏|声明|公告|访谈|专访)"


def day(moment: datetime | date | None, language: str = "en") -> str:
    """A date as people read it: `15 July 2020`, or `2020年7月15日`; empty where it is unknown.

    >>> day(date(2020, 7, 15))
    '15 July 2020'
    """
    if moment is None:
        return ""
    if language == "zh":
        return f"{moment.year}年{moment.month}月{moment.day}日"
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def source(article: Article, language: str = "en") -> str:
    """Where an article stands, and of when it is: `Global Times, 15 July 2020`; empty where neither is known."""
    return ("，" if language == "zh" else ", ").join(filter(None, (article.outlet, day(article.day, language))))


def days_of(articles: Mapping[str, Article]) -> dict[str, date]:
    """The days of the articles that have one, by id."""
    return {article_id: article.day for article_id, article in articles.items() if article.day}


def speaks_for_somebody(article: Article) -> bool:
    return article.kind in _VOICES


def attribute(sentence: str, articles: Sequence[Article], *, again: bool = False, placed: bool = False) -> str:
    """`sentence`, with whose words they are where all the articles that it rests on speak for somebody.

    A sentence that says by itself who speaks ("According to Yang Jin, …", "the author says …") is only told who that
    is, where and when. `again` says that the sentence before it was the same articles', and `placed` that where and
    when are told elsewhere: then they are not said twice.
    """
    if not articles or not all(map(speaks_for_somebody, articles)):
        return sentence
    names = (name for each in articles for name in (each.author, each.outlet) if name)
    words = _chinese if chinese(re.sub("|".join(map(re.escape, names)) or "$", "", sentence)) else _english
    return words(sentence, articles, again, again or placed)


def _english(sentence: str, articles: Sequence[Article], again: bool, placed: bool) -> str:
    if again and _PRONOUN.match(sentence):
        return sentence
    if reply := _REPLY.match(sentence):
        return f"{reply[0].rstrip(' ,.:;')}, {_inside(_english(sentence[reply.end() :], articles, again, placed))}"
    for pattern in _speakers(articles[0]):
        if (found := re.search(pattern, sentence)) and not _anothers(found, articles[0]):
            told = "" if placed else _untold(sentence, articles[0], "en")
            named = _named(found, articles[0]) + sentence[found.end("who") : found.end()]
            return sentence[: found.start("who")] + named + (told and f" ({told})") + sentence[found.end() :]
    return _led(sentence, articles, again, placed)


def _speakers(article: Article) -> list[str]:
    """Patterns for the words that say that the article's author speaks; `who` is the author."""
    names = [re.escape(name) for name in (*_authors(article), *_parts(article), article.outlet) if name]
    who = rf"(?P<who>\b(?:{'|'.join([*names, _PERSON, f'(?:[Tt]he|[Tt]his) {_PIECE}'])}))"
    patterns = [
        rf"^(?:According to|For|To|In the (?:view|opinion|words|eyes) of) {who}\b",
        rf"^As {who} (?:sees|puts) it\b",
        rf"{who}(?:['’]s? (?:view|opinion|words|eyes|account|argument|analysis)\b|"
        rf"(?:, (?!and\b|but\b)[^,.;]{{3,60}},)?(?: also)? (?:{_SAYS}|{_FEELS}))",
        rf"(?:[,”\"’—–] {_SAYS}|\baccording to) {who}\b",
        rf"^{_PRONOUN.pattern}",
    ]
    return [*patterns, *_OTHERS_SPEAK] if article.kind in _FOR_OTHERS else patterns


def _anothers(found: re.Match[str], article: Article) -> bool:
    """Whether who speaks is somebody whom the article tells of: nobody calls himself "she", or by his last name."""
    who = found["who"]
    if who in (*_authors(article), article.outlet):
        return False
    if found.re.pattern in _OTHERS_SPEAK:
        return bool(re.fullmatch(CAPITAL + "[a-z]+", who)) and common(who, found.string, article.text)  # "Results"
    if who in _parts(article):
        return bool(re.search(rf"\b{re.escape(who)}\b", article.text.replace(article.author or who, "")))
    told_of = _PIECES.search(who)
    if told_of and re.search(rf"\b{told_of[0]}\b", article.text):
        return True
    return bool(re.search(rf"\b(?i:{re.escape(who)})(?: also)? {_SAYS}", article.text))


def _named(found: re.Match[str], article: Article) -> str:
    """Who speaks: the full name for a part of it, for "the author" and for a pronoun."""
    who = found["who"]
    pronoun = who in ("He", "She", "They", "It") and article.kind not in _FOR_OTHERS
    short = pronoun or who in _parts(article) or re.fullmatch(_PERSON, who)
    return article.author if article.author and short else who


def _led(sentence: str, articles: Sequence[Article], again: bool, placed: bool) -> str:
    """`sentence` after words that say whose it is."""
    article = articles[0]
    alone = len(articles) == 1 or bool(article.author and len({(each.author, each.kind) for each in articles}) == 1)
    who = _voice(article, False) if alone else _together([_voice(each, not placed) for each in articles])
    several = not alone or (
        article.kind not in _FOR_OTHERS and (len(_authors(article)) > 1 or bool(_SEVERAL.search(article.author or "")))
    )
    told = "" if placed or not alone else "; ".join(filter(None, (_untold(who, each, "en") for each in articles)))
    verb = _VOICES[article.kind or Kind.OPINION][0]
    if sentence.rstrip(' "”').endswith("?"):
        verb = "ask"
    elif verb == "argue" and SAYING & {*content_terms(sentence)} - {"yes"}:
        verb = "write"  # of what somebody else said
    lead = f"{who}{' also' if again else ''} {verb if several else f'{verb}s'}" + (told and f" ({told})")
    core = sentence.strip().strip('"“”')
    if len(content_terms(sentence)) < 2:
        return f"{sentence.rstrip('.')}, {_inside(lead)}."
    if any(core in each.text for each in articles):
        return f"{lead}: “{core}”"
    if article.author and article.author in sentence:
        return f"{sentence.rstrip('.')}, by {article.author}'s own account{told and f' ({told})'}."
    if joins := _JOINS.match(sentence):
        return joins[0] + _inside(_led(sentence[joins.end() :], articles, again, placed))
    if verb == "ask" or _stands_alone(sentence, article):
        return f"{lead}: {sentence}"
    return f"{lead} that {continued(sentence, article.text)}"


def _stands_alone(sentence: str, article: Article) -> bool:
    """Whether "that" cannot stand before a sentence: it bids, or speaks of whoever says it."""
    words = _QUOTED.sub("", sentence)
    return bool(_BIDS.match(words) or _I.search(words) or (article.kind in _FOR_OTHERS and _WE.search(words)))


def _inside(words: str) -> str:
    """`words` that begin with who speaks, as they stand within a sentence.

    >>> _inside("An editorial argues"), _inside("A. B. Example argues")
    ('an editorial argues', 'A. B. Example argues')
    """
    return words[0].lower() + words[1:] if words.startswith(("A ", "An ", "The author ")) else words


def _together(voices: Sequence[str]) -> str:
    """Several who speak, each once."""
    first, *others = dict.fromkeys(voices)
    return _listed([first, *map(_inside, others)])


def _voice(article: Article, told: bool) -> str:
    """Who speaks in an article; also where and when, if that is to be `told`."""
    piece = _VOICES[article.kind or Kind.OPINION][2]
    who = _listed(_authors(article)) or piece
    if article.author and article.kind in _FOR_OTHERS:
        who = f"{piece} by {who}"
    untold = _untold(who, article, "en") if told else ""
    return f"{who} ({untold})" if untold else who


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _chinese(sentence: str, articles: Sequence[Article], again: bool, placed: bool) -> str:
    plain = simplified(sentence)
    if reply := _CHINESE_REPLY.match(sentence):
        return f"{reply[0].rstrip(' ，,。')}，{_chinese(sentence[reply.end() :], articles, again, placed)}"
    article = articles[0]
    told = "" if placed else _untold(sentence, article, "zh")
    names = [re.escape(simplified(name)) for name in (*_authors(article), article.outlet) if name]
    who = rf"(?P<who>{'|'.join([*names, _CHINESE_PERSON, _CHINESE_PIECE])})"
    for pattern in (rf"(?:据|根据|按照){who}", rf"在{who}(?=看来)", rf"{who}(?=.{{0,4}}{_CHINESE_SAYS})"):
        if found := re.search(pattern, plain):
            start, end = found.span("who")
            person = re.fullmatch(_CHINESE_PERSON, found["who"]) and article.author
            end += plain.startswith("》", end)  # "《环球时报》（…）认为"
            return sentence[:start] + (person or sentence[start:end]) + (told and f"（{told}）") + sentence[end:]
    _, verb, _, piece = _VOICES[article.kind or Kind.OPINION]
    who = "、".join(dict.fromkeys("、".join(_authors(each)) or piece for each in articles))
    told = told and _untold(sentence + who, article, "zh")
    asks = sentence.rstrip(' "”').endswith(("？", "?"))
    verb = "问道" if asks else verb
    lead = f"{who}还{verb}" if again else f"{who}{told and f'（{told}）'}{verb}"
    core = sentence.strip().strip('"“”')
    return (
        f"{lead}：“{core}”"
        if any(core in each.text for each in articles)
        else f"{lead}{'：' if asks else '，'}{sentence}"
    )


def _untold(sentence: str, article: Article, language: str) -> str:
    """What of outlet and day a sentence does not say yet, as it is written between brackets."""
    outlet = article.outlet if article.outlet and article.outlet not in sentence else None
    said = {(each.year, each.month, each.day) for each in figures(sentence)}
    moment = article.day
    when = moment if moment and (moment.year, moment.month, moment.day) not in said else None
    return ("，" if language == "zh" else ", ").join(filter(None, (outlet, day(when, language))))


def _authors(article: Article) -> list[str]:
    """
    >>> _authors(Article("a", "", "", author="Ann Example, Ben Sample and Cy Pattern"))
    ['Ann Example', 'Ben Sample', 'Cy Pattern']
    """
    author = article.author or ""
    names = [author] if author == article.outlet or _BODY.fullmatch(author) else _BETWEEN.split(author)
    return [name for name in map(str.strip, names) if name]


def _parts(article: Article) -> list[str]:
    """The first and the last name of a single author, by which a text may call him."""
    authors = _authors(article)
    return [part for part in authors[0].split() if len(part) > 1] if len(authors) == 1 and " " in authors[0] else []
