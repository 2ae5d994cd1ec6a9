"""Embedding models by LangChain's names, such as `openai:text-embedding-3-small`."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from random import uniform
from threading import Lock
from typing import TYPE_CHECKING, Any

from index.embed.embedder import Precision
from index.embed.providers import PROVIDERS, class_options
from index.embed.remote import AT_ONCE, BATCH, LIMIT, pieces_at_most
from index.errors import EmbedderFailed, EmbedderNotSetUp, PrecisionMissing
from index.http_errors import http_errors
from index.quiet import quiet
from index.remote import FIRST_PAUSE, LONGEST_PAUSE, RETRIES, TIMEOUT
from index.text.surrogates import without_surrogates

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

    from index.embed.embedder import Vectors

LONGEST_WHILE_INDEXING = 60.0  # seconds: limits of providers are by the minute, and nobody waits for a batch
RETRIES_OF_SILENCE = 1  # each takes as long as the time-out
BLANK = " "  # for an empty text, which some providers refuse together with all others of the request
EXCERPT = 200  # characters of what a client said


class ProviderEmbedder:
    """A model of a provider. Nothing is imported or opened before it is asked.

    Questions are embedded as passages are, also where a provider tells them apart. Everything raises EmbedderNotSetUp
    and EmbedderFailed.
    """

    languages: frozenset[str] | None = None
    limit = LIMIT  # no class says how many it reads; passages of this length fit nearly all
    precision: Precision = "float32"  # of the numbers that come; in which it computes no provider says

    def __init__(
        self, name: str, precision: Precision | None = None, url: str | None = None, key: str | None = None
    ) -> None:
        """Raises PrecisionMissing, EmbedderSettingUnused."""
        if precision not in (None, "float32"):
            raise PrecisionMissing(name, precision, "float32")
        self.name = name
        self._url, self._key = url, key
        self._options = class_options(name, url, key)
        self._provider = PROVIDERS[name.partition(":")[0]]
        self._loading = Lock()
        self._loaded: Embeddings | None = None

    def __reduce__(self) -> tuple[type[ProviderEmbedder], tuple[str, None, str | None, str | None]]:
        """Another process opens connections of its own, and without a key reads the variable that it has."""
        return ProviderEmbedder, (self.name, None, self._url, self._key)

    @cached_property
    def dimension(self) -> int:
        """The numbers of a vector, measured once."""
        return int(self._vectors(["dimension"]).shape[1])

    def embed(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        batches = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]
        if len(batches) == 1:
            return self._vectors(texts)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = list(pool.map(self._vectors, batches))
        if len({each.shape[1] for each in found}) > 1:
            raise self._garbled("gave vectors of several lengths")
        return np.concatenate(found)

    def count(self, texts: Sequence[str]) -> list[int]:
        """A third of each text's bytes: more than the word pieces of nearly all."""
        return [pieces_at_most(text) for text in texts]

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        """(n, dim), of length 1"""
        import numpy as np

        told = self._told([without_surrogates(each) or BLANK for each in texts])
        try:
            with np.errstate(over="ignore"):  # what no float32 holds becomes infinite, and is refused
                vectors = np.asarray(told, dtype=np.float32)
            lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        except (TypeError, ValueError) as error:
            raise self._garbled("gave something else than vectors") from error
        if len(vectors) != len(texts) or not np.isfinite(lengths).all() or not lengths.all():
            raise self._garbled(f"gave {len(vectors)} vectors for {len(texts)} texts, or empty ones")
        return np.asarray(vectors / lengths, dtype=np.float32)

    def _told(self, texts: list[str]) -> list[list[float]]:
        """The numbers as the provider sends them, tried again after what passes."""
        client = self._client()
        longest = LONGEST_PAUSE if len(texts) == 1 else LONGEST_WHILE_INDEXING  # a person waits for a question
        for attempt in range(RETRIES + 1):
            try:
                return client.embed_documents(texts)
            except Exception as error:  # the packages of providers raise any type, and none of our code runs within
                wait = _pause(error, attempt, longest)
                if wait is None:
                    raise self._failed(error) from error
            time.sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _client(self) -> Embeddings:
        with self._loading:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> Embeddings:
        quiet()
        from langchain.embeddings import init_embeddings
        from langchain_core.utils import from_env

        provider, keys = self._provider, self._provider.keys
        if keys and not (self._url or self._key or from_env(list(keys), default=None)()):
            raise EmbedderNotSetUp(self.name, "has no key", f"Set {keys[0]} to your key")
        try:
            return init_embeddings(self.name, **self._options)
        except ImportError as error:
            raise EmbedderNotSetUp(self.name, "needs another package", f"Install it with {provider.install}") from error
        except Exception as error:  # see `_told`
            raise EmbedderNotSetUp(
                self.name, f"is not set up: {_first_line(error)}", "Set what is missing, or name another `embedder`"
            ) from error

    def _garbled(self, reason: str) -> EmbedderFailed:
        return EmbedderFailed(self.name, reason, "Check that this is an embedding model")

    def _failed(self, error: Exception) -> EmbedderFailed:
        return EmbedderFailed(self.name, *self._cause(error))

    def _cause(self, error: Exception) -> tuple[str, str]:
        """The reason of a failure, and what to do."""
        at = f" at {self._url}" if self._url else ""
        status = _status(error)
        match status:
            case 401 | 403:
                return f"refused the key{at}", f"Check {self._key_variable}, and that it may use this model"
            case 404:
                return f"was not found{at}", "Check the name in `embedder`, and the address"
            case 429:
                return "is over its limit of requests or credit", "Wait, then try again: what was indexed stays"
        if _timed_out(error):
            return f"said nothing for {TIMEOUT:.0f} seconds{at}", "Try again, or check the network"
        if _unreachable(error):
            return f"cannot be reached{at}", "Check the network, and `embedder_url` if it is set"
        if status is not None and status >= 500:
            return f"answered {status}{at}", "Try again in a moment, or check the server"
        return f"gave an error instead of vectors: {_first_line(error)}", "Mend the cause, or name another `embedder`"

    @property
    def _key_variable(self) -> str:
        own = bool(self._key or self._url) or not self._provider.keys
        return "BYLINE_EMBEDDER_KEY" if own and self._provider.key else ", ".join(self._provider.keys) or "its key"


