"""The names that bylines are made of: people, outlets, sections."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from index.types import Kind

_SECTIONS = {
    Kind.OPINION: (
        "opinion|opinions|op-ed|op-eds|comment|commentary|commentaries|comment is free|viewpoint|viewpoints|view|views|"
        "column|columns|columnist|columnists|perspective|perspectives|guest essay|guest column|letters|ideas|voices|"
        "letter to the editor|letters to the editor|"
        "book review|book reviews|film review|film reviews|reviews|opinion & analysis|ideas & opinion|"
        "meinung|meinungen|kommentar|kommentare|kolumne|gastbeitrag|gastkommentar|standpunkt|tribune|tribunes|opinions|"
        "chronique|chroniques|débats|opinión|opiniones|tribuna|tribunas|columnas|columna|opinião|coluna|colunas|"
        "opinioni|commenti|commento|мнение|мнения|колонка|колонки|オピニオン|論説|コラム|오피니언|칼럼|기고|رأي|آراء|"
        "الرأي|مقالات الرأي|观点|评论|时评|专栏|言论|国际观察|大家谈|书评|影评|读者来信"
    ),
    Kind.EDITORIAL: (
        "editorial|editorials|leader|leaders|leading article|our view|the editorial board|leitartikel|éditorial|"
        "éditoriaux|édito|editoriales|editoriais|editoriale|передовица|от редакции|社论|社评|本报评论员|社説|사설|"
        "افتتاحية|الافتتاحية"
    ),
    Kind.ANALYSIS: (
        "analysis|news analysis|explainer|explained|in depth|in-depth|backgrounder|analyse|analysen|hintergrund|"
        "analyses|décryptage|análisis|análise|análises|analisi|аналитика|анализ|分析|深度|解读|解析|解説|분석|해설|"
        "تحليل|تحليلات"
    ),
    Kind.INTERVIEW: (
        "interview|interviews|q&a|q & a|the interview|entretien|entretiens|entrevista|entrevistas|intervista|"
        "interviste|интервью|专访|访谈|对话|インタビュー|인터뷰|مقابلة|مقابلات|حوار"
    ),
    Kind.RELEASE: (
        "press release|press releases|news release|news releases|media release|media releases|for immediate release|"
        "press statement|press statements|sponsored|sponsored content|advertorial|advertorials|paid content|paid post|"
        "partner content|"
        "pressemitteilung|pressemitteilungen|medienmitteilung|communiqué de presse|communiqués de presse|"
        "nota de prensa|notas de prensa|comunicado de prensa|nota à imprensa|comunicado de imprensa|comunicato stampa|"
        "comunicati stampa|пресс-релиз|пресс-релизы|新闻稿|新闻发布|プレスリリース|보도자료|بيان صحفي|بيانات صحفية"
    ),
}
_KIND = {name: kind for kind, names in _SECTIONS.items() for name in names.split("|")}
# Those whose names do not say that they are outlets.
_OUTLETS = frozenset(
    (
        "reuters|associated press|the associated press|ap|afp|agence france-presse|xinhua|tass|itar-tass|interfax|"
        "ria novosti|sputnik|bloomberg|dpa|ani|pti|ians|kyodo|yonhap|anadolu|efe|ansa|upi|cnn|bbc|npr|cgtn|"
        "cnbc|politico|axios|the guardian|the economist|the atlantic|al jazeera|the conversation|foreign policy|"
        "foreign affairs|the diplomat|the hindu"
    ).split("|")
)
_OUTLET = re.compile(
    r"\b(?:News|Newspaper|Newswire|Times|Post|Daily|Weekly|Press|Herald|Gazette|Journal|Tribune|Agency|Today|Network|"
    r"Radio|TV|Television|Magazine|Review|Chronicle|Observer|Telegraph|Mail|Globe|Standard|Examiner|Independent|"
    r"Inquirer|Bulletin|Courier|Register|Monitor|Wire|Sentinel|Ledger|Dispatch|Mercury|Argus|Echo|Broadcasting|Zeitung|Monde|"
    r"Online|Kurier|Anzeiger|Nachrichten|Rundschau|Tageblatt|Tagblatt|Morgenpost|\w+zeitung|"
    r"(?:Abend|Amts|Gemeinde|Handels|Mitteilungs|Sonntags|Volks|Wochen)blatt|Quotidien|Courrier|Dépêche|Diario|Correo|Heraldo|"
    r"Noticias|Prensa|Jornal|Folha|Notícias|Corriere|Giornale|Gazzetta|Messaggero|Газета|Вести|Известия|Новости|"
    r"Вестник|Курьер)\b|(?:新聞|通信|일보|신문|뉴스)\Z|\A(?:وكالة|صحيفة|جريدة)\s"
)
_MOST_WORDS = 6  # of the name of an outlet
_WORD = re.compile(r"[^\W\d_]+")
_NAME = re.compile(r"(?!.*\d{4})[\w.&'’ -]+")
_OUTLET_ZH = re.compile(r"[\w·]{1,12}(?:报|社|网|新闻|周刊|杂志|电视台|广播|电台|在线|客户端|时报|晚报|日报)")
_JOINING = frozenset("of the and & de der du la di da do del della des les le y e im am".split())
_ARTICLES = frozenset("the der die das le la les el los las il lo gli o os".split())
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3·]+")  # scripts that write a name as one word
_CHINESE_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]+(?:·[\u4e00-\u9fff]+)+")
# The commonest hundred, by which two Chinese names with a space between them are told from one Japanese one.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方"
    "邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常張劉陳楊黃趙吳孫馬羅鄭謝許韓鄧馮蔣葉蘇呂盧鍾譚陸範賈鄒龍賀顧龔萬錢嚴"
)
_PARTICLES = frozenset("de da di del della do dos das du van von der den ter la le bin ibn al el y e zu".split())
_NAME_WORD = re.compile(r"(?:[dlO]['’]|al-|el-)?[^\W\d_a-z][\w.’'-]*")
_NOT_NAMES = frozenset(
    "the a an and or but in on at to of for all my our your his her their this that these those what why how who when "
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december spring summer autumn winter popular land sea air contrast comparison "
    "law".split()
)
_BOARD = re.compile(r"(?:the )?editorial board", re.IGNORECASE)
_ROLE = re.compile(
    r"(?:staff|agencies|agency|wires?|our|special|foreign|chief|senior|diplomatic|political|defen[cs]e|business|"
    r"associate|contributing|executive|deputy|world|news|guest|economics|security|science|health|environment|\s)*"
    r"(?:staff|agencies|wires?|writers?|reporters?|correspondents?|editors?|columnists?|contributors?|journalists?|"
    r"analysts?|bureau|desk|newsroom|team)(?:\s(?:in|at|for)\s.*)?|special to .*|in [A-Z].*|综合|"
    r"(?:press|media|communications?|public relations) (?:office|officer|team|department|service)|pressestelle|"
    r"service de presse|oficina de prensa|assessoria de imprensa|ufficio stampa|пресс-служба|"
    r"(?:unsere[rn]?|die|la|da|dalla|our|the|online)?\s?(?:redaktion|rédaction|redacción|redação|redazione|"
    r"редакция|編集部|編集局|온라인뉴스팀|뉴스팀|هيئة التحرير)(?:\s\w{2,20})?|"
    r"(?:freie[rn]? )?(?:journalist|redakteur|korrespondent|autor)(?:in)?|(?:notre )?(?:correspondant|journaliste|"
    r"envoyé)e?(?: spéciale?)?|corresponsal|periodista|redactora?|correspondente|jornalista|giornalista|"
    r"(?:наш |специальный )?корреспондент|记者|編集委員|記者",
    re.IGNORECASE,
)
_INSTITUTION = re.compile(
    r"\b(?:Institut[eo]?|Universit\w+|Ministr?\w*|Ministerium|Ministère|Department|Office|Committee|Council|Commission|"
    r"Cent(?:re|er)|Foundation|Association|Authority|Bank|Inc|Ltd|GmbH|Government|School|College|Hospital|Society|"
    r"Party|Embassy|Federation|Communications|Verband|Gesellschaft|Stiftung|Fundación|Université|Università)\b"
    r"|(?:大学|研究院|研究所|学院|委员会|办公室|政府|省|協会|大學)\Z"
)
# "y" and "e" are parts of names, too: before one word ("Ortega y Gasset") they join no two people.
_AND = re.compile(r"\s*(?:[,;、，&]|\b(?:and|with|und|mit|et|avec|con|com|и|та)\b|\b(?:y|e|و)\s(?=\S+\s\S)|和)\s*")
_TWO_CHINESE = re.compile(
    rf"(?<=[{_SURNAMES}][\u4e00-\u9fff])\s+(?=[{_SURNAMES}][\u4e00-\u9fff])"
    rf"|(?<=[{_SURNAMES}][\u4e00-\u9fff]{{2}})\s+(?=[{_SURNAMES}][\u4e00-\u9fff])"
)
_PLACE_LANGUAGES = ("en", "de", "es", "fr", "it", "nl", "pt")  # of the names of countries
_MAIL = re.compile(r"[\s,]*[(<]?(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}[)>]?")
_TAIL = re.compile(r"\s+(?:in|at|for|of)\s+.*|\s*[(（].*|\s*@\w+|['’]s\s.*")


def section(text: str) -> Kind | None:
    """The kind of text that the name of a section stands for. It may end a trail: "Home > World > Opinion".

    >>> section("VIEWPOINT"), section("Home > World > Analysis"), section("World")
    (<Kind.OPINION: 'opinion'>, <Kind.ANALYSIS: 'analysis'>, None)
    """
    parts = re.split(r"\s*[>»›/,，、]\s*", text.strip(" :：[]【】*").casefold())
    return next((_KIND[part] for part in reversed(parts) if part in _KIND), None)


def outlet(text: str) -> bool:
    """Whether `text` reads as the name of a newspaper, an agency, a broadcaster.

    >>> outlet("Global Times"), outlet("环球时报"), outlet("Yang Jin")
    (True, True, False)
    """
    words = text.split()
    if not _NAME.fullmatch(text):
        return False
    if text.casefold() in _OUTLETS or _OUTLET_ZH.fullmatch(text):
        return True
    return (
        len(words) <= _MOST_WORDS
        and bool(_OUTLET.search(text))
        and all(word in _JOINING or word[:1].isupper() for word in words)
    )


def institution(text: str) -> bool:
    """Whether `text` names an institute, a ministry, a company: where people work who write for others.

    >>> institution("Institute of Ports"), institution("Global Times")
    (True, False)
    """
    return bool(_INSTITUTION.search(text))


def outlet_in(name: str, text: str) -> bool:
    """Whether a `name` beside an author's and a day is an outlet's, which may not read as one, by the `text` below it.

    Places, roles and sections are printed in the same way. So such a name has two words with capitals or more, and the
    text has one of them, as it names an outlet's town. It has neither the whole name nor such a word in small letters.

    >>> outlet_in("Vellmar Mirror", "The port of Vellmar is shut.")
    True
    >>> outlet_in("Port Master", "The port of Vellmar is shut."), outlet_in("New York", "It rains in New York.")
    (False, False)
    """
    if outlet(name):
        return True
    if not named(name) or place(name) or institution(name) or name in text or credited(name) == ([], None):  # a role
        return False
    own, known = (
        {word for word in _WORD.findall(name) if word.casefold() not in _JOINING | _PARTICLES | _ARTICLES},
        _words(text),
    )
    return len(own) > 1 and bool(own & known) and not {word.casefold() for word in own} & known


def named(text: str) -> bool:
    """Whether `text` reads as a name: few words with capitals, and small ones only behind an article.

    >>> named("Vellmar Mirror"), named("Le Miroir de Vellmar"), named("Mayor of Vellmar")
    (True, True, False)
    """
    words = text.split()
    small = _JOINING | _PARTICLES if words and words[0].casefold() in _ARTICLES else {"&"}
    return 0 < len(words) <= _MOST_WORDS and all(word[0].isupper() or word in small for word in words)


@lru_cache(maxsize=4)
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text))


def person(text: str) -> bool:
    """Whether `text` reads as the name of one person, or of an editorial board.

    >>> [person(name) for name in ("Yang Jin", "J. R. Smith", "Ursula von der Leyen", "杨进", "Monday", "all accounts")]
    [True, True, True, True, False, False]
    """
    if _CHINESE_NAME.fullmatch(text) or _BOARD.fullmatch(text):
        return True
    words = text.split()
    named = [word for word in words if word not in _PARTICLES]
    return (
        1 <= len(named) <= len(words) <= 6
        and all(_NAME_WORD.fullmatch(word) for word in named)
        and not any(word.casefold() in _NOT_NAMES for word in (named if len(named) == 1 else named[:1]))
    )


def place(text: str) -> bool:
    """Whether `text` is the name of a country, or of a city that a time zone is named after.

    >>> place("United Kingdom"), place("New York"), place("Ann Example")
    (True, True, False)
    """
    return text.casefold() in _places()


@cache
def _places() -> frozenset[str]:
    """The names that the Unicode locale data have, in small letters."""
    from babel import Locale
    from babel.core import get_global

    cities = (zone.rpartition("/")[2].replace("_", " ") for zone in get_global("zone_territories"))
    countries = (name for language in _PLACE_LANGUAGES for name in Locale(language).territories.values())
    return frozenset(name.casefold() for name in (*cities, *countries))


def board(text: str) -> bool:
    return bool(_BOARD.fullmatch(text))


def apart(text: str) -> str:
    """`text` with a comma between Chinese names that have a space between them."""
    return _TWO_CHINESE.sub("、", text)


def credited(text: str) -> tuple[list[str], str | None] | None:
    """The people and the outlet in what follows "By"; None if the text is anything else.

    >>> credited("A. Example and B. Sample, Harbour Gazette"), credited("all accounts")
    ((['A. Example', 'B. Sample'], 'Harbour Gazette'), None)
    """
    people: list[str] = []
    where: str | None = None
    text = _MAIL.sub("", text) if "@" in text else text
    for part in filter(None, map(_unstopped, _AND.split(apart(text.strip())))):
        name = _TAIL.sub("", part)
        if _ROLE.fullmatch(part):
            continue
        if outlet(part) and not board(part):
            where = where or part
        elif outlet(name) and not board(name):
            where = where or name
        elif person(name):
            people.append(name)
            place = re.search(r"\sfor\s(.+)", part)
            where = where or (place[1] if place and outlet(place[1]) else None)
        else:
            return None
    return (unplaced(people), where) if people or where or _ROLE.fullmatch(text.strip()) else None


def _unstopped(part: str) -> str:
    """A part without the stop after it, which "J.R." and "Jr." keep."""
    return part if part[-3:-2] == "." or part.endswith((" Jr.", " Sr.")) else part.strip(" .")


def unplaced(people: Sequence[str]) -> list[str]:
    """The names without the towns and the marks of languages beside them: "Jana Muster, Wien", "Jana Muster, EN"."""
    full = any(" " in name for name in people)
    return [name for name in people if not full or " " in name or _UNSPACED.fullmatch(name)]


def names_of(byline: str) -> list[str]:
    """The names that `joined` made a byline of."""
    return re.split(r"、|, | and ", byline)


def joined(names: Sequence[str]) -> str:
    """Names as a byline prints them.

    >>> joined(["A. Example", "B. Sample", "C. Model"]), joined(["杨进", "李明"])
    ('A. Example, B. Sample and C. Model', '杨进、李明')
    """
    if all(_CHINESE_NAME.fullmatch(name) for name in names):
        return "、".join(names)
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
