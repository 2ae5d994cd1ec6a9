"""Markup of the chat: questions, words as they are written, and what came of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote, urlsplit

from bot.history.since import NOTHING, KnownChanges
from bot.render.html.bylines import byline
from bot.render.html.markup import answering, lang, marked, safe
from bot.render.html.words import ENGLISH, PageWording
from bot.render.text import address, verbatim, why
from bot.types import Answer, Citation, Evidence, Near, Proving, Sentence, State, Status, Usage, Verifying
from bot.web.blocks import shaped
from index.types import Article


def anchor(turn: int, mark: int) -> str:
    """The id of a quote. Each turn has its own, so that an older answer's marks lead to their own quotes."""
    return f"proof-{turn}-{mark}"


def reading(turn: int, article_id: str, mark: int = 0) -> str:
    """The link that opens a whole article, at one of the turn's quotes."""
    return f"#read-{turn}-{mark}-{quote(article_id, safe='')}"


def question(text: str) -> str:
    return f'<h2 class="question" dir="auto">{safe(text)}</h2>'


def queued(number: int, text: str, words: PageWording = ENGLISH) -> str:
    """A question that waits for those before it, with the button that takes it out."""
    out = f'<button class="act" id="drop-{number}">{safe(words("chat.drop"))}</button>'
    return f'{question(text)}<p class="queued">{safe(words("chat.queued"))} {out}</p>'


def doing(what: str) -> str:
    """A line on what is being done, until there is something to read."""
    return f'<p class="doing">{safe(what)}</p>'  # script.js counts its seconds


def nearest(evidence: Sequence[Evidence], articles: Mapping[str, Article], words: PageWording = ENGLISH) -> str:
    """The likeliest of the sentences that are being read, until there is an answer; nothing says that it is one."""
    best = max(evidence, key=lambda each: each.score, default=None)
    if not best:
        return ""
    article = articles[best.article_id]
    return (
        f'<div class="card near nearest"><p class="note">{safe(words("chat.nearest"))}</p>'
        f'<blockquote dir="auto"{lang(article.language)}>{safe(best.text)}</blockquote>'
        f'<p class="byline">{byline(article, words)}</p></div>'
    )


def writing(said: str, words: PageWording = ENGLISH, step: Proving | Verifying | None = None) -> str:
    """The answer so far, and what is being done: a sentence is proved, or written, or all are read a second time. Its
    marks come with the answer."""
    if isinstance(step, Verifying):
        doing_now = words("chat.verifying")
    else:
        doing_now = _proving(step, words) if step else words("chat.proving")
    return (f'<p class="writing" dir="auto">{safe(said)}</p>' if said else "") + doing(doing_now)


def _proving(proving: Proving, words: PageWording) -> str:
    if proving.of is None:
        return words("page.sentence", number=proving.number)
    return words("page.sentence_of", number=proving.number, all=proving.of)


def stopped(said: str, words: PageWording = ENGLISH) -> str:
    """The text that was written before the person stopped it. Nothing says that the articles support it."""
    if not said:
        return f'<p class="note">{safe(words("chat.stopped"))}</p>'
    note = f'<p class="note">{safe(words("chat.unchecked"))}</p>'
    return f'<p class="unsupported" dir="auto">{safe(said)}</p>{note}'


def failed(reason: str, words: PageWording = ENGLISH) -> str:
    what = f"<p><strong>{safe(words('chat.failed'))}</strong></p>"
    return f'<div class="failed" role="alert">{what}<p>{safe(reason)}</p></div>'


def finished(turn: int, answer: Answer, words: PageWording = ENGLISH, known: KnownChanges = NOTHING) -> str:
    """An answer with its marks; or, as what they are, a refusal or a failure."""
    if answer.status is Status.FAILED:
        return failed(words.reason(answer.reason) if answer.reason else words("chat.no_reason"), words)
    drawn = _refusal if answer.status is Status.REFUSED else _answer
    body = drawn(turn, answer, words, known)
    notice = f'<p class="note">{safe(words.reason(answer.notice))}</p>' if answer.notice else ""
    return f"{_searched(answer, words)}{body}{notice}"


def _searched(answer: Answer, words: PageWording) -> str:
    """The question that was searched for, where it is another than was asked, and the further queries of a model."""
    told = [words("chat.searched", question=answer.searched)] if answer.searched else []
    told += [searched_again(answer.searched_again, words)] if answer.searched_again else []
    return "".join(f'<p class="note" dir="auto">{safe(each)}</p>' for each in told)


def searched_again(queries: Sequence[str], words: PageWording) -> str:
    return words("chat.searched_again", queries=words.every([f"“{each}”" for each in queries]))


def _answer(turn: int, answer: Answer, words: PageWording, known: KnownChanges) -> str:
    if not answer.sentences:  # talk, and what articles there are
        return f'<p class="answer" dir="auto">{safe(answer.said)}</p>{_listed(turn, answer, words, known)}'
    citations = {each.mark: each for each in answer.citations}
    sentences = [_sentence(turn, each, citations, words, known) for each in answer.sentences]
    missing = f'<p class="note" dir="auto">{safe(words.reason(answer.reason))}</p>' if answer.reason else ""
    return f"{shaped(answer.blocks, sentences)}{_breadth(answer, words)}{missing}{_listed(turn, answer, words, known)}"


