"""The page on a real server, as a browser reaches it, and what tests do there. The fixtures are in `conftest.py`."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import sleep
from typing import TYPE_CHECKING, Any

from bot.answering.bot import Bot
from bot.web.access import Access
from tests.loopback import PAUSE, running

if TYPE_CHECKING:
    from fastapi.testclient import TestClient
    from playwright.sync_api import Browser, Page

    from bot.history import History
    from index.index import Index

# The shell is the same browser without windows of its own, which cost as much as the page.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
NO_CHROMIUM = "there is no chromium here (apt install chromium-headless-shell)"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

UNHURRIED = Access(questions=1000)  # a minute: tests ask faster than people
PASSWORD = "four quite plain words"
LOCAL = ("127.0.0.1", 50000)
QUESTION = "When did the old bridge in Vellmar reopen?"
QUOTE = "The old bridge in Vellmar reopened on 3 May 2021 after two years of repairs."


@contextmanager
def serving(
    bot: Bot | Callable[[], Bot], history: History | None = None, access: Access = UNHURRIED, **named: Any
) -> Iterator[str]:
    """The address of a page about `bot`, or what opens it, of which more is `named` to the app."""
    from bot.web import build_app

    app = build_app(bot if callable(bot) else lambda: bot, history, access, **named)
    with running(app, proxy_headers=False) as address:
        yield f"{address}/"


@contextmanager
def client(index: Index, access: Access, peer: tuple[str, int] = LOCAL, **named: Any) -> Iterator[TestClient]:
    """What sends requests to the app of a page from `peer`. It follows no redirect.

    `named` is the app's `history`, `read` and `gates`, or the client's.
    """
    from fastapi.testclient import TestClient

    from bot.web import build_app

    ours = {each: named.pop(each) for each in ("history", "read", "gates") if each in named}
    app = build_app(lambda: Bot(index), access=access, **ours)
    with TestClient(app, client=peer, follow_redirects=False, **named) as opened:
        while opened.get("/healthz").json()["status"] == "starting":
            sleep(PAUSE)
        yield opened


@contextmanager
def browsing() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


def ready(page: Page) -> None:
    """Waits until the server has said which conversation is on show: what it says of a new page would undo an earlier
    question's address."""
    page.locator("#name .named").wait_for(state="attached")


def ask(page: Page, question: str) -> None:
    """Asks, and waits until the answer is done and the page can be asked again."""
    before = page.locator("#chat .message.bot").count()
    page.locator("#question textarea").fill(question)  # in any language
    page.keyboard.press("Enter")
    page.locator("#chat .message.bot").nth(before).locator(".acts, .failed").first.wait_for()
    page.locator("#question .submit-button").wait_for()


def open_menu(page: Page) -> None:
    """The menu of the page, in any language."""
    page.locator("#menu-button").click()
    page.locator("#links a").first.wait_for()


def last_answer(page: Page) -> str:
    return page.locator("#chat .message.bot").last.inner_text()
