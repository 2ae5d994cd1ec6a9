"""The phrases of a question: which of its words name what it is about.

Each word gets a letter for what it does there, and patterns over these letters find the phrases that name something.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from bot.follow_up.name import is_date, names
from index.script import simplified
from index.words import chinese, content_terms

AUXILIARY = r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would)\b"
# Words that carry meaning, and do not say what a question is about.
_GENERAL = frozenset(
    content_terms(
        "able become best big call called change detail different end even ever example explain describe far first get "
        "give go good happen idea important information kind know last like long main make many mean meant much name "
        "new next old other people popular provide really reason related say see start still take talk tell thing "
        "think time today type use want way week wonder work year come came second third fourth fifth else"
    )
) | frozenset(
    "请问 介绍 情况 原因 时候 时间 问题 觉得 知道 告诉 发生 进行 现在 目前 具体 "
    "那么 还有 另外 然后 其他 其它 该 要".split()
)
# What a question asks for rather than what it is about, and enough for it to stand alone: "Which countries?".
_KINDS = frozenset("国家 公司".split())
_LETTERS = {
    word: letter
    for letter, words in {
        "w": "who",
        "d": "do does did can could will would should may might must",
        "l": "of the a an and in for on by between with from at",
        "v": "gave built made found held won lost written known given taken shown sold told led met left sent",
        ".": "around outside without within across along among toward towards near since despite than",
    }.items()
    for word in words.split()
}
_OWNER = re.compile(r"(?<!men)(?<!children)(?<!people)(?<!world)(?<!earth)(?<!moon)(?<!sun)['’]s$")
_THE_ONLY = frozenset(
    "world earth moon sun sky sea air internet past future beginning rest weather subject "
    "dark wild ocean universe pope".split()
)
WORD = re.compile(r"[^\W_](?:[\w'’.&-]*[^\W_])?|[^\w\s]")
_PHRASE = re.compile(r"[sn](?:g*(?:l{1,2}g*)?[sn])*")
# Verbs that take no object: what stands between a name and them is part of what is named, as "the Rosetta probe"; and a
# question may end with them: "did the talks in Vienna fail".
_INTRANSITIVE = frozenset(
    "arrive begin burn close collapse crash die end erupt expire explode fail fall happen land open rise sink start "
    "work".split()
)
_TRANSITIVE = re.compile(r"(dl*g*n+(?:l+n+)*)s")
_CHINESE_PHRASE = re.compile(r"s+(?:l+s+)*")


def phrases(question: str) -> list[str]:
    """The parts of a question that name something, in order.

    >>> phrases("Where does the Penobscot River start and end?"), phrases("世界卫生组织的总部在哪里？")
    (['Penobscot River'], ['世界卫生组织的总部'])
    """
    if chinese(question):
        return [question[found.start() : found.end()] for found in _CHINESE_PHRASE.finditer(_characters(question))]
    words = list(WORD.finditer(question))
    found = (match.span() for match in _PHRASE.finditer(_letters([word[0] for word in words])))
    return [question[words[start].start() : words[end - 1].end()] for start, end in found]


def told(text: str) -> set[str]:
    """The terms of a text that say what it is about.

    >>> sorted(told("What else happened at the bank?"))
    ['bank']
    """
    return set(content_terms(text)) - _GENERAL


def named(question: str) -> int:
    """How many words say what a question is about; a word is three characters of Chinese."""
    if chinese(question):
        return -(-sum(map(len, phrases(question))) // 3)
    return len(told(question))


def adds(phrase: str, *texts: str) -> bool:
    """Whether a phrase has a word, not only numbers, that the texts have not."""
    said = {term for text in texts for term in content_terms(text)}
    return any(not term.isdigit() and term not in said for term in content_terms(phrase))


def weight(phrase: str) -> int:
    """How much a phrase names: its words, names counted twice, dates and kinds not at all.

    >>> weight("Treaty of Rome"), weight("treaty in March 2020"), weight("国家禁止")
    (4, 1, 1)
    """
    words = [word for word in phrase.split() if not is_date(word)]
    return len(set(content_terms(" ".join(words))) - _KINDS) + sum(word[0].isupper() for word in words)


def incomplete(question: str) -> bool:
    """Whether it says "the treaty" and not which one: an incomplete definite description."""
    words = WORD.findall(question)
    letters = _letters(words)
    return any(
        word.lower() == "the"
        and noun not in _THE_ONLY
        and re.match("s" if _OWNER.search(noun) else r"s(?:$|[.dvgw])", letters[place:])
        and not {"that", "which", "who"}.intersection(map(str.lower, words[place + 1 : place + 2]))
        for place, (word, noun) in enumerate(pairwise(words), 1)
    )


def names_alone(question: str) -> list[tuple[int, int]]:
    """Where its names stand, if each stands for itself: none where one is part of a longer phrase, as "Gaza talks"."""
    if chinese(question):
        return [(question.index(name), question.index(name) + len(name)) for name in names(question)]
    words = list(WORD.finditer(question))
    letters = _letters([word[0] for word in words])
    if re.search(r"[sg]n", letters):
        return []
    spans = []
    for found in re.finditer(r"n+(?:l+n+)*", letters):
        start, last = words[found.start()].start(), words[found.end() - 1]
        owner = last[0].endswith(("'s", "’s"))
        if not owner and re.match(r"[sg]", letters[found.end() :]):
            return []
        spans.append((start, last.end() - len("'s") * owner))
    return spans


def _letters(words: Sequence[str]) -> str:
    """One letter a word: n names, s says otherwise what it is about, g is general, l links, v is a verb, d is "do".

    >>> _letters("how does the old game of chess work".split()), _letters("who leads the WHO".split())
    ('.dlgslsg', 'wvln')
    """
    letters = "".join(map(_letter, _uncapitalised(words)))
    if (last := _verb_that_ends(words, letters)) is not None:
        letters = f"{letters[:last]}v{letters[last + 1 :]}"
    else:
        letters = re.sub(r"(dl*g*[sn]+)g", r"\1v", letters)  # "did the king say that"
        letters = re.sub(r"(dl*g*[sn]+)s(?![snv])", r"\1v", letters)  # "does the river flow"
        letters = _TRANSITIVE.sub(  # "did the EU ban oil"
            lambda found: found[0] if _is_noun(words[found.end(1) - 1 : found.end() + 1]) else found[1] + "v", letters
        )
    letters = re.sub(r"v(?=[sn])", "s", letters)  # "armed forces"
    return re.sub(r"(w|d\.)s", r"\1v", letters)  # "who signed", "do you mean"


def _verb_that_ends(words: Sequence[str], letters: str) -> int | None:
    """The place of the verb that a question with "did" ends with, where it is one without an object."""
    last = max((place for place, word in enumerate(words) if word[0].isalnum()), default=0)
    return last if "d" in letters[:last] and letters[last] == "s" and words[last] in _INTRANSITIVE else None


def _is_noun(words: Sequence[str]) -> bool:
    """Whether the second of these words is no verb of the name before it: "EU's ban", "Rosetta probe land"."""
    return _OWNER.search(words[0]) is not None or not _INTRANSITIVE.isdisjoint(words[2:])


def _uncapitalised(words: Sequence[str]) -> list[str]:
    """The words, the first without its capital where that may be only the sentence's: "Tell", but not "WHO"."""
    return [
        word.lower() if not place and _GENERAL.issuperset(content_terms(word)) and word[1:].islower() else word
        for place, word in enumerate(words)
    ]


def _letter(word: str) -> str:
    lower = word if word.isupper() and len(word) > 1 else word.lower()  # WHO is not who
    if lower in _LETTERS:
        return _LETTERS[lower]
    terms = content_terms(word)
    if not terms:
        return "."
    if word[0].isupper():
        return "n"
    if lower.endswith("ed"):
        return "v"
    return "g" if terms[0] in _GENERAL or lower.endswith("ly") else "s"


def _characters(question: str) -> str:
    """One letter a character of Chinese: s where it is of a word that carries meaning, l where it links two."""
    question = simplified(question)
    letters = ["l" if character in "的和与及" else "." for character in question]
    for term in told(question):
        for found in re.finditer(re.escape(term), question, re.IGNORECASE):
            letters[found.start() : found.end()] = "s" * len(term)
    for place, character in enumerate(question):
        if character == "·" and 0 < place < len(question) - 1:  # within a name: 埃隆·马斯克
            letters[place] = "s"
    return "".join(letters)
