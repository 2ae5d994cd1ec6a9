"""Everything that Byline says in Slack beside its answers: `bot.wording`, and the sentences of Slack's own."""

from __future__ import annotations

from bot.wording import Wording


class SlackWords(Wording):
    """The words of one language of `bot.slack.settings.LANGUAGES`.

    >>> SlackWords("de")("doing.writing")
    'Die Antwort wird geschrieben …'
    """

    __slots__ = ()
    packages = ("bot.wording", "bot.slack.words")
