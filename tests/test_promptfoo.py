"""promptfoo itself and Byline read one file, judge the same answers, and come to the same verdicts and scores.

`BYLINE_PROMPTFOO` is the command that starts promptfoo 0.123.1, such as `node …/promptfoo/dist/src/entrypoint.js`.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.config import shipped
from bot.errors import ShownError
from bot.evaluate.assertions import RULES, judge
from bot.evaluate.errors import JudgeBroken
from bot.evaluate.graded import GRADED
from bot.evaluate.judge import GradingJudge, read_prompts
from bot.evaluate.own import OWN
from bot.evaluate.read import NOT, SET, read_suite
from bot.evaluate.types import Ask, Case, JudgedReply, mean_score
from bot.model import open_model
from bot.types import Answer, Status, Timings
from tests.chat_server import ChatServer, chat_server
from tests.conftest import WordEmbeddings

MILLISECONDS = 120  # that each answer is said to have taken


def of(type_: str, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"type": type_, **({} if value is None else {"value": value}), **more}


def both(type_: str, value: Any = None, **more: Any) -> list[dict[str, Any]]:
    """The assertion and its negation."""
    return [of(type_, value, **more), of(NOT + type_, value, **more)]


def set_of(*members: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": SET, "assert": list(members), **more}


PIER, LONG, ROAD = of("contains", "pier"), of("contains", "long"), of("contains", "road")
HALF, TEMPLATE = of("python", "0.5"), {"$ref": "#/assertionTemplates/pier"}
COUNT = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer", "minimum": 1}}}
LINES = """
if len(output.split()) > 2:
    return True
return {"pass": False, "score": 0.25, "reason": "short"}
"""
CODE = """
def get_assert(output, context):
    print("this is no result")
    return "pier" in output

def counted(output, context):
    return {"pass": context["vars"]["count"] == 3, "score": len(output) / 100, "reason": context["vars"]["place"]}
"""
SCRIPT = """
module.exports = (output) => { console.log("this is no result"); return output.includes("pier"); };
module.exports.counted = (_, {vars}) => ({pass: vars.count === 3, score: 0.5, reason: vars.place});
"""
FENCED = '```json\n{\n\t"a": 1\n}\n```'
SORRY = """I’m sorry, but no.|Sorry, no.|I cannot say.|So I cannot say.|So I cannot help you.|As an AI, I may.|我不能。
|That is not legal.|It is notlegal.|The articles do not say.|I can't suggest.|I won't suggest it.|I do not create.
|I don't create.|He can't comply.|I am unable to comply|I'm unable to change.|Well, I’m not able to provide it.
|It is illegal.|I want to be direct|I do not actually recommend it.|So I am programmed to."""
SEVEN = "harbour pier ferry road bridge school mayor"
QUOTED = '"1,000", "say ""no""", "a\\"b", two'

