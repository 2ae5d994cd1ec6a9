from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.condense import condense, needs_history
from bot.types import Prompt, Turn

HISTORY = (Turn("Who gave notice of leaving the WHO?", "The United States gave notice on 6 July 2020."),)


@pytest.mark.parametrize(
    ("question", "needs"),
    [
        ("When does it take effect?", True),
        ("And China?", True),
        ("Why?", True),
        ("What did they say about this?", True),
        ("它何时生效？", True),
        ("Who leads the World Health Organization?", False),
        ("How many warheads does China have?", False),
        ("美国何时退出世界卫生组织？", False),
    ],
)
def test_a_question_needs_the_history_only_where_it_points_back(question: str, needs: bool) -> None:
    assert needs_history(question) is needs


def never(_: Prompt) -> Iterator[str]:
    raise AssertionError("no model call was needed")


def test_a_question_that_stands_alone_costs_no_model_call() -> None:
    assert condense("Who leads the United Nations?", HISTORY, never) == "Who leads the United Nations?"


def test_without_history_a_question_is_left_alone() -> None:
    assert condense("When does it take effect?", (), never) == "When does it take effect?"


def test_a_faithful_rewrite_is_taken() -> None:
    rewrite = "When does the notice of leaving the WHO take effect?"
    assert condense("When does it take effect?", HISTORY, lambda _: iter([rewrite])) == rewrite


@pytest.mark.parametrize("rewrite", ["", "Bananas are yellow fruit from Ecuador, aren't they?"])
def test_an_unfaithful_rewrite_is_not_taken(rewrite: str) -> None:
    plain = "notice of leaving the WHO: When does it take effect?"
    assert condense("When does it take effect?", HISTORY, lambda _: iter([rewrite])) == plain


def test_without_a_model_the_last_question_goes_before_this_one() -> None:
    assert condense("Why?", HISTORY) == "Who gave notice of leaving the WHO? Why?"
