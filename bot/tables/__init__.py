"""Tables of the bot: SQLite files or a PostgreSQL database."""
