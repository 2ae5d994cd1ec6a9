"""The persistent state of the Slack bot: queued jobs, posted answers, and settings of channels.

A question is stored before Slack gets the acknowledgement. A worker holds a job by a lease, and renews it. If the
process dies, the lease expires, and another worker takes the job. After three tries a job is given up.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.slack.settings import ChannelSettings, of_json, to_json
from bot.tables.sqlite import Group
from bot.tables.tables import open_tables

FILE = "slack.sqlite3"  # in the folder of the store
KEPT = 3_600.0  # seconds that a finished job is kept: Slack retries for some five minutes after the event
PATIENCE = 1.5  # seconds that a listener waits for a lock: Slack waits for three
LEASE = 10.0  # seconds of a lease
TRIES = 3  # of a job, at most, if its process dies each time
WAITING = 500  # queued questions, at most
ANSWER_KEPT = 90 * 86_400.0  # seconds that the buttons below an answer lead to it

_SCHEMA = """
CREATE TABLE job (
    id TEXT PRIMARY KEY,         -- Slack's, of the event, so that one that is sent again is known
    kind TEXT NOT NULL,
    team TEXT NOT NULL,
    channel TEXT NOT NULL,
    root TEXT NOT NULL,
    body TEXT NOT NULL,          -- JSON
    at REAL NOT NULL,            -- seconds since 1970
    state TEXT NOT NULL,         -- waiting, working, done
    worker TEXT NOT NULL DEFAULT '',
    lease REAL NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0,
    message TEXT NOT NULL DEFAULT '',   -- the timestamp of the message that shows the answer while it is made
    stopped INTEGER NOT NULL DEFAULT 0  -- whether the person wants no answer any more
);
CREATE INDEX job_state ON job (state, at);
CREATE TABLE answer (
    key TEXT PRIMARY KEY,        -- random, in the buttons below it: nobody comes to another answer by it
    number INTEGER NOT NULL,     -- of the record in the history
    team TEXT NOT NULL,
    channel TEXT NOT NULL,
    ts TEXT NOT NULL,            -- of the message; '' of one that is not known
    person TEXT NOT NULL,        -- who asked
    private INTEGER NOT NULL,    -- whether that person alone saw it
    owner TEXT NOT NULL,         -- the conversation's
    name TEXT NOT NULL,
    at REAL NOT NULL
);
CREATE INDEX answer_message ON answer (team, channel, ts);
CREATE INDEX answer_person ON answer (team, person, at);
CREATE TABLE setting (
    team TEXT NOT NULL,
    channel TEXT NOT NULL,
    settings TEXT NOT NULL,      -- JSON
    PRIMARY KEY (team, channel)
);
"""
_WAITING = "SELECT count(*) FROM job WHERE state = 'waiting' AND kind != 'notice'"

GROUP = Group(FILE, _SCHEMA)
_PUT = """
INSERT INTO job (id, kind, team, channel, root, body, at, state)
VALUES (:id, :kind, :team, :channel, :root, :body, :at, 'waiting')
"""
_NEXT = """
SELECT id, kind, team, channel, root, body, message, tries FROM job WHERE (kind = 'notice') = :light
AND (state = 'waiting' OR (state = 'working' AND lease < :now AND worker != :worker)) ORDER BY at, rowid LIMIT 1
"""
_TAKE = "UPDATE job SET state = 'working', worker = :worker, lease = :lease, tries = tries + 1 WHERE id = :id"
_SENT = "key, number, team, channel, ts, person, private, owner, name"
_SEND = f"""
INSERT INTO answer ({_SENT}, at)
VALUES (:key, :number, :team, :channel, :ts, :person, :private, :owner, :name, :at)
ON CONFLICT (key) DO UPDATE SET number = excluded.number, team = excluded.team, channel = excluded.channel,
    ts = excluded.ts, person = excluded.person, private = excluded.private, owner = excluded.owner,
    name = excluded.name, at = excluded.at
