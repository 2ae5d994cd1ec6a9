"""The sources below an answer: quotes with their articles, and the controls for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.slack.elements import Block, Inline, button, context, link, mrkdwn, option, plain, run
from bot.slack.text import linked, shortened, web_address
from bot.slack.words import SlackWords
from bot.types import Citation, Near
from bot.wording.facts import byline, one_line

QUOTE_CHARACTERS, BYLINE_CHARACTERS = 300, 240
OPTIONS = 100  # of a select
OPTION_CHARACTERS = 60


def mark(citation: Citation) -> Inline:
    """`[1]`, as a link if the article has an address."""
    label, url = f"[{citation.mark}]", web_address(citation.url)
    return link(label, url) if url else run(label)


def source(citation: Citation, words: SlackWords) -> Block:
    """`*[1]* title — “quote”`, then author, outlet and day. A modal shows the whole of a long quote."""
    quote = words("source.quote", quote=shortened(one_line(citation.quote), QUOTE_CHARACTERS))
    who = shortened(byline(citation, words), BYLINE_CHARACTERS)
    head = mrkdwn(f"*[{citation.mark}]* {linked(citation.title, citation.url)} —")
    return context(head, plain(" · ".join(filter(None, (quote, who)))))


def article(facts: Citation | Near, words: SlackWords, sign: str = "") -> Block:
    """An article: its title, as a link if it has an address, then author, outlet and day."""
    who = shortened(byline(facts, words), BYLINE_CHARACTERS)
    title = f"{sign}{linked(facts.title, facts.url)}"
    return context(mrkdwn(f"{title} —"), plain(who)) if who else context(mrkdwn(title))


def quote_select(citations: Iterable[Citation], key: str, words: SlackWords) -> Block:
    """The menu that shows a quote in its article: values are `<key>:<mark>`."""
    options = [
        option(shortened(f"[{each.mark}] {one_line(each.title)}", OPTION_CHARACTERS), f"{key}:{each.mark}")
        for each in citations
    ]
    return {
        "type": "static_select",
        "action_id": "quote",
        "placeholder": plain(words("source.show"), 150),
        "options": options[:OPTIONS],
    }


def share_button(key: str, words: SlackWords) -> Block:
    return button(words("source.share"), "share", key)


def feedback_buttons(key: str, words: SlackWords) -> Block:
    """The buttons of feedback: values are `good:<key>` and `bad:<key>`."""
    rated = {
        f"{sign}_button": {
            "text": plain(words(f"feedback.{value}"), 75),
            "accessibility_label": words(f"feedback.{value}_label"),
            "value": f"{value}:{key}",
        }
        for sign, value in (("positive", "good"), ("negative", "bad"))
    }
    return {
        "type": "context_actions",
        "elements": [{"type": "feedback_buttons", "action_id": "feedback", **rated}],
    }


def with_marks(inlines: Sequence[Inline], cited: Iterable[Citation]) -> list[Inline]:
    """A sentence with its marks behind it."""
    marks = [mark(each) for each in cited]
    return [*inlines, *([run(" ")] if marks else []), *marks]
