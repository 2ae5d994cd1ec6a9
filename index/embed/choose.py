"""An embedder by its name, at the precision that is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from index.embed.e5 import E5
from index.embed.embedder import Precision
from index.embed.minilm import MiniLM
from index.embed.provider import ProviderEmbedder
from index.embed.providers import provided
from index.embed.remote import RemoteEmbedder
from index.embed.sentence_model import SentenceEmbedder

if TYPE_CHECKING:
    from index.embed.embedder import Embedder


def named(name: str, precision: Precision | None = None, url: str | None = None, key: str | None = None) -> Embedder:
    """MiniLM that comes along, multilingual-e5-small, a model of a provider by LangChain's name for it, or a model or
    folder of sentence-transformers. A service at a `url` runs it, where there is one.

    Without a precision it takes that of the store it is used with, or for a new one what the processor is quick at.
    Raises EmbedderSettingUnused, PrecisionMissing.
    """
    if provided(name):
        return ProviderEmbedder(name, precision, url, key)
    if url:
        return RemoteEmbedder(name, url, key, precision)
    if name == E5.name:
        return E5(precision)
    return MiniLM(precision) if name == MiniLM.name else SentenceEmbedder(name, precision)


def as_recorded(embedder: Embedder, precision: str) -> Embedder:
    """The embedder at the precision that a store records, where whoever made it left that open."""
    if isinstance(embedder, MiniLM | E5 | SentenceEmbedder | RemoteEmbedder):
        return embedder.at(cast("Precision", precision))
    return embedder
