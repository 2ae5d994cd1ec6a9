# ruff: noqa: E501 - the lines of pages are as long as sites send them
"""The publication facts of web pages: one small page for each shape that sites really have, and what it states.

The outlets, people and towns are invented. A fact that is not in the expected `PageFacts` is None.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from index.byline import PageFacts, marked
from index.types import Kind

TODAY = date(2026, 3, 1)
SITE = "https://www.vellmar.example"
TEXTS = {
    "en": (
        "The ships lay at anchor outside the mole on Friday, and no pilot came out to bring them in.",
        "The association of pilots has said that it will not return to work before its contract is renewed.",
        "For the town it was the third week without a container, and the cranes have been standing still.",
    ),
    "de": (
        "Die Schiffe lagen am Freitag vor der Mole vor Anker, und kein Lotse kam, um sie hereinzubringen.",
        "Der Verband der Lotsen erklärte, er werde die Arbeit nicht wieder aufnehmen, ehe der Vertrag erneuert sei.",
        "Für die Stadt war es die dritte Woche ohne einen Container, und die Kräne stehen seither still.",
    ),
    "fr": (
        "Les navires étaient vendredi à l'ancre devant le môle, et aucun pilote n'est venu les faire entrer.",
        "L'association des pilotes a déclaré qu'elle ne reprendrait pas le travail avant un nouveau contrat.",
        "Pour la ville, c'était la troisième semaine sans conteneur, et les grues restent immobiles depuis.",
    ),
    "es": (
        "Los barcos estaban fondeados el viernes ante el muelle y ningún práctico salió para hacerlos entrar.",
        "La asociación de prácticos ha dicho que no volverá al trabajo antes de que se renueve el contrato.",
        "Para la ciudad fue la tercera semana sin un contenedor, y las grúas siguen paradas desde entonces.",
    ),
    "pt": (
        "Os navios estavam fundeados na sexta-feira diante do molhe e nenhum piloto saiu para os trazer.",
        "A associação dos pilotos disse que não voltará ao trabalho antes da renovação do contrato.",
        "Para a cidade foi a terceira semana sem um contentor, e as gruas estão paradas desde então.",
    ),
    "it": (
        "Venerdì le navi erano all'ancora davanti al molo e nessun pilota è uscito per farle entrare.",
        "L'associazione dei piloti ha detto che non tornerà al lavoro prima del rinnovo del contratto.",
        "Per la città è stata la terza settimana senza un container, e le gru sono ferme da allora.",
    ),
    "ru": (
        "В пятницу суда стояли на якоре перед молом, и ни один лоцман не вышел, чтобы провести их в порт.",
        "Ассоциация лоцманов заявила, что не вернётся к работе, пока не будет продлён договор с портом.",
        "Для города это была третья неделя без единого контейнера, и краны с тех пор стоят без дела.",
    ),
    "zh": (
        "星期五，船只停泊在防波堤外，没有一名引航员出海引领它们进港，码头上一片寂静。",
        "引航员协会表示，在合同续签之前不会恢复工作，双方的谈判至今没有任何进展。",
        "对这座城市来说，这是没有一个集装箱进港的第三个星期，起重机一直停着不动。",
    ),
    "ja": (
        "金曜日、船は防波堤の外に停泊していたが、水先人は一人も出てこなかった。港は静まり返っていた。",
        "水先人協会は、契約が更新されるまで仕事には戻らないと述べ、交渉は進んでいないとした。",
        "この町にとってはコンテナが一つも入らない三週目であり、クレーンは止まったままである。",
    ),
    "ko": (
        "금요일에 배들은 방파제 밖에 정박해 있었고 배를 들여올 도선사는 한 명도 나오지 않았다고 한다.",
        "도선사 협회는 계약이 갱신될 때까지 업무에 복귀하지 않겠다고 밝혔고 협상은 진전이 없다.",
        "이 도시로서는 컨테이너가 하나도 들어오지 않은 셋째 주였고 크레인은 멈춰 서 있는 상태다.",
    ),
    "ar": (
        "رست السفن يوم الجمعة خارج حاجز الأمواج ولم يخرج أي مرشد لإدخالها إلى الميناء في ذلك اليوم.",
        "وقالت رابطة المرشدين إنها لن تعود إلى العمل قبل تجديد العقد مع إدارة الميناء في المدينة.",
        "وكان ذلك الأسبوع الثالث الذي لا تصل فيه أي حاوية إلى المدينة وقد توقفت الرافعات عن العمل.",
    ),
}


def text(language: str = "en", tag: str = "p") -> str:
    return "\n".join(f"<{tag}>{paragraph}</{tag}>" for paragraph in TEXTS[language])


def page(head: str, body: str, lang: str | None = "en") -> str:
    """A page as a server sends it."""
    language = f' lang="{lang}"' if lang else ""
    return (
        f"<!DOCTYPE html>\n<html{language}>\n<head><meta charset='utf-8'>{head}</head>\n<body>\n{body}\n</body></html>"
    )


def ld(*nodes: object) -> str:
    return "".join(
        f'<script type="application/ld+json">{json.dumps(node, ensure_ascii=False)}</script>' for node in nodes
    )


def meta(**values: str) -> str:
    """Meta elements; `__` in a name stands for the colon of a property, `_` is itself."""
    return "".join(
        f'<meta property="{name.replace("__", ":")}" content="{value}">'
        if "__" in name
        else f'<meta name="{name}" content="{value}">'
        for name, value in values.items()
    )


def east(hours: float, *moment: int) -> datetime:
    return datetime(*moment, tzinfo=timezone(timedelta(hours=hours)))  # type: ignore[arg-type, misc]


def utc(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=UTC)  # type: ignore[arg-type, misc]


Case = tuple[str, str | None, PageFacts]  # the page, the address it came from, what it states
PAGES: dict[str, Case] = {}

# --- Systems for publishing --------------------------------------------------------------------------------------

PAGES["wordpress with a graph of references"] = (
    page(
        "<title>Pilots leave the port of Vellmar - Vellmar Courier</title>"
        f'<link rel="canonical" href="{SITE}/2026/02/pilots-leave/">'
        + meta(
            og__locale="en_US",
            og__type="article",
            og__title="Pilots leave the port of Vellmar - Vellmar Courier",
            og__url=f"{SITE}/2026/02/pilots-leave/",
            og__site_name="Vellmar Courier",
            article__published_time="2026-02-03T08:15:00+00:00",
            article__modified_time="2026-02-04T10:00:00+00:00",
            author="jwriter",
            twitter__label1="Written by",
            twitter__data1="Jane Writer",
        )
        + ld(
            {
                "@context": "https://schema.org",
                "@graph": [
                    {
                        "@type": "Article",
                        "@id": f"{SITE}/2026/02/pilots-leave/#article",
                        "isPartOf": {"@id": f"{SITE}/2026/02/pilots-leave/"},
                        "author": {"name": "Jane Writer", "@id": f"{SITE}/#/schema/person/1"},
                        "headline": "Pilots leave the port of Vellmar",
                        "datePublished": "2026-02-03T08:15:00+00:00",
                        "dateModified": "2026-02-04T10:00:00+00:00",
                        "mainEntityOfPage": {"@id": f"{SITE}/2026/02/pilots-leave/"},
                        "publisher": {"@id": f"{SITE}/#organization"},
                        "articleSection": ["Harbour", "Work"],
                        "inLanguage": "en-US",
                    },
                    {
                        "@type": "WebPage",
                        "@id": f"{SITE}/2026/02/pilots-leave/",
                        "name": "Pilots leave the port of Vellmar - Vellmar Courier",
                        "isPartOf": {"@id": f"{SITE}/#website"},
                    },
                    {"@type": "WebSite", "@id": f"{SITE}/#website", "name": "Vellmar Courier", "inLanguage": "en-US"},
                    {"@type": "Organization", "@id": f"{SITE}/#organization", "name": "Vellmar Courier"},
                    {"@type": "Person", "@id": f"{SITE}/#/schema/person/1", "name": "Jane Writer"},
                ],
            }
        ),
        '<div class="site-header"><a href="/">Vellmar Courier</a></div><article class="post"><header class="entry-header">'
        '<h1 class="entry-title">Pilots leave the port of Vellmar</h1><div class="entry-meta">Posted on '
        '<time class="entry-date published" datetime="2026-02-03T08:15:00+00:00">February 3, 2026</time> by '
        '<span class="author vcard"><a class="url fn n" href="/author/jane">Jane Writer</a></span></div></header>'
        f'<div class="entry-content">{text()}</div></article>',
        "en-US",
    ),
    f"{SITE}/2026/02/pilots-leave/?utm_source=feed",
    PageFacts(
        title="Pilots leave the port of Vellmar",
        author="Jane Writer",
        outlet="Vellmar Courier",
        published=utc(2026, 2, 3, 8, 15),
        modified=utc(2026, 2, 4, 10),
        url=f"{SITE}/2026/02/pilots-leave/",
        section="Harbour",
        language="en",
    ),
)

PAGES["wordpress theme without a plugin"] = (
    page(
        "<title>Cranes stand still &#8211; Tidewater Notes</title><meta name='generator' content='WordPress 6.4'>",
        '<header id="masthead"><p class="site-title"><a href="/">Tidewater Notes</a></p></header><main><article class="post">'
        '<h1 class="entry-title">Cranes stand still</h1><span class="posted-on"><time class="entry-date published" '
        'datetime="2025-11-30T18:04:11+01:00">30. November 2025</time><time class="updated" '
        'datetime="2025-12-01T09:00:00+01:00">1. December 2025</time></span> <span class="byline">by '
        f'<span class="author vcard"><a href="/author/sam">Sam Sample</a></span></span>{text()}</article></main>'
        '<section id="comments"><ol><li class="comment"><time datetime="2026-01-05T10:00:00+01:00">5 January</time> '
        "<p>A reader writes that the cranes were standing still in the winter of last year, too, as far as he recalls.</p>"
        "</li></ol></section>",
        "en-GB",
    ),
    "https://tidewater.example/cranes",
    PageFacts(
        title="Cranes stand still",
        author="Sam Sample",
        published=east(1, 2025, 11, 30, 18, 4, 11),
        modified=east(1, 2025, 12, 1, 9),
        language="en",
        outlet=None,
    ),
)

PAGES["a chain's system with types of news articles"] = (
    page(
        "<title>Opinion | A harbour is not a spreadsheet - The Vellmar Post</title>"
        f'<link rel="canonical" href="{SITE}/opinions/2026/01/12/harbour-spreadsheet/"/>'
        + meta(
            og__title="Opinion | A harbour is not a spreadsheet",
            og__site_name="The Vellmar Post",
            article__opinion="true",
        )
        + ld(
            {
                "@context": "http://schema.org",
                "@type": "OpinionNewsArticle",
                "url": f"{SITE}/opinions/2026/01/12/harbour-spreadsheet/",
                "headline": "Opinion | A harbour is not a spreadsheet",
                "datePublished": "2026-01-12T11:30:00.123Z",
                "dateModified": "2026-01-12T11:30:00.123Z",
                "author": [{"@type": "Person", "name": "Rae Columnist", "url": f"{SITE}/people/rae/"}],
                "publisher": {"@type": "NewsMediaOrganization", "name": "The Vellmar Post", "@id": "vellmar.example"},
                "isPartOf": {"@type": ["CreativeWork", "Product"], "name": "The Vellmar Post"},
                "isAccessibleForFree": False,
            }
        ),
        '<main><header><h1 data-qa="headline"><span class="opinion-label">Opinion</span> A harbour is not a spreadsheet</h1></header>'
        f'<div data-qa="author-byline">By <a href="/people/rae/">Rae Columnist</a></div>{text()}</main>',
    ),
    f"{SITE}/opinions/2026/01/12/harbour-spreadsheet/",
    PageFacts(
        title="A harbour is not a spreadsheet",
        author="Rae Columnist",
        outlet="The Vellmar Post",
        published=utc(2026, 1, 12, 11, 30),
        modified=utc(2026, 1, 12, 11, 30),
        url=f"{SITE}/opinions/2026/01/12/harbour-spreadsheet/",
        kind=Kind.OPINION,
        language="en",
    ),
)

PAGES["a newsletter platform"] = (
    page(
        "<title>The week the cranes stopped</title>"
        '<link rel="canonical" href="https://harbourletter.example/the-week/">'
        + meta(
            og__site_name="The Harbour Letter",
            og__type="article",
            og__title="The week the cranes stopped",
            og__url="https://harbourletter.example/the-week/",
            article__published_time="2025-10-10T06:00:13.000Z",
            article__modified_time="2025-10-10T06:00:13.000Z",
            article__tag="Cranes",
            article__publisher="https://social.example/harbourletter",
            twitter__label1="Written by",
            twitter__data1="Ada Letters",
            twitter__label2="Filed under",
            twitter__data2="Cranes",
        )
        + ld(
            {
                "@context": "https://schema.org",
                "@type": "Article",
                "publisher": {"@type": "Organization", "name": "The Harbour Letter"},
                "author": {"@type": "Person", "name": "Ada Letters", "image": {"@type": "ImageObject"}, "sameAs": []},
                "headline": "The week the cranes stopped",
                "url": "https://harbourletter.example/the-week/",
                "datePublished": "2025-10-10T06:00:13.000Z",
                "dateModified": "2025-10-10T06:00:13.000Z",
                "keywords": "Cranes",
                "mainEntityOfPage": "https://harbourletter.example/the-week/",
            }
        ),
        '<main class="gh-main"><article class="gh-article"><header><h1 class="gh-article-title">The week the cranes stopped</h1>'
        '<h4 class="gh-article-author-name"><a href="/author/ada/">Ada Letters</a></h4><time datetime="2025-10-10">Oct 10, 2025</time>'
        f'</header><section class="gh-content">{text()}<div class="kg-signup-card"><p>Subscribe to our newsletter</p></div></section>'
        "</article></main>",
    ),
    "https://harbourletter.example/the-week/",
    PageFacts(
        title="The week the cranes stopped",
        author="Ada Letters",
        outlet="The Harbour Letter",
        published=utc(2025, 10, 10, 6, 0, 13),
        modified=utc(2025, 10, 10, 6, 0, 13),
        url="https://harbourletter.example/the-week/",
        language="en",
    ),
)

PAGES["a platform for everybody's posts"] = (
    page(
        "<title>What the pilots taught me. I was on the mole that day… | by Kit Poster | Jan, 2026 | Longform</title>"
        '<link rel="canonical" href="https://longform.example/@kit/what-the-pilots-taught-me-1a2b3c"/>'
        + meta(
            og__site_name="Longform",
            og__title="What the pilots taught me",
            article__published_time="2026-01-20T20:01:02.345Z",
            article__author="https://longform.example/@kit",
            author="Kit Poster",
        )
        + ld(
            {
                "@context": "http://schema.org",
                "@type": "NewsArticle",
                "url": "https://longform.example/@kit/what-the-pilots-taught-me-1a2b3c",
                "dateCreated": "2026-01-19T20:00:00.000Z",
                "datePublished": "2026-01-20T20:01:02.345Z",
                "dateModified": "2026-01-21T07:00:00.000Z",
                "headline": "What the pilots taught me",
                "creator": ["Kit Poster"],
                "author": {"@type": "Person", "name": "Kit Poster", "url": "https://longform.example/@kit"},
                "publisher": {"@type": "Organization", "name": "Longform"},
            }
        ),
        '<article><h1 class="pw-post-title">What the pilots taught me</h1><div><a rel="author noopener" href="/@kit">Kit Poster</a>'
        f"<span>6 min read</span><span>·</span><span>Jan 20, 2026</span></div>{text()}</article>",
    ),
    "https://longform.example/@kit/what-the-pilots-taught-me-1a2b3c?source=home",
    PageFacts(
        title="What the pilots taught me",
        author="Kit Poster",
        outlet="Longform",
        published=utc(2026, 1, 20, 20, 1, 2),
        modified=utc(2026, 1, 21, 7),
        url="https://longform.example/@kit/what-the-pilots-taught-me-1a2b3c",
        language="en",
    ),
)

PAGES["rdfa of a content management system"] = (
    page(
        "<title>Harbour office publishes its figures | Harbour Office of Vellmar</title>"
        '<link rel="canonical" href="https://office.vellmar.example/node/512" />',
        '<div id="page"><h1 class="page-title"><span property="schema:name">Harbour office publishes its figures</span></h1>'
        '<article about="/node/512" typeof="schema:Article"><footer class="node__meta">Submitted by <span rel="schema:author">'
        '<span class="username" typeof="schema:Person" property="schema:name">webmaster</span></span> on '
        '<span property="schema:dateCreated" content="2025-06-02T12:20:00+00:00" class="hidden">Mon, 06/02/2025 - 12:20</span>'
        f'</footer><div property="schema:text">{text()}</div></article></div>',
    ),
    "https://office.vellmar.example/node/512",
    PageFacts(
        title="Harbour office publishes its figures",
        published=utc(2025, 6, 2, 12, 20),
        url="https://office.vellmar.example/node/512",
        language="en",
    ),
)

PAGES["an accelerated mobile page"] = (
    page(
        "<title>Pilots return after a month</title>"
        f'<link rel="canonical" href="{SITE}/news/pilots-return"><style amp-boilerplate>body{{}}</style>'
        + ld(
            {
                "@context": "http://schema.org",
                "@type": "NewsArticle",
                "mainEntityOfPage": f"{SITE}/news/pilots-return",
                "headline": "Pilots return after a month",
                "datePublished": "2026-02-20T07:00:00Z",
                "author": {"@type": "Person", "name": "Noor Reporter"},
                "publisher": {"@type": "Organization", "name": "Vellmar Courier", "logo": {"@type": "ImageObject"}},
            }
        ),
        f'<article><h1>Pilots return after a month</h1><amp-img src="a.jpg"></amp-img>{text()}</article>',
    ).replace("<html", "<html amp"),
    "https://amp.vellmar.example/news/pilots-return/amp",
    PageFacts(
        title="Pilots return after a month",
        author="Noor Reporter",
        outlet="Vellmar Courier",
        published=utc(2026, 2, 20, 7),
        url=f"{SITE}/news/pilots-return",
        language="en",
    ),
)

PAGES["a reportage by its type, by two"] = (
    page(
        ld(
            [
                {
                    "@context": "https://schema.org/",
                    "@type": ["ReportageNewsArticle", "NewsArticle"],
                    "headline": "Night shift on the mole",
                    "datePublished": "2026-01-05",
                    "author": [{"@type": "Person", "name": "Ida One"}, {"@type": "Person", "name": "Bo Two"}],
                    "publisher": {"name": "Vellmar Courier"},
                    "articleSection": "Reportage",
                }
            ]
        )
        + "<title>Night shift on the mole</title>",
        f"<article><h1>Night shift on the mole</h1><time>5 January 2026</time>{text()}</article>",
    ),
    None,
    PageFacts(
        title="Night shift on the mole",
        author="Ida One and Bo Two",
        outlet="Vellmar Courier",
        published=date(2026, 1, 5),
        kind=Kind.REPORT,
        section="Reportage",
        language="en",
    ),
)

PAGES["an analysis by its type"] = (
    page(
        "<title>Why the cranes stopped</title>"
        + ld(
            {
                "@type": "AnalysisNewsArticle",
                "headline": "Why the cranes stopped",
                "datePublished": "2026-01-07T10:00:00-0500",
                "author": "By Ida One, Senior Correspondent",
                "publisher": "Vellmar Courier",
            }
        ),
        f"<article><h1>Why the cranes stopped</h1>{text()}</article>",
    ),
    None,
    PageFacts(
        title="Why the cranes stopped",
        author="Ida One",
        outlet="Vellmar Courier",
        published=east(-5, 2026, 1, 7, 10),
        kind=Kind.ANALYSIS,
        language="en",
    ),
)

PAGES["a plain news article in the section of opinions"] = (
    page(
        "<title>Let the pilots go</title>"
        + ld(
            {
                "@type": "NewsArticle",
                "headline": "Let the pilots go",
                "articleSection": ["Comment", "Work"],
                "datePublished": "2026-01-08T10:00:00+02:00",
                "author": {"@type": "Person", "givenName": "Ola", "familyName": "Three"},
                "publisher": {"name": "Vellmar Courier"},
            }
        ),
        f"<article><h1>Let the pilots go</h1>{text()}</article>",
    ),
    None,
    PageFacts(
        title="Let the pilots go",
        author="Ola Three",
        outlet="Vellmar Courier",
        published=east(2, 2026, 1, 8, 10),
        kind=Kind.OPINION,
        section="Comment",
        language="en",
    ),
)

PAGES["an editorial by its board"] = (
    page(
        "<title>The port needs a plan | Vellmar Courier</title>"
        + ld(
            {
                "@type": "NewsArticle",
                "headline": "The port needs a plan",
                "datePublished": "2026-01-09T05:00:00Z",
                "author": {"@type": "Organization", "name": "The Editorial Board"},
                "publisher": {"name": "Vellmar Courier"},
            }
        ),
        f"<article><h1>The port needs a plan</h1><p>By The Editorial Board</p>{text()}</article>",
    ),
    None,
    PageFacts(
        title="The port needs a plan",
        author="The Editorial Board",
        outlet="Vellmar Courier",
        published=utc(2026, 1, 9, 5),
        kind=Kind.EDITORIAL,
        language="en",
    ),
)

PAGES["a live blog"] = (
    page(
        "<title>Port strike – live: talks resume in Vellmar</title>"
        + ld(
            {
                "@context": "https://schema.org",
                "@type": "LiveBlogPosting",
                "headline": "Port strike – live: talks resume in Vellmar",
                "coverageStartTime": "2026-02-10T06:00:00Z",
                "datePublished": "2026-02-10T06:30:00Z",
                "dateModified": "2026-02-10T21:10:00Z",
                "author": [{"@type": "Person", "name": "Ida One"}],
                "publisher": {"@type": "Organization", "name": "Vellmar Courier"},
                "liveBlogUpdate": [
                    {
                        "@type": "BlogPosting",
                        "headline": "Talks end for the day",
                        "datePublished": "2026-02-10T21:10:00Z",
                        "author": {"@type": "Person", "name": "Bo Two"},
                    }
                ],
            }
        ),
        "<main><h1>Port strike – live: talks resume in Vellmar</h1><p>By Ida One</p>"
        f'<article><h2>Talks end for the day</h2><time datetime="2026-02-10T21:10:00Z">21.10</time>{text()}</article></main>',
    ),
    f"{SITE}/live/port",
    PageFacts(
        title="Port strike – live: talks resume in Vellmar",
        author="Ida One",
        outlet="Vellmar Courier",
        published=utc(2026, 2, 10, 6, 30),
        modified=utc(2026, 2, 10, 21, 10),
        language="en",
    ),
)

PAGES["an article that is the page's main entity, with others beside it"] = (
    page(
        "<title>Third week without a container</title>"
        + ld(
            {
                "@type": "ItemList",
                "itemListElement": [
                    {
                        "@type": "NewsArticle",
                        "headline": "Another story",
                        "datePublished": "2020-01-01",
                        "author": "Wrong One",
                    }
                ],
            },
            {
                "@type": "WebPage",
                "name": "Third week without a container",
                "mainEntity": {
                    "@type": "NewsArticle",
                    "headline": "Third week without a container",
                    "datePublished": "2026-02-01T09:00:00Z",
                    "author": {"@type": "Person", "name": "Ida One"},
                    "publisher": {"@type": "Organization", "name": "Vellmar Courier"},
                },
                "breadcrumb": {
                    "@type": "BreadcrumbList",
                    "itemListElement": [
                        {"@type": "ListItem", "position": 1, "item": {"@id": "/", "name": "Home"}},
                        {"@type": "ListItem", "position": 2, "item": {"@id": "/work", "name": "Work"}},
                        {"@type": "ListItem", "position": 3, "name": "Third week without a container"},
                    ],
                },
            },
        ),
        f"<article><h1>Third week without a container</h1>{text()}</article>",
    ),
    f"{SITE}/work/third-week",
    PageFacts(
        title="Third week without a container",
        author="Ida One",
        outlet="Vellmar Courier",
        published=utc(2026, 2, 1, 9),
        section="Work",
        language="en",
    ),
)

PAGES["a list of articles of which one is the page's"] = (
    page(
        f'<title>The pilots vote</title><link rel=canonical href="{SITE}/work/vote">'
        + ld(
            [
                {
                    "@type": "NewsArticle",
                    "headline": "The mayor answers",
                    "url": f"{SITE}/work/mayor",
                    "datePublished": "2026-01-01T00:00:00Z",
                    "author": {"name": "Wrong One"},
                },
                {
                    "@type": "NewsArticle",
                    "headline": "The pilots vote",
                    "url": f"{SITE}/work/vote",
                    "datePublished": "2026-01-02T12:00:00Z",
                    "author": {"name": "Ida One"},
                },
            ]
        ),
        f"<article><h1>The pilots vote</h1>{text()}</article>",
    ),
    f"{SITE}/work/vote",
    PageFacts(
        title="The pilots vote",
        author="Ida One",
        published=utc(2026, 1, 2, 12),
        url=f"{SITE}/work/vote",
        language="en",
    ),
)

PAGES["the json-ld of another article only"] = (
    page(
        f'<title>The pilots vote</title><link rel=canonical href="{SITE}/work/vote">'
        + ld(
            {
                "@type": "NewsArticle",
                "headline": "The mayor answers",
                "url": f"{SITE}/work/mayor",
                "datePublished": "2026-01-01T00:00:00Z",
                "author": {"name": "Wrong One"},
            }
        ),
        f"<article><h1>The pilots vote</h1><p>By Ida One</p>{text()}</article>",
    ),
    f"{SITE}/work/vote",
    PageFacts(title="The pilots vote", author="Ida One", url=f"{SITE}/work/vote", language="en"),
)

# --- JSON-LD as it really is -------------------------------------------------------------------------------------

PAGES["json-ld with trailing commas, comments and line breaks in a string"] = (
    page(
        "<title>Tugs wait</title>"
        """<script type="application/ld+json">
        /* made by the theme */
        {
          "@context": "https://schema.org",
          "@type": "NewsArticle",
          "headline": "Tugs wait",
          "description": "The tugs
            have been waiting.",
          "datePublished": "2026-02-02T10:00:00+01:00",
          "author": { "@type": "Person", "name": "Ida One", },
          "publisher": { "@type": "Organization", "name": "Vellmar Courier", },
        }
        </script>""",
        f"<article><h1>Tugs wait</h1>{text()}</article>",
    ),
    None,
    PageFacts(
        title="Tugs wait",
        author="Ida One",
        outlet="Vellmar Courier",
        published=east(1, 2026, 2, 2, 10),
        language="en",
    ),
)

PAGES["json-ld in cdata, with escaped characters"] = (
    page(
        "<title>Pilots &amp; tugs</title>"
        """<script type="application/ld+json">//<![CDATA[
        {"@type":"NewsArticle","headline":"Pilots &amp; tugs","datePublished":"2026-02-02T10:00:00Z",
         "author":{"@type":"Person","name":"Se\\u00e1n O&#39;Sample"},"publisher":{"name":"Vellmar Courier"}};
        //]]></script>""",
        f"<article><h1>Pilots &amp; tugs</h1>{text()}</article>",
    ),
    None,
    PageFacts(
        title="Pilots & tugs",
        author="Seán O'Sample",
        outlet="Vellmar Courier",
        published=utc(2026, 2, 2, 10),
        language="en",
    ),
)

