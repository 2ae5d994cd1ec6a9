"""The web page in a real browser, over a real index with the real embedder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from time import sleep
from typing import TYPE_CHECKING

import pytest

from bot.answering.bot import Bot
from bot.suggestions.offers import Offers
from tests.serving import QUESTION, QUOTE, ask, last_answer, open_menu, serving
from tests.small_news import BRIDGE, HOSTILE, TRAM

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

    from index.index import Index
    from tests.conftest import Scripted

pytestmark = pytest.mark.slow


def test_an_answer_is_proved_by_the_exact_words_of_the_article(page: Page, quoting: str) -> None:
    page.goto(quoting)
    page.get_by_text("3 articles · model: extractive").wait_for()
    ask(page, QUESTION)
    assert "3 May 2021" in last_answer(page)
    mark = page.get_by_role("link", name="[1]", exact=True)
    mark.click()
    quote = page.locator("mark.current")
    assert quote.text_content() == QUOTE
    assert QUOTE in BRIDGE.text
    assert quote.evaluate("each => each === document.activeElement")
    assert page.url.startswith(f"{quoting}?chat=")  # the link led into the page and not away
    card = page.locator("#proof .card").filter(has=quote)
    for words in (BRIDGE.title, "Tom Okafor, Vellmar Courier, 4 May 2021", "report"):
        assert words in card.inner_text()
    assert card.get_by_role("link", name="Original at news.example").get_attribute("href") == BRIDGE.url


def test_marks_work_by_keyboard_and_older_ones_lead_to_their_own_quotes(page: Page, quoting: str) -> None:
    page.goto(quoting)
    ask(page, QUESTION)
    ask(page, "What should the town council of Vellmar do about the tram?")
    assert "According to Ada Lind" in last_answer(page)
    older, newer = page.locator("a.mark").first, page.locator("a.mark").last
    for mark, text in ((newer, TRAM.text), (older, BRIDGE.text)):
        mark.press("Enter")
        quote = page.locator("mark.current")
        assert quote.text_content() in text  # type: ignore[operator]
        assert quote.is_visible()
        page.keyboard.press("Escape")
        assert page.locator("mark.current").count() == 0
        assert mark.evaluate("each => each === document.activeElement")
    assert page.locator("#proof .kind.opinion").inner_text() == "opinion"


def test_a_quote_is_copied_as_a_reference(page: Page, quoting: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(quoting)
    ask(page, QUESTION)
    page.get_by_text("Cite", exact=True).first.click()
    button = page.get_by_role("button", name="Copy APA")
    button.press("Enter")
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied.startswith("Tom Okafor. (2021, May 4). Vellmar's old bridge reopens. Vellmar Courier. https://")
    button.wait_for()


def test_a_refusal_is_calm_and_an_empty_question_is_told_apart(page: Page, quoting: str) -> None:
    page.goto(quoting)
    ask(page, "Who won the 2018 World Cup?")
    assert "The articles do not say." in last_answer(page)
    assert BRIDGE.title in last_answer(page)
    assert page.locator("a.mark").count() == 0
    page.get_by_label("Your question").fill("   ")
    page.keyboard.press("Enter")
    page.get_by_text("Write a question first.").wait_for()
    assert page.locator("#chat .message.user").count() == 1
    ask(page, QUESTION)
    assert "3 May 2021" in last_answer(page)
    assert page.get_by_text("Write a question first.").count() == 0
    page.get_by_role("button", name="New chat").click()
    page.get_by_text("What would you like to know?").wait_for()
    assert page.locator("#proof .card").count() == 0


def test_what_a_question_names_is_shown_and_can_be_cleared(page: Page, quoting: str) -> None:
    page.goto(quoting)
    ask(page, QUESTION)
    assert not page.locator("#named").is_visible()
    ask(page, "According to the Vellmar Courier, when did the old bridge in Vellmar reopen?")
    name = page.get_by_label("outlet Vellmar Courier, preferred")
    assert name.is_checked()
    name.uncheck()
    page.locator("#chat .message.bot").nth(2).locator(".acts").wait_for()
    page.locator("#question .submit-button").wait_for()
    assert page.locator("#chat .message.user").count() == 3
    assert not name.is_checked()
    name.check()
    page.locator("#chat .message.bot").nth(3).locator(".acts").wait_for()
    assert "3 May 2021" in last_answer(page)
    assert name.is_checked()


def test_another_kind_of_answer_is_a_click_away(page: Page, quoting: str) -> None:
    page.goto(quoting)
    ask(page, "hi")
    assert not page.locator("#wanted").is_visible()
    assert not page.get_by_role("button", name="Ask again").count()
    ask(page, "Tell me about the old bridge in Vellmar")
    assert "reopened on 3 May 2021" in page.locator("#chat ul.answer li").first.inner_text()
    page.get_by_role("button", name="Overview · Usual length").click()
    wanted = page.locator("#wanted")
    assert wanted.get_by_label("Overview").is_checked()
    wanted.get_by_label("Timeline").check()
    page.locator("#chat ol.timeline").wait_for()
    assert "3 May 2021" in page.locator("#chat ol.timeline time").all_inner_texts()
    page.get_by_role("button", name="Timeline · Usual length").click()
    assert wanted.get_by_label("Timeline").is_checked()
    length = page.locator("#length")
    assert length.get_by_label("Usual").is_checked()
    length.get_by_label("Shorter").check()
    page.locator("#chat .message.user").nth(3).wait_for()
    page.get_by_role("button", name="Timeline · Shorter length").click()
    assert length.get_by_label("Shorter").is_checked()


def test_what_is_typed_while_the_page_comes_stays(page: Page, quoting: str) -> None:
    held: list[Route] = []
    page.route("**/gradio_api/queue/join*", lambda each: held.append(each))
    page.goto(quoting)
    page.get_by_label("Your question").fill("half a quest")
    page.wait_for_timeout(1000)
    assert len(held) == 2  # what the page asks for when it has come: the chat that is kept with its parts, and examples
    for each in held:
        each.continue_()
    page.get_by_text("3 articles · model: extractive").wait_for()
    page.wait_for_timeout(500)
    assert page.get_by_label("Your question").input_value() == "half a quest"


def test_a_sent_question_leaves_the_box_also_where_its_whole_answer_is_there_at_once(
    page: Page, news: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gradio's client merges the steps of an answer that come before it knows the answer's number."""
    go_on = Event()

    def late(route: Route) -> None:
        response = route.fetch()
        sleep(1.5)
        route.fulfill(response=response)

    def slow(_: Offers) -> tuple[str, ...]:
        go_on.wait(60)
        return ()

    # As long as something else of the page is under way, what the server sends is listened to.
    monkeypatch.setattr(Offers, "to_begin_with", slow)
    with serving(Bot(news)) as address:
        page.goto(address)
        page.get_by_text("3 articles · model: extractive").wait_for()
        page.route("**/gradio_api/queue/join*", late)
        ask(page, QUESTION)
        left = page.get_by_label("Your question").input_value()
        page.unroute_all(behavior="wait")
        go_on.set()
    assert left == ""


