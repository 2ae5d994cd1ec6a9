"""`byline slack` in a process of its own, as people run it: by both transports, ended, killed and begun again."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from bot.slack.installs import new_key
from index import Article, Index
from tests.fake_slack import APP_TOKEN, BOT_TOKEN, CLIENT_ID, CLIENT_SECRET, SIGNING_SECRET, Failure, FakeSlack
from tests.test_slack import told

QUOTE = "The United States told the United Nations on 6 July 2020 that it would leave the World Health Organization."
ASKED = "When did the United States give notice that it would leave the World Health Organization?"
SOCKET = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN}

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        yield slack


@pytest.fixture
def store(filled: Path, tmp_path: Path) -> Path:
    """A copy of its own: the bot knows the events that it has seen."""
    return Path(shutil.copytree(filled, tmp_path / "store"))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("slack")
    with Index.open(folder) as index:
        index.add([Article("who", "Notice to the WHO", f"{QUOTE} It takes effect after a year.", outlet="The Courier")])
    return folder


@contextmanager
def byline(
    slack: FakeSlack | str, store: Path, *options: str, surface: str = "slack", **secrets: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process, and the line with which it says that it is there."""
    address = slack if isinstance(slack, str) else slack.url
    command = [sys.executable, "-m", "bot", surface, "--store", str(store), "--model", "extractive", *options]
    environment = {"PATH": os.environ["PATH"], "HOME": str(store), "BYLINE_SLACK_URL": address, **secrets}
    process = subprocess.Popen(
        command, env=environment, cwd=Path(__file__).parent.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        yield process, line
    finally:
        process.kill()
        process.communicate()


def test_a_question_is_answered_from_the_articles_or_refused(slack: FakeSlack, store: Path) -> None:
    with byline(slack, store, **SOCKET) as (process, line):
        assert line == "Connected to Slack as @byline in Newsroom. Mention it or write to it. Stop with Ctrl-C.\n"
        slack.mention(ASKED)
        slack.direct("Who won the 2018 World Cup?")
        slack.wait(lambda: _ends(slack, "chat.update"), "an answer")
        slack.wait(lambda: slack.calls_of("chat.stopStream"), "a refusal")
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    answer, refusal = slack.from_bot("CNEWS")[-1], slack.from_bot("DPERSON")[-1]
    assert f"{QUOTE}" in told(answer)
    assert "The Courier" in told(answer)
    assert "do not say" in told(refusal)
    assert "Notice to the WHO" in told(refusal)
    assert slack.refused == []


def _ends(slack: FakeSlack, method: str) -> bool:
    return any(QUOTE in told(call.args) for call in slack.calls_of(method) if call.error is None)


TRY = [sys.executable, str(Path(__file__).parent / "try_slack.py")]


def tried(store: Path, *lines: str) -> str:
    """What a person reads who types these lines to a bot with this store."""
    with subprocess.Popen(TRY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as terminal:
        assert terminal.stdin is not None
        assert terminal.stdout is not None
        address = next(line.partition("=")[2].strip() for line in terminal.stdout if "BYLINE_SLACK_URL" in line)
        with byline(address, store, **SOCKET):
            terminal.stdin.write("".join(f"{line}\n" for line in lines))
            terminal.stdin.close()
            said = terminal.stdout.read()
    assert terminal.returncode == 0
    return said


def test_the_bot_is_tried_in_a_terminal_without_a_workspace(store: Path) -> None:
    said = tried(store, ASKED, f"/ask {ASKED}", "/ask settings", "/ask help")
    assert said.count(f"{QUOTE} [1]\n[1] Notice to the WHO — “") == 2
    assert "Show a quote in context: [1] Notice to the WHO\n[Share to channel]\n[Helpful] [Not helpful]\n" in said
    assert "Searching" not in said
    assert "Form “Channel settings”:\nWhen I answer: Only when I am mentioned (choices: " in said
    assert "/ask watch" in said
    again = tried(
        store, ASKED, "/ask watch Who left? weekly", "/ask watch Who came?", "press: Delete #2"
    )  # it knows what it saw
    assert QUOTE in again
    assert "Pause" in again
    assert "Who came?" not in again.rpartition("Byline, for you alone:")[2]
    assert "Keep" not in again


def test_what_can_be_done_in_slack_can_be_done_in_a_terminal(store: Path) -> None:
    said = tried(
        store,
        f"direct: {ASKED}", "reply: Which organisation was told?", "press: [1]", "press: Not helpful",
        "set: What is wrong = missing; wrong source", "press: Send", "react: +1",
        f"/ask {ASKED}", "press: Share", "check", "check: Cats fly.",
        "home", "press: Settings", "press: Next", "set: Settings = CNEWS", "press: Next",
        "set: When I answer = Every question", "press: Save",
    )  # fmt: skip
    assert said.count("Byline, in direct messages:\n") == 2
    assert "Form “Quote in context”:\nNotice to the WHO — The Courier\n" in said
    assert "What is wrong with this answer?: missing; wrong source (choices: " in said
    assert "Byline, in the channel:\n<@UPERSON>: “When did" in said
    assert "Form “Checked text”:\n1 supported" in said
    assert "\n? not found  Cats fly." in said
    assert "Home:\nByline\n" in said
    assert "“Settings of a channel” needs a value." in said
    assert "• When I answer: Every question" in said


def test_a_line_that_fails_is_told_in_a_line_and_ends_nothing(store: Path) -> None:
    said = tried(store, "/home", "check", "press: Send", "set: Note = x", "/ask settings", "set: Colour = x", "help")
    for line in (
        "No command /home. The bot knows /ask.",
        "There is no message yet that everybody sees. Ask something first.",
        "There is no “Send” here. There is: nothing.",
        "No form is open.",
        "There is no “Colour” here. There is: When I answer; ",
    ):
        assert f"\n{line}" in said
    assert "Traceback" not in said
    assert said.rstrip().endswith("these lines")


def test_how_the_bot_is_tried_is_told() -> None:
    told = subprocess.run([*TRY, "--help"], capture_output=True, text=True, check=True, timeout=120).stdout
    assert "go on in the last thread" in told


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_a_bot_that_is_ended_ends_what_it_began(slack: FakeSlack, store: Path, end: signal.Signals) -> None:
    slack.fail_next("chat.update", Failure("ratelimited", 429, {"Retry-After": "2"}))
    with byline(slack, store, **SOCKET) as (process, _):
        slack.mention(ASKED)
        slack.wait(lambda: slack.from_bot("CNEWS"), "the first message")
        process.send_signal(end)
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert QUOTE in told(slack.from_bot("CNEWS")[-1])


def test_a_bot_that_is_killed_in_the_middle_of_an_answer_answers_once_when_it_is_begun_again(
    slack: FakeSlack, store: Path
) -> None:
    slack.fail_next("chat.update", Failure("ratelimited", 429, {"Retry-After": "60"}), times=2)
    with byline(slack, store, **SOCKET) as (process, _):
        event = slack.mention(ASKED)
        slack.wait(lambda: any(call.error for call in slack.calls_of("chat.update")), "an update that has to wait")
        process.kill()
        process.wait()
    slack.fail_no_more("chat.update")
    (left,) = slack.from_bot("CNEWS")
    assert QUOTE not in told(left)
    with byline(slack, store, **SOCKET) as (process, _):
        slack.deliver(event, 1)
        slack.wait(lambda: _ends(slack, "chat.update"), "the answer")
        slack.mention("And who else?", thread_ts=event["event"]["ts"])
        slack.wait(lambda: len(slack.from_bot("CNEWS")) == 2, "the next message")
    answer = slack.from_bot("CNEWS")[0]
    assert answer["ts"] == left["ts"]
    assert QUOTE in told(answer)


def test_over_http_several_workspaces_are_installed_answered_and_forgotten(slack: FakeSlack, store: Path) -> None:
    secrets = {
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_CLIENT_ID": CLIENT_ID,
        "SLACK_CLIENT_SECRET": CLIENT_SECRET,
        "SLACK_TOKEN_KEY": new_key(),
    }
    with byline(slack, store, "--http", "127.0.0.1:0", **secrets) as (process, line):
        (address,) = re.findall(r"http://[\d.:]+", line)
        slack.http(f"{address}/slack/events", SIGNING_SECRET)
        for team in ("TONE", "TTWO"):
            slack.install(team)
            install(slack, address, team)
        slack.mention(ASKED, team="TONE")
        slack.wait(lambda: QUOTE in "".join(map(told, slack.from_bot("CNEWS", team="TONE"))), "an answer")
        slack.fail_next("chat.update", Failure("ratelimited", 429, {"Retry-After": "3"}), times=1)
        slack.mention(ASKED, team="TTWO")
        slack.uninstall("TTWO")
        slack.mention(ASKED, team="TONE", ts="1700000099.1")
        slack.wait(lambda: len(slack.from_bot("CNEWS", team="TONE")) == 2, "another answer")
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "xoxb-" not in errors
    assert "Traceback" not in errors


def test_the_one_server_takes_slack_s_requests_too_and_ends_what_it_began(slack: FakeSlack, store: Path) -> None:
    secrets = {"SLACK_SIGNING_SECRET": SIGNING_SECRET, "SLACK_BOT_TOKEN": BOT_TOKEN}
    with byline(slack, store, "--port", "0", surface="serve", **secrets) as (process, line):
        (address,) = re.findall(r"http://[\d.:]+\d", line)
        slack.http(f"{address}/slack/events", SIGNING_SECRET)
        slack.mention(ASKED)
        slack.wait(lambda: QUOTE in "".join(map(told, slack.from_bot("CNEWS"))), "an answer")
        unsigned = httpx.post(f"{address}/slack/events", json={"type": "event_callback"})
        assert unsigned.status_code == 401
        slack.fail_next("chat.update", Failure("ratelimited", 429, {"Retry-After": "2"}))
        slack.mention(ASKED, ts="1700000099.1")
        slack.wait(lambda: len(slack.from_bot("CNEWS")) == 2, "the first message")
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert QUOTE in told(slack.from_bot("CNEWS")[-1])
    assert "xoxb-" not in errors
    assert "Traceback" not in errors


def install(slack: FakeSlack, address: str, team: str) -> None:
    """A person installs the app in a workspace."""
    slack.installing = team
    begun = httpx.get(f"{address}/slack/install", follow_redirects=False)
    assert begun.status_code == 302, begun.text
    cookie = begun.headers["set-cookie"].split(";")[0]
    page = urlsplit(begun.headers["location"])
    slack.redirect_url = f"{address}/slack/oauth_redirect"
    sent = httpx.get(f"{slack.authorize_url}?{page.query}")
    back = httpx.get(sent.headers["location"], headers={"cookie": cookie})
    assert back.status_code == 200, back.text


@pytest.mark.parametrize(
    ("secrets", "says"),
    [
        ({}, "Set SLACK_BOT_TOKEN to the one that begins with xoxb-"),
        ({"SLACK_BOT_TOKEN": BOT_TOKEN}, "Set SLACK_APP_TOKEN to the one that begins with xapp-"),
        ({"SLACK_BOT_TOKEN": APP_TOKEN, "SLACK_APP_TOKEN": BOT_TOKEN}, "SLACK_BOT_TOKEN does not hold the bot token"),
        (SOCKET | {"SLACK_BOT_TOKEN": "xoxb-old"}, "Slack refuses the bot token (invalid_auth). Set SLACK_BOT_TOKEN"),
        (SOCKET | {"SLACK_APP_TOKEN": "xapp-old"}, "Slack refuses the app-level token (invalid_auth)."),
        (SOCKET | {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s"}, "both are set"),
        (
            SOCKET | {"BYLINE_SLACK_COLLECTION": "voic"},
            "slack_collection cannot be used: there is no collection 'voic'",
        ),
    ],
)
def test_what_is_missing_or_mistaken_is_told(
    slack: FakeSlack, store: Path, secrets: dict[str, str], says: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    from bot.cli.app import main

    for name, value in ({"BYLINE_SLACK_URL": slack.url} | secrets).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        main(["slack", "--store", str(store), "--model", "extractive"])
    assert ended.value.code in (1, 2)
    errors = capsys.readouterr().err
    assert says in " ".join(errors.split())
    assert not any(value in errors for value in secrets.values() if value.startswith("x"))


def test_a_slack_that_cannot_be_reached_is_said_to_be(
    store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from bot.cli.app import main

    for name, value in ({"BYLINE_SLACK_URL": "http://127.0.0.1:9/api/"} | SOCKET).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit):
        main(["slack", "--store", str(store), "--model", "extractive"])
    assert "Slack cannot be reached" in capsys.readouterr().err
