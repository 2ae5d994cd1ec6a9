"""Chat models of other servers: any provider that LangChain knows, and any OpenAI-compatible server."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from random import uniform
from typing import TYPE_CHECKING, Any

from bot.errors import Cancelled, ModelFailed, ModelMissing, ModelUnknown
from bot.model.messages import citations, to_citing_messages, to_messages
from bot.model.meter import Meter
from bot.model.stream import pause, pieces
from bot.types import Cancellation, Cited, Model, Price, Prompt, Usage
from index.extras import installing
from index.http_errors import http_errors
from index.quiet import quiet

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk, BaseMessage

NO_KEY = "none"  # for a server without keys: the client needs some value
EXTRAS = ("anthropic", "ollama")  # extras of Byline, named after their providers
CITING = "anthropic:"  # the provider whose models cite their excerpts
RETRIES = 2  # of a request after a transient error; few, since a person waits
FIRST_PAUSE = 0.5  # seconds before the first retry; each further pause is twice as long
LONGEST_PAUSE = 10.0  # seconds; the request fails if a server asks for more
BUDGET = 6_000  # tokens of evidence: hosted models read thousands a second


def open_provider(spec: str, *, url: str | None, key: str | None, timeout: float, price: Price | None = None) -> Model:
    """The model `provider:name`, at `url` where one is given. Opens no connection.

    Without `key` the provider's variable is used, such as OPENAI_API_KEY, but never at a `url` of another server.
    `timeout` is in seconds without a word. Without a `price` the cost is known only where the server tells it. Raises
    `ModelUnknown` or `ModelMissing`. Calls of the model raise `ModelFailed` or `Cancelled`.
    """
    served = _Served(_chat(spec, url, key, timeout), spec, url, timeout, price)
    cites = spec.startswith(CITING) and url is None  # another server may not accept search results
    cite = served.cite if cites else None
    return Model(spec, served.complete, cite=cite, budget=BUDGET, remote=True, cites=True, usage=served.meter.usage)


class _Served:
    """A chat model over a network. Several threads may use it at once."""

    def __init__(
        self, chat: BaseChatModel, spec: str, url: str | None, timeout: float, price: Price | None = None
    ) -> None:
        self._chat, self._spec, self._url, self._timeout, self._price = chat, spec, url, timeout, price
        self.meter = Meter()  # of what the server reports: nothing for a stream that was closed before its end

    def complete(self, prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[str]:
        """The words, none empty. A transient error before the first word is retried.

        Raises ModelFailed, Cancelled.
        """
        with closing(self._chunks(to_messages(prompt), cancel or Cancellation())) as chunks:
            yield from (str(chunk.text) for chunk in chunks if chunk.text)

    def cite(self, prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[Cited]:
        """Same as `complete`, each piece with what the model cites right after it."""
        messages = to_citing_messages(prompt) if prompt.excerpts else to_messages(prompt)
        with closing(self._chunks(messages, cancel or Cancellation())) as chunks:
            for chunk in chunks:
                cited = citations(chunk, prompt)
                if chunk.text or cited:
                    yield Cited(str(chunk.text), cited)

    def _chunks(self, messages: list[BaseMessage], cancel: Cancellation) -> Generator[AIMessageChunk]:
        """The pieces that the server sends, until it has said a word tried again after a transient error."""
        for attempt in range(RETRIES + 1):
            started = False
            try:
                with closing(pieces(self._chat.astream(messages), cancel, self._timeout)) as chunks:
                    for chunk in chunks:
                        if chunk.usage_metadata:
                            self.meter.add(_usage(chunk, self._price), cancel)
                        started = started or bool(chunk.text)
                        yield chunk
                return
            except Cancelled:
                raise
            except Exception as error:  # the packages of providers raise any type, and none of our code runs within
                wait = _delay(error, attempt)
                if started or attempt == RETRIES or wait is None:
                    raise self._failed(error) from error
            pause(wait, cancel)

    def _failed(self, error: Exception) -> ModelFailed:
        return ModelFailed(f"The model {self._spec} {_reason(error, self._url, self._timeout)}")


def _usage(chunk: AIMessageChunk, price: Price | None) -> Usage:
    """The tokens that a server reports, and their cost: as it tells, else by the price."""
    reported = chunk.usage_metadata
    assert reported
    cached = reported.get("input_token_details", {}).get("cache_read") or 0
    used = Usage(reported["input_tokens"] - cached, cached, reported["output_tokens"])
    told = chunk.response_metadata.get("cost")
    if isinstance(told, int | float):
        return replace(used, cost=float(told))
    return replace(used, cost=price.of(used) if price else None)


def _chat(spec: str, url: str | None, key: str | None, timeout: float) -> BaseChatModel:
    quiet()
    from langchain.chat_models import init_chat_model

    provider, _, name = spec.partition(":")
    extra = provider if provider in EXTRAS else "providers"
    options: dict[str, Any] = {"timeout": timeout, "max_retries": 0}  # retried by `complete`, which can be cancelled
    if provider == "openai" and url is not None:
        options["stream_usage"] = True  # else vLLM and others report no tokens of a stream
    if url is not None:  # a temperature only here: some hosted models refuse the option
        options |= {"base_url": url, "api_key": key or NO_KEY, "temperature": 0}
    elif key is not None:
        options |= {"api_key": key}
    try:
        if provider == "openai":
            options |= _timeouts(timeout)
        chat: BaseChatModel = init_chat_model(name, model_provider=provider, **options)
    except ImportError as error:
        remedy = f"Install it with {installing(extra)}" if provider in ("openai", *EXTRAS) else error
        raise ModelMissing(f"The model {spec} needs another package. {remedy}.") from error
    except _setup_errors() as error:
        raise ModelMissing(
            f"The model {spec} is not set up: {_first_line(error)} Set {provider.upper()}_API_KEY to your key."
        ) from error
    except ValueError as error:
        raise ModelUnknown(spec) from error
    return chat


def _timeouts(timeout: float) -> dict[str, Any]:
    """The time-outs of OpenAI's client, `timeout` in seconds. Raises ImportError.

    LangChain shares a client among models with an equal number as time-out, across event loops. An object keeps the
    clients apart. The second time-out, of a chunk, is turned off.
    """
    import openai

    return {"timeout": openai.Timeout(timeout), "stream_chunk_timeout": None}


def _delay(error: Exception, attempt: int) -> float | None:
    """The seconds before a retry: as the server asks, else doubled each time; None without a retry.

    A time-out is not retried, since the person has waited already.
    """
    if not _transient(error):
        return None
    retry_after = getattr(getattr(error, "response", None), "headers", {}).get("retry-after", "")
    wait = float(retry_after) if retry_after.isdigit() else FIRST_PAUSE * 2**attempt * uniform(0.75, 1.25)
    return wait if wait <= LONGEST_PAUSE else None


def _transient(error: Exception) -> bool:
    status = _status(error)
    if status is not None:
        return status in (408, 429) or status >= 500
    return not _timed_out(error) and _unreachable(error)


def _reason(error: Exception, url: str | None, timeout: float) -> str:
    from langchain_core.exceptions import ContextOverflowError

    at = f" at {url}" if url else ""
    if isinstance(error, ContextOverflowError):
        return "cannot read a prompt of this length. Ask a shorter question."
    if _timed_out(error):
        return f"gave no answer for {timeout:g} seconds. Try again, or set a longer `model_timeout`."
    match _status(error):
        case 401 | 403:
            return "refused the key. Check the key, and that it may use this model."
        case 404:
            return f"was not found{at}. Check its name."
        case 429:
            return "is over its limit of requests or credit. Wait, or use another model."
    if _unreachable(error):
        return f"cannot be reached{at}. Check the network and the address."
    return f"gave an error instead of words: {_first_line(error)} Try again, or use another model."


def _timed_out(error: Exception) -> bool:
    from langchain_core.exceptions import ModelTimeoutError

    return isinstance(error, (ModelTimeoutError, TimeoutError, *http_errors("TimeoutException")))


def _unreachable(error: Exception) -> bool:
    from langchain_core.exceptions import ModelConnectionError

    return isinstance(error, (ModelConnectionError, OSError, *http_errors("TransportError")))


def _status(error: Exception) -> int | None:
    """The HTTP status of the response; all clients name it `status_code`."""
    status = getattr(error, "status_code", None)
    return status if isinstance(status, int) and status > 0 else None


def _setup_errors() -> tuple[type[Exception], ...]:
    """The errors of a client that is made without a key or with an invalid setting."""
    from pydantic import ValidationError

    client = sys.modules.get("openai")  # imported by LangChain if at all
    return (ValidationError, *([client.OpenAIError] if client else []))


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".") + "."
