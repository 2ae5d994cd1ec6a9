"""MiniLM as it is written down here, and any other sentence-transformers model."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import Article, EmbedderMissing, Index, MiniLM, SentenceEmbedder, StoreMismatch
from index.embed import Embedder, Precision, as_recorded, minilm_folder, named
from index.embed.graph import Graph
from index.embed.network import Float32, Int8, transformer
from index.embed.processor import multiplies_bytes
from index.errors import PrecisionMissing
from index.quiet import DEFAULTS, FORCED

TEXTS = [
    "The US notified the WHO that it would leave.",
    "a",
    "",
    "中国退出世卫组织。",
    "Café — “naïve” coöperation, 1.5 % of \N{EURO SIGN}3,000 \N{GRINNING FACE}",
    "far longer than the model reads " * 50,
]


PRECISIONS: tuple[Precision, ...] = ("float32", "int8")


@pytest.fixture(scope="module", params=PRECISIONS)
def minilm(request: pytest.FixtureRequest) -> MiniLM:
    return MiniLM(request.param)


@pytest.fixture(scope="module")
def reference() -> SentenceEmbedder:
    return SentenceEmbedder(str(minilm_folder()), "float32")


@pytest.fixture(scope="module")
def half() -> SentenceEmbedder:
    return SentenceEmbedder(str(minilm_folder()), "bfloat16")


def test_minilm_is_what_sentence_transformers_makes_of_it(reference: SentenceEmbedder) -> None:
    minilm = MiniLM("float32")
    np.testing.assert_allclose(minilm.embed(TEXTS), reference.embed(TEXTS), atol=1e-5)
    assert minilm.count(TEXTS) == reference.count(TEXTS)
    assert (minilm.dimension, minilm.limit) == (reference.dimension, reference.limit) == (384, 254)


def test_a_lower_precision_is_near_to_float32(minilm: MiniLM, reference: SentenceEmbedder) -> None:
    texts = [*TEXTS, *(f"{text} {TEXTS[0]}" for text in TEXTS)]
    cosines = (minilm.embed(texts) * reference.embed(texts)).sum(axis=1)
    assert cosines.mean() > 0.995
    assert cosines.min() > 0.985  # of the empty text


def test_bfloat16_is_near_to_float32(half: SentenceEmbedder, reference: SentenceEmbedder) -> None:
    assert (half.embed(TEXTS) * reference.embed(TEXTS)).sum(axis=1).min() > 0.999


def test_bytes_give_the_same_on_processors_without_instructions_for_them() -> None:
    """There the weights are unsigned, so that no sum overflows; and only there would signed ones overflow."""
    from safetensors import safe_open

    ort = pytest.importorskip("onnxruntime")
    states, found = np.random.default_rng(0).normal(scale=0.1, size=(1, 20, 384)).astype(np.float32), []
    with safe_open(minilm_folder() / "model.safetensors", framework="np") as weights:
        for signed in (True, False) if multiplies_bytes() else (False,):
            graph = Graph()
            model = transformer(weights.get_tensor, graph, Int8(weights.get_tensor, graph, signed))
            session = ort.InferenceSession(model, providers=["CPUExecutionProvider"])
            found.append(session.run(None, {"states": states})[0])
        session = ort.InferenceSession(
            transformer(weights.get_tensor, graph := Graph(), Float32(weights.get_tensor, graph)),
            providers=["CPUExecutionProvider"],
        )
        exact = session.run(None, {"states": states})[0]
    for each in found:
        np.testing.assert_allclose(each, found[0], atol=1e-5)
        assert (each * exact).sum() > 0.97


@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_vector_does_not_depend_on_the_texts_beside_it(precision: Precision) -> None:
    embedder = MiniLM(precision)
    together = embedder.embed([*TEXTS, "1e9 " * 100])
    for text, vector in zip(TEXTS, together, strict=False):
        np.testing.assert_array_equal(embedder.embed([text])[0], vector)


def test_vectors_have_length_one_and_the_order_of_their_texts(minilm: MiniLM) -> None:
    vectors = minilm.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), minilm.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for text, vector in zip(TEXTS, vectors, strict=True):
        np.testing.assert_allclose(minilm.embed([text])[0], vector, atol=1e-5)


def test_other_models_give_vectors_of_length_one_at_any_precision(half: SentenceEmbedder) -> None:
    np.testing.assert_allclose(np.linalg.norm(half.embed(TEXTS), axis=1), 1, atol=1e-5)


def test_nothing_gives_no_vectors(minilm: MiniLM, reference: SentenceEmbedder) -> None:
    assert minilm.embed([]).shape == reference.embed([]).shape == (0, 384)
    assert minilm.count([]) == reference.count([]) == []


def test_near_in_meaning_is_near_in_space(minilm: MiniLM) -> None:
    question, near, far = minilm.embed(
        ["Which country quit the global health body?", "The United States left the WHO.", "Bread needs yeast."]
    )
    assert question @ near > question @ far + 0.1


@given(st.lists(st.text(max_size=40), max_size=5))
@settings(max_examples=25)
def test_pieces_are_counted_without_the_special_ones(minilm: MiniLM, texts: list[str]) -> None:
    counts = minilm.count(texts)
    joined = minilm.count(["\n".join(texts)])[0]
    assert joined == sum(counts)  # what chunks are measured by adds up


def test_what_is_over_the_limit_is_not_read(minilm: MiniLM) -> None:
    read = "word " * minilm.limit
    np.testing.assert_allclose(*minilm.embed([read, read + "and more that is cut"]), atol=1e-5)  # type: ignore[call-overload]


@pytest.mark.parametrize("name", ["default", "reference"])
def test_threads_may_embed_at_once(name: str, reference: SentenceEmbedder) -> None:
    embedder: Embedder = reference if name == "reference" else MiniLM()
    alone = embedder.embed(TEXTS)
    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(embedder.embed, [TEXTS] * 6):
            np.testing.assert_allclose(vectors, alone, atol=1e-5)


def test_a_model_that_is_not_there_is_said_to_be_missing() -> None:
    with pytest.raises(EmbedderMissing, match="no-such/model"):
        SentenceEmbedder("no-such/model").embed(["a text"])


@pytest.mark.parametrize(
    ("name", "precision", "reason"),
    [
        (MiniLM.name, "bfloat16", "has no bfloat16"),
        (MiniLM.name, "int4", "has no int4"),
        ("no-such/model", "int8", "has no int8"),
    ],
)
def test_a_precision_that_a_model_does_not_have_is_said_to_be_missing(name: str, precision: str, reason: str) -> None:
    with pytest.raises(PrecisionMissing, match=reason):
        named(name, precision)  # type: ignore[arg-type]


@pytest.mark.parametrize("make", [MiniLM, lambda precision=None: named("some/model", precision)])
@pytest.mark.parametrize("recorded", ["float32", "bfloat16"])
def test_the_precision_that_is_recorded_is_taken_where_none_was_asked_for(make: object, recorded: str) -> None:
    """The recorded one is what the model has, or its store would be of another model."""
    assert callable(make)
    recorded = "int8" if make is MiniLM and recorded == "bfloat16" else recorded
    assert as_recorded(make(), recorded).precision == recorded
    assert as_recorded(make("float32"), recorded).precision == "float32"


def test_a_store_is_searched_at_the_precision_that_it_was_made_with(tmp_path: Path) -> None:
    for precision in PRECISIONS:
        with Index.open(tmp_path / precision, embedder=MiniLM(precision)) as made:
            made.add([Article("a", "Bread", "Bread needs yeast and time.")])
        for embedder in (None, MiniLM()):
            with Index.open(tmp_path / precision, embedder=embedder) as opened:
                assert opened.embedder.precision == precision
                assert opened.search("bread")
    with pytest.raises(StoreMismatch, match=r"the precision float32, not int8.* `byline index --rebuild`"):
        Index.open(tmp_path / "float32", embedder=MiniLM("int8"))


def test_a_rebuilt_store_has_the_precision_that_was_asked_for(tmp_path: Path) -> None:
    with Index.open(tmp_path, embedder=MiniLM("float32")) as made:
        made.add([Article("a", "Bread", "Bread needs yeast and time.")])
    with Index.open(tmp_path, embedder=MiniLM("int8"), agree=False) as other:
        other.rebuild()
    with Index.open(tmp_path) as opened:
        assert opened.embedder.precision == "int8"
        assert opened.search("bread")


def test_embedding_with_minilm_loads_no_torch() -> None:
    program = "import sys; from index import MiniLM; MiniLM().embed(['a', 'b']); print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "False\n"


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
