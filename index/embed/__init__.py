"""Text to vectors whose dot product is their cosine. The names are loaded when they are first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index.embed.choose import as_recorded as as_recorded
    from index.embed.choose import named as named
    from index.embed.embedder import Embedder as Embedder
    from index.embed.embedder import Precision as Precision
    from index.embed.embedder import Vectors as Vectors
    from index.embed.minilm import MiniLM as MiniLM
    from index.embed.minilm import minilm_folder as minilm_folder
    from index.embed.minilm import session as session
    from index.embed.network import classifier as classifier
    from index.embed.processor import cores as cores
    from index.embed.processor import multiplies_bytes as multiplies_bytes
    from index.embed.provider import ProviderEmbedder as ProviderEmbedder
    from index.embed.providers import provided as provided
    from index.embed.remote import RemoteEmbedder as RemoteEmbedder
    from index.embed.sentence_model import SentenceEmbedder as SentenceEmbedder

_HOME = {
    "Embedder": "index.embed.embedder",
    "MiniLM": "index.embed.minilm",
    "Precision": "index.embed.embedder",
    "ProviderEmbedder": "index.embed.provider",
    "RemoteEmbedder": "index.embed.remote",
    "SentenceEmbedder": "index.embed.sentence_model",
    "as_recorded": "index.embed.choose",
    "classifier": "index.embed.network",
    "cores": "index.embed.processor",
    "minilm_folder": "index.embed.minilm",
    "multiplies_bytes": "index.embed.processor",
    "named": "index.embed.choose",
    "provided": "index.embed.providers",
    "session": "index.embed.minilm",
}

__all__ = sorted(_HOME)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
