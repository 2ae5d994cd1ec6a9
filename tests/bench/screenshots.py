"""`python -m tests.bench.screenshots`: the pictures of the web chat in docs/, taken anew from the page as it is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from PIL import Image

from bot.answering.bot import Bot
from index.index import Index
from index.load import read
from tests.serving import ask, browsing, open_menu, serving
from tests.small_news import BRIDGE, TRAM

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs"
LARGEST = 150_000  # bytes of a picture
DESK, PHONE = (1280, 800), (375, 740)


def asked(page: Page, question: str) -> None:
    ask(page, question)
    page.locator("#fold").wait_for()  # with what to ask next beside it


def warheads(page: Page) -> None:
    asked(page, "How many nuclear warheads does China have?")
    page.get_by_role("link", name="[1]", exact=True).click()


def russia(page: Page) -> None:
    asked(page, "Until when will New START stay in force?")


def cup(page: Page) -> None:
    asked(page, "Who won the 2018 World Cup?")


def tram(page: Page) -> None:
    asked(page, "What should the town council of Vellmar do about the tram?")
    page.get_by_role("link", name="[1]", exact=True).click()


def whole(page: Page) -> None:
    warheads(page)
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Read the whole article").first.click()
    page.locator("#pane mark.current").wait_for()


def overview(page: Page) -> None:
    asked(page, "Give me an overview of the dispute over Huawei and 5G in the United Kingdom")
    page.locator("#chat ul.answer").wait_for()


def comparison(page: Page) -> None:
    asked(page, "Compare how India and China describe the clash in the Galwan valley")
    page.locator("#chat table").wait_for()


def timeline(page: Page) -> None:
    asked(page, "Give me a timeline of New START")
    page.locator("#chat ol.timeline").wait_for()


def check(page: Page) -> None:
    open_menu(page)
    page.get_by_role("link", name="Check a text").click()
    page.get_by_role("textbox").fill(
        "British operators must remove all Huawei equipment from their 5G networks by the end of 2027. "
        "Dowden put the cost at up to 9 billion pounds. The decision pleased the tea traders of Bristol."
    )
    page.get_by_role("button", name="Check", exact=True).click()
    page.get_by_role("link", name="Markdown").wait_for()


def library(page: Page) -> None:
    open_menu(page)
    page.get_by_role("link", name="Library").click()
    page.get_by_role("heading", name="Library").wait_for()


@dataclass(frozen=True, slots=True)
class Picture:
    name: str
    does: Callable[[Page], None]
    size: tuple[int, int] = DESK
    scheme: str = "light"
    made_up: bool = False  # of the made-up articles of the tests: none of the shipped ones is an opinion


PICTURED = (
    Picture("answer", warheads),
    Picture("dark", warheads, scheme="dark"),
    Picture("phone", russia, size=PHONE),
    Picture("refusal", cup),
    Picture("opinion", tram, made_up=True),
    Picture("article", whole),
    Picture("library", library),
    Picture("overview", overview),
    Picture("comparison", comparison),
    Picture("timeline", timeline),
    Picture("check", check),
)


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with browsing() as browser:
        for made_up in (False, True):
            with _page(made_up) as address:
                for picture in PICTURED:
                    if picture.made_up is made_up:
                        _take(browser, address, picture)


@contextmanager
def _page(made_up: bool) -> Iterator[str]:
    with TemporaryDirectory() as folder, Index.open(Path(folder) / "store") as index:
        index.add([BRIDGE, TRAM] if made_up else read([str(ROOT / "seeds")]))
        with serving(Bot(index)) as address:
            yield address


def _take(browser: Browser, address: str, picture: Picture) -> None:
    width, height = picture.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if picture.scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(address)
    page.get_by_text("model: extractive").wait_for()
    picture.does(page)
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)  # what is drawn last is there
    taken = BytesIO()
    Image.open(BytesIO(page.screenshot())).save(taken, "WEBP", quality=88, method=6)
    context.close()
    if len(taken.getvalue()) > LARGEST:
        raise SystemExit(f"{picture.name} has {len(taken.getvalue()):,} bytes; {LARGEST:,} are the most.")
    (PICTURES / f"{picture.name}.webp").write_bytes(taken.getvalue())
    sys.stdout.write(f"docs/{picture.name}.webp: {len(taken.getvalue()):,} bytes\n")


if __name__ == "__main__":
    main()
