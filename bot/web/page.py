"""The page, put together: how it looks, what can be done with it, and which event does what.

Each of them is a module: `layout`; `asking`, `talk` and `around`; `wiring`. What changes on the page is in `changes`.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from bot.render.html.markup import safe
from bot.render.html.words import LANGUAGES, PageWording
from bot.service.service import Service
from bot.suggestions.offers import Offers
from bot.web import actions, panel, sidebar, welcome
from bot.web.around import Around
from bot.web.asking import Asking
from bot.web.assets import FONT_FACES, MARK, SCRIPT
from bot.web.changes import line
from bot.web.layout import draw
from bot.web.opening import Opening
from bot.web.running import Running
from bot.web.shared import Downloads, known_of
from bot.web.talk import Talk
from bot.web.theme import theme
from bot.web.wiring import wire

if TYPE_CHECKING:
    from gradio import Blocks, I18n

TITLE = "Byline"
STYLES = ("style.css", "proof.css", "keep.css", "doing.css", "icons.css", "language.css")

CONCURRENT = 8  # answers at a time; the local model still writes one by one
WAITING = 64


def build_page(opening: Opening, service: Service, downloads: Downloads, running: Running) -> Blocks:
    """The page, to be mounted with `dress()`. Questions that come before the bot is open wait for it.

    The browser remembers where its conversation is kept, so that it is there again after a reload.
    """
    import gradio as gr

    @cache
    def offers() -> Offers:
        return Offers(opening.bot())

    talk, around = Talk(service.history, known_of(opening), running), Around(opening, offers)
    asking = Asking(opening, service.history, service.pace, running, talk.recalled)
    page = gr.Blocks(title=TITLE, analytics_enabled=False)
    with page:
        wire(page, draw(labels(), TITLE, MARK), asking, talk, around, downloads)
    page.queue(default_concurrency_limit=CONCURRENT, max_size=WAITING, api_open=False)
    return page


def labels() -> I18n:
    """The texts of the page from the beginning, in every language: the browser puts in that of its reader."""
    from gradio import I18n

    return I18n(**{PageWording(each).tag: _labels(PageWording(each)) for each in LANGUAGES})


def _labels(words: PageWording) -> dict[str, str]:
    return {
        **words.beginning("label"),
        **{f"reason_{name}": text for name, text in words.beginning("reason").items()},
        "other": words.others[0]("language.name"),
        "conversations_heading": f"<h2>{safe(words('label.conversations'))}</h2>",
        "no_conversations": sidebar.empty(words),
        "no_proof": panel.empty(words),
        "opening": line(words("page.opening")),
        "welcome": welcome.before(words),
        "keys": actions.keys(words),
    }


def _text(name: str) -> str:
    return files("bot.web").joinpath(name).read_text(encoding="utf-8")


def dress() -> dict[str, Any]:
    """The arguments of `mount_gradio_app` about the looks of the page."""
    return {
        "i18n": labels(),
        "theme": theme(),
        "css": "\n".join(map(_text, STYLES)),
        # Scripts by their addresses: Gradio adds this when no inline script may run. Styles may stand in it.
        "head": "".join(
            (
                f'<script src="{SCRIPT}"></script>',
                f'<link rel="icon" href="{MARK}" type="image/svg+xml">',
                f"<style>{_text(FONT_FACES)}</style>",
            )
        ),
        "footer_links": [],
        "run_history": False,
        "enable_monitoring": False,
        "app_kwargs": {"openapi_url": None},
    }
