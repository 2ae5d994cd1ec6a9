"""What is published: the sources make the wheel, and the wheel alone, in an environment without the checkout, answers
about the articles that it carries."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.metadata import Metadata
from trove_classifiers import classifiers

from index.extras import installing

ROOT = Path(__file__).parent.parent
LARGEST = 100_000_000  # bytes of a file on PyPI
QUESTION = "Who confirmed that the United States gave notice of leaving the WHO?"

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Built:
    """What is published: the sources, and the wheel that was built from these and not from the checkout."""

    sources: Path
    wheel: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (sources,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return Built(sources, wheel)


@pytest.fixture(scope="module")
def wheel(built: Built) -> Path:
    return built.wheel


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of an environment that holds the wheel. Its dependencies are those of this environment,
    which its own Byline does not come along with; that all are declared is seen in `test_architecture.py`."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder)
    commands = folder / "bin"
    pip = (sys.executable, "-m", "pip", "--python", commands / "python")
    run(*pip, "install", "--quiet", "--no-deps", wheel, cwd=folder)
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


def test_an_extra_is_installed_from_where_byline_came_from(installed: Path, tmp_path: Path) -> None:
    told = run(
        installed / "python", "-c", "from index.extras import installing; print(installing('slack'))", cwd=tmp_path
    )
    assert told == "`pip install 'byline[slack]'`\n"
    assert installing("slack") == "`pip install '.[slack]'` in Byline's folder"


def test_the_wheel_carries_its_licence_and_its_types(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()
    assert {"bot/py.typed", "index/py.typed", "bot/shipped/prompts/answer.md"} <= set(names)
    assert {"bot/shipped/prompts/eval/facts.yaml", "bot/shipped/seeds/2020-06-30-galwan-valley-clash.md"} <= set(names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert {"bot/web/font/inter-latin-v20.woff2", "bot/web/font/OFL.txt", "bot/render/html/words/fr.toml"} <= set(names)
    assert not [name for name in names if name.startswith(("tests/", "seeds/", "prompts/"))]


def test_the_sources_hold_all_that_the_wheel_is_made_of_and_nothing_else(built: Built) -> None:
    with tarfile.open(built.sources) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    needed = {
        str(path.relative_to(ROOT))
        for folder in ("bot", "index", "prompts", "seeds")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert needed <= held
    assert {"LICENSE", "README.md", "CHANGELOG.md", "Makefile", "pyproject.toml", "docs/quickstart.md"} <= held
    beginnings = ("tests", "data", "build", "dist", ".venv", ".git/", ".github", ".mypy_cache", ".ruff_cache")
    assert not [name for name in held if name.startswith(beginnings) or "__pycache__" in name]


def test_the_wheel_of_the_sources_is_that_of_the_checkout(built: Built, tmp_path: Path) -> None:
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT, cwd=tmp_path)
    (own,) = tmp_path.glob("*.whl")
    contents = [{each.filename: each.CRC for each in ZipFile(path).infolist()} for path in (own, built.wheel)]
    assert contents[0] == contents[1]


def test_an_index_of_packages_takes_the_metadata(wheel: Path) -> None:
    (place,) = (name for name in ZipFile(wheel).namelist() if name.endswith(".dist-info/METADATA"))
    metadata = Metadata.from_email(ZipFile(wheel).read(place))  # raises where a field is not as it has to be
    assert (metadata.name, metadata.license_expression) == ("byline", "Apache-2.0 AND OFL-1.1")
    assert metadata.classifiers
    assert set(metadata.classifiers) <= classifiers
    assert metadata.keywords
    assert metadata.summary
    assert str(metadata.requires_python) == ">=3.11"
    assert metadata.description_content_type == "text/markdown"
    assert not [each for each in metadata.requires_dist or () if each.url]  # which an index refuses
    assert wheel.stat().st_size < LARGEST
