"""Tables of test prompts: the rows of a CSV file to tests as a YAML file would say them. Pure.

The columns are promptfoo's (https://www.promptfoo.dev/docs/configuration/test-cases/): a variable each, but for those
that begin with two underscores.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from typing import Any

from bot.evaluate.rule import Rule
from bot.evaluate.template import fields

# The types of promptfoo 0.123.1 that are not known here. In a cell they have to be errors, not words to be equal to.
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
# What promptfoo takes for a threshold in a cell that has none; in a YAML file it is another.
_THRESHOLDS = {
    "similar": 0.8,
    **dict.fromkeys("answer-relevance context-faithfulness context-recall context-relevance".split(), 0.75),
    **dict.fromkeys("cost latency levenshtein rouge-n".split(), 0.75),
}
_ALSO = {"eval": "javascript", "fn": "javascript", "grade": "llm-rubric"}  # what types are called in tables, too
_LISTS = {"contains-all", "contains-any", "icontains-all", "icontains-any"}


def tests(text: str, rules: Mapping[str, Rule]) -> list[dict[str, Any]]:
    """A test for each row. Raises ValueError for a column that is not known, and for a row of another length."""
    reader = csv.reader(StringIO(text), strict=True)
    try:
        header, *rows = [row for row in reader if row]
    except (ValueError, csv.Error) as error:
        raise ValueError(f"it is no table: {error}") from error
    names = [name.strip() for name in header]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"the column {name} is there more than once")
    found = []
    for number, row in enumerate(rows, start=1):
        if len(row) != len(names):
            raise ValueError(f"row {number} has {len(row)} cells, and the header {len(names)}")
        found.append({"description": f"Row #{number}", **_test(dict(zip(names, row, strict=True)), rules)})
    return found


def _test(row: Mapping[str, str], rules: Mapping[str, Rule]) -> dict[str, Any]:
    test: dict[str, Any] = {"vars": {}, "metadata": {}}
    for name, cell in row.items():
        if not name.startswith("_"):
            test["vars"][name] = cell
        elif name == "__description" and cell:
            test["description"] = cell
        elif name == "__threshold" and cell.strip():
            test["threshold"] = float(cell)
        elif match := _METADATA.fullmatch(name):
            test["metadata"].update({match[1]: cell} if cell.strip() else {})
        elif not _ASSERTING.fullmatch(name) and name not in ("__description", "__threshold"):
            raise ValueError(f"the column {name} is not known")
    test["assert"] = list(_assertions(row, rules))
    return test


def _assertions(row: Mapping[str, str], rules: Mapping[str, Rule]) -> Iterator[dict[str, Any]]:
    """An assertion for each cell of `__expected…` that is not empty, in their order; `__config` counts by it."""
    cells = [cell.strip() for name, cell in row.items() if _EXPECTED.fullmatch(name) and cell.strip()]
    thresholds = {int(match[1] or 1): float(cell) for match, cell in _matches(_CONFIG, row)}
    for number, cell in enumerate(cells, start=1):
        assertion = _assertion(cell, rules)
        yield {**assertion, "threshold": thresholds[number]} if number in thresholds else assertion


def _matches(pattern: re.Pattern[str], row: Mapping[str, str]) -> Iterable[tuple[re.Match[str], str]]:
    return ((match, cell) for name, cell in row.items() if (match := pattern.fullmatch(name)))


def _assertion(cell: str, rules: Mapping[str, Rule]) -> dict[str, Any]:
    """What a cell asserts: `type`, `type: value` or `type(threshold): value`, or else that the answer equals it."""
    if cell.startswith("file://"):
        return {"type": "python" if ".py" in cell else "javascript", "value": cell}
    names = "|".join(sorted((*rules, *_UNKNOWN), key=len, reverse=True))
    type_ = rf"((?:not-)?({names}|(?:eval|fn|grade)(?=:)))"
    match = re.fullmatch(rf"{type_}(?:\((\d+(?:\.\d+)?)\))?(?::(.*))?", cell, re.DOTALL)
    if match is None:
        return {"type": "equals", "value": cell}
    written, plain, threshold, value = match.groups()
    name = _ALSO.get(plain, plain)
    written = f"{written.removesuffix(plain)}{name}"
    limit = float(threshold) if threshold else _THRESHOLDS.get(name)
    value = value.strip() if value and value.strip() else None
    return {
        "type": written,
        **({} if value is None else {"value": fields(value) if plain in _LISTS else value}),
        **({} if limit is None else {"threshold": limit}),
    }