PAGES["json-ld in a comment, broken beyond mending, and a second that is whole"] = (
    page(
        "<title>Tugs leave</title>"
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Tugs le</script>'
        '<script type="application/ld+json"><!-- {"@type": "NewsArticle", "headline": "Tugs leave", '
        '"datePublished": "2026-02-02", "author": "Ida One"} --></script>',
        f"<article><h1>Tugs leave</h1>{text()}</article>",
    ),
    None,
    PageFacts(title="Tugs leave", author="Ida One", published=date(2026, 2, 2), language="en"),
)

PAGES["json-ld cut off, and what is printed"] = (
    page(
        '<title>Tugs leave | Vellmar Gazette</title><script type="application/ld+json">{"@type": "NewsArticle",</script>',
        f'<article><h1>Tugs leave</h1><p class="meta">By Ida One | Published: 2 February 2026 10:05 GMT</p>{text()}</article>',
    ),
    None,
    PageFacts(
        title="Tugs leave",
        author="Ida One",
        outlet="Vellmar Gazette",
        published=utc(2026, 2, 2, 10, 5),
        language="en",
    ),
)

PAGES["dates as numbers of seconds and of milliseconds"] = (
    page(
        "<title>Tugs turn</title>"
        + ld(
            {
                "@type": "NewsArticle",
                "headline": "Tugs turn",
                "datePublished": 1770026700,
                "dateModified": "1770030300000",
            }
        ),
        f"<article><h1>Tugs turn</h1>{text()}</article>",
    ),
    None,
    PageFacts(
        title="Tugs turn",
        published=utc(2026, 2, 2, 10, 5),
        modified=utc(2026, 2, 2, 11, 5),
        language="en",
    ),
)

