"""Whose words a quote reports: "Russia said that the treaty was broken" makes a fact of the saying, not of the rest.

What stands in somebody's mouth is told with that mouth, and what was denied by another is told with the denial.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.language.reported import reported, resumed, without_hearer
from bot.language.speech import ALSO, DOT, LEAD, PRONOUN, Report, all_speech, speech
from bot.language.wording import carried, carries, carries_all
from index.script import HAN
from index.words import CAPITAL, WEEKDAY, chinese, content_terms, vocabulary

# Verbs of what may be so or not. To announce, to sign or to order does what is said; to find and to show is a result.
_CLAIMS = (
    r"(?:(?:allege|argue|assert|believe|claim|complain|contend|explain|fear|insist|maintain|object|say|suggest|think|"
    r"warn|write)(?:s|d|ed)?|said|thought|wrote)"
)
_SAYS = (
    rf"(?:{_CLAIMS}|(?:acknowledge|admit|conclude|declare|estimate|note|repeat|report|stress)(?:s|d|ed)?|stated|"
    r"replies|replied|deny|denies|denied)"
)
_BLAMES = (
    r"(?:(?:accuse|blame|criticise|criticize|denounce|describe|dispute|regard)[sd]?|den(?:y|ies|ied)|"
    r"condemn(?:s|ed)?|reject(?:s|ed)?|"
    r"call(?:s|ed)(?! (?:on|for|of)\b)|dismiss(?:es|ed)?|(?:hold|held|holds) \S+(?: \S+){0,3} (?:responsible|to blame))"
)
_STARTS = (
    r"(?:This|That|These|Those|Who|Which|What|According|Each|In|On|For|At|After|Before|During|Speaking|Writing|Asked|"
    r"Suffice|Needless|Having)"
)
_NOBODY = rf"(?:(?:(?:But|And|Yet|So) )?(?i:{PRONOUN}|there)|{_STARTS})\b"
_WHO = rf"(?P<who>(?!{_NOBODY})(?:[^.;:“”\"]|{DOT}){{2,110}}?)"
_AGAINST = r"(?:(?:Although|Though|While|Whereas) )?"
# What makes "claim" and "fear" a thing: "the mayor's claim that", "the fear that".
_NO_THING = r"(?<!['’]s)(?<!s['’])" + "".join(
    rf"(?<!\b{each})" for each in "the The a A an An this his her their any no".split()
)
_WHEN = rf"(?: {WEEKDAY})?" + r"(?:,? (?:on|in|after|at|during|to) [^,.;]{3,60}?)?(?:, [^,.;]{3,60},)?"
_TOLD = r"(?:told|assured|informed|reminded|warned) [^,.;“”\"]{2,90}?"  # somebody
_THAT = re.compile(
    rf"\A{_AGAINST}(?P<lead>{LEAD}{_WHO}{_NO_THING} {ALSO}(?:{_SAYS}{_WHEN}|{_TOLD}) that) (?P<content>\S.+)\Z",
    re.DOTALL,
)
_BARE = re.compile(
    rf"\A{_AGAINST}(?P<lead>{LEAD}{_WHO}{_NO_THING} {ALSO}{_CLAIMS}) "
    rf"(?P<content>(?:the|an?|its?|their|there|no|all|some|(?:{CAPITAL}|\d)\S*) .+)\Z",
    re.DOTALL,
)
# How one begins of whom the sentence says at its end that he says it.
_NAMED = (
    rf"{CAPITAL}|\d|(?:the|an?|one|two|three|four|five|several|some|many|most|other|both|his|her|its|their|our|"
    r"analysts|authorities|critics|doctors|economists|experts|investigators|lawyers|observers|officials|organi[sz]ers|"
    r"people|police|prosecutors|researchers|residents|scientists|sources|state media|supporters|witnesses)\b|"
    rf"(?:he|she|they|it)(?= )|(?!\w+ed )[a-z-]+ (?:[a-z-]+ )?{CAPITAL}"
)
_BEFORE = re.compile(r"\AAccording to (?P<who>[^,;]{2,80}), (?P<content>\S.+)\Z", re.DOTALL)
_AFTER = re.compile(
    r"\A(?P<content>\S.{10,}?), (?:according to (?P<who>[^,;]{2,80}?)|"
    rf"(?P<name>(?:{_NAMED})(?:[^,;.“”\"]|{DOT}){{0,60}}?)(?<! and)(?<! or) {ALSO}"
    rf"(?:{_CLAIMS}|{_TOLD}|added|estimated|noted|reported)"
    rf"(?: {WEEKDAY})?(?: (?:on|in|at|after|to) [^,;.]{{3,60}})?(?:, citing [^;.]{{3,80}})?)\.\Z",
    re.DOTALL,
)
_QUOTED = re.compile(r"[“\"]([^“”\"]{12,})[”\"]")
_BLAMED = re.compile(
    rf"\A{_WHO}(?<! is)(?<! are)(?<! was)(?<! were)(?<! been) {ALSO}{_BLAMES}\b(?P<content>.+)\Z", re.DOTALL
)
# What makes a sentence somebody's finding, though nobody else need doubt it.
_FINDS = (
    r"(?:(?:announce|calculate|count|emphasi[sz]e|estimate|measure|name|promise|reckon|call)(?:s|d|ed)?|finds?|found|"
    r"point(?:s|ed)? (?:to|out)|puts?)"
)
_FOUND = re.compile(rf"\A{_WHO} {ALSO}{_FINDS}\b")
_COUNT = r"(?:count|account|estimate|figures)"
_COUNTED = re.compile(
    rf"\bby (?:the {_COUNT} of (?P<of>[^,.;]{{2,60}})|(?P<own>[^,.;]{{2,60}}?)['’]s? (?:own )?{_COUNT})\b",
    re.IGNORECASE,
)
_SAYING = re.compile(rf" {ALSO}(?:{_SAYS}|{_BLAMES}) ")
_CLAUSE = re.compile(r"[,;:“”\"]|\b(?:and|but|that|while|whereas|although|though)\b")
_CLOSE_BY = 80  # characters before a verb of saying in which its speaker stands
_SAID_BY = re.compile(
    r"\b(?:according to|in the (?:view|words|opinion) of|"
    r"in (?:\S+ ){0,4}\S+['’]s? (?:view|opinion|words)\b|by \S+ (?:own )?(?:count|account))\b|(?:据|"
    r"按照).{1,20}[，说]|在.{1,20}看来",
    re.IGNORECASE,
)
_DENYING = r"(?:den(?:y|ies|ied)|(?:reject|refute|dismiss|dispute|oppose)(?:s|d|ed|es)?)"
_GROUNDLESS = r"(?:baseless|false|groundless|unfounded|unjustified)"
_DENIES = re.compile(
    rf"\b(?:{_DENYING}|contradict(?:s|ed)?|(?:do|does|did) not accept|{_GROUNDLESS})\b|否认|驳斥|反驳|拒绝接受",
    re.IGNORECASE,
)
_CHARGE = r"(?:accusation|account|allegation|assertion|charge|claim|criticism|statement|view|violation)s?"
_ONE = r"(?:he|she|it)"
_REPLIES = re.compile(
    rf"\b{_DENYING} (?:(?:it|this)\b|(?:the|these|those|that|this|all) (?:\w+ )?{_CHARGE}(?! (?:of|by|that)\b))|"
    rf"\b{_CHARGE} (?:was|were|is|are) (?:\w+ )?{_GROUNDLESS}\b|(?:否认|驳斥|反驳|拒绝接受)了?(?:这|该|上述|有关)",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    rf"\A(?P<who>He|She|It) {ALSO}(?:{_SAYS}|added|continued|{_TOLD}){_WHEN} (?:that )?(?P<content>\S.+)\Z", re.DOTALL
)
_IF = re.compile(r"(?:(?:Even )?[Ii]f|Unless|Whether|When(?:ever)?)\b")
_REPLY = re.compile(r"\A(?:Yes|No|是的|是|不是|不|[没沒]有)[,.:;，。]\s*(?=\S)")


def report(quote: str) -> Report | None:
    """What `quote` reports, where it begins or ends with who says it; None where it speaks in its article's own voice.

    >>> report("Russia said on 4 May 2020 that the treaty was broken.")
    Report(who='Russia', lead='Russia said on 4 May 2020 that', content='the treaty was broken.')
    >>> report("The treaty was broken.")
    """
    if said := speech(quote):
        return Report(without_hearer(said.who), _according_to(said.who), said.content)
    if HAN.search(quote):
        return reported(quote)
    for pattern in (_BEFORE, _THAT, _BARE, _BLAMED, _AFTER):
        if found := pattern.match(quote):
            parts = found.groupdict()
            who = _SAYING.split(parts["who"] or parts["name"])[0]  # of "Russia denied it and said", Russia
            whole = pattern is _BLAMED or _IF.match(who)  # only the whole says that it is not the article's own
            lead = "" if whole else parts.get("lead") or _according_to(who)
            if pattern is _BARE and lead:
                lead += " that"
            return Report(who, lead, parts["content"])
    return None


def _according_to(who: str) -> str:
    """What makes words somebody's; empty for a pronoun, of which is not known whose it is.

    >>> _according_to("The mayor"), _according_to("市长"), _according_to("she")
    ('According to the mayor,', '市长说，', '')
    """
    if re.fullmatch(PRONOUN, who, re.IGNORECASE):
        return ""
    return f"{who}说，" if chinese(who) else f"According to {_small(who)},"


def going_on(before: str, quote: str) -> Report | None:
    """What a quote reports that is nothing but speech, or of "he" or "she" who said it: of whom the sentence `before`
    lets speak, or of nobody that is known. None where it is anything else.

    >>> going_on("“We won,” Ann Example told reporters.", "“It was very hard.”").lead
    'According to Ann Example,'
    >>> going_on("The mayor said that we won.", "He added that it was very hard.").lead
    'According to the mayor,'
    >>> going_on("We won.", "It was very hard.")
    """
    if found := _GOES_ON.match(quote):
        return _resumed(before, found["who"], found["content"])
    if again := resumed(quote):
        return _resumed(before, again.who, again.content)
    if (said := speech(quote)) and re.fullmatch(_ONE, said.who, re.IGNORECASE):
        return _resumed(before, said.who, said.content)
    if not all_speech(quote):
        return None
    said = speech(before)
    who = said.who if said else ""
    return Report(who, _according_to(who) if who else "", quote.strip('“”"'))


def _resumed(before: str, pronoun: str, content: str) -> Report:
    """What "he" or "she" says who may be the one that spoke right before."""
    told = report(before)
    who = told.who if told and told.lead and not re.search(r"\band\b|[和与及]", told.who) else pronoun
    return Report(who, _according_to(who), content)


def spoken(sentence: str) -> bool:
    """Whether a sentence says by itself that somebody says it."""
    return bool(_SAID_BY.search(sentence)) or report(sentence) is not None


def voice(sentence: str) -> str:
    """Whose words or findings a sentence tells, as it names them; empty where it does not say.

    >>> voice("Russia said that the treaty was broken."), voice("Exports fell by a third, by the count of the bank.")
    ('Russia', 'the bank')
    >>> voice("The treaty was broken.")
    ''
    """
    if counted := _COUNTED.search(sentence):
        return str(counted["of"] or counted["own"])
    if told := report(sentence):
        return told.who
    found = _FOUND.match(sentence)
    return str(found["who"]) if found else ""


def in_the_mouth_of(told: Report, sentence: str) -> str:
    """`sentence` after the words that say whose it is; without a yes or a no, which would be Byline's own.

    >>> in_the_mouth_of(Report("Russia", "Russia said that", "it was."), "Yes, the treaty was broken.")
    'Russia said that the treaty was broken.'
    >>> in_the_mouth_of(Report("the mayor", "According to the mayor,", "all phones went."), "Phones went.")
    'According to the mayor, phones went.'
    >>> in_the_mouth_of(Report("the mayor", "According to the mayor,", "We left."), 'We left in 1842."')
    'According to the mayor, "We left in 1842."'
    """
    sentence = _closed(sentence) if all_speech(sentence) else sentence
    bare = _small(_REPLY.sub("", sentence), told.content.split())
    return f"{told.lead}{'' if chinese(told.lead) else ' '}{bare}"


def _closed(speech: str) -> str:
    """A part of a speech with the mark that it lacks at its beginning or its end."""
    opened, ended = speech[0] in '“"', speech[-1] in '”"'
    if opened and not ended:
        return speech + ("”" if speech[0] == "“" else speech[0])
    return speech if opened else ("“" if speech[-1] == "”" else speech[-1]) + speech


def _small(text: str, known: Sequence[str] = ()) -> str:
    """`text` without the capital of its first word, if that is no name: it is small, or `known` has it small."""
    first = text.split(" ", 1)[0]
    return first.lower() + text[len(first) :] if first.lower() in _SMALL or first.lower() in known else text


def named_in(told: Report, terms: frozenset[str]) -> bool:
    """Whether a text with these terms names the speaker."""
    return any(carries(terms, term) for term in content_terms(told.who))


def others_say(sentence: str, quotes: Sequence[str], known: frozenset[str]) -> bool:
    """Whether a sentence puts into one mouth what all the quotes put into others'; the terms `known` name those who
    speak without being named, the authors and outlets of the quotes: they only tell what others say, and then these
    have to be named. Where the sentence quotes, what it quotes is looked for alone. Who else says something in a quote,
    in whichever of its clauses, may be the one.

    >>> others_say("India broke it, according to India.", ["China said that India broke it."], frozenset())
    True
    >>> others_say("Ann Author stated that it broke.", ["“It broke,” Ben said."], frozenset({"ann", "author"}))
    True
    >>> others_say("Ben denied it.", ["Ann said that it was lost, whereas Ben denied it."], frozenset())
    False
    >>> others_say("The Herald says that it broke, as Ben said.", ["“It broke,” Ben said."], frozenset({"herald"}))
    False
    """
    told, runs = report(sentence), [content_terms(run) for run in _QUOTED.findall(sentence)]
    quotes = [each for each in quotes if any(carries_all(vocabulary(each), run) for run in runs)] or quotes
    mouths = [frozenset[str]().union(*(vocabulary(each.who) for each in _reports(quote))) for quote in quotes]
    if told is None or not all(mouths):
        return False
    named = frozenset[str]().union(*mouths, *(vocabulary(each) for quote in quotes for each in _speaking(quote)))
    return not named_in(told, named) and not (named_in(told, known) and carried(named, vocabulary(sentence)))


def _reports(quote: str) -> Iterator[Report]:
    """What a quote reports, and what that reports in turn."""
    while told := report(quote):
        yield told
        quote = told.content


def _speaking(quote: str) -> Iterator[str]:
    """What stands before each verb of saying, in its clause."""
    for found in _SAYING.finditer(quote):
        yield _CLAUSE.split(quote[max(0, found.start() - _CLOSE_BY) : found.start()])[-1]


def denies(sentence: str) -> bool:
    """Whether a sentence tells that something is denied or rejected."""
    return bool(_DENIES.search(sentence))


def replies(sentence: str) -> bool:
    """Whether what it denies or rejects is what was told right before it.

    >>> replies("Russia denied the accusation."), replies("Russia denied that it has tanks.")
    (True, False)
    """
    return bool(_REPLIES.search(sentence))


_SMALL = frozenset(
    "the a an he she they we you it its there this that these those in on at by for as no some all many most "
    "from".split()
)
