"""Articles from files: the facts that pages print, the page's furniture, encodings, front matter, failures."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from index.byline import PageFacts, facts, joined, language, when
from index.byline.furniture import furniture
from index.byline.printed import dateline, stated
from index.errors import SourceMissing, Unreadable
from index.load import raw, read
from index.load.decode import decode
from index.types import Article, Failure, Kind, Source
from tests import documents

PAGES = Path(__file__).parent / "pages"
SAVED = sorted((Path(__file__).parents[2] / "shared" / "seeds").glob("*.txt"))


def items(*sources: Path | str) -> list[Article | Failure]:
    """What is read, without the ends of the sources."""
    return [each for each in read(sources) if isinstance(each, Article | Failure)]


def only(*sources: Path | str) -> Article:
    (found,) = items(*sources)
    assert isinstance(found, Article), found
    return found


def failure(*sources: Path | str) -> Failure:
    (found,) = items(*sources)
    assert isinstance(found, Failure), found
    return found


# --- What a page prints about itself -----------------------------------------------------------------------------

DATES = [
    ("2020/7/15 13:03:40", datetime(2020, 7, 15, 13, 3, 40)),
    ("2020-07-15", date(2020, 7, 15)),
    ("2020.7.15", date(2020, 7, 15)),
    ("2020年7月15日", date(2020, 7, 15)),
    ("2020年7月15日 13:03", datetime(2020, 7, 15, 13, 3)),
    ("2020年7月15日13时03分", datetime(2020, 7, 15, 13, 3)),
    ("2020年7月15日下午3:05", datetime(2020, 7, 15, 15, 5)),
    ("July 15, 2020", date(2020, 7, 15)),
    ("Wednesday, July 15th, 2020", date(2020, 7, 15)),
    ("15 July 2020", date(2020, 7, 15)),
    ("15-Jul-2020", date(2020, 7, 15)),
    ("15. Juli 2020", date(2020, 7, 15)),
    ("15 июля 2020 г.", date(2020, 7, 15)),
    ("le 15 juillet 2020", date(2020, 7, 15)),
    ("Sept. 3, 2020 12 p.m.", datetime(2020, 9, 3, 12)),
    ("12:30 am, 3rd September 2020", datetime(2020, 9, 3, 0, 30)),
    # a zone with one meaning is kept; one with several leaves the clock as it stands
    ("15 July 2020 13:03 GMT", datetime(2020, 7, 15, 13, 3, tzinfo=UTC)),
    ("2020-07-15T13:03:40Z", datetime(2020, 7, 15, 13, 3, 40, tzinfo=UTC)),
    ("2020-07-15T13:03:40+08:00", datetime(2020, 7, 15, 13, 3, 40, tzinfo=timezone(timedelta(hours=8)))),
    ("July 15, 2020 at 1:03 p.m. EDT", datetime(2020, 7, 15, 13, 3, tzinfo=timezone(timedelta(hours=-4)))),
    ("1714 GMT (0114 HKT) July 15, 2020", datetime(2020, 7, 15, 17, 14, tzinfo=UTC)),
    ("1:03 PM ET, Wed July 15, 2020", datetime(2020, 7, 15, 13, 3)),
    ("Wed 15 Jul 2020 06.00 BST", datetime(2020, 7, 15, 6)),
    # numbers: only what reads one way
    ("15/07/2020 10:30", datetime(2020, 7, 15, 10, 30)),
    ("07/15/2020", date(2020, 7, 15)),
    ("15.07.2020", date(2020, 7, 15)),
    ("5/5/2020", date(2020, 5, 5)),
    ("7/8/2020", None),
    ("07.08.2020", None),
    ("2020/31/12", None),
    ("30/02/2020", None),
    ("2020-07-15 25:00", None),
    # no day in full, or more than a date
    ("July 2020", None),
    ("July 15", None),
    ("15/7/20", None),
    ("2 hours ago", None),
    ("today", None),
    ("in 2019, the book of July 15", None),
    ("2020/7/15 to 2020/7/20", None),
    ("Smith 3 Apples 2020", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "expected"), DATES)
def test_a_date_is_read_when_it_reads_one_way_only(text: str, expected: datetime | date | None) -> None:
    found = when(text)
    assert (found, type(found)) == (expected, type(expected))


def test_one_clear_date_of_a_page_tells_the_order_of_the_others() -> None:
    assert when("7/8/2020", "dmy") == date(2020, 8, 7)
    page = "A title for it\n\nPublished: 07/08/2020\nUpdated: 15/08/2020\n\nShort text."
    assert facts(page).published == date(2020, 8, 7)
    assert facts(page.replace("15/08/2020", "08/08/2020")).published is None


OPINION, NOON = Kind.OPINION, datetime(2020, 7, 15, 12, tzinfo=UTC)
STATED = [
    (
        "By Yang Jin Source: Global Times Published: 2020/7/15 13:03:40",
        PageFacts(author="Yang Jin", outlet="Global Times", published=datetime(2020, 7, 15, 13, 3, 40)),
    ),
    ("By A. Example and B. Sample, Reuters", PageFacts(author="A. Example and B. Sample", outlet="Reuters")),
    ("By A. Example, B. Sample and C. Model", PageFacts(author="A. Example, B. Sample and C. Model")),
    ("By A. Example, Senior Staff Writer", PageFacts(author="A. Example")),
    ("By A. Example in Vienna", PageFacts(author="A. Example")),
    ("By A. Example for Harbour Gazette", PageFacts(author="A. Example", outlet="Harbour Gazette")),
    ("BY A. EXAMPLE", PageFacts(author="A. EXAMPLE")),
    ("By Ursula von der Example", PageFacts(author="Ursula von der Example")),
    ("By Reuters", PageFacts(outlet="Reuters")),
    ("By Staff Reporter", PageFacts()),
    ("By The Editorial Board", PageFacts(author="The Editorial Board", kind=Kind.EDITORIAL)),
    ("By A. Example July 15, 2020", PageFacts(author="A. Example", published=date(2020, 7, 15))),
    ("Published on 15 July 2020 by A. Example", PageFacts(author="A. Example", published=date(2020, 7, 15))),
    ("Published by Reuters on July 15, 2020", PageFacts(outlet="Reuters", published=date(2020, 7, 15))),
    (
        "By A. Example | July 15, 2020 | Updated July 15, 2020 at 12 p.m. GMT",
        PageFacts(author="A. Example", published=date(2020, 7, 15), modified=NOON),
    ),
    ("Reporting by A. Example; Editing by B. Sample", PageFacts(author="A. Example")),
    ("Last modified on Wed 15 Jul 2020 13.03 BST", PageFacts(modified=datetime(2020, 7, 15, 13, 3))),
    ("First published on Fri 3 Jul 2020 05.00 BST", PageFacts(published=datetime(2020, 7, 3, 5))),
    ("Updated 2 hours ago", PageFacts()),
    ("Published: 07/08/2020", PageFacts()),
    ("Wednesday, July 15, 2020 - 13:03", PageFacts(published=datetime(2020, 7, 15, 13, 3))),
    ("5 min read | July 15, 2020", PageFacts(published=date(2020, 7, 15))),
    ("Posted in: VIEWPOINT", PageFacts(kind=OPINION)),
    ("Posted in: WORLD", PageFacts()),
    ("OPINION", PageFacts(kind=OPINION)),
    (
        "Opinion | Harbour Gazette | July 15, 2020",
        PageFacts(outlet="Harbour Gazette", published=date(2020, 7, 15), kind=OPINION),
    ),
    ("News analysis", PageFacts(kind=Kind.ANALYSIS)),
    ("Press release", PageFacts(kind=Kind.RELEASE)),
    ("Interview", PageFacts(kind=Kind.INTERVIEW)),
    (
        "作者：杨进 来源：环球时报 发布时间：2020年7月15日",
        PageFacts(author="杨进", outlet="环球时报", published=date(2020, 7, 15)),
    ),
    ("来源：环球时报作者：杨进、李明", PageFacts(author="杨进、李明", outlet="环球时报")),
    ("2020年7月15日 13:03 来源：新华网", PageFacts(outlet="新华网", published=datetime(2020, 7, 15, 13, 3))),
    ("社论", PageFacts(kind=Kind.EDITORIAL)),
    ("Harbour Gazette", None),
    ("Yang Jin", None),
]


@pytest.mark.parametrize(("line", "expected"), STATED)
def test_a_line_of_facts_is_understood_as_a_whole(line: str, expected: PageFacts | None) -> None:
    assert stated(line) == expected


@pytest.mark.parametrize(
    ("paragraph", "outlet", "published"),
    [
        ("BERLIN, July 3 (Reuters) - The port closed.", "Reuters", None),
        ("BEIJING, July 15, 2020 (Xinhua) -- The port opened.", "Xinhua", date(2020, 7, 15)),
        ("MOSCOW (AP) — The port closed.", "AP", None),
        ("新华社北京7月15日电 港口开放。", "新华社", None),
        ("The U.S. (and Canada) - they closed the port.", None, None),
    ],
)
def test_a_dateline_names_the_agency(paragraph: str, outlet: str | None, published: date | None) -> None:
    assert dateline(paragraph) == PageFacts(outlet=outlet, published=published)


PROSE = [
    "Share prices fell on Monday.",
    "Share buybacks rose.",
    "Photography was banned at the site, officials said.",
    "Subscribe to this view and the treaty is dead, the ambassador wrote.",
    "Copyright law was changed in 2019.",
    "Copyright is a right of authors, and all of them reserved it in 1886.",
    "Advertisement spending fell 5 percent.",
    "Advertising rules were tightened.",
    "Comments by the minister were not well received.",
    "Comment was free in those days.",
    "Cookies were served at the summit.",
    "We use the word cookies for both, the harbour master said.",
    "Related parties must disclose their holdings.",
    "Read more broadly, the treaty binds both sides.",
    "Illustration of this trend is easy to find.",
    "Published accounts differ.",
    "Updated figures show a fall.",
    "By 2025, the port will have two more cranes.",
    "By Monday the talks had stalled.",
    "By all accounts it was a cold winter.",
    "By Friday evening the Harbour Board and the Union had agreed.",
    "Image counts for more than substance in this race.",
    "The author is an associate research fellow at the Institute of Ports.",
    "Most popular among voters is the tax cut.",
    "Posted in Berlin since 2019, the ambassador left on Friday.",
    "Published in 2019, the book sold well.",
    "Print media lost readers.",
    "Search teams found nothing.",
    "Video of the scene shows two ships.",
    "Video games were sold out.",
    "Photo opportunities were few.",
    "More from the port was expected, she said.",
    "More in the north than in the south voted for it.",
    "See also the minister's letter of 3 July, which says the opposite.",
    "Sign up rates doubled after the strike.",
    "Sign language was used at the briefing.",
    "Register offices were closed for a week.",
    "Donate blood, the hospital asked.",
    "Help came late.",
    "Back in Vienna, the talks went on.",
    "Join the army, the poster said.",
    "Trending now is a word that nobody used in 1990.",
    "Support our troops, the banner read.",
    "Source close to the talks said that they had failed.",
    "Tags were found on the containers.",
    "Topics such as arms control were left out.",
    "Opinion is divided on the port.",
    "Editors met on Friday.",
    "Listen to the workers, the union said.",
    "Follow the money, he told the court.",
    "Home is where the ships are.",
    "X marks the place.",
    "Line 5 was closed.",
    "The minister spoke to Reuters.",
    "He was quoted by AFP.",
    "The agreement was signed in the presence of Xinhua.",
    "To continue reading the treaty as he does would be a mistake, she said.",
    "This content of the treaty was never published, he said.",
    "You have two choices, he said.",
    "What do you think? He asked them all.",
    "Two-thirds of the crews stayed.",
    "10 comments were struck from the record.",
    "3 shares of the company were sold.",
    "Caption writers were on strike.",
    "File photo archives were lost in the fire.",
    "Scroll down the list of treaties and you will find it.",
    "The newspaper said all rights were reserved for its owner.",
    "We ate cookies.",
    "责任在于美方。",
    "来源不明的资金流入港口。",
    "图片显示两艘船在港口。",
    "评论认为，此举无助于稳定。",
    "分享经验是会议的目的。",
    "中国日报社记者采访了他。",
]


@pytest.mark.parametrize("line", PROSE)
def test_prose_that_begins_like_furniture_stays(line: str) -> None:
    assert not furniture(line)
    assert stated(line) is None


# fmt: off
FURNITURE = [
    "Illustration: Liu Rui/GT",
    "Photo: A. Example/Harbour Gazette",
    "Photo by A. Example",
    "Photo credit: A. Example",
    "File photo of the harbour",
    "FILE PHOTO: Ships lie at anchor in the harbour, July 3, 2020. REUTERS/A. Example",
    "Ships lie at anchor on Friday. Photo: A. Example/HG",
    "Ships lie at anchor on Friday. (AP Photo/A. Example)",
    "Ships lie at anchor on Friday. (A. Example/Getty Images)",
    "A. Example/Getty Images",
    "Image credit: Harbour Board",
    "图：新华社",
    "（资料图）",
    "图片来源：视觉中国",
    "Share",
    "Share this article",
    "Share on Facebook",
    "Facebook Twitter Email Print",
    "Share | Tweet | Email",
    "Follow us on Twitter",
    "Follow @harbourgazette",
    "12 comments",
    "1.2k Shares",
    "Copy link",
    "Link copied",
    "Sign up for our newsletter",
    "Sign up for the Morning Tide and get the day's harbour news in your inbox",
    "Subscribe",
    "Subscribe now",
    "Enter your email address",
    "The day's harbour news in your inbox, every weekday.",
    "Already a subscriber? Log in",
    "Advertisement",
    "ADVERTISEMENT",
    "Story continues below advertisement",
    "Sponsored content",
    "© 2020 Harbour Gazette. All rights reserved.",
    "Copyright 2020 The Harbour Gazette. All rights reserved. This material may not be redistributed.",
    "This material may not be published, broadcast, rewritten or redistributed without permission.",
    "版权所有 未经书面授权不得转载",
    "We use cookies to give you the best experience on our site. By continuing you agree.",
    "This site uses cookies.",
    "By using this site you accept our use of cookies.",
    "Accept all cookies",
    "Privacy policy | Terms of use",
    "blog comments powered by Disqus",
    "Please enable JavaScript to view the comments powered by Disqus.",
    "Comments are closed.",
    "View the discussion thread.",
    "Leave a comment",
    "Join the conversation",
    "Read more: Port strike enters third week",
    "Read more",
    "Read more »",
    "Continue reading",
    "RELATED: Port strike enters third week",
    "Related articles",
    "Most read",
    "You may also like",
    "More from Harbour Gazette",
    "Home > News > Opinion",
    "Home | News | Contact us",
    "Skip to main content",
    "5 min read",
    "Tags: port, strike",
    "责任编辑：李明",
    "Back to top",
    "相关阅读",
    "Listen to this article",
    "Print this page",
    "Email this story to a friend",
    "See also: The strike explained",
    "Watch: How the strike began",
]
# fmt: on


@pytest.mark.parametrize("line", FURNITURE)
def test_the_furniture_of_a_page_is_known_by_its_line(line: str) -> None:
    assert furniture(line)


# --- Whole pages -------------------------------------------------------------------------------------------------


def test_a_messy_page_gives_its_facts_and_its_text_and_nothing_else() -> None:
    page = (PAGES / "messy.txt").read_text(encoding="utf-8")
    found = facts(page)
    assert found.title == "The port needs pilots more than it needs promises"
    assert (found.author, found.outlet) == ("A. Example and B. Sample", "Harbour Gazette")
    assert found.published == datetime(2026, 7, 14, 17, 20, tzinfo=UTC)
    assert found.modified == datetime(2026, 7, 15, 9, 5, tzinfo=UTC)
    assert (found.kind, found.language) == (Kind.OPINION, "en")
    assert found.text.split("\n\n") == [
        "A strike that nobody wanted shows what a harbour runs on",
        *(line for line in page.splitlines() if line.startswith(("Share prices", "The pilots"))),
        "What the company offers",
        *(line for line in page.splitlines() if line.startswith(("By Friday", "Nine", "There is", "Updated fig"))),
        "A. Example and B. Sample write about ports and the people in them. The author of the chart is C. Model.",
        "The views expressed in this article are the authors' own.",
    ]


def test_a_chinese_page_gives_its_facts_and_its_text_and_nothing_else() -> None:
    found = facts((PAGES / "report.txt").read_text(encoding="utf-8"))
    assert found.title == "港口罢工进入第三周 双方将重启谈判"
    assert (found.author, found.outlet) == ("甲示例、乙样本", "海港日报")
    assert (found.published, found.kind, found.language) == (datetime(2026, 7, 14, 17, 20), None, "zh")
    assert [paragraph[:6] for paragraph in found.text.split("\n\n")] == ["海港日报7月", "协会负责人说", "公司发言人说"]


@pytest.mark.skipif(not SAVED, reason="needs the saved pages of ../shared/seeds, which are not part of the project")
def test_a_real_saved_page_gives_its_facts_and_its_text_and_nothing_else() -> None:
    found = only(SAVED[0])
    assert found.title == "China-Russia ties cornerstone of global strategic stability"
    assert (found.author, found.outlet) == ("Yang Jin", "Global Times")
    assert found.published == datetime(2020, 7, 15, 13, 3, 40)
    assert (found.kind, found.language) == (Kind.OPINION, "en")
    assert found.text.startswith("The relationship among major powers in 2020 is of great concern.")
    assert "global strategic stability.\n\nThe author is an associate research fellow" in found.text
    assert found.text.endswith("Chinese Academy of Social Sciences.")
    assert len(found.text.split("\n\n")) == 14


TITLES = [
    ("A title of words\n\nThe text.", "A title of words", "The text."),
    ("Will it hold?\n\nThe text.", "Will it hold?", "The text."),
    ("They left the U.S.\n\nThe text.", "They left the U.S.", "The text."),
    ("Not a title.\n\nThe text.", None, "Not a title.\n\nThe text."),
    ("Not a title,\n\nbut a letter.", None, "Not a title,\n\nbut a letter."),
    ("A line\nand another.", None, "A line\n\nand another."),
    ("Only a line", None, "Only a line"),
    ("A title of words\nBy A. Example\nThe text.", "A title of words", "The text."),
    ("Opinion | A title of words\n\nThe text.", "A title of words", "The text."),
    ("A title of words - Harbour Gazette\n\nA title of words\n\nThe text.", "A title of words", "The text."),
    ("World\n\nA title of words\n\nThe text.", "A title of words", "The text."),
    ("Harbour Gazette\n\nA title of words\n\nThe text.", "A title of words", "The text."),
    ("Share\n\nTweet", None, ""),
]


@pytest.mark.parametrize(("page", "title", "text"), TITLES)
def test_the_title_is_the_first_line_that_reads_as_one(page: str, title: str | None, text: str) -> None:
    found = facts(page)
    assert (found.title, found.text) == (title, text)


BODY = "The ships lay at anchor outside the mole, and no pilot came to bring them in."
KINDS = [
    (f"A title of words\n\n{BODY}", None),
    (f"OPINION\n\nA title of words\n\n{BODY}", OPINION),
    (f"Comment\n\nA title of words\n\n{BODY}", OPINION),
    (f"A title of words\n\nShare\nComment\n\n{BODY}", None),
    (f"Home > World > Opinion\n\nA title of words\n\n{BODY}", OPINION),
    (f"Analysis: A title of words\n\n{BODY}", Kind.ANALYSIS),
    (f"Editorial | A title of words\n\n{BODY}", Kind.EDITORIAL),
    (f"FOR IMMEDIATE RELEASE\n\nA title of words\n\n{BODY}", Kind.RELEASE),
    (f"A title of words\n\n{BODY}\n\nThe author is a fellow at the Institute of Ports.", None),
    (
        f"A title of words\n\n{BODY}\n\nThe author is a fellow at the Institute of Ports.\n\nPosted in: VIEWPOINT",
        OPINION,
    ),
    (f"A title of words\n\n{BODY}\n\nThe opinions here are those of the author.", OPINION),
    (f"A title of words\n\n{BODY}\n\n文章仅代表作者个人观点。", OPINION),
]


@pytest.mark.parametrize(("page", "kind"), KINDS)
def test_the_kind_is_what_the_page_says_it_is(page: str, kind: Kind | None) -> None:
    assert facts(page).kind == kind


def test_what_stands_below_the_article_speaks_for_others() -> None:
    page = f"A title of words\n\n{BODY}\n\nRelated articles\nBy B. Other\nA second title\n\nJuly 3, 2019"
    assert facts(page) == PageFacts(title="A title of words", text=BODY, language="en")


def test_a_date_alone_below_the_article_is_not_when_it_was_published() -> None:
    page = f"A title of words\n\n{BODY}\n\n{BODY}\n\n{BODY}\n\nJuly 15, 2020"
    assert facts(page).published is None
    assert facts(page.replace("July", "Published: July")).published == date(2020, 7, 15)


def test_the_date_above_a_title_is_the_articles_unless_it_is_the_days() -> None:
    assert facts(f"July 15, 2020\n\nA title of words\n\n{BODY}").published == date(2020, 7, 15)
    assert facts(f"Friday, July 17, 2020\n\nA title of words\n\n{BODY}").published is None
    page = f"July 17, 2020\n\nA title of words\n\nPublished: July 15, 2020\n\n{BODY}"
    assert facts(page).published == date(2020, 7, 15)


def test_the_outlet_may_be_named_by_the_notice_of_rights_only() -> None:
    assert (
        facts(f"A title of words\n\n{BODY}\n\n© 2020 Harbour Gazette. All rights reserved.").outlet == "Harbour Gazette"
    )


def test_wrapped_lines_are_joined_and_short_ones_are_not() -> None:
    page = (
        "A title of words\n\nThe ships lay at anchor outside the mole, and no\npilot came to bring them in. "
        "The company had no\nanswer to that, and the town had none for the\ncompany either. So they waited.\n"
        "Share\n\nThe end came.\n"
    )
    assert facts(page).text == (
        "The ships lay at anchor outside the mole, and no pilot came to bring them in. "
        "The company had no answer to that, and the town had none for the company either. So they waited."
        "\n\nThe end came."
    )


def test_a_label_may_stand_on_a_line_of_its_own() -> None:
    found = facts(f"A title of words\n\nBy\nA. Example\nPublished\n15 July 2020\n\n{BODY}")
    assert (found.author, found.published, found.text) == ("A. Example", date(2020, 7, 15), BODY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BODY + " It was the third week of the strike.", "en"),
        ("引航员协会表示，罢工已进入第三周。", "zh"),
        ("Die Schiffe lagen vor der Mole, und kein Lotse kam, um sie in den Hafen zu bringen.", "de"),
        ("De schepen lagen voor de pier en er kwam geen loods om ze binnen te brengen, was het nieuws.", "nl"),
        ("Les navires étaient à l'ancre devant le môle, et aucun pilote n'est venu les faire entrer.", "fr"),
        ("船は港の外に停泊していて、水先人は来なかった。", "ja"),
        ("OK then", None),
        ("| 1 | 2 |\n| 3 | 4 |", None),
        ("", None),
    ],
)
def test_the_language_is_told_where_there_is_no_doubt(text: str, expected: str | None) -> None:
    assert language(text) == expected


def test_names_are_joined_as_a_byline_joins_them() -> None:
    assert [joined(names) for names in (["A"], ["A", "B"], ["A", "B", "C"], ["杨进", "李明"])] == [
        *("A", "A and B", "A, B and C", "杨进、李明"),
    ]


# --- Files and folders -------------------------------------------------------------------------------------------


def test_a_missing_source_is_an_error_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Text.")
    for missing in (tmp_path / "none", "", tmp_path / "a.txt" / "b"):
        with pytest.raises(SourceMissing, match="no file or folder"):
            read([tmp_path / "a.txt", missing])


def test_a_folder_is_read_with_its_folders_in_order_and_each_file_once(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "sub/c.TXT", "sub/.hidden.txt", ".git/d.txt", "e.png", "~$f.docx", "sub/f.markdown"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"The text of {name}.")
    read_ = items(tmp_path / "b.txt", tmp_path, str(tmp_path / "sub"))
    found = [each.id for each in read_ if isinstance(each, Article)]
    names = ("b.txt", "a.md", "sub/c.TXT", "sub/f.markdown")
    assert found == [str((tmp_path / name).resolve()) for name in names]
    assert len(read_) == len(found)


def test_a_folder_without_articles_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG")
    assert (
        failure(tmp_path).reason == "The folder holds no file that can be read. "
        "Put .txt, .md, .html, .pdf, .docx, .pptx, .xlsx, .epub or .jsonl files there."
    )


FAILURES = {
    "empty.txt": (b"", "empty"),
    "blank.txt": (b" \n\t\n", "empty"),
    "mark.txt": (b"\xef\xbb\xbf", "empty"),
    "binary.txt": (b"GIF89a\0\0", "binary"),
    "binary.md": (b"\x89PNG\r\n\0", "binary"),
    "cut.txt": ("港口罢工".encode()[:-1], "damaged: byte 9"),
    "odd.txt": (b"\xff\xfea", "damaged"),
    "cut16.txt": ("The port – opened.".encode("utf-16")[:-1], "damaged: byte 34"),
    "noise.txt": (bytes(range(129, 256)) * 3, "encoding"),
    "page.png": (b"\x89PNG", "Save it as .txt, .md, .html, .pdf,"),
    "none": (b"Text.", "Save it as .txt, .md, .html, .pdf,"),
    "pdf.txt": (b"%PDF-1.7\nText", "binary"),
    "word.txt": (b"{\\rtf1 Text}", "binary"),
    "furniture.txt": (b"Share\n\nTweet\n\nAdvertisement\n", "no article"),
    "bare.md": (b"---\ntitle: A\n---\n\n", "no text"),
    "title.md": (b"# Only a title\n", "no text"),
    "open.md": (b"---\ntitle: A\n\nText.\n", "has no end"),
    "yaml.md": (b"---\ntitle: [A\n---\nText.\n", "not valid YAML in line"),
    "tag.md": (b"---\ntitle: !!python/object/apply:os.getcwd []\n---\nText.\n", "not valid YAML in line 2"),
    "deep.md": (b"---\ntitle: " + b"[" * 20_000 + b"\n---\nText.\n", "not valid YAML"),
    "kind.md": (b"---\nkind: rant\n---\nText.\n", "`kind` has to be one of report, analysis, opinion"),
    "date.md": (b"---\npublished: 7/8/2020\n---\nText.\n", "`published` is no day that reads one way only"),
    "day.md": (b"---\ndate: 2020-13-45\n---\nText.\n", "`date` is no day"),
    "as_of.md": (b"---\nas_of: soon\n---\nText.\n", "`as_of` is no day"),
    "author.md": (b"---\nauthor: {first: A}\n---\nText.\n", "`author` has to be"),
    "authors.md": (b"---\nauthor: [A, [B]]\n---\nText.\n", "`author` has to be a name or a list of names"),
    "title2.md": (b"---\ntitle: [A]\n---\nText.\n", "`title` has to be"),
    "language.md": (b"---\nlanguage: English\n---\nText.\n", "`language` has to be a code of two letters"),
    "url.md": (b"---\nurl: example\n---\nText.\n", "`url` has to be a web address"),
    "sources.md": (b"---\nsources:\n  - issuer: A\n---\nText.\n", "`sources.0.title` is missing"),
    "sources2.md": (b"---\nsources: A\n---\nText.\n", "`sources` has to be"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_file_without_an_article_is_a_failure_that_says_why_and_the_others_go_on(tmp_path: Path, name: str) -> None:
    data, reason = FAILURES[name]
    bad, good = tmp_path / name, tmp_path / "good.txt"
    bad.write_bytes(data)
    good.write_text("The text.")
    found, article = items(bad, good)
    assert isinstance(found, Failure)
    assert found.source == str(bad)
    assert reason in found.reason
    assert found.reason.endswith(".")
    assert isinstance(article, Article)


def test_a_file_that_the_system_will_not_read_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "memory.txt").symlink_to("/proc/self/mem")
    assert "It cannot be read" in failure(tmp_path).reason


@pytest.mark.parametrize("named", ["link.txt", "linked/empty.txt"])
def test_what_fails_is_named_by_the_link_that_was_given(tmp_path: Path, named: str) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "empty.txt").touch()
    (tmp_path / "link.txt").symlink_to("real/empty.txt")
    (tmp_path / "linked").symlink_to("real")
    assert failure(tmp_path / named).source == str(tmp_path / named)
    root = tmp_path / named.partition("/")[0]
    assert failure(root).source == str(tmp_path / named)


def test_what_fails_beside_a_link_keeps_its_name(tmp_path: Path) -> None:
    for name in ("news", "news2"):
        (tmp_path / name).mkdir()
    (tmp_path / "news" / "a.txt").write_text("The text.")
    (tmp_path / "news2" / "empty.txt").touch()
    (tmp_path / "latest").symlink_to("news")
    _, found = items(tmp_path / "latest", tmp_path / "news2")
    assert isinstance(found, Failure)
    assert found.source == str(tmp_path / "news2" / "empty.txt")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert "not a file that has an end" in failure(tmp_path / "pipe.txt").reason


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "large.txt").open("wb") as large:
        large.truncate(raw.LARGEST + 1)
    assert "more than 200 MB" in failure(tmp_path / "large.txt").reason


ENCODED = [
    ("It cost £5 – “too much”, said Mr. Müller.", "utf-8"),
    ("It cost £5 – “too much”, said Mr. Müller.", "utf-8-sig"),
    ("It cost £5 – “too much”, said Mr. Müller.", "utf-16"),
    ("It cost £5 – “too much”, said Mr. Müller.", "utf-32"),
    ("It cost £5 – “too much”, said Mr. Müller.", "cp1252"),
    ("美国和俄罗斯2021年2月3日完成《新削减战略武器条约》的延期手续，条约有效期延长五年。", "gb18030"),
    ("美國和俄羅斯2021年2月3日完成《新削減戰略武器條約》的延期手續，條約有效期延長五年。", "big5"),
    ("Россия и Китай углубляют стратегическое сотрудничество в новую эпоху.", "cp1251"),
]


@pytest.mark.parametrize(("text", "encoding"), ENCODED)
def test_a_text_reads_the_same_in_any_encoding(tmp_path: Path, text: str, encoding: str) -> None:
    (tmp_path / "a.txt").write_bytes(text.encode(encoding))
    assert only(tmp_path / "a.txt").text == text


PAGE = f"<html><head><meta charset=cp1251><title>Порт</title></head><body><p>{'Порт закрыт, и суда стоят. ' * 20}</p>"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
def test_a_page_with_a_few_nuls_is_no_binary_file(tmp_path: Path, encoding: str) -> None:
    data = PAGE.encode(encoding)
    (tmp_path / "a.html").write_bytes(data[:120] + b"\0" + data[120:150] + b"\0\0" + data[150:])
    assert only(tmp_path / "a.html").text == ("Порт закрыт, и суда стоят. " * 20).strip()


def test_bytes_that_are_no_text_are_none_in_any_declared_charset() -> None:
    noise = bytes(number * 7 % 256 or 1 for number in range(20_000)) + b"\0"
    for charset in ("koi8-r", "iso-8859-5", "ibm866", "macintosh"):
        with pytest.raises(Unreadable, match="binary"):
            decode("a", noise, charset)
    with pytest.raises(Unreadable, match="damaged"):
        decode("a", "The port – opened.".encode("utf-16")[:-1], "windows-1252")


def test_line_ends_accents_and_what_cannot_be_seen_are_made_one(tmp_path: Path) -> None:
    written = "\ufeffA title of words\r\n\r\nThe cafe\u0301 re\u00adopened\u00a0today.\rThe end\u200b.\u2028"
    (tmp_path / "a.txt").write_bytes(written.encode())
    found = only(tmp_path / "a.txt")
    assert (found.title, found.text) == ("A title of words", "The caf\u00e9 reopened today.\n\nThe end.")


def test_a_text_without_a_title_is_named_after_its_file(tmp_path: Path) -> None:
    path = tmp_path / "2020-07-15-open_skies.txt"
    path.write_text("The treaty ended.\n")
    found = only(path)
    assert found == Article(str(path.resolve()), "2020-07-15 open skies", "The treaty ended.")


# --- Markdown ----------------------------------------------------------------------------------------------------

FRONT = """---
id: port-strike
title: "The port strike"
url: https://example.org/port
author: [A. Example, B. Sample, C. Model]
outlet: Harbour Gazette
published: 2026-07-14 17:20:00
modified: 2026-07-15T09:05:00Z
as_of: 2026-07-13
kind: Report
language: en-GB
unknown: is let be
sources:
  - issuer: Port company
    title: Figures for June
    date: 2026-06
  - {issuer: Council, title: Minutes}
