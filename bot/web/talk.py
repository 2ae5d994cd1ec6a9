"""What can be done with the conversation on show besides asking: to stop it, edit it, leave it and come back to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.export import Look
from bot.history import History, Owner, Place
from bot.web import filtering
from bot.web.access import Visitor
from bot.web.changes import changes, messages_of, proof_of
from bot.web.conversation import Conversation, compared, deleted, new_place, owned, recalled
from bot.web.corner import corner


@dataclass(frozen=True, slots=True)
class Talk:
    """Each gives values for `Layout.shown`, where nothing else is said."""

    history: History
    look: Look  # what has become of the quoted articles

    def edit(self, who: Visitor, asked: str, conversation: Conversation) -> list[Any]:
        number = asked.split(" ")[0]  # and how often that was asked for
        mine = owned(conversation, who)
        return changes(None, mine.edited(int(number) if number.isdecimal() and len(number) < 10 else 0))

    def leave(self, who: Visitor, conversation: Conversation) -> list[Any]:
        """The edit goes, and the box is empty."""
        import gradio as gr

        return [*changes(None, owned(conversation, who).unedited())[:-1], gr.Textbox(value="")]

    def stop(self, who: Visitor, conversation: Conversation) -> list[Any]:
        return changes(None, owned(conversation, who).stopped())

    def start_again(self, who: Visitor, conversation: Conversation) -> list[Any]:
        return changes(None, owned(conversation, who).again())

    def delete(self, who: Visitor, conversation: Conversation) -> list[Any]:
        return changes(None, deleted(self.history, owned(conversation, who)))

    def recall(self, who: Visitor, query: Sequence[tuple[str, str]], saved: object) -> list[Any]:
        """What the browser remembers, and the corner of the page. Where its address names what is to be asked about, a
        new conversation about that."""
        # A page that has just come shows an empty conversation; its box may already hold what somebody types.
        place = place_of(saved, who.owner)
        if begun := filtering.asked_about(query):
            found = Conversation(place=new_place(place.owner), begun=begun, words=who.words)
        else:
            found = recalled(self.history, place, self.look, who.words)
        return [*changes(Conversation(words=who.words), found), corner(who)]

    def compare(self, who: Visitor, conversation: Conversation) -> list[Any]:
        """State, chat and proof, with what has become of the quoted articles by now."""
        import gradio as gr

        mine = owned(conversation, who)
        if mine.answering or not mine.exchanges:  # an answer compares when it is done
            return [gr.skip()] * 3
        after = compared(mine, self.look)
        return [after, messages_of(after), proof_of(after)]


def place_of(saved: object, owner: Owner | None) -> Place:
    """The place that a browser remembers, of the `owner` who signed in; a new one where it remembers none.

    No browser that nobody signed in with is believed to be that of somebody who does.
    """
    match saved:
        case [str(key), str(name)] if key and name and (owner or not key.startswith("@")):
            return Place(owner or Owner("web", key), name)
        case _:
            return new_place(owner)
