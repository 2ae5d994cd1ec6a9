"""The thesaurus: words that say the same, the opposite, or may stand for one another, groups parted by a slash."""

from __future__ import annotations

FORMS = (
    "become became/begin began begun/break broke broken/bring brought/build built/buy bought/"
    "catch caught/choose chose chosen choice/come came/deal dealt/die dead death died dying/"
    "draw drew drawn/drive drove driven/eat ate eaten/fall fell fallen/feel felt/fight fought/"
    "find found/fly flew flown flight/forbid forbade forbidden/forget forgot forgotten/get got/"
    "give gave given/go went gone/grow grew grown growth/hear heard/hold held/keep kept/know knew known/"
    "lead led/leave left/lend lent/lose lost loss/make made/mean meant/meet met/pay paid payment/"
    "rise rose risen/run ran/see saw seen/seek sought/sell sold sale/send sent/shoot shot/show shown/"
    "sing sang sung/sink sank sunk/sit sat/speak spoke spoken speech/spend spent/stand stood/"
    "steal stole stolen/strike struck/swear swore sworn/swim swam/take took taken/teach taught/"
    "tell told/think thought/throw threw thrown/understand understood/win won/write wrote written/"
    "admit admission/advise advice/bury burial/close closure/decide decision/deny denial/expel expulsion/fail failure/"
    "invade invasion/prove proof/seize seizure/abstain abstention/absorb absorption/acquire acquisition/"
    "apologise apologize apology/collide collision/compare comparison/conclude conclusion/"
    "criticise criticize criticism/"
    "deceive deception/deliver delivery/depart departure/describe description/destroy destruction/discover discovery/"
    "erode erosion/exclude exclusion/expand expansion/explain explanation/explode explosion/extend extension/"
    "identify identification/intervene intervention/introduce introduction/lay laid/maintain maintenance/"
    "marry marriage/merge merger/perceive perception/permit permission/persuade persuasion/produce production/"
    "pursue pursuit/recover recovery/reduce reduction/respond response/retain retention/submit submission/"
    "suspend suspension/weigh weight/"
    "withdraw withdrew withdrawn withdrawal/child children/man men/woman women/person people/"
    "metre meter/kilometre kilometer km/centimetre centimeter cm/millimetre millimeter mm/kilogram kilogramme kg/"
    "litre liter/centre center/less fewer"
)
PEOPLES = (
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
LANDS = (
    "中国 美国 俄罗斯 俄国 英国 法国 德国 印度 日本 韩国 朝鲜 伊朗 以色列 巴基斯坦 乌克兰 欧盟 加拿大 澳大利亚 意大利 "
    "西班牙 土耳其 巴西 越南 菲律宾 台湾 香港"
)
OPPOSITES = (
    "increase decrease/increase reduce/increase decline/increase fall/rise fall/rise decline/grow shrink/"
    "growth decline/high low/higher lower/more less/more fewer/most least/first last/large small/larger smaller/"
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
    "lawful unlawful/legitimate illegitimate/fair unfair/highest lowest/greater lesser/relevant irrelevant/"
    "appropriate inappropriate/direct indirect/formal informal/regular irregular/maximum minimum/domestic foreign/"
    "rural urban/temporary permanent/internal external/similar different/strength weakness/birth death/"
    "known unknown/allow prohibit/permit forbid/permit ban/most few/many few/all none/retain lose/keep lose/keep break/"
    "meet miss/praise criticise/praise criticize/praise condemn/double halve/hire fire/hire dismiss/arrest release/"
    "injure kill/wound kill/pro anti/gross net/domestic international/adult child/employer employee/supply demand/"
    "unanimously narrowly/safe dangerous/optimistic pessimistic/attack defend/expand shrink/widen narrow/"
    "able unable/capable incapable/willing unwilling/main minor/"
    "死亡 受伤/"
    "增加 减少/上升 下降/提高 降低/支持 反对/接受 拒绝/开始 结束/加入 退出/进口 出口/之前 之后/最大 最小/最多 最少"
)
# In Chinese, words of one direction before the bar, each of them the contrary of those behind it.
CONTRARIES = (
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
EQUALS = (
    "中国 中方/美国 美方/俄罗斯 俄方 俄国/英国 英方/法国 法方/德国 德方/日本 日方/印度 印方/韩国 韩方/朝鲜 朝方/"
    "死亡 遇难 丧生 身亡 罹难 死/受伤 伤/会谈 会晤/建造 兴建 修建 建/位于 坐落于 坐落/签署 签订/公司 企业/妻子 太太/"
    "第一 首/发射 射/打算 计划 拟/恢复 重启/台湾 台/裁员 裁减/飞机 客机/医生 大夫/去世 逝世/出生 生于/"
    "通车 开通/长 全长/员工 职工 雇员"
)
# What may stand for another of its group in the same sentence, which then says about the same.
SYNONYMS = (
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
# Bodies, wars and banks that Chinese names in full or in short.
SHORT_NAMES = {
    "世界卫生组织": "世卫组织",
    "世界贸易组织": "世贸组织",
    "北大西洋公约组织": "北约",
    "欧洲联盟": "欧盟",
    "第二次世界大战": "二战",
    "第一次世界大战": "一战",
    "美国联邦储备委员会": "美联储",
    "美国联邦储备系统": "美联储",
    "中国人民银行": "中国央行",
    "联合国安全理事会": "联合国安理会",
    "国际货币基金组织": "IMF",
    "东南亚国家联盟": "东盟",
    "石油输出国组织": "欧佩克",
}
