"""A language model as the judge, behind a real server: what it says, what becomes of it, and how far it is believed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli import main
from bot.config import shipped
from bot.evaluate.errors import Unmeasured
from bot.evaluate.graded import GRADED, PROMPTS
from bot.evaluate.judge import read_prompts
from bot.evaluate.labels import read_labels
from bot.evaluate.types import Assertion, JudgedReply
from bot.types import Answer, Status
from index import Index
from tests.chat_server import ChatServer, chat_server
from tests.small_news import ARTICLES

COST = "What did the repairs of the bridge cost?"
JUDGE = shipped("prompts") / "judge"
LABELS = {each.output: each.met for each in read_labels(JUDGE / "labelled.yaml")}
Called = Callable[..., tuple[object, str, str]]


def verdict(met: bool) -> str:
    return json.dumps({"reason": "So it is.", "pass": met, "score": float(met)})


def asked(body: dict[str, Any]) -> str:
    """The request that a judge was sent."""
    return str(body["messages"][-1]["content"])


def label_of(body: dict[str, Any]) -> bool | None:
    """Of a labelled answer, whether it meets its demand."""
    return LABELS.get(asked(body).partition("<answer>\n")[2].partition("\n</answer>")[0])


def knowing(body: dict[str, Any]) -> str:
    """A judge that agrees with all labels, and lets pass what says how many euros."""
    label = label_of(body)
    return verdict("euros" in asked(body).partition("<demand>")[0] if label is None else label)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("judge") / "S"
    with Index.open(path) as index:
        index.add(ARTICLES)
    return path


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as running:
        running.says = knowing
        yield running


@pytest.fixture
def called(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, store: Path, server: ChatServer
) -> Called:
    pytest.importorskip("langchain_openai", reason="langchain-openai is not installed: pip install 'byline[providers]'")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BYLINE_MODEL_URL", server.url)

    def called(*arguments: str, judge: str | None = "openai:wise") -> tuple[object, str, str]:
        judging = ["--judge", judge] if judge else []
        with pytest.raises(SystemExit) as end:
            main(["eval", *arguments, "--store", str(store), "--model", "extractive", *judging])
        out, err = capsys.readouterr()
        return end.value.code or 0, out, err

    return called


def suite(folder: Path, *assertions: dict[str, Any], question: str = COST) -> str:
    test = {"vars": {"question": question}, "assert": list(assertions)}
    (folder / "a.yaml").write_text(yaml.safe_dump({"tests": [test]}), encoding="utf-8")
    return "a.yaml"


RUBRIC = {"type": "llm-rubric", "value": "Says what the repairs cost."}


def test_a_judge_is_asked_and_its_agreement_with_labels_stands_beside_what_it_says(
    called: Called, tmp_path: Path, server: ChatServer
) -> None:
    code, out, _ = called(suite(tmp_path, RUBRIC), "--json", "r.json", "--html", "r.html", "--markdown", "r.md")
    assert code == 0
    told = f"The judge openai:wise agrees with {len(LABELS)} of {len(LABELS)} labels (Byline's own): 100.0 % ("
    assert told in out
    assert "kappa 1.00 (1.00 to 1.00); it passed 0 wrongly, failed 0 wrongly, and gave 0 of them no verdict." in out
    assert all(told in (tmp_path / name).read_text(encoding="utf-8") for name in ("r.html", "r.md"))
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert report["judge"]["rate"]["value"] == report["judge"]["kappa"]["value"] == 1
    assert report["cases"][0]["results"][0]["checks"][0]["reason"] == "So it is."
    assert "4.2 million euros" in asked(server.asked[-1])
    assert "Says what the repairs cost." in asked(server.asked[-1])


def test_a_judge_that_always_agrees_is_shown_to_know_nothing(
    called: Called, tmp_path: Path, server: ChatServer
) -> None:
    server.says = lambda _: verdict(True)
    _, out, _ = called(suite(tmp_path, RUBRIC))
    assert "labels (Byline's own): 50.0 % (" in out
    assert f"kappa 0.00 (0.00 to 0.00); it passed {len(LABELS) // 2} wrongly, failed 0 wrongly" in out


def test_a_judge_without_a_verdict_is_a_failure_counted_apart(
    called: Called, tmp_path: Path, server: ChatServer
) -> None:
    server.says = lambda body: "I would rather not say." if label_of(body) is None else knowing(body)
    code, out, _ = called(suite(tmp_path, {"type": "not-llm-rubric", "value": "Is rude."}), "--json", "r.json")
    assert code == 1
    assert "The judge gave no verdict on `llm-rubric`: it said nothing in JSON: I would rather not say." in out
    assert "The judge gave no verdict in 1 answers, which count as broken." in out
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert (report["all"]["broken"], report["all"]["failed"], report["judge"]["no_verdict"]) == (1, 0, 1)


def test_a_judge_that_cannot_be_reached_is_no_verdict_either(called: Called, tmp_path: Path) -> None:
    code, out, _ = called(suite(tmp_path, RUBRIC), judge="openai:404")
    assert code == 1
    assert f"and gave {len(LABELS)} of them no verdict." in out
    assert re.search(r"all +0 +0 +1 +0 +1", out)


@pytest.mark.parametrize("type_", sorted(GRADED))
def test_without_a_judge_such_a_case_is_an_error_that_names_it(called: Called, tmp_path: Path, type_: str) -> None:
    rule = GRADED[type_]
    value = {"value": "a"} if rule.value else {}
    members = {"type": "assert-set", "assert": [{"type": type_, **value}]}
    code, out, err = called(suite(tmp_path, members), judge=None)
    assert (code, out) == (2, "")
    assert f"`{type_}` in a.yaml needs a judge, and there is none. Name a model with --judge." in err


@pytest.mark.parametrize("spec", ["extractive", "openai:a,openai:b", "nonsense"])
def test_what_is_no_model_cannot_judge(called: Called, tmp_path: Path, spec: str) -> None:
    assert called(suite(tmp_path, RUBRIC), judge=spec)[0] == 2


def test_the_best_answer_is_chosen_before_that_of_the_baseline(
    called: Called, tmp_path: Path, server: ChatServer
) -> None:
    best = suite(tmp_path, {"type": "select-best", "value": "Is about money."})
    code, _, err = called(best)
    assert (code, "`select-best` in a.yaml compares with an earlier answer. Name a report with --baseline." in err) == (
        2,
        True,
    )
    called(suite(tmp_path, {"type": "refuses"}), "--json", "before.json")
    suite(tmp_path, {"type": "select-best", "value": "Is about money."})
    for chosen, code in (("0", 0), ("Text 1.", 1), ("2", 1)):
        server.says = lambda body, chosen=chosen: chosen if label_of(body) is None else knowing(body)
        assert called(best, "--baseline", "before.json")[0] == code, chosen
    assert asked(server.asked[-1]).count("4.2 million euros") == 2


def test_what_was_found_for_a_question_is_the_context_where_the_file_gives_none(
    called: Called, tmp_path: Path, server: ChatServer
) -> None:
    server.says = lambda body: "4.2 million. [Attributed]" if label_of(body) is None else knowing(body)
    assert called(suite(tmp_path, {"type": "context-recall", "value": "It cost 4.2 million euros."}))[0] == 0
    assert "a third more than planned" in asked(server.asked[-1])
    assert "<text>\nIt cost 4.2 million euros.\n</text>" in asked(server.asked[-1])


CLAIMS = [
    {"id": 1, "claim": "The pier is long.", "evidence": ["It has 240 metres.", "So it is long."], "label": "SUPPORT"},
    {"claim": "The pier is new.", "evidence": "It was built in 1921.", "label": "CONTRADICT"},
    {"claim": "The pier is long and red.", "evidence": ["It has 240 metres."], "label": "partially_supported"},
    {"claim": "The pier is green.", "evidence": [], "label": "NOT_ENOUGH_INFO"},
]


def lines(path: Path, *entries: object) -> str:
    path.write_text("".join(f"{json.dumps(each)}\n" for each in entries), encoding="utf-8")
    return path.name


def test_a_judge_is_measured_on_the_labels_of_others(called: Called, tmp_path: Path, server: ChatServer) -> None:
    server.says = lambda body: verdict("new" not in asked(body))
    code, out, _ = called("--labels", lines(tmp_path / "claims.jsonl", *CLAIMS), "--jobs", "3")
    assert code == 0
    assert out.startswith("The judge openai:wise agrees with 2 of 3 labels (claims.jsonl): 66.7 % (")
    assert "kappa 0.40 (" in out
    assert "it passed 1 wrongly, failed 0 wrongly, and gave 0 of them no verdict." in out
    first = next(asked(each) for each in server.asked if "The pier is long.\n" in asked(each))
    assert "It has 240 metres.\nSo it is long." in first.partition("<demand>")[2]
    assert "<answer>\nThe pier is long.\n</answer>" in first


def test_test_prompts_are_judged_by_a_judge_that_was_measured_on_the_labels_that_are_named(
    called: Called, tmp_path: Path
) -> None:
    labels = lines(
        tmp_path / "own.jsonl", *({"output": text, "rubric": "So.", "met": met} for text, met in LABELS.items())
    )
    code, _, _ = called(suite(tmp_path, RUBRIC), "--labels", labels, "--json", "r.json")
    judge = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["judge"]
    assert (code, judge["labels"], judge["right"]) == (0, "own.jsonl", len(LABELS))
    assert judge["kappa"] == {"value": 1, "low": 1, "high": 1}


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ([*CLAIMS, {"claim": "a", "evidence": "b", "label": "true"}], "entry 5 will not do: the label 'true' is not"),
        ([{"output": "a", "rubric": "b", "met": "yes"}], "entry 1 will not do: met has to be true or false"),
        ([{"output": "a", "rubric": "b", "met": True, "mat": 1}], "entry 1 will not do: mat is not known"),
        ([{"claim": "a", "label": "SUPPORT"}], "entry 1 will not do: evidence is missing"),
        (["a"], "entry 1 will not do: it has to be names with values"),
        ([CLAIMS[0], CLAIMS[3]], "it needs answers that meet their demand, and answers that do not"),
        ([], "it needs answers that meet"),
    ],
)
def test_labels_that_cannot_be_read_are_named(
    called: Called, tmp_path: Path, server: ChatServer, entries: list[object], told: str
) -> None:
    code, out, err = called("--labels", lines(tmp_path / "labels.jsonl", *entries))
    assert (code, out, server.asked) == (2, "", [])
    assert "The labelled answers labels.jsonl cannot be read: " in err
    assert told in err


@pytest.mark.parametrize(
    ("arguments", "judge", "told"),
    [
        (["--labels", "none.jsonl"], "openai:wise", "The labelled answers none.jsonl cannot be read: No such file"),
        (["--labels", "none.jsonl"], None, "Name one with --judge."),
        (["--json", "r.json"], "openai:wise", "There are no test prompts for --json."),
        ([], None, "Missing argument"),
    ],
)
def test_measuring_a_judge_that_is_called_wrongly_ends_with_2(
    called: Called, arguments: list[str], judge: str | None, told: str
) -> None:
    code, _, err = called(*arguments, judge=judge)
    assert code == 2
    assert told in err


def test_each_prompt_of_a_judge_can_be_filled_in_and_half_of_the_labels_are_met() -> None:
    prompts = read_prompts(JUDGE)
    for name, names in PROMPTS.items():
        filled = prompts[name].fill({each: f"<<{each} $1>>" for each in names})
        assert all(f"<<{each} $1>>" in filled.user for each in names)
    assert {path.stem for path in JUDGE.glob("*.md")} == set(PROMPTS)
    assert 2 * sum(LABELS.values()) == len(LABELS) >= 20


def test_nothing_is_judged_where_there_is_no_judge() -> None:
    reply = JudgedReply(Answer("?", Status.ANSWERED, "It is long.", "none"), {})
    with pytest.raises(Unmeasured, match="There is no judge"):
        GRADED["llm-rubric"].judge(reply, Assertion("llm-rubric", "Is long.", False, "llm-rubric"))
