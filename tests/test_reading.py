"""Reading in a real browser: proof and whole articles by mouse, keyboard and touch, in light and dark, near and far."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from bot.answering.bot import Bot
from bot.history import History
from bot.history.since import ALTERED, AROUND, GONE
from bot.types import Answer
from bot.types import Event as Step
from bot.wording import worded
from index.index import Index
from tests.serving import QUESTION, QUOTE, ask, last_answer, open_menu, serving
from tests.small_news import ARTICLES, BRIDGE, HOSTILE, TRAM

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

    from tests.conftest import Scripted

pytestmark = pytest.mark.slow

WHOLE = "Read the whole article"
REFUSED = "Who won the 2018 World Cup?"
BEGINNING = QUOTE.removesuffix(" after two years of repairs.")
WITHOUT_NUMBERS = """(mark) => {
    const copy = mark.cloneNode(true);
    for (const number of copy.querySelectorAll("sup")) number.remove();
    return copy.textContent;
}"""


@pytest.fixture
def changing(tmp_path: Path) -> Iterator[tuple[str, Index]]:
    """A page about articles that a test may change."""
    with Index.open(tmp_path / "store") as opened:
        opened.add(ARTICLES)
        with serving(Bot(opened)) as address:
            yield address, opened


def focused(each: Locator) -> bool:
    return bool(each.evaluate("each => each === document.activeElement"))


def pane(page: Page) -> Locator:
    """The pane, once the article is in it."""
    page.locator("#pane article").wait_for()
    return page.locator("#pane")


# The first page


def test_an_empty_page_says_what_was_read(page: Page, quoting: str) -> None:
    page.goto(quoting)
    page.get_by_text("It has read 3 articles from Vellmar Courier and").wait_for()
    assert "dated 2 April 2019 to 1 June 2021." in page.locator(".welcome").inner_text()
    assert page.locator(".welcome").locator("img, svg").count() == 0  # the name of an outlet is text
    assert not page.locator("#evidence").is_visible()
    ask(page, QUESTION)
    assert page.locator("#evidence").is_visible()


def test_light_or_dark_is_as_the_system_has_it_until_it_is_chosen(browser: Browser, quoting: str) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    dark = "() => document.body.classList.contains('dark')"
    page.goto(quoting)
    switch = page.get_by_role("button", name="Theme")
    page.wait_for_function(dark)
    open_menu(page)
    switch.click()
    assert not page.evaluate(dark)
    page.reload()
    page.get_by_text("model: extractive").wait_for()
    assert not page.evaluate(dark)
    open_menu(page)
    switch.click()  # as the system again, and so it follows the system again
    assert page.evaluate(dark)
    page.emulate_media(color_scheme="light")
    page.wait_for_function("() => !document.body.classList.contains('dark')")
    context.close()


# The whole article


def test_the_whole_article_opens_at_the_quote_and_closes_where_it_was_opened(page: Page, quoting: str) -> None:
    page.goto(quoting)
    ask(page, "When did the old bridge in Vellmar reopen? What did the repairs of the bridge cost?")
    link = page.locator("#proof .card").filter(has_text=BRIDGE.title).first.get_by_role("link", name=WHOLE)
    for closed_by in ("Escape", "Close", "beside"):
        link.focus()
        page.keyboard.press("Enter")
        reader = pane(page)
        for fact in (BRIDGE.title, "Tom Okafor, Vellmar Courier, 4 May 2021", "report", "Original at news.example"):
            assert fact in reader.inner_text()
        assert "\n\n".join(reader.locator(".words").evaluate_all(WORDS)) == BRIDGE.text
        quotes = reader.locator("mark").all_text_contents()
        assert QUOTE in quotes
        assert all(quote in BRIDGE.text for quote in quotes)
        current = reader.locator("mark.current")
        assert focused(current)
        reader.get_by_role("link", name="[1]").click()
        assert focused(reader.locator("#quoted-1"))
        if closed_by == "Escape":
            page.keyboard.press("Escape")
        elif closed_by == "Close":
            reader.get_by_role("button", name="Close").click()
        else:
            page.mouse.click(20, 400)
        assert not reader.is_visible()
        assert focused(link)


# What an article's paragraph says, without the numbers that stand before quotes.
WORDS = """all => all.map((each) => {
    const words = each.cloneNode(true);
    for (const number of words.querySelectorAll("sup")) number.remove();
    return words.textContent;
})"""


def test_an_article_of_an_older_turn_is_marked_as_that_turn_quotes_it(page: Page, quoting: str) -> None:
    page.goto(quoting)
    ask(page, QUESTION)
    ask(page, "What should the town council of Vellmar do about the tram?")
    page.locator("#proof .turn summary").get_by_text(QUESTION).click()
    page.locator("#proof .turn").last.get_by_role("link", name=WHOLE).first.click()
    assert pane(page).locator("mark.current").text_content() == QUOTE


def test_a_hostile_article_is_read_as_the_text_that_it_is(page: Page, quoting: str) -> None:
    page.goto(quoting)
    ask(page, "Did the harbour of Vellmar close in April 2019?")
    page.get_by_role("link", name=WHOLE).first.click()
    reader = pane(page)
    assert "<form action=http://evil.example>" in reader.inner_text()
    assert HOSTILE.title in reader.inner_text()
    assert reader.locator("img, script, iframe, form, input, svg, code, ul").count() == 0
    assert page.evaluate("() => window.pwned") is None


def test_a_quote_of_an_article_that_changed_or_went_is_shown_as_it_was(page: Page, changing: tuple[str, Index]) -> None:
    address, index = changing
    page.goto(address)
    ask(page, QUESTION)
    link = page.get_by_role("link", name=WHOLE).first
    index.add([replace(BRIDGE, text="The old bridge in Vellmar reopened in May.\n\nThe mayor cut the ribbon.")])
    link.click()
    changed = pane(page).locator(".changed")
    assert changed.inner_text().startswith("The article has changed since it was quoted.")
    assert f"“{QUOTE}”" in changed.inner_text()
    assert "reopened in May." in pane(page).inner_text()
    assert pane(page).locator("mark").count() == 0
    page.keyboard.press("Escape")
    index.remove(BRIDGE.id)
    link.click()
    page.locator("#pane").get_by_text("The article is not among those that Byline reads any more.").wait_for()
    assert f"“{QUOTE}”" in pane(page).inner_text()
    assert BRIDGE.title in pane(page).inner_text()


def test_a_card_says_that_its_article_has_changed_and_shows_the_quote_as_it_was(
    page: Page, changing: tuple[str, Index]
) -> None:
    address, index = changing
    page.goto(address)
    ask(page, QUESTION)
    card = page.locator("#proof .turn").last.locator(".card").first
    assert card.locator(".changed").count() == 0
    index.add([replace(BRIDGE, text="The old bridge in Vellmar reopened in May.")])
    page.reload()
    card.locator(".changed").get_by_text(worded(ALTERED)).wait_for()
    assert card.locator("mark").first.text_content() == QUOTE
    ask(page, REFUSED)
    index.add([replace(BRIDGE, text=f"An update. {BRIDGE.text}")])
    ask(page, REFUSED)  # and without a reload
    page.locator("#proof .turn summary").get_by_text(QUESTION).click()
    card.locator(".changed").get_by_text(worded(AROUND)).wait_for()
    index.remove(BRIDGE.id)
    ask(page, REFUSED)
    page.locator("#proof .turn summary").get_by_text(QUESTION).click()
    card.locator(".changed").get_by_text(worded(GONE)).wait_for()
    assert card.locator("mark").first.text_content() == QUOTE


def test_a_card_says_so_also_where_it_is_shown_before_the_articles_are_open(page: Page, tmp_path: Path) -> None:
    history, open_now = History(tmp_path / "history.sqlite3", 90), Event()
    with Index.open(tmp_path / "store") as index:
        index.add(ARTICLES)
        bot = Bot(index)
        bot.close = lambda: None  # type: ignore[method-assign] # the index is opened once
        with serving(bot, history) as address:
            page.goto(address)
            ask(page, QUESTION)
            kept = page.evaluate("() => localStorage.getItem('byline')")
        page.goto("about:blank")
        index.add([replace(BRIDGE, text="The old bridge in Vellmar reopened in May.")])

        def open_late() -> Bot:
            open_now.wait(60)
            return bot

        with serving(open_late, history) as address:
            page.add_init_script(f"localStorage.setItem('byline', {json.dumps(kept)})")  # of another port
            page.goto(address)
            page.locator("#proof mark").first.wait_for()
            assert page.locator(".changed").count() == 0
            open_now.set()
            page.locator("#proof .changed").get_by_text(worded(ALTERED)).wait_for()
            assert page.locator("#proof mark").first.text_content() == QUOTE


def test_a_refusal_offers_the_nearest_articles_to_read(page: Page, quoting: str) -> None:
    page.goto(quoting)
    ask(page, REFUSED)
    assert "Ask in other words, or read one of these articles." in last_answer(page)
    page.locator("#chat .refused").get_by_role("link", name=BRIDGE.title).click()
    assert BRIDGE.title in pane(page).inner_text()
    assert focused(pane(page).locator("h2"))
    page.keyboard.press("Escape")
    assert page.get_by_role("link", name=BRIDGE.title).evaluate("each => each === document.activeElement")


def test_a_long_article_is_read_whole(page: Page, changing: tuple[str, Index]) -> None:
    address, index = changing
    many = "\n\n".join(f"Nothing of note was said on day {day} of the hearing in Vellmar." for day in range(3000))
    index.add([replace(TRAM, id="long", title="A long hearing", text=f"{many}\n\nThe hearing cost 77 crowns.")])
    page.goto(address)
    ask(page, "How many crowns did the hearing cost?")
    page.get_by_role("link", name=WHOLE).first.click()
    current = pane(page).locator("mark.current")
    assert current.text_content() == "The hearing cost 77 crowns."
    box = current.bounding_box()
    assert box is not None
    assert 0 < box["y"] < 860
    assert pane(page).locator(".words").count() == 3001


def test_the_newest_proof_is_in_sight(page: Page, quoting: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 300})
    page.goto(quoting)
    ask(page, QUESTION)
    page.locator("#proof").evaluate("each => { each.scrollTop = each.scrollHeight }")
    assert page.locator("#proof").evaluate("each => each.scrollTop") > 100
    ask(page, REFUSED)
    assert page.locator("#proof").evaluate("each => each.scrollTop") == 0


# What is not supported


def test_why_a_sentence_is_not_supported_is_said_by_a_button(page: Page, writing: str, script: Scripted) -> None:
    script.says = lambda: iter(["The bridge reopened on 3 May 2021. Nine whales were seen under it."])
    page.goto(writing)
    ask(page, QUESTION)
    assert page.locator("#chat .unsupported").inner_text() == "Nine whales were seen under it."
    reason = page.locator("#chat .reason")
    assert not reason.is_visible()
    why = page.get_by_role("button", name="why?", exact=True)
    why.press("Enter")
    assert reason.is_visible()
    assert reason.inner_text()
    assert why.get_attribute("aria-expanded") == "true"
    why.click()
    assert not reason.is_visible()


# Everyone


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_object_to(browser: Browser, writing: str, script: Scripted, scheme: str) -> None:
    checks = pytest.importorskip("axe_playwright_python.sync_playwright", reason="there is no axe here (make test)")
    script.says = lambda: iter(["The bridge reopened on 3 May 2021. Nine whales were seen under it."])
    # Axe is put into the page by a script that no policy lets run.
    context = browser.new_context(color_scheme=scheme, bypass_csp=True, viewport={"width": 1280, "height": 860})  # type: ignore[arg-type]
    page = context.new_page()

    def objections() -> str:
        results = checks.Axe().run(page)
        return str(results.generate_report()) if results.violations_count else ""

    page.goto(writing)
    page.get_by_text("There is no better model here.").wait_for()
    assert objections() == ""
    ask(page, "According to the Vellmar Courier, when did the old bridge in Vellmar reopen?")
    assert page.locator("#named").is_visible()
    page.get_by_role("button", name="why?", exact=True).click()
    page.get_by_role("link", name="[1]", exact=True).click()
    page.get_by_text("Cite", exact=True).first.click()
    assert objections() == ""
    ask(page, REFUSED)
    assert objections() == ""
    page.get_by_role("link", name=WHOLE).first.click()
    pane(page)
    assert objections() == ""
    context.close()


def test_all_can_be_done_by_keyboard_and_focus_is_seen(page: Page, quoting: str) -> None:
    page.goto(quoting)
    page.get_by_text("model: extractive").wait_for()
    page.get_by_label("Your question").focus()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.locator("#chat .answer a.mark").first.wait_for()
    page.locator("#question .submit-button").wait_for()
    # Tab begins where the focus was last: at the top, once something there was clicked.
    page.locator("#title h1").click()
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        place = page.evaluate(
            """() => {
                const each = document.activeElement, style = getComputedStyle(each);
                if (each === document.body) return null;
                const name = (each.getAttribute("aria-label") || each.innerText || each.id || each.tagName).trim();
                return [name, style.outlineStyle !== "none" || Boolean(each.closest("#question"))];
            }"""
        )
        if place is None:
            break
        seen.append(place)
    names = [name for name, _ in seen]
    order = ["New chat", "Menu", "[1]", "TEXTAREA", "Ask", QUESTION, WHOLE, "Cite"]
    assert [name for name in dict.fromkeys(names) if name in order] == order
    assert [name for name, outlined in seen if not outlined] == []


def test_a_finished_answer_is_read_out_once(page: Page, quoting: str) -> None:
    page.goto(quoting)
    said = page.get_by_role("status").filter(has_text=QUOTE)
    ask(page, QUESTION)
    said.wait_for(state="attached")
    assert page.locator("#chat [role=log]").get_attribute("aria-live") == "off"
    assert page.locator("#chat [aria-label*='message']").count() == 0
    assert page.get_by_role("button", name="Ask", exact=True).is_visible()


@pytest.mark.parametrize(("width", "height"), [(375, 740), (640, 430), (320, 560)])  # a phone; 200 % and 400 % of 1280
def test_nothing_is_cut_off_or_scrolls_sideways_on_a_small_page(
    browser: Browser, quoting: str, width: int, height: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, has_touch=True)
    page = context.new_page()
    wide = "() => Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)"
    page.goto(quoting)
    page.get_by_text("model: extractive").wait_for()
    assert page.evaluate(wide) <= width
    ask(page, QUESTION)
    ask(page, REFUSED)
    assert page.evaluate(wide) <= width
    assert page.get_by_role("button", name="New chat").is_visible()
    page.get_by_role("link", name="[1]", exact=True).tap()
    page.locator("#quote-card button").tap()
    page.wait_for_function(
        f"() => Math.abs(document.querySelector('mark.current').getBoundingClientRect().top) < {height}"
    )
    page.locator("#proof .turn").last.get_by_role("link", name=WHOLE).first.tap()
    reader = pane(page)
    box = reader.bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, width)
    reader.get_by_role("button", name="Close").tap()
    assert not reader.is_visible()
    context.close()


# A small laptop, a tablet, a phone, and a screen of 1280 by 720 at 200 %.
@pytest.mark.parametrize(("width", "height"), [(1280, 600), (1024, 700), (375, 667), (640, 360)])
def test_the_box_of_the_question_is_always_in_sight(browser: Browser, quoting: str, width: int, height: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(60_000)
    box = page.get_by_label("Your question")

    def in_sight() -> bool:
        place = box.bounding_box()
        assert place is not None
        on_top = box.evaluate(
            """each => {
                const { left, top, width, height } = each.getBoundingClientRect();
                return document.elementFromPoint(left + width / 2, top + height / 2) === each;
            }"""
        )
        return on_top and 0 <= place["y"] <= place["y"] + place["height"] <= height

    page.goto(quoting)
    page.locator("#chat .example").first.wait_for()
    assert in_sight()
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Since").wait_for()
    assert in_sight()
    ask(page, f"According to the Vellmar Courier, {QUESTION}")
    page.locator("#fold").wait_for()
    page.locator("#bad-1").click()
    page.locator("#judging").wait_for()
    page.locator("#fold button").first.click()
    page.locator("#retry").wait_for()
    assert in_sight()
    for place in ("#proof .card", "#title h1", "#retry"):
        page.locator(place).first.scroll_into_view_if_needed()
        assert in_sight()
    last = page.get_by_text("Cite", exact=True).last
    last.focus()
    assert (
        last.evaluate("each => each.getBoundingClientRect().bottom") <= (box.bounding_box() or {})["y"] or width > 860  # type: ignore[index]
    )
    context.close()


class Twice(Bot):
    """Cites the beginning of what it quotes once more."""

    def stream(self, *values: Any, **named: Any) -> Generator[Step]:
        for event in super().stream(*values, **named):
            if isinstance(event, Answer):
                said, *_ = event.citations
                within = replace(said, mark=2, end=said.start + len(BEGINNING), quote=BEGINNING)
                sentence = replace(event.sentences[0], citations=(1, 2))
                yield replace(event, sentences=(sentence,), citations=(said, within))
            else:
                yield event


def test_a_quote_inside_another_is_led_to_and_shown_as_what_it_is(page: Page, news: Index) -> None:
    with serving(Twice(news)) as address:
        page.goto(address)
        ask(page, QUESTION)
        for mark, quote in (("[2]", BEGINNING), ("[1]", QUOTE)):
            page.locator("#chat").get_by_role("link", name=mark, exact=True).click()
            current = page.locator("#proof mark.current")
            assert current.evaluate("each => each === document.activeElement")
            assert current.evaluate(WITHOUT_NUMBERS) == quote
            page.keyboard.press("Escape")
        page.locator("#proof a.read").first.click()
        page.locator("#pane a[href='#quoted-2']").click()
        assert page.locator("#pane mark.current").evaluate(WITHOUT_NUMBERS) == BEGINNING


def test_nothing_moves_for_those_who_do_not_want_it(browser: Browser, quoting: str) -> None:
    context = browser.new_context(reduced_motion="reduce", viewport={"width": 900, "height": 500})
    page = context.new_page()
    page.goto(quoting)
    ask(page, QUESTION)
    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((each) => {
            const { animationName, transitionDuration } = getComputedStyle(each);
            return animationName !== "none" || transitionDuration.split(",").some((time) => parseFloat(time) > 0);
        }).map((each) => each.outerHTML.slice(0, 80))"""
    )
    assert moving == []
    context.close()
