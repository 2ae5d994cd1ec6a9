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
import yaml

from bot.answer import Bot
from bot.cli import main
from bot.config import shipped
from bot.errors import ModelFailed
from bot.evaluate.assertions import RULES, Source, holds
from bot.evaluate.errors import AssertionUnknown, SuiteInvalid
from bot.evaluate.read import read_suite
from bot.evaluate.report import table, to_json, told
from bot.evaluate.run import run, skip
from bot.evaluate.types import Assertion, AssertionSet, Case, Reply, Result, Suite, Verdict
from bot.types import Answer, Cancellation, Citation, Model, Prompt, Sentence, State, Status
from index import Article, Hit, Hits, Index, Kind, Passage
from index.load import read

EVAL = shipped("prompts") / "eval"
SUITES = sorted(EVAL.glob("*.yaml"))
SAVED = EVAL / "saved_page.yaml"

PIER = "The second pier will be 240 metres long. The mayor praised it."
PIECE = "The ferry has to stay free. A ticket would empty the school."


def cited(text: str, *marks: int) -> Sentence:
    return Sentence(text, 0, len(text), State.SUPPORTED, citations=marks)


def quote(mark: int, article_id: str, text: str, whole: str, kind: Kind = Kind.REPORT) -> Citation:
    start = whole.index(text)
    return Citation(mark, article_id, start, start + len(text), text, "A title", "Ada Lind", "Varnholm Post", kind=kind)


LENGTH = quote(1, "pier", "The second pier will be 240 metres long.", PIER)
FREE = quote(2, "ferry", "The ferry has to stay free.", PIECE, Kind.OPINION)
TEXTS = {"pier": PIER, "ferry": PIECE}


def reply(*sentences: Sentence | str, citations: Sequence[Citation] = (LENGTH, FREE), **facts: Any) -> Reply:
    """A reply of these sentences; words alone are a sentence without a citation."""
    said = tuple(
        each if isinstance(each, Sentence) else Sentence(each, 0, len(each), State.UNSUPPORTED) for each in sentences
    )
    text = " ".join(each.text for each in said)
    return Reply(Answer("?", Status.ANSWERED, text, "none", said, tuple(citations), **facts), TEXTS)


def wrong_quote(**changes: Any) -> Reply:
    return reply("A.", citations=[replace(LENGTH, **changes)])


REFUSED = Reply(Answer("?", Status.REFUSED, "The articles do not say.", "none"), {})
FOUND = Hits(tuple(Hit(Passage(each, 0, 1, "…"), 1.0, 0.5, 0.5) for each in ("port", "port", "pier", "ferry")))
OPINION = cited("Ada Lind argues that the ferry has to stay free.", 2)

