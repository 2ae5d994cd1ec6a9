"""Test prompts drafted from articles: what is asked, what is expected, and that nobody takes a draft for a test."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli import main
from bot.config import shipped
from bot.evaluate.assertions import judge
from bot.evaluate.draft import DraftedTest, drafts, to_yaml
from bot.evaluate.read import read_suite
from bot.evaluate.types import AssertionSet, JudgedReply
from bot.types import Answer, Citation, Sentence, State, Status
from index import Article, Index, Kind
from index.load import read
from tests.small_news import ARTICLES, TRAM


def one(text: str, **facts: Any) -> list[DraftedTest]:
    return drafts([Article("a", "A title", text, **facts)])


@pytest.mark.parametrize(
    ("text", "kind", "question", "expected"),
    [
        ("The pact was signed in Rome on 8 April 2010.", "date", "When was the pact signed in Rome?", "8 April 2010"),
        ("The talks began on 3 May 2021.", "date", "When did the talks begin?", "May 3, 2021"),
        ("The town halved the fare on 3 May 2021.", "date", "When did the town halve the fare?", "3 May 2021"),
        ("China sent 105 people with the guard.", "number", "How many people did China send with the guard?", "105"),
        ("Ada Lind, the mayor, opened the pier.", "fact", "Who opened the pier?", "Lind"),
        ("Ada Lind said that the Old Pier was short.", "opinion", "What did Ada Lind say about the Old Pier?", "Lind"),
        ("2020年7月6日，美国正式通知联合国秘书长。", "Chinese", "美国正式通知联合国秘书长是在哪一天？", "2020"),
    ],
)  # fmt: skip
def test_a_sentence_is_turned_into_a_question(text: str, kind: str, question: str, expected: str) -> None:
    first = one(text)[0]
    assert (first.kind, first.question, first.quote, first.article) == (kind, question, text, "a")
    assert expected in str(first.assertions[0]["value"])
    assert first.assertions[-1] == {"type": "cites", "value": "a"}


@pytest.mark.parametrize(
    "text",
    [
        "It was signed on 8 April 2010.",
        "The treaty was signed on 8 April 2010 and entered into force on 5 February 2011.",
        "The mayor announced on 8 April 2010 that the pier would be closed.",
        "The government says that the town joined the league on 8 April 2010.",
        "A pier is a fine thing.",
        "The pier is the work of 8 April 2010.",
    ],
)
def test_what_cannot_be_turned_around_is_left_out(text: str) -> None:
    assert one(text) == []


def test_a_twin_asks_for_what_no_article_says() -> None:
    _, twin = one("Talks were held in Vienna on 3 May 2021.")
    assert (twin.kind, twin.question) == ("unanswerable", "When were Talks held in Lisbon?")
    assert twin.assertions == ({"type": "refuses"},)
    _, twin = one("Talks were held in Vienna on 3 May 2021. Lisbon was far.")
    assert "Lisbon" not in twin.question


def test_a_follow_up_points_back() -> None:
    *_, last = one("The pier was planned on 3 May 2021. The pier was opened on 4 June 2022.")
    assert (last.history, last.question) == (("When was the pier planned?",), "And when was it opened?")


def test_a_piece_that_speaks_for_somebody_is_asked_for_whose_it_is() -> None:
    [only] = drafts([TRAM])
    assert only.assertions == ({"type": "attributes", "value": "Ada Lind"}, {"type": "cites", "value": "tram"})
    assert one("The pier was opened on 4 June 2022.", kind=Kind.OPINION) == []


def test_an_answer_that_is_the_sentence_itself_passes_each_draft_of_a_fact(tmp_path: Path) -> None:
    """What is expected stands in the sentence that the question was made of."""
    articles = {each.id: each for each in read([str(shipped("seeds"))]) if isinstance(each, Article)}
    found = drafts(list(articles.values()))
    assert len(found) > 50
    assert len({(each.history, each.question) for each in found}) == len(found)
    assert {each.kind for each in found} == {
        *("date", "number", "fact", "opinion", "follow-up", "unanswerable", "Chinese"),
    }
    path = tmp_path / "drafts.yaml"
    path.write_text(to_yaml(found), encoding="utf-8")
    for draft, case in zip(found, read_suite(path).cases, strict=True):
        assert case.draft
        if draft.kind == "unanswerable":
            continue
        text = articles[draft.article].text
        start = text.find(draft.quote)
        assert start >= 0
        quote = Citation(1, draft.article, start, start + len(draft.quote), draft.quote, "A title")
        sentence = Sentence(draft.quote, 0, len(draft.quote), State.SUPPORTED, citations=(1,))
        answer = Answer("?", Status.ANSWERED, draft.quote, "none", (sentence,), (quote,))
        checks = [judge(each, JudgedReply(answer, {draft.article: text})) for each in case.assertions]
        assert all(check.holds for check in checks), (draft, checks)
        assert not any(isinstance(each, AssertionSet) for each in case.assertions)


@pytest.fixture
def called(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.chdir(tmp_path)
    with Index.open("S") as index:
        index.add(
            [*ARTICLES, Article("pier", "A pier", "The pier was opened on 4 June 2022.", published=date(2022, 6, 5))]
        )

    def called(*arguments: str) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as end:
            main([*arguments, "--store", "S"])
        out, err = capsys.readouterr()
        return end.value.code or 0, out, err

    return called


def test_no_draft_is_asked_before_a_person_accepts_it(called: Any, tmp_path: Path) -> None:
    code, out, _ = called("draft", "--output", "drafts.yaml", "--article", "pier")
    assert (code, out) == (
        0, "1 draft in drafts.yaml. Read each against its article: `byline eval` asks none that is a draft.\n",
    )  # fmt: skip
    code, out, _ = called("eval", "drafts.yaml", "--model", "extractive")
    assert code == 1
    assert "all         0        0        0        1        1" in out
    path = tmp_path / "drafts.yaml"
    path.write_text(path.read_text("utf-8").replace("draft: true\n", "draft: false\n"), encoding="utf-8")
    assert called("eval", "drafts.yaml", "--model", "extractive")[0] == 0


def test_drafts_go_to_the_terminal_and_never_over_a_file(called: Any, tmp_path: Path) -> None:
    code, out, _ = called("draft")
    assert code == 0
    assert {test["metadata"]["draft"] for test in yaml.safe_load(out)["tests"]} == {True}
    (tmp_path / "mine.yaml").write_text("mine", encoding="utf-8")
    code, _, err = called("draft", "--output", "mine.yaml")
    assert (code, err) == (2, "There is a file mine.yaml already. Name a new one.\n")
    assert (tmp_path / "mine.yaml").read_text(encoding="utf-8") == "mine"
    code, _, err = called("draft", "--article", "hostile")
    assert code == 1
    assert "Write test prompts by hand." in err


@pytest.mark.parametrize("title", ["“A seed” is sown", '"A seed" is sown'])
def test_the_quotation_marks_of_a_title_are_not_doubled(title: str) -> None:
    piece = Article("a", title, "It is sown.", author="Ann Example", kind=Kind.OPINION)
    [only] = drafts([piece])
    assert only.question in {
        "What does Ann Example say in “‘A seed’ is sown”?",
        "What does Ann Example say in “'A seed' is sown”?",
    }
