"""A suite that all answers pass fails as soon as one part of the bot is broken: what it judges, it really judges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import bot.answering.cite
import bot.answering.decide
import bot.answering.write.generate
from bot.answering.cite import AnswerBuilder
from bot.cli import main
from bot.types import Citation, Sentence
from index import Index
from tests.small_news import ARTICLES

SUITE = """
defaultTest:
  assert:
    - type: quote-valid
    - {type: cited-sentences, threshold: 1}
tests:
  - vars: {question: "What did the repairs of the bridge cost?"}
    assert:
      - {type: contains, value: 4.2 million}
      - {type: cites, value: {outlet: Vellmar Courier}}
      - {type: retrieves, value: {article: bridge, first: 1}}
  - vars: {question: "When did the old bridge in Vellmar reopen?"}
    assert:
      - {type: contains, value: 3 May 2021}
      - {type: cites, value: bridge}
  - vars: {question: "Should the town council rebuild the tram?"}
    assert:
      - {type: attributes, value: Ada Lind}
      - {type: cites, value: tram}
  - vars: {question: "Who won the football World Cup in 2018?"}
    assert: [{type: refuses}]
"""
Patch = pytest.MonkeyPatch


def citing(part: str, change: Callable[[Any], Any]) -> Callable[[Patch], None]:
    """The switch that changes the citations or the sentences of an answer."""
    made = getattr(AnswerBuilder, part).fget
    return lambda patch: patch.setattr(AnswerBuilder, part, property(lambda page: change(made(page))))


def of_each(**changes: Callable[[Citation], object]) -> Callable[[Patch], None]:
    def change(citations: tuple[Citation, ...]) -> tuple[Citation, ...]:
        return tuple(
            replace(each, **{name: value(each) for name, value in changes.items()})  # type: ignore[arg-type]
            for each in citations
        )

    return citing("citations", change)


def uncited(sentences: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
    return tuple(replace(each, citations=()) for each in sentences)


def never_refuse(patch: Patch) -> None:
    patch.setattr(bot.answering.decide.Decision, "answers", property(lambda _: True))
    patch.setattr(bot.answering.write.generate, "far", lambda _: False)


def without_attribution(patch: Patch) -> None:
    patch.setattr(bot.answering.cite, "attribute", lambda sentence, *_, **__: sentence)


def find_something_else(patch: Patch) -> None:
    search = Index.search

    def astray(self: Index, question: str, *args: Any, **options: Any) -> Any:  # noqa: ARG001
        return search(self, "The harbour closed in April with a picture and a link", *args, **options)

    patch.setattr(Index, "search", astray)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mutation") / "S"
    with Index.open(path) as index:
        assert index.add(ARTICLES).added == 3
    return path


def evaluated(folder: Path, store: Path, capsys: pytest.CaptureFixture[str]) -> tuple[object, str]:
    (folder / "suite.yaml").write_text(SUITE, encoding="utf-8")
    with pytest.raises(SystemExit) as end:
        main(["eval", str(folder / "suite.yaml"), "--store", str(store), "--model", "extractive"])
    return end.value.code or 0, capsys.readouterr().out


def test_the_suite_passes_where_nothing_is_broken(
    tmp_path: Path, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = evaluated(tmp_path, store, capsys)
    assert code == 0, out


@pytest.mark.parametrize(
    ("breaks", "told"),
    [
        (citing("sentences", uncited), "cited-sentences threshold 1"),
        (of_each(quote=lambda each: each.quote.replace("e", "a", 1)), "quote-valid"),
        (of_each(start=lambda each: each.start + 1, end=lambda each: each.end + 1), "quote-valid"),
        (of_each(outlet=lambda _: "Island Weekly"), 'cites {"outlet": "Vellmar Courier"}'),
        (of_each(article_id=lambda _: "hostile"), 'cites "bridge"'),
        (never_refuse, "refuses"),
        (without_attribution, 'attributes "Ada Lind"'),
        (find_something_else, 'retrieves {"article": "bridge", "first": 1}'),
    ],
    ids=["no citation", "a false quote", "a false place", "a false outlet", "a false article", "no refusal",
         "no attribution", "a false search"],
)  # fmt: skip
def test_the_suite_fails_where_a_part_is_broken(
    tmp_path: Path,
    store: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: Patch,
    breaks: Callable[[Patch], None],
    told: str,
) -> None:
    breaks(monkeypatch)
    code, out = evaluated(tmp_path, store, capsys)
    assert code == 1
    assert f"not so: {told}" in out