PAGES["a zone without a colon, and a change before publication"] = (
    page(
        "<title>Tugs turn back</title>"
        + ld(
            {
                "@type": "NewsArticle",
                "headline": "Tugs turn back",
                "datePublished": "2026-02-02T10:05:00+0530",
                "dateModified": "2026-01-15T10:05:00+0530",
            }
        ),
        f"<article><h1>Tugs turn back</h1>{text()}</article>",
    ),
    None,
    PageFacts(title="Tugs turn back", published=east(5.5, 2026, 2, 2, 10, 5), language="en"),
)

PAGES["zero dates of a database"] = (
    page(
        "<title>Tugs rust</title>"
        + ld(
            {
                "@type": "NewsArticle",
                "headline": "Tugs rust",
                "datePublished": "0000-00-00 00:00:00",
                "dateModified": "1970-01-01T00:00:00Z",
            }
        ),
        f"<article><h1>Tugs rust</h1>{text()}</article>",
    ),
    None,
    PageFacts(title="Tugs rust", language="en"),
)

PAGES["only the day of creation"] = (
    page(
        "<title>Tugs are built</title>"
        + ld({"@type": "NewsArticle", "headline": "Tugs are built", "dateCreated": "2026-02-02T08:00:00Z"}),
        f"<article><h1>Tugs are built</h1>{text()}</article>",
    ),
    None,
    PageFacts(title="Tugs are built", published=utc(2026, 2, 2, 8), language="en"),
)

PAGES["a moment far ahead, and the real one below it"] = (
    page(
        "<title>Tugs of tomorrow</title>"
        + ld({"@type": "NewsArticle", "headline": "Tugs of tomorrow", "datePublished": "2036-02-02T08:00:00Z"})
        + meta(article__published_time="2026-02-02T08:00:00Z"),
        f"<article><h1>Tugs of tomorrow</h1>{text()}</article>",
    ),
    None,
    PageFacts(title="Tugs of tomorrow", published=utc(2026, 2, 2, 8), language="en"),
)

# --- Agencies and organisations ----------------------------------------------------------------------------------

PAGES["an agency's report in a paper"] = (
    page(
        "<title>Talks fail in Port Marrow</title>"
        + ld(
            {
                "@type": "NewsArticle",
                "headline": "Talks fail in Port Marrow",
                "datePublished": "2026-02-11T14:00:00Z",
                "author": {"@type": "Organization", "name": "Northern News Agency"},
                "publisher": {"@type": "Organization", "name": "Vellmar Courier"},
            }
        ),
        f"<article><h1>Talks fail in Port Marrow</h1><p>PORT MARROW (Reuters) - {TEXTS['en'][0]}</p>{text()}</article>",
    ),
    f"{SITE}/a",
    PageFacts(
        title="Talks fail in Port Marrow",
        author="Northern News Agency",
        outlet="Vellmar Courier",
        published=utc(2026, 2, 11, 14),
        language="en",
    ),
)

PAGES["a paper that names itself as the author"] = (
    page(
        "<title>Harbour in brief</title>"
        + ld(
            {
                "@type": "NewsArticle",
                "headline": "Harbour in brief",
                "author": {"@type": "Person", "name": "Vellmar Courier Staff"},
                "publisher": {"@type": "Organization", "name": "Vellmar Courier"},
            }
        ),
        f"<article><h1>Harbour in brief</h1>{text()}</article>",
    ),
    None,
    PageFacts(title="Harbour in brief", outlet="Vellmar Courier", language="en"),
)

PAGES["a text whose source organisation is named"] = (
    page(
        "<title>Strait reopens</title>"
        + ld(
            {
                "@type": "NewsArticle",
                "headline": "Strait reopens",
                "datePublished": "2026-02-12T14:00:00Z",
                "author": {"@type": "Person", "name": "Ida One"},
                "sourceOrganization": {"@type": "NewsMediaOrganization", "name": "Port Marrow Herald"},
                "publisher": {"@type": "Organization", "name": "Portal Seven"},
            }
        ),
        f"<article><h1>Strait reopens</h1>{text()}</article>",
    ),
    None,
    PageFacts(
        title="Strait reopens",
        author="Ida One",
        outlet="Port Marrow Herald",
        published=utc(2026, 2, 12, 14),
        language="en",
    ),
)

PAGES["a dateline is all that is said"] = (
    page(
        "<title>Talks end</title>",
        f"<h1>Talks end</h1><p>MARROW, February 13, 2026 (Reuters) - {TEXTS['en'][0]}</p>{text()}",
    ),
    None,
    PageFacts(title="Talks end", outlet="Reuters", published=date(2026, 2, 13), language="en"),
)

