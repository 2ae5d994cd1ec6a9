"""Actions on the conversation on show besides asking: to stop it, edit it, leave it and come back to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.history import History, Owner, Place
from bot.history.export import Look
from bot.web import filtering
from bot.web.access import Visitor
from bot.web.changes import STATE, changes, messages_of, proof_of, with_box
from bot.web.conversation import ChatState, compared, deleted, new_place, owned, recalled
from bot.web.corner import corner
from bot.web.running import Running

CHAT = "chat"  # what names a conversation in the page's address, as address.js says it


@dataclass(frozen=True, slots=True)
class Talk:
    """Each gives values for `Layout.shown`, where nothing else is said."""

    history: History
    look: Look  # what has become of the quoted articles
    running: Running

    def edit(self, who: Visitor, asked: str, conversation: ChatState) -> list[Any]:
        number = asked.split(" ")[0]  # and how often that was asked for
        mine = owned(conversation, who)
        return changes(None, mine.edited(int(number) if number.isdecimal() and len(number) < 10 else 0))

    def leave(self, who: Visitor, conversation: ChatState) -> list[Any]:
        """The edit goes, and the box is empty."""
        return with_box(changes(None, owned(conversation, who).unedited()), "")

    def stop(self, who: Visitor, conversation: ChatState) -> list[Any]:
        """Stops an answer; what was written stays. A question that waits is next, and its answer is followed."""
        mine = owned(conversation, who)
        if run := self.running.stop(mine.place):
            return changes(None, replace(run.latest, words=who.words), follow=True)
        return changes(None, mine.stopped())

    def start_again(self, who: Visitor, conversation: ChatState) -> list[Any]:
        return changes(None, owned(conversation, who).again())

    def ask_to_delete(self, who: Visitor, conversation: ChatState) -> Any:
        """The column that asks, where something was asked."""
        import gradio as gr

        return gr.Column(visible=bool(owned(conversation, who).exchanges))

    def delete(self, who: Visitor, conversation: ChatState) -> list[Any]:
        mine = owned(conversation, who)
        self.running.end(mine.place)
        return changes(None, deleted(self.history, mine))

    def open(self, who: Visitor, place: Place, before: ChatState | None = None) -> list[Any]:
        """The conversation at a place; its answer is followed, where that is being given."""
        if run := self.running.at(place):
            return changes(before, replace(run.latest, words=who.words), follow=True)
        return changes(before, recalled(self.history, place, self.look, who.words))

    def recalled(self, conversation: ChatState) -> ChatState:
        """The conversation as it is kept by now."""
        place = conversation.place or new_place()
        return recalled(self.history, place, self.look, conversation.words)

    def go(self, who: Visitor, told: str, conversation: ChatState) -> list[Any]:
        """The conversation of the name that the page's address has now; a new one, where it has none."""
        mine, name = owned(conversation, who), told.partition(" ")[0]
        if name and mine.place:
            return self._named(who, Place(mine.place.owner, name))
        return changes(None, mine.again())

    def recall(self, who: Visitor, query: Sequence[tuple[str, str]], saved: object) -> tuple[list[Any], ChatState]:
        """The conversation that the page's address names, else the one that the browser remembers; and the parts of the
        menu that lead elsewhere. Where the address names what is to be asked about, a new conversation about that.

        The conversation itself comes beside the values.
        """
        # A page that has just come shows an empty conversation; its box may already hold what somebody types.
        fresh, place = ChatState(words=who.words), place_of(saved, who.owner)
        if begun := filtering.asked_about(query):
            shown = changes(fresh, ChatState(place=new_place(place.owner), begun=begun, words=who.words))
        elif name := dict(query).get(CHAT, ""):
            shown = self._named(who, Place(place.owner, name), fresh)
        else:
            shown = self.open(who, place, fresh)
        return [*shown, *corner(who)], shown[STATE]

    def compare(self, who: Visitor, conversation: ChatState) -> list[Any]:
        """State, chat and proof, with what has become of the quoted articles by now."""
        import gradio as gr

        mine = owned(conversation, who)
        if mine.answering or not mine.exchanges:  # an answer compares when it is done
            return [gr.skip()] * 3
        after = compared(mine, self.look)
        return [after, messages_of(after), proof_of(after)]

    def _named(self, who: Visitor, place: Place, before: ChatState | None = None) -> list[Any]:
        """Same as `open`; where the owner has none of that name, a new conversation that says so."""
        if self.running.at(place):
            return self.open(who, place, before)
        found = recalled(self.history, place, self.look, who.words)
        if not found.exchanges:
            found = replace(found.again(), notice=found.notice or who.words("page.no_such_chat"))
        return changes(before, found)


def place_of(saved: object, owner: Owner | None) -> Place:
    """The place that a browser remembers, of the `owner` who signed in; a new one where it remembers none.

    No browser that nobody signed in with is believed to be that of somebody who does.
    """
    match saved:
        case [str(key), str(name)] if key and name and (owner or not key.startswith("@")):
            return Place(owner or Owner("web", key), name)
        case _:
            return new_place(owner)
