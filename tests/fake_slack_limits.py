"""What Slack refuses, as pure functions of a payload: the limits of messages, streams and views.

The limits are those of docs.slack.dev/reference/block-kit and docs.slack.dev/reference/methods. Each block is also held
against slack_sdk's own models, which must accept it and must know each of its fields.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackClientError
from slack_sdk.models.blocks import Block

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
TEXT, TITLE, FIELD, HEADER, LABEL, PLACEHOLDER = 3000, 24, 2000, 150, 75, 150
MARKDOWN = 12_000  # of all markdown blocks of a payload together, and of one call to a stream
TOTAL = 13_200  # of all texts of a message's blocks: undocumented, github.com/slackapi/bolt-js/issues/2509
POST_TEXT = 40_000  # Slack cuts a longer text off: docs.slack.dev/changelog/2018-04-truncating-really-long-messages
UPDATE_TEXT = 4000  # bytes, entities counted: gitlab.com/gitlab-org/gitlab/-/merge_requests/258898
TABLE_ROWS, TABLE_COLUMNS, TABLE_TEXT = 100, 20, 10_000
URL, ID, METADATA, VIEW_BYTES = 3000, 255, 3000, 250_000
TASK_TEXT = 256  # of the details and of the output of a task: docs.slack.dev/reference/methods/chat.appendStream
PROMPTS, LOADING, LOADING_TEXT, SESSION_TITLE = 4, 10, 50, 200

SELECTS = {f"{kind}_select" for kind in ("static", "external", "users", "conversations", "channels")}
MULTI = {f"multi_{kind}" for kind in SELECTS}
CHOICES = {"checkboxes", "radio_buttons"}
PICKERS = {"datepicker", "timepicker", "datetimepicker"}
ENTRIES = {"plain_text_input", "email_text_input", "url_text_input", "number_input", "file_input", "rich_text_input"}
# Which elements may stand in which block, by the block's field that holds them.
PLACES = {
    ("section", "accessory"): SELECTS | MULTI | CHOICES | {"button", "image", "overflow", "workflow_button"} | PICKERS,
    ("actions", "elements"): SELECTS | MULTI | CHOICES | PICKERS | {"button", "overflow", "workflow_button"},
    ("context", "elements"): {"image", "mrkdwn", "plain_text"},
    ("context_actions", "elements"): {"feedback_buttons", "icon_button"},
    ("input", "element"): SELECTS | MULTI | CHOICES | PICKERS | ENTRIES,
}
EVERYWHERE = {"actions", "alert", "context", "divider", "header", "image", "input", "rich_text", "section", "video"}
IN_MESSAGES = {"card", "carousel", "container", "context_actions", "file", "markdown", "plan", "table", "task_card"}
SURFACES = {"message": EVERYWHERE | IN_MESSAGES, "modal": EVERYWHERE, "home": EVERYWHERE}
# The fields that Slack takes as plain_text only, and their lengths in characters.
PLAIN: dict[str, dict[str, int]] = {
    "header": {"text": HEADER},
    "button": {"text": LABEL},
    "icon_button": {"text": LABEL},
    "input": {"label": 2000, "hint": 2000},
    "image": {"title": 2000},
    **{element: {"placeholder": PLACEHOLDER} for element in SELECTS | MULTI | PICKERS | ENTRIES},
}
STATUSES = {"processing", "active", "suspended", "closed"}
TASK_STATUSES = {"pending", "in_progress", "complete", "error"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Slack's error for a payload, and the reason, which Slack gives in `response_metadata.messages`."""

    error: str
    reason: str = ""


Reasons = Iterator[str]
Refusals = Iterator[Refusal]


def refusal(method: str, args: Mapping[str, Any]) -> Refusal | None:
    """Slack's refusal of a call for its arguments alone, or None."""
    missing = [name for name in REQUIRED.get(method, ()) if args.get(name) in (None, "")]
    if missing:
        error = MISSING.get(missing[0], "invalid_arguments")
        return Refusal(error, f"missing required field: {missing[0]}")
    check = CHECKS.get(method)
    return check(args) if check else None


def message_refusal(args: Mapping[str, Any]) -> Refusal | None:
    """Slack's refusal of the arguments of chat.postMessage, or None."""
    return next(_message(args), None)


