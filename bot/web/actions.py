"""Actions beside a question, the limits of an answer, and the page's keys, as markup for `keys.js`."""

from __future__ import annotations

from bot.render.html.markup import safe
from bot.render.html.words import ENGLISH, PageWording
from bot.types import Answer
from bot.web.filtering import line
from index.types import Filters

KEYS = (
    ("/", "actions.to_question"),
    ("Esc", "actions.escape"),
    ("n", "actions.new_chat"),
    ("?", "actions.show_keys"),
)


def edit(number: int, words: PageWording = ENGLISH) -> str:
    """The button that shows the whole of a long question, and the link by which a question is taken up again."""
    title = safe(words("actions.edit_question", number=number))
    link = f'<a href="#edit-{number}" title="{title}">{safe(words("actions.edit"))}</a>'
    return f'<p class="edit"><button class="more">{safe(words("actions.more"))}</button>{link}</p>'


def limits(answer: Answer, filters: Filters, words: PageWording = ENGLISH) -> str:
    """The limits of an answer, as markup; empty where it had none."""
    titles = {each.article_id: each.title for each in answer.citations}
    titles |= {each.article_id: each.title for each in answer.nearest}
    told = line(filters, words, titles)
    return f'<p class="limits">{safe(words("actions.limits", limits=told))}</p>' if told else ""


def keys(words: PageWording = ENGLISH) -> str:
    """The list of keyboard shortcuts, and the switch that they need: a key that does something alone can be in the way
    of those who speak to their computers."""
    rows = "".join(f"<li><kbd>{safe(key)}</kbd> {safe(words(what))}</li>" for key, what in KEYS)
    switch = "".join(
        f'<button class="{state}">{safe(words(f"actions.keys_{state}"))}</button>' for state in ("off", "on")
    )
    return (
        f'<details class="keys"><summary>{safe(words("actions.keyboard"))}</summary><ul>{rows}</ul>{switch}</details>'
    )
