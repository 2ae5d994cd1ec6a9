"""From one format of the ledger to the next."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from index.errors import LedgerDamaged, StoreUnwritable
from index.fingerprint import digest
from index.store.database import readable
from index.store.rows import article_of
from index.store.schema import COLLECTIONS, SCHEMA
from index.text.copies import bands

# What each format needs to become the next. The vectors stay as they are; the followers are made again from them.
_TO_2 = f"""
DROP INDEX article_id;
DROP INDEX article_born;
DROP INDEX article_died;
DROP INDEX article_outlet;
DROP INDEX article_author;
DROP INDEX article_kind;
DROP INDEX article_language;
DROP INDEX passage_article;
ALTER TABLE setting RENAME TO setting_1;
ALTER TABLE published RENAME TO published_1;
ALTER TABLE article RENAME TO article_1;
ALTER TABLE passage RENAME TO passage_1;
DROP TABLE follower;
{SCHEMA}
INSERT INTO setting SELECT name, value FROM setting_1 WHERE name = 'store';
INSERT INTO edition
    SELECT 1,
        max(CASE name WHEN 'embedder' THEN value END),
        max(CASE name WHEN 'dimension' THEN value END),
        max(CASE name WHEN 'chunk' THEN value END),
        'float32'
    FROM setting_1;
INSERT INTO published SELECT generation, 1, '', '' FROM published_1;
INSERT INTO article (
    number, born, died, digest, version, day, id, title, url, author, outlet, published, modified, as_of, kind,
    language, fetched, sources, text
)
    SELECT number, born, died,
        digest_now(
            id, title, url, author, outlet, published, modified, as_of, kind, NULL, language, fetched, sources, text
        ),
        version, day, id, title, url, author, outlet, published, modified, as_of, kind,
        language, fetched, sources, text
    FROM article_1;
INSERT INTO passage (key, article, edition, start, end, text, vector)
    SELECT key, article, 1, start, end, text, vector FROM passage_1;
INSERT OR IGNORE INTO band
    SELECT value, number FROM article_1, json_each(bands_now(text)) WHERE coalesce(outlet, '') != '' AND died IS NULL;
DROP TABLE setting_1;
DROP TABLE published_1;
DROP TABLE article_1;
DROP TABLE passage_1;
"""
STEPS: Mapping[int, str] = {1: _TO_2, 2: COLLECTIONS}


def migrate(path: Path) -> None:
    """Brings a ledger to this format, in one transaction: after a crash it is as before. Within `writing` only.

    Raises StoreMismatch where it is of a later format.
    """
    if not path.is_file():
        return
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=30)
    try:
        connection.create_function("digest_now", -1, lambda *row: digest(article_of(row)), deterministic=True)
        connection.create_function("bands_now", 1, lambda text: json.dumps(bands(text)), deterministic=True)
        while (stored := int(connection.execute("PRAGMA user_version").fetchone()[0])) in STEPS:
            script = f"BEGIN IMMEDIATE; {STEPS[stored]} PRAGMA user_version = {stored + 1}; COMMIT;"
            connection.executescript(script)
    except sqlite3.OperationalError as error:
        raise StoreUnwritable(path.parent, str(error)) from error
    except sqlite3.DatabaseError as error:
        raise LedgerDamaged(path.parent, str(error)) from error
    finally:
        connection.close()
    readable(path.parent, stored)
