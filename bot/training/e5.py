"""The means of multilingual-e5-small by script, as `index/embed/e5_means.npz` has them: `byline fit e5 --data DIR`.

Of texts in Chinese, Japanese, Korean, Persian, and in English, French, Portuguese and Indonesian for the Latin script.
"""

from __future__ import annotations

import json
import lzma
from collections import defaultdict
from pathlib import Path
from random import Random

import numpy as np

from bot.training.task import Task
from index.embed.e5 import E5, script

EACH = 150  # texts of a language
LONGEST = 300  # characters of a text
SEED = 20261201
LANGUAGES = ("zh", "ja", "ko", "fa", "en", "fr", "pt", "id")


def texts(data: Path) -> dict[str, list[str]]:
    """The texts of each language."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for name, field in (("answers", "text"), ("entailment", "premise")):
        with lzma.open(data / "train" / f"{name}.jsonl.xz", "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                if row["language"] in LANGUAGES:
                    found[row["language"]][row[field][:LONGEST]] = None
    return {language: Random(SEED).sample(list(some), EACH) for language, some in found.items()}


def train(task: Task) -> str:
    """Fits the means, and says of which scripts."""
    model = E5()
    means = defaultdict(list)
    for some in texts(task.sets).values():
        read = model.uncentred(some)
        scripts = list(map(script, some))
        most = max(set(scripts), key=scripts.count)
        means[most].append(read[[each == most for each in scripts]].mean(axis=0))
    np.savez_compressed(task.out, **{name: np.mean(each, axis=0).astype(np.float16) for name, each in means.items()})
    return f"means of {', '.join(means)}"
