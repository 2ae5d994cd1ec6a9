"""A capital that stands for its state, and one that is a town, or somebody's name."""

from __future__ import annotations

import pytest

from bot.capital import spelled_out

WORLD = (
    "Russia and China signed a treaty with the United States. Chinese troops and Russian troops marched in Moscow.",
    "In Moscow, the European Union has sanctions on Russia, and India has a border with China. The European Union is "
    "to decide.",
)


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("When did Moscow and Beijing settle their border?", "When did Russia and China settle their border?"),
        (
            "How often does Brussels renew the sanctions on Moscow?",
            "How often does the European Union renew the sanctions on Russia?",
        ),
        (
            "Who headed Moscow's team, and did he think Beijing would come?",
            "Who headed Russia's team, and did he think China would come?",
        ),
        ("What did Ann want New Delhi to do?", "What did Ann want India to do?"),
        ("Who signed the treaty between Beijing and Moscow?", "Who signed the treaty between China and Russia?"),
        ("Did Moscow send a team to Moscow?", "Did Russia send a team to Moscow?"),
        ("Which troops marched in Moscow?", None),
        ("Who came to the Moscow parade?", None),
        ("How many inhabitants does Moscow have?", None),
        ("Is Moscow older than Beijing?", None),
        ("What did George Washington sign?", None),
        ("What did Warsaw sign?", None),  # no text names Poland
        ("莫斯科签了什么？", None),
        ("Who scored against Moscow Dynamo?", None),
        ("Who accused Beijing Opera?", None),
        ("When did Moscow host the games?", None),
        ("When did Washington die?", None),
        ("Did Moscow sign the Moscow Treaty?", "Did Russia sign the Moscow Treaty?"),
        ("Did New Delhi and Delhi agree?", "Did India and India agree?"),
    ],
)
def test_a_capital_that_acts_is_its_state(question: str, meant: str | None) -> None:
    assert spelled_out(question, WORLD) == (meant or question)


@pytest.mark.parametrize(
    "text",
    [
        "Washington left the army. Washington was no king of the United States.",
        "George Washington left the army of the United States, and the United States thanked him.",
    ],
)
def test_a_capital_is_what_the_texts_mostly_call_so(text: str) -> None:
    assert spelled_out("When did Washington leave the army?", [text]) == "When did Washington leave the army?"
