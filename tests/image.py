"""An image from a Dockerfile and a container of it, without Docker: as root, in namespaces of its own, on top of this
machine's own root. `python -m tests.image` builds and runs Byline's; `test_deploy.py` reads what it prints.

What a step installs is not fetched: it has to be in the environment that runs this.
"""

from __future__ import annotations

import fcntl
import json
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parent.parent
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
OFFLINE = {
    "HOME": "/root",
    "PIP_NO_INDEX": "1",
    "PIP_NO_BUILD_ISOLATION": "0",  # which means that there is none
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_COMPILE": "1",
}
PYTHON = Path(sys.executable).resolve()
PACKAGES = Path(sysconfig.get_path("purelib"))
# Where a container sees them: their own folder may lie where it has something else, such as its /tmp.
SEEN_AT = "/srv/packages"
PATH = f"{PYTHON.parent}:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass
class Image:
    """A stage: its layers, the uppermost first, and what its instructions say of a container."""

    layers: list[Path]
    env: dict[str, str] = field(default_factory=lambda: {"PATH": PATH})
    folder: str = "/"
    user: str = "0:0"
    volumes: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """The instructions of a Dockerfile: name and the rest, with continued lines as one."""
    bare = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    for line in re.sub(r"\\\n\s*", " ", bare).splitlines():
        if line.strip():
            name, _, rest = line.partition(" ")
            yield name.upper(), rest.strip()


class Builder:
    def __init__(self, work: Path, context: Path, arguments: Mapping[str, str]) -> None:
        self._work, self._context, self._given = work, context, arguments
        self._allowed = {
            line[1:] for line in (context / ".dockerignore").read_text().splitlines() if line.startswith("!")
        }
        self._stages: dict[str, tuple[str, list[tuple[str, str]]]] = {}
        self._arguments: dict[str, str] = {}  # before the first stage
        self._built: dict[str, Image] = {}

    def image(self, dockerfile: Path) -> Image:
        """The last stage, and those that it needs."""
        name = ""
        for instruction, rest in instructions(dockerfile.read_text()):
            if instruction == "FROM":
                base, _, alias = re.split(r"( AS )", rest + " AS ", maxsplit=1)
                name = alias.removesuffix(" AS ") or "last"
                self._stages[name] = (base, [])
            elif name:
                self._stages[name][1].append((instruction, rest))
            else:
                self._arguments.update(self._argument(rest))
        return self._stage(name)

    def _argument(self, rest: str) -> dict[str, str]:
        key, _, default = rest.partition("=")
        return {key: self._given.get(key, default or self._arguments.get(key, ""))}

    def _stage(self, name: str) -> Image:
        if name not in self._built:
            base, steps = self._stages[name]
            base = Template(base).substitute(self._arguments)
            under = self._stage(base) if base in self._stages else Image([self._base()])
            top = self._layer(name)
            image = Image([top, *under.layers], dict(under.env), under.folder)
            arguments: dict[str, str] = {}
            with mounted(image.layers, self._work / "root") as root:
                for instruction, rest in steps:
                    if instruction == "ARG":
                        arguments.update(self._argument(rest))
                    else:
                        self._step(image, root, arguments, instruction, rest)
            self._built[name] = image
        return self._built[name]

    def _layer(self, name: str) -> Path:
        layer = self._work / "layers" / name
        layer.mkdir(parents=True)
        return layer

    def _base(self) -> Path:
        """In the place of the official image: this machine's root, whose Python everybody may run."""
        layer = self._work / "layers" / "base"
        for folder in (*PYTHON.parents, Path(SEEN_AT)):
            (layer / folder.relative_to("/")).mkdir(mode=0o755, parents=True, exist_ok=True)
        return layer

    def _step(self, image: Image, root: Path, arguments: dict[str, str], instruction: str, rest: str) -> None:
        match instruction:
            case "RUN":
                env = {**image.env, **arguments, **OFFLINE}
                command = entered(root, image.folder, env, ["/bin/sh", "-c", rest])
                subprocess.run(command, check=True, stdout=sys.stderr)
                for site in (root / "opt").glob("*/lib/python*/site-packages"):  # what an index would have given
                    (site / "dependencies.pth").write_text(SEEN_AT)
                    for older in site.glob("setuptools*"):  # than that one, which hides what an index has by now
                        shutil.rmtree(older)
            case "COPY":
                self._copy(root, image.folder, rest.split())
            case "ENV":
                for key, value in re.findall(r"(\w+)=(\S+)", rest):
                    image.env[key] = Template(value).safe_substitute(image.env)
            case "WORKDIR":
                image.folder = rest
                (root / rest[1:]).mkdir(parents=True, exist_ok=True)
            case "USER":
                image.user = rest
            case "VOLUME":
                image.volumes.append(rest)
            case "CMD":
                image.command = json.loads(rest)
            case "HEALTHCHECK":
                image.health = json.loads(rest[rest.index("[") :])
            case "LABEL" | "EXPOSE" | "STOPSIGNAL":
                pass
            case _:
                raise ValueError(f"{instruction} is not known here")

    def _copy(self, root: Path, folder: str, words: list[str]) -> None:
        if words[0].startswith("--from="):
            layers = self._stage(words.pop(0).removeprefix("--from=")).layers
            with mounted(layers, self._work / "from", writable=False) as other:
                _copied(other, root, folder, words)
            return
        lacking = set(words[:-1]) - self._allowed
        assert not lacking, f".dockerignore leaves out {lacking}"
        _copied(self._context, root, folder, words)


