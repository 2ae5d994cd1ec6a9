"""Questions about one article, about some, and about a collection: what is in it, and that nothing else is found."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.answering.bot import Bot
from bot.answering.library import reply
from bot.cli import main
from bot.errors import UsageError
from bot.history.reread import answer_of
from bot.render.text import to_json
from bot.types import OFFERED, Answer, Intent, Status, Turn
from index import Article, ArticleMissing, CollectionMissing, CollectionNameUnusable, Filters, Hits, Index, Kind
from index.errors import NotCollected, RuleUnusable, StoreMissing
from index.store.nearest import FEW
from index.store.schema import FORMAT
from tests.small_news import ARTICLES, BRIDGE, HOSTILE, TRAM
from tests.stores import IN_A_FILE, OPENED, ask, child

if TYPE_CHECKING:
    from tests.conftest import WordEmbeddings

PRESS = Filters(collection=("press",))
OPINIONS = Filters(kind=(Kind.OPINION,))
EVERYTHING = "Vellmar bridge tram harbour town council mayor"
LATER = Article(
    "later",
    "The bridge closes again",
    "The old bridge in Vellmar did not reopen on 3 May 2021 after all. The repairs of the bridge cost 9 million euros.",
    outlet="Harbour Gazette",
    published=date(2021, 9, 1),
    kind=Kind.REPORT,
    language="en",
)


@pytest.fixture
def index(tmp_path: Path, words: WordEmbeddings, kept_in: str | None) -> Iterator[Index]:
    with Index.open(
        tmp_path / "store", embedder=words, patience=10 if kept_in else 0.2, database_url=kept_in
    ) as opened:
        opened.add([*ARTICLES, LATER])
        yield opened


def found(index: Index, filters: Filters, question: str = EVERYTHING, **more: bool) -> set[str]:
    return {hit.passage.article_id for hit in index.search(question, 50, filters, **more)}  # type: ignore[arg-type]


# What is in a collection


def test_a_collection_has_the_articles_that_were_put_in_and_those_of_its_rules(index: Index) -> None:
    made = index.add_to_collection("press", ["bridge"], [OPINIONS])
    assert (made.name, made.total, made.articles, made.rules) == ("press", 2, 1, (OPINIONS,))
    assert found(index, PRESS) == {"bridge", "tram"}
    assert index.collections() == (made,)
    assert index.collected("press") == ("bridge",)
    again = index.add_to_collection("press", ["bridge", "hostile"], [OPINIONS])
    assert (again.total, again.articles, again.rules) == (3, 2, (OPINIONS,))


def test_a_rule_also_takes_what_comes_later(index: Index) -> None:
    index.add_to_collection("press", (), [OPINIONS, Filters(outlet=("Somebody's",), since=date(2022, 1, 1))])
    index.add([replace(TRAM, id="new", title="Harbour", text="The harbour of Vellmar should be a park, and no port.")])
    assert found(index, PRESS) == {"tram", "new"}
    text = "The mayor of Vellmar opened a swimming pool in the town."
    index.add([replace(BRIDGE, id="after", outlet="SOMEBODY'S", published=date(2022, 2, 1), text=text)])
    assert found(index, PRESS) == {"tram", "new", "after"}


def test_an_article_that_is_taken_out_leaves_and_one_that_changes_stays(index: Index) -> None:
    index.add_to_collection("press", ["bridge", "tram"])
    index.add([replace(BRIDGE, text=f"{BRIDGE.text} Buses do cross it.")])
    assert found(index, PRESS) == {"bridge", "tram"}
    index.remove("bridge")
    assert index.collected("press") == ("tram",)
    index.add([BRIDGE])
    assert found(index, PRESS) == {"tram"}


def test_a_copy_stands_for_the_article_whose_text_it_repeats(index: Index) -> None:
    text = f"{BRIDGE.text} " + " ".join(f"Sentence {number} of the report." for number in range(60))
    long = replace(BRIDGE, id="long", text=text)
    index.add([long, replace(long, id="copy", outlet="Harbour Gazette")])
    assert index.article("long").also
    assert found(index, Filters(article=("copy",))) == {"long"}
    index.add_to_collection("press", ["copy"])
    assert (found(index, PRESS), index.count(PRESS)) == ({"long"}, 1)


def test_articles_are_taken_out_of_a_collection_and_collections_removed(index: Index) -> None:
    index.add_to_collection("press", ["bridge", "tram"])
    with pytest.raises(NotCollected, match="'hostile' was not put into the collection 'press'"):
        index.remove_from_collection("press", ["bridge", "hostile"])
    assert index.collected("press") == ("bridge", "tram")
    assert index.remove_from_collection("PRESS", ["bridge"]).total == 1
    index.remove_collection("press")
    assert index.collections() == ()
    with pytest.raises(CollectionMissing):
        index.remove_collection("press")
    assert len(index) == 4


def test_a_collection_stays_through_rebuild_backup_and_a_deep_check(
    index: Index, tmp_path: Path, words: WordEmbeddings
) -> None:
    made = index.add_to_collection("press", ["bridge"], [OPINIONS])
    index.rebuild()
    assert all(finding.ok for finding in index.examine())
    index.mend()
    index.backup(tmp_path / "kept.byline")
    with Index.open(tmp_path / "restored", embedder=words) as restored:
        restored.restore(tmp_path / "kept.byline")
        assert restored.collections() == index.collections() == (made,)
        assert found(restored, PRESS) == {"bridge", "tram"}


@IN_A_FILE
def test_a_store_of_the_format_before_is_read_and_has_no_collections_until_one_is_made(
    index: Index, tmp_path: Path, words: WordEmbeddings
) -> None:
    index.close()
    with sqlite3.connect(tmp_path / "store" / "ledger.sqlite") as connection:
        connection.executescript(
            "DROP TABLE collection; DROP TABLE collected; DROP TABLE collecting; PRAGMA user_version = 2;"
        )
    connection.close()
    with Index.open(tmp_path / "store", embedder=words) as old:
        assert old.collections() == ()
        assert found(old, Filters(article=("tram",))) == {"tram"}
        with pytest.raises(CollectionMissing):
            old.search(EVERYTHING, filters=PRESS)
        old.backup(tmp_path / "old.byline")
        assert old.add_to_collection("press", ["tram"]).total == 1
        with sqlite3.connect(tmp_path / "store" / "ledger.sqlite") as connection:
            assert connection.execute("PRAGMA user_version").fetchone() == (FORMAT,)
        connection.close()
    with Index.open(tmp_path / "restored", embedder=words) as restored:
        restored.restore(tmp_path / "old.byline")
        assert restored.collections() == ()


# Names, and what is not there


@pytest.mark.parametrize("name", ["press", "Presse étrangère", "国内媒体", "Пресса 2021", "می‌خواهم", "a" * 80])
def test_a_name_may_be_in_any_script_and_letters_case_makes_no_other(index: Index, name: str) -> None:
    index.add_to_collection(f"  {name} ", ["bridge"])
    index.add_to_collection(name.upper(), ["tram"])
    assert [each.name for each in index.collections()] == [name]
    assert found(index, Filters(collection=(name.casefold(),))) == {"bridge", "tram"}


@pytest.mark.parametrize("name", ["", "  ", "a\nb\x00", "\u202eesrever", "---", "x" * 81, "half \udc80"])
def test_a_name_that_cannot_be_read_is_refused(index: Index, name: str) -> None:
    with pytest.raises(CollectionNameUnusable, match="cannot be used for a collection"):
        index.add_to_collection(name, ["bridge"])
    assert index.collections() == ()


def test_what_is_not_there_is_an_error_and_never_no_limit(index: Index, tmp_path: Path) -> None:
    index.add_to_collection("press", ["bridge"])
    for filters, missing in (
        (Filters(article=("bridge", "nowhere")), ArticleMissing),
        (Filters(article=("",)), ArticleMissing),
        (Filters(collection=("press", "nobody")), CollectionMissing),
        (Filters(collection=("",)), CollectionMissing),
    ):
        for asked in (index.search, index.count, index.inventory, index.require):
            with pytest.raises(missing, match="There is no"):
                asked(EVERYTHING, filters=filters) if asked == index.search else asked(filters)  # type: ignore[arg-type]
        with pytest.raises(missing):
            index.search("???", filters=filters)  # which has no term to look for
        for question in ("When did the old bridge in Vellmar reopen?", "hi"):
            with pytest.raises(UsageError):
                Bot(index).answer(question, filters=filters)
        with Index.open(tmp_path / "none", embedder=index.embedder) as none, pytest.raises(missing):
            none.search(EVERYTHING, filters=filters)
    with pytest.raises(ArticleMissing):
        index.add_to_collection("new", ["bridge", "nowhere"])
    for rule in (Filters(), PRESS, Filters(article=("bridge",))):
        with pytest.raises(RuleUnusable):
            index.add_to_collection("new", (), [rule])
    assert [each.name for each in index.collections()] == ["press"]
    with Index.open(tmp_path / "none", embedder=index.embedder) as none, pytest.raises(StoreMissing):
        none.add_to_collection("press", ["bridge"])
    assert not (tmp_path / "none").exists()


# That nothing else is found


def test_filters_are_met_together_and_several_of_one_kind_by_one(index: Index) -> None:
    index.add_to_collection("press", ["bridge", "tram"])
    index.add_to_collection("harbour", ["hostile"])
    cases = {
        Filters(collection=("press", "harbour")): {"bridge", "tram", "hostile"},
        replace(PRESS, kind=(Kind.OPINION,)): {"tram"},
        replace(PRESS, article=("tram", "hostile")): {"tram"},
        replace(PRESS, article=("hostile",)): set(),
        replace(PRESS, until=date(2021, 5, 30)): {"bridge"},
        Filters(article=("later",), outlet=("Harbour Gazette",)): {"later"},
        Filters(article=("later",), outlet=("Vellmar Courier",)): set(),
    }
    for filters, expected in cases.items():
        assert found(index, filters) == expected
        assert index.count(filters) == index.inventory(filters).total == len(expected)


@pytest.mark.parametrize(
    "question",
    [
        "What did the Harbour Gazette report about the bridge in September 2021?",
        "What was only in the Harbour Gazette about the bridge?",
        "Opinion pieces about the tram since 2021",
        "the bridge according to Ada Lind",
    ],
)
def test_what_a_question_names_leads_nowhere_else(index: Index, question: str) -> None:
    index.add_to_collection("press", ["bridge", "hostile"])
    assert found(index, PRESS, question) <= {"bridge", "hostile"}
    assert found(index, Filters(article=("bridge",)), question) <= {"bridge"}


def everything_told(answer: Answer) -> set[str]:
    """The ids of all articles that an answer shows anything of."""
    shown = (answer.citations, answer.nearest, answer.evidence)
    return {each.article_id for some in shown for each in some} | {hit.passage.article_id for hit in answer.hits}


QUESTIONS = [
    "When did the old bridge in Vellmar reopen?",
    "What did the repairs of the bridge cost?",
    "What should the town council do about the tram?",
    "Did the harbour of Vellmar close in April 2019?",
    "Who led the Russian delegation in Vienna?",
    "What articles are there?",
    "Compare the bridge and the tram.",
]


@pytest.mark.parametrize("request_", [None, *(Intent(each) for each in OFFERED)])
def test_no_answer_in_a_scope_shows_anything_of_another_article(index: Index, request_: Intent | None) -> None:
    index.add_to_collection("press", ["bridge"])
    told = [Turn(QUESTIONS[2], "The town council should rebuild the tram."), Turn(QUESTIONS[0], "On 3 May 2021.")]
    bot = Bot(index)
    for question in (*QUESTIONS, "And what did that cost?", "No, the tram."):
        for filters in (PRESS, Filters(article=("bridge",))):
            answer = bot.answer(question, told, filters, request=request_)
            assert everything_told(answer) <= {"bridge"}, question
            assert answer.filters.collection == filters.collection
            assert answer.filters.article == filters.article


def test_a_newer_article_that_says_otherwise_is_told_only_within_the_scope(index: Index) -> None:
    everything = Bot(index).answer("What did the repairs of the bridge cost?")
    assert "later" in everything_told(everything)
    scoped = Bot(index).answer("What did the repairs of the bridge cost?", filters=Filters(article=("bridge",)))
    assert scoped.status is Status.ANSWERED
    assert "4.2 million" in scoped.text
    assert "9 million" not in scoped.text


def test_the_library_tells_of_the_scope_alone(index: Index) -> None:
    index.add_to_collection("press", ["bridge", "tram"])
    text, listed = reply(index, "What articles are there?", Hits((), PRESS), PRESS, "en")
    assert text.startswith("There are 2 articles here. They are dated 4 May 2021 to 1 June 2021.")
    assert [each.article_id for each in listed] == ["tram", "bridge"]


def test_the_library_counts_the_outlets_that_it_does_not_name_and_what_is_not_stated(index: Index) -> None:
    index.add(Article(f"o{n}", f"Title {n}", f"Text of the article {n}.", outlet=f"Outlet {n:02}") for n in range(14))
    index.add([Article("silent", "A title", "A text that states neither outlet nor day.")])
    within = Filters(article=(*(f"o{n}" for n in range(14)), "silent", "bridge"))
    text, _ = reply(index, "What articles are there?", Hits((), within), within, "en")
    said = text.split("\n")[0]
    assert "Without a date: 15." in said
    assert said.count("Outlet ") + said.count("Vellmar Courier") == 12
    assert "3 others, not stated (1)." in said


def test_an_answer_keeps_its_scope_in_json_and_back(index: Index) -> None:
    index.add_to_collection("press", ["bridge"])
    filters = replace(PRESS, article=("bridge",))
    written = json.loads(json.dumps(to_json(Bot(index).answer(QUESTIONS[0], filters=filters))))
    assert written["filters"] == {"article": ["bridge"], "collection": ["press"]}
    assert answer_of(written).filters == filters


# Many articles, and other processes


def test_a_large_collection_is_searched_exactly(tmp_path: Path, words: WordEmbeddings) -> None:
    """More passages than are compared one by one, and more articles named than SQLite takes variables."""
    count = FEW + 500
    with Index.open(tmp_path / "large", embedder=words) as index:
        index.add(Article(f"a{number}", "", f"subject{number % 40} number{number}") for number in range(count))
        inside, last, first = [f"a{number}" for number in range(count - 400)], count - 1, count - 401
        assert index.add_to_collection("large", inside).total == len(inside) > FEW
        for scope in (Filters(collection=("large",)), Filters(article=tuple(inside) * 40)):
            assert index.count(scope) == index.inventory(scope).total == len(inside)
            assert found(index, scope, f"subject{last % 40} number{last}") <= set(inside)
            assert f"a{first}" in found(index, scope, f"subject{first % 40} number{first}")
        assert f"a{last}" in found(index, Filters(), f"subject{last % 40} number{last}")


READER = (
    OPENED
    + """
