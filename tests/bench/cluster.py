"""Two servers of one PostgreSQL database and one Chroma server, all on this machine: how soon one finds what the other
brought in, and how soon both answer again when a part was killed under load.

`python -m tests.bench.cluster` takes no measuring sets, and PostgreSQL's programs.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep

from bot.training.table import table
from index.sql import waited
from tests.bench.machine import machine
from tests.two_servers import (
    CASES,
    LOST,
    Case,
    Deployment,
    Killable,
    Load,
    Process,
    deployed,
    finds,
    loaded,
    recovery,
    visibility,
)

TIMES = 10  # articles whose way is measured
VISIBLE = 10.0  # seconds in which an article that was acknowledged has to be found at the end
BETWEEN = 3.0  # seconds of load before a loss


def main() -> None:
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, deployed(Path(folder)) as deployment:
        taken = max(server.processor_seconds for server in deployment.servers)
        say(f"Measured on {machine()}. A server takes {taken:.1f} s of a processor until it is ready.\n")
        seconds = sorted(visibility(deployment, CASES - 1 - number) for number in range(TIMES))
        say(f"Found by the other server: median {seconds[TIMES // 2]:.2f} s, at most {seconds[-1]:.2f} s.\n")
        parts: dict[str, Killable] = {
            "a server": deployment.other,
            "Chroma": deployment.chroma,
            "PostgreSQL": deployment.postgres,
        }
        rows: list[Sequence[object]] = []
        with loaded(deployment) as load:
            for name, part in parts.items():
                sleep(BETWEEN)
                rows.append((name, f"{recovery(deployment, part):.1f}"))
        say(table(["killed", "seconds from its start until both answer"], rows))
        sys.exit(_told(deployment, load))


def _told(deployment: Deployment, load: Load) -> int:
    """Says what came of the load; 1 where something is wrong."""
    counts = {name: sum(n for (_, status), n in load.statuses.items() if status == code) for name, code in _STATUSES}
    say("\n" + table(["status", "replies"], counts.items()))
    both = deployment.servers
    lost = {case.article.id for case in load.acknowledged for each in both if _lacks(deployment, each, case)}
    say(f"\nAcknowledged: {len(load.acknowledged)} articles; lost: {len(lost)}. Wrong replies: {len(load.faults)}.")
    for reason, times in load.refused.most_common():
        say(f"Not brought in, {times} times: {reason}")
    for fault in load.faults[:5]:
        say(fault)
    return int(bool(lost or load.faults))


def _lacks(deployment: Deployment, server: Process, case: Case) -> bool:
    return not waited(lambda: finds(deployment, server, case), VISIBLE)


_STATUSES = (("200", 200), ("202", 202), ("503", 503), ("none: the connection broke", LOST))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
