"""The intent of a request: a short answer, an overview, a table, a greeting returned, ...

A linear classifier over n-grams tells the kinds apart, with the embedding of the request where it is English
(`intent.safetensors`, fitted by `bot/training/intent.py` on `tests/data/requests.jsonl`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Self

from bot.classifiers.features import bucket, ngrams, words_of
from bot.classifiers.fitted import Fitted, load
from bot.classifiers.linear import Linear
from bot.types import Intent
from index.text.surrogates import without_surrogates
from index.text.words import chinese, content_terms, latin

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.embed import MiniLM, Vectors

    Embed = Callable[[Sequence[str]], Vectors]  # as MiniLM does

MEANING = 1.0  # how much the embedding of an English request weighs beside its n-grams
KINDS = tuple(Intent)
LANGUAGES = ("en", "zh", "de", "es", "fr")
UNKNOWN = "und"  # of a text in a script of none of them; as ISO 639-2 writes "undetermined"
_LEAST = 0.05  # the least share that a word keeps without which the kind is improbable
# The probability from which on a model that decides by itself is not asked: .94 of the requests that need no article
# (`tests/data/requests.jsonl`) reach it. Of 60 questions of four unseen sets 3 were taken for such, with .76 or less.
SURE = 0.8
TALK = frozenset({Intent.SMALLTALK, Intent.HELP, Intent.COMPLAINT, Intent.OUTSIDE})  # answered without a search
UNREAD = TALK | {Intent.LIBRARY}  # answered without reading an article


@dataclass(frozen=True, slots=True, eq=False)
class Intents:
    """The classifier. Its outputs are the `KINDS`, then the `LANGUAGES`; its threshold is the least of a kind."""

    linear: Linear
    meaning: NDArray[np.float64]  # (dimension, kinds), of the embedding
    unread: float  # the least probability of a kind of `UNREAD`

    @classmethod
    def of(cls, fitted: Fitted) -> Self:
        """The classifier of a file."""
        scale, bias, rarity, meaning = (
            fitted.arrays[name].astype(float) for name in ("scale", "bias", "rarity", "meaning")
        )
        linear = Linear(fitted.arrays["weights"], scale, bias, fitted.threshold("kind"), rarity)
        return cls(linear, meaning, fitted.threshold("unread"))


@dataclass(frozen=True, slots=True)
class Classified:
    """The kind that a request was classified as, and its probability, in [0, 1]."""

    request: Intent
    probability: float
    language: str  # one of `LANGUAGES`, or `UNKNOWN`

    @property
    def reply(self) -> str:
        """The language of Byline's own sentences, one of `LANGUAGES`."""
        return self.language if self.language in LANGUAGES else "en"


def classify(text: str, embed: Embed | None = None, intents: Intents | None = None) -> Classified:
    """The kind of a request; `OTHER` where that is the likeliest, or none is likely. Without `embed`, MiniLM is loaded.

    >>> classify("Give me a timeline of the strike").request
    <Intent.TIMELINE: 'timeline'>
    """
    intents = intents or shipped()
    kinds, languages = probabilities(text, intents, embed)
    return Classified(*_likeliest(kinds, intents), _language(text, languages))


def language(text: str) -> str:
    """One of `LANGUAGES`, or `UNKNOWN`.

    >>> language("Wie sieht Moskau die Krim?"), language("Москва?")
    ('de', 'und')
    """
    text = without_surrogates(text)
    return _language(text, dict(zip(LANGUAGES, _shares(_odds(text, shipped().linear)[len(KINDS) :]), strict=True)))


def _language(text: str, shares: Mapping[str, float]) -> str:
    """The script decides about Chinese. In Latin script it is a language more probable than all others together, else
    English: a name alone shows none.

    >>> _language("Wer?", {"de": 0.9, "en": 0.1}), _language("Kim", {"de": 0.4, "en": 0.3, "fr": 0.3})
    ('de', 'en')
    """
    if chinese(text):
        return "zh"
    if not latin(text):
        return UNKNOWN
    return next((name for name, share in shares.items() if name != "zh" and share > 1 / 2), "en")


