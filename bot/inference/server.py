"""The models on an address."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial

from bot.errors import UsageError
from bot.inference.application import app
from bot.inference.models import Models
from bot.runtime.listening import address_of, listen
from bot.runtime.shutdown import terminated_as_interrupted
from index.quiet import quiet

PATIENCE = 5  # seconds that open connections are given when the server stops
CONNECTIONS = 1_000  # at a time; one more is answered 503

_say = partial(print, flush=True)


class ModelAddressUnusable(UsageError):
    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(
            f"The models cannot be served on {host}:{port}: {reason}. "
            "Choose another address with `--host` and `--port`."
        )


def serve(
    models: Models, host: str, port: int, key: str | None = None, *, ready: Callable[[str], object] = _say
) -> None:
    """Serves them until interrupted; `ready` gets one sentence with the address. Port 0 takes any free one.

    Raises AddressUnusable at once; EmbedderMissing, JudgeMissing.
    """
    quiet()
    import uvicorn

    with closing(listen(host, port, ModelAddressUnusable)) as listener:
        models.warm()
        config = uvicorn.Config(
            app(models, key),
            log_level="warning",
            access_log=False,
            limit_concurrency=CONNECTIONS,
            timeout_graceful_shutdown=PATIENCE,
            proxy_headers=False,
        )
        ready(f"The models are on {address_of(listener)}. Stop the service with Ctrl-C.")
        with suppress(KeyboardInterrupt), terminated_as_interrupted():
            uvicorn.Server(config).run(sockets=[listener])
