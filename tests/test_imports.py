"""Importing Byline costs next to nothing: what is heavy is loaded by the function that needs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_architecture import HEAVY


def loaded_by(statement: str, folder: Path) -> set[str]:
    """The modules that a fresh interpreter has after `statement`."""
    program = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    root = Path(__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(root)!r})\n{program}"],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def vendors(modules: set[str]) -> set[str]:
    return {name.split(".")[0] for name in modules}


@pytest.mark.parametrize(
    "statement",
    [
        "import bot",
        "from bot import Bot, Turn",
        "from bot.answering.cite import AnswerBuilder",
        "from bot.judge import Judge; Judge.load()",
        "import index",
        "from index import Article, Filters, Index",
    ],
)
def test_an_import_loads_nothing_heavy(statement: str, tmp_path: Path) -> None:
    assert vendors(loaded_by(statement, tmp_path)) & HEAVY == set()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["index", "--help"], ["model", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    call = f"from bot.cli import main\ntry: main({arguments!r})\nexcept SystemExit as end: assert not end.code"
    assert vendors(loaded_by(call, tmp_path)) & HEAVY == set()
    assert list(tmp_path.iterdir()) == []


def test_the_list_of_commands_loads_none_of_them(tmp_path: Path) -> None:
    call = "from bot.cli import main\ntry: main(['--help'])\nexcept SystemExit as end: assert not end.code"
    loaded = loaded_by(call, tmp_path)
    assert {name for name in loaded if name.startswith(("bot.", "index."))} == {
        *("bot.cli", "bot.cli.app", "bot.cli.examples", "bot.cli.output", "bot.errors", "index.errors", "index.extras")
    }
    assert vendors(loaded) & {"pydantic", "rich", "babel", "numpy"} == set()
