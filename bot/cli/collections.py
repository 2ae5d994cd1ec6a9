"""The commands that name parts of the articles, to be asked about by that name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import terminal
from bot.cli.filters import rule_of
from bot.cli.options import AsJson, StoreFolder, open_index, taking
from bot.cli.output import say, say_json
from bot.cli.terminal import show
from bot.config import read
from bot.errors import UsageError
from bot.render import text as render

if TYPE_CHECKING:
    from index import ArticleCollection

from index.types import Filters

app = typer.Typer(
    rich_markup_mode=None, no_args_is_help=True, help="Name parts of the articles, to be asked about by that name."
)

Named = Annotated[str, typer.Argument(metavar="NAME")]
Ids = Annotated[list[str] | None, typer.Argument(metavar="ARTICLE...")]


@app.command("add")
@taking(rule_of, "rule")
def add(
    name: Named,
    article_ids: Ids = None,
    rule: Filters = Filters(),
    store: StoreFolder = None,
) -> None:
    """Put articles into a collection, by their ids or by a rule that also takes those that come later."""
    if not article_ids and not rule:
        raise UsageError(
            f"Nothing is put into {name!r}. Name articles (`byline articles` lists them), or a rule such as "
            "`--outlet NAME`."
        )
    with open_index(read({"store": store}), agree=False) as index:
        collection = index.add_to_collection(name, article_ids or (), [rule] if rule else ())
    say(_told(collection))


@app.command("list")
def list_collections(store: StoreFolder = None, as_json: AsJson = False) -> None:
    """The collections, and how many articles are searched in each."""
    with open_index(read({"store": store}), agree=False) as index:
        found = index.collections()
        if as_json:
            say_json([render.collection_json(each, index.collected(each.name)) for each in found])
            return
    for each in found:
        show((each.name, terminal.MARK), (f"  {_counted(each.total)}", ""))
        for rule in each.rules:
            say(f"  {render.filters_line(rule)}")
    if not found:
        say("There is no collection yet. Make one with `byline collection add NAME ARTICLE...`.", error=True)


@app.command("remove")
def remove(name: Named, article_ids: Ids = None, store: StoreFolder = None) -> None:
    """Take articles out of a collection; without any, remove the collection. The articles themselves stay."""
    with open_index(read({"store": store}), agree=False) as index:
        if article_ids:
            say(_told(index.remove_from_collection(name, article_ids)))
        else:
            index.remove_collection(name)
            say(f"Removed the collection {name}")


def _told(collection: ArticleCollection) -> str:
    return f"{collection.name}: {_counted(collection.total)}"


def _counted(total: int) -> str:
    return f"{total} article{'' if total == 1 else 's'}"
