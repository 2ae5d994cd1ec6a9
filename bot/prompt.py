"""Prompt files to prompts. A file has the standing instructions, then a line `## Request`, then the request.

Names such as `$question` are filled in; a name that the step does not give is an error when the file is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
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
    examples: tuple[tuple[str, str], ...] = ()  # requests and replies

    def fill(self, values: Mapping[str, str]) -> Prompt:
        system, user = (Template(part).substitute(values) for part in (self.system, self.user))
        return Prompt(system, user, self.examples)

    def with_examples(self, values: Iterable[Mapping[str, str]]) -> PromptFile:
        """The same with examples of what fills the request; each has its `reply` as well."""
        request = Template(self.user)
        return replace(self, examples=tuple((request.substitute(each), each["reply"]) for each in values))


def read(path: Path, names: Iterable[str]) -> PromptFile:
    """The prompt file, with the examples of the JSON file beside it, where there is one. Raises `PromptInvalid`."""
    found = parse(path.name, path.read_text(encoding="utf-8"), names)
    examples = path.with_suffix(".examples.json")
    return found.with_examples(json.loads(examples.read_text(encoding="utf-8"))) if examples.exists() else found


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
