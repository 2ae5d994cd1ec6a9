"""Semantic roles in Chinese: who does what to whom, by the order of its words and by 被 and 把."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from index.words import content_terms, tagged

_CLAUSE = re.compile(r"[，。；：！？“”‘’「」《》（）、]")
_PASSIVE = frozenset("被 遭 遭到 遭受 受到 由".split())
_ACTIVE = frozenset("把 将".split())
_TOGETHER = frozenset("与 和 同 跟 及 双方 两国 互相 相互 彼此".split())
_PEOPLE = frozenset(("警察", "警方"))  # which the segmenter takes for verbs
_NO_DEED = frozenset("是 有 为 说 称 表示 认为 指出 宣布 可以 能 会 应 要 进行 予以 加以 开始 继续".split())
_NO_VERBS = _PASSIVE | _PEOPLE | _NO_DEED


class Role(NamedTuple):
    """Who does what to whom, by the terms of the nouns beside a verb."""

    doers: frozenset[str]
    deed: str
    done_to: frozenset[str]


def swapped(one: Role, other: Role) -> bool:
    """Whether who does it in the one has it done to him in the other, and the other way round."""
    return (
        one.deed == other.deed
        and not one.doers.isdisjoint(other.done_to)
        and not one.done_to.isdisjoint(other.doers)
        and one.doers.isdisjoint(other.doers)
        and not one.done_to <= other.done_to
    )


@lru_cache(maxsize=4_096)
def roles(text: str) -> tuple[Role, ...]:
    """Who does what to whom in a text in Chinese.

    >>> roles("叛军被军队击退。") == roles("军队击退叛军。") == (Role({"军队"}, "击退", {"叛军"}),)
    True
    """
    return tuple(role for clause in _CLAUSE.split(text) if clause for role in _roles_in(tagged(clause)))


def _roles_in(words: Sequence[tuple[str, str]]) -> Iterator[Role]:
    """Those of one clause: before each verb stands who does it and after it to whom, but for 被 and 把."""
    if not _TOGETHER.isdisjoint(word for word, _ in words):
        return
    verbs = [at for at, (word, sort) in enumerate(words) if sort == "v" and word not in _NO_VERBS]
    for place, at in enumerate(verbs):
        begin = verbs[place - 1] + 1 if place else 0
        end = verbs[place + 1] if place + 1 < len(verbs) else len(words)
        turn = next((here for here in range(begin, at) if words[here][0] in _PASSIVE | _ACTIVE), None)
        if turn is None:
            doers, done_to = _nouns(words[begin:at]), _nouns(words[at + 1 : end])
        else:
            doers, done_to = _nouns(words[begin:turn]), _nouns(words[turn + 1 : at])
            if words[turn][0] in _PASSIVE:
                doers, done_to = done_to, doers
        if doers and done_to:
            yield Role(doers, words[at][0], done_to)


def _nouns(words: Sequence[tuple[str, str]]) -> frozenset[str]:
    """Their terms, those within them too: 英国 of 英国政府."""
    nouns = (word for word, sort in words if (sort[0] in "nj" and len(word) > 1) or word in _PEOPLE)
    return frozenset(term for word in nouns for term in content_terms(word))
