"""The tables of the ledger."""

from __future__ import annotations

# 1: articles and passages. 2: also sections, sources, revisions and copies; and the word index has the field `article`,
# so it is to be made again. 3: also collections.
FORMAT = 3
READABLE = 2  # the oldest format that is read as it is: it has no collections

# In PostgreSQL, where `index.migrations` makes the tables: their schema, and the format with those before it.
SCHEMA_NAME = "byline_index"
REVISIONS = ("0001",)
REVISION = REVISIONS[-1]

COLLECTIONS = """
CREATE TABLE IF NOT EXISTS collection (
    key TEXT PRIMARY KEY,      -- its name as names are compared: see index.store.collections
    name TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS collected (  -- an article that was put in, by the id that it keeps when it is taken in again
    collection TEXT NOT NULL,
    article_id TEXT NOT NULL,
    PRIMARY KEY (collection, article_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS collected_article ON collected (article_id);
CREATE TABLE IF NOT EXISTS collecting (  -- a rule that takes articles, also later ones
    collection TEXT NOT NULL,
    rule TEXT NOT NULL,        -- JSON: filters
    PRIMARY KEY (collection, rule)
) WITHOUT ROWID;
"""

SCHEMA = f"""
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE edition (         -- what passages and vectors were made with
    number INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice: followers may still hold an abandoned one
    embedder TEXT NOT NULL,
    dimension INTEGER NOT NULL,
    chunk INTEGER NOT NULL,
    precision TEXT NOT NULL
);
CREATE TABLE published (       -- one row: what readers see
    generation INTEGER NOT NULL,
    edition INTEGER NOT NULL,
    vectors TEXT NOT NULL,
    words TEXT NOT NULL
);
CREATE TABLE follower (
    name TEXT PRIMARY KEY,
    edition INTEGER NOT NULL,
    reached INTEGER NOT NULL,  -- holds every passage born until then
    swept INTEGER NOT NULL,    -- holds no passage that died until then
    whole INTEGER NOT NULL,    -- 0 from before it is written until after
    removed INTEGER NOT NULL   -- passages that were taken out of it since it was empty
);
CREATE TABLE article (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    born INTEGER NOT NULL,
    died INTEGER,
    digest TEXT NOT NULL,
    version TEXT NOT NULL,
    day INTEGER,
    copy_of TEXT,              -- the id of the article whose text this one repeats; such a one has no passages
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    url TEXT,
    author TEXT,
    outlet TEXT,
    published TEXT,
    modified TEXT,
    as_of TEXT,
    kind TEXT,
    section TEXT,
    language TEXT,
    fetched TEXT,
    sources TEXT NOT NULL,
    text TEXT NOT NULL         -- last: a list of articles does not read it
);
CREATE INDEX article_id ON article (id);
CREATE INDEX article_copy_of ON article (copy_of) WHERE copy_of IS NOT NULL;
CREATE INDEX article_republished ON article (outlet) WHERE copy_of IS NOT NULL;
CREATE INDEX article_born ON article (born, died);
CREATE INDEX article_died ON article (died) WHERE died IS NOT NULL;
CREATE INDEX article_outlet ON article (outlet);
CREATE INDEX article_author ON article (author);
CREATE INDEX article_kind ON article (kind);
CREATE INDEX article_language ON article (language);
CREATE TABLE passage (
    key INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice: followers may still hold a dead one
    article INTEGER NOT NULL,
    edition INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    text TEXT NOT NULL,        -- a copy, so that a hit does not read the whole article
    vector BLOB NOT NULL       -- float16, little-endian
);
CREATE INDEX passage_article ON passage (article);
CREATE TABLE band (            -- by which an article's copies are found: see index.text.copies
    hash INTEGER NOT NULL,
    article INTEGER NOT NULL,  -- its number; never that of a copy
    PRIMARY KEY (hash, article)
) WITHOUT ROWID;
CREATE INDEX band_article ON band (article);
CREATE TABLE revision (        -- a change of an article that was known
    article_id TEXT NOT NULL,
    generation INTEGER NOT NULL,  -- that brought it; readers see those that are published
    at TEXT NOT NULL,          -- when it was taken in, UTC
    before TEXT NOT NULL,      -- the version of the text
    after TEXT NOT NULL,
    changes TEXT NOT NULL,     -- JSON: facts, gone, come
    PRIMARY KEY (article_id, generation)
) WITHOUT ROWID;
CREATE TABLE source (          -- a file or an address that articles came from, as it was at the last visit
    name TEXT PRIMARY KEY,
    size INTEGER,
    touched INTEGER,
    hash TEXT,
    etag TEXT,
    last_modified TEXT
) WITHOUT ROWID;
CREATE TABLE found (           -- in what a source was found: a folder, a feed, a sitemap, or itself
    root TEXT NOT NULL,
    source TEXT NOT NULL,
    run INTEGER NOT NULL,      -- the last run that found it there
    PRIMARY KEY (root, source)
) WITHOUT ROWID;
CREATE INDEX found_source ON found (source);
CREATE TABLE holding (         -- which articles a source gave
    source TEXT NOT NULL,
    article_id TEXT NOT NULL,
    given INTEGER NOT NULL,    -- 0: once, and no longer
    PRIMARY KEY (source, article_id)
) WITHOUT ROWID;
CREATE INDEX holding_article ON holding (article_id);
{COLLECTIONS}
"""
