"""What the plain pages share: their head, their files, their errors, and what their scripts add in a real browser."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from bot.answering.bot import Bot
from bot.auth.users import Role, Users
from bot.render.html.words import ENGLISH, LANGUAGES, PageWording
from bot.web.access import Access
from bot.web.library import article_address
from index import Article, Index
from tests.conftest import WordEmbeddings
from tests.serving import LOCAL, PASSWORD, client, serving
from tests.small_news import ARTICLES, BRIDGE
from tests.test_library import Page, titles

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi.testclient import TestClient
    from playwright.sync_api import Page as Tab

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PROGRAM = {"accept": "application/json"}
NEW = Article("ferry", "A ferry to Kessel", "A ferry sails to Kessel each Monday.", outlet="Vellmar Courier")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index.open(tmp_path_factory.mktemp("pages") / "store", embedder=WordEmbeddings()) as opened:
        opened.add(ARTICLES)
        yield opened


@pytest.fixture(scope="module")
def editor(index: Index) -> Iterator[TestClient]:
    with client(index, Access()) as opened:
        yield opened


@pytest.fixture(scope="module")
def address(index: Index) -> Iterator[str]:
    with serving(Bot(index), access=Access()) as opened:
        yield opened


# The head


@pytest.mark.parametrize(
    ("path", "here", "back"),
    [
        ("/library", "/library", None),
        ("/check", "/check", None),
        ("/library/gaps", "/library/gaps", "/library"),
        ("/library/bring", None, "/library"),
        (article_address(BRIDGE.id), None, "/library"),
        (f"/library/remove?id={BRIDGE.id}", None, article_address(BRIDGE.id)),
    ],
)
def test_every_page_leads_to_the_others_and_back(
    editor: TestClient, path: str, here: str | None, back: str | None
) -> None:
    shown = Page(editor.get(path).text)
    assert shown.links()[:5] == ["/", "/", "/library", "/check", "/library/gaps"]
    current = [each["href"] for tag, each in shown.tags if tag == "a" and each.get("aria-current") == "page"]
    assert current == ([here] if here else [])
    assert shown.links()[5:6] == [back] or back is None
    assert shown.all("button", "id").count("scheme") == 1


def test_who_has_not_signed_in_sees_a_whole_page_that_leads_nowhere_else(index: Index, tmp_path: Path) -> None:
    users = Users(tmp_path / "users.json")
    users.put("ada", Role.READER, PASSWORD)
    with client(index, Access(users=users)) as guest:
        shown = Page(guest.get("/sign-in").text)
        assert shown.links() == ["/"]
        files = [*shown.all("script", "src"), *shown.all("img", "src"), *shown.all("link", "href")]
        fonts = re.findall(r'url\("([^"]+)"\)', guest.get("/font.css").text)
        assert len(fonts) == 2
        assert {guest.get(f"/{each}".replace("//", "/")).status_code for each in (*files, *fonts) if each} == {200}
        guest.post("/sign-in", data={"name": "ada", "password": PASSWORD})
        assert "/library/gaps" not in Page(guest.get("/library").text).links()  # which are for editors


def test_the_font_is_kept_by_browsers_and_has_the_letters_of_the_languages(editor: TestClient) -> None:
    found = [
        editor.get(f"/{each}") for each in re.findall(r'url\("([^"]+)"\)', editor.get("/font.css").text)
    ]  # by addresses that change with their content
    assert [each.headers["cache-control"] for each in found] == ["public, max-age=31536000, immutable"] * 2
    assert {each.headers["content-type"] for each in found} == {"font/woff2"}
    assert sum(len(each.content) for each in found) < 120_000


def test_scripts_are_asked_for_each_time_and_sent_once(editor: TestClient) -> None:
    for path in ("/script.js", "/sheet.js", "/bring.js", "/mark.svg", "/font.css"):
        first = editor.get(path)
        assert (first.status_code, first.headers["cache-control"]) == (200, "no-cache")
        again = editor.get(path, headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
        assert editor.get(path, headers={"if-none-match": '"another"'}).content == first.content


def test_a_program_asks_for_the_head_alone_of_whether_all_is_well(address: str) -> None:
    import httpx

    for path in ("healthz", "readyz"):
        answer, whole = httpx.head(f"{address}{path}"), httpx.get(f"{address}{path}")
        assert (answer.status_code, answer.content) == (whole.status_code, b"")
        assert answer.headers["content-type"] == whole.headers["content-type"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_in_each_language(editor: TestClient, language: str) -> None:
    words = PageWording(language)
    for path, title in (
        ("/library", "library.title"),
        ("/library/gaps", "gaps.title"),
        ("/library/bring", "bring.title"),
        (f"/library/remove?id={BRIDGE.id}", "remove.title"),
        ("/check", "check.title"),
        ("/share/none", "shared.nothing"),
        ("/nothing", "shared.nothing"),
    ):
        text = editor.get(path, headers={**BROWSER, "accept-language": language}).text
        assert f'<html lang="{LANGUAGES[language]}">' in text
        assert f'<h1 dir="auto">{words(title)}</h1>' in text
        assert [text.count(f'value="{each}"') for each in LANGUAGES] == [int(each != language) for each in LANGUAGES]


# Errors


@pytest.mark.parametrize(
    ("method", "path", "status", "name"),
    [
        ("GET", "/nothing", 404, "door.no_page"),
        ("GET", "/nothing/of/this", 404, "door.no_page"),
        ("POST", "/library", 404, "door.no_page"),  # nothing is sent there
        ("POST", "/", 405, "door.no_method"),
    ],
)
def test_a_browser_gets_a_page_where_there_is_none_and_a_program_an_error(
    editor: TestClient, method: str, path: str, status: int, name: str
) -> None:
    answer = editor.request(method, path, headers=BROWSER)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    shown = Page(answer.text)
    assert ENGLISH(name) in shown.text
    assert {"/", "/library"} <= set(shown.links())
    answer = editor.request(method, path, headers=PROGRAM)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json")
    assert answer.json()["detail"]


def test_who_may_not_come_is_told_on_a_page_why(index: Index) -> None:
    with client(index, Access(open_to=None)) as nobody:
        answer = nobody.get("/library", headers=BROWSER)
        assert (answer.status_code, ENGLISH("door.programs_only") in Page(answer.text).text) == (403, True)
        assert nobody.get("/library", headers=PROGRAM).text == ENGLISH("door.programs_only")


def test_a_bug_is_told_by_its_reference_and_nothing_else_of_it(
    index: Index, editor: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(index, "listing", broken)
    page = editor.get("/library", headers=BROWSER)
    program = editor.get("/library", headers=PROGRAM)
    assert (page.status_code, program.status_code) == (500, 500)
    for told in (Page(page.text).text, program.json()["detail"]):
        reference = re.search(r"\(ref ([0-9a-f]{6})\)", told)
        assert reference
        assert f"ref {reference[1]}" in caplog.text
        assert "a secret" not in told
    assert "/library" in Page(page.text).links()


def test_who_leaves_while_sending_is_no_bug(editor: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    beginning = b'--x\r\ncontent-disposition: form-data; name="files"; filename="a.txt"\r\n\r\nThe '
    messages = [
        {"type": "http.request", "body": beginning, "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = {"host": "testserver", "accept": "text/html", "content-type": "multipart/form-data; boundary=x"}
    scope = {
        **{"type": "http", "method": "POST", "path": "/library/bring", "query_string": b"", "scheme": "http"},
        **{"client": LOCAL, "headers": [(name.encode(), value.encode()) for name, value in headers.items()]},
    }
    assert editor.portal
    editor.portal.call(editor.app, scope, receive, send)
    assert (sent, messages) == ([], [])
    assert [each for each in caplog.records if each.levelno >= logging.ERROR] == []


# The library follows the index


def test_counts_are_sent_only_where_they_have_changed(index: Index, editor: TestClient) -> None:
    shown = Page(editor.get("/library?outlet=Vellmar+Courier").text)
    [live] = [each for _, each in shown.tags if each.get("id") == "live"]
    counts, tag = str(live["data-counts"]), str(live["data-tag"])
    assert editor.get(counts, headers={"if-none-match": tag}).status_code == 304
    index.add([NEW])
    try:
        answer = editor.get(counts, headers={"if-none-match": tag})
        assert answer.status_code == 200
        assert answer.json()["said"]["outlet:Vellmar Courier"] == "3"
        assert answer.json()["said"]["fit"] == "3 articles found."
        tag = answer.headers["etag"]
        for named in (tag, f"W/{tag}", f'"other", {tag}'):
            assert editor.get(counts, headers={"if-none-match": named}).status_code == 304
        chinese = {"if-none-match": answer.headers["etag"], "accept-language": "zh"}
        assert editor.get(counts, headers=chinese).status_code == 200
    finally:
        index.remove(NEW.id)


@pytest.mark.slow
def test_an_open_library_follows_while_it_is_seen_and_rests_while_it_is_not(
    index: Index, address: str, page: Tab
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "counts" in request.url else None)
    page.clock.install()
    page.goto(f"{address}library")
    page.get_by_text("3 articles are searched").wait_for()
    hide = """hidden => {
      Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(hide, True)
    page.clock.run_for(600_000)
    assert asked == []
    index.add([NEW])
    try:
        page.locator("li input").first.check()
        page.evaluate(hide, False)
        page.get_by_text("4 articles are searched").wait_for()
        assert page.locator(".list li").count() == 3  # what somebody is choosing from stays
        assert page.locator("li input").first.is_checked()
        page.get_by_role("link", name="Show the new list").click()
        page.get_by_role("link", name=NEW.title).wait_for()
        index.remove("tram")
        page.evaluate(hide, False)
        page.get_by_text("3 articles are searched").wait_for()
        assert page.locator("[data-said='kind:opinion']").inner_text() == "0"
    finally:
        index.remove(NEW.id)
        index.add(ARTICLES)


@pytest.mark.slow
def test_the_library_has_its_counts_beside_the_list_and_days_from_a_calendar(address: str, page: Tab) -> None:
    page.goto(f"{address}library")
    aside, listed = page.locator("#when").bounding_box(), page.locator(".list").bounding_box()
    assert aside
    assert listed
    assert aside["x"] >= listed["x"] + listed["width"]
    page.get_by_label("From", exact=True).fill("2021-05-05")
    page.get_by_role("button", name="Find").click()
    page.get_by_text("1 article found.").wait_for()
    assert "since=2021-05-05" in page.url
    assert titles(Page(page.content())) == ["tram"]
    assert page.get_by_label("From", exact=True).input_value() == "2021-05-05"
    page.set_viewport_size({"width": 375, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


# Light and dark


@pytest.mark.slow
def test_what_is_chosen_on_a_plain_page_holds_on_the_chat_page_and_the_other_way(address: str, page: Tab) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    page.goto(f"{address}library")
    light = page.evaluate(ground)
    page.locator("#scheme").click()
    dark = page.evaluate(ground)
    assert dark != light
    page.goto(f"{address}check")
    assert page.evaluate(ground) == dark
    page.goto(address)
    page.locator("body.dark").wait_for()
    page.evaluate("localStorage.removeItem('byline-scheme')")  # as the chat page does when it turns back
    page.goto(f"{address}check")
    assert page.evaluate(ground) == light


@pytest.mark.slow
def test_the_font_and_the_menu_of_languages_work_in_a_browser(address: str, page: Tab) -> None:
    page.goto(f"{address}library")
    page.evaluate("document.fonts.ready")
    assert page.evaluate("[...document.fonts].filter((each) => each.status === 'loaded').length") >= 1
    summary = page.locator(".menu summary")
    summary.press("Enter")
    page.get_by_role("button", name="中文").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="中文").wait_for(state="hidden")
    assert summary.evaluate("each => each === document.activeElement")


# Adding articles

DROP = """files => {
  const all = new DataTransfer();
  for (const [name, text] of files) all.items.add(new File([text], name));
  const at = (kind) => document.querySelector("h1").dispatchEvent(
    new DragEvent(kind, { dataTransfer: all, bubbles: true, cancelable: true }));
  at("dragover");
  const seen = document.body.classList.contains("dropping");
  at("drop");
  return seen;
}"""


@pytest.mark.slow
def test_files_that_are_dropped_on_the_page_come_in_or_are_told_why_not(index: Index, address: str, page: Tab) -> None:
    from playwright.sync_api import expect

    page.goto(f"{address}library/bring")
    assert page.evaluate(DROP, [["mill.txt", "The mill of Vellmar turns again since 2 May 2021."]])
    assert page.evaluate(DROP, [["picture.png", "no picture"]])
    assert page.locator("#progress li").all_inner_texts() == ["mill.txt", "picture.png"]
    assert page.locator("#progress progress").count() == 2
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_text("1 of 2 added.").wait_for()
    assert page.get_by_role("row").nth(1).locator(".good").inner_text() == "1 added"
    assert "not read" in page.get_by_role("row").nth(2).locator(".alarm").last.inner_text()
    index.remove("upload:/mill.txt")
    page.get_by_role("link", name="Add more articles").click()
    page.get_by_role("heading", name="Add articles").wait_for()
    page.evaluate(DROP, [["<b>a</b>.png", "no picture"]])
    assert page.locator("#progress b").count() == 0
    page.get_by_label("Web addresses").fill("no address")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#sending")).to_contain_text("is not a web address", timeout=60_000)
    expect(page.locator("#sending")).to_have_class("alarm", timeout=60_000)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow'))")  # where the page had not loaded yet
    expect(page.locator("#sending")).to_have_class("alarm")
    page.get_by_label("Web addresses").fill("")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_text("0 of 1 added.").wait_for()
    assert "You can ask about them now." not in page.content()


@pytest.mark.slow
def test_files_that_are_too_large_are_not_sent(index: Index, page: Tab) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method))
    with serving(Bot(index), access=Access(largest=1_000_000)) as address:
        page.goto(f"{address}library/bring")
        page.evaluate(DROP, [["large.txt", "x" * 1_000_001]])
        button = page.get_by_role("button", name="Add", exact=True)
        button.click()
        page.locator("#sending.alarm").get_by_text("more than 1 MB").wait_for()
        assert "POST" not in asked
        assert button.is_enabled()
        page.evaluate("document.querySelector('#bring button').disabled = true")  # as in a page that the browser kept
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
        assert button.is_enabled()


@pytest.mark.slow
def test_how_much_of_each_file_was_sent_is_seen_while_it_is_sent(address: str, page: Tab) -> None:
    page.goto(f"{address}library/bring")
    # By the browser's own network, which is made slower than this machine.
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    limits = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 200_000}
    session.send("Network.emulateNetworkConditions", limits)
    page.evaluate(DROP, [["first.txt", "x" * 400_000], ["second.txt", "y" * 400_000]])
    page.evaluate(
        """() => {
          const [first, second] = document.querySelectorAll("#progress progress");
          window.halfway = new Promise((done) => {
            const look = () => (first.position === 1 && second.position < 1 ? done(true) : requestAnimationFrame(look));
            look();
          });
        }"""
    )
    page.get_by_role("button", name="Add", exact=True).click()
    assert page.evaluate("window.halfway")
