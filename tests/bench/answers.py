"""Answers, counted: the stock LangChain chain, Byline with the same model, and Byline without one, in one run.

`python -m tests.bench.answers --data DIR [--set squad2|nomiracl|clapnq|multihop_rag] [--n 100] [--seed 4]
[--half other] [--systems stock,byline,extractive,stock-engine] [--show wrong|citations] [--fresh] [--cache DIR]`

Each question is asked of every system before the next one is, so that all have the same machine. Every answer is kept
under a fingerprint of what its system is made of: a run that was stopped goes on, and of a system that has not changed
nothing is asked again. Seconds of kept answers are those of their own run; `--fresh` asks all anew. A failure is
counted, and asked again the next time.

The stock chain asks the server that comes with llama-cpp-python, as it comes, but for all processors; `stock-engine` is
the same chain with Byline's own engine, so that what the engine gains is not taken for what the pipeline does. Each
has its own kept prefix, as where only one of the programs runs.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any, get_args

from bot.answering.bot import Bot
from bot.errors import ShownError
from bot.model.llama import Engine, cores
from bot.model.local import LocalChat, plain
from bot.model.pull import place
from bot.model.spec import gguf_path
from bot.model.tokens import alike
from bot.render.text import to_json
from bot.training.asked import SETS, GoldQuestion, GoldSet, Half, shelves
from bot.training.table import table
from bot.types import Answer, EvidenceReady, Usage, Words
from index import Article, Index
from tests.bench import scores
from tests.bench.kept import Kept, fingerprint
from tests.bench.machine import machine
from tests.bench.retrieval import default_cache
from tests.bench.said import as_answer
from tests.bench.scores import Reply
from tests.bench.stock import StockChain, stock_embeddings
from tests.served import served

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel

ROOT = Path(__file__).resolve().parents[2]
SEED, NUMBER = 4, 100
CONTEXT = 3_840  # tokens; another than Byline's, and so an engine of its own. It holds any prompt of the stock chain.
LONGEST = 512  # tokens that the stock chain may write
STOCK = ("stock", "stock-engine")
DEFAULT = ("stock", "byline", "extractive")  # where none is named
WARMING = "What are these articles about?"

Ask = Callable[[str], dict[str, Any]]

# What the answers of each system depend on: patterns of files, and of those that are left out. Surfaces only show them.
_ANSWERS = ("bot/**/*.py", "bot/**/*.json", "bot/**/*.safetensors", "prompts/*.md", "index/**/*.py")
_APART = (
    *(f"bot/{name}/*" for name in ("web", "slack", "cli", "evaluate", "history")),
    *(f"bot/{name}.py" for name in ("__main__", "config", "langchain")),
    *(f"index/{name}/*" for name in ("load", "byline")),
)
SOURCES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "stock": (("tests/bench/stock.py", "tests/served.py"), ()),
    "byline": (_ANSWERS, _APART),
    "extractive": (_ANSWERS, (*_APART, "bot/model/*")),
    "stock-engine": (("bot/model/*.py", "tests/bench/stock.py"), ()),
}


def _sources(system: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those of Byline for Byline with another model."""
    return SOURCES.get(system, SOURCES["byline"])


def main() -> None:
    given = _arguments()
    chosen = shelves(given.data, given.set, given.n, given.seed, given.half)
    fingerprints = {system: fingerprint(ROOT, *_sources(system)) for system in given.systems}
    kept = Kept(given.cache / "answers" / f"{given.set}.jsonl")
    answers = {} if given.fresh else kept.read(fingerprints)
    before = len(answers)
    stopped = False
    try:
        for system, asked, answer in _ask(chosen, given.systems, answers, given.cache / "answers" / given.set):
            answers[system, asked.id] = answer
            if answer["status"] != "failed":
                kept.add(system, fingerprints[system], asked.id, answer)
    except KeyboardInterrupt:
        stopped = True
        _tell("\nStopped. The same command goes on from here.\n")
    _print(chosen, given, answers, fingerprints)
    if before:
        _say("\nSome answers are of an earlier run, with its seconds; `--fresh` asks all anew.")
    if stopped:
        sys.exit(130)


def _ask(
    chosen: Sequence[GoldSet], systems: Sequence[str], known: Mapping[tuple[str, str], Any], folder: Path
) -> Iterator[tuple[str, GoldQuestion, dict[str, Any]]]:
    """The answers that are not known yet, question by question; each time another system comes first."""
    missing = {
        asked.id: [system for system in systems if (system, asked.id) not in known]
        for shelf in chosen
        for asked in shelf.questions
    }
    left = [GoldSet(each.articles, tuple(one for one in each.questions if missing[one.id])) for each in chosen]
    total, done, began = sum(map(bool, missing.values())), 0, perf_counter()
    with _Workshop() as workshop:
        for shelf in (each for each in left if each.questions):
            wanted = [system for system in systems if any(system in missing[each.id] for each in shelf.questions)]
            with workshop.opened(shelf.articles, wanted, folder if len(chosen) == 1 else None) as asks:
                for asked in shelf.questions:
                    turn = missing[asked.id]
                    for system in (*turn[done % len(turn) :], *turn[: done % len(turn)]):
                        yield system, asked, asks[system](asked.text)
                    done += 1
                    minutes = (perf_counter() - began) / done * (total - done) / 60
                    _tell(f"\r{done}/{total} questions, {minutes:.0f} min left ")
    _tell("\n" if total else "")


