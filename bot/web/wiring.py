"""Wiring of the page: which event calls what.

The order counts: what one press sets off comes in the order in which it is tied here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.web import keeping, sidebar
from bot.web.access import Visitor
from bot.web.around import Around
from bot.web.asking import Asking, send
from bot.web.calls import awaited, called, queried, queried_in_steps, selected, streamed
from bot.web.changes import changes, notice, put_away
from bot.web.desk import Desk
from bot.web.layout import Layout
from bot.web.shared import Downloads
from bot.web.talk import Talk

if TYPE_CHECKING:
    from gradio import Blocks

QUIETLY: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


class EndingEvents(NamedTuple):
    """The events after which no answer is written any more."""

    stopped: Any
    again: Any
    deleted: Any
    gone: Any


def wire(page: Blocks, layout: Layout, asking: Asking, talk: Talk, around: Around, downloads: Downloads) -> None:
    suggesting = _suggest(layout, around)
    answers = [*_ask(layout, asking, suggesting), _follow_on(layout, asking)]
    ended = _end(layout, talk, answers)
    desk = Desk(layout.state, layout.shown, changes, notice, answers, QUIETLY)
    shelf = sidebar.Sidebar(desk, talk, downloads)
    opened = sidebar.wire(layout.side, shelf, [*answers, *ended])
    _recall(page, layout, talk, around, shelf)
    leaving = [opened, ended.again, ended.deleted, ended.gone]
    keeping.wire(layout.question.fields, desk, talk.history, downloads, leaving)
    _ask_before_the_end(layout, talk)
    edits = _edit(layout, talk)
    _follow(layout, around, suggesting, [*answers, *ended, opened, *edits], [*ended[1:], opened])
    layout.asked.change(called(around.read), [layout.asked, layout.state], layout.article, **QUIETLY)
    _greet(page, layout, around)


def _suggest(layout: Layout, around: Around) -> Any:
    """Gives the event that finds what to ask next, while the page can be used."""
    state, question = layout.state, layout.question
    given = [question.settled, state, *question.chosen]
    return question.settled.change(
        streamed(around.suggest), given, list(question.following), concurrency_limit=1, **QUIETLY
    )


def _follow_on(layout: Layout, asking: Asking) -> Any:
    """Gives the event that shows an answer which was on its way when the page or the conversation came."""
    question, state = layout.question, layout.state
    given = [question.queued, state, question.quotes, question.model, *question.chosen]
    question.queued.change(called(asking.queue), given, layout.shown, trigger_mode="multiple", **QUIETLY)
    question.dropped.change(called(asking.drop), [question.dropped, state], None, trigger_mode="multiple", **QUIETLY)
    return layout.following.change(
        streamed(asking.follow), [state], layout.shown, concurrency_limit=None, trigger_mode="multiple", **QUIETLY
    )


def _ask(layout: Layout, asking: Asking, suggesting: Any) -> list[Any]:
    """Gives the events that answer."""
    import gradio as gr

    state, shown, messages, question = layout.state, layout.shown, layout.messages, layout.question
    box, sent, named, beside = question.box, question.sent, question.named, question.beside
    given = [state, question.quotes, question.model, *question.chosen]
    kind = [question.wanted, question.length]
    presses = [
        messages.example_select,
        named.input,
        *(each.input for each in kind),
        *(each.click for each in (question.afresh, *question.following)),
    ]
    # First: a trigger's events come in turn.
    gr.on(presses, put_away, None, beside, queue=False, cancels=[suggesting], **QUIETLY)
    sending = box.submit(send, [box], [sent, box, *beside], queue=False, cancels=[suggesting], **QUIETLY)
    return [
        sending.then(streamed(asking.ask), [sent, *given], shown, **QUIETLY),
        messages.example_select(selected(asking.ask_example), given, shown, **QUIETLY),
        named.input(streamed(asking.ask_again), [named, *given], shown, **QUIETLY),
        *(each.input(streamed(asking.ask_as), [*kind, *given], shown, **QUIETLY) for each in kind),
        question.afresh.click(streamed(asking.retry), given, shown, **QUIETLY),
        *(each.click(streamed(asking.ask), [each, *given], shown, **QUIETLY) for each in question.following),
    ]


def _end(layout: Layout, talk: Talk, answers: list[Any]) -> EndingEvents:
    """Cancelled first, told so then: in one event it is told first, and the answer's next words overwrite that."""
    state, shown, box = layout.state, layout.shown, layout.question.box
    return EndingEvents(
        box.stop(None, cancels=answers, **QUIETLY).then(called(talk.stop), [state], shown, **QUIETLY),
        layout.top.again.click(None, cancels=answers, **QUIETLY).then(
            called(talk.start_again), [state], shown, **QUIETLY
        ),
        layout.question.ending.sure.click(None, cancels=answers, **QUIETLY).then(
            called(talk.delete), [state], shown, **QUIETLY
        ),
        layout.gone.change(None, cancels=answers, **QUIETLY).then(
            called(talk.go), [layout.gone, state], shown, **QUIETLY
        ),
    )


