"""Sign-in with an OpenID provider: a real one on a loopback port, the real app, and a real browser."""

from __future__ import annotations

import hmac
import json
import sqlite3
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from bot.answering.bot import Bot
from bot.auth.keys import Keys
from bot.auth.oidc import (
    Begun,
    GroupRules,
    NotAdmitted,
    Provider,
    ProviderSettings,
    ProviderTokenRefused,
    ProviderUnreachable,
)
from bot.auth.oidc.network import LARGEST
from bot.auth.oidc.renewed import FRESH, OLDEST, PAUSE, Renewed
from bot.auth.oidc.rules import account_of
from bot.auth.oidc.settings import safe
from bot.auth.principal import ANYBODY, Principal
from bot.auth.users import Role, Users
from bot.cli.oidc import provider_of
from bot.cli.serve import access_of
from bot.cli.surfaces import gates
from bot.config import Config, read
from bot.errors import SettingInvalid
from bot.history import History
from bot.mcp import Protected
from bot.render.html.words import ENGLISH
from bot.web import provided
from bot.web.access import Access, Visitor
from bot.web.checks import TextCheck
from bot.web.door import BACK, PROVIDER, SIGN_IN
from bot.web.session import COOKIE, LASTS, Accounts
from index.index import Index
from tests.loopback import wait_until_ready
from tests.oidc_provider import CLIENT, KEYS, SECRET, Claims, FakeProvider, new_key, providing, signed
from tests.serving import PASSWORD, QUESTION, ask, client, open_menu, serving
from tests.small_news import ARTICLES

if TYPE_CHECKING:
    from fastapi.testclient import TestClient
    from playwright.sync_api import Browser

    from tests.conftest import WordEmbeddings

AUDIENCE = "https://byline.example/mcp"
PAGE = {"accept": "text/html"}
NAME = "The Courier's sign-in"
GROUPS = (("staff", Role.READER), ("desk", Role.EDITOR), ("chiefs", Role.ADMIN))


@pytest.fixture
def fake() -> Iterator[FakeProvider]:
    with providing() as provider:
        yield provider


@pytest.fixture
def index(tmp_path: Path, words: WordEmbeddings) -> Iterator[Index]:
    with Index.open(tmp_path / "store", embedder=words) as opened:
        opened.add(ARTICLES)
        yield opened


def provider_at(fake: FakeProvider, clock: Callable[[], float] = time.monotonic, **named: Any) -> Provider:
    rules = named.pop("rules", GroupRules(GROUPS))
    return Provider(ProviderSettings(fake.issuer, CLIENT, rules, SECRET, NAME, audience=AUDIENCE, **named), clock)


def come_back(guest: TestClient, target: str = "/") -> httpx.Response:
    """Signs in at the provider, and comes back from there."""
    led = guest.get(PROVIDER, params={"next": target})
    assert led.status_code == 303, led.text
    there = httpx.get(led.headers["location"])
    return guest.get(there.headers["location"])  # type: ignore[return-value]


def person(provider: Provider) -> Any:
    """Whom the provider says that somebody is, without the page between."""
    begun = Begun.anew("http://127.0.0.1/sign-in/back")
    there = httpx.get(provider.address(begun)).headers["location"]
    return provider.person(begun, {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()})


# The way there and back


def test_a_person_signs_in_with_the_provider_and_goes_on_to_where_they_were_going(
    index: Index, fake: FakeProvider
) -> None:
    with client(index, Access(provider=provider_at(fake))) as guest:
        led = guest.get("/library?q=bridge", headers=PAGE)
        assert led.headers["location"] == f"{SIGN_IN}?next=/library%3Fq%3Dbridge"
        form = guest.get(led.headers["location"]).text
        assert "Sign in with The Courier&#39;s sign-in" in form
        assert 'name="password"' not in form
        assert f'href="{PROVIDER}?next=/library%3Fq%3Dbridge"' in form
        back = come_back(guest, "/library?q=bridge")
        assert (back.status_code, back.headers["location"]) == (303, "/library?q=bridge")
        flags = {each.partition(";")[0].partition("=")[0]: each for each in back.headers.get_list("set-cookie")}
        assert {"HttpOnly", "SameSite=lax", "Path=/", f"Max-Age={LASTS}"} <= set(flags[COOKIE].split("; "))
        assert "Max-Age=0" in flags[provided.COOKIE]
        library = guest.get("/library")
        assert library.status_code == 200
        assert "/library/bring" not in library.text
        assert guest.get(f"{SIGN_IN}?next=/library").headers["location"] == "/library"
        assert guest.post(SIGN_IN, data={"name": "ada", "password": PASSWORD}).status_code == 404


