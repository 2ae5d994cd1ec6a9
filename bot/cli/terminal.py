"""Words on a terminal: made safe, styled and streamed on a screen, plain in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from bot.cli.output import safe, say
from bot.render import text as render
from bot.types import Answer, Event, EvidenceReady, SearchedAgain, Status, Verifying, Words
from bot.wording import ENGLISH, facts, worded
from index.types import Understood

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import ProgressColumn

Styled = tuple[str, str]  # words, and a style of rich's
Tell = Callable[[str, int, int | None], None]  # what is being done, how much is done, of how much

MARK = "bold cyan"


def show(*parts: Styled) -> None:
    """One paragraph: wrapped and styled on a screen, one plain line in a pipe."""
    from rich.text import Text

    screen = console()
    screen.print(Text.assemble(*((safe(words), style) for words, style in parts)), soft_wrap=not screen.is_terminal)


def console(error: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=error, highlight=False, markup=False, emoji=False)


def interactive() -> bool:
    """Whether a person can be asked: standard input exists and is a terminal."""
    return sys.stdin is not None and sys.stdin.isatty()


def show_answer(answer: Answer) -> None:
    """The finished answer: its text, then its footnotes, or what is nearest. A failure goes to standard error."""
    if answer.status is Status.FAILED:
        say(str(answer.error or worded(answer.reason)), error=True)
        return
    if searched := render.searched_sentence(answer):
        say(searched, error=True)
    if answer.text:
        show(*answer_parts(answer))
    if remark := render.unsaid(worded(answer.reason), answer.text):
        show((remark, "yellow"))
    if answer.citations or answer.nearest:
        say("")
    for citation in answer.citations:
        show((render.footnote(citation), ""))
    for near in answer.nearest:
        show((f"- {facts.line(near)}", ""))
    if answer.notice:
        say(worded(answer.notice), error=True)


def show_why(answer: Answer) -> None:
    """Shows the judgements on the way to the answer."""
    say("")
    for line in render.why_lines(answer) or ("Nothing was judged.",):
        show((line, "dim"))


def show_understood(understood: Sequence[Understood]) -> None:
    """Shows what was understood from the question, and how to undo it, on standard error."""
    if understood:
        say(render.understood_sentence(understood), error=True)
        say("Leave one out with --ignore WORDS, or all with --as-asked.", error=True)


def answer_parts(answer: Answer) -> Iterator[Styled]:
    """The text of an answer; what no article supports is told from the rest, in words too."""
    place = 0
    for sentence in answer.sentences:
        yield answer.text[place : sentence.start], MARK
        if sentence.unproved:
            yield f"{sentence.text} [not in the articles: {worded(sentence.reason)}]", "yellow"
        else:
            for words, answers in render.pieces_of(sentence.text, sentence.answering):
                yield words, "bold" if answers else ""
            yield (f" ({worded(sentence.reason)})" if sentence.reason else ""), "dim"
        place = sentence.end
    yield answer.said[place:], MARK if answer.sentences else ""


def streamed(events: Iterable[Event]) -> Answer:
    """The answer at the end of `events`; until then the screen shows how far it is, and the words as they come.

    They are taken back at the end: the marks, and what is supported, are known only then.
    """
    from rich.console import Group
    from rich.live import Live
    from rich.spinner import Spinner
    from rich.text import Text

    written = ""
    with Live(Spinner("dots", "Searching the articles"), console=console(), transient=True) as live:
        for event in events:
            match event:
                case EvidenceReady(hits=hits):
                    articles = len(hits.article_ids)
                    live.update(Spinner("dots", f"Reading {len(hits)} passages of {articles} articles"))
                case SearchedAgain(queries=queries):
                    live.update(Spinner("dots", safe(ENGLISH("chat.searched_again", queries=ENGLISH.every(queries)))))
                case Verifying():
                    live.update(Group(Text(written), Spinner("dots", ENGLISH("chat.verifying"))))
                case Words(text=text):
                    written += safe(text)
                    live.update(Text(written))
                case Answer():
                    return event
    raise AssertionError("a stream ends with its answer")


@contextmanager
def progress(in_bytes: bool = False) -> Iterator[Tell]:
    """A bar on the screen for what it is told; elsewhere a line for each new thing that is done."""
    from rich import progress as rich

    screen = console(error=True)
    if not screen.is_terminal:
        yield Lines(in_bytes=in_bytes)
        return
    amount = (rich.DownloadColumn(), rich.TransferSpeedColumn()) if in_bytes else (rich.MofNCompleteColumn(), rate())
    what = rich.TextColumn("{task.description}", markup=False)
    with rich.Progress(what, rich.BarColumn(), *amount, rich.TimeRemainingColumn(), console=screen) as bar:
        task = bar.add_task("", total=None)

        def tell(doing: str, done: int, total: int | None) -> None:
            bar.update(task, description=doing, completed=done, total=total)

        yield tell


def rate() -> ProgressColumn:
    """How many a second."""
    from rich.progress import ProgressColumn, Task
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:.1f}/s" if task.speed else "")

    return Rate()


class Lines:
    """Tells on a line of its own when something new is done, and then how much of it, every so many seconds."""

    def __init__(self, every: float = 10.0, in_bytes: bool = False) -> None:
        """`every` are the seconds between two lines about the same thing. Bytes are written as GB."""
        self._doing, self._told, self._every, self._in_bytes = "", 0.0, every, in_bytes

    def __call__(self, doing: str, done: int, total: int | None) -> None:
        now = monotonic()
        if doing != self._doing:
            self._doing, self._told = doing, now
            say(doing, error=True)
        elif total and now - self._told >= self._every:
            self._told = now
            amount = f"{done / 1e9:.1f} of {total / 1e9:.1f} GB" if self._in_bytes else f"{done} of {total}"
            say(f"{doing}: {amount}", error=True)
