"""The Bolt app: listeners that take Slack's events at once, and answers made on threads of their own."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from threading import Event as Signal
from typing import TYPE_CHECKING, Any

from bot.errors import ShownError
from bot.history import History
from bot.slack.blocks import BUSY, HELP, Reply, reply, sentence
from bot.slack.errors import (
    APP_TOKEN,
    BOT_TOKEN,
    CredentialsConflict,
    SlackMissing,
    SlackUnreachable,
    TokenKind,
    TokenMissing,
    TokenMistaken,
    TokenRefused,
)
from bot.slack.memory import Seen, place_of
from bot.slack.message import Asked, Thread, asked
from bot.slack.pool import Pool
from bot.types import Answer, Event, EvidenceReady, Turn

if TYPE_CHECKING:
    from concurrent.futures import Future

    from slack_bolt import App, BoltContext, BoltResponse
    from slack_sdk import WebClient

Stream = Callable[[str, Sequence[Turn]], Iterator[Event]]

SLACK_API = "https://slack.com/api/"
RETRIES = 3  # of a request that Slack answers with 429 or 5xx

_log = logging.getLogger(__name__)


def serve(
    stream: Stream,
    bot_token: str | None,
    app_token: str | None,
    *,
    history: History | None = None,
    ready: Callable[[str], object] = _log.info,
    base_url: str = SLACK_API,
) -> None:
    """Answers in Slack over Socket Mode until interrupted; then ends the answers that were begun.

    Without a `history`, what was said in a thread is known only while this runs. `ready` gets one sentence once Slack
    is connected. `base_url` is another one for GovSlack. Raises a `ShownError` where Slack's packages or a token are
    missing, or Slack refuses one or cannot be reached.
    """
    bot, app_level = _checked(bot_token, BOT_TOKEN), _checked(app_token, APP_TOKEN)
    with Pool() as pool:
        app = build_app(stream, bot, pool, history, base_url=base_url)
        name = _own_name(app.client)
        with connected(app, app_level), suppress(KeyboardInterrupt):
            ready(f"Connected to Slack as {name}. Mention it or write to it. Stop with Ctrl-C.")
            Signal().wait()


def build_app(
    stream: Stream, bot_token: str, pool: Pool, history: History | None = None, *, base_url: str = SLACK_API
) -> App:
    """The app that answers mentions and direct messages in their threads, on the threads of `pool`.

    Makes no request by itself. Whoever runs the app leaves `pool` last.
    """
    try:
        from slack_bolt import App, BoltResponse
        from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler, ServerErrorRetryHandler
    except ImportError as error:
        raise SlackMissing from error

    app = App(token=bot_token, name="byline", token_verification_enabled=False)
    if app.oauth_flow is not None:
        raise CredentialsConflict
    app.client.base_url = base_url
    app.client.retry_handlers += [RateLimitErrorRetryHandler(RETRIES), ServerErrorRetryHandler(RETRIES)]
    seen = Seen()
    said = history or History.in_memory()

    def once(body: dict[str, Any], next: Callable[[], BoltResponse]) -> BoltResponse:
        event_id = body.get("event_id")
        return next() if event_id is None or seen.first(event_id) else BoltResponse(status=200)

    def hear(event: dict[str, Any], context: BoltContext, client: WebClient) -> None:
        question = asked(event, context.team_id or context.enterprise_id or "", context.bot_user_id)
        if question is None:
            return
        post = partial(_post, client, question.thread)
        if not any(map(str.isalnum, question.question)):
            post(sentence(HELP))
            return
        answering = pool.submit(lambda: _answer(stream, said, client, question))
        if answering is None:
            post(sentence(BUSY))
        else:
            answering.add_done_callback(partial(_report, post))

    app.middleware(once)
    app.event("app_mention")(hear)
    app.event("message")(hear)
    return app


@contextmanager
def connected(app: App, app_token: str) -> Iterator[None]:
    """Takes events over Socket Mode; on leaving, takes no more and ends those that were taken."""
    from slack_bolt.adapter.socket_mode import SocketModeHandler
    from slack_sdk.errors import SlackApiError

    handler = SocketModeHandler(app, app_token)
    try:
        try:
            handler.connect()  # type: ignore[no-untyped-call]
        except SlackApiError as error:
            raise TokenRefused(APP_TOKEN, error.response["error"]) from error
        except OSError as error:
            raise SlackUnreachable(str(error)) from error
        yield
    finally:
        handler.close()  # type: ignore[no-untyped-call]
        app.listener_runner.listener_executor.shutdown()


def _checked(token: str | None, kind: TokenKind) -> str:
    if not token:
        raise TokenMissing(kind)
    if not token.startswith(kind.prefix):
        raise TokenMistaken(kind)
    return token


def _own_name(client: WebClient) -> str:
    """The bot's name and workspace, from Slack, which thereby checks the bot token."""
    from slack_sdk.errors import SlackApiError

    try:
        identity = client.auth_test()
    except SlackApiError as error:
        raise TokenRefused(BOT_TOKEN, error.response["error"]) from error
    except OSError as error:
        raise SlackUnreachable(str(error)) from error
    return f"@{identity['user']} in {identity['team']}"


def _answer(stream: Stream, history: History, client: WebClient, question: Asked) -> None:
    """Asks, and posts what comes of it; keeps it for the thread's next question."""
    thread = question.thread
    _set_status(client, thread, "is searching the articles…")
    try:
        with history.exchange(place_of(thread), question.question) as exchange:
            found = partial(_set_status, client, thread, "is writing the answer…")
            answer = exchange.ended(_finished(stream(question.question, exchange.turns()), found))
    except ShownError as error:
        _post(client, thread, sentence(str(error)))
        return
    _post(client, thread, reply(answer))


def _finished(events: Iterator[Event], found: Callable[[], object]) -> Answer:
    """The answer at the end of `events`; calls `found` when the evidence is there."""
    answer: Answer | None = None
    for event in events:
        if isinstance(event, EvidenceReady):
            found()
        elif isinstance(event, Answer):
            answer = event
    if answer is None:
        raise RuntimeError("The stream ended without an answer.")
    return answer


def _set_status(client: WebClient, thread: Thread, status: str) -> None:
    """Shows what the bot is doing, which its next message clears. An app without the scope goes on without it."""
    from slack_sdk.errors import SlackApiError

    try:
        client.assistant_threads_setStatus(channel_id=thread.channel, thread_ts=thread.root, status=status)
    except SlackApiError as error:
        _log.debug("No status in %s: %s", thread.channel, error.response["error"])


def _post(client: WebClient, thread: Thread, message: Reply) -> None:
    client.chat_postMessage(
        channel=thread.channel,
        thread_ts=thread.root,
        text=message.text,
        blocks=list(message.blocks),
        unfurl_links=False,
        unfurl_media=False,
    )


def _report(post: Callable[[Reply], None], answering: Future[None]) -> None:
    """A bug goes to the log with its traceback, and to the person as a reference to it."""
    error = answering.exception()
    if error is None:
        return
    reference = secrets.token_hex(3)
    _log.error("Answering in Slack broke (ref %s)", reference, exc_info=error)
    post(sentence(f"Something broke (ref {reference}). Whoever runs Byline finds the reason in its log. Ask again."))
