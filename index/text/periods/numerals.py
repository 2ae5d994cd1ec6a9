"""Small numbers in words: "two", "a couple of", "两", "二〇二〇"."""

from __future__ import annotations

_COUNTS = ["a", *"one two three four five six seven eight nine ten eleven twelve".split()]
HAN = "零一二三四五六七八九十"  # each at its number
COUNT = rf"\d{{1,3}}|a\scouple\sof|{'|'.join(_COUNTS[1:])}"  # as a pattern


def count(word: str | None) -> int:
    """How many a word or a number says, 999 at most; one where there is none.

    >>> count("12"), count("a couple of"), count("三"), count(None)
    (12, 2, 3, 1)
    """
    word = (word or "one").lower().replace("a couple of", "two")
    if word.isdigit():
        return min(int(word), 999)
    return 2 if word == "两" else HAN.index(word) if word in HAN else max(_COUNTS.index(word), 1)


def western(written: str | None) -> str | None:
    """A number in Chinese characters with digits: "二〇二〇", "三十一"; anything else as it is.

    >>> western("二〇二〇"), western("三十一"), western("July")
    ('2020', '31', 'July')
    """
    if not written or written[0] not in HAN + "〇":
        return written
    from cn2an import cn2an

    return str(cn2an(written, "smart"))
