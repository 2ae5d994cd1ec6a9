"""A small Slack on this machine, to try the bot without a workspace: `python tests/try_slack.py`.

It prints the settings for `byline slack`. Then you type lines, and read what the bot shows once it is done.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from time import monotonic, sleep, time_ns

from bot.slack.elements import DOING
from bot.slack.manifest import COMMAND
from tests.fake_slack import APP_TOKEN, BOT_TOKEN, PERSON, FakeSlack
from tests.fake_slack_state import BEGINNING
from tests.fake_slack_text import Impossible, Thing, controls, filled, one_of, state_of, text_of

HELP = f"""\
QUESTION               mention the bot in the channel
{COMMAND} TEXT              the slash command: {COMMAND} help tells what it can do
reply: QUESTION        go on in the last thread
direct: QUESTION       write to the bot alone
press: LABEL           a button, an entry of a menu, or a form's own button; LABEL #2 is the second of that name
set: LABEL = VALUE     a field of the open form; several values stand with semicolons
check                  “Check with the articles” in the menu of the last message
check: TEXT            the same for a message of your own
react: +1              or -1, at the last message
home                   the app's home
help                   these lines
"""
PAUSE = 0.5  # seconds between two looks
LONGEST = 1800  # seconds that an answer may take
CHANNEL, DIRECT = "CNEWS", "DPERSON"


def main() -> None:
    description = f"{__doc__}\n{HELP}"
    argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    with FakeSlack(first=time_ns() // 1000 - BEGINNING * 1_000_000) as slack:
        say(f"In another terminal:\n\n    export BYLINE_SLACK_URL={slack.url}")
        say(f"    export SLACK_BOT_TOKEN={BOT_TOKEN} SLACK_APP_TOKEN={APP_TOKEN}")
        say("    byline slack      # with --store DIR, if your articles are not in data/store\n")
        while not slack.connections:
            sleep(PAUSE)
        say("The bot is connected. Write a question. `help` shows what else you can do; end with Ctrl-D.")
        person = Person(slack)
        for line in map(str.strip, sys.stdin):
            if line:
                say(f"{reply(person, line)}\n")


def reply(person: Person, line: str) -> str:
    """What a line gives, as text; a failure is one line."""
    try:
        return person.do(line)
    except Impossible as error:
        return str(error)
    except (AssertionError, OSError, RuntimeError) as error:  # of the fake Slack, or of its connection
        return f"That failed: {' '.join(str(error).split())[:150]}… See what `byline slack` says."


class Person:
    """A person who sees a channel, the direct messages, the home and the form that is open."""

    def __init__(self, slack: FakeSlack) -> None:
        self._slack = slack
        self._seen: list[Thing] = []  # what was shown, the last first
        self._draft: Thing | None = None  # the open form, with what was filled in

    def do(self, line: str) -> str:
        """Does what a line says, and gives what the bot then shows. Raises Impossible."""
        name, colon, text = (each.strip() for each in line.partition(":"))
        alone: dict[str, Callable[[], object]] = {"home": self._slack.open_home, "check": self._check}
        with_text: dict[str, Callable[[str], object]] = {
            "reply": self._reply,
            "direct": self._slack.direct,
            "press": self._press,
            "check": self._check_own,
        }
        if line == "help":
            return HELP.rstrip()
        if name == "set" and colon:
            return self._set(text)
        if name == "react" and colon:
            self._slack.react(self._last_message(), text)
            return "Done. `byline feedback` lists what was said of answers."
        if line.startswith("/"):
            return self._after(lambda: self._command(line))
        if line in alone:
            return self._after(alone[line])
        if name in with_text and colon:
            return self._after(lambda: with_text[name](text))
        return self._after(lambda: self._slack.mention(line))

    def _after(self, action: Callable[[], object]) -> str:
        """What is new on the screen after an action, once the bot is done with it."""
        before = self._screen()
        if not self._slack.connections:
            raise Impossible("The bot is not connected. Start `byline slack` again.")
        action()
        new = [each for each in self._settled(before) if each not in before]
        self._seen = [*reversed(new), *self._seen]
        return "\n\n".join(map(text_of, new)) or "Done."

    def _settled(self, before: list[Thing]) -> list[Thing]:
        """The screen after a change, when nothing is under way and two looks are the same."""
        end, last = monotonic() + LONGEST, before
        while monotonic() < end and self._slack.connections:
            sleep(PAUSE)
            now = self._screen()
            if now == last != before and not any(map(_goes_on, now)):
                return now
            last = now
        raise Impossible("The bot has not answered. See what `byline slack` says.")

    def _screen(self) -> list[Thing]:
        messages = [each for channel in (CHANNEL, DIRECT) for each in self._slack.from_bot(channel, PERSON)]
        return [*messages, *filter(None, (self._slack.home(), self._slack.modal()))]

    # What a person does

    def _command(self, line: str) -> None:
        name, _, text = line.partition(" ")
        if name != COMMAND:
            raise Impossible(f"No command {name}. The bot knows {COMMAND}.")
        self._slack.command(name, text)

    def _reply(self, text: str) -> None:
        last = self._last_message()
        write = self._slack.direct if last["channel"] == DIRECT else self._slack.mention
        write(text, thread_ts=last.get("thread_ts", last["ts"]))

    def _press(self, label: str) -> None:
        form = self._form()
        if form and form.get("submit") and form["submit"]["text"].casefold() == label.casefold():
            self._slack.submit(form, state_of(form))
            return
        label, _, number = label.partition(" #")
        now = self._screen()
        found = [
            (each, one) for each in self._seen if each in now and each["type"] != "modal" for one in controls(each)
        ]
        there, control = one_of(label, found, lambda pair: str(pair[1].label))
        same = [each for each in controls(there) if each.label == control.label]
        if not 0 < int(number or 1) <= len(same):
            raise Impossible(f"There are {len(same)} named “{control.label}”.")
        chosen = same[int(number or 1) - 1]
        self._slack.click(there, chosen.action, chosen.value)

    def _set(self, text: str) -> str:
        form = self._form()
        if form is None:
            raise Impossible("No form is open.")
        label, _, value = (each.strip() for each in text.partition("="))
        self._draft = filled(form, label, value)
        return text_of(self._draft)

    def _form(self) -> Thing | None:
        """The open form, with what was filled in."""
        form, draft = self._slack.modal(), self._draft
        return draft if form and draft and draft["hash"] == form["hash"] else form

    def _check(self) -> None:
        self._slack.shortcut(self._last_message())

    def _check_own(self, text: str) -> None:
        self._slack.say(text)
        self._slack.shortcut(self._slack.messages(CHANNEL)[-1])

    def _last_message(self) -> Thing:
        now = self._screen()
        messages = (each for each in self._seen if each in now and each["type"] == "message" and not each["only"])
        if found := next(messages, None):
            return found
        raise Impossible("There is no message yet that everybody sees. Ask something first.")


def _goes_on(thing: Thing) -> bool:
    """Whether the bot is still at work on it."""
    return bool(thing.get("streaming")) or any(each["block_id"] == DOING for each in thing["blocks"])


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
