"""The values that flow through the bot, from a question to an answer. Frozen, tuples inside."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

from index.errors import Reason as Reason
from index.types import Filters, Hits, Kind, Understood

Spans = tuple[tuple[int, int], ...]  # whole words of a text: characters, the end exclusive; ascending and apart


def moved(spans: Sequence[tuple[int, int]], by: int) -> Spans:
    """The same spans of a text that has `by` more characters before."""
    return tuple((start + by, end + by) for start, end in spans)


def joined(*reasons: Reason | None, language: str | None = None) -> Reason | None:
    """The reasons one after another, in a language (None: in that of who reads them); None without any."""
    found = tuple(filter(None, reasons))
    if len(found) < 2:
        return found[0] if found else None
    return Reason.of("joined", language=language, reasons=found)


class Status(StrEnum):
    ANSWERED = "answered"
    PARTIAL = "partial"  # some of what was asked is supported, and the text says what is not
    REFUSED = "refused"  # the articles do not say
    FAILED = "failed"  # a model or a store gave an error; never words that look like an answer


class State(StrEnum):
    SUPPORTED = "supported"
    UNSUPPORTED = "unsupported"  # no article says it
    CONTRADICTED = "contradicted"  # an article says otherwise
    ABOUT = "about"  # a statement about the articles ("they give no date"), which needs no quote


class Intent(StrEnum):
    """The kind of answer that a person wants."""

    SHORT = "short"  # a fact, a name, a number, a definition
    OVERVIEW = "overview"
    LIST = "list"
    COMPARISON = "comparison"
    TIMELINE = "timeline"
    POSITIONS = "positions"  # what somebody says, argues or thinks
    EXPLANATION = "explanation"  # why, and how
    WHETHER = "whether"
    LIBRARY = "library"  # what articles there are
    SMALLTALK = "smalltalk"
    HELP = "help"
    CORRECTION = "correction"  # of the last question
    COMPLAINT = "complaint"  # about the last answer
    OUTSIDE = "outside"  # nothing that articles can answer: a poem, a translation, code
    OTHER = "other"  # none of these for sure: taken as a question


class Length(StrEnum):
    """How long an answer is to be."""

    SHORTER = "shorter"  # one sentence; of a broad request, half as many as usual
    USUAL = "usual"
    LONGER = "longer"  # with the sentences around; of a broad request, twice as many as usual


Verify = Literal["model", "judge", "off"]  # who looks a second time at the sentences of a citing model

# The kinds of answer that a person may choose.
OFFERED = tuple(map(Intent, ("short", "overview", "timeline", "comparison", "list", "positions")))


@dataclass(frozen=True, slots=True)
class Options:
    """How a question is to be answered."""

    filters: Filters = Filters()
    ignore: Collection[str] = ()  # words of the question that name no day, outlet, author or kind
    understand: bool = True  # whether days, outlets, authors and kinds that the question names are heeded
    strict: bool = False  # leave out unsupported sentences instead of marking them
    strictness: float | None = None  # refuse an answer less probable than this, in [0, 1]; None: the fitted threshold
    request: Intent | None = None  # the kind of answer; None: as classified
    length: Length = Length.USUAL
    quotes: bool = False  # ask no language model
    model: str | None = None  # one of the choices of the bot; None: the usual one


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier question and the text of its answer, which may be empty. `Turn.of` makes it of an answer."""

    question: str
    answer_text: str = ""
    refused: bool = False  # the articles did not say: nothing later leans on it
    request: Intent | None = None  # as the question was understood; None where that is not known
    cited: tuple[tuple[int, str], ...] = ()  # the marks of the answer, and the ids of the articles that they cite

    @classmethod
    def of(cls, question: str, answer: Answer | None) -> Turn:
        """A turn as the next question needs it; of a question without an answer, the question alone."""
        if answer is None:
            return cls(question)
        told = answer.text if answer.status in (Status.ANSWERED, Status.PARTIAL) else ""
        cited = tuple((each.mark, each.article_id) for each in answer.citations)
        return cls(question, told, answer.status is Status.REFUSED, answer.request, cited)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence chosen from an article: `article.text[start:end] == text`."""

    article_id: str
    start: int
    end: int
    text: str
    score: float = 0.0  # how much of the question it carries, in [0, 1]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The part of one article that a model is shown."""

    heading: str  # who says it, where and when
    source: str  # the article's address, or its id
    sentences: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Prompt:
    """The prompt of a model: the standing instructions, examples of requests with their replies, then the request.

    The `excerpts` stand in `user`. A model that cites by itself is given them apart, and then `question` for `user`.
    """

    system: str
    user: str
    examples: tuple[tuple[str, str], ...] = ()
    excerpts: tuple[Excerpt, ...] = ()
    question: str = ""


@dataclass(frozen=True, slots=True)
class Cited:
    """Words of a model, with the evidence that the model says they rest on. It is no proof."""

    words: str
    evidence: tuple[Evidence, ...] = ()