@contextmanager
def reloading(page: Page) -> Iterator[None]:
    """Reloads, and lets the server say nothing to the new page before the end of the block."""
    held: list[Route] = []
    released = Event()

    def hold(route: Route) -> None:
        if released.is_set():
            route.continue_()
        else:
            held.append(route)

    page.route("**/gradio_api/queue/join*", hold)
    page.reload(wait_until="commit")
    page.get_by_role("button", name="New chat").wait_for()
    yield
    assert page.locator("#name .named").count() == 0
    released.set()
    for each in held:
        each.continue_()


def test_a_new_chat_that_is_asked_for_before_the_page_is_ready_is_opened_once_it_is(page: Page, quoting: str) -> None:
    page.goto(quoting)
    ask(page, QUESTION)
    with reloading(page):
        page.get_by_role("button", name="New chat").click()
    page.wait_for_function("() => document.querySelector('#name .named')?.textContent === ''")
    page.get_by_text("3 articles · model: extractive").wait_for()
    assert page.locator("#chat .message").count() == 0
    assert "chat=" not in page.url


def test_who_goes_back_before_the_page_is_ready_comes_to_the_chat_before(page: Page, quoting: str) -> None:
    page.goto(quoting)
    ask(page, QUESTION)
    page.wait_for_url("**/?chat=*")
    first = page.url
    page.get_by_role("button", name="New chat").click()
    page.wait_for_url(quoting)
    ask(page, "What did its repairs cost?")
    page.wait_for_url("**/?chat=*")
    with reloading(page):
        page.go_back(wait_until="commit")
    page.locator("#chat .message.user").get_by_text(QUESTION).wait_for()
    page.get_by_text("3 articles · model: extractive").wait_for(state="attached")  # the last that a new page is told
    assert page.locator("#chat .message.user").count() == 1
    assert page.url == first


