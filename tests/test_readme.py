"""What the README shows is what the commands really print."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"(?:^(?: {4}.*)?\n)+", README, re.MULTILINE)


def transcript() -> list[tuple[list[str], str]]:
    """Each command of the README that is shown with what it prints."""
    [block] = [block for block in BLOCKS if "    $ byline" in block]
    steps = re.split(r"^ {4}\$ byline ", block, flags=re.MULTILINE)[1:]
    lines = [step.splitlines() for step in steps]
    return [(shlex.split(first), "\n".join(line[4:] for line in rest).strip()) for first, *rest in lines]


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HOME": str(folder), "COLUMNS": "80"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        env=environment,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A folder in which the first command of the transcript was run, and how it ended."""
    folder = tmp_path_factory.mktemp("readme")
    (words, _), *_ = transcript()
    return folder, run(folder, "-m", "bot", *words)


@pytest.mark.slow
def test_the_transcript_is_what_the_commands_print(
    indexed: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, index = indexed
    shown = transcript()
    assert [words[0] for words, _ in shown] == ["index", "ask", "ask"]
    for words, printed in shown:
        done = index if words[0] == "index" else run(folder, "-m", "bot", *words)
        assert done.stdout.strip() == printed, done.stderr
        assert done.returncode == (3 if printed.startswith("The articles do not say.") else 0)


def test_an_answer_with_its_footnotes_is_among_the_first_forty_lines() -> None:
    head = "\n".join(README.splitlines()[:40])
    assert "make chat" in head
    assert "make test" in head
    assert re.search(r"^ {4}\[1\] “", head, re.MULTILINE)


def test_it_has_at_most_150_lines() -> None:
    assert len(README.splitlines()) <= 150