---

The text.
"""


def markdown(tmp_path: Path, text: str) -> Article:
    (tmp_path / "a-b.md").write_text(text, encoding="utf-8")
    return only(tmp_path / "a-b.md")


def test_all_of_the_front_matter_is_read(tmp_path: Path) -> None:
    assert markdown(tmp_path, FRONT) == Article(
        "port-strike",
        "The port strike",
        "The text.",
        url="https://example.org/port",
        author="A. Example, B. Sample and C. Model",
        outlet="Harbour Gazette",
        published=datetime(2026, 7, 14, 17, 20),
        modified=datetime(2026, 7, 15, 9, 5, tzinfo=UTC),
        as_of=date(2026, 7, 13),
        kind=Kind.REPORT,
        language="en",
        sources=(Source("Port company", "Figures for June", "2026-06"), Source("Council", "Minutes")),
    )


def test_source_and_date_are_other_names_for_outlet_and_published(tmp_path: Path) -> None:
    found = markdown(tmp_path, "---\nsource: Harbour Gazette\ndate: July 14, 2026\n---\nText.")
    assert (found.outlet, found.published) == ("Harbour Gazette", date(2026, 7, 14))


def test_a_plain_value_is_text_as_it_is_written(tmp_path: Path) -> None:
    found = markdown(tmp_path, "---\ntitle: 1984\nid: 2020-07-15\nlanguage: no\nauthor: ~\noutlet:\n---\nText.")
    assert (found.title, found.id, found.language, found.author, found.outlet) == (
        "1984",
        "2020-07-15",
        "no",
        None,
        None,
    )


def test_the_identity_is_the_id_then_the_address_then_the_path(tmp_path: Path) -> None:
    assert markdown(tmp_path, FRONT.replace("id: port-strike\n", "")).id == "https://example.org/port"
    assert markdown(tmp_path, "Text.").id == str((tmp_path / "a-b.md").resolve())


MARKDOWN = [
    ("# The title\n\nText.", "The title", "Text."),
    ("The title\n=========\n\nText.", "The title", "Text."),
    ("Text.", "a b", "Text."),
    ("---\ntitle: The title\n---\n# the title\n\nText.", "The title", "Text."),
    ("---\ntitle: The title\n---\n# Another\n\nText.", "The title", "# Another\n\nText."),
    ("Text.\n\n## A heading\nMore *of* **it**, `so`.", "a b", "Text.\n\n## A heading\n\nMore of it, so."),
    (
        "A [link](https://a.org 'x'), ![seen](a.png)<b>bold</b> [ref][1].\n\n[1]: https://a.org",
        "a b",
        "A link, bold ref.",
    ),
    ("One.<!-- not\nseen --> Two.\n\n<!-- nor this -->\n\n<div>Three</div>", "a b", "One. Two.\n\nThree"),
    ("One.\n\n<script>\nx\n</script>\n\n<style>y</style>", "a b", "One."),
    ("A wrapped\nline and<br>\na hard  \nbreak \\* &amp; more", "a b", "A wrapped line and a hard\nbreak * & more"),
    ("One.\n\n![seen](a.png)\n\n[![seen](a.png)](https://a.org)\n\nTwo.", "a b", "One.\n\nTwo."),
    ("引航员\n协会", "a b", "引航员协会"),
    ("- one\n- two\n  - in it\n\n3. three\n4. four", "a b", "- one\n- two\n  - in it\n\n3. three\n4. four"),
    ("> Quoted\n> words.\n\n---\n\n    code", "a b", "Quoted words.\n\ncode"),
    ("| a | b |\n|---|---|\n| 1 | *2* |", "a b", "| a | b |\n| 1 | 2 |"),
    ("---\n\nText between rules.\n\n---\n\nMore.", "a b", "Text between rules.\n\nMore."),
    ("# Headers { #headers }\n\n## Own one {: .new }\n\nText.", "Headers", "## Own one\n\nText."),
    ("![a](a.png){ width=50% }\nA [link](a){ target=_blank } and *so*{.red}.", "a b", "A link and so."),
    ("A block.\n{: .note title='A B' }\n\n- one { .first }\n- two", "a b", "A block.\n\n- one\n- two"),
    ("The first state {x=1}\n\n- set {PATH=/usr/bin}", "a b", "The first state {x=1}\n\n- set {PATH=/usr/bin}"),
    (
        "## The set {a, b}\n\nUse `{ #x }`, {'a': 1} and {name}",
        "a b",
        "## The set {a, b}\n\nUse { #x }, {'a': 1} and {name}",
    ),
]


STRIKE = "\n\n".join(documents.STRIKE)
MAY = date(2024, 5, 3)
BYLINES = [
    ("By Ann Example, 3 May 2024", ("Ann Example", None, MAY)),
    ("**By Ann Example**  \n*Vellmar Courier | 3 May 2024*", ("Ann Example", "Vellmar Courier", MAY)),
    ("By Ann Example\nVellmar Courier\n3 May 2024", ("Ann Example", "Vellmar Courier", MAY)),
    ("*by Ann Example*\n\n2024-05-03", ("Ann Example", None, MAY)),
    ("Von Jana Muster · 3. Mai 2024", ("Jana Muster", None, MAY)),
    ("作者：王示例　2024年5月3日", ("王示例", None, MAY)),
    ("By Ann Example\nVellmar Courier, 3 May 2024", ("Ann Example", "Vellmar Courier", MAY)),
    ("By Ann Example\n\nThe Vellmar Mirror, 3 May 2024", ("Ann Example", "The Vellmar Mirror", MAY)),
    ("By Ann Example\nThe Vellmar Mirror\n3 May 2024", ("Ann Example", "The Vellmar Mirror", MAY)),
    ("By Ann Example and Bo Sample, Vellmar Mirror, 3 May 2024", ("Ann Example and Bo Sample", "Vellmar Mirror", MAY)),
    ("By Ann Example | Vellmar Mirror | 3 May 2024", ("Ann Example", "Vellmar Mirror", MAY)),
    ("Ann Example | Vellmar Mirror | 3 May 2024", ("Ann Example", "Vellmar Mirror", MAY)),
    ("Vellmar Courier, 3 May 2024", (None, "Vellmar Courier", MAY)),
    ("Von Jana Muster, Vellmar Bote, 3. Mai 2024", ("Jana Muster", "Vellmar Bote", MAY)),
    ("Von Jana Muster\nDer Bote von Vellmar, 3. Mai 2024", ("Jana Muster", "Der Bote von Vellmar", MAY)),
    ("Par Jeanne Exemple, Le Miroir de Vellmar, 3 mai 2024", ("Jeanne Exemple", "Le Miroir de Vellmar", MAY)),
    ("Por Juana Ejemplo\nEl Eco de Vellmar, 3 de mayo de 2024", ("Juana Ejemplo", "El Eco de Vellmar", MAY)),
    ("作者：王示例，环球时报，2024年5月3日", ("王示例", "环球时报", MAY)),
    # towns, roles and colleagues stand in the same place
    ("By Ann Example\nSan Francisco, 3 May 2024", ("Ann Example", None, MAY)),
    ("By Ann Example, Mayor of Vellmar, 3 May 2024", ("Ann Example", None, MAY)),
    ("By Ann Example, Bo Sample, 3 May 2024", ("Ann Example and Bo Sample", None, MAY)),
]
KINDS = [("Analysis", Kind.ANALYSIS), ("Interview", Kind.INTERVIEW), ("Opinion", Kind.OPINION)]
# A section or a place is printed as a name is: "Middle East · 3 May 2024". So the text has to introduce whom it names.
UNLABELLED = [
    ("*Ann Example · 3 May 2024*", "Ann Example writes about ports.", ("Ann Example", None, MAY)),
    (
        "Ann Example and Bo Sample | Vellmar Courier | 3 May 2024",
        "Ann Example and Bo Sample write about ports.",
        ("Ann Example and Bo Sample", "Vellmar Courier", MAY),
    ),
]
NO_BYLINES = [
    "By all accounts it was cold.",
    "The longest stoppage was described\nby Ann Example\nin her book.",
    "Harbour Museum · 3 May 2024",  # the text has a harbour and a museum
    "New York | 3 May 2024",  # may be where it was written
    "New York, 3 May 2024",
    "Ann Example, 3 May 2024",
    "Ann Example",
    "Reuters",
]


@pytest.mark.parametrize(("line", "facts"), BYLINES)
def test_a_byline_below_the_title_is_read_without_front_matter(
    tmp_path: Path, line: str, facts: tuple[str | None, str | None, date]
) -> None:
    found = markdown(tmp_path, f"# The strike\n{line}\n\n{STRIKE}")
    assert (found.title, found.text) == ("The strike", STRIKE)
    assert (found.author, found.outlet, found.published) == facts


@pytest.mark.parametrize(("line", "facts"), BYLINES)
def test_the_same_byline_is_read_of_a_plain_text(
    tmp_path: Path, line: str, facts: tuple[str | None, str | None, date]
) -> None:
    (tmp_path / "a.txt").write_text(f"The strike\n{line}\n\n{STRIKE}", encoding="utf-8")
    found = only(tmp_path / "a.txt")
    assert (found.author, found.outlet, found.published) == facts
    assert (found.title, found.text) == ("The strike", STRIKE)


@pytest.mark.parametrize(("name", "kind"), KINDS)
@pytest.mark.parametrize("between", [", ", "\n", "\n\n"])
def test_a_byline_says_the_kind_too(tmp_path: Path, name: str, kind: Kind, between: str) -> None:
    line = f"{name} by Ann Example{between}The Vellmar Mirror, 3 May 2024"
    (tmp_path / "a.txt").write_text(f"The strike\n{line}\n\n{STRIKE}", encoding="utf-8")
    found = only(tmp_path / "a.txt")
    assert (found.kind, found.author, found.outlet, found.text) == (kind, "Ann Example", "The Vellmar Mirror", STRIKE)


def test_a_masthead_is_no_title_where_the_byline_names_it(tmp_path: Path) -> None:
    head = "The Vellmar Mirror\n\n{}\n\nBy Ann Example, The Vellmar Mirror, 3 May 2024"
    (tmp_path / "a.txt").write_text(f"{head.format('The strike')}\n\n{STRIKE}", encoding="utf-8")
    for found in (only(tmp_path / "a.txt"), markdown(tmp_path, f"{head.format('# The strike')}\n\n{STRIKE}")):
        assert (found.title, found.text) == ("The strike", STRIKE)
        assert (found.author, found.outlet) == ("Ann Example", "The Vellmar Mirror")


DATELINES = [
    ("VELLMAR, 3 May 2024 — ", None),
    ("VELLMAR, Ohio, May 3, 2024 (Vellmar Wire) -- ", "Vellmar Wire"),
    ("Vellmar, 3 May 2024 (Vellmar Wire) – ", "Vellmar Wire"),
    ("VELLMAR, 3. Mai 2024 – ", None),
    ("VELLMAR, May 3, 2024 /PRNewswire/ -- ", None),
]


@pytest.mark.parametrize("suffix", ["md", "txt"])
@pytest.mark.parametrize(("line", "outlet"), DATELINES)
def test_a_dateline_tells_the_day_and_who_sends_it(tmp_path: Path, line: str, outlet: str | None, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    path.write_text(f"{'# ' if suffix == 'md' else ''}The strike\n\n{line}{STRIKE}", encoding="utf-8")
    found = only(path)
    assert (found.title, found.outlet, found.published) == ("The strike", outlet, MAY)
    assert found.text == f"{line}{STRIKE}"


def test_a_town_and_a_day_begin_an_essay_and_date_only_a_release(tmp_path: Path) -> None:
    for head, day in (("Press release\n\n", MAY), ("", None)):
        (tmp_path / "a.txt").write_text(f"{head}The strike\n\nVellmar, 3 May 2024 – {STRIKE}", encoding="utf-8")
        assert only(tmp_path / "a.txt").published == day


@pytest.mark.parametrize("suffix", ["md", "jsonl"])
def test_an_author_that_is_stated_with_the_outlet_is_the_author_alone(tmp_path: Path, suffix: str) -> None:
    byline = "By Ann Example, Vellmar Courier"
    (tmp_path / "a.jsonl").write_text(json.dumps({"title": "The strike", "author": byline, "text": STRIKE}))
    (tmp_path / "a.md").write_text(f"---\ntitle: The strike\nauthor: {byline}\n---\n{STRIKE}")
    found = only(tmp_path / f"a.{suffix}")
    assert (found.author, found.outlet) == ("Ann Example", "Vellmar Courier")


@pytest.mark.parametrize("suffix", ["md", "txt"])
@pytest.mark.parametrize(("line", "note", "facts"), UNLABELLED)
def test_a_byline_without_a_label_is_one_where_the_text_introduces_its_author(
    tmp_path: Path, line: str, note: str, facts: tuple[str, str | None, date], suffix: str
) -> None:
    path = tmp_path / f"a.{suffix}"
    title = "# The strike" if suffix == "md" else "The strike"
    path.write_text(f"{title}\n\n{line}\n\n{STRIKE}\n\n{note}", encoding="utf-8")
    found = only(path)
    assert (found.author, found.outlet, found.published) == facts
    assert found.text == f"{STRIKE}\n\n{note}"
    for unnamed in ("Ann Example · 3 May 2024", "Middle East · 3 May 2024"):
        path.write_text(f"{title}\n\n{unnamed}\n\n{STRIKE}", encoding="utf-8")
        found = only(path)
        assert (found.author, found.published, found.text) == (None, MAY, f"{unnamed}\n\n{STRIKE}")


STAYING = [
    "**3 May 2020**\n\n{prose}\n\n**4 May 2021**\n\n{prose}",  # a chronicle
    "3 May 2020\n\nIt opened.\n\n4 May 2021\n\nIt closed.",
    "{prose}\n\n4 May 2021\n\n{prose}",
    "{prose}\n\nUpdated: 4 May 2021\n\n{prose}",
    "{prose}\n\nInterview\n\n{prose}",
    "- 4 May 2021\n- 5 May 2021\n\n{prose}",
    "- 4 May 2021\n\n{prose}",
    "> 4 May 2021\n\n{prose}",
]


@pytest.mark.parametrize("written", STAYING)
def test_what_is_part_of_the_text_is_no_byline(tmp_path: Path, written: str) -> None:
    body = written.format(prose=documents.STRIKE[0])
    found = markdown(tmp_path, f"# A title\n\n{body}")
    assert (found.author, found.published, found.modified, found.kind) == (None, None, None, None)
    assert found.text == body.replace("*", "").replace("> ", "")


def test_the_first_byline_is_the_articles_also_below_a_summary(tmp_path: Path) -> None:
    one, two, three = documents.STRIKE
    found = markdown(
        tmp_path, f"# A title\n\n{one}\n\nBy Ann Example\n\n3 May 2024\n\n{two}\n\nBy Bo Sample\n\n{three}"
    )
    assert (found.author, found.published) == ("Ann Example", MAY)
    assert found.text == f"{one}\n\n{two}\n\nBy Bo Sample\n\n{three}"


@pytest.mark.parametrize("line", NO_BYLINES)
def test_what_may_be_something_else_is_no_byline(tmp_path: Path, line: str) -> None:
    found = markdown(tmp_path, f"# The strike\n\n{line}\n\n{STRIKE}")
    assert (found.author, found.outlet, found.published) == (None, None, None)
    assert found.text == f"{' '.join(line.split())}\n\n{STRIKE}"


def test_front_matter_goes_before_a_byline(tmp_path: Path) -> None:
    found = markdown(tmp_path, f"---\nauthor: B. Sample\n---\n# The strike\n\nBy Ann Example, 3 May 2024\n\n{STRIKE}")
    assert (found.author, found.published, found.text) == ("B. Sample", MAY, STRIKE)


@pytest.mark.parametrize(("written", "title", "text"), MARKDOWN)
def test_the_text_is_what_a_reader_sees(tmp_path: Path, written: str, title: str, text: str) -> None:
    found = markdown(tmp_path, written)
    assert (found.title, found.text) == (title, text)


def test_the_shipped_articles_come_in_whole() -> None:
    shipped = Path(__file__).parents[1] / "seeds"
    found = items(shipped)
    assert [each for each in found if isinstance(each, Failure)] == []
    for article, path in zip(found, sorted(shipped.glob("*.md")), strict=True):
        assert isinstance(article, Article)
        assert article.text == path.read_text(encoding="utf-8").split("---\n", 2)[2].strip()
        assert None not in (article.outlet, article.published, article.as_of, article.kind, article.language)
        assert article.sources
