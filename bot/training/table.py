"""Rows as a Markdown table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """
    >>> print(table(["passages", "ms"], [["10,000", 4.25]]))
    | passages | ms |
    |---|---|
    | 10,000 | 4.25 |
    """
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"|{'|'.join(map(str, line))}|" if line is lines[1] else _line(line) for line in lines)


def _line(cells: Sequence[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"
