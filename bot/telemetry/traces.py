"""Answers as traces of OpenTelemetry, sent to a collector by OTLP.

The spans are made of an answer that has ended, by its timings. Nothing of the pipeline knows of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from time import time_ns
from typing import TYPE_CHECKING, Any, Literal

from bot.errors import UsageError
from bot.model.chain import EXTRACTIVE
from bot.service.service import Surface
from bot.telemetry import conventions as gen_ai
from bot.types import Answer, Status
from index.extras import installing

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

NAME = "byline"
PATH = "/v1/traces"  # of OTLP over HTTP

Protocol = Literal["grpc", "http/protobuf"]


class TracesUnavailable(UsageError):
    def __init__(self) -> None:
        super().__init__(f"Traces need OpenTelemetry. Install it with {installing('otel')}.")


@dataclass(frozen=True, slots=True)
class TraceSpan:
    """A part of the work on an answer, in seconds since the question."""

    name: str
    start: float
    end: float
    attributes: Mapping[str, Any]
    failed: bool = False
    calls: bool = False  # whether something outside was called


class Traces:
    """Sends the spans of answers to a collector. What cannot be sent is lost, and holds nobody up."""

    def __init__(self, endpoint: str, protocol: Protocol = "grpc", *, content: bool = False) -> None:
        """`endpoint` is the collector's address, such as http://localhost:4317. With `content`, the spans have the
        question, the answer and the passages' articles. Raises TracesUnavailable."""
        try:
            exporter = _exporter(endpoint, protocol)
            from opentelemetry.sdk.resources import OTELResourceDetector, Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
        except ImportError as error:
            raise TracesUnavailable from error
        resource = Resource({"service.name": NAME}).merge(OTELResourceDetector().detect())
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer(NAME, schema_url=gen_ai.SCHEMA_URL)
        self._content = content

    def answered(self, surface: Surface, answer: Answer) -> None:
        """The spans of an answer that ends now."""
        from opentelemetry.trace import SpanKind, StatusCode, set_span_in_context

        begun = time_ns() - round((answer.timings.total or 0) * 1e9)
        whole, *parts = spans(surface, answer, content=self._content)
        context = None
        for each in (whole, *parts):
            made = self._tracer.start_span(
                each.name,
                context,
                SpanKind.CLIENT if each.calls else SpanKind.INTERNAL,
                each.attributes,
                start_time=begun + round(each.start * 1e9),
            )
            context = context or set_span_in_context(made)
            if each.failed:
                made.set_status(StatusCode.ERROR)
            made.end(begun + round(each.end * 1e9))

    def close(self) -> None:
        """Sends what is left."""
        self._provider.shutdown()


def _exporter(endpoint: str, protocol: Protocol) -> SpanExporter:
    """Raises ImportError where OpenTelemetry is not installed."""
    if protocol == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc import trace_exporter as grpc

        return grpc.OTLPSpanExporter(endpoint=endpoint)
    from opentelemetry.exporter.otlp.proto.http import trace_exporter as http

    return http.OTLPSpanExporter(endpoint=traces_address(endpoint))


def traces_address(endpoint: str) -> str:
    """Where a collector takes traces over HTTP: below its address, unless that is the whole address already.

    >>> traces_address("http://localhost:4318/"), traces_address("https://a.example/otel/v1/traces")
    ('http://localhost:4318/v1/traces', 'https://a.example/otel/v1/traces')
    """
    return endpoint if endpoint.endswith(PATH) else endpoint.rstrip("/") + PATH


def spans(surface: Surface, answer: Answer, *, content: bool = False) -> Iterator[TraceSpan]:
    """The span of the whole answer, then those of its parts: the retrieval, and the model where one spoke."""
    timings = answer.timings
    total, failed = timings.total or 0, answer.status is Status.FAILED
    yield TraceSpan(
        f"{gen_ai.INVOKE_AGENT} Byline",
        0,
        total,
        {
            gen_ai.OPERATION: gen_ai.INVOKE_AGENT,
            gen_ai.AGENT_NAME: "Byline",
            gen_ai.SURFACE: surface.value,
            gen_ai.STATUS: answer.status.value,
            **({gen_ai.ERROR_TYPE: "_OTHER"} if failed else {}),
            **(_messages(answer) if content else {}),
        },
        failed=failed,
    )
    if timings.search is not None:
        found = {gen_ai.OPERATION: gen_ai.RETRIEVAL, **(_documents(answer) if content else {})}
        yield TraceSpan(gen_ai.RETRIEVAL, 0, timings.search, found)
    if answer.model != EXTRACTIVE and timings.evidence is not None and timings.first_token is not None:
        asked = {
            gen_ai.OPERATION: gen_ai.CHAT,
            gen_ai.PROVIDER: answer.model.rpartition(":")[0] or NAME,
            gen_ai.REQUEST_MODEL: answer.model,
            gen_ai.REQUEST_STREAM: True,
            gen_ai.TIME_TO_FIRST_CHUNK: timings.first_token - timings.evidence,
        }
        yield TraceSpan(f"{gen_ai.CHAT} {answer.model}", timings.evidence, total, asked, calls=True)


def _messages(answer: Answer) -> dict[str, str]:
    def message(role: str, text: str) -> str:
        return json.dumps([{"role": role, "parts": [{"type": "text", "content": text}]}], ensure_ascii=False)

    return {
        gen_ai.INPUT_MESSAGES: message("user", answer.question),
        gen_ai.OUTPUT_MESSAGES: message("assistant", answer.text),
    }


def _documents(answer: Answer) -> dict[str, str]:
    found = [{"id": each.passage.article_id, "score": each.score} for each in answer.hits]
    return {gen_ai.QUERY_TEXT: answer.searched or answer.question, gen_ai.DOCUMENTS: json.dumps(found)}
