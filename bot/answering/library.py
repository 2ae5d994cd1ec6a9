"""Facts about the library, told from the ledger without a model: how many, of which outlets and days, and which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.answering.refuse import near
from bot.answering.retrieve import present
from bot.types import Near
from bot.wording import Wording
from bot.wording import reply as template
from bot.wording.facts import line
from index.errors import ArticleMissing
from index.text.words import content_terms, vocabulary
from index.types import Article, Filters, Hits, Inventory, Sought

if TYPE_CHECKING:
    from index.index import Index

SHOWN = 8  # articles, at most
OUTLETS = 12  # named, at most; the others are counted


def reply(index: Index, question: str, hits: Hits, filters: Filters, language: str) -> tuple[str, tuple[Near, ...]]:
    """A text about the articles within filters, then the titles of those that it lists: within the days, outlets and
    authors that the question names and with its rarest word, else the newest."""
    told = list(_inventory(index.inventory(filters), language))
    hits, articles = present(index, hits)
    wanted = _wanted(index, question, hits, articles)
    if wanted is None:
        listed = _newest(index, filters)
        told += [template("newest", language)] if listed else []
    else:
        listed = tuple(near(articles[each]) for each in wanted[:SHOWN])
        told.append(template("listed" if listed else "none", language))
    said = Wording(language)("chat.between").join(told)
    return "\n".join([said, *(f"- {line(each)}" for each in listed)]), listed


def _newest(index: Index, filters: Filters) -> tuple[Near, ...]:
    """The newest articles within filters, without those that are removed meanwhile."""
    listed = []
    for each in index.listing(Sought(within=filters), count=SHOWN).articles:
        with suppress(ArticleMissing):
            listed.append(near(index.article(each.article_id)))
    return tuple(listed)


def _inventory(there: Inventory, language: str) -> Iterator[str]:
    yield template("total", language).format(total=there.total)
    if there.first and there.last:
        first, last = (Wording(language).day(each) for each in (there.first, there.last))
        yield template("days", language).format(first=first, last=last)
        if undated := there.total - there.with_day:
            yield template("undated", language).format(count=undated)
    named = [f"{name} ({count})" for name, count in there.outlets if name]
    if named:
        others = [template("others", language).format(count=len(named) - OUTLETS)] if len(named) > OUTLETS else []
        unknown = there.total - there.with_outlet
        none = [template("no_outlet", language).format(count=unknown)] if unknown else []
        outlets = template("comma", language).join([*named[:OUTLETS], *others, *none])
        yield template("outlets", language).format(outlets=outlets)


def _wanted(index: Index, question: str, hits: Hits, articles: Mapping[str, Article]) -> tuple[str, ...] | None:
    """The articles that the question is about, by what it names or by its rarest word that they have; None where it is
    about all."""
    if hits.understood:
        return hits.article_ids
    words = {each: vocabulary(f"{article.title} {article.text}") for each, article in articles.items()}
    named = [term for term in dict.fromkeys(content_terms(question)) if any(term in own for own in words.values())]
    if not named:
        return None
    rarest = max(zip(named, index.rarity(named), strict=True), key=lambda each: each[1])[0]
    return tuple(each for each in hits.article_ids if rarest in words[each])
