"""Text to terms: the one analysis that the word index, the evidence and the citations share."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from index.text.script import simplified

MONTHS = tuple("January February March April May June July August September October November December".split())
WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
FUNCTION_WORDS = frozenset(
    "a about above after again all also am an and any are as at be because been before being below between both but "
    "by can could did do does doing down during each few for from further had has have having he her here hers him "
    "his how i if in into is it its itself just may me might more most must my no nor not now of off on once only or "
    "other our out over own s same shall she should so some such t than that the their them then there these they "
    "this those through to too under until up upon us very was we were what when where which while who whom whose "
    "why will with would you your".split()
)
REPLIES = frozenset(("yes",))  # as empty as "no"; apart, so that the terms of the word index stay as they are
CHINESE_FUNCTION_WORDS = frozenset(
    "的 了 和 与 及 在 是 有 被 把 对 对于 关于 为 为了 从 到 于 就 都 也 还 而 但 或 及其 以 以及 这 那 这些 那些 "
    "什么 谁 哪 哪些 哪里 哪个 何时 什么时候 多少 几 怎么 怎样 如何 为什么 吗 呢 吧 啊 之 其 所 者 将 会 能 可以 "
    "一个 上 下 中 里 并 并且 他 她 它 他们 我 我们 你 你们".split()
)
_SENTENCE = 1_000  # characters: the terms of no longer text are kept
_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_LATIN_ENDS = 0x250  # the first code point after the Latin letters, those with accents included
_LATIN = re.compile(r"[A-Za-z\u00c0-\u052f]{3,}")
_CHINESE_NAMES = frozenset("nr nrt nrfg ns nt nz".split())  # as the segmenter tags them
CAPITAL = f"[{''.join(chr(code) for code in range(0x530) if chr(code).isupper())}]"  # Latin, Greek and Cyrillic


# Compiled when a text is first read: the two take a tenth of what it costs to import the package.


@cache
def _token() -> re.Pattern[str]:
    """A run of Chinese; an abbreviation with dots; a number with its separators; a word with its apostrophe."""
    return re.compile(
        r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+|(?:[A-Z]\.){2,}|\d+(?:[.,]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)?|[^\W_]+"
    )


@cache
def _capitalised_run() -> re.Pattern[str]:
    """Words are bounded, so that a text without spaces takes no time."""
    return re.compile(rf"{CAPITAL}[\w-]{{1,40}}(?: (?:of |and |the |for )?{CAPITAL}[\w-]{{1,40}})+")


def terms(text: str) -> list[str]:
    """The stemmed terms of `text` in order, function words included.

    An acronym that would otherwise read as a function word keeps its capitals: `WHO` is not `who`, `US` is not `us`.

    >>> terms("Who left the WHO? The U.S. withdrew.")
    ['who', 'left', 'the', 'WHO', 'the', 'US', 'withdrew']
    """
    return [_term(token) for token in _tokens(simplified(unicodedata.normalize("NFKC", text)))]


def content_terms(text: str) -> tuple[str, ...]:
    """The terms that carry meaning, in order: no function words, no single Latin letters. A sentence is read once.

    >>> content_terms("Who won the 2018 World Cup?"), content_terms("Yes."), content_terms("No.")
    (('won', '2018', 'world', 'cup'), (), ())
    """
    return _kept(text) if len(text) <= _SENTENCE else _content_terms(text)


def _content_terms(text: str) -> tuple[str, ...]:
    return tuple(term for term in terms(text) if carries_meaning(term))


_kept = lru_cache(maxsize=4096)(_content_terms)


def acronyms(text: str) -> dict[str, tuple[str, ...]]:
    """The acronyms that runs of two to five capitalised words in `text` would have, each with the terms of its run.

    >>> acronyms("The World Health Organization met.")["WHO"]
    ('world', 'health', 'organiz')
    """
    found: dict[str, tuple[str, ...]] = {}
    for run in _capitalised_run().findall(text):
        words = [word for word in run.split() if word[0].isupper()]
        for length in range(2, min(len(words), 5) + 1):
            for first in range(len(words) - length + 1):
                part = words[first : first + length]
                found.setdefault(_term("".join(word[0] for word in part)), tuple(terms(" ".join(part))))
    return found


def vocabulary(text: str, spelled: Mapping[str, tuple[str, ...]] = MappingProxyType({})) -> frozenset[str]:
    """The terms of `text`: its content terms, the acronyms it spells out, and what `spelled` says its acronyms mean.

    >>> vocabulary("The WHO met.", acronyms("the World Health Organization")) >= {"world", "health", "organiz", "WHO"}
    True
    """
    written = set(content_terms(text))
    meant = {term for acronym, run in spelled.items() if acronym in written for term in run}
    return frozenset(written | meant | set(acronyms(text)))


def carries_meaning(term: str) -> bool:
    return (
        term not in FUNCTION_WORDS
        and term not in REPLIES
        and term not in CHINESE_FUNCTION_WORDS
        and (len(term) > 1 or not term.isascii() or term.isdigit())
    )


def chinese(text: str) -> bool:
    """Whether the letters of `text` are mostly Chinese characters; a Latin word counts as two, as long as it may be.

    >>> chinese("iPhone 12将于10月23日开售。"), chinese("The PLA Daily (解放军报) said so.")
    (True, False)
    """
    letters = sum(1 for character in _LATIN.sub("xx", text) if character.isalpha())
    return letters > 0 and sum(len(run) for run in _CHINESE.findall(text)) * 2 > letters


def latin(text: str) -> bool:
    """Whether the letters of `text` are mostly Latin ones; so too where it has none.

    >>> latin("Où est l’école ?"), latin("Где школа?"), latin("2019")
    (True, False, True)
    """
    letters = [character for character in text if character.isalpha()]
    return sum(ord(letter) < _LATIN_ENDS for letter in letters) * 2 >= len(letters)


def chinese_names(text: str) -> frozenset[str]:
    """The words of `text` in Chinese that name people, places or bodies."""
    return frozenset(word for run in _CHINESE.findall(text) for word, sort in tagged(run) if sort in _CHINESE_NAMES)


def tagged(text: str) -> list[tuple[str, str]]:
    """The words of a Chinese text in order, each with its sort as jieba names it: `n`, `ns`, `v`, `m`, `x`, ...

    >>> tagged("中国拥有核弹头")
    [('中国', 'ns'), ('拥有', 'v'), ('核弹头', 'n')]
    """
    found: list[tuple[str, str]] = _segmenter().tag(simplified(text))
    return found


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    for token in _token().findall(text.replace("\u2019", "'")):
        if _CHINESE.match(token):
            found.extend(_segmenter().cut_for_search(token))
        else:
            found.append(token)
    return found


@lru_cache(maxsize=200_000)
def _term(token: str) -> str:
    word = token.replace(".", "") if token[:1].isupper() and "." in token else token
    word = word.removesuffix("'s").removesuffix("'S")
    lower = word.lower()
    if lower in FUNCTION_WORDS:
        return word if len(word) > 1 and word.isupper() else lower
    if word[:1].isdigit():
        return lower.replace(",", "")
    return str(_stemmer().stemWord(lower))


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")


@lru_cache(maxsize=1)
def _segmenter() -> Any:
    import rjieba

    return rjieba


# Words that say that somebody says something: a claim is what is said, and who says it.
SAYING = frozenset(
    (
        *terms("argue argues argued say says said tell tells told claim claims claimed state states stated"),
        *terms("write writes wrote according"),
        *("说", "表示", "认为", "称"),  # as they are: the segmenter is not loaded for them
    )
)