# What is asserted, a test each, and the answers that it is asserted of
TABLE: list[tuple[Sequence[dict[str, Any]], Sequence[str]]] = [
    (both("equals", "Vienna"), ["Vienna", "vienna", "Vienna "]),
    (both("equals", 12), ["12", "12.0"]),
    (both("equals", 1.5), ["1.5", "1.50"]),
    (both("equals", True), ["true", "True"]),
    (both("equals", {"a": 1, "b": [1, "x"]}), ['{"b": [1.0, "x"], "a": 1}', '{"a": 1, "b": []}', "a"]),
    (both("equals", [1, "{{place}}"]), ['[1, "Vienna"]', '["Vienna", 1]', '[true, "Vienna"]']),
    (both("contains", "pier"), ["A pier.", "A Pier.", ""]),
    (both("contains", 240), ["240 metres", "24 metres"]),
    (both("contains", 2.0), ["2", "1"]),
    (both("contains", "{{ place }} has {{count}}"), ["Vienna has 3.", "{{ place }} has {{count}}"]),
    (both("icontains", "PIER"), ["A pier.", "A road."]),
    (both("icontains", "ÄRA"), ["ära", "ara"]),
    (both("contains-all", ["pier", "long"]), ["A long pier.", "A pier.", "A Long pier."]),
    (both("contains-all", "pier,,long, "), ["A long pier.", "A pier."]),
    (both("icontains-all", ["PIER", 12]), ["12 piers", "12 roads"]),
    (both("contains-any", ["pier", 240, True]), ["240 metres", "A road.", "So true."]),
    (both("contains-any", QUOTED), ["1,000", 'say "no"', 'a"b', "two", "1", "000"]),
    (both("contains-any", "{{place}}, Geneva"), ["In Vienna.", "In Geneva.", "In Paris.", "place"]),
    (both("icontains-any", "METRES, feet"), ["240 metres", "240 yards"]),
    (both("starts-with", "The"), ["The pier", "the pier", " The pier"]),
    (both("regex", r"^It is \d+$"), ["It is 240", "It is 240\n", "It is ٣", "So it is 2"]),
    (both("regex", r"\bpier\b"), ["A pier.", "A pierage.", "码头pier码头"]),
    (both("regex", r"^\w+$"), ["pier", "码头"]),
    (both("regex", r"a.b"), ["a-b", "a\nb", "a\u2028b"]),
    (both("regex", r"(?<year>\d{4}).*\k<year>"), ["2020 and 2020", "2020 and 2021"]),
    (both("regex", r"[\s\S]{3}[\]&[(?]\d{1,}"), ["abc&1", "ab\n[22", "ab&1"]),
    (both("regex", r"(?<!not )long|(?=x)x{,2}"), ["not long", "so long", "x{,2}"]),
    (both("regex", r"\u7801\/\x41\s\$"), ["码/A $", "码/A\u00a0$", "码/a $"]),
    (both("is-json"), ['{"a": 1}', "[1]", "null", '"x"', "{a: 1}", "NaN", "", '{"a": 1} x', "01", "\ufeff1"]),
    (both("is-json", COUNT), ['{"a": 1}', '{"a": 1.0}', '{"a": "1"}', '{"a": true}', "{}", "[]", "x"]),
    (both("is-json", "type: array\nitems: {enum: [yes, 010]}"), ['["yes", 10]', "[true]", "[]", "{}"]),
    (both("contains-json"), ['So: {"a": 1}.', "no", "{name}", "[1]", '{"a": 1', "{'a': 1}", FENCED]),
    (both("contains-json"), ['{"a": 1,}', "{}", "}{", "{{a}}", "{a: b: c}"]),
    (both("contains-json", COUNT), ['{"a": "s"} or {"a": 2}', '{"b": {"a": 2}}', "none", "{a: 3}", "{a: 0}", "{"]),
    (both("is-refusal"), SORRY.replace("\n", "").split("|")),
    (both("similar", "The second pier of Varnholm"), ["The second pier of Varnholm", "A pier in Varnholm", "Roads"]),
    (both("similar", "The second pier of Varnholm", threshold=0.4), ["A pier in Varnholm", "Roads"]),
    (both("similar", ["Roads", "The {{place}} pier"], threshold=0.5), ["A pier in Vienna", "Roads", "Ferries"]),
    (both("similar", SEVEN), [SEVEN.replace("mayor", "cat"), SEVEN.replace("school mayor", "cat dog")]),
    (both("levenshtein", "abcdef"), ["a", ""]),
    (both("levenshtein", "The pier is long."), ["The pier is long.", "The pier is short.", "A road is what it is."]),
    (both("levenshtein", "kitten", threshold=3), ["sitting", "sittings", "kitten🙂", "kitten🙂🙂", ""]),
    (both("levenshtein", "码头", threshold=0), ["码头", "码"]),
    (
        both("rouge-n", "the long pier of Varnholm"),
        ["The long pier of Varnholm.", "The pier", "Of the long, long pier"],
    ),
    (both("rouge-n", "They can't say it's \"the end\" (or $5,000)...", threshold=0.5), ["They can't.", "it's 5,000"]),
    (both("rouge-n", 'He said "no." Cannot, he\'ll; gonna--U.S.', threshold=0.6), ['he "no". cannot', "u.s. can not"]),
    (both("rouge-n", "'tis lemme 3:30, more'n \"a\" [b] c. d. 'e'", threshold=0.5), ["'tis 3:30 c. d.", '"a" "b"', ""]),
    (both("rouge-n", "码头 很长", threshold=0.5), ["码头 短", "码头很长"]),
    (both("latency", threshold=MILLISECONDS), ["x"]),
    (both("latency", threshold=MILLISECONDS - 1), ["x"]),
    (both("python", "'pier' in output"), ["A pier.", "A road."]),
    (both("python", "(len(output) - 3) / 5"), ["pier", "sea"]),
    (both("python", "len(output) / 10", threshold=0.5), ["piers", "pier"]),
    (both("python", "len(output) > 3", threshold=0.5), ["pier", "sea"]),
    (both("python", "{'pass': 'a' in output, 'score': 0.4, 'reason': 'so'}"), ["a", "b"]),
    (both("python", "{'pass_': True, 'score': 0.4, 'reason': 'so'}", threshold=0.5), ["a"]),
    (both("python", LINES), ["one two three", "one"]),
    (both("python", "context['vars']['place'] == '{{place}}' and json.loads(output) == 3"), ["3", "4"]),
    (both("python", "file://code.py"), ["A pier.", "A road."]),
    (both("python", "file://code.py:counted"), ["A pier."]),
    (both("javascript", "output.includes('pier')"), ["A pier.", "A road."]),
    (both("javascript", "(output.length - 3) / 5;"), ["pier", "sea"]),
    (both("javascript", "output.length / 10", threshold=0.5), ["piers", "pier"]),
    (both("javascript", "const long = output.length > 3; long"), ["pier", "sea"]),
    (both("javascript", "({pass: true, score: 0.4, reason: 'so'})", threshold=0.5), ["a"]),
    (
        both(
            "javascript", "if (output.length > 3)\n  return true;\nreturn {pass: false, score: 0.25, reason: 'short'};"
        ),
        ["pier", "sea"],
    ),
    (both("javascript", "context.vars.place === '{{place}}' && JSON.parse(output) === 3"), ["3", "4"]),
    (both("javascript", "Promise.resolve(true)"), ["a"]),
    (both("javascript", "file://code.js"), ["A pier.", "A road."]),
    (both("javascript", "file://code.js:counted"), ["A pier."]),
    (both("javascript", "nothing.here"), ["a"]),
    (both("cost", threshold=0), ["x"]),
    (both("cost", threshold=0.5), ["x"]),
    (both("python", "1 / 0"), ["a"]),
    (both("python", "None"), ["a"]),
    ([of("contains", "pier", weight=0), of("not-icontains", "long")], ["A road.", "A long pier."]),
    ([TEMPLATE], ["A pier.", "A road."]),
    ([{**TEMPLATE, "value": "road"}], ["A pier.", "A road."]),
    ([set_of(TEMPLATE, LONG)], ["A long pier.", "A pier.", "A road."]),
    ([set_of(PIER, LONG, threshold=0.5)], ["A long pier.", "A pier.", "A road."]),
    ([set_of({**PIER, "weight": 3}, LONG, threshold=0.75)], ["A pier.", "Long, long.", "So long."]),
    ([set_of({**PIER, "weight": 0}, LONG)], ["So long.", "A pier."]),
    ([set_of({**PIER, "weight": 0}, threshold=0.5)], ["A pier."]),
    ([set_of(HALF, of("python", "0.7"), threshold=0.6)], ["x"]),
    ([set_of(*both("rouge-n", "a b", threshold=0.9), threshold=0.5)], ["a b", "a", "b c"]),
    ([set_of(PIER, weight=0), LONG], ["So long.", "A pier."]),
]
# The same with a threshold for the test
WHOLE: list[tuple[float, Sequence[dict[str, Any]], Sequence[str]]] = [
    (0.5, [PIER, LONG], ["A long pier.", "A pier.", "A road."]),
    (1, [PIER, LONG], ["A long pier.", "A pier."]),
    (0.7, [{**PIER, "weight": 2}, LONG], ["A pier.", "So long.", "A long pier."]),
    (0.6, [{**PIER, "weight": 0}, HALF], ["A pier."]),
    (0.75, [set_of(PIER, LONG, weight=3), ROAD], ["A long pier.", "A long road.", "A road to a long pier."]),
    (0.5, [{**PIER, "weight": 0}], ["A pier."]),
    (0.3, [of("not-similar", "The second pier", threshold=0.1), of("rouge-n", "a pier")], ["A pier.", "Roads"]),
]
# As a hand writes it in YAML: these are not what YAML 1.1 would read
WRITTEN = """
- {vars: {question: w0}, assert: [{type: equals, value: yes}]}
- {vars: {question: w1}, assert: [{type: contains, value: 12:30}]}
- {vars: {question: w2}, assert: [{type: contains, value: 010}]}
- {vars: {question: w3}, assert: [{type: contains, value: 1.50}]}
- {vars: {question: w4}, assert: [{type: equals, value: 1e3}]}
- {vars: {question: w5}, assert: [{type: contains-any, value: [on, 0x10]}]}
- {vars: {question: w6, answer: no}, assert: [{type: equals, value: "{{answer}}"}]}
"""
SAID = {"w0": "yes", "w1": "12:30", "w2": "10", "w3": "1.5", "w4": "1000", "w5": "16", "w6": "no"}
# Cells of __expected, __expected2 and __threshold, and the answer
CELLS = [
    ("The pier", "", "", "The pier"),
    ("The pier", "", "", "The pier."),
    ("contains: pier", "", "", "A pier."),
    ("not-contains: pier", "icontains:A", "", "A pier."),
    ("contains-any: road, pier", "", "", "A pier."),
    ('contains-all: "a, b", c', "", "", "a, b c"),
    ("levenshtein: pier", "", "", "piers"),
    ("levenshtein(1): pier", "", "", "piers"),
    ("", "rouge-n(0.9): a b", "", "a"),
    ("similar: The second pier", "", "", "The second road"),
    ("similar(0.4): The second pier", "", "", "The second road"),
    ("is-json", "", "", "[1]"),
    ("not-is-json", "", "", "[1]"),
    ("contains-json: {type: object, required: [a]}", "", "", 'So {"a": 1}'),
    ("latency(500)", "", "", "x"),
    ("latency", "", "", "x"),
    ("python: len(output) > 3", "", "", "pier"),
    ("python: file://code.py:counted", "", "", "pier"),
    ("is-refusal", "", "", "Sorry."),
    ("javascript: output.length > 3", "", "", "pier"),
    ("fn: output.length > 3", "", "", "sea"),
    ("eval: output.length > 3", "", "", "pier"),
    ("cost", "", "", "x"),
    ("contains: pier", "contains: long", "0.5", "A pier."),
    ("regex: ^\\d+, \\d$", "", "", "12, 3"),
    ("note: this is no type", "", "", "note: this is no type"),
    ("starts-with: {{place}}", "", "", "Vienna is"),
]
LIMITS = [
    ("question", "__expected", "__expected2", "__config:__expected2:threshold", "__config:__expected1:threshold"),
    ("l0", "rouge-n: a b", "levenshtein: a pier", "2", "0.8"),
    ("l1", "rouge-n: a b", "levenshtein: a pier", "1", "0.8"),
    ("l2", "rouge-n: a b", "", "1", "0.81"),
]
LIMITED = "a pier b"

