"""MiniLM as it is written down here, and any other sentence-transformers model."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import EmbedderMissing, MiniLM, SentenceEmbedder
from index.embed import minilm_folder
from index.quiet import DEFAULTS, FORCED

TEXTS = [
    "The US notified the WHO that it would leave.",
    "a",
    "",
    "中国退出世卫组织。",
    "Café — “naïve” coöperation, 1.5 % of \N{EURO SIGN}3,000 \N{GRINNING FACE}",
    "far longer than the model reads " * 50,
]


@pytest.fixture(scope="module")
def minilm() -> MiniLM:
    return MiniLM()


@pytest.fixture(scope="module")
def reference() -> SentenceEmbedder:
    return SentenceEmbedder(str(minilm_folder()))


def test_minilm_is_what_sentence_transformers_makes_of_it(minilm: MiniLM, reference: SentenceEmbedder) -> None:
    np.testing.assert_allclose(minilm.embed(TEXTS), reference.embed(TEXTS), atol=1e-5)
    assert minilm.count(TEXTS) == reference.count(TEXTS)
    assert (minilm.dimension, minilm.limit) == (reference.dimension, reference.limit) == (384, 254)


def test_vectors_have_length_one_and_the_order_of_their_texts(minilm: MiniLM) -> None:
    vectors = minilm.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), minilm.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for text, vector in zip(TEXTS, vectors, strict=True):
        np.testing.assert_allclose(minilm.embed([text])[0], vector, atol=1e-5)


def test_nothing_gives_no_vectors(minilm: MiniLM, reference: SentenceEmbedder) -> None:
    assert minilm.embed([]).shape == reference.embed([]).shape == (0, 384)
    assert minilm.count([]) == reference.count([]) == []


def test_near_in_meaning_is_near_in_space(minilm: MiniLM) -> None:
    question, near, far = minilm.embed(
        ["Which country quit the global health body?", "The United States left the WHO.", "Bread needs yeast."]
    )
    assert question @ near > question @ far + 0.1


@given(st.lists(st.text(max_size=40), max_size=5))
@settings(max_examples=25, deadline=None)
def test_pieces_are_counted_without_the_special_ones(minilm: MiniLM, texts: list[str]) -> None:
    counts = minilm.count(texts)
    joined = minilm.count(["\n".join(texts)])[0]
    assert joined == sum(counts)  # what chunks are measured by adds up


def test_what_is_over_the_limit_is_not_read(minilm: MiniLM) -> None:
    read = "word " * minilm.limit
    np.testing.assert_allclose(*minilm.embed([read, read + "and more that is cut"]), atol=1e-5)


@pytest.mark.parametrize("name", ["minilm", "reference"])
def test_threads_may_embed_at_once(name: str, request: pytest.FixtureRequest) -> None:
    embedder = request.getfixturevalue(name)
    alone = embedder.embed(TEXTS)
    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(embedder.embed, [TEXTS] * 6):
            np.testing.assert_allclose(vectors, alone, atol=1e-5)


def test_a_model_that_is_not_there_is_said_to_be_missing() -> None:
    with pytest.raises(EmbedderMissing, match="no-such/model"):
        SentenceEmbedder("no-such/model").embed(["a text"])


def test_only_models_that_read_a_language_compare_in_it() -> None:
    assert MiniLM.languages == {"en"}
    assert SentenceEmbedder.languages is None


def test_vendors_are_quiet_before_they_are_imported() -> None:
    program = (
        "from index import MiniLM; MiniLM().count(['a'])\n"
        "import os; print({name: os.environ.get(name) for name in %r})" % [*FORCED, *DEFAULTS]
    )
    asked = {"ANONYMIZED_TELEMETRY": "True", "HF_HUB_OFFLINE": "0"}  # of which a person may ask the second
    bare = {name: value for name, value in os.environ.items() if name not in {**FORCED, **DEFAULTS}}
    printed = subprocess.run(
        [sys.executable, "-c", program], env={**bare, **asked}, capture_output=True, text=True, check=True
    ).stdout
    assert eval(printed) == {**FORCED, **DEFAULTS, "HF_HUB_OFFLINE": "0"}
