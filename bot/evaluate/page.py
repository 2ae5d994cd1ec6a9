"""The report as one self-contained HTML page. Reads only its own style and script.

Words of articles, models and test prompts go in as text. As a second defence, the policy of the page allows only its
own script, and no requests (https://www.w3.org/TR/CSP3/).
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from importlib.resources import files
from statistics import fmean
from xml.etree.ElementTree import Element, tostring

from bot.evaluate import compare, plots
from bot.evaluate.compare import CaseChange, Comparison, Pair
from bot.evaluate.markup import element
from bot.evaluate.record import EvaluationRecord, Quote, RecordedCase, RecordedRun
from bot.evaluate.report import (
    WRONG,
    asked,
    bounds,
    by_kind,
    by_suite,
    models,
    percent,
    seconds_to_answer,
    summary,
    tally,
)
from bot.evaluate.types import CaseOutcome, Evaluation, Verdict
from bot.render.text import address, unsaid

_SIGNS = {True: ("✓", "met"), False: ("✗", "unmet")}


def to_html(evaluation: Evaluation, now: EvaluationRecord, comparison: Comparison | None = None) -> str:
    """The page of a run; `now` is its JSON report. A comparison adds the answers of the earlier run."""
    here = files("bot.evaluate")
    style = here.joinpath("page.css").read_text(encoding="utf-8")
    script = here.joinpath("page.js").read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none';"
        " form-action 'none'"
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", "Byline: evaluation"),
        element("style", style),
    )
    pairs = comparison.pairs if comparison else tuple(Pair(None, entry) for entry in now.cases)
    body = element(
        "body",
        element(
            "header", element("h1", "Evaluation"), *(element("p", line) for line in _summary(evaluation, comparison))
        ),
        element(
            "main",
            element(
                "section",
                _table("suite", {**by_suite(evaluation.outcomes), "all": evaluation.outcomes}),
                _table("kind", by_kind(evaluation.outcomes)),
                class_="wide",
            ),
            _plots(evaluation.outcomes, comparison),
            _filters(pairs, comparison is not None),
            *(_card(pair, comparison is not None) for pair in pairs),
        ),
        element("script", script),
    )
    page = tostring(element("html", head, body, lang="en"), encoding="unicode", method="html")
    return f"<!doctype html>\n{page}\n"


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _summary(evaluation: Evaluation, comparison: Comparison | None) -> Iterator[str]:
    whole = tally(evaluation.outcomes)
    started = evaluation.started.isoformat(" ", timespec="seconds")
    yield f"{percent(whole.rate.value)} of {whole.cases} cases passed (95 % interval {bounds(whole.rate)})."
    yield f"Model {models(evaluation)}, {started}."
    yield from (line for line in summary(evaluation) if not line.startswith(" "))  # the cards name the cases
    if comparison:
        yield f"Since the baseline of {comparison.before.run.started}: {compare.counted(comparison)}."
        yield compare.meaning(comparison)


def _table(name: str, groups: Mapping[str, Sequence[CaseOutcome]]) -> Element:
    """The pass rates by suite or by kind, in numbers."""
    names = (name, *Verdict, "cases", "rate", "95 % interval")
    return element(
        "table",
        element("thead", element("tr", *(element("th", each, scope="col") for each in names))),
        element("tbody", *(_row(group, outcomes) for group, outcomes in groups.items())),
    )


def _row(name: str, outcomes: Sequence[CaseOutcome]) -> Element:
    counted = tally(outcomes)
    values = (
        *(str(counted.counts[verdict]) for verdict in Verdict),
        *(str(counted.cases), percent(counted.rate.value), bounds(counted.rate)),
    )
    return element("tr", element("th", name, scope="row"), *(element("td", value) for value in values))


def _plots(outcomes: Sequence[CaseOutcome], comparison: Comparison | None) -> Element:
    suites = by_suite(outcomes)
    before = _rates(comparison.before.cases) if comparison else {}
    rates = plots.rates({name: tally(each).rate for name, each in suites.items()}, before)
    latencies = plots.latencies({name: list(_dots(each)) for name, each in suites.items()})
    thin = " The thin bar is the baseline." if before else ""
    return element(
        "section",
        element("figure", element("figcaption", f"Pass rate and its 95 % interval.{thin}"), rates),
        element(
            "figure", element("figcaption", "Seconds to the answer: a dot a case, a tick at the median"), latencies
        ),
        class_="plots",
    )


def _rates(entries: Iterable[RecordedCase]) -> dict[str, float]:
    """The pass rate by suite, in [0, 1]."""
    shares: dict[str, list[float]] = {}
    for entry in entries:
        shares.setdefault(entry.suite, []).append(entry.share)
    return {suite: fmean(each) for suite, each in shares.items()}


def _dots(outcomes: Iterable[CaseOutcome]) -> Iterator[plots.PlotDot]:
    for outcome in outcomes:
        seconds = seconds_to_answer(outcome)
        if seconds is not None:
            yield plots.PlotDot(seconds, asked(outcome.case))


def _filters(pairs: Sequence[Pair], compared: bool) -> Element:
    """The form of filters, hidden until the script runs."""
    suites = dict.fromkeys(_entry(pair).suite for pair in pairs)
    chosen = [_select("suite", suites), _select("verdict", Verdict)]
    if compared:
        chosen.append(_select("change", CaseChange))
    search = element("label", "text ", element("input", type="search", id="text"))
    return element("form", *chosen, search, element("output", ""), id="filters", hidden="")


def _select(name: str, values: Iterable[str]) -> Element:
    options = (element("option", str(value), value=str(value)) for value in values)
    return element("label", f"{name} ", element("select", element("option", "all", value=""), *options, id=name))


def _card(pair: Pair, compared: bool) -> Element:
    """A case, unfolded if it failed."""
    entry = _entry(pair)
    badges = [element("span", entry.verdict, class_=f"badge {entry.verdict}")]
    if compared:
        badges.append(element("span", pair.change, class_=f"badge {pair.change}"))
    if len({asking.verdict for asking in entry.results}) > 1:
        badges.append(element("span", "not stable", class_="badge"))
    where = element("span", " · ".join(filter(None, (entry.suite, entry.kind))), class_="where")
    question = element("span", entry.question, class_="question", dir="auto")
    inside = [element("p", f"Asked before: {each}", class_="quiet", dir="auto") for each in entry.history]
    if pair.change in (CaseChange.BETTER, CaseChange.WORSE):
        inside.append(element("p", compare.verdicts(pair), class_="quiet"))
    if entry.description:
        inside.append(element("p", entry.description, class_="quiet", dir="auto"))
    sides = [_side("This run" if compared else "", pair.now)] + ([_side("Baseline", pair.before)] if compared else [])
    attributes = {"data_change": str(pair.change)} if compared else {}
    if entry.verdict in WRONG:
        attributes["open"] = ""
    return element(
        "details",
        element("summary", *badges, question, where),
        *inside,
        element("div", *sides, class_="sides"),
        class_="case",
        data_suite=entry.suite,
        data_verdict=entry.verdict,
        **attributes,
    )


def _side(heading: str, entry: RecordedCase | None) -> Element:
    """The distinct answers of a run."""
    title = [element("h2", heading)] if heading else []
    if entry is None:
        return element("div", *title, element("p", "Not in this run.", class_="quiet"), class_="side")
    often = Counter(entry.results)
    total = len(entry.results)
    return element("div", *title, *(_asking(each, times, total) for each, times in often.items()), class_="side")


def _asking(asking: RecordedRun, times: int, total: int) -> Element:
    answer = asking.answer
    often = f"{times} of {total} times" if total > 1 else ""
    status = ", ".join(filter(None, (str(asking.verdict), answer.status if answer else "", often)))
    parts = [element("p", status, class_="quiet")]
    if asking.obstacle:
        parts.append(element("p", asking.obstacle, class_="obstacle", dir="auto"))
    if answer:
        paragraphs = (answer.text, unsaid(answer.reason, answer.text))
        parts += [element("p", each, class_="answer", dir="auto") for each in paragraphs if each]
    if asking.checks:
        checks = (
            element("li", f"{sign} ", element("code", check.assertion), f" {check.reason}", class_=class_)
            for check in asking.checks
            for sign, class_ in [_SIGNS[check.holds]]
        )
        parts.append(element("ul", *checks))
    if answer and answer.citations:
        parts.append(element("div", *map(_quote, answer.citations), class_="quotes"))
    return element("article", *parts)


def _quote(quote: Quote) -> Element:
    facts = (quote.author, quote.outlet, (quote.published or "")[:10], quote.kind)
    source = [element("span", f"[{quote.mark}] {quote.title}. {', '.join(filter(None, facts))} ")]
    if url := address(quote.url):
        source.append(element("a", "source", href=url, rel="noreferrer noopener", target="_blank"))
    return element(
        "figure",
        element("blockquote", quote.quote, dir="auto"),
        element("figcaption", *source, dir="auto"),
    )


def _entry(pair: Pair) -> RecordedCase:
    entry = pair.now or pair.before
    assert entry, "a pair has a case"
    return entry
