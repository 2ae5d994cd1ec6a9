"""The lines that pages put around and into an article and that are no part of it.

Each pattern takes a whole line. Its first words may also begin sentences ("Share prices fell on Monday."). There the
pattern asks for more, so that a line of prose stays.
"""

from __future__ import annotations

import re

_LONGEST = 500  # characters


def _lines(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_PICTURE = (
    r"(?:illustrations?|photos?|photographs?|pictures?|images?|graphics?|infographics?|cartoons?|video|"
    r"图片?|摄影|资料图片?|漫画)"
)
# Agencies and banks of pictures, as they sign one.
_BANK = (
    r"(?:getty images|getty|reuters|afp|ap(?: photo)?|epa(?:-efe)?|xinhua|vcg|cfp|ic|shutterstock|istock|unsplash|"
    r"alamy|pool|tass|sputnik|新华社|中新社|视觉中国)"
)
_CREDITS = _lines(
    rf"{_PICTURE}(?: credits?)?(?: (?:by|courtesy(?: of)?))?\s*[:：/|].*",
    rf"{_PICTURE} (?:by|courtesy of) .{{1,60}}[^.。]",
    r"(?:credits?|caption|image credits?|视频来源|来源图片)\s*[:：].*",
    r"(?:file|handout|archive|stock) (?:photo|picture|image|pic)\b(?: of\b.*|\s*[:：].*|[^.]*)",
    r"[\[(（【]?(?:资料图片?|图源?|图片来源|供图|摄影?)[:：/].*|[(（](?:资料图片?|视频截图|网络截图)[)）]",
    # A caption that ends with its credit: "Ships at anchor on Friday. Photo: A. Example/HG"
    rf".{{1,300}}[\s(（]{_PICTURE}\s*[:：].{{1,60}}[^.。]",
    rf".{{1,300}}[\s(（](?:[A-Z][\w.’'-]+ ){{0,4}}(?:via |/ ?)?{_BANK}\s?/.{{1,40}}[^.。]",
    rf".{{1,300}}[(（](?:[^()]{{0,40}}[/ ])?{_BANK}[)）]",
    rf"(?:[\w.’'-]+ ){{0,4}}[\w.’'-]+\s?/\s?{_BANK}",
    rf"{_BANK}\s?/\s?[\w .’'-]{{2,40}}",
)

_SHARE_WORD = (
    r"(?:share|tweet|e-?mail|print|save|bookmark|facebook|twitter|x|whatsapp|linked ?in|reddit|pinterest|telegram|"
    r"messenger|"
    r"flipboard|instagram|youtube|tik ?tok|wechat|weibo|line|bluesky|threads|mastodon|copy(?: link| url)?|"
    r"link(?: copied)?|"
    r"listen|comments?|like|gift(?: article)?|more|rss|sms|分享|微信|微博|收藏|打印|转发|点赞|评论|复制链接)"
)
_SHARING = _lines(
    rf"(?:{_SHARE_WORD}[\s|·•,/&+:：0-9]*)+",
    r"(?:share|tweet|post|save|print|email|send|copy|listen to|discuss|gift) (?:this|link|a link|"
    r"the (?:article|story|page|post|link|url|news|video|audio|report))\b"
    r"(?: \w+){0,3}(?: (?:on|via|with|to|by|in) .{0,60}|\s?:.{0,60})?",
    rf"(?:share|tweet|post|send|follow us|find us|like us|join us) (?:on|via|by|in) {_SHARE_WORD}(?:(?:,| and| or|"
    rf",? &)? {_SHARE_WORD})*\W*",
    r"follow (?:us|@\w+|the author|our).{0,80}",
    r"follow [^.,;]{2,60} (?:on|at) (?:twitter|x|facebook|instagram|linked ?in|threads|bluesky|mastodon|"
    r"tik ?tok|youtube)"
    r"(?:\s?[:,]?(?: at)? @\S{1,40})?\W{0,3}",
    r"join (?:us|our .{0,40}\b(?:channel|group|community|server))"
    r"(?: on .{1,30}| for .{1,80})?\W{0,3}",
    r"(?:send|e-?mail) (?:us )?(?:your )?(?:news |story )?(?:tips|corrections|comments|feedback|letters|"
    r"questions)\b.{0,60} to "
    r"\S{1,60}@\S{1,60}",
    r"(?:contact|e-?mail|reach) the (?:author|authors|reporter|reporters|writer|writers|newsroom)\b.{0,40}"
    r"\S{1,60}@\S{1,60}",
    r"our standards: the thomson reuters trust principles\W*",
    r"(?:listen to|play) (?:this )?(?:article|story|audio).{0,40}",
    r"\d[\d,.]*k? (?:shares?|comments?|likes?|views?|reactions?)",
    r"分享(?:到|至|让更多人看到).{0,20}",
)

_SUBSCRIBING = _lines(
    r"(?:please )?(?:sign up|subscribe|register)(?: now| today| here| free)?(?:[!.]|(?: (?:for|to|and|"
    r"with)\b.{0,160}\b(?:newsletters?|briefings?|digests?|e-?mails?|inbox|alerts?|updates?|channel|podcasts?|"
    r"access|today|free|app)\b.{0,80}))?",
    r".{0,160}\b(?:in|to|into) your inbox\b.{0,80}",
    r"(?:our |the |daily |weekly |free )*newsletters?(?: sign-?up)?|(?:enter )?your e-?mail(?: address)?|"
    r"e-?mail address\*?|(?:sign|log) ?(?:in|on|up|out)|"
    r"register|subscribe|subscribe now|create (?:an|a free) account|my account|unsubscribe.{0,60}",
    r"(?:already a (?:subscriber|member)|not a (?:subscriber|member)|have an account).{0,60}",
    r"(?:become a (?:member|subscriber|supporter)|support (?:our|independent) (?:journalism|work|"
    r"newsroom))\b.{0,100}|(?:donate|make a donation)(?: now| today)?[!.]?",
    r"(?:this (?:article|content|story) is (?:for|only for|available to) .{0,40}(?:subscribers|members)|"
    r"to continue reading\b.{0,20},? (?:please|subscribe|log in|sign in|register|create|become)|"
    r"you have .{1,20} free articles).{0,120}",
    r"download (?:the|our) .{0,40}\bapp\b.{0,60}|(?:关注|订阅|下载|扫码|扫一扫).{0,30}(?:公众号|客户端|二维码|"
    r"微信|新闻|邮箱).{0,20}",
)

_ADVERTISING = _lines(
    r"(?:story|article|content) continues (?:below|after)(?: (?:the |this )?(?:advertisement|ad))?\W*",
    r"\W*(?:skip )?(?:advertisements?|advertising|advertorial|ads?|sponsored(?: content| by .{1,40})?|"
    r"promoted(?: content)?|paid (?:post|content)|广告)\W*",
    r"(?:scroll (?:down )?to continue|continue reading the main story|report this ad|"
    r"skip past newsletter promotion|after newsletter promotion|ad feedback).{0,40}",
)

_RIGHTS = _lines(
    r"copyright\s*(?:©|\(c\)).{0,300}|©.{0,300}|\(c\)\s?\d{4}.{0,300}",
    r"copyright,? (?:\d{4}|by |the ).{0,200}\b(?:\d{4}|reserved|inc|ltd)\b.{0,60}",
    r"copyright \d{4}(?:\s?[-–]\s?\d{4})?,? [^.,]{2,60}",
    r".{0,200}\ball rights reserved\b.{0,150}",
    r"(?:this (?:material|article|story|content)|no part of this|reproduction|republication).{0,40}\b(?:may not|"
    r"must not|prohibited|without)\b.{0,200}\b(?:published|reproduced|redistributed|rewritten|permission|"
    r"prohibited|consent)\b.{0,120}",
    r".{0,60}(?:版权所有|未经.{0,12}授权|不得转载|转载请注明).{0,120}",
)

_CONSENT = _lines(
    r"(?:we|we and our|this (?:web)?site|our (?:web)?site|by (?:using|continuing|clicking|browsing|"
    r"visiting))\b.{0,200}"
    r"\b(?:uses?|using|use of|accept|store|set|place|such as|including|via)(?: (?:of|our|the|these|and|similar|"
    r"tracking|necessary|all|some))* cookies?\b.{0,250}",
    r"(?:accept|reject|allow|manage|decline)(?: all| only necessary| essential)? (?:cookies?|choices|"
    r"preferences)(?: policy)?|accept(?: all)?|reject all",
    r"(?:cookies?|privacy) (?:policy|settings|preferences|notice|statement)(?:\W+(?:terms|privacy|"
    r"cookies?)[\w\s&]{0,40})*",
    r"(?:terms (?:of (?:use|service)|and conditions|& conditions))(?:\W+(?:privacy|cookies?)[\w\s&]{0,40})*",
)

_COMMENTING = _lines(
    r"(?:blog )?comments? (?:powered by|provided by|are (?:closed|moderated|off|now closed)|policy|section|"
    r"guidelines).{0,120}",
    r".{0,40}\bpowered by (?:disqus|wordpress|openweb|hyvor|coral|viafoura|spot\.im|livefyre|facebook).{0,40}",
    r"please enable javascript.{0,120}|(?:javascript is|you need to enable) .{0,100}",
    r"(?:view|show|hide|load|read|see|add|post|leave|write|be the first to)(?: the| all| more| a| your|"
    r" \d+)* (?:comments?|discussion(?: thread)?|replies|reply|responses?)\b.{0,40}",
    r"(?:join|start) the (?:conversation|discussion|debate)\b.{0,80}",
    r"(?:sign|log) in (?:to|and) .{0,40}\b(?:comment|reply|join)\b.{0,40}",
    r"what do you think\?.{0,80}\bcomments?\b.{0,40}|(?:发表|查看|全部|网友|热门)评论.{0,20}|我要评论",
)

_RELATED = _lines(
    r"more (?:from|in|on) [^.,;]{1,60}[^.,;?!]",
    r"(?:related|recommended|suggested|more)(?: (?:articles?|stor(?:y|ies)|coverage|links?|content|news|topics?|"
    r"reading|posts?|for you|reports?|videos?))?s?\W*",
    r"(?:most (?:read|popular|viewed|shared|commented|watched)|trending(?: now| topics)?|top (?:stories|news|"
    r"headlines)|latest(?: news| stories| headlines)?|"
    r"editors?['’]?s? (?:picks?|choice)|must[- ]reads?|up next|read next|what to read next|don['’]t miss|"
    r"you (?:may|might)(?: also)? (?:like|be interested in)|"
    r"see also|also (?:read|see)|further reading|keep reading|around the web|from the web|in (?:this|"
    r"other) (?:section|news)|"
    r"相关(?:阅读|新闻|报道|文章|链接|推荐)|延伸阅读|推荐阅读|热门(?:新闻|文章|推荐)|猜你喜欢|更多(?:新闻|精彩))\W*",
)
_READ_MORE = _lines(
    r"(?:read|see|watch|listen|related|also read|read also|see also|don['’]t miss|more|recommended|相关阅读|"
    r"延伸阅读)(?: more| also| next)?(?: (?:here|on this|about this))?\s*[:：|>»]+\s*.{1,180}",
    r"(?:read|see|learn|find out|show|load|view|discover)(?: more| full (?:story|article))(?: (?:here|"
    r"on this story|»|>|about .{1,60}|at .{1,60}|from .{1,60}|on .{1,60}))?[\s.…>»:→]*",
    r"(?:continue reading|click here|tap here|back to top|go to (?:top|home)|return to (?:top|home)).{0,80}",
)
_PLACE = (
    r"(?:home(?: ?page)?|menu|search|close|about(?: us)?|contact(?: us)?|help|faqs?|careers|jobs|"
    r"advertise(?: with us)?|"
    r"site ?map|archives?|e-?paper|newsletters?|subscribe|rss|sign in|log in|privacy(?: policy)?|terms|"
    r"accessibility|feedback|"
    r"top|next|previous|prev|back|首页|返回顶部|关于我们|联系我们)"
)
_DESK = (
    r"(?:news|world|national|local|politics|business|economy|markets|sports?|culture|arts|life|lifestyle|travel|"
    r"tech|technology|"
    r"science|health|environment|opinion|comment|video|videos|photos|pictures|weather|live|podcasts?|国际|国内|"
    r"财经|体育|军事|评论)"
)
_NAVIGATION = _lines(
    r"(?:skip|jump) to (?:main )?(?:content|navigation|search|menu).{0,20}",
    rf"(?:{_PLACE}[\s|·•/,>»-]*)+|(?:(?:{_PLACE}|{_DESK})\s*[|·•/]\s*)+(?:{_PLACE}|{_DESK})",
    r"(?:home|front page|startseite|accueil|inicio|início|главная|首页)\s*[>»›/].{1,120}",
    r"(?:[^>»›]{1,25}\s?[>»›]\s?){2,6}[^>»›.]{1,60}",
    r"(?:previous|next)(?: (?:article|story|post|page))?\s*[:：].{0,150}",
    r"(?:\d+|one|two|three|four|five)[- ]min(?:ute)?s?(?: read)?|(?:reading time|time to read|read time|"
    r"est\. reading time)\W.{0,20}",
    r"(?:font size|text size|字号|字体|大小)\W.{0,20}|a[-+] ?a[-+]?|page \d+ of \d+|(?:阅读|点击|浏览)(?:量|数|"
    r"次数)?[:：]?\s?\d+",
    r"(?:tags?|topics?|keywords?|labels?|标签|关键词|关键字)\s*[:：].{1,200}",
    r"[\[(（【]?(?:责任编辑|责编|编辑|校对|监制|审核)[:：/\s].{1,40}",
)
# The same in other languages: what is sure of a whole line.
_SHARE_ELSEWHERE = (
    r"(?:teilen|drucken|merken|kommentieren|partager|imprimer|enregistrer|commenter|compartir|imprimir|guardar|comentar|"
    r"compartilhar|partilhar|salvar|condividi|stampa|salva|commenta|поделиться|распечатать|комментировать|シェア|保存|印刷|"
    r"공유|인쇄|스크랩|댓글|مشاركة|طباعة|تعليق)"
)
_ELSEWHERE = _lines(
    rf"(?:(?:{_SHARE_ELSEWHERE}|{_SHARE_WORD})[\s|·•,/&+:：0-9]*)+",
    r"(?:foto|bild|grafik|imagen|imagem|immagine|crédit photo|crédits?|фото|иллюстрация|写真|画像|사진|صورة|تصوير)"
    r"\s*[:：/].{1,120}",
    r"\W*(?:anzeige|werbung|publicité|publicidade?|pubblicità|реклама|広告|광고|إعلان|اعلان)\W*",
    r"(?:lesen sie auch|lesen sie mehr|mehr zum thema|zum thema|das könnte sie auch interessieren|à lire aussi|"
    r"lire aussi|à lire également|lea también|(?:también )?[lt]e puede interesar|leia também|leia mais|veja também|"
    r"saiba mais|leggi anche|ti potrebbe interessare|читайте также|по теме|関連記事|関連ニュース|あわせて読みたい|"
    r"관련 ?기사|관련 ?뉴스|اقرأ أيضا|اقرأ أيضًا|مواضيع ذات صلة)(?:\W*|\s*[:：|>»]+\s*.{1,180})",
    r"(?:lesedauer|lesezeit|temps de lecture|lecture|tiempo de lectura|tempo de leitura|tempo di lettura|"
    r"время чтения)\s*[:：]?\s*(?:ca\.? )?\d{1,3}\s?(?:min\w*\.?|мин\w*\.?|′)",
    r".{0,200}(?:alle rechte vorbehalten|tous droits réservés|todos los derechos reservados|"
    r"todos os direitos reservados|tutti i diritti riservati|все права защищены|無断転載|無断複製|무단\s?전재|"
    r"جميع الحقوق محفوظة).{0,120}",
    r"(?:(?:den |unseren )?newsletter (?:abonnieren|bestellen)|(?:s['’]inscrire|abonnez-vous) à .{0,40}newsletter|"
    r"suscríb(?:ase|ete).{0,60}|assine (?:a|nossa) newsletter.{0,40}|iscriviti alla newsletter.{0,40}|"
    r"подписаться|подпишитесь на .{0,60})",
    r"(?:schlagwörter|schlagworte|themen|mots-clés|étiquettes|etiquetas|temas|tag|теги|метки|タグ|キーワード|태그)"
    r"\s*[:：].{1,200}",
)
_ALL = (
    _ELSEWHERE,
    *(_CREDITS, _SHARING, _SUBSCRIBING, _ADVERTISING, _RIGHTS, _CONSENT, _COMMENTING),
    *(_RELATED, _READ_MORE, _NAVIGATION),
)


def furniture(line: str) -> bool:
    """Whether a whole line belongs to the page and not to the article.

    >>> furniture("Share this article"), furniture("Share prices fell on Monday.")
    (True, False)
    """
    line = line.strip(" *_>•")
    return len(line) <= _LONGEST and any(pattern.fullmatch(line) for pattern in _ALL)


def related(line: str) -> bool:
    """Whether a line heads a list of other articles."""
    return bool(_RELATED.fullmatch(line.strip(" *_#")))
