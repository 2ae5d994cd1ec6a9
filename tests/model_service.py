"""Services of models on the loopback address: Byline's own, and one that speaks and misbehaves as others do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp


@dataclass
class OtherService:
    """A server of embeddings, scores and chats as vLLM is one. Vectors are not of length 1, and come in any order."""

    name: str = "org/other-model"
    dimension: int = 8
    longest: int = 130  # word pieces, with those at the ends
    fails: list[tuple[int, str | None]] = field(default_factory=list)  # a status and Retry-After for each next request
    asked: list[dict[str, Any]] = field(default_factory=list)  # bodies, with `path` and `key`
    tokenizes: bool = True
    lists: bool = True
    embedding: Callable[[list[float]], Any] = lambda numbers: numbers
    reached: Event = field(default_factory=Event)  # a request that is never answered is here
    lost: Event = field(default_factory=Event)  # and its client went away
    silent: bool = False
    garbled: bool = False  # its replies are not packed as they say
    precision: str | None = None  # as Byline's own tells it

    def vector(self, text: str) -> list[float]:
        numbers = np.random.default_rng(len(text)).normal(size=self.dimension) * 3
        return [float(each) for each in numbers]

    def app(self) -> ASGIApp:
        from starlette.applications import Starlette
        from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
        from starlette.routing import Route

        async def handle(request: Request) -> Response:
            body = await request.json() if request.method == "POST" else {}
            path = request.url.path
            self.asked.append({**body, "path": path, "key": request.headers.get("authorization")})
            if self.fails:
                status, wait = self.fails.pop(0)
                return JSONResponse({"error": "loading"}, status, {"retry-after": wait} if wait else {})
            if self.silent:
                self.reached.set()
                while (await request.receive())["type"] != "http.disconnect":
                    pass
                self.lost.set()
            if self.garbled:
                return PlainTextResponse("no gzip", headers={"content-encoding": "gzip"})
            if path == "/v1/embeddings":
                return JSONResponse(self.embeddings(body))
            if path == "/score":
                scores = [0.9 if one == two else 0.2 for one, two in zip(body["text_1"], body["text_2"], strict=True)]
                data = [{"index": place, "object": "score", "score": score} for place, score in enumerate(scores)]
                return JSONResponse({"object": "list", "data": data[::-1]})
            if path == "/tokenize" and self.tokenizes:
                return JSONResponse({"count": len(body["prompt"].split()), "max_model_len": self.longest, "tokens": []})
            if path == "/v1/models" and self.lists:
                model = {"id": self.name, "object": "model", "owned_by": "vllm", "max_model_len": self.longest}
                model |= {"precision": self.precision}
                return JSONResponse({"object": "list", "data": [model]})
            if path == "/v1/chat/completions":
                return StreamingResponse(self.chat(body), media_type="text/event-stream")
            return JSONResponse({"detail": "Not Found"}, 404)

        return Starlette(routes=[Route("/{path:path}", handle, methods=["GET", "POST"])])

    def embeddings(self, body: dict[str, Any]) -> dict[str, Any]:
        data = [
            {"object": "embedding", "index": place, "embedding": self.embedding(self.vector(text))}
            for place, text in enumerate(body["input"])
        ]
        return {"object": "list", "model": self.name, "data": data[::-1], "precision": self.precision}

    def chat(self, body: dict[str, Any]) -> Iterator[str]:
        """The usage comes in a last chunk without choices, and only to who asks for it."""
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": self.name}
        for word in ("The", " bridge", " reopened."):
            choice = {"index": 0, "delta": {"role": "assistant", "content": word}, "finish_reason": None}
            yield f"data: {json.dumps({**chunk, 'choices': [choice]})}\n\n"
        if body.get("stream_options", {}).get("include_usage"):
            usage = {"prompt_tokens": 11, "completion_tokens": 3, "total_tokens": 14}
            yield f"data: {json.dumps({**chunk, 'choices': [], 'usage': usage})}\n\n"
        yield "data: [DONE]\n\n"
