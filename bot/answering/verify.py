"""Any text to a report: each sentence supported, contradicted or not found, as the sentences of an answer are proved.

For each sentence the index is searched, and `bot.answering.prove` proves it by the sentences of the hits. No language
model is asked. Sentences are not judged in batches, since the judge reads each pair by itself, on one processor.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.answering.attribute import all_leads
from bot.answering.cite import Marks
from bot.answering.evidence import candidates, title
from bot.answering.prove import NOTHING, OTHERWISE, ClaimVerifier, Proof
from bot.answering.retrieve import present
from bot.answering.write.draft import plain
from bot.errors import Cancelled, TextEmpty, TextTooLong
from bot.types import Cancellation, Reason, Report, Sentence, State
from index.errors import Unreadable
from index.text.sentence import in_heading, sentences
from index.text.surrogates import without_surrogates
from index.types import Article, Failure, Filters, Hits

if TYPE_CHECKING:
    from bot.judge import Judge
    from index.index import Index

PASSAGES = 10  # of a search; a sentence has two: alone, and after the sentence before it
LONGEST = 200_000  # characters of a text
LONGEST_SENTENCE = 1_000  # characters; the judge would not read the end of a longer sentence
IMPLIED = (NOTHING, OTHERWISE)  # reasons that repeat the state of a sentence
TOO_LONG = Reason("sentence_too_long")


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of a text, `text[start:end]`, and the sentence before it, both without list signs and stress."""

    start: int
    end: int
    words: str
    before: str = ""  # or the heading


@dataclass(frozen=True, slots=True)
class Verifier:
    """Holds claims against the articles of an index."""

    index: Index
    judge: Judge
    filters: Filters
    cancel: Cancellation | None = None

    def prove(self, claim: Claim, context: str) -> tuple[Proof, Mapping[str, Article]]:
        """The proof of a claim, read after its context if it is a fragment; and the articles. Raises Cancelled."""
        if len(claim.words) > LONGEST_SENTENCE:
            return Proof(reason=TOO_LONG), {}
        hits, there = present(self.index, self._searched(claim))
        words, articles = unattributed(claim.words, there)
        found = [
            each
            for each, _ in candidates(hits)
            if each.article_id in articles and not title(each.text, articles[each.article_id].title)
        ]
        before = unattributed(context, there)[0]
        return ClaimVerifier(self.judge, found, articles, self.cancel).prove(words, before), articles

    def _searched(self, claim: Claim) -> Hits:
        """The passages of two searches: for the claim after the sentence before it, and for the claim alone."""
        questions = dict.fromkeys((f"{claim.before} {claim.words}".strip(), claim.words))
        found = (self.index.search(each, PASSAGES, self.filters, understand=False) for each in questions)
        return Hits(tuple(hit for hits in found for hit in hits), self.filters)


def verify(verifier: Verifier, text: str) -> Generator[Report]:
    """The report as it grows: first without a sentence, then with one more each time.

    Raises TextEmpty, TextTooLong, Cancelled, and the errors of the search.
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
        # Only a supported sentence is context for a fragment, so that its errors are not taken for the fragment's.
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


def unattributed(words: str, articles: Mapping[str, Article]) -> tuple[str, Mapping[str, Article]]:
    """A sentence of an answer without its attribution, and the articles that it is attributed to; else both as given.

    The attribution is of the metadata, which no sentence of an article states.
    """
    every = {key: leads_of(each) for key, each in articles.items()}
    lead = max((one for of in every.values() for one in of if words.startswith(one)), key=len, default="")
    return words[len(lead) :], {key: each for key, each in articles.items() if not lead or lead in every[key]}


@lru_cache(maxsize=256)
def leads_of(article: Article) -> tuple[str, ...]:
    """Each lead of an answer's sentence that rests on this article alone."""
    return tuple(all_leads([article]))


def checked(text: str) -> str:
    """The text that offsets refer to, without lone surrogates. Raises TextEmpty, TextTooLong."""
    if not any(map(str.isalnum, text)):
        raise TextEmpty
    if len(text) > LONGEST:
        raise TextTooLong(len(text), LONGEST)
    return without_surrogates(text)


def text_of(found: Iterable[object]) -> str:
    """The texts of the articles of a file, joined, with a blank line between. Raises Unreadable, TextTooLong."""
    texts: list[str] = []
    for each in found:
        if isinstance(each, Failure):
            raise Unreadable(each.source, each.reason)
        texts += [each.text] if isinstance(each, Article) else []
        if (length := sum(map(len, texts))) > LONGEST:
            raise TextTooLong(length, LONGEST)
    return "\n\n".join(texts)


def claims(text: str) -> Iterator[Claim]:
    """The sentences of a text, in order, without headings of Markdown and rows of dashes.

    >>> [(each.words, each.before) for each in claims("# The port\\n\\n- It **closed**.\\n- Nobody asked.")]
    [('It closed.', 'The port'), ('Nobody asked.', 'It closed.')]
    """
    before = ""
    for span in sentences(text):
        words = plain(text[span.start : span.end])
        if words:
            if not in_heading(text, span.start):
                yield Claim(span.start, span.end, words, before)
            before = words