PAGES["a publisher with the name of a company, and the paper's own"] = (
    page(
        "<title>Ferry sinks</title>"
        + meta(og__site_name="Vellmar Courier")
        + ld(
            {
                "@type": "NewsArticle",
                "headline": "Ferry sinks",
                "publisher": {"@type": "Organization", "name": "Vellmar Media Holding Ltd."},
            }
        ),
        f"<article><h1>Ferry sinks</h1>{text()}</article>",
    ),
    None,
    PageFacts(title="Ferry sinks", outlet="Vellmar Courier", language="en"),
)

PAGES["a press release of a ministry"] = (
    page(
        "<title>Minister opens the new mole - Ministry of Ports</title>"
        + meta(
            **{
                "DC.title": "Minister opens the new mole",
                "DC.creator": "Ministry of Ports",
                "DC.publisher": "Ministry of Ports",
                "DCTERMS.issued": "2026-01-15",
                "DCTERMS.modified": "2026-01-16",
                "DC.language": "eng",
            }
        ),
        '<nav class="breadcrumb"><ol><li><a href="/">Home</a></li><li><a href="/press-releases">Press releases</a></li></ol></nav>'
        f'<main><p class="label">Press release</p><h1>Minister opens the new mole</h1><p>Published 15 January 2026</p>{text()}'
        "<h2>Contact</h2><p>Press office of the Ministry of Ports</p></main>",
        "en-GB",
    ),
    "https://ports.gov.example/press-releases/mole",
    PageFacts(
        title="Minister opens the new mole",
        outlet="Ministry of Ports",
        published=date(2026, 1, 15),
        modified=date(2026, 1, 16),
        kind=Kind.RELEASE,
        section="Press releases",
        language="en",
    ),
)

PAGES["a company's release on a wire"] = (
    page(
        "<title>Cranes Inc. delivers | Releasewire</title>" + meta(og__site_name="Releasewire"),
        "<main><p>FOR IMMEDIATE RELEASE</p><h1>Cranes Inc. delivers</h1>"
        f"<p>January 20, 2026 09:00 AM EST | Source: Cranes Inc.</p>{text()}</main>",
        "en-US",
    ),
    "https://releasewire.example/n/4711",
    PageFacts(
        title="Cranes Inc. delivers",
        outlet="Releasewire",
        published=east(-5, 2026, 1, 20, 9),
        kind=Kind.RELEASE,
        language="en",
    ),
)

# --- Meta elements only ------------------------------------------------------------------------------------------

PAGES["open graph alone"] = (
    page(
        "<title>Gulls return | Coast Online</title>"
        + meta(
            og__title="Gulls return",
            og__site_name="Coast Online",
            og__url="https://coast.example/gulls",
            og__locale="en_GB",
            article__published_time="2026-02-14T12:00:00+00:00",
            article__author="Gil Gull",
            article__section="Nature",
        ),
        f"<div><h1>Gulls return</h1>{text()}</div>",
        None,
    ),
    "https://coast.example/gulls?ref=1",
    PageFacts(
        title="Gulls return",
        author="Gil Gull",
        outlet="Coast Online",
        published=utc(2026, 2, 14, 12),
        url="https://coast.example/gulls",
        section="Nature",
        language="en",
    ),
)

PAGES["meta for statistics of readers"] = (
    page(
        "<title>Gulls leave</title>"
        + meta(
            **{
                "parsely-title": "Gulls leave",
                "parsely-author": "Gil Gull",
                "parsely-pub-date": "2026-02-14T12:00:00Z",
                "parsely-section": "Nature",
                "parsely-type": "post",
                "sailthru.author": "Somebody Else",
                "sailthru.date": "2026-02-13 12:00:00",
                "news_keywords": "gulls",
            }
        ),
        f"<div><h1>Gulls leave</h1>{text()}</div>",
    ),
    "https://coast.example/gulls-leave",
    PageFacts(
        title="Gulls leave",
        author="Gil Gull",
        published=utc(2026, 2, 14, 12),
        section="Nature",
        language="en",
    ),
)

PAGES["byl and pdate of an old system"] = (
    page(
        "<title>Gulls stay - The Coast Register</title>"
        + meta(byl="By GIL GULL and TERN SMITH", pubdate="20260214", lastmod="2026-02-15", genre="news"),
        f"<div><h1>Gulls stay</h1>{text()}</div>",
    ),
    None,
    PageFacts(
        title="Gulls stay",
        author="GIL GULL and TERN SMITH",
        outlet="The Coast Register",
        published=date(2026, 2, 14),
        modified=date(2026, 2, 15),
        language="en",
    ),
)

PAGES["a scholarly article"] = (
    page(
        "<title>Sediment in tidal harbours | Journal of Harbours</title>"
        + meta(citation_title="Sediment in tidal harbours", citation_journal_title="Journal of Harbours")
        + '<meta name="citation_author" content="Sand, Mara"><meta name="citation_author" content="Silt-Mud, Per A.">'
        + meta(
            citation_publication_date="2025/09/30",
            citation_online_date="2025/08/01",
            citation_publisher="Harbour Academic",
            citation_abstract_html_url="https://journals.example/harbours/12/3",
            citation_language="en",
        ),
        f"<h1>Sediment in tidal harbours</h1><h2>Abstract</h2>{text()}",
    ),
    "https://journals.example/harbours/12/3?download=1",
    PageFacts(
        title="Sediment in tidal harbours",
        author="Mara Sand and Per A. Silt-Mud",
        outlet="Journal of Harbours",
        published=date(2025, 9, 30),
        url="https://journals.example/harbours/12/3",
        language="en",
    ),
)

PAGES["a scholarly article in json-ld, in an issue"] = (
    page(
        "<title>Tides</title>"
        + ld(
            {
                "@type": "ScholarlyArticle",
                "headline": "Tides",
                "author": [{"name": "Mara Sand", "affiliation": {"name": "Institute of Tides"}}],
                "datePublished": "2025-04",
                "publisher": {"name": "Harbour Academic"},
                "isPartOf": {
                    "@type": "PublicationIssue",
                    "issueNumber": "3",
                    "isPartOf": {"@type": ["Periodical"], "name": "Letters on Tides"},
                },
            }
        ),
        f"<h1>Tides</h1>{text()}",
    ),
    None,
    PageFacts(title="Tides", author="Mara Sand", outlet="Letters on Tides", language="en"),
)

PAGES["a date whose order the region tells"] = (
    page(
        "<title>Gulls eat | The Coast Register</title>",
        f"<h1>Gulls eat</h1><p>By Gil Gull</p><p>Published: 07/08/2025</p>{text()}",
        "en-US",
    ),
    None,
    PageFacts(
        title="Gulls eat",
        author="Gil Gull",
        outlet="The Coast Register",
        published=date(2025, 7, 8),
        language="en",
    ),
)

PAGES["a date whose order nothing tells"] = (
    page(
        "<title>Gulls sleep | The Coast Register</title>" + meta(date="07/08/2025"),
        f"<h1>Gulls sleep</h1><p>By Gil Gull</p><p>Published: 07/08/2025</p>{text()}",
        "en",
    ),
    None,
    PageFacts(title="Gulls sleep", author="Gil Gull", outlet="The Coast Register", language="en"),
)

PAGES["only a general date and the server's last change"] = (
    page(
        '<title>Gulls wake</title><meta name="date" content="2026-02-14"><meta http-equiv="last-modified" content="Sat, 14 Feb 2026 13:00:00 GMT">',
        f"<h1>Gulls wake</h1>{text()}",
    ),
    None,
    PageFacts(title="Gulls wake", published=date(2026, 2, 14), modified=utc(2026, 2, 14, 13), language="en"),
)

# --- Microdata and elements --------------------------------------------------------------------------------------

PAGES["microdata alone, with comments that are items"] = (
    page(
        "<title>Seals on the quay</title>",
        '<article itemscope itemtype="https://schema.org/NewsArticle"><meta itemprop="mainEntityOfPage" content="https://coast.example/seals">'
        '<link itemprop="mainEntityOfPage" href="https://coast.example/seals">'
        '<h1 itemprop="headline">Seals on the quay</h1>'
        '<span itemprop="author" itemscope itemtype="https://schema.org/Person"><span itemprop="name">Sela Seal</span></span>'
        '<meta itemprop="datePublished" content="2026-02-15T08:00:00+01:00"><meta itemprop="dateModified" content="2026-02-15T09:00:00+01:00">'
        '<div itemprop="publisher" itemscope itemtype="https://schema.org/Organization" style="display:none"><meta itemprop="name" content="Coast Online"></div>'
        f'<div itemprop="articleBody">{text()}</div>'
        '<div itemprop="comment" itemscope itemtype="https://schema.org/Comment"><span itemprop="author">Rude Reader</span>'
        '<time itemprop="datePublished" datetime="2026-02-20T09:00:00+01:00">20 Feb</time><p itemprop="text">First!</p></div></article>',
    ),
    "https://coast.example/seals",
    PageFacts(
        title="Seals on the quay",
        author="Sela Seal",
        outlet="Coast Online",
        published=east(1, 2026, 2, 15, 8),
        modified=east(1, 2026, 2, 15, 9),
        url="https://coast.example/seals",
        language="en",
    ),
)

PAGES["time and rel=author"] = (
    page(
        "<title>Seals leave</title>",
        '<main><h1>Seals leave</h1><p>by <a rel="author" href="/sela">Sela Seal</a>, <time pubdate datetime="2026-02-16T08:00Z">last week</time>, '
        f'updated <time datetime="2026-02-17T08:00Z">days ago</time></p>{text()}</main>',
    ),
    None,
    PageFacts(
        title="Seals leave",
        author="Sela Seal",
        published=utc(2026, 2, 16, 8),
        modified=utc(2026, 2, 17, 8),
        language="en",
    ),
)

PAGES["names of classes alone"] = (
    page(
        "<title>Seals sing</title>",
        '<div class="story"><h1 class="story__title">Seals sing</h1><div class="story__byline"><span class="story__author-name">Sela Seal</span>'
        f'<span class="story__role">Nature correspondent</span></div><div class="story__date">Tuesday 17 February 2026 06.00 GMT</div>{text()}</div>'
        '<div class="related-stories"><div class="story__author-name">Wrong One</div><p>Older: the seals that left the quay in '
        "the winter of the year before last, and why they came back to it in spring.</p></div>",
    ),
    None,
    PageFacts(title="Seals sing", author="Sela Seal", published=utc(2026, 2, 17, 6), language="en"),
)

PAGES["microformats of a small blog"] = (
    page(
        "<title>Seals dive</title>",
        '<article class="h-entry"><h1 class="p-name">Seals dive</h1><a class="p-author h-card" href="/">Sela Seal</a> '
        f'<time class="dt-published" datetime="2026-02-18 21:15:00+0100">18 Feb</time><div class="e-content">{text()}</div></article>',
    ),
    None,
    PageFacts(title="Seals dive", author="Sela Seal", published=east(1, 2026, 2, 18, 21, 15), language="en"),
)

PAGES["dates of related articles and of comments only"] = (
    page(
        "<title>Seals yawn</title>",
        f'<article><h1>Seals yawn</h1>{text()}</article><aside><h2>Related</h2><a href="/x">Seals sing</a> <time datetime="2026-01-01">1 January 2026</time></aside>'
        '<div class="comments"><p>Rude Reader, 20 February 2026</p><p>I have never seen a seal on the quay in all the years that I have lived here.</p></div>'
        "<footer>© 2019–2026 Coast Online</footer>",
    ),
    None,
    PageFacts(title="Seals yawn", language="en"),
)

