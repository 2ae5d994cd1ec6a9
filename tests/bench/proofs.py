"""False sentences with a proof, counted: `python -m tests.bench.proofs SET [--data DIR] [--model local] [--n 100]`.

SET is one of these. All but `squad2` are in tests/data/proofs, by writers who had not seen the code.

- `pairs`: 60 true and 60 false sentences about 20 articles, in other words than theirs, as `byline verify` tells them;
- `yesno`: 40 questions for a yes or a no about 11 articles;
- `turns`: 40 turns of eight conversations about the same articles;
- `squad2`: answerable questions and near misses of SQuAD 2.0, in the folder of the measuring sets.

A sentence is *generated* if it is not the words of an article. Replies of the language model are kept in `--cache` by
their prompts, so that a further run takes seconds; `--show` prints each case. `--dev` reads the sets for looking at.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot import Bot, Turn
from bot.render.text import to_json
from bot.training.asked import shelves
from bot.training.recorded import recorded
from bot.training.table import table
from bot.types import State
from index import Article, Index
from index.load import read
from tests.bench.retrieval import default_cache
from tests.bench.scores import Reply, share

SETS = Path(__file__).parent.parent / "data" / "proofs"
SEEDS = Path(__file__).parents[2] / "seeds"


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def articles(path: Path) -> list[Article]:
    """Those of a file of JSON lines."""
    return [
        Article(
            row["id"],
            row["title"],
            row["text"],
            outlet=row.get("outlet"),
            author=row.get("author"),
            published=date.fromisoformat(row["published"]),
            kind=row.get("kind"),
        )
        for row in rows(path)
    ]


def shipped() -> list[Article]:
    return [each for each in read([str(SEEDS)]) if isinstance(each, Article)]


@contextmanager
def asking(some: Iterable[Article], given: argparse.Namespace) -> Iterator[Bot]:
    """A bot for the articles, whose model's replies are kept."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        with Index.open(folder) as index:
            index.add(some)
        with Bot.open(folder, given.model) as bot:
            yield recorded(bot, given.cache / "replies")


def generated(answer: Mapping[str, Any]) -> list[str]:
    """The supported sentences of an answer that are not the words of an article."""
    quotes = {each["mark"]: each["quote"] for each in answer["citations"]}
    return [
        each["text"]
        for each in answer["sentences"]
        if each["state"] == State.SUPPORTED
        and not any(quotes[mark].strip(" .") in each["text"] for mark in each["citations"])
    ]


def says(text: str, some: Sequence[str]) -> bool:
    return any(each.casefold() in text.casefold() for each in some)


# The sets


def pairs(given: argparse.Namespace) -> None:
    folder = SETS / "dev" if given.dev else SETS
    some = shipped() if given.dev else articles(SETS / "pairs_articles.jsonl")
    states: dict[str, list[State]] = {"true": [], "false": []}
    by_kind: dict[str, list[bool]] = {}
    with asking(some, given) as bot:
        for row in rows(folder / "pairs.jsonl"):
            for truth, found in states.items():
                (sentence,) = bot.verify(row[truth]).sentences
                found.append(sentence.state)
                if truth == "false":
                    by_kind.setdefault(row["kind"], []).append(sentence.state is State.SUPPORTED)
                wrong = (sentence.state is State.SUPPORTED) != (truth == "true")
                if given.show and wrong:
                    report = bot.verify(row[truth])
                    quotes = " | ".join(each.quote for each in report.citations)
                    say(f"{truth} {row['kind']} {sentence.state} {sentence.support}: {row[truth]}\n    {quotes}")
    head = ["sentences", "number", *State]
    say(
        table(
            head,
            (
                [truth, str(len(of)), *(str(share(one is s for one in of)) for s in State)]
                for truth, of in states.items()
            ),
        )
    )
    say(table(["false sentences", "supported"], ([kind, str(share(found))] for kind, found in by_kind.items())))


def yesno(given: argparse.Namespace) -> None:
    folder = SETS / "dev" if given.dev else SETS
    some = shipped() if given.dev else articles(SETS / "turns_articles.jsonl")
    wrong, counted = 0, {"refused": 0, "yes or no": 0, "quoted": 0, "generated": 0}
    with asking(some, given) as bot:
        asked = rows(folder / "yesno.jsonl")
        for row in asked:
            answer = to_json(bot.answer(row["question"]))
            verdict = next(
                (
                    one
                    for one in ("yes", "no")
                    if answer["text"].casefold().startswith((f"{one},", f"{one}.", f"{one} "))
                ),
                None,
            )
            false = verdict is not None and verdict != row["gold"]
            wrong += false
            kind = (
                "refused"
                if answer["status"] == "refused"
                else "yes or no"
                if verdict
                else "generated"
                if generated(answer)
                else "quoted"
            )
            counted[kind] += 1
            show(given, "FALSE" if false else kind, row["question"], answer, f"{row['gold']}: {row['note']}")
    say(
        table(
            ["answers", "number"],
            [*([kind, str(number)] for kind, number in counted.items()), ["a false yes or no", str(wrong)]],
        )
    )


