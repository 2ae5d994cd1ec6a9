"""What each assertion means: which answers meet it, which do not, and how far."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from shutil import which
from typing import Any

import pytest
import yaml

from bot.evaluate import code
from bot.evaluate.assertions import RULES, judge
from bot.evaluate.errors import CodeBroken, SuiteInvalid, Unmeasured
from bot.evaluate.own import OWN
from bot.evaluate.read import read_suite
from bot.evaluate.types import STABLE, Assertion, AssertionCheck, AssertionSet, Case, JudgedReply, Suite, mean_score
from bot.types import Answer, Block, Citation, Intent, Sentence, State, Status, Timings
from index import Hit, Hits, Kind, Passage
from tests.conftest import WordEmbeddings

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


def reply(*sentences: Sentence | str, citations: Sequence[Citation] = (LENGTH, FREE), **facts: Any) -> JudgedReply:
    """A reply of these sentences; words alone are a sentence without a citation."""
    said = tuple(
        each if isinstance(each, Sentence) else Sentence(each, 0, len(each), State.UNSUPPORTED) for each in sentences
    )
    text = " ".join(each.text for each in said)
    return JudgedReply(Answer("?", Status.ANSWERED, text, "none", said, tuple(citations), **facts), TEXTS)


BULLETS = (Block("bullet", (0,)), Block("bullet", (1,)))


def wrong_quote(**changes: Any) -> JudgedReply:
    return reply("A.", citations=[replace(LENGTH, **changes)])


def dated(published: date | None) -> JudgedReply:
    return reply("A.", citations=[replace(LENGTH, published=published)])


def held(text: str) -> Sentence:
    return Sentence(text, 0, len(text), State.SUPPORTED)


REFUSED = JudgedReply(Answer("?", Status.REFUSED, "The articles do not say.", "none"), {})
FOUND = Hits(tuple(Hit(Passage(each, 0, 1, "…"), 1.0, 0.5, 0.5) for each in ("port", "port", "pier", "ferry")))
FEWER = replace(FOUND, items=FOUND.items[:3])
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
    ("attributes", "Lind", reply(cited("Laut Ada Lind (Meinung, Varnholm Post): Frei.", 2)), reply(cited("Frei.", 2))),
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
    ("kind", "list", reply("A.", request=Intent.LIST), reply("A.")),
    ("kind", ["list", "overview"], reply("A.", request=Intent.LIST), reply("A.", request=Intent.SHORT)),
    ("covers", ["free", ["fare", "ticket"]], reply(cited("Free.", 2), cited("A Fare.", 1)), reply(cited("None.", 1))),
    ("covers", ["pier will be 240"], reply(cited("It is long.", 1)), reply("The pier will be 240 metres long.")),
    ("shape", "bullet", reply("A.", "B.", shape=BULLETS), reply("A.", shape=BULLETS[:1])),
    ("ordered", ["3 May", ["5 June", "June 5"]], reply("On 3 May, on June 5."), reply("On 5 June, on 3 May.")),
    ("breadth", 2, reply("A."), reply("A.", citations=[LENGTH])),
    ("uncited", None, reply("A.", citations=[]), reply("A.")),
    ("as-of", "2020-06-30", reply("As of 30 June 2020, none."), reply("As of 13 June 2020, none.")),
    ("as-of", "2020-06-03", reply("Since June 3, 2020."), reply("Since 13 June 2020.")),
    ("as-of", "2020-06-03", reply("截至2020年6月3日。"), reply("截至2020年6月30日。")),
    ("as-of", ["2020-06", "2021"], reply("In 2021."), reply("In May 2020.")),
    ("as-of", "2020-06", reply("On 3 June 2020."), reply("In June.")),
    ("language", "en", reply("A pier."), reply("一座码头。")),
    ("language", "zh", reply("一座WHO码头。"), reply("A pier.")),
    ("language", "en", reply("The pier was closed."), reply("Der Pier wurde im April geschlossen.")),
    ("language", "de", reply("Der Pier wurde im April geschlossen."), reply("The pier was closed.")),
    ("language", "fr", reply("Le pont a été rouvert le 3 mai."), reply("El alcalde cerró el puente viejo.")),
    ("language", "es", reply("El alcalde cerró el puente viejo."), reply("Порт закрыт.")),
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
    ("recall", {"articles": ["pier", "ferry"], "first": 3}, reply(hits=FOUND), reply(hits=FEWER)),
    ("reciprocal-rank", {"articles": ["pier", "ferry"], "first": 3}, reply(hits=FOUND), reply(hits=Hits())),
    ("ndcg", {"articles": ["pier", "ferry"], "first": 3}, reply(hits=FOUND), reply(hits=FEWER)),
    ("cites", {"since": "2021-03-04"}, dated(date(2021, 3, 4)), dated(date(2021, 3, 3))),
    ("cites", {"until": "2021-03-04"}, dated(datetime(2021, 3, 4, 23, tzinfo=UTC)), dated(date(2021, 3, 5))),
    ("cites", {"since": "2021-03-01", "until": "2021-03-31"}, dated(date(2021, 3, 31)), dated(None)),
    ("unsupported", 0.5, reply(held("A."), "B."), reply(held("A."), "B.", "C.")),
    ("unsupported", 0, REFUSED, reply("A.")),
    ("no-leak", ["HARBOUR SEVEN"], reply("A pier."), reply("harbour seven")),
    ("no-leak", ["the mayor"], reply("A."), reply("A.", citations=[quote(1, "pier", "The mayor praised it.", PIER)])),
]


def suite(folder: Path, text: str) -> Suite:
    path = folder / "suite.yaml"
    path.write_text(text, encoding="utf-8")
    return read_suite(path, allow_code=True)


LIMITS = {"recall": 1, "reciprocal-rank": 0.5, "ndcg": 0.6, "covers": 1, "shape": 2}


def one_test(type_: str, value: object, *, negated: bool = False) -> str:
    key = "value" if RULES[type_].value else "threshold"
    given = {**({} if value is None else {key: value}), **({"threshold": LIMITS[type_]} if type_ in LIMITS else {})}
    return asserting({"type": ("not-" if negated else "") + type_, **given})


def asserting(*assertions: dict[str, Any], **more: Any) -> str:
    test = {"vars": {"question": "Which?", "place": "Vienna"}, "assert": list(assertions), **more}
    return yaml.safe_dump({"tests": [test]}, allow_unicode=True)


# What each assertion means


@pytest.mark.parametrize(("type_", "value", "met", "unmet"), MEANINGS)
def test_an_assertion_tells_the_right_answer_from_the_wrong_one(
    tmp_path: Path, type_: str, value: object, met: JudgedReply, unmet: JudgedReply
) -> None:
    [assertion] = suite(tmp_path, one_test(type_, value)).cases[0].assertions
    assert (judge(assertion, met).holds, judge(assertion, unmet).holds) == (True, False)
    [denial] = suite(tmp_path, one_test(type_, value, negated=True)).cases[0].assertions
    assert (judge(denial, met).holds, judge(denial, unmet).holds) == (False, True)


def test_every_assertion_of_byline_has_its_meaning_in_the_table() -> None:
    assert {type_ for type_, *_ in MEANINGS} >= set(OWN) - {STABLE}  # which is about no answer: tests/test_evaluate.py


PIERS, LONG = {"type": "contains", "value": "pier"}, {"type": "contains", "value": "long"}


def checked(
    tmp_path: Path, said: JudgedReply, *assertions: dict[str, Any], **more: Any
) -> tuple[Case, list[AssertionCheck]]:
    [case] = suite(tmp_path, asserting(*assertions, **more)).cases
    return case, [judge(each, said) for each in case.assertions]


@pytest.mark.parametrize(
    ("threshold", "met"), [(None, [False, False, True]), (0.5, [False, True, True]), (1, [False, False, True])]
)
def test_a_set_holds_where_its_members_do_or_their_mean_reaches_the_threshold(
    tmp_path: Path, threshold: float | None, met: list[bool]
) -> None:
    whole = {"type": "assert-set", "assert": [PIERS, LONG], **({} if threshold is None else {"threshold": threshold})}
    [assertion] = suite(tmp_path, asserting(whole)).cases[0].assertions
    assert isinstance(assertion, AssertionSet)
    checks = [judge(assertion, reply(words)) for words in ("A road.", "A pier.", "A long pier.")]
    assert [check.holds for check in checks] == met
    assert [check.score for check in checks] == [0, 0.5, 1]
    assert checks[1].reason == 'score 0.50; not so: contains "long"'


@pytest.mark.parametrize(
    ("weights", "threshold", "score", "passes"),
    [((1, 1), None, 0.5, False), ((1, 1), 0.5, 0.5, True), ((3, 1), 0.75, 0.75, True), ((1, 3), 0.3, 0.25, False)],
)
def test_a_case_passes_where_its_mean_score_reaches_the_threshold(
    tmp_path: Path, weights: tuple[int, int], threshold: float | None, score: float, passes: bool
) -> None:
    weighed = [{**each, "weight": weight} for each, weight in zip((PIERS, LONG), weights, strict=True)]
    case, checks = checked(
        tmp_path, reply("A pier."), *weighed, **({} if threshold is None else {"threshold": threshold})
    )
    assert case.passes(checks) == passes
    assert mean_score(case.assertions, checks) == score


def test_what_weighs_nothing_holds_and_does_not_count(tmp_path: Path) -> None:
    case, checks = checked(tmp_path, reply("A pier."), PIERS, {**LONG, "weight": 0}, threshold=1)
    assert [(check.holds, check.score) for check in checks] == [(True, 1), (True, 0)]
    assert case.passes(checks)


# type, value, threshold, an answer, and whether it meets it, how far, and what is said of it
MEASURES = [
    ("levenshtein", "kitten", None, "sitting", True, 1, "distance 3, threshold 5"),
    ("levenshtein", "kitten", 2, "sitting", False, 0, "distance 3, threshold 2"),
    ("rouge-n", "the long pier", None, "The pier is long.", True, 0.75, "ROUGE-1 0.75, threshold 0.75"),
    ("rouge-n", "the long pier", 0.8, "The pier is long.", False, 0.75, "ROUGE-1 0.75, threshold 0.8"),
    ("similar", ["a road", "a long pier"], 0.9, "A long pier.", True, 1, "similarity 1.00, threshold 0.9"),
    ("similar", "second pier", None, "Third road", False, 0, "similarity 0.0"),
    ("latency", None, 1200, "A pier.", True, 1, "milliseconds 1200, threshold 1200"),
    ("latency", None, 1199, "A pier.", False, 0, "milliseconds 1200, threshold 1199"),
    ("python", "len(output) / 10", 0.4, "pier", True, 0.4, "the code says 0.4"),
    ("python", "len(output)", None, "pier", True, 1, "the code says 4"),
    ("python", "{'pass': 'a' in output, 'score': 0.3, 'reason': 'no a'}", None, "pier", False, 0.3, "no a"),
    ("python", "context['vars']['place'] in output", None, "In Vienna.", True, 1, ""),
    ("is-json", {"type": "array"}, None, "{}", False, 0, "{} is not of type 'array'"),
    ("is-json", None, None, "{a: 1}", False, 0, "no JSON: "),
    ("contains-json", {"required": ["a"]}, None, 'So: {"b": 1}, {"a": 2}.', True, 1, ""),
    ("contains-json", {"required": ["a"]}, None, "So: {b: 1}.", False, 0, "'a' is a required property"),
    ("is-refusal", None, None, "I’m sorry, but no.", True, 1, ""),
    ("is-refusal", None, None, "The articles do not say.", False, 0, ""),
    ("equals", {"a": [1, True]}, None, '{"a": [1.0, true]}', True, 1, ""),
    ("equals", {"a": [1, True]}, None, '{"a": [true, 1]}', False, 0, ""),
    ("contains-all", "pier, {{place}}", None, "A pier in Vienna", True, 1, ""),
    ("icontains-all", ["PIER", 12], None, "A pier", False, 0, ""),
    ("starts-with", "A", None, "a pier", False, 0, ""),
    ("recall", {"articles": ["pier", "ferry"], "first": 2}, 1, FOUND, False, 0.5, "recall 0.50, threshold 1"),
    (
        "reciprocal-rank",
        {"articles": ["ferry"], "first": 9},
        0.5,
        FOUND,
        False,
        1 / 3,
        "reciprocal rank 0.33, threshold 0.5",
    ),
    ("ndcg", {"articles": ["port", "ferry"], "first": 9}, 0.9, FOUND, True, 0.9197, "nDCG 0.92, threshold 0.9"),
]


@pytest.mark.parametrize(("type_", "value", "threshold", "said", "met", "score", "reason"), MEASURES)
def test_a_check_says_whether_how_far_and_why(
    tmp_path: Path,
    type_: str,
    value: object,
    threshold: float | None,
    said: str | Hits,
    met: bool,
    score: float,
    reason: str,
) -> None:
    given = {**({} if value is None else {"value": value}), **({} if threshold is None else {"threshold": threshold})}
    answered = timed(said) if isinstance(said, str) else reply(hits=said)
    _, [check, denial] = checked(tmp_path, answered, {"type": type_, **given}, {"type": f"not-{type_}", **given})
    assert (check.holds, check.score) == (met, pytest.approx(score, abs=0.005))
    assert check.reason.startswith(reason)
    assert denial.holds != met


def timed(text: str, seconds: float | None = 1.2) -> JudgedReply:
    return JudgedReply(
        Answer("?", Status.ANSWERED, text, "none", timings=Timings(total=seconds)), {}, WordEmbeddings().embed
    )


@pytest.mark.parametrize(
    "assertion",
    [{"type": "latency", "threshold": 1}, {"type": "not-similar", "value": "a pier"}],
    ids=lambda each: each["type"],
)
def test_what_an_answer_does_not_show_is_no_verdict(tmp_path: Path, assertion: dict[str, Any]) -> None:
    with pytest.raises(Unmeasured, match="cannot be judged"):
        checked(tmp_path, replace(timed("A pier.", None), embed=reply().embed), assertion)


NO_SPEAKER = "the answer has to open with Ada Lind, and opens with “It is free.”"

# type, value, a reply that does not meet it, and what is said that it has
REASONS = [
    ("cites", "nope", reply("A."), "cited: pier (Ada Lind, Varnholm Post), ferry (Ada Lind, Varnholm Post)"),
    ("cites", {"until": "2021-03-01"}, dated(date(2021, 3, 4)), "cited: pier (Ada Lind, Varnholm Post, 2021-03-04)"),
    ("cites", "pier", reply("A.", citations=[]), "cited: none"),
    ("quote-valid", None, wrong_quote(article_id="removed"), "not as in its article: [1] of removed"),
    ("cited-sentences", 1, reply(cited("A.", 1), "B."), "cited 0.50, threshold 1; without a citation: “B.”"),
    ("unsupported", 0, reply("B."), "unsupported 1.00, threshold 0; without support: “B.”"),
    ("refuses", None, reply("A."), "status: answered"),
    ("attributes", "Ada Lind", reply(cited("It is free.", 2), cited("Ada Lind says so.", 2)), NO_SPEAKER),
    ("attributes", "Ada", reply(cited("Ada lives there.", 1)), "no word of saying in “Ada lives there.”"),
    (
        "attributes",
        "Ada",
        reply(OPINION, cited("It is free.", 2)),
        "an opinion without a word of saying: “It is free.”",
    ),
    ("attributes", "Ada", REFUSED, "the answer has no sentence"),
    ("both-sides", ["free", ["fare", "ticket"]], reply(cited("It is free.", 1)), "not told: fare or ticket"),
    ("kind", "list", reply("A.", request=Intent.SHORT), "understood as short"),
    ("covers", ["free", "fare"], reply(cited("Free.", 2)), "covered 0.50, threshold 1; not told: fare"),
    ("ordered", ["3 May", ["5 June", "June 5"]], reply("On 5 June, on 3 May."), "not at its place: 5 June or June 5"),
    ("breadth", 2, reply("A.", citations=[LENGTH]), "cited: pier (Ada Lind, Varnholm Post)"),
    ("uncited", None, reply("A.", citations=[LENGTH]), "cited: pier (Ada Lind, Varnholm Post)"),
    ("as-of", "2020-06-30", reply("From 3 May to June 2020."), "days: 3 May, June 2020"),
    ("language", "en", reply("Der Pier wurde im April geschlossen."), "language: de"),
    ("language", "en", reply("Порт закрыт."), "language: unknown"),
    ("retrieves", {"article": "pier", "first": 1}, reply(hits=FOUND), "found in order: port, pier, ferry"),
    ("retrieves", {"article": "pier", "first": 1}, reply(hits=Hits()), "found in order: none"),
    (
        "recall",
        {"articles": ["pier", "ferry"], "first": 3},
        reply(hits=FEWER),
        "recall 0.50, threshold 1; found in order: port, pier",
    ),
    ("no-leak", ["HARBOUR SEVEN", "no"], reply("harbour seven"), "it says: HARBOUR SEVEN"),
]


@pytest.mark.parametrize(("type_", "value", "unmet", "reason"), REASONS)
def test_an_assertion_that_does_not_hold_says_what_the_answer_has(
    tmp_path: Path, type_: str, value: object, unmet: JudgedReply, reason: str
) -> None:
    [assertion] = suite(tmp_path, one_test(type_, value)).cases[0].assertions
    check = judge(assertion, unmet)
    assert (check.holds, check.reason) == (False, reason)


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("cites", ["pier", {"article": "nope"}]),
        ("retrieves", {"article": "nope", "first": 1}),
        ("ndcg", {"articles": ["pier", "nope"], "first": 1}),
    ],
)
def test_an_article_that_is_not_there_is_named(tmp_path: Path, type_: str, value: object) -> None:
    [assertion] = suite(tmp_path, one_test(type_, value)).cases[0].assertions
    reason = judge(assertion, replace(reply("A."), has=TEXTS.__contains__)).reason
    assert reason.endswith("; there is no article 'nope' here")


def test_a_set_tells_the_reasons_of_its_members(tmp_path: Path) -> None:
    members = [{"type": "refuses"}, {"type": "language", "value": "de"}]
    _, [check] = checked(tmp_path, reply("A pier."), {"type": "assert-set", "assert": members})
    assert check.reason == 'score 0.00; not so: refuses (status: answered); language "de" (language: en)'


# Assertions that are code

CODE = """
import sys
from beside import LIMIT