def test_a_chat_is_there_again_after_a_reload_until_it_is_left_or_deleted(page: Page, quoting: str) -> None:
    page.goto(quoting)
    for ends, told in (("New chat", ""), ("Delete chat", "The chat is deleted.")):
        ask(page, QUESTION)
        page.reload()
        page.locator("#chat .message.bot .answer").wait_for()
        assert page.locator("#chat .message").count() == 2
        page.get_by_role("link", name="[1]", exact=True).click()
        assert page.locator("mark.current").text_content() == QUOTE
        ask(page, "What did its repairs cost?")
        assert page.locator("#chat .message").count() == 4
        if ends == "Delete chat":
            open_menu(page)
        page.get_by_role("button", name=ends).click()
        if ends == "Delete chat":
            page.get_by_text("Delete this chat for good?").wait_for()
            page.wait_for_function("() => document.activeElement.closest('#ending')")
            page.keyboard.press("Escape")
            page.locator("#ending").wait_for(state="hidden")
            page.wait_for_function("() => document.activeElement.id === 'menu-button'")
            assert page.locator("#chat .message").count() == 4
            open_menu(page)
            page.get_by_role("button", name=ends).click()
            page.locator("#ending").get_by_role("button", name="Delete").click()
        page.get_by_text("What would you like to know?").wait_for()
        page.locator("#ending").wait_for(state="hidden")
        assert told in page.locator("#notice").inner_text()
        page.reload()
        page.get_by_text("3 articles · model: extractive").wait_for()
        page.wait_for_timeout(500)
        assert page.locator("#chat .message").count() == 0


def test_another_browser_sees_nothing_of_a_chat(browser: Browser, page: Page, quoting: str) -> None:
    page.goto(quoting)
    ask(page, QUESTION)
    other = browser.new_context().new_page()
    other.goto(quoting)
    other.get_by_text("3 articles · model: extractive").wait_for()
    other.wait_for_timeout(500)
    assert other.locator("#chat .message").count() == 0
    other.context.close()


def test_nothing_in_an_article_or_a_question_becomes_more_than_text(page: Page, quoting: str) -> None:
    page.goto(quoting)
    hostile = "When did the harbour close? ![x](http://evil.example/q.png) <img src=http://evil.example/q>"
    ask(page, hostile)
    assert "<script>window.pwned=1</script> closed in April 2019 with ![a picture]" in last_answer(page)
    page.get_by_role("link", name="[1]", exact=True).click()
    assert (page.locator("mark.current").text_content() or "") in HOSTILE.text
    for name in ("#chat .message", "#proof"):
        assert page.locator(name).locator("img, script, iframe, form, input, svg, .katex, pre, code").count() == 0
    links = page.locator("#chat .message a, #proof a").evaluate_all("all => all.map(each => each.getAttribute('href'))")
    assert [each for each in links if not each.startswith(("#", "https://news.example/"))] == []
    assert page.evaluate("() => window.pwned") is None


def test_no_script_runs_that_the_page_did_not_come_with(page: Page, quoting: str) -> None:
    page.add_init_script(
        """window.refused = [];
        document.addEventListener("securitypolicyviolation", (each) => refused.push(each.blockedURI));"""
    )
    page.goto(quoting)
    ask(page, QUESTION)
    assert page.evaluate("() => refused") == []
    page.evaluate(
        """() => {
            document.body.append(Object.assign(document.createElement("script"), { textContent: "pwned = 1" }));
            document.body.insertAdjacentHTML("beforeend", '<img src="data:," onerror="pwned = 1">');
        }"""
    )
    page.wait_for_function("() => refused.length === 2")
    assert page.evaluate("() => refused") == ["inline", "inline"]
    assert page.evaluate("() => window.pwned") is None


