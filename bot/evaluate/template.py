"""Variables, references, and lists within a text, in files of test prompts. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_VARIABLE = re.compile(r"\{\{\s*([A-Za-z_]\w*)\s*\}\}")
_TEMPLATE = re.compile(r"\{\{.*?(?:\}\}|$)|\{[%#]\s*\S*", re.DOTALL)
_FIELD = re.compile(
    r'\s*(?:"(?P<quoted>(?:\\["\\]|""|[^"\\]|\\(?!["\\]))*)"\s*(?=,|$)|(?P<odd>".*)|(?P<plain>[^,]*))(?:,|$)', re.DOTALL
)


def said(value: object) -> object:
    """The text of a number or a truth value as JavaScript writes it; any other value unchanged.

    >>> said(240), said(1.50), said(2.0), said("2.0"), said(True)
    ('240', '1.5', '2', '2.0', 'true')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int | float) else value


def fields(value: object) -> object:
    """The fields of a text, separated by commas; any other value unchanged. Raises ValueError for an open quote.

    A field in double quotes may hold commas.

    >>> fields('pier, "1,000 crowns",, long')
    ['pier', '1,000 crowns', 'long']
    """
    if not isinstance(value, str):
        return value
    texts = []
    for match in _FIELD.finditer(value):
        if match["odd"]:
            raise ValueError("a double quote in it is not closed, or not followed by a comma")
        if match["quoted"] is not None:
            texts.append(re.sub(r'\\(["\\])|"(")', r"\1\2", match["quoted"]))
        elif match["plain"].strip():
            texts.append(match["plain"].strip())
    return texts


def filled(value: Any, given: Mapping[str, Any]) -> Any:
    """A text, or the texts of a list, with `{{name}}` replaced by the variable.

    Raises ValueError for other templates of nunjucks, for an unknown name, and for a variable at a deeper level.

    >>> filled(["{{ place }}", 2], {"place": "Vienna"})
    ['Vienna', 2]
    """
    if isinstance(value, str):
        return _filled(value, given)
    if isinstance(value, list):
        return [_filled(each, given) if isinstance(each, str) else plain(each) for each in value]
    return plain(value)


def plain(value: Any) -> Any:
    """The value unchanged. Raises ValueError if a text in it is a template."""
    if isinstance(value, str) and (template := _TEMPLATE.search(value)):
        raise ValueError(f"{template[0]} is not replaced here; only {{{{name}}}} is, in a text or a list of texts")
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        plain(each)
    return value


def _filled(text: str, given: Mapping[str, Any]) -> str:
    names = _VARIABLE.findall(text)
    for missing in (name for name in names if name not in given):
        raise ValueError(f"there is no variable {missing!r}")
    plain(_VARIABLE.sub("", text))
    return _VARIABLE.sub(lambda match: str(said(given[match[1]])), text)


def dereferenced(node: Any, root: Any, passed: tuple[str, ...] = ()) -> Any:
    """A tree with each `$ref` replaced by its target in `root`. Keys next to a `$ref` override keys of the target.

    Raises ValueError for a reference to nothing, to itself or to another file.
    """
    if isinstance(node, list):
        return [dereferenced(each, root, passed) for each in node]
    if not isinstance(node, dict):
        return node
    overrides = {key: dereferenced(each, root, passed) for key, each in node.items() if key != "$ref"}
    if "$ref" not in node:
        return overrides
    reference = node["$ref"]
    if reference in passed:
        raise ValueError(f"the reference {reference} leads to itself")
    target = dereferenced(_at(reference, root), root, (*passed, reference))
    return {**target, **overrides} if isinstance(target, dict) else target


def _at(reference: object, root: Any) -> Any:
    if not isinstance(reference, str) or not reference.startswith("#/"):
        raise ValueError(f"the reference {reference} does not begin with #/, and others are not followed")
    target = root
    for step in reference.removeprefix("#/").split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(target, dict) or name not in target:
            raise ValueError(f"the reference {reference} leads to nothing")
        target = target[name]
    return target
