"""Any text to a report: each sentence supported, contradicted or not found, as the sentences of an answer are proved.

For each sentence the index is searched, and `bot.prove` proves it by the sentences that were found. No language model
is asked. Nothing is judged in batches: the judge reads each pair by itself anyway, a pair a processor.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.cite import Marks
from bot.errors import Cancelled, TextEmpty, TextTooLong
from bot.evidence import candidates, title
from bot.find import present
from bot.prove import NOTHING, OTHERWISE, Proof, Shelf
from bot.types import Cancellation, Report, Sentence, State
from bot.write import plain
from index.errors import Unreadable
from index.sentence import sentences
from index.types import Article, Failure, Filters, Hits

if TYPE_CHECKING:
    from bot.judge import Judge
    from index.index import Index

PASSAGES = 10  # that are looked at for a sentence; as many again with the sentence before it
LONGEST = 200_000  # characters of a text
LONGEST_SENTENCE = 1_000  # characters: of a longer one the judge would not read the end
IMPLIED = (NOTHING, OTHERWISE)  # reasons that the state of a sentence tells already
TOO_LONG = "This sentence is too long to be judged. Split it."


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of a text, `text[start:end]`, and the one before it, both without signs of lists and stress."""

    start: int
    end: int
    words: str
    before: str = ""  # a heading too


@dataclass(frozen=True, slots=True)
class Verifier:
    """Holds claims against the articles of an index."""

    index: Index
    judge: Judge
    filters: Filters
    cancel: Cancellation | None = None

    def prove(self, claim: Claim, context: str) -> tuple[Proof, Mapping[str, Article]]:
        """The proof of a claim, of a fragment after its context; and the articles that were read. Raises Cancelled."""
        if len(claim.words) > LONGEST_SENTENCE:
            return Proof(reason=TOO_LONG), {}
        hits, articles = present(self.index, self._searched(claim))
        found = [each for each, _ in candidates(hits) if not title(each.text, articles[each.article_id].title)]
        return Shelf(self.judge, found, articles, self.cancel).prove(claim.words, context), articles

    def _searched(self, claim: Claim) -> Hits:
        """The passages for a claim after the sentence before it, which tells what it is about; then for it alone."""
        questions = dict.fromkeys((f"{claim.before} {claim.words}".strip(), claim.words))
        found = (self.index.search(each, PASSAGES, self.filters, understand=False) for each in questions)
        return Hits(tuple(hit for hits in found for hit in hits), self.filters)


def verify(verifier: Verifier, text: str) -> Generator[Report]:
    """The report as it grows: at first without a sentence, then with one more each time.

    Raises TextEmpty, TextTooLong, Cancelled, and what the search raises.
    """
    written = checked(text)
    found = tuple(claims(written))
    if not found:
        raise TextEmpty
    marks, report, supported = Marks(), Report(written, len(found), filters=verifier.filters), ""
    yield report
    for claim in found:
        if verifier.cancel and verifier.cancel.is_set():
            raise Cancelled
        # A fragment leans on the sentence before it only where that is proved: what is wrong is its own then.
        proof, articles = verifier.prove(claim, claim.before if claim.before == supported else "")
        supported = claim.words if proof.state is State.SUPPORTED else ""
        sentence = Sentence(
            written[claim.start : claim.end],
            claim.start,
            claim.end,
            proof.state,
            None if proof.reason in IMPLIED else proof.reason,
            proof.support,
            marks.of(proof.quotes, articles),
        )
        report = replace(report, sentences=(*report.sentences, sentence), citations=marks.citations)
        yield report


def checked(text: str) -> str:
    """The text as its offsets count it. Raises TextEmpty, TextTooLong."""
    if not any(map(str.isalnum, text)):
        raise TextEmpty
    if len(text) > LONGEST:
        raise TextTooLong(len(text), LONGEST)
    return text.encode(errors="replace").decode()  # half a surrogate pair is no letter


def text_of(found: Iterable[object]) -> str:
    """The text of all articles of what was read of a file, no further than a text may be long. Raises Unreadable,
    TextTooLong."""
    texts: list[str] = []
    for each in found:
        if isinstance(each, Failure):
            raise Unreadable(each.source, each.reason)
        texts += [each.text] if isinstance(each, Article) else []
        if (length := sum(map(len, texts))) > LONGEST:
            raise TextTooLong(length, LONGEST)
    return "\n\n".join(texts)


def claims(text: str) -> Iterator[Claim]:
    """The sentences of a text, in order. What Markdown marks as a heading claims nothing, nor does a row of dashes.

    >>> [(each.words, each.before) for each in claims("# The port\\n\\n- It **closed**.\\n- Nobody asked.")]
    [('It closed.', 'The port'), ('Nobody asked.', 'It closed.')]
    """
    before, end = "", 0
    for span in sentences(text):
        words = plain(text[span.start : span.end])
        if words:
            if "#" not in text[end : span.start].rpartition("\n")[2]:
                yield Claim(span.start, span.end, words, before)
            before = words
        end = span.end
