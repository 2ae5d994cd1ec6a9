"""One ledger in PostgreSQL for several processes, each with a folder of its own."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Event, Thread

import pytest
from alembic.script import ScriptDirectory

from index import Article, Filters, Index, StoreBusy, StoreThere, StoreUnreachable
from index.errors import (
    DatabaseMismatch,
    DatabaseTaken,
    DatabaseUnreachable,
    FollowingBroken,
    ShownError,
    StoreFollowing,
    WriterReplaced,
)
from index.migrations import HERE
from index.store.following import Following
from index.store.ledger import Ledger, PassageEntry
from index.store.lock import writing
from index.store.schema import REVISION, REVISIONS
from tests.chroma_limits import TOKEN, limited
from tests.conftest import WordEmbeddings
from tests.postgres import Cluster
from tests.stores import PRELUDE, ask, child, chroma_server, found, numbered, state

OPENED = (
    PRELUDE
    + f"""
index = Index.open(
    store, embedder=WordEmbeddings(), database_url={{database!r}}, url={{server!r}}, token={TOKEN!r}
)
"""
)
READER = (
    OPENED
    + """
for line in sys.stdin:
    print(*[hit.passage.article_id for hit in index.search(line, 1)], flush=True)
"""
)
WRITER = (
    OPENED
    + """
