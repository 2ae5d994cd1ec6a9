"""The words that pages put before a fact: "By", "Source:", "Veröffentlicht am", "发布时间：".

Most languages have one word for a text and for its author ("Text", "Fonte"). So those words are labels only before a
colon. Words before a date need none: what follows has to be a date.
"""

from __future__ import annotations

import re

_COLON = r"(?=\s*[:：])"
_SECTION = (
    r"(?:posted|published|filed|categori[sz]ed) (?:in|under)|(?:section|category|categories|rubrik|ressort|rubrique|"
    rf"sección|seção|editoria|sezione|рубрика|栏目|频道|分类|カテゴリー?|القسم){_COLON}"
)
_OUTLET = (
    r"published by|(?:source|publisher|publication|outlet|quelle|fuente|fonte|источник|文章来源|来源|稿源|出处|出典|"
    rf"提供|출처|المصدر){_COLON}"
)
_OTHER = (
    r"(?:edit(?:ed|ing)|translat(?:ed|ion)|(?:additional|with) (?:reporting|research)|"
    r"photos?|photographs?|illustrations?|graphics?|video) by|"
    rf"(?:editors?|redaktion|责任编辑|责编|编辑|編集){_COLON}"
)
_AUTHOR = (
    r"(?:(?:written|posted|submitted|contributed|words|story|report(?:ed|ing)?|text) )?by|"
    r"(?:authors?|writers?|reporters?|autor(?:in|en|innen)?|auteur(?:e|s|es)?|autor(?:a|es|as)|autore|autrice|autori|"
    r"text|texte|texto|testo|автор|авторы|текст|作者|撰文|文|著者|筆者|執筆者?|文責|記者|기자|글|الكاتب|المؤلف|"
    rf"تحرير){_COLON}|(?:本报)?记者|propos recueillis par|de notre (?:correspondant|envoyé)e?(?= )"
)
# They begin other lines, too, and name the author only before a first and a last name.
_PREPOSITION = r"(?:\A|(?<=\d\s)|(?<=\d,\s))(?:von|par|por|di|бай|بقلم|كتبت?)"
_MODIFIED = (
    r"(?:last )?(?:updated|modified|revised)(?: on| at)?|(?:更新时间|修改时间|最后更新|更新)(?=\s*[:：])|更新于|"
    r"(?:zuletzt |letzte )?(?:aktualisier(?:t|ung)|geändert)(?: am)?|stand|"
    r"(?:mise? à jour|modifiée?|actualisée?)(?: le)?|dernière (?:mise à jour|modification)(?: le)?|"
    r"(?:última )?(?:actualizad[oa]|actualización|modificad[oa]|atualizad[oa]|atualização)(?: el| em)?|"
    r"(?:ultimo )?(?:aggiornat[oa]|aggiornamento|modificat[oa])(?: il)?|обновлено|изменено|дата обновления|"
    r"(?:最終)?更新(?:日時?)?|(?:최종 ?)?(?:수정|업데이트)(?:일시?|시간)?|آخر تحديث|تم التحديث(?: في)?"
)
_PUBLISHED = (
    r"(?:first )?(?:published|posted|released|issued)(?: on| at| online)?|publi(?:sh|shed|cation) (?:date|time)|"
    rf"(?:date|date published|datum|fecha|data|дата){_COLON}|"
    rf"(?:发布时间|发表时间|发布日期|时间|日期|发布){_COLON}|发[布表]于|"
    r"(?:erstmals )?(?:veröffentlicht|erschienen|publiziert)(?: am)?|"
    r"(?:publiée?|mise? en ligne|parue?)(?: le)?|(?:date|fecha|data) d[ei] (?:publication|publicación|publicação|"
    r"pubblicazione)|publicad[oa](?: el| em)?|pubblicat[oa](?: il)?|опубликовано|дата публикации|размещено|"
    r"公開(?:日時?)?|投稿日|掲載日?|配信(?:日時?)?|発行日?|(?:기사)?(?:입력|등록|승인|게시)(?:일시?|시간)?|발행일?|"
    r"تاريخ النشر|نشرت?(?: في| بتاريخ)?"
)
LABEL = re.compile(
    r"(?:(?<![\w-])|(?=[\u4e00-\u9fff]))(?:"
    rf"(?P<section>{_SECTION})|(?P<outlet>{_OUTLET})|(?P<other>{_OTHER})|(?P<author>{_AUTHOR})"
    rf"|(?P<preposition>{_PREPOSITION})|(?P<modified>{_MODIFIED})|(?P<published>{_PUBLISHED})"
    r")(?:\s*[:：]\s*|\s+|(?<=于)|(?<=[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3])(?=\d))",
    re.IGNORECASE,
)
"""A label with what parts it from its value; its group says of which fact."""

LABEL_ALONE = re.compile(
    r"(?:by|von|par|por|author|autor|source|quelle|published(?: on)?|posted(?: on)?|(?:last )?updated(?: on)?|"
    r"veröffentlicht(?: am)?|publié(?: le)?|作者|来源|发布时间)\s*[:：]?",
    re.IGNORECASE,
)
"""A label whose value stands on the next line."""

SUFFIXED = re.compile(
    r"(?P<date>.*\d.*?)\s?(?:(?P<published>公開|配信|掲載|発表|发布|입력|등록)|(?P<modified>更新|수정))"
)
"""A date with its label after it, as Japanese and Korean pages have it."""

KINDED = re.compile(
    r"(?:(?:an?|eine?|un[ae]?|une|um|uma) )?(?P<kind>[\w-]{5,20}) (?:by|von|par|por|de|di) (?P<name>.{3,80})",
    re.IGNORECASE,
)
"""What sort of text it is, and whose: "Ein Kommentar von Jana Muster"."""

REPORTER = re.compile(
    r"(?P<name>[\uac00-\ud7a3]{2,4})\s?(?:선임|수석|인턴)?\s?(?:기자|특파원|논설위원)(?:\s+\S+@\S+)?"
    r"|(?:【?\s?)?(?P<japanese>[\u4e00-\u9fff]{2,4}\s?[\u3040-\u30ff\u4e00-\u9fff]{1,4})記者"
)
"""A reporter's name before the word for one, as Korean and Japanese pages have it."""
