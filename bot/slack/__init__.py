"""Byline in Slack: cited answers in channels, threads, direct messages and after `/ask`."""

from __future__ import annotations
