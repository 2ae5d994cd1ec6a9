"""Two servers of one PostgreSQL database and one Chroma server, all of which can be killed; and a load on them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path
from threading import Event, Thread
from typing import Any, Protocol

import httpx

from bot.auth.keys import Keys
from bot.auth.users import Role
from index import Article, Index
from tests.postgres import Cluster, cluster, forget

ROOT = Path(__file__).parent.parent
PATIENCE = 240.0  # seconds that anything is waited for
BASE, CASES = 20, 100  # articles that are there from the start, and all that there are
ASKING = 3  # clients
LOST = 0  # the status of a request whose connection broke
PLACES = ("Vellmar", "Ostrava", "Lindow", "Harrow", "Calvia", "Brenna", "Tarnow", "Elmira", "Sorrel", "Quint")
THINGS = ("bridge", "harbour", "museum", "railway", "library", "airport", "theatre", "hospital", "market", "tower")


@dataclass(frozen=True, slots=True)
class Case:
    """An article, and the question that its first sentence alone answers."""

    article: Article
    question: str
    quote: str

    @classmethod
    def numbered(cls, number: int) -> Case:
        """No two of them have the same subject."""
        place, thing = PLACES[number % 10], THINGS[(number // 10 + number) % 10]
        quote = (
            f"The {thing} of {place} reopened on {number % 28 + 1} May 20{number % 100:02} after two years of repairs."
        )
        rest = f"The mayor of {place} cut the ribbon."
        question = f"When did the {thing} of {place} reopen?"
        return cls(Article(f"a{number}", f"The {thing} of {place} reopens", f"{quote} {rest}"), question, quote)


def waited_for(came: Callable[[], bool], what: str) -> float:
    """The seconds until something came."""
    began = time.monotonic()
    while not came():
        assert time.monotonic() - began < PATIENCE, f"{what} did not come"
        time.sleep(0.02)
    return time.monotonic() - began


class Killable(Protocol):
    """What can be lost at any moment, and comes back at the same address with what it had on its disk."""

    def kill(self) -> None: ...
    def start(self) -> None: ...


class Process:
    """A server on a port of its own, which it keeps."""

    def __init__(self, name: str, folder: Path, command: Callable[[int], list[str]], ready: str) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self.environment: Mapping[str, str] = {}
        self._folder = folder / name
        self._folder.mkdir()
        self._command = command(port)
        self._ready = f"{self.address}{ready}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                env={**os.environ, "PYTHONPATH": str(ROOT), "ANONYMIZED_TELEMETRY": "False", **self.environment},
            )

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()

    def end(self) -> int:
        """Ends it as an operator does; its exit status."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(PATIENCE)

    @property
    def processor_seconds(self) -> float:
        """What it has taken so far, however busy the machine is."""
        assert self._process is not None
        said = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")

    def ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text()[-3000:]
        try:
            return httpx.get(self._ready, timeout=PATIENCE).status_code == 200
        except httpx.TransportError:
            return False


@dataclass(frozen=True, slots=True)
class Deployment:
    """All processes, and the secret of a key that edits."""

    one: Process
    other: Process
    chroma: Process
    postgres: Cluster
    key: str

    @property
    def servers(self) -> tuple[Process, Process]:
        return self.one, self.other

    def client(self, server: Process) -> httpx.Client:
        headers = {"authorization": f"Bearer {self.key}"}
        return httpx.Client(base_url=f"{server.address}/v1", headers=headers, timeout=PATIENCE)


def _serving(port: int) -> list[str]:
    return [sys.executable, "-m", "bot", "serve", "--model", "extractive", "--port", str(port)]


def _keeping(port: int) -> list[str]:
    chroma = str(Path(sys.executable).with_name("chroma"))
    return [chroma, "run", "--path", ".", "--host", "127.0.0.1", "--port", str(port)]


@contextmanager
def deployed(folder: Path) -> Iterator[Deployment]:
    """Two servers that are ready, and have the first `BASE` articles. All are gone at the end."""
    with cluster() as postgres, ExitStack() as running:
        url = postgres.database()
        running.callback(forget, url)
        chroma = Process("chroma", folder, _keeping, "/api/v2/heartbeat")
        running.callback(chroma.kill)
        chroma.start()
        waited_for(chroma.ready, "Chroma")
        with Index.open(folder / "made", database_url=url, url=chroma.address) as index:
            index.add(Case.numbered(number).article for number in range(BASE))
        _, key = Keys(folder, url).create("editor", Role.EDITOR, questions_a_minute=100_000)
        one, other = (Process(name, folder, _serving, "/readyz") for name in ("one", "other"))
        for server in (one, other):
            server.environment = {"BYLINE_DATABASE_URL": url, "BYLINE_STORE_URL": chroma.address}
            running.callback(server.kill)
            server.start()
        for server in (one, other):
            waited_for(server.ready, server.name)
        yield Deployment(one, other, chroma, postgres, key)


def fault_of(reply: httpx.Response, quote: str) -> str | None:
    """What is wrong with a reply to a question: it has to be right, or to say that it cannot be answered now."""
    if reply.status_code == 200:
        quotes = [each["quote"] for each in reply.json()["citations"]]
        return None if any(quote in each for each in quotes) else f"no quote of {quote!r}: {reply.text[:500]}"
    return unless_away(reply)


