"""Rate limits of questions, for people and workspaces."""

from __future__ import annotations

from dataclasses import dataclass

from bot.runtime.rate_limit import RateLimit as Limit

MINUTE = 60  # seconds


@dataclass(frozen=True, slots=True)
class Wait:
    """The refusal of a question by a rate limit."""

    seconds: int
    workspace: bool  # whether the limit of the workspace is reached, not the person's


class SlackRateLimit:
    """Limits of questions a minute, for each person and each workspace. Several threads may use them."""

    def __init__(self, person: int, workspace: int) -> None:
        self._person, self._workspace = Limit(person, MINUTE), Limit(workspace, MINUTE)

    def wait(self, team: str, person: str) -> Wait | None:
        """Counts a question. Gives the refusal, if a limit is reached, without counting."""
        if seconds := self._person.wait(team, person):
            return Wait(seconds, workspace=False)
        if seconds := self._workspace.wait(team):
            return Wait(seconds, workspace=True)
        self._person.take(team, person)
        self._workspace.take(team)
        return None
