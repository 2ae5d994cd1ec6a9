"""`byline eval`: scripted test prompts, put to the bot or to a model."""
