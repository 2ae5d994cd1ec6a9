"""A server of chat models on the loopback address. It speaks as OpenAI's, Anthropic's and Ollama's do, streams, and
behaves as the name of the model says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from select import select
from threading import Event, Thread
from typing import Any

WORDS = ("The", " WHO", " is", " old.")
TIMES = {"once": 1, "twice": 2, "": 10**9}
_FAILS = re.compile(r"(\d{3}|hangs-up)(?:-(once|twice))?(?:-wait-(\d+))?")
Json = dict[str, Any]


@dataclass
class ChatServer:
    """The names of its models, and what they do:

    a status such as `404`, `503-twice`, `429-once-wait-1` (with Retry-After), or `hangs-up-once` fail so often;
    `silent` says nothing, `pings` nothing but comments, `falls-silent` and `breaks` do so after some words; `garbled`
    and `error-inside` send what is no answer, `empty` no words, `endless` never ends; `counts` tells its tokens;
    `cites` is a model of Anthropic's that says a sentence and cites for it the last block of the first search result.
    Any other is fine.
    """

    address: str = ""
    asked: list[Json] = field(default_factory=list)  # bodies, with `key` and `path`
    says: Callable[[Json], str] | None = None  # what the OpenAI-compatible part says to a body; else always the same
    lost: Event = field(default_factory=Event)  # the client went away
    quit: Event = field(default_factory=Event)

    @property
    def url(self) -> str:
        """The base URL of the OpenAI-compatible part."""
        return f"{self.address}/v1"


@contextmanager
def chat_server() -> Iterator[ChatServer]:
    served = ChatServer()

    class Handler(_Handler):
        server_state = served

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield served
    finally:
        served.quit.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_state: ChatServer
    words: tuple[str, ...]

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        state = self.server_state
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key = self.headers["Authorization"] or self.headers["x-api-key"]
        state.asked.append({**body, "key": key, "path": self.path})
        self.words = (state.says(body),) if state.says else WORDS
        name = body["model"]
        fails = _FAILS.fullmatch(name)
        if fails and len(state.asked) <= TIMES[fails[2] or ""]:
            if fails[1] == "hangs-up":
                self.close_connection = True
                return
            self.error(int(fails[1]), f"This is {fails[1]}.", fails[3])
        elif name == "silent":
            self.gone()
        elif not body.get("stream"):
            self.whole()
        else:
            try:
                self.stream(name)
            except ConnectionError:
                state.lost.set()

    def gone(self) -> None:
        """Waits until the client is gone, or the test over."""
        self.close_connection = True
        while not self.server_state.quit.is_set():
            if select([self.connection], [], [], 0.02)[0]:  # nothing more comes but the end
                self.server_state.lost.set()
                return

    def error(self, status: int, message: str, retry_after: str | None = None) -> None:
        body = json.dumps({"error": {"message": message, "type": "x"}}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if retry_after:
            self.send_header("Retry-After", retry_after)
        self.end_headers()
        self.wfile.write(body)

    def whole(self) -> None:
        """All words at once, as OpenAI's servers say them to who asks for no stream."""
        choice = {"index": 0, "message": {"role": "assistant", "content": "".join(self.words)}, "finish_reason": "stop"}
        body = json.dumps({"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]})
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def stream(self, name: str) -> None:
        self.close_connection = True
        self.send_response(200)
        lines = self.path == "/api/chat"
        self.send_header("Content-Type", "application/x-ndjson" if lines else "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Connection", "close")  # else the next request may be sent into a connection that ends
        self.end_headers()
        speak = {"/v1/chat/completions": self.as_openai, "/v1/messages": self.as_anthropic, "/api/chat": self.as_ollama}
        speak[self.path](name)

    def as_openai(self, name: str) -> None:
        if name == "garbled":
            self.chunk("data: {this is no JSON\n\n")
        if name == "error-inside":
            self.event({"error": {"message": "The model is overloaded."}})
        while name == "pings" and not self.server_state.quit.wait(0.02):
            self.chunk(": ping\n\n")
        if name not in ("garbled", "error-inside", "empty"):
            self.event(_openai({"role": "assistant", "content": ""}))
        for word in self.words if name not in ("empty", "garbled", "error-inside") else ():
            self.event(_openai({"content": word}))
        if name == "falls-silent":
            self.gone()
        if name in ("breaks", "falls-silent"):
            return
        while name == "endless":
            self.event(_openai({"content": " and so on" * 500}))
        if name == "counts":
            usage = {"prompt_tokens": 10, "prompt_tokens_details": {"cached_tokens": 6}, "completion_tokens": 3}
            self.event({**_openai({}), "choices": [], "usage": {**usage, "total_tokens": 13}})
        self.chunk("data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def as_anthropic(self, name: str) -> None:
        usage = {"input_tokens": 5, "cache_read_input_tokens": 2, "output_tokens": 4}
        message = {"id": "1", "type": "message", "role": "assistant", "model": name, "content": [], "usage": usage}
        self.event({"type": "message_start", "message": {**message, "stop_reason": None, "stop_sequence": None}})
        self.event({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}})
        for word in WORDS if name != "cites" else ("It dates ", "back to 1948."):
            delta = {"type": "text_delta", "text": word}
            self.event({"type": "content_block_delta", "index": 0, "delta": delta})
        if name == "cites":
            place = {"search_result_index": 0, "start_block_index": 1, "end_block_index": 2}
            told = {
                "type": "search_result_location",
                "cited_text": "It was founded in 1948.",
                "source": "",
                "title": "",
            }
            delta = {"type": "citations_delta", "citation": {**told, **place}}  # type: ignore[dict-item]
            self.event({"type": "content_block_delta", "index": 0, "delta": delta})
        self.event({"type": "content_block_stop", "index": 0})
        end = {"stop_reason": "end_turn", "stop_sequence": None}
        self.event({"type": "message_delta", "delta": end, "usage": usage})
        self.event({"type": "message_stop"})
        self.wfile.write(b"0\r\n\r\n")

    def as_ollama(self, name: str) -> None:
        for word in WORDS:
            self.chunk(json.dumps({"model": name, "message": _said(word), "done": False}) + "\n")
        end = {"done": True, "done_reason": "stop", "prompt_eval_count": 9, "eval_count": 4}
        self.chunk(json.dumps({"model": name, "message": _said(""), **end}) + "\n")
        self.wfile.write(b"0\r\n\r\n")

    def event(self, data: Json) -> None:
        kind = f"event: {data['type']}\n" if "type" in data else ""
        self.chunk(f"{kind}data: {json.dumps(data)}\n\n")

    def chunk(self, text: str) -> None:
        line = text.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))


def _openai(delta: Json) -> Json:
    choice = {"index": 0, "delta": delta, "finish_reason": None}
    return {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def _said(content: str) -> Json:
    return {"role": "assistant", "content": content}
