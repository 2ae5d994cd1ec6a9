"""Which sentence tells whether something is so."""

from __future__ import annotations

import pytest

from bot.cite import cite
from bot.question.whether import tells
from index.types import Article
from tests.test_cite import evidence_of


@pytest.mark.parametrize(
    ("question", "better", "worse"),
    [
        (
            "Is Northland a member of the Bay Pact?",
            "Northland ceased to be a party to the Bay Pact in May.",
            "Northland said that the leaving of Westport had upset the members of the Bay Pact.",
        ),
        (
            "Can the Harbour Master vote in the Bay Water Board?",
            "The Harbour Master sits in on BWB meetings, but does not vote.",
            "The Bay Water Board has no vote on relative matters of the harbour.",
        ),
        ("Did Westport meet its target?", "Westport missed its target by a mile.", "Westport set itself a target."),
        ("Did Westport buy boats?", "Westport bought no boats.", "Westport promised to buy boats."),
        ("Did the boats of Westport sink?", "The boats of Westport sank.", "The boats of Westport"),
        ("Did the boats of Westport sink?", "The boats of Westport sank.", "The boats of Eastquay sank."),
        ("Did the council rule for Westport?", "The council ruled for Westport.", "The council met Westport."),
        ("Did Westport leave?", "Westport is leaving.", "Westport kept a right to leave."),
        ("Did WHO thank Westport?", "WHO thanked Westport.", "WHO welcomed Westport."),
        ("Does Westport still take part?", "Westport still takes part.", "Westport is still there"),
        ("Did Westport sailors die?", "Ten Westport sailors died.", "The sailors died who fought with Westport."),
    ],
)
def test_what_tells_better_whether_it_is_so(question: str, better: str, worse: str) -> None:
    assert tells(question, better) > tells(question, worse)


def test_what_has_not_what_was_asked_whether_it_is_done_tells_nothing() -> None:
    assert tells("Did Westport annex the bay?", "Ann does not mention that Westport annexed the bay.") == ()
    assert tells("Does Ann mention the bay?", "Ann does not mention the bay.") != ()
    assert tells("Did the council rule for Westport?", "The council met Westport.") == ()
    assert tells("Did Westport rule the council?", "Westport ruled it.") != ()


def test_a_yes_that_no_quote_says_is_told_in_the_words_that_tell_best() -> None:
    article = Article(
        "pact",
        "The Bay Pact",
        "Northland said that the leaving of Westport had upset the members of the Bay Pact. "
        "Northland ceased to be a party to the Bay Pact in May.",
    )
    question = "Is Northland a member of the Bay Pact?"
    found = cite(
        "Yes, Northland is a member of the Bay Pact.", question, evidence_of(article), (), {article.id: article}
    )
    assert [each.text for each in found.sentences] == ["Northland ceased to be a party to the Bay Pact in May."]
