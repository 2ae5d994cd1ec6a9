"""Byline beside a stock LangChain chain and LlamaIndex's CitationQueryEngine, with the same writer, in one run.

`python -m tests.bench.beside --data DIR [--set clapnq|squad2] [--answerable 50] [--unanswerable 25] [--budget 6000]
[--seed N]`

The writer of all is one function of their prompts (`tests.bench.overlap`): a person's answer, as far as the sources of
the prompt have its words. To a question without an answer it says what the prompt asks it to say then. So the figures
compare what the systems give a writer to read and what they make of its words; no model's skill is in them. Refusals of
unanswerable questions only show that a refusal stands. Who reads more sources finds more of the person's words there.

All find passages by the same embedder. The engine runs where llama-index-core is installed, and is told of elsewhere:
Byline does not depend on it.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any

from bot import Bot
from bot.render.text import to_json
from bot.training.asked import GoldQuestion
from bot.training.sets import rows
from bot.training.spans import normalised
from bot.training.table import table
from bot.types import Model
from index import Article, Index
from tests.bench import citation_engine
from tests.bench.citation_engine import CitationEngine
from tests.bench.machine import machine
from tests.bench.overlap import Writer
from tests.bench.perfect import SEED, plain, read_articles, split
from tests.bench.said import as_answer
from tests.bench.scores import Reply, Share, Texts, bare, exact, mean_of, median_of, share
from tests.bench.scripted import BUDGET
from tests.bench.stock import StockChain, stock_embeddings

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel

SETS = ("clapnq", "squad2")
RIGHT = 0.5  # the share of the tokens of a gold answer from which on an answer is right
WARMING = "What are these articles about?"

Ask = Callable[[str], dict[str, Any]]  # a question to an answer in the form of `byline ask --json`


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and each answer that people gave it; none where the set has no answer."""

    question: GoldQuestion
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """A system's answer, and what it took."""

    asked: Asked
    reply: Reply
    seconds: float  # without those of the writer
    read: int  # tokens of all its prompts

    @property
    def recall(self) -> float:
        """The greatest share of the tokens of a gold answer that the answer has."""
        said = bare(self.reply.given["text"]) if self.reply.answered else ""
        return max((recall(said, each) for each in self.asked.answers), default=0.0)

    @property
    def right(self) -> bool:
        return self.recall >= RIGHT


def recall(said: str, gold: str) -> float:
    """The share of the tokens of a gold answer that a text has, each as often as it stands there.

    >>> recall("It opened in May 1974.", "In May 1975")
    0.6666666666666666
    """
    wanted = Counter(normalised(gold))
    return (wanted & Counter(normalised(said))).total() / wanted.total() if wanted else 0.0


# What is asked


def questions(folder: Path, answerable: int, unanswerable: int, seed: int) -> list[Asked]:
    """The first answerable questions of a draw and the first unanswerable ones, in turn."""
    every = [_asked(row) for row in rows(folder / "questions.jsonl")]
    drawn = []
    for wanted, number in ((True, answerable), (False, unanswerable)):
        some = [each for each in every if each.question.answerable is wanted]
        Random(seed).shuffle(some)
        drawn += some[:number]
    Random(seed).shuffle(drawn)
    return drawn


def _asked(row: Mapping[str, Any]) -> Asked:
    """A question of ClapNQ has the id of its article; one of SQuAD names its paragraph."""
    answers = tuple(map(plain, row["answers"])) if row["answerable"] else ()
    gold = row.get("paragraph", row["_id"]) if row["answerable"] else None
    return Asked(GoldQuestion(row["_id"], " ".join(row["text"].split()), row["answerable"], (), gold), answers)


def sentences(asked: Sequence[Asked]) -> dict[str, tuple[str, ...]]:
    """What the writer knows: the first answer to each question."""
    return {each.question.text: tuple(split(each.answers[0])) if each.answers else () for each in asked}


# The systems


def systems(articles: Sequence[Article], writer: Writer, budget: int, stack: ExitStack) -> dict[str, Ask]:
    """Each system over the articles, warm."""
    embeddings = stock_embeddings()
    made = {
        "Byline": _byline(articles, writer, budget, stack),
        "LangChain": _chain(articles, embeddings, writer, stack),
    }
    if citation_engine.installed():
        made["LlamaIndex"] = _engine(articles, embeddings, writer)
    return made


def _byline(articles: Sequence[Article], writer: Writer, budget: int, stack: ExitStack) -> Ask:
    index = stack.enter_context(Index.open(stack.enter_context(TemporaryDirectory())))
    index.add(articles)
    bot = Bot(index, Model("human", writer.complete, cites=True, remote=True, budget=budget))
    bot.warm()
    return lambda question: to_json(bot.answer(question))


def _chain(articles: Sequence[Article], embeddings: Any, writer: Writer, stack: ExitStack) -> Ask:
    chain = StockChain(articles, embeddings, chat(writer))
    stack.callback(chain.close)

    def ask(question: str) -> dict[str, Any]:
        found = chain.ask(question)
        return as_answer(found["words"], [_given(each) for each in found["given"]])

    return ask


def _engine(articles: Sequence[Article], embeddings: Any, writer: Writer) -> Ask:
    engine = CitationEngine(articles, embeddings, writer)

    def ask(question: str) -> dict[str, Any]:
        found = engine.ask(question)
        return as_answer(found["words"], found["given"])

    return ask


