"""The library: what is there, one article by itself, taking out and bringing in; over HTTP, and in a real browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from html.parser import HTMLParser
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from threading import Event
from time import sleep
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.bot import Bot
from bot.auth.users import Role, Users
from bot.render.html.words import ENGLISH
from bot.service import jobs
from bot.service.jobs import Jobs, of_address
from bot.web import bring, library
from bot.web.access import Access
from bot.web.timeline import BARS, HEIGHT, WIDTH, timeline
from index import Article, Index
from index.load import plain_name, read, uploaded
from index.store.lock import writing
from tests.conversations import BRIDGE_QUESTION, BRIDGE_QUOTE, HERE, history_of, town
from tests.conversations import ask as ask_and_keep
from tests.loopback import PAUSE
from tests.news_server import page as web_page
from tests.news_server import serving as serving_news
from tests.serving import PASSWORD, ask, client, last_answer, open_menu, serving
from tests.small_news import ARTICLES, BRIDGE, HOSTILE, TRAM

if TYPE_CHECKING:
    from fastapi.testclient import TestClient
    from playwright.sync_api import Browser

    from tests.conftest import WordEmbeddings

READER = Access(open_to=Role.READER)
TEXT = b"The lighthouse of Vellmar was lit again on 9 September 2021. It had been dark for eleven years."


@pytest.fixture
def index(tmp_path: Path, words: WordEmbeddings) -> Iterator[Index]:
    with Index.open(tmp_path / "store", embedder=words, patience=0.2) as opened:
        opened.add(ARTICLES)
        yield opened


@pytest.fixture
def editor(index: Index) -> Iterator[TestClient]:
    with client(index, Access()) as opened:
        yield opened


class Page(HTMLParser):
    """What of a page is markup, and its text."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, attribute: str) -> list[str | None]:
        return [attributes.get(attribute) for name, attributes in self.tags if name == tag]

    def links(self) -> list[str]:
        return [href for href in self.all("a", "href") if href]


def seen(client: TestClient, path: str) -> Page:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


def titles(page: Page) -> list[str]:
    ids = [href.partition("?id=")[2] for href in page.links() if href.startswith(library.ARTICLE)]
    return [each for each in ids if each]


# What is there


def test_the_library_lists_what_is_indexed_the_newest_first(editor: TestClient) -> None:
    shown = seen(editor, "/library")
    assert titles(shown) == [TRAM.id, BRIDGE.id, HOSTILE.id]
    for words in ("3 articles are searched for answers, from 2019 to 2021", "Vellmar Courier", "opinion"):
        assert words in " ".join(shown.text.split())
    assert "/" in shown.links()


def test_a_period_is_named_by_its_year_or_month_where_it_is_just_that(editor: TestClient) -> None:
    for query, named, without in (
        ("since=2021-01-01&until=2021-12-31&q=tram", "2021 ×", "/library?q=tram"),
        ("since=2021-05-01&until=2021-05-31", "May 2021 ×", "/library"),
        ("since=2020-01-01&until=2021-12-31", "2020 to 2021 ×", "/library"),
        ("since=2021-05-01", "since 1 May 2021 ×", "/library"),
    ):
        shown = seen(editor, f"/library?{query}")
        assert f" {named} (remove)" in " ".join(shown.text.split())
        assert without in shown.links()


def test_articles_of_one_year_are_said_to_be_of_that_year(tmp_path: Path, words: WordEmbeddings) -> None:
    with Index.open(tmp_path / "one", embedder=words) as index:
        index.add([BRIDGE, TRAM])
        with client(index, Access()) as opened:
            assert "2 articles are searched for answers, from 2021." in seen(opened, "/library").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=BRIDGE", [BRIDGE.id]),
        ("q=okafor", [BRIDGE.id]),
        ("q=" + quote("<b>Mallory"), [HOSTILE.id]),
        ("q=nothing+of+this", []),
        ("kind=opinion", [TRAM.id]),
        ("outlet=Vellmar+Courier&until=2021-05-04", [BRIDGE.id]),
        ("since=2021-05-05", [TRAM.id]),
        ("kind=poem&since=yesterday&page=-1&page=x&nothing=1", [TRAM.id, BRIDGE.id, HOSTILE.id]),
        ("page=99999999999999999999", [TRAM.id, BRIDGE.id, HOSTILE.id]),
    ],
)
def test_articles_are_looked_for_by_words_and_facts(editor: TestClient, query: str, found: list[str]) -> None:
    shown = seen(editor, f"/library?{query}")
    assert titles(shown) == found


