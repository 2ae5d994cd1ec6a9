"""The machine that a measurement is of."""

from __future__ import annotations

import os
import platform
import re
import resource
from pathlib import Path


def machine() -> str:
    """Its processor, cores and memory.

    >>> machine().endswith(" GB of memory")
    True
    """
    described = Path("/proc/cpuinfo")
    named = re.search(r"^model name\s*:\s*(.+)$", described.read_text(), re.MULTILINE) if described.is_file() else None
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{named[1] if named else platform.processor()}, {os.cpu_count()} cores, {memory / 2**30:.0f} GB of memory"


def peak() -> float:
    """The most memory that this process has held so far, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 if platform.system() == "Linux" else 1024**2)
