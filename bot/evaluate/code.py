"""Assertions that are code in Python: read when the file is, run in a process of their own when an answer is judged.

They may do whatever the person may who runs them: a file of test prompts with `python` in it is a program.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent
from typing import Any

from bot.evaluate.errors import CodeBroken

SECONDS = 30  # for one judgement; then it is ended
FILE = "file://"
_COMMAND = [sys.executable, "-P", str(Path(__file__).with_name("script.py"))]  # -P: our modules are not its modules


@dataclass(frozen=True, slots=True)
class Code:
    """A function of the answer's text and of `context`: in `file`, or else in `source`."""

    function: str
    context: Mapping[str, Any]  # {"prompt": the question, "vars": {…}}
    file: Path | None = None
    source: str = ""

    def __call__(self, output: str) -> object:
        """What the function returns, made of what JSON can say. Raises CodeBroken where it returns nothing such."""
        asked = {
            "file": str(self.file) if self.file else None,
            "source": self.source,
            "function": self.function,
            "output": output,
            "context": self.context,
        }
        try:
            done = subprocess.run(_COMMAND, input=json.dumps(asked), capture_output=True, text=True, timeout=SECONDS)
        except subprocess.TimeoutExpired as error:
            raise CodeBroken(f"it did not end within {SECONDS} seconds") from error
        if done.returncode:
            raise CodeBroken((done.stderr.strip().splitlines() or ["it ended without a word"])[-1])
        return json.loads(done.stdout)


def code(written: str, folder: Path, context: Mapping[str, Any]) -> Code:
    """The code of an assertion: `file://PATH.py` or `file://PATH.py:function` inside of the folder, an expression, or,
    on several lines, the body of a function. Raises ValueError where it is none."""
    if written.startswith(FILE):
        name, _, function = written.removeprefix(FILE).partition(":")
        return Code(function or "get_assert", context, file=_inside(folder, name))
    source = indent(written, "    ") if "\n" in written else f"    return {written}"
    source = f"import json\n\ndef main(output, context):\n{source}\n"
    try:
        compile(source, "assertion", "exec")
    except SyntaxError as error:
        raise ValueError(f"it is not Python: {error.msg}") from error
    return Code("main", context, source=source)


def _inside(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ValueError(f"{name} is not in the folder of the test prompts")
    if path.suffix != ".py" or not path.is_file():
        raise ValueError(f"there is no Python file {name} beside the test prompts")
    return path