# --- Chinese portals ---------------------------------------------------------------------------------------------

PAGES["a chinese portal with the paper as its source"] = (
    page(
        "<title>引航员罢工进入第三周|港口|罢工_门户新闻_门户网</title>"
        + meta(
            og__title="引航员罢工进入第三周",
            og__url="https://news.menhu.example/c/2026-02-03/doc-1.shtml",
            article__published_time="2026-02-03T16:20:11+08:00",
            article__author="海港日报",
            mediaid="海港日报",
        ),
        '<div class="path-search"><a>新闻中心</a> > 国内新闻 > 正文</div><h1 class="main-title">引航员罢工进入第三周</h1>'
        '<div class="date-source"><span class="date">2026年02月03日 16:20</span> <a class="source" href="#">海港日报</a></div>'
        f'<div class="article" id="artibody">{text("zh")}<p class="show_author">责任编辑：李样本 </p></div>',
        None,
    ),
    "https://news.menhu.example/c/2026-02-03/doc-1.shtml",
    PageFacts(
        title="引航员罢工进入第三周",
        outlet="海港日报",
        published=east(8, 2026, 2, 3, 16, 20, 11),
        url="https://news.menhu.example/c/2026-02-03/doc-1.shtml",
        language="zh",
    ),
)

PAGES["the spans of a search engine's rules"] = (
    page(
        '<title>港口谈判重启-海港网</title><meta name="publishdate" content="2026-02-04"><meta name="author" content="甲示例">',
        '<h1>港口谈判重启</h1><div class="info"><span id="pubtime_baidu">2026-02-04 09:30:00</span> '
        '<span id="source_baidu">来源：<a href="#">海港日报</a></span> <span id="author_baidu">作者：甲示例</span> '
        f'<span id="editor_baidu">责任编辑：乙样本</span></div><div id="content">{text("zh")}</div>',
        "zh-CN",
    ),
    "https://www.haigang.example/n/1.html",
    PageFacts(
        title="港口谈判重启",
        author="甲示例",
        outlet="海港日报",
        published=datetime(2026, 2, 4, 9, 30),
        language="zh",
    ),
)

PAGES["a chinese page with all in one line"] = (
    page(
        "<title>起重机停摆_观点_海港网</title>",
        "<div class='nav'>首页 > 观点</div><h1>起重机停摆</h1><p>2026年02月05日08:12 | 来源：海港日报 作者：张示例 李样本</p>"
        + text("zh"),
        "zh",
    ),
    None,
    PageFacts(
        title="起重机停摆",
        author="张示例、李样本",
        outlet="海港日报",
        published=datetime(2026, 2, 5, 8, 12),
        kind=Kind.OPINION,
        language="zh",
    ),
)

PAGES["a chinese agency's report"] = (
    page(
        '<html><head><title>港口恢复通航</title><meta name="source" content="海港通讯社">'
        '<meta name="pubdate" content="2026-02-06T10:11:12Z+08:00">',
        f"<h1>港口恢复通航</h1><p>2026-02-06 10:11:12　来源： 海港通讯社</p><p>新华社维尔马2月6日电（记者 甲示例）{TEXTS['zh'][0]}</p>{text('zh')}",
        "en",
    ),
    None,
    PageFacts(
        title="港口恢复通航",
        outlet="海港通讯社",
        published=datetime(2026, 2, 6, 10, 11, 12),
        language="zh",
    ),
)

PAGES["a chinese platform for everybody"] = (
    page(
        "<title>谁还记得引航员？_海港_水手_码头</title>"
        + meta(mediaid="港口观察", og__type="news", og__release_date="2026-02-07 20:15"),
        '<div class="user-info"><h4><a>港口观察</a></h4></div><h1>谁还记得引航员？</h1><div class="article-info">'
        f'<span class="time" id="news-time" data-val="1770466500000">2026-02-07 20:15</span></div><article class="article">{text("zh")}</article>',
        "zh-Hans",
    ),
    None,
    PageFacts(title="谁还记得引航员？", published=datetime(2026, 2, 7, 20, 15), language="zh"),
)

PAGES["traditional characters"] = (
    page(
        "<title>引航員罷工 | 海港時報</title>"
        + ld(
            {
                "@type": "NewsArticle",
                "headline": "引航員罷工",
                "datePublished": "2026-02-08T08:00:00+08:00",
                "author": {"@type": "Person", "name": "記者甲示例"},
                "publisher": {"name": "海港時報"},
                "inLanguage": "zh-Hant-TW",
            }
        ),
        f"<h1>引航員罷工</h1>{text('zh')}",
        "zh-Hant-TW",
    ),
    None,
    PageFacts(
        title="引航員罷工",
        author="甲示例",
        outlet="海港時報",
        published=east(8, 2026, 2, 8, 8),
        language="zh",
    ),
)

# --- Other languages ---------------------------------------------------------------------------------------------

PAGES["german, printed"] = (
    page(
        "<title>Lotsen verlassen den Hafen | Vellmarer Kurier</title>",
        "<article><p class='kicker'>Hafen</p><h1>Lotsen verlassen den Hafen</h1><p>Von Jana Muster und Karl Beispiel</p>"
        f"<p>Stand: 04.02.2026, 10:15 Uhr</p><p>Veröffentlicht am 3. Februar 2026 um 08:30 Uhr</p>{text('de')}</article>",
        "de",
    ),
    None,
    PageFacts(
        title="Lotsen verlassen den Hafen",
        author="Jana Muster and Karl Beispiel",
        outlet="Vellmarer Kurier",
        published=datetime(2026, 2, 3, 8, 30),
        modified=datetime(2026, 2, 4, 10, 15),
        language="de",
    ),
)

PAGES["german, a comment"] = (
    page(
        "<title>Kommentar: Ein Hafen ist keine Tabelle - Vellmarer Anzeiger</title>"
        + meta(
            og__site_name="Vellmarer Anzeiger",
            og__locale="de_DE",
            date="2026-02-03T06:00:00+01:00",
            author="Vellmarer Anzeiger",
        ),
        '<main><span class="ressort">Meinung</span><h1>Ein Hafen ist keine Tabelle</h1><p class="autor">Ein Kommentar von <a href="/jm">Jana Muster</a></p>'
        f"<time datetime='2026-02-03T06:00:00+01:00'>03.02.2026 - 06:00</time>{text('de')}</main>",
        "de-DE",
    ),
    "https://anzeiger.example/meinung/hafen",
    PageFacts(
        title="Ein Hafen ist keine Tabelle",
        author="Jana Muster",
        outlet="Vellmarer Anzeiger",
        published=east(1, 2026, 2, 3, 6),
        kind=Kind.OPINION,
        language="de",
    ),
)

PAGES["french, printed"] = (
    page(
        "<title>Les pilotes quittent le port - Le Courrier de Vellmar</title>"
        + meta(og__site_name="Le Courrier de Vellmar"),
        "<article><h1>Les pilotes quittent le port</h1><p>Par Jeanne Exemple (avec AFP)</p>"
        f"<p>Publié le 03/02/2026 à 08h30, mis à jour le 04/02/2026 à 10h15</p><p>Temps de lecture : 3 min</p>{text('fr')}</article>",
        "fr-FR",
    ),
    None,
    PageFacts(
        title="Les pilotes quittent le port",
        author="Jeanne Exemple",
        outlet="Le Courrier de Vellmar",
        published=datetime(2026, 2, 3, 8, 30),
        modified=datetime(2026, 2, 4, 10, 15),
        language="fr",
    ),
)

PAGES["french, a tribune in json-ld"] = (
    page(
        "<title>« Un port n’est pas un tableau »</title>"
        + ld(
            {
                "@type": "NewsArticle",
                "headline": "« Un port n’est pas un tableau »",
                "articleSection": "Tribunes",
                "datePublished": "2026-02-03T07:00:00+01:00",
                "author": [{"@type": "Person", "name": "Jeanne Exemple"}, {"@type": "Person", "name": "Paul Modèle"}],
                "publisher": {"name": "Le Quotidien de Vellmar"},
                "inLanguage": "fr",
            }
        ),
        f"<h1>« Un port n’est pas un tableau »</h1>{text('fr')}",
        "fr",
    ),
    None,
    PageFacts(
        title="« Un port n’est pas un tableau »",
        author="Jeanne Exemple and Paul Modèle",
        outlet="Le Quotidien de Vellmar",
        published=east(1, 2026, 2, 3, 7),
        kind=Kind.OPINION,
        section="Tribunes",
        language="fr",
    ),
)

PAGES["spanish, printed"] = (
    page(
        "<title>Los prácticos dejan el puerto | Diario de Vellmar</title>",
        "<article><h1>Los prácticos dejan el puerto</h1><p>Por Juana Ejemplo</p><p>Publicado el 3 de febrero de 2026 a las 8:30</p>"
        f"<p>Actualizado: 04/02/2026</p>{text('es')}</article>",
        "es",
    ),
    None,
    PageFacts(
        title="Los prácticos dejan el puerto",
        author="Juana Ejemplo",
        outlet="Diario de Vellmar",
        published=datetime(2026, 2, 3, 8, 30),
        modified=date(2026, 2, 4),
        language="es",
    ),
)

PAGES["portuguese, printed"] = (
    page(
        "<title>Pilotos deixam o porto - Jornal de Vellmar</title>",
        "<article><h1>Pilotos deixam o porto</h1><p>Por Joana Exemplo</p><p>Publicado em 03/02/2026 às 08h30 | Atualizado em 04/02/2026 às 10h15</p>"
        f"{text('pt')}</article>",
        "pt-BR",
    ),
    None,
    PageFacts(
        title="Pilotos deixam o porto",
        author="Joana Exemplo",
        outlet="Jornal de Vellmar",
        published=datetime(2026, 2, 3, 8, 30),
        modified=datetime(2026, 2, 4, 10, 15),
        language="pt",
    ),
)

PAGES["italian, printed"] = (
    page(
        "<title>I piloti lasciano il porto - Corriere di Vellmar</title>",
        "<article><h1>I piloti lasciano il porto</h1><p>di Gianna Esempio</p><p>Pubblicato il 3 febbraio 2026 alle 08:30</p>"
        f"{text('it')}</article>",
        "it",
    ),
    None,
    PageFacts(
        title="I piloti lasciano il porto",
        author="Gianna Esempio",
        outlet="Corriere di Vellmar",
        published=datetime(2026, 2, 3, 8, 30),
        language="it",
    ),
)

PAGES["russian, printed"] = (
    page(
        "<title>Лоцманы покинули порт — Велмарский вестник</title>" + meta(og__site_name="Велмарский вестник"),
        "<article><h1>Лоцманы покинули порт</h1><p>Автор: Анна Примерова</p><p>Опубликовано: 3 февраля 2026, 08:30</p><p>Обновлено: 04.02.2026</p>"
        f"{text('ru')}</article>",
        "ru",
    ),
    None,
    PageFacts(
        title="Лоцманы покинули порт",
        author="Анна Примерова",
        outlet="Велмарский вестник",
        published=datetime(2026, 2, 3, 8, 30),
        modified=date(2026, 2, 4),
        language="ru",
    ),
)

