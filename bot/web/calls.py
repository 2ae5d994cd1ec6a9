"""How Gradio calls what happens on the page: with the request, from which it is known who asks, and with values.

It gives a request to a parameter of that type. So that only this module has to know its types, what happens is a
function of the visitor and the values, and becomes a handler of Gradio's here.
"""

# No `from __future__ import annotations`: Gradio looks at the types of its handlers, which are local names here.

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

from bot.web.access import visitor

Happening = Callable[..., Any]  # of the visitor and the values
Streaming = Callable[..., AsyncGenerator[Any]]  # likewise, but gives more than once


def called(happening: Happening) -> Callable[..., Any]:
    """The handler of something that is done at once."""
    import gradio as gr

    def handler(request: gr.Request, *values: Any) -> Any:
        return happening(visitor(request), *values)

    return _named(handler, happening)


def addressed(happening: Happening) -> Callable[..., Any]:
    """Same as `called`; the first value is the address of the page's host."""
    import gradio as gr

    def handler(request: gr.Request, *values: Any) -> Any:
        return happening(visitor(request), _origin(request), *values)

    return _named(handler, happening)


def queried(happening: Happening) -> Callable[..., Any]:
    """Same as `called`; the first value is what the page's address asks for, as names and values."""
    import gradio as gr

    def handler(request: gr.Request, *values: Any) -> Any:
        return happening(visitor(request), _query(request), *values)

    return _named(handler, happening)


def awaited(ready: Callable[[], Awaitable[None]], happening: Happening) -> Callable[..., Any]:
    """Same as `called`, by a thread, once what it needs is `ready`."""
    import gradio as gr

    async def handler(request: gr.Request, *values: Any) -> Any:
        await ready()
        return await asyncio.to_thread(happening, visitor(request), *values)

    return _named(handler, happening)


def streamed(happening: Streaming) -> Streaming:
    """The handler of something that is done in steps. Whoever ends it ends the work."""
    import gradio as gr

    async def handler(request: gr.Request, *values: Any) -> AsyncGenerator[Any]:
        async with aclosing(happening(visitor(request), *values)) as given:
            async for each in given:
                yield each

    return _named(handler, happening)


def queried_in_steps(happening: Streaming) -> Streaming:
    """Same as `streamed`; the first value is what the page's address asks for, as of `queried`."""
    import gradio as gr

    async def handler(request: gr.Request, *values: Any) -> AsyncGenerator[Any]:
        async with aclosing(happening(visitor(request), _query(request), *values)) as given:
            async for each in given:
                yield each

    return _named(handler, happening)


def selected(happening: Streaming) -> Streaming:
    """Same as `streamed`; the first value is what was selected in a component."""
    import gradio as gr

    async def handler(selection: gr.SelectData, request: gr.Request, *values: Any) -> AsyncGenerator[Any]:
        async with aclosing(happening(visitor(request), selection.value, *values)) as given:
            async for each in given:
                yield each

    return _named(handler, happening)


def _named(handler: Callable[..., Any], happening: Happening) -> Callable[..., Any]:
    """Gradio names events by this. Not `wraps`, through which it would look at the other's types."""
    handler.__name__ = happening.__name__
    return handler


def _query(request: Any) -> list[tuple[str, str]]:
    """Gradio's client sends the query of the page's address with each call."""
    found: list[tuple[str, str]] = request.request.query_params.multi_items()
    return found


def _origin(request: Any) -> str:
    """The address of the page's host, as the browser knows it: behind a proxy the server does not."""
    return request.headers.get("origin") or str(request.request.base_url).rstrip("/")
