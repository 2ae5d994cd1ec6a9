"""Any text is held against the articles: in Python and on the command line. The page is in `test_check.py`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.answering.bot import Bot
from bot.answering.prove import FIGURES
from bot.answering.verify import LONGEST, LONGEST_SENTENCE, TOO_LONG, claims
from bot.errors import Cancelled, TextEmpty, TextTooLong
from bot.history.export import report_markdown
from bot.judge import Judge
from bot.render.html.words import PageWording
from bot.render.text import report_json, summary
from bot.types import Cancellation, Report, State
from index.index import Index
from index.types import Article, Filters, Kind
from tests.conftest import (
    AS_TOLD,
    CONTRADICTED,
    NOT_STATED,
    SUPPORTED,
    ScriptedScorer,
    WordEmbeddings,
    answering,
    scripted_judge,
)
from tests.documents import docx
from tests.small_news import BRIDGE, HOSTILE, TRAM
from tests.test_cli import ROOT, Run, articles, run, store  # noqa: F401  (fixtures)

REOPENED = "The old bridge in Vellmar reopened on 3 May 2021."
COST = "The repairs of the bridge cost 4.2 million euros."
DECIDED = "The council of Varnholm decided on 3 March 2021 to build a second pier."
TEXT = f"# The bridge\n\n{REOPENED} {COST}\n\n- The pope cut the ribbon.\n- {REOPENED}\n\n---\n"


@pytest.fixture
def index(tmp_path: Path, words: WordEmbeddings) -> Iterator[Index]:
    with Index.open(tmp_path / "store", embedder=words) as opened:
        opened.add([BRIDGE, TRAM, HOSTILE])
        yield opened


@pytest.fixture
def bot(index: Index) -> Bot:
    return answering(index)


def states(report: Report) -> list[str]:
    return [str(each.state) for each in report.sentences]


# What is judged


@pytest.mark.parametrize(
    ("text", "judged"),
    [
        ("He left. She stayed.", ["He left.", "She stayed."]),
        ("# The port\n\nIt closed.", ["It closed."]),
        ("The port\n========\n\n***\n\n| --- | --- |", ["The port"]),
        ("* one **bold** thing\n* another\n1. a third", ["one **bold** thing", "another\n1. a third"]),
        ("no stop at the end", ["no stop at the end"]),
        ("桥在五月重新开放。市长剪了彩。", ["桥在五月重新开放。", "市长剪了彩。"]),
        ("# Nothing but a heading", []),
    ],
)
def test_the_sentences_of_a_text_are_judged_and_what_is_marked_as_a_heading_is_not(
    text: str, judged: list[str]
) -> None:
    assert [text[each.start : each.end] for each in claims(text)] == judged


@given(st.text("ab .!?\n#-*|1\r。", max_size=80))
def test_claims_are_spans_in_order_and_apart(text: str) -> None:
    found = list(claims(text))
    assert all(each.start < each.end and each.words for each in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_a_report_has_each_sentence_with_its_state_and_its_exact_quotes(bot: Bot) -> None:
    report = bot.verify(TEXT)
    assert states(report) == ["supported", "supported", "unsupported", "supported"]
    assert (report.finished, report.supported, summary(report)) == (
        *(True, False),
        "3 supported, 0 contradicted, 1 not found",
    )
    assert all(report.text[each.start : each.end] == each.text for each in report.sentences)
    assert all(BRIDGE.text[each.start : each.end] == each.quote for each in report.citations)
    assert [each.mark for each in report.citations] == [1, 2]
    assert [each.citations for each in report.sentences] == [(1,), (2,), (), (1,)]  # equal quotes share a mark


def test_an_answer_that_is_copied_is_supported_with_its_marks_and_attributions(index: Index) -> None:
    text = "The old mill is ugly. Its roof leaks in every storm of the winter."
    index.add([Article("view", "Tear it down", text, author="Ida Holm", kind=Kind.OPINION)])
    mill, roof = text.split(". ")
    copied = f"According to Ida Holm (opinion): {mill}. \\[1\\] Ida Holm: {roof} [2]"
    report = answering(index).verify(copied)
    assert states(report) == ["supported", "supported"]
    assert [each.quote for each in report.citations] == [f"{mill}.", roof]
    other = "Ida Holm: The old bridge in Vellmar reopened on 3 May 2021."
    assert states(answering(index).verify(other)) == ["unsupported"], "she does not say so"


def test_what_an_article_denies_is_contradicted_with_the_words_that_deny_it(index: Index) -> None:
    judge = scripted_judge({("reopened on 3 May", "bridge"): CONTRADICTED, ("", ""): NOT_STATED})
    report = answering(index, judge=judge).verify("The old bridge of Vellmar stays closed.")
    assert states(report) == ["contradicted"]
    [quote] = report.citations
    assert quote.quote.startswith("The old bridge in Vellmar reopened")


def test_a_figure_that_stands_in_no_quote_is_not_supported(index: Index) -> None:
    credulous = scripted_judge({("", ""): SUPPORTED})
    report = answering(index, judge=credulous).verify("The repairs of the bridge cost 5.2 million euros.")
    assert [(str(each.state), each.reason) for each in report.sentences] == [("unsupported", FIGURES)]


def test_a_fragment_is_read_after_the_sentence_before_it(index: Index) -> None:
    scorer = ScriptedScorer()
    answering(index, judge=Judge(scorer, AS_TOLD)).verify(f"{REOPENED} It failed.")
    assert any(claim == f"{REOPENED} It failed." for _, claim in scorer.asked)


def test_a_sentence_is_searched_for_after_the_one_before_it_too(index: Index) -> None:
    """Of many articles that say as much, those are read that the sentence before is about."""
    index.add(Article(f"n{number}", "A town", f"It reopened on 3 May 2021 in {number}.") for number in range(40))
    judge = scripted_judge({("old bridge in Vellmar", "It reopened"): SUPPORTED, ("", ""): NOT_STATED})
    alone = answering(index, judge=judge).verify("It reopened on 3 May 2021.")
    after = answering(index, judge=judge).verify("The mayor of Vellmar is Ines Brandt. It reopened on 3 May 2021.")
    assert (states(alone), states(after)[-1]) == (["unsupported"], "supported")


def test_filters_limit_the_articles_that_count(bot: Bot) -> None:
    limited = bot.verify(REOPENED, Filters(kind=(Kind.OPINION,)))
    assert (states(limited), limited.citations) == (["unsupported"], ())
    assert report_json(limited)["filters"] == {"kind": ["opinion"]}


def test_a_report_grows_by_a_sentence_each_time(bot: Bot) -> None:
    grown = list(bot.verify_stream(TEXT))
    assert [(len(each.sentences), each.total, each.finished) for each in grown] == [
        *((done, 4, False) for done in range(4)),
        (4, 4, True),
    ]
    assert all(after.sentences[: len(before.sentences)] == before.sentences for before, after in pairwise(grown))


def test_what_is_cancelled_ends_and_what_was_given_stays(bot: Bot) -> None:
    cancel = Cancellation()
    reports = bot.verify_stream(TEXT, cancel=cancel)
    next(reports)
    first = next(reports)
    cancel.set()
    with pytest.raises(Cancelled):
        next(reports)
    assert (states(first), first.finished) == (["supported"], False)


@pytest.mark.parametrize(
    ("text", "error"),
    [("", TextEmpty), (" \n…", TextEmpty), ("# A heading", TextEmpty), ("a" * (LONGEST + 1), TextTooLong)],
)
def test_a_text_without_a_sentence_and_one_that_is_too_long_are_told(
    bot: Bot, text: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        bot.verify(text)


def test_a_sentence_too_long_to_be_read_whole_is_not_judged(bot: Bot) -> None:
    report = bot.verify(f"{REOPENED[:-1]} and {'so ' * LONGEST_SENTENCE}on. {COST}")
    assert [(str(each.state), each.reason) for each in report.sentences] == [
        ("unsupported", TOO_LONG),
        ("supported", None),
    ]


def test_half_a_letter_does_no_harm(bot: Bot) -> None:
    report = bot.verify(f"{COST} \udcff")
    assert states(report) == ["supported"]
    report_markdown(report).encode()


@pytest.mark.slow
def test_hundreds_of_sentences_are_judged(bot: Bot) -> None:
    report = bot.verify(" ".join(f"{COST[:-1]} in week {number}." for number in range(300)))
    assert (report.total, report.finished) == (300, True)


def test_the_shipped_judge_tells_true_from_wrong_sentences(news: Index) -> None:
    report = Bot(news).verify(
        "The old bridge in Vellmar was reopened in May 2021. The repairs of the bridge cost 4.2 million euros. "
        "The repairs of the bridge cost 5.2 million euros. The moon is made of cheese."
    )
    first, second, wrong, absent = report.sentences
    assert (first.state, second.state) == (State.SUPPORTED, State.SUPPORTED)
    assert wrong.state is not State.SUPPORTED
    assert (absent.state, absent.citations) == (State.UNSUPPORTED, ())


# As JSON and Markdown


def test_markdown_has_the_states_the_sentences_and_the_quotes_as_text(bot: Bot) -> None:
    hostile = "*Vellmar* [x](http://evil.example) <b>won</b> the cup."
    written = report_markdown(bot.verify(f"{REOPENED} {hostile}"))
    rendered = MarkdownIt().render(written)
    assert "<li><strong>supported</strong> " in rendered
    assert "<li><strong>not found</strong> " in rendered
    assert "<blockquote>" in rendered
    assert not [each for each in ('evil.example"', "<b>", "<em>Vellmar") if each in rendered]
    assert "有依据" in report_markdown(bot.verify(REOPENED), PageWording("zh"))


# The command


def test_the_command_tells_each_sentence_and_how_many_there_are(run: Run, store: Path) -> None:  # noqa: F811
    done = run("verify", f"{DECIDED} The moon is made of cheese.", "--store", store)
    assert done.code == 3
    first, second, *_ = done.out.splitlines()
    assert first == f"supported    {DECIDED} [1]"
    assert second.startswith("not found    The moon is made of cheese.")
    assert f"[1] “{DECIDED}” — Harbour at Varnholm" in done.out
    assert done.out.endswith("\n1 supported, 0 contradicted, 1 not found\n")


def test_a_text_that_the_articles_support_ends_with_0(run: Run, store: Path) -> None:  # noqa: F811
    done = run("verify", DECIDED, "--store", store, "--json")
    assert done.code == 0
    assert isinstance(done.json, dict)
    assert set(done.json) == {"text", "total", "counts", "sentences", "citations", "filters"}
    assert done.json["counts"] == {"supported": 1, "contradicted": 0, "unsupported": 0}


def test_a_file_is_read_as_byline_reads_it_and_standard_input_as_it_is(
    run: Run,  # noqa: F811
    store: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    said = DECIDED
    (tmp_path / "draft.md").write_text(f"---\ntitle: Draft\n---\n# Draft\n\n{said}\n", encoding="utf-8")
    docx(tmp_path / "draft.docx", [said])
    for name in ("draft.md", "draft.docx"):
        assert json.loads(run("verify", name, "--store", store, "--json").out)["text"] == said
    command = [sys.executable, "-m", "bot", "verify", "-", "--store", str(store), "--markdown"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, input=said, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "- **supported** The council" in done.stdout) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("nowhere.pdf",), 2, "There is no file or folder 'nowhere.pdf'."),
        ((".",), 2, ". is a folder."),
        (("",), 2, "There is no text to check."),
        (("A text.", "--json", "--markdown"), 2, "one form"),
        (("empty.txt",), 1, "It is empty."),
        (("picture.png",), 1, "Files of this kind are not read."),
    ],
)
def test_what_cannot_be_checked_is_told(
    run: Run,  # noqa: F811
    store: Path,  # noqa: F811
    tmp_path: Path,
    arguments: tuple[str, ...],
    code: int,
    told: str,
) -> None:
    (tmp_path / "empty.txt").touch()
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    done = run("verify", *arguments, "--store", store)
    assert (done.code, done.out) == (code, "")
    assert told in done.err


def test_without_an_index_there_is_nothing_to_check_against(run: Run) -> None:  # noqa: F811
    done = run("verify", "A text.")
    assert (done.code, "No index at data/store" in done.err) == (2, True)


def test_ctrl_c_stops_with_what_was_done(store: Path, tmp_path: Path) -> None:  # noqa: F811
    text = " ".join(f"The pier number {number} costs 12 million crowns." for number in range(900))
    command = [sys.executable, "-m", "bot", "verify", text, "--store", str(store)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    heed = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a test run in the background ignores it
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed,
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "Checking\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "of 900 sentences were checked." in err
    assert " not found\n" in out
