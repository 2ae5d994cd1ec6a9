"""Links to answers: read by whoever has one, and by nobody after they are taken back."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

import pytest

from bot.errors import Reason
from bot.history import History, Owner, Place, RecordMissing
from bot.history.file import DAY, FORMAT
from bot.history.share import ShareMissing, links, share, shared, take_back
from bot.history.since import ALTERED, AROUND, GONE, known
from bot.types import Answer, Near, Sentence, State, Status
from bot.web.conversation import recalled
from bot.web.shared import SECONDS, DownloadOver, Downloads, WantedExport
from bot.wording import worded
from index.index import Index
from tests.conversations import (
    BRIDGE_QUESTION,
    BRIDGE_QUOTE,
    HERE,
    HOSTILE_QUESTION,
    THERE,
    TRAM_QUESTION,
    ask,
    history_of,
    town,
)
from tests.small_news import BRIDGE, HOSTILE, TRAM

if TYPE_CHECKING:
    from fastapi.testclient import TestClient


class Page(HTMLParser):
    """What a browser makes of a page: its elements with what they link to, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.handlers: list[str] = []
        self.text = ""
        self.feed(re.sub(r"<style>.*?</style>", "", page, count=1, flags=re.DOTALL))
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with town(tmp_path) as opened:
        yield opened


@pytest.fixture
def history(tmp_path: Path, index: Index) -> History:  # noqa: ARG001  (it stands in the index's folder)
    return history_of(tmp_path)


@pytest.fixture
def client(index: Index, history: History) -> Iterator[TestClient]:
    from fastapi.testclient import TestClient

    from bot.answering.bot import Bot
    from bot.web import build_app

    bot = Bot(index)
    bot.close = lambda: None  # type: ignore[method-assign] # the index is the test's
    with TestClient(build_app(lambda: bot, history)) as opened:
        while opened.get("/healthz").json()["status"] == "starting":
            sleep(0.05)
        yield opened


# Storing


def test_a_link_has_a_key_that_nobody_guesses_and_a_new_one_takes_its_place(history: History, index: Index) -> None:
    record = ask(index, history, BRIDGE_QUESTION)
    key = share(history, HERE, record.number)
    assert re.fullmatch(r"[\w-]{32}", key)  # of 64 letters each: 192 bits
    assert links(history, HERE) == {record.number}
    assert shared(history, key) == record
    older, key = key, share(history, HERE, record.number)
    assert older != key
    with pytest.raises(ShareMissing):
        shared(history, older)
    assert shared(history, key) == record
    take_back(history, HERE, record.number)
    with pytest.raises(ShareMissing, match="no longer shared, it was deleted"):
        shared(history, key)
    assert links(history, HERE) == set()
    assert share(history, HERE, record.number) != key


def test_nobody_shares_or_takes_back_the_answer_of_another(history: History, index: Index) -> None:
    record = ask(index, history, BRIDGE_QUESTION)
    key = share(history, HERE, record.number)
    for other in (THERE, Place(Owner("web", "ben's key"), "here")):
        with pytest.raises(RecordMissing):
            share(history, other, record.number)
        take_back(history, other, record.number)
        assert links(history, other) == set()
    assert shared(history, key) == record


def test_what_was_stopped_has_no_answer_to_share(history: History) -> None:
    number = history.keep(HERE, BRIDGE_QUESTION, None)
    assert number is not None
    with pytest.raises(RecordMissing):
        share(history, HERE, number)


@pytest.mark.parametrize("ends", ["deleted", "all deleted", "too old"])
def test_a_link_goes_when_its_conversation_goes(history: History, index: Index, ends: str) -> None:
    record = ask(index, history, BRIDGE_QUESTION)
    key = share(history, HERE, record.number)
    match ends:
        case "deleted":
            history.delete(HERE)
        case "all deleted":
            history.delete_all()
        case _:
            now = history.clock() + 91 * DAY
            history = History(history.path, 90, lambda: now)
    with pytest.raises(ShareMissing):
        shared(history, key)
    assert key.encode() not in (history.path or Path()).read_bytes()


