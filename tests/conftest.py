"""One fake a seam, and each is real code. And under `BYLINE_NO_SKIP` nothing is skipped."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, TypeVar
from zlib import crc32

import numpy as np
import pytest

from index.words import content_terms

if TYPE_CHECKING:
    from index.embed import Precision, Vectors


# A shell that runs the tests in the background lets them and their children ignore Ctrl-C, which some tests press.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


class WordEmbeddings:
    """Vectors of hashed words: texts that share words are near each other. Reads any language."""

    name = "words"
    dimension = 256
    limit = 254
    languages: frozenset[str] | None = None
    precision: Precision = "float32"

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.full((len(texts), self.dimension), 1e-3, dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for term in content_terms(text):
                row[crc32(term.encode()) % self.dimension] += 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)

    def count(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


@pytest.fixture
def words() -> WordEmbeddings:
    return WordEmbeddings()


Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)
MAY_BE_SKIPPED = "shared/seeds"  # a page that is not part of this repository


def no_skip(report: Report) -> Report:
    """The report, or under `BYLINE_NO_SKIP` a failure in the place of a skip, with the skip's reason."""
    if os.environ.get("BYLINE_NO_SKIP") and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if MAY_BE_SKIPPED not in reason:
            report.outcome, report.longrepr = "failed", f"nothing may be skipped here, and this was: {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return no_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return no_skip((yield))
