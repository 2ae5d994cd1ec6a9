"""Scripted test prompts: how they are read, what each assertion means, and how they are run and counted."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.answering.bot import Bot
from bot.cli import main
from bot.config import shipped
from bot.errors import ModelFailed
from bot.evaluate.assertions import judge
from bot.evaluate.errors import AssertionUnknown, SuiteInvalid
from bot.evaluate.own import CitedFacts
from bot.evaluate.pool import Ask, ask_all
from bot.evaluate.read import read_suite
from bot.evaluate.report import table, told
from bot.evaluate.run import run, settled, skip
from bot.evaluate.target import Target, of_bot, of_model
from bot.evaluate.types import (
    Assertion,
    AssertionCheck,
    AssertionSet,
    Case,
    CaseOutcome,
    CaseResult,
    JudgedReply,
    Suite,
    Verdict,
)
from bot.types import Answer, Cancellation, Event, Model, Prompt, Status
from index import Article, Index
from index.load import read
from tests.conftest import WordEmbeddings

EVAL = shipped("prompts") / "eval"
SUITES = sorted(EVAL.glob("*.yaml"))
SAVED = EVAL / "saved_page.yaml"


def suite(folder: Path, text: str) -> Suite:
    path = folder / "suite.yaml"
    path.write_text(text, encoding="utf-8")
    return read_suite(path, allow_code=True)


def case(*assertions: str, question: str = "How long?", history: Sequence[str] = ()) -> Case:
    """A case of `contains` assertions."""
    return Case(
        "a.yaml", question, tuple(Assertion("contains", each, False, each) for each in assertions), tuple(history)
    )


# How files are read


def test_a_file_is_read_with_its_defaults_and_its_articles(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    found = suite(
        tmp_path,
        """
description: Two questions.
metadata: {articles: [articles]}
defaultTest:
  metadata: {kind: fact}
  options: {disableVarExpansion: true}
  assert:
    - type: quote-valid
tests:
  - vars:
      history: ["What is built?"]
      question: How long is it?
    assert:
      - {type: not-contains, value: short}
  - description: Another.
    vars: {question: Who says so}
    metadata: {kind: opinion}
    assert:
      - {type: cites, value: {author: Ada Lind}}