def _copied(source: Path, root: Path, folder: str, words: Sequence[str]) -> None:
    *names, target = words
    place = root / folder[1:] / target if not target.startswith("/") else root / target[1:]
    for name in names:
        found = source / name.lstrip("/")
        if found.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(found, place, symlinks=True, ignore=ignored, dirs_exist_ok=True)
        else:
            shutil.copy(found, place)


def mount(*words: str | Path) -> None:
    subprocess.run(["mount", *words], check=True)


@contextmanager
def mounted(layers: Sequence[Path], place: Path, *, writable: bool = True) -> Iterator[Path]:
    """The layers as one root, with this machine's below them; what is written goes into the uppermost."""
    place = place.with_name(f"{place.name}-{time.monotonic_ns()}")
    place.mkdir()
    upper, *lower = layers
    if writable:
        scratch = place.with_name(f"{place.name}-work")
        scratch.mkdir()
        options = f"lowerdir={':'.join(map(str, [*lower, '/']))},upperdir={upper},workdir={scratch}"
    else:
        options = f"lowerdir={':'.join(map(str, [*layers, '/']))}"
    mount("-t", "overlay", "overlay", "-o", options, place)
    mount("--rbind", "/dev", place / "dev")
    mount("-t", "proc", "proc", place / "proc")
    mount("--bind", PACKAGES, place / SEEN_AT[1:])
    try:
        yield place
    finally:
        subprocess.run(["umount", "--recursive", "--lazy", place], check=True)


def entered(
    root: Path, folder: str, env: Mapping[str, str], command: Sequence[str], user: str | None = None
) -> list[str]:
    """The command that runs another one in a root, as root or as a user without any capability."""
    less = ["--clear-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]
    number, _, group = (user or "").partition(":")
    as_user = ["setpriv", f"--reuid={number}", f"--regid={group}", *less] if user else []
    values = [f"{key}={value}" for key, value in env.items()]
    return ["chroot", str(root), *as_user, "env", "-i", "-C", folder, *values, *command]


class Container:
    """A container with a root that cannot be written, a /tmp and its volumes."""

    def __init__(self, image: Image, root: Path, env: Mapping[str, str]) -> None:
        for place in ("/tmp", *image.volumes):
            kept = (root / place[1:]).stat()
            mount("-t", "tmpfs", "-o", f"mode={kept.st_mode & 0o7777:o},uid={kept.st_uid}", "tmpfs", root / place[1:])
        mount("-o", "remount,ro,bind", root)
        self._image, self._root, self._env = image, root, {**image.env, **env}

    def command(self, words: Sequence[str]) -> list[str]:
        return entered(self._root, self._image.folder, self._env, words, self._image.user)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(words), capture_output=True, text=True, check=False)


def loopback() -> None:
    """This network namespace has nothing but loopback, which has to be switched on."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP


READY = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:7860/readyz').read().decode())"
ASKED = """
import json, urllib.request as r
body = json.dumps({"question": "Who confirmed that the United States gave notice of leaving the WHO?"}).encode()
request = r.Request("http://127.0.0.1:7860/v1/ask", body, {"content-type": "application/json"})
print(r.urlopen(request).read().decode())
"""


def observed(work: Path) -> dict[str, Any]:
    """What is seen of a container of Byline's image."""
    image = Builder(work, ROOT, {"LOCAL": "0"}).image(DOCKERFILE)
    with mounted(image.layers, work / "container") as root:
        container = Container(image, root, {"BYLINE_OPEN": "true", "BYLINE_MODEL": "extractive"})
        log = work / "log"
        with (
            log.open("w") as said,
            subprocess.Popen(container.command(image.command), stdout=said, stderr=said) as process,
        ):
            try:
                return {
                    "healthy": _until(container, process, *image.health),
                    "ready": _until(container, process, "python", "-c", READY),
                    "answer": container.run("python", "-c", ASKED).stdout,
                    "user": container.run("id", "-u").stdout.strip(),
                    "package": container.run("python", "-c", "import bot; print(bot.__file__)").stdout.strip(),
                    "root": container.run("touch", "/opt/byline/new").stderr,
                    "capabilities": container.run("grep", "CapEff", "/proc/self/status").stdout.split()[-1],
                    "written": sorted(each.name for each in (root / "var/lib/byline").iterdir()),
                    "end": _ended(process),
                    "said": log.read_text(),
                }
            finally:
                process.kill()


def _until(container: Container, process: subprocess.Popen[bytes], *words: str) -> str:
    """What the command prints when it first succeeds."""
    end = time.monotonic() + 240
    while (done := container.run(*words)).returncode:
        if process.poll() is not None or time.monotonic() > end:
            return f"never: {done.stderr}"
        time.sleep(0.5)
    return done.stdout.strip()


def _ended(process: subprocess.Popen[bytes]) -> int:
    process.send_signal(signal.SIGTERM)
    return process.wait(120)


def main() -> None:
    loopback()
    with TemporaryDirectory() as folder:
        mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", folder)
        Path(folder, "layers").mkdir()
        try:
            sys.stdout.write(json.dumps(observed(Path(folder))))
        finally:
            subprocess.run(["umount", "--recursive", "--lazy", folder], check=True)


if __name__ == "__main__":
    main()
