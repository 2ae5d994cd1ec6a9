"""The tables of installations, for `bot.slack.installs`, which needs the Slack SDK."""

from __future__ import annotations

from bot.tables.sqlite import Group

FILE = "slack-installs.sqlite3"  # in the store's folder

# A workspace of no organisation has the enterprise ''. An installation in a whole organisation has the team ''.
_SCHEMA = """
CREATE TABLE bot (
    client TEXT NOT NULL,
    enterprise TEXT NOT NULL,
    team TEXT NOT NULL,
    sealed BLOB NOT NULL,     -- JSON of slack_sdk's Bot, encrypted
    PRIMARY KEY (client, enterprise, team)
);
CREATE TABLE installation (
    client TEXT NOT NULL,
    enterprise TEXT NOT NULL,
    team TEXT NOT NULL,
    person TEXT NOT NULL,     -- who installed it
    at REAL NOT NULL,         -- seconds since 1970
    sealed BLOB NOT NULL,     -- JSON of slack_sdk's Installation without the bot's part, encrypted
    PRIMARY KEY (client, enterprise, team, person)
);
CREATE TABLE state (
    value TEXT PRIMARY KEY,
    until REAL NOT NULL       -- seconds since 1970
);
"""
GROUP = Group(FILE, _SCHEMA)
