from __future__ import annotations

import pytest

from bot.config import shipped
from bot.errors import PromptInvalid
from bot.model.prompt import parse
from bot.types import Prompt


def test_a_prompt_is_filled_in() -> None:
    file = parse("answer.md", "Answer in $language.\n\n## Request\n$question costs $$5\n", ("language", "question"))
    assert file.fill({"language": "Dutch", "question": "What? $x"}) == Prompt("Answer in Dutch.", "What? $x costs $5")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Answer.", "## Request"),
        ("Answer.\n## Request\n$query", "it uses $query, but only $question"),
        ("Answer.\n## Request\n5$ please", "$$"),
    ],
)
def test_a_prompt_that_cannot_be_filled_in_is_an_error_when_it_is_read(text: str, complaint: str) -> None:
    with pytest.raises(PromptInvalid, match=r"answer\.md") as error:
        parse("answer.md", text, ("question",))
    assert complaint in str(error.value)


def test_the_shipped_prompt_can_be_used() -> None:
    text = (shipped("prompts") / "answer.md").read_text(encoding="utf-8")
    assert parse("answer.md", text, ("question", "evidence", "language")).user
