"""Checking a text on the page: over HTTP, and in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

import pytest

from bot.auth.users import Role, Users
from bot.web import checks
from bot.web.access import Access
from index import Index
from tests.conftest import WordEmbeddings
from tests.loopback import PAUSE
from tests.serving import PASSWORD, client, open_menu
from tests.small_news import ARTICLES
from tests.test_library import Page, seen

if TYPE_CHECKING:
    import httpx
    from fastapi.testclient import TestClient
    from playwright.sync_api import Page as Tab

REOPENED = "The old bridge in Vellmar reopened on 3 May 2021 after two years of repairs."
HOSTILE = "<script>window.pwned=1</script> The pope cut the ribbon </mark><img src=x>."
READER = Access(open_to=Role.READER, questions=1000)


@pytest.fixture
def index(tmp_path: Path, words: WordEmbeddings) -> Iterator[Index]:
    with Index.open(tmp_path / "store", embedder=words) as opened:
        opened.add(ARTICLES)
        yield opened


@pytest.fixture
def reader(index: Index) -> Iterator[TestClient]:
    with client(index, READER) as opened:
        yield opened


def send(client: TestClient, text: str, **files: tuple[str, bytes]) -> httpx.Response:
    return client.post("/check", data={"text": text}, files=files or {"file": ("", b"")})  # type: ignore[return-value]


def finished(client: TestClient, address: str) -> str:
    """The page of a check that is done."""
    while "refresh" in (answer := client.get(address)).headers:
        sleep(PAUSE)
    assert answer.status_code == 200
    return str(answer.text)


def test_a_reader_finds_each_sentence_of_a_text_with_its_state_and_its_quotes(reader: TestClient) -> None:
    form = seen(reader, "/check")
    assert form.all("textarea", "name") == ["text"]
    begun = send(reader, f"# The bridge\r\n\r\n{REOPENED} {HOSTILE}")
    assert begun.status_code == 303
    shown = Page(finished(reader, begun.headers["location"]))
    assert "1 supported, 0 contradicted, 1 not found" in shown.text
    classes = shown.all("mark", "class")
    assert [each for each in classes if each] == ["supported", "unsupported"]
    assert {"#quote-text-1", "/library/article?id=bridge", "/check"} <= set(shown.links())
    assert "quote-text-1" in shown.all("mark", "id")
    assert ("supported" in shown.text, "not found" in shown.text) == (True, True)
    assert (shown.all("script", "src"), shown.all("img", "src")) == (["/sheet.js"], ["/mark.svg"])
    assert HOSTILE in shown.text


def test_a_report_is_downloaded_as_markdown(reader: TestClient) -> None:
    address = send(reader, REOPENED).headers["location"]
    finished(reader, address)
    answer = reader.get(f"{address}/markdown")
    assert answer.headers["content-disposition"] == 'attachment; filename="byline-check.md"'
    assert f"- **supported** {REOPENED}" in answer.text.replace("\\", "")


def test_a_file_is_checked_in_the_place_of_a_text(reader: TestClient) -> None:
    begun = send(reader, "", file=("draft.md", f"# Draft\n\n{REOPENED}".encode()))
    assert REOPENED in finished(reader, begun.headers["location"])


@pytest.mark.parametrize(
    ("text", "file", "told"),
    [
        ("", None, "There is no text to check."),
        ("# Kept heading", None, "There is no text to check."),
        ("Kept. ", ("a.png", b"\x89PNG"), "a.png cannot be read."),
        ("", ("../a.txt", b""), "a.txt cannot be read."),
    ],
)
def test_what_cannot_be_checked_is_told_and_what_was_written_stays(
    reader: TestClient, text: str, file: tuple[str, bytes] | None, told: str
) -> None:
    answer = send(reader, text, **({"file": file} if file else {}))
    assert answer.status_code == 400
    assert told in Page(answer.text).text
    assert text in answer.text


def test_a_check_is_stopped_with_what_was_done(reader: TestClient) -> None:
    text = " ".join(f"{REOPENED[:-1]} in week {number}." for number in range(300))
    address = send(reader, text).headers["location"]
    going = reader.get(address)
    assert "of 300 sentences checked" in going.text
    assert "Another text of yours is being checked." in send(reader, REOPENED).text
    assert reader.post(f"{address}/stop").headers["location"] == address
    assert "of 300 sentences were checked" in finished(reader, address)
    assert send(reader, REOPENED).status_code == 303


def test_a_check_that_is_forgotten_is_said_to_be(reader: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "KEPT", 1)
    addresses = []
    for _ in range(2):
        addresses.append(send(reader, REOPENED).headers["location"])
        finished(reader, addresses[-1])
    answer = reader.get(addresses[0])
    assert (answer.status_code, "There is no record of this check" in answer.text) == (404, True)
    assert reader.get(f"{addresses[0]}/markdown").status_code == 404


def test_a_check_counts_as_a_question(index: Index) -> None:
    with client(index, Access(questions=1)) as opened:
        finished(opened, send(opened, REOPENED).headers["location"])
        assert "You have asked many questions in a minute." in send(opened, REOPENED).text


def test_a_check_is_seen_by_whoever_sent_it_alone(index: Index, tmp_path: Path) -> None:
    users = Users(tmp_path / "users.json")
    with client(index, Access(users=users)) as opened:
        assert opened.get("/check", headers={"accept": "text/html"}).headers["location"].startswith("/sign-in")
        for name in ("ada", "ben"):
            users.put(name, Role.READER, PASSWORD)
        sign_in(opened, "ada")
        address = send(opened, REOPENED).headers["location"]
        finished(opened, address)
        sign_in(opened, "ben")
        assert [opened.get(each).status_code for each in (address, f"{address}/markdown")] == [404, 404]
        assert opened.post(f"{address}/stop").status_code == 404


def sign_in(client: TestClient, name: str) -> None:
    client.cookies.clear()
    assert client.post("/sign-in", data={"name": name, "password": PASSWORD}).status_code == 303


def test_the_page_speaks_the_language_of_its_reader(reader: TestClient) -> None:
    chinese = {"accept-language": "zh-CN"}
    assert "核查文本" in reader.get("/check", headers=chinese).text
    address = send(reader, f"{REOPENED} The pope cut the ribbon.").headers["location"]
    finished(reader, address)
    shown = Page(reader.get(address, headers=chinese).text)
    assert ("有依据" in shown.text, "未找到" in shown.text, "1 句有依据" in shown.text) == (True, True, True)


def test_in_a_browser_a_text_is_checked_and_a_mark_leads_to_its_quote(page: Tab, quoting: str) -> None:
    page.goto(quoting)
    open_menu(page)
    page.get_by_role("link", name="Check a text").click()
    page.get_by_label("Text", exact=True).fill(f"# The bridge\n\n{REOPENED} Nobody has ever eaten a blue whale there.")
    page.get_by_role("button", name="Check").click()
    page.locator(".checking").wait_for()
    assert page.locator(".checked h2").inner_text() == "The bridge"
    assert page.locator(".checked .state").all_inner_texts()[0] == "✓ supported"
    page.get_by_role("link", name="[1]").click()
    quote = page.locator("mark:target")
    assert quote.inner_text() == REOPENED
    assert quote.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"
    right = "each => each.getBoundingClientRect().right"
    left = "each => each.getBoundingClientRect().left"
    assert page.locator(".checked").evaluate(right) <= page.locator(".card").first.evaluate(left)  # beside it
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_in_a_browser_a_text_goes_along_into_another_language(page: Tab, quoting: str) -> None:
    page.goto(f"{quoting}check")
    page.get_by_label("Text").first.fill("The bridge reopened.")
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Deutsch").click()
    page.locator("html[lang=de]").wait_for()
    assert page.locator("#text").input_value() == "The bridge reopened."
    page.reload()
    assert page.locator("#text").input_value() == ""
