"""The page: what is on it and what happens when it is used. Whatever can be said without Gradio is said elsewhere."""

# No `from __future__ import annotations`: Gradio looks at the types of its handlers, which are local names here.

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, suppress
from dataclasses import dataclass
from functools import cache, wraps
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from bot.errors import ShownError, UsageError
from bot.history import History, Owner, Place
from bot.suggest import FOLLOW_UPS
from bot.types import Cancellation
from bot.web import actions, chat, filtering, keeping, panel, reader, sidebar, welcome
from bot.web.access import Access, visitor
from bot.web.conversation import (
    LOOK,
    Conversation,
    compared,
    converse,
    deleted,
    new_place,
    owned,
    recalled,
    reconsider,
    rewrite,
)
from bot.web.corner import corner
from bot.web.desk import Desk
from bot.web.facts import understood
from bot.web.markup import safe
from bot.web.mishap import Mishap
from bot.web.offering import Offers
from bot.web.opening import Opening
from bot.web.pace import Pace
from bot.web.shared import Downloads, known_of
from bot.web.theme import theme
from bot.web.words import ENGLISH, LANGUAGES, Said, Wording
from index.types import Filters

if TYPE_CHECKING:
    from gradio import Blocks, I18n

    from bot.answer import Bot

TITLE = "Byline"
SCRIPTS = ("script.js", "keep.js", "keys.js")
STYLES = ("style.css", "keep.css", "doing.css", "language.css")
MARK = "mark.svg"

CONCURRENT = 8  # answers at a time; the local model still writes one by one
WAITING = 64


