"""Verbs of the news, as they are written of the past, and as they are asked for."""

from __future__ import annotations

_REGULAR = (
    "abandon abolish accept accuse achieve acquire add adopt allow announce appoint approve arrest assassinate "
    "attack attend award ban bar block cancel capture carry cause challenge change close collect command "
    "commission complete compose condemn conduct confirm conquer construct contain control convert create "
    "criticise criticize cross crown damage declare dedicate defeat defend delay delete demolish denounce deport "
    "describe design destroy detect develop die direct disband discover dismantle dismiss divide dominate donate "
    "draft earn elect eliminate employ enact encourage end enter erect establish evacuate expand expel explore "
    "export extend fine finish fire follow form found gain grant halt help hire host identify implement import "
    "impose inaugurate include influence inspire install integrate introduce invade invent invest issue join kill "
    "last launch legalise legalize liberate limit lower maintain manufacture name nominate occupy open oppose "
    "order organise organize outlaw overturn own pass perform permit plan play possess postpone predict present "
    "prevent print proclaim produce prohibit promote propose protect provide publish purchase raise ratify reach "
    "receive recognise recognize record recruit redesign reduce refuse regain reject release relocate remove "
    "rename renovate reopen replace report require rescue resign restore restrict resume retain retire return "
    "reveal reverse revoke rule sanction save score seize sentence settle share sign start stop succeed sue "
    "supply surrender survive suspend test train transfer translate unveil use visit vote welcome"
).split()
_DOUBLED = {"ban", "bar", "expel", "permit", "plan", "stop", "transfer"}  # their last letter
_IRREGULAR = dict(
    pair.split(":")
    for pair in (
        "became:become began:begin bought:buy broke:break brought:bring built:build came:come chose:choose "
        "cut:cut drew:draw fell:fall flew:fly fought:fight froze:freeze gave:give grew:grow had:have held:hold "
        "hit:hit knew:know led:lead left:leave lost:lose made:make met:meet overtook:overtake paid:pay "
        "rebuilt:rebuild rose:rise sent:send set:set shot:shoot shut:shut sold:sell spent:spend struck:strike "
        "taught:teach took:take withdrew:withdraw won:win wrote:write"
    ).split()
)
_PARTICIPLES = frozenset(
    "arrested born bought broken brought built chosen cut drawn flown fought frozen held known led lost made "
    "overtaken paid rebuilt sent shot sold spent struck taken taught withdrawn won written".split()
)


def _past(base: str) -> str:
    """
    >>> _past("ban"), _past("ratify"), _past("welcome"), _past("delay")
    ('banned', 'ratified', 'welcomed', 'delayed')
    """
    if base.endswith("e"):
        return f"{base}d"
    if base.endswith("y") and base[-2] not in "aeiou":
        return f"{base[:-1]}ied"
    return f"{base}{base[-1] if base in _DOUBLED else ''}ed"


BASES = {**{_past(base): base for base in _REGULAR}, **_IRREGULAR}  # the past of a verb -> the verb
ALONE = frozenset(
    "began came closed died ended fell finished opened reopened resigned retired returned surrendered".split()
)  # that say enough with a subject and a day
HELPERS = {"has": "does", "have": "do"}
SAID = {
    **dict.fromkeys("said argued warned claimed announced stressed added insisted predicted wrote".split(), "did"),
    **dict.fromkeys("says argues warns claims stresses insists predicts writes".split(), "does"),
}
FINITE = frozenset(
    (*BASES, *HELPERS, *SAID, *"is are was were will would can could may might must does did do".split())
)


def participle(word: str) -> bool:
    """Whether something was done, as in "was signed"."""
    return word in _PARTICIPLES or (word in BASES and word not in _IRREGULAR)
