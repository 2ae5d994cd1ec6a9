"""The words of Chinese that make another claim of the same names and figures: of how many it is so, only of whom, or of
all but whom; whether it is more than hearsay; which of an order something is, and who does what to whom in it.

Chinese has no tenses, cases or word boundaries that regular expressions for English could see, so what they read there
is read here by the words themselves, and by the sorts that the segmenter gives to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.language.claim import Claim, read
from bot.language.role import roles, swapped
from bot.language.wording import carries
from index.numeral import spelled_in_chinese
from index.script import HAN
from index.words import content_terms

_EACH = "[个位名人天年月周次家座国所户种项]"
# How much of something it is so of, from all to few; what may say "all" in other words.
_ALL = re.compile(rf"所有(?![权者])|全部|全体|一切|每一?{_EACH}|各地都|一律|无一例外")
_ANY_ALL = re.compile(r"所有|全|一切|每|各|都|均|皆|一律|无一|整个|任何|凡|始终|总是|百分之百|100%")
_MOST = re.compile(r"多数|大部分|大多|半数以上|过半")
_SOME = re.compile(r"(?<!大)(?<!组成)部分(?!别)|一些|有些|有的|某些|若干|少数|个别")
_ONLY = re.compile(r"只有|仅有|唯一|唯独|仅仅|仅(?!次于)|只(?=[对向在限能会允])")
_NO_OTHER = re.compile(r"只|仅|唯|独|限|除")
_ONLY_WHO = re.compile(r"(?:只有|仅有|仅限?|只限)(?P<whom>[^，。；：]{2,30}?)(?:才|方可|可以|能够?|有权|允许|获准)")
_EXCEPT = re.compile(
    r"除(?:了|去|开)?(?P<what>[^，。；：]{1,24}?)(?:之外|以外|外|例外)(?![，,]?[^，。；]{0,12}(?:还|也|亦|另|又))"
)
_SAYS_EXCEPT = re.compile(r"除|例外|不包括|以外")
_EVERY = re.compile(r"所有|全部|全体|一切|每[天日年人个位名家所]|都|均|全年|全天")
# What is only rumoured, suspected or charged, and how a claim may say so itself.
_HEARSAY = re.compile(
    r"(?:传闻|据传|据称|网传|盛传|传言[称说]?|谣言[称说]?|谣传|有消息称|疑似|涉嫌|被控|被指控?|被疑|指控|怀疑|嫌疑)"
    r"(?P<what>[^，。；]*)"
)
_HEARD = re.compile(r"传|称|说|谣|指控|被指|被控|涉嫌|怀疑|嫌疑|疑似|据|指责|否认|可能|或许|起诉|调查|消息")
# Which of an order: the largest, the second largest; and among what something is the largest.
_RANK = re.compile(r"(?:(?P<top>最)|第(?P<nth>[一二三四五六七八九十]))(?P<what>[大高长小多少深重老低早])(?!的?限度)")
_AMONG = re.compile(
    r"(?P<where>世界|全球|全国|亚洲|欧洲|非洲|北美|南美|拉美|中国|国内|全省|全市|东南亚|中东|历史|史|今年|当年)"
    r"[上内]?(?:的)?最(?P<what>[大高长小多少深重老低])"
)
_OFFICE = re.compile(
    r"(?P<below>副)?(?P<office>总统|总理|首相|主席|部长|市长|省长|州长|校长|院长|主任|秘书长|会长|局长|行长|司令|董事长|总裁|国务卿)"
)
_ALIKE = {"全球": "世界", "国内": "全国", "中国": "全国", "史": "历史", "当年": "今年"}


def changed(claim: Claim, quotes: Sequence[Claim]) -> bool:
    """Whether a claim in Chinese leaves out what its quotes limit by such a word, or has one that they have not.

    >>> from bot.language.claim import read
    >>> said = [read("部分学校已经复课。")]
    >>> changed(read("所有学校都复课了。"), said), changed(read("部分学校复课了。"), said)
    (True, False)
    >>> changed(read("记者打伤了警察。"), [read("记者被警察打伤。")])
    True
    """
    own, texts = claim.texts[0], [text for quote in quotes for text in quote.texts if HAN.search(text)]
    if not texts or not HAN.search(own):
        return False
    everything = "\n".join(texts)
    if own in texts:
        return False
    return (
        _shared_out(own, everything)
        or _alone(claim, everything)
        or _excepted(claim, everything)
        or _heard(claim, everything)
        or _in_another_order(own, texts)
        or any(swapped(one, other) for one in roles(own) for text in texts for other in roles(text))
    )


def _shared_out(claim: str, text: str) -> bool:
    """Whether the claim tells of all, or of most, what the text tells of less alone."""
    if _ALL.search(claim):
        less = _MOST.search(text) or _SOME.search(text)
        said_so = _MOST.search(claim) or _SOME.search(claim)
        return not _ANY_ALL.search(text) or bool(less and not said_so and not _ALL.search(text))
    return bool(_MOST.search(claim) and _SOME.search(text) and not _MOST.search(text))


def _alone(claim: Claim, text: str) -> bool:
    """Whether the claim says "only" and the text does not, or the text does, of those of whom the claim has a part."""
    if _ONLY.search(claim.texts[0]):
        return not _NO_OTHER.search(text)
    for found in _ONLY_WHO.finditer(text):
        told = [carries(claim.vocabulary, term) for term in content_terms(found["whom"])]
        if any(told) and not all(told):
            return True
    return False


def _excepted(claim: Claim, text: str) -> bool:
    """Whether the text makes an exception, and the claim tells of all, or of what is excepted."""
    own = claim.texts[0]
    for found in () if _SAYS_EXCEPT.search(own) else _EXCEPT.finditer(text):
        but = content_terms(found["what"])
        if _EVERY.search(own) or (but and all(carries(claim.vocabulary, term) for term in but)):
            return True
    return False


def _heard(claim: Claim, text: str) -> bool:
    """Whether the claim tells as a fact what the text tells as hearsay or a charge, and nowhere else."""
    heard = (
        () if _HEARD.search(claim.texts[0]) else [read(found["what"]).vocabulary for found in _HEARSAY.finditer(text)]
    )
    rest = read(_HEARSAY.sub("", text)).vocabulary if heard else frozenset[str]()
    told = [term for term in claim.plain if not carries(rest, term)]
    return any(told and all(carries(what, term) for term in told) for what in heard)


def _in_another_order(claim: str, texts: Sequence[str]) -> bool:
    """Whether the texts have another place in an order than the claim, of the same, and never that one."""
    told = {mark for text in texts for mark in _places(text)}
    spoken_of = {mark[:2] for mark in told}
    return any(mark[:2] in spoken_of and mark not in told for mark in _places(claim))


def _places(text: str) -> Iterator[tuple[str, str, str]]:
    for found in _RANK.finditer(text):
        yield "rank", found["what"], str(1 if found["top"] else spelled_in_chinese(found["nth"]))
    for found in _AMONG.finditer(text):
        yield "among", found["what"], _ALIKE.get(found["where"], found["where"])
    for found in _OFFICE.finditer(text):
        yield "office", found["office"], found["below"] or ""