def test_signing_out_ends_the_session_also_for_who_kept_the_cookie(
    index: Index, fake: FakeProvider, tmp_path: Path
) -> None:
    access = Access(provider=provider_at(fake), ended=tmp_path / "sessions.sqlite3")
    with client(index, access) as guest, client(index, access) as worker:
        come_back(guest)
        kept = {"cookie": f"{COOKIE}={guest.cookies[COOKIE]}"}
        assert worker.get("/", headers=kept).status_code == 200
        assert "ada" in guest.get("/sign-out").text
        assert ENGLISH("sign_in.ended") in guest.get(guest.post("/sign-out").headers["location"]).text
        assert guest.get("/", headers=kept).status_code == worker.get("/", headers=kept).status_code == 401
    with closing(sqlite3.connect(tmp_path / "sessions.sqlite3")) as connection:
        assert connection.execute("SELECT count(*) FROM begun").fetchone() == (0,)
    assert (tmp_path / "sessions.sqlite3").stat().st_mode & 0o077 == 0


def test_while_sessions_cannot_be_kept_that_is_said_and_not_that_somebody_is_unproved(
    index: Index, fake: FakeProvider, tmp_path: Path
) -> None:
    (tmp_path / "broken.sqlite3").write_bytes(b"no database" * 100)
    with client(index, Access(provider=provider_at(fake), ended=tmp_path / "broken.sqlite3")) as guest:
        refused = come_back(guest)
    assert refused.status_code == 503
    assert "Nobody can sign in just now." in refused.text
    assert COOKIE not in guest.cookies


def test_no_session_can_be_made_of_what_the_file_holds(index: Index, fake: FakeProvider, tmp_path: Path) -> None:
    with client(index, Access(provider=provider_at(fake), ended=tmp_path / "sessions.sqlite3")) as guest:
        come_back(guest)
        guest.cookies.clear()
        with closing(sqlite3.connect(tmp_path / "sessions.sqlite3")) as connection:
            [row] = connection.execute("SELECT * FROM begun")
        for value in row:
            assert guest.get("/", headers={"cookie": f"{COOKIE}={value}"}).status_code == 401


def test_a_session_ends_with_time_and_with_the_rules_that_it_was_begun_by(tmp_path: Path) -> None:
    now, path = [1_000_000.0], tmp_path / "sessions.sqlite3"
    ada = GroupRules(GROUPS).person({"iss": "https://login.example", "sub": "1", "name": "Ada", "groups": "desk"})
    accounts = Accounts("rules", path, lambda: now[0])
    cookie = accounts.begin(ada)
    assert accounts.person(cookie) == ada
    assert Accounts("other rules", path, lambda: now[0]).person(cookie) is None
    now[0] += LASTS
    assert accounts.person(cookie) is None


def test_users_of_a_file_and_of_a_provider_come_by_one_page(index: Index, fake: FakeProvider, tmp_path: Path) -> None:
    users = Users(tmp_path / "users.json")
    users.put("ada", Role.EDITOR, PASSWORD)
    with client(index, Access(users=users, provider=provider_at(fake))) as guest:
        form = guest.get(SIGN_IN).text
        assert 'name="password"' in form
        assert PROVIDER in form
        assert guest.post(SIGN_IN, data={"name": "ada", "password": PASSWORD}).status_code == 303
        assert "/library/bring" in guest.get("/library").text
        guest.post("/sign-out")
        assert guest.get("/library").status_code == 401
        come_back(guest)  # the provider's ada is a reader, whatever the file says of its own
        assert "/library/bring" not in guest.get("/library").text


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "\t//evil.example",
        "",
        "a" * 9,
    ],
)
def test_the_way_back_leads_nowhere_else(index: Index, fake: FakeProvider, target: str) -> None:
    with client(index, Access(provider=provider_at(fake))) as guest:
        assert come_back(guest, target).headers["location"] == "/"


