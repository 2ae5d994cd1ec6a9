"""Gaps, what people asked that the articles do not say: the questions of all surfaces, grouped by meaning.

Questions that were refused or answered in part are put together where their vectors are near enough. How near is fitted
for each embedder on labelled questions (`bot/classifiers/gaps.json`, `bot/training/gaps.py`). Nobody's name is told.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from math import inf
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any

from bot.classifiers.fitted import load
from bot.errors import ShownError
from bot.render.text import near_json
from bot.types import Intent, Near, Status
from index.text.words import content_terms

if TYPE_CHECKING:
    from bot.answering.bot import Bot
    from bot.history import History
    from index.embed import Vectors
    from index.index import Index
    from index.sql import Dialect

MOST = 1_000  # different questions that are grouped, the newest
SHOWN = 30  # groups
KEPT = 1_000  # questions of which it is remembered what the articles say by now


@dataclass(frozen=True, slots=True)
class UnansweredQuestion:
    """A question that was not answered, or in part. A follow-up is the question that it was made into."""

    text: str
    asked: datetime  # UTC
    surface: str  # web, slack, cli, ...


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions that ask for the same. `question` is the one that is nearest to all of them."""

    question: str
    questions: tuple[str, ...]  # each once, the newest first
    count: int  # how often it was asked
    last: date  # UTC
    surfaces: tuple[str, ...]  # in the order of the alphabet
    answered: bool | None = None  # whether the articles answer it by now; None as long as it was not asked again
    nearest: tuple[Near, ...] = ()  # the articles that are nearest to it; none where they answer it


@dataclass(frozen=True, slots=True)
class GapAnswer:
    """The answer of the articles to a question, as of now."""

    answered: bool = False
    nearest: tuple[Near, ...] = ()


