"""Anaphora: whether a question points to something said before it, as "it" and "the treaty" do."""

from __future__ import annotations

import re
from itertools import islice

from bot.follow_up.name import has_name
from bot.follow_up.phrase import AUXILIARY, WORD, incomplete, named, told
from index.script import simplified
from index.words import content_terms

_SENTENCE = re.compile(r"(?<=[.?!])\s+|(?<=[。？！])")
# What points to something said before.
_POINTS = re.compile(
    r"\b(?:it|its|itself|they|them|their|theirs|he|him|his|she|her|hers|these(?! days)|back then|"
    r"those(?! (?:who|that|which|whose|\w+ed)\b)|"
    r"(?<!is )(?<!are )(?<!was )(?<!were )there(?=\W*$)|"
    r"(?:which|this|that|the|another|first|second|last) ones?|the (?:former|latter)(?!\s\w)|"
    r"this(?! (?:week|month|year|morning|afternoon|evening|summer|autumn|winter|spring|century|decade)\b)|"
    r"(?:is|was|do|does|did|has|had|can|could|will|would|should|how|why|in|of|on|at|for|from|by|about|after) that|"
    r"\w+ed that(?=\s\w+\W*$)|that(?=\W*$|[,.?!]))\b"
    r"|(?<![其吉])[他她它](?:们?的)?|这(?!几?个?[周月年])|那(?!么)|(?<!耳)其(?![他它中实余次])|(?<![因由彼从在])此(?![外次])|上述|[前后]者"
    r"|(?<![应本活])该(?![如怎不去做])|^(?!.*(?:什么|谁|哪|何|几|多少|怎|吗)).*呢[？?]?$",
    re.IGNORECASE,
)
# What somebody did about it, or a wish to be told it in other words: 中国如何回应？ 能详细说说吗？
_OF_IT = re.compile(
    r"^(?!.*(?:对|就|针对|关于|面对|[的把将])).*(?:如何|怎么|怎样|有何|有什么|有没有)(?:作出|做出)?(?:回应|反应|看待|评价|表态|应对|看)"
    r"(?:的|吗)?[？?]?\s*$|"
    r"^\W*(?:你|请|可以|能否|可否|能不能|能|麻烦)*(?:再|更)?(?:用[一两三几]句话)?(?:再|更)?(?:详细|具体|简单|简要)?[地点些]*"
    r"(?:说说|说明|解释|讲讲|概括|总结|展开|举例)(?:一下|一些|一点|点|下)?[吗呢吧]?\W*$"
)
_OWNERS = frozenset("its their his her 其 它的 他的 她的 它们的 他们的 她们的".split())
_SUBJECTS = frozenset("he she they".split())
# Where a clause without "that" may begin: "did the doctor say | she", "get the visa | he needed".
_AUXILIARY_BEFORE = re.compile(rf"\b{AUXILIARY}|\b(?:says?|said|thinks?|thought|claims?|believes?)\s*$", re.IGNORECASE)
# "Do bats find | their way": several who do something with what is theirs.
_SEVERAL_DO = re.compile(
    r"\b(?:do|did|can|could|will|would|should|must)\s+(?:[\w-]+\s+){0,2}[\w-]+(?<![su])s\s+"
    r"(?!(?:about|at|by|for|from|in|like|of|on|to|with)\s)[\w-]+\s+$",
    re.IGNORECASE,
)
# "It" that stands for nothing: "Is it true that ...", "How long does it take to ...". It is something in "Is it safe to
# eat?" and in "Is it safe for children?".
_EMPTY = re.compile(
    r"\b(?:is|was|be) it (?:true(?! (?:about|for|in|of|or|then)\b)(?= \w)|that(?= \w+ \w)|like (?:to|being)\b"
    r"|(?:(?:so|too|very|more|less|still|\w+ly) )?(?:(?:im)?possible|(?:il)?legal|(?:un)?(?:lawful|safe|healthy|usual|"
    r"fair|ethical)|necessary|dangerous|risky|better|worse|best|normal|common|rare|hard(?:er)?|eas(?:y|ier)|difficult|"
    r"good|bad|right|wrong|important|expensive)"
    r" (?:that\b|to [\w'’-]+ (?=\w)(?!(?:at|from|in|on|with)\W*$)|"
    r"for (?!(?:it|them|him|her|this|that)\b)(?:[\w'’-]+ ){1,4}to\b)"
    r"|worth \w+ing (?!(?:at|by|for|from|in|on|with)\b)(?=\w)|(?:\w+ )?(?:rain|snow|hail)ing)"
    r"|\b(?:does|did|would|will|can) it (?:rain|snow|mean (?:if|when|that)|(?:take|cost|mean)(?: \w+){0,3} to"
    r"|get (?:dark|light|cold|hot|late))\b",
    re.IGNORECASE,
)
# Where another clause begins: what it points to may stand in the one before.
_CLAUSE = re.compile(
    r"[,;.?!]\s|[，；。？！]|\b(?:and|but|or|if|when|while|because|since|after|before|that|which|who|how|what|why|where)\b",
    re.IGNORECASE,
)
_NEARBY = 200  # characters, in which a pronoun's own clause begins
_LOOKED_AT = 8  # words that may point back: each reads all that stands before it, and no honest question has more


def points_back(question: str) -> bool:
    """Whether its asking part has a word that stands for nothing before it in the question.

    >>> points_back("Who signed it?"), points_back("Who signed the treaty?"), points_back("Who signed the Rome treaty?")
    (True, True, False)
    """
    question = simplified(question)
    if _OF_IT.search(question):
        return True
    plain = _EMPTY.sub(lambda found: " " * len(found[0]), question)
    words = islice(_POINTS.finditer(plain, _asking(question)), _LOOKED_AT)
    return any(not _explained(question[: word.start()], word[0], question[word.end() :]) for word in words) or (
        not has_name(question) and incomplete(question)
    )


def _asking(question: str) -> int:
    """Where the first sentence that ends in a question mark begins; 0 where none does."""
    start = 0
    for sentence in _SENTENCE.split(question):
        if sentence.endswith(("?", "？")):
            return question.index(sentence, start)
        start += len(sentence)
    return 0


def _explained(before: str, pronoun: str, after: str) -> bool:
    """Whether what stands before a pronoun names something in a clause of its own, or somebody whose it may be."""
    lower = pronoun.lower()
    if lower in _OWNERS and has_name(before):
        return True
    if (lower == "itself" or (lower in _OWNERS and after.startswith(" own "))) and named(before) > 0:
        return True
    nearby = before[-_NEARBY:]
    if lower == "their" and _SEVERAL_DO.search(nearby):
        return True
    ends = [found.start() for found in _CLAUSE.finditer(before)]
    if ends and named(before[: ends[-1]]) > 0:
        return True
    return lower in _SUBJECTS and _AUXILIARY_BEFORE.search(nearby) is not None and _begins_a_clause(nearby, lower)


def _begins_a_clause(before: str, pronoun: str) -> bool:
    """Whether he, she or they begin a clause without "that", and somebody of their number stands before it."""
    words = WORD.findall(before)
    if not words or not content_terms(words[-1]):
        return False
    return any(told(word) and (pronoun == "they" or not word.endswith("s") or word[0].isupper()) for word in words[:-1])
