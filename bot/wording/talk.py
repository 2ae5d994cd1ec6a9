"""The sentences that Byline says itself, in the language of the request: `talk.toml` has them."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("talk.toml")


def reply(name: str, language: str) -> str:
    """The sentence of a name: a kind of talk (`intent.TALK`), or a part of a refusal or of the library's facts.

    >>> reply("outside", "zh")[:6]
    '这个我做不到'
    """
    return _sentences()[language][name]


@cache
def _sentences() -> dict[str, dict[str, str]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
