"""What a person reads of a message, a home or a form of the fake Slack, as plain lines, and what can be done there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from tests.fake_slack import shown
from tests.fake_slack_payloads import elements_of, options_of

Thing = Mapping[str, Any]  # a message, a home or a form, as FakeSlack gives it
Element = Mapping[str, Any]

CHOICES = 8  # of a field that are listed
CHANNELS = ("CNEWS", "COTHER")  # that a form offers

# How an element holds what is chosen at first, and how a submitted form tells it.
_HELD = {
    "plain_text_input": ("initial_value", "value"),
    "datepicker": ("initial_date", "selected_date"),
    "conversations_select": ("initial_conversation", "selected_conversation"),
    "radio_buttons": ("initial_option", "selected_option"),
    "static_select": ("initial_option", "selected_option"),
    "checkboxes": ("initial_options", "selected_options"),
    "multi_static_select": ("initial_options", "selected_options"),
}


class Impossible(Exception):
    """What a person wants and cannot do, as a sentence."""


@dataclass(frozen=True, slots=True)
class Control:
    """A button, or an entry of a menu."""

    label: str
    action: str
    value: str


def text_of(thing: Thing) -> str:
    """A message, a home or a form, with the place of a message in front."""
    if thing["type"] == "message":
        above = [_unmarked(thing["text"])] if thing["streamed"] else [] if thing["blocks"] else [thing["text"]]
        return "\n".join([f"Byline, {_place(thing)}:", *above, *_lines(thing["blocks"])])
    name = "Home" if thing["type"] == "home" else f"Form “{thing['title']['text']}”"
    send = [f"[{thing['submit']['text']}]"] if thing.get("submit") else []
    return "\n".join([f"{name}:", *_lines(thing["blocks"]), *send])


def controls(thing: Thing) -> Iterator[Control]:
    """What can be pressed in a message or on the home."""
    for element in elements_of(list(thing["blocks"])):
        both = [element[each] for each in ("positive_button", "negative_button") if each in element]
        for each in both or options_of(element) or [element]:
            yield Control(each["text"]["text"], element["action_id"], each["value"])


def one_of(label: str, choices: Iterable[Any], label_of: Callable[[Any], str]) -> Any:
    """The choice with a label, or else the first whose label begins so. Raises Impossible."""
    named = [(label_of(each), each) for each in choices]
    for fits in (str.__eq__, str.startswith):
        for name, each in named:
            if fits(name.casefold(), label.casefold()):
                return each
    raise Impossible(f"There is no “{label}” here. There is: {'; '.join(name for name, _ in named) or 'nothing'}.")


def filled(form: Thing, label: str, value: str) -> Thing:
    """The form with another value in a field; several values stand with semicolons. Raises Impossible."""
    changed = deepcopy(dict(form))
    element = one_of(label, _fields(changed), _label)["element"]
    held, _ = _HELD[element["type"]]
    options = options_of(element)
    chosen = [one_of(each.strip(), options, _option) for each in value.split(";") if each.strip()] if options else []
    element.pop(held, None)
    if value and held == "initial_options":
        element[held] = chosen
    elif value:
        element[held] = chosen[0] if options else value
    return changed


def state_of(form: Thing) -> dict[str, Any]:
    """What Slack sends of a form: block id -> action id -> value. Raises Impossible where a value is missing."""
    state = {}
    for block in _fields(form):
        element = block["element"]
        held, sent = _HELD[element["type"]]
        if not block["optional"] and held not in element:
            raise Impossible(f"“{_label(block)}” needs a value. Write `set: {_label(block)} = VALUE`.")
        value = element.get(held, [] if held == "initial_options" else None)
        state[block["block_id"]] = {element["action_id"]: {"type": element["type"], sent: value}}
    return state


def _place(message: Thing) -> str:
    if message["only"]:
        return "for you alone"
    if message["channel"].startswith("D"):
        return "in direct messages"
    return "in the thread" if message.get("thread_ts") else "in the channel"


def _unmarked(markdown: str) -> str:
    """The text of a stream, with links as their titles."""
    titles = re.sub(r"(?<!\\)\[(\[\d+\])\]\([^)]*\)", r"\1", markdown)
    return re.sub(r"\\([^\w\s])", r"\1", titles)


def _lines(blocks: Sequence[Element]) -> Iterator[str]:
    for block in blocks:
        match block["type"]:
            case "rich_text":
                yield from _paragraphs(block["elements"])
            case "context":
                yield shown({"blocks": [block]}).replace("\n", " ")
            case "table":
                yield from (" | ".join(" ".join(_lines([cell])) for cell in row) for row in block["rows"])
            case "actions" | "context_actions":
                yield _controls(block["elements"])
            case "input":
                yield _field(block)
            case "divider":
                yield ""
            case _:
                yield from shown({"blocks": [{"text": block["text"]}]}).splitlines()
                if "accessory" in block:
                    yield _controls([block["accessory"]])


def _paragraphs(elements: Sequence[Element], sign: str = "") -> Iterator[str]:
    signs = {"rich_text_list": "• ", "rich_text_quote": "> "}
    for element in elements:
        own = signs.get(element["type"], sign)
        if element["type"] == "rich_text_list":
            yield from _paragraphs(element["elements"], own)
        else:
            yield own + "".join(each["text"] for each in element["elements"])


def _controls(elements: Sequence[Element]) -> str:
    """Buttons on one line, and each menu on one of its own."""
    menus = [f"{each['placeholder']['text']}: {_listed(options_of(each))}" for each in elements if options_of(each)]
    buttons = [each for each in elements if not options_of(each)]
    named = " ".join(f"[{each.label}]" for each in controls({"blocks": buttons}))
    return "\n".join([*menus, *([named] if named else [])])


def _field(block: Element) -> str:
    """`Label: present value (choices: …)`."""
    element = block["element"]
    value = element.get(_HELD[element["type"]][0])
    several = value if isinstance(value, list) else [value] if value else []
    present = "; ".join(each if isinstance(each, str) else _option(each) for each in several)
    options = _listed(options_of(element)) or {"conversations_select": "; ".join(CHANNELS)}.get(element["type"])
    return f"{_label(block)}: {present or '–'}" + (f" (choices: {options})" if options else "")


def _listed(options: Sequence[Element]) -> str:
    left = len(options) - CHOICES
    return "; ".join([*map(_option, options[:CHOICES]), *([f"… {left} more"] if left > 0 else [])])


def _fields(form: Thing) -> list[Any]:
    return [each for each in form["blocks"] if each["type"] == "input"]


def _label(block: Element) -> str:
    return str(block["label"]["text"])


def _option(option: Element) -> str:
    return str(option["text"]["text"])
