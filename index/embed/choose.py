"""An embedder by its name, at the precision that is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from index.embed.embedder import Precision
from index.embed.minilm import MiniLM
from index.embed.sentence_model import SentenceEmbedder

if TYPE_CHECKING:
    from index.embed.embedder import Embedder


def named(name: str, precision: Precision | None = None) -> Embedder:
    """MiniLM that comes along, or a model or folder of sentence-transformers.

    Without a precision it takes that of the store it is used with, or for a new one what the processor is quick at.
    """
    return MiniLM(precision) if name == MiniLM.name else SentenceEmbedder(name, precision)


def as_recorded(embedder: Embedder, precision: str) -> Embedder:
    """The embedder at the precision that a store records, where whoever made it left that open."""
    if isinstance(embedder, MiniLM | SentenceEmbedder):
        return embedder.at(cast("Precision", precision))
    return embedder
