"""Test prompts that are put to a model itself, behind a real server that speaks as OpenAI's do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli import main
from bot.evaluate.assertions import RULES
from bot.evaluate.own import OWN
from tests.chat_server import ChatServer, chat_server

Called = Callable[..., tuple[object, str, str]]
WANTED = {"value": {"articles": ["a"], "first": 1}, "threshold": 0}
VALUES = {
    "cites": {"value": "a"},
    "cited-sentences": {"threshold": 0},
    "unsupported": {"threshold": 1},
    "attributes": {"value": "WHO"},
    "both-sides": {"value": ["WHO", "old"]},
    "kind": {"value": "short"},
    "covers": {"value": ["old"], "threshold": 0},
    "shape": {"value": "paragraph", "threshold": 1},
    "breadth": {"value": 1},
    "retrieves": {"value": {"article": "a", "first": 1}},
    **{
        each: {"value": {"articles": ["a"], "first": 1}, "threshold": 0}
        for each in ("recall", "reciprocal-rank", "ndcg")
    },
}


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as running:
        yield running


@pytest.fixture
def called(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, server: ChatServer
) -> Called:
    pytest.importorskip("langchain_openai", reason="langchain-openai is not installed: pip install 'byline[providers]'")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another-server")

    def called(*arguments: str, target: str = f"openai:wise@{server.url}") -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as end:
            main(["eval", *arguments, "--target", target])
        out, err = capsys.readouterr()
        return end.value.code or 0, out, err

    return called


def suite(folder: Path, *assertions: dict[str, Any], **more: Any) -> str:
    test = {"vars": {"question": "Who is old?"}, "assert": list(assertions), **more}
    (folder / "a.yaml").write_text(yaml.safe_dump({"tests": [test]}), encoding="utf-8")
    return "a.yaml"


OLD = {"type": "contains", "value": "WHO is old."}


def checks(path: Path) -> list[dict[str, Any]]:
    [case] = json.loads(path.read_text(encoding="utf-8"))["cases"]
    found: list[dict[str, Any]] = case["results"][0]["checks"]
    return found


def test_the_question_is_all_that_a_target_is_told_and_it_gets_nobody_elses_key(
    called: Called, tmp_path: Path, server: ChatServer
) -> None:
    code, out, err = called(suite(tmp_path, OLD, {"type": "latency", "threshold": 60_000}), "--json", "r.json")
    assert (code, err) == (0, "Asking about a.yaml\n")
    [asked] = server.asked
    assert asked["messages"] == [{"content": "Who is old?", "role": "user"}]
    assert (asked["model"], asked["temperature"], asked["key"]) == ("wise", 0, "Bearer none")
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert report["run"]["model"] == "openai:wise"
    assert report["cases"][0]["results"][0]["answer"]["text"] == "The WHO is old."
    assert "100.0 %" in out


def test_without_an_address_the_server_and_the_key_of_the_settings_are_asked(
    called: Called, tmp_path: Path, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BYLINE_MODEL_URL", server.url)
    monkeypatch.setenv("BYLINE_MODEL_KEY", "sk-own")
    for target in ("openai:wise", f"openai:wise@{server.url}"):
        assert called(suite(tmp_path, OLD), target=target)[0] == 0
        assert server.asked[-1]["key"] == "Bearer sk-own"


def test_the_address_of_a_target_is_not_that_of_the_judge(
    called: Called, tmp_path: Path, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with chat_server() as judging:
        judging.says = lambda _: json.dumps({"reason": "so", "pass": True, "score": 1})
        monkeypatch.setenv("BYLINE_MODEL_URL", judging.url)
        monkeypatch.setenv("BYLINE_MODEL_KEY", "sk-own")
        rubric = {"type": "llm-rubric", "value": "Says who is old."}
        assert called(suite(tmp_path, rubric), "--judge", "openai:strict")[0] == 0
        assert {(each["model"], each["key"]) for each in judging.asked} == {("strict", "Bearer sk-own")}
    assert [(each["model"], each["key"]) for each in server.asked] == [("wise", "Bearer none")]


def test_what_was_asked_and_answered_before_stands_before_a_follow_up(
    called: Called, tmp_path: Path, server: ChatServer
) -> None:
    more = {"options": {"disableVarExpansion": True}}
    suite(tmp_path, OLD, vars={"question": "And who is not?", "history": ["Who is old?"]}, **more)
    assert called("a.yaml")[0] == 0
    assert [each["messages"][0]["content"] for each in server.asked] == [
        "Who is old?",
        "Who is old?\n\nThe WHO is old.\n\nAnd who is not?",
    ]


@pytest.mark.parametrize("negated", ["", "not-"])
@pytest.mark.parametrize("type_", sorted(set(OWN) - {"as-of", "language", "no-leak", "ordered", "stable"}))
def test_what_judges_the_proof_does_not_hold_where_there_is_none(
    called: Called, tmp_path: Path, type_: str, negated: str
) -> None:
    assert RULES[type_].proof
    proof = {"type": f"{negated}{type_}", **VALUES.get(type_, {})}  # type: ignore[dict-item]
    code, out, err = called(suite(tmp_path, OLD, proof), "--json", "r.json")
    assert code == 1
    assert f"openai:wise gives no proof beside its words, so these do not hold: {type_}." in err
    assert "(the answer comes without its proof)" in out
    assert [(each["holds"], each["score"]) for each in checks(tmp_path / "r.json")] == [(True, 1), (False, 0)]


def test_a_context_that_nobody_gave_breaks_the_case(
    called: Called, tmp_path: Path, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BYLINE_MODEL_URL", server.url)  # of the judge
    recall = {"type": "context-recall", "value": "The WHO is old."}
    code, out, _ = called(suite(tmp_path, recall), "--judge", "openai:wise", target=f"openai:a@{server.url}")
    assert code == 1
    assert "Nothing was found for the question, and there is no variable `context`." in out


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("404", "The model openai:404 was not found at "),
        ("blank", "The model openai:blank said nothing."),
        ("empty", "The model openai:empty gave an error instead of words"),
        ("garbled", "The model openai:garbled gave an error instead of words"),
    ],
)
def test_a_target_that_gives_no_words_breaks_the_case(
    called: Called, tmp_path: Path, server: ChatServer, name: str, told: str
) -> None:
    server.says = lambda _: " \n"
    file = suite(tmp_path, {"type": "not-contains", "value": "nonsense"})
    code, out, _ = called(file, "--json", "r.json", target=f"openai:{name}@{server.url}")
    assert code == 1
    assert told in out
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["all"]["broken"] == 1


@pytest.mark.parametrize(
    ("arguments", "target", "told"),
    [
        (["--store", "S"], "openai:a", "Leave out --store and --model."),
        (["--model", "extractive"], "openai:a", "Leave out --store and --model."),
        ([], "extractive", "extractive cannot answer by itself."),
        ([], "openai:a,openai:b", "cannot answer by itself."),
        ([], "nonsense", "There is no model 'nonsense'."),
        ([], "openai:a@http://me:secret@127.0.0.1/v1", "The address of --target has a password in it."),
    ],
)
def test_what_cannot_be_a_target_is_called_wrongly(
    called: Called, tmp_path: Path, server: ChatServer, arguments: list[str], target: str, told: str
) -> None:
    code, out, err = called(suite(tmp_path, OLD), *arguments, target=target)
    assert (code, out, server.asked) == (2, "", [])
    assert told in err
    assert "secret" not in err


def test_the_answers_of_a_target_are_kept_by_its_name_its_address_and_the_question(
    called: Called, tmp_path: Path, server: ChatServer
) -> None:
    file = suite(tmp_path, OLD)
    for target, asked in (("wise", 1), ("wise", 1), ("other", 2)):
        assert called(file, "--cache", "kept.jsonl", target=f"openai:{target}@{server.url}")[0] == 0
        assert len(server.asked) == asked
    with chat_server() as moved:
        called(file, "--cache", "kept.jsonl", target=f"openai:wise@{moved.url}")
        assert len(moved.asked) == 1
    suite(tmp_path, OLD, vars={"question": "Who was old?"})
    called(file, "--cache", "kept.jsonl")
    assert len(server.asked) == 3
