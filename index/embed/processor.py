"""Processors of this machine: how many there are and what they are quick at, by their flags, so that two runs agree."""

from __future__ import annotations

import os
import re
import sys
from functools import cache
from pathlib import Path

# As Linux names the instructions that multiply numbers of one or two bytes and add the products up.
_BYTES = {"avx512_vnni", "avx_vnni", "asimddp"}
_BFLOAT16 = {"avx512_bf16", "amx_bf16"}
_FLAGS = re.compile(r"^(?:flags|Features)\s*:(.*)$", re.MULTILINE)


@cache
def multiplies_bytes() -> bool:
    """Whether int8 is several times as fast as float32. Where it cannot be told, it is not."""
    return (sys.platform == "darwin" and os.uname().machine == "arm64") or bool(_flags() & _BYTES)


@cache
def multiplies_bfloat16() -> bool:
    """Whether bfloat16 is faster than float32."""
    return bool(_flags() & _BFLOAT16)


@cache
def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _flags() -> set[str]:
    described = Path("/proc/cpuinfo")
    found = _FLAGS.search(described.read_text(errors="replace")) if described.is_file() else None
    return set(found[1].split()) if found else set()
