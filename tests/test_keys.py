"""Keys of programs: what they are, what they may read, how often they may ask."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

from bot.answering.bot import Bot
from bot.auth.keys import FILE, KeyMissing, KeyNameUnusable, Keys, KeyTooWide
from bot.auth.principal import Principal, RoleForbidden, ScopeForbidden
from bot.auth.users import Role, normal
from bot.history import History
from bot.service.service import Busy, Service, Slots, Stopping, TooOften, pace_of
from index import Filters, Index
from index.errors import ArticleMissing, CollectionMissing
from tests.conftest import WordEmbeddings
from tests.small_news import ARTICLES

READER = Principal("ada", Role.READER)
SCOPED = Principal("press", Role.READER, ("Press of Vellmar",), "K1")


@pytest.fixture
def keys(tmp_path: Path, kept_in: str | None) -> Keys:
    return Keys(tmp_path, kept_in)


def test_a_secret_is_its_key_s_and_no_other_is(keys: Keys) -> None:
    key, secret = keys.create("news desk", Role.EDITOR, questions_a_minute=5)
    assert secret.startswith(f"byl_{key.id}_")
    assert keys.principal(secret) == Principal("news desk", Role.EDITOR, (), key.id, 5)
    for wrong in ("", "byl_", f"byl_{key.id}_", f"byl_{key.id}", secret + "x", secret[:-1], secret.lower(), "\udc00"):
        assert keys.principal(wrong) is None
    _, other = keys.create("news desk")
    assert other != secret
    assert keys.principal(f"byl_{key.id}_{other.rpartition('_')[2]}") is None


def test_the_file_holds_no_secret_and_is_for_nobody_else(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    _, secret = keys.create("news desk")
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert not [each for each in tmp_path.iterdir() if secret.split("_", 2)[2].encode() in each.read_bytes()]


def test_no_user_owns_what_a_key_owns() -> None:
    for key_id in ("1234567890", "0123456789"):
        owner = Principal("a program", Role.READER, key=key_id).owner
        assert owner not in (key_id, normal(owner))


def test_a_key_is_listed_without_its_secret_with_the_day_of_its_last_use(keys: Keys) -> None:
    key, secret = keys.create("news desk", collections=("Press of Vellmar",))
    assert keys.list() == (key,)
    assert key.used is None
    keys.principal(secret)
    assert keys.list()[0].used == datetime.now(UTC).date()


def test_a_revoked_key_ends_at_once_also_for_another_process(keys: Keys, tmp_path: Path, kept_in: str | None) -> None:
    key, secret = keys.create("news desk")
    other = Keys(tmp_path, kept_in)
    assert other.principal(secret)
    assert keys.revoke(key.id.lower()).name == "news desk"
    assert other.principal(secret) is None
    with pytest.raises(KeyMissing, match="keys list"):
        keys.revoke(key.id)


def test_reading_keys_makes_no_file(keys: Keys, tmp_path: Path) -> None:
    assert keys.list() == ()
    assert keys.principal("byl_A_b") is None
    assert list(tmp_path.iterdir()) == []


def test_a_key_works_where_its_use_cannot_be_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = Keys(tmp_path)
    _, secret = keys.create("news desk")
    monkeypatch.setattr("bot.tables.sqlite.PATIENCE", 0.01)
    with sqlite3.connect(tmp_path / FILE) as another:
        another.execute("BEGIN IMMEDIATE")
        assert keys.principal(secret)
    another.close()
    assert keys.list()[0].used is None


@pytest.mark.parametrize("name", ["", " ", "x" * 65, "a\nb", "a\x00", "a\u202eb"])
def test_a_name_that_cannot_be_read_is_refused(keys: Keys, name: str) -> None:
    with pytest.raises(KeyNameUnusable):
        keys.create(name)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ADMIN])
def test_a_key_that_is_limited_to_collections_only_reads(keys: Keys, role: Role) -> None:
    with pytest.raises(KeyTooWide):
        keys.create("press", role, ("Press of Vellmar",))
    assert keys.list() == ()


# Principals


@pytest.mark.parametrize(("role", "may"), [(Role.READER, 1), (Role.EDITOR, 2), (Role.ADMIN, 3)])
def test_a_role_may_do_what_those_before_it_may(role: Role, may: int) -> None:
    who = Principal("ada", role)
    for needed in tuple(Role)[:may]:
        who.require(needed)
    for needed in tuple(Role)[may:]:
        with pytest.raises(RoleForbidden, match=f"takes the role {needed}"):
            who.require(needed)


def test_a_scope_is_kept_whatever_is_asked_for() -> None:
    other = Filters(outlet=("The Harbour Post",))
    assert READER.scoped(other) is other
    assert SCOPED.scoped(Filters()).collection == ("Press of Vellmar",)
    assert SCOPED.scoped(other) == Filters(outlet=("The Harbour Post",), collection=("Press of Vellmar",))
    assert SCOPED.scoped(Filters(collection=("press of VELLMAR",))).collection == ("Press of Vellmar",)
    for outside in (("Sport",), ("Press of Vellmar", "Sport"), ("",)):
        with pytest.raises(ScopeForbidden, match="Press of Vellmar"):
            SCOPED.scoped(Filters(collection=outside))


def test_no_two_principals_own_the_same_conversations(keys: Keys) -> None:
    key, _ = keys.create("ada")
    owners = [READER.owner, key.principal.owner, keys.create("ada")[0].principal.owner]
    assert len(set(owners)) == 3
    assert key.principal.owner == f"Key:{key.id}"
    assert READER.owner == READER.owner.lower()


# What they may ask


@pytest.fixture
def service(tmp_path: Path, words: WordEmbeddings) -> Iterator[Service]:
    with Index.open(tmp_path / "store", embedder=words) as index:
        index.add(ARTICLES)
        index.add_to_collection("Press of Vellmar", [ARTICLES[0].id])
        bot = Bot(index)
        yield Service(lambda: bot, History.in_memory(), pace_of(2), Slots(2))


def test_an_article_outside_of_the_scope_is_as_one_that_is_not_there(service: Service) -> None:
    inside, outside = ARTICLES[0], ARTICLES[1]
    assert service.article(SCOPED, inside.id).text == inside.text
    assert service.article(READER, outside.id).text == outside.text
    told = []
    for each in (outside.id, "nowhere"):
        with pytest.raises(ArticleMissing) as raised:
            service.article(SCOPED, each)
        told.append(str(raised.value).replace(each, "ID"))
    assert told[0] == told[1]


def test_a_scoped_key_is_not_told_where_else_an_article_was_published(service: Service) -> None:
    first = ARTICLES[0]
    text = " ".join([first.text] * 4)  # a short text counts as no copy
    index = service.bot().index
    index.add(
        [replace(first, id="one", text=text, outlet="Post"), replace(first, id="two", text=text, outlet="Gazette")]
    )
    index.add_to_collection("Press of Vellmar", ["one"])
    assert [each.article_id for each in service.article(READER, "one").also] == ["two"]
    assert service.article(SCOPED, "one").also == ()


def test_a_scope_whose_collection_is_gone_reads_nothing(service: Service) -> None:
    service.bot().index.remove_collection("Press of Vellmar")
    with pytest.raises(CollectionMissing):
        service.article(SCOPED, ARTICLES[0].id)
    with pytest.raises(CollectionMissing):
        service.bot().index.search("bridge", filters=SCOPED.scoped(Filters()))


def test_questions_are_counted_by_key_and_by_the_key_s_own_limit(service: Service) -> None:
    one, other = Principal("a", Role.READER, key="A1", questions_a_minute=1), Principal("a", Role.READER, key="B1")
    with service.answering(one):
        pass
    with pytest.raises(TooOften, match="Ask again") as raised, service.answering(one):
        pass
    assert 0 < raised.value.seconds <= 60
    assert [service.pace(other) for _ in range(2)] == [0, 0]
    assert service.pace(other) > 0
    assert service.pace(READER) == 0


def test_no_more_answers_are_begun_at_once_than_there_are_slots() -> None:
    slots = Slots(2)
    with slots.slot():
        with slots.slot(), pytest.raises(Busy, match="2 answers"), slots.slot():
            pass
        with slots.slot():
            assert slots.held == 2
    assert slots.held == 0


def test_closing_waits_for_what_was_begun_and_begins_nothing_more() -> None:
    slots = Slots(2)
    with ExitStack() as begun:
        begun.enter_context(slots.slot())
        assert not slots.close(0.01)
        with pytest.raises(Stopping), slots.slot():
            pass
        ended = Thread(target=begun.pop_all().close)
    ended.start()
    assert slots.close(30)
    ended.join()
