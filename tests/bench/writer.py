"""A strong model as Byline's writer: prompts for a reader, and what people see of the replies, counted.

`python -m tests.bench.writer collect --out DIR [--data DIR]` writes the prompts that lack a reply to
`DIR/prompts.jsonl` (key, system, user). A reader who sees nothing else writes `DIR/replies.jsonl` (key, reply).
`collect` takes them in, and writes what then lacks a reply: second searches, second looks, and second looks at replies
that are spoiled in one place.
`python -m tests.bench.writer replay --out DIR [--data DIR] [--show KIND]` counts, once nothing is missing.

`tests/data/writer.jsonl` has a strong reader's replies to some of the questions about the shipped articles.
Without `--data` only the questions about the shipped articles are asked. Replies are kept with the places of their
sentences in the articles in the place of numbers, so that they hold when the numbering changes.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from bot.answering.bot import Bot
from bot.answering.decide import REFUSAL
from bot.answering.evidence import tokens
from bot.answering.write.draft import strip_marks
from bot.training.asked import GoldQuestion, GoldSet, draw, scripted, shelves
from bot.training.spans import holds
from bot.training.table import table
from bot.types import Answer, Cancellation, Model, Prompt, State, Status
from index import Index
from index.text.names import names
from index.text.sentence import sentences
from index.text.words import MONTHS, WEEKDAY

SETS = ("clapnq", "squad2", "multihop_rag")
SEEDS = "seeds"
EACH = 15  # questions of a set, half of them without an answer
SEED = 58
WHOLE = 0.9  # the least share of the letters of a reply: heads of tables and days of events are no sentences
KINDS = ("number", "name", "negation", "who-whom", "citation")
ANSWER = "You answer a question from passages"  # with which the prompt of an answer begins
LOOK = "You check the sentences"  # with which the prompt of a second look begins
AGAIN = "Search:"  # in the prompt that may be answered with queries
_PLACE = re.compile(r"\[([^\[\]@]+)@(\d+)\]")
_MARKS = re.compile(r"(?:\s*\[\d+(?:\s*,\s*\d+)*\])+")
_FIGURE = re.compile(r"\d+")
_VERB = re.compile(r"\b(is|was|were|are|has|had|have|will|would|did|does|can|could|may)\b(?! not)")


class Missing(Exception):
    """A reply that no reader has given yet."""


@dataclass(slots=True)
class Replies:
    """The replies by key, and the prompts that lack one."""

    folder: Path
    kept: dict[str, str]
    missing: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def read(cls, folder: Path) -> Replies:
        folder.mkdir(parents=True, exist_ok=True)
        asked = {row["key"]: row["numbered"] for row in _rows(folder / "prompts.jsonl")}
        kept = {row["key"]: row["reply"] for row in _rows(folder / "kept.jsonl")}
        for row in _rows(folder / "replies.jsonl"):
            if row["key"] in asked:
                kept[row["key"]] = _with_places(row["reply"], asked[row["key"]])
        return cls(folder, kept)

    def write(self) -> None:
        _write(self.folder / "kept.jsonl", ({"key": key, "reply": reply} for key, reply in self.kept.items()))
        _write(self.folder / "prompts.jsonl", self.missing)

    def reply(self, key: str, prompt: Prompt) -> str:
        """The reply with the numbers of this prompt. Raises Missing."""
        numbered = _numbered(prompt)
        if key not in self.kept:
            self.missing.append({"key": key, "system": prompt.system, "user": prompt.user, "numbered": numbered})
            raise Missing(key)
        return _with_numbers(self.kept[key], prompt)


@dataclass(slots=True)
class Reader:
    """The strong model of one question: its replies, as they were given, and what they cost."""

    replies: Replies
    key: str
    spoiled: str | None = None  # an answer in the place of the reader's own
    calls: list[tuple[int, int]] = field(default_factory=list)  # tokens read and written

    def complete(self, prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[str]:  # noqa: ARG002
        if prompt.system.startswith(LOOK):
            reply = self.replies.reply(f"{self.key}/look", prompt)
        elif self.spoiled is not None:
            reply = _with_numbers(self.spoiled, prompt)
        elif prompt.system.startswith(ANSWER):
            part = "answer" if AGAIN in prompt.system else "again"
            reply = self.replies.reply(f"{self.key}/{part}", prompt)
        else:
            reply = self.replies.reply(f"{self.key}/translation", prompt)
        self.calls.append((tokens(prompt.system + prompt.user), tokens(reply)))
        yield from (reply[place : place + 20] for place in range(0, len(reply), 20))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its answer, and how the model spoke."""

    key: str
    gold: GoldQuestion
    answer: Answer
    reply: str
    calls: tuple[tuple[int, int], ...]

    @property
    def declined(self) -> bool:
        return self.reply.startswith(REFUSAL.rstrip("."))

    @property
    def right(self) -> bool:
        """Whether the reply is right as far as gold answers tell: a refusal where there is none, else a span."""
        if not self.gold.answerable:
            return self.declined
        return not self.declined and (not self.gold.spans or holds(self.answer.text, self.gold.spans))

    @property
    def as_written(self) -> bool:
        """Whether people see each sentence of the reply, in its words, or its refusal."""
        if self.declined:
            return self.answer.status is Status.REFUSED
        words = _bare(strip_marks(self.reply))
        said = list(map(_bare, _plain(self.answer)))
        return all(each in words for each in said) and sum(map(len, said)) >= WHOLE * len(words)


