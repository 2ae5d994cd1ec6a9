"""The modals of an answer: a quote in its article, and the form of feedback."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.history.feedback import LONGEST, Feedback, Flaw
from bot.slack.elements import Block, field, line, modal, note, option, plain, rich, run
from bot.slack.sources import article
from bot.slack.text import pieces, shortened
from bot.slack.words import SlackWords
from bot.types import Citation, Reason

AROUND_CHARACTERS = 600  # before a quote, and after it
PIECE_CHARACTERS = 1_500

State = Mapping[str, Mapping[str, Mapping[str, Any]]]  # `view["state"]["values"]` of a submitted form


def quote_view(citation: Citation, before: str, after: str, since: Reason | None, words: SlackWords) -> Block:
    """A quote in bold between its context `before` and `after`, and its article; `since` tells of a changed article.

    The whole quote is shown, with at most 600 characters of context on each side.
    """
    quoted = [run(each, bold=True) for each in pieces(citation.quote, PIECE_CHARACTERS)]
    passage = [run(_end_of(before)), *quoted[:1]], *([each] for each in quoted[1:])
    passage[-1].append(run(shortened(after, AROUND_CHARACTERS)))
    changed = (note(words.reason(since)),) if since else ()
    shown = (article(citation, words), *(rich([line(each)]) for each in passage), *changed)
    return modal("quote", words("quote.title"), shown, words("modal.close"))


def feedback_view(about: Mapping[str, str | int], words: SlackWords) -> Block:
    """The form of reasons for bad feedback; `about` returns as the view's private metadata."""
    reasons = [option(words(f"reason.{each.name.lower()}"), each.name.lower()) for each in Flaw]
    note_input = {"type": "plain_text_input", "multiline": True, "max_length": LONGEST}
    return modal(
        "feedback",
        words("feedback.title"),
        (
            field("reasons", words("feedback.reasons"), {"type": "checkboxes", "options": reasons}),
            field("note", words("feedback.note"), note_input),
        ),
        words("modal.close"),
        submit=plain(words("feedback.send"), 24),
        private_metadata=json.dumps(about),
    )


def about(view: Mapping[str, Any]) -> Mapping[str, Any]:
    """The private metadata of a form, parsed."""
    found: Mapping[str, Any] = json.loads(view["private_metadata"])
    return found


def feedback_of(state: State) -> Feedback:
    """The feedback in a submitted form."""
    chosen = [each["value"] for each in state["reasons"]["reasons"].get("selected_options") or ()]
    reasons = tuple(each for each in Flaw if each.name.lower() in chosen)
    return Feedback(False, reasons, state["note"]["note"].get("value") or "")


def _end_of(text: str) -> str:
    """The end of a text, at most 600 characters, from a whole word on."""
    if len(text) <= AROUND_CHARACTERS:
        return text
    kept = text[-AROUND_CHARACTERS:]
    space = kept.find(" ", 0, AROUND_CHARACTERS // 2)
    return f"…{kept[space + 1 :]}"
