"""The JSON Schemas of the tools' results: what `bot.render.text` writes, key by key."""

from __future__ import annotations

from typing import Any

from bot.types import Intent, State, Status
from bot.wording.facts import STATES

Schema = dict[str, Any]


def record(**fields: Schema) -> Schema:
    """An object that has all of these fields and no others."""
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def some(**fields: Schema) -> Schema:
    """An object that has some of these fields and no others."""
    return {"type": "object", "properties": fields, "additionalProperties": False}


def many(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def maybe(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def one_of(*values: str) -> Schema:
    return {"type": "string", "enum": list(values)}


TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
WHOLE: Schema = {"type": "integer"}
PLACE = {"start": WHOLE, "end": WHOLE}  # characters of the article's text, or of the answer's
SPAN = {**many(WHOLE), "minItems": 2, "maxItems": 2}  # of the answer's text
TEXTS = many(TEXT)

_FACTS = {
    "title": TEXT,
    **{name: maybe(TEXT) for name in ("author", "outlet", "published", "as_of", "kind", "url")},
}
_CITATION = record(mark=WHOLE, article_id=TEXT, **_FACTS, quote=TEXT, **PLACE, version=TEXT)
_SENTENCE = record(
    text=TEXT,
    **PLACE,
    state=one_of(*map(str, State)),
    reason=maybe(TEXT),
    support=NUMBER,
    citations=many(WHOLE),
    answering=many(SPAN),
)
_PASSAGE = record(article_id=TEXT, **PLACE, text=TEXT, score=NUMBER)
_FILTERS = some(
    **dict.fromkeys(("outlet", "author", "kind", "language", "article", "collection"), TEXTS),
    since=TEXT,
    until=TEXT,
)
_UNDERSTOOD = record(fact=TEXT, values=TEXTS, words=TEXT, effect=TEXT)
_BLOCK = {
    **some(kind=one_of("paragraph", "bullet", "row", "event"), sentences=many(WHOLE), label=TEXT, day=TEXT),
    "required": ["kind", "sentences"],
}
_JUDGEMENT = record(step=TEXT, task=TEXT, text=TEXT, score=NUMBER, threshold=NUMBER, passed={"type": "boolean"})
_SECONDS = record(**{name: maybe(NUMBER) for name in ("search", "evidence", "first_token", "total")})
_TOKENS = record(read=WHOLE, cached=WHOLE, written=WHOLE, cost=maybe(NUMBER))

ANSWER = record(
    question=TEXT,
    status=one_of(*Status),
    request=one_of(*Intent),
    searched=maybe(TEXT),
    searched_again=TEXTS,
    text=TEXT,
    model=TEXT,
    sentences=many(_SENTENCE),
    citations=many(_CITATION),
    passages=many(_PASSAGE),
    evidence=many(record(article_id=TEXT, **PLACE, text=TEXT)),
    filters=_FILTERS,
    understood=many(_UNDERSTOOD),
    reason=maybe(TEXT),
    notice=maybe(TEXT),
    nearest=many(record(article_id=TEXT, **_FACTS)),
    blocks=many(_BLOCK),
    trace=many(_JUDGEMENT),
    seconds=_SECONDS,
    tokens=maybe(_TOKENS),
)
REPORT = record(
    text=TEXT,
    total=WHOLE,
    counts=record(**{str(state): WHOLE for state in STATES}),
    sentences=many(_SENTENCE),
    citations=many(_CITATION),
    filters=_FILTERS,
)
_LISTED = {
    "id": TEXT,
    **_FACTS,
    **{name: maybe(TEXT) for name in ("modified", "language", "section", "fetched")},
    "sources": many(record(issuer=TEXT, title=TEXT, date=maybe(TEXT))),
    "also": many(record(id=TEXT, **{name: maybe(TEXT) for name in ("outlet", "published", "url")})),
}
ARTICLE = record(**_LISTED, text=TEXT)
PASSAGES = record(
    query=TEXT,
    passages=many(_PASSAGE),
    articles=many(record(**_LISTED)),
    filters=_FILTERS,
    understood=many(_UNDERSTOOD),
)
COLLECTIONS = record(collections=many(record(name=TEXT, total=WHOLE, articles=TEXTS, rules=many(_FILTERS))))
RESULTS = record(results=many(record(id=TEXT, title=TEXT, url=TEXT)))
DOCUMENT = record(id=TEXT, title=TEXT, text=TEXT, url=TEXT, metadata={"type": "object", "additionalProperties": TEXT})
