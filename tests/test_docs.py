"""What the manual shows works: its commands exist, its Python runs, its settings are those of the code, its links lead
somewhere."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from textwrap import dedent

import pytest
import typer

from bot.cli import main
from bot.cli.app import app
from bot.cli.examples import EXAMPLES
from bot.evaluate.read import read_suite
from tests.bench.settings_page import comments, page

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXTS = {each.name: each.read_text(encoding="utf-8") for each in PAGES}
SHOWN = re.compile(r"^ {4}(?:\$ )?(byline [a-z].*)$|`(byline [a-z][^`]+)`", re.MULTILINE)
CALLS = sorted(
    {(block or inline).strip() for text in TEXTS.values() for block, inline in SHOWN.findall(text)}
    | {each for examples in EXAMPLES.values() for each in examples}
)
PYTHON = [
    dedent(block) for block in re.findall(r"(?:^(?: {4}.*)?\n)+", TEXTS["python.md"], re.MULTILINE) if "import" in block
]


@pytest.mark.parametrize("call", CALLS)
def test_a_command_of_the_manual_exists(call: str) -> None:
    """One that does not, or an option that is unknown, ends with 2 before its help is printed."""
    _, *words = shlex.split(call.partition(" >")[0], comments=True)
    with pytest.raises(SystemExit) as end:
        main([*words, "--help"])
    assert not end.value.code


def commands(within: typer.Typer, before: str = "") -> Iterator[str]:
    for each in within.registered_commands:
        assert each.callback
        yield f"{before} {each.name or each.callback.__name__}".strip()
    for group in within.registered_groups:
        assert group.typer_instance
        yield from commands(group.typer_instance, f"{before} {group.name}".strip())


SUITES = re.findall(r"^```yaml\n(.*?)^```$", TEXTS["evaluation.md"], re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("suite", SUITES)
def test_test_prompts_of_the_manual_are_read(tmp_path: Path, suite: str) -> None:
    (tmp_path / "suite.yaml").write_text(suite, encoding="utf-8")
    assert read_suite(tmp_path / "suite.yaml").cases


def test_the_help_of_each_command_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert set(commands(app)) <= EXAMPLES.keys()
    with pytest.raises(SystemExit):
        main(["watch", "add", "--help"])
    assert EXAMPLES["watch add"][0] in capsys.readouterr().out


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the articles that come along as its index."""
    made = tmp_path_factory.mktemp("manual")
    assert run(made, "-m", "bot", "index", "--shipped").returncode == 0
    return made


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("example", PYTHON, ids=range(len(PYTHON)))
def test_a_python_example_runs(folder: Path, example: str) -> None:
    done = run(folder, "-c", example)
    assert done.returncode == 0, done.stderr
    assert "warhead" in done.stdout


def test_the_settings_are_those_of_the_code() -> None:
    assert TEXTS["settings.md"] == page(), "run `make docs`"


def test_each_setting_is_explained() -> None:
    assert [name for name, note in comments().items() if not note] == []
    assert "|  |\n" not in TEXTS["settings.md"]


def test_the_links_of_the_readme_lead_to_files() -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", TEXTS["README.md"])
    assert [each for each in links if not each.startswith("http") and not (ROOT / each).exists()] == []


@pytest.mark.slow
def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    """Each page is in the table of contents, and each link of a page leads to a page and a heading that are there."""
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").replace("build/docs", "site")
    (tmp_path / "mkdocs.yml").write_text(settings, encoding="utf-8")
    copytree(ROOT / "docs", tmp_path / "docs")
    done = run(tmp_path, "-m", "zensical", "build", "--strict")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "site" / "quickstart" / "index.html").is_file()
