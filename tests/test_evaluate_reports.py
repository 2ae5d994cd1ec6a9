"""What is reported of an evaluation: numbers with their intervals, comparisons, files, and exit codes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from statistics import fmean, median, stdev
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from markdown_it import MarkdownIt
from scipy.stats import binomtest

from bot.answering.bot import Bot
from bot.cli import main
from bot.cli.evaluate.reports import write
from bot.cli.evaluate.target import cached
from bot.config import Config
from bot.errors import ShownError
from bot.evaluate.cache import AnswerFile
from bot.evaluate.compare import CaseChange, compare, mcnemar, meaning, verdicts
from bot.evaluate.intervals import bootstrap, wilson
from bot.evaluate.junit import to_xml
from bot.evaluate.markdown import code, to_markdown
from bot.evaluate.page import to_html
from bot.evaluate.record import EvaluationRecord, record
from bot.evaluate.report import latency, summary, table, tally, to_json, told
from bot.evaluate.run import run
from bot.evaluate.target import of_bot
from bot.evaluate.types import Assertion, AssertionCheck, Case, CaseOutcome, CaseResult, Evaluation, Verdict
from bot.types import Answer, Citation, Status, Timings
from index import Index
from tests.small_news import ARTICLES, BRIDGE, HOSTILE

ROOT = Path(__file__).parent.parent
PASSED, FAILED, BROKEN, SKIPPED = Verdict
WICKED = (
    "</script><script>alert(1)</script></title></style> ![x](http://evil.example/a.png) <b onclick=x>@somebody</b>"
    " `|` ``` [y](javascript:x) http://evil.example \x1b[2J\x00\ud800\u202e &amp; ]]>"
)


def result(verdict: Verdict, case: Case, seconds: float = 0.5, text: str = "It is long.") -> CaseResult:
    if verdict in (BROKEN, SKIPPED):
        return CaseResult(case, obstacle=f"{text} RuntimeError: a bug", skipped=verdict is SKIPPED)
    quote = Citation(1, "pier", 0, 4, f"{text} So it was.", text, "Ada Lind", "Varnholm Post", url="https://a.example/")
    answer = Answer(case.question, Status.ANSWERED, text, "none", citations=(quote,), timings=Timings(total=seconds))
    holds = verdict is PASSED
    return CaseResult(case, answer, (AssertionCheck(f'contains "{text}"', holds, float(holds)),), seconds=seconds + 1)


def outcome(*verdicts: Verdict, question: str = "How long?", suite: str = "a.yaml", **facts: Any) -> CaseOutcome:
    """A case that was asked once for each verdict."""
    case = Case(suite, question, (), kind="fact")
    return CaseOutcome(tuple(result(verdict, case, **facts) for verdict in verdicts))


def evaluation(*outcomes: CaseOutcome, **facts: Any) -> Evaluation:
    return Evaluation(outcomes, "extractive", datetime(2026, 11, 25, 10), **facts)


def recorded(*outcomes: CaseOutcome) -> EvaluationRecord:
    return record(json.loads(json.dumps(to_json(evaluation(*outcomes)))))


# How far numbers can be trusted


@given(st.integers(1, 400).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials))))
def test_the_interval_of_a_rate_is_wilsons(counted: tuple[int, int]) -> None:
    successes, trials = counted
    found = wilson(successes, trials)
    expected = binomtest(successes, trials).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_the_interval_of_a_mean_is_near_what_theory_says_and_the_same_each_time() -> None:
    values = tuple((7 * number % 101) / 101 for number in range(200))
    found = bootstrap(values, fmean)
    reach = 1.96 * stdev(values) / len(values) ** 0.5
    assert (found.value - found.low, found.high - found.value) == pytest.approx((reach, reach), rel=0.1)
    bootstrap.cache_clear()
    assert bootstrap(values, fmean) == found
    assert bootstrap(values, fmean, seed=1) != found
    assert bootstrap((2.0, 2.0, 2.0), median).high == 2.0


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_test_of_the_pairs_is_the_exact_one(better: int, worse: int) -> None:
    expected = binomtest(better, better + worse).pvalue if better + worse else 1.0
    assert mcnemar(better, worse) == pytest.approx(expected)


def test_the_test_of_the_pairs_can_count_far() -> None:
    assert 0 < mcnemar(2_000, 2_100) < 1


# What is counted


@pytest.mark.parametrize(
    ("verdicts", "whole", "stable"),
    [
        ([PASSED], PASSED, True),
        ([PASSED, PASSED, FAILED], PASSED, False),
        ([PASSED, FAILED], FAILED, False),
        ([PASSED, PASSED, FAILED, BROKEN], FAILED, False),
        ([PASSED, BROKEN, BROKEN], BROKEN, False),
        ([PASSED, BROKEN, FAILED], BROKEN, False),
        ([SKIPPED], SKIPPED, True),
    ],
)
def test_a_case_that_is_asked_again_passes_with_the_majority(
    verdicts: list[Verdict], whole: Verdict, stable: bool
) -> None:
    found = outcome(*verdicts)
    assert (found.verdict, found.stable) == (whole, stable)


def test_what_was_skipped_or_broke_does_not_raise_the_rate() -> None:
    found = tally([outcome(PASSED), outcome(FAILED), outcome(BROKEN), outcome(SKIPPED)])
    assert (found.cases, found.rate.value) == (4, 0.25)
    assert found.rate == wilson(1, 4)


def test_asking_again_makes_no_interval_narrower() -> None:
    """The askings of a case are not independent of each other."""
    once = tally([outcome(PASSED), outcome(FAILED)])
    again = tally([outcome(*[PASSED] * 9), outcome(*[FAILED] * 9)])
    assert once.rate == again.rate
    assert tally([outcome(PASSED, PASSED, FAILED)]).rate.value == pytest.approx(2 / 3)


def test_a_case_that_is_not_stable_is_named() -> None:
    flaky = outcome(PASSED, FAILED, FAILED, question="Who?")
    found = list(summary(evaluation(outcome(PASSED, PASSED, PASSED), flaky, repeat=3)))
    assert found[:2] == [
        "Asked 3 times each; 1 of 2 cases not stable.",
        "    passed 1 of 3 times: Who? (a.yaml)",
    ]
    assert next(told(flaky)) == "FAILED a.yaml, fact: Who? (passed 1 of 3 times)"


def test_latency_is_that_of_answers_only() -> None:
    unjudged = CaseOutcome((replace(result(PASSED, Case("a.yaml", "Who?", ()), seconds=9.0), obstacle="a bug"),))
    found = latency([outcome(PASSED, FAILED, seconds=1.0), outcome(FAILED, seconds=3.0), outcome(BROKEN), unjudged])
    assert found
    assert (found.answers, found.mean.value, found.median.value) == (2, 2.0, 2.0)
    assert 1 <= found.mean.low <= found.mean.high <= 3
    assert latency([outcome(PASSED)]) is None


def test_the_table_shows_the_rate_with_its_interval() -> None:
    *_, last = table([outcome(PASSED), outcome(PASSED), outcome(FAILED), outcome(SKIPPED)])
    assert re.split(r"\s{2,}", last) == ["all", "2", "1", "0", "1", "4", "50.0 %", "15.0 to 85.0 %"]


# Two runs


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        ([PASSED], [PASSED], CaseChange.SAME),
        ([FAILED], [BROKEN], CaseChange.SAME),
        ([PASSED], [FAILED], CaseChange.WORSE),
        ([PASSED], [BROKEN], CaseChange.WORSE),
        ([BROKEN], [PASSED], CaseChange.BETTER),
        ([PASSED, PASSED, FAILED], [PASSED, FAILED, FAILED], CaseChange.WORSE),
        ([PASSED, PASSED, FAILED], [PASSED], CaseChange.SAME),
        ([PASSED, FAILED], [FAILED], CaseChange.SAME),
        ([SKIPPED], [PASSED], CaseChange.NEW),
        ([PASSED], [SKIPPED], CaseChange.GONE),
        ([SKIPPED], [SKIPPED], CaseChange.SAME),
    ],
)
def test_a_case_is_worse_where_it_passed_and_does_not_now(
    before: list[Verdict], now: list[Verdict], change: CaseChange
) -> None:
    [pair] = compare(recorded(outcome(*before)), recorded(outcome(*now))).pairs
    assert pair.change is change


def test_cases_are_the_same_by_suite_question_and_history() -> None:
    one, other = outcome(PASSED), outcome(PASSED, suite="b.yaml")
    followed = CaseOutcome(tuple(replace(each, case=replace(each.case, history=("What?",))) for each in one.results))
    found = compare(recorded(one, followed, one), recorded(one, other, outcome(FAILED)))
    assert [pair.change for pair in found.pairs] == [CaseChange.SAME, CaseChange.NEW, CaseChange.WORSE, CaseChange.GONE]
    assert found.pairs[-1].before
    assert found.pairs[-1].before.history == ("What?",)


@pytest.mark.parametrize(
    ("better", "worse", "told"),
    [
        (0, 0, "none changed."),
        (1, 2, "3 changed, and the difference could well be chance (exact McNemar test, p = 1)."),
        (8, 0, "8 changed, and the difference is unlikely to be chance (exact McNemar test, p = 0.0078)."),
    ],
)
def test_a_sentence_says_whether_a_difference_could_be_chance(better: int, worse: int, told: str) -> None:
    changes = [(FAILED, PASSED)] * better + [(PASSED, FAILED)] * worse + [(PASSED, PASSED), (SKIPPED, PASSED)]
    before, now = ([outcome(each[run], question=str(i)) for i, each in enumerate(changes)] for run in (0, 1))
    both = better + worse + 1
    assert meaning(compare(recorded(*before), recorded(*now))) == f"Asked by both runs: {both}; {told}"


def judged(verdict: Verdict, assertion: str, text: str) -> CaseOutcome:
    """A case that was asked once, with one assertion; without a verdict, with none."""
    [found] = outcome(verdict, text=text).results
    return CaseOutcome(
        (replace(found, checks=(AssertionCheck(assertion, verdict is PASSED, 0),) if found.checks else ()),)
    )


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (judged(FAILED, "a", "It is short."), "passed before, failed now"),
        (judged(FAILED, "a", "It is long."), "passed before, failed now; the same answer"),
        (judged(FAILED, "b", "It is short."), "passed before, failed now; its assertions changed"),
        (judged(FAILED, "b", "It is long."), "passed before, failed now; its assertions changed; the same answer"),
        (judged(BROKEN, "a", "It is long."), "passed before, broken now"),
    ],
)
def test_a_worse_case_says_whether_its_assertions_or_its_answer_changed(now: CaseOutcome, told: str) -> None:
    compared = compare(recorded(judged(PASSED, "a", "It is long.")), recorded(now))
    assert [verdicts(pair) for pair in compared.regressions] == [told]
    assert told in parsed(to_html(evaluation(now), recorded(now), compared)).xpath("string(//details)")


# The files


def all_sorts(text: str = "It is long.") -> Evaluation:
    return evaluation(
        outcome(PASSED, question="One?", text=text),
        outcome(FAILED, question=f"Two? {text}", text=text),
        outcome(BROKEN, question="Three?", suite=f"b {text}.yaml", text=text),
        outcome(SKIPPED, question="Four?", suite="c.yaml"),
    )


def test_continuous_integration_reads_a_suite_a_file_and_a_case_a_case() -> None:
    root = ElementTree.fromstring(to_xml(all_sorts()))
    assert [root.get(name) for name in ("tests", "failures", "errors", "skipped", "time")] == [
        "4",
        "1",
        "1",
        "1",
        "3.000",
    ]
    suites = root.findall("testsuite")
    assert [suite.get("name") for suite in suites] == ["a.yaml", "b It is long..yaml", "c.yaml"]
    assert suites[0].get("timestamp") == "2026-11-25T10:00:00"
    cases = root.findall("testsuite/testcase")
    assert [[child.tag for child in case] for case in cases] == [[], ["failure"], ["error"], ["skipped"]]
    assert [case.get("time") for case in cases] == ["1.500", "1.500", "0.000", "0.000"]
    assert cases[1][0].get("message") == 'not so: contains "It is long."'
    assert cases[1][0].text == 'not so: contains "It is long."\nanswered: It is long.'


def test_no_text_breaks_the_report_for_continuous_integration() -> None:
    root = ElementTree.fromstring(to_xml(all_sorts(WICKED)).encode())
    failure = root.findall("testsuite/testcase")[1][0]
    assert "</script><script>alert(1)</script>" in (failure.text or "")
    assert "\N{REPLACEMENT CHARACTER}[2J" in (failure.text or "")


def test_markdown_has_a_table_and_what_did_not_pass() -> None:
    lines = to_markdown(all_sorts()).splitlines()
    assert lines[0] == "# Byline: 25.0 % of 4 cases passed"
    assert "| `a.yaml` | 1 | 1 | 0 | 0 | 2 | 50.0 % | 9.5 to 90.5 % |" in lines
    assert "| **all** | 1 | 1 | 1 | 1 | 4 | 25.0 % | 4.6 to 69.9 % |" in lines
    assert "| kind | passed | failed | broken | skipped | cases | rate | 95 % interval |" in lines
    assert "| `fact` | 1 | 1 | 1 | 1 | 4 | 25.0 % | 4.6 to 69.9 % |" in lines
    assert "- **failed**, `a.yaml`: `Two? It is long.`" in lines
    assert '  - `not so: contains "It is long."`' in lines
    assert "One?" not in "\n".join(lines)


def test_no_text_is_markup_in_markdown() -> None:
    wicked = all_sorts(WICKED)
    comparison = compare(recorded(*all_sorts().outcomes), recorded(*wicked.outcomes))
    written = to_markdown(wicked, comparison)
    written.encode()
    tokens = MarkdownIt("commonmark").enable("table").parse(written)
    kinds = {child.type for token in tokens for child in (token, *(token.children or ()))}
    assert kinds & {"link_open", "image", "html_inline", "html_block", "fence", "code_block"} == set()
    outside = " ".join(
        child.content for token in tokens for child in token.children or () if child.type != "code_inline"
    )
    assert "@" not in outside
    assert "evil" not in outside
    rows = [token for token in tokens if token.type == "tr_open"]
    assert len(rows) == (1 + 3 + 1) + (1 + 1)
    assert len([token for token in tokens if token.type == "td_open"]) == (4 + 1) * 8


@given(st.text())
def test_any_text_is_one_code_span(text: str) -> None:
    written = code(text)
    [inline] = [token for token in MarkdownIt("commonmark").parse(f"- {written}") if token.type == "inline"]
    assert [child.type for child in inline.children or ()] == ["code_inline"]


def parsed(page: str) -> Any:
    return html.fromstring(page.encode())


def test_no_text_turns_the_words_after_it() -> None:
    evaluation = all_sorts(WICKED)
    for report in (to_html(evaluation, recorded(*evaluation.outcomes)), to_xml(evaluation), to_markdown(evaluation)):
        assert "\u202e" not in report


def test_nothing_in_the_page_is_fetched_and_only_its_own_script_may_run() -> None:
    page = to_html(all_sorts(), recorded(*all_sorts().outcomes))
    tree = parsed(page)
    [policy] = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    for name in ("script", "style"):
        [only] = tree.xpath(f"//{name}")
        assert not only.attrib
        digest = b64encode(sha256(only.text.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert tree.xpath("//@src | //link | //img | //iframe | //*[@style]") == []
    assert {element.tag for element in tree.xpath("//*[@href]")} == {"a"}
    assert "url(" not in page
    assert "@import" not in page


def test_the_page_shows_each_answer_with_its_quotes_and_its_checks() -> None:
    tree = parsed(to_html(all_sorts(), recorded(*all_sorts().outcomes)))
    cards = tree.xpath("//details")
    assert [(card.get("data-suite"), card.get("data-verdict")) for card in cards[:2]] == [
        ("a.yaml", "passed"),
        ("a.yaml", "failed"),
    ]
    assert [card.get("open") is not None for card in cards] == [False, True, True, False]
    assert cards[0].xpath(".//blockquote/text()") == ["It is long. So it was."]
    assert cards[0].xpath(".//figure/figcaption/span/text()") == ["[1] It is long.. Ada Lind, Varnholm Post "]
    assert cards[0].xpath(".//a/@href") == ["https://a.example/"]
    assert cards[1].xpath(".//li")[0].text_content().split() == ["✗", "contains", '"It', "is", 'long."']
    assert "RuntimeError: a bug" in cards[2].text_content()
    assert [each.get("aria-label") for each in tree.xpath("//svg")] == [
        "Pass rate by suite, with its 95 % interval",
        "Seconds to the answer by suite, a dot a case, a tick at the median",
    ]
    assert len(tree.xpath("//svg[2]//circle | //figure[2]/svg//circle")) == 2


def test_the_page_counts_by_suite_and_by_kind() -> None:
    tables = parsed(to_html(all_sorts(), recorded(*all_sorts().outcomes))).xpath("//table")
    names = [[cell.text for cell in table.xpath(".//tr/*[1]")] for table in tables]
    assert names == [["suite", "a.yaml", "b It is long..yaml", "c.yaml", "all"], ["kind", "fact"]]
    assert [cell.text for cell in tables[1].xpath(".//td")] == ["1", "1", "1", "1", "4", "25.0 %", "4.6 to 69.9 %"]


def test_answers_that_are_the_same_each_time_are_shown_once() -> None:
    asked = evaluation(outcome(PASSED, PASSED, FAILED), repeat=3)
    [card] = parsed(to_html(asked, recorded(*asked.outcomes))).xpath("//details")
    assert [each.text for each in card.xpath(".//article/p[@class='quiet']")] == [
        "passed, answered, 2 of 3 times",
        "failed, answered, 1 of 3 times",
    ]
    assert "not stable" in card.xpath("./summary")[0].text_content()


def test_the_head_of_the_page_leaves_what_is_not_stable_to_the_cards() -> None:
    asked = evaluation(outcome(PASSED, FAILED, question="Who?"), repeat=2)
    page = parsed(to_html(asked, recorded(*asked.outcomes)))
    assert "1 of 1 cases not stable." in page.xpath("string(//header)")
    assert "Who?" not in page.xpath("string(//header)")
    assert "not stable" in page.xpath("string(//details/summary)")


def test_no_text_is_markup_in_the_page() -> None:
    plain, wicked = all_sorts(), all_sorts(WICKED)
    comparison = compare(recorded(*wicked.outcomes), recorded(*wicked.outcomes))
    harmless = compare(recorded(*plain.outcomes), recorded(*plain.outcomes))
    page = to_html(wicked, recorded(*wicked.outcomes), comparison)
    page.encode()
    found, expected = (
        [(each.tag, sorted(each.attrib)) for each in parsed(one).iter()]
        for one in (page, to_html(plain, recorded(*plain.outcomes), harmless))
    )
    assert found == expected
    assert "</script><script>alert(1)</script></title></style>" in parsed(page).xpath("//blockquote")[0].text


def test_two_runs_stand_side_by_side() -> None:
    before = recorded(outcome(PASSED, text="It was short."), outcome(PASSED, question="Lost?"))
    run = evaluation(outcome(FAILED, text="It is long."), outcome(PASSED, question="Found?"))
    tree = parsed(to_html(run, recorded(*run.outcomes), compare(before, recorded(*run.outcomes))))
    cards = tree.xpath("//details")
    assert [card.get("data-change") for card in cards] == ["worse", "new", "gone"]
    sides = cards[0].xpath(".//div[@class='side']")
    assert [side.xpath("./h2/text()") for side in sides] == [["This run"], ["Baseline"]]
    assert ["It is long." in side.text_content() for side in sides] == [True, False]
    assert ["It was short." in side.text_content() for side in sides] == [False, True]
    assert "Not in this run." in cards[2].text_content()
    assert tree.xpath("//select[@id='change']")
    assert len(tree.xpath("//rect[@class='before']")) == 1


def test_a_link_leads_nowhere_but_to_the_web() -> None:
    asked = evaluation(outcome(PASSED))
    [first] = asked.outcomes[0].results
    assert first.answer
    quotes = tuple(
        replace(first.answer.citations[0], url=url)
        for url in (
            "javascript:alert(1)",
            "data:text/html,x",
            "//evil.example",
            "http://[",
            "https://a.example/?a=\"'<",
        )
    )
    shown = CaseOutcome((replace(first, answer=replace(first.answer, citations=quotes)),))
    tree = parsed(to_html(evaluation(shown), recorded(shown)))
    assert tree.xpath("//a/@href") == ["https://a.example/?a=\"'<"]
    assert tree.xpath("//a/@rel") == ["noreferrer noopener"]


def test_a_report_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    place = tmp_path / "report.json"
    write(place, "first")
    with place.open(encoding="utf-8") as reading:
        write(place, "second")
        assert (reading.read(), place.read_text(encoding="utf-8")) == ("first", "second")
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
    (tmp_path / "report.json.part").mkdir()
    with pytest.raises(ShownError, match=r"report\.json cannot be written"):
        write(place, "third")
    assert place.read_text(encoding="utf-8") == "second"


def test_a_report_goes_to_a_pipe_as_it_is(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write(tmp_path / "pipe", "all of it")
    assert os.read(reader, 100) == b"all of it"
    os.close(reader)


# The command


@dataclass(frozen=True)
class Done:
    code: object
    out: str
    err: str


Evaluate = Callable[..., Done]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of articles of which one is hostile."""
    path = tmp_path_factory.mktemp("reports") / "S"
    with Index.open(path) as index:
        assert index.add(ARTICLES).added == 3
    return path