def test_a_cookie_that_somebody_wrote_leads_nowhere_else_either(index: Index, fake: FakeProvider) -> None:
    with client(index, Access(provider=provider_at(fake))) as guest:
        led = guest.get(PROVIDER)
        begun, _ = provided._read(guest.cookies[provided.COOKIE])
        assert begun
        forged = {"cookie": f"{provided.COOKIE}={provided._kept(begun, '//evil.example')}"}
        guest.cookies.clear()
        back = guest.get(httpx.get(led.headers["location"]).headers["location"], headers=forged)
        assert (back.status_code, back.headers["location"]) == (303, "/")
        for cookie in ("", "x", "W10=", urlsafe_b64encode(b'{"a": 1}').decode(), "\u00e9"):
            assert provided._read(cookie) == (None, "/")


def test_the_page_may_have_an_address_of_its_own_in_front_of_a_proxy(index: Index, fake: FakeProvider) -> None:
    with client(index, Access(provider=provider_at(fake, page="https://byline.example/"))) as guest:
        query = parse_qs(urlsplit(guest.get(PROVIDER).headers["location"]).query)
        assert query["redirect_uri"] == [f"https://byline.example{BACK}"]
    forwarded = {"x-forwarded-proto": "https", "host": "byline.example", "x-forwarded-for": "192.0.2.7"}
    with client(index, Access(provider=provider_at(fake))) as guest:
        led = guest.get(PROVIDER, headers=forwarded)
        assert parse_qs(urlsplit(led.headers["location"]).query)["redirect_uri"] == [f"https://byline.example{BACK}"]
        assert "Secure" in led.headers["set-cookie"].split("; ")


# What is not believed


def test_nobody_ends_a_sign_in_that_another_browser_began(index: Index, fake: FakeProvider) -> None:
    with client(index, Access(provider=provider_at(fake))) as mine, client(index, Access()) as theirs:
        there = httpx.get(mine.get(PROVIDER).headers["location"]).headers["location"]
        other = httpx.get(provider_at(fake).address(Begun.anew("http://testserver/sign-in/back"))).headers["location"]
        del theirs
        for guest_cookie, address in (
            ({"cookie": "a=b"}, there),
            ({}, other),
            ({}, BACK),
            ({}, f"{BACK}?state=&code=x"),
        ):
            lost = mine.get(address, headers=guest_cookie)
            assert lost.status_code == 400, address
            assert ENGLISH("sign_in.lost") in lost.text
            assert COOKIE not in mine.cookies
        assert "/token" not in fake.asked
        assert mine.get(there).status_code == 303  # the right one still works


def test_a_code_is_good_once(index: Index, fake: FakeProvider) -> None:
    with client(index, Access(provider=provider_at(fake))) as guest:
        there = httpx.get(guest.get(PROVIDER).headers["location"]).headers["location"]
        kept = {"cookie": f"{provided.COOKIE}={guest.cookies[provided.COOKIE]}"}
        assert guest.get(there).status_code == 303
        guest.cookies.clear()
        assert guest.get(there).status_code == 400
        again = guest.get(there, headers=kept)
        assert again.status_code == 401
        assert ENGLISH("sign_in.unproved", provider=NAME).replace("'", "&#39;") in again.text
        assert COOKIE not in guest.cookies


def unsigned(_: FakeProvider, claims: Claims) -> str:
    header, body, _ = signed(new_key("first"), claims).split(".")  # type: ignore[assignment]
    none = urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    del header
    return f"{none}.{body}."


def by_public_key(provider: FakeProvider, claims: Claims) -> str:
    """Signed with what everybody may read, as if it were a secret."""
    public = provider.key.as_pem(private=False)
    head, body = (
        urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=")
        for each in ({"alg": "HS256", "kid": provider.key.kid}, claims)
    )
    signature = urlsafe_b64encode(hmac.digest(public, head + b"." + body, "sha256")).rstrip(b"=")
    return b".".join((head, body, signature)).decode()