# Where Byline says something else on purpose. What is asserted of which answer, whether promptfoo passes it, and why
# it is an error here:
REFUSED: list[tuple[dict[str, Any], str, bool, str]] = [
    (of("contains-any", [""]), "x", True, "an empty text is in every answer"),
    (of("contains-any", []), "x", False, "of no texts none can be there"),
    (of("contains-all", []), "x", True, "of no texts all are there"),
    (of("contains", "{{nowhere}}pier"), "A pier.", True, "a variable that is not given would be an empty text"),
    (of("contains", "{{place | upper}}"), "VIENNA", True, "of nunjucks only {{name}} is known"),
    (of("contains", "{% if count %}pier{% endif %}"), "A pier.", True, "of nunjucks only {{name}} is known"),
    (of("equals"), "undefined", True, "a value that is left out is a slip, not the text `undefined`"),
    (of("contains", "pier", threshold=0.5), "A pier.", True, "a threshold that is not looked at is a slip"),
    (of("not-regex", "(?i)pier"), "A road.", False, "a pattern that is none fits nothing"),
    (of("is-json", {**COUNT, "format": "date"}), '{"a": 1}', True, "formats are not known"),
    (of("python", "return output"), "x", False, "what is no Python is found when the file is read"),
    (of("contains", "file://code.txt"), "pier", True, "only `python` reads a file"),
    (of("contains", " "), "A pier.", True, "a blank is in nearly every answer"),
    (of("contains", "pier", weight=0), "A road.", True, "it can never fail"),
    (of("rouge-n", "pier", threshold=0), "A road.", True, "it can never fail"),
    (set_of(PIER, LONG, threshold=0), "A road.", True, "it can never fail"),
    (of("word-count", 1), "x", True, "it is not known yet"),
]
# promptfoo's verdict and score, and ours:
OTHERWISE: list[tuple[dict[str, Any], str, tuple[bool, float], tuple[bool, float], str]] = [
    (of("is-refusal"), "", (True, 0), (True, 1), "what holds counts as 1, of an empty answer, too"),
    (of("python", "'true'"), "x", (True, 1), (False, 0), "a text is no verdict"),
    (of("python", "5"), "x", (True, 5), (True, 1), "a score is at most 1, or it could outweigh all others"),
    (of("not-python", "5"), "x", (False, 5), (False, 1), "a score is at most 1"),
    (
        of("python", "{'pass': False, 'score': 0, 'reason': ''}"),
        "x",
        (True, 0),
        (False, 0),
        "no reason is needed to fail",
    ),
]
# What a model judges: the assertion, and what the judge says, one after the other. It is one judge for both, behind a
# server; what it says is found by the mark that stands in the answer and in the value, as the prompts' wording differs.
PASSES, FAILS = '{"reason": "so", "pass": true, "score": 0.8}', 'Well: {"reason": "no", "pass": false, "score": 0.3}'
PLAN, MARK = '{"steps": ["read", "mark"]}', '{"score": 7, "reason": "fine"}'
WRAPPED = (f"```json\n{PASSES}\n```", f"{PASSES} {FAILS}", '{"pass": false, "score": 1')
LETTERS = ("(D) It differs.", "(b) More.", "So: d)", "nothing", "", '{"category": " d "}', '{"reason": "(D)"}')
CATEGORIES = ('{"category": "F", "reason": "as in (a)"}', '```json\n{"category": "D"}\n```', '{} {"category": "D"}')
ENDS = ("So.\nY", "No.\nN\n", "Yes, or no?", "y", "Y.", "", " ")
RELEVANT = ("insufficient information", "Insufficient Information.", "2) It is green.\nThe pier is long.", "")
FINAL = "1: Verdict: No. 2: Verdict: No. Final verdict for each statement in order: Yes. Yes."
BORNE_OUT = ("Verdict: Yes, it is.\nVerdict: not said.", "VERDICT: YES. VERDICT: YES. VERDICT: NO.", "", FINAL)
MARKS = (MARK, f"So: {MARK}.", '{"score": 4.5, "reason": "so"}', '{"score": "NaN", "reason": "so"}', "7", "")
UNMARKED = ('{"score": -1, "reason": "so"}', '{"score": 7, "reason": " "}', '{"score": true, "reason": "so"}')
PLANLESS = ('{"steps": []}', '{"steps": [1]}', '{"steps": [" "]}', "")
CONTEXT = "The pier is long. It is green. The mayor likes it."
GRADED_ROWS: list[tuple[dict[str, Any], Sequence[str]]] = [
    *(
        (each, [said])
        for each in both("llm-rubric", "Is short.")
        for said in (PASSES, FAILS, "no JSON", "", '{"pass": "No"}', '{"pass": "Y", "score": "0.25"}', *WRAPPED)
    ),
    *(
        (each, [said])
        for each in both("llm-rubric", "Is short.", threshold=0.75)
        for said in (PASSES, '{"pass": "yes", "score": "0.7"}', '{"score": 0.75}', '{"score": 0.5}', '{"pass": true}')
    ),
    *((of("factuality", "It is long."), [json.dumps({"category": each, "reason": "so"})]) for each in "ABCDE"),
    *((of("factuality", "It is long."), [said]) for said in (*LETTERS, *CATEGORIES)),
    *((of("model-graded-closedqa", "Is short."), [said]) for said in ENDS),
    *((each, ["Which pier?", "How long?", "A pier?"]) for each in both("answer-relevance")),
    (of("answer-relevance", threshold=0.9), ["Which pier?", "How long?", "A pier?"]),
    *((each, ["1. A. [Attributed]\n2. B. [Not Attributed]\n3. C"]) for each in both("context-recall", "A. B.")),
    *(
        (of("context-recall", "A. B.", threshold=0.6), [said])
        for said in ("A. [Attributed]\nB. [Not Attributed]", "A", "")
    ),
    *(
        (each, ["A. [attributed]\n\nB. [NOT ATTRIBUTED] though [Attributed]\nC. [Attributed]"])
        for each in both("context-recall", "A. B.", threshold=0.66)
    ),
    *((each, ["The pier is long."]) for each in both("context-relevance")),
    *(
        (of("context-relevance", threshold=0.3), [said])
        for said in ("The pier is long. It is green.", "Insufficient Information", "A road.", "- It is green.")
    ),
    *((each, [said]) for each in both("context-relevance", threshold=0.25) for said in RELEVANT),
    *(
        (each, ["It is long.\nIt is red.", said])
        for each in both("context-faithfulness")
        for said in ("It says so. Verdict: Yes.\nIt does not. Verdict: No.", "Who knows?", "Verdict: No.")
    ),
    *(
        (each, ["1. It is long.\n\n2. It is red.", said])
        for each in both("context-faithfulness", threshold=0.5)
        for said in BORNE_OUT
    ),
    (of("context-faithfulness"), [""]),
    (
        of("context-faithfulness", threshold=0.6),
        ["A.\nB.\nC.", "… Final verdict for each statement in order: Yes. No. Yes."],
    ),
    (of("context-faithfulness"), ["A.\nB.\nC.", "Final verdict for each statement in order: Yes."]),
    *((each, [PLAN, MARK]) for each in both("g-eval", "Is clear.")),
    (of("g-eval", "Is clear.", threshold=0.8), [PLAN, MARK]),
    (of("g-eval", ["Is clear.", "Is long."]), [PLAN, MARK, PLAN, '{"score": "9", "reason": "long"}']),
    (of("g-eval", "Is clear."), ["no plan"]),
    (of("g-eval", "Is clear."), [PLAN, '{"score": 11, "reason": "more"}']),
    (of("g-eval", "Is clear."), [PLAN, '{"score": 7}']),
    *((each, [PLAN, said]) for each in both("g-eval", "Is clear.", threshold=0.5) for said in (*MARKS, *UNMARKED)),
    *((of("g-eval", "Is clear."), [plan, MARK]) for plan in PLANLESS),
]
# The same where Byline says something else on purpose: promptfoo's verdict, ours (None: broken), and why
NONE = "what is no verdict is none, and no score is one from 0 to 1"
GRADED_OTHERWISE: list[tuple[dict[str, Any], Sequence[str], bool, bool | None, str]] = [
    (of("llm-rubric", "Is short."), [f"Let me see {{so}}. {FAILS}"], True, None, NONE),
    (of("llm-rubric", "Is short."), ['{"score": 0.1}'], True, None, NONE),
    (of("not-llm-rubric", "Is short."), ['{"pass": "maybe"}'], True, None, NONE),
    (of("llm-rubric", "Is short.", threshold=0.75), ['{"pass": true, "score": 3}'], True, None, NONE),
    (of("llm-rubric", "Is short."), ['{"pass": true, "score": null}'], True, None, NONE),
    (of("factuality", "It is long."), ["It contradicts that (a lie)."], True, None, "the letter of no category"),
    (of("not-factuality", "It is long."), ['{"category": "D"}'], False, True, "not- means not"),
    (of("not-model-graded-closedqa", "Is short."), ["N"], False, True, "not- means not"),
    (of("g-eval", "Is clear."), [PLAN.replace(", ", ",\n"), MARK], False, True, "JSON may be on several lines"),
    (of("g-eval", "Is clear."), [PLAN, MARK.replace(", ", ",\n")], False, True, "JSON may be on several lines"),
]
SCRIPTED = [*GRADED_ROWS, *((assertion, said) for assertion, said, *_ in GRADED_OTHERWISE)]
# And of `select-best`, between this answer and another one
BEST = "0,1, 0\n,Text 1.,2,none,-1,01,0.5,10,٠,٢ or 0,".split(",")
PROVIDER = """
const {answers, vectors, milliseconds} = require('./said.json');
module.exports = class {
  id() { return 'written'; }
  async callApi(question) {
    return {output: answers[question], latencyMs: milliseconds, cost: 0};
  }
  async callEmbeddingApi(text) { return {embedding: vectors[text]}; }
};
"""
CONFIG = """
providers: [file://provider.js]
prompts: %s
defaultTest: {options: {provider: {embedding: {id: file://provider.js}, text: {id: openai:chat:theirs, config: %s}}}}
"""