def _plain(answer: Answer) -> Iterator[str]:
    """The sentences as the model wrote them: without an attribution before them."""
    for each in answer.sentences:
        yield each.text.rpartition("): ")[2]


def collect(folder: Path, data: Path | None) -> None:
    """Takes in the replies and writes the prompts that lack one."""
    replies = Replies.read(folder)
    for name, shelf, gold, index in _questions(folder, data):
        try:
            asked = ask(index, replies, f"{name}/{gold.id}", gold)
        except Missing:
            continue
        for kind, text in spoiled(asked, shelf):
            try:
                ask(index, replies, f"{asked.key}/{kind}", gold, text)
            except Missing:
                continue
    replies.write()
    say(f"{len(replies.kept)} replies, {len(replies.missing)} prompts without one in {folder / 'prompts.jsonl'}")


def ask(index: Index, replies: Replies, key: str, gold: GoldQuestion, text: str | None = None) -> Asked:
    """The answer with the reader's replies. Raises Missing."""
    reader = Reader(replies, key, text)
    bot = Bot(index, Model("reader", reader.complete, cites=True, remote=True, budget=6_000))
    answer = bot.answer(gold.text)
    if answer.error:
        raise answer.error
    reply = replies.kept.get(f"{key}/again") or replies.kept.get(f"{key}/answer") or text or ""
    return Asked(key, gold, answer, _PLACE.sub("", reply), tuple(reader.calls))


def replay(folder: Path, data: Path | None, show: str | None) -> None:
    """Prints what people see."""
    replies, found, wrong = Replies.read(folder), list[Asked](), dict[str, list[tuple[Asked, bool, bool]]]()
    for name, shelf, gold, index in _questions(folder, data):
        try:
            asked = ask(index, replies, f"{name}/{gold.id}", gold)
            found.append(asked)
            for kind, text in spoiled(asked, shelf):
                again = ask(index, replies, f"{asked.key}/{kind}", gold, text)
                wrong.setdefault(kind, []).append((again, _taken(again, code=True), _taken(again)))
        except Missing:
            continue
    if replies.missing:
        say(f"{len(replies.missing)} prompts have no reply and do not count: `collect` writes them.")
    _say(found, wrong)
    if show:
        _show(found, wrong, show)


