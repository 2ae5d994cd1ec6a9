"""Errors that are meant for a person: what happened, then what to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, TypeAlias

from index.extras import installing

Parameter: TypeAlias = "str | int | float | Reason | tuple[str, ...] | tuple[Reason, ...]"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is so: the name of a sentence of `bot.wording`, and what is put into it.

    Without a name it is a text, the same in every language.
    """

    name: str = ""
    parameters: tuple[tuple[str, Parameter], ...] = ()  # by name, in order
    language: str | None = None  # in which it is said to everyone (ISO 639-1); None: in that of who reads it
    text: str = ""  # in English, where that is not the catalogue's: of an error

    @classmethod
    def of(cls, name: str, /, *, language: str | None = None, **parameters: Parameter) -> Reason:
        return cls(name, tuple(parameters.items()), language)


class ShownError(Exception):
    """A sentence for the person. Surfaces show it as it is, and catch nothing wider."""

    wording: ClassVar[str] = ""  # the name of the sentence in `bot.wording`; without one it is said in English
    public: ClassVar[Reason | None] = None  # for whoever asks a server, where the sentence is for those who run it
    plain: ClassVar[Reason | None] = None  # for whoever only reads its page, where the reason is for those who run it

    def __init__(self, sentence: str = "", **parameters: Parameter) -> None:
        super().__init__(sentence)
        self.parameters = parameters

    @property
    def whole(self) -> Reason:
        """The sentence as a reason."""
        return Reason(self.wording, tuple(self.parameters.items()), text=str(self))

    @property
    def brief(self) -> Reason:
        """The reason for whoever asks a server: without its addresses, and without the users of its services."""
        return self.public or self.whole


NOT_READ = Reason(
    "index_unreadable", text="The articles cannot be read just now. Whoever runs Byline finds the reason in its log."
)


class UsageError(ShownError):
    """The person asked for something that cannot be: a wrong path, an empty question. Nothing was begun."""


class StoreMissing(UsageError):
    plain = NOT_READ

    def __init__(self, path: Path) -> None:
        super().__init__(f"No index at {path}. Build one with `byline index SOURCE`, or `byline index --shipped`.")


class StoreMismatch(ShownError):
    """A store whose recorded settings are not the ones asked for: another embedder, dimension, or format."""

    plain = NOT_READ

    def __init__(self, path: Path, what: str, stored: object, asked: object, remedy: str | None = None) -> None:
        again = (
            f"Run `byline index --rebuild` to make it again with {asked}, or ask with {stored}, "
            f"or make another index with `--store DIR`."
        )
        super().__init__(f"The index at {path} was made with {what} {stored}, not {asked}. {remedy or again}")


class StoreDamaged(ShownError):
    """A part of a store that cannot be read, and can be made again from the articles."""

    plain = NOT_READ
    remedy = "Run `byline doctor --deep`: it makes again what is lost, from the articles that are kept."

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"The index at {path} cannot be read: {reason}. {self.remedy}")


class LedgerDamaged(StoreDamaged):
    """A store whose articles cannot be read."""

    remedy = "Restore it, or delete it and index again."


class StoreBusy(ShownError):
    def __init__(self, path: Path | str, holder: str, since: str | None = None) -> None:
        began = f" (since {since})" if since else ""
        super().__init__(f"{holder} is writing to the index at {path}{began}. Wait until it is done, then try again.")


class StoreUnreachable(ShownError):
    """A Chroma server that does not answer."""

    public = Reason("index_unreachable", text="The index cannot be reached. Ask again in a moment.")

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"The Chroma server at {url} does not answer: {reason}. Start it, or correct `store_url`.")


class DatabaseUnreachable(ShownError):
    """A PostgreSQL database that does not answer, or has no connection left. It may by the next question."""

    public = Reason("database_unreachable", text="The database cannot be reached. Ask again in a moment.")

    def __init__(self, database: str, reason: str) -> None:
        super().__init__(
            f"The database at {database} cannot be reached: {reason}. Start it, or correct `database_url`."
        )


class DatabaseUnusable(ShownError):
    """A PostgreSQL database that answers, and does not let us."""

    public = Reason(
        "database_unusable", text="The database cannot be used. Whoever runs Byline finds the reason in its log."
    )

    def __init__(self, database: str, reason: str) -> None:
        super().__init__(f"The database at {database} cannot be used: {reason}. Mend the cause, then try again.")


class DatabaseMismatch(ShownError):
    """Tables of another format."""

    plain = NOT_READ

    def __init__(self, database: str, later: bool) -> None:
        self.later = later
        made, remedy = ("a later", "Update Byline.") if later else ("an earlier", "Run `byline store migrate`.")
        super().__init__(f"{made.capitalize()} Byline made the tables in the database at {database}. {remedy}")


