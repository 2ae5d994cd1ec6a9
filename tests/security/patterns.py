"""The regular expressions of Byline, and texts that are hostile to each: made from how it is built."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from re import _constants as op
from re import _parser as parser
from typing import Any

import bot
import index

ROOTS = tuple(Path(package.__file__ or "").parent for package in (bot, index))
CALLS = frozenset({"compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn"})
LETTERS = "a0 .,-:/A|_(<[\"'\n中é@#*%"  # one of most classes
AFTER = ("", "\0", "a", "\n\0", "!")  # what may make a match fail at its end


@dataclass(frozen=True, slots=True)
class Found:
    """A pattern, and the module that has it."""

    module: str
    pattern: str
    flags: int


def found() -> list[Found]:
    """All that are compiled while modules are imported, and all that functions write out."""
    return sorted({*_compiled(), *_written()}, key=lambda each: (each.module, each.pattern, each.flags))


def hostile(pattern: str, flags: int, times: int) -> Iterator[str]:
    """For each part that may be repeated: what leads to it, the part again and again, and an end that does not fit."""
    tree = parser.parse(pattern, flags)
    for lead, unit in dict.fromkeys(_repeats(tree, "")):
        if unit:
            pumped = unit * (times // len(unit))
            yield from (lead + pumped + end for end in AFTER)
            yield (lead + unit) * (times // len(lead + unit)) + "\0"


def _compiled() -> Iterator[Found]:
    """Patterns that stand in the names of modules, however deep in tuples and mappings."""
    for package in (bot, index):
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not info.name.endswith("__main__"):
                module = importlib.import_module(info.name)
                for value in vars(module).values():
                    yield from (Found(info.name, each.pattern, each.flags) for each in _inside(value))


def _inside(value: Any, depth: int = 4) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif depth and isinstance(value, dict):
        for each in (*value.keys(), *value.values()):
            yield from _inside(each, depth - 1)
    elif depth and isinstance(value, (list, tuple, set, frozenset)):
        for each in value:
            yield from _inside(each, depth - 1)


def _written() -> Iterator[Found]:
    """Patterns that stand as they are in calls of `re`."""
    for root in ROOTS:
        for path in root.rglob("*.py"):
            name = ".".join(path.relative_to(root.parent).with_suffix("").parts)
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and (pattern := _literal(node)) is not None:
                    yield Found(name, pattern, 0)


def _literal(node: ast.Call) -> str | None:
    called = node.func
    of_re = isinstance(called, ast.Attribute) and called.attr in CALLS and ast.unparse(called.value) == "re"
    if of_re and node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
        return node.args[0].value
    return None


def _repeats(tree: Iterable[Any], lead: str) -> Iterator[tuple[str, str]]:
    """For each repeat without a near end, what stands before it and a text that its body matches."""
    for operator, argument in tree:
        if operator in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            _, most, body = argument
            if most > 30:
                yield from ((lead, unit) for unit in _units(body))
            yield from _repeats(body, lead)
        elif operator is op.BRANCH:
            for each in argument[1]:
                yield from _repeats(each, lead)
        elif operator in (op.SUBPATTERN, op.ASSERT, op.ASSERT_NOT, op.ATOMIC_GROUP):
            yield from _repeats(argument if operator is op.ATOMIC_GROUP else argument[-1], lead)
        lead += _sample([(operator, argument)])


def _units(body: Iterable[Any]) -> Iterator[str]:
    """Texts that the body of a repeat matches: one letter of each kind, and a sample."""
    nodes = list(body)
    if len(nodes) == 1 and nodes[0][0] in (op.IN, op.ANY, op.NOT_LITERAL, op.LITERAL):
        yield from (each for each in LETTERS if _fits(nodes[0], each))
    yield _sample(nodes)


def _sample(nodes: Iterable[Any]) -> str:
    """A text that the nodes match, as short as it is easily found."""
    return "".join(map(_sampled, nodes))


def _sampled(node: Any) -> str:
    operator, argument = node
    if operator is op.LITERAL:
        return chr(argument)
    if operator in (op.IN, op.ANY, op.NOT_LITERAL):
        return next((each for each in _candidates(argument) if _fits(node, each)), "")
    if operator in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        least, most, body = argument
        return _sample(body) * max(least, min(1, most))
    if operator is op.BRANCH:
        return _sample(argument[1][0])
    if operator is op.SUBPATTERN:
        return _sample(argument[-1])
    if operator is op.ATOMIC_GROUP:
        return _sample(argument)
    return ""


def _candidates(argument: Any) -> Iterator[str]:
    if isinstance(argument, list):
        for operator, inner in argument:
            if operator is op.LITERAL:
                yield chr(inner)
            elif operator is op.RANGE:
                yield chr(inner[0])
    yield from LETTERS


def _fits(node: Any, letter: str) -> bool:
    """Whether a node of one letter matches it."""
    operator, argument = node
    code = ord(letter)
    if operator is op.LITERAL:
        return bool(code == argument)
    if operator is op.NOT_LITERAL:
        return bool(code != argument)
    if operator is op.ANY:
        return letter != "\n"
    negated = argument[0][0] is op.NEGATE
    return negated != any(_in_class(each, letter) for each in argument if each[0] is not op.NEGATE)


_CATEGORIES = {
    op.CATEGORY_DIGIT: r"\d",
    op.CATEGORY_NOT_DIGIT: r"\D",
    op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w",
    op.CATEGORY_NOT_WORD: r"\W",
}


def _in_class(item: Any, letter: str) -> bool:
    operator, argument = item
    if operator is op.LITERAL:
        return bool(ord(letter) == argument)
    if operator is op.RANGE:
        return bool(argument[0] <= ord(letter) <= argument[1])
    return re.match(_CATEGORIES[argument], letter) is not None
