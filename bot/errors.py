"""The bot's own errors for a person. `ShownError` and its kin come from the package below."""

from __future__ import annotations

from collections.abc import Iterable

from index.errors import Reason, ShownError, UsageError

NOT_ANSWERED = Reason(
    "not_answered", text="Byline cannot answer just now. Whoever runs it finds the reason in its log."
)


def ended(reason: str) -> str:
    """The reason with one end mark.

    >>> ended("it is empty"), ended("did you mean store?")
    ('it is empty.', 'did you mean store?')
    """
    return reason if reason.endswith("?") else f"{reason}."


class QuestionEmpty(UsageError):
    wording = "question_empty"

    def __init__(self) -> None:
        super().__init__("There is no question. Ask in a few words, such as: How many warheads does China have?")


class QuestionTooLong(UsageError):
    wording = "question_too_long"

    def __init__(self, length: int, limit: int) -> None:
        sentence = f"The question has {length:,} characters; at most {limit:,} are read. Shorten it."
        super().__init__(sentence, length=length, limit=limit)


class TextEmpty(UsageError):
    wording = "text_empty"

    def __init__(self) -> None:
        super().__init__("There is no text to check. Give at least one sentence.")


class TextTooLong(UsageError):
    wording = "text_too_long"

    def __init__(self, length: int, limit: int) -> None:
        sentence = f"The text has {length:,} characters; at most {limit:,} are checked. Give it in parts."
        super().__init__(sentence, length=length, limit=limit)


class ModelUnknown(UsageError):
    def __init__(self, spec: str) -> None:
        super().__init__(
            f"There is no model {spec!r}. "
            "Use `local`, `extractive`, `gguf:NAME`, `gguf:PATH`, or `provider:name` such as `openai:gpt-5`; "
            "or several with commas, of which the first that works is used."
        )


class NothingAfterExtractive(UsageError):
    """A chain of models in which some can never be asked."""

    def __init__(self, spec: str) -> None:
        super().__init__(f"In the models {spec!r}, `extractive` never fails, so none after it is used. Put it last.")


class ModelNotOffered(UsageError):
    """A model for a question that is none of the configured choices."""

    def __init__(self, name: str, offered: Iterable[str]) -> None:
        others = ", ".join(offered) or "none"
        super().__init__(f"The model {name!r} is not offered. The setting `models` names those that are: {others}.")


class ModelMissing(ShownError):
    """A model that was asked for by name and is not installed."""

    plain = NOT_ANSWERED


class ModelFailed(ShownError):
    """A model that was asked and gave an error instead of words."""

    plain = NOT_ANSWERED


class Cancelled(ShownError):
    """Work that somebody stopped. Neither an answer nor a failure."""

    wording = "cancelled"

    def __init__(self) -> None:
        super().__init__("The answer was stopped before it was done.")


class PromptInvalid(ShownError):
    plain = NOT_ANSWERED

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"The prompt file {name} cannot be used: {reason}.")


class JudgeMissing(ShownError):
    plain = NOT_ANSWERED

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"The judge {name!r} cannot be used: {reason}. Name another cross-encoder, or none.")


class JudgeUnreachable(ShownError):
    """A service that judges nothing."""

    plain = NOT_ANSWERED

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"The judge at {url} says nothing: {reason}. Start it, or correct `judge_url` and its key.")


class JudgeElsewhere(ShownError):
    """A service with another judge than the settings name: what it says would be read by the wrong calibration."""

    plain = NOT_ANSWERED

    def __init__(self, url: str, has: str, needed: str) -> None:
        super().__init__(
            f"The service at {url} has the judge {has}, and {needed} is asked for. "
            f"Start it with that one, or name {has} with `judge`."
        )


class SettingInvalid(UsageError):
    """A flag, a variable or a line of `byline.toml` that cannot be used. `where` names it."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"The setting {where} cannot be used: {ended(reason)}")


class SettingsUnreadable(UsageError):
    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"The settings file {path} cannot be read: {reason}.")


__all__ = [
    "Cancelled",
    "JudgeElsewhere",
    "JudgeMissing",
    "JudgeUnreachable",
    "ModelFailed",
    "ModelMissing",
    "ModelNotOffered",
    "ModelUnknown",
    "NothingAfterExtractive",
    "PromptInvalid",
    "QuestionEmpty",
    "QuestionTooLong",
    "Reason",
    "SettingInvalid",
    "SettingsUnreadable",
    "ShownError",
    "TextEmpty",
    "TextTooLong",
    "UsageError",
]
