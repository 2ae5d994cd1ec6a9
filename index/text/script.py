"""One script for Chinese: traditional characters as the simplified ones, one for one, so that offsets stay."""

from __future__ import annotations

import re
from functools import lru_cache

HAN = re.compile(r"[\u3400-\u9fff]")


def simplified(text: str) -> str:
    """`text` with its traditional Chinese characters as the simplified ones, of the same length.

    >>> simplified("臺灣總統說，颱風過後會來。")
    '台湾总统说，台风过后会来。'
    """
    return text.translate(_table()) if not text.isascii() and HAN.search(text) else text


@lru_cache(maxsize=1)
def _table() -> dict[int, str]:
    """Each character that OpenCC writes otherwise by itself: it knows words too, and those may change in length."""
    from opencc import OpenCC

    characters = [chr(code) for code in range(0x3400, 0xA000)]
    alone = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {ord(old): new for old, new in zip(characters, alone, strict=True) if new != old}
