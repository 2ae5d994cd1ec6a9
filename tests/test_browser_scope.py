"""What a chat is limited to: begun at an article, at ticked ones, or with a collection; shown, kept and taken away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.answering.bot import Bot
from bot.auth.users import Role
from bot.render.html.words import ENGLISH, PageWording
from bot.web import library
from bot.web.access import Access
from bot.web.filtering import address_of, asked_about, chosen_of, filters_of, line
from index.index import Index
from index.types import Filters
from tests.serving import QUESTION, QUOTE, ask, client, last_answer, serving
from tests.small_news import ARTICLES, BRIDGE, TRAM

if TYPE_CHECKING:
    from fastapi.testclient import TestClient
    from playwright.sync_api import Page

    from tests.conftest import WordEmbeddings

READER = Access(open_to=Role.READER)
TRAM_QUESTION = "What should the town council of Vellmar do about the tram?"


@pytest.fixture
def index(tmp_path: Path, words: WordEmbeddings) -> Iterator[Index]:
    with Index.open(tmp_path / "store", embedder=words, patience=0.2) as opened:
        opened.add(ARTICLES)
        yield opened


@pytest.fixture
def editor(index: Index) -> Iterator[TestClient]:
    with client(index, Access()) as opened:
        yield opened


# Addresses and words


@pytest.mark.parametrize("name", ["a", "https://news.example/a?b=c&article=d#e", "<script>", "../..", "日本"])
def test_an_address_names_what_is_asked_about_whatever_it_is_called(name: str) -> None:
    filters = Filters(article=(name, "other"), collection=(name,))
    from urllib.parse import parse_qsl, urlsplit

    address = urlsplit(address_of(filters))
    assert (address.netloc, address.path, address.fragment) == ("", "/", "")
    assert asked_about(parse_qsl(address.query)) == filters
    assert filters_of(*chosen_of(filters)) == filters


def test_what_a_chat_is_limited_to_is_told_by_titles_where_they_are_few_and_known() -> None:
    filters = Filters(article=("bridge", "tram"), collection=("press",))
    titles = {each.id: each.title for each in ARTICLES}
    assert line(filters, ENGLISH, titles) == f"collection press · “{BRIDGE.title}” or “{TRAM.title}”"
    assert line(filters) == "collection press · 2 articles"
    assert line(Filters(collection=("press",)), PageWording("zh")) == "文集 press"


# The library


def test_ticked_articles_are_asked_about_and_none_is_told(editor: TestClient) -> None:
    led = editor.get("/library/ask?article=bridge&article=tram&name=")
    assert (led.status_code, led.headers["location"]) == (303, "/?article=bridge&article=tram")
    for path in ("/library/ask", "/library/ask?article="):
        answer = editor.get(path)
        assert answer.status_code == 400
        assert ENGLISH("library.nothing_ticked") in answer.text


def test_an_editor_saves_ticked_articles_and_a_reader_may_only_ask(index: Index, editor: TestClient) -> None:
    saved = editor.post(library.COLLECT, data={"article": ["bridge", "tram"], "name": " Press <b>"})
    assert saved.status_code == 200
    assert "Press &lt;b&gt;" in saved.text
    assert index.collected("press <b>") == ("bridge", "tram")
    again = editor.get(library.COLLECT)  # as another language asks for it
    assert (again.status_code, again.headers["location"]) == (303, "/library")
    assert "Press &lt;b&gt;" in editor.get("/library").text
    for data, status in (
        ({"name": "press"}, 400),
        ({"article": "bridge", "name": "  "}, 400),
        ({"article": "nowhere", "name": "press"}, 404),
    ):
        assert editor.post(library.COLLECT, data=data).status_code == status
    foreign = {"origin": "http://evil.example", "sec-fetch-site": "cross-site"}
    assert editor.post(library.COLLECT, data={"article": "tram", "name": "own"}, headers=foreign).status_code == 403
    with client(index, READER) as reader:
        assert reader.post(library.COLLECT, data={"article": "tram", "name": "own"}).status_code == 403
        shown = reader.get("/library").text
        assert ENGLISH("library.ask") in shown
        assert ENGLISH("library.collect") not in shown
    assert [each.name for each in index.collections()] == ["Press <b>"]


# In a browser


@pytest.mark.slow
def test_a_chat_is_begun_about_an_article_kept_about_it_and_widened_by_a_click(page: Page, index: Index) -> None:
    with serving(Bot(index)) as address:
        page.goto(f"{address}library")
        page.get_by_role("link", name=BRIDGE.title).click()
        page.get_by_role("link", name="Ask about this article").click()
        scope = page.locator("#scoped")
        scope.get_by_text(BRIDGE.title).wait_for()
        page.get_by_text(f"1 of 3 articles matches: “{BRIDGE.title}”").wait_for()
        ask(page, QUESTION)
        assert f"Only these articles: “{BRIDGE.title}”" in last_answer(page)
        assert QUOTE in page.locator("#proof").inner_text()
        page.wait_for_url(f"{address}?chat=*")  # so that a reload shows this conversation
        ask(page, TRAM_QUESTION)
        assert "do not say" in last_answer(page)
        assert TRAM.title not in last_answer(page)
        page.reload()
        scope.get_by_text(BRIDGE.title).wait_for()
        assert page.locator("#chat .message.bot").count() == 2
        scope.locator(".token-remove").first.click()
        page.locator("#filters .label-wrap", has_text="match").wait_for(state="detached")
        ask(page, TRAM_QUESTION)
        assert "Only these articles" not in last_answer(page)
        assert "rebuild the tram" in last_answer(page)


@pytest.mark.slow
def test_ticked_articles_become_a_collection_that_can_be_chosen_and_one_that_is_gone_is_told(
    page: Page, index: Index
) -> None:
    with serving(Bot(index)) as address:
        page.goto(f"{address}library")
        page.get_by_label(f"Select “{TRAM.title}”").check()
        page.get_by_label("Collection name").fill("Trams")
        page.get_by_role("button", name="Save as collection").click()
        page.get_by_text("The collection “Trams” has 1 article.").wait_for()
        page.get_by_role("link", name="Ask about these").click()
        page.locator("#collections").get_by_text("Trams (1)").wait_for()
        ask(page, QUESTION)
        assert "do not say" in last_answer(page)
        index.remove_collection("trams")
        page.locator("#question textarea").fill(TRAM_QUESTION)
        page.keyboard.press("Enter")
        page.locator("#notice").get_by_text("There is no collection 'Trams' here.").wait_for()
        assert page.locator("#question textarea").input_value() == TRAM_QUESTION
        assert page.locator("#chat .message.bot").count() == 1
        page.set_viewport_size({"width": 375, "height": 740})
        for path in ("", "library", "?collection=Trams&article=bridge"):
            page.goto(f"{address}{path}")
            assert page.evaluate("() => document.documentElement.scrollWidth") <= 375, path
