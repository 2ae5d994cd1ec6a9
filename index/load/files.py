"""Files and folders to articles."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from index.errors import SourceMissing, Unreadable
from index.load import markdown, text
from index.load.decode import decode
from index.types import Article, Failure

LARGEST = 200_000_000  # bytes; an article has thousands, and a larger file is a dump that would fill the memory
SUFFIXES: Mapping[str, Callable[[Path, str], Article]] = {
    ".txt": text.article,
    ".md": markdown.article,
    ".markdown": markdown.article,
}


def read(sources: Iterable[str | Path]) -> Iterator[Article | Failure]:
    """The articles of files and of folders with all that is in them, one by one, each file once, in order of name.

    A file that gives no article is a `Failure` that says why, and the others go on. In folders, hidden files and files
    of other kinds are passed over. Raises `SourceMissing` at once if one of `sources` does not exist.
    """
    return _articles([_existing(source) for source in sources])


def _existing(source: str | Path) -> Path:
    if not os.path.exists(source):  # noqa: PTH110 - Path.exists is true of "" and fails on what may not be looked at
        raise SourceMissing(str(source))
    return Path(source)


def _articles(paths: Iterable[Path]) -> Iterator[Article | Failure]:
    seen = set[Path]()
    for path in paths:
        for found in _inside(path) if path.is_dir() else [path]:
            if isinstance(found, Failure):
                yield found
            elif (resolved := found.resolve()) not in seen:
                seen.add(resolved)
                yield _article(found)


def _inside(folder: Path) -> Iterator[Path | Failure]:
    """The files in a folder and in its folders that can be read, and what stood in the way."""
    empty = True
    errors: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=errors.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(parent, name)
            if not name.startswith(".") and path.suffix.lower() in SUFFIXES:
                empty = False
                yield path
    yield from (Failure(str(error.filename), _in_words(error)) for error in errors)
    if empty and not errors:
        yield Failure(str(folder), f"The folder holds no file that can be read. Put {_suffixes()} files there.")


def _article(path: Path) -> Article | Failure:
    try:
        read_article = SUFFIXES.get(path.suffix.lower())
        if read_article is None:
            raise Unreadable(str(path), f"Files of this kind are not read. Save it as {_suffixes()}.")
        return read_article(path, _text(path))
    except Unreadable as error:
        return Failure(error.source, error.reason)
    except OSError as error:
        return Failure(str(path), _in_words(error))


def _text(path: Path) -> str:
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise Unreadable(str(path), "It is not a file that has an end. Name a file or a folder.")
    if found.st_size > LARGEST:
        raise Unreadable(str(path), f"It has more than {LARGEST // 1_000_000} MB. Split it into articles.")
    text = decode(str(path), path.read_bytes())
    if not text.strip():
        raise Unreadable(str(path), "It is empty. Put the article there, or leave the file out.")
    return text


def _in_words(error: OSError) -> str:
    return f"It cannot be read: {error.strerror or error}. Check who may read it, then try again."


def _suffixes() -> str:
    *others, last = SUFFIXES
    return f"{', '.join(others)} or {last}"