@pytest.mark.parametrize("key", ["", "x", "'; DROP TABLE share; --", "half \udcff", "\0", "%", "_" * 32])
def test_a_key_that_is_none_leads_nowhere(history: History, index: Index, key: str) -> None:
    share(history, HERE, ask(index, history, BRIDGE_QUESTION).number)
    with pytest.raises(ShareMissing):
        shared(history, key)


def test_whoever_has_the_file_has_no_link_by_it(history: History, index: Index, tmp_path: Path) -> None:
    record = ask(index, history, BRIDGE_QUESTION)
    key = share(history, HERE, record.number)
    written = b"".join(path.read_bytes() for path in (tmp_path / "store").glob("history*"))
    assert key.encode() not in written
    found = re.findall(rb"[0-9a-f]{64}", written)
    assert found
    for each in found:
        with pytest.raises(ShareMissing):
            shared(history, each.decode())


def test_the_links_of_an_earlier_byline_lead_on_and_their_keys_are_gone_from_the_file(
    history: History, index: Index, tmp_path: Path
) -> None:
    record = ask(index, history, BRIDGE_QUESTION)
    with closing(sqlite3.connect(history.path or "")) as connection, connection:  # as that one made it
        connection.execute("ALTER TABLE share RENAME COLUMN hash TO key")
        connection.execute("INSERT INTO share VALUES ('a key of an earlier day', ?, 1)", (record.number,))
        connection.execute("PRAGMA user_version = 2")
    assert shared(history, "a key of an earlier day") == record
    written = b"".join(path.read_bytes() for path in (tmp_path / "store").glob("history*"))
    assert b"a key of an earlier day" not in written
    assert shared(history, share(history, HERE, record.number)) == record


def test_a_file_of_an_earlier_byline_takes_links(history: History, index: Index) -> None:
    record = ask(index, history, BRIDGE_QUESTION)
    with closing(sqlite3.connect(history.path or "")) as connection, connection:
        for table in ("share", "feedback", "purged", "response"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("PRAGMA user_version = 1")
    assert shared(history, share(history, HERE, record.number)) == record
    with closing(sqlite3.connect(history.path or "")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (FORMAT,)
        assert connection.execute("SELECT count(*) FROM response").fetchone() == (0,)


# What became of the articles


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (BRIDGE.text, None),
        (f"Corrected on 9 May 2021. {BRIDGE.text}", AROUND),
        (BRIDGE.text.replace("3 May", "4 May"), ALTERED),
        ("", GONE),
    ],
)
def test_a_quote_is_as_it_was_and_what_became_of_its_article_is_said(
    history: History, index: Index, client: TestClient, text: str, told: str | None
) -> None:
    record = ask(index, history, BRIDGE_QUESTION)
    if text:
        index.add([replace(BRIDGE, text=text)])
    else:
        index.remove("bridge")
    answer = record.answer
    assert answer is not None
    assert set(known(answer, index.article).since.values()) == ({told} if told else set())
    page = Page(client.get(f"/share/{share(history, HERE, record.number)}").text)
    assert BRIDGE_QUOTE in page.text
    assert [each for each in (GONE, AROUND, ALTERED) if worded(each) in page.text] == ([told] if told else [])
    [exchange] = recalled(history, HERE, lambda answer: known(answer, index.article)).exchanges
    for where in (exchange.proof, exchange.copied or ""):
        assert [each for each in (GONE, AROUND, ALTERED) if worded(each) in where] == ([told] if told else [])
    assert exchange.key == ""  # shared, by a link that nobody can be told again


# The page


def test_a_shared_answer_is_read_with_its_proof_until_it_is_taken_back(
    history: History, index: Index, client: TestClient
) -> None:
    record = ask(index, history, TRAM_QUESTION)
    key = share(history, HERE, record.number)
    response = client.get(f"/share/{key}")
    assert response.status_code == 200
    assert "noindex" in response.headers["x-robots-tag"]
    assert response.headers["cache-control"] == "no-store"
    assert "script-src 'self';" in response.headers["content-security-policy"]
    page = Page(response.text)
    quote = "The town council should rebuild the tram that Vellmar tore up in 1962."
    for words in (
        TRAM_QUESTION,
        "According to Ada Lind (opinion, Vellmar Courier, 1 June 2021): ",
        quote,
        TRAM.title,
        "Ada Lind, Vellmar Courier, 1 June 2021 opinion",
    ):
        assert words in page.text
    assert '<span class="kind opinion">opinion</span>' in response.text
    assert f"#quote-{record.number}-1" in page.links
    assert f'<mark id="quote-{record.number}-1">{quote}</mark>' in response.text
    assert [each for each in page.links if "javascript" in each] == []  # the article's own address is none of the web
    take_back(history, HERE, record.number)
    gone = client.get(f"/share/{key}")
    assert gone.status_code == 404
    assert "it is no longer shared, it was deleted" in Page(gone.text).text
    assert quote not in gone.text