def test_a_page_holds_so_many_and_leads_to_the_next_one_with_what_is_looked_for(
    index: Index, editor: TestClient
) -> None:
    count = library.PAGE + 3
    index.add([Article(f"n{number}", f"Numbered {number}", f"Text {number}.", outlet="N") for number in range(count)])
    first = seen(editor, "/library?q=numbered&outlet=N")
    [older] = [href for href in first.links() if "page=2" in href]
    second = seen(editor, older)
    assert (len(titles(first)), len(titles(second))) == (library.PAGE, 3)
    assert len({*titles(first), *titles(second)}) == count
    assert second.all("ol", "start") == [str(library.PAGE + 1)]
    assert f"{count} articles found." in first.text
    assert titles(seen(editor, "/library?q=numbered&page=900")) == []


def test_a_list_reads_no_text(index: Index, editor: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    asked: list[str] = []
    connect = sqlite3.connect

    def listening(*parts: Any, **named: Any) -> sqlite3.Connection:
        connection = connect(*parts, **named)
        connection.set_trace_callback(asked.append)
        return connection

    index._store.ledger.close()
    monkeypatch.setattr(sqlite3, "connect", listening)
    seen(editor, "/library?q=bridge")
    assert any("instr(" in each for each in asked)
    assert [each for each in asked if "text" in each.replace("context", "")] == []


def test_an_article_has_a_page_with_its_text_its_facts_and_its_original(editor: TestClient) -> None:
    shown = seen(editor, library.article_address(BRIDGE.id))
    for words in (*BRIDGE.text.split("\n\n"), BRIDGE.title, "Tom Okafor", "Vellmar Courier", "4 May 2021", "report"):
        assert words in shown.text
    assert BRIDGE.url in shown.links()
    assert editor.get("/library/article?id=none").status_code == 404
    assert editor.get("/library/article").status_code == 404
    assert "There is no article" in editor.get("/library/article?id=%3Cscript%3E").text


@pytest.mark.parametrize(
    "article_id", ["a/b", "../../etc/passwd", "https://a.example/?b=c&d=e#f", "a b+c%20", '"><script>', "名前"]
)
def test_an_article_is_shown_and_removed_whatever_its_id_is(index: Index, editor: TestClient, article_id: str) -> None:
    index.add([Article(article_id, "A strange one", "Its text.")])
    [address] = [href for href in seen(editor, "/library?q=strange").links() if "article?" in href]
    shown = seen(editor, address)
    assert "Its text." in shown.text
    [remove] = [href for href in shown.links() if href.startswith(library.REMOVE)]
    [given] = [each["value"] for tag, each in seen(editor, remove).tags if each.get("name") == "id"]
    assert given == article_id
    editor.post("/library/remove", data={"id": given})
    assert index.listing().total == 3


def test_nothing_in_an_article_becomes_more_than_text(editor: TestClient) -> None:
    for path in ("/library", library.article_address(HOSTILE.id), f"/library/remove?id={HOSTILE.id}"):
        shown = seen(editor, path)
        assert {tag for tag, _ in shown.tags} & {"iframe", "b"} == set()
        assert shown.all("img", "src") == ["/mark.svg"]
        assert set(shown.all("script", "src")) <= {"/sheet.js", "/library.js"}
        assert [name for _, each in shown.tags for name in each if name.startswith("on")] == []
        assert HOSTILE.title in shown.text
    links = seen(editor, library.article_address(TRAM.id)).links()
    assert [href for href in links if "javascript" in href] == []


def test_hostile_words_that_are_looked_for_are_text(editor: TestClient) -> None:
    hostile = '"><script>alert(1)</script>'
    shown = seen(editor, f"/library?q={quote(hostile)}&outlet={quote(hostile)}")
    assert shown.all("script", "src") == ["/sheet.js", "/library.js"]
    assert hostile in [each.get("value") for _, each in shown.tags]


# When they are from


def test_the_timeline_is_a_drawing_with_a_name_and_a_table_that_says_the_same(editor: TestClient) -> None:
    shown = seen(editor, "/library")
    svg = next(each for tag, each in shown.tags if tag == "svg" and each.get("role") == "img")
    assert svg["aria-labelledby"] == "timeline-title timeline-desc"
    assert {"timeline-title", "timeline-desc"} <= {each.get("id") for _, each in shown.tags}
    assert [each for each in shown.links() if "since=" in each] == [
        "/library?since=2019-04-01&until=2019-04-30",
        "/library?since=2021-05-01&until=2021-05-31",
        "/library?since=2021-06-01&until=2021-06-30",
    ]


@given(st.dictionaries(st.dates(), st.integers(1, 1000), max_size=50))
def test_every_article_is_in_one_bar_and_every_bar_on_the_drawing(days: dict[date, int]) -> None:
    bars = timeline(days.items())
    assert sum(bar.count for bar in bars) == sum(days.values())
    assert len(bars) <= BARS + 1
    for bar in bars:
        assert bar.since <= bar.until
        assert bar.count == sum(count for day, count in days.items() if bar.since <= day <= bar.until)
        assert 0 <= bar.x <= bar.x + bar.width <= WIDTH + 0.2
        assert 0 <= bar.height <= HEIGHT
        assert (bar.height > 0) == (bar.count > 0)
    assert all(one.until + timedelta(1) == two.since for one, two in pairwise(bars))


# Taking out


def test_an_editor_takes_an_article_out_after_being_asked(index: Index, editor: TestClient) -> None:
    asked = seen(editor, f"/library/remove?id={BRIDGE.id}")
    assert BRIDGE.title in asked.text
    assert editor.head(f"/library/remove?id={BRIDGE.id}").status_code == 200
    assert index.listing().total == 3  # asking does not do it
    done = editor.post("/library/remove", data={"id": BRIDGE.id})
    assert f"Removed: {BRIDGE.title}" in Page(done.text).text
    assert index.listing().total == 2
    again = editor.get("/library/remove")  # as another language asks for it
    assert (again.status_code, again.headers["location"]) == (303, "/library")
    assert editor.get(f"/library/remove?id={BRIDGE.id}").status_code == 404
    assert editor.post("/library/remove", data={"id": BRIDGE.id}).status_code == 404


@pytest.mark.parametrize("asked", [{}, {"purge": "on"}])
def test_what_is_taken_out_stays_quoted_unless_that_is_asked(tmp_path: Path, asked: dict[str, str]) -> None:
    from fastapi.testclient import TestClient

    from bot.web import build_app

    index, history = town(tmp_path), history_of(tmp_path)
    ask_and_keep(index, history, BRIDGE_QUESTION)
    with TestClient(build_app(lambda: Bot(index), history)) as editor:
        while editor.get("/healthz").json()["status"] == "starting":
            sleep(PAUSE)
        assert editor.get(f"/library/remove?id={BRIDGE.id}").text.count('name="purge"') == 1
        done = Page(editor.post("/library/remove", data={"id": BRIDGE.id, **asked}).text)
    assert ("Saved answers that quoted it: 1." in done.text) is bool(asked)
    [record] = history.records(HERE)
    assert record.answer
    assert (BRIDGE_QUOTE in record.answer.text) is not bool(asked)


def test_a_reader_changes_nothing_whatever_they_send(index: Index) -> None:
    with client(index, READER) as reader:
        shown = reader.get("/library").text + reader.get(library.article_address(BRIDGE.id)).text
        assert "/library/bring" not in shown
        assert "/library/remove" not in shown
        for path in ("/library/remove?id=bridge", "/library/bring", "/library/bring/x"):
            assert reader.get(path).status_code == 403
        assert reader.post("/library/remove", data={"id": BRIDGE.id}).status_code == 403
        sent = reader.post("/library/bring", files={"files": ("a.txt", TEXT)})
        assert (sent.status_code, ENGLISH("library.editors_only") in sent.text) == (403, True)
    assert index.listing().total == 3


def test_nothing_is_changed_for_another_site(index: Index, editor: TestClient) -> None:
    foreign = {"origin": "https://evil.example"}
    assert editor.post("/library/remove", data={"id": BRIDGE.id}, headers=foreign).status_code == 403
    assert editor.post("/library/bring", files={"files": ("a.txt", TEXT)}, headers=foreign).status_code == 403
    assert index.listing().total == 3


def test_where_another_writes_it_is_said_who(index: Index, editor: TestClient) -> None:
    with writing(index.path):
        busy = editor.post("/library/remove", data={"id": BRIDGE.id})
        assert busy.status_code == 503
        assert "is writing to the index" in busy.text
        [parcel] = brought(editor, files=[("a.txt", TEXT)])
        assert "is writing to the index" in parcel
    assert index.listing().total == 3


# Bringing in


def brought(client: TestClient, **sent: Any) -> list[str]:
    """What came of each thing that was sent, when all is done."""
    files = [("files", (name, data)) for name, data in sent.get("files", ())]
    answer = client.post("/library/bring", files=files, data={"addresses": sent.get("addresses", "")})
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"]
    while (shown := client.get(address)).headers.get("refresh"):
        sleep(0.05)
    rows = shown.text.partition("<tbody>")[2].partition("</tbody>")[0].split("<tr>")[1:]
    return [" ".join(Page(row).text.split()) for row in rows]


def test_files_are_brought_in_and_can_be_asked_about_at_once(index: Index, editor: TestClient) -> None:
    jsonl = json.dumps({"id": "mill", "title": "The mill", "text": "The mill of Vellmar turns again."}).encode()
    rows = brought(
        editor,
        files=[("lighthouse.txt", TEXT), ("mill.jsonl", jsonl), ("picture.png", b"\x89PNG"), ("empty.txt", b"")],
    )
    assert rows[:2] == ["lighthouse.txt 1 added", "mill.jsonl 1 added"]
    assert rows[2].startswith("picture.png Files of this kind are not read.")
    assert rows[3].startswith("empty.txt It is empty.")
    assert Bot(index).answer("When was the lighthouse of Vellmar lit again?").text.startswith(TEXT.decode()[:40])
    assert index.article("mill").title == "The mill"
    assert "lighthouse" in index.article("upload:/lighthouse.txt").title
    assert brought(editor, files=[("lighthouse.txt", TEXT)]) == ["lighthouse.txt 1 unchanged"]
    assert brought(editor, files=[("lighthouse.txt", TEXT + b" It is red.")]) == ["lighthouse.txt 1 changed"]


@pytest.mark.parametrize(
    "name",
    ["../../../../tmp/byline-was-here.txt", "/etc/passwd.txt", "C:\\a\\b.txt", "<img src=x onerror=alert(1)>.txt",
     ".txt", "a\u202etxt.exe.txt", "x" * 400 + ".txt", "https://evil.example/a.txt", "%2e%2e%2fa.txt", "..\\..\\a.txt"],
)  # fmt: skip
def test_a_files_name_is_never_a_path(index: Index, editor: TestClient, name: str) -> None:
    before = sorted(path for path in index.path.parent.rglob("*") if "store" not in path.parts)
    [row] = brought(editor, files=[(name, TEXT)])
    assert row.endswith(" 1 added") or "Files of this kind are not read" in row
    for article in index.listing().articles:
        if article.article_id.startswith("upload:"):
            assert article.article_id == f"upload:/{plain_name(article.article_id)}"
    assert sorted(path for path in index.path.parent.rglob("*") if "store" not in path.parts) == before
    assert not Path("/tmp/byline-was-here.txt").exists()


def test_what_cannot_be_read_at_all_is_said(editor: TestClient) -> None:
    many = [("files", (f"{number}.txt", b"A text.")) for number in range(1001)]
    for files in ([("files", ("x" * 9000 + ".txt", TEXT))], many):
        answer = editor.post("/library/bring", files=files)
        assert (answer.status_code, ENGLISH("library.unreadable") in answer.text) == (400, True)


@given(st.text(max_size=300))
def test_a_plain_name_has_no_folder_and_nothing_that_is_not_seen(name: str) -> None:
    plain = plain_name(name)
    assert plain
    assert plain.isprintable()
    assert not {"/", "\\"} & set(plain)
    assert not plain.startswith(".")
    assert len(plain) <= 120
    assert plain_name(plain) == plain
    assert [each.source for each in uploaded(name, BytesIO(b"")) if not isinstance(each, Article)] == [
        f"upload:/{plain}"
    ]


@pytest.mark.parametrize(
    "addresses",
    [
        "/etc/passwd",
        "file:///etc/passwd",
        "seeds",
        "https://a.example\n/etc/passwd",
        "javascript:alert(1)",
        "ftp://a.example",
        " ",
    ],
)
def test_what_is_no_address_is_not_looked_at_and_stays_to_be_mended(
    index: Index, editor: TestClient, addresses: str
) -> None:
    answer = editor.post("/library/bring", data={"addresses": addresses})
    assert answer.status_code == 400
    assert (ENGLISH("bring.nothing") in answer.text) or ("is not a web address" in Page(answer.text).text)
    assert addresses.strip() in Page(answer.text).text
    assert index.listing().total == 3


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://[::1]:{port}/",
        "http://0x7f000001:{port}/",
        "http://169.254.169.254/",
    ],
)
def test_nothing_is_fetched_from_this_machine_or_its_network(index: Index, editor: TestClient, address: str) -> None:
    with serving_news() as news:
        news.replies["/"] = web_page("<p>A secret of this machine.</p>")
        [row] = brought(editor, addresses=address.format(port=news.port))
        assert news.asked == []
    assert "added" not in row
    assert "--allow" not in row  # no option of the command line is offered here
    assert index.listing().total == 3


