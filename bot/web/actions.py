"""What can be done with a question and an answer in the chat, as markup that `script.js` and `keys.js` wait for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.reference import whole
from bot.types import Answer, Status
from bot.web.filtering import line
from bot.web.markup import safe
from bot.web.words import ENGLISH, Wording
from index.types import Filters

KEYS = (
    ("/", "actions.to_question"),
    ("Esc", "actions.escape"),
    ("n", "actions.new_chat"),
    ("?", "actions.show_keys"),
)


def edit(number: int, words: Wording = ENGLISH) -> str:
    """The link by which a question is taken up again."""
    title = safe(words("actions.edit_question", number=number))
    return f'<p class="edit"><a href="#edit-{number}" title="{title}">{safe(words("actions.edit"))}</a></p>'


def below(
    answer: Answer, filters: Filters, words: Wording = ENGLISH, since: Mapping[int, str] = MappingProxyType({})
) -> str:
    """What stands below an answer: what it was limited to, and how to take it along.

    `since` says by mark what became of an article.
    """
    titles = {each.article_id: each.title for each in answer.citations}
    titles |= {each.article_id: each.title for each in answer.nearest}
    limits = line(filters, words, titles)
    looked = f'<p class="limits">{safe(words("actions.limits", limits=limits))}</p>' if limits else ""
    return looked + _copy(answer, words, since)


def _copy(answer: Answer, words: Wording, since: Mapping[int, str]) -> str:
    """The button that copies an answer with its citations."""
    if answer.status not in (Status.ANSWERED, Status.PARTIAL):
        return ""
    return (
        f'<div class="reference copied"><button>{safe(words("actions.copy"))}</button>'
        f'<p class="whole">{safe(whole(answer, words, since))}</p></div>'
    )


def keys(words: Wording = ENGLISH) -> str:
    """The list of keyboard shortcuts, and the switch that they need: a key that does something alone can be in the way
    of those who speak to their computers."""
    rows = "".join(f"<li><kbd>{safe(key)}</kbd> {safe(words(what))}</li>" for key, what in KEYS)
    switch = "".join(
        f'<button class="{state}">{safe(words(f"actions.keys_{state}"))}</button>' for state in ("off", "on")
    )
    return (
        f'<details class="keys"><summary>{safe(words("actions.keyboard"))}</summary><ul>{rows}</ul>{switch}</details>'
    )
