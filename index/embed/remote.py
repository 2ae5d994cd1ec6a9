"""An embedding model that a service runs: `byline model serve`, or another with OpenAI's form of `/v1/embeddings`."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, get_args

from index.embed.e5 import E5, PREFIX, centred
from index.embed.e5 import tokenizer as e5_tokenizer
from index.embed.embedder import Precision
from index.embed.minilm import MiniLM, minilm_folder
from index.embed.minilm import tokenizer as minilm_tokenizer
from index.errors import EmbedderElsewhere, EmbedderUnreachable
from index.remote import LONGEST, RemoteService, ServiceFailed
from index.text.surrogates import without_surrogates

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from index.embed.embedder import Vectors

OURS = "byline"  # as what a service of Byline names the owner of its models
KNOWN: dict[str, type[MiniLM] | type[E5]] = {MiniLM.name: MiniLM, E5.name: E5}
TOKENIZERS: dict[str, Callable[[], Tokenizer]] = {
    MiniLM.name: lambda: minilm_tokenizer(minilm_folder()),
    E5.name: e5_tokenizer,
}
BATCH = 64  # texts of a request
AT_ONCE = 4  # requests, so that the service has the next one while a reply is on its way
LIMIT = 254  # word pieces that are read where nobody says how many; nearly all models read as many
SPECIAL = 2  # pieces at the ends of a text
ROUNDING = 1e-5  # by which a vector of length 1 may miss it
BYTES = 3  # of a word piece: few for English, a Chinese character


class RemoteEmbedder:
    """Opens no connection before it is needed. Everything raises EmbedderUnreachable and EmbedderElsewhere."""

    def __init__(self, name: str, url: str, key: str | None = None, precision: Precision | None = None) -> None:
        """Without a precision it takes what the service computes in."""
        self.name = name
        self._service = RemoteService(url, key)
        self._key = key
        self._asked = precision
        self._recorded: Precision | None = None

    def at(self, precision: Precision) -> RemoteEmbedder:
        """For a store of that precision, or itself where one was asked for."""
        if self._asked:
            return self
        found = RemoteEmbedder(self.name, self._service.url, self._key)
        found._service, found._recorded = self._service, precision
        return found

    def __reduce__(self) -> tuple[type[RemoteEmbedder], tuple[str, str, str | None, Precision]]:
        """Another process opens connections of its own."""
        return RemoteEmbedder, (self.name, self._service.url, self._key, self.precision)

    @property
    def precision(self) -> Precision:
        return self._asked or self._recorded or self._told_precision or "float32"

    @property
    def dimension(self) -> int:
        return self._told_dimension or self._measured

    @property
    def limit(self) -> int:
        if known := KNOWN.get(self.name):
            return known.limit
        told = self._description.get("limit") or (self._description.get("max_model_len") or 0) - SPECIAL
        return int(told) if told > 0 else LIMIT

    @property
    def languages(self) -> frozenset[str] | None:
        known = KNOWN.get(self.name)
        return known.languages if known else None

    def offered(self) -> bool:
        """Whether the service says that it has this model."""
        return any(each.get("id") == self.name for each in self._models)

    def embed(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        self._check()
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        vectors = np.concatenate(self._in_batches(self._vectors, texts, BATCH))
        told, found = self._told_dimension, vectors.shape[1]
        if told and told != found:
            raise EmbedderElsewhere(self._service.url, f"vectors of {found} numbers", f"one of {told} of {self.name}")
        return vectors

    def count(self, texts: Sequence[str]) -> list[int]:
        """By the model's tokenizer, where Byline has it or the service tells; else a third of a text's bytes."""
        if self.name in TOKENIZERS:
            read = _tokenizer(self.name).encode_batch(
                [without_surrogates(each) for each in texts], add_special_tokens=False
            )
            return [len(each.ids) for each in read]
        if self._tokenizes:
            return self._in_batches(self._pieces, texts, 1)
        return [pieces_at_most(text) for text in texts]

    def _in_batches(self, ask: Callable[[Sequence[str]], Any], texts: Sequence[str], size: int) -> list[Any]:
        batches = [texts[start : start + size] for start in range(0, len(texts), size)]
        if len(batches) == 1:
            return [ask(batches[0])]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(ask, batches))

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        """(n, dim), of length 1"""
        import numpy as np

        plain = self.name == E5.name and not self._ours  # the model alone, without what `E5` does around it
        read = [PREFIX * plain + without_surrogates(each) for each in texts]
        reply = self._post("/v1/embeddings", {"model": self.name, "input": read, "encoding_format": "base64"})
        try:
            self._check_precision(reply.get("precision"))  # the service may have been started anew with another one
            rows = sorted(reply["data"], key=lambda row: int(row["index"]))
            vectors = np.vstack([_numbers(row["embedding"]) for row in rows])
            lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise EmbedderUnreachable(self._service.url, "its reply has another form than OpenAI's") from error
        if len(vectors) != len(texts) or not np.isfinite(lengths).all() or not lengths.all():
            raise EmbedderUnreachable(
                self._service.url, f"{len(texts)} texts gave {len(vectors)} vectors, or empty ones"
            )
        if np.abs(lengths - 1).max() > ROUNDING:  # else it stays to the bit what the model gave
            vectors = np.asarray(vectors / lengths, dtype=np.float32)
        return centred(texts, vectors) if plain else vectors

    def _check(self) -> None:
        """The service has the model at the precision of the index, as far as it says so."""
        if self._models and not self.offered():
            names = ", ".join(str(each["id"]) for each in self._models)
            self._forget()
            raise EmbedderElsewhere(self._service.url, names, self.name)
        self._check_precision(self._told_precision)

    def _check_precision(self, told: object) -> None:
        if told in get_args(Precision) and told != self.precision:
            made = self.precision
            self._forget()
            raise EmbedderElsewhere(
                self._service.url, f"{self.name} in {told}", f"{made}, in which the index was made,"
            )

    def _forget(self) -> None:
        """The list is asked for again: what has failed may be another service by then."""
        self.__dict__.pop("_models", None)

    @property
    def _told_dimension(self) -> int | None:
        known = KNOWN.get(self.name)
        return known.dimension if known else self._description.get("dimension")

    @property
    def _told_precision(self) -> Precision | None:
        told: Precision | None = self._description.get("precision")
        return told if told in get_args(Precision) else None

    @property
    def _ours(self) -> bool:
        return self._description.get("owned_by") == OURS

    @property
    def _description(self) -> Mapping[str, Any]:
        """The service's description of the model; empty where it gives none."""
        return next((each for each in self._models if each.get("id") == self.name), {})

    @cached_property
    def _models(self) -> tuple[Mapping[str, Any], ...]:
        """The models that the service lists; none where it has no list."""
        try:
            reply = self._service.get("/v1/models")
        except ServiceFailed as error:
            if error.status == 404:
                return ()
            raise EmbedderUnreachable(self._service.url, str(error)) from error
        listed = reply.get("data") if isinstance(reply, dict) else None
        return tuple(each for each in listed or () if isinstance(each, dict) and "id" in each)

    @cached_property
    def _measured(self) -> int:
        """The numbers of a vector."""
        return int(self._vectors(["dimension"]).shape[1])

    @cached_property
    def _tokenizes(self) -> bool:
        """Whether the service counts word pieces, as vLLM's and Byline's do."""
        try:
            return isinstance(self._service.post("/tokenize", self._to_count("a word")).get("count"), int)
        except ServiceFailed as error:
            if error.status in (400, 404, 405, 422):
                return False
            raise EmbedderUnreachable(self._service.url, str(error)) from error

    def _pieces(self, texts: Sequence[str]) -> int:
        """The number of word pieces of one text, in parts where it is longer than a service takes."""
        (text,) = texts
        parts = [text[start : start + LONGEST] for start in range(0, max(1, len(text)), LONGEST)]
        return sum(int(self._post("/tokenize", self._to_count(part))["count"]) for part in parts)

    def _to_count(self, text: str) -> dict[str, Any]:
        return {"model": self.name, "prompt": without_surrogates(text), "add_special_tokens": False}

    def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        try:
            return self._service.post(path, body)
        except ServiceFailed as error:
            self._forget()
            raise EmbedderUnreachable(self._service.url, str(error)) from error


def pieces_at_most(text: str) -> int:
    """A third of the text's bytes in UTF-8, which is more than the word pieces of nearly all texts."""
    return -(-len(text.encode(errors="replace")) // BYTES)


def _numbers(told: str | Sequence[float]) -> Vectors:
    """(dim,), from base64 of float32 as OpenAI sends it, or from numbers."""
    import numpy as np

    if isinstance(told, str):
        return np.frombuffer(base64.b64decode(told, validate=True), "<f4").astype(np.float32)
    with np.errstate(over="ignore"):  # what no float32 holds becomes infinite, and is refused
        return np.asarray(told, dtype=np.float32)


@cache
def _tokenizer(name: str) -> Tokenizer:
    return TOKENIZERS[name]()
