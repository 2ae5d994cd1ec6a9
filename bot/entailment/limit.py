"""The words that limit what is said, and that an answer likes to leave out: who nearly won did not win, an attempt is
no murder, what applies only to hospitals in one province does not apply to hospitals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from bot.language.claim import Claim
from bot.language.wording import NAME, carries
from index.words import content_terms, vocabulary

_MADE = re.compile(
    r"\b(?:(?:(?P<partly>(?:half|step)(?=-))|"
    r"(?P<tried>(?:an?|the|this|his|her|its|their|of|for|after|in) "
    r"(?:attempted|would-be|failed|foiled|aborted|unsuccessful)|"
    r"(?:tr(?:y|ies|ied|ying)|attempt(?:s|ed|ing)?|struggl(?:e|es|ed|ing)|s(?:eeks?|ought|eeking)) to)|"
    r"(?P<sought>(?:candidate|nominee|contender|applicant) for)|"
    r"(?P<feigned>(?:so-called|mock|fake|sham|honorary)(?-i:(?! [A-Z])))|"
    r"(?P<almost>nearly|almost|virtually|practically|substantially|essentially)|"
    r"(?P<hardly>(?:hardly|barely|scarcely)(?: any)?|"
    r"(?<!a )few(?! (?:second|minute|hour|day|week|month|year|decade)s))|"
    r"(?P<alleged>alleged(?:ly)?|suspected|reportedly|supposed(?:ly)?|purported(?:ly)?|rumoured|"
    r"(?:is|are|was|were) (?:said|thought|believed|reported|rumoured|alleged|supposed) to(?: have)?(?: be(?:en)?)?))"
    r"[- ](?:the |an? )?)?(?P<word>[^\W\d_]{3,})",
    re.IGNORECASE,
)
# The beginnings of words by which a claim says so itself.
_SAYS_SO = {
    made: re.compile(rf"\b(?:{words})", re.IGNORECASE)
    for made, words in {
        "partly": "half|step",
        "tried": "attempt|try|tried|tries|fail|seek|sought|want|aim|unsuccess|would-be|foil|abort|struggl",
        "sought": r"candida|nomin|contend|appli|bid\b|run\b|runs\b|ran\b|running|stand|campaign",
        "feigned": "so-called|mock|fake|sham|false|honorary|pretend",
        "almost": "nearly|almost|close|virtual|practical|substantial|essential",
        "hardly": "hardly|barely|scarce|few|little|rare|seldom",
        "alleged": r"alleg|suspect(?:ed\b|s? (?:that|of)\b)|accus|charg|report|suppos|purport|rumour|said|say|claim|"
        r"believ|thought|think|likely|probab|perhaps|may\b|might|could|appar|seem",
    }.items()
}
_TIME = r"(?:time|second|minute|hour|day|night|morning|evening|afternoon|week|weekend|month|season|year|decade)s?\b"
_COUNT = r"\d|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a (?:few|handful|couple)|one"
_CAREFUL = "alleged"  # a claim may be more careful than its quote
_ONLY_TO = re.compile(r"\b(?<!not )only (?:to|for|in|by) (?P<whom>[^.,;:]+)", re.IGNORECASE)
_ONLY = re.compile(r"\b(?:only|solely|alone|exclusively)\b", re.IGNORECASE)
_WHOM = 4  # content terms after "only" that say of whom
_PART_OF = re.compile(
    r"(?<!every )(?<!each )(?<!any )(?<!no )\b(?:some|most|many|several|few|part|half|"
    r"(?:an?|one|two|three) (?:third|quarter|fifth|half)s?|one|two|three|four|five|six|seven|eight|nine|ten|\d+) "
    r"of (?:the|its|their|his|her|these) (?P<whole>(?-i:(?=[a-z0-9]))[\w’'-]+"
    r"(?: (?!(?:in|of|on|at|by|for|to|from|with|was|were|is|are|has|have|had|that|who|which|and)\b)[a-z]\w+)?)",
    re.IGNORECASE,
)
_WHERE = frozenset("in of on at by for to from with over across into through around".split())
_PARTLY = re.compile(
    r"\b(?:some|most|many|several|few|half|third|quarter|fifth|mostly|largely|mainly|part(?:s|ly|ially)?|one of|among|"
    r"majority|not all|nearly|almost)\b",
    re.IGNORECASE,
)
_MOST_OF = re.compile(rf"\b[Mm]ost of (?:the |its |their |his |her )?(?P<whole>{NAME}|[\w’'-]+)")
_CLAUSE = 120  # characters of a clause that are read from such a word on
_MOSTLY = (
    r"(?:most(?:ly)?|majority|mainly|largely|chiefly|predominant\w*|bulk|per ?cent|%|"
    r"nearly all|almost all|more than half)"
)
_UP_TO = re.compile(r"\bup to (?:[$€£])?(\d[\d.,]*\d|\d)")
_BOUND = re.compile(
    r"\b(?:up to|at most|maximum|no more|not more|less|fewer|under|limit\w*|can|may|could|as (?:many|much) as|capped?|"
    r"until|below|or less|or fewer|highest|ceiling)\b",
    re.IGNORECASE,
)
_UNIVERSAL = re.compile(
    r"\b(?:all|every|any|each|always|daily|throughout|whole|entire|anyone|everyone|everything|everybody|no|none|never)\b",
    re.IGNORECASE,
)
_EXCEPT = re.compile(
    r"\b(?:except\w*|apart from|other than|excluding|but for|exempt\w*|save for|(?-i:but (?=[A-Z]))|all but)\b",
    re.IGNORECASE,
)
# What makes more of something, and what a quote may have for it.
_HEIGHTS = [
    (re.compile(rf"\b(?:{said})\b", re.IGNORECASE), re.compile(rf"\b(?:{meant})", re.IGNORECASE))
    for said, meant in (
        ("a record", r"record|\w+est\b|the most\b|never before|unprecedented"),
        ("(?:complete|entire|total|whol|full)ly", r"complete|entire|total|whol|full|all\b|raz|destroy|every|perfect"),
        ("unanimously", r"unanim|no (?:vote|member|one)|to (?:none|nil|0)\b|all\b"),
        (  # "the only one" is told by what ranks
            r"(?<!not )(?<!the )(?<!['’]s )(?<!(?:his|her|its) )(?<!their )only"
            rf"(?! (?:{_COUNT}|after|when|if|because|until|once|in \d))",
            r"only|sole|alone|lone|single|exclusiv|except|no other|nobody else|nothing (?:but|else)|no one else|just|"
            r"merely|limit|restrict|confin|unless|purely|strictly|nowhere else|reserved|unique|other than|at most",
        ),
        (
            rf"(?:(?<!in )(?<!at )(?<!after )(?<!above )all|every(?! {_TIME}))"
            rf"(?! (?:of )?(?:the )?(?:{_COUNT})| (?:but|over|along|about|kinds|sorts|night)\b)|"
            "always|everyone|everybody",
            r"(?:all|no|none|any|both|full|100)\b|each|every|always|whole|entire|total|complete|throughout|never|nobody|"
            r"unanim|without exception|invariabl|constant|exclusiv|daily|annual|yearly|regular",
        ),
        (
            "confirm(?:s|ed)",
            r"confirm|verif|corroborat|acknowledg|admit|said|says|told|announc|stat(?:es|ed|ement)|declar|validat|show|"
            r"found|prove|sure|certain|official",
        ),
        (
            "den(?:y|ies|ied)",
            r"den[iy]|reject|dismiss|refut|disput|contest|disavow|(?:no|not|without)\b|never|false|baseless|untrue|"
            r"contradict|innocen|refus|turn(?:ed)? down|block|depriv|withh|unable|barr|exclu|prevent|forb[ai]d|"
            r"prohibit",
        ),
    )
]
# What is only rumoured, suspected or doubted, and how a claim may say so itself.
_HEARSAY = re.compile(
    r"\b(?:(?:rumou?rs?|speculation|suspicions?|allegations?|unconfirmed reports?|reports|fears|doubt(?:s|ed|ful)?)"
    r"(?: [\w’' -]{1,40}?)? (?:that|said|says|of)|(?:suspected|accused|suspicion) of|alleg(?:es|ed|ing) that)\b"
    r"(?P<what>[^.,;]*)",
    re.IGNORECASE,
)
_HEARD = re.compile(
    r"\b(?:rumou?r|speculat|suspect|suspic|alleg|unconfirmed|report|fear|doubt|accus|charg|said|say|claim|believ|thought|"
    r"think|likely|probab|perhaps|may\b|might|could|appear|seem|suppos|den[iy]|investigat|question|whether|if\b)",
    re.IGNORECASE,
)


def unlimited(claim: Claim, quotes: Sequence[Claim]) -> bool:
    """Whether the claim leaves out a word by which the quotes limit what it says, or has one that they have not.

    >>> from bot.language.claim import read
    >>> said = [read("The rebels nearly captured the airport.")]
    >>> unlimited(read("The rebels captured the airport."), said), unlimited(read("They nearly captured it."), said)
    (True, False)
    """
    own, texts = claim.texts[0], [text for quote in quotes for text in quote.texts]
    told: dict[str, set[str]] = {}
    for text in texts:
        for word, made in _made(text).items():
            told.setdefault(word, set()).update(made)
    if any(_made_other(made, told.get(word, set()), own) for word, made in _made(own).items()):
        return True
    everything = " ".join(texts)
    return (
        _widened(claim, everything)
        or _made_whole(own, everything)
        or _of_another_whole(own, texts)
        or _without_bound(own, everything)
        or _heightened(own, everything)
        or _hearsay(claim, everything)
        or any(_excepted(claim, text) for text in texts)
    )


def _made_other(made: frozenset[str], there: set[str], claim: str) -> bool:
    """Whether a word is made something else in the quotes, and the claim does not say so in another word."""
    said = made == {_CAREFUL} or any(each and _SAYS_SO[each].search(claim) for each in there)
    return bool(there) and made.isdisjoint(there) and not said


@lru_cache(maxsize=8_192)
def _made(text: str) -> Mapping[str, frozenset[str]]:
    """What each word is made by the one before it; "" where by none."""
    found: dict[str, frozenset[str]] = {}
    for word, made in _each_made(text):
        found[word] = found.get(word, frozenset()) | {made}
    return found


def _each_made(text: str) -> Iterator[tuple[str, str]]:
    made = [*_MADE.finditer(text)]
    sought = {term for found in made if found["sought"] for term in content_terms(found["word"])}
    for found in made:
        by = next((name for name, words in found.groupdict().items() if words and name != "word"), "")
        for term in content_terms(found["word"])[:1]:
            if by or term not in sought or not found["word"].islower():  # "as mayor" is then what would be
                yield term, by


def _widened(claim: Claim, text: str) -> bool:
    """Whether the claim has a part of what a text says "only" of, and not the rest, which narrows it."""
    for found in () if _ONLY.search(claim.texts[0]) else _ONLY_TO.finditer(text):
        first, *rest = [carries(claim.vocabulary, word) for word in content_terms(found["whom"])[:_WHOM]] or [0.0]
        if first and not all(rest):
            return True
    return False


def _excepted(claim: Claim, text: str) -> bool:
    """Whether a text makes an exception, and the claim tells of all, or of what is excepted."""
    for found in () if _EXCEPT.search(claim.texts[0]) else _EXCEPT.finditer(text):
        before, (but, *after) = content_terms(text[: found.start()]), content_terms(text[found.end() :]) or [""]
        of_it = any(carries(claim.vocabulary, term) for term in after)  # "every day but Monday, when it is closed"
        told = carries(claim.vocabulary, but) and but not in before and not of_it
        if told or _UNIVERSAL.search(claim.texts[0]):
            return True
    return False


def _made_whole(claim: str, text: str) -> bool:
    """Whether the claim tells of the whole what a text tells of a part alone: "most of the old town"."""
    wholes = () if _PARTLY.search(claim) else [found["whole"] for found in _PART_OF.finditer(text)]
    rest = _PART_OF.sub("", text)
    return any(_tells_of(whole, claim) and not _tells_of(whole, rest) for whole in wholes)


def _of_another_whole(claim: str, texts: Sequence[str]) -> bool:
    """Whether the claim tells of most of something of which no clause of the texts has a word for most: 160 km of the
    pipe are missing, most of them at sea."""
    for found in _MOST_OF.finditer(claim):
        whole = re.escape(found["whole"])
        between = rf"[^.,;:]{{0,{_CLAUSE}}}"
        near = re.compile(rf"{_MOSTLY}{between}\b{whole}|\b{whole}{between}{_MOSTLY}", re.IGNORECASE)
        if any(re.search(_MOSTLY, text, re.IGNORECASE) for text in texts) and not any(map(near.search, texts)):
            return True
    return False


def _tells_of(whole: str, text: str) -> bool:
    """Whether a text tells of a whole: no word stands before it that says where something is."""
    found = re.search(
        rf"(?:\b(?P<before>\w+) )?\b(?:the|all|both|its|their|his|her) {re.escape(whole)}\b", text, re.IGNORECASE
    )
    return found is not None and (found["before"] or "").lower() not in _WHERE


def _without_bound(claim: str, text: str) -> bool:
    """Whether the claim has as it is a figure of which the text says "up to", and nothing else."""
    figures = () if _BOUND.search(claim) else _UP_TO.findall(text)
    return any(_occurs(figure, claim) and not _occurs(figure, _UP_TO.sub("", text)) for figure in figures)


def _occurs(figure: str, text: str) -> bool:
    return re.search(rf"(?<![\d.,]){re.escape(figure)}\b", text) is not None


def _heightened(claim: str, text: str) -> bool:
    """Whether the claim makes more of something by a word for which the text has none."""
    return any(said.search(claim) and not meant.search(text) for said, meant in _HEIGHTS)


def _hearsay(claim: Claim, text: str) -> bool:
    """Whether the claim tells as a fact what the text says to be rumoured, suspected or doubted, and nowhere else."""
    heard = () if _HEARD.search(claim.texts[0]) else [vocabulary(found["what"]) for found in _HEARSAY.finditer(text)]
    rest = vocabulary(_HEARSAY.sub("", text)) if heard else frozenset[str]()
    told = [term for term in claim.plain if not carries(rest, term)]
    return any(told and all(carries(what, term) for term in told) for what in heard)
