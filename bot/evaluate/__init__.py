"""Scripted test prompts: read from files in promptfoo's format, asked, judged and reported."""