PAGES["japanese, printed"] = (
    page(
        "<title>水先人が港を去る｜ヴェルマー新聞</title>" + meta(og__site_name="ヴェルマー新聞"),
        "<article><h1>水先人が港を去る</h1><p>見本花子記者</p><p>公開：2026年2月3日 08時30分　更新：2026年2月4日</p>"
        + text("ja")
        + "</article>",
        "ja",
    ),
    None,
    PageFacts(
        title="水先人が港を去る",
        author="見本花子",
        outlet="ヴェルマー新聞",
        published=datetime(2026, 2, 3, 8, 30),
        modified=date(2026, 2, 4),
        language="ja",
    ),
)

PAGES["japanese, an editorial"] = (
    page(
        "<title>（社説）港の未来：ヴェルマー新聞デジタル</title>"
        + ld(
            {
                "@type": "NewsArticle",
                "headline": "（社説）港の未来",
                "articleSection": "社説",
                "datePublished": "2026-02-03T05:00:00+09:00",
                "publisher": {"name": "ヴェルマー新聞"},
                "author": {"@type": "Organization", "name": "ヴェルマー新聞"},
            }
        ),
        f"<h1>（社説）港の未来</h1>{text('ja')}",
        "ja",
    ),
    None,
    PageFacts(
        title="（社説）港の未来",
        outlet="ヴェルマー新聞",
        published=east(9, 2026, 2, 3, 5),
        kind=Kind.EDITORIAL,
        section="社説",
        language="ja",
    ),
)

PAGES["korean, printed"] = (
    page(
        "<title>도선사들 항구를 떠나다 - 벨마르일보</title>"
        + meta(og__site_name="벨마르일보", article__section="사회"),
        "<article><h1>도선사들 항구를 떠나다</h1><p>홍견본 기자 hong@example.com</p><p>입력 2026.02.03 08:30 | 수정 2026.02.04 10:15</p>"
        f"{text('ko')}</article>",
        "ko",
    ),
    None,
    PageFacts(
        title="도선사들 항구를 떠나다",
        author="홍견본",
        outlet="벨마르일보",
        published=datetime(2026, 2, 3, 8, 30),
        modified=datetime(2026, 2, 4, 10, 15),
        section="사회",
        language="ko",
    ),
)

PAGES["arabic, from right to left"] = (
    page(
        "<title>المرشدون يغادرون الميناء | صحيفة المرفأ</title>"
        + meta(og__site_name="صحيفة المرفأ", og__locale="ar_AR"),
        "<article><h1>المرشدون يغادرون الميناء</h1><p>بقلم أحمد مثال</p><p>تاريخ النشر: ٣ فبراير/شباط ٢٠٢٦</p><p>آخر تحديث: 4/2/2026</p>"
        f"{text('ar')}</article>",
        "ar",
    ).replace("<html", '<html dir="rtl"'),
    None,
    PageFacts(
        title="المرشدون يغادرون الميناء",
        author="أحمد مثال",
        outlet="صحيفة المرفأ",
        published=date(2026, 2, 3),
        modified=date(2026, 2, 4),
        language="ar",
    ),
)

PAGES["arabic, an opinion in json-ld"] = (
    page(
        "<title>الميناء ليس جدولا</title>"
        + ld(
            {
                "@type": "NewsArticle",
                "headline": "الميناء ليس جدولا",
                "articleSection": "آراء",
                "datePublished": "2026-02-03T12:00:00+03:00",
                "author": {"@type": "Person", "name": "أحمد مثال"},
                "publisher": {"name": "المرفأ"},
            }
        ),
        f"<h1>الميناء ليس جدولا</h1>{text('ar')}",
        "ar",
    ),
    None,
    PageFacts(
        title="الميناء ليس جدولا",
        author="أحمد مثال",
        outlet="المرفأ",
        published=east(3, 2026, 2, 3, 12),
        kind=Kind.OPINION,
        section="آراء",
        language="ar",
    ),
)

PAGES["a template that says english over a russian text"] = (
    page(
        "<title>Краны стоят</title>" + meta(og__locale="en_US"),
        f"<h1>Краны стоят</h1>{text('ru')}",
        "en-US",
    ),
    None,
    PageFacts(title="Краны стоят", language="ru"),
)

# --- Old, bare, saved --------------------------------------------------------------------------------------------

PAGES["a page of the nineties, laid out with tables"] = (
    "<HTML><HEAD><TITLE>The Vellmar Gazette: Pilots on strike</TITLE></HEAD><BODY BGCOLOR=#FFFFFF>"
    "<TABLE WIDTH=600><TR><TD WIDTH=120><A HREF=index.htm>Home</A><BR><A HREF=w.htm>World</A><BR><A HREF=s.htm>Sport</A></TD><TD>"
    "<FONT FACE=Arial SIZE=5><B>Pilots on strike</B></FONT><BR><FONT SIZE=2>By Jane Writer<BR>March 3, 1998</FONT><P>"
    + "<P>".join(TEXTS["en"])
    + "</TD></TR></TABLE><HR><FONT SIZE=1>Copyright 1998 The Vellmar Gazette</FONT></BODY></HTML>",
    None,
    PageFacts(
        title="Pilots on strike",
        author="Jane Writer",
        outlet="The Vellmar Gazette",
        published=date(1998, 3, 3),
        language="en",
    ),
)

PAGES["a page saved by a browser"] = (
    page(
        "<title>Pilots sleep</title>",
        f"<article><h1>Pilots sleep</h1><p>By Jane Writer</p>{text()}</article>",
    ).replace("<html", f"<!-- saved from url=(0044){SITE}/news/pilots-sleep -->\n<html"),
    None,
    PageFacts(title="Pilots sleep", author="Jane Writer", url=f"{SITE}/news/pilots-sleep", language="en"),
)

PAGES["a base address, and a canonical one relative to it"] = (
    page(
        f'<base href="{SITE}/news/"><link rel="canonical" href="pilots-wake"><title>Pilots wake</title>',
        f"<article><h1>Pilots wake</h1>{text()}</article>",
    ),
    None,
    PageFacts(title="Pilots wake", url=f"{SITE}/news/pilots-wake", language="en"),
)

PAGES["no metadata at all"] = (
    f"<html><body><div><div>Pilots dream</div>{text()}</div></body></html>",
    f"{SITE}/x",
    PageFacts(language="en"),
)

PAGES["nothing to find"] = ("<html><body></body></html>", None, PageFacts())

PAGES["an empty string"] = ("", None, PageFacts())

PAGES["a headline cut by the template, and the whole of it in the page"] = (
    page(
        "<title>Pilots of the port of Vellmar dream of a contract that… | Vellmar Courier</title>"
        + ld(
            {
                "@type": "NewsArticle",
                "headline": "Pilots of the port of Vellmar dream of a contract that…",
                "publisher": {"name": "Vellmar Courier"},
            }
        ),
        f"<h1>Pilots of the port of Vellmar dream of a contract that lasts</h1>{text()}",
    ),
    None,
    PageFacts(
        title="Pilots of the port of Vellmar dream of a contract that lasts", outlet="Vellmar Courier", language="en"
    ),
)

PAGES["the outlet's name as the only first heading"] = (
    page(
        "<title>Pilots rest | Vellmar Courier</title>" + meta(og__site_name="Vellmar Courier", og__title="Pilots rest"),
        f"<header><h1>Vellmar Courier</h1></header><article><h2>Pilots rest</h2><p>By Jane Writer | 3 February 2026</p>{text()}</article>",
    ),
    None,
    PageFacts(
        title="Pilots rest",
        author="Jane Writer",
        outlet="Vellmar Courier",
        published=date(2026, 2, 3),
        language="en",
    ),
)

# --- Contradictions and hostility --------------------------------------------------------------------------------

PAGES["parts that contradict each other"] = (
    page(
        f'<title>The pilots vote no</title><link rel="canonical" href="{SITE}/a">'
        + meta(
            og__title="You will not believe how they voted",
            og__site_name="Vellmar Courier",
            og__url=f"{SITE}/b",
            article__published_time="2026-02-09T10:00:00Z",
            author="Somebody Else",
            date="2026-02-28",
        )
        + ld(
            {
                "@type": "NewsArticle",
                "headline": "The pilots vote no",
                "url": f"{SITE}/c",
                "datePublished": "2026-02-08T10:00:00Z",
                "author": {"name": "Ida One"},
                "publisher": {"name": "Courier of Vellmar"},
                "inLanguage": "de",
            }
        ),
        f"<h1>The pilots vote no</h1><p>By Third Person | 7 February 2026</p>{text()}",
        "fr",
    ),
    f"{SITE}/d",
    PageFacts(
        title="The pilots vote no",
        author="Ida One",
        outlet="Courier of Vellmar",
        published=utc(2026, 2, 8, 10),
        url=f"{SITE}/a",
        language="en",
    ),
)

PAGES["scripts and markup in every value"] = (
    page(
        "<title>Pilots hold</title>"
        + ld(
            {
                "@type": "NewsArticle",
                "headline": "Pilots <b>hold</b>",
                "author": {"name": "<script>alert(1)<\\/script>"},
                "publisher": {"name": "<img src=x onerror=alert(1)>Vellmar Courier"},
                "articleSection": "<a href='javascript:x'>Work</a>",
                "datePublished": "javascript:alert(1)",
                "url": "javascript:alert(1)",
            }
        )
        + '<link rel="canonical" href="javascript:alert(1)"><meta property="og:url" content="data:text/html,x">',
        f"<h1>Pilots hold</h1>{text()}",
    ),
    f"{SITE}/hold",
    PageFacts(title="Pilots hold", outlet="Vellmar Courier", section="Work", language="en"),
)

PAGES["a canonical address of another site, and one with a password"] = (
    page(
        '<title>Pilots fold</title><link rel="canonical" href="https://evil.example/victim">'
        + meta(og__url="https://user:secret@www.vellmar.example/fold"),
        f"<h1>Pilots fold</h1>{text()}",
    ),
    f"{SITE}/fold",
    PageFacts(title="Pilots fold", language="en"),
)

PAGES["a canonical address that is the front page"] = (
    page(
        f'<title>Pilots mould</title><link rel="canonical" href="{SITE}/">' + meta(og__url=f"{SITE}/mould"),
        f"<h1>Pilots mould</h1>{text()}",
    ),
    f"{SITE}/mould?page=1",
    PageFacts(title="Pilots mould", url=f"{SITE}/mould", language="en"),
)

PAGES["a title of ten thousand characters"] = (
    page(
        "<title>Pilots sold</title>"
        + meta(og__title="Pilots " * 1500, og__site_name="Vellmar " * 1500, author="A B " * 3000),
        f"<h1>Pilots sold</h1>{text()}",
    ),
    None,
    PageFacts(title="Pilots sold", language="en"),
)

PAGES["writing turned around, and characters of control"] = (
    page(
        "<title>Pilots rolled</title>"
        + ld(
            {
                "@type": "NewsArticle",
                "headline": "Pilots\u202e rol\u0000led\u200b",
                "author": {"name": "Ida\u2066 One\n\n"},
            }
        ),
        f"<h1>Pilots rolled</h1>{text()}",
    ),
    None,
    PageFacts(title="Pilots rolled", author="Ida One", language="en"),
)

PAGES["profiles, logins and mail in the author's place"] = (
    page(
        "<title>Pilots told</title>"
        + '<meta property="article:author" content="https://social.example/ida"><meta name="author" content="admin">'
        + '<meta name="dc.creator" content="ida@vellmar.example (Ida One)">',
        f"<h1>Pilots told</h1>{text()}",
    ),
    None,
    PageFacts(title="Pilots told", author="Ida One", language="en"),
)