class Cancellation:
    """Stops work in progress, from any thread: `set` it once and it stays set. The work raises `Cancelled`."""

    __slots__ = ("__weakref__", "flag")

    def __init__(self) -> None:
        self.flag = bytearray(2)  # a C string, empty until set: native code reads it without asking Python

    def set(self) -> None:
        self.flag[0] = 1

    def is_set(self) -> bool:
        return self.flag[0] != 0


class Complete(Protocol):
    """Asks a model and streams its words. Closing the generator stops the work, and so does `cancel`."""

    def __call__(self, prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[str, None, None]: ...


class Cite(Protocol):
    """Same as `Complete`, of a model that cites. Evidence comes right after the words that it is cited for."""

    def __call__(self, prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[Cited, None, None]: ...


class Read(Protocol):
    """Reads a prompt that holds the question, and from there on with an adapter (a GGUF file).

    Gives the output of a layer, counted from 0, at the prompt's last token: as many numbers as the model is wide. What
    was read is kept for `ReadReply`.
    """

    def __call__(
        self, prompt: Prompt, question: str, layer: int, adapter: Path, cancel: Cancellation | None = None, /
    ) -> Sequence[float]: ...


class ReadReply(Protocol):
    """Same as `Complete`, for a prompt that is read from the question in it on, and answered, with an adapter."""

    def __call__(
        self, prompt: Prompt, question: str, adapter: Path, cancel: Cancellation | None = None, /
    ) -> Generator[str, None, None]: ...


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of a model, and their cost."""

    read: int = 0  # of prompts, without those that were in its cache
    cached: int = 0  # of prompts, from its cache
    written: int = 0
    cost: float | None = 0.0  # in US dollars; None where a price is not known

    def __add__(self, other: Usage) -> Usage:
        cost = None if self.cost is None or other.cost is None else self.cost + other.cost
        return Usage(self.read + other.read, self.cached + other.cached, self.written + other.written, cost)

    def __sub__(self, other: Usage) -> Usage:
        cost = None if self.cost is None or other.cost is None else self.cost - other.cost
        return Usage(self.read - other.read, self.cached - other.cached, self.written - other.written, cost)

    def __bool__(self) -> bool:
        return bool(self.read or self.cached or self.written)


MILLION = 1_000_000  # tokens that a price is for


class Price(NamedTuple):
    """US dollars for a million tokens."""

    read: float
    written: float
    cached: float | None = None  # of prompts, from the server's cache; None: as much as others

    def of(self, used: Usage) -> float:
        """The cost of tokens.

        >>> Price(2, 8, 0.5).of(Usage(read=1_000_000, cached=2_000_000, written=500_000))
        7.0
        """
        cached = self.read if self.cached is None else self.cached
        return (used.read * self.read + used.cached * cached + used.written * self.written) / MILLION


class CountUsage(Protocol):
    """The usage of the calls with this cancellation, by default of all since the model was opened, as far as told."""

    def __call__(self, cancel: Cancellation | None = None, /) -> Usage: ...


def not_counted(_: Cancellation | None = None, /) -> Usage:
    """The usage that a model tells which does not count."""
    return Usage()


@dataclass(frozen=True, slots=True)
class Model:
    """A language model that was opened; nothing of it is loaded before its first use."""

    name: str
    complete: Complete
    waiting: Callable[[], int] = lambda: 0  # calls that a new one would wait for, the one being served included
    ahead: Callable[[Cancellation], int] = lambda _: 0  # calls that the one with this cancellation waits for
    read: Read | None = None  # None where it shows nothing of itself, as `reply` then is
    reply: ReadReply | None = None
    cite: Cite | None = None  # `complete` for a prompt with excerpts; None where it does not cite by itself
    idle: Complete | None = None  # as `complete`, but gives way to every other call; None where calls wait for none
    budget: int = 230  # tokens of evidence that it is shown; a CPU reads 40 to 110 a second
    remote: bool = False  # on a machine where each call may cost, and nothing is gained by one beforehand
    small: bool = False  # its sentences are not shown: each points to the sentence of an article that says it
    cites: bool = False  # it reads numbered sentences, cites them, and decides by itself whether they answer
    usage: CountUsage = not_counted


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact words of an article that support a sentence, and the article's facts of that day.

    `article.text[start:end] == quote` for the version of the article whose text hashes to `version`. So a kept answer
    stays true when the article changes.
    """

    mark: int  # counted from 1 in an answer
    article_id: str
    start: int
    end: int
    quote: str
    title: str
    author: str | None = None
    outlet: str | None = None
    published: datetime | date | None = None
    as_of: date | None = None
    kind: Kind | None = None
    url: str | None = None
    version: str = ""

    @property
    def day(self) -> date | None:
        """Same as `Article.day`."""
        moment = self.as_of or self.published
        return moment.date() if isinstance(moment, datetime) else moment


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an answer, without marks: `answer.text[start:end] == text`."""

    text: str
    start: int
    end: int
    state: State
    reason: Reason | None = None  # why it is unsupported, or why it stands in for a draft
    support: float = 0.0  # in [0, 1]
    citations: tuple[int, ...] = ()  # marks of `Answer.citations`
    answering: Spans = ()  # of `text`: the words of a quote that answer, as far as known

    @property
    def unproved(self) -> bool:
        """Whether it claims something that is not proved."""
        return self.state in (State.UNSUPPORTED, State.CONTRADICTED)


@dataclass(frozen=True, slots=True)
class Judgement:
    """One score that decided something, and the threshold that it was held against."""

    step: str  # evidence, decide, prove or conflict
    task: str  # answers, supported, contradicted, figures, answerable
    text: str  # what was judged
    score: float  # in [0, 1]
    threshold: float  # in [0, 1]

    @property
    def passed(self) -> bool:
        return self.score >= self.threshold


BlockKind = Literal["paragraph", "bullet", "row", "event"]


@dataclass(frozen=True, slots=True)
class Block:
    """A part of an answer with a shape, and the places of its sentences. Rows that follow each other are cells of one
    table, a column for each label; a label that comes again begins a new row."""

    kind: BlockKind
    sentences: tuple[int, ...]
    label: str = ""  # the day of an event as people read it, the side of a cell
    day: str = ""  # of an event, in the form of ISO 8601: a day, a month or a year


@dataclass(frozen=True, slots=True)
class Near:
    """An article close to a question that the articles do not answer. Nonsense has none."""

    article_id: str
    title: str
    author: str | None = None
    outlet: str | None = None
    published: datetime | date | None = None
    as_of: date | None = None
    kind: Kind | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds from the question to each event; None for what did not happen."""

    search: float | None = None
    evidence: float | None = None
    first_token: float | None = None
    total: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer and its proof. `text` holds the sentences, each followed by its `[1]` marks."""

    question: str
    status: Status
    text: str
    model: str  # the one which spoke
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    hits: Hits = field(default_factory=Hits)
    nearest: tuple[Near, ...] = ()
    reason: Reason | None = None  # why it was refused or failed; of a partial one, what the articles do not say
    notice: Reason | None = None  # why a model that was to be asked before did not speak
    request: Intent = Intent.OTHER  # as it was understood, or as the person said
    searched_again: tuple[str, ...] = ()  # the queries that the model named instead of a first answer
    searched: str | None = None  # the question that was searched for, where it is another one: a follow-up made whole,
    # or a translation
    shape: tuple[Block, ...] = ()  # of an answer to a broad request
    trace: tuple[Judgement, ...] = ()  # in the order in which they were made
    timings: Timings = field(default_factory=Timings)
    usage: Usage | None = None  # of the models; None where they do not tell
    error: Exception | None = field(default=None, compare=False)  # by which it failed; it is not kept

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The shape of the answer: that of a broad request, else one paragraph."""
        if self.shape or not self.sentences:
            return self.shape
        return (Block("paragraph", tuple(range(len(self.sentences)))),)

    @property
    def said(self) -> str:
        """The text without the titles of the articles in `nearest`, for surfaces that list these themselves."""
        return self.text if self.sentences else self.text.partition("\n")[0]

    @property
    def filters(self) -> Filters:
        """The filters in force: given, or required by the question."""
        return self.hits.filters

    @property
    def understood(self) -> tuple[Understood, ...]:
        """The facts that the question names; of a follow-up, the question that it was made into."""
        return self.hits.understood


@dataclass(frozen=True, slots=True)
class Report:
    """A text held against the articles, as far as it was judged: `text[start:end]` is each sentence's text."""

    text: str
    total: int  # sentences of the text
    sentences: tuple[Sentence, ...] = ()  # those that were judged, in order
    citations: tuple[Citation, ...] = ()  # by their marks, of what supports and what contradicts
    filters: Filters = field(default_factory=Filters)

    @property
    def finished(self) -> bool:
        return len(self.sentences) == self.total

    @property
    def supported(self) -> bool:
        """Whether all of it is."""
        return self.finished and self.count(State.SUPPORTED) == self.total

    def count(self, state: State) -> int:
        """How many sentences are in a state."""
        return sum(each.state is state for each in self.sentences)


@dataclass(frozen=True, slots=True)
class EvidenceReady:
    """The passages and the sentences chosen from them: the first event of a stream."""

    hits: Hits
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence of the answer, as soon as it is proved, without its marks, and what is cited for it."""

    text: str
    citations: tuple[Citation, ...] = ()
    answering: Spans = ()  # of `text`, as those of a `Sentence`


@dataclass(frozen=True, slots=True)
class Proving:
    """A sentence of the draft is being proved. Only those who ask for the progress are told."""

    number: int  # of the sentence in the draft, from 1
    of: int | None = None  # sentences of the draft; None while a model still writes


@dataclass(frozen=True, slots=True)
class SearchedAgain:
    """The model has named further queries, and the articles are searched for them. Once an answer, at most."""

    queries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verifying:
    """The text stands; a second look at its sentences and their quotes is under way. Marks may change."""


Event = EvidenceReady | SearchedAgain | Proving | Words | Verifying | Answer
