"""Faults of data from outside, of those that pydantic found, in Byline's own words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

Fault = Mapping[str, Any]  # one of a ValidationError's `errors()`

NEAR = 0.75  # of difflib's ratio, from which a name counts as misspelt: MODLE for MODEL has 0.8

_MAPPING = "has to be names with values"
_LIST = "has to be a list"
_WHOLE = "has to be a whole number"
_NUMBER = "has to be a number"
_YES = "has to be true or false"
_DAY = "has to be a day such as 2020-06-30"
_MOMENT = "has to be a day or a time such as 2020-06-30T12:00:00Z"
_REASONS = {
    "missing": "is missing",
    "extra_forbidden": "is not known",
    "unexpected_keyword_argument": "is not known",
    "string_type": "has to be a text",
    "string_too_short": "has to have {min_length} or more characters",
    "string_too_long": "has to have at most {max_length} characters",
    "string_pattern_mismatch": "has to have the form {pattern}",
    "string_unicode": "has to be a text of whole characters",
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": "has to be a finite number",
    "bool_type": _YES,
    "bool_parsing": _YES,
    "greater_than": "has to be greater than {gt}",
    "greater_than_equal": "has to be {ge} or more",
    "less_than": "has to be less than {lt}",
    "less_than_equal": "has to be {le} or less",
    "literal_error": "has to be {expected}",
    "enum": "has to be {expected}",
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "dict_type": _MAPPING,
    "mapping_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "dataclass_type": _MAPPING,
    "too_short": "has to have {min_length} or more entries",
    "too_long": "has to have at most {max_length} entries",
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "timezone_aware": "has to name its time zone",
    "json_invalid": "has to be JSON, and is none: {error}",
    "path_type": "has to be a path",
    "value_error": "{error}",
    "assertion_error": "{error}",
    "union_tag_invalid": "has to have a {discriminator} that is one of {expected_tags}",
    "union_tag_not_found": "has to have a {discriminator}",
    "none_required": "has to be empty",
}


def nearest(name: str, known: Iterable[str], least: float = NEAR) -> str | None:
    """Another known name that was meant by this one; None where none is near. `least` is a ratio of difflib, in [0, 1].

    >>> nearest("colection", ["author", "collection"])
    'collection'
    """
    return next(iter(get_close_matches(name, [each for each in known if each != name], 1, least)), None)


def place(fault: Fault) -> str:
    """Where in the data it is; empty for the whole. Types that pydantic tried are no places.

    >>> place({"loc": ("tests", 0, "vars", "list[int]")})
    'tests.0.vars'
    """
    return ".".join(part for part in map(str, fault["loc"]) if not part.endswith("]"))


def reason(fault: Fault) -> str:
    """The fault in words, to go on after the name of what it is wrong with.

    >>> reason({"type": "less_than_equal", "ctx": {"le": 100}, "msg": "Input should be less than or equal to 100"})
    'has to be 100 or less'
    """
    known = _REASONS.get(fault["type"])
    if known is None:
        return f"cannot be used ({fault['msg']})"
    said = fault.get("ctx") or {"error": fault["msg"].removeprefix("Value error, ")}
    return known.format_map({name: f"{each:,.10g}" if isinstance(each, float) else each for name, each in said.items()})


def told(fault: Fault, where: str | None = None) -> str:
    """Where it is, or what the caller calls that, and what is wrong: "weight has to be 0 or more". A reason of our own
    is a sentence, and stands after a colon."""
    name = place(fault) if where is None else where
    if fault["type"] in ("value_error", "assertion_error"):
        return f"{name}: {reason(fault)}" if name else reason(fault)
    return f"{name or 'it'} {reason(fault)}"