def by_client_secret(_: FakeProvider, claims: Claims) -> str:
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET * 2), ["HS256"])


def by_another(provider: FakeProvider, claims: Claims) -> str:
    return signed(new_key(str(provider.key.kid)), claims)


def changed(provider: FakeProvider, claims: Claims) -> str:
    header, _, signature = signed(provider.key, claims).split(".")
    body = signed(provider.key, {**claims, "groups": ["chiefs"]}).split(".")[1]
    return f"{header}.{body}.{signature}"


WRONG: list[tuple[str, Claims]] = [
    ("another nonce", {"nonce": "n" * 40}),
    ("no nonce", {"nonce": None}),
    ("another audience", {"aud": "another"}),
    ("no audience", {"aud": None}),
    ("several audiences", {"aud": [CLIENT, "another"]}),
    ("another party", {"aud": [CLIENT, "another"], "azp": "another"}),
    ("another issuer", {"iss": "https://evil.example"}),
    ("the issuer with a stroke", {"iss": "/"}),
    ("no issuer", {"iss": None}),
    ("over", {"exp": int(time.time()) - 3600}),
    ("never over", {"exp": None}),
    ("not yet", {"nbf": int(time.time()) + 3600}),
    ("no subject", {"sub": None}),
    ("an empty subject", {"sub": ""}),
    ("a subject that is a number", {"sub": 7}),
    ("a long subject", {"sub": "s" * 256}),
    ("of another access token", {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}),
]


@pytest.mark.parametrize(("why", "claims"), WRONG, ids=[why for why, _ in WRONG])
def test_a_token_with_a_wrong_claim_lets_nobody_in(fake: FakeProvider, why: str, claims: Claims) -> None:
    del why
    provider = provider_at(fake)
    assert person(provider).role is Role.READER
    fake.wrong = claims
    with pytest.raises(ProviderTokenRefused):
        person(provider)


@pytest.mark.parametrize(
    "signing",
    [
        unsigned,
        by_public_key,
        by_client_secret,
        by_another,
        changed,
        lambda *_: "",
        lambda *_: "a.b.c",
        lambda *_: "é.é.é",
        lambda *_: "a" * 20_000,
        lambda provider, claims: signed(provider.key, claims) + "A",
        lambda provider, claims: signed(provider.key, claims, kid="another"),
    ],
)
def test_a_token_that_the_provider_did_not_sign_lets_nobody_in(
    fake: FakeProvider, signing: Callable[[FakeProvider, Claims], str]
) -> None:
    fake.signing = signing
    with pytest.raises(ProviderTokenRefused):
        person(provider_at(fake))


def test_who_comes_back_from_another_issuer_is_not_believed(fake: FakeProvider) -> None:
    fake.says_issuer = True
    provider, begun = provider_at(fake), Begun.anew("http://127.0.0.1/sign-in/back")
    assert person(provider)
    for said in ({}, {"iss": "https://evil.example"}):
        with pytest.raises(ProviderTokenRefused, match="another provider"):
            provider.person(begun, {"state": begun.state, "code": "x", **said})


def test_a_refusal_at_the_provider_is_told(index: Index, fake: FakeProvider) -> None:
    with client(index, Access(provider=provider_at(fake))) as guest:
        state = parse_qs(urlsplit(guest.get(PROVIDER, params={"next": "/check"}).headers["location"]).query)["state"][0]
        told = guest.get(BACK, params={"error": "access_denied", "error_description": "<b>no</b>", "state": state})
        assert told.status_code == 401
        assert "<b>no</b>" not in told.text
        assert f'href="{PROVIDER}?next=/check"' in told.text


def test_who_comes_back_very_often_is_slowed(index: Index, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provided, "TIMES", 2)
    with client(index, Access(provider=provider_at(fake))) as guest:
        assert [come_back(guest).status_code for _ in range(3)] == [303, 303, 429]


# The provider itself