def get_assert(output, context):
    print("printed")
    return len(output) < LIMIT

def asked(output, context):
    return {"pass_": context["prompt"] == "Which?", "score": 1, "reason": context["vars"]["place"]}
"""


@pytest.fixture
def coded(tmp_path: Path) -> Path:
    (tmp_path / "judges").mkdir()
    (tmp_path / "judges" / "code.py").write_text(CODE, encoding="utf-8")
    (tmp_path / "judges" / "beside.py").write_text("LIMIT = 6", encoding="utf-8")
    return tmp_path


def python(value: str) -> dict[str, Any]:
    return {"type": "python", "value": value}


def test_code_of_a_file_is_run_with_what_stands_beside_it(coded: Path) -> None:
    here, asked = python("file://judges/code.py"), python("file://judges/code.py:asked")
    _, checks = checked(coded, reply("A pier"), here, asked)
    assert [(check.holds, check.reason) for check in checks] == [(False, "the code says false"), (True, "Vienna")]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("None", "it said 'None'"),
        ("'true'", "it said 'true'"),
        ("{'pass': 1, 'score': 1, 'reason': ''}", "and not True, False, a number or {pass, score, reason}"),
        ("float('nan')", "Out of range float values are not JSON compliant"),
        ("__import__('os')._exit(3)", "it ended without a word"),
        ("file://judges/code.py:nowhere", "KeyError: 'nowhere'"),
    ],
)
@pytest.mark.parametrize("negated", [False, True])
def test_code_that_breaks_is_no_verdict(coded: Path, value: str, told: str, negated: bool) -> None:
    assertion = {"type": "not-python" if negated else "python", "value": value}
    with pytest.raises(CodeBroken, match=re.escape(told)):
        checked(coded, reply("A pier"), assertion)


@pytest.mark.skipif(which("node") is None, reason="Node.js is not installed")
@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("nothing.here", "ReferenceError: nothing is not defined"),
        ("output output", "SyntaxError: "),
        ("undefined", "Error: it returned nothing"),
        ("'true'", "it said 'true'"),
        ("process.exit(3)", "it ended without a word"),
        ("file://code.js:nowhere", "Error: it exports no function nowhere"),
    ],
)
def test_javascript_that_breaks_is_no_verdict(tmp_path: Path, value: str, told: str) -> None:
    (tmp_path / "code.js").write_text("module.exports = () => true;", encoding="utf-8")
    with pytest.raises(CodeBroken, match=re.escape(told)):
        checked(tmp_path, reply("A pier"), {"type": "javascript", "value": value})


def test_without_node_javascript_is_an_error_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SuiteInvalid, match=re.escape("there is no Node.js here to run it")):
        checked(tmp_path, reply("A pier"), {"type": "javascript", "value": "true"})


def test_what_a_provider_charges_is_not_known(tmp_path: Path) -> None:
    hosted = reply("A pier.")
    charged = replace(hosted, answer=replace(hosted.answer, model="openai:a"))
    with pytest.raises(Unmeasured, match="What openai:a charges for an answer is not told"):
        checked(tmp_path, charged, {"type": "cost", "threshold": 1})


def test_code_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code, "SECONDS", 0.5)
    with pytest.raises(CodeBroken, match=re.escape("it did not end within 0.5 seconds")):
        checked(tmp_path, reply("A pier"), python("__import__('time').sleep(60)"))


def test_code_is_run_only_where_the_file_names_it(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    said = f"open({str(trace)!r}, 'w').close() or True"
    checked(tmp_path, reply(said), {"type": "contains", "value": said})
    assert not trace.exists()
    checked(tmp_path, reply(said), python(said))
    assert trace.exists()


# What stands for something else


def test_templates_and_defaults_stand_for_what_they_say(tmp_path: Path) -> None:
    found = suite(
        tmp_path,
        """
