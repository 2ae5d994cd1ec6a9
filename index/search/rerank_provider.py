"""Rerankers that a service runs: Cohere's, Voyage's, and servers with Cohere's form of `/v2/rerank`, as vLLM's is.

LangChain's packages for them bring large clients, with retries of their own. One request of JSON needs neither.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Any

from index.errors import RerankerFailed
from index.remote import RemoteService, ServiceFailed
from index.text.surrogates import without_surrogates

ROUNDING = 1e-5  # by which a score may lie outside of [0, 1]


@dataclass(frozen=True, slots=True)
class RerankProtocol:
    """A form of requests and replies, and whose it is."""

    url: str
    path: str  # with the version at its beginning
    results: str  # the list in the reply
    keys: tuple[str, ...]  # variables that may hold the key; the first that is set counts

    def base(self, url: str | None) -> str:
        """The address of the server, which may be given with the version at its end."""
        return (url or self.url).rstrip("/").removesuffix(self.path.rpartition("/")[0])


COHERE = RerankProtocol("https://api.cohere.com", "/v2/rerank", "results", ("COHERE_API_KEY", "CO_API_KEY"))
VOYAGE = RerankProtocol("https://api.voyageai.com", "/v1/rerank", "data", ("VOYAGE_API_KEY",))
PROTOCOLS: Mapping[str, RerankProtocol] = {"cohere": COHERE, "voyage": VOYAGE}


def served_elsewhere(name: str, url: str | None = None) -> bool:
    """Whether a service runs the reranker of this name: a known provider's, or the one at a `url`.

    >>> served_elsewhere("cohere:rerank-v3.5"), served_elsewhere("C:/models/mine")
    (True, False)
    """
    provider, _, model = name.partition(":")
    return url is not None or (provider in PROTOCOLS and bool(model.strip()))


class ServedReranker:
    """Opens no connection before it is asked. Several threads may ask."""

    def __init__(self, name: str, url: str | None = None, key: str | None = None) -> None:
        """A model `provider:name`, or at a `url` that of a server with Cohere's form.

        Without a `key` the provider's variable is read, but not for a `url` of another server.
        """
        self.name = name
        provider, _, model = name.partition(":")
        self._protocol, self._model = (PROTOCOLS[provider], model) if provider in PROTOCOLS else (COHERE, name)
        self._url, self._given = url, key

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """Raises RerankerFailed."""
        if not texts:
            return []
        body = {
            "model": self._model,
            "query": without_surrogates(question),
            "documents": [without_surrogates(text) for text in texts],
        }
        try:
            reply = self._service.post(self._protocol.path, body)
        except ServiceFailed as error:
            raise RerankerFailed(self.name, self._reason(error), self._remedy(error.status)) from error
        return self._read(reply, len(texts))

    def _read(self, reply: Any, count: int) -> list[float]:
        """The scores in the order of the texts; services send the best first."""
        try:
            told = {int(row["index"]): float(row["relevance_score"]) for row in reply[self._protocol.results]}
            found = [told[place] for place in range(count)]
        except (KeyError, TypeError, ValueError) as error:
            raise self._garbled("its reply has not a score for each text") from error
        if not all(isfinite(score) and -ROUNDING <= score <= 1 + ROUNDING for score in found):
            raise self._garbled("its scores are not between 0 and 1")
        return [min(max(score, 0.0), 1.0) for score in found]

    @cached_property
    def _service(self) -> RemoteService:
        return RemoteService(self._protocol.base(self._url), self._key)

    @property
    def _key(self) -> str | None:
        """The key. Raises RerankerFailed where the provider needs one and there is none."""
        from langchain_core.utils import from_env  # as LangChain's own classes read these variables

        key = self._given or (None if self._url else from_env(list(self._protocol.keys), default=None)())
        if not key and not self._url:
            raise RerankerFailed(self.name, "it has no key", f"Set {self._protocol.keys[0]} to your key")
        return key

    def _reason(self, error: ServiceFailed) -> str:
        return "it refused the key" if error.status in (401, 403) else f"{error} at {self._service.url}"

    def _remedy(self, status: int | None) -> str:
        own = self._given or self._url
        match status:
            case 401 | 403:
                return f"Check {'BYLINE_RERANKER_KEY' if own else self._protocol.keys[0]}"
            case 400 | 404 | 422:
                return "Check the name in `reranker`, and the address"
            case 429:
                return "Wait for its limit to pass"
        return "Check the network and the server, or correct `reranker_url`"

    def _garbled(self, reason: str) -> RerankerFailed:
        return RerankerFailed(self.name, reason, "Name a reranker of this service, or correct `reranker_url`")