# The systems


class _Workshop(ExitStack):
    """Makes the systems for a shelf. What all shelves share is loaded once, and gone at the end."""

    def __init__(self) -> None:
        super().__init__()
        self._chats: dict[str, BaseChatModel] = {}
        self._tallies: dict[Path, _Tally] = {}
        self._served: list[int] = []  # what the server of the stock chain has read and written last

    @contextmanager
    def opened(
        self, articles: Sequence[Article], systems: Sequence[str], folder: Path | None
    ) -> Iterator[dict[str, Ask]]:
        """Each system over the articles, warm. The index is made in `folder` and used again there; else it is gone."""
        with ExitStack() as stack:
            asks: dict[str, Ask] = {}
            if set(systems) - set(STOCK):
                store = folder or Path(stack.enter_context(TemporaryDirectory(ignore_cleanup_errors=True)))
                with Index.open(store) as index:
                    index.add(articles)
            for system in systems:
                if system in STOCK:
                    asks[system] = self._stock(system, articles, stack)
                else:
                    asks[system] = self._byline(store, "local" if system == "byline" else system, stack)
            yield asks

    def _stock(self, system: str, articles: Sequence[Article], stack: ExitStack) -> Ask:
        from openai import OpenAIError

        cold = system not in self._chats
        if cold:
            self._chats[system] = self._server() if system == "stock" else LocalChat(path=place(), n_ctx=CONTEXT)
        chat = self._chats[system]
        chain = StockChain(articles, self._embeddings, chat)
        stack.callback(chain.close)
        if cold:
            chain.ask(WARMING)

        def ask(question: str) -> dict[str, Any]:
            before = _usage(chat)
            try:
                answer = chain.ask(question)
            except (ShownError, OpenAIError) as error:
                return {"status": "failed", "text": "", "reason": str(error)}
            prompt, _ = self._engine.tokens(plain(answer.pop("messages")), question)
            written = self._engine.words(answer["words"])[:-1]
            used = _usage(chat) - before if isinstance(chat, LocalChat) else self._of_server(prompt, written)
            return {**answer, "status": "answered", "tokens": {"prompt": len(prompt), **asdict(used)}}

        return ask

    def _of_server(self, prompt: list[int], written: list[int]) -> Usage:
        """The server tells no counts. It reads a prompt from where it parts from what it had read and written last."""
        kept = min(alike(self._served, prompt), len(prompt) - 1)
        self._served = [*prompt, *written]
        return Usage(len(prompt) - kept, kept, len(written))

    def _server(self) -> BaseChatModel:
        from langchain_openai import ChatOpenAI

        folder = Path(self.enter_context(TemporaryDirectory()))
        model = {"model": str(place()), "n_ctx": CONTEXT, "n_threads": cores(), "verbose": False}
        address = self.enter_context(served([model], folder))
        return ChatOpenAI(base_url=address, api_key="none", model=place().stem, temperature=0, max_tokens=LONGEST)  # type: ignore[arg-type, call-arg]

    def _byline(self, store: Path, model: str, stack: ExitStack) -> Ask:
        bot = stack.enter_context(Bot.open(store, model=model))
        bot.warm()
        tally = self._tally(gguf_path(model) or place())

        def ask(question: str) -> dict[str, Any]:
            tally.clear()
            return {**_streamed(bot, question), "tokens": tally.counts()}

        return ask

    @cached_property
    def _embeddings(self) -> Any:
        return stock_embeddings()

    @cached_property
    def _engine(self) -> Engine:
        """Byline's."""
        return LocalChat(path=place())._engine

    def _tally(self, path: Path) -> _Tally:
        if path not in self._tallies:
            self._tallies[path] = _Tally(LocalChat(path=path)._engine)
        return self._tallies[path]


def _usage(chat: BaseChatModel) -> Usage:
    return chat.usage() if isinstance(chat, LocalChat) else Usage()


def _streamed(bot: Bot, question: str) -> dict[str, Any]:
    """The answer as a user gets it, with the seconds at which its parts came."""
    began, seconds, words = perf_counter(), {}, []
    for event in bot.stream(question):
        now = perf_counter() - began
        if isinstance(event, EvidenceReady):
            seconds["evidence"] = now
        elif isinstance(event, Words):
            seconds.setdefault("first_token", now)
            words.append(event.text)
        elif isinstance(event, Answer):
            seconds["total"] = now
            return {**to_json(event), "seconds": seconds, "words": "".join(words)}
    raise AssertionError("a stream ends with its answer")


