"""The steps from one revision of the bot's tables in PostgreSQL to the next: see `index.migrations`."""
