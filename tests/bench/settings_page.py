"""The page of the settings, from the fields of `bot.config.Config` and the comments beside them:
`python -m tests.bench.settings_page > docs/settings.md`.
"""

from __future__ import annotations

import inspect
import io
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import MISSING, fields

from bot import config
from bot.config import FILE, PREFIX, SECRETS, Config, variables

HEAD = f"""# Settings

Flags come first, then `{PREFIX}*` variables, then `{FILE}` in the working folder, then the defaults. In the file:

    store = "data/store"
    model = "local"

As a variable: `{PREFIX}STORE=data/store`. As a flag, if a command takes it: `--store data/store`. An unknown name in
the file is an error that names it, and so is a value of the wrong kind. A variable that is almost a setting's is told.

| setting | default | meaning |
|---|---|---|
"""
SECRET = """
## Secrets

Secrets stand in the environment only. In the file they are refused.

| variable | meaning |
|---|---|
"""


def page() -> str:
    """The whole page, in Markdown."""
    notes = comments()
    named = [(each, notes.get(each.name, "")) for each in fields(Config)]
    shown = "".join(
        f"| `{each.name}` | {_default(each.default)} | {note} |\n" for each, note in named if not _secret(each.name)
    )
    secrets = "".join(f"| {_variables(each.name)} | {note} |\n" for each, note in named if _secret(each.name))
    return HEAD + shown + SECRET + secrets


def comments() -> dict[str, str]:
    """The comment beside each field of `Config`, by its name."""
    found: dict[str, str] = {}
    name = ""
    for token, line in _tokens():
        if token.type == tokenize.NAME and token.start[1] == 4 and line.lstrip().startswith(f"{token.string}:"):
            name = token.string
        elif token.type == tokenize.COMMENT and name:
            found[name] = token.string.removeprefix("#").strip()
    return found


def _tokens() -> Iterator[tuple[tokenize.TokenInfo, str]]:
    source = inspect.getsource(Config)
    assert source in inspect.getsource(config)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        yield token, token.line


def _secret(name: str) -> bool:
    return name in SECRETS


def _default(value: object) -> str:
    if value in (None, "", (), MISSING):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _variables(name: str) -> str:
    return " or ".join(f"`{each}`" for each in (PREFIX + name.upper(), *variables(name)))


if __name__ == "__main__":
    sys.stdout.write(page())
