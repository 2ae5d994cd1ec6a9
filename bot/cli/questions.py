"""The commands that answer in the terminal."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex
from typing import Annotated

import typer

from bot.cli import terminal
from bot.cli.conversations import HERE
from bot.cli.filters import limited
from bot.cli.options import AsJson, ModelSpec, StoreFolder, Strictness, open_history, open_index
from bot.cli.output import on_screen, say, say_json
from bot.cli.terminal import show
from bot.config import read
from bot.errors import QuestionEmpty, UsageError
from bot.history import History, Place
from bot.history.recording import Recording
from bot.render import text as render
from bot.service.limits import ensure_some_for_command
from bot.types import OFFERED, Answer, Intent, Length, Options, Status, Turn
from bot.wording import facts, worded
from index.invalid import told
from index.types import Filters

EXIT = {Status.ANSWERED: 0, Status.PARTIAL: 0, Status.FAILED: 1, Status.REFUSED: 3}

Ignored = Annotated[
    list[str] | None,
    typer.Option("--ignore", metavar="WORDS", help="Words of the question that name no day, outlet, author or kind."),
]
AsAsked = Annotated[
    bool, typer.Option("--as-asked", help="Heed no days, outlets, authors and kinds that the question names.")
]


@limited
def ask(
    question: Annotated[str, typer.Argument(metavar="QUESTION")],
    store: StoreFolder = None,
    model: ModelSpec = None,
    as_json: AsJson = False,
    strict: Annotated[bool, typer.Option("--strict", help="Leave out what no article supports.")] = False,
    strictness: Strictness = None,
    why: Annotated[bool, typer.Option("--why", help="Show what was judged; the JSON always has it.")] = False,
    as_kind: Annotated[
        str | None, typer.Option("--as", metavar="KIND", help=f"The kind of answer: {', '.join(OFFERED)}.")
    ] = None,
    length: Annotated[Length, typer.Option(help="How long the answer is to be.")] = Length.USUAL,
    history: Annotated[
        Path | None, typer.Option(metavar="FILE", help='Earlier turns: [{"question": "…", "answer_text": "…"}].')
    ] = None,
    conversation: Annotated[
        str | None, typer.Option(metavar="NAME", help="Go on with the conversation of this name, or begin it.")
    ] = None,
    go_on: Annotated[bool, typer.Option("--continue", help="Go on with the last conversation here.")] = False,
    filters: Filters = Filters(),
    ignore: Ignored = None,
    as_asked: AsAsked = False,
) -> None:
    """One answer with its footnotes."""
    from bot.answering.bot import Bot

    if (history is not None) + (conversation is not None) + go_on > 1:
        raise UsageError("Earlier turns come from one place: --history, --conversation or --continue.")
    told = read_history(history) if history else None
    options = Options(filters, tuple(ignore or ()), not as_asked, strict, None, _request(as_kind), length)
    config = read({"store": store, "model": model, "strictness": strictness})
    with Bot.open(config.store, config.model, config) as bot:
        ensure_some_for_command(bot.index, filters)
        kept = open_history(config)
        with Recording(kept, _place(kept, conversation, go_on), question) as exchange:
            turns = exchange.turns() if told is None else told
            if as_json or not on_screen():
                answer = bot.answer(question, turns, options=options)
            else:
                answer = terminal.streamed(bot.stream(question, turns, options=options))
            answer = exchange.ended(answer)
    _show(answer, as_json, why)
    if bot.notice:  # of an answer: beside what is wrong with a call it would only distract
        say(worded(bot.notice), error=True)
    raise typer.Exit(EXIT[answer.status])


def _show(answer: Answer, as_json: bool, why: bool) -> None:
    if as_json:
        say_json(render.to_json(answer))
        return
    terminal.show_answer(answer)
    if why:
        terminal.show_why(answer)
    terminal.show_understood(answer.understood)


@limited
def search(
    query: Annotated[str, typer.Argument(metavar="QUERY")],
    store: StoreFolder = None,
    as_json: AsJson = False,
    filters: Filters = Filters(),
    ignore: Ignored = None,
    as_asked: AsAsked = False,
) -> None:
    """The passages that a question finds, with their scores."""
    if not query.strip():
        raise QuestionEmpty
    with open_index(read({"store": store})) as index:
        ensure_some_for_command(index, filters)
        hits = index.search(query, filters=filters, ignore=ignore or (), understand=not as_asked)
        articles = {hit.passage.article_id: index.article(hit.passage.article_id) for hit in hits}
    if as_json:
        say_json(render.passages_json(hits))
        return
    for hit in hits:
        show((f"{hit.score:.3f}  ", terminal.MARK), (facts.line(articles[hit.passage.article_id]), "bold"))
        show((" ".join(hit.passage.text.split()), ""))
        say("")
    terminal.show_understood(hits.understood)


def _place(kept: History, name: str | None, go_on: bool) -> Place:
    """Where this question belongs: to a named conversation, the last one, or a new one. Raises UsageError."""
    if not go_on:
        return Place(HERE, token_hex(4) if name is None else name)
    found = kept.conversations(HERE)
    if not found:
        raise UsageError("There is no conversation to go on with. Ask without --continue.")
    return found[0].place


def _request(kind: str | None) -> Intent | None:
    if kind is not None and kind not in OFFERED:
        raise UsageError(f"--as {kind} is no kind of answer. Give one of {', '.join(OFFERED)}.")
    return Intent(kind) if kind else None


def read_history(path: Path) -> tuple[Turn, ...]:
    """The earlier turns in a file. Raises UsageError."""
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(tuple[Turn, ...]).validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        reason = told(error.errors()[0]) if isinstance(error, ValidationError) else error.strerror
        raise UsageError(
            f"The history {path} cannot be read: {reason}. "
            'It has to be a JSON list of {"question": "…", "answer_text": "…"}.'
        ) from error
