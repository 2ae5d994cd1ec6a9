"""Test prompts as tests of pytest, and the workflow that tells on a change what is better and worse."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from bot.cli import main

ROOT = Path(__file__).parent.parent
SUITE = """
metadata: {articles: [harbour.md]}
tests:
  - vars: {question: "What does the second pier of Varnholm cost?"}
    assert: [{type: contains, value: 12 million}]
  - vars: {question: "How much does the second pier of Varnholm cost?"}
    assert: [{type: contains, value: 13 million}]
"""
LOST = """
metadata: {articles: [gone.md], optional: Nobody has it.}
tests: [{vars: {question: Which}, assert: [{type: refuses}]}]
"""
HARBOUR = "---\nid: harbour\ntitle: Harbour\n---\nThe second pier of Varnholm costs 12 million crowns.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "prompts" / "eval"
    place.mkdir(parents=True)
    (place / "harbour.md").write_text(HARBOUR, encoding="utf-8")
    (place / "pier.yaml").write_text(SUITE, encoding="utf-8")
    (place / "lost.yaml").write_text(LOST, encoding="utf-8")
    (tmp_path / "test_own.py").write_text("def test_own() -> None: pass\n", encoding="utf-8")
    return tmp_path


def ran(folder: Path, *arguments: str) -> tuple[int, str]:
    """How pytest ends, and what it says."""
    own = {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "BYLINE_MODEL": "extractive"}
    command = [sys.executable, "-m", "pytest", "-p", "bot.cli.pytest_plugin", "-ra", "-v", *arguments]
    done = subprocess.run(command, cwd=folder, env={**os.environ, **own}, capture_output=True, text=True)
    return done.returncode, done.stdout


def test_each_case_is_an_item(folder: Path) -> None:
    code, out = ran(folder, "--byline")
    assert code == 1
    assert "prompts/eval/pier.yaml::What does the second pier of Varnholm cost? PASSED" in out
    assert "prompts/eval/pier.yaml::How much does the second pier of Varnholm cost? FAILED" in out
    assert 'not so: contains "13 million"' in out
    assert "answered: The second pier of Varnholm costs 12 million crowns." in out
    assert "Nobody has it." in out
    assert "2 passed, 1 skipped" in out.replace("1 failed, ", "")
    assert "def runtest" not in out


def test_without_the_option_nothing_of_it_is_collected(folder: Path) -> None:
    code, out = ran(folder)
    assert (code, "1 passed" in out, "pier.yaml" in out) == (0, True, False)


def test_a_case_can_be_chosen_by_its_name(folder: Path) -> None:
    code, out = ran(folder, "--byline", "prompts/eval/pier.yaml", "-k", "What")
    assert code == 0
    assert "1 passed, 1 deselected" in out


def test_a_file_that_cannot_be_run_is_an_error_in_a_sentence(folder: Path) -> None:
    (folder / "other.yaml").write_text("tests: [{vars: {question: a}, assert: [{type: no-such}]}]", encoding="utf-8")
    code, out = ran(folder, "--byline", "other.yaml")
    assert code == 2
    assert "has the unknown assertion 'no-such'" in out
    assert "Traceback" not in out


def test_code_of_a_file_runs_only_where_it_is_allowed(folder: Path) -> None:
    text = SUITE.partition("  - vars")[0] + "  - vars: {question: Which}\n    assert: [{type: python, value: 1 / 0}]\n"
    (folder / "prompts" / "eval" / "pier.yaml").write_text(text, encoding="utf-8")
    code, out = ran(folder, "--byline", "prompts/eval/pier.yaml")
    assert (code, "`--byline-allow-code`" in out) == (2, True)
    assert "ZeroDivisionError" in ran(folder, "--byline", "--byline-allow-code", "prompts/eval/pier.yaml")[1]


def test_the_package_names_the_plugin() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"byline": "bot.cli.pytest_plugin"}


def test_the_workflow_calls_the_command_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "eval.yml").read_text(encoding="utf-8"))
    steps = [step["run"] for step in workflow["jobs"]["compare"]["steps"] if "-m bot" in step.get("run", "")]
    with pytest.raises(SystemExit):
        main(["eval", "--help"])
    known = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    commands = [command for step in steps for command in re.findall(r"-m bot eval(.*?)\|\|", step, re.DOTALL)]
    assert len(commands) == 2
    assert {option for command in commands for option in re.findall(r"--[a-z-]+", command)} <= known
