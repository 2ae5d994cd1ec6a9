"""Layout of the page: its parts, in the order in which they stand there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.suggestions.follow_ups import FOLLOW_UPS
from bot.web import filtering, keeping, sidebar
from bot.web.conversation import ChatState


@dataclass(frozen=True, slots=True)
class Top:
    """The row above everything, and its menu: Gradio's components, as in what follows."""

    links: Any
    out: Any
    delete: Any
    again: Any


@dataclass(frozen=True, slots=True)
class DeletionPrompt:
    """The confirmation that is asked for before a chat is deleted."""

    column: Any
    sure: Any
    unsure: Any


@dataclass(frozen=True, slots=True)
class QuestionBox:
    """The components below the chat: whatever a question is asked with."""

    wanted: Any  # what kind of answer
    length: Any  # how long
    named: Any
    following: tuple[Any, ...]  # the buttons with what to ask next
    fold: Any  # what folds the kind and the length away
    afresh: Any
    leaving: Any
    quotes: Any  # whether no language model is to be asked
    model: Any  # which one is, where several are offered
    filters: filtering.Filtering
    fields: keeping.KeepingFields
    ending: DeletionPrompt
    notice: Any
    box: Any
    about: Any  # what there is to be asked about
    sent: Any  # the question that has left the box
    queued: Any  # a question that was sent while another one is answered
    dropped: Any  # which of those is to be taken out
    edited: Any  # which question is to be taken up again
    settled: Any  # another value with each answer that something can be asked after

    @property
    def beside(self) -> list[Any]:
        """The components below the last answer."""
        return [*self.following, self.fold, self.leaving]

    @property
    def chosen(self) -> list[Any]:
        """The components of the filters that it is limited with."""
        return self.filters.chosen


@dataclass(frozen=True, slots=True)
class Layout:
    """The components that `draw` has drawn."""

    state: Any  # the conversation
    browser: Any  # where it is kept, as the browser remembers it
    side: sidebar.SidebarFields
    top: Top
    messages: Any
    question: QuestionBox
    proof: Any
    name: Any  # of the conversation, for the page's address
    gone: Any  # the name in the page's address, where somebody went back or forth
    following: Any  # another value with each answer that was on its way when its conversation came
    asked: Any  # what is asked to be read whole
    article: Any

    @property
    def shown(self) -> list[Any]:
        """The components that `changes` gives values for."""
        question = self.question
        asked = [question.wanted, question.length, question.named]
        said = [self.name, question.notice, question.box, self.following, question.ending.column]
        return [self.browser, self.state, self.messages, self.proof, *asked, *said]


def draw(said: Callable[[str], Any], title: str, mark: str) -> Layout:
    """The whole page; `said` gives what stands on it in the reader's language, `mark` is the address of its picture."""
    import gradio as gr

    state = gr.State(ChatState())
    browser = gr.BrowserState(storage_key="byline", secret="byline")  # the secret hides nothing: pages hold it
    side = sidebar.draw(said)
    top = _top(said, title, mark)
    with gr.Row(elem_id="desk"):
        with gr.Column(scale=5, min_width=320, elem_id="talk"):
            messages = _chat(said)
            with gr.Column(elem_id="asking"):
                question = _question(said)
        with gr.Column(scale=4, min_width=320, elem_id="evidence"):
            proof = gr.Markdown(said("no_proof"), elem_id="proof", latex_delimiters=[])
    # The address of the page, which address.js writes and reads.
    name = gr.Markdown(elem_id="name", latex_delimiters=[], visible="hidden")
    gone = gr.Textbox(elem_id="gone", show_label=False, visible="hidden")
    following = gr.Textbox(show_label=False, visible="hidden")
    # What is asked to be read whole, and the article; script.js writes the one and shows the other in a pane.
    asked = gr.Textbox(elem_id="asked", show_label=False, visible="hidden")
    article = gr.Markdown(elem_id="reader", latex_delimiters=[], visible="hidden")
    address = name, gone, following
    return Layout(state, browser, side, top, messages, question, proof, *address, asked, article)