@pytest.fixture
def evaluate(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, store: Path
) -> Evaluate:
    monkeypatch.chdir(tmp_path)

    def evaluate(*arguments: str | Path) -> Done:
        with pytest.raises(SystemExit) as end:
            main(["eval", *map(str, arguments), "--store", str(store), "--model", "extractive"])
        out, err = capsys.readouterr()
        return Done(end.value.code or 0, out, err)

    return evaluate


COST = "What did the repairs of the bridge cost?"
CLOSED = "Did the harbour of Vellmar close in April 2019?"


def prompts(folder: Path, name: str, *expected: tuple[str, str]) -> Path:
    """A file of test prompts: each question, and what its answer has to contain."""
    tests = [
        {"vars": {"question": question}, "assert": [{"type": "contains", "value": text}]} for question, text in expected
    ]
    path = folder / name
    path.write_text(yaml.safe_dump({"tests": tests}), encoding="utf-8")
    return path


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_run_that_is_repeated_gives_the_same_bytes_but_for_the_clock(evaluate: Evaluate, tmp_path: Path) -> None:
    suite = prompts(tmp_path, "a.yaml", (COST, "4.2 million"), (CLOSED, "May"), ("Who won the World Cup?", "Brazil"))
    found = []
    for name in ("first.json", "second.json"):
        assert evaluate(suite, "--json", name, "--repeat", "2").code == 1
        report = read(tmp_path / name)
        assert report["timing"]["seconds"] > 0
        assert report["timing"]["latency"]["answers"] == 3
        assert [len(each) for each in report["timing"]["cases"]] == [2, 2, 2]
        assert set(report["run"]) == {"model", "started", "stopped", "kept"}
        del report["run"], report["timing"]
        found.append(json.dumps(report).encode())
    assert found[0] == found[1]
    cited = json.loads(found[0])["cases"][0]["results"][0]["answer"]["citations"]
    assert all(BRIDGE.text[each["start"] : each["end"]] == each["quote"] for each in cited)
    assert cited