def build_page(opening: Opening, history: History, downloads: Downloads, access: Access) -> "Blocks":
    """The page, to be mounted with `dress()`. Questions that come before the bot is open wait for it.

    The browser remembers where its conversation is kept, so that it is there again after a reload.
    """
    import gradio as gr

    pace = Pace(access.questions, 60)

    def answer(prepare: Callable[..., Asked]) -> Callable[..., AsyncGenerator[list[Any]]]:
        """A handler of Gradio's that takes what `prepare` takes, and gives what each step of an answer changes."""

        @wraps(prepare)
        async def handler(*values: Any) -> AsyncGenerator[list[Any]]:
            asked, before, cancel = prepare(*values), None, Cancellation()
            try:
                if seconds := pace.take(asked.who):
                    raise Said("page.too_fast", seconds=seconds)
                steps = asked.steps(asked.conversation, filtering.filters_of(*asked.chosen), cancel)
            except ShownError as error:
                notice = asked.conversation.words.error(error)
                yield _changes(None, asked.conversation.not_taken(asked.question, notice))
                return
            async with aclosing(_apart(steps, cancel)) as states:
                async for after in states:
                    yield _changes(before, after)
                    before = after

        return handler

    def ask(question: str, conversation: Conversation, request: gr.Request, *chosen: Any) -> Asked:
        def steps(before: Conversation, filters: Filters, cancel: Cancellation) -> Generator[Conversation]:
            if before.editing:
                return rewrite(opening, history, before.editing, question, before, cancel, filters)
            return converse(opening, history, question, before, cancel, filters)

        return _asked(conversation, request, chosen, steps, question)

    def ask_example(example: gr.SelectData, conversation: Conversation, request: gr.Request, *chosen: Any) -> Asked:
        return ask(example.value["text"], conversation, request, *chosen)

    def ask_again(heeded: list[str], conversation: Conversation, request: gr.Request, *chosen: Any) -> Asked:
        def steps(before: Conversation, filters: Filters, cancel: Cancellation) -> Generator[Conversation]:
            ignored = [each for each in before.named if understood(each, before.words) not in heeded]
            return reconsider(opening, history, ignored, before, cancel, filters)

        return _asked(conversation, request, chosen, steps)

    def retry(conversation: Conversation, request: gr.Request, *chosen: Any) -> Asked:
        def steps(before: Conversation, filters: Filters, cancel: Cancellation) -> Generator[Conversation]:
            last = len(before.exchanges)
            question = before.exchanges[-1].question if last else ""
            return rewrite(opening, history, last, question, before, cancel, filters)

        return _asked(conversation, request, chosen, steps)

    def edit(asked: str, conversation: Conversation, request: gr.Request) -> list[Any]:
        number = asked.split(" ")[0]  # and how often that was asked for
        mine = owned(conversation, visitor(request))
        return _changes(None, mine.edited(int(number) if number.isdecimal() and len(number) < 10 else 0))

    def leave(conversation: Conversation, request: gr.Request) -> list[Any]:
        return [*_changes(None, owned(conversation, visitor(request)).unedited())[:-1], gr.Textbox(value="")]

    def offer(conversation: Conversation, request: gr.Request, *chosen: Any) -> list[Any]:
        return _next(offers, owned(conversation, visitor(request)), chosen)

    def put_away() -> list[Any]:
        return [gr.Button(visible=False)] * (FOLLOW_UPS + 2)

    def remain(request: gr.Request, *chosen: Any) -> list[Any]:
        return _remaining(opening, chosen, visitor(request).words)

    def send(question: str) -> list[Any]:
        """The question leaves the box before it is answered: it comes back where it is not taken."""
        return [question, gr.Textbox(value=""), *put_away()]

    def clear(request: gr.Request) -> list[Any]:
        nothing = filtering.chosen_of(filtering.NONE)
        return [*nothing, *_remaining(opening, nothing, visitor(request).words)]

    async def arrange(conversation: Conversation, request: gr.Request) -> list[Any]:
        await opened_now()
        mine = owned(conversation, visitor(request))
        return await asyncio.to_thread(_filters, opening, mine.filters, mine.words)

    @cache
    def offers() -> Offers:
        return Offers(opening.bot())

    def stop(conversation: Conversation, request: gr.Request) -> list[Any]:
        return _changes(None, owned(conversation, visitor(request)).stopped())

    def start_again(conversation: Conversation, request: gr.Request) -> list[Any]:
        return _changes(None, owned(conversation, visitor(request)).again())

    def delete(conversation: Conversation, request: gr.Request) -> list[Any]:
        return _changes(None, deleted(history, owned(conversation, visitor(request))))

    def recall(saved: object, request: gr.Request) -> list[Any]:
        # A page that has just come shows an empty conversation; its box may already hold what somebody types.
        who = visitor(request)
        found = recalled(history, _place(saved, who.owner), known_of(opening), who.words)
        return [*_changes(Conversation(words=who.words), found), corner(who)]

    async def opened_now() -> None:
        while not opening.done:
            await asyncio.sleep(LOOK)

    def compare(conversation: Conversation, request: gr.Request) -> list[Any]:
        mine = owned(conversation, visitor(request))
        if mine.answering or not mine.exchanges:  # an answer compares when it is done
            return [gr.skip()] * 3
        after = compared(mine, known_of(opening))
        return [after, _messages(after), _proof(after)]

    def read(text: str, conversation: Conversation, request: gr.Request) -> Any:
        wanted = reader.request(text)
        return _article(opening, wanted, owned(conversation, visitor(request))) if wanted else gr.skip()

    async def greet(request: gr.Request) -> list[Any]:
        await opened_now()
        return await asyncio.to_thread(_greeting, opening, visitor(request).words)

    async def begin() -> Any:
        await opened_now()
        found = () if opening.error else await asyncio.to_thread(lambda: offers().to_begin_with())
        return gr.Chatbot(examples=[{"text": each} for each in found])

    said = labels()
    page = gr.Blocks(title=TITLE, analytics_enabled=False)
    with page:
        state = gr.State(Conversation())
        browser = gr.BrowserState(storage_key="byline", secret="byline")  # the secret hides nothing: pages hold it
        side = sidebar.draw(said)
        with gr.Row(elem_id="top"):
            gr.Markdown(f'<h1><img src="{MARK}" alt="" width="28" height="28">{TITLE}</h1>', elem_id="title")
            links = gr.Markdown(elem_id="links", latex_delimiters=[])
            gr.Button(said("other"), elem_id="language", size="sm", scale=0, min_width=0)  # language.js
            gr.Button(said("scheme"), elem_id="scheme", size="sm", scale=0, min_width=0)  # script.js
            away = gr.Button(said("delete_chat"), elem_id="delete", size="sm", scale=0, min_width=0)
            again = gr.Button(said("new_chat"), elem_id="again", size="sm", scale=0, min_width=0)
        with gr.Row(elem_id="desk"):
            with gr.Column(scale=5, min_width=320, elem_id="talk"):
                messages = gr.Chatbot(
                    elem_id="chat",
                    label=said("chat"),
                    show_label=False,
                    layout="panel",
                    height=None,
                    buttons=[],
                    latex_delimiters=[],
                    allow_tags=False,
                    group_consecutive_messages=False,
                    placeholder=said("welcome"),  # type: ignore[arg-type]  # which Gradio puts in there too
                )
                with gr.Column(elem_id="asking"):
                    named = gr.CheckboxGroup(
                        elem_id="named",
                        label=said("understood"),
                        visible=False,
                    )
                    with gr.Row(elem_id="next"):
                        following = [gr.Button(visible=False, size="sm", min_width=0) for _ in range(FOLLOW_UPS)]
                        afresh = gr.Button(said("ask_again"), elem_id="retry", visible=False, size="sm", min_width=0)
                        leaving = gr.Button(said("leave_edit"), elem_id="leave", visible=False, size="sm", min_width=0)
                    filters = filtering.place_filters(said)
                    fields = keeping.draw(said)
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
                    state_of_things = gr.Markdown(said("opening"), elem_id="about", latex_delimiters=[])
                    gr.Markdown(said("keys"), elem_id="keys", latex_delimiters=[])
                    sent = gr.Textbox(show_label=False, visible="hidden")
                    edited = gr.Textbox(elem_id="edit", show_label=False, visible="hidden")
            with gr.Column(scale=4, min_width=320, elem_id="evidence"):
                proof = gr.Markdown(said("no_proof"), elem_id="proof", latex_delimiters=[])

        # What is asked to be read whole, and the article; script.js writes the one and shows the other in a pane.
        asked = gr.Textbox(elem_id="asked", show_label=False, visible="hidden")
        article = gr.Markdown(elem_id="reader", latex_delimiters=[], visible="hidden")

        shown = [browser, state, messages, proof, named, notice, box]
        quietly: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        chosen, beside = filters.chosen, [*following, afresh, leaving]
        asking = [messages.example_select, named.input, *(each.click for each in (afresh, *following))]
        gr.on(asking, put_away, None, beside, queue=False, **quietly)  # first: a trigger's events come in turn
        sending = box.submit(send, [box], [sent, box, *beside], queue=False, **quietly)
        answers: list[Any] = [
            sending.then(answer(ask), [sent, state, *chosen], shown, **quietly),
            messages.example_select(answer(ask_example), [state, *chosen], shown, **quietly),
            named.input(answer(ask_again), [named, state, *chosen], shown, **quietly),
            afresh.click(answer(retry), [state, *chosen], shown, **quietly),
            *(each.click(answer(ask), [each, state, *chosen], shown, **quietly) for each in following),
        ]
        # Cancelled first, told so then: in one event it is told first, and the answer's next words overwrite that.
        ended = [
            box.stop(None, cancels=answers, **quietly).then(stop, [state], shown, **quietly),
            again.click(None, cancels=answers, **quietly).then(start_again, [state], shown, **quietly),
            away.click(None, cancels=answers, **quietly).then(delete, [state], shown, **quietly),
            page.load(recall, [browser], [*shown, links], **quietly),
        ]
        # What was kept is shown before the articles are open; whether they have changed since is known later.
        late = ended[-1].then(opened_now, None, None, concurrency_limit=None, **quietly)
        late.then(compare, [state], [state, messages, proof], **quietly)
        desk = Desk(state, shown, _changes, _notice, answers, quietly)
        opened = sidebar.wire(side, desk, history, downloads, known_of(opening), [*answers, *ended])
        keeping.wire(fields, desk, history, downloads, leaving=[opened, *ended[1:3]])
        edits = [
            edited.change(edit, [edited, state], shown, **quietly),
            leaving.click(leave, [state], shown, **quietly),
        ]
        for each in (*answers, *ended, opened, *edits):
            each.then(offer, [state, *chosen], beside, **quietly)
        # Filters are those of the conversation that is shown.
        shows = [filters.left, filters.folded]
        for each in (*ended[1:], opened):
            each.then(arrange, [state], [*chosen, *shows], concurrency_limit=None, **quietly)
        limited = gr.on([each.change for each in chosen], remain, chosen, shows, **quietly)
        limited.then(offer, [state, *chosen], beside, trigger_mode="always_last", **quietly)
        filters.clear.click(clear, None, [*chosen, *shows], **quietly)
        asked.change(read, [asked, state], article, **quietly)
        page.load(greet, None, [state_of_things, messages], concurrency_limit=None, **quietly)
        page.load(begin, None, [messages], concurrency_limit=None, **quietly)
    page.queue(default_concurrency_limit=CONCURRENT, max_size=WAITING, api_open=False)
    return page


