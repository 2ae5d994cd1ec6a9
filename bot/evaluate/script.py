"""Runs the Python of an assertion, in a process that is there for it. Reads from stdin, as JSON, what to run and on
what: `{file or source, function, output, context}`; writes to stdout, as JSON, what the function returned. Imports
nothing of ours: it is run by its path.
"""

from __future__ import annotations

import json
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def main() -> None:
    asked = json.load(sys.stdin)
    out, sys.stdout = sys.stdout, sys.stderr  # what the code prints is not its result
    returned = _function(asked)(asked["output"], asked["context"])
    json.dump(returned, out, allow_nan=False)


def _function(asked: dict[str, Any]) -> Callable[[str, Any], object]:
    if file := asked.get("file"):
        sys.path.insert(0, str(Path(file).parent))
        names = runpy.run_path(file)
    else:
        names = {}
        exec(asked["source"], names)
    function: Callable[[str, Any], object] = names[asked["function"]]
    return function


if __name__ == "__main__":
    main()
