"""How an extra of Byline is installed: from the package index, or from the checkout that Byline came from."""

from __future__ import annotations

import json
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution


def installing(extra: str) -> str:
    """The command, as part of a sentence. A checkout is not named by its path: others may read it on the page."""
    return f"`pip install '.[{extra}]'` in Byline's folder" if _of_checkout() else f"`pip install 'byline[{extra}]'`"


@cache
def _of_checkout() -> bool:
    """Whether it was installed from a folder: `direct_url.json` says so (PEP 610)."""
    try:
        written = distribution("byline").read_text("direct_url.json")
    except PackageNotFoundError:
        return True
    return written is not None and "dir_info" in json.loads(written)
