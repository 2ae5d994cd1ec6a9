"""Credits, from what markup says of authors and outlets: a person who can be read aloud, an outlet, or nothing."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from index.byline.names import board, credited, institution, outlet

_LONGEST_NAME = 80  # characters
_MOST_CAPITALS = 4  # words of a name that is written in capitals
_MOST_WORDS = 3  # of a person's name with a small one
_LONGEST_PARTICLE = 5  # characters: "della", "degli"
_LATIN = re.compile(r"[A-Za-z]")
_MOST_NAMES = 60  # of one article; papers of physics have more
_LONGEST_VALUE = 20_000  # characters that are looked at
_TAG = re.compile(r"<[^<>]*>")
_ADDRESS = re.compile(r"https?://|www\.|\w\.(?:com|org|net)/")
_MAIL = re.compile(r"<?[\w.+-]+@[\w-]+(?:\.[\w-]+)+>?")
_WRITER = r"author|autor|auteur|автор|текст|작성자|بقلم|كتب|(?:本报|本网|特约)?记者|記者|作者|撰文|文|作　者"
_LEAD = re.compile(
    rf"\s*(?:(?:(?:(?:written |posted |story |words |text )?by|{_WRITER})\s*[:：]?\s+|(?:{_WRITER})[:：]\s*|文[/／]\s*)"
    r"|(?:本报|本网|特约)?(?:记者|記者)(?=[\u3400-\u9fff])|(?:von|par|por|di) (?=\S+ \S))",
    re.IGNORECASE,
)
_REVERSED = re.compile(r"(?P<last>[^\W\d_][^\s,]*(?: [^\s,]+)?), (?P<first>[^\W\d_][\w.’'-]*(?: [\w.’'-]+){0,2})")
_PARTED = re.compile(r"\s*(?:\s[|/•·–—]\s|[|｜;；]|(?<=[\u3400-\u9fff])[/／]+(?=[\u3400-\u9fff])|/(?=[A-ZÀ-Þ]))\s*")
_NOBODY = frozenset(
    "admin administrator administrador webmaster web editor editors root user anonymous anon unknown none null nan "
    "undefined author authors staff guest wordpress wp wpadmin default test super superadmin by contributor".split()
)
_FORBIDDEN = re.compile(r"[<>{}\[\]=\\^~|*%$#@/()!?\"“”:;]|\d{3}|https?\b", re.IGNORECASE)
_STAFF = re.compile(r"\s(?:staff|newsroom|news desk|desk|team|editors|reporters|redaktion)\Z", re.IGNORECASE)
_REPORTER = re.compile(r"\s?(?:기자|특파원|记者|記者)\Z")


@dataclass(frozen=True, slots=True)
class Credit:
    """Who wrote an article: people, as they sign, and the agency or outlet that signs for or with them."""

    people: tuple[str, ...] = ()
    agency: str | None = None

    def __or__(self, other: Credit) -> Credit:
        """Both, each name once."""
        return Credit(tuple(dict.fromkeys(self.people + other.people)), self.agency or other.agency)


def plain(value: object, longest: int) -> str | None:
    """A value of markup as one line of text: no tags, no control characters, nothing that turns the writing around.

    None where nothing is left, or more than `longest` characters.
    """
    if not isinstance(value, str):
        return None
    value = value[:_LONGEST_VALUE]
    for _ in range(2):  # what was escaped twice
        value = html.unescape(value) if "&" in value else value
    value = _TAG.sub(" ", value) if "<" in value else value
    value = "".join(" " if each.isspace() else each for each in value if each.isspace() or _seen(each))
    text = unicodedata.normalize("NFC", " ".join(value.split()))
    return text if 0 < len(text) <= longest and any(map(str.isalnum, text)) else None


def _seen(character: str) -> bool:
    """Letters, marks, signs, and the two joiners that Persian and the scripts of India are written with."""
    return character in "\u200c\u200d" or unicodedata.category(character)[0] != "C"


def signed(values: Iterable[str], *, reversed_names: bool = False, persons: bool = False) -> Credit:
    """Whom the values of an author's field name: "By Jane Doe, Staff Writer", "jane@vellmar.example (Jane Doe)".

    Addresses, logins and roles are nobody. `reversed_names` says that "Doe, Jane" is one person. `persons` says that
    the markup types the values as persons.

    >>> signed(["By Jane Doe, Staff Writer", "https://social.example/jane"])
    Credit(people=('Jane Doe',), agency=None)
    """
    found = Credit()
    for value in values:
        for each in value[:_LONGEST_VALUE].split(";") if reversed_names else [value]:
            if len(found.people) < _MOST_NAMES:
                found |= _signed(each, reversed_names)
    return Credit(tuple(name for name in found.people if not _phrase(name, person=persons)), found.agency)


def organised(values: Iterable[str]) -> Credit:
    """Same as `signed`, for names that are marked as organisations': an agency, unless it is an editorial board."""
    found = Credit()
    for value in values:
        name = plain(value, _LONGEST_NAME)
        if name and not _ADDRESS.search(name) and not _MAIL.search(name):
            found |= Credit((name,)) if board(name) else Credit(agency=_STAFF.sub("", name))
    return found


