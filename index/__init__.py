"""Article -> passage -> store -> hit. The names are loaded when they are first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index.embed import Embedder as Embedder
    from index.embed import MiniLM as MiniLM
    from index.embed import SentenceEmbedder as SentenceEmbedder
    from index.errors import ArticleMissing as ArticleMissing
    from index.errors import BackupThere as BackupThere
    from index.errors import BackupUnreadable as BackupUnreadable
    from index.errors import BackupUnwritable as BackupUnwritable
    from index.errors import CollectionMissing as CollectionMissing
    from index.errors import CollectionNameUnusable as CollectionNameUnusable
    from index.errors import EmbedderMissing as EmbedderMissing
    from index.errors import NotCollected as NotCollected
    from index.errors import RerankerMissing as RerankerMissing
    from index.errors import RuleUnusable as RuleUnusable
    from index.errors import ShownError as ShownError
    from index.errors import SourceMissing as SourceMissing
    from index.errors import StoreBusy as StoreBusy
    from index.errors import StoreDamaged as StoreDamaged
    from index.errors import StoreMismatch as StoreMismatch
    from index.errors import StoreMissing as StoreMissing
    from index.errors import StoreThere as StoreThere
    from index.errors import StoreUnreachable as StoreUnreachable
    from index.errors import StoreUnwritable as StoreUnwritable
    from index.errors import Unreadable as Unreadable
    from index.errors import UsageError as UsageError
    from index.fingerprint import version as version
    from index.index import Index as Index
    from index.store.backup import Backup as Backup
    from index.store.examine import StoreFinding as StoreFinding
    from index.types import Article as Article
    from index.types import ArticleCollection as ArticleCollection
    from index.types import Change as Change
    from index.types import Effect as Effect
    from index.types import Failure as Failure
    from index.types import Filters as Filters
    from index.types import Hit as Hit
    from index.types import Hits as Hits
    from index.types import IndexReport as IndexReport
    from index.types import Inventory as Inventory
    from index.types import Kind as Kind
    from index.types import Listed as Listed
    from index.types import Listing as Listing
    from index.types import Outcome as Outcome
    from index.types import Passage as Passage
    from index.types import Position as Position
    from index.types import Reading as Reading
    from index.types import Republication as Republication
    from index.types import Revision as Revision
    from index.types import Snapshot as Snapshot
    from index.types import Sought as Sought
    from index.types import Source as Source
    from index.types import Span as Span
    from index.types import Stamp as Stamp
    from index.types import Understood as Understood
    from index.types import Visit as Visit
    from index.types import Walk as Walk

_HOMES = {
    "index.embed": ("Embedder", "MiniLM", "SentenceEmbedder"),
    "index.errors": (
        "ArticleMissing",
        "CollectionMissing",
        "CollectionNameUnusable",
        "EmbedderMissing",
        "NotCollected",
        "BackupThere",
        "BackupUnreadable",
        "BackupUnwritable",
        "RerankerMissing",
        "RuleUnusable",
        "ShownError",
        "SourceMissing",
        "StoreBusy",
        "StoreDamaged",
        "StoreMismatch",
        "StoreMissing",
        "StoreThere",
        "StoreUnreachable",
        "StoreUnwritable",
        "Unreadable",
        "UsageError",
    ),
    "index.index": ("Index",),
    "index.store.backup": ("Backup",),
    "index.store.examine": ("StoreFinding",),
    "index.types": (
        "Article",
        "ArticleCollection",
        "Change",
        "Effect",
        "Failure",
        "Filters",
        "Hit",
        "Hits",
        "IndexReport",
        "Inventory",
        "Kind",
        "Listed",
        "Listing",
        "Outcome",
        "Passage",
        "Position",
        "Reading",
        "Republication",
        "Revision",
        "Snapshot",
        "Sought",
        "Source",
        "Span",
        "Stamp",
        "Understood",
        "Visit",
        "Walk",
    ),
    "index.fingerprint": ("version",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