def labels() -> "I18n":
    """What stands on the page from the beginning, in every language: the browser puts in that of its reader."""
    from gradio import I18n

    return I18n(**{Wording(each).tag: _labels(Wording(each)) for each in LANGUAGES})


def _labels(words: Wording) -> dict[str, str]:
    return {
        **words.beginning("label"),
        **{f"reason_{name}": text for name, text in words.beginning("reason").items()},
        "other": words.others[0]("language.name"),
        "conversations_heading": f"<h2>{safe(words('label.conversations'))}</h2>",
        "no_conversations": sidebar.empty(words),
        "no_proof": panel.empty(words),
        "opening": _line(words("page.opening")),
        "welcome": welcome.before(words),
        "keys": actions.keys(words),
    }


def dress() -> dict[str, Any]:
    """What `mount_gradio_app` has to be told about the looks of the page."""
    return {
        "i18n": labels(),
        "theme": theme(),
        "css": "\n".join(files("bot.web").joinpath(each).read_text(encoding="utf-8") for each in STYLES),
        # By their addresses: Gradio adds this when no inline script may run.
        "head": "".join(
            (
                *(f'<script src="{each}"></script>' for each in SCRIPTS),
                f'<link rel="icon" href="{MARK}" type="image/svg+xml">',
            )
        ),
        "footer_links": [],
        "run_history": False,
        "enable_monitoring": False,
        "app_kwargs": {"openapi_url": None},
    }


