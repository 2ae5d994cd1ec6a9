"""Modality: the words by which a text denies, plans, supposes, wishes or reports something, or tells it as past.

Regular expressions for English and Chinese together; `bot.language.claim` reads what each of them is said of.
"""

from __future__ import annotations

import re

DENIAL = re.compile(
    r"\b(?:not(?! (?:only|just|merely)\b|[^.,;]{0,40}\buntil\b)(?: yet\b)?|no longer|"
    r"no(?! (?:fewer|less|more|later) than\b)|(?:has|have|had|is|are|was|were) yet to|"
    r"never|neither|nor|none|nobody|nothing|without|cannot|unable to|(?:fail|refuse|decline)(?:s|d|ed)? to)\b|n['’]t\b|"
    r"不再|(?<!不得)不(?![仅过同久断少但止论管满得足到幸安错禁料明等愧妨惜息朽高低超多下]|得不)|不得(?!不)|"
    r"没有?(?![收落])|未(?![来婚知])|并非|绝非|无法|无[人一权罪需意证](?!例外)|毫无|[尚暂并从]无|拒绝|难以",
    re.IGNORECASE,
)
PLAN = re.compile(
    r"\b(?:will|would|(?-i:may)|might|can|could|should|if|unless|whether|"
    r"(?:plan|promise|pledge|vow|expect|intend|hope|want|threaten|propose|consider|aim|agree|seek)"
    r"(?:s|d|ed|ned|ning|ing)? to|"
    r"(?:promise|pledge|vow|agree)(?:s|d|ed)? (?:at|by|during|in|last|on|this|under|with) [^.,;:]{1,60}? to(?= [a-z])|"
    r"(?:advise|ask|demand|invite|instruct|order|press|request|tell|told|urge)(?:s|d|ed)?(?: [^.,;:]{1,60}?)? to|"
    r"(?:threaten(?:s|ed|ing)?|threat)(?: [^.,;:]{1,60}?)? with|threats? of|"
    r"(?:is|are|was|were|be) (?:due |set |likely |about )?to)\b|"
    r"\b(?:of|without|against|(?:reason|plan|notice|hope|chance|proposal)s? for)(?= \w+ing\b)|"
    r"将(?![军领士来近])|(?<![的该此项])计划(?![的，。获被])|拟(?![人声])|可能|承诺|预计|考虑|如果|一旦|打算|准备|有望|即将|"
    r"试图|企图|力[图争]|争取|威胁|扬言|同意|面临|旨在|许诺|倘若|假如|就(?=[^，。；]{2,20}(?:谈判|磋商|协商|讨论))",
    re.IGNORECASE,
)
DISOWNED = re.compile(
    r"\b(?:den(?:y|ies|ied|ying) (?:that|having|being|any|ever)|rul(?:e|es|ed|ing) out|(?:cleared|acquitted) of|"
    r"call(?:s|ed|ing)? off|"
    r"(?:reject|dismiss|den(?:y|ied)|refut)\w* (?:[\w-]+ )?(?:report|claim|allegation|rumour)s? (?:that|of)|"
    r"no (?:evidence|proof|sign|indication|suggestion|truth)(?: to suggest| in (?:the )?\w+)? that|"
    r"(?:wrongly|falsely|mistakenly) (?:believ|claim|report|assum|think|said|say|stat)\w*(?: that)?|"
    r"(?:myth|rumour) that)\b|"
    r"(?:没有|未|[并尚暂]无|缺乏|毫无)(?:发现|找到|看到|任何)?(?=[^，。；]{1,30}(?:证据|迹象|依据))",
    re.IGNORECASE,
)
# What only may be, was to be, was meant to be or is asked, and what once was.
PERHAPS = re.compile(
    r"\b(?:(?:could|might|would|(?-i:may))\b(?! not\b)|(?<!, )whether(?! or not)\b|"
    r"(?:plan|promise|pledge|vow|intend|hope|want|threaten|propose|consider|aim|seek)(?:s|d|ed|ned|ning|ing)? to\b|"
    r"(?:was|were|supposed|meant|expected|likely) to\b|"
    r"(?:former(?:ly)?|one-?time|ex(?=-)|no longer|(?:was|were|held|had|led|ran|[a-z]+ed)(?=[^.;,]{1,60} until\b))\b)|"
    # what one used to do, and no tool that is used to do something
    r"(?:\A|[.;,] ?|\b(?:who|which|that|he|she|it|they|and|but) )"
    r"(?:(?!(?:is|are|was|were|be) )[\w’'-]+ ){0,4}?used to\b|(?<!不)可能|"
    r"(?<![的该此项])计划(?![的，。获被])|拟(?![人声])|考虑|打算|准备(?!金)|有望|试图|企图|力[图争]|争取|威胁(?!论)|扬言|同意|面临|"
    r"如果|一旦|倘若|假如|或将|预[计期]|就(?=[^，。；]{2,20}(?:谈判|磋商|协商|讨论))",
    re.IGNORECASE,
)
# What somebody only hopes for or demands.
WISHED = re.compile(
    r"\b(?:(?:demand|insist|request|propose|recommend|ask|urg)\w*\b[^.;]{1,120}? be(?= \w+(?:ed|en|t)\b)|"
    r"(?:hope|wish|demand|fear|propose|request)(?:s|d|ed)? (?:[^.,;:]{0,30}? )?that|"
    r"(?:hope|fear)(?:s|d|ed)?(?= (?:the|an?|it|they|he|she|his|her|their|its)\b)|"
    r"call(?:s|ed|ing)? (?:up)?on [^.,;:]{1,60}? to)\b|"
    r"希望|要求|呼吁|敦促|请求|建议|主张",
    re.IGNORECASE,
)
COMING = re.compile(r"\b(?:will|would|shall|(?:is|are) (?:going )?to)\b|将(?![军领士来近])", re.IGNORECASE)
# On what something hangs that will be.
CONDITION = re.compile(
    r"\b(?:unless|provided that|on condition that|(?<!as )(?<!even )(?<!asked )(?<!know )(?<!see )if(?! any))\b|"
    r"(?:\A|[.;] )Should [^,.;?]+,|"
    r"如果|除非|一旦|倘若|假如|(?<![^，。；])若(?!干)",
    re.IGNORECASE,
)
PAST = re.compile(
    r"\b(?:was|were|been|had|did|became|began|bought|broke|brought|built|came|caught|chose|drew|drove|fell|flew|fought|"
    r"found|gave|got|grew|held|kept|killed|knew|laid|led|left|lost|made|meant|met|paid|ran|rose|sank|sent|shot|sold|spent|spoke|"
    r"stole|stood|struck|swore|took|taught|threw|went|withdrew|won|wrote|"
    r"(?-i:(?!need|exceed|proceed|succeed|hundred|speed)[a-z]\w+ed))\b|"
    # and no name: "United"
    r"(?<![为除])了(?!解)"
    r"|已(?!知)|曾(?!祖|孙)|(?<![超通经不])过(?![去程度渡敏滤境剩关分于半])",
    re.IGNORECASE,
)
REPORT = re.compile(
    r"\b(?:(?:accuse|announce|argue|believe|declare|insist|state|warn)[sd]?|(?:call|claim|report|allege)(?:s|ed|d)?|"
    r"said|says|told|tells|wrote|writes|den(?:ies|ied)|according to|held that)\b|表示|称|说|认为|宣布|指责|否认",
    re.IGNORECASE,
)
PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being) (?:\w+ly )?\w+(?:ed|en|t|d|n|ght)\b[^.;]{0,40}? by\b|被|由")
# What somebody does not say is not thereby denied.
UNSAID = re.compile(
    r"\s*(?:yet |ever |even )?(?:mention|say|said|tell|told|discuss|address|comment|explain|specify|know|describe|"
    r"report|confirm|announce|reveal|disclose|deny)(?:s|ed)?\b|提[到及]?|说|透露|证实|知道|解释|评论",
    re.IGNORECASE,
)