from index import Filters
for line in sys.stdin:
    try:
        hits = opened.search("Vellmar bridge tram harbour", 50, Filters(collection=(line.strip(),)))
        print(*sorted({{hit.passage.article_id for hit in hits}}), flush=True)
    except Exception as error:
        print(type(error).__name__, flush=True)
"""
)


@IN_A_FILE
def test_another_process_sees_each_change_at_once(index: Index, tmp_path: Path) -> None:
    with child(READER, tmp_path / "store") as reader:
        assert ask(reader, "press") == ["CollectionMissing"]
        index.add_to_collection("press", ["bridge"])
        assert ask(reader, "press") == ["bridge"]
        index.add_to_collection("Press", ["tram"])
        assert ask(reader, "PRESS") == ["bridge", "tram"]
        index.remove("bridge")
        assert ask(reader, "press") == ["tram"]
        index.remove_collection("press")
        assert ask(reader, "press") == ["CollectionMissing"]


WRITER = (
    OPENED
    + """
for number in range(20):
    opened.add_to_collection("shared", ["bridge" if number % 2 else "tram"])
    opened.add_to_collection(f"own{{number}} {name}", ["hostile"])
print("done", flush=True)
sys.stdin.read()
"""
)


@IN_A_FILE
def test_two_processes_write_collections_and_lose_nothing(index: Index, tmp_path: Path) -> None:
    index.close()
    store = tmp_path / "store"
    with child(WRITER, store, name="one") as one, child(WRITER, store, name="other") as other:
        assert [ask(each, "") for each in (one, other)] == [["done"], ["done"]]
    assert index.collected("shared") == ("bridge", "tram")
    assert len(index.collections()) == 41
    assert all(finding.ok for finding in index.examine())


# The command


@pytest.fixture
def shipped_embedder_store(tmp_path: Path) -> Path:
    with Index.open(tmp_path / "store") as opened:
        opened.add(ARTICLES)
    return tmp_path / "store"


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int | str | None, str, str]:
    with pytest.raises(SystemExit) as end:
        main([str(each) for each in arguments])
    said = capsys.readouterr()
    return end.value.code, said.out, said.err


def test_collections_are_made_listed_asked_and_removed_by_command(
    shipped_embedder_store: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BYLINE_MODEL", "extractive")
    store = ("--store", shipped_embedder_store)
    assert run(capsys, "collection", "list", *store)[2].startswith("There is no collection yet.")
    assert run(capsys, "collection", "add", "Press", "bridge", *store)[:2] == (0, "Press: 1 article\n")
    rule = ("--kind", "opinion", "--since", "2021-01-01")
    assert run(capsys, "collection", "add", "press", *rule, *store)[:2] == (0, "Press: 2 articles\n")
    listed = json.loads(run(capsys, "collection", "list", "--json", *store)[1])
    wanted = {"kind": ["opinion"], "since": "2021-01-01"}
    assert listed == [{"name": "Press", "total": 2, "articles": ["bridge"], "rules": [wanted]}]
    assert "--kind opinion --since 2021-01-01" in run(capsys, "collection", "list", *store)[1]

    passages = json.loads(run(capsys, "search", EVERYTHING, "--collection", "press", "--json", *store)[1])
    assert {each["article_id"] for each in passages} == {"bridge", "tram"}
    code, said, _ = run(capsys, "ask", QUESTIONS[0], "--article", "bridge", "--json", *store)
    assert (code, json.loads(said)["filters"]) == (0, {"article": ["bridge"]})
    assert run(capsys, "ask", QUESTIONS[0], "--collection", "PRESS", "--article", "tram", *store)[0] == 3

    for arguments, said in (
        (("ask", QUESTIONS[0], "--collection", "nobody"), "There is no collection 'nobody' here."),
        (("search", QUESTIONS[0], "--article", "nobody"), "There is no article 'nobody' here."),
        (("collection", "add", "press"), "Nothing is put into 'press'."),
        (("collection", "add", "press", "nobody"), "There is no article 'nobody' here."),
        (("collection", "remove", "press", "tram"), "'tram' was not put into the collection 'press'."),
        (("collection", "remove", "nobody"), "There is no collection 'nobody' here."),
    ):
        code, _, told = run(capsys, *arguments, *store)
        assert code == 2, arguments
        assert said in told

    assert run(capsys, "collection", "remove", "press", "bridge", *store)[:2] == (0, "Press: 1 article\n")
    assert run(capsys, "collection", "remove", "press", *store)[:2] == (0, "Removed the collection press\n")
    assert json.loads(run(capsys, "collection", "list", "--json", *store)[1]) == []


SUITE = """
defaultTest:
  metadata: {{filters: {{collection: press}}}}
