"""A small town's articles, indexed with hashed words, and questions about them that were asked and kept."""

from __future__ import annotations

from pathlib import Path

from bot.answering.bot import Bot
from bot.history import History, Owner, Place, Record
from bot.history.file import FILE
from bot.history.recording import Recording
from index.index import Index
from tests.conftest import WordEmbeddings
from tests.small_news import ARTICLES

ANA = Owner("web", "ana's key")
HERE, THERE = Place(ANA, "here"), Place(ANA, "there")
BRIDGE_QUESTION = "When did the old bridge in Vellmar reopen?"
BRIDGE_QUOTE = "The old bridge in Vellmar reopened on 3 May 2021 after two years of repairs."
TRAM_QUESTION = "What should the town council of Vellmar do about the tram?"
HOSTILE_QUESTION = "Did the harbour of Vellmar close in April 2019?"


def town(folder: Path) -> Index:
    index = Index.open(folder / "store", embedder=WordEmbeddings())
    index.add(ARTICLES)
    return index


def history_of(folder: Path) -> History:
    return History(folder / "store" / FILE, 90)


def ask(index: Index, history: History, question: str, place: Place = HERE) -> Record:
    """Asks as the page does, in the articles' own sentences, and gives what is kept."""
    with Recording(history, place, question) as recording:
        recording.ended(Bot(index).answer(question, recording.turns()))
    return history.records(place)[-1]
