"""Articles, jobs, collections, feedback and gaps over HTTP: a real server, a real index, and another process beside."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from threading import Event, Thread
from time import sleep
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from bot.api import app
from bot.auth.keys import Keys
from bot.auth.principal import Principal
from bot.auth.users import Role
from bot.history import History
from bot.service import jobs as bringing
from bot.service.jobs import Jobs
from bot.service.middleware import Program, ProgramGuard
from bot.service.service import Service, Slots, pace_of
from bot.web.access import Access
from index import Article, Index
from index.load import SUFFIXES, read
from tests import documents
from tests.api_server import events_of, serving
from tests.conftest import WordEmbeddings, answering
from tests.conversations import BRIDGE_QUESTION, history_of
from tests.news_server import page as web_page
from tests.news_server import serving as serving_news
from tests.serving import client
from tests.small_news import ARTICLES, BRIDGE, HOSTILE, TRAM
from tests.stores import OPENED, ask, child
from tests.test_library import ARTICLE_PAGE

PRINCIPALS = {
    "reader": Principal("Rita", Role.READER, key="K1"),
    "editor": Principal("Edda", Role.EDITOR, key="K2"),
    "other": Principal("Otto", Role.EDITOR, key="K3"),
    "admin": Principal("Ada", Role.ADMIN, key="K4"),
    "scoped": Principal("Sven", Role.ADMIN, ("Bridges",), key="K5"),
}
LOCK = """
with opened._writing(agree=False):
    print("held", flush=True)
    input()
"""


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with Index.open(tmp_path / "store", embedder=WordEmbeddings(), patience=0.2) as opened:
        opened.add(ARTICLES)
        opened.add_to_collection("Bridges", [BRIDGE.id])
        opened.add_to_collection("Trams", [TRAM.id])
        yield opened


@pytest.fixture
def api(index: Index, tmp_path: Path) -> Iterator[API]:
    with opened(index, history_of(tmp_path)) as found:
        yield found


class API:
    """A client of the API, whose requests have the key `editor` unless they name another."""

    def __init__(self, client: httpx.Client, service: Service) -> None:
        self.client = client
        self.service = service

    def __call__(self, method: str, path: str, key: str = "editor", **named: Any) -> httpx.Response:
        return self.client.request(method, path, headers={"authorization": f"Bearer {key}"}, **named)

    def json(self, method: str, path: str, key: str = "editor", status: int = 200, **named: Any) -> Any:
        answer = self(method, path, key, **named)
        assert answer.status_code == status, answer.text
        return answer.json()

    def brought(self, **named: Any) -> Mapping[str, Any]:
        """The job of what was sent, when it has ended."""
        return self.ended(self.json("POST", "/articles", status=202, **named)["id"])

    def ended(self, job_id: str) -> Mapping[str, Any]:
        while (job := self.json("GET", f"/jobs/{job_id}"))["done"] < job["total"]:
            sleep(0.02)
        return dict(job)


@contextmanager
def opened(index: Index, history: History | None = None, **named: Any) -> Iterator[API]:
    bot = answering(index)
    service = Service(lambda: bot, history or History.in_memory(), pace_of(10_000), Slots(8), **named)
    with serving(service, PRINCIPALS) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield API(client, service)
    service.jobs.close()


def ids(found: Mapping[str, Any]) -> list[str]:
    return [each["id"] for each in found["articles"]]


def addressed(article_id: str) -> str:
    return f"/articles/{quote(article_id, safe='')}"


# Listing and showing


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [TRAM.id, BRIDGE.id, HOSTILE.id]),
        ({"q": "BRIDGE"}, [BRIDGE.id]),
        ({"kind": "opinion"}, [TRAM.id]),
        ({"outlet": "Vellmar Courier", "until": "2021-05-04"}, [BRIDGE.id]),
        ({"author": ["Ada Lind", "Tom Okafor"]}, [TRAM.id, BRIDGE.id]),
        ({"since": "2021-05-05"}, [TRAM.id]),
        ({"language": "zh"}, []),
        ({"collection": "bridges"}, [BRIDGE.id]),
        ({"collection": ["Bridges", "Trams"], "kind": "report"}, [BRIDGE.id]),
        ({"article": HOSTILE.id}, [HOSTILE.id]),
    ],
)
def test_articles_are_listed_within_filters(api: API, query: Mapping[str, Any], found: list[str]) -> None:
    listed = api.json("GET", "/articles", "reader", params=query)
    assert (ids(listed), listed["total"], listed["next"]) == (found, len(found), None)
    assert all("text" not in each for each in listed["articles"])


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"collection": "Ferries"}, 404),
        ({"article": "none"}, 404),
        ({"kind": "poem"}, 400),
        ({"since": "yesterday"}, 400),
        ({"limit": "0"}, 400),
        ({"limit": "501"}, 400),
        ({"after": "-1"}, 400),
        ({"after": "1-2-3"}, 400),
        ({"after": "9999999999-1"}, 400),
        ({"after": "٣-1"}, 400),
    ],
)
def test_a_wrong_name_or_value_is_an_error_and_never_a_list_of_all(
    api: API, query: Mapping[str, Any], status: int
) -> None:
    error = api.json("GET", "/articles", "reader", status, params=query)["error"]
    assert error["message"]


def pages(api: API, between: Callable[[int], object] = lambda _: None, **query: Any) -> list[list[str]]:
    """All pages of a list; `between` is called with the number of each that was read."""
    found, after = [], ""  # type: ignore[var-annotated]
    while not found or after:
        listed = api.json("GET", "/articles", "reader", params={**query, "after": after})
        found.append(ids(listed))
        after = listed["next"] or ""
        between(len(found))
    return found


def test_pages_stay_where_they_are_while_another_process_writes(index: Index, api: API) -> None:
    index.add(Article(f"n{number:02}", f"Number {number}", f"Text {number}.") for number in range(20))
    writing = """