def test_all_reports_are_of_one_run(evaluate: Evaluate, tmp_path: Path) -> None:
    first = prompts(tmp_path, "a.yaml", (COST, "4.2 million"))
    second = prompts(tmp_path, "b.yaml", (CLOSED, "2020"))
    names = {"--json": "r.json", "--junit": "r.xml", "--html": "r.html", "--markdown": "r.md"}
    done = evaluate(first, second, *(part for each in names.items() for part in each))
    assert done.code == 1
    assert re.search(r"all +1 +1 +0 +0 +2 +50\.0 %", done.out)
    assert "Seconds to the answer, over 2 cases" in done.out
    assert {path.name for path in tmp_path.iterdir()} == {"a.yaml", "b.yaml", *names.values()}
    report = read(tmp_path / "r.json")
    assert report["version"] == 2
    assert report["suites"]["b.yaml"]["failed"] == 1
    assert report["all"]["rate"]["value"] == 0.5
    assert ElementTree.parse(tmp_path / "r.xml").getroot().get("failures") == "1"
    assert "50.0 % of 2 cases" in (tmp_path / "r.md").read_text(encoding="utf-8")
    tree = parsed((tmp_path / "r.html").read_text(encoding="utf-8"))
    assert [card.get("data-verdict") for card in tree.xpath("//details")] == ["passed", "failed"]
    assert "<script>window.pwned=1</script>" in tree.xpath("//details[2]//blockquote")[0].text_content()
    assert HOSTILE.title in tree.xpath("//details[2]")[0].text_content()
    assert tree.xpath("//body//*[self::img or self::iframe or self::b or @onerror or @onload]") == []
    assert [each.getparent().tag for each in tree.xpath("//script")] == ["body"]


