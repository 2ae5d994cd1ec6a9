"""The commands as a person runs them: what they print, how they end, and that what goes wrong is told in a sentence."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest
from typer.main import get_command

from bot.cli import main
from bot.cli.app import COMMANDS, app
from bot.cli.doctor import examine
from bot.cli.output import safe
from bot.cli.terminal import Lines, answer_parts, show_answer
from bot.config import Config
from bot.errors import QuestionEmpty, Reason
from bot.types import Answer, Sentence, State, Status

ROOT = Path(__file__).parent.parent
PORT = """---
title: Harbour at Varnholm gets a second pier
author: Ada Lind
outlet: Varnholm Post
published: 2021-03-04
kind: report
language: en
---
The council of Varnholm decided on 3 March 2021 to build a second pier. The pier costs 12 million crowns and will be 240
metres long. Mayor Tove Ask said that work begins in June.
"""
FERRY = """---
title: Why the ferry should stay free
author: Karl Nyberg
outlet: Island Weekly
published: 2022-05-06
kind: opinion
language: en
---
The ferry to Little Skarv has to stay free, because the islanders have no bridge. A ticket of 40 crowns would empty the
school within two years.
"""
HOSTILE = """---
title: "Lighthouse [red]keeper\\e[31m retires"
author: "Ida\\x9b2J Holm"
published: 2020-01-02
---
The lighthouse keeper of Skarv\x1b]0;owned\x07 retired on 1 January 2020 [bold]after[/bold] forty\x1b[2J years of work.
"""
QUESTION = "What did the council of Varnholm decide to build?"
EXTRACTIVE = ("--model", "extractive")
FORMS = {
    "answer": {
        *("question", "status", "text", "model", "sentences", "citations", "passages", "evidence", "filters"),
        *("reason", "nearest", "blocks", "trace", "seconds"),
    },
    "sentences": {"text", "start", "end", "state", "reason", "support", "citations", "answering"},
    "citations": {
        *("mark", "article_id", "title", "author", "outlet", "published", "kind", "url", "quote", "start", "end"),
    },
    "passages": {"article_id", "start", "end", "text", "score"},
    "evidence": {"article_id", "start", "end", "text"},
    "seconds": {"search", "evidence", "first_token", "total"},
}


@dataclass(frozen=True)
class Done:
    code: object
    out: str
    err: str

    @property
    def json(self) -> object:
        return json.loads(self.out)


Run = Callable[..., Done]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs a command in an empty folder, without any setting from outside."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("BYLINE_", "SLACK_"))]:
        monkeypatch.delenv(name)

    def run(*arguments: str | Path) -> Done:
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Done(end.value.code or 0, out, err)

    return run


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("articles")
    for name, text in {"harbour.md": PORT, "ferry.md": FERRY, "hostile.md": HOSTILE}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def store(articles: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store") / "S"
    with pytest.raises(SystemExit) as end:
        main(["index", str(articles), "--store", str(folder)])
    assert not end.value.code
    return folder


# Calling it wrongly


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("index",), "There is nothing to index."),
        (("index", "nowhere.txt"), "nowhere.txt"),
        (("ask", "Who?"), "No index at data/store"),
        (("ask", "Who?", "--store", "elsewhere"), "No index at elsewhere"),
        (("search", "pier"), "No index at data/store"),
        (("articles",), "No index at data/store"),
        (("articles", "--json"), "No index at data/store"),
        (("articles", "show", "x"), "No index at data/store"),
        (("articles", "remove", "x"), "No index at data/store"),
        (("slack",), "No index at data/store"),
        (("ask", "Who?", "--since", "yesterday"), "yesterday"),
        (("ask", "Who?", "--kind", "gossip"), "gossip"),
        (("ask", "Who?", "--history", "nowhere.json"), "nowhere.json"),
        (("ask",), "Missing argument"),
        (("ask", "Who?", "--strictness", "5"), "Invalid value for '--strictness': it has to be 1 or less."),
        (("index", "x", "--limit", "0"), "Invalid value for '--limit': it has to be 1 or more."),
        (("search", " "), "There is no question."),
        (("sing",), "No such command"),
        (("chat", "--port", "99999"), "--port cannot be used"),
    ],
)
def test_a_wrong_call_says_so_and_makes_nothing(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert "Traceback" not in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("ask", ""), 2, "There is no question."),
        (("ask", " ?! "), 2, "There is no question."),
        (("ask", "a" * 5000), 2, "Shorten it."),
        (("ask", "Who?", "--model", "wizard"), 2, "There is no model 'wizard'."),
        (("ask", "Who?", "--model", "gguf:/nowhere/model.gguf"), 1, "/nowhere/model.gguf"),
        (("articles", "show", "nothing"), 2, "There is no article 'nothing' here."),
        (("articles", "remove", "nothing"), 2, "There is no article 'nothing' here."),
        (("slack", "--model", "extractive"), 2, "SLACK_BOT_TOKEN"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(
    run: Run, store: Path, arguments: tuple[str, ...], code: int, told: str
) -> None:
    done = run(*arguments, "--store", store)
    assert (done.code, done.out) == (code, "")
    assert told in done.err
    assert len(done.err.splitlines()) == 1


def test_what_a_better_model_lacks_is_told_beside_an_answer_and_not_beside_a_mistake(
    run: Run, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "llama_cpp", None)  # as where it is not installed
    assert run("ask", " ", "--store", store).err == f"{QuestionEmpty()}\n"
    for options in ((), ("--json",)):
        done = run("ask", QUESTION, *options, "--store", store)
        assert (done.code, "second pier" in done.out) == (0, True)
        assert re.fullmatch(r"Answers are quoted sentences, without a language model: .+\n", done.err)


@pytest.mark.parametrize("content", ["", "{}", "[1]", '[{"answer_text": "no question"}]', '[{"question": 5}]'])
def test_a_history_that_is_none_is_told(run: Run, store: Path, tmp_path: Path, content: str) -> None:
    (tmp_path / "history.json").write_text(content)
    done = run("ask", "Who?", "--store", store, "--history", "history.json")
    assert done.code == 2
    assert "The history history.json cannot be read" in done.err


@pytest.mark.parametrize("arguments", [("ask", "Who?"), ("search", "pier"), ("index", "a.md"), ("articles",)])
def test_an_index_made_with_another_embedder_is_told(
    run: Run, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "a.md").write_text(PORT)
    monkeypatch.setenv("BYLINE_EMBEDDER", "another-model")
    done = run(*arguments, "--store", store)
    assert (done.code, done.out) == (1, "")
    assert "was made with the embedder all-MiniLM-L6-v2, not another-model." in done.err


def test_a_setting_that_cannot_be_used_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "byline.toml").write_text('stor = "x"')
    done = run("articles")
    assert done.code == 2
    assert "stor in byline.toml" in done.err


# Articles


def test_indexing_counts_what_it_did(run: Run, tmp_path: Path) -> None:
    for name, text in {"a.md": PORT, "b.md": FERRY, "empty.md": ""}.items():
        (tmp_path / name).write_text(text)
    first = run("index", "a.md", "b.md")
    assert (first.code, first.out) == (0, "2 articles added\n")
    assert run("index", "a.md", "b.md").out == "2 articles unchanged\n"

    (tmp_path / "b.md").write_text(FERRY.replace("40 crowns", "50 crowns"))
    mixed = run("index", "a.md", "b.md", "empty.md")
    assert (mixed.code, mixed.out) == (1, "1 article changed, 1 unchanged, 1 failed\n")
    assert "empty.md" in mixed.err
    assert run("index", "empty.md", "--json").json == {
        **{"added": 0, "changed": 0, "unchanged": 0, "duplicate": 0, "removed": 0, "failed": 1},
        "failures": [
            {
                "source": str(tmp_path / "empty.md"),
                "reason": "It is empty. Put the article there, or leave the file out.",
            }
        ],
    }


def test_the_store_comes_from_the_settings(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.md").write_text(PORT)
    (tmp_path / "byline.toml").write_text('store = "from-file"')
    assert run("index", "a.md").code == 0
    assert (tmp_path / "from-file").is_dir()
    monkeypatch.setenv("BYLINE_STORE", "from-variable")
    assert run("articles").code == 2


def test_articles_are_listed_shown_and_removed(run: Run, tmp_path: Path) -> None:
    for name, text in {"a.md": PORT, "b.md": FERRY}.items():
        (tmp_path / name).write_text(text)
    run("index", "a.md", "b.md")
    listed = run("articles", "--json").json
    assert isinstance(listed, list)
    assert {article["title"] for article in listed} == {
        "Harbour at Varnholm gets a second pier",
        "Why the ferry should stay free",
    }
    assert all("text" not in article for article in listed)
    assert "Karl Nyberg, Island Weekly, 6 May 2022, opinion" in run("articles").out

    ferry = next(article["id"] for article in listed if "ferry" in article["title"])
    shown = run("articles", "show", ferry, "--json").json
    assert isinstance(shown, dict)
    assert shown["text"].startswith("The ferry to Little Skarv has to stay free")
    assert "A ticket of 40 crowns" in run("articles", "show", ferry).out
    assert run("articles", "show", "other/../b.md").out == run("articles", "show", ferry).out

    assert run("articles", "remove", ferry, "nothing").code == 2
    assert run("articles", "show", ferry).code == 0
    assert run("articles", "remove", ferry, ferry).out == f"Removed {ferry}\n"
    assert run("articles", "show", ferry).code == 2


def test_options_before_a_command_of_articles_are_not_lost(run: Run, store: Path) -> None:
    done = run("articles", "--store", store, "show", "x")
    assert done.code == 2
    assert "byline articles show ID --store DIR" in done.err


# Questions


def test_an_answer_as_json_has_the_form_that_was_agreed(run: Run, store: Path) -> None:
    done = run("ask", QUESTION, *EXTRACTIVE, "--store", store, "--json")
    answer = done.json
    assert done.code == 0
    assert isinstance(answer, dict)
    assert answer["status"] == "answered"
    assert set(answer) >= FORMS["answer"]
    for name in ("sentences", "citations", "passages", "evidence"):
        assert answer[name]
        assert all(set(each) >= FORMS[name] for each in answer[name])
    assert set(answer["seconds"]) == FORMS["seconds"]
    for sentence in answer["sentences"]:
        assert answer["text"][sentence["start"] : sentence["end"]] == sentence["text"]
    for citation in answer["citations"]:
        article = run("articles", "show", citation["article_id"], "--store", store, "--json").json
        assert isinstance(article, dict)
        assert article["text"][citation["start"] : citation["end"]] == citation["quote"]
        assert (citation["author"], citation["outlet"]) == ("Ada Lind", "Varnholm Post")


def test_an_answer_in_a_pipe_is_plain_text_with_footnotes(run: Run, store: Path) -> None:
    done = run("ask", QUESTION, *EXTRACTIVE, "--store", store)
    assert (done.code, done.err) == (0, "")
    text, *footnotes = done.out.strip().split("\n\n")
    assert text == "The council of Varnholm decided on 3 March 2021 to build a second pier. [1]"
    assert footnotes[0].startswith("[1] “")
    assert (
        footnotes[0]
        .splitlines()[0]
        .endswith("— Harbour at Varnholm gets a second pier. Ada Lind, Varnholm Post, 4 March 2021")
    )
    assert "\x1b" not in done.out


def test_a_refusal_ends_with_its_own_code_and_the_nearest_articles(run: Run, store: Path) -> None:
    question = "Who won the 2018 World Cup?"
    plain = run("ask", question, *EXTRACTIVE, "--store", store)
    assert plain.code == 3
    assert "\n- " in plain.out
    done = run("ask", question, *EXTRACTIVE, "--store", store, "--json")
    assert done.code == 3
    answer = done.json
    assert isinstance(answer, dict)
    assert (answer["status"], answer["citations"]) == ("refused", [])
    assert {"article_id", "title"} <= set(answer["nearest"][0])


@pytest.mark.parametrize(
    ("limit", "found"),
    [
        (("--outlet", "Varnholm Post"), {"Ada Lind"}),
        (("--author", "Karl Nyberg"), {"Karl Nyberg"}),
        (("--kind", "opinion"), {"Karl Nyberg"}),
        (("--kind", "opinion", "--kind", "report"), {"Karl Nyberg", "Ada Lind"}),
        (("--language", "en", "--since", "2021-03-04"), {"Karl Nyberg", "Ada Lind"}),
        (("--since", "2021-03-05"), {"Karl Nyberg"}),
        (("--since", "2021-03-04", "--until", "2021-03-04"), {"Ada Lind"}),
    ],
)
def test_a_question_can_be_limited(run: Run, store: Path, limit: tuple[str, ...], found: set[str]) -> None:
    ids = {}
    for article in run("articles", "--store", store, "--json").json:  # type: ignore[attr-defined]
        ids[article["id"]] = article["author"]
    answer = run("ask", "How many crowns does it cost?", *limit, *EXTRACTIVE, "--store", store, "--json").json
    assert isinstance(answer, dict)
    assert {ids[passage["article_id"]] for passage in answer["passages"]} == found
    passages = run("search", "How many crowns does it cost?", *limit, "--store", store, "--json").json
    assert {ids[passage["article_id"]] for passage in passages} == found  # type: ignore[attr-defined]


@pytest.mark.parametrize("command", [("ask", "Who?", *EXTRACTIVE), ("search", "pier"), ("verify", "The pier opened.")])
def test_limits_that_leave_no_article_are_a_mistake_of_the_call(
    run: Run, store: Path, command: tuple[str, ...]
) -> None:
    done = run(*command, "--outlet", "No Such Post", "--since", "2020", "--store", store)
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "No article lies within these limits: --outlet 'No Such Post' --since 2020-01-01. "
        "`byline articles` lists what there is.\n"
    )
    assert "No Such" not in run("gaps", "--store", store).out


UNDERSTOOD = "Understood: “Varnholm Post”: outlet Varnholm Post, preferred."


@pytest.mark.parametrize("command", [("ask", *EXTRACTIVE), ("search",)])
def test_what_a_question_names_is_told_beside_the_answer_and_can_be_undone(
    run: Run, store: Path, command: tuple[str, ...]
) -> None:
    question = "What does the second pier cost, according to the Varnholm Post?"
    done = run(*command, question, "--store", store)
    assert UNDERSTOOD in done.err
    assert "--ignore WORDS" in done.err
    assert "Understood" not in done.out
    for undone in (("--as-asked",), ("--ignore", "varnholm post")):
        assert "Understood" not in run(*command, question, *undone, "--store", store).err


def test_what_a_question_names_is_in_the_json_of_its_answer(run: Run, store: Path) -> None:
    answer = run("ask", "What costs the pier, says the Varnholm Post?", *EXTRACTIVE, "--store", store, "--json").json
    assert isinstance(answer, dict)
    named = {"fact": "outlet", "values": ["Varnholm Post"], "words": "Varnholm Post", "effect": "preferred"}
    assert (answer["understood"], answer["filters"]) == ([named], {})


def test_a_follow_up_is_asked_with_its_history(run: Run, store: Path, tmp_path: Path) -> None:
    turns = [{"question": "Why should the ferry to Little Skarv stay free?", "answer_text": "There is no bridge."}]
    (tmp_path / "history.json").write_text(json.dumps(turns))
    alone = run("ask", "What would happen otherwise?", *EXTRACTIVE, "--store", store)
    assert alone.code == 3
    after = run("ask", "What would happen otherwise?", "--history", "history.json", *EXTRACTIVE, "--store", store)
    assert (after.code, "Karl Nyberg" in after.out) == (0, True)


@pytest.mark.parametrize("command", [("ask", *EXTRACTIVE), ("search",)])
def test_bytes_that_are_no_letters_do_no_harm(run: Run, store: Path, command: tuple[str, ...]) -> None:
    done = run(*command, f"{QUESTION} \udcff", "--store", store, "--json")
    assert done.code == 0
    assert "Varnholm" in done.out


def test_search_shows_passages_with_their_scores(run: Run, store: Path) -> None:
    found = run("search", "second pier", "--store", store, "--json").json
    assert isinstance(found, list)
    assert all(set(each) == FORMS["passages"] for each in found)
    assert [each["score"] for each in found] == sorted((each["score"] for each in found), reverse=True)
    plain = run("search", "second pier", "--store", store).out
    assert re.match(r"\d\.\d{3}  Harbour at Varnholm gets a second pier\. Ada Lind", plain)


# Conversations


FERRY_QUESTION = "Why should the ferry to Little Skarv stay free?"


@pytest.fixture
def own_store(store: Path, tmp_path: Path) -> Path:
    """A store in which nothing was asked yet."""
    return copytree(store, tmp_path / "own", ignore=ignore_patterns("history.sqlite3*"))


def asked(run: Run, store: Path, question: str, *options: str) -> Done:
    return run("ask", question, *options, *EXTRACTIVE, "--store", store)


@pytest.mark.parametrize("options", [("--continue",), ("--conversation", "ferry")])
def test_a_question_goes_on_with_a_conversation_of_an_earlier_call(
    run: Run, own_store: Path, options: tuple[str, ...]
) -> None:
    asked(run, own_store, FERRY_QUESTION, *(options if "ferry" in options else ()))
    assert "Karl Nyberg" in asked(run, own_store, "What would happen otherwise?", *options).out
    assert asked(run, own_store, "What would happen otherwise?").code == 3  # a new one
    counts = [each["turns"] for each in run("history", "--store", own_store, "--json").json]  # type: ignore[attr-defined]
    assert counts == [1, 2]


def test_what_was_asked_is_listed_shown_and_deleted(run: Run, own_store: Path) -> None:
    asked(run, own_store, QUESTION)
    cup = asked(run, own_store, "Who won the 2018 World Cup?", "--conversation", "cup")
    listed = run("history", "--store", own_store, "--json").json
    assert isinstance(listed, list)
    assert [(each["surface"], each["title"]) for each in listed] == [
        ("cli", "Who won the 2018 World Cup?"),
        ("cli", QUESTION),
    ]
    lines = run("history", "--store", own_store).out.splitlines()
    assert re.fullmatch(rf"{listed[1]['id']}  \d{{4}}-\d\d-\d\d \d\d:\d\d UTC  cli  {re.escape(QUESTION)}", lines[1])

    shown = run("history", "show", listed[1]["id"], "--store", own_store).out
    for words in (QUESTION, "to build a second pier. [1]", "[1] “", "Ada Lind, Varnholm Post, 4 March 2021"):
        assert words in shown
    assert cup.out in run("history", "show", "cup", "--store", own_store).out
    [record] = run("history", "show", "cup", "--store", own_store, "--json").json["records"]  # type: ignore[index]
    assert (record["status"], set(record["answer"]) >= FORMS["answer"]) == (record["answer"]["status"], True)

    assert run("history", "delete", "cup", "nothing", "--store", own_store).code == 2
    assert run("history", "show", "cup", "--store", own_store).code == 0
    assert run("history", "delete", "cup", "--store", own_store).out == f"Deleted {listed[0]['id']}\n"
    assert run("history", "show", "cup", "--store", own_store).code == 2
    assert b"World Cup" not in (own_store / "history.sqlite3").read_bytes()
    assert run("history", "delete", "--all", "--store", own_store).out == "Deleted all conversations\n"
    assert run("history", "--store", own_store).out == ""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("history",), "No index at data/store"),
        (("history", "show", "x"), "No index at data/store"),
        (("history", "delete", "--all"), "No index at data/store"),
        (("history", "show", "x", "--store", "own"), "There is no conversation 'x' here. `byline history` lists them."),
        (("history", "delete", "--store", "own"), "byline history delete --all"),
        (("history", "delete", "x", "--all", "--store", "own"), "byline history delete --all"),
        (("history", "--store", "own", "show", "x"), "byline history show ID --store DIR"),
        (("ask", "Who?", "--continue", "--store", "own", *EXTRACTIVE), "no conversation to go on with"),
        (("ask", "Who?", "--continue", "--conversation", "x", "--store", "own"), "Earlier turns come from one place"),
        (("ask", "Who?", "--continue", "--history", "x", "--store", "own"), "Earlier turns come from one place"),
    ],
)
@pytest.mark.usefixtures("own_store")
def test_a_wrong_call_about_conversations_says_so_and_makes_nothing(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["own"]
    assert not (tmp_path / "own" / "history.sqlite3").exists()


def test_reading_makes_no_history(run: Run, own_store: Path) -> None:
    for arguments in (("history",), ("articles",), ("search", "pier"), ("doctor",)):
        assert run(*arguments, "--store", own_store).code == 0
    assert not (own_store / "history.sqlite3").exists()


def test_no_days_keep_nothing_more_and_what_was_kept_is_deleted_by_a_command(
    run: Run, own_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(run, own_store, QUESTION)
    monkeypatch.setenv("BYLINE_HISTORY_DAYS", "0")
    done = asked(run, own_store, FERRY_QUESTION)
    told = "1 conversation kept before `history_days` was 0. `byline history delete --all` deletes them"
    assert (done.code, told in done.err) == (0, True)
    assert FERRY_QUESTION.encode() not in (own_store / "history.sqlite3").read_bytes()
    assert QUESTION in run("history", "--store", own_store).out
    assert told in run("doctor", "--store", own_store).out.replace("\n", " ")
    assert run("history", "delete", "--all", "--store", own_store).code == 0
    assert QUESTION.encode() not in (own_store / "history.sqlite3").read_bytes()
    assert asked(run, own_store, FERRY_QUESTION).err == ""
    assert "conversations   none kept" in run("doctor", "--store", own_store).out


def test_a_damaged_history_is_told_with_its_remedy_and_the_answer_given(run: Run, own_store: Path) -> None:
    (own_store / "history.sqlite3").write_bytes(b"no database" * 1000)
    for command in (("history",), ("history", "show", "x")):
        done = run(*command, "--store", own_store)
        assert (done.code, done.out, len(done.err.splitlines())) == (1, "", 1)
        assert "`byline history delete --all`" in done.err
    done = asked(run, own_store, QUESTION)
    assert (done.code, "second pier. [1]" in done.out) == (0, True)
    assert "This is not kept" in done.err
    report = run("doctor", "--store", own_store)
    assert (report.code, "`byline history delete --all`" in report.out) == (0, True)
    assert run("history", "delete", "--all", "--store", own_store).code == 0
    assert asked(run, own_store, QUESTION).err == ""
    assert QUESTION in run("history", "--store", own_store).out


def test_a_backup_holds_no_conversation_and_restoring_one_leaves_them(
    run: Run, own_store: Path, tmp_path: Path
) -> None:
    asked(run, own_store, QUESTION)
    assert run("store", "backup", tmp_path / "backup", "--store", own_store).code == 0
    assert run("store", "restore", tmp_path / "backup", "--store", tmp_path / "new").code == 0
    assert run("history", "--store", tmp_path / "new").out == ""
    assert run("store", "restore", tmp_path / "backup", "--store", own_store, "--force").code == 0
    assert QUESTION in run("history", "--store", own_store).out


# What an article could do to a terminal


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, 中文, é\n\ttab", "plain, 中文, é\n\ttab"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("a\x1b]0;title\x07b", "a]0;titleb"),
        ("clear\x9b2J \x7f\x00\x08\r", "clear2J "),
        ("safe\u202egnp.exe\u2066", "safegnp.exe"),
    ],
)
def test_nothing_that_a_terminal_obeys_is_left(text: str, shown: str) -> None:
    assert safe(text) == shown


def test_where_there_is_no_screen_a_line_tells_how_much_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    often, seldom = Lines(every=0.0), Lines(every=1e9)
    for tell in (often, seldom):
        for done in range(3):
            tell("Asking", done, 2)
    assert capsys.readouterr().err == "Asking\nAsking: 1 of 2\nAsking: 2 of 2\nAsking\n"
    in_bytes = Lines(every=0.0, in_bytes=True)
    for done in (0, 123_456_789):
        in_bytes("Asking", done, 1_117_320_768)
    assert capsys.readouterr().err == "Asking\nAsking: 0.1 of 1.1 GB\n"


def test_an_article_cannot_write_to_the_terminal(run: Run, store: Path) -> None:
    article_id = next(
        article["id"]
        for article in run("articles", "--store", store, "--json").json  # type: ignore[attr-defined]
        if "Lighthouse" in article["title"]
    )
    question = "When did the lighthouse keeper retire?"
    for arguments in [
        ("articles",),
        ("articles", "--json"),
        ("articles", "show", article_id),
        ("articles", "show", article_id, "--json"),
        ("search", question),
        ("search", question, "--json"),
        ("ask", question, *EXTRACTIVE),
        ("ask", question, *EXTRACTIVE, "--json"),
        ("ask", question, *EXTRACTIVE, "--conversation", "\x1b[31m keeper"),
        ("history",),
        ("history", "--json"),
        ("history", "show", "\x1b[31m keeper"),
        ("history", "show", "\x1b[31m keeper", "--json"),
    ]:
        done = run(*arguments, "--store", store)
        assert done.code == 0
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", done.out), arguments
    assert "[bold]after[/bold]" in done.out


# On a screen


def on_a_screen(arguments: list[str], folder: Path) -> tuple[int, str]:
    """How a command ends on a terminal of 100 columns, and all that it wrote there."""
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "PYTHONPATH": str(ROOT)}
    screen, end = pty.openpty()
    command = [sys.executable, "-m", "bot", *arguments]
    process = subprocess.Popen(command, stdin=end, stdout=end, stderr=end, cwd=folder, env=environment)
    os.close(end)
    written = b""
    try:
        while piece := os.read(screen, 4096):
            written += piece
    except OSError:  # how Linux says that the other end is closed
        pass
    finally:
        os.close(screen)
    return process.wait(), written.decode()


def test_on_a_screen_the_answer_is_marked_and_progress_is_taken_back(store: Path, tmp_path: Path) -> None:
    code, written = on_a_screen(["ask", QUESTION, *EXTRACTIVE, "--store", str(store)], tmp_path)
    assert code == 0
    assert "Searching the articles" in written
    last = written.rpartition("\x1b[2K")[2]
    assert "\x1b[1;36m [1]" in last.replace("\x1b[1;36m[1]", "\x1b[1;36m [1]")
    assert "Ada Lind, Varnholm Post" in " ".join(safe(last).split())


def test_on_a_screen_indexing_shows_how_far_it_is(articles: Path, tmp_path: Path) -> None:
    code, written = on_a_screen(["index", str(articles / "ferry.md")], tmp_path)
    assert code == 0
    assert "Indexing articles" in safe(written)
    assert "1/1" in safe(written)
    assert "1 article added" in written


def test_what_no_article_supports_is_told_from_the_rest() -> None:
    text = "The pier is long. [1] It is blue."
    answer = Answer(
        question="?",
        status=Status.PARTIAL,
        text=text,
        model="m",
        sentences=(
            Sentence("The pier is long.", 0, 17, State.SUPPORTED, citations=(1,)),
            Sentence("It is blue.", 22, 33, State.UNSUPPORTED, reason=Reason(text="no article has the words")),
        ),
    )
    parts = list(answer_parts(answer))
    assert "".join(words for words, _ in parts) == f"{text} [not in the articles: no article has the words]"
    assert (
        dict(parts)["The pier is long."] != dict(parts)["It is blue. [not in the articles: no article has the words]"]
    )


def test_the_words_that_answer_are_bold_on_a_screen_and_plain_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    text = "The pier [of] Varnholm is 90 metres long."
    said = Sentence(text, 0, len(text), State.SUPPORTED, citations=(1,), answering=((14, 22), (26, 35)))
    answer = Answer("?", Status.ANSWERED, f"{text} [1]", "m", (said,))
    assert [words for words, style in answer_parts(answer) if style == "bold"] == ["Varnholm", "90 metres"]
    show_answer(answer)
    assert capsys.readouterr().out == f"{text} [1]\n"


def test_a_sentence_that_stands_in_for_others_says_so_and_what_was_left_out_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    silent, left_out = "The articles do not say: “Why?”", "Left out, since an article says otherwise: “It is red.”"
    quoted = Sentence("“It is blue.”", 0, 13, State.SUPPORTED, Reason(text="The words of the article."), 1.0, (1,))
    show_answer(
        Answer(
            "?",
            Status.PARTIAL,
            f"“It is blue.” [1] {silent}",
            "m",
            (quoted,),
            reason=Reason(text=f"{silent} {left_out}"),
        )
    )
    told = f"“It is blue.” (The words of the article.) [1] {silent}\n{left_out}\n"
    assert capsys.readouterr().out == told


def test_why_tells_what_was_judged(run: Run, store: Path) -> None:
    asked = ("ask", "Who won the 2018 World Cup?", *EXTRACTIVE, "--store", store)
    plain, why = run(*asked), run(*asked, "--why")
    assert why.code == plain.code == 3
    assert "decide: the articles answer “Who won the 2018 World Cup?” with probability" in why.out
    assert "decide:" not in plain.out
    assert why.out.startswith(plain.out)
    as_json = run(*asked, "--why", "--json").json
    assert isinstance(as_json, dict)
    assert as_json["trace"][0]["step"] == "decide"


def test_a_person_can_stop_a_command(store: Path, tmp_path: Path) -> None:
    """The command waits for a history from a pipe that nobody writes to."""
    os.mkfifo(tmp_path / "history")
    command = [sys.executable, "-m", "bot", "ask", "Who?", "--history", "history", "--store", str(store)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    heed = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a test run in the background ignores it
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True, preexec_fn=heed
    )
    with (tmp_path / "history").open("w"):  # opens once the command has opened the other end
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "Stopped.\n")


# What is set up


def test_doctor_says_what_is_missing_and_how_to_mend_it(run: Run, store: Path, tmp_path: Path) -> None:
    without = run("doctor")
    assert without.code == 1
    assert "byline index --shipped" in without.out
    assert list(tmp_path.iterdir()) == []
    report = run("doctor", "--store", store, "--json")
    assert report.code == 0
    assert isinstance(report.json, dict)
    assert report.json["works"] is True
    checks = {check["name"]: check for check in report.json["checks"]}
    assert checks["index"]["found"].startswith("3 articles in 3 passages")
    assert checks["judge"]["found"]
    assert run("doctor", "--store", store, "--model", "gguf:/nowhere").code == 1


def test_doctor_names_the_judge() -> None:
    for given, name in (("coverage", "coverage"), ("some/judge", "some/judge")):
        [check] = [each for each in examine(Config(judge=given)) if each.name == "judge"]
        assert (check.ok, check.found) == (True, name)


def test_doctor_never_shows_a_token() -> None:
    checks = list(examine(Config(slack_bot_token="xoxb-secret", slack_app_token="xapp-secret")))
    assert "secret" not in str(checks)


def test_the_models_are_listed(run: Run) -> None:
    models = {each["model"]: each["missing"] for each in run("model", "list", "--json").json}  # type: ignore[attr-defined]
    assert models["extractive"] is None
    assert {"local", "extractive"} <= set(models)


# The chat


@pytest.mark.parametrize("command", ["chat", "serve"])
def test_with_empty_nothing_is_brought_in_and_what_is_there_stays(run: Run, articles: Path, command: str) -> None:
    serving = (command, "--empty", "--open", "--host", "192.0.2.1", "--port", "0", *EXTRACTIVE)  # on no machine
    done = run(*serving)
    assert "cannot be served on 192.0.2.1" in done.err
    assert "beginning with an empty one" in done.err
    assert run("articles", "--json").json == []
    [check] = [each for each in run("doctor", "--json").json["checks"] if each["name"] == "index"]  # type: ignore[index]
    assert "byline index SOURCE" in check["remedy"]
    assert run("index", articles).code == 0
    assert "There is an index at data/store already" in run(*serving).err
    assert len(run("articles", "--json").json) == 3  # type: ignore[arg-type]


@pytest.mark.slow
def test_the_chat_without_an_index_makes_one_of_the_shipped_articles(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "chat", "--port", "0", "--store", "S", *EXTRACTIVE]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        address = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert address
        with urllib.request.urlopen(address[0], timeout=60) as page:
            assert page.status == 200
            assert b"Byline" in page.read()
    finally:
        process.send_signal(signal.SIGINT)
        code = process.wait(timeout=60)
    assert code == 0
    assert (tmp_path / "S").is_dir()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_has_the_first_lines_of_their_help(name: str) -> None:
    command = get_command(app).get_command(None, name)  # type: ignore[attr-defined]
    assert (command.help or "").split("\n\n")[0].replace("\n", " ") == COMMANDS[name][2]
