"""llama-cpp-python's own server with a local model, on a loopback port, in a process of its own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def served(models: Sequence[Mapping[str, Any]], folder: Path) -> Iterator[str]:
    """The address of its OpenAI-compatible interface, once it runs. `models` are settings as the server has them; the
    folder is for its own. Raises RuntimeError with what it said where it ends instead."""
    settings, said = folder / "settings.json", folder / "said"
    settings.write_text(json.dumps({"host": "127.0.0.1", "port": 0, "models": [dict(each) for each in models]}))
    command = [sys.executable, "-m", "llama_cpp.server", "--config_file", str(settings)]
    with said.open("w") as file, subprocess.Popen(command, stdout=file, stderr=file) as process:
        try:
            while not (running := re.search(r"running on (http://\S+)", said.read_text())):
                if process.poll() is not None:
                    raise RuntimeError(f"The server of llama-cpp-python ended: {said.read_text()}")
                time.sleep(0.1)
            yield f"{running[1]}/v1"
        finally:
            process.terminate()