# --- Written after the rules, to try them ------------------------------------------------------------------------

PAGES["a city's system"] = (
    page(
        f'<title>Council votes | City of Vellmar</title><link rel="canonical" href="{SITE}/news/council-votes"><meta name="description" content="x"><meta property="og:site_name" content="City of Vellmar"><meta property="og:type" content="article"><meta property="og:updated_time" content="2026-01-12T10:00:00+0100"><meta property="article:published_time" content="2026-01-11T09:00:00+0100"><meta name="dcterms.creator" content="Press office">',
        f'<header role="banner"><a href="/">City of Vellmar</a></header><main role="main"><article class="node node--type-news"><h1 class="page-header"><span class="field field--name-title">Council votes</span></h1><div class="field--name-field-date"><time datetime="2026-01-11T08:00:00Z">Sun, 01/11/2026 - 09:00</time></div><div class="field--name-body">{text()}</div></article></main>',
    ),
    SITE + "/news/council-votes",
    PageFacts(
        title="Council votes",
        outlet="City of Vellmar",
        published=east(1, 2026, 1, 11, 9),
        modified=east(1, 2026, 1, 12, 10),
        url=SITE + "/news/council-votes",
        language="en",
    ),
)
PAGES["classes with hashes"] = (
    page(
        '<title>Why tides matter — Brine</title><meta property="og:title" content="Why tides matter"><meta property="og:site_name" content="Brine"><meta name="author" content="Mira Salt">',
        f'<div id="__next"><div class="Header_nav__a1b2"><a href="/">Brine</a><a>Science</a></div><main class="Article_main__xyz"><p class="Article_kicker__q">Science</p><h1 class="Article_title__9">Why tides matter</h1><div class="Byline_root__1"><span>Words by </span><a href="/mira">Mira Salt</a></div><p class="Article_date__2">Published Mar 4, 2025</p>{text()}</main></div>',
    ),
    "https://brine.example/tides",
    PageFacts(title="Why tides matter", author="Mira Salt", outlet="Brine", published=date(2025, 3, 4), language="en"),
)
PAGES["a byline with a role in a block of its own"] = (
    page(
        "<title>Dredging starts | The Marrow Herald</title>",
        f'<article><h1>Dredging starts</h1><div class="byline"><p>By <strong>Tom Dredge</strong></p><p>Environment Editor</p></div><div class="dates">Published: Jan. 3, 2026 at 5:00 PM EST<br>Updated: Jan. 4, 2026 at 9:15 AM EST</div>{text()}</article>',
        "en-US",
    ),
    None,
    PageFacts(
        title="Dredging starts",
        author="Tom Dredge",
        outlet="The Marrow Herald",
        published=east(-5, 2026, 1, 3, 17),
        modified=east(-5, 2026, 1, 4, 9, 15),
        language="en",
    ),
)
PAGES["authors by reference"] = (
    page(
        "<title>Locks reopen</title>"
        + ld(
            {
                "@context": "https://schema.org",
                "@graph": [
                    {
                        "@type": ["NewsArticle", "Article"],
                        "@id": "#a",
                        "headline": "Locks reopen",
                        "author": [{"@id": "#p1"}, {"@id": "#p2"}],
                        "publisher": {"@id": "#o"},
                        "datePublished": "2026-01-02T03:04:05Z",
                    },
                    {"@id": "#p1", "@type": "Person", "name": "Lo Ck"},
                    {"@id": "#p2", "@type": "Person", "name": "Ga Te"},
                    {"@id": "#o", "@type": ["Organization", "Brand"], "name": "Canal Times"},
                ],
            }
        ),
        f"<h1>Locks reopen</h1>{text()}",
    ),
    None,
    PageFacts(
        title="Locks reopen",
        author="Lo Ck and Ga Te",
        outlet="Canal Times",
        published=utc(2026, 1, 2, 3, 4, 5),
        language="en",
    ),
)
PAGES["a page that describes its video alone"] = (
    page(
        "<title>Watch: the mole at night | Vellmar TV</title>"
        + ld({"@type": "VideoObject", "name": "The mole at night", "uploadDate": "2026-01-01T00:00:00Z"}),
        f"<h1>The mole at night</h1>{text()}",
    ),
    None,
    PageFacts(title="The mole at night", outlet="Vellmar TV", language="en"),
)
PAGES["a review with the day of what it reviews"] = (
    page(
        "<title>Harbour, the film – review | Tide Weekly</title>"
        + ld(
            {
                "@type": "Review",
                "name": "Harbour, the film – review",
                "author": {"@type": "Person", "name": "Fi Critic"},
                "itemReviewed": {"@type": "Movie", "name": "Harbour", "datePublished": "2025-05-05"},
                "datePublished": "2026-01-15",
                "publisher": {"name": "Tide Weekly"},
            }
        ),
        f"<h1>Harbour, the film – review</h1>{text()}",
    ),
    None,
    PageFacts(
        title="Harbour, the film – review",
        author="Fi Critic",
        outlet="Tide Weekly",
        published=date(2026, 1, 15),
        language="en",
    ),
)
PAGES["a guest's column under a heading of the second level"] = (
    page(
        '<title>Häfen brauchen Regeln - DER KAI</title><meta property="og:site_name" content="DER KAI"><meta name="date" content="2026-02-02T05:30:00+01:00"><meta name="last-modified" content="2026-02-02T06:00:00+01:00">',
        f'<main><article><header><h2><span>Streit um den Hafen</span> <span>Häfen brauchen Regeln</span></h2><div>Ein Gastbeitrag von <a>Lena Recht</a></div><time datetime="2026-02-02 05:30:00">02.02.2026, 05.30 Uhr</time></header>{text("de")}</article></main>',
        "de",
    ),
    "https://kai.example/meinung/hafen-a-1",
    PageFacts(
        title="Häfen brauchen Regeln",
        author="Lena Recht",
        outlet="DER KAI",
        published=east(1, 2026, 2, 2, 5, 30),
        modified=east(1, 2026, 2, 2, 6),
        kind=Kind.OPINION,
        language="de",
    ),
)
PAGES["open graph with names of articles, and a summary above the byline"] = (
    page(
        '<title>« Le port va mal »</title><meta property="og:site_name" content="Le Quai.fr"><meta property="og:article:published_time" content="2026-02-01T06:00:00+00:00"><meta property="og:article:author" content="Luc Quai"><meta property="og:article:section" content="Idées">',
        f'<main><section class="article__header"><h1 class="article__title">« Le port va mal »</h1><p class="article__desc">Dans une tribune au « Quai », un pilote raconte ce que la grève a changé pour lui.</p><section class="meta"><span class="meta__date">Publié le 01 février 2026 à 07h00</span></section></section><article>{text("fr")}</article></main>',
        "fr",
    ),
    "https://www.quai.example/idees/article/2026/02/01/port_1.html",
    PageFacts(
        title="« Le port va mal »",
        author="Luc Quai",
        outlet="Le Quai.fr",
        published=utc(2026, 2, 1, 6),
        section="Idées",
        language="fr",
    ),
)
PAGES["a chinese paper's portal, with numbers for names"] = (
    page(
        '<title>港口迎来首艘货轮--国际--海港网</title><meta name="publishdate" content="2026-02-05"><meta name="source" content="来源：海港日报"><meta name="author" content="104833">',
        f'<div class="path"><a>海港网</a>&gt;&gt;<a>国际</a></div><div class="col"><h1>港口迎来首艘货轮</h1><div class="author">本报记者　张示例</div><div class="col-1-1">2026年02月05日05:46 | 来源：<a>海港日报</a></div></div><div class="rm_txt_con">{text("zh")}<p>《 海港日报 》（ 2026年02月05日 03 版）</p></div><div class="edit">(责编：李样本、王模型)</div>',
        "zh",
    ),
    "http://world.haigang.example/n1/2026/0205/c1.html",
    PageFacts(
        title="港口迎来首艘货轮",
        author="张示例",
        outlet="海港日报",
        published=datetime(2026, 2, 5, 5, 46),
        language="zh",
    ),
)
PAGES["a chinese portal's columns"] = (
    page(
        '<title>港口罢工第三周_网门订阅</title><meta property="og:title" content="港口罢工第三周"><meta property="og:url" content="https://www.wangmen.example/dy/article/A.html"><meta property="article:author" content="网门"><meta property="article:published_time" content="2026-02-05T08:01:02+08:00">',
        f'<div class="post_main"><h1 class="post_title">港口罢工第三周</h1><div class="post_info">2026-02-05 08:01:02　来源: <a>海港晚报</a>广东 <a>举报</a></div><div class="post_body">{text("zh")}</div><div class="post_statement">特别声明：以上内容仅代表作者本人的观点或立场。</div></div>',
        None,
    ),
    "https://www.wangmen.example/dy/article/A.html",
    PageFacts(
        title="港口罢工第三周",
        outlet="海港晚报",
        published=east(8, 2026, 2, 5, 8, 1, 2),
        url="https://www.wangmen.example/dy/article/A.html",
        language="zh",
    ),
)
PAGES["a japanese paper's company"] = (
    page(
        '<title>港の物流、回復へ - 港経新聞</title><meta property="og:site_name" content="港経新聞">'
        + ld(
            {
                "@type": "NewsArticle",
                "headline": "港の物流、回復へ",
                "datePublished": "2026-02-03T20:30:00.000Z",
                "dateModified": "2026-02-03T20:30:00.000Z",
                "author": [{"@type": "Organization", "name": "港経新聞社"}],
                "publisher": {"@type": "Organization", "name": "港経新聞社"},
            }
        ),
        f'<article><h1>港の物流、回復へ</h1><p>経済</p><time datetime="2026-02-03T20:30:00.000Z">2026年2月4日 5:30</time>{text("ja")}</article>',
        "ja",
    ),
    None,
    PageFacts(
        title="港の物流、回復へ",
        outlet="港経新聞社",
        published=utc(2026, 2, 3, 20, 30),
        modified=utc(2026, 2, 3, 20, 30),
        language="ja",
    ),
)
PAGES["korean, with meta of a recommender"] = (
    page(
        '<title>항구 재개 - 바다신문</title><meta property="dable:author" content="김바다"><meta property="article:published_time" content="2026-02-03T09:00:00+09:00"><meta property="og:site_name" content="바다신문">',
        f'<h3 class="tit">항구 재개</h3><p>김바다 기자</p><p>승인 2026.02.03 09:00</p>{text("ko")}',
        "ko",
    ),
    None,
    PageFacts(title="항구 재개", author="김바다", outlet="바다신문", published=east(9, 2026, 2, 3, 9), language="ko"),
)
PAGES["arabic, a network"] = (
    page(
        '<title>الميناء يفتح أبوابه | أخبار | شبكة المرفأ</title><meta property="og:site_name" content="شبكة المرفأ">'
        + ld(
            {
                "@type": "NewsArticle",
                "headline": "الميناء يفتح أبوابه",
                "datePublished": "2026-02-03T11:20:00Z",
                "author": {"@type": "Organization", "name": "شبكة المرفأ"},
                "publisher": {"@type": "Organization", "name": "شبكة المرفأ"},
            }
        ),
        f'<main><h1>الميناء يفتح أبوابه</h1><div class="article-dates">3/2/2026-|آخر تحديث: 4/2/2026 02:15 م (بتوقيت مكة المكرمة)</div>{text("ar")}</main>',
        "ar",
    ),
    None,
    PageFacts(title="الميناء يفتح أبوابه", outlet="شبكة المرفأ", published=utc(2026, 2, 3, 11, 20), language="ar"),
)
PAGES["russian microdata with a compact stamp"] = (
    page(
        "<title>Порт открылся - Новости порта, 03.02.2026</title>",
        f'<div itemscope itemtype="http://schema.org/NewsArticle"><div itemprop="headline" class="article__title">Порт открылся</div><meta itemprop="datePublished" content="20260203T1205"><div itemprop="author" itemscope itemtype="http://schema.org/Person"><meta itemprop="name" content="Иван Образцов"></div><div itemprop="publisher" itemscope itemtype="http://schema.org/Organization"><meta itemprop="name" content="Новости порта"></div><div class="article__info-date"><a>12:05 03.02.2026</a></div>{text("ru")}</div>',
        "ru",
    ),
    None,
    PageFacts(
        title="Порт открылся",
        author="Иван Образцов",
        outlet="Новости порта",
        published=datetime(2026, 2, 3, 12, 5),
        language="ru",
    ),
)
PAGES["portuguese microdata with a place"] = (
    page(
        "<title>Porto reabre | Porto News</title>",
        f'<main itemscope itemtype="http://schema.org/NewsArticle"><h1 itemprop="headline">Porto reabre</h1><p class="content-publication-data__from">Por <a rel="author"><span itemprop="author" itemscope itemtype="http://schema.org/Person"><span itemprop="name">Rui Cais</span></span></a>, G1 — Vila Nova</p><p><time itemprop="datePublished" datetime="2026-02-03T12:05:00.000Z">03/02/2026 09h05</time> Atualizado <time itemprop="dateModified" datetime="2026-02-03T13:05:00.000Z">03/02/2026 10h05</time></p>{text("pt")}</main>',
        "pt-BR",
    ),
    None,
    PageFacts(
        title="Porto reabre",
        author="Rui Cais",
        outlet="Porto News",
        published=utc(2026, 2, 3, 12, 5),
        modified=utc(2026, 2, 3, 13, 5),
        language="pt",
    ),
)
PAGES["a government's release, by the label above its title"] = (
    page(
        "<title>New rules for pilots - GOV.EXAMPLE</title>"
        + ld(
            {
                "@context": "http://schema.org",
                "@type": "NewsArticle",
                "mainEntityOfPage": {"@type": "WebPage", "@id": "https://www.gov.example/government/news/new-rules"},
                "name": "New rules for pilots",
                "datePublished": "2026-01-20T12:00:00+00:00",
                "dateModified": "2026-01-21T12:00:00+00:00",
                "publisher": {"@type": "Organization", "name": "GOV.EXAMPLE"},
                "author": {"@type": "Organization", "name": "Department for Ports"},
            }
        ),
        f'<main><span class="govuk-caption-xl">Press release</span><h1>New rules for pilots</h1>{text()}</main>',
    ),
    "https://www.gov.example/government/news/new-rules",
    PageFacts(
        title="New rules for pilots",
        author="Department for Ports",
        outlet="GOV.EXAMPLE",
        published=utc(2026, 1, 20, 12),
        modified=utc(2026, 1, 21, 12),
        url="https://www.gov.example/government/news/new-rules",
        kind=Kind.RELEASE,
        language="en",
    ),
)
PAGES["a release by the folder of its address"] = (
    page(
        '<title>Cranes Inc. Announces New Crane</title><meta name="author" content="Cranes Inc."><meta property="og:site_name" content="Wirehouse"><meta name="date" content="2026-01-20T09:00:00-05:00">',
        f'<article class="news-release"><h1>Cranes Inc. Announces New Crane</h1><p class="mb-no">News provided by</p><a><strong>Cranes Inc.</strong></a><p>Jan 20, 2026, 09:00 ET</p><p>VELLMAR, Jan. 20, 2026 /Wirehouse/ -- {TEXTS["en"][0]}</p>{text()}</article>',
    ),
    "https://www.wirehouse.example/news-releases/cranes-1.html",
    PageFacts(
        title="Cranes Inc. Announces New Crane",
        outlet="Wirehouse",
        published=east(-5, 2026, 1, 20, 9),
        kind=Kind.RELEASE,
        language="en",
    ),
)
PAGES["a preprint"] = (
    page(
        '<title>[2601.00001] Tides in harbours</title><meta name="citation_title" content="Tides in harbours"><meta name="citation_author" content="Sand, Mara"><meta name="citation_author" content="Li, Wei"><meta name="citation_date" content="2026/01/01"><meta name="citation_online_date" content="2026/01/03"><meta property="og:site_name" content="preprints.example">',
        f'<h1 class="title"><span class="descriptor">Title:</span>Tides in harbours</h1><div class="authors">Authors: <a>Mara Sand</a>, <a>Wei Li</a></div><blockquote class="abstract">{" ".join(TEXTS["en"])}</blockquote>',
    ),
    "https://preprints.example/abs/2601.00001",
    PageFacts(
        title="Tides in harbours",
        author="Mara Sand and Wei Li",
        outlet="preprints.example",
        published=date(2026, 1, 3),
        language="en",
    ),
)
PAGES["a credit below the text"] = (
    page(
        "<title>Erster Tag im Hafen - Vellmarer Kurier</title>",
        f'<div class="artikel"><h1>Erster Tag im Hafen</h1>{text("de")}<p>Autor: Jana Muster</p><p>Veröffentlicht: 03.02.2026</p></div>',
        "de",
    ),
    None,
    PageFacts(
        title="Erster Tag im Hafen",
        author="Jana Muster",
        outlet="Vellmarer Kurier",
        published=date(2026, 2, 3),
        language="de",
    ),
)
PAGES["a writer's name in the title"] = (
    page(
        '<title>On waiting - by Ada Letters - The Mole</title><meta property="og:title" content="On waiting"><meta name="author" content="Ada Letters">'
        + ld(
            {
                "@type": "NewsArticle",
                "url": "https://mole.example/p/on-waiting",
                "headline": "On waiting",
                "datePublished": "2026-01-30T12:01:09+00:00",
                "dateModified": "2026-01-30T12:01:09+00:00",
                "author": [{"@type": "Person", "name": "Ada Letters"}],
                "publisher": {"@type": "Organization", "name": "The Mole", "url": "https://mole.example"},
            }
        ),
        f'<article><h1 class="post-title">On waiting</h1><h3 class="subtitle">A letter</h3><div>Ada Letters</div><div>Jan 30, 2026</div>{text()}</article>',
    ),
    "https://mole.example/p/on-waiting",
    PageFacts(
        title="On waiting",
        author="Ada Letters",
        outlet="The Mole",
        published=utc(2026, 1, 30, 12, 1, 9),
        modified=utc(2026, 1, 30, 12, 1, 9),
        url="https://mole.example/p/on-waiting",
        language="en",
    ),
)
PAGES["a broadcaster and a byline without a name of class"] = (
    page(
        '<title>Pilots end strike - VBC News</title><meta property="og:site_name" content="VBC News"><meta property="article:author" content="https://www.facebook.com/vbcnews">'
        + ld(
            {
                "@type": "ReportageNewsArticle",
                "headline": "Pilots end strike",
                "datePublished": "2026-02-21T10:00:00.000Z",
                "author": {"@type": "Organization", "name": "VBC News"},
                "publisher": {"@type": "NewsMediaOrganization", "name": "VBC News", "publishingPrinciples": "x"},
            }
        ),
        f'<article><header><h1>Pilots end strike</h1></header><div data-component="byline-block"><time datetime="2026-02-21T10:00:00.000Z">2 hours ago</time><div data-testid="byline"><span>Nia Sand</span><span>Port correspondent</span></div></div>{text()}</article>',
    ),
    "https://www.vbc.example/news/1",
    PageFacts(
        title="Pilots end strike", outlet="VBC News", published=utc(2026, 2, 21, 10), kind=Kind.REPORT, language="en"
    ),
)
PAGES["an interview by its section, and a publisher's house"] = (
    page(
        '<title>“No volveremos” | El Muelle</title><meta property="og:site_name" content="El Muelle">'
        + ld(
            {
                "@type": "NewsArticle",
                "headline": "“No volveremos”",
                "articleSection": ["Entrevistas", "Economía"],
                "author": [{"@type": "Person", "name": "Eva Puerto"}],
                "datePublished": "2026-02-03T05:00:00+01:00",
                "publisher": {"name": "Ediciones El Muelle, S.L."},
            }
        ),
        f"<h1>“No volveremos”</h1>{text('es')}",
        "es-ES",
    ),
    None,
    PageFacts(
        title="“No volveremos”",
        author="Eva Puerto",
        outlet="El Muelle",
        published=east(1, 2026, 2, 3, 5),
        kind=Kind.INTERVIEW,
        section="Entrevistas",
        language="es",
    ),
)
PAGES["an opinion by the folder of its address"] = (
    page(
        "<title>Enough is enough - The Coast Register</title>",
        f'<h1>Enough is enough</h1><p class="author">A. Example</p>{text()}',
    ),
    "https://register.example/opinion/columnists/2026/enough.html",
    PageFacts(
        title="Enough is enough", author="A. Example", outlet="The Coast Register", kind=Kind.OPINION, language="en"
    ),
)
PAGES["an advertisement by its type"] = (
    page(
        "<title>Insure your boat</title>"
        + ld(
            {
                "@type": "AdvertiserContentArticle",
                "headline": "Insure your boat",
                "datePublished": "2026-01-01",
                "publisher": {"name": "Vellmar Courier"},
            }
        ),
        f"<h1>Insure your boat</h1>{text()}",
    ),
    None,
    PageFacts(
        title="Insure your boat", outlet="Vellmar Courier", published=date(2026, 1, 1), kind=Kind.RELEASE, language="en"
    ),
)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_states_what_it_states_and_nothing_else(name: str) -> None:
    html, url, expected = PAGES[name]
    assert marked(html, url, TODAY) == expected