for line in sys.stdin:
    number = int(line)
    opened.add([numbered(100 + number)])
    opened.remove("n%02d" % (19 - number))
    print("done", flush=True)
"""
    with child(OPENED + writing, index.path) as other:
        found = pages(api, lambda number: ask(other, str(number)), limit=5)
    seen = [each for page in found for each in page]
    assert len(seen) == len(set(seen))
    before = {*(f"n{number:02}" for number in range(20)), *(each.id for each in ARTICLES)}
    removed = {f"n{19 - number:02}" for number in range(1, len(found) + 1)}
    assert before - removed <= set(seen)
    assert set(seen) <= before


def test_an_article_is_shown_with_its_text_its_facts_and_its_history(index: Index, api: API) -> None:
    index.add([Article(BRIDGE.id, BRIDGE.title, BRIDGE.text + " The bridge is blue.", outlet="Courier")])
    shown = api.json("GET", addressed(BRIDGE.id), "reader")
    assert (shown["text"], shown["outlet"]) == (index.article(BRIDGE.id).text, "Courier")
    [revision] = shown["history"]
    assert revision["come"] == ["The bridge is blue."]
    assert api.json("GET", addressed(TRAM.id), "reader")["history"] == []


ODD = [
    "https://news.example/a/b?c=d&e=f#g",
    "/home/ada/The port.txt",
    "../..",
    "a//b/",
    "100%",
    "a+b c",
    "港口",
    "history",
    "upload:/x.txt",
    "%2e%2e%2f",
]


@pytest.mark.parametrize("article_id", ODD)
def test_any_id_is_shown_and_removed(index: Index, api: API, article_id: str) -> None:
    index.add([Article(article_id, "A title", "A text about a thing.")])
    assert api.json("GET", addressed(article_id), "reader")["id"] == article_id
    assert api.json("DELETE", addressed(article_id))["removed"]
    api.json("GET", addressed(article_id), "reader", 404)
    assert index.listing().total == len(ARTICLES)


def test_what_is_not_there_is_404(api: API) -> None:
    for method, path in (
        ("GET", "/articles/none"),
        ("DELETE", "/articles/none"),
        ("GET", "/jobs/none"),
        ("GET", "/jobs/none/events"),
        ("DELETE", "/jobs/none"),
        ("DELETE", "/collections/none"),
    ):
        assert api.json(method, path, status=404)["error"]["message"], path


HALF = "\\ud800"  # of a surrogate pair, as JSON writes it


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/collections", f'{{"name": "New", "articles": ["{HALF}"]}}'),
        ("/collections", f'{{"name": "{HALF}", "articles": ["bridge"]}}'),
        ("/collections", f'{{"name": "New", "rules": [{{"outlet": "{HALF}"}}]}}'),
        ("/feedback", f'{{"conversation": "{HALF}", "number": 1, "good": true}}'),
        ("/feedback", f'{{"response": "{HALF}", "good": true}}'),
    ],
)
def test_half_letters_break_nothing(api: API, path: str, body: str) -> None:
    headers = {"authorization": "Bearer editor", "content-type": "application/json"}
    assert api.client.post(path, content=body, headers=headers).status_code in (200, 400, 404)


@pytest.mark.parametrize(
    "written", ["%00", "%ED%A0%80", "%FF", "..%2f..%2fetc%2fpasswd", "%0d%0aset-cookie:a=b", "x" * 5000]
)
def test_a_strange_name_is_only_one_that_is_not_there(api: API, written: str) -> None:
    for path in (f"/articles/{written}", f"/collections/{written}", f"/jobs/{written}"):
        answer = api("DELETE", path)
        assert answer.status_code == 404, path
        assert "set-cookie" not in answer.headers
    for query in (f"article={written}", f"collection={written}"):
        assert api("GET", f"/articles?{query}").status_code in (400, 404), query
    assert api("GET", f"/articles?q={written[:200]}").status_code == 200


def test_an_empty_index_lists_nothing(tmp_path: Path) -> None:
    with Index.open(tmp_path / "none", embedder=WordEmbeddings()) as index, opened(index) as api:
        assert api.json("GET", "/articles") == {"articles": [], "total": 0, "next": None}
        assert api.json("GET", "/collections") == {"collections": []}
        assert api.json("GET", "/gaps") == {"gaps": []}
        assert api.json("GET", "/feedback", "admin") == {"feedback": [], "total": 0}
        api.json("GET", "/articles/none", status=404)
        api.json("GET", "/articles", status=404, params={"collection": "none"})
        assert not (tmp_path / "none").exists()
        assert api.brought(json={"text": "The first article."})["report"]["added"] == 1
        assert api.json("GET", "/articles")["total"] == 1


# Who may do what


def test_a_scoped_key_sees_its_collections_alone(api: API) -> None:
    assert ids(api.json("GET", "/articles", "scoped")) == [BRIDGE.id]
    assert api.json("GET", addressed(BRIDGE.id), "scoped")["id"] == BRIDGE.id
    api.json("GET", addressed(TRAM.id), "scoped", 404)
    api.json("GET", "/articles", "scoped", 404, params={"article": "none"})
    api.json("GET", "/articles", "scoped", 404, params={"article": TRAM.id})
    assert ids(api.json("GET", "/articles", "scoped", params={"article": BRIDGE.id})) == [BRIDGE.id]
    api.json("GET", "/articles", "scoped", 403, params={"collection": "Trams"})
    assert [each["name"] for each in api.json("GET", "/collections", "scoped")["collections"]] == ["Bridges"]
    assert len(api.json("GET", "/collections", "reader")["collections"]) == 2


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/articles", "editor"),
        ("DELETE", f"/articles/{BRIDGE.id}", "editor"),
        ("GET", "/jobs", "editor"),
        ("GET", "/jobs/none", "editor"),
        ("GET", "/jobs/none/events", "editor"),
        ("DELETE", "/jobs/none", "editor"),
        ("POST", "/collections", "editor"),
        ("DELETE", "/collections/Bridges", "editor"),
        ("GET", "/gaps", "editor"),
        ("GET", "/feedback", "admin"),
    ],
)
def test_who_may_not_is_told_so_and_nothing_happens(
    index: Index, api: API, method: str, path: str, allowed: str
) -> None:
    before = index.generation
    sent = {"name": "New", "articles": [BRIDGE.id]} if path == "/collections" else {"text": "A text."}
    body = {"json": sent} if method == "POST" else {}
    for key in ("reader", "scoped", *(["editor"] if allowed == "admin" else [])):
        assert api(method, path, key, **body).status_code == 403, key
    assert index.generation == before
    assert api(method, path, allowed, **body).status_code != 403


def test_a_job_is_its_senders_and_the_administrators(api: API) -> None:
    job = api.brought(json={"text": "A text of Edda's."})["id"]
    for method, path in (("GET", f"/jobs/{job}"), ("GET", f"/jobs/{job}/events"), ("DELETE", f"/jobs/{job}")):
        assert api(method, path, "other").status_code == 404
    assert api.json("GET", "/jobs", "other")["jobs"] == []
    assert [each["id"] for each in api.json("GET", "/jobs", "admin")["jobs"]] == [job]
    assert api.json("GET", f"/jobs/{job}", "admin")["state"] == "done"


# Bringing in


def test_one_article_comes_in_with_its_facts(index: Index, api: API) -> None:
    sent = {
        "id": "ferry",
        "title": "The ferry",
        "text": "The ferry sails.",
        "published": "2022-01-02",
        "kind": "report",
    }
    answer = api("POST", "/articles", json=sent)
    assert (answer.status_code, answer.headers["location"]) == (202, f"/v1/jobs/{answer.json()['id']}")
    job = api.ended(answer.json()["id"])
    assert (job["state"], job["done"], job["total"], job["articles"]) == ("done", 1, 1, 1)
    assert job["report"] == {"added": 1, "changed": 0, "unchanged": 0, "duplicate": 0}
    assert api.json("GET", "/articles/ferry")["published"] == "2022-01-02"
    assert api.brought(json={**sent, "text": "The ferry sank."})["report"]["changed"] == 1
    assert index.article("ferry").text == "The ferry sank."


def test_an_article_without_a_name_is_named_by_its_text(index: Index, api: API) -> None:
    sent = {"articles": [{"text": "The quay is closed."}, {"text": "The quay is open.", "url": "https://q.example"}]}
    assert api.brought(json=sent)["report"]["added"] == 2
    assert api.brought(json=sent)["report"]["unchanged"] == 2
    assert api.brought(json={"text": "The quay is gone."})["report"]["added"] == 1
    assert index.article("https://q.example").title == "The quay is open."
    assert index.listing().total == len(ARTICLES) + 3


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{}", "nothing to bring in"),
        (b'{"articles": []}', "nothing to bring in"),
        (b"[]", "cannot be read"),
        (b"{", "cannot be read"),
        (b"", "cannot be read"),
        (b"\xff", "cannot be read"),
        (b'{"a":' * 5000, "cannot be read"),
        (b'{"text": "\\ud800"}', ""),
        (b'{"text": "a \\ud800\\u0041 b"}', ""),
        (b'{"text": ""}', "article 1 has no `text`"),
        (b'{"text": 7}', "article 1 has no `text`"),
        (b'{"articles": [{"text": "A good one."}, {"text": "b", "kind": "poem"}]}', "article 2 cannot be used: `kind`"),
        (b'{"articles": [{"text": "a", "published": "03/04/05"}]}', "`published`"),
        (b'{"articles": ["a"]}', "articles.0"),
        (b'{"addresses": ["/etc/passwd"]}', "is no address"),
        (b'{"addresses": ["file:///etc/passwd"]}', "is no address"),
        (b'{"text": "A good one.", "addresses": 1}', ""),
        (json.dumps({"addresses": ["https://a.example"] * 101}).encode(), "addresses"),
    ],
)
def test_what_cannot_be_brought_in_is_said_and_none_of_it_comes_in(
    index: Index, api: API, body: bytes, said: str
) -> None:
    answer = api.client.post(
        "/articles", content=body, headers={"authorization": "Bearer editor", "content-type": "application/json"}
    )
    if said:
        assert answer.status_code == 400, answer.text
        assert said in answer.json()["error"]["message"]
        assert index.listing().total == len(ARTICLES)
    else:
        assert answer.status_code in (202, 400)


def test_a_file_of_every_format_comes_in(api: API, tmp_path: Path) -> None:
    sentence = "The lighthouse of Vellmar was lit again on 9 September 2021 by its keeper."
    files = [
        documents.pdf(tmp_path / "a.pdf", [sentence]),
        documents.docx(tmp_path / "b.docx", sentence),
        documents.pptx(tmp_path / "c.pptx", {"Light": sentence}),
        documents.xlsx(tmp_path / "d.xlsx", {"Sheet": [["What"], [sentence]]}),
        documents.epub(tmp_path / "e.epub", {"one": f"<p>{sentence}</p>"}),
        documents.jsonl(tmp_path / "f.jsonl", {"text": sentence}),
    ]
    for name, text in (
        ("g.txt", sentence),
        ("h.md", f"# Light\n\n{sentence}"),
        ("i.html", f"<html><body><article><h1>Light</h1><p>{sentence}</p></article></body></html>"),
    ):
        (tmp_path / name).write_text(text)
        files.append(tmp_path / name)
    assert {each.suffix for each in files} <= set(SUFFIXES)
    sent = [("files", (f"../../{each.name}", each.read_bytes())) for each in files]
    job = api.brought(files=sent)
    assert [(each["name"], each["state"]) for each in job["sources"]] == [(each.name, "done") for each in files]
    assert {each.partition("#")[0] for each in ids(api.json("GET", "/articles", params={"limit": 500}))} >= {
        f"upload:/{each.name}" for each in files
    }


def test_a_file_that_breaks_is_said_and_stops_no_other(api: API, tmp_path: Path) -> None:
    bomb = documents.bomb(tmp_path / "bomb.docx", "word/document.xml")
    sent = [
        ("files", ("bomb.docx", bomb.read_bytes())),
        ("files", ("picture.png", b"\x89PNG")),
        ("files", ("a.txt", b"A.")),
    ]
    job = api.brought(files=sent)
    assert [each["state"] for each in job["sources"]] == ["failed", "failed", "done"]
    assert all(each["reasons"] for each in job["sources"][:2])
    assert job["state"] == "done"


def test_more_than_is_read_at_a_time_is_refused_before_it_is_read(index: Index) -> None:
    with opened(index, largest=1_000) as api:
        for named in ({"json": {"text": "x" * 2_000}}, {"files": {"files": ("a.txt", b"x" * 2_000)}}):
            error = api.json("POST", "/articles", status=413, **named)["error"]
            assert "1,000 bytes" in error["message"]
        assert api("POST", "/articles", content=iter([b'{"text": "a"}'])).status_code == 411
        assert api("POST", "/articles", content=b"<a/>").status_code == 415
        many = [("files", (f"{number}.txt", b"")) for number in range(3)]
        assert api("POST", "/articles", files=many).status_code == 202


@pytest.mark.parametrize("address", ["http://127.0.0.1:{port}/", "http://[::1]:{port}/", "http://169.254.169.254/"])
def test_nothing_is_fetched_from_this_machine_or_its_network(api: API, address: str) -> None:
    with serving_news() as news:
        news.replies["/"] = web_page("<p>A secret of this machine.</p>")
        job = api.brought(json={"addresses": [address.format(port=news.port)]})
        assert news.asked == []
    assert (job["state"], job["articles"]) == ("failed", 0)
    assert job["sources"][0]["reasons"]


def test_an_address_is_fetched(index: Index) -> None:
    with serving_news() as news, opened(index, jobs=Jobs(partial(read, allow_private=True))) as api:
        news.replies["/pier"] = web_page(ARTICLE_PAGE)
        job = api.brought(files=[("addresses", (None, f"{news.address}/pier"))])
        assert job["report"]["added"] == 1
        assert "lamps" in api.json("GET", addressed(f"{news.address}/pier"))["text"]


# Jobs


class Slow:
    """What is at addresses: articles that come one by one, when they are let."""

    def __init__(self) -> None:
        self.reached, self.go_on = Event(), Event()

    def __call__(self, sources: list[str], **_: Any) -> Iterator[Article]:
        yield Article(f"{sources[0]}/1", "First", "A first text.")
        self.reached.set()
        self.go_on.wait(30)
        yield Article(f"{sources[0]}/2", "Second", "A second text.")


def test_a_job_tells_how_far_it_is_and_its_end_as_events(index: Index) -> None:
    slow = Slow()
    with opened(index, jobs=Jobs(slow)) as api:
        job = api.json("POST", "/articles", status=202, json={"addresses": ["https://a.example"]})
        slow.reached.wait(30)
        assert (job["done"], job["total"]) == (0, 1)
        with api.client.stream(
            "GET", f"/jobs/{job['id']}/events", headers={"authorization": "Bearer editor"}
        ) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            lines = stream.iter_text()
            first = next(lines)
            slow.go_on.set()
            events = events_of(first + "".join(lines))
    names = [name for name, _, _ in events]
    assert names == ["progress"] * (len(names) - 1) + ["ended"]
    assert len(names) > 1
    assert [number for _, _, number in events] == [str(each) for each in range(1, len(events) + 1)]
    assert events[-1][1]["report"]["added"] == 2


def test_a_job_that_is_cancelled_keeps_what_came_in_and_begins_no_more(index: Index) -> None:
    slow = Slow()
    with opened(index, jobs=Jobs(slow)) as api:
        job = api.json("POST", "/articles", status=202, json={"addresses": ["https://a.example", "https://b.example"]})
        slow.reached.wait(30)
        assert api.json("DELETE", f"/jobs/{job['id']}", status=202)["done"] == 0
        slow.go_on.set()
        ended = api.ended(job["id"])
        assert (ended["state"], ended["report"]["added"]) == ("cancelled", 1)
        assert [each["state"] for each in ended["sources"]] == ["cancelled", "cancelled"]
        assert index.article("https://a.example/1")
        api.json("GET", addressed("https://a.example/2"), status=404)
        api.json("GET", addressed("https://b.example/1"), status=404)


def test_more_jobs_than_can_wait_are_refused(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow()
    monkeypatch.setattr(bringing, "UNFINISHED", 2)
    with opened(index, jobs=Jobs(slow)) as api:
        sent = {"addresses": ["https://a.example"]}
        assert [api("POST", "/articles", json=sent).status_code for _ in range(3)] == [202, 202, 429]
        assert int(api("POST", "/articles", json=sent).headers["retry-after"]) > 0
        slow.go_on.set()


def test_a_server_that_ends_waits_for_what_is_being_written(index: Index) -> None:
    slow = Slow()
    jobs = Jobs(slow)
    job = jobs.begin(index, [bringing.of_address("https://a.example", slow)])
    assert slow.reached.wait(30)
    closing = Thread(target=jobs.close)
    closing.start()
    while not job.cancelled:
        sleep(0.01)
    closing.join(0.5)
    assert closing.is_alive()
    slow.go_on.set()
    closing.join()
    assert job.state is bringing.JobState.CANCELLED
    assert index.article("https://a.example/1")


KILLED = """
from threading import Event
from bot.service.jobs import Jobs, of_articles
def articles():
    yield from (numbered(number) for number in range(600))
    print("reached", flush=True)
    Event().wait()
