"""Prompt files to prompts. A file has the standing instructions, then a line `## Request`, then the request.

Names such as `$question` are filled in; a name that the step does not give is an error when the file is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from bot.errors import PromptInvalid
from bot.types import Prompt

_REQUEST = re.compile(r"^## Request\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PromptFile:
    """A prompt file that was read and found to use only the names it will be given."""

    name: str
    system: str
    user: str

    def fill(self, values: Mapping[str, str]) -> Prompt:
        system, user = (Template(part).substitute(values) for part in (self.system, self.user))
        return Prompt(system, user)


def read(path: Path, names: Iterable[str]) -> PromptFile:
    """The prompt file. Raises `PromptInvalid`."""
    return parse(path.name, path.read_text(encoding="utf-8"), names)


def parse(name: str, text: str, names: Iterable[str]) -> PromptFile:
    """The prompt file in `text`; `names` are what it may use. Raises `PromptInvalid`."""
    parts = _REQUEST.split(text)
    if len(parts) != 2:
        raise PromptInvalid(name, "it needs exactly one line `## Request` between the instructions and the request")
    for part in parts:
        template = Template(part)
        if not template.is_valid():
            raise PromptInvalid(name, "a lone `$` has to be written `$$`")
        if unknown := sorted(set(template.get_identifiers()) - set(names)):
            raise PromptInvalid(
                name, f"it uses ${unknown[0]}, but only {', '.join('$' + each for each in sorted(names))} are known"
            )
    return PromptFile(name, parts[0].strip(), parts[1].strip())