def update_refusal(args: Mapping[str, Any]) -> Refusal | None:
    """Slack's refusal of the arguments of chat.update, or None."""
    return next(_update(args), None)


def ephemeral_refusal(args: Mapping[str, Any]) -> Refusal | None:
    """Slack's refusal of the arguments of chat.postEphemeral, or None."""
    return Refusal("user_not_in_channel") if not args.get("user") else message_refusal(args)


def response_refusal(payload: Mapping[str, Any]) -> Refusal | None:
    """Slack's refusal of a payload for a response_url, or None."""
    if payload.get("response_type", "ephemeral") not in ("ephemeral", "in_channel"):
        return Refusal("invalid_arguments", "response_type")
    return None if payload.get("delete_original") else message_refusal({"channel": "C", **payload})


def stream_refusal(args: Mapping[str, Any]) -> Refusal | None:
    """Slack's refusal of the text, chunks and blocks of chat.startStream, appendStream and stopStream, or None."""
    return next(_stream(args), None)


def view_refusal(view: Mapping[str, Any]) -> Refusal | None:
    """Slack's refusal of a modal or an App Home, or None."""
    reason = next(_view(view), None)
    return None if reason is None else Refusal("invalid_arguments", reason)


def blocks_refusal(blocks: Sequence[Any], surface: str = "message") -> Refusal | None:
    """Slack's refusal of a message's, modal's or home's blocks, or None."""
    reason = next(_blocks(blocks, surface), None)
    return None if reason is None else Refusal("invalid_blocks", reason)


def texts_of(block: Any) -> Iterator[dict[str, Any]]:
    """Every object of a block that holds a text of its own, in order: text objects, markdown blocks, cells."""
    if isinstance(block, dict):
        if isinstance(block.get("text"), str):
            yield block
        for value in block.values():
            yield from texts_of(value)
    elif isinstance(block, list | tuple):
        for value in block:
            yield from texts_of(value)


# Messages


def _message(args: Mapping[str, Any]) -> Refusals:
    blocks, text, markdown = args.get("blocks") or (), args.get("text") or "", args.get("markdown_text") or ""
    if not args.get("channel"):
        yield Refusal("channel_not_found")
    if not text and not blocks and not markdown and not args.get("attachments"):
        yield Refusal("no_text")
    if markdown and (text or blocks):
        yield Refusal("markdown_text_conflict")
    if len(text) > POST_TEXT or len(markdown) > MARKDOWN:
        yield Refusal("msg_too_long")
    if not isinstance(args.get("thread_ts") or "", str):
        yield Refusal("invalid_arguments", "thread_ts is no string")
    yield from _metadata(args.get("metadata"))
    refused = blocks_refusal(blocks)
    if refused is not None:
        yield refused
    if sum(len(text["text"]) for text in texts_of(blocks)) > TOTAL:
        yield Refusal("msg_blocks_too_long")


def _update(args: Mapping[str, Any]) -> Refusals:
    if not args.get("ts"):
        yield Refusal("message_not_found")
    if _escaped_bytes(args.get("text") or "") > UPDATE_TEXT:
        yield Refusal("msg_too_long")
    yield from _message(args)


def _escaped_bytes(text: str) -> int:
    plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return len(plain.encode()) + 4 * plain.count("&") + 3 * (plain.count("<") + plain.count(">"))


def _metadata(metadata: Any) -> Refusals:
    if metadata and not (isinstance(metadata, dict) and {"event_type", "event_payload"} == metadata.keys()):
        yield Refusal("invalid_metadata_format")


# Streams: docs.slack.dev/reference/methods/chat.startStream, chat.appendStream, chat.stopStream


def _start_refusal(args: Mapping[str, Any]) -> Refusal | None:
    if not args["channel"].startswith("D"):
        for name in ("recipient_team_id", "recipient_user_id"):
            if not args.get(name):
                return Refusal(f"missing_{name}")
    elif not args.get("thread_ts"):
        return Refusal("invalid_arguments", "only a stream in a channel may do without thread_ts")
    if args.get("task_display_mode", "timeline") not in ("timeline", "plan", "dense"):
        return Refusal("invalid_arguments", "task_display_mode")
    return stream_refusal(args)