class WriterReplaced(ShownError):
    """A writer that lost its connection with the lock, so that another began to write."""

    def __init__(self, database: str) -> None:
        super().__init__(
            f"The connection to the database at {database} broke off, and another process began to write. What was "
            f"published is as it was; run the same command again."
        )


class DatabaseTaken(UsageError):
    def __init__(self, database: str) -> None:
        super().__init__(f"There is a store in the database at {database} already. Name an empty one.")


class CopyIncomplete(ShownError):
    def __init__(self, table: str) -> None:
        super().__init__(f"Not all rows of the table {table} were copied, so that none is kept. Run the command again.")


class StoreFollowing(ShownError):
    """A replica that has not yet made its own part of the index."""

    plain = NOT_READ

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The part of the index at {path} is being made from the database. With many articles that takes minutes. "
            f"Ask again later, or run `byline doctor --deep`, which waits for it."
        )


class FollowingBroken(ShownError):
    """A bug in what keeps a replica up to what is published."""

    def __init__(self) -> None:
        super().__init__("What others add to the index is not found here: following it broke. The log has the cause.")


class DatabaseUrlInvalid(UsageError):
    """The address is not repeated: it may have a password."""

    def __init__(self) -> None:
        super().__init__("`database_url` is no address of a database. Write it as postgresql://user@host:5432/name.")


class DatabaseDriverMissing(UsageError):
    def __init__(self) -> None:
        super().__init__(f"`database_url` needs Byline's extra `postgres`. Install it with {installing('postgres')}.")


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
    wording = "article_missing"

    def __init__(self, article_id: str) -> None:
        super().__init__(f"There is no article {article_id!r} here. `byline articles` lists them.", id=article_id)


class CollectionMissing(UsageError):
    wording = "collection_missing"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no collection {name!r} here. `byline collection list` lists them.", name=name)


class CollectionNameUnusable(UsageError):
    wording = "collection_name"

    def __init__(self, name: str, longest: int) -> None:
        super().__init__(
            f"The name {name!r} cannot be used for a collection. Take letters and digits of any script and spaces, "
            f"at most {longest} characters.",
            name=name,
            longest=longest,
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
    plain = NOT_READ

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"The embedding model {name!r} cannot be loaded: {reason}. Install it or name another.")


class EmbedderUnreachable(ShownError):
    """A service that gives no vectors."""

    plain = NOT_READ

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(
            f"The embedding service at {url} gives no vectors: {reason}. "
            "Start it, or correct `embedder_url` and its key."
        )


class EmbedderElsewhere(ShownError):
    """A service that has another embedding model than the index, or the same one at another precision."""

    plain = NOT_READ

    def __init__(self, url: str, has: str, needed: str) -> None:
        super().__init__(
            f"The embedding service at {url} has {has}, and {needed} is asked for. "
            "Start the service with that, or name what it has with `embedder` and make the index again."
        )


class EmbedderSettingUnused(UsageError):
    def __init__(self, name: str, setting: str) -> None:
        super().__init__(f"The embedding model {name} takes no `{setting}`. Leave it out, or name another `embedder`.")


class EmbedderNotSetUp(ShownError):
    """An embedding model of a provider whose package or key is missing."""

    plain = NOT_READ

    def __init__(self, name: str, reason: str, remedy: str) -> None:
        super().__init__(f"The embedding model {name} {reason}. {remedy}.")


class EmbedderFailed(ShownError):
    """An embedding model of a provider that was asked and gave no vectors."""

    plain = NOT_READ

    def __init__(self, name: str, reason: str, remedy: str) -> None:
        super().__init__(f"The embedding model {name} {reason}. {remedy}.")


class RayMissing(UsageError):
    def __init__(self) -> None:
        super().__init__(f"Ray is not installed here. Install it with {installing('ray')}, or leave out `--ray`.")


class ClusterUnreachable(ShownError):
    """A Ray cluster that cannot be used."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(
            f"The Ray cluster {address!r} cannot be used: {reason}. "
            "Start it with `ray start --head`, correct the address, or say `--ray local`."
        )


class ClusterFailed(ShownError):
    """A cluster that gave up a part of the work, though it tried it again."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The Ray cluster could not end its work: {reason}. "
            "What was published stays. Run the same command again, and it goes on from there."
        )


class PrecisionMissing(UsageError):
    def __init__(self, name: str, asked: str, known: str) -> None:
        super().__init__(f"The embedding model {name!r} has no {asked}. Ask for {known}, or leave the precision open.")


class RerankerMissing(ShownError):
    plain = NOT_READ

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"The reranker {name!r} cannot be loaded: {reason}. Name another cross-encoder or its folder, or none."
        )


class RerankerFailed(ShownError):
    """A service that gives no scores. The search's own order does not stand in for it: refusals depend on scores."""

    plain = NOT_READ

    def __init__(self, name: str, reason: str, remedy: str) -> None:
        super().__init__(f"The reranker {name} gives no scores: {reason}. {remedy}, or leave `reranker` out.")
