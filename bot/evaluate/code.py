"""Assertions that are code in Python or JavaScript. They are read with the file, and run in a process of their own.

The code has the rights of the person who runs it. So a file of test prompts with code is a program.
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

SECONDS = 30  # for one judgement, at most
FILE = "file://"
_HERE = Path(__file__)
_PYTHON = (sys.executable, "-P", str(_HERE.with_name("script.py")))  # -P: it cannot import our modules by accident
_JAVASCRIPT = (".js", ".cjs", ".mjs")


@dataclass(frozen=True, slots=True)
class Code:
    """A function of the answer's text and of `context`, in `file`, else in `source`."""

    function: str
    context: Mapping[str, Any]  # {"prompt": the question, "vars": {…}}
    file: Path | None = None
    source: str = ""
    command: tuple[str, ...] = _PYTHON

    def __call__(self, output: str) -> object:
        """The return value of the function, as a value of JSON. Raises CodeBroken for others."""
        fields = {
            "file": str(self.file) if self.file else None,
            "source": self.source,
            "function": self.function,
            "output": output,
            "context": self.context,
        }
        try:
            request = json.dumps(fields)
            done = subprocess.run(self.command, input=request, capture_output=True, text=True, timeout=SECONDS)
        except subprocess.TimeoutExpired as error:
            raise CodeBroken(f"it did not end within {SECONDS} seconds") from error
        if done.returncode:
            raise CodeBroken((done.stderr.strip().splitlines() or ["it ended without a word"])[-1])
        return json.loads(done.stdout)


def python_code(written: str, folder: Path, context: Mapping[str, Any]) -> Code:
    """The code of an assertion in Python. Raises ValueError for other text.

    It is `file://PATH.py` or `file://PATH.py:function` within the folder, or an expression. Several lines are the body
    of a function.
    """
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
    """The code of an assertion in JavaScript. Raises ValueError without Node.js.

    A file exports the function by its name or as default. Other code is parsed when it runs.
    """
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
    """The body of a function that returns the last expression of a line."""
    before, semicolon, last = line.rpartition(";")
    declares = re.match(r"(?:const|let|var)\s", line)
    return f"{before}{semicolon} return {last}" if declares and semicolon else f"return {line}"


def _file(written: str, folder: Path, suffixes: tuple[str, ...]) -> tuple[Path, str]:
    """The path and the name of the function, which may be empty. Raises ValueError."""
    name, _, function = written.removeprefix(FILE).partition(":")
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ValueError(f"{name} is not in the folder of the test prompts")
    if path.suffix not in suffixes or not path.is_file():
        language = "Python" if ".py" in suffixes else "JavaScript"
        raise ValueError(f"there is no {language} file {name} beside the test prompts")
    return path, function