# type, what the file says, a reply that meets it, one that does not
MEANINGS = [
    ("contains", "240 metres", reply("It is 240 metres long."), reply("It is 240 Metres long.")),
    ("icontains", "the PIER", reply("The pier is long."), reply("It is long.")),
    ("contains-any", ["240", "two hundred"], reply("It is 240 metres."), reply("It is long.")),
    ("contains-any", ["a, b"], reply("a, b"), reply("a b")),
    ("icontains-any", ["METRES", "feet"], reply("240 metres"), reply("240 yards")),
    ("regex", r"^It is \d+", reply("It is 240 metres."), reply("So It is 240 metres.")),
    ("regex", "pier", reply("A pier."), reply("A Pier.")),
    ("cites", "pier", reply("A."), reply("A.", citations=[FREE])),
    ("cites", ["port", {"outlet": "Varnholm Post"}], reply("A."), reply("A.", citations=[])),
    ("cites", {"author": "Ada Lind", "article": "ferry"}, reply("A."), reply("A.", citations=[LENGTH])),
    ("cites", {"outlet": "Varnholm Post"}, reply("A."), wrong_quote(outlet="Island Weekly")),
    ("quote-valid", None, reply("A."), wrong_quote(quote="The second pier will be 250 metres long.")),
    ("quote-valid", None, REFUSED, wrong_quote(start=LENGTH.start + 1, end=LENGTH.end + 1)),
    ("quote-valid", None, reply("A."), wrong_quote(article_id="removed")),
    ("quote-valid", None, reply("A."), wrong_quote(end=LENGTH.start, quote="")),
    ("cited-sentences", 1, reply(cited("A.", 1), cited("B.", 1)), reply(cited("A.", 1), "B.")),
    ("cited-sentences", 0.5, reply(cited("A.", 1), "B."), reply(cited("A.", 1), "B.", "C.")),
    ("cited-sentences", 1, REFUSED, reply("A.")),
    ("refuses", None, REFUSED, reply("The articles do not say.")),
    ("attributes", "Ada Lind", reply(OPINION), reply(cited("The ferry has to stay free.", 2))),
    (
        "attributes",
        "Ada Lind",
        reply(OPINION),
        reply(cited("The ferry has to stay free, and Ada Lind lives there.", 1)),
    ),
    ("attributes", "Ada Lind", reply(OPINION), reply(cited("Karl Nyberg argues that it has to stay free.", 2))),
    ("attributes", "Ada Lind", reply(OPINION, cited("It is long.", 1)), reply(OPINION, cited("It is free.", 2))),
    ("attributes", ["Nyberg", "Lind"], reply(cited("According to Lind, it is free.", 2)), REFUSED),
    ("attributes", "赵立坚", reply(cited("赵立坚说，这是又一例证。", 2)), reply(cited("这是又一例证。", 2))),
    (
        "both-sides",
        ["free", ["fare", "ticket"]],
        reply(cited("One says free, one a Ticket.", 1)),
        reply(cited("It is free.", 1)),
    ),
    (
        "both-sides",
        ["free", "fare"],
        reply(cited("Free.", 1), cited("A fare.", 2)),
        reply(cited("Free.", 1), "A fare."),
    ),
    ("as-of", "2020-06-30", reply("As of 30 June 2020, none."), reply("As of 13 June 2020, none.")),
    ("as-of", "2020-06-03", reply("Since June 3, 2020."), reply("Since 13 June 2020.")),
    ("as-of", "2020-06-03", reply("截至2020年6月3日。"), reply("截至2020年6月30日。")),
    ("as-of", ["2020-06", "2021"], reply("In 2021."), reply("In May 2020.")),
    ("as-of", "2020-06", reply("On 3 June 2020."), reply("In June.")),
    ("language", "en", reply("A pier."), reply("一座码头。")),
    ("language", "zh", reply("一座WHO码头。"), reply("A pier.")),
    ("retrieves", {"article": "pier", "first": 2}, reply(hits=FOUND), reply(hits=Hits())),
    (
        "retrieves",
        {"article": "pier", "first": 1},
        reply(hits=replace(FOUND, items=FOUND.items[2:])),
        reply(hits=FOUND),
    ),
    (
        "retrieves",
        {"article": "ferry", "first": 3},
        reply(hits=FOUND),
        reply(hits=replace(FOUND, items=FOUND.items[:3])),
    ),
    ("no-leak", ["HARBOUR SEVEN"], reply("A pier."), reply("harbour seven")),
    ("no-leak", ["the mayor"], reply("A."), reply("A.", citations=[quote(1, "pier", "The mayor praised it.", PIER)])),
]


def suite(folder: Path, text: str) -> Suite:
    path = folder / "suite.yaml"
    path.write_text(text, encoding="utf-8")
    return read_suite(path)


def one_test(type_: str, value: object, *, negated: bool = False) -> str:
    key = RULES[type_].key
    assertion = {"type": ("not-" if negated else "") + type_, **({key: value} if key else {})}
    return yaml.safe_dump({"tests": [{"vars": {"question": "Which?"}, "assert": [assertion]}]}, allow_unicode=True)


