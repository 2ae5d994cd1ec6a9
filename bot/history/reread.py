"""An answer from its JSON: the inverse of `render.to_json`, for kept answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from bot.types import (
    Answer,
    Block,
    Citation,
    Evidence,
    Judgement,
    Near,
    Request,
    Sentence,
    State,
    Status,
    Timings,
    moved,
)
from index.types import Effect, Filters, Hit, Hits, Kind, Passage, Understood


def answer_of(written: Mapping[str, Any]) -> Answer:
    """The answer of a JSON by `render.to_json`. The parts of a hit's score are not written, and so 0.

    Raises KeyError, TypeError or ValueError for other JSON.
    """
    return Answer(
        question=written["question"],
        status=Status(written["status"]),
        text=written["text"],
        model=written["model"],
        sentences=tuple(map(_sentence, written["sentences"])),
        citations=tuple(Citation(**_facts(each)) for each in written["citations"]),
        evidence=tuple(Evidence(**each) for each in written["evidence"]),
        hits=Hits(
            tuple(map(_hit, written["passages"])),
            filters_of(written["filters"]),
            tuple(map(_understood, written["understood"])),
        ),
        nearest=tuple(Near(**_facts(each)) for each in written["nearest"]),
        reason=written["reason"],
        notice=written["notice"],
        trace=tuple(map(_judgement, written.get("trace", ()))),  # answers of earlier versions have none
        request=Request(written.get("request", Request.OTHER)),
        searched=written.get("searched"),
        shape=tuple(_block(each) for each in written.get("blocks", ()) if each["kind"] != "paragraph"),
        timings=Timings(**written["seconds"]),
    )


def _sentence(written: Mapping[str, Any]) -> Sentence:
    return Sentence(
        **{
            **written,
            "state": State(written["state"]),
            "citations": tuple(written["citations"]),
            "answering": moved(written.get("answering", ()), -written["start"]),  # earlier versions did not tell
        }
    )


def _block(written: Mapping[str, Any]) -> Block:
    return Block(written["kind"], tuple(written["sentences"]), written.get("label", ""), written.get("day", ""))


def _judgement(written: Mapping[str, Any]) -> Judgement:
    return Judgement(**{name: value for name, value in written.items() if name != "passed"})


def _facts(written: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **written,
        "published": _moment(written["published"]),
        "as_of": _day(written["as_of"]),
        "kind": Kind(written["kind"]) if written["kind"] else None,
    }


def _hit(written: Mapping[str, Any]) -> Hit:
    passage = {name: value for name, value in written.items() if name != "score"}
    return Hit(Passage(**passage), written["score"], words=0.0, meaning=0.0)


def filters_of(written: Mapping[str, Any]) -> Filters:
    """The filters of a JSON by `render.filters_json`."""
    return Filters(
        outlet=tuple(written.get("outlet", ())),
        author=tuple(written.get("author", ())),
        kind=tuple(map(Kind, written.get("kind", ()))),
        language=tuple(written.get("language", ())),
        since=_day(written.get("since")),
        until=_day(written.get("until")),
        article=tuple(written.get("article", ())),
        collection=tuple(written.get("collection", ())),
    )


def _understood(written: Mapping[str, Any]) -> Understood:
    """A fact that a question names. Its place in the question is not written, and so 0."""
    fact, values = written["fact"], written["values"]
    means = dict(zip(("since", "until"), values, strict=True)) if fact == "day" else {fact: values}
    return Understood(written["words"], 0, 0, filters_of(means), Effect(written["effect"]))


def _moment(iso: str | None) -> datetime | date | None:
    return datetime.fromisoformat(iso) if iso and "T" in iso else _day(iso)


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None
