"""The page of the web chat in a browser: what it weighs, when it can be used, and when a question's evidence is seen.

Everything is cold in the browser and warm in the server, which answers in the articles' own sentences.
"""

from __future__ import annotations

from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bot.answering.bot import Bot
from bot.training.table import table
from index import Index
from tests.bench.latency import fill, questions
from tests.serving import browsing, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PASSAGES, VISITS, QUESTIONS = 10_000, 5, 10
SETTLING = 3_000  # milliseconds after which nothing more comes
TARGET = 0.5  # seconds from sending to evidence
# Milliseconds from the press of Enter to the frame after the one that first shows a passage.
_WATCH = """() => {
    window.seen = new Promise((tell) => {
        const cards = () => document.querySelectorAll("#proof .card").length;
        const before = document.querySelectorAll("#proof .turn").length;
        let sent = 0;
        document.addEventListener("keydown", () => { sent = performance.now(); }, { capture: true, once: true });
        new MutationObserver((_, watch) => {
            if (!sent || document.querySelectorAll("#proof .turn").length === before || !cards()) return;
            watch.disconnect();
            requestAnimationFrame(() => setTimeout(() => tell(performance.now() - sent)));
        }).observe(document.body, { childList: true, subtree: true });
    });
}"""


def report(data: Path) -> str:
    with (
        TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        Index.open(Path(folder) / "store") as index,
        browsing() as browser,
    ):
        fill(index, data, PASSAGES)
        with serving(Bot(index)) as address:
            visits = [_visit(browser, address) for _ in range(VISITS)]
            seconds = _evidence(browser, address, questions(data)[: QUESTIONS + 1])
    requests, kilobytes, usable = (median(each) for each in zip(*visits, strict=True))
    rows = [
        ["requests of a first visit", f"{requests:.0f}"],
        ["kilobytes received, as they come over the wire", f"{kilobytes:,.0f}"],
        ["seconds until a question can be typed and sent", f"{usable:.2f}"],
        [f"seconds from sending to evidence, median of {QUESTIONS}", f"{median(seconds):.2f} (target {TARGET})"],
        ["the slowest of them", f"{max(seconds):.2f}"],
    ]
    return f"## The page, over {PASSAGES:,} passages\n\n" + table(["", ""], rows)


def _visit(browser: Browser, address: str) -> tuple[int, float, float]:
    """Requests, kilobytes, and seconds until the box takes a question and all that it needs is there."""
    page = browser.new_context().new_page()
    protocol = page.context.new_cdp_session(page)
    protocol.send("Network.enable")
    received: list[float] = []
    asked: list[str] = []
    protocol.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address, wait_until="commit")
    page.locator("#question .submit-button").wait_for()
    usable = page.evaluate("() => performance.now()") / 1000
    page.wait_for_timeout(SETTLING)  # a connection stays open, so that the network is never idle
    page.context.close()
    return len(asked), sum(received) / 1000, usable


def _evidence(browser: Browser, address: str, questions: list[str]) -> list[float]:
    page = browser.new_context().new_page()
    page.goto(address)
    page.get_by_text("model: extractive").wait_for()
    seconds = [_seen(page, question) for question in questions]
    page.context.close()
    return seconds[1:]  # the first loads what only answers need


def _seen(page: Page, question: str) -> float:
    page.evaluate(_WATCH)
    page.get_by_label("Your question").fill(question)
    page.get_by_label("Your question").press("Enter")
    taken: float = page.evaluate("() => seen") / 1000
    page.locator("#question .submit-button").wait_for()
    return taken
