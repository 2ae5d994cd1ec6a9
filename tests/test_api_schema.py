"""Whatever is sent to the API by its own description, the server does not break (schemathesis)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error

from tests.api_server import service_of, serving
from tests.conftest import answering
from tests.conversations import town

METHODS = {"get", "post", "delete"}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with town(tmp_path_factory.mktemp("schema")) as index:
        index.add_to_collection("Town hall", ["bridge"])
        with serving(service_of(answering(index))) as found:
            yield found


def test_nothing_that_is_sent_breaks_the_server(address: str) -> None:
    """Fields of right and of wrong types, for each operation."""
    asked = []
    for found in schemathesis.openapi.from_url(f"{address}/openapi.json").get_all_operations():
        for mode in GenerationMode:

            @given(found.ok().as_strategy(generation_mode=mode))  # type: ignore[union-attr]
            @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
            def breaks_nothing(case: schemathesis.Case) -> None:  # type: ignore[type-arg]
                asked.append(case.call_and_validate(checks=[not_a_server_error], timeout=120).status_code)

            with suppress(Unsatisfiable):  # an operation that takes nothing cannot be sent anything wrong
                breaks_nothing()
    assert {200, 400} <= set(asked)


def test_each_operation_takes_a_key(address: str) -> None:
    told = httpx.get(f"{address}/openapi.json").json()
    [(name, scheme)] = told["components"]["securitySchemes"].items()
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    operations = [each for path in told["paths"].values() for method, each in path.items() if method in METHODS]
    assert operations
    assert all({name: []} in each["security"] for each in operations)


def test_each_operation_says_what_it_does_and_gives_an_example(address: str) -> None:
    document = httpx.get(f"{address}/openapi.json", timeout=60).json()
    operations = [each for path in document["paths"].values() for method, each in path.items() if method in METHODS]
    assert all(each["description"] for each in operations)
    assert all(any(code.startswith("2") for code in each["responses"]) for each in operations)
    schemas = document["components"]["schemas"]
    sent = [each["requestBody"]["content"] for each in operations if "requestBody" in each]
    for schema in (each["application/json"]["schema"] for each in sent if "application/json" in each):
        assert schemas[schema["$ref"].rpartition("/")[2]]["examples"] if "$ref" in schema else schema["examples"]
