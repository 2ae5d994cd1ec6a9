"""The nearest passages within limits: whichever way they are looked for, they are the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index import Article, Filters, Index
from index.store import nearest
from index.store.nearest import nearest_within
from tests.conftest import WordEmbeddings

FIRST = date(2020, 1, 1)
SUBJECTS = ("bridge", "harbour", "election", "bakery", "railway", "orchard")
# Each subject is told of with each of these, so that none lies apart: of groups of vectors that are equally far from
# each other the graph of Chroma may lose a whole one.
THEMES = ("budget", "weather", "history", "repair", "visitors")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """120 articles of six subjects and five themes, of four outlets, on 120 days. No test changes it."""
    with Index.open(tmp_path_factory.mktemp("nearest") / "store", embedder=WordEmbeddings()) as opened:
        opened.add(map(_article, range(120)))
        yield opened


def _article(number: int) -> Article:
    subject, theme = SUBJECTS[number % len(SUBJECTS)], THEMES[number % len(THEMES)]
    text = f"The {subject} of Vellmar, and its {theme}. {'More of it. ' * (number % 7)}"
    outlet, day = f"Outlet {number % 4}", FIRST + timedelta(number)
    return Article(f"a{number}", f"Number {number}", text, outlet=outlet, published=day)


WAYS = {"one by one": (1_000, 0), "without limits": (0, 1_000), "by name": (0, 0)}


@pytest.mark.parametrize(("few", "most"), WAYS.values(), ids=WAYS)
@pytest.mark.parametrize(
    "filters",
    [
        Filters(outlet=("outlet 1",)),
        Filters(outlet=("Outlet 0", "Outlet 3"), since=FIRST + timedelta(30)),
        Filters(since=FIRST + timedelta(60), until=FIRST + timedelta(100)),
        Filters(until=FIRST),
    ],
)
def test_every_way_finds_the_nearest_within_the_limits(
    index: Index, filters: Filters, few: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    vector = index.embed(["The bridge of Vellmar"])[0]
    inside = {each.id for each in index.articles() if _meets(each, filters)}
    expected = sorted((cosine for each, cosine in _cosines(index, vector) if each in inside), reverse=True)[:8]
    monkeypatch.setattr(nearest, "FEW", few)
    monkeypatch.setattr(nearest, "MOST", most)
    found = index._store.candidates(vector, (), 8, filters)
    assert {each.found.passage.article_id for each in found} <= inside
    np.testing.assert_allclose(sorted((each.meaning for each in found), reverse=True), expected, atol=1e-3)


def _cosines(index: Index, vector: NDArray[np.float32]) -> Iterator[tuple[str, float]]:
    """The article of each passage, and the cosine of its stored vector, whatever a graph finds."""
    ledger = index._store.ledger
    now = ledger.published()
    for found in ledger.found(index._store.followers.vectors(now).keys(now.generation), now.generation, now.edition):
        yield found.passage.article_id, float(np.frombuffer(found.vector, dtype="<f2").astype(np.float32) @ vector)


def _meets(article: Article, filters: Filters) -> bool:
    outlets = [outlet.casefold() for outlet in filters.outlet]
    return (
        article.day is not None
        and (not outlets or str(article.outlet).casefold() in outlets)
        and (filters.since is None or article.day >= filters.since)
        and (filters.until is None or article.day <= filters.until)
    )


@given(st.integers(1, 60), st.sets(st.integers(0, 59)), st.integers(0, 60), st.integers(0, 200))
def test_the_nearest_are_found_wherever_they_lie(count: int, allowed: set[int], few: int, most: int) -> None:
    """Also where those within the limits are the farthest of all."""
    vectors = np.eye(1, 4).repeat(60, axis=0) * np.linspace(1, 0, 60)[:, None]
    vector = np.array([1, 0, 0, 0], dtype=np.float32)  # to which key 0 is nearest, then 1, and so on

    def near(most: int, among: Sequence[int] | None) -> list[int]:
        return sorted(range(60) if among is None else among)[:most]

    def within(most: int, among: Sequence[int] | None) -> list[int]:
        return sorted(allowed & set(range(60) if among is None else among), reverse=True)[:most]

    def stored(keys: Sequence[int]) -> dict[int, bytes]:
        return {key: vectors[key].astype("<f2").tobytes() for key in keys}

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(nearest, "FEW", few)
        patched.setattr(nearest, "MOST", most)
        found = nearest_within(vector, count, (60, len(allowed)), near, within, stored)
    assert found == sorted(allowed)[:count]


def test_few_passages_are_compared_without_asking_chroma(tmp_path: Path, words: WordEmbeddings) -> None:
    """Which would search for them among all, and longest where they are fewest."""
    with Index.open(tmp_path, embedder=words) as opened:
        opened.add(map(_article, range(8)))
        store = opened._store
        now, asked = store.ledger.published(), []
        vectors = store.followers.vectors(now)
        vectors.near = lambda *query: asked.append(query) or []  # type: ignore[method-assign]
        assert len(opened.search("the bridge", filters=Filters(outlet=("Outlet 1",)))) == 2
        assert asked == []
