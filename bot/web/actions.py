"""What can be done with a question and an answer in the chat, as markup that `script.js` and `keys.js` wait for."""

from __future__ import annotations

from bot.render import plain
from bot.types import Answer, Status
from bot.web.filtering import line
from bot.web.markup import safe
from index.types import Filters

KEYS = (
    ("/", "Go to the question"),
    ("Esc", "Stop the answer, leave an edit, or return from a quote"),
    ("n", "New chat"),
    ("?", "Show these keys"),
)


def edit(number: int) -> str:
    """The link by which a question is taken up again."""
    return f'<p class="edit"><a href="#edit-{number}" title="Edit question {number}: what follows it goes">Edit</a></p>'


def below(answer: Answer, filters: Filters) -> str:
    """What stands below an answer: what it was limited to, and how to take it along."""
    limits = line(filters)
    looked = f'<p class="limits" dir="auto">Only these articles: {safe(limits)}</p>' if limits else ""
    return looked + _copy(answer)


def _copy(answer: Answer) -> str:
    """The button that copies an answer with its citations."""
    if answer.status not in (Status.ANSWERED, Status.PARTIAL):
        return ""
    return (
        '<div class="reference copied"><button>Copy with citations</button>'
        f'<p class="whole">{safe(plain(answer))}</p></div>'
    )


def keys() -> str:
    """The list of keyboard shortcuts, and the switch that they need: a key that does something alone can be in the way
    of those who speak to their computers."""
    rows = "".join(f"<li><kbd>{safe(key)}</kbd> {safe(what)}</li>" for key, what in KEYS)
    switch = '<button class="off">Turn these keys off</button><button class="on">Turn these keys on</button>'
    return f'<details class="keys"><summary>Keyboard</summary><ul>{rows}</ul>{switch}</details>'
