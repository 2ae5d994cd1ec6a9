"""Filters of questions: the choices that the articles give, what was chosen, and what that leaves."""

# No `from __future__ import annotations`: Gradio looks at the types of its handlers.

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode

from bot.errors import UsageError
from bot.render.html.words import ENGLISH, PageError, PageWording
from bot.types import Answer
from bot.wording.days import span
from bot.wording.facts import period
from index.errors import ArticleMissing
from index.types import Effect, Filters, Kind

if TYPE_CHECKING:
    from bot.answering.bot import Bot

NONE = Filters()
NAMED = 3  # articles that are told by their titles; more are counted
Titles = Mapping[str, str]  # of articles, by their ids


class DayUnclear(PageError, UsageError):
    def __init__(self, written: str) -> None:
        super().__init__("filtering.no_day", written=written)


def filters_of(
    outlets: Sequence[str],
    kinds: Sequence[str],
    languages: Sequence[str],
    since: str | None,
    until: str | None,
    collections: Sequence[str] | None = (),
    articles: Sequence[str] | None = (),
) -> Filters:
    """The filters chosen on the page; a box that nobody touched may hold None. Raises DayUnclear.

    >>> filters_of(["The Verge"], [], [], "2020", "2020-02").until
    datetime.date(2020, 2, 29)
    """
    return Filters(
        outlet=tuple(outlets),
        kind=tuple(map(Kind, kinds)),
        language=tuple(languages),
        since=_day(since, last=False),
        until=_day(until, last=True),
        article=tuple(articles or ()),
        collection=tuple(collections or ()),
    )


def chosen_of(filters: Filters) -> list[Any]:
    """Filters as they are chosen on the page: the way back from `filters_of`."""
    since, until = (moment.isoformat() if moment else "" for moment in (filters.since, filters.until))
    kinds = [str(each) for each in filters.kind]
    scope = list(filters.collection), list(filters.article)
    return [list(filters.outlet), kinds, list(filters.language), since, until, *scope]


def address_of(filters: Filters) -> str:
    """The address of the page with a new chat about the articles and the collections of filters.

    >>> address_of(Filters(article=("https://news.example/a",)))
    '/?article=https%3A%2F%2Fnews.example%2Fa'
    """
    named = {"article": filters.article, "collection": filters.collection}
    return f"/?{urlencode({name: each for name, each in named.items() if each}, doseq=True, quote_via=quote)}"


def asked_about(query: Iterable[tuple[str, str]]) -> Filters:
    """The articles and the collections that such an address names; what else it says is not heeded."""
    found = list(dict.fromkeys(query))
    articles, collections = (
        tuple(value for each, value in found if each == name and value) for name in ("article", "collection")
    )
    return Filters(article=articles, collection=collections)


def given(answer: Answer) -> Filters:
    """The filters of an answer that the person chose: not what the question itself requires."""
    required = {each.fact for each in answer.understood if each.effect is Effect.REQUIRED}
    filters = replace(answer.filters, author=())  # the page has no choice of authors
    if "day" in required:
        filters = replace(filters, since=None, until=None)
    if "outlet" in required:
        filters = replace(filters, outlet=())
    return replace(filters, kind=()) if "kind" in required else filters


def line(filters: Filters, words: PageWording = ENGLISH, titles: Titles = MappingProxyType({})) -> str:
    """The filters, for a person; empty where nothing was left out. Articles are told by their `titles`, if they
    are few and all are known, else counted.

    >>> line(Filters(outlet=("The Verge", "Wired"), kind=(Kind.REPORT,), since=date(2023, 1, 1)))
    'The Verge or Wired · report · since 1 January 2023'
    >>> line(Filters(since=date(2023, 1, 1), until=date(2023, 12, 31)))
    '2023'
    """
    named = (
        words("filtering.collection", names=words.either(filters.collection)) if filters.collection else "",
        _articles(filters.article, words, titles),
        words.either(filters.outlet),
        words.either([words(f"kind.{each}") for each in filters.kind]),
        words.either([words.name_of(each) for each in filters.language]),
        period(filters.since, filters.until, words),
    )
    return " · ".join(filter(None, named))


def remaining(bot: "Bot", filters: Filters, words: PageWording = ENGLISH) -> str:
    """How many articles questions look at."""
    total = len(bot.index)
    if not filters:
        return words("filtering.all", count=total)
    count, limits = bot.index.count(filters), line(filters, words, titles_of(bot, filters))
    if not count:
        return words("filtering.none", limits=limits)
    return words("filtering.some", count=count, total=total, limits=limits)


def titles_of(bot: "Bot", filters: Filters) -> dict[str, str]:
    """The titles of the articles that filters name, of those that are there."""
    found: dict[str, str] = {}
    for article_id in filters.article:
        with suppress(ArticleMissing):
            found[article_id] = bot.index.article(article_id).title
    return found