def test_keys_that_were_changed_are_fetched_anew_and_unknown_ones_not_again_and_again(fake: FakeProvider) -> None:
    now = [1000.0]
    provider = provider_at(fake, lambda: now[0])
    person(provider)
    person(provider)
    assert fake.asked.count(KEYS) == 1
    now[0] += PAUSE + 1
    fake.key = new_key("second")
    assert person(provider).name == "ada"
    assert fake.asked.count(KEYS) == 2
    stranger = signed(new_key("third"), {"sub": "1"})
    for _ in range(5):
        with pytest.raises(ProviderTokenRefused):
            provider.bearer(stranger)
    assert fake.asked.count(KEYS) == 2
    now[0] += FRESH + 1
    person(provider)
    assert fake.asked.count(KEYS) == 3
    assert fake.asked.count("/.well-known/openid-configuration") == 2


def test_a_value_outlasts_a_short_failure_and_no_long_one() -> None:
    now, answers = [0.0], [ProviderUnreachable("https://login.example", "down"), 1]
    asked: list[float] = []

    def fetch() -> int:
        asked.append(now[0])
        if isinstance(found := answers[-1], Exception):
            raise found
        return found  # type: ignore[return-value]

    renewed = Renewed(fetch, lambda: now[0])
    assert renewed.value() == 1
    answers.pop()
    now[0] = FRESH + 1
    assert [renewed.value(), renewed.value(True)] == [1, 1]
    assert asked == [0.0, FRESH + 1]
    now[0] = OLDEST + 1
    for _ in range(3):
        with pytest.raises(ProviderUnreachable):
            renewed.value()
    assert len(asked) == 3


@pytest.mark.parametrize(
    "raw",
    [
        (500, b"{}"),
        (302, b""),
        (200, b"no JSON"),
        (200, b"[1]"),
        (200, b"[" * 100_000),
        (200, b" " * (LARGEST + 1) + b"{}"),
    ],
)
@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", KEYS, "/token"])
def test_a_provider_that_answers_something_else_is_told_as_one_that_is_down(
    index: Index, fake: FakeProvider, path: str, raw: tuple[int, bytes]
) -> None:
    with client(index, Access(provider=provider_at(fake))) as guest:
        fake.raw = {path: raw}
        begun = guest.get(PROVIDER)
        if begun.status_code == 303:
            begun = guest.get(httpx.get(begun.headers["location"]).headers["location"])
        refused_there = path == "/token" and raw == (302, b"")
        assert begun.status_code == 503 or refused_there, begun.text
        assert ENGLISH("sign_in.unreachable", provider=NAME).replace("'", "&#39;") in begun.text
        assert guest.get("/healthz").status_code == 200


def test_a_provider_that_is_down_when_the_server_starts_is_asked_later(index: Index) -> None:
    with providing() as gone:
        pass
    with client(index, Access(provider=provider_at(gone))) as guest:
        for _ in range(3):
            down = guest.get(PROVIDER)
            assert down.status_code == 503
            assert "127.0.0.1" not in down.text
            assert guest.get(SIGN_IN).status_code == 200


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": None},
        {"jwks_uri": "file:///etc/passwd"},
    ],
)
def test_a_discovery_that_leads_astray_is_not_followed(fake: FakeProvider, metadata: Claims) -> None:
    fake.metadata = metadata
    with pytest.raises(ProviderUnreachable):
        provider_at(fake).address(Begun.anew("http://127.0.0.1/"))


# Who that is


def test_an_identity_is_the_issuer_and_the_subject_and_nothing_that_can_be_chosen(fake: FakeProvider) -> None:
    provider = provider_at(fake)
    fake.person["email"] = "ada@news.example"
    ada = person(provider)
    fake.person |= {"preferred_username": "other", "email": "other@news.example"}
    assert person(provider).account == ada.account
    fake.person |= {"sub": "2", "preferred_username": "ada", "email": "ada@news.example"}
    assert person(provider).account != ada.account
    assert account_of("https://a.example", "1") != account_of("https://b.example", "1")


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"preferred_username": "\u202eevil\u202c \u200b", "name": "Ada"}, "evil"),
        ({"preferred_username": "\u200f\u2067", "name": " Ada\r\n  Lane\x00 "}, "Ada Lane"),
        ({"preferred_username": ["a"], "name": "n" * 500}, "n" * 64),
        ({"name": "<script>alert(1)</script>"}, "<script>alert(1)</script>"),
        ({"name": "דנה כהן"}, "דנה כהן"),
        ({"email": "ada@news.example"}, account_of("https://login.example", "1")),
    ],
)
def test_a_name_is_cleaned_before_it_is_shown(claims: Claims, name: str) -> None:
    rules = GroupRules(default=Role.READER)
    assert rules.person({"iss": "https://login.example", "sub": "1", **claims}).name == name


