"""Which words say the same, and which say the opposite, where their stems do not tell."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import takewhile

from index.words import CAPITAL, terms

_RELATED = 0.7  # what a word of the same family carries: agree, agreement
_FORMS = (
    "become became/begin began begun/break broke broken/bring brought/build built/buy bought/"
    "catch caught/choose chose chosen choice/come came/deal dealt/die dead death died dying/"
    "draw drew drawn/drive drove driven/eat ate eaten/fall fell fallen/feel felt/fight fought/"
    "find found/fly flew flown flight/forbid forbade forbidden/forget forgot forgotten/get got/"
    "give gave given/go went gone/grow grew grown growth/hear heard/hold held/keep kept/know knew known/"
    "lead led/leave left/lend lent/lose lost loss/make made/mean meant/meet met/pay paid/"
    "rise rose risen/run ran/see saw seen/seek sought/sell sold sale/send sent/shoot shot/show shown/"
    "sing sang sung/sink sank sunk/sit sat/speak spoke spoken speech/spend spent/stand stood/"
    "steal stole stolen/strike struck/swear swore sworn/swim swam/take took taken/teach taught/"
    "tell told/think thought/throw threw thrown/understand understood/win won/write wrote written/"
    "admit admission/advise advice/bury burial/close closure/decide decision/deny denial/expel expulsion/fail failure/"
    "invade invasion/prove proof/seize seizure/"
    "withdraw withdrew withdrawn withdrawal/child children/man men/woman women/person people/"
    "metre meter/kilometre kilometer km/centimetre centimeter cm/millimetre millimeter mm/kilogram kilogramme kg/"
    "litre liter/centre center/less fewer"
)
_PEOPLES = (
    "China Chinese/America American US/Britain British UK/France French/Germany German/Spain Spanish/Poland Polish/"
    "Netherlands Dutch/Sweden Swedish/Denmark Danish/Turkey Turkish/Greece Greek/Ireland Irish/Scotland Scottish/"
    "Wales Welsh/Switzerland Swiss/England English/Portugal Portuguese/Japan Japanese/Norway Norwegian/Europe European/"
    "Australia Australian/Russia Russian/India Indian/Italy Italian/Iran Iranian/Iraq Iraqi/Israel Israeli/"
    "Canada Canadian/Mexico Mexican/Brazil Brazilian/Ukraine Ukrainian/Egypt Egyptian/Korea Korean/Vietnam Vietnamese/"
    "Taiwan Taiwanese/Pakistan Pakistani/Afghanistan Afghan/Austria Austrian/Belgium Belgian/Hungary Hungarian/"
    "Romania Romanian/Bulgaria Bulgarian/Serbia Serbian/Croatia Croatian/Cuba Cuban/Venezuela Venezuelan/"
    "Argentina Argentine/Chile Chilean/Colombia Colombian/Peru Peruvian/Nigeria Nigerian/Kenya Kenyan/"
    "Ethiopia Ethiopian/Syria Syrian/Lebanon Lebanese/Palestine Palestinian/Asia Asian/Africa African/"
    "Philippines Filipino/Indonesia Indonesian/Malaysia Malaysian/Thailand Thai/Finland Finnish/Iceland Icelandic/"
    "Rome Roman/Jordan Jordanian/Morocco Moroccan/Algeria Algerian/Libya Libyan/Sudan Sudanese/Nepal Nepalese"
)
_LANDS = (
    "中国 美国 俄罗斯 俄国 英国 法国 德国 印度 日本 韩国 朝鲜 伊朗 以色列 巴基斯坦 乌克兰 欧盟 加拿大 澳大利亚 意大利 "
    "西班牙 土耳其 巴西 越南 菲律宾 台湾 香港"
)
_OPPOSITES = (
    "increase decrease/increase reduce/increase decline/increase fall/rise fall/high low/"
    "higher lower/more less/more fewer/most least/first last/large small/larger smaller/"
    "largest smallest/strong weak/stronger weaker/better worse/best worst/early late/earlier later/"
    "win lose/win nominate/gain lose/accept reject/accept refuse/approve reject/allow ban/"
    "allow forbid/allow prevent/permit prohibit/support oppose/begin end/start end/start stop/"
    "leave remain/leave stay/withdraw remain/withdraw stay/"
    "open close/join leave/enter leave/extend end/buy sell/import export/before after/north south/"
    "east west/northern southern/eastern western/old new/older newer/older younger/male female/"
    "man woman/mother father/son daughter/brother sister/husband wife/promote inhibit/"
    "promote prevent/activate inhibit/enhance impair/enhance reduce/induce inhibit/induce prevent/"
    "improve worsen/positive negative/benefit harm/cause prevent/major minor/majority minority/"
    "top bottom/inside outside/above below/rich poor/public private/upper lower/present absent/"
    "alive dead/true false/same different/success failure/succeed fail/confirm deny/raise lower/"
    "raise cut/protect damage/guilty innocent/legal illegal/possible impossible/likely unlikely/create cut/"
    "known unknown/allow prohibit/permit forbid/permit ban/most few/many few/all none/retain lose/keep lose/keep break/"
    "meet miss/praise criticise/praise criticize/praise condemn/double halve/hire fire/hire dismiss/arrest release/"
    "injure kill/wound kill/"
    "unanimously narrowly/safe dangerous/optimistic pessimistic/attack defend/expand shrink/widen narrow/"
    "死亡 受伤/"
    "增加 减少/上升 下降/提高 降低/支持 反对/接受 拒绝/开始 结束/加入 退出/进口 出口/之前 之后/最大 最小/最多 最少"
)
# In Chinese, words of one direction before the bar, each of them the contrary of those behind it.
_CONTRARIES = (
    "增加 增长 上升 上涨 上调 提高 升高 攀升 走高 扩大 回升 加息|减少 下降 下跌 下调 降低 下滑 回落 走低 "
    "缩小 锐减 降息/"
    "承认 供认|否认/盈利|亏损/合宪|违宪/有罪|无罪/合格|不合格/合法|非法 违法/恢复 实施 实行 启动|取消 "
    "暂停 中止 废除 停止/"
    "开门 开放 重开 开业|关门 关闭 闭馆 停业/开学 复课 复学|停课/复工|停工/支持 赞成 拥护|反对 抵制 驳回/"
    "禁止 封锁|解除 解封 允许 准许 放开/欢迎 赞扬 称赞|谴责 批评 抨击/"
    "同意 批准 接受|拒绝 否决 驳回/胜诉|败诉/获胜 战胜 击败|败北 落败 不敌/当选 连任|落选/释放 获释|逮捕 拘留 扣押/"
    "战前|战后/上半年|下半年/赛前|赛后/年初|年底 年末/上午|下午/早上|晚上/夏季|冬季/之前 以前|之后 以后/成功|失败/"
    "加入|退出/抵达 到达|离开/出生|去世 逝世/安全|危险/雇用 聘用|解雇 裁员/买入|卖出/进攻|撤退/首次|再次/"
    "最高|最低/最长|最短/最早|最晚/"
    "延长|缩短/加强|削弱/改善|恶化/放宽|收紧/乐观|悲观/有效|无效/男性 男子|女性 女子"
)
# In Chinese, words that say the same of the same.
_EQUALS = (
    "中国 中方/美国 美方/俄罗斯 俄方 俄国/英国 英方/法国 法方/德国 德方/日本 日方/印度 印方/韩国 韩方/朝鲜 朝方/"
    "死亡 遇难 丧生 身亡 罹难 死/受伤 伤/会谈 会晤/建造 兴建 修建 建/位于 坐落于 坐落/签署 签订/公司 企业/妻子 太太/"
    "第一 首/发射 射/打算 计划 拟/恢复 重启/台湾 台/裁员 裁减/飞机 客机/医生 大夫/去世 逝世/出生 生于/"
    "通车 开通/员工 职工 雇员"
)
_TURNS = ("dis", "un", "non")
_STEM = 6  # letters of a term, at least, before which they are that: "discover" is not the contrary of "cover"
# What may stand for another of its group in the same sentence, which then says about the same.
_SYNONYMS = (
    "found establish create form set launch start begin open/end finish conclude close terminate cease stop/"
    "finish complete/save rescue/plane aircraft airplane aeroplane jet/want wish/"
    "build construct erect make produce manufacture/buy purchase acquire obtain get/sell trade/"
    "say state declare announce tell report claim/show demonstrate reveal indicate prove find/"
    "win secure earn clinch/reach climb hit/big large great huge vast major/small little tiny minor/"
    "help aid assist support/kill murder slay die/"
    "hurt injure wound/elect choose select pick name appoint nominate designate/get receive obtain gain/"
    "give grant award present provide supply offer hand/let allow permit enable/"
    "allot allocate assign/ask request demand call urge/"
    "need require/use employ utilise apply/leave depart exit quit withdraw/come arrive reach/go travel move/"
    "live reside dwell inhabit/work serve labour/change alter modify amend revise/rise increase grow climb/"
    "fall decrease decline drop sink/contain include comprise consist/own possess hold have keep/"
    "hold host stage/sign conclude ink/fight battle/defeat beat overcome/conquer capture take seize occupy/"
    "destroy demolish ruin/attack assault strike/ban prohibit forbid bar outlaw/reject refuse decline/"
    "accept approve adopt pass endorse agree/believe think consider hold regard/study research investigate examine/"
    "teach instruct/learn study/write author compose pen/speak talk/see observe view/country nation state/"
    "firm company business corporation enterprise/town city/ship vessel boat/soldier troop/film movie picture/"
    "book work volume/war conflict/law act statute legislation/job post position role/child kid/cause lead produce/"
    "member part/member party/people person inhabitant resident/house home/road street/way method means manner/"
    "aim goal purpose/main chief principal primary major/important significant major key/"
    "often frequently commonly usually/"
    "quick fast rapid/about approximately roughly around/first initial original/last final/new recent modern/"
    "old ancient/rule govern reign/control dominate/lead head direct run command/"
    "join enter/return rejoin/separate divide split/connect link join/protect defend guard/"
    "discover find identify detect/develop create design devise/perform do conduct carry/occur happen place/"
    "postpone delay/sack fire dismiss/close shut/hold detain/praise hail commend/cut lower reduce/free freed release/"
    "consulate mission/money fund/invent coin/word term expression/arrive land/"
    "type kind sort form/area region zone/border frontier/result consequence outcome"
)
# What may stand before a name or be left out.
_TITLES = (
    "President Vice-President Chancellor Minister Premier Prime Secretary Foreign Defence Defense King Queen "
    "Prince Princess Sir Lady Lord Dr Mr Mrs Ms Professor General Colonel Captain Admiral Judge Justice Senator "
    "Governor Mayor Ambassador Pope Bishop Archbishop Saint St Deputy Director Chairman Chief Former Then "
    "Spokesman Spokeswoman"
)
# A name of one or more words, "of" among them, as a regular expression.
NAME = rf"{CAPITAL}[\w.’'-]*(?: (?:of (?:the )?)?{CAPITAL}[\w.’'-]*)*"
# What says of somebody what that one is or does, one word, in the singular.
ROLE = (
    r"(?:president|chancellor|(?:prime )?minister|premier|secretary|king|queen|emperor|empress|prince|princess|pope|"
    r"archbishop|bishop|mayor|governor|senator|ambassador|consul|envoy|admiral|general|colonel|captain|commander|"
    r"chair(?:wo)?man|spokes(?:wo)?man|leader|head|chief|director(?:-general)?|founder|inventor|owner|author|writer|"
    r"poet|novelist|journalist|composer|editor|actor|actress|singer|coach|player|painter|artist|architect|engineer|"
    r"scientist|physicist|chemist|biologist|economist|historian|philosopher|professor|doctor|lawyer|judge|activist|"
    r"researcher|fellow|analyst|expert|politician|diplomat|official|officer|banker|businessman|businesswoman)"
)
# What names end or begin with that says which sort of thing they name, and not which one.
_SORTS_OF_NAMES = (
    "County City Town Village River Lake Sea Ocean Bay Island Mount Mountain Street Avenue Road Square State Province "
    "Region District Kingdom Republic Empire University College School Church Hospital Company Bank Party Council "
    "Court Act Treaty War Battle New Old North South East West Northern Southern Eastern Western Great Upper Lower"
)
# Words that judge: a claim with one of them is somebody's, and rests on a quote that judges so.
_JUDGEMENTS = (
    "blame guilty wrong lawful unlawful illegal legitimate illegitimate justified unjustified unfair dangerous harmful "
    "threat lie liar corrupt racist aggressor hypocritical disgraceful scandalous violate violation "
    "责任 合法 非法 正当 公平 危险 威胁 谎言 侵犯"
)
# What denies without a word for it.
_REFUSING = (
    "lack absence absent ban bar block deny end exclude except fail failure few forbid halt ignore impossible instead "
    "leave little lose miss only oppose prevent prohibit refuse refusal reject rule stop suspend unable until withdraw "
    "禁止 否认 停止 反对 除 仅 只"
)
_ALLOWING = "allow right free permission permitted able entitled"  # beside what may stand for the first
# Words that a claim may well have and its proof not: they weigh half.
_LIGHT = (
    "year years time times day days month week new one first way part people make made take took taken use used get go "
    "come came become became include included including many much well several various name named call called known "
    "around throughout even since however although within among across per later currently start end state thing "
    "number place set 年 月 日"
)


def carries(present: frozenset[str], term: str) -> float:
    """How much of `term` a text with the terms `present` has, in [0, 1].

    >>> present = frozenset(terms("The Chinese troops withdrew."))
    >>> [carries(present, term) for term in ("china", "withdraw", "troop", "US")]
    [1.0, 1.0, 1.0, 0.0]
    """
    if term in present or not _same().get(term, _NONE).isdisjoint(present):
        return 1.0
    return _RELATED if any(related(term, other) for other in present) else 0.0


def carried(present: frozenset[str], sought: Iterable[str]) -> float:
    """How many of the terms that are `sought` a text with the terms `present` has.

    >>> carried(frozenset(terms("The Chinese troops withdrew.")), ("china", "troop", "US"))
    2.0
    """
    return sum(carries(present, term) for term in sought)


def carries_all(present: frozenset[str], sought: Iterable[str]) -> bool:
    """Whether a text with the terms `present` has something of each term that is `sought`."""
    return all(carries(present, term) for term in sought)


def same(term: str) -> frozenset[str]:
    """The other terms that say the same."""
    return _same().get(term, _NONE)


def opposites(term: str) -> frozenset[str]:
    """The terms that say the opposite, in any of their forms.

    >>> sorted(opposites("rose"))
    ['fall', 'fallen', 'fell']
    """
    against = _NONE.union(*(_opposite().get(form, _NONE) for form in (term, *same(term))))
    return against.union(*(same(other) for other in against), _turned(term))


def synonyms(term: str) -> frozenset[str]:
    """The terms that may stand for it in the same sentence, in any of their forms.

    >>> "establish" in synonyms("found"), "sold" in synonyms("built")
    (True, False)
    """
    alike = _NONE.union(*(_synonym().get(form, _NONE) for form in (term, *same(term))))
    return alike.union(*(same(other) for other in alike))


def stands(present: frozenset[str], term: str) -> bool:
    """Whether a text with the terms `present` has a term, or one that may stand for it.

    >>> present = frozenset(terms("They built it."))
    >>> stands(present, "construct"), stands(present, "sold")
    (True, False)
    """
    return any(carries(present, word) for word in (term, *synonyms(term)))


def _turned(term: str) -> frozenset[str]:
    """The term with a syllable before it that turns it round, and without one that it has: disapprove, approve."""
    bare = (term.removeprefix(turn) for turn in _TURNS if term.startswith(turn) and len(term) >= len(turn) + _STEM)
    return frozenset((*bare, *(turn + term for turn in _TURNS if len(term) >= _STEM)))


def related(term: str, other: str) -> bool:
    """Whether two stems share a beginning of five letters or more, and most of the longer one."""
    if term[:5] != other[:5] or not term.isalpha():
        return False
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(term, other, strict=False)))
    return shared >= max(5, 0.6 * max(len(term), len(other)))


@lru_cache(maxsize=1)
def titles() -> frozenset[str]:
    return frozenset(terms(_TITLES))


@lru_cache(maxsize=1)
def sorts_of_names() -> frozenset[str]:
    return frozenset(terms(_SORTS_OF_NAMES))


@lru_cache(maxsize=1)
def judgements() -> frozenset[str]:
    return frozenset(terms(_JUDGEMENTS))


@lru_cache(maxsize=1)
def refusing() -> frozenset[str]:
    return frozenset(terms(_REFUSING))


@lru_cache(maxsize=1)
def allowing() -> frozenset[str]:
    """Terms that say that something may be."""
    return synonyms("allow").union(terms(_ALLOWING))


@lru_cache(maxsize=1)
def light() -> frozenset[str]:
    return frozenset(terms(_LIGHT))


_NONE = frozenset[str]()


@lru_cache(maxsize=1)
def lands() -> frozenset[str]:
    """The terms for countries, and for their people."""
    return frozenset(terms(f"{_PEOPLES} United States Kingdom".replace("/", " "))) | frozenset(_LANDS.split())


@lru_cache(maxsize=1)
def _same() -> dict[str, frozenset[str]]:
    equals = [group.split() for group in _EQUALS.split("/")]
    return _families(f"{_FORMS}/{_PEOPLES}") | {word: frozenset(group) - {word} for group in equals for word in group}


@lru_cache(maxsize=1)
def _synonym() -> dict[str, frozenset[str]]:
    return _families(_SYNONYMS)


@lru_cache(maxsize=1)
def _opposite() -> dict[str, frozenset[str]]:
    found = {term: set(others) for term, others in _families(_OPPOSITES).items()}
    for group in _CONTRARIES.split("/"):
        one, other = (side.split() for side in group.split("|"))
        for words, against in ((one, other), (other, one)):
            for word in words:
                found.setdefault(word, set()).update(against)
    return {term: frozenset(others) for term, others in found.items()}


def _families(groups: str) -> dict[str, frozenset[str]]:
    """Each term of the groups, which a slash parts, with the others of its groups."""
    found: dict[str, set[str]] = {}
    for group in groups.split("/"):
        family = set(terms(group))
        for term in family:
            found.setdefault(term, set()).update(family - {term})
    return {term: frozenset(others) for term, others in found.items()}
