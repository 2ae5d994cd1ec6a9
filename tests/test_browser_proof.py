"""The words of an answer and their proof, in a real browser: what is lit, the card of a quote, signs and pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from threading import Event
from typing import TYPE_CHECKING

import pytest

from bot.types import Model
from index.index import Index
from index.types import Article, Source
from tests.conftest import CONTRADICTED, answering, scripted_judge
from tests.serving import QUESTION, QUOTE, ask, last_answer, serving
from tests.small_news import BRIDGE, HOSTILE, TRAM
from tests.test_accessible import objections

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, Route

    from tests.conftest import Scripted

pytestmark = pytest.mark.slow

FLEET_QUESTION = "How many fishing boats has the harbour of Vellmar?"
OLDER = "The harbour of Vellmar has 40 fishing boats."
NEWER = "The harbour of Vellmar has 52 fishing boats."
PARAPHRASE = "In Vellmar the harbour has 40 fishing boats."
WHALES = "It has nine whales."
FLEET = Article(
    "fleet",
    "The fleet of Vellmar",
    OLDER,
    author="Tom Okafor",
    outlet="Vellmar Courier",
    published=date(2020, 4, 1),
    language="en",
)
COUNTED = Article(
    "counted",
    "The fleet is counted again",
    NEWER,
    outlet="Island Weekly",
    published=date(2026, 11, 24),
    as_of=date(2021, 6, 2),
    language="en",
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, script: Scripted) -> Iterator[str]:
    """A page whose answers are written by `script`, and whose newer article on the fleet contradicts the older one."""
    with Index.open(tmp_path_factory.mktemp("proof") / "store") as index:
        bridge = replace(BRIDGE, sources=(Source("Town of Vellmar", "Minutes", "2021-05-03"),))
        index.add([bridge, TRAM, HOSTILE, FLEET, COUNTED])
        judge = scripted_judge({("52 fishing", "40"): CONTRADICTED})
        with serving(answering(index, Model("scripted", script.complete), judge=judge)) as served:
            yield served


def says(script: Scripted, *sentences: str) -> None:
    script.says = lambda: iter([" ".join(sentences)])


def lit(page: Page) -> tuple[list[str], list[str]]:
    """The sentences and the quotes that are lit."""
    return page.locator("#chat .lit").all_inner_texts(), page.locator("#proof mark.lit").all_inner_texts()


def wait_for_lit(page: Page, count: int) -> None:
    page.wait_for_function("(count) => document.querySelectorAll('#proof mark.lit').length === count", arg=count)


def card(page: Page) -> Locator:
    return page.locator("#quote-card")


def apart(page: Page) -> bool:
    """Whether the card covers nothing of its sentence, and is within the window."""
    above_or_below: bool = page.evaluate(
        """() => {
            const card = document.getElementById("quote-card").getBoundingClientRect();
            const [claim] = [...document.querySelectorAll(".claim.lit")].map((each) => each.getBoundingClientRect());
            return (card.bottom <= claim.top || claim.bottom <= card.top) && card.left >= 0 && card.right <= innerWidth;
        }"""
    )
    return above_or_below


# Light


def test_a_sentence_and_its_quote_light_each_other_in_each_exchange_and_after_a_reload(
    page: Page, address: str, script: Scripted
) -> None:
    page.goto(address)
    says(script, QUOTE)
    ask(page, QUESTION)
    says(script, OLDER)
    ask(page, FLEET_QUESTION)

    def light_all() -> None:
        page.locator("#proof details.turn").last.evaluate("each => { each.open = true; }")
        for name, quote in (("proof-1-1", QUOTE), ("proof-2-1", NEWER), ("proof-2-2", OLDER)):
            before = page.evaluate("() => document.getElementById('proof').scrollTop")
            page.locator(f'a.mark[href="#{name}"]').hover()
            page.locator(f"#{name}.lit").wait_for()
            claims, quotes = lit(page)
            assert quotes == [quote]
            assert len(claims) == 1
            assert quote in claims[0]
            assert page.evaluate("() => document.getElementById('proof').scrollTop") == before
            page.locator(f"#{name}").hover()
            page.locator(f'.claim.lit a.mark[href="#{name}"]').wait_for()
            page.locator("#title").hover()
            wait_for_lit(page, 0)
            assert lit(page) == ([], [])

    light_all()
    page.reload()
    page.locator("a.mark").nth(2).wait_for()
    light_all()


def test_the_keyboard_lights_a_quote_goes_there_and_returns(page: Page, address: str, script: Scripted) -> None:
    page.goto(address)
    says(script, OLDER)
    ask(page, FLEET_QUESTION)
    first = page.locator("a.mark").first
    page.locator("#chat .edit a").focus()
    page.keyboard.press("Tab")
    assert first.evaluate("each => each === document.activeElement")
    wait_for_lit(page, 1)
    assert lit(page)[1] == [NEWER]
    card(page).wait_for()
    page.keyboard.press("Enter")
    assert page.locator("mark.current").inner_text() == NEWER
    assert lit(page)[1] == [NEWER]
    assert not card(page).is_visible()
    page.keyboard.press("Escape")
    assert first.evaluate("each => each === document.activeElement")
    assert not card(page).is_visible()
    page.keyboard.press("Tab")
    assert lit(page)[1] == [OLDER]
    card(page).get_by_text(OLDER).wait_for()
    page.keyboard.press("Escape")
    assert not card(page).is_visible()
    assert page.locator("a.mark").nth(1).evaluate("each => each === document.activeElement")


# The card


def test_a_mark_under_the_pointer_shows_its_whole_quote_and_covers_no_word_of_its_sentence(
    page: Page, address: str, script: Scripted
) -> None:
    page.goto(address)
    says(script, OLDER)
    ask(page, FLEET_QUESTION)
    held: list[Route] = []
    page.route("**/*", lambda each: held.append(each))  # the card waits for nothing from the server
    mark = page.locator("a.mark").first
    mark.hover()
    card(page).wait_for()
    assert card(page).get_attribute("role") == "tooltip"
    assert mark.get_attribute("aria-describedby") == "quote-card"
    assert card(page).locator(".quote").inner_text() == NEWER
    assert card(page).locator(".byline").inner_text() == "Island Weekly, as of 2 June 2021, published 24 November 2026"
    assert card(page).locator("small").inner_text() == "published 24 November 2026"
    assert card(page).get_by_text("quoted").is_visible()
    assert apart(page)
    card(page).hover()  # to be read, and copied
    page.evaluate("() => new Promise((done) => setTimeout(done, 200))")  # behind a timer that would have hidden it
    assert card(page).is_visible()
    page.locator("#title").hover()
    card(page).wait_for(state="hidden")
    assert mark.get_attribute("aria-describedby") is None
    mark.hover()
    card(page).wait_for()
    page.keyboard.press("Escape")
    assert not card(page).is_visible()
    for each in held:
        each.continue_()


def test_the_card_has_the_language_of_its_quote_and_its_space(page: Page, address: str, script: Scripted) -> None:
    page.goto(address)
    says(script, QUOTE)
    ask(page, QUESTION)
    mark = page.locator("a.mark").first
    shown = """(mark) => {
        const name = mark.getAttribute("href").slice(1);
        const [quote] = document.getElementsByClassName(name);
        quote.innerHTML = "<sup>1</sup>The old "; // as where another quote begins within it
        quote.insertAdjacentHTML("afterend", `<mark class="${name}">bridge</mark>`);
        quote.closest("blockquote").removeAttribute("lang"); // of an article whose language is unknown
    }"""
    mark.evaluate(shown)
    mark.hover()
    card(page).wait_for()
    quote = card(page).locator(".quote")
    assert quote.evaluate("each => [each.lang, each.textContent]") == ["", "The old bridge"]


def test_the_card_of_an_opinion_says_that_it_is_one(page: Page, address: str, script: Scripted) -> None:
    page.goto(address)
    says(script, "The town council should rebuild the tram that Vellmar tore up in 1962.")
    ask(page, "What should the town council rebuild?")
    page.locator("a.mark").first.hover()
    card(page).wait_for()
    assert card(page).locator(".kind.opinion").inner_text() == "opinion"
    assert card(page).locator(".byline").inner_text() == "Ada Lind, Vellmar Courier, 1 June 2021 opinion"


def test_what_a_hostile_article_says_is_text_in_the_card(page: Page, address: str, script: Scripted) -> None:
    page.goto(address)
    quote = HOSTILE.text.split("\n")[0]
    says(script, quote)
    ask(page, "Did the harbour of Vellmar close in April 2019?")
    page.locator("a.mark").first.hover()
    card(page).wait_for()
    assert "<script>window.pwned=1</script>" in card(page).locator(".quote").inner_text()
    assert "<b>Mallory</b>" in card(page).locator(".byline").inner_text()
    assert card(page).locator(":not(p)").count() == 0
    assert page.evaluate("() => window.pwned") is None


def test_a_tap_on_a_phone_opens_the_card_and_leads_on_to_the_passage(
    browser: Browser, address: str, script: Scripted
) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 740}, has_touch=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(address)
    says(script, OLDER)
    ask(page, FLEET_QUESTION)
    mark = page.locator("a.mark").first
    mark.tap()
    card(page).wait_for()
    assert card(page).get_attribute("role") == "dialog"
    assert card(page).get_attribute("aria-label") == "Quote"
    assert NEWER in card(page).inner_text()
    assert page.evaluate("() => document.activeElement.id") == "quote-card"
    page.keyboard.press("Escape")
    assert not card(page).is_visible()
    assert mark.evaluate("each => each === document.activeElement")
    mark.tap()
    card(page).wait_for()
    page.locator("#chat h2.question").tap()
    card(page).wait_for(state="hidden")
    mark.tap()
    card(page).get_by_role("button").tap()
    page.locator("mark.current").get_by_text(NEWER).wait_for()
    assert not card(page).is_visible()
    page.get_by_role("link", name="Back to the answer").first.tap()
    page.wait_for_function("() => document.activeElement.matches('a.mark')")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 375
    context.close()


# How a sentence stands to the articles


def test_each_sentence_says_whether_it_is_a_quote_a_paraphrase_or_without_support(
    page: Page, address: str, script: Scripted
) -> None:
    page.goto(address)
    says(script, QUOTE, WHALES)
    ask(page, QUESTION)
    titles = "() => [...document.querySelectorAll('#chat .sign')].map(each => each.title)"
    assert page.evaluate(titles) == ["quoted", "No support found"]
    assert "What is not proved is marked." in last_answer(page)
    says(script, PARAPHRASE)
    ask(page, FLEET_QUESTION)
    # The newer article is quoted, after its day and outlet; the older one is told in other words.
    assert page.evaluate(titles)[2:] == ["quoted", "reworded"]
    widths = "() => [...document.querySelectorAll('#chat .sign')].map(each => each.getBoundingClientRect().width)"
    quoted, unfounded, _, reworded = page.evaluate(widths)
    assert reworded > quoted > 2 * unfounded > 0  # words, words, and “?”


# What is only being read


def test_nearest_passages_look_other_than_what_is_cited(page: Page, address: str, script: Scripted) -> None:
    begin = Event()

    def slowly() -> Iterator[str]:
        begin.wait(120)
        yield OLDER

    script.says = slowly
    page.goto(address)
    page.get_by_label("Your question").fill(FLEET_QUESTION)
    page.keyboard.press("Enter")
    nearest = page.locator("#chat .nearest")
    nearest.wait_for()
    assert "Nearest passage" in nearest.inner_text()
    assert nearest.locator("blockquote").inner_text() in (OLDER, NEWER)
    page.locator("#proof .card.near").first.wait_for()
    assert "Nearest passages" in page.locator("#proof").inner_text()
    assert page.locator("mark, .card.cited, a.mark").count() == 0
    begin.set()
    page.locator("#proof .card.cited").first.wait_for()
    assert page.locator("#chat .nearest, #proof .card.near").count() == 0


def test_a_refusal_has_no_marks_and_no_accent(page: Page, address: str, script: Scripted) -> None:
    says(script, OLDER)
    page.goto(address)
    ask(page, "Who won the 2018 World Cup?")
    page.locator("#proof .unanswered .card").first.wait_for(state="attached")
    assert page.locator("mark, .claim, .sign, .card.cited").count() == 0
    assert page.locator("#proof .days, #proof .figures").count() == 0
    underlined = "each => getComputedStyle(each).textDecorationLine"
    assert {each.evaluate(underlined) for each in page.locator("#proof .evidence").all()} <= {"none"}


# Pictures


def test_the_days_of_the_sources_and_figures_that_disagree_are_drawn(
    page: Page, address: str, script: Scripted
) -> None:
    page.goto(address)
    says(script, QUOTE)
    ask(page, QUESTION)
    assert page.locator("#proof svg").count() == 0  # one article is no time
    says(script, OLDER)
    ask(page, FLEET_QUESTION)
    days = page.get_by_role("img", name="Dates of the cited articles: Vellmar Courier, 1 April 2020; Island Weekly")
    assert days.locator("circle").count() == 2
    first, last = (each.bounding_box() for each in days.locator("circle").all())
    assert first
    assert last
    assert first["x"] < last["x"]
    figures = page.locator("#proof .figures")
    assert "The articles disagree" in figures.inner_text()
    assert figures.locator("strong").all_inner_texts() == ["52 fishing boats", "40 fishing boats"]
    assert "Tom Okafor, Vellmar Courier, 1 April 2020" in figures.inner_text()
    longer, shorter = (each.bounding_box() for each in figures.locator("rect").all())
    assert longer
    assert shorter
    assert round(shorter["width"] / longer["width"], 2) == round(40 / 52, 2)


# The article


def test_the_article_comes_before_what_its_facts_come_from(browser: Browser, address: str, script: Scripted) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 740}, has_touch=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    says(script, QUOTE)
    page.goto(address)
    ask(page, QUESTION)
    page.get_by_role("link", name="Read the whole article").first.tap()
    page.locator("#pane mark.current").wait_for()
    body = page.locator("#pane").inner_text()
    assert body.index(QUOTE) < body.index("Sources: ")
    # The button to close stands on a ground of its own over the whole width: no line is half covered.
    pane, bar = (page.locator(each).bounding_box() for each in ("#pane", "#pane .bar"))
    assert pane
    assert bar
    assert (bar["x"], bar["width"], bar["y"]) == (pane["x"], pane["width"], pane["y"])
    page.locator("#pane").evaluate("each => { each.scrollTop = 0; }")
    title = page.locator("#pane h2").bounding_box()
    assert title
    assert title["y"] >= bar["y"] + bar["height"]
    context.close()


# For everybody


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_object_to(browser: Browser, address: str, script: Scripted, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme, bypass_csp=True, viewport={"width": 1280, "height": 860})  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(address)
    says(script, PARAPHRASE, WHALES)
    ask(page, FLEET_QUESTION)
    found = {}
    page.locator("a.mark").first.hover()
    card(page).wait_for()
    found["tooltip"] = objections(page)
    page.keyboard.press("Escape")
    page.locator("a.mark").first.dispatch_event("pointerdown", {"pointerType": "touch"})
    page.locator("a.mark").first.dispatch_event("click", {"detail": 1})
    page.locator("#quote-card[role=dialog]").wait_for()
    found["dialog"] = objections(page)
    ask(page, "Who won the 2018 World Cup?")
    found["refusal"] = objections(page)
    context.close()
    assert {name: each for name, each in found.items() if each} == {}
