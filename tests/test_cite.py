"""Every sentence of an answer is matched to exact words, or is said to have none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cite import THRESHOLD, Cited, cite, said, support
from bot.types import Evidence, State
from index.sentence import sentences
from index.types import Article, Kind

REPORT = Article(
    "report",
    "The harbour closes",
    "The harbour of Brightsea closes on 4 May 2020. The council voted for it by 7 to 2. It costs 3.5 million crowns. "
    "Fishing boats may still land at Eastquay. The council did not ask the fishers.",
    outlet="Harbour Gazette",
    published=date(2020, 4, 1),
    kind=Kind.REPORT,
)
OPINION = Article(
    "opinion",
    "A harbour is not a car park",
    "The council has sold the town's memory. Closing the harbour will ruin Brightsea for a generation.",
    author="Ann Example",
    outlet="Harbour Gazette",
    published=datetime(2020, 4, 2, 9, 30),
    kind=Kind.OPINION,
)
ARTICLES = {article.id: article for article in (REPORT, OPINION)}


def evidence_of(*articles: Article) -> list[Evidence]:
    return [
        Evidence(article.id, span.start, span.end, article.text[span.start : span.end])
        for article in articles
        for span in sentences(article.text)
    ]


def cited(words: str, question: str = "What happens to the harbour?", *, strict: bool = False) -> Cited:
    return cite(words, question, evidence_of(*ARTICLES.values()), (), ARTICLES, strict=strict)


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("Bo Sample.", State.SUPPORTED),
        ("Bo Sample won the keeper's prize at the harbour feast in 1951.", State.UNSUPPORTED),
    ],
)
def test_what_is_asked_and_what_is_answered_stand_in_one_quote(words: str, state: State) -> None:
    text = "Bo Sample won the keeper's prize at the harbour feast. Ann Example was in a film about boats in 1951."
    article = Article("feast", "A feast", text)
    question = "Who won the keeper's prize at the harbour feast?"
    found = cite(words, question, evidence_of(article), (), {article.id: article})
    assert found.sentences[0].state is state


@pytest.mark.parametrize(
    ("words", "question", "state"),
    [
        ("Northland signed the treaty in 1987.", "Who signed the treaty?", State.UNSUPPORTED),
        ("Northland signed the treaty in 1987.", "When did Northland sign the treaty?", State.SUPPORTED),
        ("President Ann Example signed the treaty in 1987.", "Who signed the treaty?", State.SUPPORTED),
    ],
)
def test_who_did_something_is_not_told_by_a_country_where_the_quote_has_its_president(
    words: str, question: str, state: State
) -> None:
    text = "Northland President Ann Example signed the treaty in 1987."
    article = Article("treaty", "The treaty", text)
    found = cite(words, question, evidence_of(article), (), {article.id: article})
    assert found.sentences[0].state is state


def test_a_name_that_was_asked_for_has_to_stand_in_a_quote() -> None:
    text = (
        "The firm Allport stopped laying it in December. The agency decided that North Cable 2 may use cable-laying "
        "ships with anchors in Danish waters."
    )
    article = Article("cable", "The cable to Northisle", text)

    def states(words: str) -> list[State]:
        question = "Which ship was laying North Cable 2 in Danish waters?"
        return [each.state for each in cite(words, question, evidence_of(article), (), {"cable": article}).sentences]

    assert states("The ship laying North Cable 2 with anchors in Danish waters was Allport.") == [State.UNSUPPORTED]
    assert states("Allport was laying North Cable 2 in Danish waters.") == [State.UNSUPPORTED]  # may be any word
    assert states("North Cable 2 may use ships with anchors in Danish waters.") == [State.SUPPORTED]


def test_a_deed_that_was_asked_about_and_no_quote_tells_is_told_in_the_articles_own_words() -> None:
    text = "The Huguenot Society of Westport has a church there, which dates to 1844. Ann Example opened its archive."
    article = Article("society", "A church in Westport", text)

    def told(words: str, question: str) -> str:
        return cite(words, question, evidence_of(article), (), {"society": article}).text

    asked = "When was the Huguenot Society of Westport founded?"
    assert told("The Huguenot Society of Westport was founded in 1844.", asked).startswith(text.split(". ")[0])
    assert told("Ann Example opened its archive.", "Who launched its archive?").startswith("Ann Example opened its")
    assert told("Ann Example launched its archive.", "Who launched its archive?").startswith("Ann Example launched")


@pytest.mark.parametrize(
    ("claim", "quote", "carried"),
    [
        ("The harbour closes on 4 May 2020.", "The harbour of Brightsea closes on 4 May 2020.", True),
        ("The harbour closes on 5 May 2020.", "The harbour of Brightsea closes on 4 May 2020.", False),
        ("The vote was 7 to 2.", "The council voted for it by 7 to 2.", True),
        ("The vote was 7 to 3.", "The council voted for it by 7 to 2.", False),
        ("The council asked the fishers.", "The council did not ask the fishers.", False),
        ("The council did not ask the fishers.", "The council did not ask the fishers.", True),
        ("Vellmar did not annex the bay.", "Ann does not mention the annexation of the bay by Vellmar.", False),
        ("Vellmar did not annex the bay.", "Vellmar never annexed the bay.", True),
        ("Ann does not mention the bay.", "Ann does not mention the bay.", True),
        ("Vellmar withdrew from the pact in May.", "Vellmar gave notice in May of leaving the pact.", False),
        ("Ann is the mayor of Vellmar.", "Ann is a candidate for mayor of Vellmar.", False),
        ("Ann was mayor in May.", "Ann, the candidate for mayor, said in May what she would do as mayor.", False),
        ("Mayor Ann spoke of the candidate.", "Mayor Ann spoke of the candidate for mayor.", True),
        ("Russia ordered the port to close.", "The port closed on the orders of the Chinese government.", False),
        ("China ordered the port to close.", "The port closed on the orders of the Chinese government.", True),
        ("The French were outnumbered.", "French ships came, and a fleet outnumbering the British one waited.", True),
        (
            "The French were outnumbered by the British fleet.",
            "French ships escaped the British blockade, and a fleet outnumbering the British one waited.",
            False,
        ),
        (
            "11 members voted in favour.",
            "It was adopted with 100 votes in favour, 11 against and 58 abstentions.",
            False,
        ),
        ("The council voted against it.", "The council adopted it with 100 votes in favour and 11 against.", False),
        ("Vellmar voted against it.", "Vellmar and Westport voted against it.", True),
        ("11 voted against.", "It was adopted with 100 votes in favour, 11 against and 58 abstentions.", True),
        ("Russia voted against it.", "Russia voted against it, which passed by 120 in favour and 12 against.", True),
        ("Russia voted against it.", "It passed by 120 votes in favour and 12 against.", False),
        ("The council voted last Tuesday on the canal.", "The council voted on Tuesday on the canal.", True),
        ("Russia has 675 launchers.", "The United States has 1,457 warheads on 675 launchers.", False),
        ("俄罗斯的弹头部署在675件运载工具上。", "美国有1457枚弹头，部署在675件运载工具上；", False),
        ("俄罗斯的弹头部署在510件运载工具上。", "俄罗斯有1447枚弹头，部署在510件运载工具上。", True),
        ("The harbour of Westport closes.", "The harbour of Brightsea closes on 4 May 2020.", False),
        ("The US left the WHO.", "The United States left the World Health Organization.", True),
        ("The World Health Organization met.", "The WHO met on Monday.", True),
        ("It withdrew its troops.", "The withdrawal of its troops is over.", True),
        ("Most of the pipe was missing in July.", "160 km of the pipe were missing in July, most of it at sea.", False),
        ("Most of the pipe was missing in July.", "In July the bulk of the pipe was missing.", True),
        ("", "The harbour closes.", False),
        ("The harbour closes.", "", False),
    ],
)
def test_a_claim_is_supported_only_by_words_that_say_it(claim: str, quote: str, carried: bool) -> None:
    assert (support(claim, [quote]) >= THRESHOLD) is carried


def test_who_was_invited_came_at_an_invitation() -> None:
    quotes = (
        "Exampler, who is a councillor too, came to Vellmar from 23 to 25 June 2020 at the invitation of Sample.",
        "Defence Minister Ann Exampler attended the Vellmar parade.",
    )
    assert support("Ann Exampler was invited to come to Vellmar by Sample.", quotes) >= THRESHOLD


def test_support_without_any_sentence_is_nothing() -> None:
    assert support("The harbour closes.", []) == 0.0


@given(st.text(), st.lists(st.text(), max_size=4))
def test_support_is_a_share(claim: str, quotes: list[str]) -> None:
    assert 0.0 <= support(claim, quotes) <= 1.0


def test_a_supported_sentence_has_marks_and_the_quotes_are_the_articles_own_words() -> None:
    answer = cited("The harbour closes on 4 May 2020. The vote was 7 to 2.")
    assert answer.text == "The harbour closes on 4 May 2020. [1] The vote was 7 to 2. [2]"
    for citation in answer.citations:
        assert ARTICLES[citation.article_id].text[citation.start : citation.end] == citation.quote
    assert [each.outlet for each in answer.citations] == ["Harbour Gazette", "Harbour Gazette"]


def test_a_sentence_stands_in_the_text_at_its_offsets() -> None:
    answer = cited("The harbour closes on 4 May 2020. Pigs fly over it every day. The vote was 7 to 2.")
    assert [answer.text[each.start : each.end] for each in answer.sentences] == [each.text for each in answer.sentences]


def test_what_nothing_supports_is_marked_with_a_reason_and_has_no_citation() -> None:
    answer = cited("The harbour closes on 4 May 2020. Pigs fly over it every day.")
    assert [each.state for each in answer.sentences] == [State.SUPPORTED, State.UNSUPPORTED]
    assert answer.sentences[1].reason
    assert not answer.sentences[1].citations


def test_strict_leaves_out_what_nothing_supports() -> None:
    answer = cited("The harbour closes on 4 May 2020. Pigs fly over it every day.", strict=True)
    assert [each.text for each in answer.sentences] == ["The harbour closes on 4 May 2020."]


FERRY = Article(
    "ferry",
    "The bay",
    "Eastquay issued a statement that Westport should withdraw its ferry from the bay. "
    "In 1974 a judge settled the quarrel of Westport with the mill. "
    "The exchange of Eastquay opened in 1817. It was set up again in 1991.",
)


@pytest.mark.parametrize(
    ("question", "words", "carried"),
    [
        (
            "When did Eastquay issue a statement that Westport should withdraw its ferry?",
            "Eastquay issued a statement that Westport should withdraw its ferry in 1974.",
            False,
        ),
        (
            "When was the quarrel of Westport with the mill settled?",
            "The quarrel of Westport with the mill was settled in 1974.",
            True,
        ),
        ("When was the exchange of Eastquay set up again?", "The exchange of Eastquay was set up again in 1991.", True),
    ],
)
def test_an_answer_stands_where_what_was_asked_stands(question: str, words: str, carried: bool) -> None:
    found = cite(words, question, evidence_of(FERRY), (), {FERRY.id: FERRY})
    assert (found.proved >= THRESHOLD) is carried


@pytest.mark.parametrize(
    ("question", "words", "state"),
    [
        ("Where did no ferry land?", "Ferries landed at Eastquay.", State.UNSUPPORTED),
        ("What can not be reached by ferry?", "Eastquay can be reached by ferry.", State.UNSUPPORTED),
        ("Which town did the ferries not reach?", "The ferries did not reach Westport.", State.SUPPORTED),
        ("Why did the ferries not reach Westport?", "Ferries did not reach Westport because of ice.", State.SUPPORTED),
        ("Where did ferries land if there was no ice?", "Ferries with red sails landed at Eastquay.", State.SUPPORTED),
    ],
)
def test_what_is_said_is_no_answer_to_what_was_denied(question: str, words: str, state: State) -> None:
    text = (
        "Ferries landed at Eastquay, which can be reached by ferry. The ferries did not reach Westport because of ice."
    )
    article = replace(REPORT, text=text)
    told = cite(words, question, evidence_of(article), (), {article.id: article})
    assert told.sentences[0].state is state


def test_a_name_and_a_span_of_years_are_spelled_as_the_article_does() -> None:
    article = replace(REPORT, text="Škoda Brouček ran the harbour from 1990–98. Others called him Broucek.")
    given = evidence_of(article)
    told = cite(
        "Skoda ran the harbour in 1990-98.", "When did Skoda run the harbour?", given, (), {article.id: article}
    )
    assert told.text == "Škoda ran the harbour in 1990–98. [1]"
    told = cite("Broucek ran the harbour.", "Who ran the harbour?", given, (), {article.id: article})
    assert told.sentences[0].text == "Broucek ran the harbour."  # the article has both


def test_one_quote_has_one_mark() -> None:
    answer = cited("The harbour closes on 4 May 2020. Brightsea closes the harbour.")
    assert [each.citations for each in answer.sentences] == [(1,), (1,)]
    assert len(answer.citations) == 1


def test_a_sentence_may_need_two_quotes() -> None:
    answer = cited("The harbour of Brightsea closes on 4 May 2020 after the council voted by 7 to 2.")
    assert answer.sentences[0].citations == (1, 2)


def test_marks_that_a_model_wrote_are_not_believed() -> None:
    assert cited("The harbour closes on 4 May 2020 [7].").text == "The harbour closes on 4 May 2020. [1]"


def test_what_is_said_twice_is_said_once() -> None:
    assert said("It closes. It stays shut. IT CLOSES.") == ["It closes.", "It stays shut."]


def test_support_is_looked_for_in_the_rest_of_what_was_found() -> None:
    everything = evidence_of(REPORT)
    answer = cite("The vote was 7 to 2.", "Who voted?", everything[:1], everything[1:], ARTICLES)
    assert [each.quote for each in answer.citations] == ["The council voted for it by 7 to 2."]


def test_opinion_alone_is_attributed_in_the_text() -> None:
    answer = cited("Closing the harbour will ruin Brightsea for a generation.")
    assert answer.text.startswith("Ann Example argues (Harbour Gazette, 2 April 2020): “Closing the harbour will ruin")
    assert answer.citations[0].kind is Kind.OPINION


def test_where_an_opinion_stands_is_said_once_and_not_before_it_was_said() -> None:
    twice = cited("The council has sold the memory of the town. Closing the harbour will ruin Brightsea.")
    assert twice.text.count("(Harbour Gazette, 2 April 2020)") == 1
    assert "Ann Example also argues" in twice.text
    fact = "The harbour of Brightsea closes on 4 May 2020. "
    after = cited(fact + "The council has sold the memory of the town.")
    assert after.sentences[0].text == fact.strip()
    assert after.sentences[1].text.startswith("Ann Example argues (Harbour Gazette, 2 April 2020) that the council")


def test_a_sentence_that_a_report_carries_in_part_is_still_an_opinion() -> None:
    mixed = cited("Closing the harbour will ruin Brightsea for a generation, and the council voted for it.")
    assert {citation.kind for citation in mixed.citations} == {Kind.REPORT, Kind.OPINION}
    assert mixed.text.startswith("Ann Example argues (Harbour Gazette, 2 April 2020) that closing")


@pytest.mark.parametrize(
    ("question", "words", "quote"),
    [
        (
            "Does the harbour of Brightsea close on 4 May 2020?",
            "Yes.",
            "The harbour of Brightsea closes on 4 May 2020.",
        ),
        ("Does the harbour of Brightsea close on 5 May 2020?", "No.", "The harbour of Brightsea closes on 4 May 2020."),
        ("Did the council ask the fishers?", "No.", "The council did not ask the fishers."),
        ("How did the council vote?", "7 to 2.", "The council voted for it by 7 to 2."),
        ("Where may boats still land?", "Eastquay.", "Fishing boats may still land at Eastquay."),
        ("Does the harbour of Brightsea close on 5 May 2020?", "Yes.", None),
        ("Did the council ask the fishers?", "Yes.", None),
        ("Does the harbour of Brightsea close on 4 May 2020?", "No.", None),
        ("How did the council vote?", "7 to 3.", None),
        ("Where may boats still land?", "Westport.", None),
    ],
)
def test_a_short_answer_claims_what_was_asked(question: str, words: str, quote: str | None) -> None:
    answer = cited(words, question)
    assert [each.quote for each in answer.citations] == ([quote] if quote else [])


def test_the_rest_of_an_article_is_read_where_no_passage_has_it() -> None:
    answer = cite("The vote was 7 to 2.", "Who voted?", evidence_of(REPORT)[:1], (), ARTICLES)
    assert [each.quote for each in answer.citations] == ["The council voted for it by 7 to 2."]


def test_what_a_report_says_as_well_is_nobodys_opinion() -> None:
    copy = replace(OPINION, id="copy", text=REPORT.text)
    articles = {article.id: article for article in (copy, REPORT)}
    answer = cite("The vote was 7 to 2.", "Who voted?", evidence_of(copy, REPORT), (), articles)
    assert answer.text == "The vote was 7 to 2. [1]"
    assert answer.citations[0].kind is Kind.REPORT


def test_a_list_is_read_item_by_item_and_its_heading_with_the_first() -> None:
    answer = cited("What is known:\n\n1. The harbour closes on 4 May 2020.\n2. The vote was 7 to 2.")
    assert [each.text for each in answer.sentences] == [
        "What is known: The harbour closes on 4 May 2020.",
        "The vote was 7 to 2.",
    ]


def test_another_article_is_not_cited_for_what_the_first_quote_carries() -> None:
    other = replace(
        REPORT, id="other", outlet="Tide", text="The harbour of Brightsea closes on 4 May 2020, says the port."
    )
    articles = {article.id: article for article in (REPORT, other)}
    answer = cite("The harbour closes on 4 May 2020.", "When?", evidence_of(REPORT, other), (), articles)
    assert len(answer.citations) == 1


@pytest.mark.parametrize(
    "quote",
    [
        "The mayor says that the harbour of Brightsea is closed.",
        "A report called the harbour of Brightsea closed.",
        "The mayor believes that the harbour of Brightsea may be closed.",
    ],
)
@pytest.mark.parametrize("yes", ["Yes, the harbour of Brightsea is closed.", "The harbour of Brightsea is closed."])
def test_a_yes_that_no_quote_says_in_its_own_voice_is_told_in_the_words_of_the_quote(yes: str, quote: str) -> None:
    article = Article("one", "The harbour of Brightsea", quote)
    found = cite(yes, "Is the harbour of Brightsea closed?", evidence_of(article), (), {article.id: article})
    assert [each.text for each in found.sentences] == [quote]


@pytest.mark.parametrize("yes", ["Yes.", "Yes, the harbour of Brightsea is closed."])
def test_a_yes_that_a_quote_says_plainly_stays(yes: str) -> None:
    article = Article("one", "The harbour", "The harbour of Brightsea is closed since May.")
    found = cite(yes, "Is the harbour of Brightsea closed?", evidence_of(article), (), {article.id: article})
    assert [each.text for each in found.sentences] == [yes]


@pytest.mark.parametrize(
    ("quote", "claim", "state"),
    [
        ("Three boats sank off Brightsea.", "Three boats sank on 1 April 2020.", State.UNSUPPORTED),
        ("Three boats sank off Brightsea on Wednesday.", "Three boats sank on 1 April 2020.", State.SUPPORTED),
        ("Three boats sank off Brightsea on 30 March.", "Three boats sank on 30 March 2020.", State.SUPPORTED),
        ("Brightsea has three boats.", "As of 1 April 2020, Brightsea has three boats.", State.SUPPORTED),
    ],
)
def test_the_day_of_an_article_is_not_the_day_of_what_it_tells(quote: str, claim: str, state: State) -> None:
    article = replace(REPORT, text=quote)
    found = cite(claim, "What happened at Brightsea?", evidence_of(article), (), {article.id: article})
    assert [each.state for each in found.sentences] == [state]


@pytest.mark.parametrize(
    "words",
    ["According to the excerpts, the harbour closes.", "Based on the text provided, the harbour closes."],
)
def test_a_model_does_not_speak_of_its_excerpts(words: str) -> None:
    assert said(words) == ["The harbour closes."]


def test_two_articles_with_a_name_each_do_not_say_what_the_two_have_to_do() -> None:
    town = Article("town", "New Brightsea", "New Brightsea, located in the county of Norland, seemed to be great.")
    other = Article("other", "Settlers", "Some settlers landed in present-day Westport County.")
    articles = {article.id: article for article in (town, other)}
    question = "What present day county is New Brightsea in?"
    found = cite("New Brightsea is in Westport County.", question, evidence_of(town, other), (), articles)
    assert [each.state for each in found.sentences] == [State.UNSUPPORTED]


def test_two_articles_about_the_same_carry_what_is_said_of_both() -> None:
    low = Article("low", "One estimate", "The Institute estimates that Brightsea has 320 boats.")
    high = Article("high", "Another estimate", "The Pentagon puts the boats of Brightsea at 200.")
    articles = {article.id: article for article in (low, high)}
    words = "The Institute estimates that Brightsea has 320 boats, and the Pentagon puts them at 200."
    found = cite(words, "How many boats does Brightsea have?", evidence_of(low, high), (), articles)
    assert found.sentences[0].state is State.SUPPORTED
    assert len(found.citations) == 2


def test_one_statement_is_not_put_together_of_two_articles() -> None:
    outside = "Closed matters are outside the legislative competence of the Vellmar council."
    areas = "The Vellmar council may decide in all areas that are not expressly left to the county."
    articles = {each.id: each for each in (Article("one", "Matters", outside), Article("two", "Areas", areas))}
    words = (
        "The legislative competence of the Vellmar council is in all areas that are not expressly left to the county."
    )
    found = cite(words, "What is its competence?", evidence_of(*articles.values()), (), articles)
    assert len({each.article_id for each in found.citations}) <= 1


@pytest.mark.parametrize(
    ("quote", "state"),
    [
        ("On 29 June 2020 the town banned 59 boats with western owners.", State.UNSUPPORTED),
        ("On 29 June 2020 the town banned 59 boats for their western owners.", State.SUPPORTED),
    ],
)
def test_a_reason_rests_on_a_quote_that_gives_one(quote: str, state: State) -> None:
    article = Article("boats", "Boats", quote)
    words = "The town banned 59 boats due to their western owners."
    found = cite(words, "Why did the town ban boats?", evidence_of(article), (), {article.id: article})
    assert found.sentences[0].state is state


@pytest.mark.parametrize(
    ("words", "quote", "state"),
    [
        ("The town closed the inn as part of a response to the order.", "The order closed the inn.", State.UNSUPPORTED),
        (
            "The town closed the inn in response to the order.",
            "To retaliate, the town closed the inn after the order.",
            State.SUPPORTED,
        ),
        (
            "They fought because they were on the border.",
            "It is the first border that they fought on since 1975.",
            State.UNSUPPORTED,
        ),
        ("小镇关闭港口是因为渔民批准了决议。", "渔民批准了决议，同时为小镇关闭了港口。", State.UNSUPPORTED),
        ("小镇关闭港口是因为渔民批准了决议。", "因渔民批准了决议，小镇关闭了港口。", State.SUPPORTED),
    ],
)
def test_what_something_answers_rests_on_a_quote_that_says_so(words: str, quote: str, state: State) -> None:
    article = Article("inn", "The inn and the order", quote)
    found = cite(words, "Why did the town close it?", evidence_of(article), (), {article.id: article})
    assert found.sentences[0].state is state


def test_each_name_of_a_list_has_a_quote_that_tells_it() -> None:
    text = (
        "The mayors of Belmont, Kelland, Moldon, Serbeck, Tadwick and Uzbury were among the guests of the Vellmar "
        "Harbour Fair. Westport Harbour Master Ann Example attended the Vellmar Harbour Fair. Eastquay Harbour Master "
        "Ben Sample also attended the fair, and Eastquay sent a band of 75 from its guilds, schools and isles."
    )
    article = Article("fair", "The Vellmar fair", text)
    words = (
        "Several guests attended the Harbour Fair, including Mayor Cara Specimen, Westport Harbour Master Ann Example, "
        "Eastquay Harbour Master Ben Sample, and guests from Belmont, Kelland, Moldon, Serbeck, Tadwick, and Uzbury."
    )
    found = cite(words, "Who attended the Harbour Fair?", evidence_of(article), (), {article.id: article})
    assert len(found.citations) == 3


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("Yes, Chinese soldiers were killed in the Galwan valley clash.", State.UNSUPPORTED),
        ("Yes, Indian soldiers were killed in the Galwan valley clash.", State.SUPPORTED),
    ],
)
def test_what_is_told_of_one_people_is_no_proof_of_another(words: str, state: State) -> None:
    text = "Twenty Indian soldiers were killed in a clash with Chinese troops in the Galwan valley on 15 June 2020."
    article = Article("galwan", "The clash in the Galwan valley", text)
    found = cite(words, "Were any soldiers killed in Galwan?", evidence_of(article), (), {article.id: article})
    assert found.sentences[0].state is state


def test_what_is_asked_of_now_is_told_with_its_day() -> None:
    article = Article("pact", "The pact", "The Bay Pact is in force until May 2026.", published=date(2021, 2, 3))
    words = "The Bay Pact is in force until May 2026."
    since = "As of 3 February 2021: "
    for question, lead in (
        ("Is the Bay Pact still in force?", since),
        ("Is the Bay Pact already in force?", since),
        ("Is it in force?", ""),
    ):
        found = cite(words, question, evidence_of(article), (), {article.id: article})
        assert [each.text for each in found.sentences] == [lead + words]


def test_what_is_asked_of_now_is_not_overtaken_by_news_of_something_else() -> None:
    vote = "Voting on changes to the Northland constitution opened on 25 June 2020, and is to end on 1 July 2020."
    left = (
        "The Northland Foreign Ministry announced on 15 January 2021 that Northland was starting to leave the Bay Pact."
    )
    articles = {
        "vote": Article("vote", "A vote in Northland", vote, as_of=date(2020, 6, 25)),
        "pact": Article("pact", "Northland leaves the Bay Pact", left, as_of=date(2021, 12, 18)),
    }
    found = cite(
        *("No, the Northland vote on the constitution is not over.", "Is the Northland vote on it already over?"),
        *([each for article in articles.values() for each in evidence_of(article)], (), articles),
    )
    assert "Bay Pact" not in found.text


def test_that_something_is_part_of_something_is_said_by_a_quote() -> None:
    article = Article("bay", "Vellmar", "The law set up an office of the Northland council in Vellmar.")
    found = cite(
        *("Yes, Vellmar is part of Northland.", "Is Vellmar part of Northland?"),
        *(evidence_of(article), (), {article.id: article}),
    )
    assert found.sentences[0].text != "Yes, Vellmar is part of Northland."


WITH_REASON = (
    "On 29 June 2020 the town banned 59 boats. The town gave the safety of swimmers as the reason for the ban."
)


@pytest.mark.parametrize(
    ("question", "text", "reason"),
    [
        ("Why did the town ban boats?", WITH_REASON, "The town gave the safety of swimmers as the reason for the ban."),
        ("When did the town ban boats?", WITH_REASON, None),
        ("Why did the town ban boats?", "On 29 June 2020 the town banned 59 boats. It was a sunny day.", None),
        (
            "Why did the town ban boats?",
            "On 29 June 2020 the town banned 59 boats. The mayor gave his age as the reason for his retirement.",
            None,
        ),
        (
            "Why did the town ban boats?",
            "The town banned 59 boats on 29 June 2020, citing the safety of swimmers.",
            None,
        ),
        (
            "Why did the town ban boats?",
            "On 29 June 2020 the town banned 59 boats. It did so because swimmers had been hurt by them.",
            "It did so because swimmers had been hurt by them.",
        ),
        (
            "Why did the town close the harbour to boats?",
            "On 29 June 2020 the town banned 59 boats. That day it closed the harbour to boats. The mayor said that "
            "the closure was meant to protect swimmers.",
            "The mayor said that the closure was meant to protect swimmers.",
        ),
        (
            "Why did the town close the harbour to boats?",
            "On 29 June 2020 the town banned 59 boats. That day it closed the harbour to boats. The mayor said that "
            "her garden was meant to feed bees.",
            None,
        ),
        (
            "Why did the town ban boats?",
            "The town banned 59 boats on 29 June 2020.\n\n## The reasons the town gave\n\nSwimmers wanted the bay "
            "to themselves. The mayor was glad.",
            "Swimmers wanted the bay to themselves.",
        ),
        (
            "Why did the town ban boats?",
            "The town banned 59 boats on 29 June 2020.\n\n## The reasons the mayor gave up\n\nSwimmers wanted the "
            "bay to themselves.",
            None,
        ),
        (
            "Why did the town bar Exampler?",
            "On 29 June 2020 the town barred boats of Exampler. The council gave swimmers as the reason for the ban.",
            "The council gave swimmers as the reason for the ban.",
        ),
        (
            "Why did the town bar Exampler?",
            "On 29 June 2020 the town barred boats of Exampler. The council gave swimmers as the reason for the fair.",
            None,
        ),
        ("When did the mayor explain why the town banned boats?", WITH_REASON, None),
        (
            "What was the reason that the town gave for the ban of boats?",
            WITH_REASON,
            "The town gave the safety of swimmers as the reason for the ban.",
        ),
    ],
)
def test_a_reason_that_was_asked_for_is_told_where_the_article_states_it_nearby(
    question: str, text: str, reason: str | None
) -> None:
    article = Article("boats", "Boats", text)
    articles = {article.id: article}
    words = "The town banned 59 boats on 29 June 2020." if "59" in text else "On 29 June 2020 the town barred Exampler."
    found = cite(words, question, evidence_of(article), (), articles)
    assert [each.text for each in found.sentences[1:]] == ([reason] if reason else [])


def test_the_reason_of_something_else_that_has_the_names_of_the_question_is_not_told() -> None:
    text = "Eastquay left the North Harbour Pact in May. Talks on the North Harbour Pact paused due to a storm."
    article = Article("pact", "The pact", text)
    question = "Why did Eastquay leave the North Harbour Pact?"
    left = "Eastquay left the North Harbour Pact in May."
    found = cite(left, question, evidence_of(article), (), {article.id: article})
    assert [each.text for each in found.sentences] == [left]


@pytest.mark.parametrize(
    ("words", "question", "also"),
    [
        ("Eastquay left it in May 2021.", "Who left the Bay Pact first, Eastquay or North Vellmar?", True),
        ("Eastquay left it in May 2021.", "When did Eastquay leave the Bay Pact?", False),
        ("Eastquay left it in May 2021.", "Who left the Bay Pact first, Eastquay or Westport?", False),
        (
            "North Vellmar left it before Eastquay did.",
            "Who left the Bay Pact first, Eastquay or North Vellmar?",
            False,
        ),
        (
            "Eastquay left it in May 2021.",
            "What is the difference between Eastquay and North Vellmar in leaving the Bay Pact?",
            True,
        ),
    ],
)
def test_of_two_that_are_compared_both_are_told(words: str, question: str, *, also: bool) -> None:
    other = "North Vellmar had left the Bay Pact in November 2020."
    text = f"Eastquay left the Bay Pact in May 2021. {other} North Vellmar left it before Eastquay did."
    article = Article("pact", "The Bay Pact", text)
    found = cite(words, question, evidence_of(article), (), {article.id: article})
    assert [each.text for each in found.sentences[1:]] == ([other] if also else [])


@pytest.mark.parametrize(
    ("quote", "state"),
    [
        ("Eastquay has one of the largest harbours of the north.", State.UNSUPPORTED),
        ("Eastquay has the largest harbour.", State.SUPPORTED),
    ],
)
def test_what_is_ranked_rests_on_a_quote_that_ranks_it(quote: str, state: State) -> None:
    article = Article("harbours", "Harbours", quote)
    found = cite(
        *("Eastquay has the largest harbour.", "Which town has the largest harbour?"),
        *(evidence_of(article), (), {article.id: article}),
    )
    assert found.sentences[0].state is state


@pytest.mark.parametrize(
    ("words", "question", "state"),
    [
        ("Eastquay has more boats, with 150.", "Who has more boats, Westport or Eastquay?", State.UNSUPPORTED),
        ("Eastquay has 150 boats.", "Who has more boats, Westport or Eastquay?", State.SUPPORTED),
        ("Eastquay closed first in May.", "Which harbour closed first?", State.UNSUPPORTED),
        ("Westport closed first, three days earlier.", "Which harbour closed first?", State.SUPPORTED),
    ],
)
def test_who_is_before_another_rests_on_a_quote_that_says_it_of_one_of_them(
    words: str, question: str, state: State
) -> None:
    text = (
        "Westport has 160 boats, Eastquay 150. The 320 boats of Vellmar are the largest fleet. Eastquay closed in May. "
        "Westport had closed three days earlier."
    )
    article = Article("harbours", "Harbours", text)
    found = cite(words, question, evidence_of(article), (), {article.id: article})
    assert found.sentences[0].state is state


def test_what_a_semicolon_parts_has_the_day_of_what_stands_before_it() -> None:
    text = "截至2020年9月1日，美国有1457枚弹头，部署在675件运载工具上；俄罗斯有1447枚弹头，部署在510件运载工具上。"
    article = Article("warheads", "核弹头", text)
    question = "2020年9月，俄罗斯的弹头部署在多少件运载工具上？"

    def state(words: str) -> State:
        return cite(words, question, evidence_of(article), (), {article.id: article}).sentences[0].state

    assert state("2020年9月，俄罗斯的弹头部署在510件运载工具上。") is State.SUPPORTED
    assert state("2020年8月，俄罗斯的弹头部署在510件运载工具上。") is State.UNSUPPORTED


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            "Yes, the council allowed 59 boats in May.",
            "The council allowed 59 boats in May, since it refused to ban 59 boats.",
        ),
        ("Yes, the council banned 12 rafts in June.", "Yes, the council banned 12 rafts in June."),
        ("Yes, the council barred 12 rafts in June.", "Yes, the council barred 12 rafts in June."),
        ("Yes, the council refused to ban 59 boats.", "The council refused to ban 59 boats."),
        ("Yes, the council barred them from the quay in June.", "Yes, the council barred them from the quay in June."),
        ("Yes, in May the council allowed 59.", "In May the council allowed 59."),
        (
            "Yes, the quay had 12 rafts in June.",
            "The council banned 12 rafts in June, and barred them from the quay.",
        ),
    ],
)
def test_a_yes_is_not_said_before_what_does_not_say_it(words: str, told: str) -> None:
    text = (
        "The council allowed 59 boats in May, since it refused to ban 59 boats. "
        "The council banned 12 rafts in June, and barred them from the quay."
    )
    article = Article("boats", "Boats", text)
    found = cite(words, "Did the council ban anything?", evidence_of(article), (), {article.id: article})
    assert found.sentences[0].text == told


@pytest.mark.parametrize(
    ("question", "words", "quote"),
    [
        (
            "Did the boats lose their licence completely?",
            "The boats may carry no passengers.",
            "The boats may carry no passengers, and had a limited but not abolished licence.",
        ),
        (
            "Did the Netters make the final in 2008?",
            "The Eastquay Netters made the final in 2008.",
            "2008 season of the Eastquay Netters, second place, final did not qualify",
        ),
    ],
)
def test_whether_it_is_so_is_told_in_the_words_that_tell_it(question: str, words: str, quote: str) -> None:
    article = Article("one", "Boats", f"{quote} The harbour is old.")
    assert cite(words, question, evidence_of(article), (), {article.id: article}).sentences[0].text.startswith(quote)


def test_a_yes_has_no_proof_in_what_was_only_promised() -> None:
    article = Article("boats", "Boats", "Westport promised in the deal of May to buy at least 200 boats.")
    question = "Did Westport buy what it promised?"
    found = cite("Yes, Westport bought what it promised.", question, evidence_of(article), (), {article.id: article})
    assert "Yes" not in found.text


def test_whether_it_was_done_is_told_by_what_was_done_and_not_by_the_plan() -> None:
    promised = "Westport promised in the deal of May to buy at least 200 boats."
    plan = Article("plan", "Boats", promised, published=date(2020, 5, 1))
    bought = "Westport bought only 20 boats of those it had promised to buy."
    done = Article("done", "Boats", bought, published=date(2022, 5, 1))
    articles = {each.id: each for each in (plan, done)}
    question = "Did Westport buy what it promised?"
    found = cite("Yes, Westport bought what it promised.", question, evidence_of(plan, done), (), articles)
    assert [each.text for each in found.sentences] == [done.text]


def test_a_yes_is_not_told_in_the_words_of_a_quote_that_has_only_its_names() -> None:
    article = Article("rna", "RNA", "The yards of Eastquay were quick to harness RNA as a tool.")
    found = cite("Yes, RNA has been proven.", "Has RNA been proven?", evidence_of(article), (), {article.id: article})
    assert found.sentences[0].state is State.UNSUPPORTED


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("Ann Example lived in Westport from 1739 to 1778.", State.UNSUPPORTED),
        ("Ann Example lived in Westport until 1739.", State.SUPPORTED),
        ("Ann Example died in 1778.", State.SUPPORTED),
    ],
)
def test_a_year_that_ends_something_is_no_proof_that_it_began_then(words: str, state: State) -> None:
    text = "Ann Example (1694-1778) lived in Westport until 1739. Ann Example died in Eastquay in 1778."
    article = Article("ann", "Ann Example", text)
    found = cite(words, "When did Ann Example live?", evidence_of(article), (), {"ann": article})
    assert [each.state for each in found.sentences] == [state]


def test_a_figure_that_was_asked_about_stands_where_the_answer_stands() -> None:
    text = "The 2004 treaty of Westport never came into force. Instead, the Eastquay treaty was enacted."
    article = Article("treaty", "Treaties", text)
    question = "What treaty was enacted in 2004?"
    found = cite("The Eastquay treaty was enacted in 2004.", question, evidence_of(article), (), {"treaty": article})
    assert [each.state for each in found.sentences] == [State.UNSUPPORTED]
    own = cite("The Eastquay treaty was enacted.", question, evidence_of(article), (), {"treaty": article})
    assert [each.state for each in own.sentences] == [State.SUPPORTED]


@pytest.mark.parametrize(
    "again", ["A ", "Aa ", "Aa Bb 7 ", "22-year-old Ann ", "Most of the Pipe ", "On 4 May 2020, 7 ", "not ", "不是"]
)
def test_a_sentence_of_a_length_that_nobody_writes_is_read_to_its_end(again: str) -> None:
    text = again * (20_000 // len(again))
    article = Article("long", "Long", text)
    words = "Most of the Pipe was not laid by the 22-year-old Ann in Vellmar, 7 km on 4 May 2020."
    evidence = (Evidence("long", 0, len(text), text),)
    assert cite(words, "Who laid most of it?", evidence, (), {"long": article}).sentences
