"""Files of test prompts to suites. An unknown key or value is an error that names it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    TypeAdapter,
    ValidationError,
)

from bot.evaluate.assertions import RULES
from bot.evaluate.code import FILE
from bot.evaluate.errors import AssertionUnknown, CodeNotAllowed, SuiteInvalid, nearest
from bot.evaluate.own import KEYS
from bot.evaluate.rule import Amount, Rule, Share, Text
from bot.evaluate.table import tests
from bot.evaluate.template import dereferenced, filled, plain
from bot.evaluate.types import STABLE, Assertion, AssertionSet, Case, Suite, about_all_times
from bot.evaluate.yaml_core import load
from index.invalid import Fault, told
from index.types import Filters, Kind

NOT = "not-"
SET = "assert-set"
_ONE = {"tests": "test", "assert": "assertion"}  # what one of a list is called


class _Read(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Assertion(_Read):
    """An assertion, or a set of them, where `assert` holds the members."""

    type: Text
    value: Any = None
    threshold: StrictInt | StrictFloat | None = None
    weight: Amount = 1.0
    members: tuple[_Assertion, ...] = Field(default=(), alias="assert")


def _one_or_more(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


_Names = Annotated[tuple[Text, ...], BeforeValidator(_one_or_more)]


class _Filters(_Read):
    """The filters of a question. A text alone is a list of one."""

    outlet: _Names = ()
    author: _Names = ()
    kind: Annotated[tuple[Kind, ...], BeforeValidator(_one_or_more)] = ()
    language: _Names = ()
    since: date | None = None
    until: date | None = None
    article: _Names = ()
    collection: _Names = ()


class _Metadata(_Read):
    kind: Text | None = None
    filters: _Filters | None = None
    draft: StrictBool = False


class _Options(_Read):
    # In promptfoo a list among the vars makes several tests, unless this option is set. A history is such a list.
    expansion_off: Literal[True] = Field(alias="disableVarExpansion")


def _no_file(text: str) -> str:
    if text.startswith(FILE):
        raise ValueError(f"{text} is not read: a variable is what stands in the file")
    return text


_Words = Annotated[StrictStr, AfterValidator(_no_file)]


class _Vars(BaseModel):
    """The variables: the question, the history, and others for the values of assertions."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, _Words | StrictBool | StrictInt | StrictFloat]

    question: Annotated[Text, AfterValidator(_no_file)]
    history: tuple[Text, ...] = ()


class _DefaultTest(_Read):
    vars: dict[str, Any] = {}
    assertions: tuple[_Assertion, ...] = Field(default=(), alias="assert")
    metadata: _Metadata = _Metadata()
    options: _Options | None = None
    threshold: Share | None = None


class _Test(_DefaultTest):
    description: str = ""


class _SuiteMetadata(_Read):
    articles: tuple[Text, ...] = ()
    optional: Text | None = None


class _Suite(_Read):
    tests: tuple[_Test, ...] = Field(min_length=1)
    default: _DefaultTest = Field(default=_DefaultTest(), alias="defaultTest")
    metadata: _SuiteMetadata = _SuiteMetadata()
    description: str = ""
    templates: dict[str, Any] = Field(default={}, alias="assertionTemplates")


def read_suite(path: Path, *, allow_code: bool = False) -> Suite:
    """The suite in a file of YAML or CSV; paths of articles are relative to the file.

    Raises SuiteInvalid and its subclasses, such as CodeNotAllowed for code without `allow_code`.
    """
    try:
        read = _Suite.model_validate(_content(path))
        cases = _cases(path, read, allow_code)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise SuiteInvalid(path, *_reasons(error)) from error
    suite = Suite(
        path=path,
        cases=cases,
        articles=tuple((path.parent / name).resolve() for name in read.metadata.articles),
        optional=read.metadata.optional,
    )
    if suite.missing and suite.optional is None:
        raise SuiteInvalid(path, f"there is no {suite.missing[0]}, where its articles should be")
    return suite


def _content(path: Path) -> Any:
    """The content of a file, with references and tables resolved."""
    if path.suffix == ".csv":
        return {"tests": _table(path)}
    content = load(path.read_text(encoding="utf-8"))
    if content is None:
        raise ValueError("it is empty")
    content = dereferenced(content, content)
    if isinstance(content, dict) and "tests" in content:
        content["tests"] = list(_tests(path, content["tests"]))
    return content


def _tests(path: Path, listed: Any) -> Iterator[Any]:
    for each in listed if isinstance(listed, list) else [listed]:
        if not isinstance(each, str):
            yield each
        elif each.endswith(".csv"):
            yield from _table(path.parent / each.removeprefix(FILE))
        else:
            raise ValueError(f"the tests {each} are not read: only files of CSV are")


def _table(path: Path) -> list[dict[str, Any]]:
    return tests(path.read_text(encoding="utf-8-sig"), RULES)