def test_a_hostile_name_is_text_on_the_page(index: Index, fake: FakeProvider) -> None:
    fake.person["preferred_username"] = "<img src=x onerror=alert(1)>\u202e"
    with client(index, Access(provider=provider_at(fake))) as guest:
        come_back(guest)
        shown = guest.get("/sign-out").text
        assert "&lt;img src=x onerror=alert(1)&gt;" in shown
        assert "<img src=x" not in shown
        assert "\u202e" not in shown


@pytest.mark.parametrize(
    ("rules", "claims", "role"),
    [
        (GroupRules(GROUPS), {"groups": ["staff", "desk"]}, Role.EDITOR),
        (GroupRules(GROUPS), {"groups": "chiefs"}, Role.ADMIN),
        (GroupRules(GROUPS), {"groups": ["Staff", 7, None]}, None),
        (GroupRules(GROUPS), {"groups": {"staff": 1}}, None),
        (GroupRules(GROUPS), {}, None),
        (GroupRules(GROUPS, Role.READER), {}, Role.READER),
        (GroupRules(GROUPS, Role.EDITOR), {"groups": ["staff"]}, Role.READER),
        (GroupRules(GROUPS, claim="realm.roles"), {"realm": {"roles": ["desk"]}}, Role.EDITOR),
        (GroupRules(GROUPS, claim="https://a.example/roles"), {"https://a.example/roles": ["desk"]}, Role.EDITOR),
        (GroupRules(GROUPS, claim="groups.x"), {"groups": ["desk"]}, None),
        (GroupRules(default=Role.READER, domains=("news.example",)), {}, None),
        (GroupRules(default=Role.READER, domains=("news.example",)), {"email": "a@news.example"}, None),
        (
            GroupRules(default=Role.READER, domains=("news.example",)),
            {"email": "a@News.Example", "email_verified": True},
            Role.READER,
        ),
        (
            GroupRules(default=Role.READER, domains=("news.example",)),
            {"email": "a@news.example@evil.example", "email_verified": True},
            None,
        ),
        (GroupRules(GROUPS, domains=("news.example",)), {"groups": ["desk"], "email": "a@evil.example"}, None),
    ],
)
def test_groups_and_domains_say_who_comes_in_as_what(rules: GroupRules, claims: Claims, role: Role | None) -> None:
    proved = {"iss": "https://login.example", "sub": "1", **claims}
    if role:
        assert rules.person(proved).role is role
    else:
        with pytest.raises(NotAdmitted):
            rules.person(proved)


def test_who_is_not_admitted_is_told_and_has_no_session(index: Index, fake: FakeProvider) -> None:
    fake.person["groups"] = ["others"]
    with client(index, Access(provider=provider_at(fake))) as guest:
        told = come_back(guest)
        assert told.status_code == 403
        assert ENGLISH("sign_in.not_admitted", provider=NAME).replace("'", "&#39;") in told.text
        assert guest.get("/").status_code == 401


def test_where_nobody_edits_an_editor_of_the_provider_does_not(index: Index, fake: FakeProvider) -> None:
    fake.person["groups"] = ["desk"]
    for editing in (True, False):
        with client(index, Access(provider=provider_at(fake), editing=editing)) as guest:
            come_back(guest)
            assert ("/library/bring" in guest.get("/library").text) is editing


def test_people_of_one_name_share_nothing() -> None:
    mine = Visitor("192.0.2.1", Role.READER, "ada", account=account_of("https://login.example", "1"))
    theirs = Visitor("192.0.2.1", Role.READER, "ada", account=account_of("https://login.example", "2"))
    of_file = Visitor("192.0.2.1", Role.READER, "ada")
    every = (mine, theirs, of_file)
    assert len({each.owner for each in every}) == len({each.key for each in every}) == 3
    assert len({each.principal.owner for each in every}) == len({each.principal.counted for each in every}) == 3
    held = [TextCheck(each, None, None).holds(other) for each in every for other in every]  # type: ignore[arg-type]
    assert held.count(True) == 3
    called = Principal(ANYBODY, Role.READER, address="192.0.2.1", account="Oidc:1")
    assert (called.anonymous, called.counted) == (False, "Oidc:1")


