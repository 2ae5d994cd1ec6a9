"""The second look: one call that holds each sentence of an answer against its quotes, by the same or another model."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Self

from bot.answering.prove import OTHERWISE
from bot.answering.write.citing.context import byline_of
from bot.model import prompt
from bot.types import Cancellation, Evidence, Judgement, Reason, State
from index.types import Article

if TYPE_CHECKING:
    from bot.model import Model

STEP = "second look"
LONGEST = 20_000  # characters of a reply that are read
_LINE = re.compile(r"^\W*(\d+)\W+(supported|part|not|contradicted|about)\b", re.MULTILINE | re.IGNORECASE)
_BREAKS = re.compile(r"\s+")


class Finding(StrEnum):
    SUPPORTED = "supported"
    PART = "part"
    NOT = "not"
    CONTRADICTED = "contradicted"
    ABOUT = "about"


# How a sentence stands after a verdict, why, and its support.
STANDING = {
    Finding.SUPPORTED: (State.SUPPORTED, None, 1.0),
    Finding.PART: (State.UNSUPPORTED, Reason("in_part"), 0.5),
    Finding.NOT: (State.UNSUPPORTED, Reason("not_in_quotes"), 0.0),
    Finding.CONTRADICTED: (State.CONTRADICTED, OTHERWISE, 0.0),
    Finding.ABOUT: (State.ABOUT, None, 0.0),
}


@dataclass(frozen=True, slots=True)
class CitedClaim:
    """A sentence of an answer with its quotes."""

    text: str
    quotes: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class SecondLook:
    """The prompt of the call."""

    prompt: prompt.PromptFile

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The second look with the prompt of the folder. Raises PromptInvalid."""
        return cls(prompt.read(folder / "second_look.md", ("question", "sentences")))

    def verdicts(
        self,
        model: Model,
        question: str,
        claims: Sequence[CitedClaim],
        articles: Mapping[str, Article],
        cancel: Cancellation | None = None,
    ) -> dict[int, Finding]:
        """The verdicts by the place of their sentence; a sentence that the reply leaves out has none.

        Raises ModelFailed, Cancelled.
        """
        sentences = "\n\n".join(_numbered(number, each, articles) for number, each in enumerate(claims, 1))
        request = self.prompt.fill({"question": question, "sentences": sentences})
        reply = ""
        with closing(model.complete(request, cancel)) as words:
            for piece in words:
                reply += piece
                if len(reply) > LONGEST:
                    break
        return read(reply, len(claims))


def read(reply: str, count: int) -> dict[int, Finding]:
    """The verdicts of a reply by place, counted from 0; the first one of each sentence counts.

    >>> read("1 supported\\n**2**: part of it\\n3. not\\n9 about", 3)
    {0: <Finding.SUPPORTED: 'supported'>, 1: <Finding.PART: 'part'>, 2: <Finding.NOT: 'not'>}
    """
    found: dict[int, Finding] = {}
    for line in _LINE.finditer(reply):
        place = int(line[1]) - 1
        if 0 <= place < count:
            found.setdefault(place, Finding(line[2].lower()))
    return found


def judgement(claim: CitedClaim, verdict: Finding) -> Judgement:
    return Judgement(STEP, "supported", claim.text, STANDING[verdict][2], 1.0)


def _numbered(number: int, claim: CitedClaim, articles: Mapping[str, Article]) -> str:
    """A sentence and its quotes, by article."""
    lines, last = [f"{number}. {claim.text}"], ""
    for each in claim.quotes:
        if each.article_id != last:
            last = each.article_id
            lines.append(f"   {byline_of(articles[last])}")
        lines.append(f"   > {_BREAKS.sub(' ', each.text)}")
    return "\n".join(lines if claim.quotes else [*lines, "   (no quote)"])
