"""References for other people's texts."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.errors import Reason
from bot.history.since import ALTERED
from bot.render.html.words import ENGLISH, PageWording
from bot.render.references import apa, bibtex, markdown, plain, references, whole
from bot.types import Answer, Citation, Near, Status
from bot.wording import worded

PORT = Citation(
    mark=1,
    article_id="a",
    start=0,
    end=10,
    quote="The port\nis shut.",
    title="What's next for 50% of R&D_ports?",
    author="Ann Example",
    outlet="Harbour Gazette",
    published=date(2020, 7, 15),
    url="https://example.org/port_(old)?a=1&b=%20",
)
BARE = Citation(2, "b", 0, 4, "Shut.", "港口关闭")
CHANGED = replace(PORT, mark=2, quote="It opens in 5% of May.")
CHINESE = PageWording("zh")


def test_each_form_has_the_facts() -> None:
    assert dict(references([PORT, replace(PORT, quote="It opens in May.")])) == {
        "Plain": "“The port is shut.” “It opens in May.” — What's next for 50% of R&D_ports? Ann Example, "
        "Harbour Gazette, 15 July 2020. https://example.org/port_(old)?a=1&b=%20",
        "Markdown": "> The port is shut.\n>\n> It opens in May.\n>\n> — [What's next for 50% of R\\&D\\_ports?]"
        "(<https://example.org/port_(old)?a=1&b=%20>), Ann Example, Harbour Gazette, 15 July 2020",
        "APA": "Ann Example. (2020, July 15). What's next for 50% of R&D_ports? Harbour Gazette. "
        "https://example.org/port_(old)?a=1&b=%20",
        "BibTeX": "@article{example2020whats,\n  author = {{Ann Example}},\n"
        "  title = {{What's next for 50\\% of R\\&D\\_ports?}},\n  journal = {Harbour Gazette},\n  year = {2020},\n"
        "  month = {7},\n  day = {15},\n  url = {https://example.org/port_(old)?a=1&b=%20},\n}",
    }


def test_what_is_unknown_is_left_out() -> None:
    assert apa(BARE) == "港口关闭. (n.d.)."
    assert bibtex([BARE]) == "@article{article,\n  title = {{港口关闭}},\n}"
    assert plain([BARE]) == "“Shut.” — 港口关闭"
    assert markdown([BARE]) == "> Shut.\n>\n> — 港口关闭"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "//example.org"])
def test_only_a_web_address_is_given(url: str) -> None:
    for text in references([replace(PORT, url=url)]).values():
        assert url not in text


hostile = st.text(st.sampled_from("ab1.)-+=*_`[]()<>#|~&\\!$%{}^ \n"), min_size=1, max_size=30).filter(str.strip)


@settings(deadline=None)  # the first days that are written load what CLDR says of them
@given(hostile, hostile)
def test_the_text_of_an_article_is_no_markdown(quote: str, title: str) -> None:
    made = markdown([replace(PORT, quote=quote, title=title)])
    kinds = {token.type for token in MarkdownIt().parse(made)}
    inside = [child for token in MarkdownIt().parse(made) for child in token.children or ()]
    assert kinds == {"blockquote_open", "blockquote_close", "paragraph_open", "paragraph_close", "inline"}
    assert {child.type for child in inside} <= {"text", "text_special", "link_open", "link_close"}
    read = "".join(child.content for child in inside)
    assert " ".join(quote.split()) in read


@settings(deadline=None)
@given(hostile)
def test_the_text_of_an_article_ends_no_field_of_bibtex(title: str) -> None:
    line = bibtex([replace(PORT, title=title)]).splitlines()[2]
    bare = re.sub(r"\\(?:text\w+\{\}|[&%$#_{}])", "", line)
    assert re.fullmatch(r"  title = \{\{[^\\{}&%$#_~^]*\}\},", bare)


def test_what_is_copied_for_reading_is_in_the_language_of_its_reader() -> None:
    made = references([PORT, CHANGED], CHINESE)
    url = "https://example.org/port_(old)?a=1&b=%20"
    facts = "Ann Example，Harbour Gazette，2020年7月15日"
    title = "《What's next for 50% of R&D_ports?》"
    quotes = "“The port is shut.”“It opens in 5% of May.”"
    assert made["Plain"] == f"{quotes}——{title}，{facts}。{url}"
    assert made["Markdown"].splitlines()[-1] == f"> ——[《What's next for 50% of R\\&D\\_ports?》](<{url}>)，{facts}"
    assert plain([BARE], CHINESE) == "“Shut.”——《港口关闭》"


def test_lists_of_references_keep_their_own_conventions_whoever_reads() -> None:
    assert references([PORT], CHINESE)["APA"] == apa(PORT)
    assert references([PORT], CHINESE)["BibTeX"] == bibtex([PORT])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (ENGLISH, f"“It opens in 5% of May.” ({worded(ALTERED)})"),
        (CHINESE, f"“It opens in 5% of May.”（{CHINESE.reason(ALTERED)}）"),
    ],
)
def test_a_quote_of_an_article_that_has_changed_since_says_so_where_it_is_copied(words: PageWording, told: str) -> None:
    since = {2: ALTERED}
    made = references([PORT, CHANGED], words, since)
    assert told in made["Plain"]
    assert f"> It opens in 5% of May.\n>\n> *{words.reason(ALTERED)}*\n" in made["Markdown"]
    assert f"  note = {{{told.replace('%', chr(92) + '%')}}},\n" in made["BibTeX"]
    assert made["APA"] == apa(PORT)
    answer = Answer("What is shut?", Status.ANSWERED, "The port. [1] [2]", "extractive", citations=(PORT, CHANGED))
    first, second = whole(answer, words, since).splitlines()[2:]
    assert second.startswith(f"[2] {told}")
    assert words.reason(ALTERED) not in first


def test_a_whole_refusal_has_its_reason_and_the_nearest() -> None:
    refused = Answer(
        "Q",
        Status.REFUSED,
        "The articles do not say.",
        "m",
        nearest=(Near("a", "The port"),),
        reason=Reason(text="Why."),
    )
    assert whole(refused).splitlines() == ["The articles do not say.", "", "Why.", "- The port"]


def test_a_whole_answer_is_copied_in_its_own_words_with_what_is_ours_in_the_language_of_the_reader() -> None:
    near = Near("b", "港口", outlet="海港报")
    answer = Answer(
        "What is shut?",
        Status.PARTIAL,
        "The port is shut. [1]",
        "extractive",
        citations=(PORT,),
        nearest=(near,),
        reason=Reason(text="The articles do not say why."),
    )
    assert whole(answer, CHINESE) == (
        f"The port is shut. [1]\n\n[1] {plain([PORT], CHINESE)}\nThe articles do not say why.\n- 《港口》，海港报"
    )