@dataclass(frozen=True)
class Row:
    """A test, and the answer that it judges."""

    test: dict[str, Any]
    answer: str

    @property
    def question(self) -> str:
        return str(self.test["vars"]["question"])


def rows() -> list[Row]:
    tests: list[tuple[dict[str, Any], str]] = []
    for asserted, answers in TABLE:
        alone = [[each] for each in asserted] if negates(asserted) else [list(asserted)]
        tests += [({"assert": each}, answer) for each in alone for answer in answers]
    for least, asserted, answers in WHOLE:
        tests += [({"threshold": least, "assert": list(asserted)}, answer) for answer in answers]
    return [row(number, test, answer) for number, (test, answer) in enumerate(tests)]


def negates(asserted: Sequence[dict[str, Any]]) -> bool:
    """Whether it is of `both`: these are a test each, or they could never pass."""
    return len(asserted) == 2 and asserted[1].get("type") == NOT + asserted[0].get("type", "")


def row(number: int, test: dict[str, Any], answer: str) -> Row:
    return Row({"vars": {"question": str(number), "place": "Vienna", "count": 3}, **test}, answer)


def differing() -> list[Row]:
    """The rows that are not in the shared file: of REFUSED, then of OTHERWISE."""
    pairs = [*((each, answer) for each, answer, *_ in REFUSED), *((each, answer) for each, answer, *_ in OTHERWISE)]
    return [row(number, {"assert": [each]}, answer) for number, (each, answer) in enumerate(pairs, start=10_000)]


