"""Direct speech: whose words a sentence quotes, by what stands beside the quotation marks.

Titles stand in such marks too, so that a verb of saying has to follow the mark, or to stand before it. Rather nobody is
named than the wrong one: "he" stays "he".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from index.words import CAPITAL

# Single marks around so much, in which apostrophes stand within words only, are those of speech, too.
_SINGLE = re.compile(r"(?<![\w’'])[‘'](?P<said>(?:[^‘’'“”\"]|(?<=\w)['’](?=\w)){12,1000})[’'](?!\w)")
PRONOUN = r"(?:he|she|they|it|we|i|you)"
_TITLES = ("Dr", "Mr", "Mrs", "Ms", "St", "Gen", "Sen", "Rep", "Gov", "Prof", "Lt", "Col")
_AFTER = [rf"(?<=\b{each})" for each in (CAPITAL, *_TITLES)]
DOT = rf"(?:{'|'.join(_AFTER)})\."  # of an initial, or after a title
_NO_DOT = "".join(each.replace("<=", "<!") for each in _AFTER)
_LETTER = rf"(?:(?!\b(?:that|which|who|whom|whose|when|while|where|as)\b)(?:[^.,;:“”\"]|,(?= {CAPITAL})|{DOT}))"
_DETERMINER = r"(?:the|an?|one|another|some|several|two|three|many|his|her|its|their|our|my)"
_OPENS = (
    r"(?:The|An?(?!\.)|This|That|These|Those|His|Her|Its|Their|Our|He|She|It|They|We|You|But|And|Yet|So|Still|However|Meanwhile|"
    r"Then|As|In|On|At|After|Before|During|Asked|Speaking|Writing|Earlier|Later|Yesterday|Today|Last|Next|Also|According)\b"
)
_WHO = rf"(?P<who>(?:he|she|they|it|we|you|I)\b|(?:{_DETERMINER} |(?!{_OPENS}){CAPITAL}){_LETTER}{{1,80}}?)"
# The same, where it may begin the sentence.
_FIRST = rf"(?P<who>(?i:{PRONOUN})\b|(?:(?i:{_DETERMINER}) |(?!{_OPENS}){CAPITAL}){_LETTER}{{1,80}}?)"
ALSO = r"(?:(?:also|then|later|again|repeatedly|publicly) )?"
_SPEAKS = (
    r"(?:said|says?|wrote|writes|testif(?:ies|ied)|replie[sd]|(?:acknowledge|add|admit|argue|assert|claim|complain|conclude|"
    r"contend|continue|declare|explain|insist|joke|note|predict|quip|recall|remark|repeat|reveal|state|stress|suggest|tweet|"
    r"warn)(?:s|d|ed)|(?:tells?|told|assured|reminded|warned) (?!of\b|how\b|the story\b)[^,.;:“”\"]{2,60}?)"
)
_INVERTED = r"(?:said|says|wrote|writes|(?:add|admit|argue|claim|explain|insist|joke|note|recall|warn)(?:s|d|ed|ted))"
_SPEECH = r"[“\"](?=[^\s“”\"]+\s+[^\s“”\"])(?P<content>[^“”\"]+?)"  # of two words at least
_CLOSED = r"(?:[,!?…]['’]?[”\"]|[”\"],)"
_ENDS = r"(?=[,.;:]|\Z| (?!(?:the|an?)\b))"  # "said the" goes on with whom
_STOPS = rf"(?=;|{_NO_DOT}\.(?!\w)|\Z|,? (?:in|on|at|during|after|before|following|when|who|which|as)\b|, (?:\d|an?\b))"
LEAD = (
    r"(?:(?:In|On|At|After|Before|During|Asked|Speaking|Writing|Last|This|Next|Earlier|Later)\b[^,“”\"]{0,70}, |"
    r"(?:But|And|Yet|So|Still|However|Meanwhile|Then|Yesterday|Today|Earlier|Later|Also),? |As )?"
)
_PASSING = r"(?: (?:on|in|at|to|after|during|via|from) [^.,:;“”\"]{2,50})?"
_FORMS = [
    re.compile(pattern, re.DOTALL)
    for pattern in (
        rf"\A{_SPEECH}{_CLOSED} {_WHO},? {ALSO}{_SPEAKS}{_ENDS}",  # “It is lost,” the mayor said.
        rf"\A{_SPEECH}{_CLOSED} (?:{_INVERTED}|according to) {_WHO}{_STOPS}",  # “It is lost,” said the mayor.
        # It is “lost”, said the mayor.
        rf"\A(?P<content>[^“”\"]{{2,}}(?:[“\"][^“”\"]+[”\"][^“”\"]*)+?)(?:(?<=[,!?][”\"])|,) {_INVERTED} {_WHO}\.\Z",
        rf"\A{LEAD}{_FIRST},? {ALSO}{_SPEAKS}{_PASSING}[,:] ?[“\"](?P<content>.+)\Z",  # The mayor said: “It is lost.”
        r"\A“(?P<content>[^“”]{3,})”，?(?P<who>[^，。；：“”\d]{2,16}?)(?:说|表示|称|指出|强调|认为|写道)。?\Z",
        r"\A(?P<who>[^，。；：“”\d]{2,16}?)(?:[在对向][^，。；：“”]{1,20})?(?:说|表示|称|指出|强调|认为|写道)[：:]“(?P<content>[^“”]+)”?\Z",
    )
]
_ALL = re.compile(r"“[^“”]{3,}[。！？]”|[“\"][^“”\"]{12,}[”\"]?|[^“”\"]+(?:”|[.!?]\")")


class Speech(NamedTuple):
    """Who speaks, as the sentence has it, and what."""

    who: str
    content: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a quote tells of somebody's words."""

    who: str
    lead: str  # what makes the words after it theirs: "Russia said that"; empty where only the whole quote does
    content: str


def speech(sentence: str) -> Speech | None:
    """What a sentence quotes of somebody, whom it names or tells by a pronoun; None where it does not.

    >>> speech("“It is lost,” said the mayor.")
    Speech(who='the mayor', content='It is lost')
    >>> speech("“The Raven,” a poem that says little, is lost.")
    """
    sentence = _SINGLE.sub(r"“\g<said>”", sentence) if "“" not in sentence and '"' not in sentence else sentence
    found = next(filter(None, (form.match(sentence) for form in _FORMS)), None)
    return Speech(found["who"].rstrip(", "), found["content"]) if found else None


def all_speech(sentence: str) -> bool:
    """Whether a sentence is nothing but speech, or the end of one: who speaks is told elsewhere.

    >>> [all_speech(each) for each in ("“It was very hard.”", 'It was very hard."', "“Help” is a song.")]
    [True, True, False]
    """
    return bool(_ALL.fullmatch(sentence))
