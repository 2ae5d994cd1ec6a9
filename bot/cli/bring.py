"""The command that brings articles in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import filters, terminal
from bot.cli.options import AsJson, StoreFolder, new_index, open_index
from bot.cli.output import say, say_json
from bot.config import Config, read, shipped
from bot.errors import UsageError
from index.types import IndexReport

if TYPE_CHECKING:
    from index import Index
    from index.ingest.bulk import Given
    from index.load import Traversal

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="SOURCE...", help="Files, folders, and addresses of pages, feeds and sitemaps."),
]
Ours = Annotated[bool, typer.Option("--shipped", help="The articles that come with Byline.")]
Prune = Annotated[bool, typer.Option("--prune", help="Take out what a folder, feed or sitemap no longer has.")]
Rebuild = Annotated[bool, typer.Option("--rebuild", help="First make the index again with the present settings.")]
Since = Annotated[
    date | None,
    typer.Option(parser=filters.since, metavar="DAY", help="Of feeds and sitemaps only what is as new as this."),
]
Limit = Annotated[int | None, typer.Option(metavar="N", min=1, help="Of each feed and sitemap no more than this.")]
Ray = Annotated[
    str | None,
    typer.Option(
        "--ray",
        metavar="ADDRESS",
        help="Read and embed files on a Ray cluster: local, auto or HOST:PORT. See docs/bulk.md.",
    ),
]
Private = Annotated[bool, typer.Option("--allow-private", help="Fetch from this machine and its own network, too.")]


def index(
    sources: Names = None,
    ours: Ours = False,
    store: StoreFolder = None,
    prune: Prune = False,
    rebuild: Rebuild = False,
    since: Since = None,
    limit: Limit = None,
    allow_private: Private = False,
    ray: Ray = None,
    as_json: AsJson = False,
) -> None:
    """Bring articles in. What is known and unchanged costs nothing."""
    named = [*(sources or ()), *([str(shipped("seeds"))] if ours else ())]
    if not named and not rebuild:
        raise UsageError("There is nothing to index. Name files, folders or addresses, or say `--shipped`.")
    config = read({"store": store})
    if rebuild:
        made = make_again(config)
        say(f"Made again with {config.embedder}: {made} articles", error=True)
    report = bring_in(config, named, prune=prune, since=since, limit=limit, allow_private=allow_private, ray=ray)
    for failure in report.failures:
        say(f"{failure.source}: {failure.reason}", error=True)
    if as_json:
        say_json(report_json(report))
    else:
        say(summary(report))
    raise typer.Exit(1 if report.failed else 0)


def make_again(config: Config) -> int:
    """Makes the passages and vectors of all articles again, with a bar on the screen, and says how many there are."""
    with open_index(config, agree=False) as index, terminal.progress() as tell:
        index.settle()
        total = len(index)
        return index.rebuild(progress=lambda done: tell("Making the index again", done, total)).changed


def bring_in(
    config: Config,
    sources: Sequence[str],
    *,
    prune: bool = False,
    since: date | None = None,
    limit: int | None = None,
    allow_private: bool = False,
    ray: str | None = None,
) -> IndexReport:
    """Indexes what is named, with a bar on the screen; files on the cluster at `ray`, if there is one.

    Raises SourceMissing before anything is begun.
    """
    from index import load

    bytes_read = Count()
    with new_index(config) as index, terminal.progress() as tell:
        total = load.weigh(sources)
        traversal = load.Traversal(
            sources, known=index.known, since=since, limit=limit, allow_private=allow_private, progress=bytes_read.add
        )
        with on_cluster(traversal, index, ray) if ray else nullcontext(traversal.readings()) as articles:
            return index.add(
                articles,
                prune=prune,
                progress=lambda done: tell("Indexing articles", done, estimate(done, bytes_read.total, total)),
            )


@contextmanager
def on_cluster(traversal: Traversal, index: Index, address: str) -> Iterator[Iterator[Given]]:
    """The readings of a traversal, made on a cluster. Raises RayMissing, ClusterUnreachable, ClusterFailed."""
    from index.ingest import bulk

    with bulk.cluster(address), closing(bulk.read(traversal, index.recipe(), index.digests())) as articles:
        yield articles


class Count:
    """A running total."""

    def __init__(self) -> None:
        self.total = 0

    def add(self, count: int) -> None:
        self.total += count


def estimate(done: int, read: int, total: int | None) -> int | None:
    """How many articles there will be, if those to come are as long as those that were read; None where nobody knows.

    >>> estimate(10, 500, 2000), estimate(0, 0, 2000), estimate(3, 700, None)
    (40, None, None)
    """
    return done * total // read if read and total else None


def report_json(report: IndexReport) -> dict[str, object]:
    """The result of an `index`, with a reason for each failure."""
    return {
        **counts(report),
        "failures": [{"source": failure.source, "reason": failure.reason} for failure in report.failures],
    }


def summary(report: IndexReport) -> str:
    """The result of an `index`, on one line. What failed may be a file, a page or an article.

    >>> summary(IndexReport(added=3, unchanged=1)), summary(IndexReport(removed=1)), summary(IndexReport())
    ('3 articles added, 1 unchanged', '1 article removed', 'nothing to index')
    """
    found = [(what, count) for what, count in counts(report).items() if count]
    told = [f"{count} {what}" for what, count in found]
    if found and found[0][0] != "failed":
        what, count = found[0]
        told[0] = f"{count} {'article' if count == 1 else 'articles'} {what}"
    return ", ".join(told) or "nothing to index"


def counts(report: IndexReport) -> dict[str, int]:
    names = ("added", "changed", "unchanged", "duplicate", "removed", "failed")
    return {name: getattr(report, name) for name in names}
