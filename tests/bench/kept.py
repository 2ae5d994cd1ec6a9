"""Answers that were given once are kept, so that a measurement goes on where it was stopped."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any


class Kept:
    """A file of JSON lines, a line an answer, added to as they come."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    def read(self, fingerprints: dict[str, str]) -> dict[tuple[str, str], dict[str, Any]]:
        """The answers, by system and question, that the systems of these fingerprints gave; the newest of each."""
        found = {}
        for line in self._path.read_text(encoding="utf-8").splitlines() if self._path.exists() else ():
            row = _parsed(line)
            if row and fingerprints.get(row["system"]) == row["fingerprint"]:
                found[row["system"], row["question"]] = row["answer"]
        return found

    def add(self, system: str, fingerprint: str, question: str, answer: dict[str, Any]) -> None:
        row = {"system": system, "fingerprint": fingerprint, "question": question, "answer": answer}
        with self._path.open("a", encoding="utf-8") as lines:
            lines.write("\n" + json.dumps(row))  # a line of its own also after one that was not written to its end


def fingerprint(root: Path, patterns: Iterable[str], without: Iterable[str] = ()) -> str:
    """Changes when a file under `root` does that one of `patterns` names and none of `without`; of Python only what it
    means counts, not its layout and comments."""
    files = {path for pattern in patterns for path in root.glob(pattern) if path.is_file()}
    files -= {path for pattern in without for path in root.glob(pattern)}
    found = sha256()
    for path in sorted(files):
        found.update(f"{path.relative_to(root)}\0".encode())
        found.update(_meaning(path))
    return found.hexdigest()[:16]


def _meaning(path: Path) -> bytes:
    content = path.read_bytes()
    return ast.dump(ast.parse(content)).encode() if path.suffix == ".py" else content


def _parsed(line: str) -> dict[str, Any] | None:
    """None for an empty line, or one that was not written to its end."""
    try:
        row: dict[str, Any] = json.loads(line)
    except json.JSONDecodeError:
        return None
    return row
