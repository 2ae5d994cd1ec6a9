"""A question of a program: asked within what may be read, in its turn, and kept."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.answering.retrieve import present
from bot.history import Owner, Place
from bot.history.recording import Recording
from bot.service.limits import ensure_some
from bot.service.service import SURFACE, Surface, shown
from bot.types import Answer, Cancellation, EvidenceReady, Options, SearchedAgain, Turn, Verifying, Words
from index.types import Article, Filters, Hits

if TYPE_CHECKING:
    from bot.auth.principal import Principal
    from bot.service.service import Service


# What two of the options do, for whoever reads the schema of a surface.
IGNORE = "Words of the question that name no day, outlet, author or kind."
AS_ASKED = "Heed no days, outlets, authors and kinds that the question names."


@dataclass(frozen=True, slots=True)
class ProgramQuestion:
    """A question and how it is to be answered: see `Bot.stream`."""

    question: str
    options: Options = Options()
    turns: Sequence[Turn] | None = None  # what was said before; None: what the conversation has
    place: Place | None = None  # the conversation in which it is kept; None: it is not kept


@dataclass(frozen=True, slots=True)
class Answered:
    """The last event of a question."""

    answer: Answer
    number: int | None = None  # of the record; None where it is not kept


Event = EvidenceReady | SearchedAgain | Words | Verifying | Answered


def owner_of(principal: Principal) -> Owner:
    """Whose conversations those of a principal are."""
    return Owner(SURFACE, principal.owner)


def within(service: Service, principal: Principal, asked: Filters) -> Filters:
    """The filters within what a principal may read. Raises what `Service.filters` raises; CollectionMissing, and
    NothingWithin where they leave no article."""
    filters, index = service.filters(principal, asked), service.bot().index
    index.require(filters)
    ensure_some(index, asked, filters)
    return filters


def asking(
    service: Service, principal: Principal, asked: ProgramQuestion, surface: Surface, cancel: Cancellation
) -> Generator[Event]:
    """The events of one question, for whoever is in its turn (`Service.making`). Raises what `within` and
    `Bot.stream` raise."""
    options = replace(asked.options, filters=within(service, principal, asked.options.filters))
    with _recording(service, asked) as recording:
        bot = service.bot()
        turns = asked.turns if asked.turns is not None else recording.turns() if recording else ()
        for event in bot.stream(asked.question, turns, options=options, cancel=cancel):
            if isinstance(event, Answer):
                service.observe(surface, event)
                answer = recording.ended(event) if recording else event
                yield Answered(answer, recording.number if recording else None)
            elif isinstance(event, EvidenceReady | SearchedAgain | Words | Verifying):
                yield event


@dataclass(frozen=True, slots=True)
class Searched:
    """The parameters of a search: see `Index.search`."""

    query: str
    k: int
    filters: Filters = Filters()
    ignore: Collection[str] = ()
    understand: bool = True


def searching(service: Service, principal: Principal, searched: Searched) -> tuple[Hits, Mapping[str, Article]]:
    """The passages that a principal may read, best first, and their articles by id. Raises what `within` and
    `Index.search` raise."""
    filters, index = within(service, principal, searched.filters), service.bot().index
    hits = index.search(searched.query, searched.k, filters, ignore=searched.ignore, understand=searched.understand)
    hits, articles = present(index, hits)
    return hits, {name: shown(principal, each) for name, each in articles.items()}


@contextmanager
def _recording(service: Service, asked: ProgramQuestion) -> Iterator[Recording | None]:
    if asked.place is None:
        yield None
        return
    with Recording(service.history, asked.place, asked.question) as recording:
        yield recording