Jobs().begin(opened, [of_articles("articles", articles())])
Event().wait()
"""


def test_a_kill_in_the_middle_of_a_job_leaves_the_index_whole(index: Index) -> None:
    with child(OPENED + KILLED, index.path) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "reached\n"
    with Index.open(index.path, embedder=WordEmbeddings()) as again, opened(again) as api:
        again.settle()
        check = again.check()
        assert check.sound, check
        assert again.listing().total > len(ARTICLES)
        assert api.json("GET", "/jobs", "admin")["jobs"] == []
        report = api.brought(json={"articles": [{"id": "a1", "text": "The subject1 again."}]})["report"]
        assert report["changed"] + report["added"] == 1


def test_another_writer_is_waited_for_and_then_said(index: Index, api: API) -> None:
    with child(OPENED + LOCK, index.path) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        error = api.json("DELETE", addressed(TRAM.id), status=503)["error"]
        assert "is writing to the index" in error["message"]
        api.json("POST", "/collections", status=503, json={"name": "New", "articles": [TRAM.id]})
        job = api.brought(json={"text": "A text that has to wait."})
        assert (job["state"], "is writing" in job["sources"][0]["error"]) == ("failed", True)
        assert ids(api.json("GET", "/articles")) == [TRAM.id, BRIDGE.id, HOSTILE.id]
    assert api.json("DELETE", addressed(TRAM.id))["removed"]
    assert api.brought(json={"text": "A text that has to wait."})["state"] == "done"


# Collections


def test_a_collection_is_made_added_to_and_removed(index: Index, api: API) -> None:
    made = api.json("POST", "/collections", json={"name": "  Town  news", "articles": [BRIDGE.id]})
    assert (made["name"], made["total"], made["articles"]) == ("Town news", 1, [BRIDGE.id])
    made = api.json("POST", "/collections", json={"name": "town news", "rules": [{"kind": "opinion"}]})
    assert (made["total"], made["rules"]) == (2, [{"kind": ["opinion"]}])
    left = api.json("DELETE", "/collections/Town%20news", params={"article": BRIDGE.id})
    assert left["articles"] == []
    api.json("DELETE", "/collections/Town%20news", status=400, params={"article": BRIDGE.id})
    api.json("DELETE", "/collections/Town%20news")
    assert [each.name for each in index.collections()] == ["Bridges", "Trams"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "New"}, 400),
        ({"name": "New", "rules": [{}]}, 400),
        ({"name": "a/b" * 40, "articles": [BRIDGE.id]}, 400),
        ({"name": "", "articles": [BRIDGE.id]}, 400),
        ({"name": "New", "articles": [BRIDGE.id, "none"]}, 404),
        ({"name": "New", "rules": [{"article": BRIDGE.id}]}, 400),
        ({"name": "New", "rules": [{"collection": "Trams"}]}, 400),
    ],
)
def test_a_collection_that_cannot_be_is_not_made(index: Index, api: API, body: Mapping[str, Any], status: int) -> None:
    api.json("POST", "/collections", status=status, json=body)
    assert len(index.collections()) == 2


# Feedback


def test_feedback_is_given_to_ones_own_answers(api: API) -> None:
    asked = api.json("POST", "/ask", json={"question": BRIDGE_QUESTION, "conversation": "bridges"})
    place = {"conversation": "bridges", "number": asked["number"]}
    api.json("POST", "/feedback", json={**place, "good": True})
    said = {**place, "good": False, "reasons": ["wrong source"], "note": "Another bridge."}
    assert api.json("POST", "/feedback", json=said) == {"kept": True}
    api.json("POST", "/feedback", "other", 404, json=said)
    api.json("POST", "/feedback", status=404, json={**said, "number": asked["number"] + 1})
    api.json("POST", "/feedback", status=404, json={"good": True})
    api.json("POST", "/feedback", status=400, json={**place, "good": False, "note": "x" * 2_001})
    api.json("POST", "/feedback", status=400, json={**place, "good": False, "reasons": ["boring"]})
    found = api.json("GET", "/feedback", "admin")
    assert found["total"] == 1
    [given] = found["feedback"]
    assert (given["question"], given["reasons"], given["note"]) == (
        BRIDGE_QUESTION,
        ["wrong source"],
        "Another bridge.",
    )
    assert api.json("GET", "/feedback", "admin", params={"start": 1})["feedback"] == []


def test_feedback_is_given_to_a_response_by_its_id(api: API) -> None:
    response = api.json("POST", "/responses", json={"model": "byline", "input": BRIDGE_QUESTION})
    api.json("POST", "/feedback", "other", 404, json={"response": response["id"], "good": True})
    api.json("POST", "/feedback", json={"response": response["id"], "good": True})
    assert [each["question"] for each in api.json("GET", "/feedback", "admin")["feedback"]] == [BRIDGE_QUESTION]


def test_a_removal_with_purge_takes_the_words_out_of_what_is_kept(api: API) -> None:
    api.json("POST", "/ask", json={"question": BRIDGE_QUESTION, "conversation": "bridges"})
    assert api.json("DELETE", addressed(BRIDGE.id), params={"purge": "true"})["purged"] == 1


def test_a_purge_while_another_program_reads_is_done_when_it_is_asked_for_again(index: Index, api: API) -> None:
    api.json("POST", "/ask", json={"question": BRIDGE_QUESTION})
    history = api.service.history.path
    assert history
    with closing(sqlite3.connect(history, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM turn").fetchall()
        held = api("DELETE", addressed(BRIDGE.id), params={"purge": "true"})
        other.execute("COMMIT")
    assert (held.status_code, held.headers["retry-after"]) == (503, "60")
    assert held.json()["error"]["code"] == "file_held"
    assert "Send this again" in held.json()["error"]["message"]
    assert str(history) not in held.text
    assert BRIDGE.id not in {each.id for each in index.articles()}
    assert api.json("DELETE", addressed(BRIDGE.id), params={"purge": "true"})["purged"] == 0
    assert b"after two years of repairs" not in Path(history).read_bytes()


def test_a_purge_that_could_not_be_written_is_asked_for_again(index: Index, api: API) -> None:
    api.json("POST", "/ask", json={"question": BRIDGE_QUESTION, "conversation": "bridges"})
    index.remove(BRIDGE.id)
    api.json("DELETE", addressed(BRIDGE.id), status=404)
    assert api.json("DELETE", addressed(BRIDGE.id), params={"purge": "true"})["purged"] == 1


# Gaps


def test_gaps_are_told_without_names(api: API) -> None:
    for key, question in (
        ("reader", "How many ferries sail to Kessel?"),
        ("scoped", "how many ferries sail to kessel"),
    ):
        assert api.json("POST", "/ask", key, json={"question": question})["status"] == "refused"
    answer = api("GET", "/gaps")
    [gap] = answer.json()["gaps"]
    assert (gap["count"], gap["surfaces"], gap["answered"]) == (2, ["api"], False)
    assert not any(word in answer.text for word in ("Rita", "Sven", "K1", "K5"))
    assert api.json("GET", "/gaps", params={"since": "2999-01-01"}) == {"gaps": []}
    api.json("GET", "/gaps", status=400, params={"since": "soon"})


# The description


def test_every_route_is_described(api: API) -> None:
    described = api.json("GET", "/openapi.json")
    body = described["paths"]["/v1/articles"]["post"]["requestBody"]["content"]
    assert set(body) == {"application/json", "multipart/form-data"}
    for path in (
        "/v1/articles/{article_id}",
        "/v1/jobs/{job_id}/events",
        "/v1/collections",
        "/v1/feedback",
        "/v1/gaps",
    ):
        assert path in described["paths"]


# Beside the page


def test_the_page_and_programs_with_keys_share_one_library(index: Index, tmp_path: Path) -> None:
    keys = Keys(index.path)
    _, editor = keys.create("feeds", Role.EDITOR)
    _, scoped = keys.create("bridges", Role.READER, ("Bridges",))

    def gates(service: Service) -> tuple[ProgramGuard, ...]:
        return (ProgramGuard(Program(app(service), ("/v1",)), keys, service),)

    with client(index, Access(largest=3_000_000), history=history_of(tmp_path), gates=gates) as opened:

        def asked(method: str, path: str, key: str, **named: Any) -> httpx.Response:
            return opened.request(method, f"/v1{path}", headers={"authorization": f"Bearer {key}"}, **named)  # type: ignore[return-value]

        large = {"id": "large", "text": "The quay.", "beside": "x" * 1_500_000}  # more than the page takes elsewhere
        job = asked("POST", "/articles", editor, json=large).json()
        while "1 added" not in (page := opened.get(f"/library/bring/{job['id']}").text):
            assert "failed" not in page
            sleep(0.02)
        assert asked("GET", "/articles/large", editor).json()["id"] == "large"
        assert asked("GET", "/articles/large", scoped).status_code == 404
        assert asked("GET", f"/articles/{BRIDGE.id}", scoped).status_code == 200
        for method, path in (("POST", "/articles"), ("DELETE", f"/articles/{BRIDGE.id}"), ("GET", "/gaps")):
            body = {"json": {"text": "A."}} if method == "POST" else {}
            assert asked(method, path, scoped, **body).status_code == 403
        assert asked("GET", "/articles", "byl_none_none").status_code == 401
        assert asked("POST", "/articles", editor, json={"text": "x" * 4_000_000}).status_code == 413
