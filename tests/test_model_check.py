"""`byline model check` against a server that speaks as OpenAI's does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli import main
from bot.config import shipped
from bot.model.spec import open_model
from bot.model.writers import checked
from tests.chat_server import chat_server

# A sentence of the articles that answers each question, and what a reader would write of it, if not its own words.
SAYS = {
    "stopped laying": "Allseas, which was laying",
    "supply contract": "runs for 30 years",
    "barred Huawei": "gave new American sanctions as the reason",
    "promised American": "China bought 57 per cent",
    "INF Treaty end?": "The Intermediate-Range Nuclear Forces Treaty, known as the INF Treaty, ended on 2 August 2019",
    "guard of honour": "China sent 105 people",
    "died in a river": "Wang Zhuoran died in a river",
    "figures of SIPRI": "estimates that China had 320",
    "Who caused": "India and China give opposite accounts",
    "Which came first": "The Intermediate-Range Nuclear Forces Treaty, known as the INF Treaty, ended on 2 August 2019",
    "timeline of the American": "Biden's letter of 20 January 2021 retracted the notice",
    "In which order": "Russia ceased to be a party to the Open Skies Treaty on 18 December 2021",
    "left the WHO": "Joe Biden stopped the withdrawal",
    "win the arbitration": "had no legal basis",
    "I meant the Chinese": "four of its soldiers were killed",
}


def reading(body: dict[str, Any]) -> str:
    """A reader who quotes one sentence, by its number, and refuses what `SAYS` lacks."""
    asked = body["messages"][-1]["content"]
    question = asked.rpartition("Question: ")[2]
    words = next((words for part, words in SAYS.items() if part in question), None)
    for number, sentence in re.findall(r"\[(\d+)\] ([^\[]+)", asked):
        if words and words in sentence:
            return f"{sentence.strip()} [{number}]"
    return "Not in the articles."


@pytest.fixture(autouse=True)
def _apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("BYLINE_VERIFY", "off")
    monkeypatch.setenv("OPENAI_API_KEY", "of-this-test")


def check(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, says: Any) -> tuple[dict[str, Any], str]:
    """The JSON of a check, and the base URL of its server."""
    with chat_server() as server:
        server.says = says
        monkeypatch.setenv("BYLINE_MODEL_URL", server.url)
        with pytest.raises(SystemExit) as end:
            main(["model", "check", "--model", "openai:reader", "--jobs", "2", "--json"])
        assert not end.value.code
        told: dict[str, Any] = json.loads(capsys.readouterr().out)
        return told, server.url


def test_a_model_that_reads_and_one_that_only_refuses_are_told_apart_and_remembered(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, _ = check(capsys, monkeypatch, reading)
    kinds = {each["kind"]: each for each in reader["kinds"]}
    assert {name: each["asked"] for name, each in kinds.items()} == {
        **{"fact": 7, "near miss": 6, "other language": 3, "comparison": 3, "timeline": 2, "correction": 3}
    }
    assert kinds["fact"]["right"] == kinds["fact"]["cited"] == 7
    assert kinds["near miss"]["refused"] == kinds["near miss"]["right"] == 6
    refuser, url = check(capsys, monkeypatch, lambda _: "Not in the articles.")
    assert (refuser["right"], refuser["refused"], refuser["cites"]) == (0.0, 1.0, False)
    kept = checked("openai:reader")
    assert kept
    assert not kept.cites
    [model] = open_model("openai:reader", url=url).models
    assert not model.cites
    [set_anew] = open_model("openai:reader", url=url, writer="citing").models
    assert set_anew.cites


def test_without_a_model_there_is_nothing_to_check(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["model", "check", "--model", "extractive"])
    assert end.value.code == 2
    assert "There is no language model to check." in capsys.readouterr().err


def test_the_questions_are_twenty_four() -> None:
    suite = yaml.safe_load((shipped("prompts") / "check" / "model.yaml").read_text(encoding="utf-8"))
    assert len(suite["tests"]) == 24
