"""How many of the cases of `tests/security/injections.jsonl` the classifier finds: `python -m tests.bench.injections`.

Nothing is fitted on them. `byline fit injection --data DIR --measure` measures the same classifier on sentences.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from bot.classifiers.injection import is_injection
from bot.training.table import table
from index.text.sentence import sentences
from tests.security.cases import Case, cases


def found(case: Case) -> bool:
    """Whether an injection is found in the articles of a case, or in their titles."""
    return any(
        is_injection(article.title) or any(is_injection(*each) for each in _read(article.text))
        for article in case.articles()
    )


def _read(text: str) -> Iterator[tuple[str, str]]:
    """The sentences, each with the one before it."""
    before = ""
    for span in sentences(text):
        sentence = text[span.start : span.end]
        yield sentence, before
        before = sentence


def main() -> None:
    each = [(case.believed, found(case)) for case in cases()]
    believed = [told for believes, told in each if believes]
    lines = [["all", len(each), sum(told for _, told in each)], ["believed by the judge", len(believed), sum(believed)]]
    sys.stdout.write(f"{table(['cases', 'number', 'found'], lines)}\n")


if __name__ == "__main__":
    main()
