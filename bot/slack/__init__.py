"""Byline in Slack: a mention or a direct message gets a cited answer in its thread."""

from __future__ import annotations

from bot.slack.app import Stream, build_app, connected, serve
from bot.slack.pool import Pool

__all__ = ["Pool", "Stream", "build_app", "connected", "serve"]
