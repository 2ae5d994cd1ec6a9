"""What pages print about themselves in other languages than English and Chinese, and what is prose there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from index.byline import PageFacts, when
from index.byline.address import canonical, same_site
from index.byline.credits import Credit, signed
from index.byline.dates import Order, dated, stamp
from index.byline.furniture import furniture
from index.byline.names import section
from index.byline.printed import dateline, stated
from index.types import Kind

NOON = datetime(2020, 7, 15, 13, 3)
DAY = date(2020, 7, 15)

DATES: list[tuple[str, datetime | date | None]] = [
    ("Mittwoch, 15. Juli 2020, 13:03 Uhr", NOON),
    ("15.07.2020 - 13.03 Uhr", NOON),
    ("15. Juli 2020 um 13:03 Uhr", NOON),
    ("mercredi 15 juillet 2020 à 13h03", NOON),
    ("15 juillet 2020 à 13 h 03", NOON),
    ("1er juillet 2020", date(2020, 7, 1)),
    ("miércoles, 15 de julio de 2020 a las 13:03", NOON),
    ("15/07/2020 às 13h03", NOON),
    ("quarta-feira, 15 de julho de 2020", DAY),
    ("mercoledì 15 luglio 2020, ore 13:03", NOON),
    ("15 июля 2020 г. в 13:03", NOON),
    ("2020年7月15日（水）午後1時3分", NOON),
    ("2020.07.15. 오후 1:03", NOON),
    ("2020년 7월 15일 13시 3분", NOON),
    ("الأربعاء ١٥ يوليو ٢٠٢٠", DAY),
    ("15 كانون الثاني/يناير 2020", date(2020, 1, 15)),
    ("15 lipca 2020", DAY),
    ("15 Temmuz 2020", DAY),
    ("15 juli 2020", DAY),
    # no day in full
    ("vor 2 Stunden", None),
    ("il y a 3 heures", None),
    ("2時間前", None),
    ("juillet 2020", None),
]


@pytest.mark.parametrize(("text", "expected"), DATES)
def test_a_date_is_read_in_the_languages_of_the_news(text: str, expected: datetime | date | None) -> None:
    assert (when(text), type(when(text))) == (expected, type(expected))


@pytest.mark.parametrize(
    "text", ["vor 2 Stunden", "il y a 3 heures", "hace 2 horas", "2時間前", "2시간 전", "منذ ساعتين"]
)
def test_a_line_about_a_date_is_known_though_it_gives_none(text: str) -> None:
    assert dated(text)


EAST = timezone(timedelta(hours=8))
STAMPS: list[tuple[str, datetime | date | None]] = [
    ("2020-07-15T13:03:00+0800", NOON.replace(tzinfo=EAST)),
    ("2020-07-15T13:03+08", NOON.replace(tzinfo=EAST)),
    ("2020-07-15T13:03:00.123Z", NOON.replace(tzinfo=UTC)),
    ("2020-07-15 13:03:00 +0800", NOON.replace(tzinfo=EAST)),
    ("2020-07-15T13:03:00+08:00[Asia/Shanghai]", NOON.replace(tzinfo=EAST)),
    ("Wed Jul 15 2020 13:03:00 GMT+0800 (China Standard Time)", NOON.replace(tzinfo=EAST)),
    ("Wed Jul 15 13:03:00 UTC 2020", NOON.replace(tzinfo=UTC)),
    ("Wed, 15 Jul 2020 13:03:00 +0000", NOON.replace(tzinfo=UTC)),
    ("1594818180", NOON.replace(tzinfo=UTC)),
    ("1594818180000", NOON.replace(tzinfo=UTC)),
    ("20200715", DAY),
    ("202007151303", NOON),
    ("20200715130300", NOON),
    ("1865-04-15T05:00:00Z", datetime(1865, 4, 15, 5, tzinfo=UTC)),
    ("2020-07-15T13:03:00 CST", NOON),  # China's, or Chicago's
    ("2020-07-15T25:00", None),
    ("2020-02-30", None),
    ("2020-07", None),
    ("0000-00-00 00:00:00", None),
    ("1970-01-01T00:00:00Z", None),
    ("0", None),
    ("9" * 5000, None),
]


@pytest.mark.parametrize(("text", "expected"), STAMPS)
def test_a_stamp_is_read_as_machines_write_it(text: str, expected: datetime | date | None) -> None:
    assert (stamp(text), type(stamp(text))) == (expected, type(expected))


LINES: list[tuple[str, Order | None, PageFacts | None]] = [
    ("Von Jana Muster", None, PageFacts(author="Jana Muster")),
    ("Von Jana Muster und Karl Beispiel, Wien", None, PageFacts(author="Jana Muster and Karl Beispiel")),
    ("Von Jana Muster, dpa", None, PageFacts(author="Jana Muster", outlet="dpa")),
    ("Von Jana Muster, 15. Juli 2020", None, PageFacts(author="Jana Muster", published=DAY)),
    ("Ein Kommentar von Jana Muster", None, PageFacts(author="Jana Muster", kind=Kind.OPINION)),
    ("Stand: 15.07.2020, 13:03 Uhr", None, PageFacts(modified=NOON)),
    ("Veröffentlicht am 15. Juli 2020 um 13:03 Uhr", None, PageFacts(published=NOON)),
    ("Aktualisiert am 15.07.2020 - 13:03", None, PageFacts(modified=NOON)),
    ("Stand: 07.08.2020", None, PageFacts()),
    ("Stand: 07.08.2020", "dmy", PageFacts(modified=date(2020, 8, 7))),
    ("Quelle: Vellmarer Kurier", None, PageFacts(outlet="Vellmarer Kurier")),
    ("Par Jeanne Exemple et Paul Modèle", None, PageFacts(author="Jeanne Exemple and Paul Modèle")),
    ("Par Jeanne Exemple (avec AFP)", None, PageFacts(author="Jeanne Exemple", outlet="AFP")),
    ("Propos recueillis par Jeanne Exemple", None, PageFacts(author="Jeanne Exemple")),
    (
        "Publié le 15 juillet 2020 par Jeanne Exemple, mis à jour le 16 juillet 2020",
        None,
        PageFacts(author="Jeanne Exemple", published=DAY, modified=date(2020, 7, 16)),
    ),
    ("Por Juana Ejemplo y Luis Modelo", None, PageFacts(author="Juana Ejemplo and Luis Modelo")),
    ("Por Juana Ortega y Gasset", None, PageFacts(author="Juana Ortega y Gasset")),
    ("Publicado el 15 de julio de 2020 a las 13:03", None, PageFacts(published=NOON)),
    ("Actualizado: 15 de julio de 2020", None, PageFacts(modified=DAY)),
    ("Publicado em 15/07/2020 às 13h03", None, PageFacts(published=NOON)),
    ("di Gianna Esempio", None, PageFacts(author="Gianna Esempio")),
    ("Pubblicato il 15 luglio 2020 alle 13:03", None, PageFacts(published=NOON)),
    ("Автор: Анна Примерова", None, PageFacts(author="Анна Примерова")),
    ("Опубликовано: 15 июля 2020, 13:03", None, PageFacts(published=NOON)),
    ("Источник: Велмарский вестник", None, PageFacts(outlet="Велмарский вестник")),
    ("公開日：2020年7月15日", None, PageFacts(published=DAY)),
    ("2020年7月15日 13時03分 公開", None, PageFacts(published=NOON)),
    ("2020年7月15日 更新", None, PageFacts(modified=DAY)),
    ("見本花子記者", None, PageFacts(author="見本花子")),
    ("입력 2020.07.15 13:03 | 수정 2020.07.16", None, PageFacts(published=NOON, modified=date(2020, 7, 16))),
    ("홍견본 기자 hong@example.com", None, PageFacts(author="홍견본")),
    ("بقلم أحمد مثال", None, PageFacts(author="أحمد مثال")),
    ("تاريخ النشر: 15 يوليو 2020", None, PageFacts(published=DAY)),
    ("آخر تحديث: ١٥ يوليو ٢٠٢٠", None, PageFacts(modified=DAY)),
    ("Analysis by Jane Writer", None, PageFacts(author="Jane Writer", kind=Kind.ANALYSIS)),
    ("By A. Example, Vienna", None, PageFacts(author="A. Example")),
    # prose and titles that begin as bylines do
    ("Von der Leyen gewinnt", None, None),
    ("Von der Leyen", None, None),
    ("Von Montag an", None, None),
    ("Par exemple, les ports", None, None),
    ("Por ahora", None, None),
    ("di corsa", None, None),
    ("Stand der Dinge im Hafen", None, None),
    ("Publié en 2019, le livre a été lu.", None, None),
    ("Quelle belle journée", None, None),
    ("기자 회견이 열렸다", None, None),
    ("記者会見が開かれた", None, None),
]


@pytest.mark.parametrize(("line", "order", "expected"), LINES)
def test_a_line_of_facts_is_understood_in_the_languages_of_the_news(
    line: str, order: Order | None, expected: PageFacts | None
) -> None:
    assert stated(line, order) == expected


@pytest.mark.parametrize(
    ("paragraph", "outlet"),
    [
        ("BERLIN (dpa) – Der Hafen ist zu.", "dpa"),
        ("WIEN/BERLIN (APA) - Der Hafen ist zu.", "APA"),
        ("PARIS, 3 juillet (AFP) - Le port est fermé.", "AFP"),
        ("МОСКВА, 15 июля — ТАСС. Порт закрыт.", "ТАСС"),
        ("МОСКВА, 15 июля. /ТАСС/. Порт закрыт.", "ТАСС"),
        ("(서울=연합뉴스) 항구가 닫혔다.", "연합뉴스"),
        ("【ベルリン共同】港が閉鎖された。", "共同"),
        ("Der Hafen (von Vellmar) - er ist zu.", None),
    ],
)
def test_a_dateline_names_the_agency_in_any_language(paragraph: str, outlet: str | None) -> None:
    assert dateline(paragraph).outlet == outlet


FURNITURE = [
    *("Teilen", "Partager", "Compartir", "Condividi", "Поделиться", "공유", "مشاركة", "Anzeige", "Publicité", "広告"),
    *("Lesen Sie auch: Der Hafen schließt", "À lire aussi", "Leia também", "Читайте также: Порт закрыт", "関連記事"),
    *("Temps de lecture : 3 min", "Lesedauer: 3 Min.", "Foto: A. Beispiel/dpa", "写真：ヴェルマー新聞", "Tags: puerto"),
    *("© 2020 Vellmarer Kurier. Alle Rechte vorbehalten.", "Tous droits réservés", "무단 전재 및 재배포 금지"),
    *("Share this article: Facebook Twitter", "Follow Jane Doe on Twitter: @janedoe", "Join our WhatsApp channel"),
    *("Our Standards: The Thomson Reuters Trust Principles.", "Send news tips to desk@vellmar.example."),
    *("Contact the author at jane@vellmar.example.", "Email the reporter: jane@vellmar.example"),
    *("Copyright 1998 The Vellmar Gazette", "新闻中心 > 国内新闻 > 正文", "News > Work > Port strike"),
]
PROSE = [
    "Teilen wir die Last, sagte sie.",
    "Follow the money on Facebook and you will find the owners.",
    "Join our march for the port, the mayor had told them, and they came.",
    "Contact the police at tips@vellmar.example.",
    "Send the ships to the other port, he said.",
    "Lecture faite, le président a levé la séance.",
    "Anzeige gegen den Hafenmeister wurde erstattet.",
    "Publicité et presse vivent ensemble.",
    "Foto und Film waren verboten.",
    "Themen gab es genug.",
    "シェアは三割に達した。",
    "공유 경제가 커지고 있다.",
    "Copyright 1998 was the year of the law, he said.",
]


@pytest.mark.parametrize("line", FURNITURE)
def test_the_furniture_of_a_page_is_known_in_any_language(line: str) -> None:
    assert furniture(line)


@pytest.mark.parametrize("line", PROSE)
def test_prose_of_other_languages_stays(line: str) -> None:
    assert not furniture(line)
    assert stated(line) is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Meinung", Kind.OPINION),
        ("Tribunes", Kind.OPINION),
        ("Leitartikel", Kind.EDITORIAL),
        ("Éditorial", Kind.EDITORIAL),
        ("Análisis", Kind.ANALYSIS),
        ("Entrevista", Kind.INTERVIEW),
        ("Comunicato stampa", Kind.RELEASE),
        ("Мнения", Kind.OPINION),
        ("社説", Kind.EDITORIAL),
        ("칼럼", Kind.OPINION),
        ("بيان صحفي", Kind.RELEASE),
        ("Politik", None),
    ],
)
def test_a_section_says_what_kind_its_articles_are(name: str, kind: Kind | None) -> None:
    assert section(name) == kind


# --- Whom an author's field names --------------------------------------------------------------------------------

SIGNED: list[tuple[str, Credit]] = [
    ("Jane Doe", Credit(("Jane Doe",))),
    ("By Jane Doe, Staff Writer", Credit(("Jane Doe",))),
    ("Jane Doe and John Sample", Credit(("Jane Doe", "John Sample"))),
    ("Jane Doe; John Sample", Credit(("Jane Doe", "John Sample"))),
    ("Jane Doe | Vellmar Courier", Credit(("Jane Doe",), "Vellmar Courier")),
    ("Jane Doe, Vellmarer Gemeindeblatt", Credit(("Jane Doe",), "Vellmarer Gemeindeblatt")),
    ("Jane Doe, Vellmarer Volkszeitung", Credit(("Jane Doe",), "Vellmarer Volkszeitung")),
    ("Jane Rosenblatt, Le Courrier de Vellmar", Credit(("Jane Rosenblatt",), "Le Courrier de Vellmar")),
    ("Jane Doe/Vellmar Courier", Credit(("Jane Doe",), "Vellmar Courier")),
    ("Jane Doe, Vellmar Institute of Ports", Credit(("Jane Doe",))),
    ("Jane Doe, Ph.D.", Credit(("Jane Doe",))),
    ("John Doe Jr. and J.R. Sample", Credit(("John Doe Jr.", "J.R. Sample"))),
    ("Jane Doe, jane.doe@vellmar.example", Credit(("Jane Doe",))),
    ("Jane Doe (@jane)", Credit(("Jane Doe",))),
    ("jane@vellmar.example (Jane Doe)", Credit(("Jane Doe",))),
    ("Jane Doe <jane@vellmar.example>", Credit(("Jane Doe",))),
    ("<a href='x'>Jane Doe</a>", Credit(("Jane Doe",))),
    ("bell hooks", Credit(("bell hooks",))),
    ("张三 李四", Credit(("张三", "李四"))),
    ("山田 太郎", Credit(("山田 太郎",))),
    ("本报记者 张三", Credit(("张三",))),
    ("文/张三", Credit(("张三",))),
    ("홍견본 기자", Credit(("홍견본",))),
    ("The Editorial Board", Credit(("The Editorial Board",))),
    ("Reuters Staff", Credit(agency="Reuters")),
    ("Ministry of Ports", Credit(agency="Ministry of Ports")),
    ("Redaktion", Credit()),
    ("admin", Credit()),
    ("jdoe42", Credit()),
    ("https://social.example/jane", Credit()),
    ("<script>alert(1)</script>", Credit()),
    ("{{author.name}}", Credit()),
    ("x" * 10_000, Credit()),
    ("", Credit()),
]


@pytest.mark.parametrize(("value", "expected"), SIGNED)
def test_an_authors_field_names_people_an_agency_or_nobody(value: str, expected: Credit) -> None:
    assert signed([value]) == expected


def test_names_of_one_word_are_authors_where_others_have_two() -> None:
    assert signed(["Jane Doe", "김철수", "Sukarno", "محمد"]).people == ("Jane Doe", "김철수", "Sukarno", "محمد")
    assert signed(["Jane Doe, 김철수"]).people == ("Jane Doe", "김철수")
    assert signed(["Jane Doe, Vellmar"]).people == ("Jane Doe",)  # a town


def test_a_small_letter_is_no_reason_to_doubt_a_person() -> None:
    assert signed(["Mohammed bensalah"], persons=True).people == ("Mohammed bensalah",)
    assert signed(["Show all articles"], persons=True) == signed(["Profile ansehen"]) == Credit()


def test_last_names_come_first_where_papers_are_cited() -> None:
    assert signed(["Doe, Jane; Sample-Smith, John A."], reversed_names=True).people == (
        "Jane Doe",
        "John A. Sample-Smith",
    )


# --- Addresses ---------------------------------------------------------------------------------------------------

HERE = "https://www.vellmar.example/news/a?b=c"
ADDRESSES: list[tuple[str, str | None, str | None]] = [
    ("https://vellmar.example/news/a", HERE, "https://vellmar.example/news/a"),
    ("//m.vellmar.example/news/a#top", HERE, "https://m.vellmar.example/news/a"),
    ("/news/b", HERE, "https://www.vellmar.example/news/b"),
    ("HTTPS://WWW.Vellmar.example:443/A", HERE, "https://www.vellmar.example/A"),
    ("https://other.example/a", None, "https://other.example/a"),
    ("https://other.example/a", HERE, None),
    ("https://vellmar.example.evil.example/a", HERE, None),
    ("https://vellmar.example:8443/a", HERE, None),
    ("https://www.vellmar.example/", HERE, None),
    ("https://www.vellmar.example/index.html", HERE, None),
    ("https://user:secret@www.vellmar.example/a", HERE, None),
    ("https://www.vellmar.example\\@evil.example/a", HERE, None),
    ("javascript:alert(1)", HERE, None),
    ("data:text/html,x", HERE, None),
    ("file:///etc/passwd", HERE, None),
    ("/news/a", None, None),
    ("https://[::1/a", HERE, None),
    ("https://www.vellmar.example/" + "a" * 3000, HERE, None),
    ("https://www.vellmar.example/a\u202eb", HERE, None),
    ("", HERE, None),
]


@pytest.mark.parametrize(("stated_as", "page", "expected"), ADDRESSES)
def test_a_canonical_address_is_believed_if_it_is_of_the_pages_site(
    stated_as: str, page: str | None, expected: str | None
) -> None:
    assert canonical(stated_as, page) == expected


def test_the_faces_of_a_site_are_one_site() -> None:
    assert same_site("https://amp.vellmar.example/a", "http://www.vellmar.example/b")
    assert not same_site("https://news.vellmar.example/a", "https://vellmar.example/b")
    assert not same_site("https://m.example/a", "https://example/a")  # a host of its own


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("By Jane Doe, jane.doe@vellmar.example", "Jane Doe"),
        ("By Jane Doe. Translated by John Sample", "Jane Doe"),
        ("By Jane Doe. Additional reporting by John Sample", "Jane Doe"),
        ("Posted by Jane Doe on 5 Mar 2021 at 09:30", "Jane Doe"),
    ],
)
def test_a_byline_names_who_wrote(line: str, author: str) -> None:
    found = stated(line)
    assert found is not None
    assert found.author == author


@pytest.mark.parametrize(
    "paragraph",
    [
        "VELLMAR, March 5, 2021 /PRNewswire/ -- The port opens.",
        "VELLMAR--(BUSINESS WIRE)--The port opens.",
        "VELLMAR, March 05, 2021 (GLOBE NEWSWIRE) -- The port opens.",
    ],
)
def test_a_wire_of_companies_sends_releases(paragraph: str) -> None:
    assert dateline(paragraph).kind is Kind.RELEASE
