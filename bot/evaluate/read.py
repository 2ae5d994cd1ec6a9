"""Files of test prompts to suites. What a file says and Byline does not know is an error that names it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.evaluate.assertions import RULES, Share, Text
from bot.evaluate.errors import AssertionUnknown, SuiteInvalid
from bot.evaluate.types import Assertion, AssertionSet, Case, Suite

NOT = "not-"
SET = "assert-set"


class _Read(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Assertion(_Read):
    """An assertion, or a set of them, where `assert` holds the members."""

    type: Text
    value: Any = None
    threshold: Share | None = None
    members: tuple[_Assertion, ...] = Field(default=(), alias="assert")


class _Metadata(_Read):
    kind: Text | None = None


class _Options(_Read):
    # To promptfoo a list among the vars is several tests; a history is one test with a list only where it says so.
    expansion_off: Literal[True] = Field(alias="disableVarExpansion")


class _Vars(_Read):
    question: Text
    history: tuple[Text, ...] = ()


class _DefaultTest(_Read):
    assertions: tuple[_Assertion, ...] = Field(default=(), alias="assert")
    metadata: _Metadata = _Metadata()
    options: _Options | None = None


class _Test(_DefaultTest):
    vars: _Vars
    description: str = ""


class _SuiteMetadata(_Read):
    articles: tuple[Text, ...] = ()
    optional: Text | None = None


class _Suite(_Read):
    tests: tuple[_Test, ...] = Field(min_length=1)
    default: _DefaultTest = Field(default=_DefaultTest(), alias="defaultTest")
    metadata: _SuiteMetadata = _SuiteMetadata()
    description: str = ""


def read_suite(path: Path) -> Suite:
    """The suite in a file; its articles are named from where the file is. Raises SuiteInvalid, AssertionUnknown."""
    try:
        read = _Suite.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise SuiteInvalid(path, _reason(error)) from error
    suite = Suite(
        path=path,
        cases=tuple(_case(path, number, read.default, test) for number, test in enumerate(read.tests, start=1)),
        articles=tuple((path.parent / name).resolve() for name in read.metadata.articles),
        optional=read.metadata.optional,
    )
    if suite.missing and suite.optional is None:
        raise SuiteInvalid(path, f"there is no {suite.missing[0]}, where its articles should be")
    return suite


def _case(path: Path, number: int, default: _DefaultTest, test: _Test) -> Case:
    where = f"test {number}"
    assertions = tuple(_assertion(path, where, each) for each in (*default.assertions, *test.assertions))
    if not assertions:
        raise SuiteInvalid(path, f"{where} asserts nothing, and would always pass")
    if test.vars.history and not (test.options or default.options):
        raise SuiteInvalid(path, f"{where} has a history, which needs `options: {{disableVarExpansion: true}}`")
    return Case(
        suite=path.name,
        question=test.vars.question,
        assertions=assertions,
        history=test.vars.history,
        description=test.description,
        kind=test.metadata.kind or default.metadata.kind or "",
    )


def _assertion(path: Path, where: str, read: _Assertion) -> Assertion | AssertionSet:
    if read.type == SET:
        return _set(path, where, read)
    type_ = read.type.removeprefix(NOT)
    rule = RULES.get(type_)
    if rule is None:
        raise AssertionUnknown(path, where, read.type, (*RULES, SET))
    given = {"value": read.value, "threshold": read.threshold, "assert": read.members or None}
    for key, value in given.items():
        if (value is None) == (key == rule.key):
            raise SuiteInvalid(path, f"the {read.type} of {where} {'needs a' if value is None else 'takes no'} `{key}`")
    value = given[rule.key] if rule.key else None
    try:
        expected = TypeAdapter(rule.expects).validate_python(value)
    except ValidationError as error:
        reasons = dict.fromkeys(each["msg"].lower().removeprefix("value error, ") for each in error.errors())
        written = _written(read.type, value)
        raise SuiteInvalid(path, f"{where} has `{written}`, which will not do: {'; or '.join(reasons)}") from error
    return Assertion(type_, expected, type_ != read.type, _written(read.type, value))


def _set(path: Path, where: str, read: _Assertion) -> AssertionSet:
    if not read.members or read.value is not None:
        raise SuiteInvalid(path, f"the {SET} of {where} needs members in `assert`, and takes no `value`")
    members = tuple(_assertion(path, where, each) for each in read.members)
    threshold = 1.0 if read.threshold is None else read.threshold
    return AssertionSet(members, threshold, f"{threshold:g} of ({'; '.join(each.written for each in members)})")


def _written(type_: str, value: object) -> str:
    return type_ if value is None else f"{type_} {json.dumps(value, ensure_ascii=False, default=str)}"


def _reason(error: Exception) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return f"it is not valid YAML in line {error.problem_mark.line + 1}: {error.problem}"
    if not isinstance(error, ValidationError):
        return " ".join(str(error).split())
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    message = first["msg"][:1].lower() + first["msg"][1:]
    return f"{place}: {message}" if place else message
