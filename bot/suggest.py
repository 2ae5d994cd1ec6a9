"""Questions to go on with, and to begin with. Each was asked beforehand, and the articles answered it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from bot.attribute import speaks_for_somebody
from bot.decide import names_of
from bot.follow_up.standalone import needs_history
from bot.inquire import mentioned, questions
from bot.types import Answer, Citation, Evidence, Status
from index.sentence import sentences
from index.types import Article
from index.words import chinese, content_terms

FOLLOW_UPS = 3
OPENERS = 4
TRIED = 8  # questions that are tried for follow-ups, at most; each takes about as long as a search
TRIED_AT_FIRST = 16
LEAD = 6  # sentences at the beginning of an article, from which openers are drawn
_ALIKE = 0.7  # the share of common terms from which on two questions are taken for the same

Answers = Callable[[str], Answer]  # without a language model
_Spanned = Evidence | Citation


@dataclass(frozen=True, slots=True)
class Draft:
    """A question, and the sentence that it is drawn from."""

    question: str
    source: Evidence
    name: str | None = None  # what it asks about, where it asks for no more

    def answered(self, answer: Answer) -> bool:
        """Whether an answer gives the sentence; or of a name, one that has it."""
        return answer.status is Status.ANSWERED and any(
            self.name in each.quote if self.name else _overlaps(each, self.source) for each in answer.citations
        )


def follow_ups(
    answer: Answer, asked: Sequence[str], articles: Mapping[str, Article], answers: Answers
) -> tuple[str, ...]:
    """At most three questions about what stands near the evidence of an answer, in the language of its question.

    None of them is like one that was `asked`, or is answered by what the answer quotes. `articles` are those of its
    hits, by id.
    """
    drawn = _drawn(_near(answer, articles), articles, answer.citations)
    fitting = [each for each in drawn if chinese(each.question) == chinese(answer.question)]
    return _chosen(_varied(fitting), [*asked, answer.question], answers, FOLLOW_UPS, TRIED)


def openers(articles: Iterable[Article], answers: Answers) -> tuple[str, ...]:
    """Up to four questions that articles answer in their first sentences, no two of one article."""
    drawn = (_first(article) for article in articles)
    firsts = [found for found in drawn if found]
    return _chosen(_varied(firsts), [], answers, OPENERS, TRIED_AT_FIRST)


def _first(article: Article) -> Draft | None:
    lead = islice(_sentences(article.id, 0, article.text), LEAD)
    return next(iter(_varied(_drawn(lead, {article.id: article}))), None)


def _near(answer: Answer, articles: Mapping[str, Article]) -> Iterator[Evidence]:
    """The sentences of the quoted articles, the nearest to a quote first; then those of the other hits that have a name
    of the question."""
    places: dict[str, int] = {}
    for each in answer.citations:
        places.setdefault(each.article_id, each.start)
    for article_id, place in places.items():
        if article_id in articles:
            whole = _sentences(article_id, 0, articles[article_id].text)
            yield from sorted(whole, key=lambda each: abs(each.start - place))
    names = names_of(answer.question)
    for hit in answer.hits:
        if hit.passage.article_id not in places:
            beside = _sentences(hit.passage.article_id, hit.passage.start, hit.passage.text)
            yield from (each for each in beside if len(names & set(content_terms(each.text))) >= min(2, len(names)))


def _sentences(article_id: str, start: int, text: str) -> Iterator[Evidence]:
    for span in sentences(text):
        yield Evidence(article_id, start + span.start, start + span.end, text[span.start : span.end])


def _drawn(near: Iterable[Evidence], articles: Mapping[str, Article], told: Sequence[Citation] = ()) -> Iterator[Draft]:
    """The questions that sentences answer, but for those that are told already; then those about a name in them."""
    named: list[Draft] = []
    quoted = {each.article_id for each in told}
    for sentence in near:
        if any(_overlaps(each, sentence) for each in told):
            continue
        article = articles[sentence.article_id]
        author = article.author if speaks_for_somebody(article) else None
        yield from (Draft(question, sentence) for question in questions(sentence.text, author))
        if not told or sentence.article_id in quoted:
            named += [Draft(_about(name), sentence, name.removeprefix("the ")) for name in mentioned(sentence.text)]
    yield from named


def _about(name: str) -> str:
    return f"关于{name}，文章说了什么？" if chinese(name) else f"What do the articles say about {name}?"


def _varied(found: Iterable[Draft]) -> list[Draft]:
    """Questions that begin alike one after the other, each time after one of another beginning. What somebody said
    comes later, since most sentences have that shape; and last, what asks for no more than a name."""
    times: Counter[str] = Counter()
    placed = []
    for number, draft in enumerate(found):
        begins = draft.question[-4:] if chinese(draft.question) else draft.question.split(" ")[0]
        later = 100 if draft.name else 2 * _says(draft.question)
        placed.append((times[begins] + later, number, draft))
        times[begins] += 1
    return [draft for *_, draft in sorted(placed, key=lambda each: each[:2])]


def _says(question: str) -> bool:
    return " say about " in question or question.startswith("关于")


def _chosen(drafts: Iterable[Draft], asked: Sequence[str], answers: Answers, most: int, tries: int) -> tuple[str, ...]:
    """The first of them that are new, and that the articles answer with the sentence which they were drawn from."""
    chosen: list[str] = []
    sources: list[Evidence] = []
    named = False
    for draft in drafts:
        if len(chosen) == most or not tries:
            break
        known = any(_alike(draft.question, each) for each in (*asked, *chosen))
        if known or needs_history(draft.question) or draft.source in sources or (named and draft.name):
            continue
        tries -= 1
        if draft.answered(answers(draft.question)):
            chosen.append(draft.question)
            sources.append(draft.source)
            named = draft.name is not None and most == FOLLOW_UPS
    return tuple(chosen)


def _overlaps(one: _Spanned, other: _Spanned) -> bool:
    return one.article_id == other.article_id and one.start < other.end and other.start < one.end


def _alike(one: str, other: str) -> bool:
    first, second = set(content_terms(one)), set(content_terms(other))
    return len(first & second) >= _ALIKE * min(len(first), len(second))
