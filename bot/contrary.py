"""The contrary of what was asked about: when somebody was born is no answer to when that one died."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Questions in which the contrary tells nothing of what was asked; a reason for the one may be the other.
_ASKED = re.compile(
    r"\W*(?:(?:in|on|at|by|during|since|from) )?(?:when|where|who|what time|how old|at what age|"
    r"(?:what|which) (?:year|month|day|date|decade|century|city|town|country|place))\b",
    re.IGNORECASE,
)
_SUBORDINATE = re.compile(
    r"(?<=\w )(?:after|before|when|while|since|until|till|once|if|because|that|which|who|whose)\b.*"
)
# What tells of the end of something by its beginning, or denies.
_TELLS_BOTH = re.compile(
    r"\b(?:until|till|since|not|never|no longer|last(?:s|ed|ing)?|for (?:about |almost |nearly )?[\w-]+ "
    r"(?:(?:hour|day|week|month|year|decade)s?|centur\w+)|from [^.;]{1,40} to|later|after)\b|n['’]t\b|"
    r"\d ?[–—-] ?\d",
    re.IGNORECASE,
)


def _pair(asked: str, contrary: str, alike: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """What is asked about, what is the contrary of it, and the beginnings of words that may tell it, loosely."""
    words = (rf"\b(?:{asked})\b", rf"\b(?:{contrary})\b", rf"\b(?:{alike})")
    one, other, loose = words
    deed = re.compile(one)  # "the US Open" is none
    return deed, re.compile(other, re.IGNORECASE), re.compile(loose, re.IGNORECASE)


_PAIRS = (
    _pair(
        "born", "died|dies|killed|murdered|passed away", "born|birth|nati|baby|rais|grew|grow|christen|bapti|aged?|old"
    ),
    _pair(
        "die[sd]?|death|passed? away",
        "born",
        "die|dying|death|dead|kill|murder|execut|assassin|pass|drown|perish|suicid|succumb|buri|hang|hung|shot|behead|"
        "crash|lived|surviv|grave|tomb|fell|lost|fatal|end|late",
    ),
    _pair(
        "join|joined",
        "left|leaves|withdrew|quit",
        "join|enter|entr|access|member|sign|mov|enlist|admi|recruit|bec[ao]m|arriv|c[ao]me|transfer|enrol",
    ),
    _pair(
        "leave|quit",
        "joined|joins|signed for|entered",
        "leav|left|quit|depart|exit|withdr|resign|retir|s[oe]l[dl]|mov|releas|dismiss|sack|fired|st[eo]p|stood|remain|stay|"
        "sail|flew|flight|went|gone|transfer|expel|end|set|from|emigrat|fle|abandon|replac|succe",
    ),
    _pair(
        "(?:re)?open(?:s|ed)?",
        "closed|closes|shut|shuts|demolished",
        "open|re-?open|inaugur|launch|start|beg[aiu]n|built|welcom|establish|found|complet|since|unveil|resum|first|debut|"
        "premier|commenc|hours|back",
    ),
    _pair(
        "close[sd]?|shut",
        "(?:re)?opened|(?:re)?opens|inaugurated",
        "clos|shut|ceas|end|stop|demolish|bankrupt|liquidat|hours|"
        "to \\d|finish|dissol|discontinu|axe|final|destroy|burn",
    ),
    _pair(
        "founded|established|created|formed|set up",
        "dissolved|disbanded|abolished|wound up|ceased to exist",
        "found|establish|creat|form|set|start|beg[au]n|since|launch|open|origin|incorporat|born|dat|built|inaugur|from",
    ),
    _pair(
        "dissolved|disbanded|abolished|wound up",
        "founded|established|created|formed|launched",
        "disso|disband|abol|wound|ceas|end|clos|br[eo]k|split|collaps|f[ea]ll|"
        "to \\d|repeal|replac|merg|ban|scrap|withdr",
    ),
    _pair(
        "rejected|turned down|vetoed",
        "approved|adopted|accepted",
        "reject|turn|veto|refus|against|defeat|no\\b|declin|block|thr[oe]w|oppos|den|scrap|dismiss|overturn|quash",
    ),
    _pair(
        "approved|adopted|accepted",
        "rejected|turned down|vetoed|voted down",
        "approv|adopt|accept|pass|back|agree|sign|favou?r|endors|ratif|green|enact|allow|went|gave|giv",
    ),
)


def of_the_contrary(question: str, quotes: Sequence[str]) -> bool:
    """Whether it was asked when, where or by whom something was done, and each quote tells the contrary alone.

    >>> of_the_contrary("When did Ann die?", ["Ann was born on 3 March 1848."])
    True
    >>> of_the_contrary("When did Ann die?", ["Ann was born on 3 March 1848 and fell at sea in 1904."])
    False
    >>> of_the_contrary("When did the mill close?", ["The mill opened in 1804 and ran for 80 years."])
    False
    """
    asked = _SUBORDINATE.sub("", question)
    return bool(_ASKED.match(question)) and any(
        deed.search(asked) and not contrary.search(asked) and all(_only(quote, contrary, alike) for quote in quotes)
        for deed, contrary, alike in _PAIRS
    )


def _only(quote: str, contrary: re.Pattern[str], alike: re.Pattern[str]) -> bool:
    return bool(contrary.search(quote)) and not (alike.search(quote) or _TELLS_BOTH.search(quote))
