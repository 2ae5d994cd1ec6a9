"""The JSON of the contract and plain text."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.text import (
    article_json,
    filters_json,
    footnote,
    passages_json,
    pieces_of,
    to_json,
    understood_line,
    unsaid,
    why_lines,
)
from bot.types import Answer, Citation, Evidence, Judgement, Near, Sentence, State, Status, Timings
from bot.wording.facts import line
from index.types import Article, Effect, Filters, Hit, Hits, Kind, Passage, Source, Understood

CITATION = Citation(
    mark=1,
    article_id="a",
    start=0,
    end=10,
    quote="The port\nis shut.",
    title="The port",
    author="Ann Example",
    outlet="Harbour Gazette",
    published=datetime(2020, 7, 15, 13, 3, 40),
    kind=Kind.OPINION,
    url="https://example.org/port",
    version="0123456789abcdef",
)
SINCE = Filters(since=date(2020, 7, 1))
ASKED = Understood("since July 2020", 4, 19, SINCE, Effect.REQUIRED)
ANSWER = Answer(
    question="Is the port shut?",
    status=Status.ANSWERED,
    text="The port is shut. [1]",
    model="extractive",
    sentences=(Sentence("The port is shut.", 0, 17, State.SUPPORTED, None, 1.0, (1,)),),
    citations=(CITATION,),
    evidence=(Evidence("a", 0, 17, "The port is shut.", 0.9),),
    hits=Hits((Hit(Passage("a", 0, 17, "The port is shut."), 0.91234, 1.0, 0.9),), SINCE, (ASKED,)),
    trace=(Judgement("prove", "supported", "The port is shut.", 0.912, 0.5),),
    timings=Timings(0.01, 0.02, 0.03, 0.04),
)


def test_the_json_of_an_answer_has_the_keys_of_the_contract() -> None:
    found = json.loads(json.dumps(to_json(ANSWER)))
    assert list(found) == [
        *(
            "question",
            "status",
            "request",
            "searched",
            "searched_again",
            "text",
            "model",
            "sentences",
            "citations",
            "passages",
            "evidence",
            "filters",
        ),
        *("understood", "reason", "notice", "nearest", "blocks", "trace", "seconds", "tokens"),
    ]
    assert found["sentences"] == [
        {
            "text": "The port is shut.",
            "start": 0,
            "end": 17,
            "state": "supported",
            "reason": None,
            "support": 1.0,
            "citations": [1],
            "answering": [],
        }
    ]
    assert found["citations"][0]["published"] == "2020-07-15T13:03:40"
    assert found["citations"][0]["quote"] == CITATION.quote
    assert found["passages"] == passages_json(ANSWER.hits)
    assert found["filters"] == {"since": "2020-07-01"}
    assert found["understood"] == [
        {
            "fact": "day",
            "values": ["2020-07-01", ""],
            "words": "since July 2020",
            "effect": "required",
        }
    ]
    assert found["blocks"] == [{"kind": "paragraph", "sentences": [0]}]
    assert found["trace"] == [
        {
            "step": "prove",
            "task": "supported",
            "text": "The port is shut.",
            "score": 0.912,
            "threshold": 0.5,
            "passed": True,
        }
    ]
    assert found["seconds"] == {"search": 0.01, "evidence": 0.02, "first_token": 0.03, "total": 0.04}


def test_the_words_that_answer_are_offsets_into_the_text_of_the_answer() -> None:
    first, second = "The port is shut.", "It shut in May."
    text = f"{first} [1] {second} [1]"
    start = text.index(second)
    sentences = (
        Sentence(first, 0, len(first), State.SUPPORTED, citations=(1,)),
        Sentence(second, start, start + len(second), State.SUPPORTED, citations=(1,), answering=((3, 7), (11, 14))),
    )
    told = [each["answering"] for each in to_json(replace(ANSWER, text=text, sentences=sentences))["sentences"]]
    assert [[text[slice(*span)] for span in spans] for spans in told] == [[], ["shut", "May"]]


@pytest.mark.parametrize(
    ("text", "spans", "pieces"),
    [
        ("", [], []),
        ("It sank.", [], [("It sank.", False)]),
        ("It sank.", [(0, 8)], [("It sank.", True)]),
        ("It sank.", [(0, 2), (3, 7)], [("It", True), (" ", False), ("sank", True), (".", False)]),
        ("It sank.", [(-5, 2), (1, 5), (6, 90)], [("It", True), (" sa", True), ("n", False), ("k.", True)]),
        ("It sank.", [(3, 3), (9, 12), (5, 2)], [("It sank.", False)]),
    ],
)
def test_a_text_is_cut_at_its_spans(text: str, spans: list[tuple[int, int]], pieces: list[tuple[str, bool]]) -> None:
    assert list(pieces_of(text, spans)) == pieces


@given(st.text(max_size=20), st.lists(st.tuples(st.integers(-5, 25), st.integers(-5, 25)), max_size=5))
def test_the_pieces_of_a_text_are_the_text(text: str, spans: list[tuple[int, int]]) -> None:
    pieces = [piece for piece, _ in pieces_of(text, spans)]
    assert "".join(pieces) == text
    assert all(pieces)


@pytest.mark.parametrize(
    ("judgement", "line"),
    [
        (
            Judgement("decide", "answerable", "Who\nleft?", 0.12, 0.43),
            "decide: the articles answer “Who left?” with probability 0.12; 0.43 is needed",
        ),
        (
            Judgement("prove", "supported", "It sank.", 0.91, 0.5),
            "prove: “It sank.” is supported with 0.91 (0.50 is needed)",
        ),
        (
            Judgement("prove", "contradicted", "It sank.", 0.8, 0.7),
            "prove: “It sank.” is contradicted with 0.80 (from 0.70 on it is left out)",
        ),
        (
            Judgement("prove", "figures", "It sank in 2020.", 1.0, 1.0),
            "prove: each figure and date of “It sank in 2020.” stands in its quotes",
        ),
        (
            Judgement("prove", "figures", "It sank in 2020.", 0.0, 1.0),
            "prove: a figure or a date of “It sank in 2020.” does not stand in its quotes",
        ),
        (
            Judgement("conflict", "contradicted", "It swims.", 0.8, 0.7),
            "conflict: the newer “It swims.” says otherwise with 0.80 (0.70 is needed)",
        ),
        (
            Judgement("evidence", "answers", "It {sank}.", 0.498, 0.5),
            "evidence: “It {sank}.” answers with 0.498 (0.500 is needed)",
        ),
    ],
)
def test_a_judgement_is_told_in_plain_words(judgement: Judgement, line: str) -> None:
    assert why_lines(replace(ANSWER, trace=(judgement,))) == (line,)


@pytest.mark.parametrize(
    ("reason", "text", "rest"),
    [
        (None, "It sank. [1]", ""),
        ("The articles do not say: “Why?”", "It sank. [1] The articles do not say: “Why?”", ""),
        ("The articles do not say: “Why?” Left out: “It swam.”", "It sank. [1]", None),
        (
            "The articles do not say: “Why?” Left out: “It swam.”",
            "It sank. [1] The articles do not say: “Why?”",
            "Left out: “It swam.”",
        ),
        ("文章中没有说明：“为什么？” 略去：“它在。”", "它沉了。 [1] 文章中没有说明：“为什么？”", "略去：“它在。”"),
    ],
)
def test_what_the_text_says_already_is_not_told_twice(reason: str | None, text: str, rest: str | None) -> None:
    assert unsaid(reason, text) == (reason if rest is None else rest)


def test_an_article_is_shown_with_its_text_only_where_asked() -> None:
    article = Article("a", "T", "body", as_of=date(2020, 1, 2), sources=(Source("WHO", "Statement", "2020"),))
    assert "text" not in article_json(article)
    found = article_json(article, text=True)
    assert (found["id"], found["text"], found["as_of"], found["kind"]) == ("a", "body", "2020-01-02", None)
    assert found["sources"] == [{"issuer": "WHO", "title": "Statement", "date": "2020"}]


def test_a_footnote_is_one_line_with_the_quote_and_whose_it_is() -> None:
    assert footnote(CITATION) == (
        "[1] “The port is shut.” — The port. Ann Example, Harbour Gazette, 15 July 2020, opinion"
    )


def test_what_is_unknown_is_not_written() -> None:
    assert line(Near("a", "The port.")) == "The port"


def test_the_day_that_a_text_describes_is_written_where_it_is_known() -> None:
    assert line(Near("a", "The port", as_of=date(2020, 7, 1))) == "The port. as of 1 July 2020"


def test_no_filters_are_no_json() -> None:
    assert filters_json(Filters()) == {}


def test_what_was_understood_is_told_on_a_line() -> None:
    day = date(2020, 7, 15)
    lines = [
        (Filters(since=day, until=day), "15 July 2020"),
        (Filters(since=day), "since 15 July 2020"),
        (Filters(until=day), "until 15 July 2020"),
        (Filters(since=day, until=date(2020, 8, 1)), "15 July 2020 to 1 August 2020"),
        (
            Filters(outlet=("Harbour Gazette - News", "Harbour\nGazette")),
            "outlet Harbour Gazette - News or Harbour Gazette",
        ),
        (Filters(kind=(Kind.EDITORIAL,)), "kind editorial"),
    ]
    for means, said in lines:
        assert understood_line(Understood("so", 0, 2, means)) == f"“so”: {said}, preferred"
    assert understood_line(ASKED) == "“since July 2020”: since 1 July 2020, only"
