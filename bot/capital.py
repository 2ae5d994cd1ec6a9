"""A capital that stands for its state: "Did Moscow agree?" asks of Russia, and articles mostly say so."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.wording import same
from index.words import terms

_STATES = {
    "Washington": "the United States",
    "Brussels": "the European Union",
    "Moscow": "Russia",
    "Beijing": "China",
    "London": "Britain",
    "Paris": "France",
    "Berlin": "Germany",
    "Rome": "Italy",
    "Madrid": "Spain",
    "Warsaw": "Poland",
    "Budapest": "Hungary",
    "Kyiv": "Ukraine",
    "Kiev": "Ukraine",
    "Ankara": "Turkey",
    "Athens": "Greece",
    "Tehran": "Iran",
    "Baghdad": "Iraq",
    "Damascus": "Syria",
    "Cairo": "Egypt",
    "Kabul": "Afghanistan",
    "Islamabad": "Pakistan",
    "New Delhi": "India",
    "Delhi": "India",
    "Tokyo": "Japan",
    "Seoul": "South Korea",
    "Pyongyang": "North Korea",
    "Taipei": "Taiwan",
    "Hanoi": "Vietnam",
    "Canberra": "Australia",
    "Ottawa": "Canada",
}
_ANY = "|".join(_STATES)
_PAIR = rf"(?P<one>{_ANY})(?:,? (?:and|or|with) (?P<other>{_ANY}))?"
_DOES = r"(?:did|does|do|has|have|had|will|would|can|could|should|must|might|may)"
_ACTS = (
    r"(?:sa(?:ys?|id)|th(?:inks?|ought)|wants?|wanted|hopes?|hoped|plan(?:s|ned)?|ask(?:s|ed)?|claim(?:s|ed)?|"
    r"accuse[sd]?|den(?:y|ies|ied)|refuse[sd]?|reject(?:s|ed)?|order(?:s|ed)?|ban(?:s|ned)?|sign(?:s|ed)?|agree[sd]?|"
    r"announce[sd]?|decide[sd]?|demand(?:s|ed)?|threaten(?:s|ed)?|promise[sd]?|withdrew|withdraws?|le(?:ft|aves?)|"
    r"recogni[sz]e[sd]?|impose[sd]?|retaliate[sd]?|respond(?:s|ed)?|joined|suspend(?:s|ed)?)"
)
_OF_A_STATE = (
    r"(?:government|leader(?:s|ship)?|minist(?:er|ry)|officials?|diplomats?|ambassador|envoy|team|delegation|negotiators?|"
    r"army|military|troops|forces|soldiers|navy|warheads|missiles|arsenal|weapons|allies|ally|alliance|"
    r"decision|position|stance|polic(?:y|ies)|claims?|demands?|conditions|letter|notice|answer|response|reaction|reasons?|"
    r"plans?|offer|orders?|views?|refusal|withdrawal|exit|threats?|role|relations|ties|sanctions|tariffs|treat(?:y|ies)|"
    r"promises?|obligations|commitments?)"
)
_DEALS = (
    r"(?:treaty|agreements?|deals?|accords?|pacts?|alliance|talks|negotiations|relations|ties|trade|war|border|dispute|"
    r"conflict|cooperation|rivalry|tensions)"
)
_MAKES = (
    r"(?:want|ask|tell|urge|accuse|warn|press|threaten|thank|blame|punish|criticis|criticiz|help|allow|force|oblige|"
    r"persuade|invite|remind)(?:ed|d|s|ing|es)?|told"
)
# Where a capital does what a state does, or has it done to it.
_STANDS_FOR = [
    re.compile(pattern)
    for pattern in (
        rf"\b(?i:{_DOES}) {_PAIR}(?= [a-z])",
        rf"\b(?i:that|whether|if|when|because|since|after|before|and) {_PAIR}(?= (?:{_DOES} |{_ACTS}\b))",
        rf"\b{_PAIR}['’]s?(?= (?:[\w-]+ ){{0,2}}?{_OF_A_STATE}\b)",
        rf"\b(?:against|towards?) {_PAIR}\b",
        rf"\b(?:sanctions|tariffs|pressure|penalties) on {_PAIR}\b",
        rf"\b{_DEALS} (?:with|between) {_PAIR}\b",
        rf"\b(?:{_MAKES}) {_PAIR}\b",
        rf"\b{_PAIR}(?= (?:would|will|could|should|might) [a-z])",
        rf", {_PAIR}(?=\?)",
    )
]
# Where the town itself is asked about.
_TOWN = re.compile(
    r"\b(?:city|cities|town|capital|inhabit\w+|population|populous|mayor|metro|streets?|square|parks?|river|airports?|"
    r"hotels?|museums?|church\w*|cathedral|founded|located|situated|lies?|weather|climate|districts?|suburbs?|"
    r"(?:how far|distance) (?:is|are|was|from|between|to)|kilomet\w+|miles)\b",
    re.IGNORECASE,
)


def spelled_out(question: str, texts: Iterable[str]) -> str:
    """The question, with the state for each capital that stands for it, if the texts name that one more often.

    >>> texts = ["Russia and the United States met in Moscow.", "Russian troops left."]
    >>> spelled_out("Did Moscow send a team?", texts), spelled_out("Who lives in Moscow?", texts)
    ('Did Russia send a team?', 'Who lives in Moscow?')
    >>> spelled_out("Did Washington cross the river?", ["Washington crossed the Delaware."])
    'Did Washington cross the river?'
    """
    if _TOWN.search(question):
        return question
    acting = {name for each in _STANDS_FOR for found in each.finditer(question) for name in found.groups() if name}
    whole = "\n".join(texts)
    for capital in acting:
        if _named(_STATES[capital], whole) > len(re.findall(rf"\b{capital}\b", whole)):
            question = re.sub(rf"(?<![\w-])(?<!in )(?<!at ){capital}(?![\w-])", _STATES[capital], question)
    return question


def _named(state: str, text: str) -> int:
    """How often a text names a state, or its people."""
    name = state.removeprefix("the ")
    forms = {term for word in terms(name) for term in same(word)} if " " not in name else frozenset[str]()
    words = terms(text)
    return text.count(name) + sum(word in forms for word in words)
