"""The pipeline on one screen.

classify -> rewrite -> search -> evidence -> decide -> write -> prove -> conflict -> attribute

Each step takes a `Flow` and gives the next one. `bot.langchain` joins the same steps as a LangChain runnable.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from bot.answering.flow import Asked, Clock, Found
from bot.errors import Cancelled, QuestionEmpty, QuestionTooLong, ShownError, UsageError
from bot.model.chain import Chain
from bot.runtime.error_log import public
from bot.runtime.idle import Idle
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
from index.text.surrogates import without_surrogates
from index.types import Article, Filters, Hits

if TYPE_CHECKING:
    from bot.answering.overview.shape import Part
    from bot.answering.write.generate import Spoken
    from bot.classifiers.intent import Classified, Embed
    from bot.config import Config
    from bot.judge import Judge
    from bot.model import Model
    from index.index import Index

PASSAGES = 10  # of the search for a short answer
LONGEST = 2_000  # characters of a question


@dataclass(frozen=True, slots=True)
class Flow:
    """The state of a question between two steps. After a failure the steps give it back unchanged."""

    asked: Asked
    history: Sequence[Turn] = ()
    filters: Filters = field(default_factory=Filters)
    ignore: Collection[str] = ()  # as of `Index.search`
    understand: bool = True  # as of `Index.search`
    chosen: Request | None = None  # the kind of answer that the person chose
    request: Request | None = None  # the classified kind of answer; None until the step `classify`
    language: str = "en"  # of the question, as classified: see `bot.classifiers.intent.language`
    reply: str = "en"  # the language of Byline's own sentences (ISO 639-1)
    whole: str = ""  # the question after the rewrite, in its own language
    leans: bool = False  # whether the rewrite took words from the history
    pointed: tuple[str, ...] = ()  # the ids of the articles whose marks the question names
    languages: tuple[str, ...] = ()  # not searched in yet, in order (ISO 639-1)
    question: str = ""  # the search query: `whole`, in the language of the search
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
        """The `models` are tried in order. With `quotes`, or without a model, sentences of the articles come last.

        `notice` is shown to the person. `strictness` is the default of `stream`. `judge` is the shipped one by default.
        `suggestions` lets the first model write follow-up questions (None: only where a call costs nothing). `embed`
        gives the vectors of requests, of MiniLM's shape (n, 384); None loads MiniLM.
        """
        from bot.answering.overview.compose import Composer
        from bot.answering.write.generate import Speaker
        from bot.classifiers import calibration as calibrate  # loaded with the first bot, not with the package
        from bot.config import shipped
        from bot.judge import Judge

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
        """A bot for a store. Raises StoreMissing, ModelUnknown, ModelMissing."""
        from bot.classifiers.intent import embedding
        from bot.config import Config
        from bot.judge import Judge
        from bot.model import open_model
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
        """The name of the first model of the chain."""
        return Chain(self._models).name

    @property
    def extractive(self) -> bool:
        """Whether no language model is asked."""
        return not self._models

    @property
    def loads(self) -> bool:
        """Whether the first model runs on this machine, and so is loaded before its first answer."""
        return bool(self._models) and not self._models[0].remote

    @property
    def suggests(self) -> Complete | None:
        """The model for follow-up questions in idle time: the first of the chain.

        None without a model, or with the setting False. A remote model needs the setting True, since calls may cost.
        """
        if not self._models or self._suggestions is False:
            return None
        first = self._models[0]
        return first.idle or (first.complete if self._suggestions or not first.remote else None)

    def quoting(self) -> Bot:
        """A bot for the same articles that asks no language model."""
        return Bot(self.index, judge=self._judge, strictness=self._strictness, embed=self._embed)

    def waiting(self) -> int:
        """How many callers wait for the models."""
        return sum(model.waiting() for model in self._models)

    def ahead(self, cancel: Cancellation) -> int:
        """How many callers come before the question with this cancellation."""
        return sum(model.ahead(cancel) for model in self._models)

    @property
    def usage(self) -> Usage:
        """Tokens of all calls since the models were opened, as far as they report them."""
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
        progress: bool = False,
    ) -> Generator[Event]:
        """`EvidenceReady`, then `Words` sentence by sentence, as they are proved, then the `Answer`.

        Closing the generator stops the work. So does `cancel`, from any thread and while the prompt is being read.
        `ignore` and `understand` are as for `Index.search`: which names and days of the question are passed over.
        `strict` leaves out unsupported sentences instead of marking them. `strictness` is a probability in [0, 1]: a
        question whose answer is less likely is refused (None: the fitted threshold). `request` is the kind of answer
        (None: as classified), `length` its length. With `progress`, a `Proving` comes before each proof. A failing
        model or store gives an Answer with the status `failed`. Raises QuestionEmpty, QuestionTooLong, Cancelled.
        """
        flow = self.begin(
            question, history, filters, ignore=ignore, understand=understand, strict=strict, strictness=strictness,
            request=request, length=length, cancel=cancel, progress=progress,
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
        progress: bool = False,
    ) -> Flow:
        """The first state of a question. The arguments are as for `stream`. Raises QuestionEmpty, QuestionTooLong."""
        self.idle.give_up()
        stop = cancel or Cancellation()
        chain = Chain([_stoppable(model, stop) for model in self._models], self._quotes)
        least = self._strictness if strictness is None else strictness
        asked = Asked(checked(question), chain, Clock(), stop, strict, least, length, progress)
        return Flow(asked, history, filters, ignore, understand, request, question=asked.question)

    def classify(self, flow: Flow) -> Flow:
        """Sets the kind of answer, unless the person chose one, and the language of the question."""

        def classified() -> Flow:
            found = self.classified(flow.asked.question)
            return replace(flow, request=flow.chosen or found.request, language=found.language, reply=found.reply)

        return _unless_failed(flow, classified)

    def classified(self, text: str) -> Classified:
        """The kind and the language of a request. Raises the errors of the embedder."""
        from bot.classifiers.intent import classify

        return classify(text, self._embed)

    def rewrite(self, flow: Flow) -> Flow:
        """Makes a follow-up a question that stands alone, by the turns that articles answered.

        If most articles are in another language, a model translates it.
        """
        from bot.classifiers.intent import UNREAD

        if flow.request in UNREAD:
            return flow
        return _unless_failed(flow, lambda: self._first_language(self._rewritten(flow)))

    def search(self, flow: Flow) -> Flow:
        """Adds the passages, by meaning and by words; none for talk."""
        from bot.classifiers.intent import TALK

        return flow if flow.request in TALK else _unless_failed(flow, lambda: self._searched(flow))

    def evidence(self, flow: Flow) -> Flow:
        """Adds the most relevant sentences of the passages, within the token budget of the model."""
        from bot.classifiers.intent import UNREAD

        return flow if flow.request in UNREAD else _unless_failed(flow, lambda: self._gathered(flow))

    def speak(self, flow: Flow) -> Generator[Event]:
        """Gives the evidence, each sentence once it is proved, and the answer."""
        if flow.failure is not None:
            yield self._failed(flow, flow.failure)
            return
        try:
            if flow.found is None:
                yield from self._reply(flow)
                return
            flow, spoken = yield from self._first_supported(flow)
        except (Cancelled, UsageError):
            raise
        except ShownError as error:
            yield self._failed(flow, error)
            return
        yield self._refused(flow, spoken) if spoken.refuses else self._answered(flow, spoken)

    def _rewritten(self, flow: Flow) -> Flow:
        """With a question that stands alone, and the languages to search in. Raises ShownError."""
        from bot.answering.rewrite import condense
        from bot.answering.translate import languages
        from bot.classifiers.intent import UNREAD

        answered = [
            each
            for each in flow.history
            if not each.refused and (each.request or self.classified(each.question).request) not in UNREAD
        ]
        asked, pointed = self._with_titles(flow.asked.question, answered)
        chain = flow.asked.chain
        corrects = flow.request is Request.CORRECTION
        whole = condense(asked, answered, chain.line if chain.model else None, corrects=corrects)
        request = flow.request
        if not flow.chosen and not whole.endswith(asked):  # the model has worded the question anew
            request = self.classified(whole).request
        to_search = languages(flow.language, self.index.inventory(flow.filters)) if chain.model else ()
        return replace(
            flow,
            request=request,
            leans=whole != asked,
            pointed=pointed,
            whole=whole,
            question=whole,
            languages=to_search,
        )

    def _with_titles(self, question: str, turns: Sequence[Turn]) -> tuple[str, tuple[str, ...]]:
        """The question with the titles of articles in place of marks such as `[2]`, and the ids of the articles.

        A mark refers to the last answer. The mark of a removed article stays, and that of a title that gives an order.
        """
        from bot.answering.rewrite import marks, with_titles
        from bot.classifiers.injection import orders

        articles: dict[str, Article] = {}
        for mark, article_id in marks(question, turns).items():
            with suppress(ArticleMissing):
                articles[mark] = self.index.article(article_id)
        titles = {mark: each.title for mark, each in articles.items() if not orders(each.title)}
        return with_titles(question, titles), tuple(dict.fromkeys(each.id for each in articles.values()))

    def _first_language(self, flow: Flow) -> Flow:
        """With the question in the first language to search in; unchanged without a translation. Raises ShownError."""
        return self._next_language(flow) or replace(flow, languages=())

    def _next_language(self, flow: Flow) -> Flow | None:
        """With the question in the next language to search in; None without a translation. Raises ShownError."""
        from bot.answering.translate import translated

        for tried, language in enumerate(flow.languages, 1):
            same = language == flow.language
            question = flow.whole if same else translated(flow.whole, language, flow.asked.chain.line)
            if question and (same or question != flow.whole):
                return replace(flow, question=question, languages=flow.languages[tried:])
        return None

    def _searched(self, flow: Flow) -> Flow:
        from bot.answering.overview import survey as breadth
        from bot.answering.overview.shape import BROAD

        count = breadth.PASSAGES if flow.request in BROAD else PASSAGES
        filters = replace(flow.filters, article=flow.pointed) if flow.pointed else flow.filters
        hits = self.index.search(flow.question, count, filters, ignore=flow.ignore, understand=flow.understand)
        # The marks limit this search only: the next question keeps the filters that the person chose.
        return replace(flow, hits=replace(hits, filters=replace(hits.filters, article=flow.filters.article)))

    def _gathered(self, flow: Flow) -> Flow:
        from bot.answering.overview.shape import BROAD
        from bot.answering.overview.survey import SENTENCES, subject_weights, survey
        from bot.answering.retrieve import find

        asked = flow.asked
        if flow.request in BROAD:
            most = SENTENCES[asked.length]
            weights = subject_weights(flow.question, flow.request, self._embed)
            found = survey(self.index, flow.question, flow.request, weights, flow.hits, asked.clock, most, asked.cancel)
            return replace(flow, found=found, parts=self._parts(flow, found))
        found = find(self.index, flow.question, flow.hits, asked.budget, self._judge, asked.clock, asked.cancel)
        return replace(flow, found=found)

    def _parts(self, flow: Flow, found: Found) -> tuple[Part, ...]:
        """The evidence of each block of the answer to a broad request."""
        from bot.answering.overview.shape import cells, event, parts
        from bot.answering.overview.survey import SENTENCES, beside, by_source, chosen
        from bot.classifiers.comparison import likeliest, sides

        most, some = SENTENCES[flow.asked.length], found.chosen
        if flow.request is Request.COMPARISON:
            _, named = likeliest(flow.question)
            compared = by_source(found, named, most) or beside(found, sides(flow.question), most)
            if compared and all(compared.values()):
                return cells(compared)
        if flow.request is Request.TIMELINE:
            some = chosen([each for each in found.scored if event(each.text, found.articles[each.article_id])], most)
        return parts(flow.request or Request.OVERVIEW, some or found.chosen, found.articles, flow.reply)

    def _first_supported(self, flow: Flow) -> Generator[Event, None, tuple[Flow, Spoken]]:
        """The answer in the first language in which the articles support one, else the refusal in the first language.

        Each further language needs more confidence: see `bot.classifiers.calibration.stricter`. Raises ShownError.
        """
        refused = None
        while flow.found:
            yield EvidenceReady(flow.found.hits, flow.found.chosen)
            spoken = yield from self._generate(flow, flow.found)
            if not spoken.refuses:
                return flow, spoken
            refused = refused or (flow, spoken)
            further = self._next_language(flow)
            if further is None:
                break
            again = replace(flow.asked, attempt=flow.asked.attempt + 1)
            flow = self._gathered(self._searched(replace(further, asked=again)))
        assert refused
        return refused

    def _generate(self, flow: Flow, found: Found) -> Generator[Event, None, Spoken]:
        from bot.answering.overview.shape import BROAD

        if flow.request in BROAD:
            return (yield from self._composer.compose(flow.asked, found, flow.parts))
        # A rewritten follow-up begins with the earlier question, which is not answered once more.
        asked = _classified(flow) if flow.leans else replace(_classified(flow), question=flow.question)
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
        TextEmpty, TextTooLong, Cancelled, and the errors of the search.
        """
        from bot.answering.verify import Verifier, verify

        return verify(Verifier(self.index, self._judge, filters, cancel), text)

    def warm(self) -> None:
        """Loads the embedder, the judge, and a model of this machine, so that the first question waits for none.

        The model reads its standing instructions. Raises the errors of all three.
        """
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

    def _reply(self, flow: Flow) -> Generator[Event]:
        """A reply without the text of any article: to talk, or about the articles of the library."""
        from bot.answering import library
        from bot.wording import talk

        self.index.require(flow.filters)  # an unknown collection or article is an error for any request
        near: tuple[Near, ...] = ()
        if flow.request is Request.LIBRARY:
            text, near = library.reply(self.index, flow.question, flow.hits, flow.filters, flow.reply)
        else:
            text = talk.reply(flow.request or Request.OTHER, flow.reply)
        yield Words(text)
        yield replace(self._answer(flow, Status.ANSWERED), text=text, nearest=near)

    def _answered(self, flow: Flow, spoken: Spoken) -> Answer:
        from bot.answering import refuse

        silent = refuse.silent(spoken.absent, flow.reply)
        strict = refuse.too_strict(flow.asked.least, flow.reply) if spoken.too_strict else None
        reason = refuse.partial(silent, strict, spoken.contradicted, spoken.failure, flow.reply, unsure=spoken.unsure)
        answer = self._answer(flow, Status.ANSWERED if spoken.whole else Status.PARTIAL, reason)
        return replace(
            answer,
            text=f"{spoken.page.text} {silent}" if silent else spoken.page.text,
            sentences=spoken.page.sentences,
            citations=spoken.page.citations,
            trace=spoken.trace,
            shape=tuple(spoken.blocks),
        )

    def _refused(self, flow: Flow, spoken: Spoken) -> Answer:
        from bot.answering import refuse
        from bot.answering.decide import far, missing, signals

        found = flow.found or Found(flow.question)
        # Typed nonsense has no kind and no words of any article: none is near to it.
        nonsense = flow.request is Request.OTHER and far(signals(found))
        nearest = () if nonsense else refuse.nearest(found.hits, found.articles)
        absent = missing(found, [each.article_id for each in nearest])
        reason = refuse.reason(found.question, absent, flow.reply) if nearest else None
        if spoken.too_strict:
            reason = refuse.too_strict(flow.asked.least, flow.reply)
        answer = self._answer(flow, Status.REFUSED, reason)
        text = refuse.sentence(nearest, flow.reply, unsure=spoken.too_strict)
        return replace(answer, text=text, nearest=nearest, trace=spoken.trace)

    def _failed(self, flow: Flow, error: ShownError) -> Answer:
        return replace(self._answer(flow, Status.FAILED, reason=public(error)), error=error)

    def _answer(self, flow: Flow, status: Status, reason: str | None = None) -> Answer:
        """The fields that answers of every status share."""
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