def test_a_regression_ends_with_4_and_is_named(evaluate: Evaluate, tmp_path: Path) -> None:
    suite = prompts(tmp_path, "a.yaml", (COST, "4.2 million"), (CLOSED, "2020"))
    assert evaluate(suite, "--json", "before.json").code == 1
    prompts(tmp_path, "a.yaml", (COST, "5 million"), (CLOSED, "2019"))
    done = evaluate(
        suite, "--baseline", "before.json", "--json", "now.json", "--markdown", "now.md", "--fail-under", "0"
    )
    assert done.code == 4
    assert "1 better, 1 worse, 0 same, 0 new, 0 gone" in done.out
    assert "the difference could well be chance (exact McNemar test, p = 1)" in done.out
    told = "(passed before, failed now; its assertions changed; the same answer)"
    assert f"WORSE a.yaml: {COST} {told}" in done.out
    compared = read(tmp_path / "now.json")["comparison"]
    assert [(each["question"], each["change"]) for each in compared["cases"]] == [(COST, "worse"), (CLOSED, "better")]
    assert {(each["assertions_changed"], each["same_answer"]) for each in compared["cases"]} == {(True, True)}
    assert f"- **worse**, `a.yaml`: `{COST}` {told}" in (tmp_path / "now.md").read_text("utf-8")
    assert evaluate(suite, "--baseline", "now.json").code == 1


