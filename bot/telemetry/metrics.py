"""The figures of one server for Prometheus. Labels are names of Byline's own, never anybody's words or names."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import TYPE_CHECKING

from bot.auth.principal import ANYBODY, PRINCIPAL, Principal
from bot.auth.users import Role
from bot.service.service import Service, Surface
from bot.types import Answer, Timings

if TYPE_CHECKING:
    from prometheus_client.core import Metric
    from starlette.applications import Starlette
    from starlette.requests import Request

PATH = "/metrics"

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
SCORES = tuple(each / 10 for each in range(1, 11))
STEPS = tuple(each.name for each in fields(Timings))  # search, evidence, first_token, total


class Metrics:
    """Counts in a registry of its own. Several threads may count at once."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector

        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._questions = Counter(
            "byline_questions", "Answers by surface and outcome.", ("surface", "outcome"), registry=self.registry
        )
        self._seconds = Histogram(
            "byline_step_seconds",
            "Seconds from the question to the end of each step.",
            ("step",),
            buckets=SECONDS,
            registry=self.registry,
        )
        self._scores = Histogram(
            "byline_judge_score",
            "The support of each sentence, and whether the articles answer, in [0, 1].",
            ("task",),
            buckets=SCORES,
            registry=self.registry,
        )
        self._paced = Counter(
            "byline_paced", "Questions refused because somebody asked too often.", registry=self.registry
        )
        self._requests = Counter(
            "byline_requests", "Requests by surface and status.", ("surface", "status"), registry=self.registry
        )

    def answered(self, surface: Surface, answer: Answer) -> None:
        self._questions.labels(surface.value, answer.status.value).inc()
        for step in STEPS:
            if (seconds := getattr(answer.timings, step)) is not None:
                self._seconds.labels(step).observe(seconds)
        for sentence in answer.sentences:
            self._scores.labels("support").observe(sentence.support)
        for judgement in answer.trace:
            if judgement.step == "decide":
                self._scores.labels("decide").observe(judgement.score)

    def requested(self, surface: str, status: int) -> None:
        """`surface` is a name of the server's own."""
        self._requests.labels(surface, str(status)).inc()

    def counting(self, pace: Callable[[Principal], int]) -> Callable[[Principal], int]:
        """The pace, of which each refusal is counted."""

        def counted(principal: Principal) -> int:
            seconds = pace(principal)
            if seconds:
                self._paced.inc()
            return seconds

        return counted

    def watch(self, service: Service) -> None:
        """Also gives what the service holds at the time of reading."""
        self.registry.register(_Now(service))


class _Now:
    """Metrics that are read from a service when somebody looks."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def describe(self) -> Iterator[Metric]:
        """Nothing: to name its metrics, the bot would have to be open."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        slots, bot = self._service.slots, self._service.bot()
        gauges = {
            "byline_answers_running": ("Answers that are being made.", slots.held),
            "byline_answers_at_once": ("Answers that may be made at a time.", slots.count),
            "byline_model_waiting": ("Calls that wait for a model.", bot.waiting()),
            "byline_index_articles": ("Articles that are searched.", len(bot.index)),
            "byline_index_generation": ("Grows whenever what is searched changes.", bot.index.generation),
            "byline_threads": ("Threads of the process.", threading.active_count()),
        }
        for name, (says, value) in gauges.items():
            yield GaugeMetricFamily(name, says, value=value)
        yield CounterMetricFamily("byline_busy", "Requests refused because all slots were taken.", value=slots.refused)
        tokens, usage = CounterMetricFamily("byline_model_tokens", "Tokens of the models.", labels=("kind",)), bot.usage
        for kind in ("read", "cached", "written"):
            tokens.add_metric((kind,), getattr(usage, kind))
        yield tokens


def app(metrics: Metrics, *, local: bool, open: bool) -> Starlette:
    """Serves the figures to admins; with `local` to anybody whom this machine lets in, with `open` to all."""
    from prometheus_client.exposition import choose_encoder
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse, Response
    from starlette.routing import Route

    def figures(request: Request) -> Response:
        who: Principal | None = request.scope.get(PRINCIPAL)
        if not open and not (who and may_read(who, local=local)):
            return PlainTextResponse(
                "The figures take the key of an admin: `byline keys create NAME --role admin`. "
                "The setting metrics_open shows them to everybody.",
                403,
            )
        encoder, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encoder(metrics.registry), media_type=None, headers={"content-type": content_type})

    return Starlette(routes=[Route(PATH, figures)])


def may_read(who: Principal, *, local: bool) -> bool:
    """Whether somebody may read the figures.

    >>> may_read(Principal("a program", Role.EDITOR, key="A"), local=True)
    False
    """
    return who.role.includes(Role.ADMIN) or (local and who.name == ANYBODY and not who.key)
