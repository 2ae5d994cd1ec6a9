"""The tools, in the order in which they are listed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.mcp import answers, articles, schema
from bot.mcp.arguments import Arguments, ArticleId, Ask, Nothing, Query, Search, Verify
from bot.mcp.call import Run
from bot.mcp.card import CARD

if TYPE_CHECKING:
    import mcp_types


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that a program may call. All tools only read."""

    name: str
    title: str
    description: str
    arguments: type[Arguments]
    result: schema.Schema
    run: Run
    card: bool = False  # whether its quotes are shown as a card
    paced: bool = False  # whether a call takes its turn and counts as a question


_ASK = (
    "Answers a question from the articles. Marks such as [1] lead to exact quotes; a sentence that no article supports "
    "says so. Where the articles do not say, the answer names the nearest articles. Keep the marks when you repeat it."
)
_VERIFY = (
    "Holds any text against the articles: tells of each sentence whether they support it, contradict it or do not say "
    "it, with exact quotes."
)

TOOLS = (
    Tool("ask", "Ask the articles", _ASK, Ask, schema.ANSWER, answers.ask, card=True, paced=True),
    Tool("verify", "Check a text", _VERIFY, Verify, schema.REPORT, answers.verify, card=True, paced=True),
    Tool(
        "search_articles",
        "Search the articles",
        "Finds the passages of the articles that fit a question or words best, with their places and scores.",
        Search,
        schema.PASSAGES,
        articles.search_articles,
        paced=True,
    ),
    Tool(
        "get_article",
        "Read an article",
        "Gives the whole text of an article and its facts: author, outlet, day, kind, address.",
        ArticleId,
        schema.ARTICLE,
        articles.get_article,
    ),
    Tool(
        "list_collections",
        "List the collections",
        "Names the collections of articles that a question or a search can be limited to.",
        Nothing,
        schema.COLLECTIONS,
        articles.list_collections,
    ),
    Tool(
        "search",
        "Search for documents",
        "Finds articles for a chat connector: their ids, titles and addresses. `fetch` gives the text of one.",
        Query,
        schema.RESULTS,
        articles.search,
        paced=True,
    ),
    Tool(
        "fetch",
        "Fetch a document",
        "Gives the text of an article that `search` found, by its id.",
        ArticleId,
        schema.DOCUMENT,
        articles.fetch,
    ),
)
NAMED = {each.name: each for each in TOOLS}


def described(tool: Tool) -> mcp_types.Tool:
    """A tool as programs are told of it."""
    from mcp_types import Tool as Described
    from mcp_types import ToolAnnotations

    # `ask` keeps the conversation, and that is all that any tool writes.
    hints = ToolAnnotations(read_only_hint=True, destructive_hint=False, open_world_hint=False)
    return Described(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.arguments.model_json_schema(by_alias=True),
        output_schema=tool.result,
        annotations=hints,
        _meta={"ui": {"resourceUri": CARD}} if tool.card else None,
    )
