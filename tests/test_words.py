"""What the page and Slack say: catalogues with nothing missing in any language, and who reads which."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from string import Formatter

import pytest
from starlette.testclient import TestClient

from bot import types, wording
from bot.answering import prove, refuse, verify
from bot.answering.bot import Bot
from bot.answering.write import generate as speak
from bot.answering.write.citing import check, second_look
from bot.auth.users import NOBODY_IN, Role, Users
from bot.classifiers.intent import TALK
from bot.errors import (
    NOT_ANSWERED,
    Cancelled,
    JudgeUnreachable,
    QuestionEmpty,
    QuestionTooLong,
    ShownError,
    TextEmpty,
    TextTooLong,
)
from bot.history import ConversationMissing, RecordMissing, redact, reread, since
from bot.history.feedback import Flaw, NoteTooLong
from bot.history.file import NOT_KEPT, HistoryDamaged, HistoryUnusable
from bot.history.share import ShareMissing
from bot.render.html.words import ENGLISH, LANGUAGES, PageError, PageWording
from bot.render.text import to_json, why
from bot.service.jobs import COUNTED, JobState, TooMany
from bot.slack import settings
from bot.slack.words import SlackWords
from bot.tables.sqlite import FileHeld
from bot.types import OFFERED, Answer, Judgement, Near, Reason, Sentence, State, Status, joined
from bot.web import filtering, timeline, welcome
from bot.web.access import LARGEST, Access
from bot.web.language import preferred, script
from bot.wording import Forms, facts, isolated, worded
from index.errors import (
    NOT_READ,
    ArticleMissing,
    CollectionMissing,
    CollectionNameUnusable,
    DatabaseUnreachable,
    DatabaseUnusable,
    EmbedderUnreachable,
    LedgerDamaged,
    StoreBusy,
    StoreMissing,
    StoreUnreachable,
)
from index.index import Index
from index.types import Filters, Inventory, Kind
from tests.conftest import WordEmbeddings

CHINESE = PageWording("zh")
BOT = Path(__file__).parent.parent / "bot"
HTML, WEB = BOT / "render" / "html", BOT / "web"
HAN = re.compile(r"[\u4e00-\u9fff]")
# Names that are the same in every language.
NAMES = {
    *("Byline", "Markdown", "HTML", "JSON", "PDF", "Word", "PowerPoint", "Excel", "EPUB", "Lines", "MB", "UTC"),
    *("https", "http", "byline", "index", "history", "articles", "remove", "ID", "purge", "delete", "all"),
    *("allowed_hosts", "history_days", "APA", "BibTeX", "Slack"),
}


def texts(forms: Forms) -> list[str]:
    return [forms] if isinstance(forms, str) else list(forms.values())


def values(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


CATALOGUES = [
    pytest.param(surface, language, id=f"{surface.__module__} {language}")
    for surface, languages in ((PageWording, LANGUAGES), (SlackWords, settings.LANGUAGES))
    for language in languages
]


@pytest.mark.parametrize(("surface", "language"), CATALOGUES)
def test_each_language_has_the_same_sentences_with_the_same_values(
    surface: type[wording.Wording], language: str
) -> None:
    english, other = surface().sentences, surface(language).sentences
    assert set(english) == set(other)
    for name, forms in english.items():
        named = {frozenset(values(each)) for each in (*texts(forms), *texts(other[name]))}
        assert len(named) == 1, name
        assert all(texts(other[name])) or name in ("chat.between", "facts.stop", "reference.between")


@pytest.mark.parametrize(("surface", "language"), CATALOGUES)
def test_a_sentence_with_a_count_has_the_forms_of_its_language(surface: type[wording.Wording], language: str) -> None:
    categories = {"other"} if language == "zh" else {"one", "other"}
    for name, forms in surface(language).sentences.items():
        if not isinstance(forms, str):
            assert (set(forms), values(texts(forms)[0]) >= {"count"}) == (categories, True), name


@pytest.mark.parametrize("surface", [PageWording, SlackWords])
def test_no_sentence_of_every_surface_is_said_again_by_one(surface: type[wording.Wording]) -> None:
    own, shared = (tomllib.loads(text) for text in (_file(surface.packages[1]), _file(surface.packages[0])))
    again = [f"{section}.{name}" for section, named in own.items() for name in named if name in shared.get(section, {})]
    assert again == []


def _file(package: str) -> str:
    return files(package).joinpath("en.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("count", "said"), [(1, "1 cita"), (2, "2 citas"), (1_000_000, "1.000.000 citas")])
def test_a_count_without_a_form_of_its_own_has_the_usual_one(count: int, said: str) -> None:
    assert SlackWords("es")("home.citations", count=count) == said


def test_chinese_is_chinese_with_its_own_punctuation() -> None:
    for name, forms in (*CHINESE.sentences.items(), *SlackWords("zh").sentences.items()):
        for text in texts(forms):
            plain = re.sub(r"`[^`]*`|\{\w+\}", "", text)
            assert set(re.findall(r"[A-Za-z_]{2,}", plain)) <= NAMES, name
            assert not re.search(r"[\u4e00-\u9fff][,.;:?!()]|[,;?!()][\u4e00-\u9fff]", plain), name
            assert "…" not in text.replace("……", ""), name


def spoken() -> Iterator[str]:
    """All names of sentences that the code says, as they stand there; those that are put together end with a `*`."""
    folders = ("render", "web", "slack", "wording", "answering", "history", "suggestions")
    for file in (each for folder in folders for each in (BOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                yield f"{node.values[0].value}*"  # type: ignore[str-bytes-safe]
    for file in (*HTML.rglob("*.html"), *WEB.glob("*.js")):
        text = file.read_text(encoding="utf-8")
        yield from re.findall(r'"(\w+(?:\.\w+)?)"', text)
        yield from (f"{found}*" for found in re.findall(r'"(\w+\.\w*)" ~', text))
        yield from (f"script.{found}" for found in re.findall(r"\bwords\.(\w+)", text) if file.suffix == ".js")


def test_every_sentence_is_said_somewhere_and_none_that_is_missing() -> None:
    said = set(spoken())
    together = tuple(each.removesuffix("*") for each in said if re.fullmatch(r"[a-z_]+\.[a-z_]*\*", each))
    parts = said | {str(each) for each in (*Kind, *JobState)} | {each.name.lower() for each in Flaw}
    parts |= {*OFFERED, *types.Length, *types.State, *COUNTED}
    parts |= {"off", "on", "author", "outlet", "kind", "apa", "bibtex", "markdown", "plain"}
    parts |= {*settings.Answering, *types.Status, "stopped", "daily", "weekly", "good_label", "bad_label"}
    known = {**ENGLISH.sentences, **SlackWords().sentences}
    for name in known:
        section, _, tail = name.partition(".")
        if section in ("label", "reason"):
            assert tail in parts, name  # by `said("filters")`, from which Gradio has it
        elif section == "plain":
            assert f"told.{tail}" in known, name  # in the place of which it is said
        elif section == "talk":
            assert tail in said or tail in TALK, name  # by `reply`
        elif section != "told":  # by the name of a reason: see below
            put = any(name.startswith(each) and name.removeprefix(each) in parts for each in together)
            assert name in said or put, name
    sections = {name.split(".")[0] for name in known}
    endings = (".html", ".css", ".js", ".md")
    for each in said:
        if re.fullmatch(r"[a-z_]+\.[a-z_]*[a-z]", each) and not each.endswith(endings):
            assert each.split(".")[0] not in sections or each in known, each


def test_what_is_put_together_has_its_sentence_for_every_case() -> None:
    for name in (
        *(f"kind.{each}" for each in Kind),
        *(f"reason.{each.name.lower()}" for each in Flaw),
        *(f"delivery.{each}" for each in (*COUNTED, JobState.WAITING, JobState.READING, JobState.CANCELLED)),
    ):
        assert name in ENGLISH.sentences, name


def test_no_english_is_left_in_the_scripts_and_the_plain_pages() -> None:
    for file in WEB.glob("*.js"):
        code = re.sub(r"(?m)//.*$", "", file.read_text(encoding="utf-8"))
        code = re.sub(r'"Escape"|"Enter"|"Event"|"Files"', "", code)
        assert not re.findall(r'"[A-Z][a-z]+(?: [a-z]+)*…?"', code), file.name
    for file in HTML.rglob("*.html"):
        bare = re.sub(r"(?s)\{[{%].*?[%}]\}|<style>.*?</style>", "", file.read_text(encoding="utf-8"))
        seen = re.sub(r"(?s)<[^>]*>", " ", bare)
        assert set(re.findall(r"[A-Za-z]{2,}", seen)) <= {"Byline"}, file.name
        assert not re.findall(r'(?:aria-label|title|placeholder|alt)="[A-Za-z][^"]*[a-z ]"', bare), file.name


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("en;q=0.5, zh-Hans-CN;q=0.9", "zh"),
        ("de-DE,de;q=0.9", "de"),
        ("ko-KR,ko;q=0.9", "en"),
        ("ko-KR, zh-TW;q=0.5, en;q=0.3", "zh"),
        ("zh;q=0, en;q=0.1", "en"),
        ("zh; q=0.2, ko, EN ; q=0.1", "zh"),
        ("ZH", "zh"),
        ("*", "en"),
        ("", "en"),
        ("zh;q=much, en", "en"),
        ("zh;q=nan", "en"),
        (";;;,,q=1", "en"),
        ("zhuang", "en"),
    ],
)
def test_the_first_of_our_languages_that_a_browser_asks_for(accepted: str, language: str) -> None:
    assert preferred(accepted) == PageWording(language)


def test_days_numbers_and_lists_are_written_as_in_the_language() -> None:
    at = datetime(2020, 7, 15, 23, 59, tzinfo=UTC)
    assert (ENGLISH.day(at), CHINESE.day(at)) == ("15 July 2020", "2020年7月15日")
    assert (ENGLISH.month(at), CHINESE.month(at)) == ("July 2020", "2020年7月")
    assert (ENGLISH.day(None), CHINESE.number(12345)) == ("", "12,345")
    assert (ENGLISH.number(0.0004), PageWording("de").number(1234.56789)) == ("0.0004", "1.234,56789")
    assert (ENGLISH.every(["A", "B", "C"]), CHINESE.every(["A", "B", "C"])) == ("A, B and C", "A、B和C")
    assert (ENGLISH.either(["A", "B"]), CHINESE.either(["A", "B"])) == ("A or B", "A或B")
    filters = Filters(outlet=("Wired",), kind=(Kind.OPINION,), language=("en",), since=date(2020, 7, 1))
    assert filtering.line(filters, CHINESE) == "Wired · 评论 · 英语 · 2020年7月1日起"
    near = Near("a", "谁离开了？", author="杨进", outlet="环球时报", published=date(2020, 7, 15), kind=Kind.OPINION)
    assert facts.line(near, CHINESE) == "《谁离开了？》，杨进，环球时报，2020年7月15日，评论"
    read = Inventory(3, (("Courier", 2), ("Gazette", 1)), days=((date(2021, 5, 4), 1), (date(2021, 6, 1), 2)))
    assert welcome.read(read, CHINESE) == "它读过 3 篇文章，来自Courier和Gazette，时间从2021年5月4日到2021年6月1日。"
    some = Inventory(3, ((None, 2), ("Courier", 1)), days=((date(2021, 5, 4), 1),))
    assert welcome.read(some, CHINESE) == (
        "它读过 3 篇文章。其中 1 篇来自Courier，其余未注明媒体。其中 1 篇有日期（2021年5月4日），其余没有。"
    )
    bars = timeline.timeline([(date(1990, 1, 1), 1), (date(2020, 1, 1), 1)], CHINESE)
    assert bars[0].name == "1990年"


ERRORS: tuple[Callable[[], ShownError], ...] = (
    QuestionEmpty,
    lambda: QuestionTooLong(3001, 2000),
    TextEmpty,
    lambda: TextTooLong(300_000, 200_000),
    Cancelled,
    RecordMissing,
    lambda: ConversationMissing("a"),
    lambda: HistoryUnusable(Path("a"), "the disk is full"),
    lambda: HistoryDamaged(Path("a"), "it is no database"),
    lambda: FileHeld(Path("a")),
    lambda: NoteTooLong(3000),
    ShareMissing,
    lambda: ArticleMissing("a"),
    lambda: CollectionMissing("a"),
    lambda: CollectionNameUnusable("a/b", 80),
    TooMany,
    lambda: filtering.DayUnclear("yesterday"),
)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error()).__name__)
def test_an_error_is_said_in_the_language_of_who_reads_it(error: Callable[[], ShownError]) -> None:
    assert ENGLISH.error(error()) == str(error())
    said = CHINESE.error(error())
    assert HAN.search(said)
    assert not said.startswith("系统提示")
    assert set(re.findall(r"\d+", said)) == set(re.findall(r"\d+", str(error())))


JUDGED = Answer(
    *("谁离开了？", Status.REFUSED, "", "m"),
    trace=(
        Judgement("decide", "answerable", "谁离开了？", 0.12, 0.43),
        Judgement("prove", "supported", "它离开了。", 0.91, 0.5),
        Judgement("prove", "contradicted", "它离开了。", 0.8, 0.7),
        Judgement("prove", "figures", "它离开了。", 0.0, 1.0),
        Judgement("prove", "figures", "它离开了。", 1.0, 1.0),
        Judgement("conflict", "contradicted", "它回来了。", 0.8, 0.7),
        Judgement("conflict", "figures", "它回来了。", 0.8, 0.7),
    ),
)


WRONG_KEY = Reason(text="The model openai:gpt-5 has a wrong key.")
TOOK_OVER = Reason.of("took_over", reason=WRONG_KEY, model="extractive")


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_only_reads_is_told_nothing_of_the_reasons_of_whoever_runs_byline(language: str) -> None:
    editor, reader = PageWording(language), PageWording(language, plain=True)
    full = HistoryUnusable(Path("/srv/history"), "the disk is full")
    assert "/srv/history" in editor.error(full)
    assert reader.error(full) == editor.reason(NOT_KEPT)
    for error in (StoreMissing(Path("a")), LedgerDamaged(Path("a"), "b"), EmbedderUnreachable("http://inner", "c")):
        assert reader.error(error) == editor.reason(NOT_READ)
    assert reader.error(JudgeUnreachable("http://inner", "b")) == editor.reason(NOT_ANSWERED)
    assert reader.error(QuestionEmpty()) == editor.error(QuestionEmpty())
    assert (editor.reason(TOOK_OVER).count("gpt-5"), reader.reason(TOOK_OVER).count("gpt-5")) == (1, 0)
    assert "extractive" in reader.reason(TOOK_OVER)


def test_what_was_judged_is_told_in_the_language_of_who_reads_it() -> None:
    assert [CHINESE.reason(each) for each in why(JUDGED)] == [
        "判断：文章回答“谁离开了？”的概率为 0.12，需要 0.43",
        "核对：“它离开了。”得到支持的概率为 0.91，需要 0.50",
        "核对：“它离开了。”与文章矛盾的概率为 0.80，达到 0.70 就略去",
        "核对：“它离开了。”中有数字或日期不在引文里",
        "核对：“它离开了。”中的数字和日期都在引文里",
        "比较：较新的“它回来了。”说法不同的概率为 0.80，需要 0.70",
        "比较：“它回来了。”中的数字不同，含有问题用词的比例为 0.80，需要 0.70",
    ]


# The reasons that are no errors: of sentences, of answers, of what is kept.
MARKED = [Sentence("It left.", 0, 8, state) for state in (State.UNSUPPORTED, State.SUPPORTED, State.ABOUT)]
REASONS = (
    *(prove.NOTHING, prove.FIGURES, prove.OTHERWISE, speak.QUOTED, verify.TOO_LONG, redact.REASON),
    *(since.GONE, since.ALTERED, since.AROUND, TOOK_OVER),
    *(Reason("not_kept"), Reason("earlier_unknown"), Reason.of("no_language_model", reason="its file is missing")),
    *(refuse.too_strict(0.8), refuse.partial(None, None, ["It left."], None, unsure=True)),
    *(check.UNCITED, check.UNKNOWN, check.NAMES, refuse.marked(MARKED[:1]), refuse.marked(MARKED)),
    *(reason for _, reason, _ in second_look.STANDING.values()),
    *map(Reason, ("strict_left_out",)),
    *(Reason.of("second_look_failed", reason=TOOK_OVER), Reason.of("second_look_missed", count=2)),
    *(refuse.silent(["Who?", "Why?"]), refuse.reason("Who is Ann?", ["ann"]), refuse.reason("Who won?", ())),
    *why(replace(JUDGED, trace=(*JUDGED.trace, Judgement("write", "pointed", "它离开了。", 0.8, 0.7)))),
)


def names(reason: Reason) -> Iterator[str]:
    """The names of a reason and of those that are put into it."""
    yield reason.name
    for _, value in reason.parameters:
        for each in value if isinstance(value, tuple) else (value,):
            yield from names(each) if isinstance(each, Reason) else ()


def test_every_reason_has_a_sentence_with_its_parameters_in_each_language() -> None:
    errors = [each() for each in ERRORS if not isinstance(each(), PageError)]
    classes = (StoreUnreachable, DatabaseUnreachable, DatabaseUnusable)
    plain = (NOT_READ, NOT_ANSWERED, NOT_KEPT, FileHeld.plain, NOBODY_IN, *(each.public for each in classes))
    given = [*REASONS, *(each.whole for each in errors), *plain]
    for reason in filter(None, given):
        assert ENGLISH.reason(reason) == worded(reason)
        for language in LANGUAGES:
            said = PageWording(language).reason(reason)
            assert said, reason
            assert language == "en" or reason.language or said != worded(reason), reason
    said = {f"told.{name}" for reason in given if reason for name in names(reason) if name}  # type: ignore[assignment]
    assert said == {name for name in ENGLISH.sentences if name.startswith("told.")}


def test_the_english_sentence_of_an_error_is_that_of_the_catalogue() -> None:
    classes = (StoreUnreachable, DatabaseUnreachable, DatabaseUnusable)
    plain = (NOT_READ, NOT_ANSWERED, NOT_KEPT, FileHeld.plain, NOBODY_IN, *(each.public for each in classes))
    for reason in (*(each().whole for each in ERRORS if not isinstance(each(), PageError)), *plain):
        assert reason is not None
        assert worded(replace(reason, text="")) == reason.text


def test_a_reason_of_an_answer_is_said_in_the_language_of_the_answer() -> None:
    reason = refuse.too_strict(0.8, "de")
    assert {PageWording(each).reason(reason) for each in LANGUAGES} == {worded(reason)}


def test_a_reason_is_kept_with_its_name_and_read_as_a_text_where_it_has_none() -> None:
    answer = Answer("?", Status.PARTIAL, "", "m", reason=REASONS[14], notice=joined(TOOK_OVER, Reason("not_kept")))
    assert reread.answer_of(reread.kept(answer)) == answer
    earlier = reread.answer_of(to_json(answer))
    assert earlier.reason == Reason(text=worded(REASONS[14]))  # type: ignore[arg-type]
    for reason in filter(None, REASONS):
        assert reread.reread(reread.written(reason)) == reason
    for text in ("No article says this.", "12", "null", "[]", '{"a": 1}', '"a"'):
        assert reread.reread(text) == Reason(text=text)


def test_no_code_looks_for_a_sentence_of_the_catalogue() -> None:
    """Neither is one compared, nor searched, nor a pattern made of one."""
    english = {text for forms in ENGLISH.sentences.values() for text in texts(forms) if len(text.split()) > 3}
    for package in ("bot", "index"):
        for file in (BOT.parent / package).rglob("*.py"):
            for place in looked_for(ast.parse(file.read_text(encoding="utf-8"))):
                assert not any(place in text or text in place for text in english if len(place.split()) > 3), file


def looked_for(code: ast.AST) -> Iterator[str]:
    """The texts that code compares, searches or matches with."""
    for node in ast.walk(code):
        parts: list[ast.expr] = []
        if isinstance(node, ast.Compare):
            parts = [node.left, *node.comparators]
        elif isinstance(node, ast.MatchValue):
            parts = [node.value]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            searches = ("startswith", "endswith", "removeprefix", "removesuffix", "find", "index", "partition", "split")
            patterns = ("compile", "match", "fullmatch", "search", "finditer", "sub")
            parts = node.args if node.func.attr in (*searches, *patterns, "get", "replace") else []
        for part in parts:
            yield from (
                each.value for each in ast.walk(part) if isinstance(each, ast.Constant) and isinstance(each.value, str)
            )


def test_an_error_that_is_not_known_is_said_to_be_in_english() -> None:
    busy = StoreBusy(Path("store"), "Another program")
    assert CHINESE.error(busy) == f"系统提示（英文）：{busy}"
    assert ENGLISH.error(busy) == str(busy)


def test_text_that_runs_to_the_left_is_isolated_and_no_other() -> None:
    assert isolated("שלום, עולם") == "\u2068שלום, עולם\u2069"
    assert isolated("مرحبا") == "\u2068مرحبا\u2069"
    assert [isolated(each) for each in ("Who left?", "谁离开了？", "", "12 (3)")] == [
        "Who left?",
        "谁离开了？",
        "",
        "12 (3)",
    ]
    near = Near("a", "כותרת", author="דנה כהן", outlet="הארץ", published=date(2020, 7, 15))
    assert facts.byline(near) == "\u2068דנה כהן\u2069, \u2068הארץ\u2069, 15 July 2020"
    assert CHINESE("remove.removed", title="כותרת!") == "已移除：\u2068כותרת!\u2069。"


def test_the_script_tells_the_browser_the_language_and_its_words() -> None:
    for language, tag in LANGUAGES.items():
        text = script(PageWording(language), LARGEST)
        assert f'"tag": "{tag}"' in text.splitlines()[0]
        assert "</script" not in text


# Over HTTP


@pytest.fixture
def guest(tmp_path: Path) -> Iterator[TestClient]:
    from bot.web import build_app

    users = Users(tmp_path / "users.json")
    users.put("ada", Role.READER, "a long password")
    with (
        Index.open(tmp_path / "store", embedder=WordEmbeddings()) as index,
        TestClient(build_app(lambda: Bot(index), access=Access(users=users)), follow_redirects=False) as client,
    ):
        client.headers["accept-language"] = "zh-CN, en;q=0.5"
        yield client


def test_who_is_turned_away_is_told_in_their_language(guest: TestClient) -> None:
    told = {
        "/library": "door.not_signed_in",
        "/gradio_api/upload": "door.no_uploads",
        "/gradio_api/queue/data": "door.not_signed_in",
    }
    for path, name in told.items():
        assert CHINESE(name) in guest.get(path).text, path
        assert ENGLISH(name) in guest.get(path, headers={"accept-language": "ko"}).text, path
    foreign = guest.post("/sign-in", headers={"origin": "https://evil.example"})
    assert (foreign.status_code, foreign.text) == (403, CHINESE("door.foreign"))
    gone = guest.get("/share/none")
    assert CHINESE.reason(ShareMissing().whole) in gone.text
    assert (gone.status_code, '<html lang="zh-CN">' in gone.text) == (404, True)


def test_a_choice_is_kept_and_leads_back_to_the_page_that_it_was_made_on(guest: TestClient) -> None:
    for referer, back in (
        ("http://testserver/sign-in?next=/library", "/sign-in?next=/library"),
        ("https://evil.example/sign-in", "/sign-in"),
        ("https://evil.example//evil.example/", "/"),
        ("no address", "/"),
        ("http://[", "/"),
    ):
        sent = guest.post("/language", data={"to": "en"}, headers={"referer": referer})
        assert (sent.status_code, sent.headers["location"]) == (303, back)
    cookie = sent.headers["set-cookie"].casefold()
    assert all(each in cookie for each in ("byline-language=en", "httponly", "samesite=lax", "max-age=31536000"))
    assert '<html lang="en">' in guest.get("/sign-in").text
    assert '"tag": "en"' in guest.get("/language.js").text
    assert "set-cookie" not in guest.post("/language", data={"to": "../../etc/passwd"}).headers
    guest.cookies.clear()
    guest.cookies.set("byline-language", "../en")
    assert '<html lang="zh-CN">' in guest.get("/sign-in").text
    assert guest.post("/language", data={"to": "en"}, headers={"origin": "https://evil.example"}).status_code == 403


def test_another_language_is_chosen_after_a_refused_sign_in_on_the_way_to_the_same_page(guest: TestClient) -> None:
    refused = guest.post("/sign-in?next=/check", data={"name": "ada", "password": "wrong"})
    [action] = re.findall(r'action="(/sign-in[^"]*)"', refused.text)
    left = guest.post("/language", data={"to": "en"}, headers={"referer": f"http://testserver{action}"})
    assert '<html lang="en">' in guest.get(left.headers["location"]).text
    entered = guest.post(left.headers["location"], data={"name": "ada", "password": "a long password"})
    assert (entered.status_code, entered.headers["location"]) == (303, "/check")