def graded() -> list[Row]:
    """The rows that a model judges, each with its mark in the answer, in the value and in the context."""
    found = []
    for number, (assertion, _) in enumerate(SCRIPTED):
        mark, value = f"mark{number}x", assertion.get("value")
        values = [f"{each} {mark}" for each in value] if isinstance(value, list) else f"{value} {mark}"
        given = {"query": f"How is the pier? {mark}", "context": f"{CONTEXT} So says {mark}."}
        marked = {**assertion, "value": values} if value else assertion
        test = {"vars": {"question": f"g{number}", **given}, "assert": [marked]}
        found.append(Row(test, f"The pier is long. {mark}"))
    return found


def best() -> list[Row]:
    """Those of `select-best`; the answer is better, worse or neither."""
    asserted = [[of("select-best", f"Is short. best{number}x")] for number in range(len(BEST))]
    return [
        Row({"vars": {"question": f"b{number}"}, "assert": each}, f"A pier. best{number}x")
        for number, each in enumerate(asserted)
    ]


def judged() -> Callable[[dict[str, Any]], str]:
    """What the judge says to a request: to each of those who ask, one thing after the other."""
    script = {f"mark{number}x": list(said) for number, (_, said) in enumerate(SCRIPTED)}
    script |= {f"best{number}x": [said] for number, said in enumerate(BEST)}
    asked: Counter[tuple[str, str]] = Counter()

    def says(body: dict[str, Any]) -> str:
        mark = re.search("(?:mark|best)[0-9]+x", str(body["messages"]))
        assert mark
        asked[body["model"], mark[0]] += 1
        return script[mark[0]][asked[body["model"], mark[0]] - 1]

    return says


