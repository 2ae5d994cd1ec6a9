"""The conversations of one person, beside the chat: to go back to, to find, to name and to delete."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import ShownError
from bot.history import Place
from bot.history import conversations as kept
from bot.render.html.markup import safe
from bot.render.html.words import ENGLISH, PageWording
from bot.web.access import Visitor
from bot.web.calls import called
from bot.web.conversation import ChatState, GoodNews, owned
from bot.web.desk import Desk
from bot.web.keeping import downloads, pressed
from bot.web.shared import Downloads, WantedExport
from bot.web.talk import Talk

MOST = 50  # that are listed at a time
NAME = 200  # characters of a name


@dataclass(frozen=True, slots=True)
class SidebarFields:
    """Gradio's components that `draw` has drawn."""

    opened: Any  # which conversation's button was pressed
    chosen: Any  # which of its other buttons
    search: Any
    listing: Any
    places: Any  # a state: the places that are listed, in order
    target: Any  # a state: the place that is being named, deleted or exported
    naming: Any
    name: Any
    save: Any
    deleting: Any
    sure: Any
    delete: Any
    exporting: Any
    links: Any
    closing: tuple[Any, ...]

    @property
    def listed(self) -> list[Any]:
        """The components that `Sidebar.listed` gives values for."""
        return [self.listing, self.places]

    @property
    def changing(self) -> list[Any]:
        """The components that `_asked` gives values for."""
        return [self.target, self.naming, self.name, self.deleting, self.sure, self.exporting, self.links]


def empty(words: PageWording = ENGLISH) -> str:
    return _note(words("sidebar.empty"))


def listing(
    found: Sequence[kept.Conversation], on_show: Place | None, text: str = "", words: PageWording = ENGLISH
) -> str:
    """The list as markup: for each a button that opens it, and those for its name, its file and its end."""
    if not found:
        return _note(words("sidebar.not_found")) if text.strip() else empty(words)
    items = "".join(_item(number, each, each.place == on_show, words) for number, each in enumerate(found[:MOST]))
    more = len(found) - MOST
    rest = _note(words("sidebar.more", count=more)) if more > 0 else ""
    return f'<ul class="conversations">{items}</ul>{rest}'


def draw(said: Callable[[str], Any]) -> SidebarFields:
    """The sidebar, closed; `said` gives what stands on the page in the reader's language."""
    import gradio as gr

    places, target = gr.State(()), gr.State(None)
    with gr.Sidebar(label=said("conversations"), open=False, elem_id="sidebar", width="min(22rem, 88vw)"):
        gr.Markdown(said("conversations_heading"), elem_id="conversations-title")
        opened = gr.Textbox(elem_id="opened", show_label=False, visible="hidden")
        chosen = gr.Textbox(elem_id="chosen", show_label=False, visible="hidden")
        search = gr.Textbox(label=said("search"), max_lines=1, elem_id="find")
        with gr.Column(visible=False, elem_id="naming", elem_classes="acting") as naming:
            name = gr.Textbox(label=said("name"), max_length=NAME, max_lines=1, info=said("name_empty"))
            with gr.Row():
                save = gr.Button(said("save"), size="sm", variant="primary")
                named = gr.Button(said("cancel"), size="sm", elem_classes="close")
        with gr.Column(visible=False, elem_id="deleting", elem_classes="acting") as deleting:
            sure = gr.Markdown(latex_delimiters=[])
            with gr.Row():
                delete = gr.Button(said("delete"), size="sm", variant="stop")
                unsure = gr.Button(said("cancel"), size="sm", elem_classes="close")
        with gr.Column(visible=False, elem_id="saving", elem_classes="acting") as exporting:
            links = gr.Markdown(latex_delimiters=[])
            exported = gr.Button(said("close"), size="sm", elem_classes="close")
        shown = gr.Markdown(said("no_conversations"), elem_id="conversations", latex_delimiters=[])
    closing = (named, unsure, exported)
    return SidebarFields(
        *(opened, chosen, search, shown, places, target, naming, name, save, deleting, sure, delete, exporting, links),
        closing,
    )