def _append_refusal(args: Mapping[str, Any]) -> Refusal | None:
    return stream_refusal(args) if args.get("markdown_text") or args.get("chunks") else Refusal("no_text")


def _stop_refusal(args: Mapping[str, Any]) -> Refusal | None:
    if args.get("session_status", "active") not in STATUSES:
        return Refusal("invalid_arguments", "session_status")
    return stream_refusal(args)


def _stream(args: Mapping[str, Any]) -> Refusals:
    chunks = args.get("chunks") or ()
    if len(markdown_of(args)) > MARKDOWN:
        yield Refusal("msg_too_long")
    if args.get("markdown_text") and chunks:
        yield Refusal("invalid_arguments", "markdown_text and chunks")
    for chunk in chunks:
        reason = next(_chunk(chunk), None)
        if reason:
            yield Refusal("invalid_chunks", reason)
    in_chunks = [block for chunk in chunks if chunk["type"] == "blocks" for block in chunk["blocks"]]
    for blocks in (in_chunks, args.get("blocks") or ()):
        refused = blocks_refusal(blocks)
        if refused:
            yield refused
    yield from _metadata(args.get("metadata"))


def markdown_of(args: Mapping[str, Any]) -> str:
    """The text that a call adds to a stream."""
    chunks = args.get("chunks") or ()
    return (args.get("markdown_text") or "") + "".join(
        chunk.get("text", "") for chunk in chunks if chunk.get("type") == "markdown_text"
    )


CHUNKS = {
    "markdown_text": ({"text"}, set[str]()),
    "plan_update": ({"title"}, set[str]()),
    "task_update": ({"id", "title", "status"}, {"details", "output", "sources"}),
    "blocks": ({"blocks"}, set[str]()),
}


def _chunk(chunk: Any) -> Reasons:
    if not isinstance(chunk, dict) or chunk.get("type") not in CHUNKS:
        yield f"unknown chunk: {chunk}"
        return
    required, optional = CHUNKS[chunk["type"]]
    if any(not chunk.get(name) for name in required):
        yield f"a {chunk['type']} chunk needs {sorted(required)}"
    if chunk.keys() - required - optional - {"type"}:
        yield f"unknown fields of a {chunk['type']} chunk: {sorted(chunk)}"
    if any(len(chunk.get(name) or "") > TASK_TEXT for name in ("details", "output")):
        yield f"details and output hold no more than {TASK_TEXT} characters"
    if chunk.get("status", "pending") not in TASK_STATUSES:
        yield f"unknown status of a task: {chunk['status']}"
    for source in chunk.get("sources") or ():
        if source.keys() != {"type", "url", "text"} or source["type"] != "url" or not _is_address(source["url"]):
            yield f"not a source: {source}"


# Blocks


def _blocks(blocks: Sequence[Any], surface: str) -> Reasons:
    if not isinstance(blocks, list | tuple):
        yield "blocks is no array"
        return
    limit = MESSAGE_BLOCKS if surface == "message" else VIEW_BLOCKS
    if len(blocks) > limit:
        yield f"no more than {limit} blocks allowed"
    for number, block in enumerate(blocks):
        yield from (f"{reason} [/blocks/{number}]" for reason in _block(block, surface))
    ids = Counter(block["block_id"] for block in blocks if block.get("block_id"))
    yield from (f"block_id is not unique: {name}" for name, count in ids.items() if count > 1)
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MARKDOWN:
        yield f"markdown blocks hold more than {MARKDOWN} characters"
    yield from _tables([block for block in blocks if block["type"] == "table"])


def _block(block: Any, surface: str) -> Reasons:
    kind = block.get("type") if isinstance(block, dict) else None
    if kind not in SURFACES[surface]:
        yield f"unsupported type in a {surface}: {kind}"
        return
    yield from _unknown_to_the_sdk(block)
    for (parent, field), allowed in PLACES.items():
        if parent == kind and field in block:
            yield from _elements(block[field], field, allowed)
    yield from _required(block)
    for part in _parts(block):
        yield from _part(part)
    actions = Counter(part["action_id"] for part in _parts(block) if part.get("action_id"))
    yield from (f"action_id is not unique: {name}" for name, count in actions.items() if count > 1)


