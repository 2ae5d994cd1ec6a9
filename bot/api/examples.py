"""Examples of replies for the OpenAPI page. They are about a town that does not exist."""

from __future__ import annotations

from typing import Any

QUOTE = "The old bridge in Vellmar reopened on 3 May 2021 after two years of repairs."
_CITATION = {
    "mark": 1,
    "article_id": "bridge",
    "title": "Vellmar's old bridge reopens",
    "author": "Tom Okafor",
    "outlet": "Vellmar Courier",
    "published": "2021-05-04",
    "url": "https://news.example/bridge",
    "quote": QUOTE,
    "start": 0,
    "end": len(QUOTE),
}
_DAY = [QUOTE.index("3 May 2021"), QUOTE.index(" after")]
_SENTENCE = {
    "text": QUOTE,
    "start": 0,
    "end": len(QUOTE),
    "state": "supported",
    "support": 1.0,
    "citations": [1],
    "answering": [],
}
_TEXT = f"{QUOTE} [1]"
_SPAN = {
    "start_index": len(QUOTE) + 1,
    "end_index": len(_TEXT),
    "title": _CITATION["title"],
    "url": _CITATION["url"],
    "article_id": _CITATION["article_id"],
}
_BESIDE = {"citations": [_CITATION["url"]], "sources": [_CITATION], "byline": {"status": "answered"}}
_ERROR = {
    "error": {
        "message": "There is no collection 'sports' here. `byline collection list` lists them.",
        "type": "invalid_request_error",
        "param": None,
        "code": "collection_missing",
    }
}


def _replies(example: Any, *, stream: bool = False) -> dict[int | str, dict[str, Any]]:
    content: dict[str, Any] = {"application/json": {"example": example}}
    return {
        200: {"content": {**content, **({"text/event-stream": {}} if stream else {})}},
        "4XX": {"description": "Why not.", "content": {"application/json": {"example": _ERROR}}},
    }


ANSWER = _replies(
    {
        "question": "When did the old bridge in Vellmar reopen?",
        "status": "answered",
        "text": _TEXT,
        "sentences": [{**_SENTENCE, "answering": [_DAY]}],
        "citations": [_CITATION],
        "conversation": "5f0c2a7d41b3e9aa",
        "number": 1,
    },
    stream=True,
)
PASSAGES = _replies(
    {
        "query": "repairs of the bridge",
        "passages": [{"article_id": "bridge", "start": 0, "end": len(QUOTE), "text": QUOTE, "score": 0.91}],
        "articles": [{"id": "bridge", "title": _CITATION["title"]}],
        "filters": {},
        "understood": [],
    }
)
REPORT = _replies(
    {
        "text": QUOTE,
        "total": 1,
        "counts": {"supported": 1, "contradicted": 0, "unsupported": 0},
        "sentences": [_SENTENCE],
        "citations": [_CITATION],
        "filters": {},
    },
    stream=True,
)
MODELS = _replies(
    {
        "object": "list",
        "data": [
            {"id": "byline", "object": "model", "created": 1796083200, "owned_by": "byline"},
            {"id": "byline/Town hall", "object": "model", "created": 1796083200, "owned_by": "byline"},
        ],
    }
)
RESPONSE = _replies(
    {
        "id": "resp_6f1d",
        "object": "response",
        "status": "completed",
        "model": "byline",
        "output": [
            {
                "id": "msg_6f1d",
                "type": "message",
                "role": "assistant",
                "status": "completed",
                "content": [{"type": "output_text", "text": _TEXT, "annotations": [{"type": "url_citation", **_SPAN}]}],
            }
        ],
        **_BESIDE,
    },
    stream=True,
)
COMPLETION = _replies(
    {
        "id": "chatcmpl-6f1d",
        "object": "chat.completion",
        "model": "byline",
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {
                    "role": "assistant",
                    "content": _TEXT,
                    "annotations": [{"type": "url_citation", "url_citation": _SPAN}],
                },
            }
        ],
        **_BESIDE,
    },
    stream=True,
)