# In a browser


@pytest.mark.slow
def test_two_people_of_a_provider_each_have_their_own_chat(browser: Browser, index: Index, fake: FakeProvider) -> None:
    history = History.in_memory()
    with serving(Bot(index), history, Access(provider=provider_at(fake), questions=100)) as address:
        page = browser.new_context().new_page()
        page.set_default_timeout(60_000)
        for subject in ("1", "2"):
            fake.person["sub"] = subject
            page.goto(address)
            page.get_by_role("link", name=f"Sign in with {NAME}").click()
            page.get_by_text("3 articles · model: extractive").wait_for()
            page.locator("#out").get_by_text("ada").wait_for(state="attached")
            assert page.locator("#chat .message").count() == 0
            ask(page, QUESTION)
            open_menu(page)
            page.get_by_role("link", name="Sign out").click()
            page.get_by_role("button", name="Sign out").click()
            page.get_by_text(ENGLISH("sign_in.ended")).wait_for()
    kept = {(each.place.owner.key, each.turns) for each in history.everybodys()}
    assert kept == {(f"@{account_of(fake.issuer, subject)}", 1) for subject in ("1", "2")}


# Programs


@contextmanager
def programs(index: Index, tmp_path: Path, provider: Provider | None) -> Iterator[TestClient]:
    protected = Protected(AUDIENCE, (provider.settings.issuer if provider else "https://login.example",))
    made = gates(Keys(tmp_path), protected, bearer=provider.bearer if provider else None)
    with client(index, Access(provider=provider, open_to=None), gates=made) as opened:
        wait_until_ready(opened)
        yield opened


def asked(guest: TestClient, token: str, path: str = "/v1/models") -> httpx.Response:
    return guest.get(path, headers=[("authorization", f"Bearer {token}".encode())])  # type: ignore[arg-type, return-value]


def test_a_token_of_the_provider_for_us_lets_a_program_in(index: Index, fake: FakeProvider, tmp_path: Path) -> None:
    with programs(index, tmp_path, provider_at(fake)) as guest:
        assert asked(guest, fake.access_token(AUDIENCE)).status_code == 200
        assert asked(guest, fake.access_token(["another", AUDIENCE])).status_code == 200  # type: ignore[arg-type]
        removed = [
            guest.delete("/v1/articles/none", headers={"authorization": f"Bearer {token}"}).status_code
            for token in (fake.access_token(AUDIENCE, groups=[each]) for each in ("staff", "desk"))
        ]
        assert removed == [403, 404]
        metadata = guest.get("/.well-known/oauth-protected-resource/mcp").json()
        assert metadata["authorization_servers"] == [f"{fake.issuer}/"]


def test_a_token_that_is_not_for_us_is_refused(index: Index, fake: FakeProvider, tmp_path: Path) -> None:
    over, stranger = int(time.time()) - 3600, FakeProvider("https://evil.example")
    wrong = [
        fake.access_token("https://another.example/mcp"),
        fake.access_token(CLIENT),  # as ID tokens are
        fake.access_token(AUDIENCE, exp=over),
        fake.access_token(AUDIENCE, exp=None),
        fake.access_token(AUDIENCE, sub=None),
        fake.access_token(AUDIENCE, iss="https://evil.example"),
        stranger.access_token(AUDIENCE, iss=fake.issuer),
        unsigned(fake, {"iss": fake.issuer, "aud": AUDIENCE, "sub": "1", "exp": over + 7200}),
        by_public_key(fake, {"iss": fake.issuer, "aud": AUDIENCE, "sub": "1", "exp": over + 7200}),
        "any-word",
        "a.b.c",
        "é.b.c",
    ]
    with programs(index, tmp_path, provider_at(fake)) as guest:
        for token in wrong:
            refused = asked(guest, token)
            assert refused.status_code == 401, token
            assert refused.headers["www-authenticate"].endswith('error="invalid_token"')
        called = guest.post("/mcp", headers={"authorization": f"Bearer {wrong[0]}"}, json={})
        assert called.status_code == 401
        assert "oauth-protected-resource/mcp" in called.headers["www-authenticate"]
        outside = asked(guest, fake.access_token(AUDIENCE, groups=["others"]))
        assert outside.status_code == 403