def _required(block: dict[str, Any]) -> Reasons:
    match block["type"]:
        case "section" if not block.get("text") and not block.get("fields"):
            yield "a section needs text or fields"
        case "section" if any(len(text.get("text", "")) > FIELD for text in block.get("fields", ())):
            yield f"a field holds more than {FIELD} characters"
        case "actions" | "context" | "context_actions" if not block.get("elements"):
            yield f"{block['type']} needs elements"
        case "markdown" if not isinstance(block.get("text"), str) or not block["text"]:
            yield "a markdown block needs a text"
        case "header" if not isinstance(block.get("text"), dict):
            yield "a header needs a text object"


def _elements(held: Any, field: str, allowed: set[str]) -> Reasons:
    for element in held if field == "elements" else [held]:
        kind = element.get("type") if isinstance(element, dict) else None
        if kind not in allowed:
            yield f"unsupported element: {kind}"


def _unknown_to_the_sdk(block: dict[str, Any]) -> Reasons:
    """What slack_sdk's models refuse, and the fields that they do not know."""
    try:
        parsed = Block.parse(block)
        if parsed is None:
            yield f"slack_sdk does not know the block {block['type']}"
            return
        yield from _lost(block, json.loads(json.dumps(parsed.to_dict())), block["type"])
    except (SlackClientError, TypeError, KeyError, AttributeError, ValueError) as error:
        yield f"slack_sdk refuses the block {block['type']}: {error}"


