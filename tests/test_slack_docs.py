"""What docs/slack.md shows exists: its commands with their options, its settings, and its variables."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from bot.cli import main
from bot.config import SECRETS, read
from bot.slack.manifest import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH

PAGE = (Path(__file__).parent.parent / "docs" / "slack.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"(?:^(?: {4}.*)?\n)+", PAGE, re.MULTILINE)
CALLS = sorted({*re.findall(r"^ {4}(byline .+)$", PAGE, re.MULTILINE), *re.findall(r"`(byline [^`]+)`", PAGE)})


@pytest.mark.parametrize("call", CALLS)
def test_a_command_of_the_page_exists(call: str) -> None:
    """One that does not, or an option that is unknown, ends with 2 before its help is printed."""
    _, *words = shlex.split(call, comments=True)
    with pytest.raises(SystemExit) as end:
        main([*words, "--help"])
    assert not end.value.code


def test_the_settings_shown_are_the_settings_there_are(tmp_path: Path) -> None:
    [settings] = [block for block in BLOCKS if "slack_answering" in block]
    (tmp_path / "byline.toml").write_text("\n".join(line[4:] for line in settings.splitlines()), encoding="utf-8")
    read({}, {}, tmp_path)


def test_the_variables_shown_are_read() -> None:
    shown = set(re.findall(r"\bSLACK_[A-Z_]+", PAGE))
    assert shown == {name.upper() for name in SECRETS if name.startswith("slack_")}


def test_the_paths_that_are_passed_on_are_those_there_are() -> None:
    assert all(f"`{path}`" in PAGE for path in (EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH))
