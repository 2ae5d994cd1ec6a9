"""Providers of embeddings and rerankers on the loopback address: they speak as OpenAI, Ollama, Cohere and Voyage do."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

KEY = "a key of the provider"
MODEL = "a-model"
PATIENCE = 20.0  # seconds that a request waits for another one; fewer than a client waits for its reply
Json = dict[str, Any]


@dataclass
class ProviderService:
    """A server that asks for a key. Vectors are not of length 1; scores are the share of the question's words."""

    dimension: int = 8
    key: str | None = KEY  # None: it asks for none
    fails: list[tuple[int, str | None]] = field(default_factory=list)  # a status and Retry-After for each next request
    asked: list[Json] = field(default_factory=list)  # bodies, with `path` and `key`
    silent: int = 0  # requests that get no reply
    replies: Callable[[Json], Json] = lambda reply: reply
    most: int = 0  # requests at once, so far
    together: Event | None = None  # requests wait until there are two of them
    _now: int = 0
    _counting: Lock = field(default_factory=Lock)

    def vector(self, text: str) -> list[float]:
        """Hashed words: texts with the same words are near to each other."""
        found = np.full(self.dimension, 0.01)
        for word in text.lower().replace(".", " ").replace("?", " ").split():
            found[int(hashlib.sha256(word.encode()).hexdigest(), 16) % self.dimension] += 3
        return [float(each) for each in found]

    def app(self) -> ASGIApp:
        from starlette.applications import Starlette
        from starlette.responses import JSONResponse
        from starlette.routing import Route

        async def handle(request: Request) -> Response:
            body = await request.json() if request.method == "POST" else {}
            self.asked.append({**body, "path": request.url.path, "key": request.headers.get("authorization")})
            if self.fails:
                status, wait = self.fails.pop(0)
                return JSONResponse({"error": {"message": "busy"}}, status, {"retry-after": wait} if wait else {})
            if self.silent:
                self.silent -= 1
                while (await request.receive())["type"] != "http.disconnect":
                    pass
            if self.key and request.headers.get("authorization") != f"Bearer {self.key}":
                return JSONResponse({"error": {"message": "Incorrect API key"}, "message": "invalid api token"}, 401)
            if body.get("model") != MODEL:
                return JSONResponse({"error": "model not found", "message": "not found"}, 404)
            await self.meet()
            return JSONResponse(self.replies(self.speak(request.url.path, body)))

        return Starlette(routes=[Route("/{path:path}", handle, methods=["GET", "POST"])])

    async def meet(self) -> None:
        """Counts how many requests are here at once; where they should meet, each waits for another one."""
        from starlette.concurrency import run_in_threadpool

        with self._counting:
            self._now += 1
            self.most = max(self.most, self._now)
            if self.together and self._now > 1:
                self.together.set()
        if self.together:
            await run_in_threadpool(self.together.wait, PATIENCE)
        with self._counting:
            self._now -= 1

    def speak(self, path: str, body: Json) -> Json:
        speaking: dict[str, Callable[[Json], Json]] = {
            "/v1/embeddings": self.as_openai,
            "/api/embed": self.as_ollama,
            "/v2/rerank": lambda body: {"id": "1", "results": self.ranked(body, body.get("top_n"))},
            "/v1/rerank": lambda body: {"object": "list", "data": self.ranked(body, body.get("top_k"))},
        }
        return speaking[path](body)

    def as_openai(self, body: Json) -> Json:
        """Numbers, or base64 of float32 for who asks for that."""
        assert all(isinstance(text, str) and text for text in body["input"])
        data = [
            {"object": "embedding", "index": place, "embedding": _packed(self.vector(text), body)}
            for place, text in enumerate(body["input"])
        ]
        return {"object": "list", "model": MODEL, "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}}

    def as_ollama(self, body: Json) -> Json:
        return {"model": MODEL, "embeddings": [self.vector(text) for text in body["input"]]}

    def ranked(self, body: Json, most: int | None) -> list[Json]:
        """The best first, as these services send them."""
        scores = [overlap(body["query"], text) for text in body["documents"]]
        best = sorted(range(len(scores)), key=lambda place: -scores[place])
        return [{"index": place, "relevance_score": scores[place]} for place in best[:most]]


def overlap(question: str, text: str) -> float:
    """The share of the question's words that the text has."""
    words, other = (set(each.lower().replace(".", " ").replace("?", " ").split()) for each in (question, text))
    return len(words & other) / len(words)


def _packed(vector: Sequence[float], body: Json) -> Any:
    if body.get("encoding_format") != "base64":
        return list(vector)
    return base64.b64encode(np.asarray(vector, "<f4").tobytes()).decode()