def _ask_before_the_end(layout: Layout, talk: Talk) -> None:
    """A chat is deleted once somebody says so twice."""
    ending = layout.question.ending
    layout.top.delete.click(called(talk.ask_to_delete), [layout.state], ending.column, **QUIETLY)
    ending.unsure.click(_closed, None, ending.column, **QUIETLY)


def _closed() -> Any:
    import gradio as gr

    return gr.Column(visible=False)


def _recall(page: Blocks, layout: Layout, talk: Talk, around: Around, shelf: sidebar.Sidebar) -> None:
    """Shows what was kept before the articles are open; whether they have changed since is known later.

    What waits for the articles changes no conversation: another may be on show by the time that they are open. The
    comparison with them follows, and is given up where somebody goes elsewhere.
    """
    import gradio as gr

    state, top, question = layout.state, layout.top, layout.question
    at_once = [*layout.shown, top.links, top.out, *layout.side.listed, *question.beside, question.settled]
    arranged = [*question.chosen, question.filters.left, question.filters.folded]

    def recall(who: Visitor, query: Sequence[tuple[str, str]], saved: object) -> list[Any]:
        found, conversation = talk.recall(who, query, saved)
        return [*found, *shelf.listed(who, "", conversation), *around.settle(who, conversation)]

    recalled = page.load(queried(recall), [layout.browser], at_once, **QUIETLY)
    opened = recalled.then(
        awaited(around.opened_now, around.arrange), [state], arranged, concurrency_limit=None, **QUIETLY
    )
    compared = opened.then(called(talk.compare), [state], [state, layout.messages, layout.proof], **QUIETLY)
    elsewhere = [top.again.click, question.ending.sure.click, layout.gone.change, layout.side.opened.change]
    gr.on(elsewhere, None, cancels=[compared], **QUIETLY)


def _edit(layout: Layout, talk: Talk) -> list[Any]:
    """Gives the events after which a question is edited, or no longer."""
    question, state, shown = layout.question, layout.state, layout.shown
    return [
        question.edited.change(called(talk.edit), [question.edited, state], shown, **QUIETLY),
        question.leaving.click(called(talk.leave), [state], shown, **QUIETLY),
    ]


def _follow(layout: Layout, around: Around, suggesting: Any, changed: Sequence[Any], moved: Sequence[Any]) -> None:
    """Wires what can be done after the events `changed`, and the filters, which are those of the conversation on show.

    After the events `moved` it is another one.
    """
    import gradio as gr

    state, question = layout.state, layout.question
    filters, beside, chosen = question.filters, question.beside, question.chosen
    shows = [filters.left, filters.folded]
    # One handler for all, of which Gradio runs one at a time: what is settled later is so of a later state, and has to
    # come later. What is still being found to ask next is so for an earlier state.
    settle, settled = called(around.settle), [*beside, question.settled]
    in_turn = {"concurrency_limit": 1, "cancels": [suggesting]}
    arrange = awaited(around.opened_now, around.arrange)
    for each in changed:
        each.then(settle, [state], settled, **in_turn, **QUIETLY)
    for each in moved:
        each.then(arrange, [state], [*chosen, *shows], concurrency_limit=None, **QUIETLY)
    limited = gr.on([each.change for each in chosen], called(around.remain), chosen, shows, **QUIETLY)
    limited.then(settle, [state], settled, trigger_mode="always_last", **in_turn, **QUIETLY)
    filters.clear.click(called(around.clear), None, [*chosen, *shows], **QUIETLY)


def _greet(page: Blocks, layout: Layout, around: Around) -> None:
    shown = [layout.question.about, layout.messages, layout.question.quotes, layout.question.model]
    page.load(queried_in_steps(around.greet), None, shown, concurrency_limit=None, **QUIETLY)