def probabilities(
    text: str, intents: Intents, embed: Embed | None = None
) -> tuple[dict[Intent, float], dict[str, float]]:
    """The probabilities of the kinds and of the languages, which sum to 1 each."""
    text = without_surrogates(text)
    (vector,) = (embed or _embedder().embed)([text])
    return _probabilities(text, vector, intents)


def _probabilities(
    text: str, vector: NDArray[np.float32], intents: Intents
) -> tuple[dict[Intent, float], dict[str, float]]:
    odds = _odds(text, intents.linear)
    languages = dict(zip(LANGUAGES, _shares(odds[len(KINDS) :]), strict=True))
    meant = languages["en"] * MEANING * (vector @ intents.meaning)
    return dict(zip(KINDS, _shares(odds[: len(KINDS)] + meant), strict=True)), languages


def subject(text: str, kind: Intent, terms: Sequence[str], embed: Embed | None = None) -> dict[str, float]:
    """The share in (0, 1] with which each term names the subject of a request, and not its kind.

    A word tells the kind if the kind is less probable without it (occlusion, arXiv:1311.2901). Words that many
    requests of `tests/data/requests.jsonl` have tell of no subject. Without `embed`, MiniLM is loaded.
    """
    intents, text = shipped(), without_surrogates(text)
    own = [each for each in words_of(text) if not chinese(each)]
    spelled = [{each for each in own if term in content_terms(each)} or {term} for term in terms]
    texts = [text, *(_without(text, words) for words in spelled)]
    vectors = (embed or _embedder().embed)(texts)  # at once: a service is asked by one request
    whole, *others = (_probabilities(*each, intents)[0][kind] for each in zip(texts, vectors, strict=True))
    return {
        term: max(_LEAST, min(1.0, other / whole)) * min(_rarity(word, intents.linear) for word in words) ** 2
        for term, words, other in zip(terms, spelled, others, strict=True)
    }


def _without(text: str, words: Iterable[str]) -> str:
    return re.sub("|".join(map(_whole, words)), " ", text)


def _whole(word: str) -> str:
    """A pattern of a word that is no part of a longer one; in Chinese, of its characters."""
    return re.escape(word) if chinese(word) else rf"(?<!\w){re.escape(word)}(?!\w)"


def _rarity(word: str, linear: Linear) -> float:
    """The inverse document frequency among requests, in (0, 1]; 1 for an unseen word."""
    import numpy as np

    assert linear.rarity is not None
    found = float(linear.rarity[bucket(f"words {word.lower()}")])
    return found / float(np.max(linear.rarity)) if found else 1.0


def _odds(text: str, linear: Linear) -> NDArray[np.float64]:
    """The log-odds by the n-grams: `(kinds + languages,)`."""
    return linear.all_odds(*ngrams(text, linear.rarity))


def _likeliest(shares: Mapping[Intent, float], intents: Intents) -> tuple[Intent, float]:
    """A kind that no article is read for has to be sure: a question that is taken for talk is not answered."""
    sure = {each: share for each, share in shares.items() if each not in UNREAD or share >= intents.unread}
    best = max(sure, key=sure.__getitem__)
    return best if sure[best] >= intents.linear.threshold else Intent.OTHER, round(sure[best], 3)


def _shares(odds: NDArray[np.float64]) -> list[float]:
    """Probabilities that sum to 1."""
    import numpy as np

    found = np.exp(odds - np.max(odds))
    return [float(each) for each in found / found.sum()]


@cache
def shipped() -> Intents:
    return Intents.of(load("intent"))


def embedding(url: str | None, key: str | None) -> Embed | None:
    """MiniLM at a service, where that has it; None for MiniLM here."""
    if url is None:
        return None
    from index.embed import MiniLM, RemoteEmbedder

    remote = RemoteEmbedder(MiniLM.name, url, key)

    def embed(texts: Sequence[str]) -> Vectors:
        return (remote if remote.offered() else _embedder()).embed(texts)

    return embed


@cache
def _embedder() -> MiniLM:
    from index.embed import MiniLM

    return MiniLM()
