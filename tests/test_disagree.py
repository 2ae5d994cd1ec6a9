"""Articles of different days or outlets that differ are told side by side, the newer first, and only those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from test_cite import evidence_of

from bot.cite import Cited, cite
from bot.disagreement.disagree import apart, dated
from bot.disagreement.revised import rivals
from bot.types import State
from index.types import Article, Kind

OLD = Article(
    "old",
    "The harbour of Brightsea before its closure",
    "Brightsea has 320 fishing boats. The harbour of Brightsea is to close on 4 May 2021. Brightsea is a member of the "
    "Coastal League. Ann Example leads the council of Brightsea. The council promised to buy 12 ferries for Brightsea.",
    outlet="Harbour Gazette",
    published=date(2020, 4, 1),
    kind=Kind.REPORT,
)
NEW = Article(
    "new",
    "Brightsea reverses the closure of its harbour",
    "The town counts no more than 210 fishing boats in Brightsea. Brightsea reversed the closure of its harbour on "
    "20 January 2021. Brightsea is not a member of the Coastal League. Ben Sample leads the council of Brightsea. The "
    "council bought 3 ferries for Brightsea. Eastquay has 95 fishing boats.",
    outlet="Northern Herald",
    published=date(2021, 1, 21),
    kind=Kind.REPORT,
)


def told(words: str, question: str, articles: Sequence[Article] = (OLD, NEW)) -> Cited:
    return cite(words, question, evidence_of(*articles), (), {article.id: article for article in articles})


@pytest.mark.parametrize(
    ("question", "answer", "newer"),
    [
        ("How many fishing boats does Brightsea have?", "Brightsea has 320 fishing boats.", "210 fishing boats"),
        ("When does the harbour of Brightsea close?", "The harbour of Brightsea closes on 4 May 2021.", "reversed"),
        (
            "Is Brightsea a member of the Coastal League?",
            "Yes, Brightsea is a member of the League.",
            "is not a member",
        ),
        ("Who leads the council of Brightsea?", "Ann Example leads the council of Brightsea.", "Ben Sample"),
        ("How many ferries did the council buy?", "The council promised to buy 12 ferries.", "bought 3 ferries"),
    ],
)
def test_what_is_overtaken_or_disputed_is_told_with_the_newer_first(question: str, answer: str, newer: str) -> None:
    found = told(answer, question)
    first, second = found.sentences
    assert first.text.startswith("As of 21 January 2021 (Northern Herald): ")
    assert newer in first.text
    assert second.text == f"As of 1 April 2020 (Harbour Gazette): {answer}"
    assert [each.state for each in found.sentences] == [State.SUPPORTED] * 2
    cited = {citation.mark: citation.article_id for citation in found.citations}
    assert [cited[each.citations[0]] for each in found.sentences] == ["new", "old"]


@pytest.mark.parametrize(("opening", "sides"), [("In April 2020, how", 1), ("As of May 2020, how", 1), ("How", 2)])
def test_a_question_that_begins_with_its_time_is_not_told_what_came_later(opening: str, sides: int) -> None:
    found = told("Brightsea has 320 fishing boats.", f"{opening} many fishing boats does Brightsea have?")
    assert len(found.sentences) == sides
    assert "320" in found.text


def test_of_articles_without_a_day_none_is_told_by_then() -> None:
    undated = replace(OLD, published=None)
    assert told(
        "Brightsea has 320 fishing boats.", "How many boats had Brightsea before last year?", [undated]
    ).sentences


def test_what_was_only_planned_is_overtaken_though_it_is_told_as_done() -> None:
    old = replace(OLD, text="The closure of the harbour of Brightsea is to take effect on 4 May 2021.")
    words = "The closure of the harbour of Brightsea became valid on 4 May 2021."
    found = told(words, "When did the closure of the harbour of Brightsea become valid?", (old, NEW))
    assert "reversed" in found.sentences[0].text


def test_what_is_told_as_done_and_was_only_planned_is_told_in_the_words_of_the_plan() -> None:
    old = replace(OLD, text="The exit of United Brightsea from the League is to take effect on 4 May 2021.")
    found = told(
        "United Brightsea left the League on 4 May 2021.", "When did United Brightsea leave the League?", (old,)
    )
    assert [each.text for each in found.sentences] == [f"As of 1 April 2020 (Harbour Gazette): {old.text}"]
    assert [citation.quote for citation in found.citations] == [old.text]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Did Brightsea leave the League?", "Yes, Brightsea left the League."),
        ("Has Brightsea left the League?", "Brightsea has left the League."),
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        "Brightsea gave notice on 3 March 2020 of leaving the League.",
        "The charter asks for a year's notice before Brightsea can leave the League.",
        "Brightsea never ceased to be a member of the League.",
    ],
)
def test_what_somebody_may_do_or_is_named_beside_proves_nothing_done(question: str, answer: str, text: str) -> None:
    found = told(answer, question, (replace(OLD, text=text),))
    assert all(each.text.endswith(text) or each.state is State.UNSUPPORTED for each in found.sentences), found


def test_what_has_only_the_day_and_the_name_of_a_question_is_no_other_count() -> None:
    old = replace(OLD, text="Brightsea had 320 boats in June 2020.")
    new = replace(NEW, text="Brightsea denied in June 2020 that 40 sailors had drowned.", published=date(2020, 7, 1))
    found = told("Brightsea had 320 boats.", "How many boats did Brightsea have in June 2020?", (old, new))
    assert [each.text for each in found.sentences] == ["Brightsea had 320 boats."]


def test_the_time_of_another_thing_is_no_other_time() -> None:
    aside = "The extended Brightsea Treaty is the last one in force, after the Eastquay Treaty ended in August 2019."
    new = replace(NEW, text="Both towns extended the Brightsea Treaty by five years on 3 February 2021.")
    question = "Until when was the Brightsea Treaty extended?"
    found = told(new.text, question, (replace(OLD, text=aside), new))
    assert [each.text for each in found.sentences] == [new.text]


def test_the_newer_answer_stays_first_and_the_older_follows() -> None:
    found = told("Brightsea has 210 fishing boats.", "How many fishing boats does Brightsea have?")
    assert [each.text for each in found.sentences] == [
        "As of 21 January 2021 (Northern Herald): Brightsea has 210 fishing boats.",
        "As of 1 April 2020 (Harbour Gazette): Brightsea has 320 fishing boats.",
    ]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How many fishing boats does Eastquay have?", "Eastquay has 95 fishing boats."),
        ("How many fishing boats did Brightsea have in April 2020?", "Brightsea has 320 fishing boats."),
        ("What did the council promise to buy?", "The council promised to buy 12 ferries for Brightsea."),
        ("What is Brightsea a member of?", "Brightsea is a member of the Coastal League."),
    ],
)
def test_what_is_not_in_dispute_is_told_without_ceremony(question: str, answer: str) -> None:
    assert told(answer, question).sentences[0].text == answer


@pytest.mark.parametrize(
    "other",
    [
        replace(NEW, outlet=OLD.outlet, published=OLD.published),
        replace(NEW, outlet=None, published=None),
        replace(NEW, text=NEW.text.replace("no more than 210", "320")),
        replace(NEW, text=NEW.text.replace("boats in Brightsea", "boats in Westport")),
    ],
)
def test_one_source_or_one_value_or_another_thing_is_no_dispute(other: Article) -> None:
    found = told("Brightsea has 320 fishing boats.", "How many fishing boats does Brightsea have?", (OLD, other))
    assert found.sentences[0].text == "Brightsea has 320 fishing boats."


def test_each_side_counting_its_own_is_no_dispute() -> None:
    own = replace(OLD, text="Twelve Brightsea sailors drowned in a collision with a Westport ship.")
    theirs = replace(NEW, text="Westport said that four of its sailors drowned in the collision with a Brightsea ship.")
    asked = "How many Brightsea sailors drowned in the collision?"
    assert [each.text for each in told(own.text, asked, (own, theirs)).sentences] == [own.text]


def test_a_sentence_that_says_of_when_it_is_is_not_told_twice() -> None:
    old = replace(OLD, text="As of 1 April 2020, Brightsea has 320 fishing boats.")
    found = told(old.text, "How many fishing boats does Brightsea have?", (old, NEW))
    assert found.sentences[1].text == old.text


def test_a_question_without_a_subject_has_no_other_side() -> None:
    assert told("It is to close on 4 May 2021.", "When is it to close?").sentences[0].text.startswith("It is")


def test_a_day_that_an_article_describes_counts_before_that_of_its_publication() -> None:
    later = replace(OLD, as_of=OLD.day, published=date(2026, 11, 24))
    found = told("Brightsea has 320 fishing boats.", "How many fishing boats does Brightsea have?", (later, NEW))
    assert [each.text[:18] for each in found.sentences] == ["As of 21 January 2", "As of 1 April 2020"]


def test_whose_opinion_it_is_is_told_beside_its_day() -> None:
    piece = replace(NEW, author="Cy Pattern", kind=Kind.OPINION)
    found = told("Brightsea has 320 fishing boats.", "How many fishing boats does Brightsea have?", (OLD, piece))
    assert found.sentences[0].text.startswith("As of 21 January 2021 (Northern Herald): Cy Pattern argues: “The town")


def test_both_sides_in_chinese() -> None:
    old = replace(OLD, text="白沙镇共有320条渔船。", outlet="港口日报")
    new = replace(NEW, text="白沙镇现有渔船210条。", outlet="北方先驱报")
    found = told("白沙镇共有320条渔船。", "白沙镇共有多少条渔船？", (old, new))
    assert found.text.startswith("截至2021年1月21日（北方先驱报）：白沙镇现有渔船210条。")
    assert "截至2020年4月1日（港口日报）：白沙镇共有320条渔船。" in found.text


def test_articles_are_apart_by_day_or_outlet_as_far_as_they_are_known() -> None:
    assert apart(OLD, NEW)
    assert apart(OLD, replace(NEW, outlet=None))
    assert not apart(OLD, replace(NEW, outlet=None, published=None))
    assert not apart(OLD, OLD)
    assert dated(replace(OLD, published=None), "en") == "Harbour Gazette: "
    assert dated(replace(OLD, outlet=None), "zh") == "截至2020年4月1日："


def test_who_somebody_is_is_said_in_many_ways_and_not_disputed() -> None:
    article = replace(OLD, text="Ann Example, a spokeswoman of the council, spoke.")
    later = replace(NEW, text="Council spokesperson Ann Example spoke again.")
    found = told("Ann Example is a spokeswoman of the council.", "Who is Ann Example?", (article, later))
    assert len(found.sentences) == 1


@pytest.mark.parametrize(
    ("words", "question", "newer"),
    [
        (
            "Brightsea's target for 2020 under the phase one deal was to buy at least 12 additional ferries.",
            "What was Brightsea's target for 2020 under the phase one deal?",
            "Ann Example does not mention the phase one deal that Westport and Brightsea signed on 15 January 2020.",
        ),
        (
            "Each town may deploy up to 1,550 buoys under New Pact.",
            "How many buoys may each town deploy under New Pact?",
            "New Pact limits each town to 1,550 deployed buoys, 700 deployed boats, and 800 boats that are not.",
        ),
        (
            "The council said that Brightsea has not withdrawn from New Pact.",
            "Has Brightsea withdrawn from New Pact?",
            "New Pact is to expire on 5 February 2021 unless Westport and Brightsea agree to extend it.",
        ),
    ],
)
def test_what_tells_nothing_of_what_was_asked_overtakes_nothing(words: str, question: str, newer: str) -> None:
    found = told(words, question, (replace(OLD, text=words), replace(NEW, title="The towns", text=newer)))
    assert len(found.sentences) == 1


def sides(question: str, old: str, new: str) -> int:
    """How many sentences are told where an older article has the one sentence and a newer one the other."""
    first, second = (replace(each, text=text, title="The towns") for each, text in ((OLD, old), (NEW, new)))
    return len(told(old, question, (first, second)).sentences)


@pytest.mark.parametrize(
    ("question", "old", "new"),
    [
        # rounder, or left open
        ("How many boats does Brightsea have?", "Brightsea has about 320 boats.", "Brightsea has 318 boats."),
        ("How many boats does Brightsea have?", "Brightsea has nearly 3,200 boats.", "Brightsea has 3,120 boats."),
        ("How many boats does Brightsea have?", "Brightsea has up to 350 boats.", "Brightsea has 320 boats."),
        ("How many boats does Brightsea have?", "Brightsea has 30,000 boats.", "Brightsea has 30,214 boats."),
        ("How many boats does Brightsea have?", "Brightsea has 300 to 400 boats.", "Brightsea has 350 boats."),
        # in another unit or money, a rate and a sum, a difference
        ("How long is the Brightsea pier?", "The Brightsea pier is 2 km long.", "The Brightsea pier is 4 miles long."),
        (
            "How much did Brightsea pay for it?",
            "Brightsea paid $3 million for it.",
            "Brightsea paid €2 million for it.",
        ),
        (
            "How much does Brightsea pay for boats?",
            "Brightsea pays $3 million a year for boats.",
            "Brightsea will pay $16 million for boats over five years.",
        ),
        (
            "What is the price of a Brightsea boat?",
            "The price of a Brightsea boat is $3,800.",
            "The council cut the price of a Brightsea boat by $300.",
        ),
        # of a part
        ("How many boats does Brightsea have?", "Brightsea has 320 boats.", "Brightsea has 40 wooden boats."),
        ("How many boats does Brightsea have?", "Brightsea has 320 boats.", "Brightsea has 40 boats in Norway."),
        ("How many boats does Brightsea have?", "Brightsea has 320 boats.", "The north of Brightsea has 40 boats."),
        ("How many cod did Brightsea land?", "Brightsea landed 320 cod.", "Brightsea landed 40 cod on Saturday."),
        (
            "What is the unemployment rate in Brightsea?",
            "The unemployment rate in Brightsea is 7 percent.",
            "The youth unemployment rate in Brightsea is 19 percent.",
        ),
        # of another time, in a line, of another deed
        ("How many boats does Brightsea have?", "Brightsea has 320 boats.", "Brightsea had 900 boats in 1950."),
        (
            "How much did the first phase of the Brightsea harbour cost?",
            "The first phase of the Brightsea harbour cost $3 million.",
            "The second phase of the Brightsea harbour cost $5 million.",
        ),
        (
            "How many sailors were killed in the Brightsea storm last night?",
            "Four sailors were killed in the Brightsea storm last night.",
            "Sixty sailors were wounded in the Brightsea storm last night.",
        ),
        ("林港火车事故造成多少人死亡？", "林港火车事故造成11人死亡。", "林港火车事故造成94人受伤。"),
        # who: what many do, a lesser one, one who is named in both
        (
            "Who condemned the Brightsea raid?",
            "Norway condemned the Brightsea raid.",
            "China condemned the Brightsea raid.",
        ),
        (
            "Who is the mayor of Brightsea?",
            "Ann Example is the mayor of Brightsea.",
            "Ben Sample is the deputy mayor of Brightsea.",
        ),
        (
            "Who founded Brightsea Boats?",
            "Brightsea Boats was founded by Ann Example and Ben Sample.",
            "Ben Sample, who founded Brightsea Boats, left the company.",
        ),
        (
            "Who runs the Brightsea museum?",
            "Ann Example runs the Brightsea museum.",
            "Ben Sample runs the cafe of the Brightsea museum.",
        ),
        (
            "Who is the director of the Brightsea museum?",
            "Ann Example is the director of the Brightsea museum.",
            "Ben Sample replaced Ann Example as deputy director of the Brightsea museum.",
        ),
        ("When did Ann Example die?", "Ann Example died in 1962.", "The widow of Ann Example died in 1980."),
        # a figure for something else
        (
            "How effective is the Brightsea drug?",
            "The Brightsea drug is 60 percent effective.",
            "The Brightsea drug is effective, and 5 percent of patients had side effects.",
        ),
        # yes or no, of what stands beside it
        (
            "Is the Brightsea museum open?",
            "The Brightsea museum is open.",
            "The shop beside the Brightsea museum has closed.",
        ),
    ],
)
def test_what_may_both_be_so_is_no_dispute(question: str, old: str, new: str) -> None:
    assert sides(question, old, new) == 1


@pytest.mark.parametrize(
    ("question", "old", "new"),
    [
        ("How many boats does Brightsea have?", "Brightsea has about 300 boats.", "Brightsea has 512 boats."),
        ("How many boats does Brightsea have?", "Brightsea has 300 to 400 boats.", "Brightsea has 510 boats."),
        ("How long is the Brightsea pier?", "The Brightsea pier is 2 km long.", "The Brightsea pier is 4 km long."),
        (
            "What is the unemployment rate in Brightsea?",
            "The unemployment rate in Brightsea is 7 percent.",
            "The unemployment rate in Brightsea fell to 5 percent.",
        ),
        (
            "How many people died in the Brightsea storm?",
            "At least 43 people were killed in the Brightsea storm.",
            "The death toll from the Brightsea storm has risen to 117.",
        ),
        (
            "How many people marched in Brightsea?",
            "Organisers said that 900 people marched in Brightsea.",
            "Police said that 350 people marched in Brightsea.",
        ),
        (
            "Is Brightsea a member of the Coastal League?",
            "Brightsea is a member of the Coastal League.",
            "Brightsea is no longer a member of the Coastal League.",
        ),
        ("Is the Brightsea museum open?", "The Brightsea museum is open.", "The Brightsea museum has closed."),
        ("Did Brightsea ban trawlers?", "Brightsea did not ban trawlers.", "Brightsea banned trawlers."),
        ("白沙镇是否禁止拖网渔船？", "白沙镇没有禁止拖网渔船。", "白沙镇禁止拖网渔船。"),
        (
            "Who is the director of the Brightsea museum?",
            "Ann Example is the director of the Brightsea museum.",
            "Ben Sample succeeded Ann Example as director of the Brightsea museum.",
        ),
        (
            "Who won the election in Brightsea?",
            "Ann Example won the election in Brightsea, the commission said.",
            "Ben Sample won the election in Brightsea, according to the observers.",
        ),
        ("白沙镇是海岸联盟成员吗？", "白沙镇是海岸联盟成员。", "白沙镇不再是海岸联盟成员。"),
    ],
)
def test_what_is_told_otherwise_in_other_words_is_told_too(question: str, old: str, new: str) -> None:
    assert sides(question, old, new) == 2


REPAIR = ("What will it cost to repair the Brightsea pier?", "The cost of repairs to the Brightsea pier is £3 million.")
MERGER = ("When will the two harbours become one?", "The two harbours will merge by October.")


@pytest.mark.parametrize(
    ("asked", "newer", "number"),
    [
        (
            REPAIR,
            "The Brightsea pier is shut. The bill, which was put at £3 million in May, has climbed to £8 million.",
            2,
        ),
        (REPAIR, "The Brightsea pier is shut. It will now be £8 million instead of £3 million.", 2),
        (MERGER, "The merger of the harbours will not now happen until 1 April next year.", 2),
        (MERGER, "The harbours merge on 1 April, six months later than planned.", 2),
        # the old figure beside another one that took nothing's place, of another measure, or of another thing
        (REPAIR, "The Brightsea pier is shut. The council spent £3 million on boats and £8 million on roads.", 1),
        (REPAIR, "The Brightsea pier is shut. The bill of £3 million has been raised from 8 towns.", 1),
        (REPAIR, "Eastquay has a museum. The bill, which was put at £3 million in May, has climbed to £8 million.", 1),
        # another thing put off, or nothing said of when
        (MERGER, "The museum of the harbours will not open until 1 April.", 1),
        (MERGER, "The merger of the harbours will not happen until they agree.", 1),
    ],
)
def test_a_newer_sentence_that_names_the_old_value_beside_its_own_is_told_first(
    asked: tuple[str, str], newer: str, number: int
) -> None:
    question, old = asked
    assert sides(question, old, newer) == number


@pytest.mark.parametrize(
    ("question", "newer", "found"),
    [
        ("How many boats does Brightsea have?", "Only 40 nets and 13 boats were seen.", True),
        ("How many boats does Brightsea have?", "Only 40 nets were seen.", None),
        ("How many boats does Brightsea have?", "Only 40 were seen.", False),
        ("How many boats does Brightsea have?", "Only 12 boats were seen.", None),  # the older article has that, too
        ("How many boats does Brightsea have?", "It still has 320 boats.", None),
        ("How many boats did Brightsea originally have?", "Only 40 nets were seen.", None),
        ("How many boats does Westport have?", "Only 40 nets were seen.", None),
        ("Does Brightsea still have 320 boats?", "It has 40 boats and 8 nets.", True),
        ("Does Brightsea still have 320 boats?", "It has 8 nets.", None),
        ("When did Brightsea get 320 boats?", "It got them on 4 May.", None),  # the older one has no day
        ("Who has the boats of Brightsea?", "Only 40 nets were seen.", None),
    ],
)
def test_a_newer_sentence_may_tell_by_now_how_many_or_when(question: str, newer: str, found: bool | None) -> None:
    old = replace(OLD, text="Brightsea has 320 boats. Its fleet had 12 at first.")
    new = replace(NEW, text=newer)
    quote, sentence = evidence_of(old)[:1], evidence_of(new)
    told = rivals(question, quote, (*quote, *sentence), {old.id: old, new.id: new})
    assert [each.same_unit for each in told] == ([] if found is None else [found])
    assert rivals(question, sentence, (*quote, *sentence), {old.id: old, new.id: new}) == []


def test_what_was_only_foreseen_does_not_dispute_what_came() -> None:
    old = replace(OLD, title="The cup", text="Bookmakers expect Port Rovers to win the Brightsea Cup.")
    new = replace(NEW, title="The cup", text="Lions United won the Brightsea Cup.")
    assert len(told(new.text, "Who won the Brightsea Cup?", (old, new)).sentences) == 1


@pytest.mark.parametrize(
    ("question", "old", "new", "told_apart"),
    [
        ("有多少受访者支持该计划？", "20%的受访者支持该计划。", "三成受访者支持该计划。", True),
        ("有多少受访者支持该计划？", "20%的受访者支持该计划。", "两成受访者支持该计划。", False),
        ("該公司去年虧損多少？", "該公司去年虧損3億元。", "該公司去年虧損5億元。", True),
        ("該公司去年虧損多少？", "該公司去年虧損3億元。", "该公司去年亏损三亿元。", False),
        ("工厂是否已经复工？", "工厂已经复工。", "工厂尚未复工。", True),
        ("伊朗是否参加了会议？", "伊朗没有参加会议。", "伊朗未参加会议。", False),
        ("条约何时签署？", "条约于2020年7月5日签署。", "条约于二〇二〇年七月八日签署。", True),
    ],
)
def test_articles_in_chinese_differ_where_their_figures_or_denials_do(
    question: str, old: str, new: str, *, told_apart: bool
) -> None:
    articles = (replace(OLD, text=old, language="zh"), replace(NEW, text=new, language="zh"))
    assert len(told(old, question, articles).sentences) == 1 + told_apart
