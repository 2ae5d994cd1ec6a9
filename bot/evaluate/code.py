"""Assertions that are code in Python or JavaScript: read when the file is, run in a process of their own to judge.

They may do whatever the person may who runs them: a file of test prompts with code in it is a program.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from textwrap import indent
from typing import Any

from bot.evaluate.errors import CodeBroken

SECONDS = 30  # for one judgement; then it is ended
FILE = "file://"
_HERE = Path(__file__)
_PYTHON = (sys.executable, "-P", str(_HERE.with_name("script.py")))  # -P: our modules are not its modules
_JAVASCRIPT = (".js", ".cjs", ".mjs")


@dataclass(frozen=True, slots=True)
class Code:
    """A function of the answer's text and of `context`: in `file`, or else in `source`."""

    function: str
    context: Mapping[str, Any]  # {"prompt": the question, "vars": {…}}
    file: Path | None = None
    source: str = ""
    command: tuple[str, ...] = _PYTHON

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
            said = json.dumps(asked)
            done = subprocess.run(self.command, input=said, capture_output=True, text=True, timeout=SECONDS)
        except subprocess.TimeoutExpired as error:
            raise CodeBroken(f"it did not end within {SECONDS} seconds") from error
        if done.returncode:
            raise CodeBroken((done.stderr.strip().splitlines() or ["it ended without a word"])[-1])
        return json.loads(done.stdout)


def python_code(written: str, folder: Path, context: Mapping[str, Any]) -> Code:
    """The code of an assertion: `file://PATH.py` or `file://PATH.py:function` inside of the folder, an expression, or,
    on several lines, the body of a function. Raises ValueError where it is none."""
    if written.startswith(FILE):
        path, function = _file(written, folder, (".py",))
        return Code(function or "get_assert", context, file=path)
    source = indent(written, "    ") if "\n" in written else f"    return {written}"
    source = f"import json\n\ndef main(output, context):\n{source}\n"
    try:
        compile(source, "assertion", "exec")
    except SyntaxError as error:
        raise ValueError(f"it is not Python: {error.msg}") from error
    return Code("main", context, source=source)


def javascript_code(written: str, folder: Path, context: Mapping[str, Any]) -> Code:
    """The same in JavaScript, of which a file exports the function by its name or by default. Whether the rest can be
    read shows when it is run. Raises ValueError where there is no Node.js."""
    node = which("node")
    if node is None:
        raise ValueError("there is no Node.js here to run it; install it, or say the same in `python`")
    command = (node, str(_HERE.with_name("script.cjs")))
    if written.startswith(FILE):
        path, function = _file(written, folder, _JAVASCRIPT)
        return Code(function or "default", context, file=path, command=command)
    body = written.rstrip()
    return Code("", context, source=body if "\n" in body else _returning(body.strip(" ;")), command=command)


def _returning(line: str) -> str:
    """The body of a function that gives what the last expression of a line does."""
    before, semicolon, last = line.rpartition(";")
    declares = re.match(r"(?:const|let|var)\s", line)
    return f"{before}{semicolon} return {last}" if declares and semicolon else f"return {line}"


def _file(written: str, folder: Path, suffixes: tuple[str, ...]) -> tuple[Path, str]:
    """The file that is named, and the function in it, which may be empty."""
    name, _, function = written.removeprefix(FILE).partition(":")
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ValueError(f"{name} is not in the folder of the test prompts")
    if path.suffix not in suffixes or not path.is_file():
        language = "Python" if ".py" in suffixes else "JavaScript"
        raise ValueError(f"there is no {language} file {name} beside the test prompts")
    return path, function
