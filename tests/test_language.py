"""The page in Chinese and in English, and text that runs from right to left, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from bot.answering.bot import Bot
from bot.auth.users import Role, Users
from bot.history import History
from bot.web.access import Access
from bot.web.library import article_address
from index.index import Index
from index.types import Article, Kind
from tests.conftest import WordEmbeddings
from tests.conversations import BRIDGE_QUESTION, history_of, town
from tests.serving import CHROMIUM, NO_CHROMIUM, PASSWORD, open_menu, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.conftest import Scripted

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM),
]

# Names, keys and codes: what is not said in any language.
NAMES = {
    *("Byline", "extractive", "English", "news", "example", "Markdown", "HTML", "PDF", "Word", "PowerPoint", "Excel"),
    *("txt", "byline", "articles", "EPUB", "JSON", "Lines", "MB", "UTC", "APA", "BibTeX", "Esc", "https", "http"),
    *("article", "author", "title", "journal", "year", "month", "day", "url"),  # of BibTeX
}
BRIDGE = Article(
    "桥",
    "老桥重新开放",
    "河口镇的老桥经过两年维修，于2021年5月3日重新开放。维修花费420万元，比计划多出三分之一。\n\n"
    "镇长林若水为老桥剪彩。公共汽车从六月起重新过桥。",
    url="https://news.example/bridge",
    author="陈东",
    outlet="河口日报",
    published=date(2021, 5, 4),
    kind=Kind.REPORT,
    language="zh",
)
TRAM = Article(
    "电车",
    "河口镇需要电车",
    "镇议会应该重建1962年拆除的电车。电车能比公交专用道运送更多的人。",
    author="李安",
    outlet="河口晚报",
    published=date(2021, 6, 1),
    kind=Kind.OPINION,
    language="zh",
)
QUESTION = "河口镇的老桥什么时候重新开放？"
REFUSED = "谁发明了电话？"

# Each visible text and each name of something, but for what says itself that it is in another language.
TEXTS = """() => {
  const foreign = (element) => element.closest("[lang]:not([lang^=zh])");
  const tracker = "[data-testid=status-tracker].hide";  // Gradio's own, which nobody sees
  const seen = (element) => element.checkVisibility() && !element.closest(tracker);
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!["SCRIPT", "STYLE"].includes(element.tagName) && seen(element) && !foreign(element))
      found.push(node.data);
  }
  for (const element of document.querySelectorAll("body *")) {
    if (!seen(element) || foreign(element)) continue;
    for (const name of ["aria-label", "title", "placeholder", "alt", "aria-description"])
      if (element.getAttribute(name)) found.push(element.getAttribute(name));
  }
  return [document.title, ...found];
}"""


def english(page: Page) -> list[str]:
    """The texts that have a word in Latin letters which is no name."""
    texts: list[str] = page.evaluate(TEXTS)
    words = {
        text.strip(): set(re.findall(r"[A-Za-z]{2,}", re.sub(r"https?://\S+", "", text))) - NAMES for text in texts
    }
    return [text for text, found in words.items() if found]


@contextmanager
def visit(browser: Browser, **named: Any) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 860}, **named)
    page = context.new_page()
    page.set_default_timeout(60_000)
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    yield page
    context.close()
    assert broken == []


def ask(page: Page, question: str) -> None:
    before = page.locator("#chat .message.bot").count()
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    page.locator("#chat .message.bot").nth(before).locator(".acts, .failed").first.wait_for()
    page.locator("#question .submit-button").wait_for()
    page.locator("#fold").wait_for()


def test_everything_is_in_chinese_for_who_reads_chinese(browser: Browser, tmp_path: Path) -> None:
    users = Users(tmp_path / "users.json")
    users.put("王芳", Role.EDITOR, PASSWORD)
    found: dict[str, list[str]] = {}
    with (
        Index.open(tmp_path / "store", embedder=WordEmbeddings()) as index,
        visit(browser, locale="zh-CN") as page,
        serving(Bot(index), history_of(tmp_path), Access(users=users)) as address,
    ):
        index.add([BRIDGE, TRAM])

        def look(name: str) -> None:
            found[name] = english(page)
            assert page.locator("html").get_attribute("lang") == "zh-CN", name

        page.goto(f"{address}sign-in")
        look("sign-in")
        page.get_by_label("用户名").fill("王芳")
        page.get_by_label("密码").fill("wrong")
        page.keyboard.press("Enter")
        page.get_by_text("用户名或密码不正确，请重试。").wait_for()
        look("sign-in, refused")
        page.get_by_label("密码").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.get_by_text("2 篇文章 · 模型：extractive").wait_for()
        page.get_by_text("你想了解什么？").wait_for()
        page.get_by_text("它读过 2 篇文章，来自河口日报和河口晚报，时间从2021年5月4日到2021年6月1日。").wait_for()
        look("empty page")
        open_menu(page)
        page.get_by_text("键盘快捷键", exact=True).click()
        look("the menu")
        page.keyboard.press("Escape")
        page.locator("#filters button").first.click()
        page.get_by_label("起始日期").wait_for()
        page.get_by_label("报道（1）").check()
        page.get_by_text("2 篇文章中有 1 篇符合条件：报道。").first.wait_for()
        look("filters and keys")
        page.get_by_label("起始日期").fill("昨天")
        page.get_by_text("“昨天”不是日期。").first.wait_for()
        look("no day")
        page.get_by_role("button", name="清除筛选").click()
        page.get_by_text("在全部 2 篇文章中查找答案。").wait_for()
        page.locator("#filters button").first.click()

        ask(page, QUESTION)
        assert "2021年5月3日" in page.locator("#chat .answer").inner_text()
        page.get_by_role("link", name="[1]", exact=True).click()
        assert "陈东，河口日报，2021年5月4日" in page.locator("#proof .byline").first.inner_text()
        page.locator("#proof .cite summary").first.click()
        look("an answer and its proof")
        page.locator("#proof a.read").first.click()
        page.locator("#pane article").wait_for()
        look("the whole article")
        page.keyboard.press("Escape")
        for button, opened in (("bad", "judging"), ("share", "sharing"), ("export", "exporting")):
            page.locator(f"#{button}-1").click()
            page.locator(f"#{opened}").wait_for()
            look(opened)
        page.locator("#share-1").click()
        page.locator("#sharing").wait_for()
        shared = page.locator("#sharing input, #sharing textarea").first.input_value()
        page.locator("a[href='#edit-1']").click()
        page.get_by_role("button", name="取消修改").wait_for()
        look("an edit")
        page.get_by_role("button", name="取消修改").click()
        page.get_by_role("button", name="取消修改").wait_for(state="hidden")  # then the box is empty
        ask(page, REFUSED)
        page.locator(".refused").wait_for()
        look("a refusal")
        page.get_by_role("button", name="对话记录", exact=True).click()
        for button, opened in (("name", "naming"), ("save", "saving"), ("delete", "deleting")):
            page.locator(f"#{button}-0").click()
            page.locator(f"#{opened}").wait_for()
            look(f"the sidebar, {opened}")
        page.get_by_label("搜索对话记录").fill("没有这个词")
        page.get_by_text("没有包含这些词的对话。").wait_for()
        look("the sidebar, nothing found")

        for path in (
            *(shared.removeprefix(address), "share/none", "download/none/markdown", "library"),
            *(article_address(BRIDGE.id)[1:], f"library/remove?id={BRIDGE.id}", "library/bring", "library?page=9"),
            *("library?q=没有&outlet=河口日报&since=2020-01-01", "library/bring/none", "library/article?id=没有"),
        ):
            page.goto(f"{address}{path}")
            look(path.split("?")[0] if "share/" in path else path)
        page.goto(f"{address}library/bring")
        page.locator("textarea").fill("不是网址")
        page.get_by_role("button", name="添加", exact=True).click()
        page.get_by_role("alert").wait_for()
        look("bringing, refused")
        page.locator("textarea").fill("")
        page.locator("input[type=file]").set_input_files(
            {"name": "新.txt", "mimeType": "text/plain", "buffer": "河口镇新建了一座图书馆，六月开放。".encode()}
        )
        page.get_by_role("button", name="添加", exact=True).click()
        page.wait_for_url("**/library/bring/*")
        page.get_by_text("新增 1 篇").wait_for()
        look("what came of it")
        page.goto(f"{address}sign-out")
        look("sign-out")
        page.get_by_role("button", name="退出登录").click()
        page.get_by_text("你已退出登录。").wait_for()
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_what_is_copied_is_in_chinese_for_who_reads_chinese_and_says_that_the_article_has_changed(
    browser: Browser, tmp_path: Path
) -> None:
    with (
        Index.open(tmp_path / "store", embedder=WordEmbeddings()) as index,
        visit(browser, locale="zh-CN") as page,
        serving(Bot(index), history_of(tmp_path), Access()) as address,
    ):
        index.add([BRIDGE, TRAM])
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])

        def copied(name: str) -> str:
            button = page.get_by_role("button", name=name)
            button.press("Enter")
            page.get_by_role("button", name="已复制").wait_for()
            button.wait_for()
            text: str = page.evaluate("() => navigator.clipboard.readText()")
            return text

        page.goto(address)
        page.get_by_text("2 篇文章 · 模型：extractive").wait_for()
        ask(page, QUESTION)
        source = "——《老桥重新开放》，陈东，河口日报，2021年5月4日。https://news.example/bridge"
        assert copied("连同引文复制").splitlines()[2].endswith(f"”{source}")
        changed = "这篇文章后来有改动，已不再有这些字句。以下是它当时的原文。"
        index.add([replace(BRIDGE, text=BRIDGE.text.replace("两年维修", "三年维修"))])
        page.reload()
        page.locator("#proof .changed").get_by_text(changed).wait_for()
        assert (
            copied("连同引文复制")
            .splitlines()[2]
            .endswith(f"经过两年维修，于2021年5月3日重新开放。”（{changed}）{source}")
        )
        page.locator("#proof .cite summary").click()
        assert copied("复制纯文本").endswith(f"（{changed}）{source}")
        assert f"> *{changed}*" in copied("复制Markdown")


def test_what_an_article_says_is_in_its_language_on_a_page_of_another(browser: Browser, tmp_path: Path) -> None:
    """For the voices of screen readers and for fonts: WCAG 3.1.2."""
    history = history_of(tmp_path)
    with (
        Index.open(tmp_path / "store", embedder=WordEmbeddings()) as index,
        visit(browser, locale="en-GB") as page,
        serving(Bot(index), history, Access()) as address,
    ):
        index.add([BRIDGE, TRAM])

        def spoken(places: str) -> set[str]:
            """The languages that a browser knows the text of these places to be in."""
            page.locator(places).first.wait_for()
            found: list[str] = page.locator(places).evaluate_all(
                "all => all.map((each) => each.closest('[lang]').lang)"
            )
            return set(found)

        page.goto(address)
        page.get_by_text("2 articles · model: extractive").wait_for()
        ask(page, QUESTION)
        assert page.locator("#chat .answer [lang=zh]").inner_text() == BRIDGE.text.split("。")[0] + "。"
        assert spoken("#proof h3, #proof mark") == {"zh"}
        assert spoken("#chat .answer .mark, #proof .byline, #proof .cite summary") == {"en"}
        page.reload()
        page.locator("#chat .answer [lang=zh]").wait_for()
        page.locator("#proof a.read").first.click()
        assert spoken("#pane mark") == spoken("#pane h2") == {"zh"}
        page.keyboard.press("Escape")
        index.add([replace(BRIDGE, text=BRIDGE.text.replace("两年维修", "三年维修"))])
        page.locator("#proof a.read").first.click()
        page.locator("#pane .changed blockquote[lang=zh]").wait_for()
        page.keyboard.press("Escape")
        page.locator("#share-1").click()
        page.locator("#sharing").wait_for()
        page.goto(page.locator("#sharing input, #sharing textarea").first.input_value())
        assert spoken("h3") == spoken("mark") == spoken(".answer > span") == {"zh"}
        assert spoken(".answer .mark, .byline, .changed") == {"en"}


@pytest.mark.parametrize("stops", [False, True])
def test_an_answer_that_is_on_its_way_is_waited_for_before_the_language_changes(
    page: Page, writing: str, script: Scripted, stops: bool
) -> None:
    end = Event()

    def says() -> Iterator[str]:
        yield "The bridge reopened on 3 May 2021. It was shut for"
        while not end.wait(0.05):
            yield ""
        yield " two years."

    script.says = says
    page.goto(writing)
    page.get_by_text("3 articles · model: scripted").wait_for()
    page.locator("#question textarea").fill(BRIDGE_QUESTION)
    page.keyboard.press("Enter")
    page.locator("#chat .writing").get_by_text("3 May 2021").wait_for()
    page.locator("#question textarea").fill("And the tram?")
    open_menu(page)
    page.get_by_role("button", name="中文").click()
    told = page.get_by_role("status").get_by_text("The language changes when the answer is done, or when you stop it.")
    told.wait_for()
    open_menu(page)
    page.get_by_role("button", name="中文").click()
    assert told.count() == 1
    assert page.locator("#chat .writing").count() == 1
    if stops:
        page.locator("#question .stop-button").click()
    else:
        end.set()
    page.get_by_text("3 篇文章 · 模型：scripted").wait_for(state="attached")
    if stops:
        page.locator("#chat").get_by_text("已停止").wait_for()
        page.get_by_role("button", name="重新回答").wait_for()
    else:
        page.locator("#chat .answer").get_by_text("3 May 2021").wait_for()
        assert page.locator("#chat a.mark").count()
    assert BRIDGE_QUESTION in page.locator("#chat .question").inner_text()
    assert page.locator("#question textarea").input_value() == "And the tram?"
    end.set()


def test_another_language_is_chosen_and_kept_with_the_conversation_and_what_is_being_written(
    browser: Browser,
    tmp_path: Path,
) -> None:
    index = town(tmp_path)
    with visit(browser, locale="en-GB") as page, serving(Bot(index), history_of(tmp_path), Access()) as address:
        page.goto(address)
        page.get_by_text("3 articles · model: extractive").wait_for()
        ask(page, BRIDGE_QUESTION)
        said = page.locator("#chat .answer").inner_text()
        page.locator("#question textarea").fill("And the tram?")
        chooses = page.locator("#language")
        assert chooses.get_attribute("lang") == "zh-CN"
        open_menu(page)
        chooses.click()
        page.get_by_text("3 篇文章 · 模型：extractive").wait_for(state="attached")
        page.locator("#chat .answer").wait_for()
        assert page.locator("#chat .answer").inner_text() == said
        assert page.locator("#question textarea").input_value() == "And the tram?"
        assert page.locator("#proof .byline").first.inner_text().startswith("Tom Okafor，Vellmar Courier，2021年5月4日")
        page.reload()
        page.get_by_text("3 篇文章 · 模型：extractive").wait_for(state="attached")
        open_menu(page)
        page.get_by_role("link", name="文库").click()
        page.get_by_role("heading", name="文库").wait_for()
        page.goto(f"{address}library?q=tram")
        page.locator(".menu summary").click()
        page.get_by_role("button", name="English").click()
        page.get_by_text("1 article found.").wait_for()
        assert page.url == f"{address}library?q=tram"
        page.goto(address)
        page.get_by_text("3 articles · model: extractive").wait_for(state="attached")
        assert page.locator("html").get_attribute("lang") == "en"
        page.locator("#question textarea").fill("And the tram?")
        open_menu(page)
        page.locator("button[data-language=de]").click()
        page.get_by_text("3 Artikel · Modell: extractive").wait_for(state="attached")
        assert page.locator("html").get_attribute("lang") == "de"
        assert page.locator("#question textarea").input_value() == "And the tram?"
        offered = [each.strip() for each in page.locator("button[data-language]").all_text_contents()]
        assert offered == ["English", "中文", "Français", "Español"]
    index.close()


@pytest.mark.parametrize(
    ("locale", "accepted", "tag"),
    [("it-IT", None, "en"), (None, "it, zh-TW;q=0.5, en;q=0.3", "zh-CN"), (None, "zh;q=0.8, en;q=0.9", "en")],
)
def test_a_browser_is_answered_in_the_first_language_of_ours_that_it_asks_for(
    browser: Browser,
    tmp_path: Path,
    locale: str | None,
    accepted: str | None,
    tag: str,
) -> None:
    index = town(tmp_path)
    headers = {"Accept-Language": accepted} if accepted else {}
    with (
        visit(browser, locale=locale, extra_http_headers=headers) as page,
        serving(Bot(index), history_of(tmp_path), Access()) as address,
    ):
        page.goto(address)
        page.locator("#chat .example").first.wait_for()
        new = {"en": "New chat", "zh-CN": "新对话"}[tag]  # said by Gradio
        read = {"en": "It has read 3 articles", "zh-CN": "它读过 3 篇文章"}[tag]  # said by the server
        page.get_by_role("button", name=new).wait_for()
        page.get_by_text(read).wait_for()
        assert page.locator("html").get_attribute("lang") == tag
        page.goto(f"{address}library")
        assert page.locator("html").get_attribute("lang") == tag
    index.close()


HEBREW = Article(
    "נמל",
    "הנמל נסגר!",
    'נמל העיר נסגר ב-3 במאי 2021 (אחרי שנתיים). כך אמר ראש העיר: "לא היה כסף".',
    url="https://news.example/harbour",
    author="דנה כהן",
    outlet="הארץ",
    published=date(2021, 5, 4),
    kind=Kind.REPORT,
    language="he",
)
ARABIC = Article(
    "ميناء",
    "إغلاق الميناء (مؤقتا)!",
    "أغلق ميناء المدينة في 3 مايو 2021. قال رئيس البلدية إن المال نفد.",
    author="سامي",
    outlet="الخليج",
    published=date(2021, 5, 6),
    kind=Kind.OPINION,
    language="ar",
)
# Where the characters of some words stand, from left to right.
PLACES = """([selector, words]) => {
  const range = document.createRange();
  return words.map((word) => {
    for (const element of document.querySelectorAll(selector)) {
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const at = node.data.indexOf(word);
        if (at < 0) continue;
        range.setStart(node, at);
        range.setEnd(node, at + word.length);
        const box = range.getBoundingClientRect();
        return [box.left, box.right];
      }
    }
    return null;
  });
}"""


def in_order(page: Page, selector: str, *words: str) -> bool:
    """Whether words stand on the page from left to right, none inside of another."""
    places = page.evaluate(PLACES, [selector, list(words)])
    assert None not in places, (selector, words)
    return all(before[1] <= after[0] + 1 for before, after in pairwise(places))


def test_text_from_right_to_left_keeps_its_punctuation_and_changes_nothing_beside_it(
    browser: Browser,
    tmp_path: Path,
) -> None:
    with (
        Index.open(tmp_path / "store", embedder=WordEmbeddings()) as index,
        visit(browser, locale="en-GB") as page,
        serving(Bot(index), History.in_memory(), Access()) as address,
    ):
        index.add([HEBREW, ARABIC])
        page.goto(address)
        page.get_by_text("2 articles · model: extractive").wait_for()
        page.locator("#question textarea").fill("מתי נסגר נמל העיר?")
        assert (
            page.evaluate("() => getComputedStyle(document.querySelector('#question textarea')).unicodeBidi")
            == "plaintext"
        )
        ask(page, "מתי נסגר נמל העיר?")
        page.locator("#proof .card").first.wait_for()
        if page.locator("#proof .others").count():
            page.locator("#proof .others summary").first.click()
        # The day stands after the outlet, whole, and the outlet after the author.
        assert in_order(page, "#proof .byline", "דנה כהן", "הארץ", "4 May", "2021")
        # The title runs to the left: its mark of exclamation is at its left end.
        assert in_order(page, "#proof .card h3", "!", "הנמל")
        assert in_order(page, "#chat h2.question", "?", "מתי")
        page.locator("#proof a.read").first.click()
        page.locator("#pane article").wait_for()
        assert in_order(page, "#pane .byline", "דנה כהן", "הארץ", "4 May", "2021")
        assert in_order(page, "#pane h2", "!", "הנמל")
        page.keyboard.press("Escape")
        page.locator("#pane article").wait_for(state="hidden")
        page.wait_for_function("() => !history.state?.read")  # closing goes back, which would end another navigation
        page.goto(f"{address}library")
        assert in_order(page, ".list .note", "سامي", "الخليج", "6 May")
        assert in_order(page, ".list a", "!", "إغلاق")
