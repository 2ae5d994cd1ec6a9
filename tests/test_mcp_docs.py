"""What docs/mcp.md shows is there: commands, tools and settings. Its Python runs; `test_clients.py` runs its curl."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from bot.config import read
from bot.mcp.arguments import Ask, Limits
from bot.mcp.tools import NAMED, TOOLS
from bot.types import OFFERED
from tests.serving import QUOTE
from tests.test_mcp import address, index, service  # noqa: F401  (fixtures)

PAGE = (Path(__file__).parent.parent / "docs" / "mcp.md").read_text(encoding="utf-8")
SERVED = "http://127.0.0.1:7860/mcp"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.+?)^```", PAGE, re.MULTILINE | re.DOTALL)


CONFIGURATIONS: list[dict[str, Any]] = [
    server
    for block in map(json.loads, blocks("json"))
    for server in (block.get("mcpServers") or block["servers"]).values()
]
STARTED = [[each["command"], *each["args"]] for each in CONFIGURATIONS if "command" in each]
STARTED += [shlex.split(each) for each in re.findall(r"-- (byline mcp.*)$", PAGE, re.MULTILINE)]


@pytest.mark.parametrize("started", STARTED, ids=" ".join)
def test_a_program_starts_a_command_that_exists(started: list[str]) -> None:
    name, *words = started
    assert name == "byline"
    with pytest.raises(SystemExit) as end:
        main([*words, "--help"])
    assert not end.value.code


def test_programs_are_shown_both_ways() -> None:
    assert len(STARTED) == 5
    assert [each["url"] for each in CONFIGURATIONS if "url" in each] == ["https://byline.example/mcp"]


def test_the_table_has_the_tools_and_what_they_take() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", PAGE, re.MULTILINE))
    assert list(rows) == list(NAMED)
    for tool in TOOLS:
        shown = re.findall(r"`(\w+)`", rows[tool.name])
        assert set(shown) == {field.alias or name for name, field in tool.arguments.model_fields.items()}
    for name in (*OFFERED, *Limits.model_fields, *(each.alias or name for name, each in Ask.model_fields.items())):
        assert f"`{name}`" in PAGE


def test_the_settings_shown_are_the_settings_there_are(tmp_path: Path) -> None:
    [settings] = blocks("toml")
    (tmp_path / "byline.toml").write_text(settings, encoding="utf-8")
    found = read({}, {}, tmp_path)
    assert (found.mcp_url, found.mcp_authorization_servers) == tuple(tomllib.loads(settings).values())


def test_the_python_program_answers(address: str) -> None:  # noqa: F811
    [program] = blocks("python")
    assert SERVED in program
    done = subprocess.run(
        [sys.executable, "-c", program.replace(SERVED, address)], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(f"{QUOTE} [1]\n\n[1] “")