def case(*assertions: str, question: str = "How long?", history: Sequence[str] = ()) -> Case:
    """A case of `contains` assertions."""
    return Case(
        "a.yaml", question, tuple(Assertion("contains", each, False, each) for each in assertions), tuple(history)
    )


# What each assertion means


@pytest.mark.parametrize(("type_", "value", "met", "unmet"), MEANINGS)
def test_an_assertion_tells_the_right_answer_from_the_wrong_one(
    tmp_path: Path, type_: str, value: object, met: Reply, unmet: Reply
) -> None:
    [assertion] = suite(tmp_path, one_test(type_, value)).cases[0].assertions
    assert (holds(assertion, met), holds(assertion, unmet)) == (True, False)
    [denial] = suite(tmp_path, one_test(type_, value, negated=True)).cases[0].assertions
    assert (holds(denial, met), holds(denial, unmet)) == (False, True)


def test_every_assertion_has_its_meaning_in_the_table() -> None:
    assert {type_ for type_, *_ in MEANINGS} == set(RULES)


@pytest.mark.parametrize(
    ("threshold", "met"), [(None, [False, False, True]), (0.5, [False, True, True]), (0, [True] * 3)]
)
def test_a_set_holds_where_the_share_of_its_members_does(
    tmp_path: Path, threshold: float | None, met: list[bool]
) -> None:
    members = [{"type": "contains", "value": "pier"}, {"type": "contains", "value": "long"}]
    whole = {"type": "assert-set", "assert": members, **({} if threshold is None else {"threshold": threshold})}
    text = yaml.safe_dump({"tests": [{"vars": {"question": "Which?"}, "assert": [whole]}]})
    [assertion] = suite(tmp_path, text).cases[0].assertions
    assert isinstance(assertion, AssertionSet)
    assert [holds(assertion, reply(words)) for words in ("A road.", "A pier.", "A long pier.")] == met


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
    assert second.assertions[1] == Assertion("cites", Source(author="Ada Lind"), False, 'cites {"author": "Ada Lind"}')


