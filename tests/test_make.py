"""What `make` does on machines that lack something, tried with a stand-in for Python in a folder of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="there is no make (apt install make)")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def make(project: Path, *arguments: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": path or os.environ["PATH"]}
    environment.pop("MAKEFLAGS", None)  # of the make that runs the tests
    return subprocess.run(["make", *arguments], cwd=project, env=environment, capture_output=True, text=True)


def script(path: Path, *lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(("#!/bin/sh", *lines, "")))
    path.chmod(0o755)
    return path


def stamps(project: Path, *names: str) -> None:
    """As if these parts had been installed."""
    for name in names:
        (project / ".venv" / name).parent.mkdir(exist_ok=True)
        (project / ".venv" / name).touch()


def test_help_lists_every_target(project: Path) -> None:
    phony = re.search(r"^\.PHONY: (.+)$", (project / "Makefile").read_text(), re.MULTILINE)
    assert phony
    assert re.findall(r"^  make ([\w-]+)", make(project, "help").stdout, re.MULTILINE) == phony[1].split()
    assert make(project).stdout == make(project, "help").stdout


@pytest.mark.parametrize("target", ["chat", "test"])
@pytest.mark.parametrize(
    ("lacks", "told"),
    [
        (None, "there is no {python} here: apt install python3 python3-venv"),
        ("version_info", "Byline needs Python 3.11 or newer"),
        ("ensurepip", "Install it, then try again: apt install python3-venv build-essential"),
    ],
)
def test_what_python_lacks_is_told(project: Path, tmp_path: Path, target: str, lacks: str | None, told: str) -> None:
    python = tmp_path / "stand-in"
    if lacks:
        script(python, f'case "$*" in *{lacks}*) exit 1;; esac', f'exec {sys.executable} "$@"')
    done = make(project, target, f"PYTHON={python}")
    assert done.returncode != 0
    assert told.format(python=python) in done.stdout
    assert not (project / ".venv").exists()


@pytest.mark.parametrize(
    ("target", "installed"), [("chat", (".python", ".chat", ".built", ".engine")), ("test", (".python", ".dev"))]
)
def test_the_second_time_nothing_is_installed(project: Path, target: str, installed: tuple[str, ...]) -> None:
    stamps(project, *installed)
    assert not re.search("pip.* (?:install|wheel)", make(project, "--dry-run", target).stdout)
    for name in installed:
        os.utime(project / ".venv" / name, (0, 0))  # older than pyproject.toml
    assert "pip --disable-pip-version-check install --no-compile -e" in make(project, "--dry-run", target).stdout


@pytest.mark.parametrize(("mypy", "calls"), [("exit 0", 3), ("exit 1", 1)])
def test_tests_keep_what_python_compiles_and_begin_where_the_types_are_right(
    project: Path, monkeypatch: pytest.MonkeyPatch, mypy: str, calls: int
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    stamps(project, ".python", ".dev")
    script(project / ".venv" / "bin" / "ruff", "exit 0")
    script(project / ".venv" / "bin" / "mypy", mypy)
    script(project / ".venv" / "bin" / "python", 'echo "$PYTHONDONTWRITEBYTECODE$*" >>asked')
    assert make(project, "test").returncode == (0 if calls == 3 else 2)
    asked = (project / "asked").read_text().splitlines()
    assert len(asked) == calls
    assert all(each.startswith("-m pytest ") for each in asked), asked


def test_what_needs_the_local_model_stands_in_modules_that_are_collected_for_it() -> None:
    marked = [path.name for path in (ROOT / "tests").rglob("*.py") if "pytest.mark.live" in path.read_text("utf-8")]
    assert sorted({*marked} - {Path(__file__).name}) == sorted(path.name for path in (ROOT / "tests").glob("*_live.py"))


def test_without_a_compiler_the_chat_goes_on_and_the_next_run_looks_again(project: Path, tmp_path: Path) -> None:
    stamps(project, ".python", ".chat")
    script(project / ".venv" / "bin" / "python", "exit 1")
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("make", "sh", "touch"):
        (tools / tool).symlink_to(str(shutil.which(tool)))

    assert make(project, ".venv/.engine", path=str(tools)).returncode == 0
    told = (project / ".venv" / ".engine").read_text()
    assert told.startswith("No C++ compiler here, so no local language model")
    assert "apt install python3-venv build-essential" in told

    script(tools / "c++")
    script(project / ".venv" / "bin" / "python", 'case "$*" in *"import llama_cpp"*) exit 1;; esac')
    assert make(project, ".venv/.engine", path=str(tools)).returncode == 0
    assert (project / ".venv" / ".engine").read_text() == ""


def test_an_engine_that_does_not_build_is_told_and_not_built_again(project: Path, tmp_path: Path) -> None:
    stamps(project, ".python", ".chat")
    script(project / ".venv" / "bin" / "python", "echo the reason >&2; exit 1")
    tools = script(tmp_path / "tools" / "c++").parent
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"

    assert make(project, ".venv/.engine", path=path).returncode == 0
    assert "Try again with: make local" in (project / ".venv" / ".engine").read_text()
    assert "the reason" in (project / ".venv" / "engine.log").read_text()
    assert "up to date" in make(project, ".venv/.engine", path=path).stdout
