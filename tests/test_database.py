"""What the bot keeps, in a PostgreSQL database that several servers share.

The same tests as for files are in the modules of each part, by the fixture `kept_in`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from alembic.script import ScriptDirectory

from bot.auth.keys import Keys
from bot.auth.users import Role, Users
from bot.cli.store import _groups
from bot.history import History, Owner, Place
from bot.history.file import FILE
from bot.slack.installed import FILE as INSTALLED
from bot.slack.installs import Installs, States, ciphers
from bot.slack.store import SlackStore
from bot.tables.postgresql import REVISION, SCRIPTS, PostgreSQLTables, moving
from bot.tables.sqlite import Group, empty
from bot.web.session import COOKIE, EndedSessions
from index import Index
from index.errors import DatabaseMismatch, DatabaseTaken, DatabaseUnreachable
from tests.postgres import Cluster, cluster, forget
from tests.serving import PASSWORD, QUESTION
from tests.small_news import ARTICLES
from tests.stores import ask, child
from tests.test_serve import address_of, process  # type: ignore[attr-defined]
from tests.test_slack_install import CLIENT, KEY, installation
from tests.test_slack_line import JOB

ROOT = Path(__file__).parent.parent
PLACE = Place(Owner("web", "ana"), "harbour")
GROUPS = tuple(_groups())


@pytest.fixture
def url(database_url: str) -> Iterator[str]:
    yield database_url
    forget(database_url)


# The tables


def test_the_scripts_end_with_the_revision_that_is_read() -> None:
    assert ScriptDirectory(str(SCRIPTS)).get_current_head() == REVISION


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.file)
def test_the_tables_of_a_database_have_the_columns_of_the_files(url: str, group: Group) -> None:
    tables = PostgreSQLTables(group, url)
    with tables.writing() as connection, closing(empty(group)) as files:
        for (table,) in files.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            query = "SELECT column_name FROM information_schema.columns WHERE table_name = :table"
            found = [name for (name,) in connection.execute(f"{query} ORDER BY ordinal_position", {"table": table})]
            columns = [row[1] for row in files.execute(f"PRAGMA table_info({table})")]
            assert [name for name in found if name != "rowid"] == columns, table


def test_nothing_is_made_before_something_is_kept(url: str, postgres: Cluster) -> None:
    assert Keys(Path("nowhere"), url).list() == ()
    assert not History(None, 90, url=url).exists()
    made = "SELECT count(*) FROM pg_tables WHERE schemaname = 'byline'"
    assert postgres.execute(made, url.rpartition("/")[2]) == [(0,)]


@pytest.mark.parametrize(("stored", "remedy"), [("0000", "byline store migrate"), ("9999", "Update Byline")])
def test_tables_of_another_revision_are_told(url: str, postgres: Cluster, stored: str, remedy: str) -> None:
    database = url.rpartition("/")[2]
    postgres.execute("CREATE SCHEMA byline", database)
    postgres.execute("CREATE TABLE byline.revision_of_tables (version_num TEXT)", database)
    postgres.execute(f"INSERT INTO byline.revision_of_tables VALUES ('{stored}')", database)
    for act in (Keys(Path("nowhere"), url).list, lambda: Keys(Path("nowhere"), url).create("x")):
        with pytest.raises(DatabaseMismatch, match=remedy):
            act()


# Several processes


PUTTING = """
import sys
sys.path[:0] = [{root!r}, {tests!r}]
from pathlib import Path
from tests.test_slack_line import JOB
from bot.slack.store import SlackStore
store = SlackStore(Path({store!r}), url={url!r})
for line in sys.stdin:
    print(store.put(JOB) if line.strip() == "put" else store.take("other", light=False) is not None, flush=True)
