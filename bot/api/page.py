"""The OpenAPI document as a page that loads nothing from anywhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

_CODE = re.compile("`([^`]+)`")


def page(document: Mapping[str, Any]) -> str:
    """HTML of the routes, with an example of what is sent and of what comes back."""
    from jinja2 import Environment

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["prose"] = prose
    template = environment.from_string(files("bot.api").joinpath("page.html").read_text(encoding="utf-8"))
    return template.render(info=document["info"], routes=list(routes(document)))


def prose(text: str) -> str:
    """HTML of a description, whose Markdown is paragraphs and code between backticks.

    >>> prose("Send `a < b`.\\n\\nIt is read.")
    Markup('<p>Send <code>a &lt; b</code>.</p>\\n<p>It is read.</p>')
    """
    from markupsafe import Markup, escape

    paragraphs = (_CODE.sub(r"<code>\1</code>", str(escape(each))) for each in text.split("\n\n"))
    return Markup("\n".join(f"<p>{each}</p>" for each in paragraphs))


def routes(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Each operation, as the page shows it."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield {
                "method": method.upper(),
                "path": path,
                "about": operation.get("description", ""),
                "parameters": operation.get("parameters", []),
                "sent": _pretty(_example(document, operation)),
                "given": _pretty(_reply(operation)),
            }


def _example(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Any:
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    named = schema.get("$ref", "").rpartition("/")[2]
    examples = document.get("components", {}).get("schemas", {}).get(named, {}).get("examples", [])
    return examples[0] if examples else None


def _reply(operation: Mapping[str, Any]) -> Any:
    return operation["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("example")


def _pretty(example: Any) -> str:
    return "" if example is None else json.dumps(example, indent=2, ensure_ascii=False)
