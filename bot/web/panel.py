"""The proof beside the chat, as markup: passages as soon as they are found, then the quotes behind each mark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.history.since import NOTHING, KnownChanges
from bot.render.disagreement import Side, disagreements
from bot.render.html.bylines import byline
from bot.render.html.markup import Marked, answering, lang, safe
from bot.render.html.pictures import Bar, Dot, bars, strip
from bot.render.html.prose import prose
from bot.render.html.words import ENGLISH, PageWording
from bot.render.references import references
from bot.render.text import answering_in
from bot.types import Answer, Citation, Evidence, Reason, Sentence, moved
from bot.web.chat import anchor, original, reading
from bot.wording.facts import Facts
from index.types import Article, Hit, Passage


@dataclass(frozen=True, slots=True)
class Section:
    """The proof of one question."""

    question: str
    body: str  # markup


def empty(words: PageWording = ENGLISH) -> str:
    """Before anything is asked."""
    return f'<p class="note">{safe(words("panel.empty"))}</p>'


def panel(sections: Iterable[Section], words: PageWording = ENGLISH) -> str:
    """All proofs, the newest first and open. They are blocks of their own, so that only what changed is drawn again."""
    newest_first = [each for each in sections if each.body][::-1]
    return "\n\n".join(_section(each, place == 0) for place, each in enumerate(newest_first)) or empty(words)


def _section(section: Section, is_open: bool) -> str:
    summary = f'<summary dir="auto">{safe(section.question)}</summary>'
    return f'<details class="turn"{" open" if is_open else ""}>{summary}{section.body}</details>'


def found(
    turn: int,
    hits: Iterable[Hit],
    evidence: Sequence[Evidence],
    articles: Mapping[str, Article],
    words: PageWording = ENGLISH,
) -> str:
    """The nearest passages, with the sentences that are read underlined; those without any are folded away."""
    chosen: list[str] = []
    others: list[str] = []
    for hit in hits:
        ranges = [
            Marked(each.start - hit.passage.start, each.end - hit.passage.start, classes="evidence", tag="span")
            for each in evidence
            if _holds(hit.passage, each)
        ]
        article = articles[hit.passage.article_id]
        card = _card(article, article.language, prose(hit.passage.text, ranges), reading(turn, article.id), words)
        (chosen if ranges else others).append(card)
    heading = f'<p class="note">{safe(words("panel.nearest"))}</p>' if chosen else ""
    return heading + "".join(chosen) + _folded(others, bool(chosen), words)


def nearest(passages: str, words: PageWording = ENGLISH) -> str:
    """The passages of a question that none of them answers: nothing in them is underlined."""
    if not passages:
        return ""
    return f'<div class="unanswered"><p class="note">{safe(words("panel.none"))}</p>{passages}</div>'


def _folded(cards: Sequence[str], beside: bool, words: PageWording) -> str:
    if not cards:
        return ""
    count = safe(words("panel.more" if beside else "panel.passages", count=len(cards)))
    return f'<details class="others"><summary>{count}</summary>{"".join(cards)}</details>'


def proof(turn: int, answer: Answer, known: KnownChanges = NOTHING, words: PageWording = ENGLISH) -> str:
    """The passages that are quoted, in the order of their first mark, with the exact quotes marked and numbered; before
    them the days of their articles, and the figures that contradict each other, as pictures."""
    groups: dict[Passage, list[Citation]] = {}
    for citation in answer.citations:
        groups.setdefault(_context(citation, answer.hits), []).append(citation)
    cards = "".join(
        _proof(turn, passage, citations, answer.sentences, known, words) for passage, citations in groups.items()
    )
    return _days(answer, words) + _figures(answer, words) + cards


def _days(answer: Answer, words: PageWording) -> str:
    """The days of the cited articles."""
    cited = {each.article_id: each for each in answer.citations}.values()
    return strip([Dot(day, each.outlet or each.title) for each in cited if (day := each.day)], words)


def _figures(answer: Answer, words: PageWording) -> str:
    """The figures that contradict each other, each with whose it is and of when."""
    return "".join(bars([_bar(side, words) for side in sides], words) for sides in disagreements(answer))


def _bar(side: Side, words: PageWording) -> Bar:
    told = side.quantity
    figure = f"{told.before}{words.number(told.value)}{told.behind}"
    return Bar(told.value, figure, byline(side.citation, words, kind=False))


def _proof(
    turn: int,
    passage: Passage,
    citations: Sequence[Citation],
    sentences: Sequence[Sentence],
    known: KnownChanges,
    words: PageWording,
) -> str:
    ranges = [
        Marked(
            each.start - passage.start,
            each.end - passage.start,
            before=f"<sup>{each.mark}</sup>",
            name=anchor(turn, each.mark),
        )
        for each in citations
    ]
    for each in citations:
        ranges += answering(moved(answering_in(each, sentences), each.start - passage.start))
    text = prose(passage.text, ranges)
    first = citations[0]
    whole = reading(turn, first.article_id, first.mark)
    changed = dict.fromkeys(known.since[each.mark] for each in citations if each.mark in known.since)
    notes = "".join(f'<p class="changed">{safe(words.reason(note))}</p>' for note in changed)
    below = notes + _references(citations, words, known.since)
    language = known.languages.get(first.article_id)
    return _card(first, language, text, whole, words, [each.mark for each in citations], below)


def _references(citations: Sequence[Citation], words: PageWording, since: Mapping[int, Reason]) -> str:
    """The quotes as they may be cited elsewhere, to be copied."""
    forms = "".join(
        f'<div class="reference"><button>{safe(words("panel.copy", form=words(f"form.{name.casefold()}")))}</button>'
        f'<p dir="auto"{lang("en" if name == "APA" else None)}>{safe(text)}</p></div>'
        for name, text in references(citations, words, since).items()
    )
    return f'<details class="cite"><summary>{safe(words("panel.cite"))}</summary>{forms}</details>'


def _context(citation: Citation, hits: Iterable[Hit]) -> Passage:
    """The passage that a quote stands in; the quote alone where none of the hits holds it."""
    alone = Passage(citation.article_id, citation.start, citation.end, citation.quote)
    return next((hit.passage for hit in hits if _holds(hit.passage, citation)), alone)


def _holds(passage: Passage, span: Evidence | Citation) -> bool:
    return passage.article_id == span.article_id and passage.start <= span.start and span.end <= passage.end


def _card(
    facts: Facts,
    language: str | None,
    text: str,
    whole: str,
    words: PageWording,
    numbers: Sequence[int] = (),
    below: str = "",
) -> str:
    label = "".join(f'<span class="number">{number}</span>' for number in numbers)
    kind = badge(facts, words)
    who = byline(facts, words, kind=False)
    sort = "cited" if numbers else "near"
    in_it = f'dir="auto"{lang(language)}'
    return (
        f'<section class="card {sort}"><h3 {in_it}>{label}{safe(facts.title)}</h3><p class="byline">{who}{kind}</p>'
        f"<blockquote {in_it}>{text}</blockquote>{_links(facts, whole, bool(numbers), words)}{below}</section>"
    )


def badge(facts: Facts, words: PageWording) -> str:
    """The kind of an article, where it is known; opinion stands out."""
    return f' <span class="kind {facts.kind}">{safe(words(f"kind.{facts.kind}"))}</span>' if facts.kind else ""


def _links(facts: Facts, whole: str, cited: bool, words: PageWording) -> str:
    read = f'<a class="read" href="{whole}">{safe(words("panel.read"))}</a>'
    back = f'<a class="back" href="#chat">{safe(words("panel.back"))}</a>' if cited else ""
    return f'<p class="links">{read}{original(facts.url, words)}{back}</p>'
