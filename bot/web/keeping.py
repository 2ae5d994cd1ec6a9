"""Actions on an answer, below it: say what one thinks of it, share it, take it elsewhere.

The buttons stand in the chat's markup, and `keep.js` tells the page which one was pressed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.errors import ShownError
from bot.history import History, Place, RecordMissing
from bot.history.export import Form
from bot.history.feedback import LONGEST, Feedback, Flaw, give
from bot.history.share import share, take_back
from bot.render.html.markup import safe
from bot.render.html.words import ENGLISH, PageWording
from bot.web import chat
from bot.web.access import Visitor
from bot.web.calls import addressed, called
from bot.web.conversation import ChatState, Exchange, GoodNews, owned
from bot.web.desk import Desk
from bot.web.shared import Downloads, WantedExport


@dataclass(frozen=True, slots=True)
class KeptTarget:
    """An answer of the conversation on show that something is done with."""

    place: Place
    number: int  # in the conversation, from 1
    record: int


@dataclass(frozen=True, slots=True)
class KeepingFields:
    """The fields for what needs more than a button: Gradio's."""

    told: Any  # which button was pressed
    target: Any  # a state
    judging: Any
    reasons: Any
    note: Any
    send: Any
    sharing: Any
    link: Any
    before: Any  # what is said in the place of a link that was made before
    renew: Any
    stop: Any
    exporting: Any
    links: Any
    closing: tuple[Any, ...]

    @property
    def changing(self) -> list[Any]:
        """The components that `_opened` gives values for."""
        return [
            *(self.target, self.judging, self.reasons, self.note),
            *(self.sharing, self.link, self.before, self.renew, self.exporting, self.links),
        ]


def row(exchange: Exchange, words: PageWording = ENGLISH) -> str:
    """The row of buttons below an answer, once it is shown, and what two of them unfold."""
    if exchange.answer is None or exchange.copied is None:
        return ""
    buttons = (
        ("good", "helpful", exchange.good is True),
        ("bad", "not_helpful", exchange.good is False),
        ("share", "share" if exchange.key is None else "shared", exchange.key is not None),
        ("export", "export", False),
    )
    kept = [_button(exchange.number, verb, words(f"keeping.{name}"), on) for verb, name, on in buttons]
    told = (
        ("reasons", "chat.judged", chat.judged(exchange.answer, words)),
        ("about", "keeping.about", f"<p>{safe(chat.effort(exchange.answer, words))}</p>"),
    )
    unfolding = [_unfolding(f"{verb}-{exchange.number}", words(name)) for verb, name, body in told if body]
    folded = [f'<div class="fold" id="{verb}-{exchange.number}-told">{body}</div>' for verb, _, body in told if body]
    drawn = [_copy(exchange.copied, words), *(kept if exchange.record is not None else ()), *unfolding]
    return f'<p class="acts">{"".join(drawn)}</p>{"".join(folded)}'


def downloads(offered: Downloads, wanted: WantedExport, words: PageWording = ENGLISH) -> str:
    """The links to what is wanted in each form. They work for an hour."""
    key = offered.offer(wanted)
    items = "".join(f'<li><a href="download/{key}/{form}">{safe(words(f"keeping.{form}"))}</a></li>' for form in Form)
    return f'<ul class="downloads">{items}</ul>'


def pressed(told: str) -> tuple[str, int]:
    """The verb and the number of the button that `keep.js` tells of; no verb where it tells of none.

    >>> pressed("share-3 1606314405"), pressed("anything")
    (('share', 3), ('', 0))
    """
    verb, _, number = told.partition(" ")[0].partition("-")
    return (verb, int(number)) if number.isascii() and number.isdigit() and len(number) < 10 else ("", 0)


def target_of(conversation: ChatState, number: int) -> KeptTarget:
    """Raises RecordMissing where the conversation on show has no such answer that is kept."""
    record = conversation.exchanges[number - 1].record if 1 <= number <= len(conversation.exchanges) else None
    if conversation.place is None or record is None:
        raise RecordMissing
    return KeptTarget(conversation.place, number, record)


