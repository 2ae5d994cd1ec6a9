"""The way of a question to its answer."""
