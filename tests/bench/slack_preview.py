"""`python -m tests.bench.slack_preview OUT [STORE]`: what Byline sends to Slack, drawn as a page, and its pictures.

OUT gets a page for each payload. The answers are those of the shipped articles, without a language model; STORE is an
index of them, which is made where there is none. The pictures go to docs/.
"""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from bot.answering.bot import Bot
from bot.history import Record
from bot.slack.blocks import replies
from bot.slack.check import report_view
from bot.slack.choices import settings_view
from bot.slack.home import home
from bot.slack.modal import quote_view
from bot.slack.settings import ChannelSettings
from bot.slack.words import SlackWords
from bot.types import Answer
from index.index import Index
from index.load import read
from index.types import Filters
from tests.serving import browsing

ROOT = Path(__file__).resolve().parents[2]
PICTURES = {"answer": "slack-answer", "check": "slack-check", "home": "slack-home"}
WIDTH, COLOURS = 760, 64
AT = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
ASKED = {
    "answer": "How many nuclear warheads does China have?",
    "overview": "Give me an overview of the dispute over Huawei and 5G in the United Kingdom",
    "timeline": "Give me a timeline of New START",
    "comparison": "Compare how India and China describe the clash in the Galwan valley",
    "refusal": "Who won the 2018 World Cup?",
}
CHECKED = (
    "British operators must remove all Huawei equipment from their 5G networks by the end of 2027. "
    "Dowden put the cost at up to 9 billion pounds. The decision pleased the tea traders of Bristol."
)

STYLE = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Preview:
    name: str
    body: str


def main(out: Path, store: Path) -> None:
    words = SlackWords()
    out.mkdir(parents=True, exist_ok=True)
    with Index.open(store) as index, browsing() as browser:
        if not len(index):
            index.add(read([str(ROOT / "seeds")]))
        page = browser.new_page(viewport={"width": WIDTH, "height": 600}, device_scale_factor=1.5)
        for preview in previews(Bot(index), index, words):
            path = out / f"{preview.name}.html"
            path.write_text(
                f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style>{preview.body}', encoding="utf-8"
            )
            page.goto(path.resolve().as_uri())
            picture = PICTURES.get(preview.name)
            place = ROOT / "docs" / f"{picture}.png" if picture else out / f"{preview.name}.png"
            taken = Image.open(BytesIO(page.screenshot(full_page=True)))
            taken.convert("RGB").quantize(COLOURS).save(place, optimize=True)
            sys.stdout.write(f"{place}\n")


def previews(bot: Bot, index: Index, words: SlackWords) -> Iterator[Preview]:
    """Each kind of payload, drawn."""
    found: dict[str, Answer] = {}
    for name, question in ASKED.items():
        found[name] = bot.answer(question)
        messages = replies(found[name], words, key="k1")
        drawn = "".join(message("Byline", "".join(map(block, each.blocks)), app=True) for each in messages)
        yield Preview(name, message("You", f"<a>@Byline</a> {safe(question)}") + drawn)
    yield Preview("check", modal(report_view(bot.verify(CHECKED), words)))
    yield Preview("home", "".join(map(block, _home(found, index, words)["blocks"])))
    cited = found["answer"].citations[0]
    text = index.article(cited.article_id).text
    yield Preview("quote", modal(quote_view(cited, text[: cited.start], text[cited.end :], None, words)))
    outlets = [name for name, _ in index.inventory().outlets if name]
    chosen = ChannelSettings(filters=Filters(outlet=tuple(outlets[:1])))
    yield Preview("settings", modal(settings_view(chosen, "C1", words, collections=["arms"], outlets=outlets)))


def _home(found: Mapping[str, Answer], index: Index, words: SlackWords) -> dict[str, Any]:
    recent = [Record(number, each.question, AT, each) for number, each in enumerate(found.values(), 1)]
    suggested = ["Until when was the New START treaty extended?", "What did Dowden say about Huawei?"]
    watches = [_Watch("1", "What is new about New START?")]
    return home(words, articles=len(index), suggested=suggested, recent=recent, watches=watches)  # type: ignore[arg-type]


@dataclass(frozen=True)
class _Watch:
    id: str
    question: str
    every: str = "weekly"
    made: datetime = AT
    paused: bool = False
    failure: str | None = None


# Blocks to markup


def safe(text: str) -> str:
    return html.escape(text)


def message(who: str, body: str, *, app: bool = False) -> str:
    face = f'<div class="face{"" if app else " person"}">{who[0]}</div>'
    badge = '<span class="app">APP</span>' if app else ""
    head = f'<div class="who"><b>{who}</b>{badge}<small>09:30</small></div>'
    return f'<div class="message">{face}<div class="said">{head}{body}</div></div>'


