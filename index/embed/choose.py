"""An embedder by its name, at the precision that is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from index.embed.e5 import E5
from index.embed.embedder import Precision
from index.embed.minilm import MiniLM
from index.embed.sentence_model import SentenceEmbedder

if TYPE_CHECKING:
    from index.embed.embedder import Embedder


def named(name: str, precision: Precision | None = None) -> Embedder:
    """MiniLM that comes along, multilingual-e5-small, or a model or folder of sentence-transformers.

    Without a precision it takes that of the store it is used with, or for a new one what the processor is quick at.
    """
    if name == E5.name:
        return E5(precision)
    return MiniLM(precision) if name == MiniLM.name else SentenceEmbedder(name, precision)


def as_recorded(embedder: Embedder, precision: str) -> Embedder:
    """The embedder at the precision that a store records, where whoever made it left that open."""
    if isinstance(embedder, MiniLM | E5 | SentenceEmbedder):
        return embedder.at(cast("Precision", precision))
    return embedder
