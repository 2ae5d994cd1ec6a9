"""A computation as onnxruntime reads it.

An ONNX file is a protocol buffer of a few nested messages. They are written here directly: the library that writes any
of them is 30 MB, and would be loaded with every question. The numbers of the fields are those of
https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

MICROSOFT = "com.microsoft"  # the domain of the operators that onnxruntime has beside those of ONNX
FLOAT, UINT8 = 1, 2
_TYPES = {"float32": FLOAT, "uint8": UINT8, "int8": 3, "int64": 7}
_IR, _OPERATORS = 10, 20  # versions: of the format, and of the operators of ONNX
_OF_FLOAT, _OF_INT, _OF_INTS = 1, 2, 7  # the types of attributes


class Graph:
    """Steps and constants; each gives the name by which others refer to what it holds."""

    def __init__(self) -> None:
        self._steps: list[bytes] = []
        self._constants: list[bytes] = []

    def constant(self, array: NDArray[Any]) -> str:
        name = f"constant{len(self._constants)}"
        dims = b"".join(_field(1, size) for size in array.shape)
        kind = _field(2, _TYPES[array.dtype.name])
        self._constants.append(dims + kind + _field(8, name) + _field(9, array.tobytes()))
        return name

    def step(self, operator: str, *inputs: str, domain: str = "", **attributes: int | float | list[int]) -> str:
        name = f"step{len(self._steps)}"
        self._steps.append(
            b"".join(_field(1, each) for each in inputs)
            + _field(2, name)
            + _field(4, operator)
            + b"".join(_field(5, _attribute(key, value)) for key, value in attributes.items())
            + _field(7, domain)
        )
        return name

    def model(self, inputs: Mapping[str, tuple[str | int, ...]], output: tuple[str, tuple[str | int, ...]]) -> bytes:
        """The whole, with the shapes of what goes in and comes out, all of it float32. A size by name may be any."""
        graph = (
            b"".join(_field(1, step) for step in self._steps)
            + _field(2, "graph")
            + b"".join(_field(5, constant) for constant in self._constants)
            + b"".join(_field(11, _value(name, shape)) for name, shape in inputs.items())
            + _field(12, _value(*output))
        )
        versions = _field(2, _OPERATORS), _field(1, MICROSOFT) + _field(2, 1)
        return _field(1, _IR) + _field(7, graph) + b"".join(_field(8, version) for version in versions)


def _attribute(name: str, value: int | float | list[int]) -> bytes:
    if isinstance(value, float):
        return _field(1, name) + _field(2, value) + _field(20, _OF_FLOAT)
    if isinstance(value, int):
        return _field(1, name) + _field(3, value) + _field(20, _OF_INT)
    return _field(1, name) + b"".join(_field(8, each) for each in value) + _field(20, _OF_INTS)


def _value(name: str, shape: tuple[str | int, ...]) -> bytes:
    sizes = b"".join(_field(1, _field(2 if isinstance(size, str) else 1, size)) for size in shape)
    return _field(1, name) + _field(2, _field(1, _field(1, FLOAT) + _field(2, sizes)))


def _field(number: int, value: str | bytes | int | float) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    if isinstance(value, float):
        return _varint(number << 3 | 5) + struct.pack("<f", value)
    content = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first; negative numbers as 64 bits."""
    value &= 2**64 - 1
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])
