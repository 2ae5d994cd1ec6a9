"""The files in `deploy/`: the image is built and run, the proxy stands in front of real servers, and what is for
Docker Compose and Kubernetes is read by their own programs."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from time import sleep
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import yaml

from bot.auth.keys import Keys
from bot.auth.users import Role
from bot.config import Config, read
from index.index import Index
from tests.api_server import events_of
from tests.loopback import PAUSE
from tests.real_server import ROOT, address_of, process
from tests.serving import QUESTION, ask, last_answer
from tests.small_news import ARTICLES

if TYPE_CHECKING:
    from playwright.sync_api import Page

DEPLOY = ROOT / "deploy"
CHART = DEPLOY / "chart"
SET_IN_ENV = {"DATABASE_PASSWORD": "a password", "BYLINE_SERVICE_KEY": "a key"}
EVERYTHING = {
    "ingress": {"enabled": True, "tlsSecret": "certificate"},
    "autoscaling": {"enabled": True},
    "chromaUrl": "http://chroma:8000",
    "users": "people",
    "settings": {"questions_a_minute": 30, "allowed_hosts": 'a"b.example', "strictness": 0.5, "open": False},
    "indexing": {
        "sources": ["/articles", "https://news.example/feed.xml"],
        "arguments": ["--prune"],
        "volumes": [{"name": "articles", "persistentVolumeClaim": {"claimName": "articles"}}],
        "volumeMounts": [{"name": "articles", "mountPath": "/articles", "readOnly": True}],
    },
}


def program(name: str) -> str:
    """A program that comes with the extra `dev`, in the environment of the tests or elsewhere."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if found is None:
        pytest.skip(f"there is no {name} here (pip install -e '.[dev]')")
    return found


def ran(*command: str | Path, **named: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(each) for each in command], capture_output=True, text=True, check=False, **named)


# The image


def test_the_dockerfile_keeps_to_good_practice() -> None:
    """But for versions: Debian's, of dependencies, which pyproject.toml bounds, and of a stage of its own."""
    ignored = [word for rule in ("DL3006", "DL3008", "DL3013") for word in ("--ignore", rule)]
    done = ran(program("hadolint"), *ignored, DEPLOY / "Dockerfile")
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.slow
@pytest.mark.skipif(os.getuid() != 0, reason="only root may mount the layers of an image")
def test_the_image_is_built_and_answers_with_a_read_only_root_and_no_rights() -> None:
    namespaces = ("unshare", "--mount", "--net", "--propagation", "private")
    if ran(*namespaces, "mount", "-t", "tmpfs", "tmpfs", "/mnt").returncode:
        pytest.skip("nothing may be mounted here")
    done = ran(*namespaces, sys.executable, "-m", "tests.image", cwd=ROOT)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["healthy"] == "", seen["said"]
    assert json.loads(seen["ready"]) == {"status": "ready"}
    assert "Dujarric" in json.loads(seen["answer"])["text"]
    assert seen["user"] == "10001"
    assert seen["package"].startswith("/opt/byline/")
    assert "Read-only file system" in seen["root"]
    assert int(seen["capabilities"], 16) == 0
    assert "store" in seen["written"]
    assert seen["end"] == 0, seen["said"]


# Docker Compose