def test_the_table_has_sixty_pages() -> None:
    assert len(PAGES) >= 60


HEAD = "<title>Tides</title>" + meta(og__title="Tides")
NO_NAMES = [
    ("<span class='author'>Von</span> <b>2026</b>", None),
    ("<a rel='author' href='/kit'>SHOW ALL ARTICLES OF KIT POSTER</a>", None),
    ("<a rel='author' href='/kit'>Show all articles of Kit Poster</a>", None),
    ("<a rel='author' href='/kit'>Theme designed by Kit Poster</a>", None),
    ("<a rel='author' href='/x'>Beitrag</a> <a rel='author' href='/kit'>Kit Poster</a>", "Kit Poster"),
    ("<a rel='author' href='/kit'>Kit Poster</a> <a rel='author' href='/en'>EN</a>", "Kit Poster"),
    ("<a rel='author' href='/maria'>Maria della Riva</a>", "Maria della Riva"),
    ("<a rel='author' href='/li'>李样本</a>", "李样本"),
]


@pytest.mark.parametrize(("byline", "author"), NO_NAMES)
def test_a_label_or_a_link_is_no_author(byline: str, author: str | None) -> None:
    html = page(HEAD, f"<article><h1>Tides</h1><p>{byline}</p>{text()}</article>")
    assert marked(html, SITE, TODAY).author == author
