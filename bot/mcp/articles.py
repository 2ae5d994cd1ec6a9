"""The tools that give articles: passages that a search finds, one article, the collections."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from bot.auth.principal import Principal
from bot.auth.users import normal
from bot.mcp.arguments import ArticleId, Nothing, Query, Search
from bot.mcp.call import Call, CallResult, Steps
from bot.mcp.resources import address_of
from bot.render import text as render
from bot.service.asking import Searched, searching
from bot.wording import facts
from index.types import Article, ArticleCollection, Hits

RESULTS = 10  # articles that a connector is shown
PASSAGES = 5 * RESULTS  # that these are taken from, since several may be of one article


def search_articles(call: Call[Search]) -> Steps:
    """Raises what `searching` raises."""
    given = call.arguments
    hits, articles = searching(call.service, call.principal, given.searched())
    text = "\n\n".join(_passages(hits, articles)) or "No passage was found."
    yield CallResult(text, render.found_json(given.query, hits, articles.values()))


def get_article(call: Call[ArticleId]) -> Steps:
    """Raises ArticleMissing."""
    found = call.service.article(call.principal, call.arguments.id)
    yield CallResult(article_text(found), render.article_json(found, text=True))


def list_collections(call: Call[Nothing]) -> Steps:
    """The collections that the principal may read."""
    index = call.service.bot().index
    found = [each for each in index.collections() if readable(call.principal, each)]
    told = [render.collection_json(each, index.collected(each.name)) for each in found]
    text = "\n".join(f"{facts.one_line(each.name)}: {each.total} articles" for each in found)
    yield CallResult(text or "There are no collections.", {"collections": told})


def search(call: Call[Query]) -> Steps:
    """The articles as a chat connector takes them: the JSON is the text as well."""
    _, articles = searching(call.service, call.principal, Searched(call.arguments.query, PASSAGES))
    results = [{"id": each.id, "title": each.title, "url": link(each)} for each in articles.values()]
    yield _as_text({"results": results[:RESULTS]})


def fetch(call: Call[ArticleId]) -> Steps:
    """One article as a chat connector takes it. Raises ArticleMissing."""
    found = call.service.article(call.principal, call.arguments.id)
    facts = {name: value for name, value in render.article_json(found).items() if value and isinstance(value, str)}
    metadata = {name: value for name, value in facts.items() if name not in ("id", "title", "url")}
    yield _as_text({"id": found.id, "title": found.title, "text": found.text, "url": link(found), "metadata": metadata})


def link(article: Article) -> str:
    """Where an article can be opened: on the web, else as a resource here."""
    return render.address(article.url) or address_of(article.id)


def article_text(article: Article) -> str:
    """An article as it is read: its title and byline, its address, its text."""
    head = (facts.line(article), render.address(article.url), render.also(article))
    return "\n".join((*filter(None, head), "", article.text))


def readable(principal: Principal, collection: ArticleCollection) -> bool:
    return not principal.collections or normal(collection.name) in map(normal, principal.collections)


def _passages(hits: Hits, articles: Mapping[str, Article]) -> Iterator[str]:
    for hit in hits:
        article = articles[hit.passage.article_id]
        yield f"{facts.line(article)}\nid: {article.id}\n{facts.one_line(hit.passage.text)}"


def _as_text(told: dict[str, Any]) -> CallResult:
    return CallResult(json.dumps(told, ensure_ascii=False), told)