import signal
from index.migrations import HERE
from index.store.ledger import Ledger
from index.store.schema import REVISION, REVISIONS
Ledger.publish = lambda *given: (print("staged", flush=True), signal.pause())
index.add([numbered(9)])
"""
)


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with chroma_server(tmp_path_factory.mktemp("chroma")) as url, limited(url) as door:
        yield door


@pytest.fixture(params=["embedded", "server"])
def server(request: pytest.FixtureRequest) -> str | None:
    """Where the vectors are."""
    return str(request.getfixturevalue("chroma")) if request.param == "server" else None


@pytest.fixture
def opened(tmp_path: Path, words: WordEmbeddings, database_url: str) -> Iterator[Callable[..., Index]]:
    """Opens the replica of a name; all are closed at the end."""
    indexes: list[Index] = []

    def open_(name: str, server: str | None = None, **options: float) -> Index:
        index = Index.open(
            tmp_path / name,
            embedder=words,
            url=server,
            database_url=database_url,
            token=TOKEN,
            **options,  # type: ignore[arg-type]
        )
        indexes.append(index)
        return index

    yield open_
    for index in indexes:
        index.close()


def awaited(ready: Callable[[], bool]) -> None:
    """Waits for what comes sooner or later."""
    end = time.monotonic() + 120
    while not ready():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.1)


def first(index: Index, question: str) -> str | None:
    return next((hit.passage.article_id for hit in index.search(question, 1)), None)


def test_what_one_process_adds_another_finds(
    opened: Callable[..., Index], database_url: str, server: str | None, tmp_path: Path
) -> None:
    index = opened("here", server)
    index.add(map(numbered, range(5)))
    with child(READER, tmp_path / "there", database=database_url, server=server) as reader:
        assert ask(reader, "subject3") == ["a3"]
        index.add([numbered(7)])
        awaited(lambda: ask(reader, "subject7") == ["a7"])
        index.add([numbered(7, release=2)])
        awaited(lambda: ask(reader, "subject7 release2") == ["a7"])
        index.remove("a7")
        awaited(lambda: ask(reader, "subject7") != ["a7"])
    assert index.check().sound


def test_one_that_starts_late_finds_all_with_its_first_search(opened: Callable[..., Index], server: str | None) -> None:
    one = opened("one", server)
    one.add(map(numbered, range(300)))
    one.remove("a1")
    late = opened("late", server)
    assert found(late, "subject299", 1)[:2] == (["a299"], ["a299"])
    assert state(late) == state(one)
    assert late.check().sound


def test_all_replicas_agree_with_the_ledger_after_a_rebuild(opened: Callable[..., Index], server: str | None) -> None:
    one, other = opened("one", server), opened("other", server)
    one.add(map(numbered, range(20)))
    awaited(lambda: first(other, "subject3") == "a3")
    one.rebuild()
    awaited(lambda: other._store.published().edition == 2)
    assert found(other, "subject19", 1) == (["a19"],) * 3
    assert all(finding.ok for index in (one, other) for finding in index.examine())


def test_one_that_was_away_is_told_what_died(opened: Callable[..., Index]) -> None:
    one, away = opened("one"), opened("away")
    one.add(map(numbered, range(100)))
    awaited(lambda: first(away, "subject3") == "a3")
    away.close()
    one.remove("a3")
    one.add([numbered(4, release=2)])
    back = opened("away")
    assert first(back, "subject3") != "a3"
    assert back.check().sound
    followers = back._store.replica.followers()  # type: ignore[union-attr]
    assert max(state.removed for state in followers.values()) == 2


def test_one_that_was_away_for_too_long_is_made_anew(
    opened: Callable[..., Index], postgres: Cluster, database_url: str
) -> None:
    one, away = opened("one"), opened("away")
    one.add(map(numbered, range(100)))
    awaited(lambda: first(away, "subject3") == "a3")
    away.close()
    one.remove("a3")
    weeks = "UPDATE byline_index.tombstone SET at = now() - interval '8 days'"
    postgres.execute(weeks, database_url.rpartition("/")[2])
    one.add([numbered(200)])
    back = opened("away")
    assert first(back, "subject200") == "a200"
    assert back.check().sound
    followers = back._store.replica.followers()  # type: ignore[union-attr]
    assert max(state.removed for state in followers.values()) == 0


def test_what_was_removed_is_gone_from_the_database(
    opened: Callable[..., Index], postgres: Cluster, database_url: str
) -> None:
    one, other = opened("one"), opened("other")
    one.add(map(numbered, range(3)))
    awaited(lambda: first(other, "subject2") == "a2")
    one.remove("a2")
    name = database_url.rpartition("/")[2]
    assert postgres.execute("SELECT count(*) FROM byline_index.article WHERE id = 'a2'", name) == [(0,)]
    assert postgres.execute("SELECT count(*) FROM byline_index.passage WHERE text LIKE '%subject2%'", name) == [(0,)]


def test_a_writer_that_is_killed_leaves_what_was_published(
    opened: Callable[..., Index], database_url: str, server: str | None, tmp_path: Path
) -> None:
    index = opened("here", server, patience=60)
    index.add([numbered(1)])
    with child(WRITER, tmp_path / "there", database=database_url, server=server) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "staged\n"
        assert state(index).keys() == {"a1"}
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    index.add([numbered(2)])
    assert state(index).keys() == {"a1", "a2", "a9"}
    assert found(index, "subject9", 1) == (["a9"],) * 3
    assert index.check().sound


def test_of_two_writers_one_waits_and_is_told_who_writes(opened: Callable[..., Index]) -> None:
    one, other = opened("one"), opened("other", patience=0.2)
    one.add([numbered(1)])
    with one._writing(), pytest.raises(StoreBusy, match=r"Process \d+@.* is writing .*since \d{4}-"):
        other.add([numbered(2)])
    opened("third", patience=60).add([numbered(2)])
    assert len(one) == 2


def test_a_writer_that_lost_its_lock_publishes_nothing(
    opened: Callable[..., Index], postgres: Cluster, database_url: str
) -> None:
    one, other = opened("one"), opened("other", patience=60)
    one.add([numbered(1)])
    name = database_url.rpartition("/")[2]
    holder = f"locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = '{name}')"

    def write() -> None:
        with one._writing() as store:
            postgres.execute(f"SELECT pg_terminate_backend(pid) FROM pg_locks WHERE {holder}", name)
            other.add([numbered(3)])
            store.put((), ["a1"])

    with pytest.raises(WriterReplaced):
        write()
    assert state(one).keys() == {"a1", "a3"}
    awaited(lambda: first(one, "subject3") == "a3")
    one.add([numbered(2)])
    assert other.check().sound


def test_a_chroma_server_that_is_away_is_told_and_asked_again(opened: Callable[..., Index], tmp_path: Path) -> None:
    with chroma_server(tmp_path / "chroma") as url:
        index = opened("one", url)
        index.add([numbered(1)])
    with pytest.raises(StoreUnreachable):
        index.search("subject1")
    with chroma_server(tmp_path / "chroma", int(url.rpartition(":")[2])):
        assert first(index, "subject1") == "a1"
        index.add([numbered(2)])
        assert index.check().sound


def test_a_database_that_was_restarted_is_used_again(opened: Callable[..., Index], postgres: Cluster) -> None:
    one, other = opened("one"), opened("other")
    one.add([numbered(1)])
    awaited(lambda: first(other, "subject1") == "a1")
    postgres.stop()
    try:
        with pytest.raises(DatabaseUnreachable):
            one.search("subject1")
        with pytest.raises(DatabaseUnreachable):
            one.add([numbered(2)])
    finally:
        postgres.start()
    one.add([numbered(2)])
    awaited(lambda: first(other, "subject2") == "a2")


def test_a_replica_that_cannot_follow_says_why(opened: Callable[..., Index], chroma: str) -> None:
    opened("one").add([numbered(1)])  # by a process that knows of no Chroma server
    with pytest.raises(ShownError, match="on a server"):
        opened("other", chroma).search("subject1")


def test_a_text_that_postgresql_cannot_keep_is_kept_but_for_that(opened: Callable[..., Index]) -> None:
    index = opened("one")
    given = Article("nul", "A \0 title", "One \0 text.", outlet="The \0 Post")
    assert index.add([given]).added == 1
    assert index.add([given]).unchanged == 1
    kept = index.article("nul")
    assert (kept.title, kept.text, kept.outlet) == ("A \ufffd title", "One \ufffd text.", "The \ufffd Post")
    assert all(finding.ok for finding in index.examine())


# Backups, and moving over


def test_a_backup_of_one_kind_is_restored_to_the_other(
    opened: Callable[..., Index], tmp_path: Path, words: WordEmbeddings
) -> None:
    one, other = opened("one"), opened("other")
    one.add(map(numbered, range(20)))
    one.remove("a3")
    one.add_to_collection("Press", ["a1"], [Filters(language=("en",))])
    awaited(lambda: first(other, "subject7") == "a7")
    one.backup(tmp_path / "backup")
    with Index.open(tmp_path / "file", embedder=words) as file:
        file.restore(tmp_path / "backup")
        assert state(file) == state(one)
        assert file.collected("Press") == ("a1",)
        assert all(finding.ok for finding in file.examine())
        file.add([numbered(50)])
        file.backup(tmp_path / "later")
    with pytest.raises(StoreThere):
        one.restore(tmp_path / "later")
    one.restore(tmp_path / "later", force=True)
    awaited(lambda: first(other, "subject50") == "a50")
    assert all(finding.ok for index in (one, other) for finding in index.examine())
    one.add([numbered(60)])
    assert first(one, "subject60") == "a60"


def test_a_replica_finds_nothing_of_before_once_another_has_restored(
    opened: Callable[..., Index], tmp_path: Path
) -> None:
    one, other = opened("one"), opened("other")
    one.add(map(numbered, range(5)))
    one.backup(tmp_path / "backup")
    awaited(lambda: first(other, "subject3") == "a3")
    other._store._following.close()  # type: ignore[union-attr]
    one.restore(tmp_path / "backup", force=True)
    with pytest.raises(StoreFollowing):
        other.search("subject3")
    other._store._look()
    assert first(other, "subject3") == "a3"


def test_what_a_replica_has_not_made_anew_is_no_empty_index(opened: Callable[..., Index], tmp_path: Path) -> None:
    one, other = opened("one"), opened("other")
    one.add(map(numbered, range(3)))
    one.backup(tmp_path / "backup")
    awaited(lambda: first(other, "subject1") == "a1")
    with writing(tmp_path / "other", 60):  # so that it cannot follow
        one.restore(tmp_path / "backup", force=True)
        with pytest.raises(StoreFollowing):
            other.search("subject1")
        with pytest.raises(StoreFollowing):
            other.ready()
    awaited(lambda: _caught_up(other))
    (tmp_path / "other" / "replica.json").unlink()
    assert first(other, "subject1") == "a1"


def test_a_database_that_was_put_back_to_an_earlier_state_is_followed_from_there(
    opened: Callable[..., Index], tmp_path: Path
) -> None:
    one, other = opened("one"), opened("other")
    one.add(map(numbered, range(3)))
    awaited(lambda: first(other, "subject1") == "a1")
    other.close()
    said = json.loads((tmp_path / "other" / "replica.json").read_text(encoding="utf-8"))
    said["published"][0] += 5
    said["followers"] = {
        name: [state[0], *(each + 5 for each in state[1:3]), *state[3:]] for name, state in said["followers"].items()
    }
    (tmp_path / "other" / "replica.json").write_text(json.dumps(said), encoding="utf-8")
    for number in range(10, 14):
        one.add([numbered(number)])
    back = opened("other")
    assert first(back, "subject13") == "a13"
    assert back.check().sound


def test_a_command_in_the_folder_of_a_server_leaves_the_server_registered(
    opened: Callable[..., Index], database_url: str, tmp_path: Path
) -> None:
    server, command = opened("one"), opened("one")
    server.add([numbered(1)])
    ledger = Ledger(tmp_path, url=database_url)
    assert (first(server, "subject1"), first(command, "subject1")) == ("a1", "a1")
    awaited(lambda: len(ledger.replicas(60)) == 2)
    command.close()
    assert len(ledger.replicas(60)) == 1


def test_following_goes_on_after_a_bug_and_tells_it_once(caplog: pytest.LogCaptureFixture) -> None:
    enough, looks = Event(), list[int]()

    def look() -> None:
        looks.append(1)
        if len(looks) > 3:
            enough.set()
        raise KeyError("a bug")

    following = Following(look, 0.01)
    assert enough.wait(60)
    with pytest.raises(FollowingBroken):
        following.require_running(0)
    following.require_running(3600)
    following.close()
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "KeyError" in caplog.text


def _caught_up(index: Index) -> bool:
    return index._store.published()[:2] == index._store.ledger.published()[:2]


def test_a_file_is_copied_into_a_database_whole_or_not_at_all(
    opened: Callable[..., Index], tmp_path: Path, words: WordEmbeddings, database_url: str
) -> None:
    with Index.open(tmp_path / "file", embedder=words) as file:
        file.add(map(numbered, range(20)))
        before = state(file)
    assert Index.migrate(database_url) == ("The tables of articles, passages and sources",)
    assert Index.migrate(database_url) == ()
    assert not Index.exists(tmp_path / "one", database_url)
    rows = Index.move(tmp_path / "file", database_url)
    assert (rows["article"], rows["published"]) == (20, 1)
    index = opened("one")
    assert state(index) == before
    assert first(index, "subject7") == "a7"
    index.add([numbered(30)])
    with pytest.raises(DatabaseTaken):
        Index.move(tmp_path / "file", database_url)
    assert len(index) == 21
    assert all(finding.ok for finding in index.examine())


# The writer's own lock is among the threads of a process, too


def test_a_replica_reads_while_another_writes(opened: Callable[..., Index]) -> None:
    one, other = opened("one"), opened("other")
    one.add([numbered(1)])
    holding, enough = Event(), Event()

    def write() -> None:
        with one._writing():
            holding.set()
            enough.wait(60)

    thread = Thread(target=write)
    thread.start()
    assert holding.wait(60)
    awaited(lambda: first(other, "subject1") == "a1")
    enough.set()
    thread.join()


def test_the_ledger_knows_who_follows_it(opened: Callable[..., Index], database_url: str, tmp_path: Path) -> None:
    one, other = opened("one"), opened("other")
    other.follow()
    one.add([numbered(1)])
    ledger = Ledger(tmp_path, url=database_url)
    awaited(lambda: [at.generation for at in ledger.replicas(60).values()] == [1, 1])
    other.close()
    assert len(ledger.replicas(60)) == 1


def test_a_replica_that_catches_up_for_long_is_heard_of_meanwhile(
    opened: Callable[..., Index], database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.store.store.HEARTBEAT", 0.1)
    opened("one").add([numbered(1)])
    late, catching, enough = opened("late"), Event(), Event()
    catch_up = late._store.followers.catch_up
    monkeypatch.setattr(late._store.followers, "catch_up", lambda: (catching.set(), enough.wait(120), catch_up()))
    late.follow()
    assert catching.wait(60)
    ledger = Ledger(tmp_path, url=database_url)
    ledger.unregister(late._store.replica.name)  # type: ignore[union-attr]
    awaited(lambda: late._store.replica.name in ledger.replicas(60))  # type: ignore[union-attr]
    enough.set()
    awaited(lambda: first(late, "subject1") == "a1")


def test_closing_gives_up_a_long_catching_up_and_the_next_one_is_whole(
    opened: Callable[..., Index], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened("one").add(map(numbered, range(20)))
    late, begun = opened("late"), Event()
    entries = late._store.ledger.entries

    def without_end(edition: int, after: int, until: int) -> Iterator[Sequence[PassageEntry]]:
        while True:
            yield from entries(edition, after, until)
            begun.set()

    with monkeypatch.context() as patched:
        patched.setattr(late._store.ledger, "entries", without_end)
        late.follow()
        assert begun.wait(60)
        late.close()
    late = opened("late")
    assert found(late, "subject19", 1) == (["a19"],) * 3
    assert late.check().sound


def test_a_deep_check_tells_where_the_others_are(opened: Callable[..., Index]) -> None:
    one, other = opened("one"), opened("other")
    one.add([numbered(1)])
    awaited(lambda: first(other, "subject1") == "a1")
    [told] = [finding.found for finding in one.examine() if finding.part == "replicas"]
    assert told.count("is up to date") == 2
    assert told.count("(this one)") == 1


def test_tables_of_a_later_format_are_told(opened: Callable[..., Index], postgres: Cluster, database_url: str) -> None:
    Index.migrate(database_url)
    name = database_url.rpartition("/")[2]
    postgres.execute("UPDATE byline_index.revision_of_tables SET version_num = '9999'", name)
    with pytest.raises(DatabaseMismatch, match="Update Byline"):
        opened("one")
    with pytest.raises(DatabaseMismatch, match="Update Byline"):
        Index.migrate(database_url)


def test_the_scripts_end_with_the_revision_that_is_read() -> None:
    assert ScriptDirectory(str(HERE)).get_current_head() == REVISION == REVISIONS[-1]
