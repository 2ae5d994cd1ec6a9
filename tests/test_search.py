"""What is found, in what order, and within which limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from math import log
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import Article, Effect, Filters, Hit, Hits, Index, Kind, MiniLM, Passage, Understood
from index.search.fusion import LEAST, alike, fuse, lifted, ordered, varied
from index.store.ledger import FoundPassage, StatedFacts
from index.store.lexicon import query_terms, rarity
from index.store.retrieval import Candidate
from tests.conftest import WordEmbeddings

WHO = Article(
    "who",
    "Notice of withdrawal",
    "The United States told the United Nations that it leaves the World Health Organization.\n\nIt takes a year.",
    author="Yang Jin and Li Wei",
    outlet="Global Times",
    published=datetime(2020, 7, 7, 23, 30, tzinfo=UTC),
    kind=Kind.REPORT,
    language="en",
)
CHINESE = Article(
    "zh",
    "新闻",
    "美国宣布退出世界卫生组织。中国表示遗憾，并呼吁各国合作抗击疫情。",
    outlet="环球时报",
    published=date(2020, 7, 8),
    language="zh",
)
CHINESE_TOO = Article("zh-2", "经济", "央行下调贷款利率。股市因此上涨，投资者感到乐观。", language="zh")
BREAD = Article(
    "bread",
    "Baking",
    "Bread needs flour, water, salt and the time of the baker.",
    as_of=date(2020, 7, 9),
    language="en",
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """Real MiniLM over a few articles. No test changes it."""
    with Index.open(tmp_path_factory.mktemp("search") / "store", embedder=MiniLM()) as opened:
        opened.add([WHO, CHINESE, CHINESE_TOO, BREAD])
        yield opened


def ids(hits: Hits) -> list[str]:
    return list(dict.fromkeys(hit.passage.article_id for hit in hits))


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Which country leaves the World Health Organization?", "who"),
        ("Which nation quits a global medical body?", "who"),  # no word in common
        ("What goes into a loaf?", "bread"),
        ("What does Li Wei report?", "who"),  # the author's name is in no passage
        ("baking", "bread"),  # a word of the title alone
        ("美国退出了哪个组织？", "zh"),
        ("利率下调对股市有什么影响", "zh-2"),
    ],
)
def test_the_passage_that_answers_is_found_first(index: Index, question: str, first: str) -> None:
    assert ids(index.search(question))[0] == first


def test_a_chinese_question_goes_by_words_where_the_embedder_reads_none(index: Index) -> None:
    hits = index.search("美国退出了哪个组织？")
    assert ids(hits)[0] == "zh"
    assert all(hit.meaning == 0 and hit.score == hit.words > 0 for hit in hits)


def test_a_chinese_question_goes_by_meaning_too_where_the_embedder_reads_it(
    tmp_path: Path, words: WordEmbeddings
) -> None:
    with Index.open(tmp_path / "store", embedder=words) as index:
        index.add([CHINESE, CHINESE_TOO])
        assert index.search("美国退出了哪个组织？")[0].meaning > 0


def test_the_title_leads_to_a_passage_but_is_not_in_it(index: Index) -> None:
    hit = index.search("notice of withdrawal")[0]
    assert hit.passage.article_id == "who"
    assert "withdrawal" not in hit.passage.text
    assert WHO.text[hit.passage.start : hit.passage.end] == hit.passage.text


def test_no_question_finds_nothing(index: Index) -> None:
    assert [len(index.search(question)) for question in ("", "  \n", "?!")] == [0, 0, 0]
    assert len(index.search("bread", k=0)) == 0


def test_a_question_of_function_words_alone_is_still_looked_for() -> None:
    assert query_terms("Who left the WHO?") == ["left", "WHO"]
    assert query_terms("To be or not to be") == ["to", "be", "or", "not"]


def test_k_limits_the_hits_and_they_come_best_first(index: Index) -> None:
    hits = index.search("the organization", k=3)
    assert len(hits) == 3
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@given(
    st.text(max_size=80)
    | st.sampled_from(['"', "title:(", "a AND NOT (b OR", "x^9~ -y", "[a TO *]", "\\", "word " * 500])
)
@settings(max_examples=40)
def test_any_text_may_be_asked(index: Index, question: str) -> None:
    for hit in index.search(question, k=100):
        assert 0 <= hit.score <= 1
        assert 0 <= hit.words <= 1
        assert -1.001 <= hit.meaning <= 1.001
        assert index.article(hit.passage.article_id).text[hit.passage.start : hit.passage.end] == hit.passage.text


# Filters

WITHIN = [
    (Filters(), {"who", "zh", "zh-2", "bread"}),
    (Filters(outlet=("Global Times",)), {"who"}),
    (Filters(outlet=("global  TIMES", "环球时报")), {"who", "zh"}),
    (Filters(outlet=("Global",)), set()),
    (Filters(author=("Li Wei",)), {"who"}),
    (Filters(author=("yang jin and li wei",)), {"who"}),
    (Filters(author=("Li",)), set()),
    (Filters(kind=(Kind.REPORT, Kind.OPINION)), {"who"}),
    (Filters(kind=(Kind.EDITORIAL,)), set()),
    (Filters(language=("zh",)), {"zh", "zh-2"}),
    (Filters(language=("ZH", "en")), {"who", "zh", "zh-2", "bread"}),
    (Filters(since=date(2020, 7, 8)), {"zh", "bread"}),  # what has no day is outside
    (Filters(until=date(2020, 7, 8)), {"who", "zh"}),
    (Filters(since=date(2020, 7, 7), until=date(2020, 7, 7)), {"who"}),
    (Filters(since=date(2020, 7, 9)), {"bread"}),  # by the day that it describes
    (Filters(language=("en",), until=date(2020, 7, 8)), {"who"}),
    (Filters(outlet=("Global Times",), language=("zh",)), set()),
]


@pytest.mark.parametrize(("filters", "allowed"), WITHIN)
def test_filters_limit_what_is_found(index: Index, filters: Filters, allowed: set[str]) -> None:
    hits = index.search("organization bread 组织 利率", k=50, filters=filters)
    assert set(ids(hits)) == allowed
    assert hits.filters == filters


@pytest.mark.parametrize(("filters", "allowed"), WITHIN)
def test_filters_are_applied_in_each_of_the_two_indexes(index: Index, filters: Filters, allowed: set[str]) -> None:
    terms, vector = query_terms("organization bread 组织 利率"), index.embed(["organization"])[0]
    by_words = index._store.candidates(None, terms, 50, filters)
    by_meaning = index._store.candidates(vector, (), 50, filters)
    assert {one.found.passage.article_id for one in by_words} == allowed
    assert {one.found.passage.article_id for one in by_meaning} == allowed


def test_a_filter_finds_what_is_far_down_without_it(tmp_path: Path, words: WordEmbeddings) -> None:
    crowd = [Article(f"a{number}", "", "The panda eats bamboo.", outlet="Crowd") for number in range(300)]
    alone = Article("z", "", "Somewhere a panda may eat something else than bamboo, if it is asked.", outlet="Alone")
    with Index.open(tmp_path / "store", embedder=words) as index:
        index.add([*crowd, alone])
        assert "z" not in ids(index.search("panda bamboo"))
        assert ids(index.search("panda bamboo", filters=Filters(outlet=("Alone",)))) == ["z"]


# What a passage is found by


def test_a_passage_is_found_by_its_neighbours_words_too_and_more_by_its_own(
    tmp_path: Path, words: WordEmbeddings
) -> None:
    dull = "Nothing of note was said about it in the council on that day. " * 14
    with Index.open(tmp_path / "store", embedder=words) as index:
        index.add(
            [Article("a", "", f"{dull}\n\n{dull}\n\n{dull}A walrus came.\n\n{dull}\n\n{dull}"), Article("b", "", dull)]
        )
        passages = index.passages("a")
        own = next(place for place, passage in enumerate(passages) if "walrus" in passage.text)
        found = {one.found.passage: one.words for one in index._store.candidates(None, ["walrus"], 50, Filters())}
    assert 0 < own < len(passages) - 1
    assert set(found) == {passages[own - 1], passages[own], passages[own + 1]}
    assert found[passages[own]] > max(found[passages[own - 1]], found[passages[own + 1]]) > 0


# Order and scores


NOTHING = StatedFacts()


def candidate(
    article_id: str, start: int, words: float, meaning: float, text: str = "x", facts: StatedFacts = NOTHING
) -> Candidate:
    return Candidate(FoundPassage(0, Passage(article_id, start, start + len(text), text), b"", facts), words, meaning)


def understood(effect: Effect = Effect.PREFERRED, **means: object) -> Understood:
    return Understood("", 0, 0, Filters(**means), effect)  # type: ignore[arg-type]


def test_a_score_is_the_mean_of_words_and_meaning_on_the_scale_of_the_best_cosine() -> None:
    hits = fuse([candidate("a", 0, 8.0, 0.5), candidate("b", 0, 4.0, 0.9), candidate("c", 0, 0.0, -0.1)])
    assert [(hit.passage.article_id, hit.score) for hit in hits] == [
        ("a", pytest.approx(0.9 * (1.0 + 0.6) / 2)),
        ("b", pytest.approx(0.9 * (0.5 + 1.0) / 2)),
        ("c", 0.0),
    ]
    assert [hit.words for hit in hits] == [1.0, 0.5, 0.0]


def test_what_is_near_scores_more_than_what_is_only_the_nearest() -> None:
    (near,), (far,) = fuse([candidate("a", 0, 2.0, 0.7)]), fuse([candidate("a", 0, 2.0, 0.1)])
    assert (near.score, far.score) == (pytest.approx(0.7), pytest.approx(0.1))


def test_words_give_an_order_where_no_passage_is_near_or_all_are_as_near() -> None:
    for meaning in (-0.2, 0.0, 0.5):
        hits = fuse([candidate("a", 0, 1.0, meaning), candidate("b", 0, 2.0, meaning + LEAST / 1000)])
        assert [hit.passage.article_id for hit in hits] == ["b", "a"]
        assert hits[0].score > hits[1].score > 0


VERGE = StatedFacts("The Verge", "Ada Lind", "report", date(2020, 7, 15).toordinal())
NAMED = [
    ((understood(outlet=("The Verge",)),), 1),
    ((understood(outlet=("Wired", "The Verge")),), 1),
    ((understood(outlet=("Wired",)), understood(outlet=("The Verge",))), 1),  # it can have only one of them
    ((understood(outlet=("The Verge",)), understood(author=("Ada Lind",))), 2),
    ((understood(kind=(Kind.REPORT,)),), 1),
    ((understood(kind=(Kind.OPINION,)),), 0),
    ((understood(since=date(2020, 7, 15), until=date(2020, 7, 15)),), 1),
    ((understood(since=date(2020, 7, 16)),), 0),
    ((understood(until=date(2020, 7, 14)),), 0),
    ((understood(until=date(2020, 7, 15)), understood(outlet=("Wired",))), 1),
    ((understood(Effect.REQUIRED, outlet=("The Verge",)),), 0),  # all that is found has it
]


@pytest.mark.parametrize(("named", "count"), NAMED)
def test_each_fact_that_the_question_names_takes_a_part_of_what_lacks_to_one(
    named: tuple[Understood, ...], count: int
) -> None:
    (hit,) = fuse([candidate("a", 0, 1.0, 0.2, facts=VERGE)], named)
    assert hit.named == count
    assert hit.score == pytest.approx(1 - (1 - 0.2) * 0.6**count)


def test_an_article_without_a_day_is_of_no_period_and_a_copy_has_its_outlet() -> None:
    nothing = candidate("a", 0, 1.0, 0.2)
    assert fuse([nothing], [understood(until=date(2020, 7, 15))])[0].named == 0
    copied = candidate("a", 0, 1.0, 0.2, facts=StatedFacts("Wired", copies='["The Verge"]'))
    assert fuse([copied], [understood(outlet=("The Verge",))])[0].named == 1


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5), st.floats(0, 50), st.floats(-1, 1)), max_size=12),
    st.integers(1, 12),
)
def test_scores_stay_between_zero_and_one_best_first_and_each_passage_once(
    drawn: list[tuple[str, int, float, float]], k: int
) -> None:
    unique = {(name, start): candidate(name, start, words, meaning) for name, start, words, meaning in drawn}
    hits = varied(fuse(unique.values(), [understood(until=date(2020, 1, 1))]), k)
    assert len(hits) <= k
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 <= hit.score <= 1 for hit in hits)
    assert len({(hit.passage.article_id, hit.passage.start) for hit in hits}) == len(hits)
    assert lifted(0.3, 0) == pytest.approx(0.3)


# What is shown once

NUMBERS = "The count of the harbour showed {} boats in the spring and as many in the autumn of the year."
ALIKE = [
    (NUMBERS.format(12), NUMBERS.format(12), True),
    (NUMBERS.format(12), NUMBERS.format(12).upper() + " ", True),
    (NUMBERS.format(12), NUMBERS.format(13), False),  # another number is another fact
    (NUMBERS.format("twelve"), NUMBERS.format("many"), True),
    (NUMBERS.format("twelve"), NUMBERS.format("twelve")[:50], False),
    ("美国宣布退出世界卫生组织并停止资助。", "美国宣布退出世界卫生组织并停止资助", True),
    ("美国宣布退出世界卫生组织并停止资助。", "美国宣布重返世界卫生组织并恢复资助。", False),
    ("", "", False),
]


@pytest.mark.parametrize(("text", "other", "same"), ALIKE)
def test_passages_are_alike_that_say_the_same_with_the_same_numbers(text: str, other: str, same: bool) -> None:
    assert alike(text, other) is same
    assert alike(other, text) is same


def hit_of(article_id: str, start: int, score: float, text: str | None = None) -> Hit:
    said = text or f"{article_id} {start} alone"
    return Hit(Passage(article_id, start, start + len(said), said), score, 0.0, 0.0)


def test_a_passage_of_an_article_that_has_a_better_one_is_marked_and_keeps_its_place() -> None:
    hits = [hit_of("a", 0, 0.8), hit_of("a", 1, 0.7), hit_of("b", 0, 0.55), hit_of("c", 0, 0.1)]
    found = varied(ordered(hits), 3)
    assert [(hit.passage.article_id, hit.score) for hit in found] == [("a", 0.8), ("a", 0.7), ("b", 0.55)]
    assert [hit.further for hit in found] == [False, True, False]


def test_of_passages_that_are_nearly_the_same_only_the_best_is_shown() -> None:
    twice = "Sign up for the letter of the week and read what the town talks about."
    hits = [hit_of("a", 0, 0.8, twice), hit_of("b", 0, 0.7, twice + " Now."), hit_of("c", 0, 0.2)]
    assert [hit.passage.article_id for hit in varied(ordered(hits), 2)] == ["a", "c"]


@given(st.permutations([candidate(name, start, 2.0, 0.5) for name in "abc" for start in (0, 7)]))
def test_equal_hits_have_one_order(shuffled: list[Candidate]) -> None:
    places = [(hit.passage.article_id, hit.passage.start) for hit in fuse(shuffled)]
    assert places == sorted(places)


def test_the_order_does_not_depend_on_the_order_of_adding(tmp_path: Path, words: WordEmbeddings) -> None:
    articles = [replace(WHO, id=f"a{number}", text=WHO.text * (1 + number % 2)) for number in range(12)]
    found = []
    for name, added in (("forth", articles), ("back", articles[::-1])):
        with Index.open(tmp_path / name, embedder=words) as index:
            index.add(added)
            found.append([hit.passage for hit in index.search("United Nations", k=12)])
    assert found[0] == found[1]


def test_rare_terms_tell_more(index: Index) -> None:
    total = index.check().passages
    everywhere, somewhere, nowhere = index.rarity(["the", "bread", "zebra"])
    assert nowhere == pytest.approx(log(1 + (total + 0.5) / 0.5))
    assert somewhere == pytest.approx(log(1 + (total - 1 + 0.5) / 1.5))
    assert 0 < everywhere < somewhere < nowhere
    assert rarity(3, 9) == rarity(3, 3) > 0  # counts of a moment in which removed passages are not merged away yet


def test_the_embedder_never_reads_more_than_its_limit(tmp_path: Path) -> None:
    class Strict(MiniLM):
        def embed(self, texts):  # type: ignore[no-untyped-def]
            assert max(self.count(texts), default=0) <= self.limit
            return super().embed(texts)

    title = "A title that goes on and on about everything that happened " * 10
    sentence = "Sentences of a dozen words follow each other until the article is long. "
    with Index.open(tmp_path / "store", embedder=Strict()) as index:
        index.add(Article(f"a{number}", title, sentence * number) for number in range(12, 24))
        index.add([Article("unbroken", title, "donaudampfschiff" * 300), Article("no-title", "", sentence * 60)])
        assert len(index.passages("no-title")) > 3