tests:
- vars: {{question: "When did the old bridge in Vellmar reopen?"}}
  assert: [{{type: cites, value: bridge}}]
- vars: {{question: "Did the harbour of Vellmar close in April 2019?"}}
  assert: [{{type: not-cites, value: hostile}}]
- vars: {{question: "What should the town council of Vellmar do about the tram?"}}
  metadata: {{filters: {{article: [{article}], kind: opinion}}}}
  assert: [{{type: cites, value: tram}}]
"""


def test_test_prompts_are_asked_within_their_filters(
    shipped_embedder_store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    suite, store = tmp_path / "scoped.yaml", ("--store", shipped_embedder_store, "--model", "extractive")
    suite.write_text(SUITE.format(article="tram"))
    code, said, told = run(capsys, "eval", suite, *store)
    assert (code, said) == (2, "")
    assert "There is no collection 'press' here." in told
    run(capsys, "collection", "add", "press", "bridge", "tram", "--store", shipped_embedder_store)
    code, said, told = run(capsys, "eval", suite, *store)
    assert code == 0, said + told
    suite.write_text(SUITE.format(article="nobody"))
    assert run(capsys, "eval", suite, *store)[0] == 2
    suite.write_text(SUITE.format(article="tram").replace("collection: press", "collections: press"))
    assert "collections" in run(capsys, "eval", suite, *store)[2]
    assert HOSTILE.id not in said
