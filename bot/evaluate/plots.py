"""Plots as SVG: pass rates and latencies of the suites. Pure.

They fit the width of a phone, with a label above each row. Colours come from the page's style.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from xml.etree.ElementTree import Element

from bot.evaluate.intervals import Interval
from bot.evaluate.markup import element

WIDTH, MARGIN, ROW = 360, 6, 36  # in CSS pixels, on a page of that width
LONGEST = 26  # characters of a label, at most, beside the numbers


@dataclass(frozen=True, slots=True)
class PlotDot:
    """The latency of a case, in seconds."""

    seconds: float
    name: str


def rates(rows: Mapping[str, Interval], before: Mapping[str, float]) -> Element:
    """A bar for each suite with its 95 % interval; a thin bar below it is the earlier run."""
    drawn = [
        part for row, (name, rate) in enumerate(rows.items()) for part in _bar(row * ROW, name, rate, before.get(name))
    ]
    return _plot("Pass rate by suite, with its 95 % interval", len(rows), drawn)


def latencies(rows: Mapping[str, Sequence[PlotDot]]) -> Element:
    """A line for each suite, from 0 to the slowest case. Dots are cases, a tick is the median."""
    slowest = max((dot.seconds for dots in rows.values() for dot in dots), default=0.0) or 1.0
    drawn = [part for row, (name, dots) in enumerate(rows.items()) for part in _strip(row * ROW, name, dots, slowest)]
    return _plot("Seconds to the answer by suite, a dot a case, a tick at the median", len(rows), drawn)


def _plot(label: str, rows: int, drawn: Sequence[Element]) -> Element:
    box = f"0 0 {WIDTH} {rows * ROW}"
    return element("svg", element("title", label), *drawn, viewBox=box, role="img", aria_label=label)


def _bar(top: int, name: str, rate: Interval, before: float | None) -> list[Element]:
    value = f"{100 * rate.value:.0f} % ({100 * rate.low:.0f} to {100 * rate.high:.0f})"
    whisker = f"M{_x(rate.low)} {top + 23}H{_x(rate.high)}M{_x(rate.low)} {top + 20}v6M{_x(rate.high)} {top + 20}v6"
    drawn = [
        *_labels(top, name, value),
        _line("ground", _x(0), _x(1), top + 19, 8),
        _line("rate", _x(0), _x(rate.value), top + 19, 8),
        element("path", class_="whisker", d=whisker),
    ]
    if before is not None:
        tooltip = element("title", f"before: {100 * before:.0f} %")
        drawn.append(_line("before", _x(0), _x(before), top + 29, 3, tooltip))
    return drawn


def _strip(top: int, name: str, dots: Sequence[PlotDot], slowest: float) -> list[Element]:
    drawn = _labels(top, name, _spread(dots))
    drawn.append(_line("ground", _x(0), _x(1), top + 22, 2))
    for dot in dots:
        tooltip = element("title", f"{dot.seconds:.2f} s: {dot.name}")
        drawn.append(element("circle", tooltip, class_="dot", cx=_x(dot.seconds / slowest), cy=str(top + 23), r="4"))
    if dots:
        middle = _x(median(dot.seconds for dot in dots) / slowest)
        drawn.append(element("path", class_="whisker", d=f"M{middle} {top + 16}v14"))
    return drawn


def _spread(dots: Sequence[PlotDot]) -> str:
    if not dots:
        return "no answer"
    seconds = [dot.seconds for dot in dots]
    return f"{median(seconds):.2f} s ({min(seconds):.2f} to {max(seconds):.2f})"


def _labels(top: int, name: str, value: str) -> list[Element]:
    short = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
    return [
        element("text", short, x=str(MARGIN), y=str(top + 13)),
        element("text", value, class_="value", x=str(WIDTH - MARGIN), y=str(top + 13)),
    ]


def _line(class_: str, start: str, end: str, top: int, height: int, *content: Element) -> Element:
    width = f"{float(end) - float(start):.1f}"
    return element("rect", *content, class_=class_, x=start, y=str(top), width=width, height=str(height), rx="1")


def _x(share: float) -> str:
    return f"{MARGIN + share * (WIDTH - 2 * MARGIN):.1f}"
