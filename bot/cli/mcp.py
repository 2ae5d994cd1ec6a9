"""The command that answers programs over standard input and output."""

from __future__ import annotations

import logging
import sys

from bot.cli.options import ModelSpec, StoreFolder, Strictness, open_bot, open_history
from bot.config import read

AT_ONCE = 8  # answers: one person's program asks for a few


def mcp(store: StoreFolder = None, model: ModelSpec = None, strictness: Strictness = None) -> None:
    """The articles for programs that speak MCP, over standard input and output: see docs/mcp.md."""
    from bot.cli.serve import require_serving
    from bot.mcp import stdio
    from bot.service.service import Service, Slots

    require_serving()
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    config = read({"store": store, "model": model, "strictness": strictness})
    with open_bot(config) as bot:
        stdio(Service(lambda: bot, open_history(config), lambda _: 0, Slots(AT_ONCE)))
