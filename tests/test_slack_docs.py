"""What docs/slack.md shows exists: its settings, its variables and its paths."""

from __future__ import annotations

import re
from pathlib import Path

from bot.config import SECRETS, read
from bot.slack.manifest import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH

PAGE = (Path(__file__).parent.parent / "docs" / "slack.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"(?:^(?: {4}.*)?\n)+", PAGE, re.MULTILINE)


def test_the_settings_shown_are_the_settings_there_are(tmp_path: Path) -> None:
    [settings] = [block for block in BLOCKS if "slack_answering" in block]
    (tmp_path / "byline.toml").write_text("\n".join(line[4:] for line in settings.splitlines()), encoding="utf-8")
    read({}, {}, tmp_path)


def test_the_variables_shown_are_read() -> None:
    shown = set(re.findall(r"\bSLACK_[A-Z_]+", PAGE))
    assert shown == {name.upper() for name in SECRETS if name.startswith("slack_")}


def test_the_paths_that_are_passed_on_are_those_there_are() -> None:
    assert all(f"`{path}`" in PAGE for path in (EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH))
