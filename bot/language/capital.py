"""A capital that stands for its state: "Did Moscow agree?" asks of Russia, and articles mostly say so."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.language.wording import same
from index.words import CAPITAL, FUNCTION_WORDS, chinese, terms

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
_CHINESE_STATES = {
    "华盛顿": "美国",
    "布鲁塞尔": "欧盟",
    "莫斯科": "俄罗斯",
    "北京": "中国",
    "伦敦": "英国",
    "巴黎": "法国",
    "柏林": "德国",
    "华沙": "波兰",
    "基辅": "乌克兰",
    "安卡拉": "土耳其",
    "德黑兰": "伊朗",
    "伊斯兰堡": "巴基斯坦",
    "新德里": "印度",
    "东京": "日本",
    "首尔": "韩国",
    "平壤": "朝鲜",
    "堪培拉": "澳大利亚",
}
_ANY = rf"(?:{'|'.join(_STATES)})\b(?! [A-Z])"
_PAIR = rf"(?P<one>{_ANY})(?:,? (?:and|or|with) (?P<other>{_ANY}))?"
_DOES = r"(?:did|does|do|has|have|had|will|would|can|could|should|must|might|may)"
# What a state does, and a town or somebody of its name mostly does not.
_DEEDS = (
    "accept accuse admit agree allow announce argue ask ban bar believe block blame call cancel claim come complain "
    "condemn consider count criticise criticize cut decide demand deny deploy distance end exempt expect expel explain "
    "extend fear give go halt hand hope impose insist intend join keep leave let lift make offer oppose order plan "
    "prefer promise propose pull push ratify react recognise recognize refuse reject rejoin renew reply respond "
    "retaliate return reverse sanction say see send settle sign stop support suspend take tell think threaten try use "
    "veto violate vote want warn welcome withdraw"
)
_DOING = rf"(?:(?:not |also |still |ever |really |finally )?(?:{_DEEDS.replace(' ', '|')})\b|have to\b)"
_DID = (
    r"(?:sa(?:ys?|id)|th(?:inks?|ought)|wants?|wanted|hopes?|hoped|plan(?:s|ned)?|ask(?:s|ed)?|claim(?:s|ed)?|"
    r"accuse[sd]?|den(?:y|ies|ied)|refuse[sd]?|reject(?:s|ed)?|order(?:s|ed)?|ban(?:s|ned)?|sign(?:s|ed)?|agree[sd]?|"
    r"announce[sd]?|decide[sd]?|demand(?:s|ed)?|threaten(?:s|ed)?|promise[sd]?|withdrew|withdraws?|le(?:ft|aves?)|"
    r"recogni[sz]e[sd]?|impose[sd]?|retaliate[sd]?|respond(?:s|ed)?|suspend(?:s|ed)?)\b"
)
_OF_A_STATE = (
    r"(?:government|leader(?:s|ship)?|minist(?:er|ry)|officials?|diplomats?|ambassador|envoy|team|delegation|negotiators?|"
    r"army|military|troops|forces|soldiers|navy|warheads|missiles|arsenal|weapons|allies|ally|"
    r"decision|position|stance|polic(?:y|ies)|claims?|demands?|conditions|letter|notice|answer|response|reaction|reasons?|"
    r"offer|orders?|views?|refusal|withdrawal|threats?|relations|ties|sanctions|tariffs|promises?|obligations|"
    r"commitments?|complaints?)\b"
)
_DEALS = (
    r"(?:treaty|agreements?|deals?|accords?|pacts?|alliance|talks|negotiations|relations|ties|cooperation|tensions)"
)
_MAKES = r"(?:(?:want|ask|tell|urge|accuse|warn|press|threaten|blame|force|oblige|persuade)(?:ed|d|s|ing|es)?|told)"
# Where a capital does what a state does, or has it done to it.
_STANDS_FOR = [
    re.compile(pattern)
    for pattern in (
        rf"\b(?i:{_DOES}) {_PAIR}(?= {_DOING})",
        rf"\b(?i:that|whether|if|when|because|since|after|before|and|thinks?) {_PAIR}(?= (?:{_DOES} {_DOING}|{_DID}))",
        rf"\b{_PAIR}['’]s?(?= (?:[\w-]+ ){{0,2}}?{_OF_A_STATE})",
        rf"\b(?:sanctions|tariffs|pressure|penalties) (?:on|against) {_PAIR}",
        rf"\b{_DEALS} (?:with|between) {_PAIR}",
        rf"\b{_MAKES} {_PAIR}",
        rf", {_PAIR}(?=\?)",
    )
]
_CHINESE_ANY = "|".join(_CHINESE_STATES)
_CHINESE_DOING = (
    "(?:是否|是不是|有没有|为什么|为何|怎么|如何|何时|什么时候|后来|最终|已经|已|曾|还|也|都|不|没有|没|会|将|要|能|愿意?|打算)*"
    "(?:同意|拒绝|要求|希望|想|认为|表示|宣布|退出|加入|签署?|批准|承诺|指责|否认|接受|反对|支持|回应|提出|提议|主张|威胁|制裁|担心|"
    "报复|下令|驱逐|承认|决定|计划|违反|遵守|谈判|得到)"
)
_CHINESE_STANDS_FOR = re.compile(
    rf"(?P<one>{_CHINESE_ANY})(?=[和与同](?:{_CHINESE_ANY}){_CHINESE_DOING}|{_CHINESE_DOING}|"
    r"(?:方面|政府|当局)?的(?:立场|要求|条件|态度|回应|反应|理由|看法|指责|承诺|决定|核武器?|弹头|军队|代表))|"
    rf"(?:对|制裁)(?P<other>{_CHINESE_ANY})(?:的?制裁|$|[？?])"
)
# Where the town itself is asked about.
_TOWN = re.compile(
    r"\b(?:city|cities|town|capital|inhabit\w+|population|populous|mayor|metro|streets?|square|parks?|river|airports?|"
    r"hotels?|museums?|church\w*|cathedral|founded|located|situated|lies?|weather|climate|districts?|suburbs?|"
    r"(?:how far|distance) (?:is|are|was|from|between|to)|kilomet\w+|miles)\b|市|人口|居民|机场|街|城|博物馆|首都",
    re.IGNORECASE,
)


def spelled_out(question: str, texts: Iterable[str]) -> str:
    """The question, with the state for each capital that stands for it, if the texts name that one more often, and
    nobody whose name ends like the capital's; or if nothing was found, and so nothing can be lost.

    >>> texts = ["Russia and the United States met in Moscow.", "Russian troops left."]
    >>> spelled_out("Did Moscow send a team?", texts), spelled_out("Who lives in Moscow?", texts)
    ('Did Russia send a team?', 'Who lives in Moscow?')
    >>> spelled_out("Did Washington leave the army?", ["George Washington left the army of the United States."])
    'Did Washington leave the army?'
    """
    if _TOWN.search(question):
        return question
    in_chinese = chinese(question)
    states, patterns = (_CHINESE_STATES, [_CHINESE_STANDS_FOR]) if in_chinese else (_STATES, _STANDS_FOR)
    places = {
        found.span(name): found[name]
        for each in patterns
        for found in each.finditer(question)
        for name in found.groupdict()
        if found[name]
    }
    whole = "\n".join(texts)
    for (start, end), capital in sorted(places.items(), reverse=True):
        state = states[capital]
        named = whole.count(state) > whole.count(capital) if in_chinese else _mostly_named(state, capital, whole)
        if named or not whole:
            question = question[:start] + state + question[end:]
    return question


def _mostly_named(state: str, capital: str, text: str) -> bool:
    """Whether a text names a state, or its people, more often than its capital, which is no part of a name."""
    name = state.removeprefix("the ")
    forms = {term for word in terms(name) for term in same(word)} if " " not in name else frozenset[str]()
    named = text.count(name) + sum(word in forms for word in terms(text))
    before = {word.lower() for word in re.findall(rf"\b({CAPITAL}[a-z]+) {capital}\b", text)}
    somebodys = before - FUNCTION_WORDS - {"new", "near"}
    return not somebodys and named > len(re.findall(rf"\b{capital}\b", text))
