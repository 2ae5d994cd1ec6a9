"""Runs the Python of an assertion, in a process of its own.

Reads a JSON object from stdin: `{file or source, function, output, context}`. Writes the return value of the function
to stdout, as JSON. Imports nothing of ours, since it is run by its path.
"""

from __future__ import annotations

import json
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def main() -> None:
    request = json.load(sys.stdin)
    out, sys.stdout = sys.stdout, sys.stderr  # prints of the code are not its result
    returned = _function(request)(request["output"], request["context"])
    json.dump(returned, out, allow_nan=False)


def _function(request: dict[str, Any]) -> Callable[[str, Any], object]:
    if file := request.get("file"):
        sys.path.insert(0, str(Path(file).parent))
        names = runpy.run_path(file)
    else:
        names = {}
        exec(request["source"], names)
    function: Callable[[str, Any], object] = names[request["function"]]
    return function


if __name__ == "__main__":
    main()
