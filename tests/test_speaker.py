"""What stands in somebody's mouth is told with that mouth, and with what was said against it."""

from __future__ import annotations

from datetime import date

import pytest
from test_cite import evidence_of

from bot.cite import Cited, cite
from bot.language.speaker import going_on, in_the_mouth_of, replies, report, spoken
from bot.types import State
from index.types import Article, Kind


@pytest.mark.parametrize(
    ("quote", "lead"),
    [
        ("The mayor said that the harbour is lost.", "The mayor said that"),
        (
            "The mayor said after the vote of the council that the harbour is lost.",
            "The mayor said after the vote of the council that",
        ),
        (
            "Mayor Ann Example, who lives there, argues that it is lost.",
            "Mayor Ann Example, who lives there, argues that",
        ),
        ("The council claims the harbour is lost.", "The council claims that"),
        ("According to the mayor, the harbour is lost.", "According to the mayor,"),
        ("The harbour is lost for a generation, the mayor said on 4 May.", "According to the mayor,"),
        ("The harbour is lost for a generation, Élie Example said on 4 May.", "According to Élie Example,"),
        ("The harbour is lost for a generation, according to the mayor.", "According to the mayor,"),
        ("The mayor accused the council of selling the harbour.", ""),
        ("The mayor called the vote a scandal.", ""),
        ("市长2020年5月4日说，港口已经关闭。", "市长2020年5月4日说，"),
        ("“The harbour is lost,” the mayor told reporters on Monday.", "According to the mayor,"),
        (
            "“The harbour is lost,” said the mayor of Brightsea, Ann Example.",
            "According to the mayor of Brightsea, Ann Example,",
        ),
        ('"The harbour is lost," Ann Example added. "It is over."', "According to Ann Example,"),
        ("The harbour “is lost”, said a fisher.", "According to a fisher,"),
        ("The mayor told reporters on Monday: “The harbour is lost.”", "According to the mayor,"),
        ("“The harbour is lost,” she said.", ""),
        ("Yesterday the mayor said: “The harbour is lost.”", "According to the mayor,"),
        ("But the mayor said: “The harbour is lost.”", "According to the mayor,"),
        ("As Example said, “The harbour is lost.”", "According to Example,"),
        ("After the vote, the mayor told the Herald: “The harbour is lost.”", "According to the mayor,"),
        ("On Monday, the mayor said, “The harbour is lost.”", "According to the mayor,"),
        ("“The harbour is lost,” said Dr. Ann Example of Eastquay.", "According to Dr. Ann Example of Eastquay,"),
        ("“The harbour is lost,” A. B. Example said.", "According to A. B. Example,"),
        ("“The harbour is lost,” said the mayor, who came in 2019.", "According to the mayor,"),
        ("“The harbour is lost,” according to the mayor.", "According to the mayor,"),
        ("“港口已经关闭，”市长说。", "市长说，"),
        ("市长告诉记者，港口已经关闭。", "市长告诉记者，"),
        ("‘The harbour is lost,’ said the mayor.", "According to the mayor,"),
        ("“The harbour is lost,” recalls Ann Example, 43, a fisher.", "According to Ann Example,"),
        ("Mr. Example said that the harbour is lost.", "Mr. Example said that"),
        ("The U.N. said Tuesday that the harbour is lost.", "The U.N. said Tuesday that"),
        ("In an interview, Ann Example warned that the harbour is lost.", "In an interview, Ann Example warned that"),
        ("Although the mayor said that the harbour is lost, it is open.", "the mayor said that"),
        ("The harbour is lost, officials said in a statement on Monday.", "According to officials,"),
        ("The harbour is lost, engineer Ann Example told the Herald.", "According to engineer Ann Example,"),
        ("The harbour is lost, the Herald reported, citing a fisher.", "According to the Herald,"),
        ("The harbour is lost, she said.", ""),
        ("If the mayor says that the harbour is lost, it is lost.", ""),
    ],
)
def test_who_says_it_is_read_from_a_quote(quote: str, lead: str) -> None:
    found = report(quote)
    assert found is not None
    assert found.lead == lead


@pytest.mark.parametrize(
    "quote",
    [
        "The harbour closes on 4 May 2020.",
        "The council announced on 4 May that the harbour closes.",
        "The study found that boats rust.",
        "The town has land that the council claims.",
        "China's claims in the South China Sea are unlawful.",
        "The nine states that it counts have boats.",
        "The mayor called for a vote.",
        "The call between the two on 4 May was short.",
        "“The Harbour” is a song by Ann Example that says little.",
        "Suffice it to say that the harbour is lost.",
        "The mayor's claim that the harbour is lost is false.",
        "The fear that the harbour is lost has spread.",
        "He taught Latin, sang in a choir and wrote in French.",
        "市长没有说港口是否关闭。",
        "The prize “For Harbours” went to Ann Example, who told nobody.",
        "“The Old Harbour,” a novel that says much about boats, sold well.",
        "“Boat Wars,” the film that Ann Example wrote, was made in 1977.",
        "“The Boat,” Ann Example's poem, tells of a storm.",
        "The band added a song, “Boats”, to the album.",
        "“We are ready!” The crowd shouted as the mayor said goodbye.",
        "In Eastquay Ann Example said, “It is lost.”",  # whose name it is cannot be told
    ],
)
def test_a_quote_in_the_voice_of_its_article_has_no_speaker(quote: str) -> None:
    assert report(quote) is None
    assert not spoken(quote)


