"""Sentences of an answer: drafted by a model, or quoted."""