def modal(view: Mapping[str, Any]) -> str:
    submit = f'<span class="button primary">{text(view["submit"])}</span>' if "submit" in view else ""
    foot = f'<div class="foot"><span class="button">{text(view["close"])}</span>{submit}</div>'
    body = "".join(map(block, view["blocks"]))
    return f'<div class="modal"><div class="title">{text(view["title"])}</div>{body}{foot}</div>'


def block(found: Mapping[str, Any]) -> str:
    """One block, by its type."""
    return f'<div class="block {found["type"]}">{BLOCKS[found["type"]](found)}</div>'


def text(found: Mapping[str, Any]) -> str:
    """A text object: mrkdwn has links and bold, plain_text nothing."""
    if found["type"] == "plain_text":
        return safe(found["text"])
    linked = re.sub(r"&lt;([^|]*?)\|(.*?)&gt;", r'<a href="\1">\2</a>', safe(_unescaped(found["text"])))
    return re.sub(r"\*(\[\d+\])\*", r"<b>\1</b>", linked)


def _unescaped(mrkdwn: str) -> str:
    return mrkdwn.replace("&amp;", "&")


def _rich(elements: Sequence[Mapping[str, Any]]) -> str:
    return "".join(_DRAWN[each["type"]](each["elements"]) for each in elements)


def _inlines(elements: Sequence[Mapping[str, Any]]) -> str:
    return "".join(map(_inline, elements))


def _item(found: Mapping[str, Any]) -> str:
    return f"<li>{_inlines(found['elements'])}</li>"


def _inline(found: Mapping[str, Any]) -> str:
    words, style = safe(found["text"]), found.get("style", {})
    if found["type"] == "link":
        return f'<a href="{safe(found["url"])}">{words}</a>'
    tag = "b" if style.get("bold") else "i" if style.get("italic") else "span"
    return f"<{tag}>{words}</{tag}>"


def _table(found: Mapping[str, Any]) -> str:
    rows = ("".join(f"<td>{_rich(cell['elements'])}</td>" for cell in row) for row in found["rows"])
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def _element(found: Mapping[str, Any]) -> str:
    match found["type"]:
        case "button":
            return f'<span class="button {found.get("style", "")}">{text(found["text"])}</span>'
        case "radio_buttons" | "checkboxes":
            return "".join(_choice(found, each) for each in found["options"])
        case "feedback_buttons":
            rated = (found["positive_button"], found["negative_button"])
            return "".join(f'<span class="button">{text(each["text"])}</span>' for each in rated)
        case "plain_text_input":
            return '<span class="select" style="width: 90%">&nbsp;</span>'
        case _:
            return f'<span class="select">{_chosen(found)}</span>'


def _choice(found: Mapping[str, Any], option: Mapping[str, Any]) -> str:
    on = option == found.get("initial_option") or option in found.get("initial_options", ())
    classes = f"option{' box' if found['type'] == 'checkboxes' else ''}{' on' if on else ''}"
    return f'<div class="{classes}">{text(option["text"])}</div>'


def _chosen(found: Mapping[str, Any]) -> str:
    chosen = [*found.get("initial_options", ()), *filter(None, [found.get("initial_option")])]
    words = ", ".join(text(each["text"]) for each in chosen) or found.get("initial_date", "")
    return words or (text(found["placeholder"]) if "placeholder" in found else "&nbsp;&nbsp;–&nbsp;&nbsp;")


def _section(found: Mapping[str, Any]) -> str:
    aside = _element(found["accessory"]) if "accessory" in found else ""
    return f"<span>{text(found['text'])}</span>{aside}"


def _field(found: Mapping[str, Any]) -> str:
    return f'<div class="label">{text(found["label"])}</div>{_element(found["element"])}'


_DRAWN: dict[str, Callable[[Sequence[Mapping[str, Any]]], str]] = {
    "rich_text_section": lambda elements: f'<p class="rich">{_inlines(elements)}</p>',
    "rich_text_list": lambda items: f'<ul class="rich">{"".join(map(_item, items))}</ul>',
    "rich_text_quote": lambda elements: f"<blockquote>{_inlines(elements)}</blockquote>",
}
BLOCKS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "section": _section,
    "header": lambda found: text(found["text"]),
    "context": lambda found: " ".join(map(text, found["elements"])),
    "divider": lambda _: "<hr>",
    "actions": lambda found: "".join(map(_element, found["elements"])),
    "context_actions": lambda found: "".join(map(_element, found["elements"])),
    "rich_text": lambda found: _rich(found["elements"]),
    "table": _table,
    "input": _field,
}


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else Path(sys.argv[1]) / "store")