def _breadth(answer: Answer, words: PageWording) -> str:
    """The number of articles that an answer with a shape is of."""
    if not answer.shape:
        return ""
    cited = len({each.article_id for each in answer.citations})
    found = len(answer.hits.article_ids)
    return f'<p class="note">{safe(words("chat.breadth", cited=cited, found=found))}</p>'


def _sentence(
    turn: int, sentence: Sentence, citations: Mapping[int, Citation], words: PageWording, known: KnownChanges
) -> str:
    marks = "".join(_mark(turn, mark) for mark in sentence.citations)
    if sentence.state is State.ABOUT:
        return f'<span class="about" title="{safe(words("check.about"))}">{safe(sentence.text)}</span>'
    if sentence.unproved:
        reason = safe(words.reason(sentence.reason) if sentence.reason else words("chat.unsupported"))
        return (
            f'<span class="unsupported">{safe(sentence.text)}</span>{marks}{_sign("unfounded", words)} '
            f'<button class="why">{safe(words("chat.why"))}</button><span class="reason">{reason}</span>'
        )
    language = lang(known.spoken(sentence, citations.values()))
    text = marked(sentence.text, answering(sentence.answering))
    said = f"<span{language}>{text}</span>" if language else text
    sign = _sign("exact" if verbatim(sentence, citations.values()) else "paraphrase", words)
    return f'<span class="claim">{said}{marks}{sign}</span>{_instead(sentence, words)}'


def _sign(name: str, words: PageWording) -> str:
    """How a sentence stands to the articles, as a sign that has its name; proof.css draws it."""
    return f'<span class="sign {name}" role="img" title="{safe(words(f"chat.{name}"))}"></span>'


def _instead(sentence: Sentence, words: PageWording) -> str:
    """A note that a supported sentence stands in for others, where it does."""
    if not sentence.reason:
        return ""
    return f' <small class="note">{safe(words("answer.note", note=words.reason(sentence.reason)))}</small>'


def _mark(turn: int, mark: int) -> str:
    return f' <a class="mark" href="#{anchor(turn, mark)}">[{mark}]</a>'  # proof.js shows its quote


def _refusal(turn: int, answer: Answer, words: PageWording, known: KnownChanges) -> str:
    reason = f"<p>{safe(words.reason(answer.reason))}</p>" if answer.reason else ""
    listed = _listed(turn, answer, words, known)
    step = safe(words("chat.ask_or_read" if listed else "chat.ask"))
    return (
        f'<div class="refused"><div dir="auto"><p>{safe(answer.text)}</p>{reason}</div>'
        f'{listed}<p class="note">{step}</p></div>'
    )


def _listed(turn: int, answer: Answer, words: PageWording, known: KnownChanges) -> str:
    nearest = "".join(f"<li>{_near(turn, each, words, known)}</li>" for each in answer.nearest)
    return f"<ul>{nearest}</ul>" if nearest else ""


def _near(turn: int, near: Near, words: PageWording, known: KnownChanges) -> str:
    source = original(near.url, words)
    language = lang(known.languages.get(near.article_id))
    return (
        f'<a class="read" href="{reading(turn, near.article_id)}" dir="auto"{language}>{safe(near.title)}</a>'
        f'<span class="byline">{byline(near, words)}{f" {source}" if source else ""}</span>'
    )


def judged(answer: Answer, words: PageWording) -> str:
    """The judgements on the way to the answer; empty where there were none."""
    lines = "".join(f'<li dir="auto">{safe(words.reason(each))}</li>' for each in why(answer))
    return f"<ul>{lines}</ul>" if lines else ""


def original(url: str | None, words: PageWording) -> str:
    """The link to an article where it was published; empty where there is none."""
    if not (url := address(url)):
        return ""
    return f'<a href="{safe(url)}">{safe(words("chat.original", host=urlsplit(url).hostname or ""))}</a>'


def effort(answer: Answer, words: PageWording) -> str:
    """The model, the seconds, the number of passages, the tokens and, where it is known, the cost."""
    total = answer.timings.total
    seconds = words("chat.seconds", seconds=f"{total:.1f}") if total is not None else ""
    passages = words("chat.passages", count=len(answer.hits))
    return " · ".join(part for part in (answer.model, seconds, passages, *_used(answer.usage, words)) if part)


def _used(usage: Usage | None, words: PageWording) -> Iterator[str]:
    if usage:  # without a model there are none
        yield words("chat.tokens", read=f"{usage.read + usage.cached:,}", written=f"{usage.written:,}")
        if usage.cost:
            yield words("chat.cost", cost=f"{usage.cost:.2g}" if usage.cost < 0.01 else f"{usage.cost:.2f}")
