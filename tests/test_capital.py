"""A capital that stands for its state, and one that is a town, or somebody's name."""

from __future__ import annotations

import pytest

from bot.language.capital import spelled_out

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


def test_where_nothing_was_found_of_a_capital_its_state_is_looked_for() -> None:
    assert spelled_out("莫斯科希望得到什么保证？", ()) == "俄罗斯希望得到什么保证？"
    assert spelled_out("莫斯科有多少人口？", ()) == "莫斯科有多少人口？"


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("莫斯科希望得到什么保证？", "俄罗斯希望得到什么保证？"),
        ("莫斯科和北京何时签署条约？", "俄罗斯和中国何时签署条约？"),
        ("莫斯科的要求是什么？", "俄罗斯的要求是什么？"),
        ("布鲁塞尔会不会取消对莫斯科的制裁？", "布鲁塞尔会不会取消对俄罗斯的制裁？"),
        ("莫斯科有多少人口？", None),
        ("会谈在莫斯科举行了吗？", None),
        ("东京要求什么？", None),  # no text names Japan
    ],
)
def test_a_chinese_capital_that_acts_is_its_state(question: str, meant: str | None) -> None:
    text = "俄罗斯和中国签署了条约。俄罗斯希望得到保证，中国在莫斯科也希望如此。北京的代表是中国人。"
    assert spelled_out(question, [text]) == (meant or question)


@pytest.mark.parametrize(
    "text",
    [
        "Washington left the army. Washington was no king of the United States.",
        "George Washington left the army of the United States, and the United States thanked him.",
    ],
)
def test_a_capital_is_what_the_texts_mostly_call_so(text: str) -> None:
    assert spelled_out("When did Washington leave the army?", [text]) == "When did Washington leave the army?"