@dataclass(frozen=True, slots=True)
class Sidebar:
    """Handlers of the sidebar."""

    desk: Desk
    talk: Talk
    offered: Downloads

    def listed(self, who: Visitor, text: str, conversation: ChatState) -> list[Any]:
        """The list of what is theirs and was looked for, and the places on it."""
        conversation = owned(conversation, who)
        if conversation.place is None:
            return [empty(conversation.words), ()]
        try:
            found = self.talk.history.conversations(conversation.place.owner, " ".join(text.split()))
        except ShownError as error:
            return [_note(conversation.words.error(error)), ()]
        shown = listing(found, conversation.place, text, conversation.words)
        return [shown, tuple(each.place for each in found[:MOST])]

    def open_it(self, who: Visitor, told: str, places: tuple[Place, ...]) -> list[Any]:
        """Values for `Desk.shown`."""
        _, number = pressed(told)
        if number >= len(places) or not who.holds(places[number]):
            return self.desk.notice(who.words("sidebar.missing"))
        return self.talk.open(who, places[number])

    def choose(self, who: Visitor, told: str, places: tuple[Place, ...]) -> list[Any]:
        """Values for `SidebarFields.changing`: what is asked before a conversation is named, deleted or exported."""
        verb, number = pressed(told)
        if number >= len(places) or not who.holds(places[number]):
            return _asked()
        place, words = places[number], who.words
        try:
            title = self.talk.history.find(place.id).title
        except ShownError as error:
            return _asked(sure=f"<p>{safe(words.error(error))}</p>")
        match verb:
            case "name":
                return _asked(place, name=title)
            case "delete":
                return _asked(place, sure=f"<p>{safe(words('sidebar.sure', title=title))}</p>")
            case "save":
                links = downloads(self.offered, WantedExport(place), words)
                return _asked(place, links=f'<p dir="auto">{safe(title)}</p>{links}')
            case _:
                return _asked()

    def rename(self, who: Visitor, place: Place | None, name: str) -> list[Any]:
        """Values for `Desk.shown` and `SidebarFields.changing`, as of `delete`."""
        if place is None or not who.holds(place):
            return [*self.desk.notice(""), *_asked()]
        try:
            self.talk.history.rename(place, " ".join(name.split())[:NAME])
        except ShownError as error:
            return [*self.desk.notice(who.words.error(error)), *_asked()]
        return [*self.desk.notice(""), *_asked()]

    def delete(self, who: Visitor, place: Place | None, conversation: ChatState) -> list[Any]:
        if place is None or not who.holds(place):
            return [*self.desk.notice(""), *_asked()]
        if place == conversation.place:
            return [*self.talk.delete(who, conversation), *_asked()]
        self.talk.running.end(place)
        try:
            self.talk.history.delete(place)
        except ShownError as error:
            return [*self.desk.notice(who.words.error(error)), *_asked()]
        return [
            *self.desk.notice(GoodNews(who.words("page.deleted"))),
            *_asked(),
        ]  # the conversation on show stays as it is


def wire(fields: SidebarFields, shelf: Sidebar, changing_it: Sequence[Any]) -> Any:
    """Ties what happens to the sidebar. It is listed anew after each of the events `changing_it`.

    Gives the event after which another conversation is on show.
    """
    desk = shelf.desk
    changing = [*desk.shown, *fields.changing]
    listed, rename = called(shelf.listed), called(shelf.rename)  # one for all: Gradio counts by the handler
    sought, lists = [fields.search, desk.state], fields.listed

    def relist(event: Any) -> None:
        event.then(listed, sought, lists, **desk.quietly)

    pressed_open = fields.opened.change(None, cancels=desk.answers, **desk.quietly)
    opened = pressed_open.then(called(shelf.open_it), [fields.opened, fields.places], desk.shown, **desk.quietly)
    relist(opened)
    fields.chosen.change(called(shelf.choose), [fields.chosen, fields.places], fields.changing, **desk.quietly)
    for event in (fields.save.click, fields.name.submit):
        relist(event(rename, [fields.target, fields.name], changing, **desk.quietly))
    relist(fields.delete.click(called(shelf.delete), [fields.target, desk.state], changing, **desk.quietly))
    fields.search.change(listed, sought, lists, trigger_mode="always_last", **desk.quietly)
    for close in fields.closing:
        close.click(_asked, None, fields.changing, **desk.quietly)
    for event in changing_it:
        relist(event)
    return opened


def _asked(place: Place | None = None, *, name: str | None = None, sure: str = "", links: str = "") -> list[Any]:
    import gradio as gr

    return [
        place,
        gr.Column(visible=name is not None),
        name or "",
        gr.Column(visible=bool(sure)),
        sure,
        gr.Column(visible=bool(links)),
        links,
    ]


def _note(text: str) -> str:
    return f'<p class="note">{safe(text)}</p>'


def _item(number: int, found: kept.Conversation, on_show: bool, words: PageWording) -> str:
    title = " ".join(found.title.split()) or words("sidebar.no_words")
    when = f"{words.day(found.used)} · {words('sidebar.questions', count=found.turns)}"
    here = f'<span class="unseen">{safe(words("sidebar.on_show"))}</span>' if on_show else ""
    unseen = f'<span class="unseen">{safe(words("sidebar.which", title=title))}</span>'
    others = "".join(
        f'<button class="act" id="{verb}-{number}">{safe(words(f"sidebar.{name}"))}{unseen}</button>'
        for verb, name in (("name", "rename"), ("save", "export"), ("delete", "delete"))
    )
    return (
        f'<li{" class=current" if on_show else ""}><button class="act open" id="open-{number}">'
        f'<span class="title" dir="auto">{safe(title)}</span>'
        f'<span class="when">{safe(when)}{here}</span></button><span class="rest">{others}</span></li>'
    )
