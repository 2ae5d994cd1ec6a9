"""Any text to a report: each sentence supported, contradicted or not found, as the sentences of an answer are proved.

For each sentence the index is searched, and `bot.prove` proves it by the sentences that were found. No language model
is asked. Nothing is judged in batches: the judge reads each pair by itself anyway, a pair a processor.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.cite import Marks
from bot.errors import Cancelled, TextEmpty, TextTooLong
from bot.evidence import candidates, title
from bot.find import present
from bot.prove import NOTHING, OTHERWISE, Proof, Shelf, claimed
from bot.types import Cancellation, Report, Sentence
from bot.write import plain
from index.sentence import sentences
from index.types import Filters, Hits

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
    before: str = ""  # what a fragment leans on, a heading too

    @property
    def whole(self) -> str:
        """The sentence; a fragment after what is before it."""
        return claimed(self.words, self.before)


def verify(
    index: Index, judge: Judge, text: str, filters: Filters = Filters(), cancel: Cancellation | None = None
) -> Generator[Report]:
    """The report as it grows: at first without a sentence, then with one more each time.

    Raises TextEmpty, TextTooLong, Cancelled, and what the search raises.
    """
    written = checked(text)
    found = tuple(claims(written))
    if not found:
        raise TextEmpty
    marks, report = Marks(), Report(written, len(found), filters=filters)
    yield report
    for claim in found:
        if cancel and cancel.is_set():
            raise Cancelled
        proof, cited = _proved(index, judge, claim, filters, cancel, marks)
        said, reason = written[claim.start : claim.end], None if proof.reason in IMPLIED else proof.reason
        sentence = Sentence(said, claim.start, claim.end, proof.state, reason, proof.support, cited)
        report = replace(report, sentences=(*report.sentences, sentence), citations=marks.citations)
        yield report


def checked(text: str) -> str:
    """The text as its offsets count it. Raises TextEmpty, TextTooLong."""
    if not any(map(str.isalnum, text)):
        raise TextEmpty
    if len(text) > LONGEST:
        raise TextTooLong(len(text), LONGEST)
    return text.encode(errors="replace").decode()  # half a surrogate pair is no letter


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


def _proved(
    index: Index, judge: Judge, claim: Claim, filters: Filters, cancel: Cancellation | None, marks: Marks
) -> tuple[Proof, tuple[int, ...]]:
    """The proof of a claim, and the marks of its quotes."""
    if len(claim.whole) > LONGEST_SENTENCE:
        return Proof(reason=TOO_LONG), ()
    hits, articles = present(index, _searched(index, claim, filters))
    found = [each for each, _ in candidates(hits) if not title(each.text, articles[each.article_id].title)]
    proof = Shelf(judge, found, articles, cancel).prove(claim.words, claim.before)
    return proof, marks.of(proof.quotes, articles)


def _searched(index: Index, claim: Claim, filters: Filters) -> Hits:
    """The passages for a claim by itself, then those for it after the sentence before, which says what it is about."""
    questions = dict.fromkeys((claim.whole, f"{claim.before} {claim.words}".strip()))
    found = (index.search(each, PASSAGES, filters, understand=False) for each in questions)
    return Hits(tuple(hit for hits in found for hit in hits), filters)
