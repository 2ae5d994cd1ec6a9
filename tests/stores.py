"""Stores for tests: small articles, other processes that read and write, and all that a store holds."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from index import Article, Filters, Index
from index.store.lexicon import query_terms

HERE = Path(__file__).parent
IN_A_FILE = pytest.mark.parametrize("kept_in", ["sqlite"], indirect=True)  # what is of the file alone


def numbered(number: int, release: int = 1) -> Article:
    """An article that one search finds first: no other has its subject."""
    text = f"The subject{number} is in release{release}.\n\nMuch else is the same in every article."
    return Article(f"a{number}", f"Title {number}", text)


def state(index: Index) -> dict[str, tuple[Article, list[tuple[int, int, str]]]]:
    """All that a reader can see, apart from keys."""
    return {
        article.id: (article, [(one.start, one.end, one.text) for one in index.passages(article.id)])
        for article in index.articles()
    }


def found(index: Index, question: str, count: int = 9) -> tuple[list[str], list[str], list[str]]:
    """The articles found by words and meaning, by words alone, and by meaning alone."""
    both = [hit.passage.article_id for hit in index.search(question, count)]
    words = index._store.candidates(None, query_terms(question), count, Filters())
    meaning = index._store.candidates(index.embed([question])[0], (), count, Filters())
    by_words, by_meaning = ([one.found.passage.article_id for one in way] for way in (words, meaning))
    return both, by_words, by_meaning


class Contents(NamedTuple):
    """All that a store holds; where it holds it, and under which keys, does not matter."""

    seen: dict[str, tuple[Article, list[tuple[int, int, str]]]]
    vectors: dict[tuple[str, int], bytes]  # of the passages in the ledger
    nearest: dict[tuple[str, int], tuple[bytes, str]]  # the same as Chroma holds them, with their facts
    words: list[tuple[str, int]]  # the passages in the word index


def contents(index: Index) -> Contents:
    store = index._store
    now = store.ledger.published()
    names, vectors = {}, {}
    for page in store.ledger.entries(now.edition, 0, now.generation):
        for one in store.ledger.found([entry.key for entry in page], now.generation, now.edition):
            names[one.key] = (one.passage.article_id, one.passage.start)
            vectors[names[one.key]] = one.vector
    if not now.generation:
        return Contents(state(index), {}, {}, [])
    with store.followers.vectors(now)._reading(now.generation) as collection:  # type: ignore[union-attr]
        held = collection.get(include=["embeddings", "metadatas"])
    nearest = {
        names[int(key)]: (np.asarray(vector, dtype="<f2").tobytes(), str(sorted((facts | {"article": 0}).items())))
        for key, vector, facts in zip(held["ids"], held["embeddings"], held["metadatas"], strict=True)
    }
    words = sorted(names[key] for key in store.followers.words(now).keys(now.generation))
    return Contents(state(index), vectors, nearest, words)


def answers(index: Index, questions: Sequence[str]) -> list[list[tuple[str, int, bool, float]]]:
    """What searches find. How much a word counts is left out: tantivy counts what was removed a while longer."""
    return [
        sorted(
            (one.found.passage.article_id, one.found.passage.start, one.words > 0, round(one.meaning, 5))
            for one in index._store.candidates(index.embed([question])[0], query_terms(question), 1000, Filters())
        )
        for question in questions
    ]


PRELUDE = """
import sys
sys.path[:0] = [{root!r}, {tests!r}]
from tests.conftest import WordEmbeddings
from index import Index
from tests.stores import numbered
store = {store!r}
"""
OPENED = PRELUDE + "opened = Index.open(store, embedder=WordEmbeddings())\n"


@contextmanager
def child(program: str, store: Path, **values: Any) -> Iterator[subprocess.Popen[str]]:
    """Another process that runs `program`, killed at the end."""
    code = program.format(root=str(HERE.parent), tests=str(HERE), store=str(store), **values)
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()


def ask(process: subprocess.Popen[str], line: str) -> list[str]:
    """The words of the line with which another process answers a line."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()
    return process.stdout.readline().split()


@contextmanager
def chroma_server(folder: Path, port: int = 0) -> Iterator[str]:
    """On any free port, or on the one that it had before."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        port = probe.getsockname()[1]
    chroma = Path(sys.executable).with_name("chroma")
    process = subprocess.Popen(
        [chroma, "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        env={**os.environ, "ANONYMIZED_TELEMETRY": "False"},
    )
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        else:
            raise AssertionError("the Chroma server does not listen after a minute")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()
