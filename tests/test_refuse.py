"""What Byline says itself of a question: what was looked for in vain, in the language of the question."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot import Bot
from bot.answering.cite import AnswerBuilder
from bot.answering.decide import Decision
from bot.answering.prove import Proof
from bot.answering.refuse import partial, reason, sentence, silent, too_strict
from bot.answering.write.generate import Draft
from bot.classifiers.intent import LANGUAGES
from bot.types import Evidence, Intent, Near, Reason, State, Status
from bot.wording import reply, worded
from index import Article, Index
from index.text.words import chinese, content_terms


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Who won the 2018 World Cup?", "2018, World Cup."),
        ("List the countries mentioned.", None),
        ("List what is said of Brazil, Chile and the WHO.", "Brazil, Chile, WHO."),
        ("WHO left? Whales sang.", "WHO."),
        ("How many people have 5G there?", "5G."),
        ("Who met Dr. Brandt?", "Dr. Brandt."),
        ("What did J. K. Rowling write?", "J. K. Rowling."),
        ("Who wrote “Titanic”?", "Titanic."),
        ("Who founded McDonald's?", "McDonald's."),
        ("2018年世界杯冠军是谁？", "2018、世界杯。"),
        ("列出提到的国家", None),
    ],
)
def test_only_things_that_a_question_names_are_said_to_be_absent(question: str, told: str | None) -> None:
    said = worded(reason(question, content_terms(question), "zh" if chinese(question) else "en"))
    assert (said and said.split(": ")[-1].split("没有提到：")[-1]) == told


def test_where_every_word_was_found_it_is_said_that_no_sentence_answers() -> None:
    assert worded(reason("Who won?", ())) == (
        "The nearest articles have the words (won), but no sentence that answers the question."
    )
    assert worded(reason("谁赢了？", (), "zh")) == "最接近的文章提到了这些词（赢），但没有一句话回答这个问题。"


# In the language of the question

ARTICLES = (
    Article("bridge", "The bridge", "The old bridge in Vellmar reopened on 3 May 2021.", language="en"),
    Article("puente", "El puente", "El alcalde de Vellmar cerró el puente viejo durante tres años.", language="es"),
    Article("桥", "大桥", "韦尔马市的市长宣布大桥重新开放。", language="zh"),
)


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    with Index.open(tmp_path_factory.mktemp("refuse")) as index:
        index.add(ARTICLES)
        yield Bot(index)


@pytest.mark.parametrize(
    ("question", "language", "why"),
    [
        ("Who is the mayor of Atlantis?", "en", "Not found in the articles nearest to the question: Atlantis."),
        ("亚特兰蒂斯的市长是谁？", "zh", "最接近的文章没有提到：亚特兰蒂斯。"),
        (
            "Wer regiert denn heute in Atlantis?",
            "de",
            "In den nächstliegenden Artikeln nicht gefunden: Atlantis.",
        ),
        ("Qui est le maire d'Atlantis ?", "fr", "Absent des articles les plus proches de la question : d'Atlantis."),
        (
            "¿Quién es el alcalde de Atlantis?",
            "es",
            "No se encontró en los artículos más cercanos a la pregunta: Atlantis.",
        ),
    ],
)
def test_a_question_is_refused_in_its_own_language(bot: Bot, question: str, language: str, why: str) -> None:
    answer = bot.answer(question)
    assert answer.status is Status.REFUSED
    assert (answer.text, worded(answer.reason)) == (reply("refused_near", language), why)
    assert bool(answer.nearest)


@pytest.mark.parametrize("request_", [Intent.SHORT, Intent.OVERVIEW])
def test_a_refusal_by_the_persons_own_strictness_says_so(bot: Bot, request_: Intent) -> None:
    question = "When did the old bridge in Vellmar reopen?"
    assert bot.answer(question, request=request_).status is Status.ANSWERED
    answer = bot.answer(question, request=request_, strictness=1.0)
    assert (answer.status, bool(answer.nearest)) == (Status.REFUSED, True)
    assert answer.text == "No answer is sure enough. The nearest articles are listed below."
    assert worded(answer.reason) == "This is due to the strictness of 1.0: by default there may be an answer."


def test_strictness_is_not_blamed_for_what_the_articles_do_not_say(bot: Bot) -> None:
    answer = bot.answer("Who is the mayor of Atlantis?", strictness=1.0)
    assert (answer.text, "Atlantis" in str(worded(answer.reason))) == (reply("refused_near", "en"), True)


def test_the_strictness_is_blamed_only_for_questions_that_stayed_without_an_answer() -> None:
    page = AnswerBuilder({"bridge": ARTICLES[0]})
    page.supported("It reopened.", Proof(State.SUPPORTED, 1.0, (Evidence("bridge", 0, 5, "The o"),)))
    spoken = Draft(page, absent=["Who?"])
    spoken.decided(Decision(0.7, 0.8, 0.4), "When?")  # of a first sentence; a second one answered
    assert not spoken.too_strict
    spoken.decided(Decision(0.7, 0.8, 0.4), "Who?")
    assert spoken.too_strict


def test_a_language_without_words_of_its_own_is_replied_to_in_english(bot: Bot) -> None:
    assert bot.answer("Кто мэр Атлантиды?").text.startswith(reply("refused", "en"))
    assert bot.classified("Спасибо!").reply == "en"
    assert bot.answer("Danke schön!").text == reply("smalltalk", "de")


def test_why_an_answer_is_not_whole_is_said_in_each_language() -> None:
    told = silent(["Warum?", "Wer?"], "de")
    assert worded(told) == "Die Artikel beantworten nicht: „Warum?“ „Wer?“"
    strict = too_strict(0.8, "de")
    assert worded(partial(told, strict, ["Er ging."], Reason(text="It broke."), "de")) == (
        f"{worded(told)} {worded(strict)} Weggelassen, weil ein Artikel etwas anderes sagt: „Er ging.“ It broke."
    )
    said = worded(partial(Reason(text="甲。"), None, ["乙"], None, "zh"))
    assert said == "甲。下面这句话已略去，因为有文章的说法与之相反：“乙”"
    assert (silent([], "fr"), partial(None, None, [], None, "fr")) == (None, None)
    near = [Near("a", "A title")]
    assert all(sentence(near, each).startswith(sentence([], each)) for each in LANGUAGES)
