"""Byline as one object: opened for a store, asked, closed."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Self

from bot.answering.flow import Asked, Clock, Flow
from bot.errors import ModelNotOffered, QuestionEmpty, QuestionTooLong
from bot.model.chain import Chain
from bot.model.spec import Opened
from bot.runtime.idle import Idle
from bot.types import Answer, Cancellation, Complete, Event, Options, Reason, Report, Turn, Usage, Verify
from index.errors import StoreMissing
from index.text.surrogates import without_surrogates
from index.types import Filters

if TYPE_CHECKING:
    from bot.classifiers.intent import Classified, Embed
    from bot.config import Config
    from bot.judge import Judge
    from bot.model import Model
    from index.index import Index

LONGEST = 2_000  # characters of a question


class Bot:
    """Answers questions about the articles of an index. Several threads may ask at once."""

    def __init__(
        self,
        index: Index,
        *models: Model,
        quotes: bool = False,
        notice: Reason | None = None,
        strictness: float | None = None,
        judge: Judge | None = None,
        suggestions: bool | None = None,
        embed: Embed | None = None,
        verify: Verify = "model",
        verify_model: Model | None = None,
        choices: Mapping[str, Opened] = MappingProxyType({}),
    ) -> None:
        """The `models` are tried in order. With `quotes`, or without a model, sentences of the articles come last.

        `notice` is shown to the person. `strictness` is the default of `stream`. `judge` is the shipped one by default.
        `suggestions` lets the first model write follow-up questions (None: only where a call costs nothing). `embed`
        gives the vectors of requests, of MiniLM's shape (n, 384); None loads MiniLM. `verify` says who looks a second
        time at what a citing model writes: `verify_model`, by default the model itself. `choices` are the models that a
        question may name, by their specs.
        """
        from bot.answering.overview.compose import Composer
        from bot.answering.pipeline import Pipeline
        from bot.answering.write.citing.writer import CitingWriter
        from bot.answering.write.generate import AnswerWriter
        from bot.classifiers import calibration as calibrate  # loaded with the first bot, not with the package
        from bot.config import shipped
        from bot.judge import Judge

        self.index = index
        self.notice = notice
        self._models, self._quotes = models, quotes
        self.idle = Idle()
        self._strictness, self._suggestions = strictness, suggestions
        self.choices = choices
        chosen = (model for each in choices.values() for model in each.models)
        self._every = _distinct([*models, *chosen, *([verify_model] if verify_model else [])])
        judge = judge or Judge.load()
        speaker = AnswerWriter.load(shipped("prompts"), judge, calibrate.probes(), calibrate.calibrations())
        composer = Composer.load(shipped("prompts"), judge)
        citing = CitingWriter.load(shipped("prompts"), judge, verify, verify_model)
        self.pipeline = Pipeline(index, judge, speaker, composer, citing, embed)

    @classmethod
    def open(cls, store: str | Path = "data/store", model: str | None = None, config: Config | None = None) -> Self:
        """A bot for a store. Raises StoreMissing, ModelUnknown, ModelMissing."""
        from bot.answering.configured import open_configured
        from bot.classifiers.intent import embedding
        from bot.config import Config
        from bot.judge import Judge
        from index.embed import named, provided
        from index.index import Index
        from index.search.rerank import named_reranker

        settings = config or Config()
        if not Index.exists(store, settings.database_url):
            raise StoreMissing(Path(store))
        usual = model or settings.model or next(iter(settings.models), None)
        names = list(dict.fromkeys([usual, *settings.models])) if usual and settings.models else []
        verifying = [settings.verify_model] if settings.verify_model else []
        opened, *others = open_configured([usual, *names, *verifying], settings)
        second = others.pop() if verifying else None
        embedder = named(settings.embedder, settings.precision, settings.embedder_url, settings.embedder_key)
        index = Index.open(
            store,
            embedder=embedder,
            url=settings.store_url,
            reranker=named_reranker(settings.reranker, settings.reranker_url, settings.reranker_key),
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
            embed=None if provided(settings.embedder) else embedding(settings.embedder_url, settings.embedder_key),
            verify=settings.verify,
            verify_model=next(iter(second.models), None) if second else None,
            choices=dict(zip(names, others, strict=True)),
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
        return Bot(self.index, judge=self.pipeline.judge, strictness=self._strictness, embed=self.pipeline.embed)

    def waiting(self) -> int:
        """How many callers wait for the models."""
        return sum(model.waiting() for model in self._every)

    def ahead(self, cancel: Cancellation) -> int:
        """How many callers come before the question with this cancellation."""
        return sum(model.ahead(cancel) for model in self._every)

    @property
    def usage(self) -> Usage:
        """Tokens of all calls since the models were opened, as far as they report them."""
        return self._used(None)

    def _used(self, cancel: Cancellation | None) -> Usage:
        """Tokens of the calls with this cancellation; None: of all calls."""
        return sum((model.usage(cancel) for model in self._every), Usage())

    def answer(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        *,
        options: Options = Options(),
        **chosen: Any,
    ) -> Answer:
        """The last event of `stream`."""
        *_, answer = self.stream(question, history, filters, options=options, **chosen)
        assert isinstance(answer, Answer)
        return answer

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        *,
        options: Options = Options(),
        cancel: Cancellation | None = None,
        progress: bool = False,
        **chosen: Any,
    ) -> Generator[Event]:
        """`EvidenceReady`, then `Words` sentence by sentence, as they are proved, then the `Answer`.

        Closing the generator stops the work. So does `cancel`, from any thread and while the prompt is being read.
        `filters` and what is `chosen` by name, such as `strict=True`, come in place of the same field of `options`.
        With `progress`, a `Proving` comes before each proof. A failing model or store gives an Answer with the status
        `failed`. Raises QuestionEmpty, QuestionTooLong, ModelNotOffered, Cancelled; TypeError for a name that `Options`
        lacks.
        """
        flow = self.begin(question, history, filters, options=options, cancel=cancel, progress=progress, **chosen)
        before = self._used(flow.asked.cancel)
        for event in self.pipeline.run(flow):
            if isinstance(event, Answer):
                used = self._used(flow.asked.cancel) - before
                event = replace(event, usage=used if used or not flow.asked.chain.model else None)
            yield event

    def begin(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        *,
        options: Options = Options(),
        cancel: Cancellation | None = None,
        progress: bool = False,
        **chosen: Any,
    ) -> Flow:
        """The first state of a question. The arguments are as for `stream`.

        Raises QuestionEmpty, QuestionTooLong, ModelNotOffered.
        """
        self.idle.give_up()
        stop = cancel or Cancellation()
        if filters is not None:
            chosen["filters"] = filters
        options = replace(options, **chosen)
        opened = self._chosen(options)
        chain = Chain([_stoppable(model, stop) for model in opened.models], opened.quotes)
        if options.strictness is None:
            options = replace(options, strictness=self._strictness)
        asked = Asked(checked(question), chain, Clock(), stop, options, progress)
        return Flow(asked, history, question=asked.question)

    def _chosen(self, options: Options) -> Opened:
        """The models of a question. Raises ModelNotOffered."""
        if options.quotes:
            return Opened(quotes=True)
        if options.model is None:
            return Opened(self._models, self._quotes)
        if options.model not in self.choices:
            raise ModelNotOffered(options.model, self.choices)
        return self.choices[options.model]

    def classified(self, text: str) -> Classified:
        """The kind and the language of a request. Raises the errors of the embedder."""
        from bot.classifiers.intent import classify

        return classify(text, self.pipeline.embed)

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

        return verify(Verifier(self.index, self.pipeline.judge, filters, cancel), text)

    def warm(self) -> None:
        """Loads the embedder, the judge, and a model of this machine, so that the first question waits for none.

        The model reads its standing instructions. Raises the errors of all three.
        """
        self.index.search("warm up", 1)
        self.pipeline.judge.answers("warm up", ["warm up"])
        if self.loads:
            self.pipeline.generator.warm(self._models[0])

    def close(self) -> None:
        self.index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _distinct(models: Sequence[Model]) -> list[Model]:
    return list({id(model): model for model in models}.values())


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
