"""Every page, as axe sees it, in light and dark: none is in the way of those who do not see it or use no mouse."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from bot.answering.bot import Bot
from bot.auth.users import Role, Users
from bot.history.share import share
from bot.web.access import Access
from bot.web.language import preferred
from bot.web.library import article_address
from tests.conversations import BRIDGE_QUESTION, HERE, THERE, history_of, town
from tests.conversations import ask as ask_and_keep
from tests.serving import PASSWORD, ask, open_menu, serving
from tests.small_news import BRIDGE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow


def objections(page: Page) -> list[str]:
    checks = pytest.importorskip("axe_playwright_python.sync_playwright", reason="there is no axe here (make test)")
    broken = checks.Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html']} {node['failureSummary']}" for rule in broken for node in rule["nodes"]]


# In Chinese every page has other words, and the same structure and colours.
@pytest.mark.parametrize(("locale", "schemes"), [("en-GB", ("light", "dark")), ("zh-CN", ("light",))])
def test_axe_finds_nothing_to_object_to_on_any_page(
    browser: Browser, tmp_path: Path, locale: str, schemes: tuple[Literal["light", "dark"], ...]
) -> None:
    users = Users(tmp_path / "users.json")
    users.put("ada", Role.EDITOR, PASSWORD)
    index, history = town(tmp_path), history_of(tmp_path)
    key = share(history, HERE, ask_and_keep(index, history, BRIDGE_QUESTION).number)
    assert ask_and_keep(index, history, "How many ferries sail to Kessel?", THERE).status == "refused"
    found: dict[str, list[str]] = {}
    with serving(Bot(index), history, Access(users=users)) as address:
        # Axe is put into the page by a script that no policy lets run.
        context = browser.new_context(
            locale=locale, reduced_motion="reduce", bypass_csp=True, viewport={"width": 1280, "height": 860}
        )
        page = context.new_page()
        page.set_default_timeout(60_000)
        words = preferred(locale)

        def look(name: str) -> None:
            for scheme in schemes:
                page.emulate_media(color_scheme=scheme)
                found[f"{name}, {scheme}"] = objections(page)

        for path in (f"share/{key}", "share/none", "sign-in"):
            page.goto(f"{address}{path}")
            look(path.split("/")[0])
        page.get_by_label(words("sign_in.name")).fill("ada")
        page.get_by_label(words("sign_in.password")).fill("wrong")
        page.keyboard.press("Enter")
        page.get_by_role("alert").wait_for()
        look("sign-in, refused")
        page.get_by_label(words("sign_in.password")).fill(PASSWORD)
        page.keyboard.press("Enter")
        page.locator("#about").get_by_text("extractive").wait_for()
        page.locator("#chat .example").first.wait_for()
        page.locator("#filters button").first.click()
        page.get_by_label(words("label.since")).wait_for()
        look("filters")
        open_menu(page)
        page.get_by_text(words("actions.keyboard"), exact=True).click()
        look("the menu and the keys")
        page.keyboard.press("Escape")
        page.locator("#kinds input").first.check()
        page.locator("#remaining").get_by_text("2").wait_for()
        ask(page, BRIDGE_QUESTION)
        page.locator("#fold").wait_for()
        page.locator("#filters button").first.click()
        page.locator("#fold button").first.click()
        page.get_by_role("button", name=words("label.ask_again")).wait_for()
        page.locator("#reasons-1").click()
        page.locator("#bad-1").click()
        page.locator("#judging").wait_for()
        look("an answer")
        page.get_by_role("button", name=words("script.conversations"), exact=True).click()
        page.locator("#delete-0").click()
        page.locator("#deleting").wait_for()
        look("the sidebar")
        for path in (
            *("library", article_address(BRIDGE.id)[1:], f"library/remove?id={BRIDGE.id}", "library/bring"),
            *("library?q=nothing+of+this", "library/gaps", "library/bring/none", "sign-out", "nothing"),
        ):
            page.goto(f"{address}{path}")
            look(path)
        page.locator(".menu summary").click()
        look("the menu of languages")
        page.goto(f"{address}library/bring")
        page.get_by_role("textbox").fill("no address")
        page.locator("main form button").click()
        page.get_by_role("alert").wait_for()
        look("bringing, refused")
        page.locator("input[type=file]").set_input_files(
            {"name": "a.txt", "mimeType": "text/plain", "buffer": b"Words."}
        )
        page.get_by_role("textbox").fill("")
        page.locator("main form button").click()
        page.wait_for_url("**/library/bring/*")
        page.locator("progress").wait_for(state="detached")
        look("what came of it")
        page.goto(f"{address}check")
        look("check")
        page.get_by_role("textbox").fill("# Bridge\n\nThe old bridge in Vellmar reopened on 3 May 2021. It is blue.")
        page.locator("main form button").click()
        page.locator(".checking").wait_for()
        look("a text that was checked")
        context.close()
    index.close()
    assert {name: each for name, each in found.items() if each} == {}
