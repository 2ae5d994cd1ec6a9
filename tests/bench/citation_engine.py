"""LlamaIndex's CitationQueryEngine as its documentation has it, over passages in memory.

LlamaIndex is no dependency of Byline. Without it `installed` is false, and `INSTALL` says what to do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from index import Article
from tests.bench.stock import PASSAGES

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

INSTALL = "LlamaIndex is not installed. Install it with `pip install llama-index-core`, in an environment of its own."
CONTEXT = 32_000  # tokens: all sources fit into one prompt, as with a hosted model
_HEAD = re.compile(r"Source \d+:\n")


def installed() -> bool:
    return find_spec("llama_index") is not None


class CitationEngine:
    """Answers questions about articles with numbered sources."""

    def __init__(self, articles: Sequence[Article], embeddings: Embeddings, reply: Callable[[str], str]) -> None:
        core, engines = import_module("llama_index.core"), import_module("llama_index.core.query_engine")
        documents = [core.Document(text=each.text, id_=each.id, metadata={"title": each.title}) for each in articles]
        index = core.VectorStoreIndex.from_documents(documents, embed_model=_embedding(embeddings))
        self._engine = engines.CitationQueryEngine.from_args(index, llm=_model(reply), similarity_top_k=PASSAGES)

    def ask(self, question: str) -> dict[str, Any]:
        """Its words, and the sources that they cite by number."""
        response = self._engine.query(question)
        return {"words": str(response), "given": [_given(each.node) for each in response.source_nodes]}


def _given(node: Any) -> dict[str, Any]:
    return {"article_id": node.ref_doc_id, "characters": len(_HEAD.sub("", node.get_content(), count=1).strip())}


def _embedding(embeddings: Embeddings) -> Any:
    """An embedder of LangChain as one of LlamaIndex."""
    base: Any = import_module("llama_index.core.embeddings").BaseEmbedding

    async def aget(_: Any, text: str) -> list[float]:
        return embeddings.embed_query(text)

    def several(_: Any, texts: list[str]) -> list[list[float]]:
        return embeddings.embed_documents(texts)

    methods = {
        "_get_query_embedding": lambda _, text: embeddings.embed_query(text),
        "_get_text_embedding": lambda _, text: embeddings.embed_query(text),
        "_get_text_embeddings": several,
        "_aget_query_embedding": aget,
    }
    return type("Embedding", (base,), methods)()


def _model(reply: Callable[[str], str]) -> Any:
    """A function of a prompt as a model of LlamaIndex."""
    llms: Any = import_module("llama_index.core.llms")

    def complete(_: Any, prompt: str, formatted: bool = False, **__: Any) -> Any:
        del formatted
        return llms.CompletionResponse(text=reply(prompt))

    def stream(_: Any, prompt: str, formatted: bool = False, **__: Any) -> Any:
        del formatted
        return iter([llms.CompletionResponse(text=(said := reply(prompt)), delta=said)])

    metadata = property(lambda _: llms.LLMMetadata(context_window=CONTEXT))
    return type("Model", (llms.CustomLLM,), {"complete": complete, "stream_complete": stream, "metadata": metadata})()
