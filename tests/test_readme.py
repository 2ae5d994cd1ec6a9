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


@pytest.mark.slow
def test_the_transcript_is_what_the_commands_print(tmp_path: Path) -> None:
    shown = transcript()
    assert [words[0] for words, _ in shown] == ["index", "ask", "ask"]
    for words, printed in shown:
        done = run(tmp_path, "-m", "bot", *words)
        assert done.stdout.strip() == printed, done.stderr
        assert done.returncode == (3 if printed.startswith("The articles do not say.") else 0)


@pytest.mark.slow
@pytest.mark.parametrize("line", ["from bot import Bot", "from bot.langchain import"])
def test_a_python_example_runs(tmp_path: Path, line: str) -> None:
    [example] = [block for block in BLOCKS if line in block]
    assert run(tmp_path, "-m", "bot", "index", "--shipped").returncode == 0
    done = run(tmp_path, "-c", "\n".join(line[4:] for line in example.splitlines()))
    assert "320 nuclear warheads" in done.stdout, done.stderr


def test_the_settings_shown_are_the_settings_there_are(tmp_path: Path) -> None:
    from bot.config import read

    [settings] = [block for block in BLOCKS if "model_timeout" in block]
    (tmp_path / "byline.toml").write_text("\n".join(line[4:] for line in settings.splitlines()), encoding="utf-8")
    assert read({}, {}, tmp_path).port == 7860


def test_an_answer_with_its_footnotes_is_among_the_first_forty_lines() -> None:
    head = "\n".join(README.splitlines()[:40])
    assert "make chat" in head
    assert re.search(r"^ {4}\[1\] “", head, re.MULTILINE)