def test_a_yes_and_a_no_are_not_put_into_a_mouth() -> None:
    found = report("The mayor said that the harbour is lost.")
    assert found
    assert in_the_mouth_of(found, "Yes, the harbour is lost.") == "The mayor said that the harbour is lost."
    assert in_the_mouth_of(found, "No, Brightsea is lost.") == "The mayor said that Brightsea is lost."


def test_a_chinese_speaker_is_followed_without_a_space() -> None:
    found = report("市长表示，港口已经关闭。")
    assert found
    assert in_the_mouth_of(found, "港口已经关闭。") == "市长表示，港口已经关闭。"


def test_a_reply_denies_what_was_told_before_it() -> None:
    assert not replies("The council rejected the statement of the mayor.")
    assert replies("The council rejected the accusation.")
    assert replies("The council denied it.")


def told(words: str, question: str, text: str, kind: Kind = Kind.REPORT) -> Cited:
    article = Article("one", "The harbour of Brightsea", text, published=date(2020, 4, 1), kind=kind)
    return cite(words, question, evidence_of(article), (), {article.id: article})


@pytest.mark.parametrize(
    ("quote", "words", "answer"),
    [
        (
            "Mayor Ann Example argues that the council ruined the harbour by its vote.",
            "The council ruined the harbour by its vote.",
            "Mayor Ann Example argues that the council ruined the harbour by its vote.",
        ),
        (
            "Mayor Ann Example blamed the council for the ruined harbour.",
            "The council ruined the harbour.",
            "Mayor Ann Example blamed the council for the ruined harbour.",
        ),
        (
            "The council had ruined the harbour by its vote, according to the mayor.",
            "The council ruined the harbour by its vote.",
            "According to the mayor, the council ruined the harbour by its vote.",
        ),
        (
            "“The council ruined the harbour by its vote,” said Ann Example.",
            "The council ruined the harbour by its vote.",
            "According to Ann Example, the council ruined the harbour by its vote.",
        ),
        (
            "“I am tired,” said Ann Example. “The council ruined the harbour by its vote.”",
            "The council ruined the harbour by its vote.",
            "According to Ann Example, the council ruined the harbour by its vote.",
        ),
        (
            "Mayor Ann Example said that it is over. She added that the council ruined the harbour by its vote.",
            "The council ruined the harbour by its vote.",
            "According to Mayor Ann Example, the council ruined the harbour by its vote.",
        ),
        (
            "“The council ruined the harbour by its vote.”",
            "The council ruined the harbour by its vote.",
            "“The council ruined the harbour by its vote.”",
        ),
    ],
)
def test_what_a_report_puts_in_somebodys_mouth_is_told_there(quote: str, words: str, answer: str) -> None:
    found = told(words, "Who ruined the harbour?", quote)
    assert [each.text for each in found.sentences] == [answer]


@pytest.mark.parametrize(
    "words",
    [
        "Mayor Ann Example argues that the council ruined it by its vote.",
        "According to Ann Example, the council ruined it.",
    ],
)
def test_a_sentence_that_says_by_itself_who_speaks_stays(words: str) -> None:
    found = told(words, "Who ruined the harbour?", "Mayor Ann Example argues that the council ruined it by its vote.")
    assert [each.text for each in found.sentences] == [words]


def test_what_another_sentence_says_plainly_needs_no_speaker() -> None:
    text = "The mayor said that the harbour closes on 4 May 2020. The harbour of Brightsea closes on 4 May 2020."
    found = told("The harbour of Brightsea closes on 4 May 2020.", "When does the harbour of Brightsea close?", text)
    assert [each.text for each in found.sentences] == ["The harbour of Brightsea closes on 4 May 2020."]


def test_an_accusation_is_told_with_its_denial() -> None:
    text = "The mayor said that the council had sold the harbour to Westport. The council denied the accusation."
    found = told("The council sold the harbour to Westport.", "Did the council sell the harbour?", text)
    assert [each.text for each in found.sentences] == [
        "The mayor said that the council sold the harbour to Westport.",
        "The council denied the accusation.",
    ]
    assert {each.state for each in found.sentences} == {State.SUPPORTED}


