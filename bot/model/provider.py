"""Chat models that somebody else serves: any provider that LangChain knows, and any OpenAI-compatible server."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import closing
from random import uniform
from threading import Lock
from typing import TYPE_CHECKING, Any

from bot.errors import Cancelled, ModelFailed, ModelMissing, ModelUnknown
from bot.model.messages import citations, to_citing_messages, to_messages
from bot.model.stream import pause, pieces
from bot.types import Cancellation, Cited, Model, Prompt, Usage
from index.quiet import quiet

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk
    from langchain_core.messages.ai import UsageMetadata

NO_KEY = "none"  # one's own server asks for no key, and the client does not start without one
EXTRAS = ("anthropic", "ollama")  # of Byline, for the providers of these names
CITING = "anthropic:"  # the provider whose models cite what they are shown
RETRIES = 2  # of a request that failed in a way that passes; a person waits meanwhile
FIRST_PAUSE = 0.5  # seconds before the first of them; each further pause is twice as long
LONGEST_PAUSE = 10.0  # seconds; where a server asks for more, the request has failed
BUDGET = 1_500  # tokens of evidence: hosted models read thousands a second and are not led astray by more


def open_provider(spec: str, *, url: str | None, key: str | None, timeout: float) -> Model:
    """The model `provider:name`, at `url` where one is given. Opens no connection.

    Without `key` the provider's own variable is used, such as OPENAI_API_KEY; but never at a `url`, which may be
    somebody else's. `timeout` is in seconds without a word. Raises `ModelUnknown` or `ModelMissing`, and when it is
    asked `ModelFailed`.
    """
    served = _Served(_chat(spec, url, key, timeout), spec, url, timeout)
    return Model(spec, served.complete, budget=BUDGET, remote=True, usage=served.usage)


class _Served:
    """A chat model that is asked over a network."""

    def __init__(self, chat: BaseChatModel, spec: str, url: str | None, timeout: float) -> None:
        self._chat, self._spec, self._url, self._timeout = chat, spec, url, timeout
        self._usage, self._counting = Usage(), Lock()
        self._cites = spec.startswith(CITING) and url is None  # another server need not know search results

    def complete(self, prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[str]:
        """The words, nothing empty. Before the first of them, what passes is tried again."""
        cancel = cancel or Cancellation()
        for attempt in range(RETRIES + 1):
            spoke = False
            try:
                with closing(self._ask(prompt, cancel)) as chunks:
                    for chunk in chunks:
                        self._count(chunk.usage_metadata)
                        if chunk.text:
                            spoke = True
                            yield str(chunk.text)
                        if self._cites and (cited := citations(chunk, prompt)):
                            yield Cited("", cited)
                return
            except Cancelled:
                raise
            except Exception as error:  # a provider's package raises what it likes, and nothing of ours runs in there
                wait = _wait(error, attempt)
                if spoke or attempt == RETRIES or wait is None:
                    raise self._failed(error) from error
            pause(wait, cancel)

    def usage(self) -> Usage:
        """What the server told of it: nothing of a stream that was closed before its end."""
        return self._usage

    def _count(self, told: UsageMetadata | None) -> None:
        if told:
            with self._counting:  # several threads may ask at once
                self._usage += _usage(told)

    def _ask(self, prompt: Prompt, cancel: Cancellation) -> Generator[AIMessageChunk]:
        messages = to_citing_messages(prompt) if self._cites and prompt.excerpts else to_messages(prompt)
        return pieces(self._chat.astream(messages), cancel, self._timeout)

    def _failed(self, error: Exception) -> ModelFailed:
        return ModelFailed(f"The model {self._spec} {_reason(error, self._url, self._timeout)}")


def _usage(told: UsageMetadata) -> Usage:
    cached = told.get("input_token_details", {}).get("cache_read") or 0
    return Usage(told["input_tokens"] - cached, cached, told["output_tokens"])


def _chat(spec: str, url: str | None, key: str | None, timeout: float) -> BaseChatModel:
    quiet()
    from langchain.chat_models import init_chat_model

    provider, _, name = spec.partition(":")
    package = f"byline[{provider if provider in EXTRAS else 'providers'}]"
    given: dict[str, Any] = {"timeout": timeout, "max_retries": 0}  # tried again here, where it can be stopped
    if provider == "openai":
        given |= _of_its_own(timeout)
    if provider == "openai" and url is not None:
        given["stream_usage"] = True  # else vLLM and its like do not tell the tokens of a stream
    if url is not None:  # a temperature for one's own server only: some hosted models refuse any
        given |= {"base_url": url, "api_key": key or NO_KEY, "temperature": 0}
    elif key is not None:
        given |= {"api_key": key}
    try:
        chat: BaseChatModel = init_chat_model(name, model_provider=provider, **given)
    except ImportError as error:
        remedy = f"Install it with `pip install '{package}'`" if provider in ("openai", *EXTRAS) else error
        raise ModelMissing(f"The model {spec} needs another package. {remedy}.") from error
    except _setup_errors() as error:
        raise ModelMissing(
            f"The model {spec} is not set up: {_first_line(error)} Set {provider.upper()}_API_KEY to your key."
        ) from error
    except ValueError as error:
        raise ModelUnknown(spec) from error
    return chat


def _of_its_own(timeout: float) -> dict[str, Any]:
    """For OpenAI's client, which LangChain shares among those whose time-out is the same number, in whatever loop; and
    which has a second time-out."""
    import httpx

    return {"timeout": httpx.Timeout(timeout), "stream_chunk_timeout": None}


def _wait(error: Exception, attempt: int) -> float | None:
    """The seconds after which the request may work, by the server's word or doubling; None where it is not to be tried
    again. Who got no answer in time has waited enough."""
    if not _passes(error):
        return None
    asked = getattr(getattr(error, "response", None), "headers", {}).get("retry-after", "")
    wait = float(asked) if asked.isdigit() else FIRST_PAUSE * 2**attempt * uniform(0.75, 1.25)
    return wait if wait <= LONGEST_PAUSE else None


def _passes(error: Exception) -> bool:
    status = _status(error)
    if status is not None:
        return status in (408, 429) or status >= 500
    return not _late(error) and _unreachable(error)


def _reason(error: Exception, url: str | None, timeout: float) -> str:
    from langchain_core.exceptions import ContextOverflowError

    at = f" at {url}" if url else ""
    if isinstance(error, ContextOverflowError):
        return "cannot read a prompt of this length. Ask a shorter question."
    if _late(error):
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


def _late(error: Exception) -> bool:
    import httpx
    from langchain_core.exceptions import ModelTimeoutError

    return isinstance(error, (ModelTimeoutError, httpx.TimeoutException, TimeoutError))


def _unreachable(error: Exception) -> bool:
    import httpx
    from langchain_core.exceptions import ModelConnectionError

    return isinstance(error, (ModelConnectionError, httpx.TransportError, OSError))


def _status(error: Exception) -> int | None:
    """That of the answer over HTTP, which all clients tell by the same name."""
    status = getattr(error, "status_code", None)
    return status if isinstance(status, int) and status > 0 else None


def _setup_errors() -> tuple[type[Exception], ...]:
    """What a client raises when it is made without a key or with a setting that it does not take."""
    from pydantic import ValidationError

    client = sys.modules.get("openai")  # imported by LangChain if at all
    return (ValidationError, *([client.OpenAIError] if client else []))


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".") + "."
