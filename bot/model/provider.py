"""Chat models that somebody else serves: any provider that LangChain knows, and any OpenAI-compatible server."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bot.errors import ModelFailed, ModelMissing, ModelUnknown
from bot.model.messages import stream_words
from bot.types import Cancellation, Model, Prompt
from index.quiet import quiet

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel

NO_KEY = "none"  # one's own server asks for no key, and the client does not start without one


def open_provider(spec: str, *, url: str | None, key: str | None, timeout: float, retries: int) -> Model:
    """The model `provider:name`, at `url` where one is given. Opens no connection.

    Without `key` the provider's own variable is used, such as OPENAI_API_KEY; but never at a `url`, which may be
    somebody else's. Raises `ModelUnknown` or `ModelMissing`, and when it is asked `ModelFailed`.
    """
    chat = _chat(spec, url, key, timeout=timeout, max_retries=retries)

    def complete(prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[str, None, None]:
        with _failures(spec, url, timeout):
            yield from stream_words(chat, prompt, cancel or Cancellation())

    return Model(spec, complete, remote=True)


def _chat(spec: str, url: str | None, key: str | None, **given: Any) -> BaseChatModel:
    quiet()
    try:
        from langchain.chat_models import init_chat_model
    except ImportError as error:
        raise ModelMissing(
            f"The model {spec} needs the package langchain. Install it with `pip install 'byline[providers]'`."
        ) from error
    if url is not None:  # a temperature for one's own server only: some hosted models refuse any
        given |= {"base_url": url, "api_key": key or NO_KEY, "temperature": 0}
    elif key is not None:
        given |= {"api_key": key}
    provider, _, name = spec.partition(":")
    try:
        chat: BaseChatModel = init_chat_model(name, model_provider=provider, **given)
    except ImportError as error:
        raise ModelMissing(f"The model {spec} needs another package. {error}.") from error
    except _setup_errors() as error:
        raise ModelMissing(
            f"The model {spec} is not set up: {_first_line(error)} Set {provider.upper()}_API_KEY to your key."
        ) from error
    except ValueError as error:
        raise ModelUnknown(spec) from error
    return chat


@contextmanager
def _failures(spec: str, url: str | None, timeout: float) -> Iterator[None]:
    """What a provider's packages raise, as `ModelFailed`. A value that cannot be read is their way to say garbled."""
    errors = _vendor_errors()
    try:
        yield
    except errors as error:
        raise ModelFailed(f"The model {spec} {_reason(error, url, timeout)}") from error


def _reason(error: Exception, url: str | None, timeout: float) -> str:
    import httpx
    from langchain_core import exceptions as known

    match error:
        case known.ModelAuthenticationError() | known.ModelPermissionDeniedError():
            return "refused the key. Check the key, and that it may use this model."
        case known.ModelNotFoundError():
            return f"was not found{f' at {url}' if url else ''}. Check its name."
        case known.ModelRateLimitError():
            return "is over its limit of requests or credit. Wait, or use another model."
        case known.ContextOverflowError():
            return "cannot read a prompt of this length. Ask a shorter question."
        case known.ModelTimeoutError() | httpx.TimeoutException() | TimeoutError():
            return f"gave no answer for {timeout:g} seconds. Try again, or set a longer `model_timeout`."
        case known.ModelConnectionError() | httpx.TransportError() | OSError():
            return f"cannot be reached{f' at {url}' if url else ''}. Check the network and the address."
        case _:
            return f"gave an error instead of words: {_first_line(error)} Try again, or use another model."


def _setup_errors() -> tuple[type[Exception], ...]:
    """What a client raises when it is made without a key or with a setting that it does not take."""
    from pydantic import ValidationError

    client = sys.modules.get("openai")  # imported by LangChain if at all
    return (ValidationError, *([client.OpenAIError] if client else []))


def _vendor_errors() -> tuple[type[Exception], ...]:
    """What a call may raise: LangChain's own errors, and what it passes on as it came."""
    import httpx
    from langchain_core.exceptions import ModelError

    return (ModelError, httpx.HTTPError, OSError, ValueError, *_setup_errors())


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".") + "."
