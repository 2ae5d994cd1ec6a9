"""YAML with its core schema, as promptfoo reads it: `yes` and `12:30` are words, and `010` is ten.

The schema: https://yaml.org/spec/1.2.2/#103-core-schema, with dates and `<<` beside it. PyYAML alone reads YAML 1.1.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

try:  # PyYAML's own parser ends a word inside of braces at "?", which promptfoo's does not: `{question: Who left?}`
    from yaml import CSafeLoader as _Loader
except ImportError:  # where PyYAML was built without libyaml
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]


class _Core(_Loader):
    def number(self, node: yaml.ScalarNode) -> int:
        written = self.construct_scalar(node)
        return int(written, 0 if written[1:2] in ("o", "x") else 10)

    def fraction(self, node: yaml.ScalarNode) -> float:
        return float(self.construct_scalar(node).lower().replace(".inf", "inf").replace(".nan", "nan"))


class _Strict(_Core):
    """Raises an error for a repeated key, whose first value PyYAML would lose."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode) and key.tag[-6:] != ":merge"]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} is there more than once", node.start_mark
                )
        return super().construct_mapping(node, deep)


_Core.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.endswith((":merge", ":timestamp"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", [*"tTfF"]),
    ("int", r"0o[0-7]+|0x[0-9a-fA-F]+|[-+]?[0-9]+", [*"-+0123456789"]),
    (
        "float",
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        [*"-+.0123456789"],
    ),
):
    _Core.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), _first)
_Core.add_constructor("tag:yaml.org,2002:int", _Core.number)
_Core.add_constructor("tag:yaml.org,2002:float", _Core.fraction)


def load(text: str, *, strict: bool = True) -> Any:
    """The value of a text in YAML. If strict, a repeated key is an error. Raises YAMLError, ValueError.

    >>> load("[yes, 12:30, 010, 0x10, 1e3, true, ~, .5]")
    ['yes', '12:30', 10, 16, 1000.0, True, None, 0.5]
    >>> load("{question: Who left?}")
    {'question': 'Who left?'}
    """
    return yaml.load(text, _Strict if strict else _Core)