def unless_away(reply: httpx.Response) -> str | None:
    """What is wrong with a refusal."""
    sentence = reply.json()["error"]["message"]
    if reply.status_code == 503 and reply.headers.get("retry-after", "").isdigit() and sentence.endswith("."):
        return None
    return f"{reply.status_code} {dict(reply.headers).get('retry-after')}: {reply.text[:500]}"


@dataclass(slots=True)
class Load:
    """What came of the requests of some who ask and one who writes."""

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)  # by the server's name
    faults: list[str] = field(default_factory=list)
    acknowledged: list[Case] = field(default_factory=list)  # whose job was done
    refused: Counter[str] = field(default_factory=Counter)  # why others were not brought in
    ended: Event = field(default_factory=Event)

    def ask(self, deployment: Deployment, first: int) -> None:
        """One question after the other, at either server in turn."""
        clients = [(server.name, deployment.client(server)) for server in deployment.servers]
        numbers = count(first, ASKING)
        for name, client in cycle(clients):
            if self.ended.is_set():
                return
            case = Case.numbered(next(numbers) % BASE)
            reply = self._sent(name, lambda: client.post("/ask", json={"question": case.question}))  # noqa: B023
            if reply is not None and (fault := fault_of(reply, case.quote)):
                self.faults.append(f"{name} {fault}")

    def write(self, deployment: Deployment) -> None:
        """One article after the other, at either server in turn; one that was not brought in is sent again."""
        servers = cycle([(server.name, deployment.client(server)) for server in deployment.servers])
        for case in map(Case.numbered, cycle(range(BASE, CASES))):
            while not self.ended.wait(0.2):
                if self.bring(*next(servers), case):
                    break
            else:
                return

    def bring(self, name: str, client: httpx.Client, case: Case) -> bool:
        """Whether an article was acknowledged."""
        body = {"id": case.article.id, "title": case.article.title, "text": case.article.text}
        reply = self._sent(name, lambda: client.post("/articles", json=body))
        while reply is not None and reply.status_code in (200, 202) and not _finished(job := reply.json()):
            time.sleep(0.1)
            reply = self._sent(name, lambda: client.get(f"/jobs/{job['id']}"))
        if reply is None or reply.status_code == 404:  # a server that was killed knows no jobs
            self.refused["lost"] += 1
        elif reply.status_code != 200:
            self.faults += [f"{name} {fault}" for fault in [unless_away(reply)] if fault]
            self.refused[str(reply.status_code)] += 1
        elif job["state"] == "done":
            self.acknowledged.append(case)
            return True
        else:
            self.refused[str(job["sources"][0]["error"])] += 1
        return False

    def _sent(self, name: str, send: Callable[[], httpx.Response]) -> httpx.Response | None:
        try:
            reply = send()
        except httpx.TransportError:
            self.statuses[name, LOST] += 1
            time.sleep(0.2)
            return None
        self.statuses[name, reply.status_code] += 1
        return reply


def _finished(job: Mapping[str, Any]) -> bool:
    return job.get("state") in ("done", "failed", "cancelled")


@contextmanager
def loaded(deployment: Deployment) -> Iterator[Load]:
    """The load while the block runs; it is ended with it."""
    load = Load()
    threads = [Thread(target=load.ask, args=(deployment, number)) for number in range(ASKING)]
    threads.append(Thread(target=load.write, args=(deployment,)))
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        load.ended.set()
        for thread in threads:
            thread.join()


def answers(deployment: Deployment, server: Process) -> bool:
    """Whether a server is ready, and answers right."""
    case = Case.numbered(0)
    if not server.ready():
        return False
    with deployment.client(server) as client:
        reply = client.post("/ask", json={"question": case.question})
    return reply.status_code == 200 and fault_of(reply, case.quote) is None


def finds(deployment: Deployment, server: Process, case: Case) -> bool:
    """Whether a server finds an article, by its own words and the vectors, and has its text."""
    with deployment.client(server) as client:
        found = client.get("/search", params={"query": case.question, "k": 3})
        article = client.get(f"/articles/{case.article.id}")
    return (
        found.status_code == article.status_code == 200
        and case.quote in found.text
        and article.json()["text"] == case.article.text
    )


def recovery(deployment: Deployment, what: Killable) -> float:
    """Kills it, starts it again after a while, and gives the seconds from then until both servers answer right."""
    what.kill()
    time.sleep(3)  # for those who ask meanwhile
    began = time.monotonic()
    what.start()
    for server in deployment.servers:
        waited_for(lambda: answers(deployment, server), f"an answer of {server.name}")  # noqa: B023
    return time.monotonic() - began


def visibility(deployment: Deployment, number: int) -> float:
    """The seconds from when an article's job is done at one server until the other finds it."""
    load, case = Load(), Case.numbered(number)
    with deployment.client(deployment.one) as client:
        assert load.bring(deployment.one.name, client, case), load
    return waited_for(lambda: finds(deployment, deployment.other, case), "the article at the other server")
