"""Errors that are meant for a person: what happened, then what to do."""

from __future__ import annotations

from pathlib import Path


class ShownError(Exception):
    """A sentence for the person. Surfaces show it as it is, and catch nothing wider."""


class UsageError(ShownError):
    """The person asked for something that cannot be: a wrong path, an empty question. Nothing was begun."""


class StoreMissing(UsageError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"No index at {path}. Build one with `byline index seeds/`.")


class StoreMismatch(ShownError):
    """A store whose recorded settings are not the ones asked for: another embedder, dimension, or format."""

    def __init__(self, path: Path, what: str, stored: object, asked: object, remedy: str | None = None) -> None:
        again = (
            f"Run `byline index --rebuild` to make it again with {asked}, or ask with {stored}, "
            f"or make another index with `--store DIR`."
        )
        super().__init__(f"The index at {path} was made with {what} {stored}, not {asked}. {remedy or again}")


class StoreDamaged(ShownError):
    """A store that cannot be read."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"The index at {path} cannot be read: {reason}. Restore it, or delete it and index again.")


class StoreBusy(ShownError):
    def __init__(self, path: Path, holder: str, since: str | None = None) -> None:
        began = f" (since {since})" if since else ""
        super().__init__(f"{holder} is writing to the index at {path}{began}. Wait until it is done, then try again.")


class StoreUnreachable(ShownError):
    """A Chroma server that does not answer."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"The Chroma server at {url} does not answer: {reason}. Start it, or correct `store.url`.")


class StoreUnwritable(ShownError):
    """Writing failed for want of space, permission or memory. What was published before is as it was."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The index at {path} cannot be written: {reason}. Nothing that was in it is lost; "
            f"mend the cause, then run the same command again."
        )


class StoreThere(UsageError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"There is an index at {path} already. Restore to another place with `--store DIR`, or replace it with "
            f"`--force`."
        )


class BackupThere(UsageError):
    def __init__(self, file: Path) -> None:
        super().__init__(f"There is a file {file} already. Name another, or replace it with `--force`.")


class BackupUnwritable(ShownError):
    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"The backup {file} cannot be written: {reason}. Name a place with enough room.")


class BackupUnreadable(ShownError):
    """A file that is no backup, or no longer. Nothing was restored from it."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file} cannot be restored: {reason}. Take another backup; the index is as it was.")


class ArticleMissing(UsageError):
    def __init__(self, article_id: str) -> None:
        super().__init__(f"There is no article {article_id!r} here. `byline articles` lists them.")


class CollectionMissing(UsageError):
    def __init__(self, name: str) -> None:
        super().__init__(f"There is no collection {name!r} here. `byline collection list` lists them.")


class CollectionNameUnusable(UsageError):
    def __init__(self, name: str, longest: int) -> None:
        super().__init__(
            f"The name {name!r} cannot be used for a collection. Take letters and digits of any script and spaces, "
            f"at most {longest} characters."
        )


class NotCollected(UsageError):
    def __init__(self, name: str, article_id: str) -> None:
        super().__init__(
            f"The article {article_id!r} was not put into the collection {name!r}. "
            f"`byline collection list --json` has its articles and rules."
        )


class RuleUnusable(UsageError):
    def __init__(self) -> None:
        super().__init__("A rule of a collection takes outlets, authors, kinds, languages and days. Name one of these.")


class SourceMissing(UsageError):
    def __init__(self, source: str) -> None:
        super().__init__(f"There is no file or folder {source!r}. Check the path.")


class Unreadable(ShownError):
    """One source that gives no article; others in the same run go on."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason


class EmbedderMissing(ShownError):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"The embedding model {name!r} cannot be loaded: {reason}. Install it or name another.")


class PrecisionMissing(UsageError):
    def __init__(self, name: str, asked: str, known: str) -> None:
        super().__init__(f"The embedding model {name!r} has no {asked}. Ask for {known}, or leave the precision open.")


class RerankerMissing(ShownError):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"The reranker {name!r} cannot be loaded: {reason}. Name another cross-encoder or its folder, or none."
        )