"""
_CHOOSE = """
INSERT INTO setting (team, channel, settings) VALUES (:team, :channel, :settings)
ON CONFLICT (team, channel) DO UPDATE SET settings = excluded.settings
"""


class SlackJobKind(StrEnum):
    """The kinds of job."""

    QUESTION = "question"  # in a channel or a direct message
    COMMAND = "command"  # after /ask
    CHECK = "check"  # of a message by the articles
    NOTICE = "notice"  # a sentence to post: light, without waiting for answers


@dataclass(frozen=True, slots=True)
class SlackJob:
    """A task for a person, from an event of Slack."""

    id: str
    kind: SlackJobKind
    team: str
    channel: str
    root: str  # the timestamp of the thread's first message
    person: str
    text: str
    ts: str = ""  # of the person's message
    enterprise: str = ""
    reply_to: str = ""  # a command's response_url, a check's view
    addressed: bool = True  # addressed to Byline, not to everybody in a channel
    bot: str = ""  # the user id of the bot, which marks its messages
    message: str = ""  # the timestamp of a message of an earlier try
    given_up: bool = False  # whether its process died too often: the person gets an error

    def notice(self, text: str) -> SlackJob:
        """A notice in place of the answer."""
        return replace(self, kind=SlackJobKind.NOTICE, text=text)

    @property
    def direct(self) -> bool:
        """Whether the channel is a direct message."""
        return self.channel.startswith("D")


@dataclass(frozen=True, slots=True)
class SentAnswer:
    """A posted answer: its message, its record, and its conversation."""

    key: str  # random
    number: int
    team: str
    channel: str
    ts: str  # '' if unknown
    person: str
    private: bool  # only this person saw it
    owner: str
    name: str


class SlackStore:
    """The tables of the Slack bot. Several threads and processes may use them at once.

    Methods raise FileUnusable, FileDamaged, DatabaseUnreachable.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time, url: str | None = None) -> None:
        """In the database of a `url`, else in a file. `clock` gives seconds since 1970."""
        self._tables = open_tables(GROUP, folder / FILE, url, PATIENCE)
        self._clock = clock

    # Jobs

    def put(self, job: SlackJob) -> bool | None:
        """Queues a job. Gives whether it is new; None for a new job if the queue is full."""
        body = json.dumps(
            {
                "person": job.person,
                "text": job.text,
                "ts": job.ts,
                "enterprise": job.enterprise,
                "reply_to": job.reply_to,
                "addressed": job.addressed,
                "bot": job.bot,
            }
        )
        now = self._clock()
        with self._tables.writing() as connection:
            connection.execute("DELETE FROM job WHERE state = 'done' AND at < :before", {"before": now - KEPT})
            if connection.execute("SELECT 1 FROM job WHERE id = :id", {"id": job.id}).fetchone():
                return False
            if job.kind is not SlackJobKind.NOTICE and connection.execute(_WAITING).fetchone()[0] >= WAITING:
                return None
            row = {
                "id": job.id,
                "kind": str(job.kind),
                "team": job.team,
                "channel": job.channel,
                "root": job.root,
                "body": body,
                "at": now,
            }
            connection.execute(_PUT, row)
            return True

    def known(self, job_id: str) -> bool:
        """Whether a job was queued before."""
        with self._tables.reading() as connection:
            return connection.execute("SELECT 1 FROM job WHERE id = :id", {"id": job_id}).fetchone() is not None

    def take(self, worker: str, *, light: bool) -> SlackJob | None:
        """Takes the oldest job, `light` or not, for a worker; None without any."""
        now = self._clock()
        values = {"light": light, "now": now, "worker": worker, "lease": now + LEASE}
        with self._tables.writing() as connection:
            found = connection.execute(_NEXT, values).fetchone()
            if found is None:
                return None
            connection.execute(_TAKE, {**values, "id": found[0]})
        job_id, kind, team, channel, root, body, message, tries = found
        given_up = tries >= TRIES
        return SlackJob(
            job_id, SlackJobKind(kind), team, channel, root, message=message, given_up=given_up, **json.loads(body)
        )

    def renew(self, worker: str) -> frozenset[str]:
        """Renews the leases of a worker's jobs. Gives the ids of jobs that are not stopped."""
        of_worker, values = "worker = :worker AND state = 'working'", {"worker": worker, "lease": self._clock() + LEASE}
        with self._tables.writing() as connection:
            connection.execute(f"UPDATE job SET lease = :lease WHERE {of_worker}", values)
            wanted = connection.execute(f"SELECT id FROM job WHERE {of_worker} AND stopped = 0", values)
            return frozenset(each for (each,) in wanted.fetchall())

    def shown(self, job_id: str, message: str) -> None:
        """Stores the message of a growing answer, for a later try."""
        self._write("UPDATE job SET message = :message WHERE id = :id", id=job_id, message=message)

    def finished(self, job_id: str) -> None:
        self._write("UPDATE job SET state = 'done', body = '{}' WHERE id = :id", id=job_id)

    def stop(self, team: str, channel: str, root: str) -> None:
        """Stops the queued and running jobs of a thread."""
        where = "team = :team AND channel = :channel AND root = :root AND state != 'done'"
        self._write(f"UPDATE job SET stopped = 1 WHERE {where}", team=team, channel=channel, root=root)

    # Posted answers

    def sent(self, each: SentAnswer) -> None:
        """Keeps a posted answer, and deletes old ones."""
        now = self._clock()
        with self._tables.writing() as connection:
            connection.execute("DELETE FROM answer WHERE at < :before", {"before": now - ANSWER_KEPT})
            connection.execute(_SEND, {**asdict(each), "private": int(each.private), "at": now})

    def answer(self, team: str, key: str) -> SentAnswer | None:
        return self._sent("team = :team AND key = :key", team=team, key=key)

    def answer_in(self, team: str, channel: str, ts: str) -> SentAnswer | None:
        """The posted answer of a message."""
        return self._sent("team = :team AND channel = :channel AND ts = :ts", team=team, channel=channel, ts=ts)

    def answers_to(self, team: str, person: str, last: int) -> tuple[SentAnswer, ...]:
        """The posted answers to a person, newest first, at most `last`."""
        query = f"SELECT {_SENT} FROM answer WHERE team = :team AND person = :person"
        values = {"team": team, "person": person, "last": last}
        with self._tables.reading() as connection:
            rows = connection.execute(f"{query} ORDER BY at DESC, number DESC LIMIT :last", values)
            return tuple(_sent(row) for row in rows)

    # Settings of channels

    def settings(self, team: str, channel: str) -> ChannelSettings | None:
        """The settings of a channel; None if it has none of its own."""
        with self._tables.reading() as connection:
            query = "SELECT settings FROM setting WHERE team = :team AND channel = :channel"
            found = connection.execute(query, {"team": team, "channel": channel}).fetchone()
        return of_json(found[0]) if found else None

    def choose(self, team: str, channel: str, settings: ChannelSettings) -> None:
        self._write(_CHOOSE, team=team, channel=channel, settings=to_json(settings))

    def forget(self, team: str) -> tuple[SlackJob, ...]:
        """Deletes all data of a workspace. Gives its unfinished jobs."""
        query = "SELECT id, kind, team, channel, root, body FROM job WHERE team = :team AND state != 'done'"
        values = {"team": team}
        with self._tables.writing() as connection:
            left = [
                SlackJob(job_id, SlackJobKind(kind), team, channel, root, **json.loads(body))
                for job_id, kind, team, channel, root, body in connection.execute(query, values).fetchall()
            ]
            for table in ("job", "answer", "setting"):
                connection.execute(f"DELETE FROM {table} WHERE team = :team", values)
        return tuple(left)

    def _write(self, statement: str, **values: Any) -> None:
        with self._tables.writing() as connection:
            connection.execute(statement, values)

    def _sent(self, where: str, **values: Any) -> SentAnswer | None:
        with self._tables.reading() as connection:
            found = connection.execute(f"SELECT {_SENT} FROM answer WHERE {where}", values).fetchone()
        return _sent(found) if found else None


def _sent(row: tuple[Any, ...]) -> SentAnswer:
    key, number, team, channel, ts, person, private, owner, name = row
    return SentAnswer(key, number, team, channel, ts, person, bool(private), owner, name)
