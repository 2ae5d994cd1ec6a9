"""The settings of a channel: when Byline answers, by which articles, in which language, and for whom."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.history.reread import filters_of
from bot.render.text import filters_json
from index.types import Filters

if TYPE_CHECKING:
    from bot.config import Config

LANGUAGES = ("en", "zh", "de", "es", "fr")  # of Byline's wording


class Answering(StrEnum):
    """When Byline answers in a channel."""

    MENTIONED = "mentioned"  # only when it is mentioned
    EVERY = "every"  # every question, refusals included
    CITED = "cited"  # every question, but only answers with citations are posted


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """The settings of one channel."""

    answering: Answering = Answering.MENTIONED
    filters: Filters = Filters()
    language: str | None = None  # of Byline's wording, one of `LANGUAGES`; None: the language of the question
    ephemeral: bool = False  # answers are visible only to the person who asked


@dataclass(frozen=True, slots=True)
class Allowed:
    """The people and channels that may ask, by Slack's ids. An empty collection allows all."""

    channels: Collection[str] = ()
    people: Collection[str] = ()
    admins: Collection[str] = ()  # who may change the settings of a channel

    @classmethod
    def of(cls, config: Config) -> Allowed:
        return cls(_ids(config.slack_channels), _ids(config.slack_people), _ids(config.slack_admins))

    def asks(self, person: str, channel: str) -> bool:
        """Whether a person may ask in a channel. Direct messages are open to each allowed person."""
        direct = channel.startswith("D")
        return _among(person, self.people) and (direct or _among(channel, self.channels))

    def changes(self, person: str) -> bool:
        """Whether this person may change a channel's settings."""
        return _among(person, self.people) and _among(person, self.admins)

    def tells(self, channel: str) -> bool:
        """Whether news may be posted to a channel."""
        return channel.startswith("D") or _among(channel, self.channels)


def usual(config: Config) -> ChannelSettings:
    """The default settings of a channel."""
    collection = (config.slack_collection,) if config.slack_collection else ()
    return ChannelSettings(
        Answering(config.slack_answering), Filters(collection=collection), config.slack_language, config.slack_ephemeral
    )


def to_json(settings: ChannelSettings) -> str:
    """The settings as JSON, for the store."""
    return json.dumps(
        {
            "answering": settings.answering,
            "filters": filters_json(settings.filters),
            "language": settings.language,
            "ephemeral": settings.ephemeral,
        }
    )


def of_json(text: str) -> ChannelSettings:
    """The inverse of `to_json`."""
    found = json.loads(text)
    filters = filters_of(found["filters"])
    return ChannelSettings(Answering(found["answering"]), filters, found["language"], found["ephemeral"])


def _ids(listed: str) -> frozenset[str]:
    return frozenset(each.strip() for each in listed.split(",") if each.strip())


def _among(each: str, allowed: Collection[str]) -> bool:
    return not allowed or each in allowed
