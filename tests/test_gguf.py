"""Models other than the default one, of some kilobytes, through the real llama.cpp: named, told by their own template,
and read right also where they cannot forget."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.errors import ModelFailed, ModelMissing
from bot.model import open_model
from bot.model.llama import Engine
from bot.types import Cancellation, Prompt
from tests.tiny_gguf import CHATML, write

pytest.importorskip("llama_cpp", reason="llama-cpp-python is not installed: pip install 'byline[local]'")

SYSTEM, QUESTION = {"role": "system", "content": "Be brief."}, {"role": "user", "content": "Where is it?"}
NO_SYSTEM = (
    "{% for each in messages %}{% if each.role == 'system' %}{{ raise_exception('no system here') }}{% endif %}"
    "[{{ each.role }}]{{ each.content }}{% endfor %}"
)


def engine(path: Path) -> Engine:
    return Engine(path, 512, 1)


def told(model: Engine, *messages: dict[str, str]) -> str:
    """The prompt as the model is given it."""
    llama = model._llama
    tokens = model._tokens(llama, messages)
    return b"".join(bytes(llama.detokenize([each], special=True)) for each in tokens).decode()


def words(model: Engine, *questions: str) -> list[str]:
    """What the model writes to one question after the other."""
    asked: Any = [[SYSTEM, {"role": "user", "content": each}] for each in questions]
    return ["".join(model.write(each, limit=24, temperature=0.0, stops=(), cancel=Cancellation())) for each in asked]


@pytest.mark.parametrize("forgets", [True, False], ids=["a transformer", "a model with a running state"])
def test_what_a_model_has_read_before_changes_no_words(tmp_path: Path, forgets: bool) -> None:
    path = write(tmp_path / "tiny.gguf", forgets=forgets)
    questions = ("Where is the pier?", "Where is the ferry?", "Where is the ferry?", "Who?", "Where is the pier?")
    alone = [words(engine(path), each)[0] for each in questions]
    assert words(engine(path), *questions) == alone
    assert len(set(alone)) > 1  # it does read the question


def test_the_prompt_is_that_of_the_files_own_template(tmp_path: Path) -> None:
    write(tmp_path / "chatml.gguf")
    write(tmp_path / "other.gguf", template="{% for each in messages %}({{ each.role }}){{ each.content }}{% endfor %}")
    assert told(engine(tmp_path / "chatml.gguf"), SYSTEM, QUESTION) == (
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nWhere is it?<|im_end|>\n<|im_start|>assistant\n"
    )
    assert told(engine(tmp_path / "other.gguf"), SYSTEM, QUESTION) == "(system)Be brief.(user)Where is it?"


def test_a_template_without_a_system_is_given_the_instructions_with_the_request(tmp_path: Path) -> None:
    model = engine(write(tmp_path / "plain.gguf", template=NO_SYSTEM))
    assert told(model, SYSTEM, QUESTION) == "[user]Be brief.\n\nWhere is it?"


def test_a_model_that_could_think_aloud_is_told_not_to(tmp_path: Path) -> None:
    thinking = "{{ messages[-1].content }}{% if enable_thinking is false %}<|end|>{% endif %}"
    assert told(engine(write(tmp_path / "thinks.gguf", template=thinking)), QUESTION) == "Where is it?<|end|>"


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{{ raise_exception('never') }}", "never"),
        ("{{ messages.nothing.at.all }}", "no attribute"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
    ],
)
def test_a_template_that_fails_is_told_in_a_sentence(tmp_path: Path, template: str, reason: str) -> None:
    model = engine(write(tmp_path / "bad.gguf", template=template))
    with pytest.raises(ModelFailed, match=rf"The chat template of bad\.gguf refuses these messages: .*{reason}"):
        words(model, "Where?")


def test_a_model_without_a_template_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelFailed, match="has no chat template"):
        words(engine(write(tmp_path / "none.gguf", template=None)), "Where?")


def test_a_name_means_the_file_of_that_name_here_and_a_path_means_itself(tmp_path: Path) -> None:
    path = write(tmp_path / "tiny-Q4_K_M.gguf", template=CHATML)
    for spec in ("gguf:tiny-Q4_K_M", f"gguf:{path}"):
        [model] = open_model(spec, folder=tmp_path).models
        assert model.name == "tiny-Q4_K_M"
        assert "".join(model.complete(Prompt("", "Where?"))) is not None
    for spec in ("gguf:tiny", "gguf:../tiny-Q4_K_M", "gguf:.hidden"):
        with pytest.raises(ModelMissing, match="there is no file"):
            open_model(spec, folder=tmp_path / "deeper")
