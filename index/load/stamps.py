"""How a source looked at its last visit, and which version of the readers read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from index.types import Stamp

Known = Callable[[str], Stamp | None]  # the stamp of the last visit to a source

READING = 3  # the version of what is read out of a source; raise it, and every source is read again


def nothing(source: str) -> Stamp | None:  # noqa: ARG001
    """Nothing, which is known where nothing was visited before."""
    return None


def versioned(stamp: Stamp) -> Stamp:
    """A stamp as it is kept: the version of the readers stands before the hash."""
    return replace(stamp, hash=f"{READING}:{stamp.hash}") if stamp.hash else stamp


def current(stamp: Stamp | None) -> Stamp | None:
    """A stamp that was kept, or None where another version of the readers made it.

    >>> current(versioned(Stamp(hash="c0ffee"))).hash, current(Stamp(hash="0:c0ffee"))
    ('3:c0ffee', None)
    """
    return stamp if stamp and (stamp.hash or "").startswith(f"{READING}:") else None