ARTICLE_PAGE = (
    "<html lang=en><head><title>The pier</title></head><body><article><h1>The pier</h1>"
    + "".join(
        f"<p>The pier of Vellmar has {number} lamps, and each of them was lit on that evening.</p>"
        for number in range(9)
    )
    + "</article></body></html>"
)


def test_addresses_are_brought_in_and_one_that_fails_stops_no_other(index: Index) -> None:
    with serving_news() as news, client(index, Access(), read=partial(read, allow_private=True)) as opened:
        news.replies["/pier"] = web_page(ARTICLE_PAGE)
        lost, pier = f"{news.address}/lost", f"{news.address}/pier"
        rows = brought(opened, addresses=f"{lost}\n\n{pier}\n{pier}", files=[("a.txt", TEXT)])
    assert rows[0] == "a.txt 1 added"
    assert rows[1] == f"{lost} There is nothing at this address: 404 (Not Found). Check it."
    assert rows[2:] == [f"{pier} 1 added"]
    assert "lamps" in index.article(pier).text


def test_a_job_tells_how_far_it_is_and_one_that_breaks_stops_no_other(index: Index) -> None:
    go_on, begun = Event(), Event()

    def broken(sources: list[str], **_: Any) -> Iterator[Article]:
        begun.set()
        go_on.wait(60)
        if sources == ["https://a.example"]:
            raise ZeroDivisionError("a secret")
        yield Article(sources[0], "A title", "A text about a thing.")

    with client(index, Access(), read=broken) as opened:
        sent = opened.post("/library/bring", data={"addresses": "https://a.example\nhttps://b.example"})
        begun.wait(60)
        during = opened.get(sent.headers["location"])
        assert during.headers["refresh"] == str(bring.AGAIN)
        assert "0 of 2 done" in during.text
        assert Page(during.text).all("progress", "max") == ["2"]
        go_on.set()
        while (after := opened.get(sent.headers["location"])).headers.get("refresh"):
            sleep(0.05)
    assert "Something broke (ref " in after.text
    assert "a secret" not in after.text
    assert "1 added" in after.text