def test_a_token_is_no_session_of_the_page_and_a_key_still_opens(
    index: Index, fake: FakeProvider, tmp_path: Path
) -> None:
    _, secret = Keys(tmp_path).create("press office")
    with programs(index, tmp_path, provider_at(fake)) as guest:
        assert asked(guest, fake.access_token(AUDIENCE), "/library").status_code == 401
        assert asked(guest, secret).status_code == 200
        assert asked(guest, "byl_unknown").status_code == 401
    with programs(index, tmp_path, None) as guest:
        assert asked(guest, fake.access_token(AUDIENCE)).status_code == 401
        assert asked(guest, secret).status_code == 200


def test_while_the_provider_is_down_tokens_wait_and_keys_do_not(index: Index, tmp_path: Path) -> None:
    with providing() as gone:
        token = gone.access_token(AUDIENCE)
    _, secret = Keys(tmp_path).create("press office")
    with programs(index, tmp_path, provider_at(gone)) as guest:
        down = asked(guest, token)
        assert (down.status_code, down.headers["retry-after"]) == (503, "60")
        assert "127.0.0.1" not in down.text
        assert asked(guest, secret).status_code == 200


# Settings


ISSUER: dict[str, Any] = {"oidc_issuer": "https://login.example", "oidc_client_id": "byline"}


def test_the_settings_make_a_provider() -> None:
    assert provider_of(Config()) is None
    made = provider_of(
        Config(
            **ISSUER, oidc_readers="staff, interns", oidc_admins="chiefs", oidc_domains="News.example", mcp_url=AUDIENCE
        )
    )
    assert made
    groups = (("staff", Role.READER), ("interns", Role.READER), ("chiefs", Role.ADMIN))
    assert made.settings.rules == GroupRules(groups, None, ("news.example",))
    assert (made.settings.name, made.settings.audience) == ("login.example", AUDIENCE)
    access = access_of(Config(**ISSUER, oidc_default_role="reader"))
    assert (access.guarded, access.closed, access.anybody("127.0.0.1")) == (True, False, None)
    assert access.provider
    assert access.provider.settings.audience is None


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"oidc_issuer": "http://login.example"}, "oidc_issuer cannot be used: it has to be an https address"),
        ({"oidc_issuer": "login.example"}, "oidc_issuer cannot be used: it has to be an https address"),
        ({"oidc_client_id": ""}, "oidc_client_id cannot be used"),
        ({"oidc_scopes": "profile"}, "`openid` has to be among them"),
        ({"oidc_default_role": None}, "nobody would be let in. Name groups"),
        ({"public_url": "http://byline.example"}, "public_url cannot be used"),
    ],
)
def test_settings_that_cannot_be_used_are_told(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingInvalid, match=told):
        provider_of(Config(**{**ISSUER, "oidc_default_role": "reader", **settings}))


def test_the_secret_is_of_the_environment_alone_and_never_shown(tmp_path: Path) -> None:
    config = read(environ={"BYLINE_OIDC_CLIENT_SECRET": "hush"}, folder=tmp_path)
    assert config.oidc_client_secret == "hush"
    settings = ProviderSettings("https://login.example", "byline", GroupRules(default=Role.READER), "hush")
    assert "hush" not in repr(config) + repr(settings)
    (tmp_path / "byline.toml").write_text('oidc_client_secret = "hush"')
    with pytest.raises(SettingInvalid, match="a secret belongs in the variable"):
        read(environ={}, folder=tmp_path)


def test_only_what_nobody_can_read_on_the_way_is_safe() -> None:
    assert all(map(safe, ("https://login.example/realms/a", "http://localhost:8080", "http://[::1]:1")))
    assert not any(
        map(safe, ("http://10.0.0.1", "https://ada:x@login.example", "https://a.example?x", "ftp://a", "http://["))
    )
