"""Test prompts drafted from articles, by rules, without a model. A person accepts, corrects or rejects them. Pure.

A draft is a sentence of an article, inverted to a question. The person rewords it as people ask, and checks that no
other article answers otherwise. Sentences that the rules cannot invert are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import yaml

from bot.answering.attribute import speaks_for_somebody
from index.text.sentence import sentences
from index.text.words import MONTHS
from index.types import Article

_DAY = rf"(?P<day>\d{{1,2}}) (?P<month>{'|'.join(MONTHS)}) (?P<year>\d{{4}})"
_ON = re.compile(rf"(?:^|,? )on {_DAY}\b(?!\s+(?:and|to|until)\b),?")
_DAYS = re.compile(_DAY)
_CHINESE_ON = re.compile(
    r"(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<date>\d{1,2})日，(?P<rest>[^\d，。][^，。]{5,29})[，。]"
)
_COUNT = re.compile(
    r"(?:(?:about|at least|more than|nearly|some) )?(?P<number>\d[\d,]*(?:\.\d+)?)"
    r" (?P<what>(?!per )[a-z][a-z -]*?[a-z])"
    r"(?= (?:of|in|on|by|at|for|to|from|with|over|under|and|that|which|were|was)\b|[,.;])"
)
_HELPS = "was|were|is|are|had|has|have|will|would|may|must|can|could"
# The past of verbs that reports use, and the word it comes from
_VERBS = dict(
    pair.split("=")
    for pair in (
        "accused=accuse adopted=adopt agreed=agree aligned=align allowed=allow announced=announce asked=ask banned=ban"
        " became=become began=begin bought=buy brought=bring built=build called=call changed=change closed=close"
        " confirmed=confirm criticised=criticise criticized=criticize cut=cut decided=decide declared=declare"
        " delivered=deliver destroyed=destroy died=die ended=end entered=enter estimated=estimate expired=expire"
        " gave=give grew=grow halved=halve held=hold imported=import joined=join launched=launch left=leave lost=lose"
        " made=make met=meet named=name notified=notify opened=open ordered=order passed=pass planned=plan"
        " published=publish put=put reached=reach rejected=reject reopened=reopen rose=rise saw=see sent=send"
        " set=set showed=show signed=sign sold=sell started=start stopped=stop suspended=suspend tested=test took=take"
        " visited=visit voted=vote withdrew=withdraw won=win wrote=write"
    ).split()
)
_SAYS = "said|argued|argues|says|wrote|claimed|claims|warned|warns"
_SUBJECT = r"(?P<subject>(?:The |An? )?[A-Z0-9][\w’'-]*(?: [\w’'-]+){0,7}?)"
_STATEMENT = re.compile(rf"{_SUBJECT} (?:(?P<help>{_HELPS})|(?P<past>{'|'.join(_VERBS)})) (?P<rest>.+)\.")
_REPORTED = re.compile(
    rf"(?P<who>[A-Z][a-z]+(?: [A-Z][a-z]+){{0,2}}) (?:{_SAYS})(?: on {_DAY})? that"
    rf" (?P<about>(?:the )?[A-Z][\w’'-]+(?: [A-Z][\w’'-]+){{0,3}}) (?:{_HELPS}|{'|'.join(_VERBS)})\b.*"
)
_INTRODUCED = re.compile(rf"(?P<name>[A-Z]\w+ [A-Z]\w+), (?:the|a|an) [^,]+, (?P<rest>(?:{'|'.join(_VERBS)}|led) .+)\.")
# Verbs without an object, so that "When did the talks begin?" is complete
_ALONE = set("began closed died ended expired left opened reopened started stopped took".split())
_PARTICIPLE = re.compile(
    r"(?:not |already |first |also )?(?:\w+ed|to|due|have|be|been|held|made|set|sent|put|met|won)\b"
)
# Signs of a second clause in a subject or a question, which the rules cannot invert
_CLAUSES = re.compile(r"\b(?:after|also|before|had|said|says|that|thus|when|which|who)\b")
_NUMBERS = "Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Twenty Thirty Both All Many Some".split()
_POINTING = re.compile(r"(?:It|He|She|They|This|That|These|Those|One|There|What|Each|Both|In|On|At|After|Under)\b")
# Places for unanswerable twins of questions: the event happened elsewhere, if at all.
_ELSEWHERE = "Lisbon Nairobi Lima Oslo Jakarta Wellington Havana Ankara".split()
_PLACE = re.compile(r"\b(?:in|at) (?P<place>[A-Z][a-z]{3,})\b(?! [A-Z])")

_INNER = str.maketrans('“”"', "‘’'")  # quotation marks within others


@dataclass(frozen=True, slots=True)
class DraftedTest:
    """A question, the assertions on its answer, and the sentence of `article` that it is made from."""

    kind: str
    question: str
    assertions: tuple[Mapping[str, Any], ...]
    article: str
    quote: str
    subject: str = ""  # of the question, in its words
    history: tuple[str, ...] = ()


def drafts(articles: Sequence[Article], most: int = 4) -> list[DraftedTest]:
    """For each article, at most `most` questions of facts, then follow-ups, and unanswerable twins of the facts.

    No question is repeated.
    """
    found: dict[str, DraftedTest] = {}
    all_text = " ".join(article.text for article in articles)
    for article in articles:
        inverted = [each for each in _facts(article) if each.question not in found]
        facts = _spread(inverted, most)
        for each in (*facts, *_follow_ups(inverted), *_twins(facts, all_text), *_opinion(article)):
            found.setdefault(" / ".join((*each.history, each.question)), each)
    return list(found.values())


def to_yaml(found: Iterable[DraftedTest]) -> str:
    """A file of test prompts in YAML. Each is marked as a draft, so that `byline eval` skips it."""
    tests = [_test(each) for each in found]
    suite = {
        "defaultTest": {
            "options": {"disableVarExpansion": True},
            "assert": [{"type": "quote-valid"}, {"type": "cited-sentences", "threshold": 1}],
        },
        "tests": tests,
    }
    head = (
        "# Drafts. Read each against its sentence and its article, say it as people ask it, and take out `draft: true`;"
        "\n# or throw it away. Drafts are not asked.\n"
    )
    return head + yaml.safe_dump(suite, allow_unicode=True, sort_keys=False, width=120)


def _test(draft: DraftedTest) -> dict[str, Any]:
    history = {"history": list(draft.history)} if draft.history else {}
    return {
        "description": f"{draft.article}: {draft.quote}",
        "vars": {**history, "question": draft.question},
        "metadata": {"kind": draft.kind, "draft": True},
        "assert": [dict(each) for each in draft.assertions],
    }


def _facts(article: Article) -> Iterator[DraftedTest]:
    """The sentences of a report, inverted to questions."""
    if speaks_for_somebody(article):
        return
    for span in sentences(article.text):
        quote = " ".join(article.text[span.start : span.end].split())
        for draft in (_who(quote), _view_of_speaker(quote), *_when_and_how_many(quote), _on_a_day_in_chinese(quote)):
            if draft:
                cites = {"type": "cites", "value": article.id}
                yield replace(draft, article=article.id, quote=quote, assertions=(*draft.assertions, cites))


def _draft(kind: str, question: str, *assertions: Mapping[str, Any], subject: str = "") -> DraftedTest:
    return DraftedTest(kind, f"{question[:1].upper()}{question[1:]}", assertions, "", "", subject)


def _when_and_how_many(quote: str) -> Iterator[DraftedTest]:
    """Questions for "New START was signed on 8 April 2010" (when), and "They destroyed 2,692 missiles" (how many)."""
    match = _STATEMENT.fullmatch(quote)
    if match is None or _POINTING.match(quote) or _CLAUSES.search(match["subject"]) or len(_DAYS.findall(quote)) > 1:
        return
    subject, past, rest = _mid_sentence(match["subject"]), match["past"], match["rest"]
    when = _ON.search(rest)
    asked = _clause(rest[: when.start()]) if when else ""
    whole = asked or past in _ALONE if past else _PARTICIPLE.match(asked)
    if when and whole and not _CLAUSES.search(asked):
        inverted = f"did {subject} {_VERBS[past]}" if past else f"{match['help']} {subject}"
        yield _draft("date", f"when {inverted} {asked}".rstrip() + "?", _contains_day(when), subject=subject)
    counted = _COUNT.match(rest) if past else None
    after = _clause(rest[counted.end() :]) if counted else ""
    if counted and not _CLAUSES.search(after):
        asked = f"how many {counted['what']} did {subject} {_VERBS[past]} {after}".rstrip()
        yield _draft("number", f"{asked}?", {"type": "contains", "value": counted["number"]}, subject=subject)


def _who(quote: str) -> DraftedTest | None:
    """The question for "Ada Lind, the mayor, opened the pier" (who)."""
    match = _INTRODUCED.fullmatch(quote)
    if match is None:
        return None
    return _draft("fact", f"who {_clause(match['rest'])}?", {"type": "contains", "value": match["name"].split()[-1]})


def _view_of_speaker(quote: str) -> DraftedTest | None:
    """The question for "Ada Lind said that the pier was too short". The answer has to attribute it to her."""
    match = _REPORTED.fullmatch(quote)
    if match is None or _POINTING.match(quote) or match["who"].startswith("The "):
        return None
    question = f"what did {match['who']} say about {match['about']}?"
    return _draft("opinion", question, {"type": "attributes", "value": match["who"].split()[-1]})


def _on_a_day_in_chinese(quote: str) -> DraftedTest | None:
    match = _CHINESE_ON.match(quote)
    if match is None:
        return None
    spaced = rf"{match['year']}\s*年\s*{match['month']}\s*月\s*{match['date']}\s*日"
    return _draft("Chinese", f"{match['rest']}是在哪一天？", {"type": "regex", "value": spaced})


def _opinion(article: Article) -> Iterator[DraftedTest]:
    """The question for the view of an author, of an opinion or the like."""
    if speaks_for_somebody(article) and article.author:
        author = {"type": "attributes", "value": article.author}
        cites = {"type": "cites", "value": article.id}
        question = f"What does {article.author} say in “{article.title.translate(_INNER)}”?"
        yield DraftedTest("opinion", question, (author, cites), article.id, article.title)


def _follow_ups(facts: Sequence[DraftedTest]) -> Iterator[DraftedTest]:
    """Pairs of questions about one subject, with a pronoun in the second."""
    for first, second in pairwise(facts):
        if first.subject and first.subject == second.subject:
            pronoun = "they" if re.search(r" (?:were|are|have) ", second.question) else "it"
            question = f"And {second.question[:1].lower()}{second.question[1:]}".replace(second.subject, pronoun, 1)
            yield replace(second, kind="follow-up", question=question, history=(first.question,))


def _twins(facts: Sequence[DraftedTest], all_text: str) -> Iterator[DraftedTest]:
    """The questions of facts, moved to a place that no article names."""
    for number, fact in enumerate(facts):
        place = _PLACE.search(fact.question)
        unnamed = [each for each in _ELSEWHERE if each not in all_text]
        if place and unnamed:
            question = fact.question.replace(place["place"], unnamed[number % len(unnamed)])
            yield replace(fact, kind="unanswerable", question=question, assertions=({"type": "refuses"},))


def _spread(found: Sequence[DraftedTest], most: int) -> list[DraftedTest]:
    """At most `most` drafts, of as many kinds as possible, in their order."""
    by_kind: dict[str, list[DraftedTest]] = {}
    for each in found:
        by_kind.setdefault(each.kind, []).append(each)
    ranked = sorted((rank, kind) for kind, each in by_kind.items() for rank in range(len(each)))
    chosen = [by_kind[kind][rank] for rank, kind in ranked[:most]]
    return [each for each in found if each in chosen]


def _contains_day(when: re.Match[str]) -> dict[str, Any]:
    written = f"{when['day']} {when['month']} {when['year']}"
    return {"type": "contains-any", "value": [written, f"{when['month']} {when['day']}, {when['year']}"]}


def _clause(text: str) -> str:
    """The words before a subordinate or a second clause."""
    return re.split(r", (?:which|who|when|where|after|before|and|but|because|while)\b|;", text)[0].strip(" ,")


def _mid_sentence(subject: str) -> str:
    """A subject in the middle of a sentence: its article in lower case."""
    first, _, rest = subject.partition(" ")
    return f"{first.lower()} {rest}" if first in ("The", "A", "An", *_NUMBERS) else subject
