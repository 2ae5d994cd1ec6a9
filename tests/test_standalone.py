"""What stands alone, and what needs the conversation."""

from __future__ import annotations

import pytest

from bot.follow_up.standalone import needs_history


@pytest.mark.parametrize(
    ("question", "needs"),
    [
        ("When does it take effect?", True),
        ("What did they say about this?", True),
        ("Is that true?", True),
        ("Who signed that treaty?", True),
        ("When was the treaty signed?", True),
        ("What did Biden say about it?", True),
        ("And China?", True),
        ("What about Romeo and Juliet?", True),
        ("Why?", True),
        ("any awards", True),
        ("How many teams?", True),
        ("它何时生效？", True),
        ("该条约何时生效？", True),
        ("那俄罗斯呢？", True),
        ("联合国安全理事会呢？", True),
        ("为什么？", True),
        ("何时生效？", True),
        ("Is it safe for children?", True),
        ("Is it legal in Germany?", True),
        ("Was it difficult to build?", True),
        ("Is it likely to win in Spain?", True),
        ("What did critics say he would do?", True),
        ("Who won in 2020?", True),
        ("Who else spoke?", True),
        ("Who came third?", True),
        ("Who is the mayor's wife?", True),
        ("Does France?", True),
        ("What about the United Nations Security Council?", True),
        ("&&& <b>??", False),
        ("x", False),
        ("Who leads the World Health Organization?", False),
        ("How many warheads does China have?", False),
        ("What is inflation?", False),
        ("What is the capital of the country that won?", False),
        ("Is it true that China left the WHO?", False),
        ("How long does it take to enrich uranium?", False),
        ("What happened in Gaza this week?", False),
        ("What is herpes and how is it transmitted?", False),
        ("What is China's view of its neighbours?", False),
        ("Guinea pigs are raised for meat. Is that true?", False),
        ("And how many warheads does China have in 2020?", False),
        ("Is it dangerous to look at an eclipse?", False),
        ("Why is it raining so much in Spain?", False),
        ("How likely is it that China will leave the WHO?", False),
        ("Why do doctors say they leave public hospitals?", False),
        ("Why did Zelensky say he needed more weapons?", False),
        ("How can farmers protect their crops from frost?", False),
        ("What happens to those who refuse military service?", False),
        ("Does Belgium have a king?", False),
        ("Who won the World Cup in 1998?", False),
        ("特斯拉为什么召回它的电动车？", False),
        ("美国何时退出世界卫生组织？", False),
        ("谁领导中国？", False),
        ("土耳其为什么反对瑞典加入北约？", False),
        ("特朗普为什么要退出世界卫生组织呢？", False),
        ("今年中国经济增长率是多少？", False),
        ("哪些国家有核武器？", False),
        ("还有哪些国家参加了巴黎气候协定？", False),
    ],
)
def test_a_question_needs_the_history_only_where_it_points_back_or_names_too_little(question: str, needs: bool) -> None:
    assert needs_history(question) is needs