def _cases(path: Path, read: _Suite, allow_code: bool) -> tuple[Case, ...]:
    """Raises SuiteInvalid with the first error of each test; CodeNotAllowed if there is no other error."""
    cases: list[Case] = []
    errors: list[SuiteInvalid] = []
    for number, test in enumerate(read.tests, start=1):
        try:
            cases.append(_case(path, number, read.default, test, allow_code))
        except SuiteInvalid as error:
            errors.append(error)
    wrong = [each for each in errors if not isinstance(each, CodeNotAllowed)] or errors[:1]
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        raise SuiteInvalid(path, *(reason for each in wrong for reason in each.reasons))
    return tuple(cases)


def _case(path: Path, number: int, default: _DefaultTest, test: _Test, allow_code: bool) -> Case:
    where = f"test {number}"
    read = _vars(path, where, {**default.vars, **test.vars})
    if read.history and not (test.options or default.options):
        raise SuiteInvalid(path, f"{where} has a history, which needs `options: {{disableVarExpansion: true}}`")
    given = {"question": read.question, **(read.model_extra or {})}
    reading = _Reading(path, where, given, allow_code)
    assertions = tuple(reading.assertion(each) for each in (*default.assertions, *test.assertions))
    least = default.threshold if test.threshold is None else test.threshold
    if not assertions or least == 0 or (least is None and not any(map(_may_fail, assertions))):
        raise SuiteInvalid(path, f"{where} asserts nothing that can fail, and would always pass")
    about_all = [about_all_times(each) for each in assertions]
    if sum(about_all) > 1 or all(about_all):
        raise SuiteInvalid(path, f"{where} needs one `{STABLE}`, and beside it what is to be the same each time")
    return Case(
        suite=path.name,
        question=read.question,
        assertions=assertions,
        history=read.history,
        given=given,
        description=test.description,
        kind=test.metadata.kind or default.metadata.kind or "",
        filters=_filters(test.metadata.filters or default.metadata.filters),
        draft=test.metadata.draft or default.metadata.draft,
        threshold=least,
    )


def _filters(read: _Filters | None) -> Filters:
    return Filters(**read.model_dump()) if read else Filters()


def _may_fail(assertion: Assertion | AssertionSet) -> bool:
    """Whether some answer could fail the assertion, as far as its threshold and weight show."""
    if isinstance(assertion, AssertionSet):
        least = assertion.threshold
        return least != 0 and (least is not None or any(map(_may_fail, assertion.members)))
    certain = RULES[assertion.type].certain
    return assertion.weight > 0 and (assertion.negated or certain is None or assertion.threshold != certain)


def _vars(path: Path, where: str, given: dict[str, Any]) -> _Vars:
    try:
        return _Vars.model_validate(plain(given))
    except ValueError as error:
        raise SuiteInvalid(path, f"{where} has vars that will not do: {'; '.join(_reasons(error))}") from error


@dataclass(frozen=True, slots=True)
class _Reading:
    """The context of assertions: the file and the test, their variables, and whether they may be code."""

    path: Path
    where: str
    given: Mapping[str, Any]
    allow_code: bool

    def assertion(self, read: _Assertion) -> Assertion | AssertionSet:
        return self.set(read) if read.type == SET else self.single(read)

    def set(self, read: _Assertion) -> AssertionSet:
        if not read.members or read.value is not None:
            raise self.invalid(f"the {SET} of {self.where} needs members in `assert`, and takes no `value`")
        if any(each.type == SET for each in read.members):
            raise self.invalid(f"{self.where} has an {SET} in another one, which promptfoo does not know")
        threshold = None if read.threshold is None else self.fitting(read, "threshold", read.threshold, Share)
        members = tuple(self.single(each) for each in read.members)
        if any(map(about_all_times, members)):
            raise self.invalid(f"the {SET} of {self.where} cannot have `{STABLE}` in it: it is about the whole test")
        least = "all" if threshold is None else f"{threshold:g}"
        written = f"{least} of ({'; '.join(each.written for each in members)}){_weighing(read)}"
        return AssertionSet(members, threshold, written, read.weight)

    def single(self, read: _Assertion) -> Assertion:
        type_ = read.type.removeprefix(NOT)
        rule = RULES.get(type_)
        if rule is None:
            raise AssertionUnknown(self.path, self.where, read.type, (*RULES, SET))
        if rule.code and not self.allow_code:
            raise CodeNotAllowed(self.path, self.where, read.type)
        self.complete(read, rule)
        expected = self.fitting(read, "value", read.value, rule.value)
        threshold = self.fitting(read, "threshold", read.threshold, rule.threshold)
        return Assertion(
            type=type_,
            expected=expected,
            negated=type_ != read.type,
            written=_written(read),
            threshold=rule.default if threshold is None else threshold,
            weight=read.weight,
        )

    def complete(self, read: _Assertion, rule: Rule) -> None:
        """Raises SuiteInvalid for a missing or an unexpected key."""
        taken = {"value": rule.value, "threshold": rule.threshold, "assert": None}
        for key, value in {"value": read.value, "threshold": read.threshold, "assert": read.members or None}.items():
            if value is not None and taken[key] is None:
                raise self.invalid(f"the {read.type} of {self.where} takes no `{key}`")
            if value is None and taken[key] is not None and key != rule.optional:
                raise self.invalid(f"the {read.type} of {self.where} needs a `{key}`")

    def fitting(self, read: _Assertion, key: str, value: Any, kind: Any) -> Any:
        """The value, validated, with its variables replaced; None without a value. Raises SuiteInvalid."""
        if value is None:
            return None
        try:
            if not _file(value):
                value = filled(value, self.given)
            elif read.type.removeprefix(NOT) not in ("javascript", "python"):
                raise ValueError("it names a file, which only `python` and `javascript` read")
            context = {"folder": self.path.parent, "given": {"prompt": self.given["question"], "vars": self.given}}
            return TypeAdapter(kind).validate_python(value, context=context)
        except ValueError as error:
            faults = error.errors() if isinstance(error, ValidationError) else ()
            reasons = dict.fromkeys(map(_of_value, faults)) or [str(error)]
            written = _written(read) if key == "value" else f"{key} {value}"
            raise self.invalid(f"{self.where} has `{written}`, which will not do: {'; or '.join(reasons)}") from error

    def invalid(self, reason: str) -> SuiteInvalid:
        return SuiteInvalid(self.path, reason)