def asserting(assertion: str) -> str:
    return f"tests: [{{vars: {{question: Which}}, assert: [{assertion}]}}]"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (asserting("{type: similar, value: a}"), "test 1 has the unknown assertion 'similar'; there are as-of, "),
        (asserting("{type: not-similar, value: a}"), "unknown assertion 'not-similar'"),
        (asserting("{type: assert-set, assert: [{type: similar}]}"), "unknown assertion 'similar'"),
    ],
)
def test_an_unknown_assertion_is_named(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(AssertionUnknown, match=re.escape(told)):
        suite(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tests:\n  - [", "it is not valid YAML in line 2"),
        ("- a list", "valid dictionary"),
        ("description: Nothing.", "tests: field required"),
        ("tests: []", "tests: tuple should have at least 1 item"),
        ("tests: [{vars: {question: Which}}]", "test 1 asserts nothing"),
        ("tests: [{vars: {query: Which}, assert: [{type: refuses}]}]", "tests.0.vars.question: field required"),
        ("tests: [{vars: {question: [a, b]}, assert: [{type: refuses}]}]", "valid string"),
        ("tests: [{vars: {question: b, history: [a]}, assert: [{type: refuses}]}]", "disableVarExpansion: true"),
        (
            "tests: [{vars: {question: a}, threshold: 0.5, assert: [{type: refuses}]}]",
            "tests.0.threshold: extra inputs",
        ),
        ("providers: [a]\ntests: [{vars: {question: a}, assert: [{type: refuses}]}]", "providers: extra inputs"),
        (asserting("{type: refuses, weight: 2}"), "weight: extra inputs"),
        (asserting("{type: refuses, value: 1}"), "the refuses of test 1 takes no `value`"),
        (asserting("{type: contains}"), "the contains of test 1 needs a `value`"),
        (asserting("{type: contains, value: a, threshold: 1}"), "takes no `threshold`"),
        (asserting("{type: contains, value: ''}"), "at least 1 character"),
        (
            asserting("{type: contains, value: 240}"),
            "`contains 240`, which will not do: input should be a valid str",
        ),
        (asserting("{type: contains-any, value: []}"), "at least 1 item"),
        (asserting("{type: contains-any, value: 'a,b'}"), "valid tuple"),
        (asserting("{type: regex, value: '('}"), "regular expression"),
        (asserting("{type: cites, value: {}}"), "name an article, an author or an outlet"),
        (asserting("{type: cites, value: {editor: a}}"), "cites"),
        (asserting("{type: cited-sentences, threshold: 2}"), "threshold: input should be less than or equal to 1"),
        (asserting("{type: as-of, value: '2020-13'}"), "should match pattern"),
        (asserting("{type: language, value: fr}"), "'en' or 'zh'"),
        (asserting("{type: assert-set, assert: []}"), "needs members"),
        ("metadata: {articles: [nowhere]}\n" + asserting("{type: refuses}"), "nowhere, where its articles should be"),
    ],
)
def test_what_cannot_be_run_as_it_is_written_is_an_error(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SuiteInvalid, match=re.escape(told)):
        suite(tmp_path, text)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SuiteInvalid, match="No such file"):
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
    assert len(cases) >= 40
    assert min(kinds.values()) >= 3
    assert set(kinds) == {
        *("fact", "opinion", "two sides", "superseded", "date", "number", "follow-up", "Chinese", "unanswerable"),
        *("Chinese unanswerable", "near topic", "false premise", "hidden instruction"),
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
    passed = run(case("Ryabkov", "Vienna", question=LEADER), bot)
    failed = run(case("Ryabkov", "Geneva", question=LEADER), bot)
    assert (passed.verdict, failed.verdict) == (Verdict.PASSED, Verdict.FAILED)
    assert [(check.written, check.holds) for check in failed.checks] == [("Ryabkov", True), ("Geneva", False)]


def test_quotes_are_compared_with_the_articles_of_the_index(bot: Bot, index: Index) -> None:
    valid = replace(case(question=LEADER), assertions=(Assertion("quote-valid", None, False, "quote-valid"),))
    result = run(valid, bot)
    assert result.answer
    assert result.answer.citations
    assert result.verdict is Verdict.PASSED

    class Misquoting(Bot):
        def answer(self, *args: Any, **options: Any) -> Answer:
            answer = super().answer(*args, **options)
            return replace(answer, citations=tuple(replace(each, quote=each.quote + "!") for each in answer.citations))

    assert run(valid, Misquoting(index)).verdict is Verdict.FAILED


def test_the_questions_of_a_history_are_asked_first_with_their_answers(index: Index) -> None:
    asked: list[tuple[str, list[str]]] = []

    class Heard(Bot):
        def answer(self, question: str, history: Sequence[Any] = (), *args: Any, **options: Any) -> Answer:
            asked.append((question, [f"{turn.question} {turn.answer_text}" for turn in history]))
            return super().answer(question, history, *args, **options)

    result = run(case("unrealistic", question="What did he say about China?", history=[LEADER]), Heard(index))
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
    result = run(case("Ryabkov", question=LEADER, history=history), Bot(index, Failing(error).model()))
    assert (result.verdict, result.obstacle, result.checks) == (Verdict.BROKEN, obstacle, ())


# What is reported


def results() -> list[Result]:
    answer = reply("It is long.").answer
    fact, opinion = replace(case("long"), kind="fact"), replace(case("short"), kind="opinion")
    judged = [Result(one, answer, checks_of(one, answer)) for one in (fact, fact, opinion)]
    lost = Suite(Path("b.yaml"), (case("long"),), (Path("/nowhere"),), "It is not for everybody.")
    return [*judged, Result(opinion, obstacle="RuntimeError: a bug"), *skip(lost)]


def checks_of(one: Case, answer: Answer) -> tuple[Any, ...]:
    from bot.evaluate.types import Check

    return tuple(Check(each.written, holds(each, Reply(answer, {}))) for each in one.assertions)


def test_what_passed_is_counted_out_of_all_that_was_submitted() -> None:
    rows = [re.split(r"\s{2,}", line.strip()) for line in table(results())]
    assert rows == [
        ["passed", "failed", "broken", "skipped", "cases"],
        ["fact", "2", "0", "0", "0", "2"],
        ["opinion", "0", "1", "1", "0", "2"],
        ["no kind", "0", "0", "0", "1", "1"],
        ["all", "2", "1", "1", "1", "5"],
    ]


def test_what_did_not_pass_is_told_with_its_reason() -> None:
    _, _, failed, broken, skipped = results()
    assert list(told(failed)) == ["FAILED a.yaml, opinion: How long?", "    not so: short", "    answered: It is long."]
    assert list(told(broken)) == ["BROKEN a.yaml, opinion: How long?", "    RuntimeError: a bug"]
    assert list(told(skipped))[1] == "    There is no /nowhere. It is not for everybody."


def test_two_runs_of_the_same_thing_give_the_same_report(bot: Bot) -> None:
    asked = [
        replace(case("Ryabkov", question=LEADER), kind="fact"),
        case("football", question="Who won the World Cup?"),
    ]
    first, second = (to_json([run(one, bot) for one in asked], "extractive", started) for started in ("now", "then"))
    assert first["run"] != second["run"]
    assert first["cases"][0]["timing"]["total"] > 0
    for report in (first, second):
        del report["run"]
        for each in report["cases"]:
            del each["timing"]
    assert json.dumps(first) == json.dumps(second)
    assert [each["verdict"] for each in first["cases"]] == ["passed", "failed"]
    assert first["kinds"]["fact"] == {"passed": 1, "failed": 0, "broken": 0, "skipped": 0}


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
    assert (done.code, done.out.split()[-6:]) == (0, ["all", "1", "0", "0", "0", "1"])
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
    assert "not so: cites" in done.out


def test_a_suite_whose_articles_may_be_missing_is_skipped_with_a_sentence(evaluate: Any, files: Path) -> None:
    lost = (PIER_COSTS % 12).replace("articles: [harbour.md]", "articles: [gone], optional: Nobody has it.")
    (files / "lost.yaml").write_text(lost, encoding="utf-8")
    done = evaluate("lost.yaml", "right.yaml")
    assert done.code == 0
    assert f"lost.yaml is skipped: there is no {files / 'gone'}. Nobody has it." in done.err
    assert done.out.split()[-6:] == ["all", "1", "0", "0", "1", "2"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["unknown.yaml"], "unknown assertion 'similar'"),
        (["right.yaml", "none.yaml"], "none.yaml cannot be run"),
        (["right.yaml", "--json", "no/report.json"], "there is no folder no"),
        (["right.yaml", "--store", "none"], "No index at none"),
        ([], "Missing argument"),
    ],
)
def test_what_is_called_wrongly_ends_with_2_and_asks_nothing(
    evaluate: Any, files: Path, arguments: list[str], told: str
) -> None:
    (files / "unknown.yaml").write_text(asserting("{type: similar, value: a}"), encoding="utf-8")
    done = evaluate(*arguments)
    assert (done.code, done.out) == (2, "")
    assert told in done.err


def test_articles_that_cannot_be_read_are_a_failure(evaluate: Any, files: Path) -> None:
    (files / "harbour.md").write_text("---\ntitle: [\n---\nText.\n", encoding="utf-8")
    done = evaluate("right.yaml")
    assert (done.code, done.out) == (1, "")
    assert "The articles of the test prompts cannot be read." in done.err
