"""The settings of a channel: their form, its values, and their summary in words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.slack.elements import Block, field, modal, option, plain
from bot.slack.modal import State, about
from bot.slack.settings import LANGUAGES, Answering, ChannelSettings
from bot.slack.words import SlackWords
from index.types import Filters, Kind

OPTIONS, VALUE_CHARACTERS = 100, 150  # of a select; of an option
_UNCHOSEN = ChannelSettings()


def settings_view(
    settings: ChannelSettings,
    channel: str,
    words: SlackWords,
    *,
    collections: Sequence[str] = (),
    outlets: Sequence[str] = (),
    kinds: Sequence[Kind] = tuple(Kind),
) -> Block:
    """The form of a channel's settings, with the present ones filled in; `channel` is its private metadata.

    Of many outlets it offers the chosen and then the first ones, and states the number of the others.
    """
    filters = settings.filters
    return modal(
        "settings",
        words("settings.title"),
        (
            _one("answering", words, {each: words(f"settings.{each}") for each in Answering}, settings.answering),
            *_several("collection", words, {each: each for each in collections}, filters.collection),
            *_several("outlets", words, {each: each for each in outlets}, filters.outlet),
            *_several("kinds", words, {each: words(f"kind.{each}") for each in kinds}, filters.kind),
            _since(filters.since, words),
            _language(settings.language, words),
            _privacy(settings.ephemeral, words),
        ),
        words("modal.close"),
        submit=plain(words("settings.save"), 24),
        private_metadata=json.dumps({"channel": channel}),
    )


def settings_of(state: State, before: ChannelSettings = _UNCHOSEN) -> ChannelSettings:
    """The settings of a submitted form; filters that it does not offer stay as `before`."""
    since = _value(state, "since").get("selected_date")
    language = (_value(state, "language").get("selected_option") or {}).get("value")
    filters = replace(
        before.filters,
        collection=_chosen(state, "collection"),
        outlet=_chosen(state, "outlets"),
        kind=tuple(map(Kind, _chosen(state, "kinds"))),
        since=date.fromisoformat(since) if since else None,
    )
    answering = _value(state, "answering").get("selected_option") or {}
    return ChannelSettings(
        Answering(answering.get("value", before.answering)),
        filters,
        language if language in LANGUAGES else None,
        bool(_value(state, "privacy").get("selected_options")),
    )


def channel_view(words: SlackWords) -> Block:
    """The form that asks for a channel, when opened outside of channels."""
    select = {"type": "conversations_select", "filter": {"include": ["public", "private"]}}
    return modal(
        "settings_channel",
        words("settings.title"),
        (field("channel", words("settings.channel"), select, optional=False),),
        words("modal.close"),
        submit=plain(words("settings.next"), 24),
    )


def channel_of(state: State) -> str:
    """The id of the channel that the form has chosen."""
    return str(_value(state, "channel")["selected_conversation"])


def channel_id(view: Mapping[str, Any]) -> str:
    """The id of the channel of a form of settings."""
    return str(about(view)["channel"])


def settings_summary(settings: ChannelSettings, words: SlackWords) -> str:
    """The settings in words, a line each."""
    language = SlackWords(settings.language)("language.name") if settings.language else words("settings.asked")
    lines = (
        f"{words('settings.answering')}: {words(f'settings.{settings.answering}')}",
        limits(settings.filters, words),
        f"{words('settings.language')}: {language}",
        words("settings.ephemeral" if settings.ephemeral else "settings.everybody"),
    )
    return "\n".join(f"• {each}" for each in lines)


def limits(filters: Filters, words: SlackWords) -> str:
    """The filters in words."""
    kinds = [words(f"kind.{each}") for each in filters.kind]
    languages = [words.name_of(each) for each in filters.language]
    named = (
        words("settings.collections", names=words.either(filters.collection)) if filters.collection else "",
        words("facts.outlet", names=words.either(filters.outlet)) if filters.outlet else "",
        words("facts.author", names=words.either(filters.author)) if filters.author else "",
        words("facts.kind", names=words.either(kinds)) if kinds else "",
        words("settings.languages", names=words.either(languages)) if languages else "",
        words("facts.since", day=words.day(filters.since)) if filters.since else "",
        words("facts.until", day=words.day(filters.until)) if filters.until else "",
    )
    joined = words("facts.comma").join(each for each in named if each)
    return words("settings.only", limits=joined) if joined else words("settings.all")


def _one(name: str, words: SlackWords, choices: Mapping[str, str], chosen: str) -> Block:
    options = {value: option(text, str(value)) for value, text in choices.items()}
    radio = {"type": "radio_buttons", "options": list(options.values()), "initial_option": options[chosen]}
    return field(name, words(f"settings.{name}"), radio, optional=False)


def _several(name: str, words: SlackWords, choices: Mapping[str, str], chosen: Iterable[str]) -> Iterable[Block]:
    """A field with several choices; none without any choice."""
    offered = dict.fromkeys((*chosen, *choices))
    fitting = [each for each in offered if 0 < len(each) <= VALUE_CHARACTERS][:OPTIONS]
    if not fitting:
        return
    options = {each: option(choices.get(each, each), str(each)) for each in fitting}
    initial = [options[each] for each in dict.fromkeys(chosen) if each in options]
    element = {"type": "multi_static_select", "options": list(options.values())}
    made = field(name, words(f"settings.{name}"), {**element, **({"initial_options": initial} if initial else {})})
    left = len(offered) - len(fitting)
    yield {**made, "hint": plain(words("settings.more", count=left))} if left else made


def _since(since: date | None, words: SlackWords) -> Block:
    picker: Block = {"type": "datepicker"}
    return field("since", words("settings.since"), {**picker, **({"initial_date": since.isoformat()} if since else {})})


def _language(language: str | None, words: SlackWords) -> Block:
    options = {"": option(words("settings.asked"), "asked")}
    options |= {each: option(SlackWords(each)("language.name"), each) for each in LANGUAGES}
    chosen = options[language or ""]
    select = {"type": "static_select", "options": list(options.values()), "initial_option": chosen}
    return field("language", words("settings.language"), select)


def _privacy(ephemeral: bool, words: SlackWords) -> Block:
    only = [option(words("settings.ephemeral"), "ephemeral")]
    boxes = {"type": "checkboxes", "options": only, **({"initial_options": only} if ephemeral else {})}
    return field("privacy", words("settings.privacy"), boxes)


def _value(state: State, name: str) -> Mapping[str, Any]:
    return state.get(name, {}).get(name, {})


def _chosen(state: State, name: str) -> tuple[str, ...]:
    return tuple(each["value"] for each in _value(state, name).get("selected_options") or ())