def _signed(value: str, reversed_names: bool) -> Credit:
    text = plain(value, 10 * _LONGEST_NAME)
    if text is None:
        return Credit()
    if reversed_names and (found := _REVERSED.fullmatch(text)):
        return _one(f"{found['first']} {found['last']}", institution=False)
    text = _MAIL.sub(" ", text).strip()
    while lead := _LEAD.match(text):
        text = text[lead.end() :]
    found_all = Credit()
    for part in _PARTED.split(text):
        found_all |= _part(part.strip(" ,;-–—"))
    return found_all


def _part(text: str) -> Credit:
    text = _REPORTER.sub("", text[1:-1] if text[:1] == "(" and text[-1:] == ")" else text)
    if _ADDRESS.search(text):
        return Credit()
    kept = ", ".join(part for part in re.split(r",\s*", text) if not institution(part))
    credit = credited(kept) if kept else None
    if credit is None:
        return _one(re.sub(r"\s*[(（][^()（）]*[)）]?\Z", "", kept or text), institution=not kept)
    people, agency = credit
    agency = agency and _STAFF.sub("", agency)
    return Credit(tuple(name for name in people if _named(name) and not _STAFF.search(name)), agency or _staffed(kept))


def _staffed(text: str) -> str | None:
    """The agency that "Reuters Staff" is of."""
    name = _STAFF.sub("", text)
    return name if name != text and outlet(name) else None


def _one(name: str, *, institution: bool) -> Credit:
    """A name as it stands. Markup says that it is a name, and many do not read as such ("bell hooks")."""
    if not _named(name):
        return Credit()
    if institution or (outlet(name) and not board(name)):
        return Credit() if _phrase(name) else Credit(agency=name)
    return Credit((name,))


def _named(name: str) -> bool:
    words = name.split()
    login = len(words) == 1 and name.isascii() and (name.islower() or any(map(str.isdigit, name)) or "_" in name)
    nobody = all(word.strip(".,").casefold() in _NOBODY for word in words)
    shaped = 2 <= len(name) <= _LONGEST_NAME and 1 <= len(words) <= 8 and not _FORBIDDEN.search(name)
    return shaped and not login and not nobody


def _phrase(name: str, *, person: bool = False) -> bool:
    """Whether words are too many, or too long, to be particles of a name: "Show all articles", "Kit Poster designed".

    The name of a `person` may have one small word beside one or two others: "Mohammed bensalah".

    >>> _phrase("SHOW ALL ARTICLES OF KIT POSTER"), _phrase("Maria della Rovere"), _phrase("bell hooks")
    (True, False, False)
    """
    words = name.split()
    if name.isupper():
        return len(words) > _MOST_CAPITALS
    small = [len(word) for word in words if word.islower()]
    if person and len(small) == 1 < len(words) <= _MOST_WORDS:
        return False
    return not name.islower() and max(small, default=0) > _LONGEST_PARTICLE


def whole(name: str) -> bool:
    """Whether a name has more than one word, or is in a script that writes it as one.

    >>> whole("Kit Poster"), whole("Von"), whole("杨进")
    (True, False, True)
    """
    return " " in name or _LATIN.search(name) is None
