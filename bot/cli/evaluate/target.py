"""Whom test prompts are put to: Byline with the articles of a file or of the settings, or a model by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bot.cli.bring import bring_in
from bot.cli.options import open_bot, open_index
from bot.config import Config, shipped
from bot.errors import ShownError

if TYPE_CHECKING:
    from bot.answering.bot import Bot
    from bot.evaluate.cache import AnswerFile, Cache
    from bot.evaluate.target import Target
    from bot.evaluate.types import Suite
    from bot.types import Model


@contextmanager
def answering(
    config: Config, articles: Sequence[Path], kept: AnswerFile | None, direct: Model | None
) -> Iterator[tuple[Target, Cache | None]]:
    """Who is asked, `direct` where there is one, and the answers that it gave before, where they are kept."""
    from bot.evaluate.cache import Cache, digest
    from bot.evaluate.target import of_bot, of_model
    from index.embed import named

    if direct:
        asked = ("direct", direct.name, config.model_url or "")
        cache = Cache(kept, digest(asked)) if kept else None
        embedder = named(config.embedder, config.precision, config.embedder_url, config.embedder_key)
        yield of_model(direct, embedder.embed), cache
        return
    with about(config, articles) as bot:
        cache = cached(kept, config, bot) if kept else None
        with suppress(ShownError):  # what stands in the way is the obstacle of the cases
            bot.warm()  # or the first of them would wait for what is loaded once
        yield of_bot(bot), cache


def check_filters(config: Config, asking: Sequence[tuple[Sequence[Path], Sequence[Suite]]]) -> None:
    """Raises UsageError where a case is to be asked within an article or a collection that is not there.

    Articles of a file of its own are not read yet: no collection is of them, and their ids are for the questions.
    """
    from index.errors import CollectionMissing

    for articles, suites in asking:
        named = [case.filters for suite in suites for case in suite.cases if case.filters and not case.draft]
        collections = [name for filters in named for name in filters.collection]
        if articles and collections:
            raise CollectionMissing(collections[0])
        if not articles and any(each.article or each.collection for each in named):
            with open_index(config) as index:
                for filters in named:
                    index.require(filters)


def cached(kept: AnswerFile, config: Config, bot: Bot) -> Cache:
    """The kept answers of this bot. Where it listens, whom it greets and how long it waits change no answer."""
    from bot.evaluate.cache import Cache, digest, digest_of_articles, digest_of_files, digest_of_models
    from bot.model.spec import gguf_path

    own = (config.embedder, config.reranker, config.judge)
    files = [gguf_path(each.strip()) for each in (config.model or "").split(",")]
    models = (each for each in (*(Path(name).expanduser() for name in own if name), *files) if each)
    settings = (
        own,
        bot.index.embedder.precision,
        config.model,
        config.model_url,
        config.reranker_url,
        config.strictness,
        bot.model,
    )
    program = (Path(str(resources.files(package))) for package in ("bot", "index"))
    sources = digest_of_files((*program, shipped("prompts")))
    collections = [(each.name, bot.index.collected(each.name), each.rules) for each in bot.index.collections()]
    articles = digest_of_articles(bot.index.articles())
    about = (repr(settings), digest_of_models(models), sources, articles, repr(collections))
    return Cache(kept, digest(about))


@contextmanager
def about(config: Config, articles: Sequence[Path]) -> Iterator[Bot]:
    """A bot that knows these articles and no others, in an index that is gone afterwards; without articles, the bot of
    the settings."""
    if not articles:
        with open_bot(config) as bot:
            yield bot
        return
    with TemporaryDirectory(prefix="byline-eval-") as folder:
        own = replace(config, store=Path(folder) / "store", store_url=None, database_url=None)
        brought = bring_in(own, [str(path) for path in articles])
        if brought.failed:
            raise ShownError(f"The articles of the test prompts cannot be read. {brought.failures[0].reason}")
        with open_bot(own) as bot:
            yield bot
