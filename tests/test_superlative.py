"""What is the first, the last or the most of its kind."""

from __future__ import annotations

import pytest

from bot.language.superlative import overreaches

TOLD = [  # claim, quote
    ("The first ferry sailed in 1901.", "The first ferry sailed in 1901."),
    ("The first ferry sailed in 1901.", "Ferries began to sail in 1901."),
    ("Eastquay has the largest harbour.", "Eastquay has the largest harbour in the north."),
    ("Ann is the town's oldest pilot.", "The oldest pilot of the town is Ann."),
    ("Vellmar is one of the oldest towns.", "Vellmar is the oldest town."),
    ("The yard built the most boats.", "The yard built more boats than any other."),
    ("Ben is her only son.", "She has one son, Ben."),
    ("The oldest seal is from 1390.", "The oldest existing seal is from 1390."),
    ("The west bank has a test site of interest.", "The bank has a site."),
    ("The first two boats sank.", "Two boats sank."),
    ("Mud blocked the only road to Vellmar.", "Mud blocked the only road to the town of Vellmar."),
    ("The lake is 92 m deep at its deepest point.", "The lake reaches a depth of 92 metres."),
    ("The first ferry was Ann.", "The ferry Ann was the first vessel of the town."),
    ("The first ferry to cross the bay was Ann.", "Ann, a ferry, was the first to cross the bay."),
    ("The pilots left at last.", "The pilots left."),
    ("The last time they met was in May.", "They met in May."),
    ("Trade grew over the last year, in the first half above all.", "Trade grew."),
]
NOT_TOLD = [
    ("The first ferry sailed in 1901.", "The first steam ferry sailed in 1901."),
    ("The first ferry sailed in 1901.", "A ferry sailed in 1901."),
    ("Ann was the first to cross the bay.", "Ann was the first woman to cross the bay."),
    ("Eastquay has the largest harbour.", "Eastquay has one of the largest harbours."),
    ("Eastquay has the largest harbour.", "Eastquay has the second-largest harbour."),
    ("Eastquay has the largest harbour.", "Eastquay has the largest fishing harbour."),
    ("Eel is the most expensive fish.", "Eel is a fish, and expensive."),
    ("Ben was the last mayor.", "Ben was the first mayor."),
    ("The first ferry came in 1901.", "The first steam mill was built in 1876, and the ferry came in 1901."),
    ("Ben was the only pilot.", "Ben was a pilot."),
    ("Eastquay has the most boats.", "With 320 boats Eastquay is the third-largest harbour."),
]


@pytest.mark.parametrize(("claim", "quote"), TOLD)
def test_a_rank_that_a_quote_gives_is_told(claim: str, quote: str) -> None:
    assert not overreaches(claim, [quote])
    assert not overreaches(claim, ["The sea was calm.", quote])


@pytest.mark.parametrize(("claim", "quote"), NOT_TOLD)
def test_a_rank_that_no_quote_gives_or_only_in_a_narrower_kind_goes_too_far(claim: str, quote: str) -> None:
    assert overreaches(claim, [quote])
    assert overreaches(claim, ["The sea was calm.", quote])