def _top(said: Callable[[str], Any], title: str, mark: str) -> Top:
    import gradio as gr

    with gr.Row(elem_id="top"):
        gr.Markdown(f'<h1><img src="{mark}" alt="" width="28" height="28">{title}</h1>', elem_id="title")
        again = gr.Button(said("new_chat"), elem_id="again", size="sm", scale=0, min_width=0)
        gr.Button(said("menu"), elem_id="menu-button", size="sm", scale=0, min_width=0)
        with gr.Column(elem_id="menu", min_width=0):  # menu.js
            links = gr.Markdown(elem_id="links", latex_delimiters=[])
            gr.Button(said("other"), elem_id="language", size="sm", min_width=0)  # language.js
            gr.Button(said("scheme"), elem_id="scheme", size="sm", min_width=0)  # script.js
            delete = gr.Button(said("delete_chat"), elem_id="delete", size="sm", min_width=0)
            gr.Markdown(said("keys"), elem_id="keys", latex_delimiters=[])
            out = gr.Markdown(elem_id="out", latex_delimiters=[])
    return Top(links, out, delete, again)


def _chat(said: Callable[[str], Any]) -> Any:
    import gradio as gr

    return gr.Chatbot(
        elem_id="chat",
        label=said("chat"),
        show_label=False,
        layout="panel",
        height=None,
        buttons=[],
        latex_delimiters=[],
        allow_tags=False,
        group_consecutive_messages=False,
        autoscroll=False,  # script.js brings the newest question into view
        placeholder=said("welcome"),
    )


def _ending(said: Callable[[str], Any]) -> DeletionPrompt:
    import gradio as gr

    with gr.Column(visible=False, elem_id="ending", elem_classes="acting") as column:
        gr.Markdown(said("sure"), latex_delimiters=[])
        with gr.Row():
            sure = gr.Button(said("delete"), size="sm", variant="stop")
            unsure = gr.Button(said("cancel"), size="sm", elem_classes="close")
    return DeletionPrompt(column, sure, unsure)


def _question(said: Callable[[str], Any]) -> QuestionBox:
    import gradio as gr

    named = gr.CheckboxGroup(elem_id="named", label=said("understood"), visible=False)
    with gr.Row(elem_id="next"):
        following = tuple(gr.Button(visible=False, size="sm", min_width=0) for _ in range(FOLLOW_UPS))
        leaving = gr.Button(said("leave_edit"), elem_id="leave", visible=False, size="sm", min_width=0)
    scope = filtering.place_scope(said)
    with gr.Row(elem_id="choices"):
        with gr.Accordion(said("ask_again"), open=False, visible=False, elem_id="fold") as fold:
            wanted = gr.Radio(elem_id="wanted", label=said("wanted"), visible=False)
            length = gr.Radio(elem_id="length", label=said("length"), visible=False)
            afresh = gr.Button(said("ask_again"), elem_id="retry", size="sm", scale=0, min_width=0)
        filters = filtering.place_filters(said, *scope)
        quotes = gr.CheckboxGroup(
            [(said("quotes"), "quotes")],
            show_label=False,
            container=False,
            elem_id="quotes",
            visible=False,
            min_width=0,
        )
        model = gr.Dropdown(
            label=said("model"), container=False, elem_id="model", visible=False, min_width=0, scale=0, filterable=False
        )
    fields, ending = keeping.draw(said), _ending(said)
    notice = gr.Markdown(elem_id="notice", latex_delimiters=[])
    box = gr.Textbox(
        elem_id="question",
        label=said("question"),
        show_label=False,
        container=False,
        placeholder=said("ask_about"),
        lines=1,
        max_lines=6,
        autofocus=True,
        submit_btn=True,
    )
    about = gr.Markdown(said("opening"), elem_id="about", latex_delimiters=[])
    sent = gr.Textbox(show_label=False, visible="hidden")
    queued = gr.Textbox(elem_id="queued", show_label=False, visible="hidden")
    dropped = gr.Textbox(elem_id="dropped", show_label=False, visible="hidden")
    edited = gr.Textbox(elem_id="edit", show_label=False, visible="hidden")
    settled = gr.Textbox(show_label=False, visible="hidden")
    buttons = following, fold, afresh, leaving
    told = sent, queued, dropped, edited, settled
    return QuestionBox(
        wanted, length, named, *buttons, quotes, model, filters, fields, ending, notice, box, about, *told
    )
