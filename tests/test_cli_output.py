"""What a command prints where it cannot: on a full disk, to a reader that went away, to nobody at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FULL = Path("/dev/full")


def ran(command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """What a shell command with `byline` in it prints and how it ends, in an empty home and without settings."""
    own = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(ROOT)}
    whole = f'byline() {{ "{sys.executable}" -m bot "$@"; }}; {command}'
    return subprocess.run(["bash", "-c", whole], cwd=folder, env=own | environment, capture_output=True, text=True)


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("command", ["--help", "--version", "ask --help", "model list", "model list --json"])
def test_output_that_cannot_be_written_is_told_in_a_sentence(command: str, unbuffered: str, tmp_path: Path) -> None:
    done = ran(f"byline {command} > /dev/full", tmp_path, PYTHONUNBUFFERED=unbuffered)
    assert done.returncode == 1
    assert done.stderr.startswith("The output cannot be written: No space left on device.")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["--help", "model list --json"])
def test_a_reader_that_went_away_or_was_never_there_is_no_failure_to_tell(command: str, tmp_path: Path) -> None:
    for whole in (f"byline {command} | true", f"byline {command} >&-", f"byline {command} | head -1 > /dev/null"):
        assert ran(whole, tmp_path).stderr == ""


def test_a_command_that_asks_says_so_where_there_is_no_standard_input(tmp_path: Path) -> None:
    model = tmp_path / "models" / "byline" / "models" / "tiny.gguf"
    model.parent.mkdir(parents=True)
    model.touch()
    done = ran("byline model remove tiny <&-", tmp_path, XDG_CACHE_HOME=str(tmp_path / "models"))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "--yes" in done.stderr
    assert model.exists()
    done = ran("byline users add ada <&-", tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_a_variable_that_is_misspelt_is_told_before_the_command_runs(tmp_path: Path) -> None:
    done = ran("byline model list", tmp_path, BYLINE_MODLE="extractive")
    assert done.returncode == 0
    assert done.stderr == "BYLINE_MODLE is not known; did you mean BYLINE_MODEL?\n"
    assert ran("byline model list", tmp_path, BYLINE_MODEL="extractive").stderr == ""