class _Tally:
    """Counts the tokens of an engine for one question at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._before = engine, engine.meter.usage()
        self._prompts: list[int] = []
        tokens = engine._tokens

        def counted(*arguments: Any) -> list[int]:
            found = tokens(*arguments)
            self._prompts.append(len(found))
            return found

        engine._tokens = counted  # type: ignore[assignment, method-assign]

    def clear(self) -> None:
        self._before = self._engine.meter.usage()
        self._prompts.clear()

    def counts(self) -> dict[str, int | None]:
        return {"prompt": max(self._prompts, default=None), **asdict(self._engine.meter.usage() - self._before)}


# What is printed


def _print(
    chosen: Sequence[GoldSet],
    given: argparse.Namespace,
    answers: Mapping[tuple[str, str], Any],
    fingerprints: Mapping[str, str],
) -> None:
    """The table over the questions that every system has answered."""
    asked = [each for shelf in chosen for each in shelf.questions]
    both = [each for each in asked if all((system, each.id) in answers for system in given.systems)]
    replies = {
        system: [Reply(each, _read(system, answers[system, each.id])) for each in both] for system in given.systems
    }
    texts = {article.id: article.text for shelf in chosen for article in shelf.articles}
    answerable = sum(each.answerable for each in both)
    _say(f"## Answers: {given.set}, {answerable} answerable and {len(both) - answerable} unanswerable questions\n")
    _say(f"Half: {given.half}, seed {given.seed}, {given.n} of each asked for. Measured on {machine()}.\n")
    made = ["fingerprint of its sources", *(fingerprints[system] for system in given.systems)]
    _say(table(["", *given.systems], [made, *scores.rows(replies, texts)]))
    if given.show:
        for system, found in replies.items():
            for reply in filter(SHOWN[given.show], found):
                _say(f"\n{_case(system, reply)}")


def _read(system: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer as `byline ask --json` has it, as far as a stock chain has its parts."""
    if system not in STOCK or answer["status"] == "failed":
        return answer
    return {**answer, **as_answer(answer["words"], answer["given"])}


def _wrong(reply: Reply) -> bool:
    return not reply.right if reply.asked.answerable else reply.status != "refused"


def _badly_cited(reply: Reply) -> bool:
    elsewhere = any(not reply.into_gold(each) for each in reply.citations)
    return reply.right and (elsewhere or not reply.proven)


SHOWN: dict[str, Callable[[Reply], bool]] = {"wrong": _wrong, "citations": _badly_cited}


def _case(system: str, reply: Reply) -> str:
    asked, given = reply.asked, reply.given
    gold = f"{' | '.join(asked.spans) or 'yes'}  ({asked.gold})" if asked.answerable else "no answer"
    lines = [
        f"[{system}] {asked.text}  ({asked.id})",
        f"  gold: {gold}",
        f"  {given['status']}: {given['text']}",
        *(f"  reason: {given['reason']}" for _ in range(bool(given.get("reason")))),
        *(f"  words: {given['words']}" for _ in range(bool(given.get("words")))),
        *(f"  {each['state'] or 'unmarked'} {each.get('support') or ''} {each['text']}" for each in reply.sentences),
        *(f"  [{each['mark']}] {each['article_id']}: {each['quote']}" for each in reply.citations),
    ]
    return "\n".join(lines)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.answers", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("BYLINE_BENCH_DATA"), help="of the measuring sets")
    parser.add_argument("--cache", type=Path, default=default_cache(), help="where indexes and answers are kept")
    parser.add_argument("--set", choices=SETS, default="squad2")
    parser.add_argument("--n", type=int, default=NUMBER, help="answerable questions, and as many unanswerable ones")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--half", choices=get_args(Half), default="other")
    parser.add_argument("--systems", type=lambda names: names.split(","), default=[*DEFAULT])
    parser.add_argument("--show", choices=SHOWN, help="print such answers in full")
    parser.add_argument("--fresh", action="store_true", help="ask all anew, also what is kept")
    given = parser.parse_args()
    if unknown := {each for each in given.systems if each not in SOURCES and not gguf_path(each)}:
        known = f"{', '.join(SOURCES)} and gguf:NAME"
        parser.error(f"no system is called {', '.join(sorted(unknown))}; there are {known}")
    if given.data is None or not Path(given.data).is_dir():
        parser.error("name the folder of the measuring sets with --data DIR or BYLINE_BENCH_DATA")
    given.data = Path(given.data)
    return given


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _tell(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


if __name__ == "__main__":
    try:
        main()
    except ShownError as error:
        sys.exit(f"{error}")
