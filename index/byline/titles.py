"""Titles as pages have them: cut, with the outlet's name behind, in a trail of sections."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.byline.names import outlet, section

_MOST_NAMES = 5
_SHORTEST_CUT = 15  # characters that a cut title has at least
_CUT = re.compile(r"\s*(?:\.\.\.|…)\Z")
_END = re.compile(r"(?P<title>.{4,})(?:\s[|｜–—-]\s|\s[::»«•·]\s|[|｜_]| \| )\s*(?P<name>[^|｜_]{2,60})\Z")
_BEGIN = re.compile(r"(?P<name>[^|｜]{2,60}?)\s*(?P<mark>[|｜»:：])\s+(?P<title>.{4,})\Z")
_HOME = re.compile(
    r"(?:home(?: ?page)?|front page|startseite|start|accueil|inicio|início|home page|главная|首页|ホーム|トップ|홈|"
    r"الرئيسية|news|nachrichten)",
    re.IGNORECASE,
)


def bare(title: str) -> str:
    """The letters and numbers of a title alone, by which two are compared."""
    return "".join(filter(str.isalnum, _CUT.sub("", title).casefold()))


def same_title(one: str, other: str) -> bool:
    """Whether two titles are one, of which either may be cut, or longer by the names of outlet and section.

    >>> same_title("Pilots leave the port of Vellmar", "Pilots leave the port … | Vellmar Courier")
    False
    >>> same_title("Pilots leave the port of Vellmar", "Pilots leave the port of Vellmar - Vellmar Courier")
    True
    """
    first, second = bare(one), bare(other)
    if not first or not second:
        return False
    shorter, longer = sorted((first, second), key=len)
    chinese = not shorter.isascii()
    return first == second or (len(shorter) >= (6 if chinese else _SHORTEST_CUT) and shorter in longer)


def cut(title: str) -> bool:
    """Whether a title ends in the middle."""
    return bool(_CUT.search(title))


def without_names(title: str, names: Sequence[str]) -> str:
    """The title without the names of outlets and sections that pages put around it; `names` are known ones.

    >>> without_names("Pilots leave | Vellmar Gazette", ()), without_names("Pilots leave - Tidewater", ("Tidewater",))
    ('Pilots leave', 'Pilots leave')
    """
    known = {bare(name) for name in names}

    def named(name: str) -> bool:
        return bare(name) in known or outlet(name) or section(name) is not None or _HOME.fullmatch(name) is not None

    while (found := _END.fullmatch(title)) and named(found["name"].strip()):
        title = found["title"].strip()
    begun = _BEGIN.fullmatch(title)
    if begun and (bare(begun["name"]) in known or outlet(begun["name"])):
        return begun["title"].strip()
    labelled = begun and begun["mark"] in "|｜" and section(begun["name"])
    return begun["title"].strip() if begun and labelled else title


def around_title(title: str) -> list[str]:
    """The parts before a title and behind it, the last first: names of outlets and sections, if they are that.

    >>> around_title("Opinion | Pilots leave - World - Vellmar Gazette")
    ['Opinion', 'Vellmar Gazette', 'World']
    """
    names: list[str] = []
    begun = _BEGIN.fullmatch(title)
    if begun and (section(begun["name"]) or outlet(begun["name"])):
        names, title = [begun["name"].strip()], begun["title"].strip()
    while len(names) < _MOST_NAMES and (found := _END.fullmatch(title)):
        names.append(found["name"].strip())
        title = found["title"].strip()
    return names


def crumbs(names: Sequence[str], titles: Sequence[str]) -> tuple[str, ...]:
    """The sections of a trail "Home > World > Opinion > The title", the nearest first."""
    kept = [name for name in names if name and not _HOME.fullmatch(name) and not _is_one(name, titles)]
    return tuple(reversed(kept[:5]))


def _is_one(name: str, titles: Sequence[str]) -> bool:
    return any(
        bare(name) == bare(title) or (len(name) >= _SHORTEST_CUT and same_title(name, title)) for title in titles
    )
