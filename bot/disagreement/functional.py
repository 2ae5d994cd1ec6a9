"""Functional relations: what one alone can be or do, so that whoever else is named for it disputes the answer.

Many may sign, support or condemn one thing, and each is told of without the others. After Ritter et al., It's a
Contradiction – No, it's Not: https://aclanthology.org/D08-1002/
"""

from __future__ import annotations

import re

from bot.entailment.rival import replaced
from bot.language.claim import Claim, together
from bot.language.wording import NAME, carries, carries_all, titles
from index.words import CAPITAL, content_terms

_ONLY_ONE = re.compile(
    r"\bwho(?:se)? (?:(?:is|was|will|has|had|did|does|really|first|originally|still|now|currently|be|been) )*"
    r"(?:(?:the|his|her|its|their|[\w.-]+[’']s)\b|(?:leads?|led|heads?|headed|runs?|ran|chairs?|chaired|commands?|"
    r"commanded|governs?|governed|rules?|ruled|owns?|owned|wins?|won|hosts?|hosted|invent\w*|discover\w*|found\w*|"
    r"wrote|written|compos\w*|direct\w*|design\w*|paint\w*|built|created?|buys?|bought|acquir\w*|kill\w*|"
    r"murder\w*|assassinat\w*|shot|caus\w*|start\w*|replac\w*|succeed\w*|becomes?|became)\b)|\bby whom\b|[谁誰]",
    re.IGNORECASE,
)
# Who is less than what the word after it says, or was that once; who only acts as that is that by now.
_LESSER = re.compile(
    r"\b(?:deputy|vice|assistant|associate|former|ex|ousted|late|honorary|shadow|would-be)[ -]([a-z]+)|"
    r"\b(?:candidate|nominee|nominated|runs|running|ran|vying|bid) for (?:the )?([a-z]+)|"
    r"(?:副|前)(总理|总统|首相|主席|部长|市长|州长)",
    re.IGNORECASE,
)
_INSTEAD = re.compile(r"\b(?:not|instead of|rather than)\b|而非")
_SUCCEEDED = re.compile(
    rf"\b(?:(?:succeed|replac)(?:s|es|ed)|took over from) (?:[a-z]+ ){{0,3}}({NAME})|"
    rf"(?<!\S)({CAPITAL}\S*(?: {CAPITAL}\S*){{0,3}}) (?:is|was|has been) (?:succeeded|replaced) (?:\w+ ){{0,4}}?by\b"
)


def names_another(asked: Claim, said: Claim, other: Claim) -> bool:
    """Whether one alone was asked for, and a sentence names another one than the answer.

    >>> from bot.language.claim import read
    >>> asked, said = read("Who is the mayor of Brightsea?"), read("Ann Example is the mayor of Brightsea.")
    >>> names_another(asked, said, read("Ben Sample is the mayor of Brightsea."))
    True
    >>> names_another(asked, said, read("Ben Sample is the deputy mayor of Brightsea."))
    False
    >>> names_another(asked, said, read("Ben Sample succeeded Ann Example as mayor of Brightsea."))
    True
    """
    if not _ONLY_ONE.search(asked.texts[0]):
        return False
    if _succeeded(said, other):
        return True
    if _lesser(asked, said, other) or _the_same_one(asked, said, other):
        return False
    claim = together(said, asked)
    lacking = [term for term in claim.terms if not carries(other.vocabulary, term.text)]
    return replaced(claim, [other], lacking)


def _succeeded(said: Claim, other: Claim) -> bool:
    """Whether it names who came after the one who the answer says it is."""
    there = other.texts[0]
    gone = [
        content_terms(found[found.lastindex or 0])
        for found in _SUCCEEDED.finditer(there)
        if not _LESSER.search(there, found.end())
    ]
    return not said.past and any(name and carries_all(said.vocabulary, name) for name in gone)


def _lesser(asked: Claim, said: Claim, other: Claim) -> bool:
    """Whether it names a deputy, or a former one, of whom was asked."""
    question, sentence, there = (claim.texts[0] for claim in (asked, said, other))
    known = f"{question} {sentence}".lower()
    found = [each[each.lastindex or 0] for each in _LESSER.finditer(there) if each[0].lower() not in known]
    roles = frozenset(content_terms(" ".join(found)))
    return any(carries(roles, term) for term in content_terms(question))


def _the_same_one(asked: Claim, said: Claim, other: Claim) -> bool:
    """Whether it names somebody of the answer, and nobody in that one's place."""
    own = [term.text for term in said.terms if term.sort.nominal and not carries(asked.vocabulary, term.text)]
    named = any(carries(other.vocabulary, name) for name in own if name not in titles())
    return named and not _INSTEAD.search(other.texts[0])