def _given(passage: Mapping[str, Any]) -> dict[str, Any]:
    """A passage of a stock chain, which names it by number and quotes nothing."""
    return {"article_id": passage["article_id"], "characters": passage["end"] - passage["start"]}


def chat(writer: Writer) -> BaseChatModel:
    """The writer as a chat model of LangChain."""
    from langchain_core.language_models.chat_models import SimpleChatModel

    class Chat(SimpleChatModel):
        @property
        def _llm_type(self) -> str:
            return "writer"

        def _call(self, messages: Sequence[Any], *_: Any, **__: Any) -> str:
            return writer("\n".join(str(each.content) for each in messages))

    return Chat()


def compare(asked: Sequence[Asked], asks: Mapping[str, Ask], writer: Writer) -> dict[str, list[Result]]:
    """The results of each system, question by question; each time another system comes first."""
    results: dict[str, list[Result]] = {name: [] for name in asks}
    for number, each in enumerate(asked):
        names = [*asks][number % len(asks) :] + [*asks][: number % len(asks)]
        for name in names:
            results[name].append(result(each, asks[name], writer))
        _tell(f"\r{number + 1} of {len(asked)} ")
    _tell("\n")
    return results


def result(asked: Asked, ask: Ask, writer: Writer) -> Result:
    writer.clear()
    began = perf_counter()
    given = ask(asked.question.text)
    return Result(asked, Reply(asked.question, given), perf_counter() - began - writer.seconds, writer.read)


# What is counted


def counted(results: Sequence[Result], texts: Texts) -> dict[str, str]:
    """The figures of one system."""
    there = [each for each in results if each.asked.question.answerable]
    absent = [each for each in results if not each.asked.question.answerable]
    answered = [each for each in there if each.reply.answered]
    return {
        f"right: token recall of a gold answer ≥ {RIGHT}, of the answerable": str(share(each.right for each in there)),
        "token recall, mean": f"{mean_of(each.recall for each in there) or 0:.3f}",
        "refused, of the answerable": str(share(each.reply.status == "refused" for each in there)),
        "refused, of the unanswerable": str(share(each.reply.status == "refused" for each in absent)),
        "failed": str(share(each.reply.status == "failed" for each in results)),
        "cites the right passage, of the answers": str(share(into_gold(each, texts) for each in answered)),
        "citations of the right passage, of all": str(_into_gold(answered, texts)),
        "sentences with an exact quote": str(quoted(answered, texts)),
        "characters cited for a sentence, median": _rounded(median_of(_lengths(answered))),
        "seconds a question, median": f"{median_of(each.seconds for each in results) or 0:.3f}",
        "tokens read a question, mean": _rounded(mean_of(each.read for each in results)),
    }


def into_gold(result: Result, texts: Texts) -> bool:
    """Whether a citation is of the passage that answers, or of its twin: some are there twice."""
    return any(_same(each, result, texts) for each in result.reply.citations)


def _into_gold(results: Sequence[Result], texts: Texts) -> Share:
    return share(_same(one, each, texts) for each in results for one in each.reply.citations)


def _same(citation: Mapping[str, Any], result: Result, texts: Texts) -> bool:
    gold = result.asked.question.gold
    return gold is not None and texts[citation["article_id"]] == texts[gold]


def quoted(results: Sequence[Result], texts: Texts) -> Share:
    """The sentences with a citation that gives the article's own words. The number of a passage gives none."""
    return share(
        any("quote" in each and exact(each, texts) for each in _cited(sentence, one.reply))
        for one in results
        for sentence in one.reply.sentences
    )


def _lengths(results: Sequence[Result]) -> Iterator[int]:
    """The characters that a reader has to check for each cited sentence."""
    for one in results:
        for sentence in one.reply.sentences:
            if cited := _cited(sentence, one.reply):
                yield sum(each["characters"] if "characters" in each else len(each["quote"]) for each in cited)


def _cited(sentence: Mapping[str, Any], reply: Reply) -> list[Mapping[str, Any]]:
    return [each for each in reply.citations if each["mark"] in sentence["citations"]]


def _rounded(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def main() -> None:
    given = _arguments()
    folder = given.data / given.set
    articles, asked = read_articles(folder), questions(folder, given.answerable, given.unanswerable, given.seed)
    writer = Writer({**sentences(asked), WARMING: ()})
    with ExitStack() as stack:
        asks = systems([*articles.values()], writer, given.budget, stack)
        for ask in asks.values():
            ask(WARMING)
        results = compare(asked, asks, writer)
    texts = {each.id: each.text for each in articles.values()}
    columns = {name: counted(some, texts) for name, some in results.items()}
    answerable = sum(each.question.answerable for each in asked)
    _say(f"## {given.set}: {answerable} answerable and {len(asked) - answerable} unanswerable questions\n")
    _say(f"{len(articles)} passages. Measured on {machine()}.\n")
    _say(table(["", *columns], ([what, *(each[what] for each in columns.values())] for what in columns["Byline"])))
    if not citation_engine.installed():
        _say(f"\n{citation_engine.INSTALL}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.beside", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of the measuring sets")
    parser.add_argument("--set", choices=SETS, default="clapnq")
    parser.add_argument("--answerable", type=int, default=50, help="questions with an answer")
    parser.add_argument("--unanswerable", type=int, default=25, help="questions without one")
    parser.add_argument(
        "--budget", type=int, default=BUDGET, help="tokens of evidence that Byline shows; 1,000 at least"
    )
    parser.add_argument("--seed", type=int, default=SEED)
    return parser.parse_args()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _tell(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


if __name__ == "__main__":
    main()