@pytest.mark.parametrize(
    "next_one",
    [
        "The mayor rejected the statement of a fisher.",
        "The council denied that Eastquay has a pier.",
        "The council met in May.",
    ],
)
def test_what_replies_to_something_else_is_no_denial(next_one: str) -> None:
    text = f"The mayor said that the council had sold the harbour to Westport. {next_one}"
    found = told("The council sold the harbour to Westport.", "Did the council sell the harbour?", text)
    assert len(found.sentences) == 1


def test_a_judgement_rests_on_a_quote_that_judges() -> None:
    text = "The council of Brightsea had already left the Coastal League on 22 November 2020."
    found = told("The council of Brightsea is to blame for the end of the Coastal League.", "Who is to blame?", text)
    assert [each.state for each in found.sentences] == [State.UNSUPPORTED]


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("The council says that the harbour was ruined by its vote.", State.UNSUPPORTED),
        ("The council ruined the harbour by its vote, according to the council.", State.UNSUPPORTED),
        ("Ann Example says that the council ruined the harbour by its vote.", State.SUPPORTED),
        ("The mayor says that the council ruined the harbour by its vote.", State.SUPPORTED),
    ],
)
def test_words_of_one_are_not_told_as_those_of_another(words: str, state: State) -> None:
    quote = "Mayor Ann Example said that the council ruined the harbour by its vote."
    assert told(words, "Who ruined the harbour?", quote).sentences[0].state is state


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("Vic Penn stated that “the council ruined the harbour by its vote”.", State.UNSUPPORTED),
        ("Vic Penn, the mayor, ruined the harbour by a vote.", State.UNSUPPORTED),
        ("Ann Example stated that “the council ruined the harbour by its vote”.", State.SUPPORTED),
        ("According to Vic Penn, Ann Example said that the council ruined the harbour.", State.SUPPORTED),
    ],
)
def test_who_wrote_it_is_none_of_those_who_are_told_of(words: str, state: State) -> None:
    text = "“The council ruined the harbour by its vote,” Ann Example said. The mayor ruined nothing."
    article = Article("one", "The harbour of Brightsea", text, author="Vic Penn", outlet="The Herald")
    found = cite(words, "Who ruined the harbour?", evidence_of(article), (), {article.id: article})
    assert found.sentences[0].state is state


def test_a_speaker_within_the_words_of_another_is_one_too() -> None:
    quote = "The paper reported that the mayor insisted that the council ruined the harbour."
    words = "The mayor insisted that the council ruined the harbour."
    assert told(words, "Who ruined the harbour?", quote).sentences[0].state is State.SUPPORTED


@pytest.mark.parametrize(
    ("next_ones", "answered"),
    [
        (
            "The council sees it differently. It says that the harbour was lost to the silt.",
            False,
        ),  # who "it" is, is not told
        ("The council disagrees. The council says that the harbour was lost to the silt.", True),
        ("But the council says that the harbour was lost to the silt.", True),
        ("The council says that the harbour was lost to the silt.", False),
        ("But the council says that the market is full.", False),
    ],
)
def test_a_view_is_told_with_the_one_that_its_article_sets_against_it(next_ones: str, answered: bool) -> None:
    text = f"The mayor says that the harbour was lost to the railway. {next_ones}"
    found = told("The harbour was lost to the railway.", "What was the harbour lost to?", text)
    assert len(found.sentences) == 1 + answered


@pytest.mark.parametrize(
    ("quote", "who"),
    [
        ("据新华社7月15日报道，港口已经关闭。", "新华社"),
        ("根据世界银行的报告，全球经济将萎缩。", "世界银行"),
        ("在他看来，这是一场灾难。", "他"),
        ("约翰逊对记者说，港口不会关闭。", "约翰逊"),
        ("联合国警告说，数百万人面临饥荒。", "联合国"),
        ("美国指责中国窃取技术。", "美国"),
        ("分析師認為，股價會下跌。", "分析師"),
        ("伊朗外长在推特上写道：“制裁必须解除。”", "伊朗外长"),
        ("根据协议，港口将关闭。", None),
        ("据报道，港口已经关闭。", None),
        ("这座城市被称为东方巴黎。", None),
        ("这部小说讲述了一个渔民的故事。", None),
        ("他的名字称得上家喻户晓。", None),
    ],
)
def test_who_speaks_in_chinese(quote: str, who: str | None) -> None:
    found = report(quote)
    assert (found and found.who) == who


@pytest.mark.parametrize(
    ("before", "quote"),
    [
        ("赵立坚表示，港口已经关闭。", "他还指出，渡轮不会停航。"),
        ("“我们赢了。”赵立坚说。", "“这很不容易。”"),
        ("赵立坚说：“我们赢了。", "这很不容易。”"),
    ],
)
def test_who_goes_on_in_chinese(before: str, quote: str) -> None:
    found = going_on(before, quote)
    assert found is not None
    assert found.who == "赵立坚"
