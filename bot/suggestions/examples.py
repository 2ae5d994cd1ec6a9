"""Questions to begin with."""

from __future__ import annotations

from collections.abc import Callable

SHOWN = 4

# Each with the shipped article that answers it.
QUESTIONS = (
    ("Who stopped the withdrawal of the United States from the WHO?", "2021-01-21-us-reverses-who-withdrawal"),
    ("What did Yang Jin argue about China and Russia?", "2020-07-16-what-yang-jin-argued"),
    ("Until when was the New START treaty extended?", "2021-02-03-new-start-extended-to-2026"),
    ("How many nuclear warheads does China have?", "2020-06-15-sipri-china-320-warheads"),
    ("When did gas begin to flow through the Power of Siberia pipeline?", "2020-07-15-power-of-siberia-pipeline"),
    ("Why did Britain bar Huawei from its 5G networks?", "2020-07-15-uk-bars-huawei-5g"),
)


def examples(indexed: Callable[[str], bool]) -> list[str]:
    """The questions whose articles are in the index."""
    return [question for question, article_id in QUESTIONS if indexed(article_id)][:SHOWN]