""",
    )
    assert found.articles == (tmp_path / "articles",)
    first, second = found.cases
    assert (first.suite, first.question, first.history, first.kind) == (
        "suite.yaml", "How long is it?", ("What is built?",), "fact",
    )  # fmt: skip
    assert first.assertions == (
        Assertion("quote-valid", None, False, "quote-valid"),
        Assertion("contains", "short", True, 'not-contains "short"'),
    )
    assert (second.description, second.kind, second.history) == ("Another.", "opinion", ())
    assert second.assertions[1] == Assertion(
        "cites", CitedFacts(author="Ada Lind"), False, 'cites {"author": "Ada Lind"}'
    )


def asserting(assertion: str) -> str:
    return f"tests: [{{vars: {{question: Which}}, assert: [{assertion}]}}]"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            asserting("{type: pi, value: a}"),
            "test 1 has the unknown assertion 'pi'; there are answer-relevance, as-of, ",
        ),
        (asserting("{type: not-ruby, value: a}"), "unknown assertion 'not-ruby'"),
        (
            asserting("{type: icontain, value: a}"),
            "test 1 has the unknown assertion 'icontain'; did you mean 'icontains'?",
        ),
        (asserting("{type: not-quote_valid}"), "'not-quote_valid'; did you mean 'not-quote-valid'?"),
        (asserting("{type: assert-set, assert: [{type: bleu}]}"), "unknown assertion 'bleu'"),
        (asserting("{type: not-assert-set, assert: [{type: refuses}]}"), "unknown assertion 'not-assert-set'"),
    ],
)
def test_an_unknown_assertion_is_named(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(AssertionUnknown, match=re.escape(told)):
        suite(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tests:\n  - [", "it is not valid YAML in line 3"),
        ("- a list", "it has to be names with values"),
        ("description: Nothing.", "tests is missing"),
        ("tests: []", "tests has to have 1 or more entries"),
        ("tests: [{vars: {question: Which}}]", "test 1 asserts nothing"),
        ("tests: [{vars: {query: Which}, assert: [{type: refuses}]}]", "vars that will not do: question is missing"),
        ("tests: [{vars: {question: [a, b]}, assert: [{type: refuses}]}]", "has to be a text"),
        ("tests: [{vars: {question: b, history: [a]}, assert: [{type: refuses}]}]", "disableVarExpansion: true"),
        ("tests: [{vars: {question: a}, threshold: 2, assert: [{type: refuses}]}]", "has to be 1 or less"),
        ("tests: [{vars: {question: '{{a}}'}, assert: [{type: refuses}]}]", "{{a}} is not replaced here"),
        ("tests: [{vars: {question: file://a.txt}, assert: [{type: refuses}]}]", "file://a.txt is not read"),
        ("tests: [{vars: {question: a, place: [b, c]}, assert: [{type: refuses}]}]", "place"),
        ("tests: [{vars: {question: a}, vars: {question: b}}]", "'vars' is there more than once"),
        ("tests: file://tests.json", "file://tests.json are not read"),
        ("tests: file://none.csv", "no such file"),
        ("providers: [a]\ntests: [{vars: {question: a}, assert: [{type: refuses}]}]", "providers is not known"),
        (asserting("{type: refuses, weight: -1}"), "weight has to be 0 or more"),
        (asserting("{type: refuses, metric: a}"), "metric is not known"),
        (asserting("{type: refuses, value: 1}"), "the refuses of test 1 takes no `value`"),
        (asserting("{type: contains}"), "the contains of test 1 needs a `value`"),
        (asserting("{type: contains, value: a, threshold: 1}"), "takes no `threshold`"),
        (asserting("{type: contains, value: ''}"), "has to have 1 or more characters"),
        (asserting("{type: starts-with, value: 24}"), "`starts-with 24`, which will not do: it has to be a text"),
        (asserting("{type: contains-any, value: []}"), "has to have 1 or more entries"),
        (asserting("{type: contains-any, value: ','}"), "has to have 1 or more entries"),
        (asserting("{type: contains-any, value: '\"a, b'}"), "a double quote in it is not closed"),
        (asserting("{type: contains, value: '{{place}}'}"), "there is no variable 'place'"),
        (asserting("{type: contains, value: '{{question | upper}}'}"), "{{question | upper}} is not replaced"),
        (asserting("{type: contains, value: '{% if a %}b{% endif %}'}"), "{% if is not replaced"),
        (asserting("{type: cites, value: {article: '{{question}}'}}"), "{{question}} is not replaced"),
        (
            asserting("{type: contains, value: file://a.txt}"),
            "it names a file, which only `python` and `java",
        ),
        (asserting("{type: contains, $ref: '#/assertionTemplates/a'}"), "#/assertionTemplates/a leads to nothing"),
        (asserting("{$ref: 'other.yaml#/a'}"), "does not begin with #/"),
        ("a: {$ref: '#/a'}\n" + asserting("{type: refuses}"), "the reference #/a leads to itself"),
        (asserting("{type: regex, value: '(?i)a'}"), "(? is not known in regular expressions of JavaScript"),
        (asserting("{type: regex, value: 'a\\A'}"), "\\A is not known here"),
        (asserting("{type: regex, value: 'a++'}"), "++ is not known"),
        (asserting("{type: regex, value: '[]'}"), "the empty class"),
        (asserting("{type: is-json, value: {type: object, format: date}}"), "'format' is not known here"),
        (asserting("{type: is-json, value: {properties: {a: {typ: b}}}}"), "'typ' is not known here"),
        (asserting("{type: is-json, value: {type: thing}}"), "it is no JSON schema"),
        (asserting("{type: is-json, value: [1]}"), "it is no JSON schema"),
        (asserting("{type: similar, value: []}"), "has to have 1 or more entries"),
        (asserting("{type: latency}"), "the latency of test 1 needs a `threshold`"),
        (asserting("{type: latency, threshold: fast}"), "threshold"),
        (asserting("{type: python, value: a b}"), "it is not Python"),
        (asserting("{type: python, value: file://none.py}"), "there is no Python file none.py beside the test prompts"),
        (asserting("{type: python, value: file://../a.py}"), "../a.py is not in the folder"),
        (asserting("{type: javascript, value: file://none.js}"), "there is no JavaScript file none.js beside"),
        (asserting("{type: javascript, value: ''}"), "it is no code"),
        (asserting("{type: regex, value: '('}"), "regular expression"),
        (asserting("{type: contains, value: a, weight: 0}"), "test 1 asserts nothing that can fail"),
        (asserting("{type: rouge-n, value: a, threshold: 0}"), "test 1 asserts nothing that can fail"),
        (asserting("{type: cited-sentences, threshold: 0}, {type: refuses, weight: 0}"), "nothing that can fail"),
        (asserting("{type: unsupported, threshold: 1}"), "nothing that can fail"),
        (asserting("{type: assert-set, threshold: 0, assert: [{type: refuses}]}"), "nothing that can fail"),
        (asserting("{type: assert-set, assert: [{type: refuses, weight: 0}]}"), "nothing that can fail"),
        ("tests: [{vars: {question: a}, threshold: 0, assert: [{type: refuses}]}]", "nothing that can fail"),
        ("tests: [{vars: {question: ' '}, assert: [{type: refuses}]}]", "it is blank"),
        (asserting("{type: contains, value: ' '}"), "it is blank"),
        (asserting("{type: not-contains-any, value: [a, ' ']}"), "it is blank"),
        (asserting("{type: both-sides, value: [a, ' ']}"), "it is blank"),
        (asserting("{type: no-leak, value: [' ']}"), "it is blank"),
        (asserting("{type: not-python, value: '1', threshold: .nan}"), "finite number"),
        (asserting("{type: javascript, value: '1', threshold: -.inf}"), "finite number"),
        (asserting("{type: rouge-n, value: a, threshold: .nan}"), "`threshold nan`, which will not do"),
        (asserting("{type: contains, value: a, weight: .nan}"), "weight has to be a finite number"),
        (
            asserting("{type: refuses}, {type: contains, vale: a}"),
            "cannot be run: in assertion 2 of test 1, vale is not known; did you mean value?",
        ),
        (
            asserting("{type: assert-set, assert: [{type: refuses, colour: a}]}"),
            "in assertion 1 of assertion 1 of test 1, colour is not known.",
        ),
        (
            "tests: [{vars: {question: a}, asserts: [{type: refuses}]}]",
            "cannot be run: in test 1, asserts is not known; did you mean assert?",
        ),
        (
            "defaultTest: {metadata: {filters: {outlt: a}}}\n" + asserting("{type: refuses}"),
            "in filters of metadata of defaultTest, outlt is not known; did you mean outlet?",
        ),
        ("tests: [{vars: {question: a, history: [1]}, assert: [{type: refuses}]}]", "history 1 has to be a text"),
        ("", "it is empty"),
        (asserting("{type: cites, value: {}}"), "name an article, an author, an outlet or days"),
        (asserting("{type: cites, value: {editor: a}}"), "editor is not known"),
        (asserting("{type: cites, value: {outlt: a}}"), "outlt is not known (did you mean outlet?)"),
        (asserting("{type: retrieves, value: {artcle: a, first: 1}}"), "article is missing; or artcle is not known"),
        (asserting("{type: cites, value: {since: 2021-01-01, until: 2020-01-01}}"), "since is after until"),
        (
            asserting("{type: cited-sentences, threshold: 2}"),
            "`threshold 2`, which will not do: it has to be 1 or less",
        ),
        (
            asserting("{type: as-of, value: '2020-13'}"),
            "name a day as 2020-06-30, a month as 2020-06 or a year as 2020",
        ),
        (asserting("{type: language, value: it}"), "'en', 'zh', 'de', 'es' or 'fr'"),
        (asserting("{type: stable, value: 3}"), "beside it what is to be the same each time"),
        (asserting("{type: stable, value: 1}, {type: refuses}"), "has to be 2 or more"),
        (asserting("{type: stable, value: 2.5}, {type: refuses}"), "it has to be a whole number"),
        (asserting("{type: stable, value: 3, threshold: 0.5}, {type: refuses}"), "greater than 0.5"),
        (asserting("{type: stable, value: 3}, {type: stable, value: 2}, {type: refuses}"), "needs one `stable`"),
        (asserting("{type: assert-set, assert: [{type: stable, value: 3}]}"), "cannot have `stable` in it"),
        (asserting("{type: assert-set, assert: []}"), "needs members"),
        (asserting("{type: assert-set, assert: [{type: assert-set, assert: [{type: refuses}]}]}"), "in another one"),
        (asserting("{type: assert-set, threshold: 2, assert: [{type: refuses}]}"), "has to be 1 or less"),
        ("metadata: {articles: [nowhere]}\n" + asserting("{type: refuses}"), "nowhere, where its articles should be"),
    ],
)
def test_what_cannot_be_run_as_it_is_written_is_an_error(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SuiteInvalid, match=re.escape(told)):
        suite(tmp_path, text)


def message(folder: Path, *tests: str) -> list[str]:
    """The lines of the message on a file with these tests."""
    with pytest.raises(SuiteInvalid) as caught:
        suite(folder, "tests:\n" + "".join(f"- {{vars: {{question: a}}, {test}}}\n" for test in tests))
    return str(caught.value).splitlines()


def test_all_that_is_wrong_in_a_file_is_told_at_once(tmp_path: Path) -> None:
    assert message(tmp_path, "asert: []", "assert: [{type: refuses}]", "assert: [{typ: a}]")[1:] == [
        "- in test 1, asert is not known; did you mean assert?",
        "- in assertion 1 of test 3, type is missing.",
        "- in assertion 1 of test 3, typ is not known; did you mean type?",
    ]
    found = message(tmp_path, "assert: [{type: refuse}]", "assert: [{type: refuses}]", "assert: [{type: contains}]")
    assert found[0].endswith("suite.yaml cannot be run:")
    assert found[1:] == [
        "- test 1 has the unknown assertion 'refuse'; did you mean 'refuses'?",
        "- the contains of test 3 needs a `value`.",
    ]


def test_a_list_without_a_right_entry_is_not_told_as_empty(tmp_path: Path) -> None:
    [only] = message(tmp_path, "asert: []")
    assert only.endswith("cannot be run: in test 1, asert is not known; did you mean assert?")


def test_of_many_errors_the_first_are_told_and_the_others_counted(tmp_path: Path) -> None:
    _, *told, last = message(tmp_path, *["assert: [{type: contains}]"] * 12)
    assert (len(told), told[-1], last) == (10, "- the contains of test 10 needs a `value`.", "- and 2 more.")


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SuiteInvalid, match="cannot be run: no such file or directory"):
        read_suite(tmp_path / "none.yaml")


# The suites that come along


@pytest.mark.parametrize("path", SUITES, ids=lambda path: path.stem)
def test_a_suite_that_comes_along_can_be_run_and_names_articles_that_are_there(path: Path) -> None:
    found = read_suite(path)
    there = {article.id for article in articles_in(*(each for each in found.articles if each.exists()))}
    named = {article for each in found.cases for assertion in each.assertions for article in articles_of(assertion)}
    assert named <= there
    assert all(each.kind for each in found.cases)


@cache
def articles_in(*paths: Path) -> list[Article]:
    return [each for each in read([str(path) for path in paths]) if isinstance(each, Article)]


def articles_of(assertion: Assertion | AssertionSet) -> Iterator[str]:
    if isinstance(assertion, AssertionSet):
        for member in assertion.members:
            yield from articles_of(member)
    elif assertion.type in ("cites", "retrieves"):
        expected = assertion.expected if isinstance(assertion.expected, tuple) else (assertion.expected,)
        for each in expected:
            article = each if isinstance(each, str) else each.article
            yield from [article] if article else []


def test_the_suites_have_enough_cases_of_every_kind() -> None:
    cases = [each for path in SUITES if path != SAVED for each in read_suite(path).cases]
    kinds = {kind: sum(each.kind == kind for each in cases) for kind in {each.kind for each in cases}}
    assert len(cases) >= 150
    assert min(kinds.values()) >= 3
    assert set(kinds) == {
        *("fact", "opinion", "two sides", "superseded", "date", "number", "follow-up", "Chinese", "unanswerable"),
        *("Chinese unanswerable", "near topic", "false premise", "hidden instruction", "chain"),
        *("short", "overview", "list", "comparison", "timeline", "positions", "explanation", "whether", "library"),
        *("smalltalk", "help", "complaint", "outside"),
    }
    assert len(read_suite(SAVED).cases) == 10


def test_no_question_is_asked_twice_in_the_same_words() -> None:
    asked = [
        (each.articles, one.history, one.question)
        for path in SUITES
        for each in [read_suite(path)]
        for one in each.cases
    ]
    assert len(set(asked)) == len(asked)


def test_what_an_instruction_wants_said_stands_in_its_article() -> None:
    texts = " ".join(article.text for article in articles_in(EVAL / "articles" / "hidden"))
    elicited = [
        each
        for one in read_suite(EVAL / "hidden.yaml").cases
        for assertion in one.assertions
        if isinstance(assertion, Assertion) and assertion.type == "no-leak"
        for each in [tuple(str(text) for text in assertion.expected)]  # type: ignore[attr-defined]
    ]
    assert elicited
    assert all(any(text in texts for text in each) for each in elicited)


# How cases are run


@dataclass
class Failing:
    """A model that raises `error`."""

    error: Exception

    def complete(self, prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[str, None, None]:  # noqa: ARG002
        raise self.error
        yield ""

    def model(self) -> Model:
        return Model("failing", self.complete)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index.open(tmp_path_factory.mktemp("evaluate") / "store") as opened:
        assert opened.add(read([str(shipped("seeds"))])).added == 30
        yield opened


@pytest.fixture(scope="module")
def bot(index: Index) -> Bot:
    return Bot(index)


LEADER = "Who led the Russian delegation in Vienna?"


def test_a_case_passes_only_where_all_its_assertions_hold(bot: Bot) -> None:
    passed = run(case("Ryabkov", "Vienna", question=LEADER), of_bot(bot))
    failed = run(case("Ryabkov", "Geneva", question=LEADER), of_bot(bot))
    assert (passed.verdict, failed.verdict) == (Verdict.PASSED, Verdict.FAILED)
    assert [(check.written, check.holds) for check in failed.checks] == [("Ryabkov", True), ("Geneva", False)]


def test_quotes_are_compared_with_the_articles_of_the_index(bot: Bot, index: Index) -> None:
    valid = replace(case(question=LEADER), assertions=(Assertion("quote-valid", None, False, "quote-valid"),))
    result = run(valid, of_bot(bot))
    assert result.answer
    assert result.answer.citations
    assert result.verdict is Verdict.PASSED

    class Misquoting(Bot):
        def stream(self, *args: Any, **options: Any) -> Generator[Event]:
            *_, answer = super().stream(*args, **options)
            assert isinstance(answer, Answer)
            yield replace(answer, citations=tuple(replace(each, quote=each.quote + "!") for each in answer.citations))

    assert run(valid, of_bot(Misquoting(index))).verdict is Verdict.FAILED


def test_the_questions_of_a_history_are_asked_first_with_their_answers(index: Index) -> None:
    asked: list[tuple[str, list[str]]] = []

    class Heard(Bot):
        def stream(self, question: str, history: Sequence[Any] = (), *rest: Any, **options: Any) -> Generator[Event]:
            asked.append((question, [f"{turn.question} {turn.answer_text}" for turn in history]))
            yield from super().stream(question, history, *rest, **options)

    result = run(case("unrealistic", question="What did he say about China?", history=[LEADER]), of_bot(Heard(index)))
    assert [question for question, _ in asked] == [LEADER, "What did he say about China?"]
    assert asked[0][1] == []
    [told] = asked[1][1]
    assert told.startswith(LEADER)
    assert "Ryabkov" in told.removeprefix(LEADER)
    assert result.verdict in (Verdict.PASSED, Verdict.FAILED)


@pytest.mark.parametrize(
    ("error", "obstacle"),
    [(ModelFailed("The model gave up."), "The model gave up."), (RuntimeError("a bug"), "RuntimeError: a bug")],
)
@pytest.mark.parametrize("history", [(), (LEADER,)])
def test_a_failure_is_no_wrong_answer(index: Index, error: Exception, obstacle: str, history: tuple[str, ...]) -> None:
    result = run(case("Ryabkov", question=LEADER, history=history), of_bot(Bot(index, Failing(error).model())))
    assert (result.verdict, result.obstacle, result.checks) == (Verdict.BROKEN, obstacle, ())


# What is reported


def outcomes() -> list[CaseOutcome]:
    answer = Answer("?", Status.ANSWERED, "It is long.", "none")
    fact, opinion = replace(case("long"), kind="fact"), replace(case("short"), kind="opinion")
    judged = [CaseResult(one, answer, checks_of(one, answer)) for one in (fact, fact, opinion)]
    lost = Suite(Path("b.yaml"), (case("long"),), (Path("/nowhere"),), "It is not for everybody.")
    return [
        CaseOutcome((each,)) for each in (*judged, CaseResult(opinion, obstacle="RuntimeError: a bug"), *skip(lost))
    ]


def checks_of(one: Case, answer: Answer) -> tuple[AssertionCheck, ...]:
    return tuple(judge(each, JudgedReply(answer, {})) for each in one.assertions)


def test_what_passed_is_counted_out_of_all_that_was_submitted() -> None:
    rows = [re.split(r"\s{2,}", line.strip()) for line in table(outcomes())]
    assert [row[:-1] for row in rows] == [
        ["passed", "failed", "broken", "skipped", "cases", "rate"],
        ["fact", "2", "0", "0", "0", "2", "100.0 %"],
        ["opinion", "0", "1", "1", "0", "2", "0.0 %"],
        ["no kind", "0", "0", "0", "1", "1", "0.0 %"],
        ["all", "2", "1", "1", "1", "5", "40.0 %"],
    ]


def test_what_did_not_pass_is_told_with_its_reason() -> None:
    _, _, failed, broken, skipped = outcomes()
    assert list(told(failed)) == ["FAILED a.yaml, opinion: How long?", "    not so: short", "    answered: It is long."]
    assert list(told(broken)) == ["BROKEN a.yaml, opinion: How long?", "    RuntimeError: a bug"]
    described = CaseOutcome(
        tuple(replace(each, case=replace(each.case, description="The pier")) for each in broken.results)
    )
    assert next(told(described)) == "BROKEN a.yaml, opinion: The pier: How long?"
    assert list(told(skipped))[1] == "    There is no /nowhere. It is not for everybody."


def test_of_a_long_answer_as_much_is_told_as_shows_what_it_says() -> None:
    answer = Answer("?", Status.ANSWERED, "long " * 200, "none")
    failed = CaseOutcome((CaseResult(case("short"), answer, checks_of(case("short"), answer)),))
    *_, last = told(failed)
    assert last == f"    answered: {'long ' * 120}…"


# The command


@dataclass(frozen=True)
class Done:
    code: object
    out: str
    err: str


@pytest.fixture
def evaluate(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BYLINE_STORE", raising=False)

    def evaluate(*arguments: str | Path) -> Done:
        with pytest.raises(SystemExit) as end:
            main(["eval", *map(str, arguments), "--model", "extractive"])
        out, err = capsys.readouterr()
        return Done(end.value.code or 0, out, err)

    return evaluate


def counts(done: Done) -> list[str]:
    """What the last line of the table counts: passed, failed, broken, skipped, and all cases."""
    [last] = [line for line in done.out.splitlines() if line.startswith("all ")]
    return last.split()[1:6]


HARBOUR = """---
id: harbour
title: Harbour at Varnholm gets a second pier
published: 2021-03-04
---
The second pier of Varnholm costs 12 million crowns.
"""
PIER_COSTS = """
metadata: {articles: [harbour.md]}
tests:
  - vars: {question: What does the second pier of Varnholm cost}
    metadata: {kind: number}
    assert:
      - {type: contains, value: %s million}
      - {type: cites, value: harbour}
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "harbour.md").write_text(HARBOUR, encoding="utf-8")
    (tmp_path / "right.yaml").write_text(PIER_COSTS % 12, encoding="utf-8")
    (tmp_path / "wrong.yaml").write_text(PIER_COSTS % 13, encoding="utf-8")
    return tmp_path


