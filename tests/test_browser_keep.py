"""What a person keeps, in a real browser: conversations in the sidebar, shared answers, feedback, files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.answering.bot import Bot
from bot.history import History
from bot.history.feedback import Feedback, Flaw, everybodys
from bot.history.file import FILE
from bot.types import Model
from index.index import Index
from tests.serving import QUESTION, QUOTE, ask, ready, serving
from tests.small_news import ARTICLES, HOSTILE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

    from tests.conftest import Scripted

pytestmark = pytest.mark.slow

TRAM_QUESTION = "What should the town council of Vellmar do about the tram?"
HARBOUR_QUESTION = (
    "Did the harbour of Vellmar close in April 2019? <img src=http://evil.example/q> **bold** [x](http://evil.example)"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def index(folder: Path) -> Iterator[Index]:
    with Index.open(folder / "store") as opened:
        opened.add(ARTICLES)
        yield opened


@pytest.fixture
def history(folder: Path, index: Index) -> History:  # noqa: ARG001  (it stands in the index's folder)
    kept = History(folder / "store" / FILE, 90)
    kept.delete_all()
    return kept


@pytest.fixture
def address(index: Index, history: History) -> Iterator[str]:
    bot = Bot(index)
    bot.close = lambda: None  # type: ignore[method-assign] # the index serves the next test too
    with serving(bot, history) as served:
        yield served


def anew(page: Page) -> None:
    page.get_by_role("button", name="New chat").click()
    page.get_by_text("What would you like to know?").wait_for()
    page.wait_for_function("() => document.querySelector('#name .named')?.textContent === ''")


def open_sidebar(page: Page) -> None:
    toggle = page.get_by_role("button", name="Chats", exact=True)
    assert toggle.get_attribute("aria-expanded") == "false"
    assert not page.get_by_label("Search your chats").is_visible()
    toggle.press("Enter")
    page.get_by_label("Search your chats").wait_for()
    assert toggle.get_attribute("aria-expanded") == "true"


def listed(page: Page, title: str) -> Locator:
    """What opens a conversation; a question that is offered below an answer is called by the same words."""
    return page.locator("#conversations").get_by_role("button", name=title).first


def titles(page: Page) -> list[str]:
    return page.locator("#conversations .title").all_inner_texts()


def wait_for_titles(page: Page, *expected: str) -> None:
    page.wait_for_function(
        "(expected) => JSON.stringify([...document.querySelectorAll('#conversations .title')].map(e => e.innerText))"
        " === expected",
        arg=json.dumps(list(expected), ensure_ascii=False, separators=(",", ":")),
    )


def two_conversations(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_text("3 articles · model: extractive").wait_for()
    ask(page, QUESTION)
    anew(page)
    ask(page, TRAM_QUESTION)


# The sidebar


def test_earlier_conversations_are_listed_opened_searched_and_renamed(page: Page, address: str) -> None:
    two_conversations(page, address)
    open_sidebar(page)
    wait_for_titles(page, TRAM_QUESTION, QUESTION)
    listed(page, QUESTION).click()
    page.locator("#chat .message.user").get_by_text(QUESTION).wait_for()
    page.get_by_role("link", name="[1]", exact=True).click()
    assert page.locator("mark.current").text_content() == QUOTE
    page.locator(".current .title").get_by_text(QUESTION).wait_for()
    ask(page, "What did its repairs cost?")
    wait_for_titles(page, QUESTION, TRAM_QUESTION)  # the last used comes first

    search = page.get_by_label("Search your chats")
    search.fill("council")
    wait_for_titles(page, TRAM_QUESTION)
    search.fill("no such words")
    page.get_by_text("No chat has these words.").wait_for()
    search.fill("")
    wait_for_titles(page, QUESTION, TRAM_QUESTION)

    page.get_by_role("button", name=f"Rename “{TRAM_QUESTION}”").press("Enter")
    name = page.locator("#naming textarea, #naming input")
    page.wait_for_function("() => document.activeElement.closest('#naming')")
    assert name.input_value() == TRAM_QUESTION
    name.fill(" The <b>tram</b> ")
    name.press("Enter")
    wait_for_titles(page, QUESTION, "The <b>tram</b>")
    assert page.locator("#chat .message").count() == 4
    page.reload()
    open_sidebar(page)
    wait_for_titles(page, QUESTION, "The <b>tram</b>")


def test_the_conversation_on_show_stays_when_another_is_deleted(
    page: Page,
    address: str,
    history: History,
) -> None:
    two_conversations(page, address)
    open_sidebar(page)
    page.get_by_role("button", name=f"Delete “{QUESTION}”").click()
    page.get_by_text(f"Delete “{QUESTION}” for good?").wait_for()
    page.get_by_role("button", name="Cancel").last.click()
    page.get_by_text("for good?").wait_for(state="hidden")
    assert titles(page) == [TRAM_QUESTION, QUESTION]
    page.get_by_role("button", name=f"Delete “{QUESTION}”").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    wait_for_titles(page, TRAM_QUESTION)
    assert "rebuild the tram" in page.locator("#chat .message.bot").inner_text()
    ask(page, "How many people would a tram carry?")
    assert page.locator("#chat .message").count() == 4
    assert [each.turns for each in history.everybodys()] == [2]
    assert QUESTION.encode() not in (history.path or Path()).read_bytes()
    page.get_by_role("button", name=f"Delete “{TRAM_QUESTION}”").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_text("What would you like to know?").wait_for()
    page.get_by_text("What you ask is kept here.").wait_for()


def test_another_browser_lists_none_of_it(browser: Browser, page: Page, address: str) -> None:
    two_conversations(page, address)
    other = browser.new_context().new_page()
    other.goto(address)
    other.get_by_text("3 articles · model: extractive").wait_for()
    open_sidebar(other)
    other.get_by_text("What you ask is kept here.").wait_for()
    assert titles(other) == []
    other.context.close()


def test_an_answer_goes_on_when_another_conversation_is_opened_and_is_there_when_its_own_is_opened_again(
    page: Page,
    index: Index,
    history: History,
    script: Scripted,
) -> None:
    from threading import Event

    go_on = Event()

    def slow() -> Iterator[str]:
        yield "The town council should rebuild the tram that Vellmar tore up in 1962. Nine whales were"
        go_on.wait(120)
        yield " seen in it."

    when = "When did Vellmar tear up the tram?"
    bot = Bot(index, Model("scripted", script.complete))
    bot.close = lambda: None  # type: ignore[method-assign]
    with serving(bot, history) as served:
        script.says = lambda: iter(["The bridge reopened on 3 May 2021."])
        page.goto(served)
        ready(page)
        ask(page, QUESTION)
        anew(page)
        script.says = slow
        page.get_by_label("Your question").fill(when)
        page.keyboard.press("Enter")
        page.locator("#chat .writing").wait_for()
        open_sidebar(page)
        listed(page, QUESTION).click()
        page.locator("#chat .message.user").get_by_text(QUESTION).wait_for()
        page.locator("#question .submit-button").wait_for()
        assert page.locator("#chat .message").count() == 2
        assert page.locator("#chat .writing").count() == 0
        page.go_back()
        page.locator("#chat .writing").wait_for()
        page.locator("#question .stop-button").wait_for()
        page.go_forward()
        page.locator("#chat .message.user").get_by_text(QUESTION).wait_for()
        go_on.set()
        while len(history.everybodys()) == 1:
            page.wait_for_timeout(100)
        page.go_back()
        page.locator("#chat .unsupported").get_by_text("Nine whales were seen in it.").wait_for()
        wait_for_titles(page, when, QUESTION)
        assert [each.status for each in history.records(history.everybodys()[0].place)] == ["partial"]


def test_a_phone_opens_a_conversation_and_is_back_in_the_chat(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 740}, has_touch=True)
    page = context.new_page()
    two_conversations(page, address)
    open_sidebar(page)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 375
    listed(page, QUESTION).tap()
    page.locator("#chat .message.user").get_by_text(QUESTION).wait_for()
    page.get_by_label("Search your chats").wait_for(state="hidden")
    context.close()


# Sharing


def test_an_answer_is_shared_read_by_another_and_taken_back(browser: Browser, page: Page, address: str) -> None:
    page.goto(address)
    ask(page, QUESTION)
    page.get_by_role("button", name="Share", exact=True).press("Enter")
    link = page.locator("#sharing textarea, #sharing input")
    link.wait_for()
    page.wait_for_function("() => document.activeElement.closest('#sharing')")
    shared = link.input_value()
    assert shared.startswith(f"{address}share/")
    page.keyboard.press("Escape")
    link.wait_for(state="hidden")
    page.wait_for_function("() => document.activeElement.id === 'share-1'")

    context = browser.new_context(java_script_enabled=False)
    other = context.new_page()
    asked: list[str] = []
    other.on("request", lambda request: asked.append(request.url))
    answer = other.goto(shared)
    assert answer is not None
    assert answer.status == 200
    other.get_by_role("link", name="[1]", exact=True).click()
    assert other.locator("mark:target").inner_text() == QUOTE
    own = tuple(f"{address}{name}" for name in ("font", "mark.svg"))
    assert [each for each in asked if each.split("#")[0] != shared and not each.startswith(own)] == []

    page.reload()
    page.get_by_role("button", name="Shared").click()
    page.get_by_text("Its link was shown once").wait_for()
    assert not link.is_visible()
    page.get_by_role("button", name="Make a new link").click()
    link.wait_for()
    older, shared = shared, link.input_value()
    for address_, status in ((older, 404), (shared, 200)):
        answer = other.goto(address_)
        assert answer is not None
        assert answer.status == status
    page.get_by_role("button", name="Stop sharing").click()
    page.get_by_role("button", name="Share", exact=True).wait_for()
    gone = other.goto(shared)
    assert gone is not None
    assert gone.status == 404
    other.get_by_text("There is no answer at this link").wait_for()
    context.close()


def test_nothing_that_is_kept_becomes_more_than_text(page: Page, address: str) -> None:
    page.goto(address)
    ask(page, HARBOUR_QUESTION)
    open_sidebar(page)
    wait_for_titles(page, HARBOUR_QUESTION)
    page.get_by_role("button", name="Delete “Did the harbour").click()
    page.get_by_text(f"Delete “{HARBOUR_QUESTION}” for good?").wait_for()
    assert page.locator("#sidebar").locator("img, script, iframe, form, strong, b, a").count() == 0
    page.get_by_role("button", name="Share", exact=True).click()
    link = page.locator("#sharing textarea, #sharing input")
    link.wait_for()
    page.goto(link.input_value())
    page.get_by_role("heading", name=HARBOUR_QUESTION).wait_for()
    page.get_by_text(HOSTILE.title).wait_for()
    assert page.locator("main").locator("img, script, iframe, input, svg, form").count() == 0
    assert page.evaluate("() => window.pwned") is None


# Feedback


def test_a_reader_says_what_is_wrong_and_it_is_kept(page: Page, address: str, history: History) -> None:
    page.goto(address)
    ask(page, QUESTION)
    page.get_by_role("button", name="Helpful", exact=True).click()
    page.get_by_role("button", name="Helpful ✓").wait_for()
    assert [each.feedback for each in everybodys(history)] == [Feedback(True)]
    page.get_by_role("button", name="Not helpful").press("Enter")
    page.wait_for_function("() => document.activeElement.closest('#judging')")
    page.get_by_label("wrong source").check()
    page.get_by_label("missing").check()
    page.get_by_label("A note").fill("It is <i>older</i>.")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Thank you.").wait_for()
    page.get_by_label("A note").wait_for(state="hidden")
    page.get_by_role("button", name="Not helpful ✓").wait_for()
    [found] = everybodys(history)
    assert found.feedback == Feedback(False, (Flaw.SOURCE, Flaw.MISSING), "It is <i>older</i>.")
    assert found.record.question == QUESTION
    page.reload()
    page.get_by_role("button", name="Not helpful ✓").wait_for()


# Files


def test_an_answer_and_a_conversation_are_downloaded(page: Page, address: str) -> None:
    two_conversations(page, address)
    ask(page, QUESTION)
    page.get_by_role("button", name="Export", exact=True).first.click()
    with page.expect_download() as download:
        page.locator("#exporting").get_by_role("link", name="Markdown").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert download.value.suggested_filename.endswith(".md")
    assert f"# {TRAM_QUESTION}" in text
    assert QUOTE not in text
    open_sidebar(page)
    page.get_by_role("button", name=f"Export “{TRAM_QUESTION}”").click()
    with page.expect_download() as download:
        page.locator("#saving").get_by_role("link", name="JSON").click()
    records = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))["records"]
    assert [each["question"] for each in records] == [TRAM_QUESTION, QUESTION]
    assert page.locator("#chat .message").count() == 4