def turns(given: argparse.Namespace) -> None:
    if given.dev:
        with asking(shipped(), given) as bot:
            _turns(
                given,
                bot,
                [{**row, "conversation": place} for place, row in enumerate(rows(SETS / "dev" / "questions.jsonl"))],
            )
        return
    with asking(articles(SETS / "turns_articles.jsonl"), given) as bot:
        _turns(given, bot, rows(SETS / "turns.jsonl"))


def _turns(given: argparse.Namespace, bot: Bot, asked: Sequence[Mapping[str, Any]]) -> None:
    counted = {"right": 0, "refused rightly": 0, "refused wrongly": 0, "to be read": 0, "answered without an answer": 0}
    history: dict[int, list[Turn]] = {}
    for row in asked:
        before = history.setdefault(row["conversation"], [])
        answer = bot.answer(row["question"], before)
        before.append(Turn.of(row["question"], answer))
        told = to_json(answer)
        kind = _kind(row, told)
        counted[kind] += 1
        show(given, kind, row["question"], told, row.get("note", ""))
    say(table(["turns", "number"], ([kind, str(number)] for kind, number in counted.items())))


def _kind(row: Mapping[str, Any], answer: Mapping[str, Any]) -> str:
    if answer["status"] == "refused":
        return "refused wrongly" if row["answerable"] else "refused rightly"
    if not row["answerable"]:
        return "answered without an answer"
    return (
        "right"
        if says(answer["text"], row["gold"]) and not says(answer["text"], row.get("wrong", ()))
        else "to be read"
    )


def squad2(given: argparse.Namespace) -> None:
    (shelf,) = shelves(given.data, "squad2", given.n, given.seed, "fit" if given.dev else "other")
    replies: list[Reply] = []
    with asking(shelf.articles, given) as bot:
        for number, asked in enumerate(shelf.questions, 1):
            reply = Reply(asked, to_json(bot.answer(asked.text)))
            replies.append(reply)
            sys.stderr.write(f"\r{number}/{len(shelf.questions)}")
            show(given, _standing(reply), asked.text, reply.given, " | ".join(asked.spans))
    sys.stderr.write("\n")
    answerable = [each for each in replies if each.asked.answerable]
    near = [each for each in replies if not each.asked.answerable]
    right = [each for each in answerable if each.right]
    say(
        table(
            ["squad2", "share"],
            [
                ["answerable: right", str(share(each.right for each in answerable))],
                ["answerable: the span anywhere in the answer", str(share(each.found for each in answerable))],
                ["answerable: refused", str(share(not each.answered for each in answerable))],
                ["right: a quote from the right passage holds the answer", str(share(each.proven for each in right))],
                ["near misses: refused", str(share(not each.answered for each in near))],
                [
                    "near misses: a generated sentence",
                    str(share(bool(each.answered and generated(each.given)) for each in near)),
                ],
                [
                    "answerable: a generated sentence",
                    str(share(bool(each.answered and generated(each.given)) for each in answerable)),
                ],
                [
                    "answerable: a generated sentence in an answer without the span",
                    str(share(bool(each.answered and not each.found and generated(each.given)) for each in answerable)),
                ],
            ],
        )
    )


def _standing(reply: Reply) -> str:
    if not reply.asked.answerable:
        return (
            "near miss refused"
            if not reply.answered
            else "near miss generated"
            if generated(reply.given)
            else "near miss quoted"
        )
    if not reply.answered:
        return "refused wrongly"
    if not reply.right:
        return "wrong generated" if generated(reply.given) else "wrong quoted"
    return "right" if reply.proven else "right without its quote"


def show(given: argparse.Namespace, kind: str, question: str, answer: Mapping[str, Any], note: str) -> None:
    if not given.show:
        return
    lines = [f"\n<{kind}> {question}", f"  gold: {note}", f"  {answer['status']}: {answer['text']}"]
    lines += [f"  reason: {answer['reason']}"] if answer.get("reason") else []
    lines += [f"  [{each['mark']}] {each['article_id']}: {each['quote']}" for each in answer["citations"]]
    say("\n".join(lines))


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


WHAT = {"pairs": pairs, "yesno": yesno, "turns": turns, "squad2": squad2}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.proofs", description=__doc__.splitlines()[0])
    parser.add_argument("set", choices=WHAT)
    parser.add_argument("--data", type=Path, default=os.environ.get("BYLINE_BENCH_DATA"), help="of the measuring sets")
    parser.add_argument("--cache", type=Path, default=default_cache(), help="where replies are kept")
    parser.add_argument("--model", default="local")
    parser.add_argument("--n", type=int, default=100, help="answerable questions, and as many near misses")
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--dev", action="store_true", help="the sets for looking at failures")
    parser.add_argument("--show", action="store_true", help="print each case")
    given = parser.parse_args()
    WHAT[given.set](given)


if __name__ == "__main__":
    main()
