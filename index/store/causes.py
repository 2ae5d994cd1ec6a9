"""Causes of a library's errors in the store: the machine failed, or the files are damaged."""

from __future__ import annotations

import mmap
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import ShownError, StoreUnwritable

# As SQLite, Chroma, tantivy and the operating system say it: full, not allowed, or out of memory.
_OUTSIDE = re.compile(
    r"no space left|disk is full|disk i/o|file too large|permission ?denied|not permitted|read-?only|"
    r"cannot allocate|out ?of ?memory|resource temporarily|too many open files|lockfile",
    re.IGNORECASE,
)

# What Chroma and tantivy may take to start: their threads' stacks, tantivy's heap, SQLite's pages. In bytes.
STARTING = 64 * 2**20


def have_memory() -> None:
    """Raises MemoryError where the process may not have `STARTING` more bytes.

    To be asked before Chroma or tantivy starts: where Chroma cannot start a thread, it waits for ever (1.5.9).
    """
    try:
        mmap.mmap(-1, STARTING).close()
    except OSError as error:
        raise MemoryError("there is not enough memory") from error


@contextmanager
def shown_as(shown: Callable[[Path, str], ShownError], store: Path, *kinds: type[Exception]) -> Iterator[None]:
    """Raises errors of `kinds`, and a panic of a library written in Rust, as one for a person.

    It is StoreUnwritable where the machine is at fault, whatever was being done, and `shown` else.
    """
    named: tuple[type[BaseException], ...] = (OSError, MemoryError, *kinds)
    try:
        yield
    except named as error:
        raise _meant(shown, store, error) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # which is no Exception, and has no name that could be imported
            raise
        raise _meant(shown, store, error) from error


def _meant(shown: Callable[[Path, str], ShownError], store: Path, error: BaseException) -> ShownError:
    reason = in_words(error)
    outside = isinstance(error, OSError | MemoryError) or _OUTSIDE.search(reason)
    return StoreUnwritable(store, reason) if outside else shown(store, reason)


def in_words(error: BaseException) -> str:
    """The error as the system says it. Where many files were copied, it is what the first one met.

    >>> in_words(OSError(28, "No space left on device", "words/a")), in_words(MemoryError())
    ('No space left on device (words/a)', 'there is not enough memory')
    """
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list):
        source, _, reason = error.args[0][0]  # "[Errno 28] No space left on device: 'a' -> 'b'"
        return f"{reason.rpartition('] ')[2].partition(': ')[0]} ({source})"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror} ({error.filename})" if error.filename else error.strerror
    return str(error) or "there is not enough memory"
