"""What pydantic finds wrong is told in Byline's own words, for every kind that data from outside can be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator

from index.invalid import told


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Size:
    __pydantic_config__ = ConfigDict(extra="forbid")
    width: int


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str

    @field_validator("name")
    @classmethod
    def not_blank(cls, name: str) -> str:
        if not name.strip():
            raise ValueError("it is blank")
        return name


@pytest.mark.parametrize(
    ("kind", "given", "sentence"),
    [
        (Shape, {}, "name is missing"),
        (Shape, {"name": "a", "nmae": "b"}, "nmae is not known"),
        (Size, {"width": 1, "wdth": 1}, "wdth is not known"),
        (Shape, {"name": " "}, "name: it is blank"),
        (Shape, [], "it has to be names with values"),
        (dict[str, Shape], {"a": {"name": 5}}, "a.name has to be a text"),
        (list[int], {"a": 1}, "it has to be a list"),
        (list[int], [1, "x"], "1 has to be a whole number"),
        (int, 1.5, "it has to be a whole number"),
        (float, "x", "it has to be a number"),
        (bool, "x", "it has to be true or false"),
        (date, "2020-13-01", "it has to be a day such as 2020-06-30"),
        (datetime, "noon", "it has to be a day or a time such as 2020-06-30T12:00:00Z"),
        (Path, 5, "it has to be a path"),
        (Colour, "green", "it has to be 'red' or 'blue'"),
        (Literal["en", "zh", "de"], "fr", "it has to be 'en', 'zh' or 'de'"),
        (Annotated[float, Field(ge=0, le=1)], 2, "it has to be 1 or less"),
        (Annotated[float, Field(gt=0.5)], 0.5, "it has to be greater than 0.5"),
        (Annotated[float, Field(le=1234567.5)], 2e6, "it has to be 1,234,567.5 or less"),
        (dict[str, list[int] | Shape], {"a": [1], "b": "x"}, "b has to be a list"),
        (Annotated[str, Field(max_length=3)], "long", "it has to have at most 3 characters"),
        (Annotated[str, Field(pattern="^a$")], "b", "it has to have the form ^a$"),
        (Annotated[tuple[int, ...], Field(min_length=1)], [], "it has to have 1 or more entries"),
    ],
)
def test_what_is_wrong_is_told_in_our_own_words(kind: Any, given: object, sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(given)
    assert told(caught.value.errors()[0]) == sentence


def test_what_is_no_json_is_told() -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(int).validate_json(b"{")
    assert told(caught.value.errors()[0], "the file").startswith("the file has to be JSON, and is none: ")


def test_a_kind_that_has_no_words_of_ours_is_told_all_the_same() -> None:
    assert told({"type": "a_new_one", "loc": ("a", 0), "msg": "It is odd"}) == "a.0 cannot be used (It is odd)"
