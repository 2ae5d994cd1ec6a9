"""The wheel alone, in an environment without the checkout, answers about the articles that it carries."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent
QUESTION = "Who confirmed that the United States gave notice of leaving the WHO?"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of an environment that holds the wheel. Its dependencies are those of this environment,
    which its own Byline does not come along with; that all are declared is seen in `test_architecture.py`."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    commands = folder / "bin"
    run(commands / "pip", "install", "--quiet", "--no-deps", wheel, cwd=folder)
    site = run(commands / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder)
    (Path(site.strip()) / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return commands


def run(*command: str | Path, cwd: Path) -> str:
    """What the command prints; in an empty home, without this environment's variables."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(cwd)}
    done = subprocess.run([str(each) for each in command], cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_answers_about_the_shipped_articles(installed: Path, tmp_path: Path) -> None:
    byline = installed / "byline"
    where = run(installed / "python", "-c", "import bot, index; print(bot.__file__, index.__file__)", cwd=tmp_path)
    assert all(Path(each).is_relative_to(installed.parent) for each in where.split())

    run(byline, "index", "--shipped", "--store", "S", cwd=tmp_path)
    answer = json.loads(run(byline, "ask", QUESTION, "--store", "S", "--model", "extractive", "--json", cwd=tmp_path))

    assert answer["status"] == "answered"
    assert "Dujarric" in answer["text"]
    assert answer["citations"]
    for citation in answer["citations"]:
        shown = run(byline, "articles", "show", citation["article_id"], "--store", "S", "--json", cwd=tmp_path)
        assert json.loads(shown)["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_the_wheel_carries_its_licence_and_its_types(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()
    assert {"bot/py.typed", "index/py.typed", "bot/shipped/prompts/answer.md"} <= set(names)
    assert {"bot/shipped/prompts/eval/facts.yaml", "bot/shipped/seeds/2020-06-30-galwan-valley-clash.md"} <= set(names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "seeds/", "prompts/"))]
