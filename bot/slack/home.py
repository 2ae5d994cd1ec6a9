"""App Home: suggested, recent and unanswered questions, standing questions, and the settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bot.history import Record
from bot.slack.elements import VALUE_CHARACTERS, Block, actions, button, divider, header, line, note, rich, run, section
from bot.slack.text import shortened
from bot.slack.watches import Watched, watched
from bot.slack.words import SlackWords
from bot.wording.facts import one_line

SUGGESTED, RECENT, UNANSWERED, WATCHES = 5, 8, 8, 8  # entries of each list, at most
QUESTION_CHARACTERS = 300
_ANSWERED = ("answered", "partial")


def home(
    words: SlackWords,
    *,
    articles: int,
    suggested: Sequence[str] = (),
    recent: Sequence[Record] = (),
    watches: Sequence[Watched] = (),
) -> Block:
    """The App Home of a person. `recent` are their own records, newest first, answered or not."""
    answered = _newest(each for each in recent if each.status in _ANSWERED)
    unanswered = [each for each in recent if each.status not in _ANSWERED]
    blocks = (
        header("Byline"),
        section(words("home.what")),
        note(words("home.articles", count=articles)),
        actions([button(words("home.settings"), "open_settings", "settings")]),
        *_asked("home.suggested", suggested[:SUGGESTED], words),
        *_records("home.recent", answered[:RECENT], words),
        *([] if recent else [note(words("home.nothing"))]),
        *_records("home.unanswered", unanswered[:UNANSWERED], words),
        *_watches(watches, words),
    )
    return {"type": "home", "callback_id": "home", "blocks": list(blocks)}


def _newest(records: Iterable[Record]) -> list[Record]:
    """One record of each question: a shared answer has a record of its own, too."""
    kept: dict[str, Record] = {}
    for each in records:
        kept.setdefault(one_line(each.question), each)
    return list(kept.values())


def _asked(name: str, questions: Sequence[str], words: SlackWords) -> Iterator[Block]:
    """Questions, each with a button."""
    if questions:
        yield from (divider(), header(words(name)))
    for question in questions:
        value = shortened(one_line(question), VALUE_CHARACTERS)
        yield section(shortened(value, QUESTION_CHARACTERS), button(words("home.ask"), "home_ask", value))


def _records(name: str, records: Sequence[Record], words: SlackWords) -> Iterator[Block]:
    if records:
        yield from (divider(), header(words(name)))
    for record in records:
        yield rich([line([run(shortened(one_line(record.question), QUESTION_CHARACTERS) or "–", bold=True)])])
        yield note(words("home.facts", what=_outcome(record, words), day=words.day(record.asked)))


def _outcome(record: Record, words: SlackWords) -> str:
    if record.answer and record.status in _ANSWERED:
        text = " ".join(each.text for each in record.answer.sentences) or record.answer.said
        summary = shortened(one_line(text), QUESTION_CHARACTERS)
        return words("home.facts", what=summary, day=words("home.citations", count=len(record.answer.citations)))
    return words(f"home.{record.status}")


def _watches(watches: Sequence[Watched], words: SlackWords) -> Iterator[Block]:
    if watches:
        yield from (divider(), header(words("watch.title")))
    for watch in watches[:WATCHES]:
        yield from watched(watch, words)
    if len(watches) > WATCHES:
        yield note(words("watch.others", count=len(watches) - WATCHES))
