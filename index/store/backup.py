"""A backup: one ZIP file with the ledger and what it should be. All else in a store is made again from the ledger."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import IO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from index.errors import BackupThere, BackupUnreadable, BackupUnwritable, StoreDamaged, StoreUnwritable
from index.store.catalogue import INDEX as CATALOGUE
from index.store.causes import in_words
from index.store.database import readable
from index.store.ledger import Ledger
from index.store.migrate import migrate
from index.store.schema import FORMAT, SCHEMA

LABEL, LEDGER = "byline.json", "ledger.sqlite"  # the two members; no other is looked at
LONGEST_LABEL = 10_000  # bytes
BLOCK = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Backup:
    """The contents of a backup."""

    format: int
    articles: int
    taken: str  # ISO 8601, UTC
    size: int  # bytes of the ledger
    sha256: str


def back_up(ledger: Ledger, file: Path, force: bool = False) -> Backup:
    """Writes the ledger to a file: complete or not at all, also while others read and write it.

    Raises BackupThere where there is such a file, unless `force`; BackupUnwritable.
    """
    if file.exists() and not force:
        raise BackupThere(file)
    with _failing(file), _beside(file) as folder:
        articles = snapshot(ledger, folder)
        label = Backup(FORMAT, articles, datetime.now(UTC).isoformat(timespec="seconds"), *_measured(folder / LEDGER))
        _pack(folder, label)
        if file.exists() and not force:
            raise BackupThere(file)
        (folder / "packed").replace(file)
    return label


def unpack(file: Path, folder: Path) -> Ledger:
    """The ledger of a backup in a folder, checked and of this format.

    Raises BackupUnreadable where the file is none of Byline's or no longer whole. Raises StoreMismatch where a later
    Byline made it.
    """
    with _refusing(file):
        with _opened(file) as raw, ZipFile(raw) as packed:
            label = _label(packed)
            if label.format > FORMAT:
                readable(file, label.format)
            with packed.open(LEDGER) as source, (folder / LEDGER).open("wb") as target:
                _copy_checked(source, target, label)
        _inspect(folder / LEDGER)
        migrate(folder / LEDGER)
        _compare_tables(folder / LEDGER)
    return Ledger(folder)


def replace(ledger: Ledger, by: Ledger) -> None:
    """Puts another ledger in the place of one in one moment; whoever has it open reads the new one from then on."""
    if not ledger.exists():
        _whole(by).close()
        by.path.replace(ledger.path)
        return
    try:
        with closing(_whole(by)) as source, closing(sqlite3.connect(ledger.path, timeout=30)) as target:
            source.backup(target)
    except sqlite3.OperationalError as error:
        raise StoreUnwritable(ledger.folder, str(error)) from error
    except sqlite3.DatabaseError:  # the one that is there is damaged, so that there is nothing to write into
        for file in ledger.folder.glob(f"{ledger.path.name}-*"):
            file.unlink()
        by.path.replace(ledger.path)


def snapshot(ledger: Ledger, folder: Path) -> int:
    """Makes `folder` a ledger by itself, of what is staged or published; gives the number of its articles."""
    ledger.copy_to(folder / LEDGER)
    copy = Ledger(folder)
    copy.detach()
    copy.drop(CATALOGUE)
    articles = len(copy)
    _whole(copy).close()
    return articles


def _whole(ledger: Ledger) -> sqlite3.Connection:
    """A connection to a ledger that is all in one file from here on."""
    ledger.close()
    connection = sqlite3.connect(ledger.path)
    connection.execute("PRAGMA journal_mode = DELETE")
    return connection


def _measured(path: Path) -> tuple[int, str]:
    with path.open("rb") as source:
        return path.stat().st_size, hashlib.file_digest(source, "sha256").hexdigest()


def _pack(folder: Path, label: Backup) -> None:
    with (folder / "packed").open("wb") as target:
        with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=1) as packed:
            packed.writestr(LABEL, json.dumps(asdict(label)))
            packed.write(folder / LEDGER, LEDGER)
        target.flush()
        os.fsync(target.fileno())


def _label(packed: ZipFile) -> Backup:
    with packed.open(LABEL) as source:
        values = json.loads(source.read(LONGEST_LABEL))
    return Backup(
        int(values["format"]),
        int(values["articles"]),
        str(values["taken"]),
        int(values["size"]),
        str(values["sha256"]),
    )


def _copy_checked(source: IO[bytes], target: IO[bytes], label: Backup) -> None:
    hashed, size = hashlib.sha256(), 0
    while block := source.read(BLOCK):
        hashed.update(block)
        size += len(block)
        if size > label.size:
            raise ValueError("it holds more than it says")
        target.write(block)
    if (size, hashed.hexdigest()) != (label.size, label.sha256):
        raise ValueError("its checksum is not that of what it holds")


def _inspect(path: Path) -> None:
    """Refuses what is no sound database, before anything else is asked of it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA trusted_schema = OFF")
        if connection.execute("SELECT count(*) FROM sqlite_schema WHERE type IN ('trigger', 'view')").fetchone()[0]:
            raise ValueError("it holds what no ledger does")
        if connection.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
            raise ValueError("its ledger is damaged")


def _compare_tables(path: Path) -> None:
    """Refuses a database with other tables or columns than a ledger of this format."""
    with closing(sqlite3.connect(path)) as given, closing(sqlite3.connect(":memory:")) as fresh:
        fresh.executescript(SCHEMA)
        if _tables(given) != _tables(fresh):
            raise ValueError("it holds what no ledger does")


def _tables(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    """The definitions of the tables and indexes, without comments."""
    rows = connection.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY 1, 2").fetchall()
    return [(kind, name, " ".join(re.sub(r"--.*", "", sql or "").split())) for kind, name, sql in rows]


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """A folder for what is not done yet, on the disk of the file, gone at the end."""
    folder = Path(mkdtemp(prefix=".byline-", dir=file.parent))
    try:
        yield folder
    finally:
        rmtree(folder, ignore_errors=True)


@contextmanager
def _failing(file: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, StoreUnwritable) as error:
        raise BackupUnwritable(file, in_words(error.__cause__ or error)) from error


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    try:
        raw = file.open("rb")
    except OSError as error:
        raise BackupUnreadable(file, in_words(error)) from error
    with raw:
        yield raw


@contextmanager
def _refusing(file: Path) -> Iterator[None]:
    try:
        yield
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise BackupUnreadable(file, f"it is no backup, or not a whole one ({error})") from error
    except (KeyError, TypeError) as error:
        raise BackupUnreadable(file, "it is none of Byline's") from error
    except (ValueError, StoreDamaged, sqlite3.DatabaseError) as error:
        raise BackupUnreadable(file, str(error)) from error