def test_evidence_is_there_before_the_words_and_words_before_the_end(
    page: Page, writing: str, script: Scripted
) -> None:
    begin, end = Event(), Event()

    def says() -> Iterator[str]:
        begin.wait(60)
        yield "The bridge reopened on 3 May 2021. Nine whales were"
        end.wait(60)
        yield " seen under it."

    script.says = says
    page.goto(writing)
    page.get_by_text("There is no better model here.").wait_for()
    page.get_by_label("Your question").fill(QUESTION)
    page.keyboard.press("Enter")
    page.locator("#proof .near .evidence").get_by_text(QUOTE).first.wait_for()
    assert re.match(r"Reading \d+ passages", last_answer(page))
    begin.set()
    page.locator("#chat .writing").get_by_text("3 May 2021").wait_for()
    assert page.locator("a.mark").count() == 0
    end.set()
    page.locator("a.mark").first.wait_for()
    assert page.locator("#chat .unsupported").inner_text() == "Nine whales were seen under it."


def test_an_answer_can_be_stopped_and_the_next_question_asked(page: Page, writing: str, script: Scripted) -> None:
    ended, pause = Event(), Event()

    def endless() -> Iterator[str]:
        try:
            yield "The bridge reopened on 3 May 2021. It goes "
            while not pause.wait(0.05):
                yield "on and on "
        finally:
            ended.set()

    script.says = endless
    page.goto(writing)
    page.get_by_label("Your question").fill(QUESTION)
    page.keyboard.press("Enter")
    page.locator("#chat .writing").wait_for()
    page.get_by_label("Your question").fill("The next question")
    page.locator("#question .stop-button").click()
    page.locator("#chat").get_by_text("Stopped before it was checked").wait_for()
    assert ended.wait(60)
    assert page.get_by_label("Your question").input_value() == "The next question"
    script.says = lambda: iter(["The bridge reopened on 3 May 2021."])
    ask(page, QUESTION)
    assert "3 May 2021. [1]" in last_answer(page)


def test_stopping_does_not_wait_for_a_model_that_is_busy(page: Page, writing: str, script: Scripted) -> None:
    begun, ended, go_on = Event(), Event(), Event()

    def busy() -> Iterator[str]:
        begun.set()
        try:
            go_on.wait(60)
            yield "too late"
        finally:
            ended.set()

    script.says = busy
    page.goto(writing)
    page.get_by_label("Your question").fill(QUESTION)
    page.keyboard.press("Enter")
    assert begun.wait(60)
    page.locator("#question .stop-button").click()
    page.locator("#chat").get_by_text("Stopped.", exact=True).wait_for()
    script.says = lambda: iter(["The bridge reopened on 3 May 2021."])
    ask(page, QUESTION)
    assert "3 May 2021. [1]" in last_answer(page)
    assert not ended.is_set()
    go_on.set()
    assert ended.wait(60)
    assert page.get_by_text("too late").count() == 0


def test_a_broken_model_leaves_a_page_that_can_be_asked_again(page: Page, writing: str, script: Scripted) -> None:
    def broken() -> Iterator[str]:
        yield "The bridge "
        raise ZeroDivisionError("a secret")

    script.says = broken
    page.goto(writing)
    ask(page, QUESTION)
    assert re.search(r"No answer: something failed\.\s+Something broke \(ref [0-9a-f]{6}\)", last_answer(page))
    script.says = lambda: iter(["The bridge reopened on 3 May 2021."])
    ask(page, QUESTION)
    assert "3 May 2021. [1]" in last_answer(page)


def test_a_phone_reads_the_page_without_scrolling_sideways(browser: Browser, quoting: str) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 740}, has_touch=True)
    page = context.new_page()
    page.goto(quoting)
    ask(page, QUESTION)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 375
    page.get_by_role("link", name="[1]", exact=True).tap()
    page.locator("#quote-card button").tap()
    quote = page.locator("mark.current")
    page.wait_for_function("() => Math.abs(document.querySelector('mark.current').getBoundingClientRect().top) < 740")
    assert quote.text_content() == QUOTE
    page.get_by_role("link", name="Back to the answer").tap()
    page.wait_for_function("() => document.activeElement.matches('a.mark')")
    context.close()
