"""Answers as they are kept: their JSON, with the reasons beside it that are not mere texts, and back again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from bot.render.text import to_json
from bot.types import (
    Answer,
    Block,
    Citation,
    Evidence,
    Intent,
    Judgement,
    Near,
    Reason,
    Sentence,
    State,
    Status,
    Timings,
    Usage,
    moved,
)
from index.errors import Parameter
from index.types import Effect, Filters, Hit, Hits, Kind, Passage, Understood


def kept(answer: Answer) -> dict[str, Any]:
    """The JSON of an answer, with the names and parameters of its reasons: of itself, its notice, its sentences.

    So they can be said in other languages, too.
    """
    given = (answer.reason, answer.notice, *(each.reason for each in answer.sentences))
    reasons = [reason_json(each) if each and each.name else None for each in given]
    return {**to_json(answer), **({"reasons": reasons} if any(reasons) else {})}


def reason_json(reason: Reason) -> dict[str, Any]:
    parameters = {name: _value_json(value) for name, value in reason.parameters}
    return {"name": reason.name, "parameters": parameters, "language": reason.language, "text": reason.text}


def reason_of(written: Mapping[str, Any]) -> Reason:
    """The inverse of `reason_json`. Raises KeyError, TypeError or AttributeError for other JSON."""
    values = tuple((name, _value(value)) for name, value in written["parameters"].items())
    return Reason(written["name"], values, written["language"], written["text"])


def written(reason: Reason) -> str:
    """A reason as it is kept by itself, for `reread`."""
    return json.dumps(reason_json(reason), ensure_ascii=False)


def reread(kept: str) -> Reason:
    """A reason that was kept by itself; those of earlier versions are texts."""
    try:
        return reason_of(json.loads(kept))
    except (KeyError, TypeError, AttributeError, ValueError):
        return Reason(text=kept)


def _value_json(value: Parameter) -> Any:
    if isinstance(value, tuple):
        return [_value_json(each) for each in value]
    return reason_json(value) if isinstance(value, Reason) else value


def _value(written: Any) -> Any:
    if isinstance(written, list):
        return tuple(map(_value, written))
    return reason_of(written) if isinstance(written, dict) else written


def answer_of(written: Mapping[str, Any]) -> Answer:
    """The answer of a JSON by `kept`, or by `render.to_json`, whose reasons are texts.

    The parts of a hit's score are not written, and so 0.

    Raises KeyError, TypeError or ValueError for other JSON.
    """
    question = written["question"]
    reason, notice, *reasons = written.get("reasons") or [None] * (2 + len(written["sentences"]))
    return Answer(
        question=question,
        status=Status(written["status"]),
        text=written["text"],
        model=written["model"],
        sentences=tuple(map(_sentence, written["sentences"], reasons)),
        citations=tuple(Citation(**_facts(each)) for each in written["citations"]),
        evidence=tuple(Evidence(**each) for each in written["evidence"]),
        hits=Hits(
            tuple(map(_hit, written["passages"])),
            filters_of(written["filters"]),
            tuple(map(_understood, written["understood"])),
        ),
        nearest=tuple(Near(**_facts(each)) for each in written["nearest"]),
        reason=_reason(written["reason"], reason),
        notice=_reason(written["notice"], notice),
        trace=tuple(map(_judgement, written.get("trace", ()))),  # answers of earlier versions have none
        request=Intent(written.get("request", Intent.OTHER)),
        searched=written.get("searched"),
        searched_again=tuple(written.get("searched_again", ())),
        shape=tuple(_block(each) for each in written.get("blocks", ()) if each["kind"] != "paragraph"),
        timings=Timings(**written["seconds"]),
        usage=Usage(**written["tokens"]) if written.get("tokens") else None,
    )


def _reason(text: str | None, named: Mapping[str, Any] | None) -> Reason | None:
    """A reason that was kept; without a name it is its text, as in answers of earlier versions."""
    if named:
        return reason_of(named)
    return None if text is None else Reason(text=text)


def _sentence(written: Mapping[str, Any], named: Mapping[str, Any] | None) -> Sentence:
    return Sentence(
        **{
            **written,
            "state": State(written["state"]),
            "reason": _reason(written["reason"], named),
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
