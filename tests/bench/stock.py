"""What stock LangChain programs do: embeddings by sentence-transformers, a Chroma collection, and a chain over them.

The chain is the ordinary one: texts cut by the recursive splitter, the four nearest passages put into one prompt that
asks for citations and for "I don't know", the words streamed. It has the model that Byline has: served by
llama-cpp-python as that comes, or by Byline's own engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from index import Article
from index.embed import minilm_folder

if TYPE_CHECKING:
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_core.language_models.chat_models import BaseChatModel
    from langchain_core.messages import BaseMessage

PASSAGES = 4
SIZE, OVERLAP = 1_000, 200  # characters of a passage, and those that it shares with the one before
SYSTEM = (
    "Answer the question using only the passages below. Cite the passages that you use by their numbers, like [1]. "
    "If the passages do not answer the question, say that you don't know."
)
REQUEST = "Passages:\n\n{passages}\n\nQuestion: {question}"


class StockChain:
    """Answers questions about articles as a stock program does. A collection is in memory, and gone when closed."""

    def __init__(self, articles: Sequence[Article], embeddings: Any, chat: BaseChatModel) -> None:
        self._articles = {each.id: each for each in articles}
        self._chat = chat
        self._chroma = _filled(articles, embeddings)

    def close(self) -> None:
        self._chroma.delete_collection()

    def ask(self, question: str) -> dict[str, Any]:
        """Its words, the prompt for them as messages, the passages in it, and the seconds at which they came."""
        from langchain_core.output_parsers import StrOutputParser

        began, seconds = perf_counter(), {}
        found = self._chroma.similarity_search(question, k=PASSAGES)
        seconds["evidence"] = perf_counter() - began
        messages, words = self._messages(question, found), []
        for piece in filter(None, (self._chat | StrOutputParser()).stream(messages)):
            seconds.setdefault("first_token", perf_counter() - began)
            words.append(piece)
        seconds["total"] = perf_counter() - began
        given = [_quoted(each) for each in found]
        return {"words": "".join(words), "messages": messages, "given": given, "seconds": seconds}

    def _messages(self, question: str, found: Sequence[Document]) -> list[BaseMessage]:
        from langchain_core.prompts import ChatPromptTemplate

        passages = "\n\n".join(
            f"[{number}] {self._articles[each.metadata['article_id']].title}\n{each.page_content}"
            for number, each in enumerate(found, 1)
        )
        prompt = ChatPromptTemplate.from_messages([("system", SYSTEM), ("human", REQUEST)])
        return prompt.format_messages(passages=passages, question=question)


class Given(NamedTuple):
    """A passage that a stock chain gives its model: `article.text[start:end]`."""

    article_id: str
    start: int
    end: int


class Passages:
    """The passages that a stock chain would give its model."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._chroma = _filled(articles, stock_embeddings())

    def near(self, question: str) -> list[Given]:
        found = map(_quoted, self._chroma.similarity_search(question, k=PASSAGES))
        return [Given(each["article_id"], each["start"], each["end"]) for each in found]

    def close(self) -> None:
        self._chroma.delete_collection()


def _filled(articles: Sequence[Article], embeddings: Any) -> Chroma:
    """A collection in memory with the passages of the articles."""
    chroma = collection(f"stock-{uuid4().hex}", embeddings)
    chroma.add_documents(_documents(articles))
    return chroma


def _documents(articles: Sequence[Article]) -> list[Document]:
    from langchain_core.documents import Document
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=SIZE, chunk_overlap=OVERLAP, add_start_index=True)
    return splitter.split_documents([Document(each.text, metadata={"article_id": each.id}) for each in articles])


def _quoted(document: Document) -> dict[str, Any]:
    start = document.metadata["start_index"]
    return {
        "article_id": document.metadata["article_id"],
        "start": start,
        "end": start + len(document.page_content),
        "quote": document.page_content,
    }


def collection(name: str, embeddings: Any, folder: Path | None = None) -> Chroma:
    """A new collection in a folder; in memory without one."""
    from index.quiet import quiet

    quiet()
    from langchain_chroma import Chroma

    return Chroma(name, embeddings, persist_directory=str(folder) if folder else None)


def stock_embeddings() -> Any:
    """What langchain-huggingface makes of a model; that package wants an older huggingface-hub than Byline has."""
    from langchain_core.embeddings import Embeddings
    from sentence_transformers import SentenceTransformer

    class Stock(Embeddings):
        def __init__(self) -> None:
            self.model = SentenceTransformer(str(minilm_folder()), device="cpu", model_kwargs={"dtype": "float32"})
            self.embed_query("so that the model is loaded")

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            found: list[list[float]] = self.model.encode(texts, normalize_embeddings=True).tolist()
            return found

        def embed_query(self, text: str) -> list[float]:
            return self.embed_documents([text])[0]

    return Stock()