def compose(environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """The compose file as Compose itself reads it, with what `.env.example` sets."""
    command = (program("docker-compose"), "--env-file", ".env.example", "config", "--format", "json")
    return ran(*command, cwd=DEPLOY, env={"PATH": os.environ["PATH"], **environ})


@pytest.fixture(scope="module")
def composed() -> Mapping[str, Any]:
    done = compose(SET_IN_ENV)
    assert done.returncode == 0, done.stderr
    read: Mapping[str, Any] = json.loads(done.stdout)
    return read


def test_compose_asks_for_the_secrets_that_are_not_set() -> None:
    done = compose({})
    assert done.returncode != 0
    assert "Copy .env.example to .env" in done.stderr


def test_what_compose_runs_is_bounded_and_ours_has_no_rights(composed: Mapping[str, Any]) -> None:
    services = composed["services"]
    assert set(services) == {"chroma", "database", "models", "proxy", "serve-a", "serve-b", "setup"}
    for name, each in services.items():
        assert each["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}, name
        assert each["restart"] == ("no" if name == "setup" else "unless-stopped"), name
        if each["image"].startswith("byline:"):
            assert each["read_only"], name
            assert each["cap_drop"] == ["ALL"], name
            assert each["tmpfs"] == ["/tmp"], name
            assert each["security_opt"] == ["no-new-privileges:true"], name
        else:
            assert each["image"].partition(":")[2] not in ("", "latest"), name
    assert [name for name, each in services.items() if each.get("ports")] == ["proxy"]
    assert {each["host_ip"] for each in services["proxy"]["ports"]} == {"127.0.0.1"}


def test_the_settings_of_compose_are_settings_and_both_servers_have_the_same(composed: Mapping[str, Any]) -> None:
    services = composed["services"]
    known = {f"BYLINE_{each.name.upper()}" for each in fields(Config)}
    for name in ("setup", "serve-a", "serve-b", "models"):
        given = services[name]["environment"]
        assert {each for each in given if each.startswith("BYLINE_")} <= known, name
        assert read({}, given).precision == "float32", name
    one, other = (
        {**services[name], "volumes": [each["source"] for each in services[name]["volumes"] if each["source"] != name]}
        for name in ("serve-a", "serve-b")
    )
    assert one == other
    (network,) = composed["networks"]["front"]["ipam"]["config"]
    assert read({}, one["environment"]).auth_proxies == network["subnet"]
    assert services["models"]["environment"]["BYLINE_SERVICE_KEY"] == read({}, one["environment"]).judge_key


# Kubernetes


def rendered(values: Mapping[str, Any], folder: Path) -> list[dict[str, Any]]:
    given = folder / "values.yaml"
    given.write_text(yaml.safe_dump(dict(values)))
    done = ran(program("helm"), "template", "news", CHART, "--values", given)
    assert done.returncode == 0, done.stderr
    return [each for each in yaml.safe_load_all(done.stdout) if each]


def pods(manifests: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for each in manifests:
        spec = each["spec"]["jobTemplate"]["spec"] if each["kind"] == "CronJob" else each.get("spec", {})
        if "template" in spec:
            yield each["metadata"]["name"], spec["template"]["spec"]


def test_helm_finds_nothing_to_say_of_the_chart() -> None:
    done = ran(program("helm"), "lint", "--strict", CHART)
    assert done.returncode == 0, done.stdout
    assert "WARNING" not in done.stdout


@pytest.mark.parametrize("values", [{}, EVERYTHING], ids=["defaults", "everything"])
def test_the_manifests_are_what_kubernetes_takes(values: Mapping[str, Any], tmp_path: Path) -> None:
    validate = pytest.importorskip("kubernetes_validate").validate
    manifests = rendered(values, tmp_path)
    for each in manifests:
        validate(each, "1.37", strict=True)
    kinds = {each["kind"] for each in manifests}
    assert {"Deployment", "Service", "ConfigMap", "Job", "PodDisruptionBudget"} <= kinds
    assert ({"Ingress", "HorizontalPodAutoscaler", "CronJob"} <= kinds) == bool(values)


def test_no_pod_is_root_or_may_write_its_root(tmp_path: Path) -> None:
    found = dict(pods(rendered(EVERYTHING, tmp_path)))
    assert set(found) == {"news-byline", "news-byline-models", "news-byline-index", "news-byline-migrate"}
    for name, pod in found.items():
        assert pod["securityContext"]["runAsNonRoot"], name
        assert pod["automountServiceAccountToken"] is False, name
        assert pod["enableServiceLinks"] is False, name  # else a Service named byline would set BYLINE_PORT
        for container in [*pod.get("initContainers", []), *pod["containers"]]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert container["resources"]["limits"]["memory"], name
            assert {"/tmp", "/var/lib/byline"} <= {each["mountPath"] for each in container["volumeMounts"]}, name
            known = {f"BYLINE_{each.name.upper()}" for each in fields(Config)}
            assert {each["name"] for each in container["env"]} <= known, name


def test_a_server_is_asked_whether_it_is_ready_by_a_name_that_is_its_own(tmp_path: Path) -> None:
    pod = dict(pods(rendered({}, tmp_path)))["news-byline"]
    (serve,) = pod["containers"]
    assert serve["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert serve["livenessProbe"]["httpGet"]["path"] == "/healthz"
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert serve[probe]["httpGet"]["httpHeaders"] == [{"name": "Host", "value": "localhost"}]


def test_the_settings_of_the_chart_are_read_by_byline(tmp_path: Path) -> None:
    (settings,) = (each for each in rendered(EVERYTHING, tmp_path) if each["kind"] == "ConfigMap")
    text = settings["data"]["byline.toml"]
    (tmp_path / "byline.toml").write_text(text)
    config = read({}, {}, tmp_path)
    assert tomllib.loads(text)["questions_a_minute"] == config.questions_a_minute == 30
    assert (config.allowed_hosts, config.strictness, config.behind_proxy) == ('a"b.example', 0.5, True)


def test_a_server_waits_for_an_index(tmp_path: Path) -> None:
    """What the init container runs, run here: without an index and with one."""
    pod = dict(pods(rendered({}, tmp_path)))["news-byline"]
    (waits,) = pod["initContainers"]
    _, *arguments = waits["args"]
    command = (sys.executable, *arguments)
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "BYLINE_STORE": str(tmp_path / "store")}
    before = ran(*command, cwd=tmp_path, env=environ)
    assert before.returncode == 1
    assert "There is no index yet." in before.stderr
    with Index.open(tmp_path / "store") as index:
        index.add(ARTICLES[:1])
    after = ran(*command, cwd=tmp_path, env=environ)
    assert after.returncode == 0, after.stderr


@pytest.mark.parametrize(
    "values",
    [
        {"replcas": 2},
        {"replicas": 0},
        {"databaseUrl": "postgresql://byline:secret@db/byline"},
        {"precision": "float16"},
        {"settings": {"open": ["yes"]}},
    ],
    ids=str,
)
def test_values_that_are_wrong_are_refused(values: Mapping[str, Any], tmp_path: Path) -> None:
    given = tmp_path / "values.yaml"
    given.write_text(yaml.safe_dump(dict(values)))
    done = ran(program("helm"), "template", "news", CHART, "--values", given)
    assert done.returncode != 0
    assert next(iter(values)) in done.stderr


# The proxy


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def proxy(folder: Path, *servers: str) -> Iterator[str]:
    """Caddy with the Caddyfile of `deploy/` in front of the servers, which are addresses."""
    address = f"http://127.0.0.1:{free_port()}"
    upstreams = " ".join(each.rpartition("/")[2] for each in servers)
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    environ = {"PATH": os.environ["PATH"], **home, "BYLINE_SITE": address, "BYLINE_SERVERS": upstreams}
    command = (program("caddy"), "run", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile"))
    with (folder / "caddy.log").open("w") as log, subprocess.Popen(command, env=environ, stderr=log) as running:
        try:
            while not answers(address):
                assert running.poll() is None, (folder / "caddy.log").read_text()
                sleep(PAUSE)
            yield address
        finally:
            running.terminate()


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz", timeout=60).status_code == 200
    except httpx.TransportError:
        return False


@dataclass(frozen=True, slots=True)
class Pair:
    """Two servers behind a proxy."""

    address: str
    servers: Mapping[str, subprocess.Popen[str]]  # by their own addresses
    keys: tuple[str, ...]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """The last test with it ends one of them."""
    folder = tmp_path_factory.mktemp("pair")
    store = folder / "store"
    with Index.open(store) as opened:
        opened.add(ARTICLES)
    keys = tuple(Keys(store).create(f"program {number}", Role.READER)[1] for number in range(4))
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "BYLINE_BEHIND_PROXY": "true", "BYLINE_STORE": str(store)}
    command = (sys.executable, "-m", "bot", "serve", "--open", "--model", "extractive", "--port", "0")
    with ExitStack() as stack:
        started = [stack.enter_context(process(*command, cwd=folder, env=environ)) for _ in range(2)]
        servers = {address_of(each): each for each in started}
        for address, each in servers.items():
            while not answers(address):
                assert each.poll() is None
                sleep(PAUSE)
        yield Pair(stack.enter_context(proxy(folder, *servers)), servers, keys)


@pytest.mark.slow
def test_a_program_takes_up_its_stream_at_the_server_that_has_it(pair: Pair) -> None:
    has: set[str] = set()
    for key in pair.keys:
        headers = {"Authorization": f"Bearer {key}"}
        body = {"question": QUESTION, "stream": True}
        begun = httpx.post(f"{pair.address}/v1/ask", json=body, headers=headers, timeout=120)
        events = events_of(begun.text)
        assert [name for name, _, _ in events] == ["evidence", "words", "answer"]
        stream = events[0][2].partition(":")[0]
        places = [
            each
            for each in pair.servers
            if httpx.get(f"{each}/v1/streams/{stream}", headers=headers, timeout=60).status_code == 200
        ]
        assert len(places) == 1  # the other knows nothing of it
        has.update(places)
        for _ in range(5):
            again = httpx.get(f"{pair.address}/v1/streams/{stream}", headers=headers, timeout=60)
            assert events_of(again.text) == events


@pytest.mark.slow
def test_a_page_stays_at_one_server_and_goes_to_the_other_when_it_ends(pair: Pair, page: Page) -> None:
    page.goto(pair.address)
    ask(page, QUESTION)
    assert "3 May 2021" in last_answer(page)
    ask(page, "What should the town council of Vellmar do about the tram?")
    assert "tram" in last_answer(page)
    (cookie,) = (each for each in page.context.cookies() if each["name"] == "byline_server")
    assert cookie["httpOnly"]
    first = next(iter(pair.servers.values()))
    first.terminate()
    first.wait(120)
    page.goto(pair.address)
    ask(page, QUESTION)
    page.locator("#chat .message.bot").nth(2).get_by_text("3 May 2021").first.wait_for()


def test_an_event_comes_through_the_proxy_before_the_next_is_sent(tmp_path: Path) -> None:
    """The server sends the second event when the client has the first: a proxy that kept it back would never do."""
    arrived, forwarded = Event(), []

    class Events(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.end_headers()
            if self.path == "/stream":
                forwarded.append(self.headers["x-forwarded-for"])
                self.wfile.write(b"data: 1\n\n")
                if arrived.wait(120):
                    self.wfile.write(b"data: 2\n\n")

    with ThreadingHTTPServer(("127.0.0.1", 0), Events) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        told = []
        with proxy(tmp_path, f"http://127.0.0.1:{server.server_port}") as address:
            with httpx.stream("GET", f"{address}/stream", timeout=60) as reply:
                for line in filter(None, reply.iter_lines()):
                    told.append(line)
                    arrived.set()
            assert told == ["data: 1", "data: 2"]
        server.shutdown()
    assert forwarded == ["127.0.0.1"]
