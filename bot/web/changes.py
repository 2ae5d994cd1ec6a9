"""Changes on the page: a conversation as the values of the components that show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from secrets import token_urlsafe
from typing import Any

from bot.history import Place
from bot.render.html.markup import safe
from bot.suggestions.follow_ups import FOLLOW_UPS
from bot.types import OFFERED, Intent, Length
from bot.web import actions, chat, keeping, panel
from bot.web.conversation import ChatState, GoodNews
from bot.wording.facts import understood

WIDTH, STATE, NOTICE, BOX = 12, 1, 8, 9  # how many values `Layout.shown` has, and which three of them are


def changes(before: ChatState | None, after: ChatState, *, follow: bool = False) -> list[Any]:
    """The new values of `Layout.shown`: place, state, chat, proof, kind and length of answer, names, address, notice,
    box, whether there is an answer to `follow`, and what asks before a chat is deleted. Without `before`, all are."""
    import gradio as gr

    proof, wanted, length, named = proof_of(after), _wanted(after), _length(after), _named(after)
    return [
        gr.skip() if before and before.place == after.place else _saved(after.place),
        after,
        messages_of(after),
        gr.skip() if before and proof == proof_of(before) else proof,
        gr.skip() if before and wanted == _wanted(before) else gr.Radio(**wanted),
        gr.skip() if before and length == _length(before) else gr.Radio(**length),
        gr.skip() if before and named == _named(before) else gr.CheckboxGroup(**named),
        gr.skip()
        if before and (before.place, _name(before)) == (after.place, _name(after))
        else f'<p class="named">{safe(_name(after))}</p>',
        line(after.notice),
        _box(after) if before is None or before.answering or after.answering else gr.skip(),
        token_urlsafe(8) if follow else gr.skip(),
        gr.skip() if before else gr.Column(visible=False),
    ]


def unchanged() -> list[Any]:
    """Same as `changes`, where nothing is new."""
    import gradio as gr

    return [gr.skip()] * WIDTH


def notice(text: str) -> list[Any]:
    """Same as `changes`, where nothing but the notice is new."""
    values = unchanged()
    values[NOTICE] = line(text)
    return values


def refused(question: str, why: str) -> list[Any]:
    """Same as `changes`, where a question goes back into the box, and nothing else is new but why."""
    return with_box(notice(why), question)


def with_box(values: list[Any], text: str) -> list[Any]:
    """The values of `changes`, where the box holds a text."""
    import gradio as gr

    return [*values[:BOX], gr.Textbox(value=text), *values[BOX + 1 :]]


def buttons(conversation: ChatState) -> list[Any]:
    """The components below the last answer, `Question.beside`: the fold with what else can be asked for, and the button
    that leaves an edit; nothing to ask next yet."""
    import gradio as gr

    fold = (
        gr.Accordion(visible=True, **_fold(conversation))
        if conversation.settled and not (conversation.last and conversation.last.talk)
        else gr.Accordion(visible=False, open=False)
    )
    return [*following(()), fold, gr.Button(visible=conversation.editing is not None)]


def following(questions: Sequence[str]) -> list[Any]:
    """The buttons with what to ask next, `Question.following`."""
    import gradio as gr

    count = len(questions)
    return [gr.Button(questions[place] if place < count else "", visible=place < count) for place in range(FOLLOW_UPS)]


def put_away() -> list[Any]:
    """Same as `buttons`, where none is seen."""
    import gradio as gr

    fold = gr.Accordion(visible=False, open=False)
    return [*[gr.Button(visible=False)] * FOLLOW_UPS, fold, gr.Button(visible=False)]


def messages_of(conversation: ChatState) -> list[dict[str, str]]:
    said = [
        message
        for each in conversation.exchanges
        for message in (
            {"role": "user", "content": chat.question(each.question) + actions.edit(each.number, conversation.words)},
            {"role": "assistant", "content": each.shown + keeping.row(each, conversation.words)},
        )
    ]
    queue = (chat.queued(each.number, each.question, conversation.words) for each in conversation.queue)
    return [*said, *({"role": "user", "content": each} for each in queue)]


def proof_of(conversation: ChatState) -> str:
    sections = (panel.Section(each.question, each.proof) for each in conversation.exchanges)
    return panel.panel(sections, conversation.words)


def line(text: str) -> str:
    """A sentence that stands by itself; nothing where there is none."""
    kind = ' class="good"' if isinstance(text, GoodNews) else ""
    return f"<p{kind}>{safe(text)}</p>" if text else ""


def _name(conversation: ChatState) -> str:
    """By which the page's address names a conversation in which something was asked; for address.js."""
    return conversation.place.name if conversation.place and conversation.exchanges else ""


def _saved(place: Place | None) -> list[str] | None:
    """A place as the browser remembers it."""
    return [place.owner.key, place.name] if place else None


def _wanted(conversation: ChatState) -> dict[str, Any]:
    """The choice of the kind of request that the last question was understood as, to be changed."""
    offered = {str(each): conversation.words(f"request.{each}") for each in OFFERED}
    return _choice(conversation, offered, conversation.last.shown_as if conversation.last else Intent.SHORT)


def _length(conversation: ChatState) -> dict[str, Any]:
    """How long the last answer is, to be changed."""
    offered = {str(each): conversation.words(f"length.{each}") for each in Length}
    return _choice(conversation, offered, conversation.last.options.length if conversation.last else Length.USUAL)


def _fold(conversation: ChatState) -> dict[str, Any]:
    """The name of what folds the kind and the length away. Where there is neither, only the button in it is seen."""
    last, words = conversation.last, conversation.words
    if not last or not last.request:
        return {"label": words("label.ask_again"), "open": True}
    kind, length = words(f"request.{last.shown_as}"), words(f"length.{last.options.length}")
    return {"label": words("actions.fold", kind=kind, length=length)}  # as open as it is: this may come twice


def _choice(conversation: ChatState, offered: Mapping[str, str], chosen: str) -> dict[str, Any]:
    """The choice for the last answer: the values that are `offered`, and the `chosen` one; not seen for talk."""
    return {
        "choices": [(label, value) for value, label in offered.items()],
        "value": str(chosen),
        "visible": conversation.last is not None and conversation.last.request is not None,
        "interactive": not conversation.answering,
    }


def _named(conversation: ChatState) -> dict[str, Any]:
    """The facts that the last question names, to be ticked; nothing can be changed while it is answered."""
    heeded = conversation.last.understood if conversation.last else ()
    return {
        "choices": [understood(each, conversation.words) for each in conversation.named],
        "value": [understood(each, conversation.words) for each in heeded],
        "visible": bool(conversation.named),
        "interactive": not conversation.answering,
    }


def _box(conversation: ChatState) -> Any:
    """The question's box. While an answer is written the next question may be: what is in it stays.

    It is the same with every step of an answer. Gradio's client writes the differences between steps into the first
    one, so that what is said there alone is lost where it sees several steps at once.
    """
    import gradio as gr

    said = conversation.draft or not conversation.exchanges
    value: dict[str, Any] = {"value": conversation.draft} if said else {}
    return gr.Textbox(submit_btn=not conversation.answering, stop_btn=conversation.answering, **value)