def _pause(error: Exception, attempt: int, longest: float) -> float | None:
    """The seconds before the next try: as the server asks, else doubled each time; None where there is none."""
    silent = _timed_out(error)
    if attempt >= (RETRIES_OF_SILENCE if silent else RETRIES) or not (silent or _passing(error)):
        return None
    asked = next((found for each in _causes(error) if (found := _asked_pause(each)) is not None), None)
    wait = asked if asked is not None else FIRST_PAUSE * 2**attempt * uniform(0.75, 1.25)
    return wait if wait <= longest else None


def _passing(error: Exception) -> bool:
    status = _status(error)
    return _unreachable(error) if status is None else status in (408, 429) or status >= 500


def _asked_pause(error: BaseException) -> float | None:
    """The seconds of Retry-After; a day instead of a number is not read."""
    headers = getattr(getattr(error, "response", None), "headers", None) or getattr(error, "headers", None) or {}
    asked = str(headers.get("retry-after", ""))
    return float(asked) if asked.isdigit() else None


def _timed_out(error: Exception) -> bool:
    return any(isinstance(each, (TimeoutError, *http_errors("TimeoutException"))) for each in _causes(error))


def _unreachable(error: Exception) -> bool:
    return any(isinstance(each, (OSError, *http_errors("TransportError"))) for each in _causes(error))


def _status(error: Exception) -> int | None:
    """The HTTP status of the response, by whichever name the provider's client has for it."""
    for each in _causes(error):
        named: tuple[Any, ...] = (
            getattr(each, "status_code", None),
            getattr(getattr(each, "response", None), "status_code", None),
            getattr(each, "code", None),
        )
        for value in named:
            if isinstance(value, int) and value >= 400:
                return value
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, and those that it was raised from."""
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:EXCERPT].rstrip(".")
