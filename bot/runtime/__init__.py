"""Threads, shutdown, rate limits, errors: how servers run."""
