"""A small Slack on this machine, to try the bot without a workspace: `python tests/try_slack.py`.

It prints the settings for `byline slack`. Then each line that you type reaches the bot as a mention, and a line that
begins with a slash as a command. The bot's messages are printed once they are finished, and the forms that it opens.
"""

from __future__ import annotations

import argparse
import sys
from time import sleep, time_ns
from typing import Any

from fake_slack import APP_TOKEN, BOT_TOKEN, FakeSlack, shown
from fake_slack_state import BEGINNING

from bot.slack.blocks import DOING

PAUSE = 0.5  # seconds between two looks
LONGEST = 1800  # seconds that an answer may take
CHANNEL, PERSON = "CNEWS", "UPERSON"
Message = dict[str, Any]


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    with FakeSlack(first=time_ns() // 1000 - BEGINNING * 1_000_000) as slack:
        say(f"In another terminal:\n\n    export BYLINE_SLACK_URL={slack.url}")
        say(f"    export SLACK_BOT_TOKEN={BOT_TOKEN} SLACK_APP_TOKEN={APP_TOKEN}")
        say("    byline slack      # with --store DIR, if your articles are not in data/store\n")
        while not slack.connections:
            sleep(PAUSE)
        say("The bot is connected. Write a question, or /ask QUESTION; end with Ctrl-D.")
        for line in map(str.strip, sys.stdin):
            if line:
                say(reply(slack, line))


def reply(slack: FakeSlack, line: str) -> str:
    """Sends a line, waits until the bot is done with it, and gives what it shows as text."""
    messages, form = _messages(slack), slack.modal(PERSON)
    command, _, text = line.partition(" ")
    if line.startswith("/"):
        slack.command(command, text)
    else:
        slack.mention(line)

    def new() -> list[Message]:
        return [each for each in _messages(slack) if each not in messages]

    def opened() -> Message | None:
        found = slack.modal(PERSON)
        return found if found and (form is None or found["id"] != form["id"]) else None

    try:
        slack.wait(lambda: opened() or (new() and not _goes_on(new()[-1])), "the bot", LONGEST)
    except AssertionError:
        return "The bot has not answered. See what `byline slack` says."
    told: list[Message] = []
    while new() != told:  # a long answer has several messages, one right after the other
        told = new()
        sleep(PAUSE)
    view = opened()
    finished = [shown(each) or each["text"] for each in told if not _goes_on(each)]
    return "\n".join([*finished, *([form_text(view)] if view else [])])


def form_text(view: Message) -> str:
    """The title of a form and the names of its fields, a line each."""
    fields = [each["label"]["text"] for each in view["blocks"] if "label" in each]
    return "\n".join([f"[{view['title']['text']}]", *(f"- {each}" for each in fields)])


def _messages(slack: FakeSlack) -> list[Message]:
    return slack.from_bot(CHANNEL, PERSON)


def _goes_on(message: Message) -> bool:
    """Whether the bot is still at work on a message."""
    return any(each.get("block_id") == DOING for each in message["blocks"])


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
