"""What goes out: from an answer to a Slack message. Pure, within Slack's limits, and inert whatever an article says.

Texts are mrkdwn with `& < >` escaped, which leaves no mention, link or command alive, and `verbatim`, which keeps
Slack from making links and mentions out of bare words. All lengths are counted after escaping, as Slack counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.render import byline, one_line, searched_sentence, understood_sentence, unsaid
from bot.types import Answer, Citation, Near, Sentence, State, Status

Block = dict[str, Any]

SECTION_CHARACTERS = 3000  # of a text object; more is `invalid_blocks`
BLOCKS = 50  # of a message
MESSAGE_CHARACTERS = 12_000  # over all blocks; above some 13,200 Slack answers `msg_blocks_too_long`, undocumented
ANSWER_SECTIONS = 2
QUOTE_CHARACTERS, SHORTEST_QUOTE_CHARACTERS = 300, 80
TITLE_CHARACTERS, BYLINE_CHARACTERS, URL_CHARACTERS = 150, 240, 500
USUAL_CHARACTERS = 200  # what the title and the byline of a footnote take together, mostly
NEAREST = 5

HELP = "Ask me about the articles, such as “How many warheads does China have?”. I answer with their exact words."
BUSY = "I have too many questions in line at the moment. Ask again in a minute."


@dataclass(frozen=True, slots=True)
class Reply:
    """A message: its blocks, and the text of notifications and screen readers."""

    text: str
    blocks: tuple[Block, ...]


def reply(answer: Answer) -> Reply:
    """The message that shows `answer`; a failure never looks like an answer."""
    match answer.status:
        case Status.FAILED:
            return sentence(f"This failed, so there is no answer: {answer.reason or 'no reason was given'}")
        case Status.REFUSED:
            return _refused(answer)
        case Status.ANSWERED | Status.PARTIAL:
            return _answered(answer)


def sentence(text: str) -> Reply:
    """A message of plain words."""
    return Reply(_summary(text), _sections(text))


def escaped(text: str) -> str:
    """`text` with the three characters escaped by which Slack knows mentions, links and commands."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shortened(text: str, limit: int) -> str:
    """`text`, or its beginning up to a space and an ellipsis, in at most `limit` characters once escaped.

    >>> shortened("The notice was given on 6 July", 20)
    'The notice was…'
    """
    if len(escaped(text)) <= limit:
        return text
    return text[: _cut(text, limit - 1)].rstrip() + "…"


def linked(title: str, url: str | None) -> str:
    """The title as a link where `url` is a web address of bearable length, else the title; both escaped.

    >>> linked("Q&A", "https://example.org/?a=1&b=2")
    '<https://example.org/?a=1&amp;b=2|Q&amp;A>'
    >>> linked("Q&A", "javascript:alert(1)")
    'Q&amp;A'
    """
    label = escaped(shortened(one_line(title), TITLE_CHARACTERS))
    address = _address(url) if url else None
    return f"<{address}|{label}>" if address else label


def _answered(answer: Answer) -> Reply:
    text = _marked(answer)
    told = (*_sections(text), *_noted(unsaid(answer.reason, answer.text)))
    notice = _notice(answer)
    room = MESSAGE_CHARACTERS - sum(map(_length, (*told, *notice)))
    footnotes = _footnotes(answer.citations, room, BLOCKS - len(told) - len(notice))
    return Reply(_summary(text), (*told, *footnotes, *_nearest(answer), *notice))


def _refused(answer: Answer) -> Reply:
    """That the articles do not say, why, and which come nearest."""
    shown = (*_sections(answer.text), *_noted(answer.reason), *_nearest(answer), *_notice(answer))
    return Reply(_summary(answer.text), shown)


def _nearest(answer: Answer) -> tuple[Block, ...]:
    return tuple(_context(f"• {_article(near)}") for near in answer.nearest[:NEAREST])


def _notice(answer: Answer) -> tuple[Block, ...]:
    """What was searched for and understood, and why another model than the first one spoke, where that is so."""
    return _noted(searched_sentence(answer), understood_sentence(answer.understood), answer.notice)