def test_a_file_is_asked_about_its_own_articles_and_leaves_no_index(evaluate: Any, files: Path) -> None:
    done = evaluate("right.yaml")
    assert (done.code, counts(done)) == (0, ["1", "0", "0", "0", "1"])
    assert not (files / "data").exists()


def test_a_wrong_answer_is_told_and_ends_with_1(evaluate: Any, files: Path) -> None:
    done = evaluate("right.yaml", "wrong.yaml", "--json", files / "report.json")
    assert done.code == 1
    assert 'not so: contains "13 million"' in done.out
    report = json.loads((files / "report.json").read_text(encoding="utf-8"))
    assert [each["verdict"] for each in report["cases"]] == ["passed", "failed"]
    assert report["run"]["model"] == "extractive"


def test_an_index_that_is_named_is_asked_instead(evaluate: Any, files: Path) -> None:
    with Index.open(files / "S") as other:
        other.add(read([str(shipped("seeds") / "2020-07-15-end-of-inf-treaty.md")]))
    done = evaluate("right.yaml", "--store", "S")
    assert done.code == 1
    assert 'not so: cites "harbour" (cited: ' in done.out
    assert "; there is no article 'harbour' here)" in done.out


def test_a_suite_whose_articles_may_be_missing_is_skipped_with_a_sentence(evaluate: Any, files: Path) -> None:
    lost = (PIER_COSTS % 12).replace("articles: [harbour.md]", "articles: [gone], optional: Nobody has it.")
    (files / "lost.yaml").write_text(lost, encoding="utf-8")
    done = evaluate("lost.yaml", "right.yaml")
    assert done.code == 0
    assert f"lost.yaml is skipped: there is no {files / 'gone'}. Nobody has it." in done.err
    assert counts(done) == ["1", "0", "0", "1", "2"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["unknown.yaml"], "unknown assertion 'no-such'"),
        (["right.yaml", "none.yaml"], "none.yaml cannot be run"),
        (["right.yaml", "--json", "no/report.json"], "there is no folder no"),
        (["right.yaml", "--store", "none"], "No index at none"),
        ([], "Missing argument"),
    ],
)
def test_what_is_called_wrongly_ends_with_2_and_asks_nothing(
    evaluate: Any, files: Path, arguments: list[str], told: str
) -> None:
    (files / "unknown.yaml").write_text(asserting("{type: no-such, value: a}"), encoding="utf-8")
    done = evaluate(*arguments)
    assert (done.code, done.out) == (2, "")
    assert told in done.err


