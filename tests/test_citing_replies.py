"""A strong reader's own replies to questions about the shipped articles, and the same spoiled in one place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bot.training.asked import GoldSet, scripted
from bot.types import State, Status
from index import Index
from tests.bench.writer import KINDS, Asked, Missing, Replies, ask, spoiled

DATA = Path(__file__).parent / "data" / "writer.jsonl"


@pytest.fixture(scope="module")
def shelf() -> GoldSet:
    return scripted()


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, shelf: GoldSet) -> Iterator[Index]:
    with Index.open(tmp_path_factory.mktemp("replies") / "store") as opened:
        opened.add(shelf.articles)
        yield opened


@pytest.fixture(scope="module")
def replies(tmp_path_factory: pytest.TempPathFactory) -> Replies:
    rows = map(json.loads, DATA.read_text(encoding="utf-8").splitlines())
    return Replies(tmp_path_factory.mktemp("asked"), {row["key"]: row["reply"] for row in rows})


@pytest.fixture(scope="module")
def answered(index: Index, shelf: GoldSet, replies: Replies) -> list[Asked]:
    """The questions that the reader has answered."""
    found = []
    for gold in shelf.questions:
        if f"seeds/{gold.id}/answer" in replies.kept:
            with suppress(Missing):  # a question in another language lacks its translation
                found.append(ask(index, replies, f"seeds/{gold.id}", gold))
    assert found
    return found


def test_a_strong_readers_reply_is_shown_as_it_is_and_its_refusal_stands(answered: list[Asked]) -> None:
    assert all(each.as_written for each in answered)
    assert all((each.answer.status is Status.REFUSED) == each.declined for each in answered)


def test_what_a_strong_reader_cites_is_supported(answered: list[Asked]) -> None:
    sentences = [each for asked in answered for each in asked.answer.sentences if each.state is not State.ABOUT]
    assert sum(each.state is State.SUPPORTED for each in sentences) >= 0.9 * len(sentences)


def test_a_spoiled_number_is_never_supported(
    index: Index, shelf: GoldSet, replies: Replies, answered: list[Asked]
) -> None:
    """And what is spoiled otherwise is not, after the second look; a swap of two names of one thing spoils nothing."""
    seen = set()
    for asked in answered:
        for kind, text in spoiled(asked, shelf):
            try:
                again = ask(index, replies, f"{asked.key}/{kind}", asked.gold, text)
            except Missing:
                continue
            seen.add(kind)
            supported = again.answer.sentences[0].state is State.SUPPORTED
            assert not supported or kind in ("citation", "who-whom"), (asked.key, kind)
    assert seen >= {"number", "name"}
    assert seen <= set(KINDS)
