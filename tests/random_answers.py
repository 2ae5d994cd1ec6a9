"""Random answers and reports whose parts fit together: offsets are right, each mark has its citation."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from hypothesis import strategies as st

from bot.types import Answer, Block, BlockKind, Citation, Evidence, Near, Reason, Report, Sentence, State, Status
from bot.wording.facts import STATES
from index.types import Filters, Hit, Hits, Kind, Passage, Understood

HOSTILE = (
    "<!channel> and <@U123> and <#C1|news> and <!subteam^S1>",
    "[fake](https://evil.example) <https://evil.example|click>",
    "*bold* _italic_ ~strike~ `code` ```block``` **strong**",
    "# heading\n- item\n1. one\n> quote\n| a | b |\n|---|---|",
    "<b>html</b> <script>alert(1)</script> &lt;!here&gt; &amp;",
    "https://evil.example www.evil.example @here @channel :smile: a@evil.example",
    "over\u202eride \u2066isolate \u2069\u200f שלום עולם مرحبا",
    "\x00\x07\x1b[31m \ud800 half",
    "中国有多少核弹头？约三百二十枚。",
    "[1] [[2]](https://evil.example) \\[3\\] $x$ ![i](https://evil.example/i.png)",
)
LONG = "Officials said & wrote that it was <so>. " * 120

text = st.sampled_from(HOSTILE) | st.text(st.sampled_from("ab *_`<>&[]()!@#|~.\n中ש"), min_size=1, max_size=120)
prose = (text | st.text(min_size=1, max_size=60) | st.just(LONG) | st.just("字" * 4000)).filter(
    lambda each: bool(each.strip())
)
days = st.none() | st.dates(date(1999, 1, 1), date(2030, 1, 1)) | st.just(datetime(2020, 7, 15, 13, 3, tzinfo=UTC))
urls = st.sampled_from(
    [
        None,
        "https://example.org/a?b=1&c=2",
        "https://example.org/|x><!channel>",
        "javascript:alert(1)",
        "https://example.org/a b",
        "https://[::1",
        "https://example.org/" + "a" * 450,
        'https://example.org/")[x](https://evil.example',
    ]
)


@st.composite
def citations(draw: st.DrawFn, most: int = 8) -> tuple[Citation, ...]:
    marks = range(1, draw(st.integers(0, most)) + 1)
    return tuple(
        Citation(
            mark,
            f"a{draw(st.integers(0, 3))}",
            0,
            1,
            draw(prose),
            draw(text),
            draw(st.none() | text),
            draw(st.none() | text),
            draw(days),
            draw(st.none() | st.just(date(2020, 1, 2))),
            draw(st.none() | st.sampled_from(Kind)),
            draw(urls),
        )
        for mark in marks
    )


def given_as_text(text: str) -> Reason:
    return Reason(text=text)


@st.composite
def sentences(
    draw: st.DrawFn, cited: tuple[Citation, ...], most: int = 12, bare: tuple[State, ...] = tuple(State)
) -> tuple[str, tuple[Sentence, ...]]:
    """Sentences, and the text in which each stands before its marks; one without has a state of `bare`."""
    whole, found = "", list[Sentence]()
    for _ in range(draw(st.integers(1, most))):
        said = draw(prose)
        marks = draw(st.lists(st.sampled_from([each.mark for each in cited]), max_size=3, unique=True)) if cited else []
        state = draw(st.sampled_from(tuple(STATES) if marks else bare))
        whole += " " if whole else ""
        start = len(whole)
        whole += said + (" " if marks else "") + "".join(f"[{mark}]" for mark in marks)
        reason = draw(st.none() | text.map(given_as_text))
        words = [each.span() for each in re.finditer(r"[^\W_]+", said)] if marks else []
        answering = sorted(draw(st.sets(st.sampled_from(words), max_size=3))) if words else []
        found.append(Sentence(said, start, start + len(said), state, reason, 0.9, tuple(marks), tuple(answering)))
    return whole, tuple(found)


@st.composite
def shapes(draw: st.DrawFn, count: int) -> tuple[Block, ...]:
    """Blocks that hold each of `count` sentences once, in order."""
    kinds: list[BlockKind] = draw(
        st.lists(st.sampled_from(["paragraph", "bullet", "event", "row"]), min_size=1, max_size=3)
    )
    labels = draw(st.lists(text, min_size=1, max_size=3, unique=True))
    blocks, place = list[Block](), 0
    while place < count:
        step, kind = draw(st.integers(1, 3)), kinds[len(blocks) % len(kinds)]
        label = labels[len(blocks) % len(labels)] if kind in ("event", "row") else ""
        blocks.append(Block(kind, tuple(range(place, min(place + step, count))), label))
        place += step
    return tuple(blocks)


@st.composite
def answers(draw: st.DrawFn, most_citations: int = 8, most_sentences: int = 12) -> Answer:
    """Answered, partial, refused or failed; with a shape or without; in any language, however hostile."""
    status = draw(st.sampled_from(Status))
    question = draw(text)
    nears = tuple(
        Near(f"n{n}", draw(text), draw(st.none() | text), url=draw(urls)) for n in range(draw(st.integers(0, 3)))
    )
    reason = draw(st.none() | prose.map(given_as_text))
    passage = Passage("a0", 0, 1, "x")
    named = (Understood(draw(text), 0, 1, Filters(since=date(2020, 3, 1))),) if draw(st.booleans()) else ()
    hits = Hits((Hit(passage, 0.9, 0.9, 0.9),), understood=named)
    again = tuple(draw(st.lists(text, max_size=3)))
    searched, notice = draw(st.none() | text), draw(st.none() | text.map(given_as_text))
    common = {
        "reason": reason,
        "hits": hits,
        "searched": searched,
        "searched_again": again,
        "notice": notice,
        "nearest": nears,
    }
    if status in (Status.REFUSED, Status.FAILED) or draw(st.integers(0, 9)) == 0:
        said = draw(prose)
        return Answer(question, status, said, "m", **common)  # type: ignore[arg-type]
    cited = draw(citations(most_citations))
    whole, made = draw(sentences(cited, most_sentences))
    used = {mark for each in made for mark in each.citations}
    cited = tuple(each for each in cited if each.mark in used)
    shape = draw(shapes(len(made))) if draw(st.booleans()) else ()
    evidence = (Evidence("a0", 0, 1, "x"),)
    return Answer(question, status, whole, "m", made, cited, evidence, shape=shape, **common)  # type: ignore[arg-type]


@st.composite
def reports(draw: st.DrawFn, most: int = 12) -> Report:
    """A report, whole or as far as it has come."""
    cited = draw(citations())
    whole, made = draw(sentences(cited, most, tuple(STATES)))
    return Report(whole, len(made) + draw(st.integers(0, 3)), made, cited)
