"""References for other people's texts."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.reference import apa, bibtex, markdown, plain, references
from bot.types import Citation

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
    assert bibtex(BARE) == "@article{article,\n  title = {{港口关闭}},\n}"
    assert plain([BARE]) == "“Shut.” — 港口关闭"
    assert markdown([BARE]) == "> Shut.\n>\n> — 港口关闭"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "//example.org"])
def test_only_a_web_address_is_given(url: str) -> None:
    for text in references([replace(PORT, url=url)]).values():
        assert url not in text


hostile = st.text(st.sampled_from("ab1.)-+=*_`[]()<>#|~&\\!$%{}^ \n"), min_size=1, max_size=30).filter(str.strip)


@given(hostile, hostile)
def test_the_text_of_an_article_is_no_markdown(quote: str, title: str) -> None:
    made = markdown([replace(PORT, quote=quote, title=title)])
    kinds = {token.type for token in MarkdownIt().parse(made)}
    inside = [child for token in MarkdownIt().parse(made) for child in token.children or ()]
    assert kinds == {"blockquote_open", "blockquote_close", "paragraph_open", "paragraph_close", "inline"}
    assert {child.type for child in inside} <= {"text", "text_special", "link_open", "link_close"}
    read = "".join(child.content for child in inside)
    assert " ".join(quote.split()) in read


@given(hostile)
def test_the_text_of_an_article_ends_no_field_of_bibtex(title: str) -> None:
    line = bibtex(replace(PORT, title=title)).splitlines()[2]
    bare = re.sub(r"\\(?:text\w+\{\}|[&%$#_{}])", "", line)
    assert re.fullmatch(r"  title = \{\{[^\\{}&%$#_~^]*\}\},", bare)