def known(conversation: ChatState, target: KeptTarget, notice: str = "", **what: Any) -> ChatState:
    """With something else known of an answer, where the conversation is still the same."""
    if conversation.place != target.place or len(conversation.exchanges) < target.number:
        return replace(conversation, notice=notice)
    exchanges = list(conversation.exchanges)
    exchanges[target.number - 1] = replace(exchanges[target.number - 1], **what)
    return replace(conversation, exchanges=tuple(exchanges), notice=notice)


def draw(said: Callable[[str], Any]) -> KeepingFields:
    """The fields, where they are to stand; none is seen before it is needed. `said` gives what stands on the page in
    the reader's language."""
    import gradio as gr

    told = gr.Textbox(elem_id="act", show_label=False, visible="hidden")
    target = gr.State(None)
    with gr.Column(visible=False, elem_id="judging", elem_classes="acting") as judging:
        reasons = gr.CheckboxGroup(
            [(said(f"reason_{each.name.lower()}"), str(each)) for each in Flaw], label=said("what_is_wrong")
        )
        note = gr.Textbox(label=said("note"), max_length=LONGEST, lines=2, max_lines=6)
        with gr.Row():
            send = gr.Button(said("send"), size="sm", variant="primary")
            judged = gr.Button(said("close"), size="sm", elem_classes="close")
    with gr.Column(visible=False, elem_id="sharing", elem_classes="acting") as sharing:
        link = gr.Textbox(label=said("link"), info=said("anyone"), interactive=False, buttons=["copy"])
        before = gr.Markdown(said("shared_before"), visible=False, latex_delimiters=[])
        with gr.Row():
            renew = gr.Button(said("new_link"), size="sm", visible=False)
            stop = gr.Button(said("stop_sharing"), size="sm")
            shared = gr.Button(said("close"), size="sm", elem_classes="close")
    with gr.Column(visible=False, elem_id="exporting", elem_classes="acting") as exporting:
        links = gr.Markdown(latex_delimiters=[])
        exported = gr.Button(said("close"), size="sm", elem_classes="close")
    closing = (judged, shared, exported)
    sharing_fields = (sharing, link, before, renew, stop)
    return KeepingFields(told, target, judging, reasons, note, send, *sharing_fields, exporting, links, closing)


@dataclass(frozen=True, slots=True)
class Acts:
    """Handlers of the buttons and fields. Each gives values for `Desk.shown` and `KeepingFields.changing`."""

    fields: KeepingFields
    desk: Desk
    history: History
    offered: Downloads

    def act(self, who: Visitor, origin: str, told: str, conversation: ChatState) -> list[Any]:
        """The action of the button that was pressed."""
        verb, number = pressed(told)
        conversation = owned(conversation, who)
        words = conversation.words
        if conversation.answering:  # its next words would undo what is changed now
            return [*self.desk.notice(words("page.one_at_a_time")), *_opened()]
        try:
            target = target_of(conversation, number)
            match verb:
                case "good" | "bad":
                    return self._judge(target, conversation, good=verb == "good")
                case "share":
                    return self._link(target, conversation, origin, conversation.exchanges[number - 1].key)
                case "export":
                    links = downloads(self.offered, WantedExport(target.place, target.record), words)
                    return [*self.desk.notice(""), *_opened(target, links=links)]
                case _:
                    return [*self.desk.notice(""), *_opened()]
        except ShownError as error:
            return [*self.desk.notice(words.error(error)), *_opened()]

    def renew(self, who: Visitor, origin: str, target: KeptTarget, conversation: ChatState) -> list[Any]:
        try:
            _check(target, who)
            if conversation.answering:
                return [*self.desk.notice(who.words("page.one_at_a_time")), *_kept_open(self.fields)]
            return self._link(target, conversation, origin, None)
        except ShownError as error:
            return self._refuse(error, who)

    def send(self, who: Visitor, target: KeptTarget, reasons: list[str], note: str) -> list[Any]:
        try:
            _check(target, who)
            feedback = Feedback(False, tuple(map(Flaw, reasons)), note)
            give(self.history, target.place, target.record, feedback)
        except ShownError as error:
            return self._refuse(error, who)
        return [*self.desk.notice(GoodNews(who.words("keeping.thanks"))), *_opened()]

    def stop(self, who: Visitor, target: KeptTarget, conversation: ChatState) -> list[Any]:
        try:
            _check(target, who)
            take_back(self.history, target.place, target.record)
        except ShownError as error:
            return self._refuse(error, who)
        taken_back = GoodNews(who.words("keeping.taken_back"))
        if conversation.answering:
            return [*self.desk.notice(taken_back), *_opened()]
        return [*self.desk.changes(conversation, known(conversation, target, taken_back, key=None)), *_opened()]

    def _judge(self, target: KeptTarget, conversation: ChatState, *, good: bool) -> list[Any]:
        """The feedback, and where the answer is not good the fields that ask why."""
        give(self.history, target.place, target.record, Feedback(good))
        after = known(conversation, target, GoodNews(conversation.words("keeping.thanks")), good=good)
        return [*self.desk.changes(conversation, after), *_opened(target, judging=not good)]

    def _link(self, target: KeptTarget, conversation: ChatState, origin: str, key: str | None) -> list[Any]:
        """The link, which is made where there is none; or that there is one, where its key is known no more."""
        if key is None:
            key = share(self.history, target.place, target.record)
        after = known(conversation, target, key=key)
        link = f"{origin}/share/{key}" if key else ""
        return [*self.desk.changes(conversation, after), *_opened(target, sharing=True, link=link)]

    def _refuse(self, error: ShownError, who: Visitor) -> list[Any]:
        """Why nothing was done; what was filled in stays for another try."""
        return [*self.desk.notice(who.words.error(error)), *_kept_open(self.fields)]