def choices(
    facts: Iterable[tuple[str | None, int]], words: PageWording = ENGLISH, called: Callable[[str], str] = str
) -> list[tuple[str, str]]:
    """Values to choose from, as they are `called`, each with the number of its articles."""
    return [
        (words("filtering.choice", name=called(str(value)), count=count), str(value)) for value, count in facts if value
    ]


class Filtering(NamedTuple):
    """The parts of the page with which questions are limited."""

    folded: Any
    outlets: Any
    kinds: Any
    languages: Any
    since: Any
    until: Any
    collections: Any
    articles: Any
    left: Any  # what remains
    clear: Any

    @property
    def chosen(self) -> list[Any]:
        """In the order of `filters_of`."""
        return [
            *(self.outlets, self.kinds, self.languages, self.since, self.until),
            *(self.collections, self.articles),
        ]


def place_scope(said: Callable[[str], Any]) -> tuple[Any, Any]:
    """Puts the articles and the collections on the page that is being made, beside the question. `said` gives what
    stands there in the reader's language."""
    import gradio as gr

    with gr.Row(elem_id="scope"):
        return (
            gr.Dropdown([], multiselect=True, label=said("scoped"), elem_id="scoped", min_width=220, visible=False),
            gr.Dropdown(
                [], multiselect=True, label=said("collections"), elem_id="collections", min_width=220, visible=False
            ),
        )


def place_filters(said: Callable[[str], Any], articles: Any, collections: Any) -> Filtering:
    """Puts the other filters there, folded away. There is nothing to choose from before the articles are open."""
    import gradio as gr

    with gr.Accordion(said("filters"), open=False, elem_id="filters") as folded:
        with gr.Row():
            outlets = gr.Dropdown([], multiselect=True, label=said("outlets"), elem_id="outlets", min_width=220)
            languages = gr.Dropdown([], multiselect=True, label=said("languages"), elem_id="languages", min_width=160)
        kinds = gr.CheckboxGroup([], label=said("kinds"), elem_id="kinds")
        with gr.Row():
            since, until = (
                gr.Textbox(label=said(name), placeholder=example, elem_id=name, max_lines=1, min_width=120)
                for name, example in (("since", "2020-07-15"), ("until", "2020-12"))
            )
        with gr.Row(elem_id="left"):
            left = gr.Markdown(elem_id="remaining", latex_delimiters=[])
            clear = gr.Button(said("clear_filters"), elem_id="clear", size="sm", scale=0, min_width=120)
    return Filtering(folded, outlets, kinds, languages, since, until, collections, articles, left, clear)


def offered(bot: "Bot", filters: Filters, words: PageWording = ENGLISH) -> list[Any]:
    """The choices of the articles, with what of them is chosen, in the order of `Filtering.chosen`."""
    import gradio as gr

    inventory = bot.index.inventory()
    outlets = choices(inventory.outlets, words)
    kinds = choices(inventory.kinds, words, lambda kind: words(f"kind.{kind}"))
    languages = choices(inventory.languages, words, words.name_of)
    first, last = words.day(inventory.first), words.day(inventory.last)
    chosen_outlets, chosen_kinds, chosen_languages, since, until, chosen_collections, chosen_articles = chosen_of(
        filters
    )
    # What is chosen is a choice, also where it is not there any more: then it is told of, and can be taken out.
    known = [(each.name, each.total) for each in bot.index.collections()]
    names = {name.casefold() for name, _ in known}
    gone = [(each, 0) for each in filters.collection if each.casefold() not in names]
    titles = titles_of(bot, filters)
    return [
        gr.Dropdown(choices=outlets, value=chosen_outlets, visible=len(outlets) > 1),
        gr.CheckboxGroup(choices=kinds, value=chosen_kinds, visible=len(kinds) > 1),
        gr.Dropdown(choices=languages, value=chosen_languages, visible=len(languages) > 1),
        gr.Textbox(value=since, info=words("filtering.first", day=first), visible=bool(inventory.days)),
        gr.Textbox(value=until, info=words("filtering.last", day=last), visible=bool(inventory.days)),
        gr.Dropdown(
            choices=choices([*known, *gone], words), value=chosen_collections, visible=bool(known or chosen_collections)
        ),
        gr.Dropdown(
            choices=[(titles.get(each, each), each) for each in chosen_articles],
            value=chosen_articles,
            visible=bool(chosen_articles),
        ),
    ]


def _articles(article_ids: Sequence[str], words: PageWording, titles: Titles) -> str:
    if not article_ids:
        return ""
    if len(article_ids) > NAMED or not set(article_ids) <= titles.keys():
        return words("page.articles", count=len(article_ids))
    return words.either([words("reader.quote", quote=titles[each]) for each in article_ids])


def _day(written: str | None, *, last: bool) -> date | None:
    """A day, or the first or the last one of a month or a year."""
    if not written or not written.strip():
        return None
    try:
        return span(written)[last]
    except ValueError as error:
        raise DayUnclear(written.strip()) from error
