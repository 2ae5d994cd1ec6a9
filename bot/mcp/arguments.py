"""Arguments of the tools. An argument that a tool does not have is an error, so that no limit gets lost."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)

from bot.answering.bot import LONGEST
from bot.errors import UsageError
from bot.service.asking import AS_ASKED, IGNORE, ProgramQuestion, Searched
from bot.service.fields import KnownFields
from bot.types import OFFERED, Intent, Length, Options
from index.invalid import told
from index.types import Filters, Kind

MOST = 100  # passages of one search
MANY = 100  # values of one limit
LONGEST_NAME = 2_000  # characters of such a value
LONGEST_CONVERSATION = 200  # characters of the name of one


class ArgumentsUnusable(UsageError):
    def __init__(self, tool: str, reason: str) -> None:
        super().__init__(f"The arguments of {tool} cannot be used: {reason}. Its input schema says what it takes.")


def offered(name: object) -> Intent:
    """A kind of answer that may be chosen. Raises ValueError."""
    if name not in OFFERED:
        raise ValueError(f"give one of {', '.join(OFFERED)}")
    return Intent(str(name))


AnswerKind = Annotated[
    Intent, BeforeValidator(offered), WithJsonSchema({"type": "string", "enum": list(map(str, OFFERED))})
]


class Arguments(KnownFields):
    model_config = ConfigDict(frozen=True)


Names = Annotated[
    tuple[Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME)], ...], Field(max_length=MANY)
]
Kinds = Annotated[tuple[Kind, ...], Field(max_length=MANY)]


class Limits(Arguments):
    """Only these articles. An article has to be within each limit, and within one of the values of it."""

    outlet: Names = Field(default=(), description="Names of outlets.")
    author: Names = Field(default=(), description="Names of authors.")
    kind: Kinds = Field(default=(), description="Kinds of articles.")
    language: Names = Field(default=(), description="Languages, as en or zh.")
    since: date | None = Field(default=None, description="The first day, as 2020-03-01.")
    until: date | None = Field(default=None, description="The last day, as 2020-03-31.")
    article: Names = Field(default=(), description="Ids of articles.")
    collection: Names = Field(default=(), description="Names of collections, of list_collections.")

    def filters(self) -> Filters:
        return Filters(**dict(self))


class Ask(Arguments):
    question: str = Field(description=f"The question, at most {LONGEST:,} characters.")
    as_kind: AnswerKind | None = Field(
        default=None, alias="as", description="The kind of answer; by itself as the question."
    )
    length: Length = Field(default=Length.USUAL, description="How long the answer is to be.")
    collection: str | None = Field(
        default=None, description="Only the articles of this collection, of list_collections."
    )
    strict: bool = Field(default=False, description="Leave out what no article supports.")
    model: str | None = Field(default=None, description="One of the setting `models`; else the usual one.")
    ignore: Names = Field(default=(), description=IGNORE)
    as_asked: bool = Field(default=False, description=AS_ASKED)
    filters: Limits = Limits()
    conversation: str | None = Field(
        default=None,
        min_length=1,
        max_length=LONGEST_CONVERSATION,
        description="Any name; the same one goes on. Over HTTP it takes a key.",
    )

    def asked(self) -> ProgramQuestion:
        """The question with its options. Raises ArgumentsUnusable."""
        options = Options(
            self.within(),
            ignore=self.ignore,
            understand=not self.as_asked,
            strict=self.strict,
            model=self.model,
            request=self.as_kind,
            length=self.length,
        )
        return ProgramQuestion(self.question, options)

    def within(self) -> Filters:
        """The filters, with the collection. Raises ArgumentsUnusable where it is named in two ways."""
        if self.collection is None:
            return self.filters.filters()
        if self.filters.collection:
            raise ArgumentsUnusable("ask", "the collection is named twice")
        return self.filters.model_copy(update={"collection": (self.collection,)}).filters()


class Verify(Arguments):
    text: str = Field(description="The text, of which each sentence is held against the articles.")
    filters: Limits = Limits()


class Query(Arguments):
    query: str = Field(max_length=LONGEST, description="A question or some words.")


class Search(Query):
    k: int = Field(default=10, ge=1, le=MOST, description="How many passages.")
    ignore: Names = Field(default=(), description=IGNORE)
    as_asked: bool = Field(default=False, description=AS_ASKED)
    filters: Limits = Limits()

    def searched(self) -> Searched:
        return Searched(self.query, self.k, self.filters.filters(), self.ignore, not self.as_asked)


class ArticleId(Arguments):
    id: str = Field(description="The id of an article, as results have it.")


class Nothing(Arguments):
    pass


def reason_of(error: ValidationError) -> str:
    """The faults of arguments, without their values.

    >>> try:
    ...     Search.model_validate({"k": 999})
    ... except ValidationError as error:
    ...     reason_of(error)
    'query is missing; k has to be 100 or less'
    """
    return "; ".join(map(told, error.errors(include_url=False, include_input=False)))