def wire(fields: KeepingFields, desk: Desk, history: History, offered: Downloads, leaving: Sequence[Any]) -> None:
    """Ties what happens to the buttons and fields. After the events `leaving` another conversation is on show."""
    acts, changing = Acts(fields, desk, history, offered), [*desk.shown, *fields.changing]
    fields.told.change(addressed(acts.act), [fields.told, desk.state], changing, **desk.quietly)
    fields.send.click(called(acts.send), [fields.target, fields.reasons, fields.note], changing, **desk.quietly)
    fields.renew.click(addressed(acts.renew), [fields.target, desk.state], changing, **desk.quietly)
    fields.stop.click(called(acts.stop), [fields.target, desk.state], changing, **desk.quietly)
    for close in fields.closing:
        close.click(_opened, None, fields.changing, **desk.quietly)
    for event in leaving:
        event.then(_opened, None, fields.changing, **desk.quietly)


def _check(target: KeptTarget, who: Visitor) -> None:
    """Somebody else may have signed in since it was opened."""
    if not who.holds(target.place):
        raise RecordMissing


def _opened(
    target: KeptTarget | None = None, *, judging: bool = False, sharing: bool = False, link: str = "", links: str = ""
) -> list[Any]:
    import gradio as gr

    return [
        target,
        gr.Column(visible=judging),
        [],
        "",
        gr.Column(visible=sharing),
        gr.Textbox(link, visible=bool(link)),
        gr.Markdown(visible=not link),
        gr.Button(visible=not link),
        gr.Column(visible=bool(links)),
        links,
    ]


def _kept_open(fields: KeepingFields) -> list[Any]:
    import gradio as gr

    return [gr.skip() for _ in fields.changing]


def _button(number: int, verb: str, words: str, on: bool) -> str:
    pressed = " ✓" if on else ""
    return _icon(f"act {verb}{' on' if on else ''}", words + pressed, f' id="{verb}-{number}"')


def _copy(text: str, words: PageWording) -> str:
    """The button that copies an answer with its citations, and what it copies."""
    if not text:
        return ""
    return f'{_icon("copy", words("actions.copy"))}<span class="whole">{safe(text)}</span>'


def _unfolding(name: str, words: str) -> str:
    return _icon(f"unfold {name.partition('-')[0]}", words, f' id="{name}"')


def _icon(classes: str, words: str, more: str = "") -> str:
    """A button that `icons.css` draws, with its name for those who do not see it, and where the pointer rests."""
    said = safe(words)
    return f'<button class="icon {classes}"{more} title="{said}"><span class="unseen">{said}</span></button>'
