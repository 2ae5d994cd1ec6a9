"""Tables of test prompts: the rows of a CSV file to tests in the form of a YAML file. Pure.

The columns are promptfoo's (https://www.promptfoo.dev/docs/configuration/test-cases/). Columns that begin with two
underscores have a meaning of their own; any other is a variable.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from io import StringIO
from typing import Any

from bot.evaluate.errors import nearest
from bot.evaluate.rule import Rule
from bot.evaluate.template import fields

# The types of promptfoo 0.123.1 that are unknown here. In a cell they are errors, not expected words.
_UNKNOWN = (
    "agent-rubric bleu classifier contains-html contains-sql contains-xml "
    " conversation-relevance finish-reason gleu"
    " guardrails is-html is-sql is-valid-function-call is-valid-openai-function-call is-valid-openai-tools-call is-xml"
    " meteor model-graded-factuality moderation perplexity perplexity-score"
    " pi ruby search-rubric similar:cosine similar:dot similar:euclidean skill-used tool-call-f1 trace-error-spans"
    " trace-span-count trace-span-duration trajectory:goal-success trajectory:step-count trajectory:tool-args-match"
    " trajectory:tool-sequence trajectory:tool-used webhook word-count"
).split()
_EXPECTED = re.compile(r"__expected\d*")
_CONFIG = re.compile(r"__config:__expected(\d*):threshold")
_ASSERTING = re.compile(f"{_EXPECTED.pattern}|{_CONFIG.pattern}")
_METADATA = re.compile(r"__metadata:(.+)")
# The default thresholds of promptfoo in a cell. They differ from its defaults in a YAML file.
_THRESHOLDS = {
    "similar": 0.8,
    **dict.fromkeys("answer-relevance context-faithfulness context-recall context-relevance".split(), 0.75),
    **dict.fromkeys("cost latency levenshtein rouge-n".split(), 0.75),
}
_ALSO = {"eval": "javascript", "fn": "javascript", "grade": "llm-rubric"}  # further names of types in tables
_LISTS = {"contains-all", "contains-any", "icontains-all", "icontains-any"}


class CellUnreadable(ValueError):
    """A cell with an error. `tests` adds the line number."""


class Misspelt(CellUnreadable):
    def __init__(self, type_: str, known: str) -> None:
        super().__init__(
            f"{type_!r} is no assertion; did you mean {known!r}? Words to be equal to begin with `equals:`"
        )


class Malformed(CellUnreadable):
    """A known type that is followed by something else than a threshold and a value."""

    def __init__(self, type_: str) -> None:
        super().__init__(
            f"the assertion {type_!r} cannot be read; write `{type_}: VALUE`, or `{type_}(NUMBER): VALUE` if it takes "
            "a threshold. Words to be equal to begin with `equals:`"
        )


def tests(text: str, rules: Mapping[str, Rule]) -> list[dict[str, Any]]:
    """A test for each row. Raises ValueError for an unknown column, and for a row of another length."""
    reader = csv.reader(StringIO(text), strict=True)
    try:
        lines = [(reader.line_num, row) for row in reader if row]
    except (ValueError, csv.Error) as error:
        raise ValueError(f"it is no table: {error}") from error
    if not lines:
        raise ValueError("it is no table: it is empty")
    (_, header), *rows = lines
    names = [name.strip() for name in header]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"the column {name} is there more than once")
    found = []
    for number, (line, row) in enumerate(rows, start=1):
        if len(row) != len(names):
            raise ValueError(f"row {number} has {len(row)} cells, and the header {len(names)}")
        try:
            test = _test(dict(zip(names, row, strict=True)), rules)
        except CellUnreadable as error:
            raise ValueError(f"line {line}: {error}") from error
        found.append({"description": f"Row #{number}", **test})
    return found


def _test(row: Mapping[str, str], rules: Mapping[str, Rule]) -> dict[str, Any]:
    test: dict[str, Any] = {"vars": {}, "metadata": {}}
    for name, cell in row.items():
        if not name.startswith("_"):
            test["vars"][name] = cell
        elif name == "__description" and cell:
            test["description"] = cell
        elif name == "__threshold" and cell.strip():
            test["threshold"] = _number(cell)
        elif match := _METADATA.fullmatch(name):
            test["metadata"].update({match[1]: cell} if cell.strip() else {})
        elif not _ASSERTING.fullmatch(name) and name not in ("__description", "__threshold"):
            raise ValueError(f"the column {name} is not known")
    test["assert"] = list(_assertions(row, rules))
    return test


def _assertions(row: Mapping[str, str], rules: Mapping[str, Rule]) -> Iterator[dict[str, Any]]:
    """An assertion for each non-empty cell of `__expected…`, in order. `__config` columns refer to its number.

    An empty cell of a `__config` column sets nothing.
    """
    cells = [cell.strip() for name, cell in row.items() if _EXPECTED.fullmatch(name) and cell.strip()]
    thresholds = {int(match[1] or 1): _number(cell) for match, cell in _matches(_CONFIG, row) if cell.strip()}
    for number, cell in enumerate(cells, start=1):
        assertion = _assertion(cell, rules)
        yield {**assertion, "threshold": thresholds[number]} if number in thresholds else assertion


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError as error:
        raise CellUnreadable(f"the threshold {cell!r} is no number") from error


def _matches(pattern: re.Pattern[str], row: Mapping[str, str]) -> Iterable[tuple[re.Match[str], str]]:
    return ((match, cell) for name, cell in row.items() if (match := pattern.fullmatch(name)))


def _assertion(cell: str, rules: Mapping[str, Rule]) -> dict[str, Any]:
    """The assertion of a cell: `type`, `type: value` or `type(threshold): value`; other words are for `equals`."""
    if cell.startswith("file://"):
        return {"type": "python" if ".py" in cell else "javascript", "value": cell}
    names = "|".join(sorted((*rules, *_UNKNOWN), key=len, reverse=True))
    type_ = rf"((?:not-)?({names}|(?:eval|fn|grade)(?=:)))"
    match = re.fullmatch(rf"{type_}(?:\((\d+(?:\.\d+)?)\))?(?::(.*))?", cell, re.DOTALL)
    if match is None:
        _require_words(cell, (*rules, *_UNKNOWN, *_ALSO))
        return {"type": "equals", "value": cell}
    written, plain, threshold, value = match.groups()
    name = _ALSO.get(plain, plain)
    written = f"{written.removesuffix(plain)}{name}"
    limit = float(threshold) if threshold else _THRESHOLDS.get(name)
    value = value.strip() if value and value.strip() else None
    return {
        "type": written,
        **({} if value is None else {"value": _fields(value) if plain in _LISTS else value}),
        **({} if limit is None else {"threshold": limit}),
    }


def _fields(value: str) -> object:
    try:
        return fields(value)
    except ValueError as error:
        raise CellUnreadable(f"the list {value!r} cannot be read: {error}") from error


def _require_words(cell: str, types: Collection[str]) -> None:
    """Raises Misspelt for a cell such as `containz: pier`, and Malformed for one such as `similar(high): pier`."""
    begun = re.match(r"(?:not-)?([a-z][a-z-]+)(?:\([^()]*\))?:", cell)
    if begun and begun[1] in types:
        raise Malformed(begun[1])
    if begun and (near := nearest(begun[1], types)):
        raise Misspelt(begun[1], near)
