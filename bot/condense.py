"""A follow-up to a question of its own, only where it needs the history.

Code finds what the conversation is about and puts it before the question: "Penobscot River: Where does it end?". A
model only words the two as one question, and never sees the conversation, so that no answer in it can instruct it. Its
words are taken where they keep the question's own and add only the conversation's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from bot.config import shipped
from bot.follow_up.anaphora import points_back
from bot.follow_up.ellipsis import asked_again, asked_before
from bot.follow_up.name import names
from bot.follow_up.standalone import bare, needs_history, other
from bot.follow_up.subject import subject
from bot.prompt import PromptFile, read
from bot.types import Prompt, Turn
from index.sentence import sentences
from index.words import chinese, content_terms

Complete = Callable[[Prompt], Iterator[str]]

_LONGEST = 300  # characters of a question that a model wrote
_INVENTED = 1  # words of it that nobody said, at most: "league" for "How many teams?"
_ASKS = {
    kind: re.compile(words, re.IGNORECASE)
    for kind, words in {
        "who": r"\bwho(?:m|se)?\b|谁",
        "what": r"\bwhat\b(?! about\b)|什么(?!时候)(?<!为什么)",
        "when": r"\bwhen\b|何时|什么时候",
        "where": r"\bwhere\b|哪里|哪儿|何处",
        "why": r"\bwhy\b|为什么|为何",
        "how": r"\bhow\b(?! about\b)|怎|如何|多少|几",
        "which": r"\bwhich\b|哪(?![里儿])",
    }.items()
}
# What is said before a question, to be polite.
_POLITE = re.compile(
    r"^\W*(?:(?:(?:thanks|thank you)(?! to\b)(?:,? (?:a lot|so much|very much|again|for that))?|ok|okay|"
    r"hi(?: again)?|hello|hey|please|sorry|"
    r"(?:great|good|nice|cool|interesting|right|sure|well|wow|oh|i see|got it)(?=\s*[,.!;:–-]))\b"
    r"[\s,.!;:–-]*)+|^(?:(?:谢谢|好的|你好|对不起|抱歉)[，。！,.!\s]*)+",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"https?:|www\.|[<>{}\[\]`|\\]")


def condense(question: str, history: Sequence[Turn], complete: Complete | None = None) -> str:
    """The question with what it takes from `history`; the question itself where it stands alone.

    Turns without an answer are fine. Without a model (`complete` None), or where its words are not faithful, the
    subject is put before the question.

    >>> condense("How long is it?", [Turn("What is the Great Wall of China made of?")])
    'Great Wall of China: How long is it?'
    """
    whole, question = question, _POLITE.sub("", question)
    if not history or not needs_history(question):
        return whole
    if again := asked_again(question, history):
        return again
    about = _about(question, history)
    if not about:
        return whole
    if complete is not None:
        written = _line(complete(_file(chinese(question)).fill({"subject": about, "question": question})))
        if faithful(written, question, about):
            return written
    return _joined(about, question)


def faithful(written: str, question: str, about: str) -> bool:
    """Whether what a model wrote is the question, with what it is about, and nothing else.

    It is plain text in the question's language, in no more sentences, and does not point back. It keeps the words that
    ask and two thirds of those that say what is asked. What it adds is of the subject, but for a word that is no name;
    it adds something, unless the question only seemed to need it.

    >>> faithful("How long is the Great Wall of China?", "How long is it?", "Great Wall of China")
    True
    >>> faithful("The Great Wall of China is 21,196 km long.", "How long is it?", "Great Wall of China")
    False
    """
    own, told, new = (set(content_terms(text)) for text in (question, about, written))
    invented = new - own - told
    return (
        len(written) <= _LONGEST
        and 1 <= len(sentences(written)) <= max(1, len(sentences(question)), question.count("?"))
        and not _MARKUP.search(written)
        and chinese(written) == chinese(question)
        and not points_back(written)
        and _asking(question) <= _asking(written)
        and bool(own or _asking(question))
        and len(own - new) <= len(own) // 3
        and (bool(new & told - own) or not points_back(question))
        and len(invented) <= _INVENTED
        and not any(term[0].isdigit() for term in invented)
        and not any(invented.intersection(content_terms(name)) for name in names(written))
    )


def _about(question: str, history: Sequence[Turn]) -> str:
    """What a question is about that needs the history: its subject, or the question before one that names nothing."""
    if bare(question):
        return condense(history[-1].question, history[:-1])
    if other(question) and (earlier := asked_before(question, history)):
        return earlier
    return subject(question, history)


def _joined(about: str, question: str) -> str:
    in_chinese = chinese(question)
    if about.endswith(("?", "？")):
        return f"{about}{question}" if in_chinese else f"{about} {question}"
    return f"{about}：{question}" if in_chinese else f"{about}: {question}"


def _line(words: Iterator[str]) -> str:
    """The first line of what a model writes; the rest is not waited for."""
    written = ""
    for piece in words:
        written += piece
        if "\n" in written.lstrip() or len(written) > _LONGEST:
            break
    return written.strip().partition("\n")[0].strip()


def _asking(question: str) -> set[str]:
    """What a question asks for, by the words that say so.

    >>> _asking("美国何时退出？") == _asking("美国是什么时候退出的？") == _asking("when")
    True
    """
    return {kind for kind, words in _ASKS.items() if words.search(question)}


@cache
def _file(in_chinese: bool) -> PromptFile:
    """The prompt for a question's language. Raises PromptInvalid."""
    name = "condense.zh.md" if in_chinese else "condense.md"
    return read(shipped("prompts") / name, ("subject", "question"))