def our_judge(server: ChatServer) -> Ask:
    pytest.importorskip("langchain_openai", reason="langchain-openai is not installed: pip install 'byline[providers]'")
    model = open_model("openai:ours", url=server.url).models[0]
    return GradingJudge("ours", model.complete, read_prompts(shipped("prompts") / "judge")).ask


def answers() -> dict[str, str]:
    """What is answered to each question of the shared file, in the order of its tests."""
    table = {each.question: each.answer for each in rows()}
    cells = {f"c{number}": cells[-1] for number, cells in enumerate(CELLS)}
    return {**table, **SAID, **cells, **{question: LIMITED for question, *_ in LIMITS[1:]}}


def reply(answer: str) -> JudgedReply:
    seconds = Timings(total=MILLISECONDS / 1000)
    return JudgedReply(Answer("?", Status.ANSWERED, answer, "none", timings=seconds), {}, WordEmbeddings().embed)


def ours(case: Case, answer: str) -> tuple[bool, float]:
    """Our verdict and score; what cannot be judged does not pass."""
    try:
        checks = [judge(each, reply(answer)) for each in case.assertions]
    except ShownError:
        return False, 0.0
    return case.passes(checks), mean_score(case.assertions, checks)


def dump(rows: Iterable[Row]) -> str:
    return yaml.safe_dump([each.test for each in rows], allow_unicode=True)


