"""A door before a real Chroma server that lets in whoever has the token, and refuses what Chroma Cloud would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx

TOKEN = "let-me-in"
RECORDS, RESULTS, PREDICATES = 300, 300, 8
DOCUMENT, ID, KEY, VALUE, KEYS = 16_384, 128, 36, 4_096, 32  # bytes, but for the last


def too_much(path: str, body: dict[str, Any]) -> str | None:
    """What of a request is more than may be."""
    what = path.rpartition("/")[2]
    if what in ("add", "upsert", "update", "delete", "get", "query") and len(body.get("ids") or ()) > RECORDS:
        return f"{len(body['ids'])} records"
    if any(len(each.encode()) > ID for each in body.get("ids") or ()):
        return "an id that is too long"
    if what in ("add", "upsert", "update"):
        return _large(body)
    if what == "query" and not 0 < body["n_results"] <= RESULTS:
        return f"{body['n_results']} results"
    if what == "get" and not body.get("ids") and not 0 < (body.get("limit") or 10**9) <= RESULTS:
        return f"{body.get('limit')} results"
    if json.dumps(body.get("where") or {}).count(":") > PREDICATES:
        return "too many predicates"
    return None


def _large(body: dict[str, Any]) -> str | None:
    if any(len((each or "").encode()) > DOCUMENT for each in body.get("documents") or ()):
        return "a document that is too long"
    for facts in body.get("metadatas") or ():
        if len(facts or {}) > KEYS:
            return "too many facts"
        for name, value in (facts or {}).items():
            if len(name.encode()) > KEY or len(str(value).encode()) > VALUE:
                return f"a fact that is too long: {name}"
    return None


@contextmanager
def limited(server: str) -> Iterator[str]:
    """The address by which a server is reached only within the limits."""

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length") or 0))
            if self.headers.get("x-chroma-token") != TOKEN:
                self._answer(401, _error("no token"))
                return
            reason = too_much(self.path, json.loads(content)) if content else None
            if reason:
                self._answer(422, _error(f"more than the quota: {reason}"))
                return
            kind = {"content-type": self.headers.get("content-type") or "application/json"}
            try:
                answer = behind.request(self.command, f"{server}{self.path}", content=content, headers=kind)
            except httpx.HTTPError as error:
                self._answer(502, _error(str(error)))
            else:
                self._answer(answer.status_code, answer.content)

        do_GET = do_POST = do_PUT = do_DELETE = _pass  # noqa: N815

        def _answer(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *given: object) -> None:
            """Says nothing."""

    with httpx.Client(timeout=60) as behind, ThreadingHTTPServer(("127.0.0.1", 0), Door) as door:
        thread = Thread(target=door.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{door.server_address[1]}"
        finally:
            door.shutdown()
            thread.join()


def _error(reason: str) -> bytes:
    return json.dumps({"error": "ChromaError", "message": reason}).encode()
