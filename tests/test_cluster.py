"""Two servers lose one of them, Chroma and PostgreSQL in turn, while they are asked and written to: what was
acknowledged stays, and a reply is right or says that there is none now."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.two_servers import LOST, Deployment, deployed, finds, loaded, recovery, visibility, waited_for

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with deployed(tmp_path_factory.mktemp("cluster")) as running:
        yield running


def test_an_article_that_one_server_brings_in_is_found_by_the_other(deployment: Deployment) -> None:
    visibility(deployment, number=99)  # in seconds; how many is for `tests.bench.cluster`


def test_nothing_acknowledged_is_lost_and_no_reply_is_wrong(deployment: Deployment) -> None:
    with loaded(deployment) as load:
        for part in (deployment.other, deployment.chroma, deployment.postgres):
            before = len(load.acknowledged)
            waited_for(lambda: len(load.acknowledged) > before, "an article before the loss")  # noqa: B023
            recovery(deployment, part)
            back = len(load.acknowledged)
            waited_for(lambda: len(load.acknowledged) > back, "an article after the loss")  # noqa: B023
    assert not load.faults
    assert (deployment.one.name, LOST) not in load.statuses, "only a server that was killed gives no reply"
    for server in deployment.servers:
        for case in load.acknowledged:
            waited_for(lambda: finds(deployment, server, case), f"{case.article.id} at {server.name}")  # noqa: B023
    assert [server.end() for server in deployment.servers] == [0, 0]
    for server in deployment.servers:
        assert "Traceback" not in server.log.read_text()
