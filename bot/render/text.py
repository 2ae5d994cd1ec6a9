"""Values to JSON and to plain text, the same for every surface."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from bot.answering.attribute import all_leads, day
from bot.types import Answer, Block, Citation, Evidence, Judgement, Near, Reason, Report, Sentence, Spans, moved
from bot.wording import worded
from bot.wording.facts import STATES, Facts, line, one_line
from index.types import (
    Article,
    ArticleCollection,
    Effect,
    Filters,
    Hit,
    Hits,
    Listed,
    Republication,
    Revision,
    Understood,
)

# The names of the reasons that judgements are, by step and task; of others it is `judged`.
_JUDGED = {
    ("decide", "answerable"): "judged_answerable",
    ("prove", "supported"): "judged_supported",
    ("prove", "contradicted"): "judged_contradicted",
    ("conflict", "figures"): "judged_other_figures",
    ("conflict", "contradicted"): "judged_newer",
}
_FIGURES = {True: "judged_figures", False: "judged_no_figures"}


def to_json(answer: Answer) -> dict[str, Any]:
    """The JSON of an answer: for `byline ask --json`, the API and the evaluation."""
    return {
        "question": answer.question,
        "status": str(answer.status),
        "request": str(answer.request),
        "searched": answer.searched,
        "searched_again": list(answer.searched_again),
        "text": answer.text,
        "model": answer.model,
        "sentences": [_sentence(each) for each in answer.sentences],
        "citations": [citation_json(each) for each in answer.citations],
        "passages": passages_json(answer.hits),
        "evidence": [evidence_json(each) for each in answer.evidence],
        "filters": filters_json(answer.filters),
        "understood": [understood_json(each) for each in answer.understood],
        "reason": worded(answer.reason),
        "notice": worded(answer.notice),
        "nearest": [near_json(each) for each in answer.nearest],
        "blocks": [_block(each) for each in answer.blocks],
        "trace": [_judgement(each) for each in answer.trace],
        "seconds": {
            "search": answer.timings.search,
            "evidence": answer.timings.evidence,
            "first_token": answer.timings.first_token,
            "total": answer.timings.total,
        },
        "tokens": asdict(answer.usage) if answer.usage is not None else None,
    }


def report_json(report: Report) -> dict[str, Any]:
    """The JSON of a report: for `byline verify --json`."""
    return {
        "text": report.text,
        "total": report.total,
        "counts": {str(state): report.count(state) for state in STATES},
        "sentences": [_sentence(each) for each in report.sentences],
        "citations": [citation_json(each) for each in report.citations],
        "filters": filters_json(report.filters),
    }


def summary(report: Report) -> str:
    """The counts of sentences by state.

    >>> from bot.types import State
    >>> sentence = Sentence("It sank.", 0, 8, State.UNSUPPORTED)
    >>> summary(Report("It sank.", 1, (sentence,)))
    '0 supported, 0 contradicted, 1 not found'
    """
    return ", ".join(f"{report.count(state)} {words}" for state, words in STATES.items())


def passages_json(hits: Iterable[Hit]) -> list[dict[str, Any]]:
    """The JSON of hits: for `byline search --json`."""
    return [
        {
            "article_id": hit.passage.article_id,
            "start": hit.passage.start,
            "end": hit.passage.end,
            "text": hit.passage.text,
            "score": round(hit.score, 4),
        }
        for hit in hits
    ]


def found_json(query: str, hits: Hits, articles: Iterable[Article]) -> dict[str, Any]:
    """The JSON of a search by a program: passages, articles, filters, and the understood parts of the query."""
    return {
        "query": query,
        "passages": passages_json(hits),
        "articles": [article_json(each) for each in articles],
        "filters": filters_json(hits.filters),
        "understood": [understood_json(each) for each in hits.understood],
    }


def article_json(article: Article, *, text: bool = False) -> dict[str, Any]:
    """The JSON of an article: for `byline articles --json`, and with `text` for `byline articles show ID --json`."""
    facts = {
        "id": article.id,
        **_facts(article),
        "modified": iso(article.modified),
        "language": article.language,
        "section": article.section,
        "fetched": iso(article.fetched),
        "sources": [{"issuer": each.issuer, "title": each.title, "date": each.date} for each in article.sources],
        "also": [republication_json(each) for each in article.also],
    }
    return {**facts, "text": article.text} if text else facts


def republication_json(also: Republication) -> dict[str, Any]:
    return {"id": also.article_id, "outlet": also.outlet, "published": iso(also.published), "url": also.url}


def revision_json(revision: Revision) -> dict[str, Any]:
    return {
        "at": iso(revision.at),
        "version_before": revision.version_before,
        "version_after": revision.version_after,
        "facts": [{"fact": change.fact, "old": change.old, "new": change.new} for change in revision.facts],
        "gone": list(revision.gone),
        "come": list(revision.come),
    }


def listed_json(listed: Listed) -> dict[str, Any]:
    """An article of a list, as `article_json` begins."""
    return {"id": listed.article_id, **_facts(listed), "language": listed.language}


def near_json(near: Near) -> dict[str, Any]:
    """An article near a question that the articles do not answer."""
    return {"article_id": near.article_id, **_facts(near)}


def citation_json(citation: Citation) -> dict[str, Any]:
    return {
        "mark": citation.mark,
        "article_id": citation.article_id,
        **_facts(citation),
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "version": citation.version,
    }


def filters_json(filters: Filters) -> dict[str, Any]:
    """The limits that are set, by name."""
    limits = {
        "outlet": list(filters.outlet),
        "author": list(filters.author),
        "kind": [str(each) for each in filters.kind],
        "language": list(filters.language),
        "since": iso(filters.since),
        "until": iso(filters.until),
        "article": list(filters.article),
        "collection": list(filters.collection),
    }
    return {name: value for name, value in limits.items() if value}


def collection_json(collection: ArticleCollection, article_ids: Sequence[str]) -> dict[str, Any]:
    """The JSON of a collection: for `byline collection list --json`. `article_ids` are its listed articles."""
    return {
        "name": collection.name,
        "total": collection.total,
        "articles": list(article_ids),
        "rules": [filters_json(each) for each in collection.rules],
    }


def filters_line(filters: Filters) -> str:
    """Filters as a person writes them for a command in a shell.

    >>> print(filters_line(Filters(outlet=("The Verge",), since=date(2020, 3, 1))))
    --outlet 'The Verge' --since 2020-03-01
    """
    return " ".join(f"--{name} {shlex.quote(value)}" for name, value in limits(filters))


def limits(filters: Filters) -> Iterator[tuple[str, str]]:
    """Each limit by its name, and one of its values on one line."""
    for name, value in filters_json(filters).items():
        for each in value if isinstance(value, list) else [value]:
            yield name, one_line(each)


def understood_json(understood: Understood) -> dict[str, Any]:
    """A fact that a question names. Its values for `day` are the first and the last day; one may be empty."""
    return {
        "fact": understood.fact,
        "values": list(understood.values),
        "words": understood.words,
        "effect": str(understood.effect),
    }


def understood_line(understood: Understood) -> str:
    """A fact that a question names, for readers.

    >>> understood_line(Understood("since March", 5, 16, Filters(since=date(2020, 3, 1))))
    '“since March”: since 1 March 2020, preferred'
    """
    return f"“{one_line(understood.words)}”: {_means(understood)}, {'only' if _only(understood) else 'preferred'}"


def understood_sentence(understood: Sequence[Understood]) -> str:
    """All facts that a question names; empty without any."""
    return f"Understood: {'; '.join(map(understood_line, understood))}." if understood else ""


def searched_sentence(answer: Answer) -> str:
    """The search query, if it differs from the question; else empty."""
    return f"Searched for: “{one_line(answer.searched)}”" if answer.searched else ""


def why(answer: Answer) -> tuple[Reason, ...]:
    """The judgements of an answer, in order."""
    return tuple(map(_why, answer.trace))


def why_lines(answer: Answer) -> tuple[str, ...]:
    """The judgements of an answer in English, a line each, in order."""
    return tuple(map(worded, why(answer)))


def unsaid(reason: str | None, text: str) -> str:
    """The rest of a reason whose beginning ends the text of the answer.

    >>> unsaid("The articles do not say: “Why?” Left out: “It sank.”", "It left. [1] The articles do not say: “Why?”")
    'Left out: “It sank.”'
    """
    words = (reason or "").split(" ")
    known = next((count for count in range(len(words), 0, -1) if text.endswith(" ".join(words[:count]))), 0)
    return " ".join(words[known:])


def verbatim(sentence: Sentence, citations: Iterable[Citation]) -> bool:
    """Whether a sentence is its quotes word for word, apart from the attribution and the day that Byline adds.

    >>> from bot.types import State
    >>> from index.types import Kind
    >>> quote = Citation(1, "a", 0, 8, "It sank.", "The port", outlet="Gazette", kind=Kind.OPINION)
    >>> told = "According to Gazette (opinion): It sank.", "It went down."
    >>> [verbatim(Sentence(each, 0, len(each), State.SUPPORTED, citations=(1,)), [quote]) for each in told]
    [True, False]
    """
    cited = [each for each in citations if each.mark in sentence.citations]
    if not cited:
        return False
    quoted = _bare(" ".join(each.quote for each in cited))
    before = ("", *all_leads(cited))
    return any(sentence.text.startswith(each) and _bare(sentence.text[len(each) :]) == quoted for each in before)


def pieces_of(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """A text in pieces, each with whether it is one of the spans. Joined they are the text, whatever the spans.

    >>> list(pieces_of("Max Stein owned it.", [(0, 9)]))
    [('Max Stein', True), (' owned it.', False)]
    """
    place = 0
    for start, end in spans:
        start, end = max(start, place), min(end, len(text))
        if start < end:
            yield from [(text[place:start], False)] if place < start else []
            yield text[start:end], True
            place = end
    if place < len(text):
        yield text[place:], False


def answering_in(citation: Citation, sentences: Iterable[Sentence]) -> Spans:
    """The spans of a quote that answer: those of a sentence that is the quote, behind its attribution or its day.

    >>> from bot.types import State
    >>> quote = Citation(1, "a", 0, 8, "It sank.", "The port")
    >>> told = Sentence("Ann: It sank.", 0, 13, State.SUPPORTED, citations=(1,), answering=((8, 12),))
    >>> answering_in(quote, [told])
    ((3, 7),)
    """
    for each in sentences:
        if each.answering and citation.mark in each.citations and each.text.endswith(citation.quote):
            return moved(each.answering, len(citation.quote) - len(each.text))
    return ()


def _bare(text: str) -> str:
    """`text` on one line, without the marks at its ends."""
    return one_line(text).strip(' .。“”"')


def also(article: Article) -> str:
    """The outlets of copies of the text; empty without copies.

    >>> also(Article("a", "T", "…", also=(Republication("b", "Harbour Gazette"), Republication("c", "Island Weekly"))))
    'Also published by Harbour Gazette; Island Weekly'
    """
    places = [", ".join(filter(None, (one.outlet or one.article_id, day(one.published)))) for one in article.also]
    return f"Also published by {'; '.join(places)}" if places else ""


def revision_lines(revision: Revision) -> Iterator[str]:
    """The changes, a line each: facts, then removed (-) and added (+) sentences."""
    for change in revision.facts:
        yield f"{change.fact}: {one_line(change.old or 'not stated')} -> {one_line(change.new or 'not stated')}"
    yield from (f"- {one_line(sentence)}" for sentence in revision.gone)
    yield from (f"+ {one_line(sentence)}" for sentence in revision.come)


def footnote(citation: Citation) -> str:
    """One citation on a line: `[1] “quote” — Title. Yang Jin, Global Times, 15 July 2020, opinion`."""
    return f"[{citation.mark}] “{one_line(citation.quote)}” — {line(citation)}"


def address(url: str | None) -> str | None:
    """A web address that may become a link, else None.

    >>> address("https://example.org/a"), address("javascript:alert(1)")
    ('https://example.org/a', None)
    """
    try:
        parts = urlsplit(url or "")
        return url if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def _means(understood: Understood) -> str:
    since, until = understood.means.since, understood.means.until
    if understood.fact != "day":
        return f"{understood.fact} {' or '.join(one_line(value) for value in understood.values)}"
    if since and until:
        return day(since) if since == until else f"{day(since)} to {day(until)}"
    return f"since {day(since)}" if since else f"until {day(until)}"


def _only(understood: Understood) -> bool:
    return understood.effect is Effect.REQUIRED


def iso(moment: datetime | date | None) -> str | None:
    return moment.isoformat() if moment else None


def _facts(facts: Facts) -> dict[str, Any]:
    return {
        "title": facts.title,
        "author": facts.author,
        "outlet": facts.outlet,
        "published": iso(facts.published),
        "as_of": iso(facts.as_of),
        "kind": str(facts.kind) if facts.kind else None,
        "url": facts.url,
    }


def _sentence(sentence: Sentence) -> dict[str, Any]:
    return {
        "text": sentence.text,
        "start": sentence.start,
        "end": sentence.end,
        "state": str(sentence.state),
        "reason": worded(sentence.reason),
        "support": sentence.support,
        "citations": list(sentence.citations),
        "answering": [list(each) for each in moved(sentence.answering, sentence.start)],
    }


def rows(blocks: Iterable[Block]) -> Iterator[dict[str, Block]]:
    """The rows of a table: the cells by side. A repeated side begins the next row.

    >>> cells = [Block("row", (0,), "Russia"), Block("row", (1,), "China"), Block("row", (2,), "China")]
    >>> [list(row) for row in rows(cells)]
    [['Russia', 'China'], ['China']]
    """
    row: dict[str, Block] = {}
    for block in blocks:
        if block.label in row:
            yield row
            row = {}
        row[block.label] = block
    yield row


def sides_of(blocks: Iterable[Block]) -> list[str]:
    """The column labels of a table, in order."""
    return list(dict.fromkeys(each.label for each in blocks))


def words_of(block: Block, sentences: Sequence[str]) -> str:
    """The sentences of a block, as a surface writes them."""
    return " ".join(sentences[place] for place in block.sentences)


def _block(block: Block) -> dict[str, Any]:
    optional = {"label": block.label, "day": block.day}
    return {
        "kind": block.kind,
        "sentences": list(block.sentences),
        **{name: each for name, each in optional.items() if each},
    }


def _judgement(judgement: Judgement) -> dict[str, Any]:
    return {
        "step": judgement.step,
        "task": judgement.task,
        "text": judgement.text,
        "score": judgement.score,
        "threshold": judgement.threshold,
        "passed": judgement.passed,
    }


def _why(judgement: Judgement) -> Reason:
    """A judgement as a reason for readers.

    >>> worded(_why(Judgement("decide", "answerable", "Who left?", 0.123, 0.43)))
    'decide: the articles answer “Who left?” with probability 0.12; 0.43 is needed'
    """
    named = (judgement.step, judgement.task)
    name = _FIGURES[judgement.passed] if named == ("prove", "figures") else _JUDGED.get(named, "judged")
    places = 3 if f"{judgement.score:.2f}" == f"{judgement.threshold:.2f}" else 2
    return Reason.of(
        name,
        step=judgement.step,
        task=judgement.task,
        sentence=one_line(judgement.text),
        score=f"{judgement.score:.{places}f}",
        threshold=f"{judgement.threshold:.{places}f}",
    )


def evidence_json(evidence: Evidence) -> dict[str, Any]:
    return {"article_id": evidence.article_id, "start": evidence.start, "end": evidence.end, "text": evidence.text}