def _noted(*notes: str | None) -> tuple[Block, ...]:
    """A block in small letters for each note that there is."""
    return tuple(_context(escaped(shortened(note, SECTION_CHARACTERS))) for note in notes if note)


def _marked(answer: Answer) -> str:
    """The answer's text, in which each sentence that no article supports is followed by a warning, and one that stands
    in for others by the reason."""
    text = answer.said
    for each in reversed(answer.sentences):
        if note := _beside(each):
            text = f"{text[: each.end]} ({note}){text[each.end :]}"
    return text


def _beside(sentence: Sentence) -> str | None:
    if sentence.state is State.SUPPORTED:
        return sentence.reason
    return f"⚠ {sentence.reason or 'No article here says this.'}"


def _footnotes(citations: Sequence[Citation], room: int, blocks: int) -> tuple[Block, ...]:
    """A block a citation while there is room, then how many are left out."""
    if not citations:
        return ()
    quote = room // len(citations) - USUAL_CHARACTERS
    quote = max(SHORTEST_QUOTE_CHARACTERS, min(QUOTE_CHARACTERS, quote))
    shown: list[Block] = []
    for citation in citations[: blocks - 1]:
        footnote = _context(_footnote(citation, quote))
        room -= _length(footnote)
        if room < 0:
            break
        shown.append(footnote)
    left = len(citations) - len(shown)
    return (*shown, _context(f"… and {left} more.")) if left else tuple(shown)


def _footnote(citation: Citation, quote: int) -> str:
    """`*[1]* title — “quote”`, and below it who wrote it, where and when."""
    title = linked(citation.title, citation.url)
    words = escaped(shortened(one_line(citation.quote), quote))
    return "\n".join(filter(None, (f"*[{citation.mark}]* {title} — “{words}”", _byline(citation))))


def _article(near: Near) -> str:
    return " — ".join(filter(None, (linked(near.title, near.url), _byline(near))))


def _byline(article: Citation | Near) -> str:
    return escaped(shortened(one_line(byline(article)), BYLINE_CHARACTERS))


def _summary(text: str) -> str:
    return escaped(shortened(text, SECTION_CHARACTERS))


def _sections(text: str) -> tuple[Block, ...]:
    """`text` in as few sections as hold it, the last one shortened where it takes more than are allowed."""
    pieces: list[str] = []
    rest = text.strip()
    while rest and len(pieces) < ANSWER_SECTIONS - 1:
        end = _cut(rest, SECTION_CHARACTERS)
        pieces.append(rest[:end])
        rest = rest[end:].lstrip()
    if rest:
        pieces.append(shortened(rest, SECTION_CHARACTERS))
    return tuple(_section(escaped(piece)) for piece in pieces)


def _cut(text: str, limit: int) -> int:
    """The most characters of `text` that take at most `limit` once escaped: up to a space, unless that halves them."""
    taken = 0
    for end, character in enumerate(text):
        taken += len(escaped(character))
        if taken > limit:
            space = max(text.rfind(" ", 0, end + 1), text.rfind("\n", 0, end + 1))
            return space if space > end // 2 else end
    return len(text)


def _address(url: str) -> str | None:
    """`url` as Slack's markup takes it, or None where it is no web address, or too long a one."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:  # such as an unclosed bracket
        return None
    safe = url.strip().replace("|", "%7C").replace("<", "%3C").replace(">", "%3E").replace("&", "&amp;")
    web = parts.scheme in ("http", "https") and parts.netloc and not any(character.isspace() for character in safe)
    return safe if web and len(safe) <= URL_CHARACTERS else None


def _section(mrkdwn: str) -> Block:
    return {"type": "section", "text": _text(mrkdwn)}


def _context(mrkdwn: str) -> Block:
    return {"type": "context", "elements": [_text(mrkdwn)]}


def _text(mrkdwn: str) -> Block:
    return {"type": "mrkdwn", "text": mrkdwn, "verbatim": True}


def _length(block: Block) -> int:
    """The characters that Slack counts in one of this module's blocks."""
    texts = [block["text"]] if "text" in block else block["elements"]
    return sum(len(text["text"]) for text in texts)
