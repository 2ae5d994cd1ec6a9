"""What is done on the page beside asking, in a real browser; and many who do it at once."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from bot.answering.bot import Bot
from bot.history import History
from bot.model import Model
from bot.suggestions.offers import Offers
from bot.types import Answer, Cancellation, Prompt
from index.index import Index
from index.types import Article, Filters
from tests.serving import QUESTION, ask, last_answer, open_menu, ready, serving
from tests.small_news import ARTICLES, BRIDGE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.conftest import Scripted

pytestmark = pytest.mark.slow

# Gradio's stream of results, which learns half a second late that the server has closed it.
CLOSED_LATE = """
const ask = window.fetch;
window.fetch = async (input, options) => {
  const response = await ask(input, options);
  if (!(input instanceof Request && input.url.includes("/queue/data"))) return response;
  const late = new TransformStream({
    async transform(chunk, controller) {
      const [told, closed] = new TextDecoder().decode(chunk).split(/(?=data: {"msg":"close_stream)/);
      controller.enqueue(new TextEncoder().encode(told));
      if (!closed) return;
      await new Promise((done) => setTimeout(done, 500));
      controller.enqueue(new TextEncoder().encode(closed));
    },
  });
  return new Response(response.body.pipeThrough(late), response);
};
"""

COST = "How much did the repairs of the bridge cost?"


def settled(page: Page, answers: int) -> None:
    """Waits until so many answers stand there, and the next can be asked."""
    page.wait_for_function("count => document.querySelectorAll('#chat .message.bot').length === count", arg=answers)
    page.locator("#chat .message.bot").last.locator(".acts, .failed").first.wait_for()
    page.locator("#question .submit-button").wait_for()


def test_what_is_offered_next_is_asked_with_a_click_and_answered(page: Page, news: Index) -> None:
    def complete(prompt: Prompt, _: Cancellation | None = None, /) -> Generator[str]:
        yield COST if "Sentence:" in prompt.user else "The bridge reopened on 3 May 2021."

    with serving(Bot(news, Model("scripted", complete))) as address:
        page.goto(address)
        ask(page, QUESTION)
        button = page.locator("#next button:not(#leave):visible")
        button.wait_for()
        assert button.inner_text() == COST
        button.click()
        settled(page, 2)
        assert COST in page.locator("#chat .message.user").last.inner_text()
        assert page.locator("#chat .message.bot").last.locator("a.mark").count()


def test_without_a_language_model_nothing_is_offered_next(page: Page, quoting: str) -> None:
    page.goto(quoting)
    ask(page, QUESTION)
    page.locator("#fold").wait_for()
    page.wait_for_timeout(2000)
    assert page.locator("#next button:visible").count() == 0


def test_a_question_does_not_wait_for_what_is_offered_next(
    page: Page, quoting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, cancelled = Event(), Event()

    def slow(_: Offers, answer: Answer, asked: Sequence[str], filters: Filters, cancel: Cancellation) -> Iterator[str]:  # noqa: ARG001
        if begun.is_set():
            return
        begun.set()
        while not cancel.is_set():
            time.sleep(0.01)
        cancelled.set()
        yield "What comes too late?"

    monkeypatch.setattr(Offers, "next", slow)
    page.goto(quoting)
    ask(page, QUESTION)
    assert begun.wait(60)
    ask(page, COST)
    settled(page, 2)
    assert cancelled.is_set()
    assert not page.get_by_role("button", name="What comes too late?").count()


def test_an_empty_page_offers_questions_about_any_articles(page: Page, quoting: str) -> None:
    page.goto(quoting)
    example = page.locator("#chat .example").first
    example.wait_for()
    example.click()
    settled(page, 1)
    assert page.locator("#chat .message.bot a.mark").count()


def test_filters_show_what_remains_limit_the_questions_and_are_cleared(page: Page, quoting: str) -> None:
    page.goto(quoting)
    page.get_by_text("3 articles · model: extractive").wait_for()
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("opinion (1)").check()
    page.locator("#remaining").get_by_text("1 of 3 articles matches: opinion.").wait_for()
    ask(page, QUESTION)
    assert "Only these articles: opinion" in last_answer(page)
    assert BRIDGE.text[:40] not in page.locator("#proof").inner_text()
    page.reload()
    page.get_by_role("button", name="Filters · 1 of 3 articles matches: opinion").click()
    page.get_by_label("Since").fill("nonsense")
    page.locator("#remaining").get_by_text("“nonsense” is not a date").wait_for()
    page.get_by_role("button", name="Clear filters").click()
    page.locator("#remaining").get_by_text("Questions look at all 3 articles.").wait_for()
    assert not page.get_by_label("opinion (1)").is_checked()
    ask(page, QUESTION)
    assert "3 May 2021" in last_answer(page)
    assert "Only these articles" not in last_answer(page)


def test_an_earlier_question_is_edited_and_what_followed_goes_for_good(page: Page, quoting: str) -> None:
    from playwright.sync_api import expect

    page.goto(quoting)
    ask(page, "Who won the 2018 World Cup?")
    ask(page, COST)
    page.get_by_role("link", name="Edit").first.press("Enter")
    page.get_by_text("Editing question 1. Later turns will be removed.").wait_for()
    box = page.get_by_label("Your question")
    expect(box).to_have_value("Who won the 2018 World Cup?")
    page.locator("#leave").wait_for()
    page.keyboard.press("Escape")
    page.get_by_text("Editing question 1. Later turns will be removed.").wait_for(state="detached")
    expect(box).to_have_value("")
    expect(page.locator("#chat .message.user")).to_have_count(2)
    page.get_by_role("link", name="Edit").first.click()
    page.get_by_text("Editing question 1. Later turns will be removed.").wait_for()
    box.fill(QUESTION)
    box.press("Enter")
    settled(page, 1)
    assert "3 May 2021" in last_answer(page)
    page.reload()
    page.locator("#chat .message.bot .answer").wait_for()
    expect(page.locator("#chat .message")).to_have_count(2)


def test_what_is_done_while_the_stream_of_results_closes_is_not_lost(page: Page, quoting: str) -> None:
    page.add_init_script(CLOSED_LATE)
    page.goto(quoting)
    ask(page, QUESTION)
    for _ in range(3):
        page.get_by_role("link", name="Edit").press("Enter")
        page.locator("#leave").wait_for()
        page.keyboard.press("Escape")
        page.locator("#leave").wait_for(state="detached")


def test_what_is_offered_late_is_not_offered_again_in_an_edit(
    page: Page, quoting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, given_late = Event(), Event()

    def late(*_: Any) -> Iterator[str]:
        begun.set()
        time.sleep(2)
        given_late.set()
        yield "What comes too late?"

    monkeypatch.setattr(Offers, "next", late)
    page.goto(quoting)
    ask(page, QUESTION)
    assert begun.wait(60)
    page.get_by_role("link", name="Edit").press("Enter")
    page.get_by_text("Editing question 1. Later turns will be removed.").wait_for()
    assert given_late.wait(60)
    page.locator("#leave").wait_for()
    page.wait_for_timeout(1000)  # what came after it would have hidden it by now
    assert page.locator("#leave").is_visible()
    assert page.locator("#next button:visible").count() == 1


def test_the_last_question_is_asked_again_in_its_place(page: Page, writing: str, script: Scripted) -> None:
    page.goto(writing)
    for words in ("The bridge reopened in May 2021.", "The bridge reopened on 3 May 2021."):
        script.says = lambda words=words: iter([words])  # type: ignore[misc]
        if words.startswith("The bridge reopened in"):
            ask(page, QUESTION)
            page.locator("#fold").get_by_role("button", name="Short answer · Usual length").click()
            page.get_by_role("button", name="Ask again").click()
    page.locator("#chat .answer").get_by_text("on 3 May 2021.").wait_for()
    settled(page, 1)


def test_an_answer_is_copied_with_its_citations(page: Page, quoting: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(quoting)
    ask(page, QUESTION)
    page.get_by_role("button", name="Copy with citations").press("Enter")
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied.startswith(
        "The old bridge in Vellmar reopened on 3 May 2021 after two years of repairs. [1]\n\n[1] “"
    )
    assert "Tom Okafor, Vellmar Courier, 4 May 2021" in copied


def test_keys_do_what_the_page_lists_but_not_in_a_field_and_not_when_turned_off(page: Page, quoting: str) -> None:
    page.goto(quoting)
    box = page.get_by_label("Your question")
    ask(page, QUESTION)
    box.press_sequentially("n/?")
    assert (box.input_value(), page.locator("#chat .message").count()) == ("n/?", 2)
    box.fill("")
    page.locator("#chat .message.bot").click()
    page.keyboard.press("/")
    assert box.evaluate("each => each === document.activeElement")
    assert box.input_value() == ""
    page.locator("#chat .message.bot").click()
    page.keyboard.press("?")
    page.get_by_text("Go to the question").wait_for()
    page.get_by_role("button", name="Turn these shortcuts off").click()
    page.locator("#chat .message.bot").click()
    page.keyboard.press("n")
    page.wait_for_timeout(500)
    assert page.locator("#chat .message").count() == 2
    open_menu(page)  # the click beside it has closed it
    page.get_by_role("button", name="Turn these shortcuts on").click()
    page.locator("#chat .message.bot").click()
    page.keyboard.press("n")
    page.locator("#chat .message").first.wait_for(state="detached")


class Slow:
    """A model that says one sentence, and the next when it may."""

    def __init__(self) -> None:
        self.go_on = Event()

    def __call__(self) -> Iterator[str]:
        yield "The bridge reopened on 3 May 2021. Nine whales were"
        self.go_on.wait(120)
        yield " seen under it."


def begin(page: Page, address: str) -> None:
    """Asks, and waits for the first words of the answer."""
    page.goto(address)
    ready(page)
    page.locator("#question textarea").fill(QUESTION)
    page.keyboard.press("Enter")
    page.locator("#chat .writing").wait_for()
    page.wait_for_url("**/?chat=*", wait_until="commit")


def queue(page: Page, question: str) -> None:
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    page.locator("#chat .message.user:has(.queued)").get_by_text(question).wait_for()


def test_an_answer_goes_on_through_a_reload_in_a_new_tab_and_after_going_back(
    page: Page, writing: str, script: Scripted
) -> None:
    page.set_default_timeout(60_000)
    slow = script.says = Slow()
    begin(page, writing)
    page.reload()
    page.locator("#chat .writing").wait_for()
    page.locator("#question .stop-button").wait_for()
    page.goto("about:blank")
    page.go_back()
    page.locator("#chat .writing").wait_for()
    other, name = page.context.new_page(), page.url
    page.goto("about:blank")
    other.set_default_timeout(60_000)
    other.goto(name)
    other.locator("#chat .writing").wait_for()
    slow.go_on.set()
    settled(other, 1)
    page.go_back()
    settled(page, 1)
    for each in (page, other):
        assert "Nine whales were seen under it." in last_answer(each)
        each.reload()  # what is kept
        settled(each, 1)
        assert each.locator("#chat .message.user").count() == 1


def test_an_answer_on_its_way_is_shown_to_nobody_else(
    browser: Browser, page: Page, writing: str, script: Scripted
) -> None:
    page.set_default_timeout(60_000)
    slow = script.says = Slow()
    begin(page, writing)
    other = browser.new_context().new_page()
    other.set_default_timeout(60_000)
    for name in (page.url, f"{writing}?chat=none"):
        other.goto(name)
        other.get_by_text("There is no such chat here").wait_for()
        other.wait_for_url(writing)
        assert other.locator("#chat .message").count() == 0
    other.context.close()
    slow.go_on.set()
    settled(page, 1)


def test_an_answer_that_nobody_watches_is_kept(page: Page, news: Index, script: Scripted) -> None:
    page.set_default_timeout(60_000)
    slow = script.says = Slow()
    history = History.in_memory()
    bot = Bot(news, Model("scripted", script.complete))
    bot.close = lambda: None  # type: ignore[method-assign] # the index serves the next test too
    with serving(bot, history) as address:
        begin(page, address)
        page.goto("about:blank")
        slow.go_on.set()
        while not history.everybodys():
            page.wait_for_timeout(100)
    [conversation] = history.everybodys()
    assert [each.status for each in history.records(conversation.place)] == ["partial"]


def test_back_and_forward_go_between_conversations_and_close_an_article(page: Page, quoting: str) -> None:
    page.set_default_timeout(60_000)
    page.goto(quoting)
    ask(page, QUESTION)
    page.wait_for_url("**/?chat=*")
    first = page.url
    page.get_by_role("button", name="New chat").click()
    page.get_by_text("What would you like to know?").wait_for()
    page.wait_for_url(quoting)
    ask(page, COST)
    page.wait_for_url("**/?chat=*")
    second = page.url
    assert second != first
    for go, name, question in ((page.go_back, first, QUESTION), (page.go_forward, second, COST)):
        go()
        page.locator("#chat .message.user").get_by_text(question).wait_for()
        page.wait_for_url(name)
        page.reload()
        page.locator("#chat .message.user").get_by_text(question).wait_for()
        assert page.url == name
    page.locator("#proof a.read").first.click()
    page.locator("#pane article").wait_for()
    page.go_back()
    page.locator("#pane").wait_for(state="hidden")
    page.go_forward()
    page.locator("#pane article").wait_for()
    page.keyboard.press("Escape")
    page.locator("#pane").wait_for(state="hidden")
    page.wait_for_function("() => !history.state")
    assert page.url == second


def test_a_question_sent_while_another_is_answered_waits_for_it_and_can_be_taken_out(
    page: Page, writing: str, script: Scripted
) -> None:
    page.set_default_timeout(60_000)
    slow = script.says = Slow()
    begin(page, writing)
    for question in (COST, "Who paid for the bridge?"):
        queue(page, question)
        assert page.locator("#question textarea").input_value() == ""
    page.reload()
    page.locator(".queued").nth(1).wait_for()
    page.locator("#chat .message.user").get_by_text("Who paid").wait_for()
    page.locator(".queued").last.get_by_role("button", name="Withdraw this question").click()
    page.locator("#chat").get_by_text("Who paid").wait_for(state="detached")
    slow.go_on.set()
    settled(page, 2)
    assert page.locator("#chat .message.user").count() == 2
    assert COST in page.locator("#chat .message.user").last.inner_text()
    assert page.locator(".queued").count() == 0


def test_when_an_answer_is_stopped_the_question_that_waits_is_next(page: Page, writing: str, script: Scripted) -> None:
    page.set_default_timeout(60_000)
    slow = script.says = Slow()
    begin(page, writing)
    queue(page, COST)
    script.says = lambda: iter(["The repairs cost 4.2 million euros."])
    page.locator("#question .stop-button").click()
    page.locator("#chat").get_by_text("Stopped before it was checked").wait_for()
    slow.go_on.set()
    settled(page, 2)
    assert "4.2 million euros" in last_answer(page)


def test_who_waits_sees_for_how_long(page: Page, writing: str, script: Scripted) -> None:
    page.set_default_timeout(60_000)
    slow = script.says = Slow()
    begin(page, writing)
    shown = "n => parseInt(document.querySelector('#chat .doing')?.dataset.seconds) > n"
    page.wait_for_function(shown, arg=0)
    page.wait_for_function(shown, arg=1)
    page.locator("#chat .doing").get_by_text("Writing, and proving each sentence…").wait_for()
    slow.go_on.set()
    settled(page, 1)
    assert page.locator("#chat .doing").count() == 0


def test_escape_stops_an_answer(page: Page, writing: str, script: Scripted) -> None:
    pause = Event()

    def endless() -> Iterator[str]:
        yield "The bridge reopened on 3 May 2021. It goes "
        while not pause.wait(0.05):
            yield "on and on "

    script.says = endless
    page.goto(writing)
    page.get_by_label("Your question").fill(QUESTION)
    page.keyboard.press("Enter")
    page.locator("#chat .writing").wait_for()
    page.keyboard.press("Escape")
    page.locator("#chat").get_by_text("Stopped before it was checked").wait_for()
    pause.set()


# Many at once


class Session:
    """One browser's worth of a conversation, over the page's own protocol."""

    def __init__(self, address: str, name: str) -> None:
        self._http = httpx.Client(base_url=address, timeout=120)
        self._name = name
        config = self._http.get("config").json()
        self._events = config["dependencies"]
        box = next(each["id"] for each in config["components"] if each["props"].get("elem_id") == "question")
        sends = next(each["id"] for each in self._events if [box, "submit"] in each["targets"])
        self._ask = next(each for each in self._events if each["trigger_after"] == sends)
        self._chat = next(each["id"] for each in config["components"] if each["props"].get("elem_id") == "chat")

    def ask(self, question: str) -> str:
        """The chat's messages as they are when the answer is done, as text."""
        held = [question, *[None] * (len(self._ask["inputs"]) - 1)]
        held[2:7] = [[], None, [], [], []]  # type: ignore[list-item]
        body = {"data": held, "fn_index": self._ask["id"], "session_hash": self._name, "event_data": None}
        self._http.post("gradio_api/queue/join", json=body).raise_for_status()
        place = self._ask["outputs"].index(self._chat)
        shown: Any = None
        with self._http.stream("GET", "gradio_api/queue/data", params={"session_hash": self._name}) as lines:
            for line in lines.iter_lines():
                message = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
                output = (message.get("output") or {}).get("data")
                if message.get("msg") == "process_generating" and output:
                    shown = _patched(shown, output[place])
                if message.get("msg") == "process_completed":
                    assert message["success"], message
                    break
        return json.dumps(shown, ensure_ascii=False)


def _patched(before: Any, change: Any) -> Any:
    """What is shown after a step: the first is told whole, and later ones by what differs."""
    if not (isinstance(change, list) and all(isinstance(each, list) and len(each) == 3 for each in change)):
        return change
    after = json.loads(json.dumps(before))
    for action, path, value in change:
        if not path:
            after = value if action == "replace" else after + value
            continue
        inside = after
        for step in path[:-1]:
            inside = inside[step]
        if action == "append":
            inside[path[-1]] += value
        elif action == "delete":
            del inside[path[-1]]
        elif action == "add" and isinstance(inside, list):
            inside.insert(path[-1], value)
        else:
            inside[path[-1]] = value
    return after


def test_twenty_sessions_at_once_lose_and_cross_no_message(tmp_path: Path) -> None:
    towns = [
        f"{first}{last}" for first in ("Ard", "Bel", "Cor", "Dun", "Elm") for last in ("mouth", "ford", "by", "stead")
    ]
    articles = [
        Article(
            f"{town}-{thing}", f"The {thing} of {town}", f"The {thing} of {town} opened in {1800 + 20 * place + step}."
        )
        for place, town in enumerate(towns)
        for step, thing in enumerate(("bridge", "library", "harbour"))
    ]
    with Index.open(tmp_path / "store") as opened:
        opened.add(articles)
        history = History(tmp_path / "history.sqlite3", 90)
        with serving(Bot(opened), history) as address, ThreadPoolExecutor(len(towns)) as threads:

            def talks(numbered: tuple[int, str]) -> list[str]:
                session = Session(address, f"session{numbered[0]}")
                return [
                    session.ask(f"When did the {each} of {numbered[1]} open?")
                    for each in ("bridge", "library", "harbour")
                ]

            shown = list(threads.map(talks, enumerate(towns)))
    for place, (town, steps) in enumerate(zip(towns, shown, strict=True)):
        for step, messages in enumerate(steps):
            told = [f"opened in {1800 + 20 * place + each}." for each in range(step + 1)]
            assert [each for each in told if each not in messages] == []
            assert [other for other in towns if other != town and other in messages] == []
            assert len(json.loads(messages)) == 2 * (step + 1)
    kept = history.everybodys()
    assert sorted(each.turns for each in kept) == [3] * len(towns)


SERVER = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from time import sleep
from bot.answering.bot import Bot
from bot.history import History
from bot.model import Model
from bot.types import Model
from bot.web import serve
from index import Index

def complete(prompt, cancel=None):
    if "How much did" in prompt.user:
        yield "The repairs of the bridge cost 4.2 million euros. They took two years"
        sleep(600)
    yield "The bridge reopened on 3 May 2021."

store = Path({store!r})
bot = Bot(Index.open(store), Model("scripted", complete))
serve(lambda: bot, "127.0.0.1", {port}, history=History(store / "history.sqlite3", 90))
"""


@contextmanager
def server(store: Path, port: int) -> Iterator[str]:
    """A server of its own, killed at the end."""
    program = SERVER.format(root=str(Path(__file__).parent.parent), store=str(store), port=port)
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert "Byline is on" in process.stdout.readline()
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.kill()
        process.communicate()


def test_a_server_that_is_killed_in_the_middle_of_an_answer_loses_nothing_that_was_finished(
    page: Page, tmp_path: Path
) -> None:
    page.set_default_timeout(60_000)  # the embedder is loaded twice
    with Index.open(tmp_path / "store") as opened:
        opened.add(ARTICLES)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with server(tmp_path / "store", port) as address:
        page.goto(address)
        ask(page, QUESTION)
        page.get_by_label("Your question").fill(COST)
        page.keyboard.press("Enter")
        page.locator("#chat .writing").get_by_text("The repairs of the").wait_for()
    page.goto("about:blank")  # a page that lost its server comes again by itself
    with server(tmp_path / "store", port) as address:
        page.goto(address)
        page.locator("#chat .answer").get_by_text("on 3 May 2021.").wait_for()
        page.get_by_role("link", name="[1]", exact=True).click()
        assert (page.locator("mark.current").text_content() or "") in BRIDGE.text
        assert page.locator("#chat .message.user").count() == 1
        ask(page, QUESTION)
        assert "3 May 2021" in last_answer(page)
