"""JSON within a text, and its validation by a schema. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from yaml import YAMLError

from bot.evaluate.yaml_core import load

_LONGEST = 100_000  # characters of an object, at most, as in promptfoo

# The keywords of JSON Schema draft 7, by the type of their values, without references and formats.
_SCHEMA = {"additionalProperties", "contains", "else", "if", "not", "propertyNames", "then"}
_SCHEMAS = {"allOf", "anyOf", "oneOf"}
_NAMED = {"patternProperties", "properties"}
_PLAIN = {
    *("const", "enum", "exclusiveMaximum", "exclusiveMinimum", "maxItems", "maxLength", "maxProperties", "maximum"),
    *("minItems", "minLength", "minProperties", "minimum", "multipleOf", "pattern", "required", "type", "uniqueItems"),
    *("$comment", "default", "description", "examples", "title"),
}


@dataclass(frozen=True, slots=True)
class Schema:
    """A JSON Schema of draft 7, without `$ref` and `format`. Raises ValueError for any other."""

    written: Any
    validator: Any = field(init=False, compare=False)

    def __post_init__(self) -> None:
        from jsonschema import Draft7Validator, SchemaError  # type: ignore[import-untyped]

        for unknown in _unknown(self.written):
            raise ValueError(f"{unknown!r} is not known here in a JSON schema")
        try:
            Draft7Validator.check_schema(self.written)
        except SchemaError as error:
            raise ValueError(f"it is no JSON schema: {error.message}") from error
        object.__setattr__(self, "validator", Draft7Validator(self.written))

    def fault(self, value: object) -> str | None:
        """The first error of a value; None for a valid one."""
        error = next(self.validator.iter_errors(value), None)
        return None if error is None else str(error.message)


def parsed(text: str) -> object:
    """The value of a text in JSON. Raises ValueError for other text."""
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def objects(text: str) -> Iterator[object]:
    """The JSON objects in a text, parsed as leniently as in promptfoo: YAML, and missing closing braces."""
    start = text.find("{")
    while 0 <= start < len(text) - 1:
        end = _end(text, start)
        found = _object(text[start:end] + "}" * _open(text[start:end]))
        if found is not None:
            yield found
        start = text.find("{", end if found is not None else start + 1)


def same(value: object, other: object) -> bool:
    """Whether two values of JSON are equal. 1 equals 1.0, and not true."""
    if isinstance(value, dict) and isinstance(other, dict):
        return value.keys() == other.keys() and all(same(value[key], other[key]) for key in value)
    if isinstance(value, list) and isinstance(other, list):
        return len(value) == len(other) and all(map(same, value, other))
    return isinstance(value, bool) == isinstance(other, bool) and value == other


def _unknown(schema: object) -> Iterator[str]:
    """The unknown keywords of a schema."""
    if not isinstance(schema, dict):
        return
    for key, value in schema.items():
        if key in _SCHEMA:
            yield from _unknown(value)
        elif key in _SCHEMAS or (key == "items" and isinstance(value, list)):
            yield from (unknown for each in value for unknown in _unknown(each))
        elif key == "items":
            yield from _unknown(value)
        elif key in _NAMED and isinstance(value, dict):
            yield from (unknown for each in value.values() for unknown in _unknown(each))
        elif key not in _PLAIN:
            yield str(key)


def _no_number(written: str) -> None:
    raise ValueError(f"{written} is not JSON")


def _end(text: str, start: int) -> int:
    """The end of the object that opens at `start`, at most `_LONGEST` characters further."""
    depth = 0
    last = min(start + _LONGEST, len(text))
    for place in range(start, last):
        depth += (text[place] == "{") - (text[place] == "}")
        if depth == 0:
            return place + 1
    return last


def _open(text: str) -> int:
    return max(0, text.count("{") - text.count("}"))


def _object(text: str) -> object:
    """The value of a text in braces, as JSON or YAML; None for neither."""
    try:
        return parsed(text)
    except ValueError:
        try:
            return load(text, strict=False)
        except (YAMLError, ValueError, RecursionError):
            return None