def _file(value: object) -> bool:
    texts = value if isinstance(value, list) else [value]
    return any(isinstance(each, str) and each.startswith(FILE) for each in texts)


def _written(read: _Assertion) -> str:
    value = "" if read.value is None else " " + json.dumps(read.value, ensure_ascii=False, default=str)
    threshold = "" if read.threshold is None else f" threshold {read.threshold:g}"
    return read.type + value + threshold + _weighing(read)


def _weighing(read: _Assertion) -> str:
    return "" if read.weight == 1 else f" weight {read.weight:g}"


def _reasons(error: Exception) -> list[str]:
    if isinstance(error, ValidationError):
        faults = error.errors()
        return [_told(each) for each in faults if not any(_inside(other, each) for other in faults)]
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return [f"it is not valid YAML in line {error.problem_mark.line + 1}: {error.problem}"]
    if isinstance(error, UnicodeDecodeError):
        return ["it is no text in UTF-8"]
    if isinstance(error, OSError) and error.strerror:
        return [f"{error.strerror[:1].lower()}{error.strerror[1:]} ({error.filename})"]
    return [" ".join(str(error).split())]


def _told(fault: Fault) -> str:
    """The fault and its place, counted from 1: "in assertion 1 of test 2, vale is not known; did you mean value?"."""
    *around, name = _steps(fault["loc"]) or [""]
    where = f"in {' of '.join(reversed(around))}, " if around else ""
    near = nearest(name, _names(_model(fault["loc"][:-1]))) if fault["type"] == "extra_forbidden" else None
    return f"{where}{told(fault, name)}" + (f"; did you mean {near}?" if near else "")


def _inside(fault: Fault, outer: Fault) -> bool:
    """Whether a fault is a part of another one: pydantic counts no wrong entry, and then misses it in the list, too."""
    depth = len(outer["loc"])
    return len(fault["loc"]) > depth and fault["loc"][:depth] == outer["loc"]


def _of_value(fault: Fault) -> str:
    """The fault in the value of an assertion. A name in it is told, and no place."""
    if fault["type"] == "missing":
        return told(fault, str(fault["loc"][-1]))
    if fault["type"] != "unexpected_keyword_argument":
        return told(fault, "")
    name = str(fault["loc"][-1])
    near = nearest(name, KEYS)
    return told(fault, name) + (f" (did you mean {near}?)" if near else "")


def _steps(place: Iterable[str | int]) -> list[str]:
    """The way to a place in the file, with numbers that count from 1.

    >>> _steps(("tests", 0, "vars", "history", 1))
    ['test 1', 'vars', 'history 2']
    """
    steps: list[str] = []
    for part in place:
        if isinstance(part, int):
            steps[-1] = f"{_ONE.get(steps[-1], steps[-1])} {part + 1}"
        elif not part.endswith("]"):  # a type that pydantic tried
            steps.append(part)
    return steps


def _model(place: Iterable[str | int]) -> type[BaseModel]:
    """The model of the mapping at a place in the file."""
    model: type[BaseModel] = _Suite
    for part in place:
        if isinstance(part, str):
            annotation = next(
                each.annotation for name, each in model.model_fields.items() if part == (each.alias or name)
            )
            parts = (annotation, *get_args(annotation))
            model = next(each for each in parts if isinstance(each, type) and issubclass(each, BaseModel))
    return model


def _names(model: type[BaseModel]) -> list[str]:
    return [each.alias or name for name, each in model.model_fields.items()]
