"""The address that a page gives as its own, and whether it is believed."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urljoin, urlsplit

_LONGEST = 2000  # characters
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\"'<>\\^`{|}]")
_OTHER_FACES = re.compile(r"\A(?:www\d?|m|mobile|amp|wap)\.(?=.+\..)")  # of one site
_PORTS = {"http": 80, "https": 443}
_FRONT = re.compile(r"/?(?:index\.\w{2,5})?")


def canonical(stated: str, page: str | None) -> str | None:
    """The address that a page `stated` as its own, whole and without a fragment; None where it is not believed.

    It is believed if it is of the web, names no user, and leads to no front page. Thousands of pages name their front
    page by mistake, and would be one article. It has to be of the site of `page`, the address that the page came from,
    where that is known.

    >>> canonical("/port#top", "https://m.vellmar.example/port?from=feed"), canonical("https://other.example/a", None)
    ('https://m.vellmar.example/port', 'https://other.example/a')
    >>> canonical("https://other.example/port", "https://vellmar.example/port") is None
    True
    """
    found = web_address(stated, page)
    if found is None:
        return None
    parts = urlsplit(found)
    front = _FRONT.fullmatch(parts.path) and not parts.query
    return None if front or (page and not same_site(found, page)) else found


def web_address(stated: str, base: str | None = None) -> str | None:
    """The http or https address that `stated` is, on a page at `base`, without its fragment; None for any other."""
    stated = stated.strip()
    if not stated or len(stated) > _LONGEST or _UNSEEN.search(stated):
        return None
    try:
        parts = urlsplit(urljoin(base or "", stated))
        named = parts.hostname and "@" not in parts.netloc and parts.port != 0
    except ValueError:  # a port or an IPv6 number that is none
        return None
    if parts.scheme not in _PORTS or not named:
        return None
    host = parts.netloc.lower().removesuffix(f":{_PORTS[parts.scheme]}")
    return parts._replace(netloc=host, path=parts.path or "/", fragment="").geturl()


def same_site(one: str, other: str) -> bool:
    """Whether two web addresses are of one host, whatever face of it they name: www, m, amp.

    >>> same_site("https://www.vellmar.example/a", "http://amp.vellmar.example/b")
    True
    """
    return _site(urlsplit(one)) == _site(urlsplit(other))


def same_page(one: str, other: str) -> bool:
    """Whether two web addresses differ only in the scheme, the face of the site, the query or a closing slash."""
    return same_site(one, other) and _path(one) == _path(other)


def path_words(address: str) -> list[str]:
    """The names of the folders in an address, the last part left out: it names the page."""
    return [part.replace("-", " ").replace("_", " ") for part in urlsplit(address).path.split("/")[:-1] if part]


def _path(address: str) -> str:
    return urlsplit(address).path.rstrip("/").removesuffix("/amp").removesuffix(".amp")


def _site(parts: SplitResult) -> tuple[str, int | None]:
    port = parts.port if parts.port != _PORTS.get(parts.scheme) else None
    return _OTHER_FACES.sub("", (parts.hostname or "").rstrip(".")), port