def test_a_report_of_the_first_version_is_a_baseline_too(evaluate: Evaluate, tmp_path: Path) -> None:
    suite = prompts(tmp_path, "a.yaml", (COST, "4.2 million"))
    assert evaluate(suite, "--json", "before.json").code == 0
    judge = {"judge": "some model", "right": 9, "wrong": 1, "errors": 0, "rate": {}, "kappa": 0.8, "no_verdict": 0}
    first = {**read(tmp_path / "before.json"), "version": 1, "judge": judge}
    (tmp_path / "before.json").write_text(json.dumps(first), encoding="utf-8")
    prompts(tmp_path, "a.yaml", (COST, "5 million"))
    done = evaluate(suite, "--baseline", "before.json")
    assert done.code == 4, done.err
    assert "0 better, 1 worse, 0 same" in done.out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [([], 1), (["--fail-under", "0.5"], 0), (["--fail-under", "0.51"], 1), (["--fail-under", "0"], 0)],
)
def test_the_code_tells_failures_or_where_it_is_asked_a_low_rate(
    evaluate: Evaluate, tmp_path: Path, arguments: list[str], code: int
) -> None:
    suite = prompts(tmp_path, "a.yaml", (COST, "4.2 million"), (CLOSED, "2020"))
    assert evaluate(suite, *arguments).code == code


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--fail-under", "1.1"], "The rate 1.1 of --fail-under is no share"),
        (["--fail-under", "-0.1"], "is no share"),
        (["--fail-under", "nan"], "is no share"),
        (["--repeat", "0"], "--repeat"),
        (["--baseline", "none.json"], "The baseline none.json cannot be read (No such file or directory)"),
        (["--baseline", "a.yaml"], "Name a report that --json of this version of Byline, or of an earlier one, wrote."),
        (["--baseline", "old.json"], "The baseline old.json cannot be read (version is missing)"),
        (["--baseline", "later.json"], "The baseline later.json cannot be read (version has to be 1 or 2)"),
        (["--html", "no/r.html"], "there is no folder no"),
        (["--junit", "."], "it is a folder"),
        (["--json", "r", "--html", "./r"], "Two files cannot be written to r"),
    ],
)
def test_what_is_called_wrongly_ends_with_2_before_anything_is_asked(
    evaluate: Evaluate, tmp_path: Path, arguments: list[str], told: str
) -> None:
    suite = prompts(tmp_path, "a.yaml", (COST, "4.2 million"))
    (tmp_path / "old.json").write_text('{"run": {"started": "now"}, "cases": []}', encoding="utf-8")
    later = '{"version": 3, "run": {"started": "tomorrow"}, "cases": []}'
    (tmp_path / "later.json").write_text(later, encoding="utf-8")
    done = evaluate(suite, *arguments)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert not list(tmp_path.glob("r*"))


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_what_a_person_stops_is_reported_as_far_as_it_came(tmp_path: Path, store: Path, end: signal.Signals) -> None:
    suite = prompts(tmp_path, "a.yaml", *[(COST, "4.2 million")] * 500)
    command = [sys.executable, "-m", "bot", "eval", str(suite), "--store", str(store), "--model", "extractive"]
    names = ["--json", "r.json", "--html", "r.html", "--junit", "r.xml", "--markdown", "r.md", "--cache", "answers"]
    heed = partial(signal.signal, signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [*command, *names], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, preexec_fn=heed,
    )  # fmt: skip
    while not ((tmp_path / "answers").exists() and (tmp_path / "answers").stat().st_size):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(end)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert err.endswith("Stopped.\n")
    assert re.search(r"Stopped: \d+ of 500 cases were not asked", out)
    report = read(tmp_path / "r.json")
    assert report["run"]["stopped"] is True
    assert report["all"]["cases"] == len(report["cases"]) == 500
    assert report["all"]["skipped"] > 0
    assert report["all"]["passed"] > 0
    assert report["all"]["failed"] + report["all"]["broken"] == 0
    assert "cases were not asked" in (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "cases were not asked" in (tmp_path / "r.md").read_text(encoding="utf-8")
    root = ElementTree.parse(tmp_path / "r.xml").getroot()
    assert root.get("skipped") == str(report["all"]["skipped"])
    assert len((tmp_path / "answers").read_text("utf-8").splitlines()) >= report["all"]["passed"]


def test_a_run_that_was_stopped_goes_on_where_it_was(evaluate: Evaluate, tmp_path: Path) -> None:
    whole = prompts(tmp_path, "a.yaml", (COST, "4.2 million"), (CLOSED, "2019"))
    assert evaluate(whole, "--repeat", "2", "--cache", "answers", "--json", "whole.json").code == 0
    kept = (tmp_path / "answers").read_text(encoding="utf-8")
    (tmp_path / "answers").write_text(kept[: len(kept) - 40], encoding="utf-8")  # it was killed while it wrote
    done = evaluate(whole, "--repeat", "2", "--cache", "answers", "--json", "rest.json")
    assert "Of the answers, 3 were kept from an earlier run" in done.out
    before, after = read(tmp_path / "whole.json"), read(tmp_path / "rest.json")
    assert (before["run"]["kept"], after["run"]["kept"]) == (0, 3)
    assert {**before, "run": 0, "timing": 0} == {**after, "run": 0, "timing": 0}
    same = [one == other for one, other in zip(before["timing"]["cases"], after["timing"]["cases"], strict=True)]
    assert sum(same) == 1  # the seconds are those of then, but for the one that was asked again
    assert sorted(map(key_of, (tmp_path / "answers").open(encoding="utf-8"))) == sorted(map(key_of, kept.splitlines()))


def key_of(line: str) -> str:
    return str(json.loads(line)["key"])


def test_an_answer_is_asked_for_again_where_anything_changed(evaluate: Evaluate, tmp_path: Path, store: Path) -> None:
    suite = prompts(tmp_path, "a.yaml", (COST, "4.2 million"))
    again = ("--cache", "answers", "--json", "r.json")

    def kept(*more: str) -> int:
        evaluate(suite, *again, *more)
        return int(read(tmp_path / "r.json")["run"]["kept"])

    assert [kept(), kept(), kept("--repeat", "2"), kept("--repeat", "2")] == [0, 1, 1, 2]
    suite = prompts(tmp_path, "a.yaml", (COST, "5 million"))
    assert kept() == 1
    assert read(tmp_path / "r.json")["all"]["failed"] == 1  # what is kept is no verdict
    with Index.open(store) as index:
        index.add([replace(BRIDGE, id="other", title="Another", text=BRIDGE.text.replace("4.2", "4.3"))])
    try:
        assert kept() == 0
    finally:
        with Index.open(store) as index:
            index.remove("other")
    assert kept() == 1


def test_a_model_in_a_file_is_another_one_when_the_file_is(tmp_path: Path, store: Path) -> None:
    files, folder = AnswerFile(tmp_path / "answers"), tmp_path / "reranker"
    folder.mkdir()
    gguf = tmp_path / "a.gguf"
    config = Config(model=f"openai:a, gguf:{gguf}", reranker=str(folder))
    with Bot.open(store, "extractive") as bot:
        found = [cached(files, config, bot).about]
        for file in (gguf, folder / "weights"):
            for text in ("a", "bc"):
                file.write_text(text, encoding="utf-8")
                found.append(cached(files, config, bot).about)
        assert cached(files, config, bot).about == found[-1]
    assert len(set(found)) == 5


def test_cases_that_are_asked_side_by_side_give_the_same_report(evaluate: Evaluate, tmp_path: Path) -> None:
    suite = prompts(tmp_path, "a.yaml", *[(COST, "4.2 million"), (CLOSED, "May"), ("Who won?", "Brazil")] * 4)
    found = []
    for jobs in ("1", "4"):
        evaluate(suite, "--jobs", jobs, "--json", "r.json", "--repeat", "2")
        found.append({**read(tmp_path / "r.json"), "run": 0, "timing": 0})
    assert found[0] == found[1]


@pytest.mark.parametrize("text", ["no JSON\n", "{}\n", '{"key": "a", "answer": {"text": "a"}}\n'])
def test_a_file_of_something_else_is_no_file_of_answers(evaluate: Evaluate, tmp_path: Path, text: str) -> None:
    (tmp_path / "answers").write_text(text, encoding="utf-8")
    done = evaluate(prompts(tmp_path, "a.yaml", (COST, "4.2")), "--cache", "answers")
    assert (done.code, done.out) == (2, "")
    assert "answers holds no answers of an earlier run." in done.err
    assert (tmp_path / "answers").read_text(encoding="utf-8") == text


# What is run


def test_a_crash_of_the_judge_breaks_the_case_and_keeps_its_answer(store: Path) -> None:
    no_such = Assertion("no-such", None, False, "no-such")
    with Bot.open(store, "extractive") as bot:
        found = run(Case("a.yaml", COST, (no_such,)), of_bot(bot))
    assert (found.verdict, found.obstacle) == (BROKEN, "KeyError: 'no-such'")
    assert found.answer
    assert "4.2 million" in found.answer.text
    assert found.seconds > 0


# What is said of it


def test_the_manual_names_all_that_stands_in_the_json_report() -> None:
    page = Path(__file__).parents[1] / "docs" / "evaluation.md"
    section = page.read_text(encoding="utf-8").partition("## Reports")[2]
    whole = to_json(evaluation(outcome(PASSED), outcome(FAILED)))
    case = whole["cases"][0]
    parts = (
        whole,
        whole["run"],
        whole["timing"],
        whole["all"],
        case,
        case["results"][0],
        case["results"][0]["checks"][0],
    )
    named = {name for part in parts for name in part} | {"comparison", *CaseChange, "p", "meaning"}
    assert {name for name in named if f"`{name}`" not in section} == set()