def _lost(sent: Any, known: Any, where: str) -> Reasons:
    if isinstance(sent, dict) and isinstance(known, dict):
        for name, value in sent.items():
            if name not in known and value in (None, "", [], {}):
                continue
            if name not in known:
                yield f"unknown field: {where}/{name}"
            else:
                yield from _lost(value, known[name], f"{where}/{name}")
    elif isinstance(sent, list | tuple) and isinstance(known, list):
        if len(sent) != len(known):
            yield f"unknown item in {where}"
        for number, (value, other) in enumerate(zip(sent, known, strict=False)):
            yield from _lost(value, other, f"{where}/{number}")


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    """The object and every object in it."""
    if isinstance(value, dict):
        yield value
        value = tuple(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from _parts(item)


def _part(part: dict[str, Any]) -> Reasons:
    kind = part.get("type")
    if kind in ("plain_text", "mrkdwn"):
        yield from _text(part)
    for field, length in PLAIN.get(str(kind), {}).items():
        if field in part:
            yield from _plain(part[field], f"{kind}/{field}", length)
    if kind in SELECTS | MULTI | CHOICES | {"overflow"}:
        yield from _options(part)
    if kind == "feedback_buttons":
        yield from _feedback(part)
    if "url" in part and not _is_address(part["url"]):
        yield f"not an address: {part['url']!r}"
    if "action_id" in part and not 0 < len(part["action_id"]) <= ID:
        yield f"action_id has no more than {ID} characters"
    if kind == "image" and not (part.get("alt_text") and ("slack_file" in part or _is_address(part.get("image_url")))):
        yield "an image needs image_url and alt_text"


def _text(text: dict[str, Any]) -> Reasons:
    if not isinstance(text.get("text"), str) or not 0 < len(text["text"]) <= TEXT:
        yield f"a text object holds 1 to {TEXT} characters"
    if ("verbatim" if text["type"] == "plain_text" else "emoji") in text:
        yield f"unknown field of a {text['type']}: {sorted(text)}"


def _plain(text: Any, where: str, length: int) -> Reasons:
    if not isinstance(text, dict) or text.get("type") != "plain_text":
        yield f"{where} must be plain_text"
    elif len(text.get("text", "")) > length:
        yield f"{where} holds no more than {length} characters"


def _options(element: dict[str, Any]) -> Reasons:
    groups = element.get("option_groups") or []
    if len(groups) > 100:
        yield "no more than 100 option groups allowed"
    for group in groups:
        yield from _plain(group.get("label"), "option_group/label", LABEL)
    options = [*element.get("options", ()), *(option for group in groups for option in group.get("options", ()))]
    needed = element["type"] in CHOICES | {"overflow", "static_select", "multi_static_select"}
    limit = {"overflow": 5, "checkboxes": 10, "radio_buttons": 10}.get(element["type"], 100)
    if needed and not options:
        yield f"{element['type']} needs options"
    if any(len(listed) > limit for listed in (element.get("options", ()), *(g.get("options", ()) for g in groups))):
        yield f"{element['type']} has no more than {limit} options"
    for option in options:
        yield from _option(option, element["type"])
    chosen = [element["initial_option"]] if "initial_option" in element else element.get("initial_options", [])
    if any(option not in options for option in chosen):
        yield "an initial option is not among the options"


def _option(option: dict[str, Any], kind: str) -> Reasons:
    text = option.get("text")
    if kind not in CHOICES or not isinstance(text, dict):
        yield from _plain(text, "option/text", LABEL)
    elif len(text.get("text", "")) > LABEL:
        yield f"option/text holds no more than {LABEL} characters"
    if not 0 < len(option.get("value", "")) <= 150:
        yield "option/value holds 1 to 150 characters"
    if len((option.get("description") or {}).get("text", "")) > LABEL:
        yield f"option/description holds no more than {LABEL} characters"


def _feedback(element: dict[str, Any]) -> Reasons:
    for name in ("positive_button", "negative_button"):
        button = element.get(name) or {}
        yield from _plain(button.get("text"), f"feedback_buttons/{name}/text", LABEL)
        if not 0 < len(button.get("value", "")) <= 2000:
            yield f"feedback_buttons/{name}/value holds 1 to 2000 characters"


def _tables(tables: Sequence[dict[str, Any]]) -> Reasons:
    if len(tables) > 1:
        yield "only_one_table_allowed"  # docs.slack.dev/reference/block-kit/blocks/table-block
    for table in tables:
        rows = table["rows"]
        if not 0 < len(rows) <= TABLE_ROWS or any(not 0 < len(row) <= TABLE_COLUMNS for row in rows):
            yield f"a table has 1 to {TABLE_ROWS} rows of 1 to {TABLE_COLUMNS} cells"
        if any(cell.get("type") not in ("raw_text", "raw_number", "rich_text") for row in rows for cell in row):
            yield "a cell is raw_text, raw_number or rich_text"
        if any(cell["type"] == "raw_text" and not cell.get("text") for row in rows for cell in row):
            yield "a cell needs a text"
        if len(table.get("column_settings") or ()) > TABLE_COLUMNS:
            yield f"column_settings has no more than {TABLE_COLUMNS} items"
    if sum(len(text["text"]) for text in texts_of(tables)) > TABLE_TEXT:
        yield f"tables hold no more than {TABLE_TEXT} characters"


def _is_address(url: Any) -> bool:
    return (
        isinstance(url, str)
        and url.startswith(("http://", "https://", "mailto:"))
        and len(url) <= URL
        and not set(url) & set(' \n\t<>"')
    )


# Views: docs.slack.dev/reference/views

VIEW_FIELDS = {
    "home": {"type", "blocks", "private_metadata", "callback_id", "external_id"},
    "modal": {"type", "blocks", "private_metadata", "callback_id", "external_id"}
    | {"title", "submit", "close", "clear_on_close", "notify_on_close", "submit_disabled"},
}


def _view(view: Mapping[str, Any]) -> Reasons:
    kind = view.get("type")
    if kind not in VIEW_FIELDS:
        yield f"unsupported type of view: {kind}"
        return
    yield from (f"unknown field of a {kind}: {name}" for name in sorted(view.keys() - VIEW_FIELDS[kind]))
    if kind == "modal":
        yield from _modal(view)
    if not view.get("blocks"):
        yield "a view needs blocks"
    for name, length in (("private_metadata", METADATA), ("callback_id", ID), ("external_id", ID)):
        if len(view.get(name) or "") > length:
            yield f"{name} holds no more than {length} characters"
    yield from _blocks(view.get("blocks") or (), kind)
    if len(json.dumps(view)) > VIEW_BYTES:
        yield "view_too_large"


def _modal(view: Mapping[str, Any]) -> Reasons:
    for name in ("title", "submit", "close"):
        if name == "title" or name in view:
            yield from _plain(view.get(name), name, TITLE)
            if not (view.get(name) or {}).get("text"):
                yield f"{name} needs a text"
    if "submit" not in view and any(isinstance(b, dict) and b.get("type") == "input" for b in view.get("blocks") or ()):
        yield "a modal with an input needs submit"


# The methods and their arguments, by slack_sdk's WebClient


def _status_refusal(args: Mapping[str, Any]) -> Refusal | None:
    messages = args.get("loading_messages") or ()
    if len(messages) > LOADING or any(not 0 < len(message) <= LOADING_TEXT for message in messages):
        return Refusal("invalid_arguments", "loading_messages")
    return None if isinstance(args.get("status"), str) else Refusal("invalid_arguments", "status")


def _prompts_refusal(args: Mapping[str, Any]) -> Refusal | None:
    prompts = args["prompts"]
    fine = 0 < len(prompts) <= PROMPTS and all(
        prompt.keys() == {"title", "message"} and all(prompt.values()) for prompt in prompts
    )
    return None if fine else Refusal("invalid_arguments", "prompts")


def _session_refusal(args: Mapping[str, Any]) -> Refusal | None:
    if args.get("status", "active") not in STATUSES:
        return Refusal("invalid_arguments", "status")
    return Refusal("invalid_arguments", "title") if len(args.get("title") or "") > SESSION_TITLE else None


def _validated(args: Mapping[str, Any]) -> Refusal | None:
    given = [name for name in ("blocks", "message", "view") if args.get(name)]
    match given:
        case ["blocks"]:
            return blocks_refusal(args["blocks"])
        case ["message"]:
            return message_refusal({"channel": "C", **args["message"]})
        case ["view"]:
            return view_refusal(args["view"])
        case _:
            return Refusal("invalid_arguments", "exactly one of blocks, message and view")


REQUIRED: dict[str, tuple[str, ...]] = {
    "agents.sessions.rename": ("channel_id", "title"),
    "agents.sessions.setStatus": ("channel_id", "status"),
    "apps.connections.open": (),
    "assistant.threads.setStatus": ("channel_id", "thread_ts"),
    "assistant.threads.setSuggestedPrompts": ("channel_id", "prompts"),
    "auth.revoke": (),
    "auth.test": (),
    "blocks.validate": (),
    "chat.appendStream": ("channel", "ts"),
    "chat.delete": ("channel", "ts"),
    "chat.getPermalink": ("channel", "message_ts"),
    "chat.postEphemeral": ("channel", "user"),
    "chat.postMessage": ("channel",),
    "chat.startStream": ("channel",),
    "chat.stopStream": ("channel", "ts"),
    "chat.update": ("channel", "ts"),
    "conversations.history": ("channel",),
    "conversations.info": ("channel",),
    "conversations.replies": ("channel", "ts"),
    "oauth.v2.access": ("client_id", "client_secret", "code"),
    "reactions.add": ("channel", "name", "timestamp"),
    "users.info": ("user",),
    "views.open": ("trigger_id", "view"),
    "views.publish": ("user_id", "view"),
    "views.push": ("trigger_id", "view"),
    "views.update": ("view",),
}
MISSING = {
    "channel": "channel_not_found",
    "ts": "message_not_found",
    "user": "user_not_found",
    "code": "invalid_code",
    "trigger_id": "invalid_trigger_id",
}
CHECKS: dict[str, Callable[[Mapping[str, Any]], Refusal | None]] = {
    "agents.sessions.rename": _session_refusal,
    "agents.sessions.setStatus": _session_refusal,
    "assistant.threads.setStatus": _status_refusal,
    "assistant.threads.setSuggestedPrompts": _prompts_refusal,
    "blocks.validate": _validated,
    "chat.appendStream": _append_refusal,
    "chat.postEphemeral": ephemeral_refusal,
    "chat.postMessage": message_refusal,
    "chat.startStream": _start_refusal,
    "chat.stopStream": _stop_refusal,
    "chat.update": update_refusal,
    "views.open": lambda args: view_refusal(args["view"]),
    "views.publish": lambda args: view_refusal(args["view"]),
    "views.push": lambda args: view_refusal(args["view"]),
    "views.update": lambda args: view_refusal(args["view"]),
}