def spoiled(asked: Asked, shelf: GoldSet) -> Iterator[tuple[str, str]]:
    """The reply with one sentence spoiled, once for each kind that it allows, with the numbers of its own prompt."""
    if asked.declined or not asked.answer.sentences:
        return
    draws = random.Random(asked.key)
    good = [each for each in asked.answer.sentences if each.state is State.SUPPORTED]
    if not good:
        return
    sentence = draws.choice(good)
    texts = {each.id: each.text for each in shelf.articles}
    marks = {each.mark: each for each in asked.answer.citations}
    cited = [marks[mark] for mark in sentence.citations]
    others = [name for each in cited for name in _names(texts[each.article_id]) if name not in sentence.text]
    text = sentence.text.rpartition("): ")[2]
    for kind in KINDS:
        changed = _spoil(kind, text, others, draws)
        places = [(each.article_id, each.start) for each in cited]
        if kind == "citation":
            places, changed = _elsewhere(cited[0].article_id, texts, {each.start for each in cited}, draws), text
        if changed and places and (kind == "citation" or changed != text):
            yield kind, changed + "".join(f"[{article_id}@{start}]" for article_id, start in places)


def _spoil(kind: str, text: str, others: Sequence[str], draws: random.Random) -> str | None:
    """A sentence with one fault of a kind; None where it has no place for it."""
    if kind == "number" and (figures := list(_FIGURE.finditer(text))):
        figure = draws.choice(figures)
        other = str(int(figure[0]) + draws.choice((1, 2, 3, 10)))
        return text[: figure.start()] + other + text[figure.end() :]
    own = _names(text)
    if kind == "name" and own and others:
        return text.replace(draws.choice(own), draws.choice(others), 1)
    if kind == "negation":
        return _VERB.sub(r"\1 not", text, count=1)
    if kind == "who-whom" and len(set(own)) > 1:
        one, other = own[0], next(each for each in own if each != own[0])
        return text.replace(one, "\0").replace(other, one).replace("\0", other)
    return None


def _names(text: str) -> list[str]:
    """The names of a text but for those of months and days."""
    return [each for each in names(text) if len(each) > 2 and not re.fullmatch(rf"{'|'.join(MONTHS)}|{WEEKDAY}", each)]


def _elsewhere(
    article_id: str, texts: Mapping[str, str], cited: set[int], draws: random.Random
) -> list[tuple[str, int]]:
    """The place of another sentence of the article, or of another article."""
    own = [(article_id, span.start) for span in sentences(texts[article_id]) if span.start not in cited]
    return [draws.choice(own)] if own else []


def _taken(again: Asked, *, code: bool = False) -> bool:
    """Whether a spoiled sentence is given as supported: by `code` alone, or after the second look."""
    (sentence, *_) = again.answer.sentences or (None,)
    if sentence is None:
        return False
    if code:
        return all(
            each.passed for each in again.answer.trace if each.step == "prove" and each.task == "figures"
        ) and not (sentence.reason and sentence.reason.name in ("figures", "names", "uncited", "unknown_numbers"))
    return sentence.state is State.SUPPORTED


def _say(found: Sequence[Asked], wrong: Mapping[str, Sequence[tuple[Asked, bool, bool]]]) -> None:
    told = [each for each in found if not each.declined]
    right = [each for each in found if each.right]
    every = list(chain.from_iterable(each.answer.sentences for each in told))
    states = Counter(str(each.state) for each in every)
    by_set = [
        (
            name,
            len(some := [each for each in found if each.key.startswith(f"{name}/")]),
            sum(each.gold.answerable for each in some),
            sum(each.right for each in some if each.gold.answerable),
            sum(each.right for each in some if not each.gold.answerable),
            sum(each.as_written for each in some),
        )
        for name in dict.fromkeys(each.key.partition("/")[0] for each in found)
    ]
    say(table(("set", "asked", "with an answer", "right", "refused rightly", "shown as written"), by_set))
    say(f"shown as they are, of right replies: {_share(sum(each.as_written for each in right), len(right))}")
    overruled = sum(each.declined and each.answer.status is not Status.REFUSED for each in found)
    say(f"refusals of the model overruled: {overruled} of {sum(each.declined for each in found)}")
    say(f"sentences: {', '.join(f'{state} {count}' for state, count in states.most_common())}")
    claims = [each for each in every if each.state is not State.ABOUT]
    say(f"claims marked supported: {_share(sum(each.state is State.SUPPORTED for each in claims), len(claims))}")
    calls = [each.calls for each in found]
    say(
        f"calls a question {sum(map(len, calls)) / len(calls):.2f}; tokens read "
        f"{sum(read for each in calls for read, _ in each) / len(calls):.0f}, written "
        f"{sum(written for each in calls for _, written in each) / len(calls):.0f}"
    )
    head = ("spoiled", "sentences", "given as supported by code alone", "after the second look")
    rows = [
        (
            kind,
            len(some),
            _share(sum(code for _, code, _ in some), len(some)),
            _share(sum(look for *_, look in some), len(some)),
        )
        for kind, some in wrong.items()
    ]
    say(table(head, rows))


