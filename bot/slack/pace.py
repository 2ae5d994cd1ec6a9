"""How many questions a person and a workspace may ask."""

from __future__ import annotations

from dataclasses import dataclass

from bot.pace import Pace as Limit

MINUTE = 60  # seconds


@dataclass(frozen=True, slots=True)
class Wait:
    """That a question may not be asked now."""

    seconds: int
    workspace: bool  # whether all of the workspace has to wait


class Pace:
    """So many questions a minute of each person, and of each workspace. Several threads may ask at once."""

    def __init__(self, person: int, workspace: int) -> None:
        self._person, self._workspace = Limit(person, MINUTE), Limit(workspace, MINUTE)

    def wait(self, team: str, person: str) -> Wait | None:
        """Counts a question; where it may not be asked now, how long that is so, and for whom."""
        if seconds := self._person.wait(team, person):
            return Wait(seconds, workspace=False)
        if seconds := self._workspace.wait(team):
            return Wait(seconds, workspace=True)
        self._person.take(team, person)
        self._workspace.take(team)
        return None
