"""Figures of two articles that disagree, and figures that only look as if they did, with the real index and judge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.bot import Bot
from bot.render.disagreement import disagreements
from bot.types import Intent
from index import Article, Index
from index.text.figures import differing


class Case(NamedTuple):
    """What two articles say, each as its outlet, its day (None: undated) and its text; and what is asked."""

    question: str
    one: tuple[str, date | None, str]
    other: tuple[str, date | None, str]
    title: str  # of both


MAY, JUNE, JULY = date(2031, 5, 2), date(2031, 6, 9), date(2031, 7, 14)

CONFLICTS = {
    "hectares": Case(
        "How many hectares of forest burnt above Lindau?",
        ("Courier", MAY, "A fire burnt 41 hectares of forest above Lindau. Sixty firefighters worked all night."),
        ("Herald", JUNE, "The fire above Lindau burnt 34 hectares of forest, the district says. Nobody was hurt."),
        "Fire above Lindau",
    ),
    "crowns, in an older article": Case(
        "How much will the library in Marbeck cost?",
        ("Gazette", JULY, "The library in Marbeck will cost 181 million crowns. It opens next year."),
        (
            "Courier",
            MAY,
            "The council agreed to build a library. The library in Marbeck is to cost 173 million crowns.",
        ),
        "A library for Marbeck",
    ),
    "a correction by the same outlet": Case(
        "What share of the households in Ostrand have a heat pump?",
        (
            "Herald",
            MAY,
            "The share of households in Ostrand that have a heat pump is 19 percent. Gas heats the others.",
        ),
        (
            "Herald",
            JUNE,
            "An article on heating had a wrong figure. The share of households in Ostrand that have a heat pump is 17 "
            "percent.",
        ),
        "Heat pumps in Ostrand",
    ),
    "people": Case(
        "How many people died in the flood at Tarn?",
        ("Courier", MAY, "The flood at Tarn killed nine people. The water fell on Sunday."),
        ("Gazette", JUNE, "In the flood at Tarn 14 people died. The town has buried them."),
        "The flood at Tarn",
    ),
    "tonnes": Case(
        "How much copper did the mine at Kvarn ship in 2030?",
        ("Herald", MAY, "The mine at Kvarn shipped 820 tonnes of copper in 2030. It employs 90 people."),
        ("Courier", JULY, "The owner was paid late. In 2030 the Kvarn mine shipped 905 tonnes of copper."),
        "Copper from Kvarn",
    ),
    "an undated article": Case(
        "How many trawlers fish from Sandvik?",
        ("Herald", MAY, "From Sandvik 42 trawlers fish for herring. The quay is being repaired."),
        ("Island Weekly", None, "Fishing is in decline. Only 36 trawlers still fish from Sandvik."),
        "The trawlers of Sandvik",
    ),
    "per cent in other words": Case(
        "What share of the voters in Elmham backed the tram?",
        ("Courier", MAY, "In Elmham 62 percent of the voters backed the tram. The count took two hours."),
        ("Gazette", JUNE, "The tram was backed by 57.5% of the voters in Elmham. Building begins soon."),
        "Elmham votes on its tram",
    ),
    "money by its sign": Case(
        "What did the repairs of the old pier at Orm cost?",
        ("Herald", MAY, "The repairs of the old pier at Orm cost 4.2 million euros. They took a year."),
        ("Courier", JULY, "Storms had broken the piles. The repairs of the old pier at Orm cost €5.1 million."),
        "The pier at Orm",
    ),
    "kilometres": Case(
        "How long will the tunnel under the Skar be?",
        ("Gazette", MAY, "The tunnel under the Skar will be 12 kilometres long. Drilling starts in spring."),
        ("Herald", JUNE, "Engineers showed the plans. The tunnel under the Skar will be 14.5 kilometres long."),
        "A tunnel under the Skar",
    ),
    "words for numbers": Case(
        "How many schools will close in Dorn?",
        ("Courier", MAY, "Nine schools will close in Dorn. Parents have protested."),
        ("Gazette", JUNE, "The district has decided. In Dorn seven schools will close."),
        "Schools close in Dorn",
    ),
    "passengers, the newer one told first": Case(
        "How many passengers used the airport of Velling?",
        ("Gazette", JULY, "The airport of Velling was used by 1.4 million passengers. A new hall is planned."),
        ("Herald", MAY, "Some 1,130,000 passengers used the airport of Velling. Most flew to the south."),
        "The airport of Velling",
    ),
    "megawatts": Case(
        "What is the capacity of the wind farm off Brekka?",
        ("Herald", MAY, "The wind farm off Brekka has a capacity of 350 megawatts. It has 40 turbines."),
        ("Courier", JUNE, "The wind farm off Brekka started today. Its capacity is 410 megawatts."),
        "Wind farm off Brekka",
    ),
}

LOOK_ALIKES = {
    "another crop": Case(
        "How many hectares of forest did the storm at Holm flatten?",
        ("Courier", MAY, "The storm at Holm flattened 41 hectares of forest. Roads were shut."),
        ("Herald", JUNE, "The storm at Holm flattened 34 hectares of wheat. Farmers want help."),
        "The storm at Holm",
    ),
    "another unit": Case(
        "How much land did the river Ilm flood?",
        ("Courier", MAY, "The river Ilm flooded 41 hectares of land. It rose for three days."),
        ("Herald", JUNE, "The river Ilm flooded 34 houses. Their owners are insured."),
        "The river Ilm floods",
    ),
    "two years": Case(
        "How many containers did the port of Halm handle?",
        ("Courier", MAY, "The port of Halm handled 181,000 containers in 2029. It has two cranes."),
        ("Herald", JUNE, "The port of Halm handled 196,000 containers in 2030. A third crane is on its way."),
        "The port of Halm",
    ),
    "a part and its whole": Case(
        "How many members does the council of Rodby have?",
        ("Courier", MAY, "The council of Rodby has 48 members. It sits on Mondays."),
        ("Herald", JUNE, "In the council of Rodby twelve members belong to the Greens. They want a park."),
        "The council of Rodby",
    ),
    "a number in words": Case(
        "How many sheep were on the ferry to Lund?",
        ("Courier", MAY, "On the ferry to Lund were two hundred sheep. It arrived late."),
        ("Herald", JUNE, "The ferry to Lund had 200 sheep on board. None was lost."),
        "Sheep on the ferry to Lund",
    ),
    "a rounded number": Case(
        "How many people live in Grand Asker?",
        ("Courier", MAY, "About 1.2 million people live in Grand Asker. The city is growing."),
        ("Herald", JUNE, "The census is done. In Grand Asker live 1,204,311 people."),
        "Grand Asker is growing",
    ),
    "another town": Case(
        "How many visitors did the museum in Arnsee have?",
        ("Courier", MAY, "The museum in Arnsee had 90,000 visitors. It shows clocks."),
        ("Herald", JUNE, "The museum in Birka had 70,000 visitors. It shows boats."),
        "Visitors of the museum",
    ),
    "two currencies": Case(
        "What did the stadium in Fosse cost?",
        ("Courier", MAY, "The stadium in Fosse cost 40 million dollars. It has a roof."),
        ("Herald", JUNE, "The stadium in Fosse cost 36 million euros. The club has paid half."),
        "The stadium in Fosse",
    ),
    "another property": Case(
        "How long is the new bridge at Nesby?",
        ("Courier", MAY, "The new bridge at Nesby is 310 metres long. It is made of steel."),
        ("Herald", JUNE, "The new bridge at Nesby is 28 metres wide. Cycles may cross it."),
        "The new bridge at Nesby",
    ),
    "days": Case(
        "When does the pool in Uldum open?",
        ("Courier", MAY, "The pool in Uldum opens on 4 May 2031. Tickets are cheap."),
        ("Herald", JUNE, "The pool in Uldum opens on 19 June 2031. A pump had failed."),
        "The pool in Uldum",
    ),
    "dead and injured": Case(
        "How many people were injured in the train crash at Tolm?",
        ("Courier", MAY, "In the train crash at Tolm nine people were injured. The line is shut."),
        ("Herald", JUNE, "In the train crash at Tolm three people died. The driver survived."),
        "Train crash at Tolm",
    ),
    "one place of several": Case(
        "How many jobs does the airline Norrfly cut?",
        ("Courier", MAY, "The airline Norrfly cuts 1,500 jobs. Its owner is looking for money."),
        ("Herald", JUNE, "The airline Norrfly cuts 400 jobs in Hamar. The union is angry."),
        "Norrfly cuts jobs",
    ),
}
CASES = CONFLICTS | LOOK_ALIKES


def articles(name: str) -> Iterator[Article]:
    case = CASES[name]
    for place, (outlet, day, text) in enumerate((case.one, case.other)):
        yield Article(f"{name} {place}", case.title, text, outlet=outlet, published=day)


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    with Index.open(tmp_path_factory.mktemp("figures") / "store") as index:
        index.add(each for name in CASES for each in articles(name))
        yield Bot(index)


def conflicts(bot: Bot, name: str) -> bool:
    """Whether the answer tells what both articles of a case say, since their figures differ."""
    answer = bot.answer(CASES[name].question, request=Intent.SHORT)
    told = any((each.step, each.task) == ("conflict", "figures") for each in answer.trace)
    return told and {each.article_id for each in answer.citations} >= {each.id for each in articles(name)}


def test_figures_of_two_articles_that_differ_are_both_told_and_others_are_not(bot: Bot) -> None:
    found, mistaken = ([name for name in some if conflicts(bot, name)] for some in (CONFLICTS, LOOK_ALIKES))
    assert len(found) >= 10, found
    assert len(mistaken) <= 2, mistaken


def test_the_newer_figure_is_told_first_and_both_with_their_day_and_outlet(bot: Bot) -> None:
    answer = bot.answer(CASES["crowns, in an older article"].question, request=Intent.SHORT)
    assert answer.text == (
        "As of 14 July 2031 (Gazette): The library in Marbeck will cost 181 million crowns. [1] "
        "As of 2 May 2031 (Courier): The library in Marbeck is to cost 173 million crowns. [2]"
    )
    [(newer, older)] = disagreements(answer)
    assert (newer.quantity.value, older.quantity.value) == (181e6, 173e6)


def test_a_figure_of_a_day_is_told_with_its_day(tmp_path: Path) -> None:
    counted = Article(
        "fleet", "The fleet of Orm", "The fleet of Orm has 36 trawlers.", outlet="Herald", as_of=date(2031, 5, 2)
    )
    dated = replace(counted, id="port", title="The port of Elk", text="In May 2031 the port of Elk had 12 cranes.")
    with Index.open(tmp_path) as index:
        index.add([counted, dated])
        bot = Bot(index)
        told = [
            bot.answer(each).text for each in ("How many trawlers has Orm?", "How many cranes had the port of Elk?")
        ]
    assert told == [
        "As of 2 May 2031 (Herald): The fleet of Orm has 36 trawlers. [1]",
        "In May 2031 the port of Elk had 12 cranes. [1]",
    ]


@given(st.integers(10, 10**9))
def test_equal_figures_never_differ(number: int) -> None:
    assert differing(f"It has {number} ships.", f"There are {number:,} ships.") is None


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)), st.dates(date(1950, 1, 1), date(2090, 1, 1)))
def test_the_figures_of_dates_never_differ(one: date, other: date) -> None:
    assert differing(f"It sank on {one:%d %B %Y}.", f"It sank on {other:%d %B %Y}.") is None