assertionTemplates:
  pier: {type: contains, value: "{{what}}", weight: 2}
  both: {type: assert-set, assert: [{$ref: '#/assertionTemplates/pier'}, {type: refuses}]}
defaultTest: {threshold: 0.5, vars: {what: pier}}
tests:
  - vars: {question: Which}
    assert: [{$ref: '#/assertionTemplates/pier'}, {$ref: '#/assertionTemplates/both'}]
  - {vars: {question: Which, what: road}, threshold: 1, assert: [{$ref: '#/assertionTemplates/pier', weight: 1}]}
""",
    )
    first, second = found.cases
    pier = Assertion("contains", "pier", False, 'contains "{{what}}" weight 2', weight=2)
    refuses = Assertion("refuses", None, False, "refuses")
    written = f"all of ({pier.written}; refuses)"
    assert first.assertions == (pier, AssertionSet((pier, refuses), None, written))
    assert second.assertions == (Assertion("contains", "road", False, 'contains "{{what}}"'),)
    assert (first.threshold, second.threshold) == (0.5, 1)


TABLE = '''question,place,__expected1,__expected2,__description,__threshold,__metadata:kind
How long?,Vienna,contains: {{place}},"not-icontains-any: road, ""a, b""",First,0.5,fact
"How, then?",,"A pier, of course",,,,
How far?,,levenshtein(2): pier,latency(500),,,
'''


def test_the_rows_of_a_table_are_tests(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(f"\ufeff{TABLE}", encoding="utf-8")
    alone = read_suite(tmp_path / "table.csv").cases
    within = suite(tmp_path, "defaultTest: {assert: [{type: quote-valid}]}\ntests: [file://table.csv]").cases
    assert [case.question for case in alone] == ["How long?", "How, then?", "How far?"]
    assert [case.question for case in within] == [case.question for case in alone]
    first, second, third = alone
    assert [each.written for each in first.assertions] == ['contains "{{place}}"', 'not-icontains-any ["road", "a, b"]']
    assert (first.description, first.threshold, first.kind) == ("First", 0.5, "fact")
    assert (second.description, second.threshold, second.kind) == ("Row #2", None, "")
    assert [each.written for each in second.assertions] == ['equals "A pier, of course"']
    assert [each.written for each in third.assertions] == ['levenshtein "pier" threshold 2', "latency threshold 500"]
    assert [each.assertions[0].written for each in within] == ["quote-valid"] * 3


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("grade: Is long.", 'llm-rubric "Is long."'),
        ("llm-rubric: Is long.", 'llm-rubric "Is long."'),
        ("not-g-eval(0.5): Is long.", 'not-g-eval "Is long." threshold 0.5'),
        ("context-recall: A.", 'context-recall "A." threshold 0.75'),
        ("answer-relevance", "answer-relevance threshold 0.75"),
        ("note: It is long.", 'equals "note: It is long."'),
        ("equals: containz: b", 'equals "containz: b"'),
    ],
)
def test_a_cell_can_ask_a_judge(tmp_path: Path, cell: str, written: str) -> None:
    (tmp_path / "table.csv").write_text(f"question,__expected\na,{cell}\n", encoding="utf-8")
    [assertion] = read_suite(tmp_path / "table.csv").cases[0].assertions
    assert assertion.written == written


def test_an_empty_cell_sets_no_threshold(tmp_path: Path) -> None:
    table = "question,__expected,__config:__expected:threshold\na,similar: b,\na,similar: b,0.5\n"
    (tmp_path / "table.csv").write_text(table, encoding="utf-8")
    assertions = [each.assertions[0].written for each in read_suite(tmp_path / "table.csv").cases]
    assert assertions == ['similar "b" threshold 0.8', 'similar "b" threshold 0.5']


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("question,__expected\na,pi: b", "unknown assertion 'pi'"),
        (
            'question,__expected\n"a\nb",c\nd,containz: e',
            "line 4: 'containz' is no assertion; did you mean 'contains'?",
        ),
        ("question,__expected\na,not-levenstein(3): b", "line 2: 'levenstein' is no assertion; did you mean 'leven"),
        ("question,__expected\na,not-ruby: b", "unknown assertion 'not-ruby'"),
        ("question,__expected\na,contains(0.5): b", "takes no `threshold`"),
        (
            "question,__expected\na,similar(high): b",
            "line 2: the assertion 'similar' cannot be read; write `similar: VALUE`",
        ),
        ('question,__expected\na,"contains-all: ""a, b"', "line 2: the list '\"a, b' cannot be read"),
        ("question,__expected,__config:__expected:threshold\na,similar: b,high", "the threshold 'high' is no number"),
        ("question,__expected\na,", "test 1 asserts nothing"),
        ("question,_expected\na,b", "the column _expected is not known"),
        ("question,__prefix,__expected\na,b,c", "the column __prefix is not known"),
        ("question,__metadata:colour,__expected\na,b,c", "colour is not known"),
        ("question,__threshold,__expected\na,high,c", "line 2: the threshold 'high' is no number"),
        ("question,question,__expected\na,b,c", "the column question is there more than once"),
        ("question,__expected\na,b,c", "row 1 has 3 cells, and the header 2"),
        ('question,__expected\na,"b', "it is no table"),
        ("question,__expected", "has to have 1 or more entries"),
        ("", "it is no table"),
        ("query,__expected\na,b", "question is missing"),
    ],
)
def test_a_table_that_cannot_be_run_as_it_is_written_is_an_error(tmp_path: Path, table: str, told: str) -> None:
    (tmp_path / "table.csv").write_text(table, encoding="utf-8")
    with pytest.raises(SuiteInvalid, match=re.escape(told)):
        read_suite(tmp_path / "table.csv")
