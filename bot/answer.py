"""The pipeline on one screen: classify -> rewrite -> search -> evidence -> decide -> write -> prove -> conflict ->
attribute.

`Flow` is handed from step to step; `bot.langchain` joins the same steps as a LangChain runnable.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from bot.bug import public
from bot.errors import Cancelled, QuestionEmpty, QuestionTooLong, ShownError, UsageError
from bot.idle import Idle
from bot.model.chain import Chain
from bot.stages import Asked, Clock, Found
from bot.types import (
    Answer,
    Cancellation,
    Complete,
    Event,
    EvidenceReady,
    Length,
    Near,
    Report,
    Request,
    Status,
    Turn,
    Usage,
    Words,
)
from index.errors import ArticleMissing, StoreMissing
from index.types import Filters, Hits

if TYPE_CHECKING:
    from bot.config import Config
    from bot.judge import Judge
    from bot.model import Model
    from bot.request import Classified, Embed
    from bot.shape import Part
    from bot.speak import Spoken
    from index.index import Index

PASSAGES = 10
LONGEST = 2_000  # characters of a question


@dataclass(frozen=True, slots=True)
class Flow:
    """A question on its way through the steps. Once it has failed, the steps pass it on as it is."""

    asked: Asked
    history: Sequence[Turn] = ()
    filters: Filters = field(default_factory=Filters)
    ignore: Collection[str] = ()
    understand: bool = True
    chosen: Request | None = None  # the kind of answer that the person chose
    request: Request | None = None  # what kind of answer is wanted; None until that is known
    language: str = "en"  # of the question, as it is classified
    whole: str = ""  # the question with what it takes from the history
    leans: bool = False  # whether it takes anything from there
    pointed: tuple[str, ...] = ()  # the ids of the articles whose marks the question names
    languages: tuple[str, ...] = ()  # those that are left to search in, in turn
    question: str = ""  # as it is searched for: whole, in the language that is searched in
    hits: Hits = field(default_factory=Hits)
    found: Found | None = None
    parts: tuple[Part, ...] = ()  # of the answer to a broad request
    failure: ShownError | None = None


class Bot:
    """Answers questions about the articles of an index. Several threads may ask at once."""

    def __init__(
        self,
        index: Index,
        *models: Model,
        quotes: bool = False,
        notice: str | None = None,
        strictness: float | None = None,
        judge: Judge | None = None,
        suggestions: bool | None = None,
        embed: Embed | None = None,
    ) -> None:
        """The `models` are tried in order; with `quotes`, or without a model, the articles' own sentences are the last
        resort. `notice` is to be shown to the person; `strictness` is that of `stream`, where none is given there;
        `judge` is the shipped one, unless another is given; `suggestions` says whether the first model may write
        questions to go on with (None: where that costs nothing); `embed` reads requests, as MiniLM does, which is
        loaded without it."""
        from bot import calibrate  # what reads text is loaded when somebody asks
        from bot.compose import Composer
        from bot.config import shipped
        from bot.judge import Judge
        from bot.speak import Speaker

        self.index = index
        self.notice = notice
        self._models, self._quotes = models, quotes
        self.idle = Idle()
        self._strictness, self._suggestions = strictness, suggestions
        self._judge = judge or Judge.load()
        self._embed = embed
        self._speaker = Speaker.load(shipped("prompts"), self._judge, calibrate.probes(), calibrate.load())
        self._composer = Composer.load(shipped("prompts"), self._judge)

    @classmethod
    def open(cls, store: str | Path = "data/store", model: str | None = None, config: Config | None = None) -> Self:
        """Raises StoreMissing where there is no store, ModelUnknown or ModelMissing for a model that cannot be had."""
        from bot.config import Config
        from bot.judge import Judge
        from bot.model import open_model
        from bot.request import embedding
        from index.embed import named
        from index.index import Index

        settings = config or Config()
        if not Index.exists(store, settings.database_url):
            raise StoreMissing(Path(store))
        opened = open_model(
            model or settings.model, url=settings.model_url, key=settings.model_key, timeout=settings.model_timeout
        )
        embedder = named(settings.embedder, settings.precision, settings.embedder_url, settings.embedder_key)
        index = Index.open(
            store,
            embedder=embedder,
            url=settings.store_url,
            reranker=settings.reranker,
            database_url=settings.database_url,
            token=settings.store_token,
        )
        index.follow()
        return cls(
            index,
            *opened.models,
            quotes=opened.quotes,
            notice=opened.notice,
            strictness=settings.strictness,
            judge=Judge.load(settings.judge, settings.judge_url, settings.judge_key),
            suggestions=settings.suggestions,
            embed=embedding(settings.embedder_url, settings.embedder_key),
        )

    @property
    def model(self) -> str:
        """The name of the one that is asked first."""
        return Chain(self._models).name

    @property
    def extractive(self) -> bool:
        """Whether no language model is asked."""
        return not self._models

    @property
    def loads(self) -> bool:
        """Whether the model that is asked first is one of this machine, so that it is loaded before it answers."""
        return bool(self._models) and not self._models[0].remote

    @property
    def suggests(self) -> Complete | None:
        """What writes questions to go on with, while nobody asks: the first model, unless each call of it may cost and
        that was not asked for."""
        if not self._models or self._suggestions is False:
            return None
        first = self._models[0]
        return first.idle or (first.complete if self._suggestions or not first.remote else None)

    def quoting(self) -> Bot:
        """A bot for the same articles that asks no language model."""
        return Bot(self.index, judge=self._judge, strictness=self._strictness)

    def waiting(self) -> int:
        """How many callers wait for the models."""
        return sum(model.waiting() for model in self._models)

    @property
    def usage(self) -> Usage:
        """Tokens of all calls of the models since they were opened, as far as it is told."""
        return sum((model.usage() for model in self._models), Usage())

    def answer(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters = Filters(),
        *,
        ignore: Collection[str] = (),
        understand: bool = True,
        strict: bool = False,
        strictness: float | None = None,
        request: Request | None = None,
        length: Length = Length.USUAL,
    ) -> Answer:
        """The last event of `stream`."""
        options = {
            "ignore": ignore, "understand": understand, "strict": strict, "strictness": strictness, "request": request,
            "length": length,
        }  # fmt: skip
        *_, answer = self.stream(question, history, filters, **options)  # type: ignore[arg-type]
        assert isinstance(answer, Answer)
        return answer

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters = Filters(),
        *,
        ignore: Collection[str] = (),
        understand: bool = True,
        strict: bool = False,
        strictness: float | None = None,
        request: Request | None = None,
        length: Length = Length.USUAL,
        cancel: Cancellation | None = None,
    ) -> Generator[Event]:
        """`EvidenceReady`, then `Words` sentence by sentence, as they are proved, then the `Answer`.

        Closing the generator stops the work; `cancel` does too, from any thread and while the prompt is being read.
        `ignore` and `understand` are those of `Index.search`: what the question names and is not to be heeded.
        `strict` leaves out what no article supports instead of marking it; `strictness` is the probability, in [0, 1],
        that the articles answer, below which it refuses (None: the calibration's). `request` is the kind of answer that
        is wanted (None: as the question is classified), `length` how long it is to be. A failing model or store gives
        an Answer with the status `failed`. Raises QuestionEmpty, QuestionTooLong, or Cancelled.
        """
        flow = self.begin(
            question, history, filters, ignore=ignore, understand=understand, strict=strict, strictness=strictness,
            request=request, length=length, cancel=cancel,
        )  # fmt: skip
        for step in (self.classify, self.rewrite, self.search, self.evidence):
            flow = step(flow)
        yield from self.speak(flow)

    def begin(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters = Filters(),
        *,
        ignore: Collection[str] = (),
        understand: bool = True,
        strict: bool = False,
        strictness: float | None = None,
        request: Request | None = None,
        length: Length = Length.USUAL,
        cancel: Cancellation | None = None,
    ) -> Flow:
        """The question as it sets out; the arguments are those of `stream`. Raises QuestionEmpty, QuestionTooLong."""
        self.idle.give_up()
        stop = cancel or Cancellation()
        chain = Chain([_stoppable(model, stop) for model in self._models], self._quotes)
        least = self._strictness if strictness is None else strictness
        asked = Asked(checked(question), chain, Clock(), stop, strict, least, length)
        return Flow(asked, history, filters, ignore, understand, request, question=asked.question)

    def classify(self, flow: Flow) -> Flow:
        """What kind of answer is wanted, unless the person has said it, and the language of the question."""

        def classified() -> Flow:
            found = self.classified(flow.asked.question)
            return replace(flow, request=flow.chosen or found.request, language=found.language)

        return _unless_failed(flow, classified)

    def classified(self, text: str) -> Classified:
        """What a request is taken for. Raises what embedding it raises."""
        from bot.request import classify

        return classify(text, self._embed)

    def rewrite(self, flow: Flow) -> Flow:
        """A follow-up becomes a question of its own, where it needs the history: the turns that articles answered.
        Where most articles are in another language, a model translates it."""
        from bot.request import UNREAD

        return flow if flow.request in UNREAD else _unless_failed(flow, lambda: self._first(self._whole(flow)))

    def search(self, flow: Flow) -> Flow:
        """The passages, by meaning and by words; none for talk."""
        from bot.request import TALK

        return flow if flow.request in TALK else _unless_failed(flow, lambda: self._searched(flow))

    def evidence(self, flow: Flow) -> Flow:
        """The sentences of the passages that matter, within the budget of the model."""
        from bot.request import UNREAD

        return flow if flow.request in UNREAD else _unless_failed(flow, lambda: self._gathered(flow))

    def speak(self, flow: Flow) -> Generator[Event]:
        """The evidence; the sentences as they are proved; the answer."""
        if flow.failure is not None:
            yield self._failed(flow, flow.failure)
            return
        try:
            if flow.found is None:
                yield from self._told(flow)
                return
            flow, spoken = yield from self._spoken(flow)
        except (Cancelled, UsageError):
            raise
        except ShownError as error:
            yield self._failed(flow, error)
            return
        yield self._refused(flow, spoken) if spoken.refuses else self._answered(flow, spoken)

    def _whole(self, flow: Flow) -> Flow:
        """With the question as one that stands alone, and the languages to search in. Raises ShownError."""
        from bot.condense import condense
        from bot.request import UNREAD
        from bot.translate import languages

        told = [
            each
            for each in flow.history
            if not each.refused and (each.request or self.classified(each.question).request) not in UNREAD
        ]
        asked, pointed = self._pointed(flow.asked.question, told)
        chain = flow.asked.chain
        corrects = flow.request is Request.CORRECTION
        whole = condense(asked, told, chain.line if chain.model else None, corrects=corrects)
        request = flow.request
        if not flow.chosen and not whole.endswith(asked):  # a model has worded it
            request = self.classified(whole).request
        spoken = languages(flow.language, self.index.inventory(flow.filters)) if chain.model else ()
        return replace(
            flow,
            request=request,
            leans=whole != asked,
            pointed=pointed,
            whole=whole,
            question=whole,
            languages=spoken,
        )

    def _pointed(self, question: str, told: Sequence[Turn]) -> tuple[str, tuple[str, ...]]:
        """The question with titles for the marks of the last answer that it names, and the ids of their articles. The
        mark of an article that is gone stays as it is."""
        from bot.condense import marks

        there: list[str] = []
        for mark, article_id in marks(question, told).items():
            with suppress(ArticleMissing):
                question = question.replace(mark, f"“{self.index.article(article_id).title}”")
                there.append(article_id)
        return question, tuple(dict.fromkeys(there))

    def _first(self, flow: Flow) -> Flow:
        """In the first language to search in; as it is where it can be put in none. Raises ShownError."""
        return self._translated(flow) or replace(flow, languages=())

    def _translated(self, flow: Flow) -> Flow | None:
        """With the question in the next language to search in; None where it can be put in none. Raises ShownError."""
        from bot.translate import translated

        for place, language in enumerate(flow.languages, 1):
            own = language == flow.language
            question = flow.whole if own else translated(flow.whole, language, flow.asked.chain.line)
            if question and (own or question != flow.whole):
                return replace(flow, question=question, languages=flow.languages[place:])
        return None

    def _searched(self, flow: Flow) -> Flow:
        from bot import breadth
        from bot.shape import BROAD

        count = breadth.PASSAGES if flow.request in BROAD else PASSAGES
        filters = replace(flow.filters, article=flow.pointed) if flow.pointed else flow.filters
        hits = self.index.search(flow.question, count, filters, ignore=flow.ignore, understand=flow.understand)
        # The articles that a question points to are no choice of the person's for the next one.
        return replace(flow, hits=replace(hits, filters=replace(hits.filters, article=flow.filters.article)))

    def _gathered(self, flow: Flow) -> Flow:
        from bot.breadth import SENTENCES, survey
        from bot.find import find
        from bot.shape import BROAD

        asked = flow.asked
        if flow.request in BROAD:
            most = SENTENCES[asked.length]
            found = survey(self.index, flow.question, flow.request, flow.hits, asked.clock, most)
            return replace(flow, found=found, parts=self._parts(flow, found))
        found = find(self.index, flow.question, flow.hits, asked.budget, self._judge, asked.clock, asked.cancel)
        return replace(flow, found=found)

    def _parts(self, flow: Flow, found: Found) -> tuple[Part, ...]:
        """What each block of the answer to a broad request rests on."""
        from bot.breadth import SENTENCES, beside
        from bot.shape import cells, parts
        from bot.sides import sides

        if flow.request is Request.COMPARISON and (named := sides(flow.question)):
            compared = beside(found, named, SENTENCES[flow.asked.length])
            if all(compared.values()):
                return cells(compared)
        return parts(flow.request or Request.OVERVIEW, found.chosen, found.articles, flow.language)

    def _spoken(self, flow: Flow) -> Generator[Event, None, tuple[Flow, Spoken]]:
        """What is said in the first language in which the articles answer; where none does, what was said in the first.
        Raises ShownError."""
        refused = None
        while flow.found:
            yield EvidenceReady(flow.found.hits, flow.found.chosen)
            spoken = yield from self._said(flow, flow.found)
            if not spoken.refuses:
                return flow, spoken
            refused = refused or (flow, spoken)
            further = self._translated(flow)
            if further is None:
                break
            flow = self._gathered(self._searched(further))
        assert refused
        return refused

    def _said(self, flow: Flow, found: Found) -> Generator[Event, None, Spoken]:
        from bot.shape import BROAD

        if flow.request in BROAD:
            return (yield from self._composer.compose(flow.asked, found, flow.parts))
        # Of a follow-up, what stands before its own question is only the earlier one.
        asked = _thorough(flow) if flow.leans else replace(_thorough(flow), question=flow.question)
        return (yield from self._speaker.speak(asked, found))

    def verify(self, text: str, filters: Filters = Filters(), *, cancel: Cancellation | None = None) -> Report:
        """The last report of `verify_stream`."""
        (report,) = deque(self.verify_stream(text, filters, cancel=cancel), maxlen=1)
        return report

    def verify_stream(
        self, text: str, filters: Filters = Filters(), *, cancel: Cancellation | None = None
    ) -> Generator[Report]:
        """Whether the articles support, contradict or do not state each sentence of any text, with their quotes.

        Gives the report as it grows, a sentence at a time; the first has none. No language model is asked. Raises
        TextEmpty, TextTooLong, Cancelled, and what the search raises.
        """
        from bot.verify import Verifier, verify

        return verify(Verifier(self.index, self._judge, filters, cancel), text)

    def warm(self) -> None:
        """Loads what the first question would wait for: the embedder, the judge, and a model of this machine with its
        standing instructions. Raises what they raise."""
        self.index.search("warm up", 1)
        self._judge.answers("warm up", ["warm up"])
        if self.loads:
            self._speaker.warm(self._models[0])

    def close(self) -> None:
        self.index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _told(self, flow: Flow) -> Generator[Event]:
        """What is said without reading an article: talk, and what articles there are."""
        from bot import library, talk

        self.index.require(flow.filters)  # what is not there is an error, whatever is asked
        near: tuple[Near, ...] = ()
        if flow.request is Request.LIBRARY:
            text, near = library.reply(self.index, flow.question, flow.hits, flow.filters, flow.language)
        else:
            text = talk.reply(flow.request or Request.OTHER, flow.language)
        yield Words(text)
        yield replace(self._answer(flow, Status.ANSWERED), text=text, nearest=near)

    def _answered(self, flow: Flow, spoken: Spoken) -> Answer:
        answer = self._answer(flow, Status.ANSWERED if spoken.whole else Status.PARTIAL, reason=spoken.reason)
        return replace(
            answer,
            text=f"{spoken.page.text} {spoken.silent}" if spoken.silent else spoken.page.text,
            sentences=spoken.page.sentences,
            citations=spoken.page.citations,
            trace=spoken.trace,
            shape=tuple(spoken.blocks),
        )

    def _refused(self, flow: Flow, spoken: Spoken) -> Answer:
        from bot import refuse
        from bot.decide import missing

        found = flow.found or Found(flow.question)
        nearest = refuse.nearest(found.hits, found.articles)
        absent = missing(found.question, found.weights, found.chosen, found.facts)
        answer = self._answer(flow, Status.REFUSED, reason=refuse.reason(found.question, absent, found=bool(nearest)))
        text = refuse.sentence(flow.asked.question, nearest)
        return replace(answer, text=text, nearest=nearest, trace=spoken.trace)

    def _failed(self, flow: Flow, error: ShownError) -> Answer:
        return replace(self._answer(flow, Status.FAILED, reason=public(error)), error=error)

    def _answer(self, flow: Flow, status: Status, reason: str | None = None) -> Answer:
        """What all answers to a question have, whatever becomes of it."""
        asked, found = flow.asked, flow.found
        return Answer(
            question=asked.question,
            status=status,
            text="",
            model=asked.chain.name,
            notice=asked.chain.notice,
            evidence=found.chosen if found else (),
            hits=found.hits if found else flow.hits,
            reason=reason,
            request=flow.request or Request.OTHER,
            searched=flow.question if flow.question != asked.question else None,
            timings=asked.clock.timings(),
        )


def _thorough(flow: Flow) -> Asked:
    """Why and how are not told in a sentence: an explanation is longer, unless the person has said how long."""
    explains = flow.request is Request.EXPLANATION and flow.asked.length is Length.USUAL
    return replace(flow.asked, length=Length.LONGER) if explains else flow.asked


def _unless_failed(flow: Flow, step: Callable[[], Flow]) -> Flow:
    """The flow after a step, or as one that has failed. Raises Cancelled, UsageError."""
    if flow.failure is not None:
        return flow
    try:
        return step()
    except (Cancelled, UsageError):
        raise
    except ShownError as error:
        return replace(flow, failure=error)


def _stoppable(model: Model, cancel: Cancellation) -> Model:
    """The model for one question, which `cancel` stops."""
    read, reply = model.read, model.reply
    return replace(
        model,
        complete=lambda prompt, _=None: model.complete(prompt, cancel),
        read=(lambda prompt, question, layer, adapter, _=None: read(prompt, question, layer, adapter, cancel))
        if read
        else None,
        reply=(lambda prompt, question, adapter, _=None: reply(prompt, question, adapter, cancel)) if reply else None,
    )


def checked(question: str) -> str:
    """The question on one line. Raises QuestionEmpty, QuestionTooLong.

    >>> checked("  Who  left? ")
    'Who left?'
    """
    asked = " ".join(question.encode(errors="replace").decode().split())  # half a surrogate pair is no letter
    if not any(character.isalnum() for character in asked):
        raise QuestionEmpty
    if len(asked) > LONGEST:
        raise QuestionTooLong(len(asked), LONGEST)
    return asked
