"""Bodies of requests to Byline's own routes. An unknown field is an error, so that no limit gets lost."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints

from bot.answering.bot import LONGEST
from bot.answering.verify import LONGEST as LONGEST_TEXT
from bot.history import Place
from bot.service.asking import AS_ASKED, IGNORE, ProgramQuestion, Searched
from bot.service.fields import KnownFields
from bot.types import Intent, Length, Options
from index.types import Filters, Kind

OFFERED = Literal["short", "overview", "timeline", "comparison", "list", "positions"]


def several(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Name = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
Names = Annotated[tuple[Name, ...], BeforeValidator(several), Field(max_length=100)]
Kinds = Annotated[tuple[Kind, ...], BeforeValidator(several), Field(max_length=100)]


class Within(KnownFields):
    """The articles that count: all, or those of some outlets, authors, days, collections."""

    outlet: Names = ()
    author: Names = ()
    kind: Kinds = ()
    language: Names = Field(default=(), description="ISO 639-1: `en`.")
    since: date | None = Field(default=None, description="The first day.")
    until: date | None = Field(default=None, description="The last day.")
    article: Names = Field(default=(), description="Ids of articles.")
    collection: Names = Field(default=(), description="Names of collections.")

    @property
    def filters(self) -> Filters:
        return Filters(
            self.outlet, self.author, self.kind, self.language, self.since, self.until, self.article, self.collection
        )


class Understanding(Within):
    ignore: Names = Field(default=(), description=IGNORE)
    as_asked: bool = Field(default=False, description=AS_ASKED)


class AnswerOptions(Understanding):
    """How a question is to be answered; the options of `byline ask`."""

    model_config = ConfigDict(populate_by_name=True)

    kind_of_answer: OFFERED | None = Field(
        default=None, alias="as", description="The kind of answer; else by the question."
    )
    length: Length = Length.USUAL
    strict: bool = Field(default=False, description="Leave out what no article supports.")
    model: Name | None = Field(default=None, description="One of the setting `models`; else the usual one.")

    def asked(self, question: str, filters: Filters | None = None, place: Place | None = None) -> ProgramQuestion:
        """The question with these options; `filters` come in place of their own."""
        options = Options(
            self.filters if filters is None else filters,
            ignore=self.ignore,
            understand=not self.as_asked,
            strict=self.strict,
            request=Intent(self.kind_of_answer) if self.kind_of_answer else None,
            length=self.length,
            model=self.model,
        )
        return ProgramQuestion(question, options, place=place)


class AskBody(AnswerOptions):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"question": "When did the old bridge in Vellmar reopen?", "length": "shorter"}]
        }
    )

    question: str = Field(max_length=10 * LONGEST, description=f"At most {LONGEST:,} characters.")
    conversation: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = Field(
        None, description="The name of a conversation to go on with, or to begin."
    )
    stream: bool = Field(default=False, description="Answer with server-sent events.")


class SearchBody(Understanding):
    model_config = ConfigDict(json_schema_extra={"examples": [{"query": "repairs of the bridge", "k": 3}]})

    query: str = Field(max_length=LONGEST)
    k: int = Field(default=10, ge=1, le=100, description="Passages, at most.")

    @property
    def searched(self) -> Searched:
        return Searched(self.query, self.k, self.filters, self.ignore, not self.as_asked)


class VerifyBody(Within):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": "The old bridge reopened in 2021. It cost nothing."}]}
    )

    text: str = Field(max_length=LONGEST_TEXT)
    stream: bool = Field(default=False, description="Tell each sentence as it is judged, by server-sent events.")
