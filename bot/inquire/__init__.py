"""A sentence to the questions that it answers, by its shape alone.

Few sentences have a shape from which a question follows for certain; all others give none.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.inquire import chinese as in_chinese
from bot.inquire import english as in_english
from index.words import chinese


def questions(sentence: str, author: str | None = None) -> Iterator[str]:
    """What a sentence answers, the likeliest to be asked first; nothing where its shape is not known.

    `author` is who speaks in it, where its article speaks for somebody.

    >>> list(questions("The British government barred Huawei from its 5G networks on 14 July 2020."))
    ['When did the British government bar Huawei from its 5G networks?']
    >>> list(questions("中国2020年1月拥有约320枚核弹头。"))
    ['中国2020年1月拥有多少枚核弹头？', '中国何时拥有约320枚核弹头？']
    """
    text = " ".join(sentence.split())
    yield from dict.fromkeys(in_chinese.questions(text) if chinese(text) else in_english.questions(text, author))


def mentioned(sentence: str) -> tuple[str, ...]:
    """The names that a sentence is about, as they stand in it.

    >>> mentioned("In May 2020, the United States Department of Commerce restricted the access of Huawei to chips.")
    ('the United States Department of Commerce',)
    """
    if chinese(sentence):
        return tuple(name for name in in_chinese.names(sentence) if name.startswith("《"))
    return in_english.names(sentence)
