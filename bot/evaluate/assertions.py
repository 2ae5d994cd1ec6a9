"""The types of assertion: their names, and the judgement of an answer.

The types in this module have the meaning of promptfoo (https://www.promptfoo.dev/docs/configuration/expected-outputs/).
`docs/evaluation.md` names the differences.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainValidator, ValidationInfo

from bot.evaluate.code import Code, javascript_code, python_code
from bot.evaluate.errors import CodeBroken, Unmeasured
from bot.evaluate.graded import GRADED
from bot.evaluate.json_text import Schema, objects, parsed, same
from bot.evaluate.likeness import cosine, distance, rouge_1
from bot.evaluate.own import OWN
from bot.evaluate.pattern import pattern
from bot.evaluate.refusal import refusal
from bot.evaluate.rule import Amount, Rule, RuleFinding, Share, Text, Texts, at_least, plain, reached
from bot.evaluate.template import fields, said
from bot.evaluate.types import Assertion, AssertionCheck, AssertionSet, JudgedReply, enough, mean_score
from bot.evaluate.yaml_core import load


def judge(assertion: Assertion | AssertionSet, reply: JudgedReply) -> AssertionCheck:
    """The check of an assertion. Raises a ShownError if the answer cannot be judged, which is no verdict."""
    if isinstance(assertion, AssertionSet):
        return _judge_set(assertion, reply)
    rule = RULES[assertion.type]
    unproven = rule.proof and not reply.proven
    finding = RuleFinding(False, "the answer comes without its proof", 0) if unproven else rule.judge(reply, assertion)
    score = float(finding.holds) if finding.score is None else min(1.0, max(0.0, finding.score))
    return AssertionCheck(assertion.written, finding.holds or assertion.weight == 0, score, finding.reason)


def equals(reply: JudgedReply, value: object) -> bool:
    """The text equals the value; for a list or a mapping, the text is its JSON."""
    if not isinstance(value, list | dict):
        return reply.answer.text == said(value)
    try:
        return same(parsed(reply.answer.text), value)
    except ValueError:
        return False


def contains(reply: JudgedReply, text: str) -> bool:
    return text in reply.answer.text


def icontains(reply: JudgedReply, text: str) -> bool:
    return text.lower() in reply.answer.text.lower()


def contains_all(reply: JudgedReply, texts: tuple[str, ...]) -> bool:
    return all(contains(reply, text) for text in texts)


def icontains_all(reply: JudgedReply, texts: tuple[str, ...]) -> bool:
    return all(icontains(reply, text) for text in texts)


def contains_any(reply: JudgedReply, texts: tuple[str, ...]) -> bool:
    return any(contains(reply, text) for text in texts)


def icontains_any(reply: JudgedReply, texts: tuple[str, ...]) -> bool:
    return any(icontains(reply, text) for text in texts)


def starts_with(reply: JudgedReply, text: str) -> bool:
    return reply.answer.text.startswith(text)


def regex(reply: JudgedReply, pattern: re.Pattern[str]) -> bool:
    return bool(pattern.search(reply.answer.text))


def is_json(reply: JudgedReply, assertion: Assertion) -> RuleFinding:
    """The text is JSON, and fits the schema, if there is one."""
    try:
        return _one_fits([parsed(reply.answer.text)], assertion)
    except ValueError as error:
        return RuleFinding(assertion.negated, f"no JSON: {error}")


def contains_json(reply: JudgedReply, assertion: Assertion) -> RuleFinding:
    """At least one object in the text is JSON, and fits the schema, if there is one."""
    return _one_fits(list(objects(reply.answer.text)), assertion)


def is_refusal(reply: JudgedReply, _: None) -> bool:
    return refusal(reply.answer.text)


def similar(reply: JudgedReply, assertion: Assertion) -> RuleFinding:
    """The cosine to at least one of the texts reaches the threshold."""
    texts = assertion.expected if isinstance(assertion.expected, tuple) else (assertion.expected,)
    answer, *others = reply.embed([reply.answer.text, *texts])
    found = [cosine(answer, other) for other in others]
    limit = (assertion.threshold or 0) + (_EPSILON if assertion.negated else -_EPSILON)  # in favour of the answer
    near = [each for each in found if (each > limit if assertion.negated else each >= limit)]
    return reached("similarity", (near or [max(found)])[0], assertion, bool(near))


def levenshtein(reply: JudgedReply, assertion: Assertion) -> RuleFinding:
    found = distance(reply.answer.text, str(assertion.expected))
    return _at_most("distance", found, assertion)


def rouge_n(reply: JudgedReply, text: str) -> float:
    return rouge_1(reply.answer.text, text)


def latency(reply: JudgedReply, assertion: Assertion) -> RuleFinding:
    """The milliseconds from the question to the whole answer, without the questions of the history."""
    seconds = reply.answer.timings.total
    if seconds is None:
        raise Unmeasured("latency", "The answer does not say how long it took.")
    return _at_most("milliseconds", round(seconds * 1000), assertion)


def cost(reply: JudgedReply, assertion: Assertion) -> RuleFinding:
    """US dollars: 0 for a model of this machine. Raises Unmeasured for a provider, whose price is unknown."""
    model = reply.answer.model
    if ":" in model and not model.startswith("gguf:"):
        raise Unmeasured("cost", f"What {model} charges for an answer is not told.")
    return _at_most("dollars", 0, assertion)


def python(reply: JudgedReply, assertion: Assertion) -> RuleFinding:
    """The judgement by code: a truth value, a number to compare, or `{pass, score, reason}`. Raises CodeBroken.

    A number has to reach the threshold, or exceed 0 without one.
    """
    returned = _run(reply, assertion)
    match returned:
        case {"pass_": bool(met), "score": int(score) | float(score), "reason": str(reason)}:
            returned = {"pass": met, "score": score, "reason": reason}
    match returned:
        case {"pass": True, "score": int(score) | float(score), **rest} if score < (assertion.threshold or score):
            returned = {"pass": False, "score": score, **rest}
    return _finding(returned, assertion)


def javascript(reply: JudgedReply, assertion: Assertion) -> RuleFinding:
    """Same as `python`, but the score in `{pass, score, reason}` is not compared with the threshold."""
    return _finding(_run(reply, assertion), assertion)


def _run(reply: JudgedReply, assertion: Assertion) -> object:
    assert isinstance(assertion.expected, Code)
    return assertion.expected(reply.answer.text)


def _finding(returned: object, assertion: Assertion) -> RuleFinding:
    """The finding in the return value of code. Raises CodeBroken without one."""
    if isinstance(returned, bool):
        return RuleFinding(returned != assertion.negated, f"the code says {said(returned)}")
    if isinstance(returned, int | float):
        met = returned > 0 if assertion.threshold is None else returned >= assertion.threshold
        return RuleFinding(met != assertion.negated, f"the code says {returned:g}", returned)
    match returned:
        case {"pass": bool(met), "score": int(score) | float(score), "reason": str(reason)}:
            return RuleFinding(met != assertion.negated, reason, score)
    raise CodeBroken(f"it said {str(returned)[:80]!r}, and not True, False, a number or {{pass, score, reason}}")


def _code(read: Callable[[str, Path, Mapping[str, Any]], Code]) -> Any:
    """The type of code in a language."""

    def validate(written: object, info: ValidationInfo) -> Code:
        if not isinstance(written, str) or not written.strip():
            raise ValueError("it is no code")
        assert info.context is not None
        return read(written, info.context["folder"], info.context["given"])

    return Annotated[Any, PlainValidator(validate)]


def _pattern(written: object) -> re.Pattern[str]:
    if not isinstance(written, str):
        raise ValueError("it is no text")
    return pattern(written)


def _schema(written: object) -> Schema:
    value = load(written) if isinstance(written, str) else written
    if not isinstance(value, dict):
        raise ValueError("it is no JSON schema")
    return Schema(value)


_EPSILON = sys.float_info.epsilon
_Scalar = Annotated[Text, BeforeValidator(said)]
_Listed = Annotated[tuple[_Scalar, ...], BeforeValidator(fields), Field(min_length=1)]
_Schema = Annotated[Any, PlainValidator(_schema)]
_Finite = Annotated[float, Field(allow_inf_nan=False)]

RULES: Mapping[str, Rule] = {
    "equals": Rule(plain(equals), Any),
    "contains": Rule(plain(contains), _Scalar),
    "icontains": Rule(plain(icontains), _Scalar),
    "contains-all": Rule(plain(contains_all), _Listed),
    "icontains-all": Rule(plain(icontains_all), _Listed),
    "contains-any": Rule(plain(contains_any), _Listed),
    "icontains-any": Rule(plain(icontains_any), _Listed),
    "starts-with": Rule(plain(starts_with), Text),
    "regex": Rule(plain(regex), Annotated[Any, PlainValidator(_pattern)]),
    "is-json": Rule(is_json, _Schema, optional="value"),
    "contains-json": Rule(contains_json, _Schema, optional="value"),
    "is-refusal": Rule(plain(is_refusal)),
    "similar": Rule(similar, Text | Texts, Share, optional="threshold", default=0.75),
    "levenshtein": Rule(levenshtein, str, Amount, optional="threshold", default=5),
    "rouge-n": Rule(at_least("ROUGE-1", rouge_n), str, Share, optional="threshold", default=0.75, certain=0),
    "latency": Rule(latency, threshold=Amount),
    "cost": Rule(cost, threshold=Amount),
    "python": Rule(python, _code(python_code), _Finite, optional="threshold", code=True),
    "javascript": Rule(javascript, _code(javascript_code), _Finite, optional="threshold", code=True),
    **OWN,
    **GRADED,
}


def _judge_set(assertion: AssertionSet, reply: JudgedReply) -> AssertionCheck:
    checks = [judge(member, reply) for member in assertion.members]
    score = mean_score(assertion.members, checks)
    missed = "; ".join(check.told for check in checks if not check.holds)
    reason = f"score {score:.2f}" + (f"; not so: {missed}" if missed else "")
    return AssertionCheck(assertion.written, enough(assertion.members, checks, assertion.threshold), score, reason)


def _one_fits(values: list[object], assertion: Assertion) -> RuleFinding:
    schema = assertion.expected
    if not isinstance(schema, Schema):
        return RuleFinding(bool(values) != assertion.negated)
    faults = [schema.fault(value) for value in values]
    met = None in faults
    return RuleFinding(met != assertion.negated, "" if met else "; ".join(map(str, faults)) or "no JSON")


def _at_most(name: str, found: float, assertion: Assertion) -> RuleFinding:
    met = found <= (assertion.threshold or 0)
    return RuleFinding(met != assertion.negated, f"{name} {found:g}, threshold {assertion.threshold:g}")
