"""Reported speech in Chinese: a sentence that begins with who says the rest, in either script."""

from __future__ import annotations

import re

from bot.language.speech import Report
from index.script import simplified

_SAYS = (
    r"(?:表示|(?<![被人誉通号自])称(?![为之作号职赞得呼道上])|(?<![小传学据听演游解诉劝])说(?![法明服到起])|认为|指出|强调|声称|宣称|"
    r"主张|重申|写道|警告(?!说)|反驳|辩称|坚称|坦言|直言|断言|相信|承认|告诉[^，。；：“”]{1,10}(?=，))"
)
_HOW = r"(?:补充|警告|回应|解释|强调|透露|介绍|对此|公开|随后|同时|再次|进一步|还|也|又|则|曾|仍)"
_NOBODY = (
    r"(?![^，。]{0,6}(?:无人|尚无|没有|无任何))"
    r"(?![他她它我你这那]们?(?:还|也|又|补充|强调|同时|在|对|向|[表称说认指写警]))"
)
_SAID = re.compile(
    rf"\A(?P<lead>{_NOBODY}(?P<who>(?!据此|按照|根据|据)[^，。；：“”\d]{{2,24}}?)(?:\d[\d年月日]*[^，。；：“”]{{0,8}}?)?"
    rf"(?:[在对向][^，。；：“”]{{1,20}}?)?{_HOW}{{0,2}}"
    rf"(?<!没有)(?<![没未不]){_SAYS}[，：,:]?)(?P<content>.+)\Z",
    re.DOTALL,
)
# "据新华社7月15日报道，…", "在他看来，…"; by a law or a plan nobody says anything.
_BEFORE = re.compile(
    r"\A(?P<lead>(?:(?:根据|按照|据)(?!此|悉|了解|报[道载]|介绍|统计|估计|估算|消息)(?P<who>[^，。；：“”\d]{2,24}?)(?<![法约议划定则同例])(?:的|\d[\d年月日]*)?"
    r"(?:报[道告载]|消息|通[报告]|统计|估[计算]|测[定算]|数据|说法|介绍|透露|分析|调查|预测|称|说|看法|观点|记录){0,2}|"
    r"在(?P<name>[^，。；：“”\d]{1,24}?)看来))[，,](?P<content>.+)\Z",
    re.DOTALL,
)
_BLAMED = re.compile(
    rf"\A{_NOBODY}(?P<who>[^，。；：“”\d]{{2,24}}?)(?:\d[\d年月日]*)?(?<![没未不])"
    r"(?:指责|否认|驳斥|谴责|批评|抨击|指控|怪罪)(?![者家的])(?P<content>[^，].*)\Z",
    re.DOTALL,
)
_GOES_ON = re.compile(
    rf"\A(?P<who>[他她它]们?|该(?:组织|机构|公司|报|人|男子|部门?))(?:[在对向][^，。；：“”]{{1,20}}?)?{_HOW}{{0,2}}"
    rf"{_SAYS}[，：,:]?(?P<content>.+)\Z",
    re.DOTALL,
)
_PRONOUN = r"[他她它我你]们?"
_AIMED = re.compile(r"(?<=[\u4e00-\u9fff]{2})(?:[对向在就](?=.)|接受).*\Z|(?:补充|警告|回应|还|也)\Z")


def reported(quote: str) -> Report | None:
    """What a quote in Chinese reports, where it begins with who says it, or by whose account it is so.

    >>> reported("據新華社7月15日報導，談判破裂。")
    Report(who='新華社', lead='據新華社7月15日報導，', content='談判破裂。')
    """
    plain = simplified(quote).replace("报导", "报道")
    for pattern in (_BEFORE, _SAID, _BLAMED):
        if found := pattern.match(plain):
            place = "name" if found.groupdict().get("name") else "who"
            who, content = (quote[slice(*found.span(part))] for part in (place, "content"))
            lead = "" if pattern is _BLAMED else quote[: found.start("content")]
            return Report(without_hearer(who), "" if re.fullmatch(_PRONOUN, who) else lead, content)
    return None


def without_hearer(who: str) -> str:
    """Who speaks, without to whom and where: 约翰逊 of 约翰逊对记者."""
    return _AIMED.sub("", who) or who


def resumed(quote: str) -> Report | None:
    """What a quote in Chinese lets somebody say who is told by a pronoun alone.

    >>> resumed("他還指出，渡輪不會停航。")
    Report(who='他', lead='', content='渡輪不會停航。')
    """
    found = _GOES_ON.match(simplified(quote))
    return found and Report(quote[: found.end("who")], "", quote[found.start("content") :])
