"""Where a sentence ends. In the cases `|` marks the ends; the text is the case without them."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.text.sentence import ended, sentences

ENGLISH = [
    # plain
    "The talks ended.| Nobody signed.",
    "Is it over?| Yes!| It is.",
    "What now?!| Nobody knew.",
    "One line without a stop",
    "A first line\nthat goes on in the next.| Then a second.",
    "In 2019.| In 2020 it changed.",
    # titles
    f"The ferry of Vellmar\n|The ferry sailed {'on and ' * 20}on.",
    f"It closed.\n|The ferry of Vellmar\n|2020 was {'a long ' * 20}year.",
    f"He met the owner of\nthe ferry {'of the bay ' * 20}once.",
    f"He met the owner, and\nAnn Example {'of the bay ' * 20}too.",
    f"It closed.| He met the owner of\nAnn Example's ferry {'of the bay ' * 20}once.",
    "By Yang Jin Source: Global Times Published: 2020/7/15 13:03:40",
    "Its intention is simple: The US will boycott it.| These moves are having effects.",
    # abbreviations
    "The U.S. has withdrawn.",
    "They met in the U.S.| The talks failed.",
    "The U.S. Treasury and the U.S. State Department agreed.",
    "The U.S. 7th Fleet sailed.| It came back.",
    "He lives in Washington, D.C.| But he works in the U.K.| There he is known.",
    "The U.S.S.R. ended in 1991.| The E.U. grew.",
    "Sino-U.S. Trade Council members met.",
    "Mr. Xi met Mrs. May and Dr. Kissinger.| Gen. Li spoke.",
    "Mr. He Lifeng and Ms. So were there.",
    "Sen. J. R. Smith voted no.| Rep. Ann B. Jones did not.",
    "George W. Bush spoke first.| J. He and L. Wang replied.",
    "J.-P. Sartre and J.R.R. Tolkien never met.",
    "Plan B.| Russia would then decide.",
    "They fought in World War I.| Germany lost.",
    "After World War II.| The order changed.",
    "See No. 5 on page 7, and Nos. 6 to 8.| It says so.",
    'He said: "No."| Then he left.',
    "The answer was No.| Putin left.",
    "See Fig. 3, Art. 5 and Vol. II of the report.",
    "In Sec. 2 the treaty names both.| In Ch. IV it does not.",
    "On Jan. 5 they met.| On Feb. 6, 2021, they met again.",
    "It ended last Dec.| It will not begin again.",
    "He came on Mon., Jan. 6 to the office.",
    "Yang Jin et al. found no change.| Li et al. (2020) did.",
    "That is what they found, et al.| The others did not.",
    "Big powers, e.g. China and i.e. Russia, agreed vs. Europe.",
    "In Smith v. Jones the court agreed.| It was cf. Roe.",
    "Steel, coal, etc. were hit.| Gas, oil, etc.| Russia paid.",
    "Apple Inc. Chief Executive Tim Cook spoke.| He works at Apple Inc.| The firm agreed.",
    "Goldman Sachs & Co. said so.| Smith Bros. Ltd. did not.",
    "Sammy Davis Jr. sang.| John Smith Sr. did not.",
    "St. Petersburg is north of Moscow.| Mt. Elbrus is not.",
    "Stocks fell on Wall St.| The Fed did nothing.",
    "She has a Ph.D. from Oxford.| He has an M.D. and a B.Sc. degree.",
    "Rep. Lee, R-Ky. and chair, agreed in Lexington, Ky.| They all did.",
    "It started at 5 p.m. Monday and 6 a.m. Moscow time.",
    "It started at 5 p.m.| The minister came at 6 p.m.| Putin did not.",
    "9:47 p.m. — The ships leave the harbour.",
    "He was born ca. 1900 (d. 1960) in approx. 20 miles from here.",
    # numbers, addresses, omissions
    "Growth was 3.5 percent.| It was 1,200.75 yuan before.",
    "Version 2.0 costs $4.99.| 5 people bought it.",
    "See https://example.org/a.b?c=d.| The page is gone.",
    "Write to a.example@example.org.| Or to www.example.org!",
    "He paused... and went on.| Then...| The room was quiet.",
    "Well... I think so.",
    "He wanted . . . Russia to agree.",
    "It “will ... Russia permitting ... hold”.",
    "1. The parties agree.| 2. Russia withdraws.",
    "An iPhone fell.| iPhone sales rose.",
    "Yahoo! said so, and then what? he asked.",
    # quotes and brackets
    "“We will not.”| He left.",
    '"We will not," he said.| "Never."',
    '"No!" he said.| "Will it hold?" Yang asked.',
    "“Will it hold?” Sergei Lavrov said.| “Yes.”",
    '"Is it over?"| The question stands.',
    "the 'comprehensive strategic partnership for a new era.'| At a time of doubt, it held.",
    "Nuclear arms (see the treaty of 2001.) remain.",
    "They left (they had to!) and sat.| (He came.)| They ate.",
    "They founded it (in the U.S.) Monday.",
    "The treaty ended.[3]| The next began.[4][citation needed]| It held.",
    "**It is over.**| *Nobody knew.*",
    "The word . '' he said . ''| It was so .| Then it ended .",
    "“Why?” — that was all.| It was odd.",
    "They went “to the […] Moscow office” [...] Putin said.",
    "The treaty ended.²| The next began.†| It held.12 |The third failed.”3 |He left at 5.30 Moscow time.",
    "(a) Russia leaves.",
    # letters that are no initials
    "AT&T fell, and AT&T.| Verizon rose.| It is 37 °C.| Then they had R&D.| Google paid.",
    "He chose plan B.| He served George V.| His son was Malcolm X.| She read him.",
    "J. He and L. Wang, and J. So et al., wrote it.",
    # capitals, chains, ranks, law
    "MR. SMITH MET DR. JONES.| HE HAS MS.| Doctors said so.",
    "It is on Sat. Dec. 12 and on Thurs., Jan. 7.| On Sat.| December came.",
    "Pfc. Jones, Pvt. Smith and Mmes. Roe and May left.| It cost Rs. 500 and is 6 ft. 2 inches long.",
    "It is cited (7th Cir. 1994) and in 12 F. Supp. 2d.",
    # lost spaces
    "The US has withdrawn.|The talks ended.",
    "Amazon.com and Node.Js are names.",
]

OTHERS = [
    "Am 3. Oktober kam er.| Im 19. Jahrhundert war der 1. FC Vellmar neu.| Am 3. 10. 1990 nicht.",
    "It rose to 12.| October was cold.| It ended on day 3.| Mayors met.",
    "Das ist z. B. Berlin, d. h. 2,5 Mio. Euro nach Abs. 2 Nr. 3.| Gut.",
    "„Wir gehen.“ |Dann ging er.| »Nein!« |Er blieb.| „Kommst du?“, fragte sie.",
    "« Nous partons. » |Il dit : « Oui ! » cria-t-il.| « Vrai ? » dit-elle.| MM. Roe et M. Doe, en 50 av. J.-C.",
    "La Sra. Roe y EE. UU. en el siglo III a. C. lo vieron.| —¿Vienes? —preguntó Ana.",
    "В. В. Путин сказал, т. е. Россия.| Да.",
    "यह सच है।| वह गया।",
    "هل غادر؟| نعم.",
    "「終わった。」と彼は言った。|彼は去った。",
    "他是Dr. Smith。|她走了。",
]

CHINESE = [
    "中俄关系稳定。|美国退出了世卫组织。",
    "他来了！|你是谁？|没有人知道……",
    "第一，合作；|第二，互信。",
    "他说：“我们不会退出……。”|会议随后结束。",
    "“我们反对。”|发言人说完就走了。",
    "“我們贏了。”約翰遜說。|大家鼓掌。",
    "「港口關閉了。」市長強調。|會議結束。",
    "“你是谁？”他问。|没有回答。",
    "“这不行！”王毅说，双方应当对话。",
    "提出“谁是朋友？”的问题。",
    "《谁是最可爱的人？》一书出版了。",
    "他（真的！）来了。|（他没有说话。）|会后他走了。",
    "增长3.5%。|据GDP数据，No.1是中国。",
    "他……不知道。|然后……”|他走了。",
    "OK.然后呢?|没有了.|结束",
    "你好！！|真的吗？！|是的。”|好。",
    "中国外交部发言人汪文斌15日表示，“中方坚决反对”。|他说，“美方应停止”。",
    "俄方说:“行。”，中方也说行。",
    "俄方说“OK!”，中方也说行。",
]

BLOCKS = [
    ("A title without a stop\n\nThe text begins.", ["A title without a stop", "The text begins."]),
    ("# A heading\nIts text.", ["A heading", "Its text."]),
    ("Before.\n## Heading with U.S.\nThe text", ["Before.", "Heading with U.S.", "The text"]),
    ("Title\n=====\nText of it.\n\n---\n\nMore.", ["Title", "Text of it.", "More."]),
    ("- One item\n- another item\n* third\n  goes on", ["One item", "another item", "third\n  goes on"]),
    ("1. First item\n2. Second item.\n3. Third", ["1. First item", "2. Second item.", "3. Third"]),
    ("They agreed:\n1) to stop\n2) to talk", ["They agreed:", "1) to stop", "2) to talk"]),
    ("They agreed:\na) To stop\nb) To talk", ["They agreed:", "a) To stop", "b) To talk"]),
    ("See annex\nb) of the act.", ["See annex\nb) of the act."]),
    ("Prices rose by\n12. March was worse.", ["Prices rose by\n12.", "March was worse."]),
    ("| a | b |\n| c | d |\nAfter.", ["| a | b |", "| c | d |", "After."]),
    ("一、标题\n\n正文。\n\n1．条约有效。", ["一、标题", "正文。", "1．条约有效。"]),
    ("  \n\t\n", []),
    ("- \n***\n#", []),
    ("", []),
]


def cut(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text)]


@pytest.mark.parametrize("case", ENGLISH + OTHERS + CHINESE)
def test_a_sentence_ends_where_a_reader_would_end_it(case: str) -> None:
    assert cut(case.replace("|", "")) == [part.strip() for part in case.split("|")]


@pytest.mark.parametrize(("text", "expected"), BLOCKS)
def test_a_paragraph_a_heading_and_a_list_item_always_end_a_sentence(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@pytest.mark.parametrize(
    "text", "Ja.“ Oui.» Yes.[3] Yes.² over.12 Yes.”[4] 是。』 **Yes.** نعم؟ हाँ। Yes.[citation_needed]".split()
)
def test_marks_of_notes_and_quotes_belong_to_the_end(text: str) -> None:
    assert ended(text)
    assert not ended("Version 2.0")


PIECES = st.sampled_from(
    "The Putin said asked he I A No U.S. p.m. Mr. J. etc. 5 12. 1) 2. ... … . .. ! ? 。 ！ ； …… ． ” “ \" ' ( ) （ "
    "） 》 的 说。 中国 [3] # ## - * • | --- === Plan time Moscow left.The 😀 é : , ，".split()
)
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.one_of(PIECES, st.sampled_from([" ", " ", " ", "\n", "\n\n", "\u00a0"])), max_size=40).map("".join),
)


@given(TEXTS)
def test_spans_are_in_order_apart_and_trimmed(text: str) -> None:
    spans = sentences(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    assert all(text[span.start : span.end].strip() == text[span.start : span.end] for span in spans)


@given(TEXTS)
def test_only_white_space_and_block_marks_lie_outside_the_sentences(text: str) -> None:
    ends = [0, *(place for span in sentences(text) for place in (span.start, span.end)), len(text)]
    outside = " ".join(text[start:end] for start, end in zip(ends[::2], ends[1::2], strict=True))
    assert re.fullmatch(r"(?:\s|#{1,6}|[-*+•◦▪●■►]|[-=*_~]{3,})*", outside)


@given(TEXTS)
@example("5 p.m. Moscow\n\ntime")
def test_a_sentence_by_itself_is_one_sentence(text: str) -> None:
    for sentence in cut(text):
        assert cut(sentence) == [sentence]
