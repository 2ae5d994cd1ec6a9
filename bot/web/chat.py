"""What is said in the chat, as markup: questions, words as they are written, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from bot.render import address, article_line, byline
from bot.types import Answer, Citation, Near, Sentence, State, Status
from bot.web.markup import safe


def anchor(turn: int, mark: int) -> str:
    """The id of a quote. Each turn has its own, so that an older answer's marks lead to their own quotes."""
    return f"proof-{turn}-{mark}"


def reading(turn: int, article_id: str, mark: int = 0) -> str:
    """The link that opens a whole article, at one of the turn's quotes."""
    return f"#read-{turn}-{mark}-{quote(article_id, safe='')}"


def question(text: str) -> str:
    return f'<h2 class="question" dir="auto">{safe(text)}</h2>'


def doing(what: str) -> str:
    """What is being done, until there is something to read."""
    return f'<p class="doing">{safe(what)}</p>'


def writing(words: str) -> str:
    """The answer so far. What supports it is known when it is done."""
    return f'<p class="writing" dir="auto">{safe(words)}</p>'


def stopped(words: str) -> str:
    """What was written before the person stopped it. Nothing says that the articles support it."""
    if not words:
        return '<p class="note">Stopped.</p>'
    note = '<p class="note">Stopped before it was checked against the articles.</p>'
    return f'<p class="unsupported" dir="auto">{safe(words)}</p>{note}'


def failed(reason: str) -> str:
    what = "<p><strong>No answer: something failed.</strong></p>"
    return f'<div class="failed" role="alert">{what}<p>{safe(reason)}</p></div>'


def finished(turn: int, answer: Answer) -> str:
    """An answer with its marks; or, as what they are, a refusal or a failure."""
    if answer.status is Status.FAILED:
        return failed(answer.reason or "The reason is not known.")
    body = _refusal(turn, answer) if answer.status is Status.REFUSED else _answer(turn, answer)
    return f'{body}<p class="note">{safe(_effort(answer))}</p>'


def _answer(turn: int, answer: Answer) -> str:
    citations = {each.mark: each for each in answer.citations}
    sentences = " ".join(_sentence(turn, each, citations) for each in answer.sentences)
    marked = any(each.state is State.UNSUPPORTED for each in answer.sentences)
    notes = (answer.reason, "The articles do not say what is underlined with dots." if marked else None)
    missing = "".join(f'<p class="note" dir="auto">{safe(note)}</p>' for note in notes if note)
    return f'<p class="answer" dir="auto">{sentences}</p>{missing}'


def _sentence(turn: int, sentence: Sentence, citations: Mapping[int, Citation]) -> str:
    if sentence.state is State.UNSUPPORTED:
        reason = safe(sentence.reason or "Nothing in the articles says this.")
        return (
            f'<span class="unsupported">{safe(sentence.text)}</span> '
            f'<button class="why">why?</button><span class="reason">{reason}</span>'
        )
    return safe(sentence.text) + "".join(_mark(turn, citations[mark]) for mark in sentence.citations)


def _mark(turn: int, citation: Citation) -> str:
    title = safe(article_line(citation))
    return f' <a class="mark" href="#{anchor(turn, citation.mark)}" title="{title}">[{citation.mark}]</a>'


def _refusal(turn: int, answer: Answer) -> str:
    reason = f"<p>{safe(answer.reason)}</p>" if answer.reason else ""
    nearest = "".join(f"<li>{_near(turn, each)}</li>" for each in answer.nearest)
    listed = f"<ul>{nearest}</ul>" if nearest else ""
    step = "Ask in other words, or read one of these articles." if nearest else "Ask in other words."
    return f'<div class="refused" dir="auto"><p>{safe(answer.text)}</p>{reason}{listed}<p class="note">{step}</p></div>'


def _near(turn: int, near: Near) -> str:
    url = address(near.url)
    original = f' <a href="{safe(url)}">Original at {safe(urlsplit(url).hostname or "")}</a>' if url else ""
    return (
        f'<a class="read" href="{reading(turn, near.article_id)}">{safe(near.title)}</a>'
        f'<span class="byline">{safe(byline(near))}{original}</span>'
    )


def _effort(answer: Answer) -> str:
    """Which model and why not another, how long, how many passages."""
    seconds = f"{answer.timings.total:.1f} s" if answer.timings.total is not None else ""
    count = len(answer.hits)
    passages = f"{count} passage{'' if count == 1 else 's'}"
    return " · ".join(part for part in (answer.model, seconds, passages, answer.notice) if part)