def test_it_leads_to_the_original(history: History, index: Index, client: TestClient) -> None:
    key = share(history, HERE, ask(index, history, BRIDGE_QUESTION).number)
    assert BRIDGE.url in Page(client.get(f"/share/{key}").text).links


def test_it_shows_nothing_but_the_one_answer(history: History, index: Index, client: TestClient) -> None:
    ask(index, history, TRAM_QUESTION)
    key = share(history, HERE, ask(index, history, BRIDGE_QUESTION).number)
    text = client.get(f"/share/{key}").text
    assert "tram" not in text.lower()
    assert "ana" not in text
    assert HERE.id not in text


def test_unsupported_words_refusals_and_failures_look_like_what_they_are(history: History, client: TestClient) -> None:
    claim = Sentence("Nine whales came.", 0, 17, State.UNSUPPORTED, Reason(text="Nothing in the articles says this."))
    told = {
        "(Nothing in the articles says this.)": Answer("Q?", Status.PARTIAL, claim.text, "m", (claim,)),
        "Not found: whales.": Answer(
            *("Q?", Status.REFUSED, "The articles do not say.", "m"),
            nearest=(Near("a", "A title", url="https://news.example/a"), Near("b", "Other", url="javascript:alert(1)")),
            reason=Reason(text="Not found: whales."),
        ),
        "No answer: something failed. The model is gone.": Answer(
            "Q?", Status.FAILED, "", "", reason=Reason(text="The model is gone.")
        ),
    }
    for words, answer in told.items():
        number = history.keep(HERE, "Q?", answer)
        assert number is not None
        page = Page(client.get(f"/share/{share(history, HERE, number)}").text)
        assert words in page.text
        assert [each for each in page.links if "alert" in each] == []
        assert ("https://news.example/a" in page.links) is (answer.status is Status.REFUSED)


def test_nothing_in_a_question_or_an_article_becomes_more_than_text(
    history: History, index: Index, client: TestClient
) -> None:
    question = f"{HOSTILE_QUESTION} <script>alert(1)</script><img src=http://evil.example/q> {{{{ 7 * 7 }}}}"
    record = ask(index, history, question)
    assert record.answer is not None
    assert record.answer.citations[0].article_id == "hostile"
    page = Page(client.get(f"/share/{share(history, HERE, record.number)}").text)
    assert not set(page.tags) & {"iframe", "input", "b"}
    assert [page.tags.count(each) for each in ("script", "img", "svg")] == [1, 1, 1]  # those of the head
    assert page.tags.count("form") == 1  # which chooses the language
    assert page.handlers == []
    assert [each for each in page.links if not each.startswith(("#", "../", "https://news.example/"))] == []
    assert question in page.text
    assert HOSTILE.title in page.text
    assert "<script>window.pwned=1</script> closed in April 2019" in page.text
    assert page.tags.count("mark") == len(record.answer.citations)


def test_a_question_without_answer_yet_is_no_page(client: TestClient) -> None:
    for path in ("/share/x", "/share/..%2f..%2fetc", "/download/x/markdown"):
        assert client.get(path).status_code == 404
    assert client.get("/download/x/exe").status_code == 422


# Downloads


def test_a_download_is_for_whoever_was_offered_it_and_for_an_hour() -> None:
    now = [0.0]
    offered = Downloads(lambda: now[0])
    key = offered.offer(WantedExport(HERE))
    assert re.fullmatch(r"[\w-]{32}", key)
    assert offered.offer(WantedExport(HERE)) != key
    now[0] = SECONDS
    assert offered.wanted(key) == WantedExport(HERE)
    now[0] = SECONDS + 1
    for other in (key, "", HERE.id, HERE.name):
        with pytest.raises(DownloadOver):
            offered.wanted(other)