Steps = Callable[[Conversation, Filters, Cancellation], Generator[Conversation]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for: `steps` towards an answer, within the filters that are `chosen`."""

    who: str  # by which questions are counted
    conversation: Conversation
    question: str
    chosen: Sequence[Any]
    steps: Steps


def _asked(conversation: Conversation, request: Any, chosen: Sequence[Any], steps: Steps, question: str = "") -> Asked:
    who = visitor(request)
    return Asked(who.key, owned(conversation, who), question, chosen, steps)


async def _apart(steps: Generator[Conversation], cancel: Cancellation) -> AsyncGenerator[Conversation]:
    """The steps, made by a thread. Whoever stops waiting for one goes on at once, and `cancel` ends the work."""
    thread = ThreadPoolExecutor(1, thread_name_prefix="answer")
    try:
        while step := await asyncio.get_running_loop().run_in_executor(thread, next, steps, None):
            yield step
    finally:
        cancel.set()
        thread.submit(steps.close)
        thread.shutdown(wait=False)


def _changes(before: Conversation | None, after: Conversation) -> list[Any]:
    """What is new on the page: place, state, chat, proof, names, notice, box. Without `before`, everything is."""
    import gradio as gr

    proof, named = _proof(after), _named(after)
    return [
        gr.skip() if before and before.place == after.place else _saved(after.place),
        after,
        _messages(after),
        gr.skip() if before and proof == _proof(before) else proof,
        gr.skip() if before and named == _named(before) else gr.CheckboxGroup(**named),
        _line(after.notice),
        _box(after) if before is None or before.answering or after.answering else gr.skip(),
    ]


def _notice(text: str) -> list[Any]:
    """As `_changes`, where nothing but the notice is new."""
    import gradio as gr

    return [*(gr.skip() for _ in range(5)), _line(text), gr.skip()]


def _saved(place: Place | None) -> list[str] | None:
    """A place as the browser remembers it."""
    return [place.owner.key, place.name] if place else None


def _place(saved: object, owner: Owner | None) -> Place:
    """The place that a browser remembers, of the `owner` who signed in; a new one where it remembers none.

    No browser that nobody signed in with is believed to be that of somebody who does.
    """
    match saved:
        case [str(key), str(name)] if key and name and (owner or not key.startswith("@")):
            return Place(owner or Owner("web", key), name)
        case _:
            return new_place(owner)


def _named(conversation: Conversation) -> dict[str, Any]:
    """What the last question names, to be ticked; nothing can be changed while it is answered."""
    heeded = conversation.exchanges[-1].understood if conversation.exchanges else ()
    return {
        "choices": [understood(each, conversation.words) for each in conversation.named],
        "value": [understood(each, conversation.words) for each in heeded],
        "visible": bool(conversation.named),
        "interactive": not conversation.answering,
    }


def _box(conversation: Conversation) -> Any:
    """The question's box. While an answer is written the next question may be: what is in it stays.

    It is the same with every step of an answer. Gradio's client writes the differences between steps into the first
    one, so that what is said there alone is lost where it sees several steps at once.
    """
    import gradio as gr

    said = conversation.draft or not conversation.exchanges
    value: dict[str, Any] = {"value": conversation.draft} if said else {}
    return gr.Textbox(submit_btn=not conversation.answering, stop_btn=conversation.answering, **value)


def _article(opening: Opening, wanted: reader.Request, conversation: Conversation) -> str:
    """An article to read whole, or why it cannot be."""
    with Mishap() as mishap:
        try:
            answer = conversation.answer(wanted.turn)
            return reader.pane(wanted, answer, opening.bot().index.article, conversation.words)
        except ShownError as error:
            return reader.framed(wanted, _line(conversation.words.error(error)))
    return reader.framed(wanted, _line(conversation.words.error(mishap.error)))


def _greeting(opening: Opening, words: Wording) -> list[Any]:
    """What there is to be asked about: the line about it, and what was read. Or why there is nothing."""
    import gradio as gr

    try:
        bot = opening.bot()
    except ShownError as error:
        return [_line(words.error(error)), gr.skip()]
    return [_line(about(bot, words)), gr.Chatbot(placeholder=welcome.opened(bot.index.inventory(), words))]


def _next(offers: Callable[[], Offers], conversation: Conversation, chosen: Sequence[Any]) -> list[Any]:
    """The buttons below the last answer: what to ask next, to ask again, and to leave an edit."""
    import gradio as gr

    found: tuple[str, ...] = ()
    settled = bool(conversation.exchanges) and not conversation.answering and not conversation.editing
    if settled and (answer := conversation.exchanges[-1].answer):
        asked = [each.question for each in conversation.exchanges]
        with suppress(UsageError):  # a day that is none is told of when somebody asks
            found = offers().next(answer, asked, filtering.filters_of(*chosen))
    buttons = [
        gr.Button(found[place] if place < len(found) else "", visible=place < len(found)) for place in range(FOLLOW_UPS)
    ]
    return [*buttons, gr.Button(visible=settled), gr.Button(visible=conversation.editing is not None)]


def _remaining(opening: Opening, chosen: Sequence[Any], words: Wording) -> list[Any]:
    """What filters leave, and the heading of what is folded away."""
    import gradio as gr

    if not opening.done or opening.error:
        return [gr.skip(), gr.skip()]
    try:
        filters = filtering.filters_of(*chosen)
        left = filtering.remaining(opening.bot(), filters, words)
    except ShownError as error:
        return [_line(words.error(error)), gr.skip()]
    heading = words("filtering.heading", left=left.rstrip(".。")) if filters else words("label.filters")
    return [_line(left), gr.Accordion(label=heading)]


def _filters(opening: Opening, filters: Filters, words: Wording) -> list[Any]:
    """The choices, and what of them is chosen."""
    import gradio as gr

    if opening.error:
        return [gr.skip()] * 7
    chosen = filtering.chosen_of(filters)
    return [*filtering.offered(opening.bot(), filters, words), *_remaining(opening, chosen, words)]


def about(bot: "Bot", words: Wording = ENGLISH) -> str:
    """How many articles are read, and by what."""
    articles, model = words("page.articles", count=len(bot.index)), words("page.model", model=bot.model)
    notice = words.told(bot.notice) if bot.notice else ""
    return " · ".join(part for part in (articles, model, notice) if part)


def _messages(conversation: Conversation) -> list[dict[str, str]]:
    return [
        message
        for each in conversation.exchanges
        for message in (
            {"role": "user", "content": chat.question(each.question) + actions.edit(each.number, conversation.words)},
            {"role": "assistant", "content": each.shown + keeping.row(each, conversation.words)},
        )
    ]


def _proof(conversation: Conversation) -> str:
    sections = (panel.Section(each.question, each.proof) for each in conversation.exchanges)
    return panel.panel(sections, conversation.words)


def _line(text: str) -> str:
    return f"<p>{safe(text)}</p>" if text else ""
