"""Test prompts drafted from articles, for a person to accept, mend or throw away. By rules, without a model. Pure.

A question is a sentence of an article turned around, so a person has to say it as people ask it, and to see that the
articles answer it nowhere else in another way. What the rules cannot turn around is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import yaml

from bot.attribute import speaks_for_somebody
from index.sentence import sentences
from index.types import Article
from index.words import MONTHS

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
_TOLD = re.compile(rf"{_SUBJECT} (?:(?P<help>{_HELPS})|(?P<past>{'|'.join(_VERBS)})) (?P<rest>.+)\.")
_SAID = re.compile(
    rf"(?P<who>[A-Z][a-z]+(?: [A-Z][a-z]+){{0,2}}) (?:{_SAYS})(?: on {_DAY})? that"
    rf" (?P<about>(?:the )?[A-Z][\w’'-]+(?: [A-Z][\w’'-]+){{0,3}}) (?:{_HELPS}|{'|'.join(_VERBS)})\b.*"
)
_INTRODUCED = re.compile(rf"(?P<name>[A-Z]\w+ [A-Z]\w+), (?:the|a|an) [^,]+, (?P<rest>(?:{'|'.join(_VERBS)}|led) .+)\.")
# Verbs that need no object, so that "When did the talks begin?" is whole
_ALONE = set("began closed died ended expired left opened reopened started stopped took".split())
_PARTICIPLE = re.compile(
    r"(?:not |already |first |also )?(?:\w+ed|to|due|have|be|been|held|made|set|sent|put|met|won)\b"
)
# What makes a subject or a question more than one clause, which cannot be turned around by a rule
_CLAUSES = re.compile(r"\b(?:after|also|before|had|said|says|that|thus|when|which|who)\b")
_NUMBERS = "Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Twenty Thirty Both All Many Some".split()
_POINTING = re.compile(r"(?:It|He|She|They|This|That|These|Those|One|There|What|Each|Both|In|On|At|After|Under)\b")
# Places for twins: questions that no article answers since it happened elsewhere, if it happened at all.
_ELSEWHERE = "Lisbon Nairobi Lima Oslo Jakarta Wellington Havana Ankara".split()
_PLACE = re.compile(r"\b(?:in|at) (?P<place>[A-Z][a-z]{3,})\b(?! [A-Z])")


@dataclass(frozen=True, slots=True)
class Draft:
    """A question, what its answer has to be, and the sentence it was made of: one of `article`."""

    kind: str
    question: str
    assertions: tuple[Mapping[str, Any], ...]
    article: str
    quote: str
    subject: str = ""  # who or what the question is about, as it stands in it
    history: tuple[str, ...] = ()


def drafts(articles: Sequence[Article], most: int = 4) -> list[Draft]:
    """Of each article at most so many facts, then follow-ups, and twins of the facts that none of the articles answers;
    each question once."""
    found: dict[str, Draft] = {}
    said = " ".join(article.text for article in articles)
    for article in articles:
        turned = [each for each in _facts(article) if each.question not in found]
        facts = _spread(turned, most)
        for each in (*facts, *_follow_ups(turned), *_twins(facts, said), *_opinion(article)):
            found.setdefault(" / ".join((*each.history, each.question)), each)
    return list(found.values())


def to_yaml(found: Iterable[Draft]) -> str:
    """A file of test prompts in which each is marked as a draft: `byline eval` asks none of them."""
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


def _test(draft: Draft) -> dict[str, Any]:
    history = {"history": list(draft.history)} if draft.history else {}
    return {
        "description": f"{draft.article}: {draft.quote}",
        "vars": {**history, "question": draft.question},
        "metadata": {"kind": draft.kind, "draft": True},
        "assert": [dict(each) for each in draft.assertions],
    }


def _facts(article: Article) -> Iterator[Draft]:
    """What the sentences of a report say, turned into questions."""
    if speaks_for_somebody(article):
        return
    for span in sentences(article.text):
        quote = " ".join(article.text[span.start : span.end].split())
        for draft in (_who(quote), _said(quote), *_told(quote), _on_a_day_in_chinese(quote)):
            if draft:
                cites = {"type": "cites", "value": article.id}
                yield replace(draft, article=article.id, quote=quote, assertions=(*draft.assertions, cites))


def _draft(kind: str, question: str, *assertions: Mapping[str, Any], subject: str = "") -> Draft:
    return Draft(kind, f"{question[:1].upper()}{question[1:]}", assertions, "", "", subject)


def _told(quote: str) -> Iterator[Draft]:
    """Of "New START was signed on 8 April 2010": when; of "They destroyed 2,692 missiles": how many."""
    told = _TOLD.fullmatch(quote)
    if told is None or _POINTING.match(quote) or _CLAUSES.search(told["subject"]) or len(_DAYS.findall(quote)) > 1:
        return
    subject, past, rest = _inside(told["subject"]), told["past"], told["rest"]
    when = _ON.search(rest)
    asked = _clause(rest[: when.start()]) if when else ""
    whole = asked or past in _ALONE if past else _PARTICIPLE.match(asked)
    if when and whole and not _CLAUSES.search(asked):
        turned = f"did {subject} {_VERBS[past]}" if past else f"{told['help']} {subject}"
        yield _draft("date", f"when {turned} {asked}".rstrip() + "?", _contains_day(when), subject=subject)
    counted = _COUNT.match(rest) if past else None
    after = _clause(rest[counted.end() :]) if counted else ""
    if counted and not _CLAUSES.search(after):
        asked = f"how many {counted['what']} did {subject} {_VERBS[past]} {after}".rstrip()
        yield _draft("number", f"{asked}?", {"type": "contains", "value": counted["number"]}, subject=subject)


def _who(quote: str) -> Draft | None:
    """Of "Ada Lind, the mayor, opened the pier": who."""
    told = _INTRODUCED.fullmatch(quote)
    if told is None:
        return None
    return _draft("fact", f"who {_clause(told['rest'])}?", {"type": "contains", "value": told["name"].split()[-1]})


def _said(quote: str) -> Draft | None:
    """Of "Ada Lind said that the pier was too short": what she said of it. The answer has to say that she did."""
    told = _SAID.fullmatch(quote)
    if told is None or _POINTING.match(quote) or told["who"].startswith("The "):
        return None
    question = f"what did {told['who']} say about {told['about']}?"
    return _draft("opinion", question, {"type": "attributes", "value": told["who"].split()[-1]})


def _on_a_day_in_chinese(quote: str) -> Draft | None:
    told = _CHINESE_ON.match(quote)
    if told is None:
        return None
    spaced = rf"{told['year']}\s*年\s*{told['month']}\s*月\s*{told['date']}\s*日"
    return _draft("Chinese", f"{told['rest']}是在哪一天？", {"type": "regex", "value": spaced})


def _opinion(article: Article) -> Iterator[Draft]:
    """Of a piece that speaks for somebody: what its author holds."""
    if speaks_for_somebody(article) and article.author:
        author = {"type": "attributes", "value": article.author}
        cites = {"type": "cites", "value": article.id}
        question = f"What does {article.author} say in “{article.title}”?"
        yield Draft("opinion", question, (author, cites), article.id, article.title)


def _follow_ups(facts: Sequence[Draft]) -> Iterator[Draft]:
    """Two questions about the same thing, of which the second one only points at it."""
    for first, second in pairwise(facts):
        if first.subject and first.subject == second.subject:
            pronoun = "they" if re.search(r" (?:were|are|have) ", second.question) else "it"
            question = f"And {second.question[:1].lower()}{second.question[1:]}".replace(second.subject, pronoun, 1)
            yield replace(second, kind="follow-up", question=question, history=(first.question,))


def _twins(facts: Sequence[Draft], said: str) -> Iterator[Draft]:
    """Questions like those that were drafted, of a place that no article names."""
    for number, fact in enumerate(facts):
        place = _PLACE.search(fact.question)
        unnamed = [each for each in _ELSEWHERE if each not in said]
        if place and unnamed:
            question = fact.question.replace(place["place"], unnamed[number % len(unnamed)])
            yield replace(fact, kind="unanswerable", question=question, assertions=({"type": "refuses"},))


def _spread(found: Sequence[Draft], most: int) -> list[Draft]:
    """At most so many, with as many kinds among them as can be, in the order in which they come."""
    by_kind: dict[str, list[Draft]] = {}
    for each in found:
        by_kind.setdefault(each.kind, []).append(each)
    turns = sorted((turn, kind) for kind, each in by_kind.items() for turn in range(len(each)))
    chosen = [by_kind[kind][turn] for turn, kind in turns[:most]]
    return [each for each in found if each in chosen]


def _contains_day(when: re.Match[str]) -> dict[str, Any]:
    written = f"{when['day']} {when['month']} {when['year']}"
    return {"type": "contains-any", "value": [written, f"{when['month']} {when['day']}, {when['year']}"]}


def _clause(text: str) -> str:
    """The words before a clause that tells more than was asked."""
    return re.split(r", (?:which|who|when|where|after|before|and|but|because|while)\b|;", text)[0].strip(" ,")


def _inside(subject: str) -> str:
    """A subject as it stands inside a sentence."""
    first, _, rest = subject.partition(" ")
    return f"{first.lower()} {rest}" if first in ("The", "A", "An", *_NUMBERS) else subject