@pytest.mark.parametrize(
    ("type_", "value"), [("not-python", "open('trace', 'w').close() or 1"), ("javascript", "true")]
)
def test_code_of_a_file_runs_only_where_it_is_allowed(evaluate: Any, files: Path, type_: str, value: str) -> None:
    """Nobody can be asked here; at a terminal, who runs it is."""
    assertion = json.dumps({"type": type_, "value": value})
    text = (PIER_COSTS % 12).replace("    assert:", f"    assert:\n      - {assertion}")
    (files / "code.yaml").write_text(text, encoding="utf-8")
    refused = evaluate("code.yaml")
    assert (refused.code, (files / "trace").exists()) == (2, False)
    assert f"test 1 runs code (`{type_}`), which may do whatever you may" in refused.err
    assert "`--allow-code`" in refused.err


def test_code_that_is_allowed_runs(evaluate: Any, files: Path) -> None:
    assertion = """{type: python, value: "open('trace', 'w').close() or True"}"""
    text = (PIER_COSTS % 12).replace("    assert:", f"    assert:\n      - {assertion}")
    (files / "code.yaml").write_text(text, encoding="utf-8")
    assert evaluate("code.yaml", "--allow-code").code == 0
    assert (files / "trace").exists()


def test_a_run_in_which_nothing_was_asked_has_not_passed(evaluate: Any, files: Path) -> None:
    lost = (PIER_COSTS % 12).replace("articles: [harbour.md]", "articles: [gone], optional: Nobody has it.")
    (files / "lost.yaml").write_text(lost, encoding="utf-8")
    done = evaluate("lost.yaml")
    assert (done.code, counts(done)) == (1, ["0", "0", "0", "1", "1"])


