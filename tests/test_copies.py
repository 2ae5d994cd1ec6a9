"""Copies of one text in several outlets are one article, and each id that was given stays."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import Article, ArticleMissing, Filters, Index, Republication, Visit, Walk
from index.ingest.batch import Batch, Waiting
from index.text.copies import SHORTEST, bands, repeats
from tests.conftest import WordEmbeddings

TEXT = """The old bridge in Vellmar reopened on 3 May 2021 after two years of repairs, which cost 4.2 million euros, a
third more than the town had planned. The mayor, Ines Brandt, cut the ribbon at noon while a brass band played.

Engineers had found cracks in 14 of the 22 arches in the spring of 2019. Lorries were turned away at once, and buses
had to take the road around the harbour, which added twenty minutes to every trip across the river.

Shopkeepers on the eastern bank say that they lost a quarter of their customers in that time. "We are glad that it is
over," said Tom Okafor, who sells bicycles there. The council has promised them a fund of 300,000 euros.

Buses will cross the bridge again from June. A second lane for cyclists is to follow in the autumn, once the state has
approved the plans that were handed in last week."""
CHINESE = """维尔马市的老桥经过两年维修后于2021年5月3日重新开放，
工程耗资420万欧元，比原计划多出三分之一。
市长伊内斯·布兰特在中午剪彩，铜管乐队在一旁演奏。工程师在2019年春天发现二十二个桥拱中有十四个出现裂缝，卡车随即被禁止通行，公共汽车不得不绕行港口公路，
每趟过河都要多花二十分钟。东岸的店主们说，那段时间他们失去了四分之一的顾客。市议会答应为他们设立一笔三十万欧元的基金。"""
LONG = [f"{first}{last}" for first in ("mar", "ver", "lin", "tor", "sel", "gan") for last in map(chr, range(97, 123))]
CREDITS = "Reporting by A. Writer; editing by B. Editor. Distributed by the Vellmar News Agency on 4 May."


def cut(text: str, part: float = 0.7) -> str:
    return text[: int(len(text) * part)]


def edited(text: str) -> str:
    """Every twenty-fifth word another."""
    words = text.split(" ")
    return " ".join("somewhat" if number % 25 == 7 and word.isalpha() else word for number, word in enumerate(words))


def original(text: str = TEXT, **facts: Any) -> Article:
    return Article("first", "The bridge is open", text, outlet="Vellmar Courier", **facts)


def copy(text: str = TEXT, **facts: Any) -> Article:
    return Article("second", "A bridge reopens", text, **{"outlet": "Harbour Post", **facts})


@pytest.fixture
def index(tmp_path: Path, words: WordEmbeddings) -> Iterator[Index]:
    with Index.open(tmp_path / "store", embedder=words) as opened:
        yield opened


def searched(index: Index) -> list[str]:
    return [article.id for article in index.articles()]


def copies(index: Index) -> dict[str, str]:
    """Each copy, and its original."""
    return {one.article_id: article.id for article in index.articles() for one in article.also}


# What is a copy

COPIES: dict[str, str] = {
    "the same": TEXT,
    "cut": cut(TEXT),
    "cut to the half": cut(TEXT, 0.55),
    "with a dateline": f"VELLMAR, 4 May 2021 (Harbour News) - {TEXT}",
    "with credits": f"{TEXT}\n\n{CREDITS}",
    "cut, with a dateline": f"VELLMAR (Harbour News) - {cut(TEXT)}",
    "without a paragraph": "\n\n".join(TEXT.split("\n\n")[:2] + TEXT.split("\n\n")[3:]),
    "with other words here and there": edited(TEXT),
    "in capitals, with other spaces": TEXT.upper().replace(" ", "  "),
}
OTHERS: dict[str, tuple[Article, Article]] = {
    "of the same outlet": (original(), copy(outlet="  vellmar COURIER ")),
    "of an outlet that is not known": (original(), copy(outlet=None)),
    "of an unknown outlet": (replace(original(), outlet=None), copy()),
    "in another language": (original(language="en"), copy(language="de")),
    "with another number": (original(), copy(TEXT.replace("4.2 million", "5.1 million"))),
    "with another number at the start": (original(f"Seven days: {TEXT}"), copy(f"8 days: {TEXT}")),
    "with another number at the end": (original(f"{TEXT} It is 2021."), copy(f"{TEXT} It is 2022.")),
    "too short": (original(TEXT[:250]), copy(TEXT[:250])),
    "a part of a long one": (original(f"{TEXT} " + " ".join(f"{word}, then" for word in LONG)), copy()),
    "another text": (original(), copy(" ".join(sorted(TEXT.split())))),
}


@pytest.mark.parametrize("text", COPIES.values(), ids=COPIES)
def test_a_text_that_another_outlet_repeats_is_one_article(index: Index, text: str) -> None:
    first, second = original(language="en"), copy(text, url="https://post.example/1", published=date(2021, 5, 4))
    report = index.add([first, second])
    assert (report.added, report.duplicate) == (1, 1)
    also = (Republication("second", "Harbour Post", "https://post.example/1", date(2021, 5, 4)),)
    assert list(index.articles()) == [replace(first, also=also)]
    assert (index.article("second"), index.article("first").also, len(index)) == (second, also, 1)
    assert (bool(index.passages("first")), index.passages("second")) == (True, ())
    assert index.check().sound


@pytest.mark.parametrize(("first", "second"), OTHERS.values(), ids=OTHERS)
def test_what_is_no_copy_is_an_article_of_its_own(index: Index, first: Article, second: Article) -> None:
    report = index.add([first, second])
    assert (report.added, report.duplicate) == (2, 0)
    assert list(index.articles()) == [first, second]


def test_a_chinese_text_is_found_by_its_characters(index: Index) -> None:
    repeated = copy(f"港口邮报5月4日讯 {cut(CHINESE, 0.8)}")
    assert index.add([original(CHINESE), repeated]).duplicate == 1
    assert index.add([replace(copy(CHINESE.replace("420万", "510万")), id="third")]).added == 1


def test_a_copy_has_a_band_in_common_with_its_original() -> None:
    assert len(bands(TEXT)) == 32
    assert bands(" ".join(TEXT.split()[:SHORTEST])) == ()
    for text in COPIES.values():
        assert set(bands(text)) & set(bands(TEXT))
    assert bands(TEXT) == bands(TEXT.upper())


def test_bands_stay_the_same_in_every_version() -> None:
    """They are kept: other ones would find no copies of what was indexed before."""
    assert bands(TEXT)[:3] == (1172626889, 275385252, 1897762020)


# What becomes of copies


def test_an_unchanged_copy_is_unchanged(index: Index) -> None:
    index.add([original(), copy()])
    report = index.add([copy(), original()])
    assert (report.unchanged, report.changed, report.duplicate) == (2, 0, 0)
    assert copies(index) == {"second": "first"}


def test_the_longer_of_two_is_the_one_that_is_searched(index: Index) -> None:
    index.add([copy(cut(TEXT)), replace(copy(cut(TEXT)), id="third", outlet="Evening Mail")])
    assert copies(index) == {"third": "second"}
    index.add([original()])
    assert copies(index) == {"second": "first", "third": "first"}
    assert index.check().sound


@pytest.mark.parametrize("end", ["removed", "pruned", "changed"])
def test_copies_whose_original_is_gone_are_one_article_again(index: Index, end: str) -> None:
    third = replace(copy(), id="third", outlet="Evening Mail")
    index.add([original(), Visit("a", "root"), copy(), third])
    assert copies(index) == {"second": "first", "third": "first"}
    before = index._store.ledger.published().generation
    if end == "removed":
        index.remove("first")
    elif end == "pruned":
        assert index.add([Walk("root")], prune=True).removed == 1
    else:
        assert index.add([original(" ".join(sorted(TEXT.split())))]).changed == 1
    assert copies(index) == {"third": "second"}
    assert searched(index) == ["second"] if end != "changed" else ["first", "second"]
    assert "second" in {hit.passage.article_id for hit in index.search("brass band ribbon")}
    assert index._store.ledger.published().generation == before + 1
    assert index.check().sound


def test_a_copy_that_changed_is_an_article_of_its_own(index: Index) -> None:
    index.add([original(), copy()])
    other = copy("Nothing of this was in the text before. " * 20)
    assert index.add([other]).changed == 1
    assert list(index.articles()) == [original(), other]
    assert index.add([copy()]).changed == 1
    assert copies(index) == {"second": "first"}


def test_a_copy_follows_its_original_through_a_correction(index: Index) -> None:
    index.add([original(), copy()])
    index.add([original(TEXT + " It is to be painted blue.")])
    assert copies(index) == {"second": "first"}
    assert index.history("second") == ()


def test_a_removed_copy_is_gone_and_its_original_stays(index: Index) -> None:
    index.add([original(), copy()])
    index.remove("second")
    assert list(index.articles()) == [original()]
    with pytest.raises(ArticleMissing):
        index.article("second")


def test_the_outlet_of_a_copy_finds_the_original(index: Index) -> None:
    unlike = Article("other", "Else", "A brass band cut a ribbon.", outlet="Evening Mail")
    index.add([original(), copy(), unlike])
    for outlet, ids in {"harbour post": {"first"}, "Vellmar Courier": {"first"}, "Evening Mail": {"other"}}.items():
        hits = index.search("brass band ribbon", filters=Filters(outlet=(outlet,)))
        assert {hit.passage.article_id for hit in hits} == ids
    both = Filters(outlet=("Harbour Post", "Evening Mail"))
    assert {hit.passage.article_id for hit in index.search("brass band ribbon", filters=both)} == {"first", "other"}
    index.remove("second")
    assert not index.search("brass band ribbon", filters=Filters(outlet=("Harbour Post",)))


def test_copies_of_one_run_and_of_many_are_the_same(tmp_path: Path, words: WordEmbeddings) -> None:
    outlets = ["Vellmar Courier", "Harbour Post", "Evening Mail", "Vellmar Courier"]
    texts = [cut(TEXT), TEXT, edited(TEXT), cut(TEXT, 0.8), CHINESE, TEXT.replace("22", "23")]
    given = [
        Article(f"{number}", "Bridge", text, outlet=outlet)
        for number, (text, outlet) in enumerate((text, outlet) for text in texts for outlet in outlets)
    ]
    random.Random(5).shuffle(given)
    with Index.open(tmp_path / "one", embedder=words) as one, Index.open(tmp_path / "many", embedder=words) as many:
        one.add(given)
        for article in given:
            many.add([article])
        assert list(one.articles()) == list(many.articles())
        assert copies(one)


def test_an_article_is_placed_once(index: Index) -> None:
    """Also where it loses two originals at a time: the first, which changed, and gave way to another copy of it."""
    longer, other = original(), [copy(), replace(copy(), id="third")]
    index.add([longer, *other])
    assert copies(index) == {"second": "first", "third": "first"}
    split: list[str] = []
    batch = Batch(index._store.syndication, lambda article: split.append(article.id) or ())
    batch.add(Waiting(original(cut(TEXT)), "another digest"), known=True)
    assert {each.article.id: each.copy_of for each in batch.waiting.values()} == {
        "first": "second",
        "second": None,
        "third": None,
    }
    assert sorted(split) == ["first", "second", "third"]


# Whatever happens

VARIANTS: dict[str, Callable[[str], str]] = {
    "same": str,
    "cut": cut,
    "credited": lambda text: f"{text}\n\n{CREDITS}",
    "other number": lambda text: text.replace("14", "15"),
    "half": lambda text: f"{text[len(text) // 2 :]} {CREDITS}",
}
STORIES = [TEXT, " ".join(TEXT.split()[::-1]), "Too short."]
changes = st.lists(
    st.one_of(
        st.builds(
            lambda id_, story, variant, outlet, title: Article(id_, title, VARIANTS[variant](story), outlet=outlet),
            st.sampled_from("abcdef"),
            st.sampled_from(STORIES),
            st.sampled_from(list(VARIANTS)),
            st.sampled_from(["A", "B", "C", None]),
            st.sampled_from(["One", "Two"]),
        ),
        st.sampled_from("abcdef"),
    ),
    max_size=14,
)


@given(changes, st.sampled_from([1, 3, 256]))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_article_is_there_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sequence: list[Article | str], batch: int
) -> None:
    monkeypatch.setattr("index.ingest.ingest.BATCH", batch)
    rmtree(tmp_path / "store", ignore_errors=True)
    given: dict[str, Article] = {}
    with Index.open(tmp_path / "store", embedder=WordEmbeddings()) as index:
        for removed, run in runs(sequence):
            index.add(run)
            given |= {article.id: article for article in run}
            if given.pop(removed, None):
                index.remove(removed)
            holds(index, given)
        assert index.check().sound


def runs(sequence: list[Article | str]) -> Iterator[tuple[str, list[Article]]]:
    """Articles that are added together, and the id that is removed then."""
    run: list[Article] = []
    for item in sequence:
        if isinstance(item, str):
            yield item, run
            run = []
        else:
            run.append(item)
    yield "", run


def holds(index: Index, given: dict[str, Article]) -> None:
    originals = {article.id: article for article in index.articles()}
    of = copies(index)
    assert sorted([*originals, *of]) == sorted(given)
    assert len(index) == len(originals)
    for article_id, article in given.items():
        assert replace(index.article(article_id), also=()) == article
        assert bool(index.passages(article_id)) == (article_id in originals)
    for one, other in of.items():
        assert repeats(given[one], given[other])
    (kept,) = index._store.ledger._one("SELECT count(*) FROM band") if given else (0,)
    assert kept == sum(len(bands(article.text)) for article in originals.values() if article.outlet)
    for one in originals.values():  # type: ignore[assignment]
        for other in originals.values():  # type: ignore[assignment]
            assert not (repeats(one, other) and len(other.text) > len(one.text))  # type: ignore[arg-type, attr-defined]
