"""Standing questions: what the articles that arrived since the last look say about them, cited.

A watch is looked at once a day or a week, at the time of day of its making. Whoever looks claims it first, so that two
processes do not tell the same news. It counts as looked at when its news were told: a crash before loses none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Generator, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from bot.errors import ShownError, UsageError
from bot.history import Owner, Place
from bot.history.reread import filters_of, reread, written
from bot.render.text import filters_json
from bot.runtime.error_log import public
from bot.tables.sqlite import Group
from bot.tables.tables import open_tables
from bot.types import Answer, Citation, Reason, Status
from bot.wording.facts import one_line
from index.types import Filters, Snapshot

if TYPE_CHECKING:
    from bot.answering.bot import Bot
    from index.index import Index
    from index.sql import Connection

FILE = "watches.sqlite3"  # in the folder of the store whose articles are watched
MOST = 50  # watches of a place
LEASE = timedelta(minutes=15)  # after which another may look at a watch that was claimed and not let go

_SCHEMA = """
CREATE TABLE watch (
    id TEXT PRIMARY KEY,
    question TEXT NOT NULL,
    every TEXT NOT NULL,
    surface TEXT NOT NULL,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    filters TEXT NOT NULL,        -- JSON
    made REAL NOT NULL,           -- seconds since 1970, as every time here
    origin TEXT NOT NULL,         -- of the index's snapshot at the last look
    generation INTEGER NOT NULL,
    due REAL NOT NULL,
    last REAL,
    paused INTEGER NOT NULL DEFAULT 0,
    failure TEXT,
    claim TEXT,                   -- of whoever looks at it now
    until REAL NOT NULL DEFAULT 0
);
CREATE INDEX watch_place ON watch (surface, owner, name);
CREATE INDEX watch_due ON watch (surface, due);
CREATE TABLE told (
    watch TEXT NOT NULL REFERENCES watch ON DELETE CASCADE,
    quote TEXT NOT NULL,          -- a hash: no words of an article are kept here
    PRIMARY KEY (watch, quote)
) WITHOUT ROWID;
"""
_COLUMNS = "id, question, every, surface, owner, name, filters, made, origin, generation, due, last, paused, failure"
_PLACE = "surface = :surface AND owner = :owner AND name = :name"
_ACTIVE = "surface = :surface AND paused = 0 AND until <= :now"
_HELD = "id = :id AND claim = :claim"

GROUP = Group(FILE, _SCHEMA)


class Every(StrEnum):
    """How often a watch is looked at."""

    DAILY = "daily"
    WEEKLY = "weekly"

    @property
    def period(self) -> timedelta:
        return timedelta(days=7 if self is Every.WEEKLY else 1)


@dataclass(frozen=True, slots=True)
class Watch:
    """A standing question. All times are in UTC."""

    id: str
    question: str
    every: Every
    place: Place  # who may list and change it, and where its news are told
    filters: Filters
    made: datetime
    since: Snapshot  # what the index held at the last look, or when the watch was made
    due: datetime  # the next look
    last: datetime | None = None  # the last look
    paused: bool = False
    failure: Reason | None = None  # why the last look failed, where it did


@dataclass(frozen=True, slots=True)
class WatchClaim:
    """The right to look at a watch and to tell its news, until its lease has run out."""

    watch: Watch
    token: str


@dataclass(frozen=True, slots=True)
class News:
    """The result of a look at a watch: an answer with citations, or why there is none."""

    watch: Watch
    answer: Answer | None = None
    failure: Reason | None = None


class WatchMissing(UsageError):
    def __init__(self, watch_id: str) -> None:
        super().__init__(f"There is no watch {watch_id!r} here. List the watches to see their ids.")


class WatchThere(UsageError):
    def __init__(self, watch_id: str) -> None:
        super().__init__(
            f"This question is watched here already, as {watch_id}. To change it, remove that watch first."
        )


class TooManyWatches(UsageError):
    def __init__(self) -> None:
        super().__init__(f"There are {MOST} watches here already, and there can be no more. Remove one first.")


class Watches:
    """The watches of a store. Several threads and processes may use them at once.

    Makes no file before something is watched. Everything raises FileUnusable, FileDamaged and DatabaseUnreachable.
    """

    def __init__(
        self, store: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC), url: str | None = None
    ) -> None:
        """In the database of a `url`, else in a file."""
        self._tables = open_tables(GROUP, store / FILE, url)
        self._clock = clock

    # For a place: nobody else lists or changes its watches

    def add(self, place: Place, question: str, every: Every, filters: Filters, since: Snapshot) -> Watch:
        """Watches a question from a snapshot of the index on: `index.snapshot`. The first look is a period later.

        Raises QuestionEmpty, QuestionTooLong, WatchThere, TooManyWatches.
        """
        from bot.answering.bot import checked

        now = self._clock()
        watch = Watch(token_hex(6), checked(question), every, place, filters, now, since, now + every.period)
        with self._tables.writing() as connection:
            there = _select(connection, _PLACE, _key(place))
            for each in there:
                if (each.question, each.filters) == (watch.question, filters):
                    raise WatchThere(each.id)
            if len(there) >= MOST:
                raise TooManyWatches
            row = _row(watch)
            named = ", ".join(f":{column}" for column in row)
            connection.execute(f"INSERT INTO watch ({', '.join(row)}) VALUES ({named})", row)
        return watch

    def list(self, place: Place) -> tuple[Watch, ...]:
        """The watches of a place, the first that was made first."""
        with self._tables.reading() as connection:
            return _select(connection, f"{_PLACE} ORDER BY made, id", _key(place))

    def pause(self, place: Place, watch_id: str) -> None:
        """Pauses a watch until `resume`; then the first look is at all that arrived meanwhile. Raises
        WatchMissing."""
        self._change(place, watch_id, "UPDATE watch SET paused = 1")

    def resume(self, place: Place, watch_id: str) -> None:
        """Raises WatchMissing."""
        self._change(place, watch_id, "UPDATE watch SET paused = 0")

    def remove(self, place: Place, watch_id: str) -> None:
        """Raises WatchMissing."""
        self._change(place, watch_id, "DELETE FROM watch")

    def _change(self, place: Place, watch_id: str, statement: str) -> None:
        with self._tables.writing() as connection:
            values = {"id": watch_id, **_key(place)}
            if not connection.execute(f"{statement} WHERE id = :id AND {_PLACE}", values).rowcount:
                raise WatchMissing(watch_id)

    def forget(self, surface: str, owner: str) -> None:
        """Removes those of all owners whose key begins with `owner`: a workspace that is gone."""
        with self._tables.writing() as connection:
            begins = f"{connection.dialect.position('owner', ':owner')} = 1"
            query = f"DELETE FROM watch WHERE surface = :surface AND {begins}"
            connection.execute(query, {"surface": surface, "owner": owner})

    # For whoever looks: see `news`

    def due(self, surface: str) -> tuple[Watch, ...]:
        """The watches of all places of a surface that are due now, the longest due first."""
        return self._active(surface, "AND due <= :now")

    def active(self, surface: str) -> tuple[Watch, ...]:
        """The watches of a surface that are not paused, due or not."""
        return self._active(surface)

    def claim(self, watch: Watch) -> WatchClaim | None:
        """For one caller alone; None where the watch was paused, removed, looked at or claimed meanwhile."""
        now, token = self._clock(), token_hex(8)
        query = (
            "UPDATE watch SET claim = :claim, until = :until "
            "WHERE id = :id AND paused = 0 AND until <= :now AND last IS NOT DISTINCT FROM :last"
        )
        values = {
            "claim": token,
            "until": (now + LEASE).timestamp(),
            "id": watch.id,
            "now": now.timestamp(),
            "last": watch.last.timestamp() if watch.last else None,
        }
        with self._tables.writing() as connection:
            return WatchClaim(watch, token) if connection.execute(query, values).rowcount else None

    def renew(self, claim: WatchClaim) -> bool:
        """Whether the claim still holds, with a new lease: not where the watch was paused, removed or claimed anew."""
        values = {"until": (self._clock() + LEASE).timestamp(), **_held(claim)}
        with self._tables.writing() as connection:
            query = f"UPDATE watch SET until = :until WHERE {_HELD} AND paused = 0"
            return connection.execute(query, values).rowcount > 0

    def told(self, watch: Watch) -> frozenset[str]:
        """The quotes in news of a watch that were told, as `quoted` gives them."""
        with self._tables.reading() as connection:
            rows = connection.execute("SELECT quote FROM told WHERE watch = :id", {"id": watch.id})
            return frozenset(quote for (quote,) in rows)

    def done(self, claim: WatchClaim, since: Snapshot, answer: Answer | None) -> None:
        """Records that a watch was looked at, with the index as it was in a snapshot. Its news, if any, were told."""
        watch, now = claim.watch, self._clock()
        query = (
            "UPDATE watch SET claim = NULL, until = 0, failure = NULL, origin = :origin, generation = :generation, "
            f"last = :last, due = :due WHERE {_HELD} AND paused = 0"
        )
        due = following(watch.made, watch.every.period, now)
        values = {**asdict(since), "last": now.timestamp(), "due": due.timestamp(), **_held(claim)}
        with self._tables.writing() as connection:
            if connection.execute(query, values).rowcount:
                rows = [{"watch": watch.id, "quote": quoted(each)} for each in (answer.citations if answer else ())]
                connection.execute(
                    "INSERT INTO told (watch, quote) VALUES (:watch, :quote) ON CONFLICT DO NOTHING", rows
                )

    def release(self, claim: WatchClaim, failure: Reason | None = None) -> None:
        """Gives a claim back; the watch stays due: whoever comes next looks at it. A failure is shown in the list."""
        query = f"UPDATE watch SET claim = NULL, until = 0, failure = coalesce(:failure, failure) WHERE {_HELD}"
        with self._tables.writing() as connection:
            connection.execute(query, {"failure": failure and written(failure), **_held(claim)})

    def _active(self, surface: str, also: str = "") -> tuple[Watch, ...]:
        values = {"surface": surface, "now": self._clock().timestamp()}
        with self._tables.reading() as connection:
            return _select(connection, f"{_ACTIVE} {also} ORDER BY due, id", values)


def news(bot: Bot, watches: Watches, due: Iterable[Watch]) -> Generator[News]:
    """Looks at the watches that nobody else looks at. Gives what is to be told, and what failed.

    News count as told when the next are asked for. Where that never happens, as after a crash, the watch stays due.
    """
    for watch in due:
        if (claim := watches.claim(watch)) is None:
            continue
        try:
            yield from _news(bot, watches, claim)
        finally:
            watches.release(claim)  # which does nothing where it is done


def _news(bot: Bot, watches: Watches, claim: WatchClaim) -> Generator[News]:
    watch = claim.watch
    try:
        seen = bot.index.snapshot  # before the question: nothing that arrives while it is answered is lost
        answer = look(bot, watch, watches.told(watch))
        failure = answer.reason if answer and answer.status is Status.FAILED else None
    except ShownError as error:
        answer, failure = None, public(error)
    if failure is not None:
        watches.release(claim, failure)
        yield News(watch, failure=failure)
        return
    if answer:
        if not watches.renew(claim):
            return
        yield News(watch, answer)
    watches.done(claim, seen, answer)


def look(bot: Bot, watch: Watch, told: Collection[str] = ()) -> Answer | None:
    """The answer by what arrived in the index since the watch's snapshot; None where that does not answer.

    It quotes at least one sentence that is new and not among `told`. An answer that failed is given as it is. Raises
    ArticleMissing, CollectionMissing, StoreMissing.
    """
    bot.index.require(watch.filters)
    arrived = bot.index.arrived(watch.since)
    if named := frozenset(watch.filters.article):
        arrived = tuple(each for each in arrived if each in named)
    if not arrived:
        return None
    answer = bot.answer(watch.question, filters=replace(watch.filters, article=arrived))
    if answer.status is not Status.FAILED and not any(_new(bot.index, each, watch, told) for each in answer.citations):
        return None
    # The articles that arrived are no choice of the person's.
    filters = replace(answer.filters, article=watch.filters.article)
    return replace(answer, hits=replace(answer.hits, filters=filters))


def _new(index: Index, citation: Citation, watch: Watch, told: Collection[str]) -> bool:
    """Whether a quote is told for the first time, and did not stand in its article before that was changed."""
    if quoted(citation) in told:
        return False
    come = index.new_sentences(citation.article_id, watch.since)
    return come is None or any(each in citation.quote or citation.quote in each for each in come)


def quoted(citation: Citation) -> str:
    """A hash of the words that are cited, whatever article they stand in."""
    return sha256(one_line(citation.quote).encode(errors="replace")).hexdigest()[:32]


def following(made: datetime, period: timedelta, now: datetime) -> datetime:
    """The first moment after `now` that is a whole number of periods after `made`.

    >>> following(datetime(2026, 1, 1, 7), timedelta(days=1), datetime(2026, 1, 4, 9))
    datetime.datetime(2026, 1, 5, 7, 0)
    """
    return made + period * ((now - made) // period + 1)


def _key(place: Place) -> dict[str, Any]:
    return {"surface": place.owner.surface, "owner": place.owner.key, "name": place.name}


def _held(claim: WatchClaim) -> dict[str, Any]:
    return {"id": claim.watch.id, "claim": claim.token}


def _row(watch: Watch) -> dict[str, Any]:
    return {
        "id": watch.id,
        "question": watch.question,
        "every": str(watch.every),
        **_key(watch.place),
        "filters": json.dumps(filters_json(watch.filters)),
        "made": watch.made.timestamp(),
        "origin": watch.since.origin,
        "generation": watch.since.generation,
        "due": watch.due.timestamp(),
    }


def _select(connection: Connection, where: str, values: Mapping[str, Any]) -> tuple[Watch, ...]:
    rows = connection.execute(f"SELECT {_COLUMNS} FROM watch WHERE {where}", values).fetchall()
    return tuple(_watch(*row) for row in rows)


def _watch(
    watch_id: str,
    question: str,
    every: str,
    surface: str,
    owner: str,
    name: str,
    filters: str,
    made: float,
    origin: str,
    generation: int,
    due: float,
    last: float | None,
    paused: int,
    failure: str | None,
) -> Watch:
    """From the columns of a row."""
    return Watch(
        watch_id,
        question,
        Every(every),
        Place(Owner(surface, owner), name),
        filters_of(json.loads(filters)),
        _moment(made),
        Snapshot(origin, generation),
        _moment(due),
        None if last is None else _moment(last),
        bool(paused),
        reread(failure) if failure else None,
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