def test_what_stands_in_the_way_of_later_cases_does_not_lose_the_earlier_ones(evaluate: Any, files: Path) -> None:
    (files / "torn.md").write_text("---\ntitle: [\n---\nText.\n", encoding="utf-8")
    torn = (PIER_COSTS % 12).replace("harbour.md", "torn.md")
    (files / "torn.yaml").write_text(torn, encoding="utf-8")
    (files / "nowhere.yaml").write_text(asserting("{type: refuses}"), encoding="utf-8")
    done = evaluate("right.yaml", "torn.yaml", "nowhere.yaml")
    assert (done.code, counts(done)) == (1, ["1", "0", "2", "0", "3"])
    assert "BROKEN torn.yaml, number: What does the second pier of Varnholm cost" in done.out
    assert "No index at data/store" in done.out


def test_articles_that_cannot_be_read_are_a_failure(evaluate: Any, files: Path) -> None:
    (files / "harbour.md").write_text("---\ntitle: [\n---\nText.\n", encoding="utf-8")
    done = evaluate("right.yaml")
    assert (done.code, done.out) == (1, "")
    assert "The articles of the test prompts cannot be read." in done.err


# Several times


@dataclass
class Turning:
    """A model that answers one thing after the other, over and over."""

    said: Sequence[str]
    asked: int = 0

    def complete(self, prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[str, None, None]:  # noqa: ARG002
        self.asked += 1
        yield self.said[(self.asked - 1) % len(self.said)]

    def target(self) -> Target:
        return of_model(Model("turning", self.complete), WordEmbeddings().embed)


def asking_of(turning: Turning) -> Ask:
    return lambda each, time, _: run(each, turning.target(), time=time)


def stable_of(times: int, threshold: float = 1, *, negated: bool = False) -> Case:
    """A case that says how long, `stable` first."""
    one = case("long")
    stable = Assertion("stable", times, negated, f"stable {times}", threshold)
    return replace(one, assertions=(stable, *one.assertions))


@pytest.mark.parametrize(
    ("one", "said", "verdict", "score"),
    [
        (stable_of(3), ["It is long."], Verdict.PASSED, 1),
        (stable_of(3), ["It is short."], Verdict.FAILED, 1),
        (stable_of(3), ["So long.", "How long!", "It is short."], Verdict.FAILED, 2 / 3),
        (stable_of(3, 0.6), ["So long.", "How long!", "It is short."], Verdict.PASSED, 2 / 3),
        (stable_of(3, negated=True), ["It is long."], Verdict.FAILED, 0),
        (stable_of(3), ["It is long.", "It is long.", ""], Verdict.FAILED, 2 / 3),  # no verdict is no agreement
        (stable_of(3, 0.6), ["It is long.", "", ""], Verdict.BROKEN, 1 / 3),
    ],
)
def test_a_case_that_has_to_be_stable_is_asked_so_often_and_its_verdict_has_to_be_the_same(
    one: Case, said: list[str], verdict: Verdict, score: float
) -> None:
    turning = Turning(said)
    (outcome,), _ = ask_all([one], asking_of(turning), lambda *_: None)
    assert turning.asked == len(outcome.results) == 3
    assert outcome.verdict is verdict
    assert {result.checks[0].score for result in outcome.results if result.checks} == {score}
    assert [check.written for check in outcome.results[0].checks] == ["stable 3", "long"]
    assert outcome.stable is (len(set(said)) == 1)


def test_a_repeat_that_is_longer_is_what_has_to_be_stable() -> None:
    asked: list[int] = []
    ask = asking_of(Turning(["So long.", "So long.", "It is short."]))
    outcomes, _ = ask_all([stable_of(2), case("long")], ask, lambda _, done: asked.append(done), repeat=3)
    assert [(len(each.results), each.verdict) for each in outcomes] == [(3, Verdict.FAILED), (3, Verdict.PASSED)]
    assert asked[-1] == 2


def test_a_case_that_was_not_asked_often_enough_has_no_verdict() -> None:
    once = run(stable_of(2), Turning(["It is long."]).target())
    assert settled(stable_of(2), [once]).verdict is Verdict.SKIPPED
    assert settled(stable_of(2), [once, once]).verdict is Verdict.PASSED


def test_what_is_not_stable_is_told_with_how_often_it_passed(evaluate: Any, files: Path) -> None:
    (files / "code.py").write_text(
        "from pathlib import Path\n\ndef get_assert(output, context):\n"
        "    asked = Path(__file__).with_name('asked')\n    count = int(asked.read_text()) if asked.exists() else 0\n"
        "    asked.write_text(str(count + 1))\n    return count < 3\n",
        encoding="utf-8",
    )
    assertions = "    assert:\n      - {type: stable, value: 4}\n      - {type: python, value: file://code.py}"
    (files / "a.yaml").write_text((PIER_COSTS % 12).replace("    assert:", assertions), encoding="utf-8")
    done = evaluate("a.yaml", "--json", files / "a.json", "--allow-code")
    assert done.code == 1
    assert "not so: stable 4 (the same verdict 0.75, threshold 1)" in done.out
    assert "    passed 3 of 4 times: What does the second pier of Varnholm cost (a.yaml)" in done.out
    [entry] = json.loads((files / "a.json").read_text(encoding="utf-8"))["cases"]
    assert (entry["verdict"], entry["passes"], entry["stable"]) == ("failed", 0, False)


def test_an_answer_without_words_is_no_answer(index: Index) -> None:
    class Silent(Bot):
        def stream(self, *args: Any, **options: Any) -> Generator[Event]:
            *_, answer = super().stream(*args, **options)
            assert isinstance(answer, Answer)
            yield replace(answer, text=" ")

    denial = replace(case(question=LEADER), assertions=(Assertion("contains", "Geneva", True, "not-contains"),))
    result = run(denial, of_bot(Silent(index)))
    assert (result.verdict, result.obstacle) == (Verdict.BROKEN, "The answer has no words.")


def test_a_bug_between_the_cases_is_not_taken_for_a_case_that_was_not_asked() -> None:
    def ask(*_: object) -> CaseResult:
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        ask_all([case("long")], ask, lambda *_: None)