def write(path: Path, table: Sequence[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(table)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that both read, with its tables and its code beside it."""
    folder = tmp_path_factory.mktemp("promptfoo")
    (folder / "code.py").write_text(CODE, encoding="utf-8")
    (folder / "code.js").write_text(SCRIPT, encoding="utf-8")
    (folder / "code.txt").write_text("pier", encoding="utf-8")
    header = ("question", "place", "count", "__expected", "__expected2", "__threshold")
    write(folder / "cells.csv", [header, *((f"c{number}", "Vienna", 3, *row[:-1]) for number, row in enumerate(CELLS))])
    write(folder / "limits.csv", LIMITS)
    tables = "- file://cells.csv\n- limits.csv\n"
    path = folder / "shared.yaml"
    path.write_text(
        f"assertionTemplates: {{pier: {json.dumps(PIER)}}}\ntests:\n{dump(rows())}{WRITTEN.lstrip()}{tables}",
        encoding="utf-8",
    )
    return path


@pytest.fixture(scope="module")
def server() -> Iterator[ChatServer]:
    """The judge of both."""
    with chat_server() as running:
        running.says = judged()
        yield running


@pytest.fixture(scope="module")
def theirs(shared: Path, server: ChatServer) -> dict[str, tuple[bool, float]]:
    """promptfoo's verdict and score for each question: of the shared file, of the rows that differ, and of those that a
    model judges."""
    command = os.environ.get("BYLINE_PROMPTFOO")
    if not command:
        pytest.skip("promptfoo is not here: BYLINE_PROMPTFOO does not say how to start it")
    folder = shared.parent
    answered = {**answers(), **{each.question: each.answer for each in (*differing(), *graded(), *best())}}
    answered |= {f"before {each.question}": "A road." for each in best()}
    queries = {str(each.test["vars"]["query"]) for each in graded()}
    made = {text for _, said in GRADED_ROWS for text in said}
    texts = {
        *answered.values(),
        *queries,
        *made,
        *compared(),
        *(text.replace("{{place}}", "Vienna") for text in compared()),
    }
    vectors = {text: WordEmbeddings().embed([text])[0].tolist() for text in texts}
    said = {"answers": answered, "vectors": vectors, "milliseconds": MILLISECONDS}
    (folder / "said.json").write_text(json.dumps(said), encoding="utf-8")
    (folder / "provider.js").write_text(PROVIDER, encoding="utf-8")
    at = json.dumps({"apiBaseUrl": server.url, "apiKey": "none"})
    tests = shared.read_text("utf-8") + dump([*differing(), *graded()])
    (folder / "config.yaml").write_text(CONFIG % ("['{{question}}']", at) + tests, encoding="utf-8")
    two = CONFIG % ("['{{question}}', 'before {{question}}']", at)
    (folder / "best.yaml").write_text(f"{two}tests:\n{dump(best())}", encoding="utf-8")
    return {**evaluated(folder, command, "best"), **evaluated(folder, command, "config")}


def evaluated(folder: Path, command: str, name: str) -> dict[str, tuple[bool, float]]:
    """promptfoo's verdict and score for each question with the first of the prompts."""
    disabled = {f"PROMPTFOO_DISABLE_{name}": "1" for name in ("TELEMETRY", "UPDATE", "REMOTE_GENERATION")}
    own = {"PROMPTFOO_CONFIG_DIR": str(folder / "own"), "PROMPTFOO_PYTHON": sys.executable}
    done = subprocess.run(
        [*shlex.split(command), *f"eval -c {name}.yaml --no-cache --no-table --no-write -o {name}.json".split()],
        cwd=folder,
        env={**os.environ, **disabled, **own},
        capture_output=True,
        text=True,
    )
    assert (folder / f"{name}.json").exists(), done.stderr
    results = json.loads((folder / f"{name}.json").read_text("utf-8"))["results"]["results"]
    first = [result for result in results if result["promptIdx"] == 0]
    return {result["vars"]["question"]: (result["success"], result["score"]) for result in first}


def compared() -> list[str]:
    """The texts whose meaning an answer is compared with."""
    asserted = [each for row in rows() for each in row.test["assert"] if each.get("type", "").endswith("similar")]
    cells = [cell.partition(": ")[2] for cell, *_ in CELLS if cell.startswith("similar")]
    lists = [each["value"] if isinstance(each["value"], list) else [each["value"]] for each in asserted]
    return [*cells, *(text for texts in lists for text in texts)]


def test_the_file_that_both_read_has_every_type_and_its_negation() -> None:
    asserted = {each["type"] for row in rows() for each in row.test["assert"] if "type" in each}
    shared = set(RULES) - set(OWN) - set(GRADED)
    assert asserted == {*shared, *(NOT + type_ for type_ in shared), SET}
    assert {each.test["assert"][0]["type"].removeprefix(NOT) for each in (*graded(), *best())} == set(GRADED)
    assert len(answers()) >= 150


def test_promptfoo_and_byline_come_to_the_same_verdicts_and_scores(
    shared: Path, theirs: dict[str, tuple[bool, float]]
) -> None:
    said = answers()
    cases = {case.question: case for case in read_suite(shared, allow_code=True).cases}
    assert cases.keys() == said.keys()
    found = {question: ours(case, said[question]) for question, case in cases.items()}
    different = [
        f"{[each.written for each in case.assertions]} of {said[question]!r}: promptfoo {theirs[question]}, here {own}"
        for (question, case), own in zip(cases.items(), found.values(), strict=True)
        if own != (theirs[question][0], pytest.approx(theirs[question][1], abs=1e-9))
    ]
    assert different == []
    assert {passed for passed, _ in found.values()} == {True, False}


def our_verdicts(shared: Path, rows: Sequence[Row], server: ChatServer) -> list[tuple[bool, float] | None]:
    """Ours on each row; None where the judge gave none."""
    ask = our_judge(server)
    found: list[tuple[bool, float] | None] = []
    for each in rows:
        case = read_one(shared.parent, each)
        answer = replace(reply(each.answer).answer, question=each.question)
        said = replace(reply(each.answer), answer=answer, given=case.given, ask=ask, rival="A road.")
        try:
            check = judge(case.assertions[0], said)
            found.append((check.holds, check.score))
        except JudgeBroken:
            found.append(None)
    return found


def test_what_a_model_judges_is_judged_alike(
    shared: Path, theirs: dict[str, tuple[bool, float]], server: ChatServer
) -> None:
    rows = graded()[: len(GRADED_ROWS)]
    found = [each or (False, 0) for each in our_verdicts(shared, rows, server)]  # no verdict is a failure to promptfoo
    different = [
        f"{each.test['assert']} {said}: promptfoo {theirs[each.question]}, here {own}"
        for each, (_, said), own in zip(rows, GRADED_ROWS, found, strict=True)
        if theirs[each.question] != (own[0], pytest.approx(own[1], abs=1e-6))
    ]
    assert different == []
    assert {passes for passes, _ in found} == {True, False}


def test_the_best_answer_is_the_same_one(
    shared: Path, theirs: dict[str, tuple[bool, float]], server: ChatServer
) -> None:
    """Alone, its score is 0 in promptfoo."""
    found = [bool(each and each[0]) for each in our_verdicts(shared, best(), server)]
    assert found == [theirs[each.question][0] for each in best()]
    assert set(found) == {True, False}


def test_where_byline_reads_a_judge_otherwise_both_say_what_they_are_said_to(
    shared: Path, theirs: dict[str, tuple[bool, float]], server: ChatServer
) -> None:
    rows = graded()[len(GRADED_ROWS) :]
    for each, own, row in zip(rows, our_verdicts(shared, rows, server), GRADED_OTHERWISE, strict=True):
        *_, expected, ours, reason = row
        assert (theirs[each.question][0], own and own[0]) == (expected, ours), reason


def test_what_byline_refuses_is_an_error_here_and_what_it_is_said_to_be_there(
    shared: Path, theirs: dict[str, tuple[bool, float]]
) -> None:
    found = [theirs[each.question][0] for each in differing()[: len(REFUSED)]]
    assert found == [passes for _, _, passes, _ in REFUSED]
    for each in differing()[: len(REFUSED)]:
        with pytest.raises(ShownError):
            read_one(shared.parent, each)


def test_where_byline_says_something_else_both_say_what_they_are_said_to(
    shared: Path, theirs: dict[str, tuple[bool, float]]
) -> None:
    for each, (_, answer, other, own, reason) in zip(differing()[len(REFUSED) :], OTHERWISE, strict=True):
        assert (theirs[each.question], ours(read_one(shared.parent, each), answer)) == (other, own), reason


def read_one(folder: Path, row: Row) -> Case:
    path = folder / "one.yaml"
    path.write_text("tests:\n" + dump([row]), encoding="utf-8")
    return read_suite(path, allow_code=True).cases[0]