class Gaps:
    """The gaps of a history. What the articles say by now is asked once for each question and state of the index."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._lock = Lock()
        self._found: OrderedDict[tuple[int, str], GapAnswer] = OrderedDict()

    def count(self, since: date | None = None) -> int:
        """How often something was asked that the articles did not say, since a day in UTC."""
        with self._history.reading() as connection:
            query = f"SELECT count(*) {_unanswered(connection.dialect)}"
            row = connection.execute(query, self._oldest(since)).fetchone()
        return int(row[0]) if row else 0

    def list(self, bot: Bot, since: date | None = None, most: int = SHOWN, patience: float = inf) -> tuple[Gap, ...]:
        """Up to `most` gaps, those that were asked most often first, and of these the newest.

        Each is asked again, without a language model and without filters; after `patience` seconds, only those of
        which it is known what the articles say.
        """
        questions = tuple(self._asked(since))
        gaps = sorted(map(_gap, grouped(questions, bot.index)), key=lambda gap: (gap.count, gap.last), reverse=True)
        quoting, end = bot.quoting(), monotonic() + patience
        return tuple(self._with(gap, quoting, end) for gap in gaps[:most])

    def _oldest(self, since: date | None) -> Mapping[str, float]:
        first = datetime.combine(since, time(), UTC).timestamp() if since else 0.0
        return {"oldest": max(first, self._history.oldest())}

    def _asked(self, since: date | None) -> Iterable[UnansweredQuestion]:
        """The newest first."""
        texts = set[str]()
        with self._history.reading() as connection:
            # Of an answer only this is read: it may hold many passages.
            searched = connection.dialect.json_field("answer", "searched")
            whole = f"coalesce({searched}, question)"
            query = f"SELECT {whole}, turn.asked, surface {_unanswered(connection.dialect)} ORDER BY number DESC"
            for text, asked, surface in connection.execute(query, self._oldest(since)):
                texts.add(text)
                if len(texts) > MOST:
                    return
                yield UnansweredQuestion(text, datetime.fromtimestamp(asked, UTC), surface)

    def _with(self, gap: Gap, quoting: Bot, end: float) -> Gap:
        key = quoting.index.generation, gap.question
        with self._lock:
            found = self._found.get(key)
        if found is None and monotonic() < end:
            found = _found(quoting, gap.question)
            self._keep(key, found)
        return replace(gap, answered=found.answered, nearest=found.nearest) if found else gap

    def _keep(self, key: tuple[int, str], found: GapAnswer) -> None:
        with self._lock:
            self._found[key] = found
            while len(self._found) > KEPT:
                self._found.popitem(last=False)


def grouped(questions: Sequence[UnansweredQuestion], index: Index) -> list[list[UnansweredQuestion]]:
    """The questions that ask for the same together, the one nearest to all of them first.

    What the embedder does not read, or where nothing is fitted for it, goes together only by the same words.
    """
    texts = list(dict.fromkeys(each.text for each in questions))
    threshold = thresholds().get(index.embedder.name)
    read = [each for each in texts if threshold is not None and index.reads(each)]
    together = [[read[place] for place in each] for each in clusters(index.embed(read), threshold)] if threshold else []
    together += same_words([each for each in texts if each not in set(read)])
    asked: dict[str, list[UnansweredQuestion]] = {}
    for each in questions:
        asked.setdefault(each.text, []).append(each)
    return [[question for text in group for question in asked[text]] for group in together]


def clusters(vectors: Vectors, threshold: float) -> list[list[int]]:
    """The places of vectors `(n, dim)` of length 1 in groups, by average linkage.

    Two groups are merged as long as the mean cosine between them is more than `threshold`. The place nearest to its
    group's mean stands first.
    """
    if len(vectors) < 2:
        return [[place] for place in range(len(vectors))]
    from sklearn.cluster import AgglomerativeClustering

    linkage = AgglomerativeClustering(None, metric="cosine", linkage="average", distance_threshold=1 - threshold)
    groups: dict[int, list[int]] = {}
    for place, group in enumerate(linkage.fit_predict(vectors).tolist()):
        groups.setdefault(group, []).append(place)
    return [_nearest_first(vectors, each) for each in groups.values()]


def _nearest_first(vectors: Vectors, places: list[int]) -> list[int]:
    mean = vectors[places].mean(axis=0)
    return sorted(places, key=lambda place: (-round(float(vectors[place] @ mean), 6), place))


def same_words(texts: Iterable[str]) -> list[list[str]]:
    """Texts together that have the same terms.

    >>> same_words(["Who left?", "The bridge?", "who left"])
    [['Who left?', 'who left'], ['The bridge?']]
    """
    found: dict[frozenset[str], list[str]] = {}
    for text in texts:
        found.setdefault(frozenset(content_terms(text)) or frozenset([text.casefold()]), []).append(text)
    return list(found.values())


def gap_json(gap: Gap) -> dict[str, Any]:
    """`byline gaps --json`, and the API's."""
    return {
        "question": gap.question,
        "questions": list(gap.questions),
        "count": gap.count,
        "last": gap.last.isoformat(),
        "surfaces": list(gap.surfaces),
        "answered": gap.answered,
        "nearest": [near_json(each) for each in gap.nearest],
    }


def _unanswered(dialect: Dialect) -> str:
    """The turns that were refused or answered in part. A request of no kind that no article is near is no question."""
    request, nearest = (dialect.json_field("answer", field) for field in ("request", "nearest"))
    return (
        "FROM turn JOIN conversation ON conversation.id = turn.conversation "
        f"WHERE turn.asked >= :oldest AND turn.status IN ('{Status.REFUSED}', '{Status.PARTIAL}') "
        f"AND (turn.status = '{Status.REFUSED}' AND {request} = '{Intent.OTHER}' AND {nearest} = '[]') IS NOT TRUE"
    )


def thresholds() -> Mapping[str, float]:
    """The least mean cosine of one group, by the name of the embedder."""
    found: Mapping[str, float] = load("gaps").manifest["threshold"]
    return found


def _gap(questions: Sequence[UnansweredQuestion]) -> Gap:
    newest = sorted(questions, key=lambda each: each.asked, reverse=True)
    return Gap(
        questions[0].text,
        tuple(dict.fromkeys(each.text for each in newest)),
        len(questions),
        newest[0].asked.date(),
        tuple(sorted({each.surface for each in questions})),
    )


def _found(quoting: Bot, question: str) -> GapAnswer:
    """The answer of a bot without a language model. What cannot be asked by itself is not answered."""
    try:
        answer = quoting.answer(question)
    except ShownError:
        return GapAnswer()
    answered = answer.status is Status.ANSWERED
    return GapAnswer(answered, () if answered else answer.nearest)
