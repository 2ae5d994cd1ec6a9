"""The controls of the chat page in a real browser: buttons, the menu, choices, waiting, files, a phone, its weight."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from bot.answering.bot import Bot
from bot.auth.users import Role, Users
from bot.model import Opened
from bot.render.html.words import ENGLISH
from bot.types import Model
from bot.web.access import Access
from bot.web.door import BRING
from index.index import Index
from tests.loopback import PAUSE, running
from tests.serving import PASSWORD, QUESTION, ask, last_answer, open_menu, serving
from tests.small_news import BRIDGE

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from tests.conftest import Scripted, WordEmbeddings

pytestmark = pytest.mark.slow

LONG = f"{'By all that the articles have to say about the town, ' * 8}when did the old bridge in Vellmar reopen?"
ROW = ["Copy with citations", "Helpful", "Not helpful", "Share", "Export", "Why?", "About this answer"]
MOST_BYTES, MOST_FILES, MOST_REQUESTS = 404_000, 69, 80  # of the first visit; the bytes and files without fonts
AGAIN = 6  # of the requests, those by which the page asks again how far the index and the model are
DROPS = """([name, text]) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([text], name, { type: "text/plain" }));
    const target = document.querySelector("#chat");
    for (const type of ["dragenter", "dragover", "drop"]) {
        target.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }));
        if (type === "dragover") window.told = document.querySelector("#drop[open]")?.textContent;
    }
}"""
# In one look: what folds out meanwhile is seen by all of it or by none.
SMALL = """(all) => all.filter((each) => {
    const { width, height } = each.getBoundingClientRect();
    return each.checkVisibility({ visibilityProperty: true }) && width > 0 && height > 0 && height < 44;
}).map((each) => each.innerText || each.id || "?")"""
# What is dragged may be said to be files, and hold none.
DROPS_NOTHING = """(kinds) => {
    const dataTransfer = new DataTransfer();
    Object.defineProperty(dataTransfer, "types", { get: () => ["Files"] });
    for (const type of kinds) {
        const event = new DragEvent(type, { bubbles: true, cancelable: true });
        Object.defineProperty(event, "dataTransfer", { value: dataTransfer });
        document.querySelector("#chat").dispatchEvent(event);
    }
}"""


def boxes(found: Locator) -> list[dict[str, float]]:
    """Where each element that is seen stands."""
    placed = [each.bounding_box() for each in found.all() if each.is_visible()]
    return [{**each} for each in placed if each]  # type: ignore[dict-item]


@pytest.fixture(scope="module")
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 375, "height": 740}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


# Below an answer


def test_what_can_be_done_with_an_answer_is_one_row_of_named_drawings(page: Page, quoting: str) -> None:
    page.goto(quoting)
    ask(page, QUESTION)
    row = page.locator("#chat .acts button")
    assert [each.inner_text() for each in row.all()] == ROW
    assert [each.get_attribute("title") for each in row.all()] == ROW
    assert len({each["y"] for each in boxes(row)}) == 1
    why, about = (page.get_by_role("button", name=name) for name in ("Why?", "About this answer"))
    assert why.get_attribute("aria-expanded") == "false"
    why.press("Enter")
    page.get_by_text("with probability").first.wait_for()
    assert why.get_attribute("aria-expanded") == "true"
    assert not page.get_by_text("extractive ·").is_visible()
    about.click()
    page.get_by_text(re.compile(r"^extractive · [0-9.]+ s · \d+ passages$")).wait_for()
    why.click()
    page.get_by_text("with probability").first.wait_for(state="hidden")


def test_why_is_seen_where_it_opens_below_the_edge(page: Page, quoting: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 460})
    page.goto(quoting)
    for _ in range(2):
        ask(page, QUESTION)
    page.get_by_role("button", name="Why?").last.click()
    told, question = page.locator(".fold.open").last, page.locator("#question")
    told.wait_for()
    [told_at], [question_at] = boxes(told), boxes(question)
    assert told_at["y"] + told_at["height"] <= question_at["y"]


def test_an_empty_chat_offers_no_deletion(page: Page, quoting: str) -> None:
    page.goto(quoting)
    page.get_by_text("3 articles · model: extractive").wait_for()
    open_menu(page)
    assert not page.locator("#delete").is_visible()
    page.keyboard.press("Escape")
    ask(page, QUESTION)
    open_menu(page)
    page.locator("#delete").wait_for()


def test_on_a_phone_the_menu_is_where_somebody_has_scrolled_to_and_each_triangle_beside_its_name(
    phone: Page, quoting: str
) -> None:
    phone.goto(quoting)
    for _ in range(2):
        ask(phone, QUESTION)
    phone.evaluate("() => scrollTo(0, document.documentElement.scrollHeight)")
    open_menu(phone)
    [menu] = boxes(phone.locator("#menu"))
    assert 0 <= menu["y"] < 740
    phone.keyboard.press("Escape")
    for fold in ("#fold", "#filters"):
        name, icon = phone.locator(f"{fold} > .label-wrap span:not(.icon)").first, phone.locator(f"{fold} .icon").first
        [[named], [drawn]] = boxes(name), boxes(icon)
        middles = [each["y"] + each["height"] / 2 for each in (named, drawn)]
        assert abs(middles[0] - middles[1]) < 3


def test_good_news_does_not_look_like_an_error(page: Page, quoting: str) -> None:
    page.goto(quoting)
    ask(page, QUESTION)
    page.get_by_role("button", name="Helpful", exact=True).click()
    thanks = page.locator("#notice p.good")
    thanks.get_by_text("Thank you.").wait_for()
    color = "each => getComputedStyle(each).color"
    calm = thanks.evaluate(color)
    page.locator("#question textarea").fill(" ")
    page.keyboard.press("Enter")
    error = page.locator("#notice p:not(.good)")
    error.get_by_text("Write a question first.").wait_for()
    assert error.evaluate(color) != calm


def test_kind_and_length_are_folded_into_one_control(page: Page, quoting: str) -> None:
    page.goto(quoting)
    ask(page, QUESTION)
    fold = page.get_by_role("button", name="Short answer · Usual length")
    fold.wait_for()
    assert not page.locator("#wanted, #length, #retry").first.is_visible()
    fold.click()
    page.get_by_label("Longer").check()
    page.get_by_role("button", name="Short answer · Longer length").wait_for()
    assert not page.locator("#wanted").is_visible()  # closed again


def test_after_a_failure_asking_again_is_one_click(page: Page, writing: str, script: Scripted) -> None:
    def broken() -> Iterator[str]:
        yield "The bridge "
        raise ZeroDivisionError

    script.says = broken
    page.goto(writing)
    ask(page, QUESTION)
    script.says = lambda: iter(["The bridge reopened on 3 May 2021."])
    page.get_by_role("button", name="Ask again").click()
    page.locator("#chat .answer").get_by_text("3 May 2021.").wait_for()


def test_a_long_question_is_cut_after_three_lines_and_shown_whole_on_demand(page: Page, quoting: str) -> None:
    page.goto(quoting)
    ask(page, QUESTION)
    ask(page, LONG)
    short, long = page.locator("#chat h2.question").all()
    assert long.evaluate("each => each.scrollHeight > each.clientHeight")
    assert page.get_by_role("button", name="More").count() == 1
    size = "each => getComputedStyle(each).fontSize"
    assert short.evaluate(size) == page.locator("#chat .answer").first.evaluate(size)
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Less").wait_for()
    assert long.evaluate("each => each.scrollHeight <= each.clientHeight")


# The menu


def test_the_menu_holds_what_is_rare_and_is_used_by_keyboard_and_mouse(page: Page, quoting: str) -> None:
    page.goto(quoting)
    ask(page, QUESTION)
    button, menu = page.get_by_role("button", name="Menu"), page.locator("#menu")
    button.press("Enter")
    library = page.get_by_role("link", name="Library")
    library.wait_for()
    assert button.get_attribute("aria-expanded") == "true"
    page.wait_for_function("() => document.activeElement.textContent === 'Library'")
    for key, name in (
        ("ArrowDown", "Check a text"),
        ("End", "Keyboard shortcuts"),
        ("ArrowUp", "Delete chat"),
        ("Home", "Library"),
    ):
        page.keyboard.press(key)
        assert page.evaluate("() => document.activeElement.textContent.trim()") == name
    box = page.locator("#question textarea")
    page.evaluate("() => document.querySelector('#question textarea').focus()")  # the menu stays open
    page.keyboard.press("Home")
    assert box.evaluate("each => each === document.activeElement")
    assert library.is_visible()
    library.focus()
    page.keyboard.press("Escape")
    library.wait_for(state="hidden")
    assert button.evaluate("each => each === document.activeElement")
    assert page.locator("#chat .message").count() == 2  # nothing else heard of it
    button.click()
    library.wait_for()
    page.locator("#chat .answer").click()
    menu.wait_for(state="hidden")
    button.click()
    page.get_by_role("button", name="Theme").click()
    menu.wait_for(state="hidden")
    page.locator("body.dark").wait_for()
    open_menu(page)
    page.get_by_role("button", name="Delete chat").click()
    page.get_by_text("Delete this chat for good?").wait_for()


# Waiting


def test_each_step_towards_an_answer_is_told(page: Page, writing: str, script: Scripted) -> None:
    begin, go_on, end = Event(), Event(), Event()

    def says() -> Iterator[str]:
        begin.wait(120)
        yield "The bridge reopened on 3 May 2021. It was shut"
        go_on.wait(120)
        yield " for two years. Nine"
        end.wait(120)
        yield " whales wept."

    seen: list[str] = []
    page.expose_function("tell", lambda text: seen.append(text))
    script.says = says
    page.goto(writing)
    page.get_by_text("3 articles · model: scripted").wait_for()
    page.evaluate(
        """() => new MutationObserver(() => {
            const doing = document.querySelector("#chat .doing");
            if (doing) tell(doing.textContent);
        }).observe(document.querySelector("#chat"), { childList: true, subtree: true, characterData: true })"""
    )
    page.locator("#question textarea").fill(QUESTION)
    page.keyboard.press("Enter")
    doing = page.locator("#chat .doing")
    doing.get_by_text(re.compile(r"^Reading \d+ passages of \d+ articles…")).wait_for()
    page.locator("#chat .doing[data-seconds$=' s']").wait_for()
    for event in (begin, go_on, end):
        event.set()
        page.wait_for_timeout(300)
    page.locator("#chat .acts").wait_for()
    steps = list(dict.fromkeys(re.sub(r"\d+", "#", each) for each in seen))
    expected = ["Searching the articles…", "Reading # passages of # articles…", "Writing, and proving each sentence…"]
    told = [step for each in steps for step in expected if each.startswith(step)]
    assert list(dict.fromkeys(told)) == expected


def test_how_many_questions_are_ahead_is_told_as_it_changes(page: Page, news: Index, script: Scripted) -> None:
    ahead, go_on = [2], Event()

    def says() -> Iterator[str]:
        go_on.wait(120)
        yield "The bridge reopened on 3 May 2021."

    script.says = says
    with serving(Bot(news, Model("scripted", script.complete, ahead=lambda _: ahead[0]))) as address:
        page.goto(address)
        page.get_by_text("3 articles · model: scripted").wait_for()
        page.locator("#question textarea").fill(QUESTION)
        page.keyboard.press("Enter")
        doing = page.locator("#chat .doing")
        for count, told in ((2, "2 questions are ahead of you."), (1, "1 question is ahead of you.")):
            ahead[0] = count
            doing.get_by_text(told).wait_for()
        ahead[0] = 0
        doing.get_by_text("ahead of you").wait_for(state="detached")
        doing.get_by_text("Reading").wait_for()
        go_on.set()
        page.locator("#chat .acts").wait_for()


# Choices


def test_quotes_only_asks_no_model_and_is_remembered(page: Page, writing: str, quoting: str, script: Scripted) -> None:
    script.says = lambda: iter(["The bridge reopened on 3 May 2021."])
    page.goto(quoting)
    page.get_by_text("3 articles · model: extractive").wait_for()
    assert page.get_by_label("Quotes only, at once").count() == 0
    page.goto(writing)
    switch = page.get_by_label("Quotes only, at once")
    switch.check()
    ask(page, QUESTION)
    assert "after two years of repairs" in last_answer(page)
    page.get_by_role("button", name="About this answer").click()
    page.get_by_text("extractive ·").wait_for()
    page.reload()
    page.locator("#quotes input:checked").wait_for()
    switch.uncheck()
    ask(page, QUESTION)
    assert "after two years" not in last_answer(page)


def test_a_model_is_chosen_from_a_menu_and_the_last_question_goes_to_another(
    page: Page, news: Index, script: Scripted, quoting: str
) -> None:
    script.says = lambda: iter(["The bridge reopened on 3 May 2021."])
    models = {name: Opened((Model(name, script.complete, usage=script.meter.usage),)) for name in ("first", "second")}
    page.goto(quoting)
    page.get_by_text("3 articles · model: extractive").wait_for()
    assert page.locator("#model").count() == 0
    with serving(Bot(news, *models["first"].models, choices=models)) as address:
        page.goto(address)
        page.get_by_text("3 articles · model: first").wait_for()
        menu = page.locator("#model input")
        assert menu.input_value() == "first"
        ask(page, QUESTION)
        about = page.get_by_role("button", name="About this answer")
        about.click()
        page.get_by_text("first ·").wait_for()
        menu.click()
        page.get_by_role("option", name="second").click()
        script.says = lambda: iter(["The old bridge reopened on 3 May 2021."])
        page.locator("#fold button").first.click()
        page.locator("#retry").click()
        page.locator("#chat .claim").get_by_text("The old bridge reopened on").wait_for()
        page.locator("#chat .doing").wait_for(state="detached")
        about.click()
        page.get_by_text("second ·").wait_for()


def test_a_day_is_chosen_from_a_calendar_and_a_month_is_written(page: Page, quoting: str) -> None:
    page.goto(quoting)
    page.get_by_text("3 articles · model: extractive").wait_for()
    page.get_by_role("button", name="Filters").click()
    page.get_by_role("button", name="Choose the first day").wait_for()
    choose = "(day, value) => { day.value = value; day.dispatchEvent(new Event('change')); }"
    page.locator("#since input.day").evaluate(choose, "2021-05-04")
    assert page.get_by_label("Since").input_value() == "2021-05-04"
    page.locator("#remaining").get_by_text("2 of 3 articles match: since 4 May 2021.").wait_for()
    page.get_by_label("Until").fill("2021-05")
    page.locator("#remaining").get_by_text("1 of 3 articles matches: 4 May 2021 to 31 May 2021.").wait_for()
    page.get_by_role("button", name="Choose the first day").click()  # opens the browser's own calendar
    assert page.locator("#since input.day").input_value() == "2021-05-04"


# Files


def test_files_that_an_editor_drops_are_brought_in_and_a_reader_drops_nothing(
    page: Page, tmp_path: Path, words: WordEmbeddings
) -> None:
    with Index.open(tmp_path / "store", embedder=words, patience=0.2) as index:
        index.add([BRIDGE])
        with serving(Bot(index)) as address:
            page.goto(address)
            page.get_by_text("1 article · model: extractive").wait_for()
            page.locator("#links a").nth(2).wait_for(state="attached")
            page.evaluate(DROPS, ["ferry.txt", "The ferry of Vellmar\n\nThe ferry sails again since July."])
            page.wait_for_url("**/library/bring/*")
            assert page.get_by_text("ferry.txt").count()
            page.locator("progress").wait_for(state="detached")
            assert len(index) == 2
            page.goto(address)
            page.locator("#links a").nth(2).wait_for(state="attached")
            page.evaluate(DROPS, ["empty.exe", ""])
            page.wait_for_url("**/library/bring/*")
        with serving(Bot(index), access=Access(open_to=Role.READER)) as address:
            page.goto(address)
            page.locator("#links a").nth(1).wait_for(state="attached")
            page.evaluate(DROPS, ["ferry.txt", "Again"])
            assert page.locator("#drop[open]").count() == 0
            assert page.url == address


def test_what_was_sent_whole_is_no_longer_stopped(page: Page, news: Index) -> None:
    from bot.web import build_app

    app, go_on = build_app(lambda: Bot(news)), Event()

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        async def later(message: Any) -> None:
            while scope["method"] == "POST" and scope["path"] == BRING and not go_on.is_set():
                await asyncio.sleep(PAUSE)
            await send(message)

        await app(scope, receive, later if scope["type"] == "http" else send)

    with running(slow) as address:
        page.goto(address)
        page.locator("#links a").nth(2).wait_for(state="attached")
        page.evaluate(DROPS, ["ferry.exe", "no article"])
        overlay = page.locator("#drop[open]")
        overlay.get_by_text("Sent.").wait_for()
        assert overlay.get_by_role("button").count() == 0
        for _ in range(3):
            page.keyboard.press("Escape")
        assert overlay.is_visible()
        go_on.set()
        page.wait_for_url("**/library/bring/*")


def test_a_drop_without_files_leaves_nothing_over_the_page(page: Page, quoting: str) -> None:
    page.goto(quoting)
    ask(page, QUESTION)
    page.locator("#links a").nth(2).wait_for(state="attached")
    page.locator("a.mark").first.click()
    page.locator("mark.current").first.wait_for()
    page.evaluate(DROPS_NOTHING, ["dragover"])
    page.locator("#drop[open]").wait_for()
    page.keyboard.press("Escape")  # which is the dialog's
    page.locator("#drop[open]").wait_for(state="hidden")
    assert page.locator("mark.current").count()
    page.evaluate(DROPS_NOTHING, ["dragover", "drop"])
    assert page.locator("#drop[open]").count() == 0
    page.keyboard.press("Escape")
    assert page.locator("a.mark").first.evaluate("each => each === document.activeElement")


def test_why_dropped_files_were_not_taken_is_told(page: Page, news: Index, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    users = Users(tmp_path / "users.json")
    users.put("ada", Role.EDITOR, PASSWORD)
    with serving(Bot(news), access=Access(users=users, largest=2_000_000)) as address:
        page.context.request.post(f"{address}sign-in", form={"name": "ada", "password": PASSWORD})
        page.goto(address)
        page.locator("#links a").nth(2).wait_for(state="attached")
        overlay, asked = page.locator("#drop[open]"), list[str]()
        page.on("request", lambda request: asked.append(request.method) if BRING in request.url else None)
        page.evaluate(DROPS, ["large.txt", "x" * 2_000_001])
        overlay.get_by_text("These files are more than 2 MB. Send fewer at a time.").wait_for()
        overlay.get_by_role("button", name="Close").click()
        assert asked == []
        page.context.set_offline(True)
        page.evaluate(DROPS, ["a.txt", "words"])
        overlay.get_by_text("The files were not sent. Check your connection and try again.").wait_for()
        page.context.set_offline(False)
        page.context.clear_cookies()
        page.evaluate(
            f"""(file) => {{
            document.querySelector("#drop button").click(); // the event of its closing comes after the next files
            ({DROPS})(file);
        }}""",
            ["a.txt", "words"],
        )
        expect(overlay).to_contain_text(ENGLISH("door.not_signed_in"), timeout=60_000)


# A phone


def test_on_a_phone_the_newest_turn_is_in_view_and_nothing_lies_over_text(phone: Page, quoting: str) -> None:
    phone.goto(quoting)
    ask(phone, QUESTION)
    ask(phone, "Who won the 2018 World Cup?")
    ask(phone, LONG)
    newest, header = phone.locator("#chat .user-row").last, phone.locator("#top")
    phone.wait_for_function(
        """() => {
            const newest = [...document.querySelectorAll("#chat .user-row")].at(-1).getBoundingClientRect();
            const header = document.querySelector("#top").getBoundingClientRect();
            return newest.top >= header.bottom - 30 && newest.top < 370;
        }"""
    )
    assert newest.is_visible()
    [bar], [handle] = boxes(header), boxes(phone.get_by_role("button", name="Chats", exact=True))
    assert bar["y"] == 0
    assert handle["y"] + handle["height"] <= bar["y"] + bar["height"]
    phone.get_by_label("Your question").tap()  # it is reached without scrolling
    phone.reload()
    phone.locator("#chat .message.bot").nth(2).wait_for()
    phone.wait_for_function("() => scrollY > 200")


def test_on_a_desk_a_long_answer_is_read_from_its_question_on(page: Page, quoting: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 480})
    page.goto(quoting)
    for question in (QUESTION, LONG):
        ask(page, question)
    page.wait_for_function(
        """() => {
            const asked = [...document.querySelectorAll("#chat .user-row")];
            const chat = document.querySelector("#chat [role=log]").getBoundingClientRect();
            const [first, newest] = asked.map(each => each.getBoundingClientRect());
            return first.bottom < chat.top && newest.top >= chat.top - 1 && newest.top < chat.top + 60;
        }"""
    )
    assert not page.locator("#chat .scroll-down-button-container").is_visible()


def test_whatever_is_touched_is_large_enough(phone: Page, quoting: str) -> None:
    phone.goto(quoting)
    ask(phone, QUESTION)
    phone.locator("#fold button").first.tap()
    phone.locator("#retry").wait_for()
    phone.locator("#filters button").first.tap()
    phone.locator("#clear").wait_for()

    for touched in ("#top button", ".acts button", "#choices button", "#choices label:has(input)", "#question button"):
        assert phone.locator(touched).evaluate_all(SMALL) == []
    assert phone.locator(".edit a").evaluate_all(SMALL) == []
    assert [each["width"] for each in boxes(phone.locator(".acts button")) if each["width"] < 44] == []
    open_menu(phone)
    assert phone.locator("#menu a, #menu > button, #menu summary").evaluate_all(SMALL) == []


# Its weight


def test_a_first_visit_is_light(page: Page, quoting: str) -> None:
    protocol = page.context.new_cdp_session(page)
    protocol.send("Network.enable")
    received: dict[str, float] = {}
    addresses: dict[str, str] = {}
    protocol.on("Network.requestWillBeSent", lambda each: addresses.update({each["requestId"]: each["request"]["url"]}))
    protocol.on("Network.loadingFinished", lambda each: received.update({each["requestId"]: each["encodedDataLength"]}))
    page.goto(quoting)
    page.locator("#chat .example").first.wait_for()
    page.wait_for_timeout(2000)  # a connection stays open, so that the network is never idle
    asked = {each for each, url in addresses.items() if url.startswith("http") and ".woff" not in url}
    assert sum(size for each, size in received.items() if each in asked) < MOST_BYTES
    assert sum("/gradio_api/" not in addresses[each] for each in asked) <= MOST_FILES
    # A busy server is asked again how far it is: that counts once.
    assert len({url.partition("?")[0] for url in addresses.values() if url.startswith("http")}) <= MOST_REQUESTS - AGAIN


def test_events_are_not_held_back_by_compression(page: Page, quoting: str) -> None:
    kinds: dict[str, str] = {}
    note: Callable[..., None] = lambda response: kinds.update(  # noqa: E731
        {response.headers.get("content-type", "").split(";")[0]: response.headers.get("content-encoding", "")}
    )
    page.on("response", note)
    page.goto(quoting)
    ask(page, QUESTION)
    assert kinds["text/html"] == "gzip"
    assert kinds["text/event-stream"] == ""
