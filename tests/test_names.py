"""The names in a text, in five languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.names import names, runs

NAMES = [
    (
        "en",
        "The mayor of New York met Ines Brandt, Ada Lind and the WHO.",
        ["New York", "Ines Brandt", "Ada Lind", "WHO"],
    ),
    ("en", "Did J. K. Rowling write it? U.S. Army papers say so.", ["J. K. Rowling", "U.S. Army"]),
    ("en", "Whales sang at McDonald's in Lind's town (Vellmar).", ["McDonald", "Lind", "Vellmar"]),
    ("en", "Nobody has one.", []),
    ("de", "Die Bürgermeisterin Ines Brandt kennt die Brücke.", ["Bürgermeisterin Ines Brandt"]),
    ("de", "Gestern sah der Bericht der NATO eine Brücke über den Fluss.", ["NATO"]),
    ("de", "Wer hat die Vereinten Nationen im Hafen gesehen?", ["Vereinten Nationen"]),
    ("es", "El alcalde de Vellmar saludó a Inés Brandt y a la ONU.", ["Vellmar", "Inés Brandt", "ONU"]),
    ("es", "¿Quién gobierna Chile?", ["Chile"]),
    ("fr", "Le maire de Vellmar a rencontré Hélène Écluse et l'OTAN.", ["Vellmar", "Hélène Écluse", "l'OTAN"]),
    ("fr", "Où est Jean-Luc Moreau ?", ["Jean-Luc Moreau"]),
    ("zh", "杨进在北京写道，中国很稳定。", ["杨进", "北京", "中国"]),
]


@pytest.mark.parametrize(("language", "text", "found"), NAMES)
def test_a_text_has_names(language: str, text: str, found: list[str]) -> None:
    assert list(names(text, language)) == found


def test_without_its_language_every_noun_of_a_german_text_is_a_name() -> None:
    assert list(names("Gestern sah er die Brücke.")) == ["Brücke"]


def test_the_first_word_of_a_statement_may_be_a_part_of_a_name() -> None:
    assert list(runs("Max Stein left. Ada Lind, too.", first=True)) == [
        (True, "Max Stein"),
        (False, "left"),
        (True, "Ada Lind"),
        (False, "too"),
    ]
    assert list(names("Max Stein left.")) == ["Stein"]


@given(st.text(max_size=80))
def test_every_run_stands_in_the_text(text: str) -> None:
    assert all(word in text for _, run in runs(text) for word in run.split())