def test_no_more_wait_than_can_be_remembered(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = Event()

    def slow(sources: list[str], **_: Any) -> Iterator[Article]:
        go_on.wait(60)
        yield Article(sources[0], "A title", "A text.")

    monkeypatch.setattr(jobs, "UNFINISHED", 2)
    with client(index, Access(), read=slow) as opened:
        data = {"addresses": "https://a.example"}
        assert [opened.post("/library/bring", data=data).status_code for _ in range(3)] == [303, 303, 400]
        assert "Many articles are being added" in opened.post("/library/bring", data=data).text
        go_on.set()
        assert opened.get("/library/bring/none").status_code == 404


def test_jobs_are_forgotten_one_day(index: Index) -> None:
    all_of_them = Jobs()
    empty = of_address("https://a.example", lambda *_, **__: iter(()))
    first = all_of_them.begin(index, [empty])
    for _ in range(jobs.KEPT):
        job = all_of_them.begin(index, [empty])
        while not job.finished:
            sleep(0.01)
    assert all_of_them.job(first.id) is None
    assert all_of_them.job(job.id) is job
    assert bring.outcome(job.items[0], ENGLISH) == "No article was found in it."


def test_a_library_that_is_not_open_yet_says_so_and_looks_again(index: Index) -> None:
    from fastapi.testclient import TestClient

    from bot.web import build_app

    go_on = Event()

    def open_bot() -> Bot:
        go_on.wait(60)
        return Bot(index)

    with TestClient(build_app(open_bot)) as opened:
        waiting = opened.get("/library")
        assert (waiting.status_code, waiting.headers["refresh"]) == (503, "2")
        assert ENGLISH("library.opening") in waiting.text
        go_on.set()
        while opened.get("/healthz").json()["status"] == "starting":
            sleep(0.05)
        assert opened.get("/library").status_code == 200


# In a browser


@pytest.mark.slow
def test_an_editor_signs_in_asks_and_changes_what_there_is(browser: Browser, tmp_path: Path) -> None:
    users = Users(tmp_path / "users.json")
    users.put("ada", Role.EDITOR, PASSWORD)
    (tmp_path / "The lighthouse.txt").write_bytes(TEXT)
    with Index.open(tmp_path / "store") as index, serving(Bot(index), access=Access(users=users)) as address:
        index.add(ARTICLES)
        page = browser.new_context().new_page()
        page.set_default_timeout(60_000)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{address}library")
        page.get_by_label("Name").fill("ada")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Library").wait_for()  # where the way to the sign-in began
        page.get_by_role("link", name="Byline").click()
        ask(page, "When did the lighthouse get its light back?")
        assert "do not say" in last_answer(page)
        open_menu(page)
        page.get_by_role("link", name="Library").click()
        page.get_by_role("link", name="Add articles").click()
        page.get_by_label("Files").set_input_files(tmp_path / "The lighthouse.txt")
        page.get_by_label("Web addresses").fill("http://127.0.0.1:1/")
        page.get_by_role("button", name="Add", exact=True).click()
        page.get_by_text("1 of 2 added. You can ask about them now.").wait_for()
        rows = page.get_by_role("row").all_inner_texts()
        assert "1 added" in rows[1]
        assert "added" not in rows[2]
        page.get_by_role("link", name="Byline").click()
        page.locator("#chat .message.bot").wait_for()
        ask(page, "When did the lighthouse get its light back?")
        assert "9 September 2021" in last_answer(page)
        open_menu(page)
        page.get_by_role("link", name="Library").click()
        page.get_by_label("Title, outlet or author").fill("bridge")
        page.get_by_role("button", name="Find").click()
        page.get_by_role("link", name=BRIDGE.title).click()
        assert BRIDGE.text.split("\n")[0] in page.locator(".article").inner_text()
        page.get_by_role("link", name="Remove this article").click()
        page.get_by_role("button", name="Remove").click()
        page.get_by_text(f"Removed: {BRIDGE.title}").wait_for()
        page.get_by_role("link", name="To the library").click()
        assert page.get_by_role("link", name=BRIDGE.title).count() == 0
        page.get_by_text("As a table").click()
        page.get_by_role("link", name="April 2019").click()
        page.locator(".list li").first.wait_for()
        assert page.locator(".list li").count() == 1
        assert {each.split("/")[2].split(":")[0] for each in asked if each.startswith("http")} == {"127.0.0.1"}
        page.goto(f"{address}library/bring")
        page.set_input_files("#files", {"name": "a.txt", "mimeType": "text/plain", "buffer": TEXT})
        page.get_by_text(ENGLISH("bring.chosen")).wait_for()
        assert not page.locator("progress").is_visible()  # nothing is on its way
        page.set_viewport_size({"width": 375, "height": 740})
        for path in ("library", "library/bring", library.article_address(HOSTILE.id)[1:], "sign-out"):
            page.goto(f"{address}{path}")
            assert page.evaluate("() => document.documentElement.scrollWidth") <= 375, path
        assert page.evaluate("() => window.pwned") is None
