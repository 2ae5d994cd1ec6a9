"""Plain pages: every value is text, and nothing in a page is fetched or run but what its head names."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from jinja2 import DictLoader, UndefinedError

from bot.render.html import sheet as sheets
from bot.render.html.sheet import Link, PageHead, fill, sheet

HOSTILE = '</title></style><script>alert(1)</script><img src=x onerror="alert(1)"> {{ 7 * 7 }} \udcff'


class Tags(HTMLParser):
    """What of a page is markup."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [tag, *(f"{name}={value}" for name, value in attrs if name.startswith("on") or name == "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_title_and_a_body_are_text() -> None:
    harmless, hostile = Tags(sheet("A title", "A body")), Tags(sheet(HOSTILE, HOSTILE))
    assert hostile.found == harmless.found
    assert hostile.text.count("<script>alert(1)</script>") == 3
    assert "{{ 7 * 7 }} ?" in hostile.text


def test_what_is_filled_in_is_text_and_stays_markup_in_a_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    templates = sheets._templates()
    monkeypatch.setattr(
        templates,
        "loader",
        DictLoader({"a.html": '<p title="{{ words }}">{{ words }}</p>', "sheet.html": "{{ body }}"}),
    )
    templates.cache.clear()  # type: ignore[union-attr]
    page = Tags(sheet("A title", fill("a.html", words=HOSTILE)))  # type: ignore[arg-type]
    templates.cache.clear()  # type: ignore[union-attr]
    assert page.found == ["p"]
    assert page.text == HOSTILE.replace("\udcff", "?")


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="is undefined"):
        fill("sheet.html")


def test_only_a_page_of_a_server_leads_anywhere_and_fetches_anything() -> None:
    file = Tags(sheet("A title", "")).found
    assert not {"a", "img", "link", "script", "form", "button"} & set(file)
    served = sheet(
        "A title", "", head=PageHead("../", (Link("../library", HOSTILE, True),), Link("../", HOSTILE), "../to")
    )
    assert {"href=../", "href=../library", "href=../font.css", "href=../mark.svg"} <= set(Tags(served).found)
    assert 'script src="../sheet.js"' in served
    assert Tags(served).text.count("<script>alert(1)</script>") == 2