"""


def test_an_event_that_two_processes_get_is_answered_by_one(url: str, tmp_path: Path) -> None:
    mine = SlackStore(tmp_path, url=url)
    with child(PUTTING, tmp_path, url=url) as other:
        assert mine.put(JOB) is True
        assert ask(other, "put") == ["False"]
        assert ask(other, "take") == ["True"]
        assert mine.take("mine", light=False) is None


def test_an_installation_and_its_state_are_known_to_all(url: str, tmp_path: Path) -> None:
    one, two = (Installs(tmp_path / INSTALLED, CLIENT, ciphers(KEY), url=url) for _ in range(2))
    one.save(installation())
    one.save(installation(token="xoxb-2-secret"))
    found = two.find_installation(enterprise_id=None, team_id="T1")
    assert found
    assert found.bot_token == "xoxb-2-secret"
    two.renew()
    assert one.find_bot(enterprise_id=None, team_id="T1").bot_token == "xoxb-2-secret"  # type: ignore[union-attr]
    two.delete_all(enterprise_id=None, team_id="T1")
    assert one.find_bot(enterprise_id=None, team_id="T1") is None
    state = States(tmp_path / INSTALLED, url=url).issue()
    assert [States(tmp_path / INSTALLED, url=url).consume(state) for _ in range(2)] == [True, False]
    assert list(tmp_path.iterdir()) == []


def test_who_signed_out_is_known_to_all(url: str) -> None:
    one, two = EndedSessions(url=url), EndedSessions(url=url)
    one.add("a session", 2e9, 1e9)
    one.add("a session", 2e9, 1e9)
    assert "a session" in two
    two.add("another", 4e9, 3e9)
    assert "a session" not in one


# Moving over


def kept(folder: Path, url: str | None = None) -> None:
    history = History(folder / FILE, 90, url=url)
    history.keep(PLACE, "What of the first?", None)
    history.delete(PLACE)
    history.keep(PLACE, "Who\N{REPLACEMENT CHARACTER}?", None)
    keys = Keys(folder, url)
    for name in ("one", "two", "three"):
        keys.create(name)
    SlackStore(folder, url=url).put(JOB)
    Installs(folder / INSTALLED, CLIENT, ciphers(KEY), url=url).save(installation())


def test_files_are_copied_whole_into_an_empty_database_alone(url: str, tmp_path: Path) -> None:
    kept(tmp_path)
    history, keys = History(None, 90, url=url), Keys(tmp_path, url)
    with pytest.raises(ZeroDivisionError), moving(GROUPS, tmp_path, url):
        raise ZeroDivisionError
    assert (keys.list(), history.everybodys()) == ((), ())
    with moving(GROUPS, tmp_path, url) as rows:
        pass
    assert (rows["turn"], rows["key"], rows["job"], rows["bot"], rows["watch"]) == (1, 3, 1, 1, 0)
    assert keys.list() == Keys(tmp_path).list()
    assert history.records(PLACE) == History(tmp_path / FILE, 90).records(PLACE)
    assert Installs(tmp_path / INSTALLED, CLIENT, ciphers(KEY), url=url).find_bot(enterprise_id=None, team_id="T1")
    number = history.keep(PLACE, "And now?", None)
    assert number is not None
    assert number > history.records(PLACE)[0].number
    assert keys.create("four")[0] == keys.list()[-1]
    with pytest.raises(DatabaseTaken), moving(GROUPS, tmp_path, url):
        pass
    assert len(keys.list()) == 4


# A database that is away


def test_a_database_that_is_away_is_told_and_used_again_when_it_is_back(tmp_path: Path) -> None:
    with cluster() as server:
        url = server.database()
        history, keys, ended = History(None, 90, url=url), Keys(tmp_path, url), EndedSessions(url=url)
        key, secret = keys.create("news desk")
        server.stop()
        for act in (keys.list, lambda: keys.principal(secret), lambda: history.keep(PLACE, QUESTION, None)):
            with pytest.raises(DatabaseUnreachable, match=r"The database at 127\.0\.0\.1"):
                act()
        with pytest.raises(Exception, match="It is not known who signed out"):
            "a session" in ended  # noqa: B015
        server.start()
        assert keys.principal(secret) == key.principal
        assert history.keep(PLACE, QUESTION, None) == 1
        assert "a session" not in ended
        forget(url)


# Two servers


def ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").status_code == 200
    except httpx.TransportError:  # a busy server closes what it could not read in time
        return False


@contextmanager
def served(folder: Path, url: str, users: Path) -> Iterator[httpx.Client]:
    """A client of `byline serve` in a process of its own, whose index is ready."""
    folder.mkdir(exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "BYLINE_DATABASE_URL": url}
    command = (sys.executable, "-m", "bot", "serve", "--model", "extractive", "--port", "0", "--auth", str(users))
    with process(*command, cwd=folder, env=environment) as started:
        with httpx.Client(base_url=address_of(started), timeout=120) as client:
            while not ready(client):
                time.sleep(0.2)
            yield client
        started.send_signal(signal.SIGINT)
        assert started.wait(120) == 0


def respond(client: httpx.Client, secret: str, question: str, **more: Any) -> httpx.Response:
    body = {"model": "byline", "input": question, **more}
    return client.post("/v1/responses", json=body, headers={"authorization": f"Bearer {secret}"})


@pytest.mark.slow
def test_two_servers_of_one_database_are_one_to_people_and_programs(tmp_path: Path) -> None:
    users = Users(tmp_path / "users.json")
    users.put("ada", Role.EDITOR, PASSWORD)
    with cluster() as server:
        url = server.database()
        with Index.open(tmp_path / "one" / "data" / "store", database_url=url) as index:
            index.add(ARTICLES)
        keys = Keys(tmp_path, url)
        (_, secret), (revoked, ended) = keys.create("a program"), keys.create("another")
        with served(tmp_path / "one", url, users.path) as one, served(tmp_path / "two", url, users.path) as two:
            begun = respond(one, secret, QUESTION)
            assert begun.status_code == 200, begun.text
            going_on = respond(two, secret, "And who paid for it?", previous_response_id=begun.json()["id"])
            assert going_on.status_code == 200, going_on.text
            other = respond(two, ended, "And who paid for it?", previous_response_id=begun.json()["id"])
            assert other.status_code == 404, "a program goes on from its own responses alone"

            keys.revoke(revoked.id)
            assert [respond(each, ended, QUESTION).status_code for each in (one, two)] == [401, 401]

            entered = one.post("/sign-in", data={"name": "ada", "password": PASSWORD})
            session = {"cookie": f"{COOKIE}={entered.cookies[COOKIE]}"}
            one.cookies.clear()
            assert two.get("/", headers=session).status_code == 200
            assert two.post("/sign-out", headers=session).status_code == 303
            assert one.get("/", headers={**session, "accept": "application/json"}).status_code == 401

            server.stop()
            away = respond(one, secret, QUESTION)
            assert away.status_code == 503
            assert "keys cannot be read now" in away.text
            refused = two.get("/", headers=session)
            assert refused.status_code == 503
            assert "Nobody can sign in just now." in refused.text
            assert one.get("/healthz").status_code == 200
            server.start()
            assert respond(one, secret, QUESTION).status_code == 200
            assert two.get("/", headers={**session, "accept": "application/json"}).status_code == 401
        forget(url)


def test_a_server_without_its_database_does_not_start_and_says_why(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "BYLINE_DATABASE_URL": "postgresql://byline:not-to-be-told@127.0.0.1:9/news",
    }
    command = (sys.executable, "-m", "bot", "serve", "--model", "extractive", "--port", "0")
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 1
    assert "The database at 127.0.0.1:9/news cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr
    assert "not-to-be-told" not in done.stdout + done.stderr
