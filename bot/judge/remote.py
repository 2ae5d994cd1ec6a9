"""A judge's model that a service runs: `byline model serve`, or a server that scores pairs of texts as vLLM's does.

Only logits come from there: the coverage of words, the calibration and the thresholds stay here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any, Literal

from bot.errors import Cancelled, JudgeElsewhere, JudgeUnreachable
from bot.judge.encoder import Encoder
from bot.judge.judgement import Logits, Pairs, log_odds
from bot.types import Cancellation
from index.remote import CallStopped, RemoteService, ServiceFailed
from index.text.surrogates import without_surrogates

Task = Literal["entailment", "answers"]


class RemoteScorer:
    """Opens no connection before it is asked. Both methods raise JudgeUnreachable, JudgeElsewhere, and Cancelled: then
    the request is closed, and the service drops what it has not begun."""

    def __init__(self, name: str, url: str, key: str | None = None) -> None:
        self.name = name
        self._service = RemoteService(url, key)
        self._ours: bool | None = None  # whether the service has `/v1/judge`; None: not known yet

    def entailment(self, pairs: Pairs, cancel: Cancellation | None = None) -> Sequence[Logits | None]:
        if self._judges(cancel):
            return self._told("entailment", pairs, cancel)
        return [Logits(supported) for supported in self._scores(pairs, cancel)]

    def answers(self, pairs: Pairs, cancel: Cancellation | None = None) -> Sequence[Logits | None]:
        if self._judges(cancel):
            return self._told("answers", pairs, cancel)
        turned = [(text, question) for question, text in pairs]  # as `NamedEncoder` asks it
        return [Logits(answers=supported) for supported in self._scores(turned, cancel)]

    def _judges(self, cancel: Cancellation | None) -> bool:
        """The shipped encoder has a head for each task, which no other server asks it for."""
        if self._ours is None:
            self._ours = self.name == Encoder.name or self._finds_judge(cancel)
        return self._ours

    def _finds_judge(self, cancel: Cancellation | None) -> bool:
        try:
            self._service.post("/v1/judge", {"task": "answers", "pairs": []}, _asks(cancel))
        except ServiceFailed as error:
            if error.status in (404, 405):
                return False
            raise JudgeUnreachable(self._service.url, str(error)) from error
        except CallStopped as stopped:
            raise Cancelled from stopped
        return True

    def _told(self, task: Task, pairs: Pairs, cancel: Cancellation | None) -> list[Logits | None]:
        body = {"task": task, "pairs": [[without_surrogates(one), without_surrogates(two)] for one, two in pairs]}
        reply = self._post("/v1/judge", body, cancel)
        try:
            name, told = reply["model"], [each and _logits(task, each) for each in reply["logits"]]
        except (KeyError, TypeError, ValueError) as error:
            raise self._garbled() from error
        if name != self.name:
            raise JudgeElsewhere(self._service.url, str(name), self.name)
        if len(told) != len(pairs):
            raise self._garbled()
        return told

    def _scores(self, pairs: Pairs, cancel: Cancellation | None) -> list[float]:
        """Log-odds of the scores in [0, 1] that a cross-encoder gives at vLLM's `/score`."""
        if not pairs:
            return []
        one, two = ([without_surrogates(pair[place]) for pair in pairs] for place in (0, 1))
        reply = self._post("/score", {"model": self.name, "text_1": one, "text_2": two}, cancel)
        try:
            rows = sorted(reply["data"], key=lambda row: int(row["index"]))
            found = [log_odds(float(row["score"])) for row in rows]
        except (KeyError, TypeError, ValueError) as error:
            raise self._garbled() from error
        if len(found) != len(pairs):
            raise self._garbled()
        return found

    def _post(self, path: str, body: Mapping[str, Any], cancel: Cancellation | None) -> Any:
        try:
            return self._service.post(path, body, _asks(cancel))
        except CallStopped as stopped:
            raise Cancelled from stopped
        except ServiceFailed as error:
            raise JudgeUnreachable(self._service.url, str(error)) from error

    def _garbled(self) -> JudgeUnreachable:
        return JudgeUnreachable(self._service.url, "its reply has another form than a judge's")


def _asks(cancel: Cancellation | None) -> Callable[[], bool] | None:
    return cancel.is_set if cancel else None


def _logits(task: Task, told: Mapping[str, Any]) -> Logits:
    names = ("answers",) if task == "answers" else ("supported", "contradicted")
    found = {name: float(told[name]) for name in names}
    if not all(map(isfinite, found.values())):
        raise ValueError("no finite numbers")
    return Logits(**found)