def _classified(flow: Flow) -> Asked:
    """The question, with what its kind says of the answer. A length that the person chose comes before that."""
    explains = flow.request is Request.EXPLANATION and flow.asked.length is Length.USUAL
    return replace(flow.asked, corrects=flow.request is Request.CORRECTION, explains=explains)


def _unless_failed(flow: Flow, step: Callable[[], Flow]) -> Flow:
    """The flow after a step. A `ShownError` of the step becomes its failure. Raises Cancelled, UsageError."""
    if flow.failure is not None:
        return flow
    try:
        return step()
    except (Cancelled, UsageError):
        raise
    except ShownError as error:
        return replace(flow, failure=error)


def _stoppable(model: Model, cancel: Cancellation) -> Model:
    """The model with `cancel` bound to each of its calls."""
    cite, read, reply = model.cite, model.read, model.reply
    return replace(
        model,
        complete=lambda prompt, _=None: model.complete(prompt, cancel),
        cite=(lambda prompt, _=None: cite(prompt, cancel)) if cite else None,
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
    asked = " ".join(without_surrogates(question).split())
    if not any(character.isalnum() for character in asked):
        raise QuestionEmpty
    if len(asked) > LONGEST:
        raise QuestionTooLong(len(asked), LONGEST)
    return asked
