"""The seam between SQLite and PostgreSQL: the same statements do the same."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterator
from threading import Event, Thread

import pytest

from bot.api.errors import problem_of
from bot.tables.postgresql import _hold
from bot.web.session import GROUP, SessionsUnusable
from bot.wording import Wording
from index.errors import DatabaseDriverMissing, DatabaseUnreachable, DatabaseUnusable, DatabaseUrlInvalid
from index.sql import Connection, PostgreSQL, SQLiteConnection, shown
from tests.postgres import Cluster

TABLES = "CREATE TABLE word (number BIGINT PRIMARY KEY, text TEXT, day BIGINT)"


@pytest.fixture(params=["sqlite", "postgresql"])
def connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    if request.param == "sqlite":
        opened = SQLiteConnection(sqlite3.connect(":memory:"))
        opened.execute(TABLES)
        yield opened
        opened.raw.close()
    else:
        database = made(request.getfixturevalue("database_url"))
        with database.writing() as opened_there:
            yield opened_there


def made(url: str) -> PostgreSQL:
    database = PostgreSQL(url, "words")
    with database.writing() as connection:
        connection.execute("CREATE SCHEMA words")
        connection.execute(TABLES.replace("TEXT", 'TEXT COLLATE "C"'))
    return database


def test_a_list_is_one_value(connection: Connection) -> None:
    among = connection.dialect.among
    rows = [{"number": number, "text": text} for number, text in enumerate(["Zebra", "apple", "äpfel", None])]
    connection.execute("INSERT INTO word (number, text) VALUES (:number, :text)", rows)
    query = f"SELECT text FROM word WHERE {among('text', 'texts')} ORDER BY text"
    assert [text for (text,) in connection.execute(query, {"texts": ["äpfel", "Zebra", "apple", "x"]})] == [
        "Zebra",
        "apple",
        "äpfel",
    ]
    query = f"SELECT number FROM word WHERE NOT {among('number', 'numbers')} ORDER BY number"
    assert [number for (number,) in connection.execute(query, {"numbers": [0, 1, 2**40]})] == [2, 3]
    assert connection.execute(f"SELECT 1 FROM word WHERE {among('text', 'texts')}", {"texts": []}).fetchone() is None
    assert connection.execute(f"SELECT 1 FROM word WHERE {among('number', 'texts')}", {"texts": []}).fetchone() is None


def test_both_say_where_a_part_is_and_what_a_field_holds(connection: Connection) -> None:
    texts = ['{"a": "100 % :b"}', '{"b": 1}', "no JSON", None]
    rows = [{"number": number, "text": text, "day": number % 2} for number, text in enumerate(texts)]
    connection.execute("INSERT INTO word (number, text, day) VALUES (:number, :text, :day)", rows)
    dialect = connection.dialect
    found = connection.execute(f"SELECT {dialect.position('text', ':part')} FROM word ORDER BY number", {"part": "%"})
    assert [place for (place,) in found] == [12, 0, 0, None]
    field = f"SELECT {dialect.json_field('text', 'a')} FROM word WHERE number <> 2 ORDER BY number"
    assert [value for (value,) in connection.execute(field)] == ["100 % :b", None, None]
    numbers = f"SELECT {dialect.json_list('number')} FROM word WHERE day = :day"
    assert [json.loads(connection.execute(numbers, {"day": day}).fetchone()[0]) for day in (1, 7)] == [[1, 3], []]


def test_writing_no_rows_writes_nothing(connection: Connection) -> None:
    assert connection.execute("INSERT INTO word (number) VALUES (:number)", []).rowcount in (-1, 0)
    assert connection.execute("SELECT count(*) FROM word").fetchone()[0] == 0


def test_a_colon_a_percent_sign_and_a_nul_in_a_value_are_text(connection: Connection) -> None:
    connection.execute("INSERT INTO word (number, text) VALUES (1, :text)", {"text": "100 % :text \0 \\"})
    [(text,)] = connection.execute("SELECT text FROM word WHERE text LIKE '100 %'").fetchall()
    assert text.replace("\0", "\ufffd") == "100 % :text \ufffd \\"


def test_of_two_who_write_one_waits_for_the_other(database_url: str) -> None:
    database, holding, seen = made(database_url), Event(), list[int]()

    def second() -> None:
        holding.wait(60)
        with database.writing() as connection:
            _hold(connection, GROUP)
            seen.append(connection.execute("SELECT count(*) FROM word").fetchone()[0])

    thread = Thread(target=second)
    thread.start()
    with database.writing() as connection:
        _hold(connection, GROUP)
        holding.set()
        thread.join(0.2)
        connection.execute("INSERT INTO word (number) VALUES (1)")
        assert seen == []
    thread.join(60)
    assert seen == [1]


def test_a_reader_sees_one_state(database_url: str) -> None:
    database = made(database_url)
    with database.reading() as reader:
        assert reader.execute("SELECT count(*) FROM word").fetchone()[0] == 0
        with database.writing() as writer:
            writer.execute("INSERT INTO word (number) VALUES (1)")
        assert reader.execute("SELECT count(*) FROM word").fetchone()[0] == 0


def test_a_database_that_is_away_is_told_and_serves_again(postgres: Cluster) -> None:
    url = postgres.database()
    database = made(url)
    postgres.stop()
    try:
        with (
            pytest.raises(DatabaseUnreachable, match=r"127\.0\.0\.1:\d+/test_\d+ cannot be reached"),
            database.single(),
        ):
            pass
    finally:
        postgres.start()
    with database.single() as connection:
        assert connection.execute("SELECT 1").fetchone()[0] == 1


def test_one_that_goes_away_in_the_middle_is_told(postgres: Cluster) -> None:
    database = made(postgres.database())
    with pytest.raises(DatabaseUnreachable), database.single() as connection:
        connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def test_one_that_does_not_let_us_in_is_told_without_the_password(postgres: Cluster) -> None:
    url = postgres.database().replace("byline@", "nobody:xyzzy@")
    with pytest.raises(DatabaseUnreachable, match="nobody") as error, PostgreSQL(url, "words").single():
        pass
    assert "xyzzy" not in str(error.value)


def test_what_we_may_not_do_is_told(postgres: Cluster) -> None:
    url = postgres.database()
    made(url)
    postgres.execute("CREATE ROLE reader LOGIN", url.rpartition("/")[2])
    with pytest.raises(DatabaseUnusable, match="permission denied"):
        made(url.replace("byline@", "reader@"))


@pytest.mark.parametrize("url", ["", "nonsense xyzzy", "mysql://a:xyzzy@b/c", "postgresql://u:xyzzy@host:port/db"])
def test_what_is_no_address_is_not_repeated(url: str) -> None:
    with pytest.raises(DatabaseUrlInvalid) as error:
        shown(url)
    assert "xyzzy" not in str(error.value)


@pytest.mark.parametrize("package", ["sqlalchemy", "psycopg"])
def test_what_is_not_installed_is_told(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(DatabaseDriverMissing, match="extra `postgres`"):
        PostgreSQL(f"postgresql://byline@localhost/without_{package}", "words")


def test_a_statement_that_takes_too_long_is_no_database_that_is_away(database_url: str) -> None:
    database = made(database_url)
    slow = "SET statement_timeout = 100"
    with pytest.raises(DatabaseUnusable, match="statement timeout"), database.alone() as connection:
        _ = connection.execute(slow), connection.execute("SELECT pg_sleep(60)")


def test_only_what_writes_much_may_take_its_time(database_url: str) -> None:
    database, query = made(database_url), "SELECT current_setting('statement_timeout')"
    with database.writing(unlimited=True) as connection:
        assert connection.execute(query).fetchone()[0] == "0"
    with database.writing() as connection:
        assert connection.execute(query).fetchone()[0] == "2min"


def test_whoever_asks_is_not_told_the_address_of_a_database(caplog: pytest.LogCaptureFixture) -> None:
    error = DatabaseUnreachable("db.internal:5432/news", "connection to 10.0.0.3 as user byline failed")
    told = [problem_of(error).message, Wording().error(error), Wording("zh").error(error), str(SessionsUnusable(error))]
    assert not [each for each in told if "internal" in each or "10.0.0.3" in each]
    assert told[0] == "The database cannot be reached. Ask again in a moment."
    assert "10.0.0.3" in caplog.text
    assert "db.internal:5432" in str(error)