def _show(found: Sequence[Asked], wrong: Mapping[str, Sequence[tuple[Asked, bool, bool]]], kind: str) -> None:
    """Prints the cases of one kind: `marked`, `wrong`, or a kind of fault that was taken for proved."""
    for each in found:
        for sentence in each.answer.sentences:
            if kind == "marked" and sentence.unproved:
                quotes = [cited.quote for cited in each.answer.citations if cited.mark in sentence.citations]
                say(f"{each.key} {sentence.reason and sentence.reason.name}: {sentence.text}\n    {quotes}")
        if kind == "wrong" and not each.right:
            say(f"{each.key} {each.gold.text} {each.gold.spans}\n    {each.reply}")
    for again, _, taken in wrong.get(kind, ()):
        if taken:
            say(f"{again.key}: {again.answer.text}\n    {[each.quote for each in again.answer.citations]}")


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _share(count: int, whole: int) -> str:
    return f"{count / whole:.3f} ({count} of {whole})" if whole else "none"


def _questions(folder: Path, data: Path | None) -> Iterator[tuple[str, GoldSet, GoldQuestion, Index]]:
    """The questions of each set with an index of its articles."""
    for name in (*(SETS if data else ()), SEEDS):
        shelf = scripted() if name == SEEDS else shelves(data, name, EACH, SEED, "other")[0] if data else None
        assert shelf
        half = draw(shelf.questions, EACH, SEED)[:EACH]
        with _index(folder / "stores" / name, shelf) as index:
            for gold in half:
                yield name, shelf, gold, index


@contextmanager
def _index(store: Path, shelf: GoldSet) -> Iterator[Index]:
    with Index.open(store) as index:
        if not any(index.articles()):
            index.add(shelf.articles)
        yield index


def _numbered(prompt: Prompt) -> list[tuple[str, int]]:
    """The articles and places of the sentences of a prompt, in the order of their numbers."""
    return [(each.article_id, each.start) for excerpt in prompt.excerpts for each in excerpt.sentences]


def _with_numbers(reply: str, prompt: Prompt) -> str:
    """A reply with the numbers of a prompt in the place of places; of what it does not have, a number of nothing."""
    numbers = {place: number for number, place in enumerate(_numbered(prompt), 1)}
    return _PLACE.sub(lambda found: f"[{numbers.get((found[1], int(found[2])), 999)}]", reply)


def _with_places(reply: str, numbered: Sequence[tuple[str, int]]) -> str:
    """A reply with places in the articles in the place of its numbers."""

    def placed(mark: re.Match[str]) -> str:
        numbers = [int(each) for each in re.findall(r"\d+", mark[0])]
        return "".join(
            f"[{numbered[number - 1][0]}@{numbered[number - 1][1]}]" if 0 < number <= len(numbered) else f"[{number}]"
            for number in numbers
        )

    return _MARKS.sub(lambda mark: " " + placed(mark), reply) if numbered else reply


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _rows(path: Path) -> list[dict[str, Any]]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines if line.strip()]


def _write(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=("collect", "replay"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--show")
    given = parser.parse_args()
    if given.mode == "collect":
        collect(given.out, given.data)
    else:
        replay(given.out, given.data, given.show)


if __name__ == "__main__":
    main()
