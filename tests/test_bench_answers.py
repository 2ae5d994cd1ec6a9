"""How answers are counted. The measurement itself needs the local model and the measuring sets."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.training import asked
from bot.training.asked import GoldQuestion, draw, scripted, shelves
from index import Article
from tests.bench.kept import Kept, fingerprint
from tests.bench.said import as_answer, says_nothing
from tests.bench.scores import COUNTED, FIRST, Reply, exact, passed_off, rows, unmarked_and_wrong
from tests.bench.stock import StockChain

TEXTS = {"crisis": "It began in October 1973. Prices rose.", "other": "In 1973 it rained."}
WHEN = GoldQuestion("when", "When did it begin?", True, ("October 1973", "1973"), "crisis")
NEVER = GoldQuestion("never", "When did it rain cats?", False)


def citation(mark: int, article_id: str, quote: str) -> dict[str, Any]:
    start = TEXTS[article_id].index(quote)
    return {"mark": mark, "article_id": article_id, "start": start, "end": start + len(quote), "quote": quote}


def reply(
    asked: GoldQuestion, text: str, *citations: dict[str, Any], status: str = "answered", state: str = "supported"
) -> Reply:
    said = {"text": text, "state": state, "citations": [each["mark"] for each in citations]}
    return Reply(asked, {"status": status, "text": text, "sentences": [said], "citations": list(citations)})


GOLD = citation(1, "crisis", "It began in October 1973.")


@pytest.mark.parametrize(
    ("text", "right", "found"),
    [
        ("It began in the October, 1973 [1].", True, True),  # articles, punctuation and marks are no words
        ("It began in October 1974.", False, False),
        (f"{'well ' * (FIRST - 1)}1973", True, True),
        (f"{'well [1] ' * (FIRST - 1)}1973", True, True),
        (f"{'well ' * FIRST}1973", False, True),
    ],
)
def test_the_gold_span_is_looked_for_in_the_first_words(text: str, right: bool, found: bool) -> None:
    given = reply(WHEN, text)
    assert (given.right, given.found) == (right, found)


@pytest.mark.parametrize("status", ["refused", "failed"])
def test_what_is_not_answered_is_a_miss_whatever_its_text_says(status: str) -> None:
    missed = reply(WHEN, "Nearest: the crisis of 1973.", status=status)
    counted = COUNTED[f"gold span in the first {FIRST} words, of all answerable"]
    assert str(counted([missed, reply(WHEN, "In 1973.")])).startswith("1/2 = 0.500")


def test_a_failure_is_neither_an_answer_nor_a_refusal() -> None:
    failed = [reply(NEVER, "", status="failed")]
    shares = [str(COUNTED[what](failed)) for what in COUNTED if "of the unanswerable" in what]
    assert [each.split(" ")[0] for each in shares] == ["0/1", "0/1"]
    assert str(COUNTED["failures, of all questions"](failed)).startswith("1/1")


def test_citations_are_held_against_the_gold_article_and_the_gold_span() -> None:
    elsewhere, without = citation(1, "other", "In 1973 it rained."), citation(1, "crisis", "Prices rose.")
    replies = [reply(WHEN, "In 1973.", each) for each in (GOLD, elsewhere, without)]
    counted = {what: str(count(replies)).split(" ")[0] for what, count in COUNTED.items()}
    assert counted["cites the gold article, of right answers"] == "2/3"
    assert counted["with a quote that holds the gold span"] == "1/3"
    assert counted["citations into the gold article, of those of right answers"] == "2/3"


def test_only_the_articles_own_words_at_their_place_are_exact() -> None:
    assert exact(GOLD, TEXTS)
    assert not exact({**GOLD, "start": 1}, TEXTS)
    assert not exact({**GOLD, "quote": "It began in October 1974."}, TEXTS)


def test_what_is_let_through_is_what_is_not_marked() -> None:
    told, marked = reply(NEVER, "In 1975."), reply(NEVER, "In 1975.", state="unsupported")
    assert passed_off([told, marked, reply(WHEN, "In 1973.")]) == (1, 3)
    assert unmarked_and_wrong([told, reply(WHEN, "In 1975."), reply(WHEN, "In 1973.")]) == (1, 2)


def test_medians_stand_beside_those_of_the_stock_chain() -> None:
    def took(seconds: float) -> list[Reply]:
        given = reply(WHEN, "In 1973.", GOLD).given
        return [Reply(WHEN, {**given, "seconds": {"total": seconds}})]

    table = {row[0]: row[1:] for row in rows({"stock": took(8), "byline": took(4)}, TEXTS)}
    assert table["seconds to the finished answer, median"] == ["8 (1.00 ×)", "4 (0.50 ×)"]


def test_the_mean_tokens_of_a_question_are_those_of_every_question_that_did_not_fail() -> None:
    def used(read: int, status: str) -> Reply:
        given = {**reply(WHEN, "In 1973.", GOLD, status=status).given, "tokens": {"read": read, "written": 8}}
        return Reply(WHEN, given)

    replies = {
        "stock": [used(900, "answered"), used(1_100, "refused")],
        "byline": [used(400, "answered"), used(200, "refused"), used(9, "failed")],
        "other": [reply(WHEN, "In 1973.", GOLD)],
    }
    table = {row[0]: row[1:] for row in rows(replies, TEXTS)}
    read = table["tokens read a question, without those from the cache, mean"]
    assert read == ["1,000 (1.00 ×)", "300 (0.30 ×)", "–"]
    assert table["tokens written a question, mean"] == ["8 (1.00 ×)", "8 (1.00 ×)", "–"]


# The stock chain


@pytest.mark.parametrize(
    ("text", "nothing"),
    [
        ("I don't know.", True),
        ("The passages provided do not mention when the treaty was signed [1].", True),
        ("The year of the treaty is not mentioned in the passages.", True),
        ("There is no information about a treaty [2].", True),
        ("It is unclear who signed it.", True),
        ("The treaty's date is not given in the provided passages.", True),
        ("Passage [2] does not explicitly say who signed it.", True),
        ("The Normans did not pay their soldiers [1].", False),
        ("According to the passage [1], women were not given the vote.", False),
        ("The passage states that there is no evidence of a treaty.", False),
        ("It was signed in 1973 [1]. The passages do not say by whom.", False),
        ("", True),
    ],
)
def test_a_stock_answer_refuses_in_its_first_sentence(text: str, nothing: bool) -> None:
    assert says_nothing(text) is nothing


@pytest.mark.parametrize("text", ["It began in 1973 [2]. It rained [1, 2].", "It began in 1973. [2] It rained. [1][2]"])
def test_marks_of_a_stock_answer_are_citations_of_the_sentence_before(text: str) -> None:
    passages = [{"article_id": each} for each in ("crisis", "other")]
    given = as_answer(text, passages)
    assert [(each["text"], each["citations"]) for each in given["sentences"]] == [
        ("It began in 1973.", [2]),
        ("It rained.", [1, 2]),
    ]
    assert given["citations"] == [{"mark": 1, "article_id": "crisis"}, {"mark": 2, "article_id": "other"}]


def test_a_mark_of_no_passage_is_no_valid_citation() -> None:
    given = Reply(WHEN, as_answer("It began in 1973 [7].", [{"article_id": "crisis"}]))
    assert str(COUNTED["sentences with citations, all of them valid"]([given])).startswith("0/1")


def test_the_stock_chain_quotes_the_passages_that_its_marks_name() -> None:
    from langchain_core.embeddings import DeterministicFakeEmbedding
    from langchain_core.language_models import FakeListChatModel

    long = Article("long", "A crisis", " ".join(f"Price number {number} rose." for number in range(200)))
    chat = FakeListChatModel(responses=["It rose [1]. It fell [4]."])
    with closing(StockChain([long], DeterministicFakeEmbedding(size=8), chat)) as chain:
        asked = chain.ask("What rose?")
    given = as_answer(asked["words"], asked["given"])
    assert [each["mark"] for each in given["citations"]] == [1, 4]
    assert all(exact(each, {"long": long.text}) for each in given["citations"])
    assert sorted(asked["seconds"], key=asked["seconds"].get) == ["evidence", "first_token", "total"]


# Which questions, and what is kept


def test_fewer_questions_are_the_first_of_more_and_come_in_turn() -> None:
    questions = [GoldQuestion(str(number), "", number % 3 == 0) for number in range(60)]
    few, many = draw(questions, 4, seed=1), draw(questions, 15, seed=1)
    assert many[:8] == few
    assert [each.answerable for each in few] == [True, False] * 4
    assert draw(questions, 4, seed=2) != few


def test_all_questions_of_a_paragraph_are_in_one_part(tmp_path: Path) -> None:
    folder = tmp_path / "squad2"
    folder.mkdir()
    articles = [{"_id": f"p{number}", "title": "", "text": "."} for number in range(10)]
    asked = [
        {
            "_id": f"{each['_id']}-{number}",
            "text": "?",
            "answers": ["x"],
            "answerable": number > 1,
            "paragraph": each["_id"],
        }
        for each in articles
        for number in range(4)
    ]
    for name, found in (("corpus", articles), ("questions", asked)):
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, found)))
    halves = [
        {each.id.split("-")[0] for shelf in shelves(tmp_path, "squad2", 99, 0, half) for each in shelf.questions}
        for half in ("train", "fit", "other")
    ]
    assert all(halves)
    assert sum(map(len, halves)) == len(halves[0] | halves[1] | halves[2]) == 10


def test_everyday_questions_tell_where_their_answers_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scifact").mkdir()
    articles = [
        {"_id": name, "title": "Boats", "text": f"Of {name}: 40 boats sank."} for name in ("one", "two", "three")
    ]
    (tmp_path / "scifact" / "corpus.jsonl").write_text("\n".join(map(json.dumps, articles)))
    written = [
        {"set": "scifact", "article": "one", "question": "how many went down", "answerable": True, "answer": [8, 10]},
        {"set": "scifact", "article": "two", "question": "who sank them", "answerable": False},
    ]
    (tmp_path / "everyday.jsonl").write_text("\n".join(map(json.dumps, written)))
    monkeypatch.setattr(asked, "EVERYDAY", tmp_path / "everyday.jsonl")
    (shelf,) = shelves(tmp_path, "everyday", 99, 0, "all")
    assert [each.id for each in shelf.articles] == ["one", "two"]
    assert [(each.spans, each.gold) for each in shelf.questions] == [(("40",), "one"), ((), None)]


def test_each_everyday_question_is_there_once() -> None:
    written = [json.loads(line) for line in asked.EVERYDAY.read_text(encoding="utf-8").splitlines()]
    assert len({row["question"].lower() for row in written}) == len(written) > 800
    assert {row["set"] for row in written} == {"squad2", "clapnq", "scifact", "multihop_rag"}
    assert all(("answer" in row) is row["answerable"] for row in written)


def test_curious_questions_are_asked_of_the_ten_passages_of_another_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "nomiracl").mkdir()
    found = [
        {"id": name, "question": "?", "answerable": True, "contexts": ["Boats: Some sank.", "Boats: Of 60, 40 sank."]}
        for name in ("a", "d")
    ]
    (tmp_path / "nomiracl" / "questions.jsonl").write_text("\n".join(map(json.dumps, found)))
    written = [
        {"shelf": "d", "question": "how many went down", "answerable": True, "context": 1, "answer": [7, 9]},
        {"shelf": "d", "question": "who sank them", "answerable": False},
        {"shelf": "a", "question": "when did they sink", "answerable": False},
    ]
    (tmp_path / "curious.jsonl").write_text("\n".join(map(json.dumps, written)))
    monkeypatch.setattr(asked, "CURIOUS", tmp_path / "curious.jsonl")
    (shelf,) = shelves(tmp_path, "curious", 99, 0, "train")
    assert [each.text for each in shelf.articles] == ["Some sank.", "Of 60, 40 sank."]
    assert [(each.spans, each.gold) for each in shelf.questions] == [(("40",), "d/1"), ((), None)]
    assert [each.text for shelf in shelves(tmp_path, "curious", 99, 0, "other") for each in shelf.questions] == [
        "when did they sink"
    ]


def test_each_curious_question_is_there_once_and_none_is_of_the_half_that_is_reported() -> None:
    written = [json.loads(line) for line in asked.CURIOUS.read_text(encoding="utf-8").splitlines()]
    assert len({row["question"].lower() for row in written}) == len(written) > 700
    assert all(("answer" in row) is ("context" in row) is row["answerable"] for row in written)
    assert {asked.half_of(row["shelf"]) for row in written} == {"train", "fit"}


def test_answers_are_kept_by_what_gave_them_also_after_a_torn_line(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "answers.jsonl")
    kept.add("byline", "old", "when", {"status": "refused"})
    kept.add("byline", "new", "when", {"status": "answered"})
    with (tmp_path / "answers.jsonl").open("a") as lines:
        lines.write('\n{"system": "byline", "finge')
    kept.add("byline", "new", "never", {"status": "refused"})
    found = kept.read({"byline": "new"})
    assert found == {("byline", "when"): {"status": "answered"}, ("byline", "never"): {"status": "refused"}}
    assert kept.read({"byline": "other", "stock": "new"}) == {}


def test_a_fingerprint_follows_what_code_means_and_what_prompts_say(tmp_path: Path) -> None:
    code, prompt = tmp_path / "cite.py", tmp_path / "answer.md"
    code.write_text("limit = 3")
    prompt.write_text("Answer.")

    def now() -> str:
        return fingerprint(tmp_path, ("*.py", "*.md"))

    first = now()
    code.write_text("# why\nlimit  =  3\n")
    assert now() == first
    code.write_text("limit = 4")
    second = now()
    prompt.write_text("Answer!")
    assert len({first, second, now()}) == 3
    assert fingerprint(tmp_path, ("*.py",), ("cite.py",)) != fingerprint(tmp_path, ("*.py",))


def test_scripted_prompts_are_questions_of_the_shipped_articles() -> None:
    shelf = scripted()
    said = {each.text: each.answerable for each in shelf.questions}
    assert len({each.id for each in shelf.questions}) == len(shelf.questions) > 100
    assert said["When did Beijing's national security office in Hong Kong open?"]
    assert not said["How many staff did the Chinese consulate in Houston have?"]
    assert {"2020-06-30-galwan-valley-clash"} <= {each.id for each in shelf.articles}
